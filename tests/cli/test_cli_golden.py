"""The golden tables through the calculators as people and scripts call them: arguments in, JSON out."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from cli_kit import Cli

from golden import golden_cases

FORMAT_OF_KIND = {
    "american_in": "american",
    "decimal_in": "decimal",
    "fractional_in": "fractional",
    "hongKong_in": "hong_kong",
    "malay_in": "malay",
    "indonesian_in": "indonesian",
    "probability_in": "probability",
}
PEER_FIELDS = {"decimal": "decimal", "hong_kong": "hongKong", "malay": "malay", "indonesian": "indonesian"}


def test_conversions(cli: Cli, shared_data: Path) -> None:
    for case in golden_cases(shared_data, "odds_conversion"):
        asked = ("--from", FORMAT_OF_KIND[case["kind"]], "--format", "json", str(case["value"]))
        ran = cli("calc", "convert", *asked)
        if not case["valid"]:
            assert (ran.code, ran.out) == (2, ""), case
            assert "Invalid value" in ran.err
            continue
        result = ran.json()
        exact = Fraction(result["exact"])
        if "exact_decimal" in case:
            assert exact == Fraction(*case["exact_decimal"]), case
            assert result["implied_probability"] == pytest.approx(float(Fraction(*case["exact_implied"])), rel=1e-15)
        if "american_half_away" in case:
            assert result["american"] == case["american_half_away"], case
        _agrees_with_peers(result, case)


def _agrees_with_peers(result: dict[str, Any], case: dict[str, Any]) -> None:
    """Peers print twelve digits, and Indonesian and Malay even money with either sign."""
    peer = case["peers"].get("oddslib_js", {})
    for ours, theirs in PEER_FIELDS.items():
        if theirs in peer:
            assert abs(result[ours]) == pytest.approx(abs(peer[theirs]), rel=1e-9), (ours, case)
    net = Fraction(result["exact"]) - 1
    if net.denominator <= 10_000:
        assert Fraction(result["fractional"]) == net, case


@pytest.mark.parametrize("method", ["power", "multiplicative"])
def test_fair_probabilities(cli: Cli, shared_data: Path, method: str) -> None:
    for market in golden_cases(shared_data, "devig"):
        odds = [f"{price:+d}" for price in market["american"]] if "american" in market else map(str, market["odds"])
        ran = cli("calc", "devig", *odds, "--method", method, "--format", "json")
        if method == "power" and market["booksum"] < 1 - 1e-12:
            assert (ran.code, ran.out) == (1, ""), market["id"]
            assert "Underround" in ran.err
            continue
        result = ran.json()
        # American prices are exact where the table's decimals are rounded.
        close = 1e-4 if "american" in market else 1e-12
        assert result["probabilities"] == pytest.approx(market["hp"][method]["p"], abs=close), market["id"]
        assert sum(result["probabilities"]) == pytest.approx(1, abs=1e-12)


def test_margins(cli: Cli, shared_data: Path) -> None:
    for case in golden_cases(shared_data, "book_margin"):
        odds = map(str, case["odds"]) if "odds" in case else (f"{price:+d}" for price in case["american"])
        result = cli("calc", "devig", *odds, "--method", "multiplicative", "--format", "json").json()
        assert result["overround"] == pytest.approx(case["overround_pybettor"], abs=1e-12), case
        assert result["hold"] == pytest.approx(case["hold_pybettor"], abs=1e-12), case


def test_values(cli: Cli, shared_data: Path) -> None:
    for case in golden_cases(shared_data, "value"):
        result = cli("calc", "ev", "--odds", str(case["decimal"]), "-p", str(case["p"]), "--format", "json").json()
        assert result["edge"] == pytest.approx(case["ev_per_unit"], abs=1e-12), case
        assert (result["edge"] >= 0.05) is case["passes_min_edge_005_as_ev"], case


def test_kelly_stakes(cli: Cli, shared_data: Path) -> None:
    for case in golden_cases(shared_data, "kelly_single"):
        asked = ("--odds", str(case["decimal"]), "-p", str(case["p"]), "--fraction", str(case["fraction"]))
        result = cli("calc", "kelly", *asked, "--bankroll", "10000", "--unit", "0.01", "--format", "json").json()
        stake = Fraction(*case["exact_stake"])
        assert result["stake_fraction"] == pytest.approx(float(stake), abs=1e-12), case
        assert result["stake_minor"] == int(stake * 1_000_000), case


def test_arbitrages(cli: Cli, shared_data: Path) -> None:
    for case in golden_cases(shared_data, "arbitrage"):
        best = [str(max(column)) for column in zip(*case["books"], strict=True)]
        result = cli("calc", "arb", *best, "--stake", "10000", "--unit", "0.01", "--format", "json").json()
        assert result["return_on_turnover"] == pytest.approx(case["exact_return"], abs=1e-12), case
        assert result["booksum"] == pytest.approx(float(Fraction(*case["exact_total"])), abs=1e-12), case
        assert result["arbitrage"] is case["penaltyblog"]["has"], case
        if result["arbitrage"]:
            shares = [stake / result["total_minor"] for stake in result["stakes_minor"]]
            assert shares == pytest.approx(case["penaltyblog"]["split"], abs=1e-4), case


def test_arbitrages_in_whole_units(cli: Cli, shared_data: Path) -> None:
    for case in golden_cases(shared_data, "arbitrage_rounding"):
        odds = map(str, case["odds"])
        result = cli("calc", "arb", *odds, "--stake", str(case["max_total_units"]), "--format", "json").json()
        best = case["best_min_profit_hundredths"]
        assert result["profit_minor"] == (best if best > 0 else None), case
        assert result["total_minor"] <= case["total_units"] * 100, case


def test_settlements(cli: Cli, shared_data: Path) -> None:
    for case in golden_cases(shared_data, "settlement_lines"):
        handicap = case["kind"] == "handicap"
        arguments = ["--market", "spreads"] if handicap else ["--market", "totals", "--selection", case["kind"]]
        result = cli(
            "calc", "settle", *arguments, "--line", case["line"], "--result", str(case["result"]),
            "--odds", case["decimal"], "--stake", f"{case['stake_minor'] / 100:.2f}", "--format", "json",
        ).json()  # fmt: skip
        assert result["outcome"] == case["outcome"], case
        assert result["profit_minor"] == result["return_minor"] - case["stake_minor"], case
        if "return_exact" in case:
            assert result["return_minor"] == round(Fraction(*case["return_exact"])), case


def test_closing_line_values(cli: Cli, shared_data: Path) -> None:
    for case in golden_cases(shared_data, "clv"):
        asked = ("--taken", f"{case['taken']:+d}", "--close", f"{case['closing']:+d}", "--format", "json")
        result = cli("calc", "clv", *asked).json()
        assert result["clv_price"] == pytest.approx(float(Fraction(*case["price_clv_exact"])), abs=1e-12), case
        assert result["clv_cents"] == pytest.approx(case["cents"]), case
        assert result["clv_points"] == pytest.approx(case["prob_points"], abs=1e-12), case


def test_numbers_that_operators_publish(cli: Cli, shared_data: Path) -> None:
    for case in golden_cases(shared_data, "operator_examples"):
        match case["rule"]:
            case "clv":
                asked = ("--taken", f"{case['taken']:+d}", "--close", f"{case['closing']:+d}", "--format", "json")
                result = cli("calc", "clv", *asked).json()
                assert result["clv_cents"] == pytest.approx(case["cents"]), case
                assert result["clv_points"] == pytest.approx(case["prob_points"], abs=1e-3), case
            case "multiplicative_devig":
                odds = (f"{price:+d}" for price in case["american"])
                result = cli("calc", "devig", *odds, "--method", "multiplicative", "--format", "json").json()
                percent = [100 * probability for probability in result["probabilities"]]
                assert percent == pytest.approx(case["fair_percent"], abs=0.01), case
            case _:
                continue
