"""Screen 6: what works, what does not and why, and where everything lies."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from textual.app import ComposeResult
from textual.content import Content

from betting_tui.engine.core.views import FeedStatus, Overview, SystemView
from betting_tui.screens.base import EngineScreen, Topic
from betting_tui.screens.face import EngineFace
from betting_tui.screens.session import Session
from betting_tui.screens.show import NOTHING, Show, counted, size
from betting_tui.widgets.columns import Column
from betting_tui.widgets.line_table import LineTable
from betting_tui.widgets.panel import Panel
from betting_tui.widgets.prose import Prose
from betting_tui.widgets.row import Cell, Look, Row
from betting_tui.widgets.text import fit, plain

_FEEDS = (
    Column("name", "Feed", 14, max_width=20),
    Column("state", "State", 9),
    Column("detail", "Why", 30, flexible=True, max_width=80),
    Column("last", "Last", 6, "right", max_width=12),
    Column("next", "Next", 6, "right", priority=1, max_width=12),
    Column("left", "Left", 6, "right", priority=2),
    Column("rejected", "Rejected", 8, "right", priority=3),
)
_LOG = (Column("line", "Newest first", 20, flexible=True),)
_KINDS = {"ok": "gain", "degraded": "warn", "failed": "loss"}


class SystemScreen(EngineScreen):
    CSS_PATH = "system.tcss"
    watches: ClassVar[frozenset[Topic]] = frozenset({Topic.STATUS, Topic.BOARD})
    title_text = "System"
    help_text = (
        "Each feed with its state, its reason and the credits left this month; where settings, data and log lie; the "
        "latest lines of the log. Secrets are never shown."
    )

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.feeds: LineTable[FeedStatus] = LineTable(
            _FEEDS, lambda feed: _look(feed, session.show, self.now), clock=session.clock, id="feeds-table"
        )
        self.log_table: LineTable[str] = LineTable(
            _LOG, lambda line: Look((Cell(line, _level(line)),)), clock=session.clock, mark_seconds=0, id="log-table"
        )

    def compose_body(self) -> ComposeResult:
        with Panel("Feeds", id="feeds"):
            yield self.feeds
        with Panel("About", id="about"):
            yield Prose(id="about-text")
        with Panel("Log", id="log"):
            yield self.log_table

    def on_mount(self) -> None:
        self.feeds.focus()
        super().on_mount()

    def show_waiting(self, problem: str) -> None:
        self.feeds.set_rows(())
        self.feeds.set_empty(problem or "Starting…")

    def refresh_content(self, engine: EngineFace, seen: Overview) -> None:
        view = engine.system()
        del seen
        self.query_one("#feeds", Panel).set_title("Feeds", str(len(view.feeds)))
        self.feeds.set_empty("No feed is set up. k takes a key or opens the demo")
        self.feeds.set_rows([Row(feed.name, feed, feed.state) for feed in view.feeds])
        self.query_one("#about-text", Prose).show(_about(view), layout=True)
        self.query_one("#log", Panel).set_title(
            "Log", counted(len(view.recent_log), "latest line") if view.recent_log else ""
        )
        self.log_table.set_empty("Nothing has been logged yet")
        newest_first = list(enumerate(view.recent_log))[::-1]
        self.log_table.set_rows([Row(str(at), line) for at, line in newest_first])


def _look(feed: FeedStatus, show: Show, now: datetime) -> Look:
    cells = (
        Cell(feed.name, "strong"),
        Cell(feed.state, _KINDS.get(feed.state, "muted")),
        Cell(feed.detail),
        Cell(NOTHING if feed.last_success is None else show.near(feed.last_success, now)),
        Cell(NOTHING if feed.next_poll is None else show.near(feed.next_poll, now)),
        Cell(NOTHING if feed.credits_remaining is None else f"{feed.credits_remaining}"),
        Cell(str(feed.rejected) if feed.rejected else NOTHING, "warn" if feed.rejected else "muted"),
    )
    return Look(cells)


def _about(view: SystemView) -> Content:
    facts = (
        ("version", f"{view.version} · {view.mode}"),
        ("python", f"{view.python} · textual {view.textual}"),
        ("sqlite", f"{view.sqlite} · journal {view.journal_mode}"),
        ("ledger", f"{size(view.ledger_bytes)} · archive {size(view.archive_bytes)}"),
        ("data", view.data_dir),
        ("settings", view.config_file),
        ("log", view.log_file),
        ("pop-ups", view.notifier),
    )
    lines = [Content.assemble(plain(fit(name, 10), "$text-muted"), plain(text)) for name, text in facts]
    return Content("\n").join(lines)


def _level(line: str) -> str:
    if " ERROR" in line or " CRITICAL" in line:
        return "loss"
    return "warn" if " WARNING" in line else ""
