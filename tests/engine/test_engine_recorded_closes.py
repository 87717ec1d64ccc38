"""Recorded line movements through the running engine: the close that is kept is the one a plain scan of the file finds,
and where none is near enough, a reason is."""

from __future__ import annotations

import csv
import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path

import pytest
from msgspec import Struct
from snapshot_rows import SPORTS, Row, answer_of, pulls, read_rows

from betting_tui.engine.clocks import VirtualClock
from betting_tui.engine.config import Reports, Risk, Settings
from betting_tui.engine.core.bet_views import BetRow, Placed
from betting_tui.engine.core.commands import RecordBet, SettleBet
from betting_tui.engine.core.model import BetResult, Event, LineKey, Origin, OutcomeSet, Selection
from betting_tui.engine.core.odds import OddsFormat, parse_price
from betting_tui.engine.core.ports import Answer, AnswerKind
from betting_tui.engine.core.times import parse_time
from betting_tui.engine.engine import Engine
from betting_tui.engine.rooms import Equipment
from betting_tui.engine.sources.recorded import RecordedFiles
from betting_tui.engine.store.shapes import BetFilter, ReportFilter

pytestmark = pytest.mark.long

# The last pull before the first start that was announced is another one than the last before the true start.
TRAPS = {
    "a805b62b105fd0aa26de4061e2b53337",
    "35e32918fc1dcb6bac7fcdf851867029",
    "8bab68b12c9382d84d3e1f0a1d58621e",
    "800373ddaa41ee52279a143a60219336",
    "33c14afc1c11682959f3089d5f7fa4e3",
    "8eace0d4309db9d618e7ba857166324b",
}


class Seen(Struct, frozen=True):
    """One pull's price of the home side at one book, as the file has it."""

    game: str
    book: str
    price: str
    pulled: datetime
    quoted: datetime
    start: datetime


class Season(Struct, frozen=True):
    """What a file holds: who plays whom, its pulls in order as answers, and every home price as seen."""

    events: dict[str, Event]
    answers: tuple[tuple[datetime, tuple[Answer, ...]], ...]
    seen: tuple[Seen, ...]

    @property
    def last_starts(self) -> dict[str, datetime]:
        return {each.game: each.start for each in self.seen}


def scan(season: Season) -> dict[tuple[str, str], Seen]:
    """The last price of each game and book before the last known start, by the plainest reading of the file."""
    starts = season.last_starts
    return {
        (each.game, each.book): each
        for each in season.seen
        if max(each.pulled, each.quoted) < min(starts[each.game], each.start) and each.price
    }


def movements(shared_data: Path) -> Season:
    rows = read_rows(shared_data / "the_odds_api" / "wnba_nhl_snapshots_2026-02-24_to_07-18.csv")
    ordered = [row for _, together in pulls(rows) for row in together]
    events: dict[str, Event] = {}
    for row in ordered:
        start = parse_time(row["commence_time"])
        sport = SPORTS[row["sport"]]
        events.setdefault(
            row["game_id"], Event(row["game_id"], sport, row["sport"], start, row["home_team"], row["away_team"])
        )
    return Season(
        events,
        tuple(
            (moment, tuple(answer_of(list(one), moment) for _, one in by_sport(together)))
            for moment, together in pulls(rows)
        ),
        tuple(
            Seen(
                row["game_id"], row["bookmaker"], row["ml_home"], parse_time(row["snapshot_taken_at_utc"]),
                parse_time(row["bookmaker_last_update_utc"]), parse_time(row["commence_time"]),
            )
            for row in ordered
        ),
    )  # fmt: skip


def by_sport(rows: list[Row]) -> Iterator[tuple[str, Iterator[Row]]]:
    return groupby(sorted(rows, key=lambda row: row["sport"]), key=lambda row: row["sport"])


def daily(shared_data: Path) -> Season:
    """One row an outcome, of Australian books about two hours before tip-off; two books a game are enough."""
    with (shared_data / "the_odds_api" / "nba_daily_snapshots_2026-03_04.csv").open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["market"] == "h2h"]
    rows.sort(key=lambda row: row["snapshot_utc"])
    events: dict[str, Event] = {}
    answers: list[tuple[datetime, tuple[Answer, ...]]] = []
    seen: list[Seen] = []
    for taken, together in groupby(rows, key=lambda row: row["snapshot_utc"]):
        moment = datetime.strptime(taken, "%Y%m%d_%H%M%S").replace(tzinfo=UTC)
        games: dict[str, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
        for row in together:
            games[row["event_id"]][row["bookmaker"]].append(row)
            start = parse_time(row["commence_time"])
            events.setdefault(
                row["event_id"],
                Event(row["event_id"], "basketball_nba", "NBA", start, row["home_team"], row["away_team"]),
            )
            if row["outcome_name"] == row["home_team"]:
                quoted = parse_time(row["last_update"])
                seen.append(Seen(row["event_id"], row["bookmaker"], row["price"], moment, quoted, start))
        body = json.dumps([event_of(game) for game in games.values()]).encode()
        answers.append(
            (
                moment,
                (
                    Answer(
                        "recorded", AnswerKind.ODDS, "basketball_nba", body, moment, odds_format=OddsFormat.DECIMAL,
                        markets=("h2h",),
                    ),
                ),
            )
        )  # fmt: skip
    return Season(events, tuple(answers), tuple(seen))


def event_of(books: dict[str, list[Row]]) -> object:
    row = next(iter(books.values()))[0]
    return {
        "id": row["event_id"], "sport_key": "basketball_nba", "sport_title": "NBA",
        "commence_time": row["commence_time"], "home_team": row["home_team"], "away_team": row["away_team"],
        "bookmakers": [bookmaker_of(book, rows) for book, rows in books.items()],
    }  # fmt: skip


def bookmaker_of(book: str, rows: list[Row]) -> object:
    outcomes = [{"name": each["outcome_name"], "price": float(each["price"])} for each in rows]
    market = {"key": "h2h", "last_update": rows[0]["last_update"], "outcomes": outcomes}
    return {"key": book, "title": book, "last_update": rows[0]["last_update"], "markets": [market]}


async def played(season: Season, folder: Path, books: int) -> tuple[Engine, dict[tuple[str, str], BetRow]]:
    """A bet on the home side of every game before the first pull of all, every pull, and every bet settled by hand."""
    first = season.answers[0][0] - timedelta(hours=1)
    clock = VirtualClock(first)
    settings = Settings(risk=Risk(risk_tolerance="none"), reports=Reports(close_max_age_minutes=0))
    engine = Engine(settings, "replay", folder / "data", Equipment(clock=clock, decoders=(RecordedFiles(),)))
    await engine.start(polling=False)
    offered: dict[str, dict[str, None]] = defaultdict(dict)
    for each in season.seen:
        offered[each.game][each.book] = None
    placed: dict[tuple[str, str], str] = {}
    for game, event in season.events.items():
        assert event.home_team is not None
        line = LineKey(game, "h2h", OutcomeSet.TWO_WAY)
        for book in sorted(offered[game])[:books]:
            outcome = await engine.ledger.record_bet(
                RecordBet(
                    "main", event, Selection(line, event.home_team), book, parse_price("2.0", OddsFormat.DECIMAL),
                    100, f"{game} {book}", Origin.COMMAND, "test",
                ),
                first,
            )  # fmt: skip
            assert isinstance(outcome, Placed)
            placed[game, book] = outcome.bets[0].id
    for moment, answers in season.answers:
        clock.set(moment)
        for answer in answers:
            await engine.take_odds(answer)
    clock.set(season.answers[-1][0] + timedelta(days=2))
    for bet_id in placed.values():
        await engine.ledger.settle_bet(SettleBet(bet_id, BetResult.LOSS, "test"), clock.now())
    bets = {bet.id: bet for bet in engine.ledger.bets(BetFilter(account="main"))}
    return engine, {key: bets[bet_id] for key, bet_id in placed.items()}


def check_closes(season: Season, bets: dict[tuple[str, str], BetRow]) -> None:
    expected, starts = scan(season), season.last_starts
    for key, bet in bets.items():
        assert bet.event.commence_time == starts[key[0]]
        last = expected.get(key)
        if last is None:
            assert bet.close is None
            assert bet.closing_missing or (bet.reference is not None and bet.clv_ev is not None)
        else:
            assert bet.close is not None
            assert (float(bet.close.price.text), bet.close.seen_at) == (float(last.price), last.pulled), key
            assert bet.close.quoted_at == last.quoted
            assert bet.close.seconds_before_start == (starts[key[0]] - last.pulled).total_seconds()


def check_coverage(engine: Engine, season: Season, bets: dict[tuple[str, str], BetRow]) -> dict[int | None, float]:
    """What the report says at an age limit is what the ages say; every bet without a close has a reason."""
    told: dict[int | None, float] = {}
    for limit in (15, 60, 720, None):
        report = engine.ledger.report(ReportFilter("main", close_max_age_minutes=limit))
        ages = {key: bet.close.seconds_before_start for key, bet in bets.items() if bet.close is not None}
        near = {key for key, age in ages.items() if age is not None and (limit is None or age <= limit * 60)}
        assert report.total.clv_count == len(near)
        assert sum(count for _, count in report.missing_closes) == len(bets) - len(near)
        assert sum(count for _, count in report.missing_references) == len(bets) - report.total.clv_ev_count
        games = {game for game, _ in bets}
        told[limit] = len({game for game, _ in near}) / len(games)
        print(  # noqa: T201 - how far the closes of a recording reach is worth reading
            f"closes at most {limit} min old: {told[limit]:.1%} of {len(games)} games,"
            f" {report.total.clv_coverage:.1%} of {len(bets)} bets; missing: {dict(report.missing_closes)};"
            f" fair: {report.total.clv_ev_count}"
        )
    return told


async def test_line_movements_keep_the_close_a_plain_scan_finds(shared_data: Path, tmp_path: Path) -> None:
    season = movements(shared_data)
    starts: dict[str, dict[datetime, None]] = defaultdict(dict)
    before: dict[str, dict[datetime, None]] = defaultdict(dict)
    for each in season.seen:
        starts[each.game][each.start] = None
        if each.pulled < each.start:
            before[each.game][each.start] = None
    moved = [sum(len(told) > 1 for told in which.values()) for which in (starts, before)]
    assert (len(starts), moved) == (670, [366, 172])

    engine, bets = await played(season, tmp_path, books=4)
    try:
        assert len(bets) == 972
        check_closes(season, bets)
        announced = {game: next(iter(told)) for game, told in starts.items()}
        naive = {(each.game, each.book): each.pulled for each in season.seen if each.pulled < announced[each.game]}
        differs = {key[0] for key, bet in bets.items() if bet.close and bet.close.seen_at != naive.get(key)}
        assert differs == TRAPS
        told = check_coverage(engine, season, bets)
        assert [round(told[limit], 2) for limit in (15, 60, 720)] == [0.01, 0.06, 0.93]
        assert (await engine.ledger.verify()).problems == ()
    finally:
        await engine.stop()


async def test_daily_pulls_keep_the_close_a_plain_scan_finds(shared_data: Path, tmp_path: Path) -> None:
    season = daily(shared_data)
    # Two of the 369 games have no price on who wins.
    assert len(season.events) == 367
    engine, bets = await played(season, tmp_path, books=2)
    try:
        check_closes(season, bets)
        told = check_coverage(engine, season, bets)
        assert told[15] == 0
        assert Counter(bet.closing_missing is None for bet in bets.values())[True] > 600
    finally:
        await engine.stop()
