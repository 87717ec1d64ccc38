"""What can be done with the list of opportunities: sort it, hold it still, hide rows, give them a star."""

from __future__ import annotations

from typing import Protocol

from betting_tui.engine.core.opportunity_views import OpportunityRow
from betting_tui.screens.acting import ActingScreen
from betting_tui.screens.face import EngineFace
from betting_tui.screens.names import picks
from betting_tui.screens.opportunity_list import OpportunityList
from betting_tui.screens.place_actions import PlaceActions
from betting_tui.screens.show import counted
from betting_tui.widgets.line_table import LineTable


class ListScreen(ActingScreen, Protocol):
    """The screen with the list."""

    list: OpportunityList
    table: LineTable[OpportunityRow]

    @property
    def placing(self) -> PlaceActions: ...

    def hold_still(self) -> None:
        """Let what is shown stand as it is."""

    def refresh_bindings(self) -> None: ...


class ListActions:
    """Acts on behalf of the screen."""

    def __init__(self, screen: ListScreen) -> None:
        self._screen = screen

    def sort(self) -> None:
        self._screen.list.next_order()
        self._list_anew()

    def turn(self) -> None:
        self._screen.list.turn()
        self._list_anew()

    def preset(self) -> None:
        """The next filter that the settings name; without any, where they are written."""
        screen = self._screen
        if screen.list.presets:
            screen.list.presets.next()
            self._list_anew()
        elif screen.engine is not None:
            key = screen.session.show.key("app.settings")
            screen.tell(f"No preset yet: {key} opens the settings, where presets keeps filters by name")

    def all_again(self) -> None:
        """Take the preset off."""
        self._screen.list.presets.clear()
        self._list_anew()

    def hold(self) -> None:
        if self._screen.list.held:
            self._screen.list.let_go()
            self._screen.redraw()
        else:
            self._screen.hold_still()
        self._screen.refresh_bindings()

    def dismiss(self) -> None:
        row = self._screen.table.drawn_row
        if row is not None:
            self._screen.session.put_aside.add(row.payload.opportunity)
            self._screen.placing.forget(row.id)
            self._list_anew()

    def restore(self) -> None:
        aside = self._screen.session.put_aside
        count = len(aside)
        aside.clear()
        self._list_anew()
        self._screen.tell(f"{counted(count, 'row is', 'rows are')} back")

    def watch(self) -> None:
        screen = self._screen
        row, engine = screen.table.drawn_row, screen.engine
        if row is None or engine is None or screen.busy:
            return
        on = screen.session.watching.toggle(row.payload.opportunity)
        screen.start_command(self._keep_stars(engine))
        self._list_anew()
        what = picks(row.payload.opportunity)
        screen.tell(f"★ {what}: you are told when its price changes" if on else f"{what} is no longer watched")

    async def _keep_stars(self, engine: EngineFace) -> None:
        await self._screen.done(engine.keep_watch_marks(self._screen.session.watching.marks))

    def _list_anew(self) -> None:
        """A list that is held still is put in its new order once, and stands still again."""
        screen = self._screen
        held = screen.list.held
        screen.list.let_go()
        screen.redraw()
        if held:
            screen.hold_still()
        screen.refresh_bindings()
