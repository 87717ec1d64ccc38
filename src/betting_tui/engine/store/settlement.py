"""What feeds say of games against the bets on them: what can be settled is, the rest stays open with its reason.

A bet is settled by what all feeds say together (`core/agreement`). A person's word stands, whatever feeds say.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from betting_tui.engine.core.agreement import TRUSTED, Agreed, Disagreed, NoResultYet, NotPlayed, Verdict, agree
from betting_tui.engine.core.errors import BettingError
from betting_tui.engine.core.grading import Ungraded, grade_selection
from betting_tui.engine.core.model import BetResult, BetState, Event, Score, ScoreStatus, Selection, Side
from betting_tui.engine.core.times import to_micros
from betting_tui.engine.core.views import SettlementReport, Unsettled
from betting_tui.engine.store import settling
from betting_tui.engine.store.attribution import Attributed, attribute
from betting_tui.engine.store.identities import add_alias, event_of, line_of
from betting_tui.engine.store.read_models import bets_by_number
from betting_tui.engine.store.results import is_final, is_off, keep, newest, unattached, waited_for

_AUTHOR = "results"
# Games that will not be played as they were bet on: a person has to say what becomes of the bets.
_FOR_A_PERSON = frozenset({ScoreStatus.CANCELLED, ScoreStatus.ABANDONED})

_MIRRORED = {
    BetResult.WIN: BetResult.LOSS,
    BetResult.LOSS: BetResult.WIN,
    BetResult.HALF_WIN: BetResult.HALF_LOSS,
    BetResult.HALF_LOSS: BetResult.HALF_WIN,
    BetResult.PUSH: BetResult.PUSH,
    BetResult.VOID: BetResult.VOID,
}


def settle_scores(conn: sqlite3.Connection, scores: Sequence[Score], now: datetime) -> SettlementReport:
    """Keep what the scores say and settle by it. The same scores again change nothing."""
    outcome = _Outcome()
    touched: dict[int, _Touched] = {}
    for each in attribute(conn, scores, now):
        if each.event is None:
            outcome.unsure.update(dict.fromkeys(each.perhaps, each.doubt))
            if not each.perhaps and is_final(each.score):
                keep(conn, each.score, None, now)
        elif each.doubt:
            _doubt_event(conn, each, now, outcome)
        else:
            # A game that is put off may be played under another id of the feed's: this one is not the event's name.
            if not is_off(each.score):
                add_alias(conn, each.score.source, each.score.event_id, each.event, now)
            news = keep(conn, each.score, each.event, now)
            before = touched.get(each.event)
            touched[each.event] = _Touched(each.score, news or (before is not None and before.news))
    for event, told in touched.items():
        _settle_event(conn, event, told, now, outcome)
    return _report(conn, outcome, now, len(scores))


def settle_stored(conn: sqlite3.Connection, now: datetime) -> SettlementReport:
    """Settle what is open by the results already kept."""
    outcome = _Outcome()
    touched = {event: _Touched(None, news=False) for event in waited_for(conn)}
    for each in attribute(conn, unattached(conn), now):
        if each.event is not None and not each.doubt:
            add_alias(conn, each.score.source, each.score.event_id, each.event, now)
            keep(conn, each.score, each.event, now)
            touched[each.event] = _Touched(None, news=True)
    for event, told in touched.items():
        _settle_event(conn, event, told, now, outcome)
    return _report(conn, outcome, now, len(touched))


class _Touched(Struct, frozen=True):
    """An event something was said of: the score last read, and whether anything in it had not been said before."""

    score: Score | None
    news: bool


class _Word(Struct, frozen=True):
    """What the feeds say together of one event, and where it is kept by source. `news`: it was not known before."""

    verdict: Verdict
    rows: dict[str, int]
    news: bool


class _Outcome:
    """What a batch did so far: bets settled and opened again, why others were not, and events it may be about."""

    def __init__(self) -> None:
        self.settled: list[int] = []
        self.reopened: list[int] = []
        self.reasons: dict[int, str] = {}
        self.unsure: dict[int, str] = {}


_BETS_OF_EVENT = """
    SELECT b.*, o.side, o.kind, o.funding, p.format AS price_format, p.text AS price_text, p.decimal AS price_decimal,
        s.name, s.point AS selection_point, l.market, l.outcome_set, l.period, l.point AS line_point,
        l.participant, l.rule, e.event_id AS event_id, b.id AS bet,
        t.result_id IS NOT NULL AND t.confirmed_by = '' AS by_feeds
    FROM lines l JOIN selections s ON s.line_id = l.id JOIN legs g ON g.selection_id = s.id
    JOIN orders o ON o.id = g.order_id JOIN bets b ON b.order_id = o.id
    JOIN fills f ON f.order_id = b.order_id AND f.number = b.fill_number JOIN prices p ON p.id = f.price_id
    JOIN events e ON e.id = l.event_id
    LEFT JOIN settlements t ON t.bet_id = b.id AND t.reversed_by_entry_id IS NULL
    WHERE l.event_id = ? AND o.kind = 'single' AND b.state <> 'cancelled' ORDER BY b.id
"""


def _doubt_event(conn: sqlite3.Connection, told: Attributed, now: datetime, outcome: _Outcome) -> None:
    """A total counts no team, so a result under the right id that names two others would settle it unseen."""
    for bet in conn.execute(_BETS_OF_EVENT, (told.event,)).fetchall():
        if bet["state"] != BetState.SETTLED:
            outcome.reasons[bet["bet"]] = told.doubt
            if is_final(told.score):
                settling.review(conn, bet, told.doubt, now)


def _settle_event(conn: sqlite3.Connection, event: int, told: _Touched, now: datetime, outcome: _Outcome) -> None:
    bets = conn.execute(_BETS_OF_EVENT, (event,)).fetchall()
    if not bets:
        return
    said = newest(conn, event)
    verdict = agree([each.score for each in said], TRUSTED)
    if isinstance(verdict, NoResultYet) and told.score is not None:
        verdict = NoResultYet("the result has no score" if told.score.completed else "the game is not over")
    word = _Word(verdict, {each.score.source: each.row for each in said}, told.news)
    for bet in bets:
        # A person's word stands, and what is known already has had its say.
        if bet["state"] == BetState.SETTLED and not (bet["by_feeds"] and word.news):
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
    match word.verdict:
        case Agreed(score=score):
            _grade_bet(conn, bet, score, word, now, outcome)
        case Disagreed(reason=reason):
            _leave_open(conn, bet, settling.Pending(BetState.REVIEW, reason, now, _AUTHOR), outcome)
        case NotPlayed(status=status, score=score) if status in _FOR_A_PERSON:
            reason = f"{status.value} ({score.source}): settle it by hand"
            _leave_open(conn, bet, settling.Pending(BetState.REVIEW, reason, now, _AUTHOR), outcome)
        case NotPlayed(status=status, score=score):
            reason = f"{status.value} ({score.source})"
            _leave_open(conn, bet, settling.Pending(BetState.PENDING, reason, now, _AUTHOR), outcome)
        case NoResultYet(reason=reason):
            if word.news:
                _leave_open(conn, bet, settling.Pending(BetState.PENDING, "", now, _AUTHOR), outcome)
            outcome.reasons[bet["bet"]] = reason


def _grade_bet(
    conn: sqlite3.Connection, bet: sqlite3.Row, score: Score, word: _Word, now: datetime, outcome: _Outcome
) -> None:
    graded = grade_selection(Selection(line_of(bet), bet["name"], bet["selection_point"]), score)
    if isinstance(graded, Ungraded):
        _leave_open(conn, bet, settling.Pending(BetState.REVIEW, graded.reason, now, _AUTHOR), outcome)
        return
    result = graded.result if Side(bet["side"]) is Side.BACK else _MIRRORED[graded.result]
    reason = f"{result.value}, {score.home_score}-{score.away_score}"
    if settling.settle(conn, bet, settling.Verdict(result, now, _AUTHOR, reason, word.rows[score.source])):
        outcome.settled.append(bet["bet"])


def _leave_open(conn: sqlite3.Connection, bet: sqlite3.Row, pending: settling.Pending, outcome: _Outcome) -> None:
    """Not settled by what is said, also where it had been by what was said before."""
    if bet["state"] == BetState.SETTLED:
        settling.withdraw(conn, bet, pending)
        outcome.reopened.append(bet["bet"])
    else:
        settling.hold(conn, bet, pending)
    outcome.reasons[bet["bet"]] = pending.reason


_OPEN_BETS = """
    SELECT DISTINCT b.id AS bet, b.review_reason, e.id AS event_row, e.*
    FROM bets b INDEXED BY bets_open CROSS JOIN legs g ON g.order_id = b.order_id
    JOIN selections s ON s.id = g.selection_id JOIN lines l ON l.id = s.line_id JOIN events e ON e.id = l.event_id
    WHERE b.state IN ('pending', 'review') ORDER BY b.id
"""
_SETTLED_BET = """
    SELECT e.* FROM bets b JOIN legs g ON g.order_id = b.order_id AND g.ordinal = 0
    JOIN selections s ON s.id = g.selection_id JOIN lines l ON l.id = s.line_id JOIN events e ON e.id = l.event_id
    WHERE b.id = ?
"""


def _report(conn: sqlite3.Connection, outcome: _Outcome, now: datetime, read: int) -> SettlementReport:
    """Open are the bets these results did not settle, and those whose event has started without a result; and settled
    ones that should have been opened again and could not be."""
    rows = conn.execute(_OPEN_BETS).fetchall()
    still_open = [
        Unsettled(f"BET-{row['bet']:06d}", event_of(row).name, _why(row, event_of(row), outcome))
        for row in rows
        if row["bet"] in outcome.reasons or row["event_row"] in outcome.unsure or row["commence_at"] <= to_micros(now)
    ]
    for bet in sorted(outcome.reasons.keys() - {row["bet"] for row in rows}):
        event = event_of(conn.execute(_SETTLED_BET, (bet,)).fetchone())
        still_open.append(Unsettled(f"BET-{bet:06d}", event.name, outcome.reasons[bet]))
    return SettlementReport(
        settled=bets_by_number(conn, outcome.settled),
        open=tuple(still_open),
        results_read=read,
        reopened=bets_by_number(conn, outcome.reopened),
    )


def _why(row: sqlite3.Row, event: Event, outcome: _Outcome) -> str:
    return (
        outcome.reasons.get(row["bet"])
        or row["review_reason"]
        or outcome.unsure.get(row["event_row"])
        or f"no final result of {event.name} yet"
    )
