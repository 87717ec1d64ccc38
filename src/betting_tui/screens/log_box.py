"""The log on screen: its newest lines last, from a level upwards, with the words that are looked for."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime

from textual.app import ComposeResult
from textual.widgets import Input

from betting_tui.engine.core.log_views import LogLevel, LogLine, LogPart
from betting_tui.screens.session import Session
from betting_tui.screens.show import Show, counted
from betting_tui.widgets.columns import Column
from betting_tui.widgets.panel import Panel
from betting_tui.widgets.row import Cell, Look, Row
from betting_tui.widgets.tail_table import TailTable
from betting_tui.widgets.text_field import TextField

MOST_LINES = 100_000
COLUMNS = (
    Column("at", "Time", 8, max_width=15),
    Column("level", "Level", 7, max_width=8),
    Column("text", "Newest last", 20, flexible=True, max_width=1_000),
)
_OWN_NAME = "betting_tui."
# What happened to bets and money is said in whole sentences; of all else the part that says it helps to find it.
_TOLD = "betting_tui.engine.event_log: "
# What each press of the key leaves out next; nothing to begin with.
_LEVELS = (LogLevel.DEBUG, LogLevel.INFO, LogLevel.WARNING, LogLevel.ERROR)
_KINDS = {LogLevel.DEBUG: "muted", LogLevel.WARNING: "warn", LogLevel.ERROR: "loss", LogLevel.CRITICAL: "loss"}


class LogBox(Panel):
    """Bounded, and drawn only where it is looked at: a hundred thousand lines are scrolled and searched at once."""

    def __init__(self, session: Session, now: Callable[[], datetime]) -> None:
        super().__init__("Log", id="log")
        self._lines: deque[Row[LogLine]] = deque(maxlen=MOST_LINES)
        self._count = 0
        self._skipped = False
        self._level = LogLevel.DEBUG
        self._words: tuple[str, ...] = ()
        self._empty = ""
        self.table: TailTable[LogLine] = TailTable(
            COLUMNS,
            lambda line: log_look(line, session.show, now()),
            clock=session.clock,
            mark_seconds=0,
            id="log-table",
        )
        self.field = TextField(placeholder="words a line must have", id="log-search")
        self.field.cursor_blink = False

    def compose(self) -> ComposeResult:
        yield self.field
        yield self.table

    def on_mount(self) -> None:
        self._tell()

    @property
    def searching(self) -> bool:
        return self.field.has_class("open")

    @property
    def narrowed(self) -> bool:
        """Lines are left out."""
        return self._level > LogLevel.DEBUG or bool(self._words)

    def add(self, part: LogPart) -> None:
        """Show these lines below the others."""
        self._skipped = self._skipped or part.skipped
        rows = [Row(str(self._count + at), line) for at, line in enumerate(part.lines)]
        self._count += len(rows)
        self._lines.extend(rows)
        self.table.add_rows([row for row in rows if self._wanted(row.payload)], MOST_LINES)
        self._tell()

    def forget(self) -> None:
        """Another log is read from now on."""
        self._lines.clear()
        self._count, self._skipped = 0, False
        self._show()

    def say_empty(self, text: str) -> None:
        """What stands there as long as nothing was logged."""
        self._empty = text
        self._tell()

    def next_level(self) -> None:
        self._level = _LEVELS[(_LEVELS.index(self._level) + 1) % len(_LEVELS)]
        self._show()

    def open_search(self) -> None:
        self.field.add_class("open")
        self.field.focus()

    def clear_search(self) -> None:
        self.field.value = ""
        self.close_search()

    def close_search(self) -> None:
        if not self.field.value.strip():
            self.field.remove_class("open")
        self.table.focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        words = tuple(event.value.lower().split())
        if words != self._words:
            self._words = words
            self._show()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.close_search()

    def on_tail_table_following_changed(self, event: TailTable.FollowingChanged) -> None:
        event.stop()
        self._tell()

    def _wanted(self, line: LogLine) -> bool:
        if line.level < self._level:
            return False
        if not self._words:
            return True
        text = f"{line.stamp} {line.level.name} {line.text}".lower()
        return all(word in text for word in self._words)

    def _show(self) -> None:
        self.table.set_rows([row for row in self._lines if self._wanted(row.payload)] if self.narrowed else self._lines)
        self._tell()

    def _tell(self) -> None:
        shown, known = len(self.table.rows), len(self._lines)
        parts = [f"{shown:,} of {counted(known, 'line')}" if self.narrowed else counted(known, "line")]
        parts += ["older ones in the file"] if self._skipped else []
        parts += [f"{self._level.name.lower()} and worse"] if self._level > LogLevel.DEBUG else []
        parts += [f"/{' '.join(self._words)}"] if self._words else []
        parts += ["following" if self.table.following else "held still"] if shown else []
        self.set_title_first("Log", [" · ".join(parts), " · ".join((parts[0], *parts[2:])), parts[0]])
        self.table.set_empty("No line is like that" if self.narrowed and known else self._empty)


def log_look(line: LogLine, show: Show, now: datetime) -> Look:
    """A line that goes on with the entry above it has neither time nor level of its own."""
    kind = _KINDS.get(line.level, "")
    if not line.stamp:
        return Look((Cell(""), Cell(""), Cell(f"  {line.text}", kind)))
    text = _told_by(line.text)
    return Look(
        (Cell(show.to_second(stamped(line), now), "muted"), Cell(line.level.name.lower(), kind), Cell(text, kind))
    )


def _told_by(text: str) -> str:
    """With the last part of the name of who says it: the file has the whole name, and enter shows it."""
    if not text.startswith(_OWN_NAME) or text.startswith(_TOLD):
        return text.removeprefix(_TOLD)
    name, joint, said = text.partition(": ")
    return f"{name.rpartition('.')[2]}{joint}{said}"


def stamped(line: LogLine) -> datetime:
    """When it was written. The log is kept by this machine's own clock and zone."""
    return datetime.fromisoformat(line.stamp.replace(",", ".")).astimezone()


def whole_entry(rows: Sequence[Row[LogLine]], at: int) -> str:
    """All lines of the entry that this one belongs to, as they were written."""
    first = at
    while first and not rows[first].payload.stamp:
        first -= 1
    last = at + 1
    while last < len(rows) and not rows[last].payload.stamp:
        last += 1
    head = rows[first].payload
    lines = [f"{head.stamp} {head.level.name} {head.text}" if head.stamp else head.text]
    lines += [row.payload.text for row in rows[first + 1 : last]]
    return "\n".join(lines)
