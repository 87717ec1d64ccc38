"""One setting: what it is for, what it may hold, and a field for it that takes nothing wrong."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, Static, TextArea

from betting_tui.engine.config import InvalidSettings, Loaded
from betting_tui.engine.config.catalogue import NOT_SET, Form, Setting
from betting_tui.engine.core.errors import BettingError
from betting_tui.screens.dialogs.dialog import Dialog
from betting_tui.widgets.choice import Choice
from betting_tui.widgets.text import plain, visible
from betting_tui.widgets.text_field import TextField

_LONGEST = 1_000


class SettingDialog(Dialog[Loaded]):
    """`save` writes what was typed and raises BettingError with what is wrong; answers with the settings then in force.

    `words` are offered instead of those of the setting, where what it may hold is known here alone.
    """

    help_text = (
        "A new value for one setting. It is checked before it is written: what is wrong is told here, and the file "
        "stays as it was. Comments in the file are kept. Lists have one entry a line after a dash, mappings a name, a "
        "colon and a value."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "agree", "save", key_display="enter", priority=True, id="setting.agree", tooltip="save it"),
        Binding("pageup", "scroll(-3)", "Scroll what is wrong up", show=False, id="setting.page_up"),
        Binding("pagedown", "scroll(3)", "Scroll what is wrong down", show=False, id="setting.page_down"),
        Binding("f4", "save", "save", priority=True, id="setting.save", tooltip="save a list or a mapping"),
    ]

    def __init__(self, setting: Setting, save: Callable[[str], Loaded], *, words: Sequence[str] = ()) -> None:
        super().__init__(setting.key)
        self._setting = setting
        self._save = save
        self._words = tuple(words) or self._setting_words()

    def _setting_words(self) -> tuple[str, ...]:
        """With `not set` first where it may be left so."""
        words = self._setting.words
        return (NOT_SET, *words) if words and self._setting.default == NOT_SET else words

    def compose_content(self) -> ComposeResult:
        setting = self._setting
        lines = [(setting.about, "$foreground"), (f"May hold: {setting.holds}", "$text-muted")]
        lines += [(f"Default: {setting.default}", "$text-muted"), (f"Counts {setting.effect}", "$text-muted")]
        yield Static(Content("\n").join(plain(text, style) for text, style in lines if text), id="setting-about")
        yield self._field()
        with VerticalScroll(id="setting-problem", can_focus=False):
            yield Static("", id="setting-problem-text")

    def _field(self) -> Widget:
        setting = self._setting
        if self._words:
            chosen = setting.value if setting.value in self._words else self._words[0]
            return Choice(self._words, self._words.index(chosen), id="setting-value")
        if setting.form in (Form.LIST, Form.MAPPING):
            area = TextArea(setting.written, id="setting-value", soft_wrap=False)
            area.cursor_blink = False
            return area
        secret = setting.form is Form.SECRET
        field = TextField(
            visible(setting.written),
            password=secret,
            placeholder="not shown; what is typed replaces it" if secret else visible(setting.default),
            max_length=_LONGEST,
            id="setting-value",
        )
        field.cursor_blink = False
        return field

    def on_mount(self) -> None:
        self.query_one("#setting-value").focus()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        del parameters
        several = self._setting.form in (Form.LIST, Form.MAPPING)
        return {"agree": not several, "save": several}.get(action, True)

    def describe_key(self, binding_id: str) -> str | None:
        return "leave it" if binding_id == "dialog.leave" else None

    def action_scroll(self, lines: int) -> None:
        self.query_one("#setting-problem").scroll_relative(y=lines, animate=False)

    def action_agree(self) -> None:
        self.when_typed(self._agree)

    def action_save(self) -> None:
        self.when_typed(self._agree)

    def _typed(self) -> str:
        match self.query_one("#setting-value"):
            case Choice() as choice:
                return choice.word
            case TextArea() as area:
                return area.text
            case Input() as field:
                return field.value
            case _:
                return ""

    def _agree(self) -> None:
        typed, setting = self._typed(), self._setting
        if setting.form is not Form.SECRET and typed == (setting.value if self._words else setting.written):
            self.dismiss(None)
            return
        try:
            loaded = self._save("" if typed == NOT_SET else typed)
        except InvalidSettings as error:
            self._tell("\n".join(f"{each.key}: {each.text}" if each.key else each.text for each in error.problems))
        except BettingError as error:
            self._tell(error.message)
        else:
            self.dismiss(loaded)

    def _tell(self, problem: str) -> None:
        text = Content("\n").join(plain(line, "$text-error") for line in problem.split("\n"))
        self.query_one("#setting-problem-text", Static).update(text)
