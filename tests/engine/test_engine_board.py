"""The board: what an answer changes, what it repeats, and what it takes away."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from betting_tui.engine.board import Board
from betting_tui.engine.core.decoded import Coverage, DecodedOdds, EventQuotes
from betting_tui.engine.core.model import Event, LineKey, OutcomeSet, PastPrice, Quote, Selection, Side
from market_samples import GAME, MATCH, MONEYLINE, NOW, START, TENNIS, TOTAL, decoded, prices, quote, two_way

HOME = Selection(MONEYLINE, "Home")
FANDUEL = two_way("fanduel", "1.90", "1.95")
BETMGM = two_way("betmgm", "1.91", "1.91")


def test_a_new_line_is_changed_a_repeated_one_only_seen() -> None:
    board = Board()
    first = board.apply(decoded(*FANDUEL), "feed")
    assert (first.changed, first.seen, first.events) == ((MONEYLINE,), (MONEYLINE,), (GAME.id,))
    again = board.apply(decoded(*two_way("fanduel", "1.90", "1.95", age=0)), "feed")
    assert (again.changed, again.seen) == ((), (MONEYLINE,))
    assert [each.quoted_at for each in board.quotes(MONEYLINE)] == [NOW, NOW]


def test_another_price_a_new_book_and_a_missing_one_each_change_the_line() -> None:
    board = Board()
    board.apply(decoded(*FANDUEL), "feed")
    for answer in (two_way("fanduel", "1.88", "1.97"), (*FANDUEL, *BETMGM), FANDUEL):
        assert board.apply(decoded(*answer), "feed").changed == (MONEYLINE,)
    assert {each.bookmaker for each in board.quotes(MONEYLINE)} == {"fanduel"}


def test_the_same_price_in_another_spelling_is_another_price() -> None:
    board = Board()
    board.apply(decoded(quote("Home", "fanduel", "2.50")), "feed")
    assert board.apply(decoded(quote("Home", "fanduel", "+150")), "feed").changed == (MONEYLINE,)


def test_a_market_the_answer_does_not_speak_for_stays() -> None:
    board = Board()
    total = quote("Over", "fanduel", "1.90", TOTAL)
    board.apply(decoded(*FANDUEL, total), "feed")
    change = board.apply(decoded(*FANDUEL, markets=("h2h", "spreads")), "feed")
    assert change.changed == ()
    assert board.quotes(TOTAL) == (total,)
    assert board.apply(decoded(*FANDUEL, markets=("h2h", "totals")), "feed").changed == (TOTAL,)
    assert board.lines(GAME.id) == (MONEYLINE,)


def test_an_answer_without_a_word_of_its_markets_speaks_for_all() -> None:
    board = Board()
    board.apply(decoded(*FANDUEL, quote("Over", "fanduel", "1.90", TOTAL)), "feed")
    assert board.apply(decoded(*FANDUEL), "feed").changed == (TOTAL,)


def test_a_source_takes_away_only_its_own_prices() -> None:
    board = Board()
    board.apply(decoded(*FANDUEL), "feed")
    board.apply(decoded(*(quote(name, "betmgm", "1.91", source="other") for name in ("Home", "Away"))), "other")
    assert len(board.quotes(MONEYLINE)) == 4
    assert board.apply(decoded(), "feed").changed == (MONEYLINE,)
    assert {each.bookmaker for each in board.quotes(MONEYLINE)} == {"betmgm"}


def test_the_last_source_that_quoted_a_price_answers_for_it() -> None:
    board = Board()
    board.apply(decoded(quote("Home", "fanduel", "1.90")), "feed")
    board.apply(decoded(quote("Home", "fanduel", "1.90", source="other")), "other")
    assert board.apply(decoded(), "feed").changed == ()
    assert board.quote(HOME, "fanduel") is not None
    assert board.apply(decoded(), "other").changed == (MONEYLINE,)
    assert board.quote(HOME, "fanduel") is None


def test_back_and_lay_of_one_book_are_two_prices() -> None:
    board = Board()
    back = quote("Home", "smarkets", "2.00")
    lay = quote("Home", "smarkets", "2.04", side=Side.LAY)
    board.apply(decoded(back, lay), "feed")
    assert board.quote(HOME, "smarkets") == back
    assert board.quote(HOME, "smarkets", Side.LAY) == lay


def test_the_previous_price_is_the_one_before_the_last_change() -> None:
    board = Board()
    for price in ("1.90", "1.95", "1.95"):
        board.apply(decoded(quote("Home", "fanduel", price)), "feed")
    previous = board.previous(HOME, "fanduel")
    assert previous is not None
    assert previous.price.text == "1.90"
    board.apply(decoded(), "feed")
    gone = board.previous(HOME, "fanduel")
    assert gone is not None
    assert gone.price.text == "1.95"


def test_a_first_price_has_no_previous_one() -> None:
    board = Board()
    board.apply(decoded(*FANDUEL), "feed")
    assert board.previous(HOME, "fanduel") is None


def test_a_watched_line_remembers_its_prices_from_then_on() -> None:
    board = Board()
    board.apply(decoded(quote("Home", "fanduel", "1.80")), "feed")
    board.apply(decoded(quote("Home", "fanduel", "1.90")), "feed")
    assert board.history(HOME, "fanduel") == ()
    board.watch(MONEYLINE)
    board.watch(MONEYLINE)
    for minute, price in enumerate(("1.90", "1.95", "1.90")):
        board.apply(decoded(quote("Home", "fanduel", price, seen=NOW + timedelta(minutes=minute))), "feed")
    points = board.history(HOME, "fanduel")
    assert [(point.at, point.decimal) for point in points] == [
        (NOW, 1.90),
        (NOW + timedelta(minutes=1), 1.95),
        (NOW + timedelta(minutes=2), 1.90),
    ]


def test_a_history_is_bounded() -> None:
    board = Board()
    board.watch(MONEYLINE)
    for step in range(1_000):
        board.apply(decoded(quote("Home", "fanduel", f"{2 + step / 100:.2f}")), "feed")
    points = board.history(HOME, "fanduel")
    assert 100 < len(points) < 500
    assert points[-1].decimal == 11.99


def test_a_moved_start_replaces_the_event() -> None:
    board = Board()
    board.apply(decoded(*FANDUEL), "feed")
    moved = Event(GAME.id, GAME.sport_key, GAME.sport_title, START + timedelta(hours=1), "Home", "Away")
    board.apply(decoded(*FANDUEL, event=moved), "feed")
    assert board.event(GAME.id) == moved
    assert board.events() == (moved,)


def test_a_forgotten_event_leaves_nothing_behind() -> None:
    board = Board()
    board.watch(MONEYLINE)
    board.apply(decoded(*FANDUEL), "feed")
    board.apply(decoded(*two_way("fanduel", "1.80", "2.05")), "feed")
    board.apply(decoded(*two_way("betmgm", "1.90", "1.90", TENNIS), event=MATCH), "feed")
    assert board.forget(GAME.id) == (MONEYLINE,)
    assert board.event(GAME.id) is None
    assert board.lines(GAME.id) == ()
    assert board.quotes(MONEYLINE) == ()
    assert board.previous(HOME, "fanduel") is None
    assert board.history(HOME, "fanduel") == ()
    assert board.forget(GAME.id) == ()
    assert [event.id for event in board.events()] == [MATCH.id]


def test_quotes_come_by_selection_then_bookmaker_whatever_the_answer_did() -> None:
    board = Board()
    board.apply(decoded(*reversed(prices({"fanduel": ("1.90", "1.95"), "betmgm": ("1.91", "1.91")}))), "feed")
    names = [(each.selection.name, each.bookmaker) for each in board.quotes(MONEYLINE)]
    assert names == [("Away", "betmgm"), ("Away", "fanduel"), ("Home", "betmgm"), ("Home", "fanduel")]


_SLOT = st.tuples(
    st.sampled_from((MONEYLINE, TOTAL, LineKey(GAME.id, "totals", TOTAL.outcome_set, point=221.5))),
    st.sampled_from(("Home", "Away")),
    st.sampled_from(("fanduel", "betmgm")),
    st.sampled_from(tuple(Side)),
)
_ANSWER = st.tuples(
    st.sampled_from(("feed", "other")),
    st.sampled_from(((), ("h2h",), ("totals",), ("h2h", "totals"))),
    st.dictionaries(_SLOT, st.sampled_from(("1.90", "1.95", "2.00")), max_size=8),
)
Slot = tuple[LineKey, str, str, Side]


@given(st.lists(_ANSWER, max_size=8))
def test_the_board_is_what_a_plain_dictionary_would_hold(
    answers: list[tuple[str, tuple[str, ...], dict[Slot, str]]],
) -> None:
    board = Board()
    known: dict[Slot, Quote] = {}
    before_last: dict[Slot, Quote] = {}
    for step, (source, markets, offered) in enumerate(answers):
        at = NOW + timedelta(seconds=step)
        spoken = {slot: price for slot, price in offered.items() if not markets or slot[0].market in markets}
        quotes = {
            slot: quote(slot[1], slot[2], price, slot[0], seen=at, side=slot[3], source=source)
            for slot, price in spoken.items()
        }
        old = dict(known)
        for slot, each in old.items():
            if each.source == source and slot not in quotes and (not markets or slot[0].market in markets):
                before_last[slot] = known.pop(slot)
        for slot, each in quotes.items():
            if slot in old and old[slot].price != each.price:
                before_last[slot] = old[slot]
            known[slot] = each
        change = board.apply(DecodedOdds((EventQuotes(GAME, tuple(quotes.values())),), (), frozenset(markets)), source)

        lines = {slot[0] for slot in (*old, *known)}
        moved = {line for line in lines if prices_on(line, old) != prices_on(line, known)}
        assert set(change.changed) == moved
        assert len(change.changed) == len(moved)
        assert set(change.seen) == {slot[0] for slot in quotes}
        assert set(board.lines(GAME.id)) == {slot[0] for slot in known}
        assert board.standing(quotes.values()) == list(quotes.values())
        for line in lines:
            there = board.quotes(line)
            assert [(each.selection.name, each.bookmaker, each.side is Side.LAY) for each in there] == sorted(
                (slot[1], slot[2], slot[3] is Side.LAY) for slot in known if slot[0] == line
            )
            assert {slot_of(each): each for each in there} == {
                slot: each for slot, each in known.items() if slot[0] == line
            }
        for slot in (*old, *known):
            was = before_last.get(slot)
            past = None if was is None else PastPrice(was.price, was.seen_at)
            assert board.previous(Selection(slot[0], slot[1]), slot[2], slot[3]) == past


def slot_of(each: Quote) -> Slot:
    return each.selection.line, each.selection.name, each.bookmaker, each.side


def prices_on(line: LineKey, quotes: dict[Slot, Quote]) -> dict[Slot, str]:
    return {slot: each.price.text for slot, each in quotes.items() if slot[0] == line}


def test_a_price_stands_unless_another_source_heard_the_bookmaker_later() -> None:
    board = Board()
    late, early = (quote("Home", "fanduel", "1.90", age=age, source="other") for age in (5, 500))
    mine = quote("Home", "fanduel", "1.95", age=20)
    board.apply(decoded(late), "other")
    board.apply(decoded(mine), "feed")
    assert board.standing((mine,)) == []
    board.apply(decoded(early), "other")
    board.apply(decoded(mine), "feed")
    assert board.standing((mine, early)) == [mine]
    assert board.standing((quote("Away", "fanduel", "1.95"),)) == [quote("Away", "fanduel", "1.95")]


def test_nothing_is_known_of_a_stranger() -> None:
    board = Board()
    assert board.event("x") is None
    assert board.quotes(MONEYLINE) == ()
    assert board.quote(HOME, "x") is None


@pytest.mark.parametrize("source", ["feed", "other"])
def test_an_empty_answer_changes_nothing(source: str) -> None:
    board = Board()
    board.apply(decoded(*FANDUEL), "feed")
    change = board.apply(DecodedOdds(()), source)
    assert (change.changed, change.seen, change.events) == ((), (), ())
    assert len(board.quotes(MONEYLINE)) == 2


def test_an_answer_about_first_quarters_says_nothing_of_the_game() -> None:
    board = Board()
    board.apply(decoded(*FANDUEL), "feed")
    quarters = DecodedOdds((EventQuotes(GAME, ()),), covers=frozenset({Coverage("h2h", "q1")}))
    assert board.apply(quarters, "feed").changed == ()
    assert len(board.quotes(MONEYLINE)) == 2
    games = DecodedOdds((EventQuotes(GAME, ()),), covers=frozenset({Coverage("h2h")}))
    assert board.apply(games, "feed").changed == (MONEYLINE,)
    assert board.quotes(MONEYLINE) == ()


def test_a_list_of_fixtures_moves_the_events_that_are_there_and_adds_none() -> None:
    board = Board()
    board.apply(decoded(*FANDUEL), "feed")
    later = msgspec.structs.replace(GAME, commence_time=START + timedelta(hours=1))
    assert board.move(later)
    assert not board.move(later), "it says so once"
    assert not board.move(MATCH)
    assert board.events() == (later,)
    assert len(board.quotes(MONEYLINE)) == 2


def test_all_histories_together_are_bounded_and_the_line_watched_longest_ago_gives_way(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("betting_tui.engine.board._MOST_POINTS", 1_000)
    board = Board()
    lines = [LineKey(f"e{number}", "h2h", OutcomeSet.TWO_WAY) for number in range(12)]
    for line in lines:
        event = Event(line.event_id, GAME.sport_key, GAME.sport_title, START, "Home", "Away")
        board.watch(line)
        for step in range(100):
            price = quote("Home", "fanduel", f"{2 + step / 100:.2f}", line, seen=NOW + timedelta(seconds=step))
            board.apply(decoded(price, event=event), "feed")
    assert [len(board.history(Selection(line, "Home"), "fanduel")) for line in lines] == [0] * 2 + [100] * 10


BACKS_AND_LAYS = st.lists(
    st.tuples(st.sampled_from(["fanduel", "betmgm", "betfair"]), st.sampled_from(list(Side)), st.integers(0, 300)),
    max_size=4,
    unique_by=lambda each: each[:2],
)


@given(answers=st.lists(BACKS_AND_LAYS, min_size=1, max_size=6))
def test_the_newest_price_is_that_of_all_that_can_be_backed(answers: list[list[tuple[str, Side, int]]]) -> None:
    board = Board()
    for answer in answers:
        quotes = [
            msgspec.structs.replace(quote("Home", book, "1.90", age=age), side=side) for book, side, age in answer
        ]
        board.apply(decoded(*quotes), "feed")
        backs = [each.dated for each in board.quotes(MONEYLINE) if each.side is Side.BACK]
        assert board.newest(NOW) == max(backs, default=None)
    assert board.newest(START) is None
