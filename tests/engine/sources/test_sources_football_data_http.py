"""The feed against a real server on 127.0.0.1: how seldom it asks, what it says when it fails, what is in an answer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from football_data_files import PRICES, RESULT, FootballDataServer, row, sheet
from odds_api_server import Weather

from betting_tui.engine.clocks import VirtualClock
from betting_tui.engine.core.errors import (
    BadAnswer,
    ConfigError,
    RateLimited,
    RequestRejected,
    SourceError,
    SourceUnreachable,
)
from betting_tui.engine.core.ports import AnswerKind, OddsRequest, ResultsSource, Source
from betting_tui.engine.sources.cache import Cache, FolderCache
from betting_tui.engine.sources.football_data import FootballDataSource
from betting_tui.engine.sources.football_data_decode import decode_history
from betting_tui.engine.sources.http import HttpClient, Misdirected

NOW = datetime(2024, 8, 15, 12, tzinfo=UTC)
EPL, LIGA, MLS = "soccer_epl", "soccer_spain_la_liga", "soccer_usa_mls"
MODIFIED = "Tue, 13 Aug 2024 10:00:00 GMT"
FIXTURES = sheet(
    row(**PRICES),
    row(Div="SP1", HomeTeam="Oviedo", AwayTeam="Barcelona", **PRICES),
    row(Div="E0", HomeTeam="", AwayTeam="Nobody", **PRICES),
    row(Div="??", HomeTeam="Lost", **PRICES),
)
SEASON = sheet(row(Date="11/08/2024", **PRICES, **RESULT), row(Date="01/01/2024", **PRICES, **RESULT))
FILES = {"fixtures.csv": FIXTURES, "mmz4281/2425/E0.csv": SEASON}


class Feed:
    """A server, a clock, and as many starts of the app as a test wants."""

    def __init__(self, server: FootballDataServer, clock: VirtualClock, cache: Cache | None, deadline: float) -> None:
        self.server = server
        self.clock = clock
        self._cache = cache
        self._deadline = deadline
        self._started: list[FootballDataSource] = []
        self.source = self.restart()

    def restart(self) -> FootballDataSource:
        http = HttpClient(deadline_seconds=self._deadline, max_body_bytes=200_000)
        self.source = FootballDataSource(http, self.clock, self._cache, base_url=self.server.base_url)
        self._started.append(self.source)
        return self.source

    def later(self, seconds: float) -> None:
        self.clock.advance(seconds)

    async def aclose(self) -> None:
        for source in self._started:
            await source.aclose()


@asynccontextmanager
async def feed(
    files: Mapping[str, bytes] = FILES,
    *,
    now: datetime = NOW,
    cache: Cache | None = None,
    modified: str = MODIFIED,
    deadline: float = 5.0,
) -> AsyncIterator[Feed]:
    async with FootballDataServer(files, modified=modified) as server:
        started = Feed(server, VirtualClock(now), cache, deadline)
        try:
            yield started
        finally:
            await started.aclose()


async def test_it_is_a_source_that_needs_nothing() -> None:
    async with feed() as found:
        source: Source = found.source
        results: ResultsSource = found.source
        assert (results.covers(MLS), results.covers("basketball_nba")) == (True, False)
        keys = [sport.key for sport in await source.sports()]
        assert found.server.asked == []
    assert len(keys) == 22
    assert {EPL, LIGA} <= set(keys)
    assert MLS not in keys


async def test_an_answer_holds_the_rows_of_its_sport_and_the_age_of_the_file() -> None:
    async with feed() as found:
        answer = await found.source.fetch_odds(OddsRequest(EPL, markets=("h2h",)))
        decoded = found.source.decode_odds(answer)
    assert (answer.source, answer.kind, answer.sport_key, answer.received_at) == (
        "football_data",
        AnswerKind.ODDS,
        EPL,
        NOW,
    )
    assert b"Oviedo" not in answer.body
    assert [each.event.home_team for each in decoded.events] == ["Man United"]
    assert {quote.quoted_at for quote in decoded.events[0].quotes} == {datetime(2024, 8, 13, 10, tzinfo=UTC)}
    assert {(each.reason, each.count) for each in decoded.rejected} == {("bad_teams", 1), ("unknown_division", 1)}


async def test_all_sports_of_one_file_are_one_download() -> None:
    async with feed() as found:
        await asyncio.gather(*(found.source.fetch_odds(OddsRequest(sport)) for sport in (EPL, LIGA, EPL)))
        assert found.server.paths == ["fixtures.csv"]


async def test_within_its_time_to_live_nobody_is_asked_and_after_it_only_whether_it_changed() -> None:
    async with feed() as found:
        first = await found.source.fetch_odds(OddsRequest(EPL))
        found.later(3600)
        again = await found.source.fetch_odds(OddsRequest(EPL))
        assert len(found.server.asked) == 1
        found.later(1)
        confirmed = await found.source.fetch_odds(OddsRequest(EPL))
        asked = found.server.asked[1]
    assert asked.headers["if-none-match"].startswith('"')
    assert asked.headers["if-modified-since"] == MODIFIED
    assert first.body == again.body == confirmed.body
    assert first.received_at == again.received_at == NOW
    assert (confirmed.received_at - NOW).total_seconds() == 3601
    assert again.server_time is None
    assert confirmed.server_time == first.server_time is not None


async def test_a_file_from_the_future_is_as_old_as_its_download() -> None:
    async with feed(modified="Sat, 17 Aug 2024 10:00:00 GMT") as found:
        await found.source.fetch_odds(OddsRequest(EPL))
        found.later(86_400)
        answer = await found.source.fetch_odds(OddsRequest(EPL))
        (event,) = found.source.decode_odds(answer).events
    assert {quote.quoted_at for quote in event.quotes} == {NOW}


async def test_a_changed_file_takes_the_place_of_the_kept_one() -> None:
    async with feed() as found:
        await found.source.fetch_odds(OddsRequest(EPL))
        found.server.files["fixtures.csv"] = sheet(row(HomeTeam="Leeds", **PRICES))
        found.later(3601)
        answer = await found.source.fetch_odds(OddsRequest(EPL))
    assert [each.event.home_team for each in found.source.decode_odds(answer).events] == ["Leeds"]


async def test_a_restart_within_the_time_to_live_asks_nobody_and_a_later_one_needs_no_download(tmp_path: Path) -> None:
    async with feed(cache=FolderCache(tmp_path / "cache")) as found:
        first = await found.source.fetch_odds(OddsRequest(EPL))
        found.later(600)
        found.restart()
        second = await found.source.fetch_odds(OddsRequest(EPL))
        assert len(found.server.asked) == 1
        found.later(86_400)
        found.restart()
        await found.source.fetch_odds(OddsRequest(EPL))
        assert "if-none-match" in found.server.asked[1].headers
    assert (second.body, second.received_at) == (first.body, first.received_at)


async def test_what_is_too_old_is_not_used_when_the_site_is_down() -> None:
    async with feed() as found:
        await found.source.fetch_odds(OddsRequest(EPL))
        found.later(3601)
        found.server.weather.append(Weather(status=503))
        with pytest.raises(SourceUnreachable):
            await found.source.fetch_odds(OddsRequest(EPL))
        assert (await found.source.fetch_odds(OddsRequest(EPL))).body


async def test_a_page_in_place_of_a_file_is_refused_and_not_kept() -> None:
    async with feed() as found:
        found.server.weather.append(Weather(body=b"<html>Maintenance</html>"))
        with pytest.raises(BadAnswer):
            await found.source.fetch_odds(OddsRequest(EPL))
        assert (await found.source.fetch_odds(OddsRequest(EPL))).body


WEATHER = {
    "too many requests": (Weather(status=429, body=b"", headers={"retry-after": "120"}), RateLimited, 120.0),
    "a wish in words": (Weather(status=429, body=b"", headers={"retry-after": "soon"}), RateLimited, None),
    "a fault": (Weather(status=500, body=b"oops"), SourceUnreachable, None),
    "maintenance until a date": (
        Weather(status=503, body=b"", headers={"retry-after": "Sat, 18 Apr 2026 10:01:00 GMT"}),
        SourceUnreachable,
        60.0,
    ),
    "a closed door": (Weather(status=403, body=b"<html>"), SourceUnreachable, None),
    "no file": (Weather(status=404, body=b"<html>"), RequestRejected, None),
    "a choice of files": (Weather(status=300, body=b"<html>"), RequestRejected, None),
    "unchanged, though nothing is kept": (Weather(status=304, body=b""), BadAnswer, None),
    "a teapot": (Weather(status=418, body=b"tea"), BadAnswer, None),
    "cut off": (Weather(body=FIXTURES, cut_after=30), SourceUnreachable, None),
    "too large": (Weather(body=FIXTURES + b"," * 300_000), BadAnswer, None),
    "a bomb": (Weather(body=FIXTURES + b"," * 50_000_000, gzipped=True), BadAnswer, None),
    "silence": (Weather(silent=True), SourceUnreachable, None),
    "another host": (Weather(status=302, headers={"location": "http://127.0.0.2/x"}), Misdirected, None),
}


@pytest.mark.parametrize(("weather", "error", "wait"), WEATHER.values(), ids=WEATHER.keys())
async def test_bad_weather_is_a_typed_error_in_words(
    weather: Weather, error: type[SourceError], wait: float | None
) -> None:
    # Only one that never answers has to be waited for.
    async with feed(deadline=0.5 if weather.silent else 10.0) as found:
        found.server.weather.append(weather)
        with pytest.raises(SourceError) as failed:
            await found.source.fetch_odds(OddsRequest(EPL))
    assert type(failed.value) is error
    assert failed.value.retry_after == wait
    assert failed.value.message.isprintable()


async def test_a_packed_file_is_unpacked() -> None:
    async with feed() as found:
        found.server.weather.append(Weather(gzipped=True))
        answer = await found.source.fetch_odds(OddsRequest(EPL))
    assert found.source.decode_odds(answer).events


async def test_a_validator_that_could_not_be_a_header_again_is_not_sent_back() -> None:
    async with feed(modified="") as found:
        found.server.weather.append(Weather(headers={"etag": "x" * 500}))
        await found.source.fetch_odds(OddsRequest(EPL))
        found.later(3601)
        await found.source.fetch_odds(OddsRequest(EPL))
        assert "if-none-match" not in found.server.asked[1].headers


@pytest.mark.parametrize("sport", ["basketball_nba", "soccer_uefa_champs_league", "", "../../etc/passwd", "\x1b[2J"])
async def test_what_the_site_does_not_cover_is_refused_without_asking(sport: str) -> None:
    async with feed() as found:
        for question in (found.source.fetch_odds(OddsRequest(sport)), found.source.fetch_scores(sport, 3)):
            with pytest.raises(RequestRejected) as refused:
                await question
            assert refused.value.message.isprintable()
        assert found.server.asked == []


async def test_a_country_file_gives_results_and_no_prices() -> None:
    cells = {"Country": "USA", "Date": "11/08/2024", "Home": "LA Galaxy", "Away": "Seattle", "HG": "3", "AG": "1"}
    async with feed({"new/USA.csv": sheet({**cells, "Res": "H", "PSCH": "2"})}) as found:
        with pytest.raises(RequestRejected):
            await found.source.fetch_odds(OddsRequest(MLS))
        (score,) = found.source.decode_scores(await found.source.fetch_scores(MLS, 3)).scores
    assert (score.home_team, score.home_score) == ("LA Galaxy", 3)


async def test_results_are_those_of_the_last_months() -> None:
    async with feed() as found:
        answer = await found.source.fetch_scores(EPL, 3)
        (score,) = found.source.decode_scores(answer).scores
        longer = await found.source.fetch_scores(EPL, 400)
    assert answer.kind is AnswerKind.SCORES
    assert score.commence_time == datetime(2024, 8, 11, 19, tzinfo=UTC)
    assert score.updated_at == datetime(2024, 8, 13, 10, tzinfo=UTC)
    assert len(found.source.decode_scores(longer).scores) == 2


async def test_before_a_season_has_results_the_last_one_counts_and_is_not_asked_for_at_each_poll() -> None:
    async with feed({"mmz4281/2324/E0.csv": SEASON}) as found:
        for _ in range(3):
            assert (await found.source.fetch_scores(EPL, 3)).body
        assert found.server.paths == ["mmz4281/2425/E0.csv", "mmz4281/2324/E0.csv"]
        found.server.files["mmz4281/2425/E0.csv"] = sheet(row(Date="14/08/2024", **PRICES, **RESULT))
        found.later(3601)
        assert b"14/08/2024" in (await found.source.fetch_scores(EPL, 3)).body


async def test_another_divisions_file_under_the_name_of_ours_is_not_taken_for_it() -> None:
    other = sheet(row(Div="EC", HomeTeam="Woking", Date="11/08/2024", **PRICES, **RESULT))
    async with feed({"mmz4281/2425/E0.csv": other, "mmz4281/2324/E0.csv": SEASON}) as found:
        answer = await found.source.fetch_scores(EPL, 3)
        assert b"Woking" not in answer.body
        del found.server.files["mmz4281/2324/E0.csv"]
        found.later(3601)
        with pytest.raises(RequestRejected, match="no results of Premier League"):
            await found.source.fetch_scores(EPL, 3)


async def test_a_past_season_is_fetched_whole_for_backtests() -> None:
    async with feed() as found:
        answer = await found.source.fetch_season(EPL, 2024)
        assert answer.body == SEASON
        assert len(decode_history(answer.body, EPL).games) == 2
        with pytest.raises(RequestRejected):
            await found.source.fetch_season(EPL, 2011)


@pytest.mark.parametrize("url", ["", "ftp://example.test", "https://", "https://example.test/?x=1", "http://[::1"])
async def test_an_address_that_is_none_is_a_setting_to_correct(url: str) -> None:
    with pytest.raises(ConfigError):
        FootballDataSource(HttpClient(), VirtualClock(NOW), base_url=url)
