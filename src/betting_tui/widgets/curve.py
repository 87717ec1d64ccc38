"""A small chart drawn with box characters: one series over time, its lowest and highest value, one level line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from msgspec import Struct
from textual.content import Content
from textual.widget import Widget

from betting_tui.widgets.text import fit, plain, visible, width_of


class Series(Struct, frozen=True):
    """`points` are (time, value) in ascending time; `level` (start, fair, zero) is drawn as a dotted line."""

    points: tuple[tuple[float, float], ...]
    level: float | None = None
    first_label: str = ""
    last_label: str = ""
    caption: str = ""


NOTHING = Series(())


class Curve(Widget):
    """Redraws only when it is shown something else. `label` writes a value of the y axis."""

    DEFAULT_CSS = """
    Curve { height: 1fr; background: $surface; color: $foreground; padding: 0 1; }
    """

    def __init__(
        self,
        label: Callable[[float], str] = "{:.2f}".format,
        *,
        empty: str = "",
        id: str | None = None,  # noqa: A002 - the name Textual gives it
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._label = label
        self._empty = empty
        self._series = NOTHING
        self._drawn = Content("")

    @property
    def series(self) -> Series:
        return self._series

    def show(self, series: Series, label: Callable[[float], str] | None = None) -> None:
        if label is not None:
            self._label = label
        if series != self._series:
            self._series = series
            # Time moves on every second, the line on it by a cell every few minutes.
            if not self._content().is_same(self._drawn):
                self.refresh()

    def set_empty(self, text: str) -> None:
        self._empty = text
        self.refresh()

    def render(self) -> Content:
        self._drawn = self._content()
        return self._drawn

    def _content(self) -> Content:
        return draw_curve(self._series, self.size.width, self.size.height, self._label, self._empty)


def draw_curve(series: Series, width: int, height: int, label: Callable[[float], str], empty: str = "") -> Content:
    """The whole chart as text: y labels at the left, the time span below, the caption right of the span."""
    if not series.points:
        return plain(empty, "$text-muted")
    values = [value for _, value in series.points]
    bounds = values + ([series.level] if series.level is not None else [])
    low, high = min(bounds), max(bounds)
    # A flat line has one value, in the middle; a chart one row high has room for one label.
    labels = {0: label(high), max(0, height - 2): label(low)} if high > low else {max(0, (height - 1) // 2): label(low)}
    axis = max(width_of(text) for text in labels.values())
    rows, columns = max(1, height - 1), max(2, width - axis - 1)
    grid = _plot(_sampled(series.points, columns), low, high, rows)
    level = None if series.level is None else _row(series.level, low, high, rows)
    lines: list[Content] = []
    for y in range(rows):
        text = labels.get(y, "")
        tick = "┤" if text else "│"
        if y == level and not text:
            text, tick = _level_label(label(series.level or 0.0), labels.values(), axis), "┤"
        lines.append(
            Content.assemble(
                plain(f"{fit(text, axis, 'right')}{tick}", "$text-muted"), _with_level(grid[y], y == level)
            )
        )
    lines.append(_footer(series, axis, columns))
    return Content("\n").join(lines)


def _level_label(text: str, others: Iterable[str], width: int) -> str:
    """Nothing when it is written beside another row already, or does not fit."""
    return text if width_of(text) <= width and text not in others else ""


def _with_level(cells: list[str], is_level: bool) -> Content:
    if not is_level:
        return plain("".join(cells), "$primary")
    # Runs keep the number of styled pieces small.
    parts: list[Content] = []
    run, dotted = "", False
    for cell in cells:
        blank = cell == " "
        if blank != dotted and run:
            parts.append(plain(run, "$text-muted" if dotted else "$primary"))
            run = ""
        dotted = blank
        run += "┄" if blank else cell
    parts.append(plain(run, "$text-muted" if dotted else "$primary"))
    return Content.assemble(*parts)


def _footer(series: Series, axis: int, columns: int) -> Content:
    first, last, caption = (visible(text) for text in (series.first_label, series.last_label, series.caption))
    room = columns - width_of(first) - width_of(last)
    middle = caption if room - 2 >= width_of(caption) else ""
    pad = max(0, room - width_of(middle))
    left = pad // 2
    return plain(f"{' ' * (axis + 1)}{first}{' ' * left}{middle}{' ' * (pad - left)}{last}", "$text-muted")


def _row(value: float, low: float, high: float, rows: int) -> int:
    if high == low:
        return rows // 2
    return round((high - value) / (high - low) * (rows - 1))


def _sampled(points: Sequence[tuple[float, float]], columns: int) -> list[float]:
    """The value in force at each column's time: prices and balances hold until the next change."""
    start, end = points[0][0], points[-1][0]
    if end <= start:
        return [points[-1][1]] * columns
    sampled: list[float] = []
    at = 0
    for column in range(columns):
        moment = start + (end - start) * column / (columns - 1)
        while at + 1 < len(points) and points[at + 1][0] <= moment:
            at += 1
        sampled.append(points[at][1])
    return sampled


def _plot(values: Sequence[float], low: float, high: float, rows: int) -> list[list[str]]:
    grid = [[" "] * len(values) for _ in range(rows)]
    previous = _row(values[0], low, high, rows)
    for column, value in enumerate(values):
        row = _row(value, low, high, rows)
        if row == previous:
            grid[row][column] = "─"
        else:
            rising = row < previous
            grid[previous][column] = "╯" if rising else "╮"
            grid[row][column] = "╭" if rising else "╰"
            for between in range(min(row, previous) + 1, max(row, previous)):
                grid[between][column] = "│"
        previous = row
    return grid
