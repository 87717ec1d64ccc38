"""A few fields, what they would do in words while they are typed, and the key that does it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar, Generic, TypeVar

from msgspec import Struct
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.widget import Widget
from textual.widgets import Input, Static

from betting_tui.engine.core.errors import UsageError
from betting_tui.screens.dialogs.dialog import Dialog
from betting_tui.widgets.choice import Choice
from betting_tui.widgets.text import plain, visible
from betting_tui.widgets.text_field import TextField

AgreedT = TypeVar("AgreedT")
_LONGEST = 60


class Field(Struct, frozen=True):
    """One line of a form: text to type, or, with `words`, one of them to choose. `hint` stands in an empty field."""

    key: str
    label: str
    value: str = ""
    hint: str = ""
    words: tuple[str, ...] = ()
    chosen: int = 0


class Entry(Struct, frozen=True):
    """What stands in one field: the text, and for a choice its index."""

    key: str
    text: str
    chosen: int = 0


class Filled:
    """The fields as they stand, by key."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._entries = {entry.key: entry for entry in entries}

    def text(self, key: str) -> str:
        """'' for a field that is not there."""
        entry = self._entries.get(key)
        return "" if entry is None else entry.text.strip()

    def chosen(self, key: str) -> int:
        """0 for a field that is not there."""
        entry = self._entries.get(key)
        return 0 if entry is None else entry.chosen


class Agreed(Struct, Generic[AgreedT], frozen=True):
    """The fields make sense: `text` says what will happen."""

    value: AgreedT
    text: str


class FormDialog(Dialog[AgreedT]):
    """Enter agrees, tab goes to the next field, escape leaves everything as it was.

    `check` reads the fields whenever one changes; it raises UsageError with what is missing or wrong.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "agree", "agree", key_display="enter", priority=True, id="form.agree"),
        # The box that scrolls the fields would take the arrows.
        Binding("tab,down", "next_field(1)", "next field", key_display="tab", priority=True, id="form.next"),
        Binding("shift+tab,up", "next_field(-1)", "Previous field", show=False, priority=True, id="form.previous"),
    ]

    def __init__(
        self,
        title: str,
        fields: Sequence[Field],
        check: Callable[[Filled], Agreed[AgreedT]],
        *,
        yes: str,
        about: str = "",
    ) -> None:
        super().__init__(title)
        # In a low window the fields are what gives way: what they would do and the keys stay.
        self.VERTICAL_BREAKPOINTS = [(0, "-low"), (24, "-roomy")]
        self._fields = tuple(fields)
        self._check = check
        self._yes = yes
        self._about = about

    def compose_content(self) -> ComposeResult:
        if self._about:
            yield Static(plain(self._about), id="form-about")
        with VerticalScroll(id="form", can_focus=False):
            for field in self._fields:
                with Horizontal(classes="form-row"):
                    yield Static(plain(field.label, "$text-muted"))
                    yield _widget(field)
        yield Static("", id="form-result")

    def describe_key(self, binding_id: str) -> str | None:
        return {"form.agree": self._yes, "dialog.leave": "leave it"}.get(binding_id)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return not (action == "next_field" and len(self._fields) == 1)

    def on_mount(self) -> None:
        self.query(".form-row > Input, .form-row > Choice").first(Widget).focus()
        self._explain()

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._explain()

    def on_choice_changed(self, event: Choice.Changed) -> None:
        event.stop()
        self._explain()

    def action_next_field(self, step: int) -> None:
        if step > 0:
            self.focus_next("Input, Choice")
        else:
            self.focus_previous("Input, Choice")

    def action_agree(self) -> None:
        self.when_typed(self._agree)

    def _agree(self) -> None:
        try:
            agreed = self._check(self._filled())
        except UsageError as error:
            self._say(error.message, bad=True)
        else:
            self.dismiss(agreed.value)

    def _filled(self) -> Filled:
        return Filled([self._entry(field) for field in self._fields])

    def _entry(self, field: Field) -> Entry:
        if field.words:
            choice = self.query_one(f"#field-{field.key}", Choice)
            return Entry(field.key, choice.word, choice.chosen)
        return Entry(field.key, self.query_one(f"#field-{field.key}", Input).value)

    def _explain(self) -> None:
        try:
            self._say(self._check(self._filled()).text, bad=False)
        except UsageError as error:
            self._say(error.message, bad=True)

    def _say(self, text: str, *, bad: bool) -> None:
        self.query_one("#form-result", Static).update(plain(text, "$text-error" if bad else "$foreground"))


def _widget(field: Field) -> Widget:
    if field.words:
        return Choice(field.words, field.chosen, id=f"field-{field.key}")
    # Textual draws both literally, but hands a control character on to the terminal.
    typed = TextField(
        visible(field.value),
        placeholder=visible(field.hint),
        max_length=_LONGEST,
        select_on_focus=True,
        id=f"field-{field.key}",
    )
    typed.cursor_blink = False
    return typed
