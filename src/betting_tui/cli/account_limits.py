"""`account limits`: what an account may place, how much of it is used, and where each limit comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from msgspec import Struct
from msgspec.structs import replace

from betting_tui.cli.account_values import LIMITS, RISKS, Limit, example, limit_text, read_limits
from betting_tui.cli.options import Command, format_option
from betting_tui.cli.output import Column, Kind, Sheet, emit, emit_json, emit_sheet
from betting_tui.cli.session import ME, Setup, for_account, prepare, with_engine
from betting_tui.engine.config import Settings
from betting_tui.engine.config.tree import Risk
from betting_tui.engine.core.accounts import AccountSettings, Breaker, RiskTolerance
from betting_tui.engine.core.commands import ChangeAccount
from betting_tui.engine.core.errors import UsageError
from betting_tui.engine.core.money import format_minor
from betting_tui.engine.core.money_views import LimitUse

if TYPE_CHECKING:
    from betting_tui.engine.engine import Engine

_COLUMNS = (
    Column("limit", "Limit", firm=True),
    Column("allowed", "Allowed", firm=True),
    Column("used", "Used", firm=True),
    Column("used_share", "Share used", Kind.SHARE, spare=1),
    Column("source", "From", limit=30),
    Column("what", "What", limit=60, spare=2),
)


class LimitInForce(Struct, frozen=True):
    """One limit as it holds: `allowed` in minor units where `unit` is money. `use` is what counts against it, in the
    same way; None where each bet is looked at by itself."""

    limit: str
    unit: str
    allowed: float
    source: str
    use: LimitUse | None


class AccountLimits(Struct, frozen=True):
    """All limits of one account; `risk` is the preset that fills in what nobody set."""

    account: str
    currency: str
    risk: str
    limits: tuple[LimitInForce, ...]
    breakers: tuple[Breaker, ...]


@click.command("limits", cls=Command)
@click.argument("arguments", nargs=-1, metavar="[NAME] [KEY=VALUE]...")
@click.option("--clear", multiple=True, help="First take this limit of the account's own away; `all` for every one.")
@click.option("--risk", type=click.Choice(RISKS), help="Fills in limits that are not set; none: no others.")
@format_option
@click.pass_context
def limits(
    context: click.Context,
    arguments: tuple[str, ...],
    clear: tuple[str, ...],
    risk: RiskTolerance | None,
    format_: str,
) -> None:
    """Show an account's limits and what is used of them, or set some: `max_open_bets=10 max_bet_share=2%`."""
    setup = prepare(context)
    changes = list(arguments)
    if changes and "=" not in changes[0]:
        setup = _for_named(setup, changes.pop(0))
    changes = [f"{key}=none" for key in (LIMITS if "all" in clear else clear)] + changes

    async def work(engine: Engine) -> AccountLimits:
        row = engine.ledger.account(engine.overview().account)
        settings = replace(row.settings, limits=read_limits(changes, row.settings.limits, row.currency))
        if risk is not None:
            settings = replace(settings, tolerance=risk)
        if settings != row.settings:
            await engine.change_account(ChangeAccount(row.name, settings, ME))
        return look(engine, row.name, settings, setup.settings)

    _print(with_engine(setup, work), format_, setup)


def _for_named(setup: Setup, name: str) -> Setup:
    """Raises UsageError; a limit without a value is no account's name."""
    try:
        return for_account(setup, name)
    except UsageError as error:
        limit = LIMITS.get(name.strip().lower().replace("-", "_"))
        if limit is None:
            raise
        raise UsageError(f"{error.message}; to set the limit write {limit.key}={example(limit)}") from None


def look(engine: Engine, account: str, own: AccountSettings, settings: Settings) -> AccountLimits:
    """What is in force now."""
    from betting_tui.engine.house import House

    house, now = House(engine.ledger, settings), engine.clock.now()
    member = house.member(account)
    uses = house.limits_in_use(account, now)
    tolerance = own.tolerance or settings.risk.risk_tolerance or "medium"
    in_force = []
    for limit in LIMITS.values():
        allowed = getattr(member.limits, limit.field)
        if allowed is not None:
            use = next((each for each in uses if each.limit == _counted(limit.key)), None)
            source = _source(limit, own, settings.risk, tolerance)
            in_force.append(LimitInForce(limit.key, limit.unit.value, allowed, source, use))
    breakers = engine.ledger.breakers(account, now)
    return AccountLimits(account, member.row.currency, tolerance, tuple(in_force), breakers)


def _counted(key: str) -> str:
    """Both daily losses are counted as one: the smaller holds."""
    return "max_daily_loss" if key == "max_daily_loss_share" else key


def _source(limit: Limit, own: AccountSettings, risk: Risk, tolerance: str) -> str:
    if getattr(own.limits, limit.field) is not None:
        return "account"
    configured = getattr(risk, limit.key)
    if configured is not None:
        return "default" if configured == getattr(Risk(), limit.key) else "settings"
    return f"{tolerance} risk"


def _print(told: AccountLimits, format_: str, setup: Setup) -> None:
    if format_ == "json":
        emit_json(told)
        return
    emit_sheet(limits_sheet(told), format_, setup.style, empty=f"{told.account} has no limits.")
    if format_ == "table":
        emit(f"{told.account}, in {told.currency}; what nobody set is filled in by risk {told.risk}.")
        for breaker in told.breakers:
            until = (
                "until a person resumes it"
                if breaker.until is None
                else f"until {breaker.until.astimezone(setup.style.zone):%Y-%m-%d %H:%M}"
            )
            emit(f"Stopped {until}: {breaker.reason}")


def limits_sheet(told: AccountLimits) -> Sheet:
    """A row a limit."""
    rows = []
    for each in told.limits:
        limit = LIMITS[each.limit]
        use, share = each.use, None if each.use is None else each.use.share
        used = None if use is None else f"{_amount(use, use.used, told)} of {_amount(use, use.allowed, told)}"
        rows.append((each.limit, limit_text(limit, each.allowed, told.currency), used, share, each.source, limit.what))
    return Sheet(_COLUMNS, tuple(rows), told.currency)


def _amount(use: LimitUse, value: float, told: AccountLimits) -> str:
    match use.unit:
        case "money":
            return format_minor(round(value), told.currency)
        case "count":
            return f"{value:.0f}"
        case "share":
            return f"{value * 100:.3g} %"
