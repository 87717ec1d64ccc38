"""Which limits hold: an account's own, then the settings', then those of a tolerance."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from msgspec import Struct

from betting_tui.engine.config import Risk, Settings
from betting_tui.engine.core.accounts import AccountSettings, Limits, RiskTolerance
from betting_tui.engine.limits import PRESETS, floor_minor, resolve_limits, spans


class Owner(Struct, frozen=True):
    settings: AccountSettings = AccountSettings()
    currency: str = "USD"


def resolved(own: AccountSettings | None = None, **risk: object) -> tuple[Limits, Limits]:
    return resolve_limits(Settings(risk=Risk(**risk)), Owner(own or AccountSettings()))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("tolerance", "share", "bets", "loss"),
    [("low", 0.02, 5, 0.03), ("medium", 0.05, 8, 0.05), ("high", 0.10, 30, 0.10), ("none", None, None, None)],
)
def test_a_tolerance_stands_for_three_limits(
    tolerance: RiskTolerance, share: float | None, bets: int | None, loss: float | None
) -> None:
    for limits in (*resolved(risk_tolerance=tolerance), *resolved(AccountSettings(tolerance=tolerance))):
        assert (limits.max_bet_share, limits.max_open_bets, limits.max_daily_loss_share) == (share, bets, loss)


def test_without_a_word_it_is_medium_and_nobody_set_it() -> None:
    limits, set_limits = resolved()
    assert limits.max_open_bets == PRESETS["medium"].max_open_bets
    assert (set_limits.max_open_bets, set_limits.max_bet_share, set_limits.max_daily_loss_share) == (None, None, None)


def test_an_accounts_own_come_first_then_the_settings_then_the_tolerance() -> None:
    own = AccountSettings(limits=Limits(max_open_bets=3), tolerance="high")
    limits, set_limits = resolved(own, risk_tolerance="low", max_open_bets=4, max_bet_share=0.01)
    assert (limits.max_open_bets, limits.max_bet_share, limits.max_daily_loss_share) == (3, 0.01, 0.10)
    assert set_limits == limits


def test_what_is_set_in_the_settings_holds_for_bets_made_elsewhere_too() -> None:
    limits, set_limits = resolved(max_bet_size=Decimal("250.50"))
    assert set_limits.max_bet_size_minor == limits.max_bet_size_minor == 25_050
    assert set_limits.max_open_bets is None


def test_amounts_are_in_the_accounts_currency_and_never_rounded_up() -> None:
    assert floor_minor(Decimal("10.99"), "JPY") == 10
    assert floor_minor(Decimal("10.5"), "KWD") == 10_500
    limits, _ = resolve_limits(Settings(risk=Risk(daily_bet_limit=Decimal("99.5"))), Owner(currency="JPY"))
    assert limits.daily_bet_limit_minor == 99


def test_days_and_months_begin_in_the_accounts_zone() -> None:
    now = datetime(2026, 5, 1, 9, 59, tzinfo=UTC)
    there = spans(now, "06:00", "America/New_York")
    assert there.day == datetime(2026, 4, 30, 10, 0, tzinfo=UTC)
    assert there.month == datetime(2026, 4, 1, 10, 0, tzinfo=UTC)
    assert there.next_day == datetime(2026, 5, 1, 10, 0, tzinfo=UTC)
