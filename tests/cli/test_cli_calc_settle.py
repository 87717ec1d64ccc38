"""`calc settle` and `calc clv`: every kind of bet from the command line, and what to do when it cannot be told."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from cli_kit import Cli, Ran

from golden import golden_cases


def settle(cli: Cli, arguments: str, *more: str) -> Ran:
    return cli("calc", "settle", *arguments.split(), *more, "--format", "json")


@pytest.mark.parametrize(
    ("arguments", "outcome", "returned", "profit"),
    [
        ("--market draw_no_bet --result 0 --odds 1.93", "push", 10000, 0),
        ("--market double_chance --selection own_or_draw --result 0 --odds 1.5", "win", 15000, 5000),
        ("--market double_chance --selection either --result 0 --odds 1.5", "loss", 0, -10000),
        ("--market double_chance --selection own_or_draw --score 0-2 --odds 1.5", "loss", 0, -10000),
        ("--market btts --selection yes --score 2-1 --odds 1.9", "win", 19000, 9000),
        ("--market btts --selection no --score 2-1 --odds 1.9", "loss", 0, -10000),
        ("--market team_totals --selection over --line 1.75 --result 2 --odds 2.0", "half_win", 15000, 5000),
        ("--market totals --selection under --line 3 --score 2-1 --odds 2.0", "push", 10000, 0),
        ("--market spreads --line +0.5 --score 1-1 --odds 2.0", "win", 20000, 10000),
        ("--market outrights --result 1 --tied 3 --odds 6.0", "win", 20000, 10000),
        ("--market outrights --result 2 --odds 6.0", "loss", 0, -10000),
        ("--market outrights --result 0 --odds 6.0", "void", 10000, 0),
        ("--market outrights --result 4 --tied 2 --places 4 --odds 3.0", "win", 15000, 5000),
        ("--market each_way --result 2 --places 4 --place-fraction 1/4 --odds 16/1", "placed", 50000, 30000),
        ("--market each_way --result 1 --places 4 --place-fraction 1/4 --odds 7/4", "win", 41875, 21875),
        ("--market each_way --result 9 --places 4 --place-fraction 1/4 --odds 7/4", "loss", 0, -20000),
        ("--market each_way --result 9 --places 3 --place-fraction 1/4 --odds 9.0 --side lay", "win", 120000, 20000),
        ("--market each_way --result 2 --places 3 --place-fraction 1/4 --odds 9.0 --side lay", "placed", 90000, -10000),
        ("--market each_way --result 1 --places 3 --place-fraction 1/4 --odds 9.0 --side lay", "loss", 0, -100000),
        ("--market h2h --result 1 --odds 3.0 --side lay", "loss", 0, -20000),
        ("--market h2h --result -1 --odds 3.0 --side lay", "win", 30000, 10000),
        ("--market spreads --line -0.25 --result 0 --odds 3.0 --side lay", "half_win", 25000, 5000),
        ("--market h2h --result 1 --odds 3.0 --free", "win", 20000, 20000),
        ("--market h2h --result -1 --odds 3.0 --free", "loss", 0, 0),
        ("--market outrights --result 1 --odds 3.0 --deduction 15%", "win", 27000, 17000),
        ("--market parlay --leg -110:win --leg +150:push", "win", 19091, 9091),
        ("--market parlay --leg 2.0:half_win --leg 3.0:half_loss", "half_loss", 7500, -2500),
        ("--market parlay --leg 2.0:void --leg 3.0:void", "void", 10000, 0),
        ("--market parlay --leg 2.0:win --leg 3.0:win --free", "win", 50000, 50000),
    ],
)
def test_every_kind_of_bet_is_paid(cli: Cli, arguments: str, outcome: str, returned: int, profit: int) -> None:
    assert settle(cli, arguments, "--stake", "100").json() == {
        "outcome": outcome, "return_minor": returned, "profit_minor": profit, "currency": "USD",
    }  # fmt: skip


def test_commission_is_told_apart(cli: Cli) -> None:
    paid = settle(cli, "--market h2h --result 1 --odds 3.0 --commission 5% --stake 100").json()
    assert (paid["return_minor"], paid["profit_minor"], paid["commission_minor"]) == (29000, 19000, 1000)
    laid = settle(cli, "--market h2h --result -1 --odds 3.0 --side lay --commission 5% --stake 100").json()
    assert (laid["return_minor"], laid["profit_minor"], laid["commission_minor"]) == (29500, 9500, 500)


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ("--market h2h --result 1", "--odds is missing"),
        ("--market h2h --odds 2.0", "--result is missing"),
        ("--market h2h --odds 2.0 --result 1 --score 2-1", "exclude each other"),
        ("--market h2h --odds 2.0 --score two-one", "write it own first"),
        ("--market h2h --odds 2.0 --result 1 --leg 2.0:win", "h2h has no --leg: --leg is of parlay"),
        ("--market h2h --odds 2.0 --result 1 --side lay --free", "cannot be laid"),
        ("--market h2h --odds 2.0 --result 1 --commission 100%", "below 1"),
        ("--market btts --selection yes --odds 2.0 --result 1", "give --score"),
        ("--market btts --odds 2.0 --score 2-1", "need --selection yes or no"),
        (
            "--market spreads --three-way --line 1 --odds 2.0 --result 1",
            "spreads has no --three-way: --three-way is of h2h",
        ),
        ("--market spreads --odds 2.0 --result 1", "need --line"),
        ("--market outrights --odds 2.0", "the place it came in at"),
        ("--market outrights --odds 2.0 --result 1 --tied 0", "--tied counts all that share"),
        ("--market outrights --odds 2.0 --result -1", "not -1"),
        ("--market outrights --odds 2.0 --result 1 --places 0", "--places is how many places pay"),
        ("--market outrights --odds 2.0 --result 1 --line 2", "outrights has no --line"),
        ("--market outrights --odds 2.0 --result 1 --score 2-1", "outrights has no --score"),
        ("--market h2h --odds 2.0 --result 1 --tied 2", "h2h has no --tied: --tied is of each_way, outrights"),
        ("--market h2h --odds 2.0 --result 1 --places 3 --place-fraction 1/4", "h2h has no --places, --place-fraction"),
        ("--market h2h --odds 2.0 --result 1 --deduction 100%", "--deduction must be below 1"),
        ("--market parlay --leg 2.0:win --leg 3.0:win --commission 2%", "leave --commission out"),
        ("--market parlay --leg 2.0:win --leg 3.0:win --line 2", "leave --line out"),
        ("--market each_way --odds 2.0 --result 1", "--place-fraction"),
        ("--market each_way --odds 2.0 --result 1 --place-fraction 1/0", "--place-fraction"),
        ("--market each_way --odds 2.0 --result 1 --place-fraction 5/4", "--place-fraction"),
        ("--market each_way --odds 2.0 --result 1 --place-fraction 1/4 --free", "leave --free out"),
        ("--market parlay --leg 2.0:win", "two legs or more"),
        ("--market parlay --leg 2.0:win --leg 3.0:won", "write PRICE:RESULT"),
        ("--market parlay --leg 2.0:win --leg 0.5:win", "must be above 1"),
        ("--market parlay --leg 2.0:win --leg 3.0:win --odds 6.0", "told by its legs"),
    ],
)
def test_what_is_missing_or_wrong_is_said(cli: Cli, arguments: str, word: str) -> None:
    ran = settle(cli, arguments, "--stake", "100")
    assert (ran.code, ran.out) == (2, "")
    assert word in ran.err


def test_golden_parlays_through_the_command(cli: Cli, shared_data: Path) -> None:
    for case in golden_cases(shared_data, "parlay"):
        legs = [part for odds in case["american"] for part in ("--leg", f"{odds:+d}:win")]
        paid = cli("calc", "settle", "--market", "parlay", *legs, "--stake", "100", "--format", "json").json()
        exact = 10000 * Fraction(*case["exact_decimal"])
        assert paid["return_minor"] == round(exact), case


def test_golden_dead_heats_and_each_way_through_the_command(cli: Cli, shared_data: Path) -> None:
    for case in golden_cases(shared_data, "operator_examples"):
        tied, left = str(case.get("tied", 1)), case.get("places_left", 1)
        if case["rule"] == "dead_heat":
            asked = ["--market", "outrights", "--odds", str(case["decimal"]), "--stake", str(case["stake"])]
            asked += ["--result", "1", "--tied", tied, "--places", str(left)]
        elif case["rule"] == "each_way":
            placed = case["finish"] == "placed"
            asked = ["--market", "each_way", "--odds", case["fractional"], "--stake", str(case["unit_stake"])]
            asked += ["--place-fraction", case["place_fraction"], "--tied", tied]
            asked += ["--result", "2", "--places", str(1 + left)] if placed else ["--result", "1"]
        else:
            continue
        paid = cli("calc", "settle", *asked, "--format", "json").json()
        assert paid["return_minor"] == pytest.approx(case["total_return"] * 100, abs=1), case


def test_golden_exchange_orders_through_the_command(cli: Cli, shared_data: Path) -> None:
    places = {"WINNER": "1", "PLACED": "2", "LOSER": "9", "REMOVED": "0"}
    for case in golden_cases(shared_data, "exchange_settlement"):
        if case["kind"] == "line_market":
            # Even money; the price is the line, and backing it is going under.
            asked = ["--market", "totals", "--selection", "under", "--line", str(case["price"]), "--odds", "2"]
            asked += ["--result", str(case["line_result"])]
        else:
            asked = ["--odds", str(case["price"]), "--result", places[case["runner"]]]
            if case["kind"] == "each_way_market":
                asked += ["--market", "each_way", "--places", "3", "--place-fraction", f"1/{case['each_way_divisor']}"]
            else:
                asked += ["--market", "outrights", "--tied", str(case["dead_heat"])]
        asked += ["--side", case["side"].lower(), "--stake", str(case["size"]), "--format", "json"]
        paid = cli("calc", "settle", *asked).json()
        assert paid["profit_minor"] / 100 == pytest.approx(case["flumine_profit"], abs=0.0101), case


# Closing lines


def clv(cli: Cli, arguments: str) -> Ran:
    return cli("calc", "clv", *arguments.split(), "--format", "json")


def test_the_close_has_two_names(cli: Cli) -> None:
    closing = clv(cli, "--taken -110 --closing -125").json()
    assert closing == clv(cli, "--taken -110 --close -125").json()
    assert set(closing) == {"clv_price", "clv_points", "clv_cents", "clv_net_odds"}
    assert closing["clv_cents"] == 15


def test_a_fair_close_is_given_or_taken_from_the_whole_market(cli: Cli) -> None:
    assert clv(cli, "--taken 2.10 --closing 2.0 --fair 50%").json()["clv_ev"] == pytest.approx(0.05)
    assert clv(cli, "--taken 2.10 --closing 1.91 --other 1.91").json()["clv_ev"] == pytest.approx(0.05)
    three = clv(cli, "--taken 3.2 --closing 3.0 --other 3.0 --other 3.0 --method multiplicative").json()
    assert three["clv_ev"] == pytest.approx(3.2 / 3 - 1)


def test_a_moved_line_has_points_and_no_prices_unless_the_sport_is_known(cli: Cli) -> None:
    moved = clv(cli, "--taken -110 --closing -110 --market spreads --line -3 --closing-line -3.5").json()
    assert (moved["clv_line"], moved["clv_price"], moved["converted"]) == (0.5, None, False)
    assert moved["missing"] == "the line moved from -3 to -3.5"
    known = clv(
        cli, "--taken -110 --closing -110 --market spreads --line -3 --closing-line -3.5 --sport americanfootball_nfl"
    ).json()
    assert known["converted"] is True
    assert known["clv_price"] > 0.03
    under = clv(
        cli, "--taken 1.9 --closing 1.9 --market totals --selection under --line 2.5 --closing-line 2.25"
    ).json()
    assert under["clv_line"] == 0.25


def test_a_lay_wants_the_lower_price(cli: Cli) -> None:
    assert clv(cli, "--taken 2.0 --closing 2.2 --side lay").json()["clv_price"] == pytest.approx(0.1)


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ("--taken 2.0 --closing 2.0 --fair 0.5 --other 2.0", "exclude each other"),
        ("--taken 2.0 --closing 2.0 --line 2.5", "h2h has no --line"),
        ("--taken 2.0 --closing 2.0 --market totals --line 2.5", "need --selection over or under"),
        ("--taken 2.0 --closing 2.0 --market spreads", "need --line"),
        ("--taken 2.0 --closing 2.0 --market spreads --selection over --line 1", "need --selection own"),
        ("--taken 2.0 --closing 2.0 --market spreads --line 0.3", "--line 0.3 is not on a line's grid"),
        ("--taken 2.0 --closing 1.0", "above 1"),
        ("--taken 2.0 --closing 2.0 --fair 1", "between 0 and 1"),
        ("--taken 2.0", "--closing"),
    ],
)
def test_what_is_wrong_about_a_close_is_said(cli: Cli, arguments: str, word: str) -> None:
    ran = clv(cli, arguments)
    assert (ran.code, ran.out) == (2, "")
    assert word in ran.err


def test_an_underround_close_has_no_fair_line(cli: Cli) -> None:
    ran = clv(cli, "--taken 2.0 --closing 2.2 --other 2.2")
    assert ran.code == 1
    assert "Underround" in ran.err
