"""Which source is asked, which answers, and what a status tells. The decisions first, then the asking itself."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from odds_api_server import OddsApiServer, Weather, bad_weather
from odds_payloads import AWAY, HOME, book, event, market, outcome

from betting_tui.engine.clocks import VirtualClock
from betting_tui.engine.config import Settings, TheOddsApi
from betting_tui.engine.config.tree import ApiKeys
from betting_tui.engine.core.errors import (
    BadAnswer,
    CreditsSpent,
    KeyRejected,
    RequestRejected,
    SourceError,
    SourceUnreachable,
)
from betting_tui.engine.core.feed_views import FeedStatus
from betting_tui.engine.core.ports import Answer, AnswerKind, CreditReading, OddsRequest, Source
from betting_tui.engine.sources.failover import (
    Failover,
    Member,
    NoSourceAnswers,
    PassedOver,
    Served,
    Standing,
    Walk,
    Why,
    after_answer,
    after_failure,
    missing_need,
    walk,
)
from betting_tui.engine.sources.guarded import GuardedSource
from betting_tui.engine.sources.http import HttpClient
from betting_tui.engine.sources.recorded import RecordedFiles
from betting_tui.engine.sources.resilience import Guard, Policy, Resting
from betting_tui.engine.sources.the_odds_api import TheOddsApiSource

NOW = datetime(2026, 4, 18, 10, 0, tzinfo=UTC)
KEY = "a-key-for-tests"
NBA, EPL = "basketball_nba", "soccer_epl"
REQUEST = OddsRequest(NBA, bookmakers=("pinnacle",))
GAME = event(book("pinnacle", market("h2h", outcome(HOME, 150), outcome(AWAY, -170))))
ORDER = ("the_odds_api", "recorded", "odds_scraping")
SCRAPERS = "its scrapers come in a later version"


def standings(*each: Standing) -> dict[str, Standing]:
    return {standing.name: standing for standing in each}


def test_the_first_of_the_order_that_can_is_asked_first() -> None:
    known = standings(
        Standing("keyless"),
        Standing("needy", needs="needs a key"),
        Standing("other_sports", serves=False),
        Standing("tired", rests_seconds=5, trouble="out of order"),
        Standing("second"),
    )
    order = ("needy", "other_sports", "tired", "keyless", "nobody", "second", "keyless")
    assert walk(order, known) == Walk(
        ("keyless", "second"),
        (
            PassedOver("needy", Why.NEEDS, "needs a key"),
            PassedOver("other_sports", Why.NOT_SERVED, "does not have this sport"),
            PassedOver("tired", Why.RESTS, "out of order"),
            PassedOver("nobody", Why.UNKNOWN, "is no feed of this program"),
        ),
    )


NAMES = st.sampled_from(["a", "b", "c", "d", "e"])


@given(
    st.lists(NAMES, max_size=8),
    st.dictionaries(NAMES, st.tuples(st.sampled_from(["", "a key"]), st.booleans(), st.sampled_from([0.0, 9.0]))),
)
def test_each_source_is_asked_or_passed_over_once_and_in_order(
    order: list[str], known: dict[str, tuple[str, bool, float]]
) -> None:
    each = standings(*(Standing(name, needs, serves, rests) for name, (needs, serves, rests) in known.items()))
    decided = walk(order, each)
    distinct = list(dict.fromkeys(order))
    passed = [over.name for over in decided.passed]
    assert sorted([*decided.ask, *passed]) == sorted(distinct)
    assert list(decided.ask) == [name for name in distinct if name in decided.ask]
    assert set(decided.ask) == {name for name in distinct if known.get(name) == ("", True, 0.0)}


def test_what_a_source_needs_follows_from_the_credentials() -> None:
    without = Settings()
    with_key = msgspec.structs.replace(without, api_keys=ApiKeys(the_odds_api=KEY))
    assert "THE_ODDS_API_KEY" in (missing_need("the_odds_api", without) or "")
    assert missing_need("the_odds_api", with_key) == ""
    assert missing_need("football_data", without) == ""
    assert missing_need("odds_scraping", with_key) == SCRAPERS
    assert missing_need("bet365", with_key) is None


WELL = FeedStatus("x", "ok", "", NOW, None, 10, 490)


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (KeyRejected("no"), "failed"),
        (CreditsSpent("none"), "failed"),
        (SourceUnreachable("no"), "degraded"),
        (BadAnswer("no"), "degraded"),
        (RequestRejected("no such market"), "ok"),
        (Resting("no"), "ok"),
    ],
)
def test_a_failure_shows_in_the_status_and_keeps_what_was_known(error: SourceError, state: str) -> None:
    after = after_failure(WELL, error)
    assert (after.state, after.last_success, after.credits_remaining) == (state, NOW, 490)
    assert after.detail == ("" if state == "ok" else error.message)


def test_an_answer_mends_the_status_and_updates_the_credits() -> None:
    answer = Answer("x", AnswerKind.ODDS, NBA, b"[]", NOW + timedelta(hours=1))
    broken = after_failure(WELL, BadAnswer("no"))
    assert after_answer(broken, answer) == msgspec.structs.replace(WELL, last_success=answer.received_at)
    told = msgspec.structs.replace(answer, credits=CreditReading(13, 487, 3))
    assert after_answer(broken, told).credits_remaining == 487


class Shop:
    """The Odds API on a local server first, a recorded answer second, scrapers that do not exist third."""

    def __init__(self, server: OddsApiServer, folder: Path) -> None:
        self.server = server
        self.clock = VirtualClock(NOW)
        self.told: list[tuple[str, str]] = []
        policy = Policy(requests=1000, tries=1)
        guards = {name: Guard(name, self.clock, policy) for name in ("the_odds_api", "recorded")}
        (folder / "nba.json").write_bytes(json.dumps([GAME]).encode())
        api = TheOddsApiSource(
            KEY, TheOddsApi(base_url=server.base_url), HttpClient(), self.clock, guard=guards["the_odds_api"]
        )
        recorded: Source = GuardedSource(RecordedFiles(odds=[folder / "nba.json"], now=NOW), guards["recorded"])
        self.members = (
            Member(api, guards["the_odds_api"]),
            Member(recorded, guards["recorded"], lambda sport: sport == NBA),
        )
        self.failover = Failover(
            ORDER,
            self.members,
            self.clock,
            needs={"odds_scraping": SCRAPERS},
            changed=lambda status: self.told.append((status.name, status.state)),
        )

    def states(self) -> dict[str, str]:
        return {status.name: status.state for status in self.failover.statuses()}


@asynccontextmanager
async def shop(folder: Path) -> AsyncIterator[Shop]:
    async with OddsApiServer(key=KEY, odds={NBA: [GAME], EPL: b"[]"}) as server:
        opened = Shop(server, folder)
        try:
            yield opened
        finally:
            await opened.failover.aclose()


async def test_the_preferred_source_answers_while_it_can(tmp_path: Path) -> None:
    async with shop(tmp_path) as s:
        served = await s.failover.odds(REQUEST)
        assert (served.answer.source, served.source.name) == ("the_odds_api", "the_odds_api")
        assert served.passed == (PassedOver("odds_scraping", Why.NEEDS, SCRAPERS),)
        first, second, third = s.failover.statuses()
    assert (first.state, first.credits_remaining, first.last_success) == ("ok", 497, NOW)
    assert (second.state, second.detail) == ("waiting", "not asked yet")
    assert (third.state, third.detail) == ("off", SCRAPERS)


@pytest.mark.parametrize(
    "weather",
    [
        Weather(status=500, body=b""),
        Weather(reset=True),
        Weather(body=b"<html>"),
        bad_weather("EXCEEDED_FREQ_LIMIT", retry_after="600"),
        bad_weather("OUT_OF_USAGE_CREDITS"),
        bad_weather("INVALID_KEY"),
        bad_weather("INVALID_MARKET"),
    ],
)
async def test_the_next_source_takes_over_within_the_same_question(weather: Weather, tmp_path: Path) -> None:
    async with shop(tmp_path) as s:
        s.server.weather.append(weather)
        served = await s.failover.odds(REQUEST)
        assert served.source.name == "recorded"
        assert served.source.decode_odds(served.answer).events[0].event.id == "e1"
        assert [(over.name, over.why) for over in served.passed] == [
            ("odds_scraping", Why.NEEDS),
            ("the_odds_api", Why.FAILED),
        ]


async def test_a_source_that_keeps_failing_is_one_change_of_status(tmp_path: Path) -> None:
    async with shop(tmp_path) as s:
        s.server.weather.extend([Weather(status=500, body=b"")] * 50)
        for _ in range(20):
            assert (await s.failover.odds(REQUEST)).source.name == "recorded"
        assert len(s.server.asked) == 3
        assert s.told == [("the_odds_api", "degraded"), ("recorded", "ok")]
        assert s.states() == {"the_odds_api": "degraded", "recorded": "ok", "odds_scraping": "off"}
        assert s.failover.statuses()[0].next_poll == NOW + timedelta(seconds=60)


async def test_recovery_is_noticed_by_a_probe_after_the_rest(tmp_path: Path) -> None:
    async with shop(tmp_path) as s:
        s.server.weather.extend([Weather(status=500, body=b"")] * 3)
        for _ in range(4):
            await s.failover.odds(REQUEST)
        assert s.failover.plan(NBA).ask == ("recorded",)
        s.clock.advance(60)
        assert (await s.failover.odds(REQUEST)).source.name == "the_odds_api"
        assert s.told == [("the_odds_api", "degraded"), ("recorded", "ok"), ("the_odds_api", "ok")]
        assert s.failover.statuses()[0].next_poll is None


async def test_each_sport_walks_by_itself(tmp_path: Path) -> None:
    async with shop(tmp_path) as s:
        s.server.weather.extend([Weather(status=500, body=b"")] * 2)
        with pytest.raises(SourceUnreachable, match="500") as failed:
            await s.failover.odds(OddsRequest(EPL, bookmakers=("pinnacle",)))
        assert not isinstance(failed.value, NoSourceAnswers)
        assert (await s.failover.odds(REQUEST)).source.name == "recorded"
        assert (await s.failover.odds(OddsRequest(EPL, bookmakers=("pinnacle",)))).answer.body == b"[]"


async def test_when_nobody_answers_the_reasons_and_the_time_to_ask_again_are_told(tmp_path: Path) -> None:
    async with shop(tmp_path) as s:
        s.server.weather.append(bad_weather("EXCEEDED_FREQ_LIMIT", retry_after="600"))
        (tmp_path / "nba.json").write_bytes(b"not json")
        with pytest.raises(SourceError):
            await s.members[1].source.fetch_odds(REQUEST)
        with pytest.raises(NoSourceAnswers) as failed:
            await s.failover.odds(REQUEST)
        assert failed.value.retry_after == 600
        for said in ("the_odds_api: ", "recorded: ", "odds_scraping: its scrapers come in a later version"):
            assert said in failed.value.message
        with pytest.raises(NoSourceAnswers):
            await s.failover.odds(REQUEST)
    empty = Failover((), (), VirtualClock(NOW))
    with pytest.raises(NoSourceAnswers, match="no feed is set"):
        await empty.odds(REQUEST)


async def test_scores_walk_the_same_way(tmp_path: Path) -> None:
    async with shop(tmp_path) as s:
        s.server.scores[NBA] = b"[]"
        assert (await s.failover.scores(NBA, 3)).answer.kind is AnswerKind.SCORES
        s.server.weather.append(Weather(status=500, body=b""))
        with pytest.raises(NoSourceAnswers, match="no recorded file"):
            await s.failover.scores(NBA, 3)


async def test_an_answer_that_cannot_be_used_is_as_bad_as_none(tmp_path: Path) -> None:
    """JSON of wrong types passes the network and fails the decoder: the next source answers, and this one rests."""
    taken: list[str] = []

    async def accept(served: Served) -> None:
        served.source.decode_odds(served.answer)
        taken.append(served.source.name)

    async with shop(tmp_path) as s:
        s.server.odds[NBA] = b'[{"id": 5}]'
        for _ in range(5):
            await s.failover.odds(REQUEST, accept)
        assert taken == ["recorded"] * 5
        assert len(s.server.asked) == 3
        s.clock.advance(60)
        await s.failover.odds(REQUEST, accept)
        assert s.failover.statuses()[0].next_poll == s.clock.now() + timedelta(seconds=120)
        s.server.odds[NBA] = [GAME]
        s.clock.advance(120)
        await s.failover.odds(REQUEST, accept)
        assert taken[-1] == "the_odds_api"
        assert s.told == [("the_odds_api", "degraded"), ("recorded", "ok"), ("the_odds_api", "ok")]


async def test_names_that_are_no_feed_are_off_and_asked_nothing() -> None:
    failover = Failover(("bet365",), (), VirtualClock(NOW))
    assert [(status.state, status.detail) for status in failover.statuses()] == [("off", "is no feed of this program")]
    assert failover.plan(NBA).ask == ()
