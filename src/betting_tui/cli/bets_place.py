"""`bets place`: record a bet from a script, or a basket of them from a CSV file; or let an order wait for its price."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from msgspec import Struct

from betting_tui.cli.basket import Wanted, read_basket, row_key
from betting_tui.cli.bet_told import FAILED, print_bet, print_refusal
from betting_tui.cli.bet_wanted import bookmaker_of, event_of, stake_of
from betting_tui.cli.bets_checked import place_checked, tell_no_close
from betting_tui.cli.bets_orders import place_order
from betting_tui.cli.bets_parlay import Slip, place_parlay
from betting_tui.cli.options import PRICE, TIME, Command, format_option
from betting_tui.cli.output import Column, Kind, Sheet, emit_sheet
from betting_tui.cli.session import ME, Setup, prepare, with_engine
from betting_tui.engine.core.bet_views import BetRow, NotPlaced
from betting_tui.engine.core.commands import RecordBet
from betting_tui.engine.core.errors import BettingError, UsageError
from betting_tui.engine.core.model import Funding, Origin, Selection
from betting_tui.engine.core.odds import Price
from betting_tui.engine.core.places import each_way_of
from betting_tui.engine.core.refusals import Refusal, RefusalCode
from betting_tui.engine.core.text import clean
from betting_tui.engine.core.times import iso

if TYPE_CHECKING:
    from betting_tui.engine.engine import Engine

_CLOCKS_DIFFER_BY = timedelta(minutes=1)


class RowOutcome(Struct, frozen=True):
    """What became of one row of a basket: a bet, or why not."""

    row: int
    bet: BetRow | None
    code: str
    message: str
    repeated: bool = False


@click.command("place", cls=Command)
@click.option("--from", "basket", type=click.Path(path_type=Path), help="A CSV with columns named like these flags.")
@click.option("--event", help="The event's id.")
@click.option("--market", help="h2h, spreads, totals, …")
@click.option("--selection", help="Team, Draw, Over, Under: by name.")
@click.option("--point", type=float, help="The selection's own line: -3.5, 224.5.")
@click.option("--participant", help="Whose prop it is: the player, or the team of a team total.")
@click.option("--bookmaker", help="The bookmaker's key.")
@click.option("--odds", type=PRICE, help="+150, -110, 2.5, 6/4, EVEN.")
@click.option("--stake", help="Amount.")
@click.option(
    "--leg",
    "legs",
    multiple=True,
    metavar="LEG",
    help="A leg of a parlay: EVENT,MARKET,SELECTION[,LINE],ODDS. 2 to 12. The selection of a prop names whose it is: "
    "LeBron James Over.",
)
@click.option(
    "--game",
    "games",
    multiple=True,
    metavar="GAME",
    help="With --leg, an event the ledger does not know: EVENT,HOME,AWAY,SPORT[,START].",
)
@click.option("--home", help="Home team, for an event the ledger does not know.")
@click.option("--away", help="Away team.")
@click.option("--commence", type=TIME, help="Start of the event.")
@click.option("--sport", help="Sport key, as basketball_nba.")
@click.option("--at", type=TIME, help="When the bet was made. Default: now.")
@click.option("--strategy", help="Whose idea it was.")
@click.option("--note", default="", help="Kept with the bet.")
@click.option("--key", help="The same key records once, however often it is sent.")
@click.option("--free", is_flag=True, help="A free bet: it risks nothing, and its stake does not come back.")
@click.option(
    "--each-way",
    metavar="FRACTION,PLACES",
    help="Two bets, to win and for a place: 1/4,4 pays a quarter of the odds for the first four. --stake is on each of"
    " both, so 10 costs 20.",
)
@click.option("--work-until", help="Wait for this price until then (a time, or `start`), the money reserved.")
@click.option(
    "--verify/--no-verify",
    default=None,
    help="Ask the feed for the price first: refused where it is worse now, evidence fresh else. Default: by "
    "execution.verify, where credits are free.",
)
@format_option
@click.pass_context
def place(context: click.Context, /, **flags: Any) -> None:
    """Record a bet at the price given: origin manual, evidence none. With --from a basket of them, with several --leg a
    parlay: one stake on all of them at one bookmaker.

    Where a feed can be asked for its price, it is asked first (--no-verify: never): a worse price is refused. One that
    it does not give is recorded as given; with --verify it is refused.
    """
    setup, given = prepare(context), Given(**flags)
    if given.legs:
        place_parlay(context, setup, given.legs, given.games, _slip(given), given.format_)
    elif given.games:
        raise UsageError("--game goes with --leg: a single bet takes --home, --away, --sport and --commence")
    elif given.basket is not None:
        _check_alone(given)
        _place_basket(context, setup, given.basket, given.format_)
    else:
        _place_single(context, setup, given)


class Given(Struct, frozen=True):
    """The flags of one call."""

    basket: Path | None
    event: str | None
    market: str | None
    selection: str | None
    point: float | None
    participant: str | None
    bookmaker: str | None
    odds: Price | None
    stake: str | None
    legs: tuple[str, ...]
    games: tuple[str, ...]
    home: str | None
    away: str | None
    commence: datetime | None
    sport: str | None
    at: datetime | None
    strategy: str | None
    note: str
    key: str | None
    free: bool
    each_way: str | None
    work_until: str | None
    verify: bool | None
    format_: str

    @property
    def funding(self) -> Funding:
        return Funding.FREE if self.free else Funding.CASH


def _slip(given: Given) -> Slip:
    """Raises UsageError for what a parlay does not take, or lacks."""
    given_too = {
        "--from": given.basket, "--event": given.event, "--market": given.market, "--selection": given.selection,
        "--point": given.point, "--participant": given.participant, "--odds": given.odds, "--home": given.home,
        "--away": given.away, "--commence": given.commence, "--sport": given.sport, "--work-until": given.work_until,
        "--each-way": given.each_way,
    }  # fmt: skip
    doubled = [flag for flag, value in given_too.items() if value is not None]
    if doubled:
        raise UsageError(f"--leg and --game tell what a parlay is on: leave {', '.join(doubled)} out")
    if not given.bookmaker or not given.stake:
        raise UsageError("a parlay needs --bookmaker and --stake, once for all its legs")
    return Slip(
        given.bookmaker, given.stake, given.key or uuid.uuid4().hex, given.at, given.strategy, given.note,
        given.funding, given.verify,
    )  # fmt: skip


def _check_alone(given: Given) -> None:
    """Raises UsageError for what is told beside a basket."""
    told = (
        given.event, given.market, given.selection, given.point, given.participant, given.bookmaker, given.odds,
        given.stake, given.home, given.away, given.commence, given.key, given.work_until, given.verify, given.each_way,
    )  # fmt: skip
    if given.free or any(value is not None for value in told):
        raise UsageError("--from takes everything from the file: leave the other flags out")


def _wanted(given: Given) -> Wanted:
    """Raises UsageError that names what is missing."""
    required = {
        "--event": given.event, "--market": given.market, "--selection": given.selection,
        "--bookmaker": given.bookmaker, "--stake": given.stake,
    }  # fmt: skip
    missing = [flag for flag, value in required.items() if not value]
    event, market, selection = given.event, given.market, given.selection
    if not (event and market and selection and given.bookmaker and given.stake and given.odds):
        raise UsageError(f"a bet needs {', '.join(missing or ['--odds'])}")
    return Wanted(
        event, market, selection, given.bookmaker, given.odds, given.stake, given.point, given.participant, given.home,
        given.away, given.commence, given.sport, given.at, given.strategy, given.key, given.note, given.funding,
        each_way_of(given.each_way).text if given.each_way is not None else None,
    )  # fmt: skip


def _place_single(context: click.Context, setup: Setup, given: Given) -> None:
    wanted, key = _wanted(given), given.key or uuid.uuid4().hex
    if wanted.each_way is not None and (given.work_until is not None or given.verify):
        raise UsageError("no feed tells each way terms: leave --work-until and --verify out")
    if given.work_until is not None:
        if given.at is not None:
            raise UsageError("--work-until is about a price to come: leave --at out")
        place_order(context, setup, wanted, given.work_until, key, given.format_, verify=given.verify)
        return
    outcome, no_close = with_engine(setup, lambda engine: _place(engine, wanted, key, given.verify))
    if outcome.bet is None:
        print_refusal(Refusal(RefusalCode(outcome.code), outcome.message), given.format_, setup.style)
        context.exit(FAILED)
    if outcome.repeated:
        click.echo(f"This key has already recorded {outcome.bet.id}: nothing was added.", err=True)
    print_bet(outcome.bet, given.format_, setup, more={"no_close": no_close or None})


async def _place(engine: Engine, wanted: Wanted, key: str, verify: bool | None) -> tuple[RowOutcome, str]:
    """With the price asked for, or recorded as given; and why it gets no close."""
    no_close = tell_no_close(engine, event_of(engine, wanted))
    checked = await place_checked(engine, wanted, key, verify)
    if checked is None:
        return await record(engine, wanted, 1, key), no_close
    if isinstance(checked, NotPlaced):
        return RowOutcome(1, None, checked.refusal.code.value, checked.refusal.message), no_close
    return RowOutcome(1, checked.bets[0], "", "", checked.repeated), no_close


async def record(engine: Engine, wanted: Wanted, row: int, key: str) -> RowOutcome:
    """Record one bet. Raises UsageError for what cannot be a bet at all; a refusal is an outcome."""
    from betting_tui.engine.core.bet_views import Placed
    from betting_tui.engine.selections import selection_of

    account = engine.overview()
    event = event_of(engine, wanted)
    selection, side = selection_of(
        event, wanted.market.strip().lower(), wanted.selection, wanted.point, wanted.participant
    )
    stake, bookmaker = stake_of(wanted, account.currency), bookmaker_of(wanted)
    if wanted.at is not None and wanted.at > engine.clock.now() + _CLOCKS_DIFFER_BY:
        raise UsageError(f"--at {iso(wanted.at)} lies in the future: a bet is recorded once it is made")
    outcome = await engine.record_bet(
        RecordBet(
            account=account.account,
            event=event,
            selection=selection,
            bookmaker=bookmaker,
            price=wanted.odds,
            stake_minor=stake,
            key=key,
            origin=Origin.MANUAL,
            created_by=ME,
            side=side,
            placed_at=wanted.at,
            strategy=wanted.strategy,
            note=clean(wanted.note, 500),
            funding=wanted.funding,
            each_way=wanted.each_way or "",
        )
    )
    if isinstance(outcome, Placed):
        bet = outcome.bets[0]
        kept = (
            Selection(bet.line, bet.selection, bet.point),
            bet.side,
            bet.bookmaker,
            bet.price.exact,
            bet.stake_minor,
            bet.funding,
            bet.each_way.text if bet.each_way else None,
        )
        if kept != (selection, side, bookmaker, wanted.odds.exact, stake, wanted.funding, wanted.each_way):
            message = f"the key {key!r} has already recorded another bet, {bet.id}: give this one a key of its own"
            return RowOutcome(row, None, RefusalCode.DUPLICATE.value, message)
        return RowOutcome(row, bet, "", "", outcome.repeated)
    return RowOutcome(row, None, outcome.refusal.code.value, outcome.refusal.message)


def _place_basket(context: click.Context, setup: Setup, path: Path, format_: str) -> None:
    rows = read_basket(path)

    async def work(engine: Engine) -> tuple[list[RowOutcome], str]:
        outcomes: list[RowOutcome] = []
        seen: dict[str, int] = {}
        for row in rows:
            if isinstance(row.bet, str):
                outcomes.append(RowOutcome(row.line, None, "unreadable", row.bet))
                continue
            key = row.bet.key or row_key(row.bet, seen)
            try:
                outcomes.append(await record(engine, row.bet, row.line, key))
            except UsageError as error:
                outcomes.append(RowOutcome(row.line, None, "unreadable", error.message))
        return outcomes, engine.overview().currency

    try:
        outcomes, currency = with_engine(setup, work)
    except BettingError as error:
        raise type(error)(f"{error.message}; rows before it may be recorded, and are known when sent again") from error
    columns = (
        Column("row", "Row", Kind.NUMBER),
        Column("id", "Bet"),
        Column("selection", "Selection", spare=1),
        Column("stake", "Stake", Kind.MONEY),
        Column("outcome", "Outcome"),
        Column("message", "Message", limit=160, whole=True),
    )
    cells = tuple(
        (
            each.row,
            each.bet.id if each.bet else None,
            each.bet.selection if each.bet else None,
            each.bet.staked_minor if each.bet else None,
            ("already recorded" if each.repeated else "recorded") if each.bet else each.code,
            each.message,
        )
        for each in outcomes
    )
    emit_sheet(Sheet(columns, cells, currency), format_, setup.style, empty="No rows.")
    if any(each.bet is None for each in outcomes):
        context.exit(FAILED)
