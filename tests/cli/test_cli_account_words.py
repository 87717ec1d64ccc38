"""Accounts told apart and told of: alike names, keys sent again, limits at 80 columns, money at bookmakers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from cli_kit import Cli, Ran

from betting_tui.cli.account_limits import AccountLimits, LimitInForce, limits_sheet
from betting_tui.cli.account_values import LIMITS
from betting_tui.cli.output import Style, table_text
from betting_tui.engine.core.money_views import LimitUse

ODDS = """[{"id": "401", "sport_key": "basketball_nba", "sport_title": "NBA", "commence_time": "2026-04-18T18:00:00Z",
"home_team": "Lakers", "away_team": "Celtics", "bookmakers": [{"key": "pinnacle", "title": "Pinnacle", "last_update":
"2026-04-18T12:00:00Z", "markets": [{"key": "h2h", "last_update": "2026-04-18T12:00:00Z", "outcomes":
[{"name": "Lakers", "price": -110}, {"name": "Celtics", "price": -110}]}]}, {"key": "fanduel", "title": "FanDuel",
"last_update": "2026-04-18T12:00:00Z", "markets": [{"key": "h2h", "last_update": "2026-04-18T12:00:00Z", "outcomes":
[{"name": "Lakers", "price": 120}, {"name": "Celtics", "price": -150}]}]}]}]"""
BET = (
    "bets", "place", "--event", "e1", "--home", "Lakers", "--away", "Celtics", "--market", "h2h", "--selection",
    "Lakers", "--bookmaker", "fanduel", "--odds", "+150",
)  # fmt: skip


def opened(cli: Cli, name: str, *arguments: str) -> None:
    ran = cli("account", "create", name, *arguments)
    assert ran.code == 0, ran.err


def limits(cli: Cli, *arguments: str) -> dict[str, Any]:
    ran = cli("account", "limits", *arguments, "--format", "json")
    assert ran.code == 0, ran.err
    return {row["limit"]: row for row in ran.json()["limits"]}


def bet(cli: Cli, *arguments: str, stake: str = "100") -> Ran:
    return cli(*BET, "--stake", stake, *arguments, "--format", "json")


def test_names_that_look_alike_are_one_account(cli: Cli) -> None:
    opened(cli, "caf\u00e9 \u00c9")
    for alike in ("CAF\u00c9 \u00e9", "cafe\u0301 E\u0301", " caf\u00e9 \u00c9 "):
        assert "already" in cli("account", "create", alike).err
        assert cli("account", "show", alike, "--format", "json").json()["name"] == "caf\u00e9 \u00c9"
        assert cli("account", "limits", alike, "--format", "json").json()["account"] == "caf\u00e9 \u00c9"
    assert "singly spaced" in cli("account", "create", "two  spaces").err


def test_limits_are_cleared_before_others_are_set(cli: Cli) -> None:
    opened(cli, "v", "--risk", "none", "--limits", "max_open_bets=3,max_bet_size=50")
    told = limits(cli, "v", "--clear", "all", "max_bet_share=10%", "max_open_bets=4")
    own = {key: row["allowed"] for key, row in told.items() if row["source"] == "account"}
    assert own == {"max_bet_share": 0.1, "max_open_bets": 4}


def test_a_limit_without_a_value_says_how_it_is_set(cli: Cli) -> None:
    ran = cli("account", "limits", "max_open_bets")
    assert (ran.code, ran.out) == (2, "")
    assert "write max_open_bets=10" in ran.err


def test_limit_names_and_what_is_used_are_whole_at_80_columns() -> None:
    used = AccountLimits(
        "v", "USD", "none",
        tuple(
            LimitInForce(key, "share", 0.2, "account", LimitUse(key, 28_905, 20_000, "money")) for key in LIMITS
        ),
        (),
    )  # fmt: skip
    lines = table_text(limits_sheet(used), Style(width=80)).splitlines()
    assert max(map(len, lines)) <= 80
    for key in LIMITS:
        assert any(line.startswith(f"{key} ") and "289.05 of 200.00" in line for line in lines)


def test_refusals_are_counted_before_the_first_result(cli: Cli) -> None:
    opened(cli, "v", "--limits", "daily_bet_limit=500")
    assert bet(cli, "--account", "v", stake="480").code == 0
    refused = bet(cli, "--account", "v", stake="50")
    assert (refused.code, refused.json()["message"]) == (1, "daily stake 480.00 + 50.00 > 500.00")
    assert bet(cli, "--account", "v", stake="20").code == 0
    assert "2 placed · 1 refused" in cli("report", "--account", "v").out
    day = cli("export", "day", "--account", "v").json()
    assert day["refusals"] == {"daily_stake": 1}


def test_a_key_sent_again_says_that_nothing_was_added(cli: Cli) -> None:
    opened(cli, "k", "--book-balances", "--starting", "1000")
    for arguments in (
        ("deposit", "5"),
        ("withdraw", "5"),
        ("transfer", "100", "--from", "wallet", "--to", "fanduel"),
    ):
        send = ("account", *arguments, "--account", "k", "--key", "once")
        assert "nothing was added" not in cli(*send).err
        assert "nothing was added" in cli(*send).err
    other = cli("account", "deposit", "5", "--kind", "bonus", "--account", "k", "--key", "once")
    assert (other.code, "a deposit of +5.00 USD" in other.err) == (2, True)


def test_money_at_bookmakers_is_shown(cli: Cli) -> None:
    opened(cli, "k", "--book-balances", "--starting", "1000")
    moved = cli("account", "transfer", "100", "--from", "wallet", "--to", "fanduel", "--account", "k")
    assert "100 USD moved from wallet to fanduel" in moved.err
    assert cli("account", "show", "k", "--format", "json").json()["books"] == [
        {"bookmaker": "", "available_minor": 90_000},
        {"bookmaker": "fanduel", "available_minor": 10_000},
    ]
    shown = cli("account", "show", "k").out
    assert "At fanduel" in shown
    assert "900.00" in shown
    assert "books" not in cli("account", "show", "main", "--format", "json").json()


def test_a_reset_sent_again_changes_nothing_and_says_so(cli: Cli) -> None:
    opened(cli, "r", "--starting", "1000", "--currency", "EUR")
    bet(cli, "--account", "r")
    send = ("account", "reset", "r", "--void-open", "--key", "z")
    assert "1 open bet or order given back" in cli(*send).out
    again = cli(*send, "--format", "json")
    assert "nothing was changed" in again.err
    assert again.json() == {
        "account": "r", "period": 2, "starting_minor": 100_000, "voided": 1, "currency": "EUR",
    }  # fmt: skip
    assert "use another" in cli(*send, "--starting", "77").err


def test_no_control_character_of_a_reason_is_kept(cli: Cli) -> None:
    cli("account", "deposit", "5", "--reason", "a\x1b[31mb\nc")
    assert cli("export", "ledger", "--format", "csv").out.count("a[31mb c") == 2
    assert "\x1b" not in cli("export", "ledger").out


def test_an_account_that_is_stopped_says_until_when(cli: Cli) -> None:
    opened(cli, "v", "--risk", "none", "--limits", "max_daily_loss=50")
    lost = bet(cli, "--account", "v", stake="50").json()["id"]
    cli("bets", "settle", lost, "--result", "loss")
    cli("account", "list")
    shown = cli("account", "show", "v").out
    assert "daily loss 50.00" in shown
    assert "daily_loss until 20" in shown
    assert bet(cli, "--account", "v", stake="1").json()["refused"] == "daily_loss"


def test_the_settings_may_write_the_current_account_in_other_case(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    opened(cli, "Value")
    monkeypatch.setenv("BETTING_TUI__ACCOUNTS__CURRENT", "VALUE")
    row = cli("account", "show", "--format", "json").json()
    assert (row["name"], row["current"]) == ("Value", True)
    assert cli("report", "--format", "json").json()["account"] == "Value"


def test_an_order_taken_back_holds_no_money(cli: Cli) -> None:
    order = bet(cli, "--work-until", "2099-01-01", stake="50").json()
    assert (order["state"], order["reserved_minor"]) == ("working", 5_000)
    over = cli("bets", "cancel", order["id"], "--format", "json").json()
    assert (over["state"], over["reserved_minor"]) == ("cancelled", 0)
    assert cli("account", "show", "--format", "json").json()["reserved_minor"] == 0


def test_recorded_prices_are_staked_as_the_account_named(cli: Cli, home: Path) -> None:
    opened(cli, "yen", "--currency", "JPY", "--starting", "50000", "--sizing", "percent", "--percent", "1%")
    file = home / "odds.json"
    file.write_text(ODDS, encoding="utf-8")
    look = ("analyze", "--from", str(file), "--strategy", "value_betting", "--format", "json")
    found = cli(*look, "--account", "yen").json()
    assert (found["currency"], {each["recommended_stake_minor"] for each in found["opportunities"]}) == ("JPY", {500})
    plain = cli(*look).json()
    assert (plain["currency"], {each["recommended_stake_minor"] for each in plain["opportunities"]}) == (
        "USD",
        {10_000},
    )
