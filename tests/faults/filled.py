"""A ledger with something of everything in it, and the same ledger as an earlier version of the program kept it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from store_samples import AFTER, GAME, MAIN, NOW, fill, leg, minutes, opportunity, place, quote, score

from betting_tui.engine.core.bet_views import Placed
from betting_tui.engine.core.commands import CancelBet, Deposit, SettleBet, Withdraw
from betting_tui.engine.core.model import BetResult
from betting_tui.engine.store import Ledger
from betting_tui.engine.store.schema import LEDGER, migrations, statements

RESULTS = tuple(BetResult)


async def fill_ledger(path: Path, bets: int) -> None:
    """Bets of every result, some taken back, some open, one corrected; money in and out; closing prices."""
    ledger = await Ledger.open(path, now=NOW)
    try:
        await ledger.ensure_account(MAIN, NOW)
        for number in range(bets):
            await _bet(ledger, number)
        await ledger.deposit(Deposit("main", 55_500, "in", "test"), NOW)
        await ledger.withdraw(Withdraw("main", 10_000, "out", "test"), NOW)
        await ledger.note_quotes([quote("+140", minutes(300))], [GAME], minutes(300))
        await ledger.settle_scores([score()], AFTER)
    finally:
        await ledger.close()


async def _bet(ledger: Ledger, number: int) -> None:
    found = opportunity(f"opp-{number}", leg(stake=100 + number))
    command = place(*found.legs, key=found.id, opportunity=found)
    placed = await ledger.place(command, [fill(found.legs[0])], [GAME], minutes(number / 60))
    assert isinstance(placed, Placed)
    bet = placed.bets[0].id
    match number % 5:
        case 0:
            await ledger.settle_bet(SettleBet(bet, RESULTS[number // 5 % len(RESULTS)], "test"), AFTER)
        case 1:
            await ledger.cancel_bet(CancelBet(bet, "test"), minutes(100))
        case 2:
            for result in (BetResult.WIN, RESULTS[number // 5 % len(RESULTS)]):
                await ledger.settle_bet(SettleBet(bet, result, "test"), AFTER)
        case _:
            return


# What earlier versions wrote out, by what is kept of it now.
_EARLIER = {
    ("bets", "updated_at"): "ifnull(reviewed_at, ifnull(settled_at, placed_at))",
    ("placements", "key"): "ifnull(key, (SELECT p.number || ':' || o.opportunity_id FROM newest.account_periods p,"
    " newest.opportunities o WHERE p.id = row.period_id AND o.id = row.opportunity_id))",
}


def as_of_version(newest: Path, version: int, target: Path) -> None:
    """Write what the ledger holds as a file of an earlier schema: the columns that schema has."""
    with closing(sqlite3.connect(target, isolation_level=None)) as old:
        triggers = [statement for statement in _script(version) if not _run_unless_about_triggers(old, statement)]
        old.execute("ATTACH ? AS newest", (str(newest),))
        old.execute("BEGIN")
        for (table,) in old.execute("SELECT name FROM main.sqlite_schema WHERE type = 'table'").fetchall():
            old.execute(f"DELETE FROM main.{table}")
            had = _columns(old, "main", table) - _generated(old, "main", table)
            earlier = {column: as_told for (of, column), as_told in _EARLIER.items() if of == table and column in had}
            columns = sorted((had & _columns(old, "newest", table)) - earlier.keys())
            told = ", ".join((*columns, *earlier.values()))
            old.execute(
                f"INSERT INTO main.{table} ({', '.join((*columns, *earlier))}) SELECT {told} FROM newest.{table} row"
            )
        for statement in triggers:
            old.execute(statement)
        old.execute(f"PRAGMA application_id = {LEDGER.application_id}")
        old.execute(f"PRAGMA user_version = {version}")
        old.execute("COMMIT")


def _script(version: int) -> Iterator[str]:
    for number, script in migrations(LEDGER):
        if number <= version:
            yield from statements(script)


def _run_unless_about_triggers(conn: sqlite3.Connection, statement: str) -> bool:
    """Triggers come last: they would add to what is copied."""
    words = " ".join(line for line in statement.splitlines() if not line.lstrip().startswith("--")).split()
    if words[1:2] == ["TRIGGER"]:
        return False
    conn.execute(statement)
    return True


def _columns(conn: sqlite3.Connection, schema: str, table: str) -> frozenset[str]:
    rows = conn.execute("SELECT name FROM pragma_table_xinfo(?, ?)", (table, schema))
    return frozenset(str(name) for (name,) in rows)


def _generated(conn: sqlite3.Connection, schema: str, table: str) -> frozenset[str]:
    rows = conn.execute("SELECT name FROM pragma_table_xinfo(?, ?) WHERE hidden <> 0", (table, schema))
    return frozenset(str(name) for (name,) in rows)


def dump(path: Path) -> list[str]:
    """Everything a file holds, as SQL."""
    with closing(sqlite3.connect(path)) as conn:
        version = conn.execute("PRAGMA user_version").fetchone()[0]
        return [f"user_version {version}", *conn.iterdump()]
