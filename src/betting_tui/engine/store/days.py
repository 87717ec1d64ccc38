"""One betting day of an account as two files: a readable summary, and the bets placed or settled in it."""

from __future__ import annotations

import re
import sqlite3
from datetime import date, datetime, timedelta
from pathlib import Path

import msgspec
from msgspec import Struct

from betting_tui.engine.core.day_views import BetCount, CreditsLeft, DayBreaker, DayReview, DaySummary
from betting_tui.engine.core.times import day_begins, from_micros, iso, to_micros, zone_of
from betting_tui.engine.store import bet_exports, read_models, reports
from betting_tui.engine.store.closing_values import as_read
from betting_tui.engine.store.files import make_private_folder, replace_private_file
from betting_tui.engine.store.shapes import AccountRow, ReportFilter

FOLDER = "days"


class DayFiles(Struct, frozen=True):
    """`json_bytes` is the summary, `trades_csv` the bets; both UTF-8. The same ledger gives the same bytes."""

    json_bytes: bytes
    trades_csv: bytes


def day_span(owner: AccountRow, day: date, day_starts_at: str) -> tuple[datetime, datetime]:
    """From its beginning to the beginning of the next, in the account's zone."""
    zone = zone_of(owner.time_zone)
    return day_begins(day, day_starts_at, zone), day_begins(day + timedelta(days=1), day_starts_at, zone)


def export_day(
    conn: sqlite3.Connection, owner: AccountRow, day: date, day_starts_at: str, max_age: int | None
) -> DayFiles:
    """What happened in that betting day; a day without anything gives zeros and an empty table. Closes older than
    `max_age` minutes are left out, None: none is."""
    begins, ends = day_span(owner, day, day_starts_at)
    span = (owner.id, to_micros(begins), to_micros(ends))
    summary = _summary(conn, owner, day, (begins, ends), span)
    numbers = [
        row[0]
        for row in conn.execute(
            "SELECT id FROM bets WHERE account_id = ?1"
            " AND (placed_at >= ?2 AND placed_at < ?3 OR settled_at >= ?2 AND settled_at < ?3) ORDER BY placed_at, id",
            span,
        )
    ]
    bets = tuple(as_read(bet, max_age) for bet in read_models.bets_by_number(conn, numbers))
    return DayFiles(
        msgspec.json.format(msgspec.json.encode(summary), indent=2) + b"\n",
        bet_exports.bets_as("csv", bets),
    )


def review_day(
    conn: sqlite3.Connection, owner: AccountRow, day: date, day_starts_at: str, max_age: int | None
) -> DayReview:
    """The same day with what its settled bets add up to; `max_age` of closes in minutes, None for no limit."""
    begins, ends = day_span(owner, day, day_starts_at)
    span = (owner.id, to_micros(begins), to_micros(ends))
    wanted = ReportFilter(owner.name, "none", begins, ends, period=0)
    return DayReview(
        _summary(conn, owner, day, (begins, ends), span),
        reports.report(conn, owner, wanted, max_age).total,
        tuple(
            CreditsLeft(row["source"], row["remaining"], iso(from_micros(row["newest"])))
            for row in conn.execute(
                "SELECT source, remaining, max(at) AS newest FROM credits WHERE remaining IS NOT NULL AND at < ?"
                " GROUP BY source ORDER BY source",
                (span[2],),
            )
        ),
    )


def day_stem(owner: AccountRow, day: date, current: str) -> str:
    """`2026-11-20` for the current account; the others' add number and name, as far as a file can have it."""
    if owner.name == current:
        return day.isoformat()
    return f"{day.isoformat()}-{owner.id}-{re.sub(r'[^A-Za-z0-9]+', '-', owner.name).strip('-').lower()}".rstrip("-")


def write_day(folder: Path, stem: str, files: DayFiles) -> None:
    """`<stem>.json` and `<stem>-trades.csv`, each whole or not at all, in place of older ones of that day."""
    make_private_folder(folder)
    replace_private_file(folder / f"{stem}.json", files.json_bytes)
    replace_private_file(folder / f"{stem}-trades.csv", files.trades_csv)


def _summary(
    conn: sqlite3.Connection,
    owner: AccountRow,
    day: date,
    when: tuple[datetime, datetime],
    span: tuple[int, int, int],
) -> DaySummary:
    placed = conn.execute(
        "SELECT count(*), ifnull(sum(iif(each_way IS NULL, 1, 2) * stake_minor), 0) FROM bets"
        " WHERE account_id = ? AND placed_at >= ? AND placed_at < ? AND state <> 'cancelled'",
        span,
    ).fetchone()
    results = conn.execute(
        "SELECT result, count(*) AS bets, sum(iif(each_way IS NULL, 1, 2) * stake_minor) AS stake,"
        " sum(profit_minor) AS profit FROM bets"
        " WHERE account_id = ? AND settled_at >= ? AND settled_at < ? AND state = 'settled'"
        " GROUP BY result ORDER BY result",
        span,
    ).fetchall()
    profit = sum(row["profit"] for row in results)
    return DaySummary(
        day=day.isoformat(),
        account=owner.name,
        currency=owner.currency,
        time_zone=owner.time_zone,
        begins=iso(when[0]),
        ends=iso(when[1]),
        bankroll_at_start_minor=_bankroll(conn, owner.id, span[1]),
        bankroll_at_end_minor=_bankroll(conn, owner.id, span[2]),
        profit_minor=profit,
        placed=BetCount(*placed),
        settled=BetCount(sum(row["bets"] for row in results), sum(row["stake"] for row in results), profit),
        results={row["result"]: row["bets"] for row in results},
        refusals=_refusals(conn, span),
        breakers=_breakers(conn, span),
        credits=_credits(conn, span),
        in_review=conn.execute(
            "SELECT count(*) FROM bets b INDEXED BY bets_open WHERE b.account_id = ? AND b.placed_at < ?"
            " AND b.state IN ('pending', 'review') AND b.state = 'review'",
            (owner.id, span[2]),
        ).fetchone()[0],
    )


def _bankroll(conn: sqlite3.Connection, account_id: int, before: int) -> int:
    """Settled money and what is held for open bets and orders, as it stood at that moment."""
    row = conn.execute(
        "SELECT ifnull(sum(p.amount_minor), 0) FROM journal_entries j JOIN postings p ON p.entry_id = j.id"
        " JOIN ledger_accounts la ON la.id = p.ledger_account_id"
        " WHERE j.account_id = ? AND j.created_at < ? AND la.kind IN ('wallet', 'open_bets', 'working_orders')",
        (account_id, before),
    ).fetchone()
    return int(row[0])


def _refusals(conn: sqlite3.Connection, span: tuple[int, int, int]) -> dict[str, int]:
    rows = conn.execute(
        "SELECT refusal_code, count(*) FROM placements WHERE account_id = ? AND created_at >= ? AND created_at < ?"
        " AND state = 'refused' GROUP BY refusal_code ORDER BY count(*) DESC, refusal_code",
        span,
    )
    return {row[0]: row[1] for row in rows}


def _breakers(conn: sqlite3.Connection, span: tuple[int, int, int]) -> tuple[DayBreaker, ...]:
    rows = conn.execute(
        "SELECT * FROM breakers WHERE account_id = ? AND tripped_at >= ? AND tripped_at < ? ORDER BY id", span
    )
    return tuple(
        DayBreaker(
            row["name"],
            row["reason"],
            iso(from_micros(row["tripped_at"])),
            _time(row["until_at"]),
            _time(row["ended_at"]),
        )
        for row in rows
    )


def _credits(conn: sqlite3.Connection, span: tuple[int, int, int]) -> dict[str, int]:
    rows = conn.execute(
        "SELECT source, ifnull(sum(cost), 0) FROM credits WHERE at >= ? AND at < ? GROUP BY source ORDER BY source",
        span[1:],
    )
    return {row[0]: row[1] for row in rows}


def _time(micros: int | None) -> str | None:
    return None if micros is None else iso(from_micros(micros))
