"""Days of the live engine on local servers: what is planned is asked, closes before the start, credits are booked to
the last one, the next feed takes over within one poll, and a restart asks nobody."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from football_data_files import FootballDataServer, sheet
from football_data_files import game as row
from msgspec import Struct
from odds_api_server import Asked, OddsApiServer, Weather, bad_weather
from odds_payloads import Json, book, event, market, outcome
from results_server import ResultsServer

from betting_tui.engine.clocks import VirtualClock
from betting_tui.engine.config import Settings
from betting_tui.engine.config.tree import (
    ApiKeys,
    Bookmakers,
    DataSources,
    Espn,
    Execution,
    FootballData,
    Results,
    TheOddsApi,
    TheSportsDb,
)
from betting_tui.engine.core.bet_views import Placed
from betting_tui.engine.core.commands import RecordBet
from betting_tui.engine.core.errors import UsageError
from betting_tui.engine.core.model import Leg, LineKey, Origin, OutcomeSet, Selection
from betting_tui.engine.core.odds import parse_any
from betting_tui.engine.core.times import iso
from betting_tui.engine.engine import Engine
from betting_tui.engine.feeds.supply import live_feeds
from betting_tui.engine.launch import live_engine
from market_samples import NOW

EPL, NBA = "soccer_epl", "basketball_nba"
FIXTURES = "fixtures.csv"
FAR = NOW + timedelta(days=365)


class Day(VirtualClock):
    """Ends the desk's loop at a set time; something may happen on the way."""

    def __init__(self, start: datetime = NOW) -> None:
        super().__init__(start)
        self.end = FAR

    async def sleep(self, seconds: float) -> None:
        await super().sleep(min(seconds, (self.end - self.now()).total_seconds()))
        if self.now() >= self.end:
            raise asyncio.CancelledError


class World(Struct):
    """Everything outside the engine: three servers and a clock."""

    api: OddsApiServer
    football: FootballDataServer
    results: ResultsServer
    clock: Day
    data_dir: Path

    def settings(self, **more: object) -> Settings:
        nowhere = "http://127.0.0.1:9"
        return Settings(
            api_keys=ApiKeys(the_odds_api=self.api.key),
            data_sources=DataSources(
                the_odds_api=TheOddsApi(base_url=self.api.base_url, sports=(EPL, NBA), markets=("h2h", "totals")),
                football_data=FootballData(base_url=self.football.base_url, sports=(EPL,)),
                espn=Espn(base_url=self.results.base_url),
                thesportsdb=TheSportsDb(base_url=nowhere),
            ),
            execution=Execution(verify="never"),
            **more,  # type: ignore[arg-type]
        )

    def engine(self) -> Engine:
        return live_engine(self.settings(), self.data_dir, clock=self.clock)

    def starts(self, sport: str, *hours: float) -> None:
        """Games of that sport, so many hours from now, at the paid feed."""
        games = [match(sport, number, self.clock.now() + timedelta(hours=each)) for number, each in enumerate(hours)]
        self.api.odds[sport] = games
        self.api.events[sport] = [{**each, "bookmakers": None} for each in games]

    def odds_asked(self) -> list[Asked]:
        return [each for each in self.api.asked if each.path.endswith("/odds")]


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    day = (NOW + timedelta(days=1)).strftime("%d/%m/%Y")
    prices = {"B365H": "1.6", "B365D": "4.2", "B365A": "5.25"}
    files = {FIXTURES: sheet(row(prices, Date=day, HomeTeam="Arsenal", AwayTeam="Chelsea"))}
    async with OddsApiServer() as api, FootballDataServer(files) as football, ResultsServer() as results:
        world = World(api, football, results, Day(), tmp_path / "data")
        world.starts(EPL, 5)
        world.starts(NBA, 3, 9)
        yield world


def match(sport: str, number: int, start: datetime) -> Json:
    priced = market("h2h", outcome("Home", -110), outcome("Away", 100))
    return event(
        book("fanduel", priced), book("draftkings", priced),
        id=f"{sport}{number}", sport_key=sport, commence_time=iso(start), home_team="Home", away_team="Away",
    )  # fmt: skip


async def live(engine: Engine, clock: Day, hours: float) -> None:
    clock.end = clock.now() + timedelta(hours=hours)
    with pytest.raises(asyncio.CancelledError):
        await engine._feeds.odds.loop()
    clock.end = FAR


async def bet_on(engine: Engine, event_id: str) -> None:
    known = engine.board.event(event_id)
    assert known is not None
    selection = Selection(LineKey(event_id, "h2h", OutcomeSet.TWO_WAY), "Home")
    placed = await engine.record_bet(
        RecordBet("main", known, selection, "fanduel", parse_any("-110"), 1_000, event_id, Origin.COMMAND, "me")
    )
    assert isinstance(placed, Placed)


async def test_a_day_as_planned_closes_before_the_starts_and_every_credit_in_the_books(world: World) -> None:
    engine = world.engine()
    await engine.start(polling=False)
    await live(engine, world.clock, 0.01)
    assert [each.path.split("/")[-1] for each in world.api.asked[:2]] == ["events", "events"]
    await bet_on(engine, f"{NBA}1")
    start = NOW + timedelta(hours=9)
    await live(engine, world.clock, 8.7)
    before = len(world.odds_asked())
    planned = next(call for call in engine.sources().credits[0].today if call.endpoint == "odds")
    assert planned.text == "close of 1 game"
    assert start - timedelta(minutes=15) <= planned.at < start
    await live(engine, world.clock, 0.3)
    assert len(world.odds_asked()) == before + 1
    assert engine.ledger.credits_spent("the_odds_api", NOW) == world.api.used > 0
    told = engine.sources().credits[0]
    assert (told.used, told.left) == (world.api.used, 500 - world.api.used)
    assert told.spent_today == world.api.used <= 25 + 2
    await engine.stop()


async def test_a_lost_answer_is_counted_until_told_and_booked_when_it_is(world: World) -> None:
    engine = world.engine()
    await engine.start(polling=False)
    world.api.weather.extend([Weather(), Weather(), Weather(cut_after=10)])
    await live(engine, world.clock, 2)
    assert engine.ledger.credits_spent("the_odds_api", NOW) == world.api.used
    assert engine.sources().credits[0].unsure == 0
    await engine.stop()


async def test_the_free_feed_takes_over_within_one_poll_and_hands_back(world: World) -> None:
    engine = world.engine()
    await engine.start(polling=False)
    await live(engine, world.clock, 0.01)
    assert world.football.asked == []
    world.api.weather.extend([Weather(status=503, body=b"down")] * 40)
    await live(engine, world.clock, 4.95)
    assert set(world.football.paths) == {FIXTURES}
    assert len(world.football.paths) <= 5, "once an hour"
    assert {each.id[:2] for each in engine.board.events() if each.sport_key == EPL} >= {"fd"}
    world.api.weather.clear()
    await live(engine, world.clock, 2)
    states = {feed.name: feed.state for feed in engine.overview().feeds}
    assert states["the_odds_api"] == "ok"
    assert states["football_data"] == "ok"
    await engine.stop()


async def test_a_refused_key_is_one_cell_and_the_free_feed_goes_on(world: World) -> None:
    engine = world.engine()
    await engine.start(polling=False)
    world.api.weather.extend([bad_weather("DEACTIVATED_KEY")] * 40)
    await live(engine, world.clock, 3)
    feeds = {feed.name: feed for feed in engine.overview().feeds}
    assert feeds["the_odds_api"].state == "failed"
    assert feeds["football_data"].state == "ok"
    assert len(world.api.asked) == 3, "once an hour"
    assert world.api.key not in str(engine.sources())
    await engine.stop()


async def test_spent_credits_are_no_error_to_repeat_but_a_date_to_wait_for(world: World) -> None:
    world.api.remaining, world.api.used = 1, 499
    engine = world.engine()
    await engine.start(polling=False)
    await live(engine, world.clock, 3)
    assert world.odds_asked() == []
    feeds = {feed.name: feed for feed in engine.overview().feeds}
    assert feeds["the_odds_api"].detail == "no credits left until 1 May"
    assert feeds["football_data"].state == "ok"
    assert engine.sources().credits[0].left == 1
    await engine.stop()


async def test_a_restart_within_the_time_to_live_asks_nobody(world: World) -> None:
    first = world.engine()
    await first.start(polling=False)
    await live(first, world.clock, 0.02)
    known = {each.id for each in first.board.events()}
    await first.stop()
    asked, used = len(world.api.asked), world.api.used
    second = world.engine()
    await second.start(polling=False)
    await live(second, world.clock, 0.02)
    assert (len(world.api.asked), world.api.used) == (asked, used)
    assert {each.id for each in second.board.events()} == known
    assert second.sources().credits[0].used == used
    await second.fetch_odds((EPL,))
    assert world.api.used == used
    world.clock.advance(600)
    await second.fetch_odds((EPL,))
    assert world.api.used > used
    await second.stop()


async def test_who_asks_nobody_plans_by_the_starts_heard_of_hours_ago(world: World) -> None:
    first = world.engine()
    await first.start(polling=False)
    await live(first, world.clock, 0.02)
    planned = [call for call in first.sources().credits[0].today if call.cost]
    await first.stop()
    world.clock.advance(3600)
    asked, looks = len(world.api.asked), world.engine()
    await looks.start(polling=False)
    assert not [call for call in looks.sources().credits[0].today if call.cost]
    await looks.recall_starts()
    seen = [call for call in looks.sources().credits[0].today if call.cost]
    assert {(call.sport_key, call.at) for call in seen} >= {(call.sport_key, call.at) for call in planned[-1:]}
    assert len(world.api.asked) == asked
    await looks.stop()


async def test_a_second_window_asks_nobody(world: World) -> None:
    first = world.engine()
    await first.start()
    other = world.engine()
    await other.start()
    assert other.read_only
    names = {task.get_name() for task in other._tasks}
    assert names == {"housekeeping"}
    assert {feed.name for feed in other.overview().feeds} >= {"the_odds_api", "football_data", "espn"}
    await other.stop()
    await first.stop()


async def test_a_moved_start_is_taken_over_and_costs_nothing(world: World) -> None:
    engine = world.engine()
    await engine.start(polling=False)
    await live(engine, world.clock, 0.01)
    await bet_on(engine, f"{NBA}0")
    used = world.api.used
    later = NOW + timedelta(hours=20)
    world.api.events[NBA] = [match(NBA, 0, later)]
    answer = await engine._feeds.odds._seats[0].feed.metered.fetch_events(NBA)  # type: ignore[union-attr]
    await engine._feeds.odds.deliver(answer)
    assert world.api.used == used
    known = engine.board.event(f"{NBA}0")
    assert known is not None
    assert known.commence_time == later
    assert [each.commence_time for each in engine.ledger.watched_events()] == [later]
    await engine.stop()


async def test_every_feed_of_the_settings_is_shown_once_with_its_roles(world: World) -> None:
    engine = world.engine()
    await engine.start(polling=False)
    rows = {row.status.name: row for row in engine.sources().feeds}
    assert list(rows) == ["the_odds_api", "football_data", "odds_scraping", "espn", "thesportsdb"]
    assert rows["the_odds_api"].roles == ("odds", "results")
    assert rows["espn"].roles == ("results",)
    assert rows["odds_scraping"].needs
    assert [feed.name for feed in engine.overview().feeds] == list(rows)
    await engine.stop()


async def test_asking_for_one_price_again_costs_its_market_and_counts_as_no_close(world: World) -> None:
    engine = world.engine()
    await engine.start(polling=False)
    await live(engine, world.clock, 0.01)
    game = world.api.odds[NBA][0]
    world.api.event_odds[f"{NBA}0"] = game
    line = LineKey(f"{NBA}0", "h2h", OutcomeSet.TWO_WAY)
    quote = engine.board.quotes(line)[0]
    leg = Leg(quote.selection, quote.bookmaker, quote.price, source="the_odds_api")
    desk, used = engine._feeds.odds, world.api.used
    assert desk.verify_cost((leg,)) == 1
    before = engine._feeds.budget.facts().sports  # type: ignore[union-attr]
    await desk.verify((leg,))
    assert world.api.used == used + 1 == engine.ledger.credits_spent("the_odds_api", NOW)
    assert world.api.asked[-1].query["markets"] == "h2h"
    assert [each.last_odds for each in engine._feeds.budget.facts().sports] == [each.last_odds for each in before]  # type: ignore[union-attr]
    assert len(engine.board.quotes(line)) == 4, "the other prices stay"
    await engine.stop()


@pytest.mark.parametrize("setting", ["priority_order", "order"])
def test_a_feed_nobody_knows_is_named_with_those_there_are(tmp_path: Path, setting: str) -> None:
    wrong = ("the_odd_api",)
    settings = Settings(
        data_sources=DataSources(priority_order=wrong) if setting == "priority_order" else DataSources(),  # type: ignore[arg-type]
        results=Results(order=wrong) if setting == "order" else Results(),  # type: ignore[arg-type]
    )
    with pytest.raises(UsageError, match=r"the_odd_api.*choose from .*the_odds_api"):
        live_feeds(settings, tmp_path, Day())


def test_more_bookmakers_than_ten_are_asked_for_the_cheaper_way(tmp_path: Path) -> None:
    mine = tuple("betmgm betonlineag betrivers betus bovada draftkings fanatics fanduel lowvig mybookieag".split())
    books = Bookmakers(mine=(*mine, "williamhill_us"))
    given = live_feeds(Settings(api_keys=ApiKeys(the_odds_api="k" * 32), bookmakers=books), tmp_path, Day())
    plan = given.odds[0].plan
    assert (plan.bookmakers, plan.regions, plan.odds_cost) == ((), ("us",), 3)
