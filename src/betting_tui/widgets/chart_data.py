"""What a chart shows, and how its lines are brought to the resolution of a screen."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from msgspec import Struct

Point = tuple[float, float]


class Line(Struct, frozen=True):
    """One named series: (seconds since 1970, value), times ascending.

    `note` follows the name in the legend. `step`: a value holds until the next one, as prices and balances do.
    """

    name: str
    points: tuple[Point, ...]
    note: str = ""
    step: bool = False


class Mark(Struct, frozen=True):
    """A sign at one place; those with a name are in the legend. Raises nothing: out of bounds it is not drawn."""

    at: float
    value: float
    sign: str = "▼"
    name: str = ""


class ChartData(Struct, frozen=True):
    """Up to four lines, the first the most important; a grey level line (zero, start) with its name.

    `since` and `until` widen the time shown beyond the lines' own; a line that steps goes on until `until`.
    """

    lines: tuple[Line, ...] = ()
    level: float | None = None
    level_name: str = ""
    marks: tuple[Mark, ...] = ()
    since: float | None = None
    until: float | None = None

    @property
    def is_empty(self) -> bool:
        return not any(line.points for line in self.lines)


class Bounds(Struct, frozen=True):
    """What the axes span: never nothing."""

    first: float
    last: float
    low: float
    high: float


def bounds_of(data: ChartData) -> Bounds:
    """Everything that is drawn, with a little room above and below. Raises ValueError for empty data."""
    times = [at for line in data.lines if line.points for at in (line.points[0][0], line.points[-1][0])]
    times += [at for at in (data.since, data.until) if at is not None]
    values = [value for line in data.lines for _, value in line.points]
    values += [] if data.level is None else [data.level]
    first, last, low, high = min(times), max(times), min(values), max(values)
    if first == last:
        first, last = first - 1_800.0, last + 1_800.0
    room = (high - low) * 0.04 or max(abs(high) * 0.01, 1e-6)
    return Bounds(first, last, low - room, high + room)


def sampled(points: Sequence[Point], first: float, last: float, columns: int) -> list[Point]:
    """At most two points a column, its lowest and its highest in their order, so that no peak or fall is lost."""
    if len(points) <= 2 * columns or last <= first or columns < 1:
        return list(points)
    kept: list[Point] = [points[0]]
    at = 1
    for column in range(1, columns + 1):
        end = bisect_right(points, first + (last - first) * column / columns, at, key=lambda point: point[0])
        if end > at:
            inside = points[at:end]
            ends = {min(inside, key=_value), max(inside, key=_value)}
            kept += sorted(ends)
            at = end
    if kept[-1] != points[-1]:
        kept.append(points[-1])
    return kept


def stepped(points: Sequence[Point], until: float) -> list[Point]:
    """The same values as stairs: each holds until the next one, the last until `until`."""
    stairs: list[Point] = []
    for at, value in points:
        if stairs:
            stairs.append((at, stairs[-1][1]))
        stairs.append((at, value))
    if stairs and until > stairs[-1][0]:
        stairs.append((until, stairs[-1][1]))
    return stairs


def dashes(points: Sequence[Point], on: float, off: float) -> list[list[Point]]:
    """The parts of a line that lie in every `on` of `on + off` seconds, counted from its first point."""
    if not points or on <= 0:
        return []
    first, last = points[0][0], points[-1][0]
    parts: list[list[Point]] = []
    times = [at for at, _ in points]
    for number in range(int((last - first) / (on + off)) + 1):
        start = first + number * (on + off)
        end = min(start + on, last)
        inside = list(points[bisect_left(times, start) : bisect_right(times, end)])
        parts.append([(start, value_at(points, times, start)), *inside, (end, value_at(points, times, end))])
    return parts


def value_at(points: Sequence[Point], times: Sequence[float], at: float) -> float:
    """On the straight line between the points around it."""
    after = bisect_right(times, at)
    if after == 0 or after == len(points):
        return points[0 if after == 0 else -1][1]
    (left, low), (right, high) = points[after - 1], points[after]
    return low + (high - low) * (at - left) / (right - left)


def _value(point: Point) -> float:
    return point[1]
