"""Screen 4: what the settled bets say of skill and luck, in sentences first, as curves, and in groups below."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from msgspec.structs import replace
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content

from betting_tui.engine.core.performance_views import FullReport
from betting_tui.engine.core.report_periods import Calendar, Days, ReportSpan
from betting_tui.engine.core.report_views import ReportView
from betting_tui.engine.core.report_words import headlines
from betting_tui.engine.core.status_views import Overview
from betting_tui.engine.core.times import zone_of
from betting_tui.screens.base import EngineScreen, Topic
from betting_tui.screens.dialogs.report import ReportDialog
from betting_tui.screens.face import EngineFace
from betting_tui.screens.quick_words import sentences
from betting_tui.screens.report_chart import report_chart
from betting_tui.screens.report_files import ReportFiles, Told
from betting_tui.screens.report_rows import COLUMNS, GroupRow, row_look, rows_of
from betting_tui.screens.report_text import group_text
from betting_tui.screens.report_wish import AT_ONCE, Wish, days_form, filter_of, grouping_name
from betting_tui.screens.report_work import ReportWork
from betting_tui.screens.session import Session
from betting_tui.widgets.chart import Chart
from betting_tui.widgets.line_table import LineTable
from betting_tui.widgets.panel import Panel
from betting_tui.widgets.prose import Prose
from betting_tui.widgets.text import plain

_NOTHING_SETTLED = "Nothing settled yet. {app.bets} shows open bets, {app.opportunities} what could be placed"
_NOTHING_THEN = "Nothing was settled in this time. {reports.all} shows all of it, {reports.custom} asks for other days"
_NO_CURVE = "No bet was won or lost: there is no curve to draw"
_STOPPED = "{reports.again} works out what is missing"
_WARNING = "⚠ "
# The record and what luck has to do with it.
_BEFORE_WARNINGS = 2


class ReportsScreen(EngineScreen):
    """The sums are there at once, the statistics when the work behind the screen is done."""

    CSS_PATH = "reports.tcss"
    watches: ClassVar[frozenset[Topic]] = frozenset({Topic.LEDGER, Topic.STATUS})
    title_text = "Reports"
    help_text = (
        "Settled bets only. Yield is profit per unit staked, pushes and voids left out; behind it the range that holds "
        "the true one in 95 of 100 cases. By luck says how often a bettor with no edge does as well. CLV compares the "
        "price taken with the fair one at the close: it tells skill from luck much sooner than profit does. Expected "
        "is what the edges promised at placement, At close what the fair closes say. "
        "reports.close_max_age_minutes says how old a close may be."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "g", "group(1)", "group by", id="reports.group", tooltip="group by strategy, bookmaker, sport and more"
        ),
        Binding("G", "group(-1)", "Group back", show=False, id="reports.group_back", tooltip="the grouping before"),
        Binding("enter", "detail", "all of a group", id="reports.detail", tooltip="every measure of the group"),
        Binding("o", "overall", "overall", id="reports.overall", tooltip="every measure of all bets together"),
        Binding("v", "view", "chart", id="reports.view", tooltip="groups or curves, where both have no room"),
        Binding("t", "period('today')", "today", id="reports.today", tooltip="bets settled today"),
        Binding("w", "period('7d')", "7 d", id="reports.week", tooltip="the last 7 days"),
        Binding("d", "period('30d')", "30 d", id="reports.days", tooltip="the last 30 days"),
        Binding("m", "period('month')", "month", id="reports.month", tooltip="this month"),
        Binding("s", "period('season')", "season", id="reports.season", tooltip="this season, from July on"),
        Binding("y", "period('year')", "year", id="reports.year", tooltip="the last 365 days"),
        Binding("a", "period('all')", "all", id="reports.all", tooltip="since the account's books were begun"),
        Binding("c", "custom", "days", id="reports.custom", tooltip="days of your own, from and to"),
        Binding("h", "page", "html", id="reports.page", tooltip="write the report as a page for a browser"),
        Binding("x,E", "export", "export", key_display="x", id="reports.export", tooltip="write the groups as CSV"),
        Binding("escape", "stop", "stop", id="reports.stop", tooltip="stop working it out"),
        Binding(
            "u,f5", "again", "work it out", key_display="u", id="reports.again", tooltip="work out what was stopped"
        ),
    ]

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.table: LineTable[GroupRow] = LineTable(
            COLUMNS, lambda row: row_look(row, session.show), clock=session.clock, mark_seconds=0, id="groups-table"
        )
        self.work = ReportWork(self, self._draw)
        self.files = ReportFiles(self)
        self._wish = Wish()
        self._sums: ReportView | None = None
        self._span: ReportSpan | None = None

    def compose_body(self) -> ComposeResult:
        with Panel("Reports", id="summary"):
            yield Prose(id="sentences", whole=True)
        with Panel("Profit", id="curves"):
            yield Chart(id="chart")
        with Panel("By strategy", id="groups"):
            yield self.table

    def focus_first(self) -> None:
        self.table.focus()

    # Drawing

    def show_waiting(self, problem: str) -> None:
        self.work.forget()
        self._sums = None
        self.table.set_rows(())
        self.table.set_empty(problem or "Starting…")
        self.query_one(Chart).show(report_chart(None, self.session.show))
        self.query_one("#sentences", Prose).show(plain(problem or "Starting…"), layout=True)

    def refresh_content(self, engine: EngineFace, seen: Overview) -> None:
        self._span = self._wish.span(seen.now, self._calendar(engine))
        by = self._wish.by
        at_once = filter_of(seen.account, by if by in AT_ONCE else "none", self._span)
        sums = engine.ledger.report(at_once)
        self._sums = sums if by in AT_ONCE else replace(sums, groups=(), grouped_by=by)
        if sums.total.bets or by == "account":
            self.work.want(engine, filter_of(seen.account, by, self._span), sums)
        else:
            # Of nothing there are no statistics, and what works them out is large.
            self.work.forget()
        self._draw()

    def _calendar(self, engine: EngineFace) -> Calendar:
        current = next((view for view in engine.accounts() if view.current), None)
        ui = engine.settings.ui
        return Calendar(zone_of(ui.time_zone if current is None else current.time_zone), ui.day_starts_at)

    def _draw(self) -> None:
        sums, report, show = self._sums, self.work.report, self.session.show
        if sums is None or self._span is None or not self.is_attached:
            return
        self.query_one("#summary", Panel).set_title_first("Reports", self._notes(sums))
        self.query_one("#sentences", Prose).show(self._sentences(sums), layout=True)
        chart = self.query_one(Chart)
        chart.set_empty(_NO_CURVE if report is not None and report.total.group.bets else self._why_empty())
        chart.show(report_chart(report, show), lambda minor: show.money(round(minor)), show.zone)
        following = grouping_name(self._wish.grouped(1))
        self.query_one("#groups", Panel).set_title_first(
            f"By {grouping_name(self._wish.by)}", (f"{show.key('reports.group')} groups by {following}", "")
        )
        self.table.set_empty(self._why_empty())
        # More is known of the groups each time: none of them is news.
        self.table.start_over()
        self.table.set_rows(rows_of(sums, report))
        self.refresh_bindings()

    def _notes(self, sums: ReportView) -> tuple[str, ...]:
        """What is shown and what goes on, the longest first."""
        shown = f"{sums.account} · {'' if self._span is None else self._span.words}"
        show = self.session.show
        if self.work.share is not None:
            going = f"working it out, {self.work.share:.0%}".replace("%", " %")
            return (
                f"{shown} · {going} · {show.key('reports.stop')} stops",
                f"{going} · {show.key('reports.stop')} stops",
            )
        if self.work.stopped:
            stopped = show.say(f"stopped · {_STOPPED}")
            return f"{shown} · {stopped}", stopped
        return (shown,)

    def _sentences(self, sums: ReportView) -> Content:
        report, show = self.work.report, self.session.show
        if report is None or not report.total.group.bets:
            return Content("\n").join(plain(line) for line in sentences(sums, show, ever=self._wish.period == "all"))
        lines = headlines(report, show.money, lambda minor: show.money(minor, sign=True))
        told = [plain(line) for line in lines]
        # What takes the shine off a good number stands beside it, and is not what a small window cuts.
        told[_BEFORE_WARNINGS:_BEFORE_WARNINGS] = [
            plain(f"{_WARNING}{warning}", "$text-warning") for warning in report.warnings
        ]
        return Content("\n").join(told)

    def _why_empty(self) -> str:
        if self.work.running:
            return "Working it out…"
        if self.work.stopped:
            return self.session.show.say(f"Stopped: {_STOPPED}")
        return self._nothing

    @property
    def _nothing(self) -> str:
        return self.session.show.say(_NOTHING_SETTLED if self._wish.period == "all" else _NOTHING_THEN)

    # What is shown

    def describe_key(self, binding_id: str) -> str | None:
        if binding_id == "reports.view":
            return "groups" if self.has_class("-see-curves") else "chart"
        return None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        match action:
            case "stop":
                return self.work.running
            case "again":
                return self.work.stopped
            case "view":
                return self.has_class("-short")
            case "period":
                return parameters != (self._wish.period,)
            case _:
                return True

    def action_group(self, step: int) -> None:
        self._wish = replace(self._wish, by=self._wish.grouped(step))
        self.redraw()

    def action_period(self, period: str) -> None:
        self._wish = replace(self._wish, period=period)
        self.redraw()

    def action_custom(self) -> None:
        if self.engine is None:
            return

        def chosen(days: Days | None) -> None:
            if days is not None:
                self._wish = replace(self._wish, period="custom", days=days)
                self.redraw()

        self.app.push_screen(days_form(self._wish.days, self.now, self._calendar(self.engine)), chosen)

    def action_view(self) -> None:
        self.toggle_class("-see-curves")
        self.refresh_bindings()

    def action_stop(self) -> None:
        self.work.stop()

    def action_again(self) -> None:
        if self.engine is not None:
            self.work.again(self.engine)
            self._draw()

    # What is read and written

    def on_line_table_row_selected(self, event: LineTable.RowSelected) -> None:
        event.stop()
        self.action_detail()

    def action_detail(self) -> None:
        report, row = self.work.report, self.table.drawn_row
        found = None if row is None else row.payload.measured
        if report is None or found is None:
            self._tell_not_yet()
        else:
            self.app.push_screen(ReportDialog(found.group.name, group_text(found, report, self.session.show)))

    def action_overall(self) -> None:
        report = self.work.report
        if report is None:
            self._tell_not_yet()
        else:
            text = group_text(report.total, report, self.session.show, whole=True)
            self.app.push_screen(ReportDialog("All bets together", text))

    def _tell_not_yet(self) -> None:
        if self.work.running:
            self.tell("It is still being worked out: try again in a moment")
        elif self.work.stopped:
            self.tell(self.session.show.say(f"It was stopped: {_STOPPED}"))
        else:
            self.tell(self._nothing)

    def action_export(self) -> None:
        self._keep(self.files.write_sheet)

    def action_page(self) -> None:
        self._keep(self.files.write_page)

    def _keep(self, write: Callable[[FullReport, Told], None]) -> None:
        report, engine = self.work.report, self.engine
        if report is None or engine is None or self._span is None:
            self._tell_not_yet()
            return
        system = engine.system()
        zone = self._calendar(engine).zone
        write(report, Told(self._span.words, self.now, system.version, zone, system.data_dir))
