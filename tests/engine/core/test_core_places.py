"""Places in a field: dead heats, each way, deductions."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from betting_tui.engine.core.grades import Graded, Ungraded
from betting_tui.engine.core.model import BetResult, Side
from betting_tui.engine.core.money import round_half_even
from betting_tui.engine.core.payout import Ticket, payout
from betting_tui.engine.core.places import (
    EachWay,
    Finish,
    deduction,
    each_way_exact,
    grade_place,
    place_terms,
)
from betting_tui.engine.core.rule_sets import in_force
from golden import golden_cases

RULES = in_force("", "golf_masters_tournament_winner", "outrights")
WIN, LOSS = Graded(BetResult.WIN), Graded(BetResult.LOSS)
FOUR_PLACES = EachWay(4, Fraction(1, 4))


def each_way_minor(ticket: Ticket, terms: EachWay, finish: Finish) -> int:
    exact = each_way_exact(ticket, terms, finish, RULES)
    assert not isinstance(exact, Ungraded), exact
    return round_half_even(exact)


@pytest.mark.parametrize(
    ("place", "tied", "places", "graded"),
    [
        (1, 1, 1, WIN),
        (2, 1, 1, LOSS),
        (1, 3, 1, Graded(BetResult.WIN, Fraction(1, 3))),
        (2, 4, 3, Graded(BetResult.WIN, Fraction(2, 4))),
        (2, 2, 3, WIN),
        (5, 1, 4, LOSS),
        (4, 2, 4, Graded(BetResult.WIN, Fraction(1, 2))),
        (0, 1, 1, Graded(BetResult.VOID)),
    ],
)
def test_those_tied_share_the_places_left(place: int, tied: int, places: int, graded: Graded) -> None:
    assert grade_place(Finish(place, tied), places, RULES) == graded


def test_a_tie_gives_the_stake_back_where_the_rules_say_so() -> None:
    rules = replace(RULES, tied_places_reduce=False)
    assert grade_place(Finish(1, 2), 1, rules) == Graded(BetResult.PUSH)
    assert grade_place(Finish(1, 1), 1, rules) == WIN


@pytest.mark.parametrize(("place", "tied", "places"), [(-1, 1, 1), (1, 0, 1), (1, 1, 0)])
def test_what_is_no_finish_is_not_graded(place: int, tied: int, places: int) -> None:
    assert isinstance(grade_place(Finish(place, tied), places, RULES), Ungraded)


@given(st.integers(1, 6), st.lists(st.integers(1, 5), min_size=1, max_size=8))
def test_all_places_are_paid_and_no_more(places: int, groups: list[int]) -> None:
    """Over a whole field, whatever its ties, the shares won add up to the places on offer."""
    paid, place = Fraction(0), 1
    for tied in groups:
        graded = grade_place(Finish(place, tied), places, RULES)
        assert isinstance(graded, Graded)
        paid += tied * graded.share if graded.result is BetResult.WIN else 0
        place += tied
    assert paid == min(places, sum(groups))


def test_operators_own_examples(shared_data: Path) -> None:
    seen = set()
    for case in golden_cases(shared_data, "operator_examples"):
        finish = Finish(1, case.get("tied", 1))
        if case["rule"] == "dead_heat":
            graded = grade_place(finish, case["places_left"], RULES)
            assert isinstance(graded, Graded)
            ticket = Ticket(case["stake"] * 100, Fraction(str(case["decimal"])))
            returned: int | Ungraded = payout(ticket, graded).return_minor
        elif case["rule"] == "each_way":
            ticket = Ticket(case["unit_stake"] * 100, 1 + Fraction(case["fractional"]))
            placed = case["finish"] == "placed"
            places = 1 + case.get("places_left", 1) if placed else 1
            finish = Finish(2 if placed else 1, case.get("tied", 1))
            returned = each_way_minor(ticket, EachWay(places, Fraction(case["place_fraction"])), finish)
        else:
            continue
        seen.add(case["rule"])
        # Operators truncate or round halves up; ours go to the even cent.
        assert returned == pytest.approx(case["total_return"] * 100, abs=1), case
    assert seen == {"dead_heat", "each_way"}


def test_each_way_is_a_bet_on_the_win_and_one_on_a_place() -> None:
    ticket = Ticket(2000, Fraction(17))
    for finish, returned in ((Finish(1), 34000 + 10000), (Finish(3), 10000), (Finish(4, 2), 5000), (Finish(5), 0)):
        assert each_way_minor(ticket, FOUR_PLACES, finish) == returned
    assert each_way_minor(ticket, FOUR_PLACES, Finish(0)) == 4000
    # Two tie for the win: half of the win part, all of the place part.
    assert each_way_minor(ticket, FOUR_PLACES, Finish(1, 2)) == 17000 + 10000


def test_golden_each_way_markets(shared_data: Path) -> None:
    finishes = {"WINNER": Finish(1), "PLACED": Finish(2), "LOSER": Finish(9), "REMOVED": Finish(0)}
    count = 0
    for case in golden_cases(shared_data, "exchange_settlement"):
        if case["kind"] != "each_way_market":
            continue
        size, price = round(case["size"] * 100), Fraction(str(case["price"]))
        terms = EachWay(3, Fraction(1, case["each_way_divisor"]))
        side = Side(case["side"].lower())
        returned = each_way_exact(Ticket(size, price, side), terms, finishes[case["runner"]], RULES)
        assert isinstance(returned, Fraction)
        held = 2 * size if side is Side.BACK else size * (price - 1) * (1 + terms.fraction)
        assert float(returned - held) / 100 == pytest.approx(case["flumine_profit"], abs=0.005), case
        count += 1
    assert count > 10


@pytest.mark.parametrize(
    ("net", "pence"),
    [
        ("1/10", 90), ("1/9", 90), ("2/13", 85), ("1/4", 80), ("4/6", 55), ("1/1", 45), ("6/5", 45), ("5/4", 40),
        ("3/1", 25), ("9/2", 15), ("9/1", 10), ("10/1", 5), ("14/1", 5), ("15/1", 0),
    ],
)  # fmt: skip
def test_what_a_withdrawn_runner_costs(net: str, pence: int) -> None:
    assert deduction("tattersalls", [1 + Fraction(net)]) == Fraction(pence, 100)


def test_deductions_add_up_to_ninety_pence_at_most() -> None:
    assert deduction("tattersalls", [Fraction(2), Fraction(4)]) == Fraction(70, 100)
    assert deduction("tattersalls", [Fraction(2), Fraction(2), Fraction(2)]) == Fraction(90, 100)
    assert deduction("", [Fraction(2)]) == 0
    assert deduction("tattersalls", []) == 0


@given(st.fractions(Fraction(101, 100), Fraction(60), max_denominator=100), st.fractions(0, 5, max_denominator=50))
def test_a_longer_price_never_costs_more(price: Fraction, longer: Fraction) -> None:
    assert deduction("tattersalls", [price + longer]) <= deduction("tattersalls", [price])


@pytest.mark.parametrize(
    ("runners", "handicap", "terms"),
    [
        (4, False, None),
        (5, False, EachWay(2, Fraction(1, 4))),
        (8, False, EachWay(3, Fraction(1, 5))),
        (16, False, EachWay(3, Fraction(1, 5))),
        (12, True, EachWay(3, Fraction(1, 4))),
        (16, True, EachWay(4, Fraction(1, 4))),
    ],
)
def test_usual_place_terms(runners: int, handicap: bool, terms: EachWay | None) -> None:
    assert place_terms(runners, handicap=handicap) == terms
