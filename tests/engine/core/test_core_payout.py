"""Money of a graded bet: exact, rounded once; lays mirror backs, parlays multiply."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from betting_tui.engine.core.grades import Graded, mirrored
from betting_tui.engine.core.model import BetResult, Funding, Side
from betting_tui.engine.core.odds import OddsFormat, to_decimal
from betting_tui.engine.core.payout import (
    Leg,
    Payout,
    Ticket,
    exact_return,
    gross_return,
    lay_return_minor,
    market_commission,
    multiple,
    parlay,
    parts_of,
    payout,
    return_minor,
)
from golden import golden_cases

WIN, LOSS, PUSH = Graded(BetResult.WIN), Graded(BetResult.LOSS), Graded(BetResult.PUSH)
VOID, HALF_WIN, HALF_LOSS = Graded(BetResult.VOID), Graded(BetResult.HALF_WIN), Graded(BetResult.HALF_LOSS)
HALF = Fraction(1, 2)

prices = st.fractions(Fraction(101, 100), Fraction(1000), max_denominator=100)
stakes = st.integers(1, 10**9)
shares = st.fractions(Fraction(1, 20), Fraction(1), max_denominator=20)
grades = st.one_of(
    st.sampled_from([LOSS, PUSH, VOID, HALF_WIN, HALF_LOSS]), shares.map(lambda share: Graded(BetResult.WIN, share))
)
rates = st.fractions(0, Fraction(1, 5), max_denominator=100)
legs = st.lists(st.builds(Leg, prices, grades), min_size=1, max_size=8)


def american(*odds: int) -> list[Leg]:
    return [Leg(to_decimal(str(each), OddsFormat.AMERICAN), WIN) for each in odds]


def both(stake: int, price: Fraction, graded: Graded, commission: Fraction = Fraction(0)) -> tuple[Payout, Payout]:
    return (
        payout(Ticket(stake, price, Side.BACK, commission=commission), graded),
        payout(Ticket(stake, price, Side.LAY, commission=commission), graded),
    )


# Singles


@pytest.mark.parametrize(
    ("graded", "returned"),
    [(WIN, 19300), (HALF_WIN, 14650), (PUSH, 10000), (VOID, 10000), (HALF_LOSS, 5000), (LOSS, 0)],
)
def test_what_a_hundred_at_1_93_comes_back_as(graded: Graded, returned: int) -> None:
    assert payout(Ticket(10000, Fraction("1.93")), graded) == Payout(returned, returned - 10000)


def test_a_dead_heat_divides_the_stake_and_not_the_price() -> None:
    assert payout(Ticket(6000, Fraction(6)), Graded(BetResult.WIN, Fraction(1, 3))).return_minor == 12000
    assert payout(Ticket(6000, Fraction(6)), Graded(BetResult.WIN, Fraction(2, 4))).return_minor == 18000


def test_a_deduction_is_taken_from_winnings_only() -> None:
    assert payout(Ticket(1000, Fraction("2.25"), deduction=Fraction(4, 5)), WIN).return_minor == 1250
    assert payout(Ticket(1000, Fraction("2.25"), deduction=Fraction(4, 5)), LOSS).return_minor == 0
    assert payout(Ticket(1000, Fraction("2.25"), deduction=Fraction(4, 5)), VOID).return_minor == 1000


def test_of_a_free_bet_only_the_winnings_come_back() -> None:
    free = Ticket(1000, Fraction(3), funding=Funding.FREE)
    returned = [payout(free, graded).return_minor for graded in (WIN, HALF_WIN, PUSH, HALF_LOSS, LOSS)]
    assert returned == [2000, 1000, 0, 0, 0]
    assert payout(free, WIN).profit_minor == 2000
    assert payout(free, LOSS).profit_minor == 0
    tied = Graded(BetResult.WIN, HALF)
    assert payout(free, tied).return_minor == 1000


def test_money_is_rounded_once_and_halves_go_to_the_even_unit() -> None:
    assert return_minor(1, Fraction("2.5"), BetResult.WIN) == 2
    assert return_minor(3, Fraction("1.5"), BetResult.WIN) == 4
    assert return_minor(1, Fraction("1.41"), BetResult.HALF_LOSS) == 0


# Lays and exchanges


def test_a_lay_wins_the_stake_or_loses_the_liability() -> None:
    lay = Ticket(1000, Fraction("4.1"), Side.LAY)
    assert payout(lay, LOSS) == Payout(4100, 1000)
    assert payout(lay, WIN) == Payout(0, -3100)
    assert payout(lay, VOID) == Payout(3100, 0)
    assert lay_return_minor(1000, 3100, BetResult.WIN) == 4100
    assert lay_return_minor(1000, 3100, BetResult.HALF_LOSS) == 1550


def test_commission_is_charged_on_what_was_won() -> None:
    back, lay = both(10000, Fraction(3), WIN, Fraction(5, 100))
    assert back == Payout(29000, 19000, 1000)
    assert lay == Payout(0, -20000)
    back, lay = both(10000, Fraction(3), LOSS, Fraction(5, 100))
    assert back == Payout(0, -10000)
    assert lay == Payout(29500, 9500, 500)


def test_commission_is_charged_once_on_the_net_of_a_market() -> None:
    rate = Fraction(5, 100)
    assert market_commission([10000, -4000], rate) == 300
    assert market_commission([4000, -10000], rate) == 0
    assert market_commission([], rate) == 0


@given(stakes, prices, st.sampled_from(BetResult))
def test_a_plain_bet_reckoned_in_integers_is_the_rounded_fraction(
    stake: int, price: Fraction, result: BetResult
) -> None:
    back = stake * multiple(price, Graded(result))
    assert gross_return(Ticket(stake, price), Graded(result)) == round(back)


@given(stakes, prices, grades)
def test_who_laid_gets_what_who_backed_did_not(stake: int, price: Fraction, graded: Graded) -> None:
    back, lay = both(stake, price, graded)
    held = round(stake * (price - 1))
    assert abs(back.profit_minor + lay.profit_minor) <= 2
    assert 0 <= lay.return_minor <= held + stake


@given(stakes, prices, st.sampled_from(BetResult))
def test_the_ledgers_form_of_a_lay_agrees(stake: int, price: Fraction, result: BetResult) -> None:
    liability = round(stake * (price - 1))
    laid = payout(Ticket(stake, price, Side.LAY, liability_minor=liability), Graded(result))
    assert laid.return_minor == lay_return_minor(stake, liability, mirrored(result))


@given(stakes, prices, st.sampled_from(Side), grades, rates)
def test_commission_and_return_balance(
    stake: int, price: Fraction, side: Side, graded: Graded, commission: Fraction
) -> None:
    paid = payout(Ticket(stake, price, side, commission=commission), graded)
    free_of_it = payout(Ticket(stake, price, side), graded)
    assert paid.return_minor + paid.commission_minor == free_of_it.return_minor
    assert paid.commission_minor >= 0
    if free_of_it.profit_minor < 0:
        assert paid.commission_minor == 0


@given(grades)
def test_parts_of_a_stake_are_shares_of_it(graded: Graded) -> None:
    parts = parts_of(graded)
    assert min(parts.won, parts.returned, parts.lost) >= 0
    assert parts.won + parts.returned + parts.lost == 1


@given(stakes, prices)
def test_both_sides_of_a_fair_line_share_the_stakes(stake: int, price: Fraction) -> None:
    """At complementary prices, what one side loses the other wins, whatever the result."""
    other = price / (price - 1)
    for result in (BetResult.WIN, BetResult.HALF_WIN, BetResult.PUSH, BetResult.HALF_LOSS, BetResult.LOSS):
        mine = exact_return(stake, price, result) - stake
        theirs = exact_return(stake, other, mirrored(result)) - stake
        assert mine == -theirs * (price - 1)


def test_golden_exchange_orders(shared_data: Path) -> None:
    results = {"WINNER": WIN, "LOSER": LOSS, "REMOVED": VOID}
    for case in golden_cases(shared_data, "exchange_settlement"):
        size, side = round(case["size"] * 100), Side(case["side"].lower())
        match case["kind"]:
            case "win_market":
                price, graded = Fraction(str(case["price"])), results[case["runner"]]
            case "dead_heat":
                price, graded = Fraction(str(case["price"])), Graded(BetResult.WIN, Fraction(1, case["dead_heat"]))
            case "line_market":
                # Even money; who backs has the under.
                price, graded = Fraction(2), WIN if case["price"] > case["line_result"] else LOSS
            case _:
                continue
        paid = payout(Ticket(size, price, side), graded)
        # A half cent may go the other way there.
        assert paid.profit_minor / 100 == pytest.approx(case["flumine_profit"], abs=0.0101), case


# Parlays


def test_golden_parlays(shared_data: Path) -> None:
    for case in golden_cases(shared_data, "parlay"):
        end = parlay(american(*case["american"]))
        assert end is not None
        assert end.multiple == Fraction(*case["exact_decimal"]), case
        assert end.return_minor(10000) - 10000 == pytest.approx(case["exact_profit"] * 100, abs=0.5), case


def test_void_legs_drop_out_and_half_results_carry() -> None:
    two, three = Fraction(2), Fraction(3)
    for graded, product in ((VOID, 3), (PUSH, 3), (HALF_WIN, Fraction(9, 2)), (HALF_LOSS, Fraction(3, 2))):
        end = parlay([Leg(two, graded), Leg(three, WIN)])
        assert end is not None
        assert (end.multiple, end.result) == (product, BetResult.WIN)
    tied = parlay([Leg(two, WIN), Leg(three, Graded(BetResult.WIN, HALF))])
    assert tied is not None
    assert tied.multiple == 3


def test_how_a_whole_parlay_is_called() -> None:
    two = Fraction(2)
    ends = {
        BetResult.VOID: [VOID, VOID],
        BetResult.PUSH: [PUSH, VOID],
        BetResult.HALF_LOSS: [HALF_LOSS, PUSH],
        BetResult.LOSS: [WIN, LOSS],
        BetResult.WIN: [WIN, VOID],
    }
    for result, graded in ends.items():
        end = parlay([Leg(two, each) for each in graded])
        assert end is not None
        assert end.result is result


def test_a_lost_leg_decides_and_an_open_one_waits() -> None:
    won, lost = Leg(Fraction(2), WIN), Leg(Fraction(2), LOSS)
    assert parlay([won, None]) is None
    assert parlay([None, None]) is None
    end = parlay([won, lost, None])
    assert end is not None
    assert (end.result, end.return_minor(1000)) == (BetResult.LOSS, 0)


def test_a_free_parlay_returns_winnings_only() -> None:
    end = parlay([Leg(Fraction(2), WIN), Leg(Fraction(3), WIN)])
    assert end is not None
    assert end.return_minor(1000, Funding.FREE) == 5000
    dropped = parlay([Leg(Fraction(2), VOID), Leg(Fraction(3), VOID)])
    assert dropped is not None
    assert dropped.return_minor(1000, Funding.FREE) == 0
    assert dropped.return_minor(1000) == 1000


def test_a_leg_may_be_reduced() -> None:
    end = parlay([Leg(Fraction(2), WIN), Leg(Fraction(5), WIN, Fraction(1, 4))])
    assert end is not None
    assert end.multiple == 8


@given(legs, st.randoms(use_true_random=False), stakes)
def test_the_order_of_legs_is_irrelevant(parts: list[Leg], chance: Random, stake: int) -> None:
    turned = list(parts)
    chance.shuffle(turned)
    one, other = parlay(parts), parlay(turned)
    assert one == other
    assert one is not None
    assert one.return_minor(stake) >= 0


@given(legs, stakes)
def test_a_parlay_rolls_each_return_into_the_next_leg(parts: list[Leg], stake: int) -> None:
    rolled = Fraction(stake)
    for leg in parts:
        rolled *= multiple(leg.price, leg.graded)
    end = parlay(parts)
    assert end is not None
    assert end.return_minor(stake) == round(rolled)
    assert (end.result is BetResult.LOSS) == (rolled == 0)
