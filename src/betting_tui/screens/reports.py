"""Screen 4: what the settled bets say, in sentences first and grouped below."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content

from betting_tui.engine.core.clv_words import clv_sentences
from betting_tui.engine.core.report_views import ReportGroup, ReportView
from betting_tui.engine.core.status_views import Overview
from betting_tui.engine.store.shapes import GroupBy
from betting_tui.screens.base import EngineScreen, Topic
from betting_tui.screens.face import EngineFace
from betting_tui.screens.session import Session
from betting_tui.screens.show import NOTHING, Show, counted, percent
from betting_tui.widgets.columns import Column
from betting_tui.widgets.line_table import LineTable
from betting_tui.widgets.panel import Panel
from betting_tui.widgets.prose import Prose
from betting_tui.widgets.row import Cell, Look, Row
from betting_tui.widgets.text import plain

GROUPINGS: tuple[GroupBy, ...] = ("strategy", "bookmaker", "sport", "market")
_COLUMNS = (
    Column("name", "Group", 14, flexible=True, max_width=30),
    Column("bets", "Bets", 5, "right"),
    Column("record", "W-L-P", 10, "right", priority=1, max_width=12),
    Column("turnover", "Turnover", 11, "right", priority=2, max_width=14),
    Column("profit", "Profit", 11, "right", max_width=14),
    Column("yield", "Yield", 9, "right"),
    Column("rate", "Won", 7, "right", priority=4),
    Column("expected", "Expected", 11, "right", priority=3, max_width=14),
    Column("clv", "CLV", 7, "right"),
    Column("coverage", "of bets", 8, "right", priority=1),
    Column("clv_price", "Price", 7, "right", priority=5),
    Column("price_coverage", "of bets", 8, "right", priority=5),
    Column("beat", "Beat", 6, "right", priority=6),
    Column("median", "Age", 6, "right", priority=7),
)

_NOTHING_SETTLED = "Nothing settled yet. {app.bets} shows open bets, {app.opportunities} what could be placed"
_NOTHING_PLACED = (
    "Nothing has been placed yet · {app.opportunities} shows opportunities, {opportunities.place} places one there"
)


class ReportsScreen(EngineScreen):
    CSS_PATH = "reports.tcss"
    watches: ClassVar[frozenset[Topic]] = frozenset({Topic.LEDGER, Topic.STATUS})
    title_text = "Reports"
    help_text = (
        "Settled bets only. Yield is profit per unit staked, pushes and voids left out. CLV compares the price taken "
        "with the market's last word before the start: it tells skill from luck much sooner than profit does. CLV is "
        "against the fair close, Price against the same book's; Age is what half of those closes are within. "
        "reports.close_max_age_minutes says how old a close may be."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("g", "group", "group by", id="reports.group", tooltip="group by strategy, bookmaker, sport or market"),
    ]

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.table: LineTable[ReportGroup] = LineTable(
            _COLUMNS, lambda group: _look(group, session.show), clock=session.clock, mark_seconds=0, id="groups-table"
        )
        self._by = 0

    def compose_body(self) -> ComposeResult:
        with Panel("Reports", id="summary"):
            yield Prose(id="sentences")
        with Panel("By strategy", id="groups"):
            yield self.table

    @property
    def tables(self) -> Sequence[LineTable[Any]]:
        return (self.table,)

    def refresh_content(self, engine: EngineFace, seen: Overview) -> None:
        del seen
        view = engine.report(GROUPINGS[self._by])
        show = self.session.show
        self.query_one("#summary", Panel).set_title("Reports", f"{view.account} · all settled bets")
        self.query_one("#sentences", Prose).show(
            Content("\n").join(plain(line) for line in sentences(view, show)), layout=True
        )
        following = GROUPINGS[(self._by + 1) % len(GROUPINGS)]
        self.query_one("#groups", Panel).set_title(
            f"By {view.grouped_by}", f"{show.key('reports.group')} groups by {following}"
        )
        self.table.set_empty(show.say(_NOTHING_SETTLED))
        self.table.set_rows([Row(group.name, group) for group in view.groups])

    def action_group(self) -> None:
        self._by = (self._by + 1) % len(GROUPINGS)
        self.redraw()


def sentences(view: ReportView, show: Show) -> list[str]:
    """The totals in words: record, money, closing line, acceptance. Never a number that does not exist."""
    total = view.total
    if not total.bets:
        return [f"No settled bets yet · {counted(view.open_bets, 'bet')} open", _acceptance(view, show)]
    record = f"{total.wins} won, {total.losses} lost, {total.pushes} pushed or void"
    lines = [
        f"{counted(total.bets, 'settled bet')} · {record} · {view.open_bets} open",
        f"turnover {show.money(total.turnover_minor)} · profit {show.money(total.profit_minor, sign=True)} · "
        f"yield {percent(total.yield_fraction)}{_expected(total, show)}",
        *clv_sentences(view),
        _acceptance(view, show),
    ]
    return [line for line in lines if line]


def _expected(total: ReportGroup, show: Show) -> str:
    if total.expected_profit_minor is None:
        return ""
    return f" · the edges at placement promised {show.money(total.expected_profit_minor, sign=True)}"


def _acceptance(view: ReportView, show: Show) -> str:
    asked = view.placed + view.refused
    if not asked:
        return show.say(_NOTHING_PLACED)
    return (
        f"accepted {percent(view.placed / asked, sign=False, places=0)} · {view.placed} placed, {view.refused} refused"
    )


def _share(share: float | None) -> str:
    return NOTHING if share is None else percent(share, sign=False, places=0)


def _look(group: ReportGroup, show: Show) -> Look:
    profit = group.profit_minor
    kind = "gain" if profit > 0 else "loss" if profit < 0 else ""
    cells = (
        Cell(group.name),
        Cell(str(group.bets)),
        Cell(f"{group.wins}-{group.losses}-{group.pushes}"),
        Cell(show.money(group.turnover_minor)),
        Cell(show.money(profit, sign=True), kind),
        Cell(percent(group.yield_fraction), kind),
        Cell(percent(group.win_rate, sign=False)),
        Cell(show.money(group.expected_profit_minor, sign=True)),
        Cell(percent(group.clv_ev)),
        Cell(_share(group.clv_ev_coverage), "muted"),
        Cell(percent(group.clv_price)),
        Cell(_share(group.clv_coverage), "muted"),
        Cell(_share(group.beat_close)),
        Cell(NOTHING if group.median_close_minutes is None else f"{group.median_close_minutes}m", "muted"),
    )
    return Look(cells)
