"""A whole recorded season against direct arithmetic: results, handicaps with their quarters, closes that moved."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import pytest

from betting_tui.engine.core.clv import Close, Taken, closing_value
from betting_tui.engine.core.grades import Graded
from betting_tui.engine.core.market_grading import grade_by_rules
from betting_tui.engine.core.model import DRAW, LineKey, OutcomeSet, Selection
from betting_tui.engine.core.payout import return_minor
from betting_tui.engine.core.scores import PeriodScore, Score

STAKE = 10_000
TWO, THREE = OutcomeSet.TWO_WAY, OutcomeSet.THREE_WAY
Row = dict[str, str]


@pytest.fixture(scope="module")
def season() -> list[Row]:
    file = Path(__file__).resolve().parents[4] / "shared/data/football_data_co_uk/E0_2425.csv"
    if not file.is_file():
        pytest.skip("the recorded season is not here")
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return [row for row in csv.DictReader(lines) if row["FTHG"]]


def score_of(row: Row) -> Score:
    home, away, home_half, away_half = (int(row[each]) for each in ("FTHG", "FTAG", "HTHG", "HTAG"))
    halves = (PeriodScore(home_half, away_half), PeriodScore(home - home_half, away - away_half))
    return Score(
        "e", "csv", "soccer_epl", datetime(2025, 1, 1, tzinfo=UTC), True, row["HomeTeam"], row["AwayTeam"], home, away,
        False, periods=halves,
    )  # fmt: skip


def paid(row: Row, selection: Selection, price: str) -> int:
    graded = grade_by_rules(selection, score_of(row))
    assert isinstance(graded, Graded)
    return return_minor(STAKE, Fraction(price), graded.result)


def line(market: str, outcomes: OutcomeSet, period: str = "full") -> LineKey:
    return LineKey("e", market, outcomes, period)


def test_every_bet_of_a_season_is_paid_to_the_cent(season: list[Row]) -> None:
    count = 0
    for row in season:
        names = {"H": row["HomeTeam"], "D": DRAW, "A": row["AwayTeam"]}
        for letter, name in names.items():
            price = row[f"B365{letter}"]
            expected = round(STAKE * Fraction(price)) if row["FTR"] == letter else 0
            assert paid(row, Selection(line("h2h", THREE), name), price) == expected
            first_half = Selection(line("h2h", THREE, "h1"), name)
            assert paid(row, first_half, price) == (round(STAKE * Fraction(price)) if row["HTR"] == letter else 0)
        goals = int(row["FTHG"]) + int(row["FTAG"])
        for name, column, won in (("Over", "B365>2.5", goals > 2), ("Under", "B365<2.5", goals < 3)):
            expected = round(STAKE * Fraction(row[column])) if won else 0
            assert paid(row, Selection(line("totals", TWO), name, 2.5), row[column]) == expected
        lead = int(row["FTHG"]) - int(row["FTAG"])
        for sign, name, column in ((1, row["HomeTeam"], "B365AHH"), (-1, row["AwayTeam"], "B365AHA")):
            own = sign * Fraction(row["AHh"])
            returned = paid(row, Selection(line("spreads", TWO), name, float(own)), row[column])
            assert returned == round(by_halves(sign * lead, own, Fraction(row[column])))
            count += 1
    assert count == 760


def by_halves(lead: int, handicap: Fraction, price: Fraction) -> Fraction:
    """Two half stakes on the nearest lines that are no quarters."""
    parts = (handicap - Fraction(1, 4), handicap + Fraction(1, 4)) if handicap % Fraction(1, 2) else (handicap,) * 2
    returned = Fraction(0)
    for part in parts:
        ahead = lead + part
        returned += Fraction(STAKE, 2) * (price if ahead > 0 else 1 if ahead == 0 else 0)
    return returned


def test_closes_that_moved_are_converted_and_marked(season: list[Row]) -> None:
    same = moved = 0
    for row in season:
        opened, closed = float(row["AHh"]), float(row["AHCh"])
        taken, closing = Fraction(row["B365AHH"]), Fraction(row["B365CAHH"])
        unknown = closing_value(Taken(taken, "spreads", row["HomeTeam"], opened), Close(closing, closed))
        known = closing_value(
            Taken(taken, "spreads", row["HomeTeam"], opened, sport_key="soccer_epl"), Close(closing, closed)
        )
        assert known.clv_line == opened - closed
        if opened == closed:
            same += 1
            assert unknown.clv_price == known.clv_price == float(taken / closing - 1)
            assert not known.price_converted
        else:
            moved += 1
            assert unknown.clv_price is None
            assert "the line moved" in unknown.missing
            assert known.price_converted
            assert known.clv_price is not None
            # The market moved against one side by a quarter or more: so did the converted price.
            assert (known.clv_price > 0) == (opened > closed) or abs(known.clv_price) < 0.08
    assert (same, moved) == (219, 161)
