"""Sizing several bets at once: no other stakes grow faster, and nothing is staked without a reason."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from betting_tui.engine.core.errors import IncompleteMarket, InvalidOdds, PricingError, Underround
from betting_tui.engine.core.kelly_sets import (
    MOST_EXACT_BETS,
    kelly_exclusive,
    kelly_independent,
    scale_to_exposure,
)
from betting_tui.engine.core.staking import kelly
from golden import golden_cases

bets = st.tuples(st.integers(110, 2_000), st.integers(20, 900)).map(lambda bet: (bet[0] / 100, bet[1] / 1000))
tickets = st.lists(bets, min_size=1, max_size=5)
NUDGES = (1e-2, 1e-3, 1e-4)


@st.composite
def markets(draw: st.DrawFn) -> list[tuple[float, float]]:
    """Prices and probabilities of one market, from a tenth to hardly anything of it unpriced."""
    parts = draw(st.lists(st.integers(1, 50), min_size=2, max_size=6))
    whole = sum(parts) + draw(st.integers(1, 10))
    quoted = draw(st.lists(st.integers(70, 130), min_size=len(parts), max_size=len(parts)))
    market = [(round(whole / part * value / 100, 2), part / whole) for part, value in zip(parts, quoted, strict=True)]
    assume(all(decimal > 1.01 for decimal, _ in market))
    return market


def exclusive(market: Sequence[tuple[float, float]], *, allow_hedges: bool = True) -> tuple[float, ...]:
    return kelly_exclusive([d for d, _ in market], [p for _, p in market], allow_hedges=allow_hedges)


def independent(ticket: Sequence[tuple[float, float]]) -> tuple[float, ...]:
    return kelly_independent([d for d, _ in ticket], [p for _, p in ticket])


def exclusive_growth(market: Sequence[tuple[float, float]], stakes: Sequence[float]) -> float:
    kept = 1 - math.fsum(stakes)
    lost = 1 - math.fsum(p for _, p in market)
    won = (p * math.log(kept + d * f) for (d, p), f in zip(market, stakes, strict=True))
    return math.fsum([lost * math.log(kept), *won])


def independent_outcomes(
    ticket: Sequence[tuple[float, float]], stakes: Sequence[float]
) -> list[tuple[float, float, tuple[bool, ...]]]:
    """Chance, wealth and winners of every combination, counted out."""
    outcomes = []
    for wins in itertools.product((False, True), repeat=len(ticket)):
        chance = math.prod(p if won else 1 - p for (_, p), won in zip(ticket, wins, strict=True))
        paid = (d * f for (d, _), f, won in zip(ticket, stakes, wins, strict=True) if won)
        outcomes.append((chance, math.fsum([1, *(-f for f in stakes), *paid]), wins))
    return outcomes


def independent_growth(ticket: Sequence[tuple[float, float]], stakes: Sequence[float]) -> float:
    return math.fsum(chance * math.log(wealth) for chance, wealth, _ in independent_outcomes(ticket, stakes))


def kkt_residual(ticket: Sequence[tuple[float, float]], stakes: Sequence[float]) -> float:
    """How far the slopes E[X/wealth] are from 0 where something is staked, and above 0 where nothing is."""
    outcomes = independent_outcomes(ticket, stakes)
    worst = 0.0
    for index, ((decimal, _), stake) in enumerate(zip(ticket, stakes, strict=True)):
        slope = math.fsum(c / w * (decimal - 1 if wins[index] else -1) for c, w, wins in outcomes)
        worst = max(worst, abs(slope) if stake > 0 else slope)
    return worst


def nudged(stakes: Sequence[float]) -> list[list[float]]:
    """Stakes with one of them, or one against another, moved a little either way."""
    moves = [{one: size} for one in range(len(stakes)) for size in (*NUDGES, *(-size for size in NUDGES))]
    moves += [{a: size, b: -size} for a, b in itertools.permutations(range(len(stakes)), 2) for size in NUDGES]
    moved = [[stake + move.get(index, 0) for index, stake in enumerate(stakes)] for move in moves]
    return [each for each in moved if min(each) >= 0 and sum(each) < 1]


def test_golden_exclusive(shared_data: Path) -> None:
    for case in golden_cases(shared_data, "kelly_exclusive"):
        stakes = kelly_exclusive(case["odds"], case["p"])
        assert stakes == pytest.approx(case["stakes"], abs=1e-12, rel=0), case
        assert stakes == pytest.approx([float(Fraction(*each)) for each in case["exact_stakes"]], abs=1e-12, rel=0)


def test_golden_independent(shared_data: Path) -> None:
    for case in golden_cases(shared_data, "kelly_independent"):
        stakes = kelly_independent(case["odds"], case["p"])
        assert stakes == pytest.approx(case["stakes"], abs=1e-12, rel=0), case
        ticket = list(zip(case["odds"], case["p"], strict=True))
        assert kkt_residual(ticket, stakes) <= 1e-12
        assert independent_growth(ticket, stakes) == pytest.approx(case["growth"], abs=1e-14)


@given(bets)
def test_one_bet_is_single_kelly(bet: tuple[float, float]) -> None:
    single = pytest.approx(kelly(bet[1], bet[0]), abs=1e-13)
    assert exclusive([bet])[0] == single
    assert independent([bet])[0] == single


@given(markets())
def test_no_other_stakes_on_a_market_grow_faster(market: list[tuple[float, float]]) -> None:
    stakes = exclusive(market)
    best = exclusive_growth(market, stakes)
    for other in nudged(stakes):
        assert exclusive_growth(market, other) <= best + 1e-14


@given(markets())
def test_without_hedges_only_outcomes_with_an_edge_are_staked_and_those_at_their_best(
    market: list[tuple[float, float]],
) -> None:
    stakes = exclusive(market, allow_hedges=False)
    edged = [index for index, (d, p) in enumerate(market) if p * d > 1 + 1e-12]
    assert {index for index, stake in enumerate(stakes) if stake > 1e-9} <= set(edged)
    best = exclusive_growth(market, stakes)
    for other in nudged(stakes):
        if all(stake == 0 for index, stake in enumerate(other) if index not in edged):
            assert exclusive_growth(market, other) <= best + 1e-14


@settings(max_examples=60)
@given(tickets)
def test_no_other_stakes_on_independent_bets_grow_faster(ticket: list[tuple[float, float]]) -> None:
    stakes = independent(ticket)
    assert sum(stakes) < 1
    assert kkt_residual(ticket, stakes) <= 1e-12 / (1 - sum(stakes))
    best = independent_growth(ticket, stakes)
    for other in nudged(stakes):
        assert independent_growth(ticket, other) <= best + 1e-13


@given(markets(), st.integers(0, 5), st.floats(1.01, 1.5))
def test_a_better_price_on_an_outcome_never_lowers_its_stake(
    market: list[tuple[float, float]], which: int, factor: float
) -> None:
    which %= len(market)
    decimal, probability = market[which]
    better = [*market[:which], (decimal * factor, probability), *market[which + 1 :]]
    assert exclusive(better)[which] >= exclusive(market)[which] - 1e-15


@settings(max_examples=60)
@given(tickets, st.integers(0, 4), st.floats(1.01, 1.5))
def test_a_better_price_on_an_independent_bet_never_lowers_its_stake(
    ticket: list[tuple[float, float]], which: int, factor: float
) -> None:
    which %= len(ticket)
    decimal, probability = ticket[which]
    better = [*ticket[:which], (decimal * factor, probability), *ticket[which + 1 :]]
    assert independent(better)[which] >= independent(ticket)[which] - 1e-12


@given(markets().flatmap(lambda market: st.tuples(st.just(market), st.permutations(range(len(market))))))
def test_the_order_of_outcomes_does_not_matter(shuffled: tuple[list[tuple[float, float]], list[int]]) -> None:
    market, order = shuffled
    stakes = exclusive(market)
    assert exclusive([market[index] for index in order]) == tuple(stakes[index] for index in order)


@settings(max_examples=60)
@given(tickets.flatmap(lambda ticket: st.tuples(st.just(ticket), st.permutations(range(len(ticket))))))
def test_the_order_of_independent_bets_does_not_matter(shuffled: tuple[list[tuple[float, float]], list[int]]) -> None:
    ticket, order = shuffled
    stakes = independent(ticket)
    assert independent([ticket[index] for index in order]) == tuple(stakes[index] for index in order)


@given(st.lists(bets, max_size=14))
def test_a_bet_without_an_edge_is_not_staked(ticket: list[tuple[float, float]]) -> None:
    poor = [(decimal, min(probability, round(1 / decimal - 0.001, 4))) for decimal, probability in ticket]
    poor = [(decimal, max(probability, 0.0)) for decimal, probability in poor]
    assert independent(poor) == (0.0,) * len(poor)
    *none, one = independent([*poor, (2.0, 0.55)])
    assert set(none) <= {0.0}
    assert one == pytest.approx(0.1, abs=1e-13)


def test_exactly_fair_prices_are_not_staked() -> None:
    assert kelly_exclusive([11.0, 13.0], [1 / 11, 1 / 11], allow_hedges=False)[0] == 0
    assert kelly_independent([11.0], [1 / 11]) == (0.0,)
    assert kelly_exclusive([20.0, 10.0], [0.05, 0.1]) == (0.0, 0.0)
    assert kelly_independent([20.0, 1.25], [0.05, 0.8]) == (0.0, 0.0)
    assert kelly_exclusive([], []) == kelly_independent([], []) == ()


def test_a_hedge_is_staked_only_when_allowed() -> None:
    """The second outcome loses 1.6 % by itself, yet pays where the first loses."""
    odds, probabilities = [3.0, 2.4], [0.45, 0.41]
    first, hedge = kelly_exclusive(odds, probabilities)
    assert first > 0
    assert hedge > 0
    assert kelly_exclusive(odds, probabilities, allow_hedges=False) == pytest.approx((0.175, 0.0), abs=0, rel=1e-12)


def test_an_arbitrage_is_named_and_not_staked() -> None:
    with pytest.raises(Underround, match="split stakes as an arbitrage"):
        kelly_exclusive([2.1, 2.1], [0.5, 0.5])


@pytest.mark.parametrize("noise", [-1e-16, 0, 1e-16])
def test_float_noise_hides_no_arbitrage(noise: float) -> None:
    with pytest.raises(Underround):
        kelly_exclusive([3.5, 1.5], [0.3 + noise, 0.7])


def test_float_noise_in_a_fair_book_is_no_arbitrage() -> None:
    """The book is exactly fair and the probabilities exceed 1 by one unit in the last place."""
    stakes = kelly_exclusive([4.0, 4.0, 2.0], [0.3, 0.2, 0.5000000000000001])
    assert 0 < sum(stakes) < 1


def test_close_to_certain_bets_leave_a_tiny_reserve() -> None:
    ticket = [(1.5, 0.99), (1.4, 0.995), (3.0, 0.98), (2.0, 0.97)]
    stakes = independent(ticket)
    assert 0.99 < sum(stakes) < 1
    best = independent_growth(ticket, stakes)
    for share in (0.9, 0.999):
        assert independent_growth(ticket, [stake * share for stake in stakes]) < best


def test_as_many_bets_as_are_counted_out_are_still_exact() -> None:
    ticket = [(1.8 + index / 4, 1.06 / (1.8 + index / 4)) for index in range(MOST_EXACT_BETS)]
    stakes = independent([*ticket, (2.0, 0.4)])
    assert kkt_residual(ticket, stakes[:-1]) <= 1e-12
    assert stakes[-1] == 0


def test_more_bets_get_their_single_stakes_within_the_cap() -> None:
    odds, probabilities = [2.0] * 13, [0.51] * 13
    assert kelly_independent(odds, probabilities) == pytest.approx([0.02] * 13)
    assert kelly_independent(odds, probabilities, approximate_cap=0.13) == pytest.approx([0.01] * 13)
    mixed = kelly_independent([*odds, 3.0], [*probabilities, 0.5], approximate_cap=0.1)
    assert sum(mixed) == pytest.approx(0.1)
    assert mixed[-1] / mixed[0] == pytest.approx(kelly(0.5, 3.0) / kelly(0.51, 2.0))


@pytest.mark.parametrize("size", [kelly_exclusive, kelly_independent])
def test_what_cannot_be_sized_is_refused(size: object) -> None:
    assert callable(size)
    with pytest.raises(IncompleteMarket, match="2 prices and 1 probabilities"):
        size([2.0, 3.0], [0.5])
    for decimal in (1.0, 0.5, -2.0, math.inf, math.nan):
        with pytest.raises(InvalidOdds):
            size([decimal], [0.5])
    for probability in (-0.1, 1.0, 1.5, math.nan):
        with pytest.raises(PricingError, match="no probability"):
            size([2.0], [probability])


def test_probabilities_of_one_market_beyond_1_and_a_senseless_cap_are_refused() -> None:
    with pytest.raises(PricingError, match=r"add up to 1\.1"):
        kelly_exclusive([2.0, 2.0], [0.5, 0.6])
    for cap in (0.0, 1.0, math.nan):
        with pytest.raises(ValueError, match="cap"):
            kelly_independent([2.0], [0.6], approximate_cap=cap)


@given(st.lists(st.integers(0, 1_000_000), max_size=8), st.integers(-100, 2_000_000), st.integers(1, 1_000))
def test_scaled_stakes_are_whole_units_within_the_cap(stakes: list[int], cap: int, unit: int) -> None:
    scaled = scale_to_exposure(stakes, cap, unit)
    assert len(scaled) == len(stakes)
    assert sum(scaled) <= max(cap, 0)
    assert all(stake % unit == 0 for stake in scaled)
    share = min(Fraction(1), Fraction(max(cap, 0), sum(stakes) or 1))
    assert all(0 <= stake * share - got < unit for stake, got in zip(stakes, scaled, strict=True)) or sum(stakes) == 0


def test_stakes_within_the_cap_are_only_rounded() -> None:
    assert scale_to_exposure([1_250, 999, 0], 2_249, 100) == (1_200, 900, 0)
    assert scale_to_exposure([1_000, 3_000], 2_000, 100) == (500, 1_500)
    assert scale_to_exposure([1_000, 3_000], 0, 100) == (0, 0)


def test_negative_stakes_and_no_unit_are_refused() -> None:
    with pytest.raises(ValueError, match="below 0"):
        scale_to_exposure([-1], 100, 1)
    with pytest.raises(ValueError, match="unit"):
        scale_to_exposure([1], 100, 0)
