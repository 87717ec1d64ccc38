"""Simulated bettors whose edge is known, and samples made by hand."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

import numpy as np

from betting_tui.engine.core.statistics.sample import Outcome, Sample

Kind = Literal["mixed", "longshots", "alike"]

HOUR_US = 3_600_000_000
START_US = 1_767_225_600_000_000
"""The beginning of 2026."""


def bettor(seed: int, bets: int, edge: float, kind: Kind = "mixed", *, hold: float = 0.045) -> Sample:
    """Independent bets that each win with chance (1 + edge)/d: one an hour, stakes from 5.00 to 100.00."""
    chance = np.random.default_rng(seed)
    shortest, longest = {"mixed": (1.5, 10), "longshots": (15, 100), "alike": (1.91, 1.91)}[kind]
    drawn = np.exp(chance.uniform(math.log(shortest), math.log(longest), bets))
    odds = np.round(drawn, 2).astype(np.float64)
    stakes = np.full(bets, 1_000) if kind == "alike" else chance.choice([500, 1_000, 1_500, 2_500, 10_000], bets)
    won = chance.random(bets) < (1 + edge) / odds
    return Sample(
        risk_minor=stakes,
        profit_minor=np.where(won, np.rint(stakes * (odds - 1)).astype(np.int64), -stakes),
        outcome=np.where(won, int(Outcome.WIN), int(Outcome.LOSS)),
        settled_us=START_US + HOUR_US * np.arange(bets),
        odds=odds,
        probability=np.asarray((1 + edge) / odds, dtype=np.float64),
        close_edge=np.full(bets, edge),
        hold=np.full(bets, hold),
    )


def bets(*profits: int, risk: int = 100, odds: float = 2.0, hours: Sequence[int] = ()) -> Sample:
    """One bet an hour with these profits, all at the same risk and odds; a profit of zero is a push."""
    return Sample(
        risk_minor=[risk] * len(profits),
        profit_minor=profits,
        outcome=[Outcome.WIN if profit > 0 else Outcome.LOSS if profit < 0 else Outcome.NEITHER for profit in profits],
        settled_us=[START_US + HOUR_US * hour for hour in hours or range(len(profits))],
        odds=[odds] * len(profits),
    )
