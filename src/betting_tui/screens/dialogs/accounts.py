"""Which account to use: all of them, one enter away."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from betting_tui.engine.core.money_views import AccountView
from betting_tui.screens.account_rows import ACCOUNT_COLUMNS, account_look
from betting_tui.screens.dialogs.dialog import Dialog
from betting_tui.widgets.line_table import LineTable
from betting_tui.widgets.row import Row


class PickAccountDialog(Dialog[str]):
    """Answers with the name of an account."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "pick", "use it", key_display="enter", id="accounts.pick"),
    ]

    def __init__(self, views: Sequence[AccountView], currency: str, clock: Callable[[], float]) -> None:
        super().__init__("Use which account?")
        self._views = tuple(views)
        self.table: LineTable[AccountView] = LineTable(
            ACCOUNT_COLUMNS, lambda view: account_look(view, currency), clock=clock, id="picks"
        )

    def compose_content(self) -> ComposeResult:
        yield self.table

    def on_mount(self) -> None:
        self.table.set_rows([Row(view.name, view) for view in self._views])
        self.table.styles.height = min(len(self._views) + 1, 12)
        self.table.focus()
        for view in self._views:
            if view.current:
                self.call_after_refresh(self.table.move_cursor_to, view.name)

    def on_line_table_row_selected(self, event: LineTable.RowSelected) -> None:
        event.stop()
        self.action_pick()

    def action_pick(self) -> None:
        row = self.table.cursor_row
        if row is not None:
            self.dismiss(row.id)
