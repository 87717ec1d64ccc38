"""From a final score to the result of a bet, and from the result to money. Nothing is guessed: what the score does
not settle beyond doubt is left ungraded, with the reason."""

from __future__ import annotations

from betting_tui.engine.core.grades import Graded as Graded
from betting_tui.engine.core.grades import Ungraded as Ungraded
from betting_tui.engine.core.market_grading import grade_by_rules
from betting_tui.engine.core.model import FULL_GAME, LineKey, OutcomeSet, Selection
from betting_tui.engine.core.payout import exact_return as exact_return
from betting_tui.engine.core.payout import lay_return_minor as lay_return_minor
from betting_tui.engine.core.payout import return_minor as return_minor
from betting_tui.engine.core.rule_sets import RuleSet
from betting_tui.engine.core.scores import Score


def grade_selection(selection: Selection, score: Score, rules: RuleSet | None = None) -> Graded | Ungraded:
    """The result of a bet on this selection. Total: every input gives an answer, never an exception.

    `rules` are those stored with the bet; without them the standard ones are in force.
    """
    return grade_by_rules(selection, score, rules)


def grade(
    market: str,
    selection_name: str,
    point: float | None,
    outcome_set: OutcomeSet,
    score: Score,
    *,
    period: str = FULL_GAME,
) -> Graded | Ungraded:
    """The result of a bet from one final score; teams are matched by name. Total, like `grade_selection`.

    `point` is the selection's own. Three-way prices and soccer count regulation time only, other sports overtime too;
    regulation scores are used where the feed tells them apart.
    """
    line = LineKey(score.event_id, market, outcome_set, period)
    return grade_by_rules(Selection(line, selection_name, point), score)
