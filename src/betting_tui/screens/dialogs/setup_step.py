"""The steps of setting up: a form or a list each, enter takes it, escape passes it over, control-o goes back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Input, Static

from betting_tui.engine.core.errors import UsageError
from betting_tui.screens.dialogs.dialog import Dialog
from betting_tui.screens.dialogs.form import Agreed, Field, Filled, FormDialog
from betting_tui.screens.setup_draft import Draft, Option
from betting_tui.widgets.columns import Column
from betting_tui.widgets.line_table import LineTable
from betting_tui.widgets.row import Cell, Look, Row
from betting_tui.widgets.text import plain
from betting_tui.widgets.text_field import TextField


class Back(Enum):
    """The answer of a step that the one before it shall be shown again."""

    BACK = "back"


Step = Draft | Back
# A letter would be typed into a field.
_BACK_KEY = Binding("ctrl+o", "back", "back", key_display="^o", priority=True, id="setup.back")
_COLUMNS = (
    Column("name", "", 24, flexible=True),
    Column("group", "", 14),
    Column("note", "", 13),
)


class Place(Enum):
    """Where a step stands among the others."""

    FIRST = "first"
    BETWEEN = "between"
    LAST = "last"


class Ticked(Option, frozen=True):
    """An option, and whether it is taken."""

    on: bool = False


class FormStep(FormDialog[Step]):
    """A form as a step."""

    BINDINGS: ClassVar[list[BindingType]] = [_BACK_KEY]

    def __init__(
        self,
        title: str,
        fields: Sequence[Field],
        check: Callable[[Filled], Agreed[Step]],
        *,
        place: Place = Place.BETWEEN,
        about: str = "",
    ) -> None:
        super().__init__(title, fields, check, yes=_onward(place), about=about)
        self._place = place

    def describe_key(self, binding_id: str) -> str | None:
        return "skip" if binding_id == "dialog.leave" else super().describe_key(binding_id)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "back":
            return self._place is not Place.FIRST
        return super().check_action(action, parameters)

    def action_back(self) -> None:
        self.dismiss(Back.BACK)


class PickStep(Dialog[Step]):
    """A list to tick. `check` reads what is ticked, in the order of the list, whenever it changes, and says in words
    what that means; it raises UsageError when it cannot be taken.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "tick", "tick", id="setup.tick"),
        Binding("a", "tick_all(True)", "all", id="setup.all"),
        Binding("n", "tick_all(False)", "none", id="setup.none"),
        Binding("slash", "filter", "filter", key_display="/", id="setup.filter"),
        Binding("enter", "take", "next", key_display="enter", priority=True, id="setup.take"),
        Binding("down", "leave_filter", "To the list", show=False, id="setup.list"),
        _BACK_KEY,
    ]

    def __init__(
        self,
        title: str,
        options: Sequence[Option],
        ticked: Sequence[str],
        check: Callable[[tuple[str, ...]], Agreed[Step]],
        *,
        place: Place = Place.BETWEEN,
        about: str = "",
    ) -> None:
        super().__init__(title)
        self._options = tuple(options)
        self._on = set(ticked)
        self._check = check
        self._place = place
        self._about = about
        self._sought = ""
        self.table: LineTable[Ticked] = LineTable(_COLUMNS, _look, id="ticks")

    def compose_content(self) -> ComposeResult:
        if self._about:
            lines = [plain(line) for line in self._about.split("\n")]
            yield Static(Content("\n").join(lines), id="form-about")
        field = TextField(placeholder="filter", id="tick-filter", classes="hidden", max_length=60)
        field.cursor_blink = False
        yield field
        yield self.table
        yield Static("", id="form-result")

    def on_mount(self) -> None:
        self.table.set_empty(self.keys.say("Nothing matches · {dialog.leave} clears it"))
        self._draw()
        self.table.focus()

    @property
    def ticked(self) -> tuple[str, ...]:
        return tuple(option.key for option in self._options if option.key in self._on)

    def describe_key(self, binding_id: str) -> str | None:
        if binding_id == "dialog.leave":
            return "clear filter" if self._filtering else "skip"
        if binding_id == "setup.take":
            return "to the list" if self._typing else _onward(self._place)
        return None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        match action:
            case "back":
                return self._place is not Place.FIRST
            case "tick" | "tick_all" | "filter":
                return not self._typing
            case "leave_filter":
                return self._typing
            case _:
                return True

    @property
    def _typing(self) -> bool:
        return self.is_mounted and self.query_one("#tick-filter", Input).has_focus

    @property
    def _filtering(self) -> bool:
        return self.is_mounted and not self.query_one("#tick-filter", Input).has_class("hidden")

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._sought = event.value.strip().casefold()
        self._draw()

    def on_click(self, event: events.Click) -> None:
        line = self.table.scroll_offset.y + event.y - 1
        if event.widget is self.table and event.y > 0 and line < len(self.table.rows):
            self.action_tick()

    def action_filter(self) -> None:
        field = self.query_one("#tick-filter", Input)
        field.remove_class("hidden")
        field.focus()

    def action_leave_filter(self) -> None:
        self.table.focus()

    def action_tick(self) -> None:
        row = self.table.cursor_row
        if row is not None:
            self._on ^= {row.id}
            self._draw()

    def action_tick_all(self, on: bool) -> None:
        """Of what the filter leaves."""
        shown = {row.id for row in self.table.rows}
        self._on = self._on | shown if on else self._on - shown
        self._draw()

    def action_take(self) -> None:
        if self._typing:
            self.table.focus()
            return
        try:
            agreed = self._check(self.ticked)
        except UsageError as error:
            self._say(error.message, bad=True)
        else:
            self.dismiss(agreed.value)

    def action_back(self) -> None:
        self.dismiss(Back.BACK)

    def action_leave(self) -> None:
        if not self._filtering:
            self.dismiss(None)
            return
        field = self.query_one("#tick-filter", Input)
        field.value = ""
        field.add_class("hidden")
        self.table.focus()

    def _draw(self) -> None:
        self.table.set_rows(
            [
                Row(option.key, Ticked(option.key, option.name, option.group, option.note, option.key in self._on))
                for option in self._options
                if self._sought in f"{option.name} {option.group} {option.key}".casefold()
            ]
        )
        self.refresh_bindings()
        try:
            self._say(self._check(self.ticked).text, bad=False)
        except UsageError as error:
            self._say(error.message, bad=True)

    def _say(self, text: str, *, bad: bool) -> None:
        lines = [plain(line, "$text-error" if bad else "$foreground") for line in text.split("\n")]
        self.query_one("#form-result", Static).update(Content("\n").join(lines))


def _look(option: Ticked) -> Look:
    mark = "[x] " if option.on else "[ ] "
    name = Cell(mark + option.name, "strong" if option.on else "")
    return Look((name, Cell(option.group, "muted"), Cell(option.note, "muted")))


def _onward(place: Place) -> str:
    return "save" if place is Place.LAST else "next"
