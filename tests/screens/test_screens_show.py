from __future__ import annotations

from datetime import UTC, datetime

import pytest
from scenes import EPL, NBA, selection

from betting_tui.engine.config import Ui
from betting_tui.engine.core.odds import OddsFormat, parse_price
from betting_tui.screens.names import market, pick_of, point_text, sport
from betting_tui.screens.show import NOTHING, Show, age, countdown, counted, in_words, percent, size, to_win


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (9, "9s"),
        (12, "10s"),
        (99.9, "95s"),
        (100, "1m40"),
        (257, "4m10"),
        (7_500, "2h05"),
        (3 * 86_400, "3d"),
        (None, NOTHING),
    ],
)
def test_ages(seconds: float | None, text: str) -> None:
    assert age(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(42 * 60, "00:42"), (47 * 3600, "47:00"), (5 * 86_400 + 7_200, "5d02h"), (0, "in play")]
)
def test_countdowns(seconds: float, text: str) -> None:
    assert countdown(seconds) == text


def test_percent_has_a_sign_one_decimal_and_no_number_for_nothing() -> None:
    assert percent(0.05) == "+5.0 %"
    assert percent(-0.0123, places=2) == "-1.23 %"
    assert percent(0.42, sign=False) == "42.0 %"
    assert percent(None) == NOTHING


@pytest.mark.parametrize(
    ("odds_format", "text"), [("american", "+150"), ("decimal", "2.50"), ("fractional", "6/4"), ("hong_kong", "1.50")]
)
def test_prices_are_in_the_users_format(odds_format: str, text: str) -> None:
    show = Show(Ui(odds_format=OddsFormat(odds_format).value), "USD")  # type: ignore[arg-type]
    assert show.price(parse_price("+150", OddsFormat.AMERICAN)) == text
    assert show.decimal(2.5) == text
    assert show.decimal(0.9) == NOTHING


def test_times_are_in_the_users_zone() -> None:
    noon = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)
    assert Show(Ui(time_zone="America/New_York"), "USD").clock(noon) == "08:00"
    assert Show(Ui(time_zone="nowhere/at-all"), "USD").clock(noon) == "12:00"
    assert Show(Ui(time_zone="UTC"), "USD").near(noon, datetime(2026, 7, 2, tzinfo=UTC)) == "01 Jul 12:00"


def test_a_win_is_rounded_once_half_to_even() -> None:
    assert to_win(2_500, parse_price("+150", OddsFormat.AMERICAN)) == 3_750
    assert to_win(1_000, parse_price("-110", OddsFormat.AMERICAN)) == 909


def test_picks_and_markets_carry_their_point() -> None:
    assert pick_of(selection(NBA, "spreads", "Celtics", -3.5).line, "Celtics", -3.5) == "Celtics -3.5"
    assert pick_of(selection(NBA, "totals", "Over", 224.5).line, "Over", 224.5) == "Over 224.5"
    assert point_text(selection(NBA, "h2h", "Lakers").line, None) == ""
    assert market(selection(EPL, "h2h", "Brighton").line) == "Result"
    assert market(selection(NBA, "h2h", "Lakers").line) == "Moneyline"


def test_sizes() -> None:
    assert [size(count) for count in (12, 151_552, 20_480_000)] == ["12 B", "151.6 kB", "20.5 MB"]


def test_a_feeds_key_becomes_what_people_call_the_sport() -> None:
    assert sport("americanfootball_nfl") == "NFL"
    assert sport("tennis_atp_miami_open") == "ATP Miami Open"
    assert sport("NBA") == "NBA"


def test_names_are_told_with_and_before_the_last() -> None:
    assert [in_words("a"), in_words("ab"), in_words("abc")] == ["a", "a and b", "a, b and c"]


def test_counts_agree_with_their_noun() -> None:
    assert counted(1, "bet") == "1 bet"
    assert counted(1_200, "bet") == "1,200 bets"
    assert counted(0, "entry", "entries") == "0 entries"
