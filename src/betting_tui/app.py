"""The Textual app: six modes, the keys that work everywhere, and the life of the engine behind the screens."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Sequence
from functools import cached_property
from time import monotonic
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.app import App
from textual.binding import Binding, BindingType
from textual.command import Provider
from textual.events import Event, Key
from textual.worker import Worker, WorkerState

from betting_tui.ahead import import_ahead
from betting_tui.collector import give_back, take_up
from betting_tui.endings import Endings
from betting_tui.engine.config import Settings, Ui
from betting_tui.engine.config.keys import Keys
from betting_tui.engine.core.errors import BettingError
from betting_tui.modes import Modes
from betting_tui.screens.base import EngineScreen, Topic
from betting_tui.screens.face import EngineFace, OpenEngine
from betting_tui.screens.key_map import key_map
from betting_tui.screens.notices import Notices, crowded_out, read_already
from betting_tui.screens.session import Session
from betting_tui.screens.setup_draft import needs_set_up
from betting_tui.screens.themes import OURS
from betting_tui.stylesheet import KeptStylesheet
from betting_tui.widgets.text import fit, visible, width_of

if TYPE_CHECKING:
    # Named in annotations alone: the first paint waits for none of them.
    from textual.notifications import Notification, Notify
    from textual.screen import Screen

    from betting_tui.engine.config.settings_file import SettingsFile
    from betting_tui.engine.core.events import EngineEvent
    from betting_tui.screens.first_run import AfterStart, FirstRun
    from betting_tui.screens.setup_draft import SetupDesk

REPAINT_SECONDS = 0.5
FIRST_PAINT_SECONDS = 0.05
SETTLE_SECONDS = 0.005
TICK_SECONDS, SLOW_TICK_SECONDS = 1.0, 5.0
GIVE_BACK_SECONDS = 10.0
RecordCrash = Callable[[BaseException], str]
_TOAST_FRAME = 10
_HELP = "help: what has the focus, and the keys that work here"
_JUMP = "go to a list or box by its letter"
_SETTINGS = "settings: everything in config.yaml"
_QUIT = "quit; nothing is lost"
_SET_UP = "set up: key, sports, bookmakers, bankroll, bet size"
_log = logging.getLogger(__name__)


def _commands() -> type[Provider]:
    from betting_tui.screens.palette import KeyCommands

    return KeyCommands


def _log_crash(error: BaseException) -> str:
    _log.error("unexpected error", exc_info=error)
    return "The log has the details."


class BettingApp(App[None]):
    """`open_engine` makes the engine; it is started after the first paint.

    `open_demo` makes one on the simulated market, `open_live` one on the real feeds after setting up, the same as
    `open_engine` when it is not given. `desk` keeps what is set up, `settings_file` what is changed
    on the settings screen. `settings` serve until an engine is there.
    News is drawn every `repaint_seconds`, however much of it there is. `record_crash` keeps an unexpected error for us
    and answers with a sentence that says where.
    """

    TITLE = "betting-tui"
    NOTIFICATION_TIMEOUT = 4
    CSS_PATH = "app.tcss"
    DEFAULT_MODE = "opportunities"
    COMMANDS: ClassVar[set[type[Provider] | Callable[[], type[Provider]]]] = {_commands}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "1", "mode('opportunities')", "screens", key_display="1-6", id="app.opportunities", tooltip="opportunities"
        ),
        Binding("2", "mode('bets')", "Open bets", show=False, id="app.bets", tooltip="open bets"),
        Binding("3", "mode('bankroll')", "Bankroll", show=False, id="app.bankroll", tooltip="bankroll"),
        Binding("4", "mode('reports')", "Reports", show=False, id="app.reports", tooltip="reports"),
        Binding("5", "mode('markets')", "Markets", show=False, id="app.markets", tooltip="markets"),
        Binding("6", "mode('system')", "System", show=False, id="app.system", tooltip="system: feeds, paths, log"),
        Binding("p", "screen.pause", "pause", id="app.pause", tooltip="pause or resume polling and automatic bets"),
        Binding("r,f9", "screen.release", "resume", id="app.release", tooltip="let a stopped account place again"),
        Binding("question_mark", "help", "help", key_display="?", id="app.help", tooltip=_HELP),
        Binding("f1", "help", "help", id="app.help", tooltip=_HELP),
        Binding("apostrophe", "jump", "go to", key_display="'", id="app.jump", tooltip=_JUMP),
        Binding("comma", "settings", "settings", key_display=",", id="app.settings", tooltip=_SETTINGS),
        Binding(
            "ctrl+p", "command_palette", "commands", show=False, id="app.commands", tooltip="every command by name"
        ),
        Binding("k,f2", "welcome", "demo or key", id="app.welcome", tooltip=_SET_UP),
        Binding("A", "screen.switch_account", "account", show=False, id="app.account", tooltip="use another account"),
        Binding("f3", "theme", "Dark or light", show=False, id="app.theme", tooltip="dark or light colours"),
        Binding("q", "quit", "quit", id="app.quit", tooltip=_QUIT),
        Binding("ctrl+q", "quit", "quit", id="app.quit", tooltip=_QUIT),
    ]

    def __init__(
        self,
        open_engine: OpenEngine,
        *,
        settings: Settings | None = None,
        open_demo: OpenEngine | None = None,
        open_live: OpenEngine | None = None,
        desk: SetupDesk | None = None,
        settings_file: SettingsFile | None = None,
        clock: Callable[[], float] = monotonic,
        new_key: Callable[[], str] | None = None,
        repaint_seconds: float = REPAINT_SECONDS,
        record_crash: RecordCrash = _log_crash,
    ) -> None:
        super().__init__()
        self.stylesheet = KeptStylesheet(variables=self.get_css_variables())
        self.HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]
        self.VERTICAL_BREAKPOINTS = [(0, "-short"), (32, "-tall"), (50, "-high")]
        settings = settings or Settings()
        self._open_engine = self._opener = open_engine
        self.settings_file = settings_file
        self._mode_before = self.DEFAULT_MODE
        self._running_engine: EngineFace | None = None
        self._stop_listening: Callable[[], None] | None = None
        self._dirty: set[Topic] = set()
        self._next_tick = self._next_slow_tick = 0.0
        self._notices = Notices()
        self._crashed = self._board_seen = False
        self._clock = clock
        self._repaint_seconds = repaint_seconds
        self._record_crash = record_crash
        self.session = (
            Session(settings, clock=clock) if new_key is None else Session(settings, clock=clock, new_key=new_key)
        )
        self._open_live, self._open_demo, self._desk = open_live or open_engine, open_demo, desk
        for theme in OURS:
            self.register_theme(theme)
        # Textual's own variable counts where the settings say nothing else.
        wanted = settings.ui.theme if settings.ui.theme != OURS[0].name else os.environ.get("TEXTUAL_THEME", "")
        self.theme = wanted if wanted in self.available_themes else OURS[0].name
        self.set_keymap(key_map(self.keys))
        self._by_mode = Modes(self, self.session, self)
        for mode, opener in self._by_mode.openers().items():
            self.add_mode(mode, opener)

    def delay_update(self, delay: float = 0.05) -> None:
        """Textual hides a change of screens for so long; `action_mode` does it for as long as it takes."""
        super().delay_update(min(delay, SETTLE_SECONDS))

    # The engine's life

    def on_mount(self) -> None:
        if not self.is_headless:
            Endings(self, self._stop_engine).obey_signals()
            import_ahead()
        self.set_interval(self._repaint_seconds, self._draw_news)
        self.set_interval(GIVE_BACK_SECONDS, give_back)
        # A timer fires after the terminal has been written; a refresh callback fires before.
        self.set_timer(FIRST_PAINT_SECONDS, lambda: self.start_engine(self._open_engine))

    def start_engine(self, opener: OpenEngine, after: AfterStart | None = None) -> None:
        """Stop the engine there is, if any, and start another one behind the screens; `after` is called with it."""

        async def start() -> None:
            try:
                await self._start_engine(opener, after)
            finally:
                take_up()

        self.run_worker(start(), group="engine", exclusive=True, exit_on_error=False)

    def restart_engine(self) -> None:
        """Start the same engine again, with the settings as they are now."""
        self.start_engine(self._opener)

    async def _start_engine(self, opener: OpenEngine, after: AfterStart | None) -> None:
        self._opener = opener
        await self._stop_engine()
        self._redraw_current()
        try:
            engine = await opener()
            self._running_engine = engine
            await engine.start()
            self.session.attach(engine)
            self.set_keymap(key_map(self.keys))
        except BettingError as error:
            await self._fail_to_start(error.title, error.message, opener)
            return
        except Exception:
            _log.exception("the engine did not start")
            message = "The engine did not start. The log has the details; betting-tui doctor says what works."
            await self._fail_to_start("Cannot start", message, opener)
            return
        self._board_seen = False
        self._stop_listening = engine.listen(self._hear)
        if after is not None:
            await after(engine)
        self._redraw_current()
        seen = engine.overview()
        if engine.recovery is not None and not seen.read_only:
            from betting_tui.screens.recovering import ask_recovery

            ask_recovery(self, engine, engine.recovery, self.session.show, self._redraw_current)
        elif after is None and needs_set_up(engine.settings) and seen.mode == "live" and not seen.read_only:
            # Over what the ledger says, drawn by then.
            self.call_after_refresh(self.action_welcome)

    async def _fail_to_start(self, title: str, message: str, opener: OpenEngine) -> None:
        from betting_tui.screens.dialogs.dialog import ProblemDialog

        await self._stop_engine()
        self.session.detach(f"Not running: {message.splitlines()[0] if message else title}")
        self._redraw_current()

        def answered(answer: str | None) -> None:
            if answer == "retry":
                self.start_engine(opener)
            elif answer == "quit":
                self.run_worker(self.action_quit(), group="quit", exit_on_error=False)

        self.push_screen(ProblemDialog(title, message), answered)

    async def _stop_engine(self) -> None:
        """Stop what runs, if anything runs: called from quitting, from restarting and from unmounting."""
        engine, self._running_engine = self._running_engine, None
        if self._stop_listening is not None:
            self._stop_listening()
            self._stop_listening = None
        self.session.detach()
        if engine is not None:
            await engine.stop()

    async def action_quit(self) -> None:
        await self._stop_engine()
        self.exit()

    async def on_unmount(self) -> None:
        await self._stop_engine()

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        if event.state is WorkerState.ERROR:
            _log.error("work in the background failed: %s", event.worker.name, exc_info=event.worker.error)
            self.notify("Something failed in the background: the log says what", severity="warning", markup=False)

    def _handle_exception(self, error: Exception) -> None:
        """End with a sentence and exit code 1. Textual would print the local variables, which may hold a key."""
        if not self._crashed:
            self._crashed = True
            where = self._record_crash(error)
            kind = type(error).__name__
            self._exit_renderables.append(Text(f"Failed: an error inside betting-tui ({kind}). {where}"))
        super()._handle_exception(error)

    def panic(self, *renderables: object) -> None:
        """An error that would draw itself, as Textual's own do, ends like any other."""
        del renderables
        if not self._crashed:
            # Nothing else tells of the thread that reads the terminal: it dies of bytes that are no text.
            self._handle_exception(OSError("the terminal could not be read any further"))
        self._fatal_error()

    def _fatal_error(self) -> None:
        self._close_messages_no_wait()

    # News

    def _hear(self, event: EngineEvent) -> None:
        from betting_tui.engine.core.events import BoardChanged, LedgerChanged, Noticed, StatusChanged

        match event:
            case BoardChanged():
                self._dirty.add(Topic.BOARD)
                if not self._board_seen:
                    # Somebody who has just started looks at an empty list: the first rows wait for no round.
                    self._board_seen = True
                    self.call_later(self._draw_news)
            case LedgerChanged():
                self._dirty.add(Topic.LEDGER)
            case StatusChanged():
                self._dirty.add(Topic.STATUS)
            case Noticed(notice):
                self._notices.add(notice)

    def _draw_news(self) -> None:
        """Draw what changed since the last time on the current screen; the others redraw when they return."""
        now = self._clock()
        for toast in self._notices.due(now):
            self._tell_in_a_line(toast.text, urgent=toast.urgent)
        engine = self.session.engine
        if engine is not None and (news := self.session.watching.news(engine, self.session.show, now)):
            self._tell_in_a_line(news)
        if now >= self._next_tick:
            self._next_tick = now + TICK_SECONDS
            self._dirty.add(Topic.TICK)
        if now >= self._next_slow_tick:
            self._next_slow_tick = now + SLOW_TICK_SECONDS
            self._dirty.add(Topic.SLOW_TICK)
        # The last round may come when the screens are closed already.
        screen = self.screen_stack[-1] if self.screen_stack else None
        if not self._dirty or screen is None or not screen.is_mounted:
            return
        if not isinstance(screen, EngineScreen):
            self._let_look_again(screen)
            return
        topics, self._dirty = frozenset(self._dirty), set()
        if self.session.engine is not None:
            screen.redraw_for(topics)

    def _let_look_again(self, screen: Screen[object]) -> None:
        """A dialog over a screen that is drawn anew when the dialog is closed."""
        from betting_tui.screens.dialogs.dialog import Dialog

        if isinstance(screen, Dialog) and Topic.LEDGER in self._dirty:
            self._dirty.discard(Topic.LEDGER)
            screen.look_again()

    def _tell_in_a_line(self, told: str, *, urgent: bool = False) -> None:
        """A second line would cover the first row of a list."""
        text, room = visible(told), self.size.width - _TOAST_FRAME
        text = text if width_of(text) <= room else fit(text, room)
        self.notify(text, severity="warning" if urgent else "information", markup=False)

    def on_notify(self, message: Notify) -> None:
        self._take_down(crowded_out(self._notifications, message.notification))

    async def on_event(self, event: Event) -> None:
        if isinstance(event, Key) and not event.is_forwarded:
            self._take_down(read_already(self._notifications))
        await super().on_event(event)

    def clear_notifications(self) -> None:
        self._take_down(list(self._notifications))

    def _take_down(self, toasts: Sequence[Notification]) -> None:
        for toast in toasts:
            self._unnotify(toast, refresh=False)
        if not toasts:
            return
        # Textual's own way leaves an empty line where each of them was, above all that come later.
        gone = {f"--textual-toast-{toast.identity}" for toast in toasts}
        screens = {screen for stack in self._screen_stacks.values() for screen in stack}
        for holder in [it for screen in screens for it in screen.query("ToastHolder") if it.id in gone]:
            holder.remove()
        self._refresh_notifications()

    def _redraw_current(self) -> None:
        screen = self.screen
        if isinstance(screen, EngineScreen) and screen.is_mounted:
            screen.redraw()

    # Keys that work everywhere

    async def action_mode(self, mode: str) -> None:
        if mode != self.current_mode:
            self._mode_before = self.current_mode
            # Painted once, when all its parts know their sizes.
            with self.batch_update():
                await self.switch_mode(mode)
                self.delay_update(SETTLE_SECONDS)

    async def action_settings(self) -> None:
        await self.action_mode("settings")

    async def leave_settings(self) -> None:
        await self.action_mode(self._mode_before)

    def action_help(self) -> None:
        from betting_tui.screens.dialogs.help import help_dialog

        self.push_screen(help_dialog(self.screen, self.keys))

    def action_jump(self) -> None:
        from betting_tui.screens.jump import JumpScreen, jump

        if not isinstance(self.screen, JumpScreen):
            jump(self.screen)

    @property
    def keys(self) -> Keys:
        """The keys in force."""
        return self.session.show.keys

    def use_ui(self, ui: Ui) -> None:
        """Show everything as these settings say, from now on."""
        self.session.use(ui)
        if self.session.engine is not None:
            self.session.engine.use_ui(ui)
        self.set_keymap(key_map(self.keys))
        if ui.theme in self.available_themes:
            self.theme = ui.theme
        self._redraw_current()

    def action_theme(self) -> None:
        dark, light = (theme.name for theme in OURS)
        self.theme = light if self.theme == dark else dark

    def action_welcome(self) -> None:
        self._first_run.begin()

    @cached_property
    def _first_run(self) -> FirstRun:
        from betting_tui.screens.first_run import FirstRun, Openers

        openers = Openers(self._open_live, self._open_demo)
        return FirstRun(self, self.session, openers, self._desk, self.start_engine)
