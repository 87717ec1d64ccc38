"""What was refused, kept with its orders and reason: to be shown, counted, and asked again."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime

from betting_tui.engine.core.bet_views import NotPlaced
from betting_tui.engine.core.commands import Place
from betting_tui.engine.core.model import BetKind, Event, OrderState, OrderType
from betting_tui.engine.core.money import MAX_MINOR
from betting_tui.engine.core.refusals import Refusal
from betting_tui.engine.core.times import to_micros
from betting_tui.engine.store.identities import (
    ensure_selection,
    event_of,
    inserted,
    named_event,
    price_id,
    word_id,
)
from betting_tui.engine.store.ledger import account
from betting_tui.engine.store.numbered import ORDER_NUMBERS, order_numbers
from betting_tui.engine.store.opportunities import known_opportunity, note_refusal
from betting_tui.engine.store.request_keys import kept_key


def record_refusal(
    conn: sqlite3.Connection, command: Place, refused: NotPlaced, events: Sequence[Event], now: datetime
) -> None:
    """Keep a refused placement with its orders and reason, to be shown and counted."""
    owner = account(conn, command.account)
    known = {event.id: event for event in events_of(conn, command, events)}
    opportunity = None if command.opportunity is None else known_opportunity(conn, command.opportunity, now)
    code, message = refused.refusal.code.value, refused.refusal.message
    if opportunity is not None:
        note_refusal(conn, opportunity, owner.id, refused.refusal, to_micros(now))
    placement = refused_placement(conn, command, owner.id, refused.refusal, now, opportunity)
    for ordinal, leg in enumerate(command.legs):
        event = known.get(leg.selection.line.event_id)
        if event is None:
            continue
        selection = ensure_selection(conn, named_event(conn, event, now), leg.selection)
        price_now = refused.price_now if refused.leg is None or refused.leg == leg else None
        order = inserted(
            conn,
            "INSERT INTO orders (placement_id, ordinal, bookmaker_id, state, price_id, stake_minor, take_worse,"
            f" refusal_code, refusal_message, refusal_price_id, {ORDER_NUMBERS})"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                placement,
                ordinal,
                word_id(conn, leg.bookmaker),
                OrderState.REFUSED.value,
                price_id(conn, leg.price),
                min(max(leg.stake_minor or 0, 0), MAX_MINOR),
                command.take_worse,
                code,
                message,
                None if price_now is None else price_id(conn, price_now),
                *order_numbers(
                    BetKind.SINGLE,
                    leg.side,
                    command.funding,
                    OrderType.MARKET if command.take_worse else OrderType.LIMIT,
                ),
            ),
        )
        insert_leg(conn, order, selection)


def refused_placement(
    conn: sqlite3.Connection,
    command: Place,
    account_id: int,
    refusal: Refusal,
    now: datetime,
    opportunity: int | None = None,
) -> int:
    """The row of a placement that was refused, without its orders."""
    return inserted(
        conn,
        "INSERT INTO placements (account_id, period_id, key, opportunity_id, origin, state, again, refusal_code,"
        " refusal_message, created_at, author_id) VALUES (?1, (SELECT id FROM account_periods"
        " WHERE account_id = ?1 AND ended_at IS NULL), ?2, ?3, ?4, 'refused', ?5, ?6, ?7, ?8, ?9)",
        (
            account_id,
            kept_key(conn, account_id, command.key, opportunity),
            opportunity,
            command.origin.value,
            command.again,
            refusal.code.value,
            refusal.message,
            to_micros(now),
            word_id(conn, command.created_by),
        ),
    )


def events_of(conn: sqlite3.Connection, command: Place, events: Sequence[Event]) -> tuple[Event, ...]:
    """The events of a command's legs: as given, else the opportunity's, else as the ledger knows them."""
    known = {} if command.opportunity is None else {command.opportunity.event.id: command.opportunity.event}
    known.update((event.id, event) for event in events)
    wanted = {leg.selection.line.event_id for leg in command.legs}
    for event_id in sorted(wanted - known.keys()):
        row = conn.execute("SELECT * FROM events WHERE event_id = ?", (event_id,)).fetchone()
        if row is not None:
            known[event_id] = event_of(row)
    return tuple(known[event_id] for event_id in sorted(wanted & known.keys()))


def insert_leg(
    conn: sqlite3.Connection, order: int, selection: int, ordinal: int = 0, price: int | None = None
) -> None:
    """What a single is on, or one leg of a parlay, which has a price (row) of its own."""
    conn.execute(
        "INSERT INTO legs (order_id, ordinal, selection_id, price_id) VALUES (?, ?, ?, ?)",
        (order, ordinal, selection, price),
    )
