"""The plot inside a chart. The only file that imports textual-plot, and with it numpy: `chart` loads it late."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import ClassVar

from msgspec import Struct
from textual.app import ComposeResult
from textual.containers import Grid
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual_hires_canvas import Canvas
from textual_plot import HiResMode, PlotWidget
from textual_plot.plot_widget import Legend

from betting_tui.widgets.chart_data import Bounds, ChartData, Line, Point, dashes, sampled, stepped
from betting_tui.widgets.chart_ticks import time_ticks, value_labels
from betting_tui.widgets.chart_words import LOOKS, Scale, ticks_of
from betting_tui.widgets.text import width_of

# The axis and the last column; a date's label with the room beside it.
_AXIS, _DATE = 2, 11


class Paper(Canvas):
    """A canvas whose empty lines have a style: a terminal without colours takes that for granted."""

    def render_line(self, y: int) -> Strip:
        strip = super().render_line(y)
        return strip if strip.cell_length else Strip.blank(self.size.width, self.rich_style)


class _Stroke(Struct, frozen=True):
    """Parts of one line, all in one style."""

    parts: Sequence[Sequence[Point]]
    style: str


class _Sign(Struct, frozen=True):
    point: Point
    text: str
    style: str


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

    class Sized(Message):
        """It has been laid out in another size than it was drawn for."""

    margin_top = reactive(0)
    margin_bottom = reactive(1)

    def __init__(self) -> None:
        super().__init__(allow_pan_and_zoom=False)
        self._strokes: list[_Stroke] = []
        self._signs: list[_Sign] = []
        self._values: list[tuple[float, str]] = []
        self._dates: list[tuple[float, str]] = []
        # What the canvases were laid out for when they were drawn last.
        self._laid_out: tuple[Size, int] | None = None
        self._wiped = False

    def compose(self) -> ComposeResult:
        with Grid():
            for name in ("margin-top", "margin-left", "plot", "margin-bottom"):
                yield Paper(1, 1, id=name)
        yield Legend(id="legend")

    def on_resize(self) -> None:
        self.post_message(self.Sized())

    def draw(self, data: ChartData, bounds: Bounds, scale: Scale) -> None:
        """Everything anew, for the size the widget has now."""
        self._wiped = False
        ticks = ticks_of(bounds, self.size.height - self.margin_bottom)
        labels = value_labels(ticks, scale.label)
        self.margin_left = max((width_of(text) for text in labels), default=0)
        columns = max(1, self.size.width - self.margin_left - _AXIS)
        self._values = list(zip(ticks, labels, strict=True))
        self._dates = time_ticks(bounds.first, bounds.last, max(1, columns // _DATE), scale.zone)
        self._strokes, self._signs = [], []
        # The library's own way to set limits asks for another drawing each.
        self._x_min, self._x_max = bounds.first, bounds.last
        self._y_min, self._y_max = bounds.low, bounds.high
        self._add(data, bounds, columns)
        if self._laid_out == (self.size, self.margin_left):
            self._render_plot()
        else:
            # The canvas takes another width when the labels do: laying out draws the whole screen again.
            self.refresh(layout=True)

    def wipe(self) -> None:
        """Show nothing until the next `draw`, at the same place: out of sight, all else would be laid out anew."""
        if not self._wiped:
            self._wiped = True
            for canvas in self.query(Canvas):
                canvas.reset(size=canvas.size)

    def _add(self, data: ChartData, bounds: Bounds, columns: int) -> None:
        if data.level is not None:
            ends = [(bounds.first, data.level), (bounds.last, data.level)]
            self._strokes.append(_Stroke([ends], self._style("level")))
        column = (bounds.last - bounds.first) / columns
        # What is drawn later covers a cell whole, so the most important comes last.
        for line, (_, name, on, off) in reversed(list(zip(data.lines, LOOKS, strict=False))):
            points = _points(line, bounds, columns)
            if len(points) == 1:
                self._signs.append(_Sign(points[0], "●", self._style(name)))
            parts = dashes(points, on * column, off * column) if off else [points]
            self._strokes.append(_Stroke(parts, self._style(name)))
        self._signs += [
            _Sign((mark.at, mark.value), mark.sign, self._style("mark"))
            for mark in data.marks
            if bounds.first <= mark.at <= bounds.last and bounds.low <= mark.value <= bounds.high
        ]

    def _style(self, name: str) -> str:
        return str(self.get_component_rich_style(f"chart-plot--{name}"))

    def _render_plot(self) -> None:
        """The library's own frames the lines on all sides, which takes a third of a chart of eight lines."""
        canvas = self.query_one("#plot", Canvas)
        width, height = canvas.size
        if self._wiped:
            return
        self._laid_out = None
        if width < _AXIS or height < 2:
            return
        with canvas.batch_refresh():
            canvas.reset(size=canvas.size)
            self._scale_rectangle = Region(1, 0, width - _AXIS, height - 1)
            for stroke in self._strokes:
                canvas.draw_hires_lines(self._segments(stroke), hires_mode=HiResMode.BRAILLE, style=stroke.style)
            for sign in self._signs:
                canvas.set_pixel(*self.get_pixel_from_coordinate(*sign.point), sign.text, sign.style)
            self._draw_axes(canvas, height - 1)
        if width + self.margin_left == self.size.width:
            self._laid_out = self.size, self.margin_left

    def _segments(self, stroke: _Stroke) -> list[tuple[float, float, float, float]]:
        segments = []
        for part in stroke.parts:
            pixels = [self.get_hires_pixel_from_coordinate(at, value) for at, value in part]
            segments += [(float(x), float(y), float(u), float(v)) for (x, y), (u, v) in pairwise(pixels)]
        return segments

    def _draw_axes(self, canvas: Canvas, bottom: int) -> None:
        style = str(self.get_component_rich_style("plot--axis"))
        for row in range(bottom):
            canvas.set_pixel(0, row, "│", style)
        for column in range(canvas.size.width):
            canvas.set_pixel(column, bottom, "─" if column else "└", style)
        left, below = self.query_one("#margin-left", Canvas), self.query_one("#margin-bottom", Canvas)
        text = str(self.get_component_rich_style("plot--tick"))
        with left.batch_refresh(), below.batch_refresh():
            left.reset(size=left.size)
            below.reset(size=below.size)
            for value, label in self._values:
                _, row = self.get_pixel_from_coordinate(self._x_min, value)
                if 0 <= row < bottom:
                    canvas.set_pixel(0, row, "┤", style)
                    _write(left, self.margin_left - width_of(label), row, label, text)
            for at, label in self._dates:
                column, _ = self.get_pixel_from_coordinate(at, self._y_min)
                canvas.set_pixel(column, bottom, "┬", style)
                start = min(self.margin_left + column - width_of(label) // 2, below.size.width - width_of(label))
                _write(below, max(0, start), 0, label, text)


def _points(line: Line, bounds: Bounds, columns: int) -> list[Point]:
    points = sampled(line.points, bounds.first, bounds.last, columns)
    return stepped(points, bounds.last) if line.step else points


def _write(canvas: Canvas, column: int, row: int, text: str, style: str) -> None:
    # The canvas' own would read brackets as markup.
    for at, character in enumerate(text, column):
        canvas.set_pixel(at, row, character, style)
