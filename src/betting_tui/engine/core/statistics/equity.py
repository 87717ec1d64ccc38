"""The way the balance went: its curve, its deepest fall, losing runs, and what days returned."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache

import numpy as np

from betting_tui.engine.core.performance_views import CurvePoint, Drawdown
from betting_tui.engine.core.statistics.columns import Columns, Floats, Ints, columns
from betting_tui.engine.core.statistics.sample import Sample

_DAYS_A_YEAR = 365
_DAY_US = 86_400_000_000
_HALF_HOUR_US = 1_800_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FEWEST_POINTS = 8


def curve(sample: Sample, points: int) -> tuple[CurvePoint, ...]:
    """Profit after each moment of settlement, thinned to at most `points` (at least 8 are taken as asked for).

    The first and the last moment stay, and of each stretch between them the lowest and the highest actual profit; so
    do the extremes of the expected curves. Bets that were pushed or void add nothing expected.
    """
    bets = columns(sample)
    if not len(bets.risk):
        return ()
    last = np.append(np.flatnonzero(np.diff(bets.settled_us)), len(bets.risk) - 1)
    lines = [
        np.cumsum(np.where(bets.graded, gain, 0.0))[last]
        for gain in (bets.risk * np.nan_to_num(bets.edge), bets.risk * np.nan_to_num(bets.close_edge))
    ]
    expected, close = (np.rint(line).astype(np.int64) for line in lines)
    actual = np.cumsum(bets.profit)[last]
    kept = _thinned((actual, expected, close), max(points, _FEWEST_POINTS))
    return tuple(
        CurvePoint(_moment(at), actual_minor, expected_minor, close_minor)
        for at, actual_minor, expected_minor, close_minor in zip(
            bets.settled_us[last][kept].tolist(),
            actual[kept].tolist(),
            expected[kept].tolist(),
            close[kept].tolist(),
            strict=True,
        )
    )


def _thinned(lines: tuple[Ints, Ints, Ints], points: int) -> Ints:
    actual = lines[0]
    if len(actual) <= points:
        return np.arange(len(actual))
    always = [0, len(actual) - 1, *(int(pick) for line in lines[1:] for pick in (line.argmin(), line.argmax()))]
    stretches = max(1, (points - len(always)) // 2)
    bounds = np.linspace(0, len(actual), stretches + 1).astype(np.int64)
    chosen = set(always)
    for begin, end in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True):
        part = actual[begin:end]
        chosen |= {begin + int(part.argmin()), begin + int(part.argmax())}
    return np.array(sorted(chosen), dtype=np.int64)


def drawdown(bets: Columns, bankroll_minor: int | None) -> Drawdown | None:
    """The deepest fall of the balance, the bankroll at the beginning being the first peak; None without bets.

    `share` is the largest fall as a share of its peak, None where a peak is unknown or not above zero.
    """
    if not len(bets.profit):
        return None
    start = bankroll_minor or 0
    balance = np.concatenate(([start], start + np.cumsum(bets.profit)))
    peaks = np.maximum.accumulate(balance)
    falls = peaks - balance
    low = int(falls.argmax())
    share = float((falls / peaks).max()) if bankroll_minor is not None and bankroll_minor > 0 else None
    if falls[low] == 0:
        return Drawdown(0, share, None, None, None)
    peak = int(balance[: low + 1].argmax())
    back = np.flatnonzero(balance[low:] >= peaks[low])
    recovered = low + int(back[0]) if len(back) else None
    return Drawdown(
        depth_minor=int(falls[low]),
        share=share,
        peak_at=_after(bets, peak),
        low_at=_after(bets, low),
        recovered_at=None if recovered is None else _after(bets, recovered),
    )


def drawdown_share(returns: Floats) -> float:
    """The largest fall of a balance that grows by these returns, as a share of its peak; the start is a peak."""
    balance = np.concatenate(([1.0], np.cumprod(1 + returns)))
    peaks = np.maximum.accumulate(balance)
    return float(((peaks - balance) / peaks).max())


def longest_losing_run(bets: Columns) -> int:
    """Most losses in a row; a half loss is one, pushed and void bets neither break nor lengthen a run."""
    lost = ~bets.won[bets.graded]
    others = np.concatenate(([-1], np.flatnonzero(~lost), [len(lost)]))
    return int(np.diff(others).max()) - 1


def profit_factor(profits: Ints | Floats) -> float | None:
    """Gross wins / gross losses; None without losses."""
    losses = -float(profits[profits < 0].sum())
    return float(profits[profits > 0].sum()) / losses if losses > 0 else None


def daily_returns(bets: Columns, bankroll_minor: int | None, zone: tzinfo = UTC) -> Floats | None:
    """Profit of each calendar day from the first settlement to the last, by the balance before it.

    None without bets, without a bankroll, or when the balance was once gone.
    """
    if not len(bets.profit) or bankroll_minor is None:
        return None
    days = _days(bets.settled_us, zone)
    profits = np.bincount(days - int(days.min()), weights=bets.profit)
    before = bankroll_minor + np.concatenate(([0.0], np.cumsum(profits)[:-1]))
    return profits / before if float(before.min()) > 0 else None


def sharpe(returns: Floats) -> float | None:
    """mean / std(ddof=1) · sqrt(365) of daily returns; None for fewer than two days or without spread."""
    if len(returns) < 2 or float(np.ptp(returns)) == 0:
        return None
    return float(np.mean(returns) / np.std(returns, ddof=1)) * math.sqrt(_DAYS_A_YEAR)


def sortino(returns: Floats) -> float | None:
    """mean / sqrt(mean(min(r, 0)²)) · sqrt(365), all days counting; None for fewer than two days or without a loss."""
    if len(returns) < 2:
        return None
    downside = float(np.mean(np.minimum(returns, 0) ** 2))
    return float(np.mean(returns)) / math.sqrt(downside) * math.sqrt(_DAYS_A_YEAR) if downside > 0 else None


def _days(settled_us: Ints, zone: tzinfo) -> Ints:
    """Day numbers in a zone."""
    if zone is UTC:
        return settled_us // _DAY_US
    begins, places = np.unique(settled_us // _DAY_US, return_inverse=True)
    offsets = _offsets(zone, begins * _DAY_US)
    after = _offsets(zone, (begins + 1) * _DAY_US)
    found = offsets[places]
    # Zones change their offset at whole half hours of UTC, and a day on which one does is looked at by them.
    changing = np.flatnonzero((offsets != after)[places])
    if len(changing):
        spans, spots = np.unique(settled_us[changing] // _HALF_HOUR_US, return_inverse=True)
        found[changing] = _offsets(zone, spans * _HALF_HOUR_US)[spots]
    return (settled_us + found) // _DAY_US


def _offsets(zone: tzinfo, moments_us: Ints) -> Ints:
    return np.array([_offset_us(zone, moment) for moment in moments_us.tolist()], dtype=np.int64)


@lru_cache(maxsize=1 << 16)
def _offset_us(zone: tzinfo, moment_us: int) -> int:
    offset = _moment(moment_us).astimezone(zone).utcoffset()
    return 0 if offset is None else offset // timedelta(microseconds=1)


def _after(bets: Columns, place: int) -> datetime | None:
    """When the balance of this place came about; None for the first, which no bet made."""
    return _moment(int(bets.settled_us[place - 1])) if place else None


def _moment(settled_us: int) -> datetime:
    return _EPOCH + timedelta(microseconds=settled_us)
