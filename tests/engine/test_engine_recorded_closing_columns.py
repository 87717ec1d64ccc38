"""A recorded season of opening and closing prices through the running engine, against direct arithmetic on the file."""

from __future__ import annotations

import csv
from datetime import timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from msgspec import structs

from betting_tui.engine.clocks import VirtualClock
from betting_tui.engine.config import Reports, Settings
from betting_tui.engine.core.bet_views import BetRow, Placed
from betting_tui.engine.core.commands import RecordBet
from betting_tui.engine.core.decoded import DecodedOdds, DecodedScores, EventQuotes
from betting_tui.engine.core.model import Origin, Quote
from betting_tui.engine.core.ports import Answer, AnswerKind
from betting_tui.engine.core.scores import Score
from betting_tui.engine.engine import Engine
from betting_tui.engine.rooms import Equipment
from betting_tui.engine.sources.football_data_decode import HistoryGame, decode_history
from betting_tui.engine.store.shapes import BetFilter, ReportFilter

pytestmark = pytest.mark.long

SPORT = "soccer_epl"
Row = dict[str, str]


class ClosingColumns:
    """A feed that quotes a game's closing columns a minute before the start; its answers name the game."""

    name = "closing_columns"

    def __init__(self, games: dict[str, HistoryGame]) -> None:
        self._games = games

    def covers(self, sport_key: str) -> bool:
        return sport_key == SPORT

    async def fetch_scores(self, sport_key: str, days_from: int) -> Answer:
        raise NotImplementedError

    async def aclose(self) -> None:
        return None

    def decode_odds(self, answer: Answer) -> DecodedOdds:
        game = self._games[answer.body.decode()]
        return DecodedOdds((EventQuotes(game.event, game.closing),))

    def decode_scores(self, answer: Answer) -> DecodedScores:
        return DecodedScores(())


def power(prices: list[float]) -> list[float]:
    """Fair probabilities r_i^k that sum to 1, found by halving."""
    low, high = 0.5, 2.0
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if sum((1 / price) ** middle for price in prices) > 1 else (low, middle)
    return [(1 / price) ** low for price in prices]


def first_fair(row: Row, columns: tuple[str, ...]) -> float | None:
    """Of the first outcome by Pinnacle's closing prices; None where the file lacks one of them."""
    if not all(row[column] for column in columns):
        return None
    return power([float(row[column]) for column in columns])[0]


def mine(game: HistoryGame) -> list[Quote]:
    """What is bet on: Bet365's opening price of the home side, of over 2.5 and of the home side with its handicap."""
    home = game.event.home_team
    return [
        quote for quote in game.opening if quote.bookmaker == "bet365" and quote.selection.name in (home, "Over")
    ]  # fmt: skip


async def test_closing_values_equal_those_of_the_columns(shared_data: Path, tmp_path: Path) -> None:
    file = shared_data / "football_data_co_uk" / "E0_2425.csv"
    rows = {
        (row["HomeTeam"], row["AwayTeam"]): row
        for row in csv.DictReader(file.read_text(encoding="utf-8-sig").splitlines())
    }
    history = decode_history(file.read_bytes(), SPORT)
    games = {game.event.id: game for game in history.games}
    assert (len(rows), len(games)) == (380, 380)

    ordered = sorted(games.values(), key=lambda game: game.event.commence_time)
    clock = VirtualClock(ordered[0].event.commence_time - timedelta(days=30))
    settings = Settings(reports=Reports(close_max_age_minutes=1))
    engine = Engine(settings, "replay", tmp_path / "data", Equipment(clock=clock, decoders=(ClosingColumns(games),)))
    await engine.start(polling=False)
    try:
        await place_all(engine, ordered)
        for game in ordered:
            clock.set(game.event.commence_time - timedelta(minutes=1))
            await engine.take_odds(
                Answer(ClosingColumns.name, AnswerKind.ODDS, SPORT, game.event.id.encode(), clock.now())
            )
        clock.set(ordered[-1].event.commence_time + timedelta(days=1))
        scores: list[Score] = [structs.replace(game.score, event_id=game.event.id) for game in ordered if game.score]
        for start in range(0, len(scores), 100):
            await engine.ledger.settle_scores(scores[start : start + 100], clock.now())
        bets = engine.ledger.bets(BetFilter(account="main"))
        assert len(bets) == 3 * 380
        same, moved = check(bets, rows)
        assert (same, moved) == (219, 161)
        total = engine.ledger.report(ReportFilter("main", by="market")).total
        assert total.clv_coverage == 1.0
        assert total.clv_ev_coverage is not None
        assert total.clv_ev_coverage > 0.98
        assert total.converted == moved
        print(f"handicaps: {same} at the same point, {moved} converted and marked")  # noqa: T201 - for who reads along
        assert (await engine.ledger.verify()).problems == ()
    finally:
        await engine.stop()


async def place_all(engine: Engine, games: list[HistoryGame]) -> None:
    for game in games:
        for number, quote in enumerate(mine(game)):
            outcome = await engine.ledger.record_bet(
                RecordBet(
                    "main", game.event, quote.selection, quote.bookmaker, quote.price, 100,
                    f"{game.event.id} {number}", Origin.COMMAND, "test",
                ),
                engine.clock.now(),
            )  # fmt: skip
            assert isinstance(outcome, Placed)


def check(bets: tuple[BetRow, ...], rows: dict[tuple[str, str], Row]) -> tuple[int, int]:
    """How many handicaps stood, and how many moved; every value against the file's own columns."""
    same = moved = 0
    for bet in bets:
        assert bet.event.home_team is not None
        assert bet.event.away_team is not None
        row = rows[bet.event.home_team, bet.event.away_team]
        assert bet.close is not None
        assert bet.close.seconds_before_start == 60
        match bet.line.market:
            case "h2h":
                taken, closing = row["B365H"], row["B365CH"]
                fair = first_fair(row, ("PSCH", "PSCD", "PSCA"))
            case "totals":
                taken, closing = row["B365>2.5"], row["B365C>2.5"]
                fair = first_fair(row, ("PC>2.5", "PC<2.5"))
            case _:
                taken, closing = row["B365AHH"], row["B365CAHH"]
                fair = first_fair(row, ("PCAHH", "PCAHA"))
                gained = float(row["AHh"]) - float(row["AHCh"])
                assert bet.clv_line == gained
                if gained:
                    moved += 1
                    # Another point is another bet: its price and fair value are a model's, and say so.
                    assert bet.price_converted or bet.clv_price is None
                    assert bet.ev_converted or bet.clv_ev is None
                    continue
                same += 1
        assert not bet.converted
        assert bet.clv_price == float(Fraction(taken) / Fraction(closing) - 1)
        assert bet.clv_net_odds == float((Fraction(taken) - 1) / (Fraction(closing) - 1) - 1)
        assert bet.clv_points == pytest.approx(1 / float(closing) - 1 / float(taken), abs=1e-12)
        if fair is None:
            # The next reference has the word: another sharp book, or a consensus.
            assert bet.reference is None or bet.reference.books != ("pinnacle",)
            assert (bet.clv_ev is None) == (bet.fair_missing is not None)
        else:
            assert bet.clv_ev == pytest.approx(float(taken) * fair - 1, abs=1e-9)
    return same, moved
