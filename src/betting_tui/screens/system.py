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

from betting_tui.engine.bug_report import Surroundings
from betting_tui.engine.core.feed_views import FeedRow, PlannedRow, SourcesView
from betting_tui.engine.core.log_views import LogMark
from betting_tui.engine.core.status_views import Overview
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
from betting_tui.screens.log_box import LogBox, whole_entry
from betting_tui.screens.names import feed as feed_name
from betting_tui.screens.session import Session
from betting_tui.screens.system_about import About, about_rows, short_path, terminal_text
from betting_tui.widgets.columns import Column
from betting_tui.widgets.line_table import LineTable
from betting_tui.widgets.panel import Panel
from betting_tui.widgets.prose import Prose
from betting_tui.widgets.row import Cell, Look, Row
from betting_tui.widgets.text import plain

_ABOUT = (Column("name", "What", 8), Column("text", "", 20, flexible=True, max_width=120))
_HOLDER_ASKS = "asked by the ledger's holder"


class SystemScreen(EngineScreen):
    CSS_PATH = "system.tcss"
    watches: ClassVar[frozenset[Topic]] = frozenset({Topic.STATUS, Topic.BOARD, Topic.SLOW_TICK})
    title_text = "System"
    help_text = (
        "Each feed with its state and its reason; the month's credits: used, reserved for the closes and results of "
        "open bets, free; today's calls, what is not asked and why; versions, sizes, and where settings, data and log "
        "lie; the log, the newest line last. {system.level} leaves out what is less than a warning or an error, "
        "{system.search} looks for words, {system.follow} stays where it is or follows what comes, {system.log_alone} "
        "gives the log the whole screen. {system.copy} copies what a bug report needs. Secrets are never shown."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "detail", "whole text", key_display="enter", id="system.detail", tooltip="all of a cut line"),
        Binding("c", "copy_report", "bug report", id="system.copy", tooltip="copy what a bug report needs, no secrets"),
        Binding("l", "level", "level", id="system.level", tooltip="the log: all of it, info, warnings, errors"),
        Binding("slash", "search", "search", key_display="/", id="system.search", tooltip="search the log"),
        Binding("space", "follow", "follow", id="system.follow", tooltip="follow the log, or hold it still"),
        Binding("z", "log_alone", "log alone", id="system.log_alone", tooltip="the log on the whole screen, or not"),
        Binding("escape", "clear_search", "clear search", id="system.clear_search", tooltip="clear the search"),
    ]

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._following: frozenset[PlannedRow] = frozenset()
        self._log_mark: LogMark | None = None
        self._log_file = ""
        self._reading = False
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
        self.about: LineTable[About] = LineTable(
            _ABOUT,
            lambda it: Look((Cell(it.name, "muted"), Cell(it.text, it.kind))),
            clock=session.clock,
            mark_seconds=0,
            id="about-table",
        )
        self.log_box = LogBox(session, lambda: self.now)

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
            yield self.log_box

    @property
    def tables(self) -> Sequence[LineTable[Any]]:
        return (self.feeds, self.plan, self.about, self.log_box.table)

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
        uptime = self.session.uptime_seconds
        self.about.set_rows([Row(it.name, it) for it in about_rows(view, self.session.show, self.now, uptime)])
        self._read_log(engine, view.log_file)
        self.refresh_bindings()

    def redraw_for(self, topics: frozenset[Topic]) -> None:
        super().redraw_for(topics)
        if Topic.TICK in topics and self.engine is not None and not topics & self.watches:
            self._read_log(self.engine, self._log_file)

    def _read_log(self, engine: EngineFace, path: str) -> None:
        """Add what was written since, read apart from the keys; one reader at a time."""
        if self._reading:
            return
        if path != self._log_file:
            self._log_file, self._log_mark = path, None
            self.log_box.forget()
        self._reading = True
        self.run_worker(self._add_log(engine), group="log", exit_on_error=False)

    async def _add_log(self, engine: EngineFace) -> None:
        try:
            part = await engine.log(self._log_mark)
        finally:
            self._reading = False
        # Another engine, with another log, may have taken its place meanwhile.
        if self.engine is engine and self.is_mounted:
            self._log_mark = part.mark
            self.log_box.say_empty("Nothing has been logged yet" if self._log_file else "No log is written")
            self.log_box.add(part)

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
        if action == "detail":
            return self._detail() is not None
        if action == "search":
            return not self.log_box.field.has_focus
        return self.log_box.searching if action == "clear_search" else True

    def describe_key(self, binding_id: str) -> str | None:
        if binding_id == "system.follow":
            return "hold" if self.log_box.table.following else "follow"
        if binding_id == "system.log_alone":
            return "all" if self.has_class("-log-alone") else "log alone"
        return None

    def action_level(self) -> None:
        self.log_box.next_level()
        self.log_box.table.focus()

    def action_search(self) -> None:
        self.log_box.open_search()
        self.refresh_bindings()

    def action_clear_search(self) -> None:
        self.log_box.clear_search()
        self.refresh_bindings()

    def action_follow(self) -> None:
        table = self.log_box.table
        table.follow(not table.following)
        table.focus()
        self.refresh_bindings()

    def action_log_alone(self) -> None:
        self.toggle_class("-log-alone")
        self.log_box.table.focus()
        self.refresh_bindings()

    def action_copy_report(self) -> None:
        if self.engine is None:
            self.tell("There is nothing to report of yet: betting-tui doctor says what works", bad=True)
        else:
            self.start_command(self._copy_report(self.engine))

    async def _copy_report(self, engine: EngineFace) -> None:
        around = Surroundings(terminal_text(self.app), self.session.uptime_seconds)
        report = await self.ask(engine.bug_report(around))
        if report is None:
            return
        self.app.copy_to_clipboard(report.text)
        kept = f"and kept in {short_path(report.path)}" if report.path else "no file could be written"
        self.tell(f"Copied, if this terminal lets programs copy, {kept} · read it before you send it")

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
            return None if fact is None else (fact.payload.name, plain(fact.payload.text))
        log = self.log_box.table
        if log.has_focus:
            entry = whole_entry(log.rows, log.cursor_index) if log.rows else ""
            return ("Log", Content("\n").join(plain(line) for line in entry.split("\n"))) if entry else None
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
