"""Sentences of the engine in the reader's time and odds."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from betting_tui.engine.core.odds import OddsFormat
from betting_tui.engine.core.reader import for_reader, odds_for_reader

NOON = datetime(2026, 4, 18, 12, tzinfo=UTC)
OSLO = ZoneInfo("Europe/Oslo")


def test_a_moment_is_told_by_the_clock_of_the_reader() -> None:
    text = "Celtics @ Lakers started at 2026-04-18T11:30:00Z"
    assert for_reader(text, OSLO, OddsFormat.DECIMAL, NOON) == "Celtics @ Lakers started at 13:30"
    assert for_reader(text, OSLO, OddsFormat.DECIMAL) == "Celtics @ Lakers started at 2026-04-18 13:30"


def test_a_moment_of_another_day_has_its_date() -> None:
    text = "the newest is of 2026-04-18T22:30:00.250000Z"
    assert for_reader(text, OSLO, OddsFormat.DECIMAL, NOON) == "the newest is of 2026-04-19 00:30"


@pytest.mark.parametrize("text", ["2026-13-40T99:00:00Z", "20260418T113000Z.db", "no time at all"])
def test_what_is_no_moment_stays(text: str) -> None:
    assert for_reader(text, OSLO, OddsFormat.AMERICAN, NOON) == text


@pytest.mark.parametrize(
    ("odds_format", "told"),
    [
        (OddsFormat.DECIMAL, "odds 1.4 shorter than 1.5"),
        (OddsFormat.AMERICAN, "odds -250 shorter than -200"),
        (OddsFormat.FRACTIONAL, "odds 2/5 shorter than 1/2"),
        (OddsFormat.PROBABILITY, "odds 71.4 % shorter than 66.7 %"),
    ],
)
def test_odds_are_told_in_the_format_of_the_reader(odds_format: OddsFormat, told: str) -> None:
    assert odds_for_reader("odds 1.4 < 1.5", odds_format) == told


def test_odds_within_a_sentence_keep_what_is_around_them() -> None:
    text = "what pinnacle takes at odds 2.5: 100.00 of 100.00 used"
    assert odds_for_reader(text, OddsFormat.AMERICAN) == "what pinnacle takes at odds +150: 100.00 of 100.00 used"


@pytest.mark.parametrize("text", ["odds 0.5 < 1", "odds 1.234e+04 > 100", "odds are odds"])
def test_what_is_no_price_stays(text: str) -> None:
    assert odds_for_reader(text, OddsFormat.AMERICAN) == text
