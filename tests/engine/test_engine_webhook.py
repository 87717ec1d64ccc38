"""The webhook of a running engine: it gets its kinds, holds nothing up, and its trouble is told once and shown."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from betting_tui.engine.alerts import WebhookChannel
from betting_tui.engine.clocks import VirtualClock
from betting_tui.engine.config import Notifications, Settings, Ui
from betting_tui.engine.core.bet_views import Placed
from betting_tui.engine.core.commands import RecordBet, SettleBet
from betting_tui.engine.core.errors import SourceUnreachable
from betting_tui.engine.core.events import EngineEvent, Noticed
from betting_tui.engine.core.model import BetResult, Event, LineKey, Origin, OutcomeSet, Selection
from betting_tui.engine.core.odds import parse_any
from betting_tui.engine.engine import Engine
from betting_tui.engine.launch import live_engine
from betting_tui.engine.rooms import Equipment

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SETTINGS = Settings(ui=Ui(time_zone="UTC"))


class Post:
    """What is posted, and what comes back: a status, or no connection."""

    def __init__(self, status: int | None) -> None:
        self.status = status
        self.posted: list[str] = []

    async def __call__(self, body: bytes) -> int:
        self.posted.append(json.loads(body)["title"])
        if self.status is None:
            raise SourceUnreachable("it cannot be reached")
        return self.status


class Desk:
    def __init__(self, data_dir: Path, post: Post, settings: Settings = SETTINGS) -> None:
        clock = VirtualClock(NOON)
        self.post = post
        self.engine = Engine(settings, "live", data_dir, Equipment(clock, webhook=WebhookChannel(post, clock)))
        self.events: list[EngineEvent] = []
        self.engine.listen(self.events.append)

    async def settle(self, key: str) -> None:
        """A bet is placed and won, and what is to be sent is."""
        event = Event(f"nba-{key}", "basketball_nba", "NBA", NOON + timedelta(days=9), "Lakers", "Celtics")
        selection = Selection(LineKey(event.id, "h2h", OutcomeSet.TWO_WAY), "Lakers")
        command = RecordBet("main", event, selection, "fanduel", parse_any("+150"), 10_00, key, Origin.COMMAND, "test")
        placed = await self.engine.record_bet(command)
        assert isinstance(placed, Placed)
        await self.engine.settle_bet(SettleBet(placed.bets[0].id, BetResult.WIN, "test"))
        for _ in range(20):
            await asyncio.sleep(0)

    @property
    def told(self) -> list[str]:
        return [event.notice.title for event in self.events if isinstance(event, Noticed)]


async def test_what_is_settled_goes_to_the_webhook(tmp_path: Path) -> None:
    desk = Desk(tmp_path, Post(204))
    await desk.engine.start(polling=False)
    await desk.settle("a")
    assert desk.post.posted == ["BET-000001 won +15.00"]
    assert desk.engine.system().webhook == "ready"
    await desk.engine.stop()


async def test_kinds_that_were_not_chosen_do_not(tmp_path: Path) -> None:
    chosen = Notifications(webhook_kinds=("daily_summary",))
    desk = Desk(tmp_path, Post(204), msgspec.structs.replace(SETTINGS, notifications=chosen))
    await desk.engine.start(polling=False)
    await desk.settle("a")
    assert desk.post.posted == []
    assert desk.told == ["BET-000001 won +15.00"]
    await desk.engine.stop()


@pytest.mark.parametrize(("status", "why"), [(500, "it answers 500"), (None, "it cannot be reached")])
async def test_a_webhook_that_fails_is_told_once_and_shown_on_the_system_screen(
    tmp_path: Path, status: int | None, why: str
) -> None:
    desk = Desk(tmp_path, Post(status))
    await desk.engine.start(polling=False)
    await desk.settle("a")
    await desk.settle("b")
    assert desk.told.count("The webhook does not take messages") == 1
    assert desk.engine.system().webhook == f"{why}; 1 message not delivered"
    await desk.engine.stop()


async def test_the_address_is_in_nothing_a_bug_report_shows(tmp_path: Path) -> None:
    told = Notifications(webhook_url="http://127.0.0.1:1/c0ffee", desktop=False)
    engine = live_engine(msgspec.structs.replace(SETTINGS, notifications=told), tmp_path)
    await engine.start(polling=False)
    assert engine.system().webhook == "ready"
    assert "c0ffee" not in repr(engine.system()) + repr(engine.settings) + repr(engine._equipment)
    await engine.stop()
