"""Lines over time with axes, dates and a legend; the library that plots them is loaded when one is first shown.

    chart = Chart(empty="no bet has been settled yet")     # in compose
    chart.show(
        ChartData(
            lines=(
                Line("FanDuel", points, note="+150", step=True),   # (seconds since 1970, value), times ascending
                Line("fair", fair_points, note="+138", step=True),
            ),
            level=0.0,                                             # a grey line, named in the legend
            level_name="zero",
            marks=(Mark(low_at, low_value, "▼", "drawdown 2.9 %"),),
            until=now.timestamp(),
        ),
        label=lambda value: show.money(round(value)),              # writes the values of the y axis
        zone=show.zone,                                            # of the dates; None is the machine's own
    )

Showing the same data again draws nothing; neither does `until` moving on by less than a column. The first line is
drawn solid, the others broken in ways of their own, so that they are told apart without colours.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable
from datetime import tzinfo
from typing import TYPE_CHECKING

from msgspec.structs import replace
from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message

from betting_tui.widgets.chart_data import ChartData, bounds_of
from betting_tui.widgets.chart_words import Scale, legend
from betting_tui.widgets.prose import Prose
from betting_tui.widgets.text import plain

if TYPE_CHECKING:
    from betting_tui.widgets.chart_plot import ChartPlot

NOTHING = ChartData()
_LOADING = "drawing…"
_NO_LIBRARY = "Charts cannot be drawn here: the log says why. The numbers are all there without them"
# Below these an axis says nothing any more.
_LEAST_WIDTH, _LEAST_HEIGHT = 20, 4
_log = logging.getLogger(__name__)


class Chart(Vertical):
    """See the module for its use. `data` is what it was told to show last."""

    DEFAULT_CSS = """
    Chart {
        height: 1fr;
        background: $surface;
        color: $foreground;
        & > .chart--legend { height: 1; padding: 0 1; background: $surface; }
        & > .chart--legend { text-wrap: nowrap; text-overflow: ellipsis; }
        & > .chart--words { height: auto; padding: 0 1; background: $surface; }
    }
    """

    def __init__(
        self,
        *,
        empty: str = "",
        id: str | None = None,  # noqa: A002 - the name Textual gives it
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._empty = empty
        self._scale = Scale("{:,.2f}".format, None)
        self._data = NOTHING
        self._plot: ChartPlot | None = None
        self._loading = self._failed = self._blank = False
        self._drawn: object = None

    def compose(self) -> ComposeResult:
        yield Prose(classes="chart--legend")
        yield Prose(classes="chart--words")

    @property
    def data(self) -> ChartData:
        return self._data

    @property
    def is_drawn(self) -> bool:
        """The lines are on screen, not just the word that they are coming."""
        return self._plot is not None and self._plot.display

    def show(self, data: ChartData, label: Callable[[float], str] | None = None, zone: tzinfo | None = None) -> None:
        """`label` writes a value of the y axis; both it and `zone` stay until others are given."""
        written = self._written()
        if label is not None:
            self._scale = Scale(label, zone)
        news = self._is_news(data) or self._written() != written
        if news:
            self._data = data
        if news or self._blank:
            self._blank = False
            self._draw()

    def blank(self) -> None:
        """Draw nothing until the next `show`: what is drawn belongs to something else by now."""
        if not self._blank:
            self._blank = True
            self._draw()

    def set_empty(self, text: str) -> None:
        """What is said when there is nothing to draw: it names the key that changes that."""
        if text != self._empty:
            self._empty = text
            self._draw()

    def on_mount(self) -> None:
        self._draw()

    def on_resize(self, event: events.Resize) -> None:
        del event
        # The plot has its own new size only after the layout.
        self.call_after_refresh(self._draw)

    def on_chart_plot_sized(self, event: Message) -> None:
        event.stop()
        self._draw()

    def notify_style_update(self) -> None:
        super().notify_style_update()
        if self.is_mounted:
            self._drawn = None
            self.call_after_refresh(self._draw)

    def _written(self) -> tuple[str, str, tzinfo | None] | None:
        """How the ends of the y axis are written: in another format or zone the same lines are drawn anew."""
        if self._data.is_empty:
            return None
        bounds = bounds_of(self._data)
        return self._scale.label(bounds.low), self._scale.label(bounds.high), self._scale.zone

    def _is_news(self, data: ChartData) -> bool:
        if data == self._data:
            return False
        was, now = self._data.until, data.until
        if was is None or now is None or self._data.is_empty or replace(data, until=was) != self._data:
            return True
        bounds = bounds_of(self._data)
        return not 0 <= now - was < (bounds.last - bounds.first) / max(1, self.size.width)

    def _draw(self) -> None:
        if not self.is_mounted:
            return
        room = self.size.width >= _LEAST_WIDTH and self.size.height >= _LEAST_HEIGHT
        lines = room and not self._data.is_empty
        if lines and self._plot is None and not self._loading:
            self._loading = True
            self.run_worker(self._load(), group="charts", exit_on_error=False)
        self._say(self._words(room))
        self.query_one(".chart--legend").display = lines
        self.query_one(".chart--legend", Prose).show(Content("") if self._blank else legend(self._data))
        if self._plot is not None:
            self._plot.display = lines
            if self._blank:
                self._drawn = None
                self._plot.wipe()
            elif lines:
                self._draw_lines(self._plot)

    def _words(self, room: bool) -> str:
        if self._data.is_empty:
            return "" if self._blank else self._empty
        if self._failed:
            return _NO_LIBRARY
        return "" if not room or self._plot is not None else _LOADING

    def _say(self, text: str) -> None:
        words = self.query_one(".chart--words", Prose)
        words.display = bool(text)
        words.show(plain(text, "$text-muted"), layout=True)

    def _draw_lines(self, plot: ChartPlot) -> None:
        if not plot.size.area:
            # It tells when it has been laid out.
            return
        bounds = bounds_of(self._data)
        wanted = self._data, self._scale, plot.size
        if wanted != self._drawn:
            self._drawn = wanted
            plot.draw(self._data, bounds, self._scale)

    async def _load(self) -> None:
        try:
            plot = (await asyncio.to_thread(_plot_class))()
            await self.mount(plot)
            self._plot = plot
        except Exception:
            # A library that does not load here, whatever it raises, must not take the numbers beside it along.
            _log.exception("charts cannot be drawn")
            self._failed = True
        self._draw()


def _plot_class() -> type[ChartPlot]:
    # Threads of its own would only take memory: nothing here multiplies matrices.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from betting_tui.widgets.chart_plot import ChartPlot

    return ChartPlot
