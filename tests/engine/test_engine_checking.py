"""One free question to each feed: what came, whose clock, what it needs, and that nothing of it costs a credit."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from football_data_files import PRICES, FootballDataServer, game, sheet
from msgspec.structs import replace
from odds_api_server import OddsApiServer, Weather
from results_server import ResultsServer

from betting_tui.engine.clocks import SystemClock
from betting_tui.engine.config import ApiKeys, Settings
from betting_tui.engine.feeds.checking import FeedCheck, check_feeds

KEY = "canary0123456789"


def settings(urls: Mapping[str, str], key: str | None = KEY) -> Settings:
    sources = Settings().data_sources
    changed = {name: replace(getattr(sources, name), base_url=url) for name, url in urls.items()}
    return Settings(api_keys=ApiKeys(the_odds_api=key), data_sources=replace(sources, **changed))


class Feeds:
    """All four on loopback."""

    def __init__(self) -> None:
        coming = sheet(game(PRICES, Date="16/08/2031"), game(PRICES, Date="16/08/2031", HomeTeam="Leeds"))
        self.odds = OddsApiServer(key=KEY)
        self.football = FootballDataServer({"fixtures.csv": coming})
        self.espn = ResultsServer()
        self.sports_db = ResultsServer()

    async def check(self, key: str | None = KEY) -> dict[str, FeedCheck]:
        named = {
            "the_odds_api": self.odds, "football_data": self.football, "espn": self.espn, "thesportsdb": self.sports_db,
        }  # fmt: skip
        async with AsyncExitStack() as stack:
            urls = {name: (await stack.enter_async_context(server)).base_url for name, server in named.items()}
            found = await check_feeds(settings(urls, key), SystemClock())
        return {check.name: check for check in found}


async def test_every_feed_answers_one_question_that_costs_nothing() -> None:
    feeds = Feeds()
    found = await feeds.check()
    assert {name: check.state for name, check in found.items()} == {
        "the_odds_api": "answers", "football_data": "answers", "odds_scraping": "off", "espn": "answers",
        "thesportsdb": "answers",
    }  # fmt: skip
    assert [asked.path for asked in feeds.odds.asked] == ["/v4/sports"]
    assert [len(server.asked) for server in (feeds.football, feeds.espn, feeds.sports_db)] == [1, 1, 1]
    assert found["football_data"].text == "2 coming games of soccer_epl"
    assert found["the_odds_api"].credits_remaining == 500
    assert "500 credits left" in found["the_odds_api"].text


async def test_a_feed_without_its_key_is_not_asked_and_says_what_it_needs() -> None:
    feeds = Feeds()
    found = (await feeds.check(key=None))["the_odds_api"]
    assert (found.state, feeds.odds.asked) == ("off", [])
    assert "needs a key" in found.text


async def test_a_feed_that_fails_says_why_and_keeps_no_other_from_answering() -> None:
    feeds = Feeds()
    feeds.odds.weather.append(Weather(status=500))
    feeds.espn.weather.append(Weather(status=403))
    found = await feeds.check()
    assert [found[name].state for name in ("the_odds_api", "espn", "football_data")] == ["fails", "fails", "answers"]
    assert "500" in found["the_odds_api"].text


async def test_a_rejected_key_is_told_without_the_key() -> None:
    feeds = Feeds()
    found = (await feeds.check(key="anothercanary99"))["the_odds_api"]
    assert found.state == "fails"
    assert "anothercanary99" not in repr(found)


async def test_this_machines_clock_is_compared_with_the_feeds() -> None:
    feeds = Feeds()
    behind = datetime.now(UTC) - timedelta(seconds=300)
    feeds.odds.weather.append(Weather(headers={"date": format_datetime(behind, usegmt=True)}))
    found = (await feeds.check())["the_odds_api"]
    assert found.clock_seconds is not None
    assert 295 < found.clock_seconds < 310


async def test_roles_follow_the_settings() -> None:
    found = await Feeds().check()
    assert found["the_odds_api"].roles == ("odds", "results")
    assert found["espn"].roles == ("results",)
    assert found["odds_scraping"].roles == ("odds",)
