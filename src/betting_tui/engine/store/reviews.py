"""The bets that wait for a person, with everything that is known of them. Nothing here changes anything."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from betting_tui.engine.core.after_whistle import Circumstances, Review, Settle, Void, Wait, decide
from betting_tui.engine.core.agreement import is_final
from betting_tui.engine.core.bet_views import BetRow
from betting_tui.engine.core.grades import WHOLE, Graded, mirrored
from betting_tui.engine.core.model import START_UNKNOWN, BetKind, BetResult, Event, Side
from betting_tui.engine.core.payout import NOTHING, Leg, parlay
from betting_tui.engine.core.places import Finish, each_way_of
from betting_tui.engine.core.review_views import Candidate, FeedWord, Outcome, ReviewLeg, ReviewRow, whole_against
from betting_tui.engine.core.rule_words import in_words
from betting_tui.engine.core.scores import Score
from betting_tui.engine.core.times import from_micros
from betting_tui.engine.store.deciding import CASE_COLUMNS, Case, case_of
from betting_tui.engine.store.identities import event_of, line_of, price_of
from betting_tui.engine.store.payments import BETS, Ended, commissions, each_way_end, fraction, gross_minor
from betting_tui.engine.store.read_models import bets_by_number
from betting_tui.engine.store.results import Said, history, unattached

if TYPE_CHECKING:
    from betting_tui.engine.core.name_likeness import TeamNames

_HOURS_AROUND = 36.0
_ALIKE = 0.6
_MOST_CANDIDATES = 3
# What a bet can end as, the likeliest words of a person first.
_ENDS = (
    BetResult.WIN, BetResult.LOSS, BetResult.PUSH, BetResult.VOID, BetResult.HALF_WIN, BetResult.HALF_LOSS,
)  # fmt: skip

# The index of open bets serves a condition that is its own.
_WAITING = """
    SELECT b.id FROM bets b INDEXED BY bets_open WHERE b.account_id = ?1
    AND b.state IN ('pending', 'review') AND b.state = 'review' ORDER BY
    (SELECT min(e.commence_at) FROM legs g JOIN selections s ON s.id = g.selection_id JOIN lines l ON l.id = s.line_id
     JOIN events e ON e.id = l.event_id WHERE g.order_id = b.order_id), b.id
"""
_LEGS = f"""
    SELECT {CASE_COLUMNS}, e.id AS event_row, e.sport_title, e.home_team, e.away_team, g.result, g.ordinal,
        h.share, h.deduction, p.format AS price_format, p.text AS price_text, p.decimal AS price_decimal
    FROM bets b JOIN orders o ON o.id = b.order_id JOIN legs g ON g.order_id = b.order_id
    JOIN selections s ON s.id = g.selection_id JOIN lines l ON l.id = s.line_id JOIN events e ON e.id = l.event_id
    JOIN fills f ON f.order_id = b.order_id AND f.number = b.fill_number
    JOIN prices p ON p.id = ifnull(g.price_id, f.price_id)
    LEFT JOIN legs_by_hand h ON h.order_id = g.order_id AND h.ordinal = g.ordinal
    WHERE b.id = ? ORDER BY g.ordinal
"""


def reviews(conn: sqlite3.Connection, account_id: int, now: datetime) -> tuple[ReviewRow, ...]:
    """The bets of an account in review, those that began first first."""
    numbers = [int(row["id"]) for row in conn.execute(_WAITING, (account_id,))]
    return tuple(
        _row(conn, number, bet, now) for number, bet in zip(numbers, bets_by_number(conn, numbers), strict=True)
    )


def inquiry(conn: sqlite3.Connection, number: int, now: datetime) -> ReviewRow:
    """The same of any one bet, whatever its state."""
    return _row(conn, number, bets_by_number(conn, (number,))[0], now)


def count_reviews(conn: sqlite3.Connection, account_id: int) -> int:
    row = conn.execute(
        "SELECT count(*) FROM bets b INDEXED BY bets_open WHERE b.account_id = ?"
        " AND b.state IN ('pending', 'review') AND b.state = 'review'",
        (account_id,),
    ).fetchone()
    return int(row[0])


def _row(conn: sqlite3.Connection, number: int, bet: BetRow, now: datetime) -> ReviewRow:
    stored = conn.execute(f"{BETS} WHERE b.id = ?", (number,)).fetchone()
    rows = conn.execute(_LEGS, (number,)).fetchall()
    legs = tuple(_leg(conn, stored, rows, place, now) for place in range(len(rows)))
    return ReviewRow(
        bet=bet,
        reason=bet.review_reason,
        since=from_micros(stored["reviewed_at"] or stored["placed_at"]),
        legs=legs,
        whole=_whole(stored, rows, legs) if stored["kind"] == BetKind.PARLAY else (),
    )


def _leg(
    conn: sqlite3.Connection, bet: sqlite3.Row, rows: Sequence[sqlite3.Row], place: int, now: datetime
) -> ReviewLeg:
    row = rows[place]
    case, event = case_of(row), event_of(row)
    doubt = case.rules.doubt
    words = tuple(_word(conn, case, each, Side(bet["side"]), now) for each in history(conn, row["event_row"]).newest)
    return ReviewLeg(
        event=event,
        line=line_of(row),
        selection=row["name"],
        point=row["selection_point"],
        price=price_of(row),
        rules_key=case.rules.rules.key,
        rules=in_words(case.rules.rules, case.selection.line.outcome_set) + ((doubt,) if doubt else ()),
        words=words,
        candidates=_candidates(conn, event),
        outcomes=_each_way_outcomes(conn, bet)
        if bet["each_way"] is not None
        else tuple(_outcome(conn, bet, rows, place, result, words) for result in _ENDS),
        result=BetResult(row["result"]) if row["result"] else None,
    )


def _outcome(
    conn: sqlite3.Connection,
    bet: sqlite3.Row,
    rows: Sequence[sqlite3.Row],
    place: int,
    result: BetResult,
    words: Sequence[FeedWord],
) -> Outcome:
    if bet["kind"] == BetKind.PARLAY:
        ended = _ended([Leg(price_of(row).exact, Graded(result)) if at == place else _as_known(row)
                        for at, row in enumerate(rows)])  # fmt: skip
    else:
        ended = Ended(result)
    returned = gross_minor(bet, ended) - commissions(conn, bet, ended, {})[0]
    against = tuple(word.score.source for word in words if word.result is not None and word.result is not result)
    return Outcome(result, returned, returned - bet["risk_minor"], against)


def _each_way_outcomes(conn: sqlite3.Connection, bet: sqlite3.Row) -> tuple[Outcome, ...]:
    """First, placed, neither, not started; nobody ties."""
    terms, outcomes = each_way_of(bet["each_way"]), []
    for place in (1, 2, terms.places + 1, 0):
        finish = Finish(place)
        ended = Ended(each_way_end(bet, finish), finish=finish)
        returned = gross_minor(bet, ended) - commissions(conn, bet, ended, {})[0]
        outcomes.append(
            Outcome(ended.result, returned, returned - bet["risk_minor"], label="placed" if place == 2 else "")
        )
    return tuple(outcomes)


def _as_known(row: sqlite3.Row) -> Leg:
    """A leg as it ended; one that is open as won."""
    graded = Graded(BetResult(row["result"] or BetResult.WIN), fraction(row["share"], WHOLE))
    return Leg(price_of(row).exact, graded, fraction(row["deduction"], NOTHING))


def _ended(legs: Sequence[Leg]) -> Ended:
    end = parlay(legs)
    assert end is not None
    return Ended(end.result, multiple=end.multiple)


def _whole(bet: sqlite3.Row, rows: Sequence[sqlite3.Row], legs: Sequence[ReviewLeg]) -> tuple[Outcome, ...]:
    """Won as far as it is open, which takes that nothing is lost; lost; void."""
    ends = {BetResult.LOSS: Ended(BetResult.LOSS), BetResult.VOID: Ended(BetResult.VOID)}
    known = [leg.result for leg in legs]
    if None in known and BetResult.LOSS not in known:
        ends = {BetResult.WIN: _ended([_as_known(row) for row in rows]), **ends}
    outcomes = []
    for result, ended in ends.items():
        returned = gross_minor(bet, ended)
        against = tuple(dict.fromkeys(word.score.source for leg in legs for word in whole_against(leg, result)))
        outcomes.append(Outcome(result, returned, returned - bet["risk_minor"], against))
    return tuple(outcomes)


def _word(conn: sqlite3.Connection, case: Case, said: Said, side: Side, now: datetime) -> FeedWord:
    """What this feed alone would make of the leg."""
    score = said.score
    kept = conn.execute("SELECT received_at FROM results WHERE id = ?", (said.row,)).fetchone()
    at = from_micros(kept["received_at"])
    starts = [each for each in (case.new_start, score.commence_time) if each < START_UNKNOWN]
    decision = decide(
        case.selection, score, case.rules.rules, Circumstances(case.start, now, max(starts, default=None))
    )
    match decision:
        case Settle(graded=graded):
            return FeedWord(score, at, graded.result if side is Side.BACK else mirrored(graded.result))
        case Void(reason=reason):
            return FeedWord(score, at, BetResult.VOID, reason)
        case Wait(reason=reason) | Review(reason=reason):
            return FeedWord(score, at, None, reason)


def _candidates(conn: sqlite3.Connection, event: Event) -> tuple[Candidate, ...]:
    """Results of no event whose names and start are near, the most alike first."""
    near = [
        Candidate(score, _likeness(score, event), hours)
        for score in unattached(conn)
        if score.sport_key == event.sport_key
        and is_final(score)
        and ((hours := _hours_apart(score, event)) is None or hours <= _HOURS_AROUND)
    ]
    alike = [each for each in near if each.likeness >= _ALIKE]
    return tuple(sorted(alike, key=lambda each: (-each.likeness, each.hours_apart or 0.0))[:_MOST_CANDIDATES])


def _hours_apart(score: Score, event: Event) -> float | None:
    if not event.start_known or score.commence_time >= START_UNKNOWN:
        return None
    return abs((score.commence_time - event.commence_time).total_seconds()) / 3600


@lru_cache(maxsize=1)
def _teams() -> TeamNames:
    # Comparing names takes a library that no start of the program should wait for.
    from betting_tui.engine.core.name_likeness import TeamNames

    return TeamNames()


def _likeness(score: Score, event: Event) -> float:
    """The mean of both teams' likeness, whichever is named at home."""
    as_told = (_alike(score.home_team, event.home_team, event) + _alike(score.away_team, event.away_team, event)) / 2
    swapped = (_alike(score.home_team, event.away_team, event) + _alike(score.away_team, event.home_team, event)) / 2
    return max(as_told, swapped)


def _alike(told: str | None, known: str | None, event: Event) -> float:
    from betting_tui.engine.core.name_likeness import Likeness

    if not told or not known:
        return 0.0
    compared = _teams().compare(told, known, event.sport_key)
    return 1.0 if compared.likeness is Likeness.SAME else compared.ratio / 100
