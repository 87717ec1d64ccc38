"""A made-up season for an account that is there to be looked at: booked by the same code as any other bet."""

from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta
from random import Random

from msgspec import Struct

from betting_tui.engine.core.bet_views import NotPlaced
from betting_tui.engine.core.commands import Fill, Transfer
from betting_tui.engine.core.errors import UsageError
from betting_tui.engine.core.model import (
    START_UNKNOWN,
    BetResult,
    Event,
    Evidence,
    Leg,
    LineKey,
    Origin,
    OutcomeSet,
    Selection,
)
from betting_tui.engine.core.money import exponent, round_down_to_unit
from betting_tui.engine.core.odds import Price, parse_any
from betting_tui.engine.core.refusals import Refusal
from betting_tui.engine.store.bookings import Verdict
from betting_tui.engine.store.closing_values import set_close
from betting_tui.engine.store.movements import transfer
from betting_tui.engine.store.placing import book
from betting_tui.engine.store.requests import Request
from betting_tui.engine.store.settling import bet_row, settle
from betting_tui.engine.store.shapes import AccountRow

AUTHOR = "sample"
_SEED = 1994
_GAMES = 144
_OPEN = 4
_DAYS = 60
_BOOKS = ("fanduel", "draftkings", "betmgm", "pinnacle", "williamhill_us")
_PLACES = ("Harbour", "Quarry", "Lantern", "Juniper", "Meadow", "Granite", "Willow", "Copper", "Falcon", "Ember")
_SIDES = ("Otters", "Foxes", "Herons", "Badgers", "Comets", "Rovers", "Pilots", "Weavers")


class _Wager(Struct, frozen=True):
    """One bet of the season; `result` None: still open. `close` None: nobody saw one."""

    selection: Selection
    bookmaker: str
    price: Price
    units: int
    result: BetResult | None
    close: Price | None


class _Game(Struct, frozen=True):
    """What is bet on one event, in one placement."""

    number: int
    event: Event
    placed_at: datetime
    settled_at: datetime
    strategy: str | None
    wagers: tuple[_Wager, ...]


def fill_sample(conn: sqlite3.Connection, owner: AccountRow, now: datetime) -> int:
    """Book a season of the 60 days before `now` with some bets still open; how many bets that are.

    The same account and time give the same bets. UsageError when the starting bankroll is too small to stake from.
    """
    unit = _unit_minor(owner)
    if owner.settings.book_balances:
        _spread_money(conn, owner, now)
    games = _season(owner.id, now)
    moments = [(game.placed_at, 0, game.number) for game in games]
    moments += [(game.settled_at, 1, game.number) for game in games if game.wagers[0].result is not None]
    bets: dict[int, tuple[str, ...]] = {}
    for _, step, number in sorted(moments):
        if step == 0:
            bets[number] = _place(conn, owner, games[number], unit)
        else:
            _settle(conn, games[number], bets[number])
    return sum(len(ids) for ids in bets.values())


def _unit_minor(owner: AccountRow) -> int:
    """A hundredth of the starting bankroll, in whole major units where there are any."""
    unit = owner.starting_minor // 100
    unit = round_down_to_unit(unit, 10 ** exponent(owner.currency)) or unit
    if unit < 1:
        raise UsageError("a sample season needs a starting bankroll of at least 1: give --starting")
    return unit


def _spread_money(conn: sqlite3.Connection, owner: AccountRow, now: datetime) -> None:
    """An account that keeps money at its bookmakers bets with what is there."""
    share = owner.starting_minor // len(_BOOKS)
    for bookmaker in _BOOKS:
        moved = transfer(conn, Transfer(owner.name, "", bookmaker, share, f"{AUTHOR}:{bookmaker}", AUTHOR), now)
        if isinstance(moved, Refusal):
            raise UsageError(moved.message)


def _place(conn: sqlite3.Connection, owner: AccountRow, game: _Game, unit: int) -> tuple[str, ...]:
    legs = [
        Leg(each.selection, each.bookmaker, each.price, source=AUTHOR, stake_minor=each.units * unit)
        for each in game.wagers
    ]
    outcome = book(
        conn,
        Request(
            account=owner.name,
            key=f"{AUTHOR}:{game.number}",
            origin=Origin.MANUAL if game.strategy is None else Origin.AUTO,
            created_by=AUTHOR,
            fills=tuple(
                Fill(leg, leg.price, leg.stake_minor or 0, Evidence.MODELLED, AUTHOR, None, None) for leg in legs
            ),
            events=(game.event,),
            placed_at=game.placed_at,
            booked_at=game.placed_at,
            strategy=game.strategy,
            note="made up: part of a sample season",
            history=True,
        ),
    )
    if isinstance(outcome, NotPlaced):
        raise UsageError(outcome.refusal.message)
    return tuple(bet.id for bet in outcome.bets)


def _settle(conn: sqlite3.Connection, game: _Game, bets: tuple[str, ...]) -> None:
    for bet_id, wager in zip(bets, game.wagers, strict=True):
        row = bet_row(conn, bet_id)
        if wager.close is not None:
            set_close(conn, row["id"], wager.close, AUTHOR)
        if wager.result is not None:
            settle(conn, row, Verdict(wager.result, game.settled_at, AUTHOR, "made-up result"))


# What is bet on ----------------------------------------------------------------------------------------------------


def _season(account: int, now: datetime) -> list[_Game]:
    random = Random(_SEED)
    games = []
    for number in range(_GAMES + _OPEN):
        still_open = number >= _GAMES
        # Evenly over the season with some hours of difference; the last one settles a day and more before now.
        day = (number + random.random()) * (_DAYS - 4) / _GAMES
        placed_at = now - timedelta(days=_DAYS - min(day, _DAYS - 4))
        if still_open:
            placed_at = now - timedelta(hours=1 + 5 * (number - _GAMES))
        start = placed_at + timedelta(hours=random.uniform(2, 30))
        # No feed has these games: a start that came would only make the program ask for their results for ever.
        event = _event(random, account, number, START_UNKNOWN if still_open else start)
        strategy, wagers = _bets_on(random, event, number)
        if still_open:
            wagers = tuple(_still_open(each) for each in wagers)
        games.append(_Game(number, event, placed_at, start + timedelta(hours=3), strategy, wagers))
    return games


def _event(random: Random, account: int, number: int, start: datetime) -> Event:
    home, away = random.sample(_PLACES, 2)
    sport, title = ("soccer_sample", "Sample League") if number % 3 == 2 else ("basketball_sample", "Sample Cup")
    sides = random.sample(_SIDES, 2)
    return Event(f"sample-{account}-{number:03d}", sport, title, start, f"{home} {sides[0]}", f"{away} {sides[1]}")


def _bets_on(random: Random, event: Event, number: int) -> tuple[str | None, tuple[_Wager, ...]]:
    """The strategy (None: by hand) and its bets: two on an arbitrage, one otherwise."""
    if number % 16 == 7:
        return "arbitrage", _arbitrage(random, event)
    if event.sport_key.startswith("soccer"):
        handicap = random.choice((-0.75, -0.25, 0.25, 0.75))
        line = LineKey(event.id, "spreads", OutcomeSet.TWO_WAY, point=handicap)
        wager = _single(random, Selection(line, event.home_team or "", handicap), f"{random.uniform(1.75, 2.2):.2f}")
    elif number % 2:
        total = float(random.randint(205, 238))
        name = random.choice(("Over", "Under"))
        line = LineKey(event.id, "totals", OutcomeSet.TWO_WAY, point=total)
        wager = _single(random, Selection(line, name, total), _american(random, 95, 115))
    else:
        name = random.choice((event.home_team, event.away_team)) or ""
        line = LineKey(event.id, "h2h", OutcomeSet.TWO_WAY)
        wager = _single(random, Selection(line, name), _american(random, 100, 240))
    return random.choice(("value_betting", "value_betting", "line_shopping", None)), (wager,)


def _single(random: Random, selection: Selection, price: str) -> _Wager:
    taken = parse_any(price)
    result = _result(random, selection, taken)
    return _Wager(selection, random.choice(_BOOKS), taken, random.choice((1, 1, 1, 2)), result, _close(random, taken))


def _arbitrage(random: Random, event: Event) -> tuple[_Wager, ...]:
    """Both sides above even money at two bookmakers: one of them wins."""
    line = LineKey(event.id, "h2h", OutcomeSet.TWO_WAY)
    books = random.sample(_BOOKS, 2)
    results = random.sample((BetResult.WIN, BetResult.LOSS), 2)
    names = (event.home_team or "", event.away_team or "")
    return tuple(
        _Wager(Selection(line, name), bookmaker, price, 2, result, _close(random, price))
        for name, bookmaker, result, price in zip(
            names, books, results, (parse_any(f"+{random.randint(102, 108)}") for _ in names), strict=True
        )
    )


def _american(random: Random, low: int, high: int) -> str:
    """A price that far from even money; the higher the range goes, the more often it is the underdog's."""
    return f"{random.choice(('+', '+', '-'))}{max(100, random.randint(low, high))}"


def _result(random: Random, selection: Selection, price: Price) -> BetResult:
    """As chance would have it for somebody with a small edge; lines in quarters may win or lose by half."""
    if random.random() < 0.02:
        return BetResult.VOID
    whole_total = selection.line.market == "totals"
    if whole_total and random.random() < 0.06:
        return BetResult.PUSH
    won = random.random() < 1.03 / price.decimal
    if selection.line.market == "spreads" and random.random() < 0.25:
        return BetResult.HALF_WIN if won else BetResult.HALF_LOSS
    return BetResult.WIN if won else BetResult.LOSS


def _close(random: Random, taken: Price) -> Price | None:
    """The market mostly ended a little below the price taken; now and then nobody saw it end."""
    if random.random() < 0.12:
        return None
    return parse_any(f"{max(1.05, taken.decimal * random.gauss(0.985, 0.03)):.2f}")


def _still_open(wager: _Wager) -> _Wager:
    return _Wager(wager.selection, wager.bookmaker, wager.price, wager.units, None, None)
