"""Closing lines in the running engine: the reference is the fair line, told with the point where the line stands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from betting_tui.engine.board import Board
from betting_tui.engine.closes import FairCloses
from betting_tui.engine.core.closes import FairClose, WantedClose
from betting_tui.engine.core.decoded import DecodedOdds, EventQuotes
from betting_tui.engine.core.devig import DevigMethod, devig
from betting_tui.engine.core.fair import FairPolicy
from betting_tui.engine.core.model import Event, LineKey, OutcomeSet, Quote, Selection
from betting_tui.engine.core.odds import OddsFormat, parse_price

NOW = datetime(2026, 4, 18, 12, 0, tzinfo=UTC)
GAME = Event("g", "basketball_nba", "NBA", NOW + timedelta(minutes=10), "Lakers", "Celtics")
POLICY = FairPolicy(sharp=(("pinnacle",),), method=DevigMethod.POWER, min_groups=2)


def line(point: float | None) -> LineKey:
    return LineKey("g", "h2h" if point is None else "spreads", OutcomeSet.TWO_WAY, point=point)


def both(
    book: str, home: str, away: str, point: float | None = None, *, alternate: bool = False, at: datetime = NOW
) -> tuple[Quote, Quote]:
    sides = (("Lakers", home, point), ("Celtics", away, None if point is None else -point))
    first, second = (
        Quote(
            Selection(line(point), name, own), book, parse_price(price, OddsFormat.DECIMAL), "feed", at, at,
            alternate=alternate,
        )
        for name, price, own in sides
    )  # fmt: skip
    return first, second


def found(
    wanted: WantedClose, *quotes: tuple[Quote, Quote], policy: FairPolicy = POLICY, event: Event = GAME
) -> Sequence[FairClose]:
    board = Board()
    seen = tuple(quote for pair in quotes for quote in pair)
    board.apply(DecodedOdds((EventQuotes(event, seen),)), "feed")
    return [each for told in FairCloses(board, policy).of((wanted,), seen) for each in told]


HOME = WantedClose(Selection(line(None), "Lakers"), "fanduel")
SPREAD = WantedClose(Selection(line(-2.5), "Lakers", -2.5), "fanduel")


def test_the_sharp_book_has_the_word_with_both_of_its_sides() -> None:
    (close,) = found(HOME, both("pinnacle", "1.90", "2.00"), both("fanduel", "1.80", "2.10"))
    assert close.probability == pytest.approx(devig([2.00, 1.90], DevigMethod.POWER)[1])
    assert (close.books, close.main, close.selection) == (("pinnacle",), True, HOME.selection)


def test_a_consensus_leaves_out_the_book_that_is_judged() -> None:
    (close,) = found(
        HOME, both("draftkings", "1.90", "1.90"), both("betmgm", "1.90", "1.90"), both("fanduel", "3.00", "1.40")
    )
    assert close.probability == pytest.approx(0.5)
    assert "fanduel" not in close.books


def test_one_side_alone_or_too_few_books_are_no_reference() -> None:
    lone = both("pinnacle", "1.90", "2.00")[0]
    assert found(HOME, (lone, lone)) == []
    assert found(HOME, both("fanduel", "1.90", "1.90"), both("betmgm", "1.90", "1.90")) == []


def test_the_main_line_is_told_beside_the_point_that_is_waited_for() -> None:
    told = found(SPREAD, both("pinnacle", "2.10", "1.75", -2.5, alternate=True), both("pinnacle", "1.90", "1.95", -3.5))
    assert {(each.selection.point, each.main) for each in told} == {(-2.5, False), (-3.5, True)}


def test_a_line_that_moved_away_is_followed() -> None:
    (close,) = found(SPREAD, both("pinnacle", "1.90", "1.95", -3.5), both("fanduel", "1.91", "1.91", -3.5))
    assert (close.selection.point, close.main) == (-3.5, True)


def test_nothing_is_said_once_it_has_started_or_of_old_prices() -> None:
    late = GAME.commence_time
    assert found(HOME, both("pinnacle", "1.90", "2.00", at=late)) == []
    old = tuple(
        Quote(each.selection, each.bookmaker, each.price, "feed", NOW, NOW - timedelta(minutes=20))
        for each in both("pinnacle", "1.90", "2.00")
    )
    assert found(HOME, (old[0], old[1])) == []
