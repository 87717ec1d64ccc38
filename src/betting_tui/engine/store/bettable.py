"""What a bet may be at all: what it may lose and win, and until when its event can be bet on."""

from __future__ import annotations

import sqlite3
from datetime import datetime
from fractions import Fraction

from betting_tui.engine.core.commands import Fill
from betting_tui.engine.core.model import Event, Funding, OutcomeSet, Side
from betting_tui.engine.core.money import MAX_MINOR, format_minor, round_half_even
from betting_tui.engine.core.places import at_best_minor
from betting_tui.engine.core.refusals import Refusal, RefusalCode
from betting_tui.engine.core.times import from_micros, iso, to_micros
from betting_tui.engine.store.identities import event_of


def risk_minor(stake_minor: int, exact: Fraction, side: Side) -> int:
    """What a bet may lose: a back bet its stake, a lay bet its liability (d - 1) x stake."""
    return stake_minor if side is Side.BACK else round_half_even(stake_minor * (exact - 1))


def risk_of(fill: Fill, funding: Funding) -> int:
    """What a fill takes from the account's money: a free bet nothing, an each way bet two stakes."""
    if fill.each_way is not None:
        return 2 * fill.stake_minor
    return 0 if funding is Funding.FREE else risk_minor(fill.stake_minor, fill.price.exact, fill.leg.side)


def why_no_bet(fill: Fill, funding: Funding, currency: str) -> Refusal | None:
    """Why this can be nobody's bet, whatever the account holds; None when it can."""
    side = fill.leg.side
    if fill.stake_minor <= 0:
        return Refusal(RefusalCode.BELOW_MINIMUM, "a stake must be above zero")
    if funding is Funding.FREE and side is Side.LAY:
        return Refusal(RefusalCode.UNSUPPORTED, "a free bet cannot lay: back a selection with it, or lay with cash")
    if fill.each_way is not None and (impossible := _why_not_each_way(fill, funding)):
        return Refusal(RefusalCode.UNSUPPORTED, impossible)
    most = _most_returned(fill, funding)
    if max(fill.stake_minor, most) > MAX_MINOR:
        return Refusal(
            RefusalCode.BET_SIZE,
            f"it could pay {format_minor(most, currency)} {currency}, more than this program keeps"
            f" ({format_minor(MAX_MINOR, currency)}): stake less",
        )
    if funding is Funding.CASH and risk_of(fill, funding) == 0:
        return Refusal(
            RefusalCode.BELOW_MINIMUM,
            f"laying {format_minor(fill.stake_minor, currency)} {currency} at {fill.price.text} risks less than the"
            " smallest coin: stake more",
        )
    return None


def _why_not_each_way(fill: Fill, funding: Funding) -> str:
    line = fill.leg.selection.line
    if line.outcome_set is not OutcomeSet.FIELD:
        return f"each way is for one of a field of runners (market outrights), not for {line.market}"
    if fill.leg.side is Side.LAY:
        return "an each way bet cannot be laid here: lay its win part and its place part as two bets"
    if funding is Funding.FREE:
        return "an each way bet is two bets, staked with money: it cannot be a free bet"
    return ""


def _most_returned(fill: Fill, funding: Funding) -> int:
    """What comes back of a bet that is won, what was reserved included."""
    if fill.each_way is not None:
        return at_best_minor(fill.stake_minor, fill.price.exact, fill.each_way)
    if fill.leg.side is Side.LAY:
        return risk_of(fill, funding) + fill.stake_minor
    kept = 0 if funding is Funding.FREE else 1
    return round_half_even(fill.stake_minor * (fill.price.exact - 1 + kept))


def why_over(conn: sqlite3.Connection, event: Event, at: datetime) -> str | None:
    """Why no bet could be made on it by then; None when one could.

    Whoever asks may know less than the ledger, or more: the earlier of both starts counts.
    """
    row = conn.execute("SELECT id, commence_at FROM events WHERE event_id = ?", (event.id,)).fetchone()
    start = event.commence_time if row is None else min(event.commence_time, from_micros(row["commence_at"]))
    if start <= at:
        return f"{event.name} started at {iso(start)}"
    known = (
        row is not None
        and conn.execute(
            "SELECT 1 FROM results WHERE event_id = ? AND status = 'final' AND received_at <= ?",
            (row["id"], to_micros(at)),
        ).fetchone()
    )
    return f"the result of {event.name} is known" if known else None


def why_order_over(conn: sqlite3.Connection, order: int, at: datetime) -> str | None:
    """The same of the events an order's legs are on; the earliest has the word."""
    events = conn.execute(
        "SELECT e.* FROM legs g JOIN selections s ON s.id = g.selection_id JOIN lines l ON l.id = s.line_id"
        " JOIN events e ON e.id = l.event_id WHERE g.order_id = ? ORDER BY e.commence_at, e.id",
        (order,),
    ).fetchall()
    return next((over for row in events if (over := why_over(conn, event_of(row), at)) is not None), None)
