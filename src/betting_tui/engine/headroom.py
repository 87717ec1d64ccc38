"""What its limits leave an account for one more bet, read once at one moment: sizing asks it for every row drawn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol, TypeVar

from msgspec import Struct

from betting_tui.engine import limits as meters
from betting_tui.engine.core.accounts import HeldBet, Limits, Standing
from betting_tui.engine.core.model import Event, Leg, Origin
from betting_tui.engine.core.refusals import Refusal, RefusalCode
from betting_tui.engine.core.staking import Ceiling
from betting_tui.engine.limits import Meter, Spans
from betting_tui.engine.risk import STOPS, Terms, Wish, kelly_cap, refusal_of

T = TypeVar("T")


class Look(Protocol):
    """Asks the account as it stands."""

    def __call__(self, work: Callable[[Standing], T]) -> T: ...


class Position(Struct, frozen=True):
    """What does not depend on the bet: why none can be placed at all, and what one may be at most.

    `touched` are the events with something at stake, None where that is not all in single bets; `untouched` is what
    holds for any other.
    """

    stop: Refusal | None
    bankroll_minor: int
    available_minor: int
    caps: tuple[Meter, ...]
    sums: tuple[Meter, ...]
    open_bets: Meter | None
    held: tuple[HeldBet, ...]
    untouched: Meter | None
    touched: frozenset[str] | None


class Headroom:
    """Amounts in minor units of `currency`. Good until the account's bets, money or settings change, or `at` is old."""

    def __init__(self, look: Look, limits: Limits, at: Spans, currency: str) -> None:
        self._look = look
        self.limits = limits
        self.at = at
        self.currency = currency
        self.position = look(lambda standing: position_of(limits, at, standing))
        self._events: dict[str, Meter | None] = {}
        self._leagues: dict[str, Meter | None] = {}
        self._books: dict[str, tuple[Meter, ...]] = {}

    def fresh(self, now: datetime, seconds: float) -> bool:
        return self.at.now <= now < self.at.next_day and (now - self.at.now).total_seconds() < seconds

    def of_bet(self, event: Event, leg: Leg) -> tuple[Meter, ...]:
        """What holds for one bet by itself."""
        return (*self.position.caps, *self.at_bookmaker(leg.bookmaker))

    def together(self, event: Event) -> tuple[Meter, ...]:
        """What holds for all bets of one placement on this event together."""
        limits, look = self.limits, self._look
        position = self.position
        if position.touched is not None and event.id not in position.touched:
            on_event = position.untouched
        else:
            if event.id not in self._events:
                self._events[event.id] = look(lambda standing: meters.exposure_of_event(limits, standing, event.id))
            on_event = self._events[event.id]
        if event.sport_key not in self._leagues:
            self._leagues[event.sport_key] = (
                None if limits.max_league_exposure is None
                else look(lambda standing: meters.exposure_of_league(limits, standing, event.sport_key))
            )  # fmt: skip
        own = (on_event, self._leagues[event.sport_key])
        return (*position.sums, *(meter for meter in own if meter is not None))

    def at_bookmaker(self, bookmaker: str) -> tuple[Meter, ...]:
        """Exposure at the bookmaker, and the money there where the account keeps some."""
        if bookmaker not in self._books:
            self._books[bookmaker] = self._look(lambda standing: _at_book(self.limits, standing, bookmaker))
        return self._books[bookmaker]

    def kelly_cap(self, probability: float | None, effective: float) -> Meter | None:
        if probability is None:
            return None
        return kelly_cap(self.limits, self.position.bankroll_minor, probability, effective)

    def too_many(self, bets: int) -> Refusal | None:
        """Whether so many more bets would be too many open ones."""
        meter = self.position.open_bets
        if meter is None or bets <= meter.rest:
            return None
        return Refusal(meter.code, meter.too_much(bets, self.currency))


def position_of(limits: Limits, at: Spans, standing: Standing) -> Position:
    nothing = Wish((), Origin.APP, at.now)
    held = standing.held()
    all_single = sum(bet.risk_minor for bet in held) == standing.exposure_minor()
    sums = (
        meters.staked_today(limits, at, standing),
        meters.staked_this_month(limits, at, standing),
        meters.exposure_total(limits, standing),
    )
    return Position(
        stop=refusal_of(nothing, standing, Terms(limits, at), STOPS),
        bankroll_minor=standing.bankroll_minor(),
        available_minor=standing.available_minor(),
        caps=meters.bet_caps(limits, standing),
        sums=tuple(meter for meter in sums if meter is not None),
        open_bets=meters.open_bets(limits, standing),
        held=held,
        untouched=meters.exposure_of_event(limits, standing, ""),
        touched=frozenset(bet.event_id for bet in held) if all_single or limits.max_event_exposure is None else None,
    )


def tightest(found: Sequence[Meter]) -> Meter | None:
    return min(found, key=lambda meter: meter.rest, default=None)


def ceiling_of(meter: Meter) -> Ceiling:
    return Ceiling(meter.rest, meter.name)


def _at_book(limits: Limits, standing: Standing, bookmaker: str) -> tuple[Meter, ...]:
    found: list[Meter] = []
    exposure = meters.exposure_of_bookmaker(limits, standing, bookmaker)
    if exposure is not None:
        found.append(exposure)
    money = standing.book_available_minor(bookmaker)
    if money is not None:
        found.append(Meter(f"money at {bookmaker}", RefusalCode.INSUFFICIENT_AVAILABLE, 0, max(0, money)))
    return tuple(found)
