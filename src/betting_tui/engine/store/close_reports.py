"""Closes of settled bets added up: means, coverage and why some have none, under an age limit that the reader chooses.

Stretches of 30 days and the newest UTC days come from kept sums, what is left at both ends from the bets themselves.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict

from msgspec import Struct, field

from betting_tui.engine.core.closes import reason_in_short
from betting_tui.engine.store.closing_values import Whose
from betting_tui.engine.store.stretches import Stretch, parts_of
from betting_tui.engine.store.summaries import SHOWN, marks

_NUMBERS = "bets beat converted risk_minor value weighted".split()
_NAMED = ", ".join(_NUMBERS)
_ADDED = ", ".join(f"sum({column}) AS {column}" for column in _NUMBERS)


class CloseSum(Struct):
    """Bets that have a close of one kind within the limit."""

    bets: int = 0
    beat: int = 0
    converted: int = 0
    risk_minor: int = 0
    value: float = 0.0
    weighted: float = 0.0
    by_age: dict[int, int] = field(default_factory=dict)

    @property
    def mean(self) -> float | None:
        return self.value / self.bets if self.bets else None

    @property
    def weighted_mean(self) -> float | None:
        """By what was at risk; free bets risk nothing."""
        return self.weighted / self.risk_minor if self.risk_minor else None

    @property
    def median_minutes(self) -> int | None:
        """Of those whose age is known, by steps."""
        half, seen = sum(self.by_age.values()) / 2, 0
        for minutes, bets in sorted(self.by_age.items()):
            seen += bets
            if seen >= half and seen:
                return minutes
        return None


class Closes(Struct, frozen=True):
    """Of one group of bets."""

    book: CloseSum = field(default_factory=CloseSum)
    reference: CloseSum = field(default_factory=CloseSum)


NO_CLOSES = Closes()


def closes_by_name(conn: sqlite3.Connection, stretch: Stretch, kind: str, max_age: int | None) -> dict[str, Closes]:
    """By the name the group is shown under."""
    found: dict[str, Closes] = defaultdict(Closes)
    for row in _sums(conn, stretch, kind, f"band >= 0{_within(max_age)}"):
        sum_ = found[row["shown"]].book if row["whose"] == "book" else found[row["shown"]].reference
        sum_.bets += row["bets"]
        sum_.beat += row["beat"]
        sum_.converted += row["converted"]
        sum_.risk_minor += row["risk_minor"]
        sum_.value += row["value"]
        sum_.weighted += row["weighted"]
        if row["band"] > 0 and row["bets"]:
            sum_.by_age[row["band"]] = sum_.by_age.get(row["band"], 0) + row["bets"]
    return dict(found)


def missing_closes(
    conn: sqlite3.Connection, stretch: Stretch, whose: Whose, max_age: int | None
) -> tuple[tuple[str, int], ...]:
    """Why bets have none, or none within the limit, and how many: most first."""
    left_out = "band < 0" if max_age is None else f"(band < 0 OR band > {int(max_age)})"
    counts: dict[str, int] = defaultdict(int)
    for row in _sums(conn, stretch, "missing", f"{left_out} AND whose = '{whose}'"):
        counts[reason_in_short(row["shown"])] += row["bets"]
    return tuple(sorted(((name, bets) for name, bets in counts.items() if bets), key=lambda each: (-each[1], each[0])))


def _within(max_age: int | None) -> str:
    return "" if max_age is None else f" AND band <= {int(max_age)}"


def _sums(conn: sqlite3.Connection, stretch: Stretch, kind: str, which: str) -> list[sqlite3.Row]:
    among = f"period_id IN ({marks(stretch.periods)}) AND whose IN ('book', 'reference') AND kind = ? AND {which}"
    parts = parts_of(conn, stretch)
    queries: list[str] = []
    values: list[object] = []
    for table, column, ranges in (
        ("close_spans", "span", parts.spans),
        ("close_sums", "day", parts.days),
        ("closed_parts", "settled_at", parts.bets),
    ):
        for each in ranges:
            queries.append(
                f"SELECT whose, kind, name, band, {_NAMED} FROM {table}"
                f" WHERE {among} AND {column} >= ? AND {column} < ?"
            )
            values += [*stretch.periods, kind, each.first, each.last]
    if not queries:
        return []
    every = " UNION ALL ".join(queries)
    by_name = f"SELECT whose, kind, name, band, {_ADDED} FROM ({every}) GROUP BY whose, name, band"
    return conn.execute(f"SELECT {SHOWN} AS shown, whose, band, {_NAMED} FROM ({by_name})", values).fetchall()
