"""What feeds say of games against the bets on them: what can be settled is, the rest stays open with its reason.

A bet is settled by what all feeds say together (`core/agreement`). A person's word stands, whatever feeds say.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct, structs

from betting_tui.engine.core.after_whistle import NO_RESULT_AFTER, Review, Settle, Void, Wait
from betting_tui.engine.core.agreement import NoResultYet, is_final
from betting_tui.engine.core.bet_views import SettlementReport
from betting_tui.engine.core.errors import BettingError
from betting_tui.engine.core.grades import mirrored
from betting_tui.engine.core.model import START_UNKNOWN, BetKind, BetResult, BetState, Side
from betting_tui.engine.core.scores import Score
from betting_tui.engine.core.times import from_micros, to_micros
from betting_tui.engine.store import settling
from betting_tui.engine.store.attribution import Attributed, attribute
from betting_tui.engine.store.bookings import Verdict
from betting_tui.engine.store.columns import Columns
from betting_tui.engine.store.deciding import Said, case_of, said_of
from betting_tui.engine.store.event_words import EventWords, bets_of
from betting_tui.engine.store.identities import SIDES, add_alias
from betting_tui.engine.store.parlay_legs import stand
from betting_tui.engine.store.payments import Ended
from betting_tui.engine.store.playing import playing
from betting_tui.engine.store.results import is_off, keep, unattached, waited_for
from betting_tui.engine.store.settled_told import Outcome, newest_entry, report

_AUTHOR = "results"


def settle_scores(conn: sqlite3.Connection, scores: Sequence[Score], now: datetime) -> SettlementReport:
    """Keep what the scores say and settle by it. The same scores again change nothing."""
    outcome = Outcome(newest_entry(conn))
    touched: dict[int, _Touched] = {}
    told = attribute(conn, scores, now)
    for each in told:
        if each.event is None:
            outcome.unsure.update(dict.fromkeys(each.perhaps, each.doubt))
            # Kept without an event: a person who decides sees what it may be about, and a bet may be recorded late.
            keep(conn, each.score, None, now)
            if is_final(each.score):
                _hold_perhaps(conn, each, now)
        elif each.doubt:
            _doubt_event(conn, each, now, outcome)
        else:
            # A game that is put off may be played under another id of the feed's: this one is not the event's name.
            if not is_off(each.score):
                add_alias(conn, each.score.source, each.score.event_id, each.event, now)
            news = keep(conn, each.score, each.event, now)
            before = touched.get(each.event)
            touched[each.event] = _Touched(each.score, news or (before is not None and before.news))
    _settle_events(conn, touched, now, outcome)
    return structs.replace(report(conn, outcome, now, len(scores)), playing=playing(conn, told))


def settle_stored(conn: sqlite3.Connection, now: datetime) -> SettlementReport:
    """Settle what is open by the results already kept: bets that were written down after them."""
    outcome = Outcome(newest_entry(conn))
    touched = {event: _Touched(None, news=False) for event in waited_for(conn)}
    for each in attribute(conn, unattached(conn), now):
        if each.event is not None and not each.doubt:
            if not is_off(each.score):
                add_alias(conn, each.score.source, each.score.event_id, each.event, now)
            keep(conn, each.score, each.event, now)
            touched[each.event] = _Touched(None, news=True)
    _settle_told(conn, EventWords(conn), touched, now, outcome)
    return report(conn, outcome, now, len(touched))


def settle_due(conn: sqlite3.Connection, now: datetime) -> SettlementReport:
    """What time alone decides: a postponed game's window is over, a result has not come for a day."""
    outcome = Outcome(newest_entry(conn))
    _settle_events(conn, {}, now, outcome)
    return report(conn, outcome, now, 0)


def next_due(conn: sqlite3.Connection) -> datetime | None:
    """When time alone decides something about an open bet; None while nothing waits for a known time."""
    due = conn.execute(f"SELECT min(due) FROM ({_DUE})").fetchone()[0]
    return None if due is None or due >= to_micros(START_UNKNOWN) else from_micros(due)


def _settle_events(conn: sqlite3.Connection, touched: dict[int, _Touched], now: datetime, outcome: Outcome) -> None:
    """Those something was said of, then those whose time has come."""
    words, ready = EventWords(conn), list[_Ready]()
    _settle_told(conn, words, touched, now, outcome)
    for row in conn.execute(f"SELECT DISTINCT event FROM ({_DUE}) WHERE due <= ?", (to_micros(now),)).fetchall():
        if row["event"] not in touched:
            silent = _Touched(None, news=False)
            ready += _settle_event(conn, _Ground(words, row["event"], silent, now, {}), outcome)
    _settle_ready(conn, ready, outcome)


def _settle_told(
    conn: sqlite3.Connection, words: EventWords, touched: dict[int, _Touched], now: datetime, outcome: Outcome
) -> None:
    ready: list[_Ready] = []
    words.expect(touched)
    for event, told in touched.items():
        ready += _settle_event(conn, _Ground(words, event, told, now, {}), outcome)
        if len(ready) >= _TOGETHER:
            _settle_ready(conn, ready, outcome)
            ready = []
    _settle_ready(conn, ready, outcome)


# Enough that one bet costs little, few enough that one bad bet has few others settled by themselves.
_TOGETHER = 250


class _Touched(Struct, frozen=True):
    """An event something was said of: the score last read, and whether anything in it had not been said before."""

    score: Score | None
    news: bool


class _Ground(Struct, frozen=True):
    """What a bet is settled on: the words on its event, and whether anything in them is new. `coming`: how the bets
    (row ids) end that share an exchange's commission."""

    words: EventWords
    event: int
    told: _Touched
    now: datetime
    coming: dict[int, Ended]


class _Ready(Struct, frozen=True):
    """An open single bet that shares nobody's commission, and how it ends: to be settled together with others."""

    bet: Columns
    verdict: Verdict
    ground: _Ground


_WAITS_US = NO_RESULT_AFTER.hours * 3_600_000_000
# Every pending bet and when it is to be looked at, for each event it waits for.
_DUE = f"""
    SELECT l.event_id AS event, ifnull(b.wait_until,
        max(e.commence_at, ifnull(g.announced_at, e.first_commence_at)) + {_WAITS_US}) AS due
    FROM bets b INDEXED BY bets_open CROSS JOIN legs g ON g.order_id = b.order_id
    CROSS JOIN selections s ON s.id = g.selection_id CROSS JOIN lines l ON l.id = s.line_id
    CROSS JOIN events e ON e.id = l.event_id
    WHERE b.state = 'pending' AND b.state IN ('pending', 'review') AND g.result IS NULL
"""


def _doubt_event(conn: sqlite3.Connection, told: Attributed, now: datetime, outcome: Outcome) -> None:
    """A total counts no team, so a result under the right id that names two others would settle it unseen."""
    for bet in bets_of(conn, (told.event or 0,)):
        if bet["state"] != BetState.SETTLED:
            outcome.reasons[bet["bet"]] = told.doubt
            if is_final(told.score):
                settling.review(conn, bet, told.doubt, now)


def _hold_perhaps(conn: sqlite3.Connection, told: Attributed, now: datetime) -> None:
    """Which of several events a result is about, or whether it is about this one, is for a person to say: until a feed
    has a result that is beyond doubt."""
    for event in told.perhaps:
        for bet in bets_of(conn, (event,)):
            if bet["state"] == BetState.PENDING and bet["commence_at"] <= to_micros(now):
                settling.review(conn, bet, told.doubt, now)


def _settle_event(conn: sqlite3.Connection, ground: _Ground, outcome: Outcome) -> list[_Ready]:
    """Settle what is open; the bets whose end is known and can be written together with others of other events."""
    # A person's word stands, and what is known already has had its say.
    bets = [
        bet
        for bet in ground.words.bets_on(ground.event)
        if bet["state"] != BetState.SETTLED or (bet["by_feeds"] and ground.told.news)
    ]
    ready = []
    for bet in bets:
        single = bet["kind"] == BetKind.SINGLE
        if single and bet["commission"] is not None:
            verdict = _verdict(bet, ground)
            if isinstance(verdict, Verdict) and bet["result"] != verdict.result:
                ground.coming[bet["bet"]] = verdict.ended
        elif single and bet["state"] != BetState.SETTLED:
            verdict = _verdict(bet, ground)
            if isinstance(verdict, Verdict):
                ready.append(_Ready(bet, verdict, ground))
    sharing = [bet for bet in bets if bet["kind"] == BetKind.SINGLE and bet["commission"] is not None]
    apart = {each.bet["bet"] for each in ready} | {bet["bet"] for bet in sharing}
    for bet in bets:
        if bet["bet"] not in apart:
            _settle_alone(conn, bet, ground, outcome)
    _settle_sharing(conn, sharing, ground, outcome)
    return ready


def _settle_sharing(conn: sqlite3.Connection, bets: Sequence[Columns], ground: _Ground, outcome: Outcome) -> None:
    """Bets that may share a commission: all with one savepoint, because each is charged by how the others end. Where
    one is bad, all of them are reckoned anew without it."""
    left = list(bets)
    conn.execute("SAVEPOINT sharing")
    while left:
        tried = Outcome()
        bad = _first_bad(conn, left, ground, tried)
        if bad is None:
            outcome.add(tried)
            break
        conn.execute("ROLLBACK TO sharing")
        ground.coming.pop(bad["bet"], None)
        outcome.reasons[bad["bet"]] = tried.reasons[bad["bet"]]
        left.remove(bad)
    conn.execute("RELEASE sharing")


def _first_bad(conn: sqlite3.Connection, bets: Sequence[Columns], ground: _Ground, outcome: Outcome) -> Columns | None:
    """The first bet that cannot be settled, its reason in the outcome; None where each is as it should be."""
    for bet in bets:
        try:
            _settle_single(conn, bet, ground, outcome)
        except Exception as error:
            if _of_the_file(error):
                raise
            outcome.reasons[bet["bet"]] = _why_bad(error)
            return bet
    return None


def _settle_ready(conn: sqlite3.Connection, ready: Sequence[_Ready], outcome: Outcome) -> None:
    """All with one savepoint; where one of them is bad, each with its own."""
    conn.execute("SAVEPOINT together")
    try:
        settling.settle_together(conn, [(each.bet, each.verdict) for each in ready])
    except Exception as error:
        if _of_the_file(error):
            raise
        conn.execute("ROLLBACK TO together")
        for each in ready:
            _settle_alone(conn, each.bet, each.ground, outcome)
    else:
        outcome.settled.extend(each.bet["bet"] for each in ready)
    conn.execute("RELEASE together")


def _settle_alone(conn: sqlite3.Connection, bet: Columns, ground: _Ground, outcome: Outcome) -> None:
    """Whatever is wrong with one bet, the others are paid."""
    conn.execute("SAVEPOINT one_bet")
    try:
        if bet["kind"] == BetKind.PARLAY:
            _settle_parlay(conn, bet, ground, outcome)
        else:
            _settle_single(conn, bet, ground, outcome)
    except Exception as error:
        if _of_the_file(error):
            raise
        # The bet stays as it was, and the report says why.
        conn.execute("ROLLBACK TO one_bet")
        outcome.reasons[bet["bet"]] = _why_bad(error)
    conn.execute("RELEASE one_bet")


def _of_the_file(error: Exception) -> bool:
    """A file that cannot be written or read is no matter of one bet."""
    return isinstance(error, sqlite3.DatabaseError) and not isinstance(
        error, (sqlite3.IntegrityError, sqlite3.DataError)
    )


def _why_bad(error: Exception) -> str:
    return error.message if isinstance(error, BettingError) else f"it could not be settled ({error}): settle it by hand"


def _settle_single(conn: sqlite3.Connection, bet: Columns, ground: _Ground, outcome: Outcome) -> None:
    verdict = _verdict(bet, ground)
    if isinstance(verdict, Verdict):
        _pay(conn, bet, verdict, ground, outcome)
    else:
        _open(conn, bet, verdict, ground, outcome)


def _verdict(bet: Columns, ground: _Ground) -> Verdict | Wait | Review:
    """What is to be done with a single bet."""
    try:
        case = case_of(bet)
        said = said_of(case, ground.words.on(ground.event), ground.now)
    except Exception as error:
        return Review(f"it could not be looked at ({error}): settle it by hand")
    match said.decision:
        case Settle() if bet["each_way"] is not None:
            return Review("an each way bet is settled by the place it came in at: settle it by hand")
        case Settle(graded=graded):
            result = graded.result if SIDES[bet["side"]] is Side.BACK else mirrored(graded.result)
            doubt = case.rules.doubt
            reason = f"{result.value}{_score_text(said)}{'; ' if doubt else ''}{doubt}"
            return Verdict(result, ground.now, _AUTHOR, reason, said.row, graded.share)
        case Void(reason=reason):
            return Verdict(BetResult.VOID, ground.now, _AUTHOR, reason, said.row)
        case Wait() | Review():
            return said.decision


def _settle_parlay(conn: sqlite3.Connection, bet: Columns, ground: _Ground, outcome: Outcome) -> None:
    standing = stand(conn, bet["order_id"], ground.words.on, ground.now)
    if standing.end is not None:
        end = standing.end
        verdict = Verdict(end.result, ground.now, _AUTHOR, standing.reason, standing.row, multiple=end.multiple)
        _pay(conn, bet, verdict, ground, outcome)
    elif standing.open is not None:
        _open(conn, bet, standing.open, ground, outcome)


def _score_text(said: Said) -> str:
    score = said.score
    if score is None or score.home_score is None or score.away_score is None:
        return ""
    return f", {score.home_score}-{score.away_score}"


def _pay(conn: sqlite3.Connection, bet: Columns, verdict: Verdict, ground: _Ground, outcome: Outcome) -> None:
    if settling.settle(conn, bet, verdict, ground.coming):
        outcome.settled.append(bet["bet"])


def _open(conn: sqlite3.Connection, bet: Columns, decision: Review | Wait, ground: _Ground, outcome: Outcome) -> None:
    """Why it is open is kept where somebody has said something; that nothing was said shows by itself."""
    if isinstance(decision, Review):
        _leave_open(conn, bet, settling.Pending(BetState.REVIEW, decision.reason, ground.now, _AUTHOR), outcome)
        return
    silent = isinstance(ground.words.on(ground.event).verdict, NoResultYet)
    parlay = bet["kind"] == BetKind.PARLAY
    kept = "" if silent and not parlay else decision.reason
    until = None if silent and not parlay else decision.until
    _leave_open(conn, bet, settling.Pending(BetState.PENDING, kept, ground.now, _AUTHOR, until), outcome)
    outcome.reasons[bet["bet"]] = _no_result(bet, ground.told) if silent and not parlay else decision.reason
    outcome.waits[bet["bet"]] = decision.until


def _no_result(bet: Columns, told: _Touched) -> str:
    if told.score is None:
        return ""
    return "the result has no score" if told.score.completed else "the game is not over"


def _leave_open(conn: sqlite3.Connection, bet: Columns, pending: settling.Pending, outcome: Outcome) -> None:
    """Not settled by what is said, also where it had been by what was said before."""
    if bet["state"] == BetState.SETTLED:
        settling.withdraw(conn, bet, pending)
        outcome.reopened.append(bet["bet"])
    else:
        settling.hold(conn, bet, pending)
    outcome.reasons[bet["bet"]] = pending.reason
