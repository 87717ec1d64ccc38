"""What was found, line by line: once, ranked, gone when a price is too old."""

from __future__ import annotations

import itertools
import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from betting_tui.engine.board import Board
from betting_tui.engine.config import Settings
from betting_tui.engine.core.model import Event, Leg, LineKey, Opportunity, OutcomeSet, Quote, Selection
from betting_tui.engine.core.odds import parse_any
from betting_tui.engine.core.ports import LineBook, Strategy
from betting_tui.engine.detection import Detector, rank
from betting_tui.engine.strategies.registry import build_strategies
from market_samples import GAME, MATCH, MONEYLINE, NOW, START, TENNIS, decoded, quote, two_way

SETTINGS = Settings()
FAIR = two_way("pinnacle", "2.00", "2.00")


class Broken:
    """A strategy that fails on every line."""

    name = "broken"

    def scan(self, book: LineBook, now: datetime) -> Sequence[Opportunity]:
        raise ZeroDivisionError("nothing to divide by")


def detecting(*quotes: Quote, strategies: Sequence[Strategy] = (), event: Event = GAME) -> tuple[Board, Detector]:
    board = Board()
    board.apply(decoded(*quotes, event=event), "feed")
    return board, Detector(board, strategies or build_strategies(SETTINGS, ("value_betting",)))


def seconds(count: float) -> datetime:
    return NOW + timedelta(seconds=count)


def test_a_find_is_new_once_and_keeps_the_time_of_its_discovery() -> None:
    board, detector = detecting(*FAIR, quote("Home", "fanduel", "2.20"))
    (first,) = detector.scan((MONEYLINE,), NOW).new
    assert first.discovered_at == NOW
    board.apply(decoded(*FAIR, quote("Home", "fanduel", "2.24")), "feed")
    again = detector.scan((MONEYLINE,), seconds(60))
    assert (again.new, again.gone) == ((), ())
    (kept,) = detector.ranked(seconds(60))
    assert (kept.id, kept.discovered_at) == (first.id, NOW)
    assert kept.legs[0].price.text == "2.24"


def test_a_find_whose_price_moved_away_is_gone() -> None:
    board, detector = detecting(*FAIR, quote("Home", "fanduel", "2.20"))
    (first,) = detector.scan((MONEYLINE,), NOW).new
    board.apply(decoded(*FAIR, quote("Home", "fanduel", "2.00")), "feed")
    assert detector.scan((MONEYLINE,), NOW).gone == (first.id,)
    assert detector.get(first.id) is None
    assert detector.ranked(NOW) == ()


def test_a_find_is_gone_with_its_whole_line() -> None:
    board, detector = detecting(*FAIR, quote("Home", "fanduel", "2.20"))
    (first,) = detector.scan((MONEYLINE,), NOW).new
    change = board.apply(decoded(), "feed")
    assert detector.scan(change.changed, NOW).gone == (first.id,)


def test_an_expired_find_is_not_shown_even_before_it_is_taken_away() -> None:
    _, detector = detecting(*FAIR, quote("Home", "fanduel", "2.20", age=100))
    (first,) = detector.scan((MONEYLINE,), NOW).new
    assert first.expires_at == seconds(200)
    assert detector.ranked(seconds(200)) == (first,)
    assert detector.expire(seconds(200)) == ()
    assert detector.ranked(seconds(200.1)) == ()
    assert detector.expire(seconds(200.1)) == (first.id,)
    assert detector.expire(seconds(200.1)) == ()
    assert detector.get(first.id) is None


def test_a_price_is_young_enough_for_a_scan_until_the_moment_its_find_expires() -> None:
    """Exactly at the age limit a price is not yet older than it, for a scan and for what is kept alike."""
    for age, there in ((300, True), (300.001, False)):
        _, detector = detecting(*FAIR, quote("Home", "fanduel", "2.20", age=age))
        assert bool(detector.scan((MONEYLINE,), NOW).new) == there


def test_expiring_takes_away_one_find_of_a_line_and_leaves_the_other() -> None:
    _, detector = detecting(*FAIR, quote("Home", "fanduel", "2.20", age=200), quote("Home", "betmgm", "2.20"))
    detector.scan((MONEYLINE,), NOW)
    (gone,) = detector.expire(seconds(150))
    (left,) = detector.ranked(seconds(150))
    assert left.legs[0].bookmaker == "betmgm"
    assert gone != left.id


def test_nothing_is_found_from_the_start_on() -> None:
    soon = Event(GAME.id, GAME.sport_key, "NBA", seconds(30), "Home", "Away")
    _, detector = detecting(*FAIR, quote("Home", "fanduel", "2.20"), event=soon)
    assert len(detector.scan((MONEYLINE,), seconds(29)).new) == 1
    assert detector.ranked(seconds(30)) == ()
    assert detector.expire(seconds(30)) != ()
    assert detector.scan((MONEYLINE,), seconds(30)).new == ()


def test_one_failing_strategy_is_told_once_and_the_others_go_on(caplog: pytest.LogCaptureFixture) -> None:
    strategies = (Broken(), *build_strategies(SETTINGS, ("value_betting",)))
    _, detector = detecting(*FAIR, quote("Home", "fanduel", "2.20"), strategies=strategies)
    with caplog.at_level(logging.ERROR):
        for _ in range(3):
            detector.scan((MONEYLINE,), NOW)
    assert [record.message for record in caplog.records] == ["strategy broken failed; the others go on"]
    assert "ZeroDivisionError: nothing to divide by" in caplog.text
    assert len(detector.ranked(NOW)) == 1
    assert detector.strategy_names == ("broken", "value_betting")


def find(
    opportunity_id: str,
    *,
    edge: float | None = None,
    margin: float | None = None,
    gap: float | None = None,
    flags: tuple[str, ...] = (),
    start: datetime = START,
) -> Opportunity:
    leg = Leg(Selection(MONEYLINE, "Home"), "fanduel", parse_any("2.10"))
    event = Event(GAME.id, GAME.sport_key, "NBA", start, "Home", "Away")
    return Opportunity(
        id=opportunity_id, strategy="s", event=event, line=MONEYLINE, legs=(leg,), discovered_at=NOW,
        expires_at=start, edge=edge, profit_margin=margin, difference_cents=gap, flags=flags,
    )  # fmt: skip


RANKED = (
    find("OPP-1", edge=0.09),
    find("OPP-2", margin=0.08),
    find("OPP-3", edge=0.06, start=START - timedelta(hours=1)),
    find("OPP-4", edge=0.06),
    find("OPP-5", edge=0.06),
    find("OPP-7", gap=12, edge=0.24),
    find("OPP-6", gap=30, edge=0.2),
    find("OPP-a", gap=9),
    find("OPP-b", gap=90, edge=-0.1),
    find("OPP-8", edge=0.60, flags=("suspicious",)),
    find("OPP-9", margin=0.20, flags=("floating_start", "suspicious")),
)


@given(st.permutations(RANKED))
def test_real_edges_come_first_then_gaps_by_their_promise_then_what_is_too_good_to_be_true(
    shown: list[Opportunity],
) -> None:
    assert tuple(sorted(shown, key=rank)) == RANKED
    assert all(rank(one) != rank(other) for one, other in itertools.combinations(shown, 2))


class Fixed:
    """A strategy that finds what it is given, whatever the line."""

    name = "fixed"

    def __init__(self, found: Sequence[Opportunity]) -> None:
        self._found = found

    def scan(self, book: LineBook, now: datetime) -> Sequence[Opportunity]:
        return self._found


def test_the_detector_shows_its_finds_by_that_rank() -> None:
    _, detector = detecting(*FAIR, strategies=(Fixed(RANKED[::-1]),))
    detector.scan((MONEYLINE,), NOW)
    assert [found.id for found in detector.ranked(NOW)] == [found.id for found in RANKED]


@pytest.mark.parametrize(
    ("event", "line", "price", "flagged"),
    [(MATCH, TENNIS, "2.21", True), (MATCH, TENNIS, "2.19", False), (GAME, MONEYLINE, "2.21", False)],
    ids=["more than a fifth of the net odds", "less than that", "a fixed start"],
)
def test_a_jump_of_the_price_is_flagged_where_starts_float(
    event: Event, line: LineKey, price: str, flagged: bool
) -> None:
    """From 2.00, net odds of 1.00, a fifth is 0.20."""
    fair = two_way("pinnacle", "2.00", "2.00", line)
    board, detector = detecting(*fair, quote("Home", "fanduel", "2.00", line), event=event)
    assert detector.scan((line,), NOW).new == ()
    board.apply(decoded(*fair, quote("Home", "fanduel", price, line), event=event), "feed")
    (found,) = detector.scan((line,), NOW).new
    assert ("price_jump" in found.flags) == flagged


def test_lines_of_another_event_are_left_as_they_are() -> None:
    board, detector = detecting(*FAIR, quote("Home", "fanduel", "2.20"))
    detector.scan((MONEYLINE,), NOW)
    other = Event("nba-2", GAME.sport_key, "NBA", START, "Home", "Away")
    line = LineKey(other.id, "h2h", OutcomeSet.TWO_WAY)
    board.apply(decoded(*two_way("pinnacle", "2.00", "2.00", line), event=other), "feed")
    assert detector.scan((line,), NOW).new == ()
    assert len(detector.ranked(NOW)) == 1


STEP = st.tuples(
    st.sampled_from(["scan", "expire", "ask"]),
    st.sampled_from(["1.90", "2.00", "2.15", "2.30"]),
    st.sampled_from(["1.90", "2.12", "2.20"]),
    st.integers(0, 1),
)


def is_twin(gap: Opportunity, found: Sequence[Opportunity]) -> bool:
    """A price gap on a price that is an opportunity of its own."""
    return gap.difference_cents is not None and any(
        each.difference_cents is None and len(each.legs) == 1
        and (each.legs[0].selection, each.legs[0].bookmaker) == (gap.legs[0].selection, gap.legs[0].bookmaker)
        for each in found
    )  # fmt: skip


@given(steps=st.lists(STEP, max_size=25))
def test_the_order_kept_is_the_order_worked_out_anew(steps: list[tuple[str, str, str, int]]) -> None:
    board, detector = detecting(*FAIR, strategies=build_strategies(SETTINGS))
    other = Event("nba-2", GAME.sport_key, "NBA", START, "Home", "Away")
    lines = {GAME: MONEYLINE, other: LineKey(other.id, "h2h", OutcomeSet.TWO_WAY)}
    for number, (step, home, away, which) in enumerate(steps):
        now = seconds(number * 60)
        event = (GAME, other)[which]
        line = lines[event]
        if step == "scan":
            books = {"pinnacle": ("2.00", "2.00"), "fanduel": (home, "1.7"), "betmgm": ("1.7", away)}
            quotes = [
                quote(name, book, price, line, seen=now, age=0)
                for book, sides in books.items()
                for name, price in zip(("Home", "Away"), sides, strict=True)
            ]
            board.apply(decoded(*quotes, event=event), "feed")
            detector.scan((line,), now)
        elif step == "expire":
            detector.expire(now)
        found = [each for line in lines.values() for each in detector.found_on(line) if not each.expired(now)]
        if step == "ask":
            assert list(detector.listed(now)) == [each for each in sorted(found, key=rank) if not is_twin(each, found)]
    found = [each for line in lines.values() for each in detector.found_on(line) if not each.expired(seconds(60))]
    in_order = sorted(found, key=rank)
    assert list(detector.ranked(seconds(60))) == in_order
    assert list(detector.listed(seconds(60))) == [each for each in in_order if not is_twin(each, found)]
