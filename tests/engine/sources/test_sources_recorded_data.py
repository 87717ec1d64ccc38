"""Every recorded answer, decoded and compared with a slow and obvious walk over its JSON. Skipped where absent."""

from __future__ import annotations

import json
import time
from collections import Counter
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from betting_tui.engine.core.errors import UsageError
from betting_tui.engine.core.model import Quote
from betting_tui.engine.core.odds import OddsFormat
from betting_tui.engine.core.ports import AnswerKind
from betting_tui.engine.sources.recorded import newest_quote_time, read_answer
from betting_tui.engine.sources.the_odds_api_decode import decode_odds, decode_scores, decode_sports

DATA = Path(__file__).parents[3] / "../shared/data/the_odds_api"
FILES = sorted(DATA.glob("**/*.json"))
SCORES = [path for path in FILES if "scores" in path.name]
SPORTS = [path for path in FILES if path.name.startswith("sports")]
ERRORS = [path for path in FILES if path.name.startswith("error")]
ODDS = [path for path in FILES if path not in SCORES + SPORTS + ERRORS]
NOW = datetime(2026, 4, 16, 19, tzinfo=UTC)

pytestmark = pytest.mark.skipif(not FILES, reason="no recorded data beside the repository")


def walk(path: Path) -> tuple[list[dict[str, Any]], list[tuple[Any, ...]], int]:
    """Events, one row for each price there is, and how many outcomes have none. Prices stay as written in the file."""
    tree = json.loads(path.read_text(), parse_float=str, parse_int=str)
    tree = tree.get("data", tree) if isinstance(tree, dict) else tree
    events = tree if isinstance(tree, list) else [tree]
    rows, without = [], 0
    for event in events:
        for book in event["bookmakers"]:
            for market in book["markets"]:
                key = market["key"]
                names = {outcome["name"] for outcome in market["outcomes"]}
                for outcome in market["outcomes"]:
                    if Fraction(outcome["price"]) == 1:
                        without += 1
                        continue
                    point = None if outcome.get("point") is None else float(outcome["point"])
                    at_home = point if key != "spreads" or outcome["name"] == event["home_team"] else -float(point or 0)
                    rows.append(
                        (
                            event["id"],
                            key.removesuffix("_lay"),
                            "lay" if key.endswith("_lay") else "back",
                            "field" if key.startswith("outrights") else "three_way" if "Draw" in names else "two_way",
                            at_home,
                            outcome.get("description"),
                            outcome["name"],
                            point,
                            book["key"],
                            outcome["price"],
                            (market.get("last_update") or book.get("last_update") or None),
                        )
                    )
    return events, rows, without


def row(quote: Quote) -> tuple[Any, ...]:
    line = quote.selection.line
    return (
        line.event_id,
        line.market,
        quote.side.value,
        line.outcome_set.value,
        line.point,
        line.participant,
        quote.selection.name,
        quote.selection.point,
        quote.bookmaker,
        quote.price.text,
        None if quote.quoted_at is None else quote.quoted_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
    )


@pytest.mark.parametrize("path", ODDS, ids=[path.name for path in ODDS])
def test_an_odds_answer_gives_the_quotes_the_walk_finds(path: Path) -> None:
    events, rows, without = walk(path)
    answer = read_answer(path, AnswerKind.ODDS, now=NOW)
    result = decode_odds(answer)
    assert [found.event.id for found in result.events] == [event["id"] for event in events]
    assert Counter(row(quote) for found in result.events for quote in found.quotes) == Counter(rows)
    assert {rejection.reason: rejection.count for rejection in result.rejected} == (
        {"no_price": without} if without else {}
    )
    expected = OddsFormat.AMERICAN if any(r[9].startswith("-") for r in rows) else OddsFormat.DECIMAL
    assert {quote.price.format for found in result.events for quote in found.quotes} <= {expected}
    assert result.markets == {r[1] for r in rows}
    for found in result.events:
        for quote in found.quotes:
            assert quote.price.exact == (
                Fraction(quote.price.text) if expected is OddsFormat.DECIMAL else american(quote.price.text)
            )


def american(text: str) -> Fraction:
    number = Fraction(text)
    return 1 + number / 100 if number > 0 else 1 + 100 / -number


@pytest.mark.parametrize("path", ODDS, ids=[path.name for path in ODDS])
def test_the_newest_quote_time_is_the_walks(path: Path) -> None:
    times = [r[10] for r in walk(path)[1] if r[10]]
    if not times:
        with pytest.raises(UsageError, match="--now"):
            read_answer(path, AnswerKind.ODDS)
        return
    answer = read_answer(path, AnswerKind.ODDS)
    assert answer.received_at.strftime("%Y-%m-%dT%H:%M:%SZ") >= max(times)
    assert answer.received_at == newest_quote_time(answer.body)


@pytest.mark.parametrize("path", SCORES, ids=[path.name for path in SCORES])
def test_a_scores_answer_gives_the_scores_the_walk_finds(path: Path) -> None:
    rows = json.loads(path.read_text())
    result = decode_scores(read_answer(path, AnswerKind.SCORES))
    expected = []
    for game in rows:
        by_name = {side["name"]: int(side["score"]) for side in game["scores"] or ()}
        sides = (by_name.get(game["home_team"]), by_name.get(game["away_team"]))
        expected.append((game["id"], game["sport_key"], game["completed"], *sides))
    found = [(s.event_id, s.sport_key, s.completed, s.home_score, s.away_score) for s in result.scores]
    assert found == expected
    assert result.rejected == ()


def test_the_sports_list_is_read_whole() -> None:
    for path in SPORTS:
        assert [sport.key for sport in decode_sports(path.read_bytes())] == [
            each["key"] for each in json.loads(path.read_text())
        ]


@pytest.mark.parametrize("path", SCORES + SPORTS + ERRORS, ids=[path.name for path in SCORES + SPORTS + ERRORS])
def test_what_is_no_odds_answer_is_named_as_such(path: Path) -> None:
    if json.loads(path.read_text()) == []:
        pytest.skip("an empty list says nothing of its kind")
    with pytest.raises(UsageError, match=path.name):
        read_answer(path, AnswerKind.ODDS)


def test_a_large_answer_is_decoded_in_a_blink() -> None:
    """5,097 prices in 461 kB: about 15 ms of work where this was written; what else the machine does is not counted."""
    answer = read_answer(DATA / "snapshot_2026-04-16/json_rebuilt/soccer_epl.odds.json", AnswerKind.ODDS)
    times = []
    for _ in range(5):
        started = time.thread_time()
        decode_odds(answer)
        times.append(time.thread_time() - started)
    assert min(times) < 0.040
