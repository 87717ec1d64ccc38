"""Working orders: money reserved for a price that has not come yet.

An order works until it is filled, cancelled or expired, and never again. What it may lose lies in `working_orders`
meanwhile and leaves it in the transaction that ends it. It is filled in full: what a fill does not need goes back.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime

from betting_tui.engine.core.accounts import AccountStatus
from betting_tui.engine.core.bet_views import NotPlaced, OrderRow, Placed, Working
from betting_tui.engine.core.commands import CancelOrder, Fill, Place
from betting_tui.engine.core.errors import UsageError
from betting_tui.engine.core.model import (
    BetKind,
    BetState,
    EntryKind,
    Event,
    EventAlias,
    Evidence,
    Funding,
    Leg,
    OrderState,
    OrderType,
    Side,
)
from betting_tui.engine.core.refusals import Refusal, RefusalCode
from betting_tui.engine.core.times import from_micros, iso, to_micros
from betting_tui.engine.store import placing
from betting_tui.engine.store.bettable import risk_of, why_no_bet, why_over
from betting_tui.engine.store.breakers import in_force
from betting_tui.engine.store.diary import audit
from betting_tui.engine.store.identities import (
    ensure_event,
    ensure_selection,
    event_of,
    event_row_id,
    inserted,
    micros,
    price_id,
    update_event,
    word_id,
)
from betting_tui.engine.store.ledger import Entry, LedgerKind, Posting, account, post_entry, purse_name
from betting_tui.engine.store.numbered import ORDER_NUMBERS, evidence_number, order_numbers
from betting_tui.engine.store.opportunities import known_opportunity
from betting_tui.engine.store.order_rows import AT_WORK, ORDERS, by_number, order_name, order_row, order_view
from betting_tui.engine.store.read_models import bets_of_placement
from betting_tui.engine.store.refusals import events_of, insert_leg, record_refusal
from betting_tui.engine.store.request_keys import kept_key, known
from betting_tui.engine.store.requests import Request, refusal_of
from betting_tui.engine.store.shapes import AccountRow
from betting_tui.engine.store.standing import Guard, standing
from betting_tui.engine.store.terms import fix_terms

_KEEPER = "engine"


def accepted_before(conn: sqlite3.Connection, account_id: int, key: str) -> Placed | Working | None:
    """What the same request was given before, if it was accepted: its bets, or its order whatever became of it."""
    before = known(conn, account_id, key)
    if before is None:
        return None
    if before.state == "accepted":
        return Placed(before.id, bets_of_placement(conn, before.id), repeated=True)
    (number,) = conn.execute("SELECT min(id) FROM orders WHERE placement_id = ?", (before.id,)).fetchone()
    return Working(before.id, order_view(by_number(conn, number)), repeated=True)


def accept_order(
    conn: sqlite3.Connection, command: Place, events: Sequence[Event], now: datetime, guard: Guard | None = None
) -> Working | Placed | NotPlaced:
    """Reserve what the order may lose. The same key gives the same order; a refusal is stored.

    It waits until `work_until` or the start as it is known now, whichever comes first.
    """
    owner = account(conn, command.account)
    before = accepted_before(conn, owner.id, command.key)
    if before is not None:
        return before
    refusal = _refusal(conn, command, events, owner, now)
    if refusal is None and guard is not None:
        refusal = guard(standing(conn, owner))
    if refusal is not None:
        refused = NotPlaced(refusal, leg=command.legs[0] if len(command.legs) == 1 else None)
        record_refusal(conn, command, refused, events, now)
        return refused
    placement, order = _write_order(conn, command, events, owner, now)
    row = by_number(conn, order)
    if row["reserved_minor"]:
        _book_reserve(conn, row, purse_name(owner, command.legs[0].bookmaker), command.created_by, now)
    return Working(placement, order_view(row))


def fill_order(
    conn: sqlite3.Connection, order_id: str, fill: Fill, now: datetime, names: Sequence[EventAlias] = ()
) -> Placed | Refusal:
    """The reserved money becomes a bet at the fill's price; what is left of the reserve is released. `names` as in
    `Request`.

    A Refusal changes nothing: the order works on until it expires or is cancelled. Filling twice is `repeated`.
    UsageError when there is no such order, or the fill is of another price, of more, or worse than it allows.
    """
    row = order_row(conn, order_id)
    if row["state"] == OrderState.FILLED:
        return Placed(row["placement_id"], bets_of_placement(conn, row["placement_id"]), repeated=True)
    refusal = _why_not_now(conn, row, now)
    if refusal is not None:
        return refusal
    _check_fill(row, fill)
    impossible = why_no_bet(fill, Funding(row["funding"]), row["currency"])
    if impossible is not None:
        return impossible
    placing.name_event(conn, fill, row["event_row"], names, now)
    risk = risk_of(fill, Funding(row["funding"]))
    bet = _write_bet(conn, row, fill, risk, now)
    author = row["author"]
    post_entry(
        conn,
        Entry(
            account_id=row["account_id"],
            kind=EntryKind.BET_PLACED,
            at=now,
            created_by=author,
            postings=(Posting(LedgerKind.WORKING_ORDERS, -risk), Posting(LedgerKind.OPEN_BETS, risk)),
            bet_id=bet,
        ),
    )
    _release(conn, row, row["reserved_minor"] - risk, author, f"{order_name(row)} filled for less", now)
    _end(conn, row, OrderState.FILLED, "accepted", now)
    return Placed(row["placement_id"], bets_of_placement(conn, row["placement_id"]))


def cancel_order(conn: sqlite3.Connection, command: CancelOrder, now: datetime) -> OrderRow:
    """Give its money back. One that is cancelled or expired stays as it is. UsageError when filled or unknown."""
    row = order_row(conn, command.order_id)
    if row["state"] in (OrderState.CANCELLED, OrderState.EXPIRED):
        return order_view(row)
    if row["state"] != OrderState.WORKING:
        raise UsageError(f"{order_name(row)} is {row['state']}: only an order that still waits can be cancelled")
    _give_back(conn, row, OrderState.CANCELLED, command.created_by, command.reason, now)
    return order_view(by_number(conn, row["number"]))


def expire_orders(conn: sqlite3.Connection, now: datetime, events: Sequence[Event] = ()) -> tuple[OrderRow, ...]:
    """Release those whose time is over or whose event has started or has a result; those it released.

    `events` is what a feed now says of them: a start that moved is taken over first.
    """
    for event in events:
        if event_row_id(conn, event.id) is not None:
            update_event(conn, event, now)
    rows = conn.execute(
        f"{ORDERS} WHERE {AT_WORK} AND (o.expires_at <= ?1 OR e.commence_at <= ?1 OR EXISTS"
        " (SELECT 1 FROM results r WHERE r.event_id = e.id AND r.status = 'final'"
        " AND r.received_at <= ?1)) ORDER BY o.expires_at, o.id",
        (to_micros(now),),
    ).fetchall()
    for row in rows:
        reason = why_over(conn, event_of(row), now) or f"its time was over at {iso(from_micros(row['expires_at']))}"
        _give_back(conn, row, OrderState.EXPIRED, _KEEPER, reason, now)
    return tuple(order_view(by_number(conn, row["number"])) for row in rows)


def working_orders(conn: sqlite3.Connection, account_id: int | None) -> tuple[OrderRow, ...]:
    """By time of expiry; of all accounts when None."""
    rows = conn.execute(
        f"{ORDERS} WHERE {AT_WORK} AND (?1 IS NULL OR pl.account_id = ?1) ORDER BY o.expires_at, o.id", (account_id,)
    )
    return tuple(order_view(row) for row in rows)


def _refusal(
    conn: sqlite3.Connection, command: Place, events: Sequence[Event], owner: AccountRow, now: datetime
) -> Refusal | None:
    """What no waiting order can be, then what refuses any placement."""
    if len(command.legs) != 1:
        return Refusal(RefusalCode.UNSUPPORTED, "an order that waits is on one selection: place several one by one")
    if command.take_worse:
        return Refusal(RefusalCode.UNSUPPORTED, "an order that waits has a limit: it cannot take any price")
    if command.work_until is None or command.work_until <= now:
        until = "now" if command.work_until is None else iso(command.work_until)
        return Refusal(RefusalCode.EXPIRED, f"an order until {until} would be over at once: name a later time")
    (leg,) = command.legs
    wished = Request(
        account=command.account,
        key=command.key,
        origin=command.origin,
        created_by=command.created_by,
        fills=(_at_limit(leg),),
        events=events_of(conn, command, events),
        placed_at=now,
        booked_at=now,
        opportunity=command.opportunity,
        again=command.again,
        funding=command.funding,
    )
    return refusal_of(conn, wished, owner)


def _at_limit(leg: Leg) -> Fill:
    """The dearest fill the order allows: its money is reserved for that one."""
    return Fill(leg, leg.price, leg.stake_minor or 0, Evidence.NONE, "", None, None)


def _write_order(
    conn: sqlite3.Connection, command: Place, events: Sequence[Event], owner: AccountRow, now: datetime
) -> tuple[int, int]:
    """Row ids of placement and order."""
    (leg,) = command.legs
    (event,) = events_of(conn, command, events)
    event_row = ensure_event(conn, event, now)
    start = conn.execute("SELECT commence_at FROM events WHERE id = ?", (event_row,)).fetchone()[0]
    found = command.opportunity
    opportunity = None if found is None else known_opportunity(conn, found, now)
    placement = inserted(
        conn,
        "INSERT INTO placements (account_id, period_id, key, opportunity_id, origin, state, again, created_at,"
        " author_id) VALUES (?1, (SELECT id FROM account_periods WHERE account_id = ?1 AND ended_at IS NULL),"
        " ?2, ?3, ?4, 'working', ?5, ?6, ?7)",
        (
            owner.id,
            kept_key(conn, owner.id, command.key, opportunity),
            opportunity,
            command.origin.value,
            command.again,
            to_micros(now),
            word_id(conn, command.created_by),
        ),
    )
    assert leg.stake_minor is not None
    assert command.work_until is not None
    order = inserted(
        conn,
        "INSERT INTO orders (placement_id, ordinal, bookmaker_id, state, price_id, stake_minor, expires_at,"
        f" reserved_minor, edge, fair_probability, {ORDER_NUMBERS})"
        " VALUES (?, 0, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            placement,
            word_id(conn, leg.bookmaker),
            OrderState.WORKING.value,
            price_id(conn, leg.price),
            leg.stake_minor,
            min(to_micros(command.work_until), to_micros(event.commence_time), start),
            risk_of(_at_limit(leg), command.funding),
            command.expected_edge,
            command.chance,
            *order_numbers(BetKind.SINGLE, leg.side, command.funding, OrderType.LIMIT),
        ),
    )
    insert_leg(conn, order, ensure_selection(conn, event_row, leg.selection))
    return placement, order


def _book_reserve(conn: sqlite3.Connection, row: sqlite3.Row, purse: str, created_by: str, now: datetime) -> None:
    reserved = row["reserved_minor"]
    post_entry(
        conn,
        Entry(
            account_id=row["account_id"],
            kind=EntryKind.RESERVE,
            at=now,
            created_by=created_by,
            postings=(Posting(LedgerKind.WALLET, -reserved, purse), Posting(LedgerKind.WORKING_ORDERS, reserved)),
            reason=f"{order_name(row)} waits for {row['selection']} {row['price_text']} at {row['bookmaker']}",
            order_id=row["number"],
        ),
    )


def _release(
    conn: sqlite3.Connection, row: sqlite3.Row, amount: int, created_by: str, reason: str, now: datetime
) -> None:
    """Give money back to the wallet it came from, however the account keeps its money by now."""
    if amount == 0:
        return
    purse = conn.execute(
        "SELECT la.bookmaker FROM journal_entries j JOIN postings p ON p.entry_id = j.id JOIN ledger_accounts la"
        " ON la.id = p.ledger_account_id WHERE j.order_id = ? AND j.kind = 'reserve' AND la.kind = 'wallet'",
        (row["number"],),
    ).fetchone()["bookmaker"]
    post_entry(
        conn,
        Entry(
            account_id=row["account_id"],
            kind=EntryKind.RELEASE,
            at=now,
            created_by=created_by,
            postings=(Posting(LedgerKind.WORKING_ORDERS, -amount), Posting(LedgerKind.WALLET, amount, purse)),
            reason=reason,
            order_id=row["number"],
        ),
    )


def _why_not_now(conn: sqlite3.Connection, row: sqlite3.Row, now: datetime) -> Refusal | None:
    """Why an order is not filled at this moment."""
    if row["state"] != OrderState.WORKING:
        return Refusal(RefusalCode.EXPIRED, f"{order_name(row)} is {row['state']}")
    if row["expires_at"] <= to_micros(now):
        return Refusal(RefusalCode.EXPIRED, f"{order_name(row)} waited until {iso(from_micros(row['expires_at']))}")
    gone = why_over(conn, event_of(row), now)
    if gone is not None:
        return Refusal(RefusalCode.EVENT_STARTED, gone)
    if row["status"] != AccountStatus.ACTIVE:
        return Refusal(RefusalCode.ACCOUNT_SUSPENDED, f"account {row['account']} is suspended")
    for breaker in in_force(conn, row["account_id"], now):
        return Refusal(RefusalCode(breaker.name.value), breaker.reason)
    return None


def _check_fill(row: sqlite3.Row, fill: Fill) -> None:
    order = order_view(row).leg
    if (fill.leg.selection, fill.leg.bookmaker, fill.leg.side) != (order.selection, order.bookmaker, order.side):
        raise UsageError(f"{order_name(row)} waits for another price than this fill has")
    if not 0 < fill.stake_minor <= row["stake_minor"]:
        raise UsageError(
            f"{order_name(row)} is for {row['stake_minor']} minor units: a fill cannot be of more, nor of none"
        )
    worse = fill.price.exact < order.price.exact if order.side is Side.BACK else fill.price.exact > order.price.exact
    if worse:
        raise UsageError(f"{order_name(row)} takes {order.price.text} or better, not {fill.price.text}")


def _write_bet(conn: sqlite3.Connection, row: sqlite3.Row, fill: Fill, risk: int, now: datetime) -> int:
    """The fill and its bet, with what was thought of it when the order was made."""
    conn.execute(
        "INSERT INTO fills (order_id, number, price_id, stake_minor, evidence_number, source_id, quoted_at, seen_at)"
        " VALUES (?, 1, ?, ?, ?, ?, ?, ?)",
        (
            row["number"],
            price_id(conn, fill.price),
            fill.stake_minor,
            evidence_number(fill.evidence),
            word_id(conn, fill.source),
            micros(fill.quoted_at),
            micros(fill.seen_at),
        ),
    )
    terms = fix_terms(conn, row["number"])
    return inserted(
        conn,
        "INSERT INTO bets (account_id, period_id, order_id, state, stake_minor, risk_minor, placed_at, strategy_id,"
        " opportunity_id, rule_set_id, edge, fair_probability, commission)"
        " VALUES (?1, (SELECT id FROM account_periods WHERE account_id = ?1 AND ended_at IS NULL), ?2, ?3, ?4, ?5, ?6,"
        " ?7, ?8, ?9, ?10, ?11, ?12)",
        (
            row["account_id"],
            row["number"],
            BetState.PENDING.value,
            fill.stake_minor,
            risk,
            to_micros(now),
            row["strategy_id"],
            row["opportunity_id"],
            terms.rule_set_id,
            row["edge"],
            row["fair_probability"],
            terms.commission,
        ),
    )


def _give_back(
    conn: sqlite3.Connection, row: sqlite3.Row, state: OrderState, created_by: str, reason: str, now: datetime
) -> None:
    """Cancelled or expired. The audit tells it of free orders as well, which move no money."""
    about = f"{order_name(row)} {state.value}"
    _release(conn, row, row["reserved_minor"], created_by, f"{about}: {reason}" if reason else about, now)
    _end(conn, row, state, state.value, now)
    audit(conn, now, created_by, f"order {state.value}", order_name(row), reason)


def _end(conn: sqlite3.Connection, row: sqlite3.Row, state: OrderState, placement: str, now: datetime) -> None:
    conn.execute(
        "UPDATE orders SET state = ?, updated_at = ? WHERE id = ?", (state.value, to_micros(now), row["number"])
    )
    conn.execute("UPDATE placements SET state = ? WHERE id = ?", (placement, row["placement_id"]))
