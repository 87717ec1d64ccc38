"""The box every dialog is drawn in: title in the border, content, and the keys that answer it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar, Protocol, TypeVar, runtime_checkable

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.geometry import Size
from textual.message_pump import MessagePump
from textual.screen import ModalScreen
from textual.widgets import Static

from betting_tui.engine.config.keys import Keys
from betting_tui.widgets.key_bar import KeyBar
from betting_tui.widgets.text import plain

ResultT = TypeVar("ResultT")


@runtime_checkable
class HasKeys(Protocol):
    """An app that knows the user's keys."""

    @property
    def keys(self) -> Keys: ...


class _Box(Vertical):
    """As tall as what stands in it: Textual would leave room for all of a text that is scrolled."""

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        del viewport
        return self.arrange(Size(width, container.height)).total_region.height if width else 0


class Dialog(ModalScreen[ResultT]):
    """Keys below a dialog do nothing while it is open; escape leaves it without an answer."""

    CSS_PATH = "dialogs.tcss"
    # A field that takes the focus by itself would swallow the dialog's own keys.
    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "close", id="dialog.leave"),
        Binding("f1,question_mark", "app.help", "help", show=False, id="dialog.help", tooltip="help for this dialog"),
    ]
    help_text: ClassVar[str] = ""

    def __init__(self, title: str, *, problem: bool = False) -> None:
        super().__init__(classes="-problem" if problem else None)
        self._title_text = title

    def compose(self) -> ComposeResult:
        with _Box(id="box") as box:
            box.border_title = plain(self._title_text)
            yield from self.compose_content()
            yield KeyBar(self.describe_key, always=frozenset({"dialog.leave"}))

    def compose_content(self) -> ComposeResult:
        raise NotImplementedError

    def describe_key(self, binding_id: str) -> str | None:
        del binding_id
        return None

    @property
    def keys(self) -> Keys:
        """The keys in force, for sentences that name one."""
        app: object = self.app
        return app.keys if isinstance(app, HasKeys) else Keys()

    @property
    def title_text(self) -> str:
        return self._title_text

    def action_leave(self) -> None:
        self.dismiss(None)

    def look_again(self) -> None:
        """The books have changed while the dialog is open."""

    def when_typed(self, then: Callable[[], None]) -> None:
        """Call `then` once all that was typed before this key stands in its field, unless the dialog is left by then.

        A priority binding runs at once, while letters wait in the queue of the field: an amount would lose its end. A
        key the field has a binding for climbs to the app before it does anything: this climbs after it.
        """
        field = self.focused
        if field is None:
            then()
        else:
            _climb(list(field.ancestors_with_self), lambda: then() if self.is_current else None)


def _climb(nodes: Sequence[MessagePump], then: Callable[[], None]) -> None:
    """Call `then` behind everything that waits in the queue of each of them, one after the other."""
    first, *above = nodes
    first.call_later(lambda: _climb(above, then) if above else then())


class ReadingDialog(Dialog[ResultT]):
    """Something to read however long it is: scrolled with the arrow keys, copied as a whole or what is selected."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "copy", "copy", id="dialog.copy", tooltip="copy all of it"),
        Binding("up", "scroll(-1)", "up", show=False, id="dialog.up"),
        Binding("down", "scroll(1)", "down", show=False, id="dialog.down"),
        Binding("pageup", "scroll(-10)", "page up", show=False, id="dialog.page_up"),
        Binding("pagedown,space", "scroll(10)", "page down", show=False, id="dialog.page_down"),
    ]

    def __init__(self, title: str, content: Content, *, problem: bool = False) -> None:
        super().__init__(title, problem=problem)
        self._content = content

    def compose_content(self) -> ComposeResult:
        with VerticalScroll(id="scroll", can_focus=False):
            yield Static(self._content)

    def action_scroll(self, lines: int) -> None:
        self.query_one("#scroll").scroll_relative(y=lines, animate=False)

    def action_copy(self) -> None:
        self.app.copy_to_clipboard(self._content.plain)
        self.app.notify("Copied, if this terminal lets programs copy", markup=False)


class TextDialog(ReadingDialog[None]):
    """Something to read, and nothing to answer."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "leave", "close", show=False, id="dialog.close"),
    ]


class QuestionDialog(Dialog[bool]):
    """One question: what would happen, and the answers `yes` and `no`."""

    def __init__(self, title: str, question: str, *, yes: str, no: str = "no", note: str = "") -> None:
        super().__init__(title)
        self._question = question
        self._note = note
        self._yes = yes
        self._no = no

    def compose_content(self) -> ComposeResult:
        yield Static(plain(self._question))
        if self._note:
            yield Static(plain(self._note), classes="dialog-note")

    def action_confirm(self) -> None:
        self.dismiss(True)

    def action_leave(self) -> None:
        self.dismiss(False)


class ConfirmDialog(QuestionDialog):
    """A question answered with enter or escape."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,y", "confirm", "yes", key_display="enter", id="dialog.confirm"),
        Binding("n", "leave", "no", show=False, id="dialog.no"),
    ]

    def describe_key(self, binding_id: str) -> str | None:
        return {"dialog.confirm": self._yes, "dialog.leave": self._no}.get(binding_id)


class FinalDialog(QuestionDialog):
    """A question about what cannot be taken back: enter, which is pressed without reading, leaves all as it is."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,n", "leave", "leave all as it is", key_display="enter", id="dialog.keep"),
        Binding("y", "confirm", "yes, for good", id="dialog.final"),
    ]

    def describe_key(self, binding_id: str) -> str | None:
        return {"dialog.final": self._yes, "dialog.keep": self._no, "dialog.leave": ""}.get(binding_id)


class ProblemDialog(ReadingDialog[str]):
    """The program cannot go on as it is: says what to do; answers `retry` or `quit`."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "answer('retry')", "try again", id="dialog.retry"),
        Binding("q", "answer('quit')", "quit", id="dialog.quit"),
    ]

    def __init__(self, title: str, message: str) -> None:
        super().__init__(title, Content("\n").join(plain(line) for line in message.split("\n")), problem=True)

    def describe_key(self, binding_id: str) -> str | None:
        return "look around" if binding_id == "dialog.leave" else None

    def action_answer(self, answer: str) -> None:
        self.dismiss(answer)
