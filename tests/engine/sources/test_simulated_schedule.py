"""The fixture list rolls on for ever; a bet made in the demo is settled within three real minutes."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from simulated_market_kit import SEED, START, market, odds_answer, scores_answer

from betting_tui.engine.core.model import Event
from betting_tui.engine.launch import DEMO_SPEED
from betting_tui.engine.sources.simulated import SimulatedMarket, SimulationSettings, demo_settings, realistic_settings
from betting_tui.engine.sources.simulated.schedule import Fixture, Schedule
from betting_tui.engine.sources.simulated.sports import SPORTS

BASE = int(START.timestamp())
MINUTE = 60
DAY = 86_400


def schedule(settings: SimulationSettings, seed: int = SEED) -> Schedule:
    return Schedule(seed, BASE, settings)


def playing_or_listed(listing: Schedule, moment: int) -> list[Fixture]:
    started = [fixture for fixture in listing.started(moment, moment - DAY) if fixture.finish > moment]
    return started + listing.upcoming(moment)


@pytest.mark.parametrize("preset", [demo_settings(), realistic_settings()], ids=["demo", "realistic"])
@pytest.mark.parametrize("days", [0, 1, -40, 400])
def test_20_to_40_events_of_all_sports_are_always_upcoming(preset: SimulationSettings, days: int) -> None:
    listing = schedule(preset)
    for step in range(60):
        upcoming = listing.upcoming(BASE + days * DAY + step * 7 * MINUTE)
        assert 20 <= len(upcoming) <= 40
        assert min(Counter(fixture.sport.key for fixture in upcoming).values()) >= 4
        assert len({fixture.id for fixture in upcoming}) == len(upcoming)


def test_in_the_demo_the_next_start_is_never_more_than_five_minutes_away() -> None:
    listing = schedule(demo_settings())
    for minute in range(2 * 24 * 60):
        moment = BASE + minute * MINUTE
        assert min(fixture.start for fixture in listing.upcoming(moment)) - moment <= 5 * MINUTE


def test_a_bet_on_the_first_half_of_the_demos_list_is_settled_within_three_real_minutes() -> None:
    listing = schedule(demo_settings())
    for minute in range(0, 24 * 60, 5):
        moment = BASE + minute * MINUTE
        upcoming = sorted(listing.upcoming(moment), key=lambda fixture: fixture.commence(moment))
        for fixture in upcoming[: len(upcoming) // 2]:
            assert fixture.published_at - moment <= 65 * MINUTE
            assert (fixture.published_at - moment) / DEMO_SPEED <= 180
        assert max(fixture.published_at - moment for fixture in upcoming) / DEMO_SPEED <= 180


@pytest.mark.parametrize("preset", [demo_settings(), realistic_settings()], ids=["demo", "realistic"])
def test_no_team_is_on_the_list_or_in_play_twice(preset: SimulationSettings) -> None:
    listing = schedule(preset)
    for step in range(300):
        current = playing_or_listed(listing, BASE + step * 11 * MINUTE)
        teams = Counter(name for fixture in current for name in (fixture.home, fixture.away))
        assert teams.most_common(1)[0][1] == 1


def test_every_name_is_used_once_and_every_sport_can_fill_a_round() -> None:
    names = [name for sport in SPORTS for name in sport.teams]
    assert len(set(names)) == len(names)
    assert {len(sport.teams) for sport in SPORTS} == {28}


def test_every_pairing_of_a_sport_comes_up_before_any_repeats() -> None:
    listing = schedule(demo_settings())
    one_season = 27 * 14
    pairs = Counter(
        frozenset((fixture.home, fixture.away))
        for fixture in (listing.fixture(game * len(SPORTS)) for game in range(one_season))
    )
    assert len(pairs) == one_season
    assert {len(pair) for pair in pairs} == {2}


@pytest.mark.parametrize("preset", [demo_settings(), realistic_settings()], ids=["demo", "realistic"])
def test_some_starts_move_a_little_and_are_announced_before(preset: SimulationSettings) -> None:
    listing = schedule(preset)
    fixtures = [listing.fixture(slot) for slot in range(1500)]
    moved = [fixture for fixture in fixtures if fixture.start != fixture.first_start]
    assert 0.08 <= len(moved) / len(fixtures) <= 0.2
    for fixture in moved:
        assert abs(fixture.start - fixture.first_start) <= preset.move_at_most
        assert fixture.listed_at < fixture.announced_at < min(fixture.start, fixture.first_start)
        assert fixture.commence(fixture.announced_at - 1) == fixture.first_start
        assert fixture.commence(fixture.announced_at) == fixture.start


def listed(source: SimulatedMarket, fixture: Fixture, moment: int) -> Event | None:
    at = START + timedelta(seconds=moment - BASE)
    events = source.decode_odds(odds_answer(source, fixture.sport.key, at)).events
    return next((each.event for each in events if each.event.id == fixture.id), None)


def test_a_moved_event_keeps_its_id_and_leaves_the_odds_when_it_starts() -> None:
    source = market()
    listing = schedule(demo_settings())
    fixture = next(each for each in map(listing.fixture, range(40, 400)) if each.start > each.first_start)
    before = listed(source, fixture, fixture.announced_at - 1)
    after = listed(source, fixture, fixture.announced_at)
    assert before is not None
    assert after is not None
    assert (after.commence_time - before.commence_time).total_seconds() == fixture.start - fixture.first_start
    assert listed(source, fixture, fixture.start - 1) is not None
    assert listed(source, fixture, fixture.start) is None


def test_scores_are_empty_before_the_start_grow_in_play_and_are_final_after_it() -> None:
    source = market()
    for fixture in schedule(demo_settings()).upcoming(BASE):
        final = source.final_score(fixture.id)
        assert final is not None
        earlier = (0, 0)
        for moment in range(fixture.start - MINUTE, fixture.published_at + 3 * MINUTE, 4 * MINUTE):
            at = START + timedelta(seconds=moment - BASE)
            answer = source.decode_scores(scores_answer(source, fixture.sport.key, at, 1))
            score = next(each for each in answer.scores if each.event_id == fixture.id)
            assert score.completed == (moment >= fixture.published_at)
            if moment < fixture.start:
                assert (score.home_score, score.away_score, score.updated_at) == (None, None, None)
            elif score.home_score is not None and score.away_score is not None:
                assert earlier[0] <= score.home_score <= final.home
                assert earlier[1] <= score.away_score <= final.away
                earlier = (score.home_score, score.away_score)
            if score.completed:
                assert (score.home_score, score.away_score) == (final.home, final.away)


def test_completed_games_are_told_for_as_many_days_as_asked() -> None:
    source = market(settings=realistic_settings())
    counts = []
    for days in range(4):
        scores = source.decode_scores(scores_answer(source, "icehockey_nhl", START, days)).scores
        counts.append(sum(score.completed for score in scores))
        oldest = min(score.commence_time for score in scores)
        assert oldest > START - timedelta(days=days, hours=4)
    assert counts[0] == 0
    assert counts[0] < counts[1] < counts[2] < counts[3]
