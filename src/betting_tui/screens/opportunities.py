"""Screen 1: prices worth looking at, best first, why they are, and the key that places them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.timer import Timer
from textual.widgets import Input

from betting_tui.engine.core.model import Opportunity
from betting_tui.engine.core.opportunity_views import OpportunityRow
from betting_tui.engine.core.status_views import Overview
from betting_tui.engine.core.times import EPOCH
from betting_tui.screens.base import EngineScreen, Topic
from betting_tui.screens.empty_list import why_empty
from betting_tui.screens.face import EngineFace
from betting_tui.screens.names import books, picks
from betting_tui.screens.opportunity_detail import GONE, OpportunityDetail
from betting_tui.screens.opportunity_list import Edition, OpportunityList
from betting_tui.screens.opportunity_rows import COLUMNS, opportunity_look
from betting_tui.screens.session import Session
from betting_tui.screens.show import counted
from betting_tui.screens.why_text import full_why, why_one_line, why_title
from betting_tui.widgets.line_table import LineTable
from betting_tui.widgets.panel import Panel
from betting_tui.widgets.prose import Prose
from betting_tui.widgets.row import Look
from betting_tui.widgets.text import plain
from betting_tui.widgets.text_field import TextField

if TYPE_CHECKING:
    # Imported when a row is there to act upon: the first paint does not wait for them.
    from betting_tui.screens.list_actions import ListActions
    from betting_tui.screens.parlay_actions import ParlayActions
    from betting_tui.screens.place_actions import PlaceActions

_NEED_A_ROW = frozenset({"place", "place_verified", "edit", "why", "dismiss_row", "watch", "arm", "add_leg"})


class OpportunitiesScreen(EngineScreen):
    CSS_PATH = "opportunities.tcss"
    watches: ClassVar[frozenset[Topic]] = frozenset({Topic.BOARD, Topic.LEDGER, Topic.STATUS, Topic.TICK})
    title_text = "Opportunities"
    help_text = (
        "Prices that look wrong, best first. The panel below says why: each book's price without its margin, the "
        "fair line, the stake and what limits it. {opportunities.place} stakes exactly what the row shows. Marks: ⇄ "
        "several legs that belong together, ¢ a price gap: this book pays more than the others, which alone is no "
        "edge, ⚠ too good to be believed, ✓ you hold it, ★ you watch it, + new, • price changed. ∅ at the start: a "
        "bet on it would get no closing price or no result, and {opportunities.why} says why. The chart is in "
        "chances: where the price runs below the fair line, it pays more than it should. {opportunities.add_leg} "
        "puts a row on the slip of a parlay, {opportunities.parlay} shows it. {opportunities.dismiss} hides a row "
        "until it is worth markedly more or ends, {opportunities.restore} shows all again. {opportunities.watch} "
        "gives it a star: you are told when its price changes, on any screen, and in later runs too. "
        "{opportunities.hold} holds the list still."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("b", "place(False)", "place", id="opportunities.place", tooltip="place what the row shows"),
        Binding(
            "L", "parlay", "parlay", id="opportunities.parlay", tooltip="the slip of the parlay: legs, stake, place"
        ),
        Binding(
            "v",
            "place_verified",
            "verify",
            id="opportunities.place_verified",
            tooltip="ask for the price again, then place",
        ),
        Binding("e", "edit", "edit", id="opportunities.edit", tooltip="edit the slip: stakes before placing"),
        Binding("slash", "filter", "filter", key_display="/", id="opportunities.filter", tooltip="filter the list"),
        Binding(
            "f",
            "preset",
            "preset",
            id="opportunities.preset",
            tooltip="the next filter of your presets, then all again",
        ),
        Binding(
            "enter", "why", "why", key_display="enter", id="opportunities.why", tooltip="all the reasons behind the row"
        ),
        Binding("l", "add_leg", "add leg", id="opportunities.add_leg", tooltip="put the row on the slip of a parlay"),
        Binding(
            "x",
            "dismiss_row",
            "dismiss",
            id="opportunities.dismiss",
            tooltip="hide the row until it is worth markedly more, or ends",
        ),
        Binding("X", "restore", "bring back", id="opportunities.restore", tooltip="show again what was dismissed"),
        Binding("w", "watch", "watch", id="opportunities.watch", tooltip="a star: be told when the price changes"),
        Binding(
            "s", "sort", "sort", id="opportunities.sort", tooltip="sort by the next column: edge, start, found, price…"
        ),
        Binding("S", "turn", "turn round", show=False, id="opportunities.turn", tooltip="sort the other way round"),
        Binding("space", "hold", "hold", id="opportunities.hold", tooltip="hold the list still, or let it go on"),
        Binding(
            "a", "arm", "auto", id="opportunities.arm", tooltip="let this row's strategy place by itself, or stop it"
        ),
        Binding(
            "B",
            "place(True)",
            "Place again what is already placed",
            show=False,
            id="opportunities.place_again",
            tooltip="place again what is already placed",
        ),
        Binding(
            "escape",
            "clear_filter",
            "clear filter",
            id="opportunities.clear_filter",
            tooltip="clear the filter, then the preset",
        ),
    ]

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.table: LineTable[OpportunityRow] = LineTable(COLUMNS, self._look, clock=session.clock, id="table")
        self.list = OpportunityList(session.put_aside)
        self._drawn_at = EPOCH
        self._shown: Sequence[Opportunity] = ()
        self._total = 0
        self._last_press = float("-inf")
        self._detail_due: Timer | None = None

    @cached_property
    def placing(self) -> PlaceActions:
        from betting_tui.screens.place_actions import PlaceActions

        return PlaceActions(self)

    @cached_property
    def looking(self) -> ListActions:
        from betting_tui.screens.list_actions import ListActions

        return ListActions(self)

    @cached_property
    def parlay(self) -> ParlayActions:
        from betting_tui.screens.parlay_actions import ParlayActions

        return ParlayActions(self)

    def compose_body(self) -> ComposeResult:
        with Panel("Opportunities", id="list"):
            yield TextField(placeholder="event, pick, book, league, market", id="filter")
            yield self.table
        yield Prose(id="fold")
        yield OpportunityDetail(id="detail")

    def on_mount(self) -> None:
        self.query_one("#filter", Input).cursor_blink = False

    # Drawing

    @property
    def tables(self) -> Sequence[LineTable[Any]]:
        return (self.table,)

    def refresh_content(self, engine: EngineFace, seen: Overview) -> None:
        found = engine.listed()
        self._use_presets(engine, seen)
        if self.list.held:
            self.list.count_waiting(found)
        else:
            self._drawn_at, self._total = seen.now, len(found)
            self._shown = self.list.chosen(found, engine.row_of)
            if not self._shown:
                self.table.set_empty(why_empty(self.list, engine, seen, len(found), self.session.show))
            self._set_rows(engine)
        self._draw_title()
        if self._detail_due is None:
            self._draw_detail(engine, seen, rested=False)

    def _use_presets(self, engine: EngineFace, seen: Overview) -> None:
        presets, before = self.list.presets, (len(self.list.presets), self.list.presets.on)
        presets.use(engine.settings.presets, engine.row_of, seen.now)
        if (len(presets), presets.on) != before:
            self.refresh_bindings()

    def _set_rows(self, engine: EngineFace) -> None:
        """List what is shown now, and say when the row under the cursor is another one for that."""
        rows, at, known = self.table.rows, self.table.cursor_index, self.table.displaced
        self.table.set_rows(Edition(self._shown, engine.row_of).lines())
        if not self.table.displaced or known or not rows:
            return
        was = rows[at].payload.opportunity
        dropped = self.list.presets.dropped(was.id)
        if engine.opportunity(was.id) is not None and not dropped:
            # Filtered or dismissed: whoever did so means the row that came.
            self.table.keep_cursor()
        else:
            instead = "the cursor is on the next row" if self.table.rows else "no row is left"
            gone = f"no longer fits {self.list.presets.mark}" if dropped else "is gone"
            self.tell(f"{picks(was)} at {books(was)} {gone}: {instead}")

    def _draw_title(self) -> None:
        notes = self.list.notes(self._shown, self._total, self.session.show)
        self.query_one("#list", Panel).set_title_first("Opportunities", notes)

    def _look(self, row: OpportunityRow) -> Look:
        starred = row.opportunity.id in self.session.watching.ids
        return opportunity_look(row, self.session.show, self._drawn_at, starred=starred)

    def _draw_detail(self, engine: EngineFace, seen: Overview, *, rested: bool) -> None:
        row = self.table.cursor_row
        why = None if row is None else engine.why(row.id)
        show = self.session.show
        detail = self.query_one(OpportunityDetail)
        if detail.display:
            found = None if row is None else row.payload.opportunity
            detail.show(engine, found, why, show, seen.now, rested=rested)
            return
        gone = "" if row is None else GONE
        self.query_one("#fold", Prose).show(plain(gone) if why is None else why_one_line(why, show))

    def on_line_table_row_highlighted(self, event: LineTable.RowHighlighted) -> None:
        event.stop()
        # The row is painted first: a key press waits for nothing that stands beside it, and where keys come quickly
        # it is drawn once, after the last of them.
        if self._detail_due is not None:
            self._detail_due.stop()
        if OpportunityDetail.after:
            self._detail_due = self.set_timer(OpportunityDetail.after, self._draw_due_detail)
        else:
            self.call_after_refresh(self._draw_due_detail)

    def _draw_due_detail(self) -> None:
        self._detail_due = None
        if self.engine is not None and self.is_mounted:
            self._draw_detail(self.engine, self.engine.overview(), rested=True)
            self.refresh_bindings()

    def on_line_table_row_selected(self, event: LineTable.RowSelected) -> None:
        event.stop()
        self.action_why()

    def describe_key(self, binding_id: str) -> str | None:
        row = self.table.cursor_row
        if binding_id == "opportunities.place" and row is not None and row.payload.stake_minor > 0:
            return f"place {self.session.show.money(row.payload.stake_minor)}"
        if binding_id == "opportunities.parlay":
            return f"parlay {counted(len(self.session.parlay.picked), 'leg')}"
        if binding_id == "opportunities.preset" and not self.list.presets:
            return ""
        if binding_id == "opportunities.hold" and self.list.held:
            return "go on"
        if binding_id == "opportunities.watch" and row is not None and row.id in self.session.watching.ids:
            return "unwatch"
        return None

    # Looking

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only the keys that do something now are offered."""
        if action in _NEED_A_ROW:
            row = self.table.cursor_row
            return row is not None and (action != "place_verified" or self.placing.asks_by_key(row.payload))
        if action == "parlay":
            return bool(self.session.parlay.picked)
        if action == "restore":
            return bool(len(self.session.put_aside))
        if action == "turn":
            return self.list.can_turn
        if action in ("sort", "hold"):
            return bool(self.table.rows) or self.list.held
        if action not in ("filter", "clear_filter") or not self.is_mounted:
            return True
        field = self.query_one("#filter", Input)
        if action == "clear_filter":
            return self.list.presets.on or field.has_class("open")
        return not field.has_focus

    def action_filter(self) -> None:
        field = self.query_one("#filter", Input)
        field.add_class("open")
        field.focus()

    def action_clear_filter(self) -> None:
        field = self.query_one("#filter", Input)
        if not field.has_class("open"):
            self.looking.all_again()
            return
        field.value = ""
        field.remove_class("open")
        self.table.focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self.list.words = event.value.strip()
        self.redraw()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if not self.list.words:
            event.input.remove_class("open")
        self.table.focus()

    def action_sort(self) -> None:
        self.looking.sort()

    def action_turn(self) -> None:
        self.looking.turn()

    def action_preset(self) -> None:
        self.looking.preset()

    def action_hold(self) -> None:
        self.looking.hold()

    def hold_still(self) -> None:
        """Let what is shown stand as it is."""
        self.list.hold(self._shown)
        self._draw_title()

    def action_dismiss_row(self) -> None:
        self.looking.dismiss()

    def action_restore(self) -> None:
        self.looking.restore()

    def action_watch(self) -> None:
        self.looking.watch()

    def action_why(self) -> None:
        from betting_tui.screens.dialogs.dialog import TextDialog

        row = self.table.cursor_row
        why = None if row is None or self.engine is None else self.engine.why(row.id)
        if why is None:
            return
        show = self.session.show
        self.app.push_screen(TextDialog(why_title(why, show), full_why(why, show)))

    # Placing

    def action_place(self, again: bool) -> None:
        self._press(again=again)

    def action_place_verified(self) -> None:
        self._press(verify=True)

    def _press(self, *, again: bool = False, verify: bool | None = None) -> None:
        from betting_tui.screens.placing import REPEAT_SECONDS

        now = self.session.clock()
        since_last, self._last_press = now - self._last_press, now
        drawn = self.table.drawn_row
        # A held key sends presses closer together than a person means two bets.
        if since_last < REPEAT_SECONDS or self._at_work() or self._out_of_sight() or drawn is None:
            return
        under_cursor = now - self.table.cursor_since if self._is_cursor(drawn.id) else 0.0
        displaced = self.table.displaced
        self.placing.press(drawn.payload, under_cursor=under_cursor, again=again, verify=verify, displaced=displaced)

    def action_edit(self) -> None:
        drawn = self.table.drawn_row
        if not self._out_of_sight() and drawn is not None and not self._at_work():
            self.placing.edit(drawn.payload)

    def action_add_leg(self) -> None:
        drawn = self.table.drawn_row
        if not self._out_of_sight() and drawn is not None:
            self.parlay.add(drawn.payload)
            self.refresh_bindings()

    def action_parlay(self) -> None:
        if not self._at_work():
            self.parlay.open_slip()

    def _at_work(self) -> bool:
        return self.busy or self.placing.under_way

    def _out_of_sight(self) -> bool:
        """The cursor's row has been scrolled away: it is shown instead of acted upon."""
        if self.table.drawn_row is not None or self.table.cursor_row is None:
            return False
        self.table.show_cursor()
        self.tell("The row was out of sight: here it is. Press again if you mean it", bad=True)
        return True

    def _is_cursor(self, row_id: str) -> bool:
        under = self.table.cursor_row
        return under is not None and under.id == row_id

    # Strategies

    def action_arm(self) -> None:
        drawn = self.table.drawn_row
        if drawn is None:
            key = self.session.show.key("opportunities.arm")
            self.tell(f"Put the cursor on an opportunity first: {key} arms the strategy that found it", bad=True)
            return
        self.placing.arm(drawn.payload.opportunity.strategy)
