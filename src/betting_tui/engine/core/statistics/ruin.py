"""Risk of ruin by simulation: the same bets drawn again and again, staked by the account's own rules.

Where closed forms exist it agrees with them: flat stakes exp(-2 mu N / v), even money
((1 - p)/p)^N, Kelly at a fraction k falling to a share x of the bankroll x^(2/k - 1).
"""

from __future__ import annotations

import random

import numpy as np
from msgspec import Struct

from betting_tui.engine.core.performance_views import Ruin
from betting_tui.engine.core.staking import SizingRules, sizing_text
from betting_tui.engine.core.statistics.columns import Bools, Columns, Floats, Ints, columns, mean_by_risk
from betting_tui.engine.core.statistics.sample import Sample

HORIZON_BETS = 1_000
RUNS = 2_000
_FEWEST_BETS = 10
_ENOUGH = 0.5


class AssumedEdge(Struct, frozen=True):
    """Expected profit per unit at risk, and in words where the number comes from."""

    edge: float
    source: str


def assumed_edge(sample: Sample) -> AssumedEdge:
    """The most trustworthy edge these bets have: the fair closes' where they speak for half of the risk, else the
    smaller of the edge at placement and the yield, so that a lucky run does not make the risk look small."""
    bets = columns(sample)
    graded = bets.only(bets.graded & (bets.risk > 0))
    close = mean_by_risk(graded, graded.close_edge, least=_ENOUGH)
    if close is not None:
        return AssumedEdge(close, "mean edge by the fair closes")
    placed = mean_by_risk(graded, graded.edge, least=_ENOUGH)
    believed = AssumedEdge(0.0, "no edge assumed") if placed is None else AssumedEdge(placed, "mean edge at placement")
    risk = int(graded.risk.sum())
    won = int(graded.profit.sum()) / risk if risk else 0.0
    return AssumedEdge(won, "yield so far") if won < believed.edge else believed


def ruin(
    sample: Sample,
    rules: SizingRules,
    bankroll_minor: int,
    currency: str,
    assumed: AssumedEdge,
    chance: random.Random,
    *,
    horizon_bets: int = HORIZON_BETS,
    runs: int = RUNS,
) -> Ruin | None:
    """How often staking by `rules` halves a bankroll, or leaves less than one stake, within `horizon_bets` bets.

    Each bet is drawn from the sample's odds and wins with chance (1 + edge)/d; Kelly stakes by the probability that
    was believed at placement, as the account does, and by the assumed one where none is known. One bet is open at a
    time. None for fewer than ten bets or without a bankroll.
    """
    bets = columns(sample)
    drawn = bets.only(bets.graded & (bets.risk > 0) & ~np.isnan(bets.odds))
    if len(drawn.risk) < _FEWEST_BETS or bankroll_minor <= 0:
        return None
    run = _Runs(drawn, rules, assumed.edge)
    numbers = np.random.default_rng(chance.getrandbits(64))
    balance = np.full(runs, float(bankroll_minor))
    halved, lost = np.zeros(runs, dtype=np.bool_), np.zeros(runs, dtype=np.bool_)
    for _ in range(horizon_bets):
        picked = numbers.integers(len(drawn.risk), size=runs)
        stakes = np.where(lost, 0.0, run.stakes(balance, picked))
        won = numbers.random(runs) < run.chances[picked]
        balance += np.where(won, np.rint(stakes * (drawn.odds[picked] - 1)), -stakes)
        halved |= balance <= bankroll_minor / 2
        lost |= run.too_little(balance)
    return Ruin(
        horizon_bets=horizon_bets,
        halved=float(halved.mean()),
        lost=float(lost.mean()),
        edge=assumed.edge,
        edge_from=assumed.source,
        sizing=sizing_text(rules, currency),
    )


class _Runs:
    """Stakes of many bankrolls at once, as `staking.suggest_stake` would size them one by one."""

    def __init__(self, bets: Columns, rules: SizingRules, edge: float) -> None:
        self._rules = rules
        self.chances = np.clip((1 + edge) / bets.odds, 0.0, 1.0)
        unknown = np.isnan(bets.probability)
        believed = np.where(unknown, self.chances, bets.probability)
        full = np.maximum(0.0, (believed * bets.odds - 1) / (bets.odds - 1))
        kelly = np.minimum(full * rules.kelly_fraction, rules.max_bet_share)
        by_kelly: Bools = ~unknown if rules.auto_kelly else np.zeros(len(bets.risk), dtype=np.bool_)
        match rules.method:
            case "kelly":
                self._shares, self._flat = kelly, np.zeros(len(bets.risk))
            case "percent":
                percent = min(rules.percent, rules.max_bet_share)
                self._shares, self._flat = np.where(by_kelly, kelly, percent), np.zeros(len(bets.risk))
            case "flat":
                self._shares = np.where(by_kelly, kelly, 0.0)
                self._flat = np.where(by_kelly, 0.0, float(rules.flat_minor))
        self._most_share = float(self._shares.max())
        self._flat_stake = float(self._flat.max())

    def stakes(self, balance: Floats, picked: Ints) -> Floats:
        wanted = balance * self._shares[picked] + self._flat[picked]
        unit = max(1, self._rules.stake_unit_minor)
        stake = np.floor(np.minimum(wanted, balance) / unit + 1e-9) * unit
        return np.where((wanted > balance) | (stake < self._rules.min_stake_minor), 0.0, stake)

    def too_little(self, balance: Floats) -> Bools:
        """Whether these rules, which once staked something, now stake on none of the bets."""
        least = max(self._rules.min_stake_minor, self._rules.stake_unit_minor, 1)
        if self._flat_stake > 0:
            return (balance < self._flat_stake) & (balance * self._most_share + 1e-9 < least)
        if self._most_share > 0:
            gone: Bools = balance * self._most_share + 1e-9 < least
            return gone
        return np.zeros(len(balance), dtype=np.bool_)
