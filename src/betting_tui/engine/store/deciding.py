"""One leg of a bet and what all feeds say together of its event: to be settled, void, waited for or looked at."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from betting_tui.engine.core.after_whistle import (
    Circumstances,
    Decision,
    Review,
    Void,
    Wait,
    decide,
    postponed_past,
)
from betting_tui.engine.core.agreement import TRUSTED, Agreed, Disagreed, NoResultYet, NotPlayed, Verdict, agree
from betting_tui.engine.core.model import START_UNKNOWN, Selection
from betting_tui.engine.core.scores import Score, ScoreStatus
from betting_tui.engine.core.times import from_micros
from betting_tui.engine.store.columns import Columns
from betting_tui.engine.store.identities import line_of
from betting_tui.engine.store.results import history_of, told_of
from betting_tui.engine.store.terms import Rules, rules_of


class Word(Struct, frozen=True):
    """What the feeds say together of one event, and where it is kept by source.

    `postponed`: the row in which one has called it off for now, whatever it says by now. `announced`: the game as it
    is announced anew, where no feed says more.
    """

    verdict: Verdict
    rows: dict[str, int]
    postponed: int | None = None
    announced: Score | None = None


class Case(Struct, frozen=True):
    """A leg with the terms it was placed on. `start` was announced then, `new_start` is what the ledger knows now."""

    selection: Selection
    rules: Rules
    start: datetime
    new_start: datetime


class Said(Struct, frozen=True):
    """What is to be done, by which stored result, from whose score."""

    decision: Decision
    row: int | None = None
    score: Score | None = None


# The columns of a leg that a case is made of; to be joined with l (lines), s (selections), e (events), g (legs).
CASE_COLUMNS = """
    s.name, s.point AS selection_point, l.market, l.outcome_set, l.period, l.point AS line_point, l.participant, l.rule,
    e.event_id AS event_id, e.sport_key, e.commence_at, ifnull(g.announced_at, e.first_commence_at) AS announced_at,
    (SELECT text FROM words WHERE id = ifnull(g.rule_set_id, b.rule_set_id)) AS rule_key,
    (SELECT text FROM words WHERE id = o.bookmaker_id) AS bookmaker
"""


def case_of(row: Columns) -> Case:
    """From a row with CASE_COLUMNS."""
    return Case(
        Selection(line_of(row), row["name"], row["selection_point"]),
        rules_of(row["rule_key"], row["bookmaker"], row["sport_key"], row["market"]),
        from_micros(row["announced_at"]),
        from_micros(row["commence_at"]),
    )


def word_on(conn: sqlite3.Connection, event: int) -> Word:
    """Of the event in this row."""
    return word_of(told_of(conn, (event,))[event])


def word_of(told: Sequence[Columns]) -> Word:
    """From the rows of what was said of one event."""
    known = history_of(told)
    scores = [each.score for each in known.newest]
    rows = {each.score.source: each.row for each in known.newest}
    again = [score for score in scores if score.status is ScoreStatus.SCHEDULED]
    again.sort(key=lambda score: (TRUSTED.index(score.source) if score.source in TRUSTED else 99, score.source))
    return Word(agree(scores, TRUSTED), rows, known.postponed, again[0] if again else None)


def said_of(case: Case, word: Word, now: datetime) -> Said:
    """Total; the same whenever the same was said by then."""
    match word.verdict:
        case Disagreed(reason=reason):
            return Said(Review(reason))
        case Agreed(score=score) | NotPlayed(score=score):
            return _by(case, word, score, now)
        case NoResultYet():
            if word.announced is not None:
                return _by(case, word, word.announced, now)
            return Said(_decided(case, None, now))


def _by(case: Case, word: Word, score: Score, now: datetime) -> Said:
    row = word.rows[score.source]
    new_start = _later(case.new_start, score.commence_time)
    if word.postponed is not None and score.status is not ScoreStatus.CANCELLED:
        end = case.rules.rules.window.end(case.start)
        if new_start is not None and new_start > end:
            # A feed called it postponed, so it has not merely been moved well ahead.
            return Said(postponed_past(end, new_start), word.postponed, score)
    return Said(_named(_decided(case, score, now), case, score), row, score)


def _decided(case: Case, score: Score | None, now: datetime) -> Decision:
    new_start = case.new_start if score is None else _later(case.new_start, score.commence_time)
    return decide(case.selection, score, case.rules.rules, Circumstances(case.start, now, new_start))


def _later(known: datetime, told: datetime) -> datetime | None:
    """The start by the ledger's word and the result's; None where neither knows."""
    starts = [start for start in (known, told) if start < START_UNKNOWN]
    return max(starts, default=None)


def _named(decision: Decision, case: Case, score: Score) -> Decision:
    """With who says so, where that is not known otherwise, and what is doubtful about the rules."""
    doubt = f"; {case.rules.doubt}" if case.rules.doubt else ""
    match decision:
        case Wait() if score.status is not ScoreStatus.SCHEDULED:
            return replace(decision, reason=f"{decision.reason} ({score.source}){doubt}")
        case Void() | Review() if score.status is not ScoreStatus.FINAL:
            return replace(decision, reason=f"{decision.reason} ({score.source}){doubt}")
        case Void() | Review() | Wait():
            return replace(decision, reason=f"{decision.reason}{doubt}")
        case _:
            return decision
