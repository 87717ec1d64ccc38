"""From what a broker gave to bets in the books: placement, orders, fills, bets, legs and money in one transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct, structs

from betting_tui.engine.core.bet_views import NotPlaced, Placed
from betting_tui.engine.core.commands import Fill, Place, RecordBet
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
)
from betting_tui.engine.core.places import each_way_of
from betting_tui.engine.core.refusals import Refusal, RefusalCode
from betting_tui.engine.core.times import iso, to_micros
from betting_tui.engine.store.bettable import risk_minor as risk_minor
from betting_tui.engine.store.bettable import risk_of
from betting_tui.engine.store.identities import (
    add_alias,
    ensure_event,
    ensure_selection,
    inserted,
    micros,
    price_id,
    word_id,
    word_id_or_none,
)
from betting_tui.engine.store.ledger import Entry, LedgerKind, Posting, account, post_entry, purse_name
from betting_tui.engine.store.numbered import ORDER_NUMBERS, evidence_number, order_numbers
from betting_tui.engine.store.opportunities import known_opportunity
from betting_tui.engine.store.read_models import bets_of_placement
from betting_tui.engine.store.refusals import events_of as events_of
from betting_tui.engine.store.refusals import insert_leg as insert_leg
from betting_tui.engine.store.refusals import record_refusal as record_refusal
from betting_tui.engine.store.request_keys import kept_key, known
from betting_tui.engine.store.requests import Request, refusal_of
from betting_tui.engine.store.standing import Guard, standing
from betting_tui.engine.store.terms import fix_terms


def accept_placement(
    conn: sqlite3.Connection,
    command: Place,
    fills: Sequence[Fill],
    events: Sequence[Event],
    now: datetime,
    guard: Guard | None = None,
    names: Sequence[EventAlias] = (),
) -> Placed | NotPlaced:
    """One bet a fill, or none and a stored refusal."""
    request = Request(
        account=command.account,
        key=command.key,
        origin=command.origin,
        created_by=command.created_by,
        fills=tuple(fills),
        events=events_of(conn, command, events),
        placed_at=now,
        booked_at=now,
        opportunity=command.opportunity,
        strategy=command.opportunity.strategy if command.opportunity else command.strategy,
        take_worse=command.take_worse,
        again=command.again,
        note=command.note,
        funding=command.funding,
        names=tuple(names),
        edge=command.expected_edge,
        fair_probability=command.chance,
    )
    outcome = book(conn, request, guard)
    if isinstance(outcome, NotPlaced):
        record_refusal(conn, command, outcome, events, now)
    return outcome


def record_bet(
    conn: sqlite3.Connection, command: RecordBet, now: datetime, guard: Guard | None = None
) -> Placed | NotPlaced:
    """A bet made by hand: nothing proves its price, and that is what its evidence says."""
    place, fill = as_placement(command)
    placed_at = command.placed_at or now
    if placed_at > now:
        raise UsageError(f"{iso(placed_at)} lies ahead: a bet is recorded when it has been made")
    request = Request(
        account=command.account,
        key=command.key,
        origin=command.origin,
        created_by=command.created_by,
        fills=(fill,),
        events=(command.event,),
        placed_at=placed_at,
        booked_at=now,
        strategy=command.strategy,
        note=command.note,
        funding=command.funding,
    )
    outcome = book(conn, request, guard)
    if isinstance(outcome, NotPlaced):
        record_refusal(conn, place, outcome, (command.event,), now)
    return outcome


def as_placement(command: RecordBet) -> tuple[Place, Fill]:
    """The same wish in the terms of a placement, and what it gives. UsageError when event and line disagree, and for
    no each way terms."""
    if command.selection.line.event_id != command.event.id:
        raise UsageError(f"the selection belongs to event {command.selection.line.event_id}, not to {command.event.id}")
    leg = Leg(
        selection=command.selection,
        bookmaker=command.bookmaker,
        price=command.price,
        side=command.side,
        stake_minor=command.stake_minor,
    )
    place = Place(command.account, (leg,), command.key, command.origin, command.created_by, funding=command.funding)
    terms = each_way_of(command.each_way) if command.each_way else None
    return place, Fill(leg, command.price, command.stake_minor, Evidence.NONE, "", None, None, terms)


def book(conn: sqlite3.Connection, request: Request, guard: Guard | None = None) -> Placed | NotPlaced:
    """Check and write. The same key gives the same bets, whatever else is asked. `guard` has the last word."""
    owner = account(conn, request.account)
    before = placed_before(conn, owner.id, request.key)
    if before is not None:
        return before
    refusal = _key_of_an_order(conn, owner.id, request.key) or refusal_of(conn, request, owner)
    if refusal is None and guard is not None:
        refusal = guard(standing(conn, owner))
    if refusal is not None:
        return NotPlaced(refusal)
    events = {event.id: ensure_event(conn, event, request.booked_at) for event in request.events}
    opportunity = None
    if request.opportunity is not None:
        opportunity = known_opportunity(conn, request.opportunity, request.booked_at)
    placement = _insert_placement(conn, request, owner.id, opportunity)
    legs: list[_Leg] = []
    for fill in request.fills:
        event = events[fill.leg.selection.line.event_id]
        if not request.history:
            name_event(conn, fill, event, request.names, request.booked_at)
        price = None if request.parlay is None else price_id(conn, fill.price)
        legs.append(_Leg(ensure_selection(conn, event, fill.leg.selection), price))
    for ordinal, fill in enumerate(request.bets):
        purse = purse_name(owner, fill.leg.bookmaker)
        its_legs = (legs[ordinal],) if request.parlay is None else tuple(legs)
        _book_fill(conn, request, _Slot(owner.id, placement, ordinal, its_legs, opportunity, purse), fill)
    return Placed(placement, bets_of_placement(conn, placement))


def name_event(conn: sqlite3.Connection, fill: Fill, event: int, names: Sequence[EventAlias], now: datetime) -> None:
    """Keep what feeds call the event of a fill; `event` is its row. A result that one of them has under another id is
    of another game."""
    event_id = fill.leg.selection.line.event_id
    told = [name for name in names if name.event_id == event_id]
    if not told and fill.source:
        told = [EventAlias(fill.source, event_id, event_id)]
    for name in told:
        add_alias(conn, name.source, name.source_event_id, event, now)


def placed_before(conn: sqlite3.Connection, account_id: int, key: str) -> Placed | None:
    """The bets the same request was given before. A key counts once in an account, resets or not."""
    before = known(conn, account_id, key)
    if before is None or before.state != "accepted":
        return None
    return Placed(before.id, bets_of_placement(conn, before.id), repeated=True)


class _Leg(Struct, frozen=True):
    """Row ids of what a leg is on and, in a parlay, of its price: a single's is its fill's."""

    selection: int
    price: int | None


class _Slot(Struct, frozen=True):
    """Where one fill of a placement goes: row ids, and the wallet that pays."""

    account_id: int
    placement: int
    ordinal: int
    legs: tuple[_Leg, ...]
    opportunity: int | None
    purse: str


def _key_of_an_order(conn: sqlite3.Connection, account_id: int, key: str) -> Refusal | None:
    """A request that was given an order is not given a bet as well."""
    before = known(conn, account_id, key)
    if before is None:
        return None
    became = "still waits" if before.state == "working" else f"is {before.state}"
    return Refusal(RefusalCode.DUPLICATE, f"this request was given an order, which {became}: ask again anew")


def _insert_placement(conn: sqlite3.Connection, request: Request, account_id: int, opportunity: int | None) -> int:
    return inserted(
        conn,
        "INSERT INTO placements (account_id, period_id, key, opportunity_id, origin, state, again, created_at,"
        " author_id) VALUES (?1, (SELECT id FROM account_periods WHERE account_id = ?1"
        " AND ended_at IS NULL), ?2, ?3, ?4, 'accepted', ?5, ?6, ?7)",
        (
            account_id,
            kept_key(conn, account_id, request.key, opportunity),
            opportunity,
            request.origin.value,
            request.again,
            to_micros(request.booked_at),
            word_id(conn, request.created_by),
        ),
    )


def _book_fill(conn: sqlite3.Connection, request: Request, slot: _Slot, fill: Fill) -> None:
    order = _insert_order(conn, request, slot, fill)
    bet = _insert_bet(conn, request, slot, order, fill)
    risk = risk_of(fill, request.funding)
    # A free bet moves no money: its entry says all the same who placed it, when and why.
    post_entry(
        conn,
        Entry(
            account_id=slot.account_id,
            kind=EntryKind.BET_PLACED,
            at=request.placed_at if request.history else request.booked_at,
            created_by=request.created_by,
            postings=(Posting(LedgerKind.WALLET, -risk, slot.purse), Posting(LedgerKind.OPEN_BETS, risk)),
            reason="free bet" if request.funding is Funding.FREE else "",
            bet_id=bet,
        ),
    )


def _insert_order(conn: sqlite3.Connection, request: Request, slot: _Slot, fill: Fill) -> int:
    asked = structs.replace(fill.leg, stake_minor=fill.leg.stake_minor or fill.stake_minor)
    order = inserted(
        conn,
        f"INSERT INTO orders (placement_id, ordinal, bookmaker_id, state, price_id, stake_minor, take_worse,"
        f" {ORDER_NUMBERS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            slot.placement,
            slot.ordinal,
            word_id(conn, asked.bookmaker),
            # Matched in full or given back: a remainder does not work on.
            OrderState.FILLED.value,
            price_id(conn, asked.price),
            asked.stake_minor,
            request.take_worse,
            *order_numbers(
                BetKind.SINGLE if request.parlay is None else BetKind.PARLAY,
                asked.side,
                request.funding,
                OrderType.MARKET if request.take_worse else OrderType.LIMIT,
            ),
        ),
    )
    for ordinal, leg in enumerate(slot.legs):
        insert_leg(conn, order, leg.selection, ordinal, leg.price)
    conn.execute(
        "INSERT INTO fills (order_id, number, price_id, stake_minor, evidence_number, source_id, quoted_at, seen_at)"
        " VALUES (?, 1, ?, ?, ?, ?, ?, ?)",
        (
            order,
            price_id(conn, fill.price),
            fill.stake_minor,
            evidence_number(fill.evidence),
            word_id(conn, fill.source),
            micros(fill.quoted_at),
            micros(fill.seen_at),
        ),
    )
    return order


def _insert_bet(conn: sqlite3.Connection, request: Request, slot: _Slot, order: int, fill: Fill) -> int:
    terms = fix_terms(conn, order)
    return inserted(
        conn,
        "INSERT INTO bets (account_id, period_id, order_id, state, stake_minor, risk_minor, placed_at, strategy_id,"
        " opportunity_id, rule_set_id, edge, fair_probability, note, commission, each_way)"
        " VALUES (?1, (SELECT id FROM account_periods WHERE account_id = ?1 AND ended_at IS NULL), ?2, ?3, ?4, ?5, ?6,"
        " ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
        (
            slot.account_id,
            order,
            BetState.PENDING.value,
            fill.stake_minor,
            risk_of(fill, request.funding),
            to_micros(request.placed_at),
            word_id_or_none(conn, request.strategy),
            slot.opportunity,
            terms.rule_set_id,
            request.edge,
            request.fair_probability,
            request.note,
            terms.commission,
            fill.each_way.text if fill.each_way is not None else None,
        ),
    )
