"""How one answer becomes quotes: lines, selections, prices, times. Each test is one rule."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from odds_payloads import (
    AWAY,
    HOME,
    QUOTED,
    SEEN,
    answer,
    book,
    counts,
    decoded,
    event,
    market,
    one_market,
    outcome,
    quotes,
)

from betting_tui.engine.core.errors import BadAnswer
from betting_tui.engine.core.model import LineKey, OutcomeSet, Phase, Selection, Side
from betting_tui.engine.core.odds import OddsFormat, american_exact
from betting_tui.engine.sources.the_odds_api_decode import decode_odds
from betting_tui.engine.sources.the_odds_api_lines import on_quarter_grid
from betting_tui.engine.sources.the_odds_api_markets import line_markets, market_kind

TWO, THREE, FIELD = OutcomeSet.TWO_WAY, OutcomeSet.THREE_WAY, OutcomeSet.FIELD


def selections(*events: object) -> set[Selection]:
    return {quote.selection for quote in quotes(list(events))}


def test_a_moneyline_is_two_way_and_with_a_draw_three_way() -> None:
    two = one_market("h2h", outcome(AWAY, 150), outcome(HOME, -170))
    three = one_market("h2h", outcome("Draw", 300), outcome(AWAY, 150), outcome(HOME, -170), sport="icehockey_nhl")
    assert selections(two) == {Selection(LineKey("e1", "h2h", TWO), name) for name in (HOME, AWAY)}
    assert selections(three) == {Selection(LineKey("e1", "h2h", THREE), name) for name in (HOME, AWAY, "Draw")}


def test_a_football_market_that_lost_its_draw_is_not_taken_for_a_two_way_one() -> None:
    lines = {s.line for s in selections(one_market("h2h", outcome(HOME, 210), outcome(AWAY, 320), sport="soccer_epl"))}
    assert lines == {LineKey("e1", "h2h", THREE)}


def test_one_name_alone_does_not_tell_two_way_from_three_way() -> None:
    result = decoded([one_market("h2h", outcome(HOME, 210), sport="icehockey_nhl")])
    assert result.events[0].quotes == ()
    assert counts(result) == {"unclear_outcomes": 1}


def test_an_unreadable_draw_still_makes_the_market_three_way() -> None:
    for broken in (outcome("Draw", "3.5"), outcome("Draw", None), outcome("Draw", [1]), outcome("Draw", 0)):
        body = [one_market("h2h", outcome(HOME, 210), outcome(AWAY, 130), broken, sport="icehockey_nhl")]
        assert {quote.selection.line.outcome_set for quote in quotes(body)} == {THREE}
    nameless = [one_market("h2h", outcome(HOME, 210), outcome(AWAY, 130), {"price": 300}, sport="icehockey_nhl")]
    assert quotes(nameless) == []


def test_h2h_3_way_is_the_three_way_moneyline() -> None:
    assert selections(one_market("h2h_3_way", outcome(HOME, 210), outcome(AWAY, 130))) == {
        Selection(LineKey("e1", "h2h", THREE), name) for name in (HOME, AWAY)
    }


@pytest.mark.parametrize(
    "names",
    [
        (HOME, HOME),
        (HOME, AWAY, AWAY),
        (HOME, AWAY, "Tie"),
        (HOME, AWAY, "Draw", "Tie"),
        (HOME, AWAY, "Draw", "Draw"),
        (HOME, HOME + "\u200b"),
    ],
)
def test_a_moneyline_with_doubled_or_odd_names_is_left_out_whole(names: tuple[str, ...]) -> None:
    bad = market("h2h", *(outcome(name, 150) for name in names))
    good = market("totals", outcome("Over", -110, 220.5), outcome("Under", -110, 220.5))
    result = decoded([event(book("pinnacle", bad, good))])
    assert [quote.selection.line.market for quote in result.events[0].quotes] == ["totals", "totals"]
    assert sum(counts(result).values()) == len(names)


def test_a_name_that_is_neither_team_is_left_out_and_the_other_side_kept() -> None:
    result = decoded([one_market("h2h", outcome("L.A. Lakers", 150), outcome(AWAY, -170))])
    assert [quote.selection.name for quote in result.events[0].quotes] == [AWAY]
    assert counts(result) == {"unknown_side": 1}
    assert result.rejected[0].example == "L.A. Lakers"


def test_a_spread_belongs_to_the_home_sides_point_and_the_selection_keeps_its_own() -> None:
    body = one_market("spreads", outcome(AWAY, -110, 1.5), outcome(HOME, -110, -1.5))
    line = LineKey("e1", "spreads", TWO, point=-1.5)
    assert selections(body) == {Selection(line, AWAY, 1.5), Selection(line, HOME, -1.5)}


def test_the_pick_em_spread_is_one_line_whatever_sign_zero_has() -> None:
    body = one_market("spreads", outcome(AWAY, -110, -0.0), outcome(HOME, -110, 0))
    found = selections(body)
    assert {selection.line.text for selection in found} == {"e1|spreads|full|0||two_way|standard"}
    assert {str(selection.point) for selection in found} == {"0.0"}


def test_draw_and_strangers_have_no_spread() -> None:
    result = decoded([one_market("spreads", outcome("Draw", -110, 1), outcome("X", -110, 1), outcome(HOME, 100))])
    assert counts(result) == {"bad_point": 1, "unknown_side": 2}


def test_totals_are_over_and_under_exactly() -> None:
    body = one_market("totals", outcome("Under", -110, 220.5), outcome("Over", -105, 220.5), outcome("over", 100, 1))
    line = LineKey("e1", "totals", TWO, point=220.5)
    assert selections(body) == {Selection(line, "Over", 220.5), Selection(line, "Under", 220.5)}


@pytest.mark.parametrize("point", [0.3, 2000.25, -2001, 1e308, 0.1249, True, "1.5", None, [1]])
def test_a_point_off_the_quarter_grid_loses_that_outcome_only(point: object) -> None:
    result = decoded([one_market("totals", outcome("Over", -110, point), outcome("Under", -110, 220.5))])
    assert [quote.selection.name for quote in result.events[0].quotes] == ["Under"]
    assert sum(counts(result).values()) == 1


@given(st.integers(-8000, 8000), st.floats(-2e-7, 2e-7))
def test_every_quarter_is_found_again_near_itself(quarters: int, noise: float) -> None:
    assert on_quarter_grid(quarters / 4 + noise) == quarters / 4
    assert str(on_quarter_grid(quarters / 4 + noise)) != "-0.0"


@given(st.floats())
def test_the_grid_holds_quarters_and_nothing_else(point: float) -> None:
    found = on_quarter_grid(point)
    if found is not None:
        assert (found * 4).is_integer()
        assert abs(found - point) < 1e-6
        assert abs(found) <= 2000


def test_player_props_are_lines_of_their_player() -> None:
    body = one_market(
        "player_points",
        outcome("Over", -110, 25.5, description="LeBron\u202e James "),
        outcome("Under", -110, 25.5, description="LeBron James"),
        outcome("Over", -120, 30.5, description="Jayson Tatum"),
        outcome("Yes", 300, description="Jayson Tatum"),
        outcome("Over", -120, 30.5),
        outcome("Over", -120, description="Jayson Tatum"),
        outcome("Jayson Tatum", -120, 3.5, description="Jayson Tatum"),
    )
    lebron = LineKey("e1", "player_points", TWO, point=25.5, participant="LeBron James")
    tatum = LineKey("e1", "player_points", TWO, point=30.5, participant="Jayson Tatum")
    anytime = LineKey("e1", "player_points", TWO, participant="Jayson Tatum")
    assert selections(body) == {
        Selection(lebron, "Over", 25.5),
        Selection(lebron, "Under", 25.5),
        Selection(tatum, "Over", 30.5),
        Selection(anytime, "Yes"),
    }
    assert counts(decoded([body])) == {"bad_point": 1, "unknown_participant": 1, "unknown_side": 1}


def test_team_totals_are_lines_of_their_team() -> None:
    body = one_market(
        "team_totals",
        outcome("Over", -110, 110.5, description=HOME),
        outcome("Over", -110, 110.5, description="Draw"),
        outcome("Yes", -110, 110.5, description=AWAY),
    )
    assert selections(body) == {
        Selection(LineKey("e1", "team_totals", TWO, point=110.5, participant=HOME), "Over", 110.5)
    }


def test_both_teams_to_score_and_draw_no_bet_are_two_way() -> None:
    books = book(
        "betsson",
        market("btts", outcome("Yes", -110), outcome("No", -110)),
        market("draw_no_bet", outcome(HOME, -110), outcome(AWAY, -110)),
    )
    assert {s.line for s in selections(event(books, sport_key="soccer_epl"))} == {
        LineKey("e1", "btts", TWO),
        LineKey("e1", "draw_no_bet", TWO),
    }


def test_outrights_are_a_field_without_teams() -> None:
    runners = [outcome("Scheffler", 450), outcome("McIlroy", 900), outcome("", 100)]
    body = event(
        book("unibet", market("outrights", *runners)),
        book("betfair_ex_uk", market("outrights_lay", *runners)),
        home_team=None,
        away_team=None,
        sport_key="golf_us_open_winner",
    )
    result = decoded([body])
    found = result.events[0]
    assert (found.event.home_team, found.event.away_team) == (None, None)
    assert {quote.selection.line for quote in found.quotes} == {LineKey("e1", "outrights", FIELD)}
    assert [quote.side for quote in found.quotes] == [Side.BACK, Side.BACK, Side.LAY, Side.LAY]


def test_a_lay_price_is_the_same_line_on_the_other_side() -> None:
    prices = (outcome(HOME, 110), outcome(AWAY, -120))
    found = quotes([event(book("betfair_ex_uk", market("h2h", *prices), market("h2h_lay", *prices)))])
    assert len({quote.selection for quote in found}) == 2
    assert sorted((quote.selection.name, quote.side.value) for quote in found) == [
        (AWAY, "back"),
        (AWAY, "lay"),
        (HOME, "back"),
        (HOME, "lay"),
    ]


@pytest.mark.parametrize(
    ("key", "meaning"),
    [
        ("h2h", ("h2h", "full", Side.BACK)),
        ("h2h_lay", ("h2h", "full", Side.LAY)),
        ("outrights_lay", ("outrights", "full", Side.LAY)),
        ("h2h_q1", ("h2h", "q1", Side.BACK)),
        ("h2h_3_way_p3", ("h2h", "p3", Side.BACK)),
        ("spreads_h2", ("spreads", "h2", Side.BACK)),
        ("alternate_totals_1st_5_innings", ("totals", "1st_5_innings", Side.BACK)),
        ("alternate_spreads", ("spreads", "full", Side.BACK)),
        ("alternate_team_totals_h1", ("team_totals", "h1", Side.BACK)),
        ("player_points_alternate", ("player_points", "full", Side.BACK)),
        ("player_points_q1", ("player_points", "q1", Side.BACK)),
        ("pitcher_strikeouts_alternate", ("pitcher_strikeouts", "full", Side.BACK)),
        ("totals_q5", ("totals_q5", "full", Side.BACK)),
    ],
)
def test_market_keys_are_taken_apart(key: str, meaning: tuple[str, str, Side]) -> None:
    kind = market_kind(key)
    assert kind is not None
    assert (kind.market, kind.period, kind.side) == meaning


@pytest.mark.parametrize("key", ["", "H2H", "h2h ", "a" * 65, "h2h\n", "_lay|x"])
def test_keys_that_are_no_line_are_left_out_and_counted(key: str) -> None:
    assert market_kind(key) is None
    result = decoded([one_market(key, outcome(HOME, 150), outcome(AWAY, -170))])
    assert counts(result) == {"unsupported_market": 1}


def test_an_alternate_is_the_same_line_and_the_featured_price_stays() -> None:
    alternate = market("alternate_totals", outcome("Over", -130, 220.5), outcome("Over", 105, 225.5))
    featured = market("totals", outcome("Over", -110, 220.5))
    result = decoded([event(book("pinnacle", alternate, featured))])
    found = result.events[0].quotes
    assert [(quote.selection.line.point, quote.price.text) for quote in found] == [(220.5, "-110"), (225.5, "105")]
    assert counts(result) == {"duplicate_price": 1}
    assert result.markets == {"totals"}


def test_the_same_price_twice_is_one_quote_and_no_rejection() -> None:
    twice = [event(book("pinnacle", *[market("totals", outcome("Over", -110, 220.5))] * 2))]
    assert len(quotes(twice)) == 1
    assert decoded(twice).rejected == ()


@pytest.mark.parametrize(
    ("price", "text", "exact"),
    [
        (5, "5", Fraction(5)),
        (5.0, "5.0", Fraction(5)),
        (1.9, "1.9", Fraction(19, 10)),
        (1.909090909, "1.909090909", Fraction(1909090909, 10**9)),
        (401.0, "401.0", Fraction(401)),
    ],
)
def test_a_price_is_kept_as_quoted(price: float, text: str, exact: Fraction) -> None:
    quote = quotes([one_market("totals", outcome("Over", price, 1), outcome("Under", 2.5, 1))], OddsFormat.DECIMAL)[0]
    assert (quote.price.text, quote.price.exact, quote.price.format) == (text, exact, OddsFormat.DECIMAL)


def test_equal_numbers_written_differently_keep_their_texts() -> None:
    found = quotes([one_market("totals", outcome("Over", 5, 1), outcome("Under", 5.0, 1))], OddsFormat.DECIMAL)
    assert [quote.price.text for quote in found] == ["5", "5.0"]


@pytest.mark.parametrize("price", [None, 0, 1, 1.0, 0.0])
def test_no_price_is_counted_as_such(price: object) -> None:
    for odds_format in (OddsFormat.DECIMAL, OddsFormat.AMERICAN):
        result = decoded([one_market("totals", outcome("Over", price, 1))], odds_format)
        assert counts(result) == {"no_price": 1}


@pytest.mark.parametrize("price", [0.5, 0.999, -3, 1e300, 10**30, True, False, "1.90", [], {}, float("nan"), 200_000])
def test_what_is_no_price_loses_that_outcome_only(price: object) -> None:
    body = [one_market("totals", outcome("Over", price, 1), outcome("Under", 1.9, 1))]
    result = decoded(body, OddsFormat.DECIMAL)
    assert [quote.price.text for quote in result.events[0].quotes] == ["1.9"]
    assert sum(counts(result).values()) == 1


@pytest.mark.parametrize("price", [99, -99, 2.5, 50, -1])
def test_an_american_price_is_a_hundred_or_more(price: float) -> None:
    result = decoded([one_market("totals", outcome("Over", price, 1))], OddsFormat.AMERICAN)
    assert counts(result) == {"bad_price": 1}


@pytest.mark.parametrize(
    ("prices", "odds_format"),
    [
        ((-110, 250), OddsFormat.AMERICAN),
        ((1.91, 1.91), OddsFormat.DECIMAL),
        ((5, 110.0), OddsFormat.DECIMAL),
        ((150, 250), OddsFormat.AMERICAN),
        ((1.0, None), OddsFormat.AMERICAN),
        ((1.91, 2.0, -500), OddsFormat.DECIMAL),
        ((-110, 105, -300, 2.0), OddsFormat.AMERICAN),
    ],
)
def test_a_recorded_answers_format_is_told_by_its_prices(prices: tuple[object, ...], odds_format: OddsFormat) -> None:
    books = [book(f"b{n}", market("totals", outcome("Over", price, 1))) for n, price in enumerate(prices)]
    assert {quote.price.format for quote in quotes([event(*books)])} <= {odds_format}
    asked = [one_market("totals", outcome("Over", 150, 1))]
    assert quotes(asked, odds_format=None)[0].price.decimal == 2.5
    assert quotes(asked, OddsFormat.DECIMAL)[0].price.decimal == 150


def test_the_format_that_was_asked_for_beats_the_guess() -> None:
    body = [one_market("totals", outcome("Over", 150, 1))]
    asked = answer(body, odds_format=OddsFormat.DECIMAL)
    assert decode_odds(asked).events[0].quotes[0].price.decimal == 150
    assert decode_odds(asked, OddsFormat.AMERICAN).events[0].quotes[0].price.decimal == 2.5


@given(st.lists(st.integers(100, 20_000).flatmap(lambda n: st.sampled_from([n, -n])), min_size=2, max_size=2))
def test_american_and_the_exactly_converted_decimal_price_give_the_same_decimals(prices: list[int]) -> None:
    exact = [1 + Fraction(p, 100) if p > 0 else 1 + Fraction(100, -p) for p in prices]
    american = quotes([one_market("h2h", outcome(HOME, prices[0]), outcome(AWAY, prices[1]))], OddsFormat.AMERICAN)
    decimal = quotes([one_market("h2h", *(outcome(n, float(d)) for n, d in zip((HOME, AWAY), exact, strict=True)))],
                     OddsFormat.DECIMAL)  # fmt: skip
    assert [quote.price.decimal for quote in american] == [quote.price.decimal for quote in decimal]
    assert [american_exact(quote.price.exact) for quote in american] == [p if p != -100 else 100 for p in prices]


def test_the_markets_time_counts_then_the_books_then_none() -> None:
    newer = "2026-04-18T09:59:45Z"
    totals = (outcome("Over", -110, 1),)
    books = [
        book("market", market("totals", *totals, last_update=newer)),
        book("book", market("totals", *totals, last_update=None)),
        book("empty", market("totals", *totals, last_update="")),
        book("none", market("totals", *totals, last_update=""), last_update=""),
        book("unix", market("totals", *totals, last_update=1776506385)),
        book("junk", market("totals", *totals, last_update="yesterday"), last_update="0001-01-01T00:00:00Z"),
    ]
    result = decoded([event(*books)])
    at = {quote.bookmaker: quote.quoted_at for quote in result.events[0].quotes}
    newest = datetime(2026, 4, 18, 9, 59, 45, tzinfo=UTC)
    older = newest - timedelta(seconds=15)
    assert at == {"market": newest, "book": older, "empty": older, "none": None, "unix": newest, "junk": None}
    assert counts(result) == {"bad_time": 2}
    assert {quote.seen_at for quote in result.events[0].quotes} == {SEEN}


@pytest.mark.parametrize("start", ["2026-04-18T23:00:00Z", 1776553200, "2026-04-19T01:00:00+02:00"])
def test_a_start_is_iso_or_unix(start: object) -> None:
    found = decoded([event(commence_time=start)]).events[0].event
    assert found.commence_time == datetime(2026, 4, 18, 23, tzinfo=UTC)


@pytest.mark.parametrize("start", ["", "soon", -5, 10**12, "9999-12-31T23:59:59-23:59", "1999-01-01", None, 1.5, True])
def test_an_event_without_a_start_is_left_out(start: object) -> None:
    result = decoded([event(commence_time=start), event(id="good")])
    assert [found.event.id for found in result.events] == ["good"]
    assert sum(counts(result).values()) == 1


@pytest.mark.parametrize(
    ("start", "quoted", "phase"),
    [
        ("2026-04-18T10:00:01Z", QUOTED, Phase.PREMATCH),
        ("2026-04-18T10:00:00Z", QUOTED, Phase.INPLAY),
        ("2026-04-18T09:00:00Z", None, Phase.INPLAY),
        ("2026-04-18T11:00:00Z", "2026-04-18T11:00:00Z", Phase.INPLAY),
        ("2026-04-18T11:00:00Z", None, Phase.PREMATCH),
    ],
)
def test_a_price_after_the_start_is_in_play(start: str, quoted: str | None, phase: Phase) -> None:
    priced = book("b", market("totals", outcome("Over", -110, 1), last_update=quoted), last_update=None)
    assert [quote.phase for quote in quotes([event(priced, commence_time=start)])] == [phase]


def test_a_limit_is_taken_when_given() -> None:
    limits = [5000, 12.5, None, 0, -1]
    books = [book(f"b{n}", market("totals", outcome("Over", -110, 1, bet_limit=x))) for n, x in enumerate(limits)]
    assert [quote.bet_limit for quote in quotes([event(*books)])] == [5000, 12.5, None, None, None]


def test_names_are_cleaned_at_the_border() -> None:
    dirty = "Lak\x1b]52;c;x\x07ers\u202e"
    body = event(
        book("pinnacle", market("h2h", outcome(dirty, 150), outcome(AWAY, -170))),
        home_team=dirty,
        sport_title="N\x00BA",
    )
    found = decoded([body]).events[0]
    assert found.event.home_team == "Lak]52;c;xers"
    assert found.event.sport_title == "NBA"
    assert [quote.selection.name for quote in found.quotes] == ["Lak]52;c;xers", AWAY]


@pytest.mark.parametrize("key", ["", "a b", "x" * 65, "é", "\x1b[31m"])
def test_a_bookmaker_without_a_key_is_left_out(key: str) -> None:
    good = book("pinnacle", market("totals", outcome("Over", -110, 1)))
    result = decoded([event(book(key, market("totals", outcome("Over", -110, 1))), good)])
    assert [quote.bookmaker for quote in result.events[0].quotes] == ["pinnacle"]
    assert counts(result) == {"bad_bookmaker": 1}


@pytest.mark.parametrize("id_", ["", "a b", "a|b", "x" * 65, "../e", "e\n", "é"])
def test_an_event_with_a_dangerous_id_is_left_out(id_: str) -> None:
    result = decoded([event(id=id_), event(id="good")])
    assert [found.event.id for found in result.events] == ["good"]
    assert counts(result) == {"bad_event_id": 1}


@pytest.mark.parametrize(("home", "away"), [("Same", "Same"), ("Same", "Sa\u200bme"), ("Draw", "B"), ("A", "Draw")])
def test_teams_need_names_of_their_own(home: str, away: str) -> None:
    result = decoded([event(home_team=home, away_team=away), event(id="good")])
    assert counts(result) == {"bad_teams": 1}


def test_the_later_of_two_events_with_one_id_wins() -> None:
    first = event(book("a", market("totals", outcome("Over", -110, 1))))
    second = event(book("b", market("totals", outcome("Over", -115, 1))))
    result = decoded([first, second])
    assert [quote.price.text for quote in result.events[0].quotes] == ["-115"]
    assert counts(result) == {"duplicate_event": 1}


def test_a_list_an_object_and_both_envelopes_say_the_same() -> None:
    one = one_market("totals", outcome("Over", -110, 1))
    frame = {"timestamp": QUOTED, "previous_timestamp": None, "next_timestamp": None}
    bodies: list[object] = [[one], one, frame | {"data": [one]}, frame | {"data": one}]
    assert len({tuple(decoded(body).events) for body in bodies}) == 1
    assert decoded(frame | {"data": None}).events == ()
    assert decoded([]).events == ()


def test_an_event_without_bookmakers_is_still_an_event() -> None:
    bodies = [event(), event(id="e2", bookmakers=None), {k: v for k, v in event(id="e3").items() if k != "bookmakers"}]
    assert [(found.event.id, found.quotes) for found in decoded(bodies).events] == [("e1", ()), ("e2", ()), ("e3", ())]


def test_the_answer_speaks_for_the_markets_asked_for_else_for_those_seen() -> None:
    body = [one_market("totals", outcome("Over", -110, 1))]
    assert decoded(body).markets == {"totals"}
    assert decoded(body, markets=("h2h", "alternate_spreads", "h2h_lay", "No Market")).markets == {"h2h", "spreads"}
    assert decoded([]).markets == frozenset()
    assert line_markets(("totals_q1",)) == {"totals"}


def test_the_sport_that_was_asked_for_stands_in_for_a_missing_one() -> None:
    bare = {key: value for key, value in event().items() if key not in ("sport_key", "sport_title")}
    assert decoded([bare], sport_key="basketball_nba").events[0].event.sport_key == "basketball_nba"
    with pytest.raises(BadAnswer, match="bad_sport_key"):
        decoded([bare])


@given(st.randoms(use_true_random=False))
def test_the_order_of_outcomes_markets_and_books_means_nothing(rng: random.Random) -> None:
    def shuffled(items: list[object]) -> list[object]:
        return rng.sample(items, len(items))

    winner = [outcome(HOME, 150), outcome(AWAY, 210), outcome("Draw", 240)]
    spread = [outcome(HOME, -110, -1.5), outcome(AWAY, -105, 1.5), outcome(HOME, 120, -2.5), outcome(AWAY, -140, 2.5)]
    total = [outcome("Over", -110, 2.25), outcome("Under", -105, 2.25)]
    runs = [
        [
            event(*shuffled([
                book(key, *shuffled([
                    market("h2h", *shuffled([*winner])),
                    market("h2h_lay", *shuffled([*winner])),
                    market("spreads", *shuffled([*spread])),
                    market("totals", *shuffled([*total])),
                ]))
                for key in ("a", "b", "c")
            ]))
        ]
        for _ in range(2)
    ]  # fmt: skip
    first, second = (decoded(run) for run in runs)
    assert set(first.events[0].quotes) == set(second.events[0].quotes)
    assert len(first.events[0].quotes) == 3 * (3 + 3 + 4 + 2)
    assert first.rejected == second.rejected == ()
