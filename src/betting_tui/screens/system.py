"""Screen 6: what works, what does not and why, what credits are for, and where everything lies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from msgspec.structs import replace
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, VerticalScroll
from textual.content import Content

from betting_tui.engine.core.feed_views import FeedRow, PlannedRow, SourcesView
from betting_tui.engine.core.status_views import Overview, SystemView
from betting_tui.screens.base import EngineScreen, Topic
from betting_tui.screens.dialogs.dialog import TextDialog
from betting_tui.screens.face import EngineFace
from betting_tui.screens.feed_rows import (
    FEED_COLUMNS,
    PLAN_COLUMNS,
    PlanLine,
    credits_text,
    feed_look,
    feed_text,
    plan_lines,
    plan_look,
    plan_note,
    plan_text,
    states_note,
)
from betting_tui.screens.names import feed as feed_name
from betting_tui.screens.session import Session
from betting_tui.screens.show import counted, size
from betting_tui.widgets.columns import Column
from betting_tui.widgets.line_table import LineTable
from betting_tui.widgets.panel import Panel
from betting_tui.widgets.prose import Prose
from betting_tui.widgets.row import Cell, Look, Row
from betting_tui.widgets.text import plain

_ABOUT = (Column("name", "What", 8), Column("text", "", 20, flexible=True, max_width=120))
_LOG = (Column("line", "Newest first", 20, flexible=True),)
_HOLDER_ASKS = "asked by the ledger's holder"
Fact = tuple[str, str]


class SystemScreen(EngineScreen):
    CSS_PATH = "system.tcss"
    watches: ClassVar[frozenset[Topic]] = frozenset({Topic.STATUS, Topic.BOARD})
    title_text = "System"
    help_text = (
        "Each feed with its state and its reason; the month's credits: used, reserved for the closes and results of "
        "open bets, free; today's calls, what is not asked and why; where settings, data and log lie; the latest lines "
        "of the log. tab goes from list to list. Secrets are never shown."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "detail", "whole text", key_display="enter", id="system.detail", tooltip="all of a cut line"),
    ]

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._following: frozenset[PlannedRow] = frozenset()
        self.feeds: LineTable[FeedRow] = LineTable(
            FEED_COLUMNS, lambda row: feed_look(row, session.show, self.now), clock=session.clock, id="feeds-table"
        )
        self.plan: LineTable[PlanLine] = LineTable(
            PLAN_COLUMNS,
            lambda line: plan_look(line, session.show, self.now, self._following),
            clock=session.clock,
            mark_seconds=0,
            id="plan-table",
        )
        self.about: LineTable[Fact] = LineTable(
            _ABOUT, lambda fact: Look((Cell(fact[0], "muted"), Cell(fact[1]))), clock=session.clock, id="about-table"
        )
        self.log_table: LineTable[str] = LineTable(
            _LOG, lambda line: Look((Cell(line, _level(line)),)), clock=session.clock, mark_seconds=0, id="log-table"
        )

    def compose_body(self) -> ComposeResult:
        with VerticalScroll(id="body", can_focus=False):
            with Panel("Feeds", id="feeds"):
                yield self.feeds
            with Container(id="middle"):
                with Panel("Credits", id="credits"):
                    yield Prose(id="credits-text")
                    yield self.plan
                with Panel("About", id="about"):
                    yield self.about
            with Panel("Log", id="log"):
                yield self.log_table

    @property
    def tables(self) -> Sequence[LineTable[Any]]:
        return (self.feeds, self.plan, self.about, self.log_table)

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """The whole box of the list that has the focus is in view, where there is room for it."""
        panel = next((box for box in event.widget.ancestors if isinstance(box, Panel)), None)
        if panel is not None:
            panel.scroll_visible(animate=False)

    def show_waiting(self, problem: str) -> None:
        super().show_waiting(problem)
        self.query_one("#credits-text", Prose).show(Content(""), layout=True)

    def refresh_content(self, engine: EngineFace, seen: Overview) -> None:
        self._draw_feeds(_looked_at(engine.sources()) if seen.read_only else engine.sources(), seen)
        view = engine.system()
        self.about.set_rows([Row(fact[0], fact) for fact in _facts(view)])
        self.query_one("#log", Panel).set_title(
            "Log", counted(len(view.recent_log), "latest line") if view.recent_log else ""
        )
        self.log_table.set_empty("Nothing has been logged yet")
        newest_first = list(enumerate(view.recent_log))[::-1]
        self.log_table.set_rows([Row(str(at), line) for at, line in newest_first])
        self.refresh_bindings()

    def _draw_feeds(self, view: SourcesView, seen: Overview) -> None:
        self.query_one("#feeds", Panel).set_title("Feeds", states_note(view.feeds))
        self.feeds.set_empty(self.session.show.say("No feed is set up. {app.welcome} takes a key or opens the demo"))
        self.feeds.set_rows([Row(row.status.name, row, row.status.state) for row in view.feeds])
        panel = self.query_one("#credits", Panel)
        panel.set_title("Credits", plan_note(view.credits))
        panel.set_class(not view.credits, "-free")
        said = self.query_one("#credits-text", Prose)
        said.display = bool(view.credits)
        said.show(credits_text(view.credits), layout=True)
        self._following = frozenset(each.next_call for each in view.credits if each.next_call is not None)
        self.plan.set_empty(self.session.show.say(_no_plan(view, seen)))
        self.plan.set_rows(plan_lines(view.credits))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        del parameters
        return self._detail() is not None if action == "detail" else True

    def on_line_table_row_highlighted(self, event: LineTable.RowHighlighted) -> None:
        event.stop()
        self.refresh_bindings()

    def on_line_table_row_selected(self, event: LineTable.RowSelected) -> None:
        event.stop()
        self.action_detail()

    def action_detail(self) -> None:
        found = self._detail()
        if found is not None:
            self.app.push_screen(TextDialog(*found))

    def _detail(self) -> tuple[str, Content] | None:
        """Title and whole text of the line under the cursor, in the list that has the focus."""
        show = self.session.show
        if self.plan.has_focus:
            line = self.plan.cursor_row
            return None if line is None else plan_text(line.payload, show, self.now)
        if self.about.has_focus:
            fact = self.about.cursor_row
            return None if fact is None else (fact.payload[0], plain(fact.payload[1]))
        if self.log_table.has_focus:
            logged = self.log_table.cursor_row
            return None if logged is None else ("Log", plain(logged.payload))
        row = self.feeds.cursor_row
        return None if row is None else (feed_name(row.id), feed_text(row.payload, show, self.now))


def _looked_at(view: SourcesView) -> SourcesView:
    """As a window that asks nobody can tell of it: what is asked and planned is known to the ledger's holder."""
    feeds = tuple(
        replace(row, status=replace(row.status, detail=_HOLDER_ASKS)) if row.status.state == "waiting" else row
        for row in view.feeds
    )
    spent = tuple(replace(each, today=(), next_call=None, not_polled=()) for each in view.credits)
    return replace(view, feeds=feeds, credits=spent)


def _no_plan(view: SourcesView, seen: Overview) -> str:
    if view.credits and seen.read_only:
        return "What is asked next is planned by the ledger's holder"
    if view.credits:
        return "Nothing more is asked today"
    if seen.mode == "live":
        return "No feed here costs credits. {app.welcome} takes a key for The Odds API"
    return "No feed here costs credits"


def _facts(view: SystemView) -> tuple[Fact, ...]:
    return (
        ("version", f"{view.version} · {view.mode}"),
        ("python", f"{view.python} · textual {view.textual}"),
        ("sqlite", f"{view.sqlite} · journal {view.journal_mode}"),
        ("ledger", f"{size(view.ledger_bytes)} · archive {size(view.archive_bytes)}"),
        ("data", view.data_dir),
        ("settings", view.config_file),
        ("log", view.log_file),
        ("pop-ups", view.notifier),
    )


def _level(line: str) -> str:
    if " ERROR" in line or " CRITICAL" in line:
        return "loss"
    return "warn" if " WARNING" in line else ""
