"""A named bar: how much of something is used."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from textual.content import Content
from textual.widget import Widget

from betting_tui.widgets.text import fit, plain, visible, width_of

_FULL, _EMPTY = "█", "░"
_LEAST_BAR = 6


class Meter(Struct, frozen=True):
    """`share` is the filled fraction; values outside 0 to 1 are drawn as empty or full. `text` says it in words.

    `warns`: a nearly full bar is drawn as a warning, because full is where a limit bites.
    """

    name: str
    text: str
    share: float
    warns: bool = True


class Meters(Widget):
    DEFAULT_CSS = """
    Meters { height: auto; background: $surface; color: $foreground; padding: 0 1; }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - the name Textual gives it
        super().__init__(id=id)
        self._meters: tuple[Meter, ...] = ()

    @property
    def meters(self) -> tuple[Meter, ...]:
        return self._meters

    def show(self, meters: Sequence[Meter]) -> None:
        if tuple(meters) != self._meters:
            self._meters = tuple(meters)
            self.refresh(layout=True)

    def render(self) -> Content:
        return draw_meters(self._meters, self.size.width)


def draw_meters(meters: Sequence[Meter], width: int) -> Content:
    if not meters:
        return Content("")
    texts = max(width_of(visible(meter.text)) for meter in meters)
    # A long name is cut before a number is, and a line never wraps.
    room = max(1, width - texts - 4 - _LEAST_BAR)
    names = min(room, max(width_of(visible(meter.name)) for meter in meters))
    bar = max(_LEAST_BAR, min(40, width - names - texts - 4))
    lines = [
        Content.assemble(
            plain(fit(meter.name, names), "$text-muted"),
            "  ",
            plain(fit(meter.text, texts, "right")),
            "  ",
            _bar(meter, bar),
        )
        for meter in meters
    ]
    return Content("\n").join(lines)


def _bar(meter: Meter, width: int) -> Content:
    filled = round(max(0.0, min(1.0, meter.share)) * width)
    style = "$text-error" if meter.warns and meter.share >= 0.9 else "$primary"
    return Content.assemble(plain(_FULL * filled, style), plain(_EMPTY * (width - filled), "$text-muted"))
