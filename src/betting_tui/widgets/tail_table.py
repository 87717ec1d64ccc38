"""A table whose newest row is the last one: it follows what comes, until the cursor goes up."""

from __future__ import annotations

from collections.abc import Sequence

from textual.message import Message
from textual.scroll_view import ScrollView

from betting_tui.widgets.line_table import LineTable
from betting_tui.widgets.row import PayloadT, Row

# Rows that leave do so in this share of all at once: each time, all others are counted anew.
_LEAVING = 10


class TailTable(LineTable[PayloadT]):
    """While `following`, the cursor stays on the last row. Going up ends that, going to the last row resumes it."""

    class FollowingChanged(Message):
        """The table follows from now on, or does not any more."""

        def __init__(self, table: ScrollView) -> None:
            super().__init__()
            self.table = table

        @property
        def control(self) -> ScrollView:
            return self.table

    following = True

    def follow(self, on: bool) -> None:
        """Go to the last row and stay there, or stay on this one."""
        if on and self._rows:
            super()._move_to(len(self._rows) - 1)
        self._set_following(on)

    def add_rows(self, rows: Sequence[Row[PayloadT]], most: int) -> None:
        """Put these below the others; of more than `most` the first ones leave."""
        if not rows:
            return
        if not self._rows or len(self._rows) + len(rows) > most:
            keep = most if len(self._rows) + len(rows) <= most else most - most // _LEAVING
            self.set_rows((*self._rows, *rows)[-keep:])
            return
        now, line, was_in_view = self._clock(), self.cursor_index, self._in_view(self.cursor_index)
        self._rows = (*self._rows, *rows)
        self._place_cursor(line, now)
        self._resize_virtual()
        if was_in_view:
            self.show_cursor()
        self._refresh_changed(now)

    def _place_cursor(self, old_line: int, now: float) -> None:
        if self.following and self._rows:
            old_line = len(self._rows) - 1
            if self._cursor_id != self._rows[old_line].id:
                self._cursor_id = None
        self._chosen = True
        super()._place_cursor(old_line, now)

    def _move_to(self, line: int) -> None:
        super()._move_to(line)
        self._set_following(self.cursor_index == len(self._rows) - 1)

    def action_edge(self, end: int) -> None:
        self._move_to(len(self._rows) - 1 if end else 0)

    def _set_following(self, on: bool) -> None:
        if on != self.following:
            self.following = on
            self.post_message(self.FollowingChanged(self))
