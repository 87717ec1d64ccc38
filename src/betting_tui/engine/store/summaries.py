"""The sums the ledger keeps of itself: where they are looked up, and whether they are what the rows add up to.

The check folds the rows in plain Python and shares no SQL with the triggers that keep the sums.
"""

from __future__ import annotations

import math
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from betting_tui.engine.core.closes import AGE_STEPS
from betting_tui.engine.core.errors import UsageError
from betting_tui.engine.core.progress import Progress, silent, watched
from betting_tui.engine.store.shapes import AccountRow

_DAY_US = 86_400_000_000
_HOUR_US = 3_600_000_000
_SPAN_DAYS = 30
_EXACT = "bets wins losses voids turnover_minor profit_minor expected_bets clv_bets".split()
# As kept for closes that are older than the last step.
_OLDER = 100_000
_OUTSIDE = ("house", "external", "bonus", "fees")

# A sport is kept by its key and shown by the title its newest event has.
SHOWN = """
    CASE kind WHEN 'all' THEN 'all' WHEN 'sport' THEN ifnull((SELECT sport_title FROM events
        WHERE sport_key = name AND sport_title <> '' ORDER BY commence_at DESC LIMIT 1), name) ELSE name END
"""


class FreeBets(Struct, frozen=True):
    """Free bets that were won or lost, and what they brought."""

    bets: int
    profit_minor: int


NO_FREE_BETS = FreeBets(0, 0)


def marks(values: Sequence[object]) -> str:
    """Placeholders for a list of values."""
    return ", ".join("?" * len(values))


def period_ids(conn: sqlite3.Connection, owner: AccountRow | None, number: int | None) -> tuple[int, ...]:
    """The rows of a period: None is the current one, 0 stands for all; of every account where `owner` is None.

    UsageError for a period the account has not had.
    """
    conditions = {None: "ended_at IS NULL", 0: "1"}
    values: tuple[object, ...] = () if number in conditions else (number,)
    whose = "" if owner is None else "account_id = ? AND "
    rows = conn.execute(
        f"SELECT id FROM account_periods WHERE {whose}{conditions.get(number, 'number = ?')} ORDER BY id",
        (() if owner is None else (owner.id,)) + values,
    )
    found = tuple(int(row["id"]) for row in rows)
    if not found and owner is not None:
        raise UsageError(f"account {owner.name} has no period {number}: its current one is {owner.period}")
    return found


def open_bets(conn: sqlite3.Connection, account_id: int, periods: tuple[int, ...]) -> int:
    row = conn.execute(
        "SELECT count(*) FROM bets INDEXED BY bets_open WHERE account_id = ? AND state IN ('pending', 'review')"
        f" AND period_id IN ({marks(periods)})",
        (account_id, *periods),
    ).fetchone()
    return int(row[0])


def free_bets(
    conn: sqlite3.Connection, periods: tuple[int, ...], kind: str, since: int, until: int
) -> dict[str, FreeBets]:
    """Settled in these periods since `since`, before `until` (microseconds), by the name their group is shown under."""
    rows = conn.execute(
        f"SELECT {SHOWN} AS shown, sum(wins + losses) AS bets, sum(profit_minor) AS profit_minor FROM settled_parts"
        " WHERE kind = ? AND bet_id IN (SELECT id FROM bets INDEXED BY free_bets WHERE state = 'settled'"
        f" AND risk_minor = 0 AND period_id IN ({marks(periods)}) AND settled_at >= ? AND settled_at < ?) GROUP BY 1",
        (kind, *periods, since, until),
    )
    return {row["shown"]: FreeBets(row["bets"], row["profit_minor"]) for row in rows}


def summaries_differ(conn: sqlite3.Connection, progress: Progress = silent) -> list[str]:
    """What each kept sum is and should be, where they differ; empty when all of them hold."""
    closes, settled = _folded_closes(conn, progress), _folded_settled(conn, progress)
    days, spans = _kept_settled(conn, "settled_sums", "day"), _kept_settled(conn, "settled_spans", "span")
    close_days, close_spans = _kept_closes(conn, "close_sums", "day"), _kept_closes(conn, "close_spans", "span")
    kept = _kept_from(conn)
    return [
        *_differences("the kept sum of settled bets", days, _since(kept, settled, _DAY_OF_SETTLED)),
        *_differences("the kept sum of settled bets of 30 days", spans, _folded_spans(settled, _DAY_OF_SETTLED)),
        *_differences("the kept sum of closes", close_days, _since(kept, closes, _DAY_OF_CLOSES)),
        *_differences("the kept sum of closes of 30 days", close_spans, _folded_spans(closes, _DAY_OF_CLOSES)),
        *_differences("the kept course of period", _kept_courses(conn), _folded_courses(conn)),
        *_differences("the kept hour", _kept_hours(conn), _folded_hours(conn)),
    ]


class _Sums(Struct):
    """One row of kept sums: whole numbers that must be equal, and floats that may have been rounded on their way."""

    exact: tuple[int | None, ...]
    floats: tuple[float, ...] = ()
    size: float = 0.0

    def add(self, exact: tuple[int, ...], floats: tuple[float, ...]) -> None:
        self.exact = tuple((old or 0) + new for old, new in zip(self.exact, exact, strict=True))
        self.floats = tuple(old + new for old, new in zip(self.floats, floats, strict=True))
        self.size += sum(map(abs, floats))

    def same(self, other: _Sums) -> bool:
        # A rounding is as big as the numbers that went in, not as what is left of them.
        near = 1e-6 + 1e-9 * (self.size + other.size)
        return self.exact == other.exact and all(
            math.isclose(one, two, rel_tol=1e-9, abs_tol=near)
            for one, two in zip(self.floats, other.floats, strict=True)
        )

    @property
    def shown(self) -> str:
        return ", ".join(str(number) for number in (*self.exact, *self.floats))


_Key = tuple[int | str, ...]
# Where the day stands in the keys of either kind of sum.
_DAY_OF_SETTLED, _DAY_OF_CLOSES = 2, 3


def _differences(what: str, kept: dict[_Key, _Sums], folded: dict[_Key, _Sums]) -> Iterator[str]:
    for key in sorted(kept.keys() | folded.keys(), key=str):
        is_, should = kept.get(key), folded.get(key)
        if is_ is None and should is not None:
            yield f"{what} {_named(key)} is missing, should be {should.shown}"
        elif is_ is not None and should is None:
            if any(is_.exact):
                yield f"{what} {_named(key)} is {is_.shown}, should be nothing"
        elif is_ is not None and should is not None and not is_.same(should):
            yield f"{what} {_named(key)} is {is_.shown}, should be {should.shown}"


def _named(key: _Key) -> str:
    return "/".join(str(part) for part in key)


def _kept_from(conn: sqlite3.Connection) -> dict[int | str, int]:
    """From which day on the sums of a day are kept, by period: of the newest 30 days with settled bets and those
    before them."""
    newest: dict[int | str, int] = {}
    for row in conn.execute("SELECT period_id, span FROM settled_spans WHERE kind = 'all'"):
        newest[row["period_id"]] = max(newest.get(row["period_id"], row["span"]), row["span"])
    return {period: _SPAN_DAYS * (span - 1) for period, span in newest.items()}


def _since(kept: Mapping[int | str, int], days: dict[_Key, _Sums], place: int) -> dict[_Key, _Sums]:
    """The days, which stand at this place of the key, whose sums are kept."""
    return {key: sums for key, sums in days.items() if int(key[place]) >= kept.get(key[0], int(key[place]))}


def _kept_settled(conn: sqlite3.Connection, table: str, number: str) -> dict[_Key, _Sums]:
    return {
        (row["period_id"], row["kind"], row[number], row["name"]): _Sums(
            tuple(row[name] for name in _EXACT),
            (row["expected_minor"], row["clv"]),
        )
        for row in conn.execute(f"SELECT * FROM {table}")
    }


def _folded_settled(conn: sqlite3.Connection, progress: Progress) -> dict[_Key, _Sums]:
    folded: dict[_Key, _Sums] = defaultdict(lambda: _Sums((0,) * 8, (0.0, 0.0)))
    for bet, names in _settled_bets(conn, progress, "Checking kept sums"):
        exact, floats = _one(bet)
        for kind, name in names.items():
            folded[bet["period_id"], kind, bet["settled_at"] // _DAY_US, name].add(exact, floats)
    return folded


def _settled_bets(
    conn: sqlite3.Connection, progress: Progress, what: str
) -> Iterator[tuple[sqlite3.Row, dict[str, str]]]:
    """Each with what it is summed under."""
    settled = int(conn.execute("SELECT count(*) FROM bets WHERE state = 'settled'").fetchone()[0])
    words = {row["id"]: row["text"] for row in conn.execute("SELECT id, text FROM words")}
    bets = conn.execute(
        "SELECT b.*, o.kind, o.bookmaker_id, l.market, e.sport_key, e.sport_title FROM bets b"
        " JOIN orders o ON o.id = b.order_id JOIN legs g ON g.order_id = o.id AND g.ordinal = 0"
        " JOIN selections s ON s.id = g.selection_id JOIN lines l ON l.id = s.line_id"
        " JOIN events e ON e.id = l.event_id WHERE b.state = 'settled'"
    )
    for bet in watched(bets, settled, progress, what):
        yield (
            bet,
            {
                "all": "",
                "strategy": "by hand" if bet["strategy_id"] is None else words[bet["strategy_id"]],
                "bookmaker": words[bet["bookmaker_id"]],
                "sport": "parlay" if bet["kind"] == "parlay" else bet["sport_key"] or bet["sport_title"],
                "market": "parlay" if bet["kind"] == "parlay" else bet["market"],
            },
        )


def _one(bet: sqlite3.Row) -> tuple[tuple[int, ...], tuple[float, float]]:
    won = bet["result"] in ("win", "half_win")
    lost = bet["result"] in ("loss", "half_loss")
    void = bet["result"] == "void"
    graded = won or lost
    expected = bet["edge"] if graded else None
    clv = None if void else bet["clv_price"]
    exact = (
        1,
        int(won),
        int(lost),
        int(void),
        bet["risk_minor"] if graded else 0,
        bet["profit_minor"],
        int(expected is not None),
        int(clv is not None),
    )
    return exact, (bet["risk_minor"] * (expected or 0.0), clv or 0.0)


def _kept_courses(conn: sqlite3.Connection) -> dict[_Key, _Sums]:
    return {
        (row["period_id"],): _Sums(
            tuple(
                row[name]
                for name in ("result_minor", "peak_minor", "drawdown_minor", "watched_peak_minor", "cancelled_bets")
            )
        )
        for row in conn.execute("SELECT * FROM period_sums")
    }


def _folded_courses(conn: sqlite3.Connection) -> dict[_Key, _Sums]:
    watched = {row["period_id"]: row["watched_after_entry_id"] for row in conn.execute("SELECT * FROM period_sums")}
    moves: dict[int, list[tuple[int, int]]] = defaultdict(list)
    before: dict[int, int] = {}
    for row in conn.execute(
        "SELECT t.bet_id, t.profit_minor, t.entry_id, t.withdrawn, t.reversed_by_entry_id, j.period_id"
        " FROM settlements t JOIN journal_entries j ON j.id = t.entry_id ORDER BY t.bet_id, t.number"
    ):
        moves[row["period_id"]].append((row["entry_id"], row["profit_minor"] - before.get(row["bet_id"], 0)))
        before[row["bet_id"]] = row["profit_minor"]
        if row["withdrawn"]:
            moves[row["period_id"]].append((row["reversed_by_entry_id"], -row["profit_minor"]))
            before[row["bet_id"]] = 0
    cancelled = dict(
        conn.execute("SELECT period_id, count(*) FROM bets WHERE state = 'cancelled' GROUP BY period_id").fetchall()
    )
    return {
        (row["id"],): _course(sorted(moves[row["id"]]), watched.get(row["id"], 0), cancelled.get(row["id"], 0))
        for row in conn.execute("SELECT id FROM account_periods")
    }


def _course(moves: Iterable[tuple[int, int]], watched_after: int, cancelled: int) -> _Sums:
    result = peak = drawdown = watched_peak = 0
    for entry, moved in moves:
        result += moved
        peak = max(peak, result)
        drawdown = max(drawdown, peak - result)
        watched_peak = result if entry <= watched_after else max(watched_peak, result)
    return _Sums((result, peak, drawdown, watched_peak, cancelled))


def _kept_hours(conn: sqlite3.Connection) -> dict[_Key, _Sums]:
    return {
        (row["period_id"], row["hour"]): _Sums(
            (row["entries"], row["change_minor"], row["last_at"], row["placed"], row["refused"])
        )
        for row in conn.execute("SELECT * FROM period_hours")
    }


def _folded_hours(conn: sqlite3.Connection) -> dict[_Key, _Sums]:
    outside = {row["id"] for row in conn.execute("SELECT id, kind FROM ledger_accounts") if row["kind"] in _OUTSIDE}
    changes: dict[int, int] = defaultdict(int)
    changing: set[int] = set()
    for row in conn.execute("SELECT entry_id, ledger_account_id, amount_minor FROM postings"):
        if row["ledger_account_id"] in outside:
            changes[row["entry_id"]] -= row["amount_minor"]
            changing.add(row["entry_id"])
    counts: dict[_Key, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    last: dict[_Key, int] = {}
    for row in conn.execute("SELECT id, period_id, created_at FROM journal_entries"):
        key = (row["period_id"], row["created_at"] // _HOUR_US)
        counts[key][0] += 1
        counts[key][1] += changes[row["id"]]
        if row["id"] in changing:
            last[key] = max(last.get(key, row["created_at"]), row["created_at"])
    for row in conn.execute("SELECT period_id, created_at, state FROM placements"):
        if row["state"] in ("accepted", "refused"):
            counts[row["period_id"], row["created_at"] // _HOUR_US][2 if row["state"] == "accepted" else 3] += 1
    return {
        key: _Sums((entries, change, last.get(key), placed, refused))
        for key, (entries, change, placed, refused) in counts.items()
    }


def _kept_closes(conn: sqlite3.Connection, table: str, number: str) -> dict[_Key, _Sums]:
    return {
        (row["period_id"], row["whose"], row["kind"], row[number], row["name"], row["band"]): _Sums(
            (row["bets"], row["beat"], row["converted"], row["risk_minor"]), (row["value"], row["weighted"])
        )
        for row in conn.execute(f"SELECT * FROM {table}")
    }


def _folded_spans(days: dict[_Key, _Sums], place: int) -> dict[_Key, _Sums]:
    """Days, which stand at this place of the key, added up to stretches of 30 days."""
    folded: dict[_Key, _Sums] = {}
    for key, sums in days.items():
        span = (*key[:place], int(key[place]) // _SPAN_DAYS, *key[place + 1 :])
        total = folded.setdefault(span, _Sums((0,) * len(sums.exact), (0.0,) * len(sums.floats)))
        total.add(tuple(number or 0 for number in sums.exact), sums.floats)
    return folded


def _folded_closes(conn: sqlite3.Connection, progress: Progress) -> dict[_Key, _Sums]:
    folded: dict[_Key, _Sums] = defaultdict(lambda: _Sums((0,) * 4, (0.0, 0.0)))
    for bet, names in _settled_bets(conn, progress, "Checking kept closes"):
        if bet["result"] == "void":
            continue
        for whose, value, age, missing, after, converted in (
            ("book", bet["clv_price"], bet["close_age_us"], bet["closing_missing"], bet["close_after"],
             bet["price_converted"]),
            ("reference", bet["clv_ev"], bet["fair_age_us"], bet["fair_missing"], bet["fair_after"],
             bet["ev_converted"]),
        ):  # fmt: skip
            known = value is not None
            band = _band(age) if known else -1
            if not 0 <= band <= 1:
                names["missing"] = (after or "too_old") if known else (missing or "not_kept")
            risk = bet["risk_minor"] if known else 0
            exact = (1, int(known and value > 0), int(known and converted), risk)
            for kind, name in names.items():
                key = (bet["period_id"], whose, kind, bet["settled_at"] // _DAY_US, name, band)
                folded[key].add(exact, (value or 0.0, (value or 0.0) * risk))
            names.pop("missing", None)
    return folded


def _band(age_us: int | None) -> int:
    """The step of minutes this age is counted under."""
    if age_us is None:
        return 0
    return next((step for step in AGE_STEPS if age_us <= step * 60_000_000), _OLDER)
