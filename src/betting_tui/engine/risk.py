"""Limits on placing: an ordered list of small checks. Each returns nothing, or a typed refusal with its numbers.

They look at the account as it stands inside the transaction that books the bet, so that several programs cannot pass
a limit together. What needs no ledger is in `early_checks`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from msgspec import Struct

from betting_tui.engine import limits as meters
from betting_tui.engine.core.accounts import BreakerName, Limits, Standing
from betting_tui.engine.core.edge import TOLERANCE, reaches
from betting_tui.engine.core.model import LineKey, Origin
from betting_tui.engine.core.money import format_minor
from betting_tui.engine.core.refusals import Refusal, RefusalCode
from betting_tui.engine.core.staking import kelly, percent_text
from betting_tui.engine.limits import Meter, Spans


class At(Struct, frozen=True):
    """What a leg of a parlay is on."""

    event_id: str
    sport_key: str


class Stake(Struct, frozen=True):
    """One bet of a wish. `risk_minor` is what it may lose: the liability of a lay, nothing of a free bet.

    `decimal` is the price as quoted; `takes_minor` what the bookmaker says it takes at this price, where it says so.
    `beside` are the further events of a parlay, which may lose all of it as well as the first.
    """

    event_id: str
    sport_key: str
    line: LineKey
    selection: str
    bookmaker: str
    stake_minor: int
    risk_minor: int
    decimal: float
    takes_minor: int | None = None
    beside: tuple[At, ...] = ()

    @property
    def events(self) -> tuple[str, ...]:
        return (self.event_id, *(at.event_id for at in self.beside))

    @property
    def leagues(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((self.sport_key, *(at.sport_key for at in self.beside))))


class Wish(Struct, frozen=True):
    """What is to be placed, as limits look at it: the bets as filled, who asked, and when they are made.

    `probability` and `effective` (decimal odds after commission) are of a single bet whose fair chance is known; of a
    lay they are those of backing that it loses.
    """

    bets: tuple[Stake, ...]
    origin: Origin
    at: datetime
    probability: float | None = None
    effective: float | None = None

    @property
    def risk_minor(self) -> int:
        return sum(bet.risk_minor for bet in self.bets)


class Terms(Struct, frozen=True):
    """The limits in force and the spans they are counted over. `recorded` is true of a bet made elsewhere."""

    limits: Limits
    at: Spans
    recorded: bool = False


Check = Callable[[Wish, Standing, Terms], Refusal | None]


def check_status(_: Wish, standing: Standing, __: Terms) -> Refusal | None:
    if not standing.suspended:
        return None
    return Refusal(RefusalCode.ACCOUNT_SUSPENDED, f"account {standing.name} is suspended")


_CODES = {
    BreakerName.DAILY_LOSS: RefusalCode.DAILY_LOSS,
    BreakerName.COOL_DOWN: RefusalCode.COOL_DOWN,
    BreakerName.DRAWDOWN: RefusalCode.DRAWDOWN,
}


def check_breakers(_: Wish, standing: Standing, terms: Terms) -> Refusal | None:
    """A bet made elsewhere is a fact, which a pause does not undo."""
    for breaker in () if terms.recorded else standing.breakers(terms.at.now):
        ends = "until you let it go on" if breaker.until is None else f"until {terms.at.clock(breaker.until)}"
        return Refusal(_CODES[breaker.name], f"placing is stopped {ends}: {breaker.reason}")
    return None


def check_bet_size(wish: Wish, standing: Standing, terms: Terms) -> Refusal | None:
    """Each bet by itself: an arbitrage is several."""
    caps = meters.bet_caps(terms.limits, standing)
    most = max((bet.risk_minor for bet in wish.bets), default=0)
    for cap in caps:
        if most > cap.allowed:
            asked, allowed = format_minor(most, standing.currency), format_minor(cap.allowed, standing.currency)
            return Refusal(cap.code, f"stake {asked} > {allowed} ({cap.name})")
    return None


def check_odds(wish: Wish, _: Standing, terms: Terms) -> Refusal | None:
    for bet in wish.bets:
        reason = odds_out_of_range(terms.limits, bet.decimal)
        if reason is not None:
            return Refusal(RefusalCode.ODDS_RANGE, reason)
    return None


def odds_out_of_range(limits: Limits, decimal: float) -> str | None:
    """Why these decimal odds are outside the limits."""
    if limits.min_odds is not None and not reaches(decimal, limits.min_odds):
        return f"odds {decimal:.4g} < {limits.min_odds:g}"
    if limits.max_odds is not None and decimal > limits.max_odds + TOLERANCE:
        return f"odds {decimal:.4g} > {limits.max_odds:g}"
    return None


def check_edge(wish: Wish, _: Standing, terms: Terms) -> Refusal | None:
    if wish.probability is None or wish.effective is None:
        return None
    reason = edge_too_small(terms.limits, wish.probability, wish.effective)
    return None if reason is None else Refusal(RefusalCode.BELOW_EDGE, reason)


def edge_too_small(limits: Limits, probability: float, effective: float) -> str | None:
    """Why the edge at this price is not enough. A bet whose fair chance nobody knows has no edge to be measured."""
    edge = probability * effective - 1
    if limits.min_edge is None or reaches(edge, limits.min_edge):
        return None
    return f"edge {edge * 100:.2f} % < {percent_text(limits.min_edge)}"


def check_kelly(wish: Wish, standing: Standing, terms: Terms) -> Refusal | None:
    cap = None
    if wish.probability is not None and wish.effective is not None and len(wish.bets) == 1:
        cap = kelly_cap(terms.limits, standing.bankroll_minor(), wish.probability, wish.effective)
    if cap is None or wish.risk_minor <= cap.allowed:
        return None
    asked, allowed = format_minor(wish.risk_minor, standing.currency), format_minor(cap.allowed, standing.currency)
    return Refusal(cap.code, f"stake {asked} > {allowed} ({cap.name})")


def kelly_cap(limits: Limits, bankroll_minor: int, probability: float, effective: float) -> Meter | None:
    """`max_kelly_fraction` of what full Kelly would stake of the bankroll."""
    if limits.max_kelly_fraction is None:
        return None
    allowed = meters.share_minor(kelly(probability, effective) * limits.max_kelly_fraction, bankroll_minor)
    return Meter(f"max {limits.max_kelly_fraction:g} Kelly", RefusalCode.KELLY_FRACTION, 0, allowed)


def check_daily_stake(wish: Wish, standing: Standing, terms: Terms) -> Refusal | None:
    if wish.at < terms.at.day:
        return None
    return _too_much(meters.staked_today(terms.limits, terms.at, standing), wish.risk_minor, standing)


def check_monthly_stake(wish: Wish, standing: Standing, terms: Terms) -> Refusal | None:
    if wish.at < terms.at.month:
        return None
    return _too_much(meters.staked_this_month(terms.limits, terms.at, standing), wish.risk_minor, standing)


def check_daily_loss(wish: Wish, standing: Standing, terms: Terms) -> Refusal | None:
    meter = meters.lost_today(terms.limits, terms.at, standing)
    if meter is None or not meter.reached or wish.at < terms.at.day:
        return None
    return Refusal(meter.code, f"{meter.full(standing.currency)}: no more until {terms.at.clock(terms.at.next_day)}")


def check_open_bets(wish: Wish, standing: Standing, terms: Terms) -> Refusal | None:
    return _too_much(meters.open_bets(terms.limits, standing), len(wish.bets), standing)


def check_events(wish: Wish, standing: Standing, terms: Terms) -> Refusal | None:
    return _too_much_together(wish, standing, terms, lambda bet: bet.events, meters.exposure_of_event)


def check_leagues(wish: Wish, standing: Standing, terms: Terms) -> Refusal | None:
    return _too_much_together(wish, standing, terms, lambda bet: bet.leagues, meters.exposure_of_league)


def check_bookmakers(wish: Wish, standing: Standing, terms: Terms) -> Refusal | None:
    return _too_much_together(wish, standing, terms, lambda bet: (bet.bookmaker,), meters.exposure_of_bookmaker)


def check_exposure(wish: Wish, standing: Standing, terms: Terms) -> Refusal | None:
    return _too_much(meters.exposure_total(terms.limits, standing), wish.risk_minor, standing)


def check_cool_down(_: Wish, standing: Standing, terms: Terms) -> Refusal | None:
    cooling = meters.cooling_until(terms.limits, standing)
    if cooling is None or cooling[1] <= terms.at.now:
        return None
    losses, until = cooling
    return Refusal(RefusalCode.COOL_DOWN, f"{losses} losses in a row: placing rests until {terms.at.clock(until)}")


def check_drawdown(_: Wish, standing: Standing, terms: Terms) -> Refusal | None:
    reason = fallen_too_far(terms.limits, standing)
    return None if reason is None else Refusal(RefusalCode.DRAWDOWN, reason)


def fallen_too_far(limits: Limits, standing: Standing) -> str | None:
    """Why the bankroll is too far below its peak."""
    if limits.max_drawdown is None:
        return None
    fall = standing.fall()
    if fall.share <= 0 or not reaches(fall.share, limits.max_drawdown):
        return None
    peak, now = (format_minor(each, standing.currency) for each in (fall.peak_minor, fall.now_minor))
    allowed = percent_text(limits.max_drawdown)
    return f"bankroll {now} is {fall.share * 100:.1f} % below its peak {peak}, {allowed} is the limit"


def check_hour(_: Wish, standing: Standing, terms: Terms) -> Refusal | None:
    return _too_much(meters.placed_this_hour(terms.limits, terms.at, standing), 1, standing)


def check_automatic_hour(wish: Wish, standing: Standing, terms: Terms) -> Refusal | None:
    if wish.origin is not Origin.AUTO:
        return None
    return _too_much(meters.placed_automatically(terms.limits, terms.at, standing), 1, standing)


def check_available(wish: Wish, standing: Standing, _: Terms) -> Refusal | None:
    """What free bets stake is not the account's; what a lay may lose is."""
    if wish.risk_minor > standing.available_minor():
        return _not_there(wish.risk_minor, standing.available_minor(), "", standing.currency)
    for bookmaker, risk in _by(wish, lambda bet: (bet.bookmaker,)).items():
        there = standing.book_available_minor(bookmaker)
        if there is not None and risk > there:
            return _not_there(risk, there, f" at {bookmaker}", standing.currency)
    return None


def check_depth(wish: Wish, standing: Standing, terms: Terms) -> Refusal | None:
    """A bookmaker takes so much at a price: what this account has there already is part of it."""
    limited = [] if terms.recorded else [bet for bet in wish.bets if bet.takes_minor is not None]
    held = standing.held() if limited else ()
    for bet in limited:
        has = sum(
            each.risk_minor
            for each in held
            if (each.line, each.selection, each.bookmaker) == (bet.line, bet.selection, bet.bookmaker)
            and abs(each.decimal - bet.decimal) <= TOLERANCE
        )
        name = f"what {bet.bookmaker} takes at odds {bet.decimal:.4g}:"
        depth = Meter(name, RefusalCode.BET_SIZE, has, bet.takes_minor or 0)
        if has + bet.stake_minor > depth.allowed:
            return Refusal(depth.code, depth.too_much(bet.stake_minor, standing.currency))
    return None


CHECKS: tuple[Check, ...] = (
    check_status,
    check_breakers,
    check_bet_size,
    check_odds,
    check_edge,
    check_kelly,
    check_daily_stake,
    check_monthly_stake,
    check_daily_loss,
    check_open_bets,
    check_events,
    check_leagues,
    check_bookmakers,
    check_exposure,
    check_cool_down,
    check_drawdown,
    check_hour,
    check_automatic_hour,
    check_depth,
    check_available,
)
# What stops any bet, however small: told before anything is sized.
STOPS: tuple[Check, ...] = (
    check_status,
    check_breakers,
    check_daily_loss,
    check_open_bets,
    check_cool_down,
    check_drawdown,
    check_hour,
)


def refusal_of(wish: Wish, standing: Standing, terms: Terms, checks: tuple[Check, ...] = CHECKS) -> Refusal | None:
    """The first check that says no, in the order above."""
    for check in checks:
        refusal = check(wish, standing, terms)
        if refusal is not None:
            return refusal
    return None


def _by(wish: Wish, names: Callable[[Stake], tuple[str, ...]]) -> dict[str, int]:
    """What the wish may lose together, by event, league or bookmaker; a parlay by each of its events."""
    sums: dict[str, int] = {}
    for bet in wish.bets:
        for name in names(bet):
            sums[name] = sums.get(name, 0) + bet.risk_minor
    return sums


def _too_much(meter: Meter | None, more: int, standing: Standing) -> Refusal | None:
    """A bet that adds nothing passes a limit that is full."""
    if meter is None or more <= 0 or meter.used + more <= meter.allowed:
        return None
    return Refusal(meter.code, meter.too_much(more, standing.currency))


def _too_much_together(
    wish: Wish,
    standing: Standing,
    terms: Terms,
    names: Callable[[Stake], tuple[str, ...]],
    exposure: Callable[[Limits, Standing, str], Meter | None],
) -> Refusal | None:
    """Bets that share an event, a league or a bookmaker count together."""
    for name, risk in _by(wish, names).items():
        refusal = _too_much(exposure(terms.limits, standing, name), risk, standing)
        if refusal is not None:
            return refusal
    return None


def _not_there(needed: int, there: int, where: str, currency: str) -> Refusal:
    return Refusal(
        RefusalCode.INSUFFICIENT_AVAILABLE,
        f"stake {format_minor(needed, currency)} is more than the {format_minor(there, currency)} available{where}",
    )
