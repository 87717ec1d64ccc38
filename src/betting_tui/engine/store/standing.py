"""How an account stands inside one transaction: what limits and sizing ask, read only when asked.

Open bets and working orders are always of the current period: a reset is refused while there are any.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import datetime

from betting_tui.engine.core.accounts import (
    AccountSettings,
    AtStake,
    Breaker,
    BreakerName,
    Fall,
    HeldBet,
    Standing,
    Streak,
)
from betting_tui.engine.core.model import BetResult
from betting_tui.engine.core.refusals import Refusal
from betting_tui.engine.core.times import from_micros, to_micros
from betting_tui.engine.store import breakers
from betting_tui.engine.store.identities import line_of
from betting_tui.engine.store.shapes import AccountRow, AccountStatus

Guard = Callable[[Standing], Refusal | None]

_OWN = ("wallet", "open_bets", "working_orders")
_LOST = (BetResult.LOSS, BetResult.HALF_LOSS)
_NEITHER = (BetResult.PUSH, BetResult.VOID)

# The indexes are named because the planner, which knows nothing of how few rows they hold, would rather walk all bets.
_OPEN = "b.state IN ('pending', 'review')"
_AT_WORK = "o.state IN ('working', 'part_filled')"
_IN_PERIOD = "period_id = (SELECT id FROM account_periods WHERE account_id = ?1 AND ended_at IS NULL)"
_OPEN_BETS = (
    f"FROM bets b INDEXED BY bets_open CROSS JOIN orders o ON o.id = b.order_id WHERE b.account_id = ?1 AND {_OPEN}"
)
_WORKING = (
    "FROM orders o INDEXED BY orders_at_work CROSS JOIN placements pl ON pl.id = o.placement_id"
    f" WHERE {_AT_WORK} AND pl.account_id = ?1"
)
_SPORT_OF = (
    "EXISTS (SELECT 1 FROM legs g JOIN selections s ON s.id = g.selection_id JOIN lines l ON l.id = s.line_id"
    " JOIN events e ON e.id = l.event_id WHERE g.order_id = o.id AND e.sport_key = ?2)"
)
_ORDERS_OF_EVENT = (
    "SELECT g.order_id FROM events e JOIN lines l ON l.event_id = e.id JOIN selections s ON s.line_id = l.id"
    " JOIN legs g ON g.selection_id = s.id WHERE e.event_id = ?2"
)

_AT_STAKE = (
    f"SELECT DISTINCT e.event_id, e.sport_key, w.text FROM (SELECT o.id, o.bookmaker_id {_OPEN_BETS}"
    f" UNION SELECT o.id, o.bookmaker_id {_WORKING}) here"
    " CROSS JOIN legs g ON g.order_id = here.id JOIN selections s ON s.id = g.selection_id"
    " JOIN lines l ON l.id = s.line_id JOIN events e ON e.id = l.event_id JOIN words w ON w.id = here.bookmaker_id"
    " ORDER BY e.event_id, w.text"
)

# What bet `b` had brought by the moment ?2, by the settlement that stood then.
_STOOD_AT = """
    ifnull((SELECT t.profit_minor FROM settlements t JOIN journal_entries j ON j.id = t.entry_id
        LEFT JOIN journal_entries r ON r.id = t.reversed_by_entry_id
        WHERE t.bet_id = b.id AND j.created_at < ?2 AND ifnull(r.created_at, ?2) >= ?2
        ORDER BY t.number DESC LIMIT 1), 0)
"""

# How far the kept course has fallen, and whether a settlement was corrected since its peak is watched: then it is of
# what was believed at the time.
_COURSE = f"""
    SELECT watched_peak_minor - result_minor AS lost, watched_after_entry_id AS after,
        EXISTS (SELECT 1 FROM journal_entries j INDEXED BY reversed_once WHERE j.reverses_entry_id IS NOT NULL
            AND j.period_id = s.period_id AND j.id > s.watched_after_entry_id) AS corrected
    FROM period_sums s WHERE {_IN_PERIOD}
"""


def standing(conn: sqlite3.Connection, owner: AccountRow) -> Standing:
    """Good for as long as the transaction it was asked in, and until something is written in it."""
    return _Standing(conn, owner)


class _Standing:
    """Implements `Standing` over one connection."""

    def __init__(self, conn: sqlite3.Connection, owner: AccountRow) -> None:
        self._conn = conn
        self._owner = owner
        self._kept: dict[tuple[str, str], int] | None = None

    @property
    def name(self) -> str:
        return self._owner.name

    @property
    def currency(self) -> str:
        return self._owner.currency

    @property
    def suspended(self) -> bool:
        return self._owner.status is AccountStatus.SUSPENDED

    @property
    def settings(self) -> AccountSettings:
        return self._owner.settings

    def bankroll_minor(self) -> int:
        return sum(amount for (kind, _), amount in self._balances().items() if kind in _OWN)

    def available_minor(self) -> int:
        return sum(amount for (kind, _), amount in self._balances().items() if kind == "wallet")

    def book_available_minor(self, bookmaker: str) -> int | None:
        if not self._owner.settings.book_balances:
            return None
        return self._balances().get(("wallet", bookmaker), 0)

    def open_bets(self) -> int:
        bets = self._number(f"SELECT count(*) FROM bets b INDEXED BY bets_open WHERE b.account_id = ?1 AND {_OPEN}")
        return bets + self._number(f"SELECT count(*) {_WORKING}")

    def staked_since(self, since: datetime) -> int:
        at = to_micros(since)
        bets = self._number(
            "SELECT ifnull(sum(risk_minor), 0) FROM bets INDEXED BY bets_of_period"
            f" WHERE {_IN_PERIOD} AND placed_at >= ?2 AND state <> 'cancelled'",
            at,
        )
        # One that waits may be filled at any time, and counts from then on: it counts now, whenever it was made.
        return bets + self._number(f"SELECT ifnull(sum(o.reserved_minor), 0) {_WORKING}")

    def profit_since(self, since: datetime) -> int:
        at = to_micros(since)
        # A correction settles a bet anew: what it had brought before counts where it was booked.
        settled = self._number(
            f"SELECT ifnull(sum(b.profit_minor - {_STOOD_AT}), 0) FROM bets b INDEXED BY settled_of_period"
            f" WHERE b.{_IN_PERIOD} AND b.state = 'settled' AND b.settled_at >= ?2",
            at,
        )
        # One that was opened again gave back what it had brought.
        taken_back = f"SELECT ifnull(sum({_STOOD_AT}), 0) FROM bets b INDEXED BY bets_open"
        return settled - self._number(f"{taken_back} WHERE b.account_id = ?1 AND {_OPEN}", at)

    def placements_since(self, since: datetime, *, automatic_only: bool) -> int:
        at, only = to_micros(since), " AND pl.origin = 'auto'" if automatic_only else ""
        booked = self._number(
            "SELECT count(DISTINCT pl.id) FROM bets b INDEXED BY bets_of_period"
            " CROSS JOIN orders o ON o.id = b.order_id CROSS JOIN placements pl ON pl.id = o.placement_id"
            f" WHERE b.{_IN_PERIOD} AND b.placed_at >= ?2"
            f" AND pl.created_at >= ?2{only}",
            at,
        )
        # An order that waited counts when it was made, not again when it is filled.
        return booked + self._number(f"SELECT count(*) {_WORKING} AND pl.created_at >= ?2{only}", at)

    def exposure_minor(self) -> int:
        return sum(amount for (kind, _), amount in self._balances().items() if kind in ("open_bets", "working_orders"))

    def exposure_of_event_minor(self, event_id: str) -> int:
        bets = self._number(
            "SELECT ifnull(sum(b.risk_minor), 0) FROM bets b WHERE b.account_id = ?1"
            f" AND +b.state IN ('pending', 'review') AND b.order_id IN ({_ORDERS_OF_EVENT})",
            event_id,
        )
        working = self._number(
            f"SELECT ifnull(sum(o.reserved_minor), 0) {_WORKING} AND o.id IN ({_ORDERS_OF_EVENT})", event_id
        )
        return bets + working

    def exposure_of_league_minor(self, sport_key: str) -> int:
        return self._exposed(_SPORT_OF, sport_key)

    def exposure_of_bookmaker_minor(self, bookmaker: str) -> int:
        return self._exposed("o.bookmaker_id = (SELECT id FROM words WHERE text = ?2)", bookmaker)

    def at_stake(self) -> AtStake:
        rows = self._conn.execute(_AT_STAKE, (self._owner.id,)).fetchall()
        return AtStake(*(tuple(dict.fromkeys(row[place] for row in rows)) for place in range(3)))

    def streak(self) -> Streak:
        losses = 0
        last: int | None = None
        for row in self._conn.execute(
            "SELECT result, settled_at FROM bets INDEXED BY settled_of_period"
            f" WHERE {_IN_PERIOD} AND state = 'settled' ORDER BY settled_at DESC, id DESC",
            (self._owner.id,),
        ):
            result = BetResult(row["result"])
            if result in _NEITHER:
                continue
            if result not in _LOST:
                break
            losses += 1
            last = last or row["settled_at"]
        return Streak(losses, None if last is None else from_micros(last))

    def fall(self) -> Fall:
        row = self._conn.execute(_COURSE, (self._owner.id,)).fetchone()
        lost = self._lost_as_corrected(row["after"]) if row["corrected"] else int(row["lost"])
        now = self.bankroll_minor()
        # With the deposits and withdrawals of today: what the bankroll would be had nothing been lost since the peak.
        return Fall(now + lost, now)

    def breakers(self, now: datetime) -> tuple[Breaker, ...]:
        return breakers.in_force(self._conn, self._owner.id, now)

    def released_at(self, name: BreakerName) -> datetime | None:
        return breakers.released_at(self._conn, self._owner.id, name)

    def held(self) -> tuple[HeldBet, ...]:
        rows = self._conn.execute(
            "SELECT b.risk_minor, b.fair_probability, p.decimal, w.text AS bookmaker, s.name, l.market, l.outcome_set,"
            " l.period, l.point AS line_point, l.participant, l.rule, e.event_id"
            " FROM bets b INDEXED BY bets_open CROSS JOIN orders o ON o.id = b.order_id"
            " JOIN fills f ON f.order_id = b.order_id AND f.number = b.fill_number JOIN prices p ON p.id = f.price_id"
            " JOIN words w ON w.id = o.bookmaker_id JOIN legs g ON g.order_id = b.order_id AND g.ordinal = 0"
            " JOIN selections s ON s.id = g.selection_id JOIN lines l ON l.id = s.line_id"
            f" JOIN events e ON e.id = l.event_id WHERE b.account_id = ? AND {_OPEN} AND o.kind = 'single'"
            " ORDER BY b.id",
            (self._owner.id,),
        )
        return tuple(
            HeldBet(
                event_id=row["event_id"],
                line=line_of(row),
                selection=row["name"],
                bookmaker=row["bookmaker"],
                risk_minor=row["risk_minor"],
                decimal=row["decimal"],
                fair_probability=row["fair_probability"],
            )
            for row in rows
        )

    def _lost_as_corrected(self, after: int) -> int:
        """The fall from the highest since that entry, each bet with the result that stands, where it was settled first.

        Counted from the end: the deepest sum of what came last. A walk over the period, for the few with a correction.
        """
        return self._number(
            "SELECT max(0, ifnull(-min(latest), 0)) FROM (SELECT sum(b.profit_minor) OVER (ORDER BY t.entry_id DESC)"
            " AS latest FROM bets b INDEXED BY settled_of_period"
            " CROSS JOIN settlements t ON t.bet_id = b.id AND t.number = 1"
            f" WHERE b.{_IN_PERIOD} AND b.state = 'settled' AND t.entry_id > ?2)",
            after,
        )

    def _exposed(self, condition: str, value: str) -> int:
        bets = self._number(f"SELECT ifnull(sum(b.risk_minor), 0) {_OPEN_BETS} AND {condition}", value)
        return bets + self._number(f"SELECT ifnull(sum(o.reserved_minor), 0) {_WORKING} AND {condition}", value)

    def _balances(self) -> dict[tuple[str, str], int]:
        if self._kept is None:
            rows = self._conn.execute(
                "SELECT kind, bookmaker, balance_minor FROM ledger_accounts WHERE account_id = ?", (self._owner.id,)
            )
            self._kept = {(row["kind"], row["bookmaker"]): int(row["balance_minor"]) for row in rows}
        return self._kept

    def _number(self, query: str, *values: object) -> int:
        return int(self._conn.execute(query, (self._owner.id, *values)).fetchone()[0])
