"""Recorded answers, analysed by the program and by a slow second opinion: the same finds with the same numbers."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

import analysis_reference as reference
import pytest
from analysis_reference import Found, Line, Numbers, Thresholds

from betting_tui.engine.analysis import Analysis, analyze
from betting_tui.engine.config import Settings
from betting_tui.engine.config.tree import Arbitrage, LineShopping, Strategies, ValueBetting
from betting_tui.engine.core.errors import BettingError, UsageError
from betting_tui.engine.core.model import Opportunity
from betting_tui.engine.core.ports import Answer, AnswerKind
from betting_tui.engine.sources.recorded import RecordedFiles, read_answer

ROOT = Path(__file__).parents[2] / "../shared/data/the_odds_api"
FILES = sorted((*ROOT.glob("json/*.json"), *ROOT.glob("snapshot_2026-04-16/json_rebuilt/*.json")))
NOT_ODDS = [path for path in FILES if "scores" in path.name or path.name.startswith("sports_")]
TIMELESS = [path for path in FILES if path.name.endswith(".odds.event_detail.json")]
ODDS = [path for path in FILES if path not in NOT_ODDS and path not in TIMELESS]
AMERICAN = [path for path in ODDS if "_american" in path.name or path.name.startswith("wnba_")]

DEFAULTS = Thresholds()
LOW = Thresholds(min_edge=0.0, min_difference=1, min_profit_margin=-0.02)
SNAPSHOT = datetime.fromisoformat("2026-04-16T19:00:00+00:00")


def name_of(path: Path) -> str:
    return path.name.removesuffix(".json")


# Football as in another file, with more games.
LONG = ("soccer_efl_champ.odds", "soccer_spain_la_liga.odds")


def over(paths: list[Path]) -> pytest.MarkDecorator:
    marks = {name: [pytest.mark.long] for name in LONG}
    cases = [pytest.param(path, id=name_of(path), marks=marks.get(name_of(path), [])) for path in paths]
    return pytest.mark.parametrize("path", cases)


def settings_for(wanted: Thresholds) -> Settings:
    """Built past the checks of the settings: a loss is no margin anybody may ask for, but it is one to compare."""
    strategies = Strategies(
        value_betting=ValueBetting(min_edge=wanted.min_edge),
        line_shopping=LineShopping(min_difference=wanted.min_difference),
        arbitrage=Arbitrage(min_profit_margin=wanted.min_profit_margin),
    )
    return Settings(strategies=strategies)


@lru_cache(maxsize=1)
def expected(path: Path, now: datetime) -> dict[Found, Numbers]:
    """Worked out once a file, for the lowest thresholds; the last one only, they are large."""
    return reference.find_all(reference.events_of(path.read_bytes()), now, LOW)


def analysed(answer: Answer, wanted: Thresholds = DEFAULTS) -> Analysis:
    return analyze(settings_for(wanted), RecordedFiles(), [answer], answer.received_at)


def answer_of(events: list[dict[str, Any]], now: datetime) -> Answer:
    return Answer("recorded", AnswerKind.ODDS, "", json.dumps(events).encode(), now)


def key_of(found: Opportunity) -> Found:
    line = found.line
    where = Line(line.event_id, line.market, line.period, line.outcome_set.value, line.point, line.participant)
    return Found(found.strategy, where, tuple((leg.selection.name, leg.bookmaker) for leg in found.legs))


def numbers_of(found: Opportunity) -> Numbers:
    return Numbers(found.edge, found.profit_margin, found.difference_cents, found.fair_probability, found.expires_at)


def assert_same(ours: Analysis, theirs: dict[Found, Numbers]) -> None:
    finds = {key_of(sized.opportunity): numbers_of(sized.opportunity) for sized in ours.opportunities}
    assert len(finds) == len(ours.opportunities), "one find told twice"
    assert sorted(finds, key=repr) == sorted(theirs, key=repr)
    for key, numbers in theirs.items():
        for ours_number, number in zip(finds[key][:4], numbers[:4], strict=True):
            assert ours_number == pytest.approx(number, abs=1e-9, rel=1e-9), key
        assert finds[key].expires_at == numbers.expires_at, key
    for sized in ours.opportunities:
        found = sized.opportunity
        too_good = (found.edge or 0) > 0.25 or (found.profit_margin or 0) > 0.10
        assert found.suspicious == too_good, found


@over(ODDS)
def test_a_recorded_answer_gives_what_plain_loops_over_its_json_give(path: Path) -> None:
    answer = read_answer(path, AnswerKind.ODDS)
    assert answer.received_at == reference.newest_time(reference.events_of(path.read_bytes()))
    everything = expected(path, answer.received_at)
    assert_same(analysed(answer), reference.at_least(everything, DEFAULTS))
    assert_same(analysed(answer, LOW), everything)


@pytest.mark.parametrize("path", TIMELESS, ids=name_of)
def test_an_answer_without_a_time_is_analysed_when_the_time_is_given(path: Path) -> None:
    answer = read_answer(path, AnswerKind.ODDS, now=SNAPSHOT)
    everything = expected(path, SNAPSHOT)
    assert_same(analysed(answer), reference.at_least(everything, DEFAULTS))
    assert_same(analysed(answer, LOW), everything)


@over([path for path in ODDS if "snapshot" in str(path)])
def test_a_later_look_at_the_same_answer_drops_what_has_grown_old(path: Path) -> None:
    later = read_answer(path, AnswerKind.ODDS).received_at + timedelta(seconds=250)
    assert_same(analysed(read_answer(path, AnswerKind.ODDS, now=later), LOW), expected(path, later))


@pytest.mark.skipif(not ODDS, reason="recorded data is not here")
def test_the_comparison_is_not_about_nothing() -> None:
    counts: dict[str, int] = {}
    for path in ODDS:
        for sized in analysed(read_answer(path, AnswerKind.ODDS)).opportunities:
            counts[sized.opportunity.strategy] = counts.get(sized.opportunity.strategy, 0) + 1
    assert min(counts[name] for name in ("value_betting", "line_shopping", "arbitrage")) >= 10


@over(ODDS)
def test_the_order_in_an_answer_means_nothing(path: Path) -> None:
    """Home and away, books and markets are told by name; only the order of the answer changes here."""
    answer = read_answer(path, AnswerKind.ODDS)
    events = reference.events_of(answer.body)
    draw = random.Random(7)
    for part in lists_in(events):
        draw.shuffle(part)
    assert analysed(answer_of(events, answer.received_at), LOW).opportunities == analysed(answer, LOW).opportunities


def lists_in(events: list[dict[str, Any]]) -> Iterator[list[Any]]:
    yield events
    for event in events:
        books = event.get("bookmakers") or []
        yield books
        for book in books:
            yield book["markets"]
            yield from (market["outcomes"] for market in book["markets"])


@pytest.mark.parametrize("path", AMERICAN, ids=name_of)
def test_american_and_decimal_spellings_of_one_answer_give_the_same(path: Path) -> None:
    answer = read_answer(path, AnswerKind.ODDS)
    events = reference.events_of(answer.body)
    for outcomes in (outcome for part in lists_in(events) for outcome in part if "price" in outcome):
        outcomes["price"] = float(reference.american_to_decimal(Fraction(outcomes["price"])))
    assert_same(analysed(answer_of(events, answer.received_at), LOW), expected(path, answer.received_at))


@pytest.mark.parametrize("path", NOT_ODDS, ids=name_of)
def test_a_file_that_holds_no_odds_is_refused_by_what_it_is(path: Path) -> None:
    what = "a list of sports" if path.name.startswith("sports_") else "a scores answer"
    with pytest.raises(UsageError) as refused:
        read_answer(path, AnswerKind.ODDS)
    assert str(path) in refused.value.message
    assert what in refused.value.message


@pytest.mark.parametrize("path", TIMELESS, ids=name_of)
def test_prices_of_unknown_age_are_refused_until_the_time_is_given(path: Path) -> None:
    if reference.newest_time(reference.events_of(path.read_bytes())) is not None:
        pytest.skip("this one says when it was quoted")
    with pytest.raises(BettingError, match="--now") as refused:
        read_answer(path, AnswerKind.ODDS)
    assert str(path) in refused.value.message
