"""`bets` and the money around them, as a script uses them."""

from __future__ import annotations

from pathlib import Path

import pytest
from cli_kit import Cli, Ran

GAME = ("--event", "e1", "--home", "Lakers", "--away", "Celtics", "--sport", "basketball_nba")


def place(cli: Cli, *arguments: str, stake: str = "100") -> Ran:
    return cli(
        "bets", "place", *GAME, "--bookmaker", "fanduel", "--odds", "+150", "--stake", stake, *arguments,
        "--format", "json",
    )  # fmt: skip


def moneyline(cli: Cli, *arguments: str, stake: str = "100") -> Ran:
    return place(cli, "--market", "h2h", "--selection", "Lakers", *arguments, stake=stake)


def balances(cli: Cli) -> tuple[int, int]:
    account = cli("account", "list", "--format", "json").json()[0]
    return account["bankroll_minor"], account["available_minor"]


def test_a_recorded_bet_is_printed_with_its_id(cli: Cli) -> None:
    bet = moneyline(cli).json()
    assert bet["id"] == "BET-000001"
    assert (bet["state"], bet["origin"], bet["evidence"]) == ("pending", "manual", "none")
    assert (bet["price"], bet["price_american"], bet["price_decimal"]) == ("+150", 150, 2.5)
    assert (bet["stake_minor"], bet["currency"]) == (10000, "USD")
    assert balances(cli) == (1000000, 990000)


def test_the_least_that_is_needed(cli: Cli) -> None:
    ran = cli(
        "bets", "place", "--event", "x", "--market", "h2h", "--selection", "Lakers", "--bookmaker", "fanduel",
        "--odds", "-110", "--stake", "25.50", "--format", "json",
    )  # fmt: skip
    assert ran.code == 0
    assert ran.json()["commence_time"] is None
    assert ran.json()["stake_minor"] == 2550


@pytest.mark.parametrize("missing", ["--event", "--market", "--selection", "--bookmaker", "--odds", "--stake"])
def test_what_is_missing_is_named(cli: Cli, missing: str) -> None:
    given = {
        "--event": "x", "--market": "h2h", "--selection": "A", "--bookmaker": "b", "--odds": "2", "--stake": "1",
    }  # fmt: skip
    del given[missing]
    ran = cli("bets", "place", *(part for pair in given.items() for part in pair))
    assert ran.code == 2
    assert missing in ran.err


def test_list_show_cancel(cli: Cli) -> None:
    assert "No bets." in cli("bets", "list").out
    moneyline(cli)
    moneyline(cli, "--strategy", "hunch")
    assert [bet["id"] for bet in cli("bets", "list", "--format", "json").json()] == ["BET-000002", "BET-000001"]
    assert len(cli("bets", "list", "--strategy", "hunch", "--format", "json").json()) == 1
    assert len(cli("bets", "list", "--limit", "1", "--format", "json").json()) == 1
    assert cli("bets", "show", "2", "--format", "json").json()["strategy"] == "hunch"
    assert "BET-000001" in cli("bets", "show", "BET-000001").out
    assert cli("bets", "cancel", "1", "--format", "json").json()["state"] == "cancelled"
    assert balances(cli) == (1000000, 990000)
    assert [bet["id"] for bet in cli("bets", "list", "--state", "pending", "--format", "json").json()] == ["BET-000002"]


def test_settling_by_hand_moves_the_bankroll_once(cli: Cli) -> None:
    moneyline(cli)
    for _ in range(2):
        bet = cli("bets", "settle", "1", "--result", "win", "--format", "json").json()
        assert (bet["result"], bet["return_minor"], bet["profit_minor"]) == ("win", 25000, 15000)
        assert balances(cli) == (1015000, 1015000)
    cli("bets", "settle", "1", "--result", "half_loss")
    assert balances(cli) == (995000, 995000)
    assert cli("ledger", "verify").code == 0


def test_an_unknown_bet_is_wrong_usage(cli: Cli) -> None:
    for arguments in (("show", "7"), ("cancel", "7"), ("settle", "7", "--result", "win"), ("show", "../x")):
        ran = cli("bets", *arguments)
        assert (ran.code, ran.out) == (2, "")
        assert ran.err


def test_a_refusal_prints_its_typed_reason_and_is_one(cli: Cli) -> None:
    ran = moneyline(cli, stake="20000")
    assert ran.code == 1
    assert ran.json()["refused"] == "insufficient_available"
    assert "Refused (insufficient_available)" in ran.err
    started = moneyline(cli, "--commence", "2020-01-01T00:00:00Z")
    assert (started.code, started.json()["refused"]) == (1, "event_started")
    assert balances(cli) == (1000000, 1000000)


def test_a_bet_of_the_past_is_recorded_at_its_time(cli: Cli) -> None:
    bet = moneyline(cli, "--commence", "2020-01-01T20:00:00Z", "--at", "2020-01-01T12:00:00+01:00").json()
    assert bet["placed_at"] == "2020-01-01T11:00:00Z"


def test_one_key_records_once(cli: Cli) -> None:
    first = moneyline(cli, "--key", "k1")
    again = moneyline(cli, "--key", "k1")
    assert first.json()["id"] == again.json()["id"]
    assert "already" in again.err
    assert len(cli("bets", "list", "--format", "json").json()) == 1


def test_teams_are_remembered_from_an_earlier_bet(cli: Cli) -> None:
    moneyline(cli)
    ran = cli(
        "bets", "place", "--event", "e1", "--market", "spreads", "--selection", "celtics", "--point", "3.5",
        "--bookmaker", "fanduel", "--odds", "-110", "--stake", "10", "--format", "json",
    )  # fmt: skip
    assert (ran.json()["selection"], ran.json()["point"]) == ("Celtics", 3.5)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--market", "h2h", "--selection", "Bulls"), "does not play"),
        (("--market", "h2h", "--selection", "Lakers", "--point", "1"), "no --point"),
        (("--market", "spreads", "--selection", "Lakers"), "need --point"),
        (("--market", "spreads", "--selection", "Lakers", "--point", "1.3"), "quarter"),
        (("--market", "spreads", "--selection", "Lakers", "--point", "nan"), "quarter"),
        (("--market", "totals", "--selection", "Lakers", "--point", "1.5"), "Over or Under"),
        (("--market", "totals", "--selection", "Over"), "needs --point"),
        (("--market", "player_points", "--selection", "Over", "--point", "20.5"), "needs --participant"),
        (("--market", "double_chance", "--selection", "Lakers"), "'Lakers or Draw', 'Lakers or Celtics'"),
        (("--market", "double_chance", "--selection", "Yes"), "'Draw or Celtics'"),
        (("--market", "double_chance", "--selection", "Lakers or Draw", "--point", "1"), "no --point"),
        (("--market", "Money Line", "--selection", "Lakers"), "no market"),
        (("--market", "h2h", "--selection", "Lakers", "--bookmaker", "Fan Duel"), "--bookmaker is a key"),
        (("--market", "h2h", "--selection", "Lakers", "--stake", "0"), "above 0"),
        (("--market", "h2h", "--selection", "Lakers", "--stake", "1.001"), "decimals"),
        (("--market", "h2h", "--selection", "Lakers", "--event", "a b"), "--event is an id"),
        (("--market", "h2h", "--selection", "\u200b"), "--selection is empty"),
    ],
)
def test_what_is_no_bet_is_wrong_usage(cli: Cli, arguments: tuple[str, ...], said: str) -> None:
    ran = place(cli, *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err


@pytest.mark.parametrize(
    "named", [("Draw/Lakers",), ("lakers OR draw",), ("Yes", "--participant", "Lakers or Draw")], ids=" ".join
)
def test_a_double_chance_is_a_bet_on_two_results_however_they_are_written(cli: Cli, named: tuple[str, ...]) -> None:
    bet = place(cli, "--market", "double_chance", "--selection", *named).json()
    assert (bet["selection"], bet["participant"]) == ("Yes", "Lakers or Draw")


def test_a_spread_of_unknown_teams_asks_for_them(cli: Cli) -> None:
    ran = cli(
        "bets", "place", "--event", "e9", "--market", "spreads", "--selection", "A", "--point", "-1", "--bookmaker",
        "fanduel", "--odds", "2.0", "--stake", "1",
    )  # fmt: skip
    assert ran.code == 2
    assert "need --home and --away" in ran.err


def test_a_basket_reports_each_row_and_goes_on(cli: Cli, home: Path) -> None:
    basket = home / "basket.csv"
    basket.write_text(
        "event,home,away,sport,market,selection,point,bookmaker,odds,stake\n"
        "e1,Lakers,Celtics,basketball_nba,h2h,Lakers,,fanduel,+150,100\n"
        "e1,Lakers,Celtics,basketball_nba,totals,Over,224.5,fanduel,-110,999999\n"
        "e1,Lakers,Celtics,basketball_nba,spreads,Celtics,3.5,fanduel,6/4,10\n"
        "e1,Lakers,Celtics,basketball_nba,h2h,Bulls,,fanduel,2.0,10\n"
        "e1,Lakers,Celtics,basketball_nba,h2h,Lakers,,fanduel,oops,10\n"
        "e1,Lakers\n"
    )
    ran = cli("bets", "place", "--from", str(basket), "--format", "json")
    assert ran.code == 1
    rows = ran.json()
    assert [row["row"] for row in rows] == [2, 3, 4, 5, 6, 7]
    assert [row["outcome"] for row in rows] == [
        "recorded", "insufficient_available", "recorded", "unreadable", "unreadable", "unreadable",
    ]  # fmt: skip
    assert [row["id"] for row in rows][:3] == ["BET-000001", None, "BET-000002"]

    again = cli("bets", "place", "--from", str(basket), "--format", "json").json()
    assert [row["outcome"] for row in again][:3] == ["already recorded", "insufficient_available", "already recorded"]
    assert len(cli("bets", "list", "--format", "json").json()) == 2


def test_equal_rows_of_one_basket_are_two_bets(cli: Cli, home: Path) -> None:
    basket = home / "basket.csv"
    row = "e1,h2h,Lakers,fanduel,2.0,10\n"
    basket.write_text("event,market,selection,bookmaker,odds,stake\n" + row + row)
    assert cli("bets", "place", "--from", str(basket)).code == 0
    assert len(cli("bets", "list", "--format", "json").json()) == 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "misses event"),
        ("event,market,selection,bookmaker,odds\n", "misses stake"),
        ("event,market,selection,bookmaker,odds,stake,colour\n", "colour"),
        ("event,market,selection,bookmaker,odds,stake,stake\n", "twice"),
        ('event,market,selection,bookmaker,odds,stake\n"a\n', "line"),
        ("\xff", "misses"),
    ],
)
def test_a_file_that_is_no_basket_is_refused_as_a_whole(cli: Cli, home: Path, text: str, said: str) -> None:
    basket = home / "basket.csv"
    basket.write_text(text)
    ran = cli("bets", "place", "--from", str(basket))
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert cli("bets", "place", "--from", str(home / "none.csv")).code == 2
    assert cli("bets", "place", "--from", str(basket), "--event", "e1").code == 2


def test_money_in_and_out(cli: Cli) -> None:
    entry = cli("account", "deposit", "50.25", "--reason", "luck", "--format", "json").json()
    assert (entry["kind"], entry["amount_minor"], entry["available_minor"]) == ("deposit", 5025, 1005025)
    assert cli("account", "withdraw", "5.25", "--format", "json").json()["available_minor"] == 1004500
    too_much = cli("account", "withdraw", "99999999", "--format", "json")
    assert (too_much.code, too_much.json()["refused"]) == (1, "insufficient_available")
    for amount in ("0", "-5", "ten", "1.001"):
        assert cli("account", "deposit", amount).code == 2, amount
    cli("account", "deposit", "1", "--key", "once")
    cli("account", "deposit", "1", "--key", "once")
    assert balances(cli) == (1004600, 1004600)


def test_hostile_names_stay_text(cli: Cli) -> None:
    hostile = "=HYPERLINK(1)\x1b[31m[/x]"
    ran = cli(
        "bets", "place", "--event", "h", "--home", hostile, "--away", "B", "--market", "h2h", "--selection", hostile,
        "--bookmaker", "fanduel", "--odds", "2.0", "--stake", "1", "--format", "json",
    )  # fmt: skip
    assert ran.json()["home_team"] == "=HYPERLINK(1)[31m[/x]"
    for format_ in ("table", "csv", "json"):
        assert "\x1b" not in cli("bets", "list", "--format", format_).out
    assert ",=HYPERLINK" not in cli("bets", "list", "--format", "csv").out


def test_a_key_that_recorded_one_bet_does_not_pass_for_another(cli: Cli) -> None:
    assert moneyline(cli, "--key", "k").json()["id"] == "BET-000001"
    assert moneyline(cli, "--key", "k").json()["id"] == "BET-000001"
    ran = moneyline(cli, "--key", "k", stake="101")
    assert (ran.code, ran.json()["refused"]) == (1, "duplicate")
    assert "BET-000001" in ran.err
    assert balances(cli) == (1000000, 990000)


def test_a_key_that_booked_one_amount_does_not_pass_for_another(cli: Cli) -> None:
    for _ in range(2):
        assert cli("account", "deposit", "50", "--key", "k").code == 0
    assert cli("account", "deposit", "60", "--key", "k").code == 2
    assert cli("account", "withdraw", "50", "--key", "w").code == 0
    assert cli("account", "withdraw", "40", "--key", "w").code == 2
    assert balances(cli) == (1000000, 1000000)


@pytest.mark.parametrize("amount", ["-5", "0", "five", "--ten"])
def test_what_is_no_amount_to_pay_in_is_said(cli: Cli, amount: str) -> None:
    ran = cli("account", "deposit", amount)
    assert (ran.code, ran.out) == (2, "")
    assert amount in ran.err


def test_a_bet_is_not_made_tomorrow(cli: Cli) -> None:
    ran = moneyline(cli, "--commence", "2999-01-02T00:00:00Z", "--at", "2999-01-01T00:00:00Z")
    assert ran.code == 2
    assert "lies in the future" in ran.err


def test_a_moment_in_what_is_wrong_is_by_the_readers_clock(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BETTING_TUI__UI__TIME_ZONE", "Asia/Kathmandu")
    ran = moneyline(cli, "--commence", "2999-01-02T00:00:00Z", "--at", "2999-01-01T00:00:00Z")
    assert "--at 2999-01-01 05:45 lies in the future" in ran.err


def test_an_id_is_one_event(cli: Cli) -> None:
    assert moneyline(cli).code == 0
    other = ("--event", "e1", "--home", "Heat", "--away", "Bulls")
    bet = ("--market", "h2h", "--selection", "Heat", "--bookmaker", "fanduel", "--odds", "2", "--stake", "1")
    ran = cli("bets", "place", *other, *bet)
    assert ran.code == 2
    assert "Celtics @ Lakers" in ran.err
    ran = cli("bets", "place", "--event", "e2", "--home", "Heat", "--away", "heat", *bet)
    assert ran.code == 2
    assert "same team" in ran.err


def test_a_price_is_shown_as_quoted_too_and_a_lay_bet_as_one(cli: Cli) -> None:
    given = ("--odds", "1.95", "--stake", "10", "--selection", "Lakers")
    shown = cli("bets", "place", *GAME, "--market", "h2h_lay", "--bookmaker", "betfair_ex_uk", *given).out
    assert "-105 (quoted 1.95)" in shown
    assert "lay Lakers" in shown
    assert "lay Lakers" in cli("bets", "list").out


def test_keys_are_written_small(cli: Cli) -> None:
    bet = cli(
        "bets", "place", *GAME, "--market", "H2H", "--selection", "lakers", "--bookmaker", "FanDuel", "--odds", "2",
        "--stake", "1", "--format", "json",
    ).json()  # fmt: skip
    assert (bet["market"], bet["selection"], bet["bookmaker"]) == ("h2h", "Lakers", "fanduel")
