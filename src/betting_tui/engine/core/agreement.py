"""What several feeds say together of one event. Pure, and the same in whatever order they said it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from msgspec import Struct
from msgspec.structs import replace

from betting_tui.engine.core import sports
from betting_tui.engine.core.scores import Score, ScoreStatus

# Whose word is taken where several feeds say the same, and who is named first where they do not.
TRUSTED = ("espn", "the_odds_api", "football_data", "thesportsdb")
CALLED_OFF = frozenset({ScoreStatus.POSTPONED, ScoreStatus.CANCELLED, ScoreStatus.ABANDONED})
# Over before its end, with somebody who goes on.
GIVEN_UP = frozenset({ScoreStatus.RETIRED, ScoreStatus.WALKOVER})


class Agreed(Struct, frozen=True):
    """A final score to settle by, of the feed first in order; `sources` are all feeds that say the same."""

    score: Score
    sources: tuple[str, ...]


class Disagreed(Struct, frozen=True):
    """Two feeds that contradict each other: for review. `reason` names both."""

    first: Score
    second: Score
    reason: str


class NotPlayed(Struct, frozen=True):
    """No feed has a final score, and one calls the game postponed, abandoned, given up or the like: the first in
    order."""

    status: ScoreStatus
    score: Score
    reason: str


class NoResultYet(Struct, frozen=True):
    reason: str


Verdict = Agreed | Disagreed | NotPlayed | NoResultYet


def agree(scores: Sequence[Score], order: Sequence[str] = ()) -> Verdict:
    """What the scores of one event, told in its own words (`in_words_of`), say together; each source's last counts.

    `order` names the sources, most trusted first; others follow by name. A feed that is behind (still playing, not
    started, suspended) contradicts nobody; one that calls off a game another has a final score of does.
    """
    last = {score.source: score for score in scores}
    ranked = sorted(last.values(), key=lambda score: (_rank(score.source, order), score.source))
    finals = [score for score in ranked if is_final(score)]
    off = [score for score in ranked if score.status in CALLED_OFF | GIVEN_UP]
    off += [score for score in ranked if score.status is ScoreStatus.SUSPENDED and not finals]
    for first, second in combinations(finals, 2):
        if not _say_the_same(first, second):
            return Disagreed(first, second, f"{_said(first)}, but {_said(second)}: settle it by hand")
    if finals and off:
        return Disagreed(finals[0], off[0], f"{_said(finals[0])}, but {_said(off[0])}: settle it by hand")
    for first, second in combinations(off, 2):
        if not _stop_the_same(first, second):
            return Disagreed(first, second, f"{_said(first)}, but {_said(second)}: settle it by hand")
    if finals:
        return Agreed(_completed_by(finals), tuple(score.source for score in finals))
    if off and off[0].status is not None:
        return NotPlayed(off[0].status, off[0], f"{_said(off[0])}")
    return NoResultYet("no feed has a final score yet")


def _stop_the_same(first: Score, second: Score) -> bool:
    """Whether two words on a game that did not end can both be right: one that was given up has a winner, and it is
    one and the same. Of the others the first in order is believed."""
    if first.status not in GIVEN_UP and second.status not in GIVEN_UP:
        return True
    return first.status is second.status and (not first.winner or not second.winner or first.winner == second.winner)


def _rank(source: str, order: Sequence[str]) -> int:
    return order.index(source) if source in order else len(order)


def is_final(score: Score) -> bool:
    """Whether it has a score to settle by. A game that was given up or called off has none, however it looks."""
    over = score.completed and score.status in (None, ScoreStatus.FINAL)
    return over and score.home_score is not None and score.away_score is not None


def _say_the_same(first: Score, second: Score) -> bool:
    """Whether two final scores are one result, compared in what both of them count."""
    finals = (first.home_score, first.away_score) == (second.home_score, second.away_score)
    ninety, other_ninety = _regulation(first), _regulation(second)
    if ninety is not None and other_ninety is not None and ninety != other_ninety:
        return False
    if finals:
        return True
    # One counts overtime and the other does not: the same game, if their regulation scores are the same.
    one_counts_less = {first.includes_overtime, second.includes_overtime} == {True, False}
    return one_counts_less and ninety is not None and ninety == other_ninety


def _regulation(score: Score) -> tuple[int, int] | None:
    if score.home_regulation is not None and score.away_regulation is not None:
        return score.home_regulation, score.away_regulation
    if score.includes_overtime is False and score.home_score is not None and score.away_score is not None:
        return score.home_score, score.away_score
    return None


def _completed_by(finals: Sequence[Score]) -> Score:
    """The first feed's score, with what the next one tells besides where it tells nothing itself: the regulation score,
    and the periods of the same final score."""
    first = finals[0]
    alike = [each for each in finals if (each.home_score, each.away_score) == (first.home_score, first.away_score)]
    first = replace(
        first,
        periods=next((each.periods for each in alike if each.periods), ()),
        played=next((each.played for each in alike if each.played is not None), None),
        winner=next((each.winner for each in finals if each.winner), None),
    )
    if first.home_regulation is not None or not sports.can_have_overtime(first.sport_key):
        return first
    told = next((score for score in finals if score.home_regulation is not None), first)
    return replace(first, home_regulation=told.home_regulation, away_regulation=told.away_regulation)


def _said(score: Score) -> str:
    if is_final(score):
        return f"{score.source} says {score.home_score}-{score.away_score}"
    return f"{score.source} says {score.status.value if score.status is not None else 'not over'}"
