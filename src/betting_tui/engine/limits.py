"""Which limits hold for an account, and how much of each is used up: read by checks, sizing, breakers and screens."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import Literal, Protocol

import msgspec
from msgspec import Struct

from betting_tui.engine.config import Risk, Settings
from betting_tui.engine.core.accounts import AccountSettings, BreakerName, Limits, RiskTolerance, Standing
from betting_tui.engine.core.money import exponent, format_minor
from betting_tui.engine.core.money_views import LimitUse
from betting_tui.engine.core.refusals import RefusalCode
from betting_tui.engine.core.staking import exact_share, percent_text
from betting_tui.engine.core.times import clock_text, day_start, month_start, next_day_start, zone_of

HOUR = timedelta(hours=1)
DEFAULT_TOLERANCE: RiskTolerance = "medium"
PRESETS: dict[RiskTolerance, Limits] = {
    "low": Limits(max_bet_share=0.02, max_open_bets=5, max_daily_loss_share=0.03),
    "medium": Limits(max_bet_share=0.05, max_open_bets=8, max_daily_loss_share=0.05),
    "high": Limits(max_bet_share=0.10, max_open_bets=30, max_daily_loss_share=0.10),
    "none": Limits(),
}


class Owner(Protocol):
    """An account with settings of its own."""

    @property
    def currency(self) -> str: ...

    @property
    def settings(self) -> AccountSettings: ...


def resolve_limits(settings: Settings, account: Owner) -> tuple[Limits, Limits]:
    """What holds for everything placed, and what of it somebody set in so many words.

    The account's own come before those of the settings, these before the preset of the account's or the settings'
    tolerance. A preset that nobody chose counts as medium and is not in the second.
    """
    own, risk = account.settings, settings.risk
    chosen = own.tolerance or risk.risk_tolerance
    written = _over(own.limits, _configured(risk, account.currency))
    everything = _over(written, PRESETS[chosen or DEFAULT_TOLERANCE])
    return everything, everything if chosen is not None else written


def _configured(risk: Risk, currency: str) -> Limits:
    def money(amount: Decimal | None) -> int | None:
        return None if amount is None else floor_minor(amount, currency)

    return Limits(
        max_bet_size_minor=money(risk.max_bet_size),
        max_bet_share=risk.max_bet_share,
        daily_bet_limit_minor=money(risk.daily_bet_limit),
        monthly_bet_limit_minor=money(risk.monthly_bet_limit),
        max_daily_loss_minor=money(risk.max_daily_loss),
        max_daily_loss_share=risk.max_daily_loss_share,
        max_open_bets=risk.max_open_bets,
        max_event_exposure=risk.max_event_exposure,
        max_league_exposure=risk.max_league_exposure,
        max_bookmaker_exposure=risk.max_bookmaker_exposure,
        max_total_exposure=risk.max_total_exposure,
        max_kelly_fraction=risk.max_kelly_fraction,
        min_odds=risk.min_odds,
        max_odds=risk.max_odds,
        min_edge=risk.min_edge,
        cool_down_losses=risk.cool_down_losses,
        cool_down_minutes=risk.cool_down_minutes,
        max_drawdown=risk.max_drawdown,
        max_bets_per_hour=risk.max_bets_per_hour,
        max_auto_bets_per_hour=risk.max_auto_bets_per_hour,
    )


def _over(upper: Limits, lower: Limits) -> Limits:
    """Every limit of the upper layer, and of the lower where the upper has none."""
    filled = {
        name: getattr(lower, name) for name in Limits.__struct_fields__ if getattr(upper, name) is None
    }  # fmt: skip
    return msgspec.structs.replace(upper, **filled)


def floor_minor(amount: Decimal, currency: str) -> int:
    """Minor units of an amount in major units; what the currency has no coin for is cut off."""
    scale: int = 10 ** exponent(currency)
    return math.floor(Fraction(amount) * scale)


class Spans(Struct, frozen=True):
    """A moment, and when its betting day, month and hour began in an account's `zone`."""

    now: datetime
    hour: datetime
    day: datetime
    month: datetime
    next_day: datetime
    zone: str = "UTC"

    def clock(self, moment: datetime) -> str:
        """That moment as the account's owner reads it: with the day when it is not today."""
        return clock_text(moment, self.now, zone_of(self.zone))


def spans(now: datetime, starts_at: str, time_zone: str) -> Spans:
    """`starts_at` as HH:MM. UsageError for a zone nobody knows."""
    zone = zone_of(time_zone)
    return Spans(
        now=now,
        hour=now - HOUR,
        day=day_start(now, starts_at, zone),
        month=month_start(now, starts_at, zone),
        next_day=next_day_start(now, starts_at, zone),
        zone=time_zone,
    )


class Meter(Struct, frozen=True):
    """How much of a limit is used: minor units or a count. `limit` is its key in the settings, where it has one."""

    name: str
    code: RefusalCode
    used: int
    allowed: int
    unit: Literal["money", "count"] = "money"
    limit: str = ""

    @property
    def rest(self) -> int:
        return max(0, self.allowed - self.used)

    @property
    def reached(self) -> bool:
        return self.used > 0 and self.used >= self.allowed

    @property
    def view(self) -> LimitUse:
        return LimitUse(self.name, self.used, self.allowed, self.unit, self.limit)

    def words(self, amount: int, currency: str) -> str:
        return format_minor(amount, currency) if self.unit == "money" else str(amount)

    def too_much(self, more: int, currency: str) -> str:
        """`daily stake 480.00 + 50.00 > 500.00`."""
        used, added, allowed = (self.words(each, currency) for each in (self.used, more, self.allowed))
        return f"{self.name} {used} + {added} > {allowed}"

    def full(self, currency: str) -> str:
        """`daily loss 500.00 ≥ 500.00`."""
        return f"{self.name} {self.words(self.used, currency)} ≥ {self.words(self.allowed, currency)}"


def share_minor(share: float, bankroll_minor: int) -> int:
    """That share of a bankroll in whole minor units, never rounded up; none of a bankroll that is gone."""
    return math.floor(max(0, bankroll_minor) * exact_share(share))


def bet_caps(limits: Limits, standing: Standing) -> tuple[Meter, ...]:
    """What one bet may risk at most; nothing of it is ever used up."""
    caps: list[Meter] = []
    if limits.max_bet_size_minor is not None:
        caps.append(Meter("max bet size", RefusalCode.BET_SIZE, 0, limits.max_bet_size_minor))
    if limits.max_bet_share is not None:
        name = f"max bet {percent_text(limits.max_bet_share)} of bankroll"
        caps.append(Meter(name, RefusalCode.BET_SIZE, 0, share_minor(limits.max_bet_share, standing.bankroll_minor())))
    return tuple(caps)


def staked_today(limits: Limits, at: Spans, standing: Standing) -> Meter | None:
    if limits.daily_bet_limit_minor is None:
        return None
    used = standing.staked_since(at.day)
    return Meter("daily stake", RefusalCode.DAILY_STAKE, used, limits.daily_bet_limit_minor, limit="daily_bet_limit")


def staked_this_month(limits: Limits, at: Spans, standing: Standing) -> Meter | None:
    if limits.monthly_bet_limit_minor is None:
        return None
    used = standing.staked_since(at.month)
    return Meter(
        "monthly stake", RefusalCode.MONTHLY_STAKE, used, limits.monthly_bet_limit_minor, limit="monthly_bet_limit"
    )


def lost_today(limits: Limits, at: Spans, standing: Standing) -> Meter | None:
    """Net loss of the betting day against the smaller of both limits; the share is of the bankroll it began with.

    Counted from a person's release where there was one since: what was let pass does not stop the account again.
    """
    if limits.max_daily_loss_minor is None and limits.max_daily_loss_share is None:
        return None
    released = standing.released_at(BreakerName.DAILY_LOSS)
    profit = standing.profit_since(at.day if released is None else max(at.day, released))
    allowed: list[int] = []
    if limits.max_daily_loss_minor is not None:
        allowed.append(limits.max_daily_loss_minor)
    if limits.max_daily_loss_share is not None:
        allowed.append(share_minor(limits.max_daily_loss_share, standing.bankroll_minor() - profit))
    return Meter("daily loss", RefusalCode.DAILY_LOSS, max(0, -profit), min(allowed), limit="max_daily_loss")


def open_bets(limits: Limits, standing: Standing) -> Meter | None:
    if limits.max_open_bets is None:
        return None
    return Meter(
        "open bets", RefusalCode.OPEN_BETS, standing.open_bets(), limits.max_open_bets, "count", limit="max_open_bets"
    )


def placed_this_hour(limits: Limits, at: Spans, standing: Standing) -> Meter | None:
    if limits.max_bets_per_hour is None:
        return None
    used = standing.placements_since(at.hour, automatic_only=False)
    return Meter(
        "bets an hour", RefusalCode.TOO_MANY, used, limits.max_bets_per_hour, "count", limit="max_bets_per_hour"
    )


def placed_automatically(limits: Limits, at: Spans, standing: Standing) -> Meter | None:
    if limits.max_auto_bets_per_hour is None:
        return None
    used = standing.placements_since(at.hour, automatic_only=True)
    name = "auto bets an hour"
    return Meter(
        name, RefusalCode.TOO_MANY, used, limits.max_auto_bets_per_hour, "count", limit="max_auto_bets_per_hour"
    )


def exposure_total(limits: Limits, standing: Standing) -> Meter | None:
    return _exposure("max_total_exposure", "exposure in total", limits, standing, standing.exposure_minor)


def exposure_of_event(limits: Limits, standing: Standing, event_id: str) -> Meter | None:
    used = partial(standing.exposure_of_event_minor, event_id)
    return _exposure("max_event_exposure", "exposure on this event", limits, standing, used)


def exposure_of_league(limits: Limits, standing: Standing, sport_key: str) -> Meter | None:
    name = f"exposure in {sport_key}"
    return _exposure(
        "max_league_exposure", name, limits, standing, partial(standing.exposure_of_league_minor, sport_key)
    )


def exposure_of_bookmaker(limits: Limits, standing: Standing, bookmaker: str) -> Meter | None:
    used = partial(standing.exposure_of_bookmaker_minor, bookmaker)
    return _exposure("max_bookmaker_exposure", f"exposure at {bookmaker}", limits, standing, used)


_Exposure = Literal["max_event_exposure", "max_league_exposure", "max_bookmaker_exposure", "max_total_exposure"]


def _exposure(limit: _Exposure, name: str, limits: Limits, standing: Standing, used: Callable[[], int]) -> Meter | None:
    share: float | None = getattr(limits, limit)
    if share is None:
        return None
    allowed = share_minor(share, standing.bankroll_minor())
    return Meter(name, RefusalCode.EXPOSURE, used(), allowed, limit=limit)


def cooling_until(limits: Limits, standing: Standing) -> tuple[int, datetime] | None:
    """How many losses in a row ask for a rest, and until when; None where they do not, or a person let it pass."""
    if limits.cool_down_losses is None or not limits.cool_down_minutes:
        return None
    streak = standing.streak()
    if streak.last_at is None or streak.losses < limits.cool_down_losses:
        return None
    released = standing.released_at(BreakerName.COOL_DOWN)
    if released is not None and released >= streak.last_at:
        return None
    return streak.losses, streak.last_at + timedelta(minutes=limits.cool_down_minutes)


def use_of(limits: Limits, at: Spans, standing: Standing) -> tuple[LimitUse, ...]:
    """Every limit that fills up and how far it has: per bet and per event ones are looked at when a bet is made."""
    meters = (
        staked_today(limits, at, standing),
        staked_this_month(limits, at, standing),
        lost_today(limits, at, standing),
        open_bets(limits, standing),
        exposure_total(limits, standing),
        placed_this_hour(limits, at, standing),
        placed_automatically(limits, at, standing),
    )
    uses = [meter.view for meter in meters if meter is not None]
    uses.extend(meter.view for meter in _fullest_exposures(limits, standing))
    if limits.cool_down_losses is not None:
        uses.append(
            LimitUse(
                "losses in a row", standing.streak().losses, limits.cool_down_losses, "count", limit="cool_down_losses"
            )
        )
    if limits.max_drawdown is not None:
        uses.append(LimitUse("drawdown", standing.fall().share, limits.max_drawdown, "share", limit="max_drawdown"))
    return tuple(uses)


def _fullest_exposures(limits: Limits, standing: Standing) -> tuple[Meter, ...]:
    """The event, the league and the bookmaker with most at stake; where nothing is, that it is nothing."""
    keys: tuple[_Exposure, ...] = ("max_event_exposure", "max_league_exposure", "max_bookmaker_exposure")
    if all(getattr(limits, key) is None for key in keys):
        return ()
    there = standing.at_stake()
    events = [exposure_of_event(limits, standing, each) for each in there.events]
    leagues = [exposure_of_league(limits, standing, each) for each in there.leagues]
    books = [exposure_of_bookmaker(limits, standing, each) for each in there.bookmakers]
    names = ("exposure on one event", "exposure in one league", "exposure at one bookmaker")
    fullest: list[Meter] = []
    for key, group, name in zip(keys, (events, leagues, books), names, strict=True):
        known = [meter for meter in group if meter is not None]
        nothing = _exposure(key, name, limits, standing, lambda: 0)
        if known:
            most = max(known, key=lambda meter: meter.used)
            # The id of an event says nothing to a person.
            fullest.append(msgspec.structs.replace(most, name=name) if group is events else most)
        elif nothing is not None:
            fullest.append(nothing)
    return tuple(fullest)
