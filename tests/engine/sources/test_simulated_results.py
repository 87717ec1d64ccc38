"""Results come from the true chances, and one distribution of scores speaks for all markets."""

from __future__ import annotations

import math
from collections import Counter
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from simulated_market_kit import SEED, START, market

from betting_tui.engine.sources.simulated import demo_settings, scoring
from betting_tui.engine.sources.simulated.draws import Draws
from betting_tui.engine.sources.simulated.schedule import Schedule
from betting_tui.engine.sources.simulated.scoring import FinalScore, Latent, score_model
from betting_tui.engine.sources.simulated.sports import SPORT_BY_KEY, SPORTS, SportModel
from betting_tui.engine.sources.simulated.truth import Truth

BASE = int(START.timestamp())
SPORT = pytest.mark.parametrize("sport", SPORTS, ids=[sport.key for sport in SPORTS])


def latents(sport: SportModel) -> st.SearchStrategy[Latent]:
    return st.builds(
        Latent,
        margin=st.floats(-1.2 * sport.margin_sd, 1.2 * sport.margin_sd),
        total=st.floats(0.75 * sport.total_mean, 1.25 * sport.total_mean) if sport.total_mean else st.just(0.0),
    )


@SPORT
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_chances_fall_as_more_is_asked_for_and_stay_within_0_and_1(sport: SportModel, data: st.DataObject) -> None:
    model = score_model(sport, data.draw(latents(sport)))
    far = 3 if sport.total_mean == 0 else math.ceil(5 * sport.margin_sd)
    margins = [model.margin_at_least(margin) for margin in range(-far, far + 1)]
    highest = 4 if sport.total_mean == 0 else math.ceil(sport.total_mean + 6 * sport.total_sd)
    totals = [model.total_at_least(total) for total in range(highest)]
    for chances in (margins, totals):
        assert all(earlier >= later - 1e-9 for earlier, later in pairwise(chances))
        assert all(-1e-9 <= chance <= 1 + 1e-9 for chance in chances)
    assert scoring.draws_level(model) == pytest.approx(0.0, abs=1e-12) or sport.three_way


@SPORT
@settings(max_examples=25, deadline=None)
@given(data=st.data(), quarters=st.integers(-20, 20))
def test_a_quarter_line_is_half_a_stake_on_each_neighbour(
    sport: SportModel, data: st.DataObject, quarters: int
) -> None:
    model = score_model(sport, data.draw(latents(sport)))
    point = quarters / 2 + 0.25
    whole, low, high = (scoring.home_covers(model, line) for line in (point, point - 0.25, point + 0.25))
    assert whole.gain == pytest.approx((low.gain + high.gain) / 2)
    assert whole.loss == pytest.approx((low.loss + high.loss) / 2)
    assert whole.gain + whole.loss <= 1 + 1e-9
    if whole.gain > 1e-6:
        assert whole.edge(1 / whole.probability) == pytest.approx(0.0, abs=1e-9)


@SPORT
def test_drawn_scores_follow_the_stated_chances_in_every_market(sport: SportModel) -> None:
    """20,000 draws: each frequency within 4.2 standard errors of its chance."""
    latent = Latent(0.35 * sport.margin_sd, sport.total_mean)
    model = score_model(sport, latent)
    count = 20_000
    scores = [model.draw(Draws("draws", sport.key, number)) for number in range(count)]
    margins, totals = Counter(score.margin for score in scores), Counter(score.total for score in scores)
    for margin in range(-8, 9):
        seen = sum(number for value, number in margins.items() if value >= margin) / count
        assert_close(seen, model.margin_at_least(margin), count)
    middle = round(sport.total_mean)
    for total in range(max(0, middle - 6), middle + 7):
        seen = sum(number for value, number in totals.items() if value >= total) / count
        assert_close(seen, model.total_at_least(total), count)
    if sport.overtime:
        assert 0 not in margins
    else:
        assert 0.15 < margins[0] / count < 0.35


def assert_close(seen: float, chance: float, count: int) -> None:
    # One draw of slack for totals below their margin, which cannot be played.
    assert abs(seen - chance) <= 4.2 * math.sqrt(max(chance * (1 - chance), 1e-4) / count) + 0.0015


def test_results_of_2000_events_come_as_often_as_their_true_chance_says() -> None:
    """Chi-square over ten bands of the true chance at the start, for moneyline, spread and total."""
    source = market()
    listing = Schedule(SEED, BASE, demo_settings())
    bands: dict[tuple[str, int], list[tuple[float, float]]] = {}
    for slot in range(2000):
        fixture = listing.fixture(slot)
        at = START + timedelta(seconds=fixture.start - BASE)
        final = source.final_score(fixture.id)
        assert final is not None
        lines: list[tuple[str, str, float | None]] = [("h2h", fixture.home, None)]
        if "totals" in fixture.sport.markets:
            half = math.floor(fixture.sport.total_mean) + 0.5
            lines += [("totals", "Over", half), ("spreads", fixture.away, 1.5)]
        for key, name, point in lines:
            chance = source.true_probability(fixture.id, key, name, point, at)
            assert chance is not None
            won = outcome(final, key, point)
            bands.setdefault((key, min(9, int(chance * 10))), []).append((chance, float(won)))
    chi_square = 0.0
    degrees = 0
    for results in bands.values():
        expected = sum(chance for chance, _ in results)
        variance = sum(chance * (1 - chance) for chance, _ in results)
        if variance >= 5:
            chi_square += (sum(won for _, won in results) - expected) ** 2 / variance
            degrees += 1
    assert degrees >= 20
    assert abs(chi_square - degrees) <= 3 * math.sqrt(2 * degrees)


def outcome(final: FinalScore, key: str, point: float | None) -> bool:
    if key == "h2h" or point is None:
        return final.margin > 0
    return final.total > point if key == "totals" else point - final.margin > 0


def test_all_chances_of_one_moneyline_sum_to_one() -> None:
    source = market()
    for slot in range(60):
        fixture = Schedule(SEED, BASE, demo_settings()).fixture(slot)
        names = [fixture.home, fixture.away] + (["Draw"] if fixture.sport.three_way else [])
        chances = [source.true_probability(fixture.id, "h2h", name, None, START) for name in names]
        assert sum(chance for chance in chances if chance is not None) == pytest.approx(1.0)


def test_the_true_line_is_the_same_however_it_is_looked_at() -> None:
    settings_used = demo_settings()
    fixture = Schedule(SEED, BASE, settings_used).fixture(30)
    moments = list(range(fixture.listed_at, fixture.start, 97))
    forward, backward = (Truth(SEED, fixture, settings_used) for _ in range(2))
    seen = {moment: forward.at(moment) for moment in moments}
    assert {moment: backward.at(moment) for moment in reversed(moments)} == seen
    assert forward.at(fixture.start + 999) == forward.at(fixture.start)


def test_the_true_line_walks_without_a_trend_and_as_far_as_set() -> None:
    settings_used = demo_settings()
    listing = Schedule(SEED, BASE, settings_used)
    unit = SPORT_BY_KEY["basketball_nba"].margin_sd
    moves, turns = [], []
    for game in range(400):
        fixture = listing.fixture(game * len(SPORTS))
        truth = Truth(SEED, fixture, settings_used)
        half = (fixture.listed_at + fixture.first_start) // 2
        first = (truth.at(half).margin - truth.at(fixture.listed_at).margin) / unit
        second = (truth.at(fixture.first_start).margin - truth.at(half).margin) / unit
        moves.append(first + second)
        turns.append(first * second)
    spread = math.sqrt(sum(move * move for move in moves) / len(moves))
    expected = math.sqrt(settings_used.path_noise**2 + settings_used.news_rate * settings_used.news_noise**2)
    assert spread == pytest.approx(expected, rel=0.12)
    assert abs(sum(moves) / len(moves)) <= 3 * expected / math.sqrt(len(moves))
    # Increments of a fair walk are independent: the first half does not foretell the second.
    assert abs(sum(turns) / len(turns)) <= 3 * (expected**2 / 2) / math.sqrt(len(turns))
