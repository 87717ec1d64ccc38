"""Hand-made events, lines and prices for the tests of what looks at a market."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from betting_tui.engine.core.decoded import DecodedOdds, EventQuotes
from betting_tui.engine.core.model import Event, LineKey, OutcomeSet, Phase, Quote, Selection, Side
from betting_tui.engine.core.odds import parse_any
from betting_tui.engine.core.ports import LineBook

NOW = datetime(2026, 4, 18, 12, 0, tzinfo=UTC)
START = NOW + timedelta(hours=6)
GAME = Event("nba-1", "basketball_nba", "NBA", START, "Home", "Away")
MATCH = Event("atp-1", "tennis_atp_munich", "ATP Munich", START, "Home", "Away")
DERBY = Event("epl-1", "soccer_epl", "EPL", START, "Home", "Away")
MONEYLINE = LineKey(GAME.id, "h2h", OutcomeSet.TWO_WAY)
TENNIS = LineKey(MATCH.id, "h2h", OutcomeSet.TWO_WAY)
RESULT = LineKey(DERBY.id, "h2h", OutcomeSet.THREE_WAY)
TOTAL = LineKey(GAME.id, "totals", OutcomeSet.TWO_WAY, point=220.5)


def ago(seconds: float) -> datetime:
    return NOW - timedelta(seconds=seconds)


def quote(
    name: str,
    bookmaker: str,
    price: str,
    line: LineKey = MONEYLINE,
    *,
    age: float | None = 10,
    seen: datetime = NOW,
    side: Side = Side.BACK,
    source: str = "feed",
    phase: Phase = Phase.PREMATCH,
) -> Quote:
    """A price quoted `age` seconds before it was seen; None where the feed gives no time."""
    quoted = None if age is None else seen - timedelta(seconds=age)
    return Quote(Selection(line, name), bookmaker, parse_any(price), source, seen, quoted, side, phase)


def two_way(bookmaker: str, home: str, away: str, line: LineKey = MONEYLINE, *, age: float = 10) -> tuple[Quote, ...]:
    return (quote("Away", bookmaker, away, line, age=age), quote("Home", bookmaker, home, line, age=age))


def exchange(
    bookmaker: str, home: tuple[str, str], away: tuple[str, str], line: LineKey = MONEYLINE
) -> tuple[Quote, ...]:
    """Back and lay of both sides."""
    sides = zip((Side.BACK, Side.LAY), home, away, strict=True)
    return tuple(
        quote(name, bookmaker, price, line, side=side)
        for side, at_home, at_away in sides
        for name, price in (("Home", at_home), ("Away", at_away))
    )


def line_book(*quotes: tuple[Quote, ...], event: Event = GAME, line: LineKey = MONEYLINE) -> LineBook:
    """As the board gives it: by selection name, then bookmaker."""
    flat = [each for group in quotes for each in group]
    flat.sort(key=lambda each: (each.selection.name, each.bookmaker, each.side))
    return LineBook(event, line, tuple(flat))


def decoded(*quotes: Quote, event: Event = GAME, markets: tuple[str, ...] = ()) -> DecodedOdds:
    return DecodedOdds((EventQuotes(event, quotes),), markets=frozenset(markets))


def prices(quotes: Mapping[str, tuple[str, str]], line: LineKey = MONEYLINE) -> tuple[Quote, ...]:
    """Home and away prices by bookmaker."""
    return tuple(each for book, (home, away) in quotes.items() for each in two_way(book, home, away, line))
