"""A ledger from before several accounts, brought up to date with what is in it."""

from __future__ import annotations

import random
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest
from store_samples import NOW

from betting_tui.engine.core.times import to_micros
from betting_tui.engine.store import BetFilter, Ledger, ReportFilter
from betting_tui.engine.store.schema import LEDGER, migrations, statements
from betting_tui.engine.store.shapes import OpportunityFilter
from betting_tui.engine.store.summaries import summaries_differ

BETS = 300
_AT = to_micros(NOW)
_HOUR_US = 3_600_000_000
_TABLES = (
    "accounts words prices events lines selections placements orders legs fills bets journal_entries postings"
    " settlements"
).split()


def older_ledger(path: Path) -> sqlite3.Connection:
    """A file of the first schema: bets won, lost, corrected, cancelled and open, their money, and some refusals."""
    conn = sqlite3.connect(path, isolation_level=None)
    conn.execute("PRAGMA foreign_keys = ON")
    conn.execute("BEGIN")
    for statement in statements(migrations(LEDGER)[0][1]):
        conn.execute(statement)
    conn.execute(f"PRAGMA application_id = {LEDGER.application_id}")
    conn.execute("PRAGMA user_version = 1")
    conn.execute("INSERT INTO meta VALUES ('mode', 'live')")
    conn.execute("INSERT INTO words VALUES (1, 'fanduel'), (2, 'value_betting'), (3, 'standard'), (4, 'test')")
    conn.execute("INSERT INTO prices VALUES (1, 'american', '+100', 2.0)")
    conn.execute(
        "INSERT INTO accounts (id, name, currency, created_at, updated_at, created_by)"
        f" VALUES (1, 'main', 'USD', {_AT}, {_AT}, 'test')"
    )
    conn.execute(
        "INSERT INTO account_periods (id, account_id, number, starting_minor, started_at, created_by)"
        f" VALUES (1, 1, 1, 1000000, {_AT}, 'test')"
    )
    conn.execute(
        "INSERT INTO ledger_accounts (id, account_id, kind)"
        " VALUES (1, 1, 'wallet'), (2, 1, 'open_bets'), (3, 1, 'house'), (4, 1, 'external')"
    )
    _book(conn, "deposit", _AT, None, {1: 1_000_000, 4: -1_000_000}, "starting-bankroll")
    for number in range(1, BETS + 1):
        _bet(conn, number, random.Random(number))
    conn.execute(
        "INSERT INTO placements (account_id, period_id, key, origin, state, refusal_code, created_at, author_id)"
        f" VALUES (1, 1, 'no', 'app', 'refused', 'price_moved', {_AT}, 4)"
    )
    conn.execute("COMMIT")
    return conn


def _book(
    conn: sqlite3.Connection, kind: str, at: int, bet: int | None, moved: dict[int, int], key: str | None = None
) -> int:
    entry = conn.execute(
        "INSERT INTO journal_entries (account_id, period_id, kind, created_at, author_id, bet_id, idempotency_key)"
        " VALUES (1, 1, ?, ?, 4, ?, ?)",
        (kind, at, bet, key),
    ).lastrowid
    assert entry is not None
    conn.executemany(
        "INSERT INTO postings VALUES (?, ?, ?)", [(entry, place, amount) for place, amount in moved.items() if amount]
    )
    return entry


def _bet(conn: sqlite3.Connection, number: int, dice: random.Random) -> None:
    at, stake = _AT + number * _HOUR_US, 100 * dice.randrange(1, 50)
    if number % 10 == 1:
        sport = ("basketball_nba", "NBA") if number % 20 == 1 else ("", "Darts")
        conn.execute(
            "INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, 'Home', 'Away', NULL, ?, ?)",
            (number, f"event-{number}", *sport, at, at, at, at),
        )
        conn.execute(
            "INSERT INTO lines VALUES (?1, ?1, ?2, 'two_way', 'full', NULL, NULL, 'standard')",
            (number, dice.choice(("h2h", "outrights"))),
        )
        conn.execute("INSERT INTO selections VALUES (?1, ?1, 'Home', NULL)", (number,))
    conn.execute(
        "INSERT INTO placements (id, account_id, period_id, key, origin, state, created_at, author_id)"
        " VALUES (?, 1, 1, ?, 'app', 'accepted', ?, 4)",
        (number, f"key-{number}", at),
    )
    conn.execute(
        "INSERT INTO orders (id, placement_id, ordinal, bookmaker_id, side, type, state, price_id, stake_minor)"
        " VALUES (?1, ?1, 0, 1, 'back', 'limit', 'filled', 1, ?2)",
        (number, stake),
    )
    conn.execute(
        "INSERT INTO legs (order_id, ordinal, selection_id) VALUES (?, 0, ?)", (number, (number - 1) // 10 * 10 + 1)
    )
    conn.execute("INSERT INTO fills VALUES (?, 1, 1, ?, 'none', 1, NULL, NULL)", (number, stake))
    conn.execute(
        "INSERT INTO bets (id, account_id, period_id, order_id, strategy_id, rule_set_id, state, stake_minor,"
        " risk_minor, placed_at, edge, updated_at) VALUES (?1, 1, 1, ?1, ?2, 3, 'pending', ?3, ?3, ?4, ?5, ?4)",
        (number, dice.choice((2, None)), stake, at, dice.choice((0.05, None))),
    )
    _book(conn, "bet_placed", at, number, {1: -stake, 2: stake})
    if number % 11 == 0:
        _book(conn, "bet_refund", at, number, {1: stake, 2: -stake})
        conn.execute("UPDATE bets SET state = 'cancelled' WHERE id = ?", (number,))
    elif number < BETS - 20:
        for settling in range(1 + (number % 13 == 0)):
            _settle(conn, number, stake, at + (settling + 2) * _HOUR_US, settling, dice)


def _settle(conn: sqlite3.Connection, bet: int, stake: int, at: int, before: int, dice: random.Random) -> None:
    if before:
        last = conn.execute("SELECT entry_id, return_minor FROM settlements WHERE bet_id = ?", (bet,)).fetchone()
        moved = {1: -last[1], 2: stake, 3: last[1] - stake}
        reversal = _book(conn, "correction", at, bet, moved)
        conn.execute("UPDATE settlements SET reversed_by_entry_id = ? WHERE bet_id = ?", (reversal, bet))
    result, returned = dice.choice((("win", 2 * stake), ("loss", 0), ("push", stake), ("void", stake)))
    entry = _book(conn, "bet_payout", at, bet, {1: returned, 2: -stake, 3: stake - returned})
    conn.execute(
        "UPDATE bets SET state = 'settled', result = ?, return_minor = ?, profit_minor = ?, settled_at = ?,"
        " clv_price = ?, closing_missing = ? WHERE id = ?",
        (result, returned, returned - stake, at, *dice.choice(((0.02, None), (None, "not_polled"))), bet),
    )
    conn.execute(
        "INSERT INTO settlements (bet_id, number, result, return_minor, profit_minor, entry_id)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (bet, before + 1, result, returned, returned - stake, entry),
    )


def rows_of(conn: sqlite3.Connection, columns: dict[str, list[str]]) -> dict[str, list[tuple[object, ...]]]:
    return {
        table: sorted((tuple(row) for row in conn.execute(f"SELECT {', '.join(names)} FROM {table}")), key=str)
        for table, names in columns.items()
    }


@pytest.fixture
def older(tmp_path: Path) -> Path:
    older_ledger(tmp_path / "ledger.db").close()
    return tmp_path / "ledger.db"


def columns_of(path: Path) -> dict[str, list[str]]:
    conn = sqlite3.connect(path)
    found = {table: [row[1] for row in conn.execute(f"PRAGMA table_info({table})")] for table in _TABLES}
    conn.close()
    return found


async def test_every_row_of_an_older_ledger_stays_as_it_was(older: Path) -> None:
    columns = columns_of(older)
    columns["bets"].remove("updated_at")  # of a bet under review alone, by another name
    with sqlite3.connect(older) as conn:
        before = rows_of(conn, columns)
    conn.close()
    ledger = await Ledger.open(older, now=NOW)
    assert ledger._database.read(lambda conn: rows_of(conn, columns)) == before
    assert len(before["bets"]) == BETS
    await ledger.close()


async def test_the_sums_of_an_older_ledger_are_kept_from_the_start(older: Path) -> None:
    with sqlite3.connect(older) as conn:
        settled, profit = conn.execute(
            "SELECT count(*), sum(profit_minor) FROM bets WHERE state = 'settled'"
        ).fetchone()
        counts = dict(conn.execute("SELECT state, count(*) FROM bets GROUP BY state").fetchall())
    conn.close()
    ledger = await Ledger.open(older, now=NOW)
    assert ledger._database.read(summaries_differ) == []
    assert (await ledger.verify()).problems == ()
    report, view = ledger.report(ReportFilter("main")), ledger.bankroll("main")
    assert (report.total.bets, report.total.profit_minor, view.profit_minor) == (settled, profit, profit)
    assert (report.placed, report.refused, view.max_drawdown_minor > 0) == (BETS, 1, True)
    assert view.curve[-1].bankroll_minor == view.bankroll_minor == 1_000_000 + profit
    assert ledger.count_bets(BetFilter(account="main")) == sum(counts.values()) == BETS
    await ledger.close()


async def test_opportunities_of_an_older_ledger_tell_the_same(older: Path) -> None:
    day = 86_400_000_000
    with sqlite3.connect(older) as conn:
        conn.executemany(
            "INSERT INTO opportunities (opportunity_id, strategy_id, event_id, line_id, discovered_at, updated_at,"
            " expires_at, best_ev, edge, fair_probability, fair_odds, books_id, flags_id)"
            " VALUES (?1, 2, 1, 1, ?2, ?2, ?2, ?3, 0.04, 0.4, 2.5, 5, 5)",
            [("now", _AT, 0.04), ("before", _AT + 2 * day, 0.09), ("next", _AT + day, 0.04)],
        )
        conn.execute("INSERT INTO words VALUES (5, '[]')")
    conn.close()
    ledger = await Ledger.open(older, now=NOW)
    kept = {row.opportunity.id: row for row in ledger.opportunities()}
    assert {name: row.best_ev for name, row in kept.items()} == {"now": 0.04, "before": 0.09, "next": 0.04}
    assert {row.opportunity.fair_odds for row in kept.values()} == {2.5}
    since = OpportunityFilter(now=NOW, since=NOW + timedelta(days=1))
    assert [row.opportunity.id for row in ledger.find_opportunities(since).rows] == ["next", "before"]
    await ledger.close()


async def test_results_of_an_older_ledger_are_final_ones_and_still_what_bets_were_settled_by(older: Path) -> None:
    with sqlite3.connect(older) as conn:
        conn.executemany(
            "INSERT INTO results (id, source, source_event_id, number, event_id, sport_key, commence_at, home_team,"
            " away_team, home_score, away_score, includes_overtime, received_at)"
            " VALUES (?1, 'the_odds_api', 'event-' || ?1, 1, ?1, 'basketball_nba', ?2, 'Home', 'Away', 90, 80, 1, ?2)",
            [(1, _AT), (11, _AT)],
        )
        conn.execute("UPDATE settlements SET result_id = 1 WHERE bet_id = 2")
    conn.close()
    ledger = await Ledger.open(older, now=NOW)
    told = "status, home_score, away_score, home_regulation, away_regulation, source_event_id"
    rows = ledger._database.read(lambda conn: [tuple(row) for row in conn.execute(f"SELECT {told} FROM results")])
    assert rows == [("final", 90, 80, None, None, f"event-{number}") for number in (1, 11)]
    assert (await ledger.verify()).problems == ()
    await ledger.close()


async def test_a_copy_of_the_older_file_is_kept(older: Path) -> None:
    newest = migrations(LEDGER)[-1][0]
    await (await Ledger.open(older, now=NOW)).close()
    with sqlite3.connect(older.with_name(f"ledger.before-{newest:03d}.db")) as copy:
        assert copy.execute("PRAGMA user_version").fetchone()[0] == 1
    copy.close()
