"""Open and settled bets of a ledger from before terms, closes of the reference and batches were kept: brought up to
date, they are settled on the terms they had."""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec import structs
from store_samples import score
from test_store_migrations import BETS, older_ledger

from betting_tui.engine.core.commands import SettleBet
from betting_tui.engine.core.model import BetResult, BetState, Event
from betting_tui.engine.core.scores import Score
from betting_tui.engine.core.times import from_micros
from betting_tui.engine.store import BetFilter, Ledger, ReportFilter
from betting_tui.engine.store.schema import LEDGER, migrations, statements

_DAY_US = 86_400_000_000
# Ten bets an event: the last twenty are open, on the last two of them, unless cancelled.
FIRST, SECOND = BETS - 19, BETS - 9
EXCHANGE = SECOND


@pytest.fixture
def third(tmp_path: Path) -> Path:
    """Of the third schema. The second open event is one at an exchange; a bet on it was made after its start moved."""
    conn = older_ledger(tmp_path / "ledger.db")
    conn.execute("UPDATE events SET sport_key = 'basketball_nba', sport_title = 'NBA'")
    conn.execute("UPDATE lines SET market = 'h2h'")
    conn.execute("INSERT INTO words (id, text) VALUES (90, 'betfair_ex_uk'), (91, 'feed')")
    conn.execute("UPDATE orders SET bookmaker_id = 90 WHERE id = ?", (EXCHANGE,))
    for number, script in migrations(LEDGER)[1:3]:
        for statement in statements(script):
            conn.execute(statement)
        conn.execute(f"PRAGMA user_version = {number}")
    conn.execute(
        "UPDATE events SET commence_at = first_commence_at + ?, updated_at = (SELECT placed_at FROM bets WHERE id = ?)"
        " WHERE id = ?",
        (3 * _DAY_US, SECOND + 5, SECOND),
    )
    conn.execute("INSERT INTO prices VALUES (2, 'american', '-125', 1.8)")
    conn.execute(
        "INSERT INTO closing_lines SELECT ?1, 1, 'back', 2, NULL, commence_at - 60000000, commence_at - 60000000, 91"
        " FROM events WHERE id = ?1",
        (SECOND,),
    )
    conn.execute("UPDATE events SET quotes_seen_at = commence_at - 60000000 WHERE id = ?", (SECOND,))
    conn.close()
    return tmp_path / "ledger.db"


def final(conn_path: Path, event: int, home: int, away: int) -> Score:
    with sqlite3.connect(conn_path) as conn:
        start = conn.execute("SELECT commence_at FROM events WHERE id = ?", (event,)).fetchone()[0]
    conn.close()
    game = Event(f"event-{event}", "basketball_nba", "NBA", from_micros(start), "Home", "Away")
    return score(home, away, game)


async def test_open_bets_keep_the_terms_they_had(third: Path) -> None:
    told = final(third, SECOND, 90, 80)
    ledger = await Ledger.open(third, now=told.commence_time)
    rows = ledger._database.read(
        lambda conn: [
            tuple(row)
            for row in conn.execute(
                "SELECT b.id, w.text, b.commission, g.announced_at - e.first_commence_at FROM bets b JOIN words w"
                " ON w.id = b.rule_set_id JOIN legs g ON g.order_id = b.order_id, events e"
                " WHERE e.id = ? AND b.id >= e.id AND b.state = 'pending' ORDER BY b.id",
                (SECOND,),
            )
        ]
    )
    assert {row[1:3] for row in rows} == {("standard", None)}, "nobody charged a commission then"
    assert {row[0]: row[3] for row in rows} == {row[0]: 3 * _DAY_US if row[0] >= SECOND + 5 else None for row in rows}
    await ledger.close()


async def test_they_are_settled_by_them(third: Path) -> None:
    told = final(third, SECOND, 90, 80)
    ledger = await Ledger.open(third, now=told.commence_time)
    await ledger.settle_scores([told], told.commence_time + timedelta(hours=3))
    bets = [ledger.bet(str(number)) for number in range(SECOND, BETS + 1) if number % 11]
    moved = [bet for bet in bets if int(bet.id[4:]) < SECOND + 5]
    assert {bet.state for bet in moved} == {BetState.REVIEW}, "its start moved by days after they were made"
    settled = [bet for bet in bets if bet not in moved]
    assert {(bet.result, bet.commission_minor) for bet in settled} == {(BetResult.WIN, 0)}
    assert {bet.profit_minor == bet.stake_minor for bet in settled} == {True}
    assert settled[0].clv_price == pytest.approx(2.0 / 1.8 - 1)
    await ledger.settle_bet(SettleBet(str(EXCHANGE), BetResult.WIN, "me"), told.commence_time + timedelta(hours=4))
    exchange = ledger.bet(str(EXCHANGE))
    assert (exchange.profit_minor, exchange.commission_minor) == (exchange.stake_minor, 0)
    assert (await ledger.verify()).problems == ()
    await ledger.close()


async def test_settled_ones_can_still_be_corrected_and_every_missing_close_has_its_reason(third: Path) -> None:
    told = final(third, 21, 80, 90)
    ledger = await Ledger.open(third, now=told.commence_time)
    before = [bet for bet in ledger.bets(BetFilter(limit=None)) if bet.state is BetState.SETTLED]
    assert all(bet.closing_missing or bet.clv_price is not None for bet in before)
    report = ledger.report(ReportFilter("main"))
    countable = [bet for bet in before if bet.result is not BetResult.VOID]
    assert report.total.clv_count == sum(bet.clv_price is not None for bet in countable)
    assert sum(bets for _, bets in report.missing_closes) == len(countable) - report.total.clv_count
    one = next(bet for bet in before if bet.result is BetResult.WIN)
    await ledger.settle_bet(SettleBet(one.id, BetResult.HALF_LOSS, "me"), told.commence_time)
    assert ledger.bet(one.id).return_minor == one.stake_minor // 2
    assert (await ledger.verify()).problems == ()
    again = structs.replace(told, home_score=91)
    await ledger.settle_scores([again], told.commence_time + timedelta(hours=3))
    assert (await ledger.verify()).problems == ()
    await ledger.close()
