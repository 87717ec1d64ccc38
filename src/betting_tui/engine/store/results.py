"""What feeds have said of games, kept in the words of the events: one row each time it is something else."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime

import msgspec
from msgspec import Struct

from betting_tui.engine.core.agreement import CALLED_OFF, GIVEN_UP, is_final
from betting_tui.engine.core.scores import PeriodScore, Score, ScoreStatus
from betting_tui.engine.core.times import from_micros, to_micros
from betting_tui.engine.store.columns import Columns, named
from betting_tui.engine.store.identities import inserted, micros, moment

# A game that is off is worth knowing of; one that goes on only where it had been off.
_STOPPED = CALLED_OFF | GIVEN_UP | {ScoreStatus.SUSPENDED}
_NOT_PLAYED = "x"


class Said(Struct, frozen=True):
    """The newest word of one source on an event, and the row it is kept in."""

    row: int
    score: Score


class History(Struct, frozen=True):
    """What was said of an event: the last word of each source, and whether any has ever called it postponed (with the
    row of the last that did)."""

    newest: tuple[Said, ...]
    postponed: int | None = None


def is_off(score: Score) -> bool:
    """Whether the game is called off, for now or for good."""
    return score.status in _STOPPED


def keep(conn: sqlite3.Connection, score: Score, event: int | None, now: datetime) -> bool:
    """Keep what a score says of an event (row) or of a game nobody knows yet. Whether it was not known before."""
    last = conn.execute(
        "SELECT * FROM results WHERE source = ? AND source_event_id = ? ORDER BY number DESC LIMIT 1",
        (score.source, score.event_id),
    ).fetchone()
    status = _status(score, last)
    if status is None:
        return False
    if last is not None and _older(score, last):
        return False
    if last is not None and last["event_id"] is None and event is not None:
        # Kept as the feed told it, in its own names, until there was an event it is about.
        conn.execute(
            f"UPDATE results SET {', '.join(f'{name} = ?' for name in _COLUMNS)} WHERE id = ?",
            (*_values(score, status, event), last["id"]),
        )
        return True
    said = _START if status in _AHEAD else _SAID
    if last is not None and _told(last, said) == _values(score, status, event)[said:]:
        return False
    inserted(
        conn,
        f"INSERT INTO results (source, source_event_id, number, received_at, {', '.join(_COLUMNS)})"
        f" VALUES (?, ?, ?, ?{', ?' * len(_COLUMNS)})",
        (
            score.source,
            score.event_id,
            1 if last is None else last["number"] + 1,
            to_micros(now),
            *_values(score, status, event),
        ),
    )
    return True


def history(conn: sqlite3.Connection, event: int) -> History:
    """Of an event (row)."""
    return history_of(told_of(conn, (event,))[event])


def told_of(conn: sqlite3.Connection, events: Sequence[int]) -> dict[int, list[Columns]]:
    """The rows of what was said of events (rows), for `history_of`."""
    told: dict[int, list[Columns]] = {event: [] for event in events}
    for row in named(conn, _TOLD, (msgspec.json.encode(list(told)).decode(),)):
        told[row["event_id"]].append(row)
    return told


_TOLD = """
    SELECT r.* FROM json_each(?) wanted CROSS JOIN results r INDEXED BY results_of_event ON r.event_id = wanted.value
    ORDER BY r.id
"""


def history_of(rows: Sequence[Columns]) -> History:
    """Of one event."""
    last = {row["source"]: Said(row["id"], _score(row)) for row in rows}
    postponed = [row["id"] for row in rows if row["status"] == ScoreStatus.POSTPONED]
    return History(tuple(last.values()), postponed[-1] if postponed else None)


def unattached(conn: sqlite3.Connection) -> tuple[Score, ...]:
    """The newest results of games that were of no event when they came."""
    rows = conn.execute(
        "SELECT * FROM results r WHERE event_id IS NULL AND number = (SELECT max(number) FROM results o"
        " WHERE o.source = r.source AND o.source_event_id = r.source_event_id) ORDER BY id"
    )
    return tuple(_score(row) for row in rows)


def waited_for(conn: sqlite3.Connection) -> Sequence[int]:
    """Events (rows) with open bets that something is known of."""
    rows = conn.execute(
        "SELECT DISTINCT l.event_id FROM bets b INDEXED BY bets_open CROSS JOIN legs g ON g.order_id = b.order_id"
        " JOIN selections s ON s.id = g.selection_id JOIN lines l ON l.id = s.line_id"
        " WHERE b.state IN ('pending', 'review') AND EXISTS (SELECT 1 FROM results r WHERE r.event_id = l.event_id)"
        " ORDER BY l.event_id"
    )
    return [int(row["event_id"]) for row in rows]


_COLUMNS = (
    "event_id", "stated_at", "sport_key", "commence_at",
    "home_team", "away_team", "status", "home_score", "away_score", "includes_overtime", "home_regulation",
    "away_regulation", "periods", "played", "winner",
)  # fmt: skip
# From here on a column makes a result another one: not when it was said, nor when the game began; but when one that was
# put off is to be played.
_SAID, _START = 4, 3
_AHEAD = {ScoreStatus.POSTPONED, ScoreStatus.SCHEDULED}


def _values(score: Score, status: ScoreStatus, event: int | None) -> tuple[object, ...]:
    """Of `_COLUMNS`."""
    return (
        event, micros(score.updated_at), score.sport_key, to_micros(score.commence_time),
        score.home_team, score.away_team, status.value, score.home_score, score.away_score, score.includes_overtime,
        score.home_regulation, score.away_regulation, _periods_text(score.periods), score.played, _winner(score),
    )  # fmt: skip


def _older(score: Score, last: sqlite3.Row) -> bool:
    """Whether its feed has said something newer since: an old answer read again takes no correction back."""
    said = micros(score.updated_at)
    return said is not None and last["stated_at"] is not None and said < last["stated_at"]


def _told(row: sqlite3.Row, said: int) -> tuple[object, ...]:
    return tuple(row[name] for name in _COLUMNS[said:])


def _status(score: Score, last: sqlite3.Row | None) -> ScoreStatus | None:
    """What to keep it as; None for what is not worth keeping."""
    if is_final(score):
        return ScoreStatus.FINAL
    if is_off(score):
        return score.status
    if score.completed:
        return None
    stopped = last is not None and last["status"] in _STOPPED
    return (score.status or ScoreStatus.IN_PLAY) if stopped else None


def _score(row: Columns) -> Score:
    overtime = row["includes_overtime"]
    status = ScoreStatus(row["status"])
    return Score(
        event_id=row["source_event_id"],
        source=row["source"],
        sport_key=row["sport_key"],
        commence_time=from_micros(row["commence_at"]),
        completed=status is ScoreStatus.FINAL,
        home_team=row["home_team"],
        away_team=row["away_team"],
        home_score=row["home_score"],
        away_score=row["away_score"],
        includes_overtime=None if overtime is None else bool(overtime),
        updated_at=moment(row["stated_at"]),
        status=status,
        home_regulation=row["home_regulation"],
        away_regulation=row["away_regulation"],
        periods=_periods(row["periods"]),
        played=row["played"],
        winner=None if row["winner"] is None else row[f"{row['winner']}_team"],
    )


def _periods_text(periods: Sequence[PeriodScore]) -> str | None:
    """`24-31,20-18`."""
    return ",".join(f"{_half_text(each.home)}-{_half_text(each.away)}" for each in periods) or None


def _half_text(points: int | None) -> str:
    return _NOT_PLAYED if points is None else str(points)


def _periods(text: str | None) -> tuple[PeriodScore, ...]:
    if text is None:
        return ()
    pairs = (each.partition("-") for each in text.split(","))
    return tuple(PeriodScore(_half(home), _half(away)) for home, _, away in pairs)


def _half(text: str) -> int | None:
    return None if text == _NOT_PLAYED else int(text)


def _winner(score: Score) -> str | None:
    """Which side; a winner by a name that is neither is none that could be told."""
    if not score.winner:
        return None
    return "home" if score.winner == score.home_team else "away" if score.winner == score.away_team else None
