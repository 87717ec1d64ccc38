"""The proof of what a report says of skill and luck: bettors whose edge is known, judged by the report itself.

Each strategy of one ledger is one such bettor. Rows are written as they are kept, because placing so many would take
hours; what reads and judges them is the real report.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from store_samples import NOW, opened

from betting_tui.engine.core.performance_views import GroupPerformance
from betting_tui.engine.core.times import to_micros
from betting_tui.engine.store import ReportFilter

BETTORS = 500
BETS = 150
AT = to_micros(NOW)


async def judged(folder: Path, edge: float, *, twice: bool = False, bettors: int = BETTORS) -> list[GroupPerformance]:
    """What the report says of each; `twice`: every bet was placed in two fills of one order."""
    async with opened(folder):
        pass
    conn = sqlite3.connect(folder / "ledger.db", isolation_level=None)
    conn.execute("BEGIN")
    write(conn, edge, bettors, 2 if twice else 1)
    conn.execute("COMMIT")
    conn.close()
    async with opened(folder) as ledger:
        report = await ledger.full_report(ReportFilter("main"))
    assert len(report.groups) == report.tried == bettors
    assert len(report.warnings) == 2
    return list(report.groups)


def write(conn: sqlite3.Connection, edge: float, bettors: int, fills: int) -> None:
    chance = np.random.default_rng(round(edge * 1_000) + 7)
    (period,) = conn.execute("SELECT id FROM account_periods").fetchone()
    conn.execute("INSERT INTO words VALUES (9000, 'a book'), (9001, 'a feed'), (9002, 'rules'), (9003, 'writer')")
    conn.executemany("INSERT INTO words VALUES (?, ?)", [(10_000 + n, f"strategy {n}") for n in range(bettors)])
    odds = [round(1.5 + 0.05 * number, 2) for number in range(100)]
    conn.executemany(
        "INSERT INTO prices VALUES (?, 'decimal', ?, ?)", [(5000 + n, f"{d}", d) for n, d in enumerate(odds)]
    )
    conn.execute(
        "INSERT INTO events (id, event_id, sport_key, sport_title, commence_at, first_commence_at, home_team,"
        " away_team, created_at, updated_at)"
        " VALUES (1, 'game', 'basketball_nba', 'NBA', ?1, ?1, 'Home', 'Away', ?1, ?1)",
        (AT,),
    )
    conn.execute("INSERT INTO lines VALUES (1, 1, 'h2h', 'two_way', 'full', NULL, NULL, 'standard')")
    rows = list(bets(chance, odds, edge, bettors))
    many = range(1, len(rows) + 1)
    conn.executemany("INSERT INTO selections VALUES (?, 1, ?, NULL)", ((n, f"Pick {n}") for n in many))
    conn.executemany(
        "INSERT INTO placements (id, account_id, period_id, key, origin, state, created_at, author_id)"
        " VALUES (?1, 1, ?2, 'key' || ?1, 'auto', 'accepted', ?3, 9003)",
        ((n, period, AT) for n in many),
    )
    conn.executemany(
        "INSERT INTO orders (id, placement_id, ordinal, bookmaker_id, state, price_id, stake_minor)"
        " VALUES (?1, ?1, 0, 9000, 'filled', ?2, ?3)",
        ((n, 5000 + price, stake) for n, (_, price, stake, _) in enumerate(rows, start=1)),
    )
    conn.executemany("INSERT INTO legs (order_id, ordinal, selection_id) VALUES (?1, 0, ?1)", ((n,) for n in many))
    for fill in range(1, fills + 1):
        conn.executemany(
            "INSERT INTO fills (order_id, number, price_id, stake_minor, evidence_number, source_id, quoted_at,"
            " seen_at)"
            " VALUES (?1, ?2, ?3, ?4, 2, 9001, ?5, ?5)",
            ((n, fill, 5000 + price, stake, AT) for n, (_, price, stake, _) in enumerate(rows, start=1)),
        )
        conn.executemany(
            "INSERT INTO bets (account_id, period_id, order_id, fill_number, strategy_id, rule_set_id, state,"
            " stake_minor, risk_minor, placed_at, result, return_minor, profit_minor, settled_at)"
            " VALUES (1, ?1, ?2, ?3, ?4, 9002, 'settled', ?5, ?5, ?6, ?7, ?8, ?8 - ?5, ?6 + ?2)",
            (
                (period, n, fill, 10_000 + who, stake, AT, "win" if won else "loss",
                 round(stake * odds[price]) if won else 0)
                for n, (who, price, stake, won) in enumerate(rows, start=1)
            ),
        )  # fmt: skip


def bets(
    chance: np.random.Generator, odds: list[float], edge: float, bettors: int
) -> Iterator[tuple[int, int, int, bool]]:
    """Whose, the place of its odds, its stake, and whether it won: with chance (1 + edge) / odds."""
    for who in range(bettors):
        prices = chance.integers(len(odds), size=BETS).tolist()
        stakes = chance.choice([500, 1_000, 2_500, 10_000], BETS).tolist()
        for price, stake, drawn in zip(prices, stakes, chance.random(BETS).tolist(), strict=True):
            yield who, price, stake, drawn < (1 + edge) / odds[price]


def covered(found: list[GroupPerformance], edge: float) -> float:
    spans = [each.performance.yield_range for each in found]
    return float(np.mean([span is not None and span.low <= edge <= span.high for span in spans]))


def called_skilled(found: list[GroupPerformance]) -> float:
    """How often the share of those without an edge who do as well is at most 5 %."""
    return float(np.mean([(each.performance.luck.no_edge_share or 0) <= 0.05 for each in found]))


def beyond_luck(found: list[GroupPerformance]) -> float:
    """How often no more bets are said to be needed."""
    return float(np.mean([each.performance.luck.more_bets == 0 for each in found]))


@pytest.mark.long
@pytest.mark.parametrize("edge", [0.0, 0.02, 0.05])
async def test_the_report_of_500_bettors_covers_their_edge_93_to_97_times_in_100(tmp_path: Path, edge: float) -> None:
    found = await judged(tmp_path, edge)
    assert 0.93 <= covered(found, edge) <= 0.97
    if edge == 0:
        assert 0.03 <= called_skilled(found) <= 0.07
        assert 0.01 <= beyond_luck(found) <= 0.04
    else:
        assert called_skilled(found) > 0.05


@pytest.mark.long
async def test_the_same_bets_in_two_fills_each_prove_no_more(tmp_path: Path) -> None:
    found = await judged(tmp_path, 0.0, twice=True)
    assert 0.93 <= covered(found, 0.0) <= 0.97
    assert 0.03 <= called_skilled(found) <= 0.07


async def test_a_few_bettors_without_an_edge_are_rarely_called_skilled(tmp_path: Path) -> None:
    found = await judged(tmp_path, 0.0, bettors=60)
    assert covered(found, 0.0) >= 0.88
    assert called_skilled(found) <= 0.15
