"""An account as limits see it, made by hand: every number is a field."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from betting_tui.engine.core.accounts import AccountSettings, AtStake, Breaker, BreakerName, Fall, HeldBet, Streak


class Plain(Struct):
    """10,000.00 USD and nothing open, unless told otherwise. Money in minor units."""

    name: str = "main"
    currency: str = "USD"
    suspended: bool = False
    settings: AccountSettings = AccountSettings()
    bankroll: int = 1_000_000
    available: int = 1_000_000
    at_book: int | None = None
    open: int = 0
    staked: int = 0
    profit: int = 0
    placements: int = 0
    automatic: int = 0
    exposure: int = 0
    losses: Streak = Streak(0, None)
    fallen: Fall = Fall(1_000_000, 1_000_000)
    stopped: tuple[Breaker, ...] = ()
    released: datetime | None = None
    bets: tuple[HeldBet, ...] = ()

    def bankroll_minor(self) -> int:
        return self.bankroll

    def available_minor(self) -> int:
        return self.available

    def book_available_minor(self, bookmaker: str) -> int | None:
        return self.at_book

    def open_bets(self) -> int:
        return self.open

    def staked_since(self, since: datetime) -> int:
        return self.staked

    def profit_since(self, since: datetime) -> int:
        return 0 if self.released is not None and since >= self.released else self.profit

    def placements_since(self, since: datetime, *, automatic_only: bool) -> int:
        return self.automatic if automatic_only else self.placements

    def exposure_minor(self) -> int:
        return self.exposure

    def exposure_of_event_minor(self, event_id: str) -> int:
        return self.exposure

    def exposure_of_league_minor(self, sport_key: str) -> int:
        return self.exposure

    def exposure_of_bookmaker_minor(self, bookmaker: str) -> int:
        return self.exposure

    def at_stake(self) -> AtStake:
        return AtStake(
            tuple(dict.fromkeys(bet.event_id for bet in self.bets)),
            tuple(dict.fromkeys("basketball_nba" for _ in self.bets)),
            tuple(dict.fromkeys(bet.bookmaker for bet in self.bets)),
        )

    def streak(self) -> Streak:
        return self.losses

    def fall(self) -> Fall:
        return self.fallen

    def breakers(self, now: datetime) -> tuple[Breaker, ...]:
        return self.stopped

    def released_at(self, name: BreakerName) -> datetime | None:
        return self.released

    def held(self) -> tuple[HeldBet, ...]:
        return self.bets
