"""Screen 5: every event with the bookmakers as columns, what is known of a price, and the key that places it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from msgspec import Struct
from msgspec.structs import replace
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input

from betting_tui.engine.core.market_views import MarketPage, MarketWish
from betting_tui.engine.core.model import Selection
from betting_tui.engine.core.opportunity_views import OpportunityRow
from betting_tui.engine.core.status_views import Overview
from betting_tui.screens.base import EngineScreen, Topic, looks_only
from betting_tui.screens.dialogs.event_prices import EventDialog
from betting_tui.screens.face import EngineFace
from betting_tui.screens.market_detail import MarketDetail, price_line
from betting_tui.screens.market_rows import (
    BEST_SIGN,
    SORTS,
    GridRow,
    fixed_columns,
    grid_look,
    grid_rows,
    market_title,
    page_notes,
)
from betting_tui.screens.names import book
from betting_tui.screens.place_actions import PlaceActions
from betting_tui.screens.placing import REPEAT_SECONDS
from betting_tui.screens.record_actions import Begun, RecordActions
from betting_tui.screens.session import Session
from betting_tui.screens.show import Show
from betting_tui.widgets.grid_table import GridTable
from betting_tui.widgets.line_table import LineTable
from betting_tui.widgets.panel import Panel
from betting_tui.widgets.prose import Prose
from betting_tui.widgets.row import Look
from betting_tui.widgets.text import plain
from betting_tui.widgets.text_field import TextField

_NEED_A_PRICE = frozenset({"place", "edit", "place_verified"})
_NOTHING = MarketPage()
_REST_SECONDS = 0.15
_NO_PRICES = (
    "No prices yet. {app.system} shows what each feed says\n"
    "{app.welcome} takes a key or opens the demo\n"
    "{markets.record} records a bet made anywhere, at any price"
)
_NO_PRICES_PAUSED = (
    "No prices yet, and nothing is polled while paused: {app.pause} resumes\n"
    "{markets.record} records a bet made anywhere, at any price"
)
_NO_PICK = "Nobody quotes it"


class _Drawn(Struct, frozen=True):
    """The price under the cursor as it is on screen; `since` is when it came there, by the session's clock.

    `row_id` and `column` are where the cursor was.
    """

    row_id: str
    column: str
    selection: Selection
    bookmaker: str
    row: OpportunityRow
    since: float


class MarketsScreen(EngineScreen):
    CSS_PATH = "markets.tcss"
    watches: ClassVar[frozenset[Topic]] = frozenset({Topic.BOARD, Topic.LEDGER, Topic.STATUS, Topic.SLOW_TICK})
    title_text = "Markets"
    help_text = (
        "Every event the feeds quote, with the bookmakers as columns, yours first. The line with the event's name says "
        "what each bookmaker keeps (its hold), and what the best prices together leave to them: below zero, backing "
        f"every side wins. Marks: {BEST_SIGN} nobody pays more, ▲ ▼ moved within a minute, (in brackets) too old to be "
        "bet on, · not quoted. Left and right go from one bookmaker to the next, and bring in those out of sight. "
        "{markets.place} stakes on the price under the cursor, {markets.record} records a bet made anywhere."
    )
    writing_keys: ClassVar[frozenset[str]] = EngineScreen.writing_keys | {
        "markets.place", "markets.place_again", "markets.place_verified", "markets.edit", "markets.record",
    }  # fmt: skip
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("b", "place(False)", "place", id="markets.place", tooltip="place on the price under the cursor"),
        Binding("n", "record", "record", id="markets.record", tooltip="record a bet made anywhere, at any price"),
        Binding(
            "v", "place_verified", "verify", id="markets.place_verified", tooltip="ask for the price again, then place"
        ),
        Binding("e", "edit", "edit", id="markets.edit", tooltip="edit the slip: the stake before placing"),
        Binding("m", "market(1)", "market", id="markets.next", tooltip="the next market: moneyline, spread, total, …"),
        Binding("M", "market(-1)", "Market before", show=False, id="markets.previous", tooltip="the market before"),
        Binding("o", "every_point", "points", id="markets.points", tooltip="every point of a market, or the main one"),
        Binding("slash", "filter", "filter", key_display="/", id="markets.filter", tooltip="filter: league, team"),
        Binding(
            "enter", "detail", "event", key_display="enter", id="markets.detail",
            tooltip="every selection of the event, and what stops each",
        ),
        Binding("s", "sort", "sort", id="markets.sort", tooltip="sort: start, league, least hold, most books"),
        Binding(
            "B", "place(True)", "Place again what you already hold", show=False, id="markets.place_again",
            tooltip="place again what you already hold",
        ),
        Binding("escape", "clear_filter", "clear filter", id="markets.clear_filter", tooltip="clear the filter"),
    ]  # fmt: skip

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.table: GridTable[GridRow] = GridTable(
            fixed_columns, self._look, clock=session.clock, skips=lambda row: row.pick is None, id="markets-table"
        )
        self._wish = MarketWish()
        self._sort = 0
        self._page = _NOTHING
        self._drawn: _Drawn | None = None
        self._last_press = float("-inf")
        self.placing = PlaceActions(self)
        self.records = RecordActions(self)

    def compose_body(self) -> ComposeResult:
        with Panel("Markets", id="markets"):
            yield TextField(placeholder="league, team, point: nba lakers 224.5", id="filter")
            yield self.table
        yield Prose(id="fold")
        yield MarketDetail(id="market-detail")

    def on_mount(self) -> None:
        self.query_one("#filter", Input).cursor_blink = False
        self._rest_timer = self.set_interval(_REST_SECONDS, self._draw_history, pause=True)

    # Drawing

    @property
    def tables(self) -> Sequence[LineTable[Any]]:
        return (self.table,)

    def show_waiting(self, problem: str) -> None:
        self._page, self._drawn = _NOTHING, None
        super().show_waiting(problem)

    def refresh_content(self, engine: EngineFace, seen: Overview) -> None:
        page = engine.market_page(self._wish)
        if page is self._page:
            self.table.look_again()
        else:
            if page.market != self._page.market:
                self.table.start_over()
            self._page = page
            self.table.set_empty(self._empty_text(seen, self.session.show))
            self.table.set_scrolling(page.books, [book(each) for each in page.books])
            self.table.set_rows(grid_rows(page))
        if not page.lines:
            self.table.set_empty(self._empty_text(seen, self.session.show))
        self._draw_title()
        self._draw_detail(engine)

    def _draw_title(self) -> None:
        notes = page_notes(
            self._page,
            words=self._wish.words,
            every_point=self._wish.every_point,
            sort=SORTS[self._sort][1],
            hidden=self.table.hidden,
        )
        title = f"Markets · {market_title(self._page)}" if self._page.lines else "Markets"
        self.query_one("#markets", Panel).set_title_first(title, notes if self._page.total else [""])

    def _look(self, row: GridRow) -> Look:
        engine = self.engine
        if engine is None:
            return Look(())
        prices = engine.market_prices(row.line.line)
        wide = self.table.stays > len(fixed_columns(0))
        return grid_look(row, prices, self.table.shown, self.session.show, self.now, wide=wide)

    def _empty_text(self, seen: Overview, show: Show) -> str:
        if self._wish.words and self._page.total:
            return f"Nothing matches “{self._wish.words}”. {show.key('markets.clear_filter')} clears the filter"
        if seen.read_only:
            return looks_only(seen, show)
        return show.say(_NO_PRICES_PAUSED if seen.paused else _NO_PRICES)

    def _draw_history(self) -> None:
        """Of the price under the cursor."""
        self._rest_timer.pause()
        engine, drawn = self.engine, self._drawn
        if engine is None:
            return
        points = () if drawn is None else engine.history(drawn.selection, drawn.bookmaker)
        row = None if drawn is None else drawn.row
        self.query_one(MarketDetail).show_history(row, points, self.session.show, self.now)

    def _draw_detail(self, engine: EngineFace, *, resting: bool = True) -> None:
        """What is shown here is what the place key acts on. A cursor on its way is not held up by drawing curves."""
        show, now, before = self.session.show, self.session.clock(), self._drawn
        selection, bookmaker = self._under_cursor(engine)
        picked = None if selection is None else engine.pick(selection, bookmaker)
        at = self.table.cursor_row
        if selection is None or picked is None or at is None:
            self._drawn = None
        else:
            same = before is not None and (before.selection, before.bookmaker) == (selection, bookmaker)
            since = before.since if same and before is not None else now
            self._drawn = _Drawn(at.id, self.table.column_key, selection, bookmaker, picked.row, since)
        nothing = _NO_PICK if not bookmaker else f"{book(bookmaker)} does not quote this one"
        nothing = nothing if selection is not None else ""
        detail = self.query_one(MarketDetail)
        if detail.display:
            detail.show(picked, nothing, show)
            if resting:
                self._draw_history()
            else:
                self._rest_timer.reset()
                self._rest_timer.resume()
        else:
            line = plain(nothing) if picked is None else price_line(picked.row, picked.why, show)
            self.query_one("#fold", Prose).show(line)

    def _under_cursor(self, engine: EngineFace) -> tuple[Selection | None, str]:
        """The selection under the cursor and the bookmaker of its column: the best one's on the column that stays."""
        row = self.table.cursor_row
        pick = None if row is None else row.payload.pick
        if row is None or pick is None:
            return None, ""
        if self.table.column_key:
            return pick, self.table.column_key
        found = engine.market_prices(row.payload.line.line).of(pick.name)
        return pick, "" if found is None or found.best is None else found.best.bookmaker

    def on_line_table_row_highlighted(self, event: LineTable.RowHighlighted) -> None:
        event.stop()
        self._cursor_moved()

    def on_grid_table_cell_moved(self, event: GridTable.CellMoved) -> None:
        event.stop()
        self._draw_title()
        self._cursor_moved()

    def _cursor_moved(self) -> None:
        if self.engine is not None:
            self._draw_detail(self.engine, resting=False)
        self.refresh_bindings()

    def on_line_table_row_selected(self, event: LineTable.RowSelected) -> None:
        event.stop()
        self.action_detail()

    def describe_key(self, binding_id: str) -> str | None:
        if binding_id == "markets.place" and self._drawn is not None and self._drawn.row.stake_minor > 0:
            return f"place {self.session.show.money(self._drawn.row.stake_minor)}"
        if binding_id == "markets.points" and self._wish.every_point:
            return "main point"
        return None

    # Looking

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only the keys that do something now are offered."""
        if action in _NEED_A_PRICE:
            if self._drawn is None:
                return False
            return action != "place_verified" or self.placing.asks_by_key(self._drawn.row)
        if action == "detail":
            return self.table.cursor_row is not None
        if action == "market":
            return len(self._page.markets) > 1
        if action in ("every_point", "sort"):
            return bool(self._page.total)
        if action not in ("filter", "clear_filter") or not self.is_mounted:
            return True
        field = self.query_one("#filter", Input)
        return bool(field.display) if action == "clear_filter" else not field.has_focus

    def _wish_for(self, wish: MarketWish) -> None:
        self._wish = wish
        self.redraw()
        self.refresh_bindings()

    def action_market(self, step: int) -> None:
        keys = [count.key for count in self._page.markets]
        if keys:
            at = keys.index(self._page.market) if self._page.market in keys else -step
            self._wish_for(replace(self._wish, market=keys[(at + step) % len(keys)]))

    def action_every_point(self) -> None:
        self._wish_for(replace(self._wish, every_point=not self._wish.every_point))

    def action_sort(self) -> None:
        self._sort = (self._sort + 1) % len(SORTS)
        self._wish_for(replace(self._wish, sort=SORTS[self._sort][0]))

    def action_filter(self) -> None:
        field = self.query_one("#filter", Input)
        # At once, so that what is typed next is typed into it.
        field.display = True
        self.set_focus(field)

    def action_clear_filter(self) -> None:
        field = self.query_one("#filter", Input)
        field.value = ""
        field.display = False
        self.table.focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._wish_for(replace(self._wish, words=event.value.strip()))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if not self._wish.words:
            event.input.display = False
        self.table.focus()

    def action_detail(self) -> None:
        row, engine = self.table.cursor_row, self.engine
        if row is None or engine is None:
            return
        pick = row.payload.pick
        self.app.push_screen(EventDialog(row.payload.line.event, pick, engine, self.session.show))

    # Placing

    def action_place(self, again: bool) -> None:
        self._press(again=again)

    def action_place_verified(self) -> None:
        self._press(verify=True)

    def _press(self, *, again: bool = False, verify: bool | None = None) -> None:
        now = self.session.clock()
        since_last, self._last_press = now - self._last_press, now
        # A held key sends presses closer together than a person means two bets.
        if since_last < REPEAT_SECONDS or self._at_work() or self._out_of_sight():
            return
        drawn = self._at_cursor()
        if drawn is not None:
            self.placing.press(drawn.row, under_cursor=now - drawn.since, again=again, verify=verify)

    def _at_cursor(self) -> _Drawn | None:
        """What is drawn below the list; brought up to the cursor where a key in a hurry was faster than that."""
        row, drawn = self.table.cursor_row, self._drawn
        where = None if row is None else (row.id, self.table.column_key)
        if self.engine is not None and where != (None if drawn is None else (drawn.row_id, drawn.column)):
            self._draw_detail(self.engine)
        return self._drawn

    def action_edit(self) -> None:
        drawn = None if self._at_work() or self._out_of_sight() else self._at_cursor()
        if drawn is not None:
            self.placing.edit(drawn.row)

    def action_record(self) -> None:
        row, drawn = self.table.cursor_row, self._at_cursor()
        if row is None:
            self.records.begin(Begun())
        elif drawn is None:
            self.records.begin(Begun(row.payload.line.event, row.payload.pick, self.table.column_key))
        else:
            self.records.begin(Begun(row.payload.line.event, drawn.selection, drawn.bookmaker, drawn.row))

    def _at_work(self) -> bool:
        return self.busy or self.placing.under_way

    def _out_of_sight(self) -> bool:
        """The cursor's row has been scrolled away: it is shown instead of acted upon."""
        if self.table.drawn_row is not None or self.table.cursor_row is None:
            return False
        self.table.show_cursor()
        self.tell("The row was out of sight: here it is. Press again if you mean it", bad=True)
        return True
