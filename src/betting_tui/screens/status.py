"""The header line of every screen, from one look at the engine."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from betting_tui.engine.core.accounts import Breaker
from betting_tui.engine.core.views import Overview
from betting_tui.screens.names import sport
from betting_tui.screens.show import Show
from betting_tui.widgets.header_bar import StatusCell
from betting_tui.widgets.text import fit

_LONGEST_NAME = 20
_FEED_MARKS = {"ok": ("●", "good"), "waiting": ("◌", "muted"), "degraded": ("◐", "warn"), "failed": ("✗", "bad")}


def waiting_cells(problem: str) -> tuple[StatusCell, ...]:
    """While there is no engine: it is starting, or it cannot run."""
    word = StatusCell("not running", "bad") if problem else StatusCell("starting…", "muted")
    return (StatusCell("betting-tui", "strong"), word)


def header_cells(seen: Overview, show: Show) -> tuple[StatusCell, ...]:
    """Where, whose money, what places by itself, feeds, credits, what is polled next."""
    cells = [
        StatusCell("betting-tui", "strong", priority=7),
        StatusCell(f"{_mode(seen.mode)} · {_short(seen.account)} · {seen.currency}"),
    ]
    if seen.read_only:
        cells.append(StatusCell("read-only", "warn"))
        holder = f"held by {seen.lock_holder}" if seen.lock_holder else "its holder has ended: start again"
        cells.append(StatusCell(holder, "warn", priority=2))
    if seen.paused:
        cells.append(StatusCell("paused", "warn"))
    cells.append(
        StatusCell("auto " + " ".join(seen.armed), "warn")
        if seen.armed
        else StatusCell("auto off", "muted", priority=3)
    )
    cells += _feed_cells(seen)
    cells += _money_cells(seen, show)
    return tuple(cells)


def banner_text(seen: Overview, show: Show) -> str:
    """What keeps this account from placing, why, until when, and the key that ends it; nothing when nothing does."""
    parts = [seen.warning] if seen.warning else []
    if seen.breakers:
        reasons = stop_reasons(seen.breakers, seen.now, show)
        parts.append(f"placing stopped for {seen.account}: {reasons}" + ("" if seen.read_only else " · r resumes"))
    if seen.suspended:
        parts.append(f"{seen.account} is suspended: it places nothing" + ("" if seen.read_only else " · r resumes"))
    return " · ".join(parts)


def stop_reasons(breakers: Sequence[Breaker], now: datetime, show: Show) -> str:
    """`lost 520.00 today, limit 500.00, until 06:00`; one that only a person ends says so."""
    reasons = []
    for it in breakers:
        end = "until a person lets it go on" if it.until is None else f"until {show.near(it.until, now)}"
        reasons.append(f"{it.reason.rstrip('.')}, {end}")
    return "; ".join(reasons)


def _short(name: str) -> str:
    """A long account name would push everything else out of the line."""
    return fit(name, _LONGEST_NAME).rstrip()


def _mode(mode: str) -> str:
    return "paper" if mode == "live" else mode


def _feed_cells(seen: Overview) -> list[StatusCell]:
    cells: list[StatusCell] = []
    for feed in seen.feeds:
        mark, kind = _FEED_MARKS.get(feed.state, ("○", "muted"))
        word = feed.name if feed.state in ("ok", "waiting", "off") else f"{feed.name} {feed.state}"
        priority = {"failed": 2, "degraded": 3, "ok": 6}.get(feed.state, 8)
        cells.append(StatusCell(f"{mark} {word}", kind, priority=priority))
    return cells


def _money_cells(seen: Overview, show: Show) -> list[StatusCell]:
    cells = [StatusCell(f"{show.money(seen.available_minor)} free", priority=4, right=True)]
    left = [feed.credits_remaining for feed in seen.feeds if feed.credits_remaining is not None]
    if left:
        cells.append(StatusCell(f"{sum(left)} cr left", "muted", priority=5, right=True))
    if seen.next_poll is not None and not seen.paused:
        what = f" {sport(seen.next_poll_for)}" if seen.next_poll_for else ""
        cells.append(StatusCell(f"next {show.clock(seen.next_poll)}{what}", "muted", priority=6, right=True))
    return cells
