"""The identities of an account's sums: cheap enough for every start, and for every settlement before its COMMIT."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence

from betting_tui.engine.core.bet_views import BetRow
from betting_tui.engine.core.errors import LedgerError
from betting_tui.engine.core.money_views import VerifyReport

_NEWEST = 1000


def quick(conn: sqlite3.Connection, account_id: int | None = None) -> VerifyReport:
    """Check the kept sums of one account, or of all together with the newest entries.

    `entries` and `bets` count what was looked at: the newest entries, and bets that are open.
    """
    problems: list[str] = []
    open_bets = 0
    for row in conn.execute(_SUMS, (account_id,)):
        open_bets += row["open_bets"]
        for what, found, expected in (
            ("the sum of all balances", row["total"], 0),
            ("money held for open bets", row["in_open_bets"], row["open_risk"]),
            ("money held for working orders", row["in_working_orders"], row["reserved"]),
            ("profit by the postings", -row["in_house"], row["profit"]),
        ):
            if found != expected:
                problems.append(f"account {row['name']}: {what} is {found}, should be {expected}")
    entries = 0
    if account_id is None:
        entries = _check_newest(conn, problems)
    return VerifyReport(ok=not problems, entries=entries, bets=open_bets, problems=tuple(problems))


def confirm(conn: sqlite3.Connection, accounts: Iterable[int]) -> None:
    """LedgerError when the sums of one of these accounts do not hold: raised before COMMIT, it takes all back."""
    for account_id in accounts:
        report = quick(conn, account_id)
        if not report.ok:
            raise LedgerError(f"{report.problems[0]}: nothing was written; run `ledger verify`")


def confirm_settled(conn: sqlite3.Connection, bets: Sequence[BetRow]) -> None:
    """The same after bets were settled or opened again: each has moved what it won or lost, and holds what it may lose
    while it is open. LedgerError if not."""
    named = {int(bet.id.removeprefix("BET-")): bet for bet in bets}
    owners = {}
    for row in conn.execute(_MOVED_BY_BETS, (json.dumps(list(named)),)).fetchall():
        bet = named[row["id"]]
        owners[row["account_id"]] = bet.account
        profit = row["profit_minor"] or 0
        if (row["own"], row["held"]) != (profit, 0 if row["state"] == "settled" else row["risk_minor"]):
            raise LedgerError(
                f"{bet.id} is {row['state']} with {profit}, its entries changed {row['own']} and hold"
                f" {row['held']}: nothing was written; run `ledger verify`"
            )
    confirm(conn, owners)


# Every index is named by what it holds: open bets and orders at work are few, settled bets are in kept sums.
_SUMS = """
    SELECT a.name,
        (SELECT ifnull(sum(balance_minor), 0) FROM ledger_accounts WHERE account_id = a.id) AS total,
        (SELECT ifnull(sum(balance_minor), 0) FROM ledger_accounts
            WHERE account_id = a.id AND kind = 'open_bets') AS in_open_bets,
        (SELECT ifnull(sum(balance_minor), 0) FROM ledger_accounts
            WHERE account_id = a.id AND kind = 'working_orders') AS in_working_orders,
        (SELECT ifnull(sum(balance_minor), 0) FROM ledger_accounts
            WHERE account_id = a.id AND kind = 'house') AS in_house,
        (SELECT count(*) FROM bets INDEXED BY bets_open
            WHERE account_id = a.id AND state IN ('pending', 'review')) AS open_bets,
        (SELECT ifnull(sum(risk_minor), 0) FROM bets INDEXED BY bets_open
            WHERE account_id = a.id AND state IN ('pending', 'review')) AS open_risk,
        (SELECT ifnull(sum(o.reserved_minor), 0) FROM orders o INDEXED BY orders_at_work
            CROSS JOIN placements p ON p.id = o.placement_id
            WHERE o.state IN ('working', 'part_filled') AND p.account_id = a.id) AS reserved,
        (SELECT ifnull(sum(s.result_minor), 0) FROM account_periods p JOIN period_sums s ON s.period_id = p.id
            WHERE p.account_id = a.id) AS profit
    FROM accounts a WHERE ?1 IS NULL OR a.id = ?1 ORDER BY a.id
"""

_MOVED_BY_BETS = """
    SELECT b.id, b.account_id, b.state, b.risk_minor, b.profit_minor,
        ifnull(sum(p.amount_minor) FILTER (WHERE la.kind IN ('wallet', 'open_bets', 'working_orders')), 0) AS own,
        ifnull(sum(p.amount_minor) FILTER (WHERE la.kind = 'open_bets'), 0) AS held
    FROM json_each(?) one CROSS JOIN bets b ON b.id = one.value LEFT JOIN journal_entries j ON j.bet_id = b.id
        LEFT JOIN postings p ON p.entry_id = j.id LEFT JOIN ledger_accounts la ON la.id = p.ledger_account_id
    GROUP BY b.id
"""


def _check_newest(conn: sqlite3.Connection, problems: list[str]) -> int:
    newest = conn.execute("SELECT ifnull(max(id), 0) FROM journal_entries").fetchone()[0]
    rows = conn.execute(
        "SELECT entry_id, sum(amount_minor) AS total FROM postings WHERE entry_id > ?"
        " GROUP BY entry_id HAVING total <> 0",
        (newest - _NEWEST,),
    )
    problems.extend(f"the sum of entry {row['entry_id']} is {row['total']}, should be 0" for row in rows)
    return min(int(newest), _NEWEST)
