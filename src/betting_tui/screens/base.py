"""What every screen does alike: header, keys, redraw when asked, one command at a time."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Coroutine, Sequence
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from textual import events
from textual.app import ComposeResult
from textual.screen import Screen

from betting_tui.engine.core.errors import BettingError, UsageError
from betting_tui.engine.core.status_views import Overview
from betting_tui.engine.core.times import EPOCH
from betting_tui.screens.face import EngineFace
from betting_tui.screens.session import ME, Session
from betting_tui.screens.setup_draft import needs_set_up
from betting_tui.screens.show import Show
from betting_tui.screens.status import banner_text, header_cells, stop_reasons, waiting_cells
from betting_tui.widgets.banner import Banner
from betting_tui.widgets.header_bar import HeaderBar
from betting_tui.widgets.key_bar import KeyBar
from betting_tui.widgets.line_table import LineTable
from betting_tui.widgets.prose import filled
from betting_tui.widgets.text import fit, plain, visible

if TYPE_CHECKING:
    # Imported when an account is first acted upon: the first paint does not wait for it.
    from betting_tui.screens.account_actions import AccountActions

AnswerT = TypeVar("AnswerT")
_log = logging.getLogger(__name__)
# Longer than any question to a feed may take.
_LONGEST_WORK = 60.0
# What is above the first row: a list's border and headings. Around a toast there is its own frame.
_TOAST_LINES, _TOAST_FRAME, _LOST_TO_WORDS = 2, 10, 16


class Topic(StrEnum):
    """What a screen shows, and so which news make it redraw. `TICK` is time passing, once a second,
    `SLOW_TICK` every five, for screens whose queries cost more."""

    BOARD = "board"
    LEDGER = "ledger"
    STATUS = "status"
    TICK = "tick"
    SLOW_TICK = "slow tick"


def looks_only(seen: Overview, show: Show) -> str:
    """Why a window on a ledger that another one holds shows no prices, in two lines."""
    if not seen.lock_holder:
        quits = f"{show.key('app.quit')} quits: start again to place here"
        return f"This window only looks, and the one that held the ledger has ended\n{quits}"
    holder = show.told(seen.lock_holder, seen.now)
    return f"This window only looks. Prices are watched by the ledger's holder:\n{holder}"


class EngineScreen(Screen[None]):
    """`watches` are the topics that change its content; `now` is the engine's time of the last redraw.

    `writing_keys` are the ids of the keys that change the ledger or the engine.

    Content is drawn from queries in `refresh_content` alone.
    """

    watches: ClassVar[frozenset[Topic]] = frozenset()
    writing_keys: ClassVar[frozenset[str]] = frozenset({"app.pause", "app.release", "app.account"})
    title_text: ClassVar[str] = ""
    help_text: ClassVar[str] = ""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.now = EPOCH
        self._busy = self._just_drawn = False
        self._without_feed = self._read_only = self._stopped = False

    @cached_property
    def acts(self) -> AccountActions:
        """What is done to accounts, from any screen."""
        from betting_tui.screens.account_actions import AccountActions

        return AccountActions(self)

    @property
    def engine(self) -> EngineFace | None:
        return self.session.engine

    @property
    def busy(self) -> bool:
        """A command of this screen has not been answered yet."""
        return self._busy

    def compose(self) -> ComposeResult:
        yield HeaderBar()
        yield Banner()
        yield from self.compose_body()
        yield KeyBar(self._describe)

    def compose_body(self) -> ComposeResult:
        """The screen's own widgets, between header and key bar."""
        raise NotImplementedError

    def refresh_content(self, engine: EngineFace, seen: Overview) -> None:
        """Draw everything anew from queries."""
        raise NotImplementedError

    def describe_key(self, binding_id: str) -> str | None:
        """A better name for a key than its binding's, from what is under the cursor; None keeps that."""
        del binding_id
        return None

    def _describe(self, binding_id: str) -> str | None:
        """The key that sets up is in the line as long as nobody has chosen a feed; those that write are not where
        nothing may be written, though they say why when they are pressed."""
        if binding_id == "app.welcome":
            return None if self._without_feed else ""
        if binding_id == "app.release" and not self._stopped:
            return ""
        if self._read_only and binding_id in self.writing_keys:
            return ""
        return self.describe_key(binding_id)

    @property
    def tables(self) -> Sequence[LineTable[Any]]:
        """Its lists: the first has the focus to begin with, and all are empty while there is no engine."""
        return ()

    def show_waiting(self, problem: str) -> None:
        """Draw what is shown while there is no engine; `problem` says why when it is not just starting."""
        for table in self.tables:
            table.set_rows(())
            table.set_empty(problem or "Starting…")

    def read_anew(self) -> None:
        """Read what no news tells of; called each time before the screen is shown."""

    def focus_first(self) -> None:
        """Give the focus to what is used first; called once, when the screen has been drawn."""
        for table in self.tables[:1]:
            table.focus()

    def on_mount(self) -> None:
        # Textual calls the handlers of all classes by itself: one of a screen's own calls this one no second time.
        self.read_anew()
        self.redraw()
        self.focus_first()
        # Textual says twice that a new screen is shown, and both are told already: it is drawn.
        self._just_drawn = True
        self.call_later(self._is_shown)

    def _is_shown(self) -> None:
        self._just_drawn = False

    def on_screen_resume(self, event: events.ScreenResume) -> None:
        # Classes and colours that changed meanwhile have been followed already.
        event.refresh_styles = False
        if self.is_mounted and not self._just_drawn:
            self.read_anew()
            self.redraw()

    def _compositor_refresh(self) -> None:
        # Textual would draw all lines while nothing is shown, and throw them away.
        if not self.app._batch_count:
            super()._compositor_refresh()

    def redraw(self) -> None:
        if not self.app.is_running:
            return
        if self.engine is None:
            self.query_one(HeaderBar).show(waiting_cells(self.session.problem))
            self.query_one(Banner).say("")
            self.show_waiting(self.session.problem)
            return
        seen = self.engine.overview()
        self.now = seen.now
        self.session.follow(seen.currency)
        stopped = bool(seen.breakers) or seen.suspended
        offered = self._to_set_up(self.engine, seen), seen.read_only, stopped
        if offered != (self._without_feed, self._read_only, self._stopped):
            self._without_feed, self._read_only, self._stopped = offered
            self.refresh_bindings()
        self._draw_top(seen)
        self.refresh_content(self.engine, seen)

    def _to_set_up(self, engine: EngineFace, seen: Overview) -> bool:
        """No feed is on, or the one that is on was not chosen by anybody."""
        return all(feed.state == "off" for feed in seen.feeds) or (
            seen.mode == "live" and not seen.read_only and needs_set_up(engine.settings)
        )

    def _draw_top(self, seen: Overview) -> None:
        self.query_one(HeaderBar).show(header_cells(seen, self.session.show))
        self.query_one(Banner).say(banner_text(seen, self.session.show))

    def redraw_for(self, topics: frozenset[Topic]) -> None:
        """Redraw what these news touch; the header follows all of them."""
        if topics & self.watches or self.engine is None:
            self.redraw()
        elif topics - {Topic.TICK}:
            self._draw_top(self.engine.overview())

    def tell(self, message: str, *, bad: bool = False) -> None:
        text = visible(self.session.show.told(message, self.now))
        room = self.app.size.width - _TOAST_FRAME
        if filled(plain(text), room).plain.count("\n") >= _TOAST_LINES:
            # More lines would cover the first rows of a list: what must be read waits for the reader.
            if bad:
                from betting_tui.screens.dialogs.dialog import TextDialog

                self.app.push_screen(TextDialog("Not done", plain(text)))
                return
            text = fit(text, _TOAST_LINES * room - _LOST_TO_WORDS)
        self.app.notify(text, severity="warning" if bad else "information", markup=False)

    def tell_meanwhile(self, message: str) -> None:
        """Tell what goes on until `meanwhile_over`, however long that takes."""
        self.app.notify(visible(message), timeout=_LONGEST_WORK, markup=False)

    def meanwhile_over(self) -> None:
        # What came of it is told next, and would stand below what is over.
        self.app.clear_notifications()

    def writable(self) -> EngineFace | None:
        """The engine when it may be asked to change something; else the user is told why not."""
        engine = self.engine
        if engine is None:
            self.tell(self.session.problem or "The engine is still starting: try again in a moment", bad=True)
            return None
        seen = engine.overview()
        if seen.read_only:
            self.tell(
                f"Read-only: this ledger is held by {seen.lock_holder}. Close that one and start again to write here"
                if seen.lock_holder
                else "Read-only, though the one that held the ledger has ended: quit and start again to write here",
                bad=True,
            )
            return None
        return engine

    async def ask(self, command: Awaitable[AnswerT]) -> AnswerT | None:
        """Await one command; a failure is told, logged and answered with None."""
        self._busy = True
        try:
            return await command
        except BettingError as error:
            # What a key asked for is never wrong usage: something changed while the person looked.
            title = "Not done" if isinstance(error, UsageError) else error.title
            self.tell(f"{title}: {error.message}", bad=True)
        except Exception:
            _log.exception("a command failed")
            where = f"screen {self.session.show.key('app.system')} shows its path"
            self.tell(f"That did not work: the log says why ({where})", bad=True)
        finally:
            self._busy = False
        return None

    def start_command(self, work: Coroutine[None, None, None]) -> None:
        """Await `work`, which asks one command, apart from the key that wanted it; busy from now on."""
        self._busy = True
        self.run_worker(work, group="commands", exit_on_error=False)

    async def done(self, command: Awaitable[None]) -> bool:
        """Await a command without an answer; False when it failed, which has been told."""

        async def marked() -> bool:
            await command
            return True

        return await self.ask(marked()) is True

    def action_release(self) -> None:
        """Let the current account place again: release its breakers, or end its suspension."""
        engine = self.writable()
        if engine is None:
            return
        seen = engine.overview()
        if seen.breakers:
            self.acts.release(seen.account, stop_reasons(seen.breakers, seen.now, self.session.show))
        elif seen.suspended:
            self.acts.change_status(seen.account, suspend=False)
        else:
            self.tell(f"Nothing stops {seen.account}")

    def action_switch_account(self) -> None:
        self.acts.pick()

    def action_pause(self) -> None:
        engine = self.writable()
        if engine is not None:
            self.start_command(self._pause(engine))

    async def _pause(self, engine: EngineFace) -> None:
        from betting_tui.engine.core.commands import Pause

        on = not engine.overview().paused
        if not await self.done(engine.pause(Pause(on=on, created_by=ME))):
            return
        self.redraw()
        resumes = f"{self.session.show.key('app.pause')} resumes"
        self.tell(f"Paused: no polling, no automatic bets · {resumes}" if on else "Running again")
