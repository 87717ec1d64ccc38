"""What a settled bet is paid, and an exchange's commission: once on what all bets of an account won on one market.

Reference: the charge on a market's net winnings. A market is one line at one bookmaker; bets of one rate and period
are taken together, and the charge is shared by those that won, in proportion.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from fractions import Fraction
from types import MappingProxyType

from msgspec import Struct

from betting_tui.engine.core.errors import UsageError
from betting_tui.engine.core.grades import WHOLE, Graded, Ungraded, mirrored
from betting_tui.engine.core.model import BetKind, BetResult, BetState, Funding, Side
from betting_tui.engine.core.money import round_half_even
from betting_tui.engine.core.payout import NOTHING, Ticket, charged, exact_profit, fees, gross_return
from betting_tui.engine.core.places import Finish, each_way_exact, each_way_of, each_way_result
from betting_tui.engine.core.rule_sets import STANDARD_BOOK, in_force
from betting_tui.engine.store.closing_values import CLOSING_CASE
from betting_tui.engine.store.columns import Columns
from betting_tui.engine.store.identities import SIDES, price_of

_FUNDINGS = {each.value: each for each in Funding}

# A person who tells the place tells how many shared it: those divide the stake.
_FIELD_RULES = in_force(STANDARD_BOOK, "", "outrights")


class Ended(Struct, frozen=True):
    """How a bet ended: its own result. `share` and `deduction` as in a grading; `multiple` is a parlay's product,
    `finish` where the runner of an each way bet came in."""

    result: BetResult
    share: Fraction = WHOLE
    deduction: Fraction = NOTHING
    multiple: Fraction | None = None
    finish: Finish | None = None


class Peer(Struct, frozen=True):
    """Another settled bet of the same market, and what it should be charged now."""

    row: Columns
    commission_minor: int


# Every column of a bet, with what its order and fill say of it and what its close is found by.
BETS = f"""
    SELECT b.*, o.funding, p.format AS price_format, p.text AS price_text, p.decimal AS price_decimal, {CLOSING_CASE}
    FROM bets b JOIN orders o ON o.id = b.order_id JOIN fills f ON f.order_id = b.order_id AND f.number = b.fill_number
    JOIN prices p ON p.id = f.price_id JOIN legs g ON g.order_id = b.order_id AND g.ordinal = 0
    JOIN selections s ON s.id = g.selection_id JOIN lines l ON l.id = s.line_id JOIN events e ON e.id = l.event_id
"""
_PEERS = """
    SELECT b.*, o.side, o.kind, o.funding, p.format AS price_format, p.text AS price_text, p.decimal AS price_decimal,
        t.result_id, t.confirmed_by, x.share, x.deduction, x.place, x.tied
    FROM orders mine CROSS JOIN legs m ON m.order_id = mine.id AND m.ordinal = 0
    CROSS JOIN selections ms ON ms.id = m.selection_id CROSS JOIN selections s ON s.line_id = ms.line_id
    CROSS JOIN legs g ON g.selection_id = s.id
    CROSS JOIN orders o ON o.id = g.order_id AND o.bookmaker_id = mine.bookmaker_id AND o.kind = 'single'
    CROSS JOIN bets b ON b.order_id = o.id
    CROSS JOIN fills f ON f.order_id = b.order_id AND f.number = b.fill_number CROSS JOIN prices p ON p.id = f.price_id
    LEFT JOIN settlements t ON t.bet_id = b.id AND t.reversed_by_entry_id IS NULL
    LEFT JOIN settlement_terms x ON x.bet_id = t.bet_id AND x.number = t.number
    WHERE mine.id = ? AND b.id <> ? AND b.account_id = ? AND b.period_id = ? AND b.commission = ?
        AND b.state <> 'cancelled' ORDER BY b.id
"""


def ended_of(row: Columns) -> Ended:
    """From a settled single with the columns of its settlement's terms."""
    return Ended(
        BetResult(row["result"]),
        fraction(row["share"], WHOLE),
        fraction(row["deduction"], NOTHING),
        finish=finish_of(row),
    )


def finish_of(row: Columns) -> Finish | None:
    return None if row["place"] is None else Finish(row["place"], row["tied"])


def fraction(text: str | None, otherwise: Fraction) -> Fraction:
    return otherwise if text is None else Fraction(text)


def gross_minor(bet: Columns, ended: Ended) -> int:
    """What comes back before commission, what was reserved included; one rounding."""
    if bet["kind"] == BetKind.PARLAY:
        multiple = _multiple(ended)
        kept = max(multiple - 1, NOTHING) if _FUNDINGS[bet["funding"]] is Funding.FREE else multiple
        return round_half_even(bet["stake_minor"] * kept)
    if bet["each_way"] is not None:
        return round_half_even(_each_way(bet, ended))
    return gross_return(ticket_of(bet, ended), _graded(bet, ended))


def each_way_end(bet: Columns, finish: Finish, deduction: Fraction = NOTHING) -> BetResult:
    """How an each way bet ends that comes in so. UsageError for what is no finish."""
    ticket = ticket_of(bet, Ended(BetResult.WIN, deduction=deduction))
    ended = each_way_result(ticket, each_way_of(bet["each_way"]), finish, _FIELD_RULES)
    if isinstance(ended, Ungraded):
        raise UsageError(ended.reason)
    return ended


def _each_way(bet: Columns, ended: Ended) -> Fraction:
    """What comes back of both parts, unrounded. Lost or void as a whole it needs no place."""
    if ended.finish is None:
        match ended.result:
            case BetResult.LOSS:
                return NOTHING
            case BetResult.VOID:
                return Fraction(bet["risk_minor"])
            case _:
                raise UsageError("an each way bet is settled by the place it came in at")
    back = each_way_exact(ticket_of(bet, ended), each_way_of(bet["each_way"]), ended.finish, _FIELD_RULES)
    if isinstance(back, Ungraded):
        raise UsageError(back.reason)
    return back


def _multiple(ended: Ended) -> Fraction:
    """A parlay that is void or lost as a whole needs none."""
    if ended.multiple is not None:
        return ended.multiple
    match ended.result:
        case BetResult.LOSS:
            return NOTHING
        case BetResult.VOID:
            return WHOLE
        case _:
            raise UsageError("a parlay that was not lost is settled by its legs: settle those")


def commissions(
    conn: sqlite3.Connection,
    bet: Columns,
    ended: Ended | None,
    coming: Mapping[int, Ended] = MappingProxyType({}),
) -> tuple[int, tuple[Peer, ...]]:
    """The bet's own commission when it ends so (None: it is open again), and its peers whose charge that changes.

    `coming`: how bets (row ids) end that are about to be settled after this one: they count already, and are charged
    when it is their turn.
    """
    if bet["commission"] is None or bet["kind"] != BetKind.SINGLE:
        return 0, ()
    peers = []
    for row in conn.execute(
        _PEERS, (bet["order_id"], bet["id"], bet["account_id"], bet["period_id"], bet["commission"])
    ).fetchall():
        if row["id"] in coming:
            peers.append((row, coming[row["id"]]))
        elif row["state"] == BetState.SETTLED:
            peers.append((row, ended_of(row)))
    of_market = peers if ended is None else [*peers, (bet, ended)]
    profits = [_profit(row, each) for row, each in of_market]
    shares = fees(profits, Fraction(bet["commission"]))
    charges = [_charge(row, each, fee) for (row, each), fee in zip(of_market, shares, strict=True)]
    changed = tuple(
        Peer(row, charge)
        for (row, _), charge in zip(peers, charges, strict=False)
        if charge != row["commission_minor"] and row["id"] not in coming
    )
    return (charges[-1] if ended is not None else 0), changed


def _profit(bet: Columns, ended: Ended) -> Fraction:
    if bet["each_way"] is not None:
        return _each_way(bet, ended) - Fraction(bet["risk_minor"])
    return exact_profit(ticket_of(bet, ended), _graded(bet, ended))


def _charge(bet: Columns, ended: Ended, fee: Fraction) -> int:
    if bet["each_way"] is not None:
        back = _each_way(bet, ended)
        return round_half_even(back) - round_half_even(back - fee)
    return charged(ticket_of(bet, ended), _graded(bet, ended), fee).commission_minor


def ticket_of(bet: Columns, ended: Ended) -> Ticket:
    side = SIDES[bet["side"]]
    return Ticket(
        stake_minor=bet["stake_minor"],
        price=price_of(bet).exact,
        side=side,
        funding=_FUNDINGS[bet["funding"]],
        deduction=ended.deduction,
        liability_minor=bet["risk_minor"] if side is Side.LAY else None,
    )


def _graded(bet: Columns, ended: Ended) -> Graded:
    """The selection's own result: a lay bet's turned round."""
    return Graded(ended.result if SIDES[bet["side"]] is Side.BACK else mirrored(ended.result), ended.share)
