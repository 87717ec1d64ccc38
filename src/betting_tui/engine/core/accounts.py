"""Paper accounts: how one stakes, what limits it, what has stopped it, and how it stands at one moment."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Literal, Protocol

from msgspec import Struct

from betting_tui.engine.core.model import LineKey
from betting_tui.engine.core.staking import SizingMethod

# What people call the purse that lies at no bookmaker.
WALLET = "wallet"


class AccountStatus(StrEnum):
    ACTIVE = "active"
    SUSPENDED = "suspended"


class BreakerName(StrEnum):
    """What stops an account's placing until a person or the set time lets it go on."""

    DAILY_LOSS = "daily_loss"
    COOL_DOWN = "cool_down"
    DRAWDOWN = "drawdown"


RiskTolerance = Literal["low", "medium", "high", "none"]


class Limits(Struct, frozen=True, omit_defaults=True):
    """Limits on placing; None: no limit. Amounts in minor units; shares are of the bankroll, 0.05 = 5 %; odds decimal.

    `cool_down_minutes` is how long placing rests after `cool_down_losses` losses in a row. `max_drawdown` is a fall of
    the bankroll from its peak.
    """

    max_bet_size_minor: int | None = None
    max_bet_share: float | None = None
    daily_bet_limit_minor: int | None = None
    monthly_bet_limit_minor: int | None = None
    max_daily_loss_minor: int | None = None
    max_daily_loss_share: float | None = None
    max_open_bets: int | None = None
    max_event_exposure: float | None = None
    max_league_exposure: float | None = None
    max_bookmaker_exposure: float | None = None
    max_total_exposure: float | None = None
    max_kelly_fraction: float | None = None
    min_odds: float | None = None
    max_odds: float | None = None
    min_edge: float | None = None
    cool_down_losses: int | None = None
    cool_down_minutes: float | None = None
    max_drawdown: float | None = None
    max_bets_per_hour: int | None = None
    max_auto_bets_per_hour: int | None = None


class SizingChoice(Struct, frozen=True, omit_defaults=True):
    """An account's own way of staking; None: as configured. Amounts in minor units, shares 0.05 = 5 %."""

    method: SizingMethod | None = None
    auto_kelly: bool | None = None
    flat_minor: int | None = None
    percent: float | None = None
    kelly_fraction: float | None = None
    max_bet_share: float | None = None
    stake_unit_minor: int | None = None
    min_stake_minor: int | None = None


class AccountSettings(Struct, frozen=True, omit_defaults=True):
    """What one account has of its own; the configuration fills in the rest.

    `strategies` None: all of them bet for it. With `book_balances` a bet needs money at its bookmaker.
    """

    sizing: SizingChoice = SizingChoice()
    limits: Limits = Limits()
    tolerance: RiskTolerance | None = None
    strategies: tuple[str, ...] | None = None
    book_balances: bool = False


class Breaker(Struct, frozen=True):
    """Why an account places nothing. `until` None: only a person lets it go on."""

    id: int
    account: str
    name: BreakerName
    reason: str
    tripped_at: datetime
    until: datetime | None


class Streak(Struct, frozen=True):
    """Losses in a row (half losses count, pushes and voids neither count nor end it) and when the last one settled."""

    losses: int
    last_at: datetime | None


class Fall(Struct, frozen=True):
    """The bankroll against its highest, deposits and withdrawals aside, since a person last let placing go on.

    After a correction each bet counts with its right result at the place where it was first settled: a win that was
    none has made no peak.
    """

    peak_minor: int
    now_minor: int

    @property
    def share(self) -> float:
        return (self.peak_minor - self.now_minor) / self.peak_minor if self.peak_minor > 0 else 0.0


class HeldBet(Struct, frozen=True):
    """An open bet as sizing looks at it: what it is on, what it may lose, at which decimal odds and fair chance."""

    event_id: str
    line: LineKey
    selection: str
    bookmaker: str
    risk_minor: int
    decimal: float
    fair_probability: float | None


class AtStake(Struct, frozen=True):
    """What open bets and working orders are on and where, each named once; the legs of a parlay like single bets."""

    events: tuple[str, ...] = ()
    leagues: tuple[str, ...] = ()
    bookmakers: tuple[str, ...] = ()


class Standing(Protocol):
    """An account inside one transaction; only what is asked for is read. Amounts in minor units.

    Working orders count like open bets in `open_bets`, `staked_since`, every exposure; `available_minor` is without
    both. All of it is of the account's current period.
    """

    @property
    def name(self) -> str: ...

    @property
    def currency(self) -> str: ...

    @property
    def suspended(self) -> bool: ...

    @property
    def settings(self) -> AccountSettings: ...

    def bankroll_minor(self) -> int: ...

    def available_minor(self) -> int: ...

    def book_available_minor(self, bookmaker: str) -> int | None:
        """Money kept at that bookmaker; None where the account keeps one purse for all."""

    def open_bets(self) -> int: ...

    def staked_since(self, since: datetime) -> int:
        """What bets placed since then could lose when they were placed; cancelled ones left out, settled ones not.

        With all that waits in working orders, whenever they were made: a fill would count from its own moment.
        """

    def profit_since(self, since: datetime) -> int:
        """What settling has brought since then; a correction counts when it is made, by all that it changes."""

    def placements_since(self, since: datetime, *, automatic_only: bool) -> int:
        """Accepted placements, working ones included."""

    def exposure_minor(self) -> int: ...

    def exposure_of_event_minor(self, event_id: str) -> int: ...

    def exposure_of_league_minor(self, sport_key: str) -> int: ...

    def exposure_of_bookmaker_minor(self, bookmaker: str) -> int: ...

    def at_stake(self) -> AtStake: ...

    def streak(self) -> Streak: ...

    def fall(self) -> Fall: ...

    def breakers(self, now: datetime) -> tuple[Breaker, ...]:
        """Those in force at `now`."""

    def released_at(self, name: BreakerName) -> datetime | None:
        """When a person last let placing go on after this breaker; what came before no longer counts for it."""

    def held(self) -> tuple[HeldBet, ...]:
        """Open bets, singles only."""
