"""Payloads made to break the decoder: nothing but BadAnswer comes out, and what is good in them is kept."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from odds_payloads import AWAY, HOME, answer, book, counts, decoded, event, market, outcome

from betting_tui.engine.core.errors import BadAnswer
from betting_tui.engine.core.ports import AnswerKind
from betting_tui.engine.sources.the_odds_api_decode import decode_odds, decode_scores, decode_sports
from betting_tui.engine.sources.the_odds_api_payload import MAX_EVENTS, split

WINNER = market("h2h", outcome(HOME, 150), outcome(AWAY, -170))
TOTALS = market("totals", outcome("Over", -110, 220.5), outcome("Under", -110, 220.5))
GOOD = event(book("pinnacle", WINNER, TOTALS), id="good")
GOOD_TEXT = json.dumps(GOOD).encode()

DEEP_LIST = b"[" * 100_000 + b"]" * 100_000
DEEP_OBJECT = b'{"a":' * 100_000 + b"1" + b"}" * 100_000

NO_ANSWER = [
    b"",
    b" \n",
    b"null",
    b"true",
    b"42",
    b'"text"',
    b"NaN",
    b"<html><body>502</body></html>",
    b"\x00\x01\x02",
    b"\xff\xfe[\x00]\x00",
    b"\x1f\x8b\x08\x00\x00\x00",
    b"[",
    b"[{]",
    b"[" + GOOD_TEXT,
    GOOD_TEXT[:-1],
    b"[" + GOOD_TEXT + b"] trailing",
    b"[" + GOOD_TEXT + b",]",
    b"{}",
    b'{"data": 5}',
    b'{"data": "x", "timestamp": 1}',
    b'{"message": "no", "error_code": "INVALID_KEY"}',
    b'{"message": 7}',
    b"[[]]",
    b"[null, 1, true, {}]",
    b"[[[[]]]]",
    b"[" * 1_000_000,
    DEEP_LIST,
    DEEP_OBJECT,
    b'{"data":' + DEEP_LIST + b"}",
    b"9" * 5000,
    b"[" + b"9" * 5000 + b"]",
    b"[" + b"1," * (MAX_EVENTS + 1) + b"1]",
    b'[{"id": "\\ud800", "commence_time": 1776506385, "sport_key": "x"}]',
]


@pytest.mark.parametrize("body", NO_ANSWER, ids=range(len(NO_ANSWER)))
def test_what_holds_no_event_is_a_bad_answer(body: bytes) -> None:
    for kind, decode in ((AnswerKind.ODDS, decode_odds), (AnswerKind.SCORES, decode_scores)):
        with pytest.raises(BadAnswer) as refused:
            decode(answer(body, kind))
        assert refused.value.__cause__ is None
        assert len(refused.value.message) < 400
    with pytest.raises(BadAnswer):
        decode_sports(body)


def with_head(**broken: object) -> bytes:
    return json.dumps(event(book("b", WINNER)) | broken).encode()


BROKEN_EVENTS = [
    b"null",
    b"[]",
    b"{}",
    b"9" * 5000,
    b'"\\ud800"',
    b'"\xff\xfe"',
    b'{"id": "x"}',
    b'{"id": NaN, "commence_time": Infinity}',
    b'{"id": "a\xffb", "commence_time": "2026-04-18T23:00:00Z", "sport_key": "s"}',
    b'{"id": "a\\udfff", "commence_time": "2026-04-18T23:00:00Z", "sport_key": "s"}',
    b'{"id": "a\\u0000", "commence_time": "2026-04-18T23:00:00Z", "sport_key": "s"}',
    b'{"id": "a", "commence_time": ' + b"9" * 5000 + b', "sport_key": "s"}',
    b'{"id": "a", "commence_time": "2026-99-99T00:00:00Z", "sport_key": "s"}',
    with_head(id=None),
    with_head(id={"a": 1}),
    with_head(id="x" * 10_000),
    with_head(commence_time=[]),
    with_head(commence_time=2**63),
    with_head(sport_key="../../etc"),
    with_head(sport_key=5),
    with_head(home_team=5),
    with_head(away_team=[]),
    with_head(bookmakers="many"),
    with_head(bookmakers={"pinnacle": {}}),
    with_head(sport_title=False),
]


@pytest.mark.parametrize("broken", BROKEN_EVENTS, ids=range(len(BROKEN_EVENTS)))
def test_a_broken_event_leaves_its_neighbours_alone(broken: bytes) -> None:
    result = decode_odds(answer(b"[" + GOOD_TEXT + b"," + broken + b"]"))
    assert [(found.event.id, len(found.quotes)) for found in result.events] == [("good", 4)]
    assert sum(counts(result).values()) == 1


BROKEN_PARTS = [
    # bookmakers
    b"null", b"5", b"[]", b"{}", b'"pinnacle"',
    b'{"key": "a"}', b'{"key": null, "markets": []}', b'{"key": "a", "markets": 7}', b'{"key": "\xff", "markets": []}',
    b'{"key": "a", "markets": [], "last_update": {}}',
    b'{"key": "a", "markets": {"h2h": []}}',
    # markets
    b'{"key": "a", "markets": [null]}', b'{"key": "a", "markets": [{"key": "h2h"}]}',
    b'{"key": "a", "markets": [{"key": "h2h", "outcomes": null}]}',
    b'{"key": "a", "markets": [{"key": 5, "outcomes": []}]}',
    b'{"key": "a", "markets": [{"key": "h2h", "outcomes": {}}]}',
    b'{"key": "a", "markets": [{"key": "totals", "outcomes": [], "last_update": [1]}]}',
    # outcomes
    b'{"key": "a", "markets": [{"key": "totals", "outcomes": [null]}]}',
    b'{"key": "a", "markets": [{"key": "totals", "outcomes": [{"name": "Over", "price": 1e400, "point": 1}]}]}',
    b'{"key": "a", "markets": [{"key": "totals", "outcomes": [{"name": "Over", "price": NaN, "point": 1}]}]}',
    b'{"key": "a", "markets": [{"key": "totals", "outcomes": [{"name": "Over", "price": -Infinity, "point": 1}]}]}',
    b'{"key": "a", "markets": [{"key": "totals", "outcomes": [{"name": "Over", "price": 150, "point": NaN}]}]}',
    b'{"key": "a", "markets": [{"key": "totals", "outcomes": [{"name": "Over", "price": 150, "point": 1e999}]}]}',
    b'{"key": "a", "markets": [{"key": "totals", "outcomes": [{"name": "O\\ud800", "price": 150, "point": 1}]}]}',
    b'{"key": "a", "markets": [{"key": "totals", "outcomes": [{"name": ["Over"], "price": 150, "point": 1}]}]}',
    b'{"key": "a", "markets": [{"key": "totals", "outcomes": [{"price": 150, "point": 1}]}]}',
    b'{"key": "a", "markets": [{"key": "totals", "outcomes": [{"name": "Over", "price": ' + b"9" * 5000
    + b', "point": 1}]}]}',
    b'{"key": "a", "markets": [{"key": "totals", "outcomes": [{"name": "Over", "price": 1.' + b"9" * 5000
    + b', "point": 1e5}]}]}',
    b'{"key": "a", "markets": [{"key": "outrights", "outcomes": [{"name": "\\u202e\\u0007", "price": 150}]}]}',
]  # fmt: skip


@pytest.mark.parametrize("broken", BROKEN_PARTS, ids=range(len(BROKEN_PARTS)))
def test_a_broken_part_leaves_the_rest_of_its_event_alone(broken: bytes) -> None:
    good = json.dumps(book("pinnacle", WINNER, TOTALS)).encode()
    text = json.dumps(event()).encode().replace(b'"bookmakers": []', b'"bookmakers": [' + broken + b"," + good + b"]")
    result = decode_odds(answer(b"[" + text + b"," + GOOD_TEXT + b"]"))
    assert {found.event.id: len(found.quotes) for found in result.events} == {"e1": 4, "good": 4}
    assert {quote.bookmaker for found in result.events for quote in found.quotes} == {"pinnacle"}
    assert sum(counts(result).values()) == 1


def test_nesting_inside_one_event_costs_that_event_or_the_answer_never_more() -> None:
    for deep in (DEEP_LIST, DEEP_OBJECT):
        with pytest.raises(BadAnswer):
            decode_odds(answer(b"[" + GOOD_TEXT + b',{"id":"x","bookmakers":' + deep + b"}]"))
    shallow = b"[" * 300 + b"]" * 300
    result = decode_odds(answer(b"[" + GOOD_TEXT + b',{"id":"x","bookmakers":' + shallow + b"}]"))
    assert [found.event.id for found in result.events] == ["good"]


def test_junk_by_the_million_is_turned_away_quickly() -> None:
    junk_outcomes = b'{"key":"a","markets":[{"key":"totals","outcomes":[' + b"{}," * 1_000_000 + b"{}]}]}"
    text = json.dumps(event()).encode().replace(b'"bookmakers": []', b'"bookmakers": [' + junk_outcomes + b"]")
    started = time.perf_counter()
    result = decode_odds(answer(b"[" + text + b"," + GOOD_TEXT + b"]"))
    assert time.perf_counter() - started < 2
    assert [(found.event.id, len(found.quotes)) for found in result.events] == [("good", 4)]
    assert counts(result) == {"too_many_parts": 1}


def test_examples_are_short_and_show_no_control_characters() -> None:
    nasty = "\x1b]0;title\x07" + "W" * 5000 + "\u202e"
    result = decoded([event(book("b", market("h2h", outcome(nasty, 150), outcome(HOME, 120)))), event(id=nasty)])
    assert {rejection.reason for rejection in result.rejected} == {"bad_event_id", "unknown_side"}
    for rejection in result.rejected:
        assert rejection.example.isprintable()
        assert len(rejection.example) <= 80


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["id", "key", "markets", "bookmakers", "outcomes", "name", "price", "point", "data"])
            | st.text(max_size=4),
            inner,
            max_size=5,
        )
    ),
    max_leaves=30,
)


@given(json_values)
def test_any_json_beside_a_good_event_leaves_it_alone(value: object) -> None:
    result = decode_odds(answer([value, GOOD]))
    assert result.events[-1].event.id == "good"
    assert len(result.events[-1].quotes) == 4


@given(st.sampled_from(["id", "commence_time", "home_team", "bookmakers", "sport_key", "sport_title"]), json_values)
def test_any_value_in_any_field_of_an_event_is_survived(field: str, value: object) -> None:
    result = decode_odds(answer([event(book("b", WINNER), id="odd") | {field: value}, GOOD]))
    assert result.events[-1].event.id == "good" or field == "id"
    assert all(1 < quote.price.decimal <= 100_001 for found in result.events for quote in found.quotes)


@settings(max_examples=200)
@given(st.data())
def test_any_damage_to_the_bytes_ends_in_quotes_or_a_bad_answer(data: st.DataObject) -> None:
    body = bytearray(b"[" + GOOD_TEXT + b"]")
    for _ in range(data.draw(st.integers(1, 4))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    try:
        result = decode_odds(answer(bytes(body)))
    except BadAnswer:
        return
    assert all(1 < quote.price.decimal <= 100_001 for found in result.events for quote in found.quotes)


@pytest.mark.parametrize(
    ("body", "items"),
    [
        (b"[NaN]", [b'"NaN"']),
        (b" [ NaN , 1 ] ", [b'"NaN"', b"1"]),
        (b'[{"a": Infinity, "b": [NaN]},\r\n"x"]', [b'{"a": "Infinity", "b": ["NaN"]}', b'"x"']),
        (b'{"id": NaN}', [b'{"id": "NaN"}']),
        (b'{"data": [NaN, {}]}', [b'"NaN"', b"{}"]),
    ],
)
def test_nearly_json_is_read_item_by_item(body: bytes, items: list[bytes]) -> None:
    assert [bytes(item) for item in split(body)] == items


@pytest.mark.parametrize(
    "body", [b"[NaN", b"[NaN,]", b"[,NaN]", b"[NaN NaN]", b"[NaN] x", b"[NaN]]", b"[NaN}", b"[NaN,"]
)
def test_what_is_not_even_nearly_json_is_not_read(body: bytes) -> None:
    with pytest.raises(BadAnswer):
        split(body)


def test_nearly_json_with_too_many_items_is_not_read() -> None:
    with pytest.raises(BadAnswer, match="more than any real one"):
        split(b"[NaN" + b",1" * MAX_EVENTS + b"]")
