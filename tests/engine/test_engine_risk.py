"""Limits on placing: each check by itself, and the order in which they speak."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest
from plain_standing import Plain

from betting_tui.engine.core.accounts import Breaker, BreakerName, Fall, HeldBet, Limits, Streak
from betting_tui.engine.core.commands import Place
from betting_tui.engine.core.model import Event, Leg, Opportunity, Origin, Selection
from betting_tui.engine.core.odds import parse_any
from betting_tui.engine.core.refusals import Refusal, RefusalCode
from betting_tui.engine.early_checks import RiskContext, first_refusal
from betting_tui.engine.limits import spans
from betting_tui.engine.risk import Stake, Terms, Wish, refusal_of
from market_samples import GAME, MATCH, MONEYLINE, NOW, START

CONTEXT = RiskContext(
    now=NOW,
    currency="USD",
    min_stake_minor=100,
    skew_seconds=0,
    max_skew_seconds=120,
    mine=frozenset({"fanduel", "betmgm"}),
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


@pytest.mark.parametrize(("skew", "passes"), [(120, True), (-120, True), (120.5, False), (-121, False)])
def test_a_clock_too_far_off_places_nothing_in_either_direction(skew: float, passes: bool) -> None:
    assert (code(place(), skew_seconds=skew) is None) == passes


def test_a_wrong_clock_is_told_with_both_numbers() -> None:
    text = message(place(), skew_seconds=-500)
    assert "500 s slow" in text
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


def test_the_first_reason_in_order_is_the_one_that_is_told() -> None:
    """Clock, what a strategy may not do alone, minimum: peeled off one after the other."""
    bad = msgspec.structs.replace(FOUND, flags=("suspicious",))
    command = place(staked(0), origin=Origin.AUTO, found=bad)
    assert code(command, skew_seconds=500.0) is RefusalCode.CLOCK_SKEW
    assert code(command) is RefusalCode.SUSPICIOUS
    assert code(place(staked(0))) is RefusalCode.BELOW_MINIMUM


# Limits, on an account as it stands

AT = spans(NOW, "06:00", "UTC")
BET = Stake(GAME.id, GAME.sport_key, MONEYLINE, "Home", "fanduel", 5_000, 5_000, 2.10)


def wish(*bets: Stake, origin: Origin = Origin.APP, **more: Any) -> Wish:
    return Wish(bets or (BET,), origin, NOW, **more)


def bet(risk: int, **more: Any) -> Stake:
    return msgspec.structs.replace(BET, stake_minor=risk, risk_minor=risk, **more)


def said(asked: Wish, standing: Plain, *, recorded: bool = False, **limits: Any) -> Refusal | None:
    return refusal_of(asked, standing, Terms(Limits(**limits), AT, recorded))


LIMITED: list[tuple[dict[str, Any], Plain, int, RefusalCode, str]] = [
    # limits, the account, the most that passes, and what one cent more is told
    ({"max_bet_size_minor": 25_000}, Plain(), 25_000, RefusalCode.BET_SIZE, "stake 250.01 > 250.00 (max bet size)"),
    (
        {"max_bet_share": 0.05},
        Plain(),
        50_000,
        RefusalCode.BET_SIZE,
        "stake 500.01 > 500.00 (max bet 5 % of bankroll)",
    ),
    (
        {"daily_bet_limit_minor": 50_000},
        Plain(staked=48_000),
        2_000,
        RefusalCode.DAILY_STAKE,
        "daily stake 480.00 + 20.01 > 500.00",
    ),
    (
        {"monthly_bet_limit_minor": 50_000},
        Plain(staked=48_000),
        2_000,
        RefusalCode.MONTHLY_STAKE,
        "monthly stake 480.00 + 20.01 > 500.00",
    ),
    (
        {"max_event_exposure": 0.03},
        Plain(exposure=20_000),
        10_000,
        RefusalCode.EXPOSURE,
        "exposure on this event 200.00 + 100.01 > 300.00",
    ),
    (
        {"max_league_exposure": 0.03},
        Plain(exposure=20_000),
        10_000,
        RefusalCode.EXPOSURE,
        "exposure in basketball_nba 200.00 + 100.01 > 300.00",
    ),
    (
        {"max_bookmaker_exposure": 0.03},
        Plain(exposure=20_000),
        10_000,
        RefusalCode.EXPOSURE,
        "exposure at fanduel 200.00 + 100.01 > 300.00",
    ),
    (
        {"max_total_exposure": 0.03},
        Plain(exposure=20_000),
        10_000,
        RefusalCode.EXPOSURE,
        "exposure in total 200.00 + 100.01 > 300.00",
    ),
    (
        {},
        Plain(available=7_000),
        7_000,
        RefusalCode.INSUFFICIENT_AVAILABLE,
        "stake 70.01 is more than the 70.00 available",
    ),
    (
        {},
        Plain(at_book=7_000),
        7_000,
        RefusalCode.INSUFFICIENT_AVAILABLE,
        "stake 70.01 is more than the 70.00 available at fanduel",
    ),
]


@pytest.mark.parametrize(("limits", "standing", "most", "reason", "text"), LIMITED)
def test_a_limit_on_money_holds_to_the_cent(
    limits: dict[str, Any], standing: Plain, most: int, reason: RefusalCode, text: str
) -> None:
    assert said(wish(bet(most)), standing, **limits) is None
    assert said(wish(bet(most + 1)), standing, **limits) == Refusal(reason, text)


@pytest.mark.parametrize(("limits", "standing", "most", "reason", "text"), LIMITED[2:])
def test_the_bets_of_one_placement_count_together(
    limits: dict[str, Any], standing: Plain, most: int, reason: RefusalCode, text: str
) -> None:
    half = most // 2
    assert said(wish(bet(half), bet(most - half, selection="Away")), standing, **limits) is None
    assert said(wish(bet(half), bet(most - half + 1, selection="Away")), standing, **limits) == Refusal(reason, text)


def test_the_size_of_a_bet_is_that_of_each_by_itself() -> None:
    pair = wish(bet(25_000), bet(25_000, selection="Away"))
    assert said(pair, Plain(), max_bet_size_minor=25_000) is None


def test_each_event_league_and_bookmaker_is_summed_by_itself() -> None:
    other = bet(10_000, event_id="other", sport_key="soccer_epl", bookmaker="betmgm")
    pair = wish(bet(10_000), other)
    for limit in ("max_event_exposure", "max_league_exposure", "max_bookmaker_exposure"):
        limits: dict[str, Any] = {limit: 0.01}
        assert said(pair, Plain(), **limits) is None
    assert said(pair, Plain(), max_total_exposure=0.01) is not None


def test_a_free_bet_risks_nothing_and_a_lay_its_liability() -> None:
    free = msgspec.structs.replace(BET, stake_minor=9_000, risk_minor=0)
    assert said(wish(free), Plain(available=0, staked=1), daily_bet_limit_minor=1, max_bet_size_minor=1) is None
    lay = msgspec.structs.replace(BET, stake_minor=9_000, risk_minor=18_000)
    refused = said(wish(lay), Plain(available=17_999))
    assert refused is not None
    assert "180.00" in refused.message


@pytest.mark.parametrize(("decimal", "passes"), [(1.5, True), (1.499, False), (3.0, True), (3.001, False)])
def test_odds_stay_within_their_range(decimal: float, passes: bool) -> None:
    refused = said(wish(msgspec.structs.replace(BET, decimal=decimal)), Plain(), min_odds=1.5, max_odds=3.0)
    assert (refused is None) == passes
    assert passes or (refused is not None and refused.code is RefusalCode.ODDS_RANGE)


def test_an_edge_that_is_known_must_reach_the_minimum() -> None:
    assert said(wish(probability=0.35, effective=3.0), Plain(), min_edge=0.05) is None, "exactly 5 %"
    refused = said(wish(probability=0.5, effective=2.08), Plain(), min_edge=0.05)
    assert refused == Refusal(RefusalCode.BELOW_EDGE, "edge 4.00 % < 5 %")
    assert said(wish(), Plain(), min_edge=0.05) is None, "nobody knows its edge"


def test_a_stake_is_at_most_that_part_of_full_kelly() -> None:
    """Full Kelly at 2.10 with 50 % is 4.545 % of the bankroll: half of it 227.27."""
    known: dict[str, Any] = {"probability": 0.5, "effective": 2.1}
    assert said(wish(bet(22_727), **known), Plain(), max_kelly_fraction=0.5) is None
    refused = said(wish(bet(22_728), **known), Plain(), max_kelly_fraction=0.5)
    assert refused == Refusal(RefusalCode.KELLY_FRACTION, "stake 227.28 > 227.27 (max 0.5 Kelly)")
    assert said(wish(bet(1), probability=0.4, effective=2.1), Plain(), max_kelly_fraction=0.5) is not None
    assert said(wish(bet(22_728)), Plain(), max_kelly_fraction=0.5) is None


def test_open_bets_and_placements_are_counted() -> None:
    assert said(wish(), Plain(open=7), max_open_bets=8) is None
    assert said(wish(), Plain(open=8), max_open_bets=8) == Refusal(RefusalCode.OPEN_BETS, "open bets 8 + 1 > 8")
    assert said(wish(BET, BET), Plain(open=7), max_open_bets=8) is not None
    assert said(wish(BET, BET), Plain(placements=2), max_bets_per_hour=3) is None, "one placement of two bets"
    refused = said(wish(), Plain(placements=3), max_bets_per_hour=3)
    assert refused == Refusal(RefusalCode.TOO_MANY, "bets an hour 3 + 1 > 3")
    many = Plain(automatic=20)
    assert said(wish(), many, max_auto_bets_per_hour=20) is None
    assert said(wish(origin=Origin.AUTO), many, max_auto_bets_per_hour=20) is not None
    assert said(wish(origin=Origin.AUTO), Plain(), max_auto_bets_per_hour=0) is not None


def test_the_days_loss_stops_when_it_is_reached() -> None:
    """The share is of the bankroll the day began with: 9,500.00 now after a loss of 500.00 is 5 % of 10,000.00."""
    lost = Plain(bankroll=950_000, profit=-50_000)
    assert said(wish(), lost, max_daily_loss_minor=50_001) is None
    refused = said(wish(), lost, max_daily_loss_share=0.05)
    assert refused is not None
    assert refused.code is RefusalCode.DAILY_LOSS
    assert refused.message.startswith("daily loss 500.00 ≥ 500.00: no more until 2026-04-19 06:00")
    assert said(wish(), Plain(bankroll=950_001, profit=-49_999), max_daily_loss_share=0.05) is None
    let_go = msgspec.structs.replace(lost, released=NOW)
    assert said(wish(), let_go, max_daily_loss_share=0.05) is None, "a person let it pass"
    assert said(wish(), Plain(bankroll=0), max_daily_loss_share=0.05, max_open_bets=1) is None


def test_losses_in_a_row_ask_for_a_rest() -> None:
    limits: dict[str, Any] = {"cool_down_losses": 3, "cool_down_minutes": 60.0}
    three = Plain(losses=Streak(3, NOW - timedelta(minutes=59)))
    refused = said(wish(), three, **limits)
    assert refused is not None
    assert refused.code is RefusalCode.COOL_DOWN
    assert "3 losses in a row" in refused.message
    assert said(wish(), Plain(losses=Streak(3, NOW - timedelta(minutes=60))), **limits) is None
    assert said(wish(), Plain(losses=Streak(2, NOW)), **limits) is None
    assert said(wish(), msgspec.structs.replace(three, released=NOW), **limits) is None


def test_a_fall_from_the_peak_stops() -> None:
    refused = said(wish(), Plain(fallen=Fall(1_000_000, 800_000)), max_drawdown=0.2)
    assert refused is not None
    assert refused.code is RefusalCode.DRAWDOWN
    assert "8,000.00 is 20.0 % below its peak 10,000.00" in refused.message
    assert said(wish(), Plain(fallen=Fall(1_000_000, 800_001)), max_drawdown=0.2) is None
    assert said(wish(), Plain(fallen=Fall(0, 0)), max_drawdown=0.2) is None


def test_a_suspended_or_stopped_account_takes_nothing() -> None:
    refused = said(wish(), Plain(suspended=True))
    assert refused == Refusal(RefusalCode.ACCOUNT_SUSPENDED, "account main is suspended")
    stop = Breaker(1, "main", BreakerName.DRAWDOWN, "fell 20 %", NOW, None)
    refused = said(wish(), Plain(stopped=(stop,)))
    assert refused == Refusal(RefusalCode.DRAWDOWN, "placing is stopped until you let it go on: fell 20 %")
    assert said(wish(), Plain(stopped=(stop,)), recorded=True) is None, "a bet made elsewhere is a fact"


def test_a_bookmaker_takes_so_much_at_a_price_and_what_is_held_there_is_part_of_it() -> None:
    held = HeldBet(GAME.id, MONEYLINE, "Home", "fanduel", 30_000, 2.10, None)
    assert said(wish(bet(20_000, takes_minor=50_000)), Plain(bets=(held,))) is None
    refused = said(wish(bet(20_001, takes_minor=50_000)), Plain(bets=(held,)))
    assert refused is not None
    assert "300.00 + 200.01 > 500.00" in refused.message
    better = msgspec.structs.replace(held, decimal=2.05)
    assert said(wish(bet(20_001, takes_minor=50_000)), Plain(bets=(better,))) is None, "another price"


def test_a_bet_recorded_late_is_not_of_today() -> None:
    yesterday = msgspec.structs.replace(wish(), at=AT.day - timedelta(seconds=1))
    assert said(yesterday, Plain(staked=50_000), daily_bet_limit_minor=50_000) is None
    assert said(yesterday, Plain(staked=50_000), monthly_bet_limit_minor=50_000) is not None


def test_the_order_of_limits() -> None:
    stop = Breaker(1, "main", BreakerName.COOL_DOWN, "3 losses", NOW, None)
    everything = Plain(suspended=True, stopped=(stop,), open=9, available=0)
    codes = []
    for standing in (
        everything,
        msgspec.structs.replace(everything, suspended=False),
        msgspec.structs.replace(everything, suspended=False, stopped=()),
        Plain(available=0),
    ):
        refused = said(wish(), standing, max_open_bets=8)
        codes.append(None if refused is None else refused.code)
    assert codes == [
        RefusalCode.ACCOUNT_SUSPENDED,
        RefusalCode.COOL_DOWN,
        RefusalCode.OPEN_BETS,
        RefusalCode.INSUFFICIENT_AVAILABLE,
    ]


@pytest.mark.parametrize(
    ("hours", "zone", "told"),
    [
        (1, "UTC", "until 13:00: "),
        (1, "America/New_York", "until 09:00: "),
        (13, "America/New_York", "until 21:00: "),
        (17, "America/New_York", "until 2026-04-19 01:00: "),
    ],
)
def test_times_are_told_as_the_accounts_owner_reads_them(hours: int, zone: str, told: str) -> None:
    stop = Breaker(1, "main", BreakerName.DAILY_LOSS, "lost enough", NOW, NOW + timedelta(hours=hours))
    refused = refusal_of(wish(), Plain(stopped=(stop,)), Terms(Limits(), spans(NOW, "06:00", zone)))
    assert refused is not None
    assert told in refused.message
