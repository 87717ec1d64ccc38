"""The look: colours from the theme alone, readable in both of our own, and nothing told by colour alone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from kit import running
from scenes import full_scene
from textual.color import Color
from textual.theme import BUILTIN_THEMES, Theme
from textual.widget import Widget

import betting_tui
from betting_tui.engine.core.feed_views import FeedRow
from betting_tui.screens.themes import OURS
from betting_tui.widgets.line_painter import CURSOR_MARK
from betting_tui.widgets.line_table import LineTable
from betting_tui.widgets.panel import Panel

PACKAGE = Path(betting_tui.__file__).parent
STYLES = sorted([*PACKAGE.rglob("*.tcss"), *PACKAGE.joinpath("widgets").glob("*.py")])
# What is written in these is read; the marks in front of a row are only seen.
TEXTS = ("foreground", "text-muted", "text-success", "text-error", "text-warning", "text-accent", "primary", "accent")
SURFACES = ("surface", "background", "panel")
ON_CURSOR = ("foreground", "text-success", "text-error", "text-warning")
MARKS = ("primary", "accent")
READABLE, SEEN = 4.5, 3.0
CURSOR, CURSOR_AWAY, FIELD = 0.30, 0.15, 0.20
_STYLE = re.compile(r"(?:color|background|border[a-z-]*|outline|tint)\s*:\s*([^;}]+)")
_RAW = re.compile(r"#[0-9a-fA-F]{3,8}\b|\brgba?\(|\bhsla?\(|\bansi_\w+|\bauto\b")
_PLAIN_WORDS = frozenset(
    "round solid heavy none tall wide outer inner blank bold not italic underline transparent dashed double".split()
)


def luminance(colour: Color) -> float:
    """Relative luminance as WCAG 2 defines it."""
    parts = [part / 255 for part in (colour.r, colour.g, colour.b)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Color, other: Color) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def colour(theme: Theme, name: str) -> Color:
    return Color.parse(theme.to_color_system().generate()[name])


def tinted(theme: Theme, share: float) -> Color:
    return colour(theme, "surface").blend(colour(theme, "primary"), share)


def test_black_on_white_has_the_greatest_contrast() -> None:
    assert contrast(Color(0, 0, 0), Color(255, 255, 255)) == pytest.approx(21.0)
    assert contrast(Color(119, 119, 119), Color(255, 255, 255)) == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("theme", OURS, ids=lambda theme: theme.name)
def test_all_text_can_be_read_wherever_it_stands(theme: Theme, text: str, surface: str) -> None:
    assert contrast(colour(theme, text), colour(theme, surface)) >= READABLE


@pytest.mark.parametrize("share", [CURSOR, CURSOR_AWAY, FIELD])
@pytest.mark.parametrize("theme", OURS, ids=lambda theme: theme.name)
def test_the_row_under_the_cursor_and_the_field_one_types_in_can_be_read(theme: Theme, share: float) -> None:
    under = tinted(theme, share)
    assert [name for name in ON_CURSOR if contrast(colour(theme, name), under) < READABLE] == []
    assert [name for name in MARKS if contrast(colour(theme, name), under) < SEEN] == []


@pytest.mark.parametrize("theme", OURS, ids=lambda theme: theme.name)
def test_the_border_of_what_has_the_focus_is_seen_and_stands_out(theme: Theme) -> None:
    background = colour(theme, "background")
    focused = contrast(colour(theme, "border"), background)
    assert focused >= SEEN
    assert focused > 2 * contrast(colour(theme, "border-blurred"), background)


def test_the_shares_tested_here_are_those_of_the_tables() -> None:
    style = LineTable.DEFAULT_CSS
    assert f"$primary {CURSOR:.0%}" in style
    assert f"$primary {CURSOR_AWAY:.0%}" in style


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.name)
def test_styles_name_variables_of_the_theme_and_no_colours(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        text = "".join(re.findall(r'DEFAULT_CSS = (?:"""(.*?)"""|"[^"]*")', text, re.DOTALL))
    for value in _STYLE.findall(text):
        assert not _RAW.search(value), value
        words = set(re.findall(r"[$\w-]+", value))
        assert {word for word in words if word.isalpha()} <= _PLAIN_WORDS, value


def test_every_variable_of_the_styles_is_there_in_every_theme() -> None:
    named = {name for path in STYLES for name in re.findall(r"\$([a-z][a-z0-9-]*)", path.read_text(encoding="utf-8"))}
    own = {name for theme in OURS for name in theme.variables}
    for theme in (*OURS, *BUILTIN_THEMES.values()):
        known = theme.to_color_system().generate().keys()
        assert {name for name in named - known if name not in own} == set(), theme.name


async def test_another_theme_can_be_chosen() -> None:
    async with running(full_scene()) as run:
        for name in (OURS[1].name, "textual-light", "nord", OURS[0].name):
            run.app.theme = name
            await run.settle()
            assert "Opportunities" in run.text()


@pytest.mark.parametrize("mode", ["1", "2", "3", "4", "5", "6"])
async def test_cursor_and_focus_are_told_by_more_than_colour(mode: str) -> None:
    async with running(full_scene()) as run:
        await run.press(mode)
        table = run.app.focused
        assert isinstance(table, LineTable)
        line = table.render_line(1 + table.cursor_index - table.scroll_offset.y)
        assert line.text.startswith(CURSOR_MARK)
        assert all(segment.style is not None and segment.style.bold for segment in line)
        others = [each for each in run.app.screen.query(LineTable) if each is not table and each.rows]
        for other in others:
            shown = other.render_line(1 + other.cursor_index - other.scroll_offset.y)
            assert not all(segment.style is not None and segment.style.bold for segment in shown)
        panels = [panel for panel in run.app.screen.query(Panel) if table in panel.walk_children()]
        assert [panel.has_pseudo_class("focus-within") for panel in panels] == [True]


async def test_a_row_that_steps_back_can_be_read_under_the_cursor() -> None:
    async with running(full_scene()) as run:
        await run.press("6", "down", "down")
        feeds = run.app.screen.query_one("#feeds-table", LineTable)
        assert feeds.cursor_index == 2
        away = colours_of(feeds, 3)
        await run.press("up")
        muted = run.app.theme_variables["text-muted"]
        assert colours_of(feeds, 3) == {muted}
        assert muted not in away


def colours_of(table: LineTable[FeedRow], line: int) -> set[str]:
    """Of all that is written in a line of it."""
    styles = (segment.style for segment in table.render_line(line) if segment.text.strip())
    return {style.color.name for style in styles if style is not None and style.color is not None}


async def test_without_colours_every_screen_is_drawn_and_all_is_grey(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with running(full_scene()) as run:
        for mode in "123456":
            await run.press(mode)
            strips = [
                strip
                for widget in run.app.screen.walk_children(Widget)
                if widget.size
                for strip in widget.render_lines(widget.size.region)
            ]
            styles = {segment.style for strip in strips for segment in strip if segment.style is not None}
            colours = {style.color.get_truecolor() for style in styles if style.color is not None}
            assert colours
            assert all(max(colour) - min(colour) <= 1 for colour in colours)
