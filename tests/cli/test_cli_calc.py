"""The calculators: the golden numbers, and that `-110` is a price wherever it stands."""

from __future__ import annotations

import pytest
from cli_kit import Cli

from betting_tui.cli.calc import devig
from betting_tui.engine.core.devig import DevigMethod


def test_a_negative_price_may_stand_alone(cli: Cli) -> None:
    result = cli("calc", "convert", "-110", "--format", "json").json()
    assert result == {
        "american": -110,
        "decimal": pytest.approx(21 / 11),
        "fractional": "10/11",
        "hong_kong": pytest.approx(10 / 11),
        "malay": pytest.approx(10 / 11),
        "indonesian": -1.1,
        "implied_probability": pytest.approx(11 / 21),
        "exact": "21/11",
    }


@pytest.mark.parametrize(
    ("written", "american"),
    [("+150", 150), ("2.5", 150), ("6/4", 150), ("EVEN", 100), ("150", 150), ("-110", -110), ("1.5", -200)],
)
def test_odds_are_read_as_people_write_them(cli: Cli, written: str, american: int) -> None:
    assert cli("calc", "convert", written, "--format", "json").json()["american"] == american


def test_the_format_can_be_named(cli: Cli) -> None:
    assert cli("calc", "convert", "0.4", "--from", "probability", "--format", "json").json()["decimal"] == 2.5
    assert cli("calc", "convert", "-0.5", "--from", "malay", "--format", "json").json()["decimal"] == 3.0


@pytest.mark.parametrize("price", ["0", "1.0", "nan", "inf", "-99", "abc", "1/0", "9" * 60, "--oops", "-x"])
def test_what_is_no_price_is_wrong_usage(cli: Cli, price: str) -> None:
    for arguments in (("convert", price), ("devig", price, "2.0"), ("clv", "--taken", price, "--close", "2.0")):
        ran = cli("calc", *arguments)
        assert (ran.code, ran.out) == (2, "")
        assert ran.err


def test_devig_names_overround_and_hold_apart(cli: Cli) -> None:
    result = cli("calc", "devig", "-110", "-110", "--format", "json").json()
    assert result["probabilities"] == pytest.approx([0.5, 0.5])
    assert result["overround"] == pytest.approx(0.047619047619)
    assert result["hold"] == pytest.approx(0.045454545454)
    assert result["method"] == "power"
    table = cli("calc", "devig", "-110", "-110").out
    assert "Overround  4.76 %" in table
    assert "Hold       4.55 %" in table


def test_every_method_of_the_core_is_offered() -> None:
    option = next(param for param in devig.params if param.name == "method")
    assert list(option.type.choices) == [method.value for method in DevigMethod]  # type: ignore[attr-defined]


def test_one_price_is_no_market(cli: Cli) -> None:
    ran = cli("calc", "devig", "-110")
    assert ran.code == 1
    assert "Incomplete market" in ran.err


def test_an_exact_five_percent_is_five_percent(cli: Cli) -> None:
    result = cli("calc", "ev", "--odds", "3.0", "--probability", "0.35", "--stake", "100", "--format", "json").json()
    assert (result["edge"], result["ev_minor"], result["currency"]) == (0.05, 500, "USD")


def test_commission_counts(cli: Cli) -> None:
    plain = cli("calc", "ev", "--odds", "2.0", "-p", "55%", "--format", "json").json()
    after = cli("calc", "ev", "--odds", "2.0", "-p", "55%", "--commission", "2%", "--format", "json").json()
    assert plain["edge"] == pytest.approx(0.10)
    assert after["edge"] == pytest.approx(0.55 * 1.98 - 1)
    assert plain["ev_minor"] is None


def test_kelly_gives_full_fraction_and_a_stake_in_whole_units(cli: Cli) -> None:
    asked = ("calc", "kelly", "--odds", "+150", "-p", "0.42", "--bankroll", "1000", "--format", "json")
    result = cli(*asked).json()
    assert result["kelly_fraction"] == pytest.approx(0.05 / 1.5)
    assert result["stake_fraction"] == pytest.approx(0.05 / 1.5 / 4)
    assert result["stake_minor"] == 800
    assert cli(*asked, "--unit", "0.01").json()["stake_minor"] == 833
    assert cli("calc", "kelly", "--odds", "2.0", "-p", "0.4", "--format", "json").json()["kelly_fraction"] == 0


def test_kelly_refuses_probabilities_above_one(cli: Cli) -> None:
    ran = cli("calc", "kelly", "--odds", "2.0", "-p", "0.7", "--push", "0.4")
    assert ran.code == 2
    assert "above 1" in ran.err


def test_arbitrage_stakes_are_whole_units_that_win_whatever_happens(cli: Cli) -> None:
    result = cli("calc", "arb", "+110", "2.05", "--stake", "100", "--format", "json").json()
    assert result["arbitrage"] is True
    assert result["booksum"] == pytest.approx(1 / 2.1 + 1 / 2.05)
    assert result["margin"] == pytest.approx(1 - result["booksum"])
    assert result["return_on_turnover"] == pytest.approx(1 / result["booksum"] - 1)
    stakes = result["stakes_minor"]
    assert all(stake % 100 == 0 for stake in stakes)
    assert result["profit_minor"] == min(round(stakes[0] * 2.1), round(stakes[1] * 2.05)) - sum(stakes) > 0


def test_no_arbitrage_is_said_and_stakes_nothing(cli: Cli) -> None:
    result = cli("calc", "arb", "-110", "-110", "--stake", "100", "--format", "json").json()
    assert (result["arbitrage"], result["stakes_minor"], result["profit_minor"]) == (False, [], None)
    assert "leave the books a margin" in cli("calc", "arb", "-110", "-110", "--stake", "100").out


def test_closing_line_value_in_four_measures(cli: Cli) -> None:
    result = cli("calc", "clv", "--taken", "+150", "--close", "+140", "--format", "json").json()
    assert result == {
        "clv_price": pytest.approx(0.0416667, abs=1e-6),
        "clv_points": pytest.approx(0.0166667, abs=1e-6),
        "clv_cents": 10.0,
        "clv_net_odds": pytest.approx(0.0714286, abs=1e-6),
    }
    assert cli("calc", "clv", "--taken", "-110", "--close", "-120", "--format", "json").json()["clv_net_odds"] > 0


@pytest.mark.parametrize(
    ("arguments", "outcome", "returned"),
    [
        ("--market spreads --line -0.25 --result 1", "win", 19300),
        ("--market spreads --line -0.25 --result 0", "half_loss", 5000),
        ("--market spreads --line 0 --result 0", "push", 10000),
        ("--market totals --selection over --line 2.75 --result 3", "half_win", 14650),
        ("--market totals --selection under --line 2.5 --result 3", "loss", 0),
        ("--market h2h --result 2", "win", 19300),
        ("--market h2h --result 0", "push", 10000),
        ("--market h2h --three-way --result 0", "loss", 0),
        ("--market h2h --three-way --selection draw --result 0", "win", 19300),
    ],
)
def test_a_bet_is_settled_as_the_ledger_would(cli: Cli, arguments: str, outcome: str, returned: int) -> None:
    ran = cli("calc", "settle", *arguments.split(), "--odds", "1.93", "--stake", "100", "--format", "json")
    assert ran.json() == {
        "outcome": outcome, "return_minor": returned, "profit_minor": returned - 10000, "currency": "USD",
    }  # fmt: skip


@pytest.mark.parametrize(
    "arguments",
    [
        "--market spreads --result 1",
        "--market spreads --line -0.3 --result 1",
        "--market totals --line 2.5 --result 3",
        "--market totals --selection over --result 3",
        "--market totals --selection over --line 2.5 --result -3",
        "--market h2h --line 1 --result 1",
        "--market h2h --selection over --result 1",
        "--market h2h --selection draw --result 1",
        "--market h2h --result 9999999",
    ],
)
def test_what_cannot_be_settled_is_wrong_usage(cli: Cli, arguments: str) -> None:
    ran = cli("calc", "settle", *arguments.split(), "--odds", "1.93", "--stake", "100")
    assert ran.code == 2
    assert ran.err


@pytest.mark.parametrize("stake", ["0", "-5", "ten", "1.005", "nan", "1e99"])
def test_what_is_no_amount_is_wrong_usage(cli: Cli, stake: str) -> None:
    assert cli("calc", "ev", "--odds", "2.0", "-p", "0.5", "--stake", stake).code == 2


def test_amounts_follow_the_currency(cli: Cli) -> None:
    asked = ("calc", "ev", "--odds", "2.0", "-p", "0.55", "--stake", "100", "--format", "json")
    assert cli(*asked, "--currency", "JPY").json()["ev_minor"] == 10


def test_a_mistyped_option_is_said_to_be_one(cli: Cli) -> None:
    ran = cli("calc", "convert", "--frmat", "json", "-110")
    assert (ran.code, ran.out) == (2, "")
    assert "--frmat" in ran.err
    assert "--format" in ran.err


@pytest.mark.parametrize("price", ["abc", "1,5", ""])
def test_how_prices_are_written_is_said(cli: Cli, price: str) -> None:
    assert "+150, -110, 2.5, 6/4 or EVEN" in cli("calc", "convert", price).err


def test_a_percentage_is_a_probability(cli: Cli) -> None:
    assert cli("calc", "convert", "40%", "--format", "json").json()["decimal"] == 2.5
    assert cli("calc", "convert", "40%", "--from", "probability", "--format", "json").json()["decimal"] == 2.5
    assert cli("calc", "convert", "140%").code == 2


def test_prices_that_are_exactly_fair_are_no_arbitrage(cli: Cli) -> None:
    result = cli("calc", "arb", "3", "3", "3", "--stake", "100", "--format", "json").json()
    assert result["arbitrage"] is False
    assert "exactly fair" in cli("calc", "arb", "3", "3", "3", "--stake", "100").out


def test_american_prices_show_their_sign(cli: Cli) -> None:
    assert "American             +150" in cli("calc", "convert", "2.5").out
