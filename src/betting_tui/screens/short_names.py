"""Names cut to a line or two: a longer one would push what decides off the screen."""

from __future__ import annotations

from betting_tui.engine.core.model import Event, Selection
from betting_tui.screens.names import joint, pick_parts
from betting_tui.widgets.text import fit, fit_pair, fit_tail

_LONGEST_EVENT, _LONGEST_PICK = 100, 60


def short_pick(selection: Selection) -> str:
    """As `pick`, its points whole."""
    name, points = pick_parts(selection.line, selection.name, selection.point)
    return fit_tail(name, points, _LONGEST_PICK).rstrip()


def short_event(event: Event) -> str:
    """The event's name, both its sides cut where it is too long for a line or two."""
    between = joint(event)
    short = fit_pair(event.name, between, _LONGEST_EVENT) if between else fit(event.name, _LONGEST_EVENT)
    return short.rstrip()
