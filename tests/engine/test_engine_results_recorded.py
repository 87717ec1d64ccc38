"""Real games of one feed settled by the results of another: by the teams' names and the day, or not at all."""

from __future__ import annotations

import csv
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import pytest

from betting_tui.engine.clocks import VirtualClock
from betting_tui.engine.config import Risk, Settings, Strategies
from betting_tui.engine.core.bet_views import Placed
from betting_tui.engine.core.commands import Place, RecordBet
from betting_tui.engine.core.model import DRAW, BetResult, Event, Leg, LineKey, Origin, OutcomeSet, Selection
from betting_tui.engine.core.odds import parse_any
from betting_tui.engine.core.ports import AnswerKind
from betting_tui.engine.core.times import parse_time
from betting_tui.engine.engine import Engine
from betting_tui.engine.rooms import Equipment
from betting_tui.engine.sources.recorded import RecordedFiles, read_answer
from betting_tui.engine.sources.recorded_results import read_scores
from betting_tui.engine.store.shapes import BetFilter

EPL, LA_LIGA, WNBA = "soccer_epl", "soccer_spain_la_liga", "basketball_wnba"
SNAPSHOT = datetime(2026, 4, 16, 19, 5, tzinfo=UTC)
STAKE = 1000
BOOK = "williamhill"
# What football-data.co.uk calls the teams, as one reads it off the two files.
IN_THE_TABLE = {
    "Newcastle United": "Newcastle", "Leeds United": "Leeds", "Wolverhampton Wanderers": "Wolves",
    "Tottenham Hotspur": "Tottenham", "Brighton and Hove Albion": "Brighton", "Manchester United": "Man United",
    "Nottingham Forest": "Nott'm Forest", "Manchester City": "Man City", "West Ham United": "West Ham",
    "Athletic Bilbao": "Ath Bilbao", "Espanyol": "Espanol", "Alavés": "Alaves", "Atlético Madrid": "Ath Madrid",
    "Rayo Vallecano": "Vallecano", "Real Sociedad": "Sociedad", "Elche CF": "Elche", "CA Osasuna": "Osasuna",
    "Real Oviedo": "Oviedo",
}  # fmt: skip
SPANISH = (
    (
        "Athletic Bilbao-Girona Espanyol-Valencia Levante-Real_Madrid Sevilla-Villarreal Getafe-Alavés "
        "Atlético_Madrid-Rayo_Vallecano Real_Sociedad-Mallorca CA_Osasuna-Elche_CF Real_Oviedo-Barcelona"
    )
    .replace("Athletic Bilbao", "Athletic_Bilbao")
    .split()
)


@asynccontextmanager
async def engine_at(moment: datetime, folder: Path) -> AsyncIterator[Engine]:
    settings = Settings(risk=Risk(risk_tolerance="none"), strategies=Strategies(max_quote_age_seconds=3600))
    equipment = Equipment(clock=VirtualClock(moment), decoders=(RecordedFiles(),))
    engine = Engine(settings, "replay", folder / "data", equipment)
    await engine.start(polling=False)
    try:
        yield engine
    finally:
        await engine.stop()


def later(engine: Engine, moment: datetime) -> None:
    clock = engine.clock
    assert isinstance(clock, VirtualClock)
    clock.set(moment)


def table(path: Path) -> dict[tuple[str, str], tuple[int, int]]:
    """Goals by the two names in a season's file, read without any code of the program."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return {
            (row["HomeTeam"], row["AwayTeam"]): (int(row["FTHG"]), int(row["FTAG"]))
            for row in csv.DictReader(file)
            if row["FTHG"]
        }


def goals(event: Event, played: dict[tuple[str, str], tuple[int, int]]) -> tuple[int, int]:
    home, away = event.home_team or "", event.away_team or ""
    return played[IN_THE_TABLE.get(home, home), IN_THE_TABLE.get(away, away)]


def result_by_hand(selection: str, event: Event, home: int, away: int) -> BetResult:
    winner = DRAW if home == away else event.home_team if home > away else event.away_team
    return BetResult.WIN if selection == winner else BetResult.LOSS


def on(event: Event, name: str, key: str) -> RecordBet:
    outcomes = OutcomeSet.TWO_WAY if event.sport_key == WNBA else OutcomeSet.THREE_WAY
    selection = Selection(LineKey(event.id, "h2h", outcomes), name)
    return RecordBet("main", event, selection, BOOK, parse_any("2.5"), STAKE, key, Origin.MANUAL, "test")


class TestTheEnglishSnapshot:
    async def placed(self, engine: Engine, shared_data: Path) -> None:
        folder = shared_data / "the_odds_api" / "snapshot_2026-04-16" / "json_rebuilt"
        await engine.take_odds(read_answer(folder / "soccer_epl.odds.json", AnswerKind.ODDS, now=SNAPSHOT))
        for event in engine.board.events():
            (line,) = (each for each in engine.board.lines(event.id) if each.market == "h2h")
            for quote in engine.board.quotes(line):
                if quote.bookmaker != BOOK:
                    continue
                leg = Leg(
                    selection=quote.selection, bookmaker=BOOK, price=quote.price, quoted_at=quote.quoted_at,
                    seen_at=quote.seen_at, source=quote.source, stake_minor=STAKE,
                )  # fmt: skip
                key = f"{event.id} {quote.selection.name}"
                outcome = await engine.place(Place("main", (leg,), key, Origin.COMMAND, "test"))
                assert isinstance(outcome, Placed), outcome

    async def test_all_twenty_games_settle_from_the_results_of_another_feed(
        self, shared_data: Path, tmp_path: Path
    ) -> None:
        results = shared_data / "football_data_co_uk" / "E0_2526_full_results_B365only.csv"
        played = table(results)
        async with engine_at(SNAPSHOT, tmp_path) as engine:
            await self.placed(engine, shared_data)
            assert len(engine.ledger.watched_events()) == 20
            later(engine, SNAPSHOT + timedelta(days=14))
            report = await engine.take_scores(read_scores(results, sport_key=EPL))
            assert (len(report.settled), report.open, report.source) == (60, (), "football_data")
            profit = 0
            for bet in engine.ledger.bets(BetFilter(account="main")):
                expected = result_by_hand(bet.selection, bet.event, *goals(bet.event, played))
                assert bet.result is expected, bet
                won = (
                    round(STAKE * (Fraction(bet.price.text) - 1)) if bet.price.format == "decimal" else bet.profit_minor
                )
                assert bet.profit_minor == (won if expected is BetResult.WIN else -STAKE)
                profit += bet.profit_minor or 0
            assert engine.bankroll().bankroll_minor == 1_000_000 + profit
            assert (await engine.ledger.verify()).problems == ()
            before = engine.ledger.export_ledger("json")
            not_played_yet = shared_data / "the_odds_api/snapshot_2026-04-16/json_rebuilt/soccer_epl.scores.json"
            for answer in (read_scores(results, sport_key=EPL), read_scores(not_played_yet)):
                report = await engine.take_scores(answer)
                assert (report.settled, report.reopened) == ((), ())
            assert engine.ledger.export_ledger("json") == before


class TestTheSpanishFixtures:
    def events(self, shared_data: Path) -> Iterator[Event]:
        """The games of the fixtures file, as a feed with other names and ids would list them."""
        with (shared_data / "football_data_co_uk" / "fixtures_2025-09-23.csv").open(encoding="utf-8-sig") as file:
            starts = {row["HomeTeam"]: row for row in csv.DictReader(file) if row["Div"] == "SP1"}
        for number, pairing in enumerate(SPANISH):
            home, away = (name.replace("_", " ") for name in pairing.split("-"))
            row = starts[IN_THE_TABLE.get(home, home)]
            assert row["AwayTeam"] == IN_THE_TABLE.get(away, away)
            # British summer time.
            start = datetime.strptime(f"{row['Date']} {row['Time']}", "%d/%m/%Y %H:%M").replace(tzinfo=UTC)
            yield Event(f"odds-{number}", LA_LIGA, "", start - timedelta(hours=1), home, away)

    async def test_all_of_them_settle_from_the_seasons_file(self, shared_data: Path, tmp_path: Path) -> None:
        results = shared_data / "football_data_co_uk" / "SP1_2526_to-2025-12-21.csv"
        played = table(results)
        events = list(self.events(shared_data))
        async with engine_at(datetime(2025, 9, 23, 8, tzinfo=UTC), tmp_path) as engine:
            for event in events:
                assert isinstance(await engine.record_bet(on(event, DRAW, event.id)), Placed)
            later(engine, datetime(2025, 12, 22, tzinfo=UTC))
            report = await engine.take_scores(read_scores(results))
            assert (len(report.settled), report.open) == (9, ())
            assert {bet.event.id: bet.result for bet in report.settled} == {
                event.id: result_by_hand(DRAW, event, *goals(event, played)) for event in events
            }


class TestEspn:
    @pytest.mark.parametrize(("days", "settled"), [(-7, 0), (-2, 0), (-1, 0), (0, 2), (1, 0), (2, 0), (365, 0)])
    async def test_the_same_pairings_settle_on_their_own_day_alone(
        self, shared_data: Path, tmp_path: Path, days: int, settled: int
    ) -> None:
        board = shared_data / "espn" / "espn_scoreboard.json"
        games = json.loads(board.read_bytes())["events"]
        starts = [parse_time(game["date"].replace("Z", ":00Z")) + timedelta(days=days) for game in games]
        async with engine_at(min(starts) - timedelta(hours=1), tmp_path) as engine:
            for number, (game, start) in enumerate(zip(games, starts, strict=True)):
                away, home = game["name"].split(" at ")
                event = Event(f"odds-{number}", WNBA, "", start, home, away)
                assert isinstance(await engine.record_bet(on(event, home, event.id)), Placed)
            later(engine, max(*starts, parse_time("2025-07-07T12:00:00Z")) + timedelta(days=1))
            report = await engine.take_scores(read_scores(board, sport_key=WNBA))
            assert len(report.settled) == settled
            assert len(report.open) == 2 - settled
            assert (await engine.ledger.verify()).problems == ()
