"""Ready-made engines: live on the real feeds, the demo on the simulated market, and none but the ledger."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import msgspec
from msgspec import Struct

from betting_tui.engine.alerts import DesktopChannel, WebhookChannel
from betting_tui.engine.alerts.webhook import ANSWER_SECONDS
from betting_tui.engine.clocks import ScaledClock, SystemClock
from betting_tui.engine.config import Settings
from betting_tui.engine.core.ports import Channel, Clock
from betting_tui.engine.core.times import EPOCH
from betting_tui.engine.engine import Engine
from betting_tui.engine.feeds.wiring import PollPlan, guarded
from betting_tui.engine.rooms import LEDGER_FILE, Equipment, Files
from betting_tui.engine.sources.http import Secret, post_once
from betting_tui.engine.sources.recorded import RecordedFiles
from betting_tui.engine.sources.simulated import SimulatedMarket, SimulationSettings, demo_settings
from betting_tui.engine.store.store import Ledger

DEMO_SEED = 20
DEMO_SPEED = 30.0
_DEMO_ROUND_SECONDS = 90.0
_ANCHOR_GRID = timedelta(minutes=5)


class SimulatedRun(Struct, frozen=True):
    """What remakes a simulated market besides its seed: where its schedule is anchored, and its settings."""

    start: datetime
    settings: SimulationSettings


def live_engine(
    settings: Settings, data_dir: Path, *, clock: Clock | None = None, files: Files | None = None
) -> Engine:
    """The engine on the real feeds. Without a key it runs all the same, and says what it needs. Raises UsageError for
    a feed nobody knows."""
    # The demo asks none of them.
    from betting_tui.engine.feeds.supply import live_feeds

    clock = clock or SystemClock()
    equipment = Equipment(
        clock=clock,
        decoders=(RecordedFiles(),),
        channels=_channels(settings),
        webhook=_webhook(settings),
        files=files or Files(),
        feed_set=live_feeds(settings, data_dir, clock),
    )
    return Engine(settings, "live", data_dir, equipment)


async def demo_engine(
    settings: Settings, data_dir: Path, *, speed: float = DEMO_SPEED, files: Files | None = None
) -> Engine:
    """The engine on the simulated market, where an hour takes two minutes.

    A later demo on the same directory goes on where the last one stopped, so that its open bets still settle.
    """
    anchor, resume = await _demo_times(data_dir)
    clock = ScaledClock(resume, speed)
    simulation = demo_settings()
    equipment = msgspec.structs.replace(
        simulated_equipment(DEMO_SEED, anchor, simulation, clock, at_once=True),
        channels=_channels(settings),
        webhook=_webhook(settings),
        files=files or Files(),
    )
    return Engine(settings, "demo", data_dir, equipment)


def simulated_equipment(
    seed: int, anchor: datetime, simulation: SimulationSettings, clock: Clock, *, at_once: bool = False
) -> Equipment:
    """A simulated market as the only feed: for the demo, simulations and tests. `at_once` asks for all sports of a
    round together, so that a screen is drawn anew once a round."""
    market = SimulatedMarket(seed, anchor, simulation, clock)
    plan = PollPlan(
        sports=simulation.sports,
        markets=("h2h", "spreads", "totals"),
        bookmakers=(),
        seconds=_DEMO_ROUND_SECONDS,
        results_seconds=_DEMO_ROUND_SECONDS,
        at_once=at_once,
        game_length=simulation.duration_scale,
    )
    return Equipment(
        clock=clock,
        feeds=(guarded(market, plan, clock, frozenset(simulation.sports).__contains__),),
        decoders=(RecordedFiles(),),
        seed=seed,
        parameters=msgspec.json.encode(SimulatedRun(anchor, simulation)).decode(),
    )


def _webhook(settings: Settings) -> Channel | None:
    url = settings.notifications.webhook_url
    if not url:
        return None
    return WebhookChannel(partial(post_once, Secret(url), deadline_seconds=ANSWER_SECONDS), SystemClock())


def _channels(settings: Settings) -> tuple[Channel, ...]:
    return (DesktopChannel(),) if settings.notifications.desktop else ()


async def _demo_times(data_dir: Path) -> tuple[datetime, datetime]:
    """Where the simulated market is anchored, and the simulated moment at which this demo begins: after everything
    that has happened in it, however the last one stopped."""
    now = datetime.now(UTC).replace(microsecond=0)
    path = data_dir / LEDGER_FILE
    if not path.exists():
        return _anchor(now), _anchor(now)
    # Not for reading alone: a file of an older version is brought up to date by it.
    ledger = await Ledger.open(path, now=now, mode="demo")
    try:
        accounts = ledger.accounts()
        newest = ledger.newest_moment()
    finally:
        await ledger.close()
    if not accounts:
        return _anchor(now), _anchor(now)
    # The first account was opened when the market was; a reset or another account changes nothing about it.
    anchor = _anchor(accounts[0].created_at)
    return anchor, max(anchor, newest or anchor, now) + timedelta(seconds=1)


def _anchor(moment: datetime) -> datetime:
    """On a coarse grid: what an early row of the ledger says leads back to the very moment the market was made for."""
    return moment - (moment - EPOCH) % _ANCHOR_GRID
