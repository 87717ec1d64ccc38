"""A person's word on a bet or on one leg of a parlay: it stands, whatever feeds say."""

from __future__ import annotations

import sqlite3
from datetime import datetime
from fractions import Fraction

from betting_tui.engine.core.after_whistle import Wait
from betting_tui.engine.core.commands import SettleBet
from betting_tui.engine.core.errors import UsageError
from betting_tui.engine.core.grades import WHOLE, Graded
from betting_tui.engine.core.model import BetKind, BetResult, BetState, Side
from betting_tui.engine.core.payout import NOTHING
from betting_tui.engine.core.places import EachWay, Finish, each_way_of
from betting_tui.engine.store.bookings import Verdict
from betting_tui.engine.store.deciding import word_on
from betting_tui.engine.store.parlay_legs import Standing, settle_leg, stand, undecided
from betting_tui.engine.store.payments import each_way_end
from betting_tui.engine.store.settling import Pending, bet_row, confirm, hold, settle, withdraw

_WHOLE_PARLAY = (BetResult.WIN, BetResult.LOSS, BetResult.VOID)


def settle_by_hand(conn: sqlite3.Connection, command: SettleBet, now: datetime) -> bool:
    """Whether anything changed. UsageError for terms that a bet of its kind cannot have, and for a bet that is not in
    the state any more in which it was seen."""
    row = bet_row(conn, command.bet_id)
    if command.seen is not None and row["state"] != command.seen:
        by_now = f"{row['state']} ({row['result']})" if row["result"] else row["state"]
        raise UsageError(f"BET-{row['id']:06d} is {by_now} since you looked: look at it again")
    if row["each_way"] is None and command.place is not None:
        raise UsageError(f"BET-{row['id']:06d} is not each way: settle it by its result")
    share, deduction = _share(command), Fraction(command.deduction)
    if not 0 <= deduction < 1:
        raise UsageError(f"a deduction is a share of winnings from 0 up to but not 1, not {command.deduction}")
    if row["each_way"] is not None:
        return _settle_each_way(conn, row, command, deduction, now)
    if command.result is None:
        raise UsageError(f"say how BET-{row['id']:06d} ended: its result")
    if row["kind"] == BetKind.PARLAY:
        return _settle_parlay(conn, row, command, Graded(command.result, share), deduction, now)
    if command.leg is not None:
        raise UsageError(f"BET-{row['id']:06d} is no parlay: it has no legs to settle one by one")
    # A dead heat is of the selection: who laid it, lost by it.
    tied = BetResult.WIN if Side(row["side"]) is Side.BACK else BetResult.LOSS
    if share != WHOLE and command.result is not tied:
        raise UsageError(f"a dead heat reduces a {tied.value}, this is a {command.result.value}: leave it out")
    if (row["state"], row["result"]) == (BetState.SETTLED, command.result):
        confirm(conn, row, command.created_by)
    verdict = Verdict(command.result, now, command.created_by, command.reason, None, share, deduction)
    return settle(conn, row, verdict)


def _settle_each_way(
    conn: sqlite3.Connection, row: sqlite3.Row, command: SettleBet, deduction: Fraction, now: datetime
) -> bool:
    """By the place it came in at; a result alone is the place that it must mean."""
    name, terms = f"BET-{row['id']:06d}", each_way_of(row["each_way"])
    if command.leg is not None or command.dead_heat is not None:
        raise UsageError(f"{name} is each way: tell the place it came in at, and how many shared that place")
    finish = Finish(_place(command, terms), command.tied)
    ended = each_way_end(row, finish, deduction)
    if command.result not in (None, ended):
        raise UsageError(f"{name}, placed and not first, comes to a {ended.value}: tell the place it came in at")
    verdict = Verdict(ended, now, command.created_by, command.reason, None, deduction=deduction, finish=finish)
    return settle(conn, row, verdict)


def _place(command: SettleBet, terms: EachWay) -> int:
    if command.place is not None:
        return command.place
    match command.result:
        case None:
            raise UsageError("say where it came in: its place, 0 for one that did not start")
        case BetResult.WIN:
            return 1
        case BetResult.LOSS:
            return terms.places + 1
        case BetResult.VOID:
            return 0
        case BetResult.HALF_WIN | BetResult.PUSH | BetResult.HALF_LOSS:
            return 2


def _share(command: SettleBet) -> Fraction:
    tied = command.dead_heat
    if tied is None:
        return WHOLE
    if tied.places < 1 or tied.tied < 1:
        raise UsageError(f"{tied.tied} tied for {tied.places} places are no dead heat: write 1/2 for two for one place")
    return min(WHOLE, Fraction(tied.places, tied.tied))


def _settle_parlay(
    conn: sqlite3.Connection, row: sqlite3.Row, command: SettleBet, graded: Graded, deduction: Fraction, now: datetime
) -> bool:
    order = row["order_id"]
    assert command.result is not None
    if command.leg is not None:
        count = conn.execute("SELECT count(*) FROM legs WHERE order_id = ?", (order,)).fetchone()[0]
        if not 1 <= command.leg <= count:
            raise UsageError(f"BET-{row['id']:06d} has legs 1 to {count}, not {command.leg}")
        if graded.share != WHOLE and graded.result is not BetResult.WIN:
            raise UsageError(f"a dead heat reduces a win, this is a {graded.result.value}: leave it out")
        if row["state"] == BetState.CANCELLED:
            raise UsageError(f"BET-{row['id']:06d} was cancelled: a cancelled bet is not settled")
        settle_leg(conn, order, command.leg - 1, graded, deduction, command.created_by)
        return _as_it_stands(conn, row, command, stand(conn, order, lambda event: word_on(conn, event), now), now)
    if command.result not in _WHOLE_PARLAY or graded.share != WHOLE or deduction != NOTHING:
        raise UsageError("a parlay is won, lost or void as a whole: anything else is settled leg by leg with --leg")
    if command.result is BetResult.WIN:
        for ordinal in undecided(conn, order):
            settle_leg(conn, order, ordinal, Graded(BetResult.WIN), NOTHING, command.created_by)
        standing = stand(conn, order, lambda event: word_on(conn, event), now)
        if standing.end is None or standing.end.multiple == 0:
            raise UsageError("a leg of it is lost: settle that one first with --leg")
        return _as_it_stands(conn, row, command, standing, now, by_hand=True)
    if (row["state"], row["result"]) == (BetState.SETTLED, command.result):
        confirm(conn, row, command.created_by)
    return settle(conn, row, Verdict(command.result, now, command.created_by, command.reason))


def _as_it_stands(
    conn: sqlite3.Connection,
    row: sqlite3.Row,
    command: SettleBet,
    standing: Standing,
    now: datetime,
    *,
    by_hand: bool = False,
) -> bool:
    if standing.end is not None:
        reason = command.reason or standing.reason
        result_row = None if by_hand else standing.row
        verdict = Verdict(
            standing.end.result, now, command.created_by, reason, result_row, multiple=standing.end.multiple
        )
        return settle(conn, row, verdict)
    waits = standing.open if isinstance(standing.open, Wait) else None
    state = BetState.REVIEW if waits is None else BetState.PENDING
    pending = Pending(state, standing.reason, now, command.created_by, None if waits is None else waits.until)
    if row["state"] == BetState.SETTLED:
        withdraw(conn, row, pending)
        return True
    hold(conn, row, pending)
    return True
