"""What an account would stake, and what limits it."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from plain_standing import Plain

from betting_tui.engine.config import Settings
from betting_tui.engine.config.tree import PaperTrading
from betting_tui.engine.core.accounts import HeldBet, Limits, SizingChoice
from betting_tui.engine.core.model import Leg, Opportunity, Origin, Selection
from betting_tui.engine.core.odds import parse_any
from betting_tui.engine.core.refusals import RefusalCode
from betting_tui.engine.core.staking import SizingMethod, SizingRules
from betting_tui.engine.headroom import Headroom
from betting_tui.engine.limits import spans
from betting_tui.engine.risk import Stake, Terms, Wish, refusal_of
from betting_tui.engine.sizing import Sized, Sizer, sizing_rules
from market_samples import GAME, MONEYLINE, NOW, START, TENNIS, TOTAL


def find(*prices: tuple[str, str], probability: float | None = None) -> Opportunity:
    """One leg a price and bookmaker, sides in turn."""
    legs = tuple(
        Leg(Selection(MONEYLINE, name), bookmaker, parse_any(price))
        for name, (price, bookmaker) in zip(("Away", "Home", "Draw"), prices, strict=False)
    )
    return Opportunity("OPP-1", "s", GAME, MONEYLINE, legs, NOW, START, fair_probability=probability)


def size(found: Opportunity, available: int = 1_000_000, **changes: float | str) -> Sized:
    rules = SizingRules(**changes)  # type: ignore[arg-type]
    return Sizer(rules, "USD", {}).size(found, available)


VALUE = find(("2.20", "fanduel"), probability=0.5)
ARBITRAGE = find(("2.10", "fanduel"), ("2.10", "betmgm"))


def test_flat_is_the_same_on_every_price() -> None:
    sized = size(VALUE, method="flat", flat_minor=10_000)
    assert (sized.stake_minor, sized.legs[0].stake_minor, sized.reason) == (10_000, 10_000, "flat 100.00")


def test_a_share_is_of_what_is_available_down_to_the_whole_unit() -> None:
    assert size(VALUE, 123_456, method="percent", percent=0.02).stake_minor == 2_400


def test_kelly_is_scaled_and_capped() -> None:
    """Full Kelly on 2.20 at 50 % is 0.10 / 1.20 = 8.33 %; a quarter of it 2.08 %."""
    assert size(VALUE, method="kelly").stake_minor == 20_800
    capped = size(VALUE, method="kelly", kelly_fraction=1.0)
    assert capped.stake_minor == 50_000
    assert "max bet 5 %" in capped.reason


def test_kelly_needs_a_fair_line_and_an_edge_after_commission() -> None:
    assert size(find(("2.20", "fanduel")), method="kelly").reason == "no fair line"
    at_the_exchange = find(("2.04", "betfair_ex_eu"), probability=0.5)
    assert size(at_the_exchange, method="kelly").reason == "no edge at this price"
    free = Sizer(SizingRules(method="kelly"), "USD", {"betfair": 0.0})
    assert free.size(at_the_exchange, 1_000_000).stake_minor > 0


@pytest.mark.parametrize("available", [0, -5, 9_999])
def test_what_is_not_there_is_not_staked(available: int) -> None:
    for found in (VALUE, find(("2.10", "a"), ("1.10", "b"))):
        sized = size(found, available, method="flat", flat_minor=10_000)
        assert sized.stake_minor == 0
        assert sized.reason
        assert all(leg.stake_minor is None for leg in sized.legs)


def test_an_arbitrage_is_split_for_an_equal_return() -> None:
    sized = size(ARBITRAGE, method="flat", flat_minor=10_000)
    assert [leg.stake_minor for leg in sized.legs] == [10_000, 10_000]
    assert sized.stake_minor == 20_000


def test_no_leg_of_an_arbitrage_is_larger_than_one_bet() -> None:
    """The short price needs nearly all of the money: it is that leg which a flat 100 limits."""
    sized = size(find(("1.10", "fanduel"), ("15.00", "betmgm")), method="flat", flat_minor=10_000)
    stakes = [leg.stake_minor or 0 for leg in sized.legs]
    assert max(stakes) <= 10_000
    assert stakes[0] * Fraction("1.10") > sum(stakes)
    assert stakes[1] * 15 > sum(stakes)


def test_the_cap_on_a_bet_holds_for_each_leg() -> None:
    for method, share in (("percent", 0.50), ("kelly", 0.01)):
        sized = size(ARBITRAGE, method=method, percent=share, max_bet_share=0.05)
        assert [leg.stake_minor for leg in sized.legs] == [50_000, 50_000], method


def test_a_share_is_taken_exactly() -> None:
    """29 % of 1.00 is 29 cents, whatever floats make of it."""
    sized = size(ARBITRAGE, 100, method="percent", percent=0.29, max_bet_share=1, stake_unit_minor=1, min_stake_minor=1)
    assert [leg.stake_minor for leg in sized.legs] == [29, 29]


def test_an_arbitrage_too_small_for_whole_units_or_the_minimum_is_no_bet() -> None:
    thin = find(("2.00", "fanduel"), ("2.01", "betmgm"))
    assert size(thin, 300, method="flat", flat_minor=300).reason.startswith("no whole stakes")
    lopsided = find(("1.10", "fanduel"), ("15.00", "betmgm"))
    assert size(lopsided, method="flat", flat_minor=10_000, min_stake_minor=2_000).stake_minor == 0


def test_commission_is_in_the_split() -> None:
    """2.10 at Betfair pays 2.045: as much must come back there as at the other book."""
    sized = size(find(("2.10", "fanduel"), ("2.10", "betfair_ex_eu")), method="flat", flat_minor=100_000)
    stakes = [leg.stake_minor or 0 for leg in sized.legs]
    assert stakes[0] * Fraction("2.10") > sum(stakes)
    assert stakes[1] * Fraction("2.045") > sum(stakes)


decimals = st.integers(102, 2_000).map(lambda number: f"{number / 100:.2f}")


@given(
    st.lists(decimals, min_size=2, max_size=3),
    st.integers(0, 200_000),
    st.sampled_from(("flat", "percent", "kelly")),
)
def test_a_split_is_affordable_within_one_bet_a_leg_and_wins_whatever_happens(
    prices: list[str], available: int, method: SizingMethod
) -> None:
    rules = SizingRules(method=method, flat_minor=5_000, percent=0.03, max_bet_share=0.04)
    found = find(*((price, f"book{index}") for index, price in enumerate(prices)))
    sized = Sizer(rules, "USD", {}).size(found, available)
    stakes = [leg.stake_minor or 0 for leg in sized.legs]
    assert sum(stakes) == sized.stake_minor
    if sized.stake_minor == 0:
        assert sized.reason
        return
    assert sum(stakes) <= available
    assert all(stake % 100 == 0 and stake >= 100 for stake in stakes)
    assert max(stakes) <= {"flat": 5_000, "percent": available * 0.03, "kelly": available * 0.04}[method] + 1e-6
    returns = [stake * Fraction(price) for stake, price in zip(stakes, prices, strict=True)]
    assert min(returns) > sum(stakes)


def test_settings_give_the_rules_in_the_minor_units_of_the_currency() -> None:
    paper = PaperTrading(currency="JPY", flat_bet_size=Decimal(500), stake_unit=Decimal(10), min_stake=Decimal(0))
    rules = sizing_rules(Settings(paper_trading=paper))
    assert (rules.flat_minor, rules.stake_unit_minor, rules.min_stake_minor) == (500, 10, 0)
    assert sizing_rules(Settings()) == SizingRules()


# Within what limits leave


def room(standing: Plain | None = None, **limits: Any) -> Headroom:
    account = standing or Plain()
    return Headroom(lambda work: work(account), Limits(**limits), spans(NOW, "06:00", "UTC"), "USD")


def cut(found: Opportunity, standing: Plain | None = None, rules: SizingRules | None = None, **limits: Any) -> Sized:
    asked = room(standing, **limits)
    return Sizer(rules or SizingRules(), "USD", {}).size(found, asked.position.available_minor, asked)


@pytest.mark.parametrize(
    ("limits", "standing", "stake", "name"),
    [
        ({"max_bet_size_minor": 4_050}, Plain(), 4_000, "max bet size"),
        ({"max_bet_share": 0.005}, Plain(), 5_000, "max bet 0.5 % of bankroll"),
        ({"daily_bet_limit_minor": 50_000}, Plain(staked=45_000), 5_000, "daily stake"),
        ({"monthly_bet_limit_minor": 50_000}, Plain(staked=45_000), 5_000, "monthly stake"),
        ({"max_event_exposure": 0.02}, Plain(exposure=15_000), 5_000, "exposure on this event"),
        ({"max_league_exposure": 0.02}, Plain(exposure=15_000), 5_000, "exposure in basketball_nba"),
        ({"max_bookmaker_exposure": 0.02}, Plain(exposure=15_000), 5_000, "exposure at fanduel"),
        ({"max_total_exposure": 0.02}, Plain(exposure=15_000), 5_000, "exposure in total"),
        ({"max_kelly_fraction": 0.1}, Plain(), 8_300, "max 0.1 Kelly"),
        ({}, Plain(at_book=5_000), 5_000, "money at fanduel"),
    ],
)
def test_a_stake_is_cut_to_what_the_tightest_limit_leaves(
    limits: dict[str, Any], standing: Plain, stake: int, name: str
) -> None:
    sized = cut(VALUE, standing, max_open_bets=9, **limits)
    assert (sized.stake_minor, sized.reason) == (stake, f"flat 100.00 → {name}")


def test_a_limit_that_leaves_less_than_the_minimum_is_a_refusal() -> None:
    sized = cut(VALUE, Plain(staked=49_950), daily_bet_limit_minor=50_000)
    assert sized.refusal is not None
    assert (sized.stake_minor, sized.refusal.code) == (0, RefusalCode.DAILY_STAKE)
    assert sized.reason == "flat 100.00 → daily stake, below the minimum stake 1.00"


@pytest.mark.parametrize(
    ("limits", "standing", "code"),
    [
        ({}, Plain(suspended=True), RefusalCode.ACCOUNT_SUSPENDED),
        ({"max_open_bets": 3}, Plain(open=3), RefusalCode.OPEN_BETS),
        ({"max_bets_per_hour": 3}, Plain(placements=3), RefusalCode.TOO_MANY),
        ({"max_daily_loss_minor": 100}, Plain(profit=-100), RefusalCode.DAILY_LOSS),
        ({"max_odds": 2.0}, Plain(), RefusalCode.ODDS_RANGE),
        ({"min_edge": 0.11}, Plain(), RefusalCode.BELOW_EDGE),
    ],
)
def test_what_no_stake_gets_past_is_told_before_anything_is_sized(
    limits: dict[str, Any], standing: Plain, code: RefusalCode
) -> None:
    sized = cut(VALUE, standing, **limits)
    assert sized.refusal is not None
    assert (sized.stake_minor, sized.refusal.code, sized.reason) == (0, code, sized.refusal.message)


def test_an_arbitrage_is_split_within_the_limits_of_each_bet_and_of_all_together() -> None:
    assert cut(ARBITRAGE, max_bet_size_minor=4_000).stake_minor == 8_000
    assert cut(ARBITRAGE, Plain(staked=45_000), daily_bet_limit_minor=50_000).stake_minor == 5_000
    assert cut(ARBITRAGE, Plain(open=2), max_open_bets=3).stake_minor == 0
    none = cut(ARBITRAGE, Plain(staked=49_950), daily_bet_limit_minor=50_000)
    assert none.refusal is not None
    assert none.refusal.code is RefusalCode.DAILY_STAKE


def test_kelly_counts_what_is_held_on_the_event_and_beside_it() -> None:
    rules = SizingRules(method="kelly", kelly_fraction=1.0, max_bet_share=1.0)
    alone = cut(VALUE, rules=rules).stake_minor
    other_line = HeldBet(GAME.id, TOTAL, "Over", "fanduel", 10_000, 1.9, 0.55)
    same_event = cut(VALUE, Plain(available=990_000, bets=(other_line,)), rules)
    assert same_event.stake_minor == (990_000 * 8_333 // 100_000 - 10_000) // 100 * 100
    assert "less 100.00 staked on this event" in same_event.reason
    elsewhere = msgspec.structs.replace(other_line, event_id="other", line=TENNIS)
    assert 0 < cut(VALUE, Plain(bets=(elsewhere,)), rules).stake_minor < alone


def test_an_account_has_its_own_way_of_staking_before_the_configured_one() -> None:
    own = SizingChoice(method="kelly", kelly_fraction=0.5, flat_minor=2_500)
    rules = sizing_rules(Settings(), own, "EUR")
    assert (rules.method, rules.kelly_fraction, rules.flat_minor, rules.percent) == ("kelly", 0.5, 2_500, 0.01)
    assert sizing_rules(Settings(paper_trading=PaperTrading(auto_kelly_sizing=True))).auto_kelly
    assert not sizing_rules(
        Settings(paper_trading=PaperTrading(auto_kelly_sizing=True)), SizingChoice(auto_kelly=False)
    ).auto_kelly


@given(
    st.sampled_from(("flat", "percent", "kelly")),
    st.integers(0, 60_000),
    st.integers(0, 60_000),
    st.floats(0.001, 0.1),
)
def test_what_is_suggested_is_accepted(method: SizingMethod, staked: int, exposure: int, share: float) -> None:
    """Whatever limits leave, the suggestion passes every check on the same account."""
    limits: dict[str, Any] = {
        "daily_bet_limit_minor": 50_000, "max_total_exposure": 0.05, "max_bet_share": share, "max_kelly_fraction": 0.5,
    }  # fmt: skip
    standing = Plain(staked=staked, exposure=exposure, available=1_000_000 - exposure)
    for found in (VALUE, ARBITRAGE):
        sized = cut(found, standing, SizingRules(method=method), **limits)
        bets = tuple(
            Stake(GAME.id, GAME.sport_key, MONEYLINE, leg.selection.name, leg.bookmaker, stake, stake, 2.1)
            for leg in sized.legs
            if (stake := leg.stake_minor)
        )
        known = (found.fair_probability, 2.2) if found is VALUE else (None, None)
        wish = Wish(bets, Origin.APP, NOW, *known)
        assert not bets or refusal_of(wish, standing, Terms(Limits(**limits), spans(NOW, "06:00", "UTC"))) is None
