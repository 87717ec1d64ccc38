"""How an engine is furnished: what it is given, which rooms that makes, and what they share while it runs."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from msgspec import Struct, field
from msgspec.structs import replace

from betting_tui.engine.alerts import (
    POPUP_TIMEOUT_SECONDS,
    WEBHOOK_BOUND_SECONDS,
    AlertRules,
    Alerts,
    Outlet,
    QuietHours,
)
from betting_tui.engine.board import Board
from betting_tui.engine.clocks import SystemClock
from betting_tui.engine.config import Settings
from betting_tui.engine.core.errors import LedgerError
from betting_tui.engine.core.events import EngineEvent, Noticed
from betting_tui.engine.core.model import Event
from betting_tui.engine.core.money import to_minor
from betting_tui.engine.core.odds import OddsFormat
from betting_tui.engine.core.ports import Channel, Clock, Notice, NoticeKind, ResultsSource, Source
from betting_tui.engine.core.times import zone_of
from betting_tui.engine.day_end import DayEnd
from betting_tui.engine.desk import Desk
from betting_tui.engine.detection import Detector
from betting_tui.engine.execution.paper import AcceptanceRules, PaperBroker
from betting_tui.engine.feeds.fixtures import Fixtures
from betting_tui.engine.feeds.office import FeedSet
from betting_tui.engine.feeds.wiring import Feed
from betting_tui.engine.house import House
from betting_tui.engine.identity import Identities
from betting_tui.engine.intake import Intake
from betting_tui.engine.live_scores import LiveScores
from betting_tui.engine.markets import Markets
from betting_tui.engine.passing import Passing
from betting_tui.engine.picks import Picks
from betting_tui.engine.queries import LiveQueries
from betting_tui.engine.store.archive import Archive
from betting_tui.engine.store.shapes import Mode, NewAccount
from betting_tui.engine.store.store import Ledger
from betting_tui.engine.strategies.registry import build_strategies, fair_policy

_LOG = logging.getLogger(__name__)
LEDGER_FILE = "ledger.db"
ARCHIVE_FILE = "odds.db"
CACHE_FOLDER = "cache"
FIRST_ACCOUNT = "main"


class Files(Struct, frozen=True):
    """Where settings and log lie, for bug reports; empty when there are none."""

    config: str = ""
    log: str = ""


class Equipment(Struct, frozen=True):
    """What an engine is given from outside. `decoders` read answers of feeds that are not asked here.

    `channels` are pop-ups. `feeds` are for odds, the preferred first; `feed_set` is the whole of them where there is
    more to say. `seed` and `parameters` (JSON) remake a simulated market in a replay.
    """

    clock: Clock
    feeds: tuple[Feed, ...] = ()
    decoders: tuple[Source | ResultsSource, ...] = ()
    channels: tuple[Channel, ...] = ()
    webhook: Channel | None = None
    seed: int | None = None
    parameters: str = ""
    files: Files = Files()
    feed_set: FeedSet | None = None

    @property
    def all_feeds(self) -> FeedSet:
        return self.feed_set or FeedSet(odds=self.feeds)


class Shared(Struct):
    """What changes while an engine runs and belongs to no room. `problem` stops placing while it is not empty.

    `lost` is the same where only a restart helps: nothing is asked of feeds any more, whose answers could not be kept.
    `started_at` is when this engine started: what was quoted before, nobody was here to take. The sums of the ledger
    were last checked at `verified_at`; `verified` says what did not add up.
    """

    account: str = FIRST_ACCOUNT
    started_at: datetime | None = None
    armed: dict[str, None] = field(default_factory=dict)
    paused: bool = False
    problem: str = ""
    lost: str = ""
    note: str = ""
    skews: dict[str, float] = field(default_factory=dict)
    verified_at: datetime | None = None
    verified: str = ""

    @property
    def skew_seconds(self) -> float:
        """Our clock against the feed that agrees with it best: one feed's wrong date is that feed's problem."""
        return min(self.skews.values(), key=abs, default=0.0)


class Rooms(Struct, frozen=True):
    """The rooms of a started engine."""

    ledger: Ledger
    house: House
    archive: Archive | None
    board: Board
    detector: Detector
    desk: Desk
    intake: Intake
    queries: LiveQueries
    markets: Markets
    picks: Picks
    alerts: Alerts
    day_end: DayEnd
    fixtures: Fixtures
    identities: Identities


async def furnish(
    settings: Settings,
    mode: Mode,
    data_dir: Path,
    equipment: Equipment,
    shared: Shared,
    publish: Callable[[EngineEvent], None],
    *,
    viewer: bool,
    why_no_close: Callable[[Event], str] = lambda _: "",
) -> Rooms:
    """Open the files and build the rooms. Raises LedgerError when the ledger cannot be used."""
    now = equipment.clock.now()
    shared.started_at = now
    ledger = await Ledger.open(data_dir / LEDGER_FILE, now=now, mode=mode, read_only=viewer)
    ledger.close_max_age_minutes = settings.reports.close_max_age
    try:
        shared.account = settings.accounts.current or ledger.current_account() or FIRST_ACCOUNT
        if not viewer:
            await ledger.note_charges(settings.bookmakers.commission)
            await _open_account(ledger, settings, shared, now)
        rooms = _built(ledger, settings, equipment, shared, publish, why_no_close)
        if viewer:
            return rooms
        return replace(rooms, archive=await _open_archive(settings, mode, data_dir, equipment, shared, now))
    except BaseException:
        await ledger.close()
        raise


def _built(
    ledger: Ledger,
    settings: Settings,
    equipment: Equipment,
    shared: Shared,
    publish: Callable[[EngineEvent], None],
    why_no_close: Callable[[Event], str],
) -> Rooms:
    """All but the archive."""
    wall, board, fixtures, fair = SystemClock(), Board(), Fixtures(), fair_policy(settings)
    house = House(ledger, settings)
    detector = Detector(board, build_strategies(settings))
    passing = Passing(ledger, house, shared.armed, detector.strategy_names)
    identities = Identities(ledger, settings.data_sources.priority_order)
    commission = settings.bookmakers.commission
    alerts = _alerts(settings, equipment, ledger, wall, publish)
    live_scores = LiveScores()
    queries = LiveQueries(board, detector, ledger, house, fair, commission, why_no_close, live_scores)
    return Rooms(
        ledger=ledger,
        house=house,
        archive=None,
        board=board,
        detector=detector,
        desk=Desk(
            ledger,
            board,
            PaperBroker(board, _acceptance(settings)),
            house,
            settings,
            skew_seconds=lambda: shared.skew_seconds,
            started_at=lambda: shared.started_at,
            watch=board.watch,
            names_of=identities.names_of,
        ),
        intake=Intake(
            board, detector, ledger, _decoders(equipment), wall, passing.at, fixtures, identities, fair, live_scores
        ),
        fixtures=fixtures,
        identities=identities,
        queries=queries,
        markets=Markets(board, fair, commission, settings.bookmakers.mine),
        picks=Picks(board, detector, queries, house, settings.strategies.suspicious_edge),
        alerts=alerts,
        day_end=DayEnd(ledger, alerts, settings, lambda: shared.account),
    )


def _decoders(equipment: Equipment) -> dict[str, Source | ResultsSource]:
    """By name; a feed of odds also reads its own results."""
    sources: dict[str, Source | ResultsSource] = {source.name: source for source in equipment.decoders}
    feeds = equipment.all_feeds
    sources.update((feed.source.name, feed.source) for feed in feeds.results)
    sources.update((feed.source.name, feed.source) for feed in feeds.odds)
    return sources


async def _open_account(ledger: Ledger, settings: Settings, shared: Shared, now: datetime) -> None:
    """The account that is worked on is there."""
    there = ledger.accounts()
    shared.account = await _ensure_account(ledger, settings, shared.account, now)
    if there and shared.account not in {row.name for row in there}:
        # A name nobody has is most likely mistyped, and its money is not that of the account meant.
        shared.note = f"account {shared.account} was opened: accounts.current names it, and it was not there"


async def _ensure_account(ledger: Ledger, settings: Settings, name: str, now: datetime) -> str:
    """The account's name as it was opened: the settings may write it in other case."""
    paper = settings.paper_trading
    account = NewAccount(
        name=name,
        currency=paper.currency,
        starting_minor=to_minor(paper.starting_bankroll, paper.currency),
        created_by="engine",
        time_zone=settings.ui.time_zone,
    )
    return (await ledger.ensure_account(account, now)).name


async def _open_archive(
    settings: Settings, mode: Mode, data_dir: Path, equipment: Equipment, shared: Shared, now: datetime
) -> Archive | None:
    """A cache that cannot be opened costs replays, never the day's work."""
    try:
        archive = await Archive.open(
            data_dir / ARCHIVE_FILE, max_mb=settings.storage.archive_max_mb, max_days=settings.storage.archive_days
        )
        await archive.start_run(mode, now, seed=equipment.seed, parameters=equipment.parameters)
    except LedgerError as error:
        _LOG.warning("going on without the archive: %s", error.message)
        shared.note = f"no archive: {error.message}"
        return None
    return archive


def _acceptance(settings: Settings) -> AcceptanceRules:
    return AcceptanceRules(
        settings.strategies.max_quote_age_seconds,
        settings.strategies.floating_start_max_age_seconds,
        OddsFormat(settings.ui.odds_format),
    )


def _alerts(
    settings: Settings, equipment: Equipment, ledger: Ledger, wall: Clock, publish: Callable[[EngineEvent], None]
) -> Alerts:
    chosen = settings.notifications

    async def remember(key: str, kind: str) -> bool:
        return await ledger.mark_notice(key, kind, equipment.clock.now())

    async def forget(kind: str, but: Sequence[str]) -> None:
        await ledger.forget_notices(kind, but)

    rules = AlertRules(
        chosen.enabled,
        chosen.high_value_threshold,
        chosen.arbitrage_alerts,
        chosen.bet_settled,
        OddsFormat(settings.ui.odds_format),
        zone_of(settings.ui.time_zone),
    )
    return Alerts(
        rules, lambda notice: publish(Noticed(notice)), _outlets(settings, equipment, wall, publish), remember, forget
    )


def _outlets(
    settings: Settings, equipment: Equipment, wall: Clock, publish: Callable[[EngineEvent], None]
) -> list[Outlet]:
    """The ways out of the program. Quiet hours are the user's, whatever time it is in a simulation."""
    chosen = settings.notifications
    quiet = QuietHours.of(chosen.quiet_hours, zone_of(settings.ui.time_zone)) if chosen.quiet_hours else None
    popped = [kind for kind in NoticeKind if kind is not NoticeKind.BET_PLACED]
    outlets = [
        Outlet(channel, wall, popped, bound_seconds=POPUP_TIMEOUT_SECONDS, quiet=quiet)
        for channel in (equipment.channels if chosen.desktop else ())
    ]
    if equipment.webhook is None:
        return outlets

    def trouble(why: str) -> None:
        title = "The webhook does not take messages"
        publish(Noticed(Notice(NoticeKind.PROBLEM, "webhook", title, why)))

    kinds = [NoticeKind(name) for name in chosen.webhook_kinds]
    webhook = Outlet(equipment.webhook, wall, kinds, bound_seconds=WEBHOOK_BOUND_SECONDS, quiet=quiet, trouble=trouble)
    return [*outlets, webhook]
