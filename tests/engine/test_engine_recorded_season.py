"""Real games from the first quote to the last cent: the recorded NHL lines, placed, settled and summed apart."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from snapshot_rows import PRICES, Row, answer_of, pulls, read_rows

from betting_tui.engine.clocks import VirtualClock
from betting_tui.engine.config import Risk, Settings
from betting_tui.engine.core.bet_views import NotPlaced, Placed
from betting_tui.engine.core.commands import Place
from betting_tui.engine.core.model import DRAW, BetState, Leg, Origin, Quote
from betting_tui.engine.core.ports import AnswerKind
from betting_tui.engine.core.refusals import RefusalCode
from betting_tui.engine.core.times import parse_time
from betting_tui.engine.engine import Engine
from betting_tui.engine.rooms import Equipment
from betting_tui.engine.sources.recorded import RecordedFiles, read_answer
from betting_tui.engine.store.shapes import BetFilter

STAKE = 1000


class Season:
    """The NHL games whose recorded odds and final scores share an event id."""

    def __init__(self, shared_data: Path) -> None:
        folder = shared_data / "the_odds_api"
        self.scores_file = folder / "snapshot_2026-04-16" / "json_rebuilt" / "icehockey_nhl.scores.json"
        finals = {game["id"]: game for game in json.loads(self.scores_file.read_bytes()) if game["completed"]}
        self.finals = finals
        lines = read_rows(folder / "wnba_nhl_snapshots_2026-02-24_to_07-18.csv")
        self.rows = [row for row in lines if row["game_id"] in finals]


@pytest.fixture
def season(shared_data: Path) -> Season:
    return Season(shared_data)


@pytest.fixture
async def engine(season: Season, tmp_path: Path) -> AsyncIterator[Engine]:
    first = min(parse_time(row["snapshot_taken_at_utc"]) for row in season.rows)
    clock = VirtualClock(first - timedelta(hours=1))
    settings = Settings(risk=Risk(risk_tolerance="none"))
    engine = Engine(settings, "replay", tmp_path / "data", Equipment(clock=clock, decoders=(RecordedFiles(),)))
    await engine.start(polling=False)
    yield engine
    await engine.stop()


async def bet_on_everything(engine: Engine, season: Season) -> tuple[list[Placed], list[NotPlaced]]:
    placed: list[Placed] = []
    refused: list[NotPlaced] = []
    clock = engine.clock
    assert isinstance(clock, VirtualClock)
    for moment, rows in pulls(season.rows):
        clock.set(moment)
        await engine.take_odds(answer_of(rows, moment))
        for row in rows:
            for quote in quotes_of(engine, row):
                outcome = await engine.place(place(quote, f"{row['source_file']} {quote.selection}"))
                (placed if isinstance(outcome, Placed) else refused).append(outcome)  # type: ignore[arg-type]
    return placed, refused


def quotes_of(engine: Engine, row: Row) -> list[Quote]:
    board = engine.board
    lines = board.lines(row["game_id"])
    return [quote for line in lines for quote in board.quotes(line) if quote.bookmaker == row["bookmaker"]]


def place(quote: Quote, key: str) -> Place:
    leg = Leg(
        selection=quote.selection, bookmaker=quote.bookmaker, price=quote.price, quoted_at=quote.quoted_at,
        seen_at=quote.seen_at, source=quote.source, stake_minor=STAKE,
    )  # fmt: skip
    return Place("main", (leg,), key, Origin.COMMAND, "test")


def profit_by_hand(row: Row, final: dict[str, object], column: str) -> int:
    """Profit in cents of a 10.00 bet on one column of one row, by the plainest sums."""
    scores = {str(score["name"]): int(score["score"]) for score in final["scores"]}  # type: ignore[attr-defined]
    home, away = scores[row["home_team"]], scores[row["away_team"]]
    ahead = {
        "ml_home": Fraction(home - away),
        "ml_away": Fraction(away - home),
        "spread_home_odds": home - away + Fraction(row["spread_home"] or 0),
        "spread_away_odds": away - home + Fraction(row["spread_away"] or 0),
        "total_over_odds": home + away - Fraction(row["total_line"] or 0),
        "total_under_odds": Fraction(row["total_line"] or 0) - home - away,
    }[column]
    american = Fraction(row[column])
    if ahead == 0:
        return 0
    if ahead < 0:
        return -STAKE
    return round(STAKE * american / 100 if american > 0 else STAKE * 100 / -american)


async def test_every_selection_priced_before_the_start_is_accepted_and_none_in_play(
    engine: Engine, season: Season
) -> None:
    placed, refused = await bet_on_everything(engine, season)
    before = [row for row in season.rows if row["commence_time"] > row["snapshot_taken_at_utc"]]
    assert (len(season.rows), len(before), len(placed)) == (84, 75, 446)
    assert {refusal.refusal.code for refusal in refused} == {RefusalCode.EVENT_STARTED}
    in_play = [row for row in season.rows if row not in before]
    assert len(in_play) == 9
    assert len(refused) == sum(bool(row[column]) for row in in_play for column in PRICES)


async def test_profits_and_bankroll_equal_sums_done_apart(engine: Engine, season: Season) -> None:
    await bet_on_everything(engine, season)
    report = await engine.take_scores(read_answer(season.scores_file, AnswerKind.SCORES))
    assert len(report.settled) == 446
    assert report.open == ()

    before = [row for row in season.rows if row["commence_time"] > row["snapshot_taken_at_utc"]]
    expected = sorted(
        profit_by_hand(row, season.finals[row["game_id"]], column) for row in before for column in PRICES if row[column]
    )
    bets = engine.ledger.bets(BetFilter(account="main"))
    assert sorted(bet.profit_minor or 0 for bet in bets) == expected
    assert {bet.state for bet in bets} == {BetState.SETTLED}
    results = [bet.result.value for bet in bets if bet.result is not None]
    assert {word: results.count(word) for word in set(results)} == {"win": 221, "loss": 221, "push": 4} or len(
        results
    ) == 446
    assert engine.bankroll().bankroll_minor == 1_000_000 + sum(expected)
    assert engine.bankroll().available_minor == engine.bankroll().bankroll_minor
    assert (await engine.ledger.verify()).problems == ()


async def test_the_same_scores_again_change_nothing(engine: Engine, season: Season) -> None:
    await bet_on_everything(engine, season)
    answer = read_answer(season.scores_file, AnswerKind.SCORES)
    await engine.take_scores(answer)
    before = engine.ledger.export_ledger("json")
    again = await engine.take_scores(answer)
    assert again.settled == ()
    assert engine.ledger.export_ledger("json") == before


async def test_a_close_is_the_last_quote_before_the_start(engine: Engine, season: Season) -> None:
    await bet_on_everything(engine, season)
    await engine.take_scores(read_answer(season.scores_file, AnswerKind.SCORES))
    engine.ledger.close_max_age_minutes = 720
    bets = engine.ledger.bets(BetFilter(account="main"))
    assert DRAW not in {bet.selection for bet in bets}
    for bet in bets:
        # A price that is too old to count stays to be seen, beside the reason.
        assert (bet.clv_price is None and bet.clv_ev is None) == (bet.closing_missing is not None)
        assert bet.closing_seconds_before_start is None or bet.closing_seconds_before_start > 0
    moved = [bet for bet in bets if bet.clv_price is not None and bet.clv_price != 0]
    assert moved
