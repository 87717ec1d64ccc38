"""Boards for screen 5: a few events at several bookmakers, any number of them, and hostile ones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from betting_tui.engine.board import Board
from betting_tui.engine.core.decoded import DecodedOdds, EventQuotes
from betting_tui.engine.core.model import DRAW, Event, LineKey, OutcomeSet, Quote, Selection
from betting_tui.engine.core.odds import parse_any

MINE = (
    "pinnacle", "fanduel", "draftkings", "betmgm", "williamhill_us", "betrivers", "fanatics", "espnbet", "betonlineag",
    "lowvig",
)  # fmt: skip


def match(at: datetime, sport: str, title: str, name: str, minutes: float) -> Event:
    """`Away @ Home` or `Home v Away`, as the sport writes it."""
    away, there, home = name.partition(" @ ")
    if not there:
        home, _, away = name.partition(" v ")
    return Event(f"ev-{name}", sport, title, at + timedelta(minutes=minutes), home, away)


def line_of(event: Event, market: str, point: float | None = None) -> LineKey:
    three = market == "h2h" and event.sport_key.startswith("soccer")
    return LineKey(event.id, market, OutcomeSet.THREE_WAY if three else OutcomeSet.TWO_WAY, point=point)


def quoted(
    line: LineKey, bookmaker: str, prices: Sequence[tuple[str, float | None, str]], at: datetime, age: float = 12
) -> list[Quote]:
    """Name, own point and price of each side, quoted `age` seconds before `at`."""
    seen = at - timedelta(seconds=2)
    dated = at - timedelta(seconds=age)
    return [
        Quote(Selection(line, name, point), bookmaker, parse_any(price), "the_odds_api", max(seen, dated), dated)
        for name, point, price in prices
    ]


def put(board: Board, event: Event, quotes: Iterable[Quote]) -> None:
    board.apply(DecodedOdds((EventQuotes(event, tuple(quotes)),)), "the_odds_api")


def afternoon(now: datetime) -> Board:
    """Basketball, hockey and football at six bookmakers, with a total at two points and a match that began."""
    board = Board()
    nba = match(now, "basketball_nba", "NBA", "Celtics @ Lakers", 42)
    moneyline, total, other = line_of(nba, "h2h"), line_of(nba, "totals", 224.5), line_of(nba, "totals", 225.0)
    at_books = {
        "pinnacle": ("-162", "+149"), "fanduel": ("-190", "+170"), "draftkings": ("-175", "+145"),
        "betmgm": ("-160", "+140"), "lowvig": ("-165", "+148"), "bet365": ("-180", "+150"),
    }  # fmt: skip
    quotes = [
        quote
        for book, (away, home) in at_books.items()
        for quote in quoted(moneyline, book, (("Celtics", None, away), ("Lakers", None, home)), now)
    ]
    for book, over, under in (("pinnacle", "-108", "-106"), ("betmgm", "-104", "-118"), ("lowvig", "-110", "-102")):
        quotes += quoted(total, book, (("Over", 224.5, over), ("Under", 224.5, under)), now, 31)
    quotes += quoted(other, "pinnacle", (("Over", 225.0, "+100"), ("Under", 225.0, "-115")), now, 31)
    put(board, nba, quotes)
    knicks = match(now, "basketball_nba", "NBA", "Heat @ Knicks", 75)
    sides = (("Heat", None, "+105"), ("Knicks", None, "-120"))
    put(board, knicks, [*quoted(line_of(knicks, "h2h"), "betrivers", sides, now, 1_900)])
    epl = match(now, "soccer_epl", "EPL", "Brighton v Spurs", 330)
    for_epl: list[Quote] = []
    for book, home, draw, away in (
        ("pinnacle", "2.900", "3.45", "2.58"), ("betsson", "2.75", "3.60", "2.50"), ("bet365", "2.85", "3.50", "2.62"),
        ("fanduel", "2.80", "3.40", "2.60"),
    ):  # fmt: skip
        prices = (("Brighton", None, home), (DRAW, None, draw), ("Spurs", None, away))
        for_epl += quoted(line_of(epl, "h2h"), book, prices, now, 58)
    put(board, epl, for_epl)
    wild = match(now, "icehockey_nhl", "NHL", "Stars @ Wild", -10)
    sides = (("Stars", None, "+110"), ("Wild", None, "-104"))
    put(board, wild, quoted(line_of(wild, "h2h"), "betrivers", sides, now, 90))
    return board


def crowd(now: datetime, events: int, books: int) -> Board:
    """So many events at so many bookmakers each, all with a moneyline."""
    board = Board()
    names = [*MINE, *(f"book{number:02d}" for number in range(books))][:books]
    items = []
    for number in range(events):
        event = match(now, "basketball_nba", "NBA", f"Visitors {number} @ Hosts {number}", 60 + number)
        line, price = line_of(event, "h2h"), 1.80 + number % 37 / 100
        quotes = [
            quote
            for place, book in enumerate(names)
            for quote in quoted(
                line, book,
                ((event.away_team or "", None, f"{price + place % 7 / 100:.2f}"),
                 (event.home_team or "", None, f"{2.05 - number % 11 / 100 - place % 5 / 100:.2f}")),
                now, 5 + number % 60,
            )
        ]  # fmt: skip
        items.append(EventQuotes(event, tuple(quotes)))
    board.apply(DecodedOdds(tuple(items)), "the_odds_api")
    return board


def hostile_board(now: datetime, texts: Sequence[str]) -> Board:
    """Every name from outside is one of these texts."""
    board = Board()
    for number, text in enumerate(texts):
        other = texts[(number + 1) % len(texts)]
        event = Event(f"h{number}", text, text, now + timedelta(minutes=number + 1), text, f"{other}2")
        line = LineKey(event.id, "h2h", OutcomeSet.TWO_WAY)
        prices = ((text, None, "2.10"), (f"{other}2", None, "1.85"))
        put(board, event, [*quoted(line, text, prices, now), *quoted(line, "pinnacle", prices, now)])
    return board
