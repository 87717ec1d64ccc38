"""What a person needs to decide about a bet that nobody else could settle: all of it, for one screen."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from betting_tui.engine.core.bet_views import BetRow
from betting_tui.engine.core.model import BetResult, Event, LineKey
from betting_tui.engine.core.odds import Price
from betting_tui.engine.core.scores import Score


class FeedWord(Struct, frozen=True):
    """The last word of one feed on an event, as kept at `received_at`.

    `result` is what it would make of the leg by the rules in force, the bet's own (a lay turned round); None where it
    settles nothing, then `reason` says why.
    """

    score: Score
    received_at: datetime
    result: BetResult | None = None
    reason: str = ""


class Candidate(Struct, frozen=True):
    """A result that is of no known event and may be about this one. `likeness` of the teams' names: 1 is the same;
    `hours_apart` by the announced starts, None where one is not known."""

    score: Score
    likeness: float
    hours_apart: float | None


class Outcome(Struct, frozen=True):
    """What the bet pays when this leg ends so, and any others that are open win: after commission, what was held
    included. `against` are the feeds that say otherwise of the leg. `label` tells a result in other words, as the
    placed of an each way bet; '' for none."""

    result: BetResult
    return_minor: int
    profit_minor: int
    against: tuple[str, ...] = ()
    label: str = ""


class ReviewLeg(Struct, frozen=True):
    """One event of the bet: what is bet on, the rules in force there, what feeds say, what else may be about it, and
    each way it can end. `result` is what is known of a parlay's leg already."""

    event: Event
    line: LineKey
    selection: str
    point: float | None
    price: Price
    rules_key: str
    rules: tuple[str, ...]
    words: tuple[FeedWord, ...]
    candidates: tuple[Candidate, ...]
    outcomes: tuple[Outcome, ...]
    result: BetResult | None = None

    def outcome(self, result: BetResult) -> Outcome:
        return next(each for each in self.outcomes if each.result is result)


class ReviewRow(Struct, frozen=True):
    """A bet that waits for a person, or might: why, since when, and everything known of each of its legs. `whole` are
    the ways a parlay can be ended without a word on each leg."""

    bet: BetRow
    reason: str
    since: datetime
    legs: tuple[ReviewLeg, ...]
    whole: tuple[Outcome, ...] = ()

    @property
    def open_legs(self) -> tuple[int, ...]:
        """The places of the legs that nothing is known of yet; a single bet has one leg."""
        return tuple(place for place, leg in enumerate(self.legs) if leg.result is None)


def whole_against(leg: ReviewLeg, result: BetResult) -> tuple[FeedWord, ...]:
    """What feeds say of this leg that a parlay of this result as a whole would contradict. A lost one may have been
    lost by any other leg."""
    match result:
        case BetResult.WIN:
            return tuple(word for word in leg.words if word.result in (BetResult.LOSS, BetResult.HALF_LOSS))
        case BetResult.VOID:
            return tuple(word for word in leg.words if word.result not in (None, BetResult.VOID))
        case _:
            return ()
