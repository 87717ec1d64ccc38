"""`bets place --leg …`: several selections in one bet, at prices asked for first or as given."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import click
from msgspec import Struct, structs

from betting_tui.cli.basket import Wanted
from betting_tui.cli.bet_told import FAILED, print_bet, print_refusal
from betting_tui.cli.bet_wanted import UNKNOWN_SPORT, bookmaker_of, event_of, stake_of
from betting_tui.cli.bets_checked import placed_as_asked, tell_no_close
from betting_tui.cli.session import ME, Setup, with_engine
from betting_tui.engine.core.bet_views import NotPlaced, Placed
from betting_tui.engine.core.commands import PlaceParlay, RecordParlay
from betting_tui.engine.core.errors import BettingError, UsageError
from betting_tui.engine.core.model import Event, Evidence, Funding, Leg, Origin
from betting_tui.engine.core.odds import parse_any
from betting_tui.engine.core.refusals import Refusal, RefusalCode
from betting_tui.engine.core.text import clean, clean_key
from betting_tui.engine.core.times import iso, parse_time

if TYPE_CHECKING:
    from betting_tui.engine.engine import Engine

_FORM = "EVENT,MARKET,SELECTION[,LINE],ODDS"
_GAME = "EVENT,HOME,AWAY,SPORT[,START]"
_SIDES = ("over", "under", "yes", "no")
_CLOCKS_DIFFER_BY = timedelta(minutes=1)
_LONGEST_NOTE = 500


class Slip(Struct, frozen=True):
    """What a parlay has once, whatever its legs. `stake` in major units as written; `verify` None: by the settings."""

    bookmaker: str
    stake: str
    key: str
    at: datetime | None = None
    strategy: str | None = None
    note: str = ""
    funding: Funding = Funding.CASH
    verify: bool | None = None


class _Game(Struct, frozen=True):
    """Who plays in an event that the ledger may not know."""

    event: str
    home: str
    away: str
    sport: str
    start: datetime | None


class _Done(Struct, frozen=True):
    """The bet, or why there is none; `no_close` is why it would get no result or no close of one of its games."""

    outcome: Placed | NotPlaced
    no_close: str = ""


def place_parlay(
    context: click.Context, setup: Setup, told: Sequence[str], games: Sequence[str], slip: Slip, format_: str
) -> None:
    """Place or record it and show the bet; a refusal in words, and exit code 1."""
    named = [_read_game(text) for text in games]
    wanted = tuple(_read(text, number, slip, named) for number, text in enumerate(told, start=1))
    idle = [game.event for game in named if all(each.event != game.event for each in wanted)]
    if idle:
        raise UsageError(f"--game {idle[0]}: no --leg is on it")

    async def work(engine: Engine) -> _Done:
        return await _place(engine, wanted, slip)

    done = with_engine(setup, work)
    if isinstance(done.outcome, NotPlaced):
        print_refusal(done.outcome.refusal, format_, setup.style)
        context.exit(FAILED)
    bet = done.outcome.bets[0]
    if done.outcome.repeated:
        click.echo(f"This key has already recorded {bet.id}: nothing was added.", err=True)
    print_bet(bet, format_, setup, more={"no_close": done.no_close or None})


def _read(text: str, number: int, slip: Slip, games: Iterable[_Game]) -> Wanted:
    """One leg as a bet of its own. Quotes keep a comma in a name."""
    cells = _cells(text)
    if len(cells) not in (4, 5) or not all(cells):
        raise UsageError(f"--leg {number} {text[:80]!r} is not {_FORM}")
    event, market, selection, *line, odds = cells
    try:
        point = float(line[0]) if line else None
    except ValueError:
        raise UsageError(f"--leg {number}: the line {line[0][:40]!r} is not a number: write {_FORM}") from None
    try:
        price = parse_any(odds)
        selection, participant = _whose(market.lower(), selection)
    except BettingError as error:
        raise UsageError(f"--leg {number}: {error.message}") from None
    wanted = Wanted(event, market, selection, slip.bookmaker, price, slip.stake, point, participant)
    game = next((game for game in games if game.event == event), None)
    if game is None:
        return wanted
    return structs.replace(wanted, home=game.home, away=game.away, sport=game.sport, commence=game.start)


def _read_game(text: str) -> _Game:
    cells = _cells(text)
    if len(cells) not in (4, 5) or not all(cells):
        raise UsageError(f"--game {text[:80]!r} is not {_GAME}")
    event, home, away, sport, *start = cells
    if not clean_key(sport.lower()):
        raise UsageError(f"--game {event}: {sport[:40]!r} is no sport key, as basketball_nba")
    try:
        return _Game(event, home, away, sport, parse_time(start[0]) if start else None)
    except (ValueError, OverflowError):
        raise UsageError(
            f"--game {event}: {start[0][:40]!r} is not a time: write for example 2026-04-18T11:30:00Z"
        ) from None


def _cells(text: str) -> list[str]:
    try:
        return [cell.strip() for cell in next(csv.reader([text]), [])]
    except csv.Error:
        return []


def _whose(market: str, selection: str) -> tuple[str, str | None]:
    """The selection, and the player or team before it: written as bets show it, `LeBron James Over`."""
    from betting_tui.engine.sources.the_odds_api_markets import Shape, market_kind

    kind = market_kind(market)
    if kind is None or kind.shape not in (Shape.TEAM_TOTAL, Shape.PROP):
        return selection, None
    who, _, side = selection.rpartition(" ")
    if side.casefold() not in _SIDES:
        sides = "Over or Under" if kind.shape is Shape.TEAM_TOTAL else "Over, Under, Yes or No"
        raise UsageError(
            f"{market}, a prop or a team's total, is bet on {sides} of somebody: write it as 'LeBron James Over'"
        )
    if not who.strip():
        raise UsageError(f"{market} needs whose it is before {side}, as 'LeBron James {side}'")
    return side, who.strip()


async def _place(engine: Engine, wanted: Sequence[Wanted], slip: Slip) -> _Done:
    account = engine.overview()
    stake, bookmaker = stake_of(wanted[0], account.currency), bookmaker_of(wanted[0])
    if slip.at is not None and slip.at > engine.clock.now() + _CLOCKS_DIFFER_BY:
        raise UsageError(f"--at {iso(slip.at)} lies in the future: a bet is recorded once it is made")
    pairs = [_leg(engine, each, number, bookmaker) for number, each in enumerate(wanted, start=1)]
    events = tuple({event.id: event for _, event in pairs}.values())
    command = PlaceParlay(
        account=account.account,
        legs=tuple(leg for leg, _ in pairs),
        stake_minor=stake,
        key=slip.key,
        origin=Origin.COMMAND,
        created_by=ME,
        events=events,
        funding=slip.funding,
        strategy=slip.strategy,
        note=clean(slip.note, _LONGEST_NOTE),
    )
    no_close = "; ".join(filter(None, [tell_no_close(engine, event) for event in events]))
    outcome = await _checked(engine, command, slip)
    if outcome is None:
        outcome = await _recorded(engine, command, slip.at)
    return _Done(outcome, no_close)


async def _checked(engine: Engine, command: PlaceParlay, slip: Slip) -> Placed | NotPlaced | None:
    """Placed after asking for the prices of all legs; None where they are to be taken as given."""
    if slip.at is not None:
        if slip.verify:
            raise UsageError("--verify asks for the prices of now: leave --at or --verify out")
        return None
    unknown = [event.id for event in command.events if event.sport_key == UNKNOWN_SPORT]
    if unknown:
        if slip.verify:
            raise UsageError(f"--verify asks feeds by sport: tell that of {unknown[0]} with --game {_GAME}")
        return None
    outcome = await placed_as_asked(engine, command, slip.verify)
    if isinstance(outcome, Placed) and outcome.repeated:
        return _same(outcome, command)
    return outcome


async def _recorded(engine: Engine, command: PlaceParlay, at: datetime | None) -> Placed | NotPlaced:
    """At the prices given: nothing proves them."""
    outcome = await engine.record_parlay(
        RecordParlay(
            account=command.account,
            legs=command.legs,
            events=command.events,
            stake_minor=command.stake_minor,
            key=command.key,
            origin=Origin.MANUAL,
            created_by=command.created_by,
            placed_at=at,
            strategy=command.strategy,
            note=command.note,
            funding=command.funding,
        )
    )
    return _same(outcome, command) if isinstance(outcome, Placed) else outcome


def _same(outcome: Placed, command: PlaceParlay) -> Placed | NotPlaced:
    """What a key gives that has been used before must be the same bet; its prices may have been better."""
    bet = outcome.bets[0]
    kept = [(leg.line, leg.selection) for leg in bet.legs]
    asked = [(leg.selection.line, leg.selection.name) for leg in command.legs]
    once = (bet.stake_minor, bet.funding, bet.bookmaker)
    if (kept, *once) == (asked, command.stake_minor, command.funding, command.legs[0].bookmaker):
        better = bet.evidence is Evidence.FRESH
        prices = [(one.price.exact, leg.price.exact) for one, leg in zip(bet.legs, command.legs, strict=True)]
        if all(got == wanted or (better and got > wanted) for got, wanted in prices):
            return outcome
    message = f"the key {command.key!r} has already recorded another bet, {bet.id}: give this one a key of its own"
    return NotPlaced(Refusal(RefusalCode.DUPLICATE, message))


def _leg(engine: Engine, wanted: Wanted, number: int, bookmaker: str) -> tuple[Leg, Event]:
    from betting_tui.engine.selections import selection_of

    try:
        event = engine.board.event(wanted.event) or event_of(engine, wanted)
        selection, side = selection_of(
            event, wanted.market.strip().lower(), wanted.selection, wanted.point, wanted.participant
        )
    except UsageError as error:
        # Flags of a single bet are cells of a leg and of a game here.
        message = error.message.replace("--home and --away", f"--game {_GAME}").replace("--point", "LINE")
        raise UsageError(f"--leg {number}: {message}") from None
    return Leg(selection, bookmaker, wanted.odds, side), event
