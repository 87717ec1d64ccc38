"""Kelly beside open bets: rivals on the line, other lines of the event, other events."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from betting_tui.engine.core.accounts import HeldBet
from betting_tui.engine.core.beside import MOST_TOGETHER, kelly_beside
from betting_tui.engine.core.kelly_sets import kelly_exclusive, kelly_independent
from betting_tui.engine.core.model import LineKey, OutcomeSet, Selection
from betting_tui.engine.core.staking import KellyBasis, kelly

LINE = LineKey("game", "h2h", OutcomeSet.THREE_WAY)
HOME = Selection(LINE, "Home")
TOTAL = LineKey("game", "totals", OutcomeSet.TWO_WAY, point=2.5)


def held(line: LineKey = LINE, name: str = "Away", risk: int = 10_000, chance: float | None = 0.3) -> HeldBet:
    return HeldBet(line.event_id, line, name, "fanduel", risk, 3.6, chance)


def elsewhere(number: int) -> HeldBet:
    return held(LineKey(f"other {number}", "h2h", OutcomeSet.TWO_WAY))


def beside(*bets: HeldBet, probability: float = 0.45, decimal: float = 2.4) -> KellyBasis:
    return kelly_beside(HOME, probability, decimal, 900_000, bets)


def test_alone_it_is_kelly_of_what_is_available() -> None:
    assert beside() == KellyBasis(kelly(0.45, 2.4), 900_000)


def test_a_rival_on_the_line_is_sized_with_it_as_one_position() -> None:
    basis = beside(held())
    assert basis.full == pytest.approx(kelly_exclusive([2.4, 3.6], [0.45, 0.3])[0])
    assert (basis.base_minor, basis.already_minor) == (910_000, 0)
    assert basis.full > beside().full, "a rival pays when this one loses"


def test_the_same_selection_and_other_lines_of_the_event_are_part_of_the_bet() -> None:
    assert beside(held(name="Home"), held(TOTAL, "Over", 5_000)) == KellyBasis(kelly(0.45, 2.4), 910_000, 15_000)


def test_few_bets_elsewhere_are_sized_jointly_and_many_by_what_they_leave() -> None:
    few = [elsewhere(number) for number in range(MOST_TOGETHER)]
    joint = kelly_independent([2.4, *[3.6] * len(few)], [0.45, *[0.3] * len(few)])[0]
    assert beside(*few).full == pytest.approx(joint, rel=2e-3)
    assert beside(*few).full < beside().full
    assert beside(*few, elsewhere(9)) == beside()


def test_what_nobody_knows_the_chance_of_changes_nothing() -> None:
    unknown = msgspec.structs.replace(elsewhere(1), fair_probability=None)
    assert beside(held(chance=None), unknown).full == beside().full


def test_an_arbitrage_with_what_is_held_is_sized_as_if_alone() -> None:
    sure = msgspec.structs.replace(held(chance=0.9), decimal=3.0)
    assert beside(sure, probability=0.5, decimal=3.0).full == kelly(0.5, 3.0)


@given(st.floats(0.05, 0.9), st.floats(0.01, 0.25), st.lists(st.floats(0.2, 0.8), min_size=1, max_size=MOST_TOGETHER))
@example(0.875, 0.125, [0.75, 0.75])
@example(0.8625, 0.010001, [0.8, 0.8, 0.8])
def test_the_joint_stake_is_right_to_one_percent(probability: float, edge: float, chances: list[float]) -> None:
    """With edges of others up to 15 %: far finer than a fair line is known."""
    others = [
        msgspec.structs.replace(elsewhere(number), fair_probability=chance, decimal=1.15 / chance)
        for number, chance in enumerate(chances)
    ]
    decimal = (1 + edge) / probability
    joint = kelly_independent([decimal, *(bet.decimal for bet in others)], [probability, *chances])[0]
    assert beside(*others, probability=probability, decimal=decimal).full == pytest.approx(joint, rel=1e-2)


chances = st.floats(0.02, 0.98)
prices = st.floats(1.05, 30)


@given(chances, prices, st.lists(st.tuples(st.sampled_from(["Home", "Away", "Draw"]), prices, chances), max_size=4))
def test_whatever_is_held_the_answer_is_a_share(
    probability: float, decimal: float, bets: list[tuple[str, float, float]]
) -> None:
    open_bets = [HeldBet("game", LINE, name, "b", 1_000, price, chance) for name, price, chance in bets]
    basis = kelly_beside(HOME, probability, decimal, 900_000, open_bets)
    assert 0 <= basis.full <= 1
    if probability * decimal <= 1 - 1e-9:
        assert basis.full == 0
