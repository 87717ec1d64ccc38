"""The columns of a sample as clean arrays: what is no odds and no probability becomes unknown here, once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from msgspec import Struct, structs
from numpy.typing import NDArray

from betting_tui.engine.core.statistics.sample import Sample

if TYPE_CHECKING:
    from betting_tui.engine.core.statistics.sample import Real, Whole

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

_MOST_ODDS = 1e9


class Columns(Struct, frozen=True, eq=False):
    """A sample's columns, all of one length and in the order of settlement; NaN where something is unknown.

    `share` is the part of each bet's risk that was decided: 1, a half for half results, 0 where money came back.
    """

    risk: Ints
    profit: Ints
    outcome: Ints
    settled_us: Ints
    odds: Floats
    probability: Floats
    edge: Floats
    close_edge: Floats
    hold: Floats
    place_odds: Floats
    same: Ints

    @property
    def graded(self) -> Bools:
        """Wins and losses, halves included."""
        graded: Bools = self.outcome != 0
        return graded

    @property
    def won(self) -> Bools:
        won: Bools = self.outcome > 0
        return won

    @property
    def share(self) -> Floats:
        return np.abs(self.outcome) / 2

    def only(self, chosen: Bools | Ints) -> Columns:
        """The bets chosen by a mask or by their places."""
        return Columns(*(getattr(self, name)[chosen] for name in self.__struct_fields__))


def columns(sample: Sample) -> Columns:
    """Raises ValueError when the columns differ in length."""
    bets = len(sample.risk_minor)
    odds = _real(sample.odds, bets)
    odds[~((odds > 1) & (odds <= _MOST_ODDS))] = np.nan
    probability = _real(sample.probability, bets)
    probability[~((probability >= 0) & (probability <= 1))] = np.nan
    edge = _real(sample.edge, bets)
    edge = _possible(np.where(np.isnan(edge), probability * odds - 1, edge))
    hold = _real(sample.hold, bets)
    hold[~(np.abs(hold) < 1)] = np.nan
    place_odds = _real(sample.place_odds, bets)
    place_odds[~((place_odds > 1) & (place_odds <= odds))] = np.nan
    made = Columns(
        risk=_whole(sample.risk_minor, bets),
        profit=_whole(sample.profit_minor, bets),
        outcome=_whole(sample.outcome, bets),
        settled_us=_whole(sample.settled_us, bets),
        odds=odds,
        probability=probability,
        edge=edge,
        close_edge=_possible(_real(sample.close_edge, bets)),
        hold=hold,
        place_odds=place_odds,
        same=_whole(sample.same, bets) if len(sample.same) else np.arange(bets),
    )
    if bets and bool(np.any(np.diff(made.settled_us) < 0)):
        return made.only(np.argsort(made.settled_us, kind="stable"))
    return made


def split(sample: Sample, codes: Whole, groups: int) -> tuple[Sample, ...]:
    """The bets of each group 0..groups-1 as samples of their own; `codes` names every bet's group, -1 for none.

    Raises ValueError when the columns differ in length.
    """
    numbers = _whole(codes, len(sample.risk_minor))
    order = np.argsort(numbers, kind="stable")
    bounds = np.searchsorted(numbers[order], np.arange(groups + 1))
    whole = {
        name: np.asarray(getattr(sample, name), dtype=np.int64)
        for name in ("risk_minor", "profit_minor", "outcome", "settled_us", "same")
    }
    real = {
        name: np.asarray(getattr(sample, name), dtype=np.float64)
        for name in ("odds", "probability", "edge", "close_edge", "hold", "place_odds")
    }
    arrays = {name: array for name, array in (whole | real).items() if len(array)}
    places = (order[bounds[group] : bounds[group + 1]] for group in range(groups))
    return tuple(
        structs.replace(sample, **{name: array[chosen] for name, array in arrays.items()}) for chosen in places
    )


def _whole(column: Whole, bets: int) -> Ints:
    array = np.asarray(column, dtype=np.int64)
    _check(len(array), bets)
    return array


def _real(column: Real, bets: int) -> Floats:
    """A copy, so that what is unusable can be blanked."""
    if not len(column):
        return np.full(bets, np.nan)
    array = np.array(column, dtype=np.float64)
    _check(len(array), bets)
    array[~np.isfinite(array)] = np.nan
    return array


def _possible(edge: Floats) -> Floats:
    """Edges that a bet can have: no more than all is lost, and no more won than the longest odds pay."""
    return np.where((edge >= -1) & (edge <= _MOST_ODDS), edge, np.nan)


def _check(length: int, bets: int) -> None:
    if length != bets:
        raise ValueError(f"columns of different lengths: {length} entries for {bets} bets")


def dot(left: Ints | Floats, right: Ints | Floats) -> float:
    """The sum of products, in numpy's own order: a linear algebra library would wake its threads, which costs more
    than the sum on a busy machine, and its last digits differ between machines."""
    return float(np.sum(left * right, dtype=np.float64))


def mean_by_risk(bets: Columns, values: Floats, *, least: float = 0.0) -> float | None:
    """The mean of what is known, weighted by risk; None when that is nothing, or less than `least` of all risk."""
    known = ~np.isnan(values)
    risk = int(bets.risk[known].sum())
    if risk == 0 or risk < least * int(bets.risk.sum()):
        return None
    return dot(bets.risk[known], values[known]) / risk
