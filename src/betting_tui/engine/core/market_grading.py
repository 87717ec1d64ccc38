"""Every market a score can settle, each by its own rule, from the numbers that count for it."""

from __future__ import annotations

from betting_tui.engine.core.grades import Graded, Ungraded, by_lead, by_quarters, decided, mirrored, quarters
from betting_tui.engine.core.model import DRAW, FULL_GAME, BetResult, OutcomeSet, Selection
from betting_tui.engine.core.rule_sets import RuleSet, in_force
from betting_tui.engine.core.scoreline import Scoreline, Teams, comparable, scoreline, teams_of
from betting_tui.engine.core.scores import Score

_WINNERS = frozenset({"h2h", "h2h_3_way"})
_SPREADS = frozenset({"spreads", "alternate_spreads"})
_TOTALS = frozenset({"totals", "alternate_totals"})
_TEAM_TOTALS = frozenset({"team_totals", "alternate_team_totals"})
_WITH_PARTICIPANT = _TEAM_TOTALS | {"double_chance"}
_GRADED = _WINNERS | _SPREADS | _TOTALS | _WITH_PARTICIPANT | {"draw_no_bet", "btts"}
_DRAW = comparable(DRAW)


def grade_by_rules(selection: Selection, score: Score, rules: RuleSet | None = None) -> Graded | Ungraded:
    """The result of a bet on this selection. Total: every input gives an answer, never an exception.

    Teams are matched by name. Without `rules` the standard ones of the sport and market are in force.
    """
    line = selection.line
    market = line.market
    doubt = _no_market_of_scores(selection)
    if doubt is not None:
        return doubt
    rules = rules or in_force("", score.sport_key, market)
    counted = scoreline(market, line.outcome_set, line.period, score, rules)
    if isinstance(counted, Ungraded):
        declared = _declared(selection, score)
        return counted if declared is None else declared
    if market in _WINNERS:
        doubt = _wrong_winner(selection, score, counted)
        return _winner(selection.name, line.outcome_set, counted) if doubt is None else doubt
    if market == "double_chance":
        return _double_chance(selection, counted)
    if line.outcome_set is not OutcomeSet.TWO_WAY:
        return Ungraded(f"three-way {market} cannot be settled here: settle it by hand")
    if market == "draw_no_bet":
        lead = _own_lead(selection.name, counted)
        return lead if isinstance(lead, Ungraded) else by_lead(lead)
    if market == "btts":
        return _yes_no(selection.name, counted.home_score > 0 and counted.away_score > 0)
    return _line(selection, counted)


def can_end(selection: Selection, result: BetResult) -> bool:
    """Whether a bet on this selection can have this result at all; true for markets nobody here knows the rule of."""
    market, at = selection.line.market, quarters(selection.point)
    if result in (BetResult.WIN, BetResult.LOSS, BetResult.VOID):
        return True
    if selection.point is not None and at is not None:
        return at % 4 == 0 if result is BetResult.PUSH else at % 2 == 1
    if result is not BetResult.PUSH:
        return selection.line.outcome_set is not OutcomeSet.FIELD and market not in _GRADED
    return selection.line.outcome_set is OutcomeSet.TWO_WAY and market not in ("btts", "double_chance")


def _no_market_of_scores(selection: Selection) -> Ungraded | None:
    line = selection.line
    market = line.market
    if line.outcome_set is OutcomeSet.FIELD or market == "outrights":
        return Ungraded("an outright cannot be settled from one score: settle it by hand")
    if market not in _GRADED:
        whose = f" of {line.participant}" if line.participant is not None else ""
        return Ungraded(f"{market}{whose} cannot be settled from a final score: settle it by hand")
    if market in _TEAM_TOTALS and not line.participant:
        return Ungraded(f"{market} names no team: settle it by hand")
    if line.participant is not None and market not in _WITH_PARTICIPANT:
        return Ungraded(f"{market} of {line.participant} is not in a final score: settle it by hand")
    return None


def _winner(name: str, outcome_set: OutcomeSet, counted: Scoreline) -> Graded | Ungraded:
    if comparable(name) == _DRAW and outcome_set is OutcomeSet.THREE_WAY:
        return decided(counted.lead == 0)
    lead = _own_lead(name, counted)
    if isinstance(lead, Ungraded):
        return lead
    return by_lead(lead) if outcome_set is OutcomeSet.TWO_WAY else decided(lead > 0)


def _wrong_winner(selection: Selection, score: Score, counted: Scoreline) -> Ungraded | None:
    """A feed that declares the side behind the winner contradicts itself; which word is right is not ours to say."""
    if not score.winner or selection.line.period != FULL_GAME or counted.lead == 0:
        return None
    ahead = counted.home if counted.lead > 0 else counted.away
    if comparable(score.winner) in (ahead, _DRAW) or selection.line.outcome_set is OutcomeSet.THREE_WAY:
        return None
    return Ungraded(f"the result names {score.winner} as the winner, whose score is lower: settle it by hand")


def _declared(selection: Selection, score: Score) -> Graded | None:
    """A two-way winner by the feed's word alone, where it gives no score, as of fights."""
    line = selection.line
    known = score.home_score is not None or score.away_score is not None
    if line.market != "h2h" or line.outcome_set is not OutcomeSet.TWO_WAY or line.period != FULL_GAME or known:
        return None
    graded = by_declared_winner(selection, score) if score.completed else None
    return graded if isinstance(graded, Graded) else None


def by_declared_winner(selection: Selection, score: Score) -> Graded | Ungraded:
    """The result of a bet on a winner, by who the feed says has won or goes on, whatever the score."""
    teams = teams_of(score)
    if isinstance(teams, Ungraded):
        return teams
    name, winner = comparable(selection.name), comparable(score.winner or "")
    if winner not in (teams.home, teams.away):
        return Ungraded("the result does not say who won or goes on: settle it by hand")
    if name not in (teams.home, teams.away):
        return _unknown(selection.name, teams)
    return decided(name == winner)


def _double_chance(selection: Selection, counted: Scoreline) -> Graded | Ungraded:
    """The pair of results stands in the participant, as the feeds' lines have it, or in the name itself."""
    pair, wants = selection.line.participant, comparable(selection.name)
    if pair is None or wants not in ("yes", "no"):
        pair, wants = selection.name, "yes"
    ends = {_DRAW: counted.lead == 0, counted.home: counted.lead > 0, counted.away: counted.lead < 0}
    for first in ends:
        for second in ends:
            if first != second and comparable(pair) in (f"{first} or {second}", f"{first}/{second}"):
                return decided((ends[first] or ends[second]) == (wants == "yes"))
    return Ungraded(f"{pair!r} is no pair of results of {counted.game}")


def _yes_no(name: str, happened: bool) -> Graded | Ungraded:
    match comparable(name):
        case "yes":
            return decided(happened)
        case "no":
            return decided(not happened)
        case _:
            return Ungraded(f"{name!r} is neither Yes nor No")


def _line(selection: Selection, counted: Scoreline) -> Graded | Ungraded:
    market = selection.line.market
    line = quarters(selection.point)
    if line is None:
        return Ungraded(f"{market} needs a line in steps of a quarter, not {selection.point}")
    if market in _SPREADS:
        lead = _own_lead(selection.name, counted)
        return lead if isinstance(lead, Ungraded) else by_quarters(4 * lead + line)
    if market in _TOTALS:
        return over_under(selection.name, 4 * counted.total - line)
    scored = _team_score(selection.line.participant, counted)
    return scored if isinstance(scored, Ungraded) else over_under(selection.name, 4 * scored - line)


def over_under(name: str, quarters_above: int) -> Graded | Ungraded:
    """The result of one side of a total that came out so many quarter points above its line."""
    over = by_quarters(quarters_above)
    match comparable(name):
        case "over":
            return over
        case "under":
            return Graded(mirrored(over.result))
        case _:
            return Ungraded(f"{name!r} is neither Over nor Under")


def _team_score(participant: str | None, counted: Scoreline) -> int | Ungraded:
    team = comparable(participant or "")
    if team == counted.home:
        return counted.home_score
    if team == counted.away:
        return counted.away_score
    return _unknown(participant or "", Teams(counted.game, counted.home, counted.away))


def _own_lead(name: str, counted: Scoreline) -> int | Ungraded:
    own = comparable(name)
    if own == counted.home:
        return counted.lead
    if own == counted.away:
        return -counted.lead
    return _unknown(name, Teams(counted.game, counted.home, counted.away))


def _unknown(name: str, teams: Teams) -> Ungraded:
    return Ungraded(f"{name!r} is not in this result, which is {teams.game}")
