"""What the program says of itself: the header line, what an earlier run left behind, and its surroundings."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from betting_tui.engine.core.accounts import Breaker
from betting_tui.engine.core.feed_views import FeedStatus


class Overview(Struct, frozen=True):
    """The header line of every screen. `reviews` are the open bets that wait for a person."""

    mode: str
    account: str
    currency: str
    now: datetime
    bankroll_minor: int
    available_minor: int
    open_bets: int
    feeds: tuple[FeedStatus, ...]
    armed: tuple[str, ...] = ()
    paused: bool = False
    read_only: bool = False
    lock_holder: str = ""
    warning: str = ""
    next_poll: datetime | None = None
    next_poll_for: str = ""
    suspended: bool = False
    breakers: tuple[Breaker, ...] = ()
    working_orders: int = 0
    reviews: int = 0


class Recovery(Struct, frozen=True):
    """What a run that did not end in order left behind, and what may have been missed since.

    `missed_closes` names the events with open bets that started meanwhile; `awaited_results` counts the open bets
    whose event has started; `limit_resets` the betting days that began.
    """

    stopped_at: datetime
    found_at: datetime
    account: str
    currency: str
    open_bets: int
    exposure_minor: int
    working_orders: int
    missed_closes: tuple[str, ...]
    awaited_results: int
    limit_resets: int

    @property
    def away_seconds(self) -> float:
        return max(0.0, (self.found_at - self.stopped_at).total_seconds())


class SystemView(Struct, frozen=True):
    """What runs here and where, without secrets.

    `notifier` and `webhook` say `ready` or why not; the latter is empty where none is set, `quiet_hours` where there
    are none. `memory_bytes` is what the process takes now, None where that cannot be known; `archive_bytes` is None
    where the archive is not open. The sums of the ledger were last checked at `verified_at`; `verified` says what did
    not add up.
    """

    version: str
    python: str
    sqlite: str
    textual: str
    journal_mode: str
    data_dir: str
    config_file: str
    log_file: str
    mode: str
    feeds: tuple[FeedStatus, ...]
    notifier: str
    ledger_bytes: int
    archive_bytes: int | None
    platform: str = ""
    webhook: str = ""
    quiet_hours: str = ""
    quiet_now: bool = False
    memory_bytes: int | None = None
    verified_at: datetime | None = None
    verified: str = ""
