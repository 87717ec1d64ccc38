"""`opportunities`: what was found and kept, how long it lived, and who took it or why not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import click
from msgspec import Struct

from betting_tui.cli.account_values import STRATEGIES
from betting_tui.cli.options import TIME, Group, format_option
from betting_tui.cli.output import Column, Kind, Sheet, emit, emit_json, emit_sheet
from betting_tui.cli.presets import and_preset, preset_option
from betting_tui.cli.session import Setup, prepare, with_engine
from betting_tui.engine.core.errors import UsageError
from betting_tui.engine.core.filters import compile_filter
from betting_tui.engine.core.model import Leg
from betting_tui.engine.core.odds import Price, format_price
from betting_tui.screens import names

if TYPE_CHECKING:
    from betting_tui.engine.engine import Engine
    from betting_tui.engine.store.shapes import OpportunityFindings, OpportunityRecord

F = TypeVar("F", bound=Callable[..., Any])
Order = Literal["newest", "best", "life"]
_WHERE = "Only what fits, as: best_ev >= 3% and lived_seconds > 60."
_COLUMNS = (
    Column("id", "Id", wide=True),
    Column("discovered_at", "Found", Kind.TIME, spare=4),
    Column("strategy", "Strategy", spare=3),
    Column("event", "Event", limit=34),
    Column("market", "Market", limit=20, spare=6),
    Column("pick", "Pick", limit=40),
    Column("bookmaker", "Book", limit=32),
    Column("price", "Price", Kind.PRICE),
    Column("ev_per_unit", "EV", Kind.GAIN, spare=2),
    Column("best_ev", "Best EV", Kind.GAIN),
    Column("lived_seconds", "Lived s", Kind.NUMBER, places=0),
    Column("state", "State", spare=1),
    Column("taken_by", "Taken by", limit=40),
    Column("why_not", "Why not", limit=120, whole=True),
    Column("flags", "Flags", spare=5),
    Column("sport_key", "Sport", wide=True),
    Column("event_id", "Event id", wide=True),
    Column("commence_time", "Starts", Kind.TIME, wide=True),
    Column("updated_at", "Last seen", Kind.TIME, wide=True),
    Column("expired_at", "Over", Kind.TIME, wide=True),
    Column("stretches", "Stretches", Kind.NUMBER, wide=True),
)


class Chosen(Struct, frozen=True):
    """The flags that all these commands have, as given."""

    active: bool
    strategy: str | None
    sport: str | None
    since: datetime | None
    where: str
    preset: str | None
    taken: bool
    missed: bool
    limit: int
    page: int


def choosing(function: F) -> F:
    """Which opportunities, and which page of them: passed as `chosen`."""

    @wraps(function)
    def command(*arguments: Any, **values: Any) -> Any:
        chosen = Chosen(**{name: values.pop(name) for name in Chosen.__struct_fields__})
        return function(*arguments, chosen=chosen, **values)

    for option in (
        format_option,
        click.option("--page", type=click.IntRange(min=1), default=1, help="Which page.", show_default=True),
        click.option("--limit", type=click.IntRange(min=1), default=25, help="How many a page.", show_default=True),
        click.option("--missed", is_flag=True, help="Only those that are over without a bet of the account."),
        click.option("--taken", is_flag=True, help="Only those the account bet on."),
        preset_option,
        click.option("--where", default="", help=_WHERE),
        click.option("--since", type=TIME, help="Only those found since."),
        click.option("--sport", help="Only this sport: basketball_nba, or basketball for all of it."),
        click.option("--strategy", type=click.Choice(STRATEGIES), help="Only of this strategy."),
        click.option("--active", is_flag=True, help="Only those that are there now."),
    ):
        command = option(command)
    return command  # type: ignore[return-value]


@click.group("opportunities", cls=Group)
def command() -> None:
    """What was found, how long it lived, taken or why not."""


@command.command("list")
@choosing
@click.pass_context
def list_(context: click.Context, chosen: Chosen, format_: str) -> None:
    """Kept opportunities, newest first."""
    _run(context, chosen, format_, "newest")


@command.command("search")
@click.argument("text")
@choosing
@click.pass_context
def search(context: click.Context, text: str, chosen: Chosen, format_: str) -> None:
    """Those with each word of TEXT in a team, league, market, selection or bookmaker."""
    if not text.strip():
        raise UsageError("TEXT is empty: name a team, a league, a market or a bookmaker")
    _run(context, chosen, format_, "newest", text)


@command.command("top")
@click.option(
    "--by", type=click.Choice(["edge", "life"]), default="edge", show_default=True, help="Best EV seen, or life time."
)
@choosing
@click.pass_context
def top(context: click.Context, by: Literal["edge", "life"], chosen: Chosen, format_: str) -> None:
    """The best first; what is too good to be true comes last."""
    _run(context, chosen, format_, "best" if by == "edge" else "life")


class Answer(Struct, frozen=True):
    """A page with what it is a page of."""

    findings: OpportunityFindings
    account: str
    now: datetime


def _run(context: click.Context, chosen: Chosen, format_: str, order: Order, text: str = "") -> None:
    from betting_tui.engine.store.opportunity_search import KEPT_FIELDS
    from betting_tui.engine.store.shapes import OpportunityFilter

    if chosen.taken and chosen.missed:
        raise UsageError("--taken and --missed contradict each other: give one of them")
    where = compile_filter(chosen.where, KEPT_FIELDS)
    setup = prepare(context)
    where = and_preset(where, chosen.preset, setup, KEPT_FIELDS)

    async def work(engine: Engine) -> Answer:
        account, now = engine.overview().account, engine.clock.now()
        wanted = OpportunityFilter(
            now=now,
            active=chosen.active,
            strategy=chosen.strategy,
            sport=chosen.sport,
            since=chosen.since,
            text=text,
            where=where if where.text.strip() else None,
            account=account,
            taken=True if chosen.taken else False if chosen.missed else None,
            order=order,
            limit=chosen.limit,
            offset=(chosen.page - 1) * chosen.limit,
        )
        return Answer(engine.ledger.find_opportunities(wanted), account, now)

    _print(with_engine(setup, work), chosen, format_, setup)


def _print(answer: Answer, chosen: Chosen, format_: str, setup: Setup) -> None:
    from betting_tui.engine.store.opportunity_exports import opportunity_export

    found = answer.findings
    if format_ == "json":
        listed = [opportunity_export(record) for record in found.rows]
        emit_json({"total": found.total, "page": chosen.page, "limit": chosen.limit, "opportunities": listed})
        return
    sheet = Sheet(_COLUMNS, tuple(_row(record, answer, setup) for record in found.rows), "")
    emit_sheet(sheet, format_, setup.style, empty="None on this page." if found.total else "Nothing found.")
    if format_ == "table" and found.total:
        pages = -(-found.total // chosen.limit)
        number = "1 opportunity" if found.total == 1 else f"{found.total:,} opportunities"
        emit(f"{number}, page {chosen.page} of {pages}.")


def _row(record: OpportunityRecord, answer: Answer, setup: Setup) -> tuple[Any, ...]:
    found = record.opportunity
    own = next((each for each in record.decisions if each.account == answer.account), None)
    taken = answer.account in record.taken_by
    there = record.expired_at is None and not found.expired(answer.now)
    return (
        found.id, record.discovered_at, found.strategy, found.event.name, names.market(found.line),
        " / ".join(names.pick(leg.selection) for leg in found.legs), " / ".join(leg.bookmaker for leg in found.legs),
        _price(found.legs, setup), found.ev_per_unit, record.best_ev, record.lived_seconds,
        "there" if there else "over", ", ".join(record.taken_by), own.reason if own and not taken else "",
        " ".join(found.flags), found.event.sport_key, found.event.id, found.event.commence_time, record.updated_at,
        record.expired_at, record.stretches,
    )  # fmt: skip


def _price(legs: tuple[Leg, ...], setup: Setup) -> Price | str:
    if len(legs) == 1:
        return legs[0].price
    return " / ".join(format_price(leg.price, setup.style.odds_format) for leg in legs)
