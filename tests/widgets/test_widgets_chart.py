from __future__ import annotations

import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, tzinfo
from math import sin

import pytest
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from betting_tui.screens.themes import OURS
from betting_tui.widgets import chart as chart_module
from betting_tui.widgets.chart import Chart
from betting_tui.widgets.chart_data import Bounds, ChartData, Line, Mark
from betting_tui.widgets.chart_plot import ChartPlot
from betting_tui.widgets.chart_words import Scale
from hostile import HOSTILE

START = 1_767_225_600.0
DAY = 86_400.0


class ChartApp(App[None]):
    def compose(self) -> ComposeResult:
        yield Chart(empty="no bet has been settled yet: 1 shows opportunities")

    def on_mount(self) -> None:
        for theme in OURS:
            self.register_theme(theme)
        self.theme = OURS[0].name


def money(minor: float) -> str:
    return f"{minor / 100:,.2f}"


def points(*values: float) -> tuple[tuple[float, float], ...]:
    return tuple((START + at * DAY, value) for at, value in enumerate(values))


def three() -> ChartData:
    rising, falling = points(*range(0, 3_000, 100)), points(*range(0, -3_000, -100))
    waves = points(*(1_000 * sin(at / 3) for at in range(30)))
    lines = Line("actual", waves, "+4.12"), Line("expected", rising), Line("at the close", falling)
    return ChartData(lines, level=0.0, level_name="zero", marks=(Mark(START + 5 * DAY, -1_000, "▼", "fall 9.1 %"),))


class Shown:
    def __init__(self, app: ChartApp, pilot: Pilot[None]) -> None:
        self.app = app
        self.pilot = pilot
        self.chart = app.query_one(Chart)

    async def show(
        self, data: ChartData, label: Callable[[float], str] | None = money, zone: tzinfo | None = UTC
    ) -> str:
        self.chart.show(data, label, zone)
        return await self.text()

    async def text(self) -> str:
        """What is on screen once everything is drawn."""
        await self.pilot.pause()
        await self.app.workers.wait_for_complete()
        await self.pilot.pause()
        await self.pilot.pause()
        return "\n".join(strip.text for strip in self.app.screen._compositor.render_strips())


@asynccontextmanager
async def shown(size: tuple[int, int] = (80, 20)) -> AsyncIterator[Shown]:
    app = ChartApp()
    async with app.run_test(size=size) as pilot:
        yield Shown(app, pilot)


def braille(text: str) -> int:
    """How many dots are drawn."""
    return sum((ord(each) - 0x2800).bit_count() for each in text if "\u2800" <= each <= "\u28ff")


async def test_a_chart_has_its_legend_values_dates_lines_and_marks() -> None:
    async with shown() as screen:
        text = await screen.show(three())
    legend, *rest = text.split("\n")
    assert legend.split("   ")[:3] == [" ━━ actual +4.12", "╍╍ expected", "┈┈ at the close"]
    assert "── zero" in legend
    assert "▼ fall 9.1 %" in legend
    assert [line.split("┤")[0].strip() for line in rest if "┤" in line] == ["30", "20", "10", "0", "-10", "-20", "-30"]
    assert "11 Jan" in rest[-1]
    assert "┬" in rest[-2]
    assert any("▼" in line for line in rest)
    assert braille(text) > 100


async def test_lines_are_told_apart_without_colours() -> None:
    drawn: list[int] = []
    async with shown() as screen:
        for at in range(3):
            lines = tuple(Line(f"{n}", points(*range(30)) if n == at else ()) for n in range(3))
            drawn.append(braille(await screen.show(ChartData(lines))))
    solid, dashed, dotted = drawn
    assert solid > dashed > dotted > 5


@pytest.mark.parametrize("size", [(80, 6), (40, 9), (120, 30), (200, 60)])
async def test_a_chart_fills_any_size_it_is_given(size: tuple[int, int]) -> None:
    async with shown(size) as screen:
        text = await screen.show(three())
    lines = text.split("\n")
    assert "┬" in lines[-2]
    rightmost = max(at for line in lines for at, character in enumerate(line) if braille(character))
    assert size[0] - 5 <= rightmost < size[0] - 1


async def test_a_chart_follows_its_size() -> None:
    async with shown((120, 30)) as screen:
        await screen.show(three())
        await screen.pilot.resize_terminal(60, 12)
        text = await screen.text()
        assert len(text.split("\n")) == 12
        assert "┬" in text.split("\n")[-2]
        assert braille(text) > 50


async def test_a_chart_too_small_for_axes_is_empty_rather_than_broken() -> None:
    async with shown((15, 3)) as screen:
        assert braille(await screen.show(three())) == 0
        await screen.pilot.resize_terminal(80, 20)
        assert braille(await screen.text()) > 50


async def test_an_empty_chart_says_what_fills_it_and_loads_nothing() -> None:
    async with shown() as screen:
        text = await screen.show(ChartData())
        assert "no bet has been settled yet: 1 shows opportunities" in text
        assert not screen.chart.query(ChartPlot)
        await screen.show(three())
        text = await screen.show(ChartData((Line("a", ()),)))
        assert "no bet has been settled yet" in text
        assert braille(text) == 0


@pytest.mark.parametrize("values", [(5.0,), (5.0, 5.0, 5.0), (0.0,), (1e15, -1e15)])
async def test_a_chart_of_one_value_or_of_enormous_ones_is_drawn(values: tuple[float, ...]) -> None:
    async with shown() as screen:
        text = await screen.show(ChartData((Line("a", points(*values)),)))
    assert braille(text) or "●" in text


async def test_what_was_drawn_already_is_not_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    draws: list[ChartData] = []
    draw = ChartPlot.draw

    def counted(plot: ChartPlot, data: ChartData, bounds: Bounds, scale: Scale) -> None:
        draws.append(data)
        draw(plot, data, bounds, scale)

    monkeypatch.setattr(ChartPlot, "draw", counted)
    lines = (Line("a", points(1, 2, 3), step=True),)
    end = START + 2 * DAY
    async with shown() as screen:
        await screen.show(ChartData(lines, until=end))
        drawn = len(draws)
        await screen.show(ChartData(lines, until=end))
        await screen.show(ChartData(lines, until=end + 60))
        assert len(draws) == drawn
        await screen.show(ChartData(lines, until=end + DAY))
        assert len(draws) == drawn + 1
        await screen.show(ChartData(lines, until=end + DAY), lambda minor: f"{minor:.3f}")
        assert len(draws) == drawn + 2


async def test_what_belongs_to_something_else_is_out_of_sight_until_there_is_more_to_show() -> None:
    async with shown() as screen:
        drawn = await screen.show(three())
        screen.chart.blank()
        gone = await screen.text()
        assert braille(gone) == 0
        assert "actual" not in gone
        assert await screen.show(three()) == drawn


async def test_names_and_notes_are_drawn_as_they_are_written() -> None:
    async with shown((200, 20)) as screen:
        await screen.show(three())
        for text in HOSTILE:
            screen.chart.show(ChartData((Line(text, points(1, 2), note=text),), level=0, level_name=text))
        await screen.show(ChartData(tuple(Line(text, points(1, 2)) for text in HOSTILE[-4:])))
        assert "[red]Team [A][/red]" in await screen.show(ChartData((Line("[red]Team [A][/red]", points(1, 2)),)))
        assert "[1.0]┤" in await screen.show(ChartData((Line("a", points(1, 2)),)), lambda value: f"[{value:.1f}]")


async def test_a_chart_takes_the_colours_of_another_theme() -> None:
    async with shown() as screen:
        await screen.show(three())
        plot = screen.chart.query_one(ChartPlot)
        before = plot._style("first")
        screen.app.theme = OURS[1].name
        assert braille(await screen.text()) > 100
        assert plot._style("first") != before


async def test_a_library_that_does_not_load_is_told_and_ends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> type[ChartPlot]:
        raise ImportError("no wheel for this processor")

    monkeypatch.setattr(chart_module, "_plot_class", missing)
    async with shown() as screen:
        assert "Charts cannot be drawn here" in await screen.show(three())


def test_nothing_is_plotted_with_before_a_chart_is_shown() -> None:
    code = (
        "import sys, betting_tui.app, betting_tui.widgets.chart\n"
        "sys.exit(any(name in sys.modules for name in ('numpy', 'textual_plot', 'textual_hires_canvas')))"
    )
    assert subprocess.run([sys.executable, "-c", code], timeout=30, check=False).returncode == 0
