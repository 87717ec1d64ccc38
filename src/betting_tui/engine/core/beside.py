"""Kelly beside what is open already: rivals on the same line, other bets on the same event, bets elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from betting_tui.engine.core.accounts import HeldBet
from betting_tui.engine.core.errors import PricingError
from betting_tui.engine.core.kelly_sets import kelly_exclusive, kelly_independent
from betting_tui.engine.core.model import Selection
from betting_tui.engine.core.staking import KellyBasis, kelly

# Open bets elsewhere up to which stakes are worked out together; beyond, `available` alone has them taken out.
MOST_TOGETHER = 3

# Single Kelly stakes that total less than this share of the bankroll hardly depend on one another's exact figures.
_SMALL_TOGETHER = 0.5


def kelly_beside(
    selection: Selection, probability: float, decimal: float, available_minor: int, held: Sequence[HeldBet]
) -> KellyBasis:
    """Full Kelly for one more bet. Decimal odds of both are after commission; amounts in minor units.

    Open bets on the same line are exclusive outcomes and sized with it as one position (Smoczynski and Tomkins), their
    stakes counted as money still to be shared out. Those on other lines of the event count as the same bet, as nobody
    knows how they hang together. Up to `MOST_TOGETHER` bets elsewhere are independent and sized jointly.
    """
    line, event_id = selection.line, selection.line.event_id
    here = [bet for bet in held if bet.line == line]
    nearby = sum(bet.risk_minor for bet in held if bet.event_id == event_id and bet.line != line)
    full = _with_rivals(selection.name, probability, decimal, here)
    if full > 0:
        full *= _shrink(probability, decimal, [bet for bet in held if bet.event_id != event_id])
    same = sum(bet.risk_minor for bet in here if bet.selection == selection.name)
    return KellyBasis(full, available_minor + sum(bet.risk_minor for bet in here), same + nearby)


def _with_rivals(name: str, probability: float, decimal: float, here: Sequence[HeldBet]) -> float:
    """An arbitrage with what is held, which Kelly would stake everything on, is sized as if it stood alone."""
    rivals: dict[str, list[HeldBet]] = {}
    for bet in here:
        if bet.selection != name and bet.fair_probability is not None and bet.risk_minor > 0:
            rivals.setdefault(bet.selection, []).append(bet)
    single = kelly(probability, decimal)
    if not rivals or single == 0:
        return single
    chances = [bets[-1].fair_probability or 0.0 for bets in rivals.values()]
    # What was thought of the rivals when they were taken must leave room for what is thought of this one now.
    scale = min(1.0, (1 - probability) / sum(chances)) if sum(chances) > 0 else 0.0
    try:
        joint = kelly_exclusive(
            [decimal, *(_mean_decimal(bets) for bets in rivals.values())],
            [probability, *(chance * scale for chance in chances)],
        )
    except PricingError:
        return single
    return joint[0]


def _mean_decimal(bets: Sequence[HeldBet]) -> float:
    """The price at which one bet would pay what these pay together."""
    return sum(bet.risk_minor * bet.decimal for bet in bets) / sum(bet.risk_minor for bet in bets)


def _shrink(probability: float, decimal: float, elsewhere: Sequence[HeldBet]) -> float:
    """How much smaller the stake is when bets on other events are open at once; 1 where that is not worked out.

    For small stakes it is 1 - sum of f_j*e_j over the others, whatever this bet is like. So it is worked out exactly
    for a bet nearby, on a grid, and taken for all around it, within one percent: a screen full is sized in one go.
    Large stakes, which are rare, are worked out for the bet itself.
    """
    others = [bet for bet in elsewhere if bet.fair_probability is not None and bet.fair_probability * bet.decimal > 1]
    alone = len({bet.event_id for bet in others}) == len(others)
    if not others or len(others) > MOST_TOGETHER or not alone:
        return 1.0
    known = tuple(sorted((bet.fair_probability or 0.0, bet.decimal) for bet in others))
    if kelly(probability, decimal) + sum(kelly(chance, price) for chance, price in known) > _SMALL_TOGETHER:
        return _joint_share(probability, decimal, known)
    chance = min(0.95, max(0.05, round(probability / 0.05) * 0.05))
    edge = min(1.0, max(0.02, round((probability * decimal - 1) / 0.02) * 0.02))
    return _joint_share(chance, (1 + edge) / chance, known)


@lru_cache(maxsize=4_096)
def _joint_share(chance: float, decimal: float, others: tuple[tuple[float, float], ...]) -> float:
    try:
        joint = kelly_independent([decimal, *(price for _, price in others)], [chance, *(each for each, _ in others)])
    except PricingError:
        return 1.0
    return min(1.0, joint[0] / kelly(chance, decimal))
