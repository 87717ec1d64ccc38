"""Parlays in the books: several legs, one stake, one bet. All of it stands in one order with a leg a selection."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime

from msgspec import structs

from betting_tui.engine.core.bet_views import NotPlaced, Placed
from betting_tui.engine.core.commands import Fill, PlaceParlay, RecordParlay
from betting_tui.engine.core.errors import UsageError
from betting_tui.engine.core.model import BetKind, Event, EventAlias, Evidence, OrderState, OrderType
from betting_tui.engine.core.money import MAX_MINOR
from betting_tui.engine.core.parlays import product_price, whole, why_no_parlay
from betting_tui.engine.core.refusals import Refusal
from betting_tui.engine.core.times import iso
from betting_tui.engine.store.identities import ensure_selection, inserted, named_event, price_id, word_id
from betting_tui.engine.store.ledger import account
from betting_tui.engine.store.numbered import ORDER_NUMBERS, order_numbers
from betting_tui.engine.store.placing import book, placed_before
from betting_tui.engine.store.refusals import events_of, insert_leg, refused_placement
from betting_tui.engine.store.requests import Request
from betting_tui.engine.store.standing import Guard


def accept_parlay(
    conn: sqlite3.Connection,
    command: PlaceParlay,
    fills: Sequence[Fill],
    events: Sequence[Event],
    now: datetime,
    guard: Guard | None = None,
    names: Sequence[EventAlias] = (),
) -> Placed | NotPlaced:
    """One bet on all the fills, or none and a stored refusal. The same key gives the same bet."""
    known = events_of(conn, command.as_place(), (*command.events, *events))
    request = Request(
        account=command.account,
        key=command.key,
        origin=command.origin,
        created_by=command.created_by,
        fills=tuple(fills),
        events=known,
        placed_at=now,
        booked_at=now,
        strategy=command.strategy,
        take_worse=command.take_worse,
        note=command.note,
        funding=command.funding,
        names=tuple(names),
    )
    outcome = _book(conn, request, command, guard)
    if isinstance(outcome, NotPlaced):
        record_refused_parlay(conn, command, outcome, known, now)
    return outcome


def record_parlay(
    conn: sqlite3.Connection, command: RecordParlay, now: datetime, guard: Guard | None = None
) -> Placed | NotPlaced:
    """One made by hand: nothing proves its prices. UsageError when it lies ahead, or an event of a leg is missing."""
    placed_at = command.placed_at or now
    if placed_at > now:
        raise UsageError(f"{iso(placed_at)} lies ahead: a bet is recorded when it has been made")
    missing = {leg.selection.line.event_id for leg in command.legs} - {event.id for event in command.events}
    if missing:
        raise UsageError(f"nothing is said of event {', '.join(sorted(missing))}")
    fills = tuple(Fill(leg, leg.price, command.stake_minor, Evidence.NONE, "", None, None) for leg in command.legs)
    request = Request(
        account=command.account,
        key=command.key,
        origin=command.origin,
        created_by=command.created_by,
        fills=fills,
        events=command.events,
        placed_at=placed_at,
        booked_at=now,
        strategy=command.strategy,
        note=command.note,
        funding=command.funding,
    )
    as_placed = as_placement(command)
    outcome = _book(conn, request, as_placed, guard)
    if isinstance(outcome, NotPlaced):
        record_refused_parlay(conn, as_placed, outcome, command.events, now)
    return outcome


def as_placement(command: RecordParlay) -> PlaceParlay:
    """The same wish in the terms of a placement."""
    return PlaceParlay(
        account=command.account,
        legs=command.legs,
        stake_minor=command.stake_minor,
        key=command.key,
        origin=command.origin,
        created_by=command.created_by,
        events=command.events,
        funding=command.funding,
        strategy=command.strategy,
        note=command.note,
    )


def record_refused_parlay(
    conn: sqlite3.Connection, command: PlaceParlay, refused: NotPlaced, events: Sequence[Event], now: datetime
) -> None:
    """Keep a refused parlay with its legs and reason; the reason alone where they are no parlay at all."""
    owner = account(conn, command.account)
    placement = refused_placement(conn, command.as_place(), owner.id, refused.refusal, now)
    known = {event.id: event for event in events_of(conn, command.as_place(), (*command.events, *events))}
    wanted = {leg.selection.line.event_id for leg in command.legs}
    if why_no_parlay(command.legs, known) is not None or wanted - known.keys():
        return
    order = inserted(
        conn,
        "INSERT INTO orders (placement_id, ordinal, bookmaker_id, state, price_id, stake_minor, take_worse,"
        f" refusal_code, refusal_message, {ORDER_NUMBERS}) VALUES (?, 0, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            placement,
            word_id(conn, command.legs[0].bookmaker),
            OrderState.REFUSED.value,
            price_id(conn, product_price(leg.price for leg in command.legs)),
            min(max(command.stake_minor, 0), MAX_MINOR),
            command.take_worse,
            refused.refusal.code.value,
            refused.refusal.message,
            *order_numbers(
                BetKind.PARLAY,
                command.legs[0].side,
                command.funding,
                OrderType.MARKET if command.take_worse else OrderType.LIMIT,
            ),
        ),
    )
    for ordinal, leg in enumerate(command.legs):
        event = named_event(conn, known[leg.selection.line.event_id], now)
        selection = ensure_selection(conn, event, leg.selection)
        insert_leg(conn, order, selection, ordinal, price_id(conn, leg.price))


def _book(conn: sqlite3.Connection, request: Request, command: PlaceParlay, guard: Guard | None) -> Placed | NotPlaced:
    before = placed_before(conn, account(conn, request.account).id, request.key)
    if before is not None:
        return before
    refusal: Refusal | None = why_no_parlay(command.legs, {event.id: event for event in request.events})
    if refusal is None:
        # The prices given may be better than those asked for, and their product beyond any price.
        refusal = why_no_parlay(
            [structs.replace(fill.leg, price=fill.price) for fill in request.fills],
            {event.id: event for event in request.events},
        )
    if refusal is not None:
        return NotPlaced(refusal)
    parlay = whole(command.legs, request.fills, command.stake_minor)
    return book(conn, structs.replace(request, parlay=parlay), guard)
