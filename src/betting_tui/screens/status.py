"""The header line of every screen, from one look at the engine."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from betting_tui.engine.core.accounts import Breaker
from betting_tui.engine.core.feed_views import FeedStatus
from betting_tui.engine.core.status_views import Overview
from betting_tui.screens.names import feed, purpose
from betting_tui.screens.show import Show
from betting_tui.widgets.header_bar import StatusCell
from betting_tui.widgets.text import fit

_LONGEST_NAME = 20
_FEED_MARKS = {"ok": ("●", "good"), "waiting": ("◌", "muted"), "degraded": ("◐", "warn"), "failed": ("✗", "bad")}
_TROUBLE = ("failed", "degraded")
_WORST_FIRST = (*_TROUBLE, "ok", "waiting", "off")
_MOST_FEED_CELLS = 3
# What leaves a line that is too full, first to last: the program's name, feeds one by one, what is asked next and what
# for, that nothing places by itself, the free money. Trouble with a feed and the credits left go last.
_NAME, _FEEDS, _NEXT_FOR, _NEXT, _IDLE, _FREE, _HOLDER, _ARMED, _FEEDS_FOLDED, _LEFT, _TOLD = range(11, 0, -1)
_ALONE = {"failed": _TOLD, "degraded": _TOLD, "ok": _FEEDS_FOLDED}
_HOLDER_GONE = "its holder has ended: start again"


def waiting_cells(problem: str) -> tuple[StatusCell, ...]:
    """While there is no engine: it is starting, or it cannot run."""
    word = StatusCell("not running", "bad") if problem else StatusCell("starting…", "muted")
    return (StatusCell("betting-tui", "strong"), word)


def header_cells(seen: Overview, show: Show) -> tuple[StatusCell, ...]:
    """Where, whose money, what places by itself, feeds, credits, what is polled next."""
    cells = [
        StatusCell("betting-tui", "strong", priority=_NAME),
        StatusCell(f"{_mode(seen.mode)} · {_short(seen.account)} · {seen.currency}"),
    ]
    if seen.read_only:
        cells.append(StatusCell("read-only", "warn"))
        holder = show.told(f"held by {seen.lock_holder}" if seen.lock_holder else _HOLDER_GONE, seen.now)
        cells.append(StatusCell(holder, "warn", priority=_HOLDER))
    if seen.paused:
        cells.append(StatusCell("paused", "warn"))
    cells.append(
        StatusCell("auto " + " ".join(seen.armed), "warn", priority=_ARMED, fold=StatusCell("auto on", "warn"))
        if seen.armed
        else StatusCell("auto off", "muted", priority=_IDLE)
    )
    if seen.reviews:
        cells.append(
            StatusCell(
                f"! {seen.reviews:,} to decide", "warn", priority=_TOLD, fold=StatusCell(f"! {seen.reviews:,}", "warn")
            )
        )
    cells += _feed_cells(seen.feeds)
    cells += _money_cells(seen, show)
    return tuple(cells)


def banner_text(seen: Overview, show: Show) -> str:
    """What keeps this account from placing, why, until when, and the key that ends it; nothing when nothing does."""
    parts = [seen.warning] if seen.warning else []
    resumes = "" if seen.read_only else f" · {show.key('app.release')} resumes"
    if seen.breakers:
        reasons = stop_reasons(seen.breakers, seen.now, show)
        parts.append(f"placing stopped for {seen.account}: {reasons}" + resumes)
    if seen.suspended:
        parts.append(f"{seen.account} is suspended: it places nothing" + resumes)
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


def _feed_cells(feeds: Sequence[FeedStatus]) -> list[StatusCell]:
    """One cell a feed that is in use while they are few, else one for all; those not set up stay silent unless there
    is no other."""
    seen = _each_once(feeds)
    used = [each for each in seen if each.state != "off"]
    if not used:
        return [StatusCell("○ no feed", "warn", priority=_TOLD)] if seen else []
    if len(used) == 1:
        return [_feed_cell(used[0], _ALONE.get(used[0].state, _FEEDS))]
    folded = _folded(used)
    if len(used) > _MOST_FEED_CELLS:
        return [folded]
    return [_feed_cell(each, _FEEDS, folded) for each in used]


def _each_once(feeds: Sequence[FeedStatus]) -> list[FeedStatus]:
    """A feed of odds and results is as well as the worse of the two; one that waits for one of them is not."""
    ranked = sorted(feeds, key=lambda each: _rank(each.state))
    worst: dict[str, FeedStatus] = {}
    for each in ranked:
        worst.setdefault(each.name, each)
    return [worst[name] for name in dict.fromkeys(each.name for each in feeds)]


def _rank(state: str) -> int:
    return _WORST_FIRST.index(state) if state in _WORST_FIRST else len(_WORST_FIRST)


def _feed_cell(status: FeedStatus, priority: int, folded: StatusCell | None = None) -> StatusCell:
    mark, kind = _FEED_MARKS.get(status.state, ("○", "muted"))
    word = f"{feed(status.name)} {status.state}" if status.state in _TROUBLE else feed(status.name)
    return StatusCell(f"{mark} {word}", kind, priority=priority, fold=folded)


def _folded(used: Sequence[FeedStatus]) -> StatusCell:
    """`● feeds 4 ok`, or `◐ 1 of 4 degraded: The Odds API` with the worst one's name."""
    troubled = sorted((each for each in used if each.state in _TROUBLE), key=lambda each: _rank(each.state))
    if troubled:
        worst = troubled[0]
        mark, kind = _FEED_MARKS[worst.state]
        count = f"{mark} {len(troubled)} of {len(used)} {worst.state}"
        bare = StatusCell(f"{mark} {len(troubled)} of {len(used)} feeds", kind, priority=_TOLD)
        more = f" +{len(troubled) - 1}" if len(troubled) > 1 else ""
        return StatusCell(f"{count}: {_short(feed(worst.name))}{more}", kind, priority=_FEEDS_FOLDED, fold=bare)
    answered = sum(each.state == "ok" for each in used)
    if not answered:
        return StatusCell(f"◌ feeds {len(used)} waiting", "muted", priority=_IDLE)
    return StatusCell(f"● feeds {answered} ok", "good", priority=_FEEDS_FOLDED)


def _money_cells(seen: Overview, show: Show) -> list[StatusCell]:
    return [
        StatusCell(f"{show.money(seen.available_minor)} free", priority=_FREE, right=True),
        *_credit_cells(seen, show),
    ]


def _credit_cells(seen: Overview, show: Show) -> list[StatusCell]:
    """`credits 412 left · next 14:05 NBA close`, with less of it in a line that is too full."""
    known = {it.name: it.credits_remaining for it in seen.feeds if it.credits_remaining is not None}
    left = sum(known.values())
    least = StatusCell(f"{left} cr", "muted", priority=_LEFT, right=True) if known else None
    if seen.next_poll is None or seen.paused:
        return [] if least is None else [_muted(f"credits {left} left", _NEXT_FOR, least)]
    at = f"next {show.clock(seen.next_poll)}"
    what = f"{at} {purpose(seen.next_poll_for)}" if seen.next_poll_for else at
    if least is None:
        return [_muted(what, _NEXT_FOR, _muted(at, _NEXT))]
    return [_muted(f"credits {left} left · {what}", _NEXT_FOR, _muted(f"{left} cr · {at}", _NEXT, least))]


def _muted(text: str, priority: int, fold: StatusCell | None = None) -> StatusCell:
    return StatusCell(text, "muted", priority=priority, right=True, fold=fold)
