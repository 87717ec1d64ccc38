"""What is asked again, what is not, when a feed is left alone. Waits are on a clock that only moves when told."""

from __future__ import annotations

import asyncio
import gzip
import logging
import random
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from odds_api_server import OddsApiServer, Weather, bad_weather

from betting_tui.engine.clocks import VirtualClock
from betting_tui.engine.config import TheOddsApi
from betting_tui.engine.core.errors import (
    BadAnswer,
    CreditsSpent,
    KeyRejected,
    RateLimited,
    RequestRejected,
    SourceError,
    SourceUnreachable,
)
from betting_tui.engine.core.ports import OddsRequest
from betting_tui.engine.sources.http import HttpClient, Misdirected, NotConnected
from betting_tui.engine.sources.resilience import (
    Asked,
    Breaker,
    BreakerState,
    Guard,
    Policy,
    Resting,
    wait_before_retry,
)
from betting_tui.engine.sources.the_odds_api import TheOddsApiSource

KEY = "a-key-for-tests"
NOW = datetime(2026, 4, 18, 10, 0, tzinfo=UTC)
NBA = "basketball_nba"
REQUEST = OddsRequest(NBA, bookmakers=("pinnacle",))
OUT = SourceUnreachable("out of order")
FAST = Policy(requests=1000, per_seconds=1)


@asynccontextmanager
async def guarded(
    policy: Policy = FAST, *, max_body: int = 8 * 1024 * 1024
) -> AsyncIterator[tuple[OddsApiServer, TheOddsApiSource, Guard, VirtualClock]]:
    clock = VirtualClock(NOW)
    guard = Guard("The Odds API", clock, policy, chance=random.Random(1))
    async with OddsApiServer(key=KEY, odds={NBA: b'[{"id": "e1"}]'}) as server:
        http = HttpClient(max_body_bytes=max_body)
        source = TheOddsApiSource(KEY, TheOddsApi(base_url=server.base_url), http, clock, guard=guard)
        try:
            yield server, source, guard, clock
        finally:
            await source.aclose()


def slept(clock: VirtualClock) -> float:
    return (clock.now() - NOW).total_seconds()


@pytest.mark.parametrize(
    "weather",
    [
        Weather(status=500, body=b"<html>oops</html>"),
        Weather(status=503, body=b"busy"),
        Weather(reset=True),
        Weather(cut_after=5),
        bad_weather("EXCEEDED_FREQ_LIMIT"),
    ],
)
async def test_what_passes_by_itself_is_asked_again(weather: Weather) -> None:
    async with guarded() as (server, source, guard, clock):
        server.weather.extend([weather, weather])
        answer = await source.fetch_odds(REQUEST)
        assert answer.body == b'[{"id": "e1"}]'
        assert len(server.asked) == guard.asked.requests == 3
        assert guard.asked.retries == guard.asked.retries_that_may_cost == 2
        assert 0.75 <= slept(clock) <= 2.25
        assert guard.breaker.state is BreakerState.CLOSED


@pytest.mark.parametrize(
    ("weather", "kind"),
    [
        (bad_weather("INVALID_KEY"), KeyRejected),
        (bad_weather("OUT_OF_USAGE_CREDITS"), CreditsSpent),
        (bad_weather("INVALID_MARKET"), RequestRejected),
        (Weather(status=400, body=b""), RequestRejected),
        (Weather(status=403, body=b"<html>no bots</html>"), BadAnswer),
        (Weather(status=404, body=b""), RequestRejected),
        (Weather(body=b"<!doctype html>"), BadAnswer),
        (Weather(body=b"\x00\xff garbage"), BadAnswer),
        (Weather(body=gzip.compress(b" " * 9_000_000), headers={"content-encoding": "gzip"}), BadAnswer),
        (Weather(body=b"nothing packed", headers={"content-encoding": "gzip"}), BadAnswer),
        (Weather(status=302, body=b"", headers={"location": "https://elsewhere.invalid/v4"}), Misdirected),
        (bad_weather("EXCEEDED_FREQ_LIMIT", retry_after="3600"), RateLimited),
    ],
)
async def test_what_does_not_is_asked_once(weather: Weather, kind: type[SourceError]) -> None:
    async with guarded(max_body=1024 * 1024) as (server, source, _, clock):
        server.weather.append(weather)
        with pytest.raises(kind) as refused:
            await source.fetch_odds(REQUEST)
        assert type(refused.value) is kind
        assert len(server.asked) == 1
        assert slept(clock) == 0


async def test_a_source_gives_up_after_three_tries() -> None:
    async with guarded() as (server, source, guard, _):
        server.weather.extend([Weather(status=500, body=b"")] * 9)
        with pytest.raises(SourceUnreachable, match="500"):
            await source.fetch_odds(REQUEST)
        assert len(server.asked) == 3
        assert guard.breaker.state is BreakerState.CLOSED


async def test_the_wait_that_the_feed_asks_for_is_kept() -> None:
    async with guarded() as (server, source, _, clock):
        server.weather.append(bad_weather("EXCEEDED_FREQ_LIMIT", retry_after="7"))
        await source.fetch_odds(REQUEST)
        assert 7 <= slept(clock) <= 7.5


async def test_a_wait_beyond_the_deadline_is_left_to_the_breaker() -> None:
    async with guarded() as (server, source, guard, clock):
        server.weather.append(bad_weather("EXCEEDED_FREQ_LIMIT", retry_after="120"))
        with pytest.raises(RateLimited):
            await source.fetch_odds(REQUEST)
        with pytest.raises(Resting) as resting:
            await source.fetch_odds(REQUEST)
        assert (resting.value.retry_after, guard.breaker.asked_again_at) == (120, NOW + timedelta(seconds=120))
        assert len(server.asked) == 1
        clock.advance(120)
        await source.fetch_odds(REQUEST)
        assert guard.breaker.state is BreakerState.CLOSED


async def test_credits_of_lost_answers_are_counted_until_the_feed_says_what_it_charged() -> None:
    async with guarded() as (server, source, guard, _):
        server.weather.extend([Weather(cut_after=5), Weather(reset=True), bad_weather("INVALID_MARKET")])
        with pytest.raises(RequestRejected):
            await source.fetch_odds(REQUEST)
        # A refusal with credit headers has told what was charged in all.
        assert guard.asked == Asked(requests=3, retries=2, retries_that_may_cost=2, unsure_credits=0)
        silent = {"x-requests-used": "", "x-requests-remaining": "", "x-requests-last": ""}
        server.weather.extend([Weather(reset=True), Weather(cut_after=5), Weather(status=500, headers=silent)])
        with pytest.raises(SourceUnreachable):
            await source.fetch_odds(REQUEST)
        assert source.unsure_credits == 9
        server.weather.extend([Weather(reset=True)] * 3)
        with pytest.raises(SourceUnreachable):
            await source.sports()
        assert source.unsure_credits == 9


async def test_all_tries_together_end_by_the_deadline() -> None:
    """Three slow drips would take a minute; the sum of the tries is bounded, not each of them."""
    async with guarded(Policy(requests=1000, deadline_seconds=0.3)) as (server, source, guard, _):
        server.weather.extend([Weather(status=500, body=b""), Weather(drip_seconds=0.05), Weather(drip_seconds=0.05)])
        with pytest.raises(SourceUnreachable):
            await source.fetch_odds(REQUEST)
        assert guard.asked.requests <= 2


async def test_a_silent_feed_ends_by_the_deadline_and_may_have_charged() -> None:
    async with guarded(Policy(requests=1000, deadline_seconds=0.2)) as (server, source, guard, _):
        server.weather.append(Weather(silent=True))
        with pytest.raises(SourceUnreachable, match=r"0\.2 s"):
            await source.fetch_odds(REQUEST)
        assert guard.asked == Asked(requests=1, unsure_credits=3)


async def test_a_name_that_is_not_known_is_asked_again_and_costs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> object:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    clock = VirtualClock(NOW)
    guard = Guard("The Odds API", clock, FAST)
    source = TheOddsApiSource(KEY, TheOddsApi(base_url="https://feed.invalid"), HttpClient(), clock, guard=guard)
    with pytest.raises(NotConnected, match=r"feed\.invalid cannot be reached"):
        await source.fetch_odds(REQUEST)
    await source.aclose()
    assert guard.asked == Asked(requests=3, retries=2, retries_that_may_cost=2, unsure_credits=0)


async def test_retries_are_no_stream_of_warnings(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        async with guarded() as (server, source, _, _):
            server.weather.extend([Weather(status=500, body=b"")] * 3)
            with pytest.raises(SourceUnreachable):
                await source.fetch_odds(REQUEST)
    assert caplog.records == []


async def test_questions_beyond_the_rate_wait_for_their_turn() -> None:
    policy = Policy(requests=2, per_seconds=3600, deadline_seconds=0.05)
    guard = Guard("feed", VirtualClock(NOW), policy)
    started = 0

    async def ask(_: float) -> str:
        nonlocal started
        started += 1
        return "answer"

    assert [await guard.run(ask), await guard.run(ask)] == ["answer", "answer"]
    with pytest.raises(SourceUnreachable, match="gave no answer"):
        await guard.run(ask, cost=3)
    assert started == guard.asked.requests == 2
    assert guard.asked.unsure_credits == 0


@given(
    tries=st.integers(1, 5),
    left=st.floats(0, 60),
    chance=st.floats(0, 1),
    wish=st.none() | st.floats(0, 100_000),
)
def test_a_retry_waits_as_asked_and_ends_in_time(tries: int, left: float, chance: float, wish: float | None) -> None:
    wait = wait_before_retry(Policy(), RateLimited("slow down", retry_after=wish), tries, left, chance)
    if wait is None:
        assert tries >= 3 or left <= (7.5 if wish is None else wish + 0.5)
    else:
        assert tries < 3
        assert (0.25 if wish is None else wish) <= wait < left


def test_waits_double_and_are_spread() -> None:
    def wait(tries: int, chance: float) -> float | None:
        return wait_before_retry(Policy(tries=9), OUT, tries, 100, chance)

    assert [wait(n, 0.5) for n in (1, 2, 3, 4, 5, 6)] == [0.5, 1, 2, 4, 5, 5]
    assert (wait(1, 0), wait(1, 1)) == (0.25, 0.75)


def failing(breaker: Breaker, times: int, error: SourceError = OUT) -> None:
    for _ in range(times):
        assert breaker.enter()
        breaker.fail(error)


def test_a_breaker_opens_at_the_third_failure_in_a_row() -> None:
    breaker = Breaker(VirtualClock(NOW))
    failing(breaker, 2)
    assert breaker.enter()
    breaker.succeed()
    failing(breaker, 2)
    assert breaker.lets_through
    failing(breaker, 1)
    assert (breaker.state, breaker.rest_seconds, breaker.enter()) == (BreakerState.OPEN, 60, False)
    assert breaker.error is OUT


def test_after_its_rest_one_question_is_let_through_and_the_answer_closes_it() -> None:
    clock = VirtualClock(NOW)
    breaker = Breaker(clock)
    failing(breaker, 3)
    clock.advance(59.9)
    assert not breaker.enter()
    clock.advance(0.1)
    assert breaker.enter()
    assert (breaker.state, breaker.enter()) == (BreakerState.PROBING, False)
    breaker.succeed()
    assert (breaker.state, breaker.error, breaker.asked_again_at) == (BreakerState.CLOSED, None, None)
    failing(breaker, 2)
    assert breaker.lets_through


def test_each_failed_probe_doubles_the_rest_up_to_half_an_hour() -> None:
    clock = VirtualClock(NOW)
    breaker = Breaker(clock)
    failing(breaker, 3)
    rests = []
    for _ in range(7):
        rests.append(breaker.rest_seconds)
        clock.advance(breaker.rest_seconds)
        failing(breaker, 1)
    assert rests == [60, 120, 240, 480, 960, 1800, 1800]


@pytest.mark.parametrize(
    ("error", "rest"),
    [
        (KeyRejected("no"), 3600),
        (CreditsSpent("none"), 3600),
        (RateLimited("wait", retry_after=30), 30),
        (RateLimited("wait", retry_after=0), 1),
        (SourceUnreachable("maintenance", retry_after=1e9), 86_400),
        (RateLimited("wait"), 0),
        (BadAnswer("html"), 0),
        (RequestRejected("no such market"), 0),
    ],
)
def test_some_failures_open_at_once_and_for_as_long_as_they_say(error: SourceError, rest: float) -> None:
    breaker = Breaker(VirtualClock(NOW))
    failing(breaker, 1, error)
    assert breaker.rest_seconds == rest


def test_a_refused_question_shows_that_the_feed_works() -> None:
    clock = VirtualClock(NOW)
    breaker = Breaker(clock)
    failing(breaker, 3)
    clock.advance(60)
    failing(breaker, 1, RequestRejected("no such market"))
    assert breaker.state is BreakerState.CLOSED


def test_time_slept_through_counts_as_rest() -> None:
    breaker = Breaker(VirtualClock(NOW))
    failing(breaker, 3)
    breaker.skip(-5)
    assert breaker.rest_seconds == 60
    breaker.skip(3600)
    assert breaker.enter()


async def test_a_probe_that_is_cancelled_lets_the_next_one_through() -> None:
    clock = VirtualClock(NOW)
    guard = Guard("feed", clock, FAST)

    async def fails(_: float) -> str:
        raise BadAnswer("html")

    async def hangs(_: float) -> str:
        await asyncio.Event().wait()
        return "never"

    async def answers(_: float) -> str:
        return "answer"

    for _ in range(3):
        with pytest.raises(BadAnswer):
            await guard.run(fails)
    clock.advance(60)
    probe = asyncio.create_task(guard.run(hangs, cost=3))
    await until(lambda: guard.asked.requests == 4)
    with pytest.raises(Resting, match="until the question under way is answered: html"):
        await guard.run(answers)
    probe.cancel()
    with pytest.raises(asyncio.CancelledError):
        await probe
    assert guard.asked.unsure_credits == 3
    assert await guard.run(answers) == "answer"
    assert guard.breaker.state is BreakerState.CLOSED


async def test_a_mistake_of_our_own_is_neither_repeated_nor_the_feeds_fault() -> None:
    guard = Guard("feed", VirtualClock(NOW), FAST)

    async def breaks(_: float) -> str:
        raise ZeroDivisionError

    for _ in range(5):
        with pytest.raises(ZeroDivisionError):
            await guard.run(breaks)
    assert guard.asked.requests == 5
    assert guard.breaker.lets_through


async def test_the_same_chance_gives_the_same_waits() -> None:
    async def run(seed: int) -> float:
        clock = VirtualClock(NOW)
        guard = Guard("feed", clock, FAST, chance=random.Random(seed))
        ask: Callable[[float], Awaitable[str]] = _out
        with pytest.raises(SourceUnreachable):
            await guard.run(ask)
        return slept(clock)

    assert await run(1) == await run(1) != await run(2)


async def _out(_: float) -> str:
    raise SourceUnreachable("out of order")


async def until(true: Callable[[], bool]) -> None:
    for _ in range(1000):
        if true():
            return
        await asyncio.sleep(0)
    raise AssertionError("it did not come about")
