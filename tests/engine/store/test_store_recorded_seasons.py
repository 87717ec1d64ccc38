"""Whole seasons of football-data.co.uk: bets at the opening prices on every match settle from the results in the file,
equal to sums done apart to the cent."""

from __future__ import annotations

import csv
import sqlite3
from collections import Counter
from datetime import datetime, timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from msgspec import Struct
from store_samples import opened

from betting_tui.engine.core.bet_views import Placed
from betting_tui.engine.core.commands import RecordBet
from betting_tui.engine.core.model import DRAW, FULL_GAME, BetState, LineKey, Origin, OutcomeSet, Quote, Selection
from betting_tui.engine.core.odds import parse_any
from betting_tui.engine.core.ports import Answer, AnswerKind
from betting_tui.engine.sources.football_data_decode import HistoryGame, decode_history, decode_scores
from betting_tui.engine.store import BetFilter, Ledger, NewAccount
from betting_tui.engine.store.placing import record_bet

STAKE = 1_037
RICH = NewAccount("main", "GBP", 10**11, "test")
BOOK = "pinnacle"
Row = dict[str, str]


class Season(Struct):
    body: bytes
    rows: dict[tuple[str, str], Row]
    games: tuple[HistoryGame, ...]


def read(path: Path) -> Season:
    body = path.read_bytes()
    rows = {(row["HomeTeam"], row["AwayTeam"]): row for row in csv.DictReader(body.decode("utf-8-sig").splitlines())}
    return Season(body, rows, decode_history(body).games)


def quotes(game: HistoryGame) -> list[Quote]:
    return [quote for quote in game.opening if quote.bookmaker == BOOK]


def paid(quote: Quote, game: HistoryGame, row: Row) -> int:
    """What the bet returns, worked out from the file's own columns in whole and half stakes."""
    home, away = int(row["FTHG"]), int(row["FTAG"])
    price, name = Fraction(quote.price.text), quote.selection.name
    own_is_home = name == game.event.home_team
    match quote.selection.line.market:
        case "h2h":
            wanted = "D" if name == DRAW else "H" if own_is_home else "A"
            return round(STAKE * price) if row["FTR"] == wanted else 0
        case "totals":
            return round(STAKE * price) if (home + away > 2) == (name == "Over") else 0
        case _:
            line = Fraction(row["AHh"])
            margin = home - away + line if own_is_home else away - home - line
            parts = (margin - Fraction(1, 4), margin + Fraction(1, 4)) if line % Fraction(1, 2) else (margin, margin)
            back = sum(price if part > 0 else Fraction(part == 0) for part in parts)
            return round(STAKE * back / 2)


async def bet_on_all(ledger: Ledger, season: Season) -> dict[str, tuple[Quote, HistoryGame]]:
    placed: dict[str, tuple[Quote, HistoryGame]] = {}

    def work(conn: sqlite3.Connection) -> None:
        for game in season.games:
            for quote in quotes(game):
                command = _record(game, quote.selection, quote.price.text, f"{game.event.id}{quote.selection}")
                outcome = record_bet(conn, command, quote.seen_at)
                assert isinstance(outcome, Placed)
                placed[outcome.bets[0].id] = quote, game

    await ledger._database.write(work)
    return placed


def _record(game: HistoryGame, selection: Selection, price: str, key: str) -> RecordBet:
    return RecordBet("main", game.event, selection, BOOK, parse_any(price), STAKE, key, Origin.MANUAL, "test")


async def settle(ledger: Ledger, season: Season) -> datetime:
    after = max(game.event.commence_time for game in season.games) + timedelta(days=2)
    answer = Answer("football_data", AnswerKind.SCORES, "", season.body, after)
    await ledger.settle_scores(decode_scores(answer).scores, after)
    return after


async def check(path: Path, folder: Path) -> Counter[str]:
    season = read(path)
    counted: Counter[str] = Counter(matches=len(season.games))
    async with opened(folder, account=RICH) as ledger:
        placed = await bet_on_all(ledger, season)
        await settle(ledger, season)
        expected = 0
        for bet in ledger.bets(BetFilter()):
            quote, game = placed[bet.id]
            if game.score is None:
                counted["left to a person"] += 1
                assert bet.state is BetState.REVIEW
                continue
            due = paid(quote, game, season.rows[game.event.home_team or "", game.event.away_team or ""])
            assert (bet.return_minor, bet.state) == (due, BetState.SETTLED), (bet, due)
            expected += due - STAKE
            counted[quote.selection.line.market] += 1
            assert bet.result is not None
            counted[bet.result.value] += 1
        assert ledger.bankroll("main").profit_minor == expected
        assert (await ledger.verify()).problems == ()
    counted["without prices"] = sum(1 for game in season.games if not quotes(game))
    counted["awarded"] = sum(1 for game in season.games if game.fate == "awarded")
    print(path.name, dict(sorted(counted.items())))  # noqa: T201
    return counted


async def test_every_bet_of_a_season_settles_to_the_cent(shared_data: Path, tmp_path: Path) -> None:
    counted = await check(shared_data / "football_data_co_uk" / "E0_2425.csv", tmp_path)
    assert counted["matches"] == 380
    assert counted["half_win"] > 0 and counted["half_loss"] > 0 and counted["push"] > 0  # noqa: PT018
    assert counted["left to a person"] == 0


_SEASONS = (
    "D1_1920 D1_2021 D1_2223 D1_2324 E0_2021 E0_2122 E0_2223 F1_1920 F1_2021 F1_2122 F1_2324 F1_2425 I1_1920 I1_2021 "
    "I1_2223 I1_2324 SP1_1920 SP1_2021 SP1_2223 SP1_2324 SP1_2425 T1_2223"
).split()


@pytest.mark.long
@pytest.mark.parametrize("name", _SEASONS)
async def test_and_of_the_others(shared_data: Path, tmp_path: Path, name: str) -> None:
    """Awarded matches, which no book priced, and missing odds are counted, not guessed."""
    counted = await check(shared_data / "football_data_co_uk" / f"{name}.csv", tmp_path)
    assert counted["h2h"] > 0


async def test_halves_settle_from_the_score_at_half_time(shared_data: Path, tmp_path: Path) -> None:
    season = read(shared_data / "football_data_co_uk" / "E0_2425.csv")
    async with opened(tmp_path, account=RICH) as ledger:

        def work(conn: sqlite3.Connection) -> None:
            for game in season.games:
                for period in ("h1", "h2"):
                    line = LineKey(game.event.id, "h2h", OutcomeSet.THREE_WAY, period)
                    command = _record(game, Selection(line, DRAW), "3.0", f"{game.event.id} {period}")
                    assert isinstance(record_bet(conn, command, game.event.commence_time - timedelta(1)), Placed)

        await ledger._database.write(work)
        await settle(ledger, season)
        for bet in ledger.bets(BetFilter()):
            row = season.rows[bet.event.home_team or "", bet.event.away_team or ""]
            first = int(row["HTHG"]) - int(row["HTAG"])
            level = first == 0 if bet.line.period == "h1" else int(row["FTHG"]) - int(row["FTAG"]) == first
            assert bet.line.period != FULL_GAME
            assert bet.return_minor == (3 * STAKE if level else 0), bet
