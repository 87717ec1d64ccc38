"""What The Odds API does that breaks strategies. Each test is one quirk of the feed."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from odds_payloads import AWAY, HOME, answer, book, counts, decoded, event, market, one_market, outcome, quotes

from betting_tui.engine.core.decoded import Coverage
from betting_tui.engine.core.model import LineKey, OutcomeSet, Phase, Selection, Side
from betting_tui.engine.sources.the_odds_api_decode import decode_events, decode_scores

TWO, THREE = OutcomeSet.TWO_WAY, OutcomeSet.THREE_WAY
NHL, EPL = "icehockey_nhl", "soccer_epl"


@pytest.mark.parametrize("sport", [NHL, "basketball_euroleague", "mma_mixed_martial_arts"])
def test_two_way_and_three_way_prices_under_one_key_are_two_lines(sport: str) -> None:
    two = market("h2h", outcome(HOME, 150), outcome(AWAY, -170))
    three = market("h2h", outcome(HOME, 210), outcome("Draw", 300), outcome(AWAY, 130))
    found = quotes([event(book("with_overtime", two), book("sixty_minutes", three), sport_key=sport)])
    assert {(quote.bookmaker, quote.selection.line.outcome_set) for quote in found} == {
        ("with_overtime", TWO),
        ("sixty_minutes", THREE),
    }
    assert len({quote.selection for quote in found if quote.selection.name == HOME}) == 2


def test_games_that_have_begun_are_in_the_answer_and_their_prices_are_in_play() -> None:
    begun = event(
        book("dead", market("h2h", outcome(HOME, 1.0), outcome(AWAY, 1.0))),
        book("odd", market("h2h", outcome(HOME, 3000), outcome(AWAY, 5000))),
        book("empty"),
        book("half", market("totals", outcome("Over", -110, 220.5))),
        commence_time="2026-04-18T09:00:00Z",
    )
    result = decoded([begun, event(id="e2")])
    assert {(quote.bookmaker, quote.phase) for quote in result.events[0].quotes} == {
        ("odd", Phase.INPLAY),
        ("half", Phase.INPLAY),
    }
    assert counts(result) == {"no_price": 2}
    assert result.events[1].quotes == ()


def test_a_price_to_lay_is_never_a_price_to_back() -> None:
    body = event(
        book("betfair_ex_eu", market("h2h", outcome(HOME, 2.0)), market("h2h_lay", outcome(HOME, 2.1))),
        sport_key=EPL,
    )
    found = {quote.side: quote.price.text for quote in quotes([body])}
    assert found == {Side.BACK: "2.0", Side.LAY: "2.1"}


def test_each_book_has_its_own_main_line_and_only_equal_points_meet() -> None:
    body = event(
        book("a", market("spreads", outcome(HOME, -110, -1.5), outcome(AWAY, -110, 1.5))),
        book("b", market("spreads", outcome(AWAY, -105, 2.5), outcome(HOME, -115, -2.5))),
        book("c", market("spreads", outcome(AWAY, 100, 1.5), outcome(HOME, -120, -1.5))),
    )
    lines: dict[float | None, set[str]] = {}
    for quote in quotes([body]):
        lines.setdefault(quote.selection.line.point, set()).add(quote.bookmaker)
    assert lines == {-1.5: {"a", "c"}, -2.5: {"b"}}


def test_a_start_that_moved_is_the_same_event() -> None:
    announced, moved = event(), event(commence_time="2026-04-18T23:41:04Z")
    before, after = decoded([announced]).events[0].event, decoded([moved]).events[0].event
    assert before.id == after.id
    assert after.commence_time == datetime(2026, 4, 18, 23, 41, 4, tzinfo=UTC)
    bare = {name: value for name, value in moved.items() if name != "bookmakers"}
    assert decode_events(answer([bare])) == (after,)


def test_a_suspended_market_is_simply_absent_and_the_answer_says_it_was_asked_for() -> None:
    asked = ("h2h", "spreads", "totals")
    result = decoded([event(book("pinnacle", market("h2h", outcome(HOME, 150), outcome(AWAY, -170))))], markets=asked)
    assert result.covers == {Coverage("h2h"), Coverage("spreads"), Coverage("totals")}
    assert {quote.selection.line.market for quote in result.events[0].quotes} == {"h2h"}


def test_whole_and_quarter_points_keep_their_quarters() -> None:
    points = (-7.0, -7, 2.25, 2.75, 0)
    for point in points:
        body = one_market("spreads", outcome(HOME, -110, point), outcome(AWAY, -110, -point), sport=EPL)
        assert {quote.selection.line.point for quote in quotes([body])} == {float(point)}


def test_the_first_outcome_is_not_the_home_team() -> None:
    body = one_market("h2h", outcome(AWAY, 400), outcome(HOME, -500))
    assert {quote.selection.name: quote.price.text for quote in quotes([body])} == {AWAY: "400", HOME: "-500"}


def test_an_outright_has_no_teams_and_many_runners() -> None:
    runners = [outcome(f"Player {n}", 1000 + n) for n in range(78)]
    body = event(book("unibet", market("outrights", *runners)), home_team=None, away_team=None, sport_key="golf_pga")
    found = quotes([body])
    assert {quote.selection.line for quote in found} == {LineKey("e1", "outrights", OutcomeSet.FIELD)}
    assert len(found) == 78


def test_a_bookmakers_title_may_change_and_repeat_its_key_may_not() -> None:
    prices = (outcome(HOME, 150), outcome(AWAY, -170))
    body = event(
        book("betfair_ex_eu", market("h2h", *prices), title="Betfair"),
        book("betfair_sb_uk", market("h2h", *prices), title="Betfair"),
    )
    assert {quote.bookmaker for quote in quotes([body])} == {"betfair_ex_eu", "betfair_sb_uk"}


def test_a_props_bookmaker_has_no_time_but_its_market_has() -> None:
    prop = market("player_points", outcome("Over", -110, 24.5, description="A. Player"))
    timeless = {name: value for name, value in book("fanduel", prop).items() if name != "last_update"}
    assert [quote.quoted_at for quote in quotes(event(timeless))] == [datetime(2026, 4, 18, 9, 59, 30, tzinfo=UTC)]


@pytest.mark.parametrize(
    ("completed", "scores", "updated", "expected"),
    [
        (False, None, None, (False, None, None)),
        (False, None, "2026-04-18T09:59:30Z", (False, None, None)),
        (False, [(AWAY, "7"), (HOME, "9")], "2026-04-18T09:59:30Z", (False, 9, 7)),
        (True, [(AWAY, "99"), (HOME, "101")], "2026-04-18T09:59:30Z", (True, 101, 99)),
    ],
)
def test_scores_are_texts_in_any_order_and_a_touched_game_may_have_none(
    completed: bool, scores: list[tuple[str, str]] | None, updated: str | None, expected: object
) -> None:
    sides = None if scores is None else [{"name": name, "score": score} for name, score in scores]
    body = {name: value for name, value in event().items() if name != "bookmakers"}
    body |= {"completed": completed, "scores": sides, "last_update": updated}
    score = decode_scores(answer([body])).scores[0]
    assert (score.completed, score.home_score, score.away_score) == expected


def test_a_double_chance_is_three_bets_that_overlap_each_a_line_of_its_own() -> None:
    body = event(
        book("a", market("double_chance", outcome(f"{HOME} or Draw", 1.25), outcome(f"Draw or {AWAY}", 1.9))),
        book("b", market("double_chance", outcome(f"{AWAY} or Draw", 1.95), outcome(f"{AWAY}/{HOME}", 1.3))),
        book("c", market("double_chance_h1", outcome(f"{HOME} / Draw", 1.2), outcome("Somebody or Draw", 1.1))),
        sport_key=EPL,
    )
    result = decoded([body])

    def bet(pair: str, period: str = "full") -> Selection:
        return Selection(LineKey("e1", "double_chance", TWO, period, participant=pair), "Yes")

    assert {(quote.bookmaker, quote.selection) for quote in result.events[0].quotes} == {
        ("a", bet(f"{HOME} or Draw")),
        ("a", bet(f"Draw or {AWAY}")),
        ("b", bet(f"Draw or {AWAY}")),
        ("b", bet(f"{HOME} or {AWAY}")),
        ("c", bet(f"{HOME} or Draw", "h1")),
    }
    assert counts(result) == {"unknown_side": 1}


def test_a_team_with_a_slash_in_its_name_has_a_double_chance_too() -> None:
    home = "Bodo/Glimt"
    body = event(book("a", market("double_chance", outcome(f"{home}/Draw", 1.25))), home_team=home, sport_key=EPL)
    assert [quote.selection.line.participant for quote in quotes([body])] == [f"{home} or Draw"]


def test_an_answer_about_first_quarters_does_not_speak_for_the_game() -> None:
    game = quotes([one_market("h2h", outcome(HOME, 150), outcome(AWAY, -170))])[0]
    quarter = quotes([one_market("h2h_q1", outcome(HOME, 150), outcome(AWAY, -170))])[0]
    asked = decoded([event()], markets=("h2h_q1", "totals_q1"))
    assert asked.covers == {Coverage("h2h", "q1"), Coverage("totals", "q1")}
    assert (asked.covered(game), asked.covered(quarter)) == (False, True)
    assert decoded([event()], markets=("h2h",)).covered(game)


def test_an_answer_about_main_lines_does_not_speak_for_alternates_nor_the_other_way_round() -> None:
    body = event(
        book(
            "pinnacle",
            market("totals", outcome("Over", -110, 220.5)),
            market("alternate_totals", outcome("Over", -130, 218.5)),
        )
    )
    main, alternate = quotes([body])
    assert (main.alternate, alternate.alternate) == (False, True)
    for asked, spoken_for in (("totals", main), ("alternate_totals", alternate)):
        result = decoded([event()], markets=(asked,))
        assert [quote for quote in (main, alternate) if result.covered(quote)] == [spoken_for]


def test_a_three_way_line_that_was_asked_for_by_itself_outlives_a_two_way_answer() -> None:
    three = quotes([one_market("h2h_3_way", outcome(HOME, 210), outcome("Draw", 300), outcome(AWAY, 130))])[0]
    assert not decoded([event()], markets=("h2h",)).covered(three)
    assert decoded([event()], markets=("h2h_3_way",)).covered(three)


def test_lay_prices_come_unasked_and_are_spoken_for() -> None:
    lay = quotes([event(book("betfair_ex_uk", market("h2h_lay", outcome(HOME, 2.1), outcome(AWAY, 1.9))))])[0]
    assert decoded([event()], markets=("h2h",)).covered(lay)


def test_an_answer_that_does_not_say_what_was_asked_speaks_for_what_it_holds() -> None:
    result = decoded([one_market("h2h_q1", outcome(HOME, 150), outcome(AWAY, -170))])
    assert result.covers == {Coverage("h2h", "q1")}
    assert decoded([]).covered(quotes([one_market("h2h", outcome(HOME, 150), outcome(AWAY, -170))])[0])


def test_links_are_taken_from_the_outcome_the_market_or_the_book() -> None:
    prices = (outcome(HOME, 150, link="https://b.example/bet?x=1"), outcome(AWAY, -170, link=None))
    body = event(
        book("deep", market("h2h", *prices, link="https://b.example/market"), link="https://b.example"),
        book("flat", market("h2h", outcome(HOME, 120), outcome(AWAY, -140)), link="https://f.example"),
    )
    links = {(quote.bookmaker, quote.selection.name): quote.link for quote in quotes([body])}
    assert links == {
        ("deep", HOME): "https://b.example/bet?x=1",
        ("deep", AWAY): "https://b.example/market",
        ("flat", HOME): "https://f.example",
        ("flat", AWAY): "https://f.example",
    }


@pytest.mark.parametrize(
    "link",
    ["javascript:alert(1)", "http://b.example", "https://b.example/\x1b[2J", "https://" + "x" * 3000, 5, [1], {}],
)
def test_a_link_that_is_none_costs_no_price(link: object) -> None:
    found = quotes([one_market("totals", outcome("Over", -110, 220.5, link=link))])
    assert [(quote.price.text, quote.link) for quote in found] == [("-110", None)]
