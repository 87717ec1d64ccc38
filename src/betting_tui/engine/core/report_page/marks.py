"""Pieces of SVG and HTML: every text that goes in is escaped here, and nowhere else."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from betting_tui.engine.core.text import clean

_LONGEST = 200
_LONGEST_SENTENCE = 1_000


def safe(text: str, limit: int = _LONGEST) -> str:
    """Visible text on one line, that can be no markup."""
    return escape(clean(text, limit))


def sentence(text: str) -> str:
    """Lines break between words, and not before the sign of a percentage."""
    return safe(text, _LONGEST_SENTENCE).replace(" %", "&nbsp;%")


def element(tag: str, content: str, **attributes: str | float) -> str:
    """`content` is markup already. A name with `_` in it is written with `-`."""
    return f"<{tag}{_attributes(attributes)}>{content}</{tag}>"


def line(x1: float, y1: float, x2: float, y2: float, kind: str) -> str:
    return f"<line{_attributes({'x1': x1, 'y1': y1, 'x2': x2, 'y2': y2, 'class': kind})}/>"


def label(x: float, y: float, text: str, kind: str) -> str:
    return element("text", safe(text), x=x, y=y, class_=kind)


def path(points: Sequence[tuple[float, float]], kind: str, *, close: bool = False) -> str:
    """A line through points, or the area they go around."""
    if not points:
        return ""
    steps = "L".join(f"{x:g},{y:g}" for x, y in points)
    return f'<path d="M{steps}{"Z" if close else ""}" class="{escape(kind)}"/>'


def _attributes(attributes: dict[str, str | float]) -> str:
    written = (
        (name.rstrip("_").replace("_", "-"), f"{value:g}" if isinstance(value, float) else str(value))
        for name, value in attributes.items()
    )
    return "".join(f' {name}="{escape(value)}"' for name, value in written)
