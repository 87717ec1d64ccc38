"""A month of a free key through the whole live engine, against local servers on a clock that jumps from one wait to the
next: how many events get a price from the last 15 minutes before their start, what the server charged and what the
ledger booked, and how many of the bets placed on the way got a close and a result.

The servers speak as The Odds API, ESPN and football-data.co.uk; starts are those of `credit_month.py`. Four paper bets
a day are placed on what has just been priced. Each run is another weather.

Run: python benchmarks/credit_month_desk.py [NAME OF A RUN ...]
"""

# ruff: noqa: E402
from __future__ import annotations

import asyncio
import heapq
import itertools
import json
import logging
import random
import statistics
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

from aiolimiter import AsyncLimiter
from msgspec import Struct

from credit_month import (
    BEGIN,
    BETS_A_DAY,
    CREDITS,
    FOLDER,
    LISTED_AHEAD,
    NBA,
    NHL,
    SPORTS,
    WNBA,
    Game,
    covered,
    intervals,
    made_up,
    recorded,
)

sys.path[:0] = [str(Path(__file__).parents[1] / "tests" / part) for part in ("", "engine/sources")]

from football_data_files import FootballDataServer
from odds_api_server import Asked, OddsApiServer, Weather
from odds_payloads import Json, book, event, market, outcome

from betting_tui.engine.clocks import VirtualClock
from betting_tui.engine.config import ApiKeys, DataSources, Notifications, Settings, TheOddsApi, Ui
from betting_tui.engine.config.tree import Espn, Execution, FootballData, Results, Risk
from betting_tui.engine.core.bet_views import BetRow, Placed
from betting_tui.engine.core.commands import Place
from betting_tui.engine.core.model import BetState, Leg, Origin
from betting_tui.engine.core.times import iso
from betting_tui.engine.engine import Engine
from betting_tui.engine.launch import live_engine
from betting_tui.engine.planning import duration
from betting_tui.engine.store.shapes import BetFilter

NAME = "the_odds_api"
BOOKS = ("pinnacle", "betmgm", "draftkings", "betrivers", "lowvig", "fanduel")
PATHS = {"basketball/nba": NBA, "hockey/nhl": NHL, "basketball/wnba": WNBA}
HOUR = timedelta(hours=1)


class JumpingClock(VirtualClock):
    """Moves on to the next wait when every loop waits; `loops` of them there are."""

    def __init__(self, start: datetime) -> None:
        super().__init__(start)
        self.loops = 0
        self._naps: list[tuple[datetime, int, asyncio.Future[None]]] = []
        self._count = itertools.count()
        self._stirred = asyncio.Event()

    async def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        nap = asyncio.get_running_loop().create_future()
        heapq.heappush(self._naps, (self.now() + timedelta(seconds=seconds), next(self._count), nap))
        self._stirred.set()
        await nap

    async def quiet(self) -> datetime | None:
        """Until every loop waits: when the first of them goes on."""
        calm = 0
        while calm < 3:
            self._naps = [nap for nap in self._naps if not nap[2].done()]
            heapq.heapify(self._naps)
            if len(self._naps) >= self.loops:
                calm += 1
                await asyncio.sleep(0)
                continue
            calm = 0
            self._stirred.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(0.05):
                    await self._stirred.wait()
        return self._naps[0][0] if self._naps else None

    def jump(self, to: datetime) -> None:
        """To that moment, and wake whose wait is over by then."""
        self.set(max(to, self.now()))
        while self._naps and self._naps[0][0] <= self.now():
            nap = heapq.heappop(self._naps)[2]
            if not nap.done():
                nap.set_result(None)


class Charge(Struct, frozen=True):
    at: datetime
    endpoint: str
    sport_key: str
    cost: int


class Provider(OddsApiServer):
    """The Odds API on recorded starts. `charges` is its own book; a month begins with all credits."""

    def __init__(self, games: Sequence[Game], clock: VirtualClock, left: int = CREDITS) -> None:
        super().__init__(remaining=left)
        self.games = games
        self.clock = clock
        self.charges: list[Charge] = []
        self.polls: dict[str, list[datetime]] = defaultdict(list)
        self.calls: Counter[str] = Counter()
        self._month = clock.now().month

    def _answer(self, asked: Asked) -> tuple[int, bytes, int]:
        now = self.clock.now()
        self.date = format_datetime(now.replace(microsecond=0), usegmt=True)
        if now.month != self._month:
            self._month, self.used, self.remaining = now.month, 0, CREDITS
        _, _, _, sport, endpoint = asked.path.split("/")
        games = [game for game in self.games if game.sport_key == sport]
        coming = [game for game in games if now - 3 * HOUR < game.known(now).start <= now + LISTED_AHEAD]
        match endpoint:
            case "events":
                self.events[sport] = [fixture(game, now) for game in coming]
            case "odds":
                self.odds[sport] = [priced(game, now) for game in coming]
            case "scores":
                back = timedelta(days=int(asked.query.get("daysFrom", 0)))
                self.scores[sport] = [scored(game, now) for game in games if now - back < game.start <= now]
            case _:
                pass
        status, body, cost = super()._answer(asked)
        self.calls[endpoint] += 1
        if cost:
            self.charges.append(Charge(now, endpoint, sport, cost))
        return status, body, cost

    async def _send(self, writer: asyncio.StreamWriter, weather: Weather, asked: Asked) -> bool:
        whole = await super()._send(writer, weather, asked)
        if whole and weather.status == 200 and asked.path.endswith("/odds"):
            self.polls[asked.path.split("/")[3]].append(self.clock.now())
        return whole


class Scoreboards(OddsApiServer):
    """ESPN: every game with its true start, final when it is over."""

    def __init__(self, games: Sequence[Game], clock: VirtualClock) -> None:
        super().__init__()
        self.games = games
        self.clock = clock

    def _answer(self, asked: Asked) -> tuple[int, bytes, int]:
        now = self.clock.now()
        self.date = format_datetime(now.replace(microsecond=0), usegmt=True)
        sport = next((sport for path, sport in PATHS.items() if path in asked.path), "")
        first, _, last = asked.query["dates"].partition("-")
        begin = datetime.strptime(first, "%Y%m%d").replace(tzinfo=UTC)
        end = datetime.strptime(last or first, "%Y%m%d").replace(tzinfo=UTC) + timedelta(hours=30)
        games = [game for game in self.games if game.sport_key == sport and begin <= game.start < end]
        return 200, json.dumps({"events": [shown(game, now) for game in games]}).encode(), 0


def fixture(game: Game, now: datetime) -> Json:
    home, away = sides(game)
    start = iso(game.known(now).start)
    return {"id": game.event_id, "sport_key": game.sport_key, "sport_title": game.sport_key, "commence_time": start,
            "home_team": home, "away_team": away}  # fmt: skip


def priced(game: Game, now: datetime) -> Json:
    home, away = sides(game)
    seen = iso(now - timedelta(seconds=30))
    chance = random.Random(f"{game.event_id}{now:%Y%m%d%H}")
    fair = chance.choice((-140, -120, 110, 130))
    back, other = (fair, 120 - fair // 2) if fair < 0 else (fair, -fair - 30)
    lucky = chance.choice((*BOOKS, *BOOKS, ""))
    books = [
        book(
            each,
            market("h2h", outcome(home, abs(back) + 45 if each == lucky else back), outcome(away, other),
                   last_update=seen),
            last_update=seen,
        )
        for each in BOOKS
    ]  # fmt: skip
    return event(*books, **fixture(game, now))


def over(game: Game, now: datetime) -> bool:
    return now >= game.start + 0.85 * duration(game.sport_key)


def scored(game: Game, now: datetime) -> Json:
    home, away = sides(game)
    told = [{"name": home, "score": "101"}, {"name": away, "score": "99"}]
    done = over(game, now)
    return {**fixture(game, now), "completed": done, "scores": told if done else None, "last_update": iso(now)}


def shown(game: Game, now: datetime) -> Json:
    done = over(game, now)
    name, state = ("STATUS_FINAL", "post") if done else ("STATUS_SCHEDULED", "pre")
    status = {"period": 4, "type": {"name": name, "state": state, "completed": done}}
    teams = [
        {"homeAway": side, "team": {"displayName": team}, "score": score, "linescores": []}
        for side, team, score in zip(("home", "away"), sides(game), ("101", "99"), strict=True)
    ]
    date = game.start.strftime("%Y-%m-%dT%H:%MZ")
    return {"id": game.event_id[:12], "date": date, "competitions": [{"competitors": teams, "status": status}]}


def sides(game: Game) -> tuple[str, str]:
    """Two names of no likeness to others'."""
    chance = random.Random(game.event_id)
    words = ["".join(chance.choice("bdfgklmnprstvz") + chance.choice("aeiou") for _ in range(4)) for _ in range(4)]
    return f"{words[0]} {words[1]}".title(), f"{words[2]} {words[3]}".title()


class Run(Struct, frozen=True):
    """`down`, `night`: when the feed does not answer, when the engine is stopped. Times from the beginning."""

    name: str
    begin: datetime = BEGIN
    end: datetime = BEGIN + timedelta(days=31)
    espn: bool = False
    zone: str = "UTC"
    down: tuple[tuple[timedelta, timedelta], ...] = ()
    night: tuple[tuple[timedelta, timedelta], ...] = ()
    lost_every: int = 0
    seed: int = 0


def at(days: float, hours: float) -> timedelta:
    return timedelta(days=days, hours=hours)


RUNS = (
    Run("plain"),
    Run("with ESPN", espn=True),
    Run("feed down for six hours, twice", down=((at(5, 20), at(6, 2)), (at(12, 20), at(13, 2)))),
    Run("engine stopped at night", night=tuple((at(day, 5), at(day, 13)) for day in range(1, 31, 3))),
    Run("month change", begin=BEGIN + timedelta(days=15), end=BEGIN + timedelta(days=46)),
    Run("New York with its summer time", zone="America/New_York"),
    Run("every tenth answer lost", lost_every=10),
)


class Bettor:
    """Places up to two bets an answer, four a day, on any event of the coming day that has just been priced."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.bet_on: set[str] = set()
        self.flagged = 0
        self._by_day: Counter[int] = Counter()

    async def bet(self, engine: Engine, now: datetime, sport_key: str) -> None:
        day = now.toordinal()
        events = [
            each
            for each in engine.board.events()
            if each.sport_key == sport_key and each.id not in self.bet_on
            and now < each.commence_time < now + timedelta(days=1)
        ]  # fmt: skip
        room = min(2, BETS_A_DAY - self._by_day[day], len(events))
        for each in self.rng.sample(sorted(events, key=lambda event: event.id), max(0, room)):
            self.flagged += bool(engine.why_no_close(each))
            quote = engine.board.quotes(engine.board.lines(each.id)[0])[0]
            leg = Leg(quote.selection, quote.bookmaker, quote.price, source=quote.source, stake_minor=1_000)
            placed = await engine.place(Place("main", (leg,), each.id, Origin.COMMAND, "bench"), verify=False)
            if isinstance(placed, Placed):
                self.bet_on.add(each.id)
                self._by_day[day] += 1


class Told(Struct):
    """One run as it went."""

    bets: Sequence[BetRow]
    provider: Provider
    booked: int
    flagged: int
    wall: float
    not_polled: Counter[str]


async def live(run: Run, games: Sequence[Game], folder: Path) -> Told:
    clock = JumpingClock(run.begin)
    provider, scoreboards = Provider(games, clock), Scoreboards(games, clock)
    bettor = Bettor(run.seed)
    missed: Counter[str] = Counter()
    began = time.perf_counter()
    async with provider, scoreboards, FootballDataServer({}) as football:
        settings = settings_of(run, provider, scoreboards, football)
        stops = sorted((run.begin + a, run.begin + b) for a, b in run.night)
        legs = [(a, b) for a, b in zip([run.begin, *(b for _, b in stops)], [*(a for a, _ in stops), run.end],
                                       strict=True)]  # fmt: skip
        bets: Sequence[BetRow] = ()
        booked = 0
        for begin, end in legs:
            clock.set(max(begin, clock.now()))
            engine = live_engine(settings, folder, clock=clock)
            await engine.start(polling=False)
            await stretch(engine, run, clock, provider, bettor, end, missed)
            bets = engine.ledger.bets(BetFilter())
            booked = engine.ledger.credits_spent(NAME, datetime(2000, 1, 1, tzinfo=UTC))
            await engine.stop()
    return Told(bets, provider, booked, bettor.flagged, time.perf_counter() - began, missed)


async def stretch(
    engine: Engine, run: Run, clock: JumpingClock, provider: Provider, bettor: Bettor, end: datetime,
    missed: Counter[str],
) -> None:  # fmt: skip
    """One life of an engine."""
    office = engine._feeds
    for guard in (*(seat.guard for seat in office.odds._seats), *(feed.guard for feed in office._results_feeds)):
        # The limit on requests a second is on the real clock.
        guard._limiter = AsyncLimiter(1e9, 1)
    tasks = [asyncio.ensure_future(loop()) for _, loop in office.loops()]
    clock.loops = len(tasks)
    looked, day = sum(map(len, provider.polls.values())), None
    try:
        while True:
            due = await clock.quiet()
            provider.sky = sky(run, clock.now() - run.begin, provider)
            polls = sum(map(len, provider.polls.values()))
            if polls != looked:
                looked = polls
                sport = max(provider.polls, key=lambda key: provider.polls[key][-1])
                await bettor.bet(engine, clock.now(), sport)
                continue
            if clock.now().date() != day:
                day = clock.now().date()
                for row in engine.sources().credits[0].not_polled:
                    missed[f"{row.purpose}: {row.text}"] += row.events
            for task in tasks:
                if task.done():
                    task.result()
            if due is None or due >= end:
                clock.set(max(end, clock.now()))
                return
            clock.jump(due)
            provider.sky = sky(run, clock.now() - run.begin, provider)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def sky(run: Run, since: timedelta, provider: Provider) -> Weather | None:
    if any(begin <= since < end for begin, end in run.down):
        return Weather(status=503, body=b"down")
    if run.lost_every and sum(provider.calls.values()) % run.lost_every == run.lost_every - 1:
        return Weather(cut_after=0)
    return None


def settings_of(run: Run, provider: Provider, espn: Scoreboards, football: FootballDataServer) -> Settings:
    return Settings(
        api_keys=ApiKeys(the_odds_api=provider.key),
        data_sources=DataSources(
            priority_order=("the_odds_api",),
            the_odds_api=TheOddsApi(base_url=provider.base_url, sports=SPORTS),
            football_data=FootballData(base_url=football.base_url),
            espn=Espn(base_url=espn.base_url),
        ),
        results=Results(order=("espn", "the_odds_api") if run.espn else ("the_odds_api",)),
        execution=Execution(verify="never"),
        notifications=Notifications(enabled=False, desktop=False),
        risk=Risk(max_open_bets=100),
        ui=Ui(time_zone=run.zone),
    )


def report(run: Run, told: Told, games: Sequence[Game], mean: float, best: int) -> bool:
    provider = told.provider
    got = covered(games, provider.polls)
    by_month: Counter[str] = Counter()
    costs: Counter[str] = Counter()
    for charge in provider.charges:
        by_month[f"{charge.at:%b}"] += charge.cost
        costs[charge.endpoint] += charge.cost
    charged = sum(costs.values())
    due = [bet for bet in told.bets if bet.event.commence_time < run.end - HOUR]
    closed = [bet for bet in due if (bet.closing_seconds_before_start or 1e9) <= 900]
    ended = [bet for bet in told.bets if bet.event.commence_time < run.end - timedelta(days=3)]
    settled = [bet for bet in ended if bet.state is BetState.SETTLED]
    spent = ", ".join(f"{name} {cost}" for name, cost in costs.items())
    print(f"\n{run.name}: {len(got)} of {len(games)} events priced at the close "
          f"({len(got) / mean:.1f} x the mean, {len(got) / best:.1f} x the best phase of fixed intervals)")  # fmt: skip
    print(f"  charged {charged} ({spent}; {', '.join(f'{m} {c}' for m, c in by_month.items())}), "
          f"booked {told.booked}; calls {dict(provider.calls)}")  # fmt: skip
    print(f"  {len(told.bets)} bets, {told.flagged} flagged; close within 15 min {len(closed)} of {len(due)}, "
          f"settled {len(settled)} of {len(ended)}; {told.wall:.1f} s")  # fmt: skip
    for text, count in told.not_polled.most_common(5):
        print(f"    not polled, events x days: {count} {text}")
    return charged == told.booked and all(cost <= CREDITS for cost in by_month.values())


def main() -> int:
    logging.disable(logging.CRITICAL)
    there = FOLDER.exists()
    wanted = sys.argv[1:]
    held = True
    for run in RUNS:
        if wanted and not any(each in run.name for each in wanted):
            continue
        games = [game for game in (games_of(run.begin, run.end) if there else made_up())
                 if run.begin <= game.start < run.end]  # fmt: skip
        ways = list(intervals(games))
        mean, best = max(statistics.mean(counts) for _, counts in ways), max(max(counts) for _, counts in ways)
        with tempfile.TemporaryDirectory() as folder:
            told = asyncio.run(live(run, games, Path(folder)))
        held &= report(run, told, games, mean, best)
    print(f"\ncharged as booked, never above {CREDITS} a month: {held}")
    return 0 if held else 1


def games_of(begin: datetime, end: datetime) -> list[Game]:
    return recorded(FOLDER, begin, end)


if __name__ == "__main__":
    sys.exit(main())
