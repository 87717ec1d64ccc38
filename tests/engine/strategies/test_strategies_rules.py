"""Small markets, worked out by hand: what each strategy finds, at which number, and what it leaves alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import product
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from betting_tui.engine.config import Settings
from betting_tui.engine.config.tree import Bookmakers, Strategies
from betting_tui.engine.config.tree import LineShopping as LineShoppingSettings
from betting_tui.engine.core.books import commission, ownership_group
from betting_tui.engine.core.edge import cents, edge, effective_decimal, reaches
from betting_tui.engine.core.fair import FairLine, LinePricer
from betting_tui.engine.core.model import Event, LineKey, Opportunity, OutcomeSet, Phase, Quote
from betting_tui.engine.core.ports import ExplainsItself, LineBook
from betting_tui.engine.core.rule_sets import in_force
from betting_tui.engine.strategies.registry import BUILT_IN, build_strategies, fair_policy
from market_samples import (
    DERBY,
    GAME,
    MATCH,
    MONEYLINE,
    NOW,
    RESULT,
    START,
    TENNIS,
    exchange,
    line_book,
    prices,
    quote,
    two_way,
)

FAIR = two_way("pinnacle", "2.00", "2.00")


def scan(name: str, book: LineBook, settings: Settings | None = None) -> Sequence[Opportunity]:
    (strategy,) = build_strategies(settings or Settings(), (name,))
    return strategy.scan(book, NOW)


def test_an_edge_of_exactly_five_percent_counts() -> None:
    found = scan("value_betting", line_book(FAIR, two_way("fanduel", "2.10", "2.09")))
    assert [(each.legs[0].selection.name, each.legs[0].bookmaker) for each in found] == [("Home", "fanduel")]
    (value,) = found
    assert value.edge == pytest.approx(0.05)
    assert value.fair_probability == 0.5
    assert value.fair_odds == 2.0
    assert value.kelly_fraction == pytest.approx(0.05 / 1.10)
    assert value.books == ("pinnacle",)
    assert value.flags == ()


def test_every_book_with_the_edge_is_an_opportunity_of_its_own() -> None:
    found = scan("value_betting", line_book(FAIR, two_way("fanduel", "2.20", "1.7"), two_way("betmgm", "2.15", "1.7")))
    assert {each.legs[0].bookmaker for each in found} == {"fanduel", "betmgm"}
    assert len({each.id for each in found}) == 2


def test_commission_comes_off_before_an_edge_is_counted() -> None:
    """2.20 at Betfair is 1 + 1.20 * 0.95 = 2.14."""
    (value,) = scan("value_betting", line_book(FAIR, (quote("Home", "betfair_ex_eu", "2.20"),)))
    assert value.edge == pytest.approx(0.07)
    dear = Settings(bookmakers=Bookmakers(commission={"betfair": 0.5}))
    assert scan("value_betting", line_book(FAIR, (quote("Home", "betfair_ex_eu", "2.20"),)), dear) == ()


def test_an_edge_above_a_quarter_is_suspicious_and_one_of_a_quarter_is_not() -> None:
    found = scan("value_betting", line_book(FAIR, two_way("fanduel", "2.50", "1.6"), two_way("betmgm", "2.52", "1.6")))
    assert {each.legs[0].bookmaker: each.suspicious for each in found} == {"fanduel": False, "betmgm": True}


def test_a_value_lasts_as_long_as_its_price_its_reference_and_the_wait_for_the_start() -> None:
    old_reference = two_way("pinnacle", "2.00", "2.00", age=290)
    (by_reference,) = scan("value_betting", line_book(old_reference, (quote("Home", "fanduel", "2.10", age=5),)))
    assert by_reference.expires_at == NOW + timedelta(seconds=10)
    (by_price,) = scan("value_betting", line_book(FAIR, (quote("Home", "fanduel", "2.10", age=299),)))
    assert by_price.expires_at == NOW + timedelta(seconds=1)
    soon = Event(GAME.id, GAME.sport_key, "NBA", NOW + timedelta(seconds=30), "Home", "Away")
    (by_start,) = scan("value_betting", line_book(FAIR, (quote("Home", "fanduel", "2.10"),), event=soon))
    assert by_start.expires_at == soon.commence_time


def test_the_best_price_is_set_against_the_median_of_the_others() -> None:
    """+120 against -105, +100 and +110: 20 cents against a median of 0."""
    book = line_book(
        *((quote("Home", each, price),) for each, price in
          (("fanduel", "+120"), ("betmgm", "-105"), ("bovada", "+100"), ("betus", "+110")))
    )  # fmt: skip
    (found,) = scan("line_shopping", book)
    assert found.legs[0].bookmaker == "fanduel"
    assert found.difference_cents == pytest.approx(20)
    assert found.books == ("betmgm", "betus", "bovada")
    assert (found.edge, found.fair_probability, found.method) == (None, None, None)


def test_two_books_are_no_market_to_shop_in() -> None:
    two = (quote("Home", "fanduel", "+120"),), (quote("Home", "betmgm", "-105"),)
    assert scan("line_shopping", line_book(*two)) == ()
    less = Settings(strategies=Strategies(line_shopping=LineShoppingSettings(min_books=2)))
    assert len(scan("line_shopping", line_book(*two), less)) == 1


def test_one_book_alone_has_none_to_be_set_against() -> None:
    alone = Settings(strategies=Strategies(line_shopping=LineShoppingSettings(min_books=1)))
    assert scan("line_shopping", line_book((quote("Home", "fanduel", "+120"),)), alone) == ()


def test_of_equal_prices_the_first_book_is_named() -> None:
    three = (quote("Home", "fanduel", "+120"),), (quote("Home", "betmgm", "+120"),), (quote("Home", "bovada", "-110"),)
    (found,) = scan("line_shopping", line_book(*three))
    assert found.legs[0].bookmaker == "betmgm"
    assert found.difference_cents == pytest.approx(20 - (20 - 10) / 2)


def test_a_runner_of_an_outright_can_be_shopped_for_but_has_no_fair_line_and_no_arbitrage() -> None:
    winner = LineKey(GAME.id, "outrights", OutcomeSet.FIELD)
    offers = tuple(
        quote(name, book, price, winner)
        for name in ("A", "B")
        for book, price in (("pinnacle", "5.00"), ("betmgm", "5.00"), ("bovada", "9.00"))
    )
    found = {name: scan(name, line_book(offers, line=winner)) for name in BUILT_IN}
    assert {name: len(each) for name, each in found.items()} == {
        "value_betting": 0,
        "line_shopping": 2,
        "arbitrage": 0,
    }
    assert all(each.edge is None for each in found["line_shopping"])


def test_an_arbitrage_takes_the_best_price_of_each_side() -> None:
    (found,) = scan("arbitrage", line_book(prices({"fanduel": ("2.15", "1.80"), "betmgm": ("1.80", "2.05")})))
    margin = 1 / (1 / 2.15 + 1 / 2.05) - 1
    assert found.profit_margin == pytest.approx(margin)
    assert [(leg.selection.name, leg.bookmaker) for leg in found.legs] == [("Away", "betmgm"), ("Home", "fanduel")]


def test_no_two_legs_are_with_one_owner() -> None:
    """Ladbrokes and Coral are one house: the next best price at another must do."""
    best = {"ladbrokes_uk": ("2.20", "1.60"), "coral": ("1.60", "2.20")}
    assert scan("arbitrage", line_book(prices(best))) == ()
    (found,) = scan("arbitrage", line_book(prices({**best, "betvictor": ("1.60", "2.10")})))
    assert [leg.bookmaker for leg in found.legs] == ["betvictor", "ladbrokes_uk"]
    (other,) = scan("arbitrage", line_book(prices({**best, "betvictor": ("2.19", "1.60")})))
    assert [leg.bookmaker for leg in other.legs] == ["coral", "betvictor"]


def test_an_arbitrage_between_books_of_different_rules_says_so() -> None:
    baseball = Event("mlb-1", "baseball_mlb", "MLB", START, "Home", "Away")
    line = LineKey(baseball.id, "h2h", OutcomeSet.TWO_WAY)

    def flags(first: str, second: str) -> tuple[str, ...]:
        legs = (quote("Home", first, "2.15", line), quote("Away", second, "2.05", line))
        (found,) = scan("arbitrage", line_book(legs, event=baseball, line=line))
        return found.flags

    assert in_force("draftkings", "baseball_mlb", "h2h") != in_force("pinnacle", "baseball_mlb", "h2h")
    assert flags("draftkings", "pinnacle") == ("rules_differ",)
    assert in_force("fanatics", "baseball_mlb", "h2h") == in_force("pinnacle", "baseball_mlb", "h2h")
    assert flags("fanatics", "pinnacle") == ()


def test_commission_can_eat_an_arbitrage() -> None:
    offers = {"betfair_ex_eu": ("2.04", "1.80"), "fanduel": ("1.80", "2.02")}
    assert scan("arbitrage", line_book(prices(offers))) == ()
    free = Settings(bookmakers=Bookmakers(commission={"betfair": 0.0}))
    assert len(scan("arbitrage", line_book(prices(offers)), free)) == 1


def test_a_three_way_market_needs_its_draw() -> None:
    sides = {"fanduel": ("Home", "3.40"), "betmgm": ("Draw", "3.40"), "bovada": ("Away", "3.40")}
    legs = tuple(quote(name, book, price, RESULT) for book, (name, price) in sides.items())
    (found,) = scan("arbitrage", line_book(legs, event=DERBY, line=RESULT))
    assert found.profit_margin == pytest.approx(3.4 / 3 - 1)
    assert found.suspicious
    without = tuple(each for each in legs if each.selection.name != "Draw")
    assert scan("arbitrage", line_book(without, event=DERBY, line=RESULT)) == ()


def test_a_lay_is_never_somebody_elses_back() -> None:
    lays = exchange("smarkets", ("2.00", "2.60"), ("2.00", "2.60"))[2:]
    book = line_book(FAIR, lays, two_way("fanduel", "1.90", "1.90"))
    assert all(scan(name, book) == () for name in BUILT_IN)


@pytest.mark.parametrize("name", BUILT_IN)
def test_nothing_is_found_on_a_started_event_an_old_quote_or_a_price_in_play(name: str) -> None:
    generous = prices({"pinnacle": ("2.00", "2.00"), "fanduel": ("2.40", "2.40"), "betmgm": ("2.10", "2.50")})
    assert scan(name, line_book(generous)) != ()
    started = Event(GAME.id, GAME.sport_key, "NBA", NOW, "Home", "Away")
    assert scan(name, line_book(generous, event=started)) == ()
    assert scan(name, line_book(tuple(aged(each, 301) for each in generous))) == ()
    live = tuple(quote(each.selection.name, each.bookmaker, each.price.text, phase=Phase.INPLAY) for each in generous)
    assert scan(name, line_book(live)) == ()


def aged(each: Quote, age: float) -> Quote:
    return quote(each.selection.name, each.bookmaker, each.price.text, each.selection.line, age=age)


@pytest.mark.parametrize("name", BUILT_IN)
def test_where_starts_float_prices_grow_old_sooner_and_the_opportunity_says_so(name: str) -> None:
    offers = {"pinnacle": ("2.00", "2.00"), "fanduel": ("2.30", "2.30"), "betmgm": ("2.10", "2.40")}
    for age, there in ((120, True), (121, False)):
        quotes = tuple(each for book, pair in offers.items() for each in two_way(book, *pair, TENNIS, age=age))
        found = scan(name, line_book(quotes, event=MATCH, line=TENNIS))
        assert bool(found) == there
        assert all("floating_start" in each.flags for each in found)


def test_a_price_without_a_time_of_its_own_is_flagged() -> None:
    (found,) = scan("value_betting", line_book(FAIR, (quote("Home", "fanduel", "2.10", age=None),)))
    assert "no_quote_time" in found.flags
    assert found.expires_at == min(START, NOW + timedelta(seconds=290))


def test_the_same_find_has_the_same_id_in_every_run_and_at_every_price() -> None:
    first = scan("value_betting", line_book(FAIR, (quote("Home", "fanduel", "2.10"),)))
    second = scan("value_betting", line_book(FAIR, (quote("Home", "fanduel", "2.30", age=3),)))
    assert first[0].id == second[0].id == "OPP-6fdab56181fb"
    assert first[0].line == MONEYLINE


def test_only_enabled_strategies_run_unless_they_are_asked_for_by_name() -> None:
    settings = Settings(strategies=Strategies(line_shopping=LineShoppingSettings(enabled=False)))
    assert [each.name for each in build_strategies(settings)] == ["value_betting", "arbitrage"]
    assert [each.name for each in build_strategies(settings, ("line_shopping",))] == ["line_shopping"]


def test_looking_twice_at_one_line_prices_it_for_each_moment() -> None:
    """What is kept from one strategy to the next must not outlive the look."""
    value, _, _ = build_strategies(Settings())
    book = line_book(FAIR, (quote("Home", "fanduel", "2.10"),))
    assert len(value.scan(book, NOW)) == 1
    assert value.scan(book, NOW + timedelta(seconds=301)) == ()
    assert value.scan(line_book(FAIR, (quote("Home", "fanduel", "2.05"),)), NOW) == ()


PRICE = st.sampled_from(["1.50", "1.80", "1.91", "2.00", "2.05", "2.10", "2.30", "3.00"])
MARKET = st.dictionaries(
    st.sampled_from(["pinnacle", "fanduel", "betmgm", "bovada", "unibet", "unibet_nl", "betfair_ex_eu"]),
    st.tuples(PRICE, PRICE, st.integers(0, 400)),
    min_size=1,
)


@pytest.mark.parametrize("name", BUILT_IN)
@given(market=MARKET)
def test_a_strategy_says_what_stopped_each_price_it_did_not_find_and_of_no_other(
    name: str, market: dict[str, tuple[str, str, int]]
) -> None:
    book = line_book(*(two_way(key, home, away, age=age) for key, (home, away, age) in market.items()))
    (strategy,) = build_strategies(Settings(), (name,))
    found = {(leg.selection, leg.bookmaker) for each in strategy.scan(book, NOW) for leg in each.legs}
    assert isinstance(strategy, ExplainsItself)
    for each in book.quotes:
        stopped = strategy.stopped_by(book, each, NOW)
        assert (not stopped) == ((each.selection, each.bookmaker) in found), stopped


WIDE = st.dictionaries(
    st.sampled_from(["pinnacle", "fanduel", "betmgm", "bovada", "unibet", "unibet_nl", "betfair_ex_eu", "smarkets"]),
    st.tuples(*[st.sampled_from(["2.60", "2.95", "3.00", "3.05", "3.20", "3.60"])] * 3, st.integers(0, 400)),
    min_size=1,
)


@given(market=WIDE)
def test_what_is_found_is_what_plain_loops_over_all_prices_find(market: dict[str, tuple[str, str, str, int]]) -> None:
    settings = Settings()
    quotes = [
        quote(name, key, price, RESULT, age=age)
        for key, (*three, age) in market.items()
        for name, price in zip(("Away", "Draw", "Home"), three, strict=True)
    ]
    book = line_book(tuple(quotes), event=DERBY, line=RESULT)
    pays = {
        (each.selection.name, each.bookmaker): effective_decimal(each.price.decimal, commission(each.bookmaker, {}))
        for each in book.quotes
        if each.age_seconds(NOW) <= settings.strategies.max_quote_age_seconds
    }
    sides = [[slot for slot in pays if slot[0] == name] for name in ("Away", "Draw", "Home")]

    pricer = LinePricer(book, NOW, fair_policy(settings))
    fair = {key: pricer.fair_for(key) for key in market}
    edges = {
        (slot,): edge(line.probability(slot[0]), decimal)
        for slot, decimal in pays.items()
        if isinstance(line := fair[slot[1]], FairLine)
    }
    values = scan("value_betting", book, settings)
    assert [(slots_of(each), each.edge) for each in values] == [
        each for each in edges.items() if reaches(each[1], 0.05)
    ]

    gaps = {}
    for side in sides:
        best = min(side, key=lambda slot: (-pays[slot], slot[1]), default=None)
        others = [cents(pays[slot]) for slot in side if slot != best]
        if best is not None and len(others) > 1:
            gaps[best,] = cents(pays[best]) - median(others)
    shopped = {slots_of(each): each.difference_cents for each in scan("line_shopping", book, settings)}
    assert shopped == {slots: gap for slots, gap in gaps.items() if reaches(gap, 5, 1e-9)}

    margins = [
        1 / sum(1 / pays[leg] for leg in legs) - 1
        for legs in product(*sides)
        if len({ownership_group(leg[1]) for leg in legs}) == len(legs)
    ]
    certain = [each.profit_margin for each in scan("arbitrage", book, settings)]
    assert certain == [margin for margin in [max(margins, default=-1)] if reaches(margin, 0.01)]


def slots_of(found: Opportunity) -> tuple[tuple[str, str], ...]:
    return tuple((leg.selection.name, leg.bookmaker) for leg in found.legs)


def test_what_stopped_a_price_is_said_with_its_numbers() -> None:
    old = two_way("bovada", "1.7", "1.8", age=301)
    book = line_book(FAIR, two_way("fanduel", "2.04", "1.9"), two_way("betmgm", "1.9", "1.95"), old)
    said = {
        (name, each.bookmaker): strategy.stopped_by(book, each, NOW)
        for name in BUILT_IN
        for strategy in build_strategies(Settings(), (name,))
        if isinstance(strategy, ExplainsItself)
        for each in book.quotes
        if each.selection.name == "Home"
    }
    assert said["value_betting", "fanduel"] == "edge +2.00 % is below 5 %"
    assert said["value_betting", "bovada"] == "the price is 301 s old, older than 300 s"
    assert said["line_shopping", "betmgm"] == "FanDuel pays more"
    assert said["arbitrage", "fanduel"] == "the best prices of all sides together return +0.99 %, 1 % needed"
