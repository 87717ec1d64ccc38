"""What people write about an account: sizing flags and limits, read into settings of its own and written back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from enum import StrEnum
from fractions import Fraction
from functools import wraps
from typing import Any, TypeVar

import click
from msgspec import Struct
from msgspec.structs import replace

from betting_tui.cli.options import SHARE, NumberType
from betting_tui.engine.core.accounts import Limits, SizingChoice
from betting_tui.engine.core.errors import UsageError
from betting_tui.engine.core.money import format_minor, to_minor
from betting_tui.engine.core.staking import SizingMethod

F = TypeVar("F", bound=Callable[..., Any])
STRATEGIES = ("value_betting", "line_shopping", "arbitrage")
RISKS = ("low", "medium", "high", "none")
_MAX_COUNT = 1_000_000_000
_MAX_MINUTES = 1440
_MAX_ODDS = 1000


class Unit(StrEnum):
    """How a limit is written. `SHARE` may be `5%` or `0.05`; `MONEY` is in major units of the account's currency."""

    MONEY = "money"
    SHARE = "share"
    FRACTION = "fraction"
    COUNT = "count"
    ODDS = "odds"
    MINUTES = "minutes"


class Limit(Struct, frozen=True):
    """One limit: what people and the settings call it, its field in `Limits`, and how it is written."""

    key: str
    field: str
    unit: Unit
    what: str


LIMITS: dict[str, Limit] = {
    limit.key: limit
    for limit in (
        Limit("max_bet_size", "max_bet_size_minor", Unit.MONEY, "largest stake"),
        Limit("max_bet_share", "max_bet_share", Unit.SHARE, "largest stake, of the bankroll"),
        Limit("daily_bet_limit", "daily_bet_limit_minor", Unit.MONEY, "staked a betting day"),
        Limit("monthly_bet_limit", "monthly_bet_limit_minor", Unit.MONEY, "staked a month"),
        Limit("max_daily_loss", "max_daily_loss_minor", Unit.MONEY, "lost a betting day"),
        Limit("max_daily_loss_share", "max_daily_loss_share", Unit.SHARE, "lost a betting day, of the bankroll"),
        Limit("max_open_bets", "max_open_bets", Unit.COUNT, "bets open at once"),
        Limit("max_event_exposure", "max_event_exposure", Unit.SHARE, "at risk on one event"),
        Limit("max_league_exposure", "max_league_exposure", Unit.SHARE, "at risk in one league"),
        Limit("max_bookmaker_exposure", "max_bookmaker_exposure", Unit.SHARE, "at risk at one bookmaker"),
        Limit("max_total_exposure", "max_total_exposure", Unit.SHARE, "at risk in all"),
        Limit("max_kelly_fraction", "max_kelly_fraction", Unit.SHARE, "largest share of full Kelly"),
        Limit("min_odds", "min_odds", Unit.ODDS, "shortest price"),
        Limit("max_odds", "max_odds", Unit.ODDS, "longest price"),
        Limit("min_edge", "min_edge", Unit.FRACTION, "smallest edge"),
        Limit("cool_down_losses", "cool_down_losses", Unit.COUNT, "losses in a row before a rest"),
        Limit("cool_down_minutes", "cool_down_minutes", Unit.MINUTES, "how long that rest is"),
        Limit("max_drawdown", "max_drawdown", Unit.SHARE, "fall from the highest bankroll"),
        Limit("max_bets_per_hour", "max_bets_per_hour", Unit.COUNT, "placements an hour"),
        Limit("max_auto_bets_per_hour", "max_auto_bets_per_hour", Unit.COUNT, "auto bets an hour"),
    )
}


class SizingFlags(Struct, frozen=True):
    """The sizing flags of one command as given; None: not given."""

    method: SizingMethod | None = None
    flat: str | None = None
    percent: Fraction | None = None
    kelly_fraction: Fraction | None = None
    max_share: Fraction | None = None
    stake_unit: str | None = None
    min_stake: str | None = None
    auto_kelly: bool | None = None

    def on(self, choice: SizingChoice, currency: str) -> SizingChoice:
        """The choice with what was given. Raises UsageError for an amount that cannot be."""
        given = {
            "method": self.method,
            "flat_minor": positive_minor("--flat", self.flat, currency),
            "percent": _share("--percent", self.percent),
            "kelly_fraction": _share("--kelly-fraction", self.kelly_fraction),
            "max_bet_share": _share("--max-share", self.max_share),
            "stake_unit_minor": positive_minor("--stake-unit", self.stake_unit, currency),
            "min_stake_minor": positive_minor("--min-stake", self.min_stake, currency),
            "auto_kelly": self.auto_kelly,
        }
        return replace(choice, **{name: value for name, value in given.items() if value is not None})


def sizing_options(function: F) -> F:
    """`--sizing` and what goes with it, passed as `sizing`: one `SizingFlags`."""

    @wraps(function)
    def command(*arguments: Any, **values: Any) -> Any:
        names = SizingFlags.__struct_fields__
        flags = SizingFlags(**{name: values.pop(f"sizing_{name}") for name in names})
        return function(*arguments, sizing=flags, **values)

    for option in reversed(
        (
            click.option(
                "--sizing", "sizing_method", type=click.Choice(["flat", "percent", "kelly"]), help="How much is staked."
            ),
            click.option("--flat", "sizing_flat", help="The flat stake."),
            click.option("--percent", "sizing_percent", type=SHARE, help="Share of what is available: 1% or 0.01."),
            click.option("--kelly-fraction", "sizing_kelly_fraction", type=SHARE, help="Share of full Kelly: 0.25."),
            click.option("--max-share", "sizing_max_share", type=SHARE, help="Most that one bet may be of available."),
            click.option("--stake-unit", "sizing_stake_unit", help="Stakes are whole multiples of it."),
            click.option("--min-stake", "sizing_min_stake", help="Below it there is no bet."),
            click.option(
                "--auto-kelly/--no-auto-kelly", "sizing_auto_kelly", default=None, help="Kelly wherever a fair line is."
            ),
        )
    ):
        command = option(command)
    return command  # type: ignore[return-value]


def read_strategies(text: str) -> tuple[str, ...] | None:
    """`all` is None; `none` is no strategy at all. Raises UsageError for one that nobody knows."""
    wanted = text.strip().lower()
    if wanted in ("all", "none"):
        return None if wanted == "all" else ()
    names = tuple(dict.fromkeys(part.strip() for part in wanted.split(",") if part.strip()))
    for name in names:
        if name not in STRATEGIES:
            raise UsageError(f"there is no strategy {name[:40]!r}{_near(name, STRATEGIES)}")
    if not names:
        raise UsageError(f"--strategies names none: write all, none, or some of {', '.join(STRATEGIES)}")
    return names


def read_limits(texts: Iterable[str], limits: Limits, currency: str) -> Limits:
    """The limits with each `KEY=VALUE`; the value `none` takes a limit of the account's own away. Raises UsageError."""
    changed: dict[str, int | float | None] = {}
    for text in texts:
        key, equals, value = text.partition("=")
        limit = limit_named(key)
        if not equals or not value.strip():
            raise UsageError(f"{text[:60]!r} gives {limit.key} no value: write {limit.key}={example(limit)}")
        changed[limit.field] = None if value.strip().lower() == "none" else _value(limit, value.strip(), currency)
    merged = replace(limits, **changed)
    if merged.min_odds is not None and merged.max_odds is not None and merged.min_odds > merged.max_odds:
        raise UsageError(f"min_odds {merged.min_odds:g} is above max_odds {merged.max_odds:g}")
    return merged


def limit_named(key: str) -> Limit:
    """Raises UsageError that names near ones."""
    name = key.strip().lower().replace("-", "_")
    if name not in LIMITS:
        raise UsageError(f"there is no limit {key.strip()[:40]!r}{_near(name, LIMITS)}")
    return LIMITS[name]


def limit_text(limit: Limit, value: int | float, currency: str) -> str:
    """As people read it."""
    match limit.unit:
        case Unit.MONEY:
            return format_minor(round(value), currency)
        case Unit.SHARE | Unit.FRACTION:
            return f"{value * 100:.4g} %"
        case Unit.COUNT:
            return f"{value:.0f}"
        case Unit.ODDS:
            return f"{value:.4g}"
        case Unit.MINUTES:
            return f"{value:g} min"


def positive_minor(name: str, text: str | None, currency: str) -> int | None:
    if text is None:
        return None
    try:
        minor = to_minor(text, currency)
    except UsageError as error:
        raise UsageError(f"{name}: {error.message}") from None
    if minor <= 0:
        raise UsageError(f"{name} must be above 0, not {text}")
    return minor


def _share(name: str, number: Fraction | None) -> float | None:
    if number is not None and number == 0:
        raise UsageError(f"{name} must be above 0")
    return None if number is None else float(number)


def _value(limit: Limit, text: str, currency: str) -> int | float:
    if limit.unit is Unit.MONEY:
        return positive_minor(limit.key, text, currency) or 0
    number = NumberType.read(text)
    if number is None:
        raise UsageError(f"{limit.key}: {text[:40]!r} is not a number: write for example {example(limit)}")
    low, high, open_below = _BOUNDS[limit.unit]
    least = 0 if limit.key == "max_auto_bets_per_hour" else low
    if number > high or number < least or (open_below and number == low):
        bounds = f"above {least:,} and at most {high:,}" if open_below else f"from {least:,} to {high:,}"
        raise UsageError(f"{limit.key} must be {bounds}, not {text[:40]}")
    if limit.unit is Unit.COUNT and number.denominator != 1:
        raise UsageError(f"{limit.key} must be a whole number, not {text[:40]}")
    return int(number) if limit.unit is Unit.COUNT else float(number)


# Least, most, and whether the least itself is too little.
_BOUNDS: Mapping[Unit, tuple[float, float, bool]] = {
    Unit.SHARE: (0, 1, True),
    Unit.FRACTION: (0, 1, False),
    Unit.COUNT: (1, _MAX_COUNT, False),
    Unit.ODDS: (1, _MAX_ODDS, True),
    Unit.MINUTES: (0, _MAX_MINUTES, False),
}
_EXAMPLES = {
    Unit.MONEY: "250", Unit.SHARE: "5%", Unit.FRACTION: "3%", Unit.COUNT: "10", Unit.ODDS: "1.5", Unit.MINUTES: "60",
}  # fmt: skip


def example(limit: Limit) -> str:
    """A value as it may be written."""
    return _EXAMPLES[limit.unit]


def _near(name: str, known: Iterable[str]) -> str:
    names = list(known)
    near = get_close_matches(name, names, n=3, cutoff=0.5)
    return f": did you mean {' or '.join(near)}?" if near else f": choose from {', '.join(names)}"
