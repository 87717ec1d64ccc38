"""Several paper accounts from the command line: opened, compared, used, limited, stopped and begun anew."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from cli_kit import Cli, Ran

BET = (
    "bets", "place", "--event", "e1", "--home", "Lakers", "--away", "Celtics", "--market", "h2h", "--selection",
    "Lakers", "--bookmaker", "fanduel", "--odds", "+150",
)  # fmt: skip


def opened(cli: Cli, name: str, *arguments: str) -> Any:
    ran = cli("account", "create", name, *arguments, "--format", "json")
    assert ran.code == 0, ran.err
    return ran.json()


def listed(cli: Cli) -> dict[str, Any]:
    return {row["name"]: row for row in cli("account", "list", "--format", "json").json()}


def limits(cli: Cli, *arguments: str) -> dict[str, Any]:
    ran = cli("account", "limits", *arguments, "--format", "json")
    assert ran.code == 0, ran.err
    return {row["limit"]: row for row in ran.json()["limits"]}


def bet(cli: Cli, *arguments: str, stake: str = "100") -> Ran:
    return cli(*BET, "--stake", stake, *arguments, "--format", "json")


# Opening


def test_an_account_is_opened_as_asked(cli: Cli) -> None:
    row = opened(
        cli, "value", "--starting", "5000", "--currency", "eur", "--time-zone", "Europe/Berlin", "--sizing", "kelly",
        "--kelly-fraction", "25%", "--max-share", "0.03", "--strategies", "value_betting,arbitrage", "--limits",
        "max_open_bets=10,max_bet_share=2%,daily_bet_limit=500", "--risk", "low",
    )  # fmt: skip
    assert (row["currency"], row["bankroll_minor"], row["time_zone"]) == ("EUR", 500_000, "Europe/Berlin")
    assert row["strategies"] == ["value_betting", "arbitrage"]
    own = row["settings"]
    assert own["sizing"] == {"method": "kelly", "kelly_fraction": 0.25, "max_bet_share": 0.03}
    assert own["limits"] == {"max_open_bets": 10, "max_bet_share": 0.02, "daily_bet_limit_minor": 50_000}
    assert own["tolerance"] == "low"
    assert not row["current"]


def test_what_is_not_said_is_as_configured(cli: Cli) -> None:
    row = opened(cli, "plain")
    assert (row["currency"], row["starting_minor"], row["settings"]) == ("USD", 1_000_000, {"sizing": {}, "limits": {}})
    assert len(row["strategies"]) == 3


def test_amounts_are_of_the_accounts_own_currency(cli: Cli) -> None:
    row = opened(cli, "yen", "--starting", "500000", "--currency", "JPY", "--flat", "1000", "--min-stake", "100")
    assert row["bankroll_minor"] == 500_000
    assert row["settings"]["sizing"] == {"flat_minor": 1000, "min_stake_minor": 100}
    assert cli("account", "create", "odd", "--currency", "JPY", "--starting", "10.50").code == 2
    entry = cli("account", "deposit", "50", "--account", "yen", "--format", "json").json()
    assert (entry["amount_minor"], entry["currency"]) == (50, "JPY")


def test_a_sample_comes_with_a_season(cli: Cli) -> None:
    row = opened(cli, "show", "--sample")
    assert row["settled_bets"] > 100
    assert row["open_bets"] > 0
    assert row["yield_fraction"] > 0
    assert cli("ledger", "verify").code == 0
    assert listed(cli)["main"]["settled_bets"] == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("main",), "already"),
        (("x", "--currency", "EURO"), "three letters"),
        (("x", "--starting", "-5"), "below 0"),
        (("x", "--starting", "much"), "--starting"),
        (("x", "--starting", "1.001"), "decimals"),
        (("x", "--time-zone", "Nowhere/Land"), "time zone"),
        (("x", "--flat", "0"), "--flat must be above 0"),
        (("x", "--percent", "2"), "not from 0 to 1"),
        (("x", "--kelly-fraction", "0"), "above 0"),
        (("x", "--strategies", "value_beting"), "did you mean value_betting?"),
        (("x", "--strategies", ","), "names none"),
        (("x", "--limits", "max_open=5"), "did you mean max_open_bets"),
        (("x", "--limits", "max_open_bets"), "write max_open_bets=10"),
        (("x", "--limits", "max_open_bets=2.5"), "whole number"),
        (("x", "--limits", "max_bet_share=200%"), "max_bet_share must be above 0 and at most 1"),
        (("x", "--limits", "max_bet_size=-5"), "above 0"),
        (("x", "--limits", "min_odds=3,max_odds=2"), "min_odds 3 is above max_odds 2"),
        (("x", "--limits", "min_edge=lots"), "not a number"),
        (("x", "--risk", "wild"), "wild"),
        (("x\x1b[31m",), "one line"),
        (("",), "one line"),
        (("x", "--sample", "--starting", "0"), "starting bankroll"),
    ],
)
def test_what_cannot_be_is_said_and_opens_nothing(cli: Cli, arguments: tuple[str, ...], said: str) -> None:
    cli("account", "list")
    ran = cli("account", "create", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert list(listed(cli)) == ["main"]


# Side by side


def test_accounts_of_different_currencies_are_compared_in_their_own_decimals(cli: Cli) -> None:
    opened(cli, "yen", "--starting", "500000", "--currency", "JPY")
    rows = list(csv.DictReader(io.StringIO(cli("account", "list", "--format", "csv").out)))
    assert [(row["name"], row["bankroll"]) for row in rows] == [("main", "10000.00"), ("yen", "500000")]
    table = cli("account", "list").out
    assert "500,000" in table
    assert "10,000.00" in table


def test_the_current_account_is_remembered(cli: Cli) -> None:
    opened(cli, "value")
    assert cli("account", "use", "VALUE", "--format", "json").json()["current"]
    assert {name: row["current"] for name, row in listed(cli).items()} == {"main": False, "value": True}
    cli("account", "deposit", "50")
    assert listed(cli)["value"]["available_minor"] == 1_005_000
    assert cli("account", "show", "--format", "json").json()["name"] == "value"
    assert cli("account", "use", "nobody").code == 2


def test_settings_that_fix_the_account_are_pointed_out(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    opened(cli, "value")
    monkeypatch.setenv("BETTING_TUI__ACCOUNTS__CURRENT", "main")
    assert "fix accounts.current to main" in cli("account", "use", "value").err


@pytest.mark.parametrize(
    "command",
    [
        ("account", "deposit", "5"), ("bets", "list"), ("report",), ("export", "bets"), ("opportunities", "list"),
        ("settle",), ("live",), ("account", "limits"), (*BET, "--stake", "1"),
    ],
)  # fmt: skip
def test_an_account_nobody_has_is_wrong_usage_and_is_not_opened(cli: Cli, command: tuple[str, ...]) -> None:
    cli("account", "list")
    ran = cli(*command, "--account", "valeu")
    assert (ran.code, ran.out) == (2, "")
    assert "the accounts are main" in ran.err
    assert list(listed(cli)) == ["main"]


def test_one_command_on_another_account(cli: Cli) -> None:
    opened(cli, "value", "--starting", "500")
    assert bet(cli, "--account", "value").json()["account"] == "value"
    assert bet(cli).json()["account"] == "main"
    assert [row["id"] for row in cli("bets", "list", "--account", "value", "--format", "json").json()] == ["BET-000001"]
    assert [row["id"] for row in cli("bets", "list", "--format", "json").json()] == ["BET-000002"]
    assert cli("report", "--account", "value", "--format", "json").json()["open_bets"] == 1
    state = cli("export", "state", "--account", "value").json()
    assert (state["starting_bankroll"], state["bet_counter"]) == (500.0, 1)
    assert {name: row["open_bets"] for name, row in listed(cli).items()} == {"main": 1, "value": 1}


# Money


def test_bonuses_fees_and_money_at_bookmakers(cli: Cli) -> None:
    opened(cli, "books", "--starting", "1000", "--book-balances")
    on = ("--account", "books", "--format", "json")
    assert bet(cli, "--account", "books").json()["refused"] == "insufficient_available"
    assert cli("account", "transfer", "300", "--from", "wallet", "--to", "FanDuel", *on).code == 0
    assert bet(cli, "--account", "books").code == 0
    assert cli("account", "deposit", "25", "--kind", "bonus", "--book", "fanduel", *on).json()["kind"] == "bonus"
    assert cli("account", "withdraw", "5", "--kind", "fee", *on).json()["kind"] == "fee"
    back = cli("account", "transfer", "400", "--from", "fanduel", "--to", "wallet", *on)
    assert (back.code, back.json()["refused"]) == (1, "insufficient_available")
    assert listed(cli)["books"]["bankroll_minor"] == 102_000
    assert cli("ledger", "verify").code == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("5", "--from", "wallet"), "--to"),
        (("5", "--from", "wallet", "--to", "Fan Duel"), "neither wallet nor"),
        (("5", "--from", "wallet", "--to", "wallet"), ""),
        (("0", "--from", "wallet", "--to", "fanduel"), "above 0"),
        (("5", "--from", "wallet", "--to", "fanduel"), ""),
    ],
)
def test_what_is_no_transfer_is_wrong_usage(cli: Cli, arguments: tuple[str, ...], said: str) -> None:
    """`main` keeps one purse for all bookmakers."""
    ran = cli("account", "transfer", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err
    assert said in ran.err


# Limits and sizing


def test_limits_say_where_they_come_from_and_how_much_is_used(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    assert limits(cli)["max_open_bets"]["source"] == "medium risk"
    monkeypatch.setenv("BETTING_TUI__RISK__MAX_OPEN_BETS", "6")
    assert (limits(cli)["max_open_bets"]["allowed"], limits(cli)["max_open_bets"]["source"]) == (6, "settings")
    bet(cli)
    set_now = limits(cli, "max_open_bets=4", "daily_bet_limit=500")
    assert (set_now["max_open_bets"]["source"], set_now["max_open_bets"]["use"]["used"]) == ("account", 1)
    assert (set_now["daily_bet_limit"]["use"]["used"], set_now["daily_bet_limit"]["allowed"]) == (10_000, 50_000)
    cleared = limits(cli, "--clear", "max_open_bets", "daily_bet_limit=none", "--risk", "none")
    assert cleared["max_open_bets"]["source"] == "settings"
    assert "daily_bet_limit" not in cleared
    assert "max_daily_loss_share" not in cleared


def test_limits_of_a_named_account(cli: Cli) -> None:
    opened(cli, "value")
    assert limits(cli, "value", "max_open_bets=2")["max_open_bets"]["allowed"] == 2
    assert limits(cli)["max_open_bets"]["allowed"] == 8
    assert "value, in USD" in cli("account", "limits", "value").out
    rows = list(csv.DictReader(io.StringIO(cli("account", "limits", "value", "--format", "csv").out)))
    assert ("max_open_bets", "2", "account") in [(row["limit"], row["allowed"], row["source"]) for row in rows]


def test_a_limit_that_was_set_holds_for_bets_by_hand_and_a_preset_nobody_chose_does_not(cli: Cli) -> None:
    assert bet(cli, stake="5000").code == 0, "a recorded bet is a fact: 5 % a bet was chosen by nobody"
    limits(cli, "daily_bet_limit=5050")
    refused = bet(cli, stake="100")
    assert (refused.code, refused.json()["refused"]) == (1, "daily_stake")
    assert "5,000.00 + 100.00 > 5,050.00" in refused.err


def test_unknown_limits_name_near_ones_and_set_nothing(cli: Cli) -> None:
    ran = cli("account", "limits", "max_open_bets=3", "max_dayly_loss=5")
    assert ran.code == 2
    assert "max_daily_loss" in ran.err
    assert cli("account", "limits", "--clear", "nothing").code == 2
    assert limits(cli)["max_open_bets"]["allowed"] == 8


def test_sizing_changes_what_was_named_only(cli: Cli) -> None:
    opened(cli, "value", "--sizing", "kelly", "--kelly-fraction", "0.5", "--limits", "max_open_bets=3")
    changed = cli("account", "sizing", "value", "--flat", "20", "--strategies", "arbitrage", "--format", "json").json()
    assert changed["settings"]["sizing"] == {"method": "kelly", "kelly_fraction": 0.5, "flat_minor": 2000}
    assert changed["settings"]["limits"] == {"max_open_bets": 3}
    assert changed["strategies"] == ["arbitrage"]
    plain = cli("account", "sizing", "value", "--as-configured", "--strategies", "all", "--format", "json").json()
    assert plain["settings"] == {"sizing": {}, "limits": {"max_open_bets": 3}}


# Stopped, and begun anew


def test_a_suspended_account_bets_nothing_until_it_is_resumed(cli: Cli) -> None:
    assert cli("account", "suspend", "main", "--reason", "holiday", "--format", "json").json()["status"] == "suspended"
    assert bet(cli).json()["refused"] == "account_suspended"
    assert cli("account", "resume", "main", "--format", "json").json()["status"] == "active"
    assert bet(cli).code == 0


def test_resuming_releases_what_stopped_it_and_says_so(cli: Cli) -> None:
    limits(cli, "max_daily_loss=50")
    bet(cli)
    cli("bets", "settle", "1", "--result", "loss")
    (stopped,) = listed(cli)["main"]["breakers"]
    assert stopped["name"] == "daily_loss"
    resumed = cli("account", "resume", "main", "--format", "json")
    assert "Released daily_loss" in resumed.err
    assert resumed.json()["breakers"] == []


def test_a_reset_begins_anew_and_keeps_what_was(cli: Cli) -> None:
    bet(cli)
    refused = cli("account", "reset", "--format", "json")
    assert (refused.code, refused.json()["refused"]) == (1, "open_positions")
    cli("bets", "settle", "1", "--result", "win")
    bet(cli)
    done = cli("account", "reset", "--starting", "2500", "--void-open", "--reason", "anew", "--format", "json").json()
    assert (done["period"], done["starting_minor"], done["voided"]) == (2, 250_000, 1)
    assert listed(cli)["main"]["bankroll_minor"] == 250_000
    assert cli("bets", "list", "--format", "json").json() == []
    assert len(cli("bets", "list", "--period", "1", "--format", "json").json()) == 2
    assert len(cli("bets", "list", "--period", "all", "--format", "json").json()) == 2
    assert cli("report", "--format", "json").json()["total"]["bets"] == 0
    for period in ("1", "ever"):
        assert cli("report", "--period", period, "--format", "json").json()["total"]["profit_minor"] == 15_000
    assert cli("export", "state", "--period", "1").json()["bankroll"] == 10_150.0
    assert len(cli("export", "bets").json()) == 2
    for command in (("bets", "list"), ("report",), ("export", "ledger")):
        assert cli(*command, "--period", "7").code == 2
        assert cli(*command, "--period", "never").code == 2
    assert cli("ledger", "verify").code == 0


def test_the_same_key_resets_once(cli: Cli) -> None:
    for _ in range(2):
        assert cli("account", "reset", "--key", "k", "--format", "json").json()["period"] == 2
    assert "main begins period 3 with 50.00 USD." in cli("account", "reset", "main", "--starting", "50").out


# Free bets, orders, days


def test_a_free_bet_risks_nothing(cli: Cli) -> None:
    assert bet(cli, "--free").json()["funding"] == "free"
    assert listed(cli)["main"]["available_minor"] == 1_000_000
    cli("bets", "settle", "1", "--result", "win")
    assert listed(cli)["main"]["bankroll_minor"] == 1_015_000
    assert cli("export", "bets").json()[0]["funding"] == "free"
    assert bet(cli, "--free", "--key", "k").code == 0
    assert bet(cli, "--key", "k").json()["refused"] == "duplicate"


def test_a_basket_names_its_funding(cli: Cli, home: Path) -> None:
    basket = home / "basket.csv"
    head = "event,market,selection,bookmaker,odds,stake,funding\n"
    basket.write_text(head + "e,h2h,A,b,2.0,10,free\ne,h2h,A,b,2.0,10,\ne,h2h,A,b,2.0,10,cash\ne,h2h,A,b,2.0,10,gift\n")
    rows = cli("bets", "place", "--from", str(basket), "--format", "json").json()
    assert [row["outcome"] for row in rows] == ["recorded", "recorded", "recorded", "unreadable"]
    assert listed(cli)["main"]["available_minor"] == 998_000


def test_an_order_waits_is_listed_and_taken_back(cli: Cli) -> None:
    assert "No orders wait." in cli("bets", "orders").out
    ran = bet(cli, "--commence", "2999-01-01T20:00:00Z", "--work-until", "start", "--key", "k")
    assert ran.code == 0, ran.err
    order = ran.json()
    assert (order["id"], order["state"], order["reserved_minor"]) == ("ORD-000001", "working", 10_000)
    assert order["expires_at"] == "2999-01-01T20:00:00Z"
    assert bet(cli, "--work-until", "start", "--key", "k").json()["id"] == order["id"]
    assert listed(cli)["main"]["available_minor"] == 990_000
    assert [row["id"] for row in cli("bets", "orders", "--format", "json").json()] == [order["id"]]
    assert cli("bets", "cancel", "ord-000001", "--format", "json").json()["state"] == "cancelled"
    assert listed(cli)["main"]["available_minor"] == 1_000_000
    assert cli("bets", "orders", "--format", "json").json() == []
    assert cli("bets", "cancel", "ORD-000009").code == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--work-until", "start"), "--commence"),
        (("--work-until", "soon"), "neither start nor a time"),
        (("--work-until", "2020-01-01T00:00:00Z"), "is past"),
        (("--work-until", "start", "--at", "2020-01-01T00:00:00Z"), "leave --at out"),
    ],
)
def test_what_is_no_order_is_wrong_usage(cli: Cli, arguments: tuple[str, ...], said: str) -> None:
    ran = bet(cli, *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err


def test_a_day_as_a_summary_and_its_bets(cli: Cli) -> None:
    bet(cli, "--commence", "2020-01-01T20:00:00Z", "--at", "2020-01-01T12:00:00Z")
    assert isinstance(cli("export", "day", "2020-01-01").json(), dict)
    rows = list(csv.DictReader(io.StringIO(cli("export", "day", "2020-01-01", "--trades").out)))
    assert len(rows) == 1
    assert cli("export", "day").code == 0
    for wrong in (("day", "someday"), ("day", "--format", "csv"), ("bets", "2020-01-01"), ("bets", "--trades"),
                  ("odds", "--period", "1"), ("state", "--period", "all")):  # fmt: skip
        assert cli("export", *wrong).code == 2, wrong


def test_an_account_the_settings_name_and_nobody_has_is_not_opened_in_silence(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert cli("account", "list").err == ""
    monkeypatch.setenv("BETTING_TUI__ACCOUNTS__CURRENT", "nosuch")
    assert "account nosuch was opened: accounts.current names it" in cli("account", "list").err
    assert cli("account", "list").err == "", "it is there now"
