"""`analyze`: one look at odds, fetched now or read from recorded answers."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
from msgspec import Struct
from msgspec.structs import replace

from betting_tui.cli.options import SPORT, TIME, Command, common_of, format_option
from betting_tui.cli.output import Column, Kind, Sheet, Style, emit_json, emit_sheet
from betting_tui.cli.presets import and_preset, preset_option
from betting_tui.cli.progress import ProgressLine, long_work
from betting_tui.cli.session import Setup, need_feed, prepare, reading_files, with_engine
from betting_tui.engine.core.decoded import Rejection
from betting_tui.engine.core.errors import UsageError
from betting_tui.engine.core.filters import Filter, compile_filter
from betting_tui.engine.core.model import Opportunity
from betting_tui.engine.core.odds import Price, price_from_decimal
from betting_tui.engine.core.progress import Progress, watched
from betting_tui.engine.core.records import OPPORTUNITY_FIELDS, FlatOpportunity, flat_opportunity
from betting_tui.engine.core.text import clean
from betting_tui.engine.core.times import iso
from betting_tui.screens import names

if TYPE_CHECKING:
    from betting_tui.engine.core.opportunity_views import Why
    from betting_tui.engine.core.ports import Answer, MarketView
    from betting_tui.engine.engine import Engine
    from betting_tui.engine.sources.recorded import RecordedFiles

_FILE = click.Path(path_type=Path)
STRATEGIES = ("value_betting", "line_shopping", "arbitrage")
_WITHOUT_FEED = "read recorded answers with --from FILE, or try the simulated market with --demo"
_FIELDS = (
    f"--where compares {', '.join(OPPORTUNITY_FIELDS)} with numbers (3% is 0.03) and quoted text by "
    "== != < <= > >= ~ (contains) and in, joined with and, or, not."
)


class SourceRead(Struct, frozen=True):
    """Where the prices came from. `file` for recorded answers, credits for fetched ones."""

    name: str
    file: str | None
    sport_key: str | None
    received_at: str | None
    credits_used: int | None = None
    credits_remaining: int | None = None
    detail: str = ""


class UnansweredSport(Struct, frozen=True):
    """A sport that was asked for and that no feed gave, and why."""

    sport_key: str
    why: str


class Look(Struct, frozen=True):
    """The whole answer, as `--format json` prints it. Stakes are in minor units of `currency`."""

    now: str
    currency: str
    sources: tuple[SourceRead, ...]
    rejected: tuple[Rejection, ...]
    opportunities: tuple[FlatOpportunity, ...]
    unanswered: tuple[UnansweredSport, ...] = ()


class Found(Struct, frozen=True):
    """An opportunity with its flat form: the one for people, the other for scripts and filters."""

    opportunity: Opportunity
    flat: FlatOpportunity


@click.command("analyze", cls=Command, epilog=_FIELDS)
@click.option("--sport", "sports", multiple=True, type=SPORT, help="Only these sports. Default: the settings'.")
@click.option("--from", "files", multiple=True, type=_FILE, help="Recorded answers of The Odds API, plain or gzip.")
@click.option("--now", type=TIME, help="With --from: when the prices are looked at. Default: the newest quote.")
@click.option("--strategy", "strategies", multiple=True, type=click.Choice(STRATEGIES), help="Only these.")
@click.option("--where", default="", help="Only what fits, as: edge >= 3% and books >= 4.")
@preset_option
@click.option("--explain", "event", help="For one event (id or part of its name): each price, and why or why not.")
@format_option
@click.pass_context
def command(
    context: click.Context,
    sports: tuple[str, ...],
    files: tuple[Path, ...],
    now: datetime | None,
    strategies: tuple[str, ...],
    where: str,
    preset: str | None,
    event: str | None,
    format_: str,
) -> None:
    """One look: fetch or read odds, detect, print, best first."""
    if now is not None and not files:
        raise UsageError("--now goes with --from: fetched prices are looked at when they arrive")
    if event is not None and (where or preset is not None or strategies):
        raise UsageError("--explain shows every price of one event: leave --where, --preset and --strategy out")
    wanted = compile_filter(where, OPPORTUNITY_FIELDS)
    setup = prepare(context)
    wanted = and_preset(wanted, preset, setup, OPPORTUNITY_FIELDS)
    account = setup.settings.accounts.current
    if files and account is not None and common_of(context).account is not None:
        from betting_tui.cli.account_staking import staking_of

        staking = staking_of(account, setup.data_dir, setup.settings, "demo" if setup.demo else "live")
        setup = replace(setup, settings=staking)
    if event is not None:
        _explain(setup, files, now, sports, event, format_)
        return
    with _looking() as line:
        look, found = (
            _recorded(setup, files, now, strategies, line) if files else _fetched(setup, sports, strategies, line)
        )
    for sport in sports if files else ():
        if sport not in {source.sport_key for source in look.sources} | {item.flat.sport_key for item in found}:
            _note(f"nothing of {sport} found in the files given")
    kept = [item for item in found if (not sports or item.flat.sport_key in sports) and wanted.matches(item.flat)]
    _print(look, kept, format_, setup.style, wanted)


def _looking() -> AbstractContextManager[ProgressLine]:
    return long_work("the look was not finished, and changed nothing", first="Reading")


def _recorded(
    setup: Setup, files: Sequence[Path], now: datetime | None, strategies: tuple[str, ...], line: ProgressLine
) -> tuple[Look, list[Found]]:
    from betting_tui.engine.analysis import analyze

    source, answers, moment = _read(files, now, line)
    with reading_files():
        seen = analyze(setup.settings, source, answers, moment, strategies, line)
    line.clear()
    _note_ages(files, answers, moment, setup.settings.strategies.max_quote_age_seconds, setup.style)
    sources = tuple(
        SourceRead(answer.source, str(path), answer.sport_key, iso(answer.received_at))
        for path, answer in zip(files, answers, strict=True)
    )
    look = Look(iso(moment), seen.currency, sources, seen.rejected, ())
    found = [
        Found(
            sized.opportunity,
            flat_opportunity(sized.opportunity, moment, stake_minor=sized.stake_minor),
        )
        for sized in seen.opportunities
    ]
    return look, found


def _read(
    files: Sequence[Path], now: datetime | None, progress: Progress
) -> tuple[RecordedFiles, list[Answer], datetime]:
    """The answers, and the moment they are looked at: as given, else the newest quote in any of them."""
    from betting_tui.engine.core.ports import AnswerKind
    from betting_tui.engine.sources.recorded import RecordedFiles, read_answer

    with reading_files():
        told = watched(files, len(files), progress, "Reading files", every=1)
        answers = [read_answer(path, AnswerKind.ODDS, now=now) for path in told]
    return RecordedFiles(), answers, now or max(answer.received_at for answer in answers)


def _note_ages(files: Sequence[Path], answers: Sequence[Answer], now: datetime, limit: float, style: Style) -> None:
    """Files with nothing young enough at that moment, or with prices from after it, would else surprise in silence."""
    from betting_tui.engine.sources.recorded import newest_quote_time

    for path, answer in zip(files, answers, strict=True):
        newest = newest_quote_time(answer.body)
        if newest is not None and (now - newest).total_seconds() > limit:
            told = f"all prices in {path} are older than {limit:g} s at {style.when(now)}"
            _note(f"{told}; the newest is of {style.when(newest)}")
        elif newest is not None and newest > now:
            _note(f"{path} has prices from after {style.when(now)}: they count as made at that moment")


def _note(text: str) -> None:
    click.echo(f"Note: {text}", err=True)


def _explain(
    setup: Setup, files: Sequence[Path], now: datetime | None, sports: tuple[str, ...], event: str, format_: str
) -> None:
    from betting_tui.cli.explained import print_explained

    if files:
        from betting_tui.engine.analysis import explain

        with _looking() as line, reading_files():
            source, answers, moment = _read(files, now, line)
            told = explain(setup.settings, source, answers, moment, event, line)
        print_explained(told, moment, event, format_, setup)
        return

    async def work(engine: Engine) -> tuple[tuple[Why, ...], datetime]:
        await _fetch(engine, sports, line)
        return engine.explain(event), engine.clock.now()

    with _looking() as line:
        prices, moment = with_engine(setup, work, line=line)
    print_explained(prices, moment, event, format_, setup)


def _fetched(
    setup: Setup, sports: tuple[str, ...], strategies: tuple[str, ...], line: ProgressLine
) -> tuple[Look, list[Found]]:
    async def work(engine: Engine) -> tuple[Look, list[Found]]:
        unanswered = await _fetch(engine, sports, line)
        _note_age(engine.board, engine.clock.now(), setup.settings.strategies.max_quote_age_seconds, setup.style)
        seen = engine.overview()
        sources = tuple(
            SourceRead(
                feed.name,
                None,
                None,
                iso(feed.last_success) if feed.last_success else None,
                feed.credits_used,
                feed.credits_remaining,
                feed.detail,
            )
            for feed in seen.feeds
        )
        found = [
            Found(row.opportunity, flat_opportunity(row.opportunity, seen.now, stake_minor=row.stake_minor))
            for row in engine.opportunities().rows
            if not strategies or row.opportunity.strategy in strategies
        ]
        return Look(iso(seen.now), seen.currency, sources, (), (), unanswered), found

    return with_engine(setup, work, line=line)


async def _fetch(engine: Engine, sports: tuple[str, ...], line: ProgressLine) -> tuple[UnansweredSport, ...]:
    """The sports that no feed answered for, told like the feeds that failed where another one answered."""
    need_feed(engine.odds_feeds(), _WITHOUT_FEED)
    line(0, 0, "Asking for odds")
    unanswered = await engine.fetch_odds(sports)
    line.clear()
    texts = [each.error.message for each in unanswered]
    for each, text in zip(unanswered, texts, strict=True):
        _note(f"{clean(each.sport_key, 80)}: {each.error.title.lower()}: {text}")
    for feed in engine.odds_feeds():
        if feed.state in ("failed", "degraded") and feed.detail not in texts:
            _note(f"{feed.name}: {feed.detail}")
    return tuple(UnansweredSport(each.sport_key, text) for each, text in zip(unanswered, texts, strict=True))


def _note_age(board: MarketView, now: datetime, limit: float, style: Style) -> None:
    """Where no price can count, "nothing found" alone would tell nothing of the market."""
    quotes = (quote for event in board.events() for line in board.lines(event.id) for quote in board.quotes(line))
    youngest = min(quotes, key=lambda quote: quote.age_seconds(now), default=None)
    if youngest is None:
        _note("the feeds gave no prices: no games are coming, or none is priced yet")
    elif youngest.age_seconds(now) > limit:
        _note(
            f"all prices are older than strategies.max_quote_age_seconds, {limit:g} s: the newest is of"
            f" {style.when(youngest.dated)}, from {youngest.source}"
        )


def _print(look: Look, found: Sequence[Found], format_: str, style: Style, wanted: Filter) -> None:
    if format_ == "json":
        emit_json(replace(look, opportunities=tuple(item.flat for item in found)))
        return
    empty = "Nothing found." if not wanted.text else "Nothing fits the filter."
    emit_sheet(_sheet(found, look.currency), format_, style, empty=empty)
    if look.rejected:
        left_out = ", ".join(f"{each.count} {each.reason.replace('_', ' ')}" for each in look.rejected)
        click.echo(f"Left out: {left_out}", err=True)


_COLUMNS = (
    Column("id", "Id", wide=True),
    Column("strategy", "Strategy", spare=2),
    Column("sport_key", "Sport", wide=True),
    Column("commence_time", "Starts", Kind.TIME, spare=4),
    Column("event_id", "Event id", wide=True),
    Column("event", "Event", limit=34),
    Column("market", "Market", limit=20, spare=5),
    Column("pick", "Pick", limit=28),
    Column("bookmaker", "Book", limit=32),
    Column("price", "Price", Kind.PRICE),
    Column("fair_odds", "Fair", Kind.PRICE, spare=6),
    Column("ev_per_unit", "EV", Kind.GAIN),
    Column("edge", "Edge", Kind.GAIN, wide=True),
    Column("edge_low", "Edge low", Kind.GAIN, wide=True),
    Column("profit_margin", "Margin", Kind.GAIN, wide=True),
    Column("difference_cents", "Cents", Kind.NUMBER, places=1, spare=3),
    Column("fair_probability", "Fair %", Kind.SHARE, wide=True),
    Column("method", "Method", wide=True),
    Column("recommended_stake", "Stake", Kind.MONEY),
    Column("age_seconds", "Age s", Kind.NUMBER, places=0, spare=7),
    Column("flags", "Flags"),
)


def _fair_price(flat: FlatOpportunity) -> Price | None:
    return price_from_decimal(flat.fair_odds) if flat.fair_odds is not None else None


def _sheet(found: Sequence[Found], currency: str) -> Sheet:
    """A line a leg: all legs name their opportunity and strategy, the numbers of the whole stand in the first."""
    rows = []
    for item in found:
        flat = item.flat
        for index, leg in enumerate(item.opportunity.legs):
            first = index == 0
            rows.append(
                (
                    flat.id, flat.strategy, flat.sport_key, item.opportunity.event.commence_time,
                    flat.event_id, item.opportunity.event.name, names.market(item.opportunity.line),
                    names.pick(leg.selection), leg.bookmaker, leg.price, _fair_price(flat) if first else None,
                    flat.ev_per_unit if first else None, flat.edge if first else None,
                    flat.edge_low if first else None, flat.profit_margin if first else None,
                    flat.difference_cents if first else None, flat.fair_probability if first else None,
                    flat.method if first else None, leg.stake_minor, flat.age_seconds if first else None,
                    " ".join(flat.flags) if first else "",
                )
            )  # fmt: skip
    return Sheet(_COLUMNS, tuple(rows), currency)
