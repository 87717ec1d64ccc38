"""Feeds, credits and what is planned with them, as rows and as facts to read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from textual.content import Content

from betting_tui.engine.core.feed_views import CreditsView, FeedRow, NotPolledRow, PlannedRow
from betting_tui.engine.core.times import day_text
from betting_tui.screens.names import feed as feed_name
from betting_tui.screens.names import sport as sport_name
from betting_tui.screens.show import NOTHING, Show, counted
from betting_tui.widgets.columns import Column
from betting_tui.widgets.row import Cell, Look, Row
from betting_tui.widgets.text import fit, plain

FEED_COLUMNS = (
    Column("feed", "Feed", 12, max_width=18),
    Column("state", "State", 8, max_width=10),
    Column("why", "Why, or what it needs", 34, flexible=True, max_width=90),
    Column("last", "Last", 5, "right", priority=1, max_width=12),
    Column("next", "Next", 5, "right", max_width=12),
    Column("for", "Asked for", 9, priority=2, max_width=14),
    Column("asked", "Asked", 5, "right", priority=3),
    Column("retries", "Again", 5, "right", priority=5),
    Column("rejected", "Rejected", 8, "right", priority=4),
)
PLAN_COLUMNS = (
    Column("at", "When", 10, "right", max_width=18),
    Column("sport", "Sport", 6, max_width=22),
    Column("what", "What", 6, max_width=8),
    Column("cost", "Cost", 4, "right"),
    Column("text", "For, or why not", 24, flexible=True, max_width=100),
)
NOT_POLLED = "not polled"
_STATE_KINDS = {"ok": "gain", "degraded": "warn", "failed": "loss"}
_STATES = ("failed", "degraded", "ok", "waiting", "off")
_BAR = 20
_USED, _RESERVED, _FREE = "█", "▒", "░"
_NAMED = 10

PlanLine = PlannedRow | NotPolledRow


def feed_look(row: FeedRow, show: Show, now: datetime) -> Look:
    status = row.status
    cells = (
        Cell(feed_name(status.name), "strong"),
        Cell(status.state, _STATE_KINDS.get(status.state, "muted")),
        Cell(feed_why(row, show, now)),
        Cell(_near(status.last_success, show, now)),
        Cell(_near(next_asked(row), show, now)),
        Cell(", ".join(row.roles) or NOTHING, "muted"),
        Cell(str(row.requests) if row.requests else NOTHING),
        Cell(str(row.retries) if row.retries else NOTHING, "muted"),
        Cell(str(status.rejected) if status.rejected else NOTHING, "warn" if status.rejected else "muted"),
    )
    return Look(cells, muted=status.state == "off")


def feed_why(row: FeedRow, show: Show, now: datetime) -> str:
    """What it needs, or how long it rests and for what, or what it says of itself."""
    if row.needs:
        return row.needs
    if row.resting_until is not None and row.resting_until > now:
        rest = f"rests until {show.near(row.resting_until, now)}"
        return f"{rest}: {show.told(row.status.detail, now)}" if row.status.detail else rest
    return show.told(row.status.detail, now)


def next_asked(row: FeedRow) -> datetime | None:
    """One that rests is not asked before its rest ends, whatever is planned."""
    times = [moment for moment in (row.status.next_poll, row.resting_until) if moment is not None]
    return max(times) if times else None


def states_note(rows: Sequence[FeedRow]) -> str:
    """`1 failed · 3 ok`, those in trouble first."""
    found = Counter(row.status.state for row in rows)
    order = [*(state for state in _STATES if state in found), *sorted(found.keys() - set(_STATES))]
    return " · ".join(f"{found[state]} {state}" for state in order)


def feed_text(row: FeedRow, show: Show, now: datetime) -> Content:
    """Everything about one feed, a fact a line."""
    status = row.status
    left = f"{_count(status.credits_used)} used · {_count(status.credits_remaining)} left"
    no_credits = status.credits_used is None and status.credits_remaining is None
    facts = (
        ("feed", f"{feed_name(status.name)} · {status.name} in the settings"),
        ("asked for", ", ".join(row.roles)),
        ("state", status.state),
        ("needs", row.needs),
        ("why", "" if row.needs else feed_why(row, show, now)),
        ("sports", ", ".join(sport_name(key) for key in row.sports)),
        ("last", "no answer yet" if status.last_success is None else show.near(status.last_success, now)),
        ("next", _near(next_asked(row), show, now)),
        ("asked", f"{counted(row.requests, 'request')} since the start, {row.retries} of them again"),
        ("rejected", counted(status.rejected, "thing") + " of its answers" if status.rejected else ""),
        ("credits", "" if no_credits else left),
    )
    return facts_text(facts)


def plan_note(views: Sequence[CreditsView]) -> str:
    """`The Odds API · 12 calls · 2 not polled`: what the list under it may not have room for."""
    names = " + ".join(feed_name(view.feed) for view in views)
    calls = sum(len(view.today) for view in views)
    left_out = sum(len(view.not_polled) for view in views)
    parts = (names, counted(calls, "call") if calls else "", f"{left_out} {NOT_POLLED}" if left_out else "")
    return " · ".join(part for part in parts if part)


def plan_lines(views: Sequence[CreditsView]) -> list[Row[PlanLine]]:
    """The next call even when it is not today's, today's calls, then what is not asked: open bets' events first."""
    lines: list[PlanLine] = []
    for view in views:
        first = () if view.next_call is None or view.next_call in view.today else (view.next_call,)
        lines += [*first, *view.today, *sorted(view.not_polled, key=lambda row: not row.open_bets)]
    seen: Counter[str] = Counter()
    rows = []
    for line in lines:
        key = _plan_key(line)
        seen[key] += 1
        rows.append(Row(f"{key} {seen[key]}", line))
    return rows


def plan_look(line: PlanLine, show: Show, now: datetime, following: frozenset[PlannedRow]) -> Look:
    """`following` are the calls that come next, one of each feed."""
    sport = sport_name(line.sport_key)
    match line:
        case PlannedRow():
            at = show.near(line.at, now)
            when = Cell(f"next {at}", "strong") if line in following else Cell(at)
            return Look((when, Cell(sport), Cell(line.endpoint), Cell(_cost(line.cost)), Cell(line.text)))
        case NotPolledRow():
            kind = "warn" if line.open_bets else "muted"
            text = f"{_events(line)}: {line.text}"
            return Look((Cell(NOT_POLLED, kind), Cell(sport), Cell(line.purpose), Cell(NOTHING), Cell(text, kind)))


def plan_text(line: PlanLine, show: Show, now: datetime) -> tuple[str, Content]:
    """A title, and everything about one planned call, or about what is not asked."""
    match line:
        case PlannedRow():
            return "Planned call", facts_text(
                (
                    ("when", show.near(line.at, now)),
                    ("feed", feed_name(line.feed)),
                    ("sport", f"{sport_name(line.sport_key)} · {line.sport_key}"),
                    ("what", line.endpoint),
                    ("cost", counted(line.cost, "credit") if line.cost else "free"),
                    ("for", line.text),
                )
            )
        case NotPolledRow():
            return "Not polled", facts_text(
                (
                    ("sport", f"{sport_name(line.sport_key)} · {line.sport_key}"),
                    ("what", f"{line.purpose} of {_events(line)}"),
                    ("why", line.text),
                )
            )


def credits_text(views: Sequence[CreditsView]) -> Content:
    """The month's credits of each feed: a bar with its numbers, today's share, and when they end.

    Days are UTC days, by which credits are counted, whatever zone the person is in.
    """
    return Content("\n").join(line for view in views for line in _credit_lines(view))


def _credit_lines(view: CreditsView) -> list[Content]:
    if view.left is None:
        return [plain(f"{feed_name(view.feed)} has not told yet how many credits are left: its next answer does")]
    reserved = min(view.reserved, view.left)
    total = (view.used or 0) + view.left
    used = "" if view.used is None else f" · {view.used:,} used"
    of = "" if view.used is None else f" of {total:,}"
    lines = [
        Content.assemble(
            _bar(view.used or 0, reserved, total),
            "  ",
            plain(f"{view.left:,}{of} left", "bold"),
            plain(f"{used} · new ones on {day_text(view.resets_at)}"),
        ),
        plain(f"{reserved:,} reserved for open bets · {view.left - reserved:,} free · {_planned(view)}"),
        Content.assemble(plain(f"{_today(view)} · "), _end(view)),
    ]
    if view.unsure:
        unsure = f"{counted(view.unsure, 'credit')} of lost answers may have been taken too"
        lines.append(plain(unsure, "$text-warning"))
    return lines


def _planned(view: CreditsView) -> str:
    return f"{view.planned:,} planned until {day_text(view.resets_at)}"


def _today(view: CreditsView) -> str:
    share = "" if view.day_cap is None else f" of {view.day_cap:,}"
    return f"today {view.spent_today:,}{share} spent, {view.free_today:,} to go"


def _end(view: CreditsView) -> Content:
    if view.runs_out is None:
        return plain("they last at this rate", "$text-success")
    return plain(f"they end on {day_text(view.runs_out)} at this rate", "bold $text-warning")


def _bar(used: int, reserved: int, total: int) -> Content:
    """Used, reserved, free; what is not nothing is at least one cell."""
    if total <= 0:
        return plain(_FREE * _BAR, "$text-muted")
    spent = min(_BAR, max(round(_BAR * used / total), 1 if used else 0))
    kept = min(_BAR - spent, max(round(_BAR * reserved / total), 1 if reserved else 0))
    return Content.assemble(
        plain(_USED * spent, "$primary"),
        plain(_RESERVED * kept, "$text-warning"),
        plain(_FREE * (_BAR - spent - kept), "$text-muted"),
    )


def facts_text(facts: Sequence[tuple[str, str]]) -> Content:
    """A line for each fact that has a text."""
    lines = [Content.assemble(plain(fit(name, _NAMED), "$text-muted"), plain(text)) for name, text in facts if text]
    return Content("\n").join(lines)


def _events(line: NotPolledRow) -> str:
    return (
        counted(line.events, "game with an open bet", "games with open bets")
        if line.open_bets
        else counted(line.events, "start")
    )


def _plan_key(line: PlanLine) -> str:
    match line:
        case PlannedRow():
            return f"{line.feed} {line.at.isoformat()} {line.sport_key} {line.endpoint}"
        case NotPolledRow():
            return f"{NOT_POLLED} {line.sport_key} {line.purpose} {line.text}"


def _near(moment: datetime | None, show: Show, now: datetime) -> str:
    return NOTHING if moment is None else show.near(moment, now)


def _cost(cost: int) -> str:
    return f"{cost} cr" if cost else "free"


def _count(number: int | None) -> str:
    return NOTHING if number is None else f"{number:,}"
