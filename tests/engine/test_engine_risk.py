"""Limits on placing: each check by itself, and the order in which they speak."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from betting_tui.engine.core.commands import Place
from betting_tui.engine.core.model import Event, Leg, Opportunity, Origin, RefusalCode, Selection
from betting_tui.engine.core.odds import parse_any
from betting_tui.engine.risk import CHECKS, RiskContext, check_account, first_refusal
from market_samples import GAME, MATCH, MONEYLINE, NOW, START

CONTEXT = RiskContext(
    now=NOW,
    currency="USD",
    suspended=False,
    available_minor=100_000,
    min_stake_minor=100,
    skew_seconds=0,
    max_skew_seconds=120,
    mine=frozenset({"fanduel", "betmgm"}),
    auto_bets_last_hour=0,
    max_auto_bets_per_hour=20,
)
LEG = Leg(Selection(MONEYLINE, "Home"), "fanduel", parse_any("2.10"), stake_minor=10_000)
FOUND = Opportunity("OPP-1", "value_betting", GAME, MONEYLINE, (LEG,), NOW, START, edge=0.06)


def place(*legs: Leg, origin: Origin = Origin.APP, found: Opportunity | None = FOUND) -> Place:
    return Place("main", legs or (LEG,), "k", origin, "test", found)


def code(command: Place, **changes: Any) -> RefusalCode | None:
    refusal = first_refusal(command, msgspec.structs.replace(CONTEXT, **changes))
    return refusal.code if refusal is not None else None


def message(command: Place, **changes: Any) -> str:
    refusal = first_refusal(command, msgspec.structs.replace(CONTEXT, **changes))
    assert refusal is not None
    return refusal.message


def staked(minor: int | None) -> Leg:
    return msgspec.structs.replace(LEG, stake_minor=minor)


def test_a_plain_bet_passes() -> None:
    assert code(place()) is None
    assert code(place(origin=Origin.AUTO)) is None
    assert code(place(found=None)) is None


def test_a_suspended_account_takes_nothing() -> None:
    assert code(place(), suspended=True) is RefusalCode.ACCOUNT_SUSPENDED
    assert "main" in message(place(), suspended=True)


@pytest.mark.parametrize(("skew", "passes"), [(120, True), (-120, True), (120.5, False), (-121, False)])
def test_a_clock_too_far_off_places_nothing_in_either_direction(skew: float, passes: bool) -> None:
    assert (code(place(), skew_seconds=skew) is None) == passes


def test_a_wrong_clock_is_told_with_both_numbers() -> None:
    text = message(place(), skew_seconds=-500)
    assert "-500 s" in text
    assert "120 s" in text


@pytest.mark.parametrize(("stake", "passes"), [(100, True), (99, False), (0, False), (None, False), (-500, False)])
def test_each_leg_has_at_least_the_minimum_stake(stake: int | None, passes: bool) -> None:
    for command in (place(staked(stake)), place(LEG, staked(stake))):
        assert (code(command) is None) == passes
        assert passes or code(command) is RefusalCode.BELOW_MINIMUM


def test_no_leg_and_no_stake_are_no_bet_even_without_a_minimum() -> None:
    assert code(Place("main", (), "k", Origin.APP, "test")) is RefusalCode.BELOW_MINIMUM
    assert code(place(staked(0)), min_stake_minor=0) is RefusalCode.BELOW_MINIMUM
    assert code(place(staked(1)), min_stake_minor=0) is None


def test_the_legs_together_must_be_available_to_the_last_cent() -> None:
    assert code(place(staked(60_000), staked(40_000))) is None
    assert code(place(staked(60_000), staked(40_001))) is RefusalCode.INSUFFICIENT_AVAILABLE
    assert message(place(staked(100_001))) == "stake 1,000.01 is more than the 1,000.00 available"


@pytest.mark.parametrize("flag", ["suspicious", "price_jump", "rules_differ", "no_quote_time"])
def test_a_doubtful_find_is_for_people_only(flag: str) -> None:
    found = msgspec.structs.replace(FOUND, flags=("floating_start", flag))
    assert code(place(origin=Origin.AUTO, found=found)) is RefusalCode.SUSPICIOUS
    assert flag in message(place(origin=Origin.AUTO, found=found))
    assert code(place(found=found)) is None


def test_a_price_gap_alone_is_never_placed_automatically() -> None:
    found = msgspec.structs.replace(FOUND, difference_cents=20.0)
    assert code(place(origin=Origin.AUTO, found=found)) is RefusalCode.SUSPICIOUS
    assert code(place(found=found)) is None


def test_only_ones_own_bookmakers_are_used_automatically() -> None:
    elsewhere = msgspec.structs.replace(LEG, bookmaker="bovada")
    assert code(place(LEG, elsewhere, origin=Origin.AUTO)) is RefusalCode.NOT_MINE
    assert message(place(LEG, elsewhere, origin=Origin.AUTO)).startswith("bovada is not")
    assert code(place(elsewhere)) is None


@pytest.mark.parametrize(("minutes", "passes"), [(30, True), (29.9, False)])
def test_nothing_automatic_in_the_last_half_hour_before_a_start_that_floats(minutes: float, passes: bool) -> None:
    start = NOW + timedelta(minutes=minutes)
    for sample, floats in ((MATCH, True), (GAME, False)):
        event = Event(sample.id, sample.sport_key, "", start, "Home", "Away")
        found = msgspec.structs.replace(FOUND, event=event)
        assert (code(place(origin=Origin.AUTO, found=found)) is None) == (passes or not floats)
        assert code(place(found=found)) is None


def test_so_many_automatic_bets_an_hour_and_no_more() -> None:
    assert code(place(origin=Origin.AUTO), auto_bets_last_hour=19) is None
    assert code(place(origin=Origin.AUTO), auto_bets_last_hour=20) is RefusalCode.PAUSED
    assert code(place(origin=Origin.AUTO), max_auto_bets_per_hour=0) is RefusalCode.PAUSED
    assert code(place(), auto_bets_last_hour=20) is None


def test_the_first_reason_in_order_is_the_one_that_is_told() -> None:
    """Account, clock, what a strategy may not do alone, minimum, money: peeled off one after the other."""
    bad = msgspec.structs.replace(FOUND, flags=("suspicious",))
    command = place(staked(0), origin=Origin.AUTO, found=bad)
    wrong = {"suspended": True, "skew_seconds": 500.0, "available_minor": -1}
    assert code(command, **wrong) is RefusalCode.ACCOUNT_SUSPENDED
    assert code(command, **wrong | {"suspended": False}) is RefusalCode.CLOCK_SKEW
    assert code(command, available_minor=-1) is RefusalCode.SUSPICIOUS
    assert code(place(staked(0)), available_minor=-1) is RefusalCode.BELOW_MINIMUM
    assert code(place(), available_minor=-1) is RefusalCode.INSUFFICIENT_AVAILABLE
    assert CHECKS[0] is check_account
