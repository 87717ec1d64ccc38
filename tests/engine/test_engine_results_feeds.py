"""Results of several feeds through the engine: settled, contradicted, put right, and replayed to the same books."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from betting_tui.engine.clocks import VirtualClock
from betting_tui.engine.config import Settings
from betting_tui.engine.core.bet_views import Placed
from betting_tui.engine.core.commands import RecordBet
from betting_tui.engine.core.errors import BadAnswer
from betting_tui.engine.core.model import BetState, Event, LineKey, Origin, OutcomeSet, Selection
from betting_tui.engine.core.odds import parse_any
from betting_tui.engine.core.ports import Answer, AnswerKind
from betting_tui.engine.engine import Engine
from betting_tui.engine.replay import replay
from betting_tui.engine.rooms import ARCHIVE_FILE, LEDGER_FILE, Equipment
from betting_tui.engine.sources.recorded import RecordedFiles
from betting_tui.engine.store import Ledger
from betting_tui.engine.store.shapes import BetFilter

NOW = datetime(2026, 4, 18, 12, tzinfo=UTC)
START = NOW + timedelta(hours=6)
NHL = "icehockey_nhl"
GAME = Event("odds-1", NHL, "NHL", START, "Boston Bruins", "New York Rangers")


def scoreboard(
    home: int, away: int, *, periods: int = 3, lines: tuple[int, int] = (2, 2), name: str = "FINAL"
) -> bytes:
    """ESPN's word on the game, whose last regulation period ended as `lines` says."""
    done = name == "FINAL"
    status = {
        "period": periods,
        "type": {"name": f"STATUS_{name}", "state": "post", "completed": done},
    }
    sides = [
        {
            "homeAway": side,
            "team": {"displayName": team},
            "score": str(points),
            "linescores": [{"value": ninety}, {"value": 0}, {"value": 0}, {"value": points - ninety}][
                : max(periods, 3)
            ],
        }
        for side, team, points, ninety in (
            ("home", GAME.home_team, home, lines[0]),
            ("away", GAME.away_team, away, lines[1]),
        )
    ]
    game = {"id": "401", "date": "2026-04-18T18:00Z", "competitions": [{"competitors": sides, "status": status}]}
    return json.dumps({"events": [game]}).encode()


def espn(body: bytes, at: datetime) -> Answer:
    return Answer("espn", AnswerKind.SCORES, NHL, body, at)


def odds_api(home: int, away: int, at: datetime) -> Answer:
    scores = [{"name": GAME.home_team, "score": str(home)}, {"name": GAME.away_team, "score": str(away)}]
    game = {
        "id": GAME.id, "sport_key": NHL, "sport_title": "NHL", "commence_time": "2026-04-18T18:00:00Z",
        "completed": True, "home_team": GAME.home_team, "away_team": GAME.away_team, "scores": scores,
        "last_update": "2026-04-18T21:00:00Z",
    }  # fmt: skip
    return Answer("recorded", AnswerKind.SCORES, NHL, json.dumps([game]).encode(), at)


class Session:
    def __init__(self, folder: Path) -> None:
        self.clock = VirtualClock(NOW)
        self.engine = Engine(Settings(), "live", folder, Equipment(clock=self.clock, decoders=(RecordedFiles(),)))

    async def bet(self, market: str, outcomes: OutcomeSet, name: str, point: float | None = None) -> str:
        selection = Selection(LineKey(GAME.id, market, outcomes, point=point), name, point)
        command = RecordBet(
            "main", GAME, selection, "fanduel", parse_any("2.5"), 1000, f"{market} {name}", Origin.MANUAL, "me"
        )
        outcome = await self.engine.record_bet(command)
        assert isinstance(outcome, Placed)
        return outcome.bets[0].id

    def states(self) -> list[tuple[BetState, str | None, str]]:
        bets = sorted(self.engine.ledger.bets(BetFilter(account="main")), key=lambda bet: bet.id)
        return [(bet.state, bet.result.value if bet.result else None, bet.note) for bet in bets]


async def story(session: Session) -> None:
    engine, clock = session.engine, session.clock
    await engine.start(polling=False)
    await session.bet("h2h", OutcomeSet.THREE_WAY, "Draw")
    await session.bet("h2h", OutcomeSet.TWO_WAY, "Boston Bruins")
    await session.bet("totals", OutcomeSet.TWO_WAY, "Over", 4.5)
    clock.set(START + timedelta(hours=3))
    await engine.take_scores(espn(scoreboard(0, 0, name="POSTPONED"), clock.now()))
    waiting = (BetState.PENDING, None, "postponed: it may still be played in time (espn)")
    assert session.states() == [waiting] * 3
    clock.advance(3600)
    report = await engine.take_scores(espn(scoreboard(3, 2, periods=4), clock.now()))
    assert (len(report.settled), report.source, report.results_read) == (3, "espn", 1)
    assert [state[1] for state in session.states()] == ["win", "win", "win"]
    clock.advance(3600)
    contradicted = await engine.take_scores(odds_api(2, 3, clock.now()))
    assert len(contradicted.reopened) == 3
    assert {state[0] for state in session.states()} == {BetState.REVIEW}
    clock.advance(3600)
    await engine.take_scores(odds_api(3, 2, clock.now()))
    assert [state[1] for state in session.states()] == ["win", "win", "win"]
    await engine.stop()


async def exported(folder: Path, mode: str) -> bytes:
    ledger = await Ledger.open(folder / LEDGER_FILE, now=NOW, mode=mode)  # type: ignore[arg-type]
    try:
        assert (await ledger.verify()).problems == ()
        return ledger.export_ledger("json") + ledger.export_bets("csv", BetFilter())
    finally:
        await ledger.close()


async def test_what_several_feeds_said_replays_to_the_same_books(tmp_path: Path) -> None:
    await story(Session(tmp_path / "live"))
    await replay(Settings(), tmp_path / "live" / ARCHIVE_FILE, tmp_path / "again")
    assert await exported(tmp_path / "live", "live") == await exported(tmp_path / "again", "replay")


async def test_time_alone_voids_a_postponed_game_and_a_replay_does_the_same(tmp_path: Path) -> None:
    session = Session(tmp_path / "live")
    await session.engine.start()
    bet = await session.bet("h2h", OutcomeSet.TWO_WAY, "Boston Bruins")
    session.clock.set(START + timedelta(hours=3))
    await session.engine.take_scores(espn(scoreboard(0, 0, name="POSTPONED"), session.clock.now()))
    for hours, state in ((23, BetState.PENDING), (24, BetState.SETTLED)):
        session.clock.set(START + timedelta(hours=hours))
        await session.engine.keep_house()
        assert session.engine.ledger.bet(bet).state is state
    assert session.states()[0][1] == "void"
    await session.engine.stop()
    await replay(Settings(), tmp_path / "live" / ARCHIVE_FILE, tmp_path / "again")
    assert await exported(tmp_path / "live", "live") == await exported(tmp_path / "again", "replay")


async def test_what_was_due_while_nobody_was_here_is_done_at_the_next_start(tmp_path: Path) -> None:
    session = Session(tmp_path / "live")
    await session.engine.start(polling=False)
    bet = await session.bet("h2h", OutcomeSet.TWO_WAY, "Boston Bruins")
    await session.engine.stop()
    later = Session(tmp_path / "live")
    later.clock.set(START + timedelta(days=9))
    await later.engine.start()
    await later.engine.keep_house()
    assert later.engine.ledger.bet(bet).note == "no final result 24 hours after the start"
    assert later.states()[0][0] is BetState.REVIEW
    await later.engine.stop()


async def test_regulation_time_is_taken_from_the_periods(tmp_path: Path) -> None:
    """Without them a three-way bet waits for a person, whatever was scored in overtime."""
    session = Session(tmp_path / "live")
    await session.engine.start(polling=False)
    await session.bet("h2h", OutcomeSet.THREE_WAY, "Draw")
    session.clock.set(START + timedelta(hours=4))
    report = await session.engine.take_scores(odds_api(3, 2, session.clock.now()))
    assert "regulation time only" in report.open[0].reason
    report = await session.engine.take_scores(espn(scoreboard(3, 2, periods=4), session.clock.now()))
    assert [bet.result for bet in report.settled] == ["win"]
    await session.engine.stop()


async def test_an_answer_of_a_feed_nobody_knows_is_refused(tmp_path: Path) -> None:
    session = Session(tmp_path / "live")
    await session.engine.start(polling=False)
    with pytest.raises(BadAnswer, match="not started with"):
        await session.engine.take_scores(Answer("nobody", AnswerKind.SCORES, NHL, b"[]", NOW))
    await session.engine.stop()
