"""The outcome of one bet from a result typed by hand, by the same rules as settlement."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from fractions import Fraction

from msgspec import Struct

from betting_tui.engine.core.errors import UsageError
from betting_tui.engine.core.grades import Graded, Ungraded
from betting_tui.engine.core.market_grading import grade_by_rules
from betting_tui.engine.core.model import DRAW, LineKey, OutcomeSet, Selection
from betting_tui.engine.core.scores import Score

_OWN, _OPPONENT = "Own", "Opponent"
_MAX_RESULT = 100_000
_SCORE = re.compile(r"(\d{1,6})\s*[-:]\s*(\d{1,6})")
_OVER_UNDER = ("over", "under")
_PAIRS = {"own_or_draw": f"{_OWN} or {DRAW}", "either": f"{_OWN} or {_OPPONENT}"}
# What each market's --selection may be; the first is meant when none is given, unless it must be.
_SELECTIONS = {
    "h2h": ("own", "draw"),
    "draw_no_bet": ("own",),
    "double_chance": tuple(_PAIRS),
    "spreads": ("own",),
    "totals": _OVER_UNDER,
    "team_totals": _OVER_UNDER,
    "btts": ("yes", "no"),
}
MARKETS = tuple(_SELECTIONS)
SELECTIONS = ("own", "draw", "over", "under", "yes", "no", *_PAIRS)
_LINED = ("spreads", "totals", "team_totals")
_OVERTIME_COUNTS = ("h2h", "spreads", "totals", "team_totals")


class Told(Struct, frozen=True):
    """What was typed: `result` is the own score minus the opponent's, for totals the total; or both scores."""

    market: str
    selection: str | None
    line: Fraction | None
    result: int | None
    score: str | None
    three_way: bool


def outcome_of(told: Told) -> Graded:
    """Raises UsageError for what cannot be."""
    selection = _selection(told)
    own, opponent = _scores(told)
    regulation = told.three_way or told.market not in _OVERTIME_COUNTS
    sport = "soccer_epl" if regulation else "basketball_nba"
    moment = datetime(2000, 1, 1, tzinfo=UTC)
    score = Score("", "", sport, moment, True, _OWN, _OPPONENT, own, opponent, not regulation)
    graded = grade_by_rules(selection, score)
    if isinstance(graded, Ungraded):
        raise UsageError(graded.reason)
    return graded


def _selection(told: Told) -> Selection:
    market, allowed = told.market, _SELECTIONS[told.market]
    chosen = told.selection or (allowed[0] if "own" in allowed else None)
    if chosen is None:
        raise UsageError(f"{market} need --selection {' or '.join(allowed)}")
    if chosen not in allowed:
        raise UsageError(f"{market} has no {chosen}: its selections are {', '.join(allowed)}")
    if told.three_way and market != "h2h":
        raise UsageError("--three-way is of h2h only")
    if chosen == "draw" and not told.three_way:
        raise UsageError("a draw is on offer only in h2h with --three-way")
    if market in _LINED and told.line is None:
        raise UsageError(f"{market} need --line" + (", the selection's own handicap" if market == "spreads" else ""))
    if market not in _LINED and told.line is not None:
        raise UsageError(f"{market} has no --line: use --market spreads")
    participant = {"team_totals": _OWN, "double_chance": _PAIRS.get(chosen)}.get(market)
    outcomes = OutcomeSet.THREE_WAY if told.three_way else OutcomeSet.TWO_WAY
    name = {"own": _OWN, "draw": DRAW}.get(chosen, "Yes" if chosen in _PAIRS else chosen)
    point = None if told.line is None else float(told.line)
    return Selection(LineKey("", market, outcomes, participant=participant), name, point)


def _scores(told: Told) -> tuple[int, int]:
    if told.score is not None:
        return _both_scores(told)
    if told.result is None:
        raise UsageError("--result is missing: own score minus the opponent's, for totals the total; or --score 2-1")
    if told.market == "btts":
        raise UsageError("whether both scored is not in a difference: give --score, own first, as 2-1")
    if abs(told.result) > _MAX_RESULT:
        raise UsageError("that is no result of a game")
    if told.market in ("totals", "team_totals") and told.result < 0:
        raise UsageError("a total cannot be below 0")
    return max(told.result, 0), max(-told.result, 0)


def _both_scores(told: Told) -> tuple[int, int]:
    if told.result is not None:
        raise UsageError("--result and --score exclude each other")
    found = _SCORE.fullmatch((told.score or "").strip())
    if found is None:
        raise UsageError(f"{(told.score or '')[:40]!r} is no score: write it own first, as 2-1")
    return int(found[1]), int(found[2])
