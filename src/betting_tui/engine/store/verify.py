"""The ledger checked by an independent fold: nothing here shares code or SQL with what wrote it."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from fractions import Fraction

from betting_tui.engine.core.odds import OddsFormat, to_decimal
from betting_tui.engine.core.views import VerifyReport

_MAX_PROBLEMS = 20
_OWN_MONEY = ("wallet", "open_bets", "working_orders")

# Profit per unit at risk as multiples of (net odds, stake), written out apart from the grading rules.
_GAIN_AND_LOSS = {
    "win": (Fraction(1), Fraction(0)),
    "half_win": (Fraction(1, 2), Fraction(0)),
    "push": (Fraction(0), Fraction(0)),
    "void": (Fraction(0), Fraction(0)),
    "half_loss": (Fraction(0), Fraction(1, 2)),
    "loss": (Fraction(0), Fraction(1)),
}


class _Fold:
    """Everything that moved, added up in plain Python."""

    def __init__(self) -> None:
        self.problems: list[str] = []
        self.of_entry: dict[int, int] = defaultdict(int)
        self.of_account: dict[tuple[str, str], int] = defaultdict(int)
        self.of_bet: dict[tuple[int, str], int] = defaultdict(int)

    def differ(self, what: str, found: object, expected: object) -> None:
        if found != expected and len(self.problems) < _MAX_PROBLEMS:
            self.problems.append(f"{what} is {found}, should be {expected}")


def verify(conn: sqlite3.Connection) -> VerifyReport:
    """Recompute every sum; `problems` names the first differences in the order they are found."""
    fold = _Fold()
    _check_file(conn, fold)
    entries = _fold_postings(conn, fold)
    bets = _check_bets(conn, fold)
    _check_settlements(conn, fold)
    _check_placements(conn, fold)
    return VerifyReport(ok=not fold.problems, entries=entries, bets=bets, problems=tuple(fold.problems))


def _check_file(conn: sqlite3.Connection, fold: _Fold) -> None:
    fold.differ("the file's own check", conn.execute("PRAGMA integrity_check(1)").fetchone()[0], "ok")
    for row in conn.execute("PRAGMA foreign_key_check"):
        fold.differ(f"row {row[1]} of {row[0]}: its {row[2]}", "missing", "there")


def _fold_postings(conn: sqlite3.Connection, fold: _Fold) -> int:
    accounts = {
        row["id"]: (row["name"], row["kind"], row["account_id"])
        for row in conn.execute(
            "SELECT la.id, a.name, la.kind, la.account_id FROM ledger_accounts la"
            " JOIN accounts a ON a.id = la.account_id"
        )
    }
    entries = {row["id"]: row for row in conn.execute("SELECT id, account_id, bet_id FROM journal_entries")}
    for row in conn.execute("SELECT entry_id, ledger_account_id, amount_minor FROM postings"):
        name, kind, owner = accounts[row["ledger_account_id"]]
        entry = entries[row["entry_id"]]
        fold.of_entry[row["entry_id"]] += row["amount_minor"]
        fold.of_account[name, kind] += row["amount_minor"]
        fold.differ(f"the account of a posting of entry {row['entry_id']}", owner, entry["account_id"])
        if entry["bet_id"] is not None:
            fold.of_bet[entry["bet_id"], kind] += row["amount_minor"]
    for entry_id, total in fold.of_entry.items():
        fold.differ(f"the sum of entry {entry_id}", total, 0)
    return len(entries)


def _check_bets(conn: sqlite3.Connection, fold: _Fold) -> int:
    reserved: dict[str, int] = defaultdict(int)
    count = 0
    for bet in conn.execute(
        "SELECT b.*, a.name, g.side FROM bets b JOIN accounts a ON a.id = b.account_id"
        " LEFT JOIN bet_legs g ON g.bet_id = b.id AND g.ordinal = 0 ORDER BY b.id"
    ):
        count += 1
        name = f"BET-{bet['id']:06d}"
        fold.differ(f"{name}: what it may lose", bet["risk_minor"], _risk(bet))
        still_open = bet["state"] in ("pending", "review")
        if still_open:
            reserved[bet["name"]] += bet["risk_minor"]
        held = fold.of_bet[bet["id"], "open_bets"]
        fold.differ(f"{name}: money held for it", held, bet["risk_minor"] if still_open else 0)
        profit = bet["profit_minor"] if bet["state"] == "settled" else 0
        own = sum(fold.of_bet[bet["id"], kind] for kind in _OWN_MONEY)
        fold.differ(f"{name}: what its entries changed", own, profit)
        if bet["state"] == "settled" and bet["kind"] == "single":
            fold.differ(f"{name}: its return", bet["return_minor"], _return(bet))
            fold.differ(f"{name}: its profit", profit, _return(bet) - bet["commission_minor"] - bet["risk_minor"])
    accounts = [row["name"] for row in conn.execute("SELECT name FROM accounts")]
    for account in accounts:
        held = fold.of_account[account, "open_bets"]
        fold.differ(f"account {account}: money held for open bets", held, reserved[account])
    return count


def _risk(bet: sqlite3.Row) -> int:
    if bet["funding"] == "free":
        return 0
    if bet["side"] == "lay":
        return round((_exact(bet) - 1) * int(bet["stake_minor"]))
    return int(bet["stake_minor"])


def _return(bet: sqlite3.Row) -> int:
    gain, loss = _GAIN_AND_LOSS[bet["result"]]
    stake, net, risk = int(bet["stake_minor"]), _exact(bet) - 1, int(bet["risk_minor"])
    if bet["side"] == "lay":
        return risk + round(gain * stake) - round(loss * risk)
    if bet["funding"] == "free":
        return round(stake * net * gain)
    return round(stake * (1 + net * gain - loss))


def _exact(bet: sqlite3.Row) -> Fraction:
    return to_decimal(bet["price_text"], OddsFormat(bet["price_format"]))


def _check_settlements(conn: sqlite3.Connection, fold: _Fold) -> None:
    standing: dict[int, list[sqlite3.Row]] = defaultdict(list)
    for row in conn.execute("SELECT * FROM settlements ORDER BY bet_id, number"):
        if row["reversed_by_entry_id"] is None:
            standing[row["bet_id"]].append(row)
    for bet in conn.execute("SELECT id, state, result, return_minor, profit_minor FROM bets"):
        rows = standing[bet["id"]]
        name = f"BET-{bet['id']:06d}"
        fold.differ(f"{name}: settlements that stand", len(rows), int(bet["state"] == "settled"))
        for row in rows:
            said = (row["result"], row["return_minor"], row["profit_minor"])
            fold.differ(f"{name}: as settled", (bet["result"], bet["return_minor"], bet["profit_minor"]), said)


def _check_placements(conn: sqlite3.Connection, fold: _Fold) -> None:
    placed: dict[int, int] = defaultdict(int)
    for row in conn.execute("SELECT placement_id, order_id, stake_minor FROM bets"):
        placed[row["placement_id"]] += 1
        filled = sum(
            fill["stake_minor"]
            for fill in conn.execute("SELECT stake_minor FROM fills WHERE order_id = ?", (row["order_id"],))
        )
        fold.differ(f"order {row['order_id']}: what was filled", filled, row["stake_minor"])
    for row in conn.execute("SELECT id, state FROM placements"):
        if (row["state"] == "accepted") != (placed[row["id"]] > 0):
            fold.differ(f"placement {row['id']} ({row['state']}): its bets", placed[row["id"]], "some if accepted")
