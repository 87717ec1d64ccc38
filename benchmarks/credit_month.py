"""A month of a free key in virtual time: events with a price from the last 15 minutes before their start, planned
against polled at the best fixed interval for the same credits.

The planned month also places four bets a day on events it has prices of, and pays for their closes and results. The
fixed interval spends everything on odds. Its phase is when somebody happened to start the program, so each interval
counts with its mean over all phases; what the luckiest of them would have got is printed beside it.

Starts are recorded ones where a folder with them is given or found: NBA and NHL of March 2026, WNBA from nine weeks
later moved to the same month. Otherwise they are made up in that shape.

Run: python benchmarks/credit_month.py [FOLDER WITH THE RECORDED CSV FILES]
"""

from __future__ import annotations

import csv
import random
import statistics
import sys
import time
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from betting_tui.engine.planning import Endpoint, PlanFacts, PlannedCall, SportFacts, Start, affordable, duration, plan

CREDITS, ODDS_COST, SCORES_COST, BETS_A_DAY = 500, 3, 2, 4
BAR = 5.0
BEGIN, END = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC)
NBA, NHL, WNBA = "basketball_nba", "icehockey_nhl", "basketball_wnba"
SPORTS = (NBA, NHL, WNBA)
CLOSE = timedelta(minutes=15)
LISTED_AHEAD = timedelta(days=3)
WEEKS_APART = timedelta(weeks=9)
FOLDER = Path(__file__).resolve().parents[2] / "shared" / "data" / "the_odds_api"
NBA_FILE, OTHERS_FILE = "nba_daily_snapshots_2026-03_04.csv", "wnba_nhl_snapshots_2026-02-24_to_07-18.csv"


class Game(Struct, frozen=True):
    """`told`: when which start was seen, in order. `start`: the last one told, that is the true one."""

    event_id: str
    sport_key: str
    told: tuple[tuple[datetime, datetime], ...]

    @property
    def start(self) -> datetime:
        return self.told[-1][1]

    def known(self, now: datetime) -> Start:
        seen = [start for when, start in self.told if when <= now]
        return Start(self.event_id, self.sport_key, seen[-1] if seen else self.told[0][1])


def recorded(folder: Path, begin: datetime = BEGIN, end: datetime = END) -> list[Game]:
    told: dict[tuple[str, str], set[tuple[datetime, datetime]]] = defaultdict(set)
    with (folder / NBA_FILE).open() as rows:
        for row in csv.DictReader(rows):
            taken = datetime.strptime(row["snapshot_utc"], "%Y%m%d_%H%M%S").replace(tzinfo=UTC)
            told[NBA, row["event_id"]].add((taken, datetime.fromisoformat(row["commence_time"])))
    with (folder / OTHERS_FILE).open() as rows:
        for row in csv.DictReader(rows):
            moved = WEEKS_APART if row["sport"] == "WNBA" else timedelta(0)
            times = (row["snapshot_taken_at_utc"], row["commence_time"])
            taken, start = (datetime.fromisoformat(each) - moved for each in times)
            told[WNBA if moved else NHL, row["game_id"]].add((taken, start))
    games = [Game(key, sport, tuple(sorted(seen))) for (sport, key), seen in told.items()]
    return [game for game in games if begin <= game.start < end]


def made_up(seed: int = 7) -> list[Game]:
    rng = random.Random(seed)
    games = []
    for day in range(31):
        for sport, most in ((NBA, 7), (NHL, 8), (WNBA, 2)):
            for number in range(rng.randint(0 if sport == WNBA else 3, 2 * most - 3)):
                start = BEGIN + timedelta(days=day, minutes=rng.choice((0, 0, 30, 60, 90, 120, 150, 180)), hours=-1)
                start += timedelta(minutes=rng.choice((0, 0, 8, 10)))
                if start >= BEGIN:
                    games.append(Game(f"{sport} {day} {number}", sport, ((start, start),)))
    return games


class Month:
    """The provider, the bettor and the book-keeping of one planned month."""

    def __init__(self, games: Sequence[Game], seed: int) -> None:
        self.games = games
        self.rng = random.Random(seed)
        self.now, self.spent, self.day_spent = BEGIN, 0, 0
        self.last: dict[tuple[Endpoint, str], datetime] = {}
        self.listed: dict[str, Start] = {}
        self.open: dict[str, Game] = {}
        self.placed: dict[str, datetime] = {}
        self.polls: dict[str, list[datetime]] = defaultdict(list)
        self.found: list[tuple[datetime, str, int]] = []
        self.bets = self.settled = self.flagged = 0
        self.bet_on: set[str] = set()
        self.cost_of = dict.fromkeys(Endpoint, 0)
        self.plan_ms: list[float] = []
        self._bets_on_day: dict[int, int] = defaultdict(int)

    def facts(self) -> PlanFacts:
        week = [each for each in self.found if each[0] > self.now - timedelta(days=7)]
        sports = tuple(
            SportFacts(
                key,
                ODDS_COST,
                SCORES_COST,
                last_odds=self.last.get((Endpoint.ODDS, key)),
                last_scores=self.last.get((Endpoint.SCORES, key)),
                last_events=self.last.get((Endpoint.EVENTS, key)),
                asked=sum(sport == key for _, sport, _ in week),
                found=sum(found for _, sport, found in week if sport == key),
            )
            for key in SPORTS
        )
        day_start = BEGIN + timedelta(days=self._day())
        bets = tuple(
            replace(self.listed.get(key) or game.known(self.now), placed_at=self.placed[key])
            for key, game in self.open.items()
        )
        events = tuple(each for each in self.listed.values() if each.start > self.now)
        return PlanFacts(
            self.now, END, day_start, CREDITS - self.spent, sports, events, bets, spent_today=self.day_spent
        )

    def run(self) -> None:
        while True:
            begin = time.perf_counter()
            planned = plan(self.facts())
            self.plan_ms.append(1000 * (time.perf_counter() - begin))
            call = planned.next_call
            if call is None or call.at >= END:
                return
            day = self._day()
            self.now = max(self.now, call.at)
            if self._day() != day:
                # A new day's share of the month: what was planned yesterday is planned again.
                self.day_spent = 0
                continue
            self._answer(call)

    def _answer(self, call: PlannedCall) -> None:
        assert self.spent + call.cost <= CREDITS, "the provider refuses this call"
        coming = [
            game
            for game in self.games
            if game.sport_key == call.sport_key and self.now < game.start <= self.now + LISTED_AHEAD
        ]
        for game in coming:
            self.listed[game.event_id] = game.known(self.now)
        self.last[call.endpoint, call.sport_key] = self.now
        cost = 0 if call.endpoint is Endpoint.ODDS and not coming else call.cost
        self.spent += cost
        self.day_spent += cost
        self.cost_of[call.endpoint] += cost
        if call.endpoint is Endpoint.ODDS:
            self.polls[call.sport_key].append(self.now)
            self.found.append((self.now, call.sport_key, self._bet(coming)))
        elif call.endpoint is Endpoint.SCORES:
            self._settle(call.sport_key)

    def _bet(self, priced: Sequence[Game]) -> int:
        """Up to two bets an answer, on any event of the coming day that was priced: no favour to either side."""
        soon = [
            game
            for game in priced
            if game.event_id not in self.bet_on and game.known(self.now).start < self.now + timedelta(days=1)
        ]
        room = min(2, BETS_A_DAY - self._bets_on_day[self._day()], len(soon))
        for game in self.rng.sample(sorted(soon, key=lambda each: each.event_id), room):
            self.flagged += not affordable(self.facts(), replace(game.known(self.now), placed_at=self.now)).ok
            self.open[game.event_id] = game
            self.placed[game.event_id] = self.now
            self.bet_on.add(game.event_id)
        self.bets += room
        self._bets_on_day[self._day()] += room
        return room

    def _settle(self, sport_key: str) -> None:
        over = [
            key
            for key, game in self.open.items()
            if game.sport_key == sport_key
            and game.start + 0.85 * duration(sport_key) <= self.now < game.start + timedelta(days=3)
        ]
        for key in over:
            del self.open[key]
        self.settled += len(over)

    def _day(self) -> int:
        return (self.now - BEGIN) // timedelta(days=1)


def covered(games: Iterable[Game], polls: Mapping[str, Sequence[datetime]]) -> set[str]:
    """The events with a price from the last 15 minutes before their true start."""
    found = set()
    for game in games:
        times = polls.get(game.sport_key, ())
        place = bisect_left(times, game.start - CLOSE)
        if place < len(times) and times[place] < game.start:
            found.add(game.event_id)
    return found


def intervals(games: Sequence[Game]) -> Iterator[tuple[str, list[int]]]:
    """Each way to spend the credits at a fixed interval: its name, and what each phase of it covers."""
    for sports in ((NBA,), (NHL,), (NBA, NHL), SPORTS):
        for hours in (1.0, 2.0, 3.0, 4.0, 4.5, 6.0, 8.0, 9.0, 12.0, 13.5, 18.0, 24.0):
            step = timedelta(hours=hours)
            counts = []
            for phase in range(0, int(hours * 60), 5):
                times: list[datetime] = []
                at = BEGIN + timedelta(minutes=phase)
                while at < END and (len(times) + 1) * len(sports) * ODDS_COST <= CREDITS:
                    times.append(at)
                    at += step
                counts.append(len(covered(games, dict.fromkeys(sports, times))))
            yield f"{'+'.join(sports)} every {hours:g} h", counts


def main() -> int:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    there = (folder / NBA_FILE).exists() and (folder / OTHERS_FILE).exists()
    games = recorded(folder) if there else made_up()
    months = []
    for seed in range(3):
        month = Month(games, seed)
        month.run()
        months.append(month)
    print(f"{len(games)} {'recorded' if there else 'made-up'} starts of {len(SPORTS)} sports, {CREDITS} credits")
    for month in months:
        got = covered(games, month.polls)
        costs = ", ".join(f"{kind.value} {cost}" for kind, cost in month.cost_of.items())
        print(
            f"planned: {len(got)} events priced at the close; {month.spent} credits ({costs}); {month.bets} bets, "
            f"{len(got & month.bet_on)} with a close, {month.settled} settled, {month.flagged} flagged; "
            f"a plan takes p50 {statistics.median(month.plan_ms):.1f} ms, at most {max(month.plan_ms):.1f} ms"
        )
    ways = list(intervals(games))
    name, counts = max(ways, key=lambda way: statistics.mean(way[1]))
    lucky = max(ways, key=lambda way: max(way[1]))
    print(f"best fixed interval: {statistics.mean(counts):.1f} events ({name}, mean over {len(counts)} phases)")
    print(f"the luckiest phase of any interval, known only afterwards: {max(lucky[1])} events ({lucky[0]})")
    worst = min(len(covered(games, month.polls)) for month in months)
    ratio = worst / statistics.mean(counts)
    held = ratio >= BAR and all(month.spent <= CREDITS for month in months)
    print(f"{ratio:.1f} x the best fixed interval (bar {BAR:g} x), credits never above {CREDITS}: {held}")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
