"""What of a chart needs no plotting library: how its lines look, its scale, its legend, its labels' places."""

from __future__ import annotations

from collections.abc import Callable
from datetime import tzinfo

from msgspec import Struct
from textual.content import Content

from betting_tui.widgets.chart_data import Bounds, ChartData
from betting_tui.widgets.chart_ticks import value_ticks
from betting_tui.widgets.text import plain

# Sign in the legend, component class and colour, and how many columns of a line are drawn and left out.
LOOKS = (
    ("━━", "first", 1.0, 0.0),
    ("╍╍", "second", 2.0, 1.0),
    ("┈┈", "third", 0.5, 1.5),
    ("━ ", "fourth", 4.0, 3.0),
)
_COLOURS = {"first": "$primary", "second": "$accent", "third": "$success", "fourth": "$error"}
_LINES_A_LABEL = 2


class Scale(Struct, frozen=True):
    """`label` writes a value of the y axis; `zone` is that of the dates, None the machine's own."""

    label: Callable[[float], str]
    zone: tzinfo | None


def legend(data: ChartData) -> Content:
    """One line: each series with its sign and its note, the level, the marks."""
    parts: list[Content] = []
    for line, (sign, name, _, _) in zip(data.lines, LOOKS, strict=False):
        if line.name or line.note:
            text = f"{line.name} {line.note}".strip()
            parts.append(Content.assemble(plain(sign, _COLOURS[name]), plain(f" {text}")))
    if data.level is not None and data.level_name:
        parts.append(plain(f"── {data.level_name}", "$text-muted"))
    parts += [
        Content.assemble(plain(mark.sign, "bold $text-error"), plain(f" {mark.name}"))
        for mark in data.marks
        if mark.name
    ]
    return Content("   ").join(parts)


def ticks_of(bounds: Bounds, rows: int) -> list[float]:
    """Round values of the y axis, as many as `rows` lines have room for; always one that can be read."""
    for most in range(max(2, rows // _LINES_A_LABEL), rows + 1):
        ticks = value_ticks(bounds.low, bounds.high, most)
        if len(ticks) >= min(2, rows):
            return ticks
    return value_ticks(bounds.low, bounds.high, max(1, rows))
