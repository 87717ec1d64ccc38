"""Bets on the very same outcome are one piece of luck, and an each way bet is two: they are judged as that."""

from __future__ import annotations

import math

import numpy as np
import pytest
from bettors import START_US, bettor

from betting_tui.engine.core.statistics.columns import columns
from betting_tui.engine.core.statistics.luck import luck, yield_range
from betting_tui.engine.core.statistics.measures import measure
from betting_tui.engine.core.statistics.sample import Outcome, Sample
from betting_tui.engine.core.statistics.tail import Slip, at_least, slip

PLACE = 0.25
"""The place part's share of the odds."""


def repeated(plain: Sample, times: int) -> Sample:
    """Every bet placed so often: by several strategies, in several accounts, or in as many fills."""
    names = ("risk_minor", "profit_minor", "outcome", "settled_us", "odds", "probability", "close_edge", "hold")
    count = len(plain.risk_minor)
    return Sample(
        **{name: np.repeat(np.asarray(getattr(plain, name)), times) for name in names},
        same=np.repeat(np.arange(count), times),
    )


def slip_of(sample: Sample) -> Slip:
    made = slip(columns(sample))
    assert made is not None
    return made


@pytest.mark.parametrize("times", [2, 3])
def test_betting_the_same_several_times_says_no_more_than_betting_it_once(times: int) -> None:
    for seed in range(20):
        plain = bettor(seed, 200, 0.02)
        once, often = measure(plain), measure(repeated(plain, times))
        assert often.luck.no_edge_share == pytest.approx(once.luck.no_edge_share, abs=0.002)
        assert once.yield_range is not None
        assert often.yield_range is not None
        assert often.yield_range.low == pytest.approx(once.yield_range.low, abs=1e-3)
        assert often.yield_range.high == pytest.approx(once.yield_range.high, abs=1e-3)
        assert often.z == pytest.approx(once.z)


def test_without_the_number_of_the_outcome_each_bet_stands_alone() -> None:
    plain = bettor(1, 50, 0.0)
    alone = measure(plain)
    numbered = Sample(**{n: getattr(plain, n) for n in plain.__struct_fields__ if n != "same"}, same=range(50))
    assert measure(numbered) == alone


def test_one_outcome_alone_tells_nothing_however_often_it_was_bet_on() -> None:
    sample = Sample([100] * 5, [150] * 5, [int(Outcome.WIN)] * 5, range(5), [2.5] * 5, same=[7] * 5)
    found = measure(sample)
    assert (found.yield_range, found.luck.no_edge_share, found.luck.more_bets) == (None, None, None)


def test_bets_on_one_outcome_at_different_odds_are_expected_to_bring_what_they_were() -> None:
    sample = Sample([100, 300, 100], [-100, -300, 100], [-2, -2, 2], range(3), [2.0, 4.0, 2.0], same=[1, 1, 2])
    made = slip_of(sample)
    assert sorted(zip(made.returns.tolist(), made.odds.tolist(), strict=True)) == [
        (400, 2.0),
        (2_800, pytest.approx(2_800 / (200 + 600))),
    ]
    assert made.mean_yield(1.0) == pytest.approx(0.0)


def each_way_bettor(seed: int, bets: int) -> Sample:
    """Worth exactly its stakes: wins with 1/odds, comes in at all with one over the place part's odds."""
    chance = np.random.default_rng(seed)
    win = np.round(np.exp(chance.uniform(math.log(6), math.log(20), bets)), 1)
    place = 1 + (win - 1) * PLACE
    drawn = chance.random(bets)
    first, behind = drawn < 1 / win, (drawn >= 1 / win) & (drawn < 1 / place)
    returned = np.where(first, win + place, np.where(behind, place, 0.0)) * 1_000
    return Sample(
        risk_minor=np.full(bets, 2_000),
        profit_minor=np.rint(returned).astype(np.int64) - 2_000,
        outcome=np.where(first, int(Outcome.WIN), np.where(behind, int(Outcome.HALF_WIN), int(Outcome.LOSS))),
        settled_us=START_US + np.arange(bets),
        odds=(win + place) / 2,
        place_odds=place.astype(np.float64),
    )


def test_an_each_way_bet_without_an_edge_is_expected_to_bring_back_its_stakes() -> None:
    made = slip_of(each_way_bettor(1, 400))
    assert made.staked == made.turnover == 400 * 2 * 2_000
    assert made.mean_yield(1.0) == pytest.approx(0.0, abs=1e-4)


def test_each_way_bettors_without_an_edge_are_judged_as_others_are() -> None:
    covered = skilled = 0
    for seed in range(200):
        bets = slip(columns(each_way_bettor(seed, 200)))
        found, share = yield_range(bets), luck(bets, None).no_edge_share
        assert found is not None
        assert share is not None
        covered += found.low <= 0 <= found.high
        skilled += share <= 0.05
    assert 0.92 <= covered / 200 <= 0.99
    assert 0.01 <= skilled / 200 <= 0.08


def test_a_win_that_paid_less_than_its_odds_was_one_at_shorter_odds() -> None:
    """A parlay of two legs at 2.0 whose second was void: won at 2.0, not at 4.0."""
    sample = Sample([1_000, 1_000], [1_000, -1_000], [2, -2], range(2), [4.0, 4.0])
    made = slip_of(sample)
    assert sorted(zip(made.returns.tolist(), made.odds.tolist(), strict=True)) == [(4_000, 2.0), (8_000, 4.0)]
    assert at_least(made, 1.0) == pytest.approx(1 - 0.5 * 0.75)
