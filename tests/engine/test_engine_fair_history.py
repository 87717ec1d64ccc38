"""The fair line over time, as it can be told from remembered prices."""

from __future__ import annotations

from datetime import timedelta

import pytest

from betting_tui.engine.board import Board
from betting_tui.engine.core.fair import FairLine, FairPolicy, LinePricer
from betting_tui.engine.core.model import Selection
from betting_tui.engine.core.opportunity_views import FairPoint
from betting_tui.engine.fair_history import FairHistory
from market_samples import GAME, MONEYLINE, NOW, decoded, line_book, quote, two_way

HOME = Selection(MONEYLINE, "Home")
POLICY = FairPolicy((("pinnacle",),))


def answer(board: Board, seconds: float, **books: tuple[str, str]) -> None:
    """What all books quote at a moment."""
    at = NOW + timedelta(seconds=seconds)
    quotes = [
        quote(name, book, price, seen=at, age=0)
        for book, prices in books.items()
        for name, price in zip(("Home", "Away"), prices, strict=True)
    ]
    board.apply(decoded(*quotes), "feed")


def test_the_fair_line_is_told_at_each_change_as_it_was_then() -> None:
    board = Board()
    board.watch(MONEYLINE)
    answer(board, 0, pinnacle=("1.90", "1.90"), fanduel=("2.05", "1.80"))
    answer(board, 60, pinnacle=("1.80", "2.00"), fanduel=("2.05", "1.80"))
    answer(board, 120, pinnacle=("1.80", "2.00"), fanduel=("2.00", "1.85"))
    found = FairHistory(board, POLICY).of(HOME, "fanduel")
    assert [(point.at - NOW).total_seconds() for point in found] == [0, 60, 120]
    then = LinePricer(line_book(two_way("pinnacle", "1.80", "2.00")), NOW, POLICY).fair_for("fanduel")
    assert isinstance(then, FairLine)
    assert [point.probability for point in found] == [
        pytest.approx(0.5), pytest.approx(then.probability("Home")), pytest.approx(then.probability("Home"))
    ]  # fmt: skip


def test_a_reference_that_went_leaves_no_fair_line_from_then_on() -> None:
    board = Board()
    board.watch(MONEYLINE)
    answer(board, 0, pinnacle=("1.90", "1.90"), fanduel=("2.05", "1.80"))
    answer(board, 60, fanduel=("2.10", "1.80"))
    found = FairHistory(board, POLICY).of(HOME, "fanduel")
    assert [point.probability for point in found] == [pytest.approx(0.5), None]
    assert [point.decimal for point in board.history(HOME, "pinnacle")] == [1.90], "that it went is no price"


def test_a_long_history_is_told_in_some_fifty_points_that_stay_where_they_are() -> None:
    board = Board()
    board.watch(MONEYLINE)
    history = FairHistory(board, POLICY)
    found: tuple[FairPoint, ...] = ()
    for step in range(200):
        price = f"{1.80 + step / 1_000:.3f}"
        answer(board, step * 10, pinnacle=(price, "2.00"), fanduel=("2.05", "1.80"))
        before = found
        found = history.of(HOME, "fanduel")
        assert len(found) <= 50
        assert found[-1].at == NOW + timedelta(seconds=step * 10)
        assert {point.at for point in found[:-1]} <= {point.at for point in before}, "only the newest is worked out"
    assert found == FairHistory(board, POLICY).of(HOME, "fanduel")


def test_a_line_nobody_watches_has_none() -> None:
    board = Board()
    answer(board, 0, pinnacle=("1.90", "1.90"))
    history = FairHistory(board, POLICY)
    assert history.of(HOME, "fanduel") == ()
    board.watch(MONEYLINE)
    assert len(history.of(HOME, "fanduel")) == 1
    board.forget(GAME.id)
    assert history.of(HOME, "fanduel") == ()
