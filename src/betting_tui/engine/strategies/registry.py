"""The built-in strategies, built from the settings."""

from __future__ import annotations

from betting_tui.engine.config import Settings
from betting_tui.engine.core.books import parse_sharp
from betting_tui.engine.core.devig import DevigMethod
from betting_tui.engine.core.fair import FairPolicy
from betting_tui.engine.core.ports import Strategy
from betting_tui.engine.strategies.arbitrage import Arbitrage
from betting_tui.engine.strategies.base import CommonRules, Scanner
from betting_tui.engine.strategies.line_shopping import LineShopping
from betting_tui.engine.strategies.value_betting import ValueBetting

BUILT_IN = ("value_betting", "line_shopping", "arbitrage")


def fair_policy(settings: Settings) -> FairPolicy:
    return FairPolicy(
        sharp=parse_sharp(settings.bookmakers.sharp),
        method=DevigMethod(settings.strategies.value_betting.devig),
        min_groups=settings.strategies.value_betting.min_books,
        max_age_seconds=settings.strategies.max_quote_age_seconds,
        floating_max_age_seconds=settings.strategies.floating_start_max_age_seconds,
    )


def common_rules(settings: Settings) -> CommonRules:
    return CommonRules(
        fair=fair_policy(settings),
        commission=settings.bookmakers.commission,
        suspicious_edge=settings.strategies.suspicious_edge,
        suspicious_margin=settings.strategies.suspicious_margin,
    )


def build_strategies(settings: Settings, only: tuple[str, ...] = ()) -> tuple[Strategy, ...]:
    """The enabled strategies, or those named in `only` whether enabled or not."""
    scanner = Scanner(common_rules(settings))
    chosen = settings.strategies
    built: list[tuple[bool, Strategy]] = [
        (chosen.value_betting.enabled, ValueBetting(scanner, chosen.value_betting.min_edge)),
        (
            chosen.line_shopping.enabled,
            LineShopping(scanner, chosen.line_shopping.min_difference, chosen.line_shopping.min_books),
        ),
        (chosen.arbitrage.enabled, Arbitrage(scanner, chosen.arbitrage.min_profit_margin)),
    ]
    return tuple(strategy for enabled, strategy in built if (strategy.name in only if only else enabled))
