"""An engine from start to stop: one a ledger, viewers beside it, loops that run, placing that stops when it must."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from test_engine_replay import START, Session

from betting_tui.engine.clocks import VirtualClock
from betting_tui.engine.config import ApiKeys, Settings
from betting_tui.engine.core.bet_views import NotPlaced, Placed
from betting_tui.engine.core.commands import Arm, Deposit, Pause, Place
from betting_tui.engine.core.errors import LedgerError, LedgerReadOnly, UsageError
from betting_tui.engine.core.events import BoardChanged, EngineEvent, LedgerChanged, Noticed, StatusChanged
from betting_tui.engine.core.market_views import MarketWish
from betting_tui.engine.core.model import Origin
from betting_tui.engine.core.ports import NoticeKind
from betting_tui.engine.core.refusals import RefusalCode
from betting_tui.engine.engine import Engine
from betting_tui.engine.feeds.supply import the_odds_api_feed
from betting_tui.engine.launch import demo_engine, live_engine
from betting_tui.engine.rooms import LEDGER_FILE, Equipment
from betting_tui.engine.store.shapes import BetFilter


async def until(engine: Engine, happened: Callable[[], bool], seconds: float = 20) -> None:
    """Wait for the engine to say that something changed until it has happened."""
    changed = asyncio.Event()
    stop = engine.listen(lambda _: changed.set())
    try:
        async with asyncio.timeout(seconds):
            while not happened():
                changed.clear()
                await changed.wait()
    finally:
        stop()


def test_the_engine_loads_neither_textual_nor_rich_nor_a_network_library() -> None:
    code = (
        "import sys, betting_tui.engine.launch, betting_tui.engine.replay, betting_tui.plugin\n"
        "loaded = {name.partition('.')[0] for name in sys.modules}\n"
        "print(sorted(loaded & {'textual', 'rich', 'httpx', 'desktop_notifier', 'numpy'}))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


async def test_the_demo_shows_prices_by_itself_and_stops_cleanly_and_starts_again(tmp_path: Path) -> None:
    before = asyncio.all_tasks()
    engine = await demo_engine(Settings(), tmp_path / "demo")
    for _ in range(2):
        await engine.start()
        await until(engine, lambda: engine.opportunities().total > 0)
        await until(engine, lambda: engine.overview().feeds[0].state == "ok")
        assert engine.market_page(MarketWish()).lines
        await engine.stop()
        await engine.stop()
        assert asyncio.all_tasks() == before


async def test_a_later_demo_goes_on_where_the_last_one_stopped(tmp_path: Path) -> None:
    first = await demo_engine(Settings(), tmp_path / "demo")
    await first.start()
    await until(first, lambda: first.opportunities().total > 0)
    await first.stop()
    ended = first.clock.now()
    second = await demo_engine(Settings(), tmp_path / "demo")
    assert second.clock.now() >= ended.replace(microsecond=0)


async def test_a_second_engine_on_a_ledger_is_a_viewer_that_says_who_holds_it(tmp_path: Path) -> None:
    first = await demo_engine(Settings(), tmp_path / "demo")
    await first.start()
    second = await demo_engine(Settings(), tmp_path / "demo")
    await second.start()
    seen = second.overview()
    assert (first.overview().read_only, seen.read_only) == (False, True)
    assert "process" in seen.lock_holder
    with pytest.raises(LedgerReadOnly, match="process"):
        await second.deposit(Deposit("main", 100, "k", "me"))
    noticed = asyncio.Event()
    second.listen(lambda event: noticed.set() if isinstance(event, LedgerChanged) else None)
    await first.deposit(Deposit("main", 55_500, "k", "me"))
    async with asyncio.timeout(10):
        await noticed.wait()
    assert second.bankroll().bankroll_minor == 1_055_500
    await first.stop()
    await second.stop()


async def test_commands_write_beside_a_running_engine(tmp_path: Path) -> None:
    running = await demo_engine(Settings(), tmp_path / "demo")
    await running.start()
    command = Engine(Settings(), "demo", tmp_path / "demo", Equipment(VirtualClock(datetime.now(UTC))))
    await command.start(polling=False)
    await command.deposit(Deposit("main", 1_00, "by command", "me"))
    await command.stop()
    await until(running, lambda: running.bankroll().bankroll_minor == 1_000_100)
    await running.stop()


async def test_an_armed_strategy_places_once_and_a_pause_stops_it(tmp_path: Path) -> None:
    session = Session(tmp_path / "demo")
    engine = session.engine
    events: list[EngineEvent] = []
    engine.listen(events.append)
    await engine.start(polling=False)
    with pytest.raises(UsageError, match="value_betting"):
        await engine.arm(Arm("martingale", on=True, created_by="me"))
    await engine.arm(Arm("value_betting", on=True, created_by="me"))
    assert engine.overview().armed == ("value_betting",)
    while not engine.ledger.bets(BetFilter()):
        await session.poll()
        session.clock.advance(300)
    bets = engine.ledger.bets(BetFilter())
    assert {bet.origin for bet in bets} == {Origin.AUTO}
    assert all(
        bet.edge is not None and bet.edge >= 0.05 and bet.bookmaker in Settings().bookmakers.mine for bet in bets
    )
    held = [(bet.line, bet.selection, bet.bookmaker) for bet in bets]
    assert len(held) == len(set(held))
    assert any(isinstance(event, Noticed) and event.notice.kind is NoticeKind.BET_PLACED for event in events)
    assert any(isinstance(event, BoardChanged) for event in events)
    assert any(isinstance(event, StatusChanged) for event in events)

    await engine.pause(Pause(on=True, created_by="me"))
    count = len(bets)
    for _ in range(10):
        session.clock.advance(300)
        await session.poll()
    assert len(engine.ledger.bets(BetFilter())) == count
    await engine.stop()
    await engine.start(polling=False)
    assert engine.overview().armed == (), "what was armed is off at each start"
    await engine.stop()


async def test_the_same_key_gives_the_same_bet_though_the_price_has_gone(tmp_path: Path) -> None:
    session = Session(tmp_path / "demo")
    engine = session.engine
    await engine.start(polling=False)
    await session.poll()
    row = next(row for row in engine.opportunities().rows if row.stake_minor)
    command = Place("main", row.opportunity.legs, "once", Origin.APP, "me", row.opportunity)
    first = await engine.place(command)
    assert isinstance(first, Placed)
    session.clock.advance(86_400)
    second = await engine.place(command)
    assert isinstance(second, Placed)
    assert second.repeated
    assert second.bets == first.bets
    other = await engine.place(msgspec.structs.replace(command, key="again", again=True))
    assert isinstance(other, NotPlaced)
    assert other.refusal.code is RefusalCode.EVENT_STARTED
    await engine.stop()


async def test_a_replaced_ledger_stops_placing(tmp_path: Path) -> None:
    engine = await demo_engine(Settings(), tmp_path / "demo")
    await engine.start()
    await until(engine, lambda: any(row.stake_minor for row in engine.opportunities().rows))
    path = tmp_path / "demo" / LEDGER_FILE
    path.rename(path.with_suffix(".moved"))
    await engine.keep_house()
    assert "replaced or deleted" in engine.overview().warning
    row = next(row for row in engine.opportunities().rows if row.stake_minor)
    refused = await engine.place(Place("main", row.opportunity.legs, "k", Origin.APP, "me", row.opportunity))
    assert isinstance(refused, NotPlaced)
    assert "placing has stopped" in refused.refusal.message
    path.with_suffix(".moved").rename(path)
    await engine.stop()


async def test_a_ledger_of_another_mode_is_not_touched(tmp_path: Path) -> None:
    session = Session(tmp_path / "data")
    await session.engine.start(polling=False)
    await session.engine.stop()
    live = live_engine(Settings(), tmp_path / "data", clock=VirtualClock(START))
    with pytest.raises(LedgerError, match="demo"):
        await live.start()


async def test_live_without_a_key_runs_and_says_what_it_needs(tmp_path: Path) -> None:
    engine = live_engine(Settings(), tmp_path / "data")
    await engine.start()
    feeds = {feed.name: feed for feed in engine.overview().feeds}
    assert feeds["the_odds_api"].state == "off"
    assert "key" in feeds["the_odds_api"].detail
    assert feeds["odds_scraping"].state == "off"
    await engine.stop()


async def test_one_call_asks_for_ten_books_and_the_day_is_capped_at_25_credits() -> None:
    feed = the_odds_api_feed(Settings(api_keys=ApiKeys(the_odds_api="k" * 32)), VirtualClock(START))
    assert len(feed.plan.bookmakers) == 10
    assert (feed.plan.odds_cost, feed.plan.daily_credits) == (3, 25)
    await feed.source.aclose()
