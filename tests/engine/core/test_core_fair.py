"""The fair line: the first fresh sharp reference, else a consensus of at least three other owners."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from betting_tui.engine.core.books import EXCHANGE_MIDPOINT, ownership_group
from betting_tui.engine.core.devig import devig, logit_mean
from betting_tui.engine.core.edge import edge
from betting_tui.engine.core.fair import FairLine, FairPolicy, LinePricer, NoFairLine
from betting_tui.engine.core.model import LineKey, OutcomeSet, Phase, Quote
from betting_tui.engine.core.ports import LineBook
from market_samples import (
    DERBY,
    GAME,
    MATCH,
    NOW,
    RESULT,
    TENNIS,
    ago,
    exchange,
    line_book,
    quote,
    two_way,
)

POLICY = FairPolicy(sharp=(("pinnacle",), (EXCHANGE_MIDPOINT,), ("lowvig", "betonlineag")))
SOFT = (two_way("fanduel", "1.90", "1.95"), two_way("draftkings", "1.91", "1.91"), two_way("betmgm", "1.87", "2.00"))


def pricer(*quotes: tuple[Quote, ...], policy: FairPolicy = POLICY) -> LinePricer:
    return LinePricer(line_book(*quotes), NOW, policy)


def fair(found: FairLine | NoFairLine) -> FairLine:
    assert isinstance(found, FairLine), found
    return found


def reason(found: FairLine | NoFairLine) -> str:
    assert isinstance(found, NoFairLine), found
    return found.reason


def home_of(home: str, away: str) -> float:
    return devig([float(away), float(home)])[1]


def test_pinnacle_speaks_alone_where_its_prices_are_fresh() -> None:
    line = fair(pricer(two_way("pinnacle", "2.10", "1.80"), *SOFT).fair_for("fanduel"))
    assert line.probability("Home") == home_of("2.10", "1.80")
    assert [book.bookmaker for book in line.books] == ["pinnacle"]
    assert (line.method, line.confidence) == ("power devig · pinnacle", "high")


@pytest.mark.parametrize("age", [300, 300.5])
def test_a_reference_older_than_the_age_limit_is_no_reference(age: float) -> None:
    line = fair(pricer(two_way("pinnacle", "2.10", "1.80", age=age), *SOFT).fair_for("bovada"))
    assert (line.method == "power devig · pinnacle") == (age == 300)


def test_the_age_limit_is_shorter_where_starts_float() -> None:
    for age, known in ((120, True), (121, False)):
        book = line_book(two_way("pinnacle", "2.10", "1.80", TENNIS, age=age), event=MATCH, line=TENNIS)
        assert isinstance(LinePricer(book, NOW, POLICY).fair_for("fanduel"), FairLine) == known


def test_a_price_in_play_is_no_price_of_this_market() -> None:
    live = tuple(quote(name, "pinnacle", "1.90", phase=Phase.INPLAY) for name in ("Home", "Away"))
    assert isinstance(pricer(live).fair_for("fanduel"), NoFairLine)


def test_a_time_in_the_future_does_not_keep_a_price_young() -> None:
    """A feed whose clock is wrong must not make a quote immortal: its age counts from when it was seen."""
    stamped = quote("Home", "pinnacle", "1.90", age=-86_400, seen=ago(301))
    assert stamped.age_seconds(NOW) == 301
    assert pricer((stamped,)).fresh_backs == ()


def test_the_middle_of_the_tightest_exchange_comes_second() -> None:
    wide = exchange("smarkets", ("2.02", "2.06"), ("1.94", "1.98"))
    tight = exchange("betfair_ex_eu", ("2.00", "2.02"), ("1.98", "2.00"))
    line = fair(pricer(wide, tight, *SOFT).fair_for("fanduel"))
    home = (1 / 2.00 + 1 / 2.02) / 2
    away = (1 / 1.98 + 1 / 2.00) / 2
    assert line.method == "midpoint · betfair_ex_eu"
    assert line.probability("Home") == pytest.approx(home / (home + away), abs=1e-12)
    assert line.low_probability("Home") == pytest.approx(1 / 2.02, abs=1e-12)


def test_an_exchange_counts_with_both_sides_of_every_selection() -> None:
    whole = exchange("betfair_ex_eu", ("2.00", "2.02"), ("1.98", "2.00"))
    assert fair(pricer(whole).fair_for("fanduel")).method.startswith("midpoint")
    for missing in range(4):
        rest = tuple(each for index, each in enumerate(whole) if index != missing)
        assert isinstance(pricer(rest).fair_for("fanduel"), NoFairLine)


@pytest.mark.parametrize(
    ("home", "away"),
    [(("2.00", "2.13"), ("1.98", "2.00")), (("2.02", "2.00"), ("1.98", "2.00"))],
    ids=["wider than three points", "crossed"],
)
def test_an_exchange_that_says_too_little_is_passed_over(home: tuple[str, str], away: tuple[str, str]) -> None:
    line = fair(pricer(exchange("betfair_ex_eu", home, away), *SOFT).fair_for("bovada"))
    assert "consensus" in line.method


def test_low_margin_books_come_third_in_their_order() -> None:
    books = (two_way("betonlineag", "2.00", "1.90"), two_way("lowvig", "2.05", "1.85"), *SOFT)
    assert fair(pricer(*books).fair_for("fanduel")).method == "power devig · lowvig"
    assert fair(pricer(books[0], *SOFT).fair_for("fanduel")).method == "power devig · betonlineag"


def test_the_sharp_reference_falls_short_of_its_own_line_by_its_margin() -> None:
    sharp = fair(pricer(two_way("pinnacle", "2.05", "1.85"), *SOFT).fair_for("pinnacle"))
    assert sharp.method == "power devig · pinnacle"
    assert edge(sharp.probability("Home"), 2.05) < 0
    assert edge(sharp.probability("Away"), 1.85) < 0


def test_a_consensus_is_the_logit_mean_of_the_other_books() -> None:
    line = fair(pricer(*SOFT, two_way("bovada", "9.00", "1.05")).fair_for("bovada"))
    rows = [devig(prices) for prices in ([1.95, 1.90], [1.91, 1.91], [2.00, 1.87])]
    assert line.probabilities == pytest.approx(logit_mean(rows), abs=1e-12)
    assert [book.bookmaker for book in line.books] == ["betmgm", "draftkings", "fanduel"]
    assert (line.method, line.confidence) == ("power devig · consensus of 3", "low")


def test_five_owners_make_a_better_consensus_than_three() -> None:
    more = (two_way("bovada", "1.90", "1.90"), two_way("betus", "1.90", "1.90"))
    assert fair(pricer(*SOFT, *more).fair_for("fanduel")).confidence == "low"
    assert fair(pricer(*SOFT, *more).fair_for("mybookieag")).confidence == "medium"


def test_one_owner_has_one_vote_however_many_books_he_runs() -> None:
    family = tuple(two_way(book, "3.00", "1.40") for book in ("unibet", "unibet_nl", "unibet_se"))
    alone = fair(pricer(two_way("unibet", "3.00", "1.40"), *SOFT).fair_for("bovada"))
    together = fair(pricer(*family, *SOFT).fair_for("bovada"))
    assert together.probabilities == pytest.approx(alone.probabilities, abs=1e-12)
    assert together.method == "power devig · consensus of 4"
    assert "2 independent books" in reason(pricer(*family, *SOFT[:2]).fair_for("fanduel"))


def test_two_owners_are_no_consensus_and_the_reason_says_how_many_there_are() -> None:
    assert reason(pricer(*SOFT).fair_for("fanduel")) == (
        "2 independent books with fresh prices on every side, 3 needed"
    )
    assert reason(pricer(SOFT[0]).fair_for("bovada")).startswith("1 independent book with")


def test_a_book_without_a_side_or_below_a_sum_of_one_has_no_say() -> None:
    for silent in ((quote("Home", "bovada", "2.50"),), two_way("bovada", "2.10", "2.10")):
        line = fair(pricer(*SOFT, silent).fair_for("pointsbetau"))
        assert "bovada" not in [book.bookmaker for book in line.books]


def test_no_fair_line_says_whether_a_side_or_the_field_is_missing() -> None:
    one_side = LinePricer(line_book((quote("Home", "fanduel", "2.00"),)), NOW, POLICY)
    assert reason(one_side.fair_for("x")) == "a side of this market has no price at any book"
    no_draw = LinePricer(line_book(two_way("a", "2.5", "2.5", RESULT), event=DERBY, line=RESULT), NOW, POLICY)
    assert reason(no_draw.fair_for("x")) == "a side of this market has no price at any book"
    winner = LineKey(GAME.id, "outrights", OutcomeSet.FIELD)
    runners = LinePricer(line_book(two_way("a", "2.5", "2.5", winner), line=winner), NOW, POLICY)
    assert reason(runners.fair_for("x")) == "an outright's field is not known to be complete"


def test_a_fair_line_is_good_until_its_oldest_quote_is_too_old() -> None:
    quotes = (quote("Home", "pinnacle", "1.9", age=200), quote("Away", "pinnacle", "2.0", age=20))
    assert fair(pricer(quotes).fair_for("fanduel")).good_until == NOW + timedelta(seconds=100)


american = st.one_of(st.integers(-4000, -101), st.integers(100, 4000)).map(lambda number: f"{number:+d}")
owners = ("fanduel", "draftkings", "unibet", "unibet_nl", "bovada", "williamhill", "sport888", "lowvig", "smarkets")
cells = st.tuples(st.sampled_from(("Home", "Away", "Draw")), st.sampled_from(owners), american, st.integers(0, 400))
boards = st.lists(cells, max_size=30, unique_by=lambda cell: (cell[0], cell[1]))


def board_of(cells: list[tuple[str, str, str, int]]) -> LineBook:
    quotes = tuple(quote(name, book, price, RESULT, age=age) for name, book, price, age in cells)
    return line_book(quotes, event=DERBY, line=RESULT)


@given(boards)
def test_a_fair_line_is_a_distribution_inside_its_band(cells: list[tuple[str, str, str, int]]) -> None:
    found = LinePricer(board_of(cells), NOW, POLICY)
    for bookmaker in owners:
        line = found.fair_for(bookmaker)
        if isinstance(line, NoFairLine):
            assert line.reason
            continue
        assert sum(line.probabilities) == pytest.approx(1, abs=1e-9)
        for low, meant, high in zip(line.low, line.probabilities, line.high, strict=True):
            assert 0 < low <= meant <= high < 1


@given(boards, st.sampled_from([owner for owner in owners if owner != "lowvig"]), american)
def test_what_a_house_quotes_does_not_move_the_line_it_is_judged_by(
    cells: list[tuple[str, str, str, int]], judged: str, price: str
) -> None:
    before = LinePricer(board_of(cells), NOW, POLICY).fair_for(judged)
    family = [cell for cell in cells if ownership_group(cell[1]) == ownership_group(judged)]
    moved = [(name, book, price if (name, book, old, age) in family else old, age) for name, book, old, age in cells]
    after = LinePricer(board_of(moved), NOW, POLICY).fair_for(judged)
    assert after == before


@given(boards)
def test_the_line_everybody_sees_is_that_of_a_book_nobody_knows(cells: list[tuple[str, str, str, int]]) -> None:
    found = LinePricer(board_of(cells), NOW, POLICY)
    assert found.has_consensus == isinstance(found.consensus, FairLine)
    assert found.consensus == found.fair_for("a_stranger")
