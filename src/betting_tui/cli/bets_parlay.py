"""`bets place --leg …`: several selections in one bet, recorded at the prices given."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import click
from msgspec import Struct

from betting_tui.cli.basket import Wanted
from betting_tui.cli.bet_told import FAILED, print_bet, print_refusal
from betting_tui.cli.bet_wanted import bookmaker_of, event_of, stake_of
from betting_tui.cli.session import ME, Setup, with_engine
from betting_tui.engine.core.bet_views import BetRow, NotPlaced
from betting_tui.engine.core.commands import RecordParlay
from betting_tui.engine.core.errors import BettingError, UsageError
from betting_tui.engine.core.model import Event, Funding, Leg, Origin
from betting_tui.engine.core.odds import parse_any
from betting_tui.engine.core.refusals import Refusal, RefusalCode
from betting_tui.engine.core.text import clean
from betting_tui.engine.core.times import iso

if TYPE_CHECKING:
    from betting_tui.engine.engine import Engine

_FORM = "EVENT,MARKET,SELECTION[,LINE],ODDS"
_CLOCKS_DIFFER_BY = timedelta(minutes=1)
_LONGEST_NOTE = 500


class Slip(Struct, frozen=True):
    """What a parlay has once, whatever its legs. `stake` in major units as written."""

    bookmaker: str
    stake: str
    key: str
    at: datetime | None = None
    strategy: str | None = None
    note: str = ""
    funding: Funding = Funding.CASH


def place_parlay(context: click.Context, setup: Setup, told: Sequence[str], slip: Slip, format_: str) -> None:
    """Record it and show the bet; a refusal in words, and exit code 1."""
    wanted = tuple(_read(text, number, slip) for number, text in enumerate(told, start=1))

    async def work(engine: Engine) -> tuple[BetRow, bool] | Refusal:
        return await _record(engine, wanted, slip)

    outcome = with_engine(setup, work)
    if isinstance(outcome, Refusal):
        print_refusal(outcome, format_)
        context.exit(FAILED)
    bet, repeated = outcome
    if repeated:
        click.echo(f"This key has already recorded {bet.id}: nothing was added.", err=True)
    print_bet(bet, format_, setup)


def _read(text: str, number: int, slip: Slip) -> Wanted:
    """One leg as a bet of its own. Quotes keep a comma in a name."""
    cells = [cell.strip() for cell in next(csv.reader([text]), [])]
    if len(cells) not in (4, 5) or not all(cells):
        raise UsageError(f"--leg {number} {text[:80]!r} is not {_FORM}")
    event, market, selection, *line, odds = cells
    try:
        point = float(line[0]) if line else None
    except ValueError:
        raise UsageError(f"--leg {number}: the line {line[0][:40]!r} is not a number: write {_FORM}") from None
    try:
        return Wanted(event, market, selection, slip.bookmaker, parse_any(odds), slip.stake, point)
    except BettingError as error:
        raise UsageError(f"--leg {number}: {error.message}") from None


async def _record(engine: Engine, wanted: Sequence[Wanted], slip: Slip) -> tuple[BetRow, bool] | Refusal:
    account = engine.overview()
    stake, bookmaker = stake_of(wanted[0], account.currency), bookmaker_of(wanted[0])
    if slip.at is not None and slip.at > engine.clock.now() + _CLOCKS_DIFFER_BY:
        raise UsageError(f"--at {iso(slip.at)} lies in the future: a bet is recorded once it is made")
    pairs = [_leg(engine, each, number, bookmaker) for number, each in enumerate(wanted, start=1)]
    command = RecordParlay(
        account=account.account,
        legs=tuple(leg for leg, _ in pairs),
        events=tuple({event.id: event for _, event in pairs}.values()),
        stake_minor=stake,
        key=slip.key,
        origin=Origin.MANUAL,
        created_by=ME,
        placed_at=slip.at,
        strategy=slip.strategy,
        note=clean(slip.note, _LONGEST_NOTE),
        funding=slip.funding,
    )
    outcome = await engine.record_parlay(command)
    if isinstance(outcome, NotPlaced):
        return outcome.refusal
    bet = outcome.bets[0]
    asked = tuple((leg.selection.line, leg.selection.name, leg.price.exact) for leg in command.legs)
    kept = tuple((leg.line, leg.selection, leg.price.exact) for leg in bet.legs)
    if (asked, stake, bookmaker) != (kept, bet.stake_minor, bet.bookmaker):
        message = f"the key {slip.key!r} has already recorded another bet, {bet.id}: give this one a key of its own"
        return Refusal(RefusalCode.DUPLICATE, message)
    return bet, outcome.repeated


def _leg(engine: Engine, wanted: Wanted, number: int, bookmaker: str) -> tuple[Leg, Event]:
    from betting_tui.cli.selections import selection_of

    try:
        event = engine.board.event(wanted.event) or event_of(engine, wanted)
        selection, side = selection_of(event, wanted.market.strip().lower(), wanted.selection, wanted.point, None)
    except UsageError as error:
        raise UsageError(f"--leg {number}: {error.message}") from None
    return Leg(selection, bookmaker, wanted.odds, side), event
