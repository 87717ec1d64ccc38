"""The full report in the background: one at a time, with its progress, stopped by a key, and never asked for twice."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Protocol

from textual.worker import Worker

from betting_tui.engine.core.performance_views import FullReport
from betting_tui.engine.core.report_views import ReportView
from betting_tui.screens.face import EngineFace

if TYPE_CHECKING:
    from betting_tui.engine.store.shapes import ReportFilter

_GROUP = "reports"


class WorkingScreen(Protocol):
    """What the work needs of the screen it is shown on."""

    def run_worker(
        self, work: Coroutine[None, None, None], *, group: str, exclusive: bool, exit_on_error: bool
    ) -> Worker[None]: ...

    async def ask(self, command: Coroutine[None, None, FullReport]) -> FullReport | None:
        """Await; a failure is told and answered with None."""


class ReportWork:
    """`report` is the last one of the filter that is wanted now, however old; `share` what part of a newer one is done,
    None while none is worked out; `stopped`: it was, and waits for `again`. `on_change` draws that."""

    def __init__(self, screen: WorkingScreen, on_change: Callable[[], None]) -> None:
        self._screen = screen
        self._on_change = on_change
        self._wanted: ReportFilter | None = None
        self._sums: ReportView | None = None
        self._worker: Worker[None] | None = None
        self._again = False
        self.report: FullReport | None = None
        self.share: float | None = None
        self.stopped = False

    @property
    def running(self) -> bool:
        return self.share is not None

    def want(self, engine: EngineFace, wanted: ReportFilter, sums: ReportView) -> None:
        """The report of this filter; `sums` tell whether the one there is still holds."""
        other = wanted != self._wanted
        if not other and sums == self._sums:
            return
        self._sums = sums
        if other:
            self._wanted, self.report, self.stopped = wanted, None, False
            self._start(engine, wanted)
        elif self.running:
            # Bets that settle faster than a report is done must not keep it from ever being done.
            self._again = True
        elif not self.stopped:
            self._start(engine, wanted)

    def again(self, engine: EngineFace) -> None:
        if self._wanted is not None and not self.running:
            self.stopped = False
            self._start(engine, self._wanted)

    def stop(self) -> None:
        """Leave the work where it is."""
        if self.running and self._worker is not None:
            self._worker.cancel()
            self.share, self.stopped, self._again = None, True, False
            self._on_change()

    def forget(self) -> None:
        """The engine is another one, or gone."""
        if self._worker is not None:
            self._worker.cancel()
        self._wanted = self._sums = self.report = self.share = None
        self.stopped = self._again = False

    def _start(self, engine: EngineFace, wanted: ReportFilter) -> None:
        self.share, self._again = 0.0, False
        work = self._run(engine, wanted)
        self._worker = self._screen.run_worker(work, group=_GROUP, exclusive=True, exit_on_error=False)

    async def _run(self, engine: EngineFace, wanted: ReportFilter) -> None:
        def heard(done: int, total: int, _what: str) -> None:
            share = done / total
            # The last word of work that was stopped may come after the first of the next.
            if wanted == self._wanted and self.running and int(share * 20) != int((self.share or 0.0) * 20):
                self.share = share
                self._on_change()

        report = await self._screen.ask(engine.full_report(wanted, heard))
        if wanted != self._wanted:
            return
        self.share = None
        # What failed has been told, and would fail again at each piece of news.
        self.report, self.stopped = report or self.report, report is None
        if self._again and not self.stopped:
            self._start(engine, wanted)
        self._on_change()
