"""The simulated market is a pure function of seed and time, and speaks the real feed's language."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from simulated_market_kit import START, StillClock, market, odds_answer, scores_answer

from betting_tui.engine.core.errors import RequestRejected, UsageError
from betting_tui.engine.core.model import DRAW, OutcomeSet
from betting_tui.engine.core.ports import AnswerKind, OddsRequest, Source
from betting_tui.engine.sources.simulated import SimulationSettings, demo_settings, realistic_settings

SPORTS = demo_settings().sports


class OutcomeIn(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    price: int
    point: float | None = None


class MarketIn(msgspec.Struct, forbid_unknown_fields=True):
    key: str
    last_update: str
    outcomes: list[OutcomeIn]


class BookmakerIn(msgspec.Struct, forbid_unknown_fields=True):
    key: str
    title: str
    last_update: str
    markets: list[MarketIn]


class EventIn(msgspec.Struct, forbid_unknown_fields=True):
    id: str
    sport_key: str
    sport_title: str
    commence_time: str
    home_team: str
    away_team: str
    bookmakers: list[BookmakerIn]


async def test_it_is_a_source_and_answers_with_the_clocks_time() -> None:
    clock = StillClock()
    source: Source = market(clock=clock)
    answer = await source.fetch_odds(OddsRequest("basketball_nba", markets=("h2h",)))
    assert (answer.source, answer.kind, answer.sport_key) == ("simulated", AnswerKind.ODDS, "basketball_nba")
    assert (answer.received_at, answer.server_time, answer.markets) == (START, START, ("h2h",))
    assert {sport.key for sport in await source.sports()} == set(SPORTS)
    await clock.sleep(600)
    assert (await source.fetch_scores("basketball_nba", 1)).received_at == START + timedelta(minutes=10)
    await source.aclose()


async def test_asking_twice_at_one_time_gives_the_same_bytes() -> None:
    source = market()
    request = OddsRequest("soccer_epl")
    assert (await source.fetch_odds(request)).body == (await source.fetch_odds(request)).body
    assert (await source.fetch_scores("soccer_epl", 3)).body == (await source.fetch_scores("soccer_epl", 3)).body


@settings(max_examples=12, deadline=None)
@given(minutes=st.lists(st.integers(-300, 3000), min_size=1, max_size=4), sport=st.sampled_from(SPORTS))
def test_what_was_asked_before_does_not_matter(minutes: list[int], sport: str) -> None:
    asked_often = market()
    for minute in minutes:
        at = START + timedelta(minutes=minute)
        alone = market()
        assert odds_answer(asked_often, sport, at).body == odds_answer(alone, sport, at).body
        assert scores_answer(asked_often, sport, at, 1).body == scores_answer(alone, sport, at, 1).body


def test_another_seed_is_another_market() -> None:
    assert odds_answer(market(1), "soccer_epl", START).body != odds_answer(market(2), "soccer_epl", START).body


@pytest.mark.parametrize("sport", SPORTS)
@pytest.mark.parametrize("preset", [demo_settings(), realistic_settings()], ids=["demo", "realistic"])
def test_the_decoder_of_the_real_feed_takes_everything(sport: str, preset: SimulationSettings) -> None:
    source = market(settings=preset)
    raw = msgspec.json.decode(odds_answer(source, sport, START).body, type=list[EventIn])
    decoded = source.decode_odds(odds_answer(source, sport, START))
    assert decoded.rejected == ()
    assert [each.event.id for each in decoded.events] == [event.id for event in raw]
    outcomes = sum(len(entry.outcomes) for event in raw for book in event.bookmakers for entry in book.markets)
    assert sum(len(each.quotes) for each in decoded.events) == outcomes > 50
    for each in decoded.events:
        assert each.event.home_team != each.event.away_team
        assert each.event.commence_time > START
        for quote in each.quotes:
            assert quote.quoted_at is not None
            assert quote.quoted_at <= START
            assert 1.0 < quote.price.decimal < 80.0
    scores = source.decode_scores(scores_answer(source, sport, START))
    assert scores.rejected == ()
    assert any(score.completed for score in scores.scores)


@pytest.mark.parametrize("sport", SPORTS)
def test_each_sport_has_the_lines_it_should_have(sport: str) -> None:
    source = market()
    lines = {
        quote.selection.line
        for each in source.decode_odds(odds_answer(source, sport, START)).events
        for quote in each.quotes
    }
    markets = {line.market for line in lines}
    assert markets == ({"h2h"} if sport.startswith("tennis") else {"h2h", "spreads", "totals"})
    moneylines = {line.outcome_set for line in lines if line.market == "h2h"}
    assert moneylines == {OutcomeSet.THREE_WAY if sport == "soccer_epl" else OutcomeSet.TWO_WAY}
    points = [line.point for line in lines if line.point is not None]
    assert any(point * 2 % 1 for point in points) == (sport == "soccer_epl")


def test_outcomes_are_not_always_home_first() -> None:
    events = msgspec.json.decode(odds_answer(market(), "soccer_epl", START).body, type=list[EventIn])
    first = {
        "home" if entry.outcomes[0].name == event.home_team else "other"
        for event in events
        for book in event.bookmakers
        for entry in book.markets
        if entry.key == "h2h"
    }
    assert first == {"home", "other"}
    assert any(outcome.name == DRAW for outcome in events[0].bookmakers[0].markets[0].outcomes)


async def test_named_bookmakers_win_over_regions_and_markets_are_only_those_asked_for() -> None:
    source = market()
    request = OddsRequest("basketball_nba", markets=("totals",), bookmakers=("pinnacle", "fanduel"), regions=("us",))
    quotes = [quote for each in source.decode_odds(await source.fetch_odds(request)).events for quote in each.quotes]
    assert {quote.bookmaker for quote in quotes} == {"pinnacle", "fanduel"}
    assert {quote.selection.line.market for quote in quotes} == {"totals"}
    by_region = OddsRequest("basketball_nba", regions=("eu",))
    quotes = [quote for each in source.decode_odds(await source.fetch_odds(by_region)).events for quote in each.quotes]
    assert {quote.bookmaker for quote in quotes} == {"pinnacle"}


async def test_wrong_questions_are_refused_in_words() -> None:
    source = market()
    with pytest.raises(RequestRejected, match="no sport cricket_ipl: it has basketball_nba"):
        await source.fetch_odds(OddsRequest("cricket_ipl"))
    with pytest.raises(RequestRejected, match="no btts: ask for h2h, spreads, totals"):
        await source.fetch_odds(OddsRequest("soccer_epl", markets=("h2h", "btts")))
    with pytest.raises(RequestRejected, match="1 to 3 days"):
        await source.fetch_scores("soccer_epl", 4)
    with pytest.raises(UsageError, match="has no bet365"):
        SimulationSettings(books=("bet365",))


def test_event_ids_lead_back_to_the_event_and_foreign_ones_to_nothing() -> None:
    source = market()
    for each in source.decode_odds(odds_answer(source, "basketball_nba", START)).events:
        fixture = source.fixture(each.event.id)
        assert fixture is not None
        assert (fixture.home, fixture.away) == (each.event.home_team, each.event.away_team)
    known = source.decode_odds(odds_answer(source, "basketball_nba", START)).events[0].event.id
    for foreign in ("", "x" * 32, "0" * 32, known[:-1], known + "0", known[::-1]):
        assert source.fixture(foreign) is None
        assert source.true_probability(foreign, "h2h", "Over", None, START) is None


def test_what_the_market_does_not_have_has_no_true_chance() -> None:
    source = market()
    event = source.decode_odds(odds_answer(source, "basketball_nba", START)).events[0].event
    assert event.home_team is not None
    assert source.true_chance(event.id, "h2h", DRAW, None, START) is None
    assert source.true_chance(event.id, "h2h", "Nobody", None, START) is None
    assert source.true_chance(event.id, "btts", "Yes", None, START) is None
    assert source.true_chance(event.id, "totals", "Over", None, START) is None
