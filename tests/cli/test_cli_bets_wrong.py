"""What cannot be a bet is refused in words, and leaves nothing behind that a right one would stumble over."""

from __future__ import annotations

import pytest
from cli_kit import Cli, Ran


def place(cli: Cli, told: str) -> Ran:
    return cli(
        "bets", "place", "--event", "epl-1", "--home", "Arsenal", "--away", "Chelsea", "--sport", "soccer_epl",
        "--bookmaker", "pinnacle", "--odds", "2", "--stake", "10", *told.split(), "--format", "json",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("told", "word"),
    [
        ("--market totals --selection Over --point -2.5", "a total is never below 0"),
        ("--market team_totals --selection Over --participant Arsenal --point -0.5", "a total is never below 0"),
        ("--market totals --selection Over --point 2.5 --participant Arsenal", "those of one team are team_totals"),
        ("--market h2h --selection Arsenal --participant Saka", "h2h has no --participant"),
        ("--market spreads --selection Arsenal --point 1 --participant Saka", "spreads has no --participant"),
        ("--market btts --selection Yes --point 1.5", "btts has no --point"),
        ("--market outrights --selection Arsenal --point 2", "outrights has no --point"),
        ("--market draw_no_bet --selection Draw", "gives the stake back on a draw"),
    ],
)
def test_what_a_market_makes_nothing_of_is_refused(cli: Cli, told: str, word: str) -> None:
    ran = place(cli, told)
    assert (ran.code, ran.out) == (2, "")
    assert word in ran.err
    assert cli("bets", "list", "--format", "json").json() == []


def test_a_refused_bet_says_nothing_of_when_its_game_starts(cli: Cli) -> None:
    won = "--market h2h --selection Arsenal --commence"
    assert place(cli, f"{won} 2020-01-01T00:00:00Z").json()["refused"] == "event_started"
    bet = place(cli, f"{won} 2199-01-01T00:00:00Z").json()
    assert bet["commence_time"] == "2199-01-01T00:00:00Z"
    assert place(cli, f"{won} 2020-01-01T00:00:00Z").json()["refused"] == "event_started"
    assert cli("bets", "show", bet["id"], "--format", "json").json()["commence_time"] == "2199-01-01T00:00:00Z"


def test_a_parlay_beyond_any_price_is_refused_in_words(cli: Cli) -> None:
    legs = [part for number in range(4) for part in ("--leg", f"e{number},h2h,A,5000")]
    ran = cli("bets", "place", *legs, "--bookmaker", "pinnacle", "--stake", "10", "--format", "json")
    assert ran.code == 1
    assert ran.json()["refused"] == "invalid_odds"
    assert "leave a leg out" in ran.err
