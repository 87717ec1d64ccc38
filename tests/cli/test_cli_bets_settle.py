"""`bets settle`, by hand: dead heats and deductions, and what it refuses."""

from __future__ import annotations

import pytest
from cli_kit import Cli


def place(cli: Cli, odds: str) -> None:
    cli(
        "bets", "place", "--event", "derby", "--market", "h2h", "--selection", "Red Rum", "--bookmaker", "fanduel",
        "--odds", odds, "--stake", "60",
    )  # fmt: skip


def test_three_that_tie_for_the_win_share_it(cli: Cli) -> None:
    place(cli, "6.0")
    bet = cli("bets", "settle", "1", "--result", "win", "--dead-heat", "1/3", "--format", "json").json()
    assert (bet["result"], bet["return_minor"]) == ("win", 12_000)
    assert cli("ledger", "verify").code == 0


def test_withdrawn_runners_cost_a_share_of_winnings(cli: Cli) -> None:
    place(cli, "6.0")
    bet = cli("bets", "settle", "1", "--result", "win", "--deduction", "25%", "--format", "json").json()
    assert bet["profit_minor"] == 22_500


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--result", "win", "--dead-heat", "half"), "write 1/2"),
        (("--result", "loss", "--dead-heat", "1/2"), "reduces a win"),
        (("--result", "win", "--leg", "1"), "no parlay"),
    ],
)
def test_what_makes_no_sense_is_refused(cli: Cli, arguments: tuple[str, ...], told: str) -> None:
    place(cli, "6.0")
    ran = cli("bets", "settle", "1", *arguments)
    assert ran.code == 2
    assert told in ran.err
    assert cli("bets", "show", "1", "--format", "json").json()["state"] == "pending"


def test_show_tells_what_became_of_it(cli: Cli) -> None:
    place(cli, "6.0")
    cli("bets", "settle", "1", "--result", "win", "--reason", "first past the post")
    cli("bets", "settle", "1", "--result", "loss", "--reason", "disqualified")
    told = cli("bets", "show", "1", "--format", "json").json()["history"]
    assert [step["step"] for step in told] == ["placed", "settled", "corrected"]
    assert told[2]["before"] == {"result": "win", "profit_minor": 30_000}
    assert told[2]["after"] == {"result": "loss", "profit_minor": -6_000}
    lines = [line for line in cli("bets", "show", "1").out.splitlines() if line.startswith("History")]
    assert len(lines) == 3
    assert "corrected · win 300.00 -> loss -60.00 · win corrected to loss; disqualified · by " in lines[2]
