"""A batch of results against the open bets: what can be settled is, what cannot stays open with its reason."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from betting_tui.engine.core.errors import BettingError
from betting_tui.engine.core.grading import Ungraded, grade_selection
from betting_tui.engine.core.model import START_UNKNOWN, BetResult, BetState, Event, Score, Selection, Side
from betting_tui.engine.core.times import from_micros, to_micros
from betting_tui.engine.core.views import SettlementReport, Unsettled
from betting_tui.engine.store.identities import add_alias, event_of, event_row_id, inserted, line_of, micros, moment
from betting_tui.engine.store.read_models import bets_by_number
from betting_tui.engine.store.settling import Verdict, review, settle

# How far apart two feeds' starts of one game may be when only the names of the teams tell; less where the same two
# teams may meet twice a day.
_SAME_GAME = timedelta(hours=12)
_SAME_GAME_OF_A_DOUBLE_HEADER = timedelta(minutes=90)
_DOUBLE_HEADERS = "baseball"
_AUTHOR = "results"

_MIRRORED = {
    BetResult.WIN: BetResult.LOSS,
    BetResult.LOSS: BetResult.WIN,
    BetResult.HALF_WIN: BetResult.HALF_LOSS,
    BetResult.HALF_LOSS: BetResult.HALF_WIN,
    BetResult.PUSH: BetResult.PUSH,
    BetResult.VOID: BetResult.VOID,
}


def settle_scores(conn: sqlite3.Connection, scores: Sequence[Score], now: datetime) -> SettlementReport:
    """Keep final scores and settle by them. The same scores again change nothing."""
    outcome = _Outcome()
    for score in scores:
        event = resolve(conn, score, now)
        result = _keep_result(conn, score, event, now) if _is_final(score) else None
        if event is not None:
            _settle_event(conn, _Word(score, event, result, _doubt(conn, score, event)), now, outcome)
    return _report(conn, outcome, now, len(scores))


def settle_stored(conn: sqlite3.Connection, now: datetime) -> SettlementReport:
    """Settle what is open by the results already kept."""
    outcome = _Outcome()
    read = 0
    for row in _waiting_results(conn):
        score = _score(row)
        event = row["event_row"] or resolve(conn, score, now)
        if event is None:
            continue
        read += 1
        conn.execute("UPDATE results SET event_id = ? WHERE id = ? AND event_id IS NULL", (event, row["id"]))
        _settle_event(conn, _Word(score, event, row["id"], _doubt(conn, score, event)), now, outcome)
    return _report(conn, outcome, now, read)


def resolve(conn: sqlite3.Connection, score: Score, now: datetime) -> int | None:
    """The event a score is about: by id, by the source's name for it, else by both team names and the day."""
    known = event_row_id(conn, score.event_id, score.source)
    if known is not None:
        add_alias(conn, score.source, score.event_id, known, now)
        return known
    if score.home_team is None or score.away_team is None or score.commence_time >= START_UNKNOWN:
        return None
    teams = {score.home_team.casefold(), score.away_team.casefold()}
    apart = _SAME_GAME_OF_A_DOUBLE_HEADER if score.sport_key.startswith(_DOUBLE_HEADERS) else _SAME_GAME
    rows = conn.execute(
        "SELECT id, home_team, away_team FROM events e WHERE sport_key IN (?, '') AND commence_at BETWEEN ? AND ?"
        " AND home_team IS NOT NULL AND away_team IS NOT NULL"
        # Where this feed has a name of its own for the event, this is another game of the same teams.
        " AND NOT EXISTS (SELECT 1 FROM event_aliases a WHERE a.source = ? AND a.event_id = e.id)",
        (
            score.sport_key,
            to_micros(score.commence_time - apart),
            to_micros(score.commence_time + apart),
            score.source,
        ),
    ).fetchall()
    matching = [row["id"] for row in rows if {row["home_team"].casefold(), row["away_team"].casefold()} == teams]
    if len(matching) != 1:
        return None
    add_alias(conn, score.source, score.event_id, matching[0], now)
    return int(matching[0])


class _Word(Struct, frozen=True):
    """A score that is about a known event, and its stored row when it is final. `doubt`: why it settles nothing."""

    score: Score
    event: int
    result: int | None
    doubt: str = ""


def _doubt(conn: sqlite3.Connection, score: Score, event: int) -> str:
    """A total counts no team, so a result under the right id that names two others would settle it unseen."""
    row = conn.execute("SELECT home_team, away_team FROM events WHERE id = ?", (event,)).fetchone()
    known = {name.casefold() for name in (row["home_team"], row["away_team"]) if name}
    told = {name.casefold() for name in (score.home_team, score.away_team) if name}
    if not known or not told or known & told:
        return ""
    return (
        f"the result is of {score.home_team} against {score.away_team}, the bet is on {' against '.join(sorted(known))}"
    )


class _Outcome:
    """What a batch did so far: bets settled, and why others were not."""

    def __init__(self) -> None:
        self.settled: list[int] = []
        self.reasons: dict[int, str] = {}


def _is_final(score: Score) -> bool:
    return score.completed and score.home_score is not None and score.away_score is not None


def _keep_result(conn: sqlite3.Connection, score: Score, event: int | None, now: datetime) -> int:
    last = conn.execute(
        "SELECT * FROM results WHERE source = ? AND source_event_id = ? ORDER BY number DESC LIMIT 1",
        (score.source, score.event_id),
    ).fetchone()
    if last is not None and _said(_score(last)) == _said(score):
        conn.execute("UPDATE results SET event_id = ? WHERE id = ? AND event_id IS NULL", (event, last["id"]))
        return int(last["id"])
    return inserted(
        conn,
        "INSERT INTO results (source, source_event_id, number, event_id, sport_key, commence_at, home_team, away_team,"
        " home_score, away_score, includes_overtime, stated_at, received_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            score.source,
            score.event_id,
            1 if last is None else last["number"] + 1,
            event,
            score.sport_key,
            to_micros(score.commence_time),
            score.home_team,
            score.away_team,
            score.home_score,
            score.away_score,
            score.includes_overtime,
            micros(score.updated_at),
            to_micros(now),
        ),
    )


def _said(score: Score) -> tuple[object, ...]:
    """What makes a result another one: not the time it was said."""
    return score.home_team, score.away_team, score.home_score, score.away_score, score.includes_overtime


_BETS_OF_EVENT = """
    SELECT b.*, o.side, o.kind, o.funding, p.format AS price_format, p.text AS price_text, p.decimal AS price_decimal,
        s.name, s.point AS selection_point, l.market, l.outcome_set, l.period, l.point AS line_point,
        l.participant, l.rule, e.event_id AS event_id, last.source AS settled_by, b.id AS bet
    FROM lines l JOIN selections s ON s.line_id = l.id JOIN legs g ON g.selection_id = s.id
    JOIN orders o ON o.id = g.order_id JOIN bets b ON b.order_id = o.id
    JOIN fills f ON f.order_id = b.order_id AND f.number = b.fill_number JOIN prices p ON p.id = f.price_id
    JOIN events e ON e.id = l.event_id
    LEFT JOIN settlements t ON t.bet_id = b.id AND t.reversed_by_entry_id IS NULL
    LEFT JOIN results last ON last.id = t.result_id
    WHERE l.event_id = ? AND o.kind = 'single' AND b.state <> 'cancelled' ORDER BY b.id
"""


def _settle_event(conn: sqlite3.Connection, word: _Word, now: datetime, outcome: _Outcome) -> None:
    for bet in conn.execute(_BETS_OF_EVENT, (word.event,)).fetchall():
        # Only the result that settled a bet may correct it; a person's word stands.
        if bet["state"] == BetState.SETTLED and bet["settled_by"] != word.score.source:
            continue
        conn.execute("SAVEPOINT one_bet")
        try:
            _settle_bet(conn, bet, word, now, outcome)
        except sqlite3.DatabaseError as error:
            # A file that cannot be written or read is no matter of one bet.
            if not isinstance(error, (sqlite3.IntegrityError, sqlite3.DataError)):
                raise
            _pass_over(conn, bet, error, outcome)
        except Exception as error:
            # Whatever is wrong with one bet, the others are paid.
            _pass_over(conn, bet, error, outcome)
        conn.execute("RELEASE one_bet")


def _pass_over(conn: sqlite3.Connection, bet: sqlite3.Row, error: Exception, outcome: _Outcome) -> None:
    """Take back what was written of it; the bet stays as it was, and the report says why."""
    conn.execute("ROLLBACK TO one_bet")
    told = error.message if isinstance(error, BettingError) else f"it could not be settled ({error}): settle it by hand"
    outcome.reasons[bet["bet"]] = told


def _settle_bet(conn: sqlite3.Connection, bet: sqlite3.Row, word: _Word, now: datetime, outcome: _Outcome) -> None:
    selection = Selection(line_of(bet), bet["name"], bet["selection_point"])
    graded = Ungraded(word.doubt) if word.doubt else grade_selection(selection, word.score)
    if isinstance(graded, Ungraded):
        if bet["state"] == BetState.SETTLED:
            return
        outcome.reasons[bet["bet"]] = graded.reason
        if word.result is not None:
            review(conn, bet, graded.reason, now)
        return
    result = graded.result if Side(bet["side"]) is Side.BACK else _MIRRORED[graded.result]
    reason = f"{result.value}, {word.score.home_score}-{word.score.away_score}"
    if settle(conn, bet, Verdict(result, now, _AUTHOR, reason, word.result)):
        outcome.settled.append(bet["bet"])


def _report(conn: sqlite3.Connection, outcome: _Outcome, now: datetime, read: int) -> SettlementReport:
    """Open are the bets these results did not settle, and those whose event has started without a result."""
    rows = conn.execute(
        "SELECT DISTINCT b.id AS bet, b.review_reason, e.* FROM bets b INDEXED BY bets_open"
        " CROSS JOIN legs g ON g.order_id = b.order_id"
        " JOIN selections s ON s.id = g.selection_id JOIN lines l ON l.id = s.line_id"
        " JOIN events e ON e.id = l.event_id WHERE b.state IN ('pending', 'review') ORDER BY b.id"
    ).fetchall()
    still_open = tuple(
        Unsettled(f"BET-{row['bet']:06d}", event_of(row).name, _why(row, event_of(row), outcome))
        for row in rows
        if row["bet"] in outcome.reasons or row["commence_at"] <= to_micros(now)
    )
    return SettlementReport(bets_by_number(conn, outcome.settled), still_open, results_read=read)


def _why(row: sqlite3.Row, event: Event, outcome: _Outcome) -> str:
    return outcome.reasons.get(row["bet"]) or row["review_reason"] or f"no final result of {event.name} yet"


def _waiting_results(conn: sqlite3.Connection) -> Iterable[sqlite3.Row]:
    """The newest result of each event an open bet waits for, and of those no event was known for."""
    return conn.execute(
        "SELECT r.*, ifnull(r.event_id, (SELECT id FROM events WHERE event_id = r.source_event_id)) AS event_row"
        " FROM results r WHERE r.number = (SELECT max(number) FROM results o WHERE o.source = r.source"
        " AND o.source_event_id = r.source_event_id) AND (r.event_id IS NULL OR EXISTS"
        " (SELECT 1 FROM lines l JOIN selections s ON s.line_id = l.id JOIN legs g ON g.selection_id = s.id"
        " JOIN bets b ON b.order_id = g.order_id WHERE l.event_id = r.event_id AND b.state IN ('pending', 'review')))"
        " ORDER BY r.id"
    ).fetchall()


def _score(row: sqlite3.Row) -> Score:
    overtime = row["includes_overtime"]
    return Score(
        event_id=row["source_event_id"],
        source=row["source"],
        sport_key=row["sport_key"],
        commence_time=from_micros(row["commence_at"]),
        completed=True,
        home_team=row["home_team"],
        away_team=row["away_team"],
        home_score=row["home_score"],
        away_score=row["away_score"],
        includes_overtime=None if overtime is None else bool(overtime),
        updated_at=moment(row["stated_at"]),
    )
