"""The client against a real server on 127.0.0.1: what it asks, what it costs, what each refusal means, what leaks."""

from __future__ import annotations

import gzip
import json
import logging
import time
import traceback
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest
from odds_api_server import OddsApiServer, Payload, Weather, bad_weather, error_body

from betting_tui import __version__
from betting_tui.engine.clocks import VirtualClock
from betting_tui.engine.config import TheOddsApi
from betting_tui.engine.core.errors import (
    BadAnswer,
    ConfigError,
    CreditsSpent,
    KeyRejected,
    RateLimited,
    RequestRejected,
    SourceError,
    SourceUnreachable,
)
from betting_tui.engine.core.odds import OddsFormat
from betting_tui.engine.core.ports import CreditReading, OddsRequest, Source
from betting_tui.engine.sources.http import HttpClient, Secret
from betting_tui.engine.sources.resilience import Guard, Policy
from betting_tui.engine.sources.the_odds_api import TheOddsApiSource

CANARY = "c4nary+K3Y/with=odd&chars"
NOW = datetime(2026, 4, 18, 10, 0, tzinfo=UTC)
NBA = "basketball_nba"
REQUEST = OddsRequest(NBA, bookmakers=("pinnacle", "fanduel"))
EVENT: dict[str, object] = {
    "id": "e1",
    "sport_key": NBA,
    "sport_title": "NBA",
    "commence_time": "2026-04-18T23:00:00Z",
    "home_team": "Lakers",
    "away_team": "Celtics",
    "bookmakers": [
        {
            "key": "pinnacle",
            "title": "Pinnacle",
            "last_update": "2026-04-18T09:59:30Z",
            "markets": [
                {"key": "h2h", "outcomes": [{"name": "Lakers", "price": 150}, {"name": "Celtics", "price": -170}]}
            ],
        }
    ],
}
SCORE: dict[str, object] = {
    "id": "e1",
    "sport_key": NBA,
    "commence_time": "2026-04-17T23:00:00Z",
    "completed": True,
    "home_team": "Lakers",
    "away_team": "Celtics",
    "scores": [{"name": "Celtics", "score": "99"}, {"name": "Lakers", "score": "101"}],
    "last_update": "2026-04-18T02:00:00Z",
}
SPORTS = [{"key": NBA, "group": "Basketball", "title": "NBA", "active": True, "has_outrights": False}]


@asynccontextmanager
async def talking(
    key: str | None = CANARY,
    *,
    deadline: float = 5.0,
    max_body: int = 8 * 1024 * 1024,
    odds_format: str = "american",
    policy: Policy | None = None,
) -> AsyncIterator[tuple[OddsApiServer, TheOddsApiSource]]:
    payloads: dict[str, Payload] = {NBA: [EVENT]}
    async with OddsApiServer(
        key=CANARY, sports=SPORTS, odds=payloads, events=payloads, scores={NBA: [SCORE]}
    ) as server:
        settings = TheOddsApi(base_url=server.base_url, odds_format=OddsFormat(odds_format).value)  # type: ignore[arg-type]
        http = HttpClient(deadline_seconds=deadline, max_body_bytes=max_body)
        clock = VirtualClock(NOW)
        guard = None if policy is None else Guard("The Odds API", clock, policy)
        source = TheOddsApiSource(key, settings, http, clock, guard=guard)
        try:
            yield server, source
        finally:
            await source.aclose()


async def refusal_in(weather: Weather) -> SourceError:
    async with talking() as (server, source):
        server.weather.append(weather)
        with pytest.raises(SourceError) as refused:
            await source.fetch_odds(REQUEST)
        return refused.value


async def test_odds_are_fetched_with_their_credits_and_the_servers_time() -> None:
    async with talking() as (server, source):
        answer = await source.fetch_odds(REQUEST)
        asked = server.asked[0]
    assert asked.path == "/v4/sports/basketball_nba/odds"
    assert asked.query == {
        "apiKey": CANARY,
        "markets": "h2h,spreads,totals",
        "bookmakers": "pinnacle,fanduel",
        "oddsFormat": "american",
        "dateFormat": "iso",
    }
    assert asked.headers["user-agent"] == f"betting-tui/{__version__}"
    assert "gzip" in asked.headers["accept-encoding"]
    assert answer.received_at == NOW
    assert answer.server_time == datetime(2026, 4, 18, 10, 0, tzinfo=UTC)
    assert answer.credits == CreditReading(used=3, remaining=497, last_cost=3) == source.credits
    assert answer.odds_format is OddsFormat.AMERICAN
    decoded = source.decode_odds(answer)
    assert {(q.selection.name, q.price.text) for q in decoded.events[0].quotes} == {
        ("Lakers", "150"),
        ("Celtics", "-170"),
    }
    assert decoded.markets == {"h2h", "spreads", "totals"}


async def test_scores_sports_and_fixtures_are_fetched() -> None:
    async with talking() as (server, source):
        as_source: Source = source
        sports = await as_source.sports()
        answer = await as_source.fetch_scores(NBA, 3)
        scores = as_source.decode_scores(answer).scores
        events = await source.events(NBA)
        await as_source.fetch_scores(NBA, 0)
        queries = [asked.query for asked in server.asked]
    assert [(sport.key, sport.group, sport.title, sport.active) for sport in sports] == [
        (NBA, "Basketball", "NBA", True)
    ]
    assert [(score.home_score, score.away_score, score.includes_overtime) for score in scores] == [(101, 99, True)]
    assert answer.credits == CreditReading(2, 498, 2)
    assert [event.name for event in events] == ["Celtics @ Lakers"]
    assert queries[1]["daysFrom"] == "3"
    assert "daysFrom" not in queries[3]


@pytest.mark.parametrize(
    ("books", "regions", "markets", "charged"),
    [(1, 0, 3, 3), (10, 0, 3, 3), (11, 0, 3, 6), (0, 2, 3, 6), (10, 5, 1, 1), (21, 0, 2, 6)],
)
async def test_the_announced_cost_is_what_is_charged(books: int, regions: int, markets: int, charged: int) -> None:
    request = OddsRequest(
        NBA,
        markets=("h2h", "spreads", "totals")[:markets],
        bookmakers=tuple(f"book{n}" for n in range(books)),
        regions=("us", "us2", "uk", "eu", "au")[:regions],
    )
    assert TheOddsApiSource.cost(request) == charged
    async with talking() as (_, source):
        answer = await source.fetch_odds(request)
    assert answer.credits is not None
    assert answer.credits.last_cost == charged


def test_a_book_named_twice_is_paid_once() -> None:
    assert TheOddsApiSource.cost(OddsRequest(NBA, ("h2h", "h2h"), ("pinnacle",) * 11)) == 1
    assert TheOddsApiSource.scores_cost(0) == 1
    assert TheOddsApiSource.scores_cost(3) == 2


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("MISSING_KEY", KeyRejected),
        ("INVALID_KEY", KeyRejected),
        ("DEACTIVATED_KEY", KeyRejected),
        ("OUT_OF_USAGE_CREDITS", CreditsSpent),
        ("HISTORICAL_UNAVAILABLE_ON_FREE_USAGE_PLAN", RequestRejected),
        ("INVALID_MARKET", RequestRejected),
        ("INVALID_REGION", RequestRejected),
        ("UNKNOWN_SPORT", RequestRejected),
        ("EXCEEDED_FREQ_LIMIT", RateLimited),
    ],
)
async def test_each_documented_refusal_has_its_type_by_code(code: str, kind: type[SourceError]) -> None:
    error = await refusal_in(bad_weather(code))
    assert type(error) is kind
    assert error.code == code


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (401, b'{"message": "Usage quota has been reached. See usage plans"}', CreditsSpent),
        (401, b'{"message": "API key is not valid"}', KeyRejected),
        (401, b"<html>proxy login</html>", BadAnswer),
        (403, b"<html>no bots</html>", BadAnswer),
        (404, b'{"message": "Event not found"}', RequestRejected),
        (418, b'{"message": "teapot", "error_code": "NEW_CODE_OF_NEXT_YEAR"}', RequestRejected),
        (422, b"", RequestRejected),
        (429, b"slow down", RateLimited),
        (500, b"<html>oops</html>", SourceUnreachable),
        (503, b'{"message": "maintenance", "error_code": "INTERNAL"}', SourceUnreachable),
        (204, b"", BadAnswer),
        (200, b"<!doctype html><title>Sign in</title>", BadAnswer),
        (200, b"", BadAnswer),
        (200, b'"a text"', BadAnswer),
        (200, b"[1, 2", BadAnswer),
        (200, b"[" * 200_000, BadAnswer),
        (200, error_body("OUT_OF_USAGE_CREDITS"), CreditsSpent),
        (200, b'{"message": "all is well"}', BadAnswer),
        (401, b"[" * 200_000, BadAnswer),
        (401, b'{"message": 5, "error_code": ["x"]}', BadAnswer),
        (302, b"", BadAnswer),
    ],
)
async def test_undocumented_answers_are_still_typed(status: int, body: bytes, kind: type[SourceError]) -> None:
    error = await refusal_in(Weather(status=status, body=body))
    assert type(error) is kind
    assert error.message


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7.0),
        ("2.5", 2.5),
        ("999999999", 86_400.0),
        ("Sat, 18 Apr 2026 10:01:30 GMT", 90.0),
        ("Sat, 18 Apr 2026 09:00:00 GMT", 0.0),
        ("soon", None),
        ("-4", None),
        ("nan", None),
        ("", None),
    ],
)
async def test_retry_after_is_read_as_seconds_or_date(header: str, seconds: float | None) -> None:
    error = await refusal_in(bad_weather("EXCEEDED_FREQ_LIMIT", retry_after=header))
    assert error.retry_after == seconds


@pytest.mark.parametrize(
    ("used", "remaining", "last", "reading"),
    [
        ("3", "497", "3", CreditReading(3, 497, 3)),
        ("3.0", " 497 ", "0.0", CreditReading(3, 497, 0)),
        ("", "497", "", CreditReading(None, 497, None)),
        ("many", "9" * 400, "1e9", None),
        ("", "", "", None),
    ],
)
async def test_credit_headers_may_be_missing_floats_or_junk(
    used: str, remaining: str, last: str, reading: CreditReading | None
) -> None:
    headers = {"x-requests-used": used, "x-requests-remaining": remaining, "x-requests-last": last}
    async with talking() as (server, source):
        server.weather.append(Weather(body=b"[]", headers=headers))
        answer = await source.fetch_odds(REQUEST)
    assert answer.credits == reading


async def test_a_refusal_still_tells_what_is_left() -> None:
    async with talking() as (server, source):
        server.weather.append(bad_weather("INVALID_MARKET", x_requests_used="3", x_requests_remaining="497"))
        with pytest.raises(RequestRejected):
            await source.fetch_odds(REQUEST)
        assert source.credits == CreditReading(3, 497, 0)


async def test_no_key_means_no_request() -> None:
    for key in (None, "", "  "):
        async with talking(key) as (server, source):
            with pytest.raises(KeyRejected, match="THE_ODDS_API_KEY"):
                await source.sports()
            assert server.asked == []


@pytest.mark.parametrize("key", ["../../admin", "nba?x=1", "NBA", "", "a/b", "a b", "nba\n", "x" * 65, "n%62a"])
async def test_a_sport_that_would_change_the_address_is_refused(key: str) -> None:
    async with talking() as (server, source):
        for asking in (
            source.events(key),
            source.fetch_odds(OddsRequest(key, regions=("us",))),
            source.fetch_scores(key, 1),
        ):
            with pytest.raises(RequestRejected):
                await asking
        assert server.asked == []


@pytest.mark.parametrize(
    "request_",
    [
        OddsRequest(NBA),
        OddsRequest(NBA, markets=(), regions=("us",)),
        OddsRequest(NBA, bookmakers=("pinnacle&regions=us",)),
        OddsRequest(NBA, regions=("us,uk",)),
    ],
)
async def test_a_question_without_sense_is_not_asked(request_: OddsRequest) -> None:
    async with talking() as (server, source):
        with pytest.raises(RequestRejected):
            await source.fetch_odds(request_)
        with pytest.raises(RequestRejected):
            await source.fetch_scores(NBA, 4)
        assert server.asked == []


@pytest.mark.parametrize(
    "url",
    [
        "http://api.the-odds-api.com",
        "ftp://127.0.0.1",
        "https://",
        "https://user:secret@host",
        "https://host/?a=b",
        "https://host:99999",
        "https://[::1",
        "",
    ],
)
def test_the_key_is_not_sent_in_the_clear_or_to_nonsense(url: str) -> None:
    with pytest.raises(ConfigError, match="base_url"):
        TheOddsApiSource("k", TheOddsApi(base_url=url), HttpClient(), VirtualClock(NOW))


async def test_a_gzipped_answer_is_unpacked() -> None:
    async with talking() as (server, source):
        server.weather.append(Weather(gzipped=True))
        answer = await source.fetch_odds(REQUEST)
    assert source.decode_odds(answer).events[0].event.id == "e1"


async def test_a_large_answer_is_told_from_a_large_page_of_something_else() -> None:
    games = json.dumps([{**EVENT, "id": f"e{n}"} for n in range(5000)]).encode()
    async with talking() as (server, source):
        server.weather.extend([Weather(body=games), Weather(body=b"<p>" * 300_000), Weather(body=games[:-40])])
        assert len(source.decode_odds(await source.fetch_odds(REQUEST)).events) == 5000
        for _ in range(2):
            with pytest.raises(BadAnswer):
                await source.fetch_odds(REQUEST)


async def test_a_server_that_drips_is_cut_off_at_the_deadline() -> None:
    async with talking(deadline=0.4) as (server, source):
        await source.sports()
        server.weather.append(Weather(drip_seconds=0.02))
        started = time.perf_counter()
        with pytest.raises(SourceUnreachable, match=r"within 0\.4 s"):
            await source.fetch_odds(REQUEST)
    assert time.perf_counter() - started < 2


async def test_a_server_that_never_answers_is_cut_off_at_the_deadline() -> None:
    async with talking(deadline=0.3) as (server, source):
        server.weather.append(Weather(silent=True))
        with pytest.raises(SourceUnreachable):
            await source.fetch_odds(REQUEST)


async def test_a_small_body_that_unpacks_to_a_huge_one_is_cut_at_the_cap() -> None:
    bomb = gzip.compress(b" " * 50_000_000)
    async with talking(max_body=1024 * 1024) as (server, source):
        server.weather.append(Weather(body=bomb, headers={"content-encoding": "gzip"}))
        server.weather.append(Weather(body=b" " * 1_100_000))
        for _ in range(2):
            with pytest.raises(BadAnswer, match="larger than 1 MB"):
                await source.fetch_odds(REQUEST)


@pytest.mark.parametrize(
    "weather",
    [
        Weather(cut_after=20),
        Weather(body=gzip.compress(b"[]" * 5000, mtime=0)[:-9], headers={"content-encoding": "gzip"}),
        Weather(body=b"not gzip at all", headers={"content-encoding": "gzip"}),
        Weather(body=b"[]", headers={"content-encoding": "br"}),
        Weather(body=b"[]", headers={"x-long": "x" * 200_000}),
    ],
)
async def test_a_broken_transport_is_a_source_error(weather: Weather) -> None:
    assert isinstance(await refusal_in(weather), (SourceUnreachable, BadAnswer))


async def test_a_closed_port_is_unreachable() -> None:
    async with OddsApiServer() as server:
        gone = server.base_url
    source = TheOddsApiSource(CANARY, TheOddsApi(base_url=gone), HttpClient(), VirtualClock(NOW))
    with pytest.raises(SourceUnreachable, match="cannot be reached") as refused:
        await source.sports()
    await source.aclose()
    assert CANARY not in everything_said(refused.value)


async def test_a_redirect_to_another_host_is_not_followed() -> None:
    async with OddsApiServer() as elsewhere, talking() as (server, source):
        for location in (f"{elsewhere.base_url}/v4/sports", "//example.invalid/steal", "https://127.0.0.1/v4"):
            server.weather.append(Weather(status=307, body=b"", headers={"location": location}))
            with pytest.raises(SourceUnreachable, match="another host"):
                await source.fetch_odds(REQUEST)
        assert elsewhere.asked == []


async def test_a_redirect_on_the_same_host_is_followed_a_few_times() -> None:
    async with talking() as (server, source):
        server.weather.append(Weather(status=301, body=b"", headers={"location": "/v4/sports/basketball_nba/odds/"}))
        answer = await source.fetch_odds(REQUEST)
        assert source.decode_odds(answer).events[0].quotes
        assert server.asked[1].query["apiKey"] == CANARY
        server.weather.extend(Weather(status=302, body=b"", headers={"location": "/v4/sports"}) for _ in range(9))
        with pytest.raises(SourceUnreachable, match="circle"):
            await source.sports()


def everything_said(error: BaseException) -> str:
    """All a log, a crash report or a debugger's locals would show of an error and what led to it."""
    texts, seen, pending = [], set(), [error]
    while pending:
        each = pending.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        pending += [linked for linked in (each.__cause__, each.__context__) if linked is not None]
        texts += [str(each), repr(each), repr(vars(each))]
        report = traceback.TracebackException.from_exception(each, capture_locals=True)
        # The test's own frames know the key: only those of the product count.
        texts += [
            repr(frame.locals)
            for frame in report.stack
            if "/betting_tui/" in frame.filename and frame.locals is not None
        ]
    return "\n".join(texts)


@pytest.mark.parametrize("policy", [None, Policy(tries=2, failures_to_open=99, refused_rest=0)])
async def test_the_key_appears_in_no_error_log_or_repr(policy: Policy | None, caplog: pytest.LogCaptureFixture) -> None:
    """With every logger turned up, and a server that says the key back in each way it can."""
    echo = f"bad key {CANARY} in https://x/?apiKey={CANARY} or c4nary+K3Y/\u200bwith=odd&chars"
    weathers = [
        Weather(status=401, body=error_body("INVALID_KEY", echo)),
        Weather(status=401, body=error_body(CANARY, echo)),
        Weather(status=500, body=error_body("X", echo)),
        Weather(status=200, body=error_body("INVALID_MARKET", echo)),
        Weather(status=200, body=error_body("", echo)),
        Weather(status=200, body=CANARY.encode()),
        Weather(status=302, body=b"", headers={"location": f"https://{CANARY.partition('/')[0]}.test/"}),
        Weather(cut_after=5),
        Weather(silent=True),
        Weather(body=b"x", headers={"content-encoding": "gzip"}),
        Weather(headers={"x-long": "x" * 200_000}),
    ]
    loud = [logging.getLogger(name) for name in ("", "httpx", "httpcore", "httpcore.http11", "httpcore.connection")]
    before = [logger.level for logger in loud]
    said = []
    async with talking(deadline=0.3, policy=policy) as (server, source):
        await source.sports()
        for logger in loud:
            logger.setLevel(logging.DEBUG)
        await source.fetch_odds(REQUEST)
        for weather in weathers:
            server.weather.clear()
            server.weather.extend([weather, weather])
            with pytest.raises(SourceError) as refused:
                await source.fetch_odds(REQUEST)
            said.append(everything_said(refused.value))
        said += [repr(source), str(source), repr(vars(source)), caplog.text]
    for logger, level in zip(loud, before, strict=True):
        logger.setLevel(level)
    for text in said:
        assert CANARY not in text
        assert "c4nary%2BK3Y" not in text
        assert "c4nary" not in text


def test_a_secret_has_no_text() -> None:
    secret = Secret(CANARY)
    assert "c4nary" not in f"{secret!r} {secret} {secret!s} {[secret]}"
    assert secret.reveal() == CANARY
