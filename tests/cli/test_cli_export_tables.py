"""Tables other than the history itself: accounts, limits, refusals and a report's groups, as JSON and CSV."""

from __future__ import annotations

import csv
import io

import pytest
from cli_kit import Cli


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def refused(cli: Cli) -> None:
    """A bet that a limit is in the way of."""
    assert cli("account", "limits", "main", "max_bet_size=1").code == 0
    ran = cli(
        "bets", "place", "--event", "401", "--sport", "basketball_nba", "--market", "h2h", "--selection",
        "Lakers", "--bookmaker", "fanduel", "--odds", "+150", "--stake", "100",
    )  # fmt: skip
    assert ran.code == 1, ran.err


def test_accounts_have_their_own_currencies(cli: Cli) -> None:
    assert cli("account", "create", "yen", "--currency", "JPY", "--starting", "150000").code == 0
    told = rows(cli("export", "accounts", "--format", "csv").out)
    assert [(row["name"], row["bankroll"]) for row in told] == [("main", "10000.00"), ("yen", "150000")]
    as_json = cli("export", "accounts").json()
    assert [row["bankroll_minor"] for row in as_json] == [1_000_000, 150_000]


def test_refusals_say_what_was_asked_for_and_why_not(cli: Cli) -> None:
    assert cli("export", "refusals").json() == []
    refused(cli)
    (told,) = cli("export", "refusals").json()
    assert (told["code"], told["selection"], told["price"], told["stake_minor"]) == (
        "bet_size", "Lakers", "+150", 10_000,
    )  # fmt: skip
    (line,) = rows(cli("export", "refusals", "--format", "csv").out)
    assert (line["stake"], line["price"]) == ("100.00", "+150")
    assert cli("export", "refusals", "--period", "7").code == 2


def test_limits_say_how_much_of_them_is_used(cli: Cli) -> None:
    limits = {row["limit"]: row for row in rows(cli("export", "limits", "--format", "csv").out)}
    assert limits["max_open_bets"]["used"].startswith("0 of ")
    assert cli("export", "limits").json()["account"] == "main"


def test_a_reports_groups_carry_every_measure(cli: Cli) -> None:
    assert cli("account", "create", "sample", "--sample").code == 0
    told = rows(cli("export", "report", "--account", "sample", "--format", "csv").out)
    assert {"name", "turnover", "yield_low", "no_edge_share", "sharpe", "slippage"} <= set(told[0])
    assert cli("export", "report", "--account", "sample").json()[0]["bets"] == int(told[0]["bets"])


@pytest.mark.parametrize("arguments", [("accounts", "--period", "1"), ("limits", "--format", "parquet")])
def test_what_a_table_does_not_have_is_refused(cli: Cli, arguments: tuple[str, ...]) -> None:
    assert cli("export", *arguments).code == 2
