"""From a final score to the result of a bet, and from the result to money. Nothing is guessed: what the score does
not settle beyond doubt is left ungraded, with the reason."""

from __future__ import annotations

from fractions import Fraction

from msgspec import Struct
from msgspec.structs import replace

from betting_tui.engine.core import sports
from betting_tui.engine.core.model import DRAW, FULL_GAME, BetResult, Funding, OutcomeSet, Score, Selection
from betting_tui.engine.core.money import round_half_even

_WINNER_MARKETS = frozenset({"h2h", "h2h_3_way"})
_SPREAD_MARKETS = frozenset({"spreads", "alternate_spreads"})
_TOTAL_MARKETS = frozenset({"totals", "alternate_totals"})
_REGULATION_MARKETS = frozenset({"h2h_3_way"})

# Which result two half stakes give: each part counts 1 won, 0 returned, -1 lost.
_RESULT_OF_PARTS = {
    2: BetResult.WIN,
    1: BetResult.HALF_WIN,
    0: BetResult.PUSH,
    -1: BetResult.HALF_LOSS,
    -2: BetResult.LOSS,
}


class Graded(Struct, frozen=True):
    result: BetResult


class Ungraded(Struct, frozen=True):
    """The bet stays open; `reason` says why, for the review list."""

    reason: str


class _Final(Struct, frozen=True):
    """A finished game's usable score; the names are made comparable, `game` is for people."""

    game: str
    home: str
    away: str
    home_score: int
    away_score: int


def grade_selection(selection: Selection, score: Score) -> Graded | Ungraded:
    """The result of a bet on this selection. Total: every input gives an answer, never an exception."""
    line = selection.line
    if line.participant is not None:
        return Ungraded(f"{line.market} of {line.participant} is not in a final score: settle it by hand")
    return grade(line.market, selection.name, selection.point, line.outcome_set, score, period=line.period)


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
    if period != FULL_GAME:
        return Ungraded(f"the score of {period} alone is not known: settle it by hand")
    if market not in _WINNER_MARKETS | _SPREAD_MARKETS | _TOTAL_MARKETS:
        return Ungraded(f"{market} cannot be settled from a final score: settle it by hand")
    if outcome_set is OutcomeSet.FIELD:
        return Ungraded("an outright cannot be settled from one score: settle it by hand")
    final = _final(score)
    if not isinstance(final, Ungraded):
        final = _counted(market, outcome_set, score, final)
    if isinstance(final, Ungraded):
        return final
    if market in _WINNER_MARKETS:
        return _winner(selection_name, outcome_set, final)
    if outcome_set is not OutcomeSet.TWO_WAY:
        return Ungraded(f"three-way {market} cannot be settled here: settle it by hand")
    quarters = _quarters(point)
    if quarters is None:
        return Ungraded(f"{market} needs a line in steps of a quarter, not {point}")
    if market in _SPREAD_MARKETS:
        return _spread(selection_name, quarters, final)
    return _total(selection_name, quarters, final)


def exact_return(
    stake_minor: int, price_exact: Fraction, result: BetResult, funding: Funding = Funding.CASH
) -> Fraction:
    """What comes back, stake included, in exact minor units. A free stake is not ours: only its winnings come back."""
    multiple = _return_multiple(price_exact, result)
    if funding is Funding.FREE:
        multiple = max(multiple - 1, Fraction(0))
    return stake_minor * multiple


def return_minor(stake_minor: int, price_exact: Fraction, result: BetResult, funding: Funding = Funding.CASH) -> int:
    """What comes back in minor units: the one rounding of a bet, half to even."""
    return round_half_even(exact_return(stake_minor, price_exact, result, funding))


def lay_return_minor(stake_minor: int, liability_minor: int, result: BetResult) -> int:
    """What comes back of a lay bet, its liability included: the one rounding of a bet, half to even.

    It wins the backer's stake and loses the liability it holds; half results half of each.
    """
    match result:
        case BetResult.WIN:
            return liability_minor + stake_minor
        case BetResult.HALF_WIN:
            return round_half_even(liability_minor + Fraction(stake_minor, 2))
        case BetResult.PUSH | BetResult.VOID:
            return liability_minor
        case BetResult.HALF_LOSS:
            return round_half_even(Fraction(liability_minor, 2))
        case BetResult.LOSS:
            return 0


def _return_multiple(price: Fraction, result: BetResult) -> Fraction:
    match result:
        case BetResult.WIN:
            return price
        case BetResult.HALF_WIN:
            return (price + 1) / 2
        case BetResult.PUSH | BetResult.VOID:
            return Fraction(1)
        case BetResult.HALF_LOSS:
            return Fraction(1, 2)
        case BetResult.LOSS:
            return Fraction(0)


def _final(score: Score) -> _Final | Ungraded:
    if not score.completed:
        return Ungraded("the game is not over")
    if score.home_score is None or score.away_score is None:
        return Ungraded("the result has no score")
    if not score.home_team or not score.away_team:
        return Ungraded("the result does not name both teams")
    home, away = _name(score.home_team), _name(score.away_team)
    if home == away:
        return Ungraded(f"the result names {score.home_team} twice")
    game = f"{score.home_team} against {score.away_team}"
    return _Final(game, home, away, score.home_score, score.away_score)


def _counted(market: str, outcome_set: OutcomeSet, score: Score, final: _Final) -> _Final | Ungraded:
    """The numbers this bet is settled by: those of regulation time or the final ones; or why neither will do."""
    sport = score.sport_key
    if not sports.higher_score_wins(sport):
        return Ungraded("the score does not say who won in this sport: settle it by hand")
    if market not in _WINNER_MARKETS and not sports.lines_count_score(sport):
        return Ungraded("the line counts something else than the score in this sport: settle it by hand")
    if outcome_set is OutcomeSet.THREE_WAY or market in _REGULATION_MARKETS or sports.regulation_only(sport):
        counted = _regulation(score, final)
        if isinstance(counted, Ungraded):
            return counted
        drawn = counted.home_score == counted.away_score
        if drawn and market == "h2h" and outcome_set is OutcomeSet.TWO_WAY:
            return Ungraded("the score is level, and whether a draw loses this bet is not known: settle it by hand")
        return counted
    drawn = final.home_score == final.away_score
    if drawn and sports.can_have_overtime(sport) and score.includes_overtime is not True:
        return Ungraded("the score is level and may leave out overtime, which counts for this bet: settle it by hand")
    return final


def _regulation(score: Score, final: _Final) -> _Final | Ungraded:
    """The score at the end of regulation time: as the feed tells it, or the final one where no more was played."""
    home, away = score.home_regulation, score.away_regulation
    if home is not None and away is not None:
        played_on = score.includes_overtime is not False
        if (home, away) != (final.home_score, final.away_score) and not (
            played_on and 0 <= home <= final.home_score and 0 <= away <= final.away_score
        ):
            told = f"{home}-{away} after regulation time and {final.home_score}-{final.away_score} in the end"
            return Ungraded(f"the result contradicts itself, {told}: settle it by hand")
        return replace(final, home_score=home, away_score=away)
    if score.includes_overtime or (score.includes_overtime is None and sports.can_have_overtime(score.sport_key)):
        known = "includes overtime" if score.includes_overtime else "may include overtime"
        return Ungraded(f"the bet counts regulation time only and the score {known}: settle it by hand")
    return final


def _winner(selection_name: str, outcome_set: OutcomeSet, final: _Final) -> Graded | Ungraded:
    name = _name(selection_name)
    lead = final.home_score - final.away_score
    if name == final.home:
        return _winner_result(lead, outcome_set)
    if name == final.away:
        return _winner_result(-lead, outcome_set)
    if name == _name(DRAW) and outcome_set is OutcomeSet.THREE_WAY:
        return Graded(BetResult.WIN if lead == 0 else BetResult.LOSS)
    return _unknown(selection_name, final)


def _winner_result(lead: int, outcome_set: OutcomeSet) -> Graded:
    if lead == 0:
        return Graded(BetResult.PUSH if outcome_set is OutcomeSet.TWO_WAY else BetResult.LOSS)
    return Graded(BetResult.WIN if lead > 0 else BetResult.LOSS)


def _spread(selection_name: str, quarters: int, final: _Final) -> Graded | Ungraded:
    name = _name(selection_name)
    lead = final.home_score - final.away_score
    if name == final.home:
        return _by_parts(4 * lead + quarters)
    if name == final.away:
        return _by_parts(-4 * lead + quarters)
    return _unknown(selection_name, final)


def _total(selection_name: str, quarters: int, final: _Final) -> Graded | Ungraded:
    above = 4 * (final.home_score + final.away_score) - quarters
    match _name(selection_name):
        case "over":
            return _by_parts(above)
        case "under":
            return _by_parts(-above)
        case _:
            return Ungraded(f"{selection_name!r} is neither Over nor Under")


def _by_parts(quarters_ahead: int) -> Graded:
    """A bet this many quarter points ahead of its line.

    On a quarter line, half the stake stands on the line a quarter below and half on the one a quarter above.
    """
    half_step = quarters_ahead % 2
    return Graded(_RESULT_OF_PARTS[_sign(quarters_ahead - half_step) + _sign(quarters_ahead + half_step)])


def _quarters(point: float | None) -> int | None:
    if point is None or not abs(point) < 1e6:
        return None
    quarters = round(point * 4)
    return quarters if abs(point * 4 - quarters) < 1e-6 else None


def _sign(number: int) -> int:
    return (number > 0) - (number < 0)


def _name(text: str) -> str:
    return " ".join(text.split()).casefold()


def _unknown(selection_name: str, final: _Final) -> Ungraded:
    return Ungraded(f"{selection_name!r} is not in this result, which is {final.game}")
