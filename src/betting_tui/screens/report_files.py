"""A report as a file: the groups as a sheet, all of it as a page for a browser."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, tzinfo
from pathlib import Path

from msgspec import Struct

from betting_tui.engine.core.errors import BettingError
from betting_tui.engine.core.performance_views import FullReport
from betting_tui.screens.acting import ActingScreen
from betting_tui.screens.report_text import hand_of

_FOLDER = "reports"
_LONGEST_NAME = 60


class NotWritten(BettingError):
    """The folder is full, read-only or gone."""

    title = "Not written"


class Told(Struct, frozen=True):
    """What a page says of itself, and the folder of the ledger it is written beside."""

    period: str
    made_at: datetime
    version: str
    zone: tzinfo
    folder: str


class ReportFiles:
    """Written into a folder of their own and told with the path; the same report of the same day is replaced."""

    def __init__(self, screen: ActingScreen) -> None:
        self._screen = screen

    def write_sheet(self, report: FullReport, told: Told) -> None:
        def made() -> bytes:
            from betting_tui.engine.store.report_exports import report_csv

            return report_csv(report)

        self._write(made, _path(report, told, "csv"))

    def write_page(self, report: FullReport, told: Told) -> None:
        hand = hand_of(report.view.currency, self._screen.session.show)

        def made() -> bytes:
            from betting_tui.engine.core.report_page import PageHead, report_page

            made_at = told.made_at.astimezone(told.zone).strftime("%Y-%m-%d %H:%M")
            head = PageHead(told.period, made_at, f"betting-tui {told.version}", told.zone)
            return report_page(report, head, hand).encode("utf-8")

        self._write(made, _path(report, told, "html"))

    def _write(self, make: Callable[[], bytes], path: Path) -> None:
        self._screen.start_command(self._written(make, path))

    async def _written(self, make: Callable[[], bytes], path: Path) -> None:
        if await self._screen.done(asyncio.to_thread(_save, make, path)):
            self._screen.tell(f"Written to {path}")


def _save(make: Callable[[], bytes], path: Path) -> None:
    from betting_tui.engine.store.files import make_private_folder, replace_private_file

    data = make()
    try:
        make_private_folder(path.parent)
        replace_private_file(path, data)
    except OSError as error:
        raise NotWritten(f"{path}: {error.strerror or error}. Free some space, or let the folder be written") from error


def _path(report: FullReport, told: Told, ending: str) -> Path:
    account = "".join(letter if letter.isalnum() or letter in "-_" else "_" for letter in report.view.account)
    name = f"report-{account[:_LONGEST_NAME]}-{report.view.grouped_by}-{told.made_at.astimezone(told.zone):%Y-%m-%d}"
    return Path(told.folder) / _FOLDER / f"{name}.{ending}"
