"""The board line by line: which lines, in which order, and what every bookmaker's price is worth beside the others."""

from __future__ import annotations

from datetime import timedelta

import pytest

from betting_tui.engine.board import Board
from betting_tui.engine.config import Settings
from betting_tui.engine.core.decoded import DecodedOdds, EventQuotes
from betting_tui.engine.core.market_views import MarketWish
from betting_tui.engine.core.model import DRAW, Event, LineKey, OutcomeSet, Quote, Selection
from betting_tui.engine.core.odds import parse_any
from betting_tui.engine.markets import Markets
from betting_tui.engine.strategies.registry import fair_policy
from market_samples import DERBY, GAME, MONEYLINE, NOW, RESULT, START, TOTAL, decoded, quote, two_way

POLICY = fair_policy(Settings())
LATE = Event("nba-2", "basketball_nba", "NBA", START + timedelta(hours=1), "Reds", "Blues")


def markets(
    *answers: DecodedOdds, mine: tuple[str, ...] = ("b", "a"), commissions: dict[str, float] | None = None
) -> Markets:
    board = Board()
    for answer in answers:
        board.apply(answer, "feed")
    return Markets(board, POLICY, commissions or {}, mine)


def h2h(event: Event, bookmaker: str, home: str = "2.0", away: str = "1.9", age: float = 10) -> tuple[Quote, ...]:
    line = LineKey(event.id, "h2h", OutcomeSet.TWO_WAY)
    return tuple(quote(name or "", bookmaker, price, line, age=age) for name, price in
                 ((event.home_team, home), (event.away_team, away)))  # fmt: skip


def total(point: float, *books: str, over: str = "1.9", under: str = "1.9") -> tuple[Quote, ...]:
    line = LineKey(GAME.id, "totals", OutcomeSet.TWO_WAY, point=point)
    return tuple(
        Quote(Selection(line, name, point), book, parse_any(price), "feed", NOW, NOW)
        for book in books
        for name, price in (("Over", over), ("Under", under))
    )


class TestPage:
    def test_events_by_start_with_what_began_last(self) -> None:
        began = Event("nba-0", "basketball_nba", "NBA", NOW - timedelta(minutes=3), "Old", "Older")
        room = markets(
            decoded(*h2h(LATE, "a"), event=LATE),
            decoded(*h2h(began, "a"), event=began),
            decoded(*two_way("a", "2", "1.8")),
        )
        assert [line.event.id for line in room.page(MarketWish(), NOW).lines] == ["nba-1", "nba-2", "nba-0"]

    def test_what_began_leaves_when_its_prices_grow_old(self) -> None:
        began = Event("nba-0", "basketball_nba", "NBA", NOW - timedelta(minutes=3), "Old", "Older")
        room = markets(decoded(*h2h(began, "a"), event=began))
        assert room.page(MarketWish(), NOW).lines
        assert not room.page(MarketWish(), NOW + timedelta(seconds=400)).lines

    def test_selections_stand_as_the_events_name_has_them(self) -> None:
        prices = [quote(name, "a", "3", RESULT) for name in ("Away", DRAW, "Home")]
        room = markets(decoded(*two_way("a", "2", "1.8")), decoded(*prices, event=DERBY))
        found = {line.event.id: [pick.name for pick in line.selections] for line in room.page(MarketWish(), NOW).lines}
        assert found == {"nba-1": ["Away", "Home"], "epl-1": ["Home", DRAW, "Away"]}

    def test_the_users_bookmakers_come_first_in_their_order_then_those_that_quote_most(self) -> None:
        room = markets(
            decoded(
                *two_way("a", "2", "1.8"),
                *two_way("b", "2", "1.8"),
                *two_way("z", "2", "1.8"),
                *two_way("c", "2", "1.8"),
            ),
            decoded(*h2h(LATE, "z"), event=LATE),
        )
        assert room.page(MarketWish(), NOW).books == ("b", "a", "z", "c")

    def test_without_a_wish_the_market_most_events_have(self) -> None:
        room = markets(decoded(*two_way("a", "2", "1.8"), *total(220.5, "a")), decoded(*h2h(LATE, "a"), event=LATE))
        page = room.page(MarketWish(), NOW)
        assert (page.market, [count.key for count in page.markets]) == ("h2h", ["h2h", "totals"])
        assert room.page(MarketWish(market="totals"), NOW).total == 1
        assert room.page(MarketWish(market="gone"), NOW).market == "h2h"

    def test_of_several_points_the_one_most_bookmakers_quote(self) -> None:
        room = markets(decoded(*total(220.5, "a", "b"), *total(221.5, "a")))
        assert [line.line for line in room.page(MarketWish(), NOW).lines] == [TOTAL]
        every = room.page(MarketWish(every_point=True), NOW).lines
        assert [line.line.point for line in every] == [220.5, 221.5]

    def test_of_equally_many_the_evenest(self) -> None:
        room = markets(decoded(*total(220.5, "a", over="1.5", under="2.5"), *total(221.5, "a")))
        assert [line.line.point for line in room.page(MarketWish(), NOW).lines] == [221.5]

    @pytest.mark.parametrize(
        ("words", "found"),
        [("nba", {"nba-1", "nba-2"}), ("REDS", {"nba-2"}), ("nba home", {"nba-1"}), ("hockey", set())],
    )
    def test_every_word_is_in_the_event(self, words: str, found: set[str]) -> None:
        room = markets(decoded(*two_way("a", "2", "1.8")), decoded(*h2h(LATE, "a"), event=LATE))
        page = room.page(MarketWish(words=words), NOW)
        assert {line.event.id for line in page.lines} == found
        assert (page.events, page.total) == (len(found), 2)

    def test_a_word_may_be_a_point(self) -> None:
        room = markets(decoded(*total(220.5, "a"), *total(221.5, "a")))
        page = room.page(MarketWish(words="221.5", every_point=True), NOW)
        assert [line.line.point for line in page.lines] == [221.5]

    def test_sorted_by_hold_and_by_books(self) -> None:
        room = markets(
            decoded(*two_way("a", "1.8", "1.8"), *two_way("b", "1.8", "1.8")),
            decoded(*h2h(LATE, "a", "2.05", "2.05"), event=LATE),
        )
        order = {
            sort: [line.event.id for line in room.page(MarketWish(sort=sort), NOW).lines] for sort in ("hold", "books")
        }
        assert order == {"hold": ["nba-2", "nba-1"], "books": ["nba-1", "nba-2"]}

    def test_it_is_the_very_same_while_prices_move_and_another_when_one_comes(self) -> None:
        board = Board()
        room = Markets(board, POLICY, {}, ())
        board.apply(decoded(*two_way("a", "2", "1.8")), "feed")
        before = room.page(MarketWish(), NOW)
        board.apply(decoded(*two_way("a", "2.1", "1.7")), "feed")
        assert room.page(MarketWish(), NOW) is before
        board.apply(decoded(*two_way("a", "2.1", "1.7"), *two_way("b", "2", "1.8")), "feed")
        assert room.page(MarketWish(), NOW).books == ("a", "b")

    def test_an_event_that_was_moved_stands_elsewhere(self) -> None:
        board = Board()
        room = Markets(board, POLICY, {}, ())
        board.apply(decoded(*two_way("a", "2", "1.8")), "feed")
        board.apply(decoded(*h2h(LATE, "a"), event=LATE), "feed")
        assert [line.event.id for line in room.page(MarketWish(), NOW).lines] == ["nba-1", "nba-2"]
        board.move(Event(GAME.id, GAME.sport_key, "NBA", START + timedelta(days=1), "Home", "Away"))
        assert [line.event.id for line in room.page(MarketWish(), NOW).lines] == ["nba-2", "nba-1"]


class TestPrices:
    def test_all_that_pay_most_are_the_best_and_the_users_own_is_taken(self) -> None:
        room = markets(decoded(*two_way("a", "2.1", "1.8"), *two_way("z", "2.1", "1.7"), *two_way("c", "2", "1.8")))
        home = room.prices(MONEYLINE, NOW).of("Home")
        assert home is not None
        assert {price.bookmaker for price in home.prices if price.best} == {"a", "z"}
        assert home.best is not None
        assert home.best.bookmaker == "a"

    def test_the_best_is_after_commission(self) -> None:
        room = markets(decoded(*two_way("a", "2.05", "1.8"), *two_way("x", "2.1", "1.8")), commissions={"x": 0.05})
        home = room.prices(MONEYLINE, NOW).of("Home")
        assert home is not None
        assert home.best is not None
        assert home.best.bookmaker == "a"

    def test_what_is_old_is_best_only_where_nothing_is_fresh(self) -> None:
        room = markets(decoded(*two_way("a", "2.5", "1.8", age=400), *two_way("c", "2", "1.8")))
        home = room.prices(MONEYLINE, NOW).of("Home")
        assert home is not None
        assert [(price.bookmaker, price.fresh, price.best) for price in home.prices] == [
            ("a", False, False), ("c", True, True),
        ]  # fmt: skip
        later = room.prices(MONEYLINE, NOW + timedelta(seconds=301)).of("Home")
        assert later is not None
        assert [price.best for price in later.prices] == [True, False]

    def test_holds_of_those_that_quote_every_side_and_of_the_best_prices(self) -> None:
        room = markets(decoded(*two_way("a", "2", "1.8"), *two_way("c", "1.9", "2"), quote("Home", "d", "2")))
        prices = room.prices(MONEYLINE, NOW)
        assert prices.hold_at("a") == pytest.approx(1 - 1 / (1 / 2 + 1 / 1.8))
        assert prices.hold_at("d") is None
        assert prices.hold == pytest.approx(0.0)

    def test_one_side_alone_has_no_hold(self) -> None:
        room = markets(decoded(quote("Home", "a", "2")))
        assert room.prices(MONEYLINE, NOW).hold is None

    def test_a_move_is_told_from_the_second_look_on(self) -> None:
        board = Board()
        room = Markets(board, POLICY, {}, ())

        def moved(home: str) -> tuple[int, bool]:
            board.apply(decoded(*two_way("a", home, "1.8")), "feed")
            found = room.prices(MONEYLINE, NOW).of("Home")
            assert found is not None
            return found.prices[0].moved, found.prices[0].moved_at == NOW

        assert moved("2") == (0, False)
        assert moved("2.1") == (1, True)
        assert moved("1.95") == (-1, True)

    def test_they_are_the_very_same_until_something_is_heard(self) -> None:
        board = Board()
        room = Markets(board, POLICY, {}, ())
        board.apply(decoded(*two_way("a", "2", "1.8")), "feed")
        before = room.prices(MONEYLINE, NOW)
        assert room.prices(MONEYLINE, NOW + timedelta(seconds=60)) is before
        board.apply(decoded(*two_way("a", "2", "1.8", age=1)), "feed")
        assert room.prices(MONEYLINE, NOW) is not before

    def test_a_line_that_went_has_none(self) -> None:
        board = Board()
        room = Markets(board, POLICY, {}, ())
        board.apply(DecodedOdds((EventQuotes(GAME, two_way("a", "2", "1.8")),)), "feed")
        assert room.prices(MONEYLINE, NOW).selections
        board.forget(GAME.id)
        assert not room.prices(MONEYLINE, NOW).selections


class TestGlances:
    def test_a_line_looked_at_is_remembered_until_many_others_were(self) -> None:
        board = Board()
        lines = []
        for number in range(70):
            event = Event(f"e{number}", "basketball_nba", "NBA", START, "Home", "Away")
            line = LineKey(event.id, "h2h", OutcomeSet.TWO_WAY)
            board.apply(decoded(*two_way("a", "2", "1.8", line), event=event), "feed")
            lines.append(line)
        board.watch(lines[0])
        for line in lines:
            board.glance(line)
        remembered = [bool(board.history(Selection(line, "Home"), "a")) for line in lines]
        assert remembered[0]
        assert remembered[1:6] == [False] * 5
        assert all(remembered[7:])
