"""Each way bets from the command line: placed, shown, settled by place."""

from __future__ import annotations

from pathlib import Path

import pytest
from cli_kit import Cli, Ran

PLACE = (
    "bets", "place", "--event", "national", "--market", "outrights", "--selection", "Red Rum", "--bookmaker", "fanduel",
    "--odds", "16/1", "--sport", "golf_masters_tournament_winner",
)  # fmt: skip


def place(cli: Cli, *more: str) -> Ran:
    return cli(*PLACE, "--stake", "20", "--each-way", "1/4,4", *more)


def test_the_stake_is_on_each_part_and_says_so(cli: Cli) -> None:
    bet = place(cli, "--format", "json").json()
    assert (bet["stake_minor"], bet["staked_minor"], bet["each_way"]) == (2_000, 4_000, "1/4,4")
    shown = cli("bets", "show", "1").out
    assert "Red Rum, each way 1/4, 4 places" in shown
    assert "40.00" in next(line for line in shown.splitlines() if line.startswith("Staked in all"))
    assert "win 440.00, placed 100.00, loss 0.00, void 40.00" in shown
    assert "each way 1/4, 4 places" in cli("bets", "list").out
    assert cli("account", "list", "--format", "json").json()[0]["available_minor"] == 1_000_000 - 4_000


@pytest.mark.parametrize(
    ("told", "result", "returned"),
    [
        (("--place", "1"), "win", 44_000),
        (("--place", "4", "--dead-heat", "2"), "half_win", 5_000),
        (("--place", "4", "--tied", "2"), "half_win", 5_000),
        (("--place", "1", "--deduction", "25%"), "win", 34_000),
        (("--place", "9"), "loss", 0),
        (("--result", "void"), "void", 4_000),
    ],
)
def test_settled_by_place(cli: Cli, told: tuple[str, ...], result: str, returned: int) -> None:
    place(cli)
    bet = cli("bets", "settle", "1", *told, "--format", "json").json()
    assert (bet["result"], bet["return_minor"]) == (result, returned)
    assert cli("ledger", "verify").code == 0


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ((), "--place"),
        (("--result", "win", "--place", "1"), "--place"),
        (("--result", "win", "--dead-heat", "1/2"), "how many shared that place"),
        (("--place", "2", "--dead-heat", "1/2"), "itself included"),
        (("--result", "push"), "comes to a half_win"),
    ],
)
def test_what_makes_no_sense_is_refused(cli: Cli, told: tuple[str, ...], why: str) -> None:
    place(cli)
    ran = cli("bets", "settle", "1", *told)
    assert ran.code == 2
    assert why in ran.err
    assert cli("bets", "show", "1", "--format", "json").json()["state"] == "pending"


def test_a_bet_to_win_takes_no_place(cli: Cli) -> None:
    cli(*PLACE, "--stake", "20")
    assert "is not each way" in cli("bets", "settle", "1", "--place", "1").err


@pytest.mark.parametrize(
    ("flags", "why"),
    [
        (("--each-way", "1/4"), "as 1/4,4"),
        (("--free",), "cannot be a free bet"),
        (("--verify",), "leave --work-until and --verify out"),
        (("--market", "h2h"), "one of a field"),
    ],
)
def test_what_cannot_be_each_way_is_refused(cli: Cli, flags: tuple[str, ...], why: str) -> None:
    ran = place(cli, *flags)
    assert ran.code != 0
    assert why in ran.err


def test_in_a_basket(cli: Cli, tmp_path: Path) -> None:
    basket = tmp_path / "basket.csv"
    basket.write_text(
        "event,market,selection,bookmaker,odds,stake,each-way\n"
        'national,outrights,Red Rum,fanduel,16/1,10,"1/5,3"\n'
        "national,outrights,Arkle,fanduel,5/1,10,\n"
    )
    assert cli("bets", "place", "--from", str(basket)).code == 0
    bets = cli("bets", "list", "--format", "json").json()
    assert {(bet["selection"], bet["each_way"]) for bet in bets} == {("Red Rum", "1/5,3"), ("Arkle", None)}
    cli("bets", "place", "--from", str(basket))
    assert len(cli("bets", "list", "--format", "json").json()) == 2
