"""Scores of games that go on: shown beside open bets, and nothing is ever settled by them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from betting_tui.engine.core.agreement import is_final
from betting_tui.engine.core.scores import PlayingScore
from betting_tui.engine.store.attribution import Attributed
from betting_tui.engine.store.results import is_off


def playing(conn: sqlite3.Connection, told: Iterable[Attributed]) -> tuple[PlayingScore, ...]:
    """Of what scores say, those of games under way, by our events' ids and sides; one an event, the last one told."""
    found: dict[int, PlayingScore] = {}
    for each in told:
        score = each.score
        if each.event is None or each.doubt or score.completed or is_final(score) or is_off(score):
            continue
        if score.home_score is None or score.away_score is None:
            continue
        row = conn.execute("SELECT event_id FROM events WHERE id = ?", (each.event,)).fetchone()
        found[each.event] = PlayingScore(row["event_id"], score.home_score, score.away_score, score.played)
    return tuple(found.values())
