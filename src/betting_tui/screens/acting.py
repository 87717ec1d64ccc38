"""What acts that ask first and tell what came of it need of the screen they are done on."""

from __future__ import annotations

from collections.abc import Awaitable, Coroutine
from datetime import datetime
from typing import Protocol, TypeVar

from textual.app import App

from betting_tui.screens.face import EngineFace
from betting_tui.screens.session import Session

AnswerT = TypeVar("AnswerT")


class ActingScreen(Protocol):
    """Its engine, its toasts, its busy state, its redraw; the screens themselves are not known to the acts."""

    session: Session
    now: datetime

    @property
    def app(self) -> App[object]: ...

    @property
    def engine(self) -> EngineFace | None: ...

    @property
    def busy(self) -> bool: ...

    def writable(self) -> EngineFace | None:
        """The engine when it may be asked to change something; else the user is told why not."""

    def tell(self, message: str, *, bad: bool = False) -> None: ...

    def tell_meanwhile(self, message: str) -> None:
        """Tell what goes on until `meanwhile_over`, however long that takes."""

    def meanwhile_over(self) -> None: ...

    async def ask(self, command: Awaitable[AnswerT]) -> AnswerT | None:
        """Await one command; a failure is told and answered with None."""

    async def done(self, command: Awaitable[None]) -> bool:
        """Await a command without an answer; False when it failed, which has been told."""

    def redraw(self) -> None: ...

    def start_command(self, work: Coroutine[None, None, None]) -> None:
        """Await `work`, which asks one command, apart from the key that wanted it; busy from now on."""
