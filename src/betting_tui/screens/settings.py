"""The settings screen: every key of config.yaml with its value and origin, changed one at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Protocol

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, VerticalScroll
from textual.content import Content
from textual.widgets import Input

from betting_tui.engine.config import Loaded, Ui
from betting_tui.engine.config.catalogue import Effect, Form, Setting, Source
from betting_tui.engine.config.settings_file import SettingsFile
from betting_tui.engine.core.errors import BettingError
from betting_tui.engine.core.status_views import Overview
from betting_tui.screens.base import EngineScreen, Topic
from betting_tui.screens.face import EngineFace
from betting_tui.screens.session import Session
from betting_tui.screens.show import counted
from betting_tui.widgets.columns import Column
from betting_tui.widgets.line_table import LineTable
from betting_tui.widgets.panel import Panel
from betting_tui.widgets.prose import Prose
from betting_tui.widgets.row import Cell, Look, Row
from betting_tui.widgets.text import plain
from betting_tui.widgets.text_field import TextField

COLUMNS = (
    Column("section", "Section", 12, priority=2, max_width=28),
    Column("name", "Setting", 16, max_width=32),
    Column("value", "Value", 12, flexible=True),
    Column("source", "From", 12, max_width=12),
)
_FROM = {
    Source.DEFAULT: "default",
    Source.FILE: "file",
    Source.DOTENV: ".env, locked",
    Source.ENVIRONMENT: "env, locked",
    Source.FLAG: "flag, locked",
}
_RESTARTS = "{settings.restart} starts it"
_NO_FILE = "There is no settings file in this run: nothing can be changed here"


class SettingsHost(Protocol):
    """What changed settings are given to."""

    settings_file: SettingsFile | None

    @property
    def available_themes(self) -> object: ...

    def use_ui(self, ui: Ui) -> None: ...

    def restart_engine(self) -> None: ...

    async def leave_settings(self) -> None: ...


class Line(Setting, frozen=True):
    """A setting in the list; `first` of its section."""

    first: bool = False


class SettingsScreen(EngineScreen):
    CSS_PATH = "settings.tcss"
    watches: ClassVar[frozenset[Topic]] = frozenset()
    title_text = "Settings"
    help_text = (
        "Everything in config.yaml. A change is checked and written at once, the file's comments stay. Colours, odds, "
        "zone and keys count at once; most others when the engine starts again, which {settings.restart} does: what is "
        "armed is off then, bets and orders stay. What an environment variable, a .env file or a flag sets is locked: "
        "it counts more than the file."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "edit", "change", key_display="enter", id="settings.edit", tooltip="change the setting"),
        Binding("escape", "leave", "back", id="settings.leave", tooltip="clear the search, or go back"),
        Binding("space", "switch", "on/off", id="settings.switch", tooltip="switch between true and false"),
        Binding("d,delete", "reset", "default", id="settings.reset", tooltip="give the setting its default back"),
        Binding("slash", "filter", "search", key_display="/", id="settings.filter", tooltip="search the settings"),
        Binding("m", "only_changed", "changed", id="settings.changed", tooltip="only what is not the default, or all"),
        Binding("R", "restart", "use them now", id="settings.restart", tooltip="start the engine again with them"),
    ]

    def __init__(self, session: Session, host: SettingsHost) -> None:
        super().__init__(session)
        self._host = host
        self._filter = ""
        self._only_changed = False
        self._waiting: set[str] = set()
        self._next_start: set[str] = set()
        self._problem = ""
        self._all: tuple[Setting, ...] = ()
        self.table: LineTable[Line] = LineTable(
            COLUMNS, _look, clock=session.clock, mark_seconds=0, id="settings-table"
        )

    def compose_body(self) -> ComposeResult:
        with Container(id="settings-body"):
            with Panel("Settings", id="settings-list"):
                yield TextField(placeholder="name, value or what it is for", id="settings-filter")
                yield self.table
            with Panel("About", id="settings-about"), VerticalScroll(can_focus=False):
                yield Prose(id="settings-text")

    def on_mount(self) -> None:
        self.query_one("#settings-filter", Input).cursor_blink = False

    def focus_first(self) -> None:
        self.table.focus()

    def read_anew(self) -> None:
        self._read()

    def show_waiting(self, problem: str) -> None:
        del problem
        self._draw()

    def refresh_content(self, engine: EngineFace, seen: Overview) -> None:
        del engine, seen
        self._draw()

    def describe_key(self, binding_id: str) -> str | None:
        return "" if binding_id == "app.settings" else None

    def _describe(self, binding_id: str) -> str | None:
        """Setting up step by step is less than what is here."""
        return "" if binding_id == "app.welcome" else super()._describe(binding_id)

    # What is shown

    def show_setting(self, key: str) -> None:
        """Put the cursor on a setting, whatever was searched for."""
        self._only_changed, self._filter = False, ""
        self.query_one("#settings-filter", Input).value = ""
        self._draw()
        self.table.focus()
        self.table.move_cursor_to(key)

    def _read(self) -> None:
        file = self._host.settings_file
        if file is None:
            self._all, self._problem = (), _NO_FILE
            return
        try:
            self._all, self._problem = file.catalogue(), ""
        except BettingError as error:
            self._all, self._problem = (), f"{error.title}: {error.message}"

    def _draw(self) -> None:
        shown = [each for each in self._all if self._matches(each)]
        nothing = self.session.show.say("Nothing fits: {settings.leave} shows all settings")
        self.table.set_empty("The settings cannot be shown" if self._problem else nothing)
        self.table.set_rows([Row(line.key, line, f"{line.value} {line.source}") for line in _lines(shown)])
        file = self._host.settings_file
        changed = counted(sum(each.changed for each in self._all), "setting")
        where = "" if file is None or self._problem else f" · {file.path}"
        self.query_one("#settings-list", Panel).set_title_first(
            "Settings", (f"{changed} not the default{where}", f"{changed} not the default", "")
        )
        self._draw_about()
        self.refresh_bindings()

    def _matches(self, setting: Setting) -> bool:
        if self._only_changed and not setting.changed:
            return False
        text = f"{setting.key} {setting.value} {setting.about}".casefold()
        return all(word in text for word in self._filter.casefold().split())

    def _draw_about(self) -> None:
        row = self.table.cursor_row
        lines = [(self._problem, "$text-error")] if row is None else _about(row.payload)
        if self._waiting:
            lines = [(self._waiting_words(), "$text-warning"), *lines]
        self.query_one("#settings-about", Panel).set_title("About" if row is None else row.payload.key)
        self.query_one("#settings-text", Prose).show(
            Content("\n").join(plain(text, style) for text, style in lines), layout=True
        )

    def _waiting_words(self) -> str:
        waiting = len(self._waiting)
        what = "1 change waits" if waiting == 1 else f"{waiting} changes wait"
        return self.session.show.say(f"{what} for the engine to start again: {_RESTARTS}")

    def on_line_table_row_highlighted(self, event: LineTable.RowHighlighted) -> None:
        event.stop()
        self._draw_about()
        self.refresh_bindings()

    def on_line_table_row_selected(self, event: LineTable.RowSelected) -> None:
        event.stop()
        self.action_edit()

    # Keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        del parameters
        row = self.table.cursor_row
        match action:
            case "edit":
                return row is not None
            case "switch":
                return row is not None and _is_switch(row.payload)
            case "reset":
                return row is not None and row.payload.changed
            case "restart":
                return bool(self._waiting)
            case _:
                return True

    def action_filter(self) -> None:
        self.query_one("#settings-filter", Input).focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._filter = event.value
        self._draw()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.table.focus()

    def action_only_changed(self) -> None:
        self._only_changed = not self._only_changed
        self._draw()

    async def action_leave(self) -> None:
        field = self.query_one("#settings-filter", Input)
        if self._filter or field.has_focus or self._only_changed:
            self._only_changed = False
            field.value = self._filter = ""
            self.table.focus()
            self._draw()
            return
        await self._host.leave_settings()

    def action_edit(self) -> None:
        from betting_tui.screens.dialogs.setting import SettingDialog

        file, setting = self._host.settings_file, self._changeable()
        if file is None or setting is None:
            return
        words = sorted(_names(self._host.available_themes)) if setting.key == "ui.theme" else ()
        dialog = SettingDialog(setting, lambda text: file.change(setting, text), words=words)
        self.app.push_screen(dialog, lambda loaded: self._changed(setting, loaded))

    def action_switch(self) -> None:
        file, setting = self._host.settings_file, self._changeable()
        if file is None or setting is None or not _is_switch(setting):
            return
        self._write(setting, "false" if setting.value == "true" else "true")

    def action_reset(self) -> None:
        setting = self._changeable()
        if setting is not None:
            self._write(setting, None)

    def _write(self, setting: Setting, text: str | None) -> None:
        """`text` None gives it its default back."""
        file = self._host.settings_file
        if file is None:
            return
        try:
            loaded = file.reset(setting) if text is None else file.change(setting, text)
        except BettingError as error:
            self.tell(f"Not changed. {error.message.splitlines()[0]}", bad=True)
        else:
            self._changed(setting, loaded)

    def _changeable(self) -> Setting | None:
        """The one under the cursor; what is locked is told, and stays."""
        row = self.table.cursor_row
        if row is None:
            return None
        if row.payload.lock:
            self.tell(f"Locked: {row.payload.lock}", bad=True)
            return None
        return row.payload

    def _changed(self, setting: Setting, loaded: Loaded | None) -> None:
        if loaded is None:
            return
        before = setting.value
        self._read()
        now = next((each.value for each in self._all if each.key == setting.key), before)
        if now == before and setting.form is not Form.SECRET:
            self.tell(f"{setting.key} is {now}, as before")
        else:
            self._use(setting, loaded, now)
        self._draw()

    def _use(self, setting: Setting, loaded: Loaded, now: str) -> None:
        match setting.effect:
            case Effect.AT_ONCE:
                self._host.use_ui(loaded.settings.ui)
                self.tell(f"{setting.key} is {now} now")
            case Effect.ENGINE:
                self._waiting.add(setting.key)
                self.tell(self.session.show.say(f"Saved. It counts when the engine starts again: {_RESTARTS}"))
            case Effect.NEXT_START:
                self._next_start.add(setting.key)
                self.tell("Saved. It counts when betting-tui is started again")

    def action_restart(self) -> None:
        if self._waiting:
            self._waiting.clear()
            self._host.restart_engine()
            self.tell("The engine starts again with these settings")
            self._draw()


def _lines(settings: Sequence[Setting]) -> list[Line]:
    """Each section's name stands on its first line only."""
    lines: list[Line] = []
    for setting in settings:
        first = not lines or lines[-1].section != setting.section
        values = {name: getattr(setting, name) for name in setting.__struct_fields__}
        lines.append(Line(**values, first=first))
    return lines


def _look(line: Line) -> Look:
    kind = "muted" if line.lock else "strong" if line.changed else ""
    cells = (
        Cell(line.section.rpartition(".")[2] if line.first and line.section != line.name else "", "muted"),
        Cell(line.name),
        Cell(line.value, kind),
        Cell(_FROM[line.source], "warn" if line.lock else "muted"),
    )
    return Look(cells)


def _about(setting: Setting) -> list[tuple[str, str]]:
    origin = f"from {setting.origin}" if setting.origin else "the default"
    lines = [
        (setting.about, "bold $foreground"),
        (f"{setting.value} · {origin}", "$foreground"),
        (f"default {setting.default}", "$text-muted"),
        (f"may hold {setting.holds}", "$text-muted"),
        (f"a change counts {setting.effect}", "$text-muted"),
    ]
    if setting.lock:
        lines.insert(1, (f"Locked: {setting.lock}", "$text-warning"))
    return [line for line in lines if line[0]]


def _is_switch(setting: Setting) -> bool:
    return setting.words == ("true", "false")


def _names(themes: object) -> list[str]:
    return [str(name) for name in themes] if isinstance(themes, dict) else []
