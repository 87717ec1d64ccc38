"""The plot inside a chart. The only file that imports textual-plot, and with it numpy: `chart` loads it late."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.geometry import Region
from textual.reactive import reactive
from textual_hires_canvas import Canvas
from textual_plot import HiResMode, PlotWidget
from textual_plot.plot_widget import LinePlot, ScatterPlot

from betting_tui.widgets.chart_data import Bounds, ChartData, Line, Point, dashes, sampled, stepped
from betting_tui.widgets.chart_ticks import time_ticks, value_labels
from betting_tui.widgets.chart_words import LOOKS, Scale, ticks_of
from betting_tui.widgets.text import width_of

# The axis and the last column; a date's label with the room beside it.
_AXIS, _DATE = 2, 11


class ChartPlot(PlotWidget, can_focus=False):
    """Draws what `draw` was told last, in the colours of the theme; takes no keys."""

    DEFAULT_CSS = """
    ChartPlot {
        height: 1fr;
        margin: 0 1;
        background: $surface;
        & > .plot--axis { color: $border-blurred; }
        & > .plot--tick { color: $foreground 75%; text-style: none; }
        & > .chart-plot--first { color: $primary; }
        & > .chart-plot--second { color: $accent; }
        & > .chart-plot--third { color: $success; }
        & > .chart-plot--fourth { color: $error; }
        & > .chart-plot--level { color: $text-muted; }
        & > .chart-plot--mark { color: $text-error; text-style: bold; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"chart-plot--{name}" for name in ("first", "second", "third", "fourth", "level", "mark")
    }

    margin_top = reactive(0)
    margin_bottom = reactive(1)

    def __init__(self) -> None:
        super().__init__(allow_pan_and_zoom=False)
        self._values: list[tuple[float, str]] = []
        self._dates: list[tuple[float, str]] = []

    def draw(self, data: ChartData, bounds: Bounds, scale: Scale) -> None:
        """Everything anew, for the size the widget has now."""
        ticks = ticks_of(bounds, self.size.height - self.margin_bottom)
        labels = value_labels(ticks, scale.label)
        self.margin_left = max((width_of(text) for text in labels), default=0)
        columns = max(1, self.size.width - self.margin_left - _AXIS)
        self._values = list(zip(ticks, labels, strict=True))
        self._dates = time_ticks(bounds.first, bounds.last, max(1, columns // _DATE), scale.zone)
        self.clear()
        self.set_xlimits(bounds.first, bounds.last)
        self.set_ylimits(bounds.low, bounds.high)
        self._add(data, bounds, columns)
        # The canvas takes another width when the labels do.
        self.refresh(layout=True)

    def _add(self, data: ChartData, bounds: Bounds, columns: int) -> None:
        if data.level is not None:
            self._line([(bounds.first, data.level), (bounds.last, data.level)], "level")
        column = (bounds.last - bounds.first) / columns
        # What is drawn later covers a cell whole, so the most important comes last.
        for line, (_, name, on, off) in reversed(list(zip(data.lines, LOOKS, strict=False))):
            points = _points(line, bounds, columns)
            if len(points) == 1:
                self._sign(points[0], "●", name)
            for part in dashes(points, on * column, off * column) if off else [points]:
                self._line(part, name)
        for mark in data.marks:
            if bounds.first <= mark.at <= bounds.last and bounds.low <= mark.value <= bounds.high:
                self._sign((mark.at, mark.value), mark.sign, "mark")

    def _line(self, points: Sequence[Point], name: str) -> None:
        if len(points) > 1:
            times, values = [at for at, _ in points], [value for _, value in points]
            self.plot(times, values, line_style=self._style(name), hires_mode=HiResMode.BRAILLE)

    def _sign(self, point: Point, sign: str, name: str) -> None:
        self.scatter([point[0]], [point[1]], marker=sign, marker_style=self._style(name))

    def _render_plot(self) -> None:
        """The library's own frames the lines on all sides, which takes a third of a chart of eight lines."""
        canvas = self.query_one("#plot", Canvas)
        width, height = canvas.size
        if width < _AXIS or height < 2:
            return
        canvas.reset(size=canvas.size)
        self._scale_rectangle = Region(1, 0, width - _AXIS, height - 1)
        for dataset in self._datasets:
            if isinstance(dataset, LinePlot):
                self._render_line_plot(dataset)
            elif isinstance(dataset, ScatterPlot):
                self._render_scatter_plot(dataset)
        self._draw_axes(canvas, height - 1)

    def _draw_axes(self, canvas: Canvas, bottom: int) -> None:
        axis, text = (str(self.get_component_rich_style(f"plot--{name}")) for name in ("axis", "tick"))
        left, below = self.query_one("#margin-left", Canvas), self.query_one("#margin-bottom", Canvas)
        for margin in (left, below):
            margin.reset(size=margin.size)
        for row in range(bottom):
            canvas.set_pixel(0, row, "│", axis)
        for column in range(canvas.size.width):
            canvas.set_pixel(column, bottom, "─" if column else "└", axis)
        for value, label in self._values:
            _, row = self.get_pixel_from_coordinate(self._x_min, value)
            if 0 <= row < bottom:
                canvas.set_pixel(0, row, "┤", axis)
                _write(left, self.margin_left - width_of(label), row, label, text)
        for at, label in self._dates:
            column, _ = self.get_pixel_from_coordinate(at, self._y_min)
            canvas.set_pixel(column, bottom, "┬", axis)
            start = max(0, min(self.margin_left + column - width_of(label) // 2, below.size.width - width_of(label)))
            _write(below, start, 0, label, text)

    def _style(self, name: str) -> str:
        return str(self.get_component_rich_style(f"chart-plot--{name}"))


def _points(line: Line, bounds: Bounds, columns: int) -> list[Point]:
    points = sampled(line.points, bounds.first, bounds.last, columns)
    return stepped(points, bounds.last) if line.step else points


def _write(canvas: Canvas, column: int, row: int, text: str, style: str) -> None:
    # The canvas' own would read brackets as markup.
    for at, character in enumerate(text, column):
        canvas.set_pixel(at, row, character, style)
