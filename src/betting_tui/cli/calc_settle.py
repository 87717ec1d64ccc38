"""The outcome of one bet from a result typed by hand, by the same rules as settlement."""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction

from betting_tui.engine.core.errors import UsageError
from betting_tui.engine.core.grading import Ungraded, grade
from betting_tui.engine.core.model import DRAW, BetResult, OutcomeSet, Score

_OWN, _OPPONENT = "Own", "Opponent"
_MAX_RESULT = 100_000


def outcome_of(market: str, line: Fraction | None, result: int, selection: str | None, *, three_way: bool) -> BetResult:
    """`result` is the own score minus the opponent's, for totals the total. Raises UsageError for what cannot be."""
    if abs(result) > _MAX_RESULT:
        raise UsageError("that is no result of a game")
    if market == "totals":
        return _total(line, result, selection)
    if selection not in (None, "own", "draw"):
        raise UsageError(f"{market} has no {selection}: use --market totals")
    if selection == "draw" and not (market == "h2h" and three_way):
        raise UsageError("a draw is on offer only in h2h with --three-way")
    if market == "spreads" and line is None:
        raise UsageError("spreads need --line, the selection's own handicap")
    if market == "h2h" and line is not None:
        raise UsageError("h2h has no --line: use --market spreads")
    score = _score(max(result, 0), max(-result, 0), three_way=three_way)
    outcomes = OutcomeSet.THREE_WAY if three_way else OutcomeSet.TWO_WAY
    return _graded(market, DRAW if selection == "draw" else _OWN, line, outcomes, score)


def _total(line: Fraction | None, result: int, selection: str | None) -> BetResult:
    if selection not in ("over", "under"):
        raise UsageError("totals need --selection over or under")
    if line is None:
        raise UsageError("totals need --line")
    if result < 0:
        raise UsageError("a total cannot be below 0")
    name = selection.capitalize()
    return _graded("totals", name, line, OutcomeSet.TWO_WAY, _score(result, 0, three_way=False))


def _score(own: int, opponent: int, *, three_way: bool) -> Score:
    """A finished game whose numbers mean what the market asks: regulation for three-way, overtime included else."""
    moment = datetime(2000, 1, 1, tzinfo=UTC)
    sport = "soccer_epl" if three_way else "basketball_nba"
    return Score("", "", sport, moment, True, _OWN, _OPPONENT, own, opponent, not three_way)


def _graded(market: str, name: str, line: Fraction | None, outcomes: OutcomeSet, score: Score) -> BetResult:
    graded = grade(market, name, float(line) if line is not None else None, outcomes, score)
    if isinstance(graded, Ungraded):
        raise UsageError(graded.reason)
    return graded.result
