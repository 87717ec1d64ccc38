"""How good the probabilities were: Brier, log loss, ranked scores, calibration.

Binary scores take each bet's probability and whether it won; those of markets take a row of probabilities per market,
each summing to 1, and the place of the outcome that came. No rows give None.
"""

from __future__ import annotations

import math

import numpy as np

from betting_tui.engine.core.performance_views import CalibrationBin
from betting_tui.engine.core.statistics.chance import wilson
from betting_tui.engine.core.statistics.columns import Bools, Floats, Ints

_CLIP = 1e-15
_FEW = 10


def brier(probability: Floats, won: Bools) -> float | None:
    """Mean of (p - y)²: 0 is perfect, 0.25 is always saying one half."""
    return float(np.mean((probability - won) ** 2)) if len(won) else None


def log_loss(probability: Floats, won: Bools) -> float | None:
    """Mean of -ln of the probability given to what came, in nats, probabilities clipped to 1e-15 from sureness."""
    if not len(won):
        return None
    given = np.clip(np.where(won, probability, 1 - probability), _CLIP, 1 - _CLIP)
    return float(-np.mean(np.log(given)))


def auc(probability: Floats, won: Bools) -> float | None:
    """How often a bet that won was given a higher probability than one that lost, ties counting a half.

    None unless there are both (Mann and Whitney 1947).
    """
    wins, losses = int(won.sum()), int((~won).sum())
    if not (wins and losses):
        return None
    _, places, ties = np.unique(probability, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(ties) - (ties - 1) / 2)[places]
    return (float(ranks[won].sum()) - wins * (wins + 1) / 2) / (wins * losses)


def market_brier(probabilities: Floats, came: Ints) -> float | None:
    """Sum of (p - y)² over a market's outcomes, mean over markets (Brier 1950): 0 to 2."""
    return float(np.mean(((probabilities - _happened(probabilities, came)) ** 2).sum(axis=1))) if len(came) else None


def market_log_loss(probabilities: Floats, came: Ints) -> float | None:
    """Mean of -ln of the probability of the outcome that came, in nats."""
    if not len(came):
        return None
    given = np.clip(probabilities[np.arange(len(came)), came], _CLIP, 1 - _CLIP)
    return float(-np.mean(np.log(given)))


def ignorance(probabilities: Floats, came: Ints) -> float | None:
    """The log loss of markets in bits."""
    nats = market_log_loss(probabilities, came)
    return None if nats is None else nats / math.log(2)


def ranked_probability_score(probabilities: Floats, came: Ints) -> float | None:
    """For outcomes in an order (home, draw, away): squared differences of the cumulated chances, over outcomes - 1."""
    if not len(came):
        return None
    off = np.cumsum(probabilities - _happened(probabilities, came), axis=1)[:, :-1]
    return float(np.mean((off**2).sum(axis=1) / (probabilities.shape[1] - 1)))


def calibration(probability: Floats, won: Bools, bins: int = 10) -> tuple[CalibrationBin, ...]:
    """Bets by equal bands of probability; a bet on a border is in the lower one, bands without bets are left out."""
    edges = np.arange(bins + 1) / bins
    places = np.searchsorted(edges[1:-1], probability, side="left")
    counts = np.bincount(places, minlength=bins)
    said = np.bincount(places, weights=probability, minlength=bins)
    came = np.bincount(places, weights=won, minlength=bins)
    made = []
    for place in np.flatnonzero(counts).tolist():
        bets, wins = int(counts[place]), int(came[place])
        interval = wilson(wins, bets)
        assert interval is not None
        made.append(
            CalibrationBin(
                low=float(edges[place]),
                high=float(edges[place + 1]),
                predicted=float(said[place]) / bets,
                observed=wins / bets,
                bets=bets,
                observed_range=interval,
                few=bets < _FEW,
            )
        )
    return tuple(made)


def _happened(probabilities: Floats, came: Ints) -> Floats:
    happened = np.zeros_like(probabilities)
    happened[np.arange(len(came)), came] = 1
    return happened
