"""Pop-ups of the desktop."""

from __future__ import annotations

import asyncio
import importlib
import logging
import os
import sys

from betting_tui.engine.alerts.pile import plain
from betting_tui.engine.core.ports import Notice

_LOG = logging.getLogger(__name__)
POPUP_TIMEOUT_SECONDS = 3.0


class DesktopChannel:
    """Pop-ups of the desktop. Imported late, bounded in time, off where there is no desktop to ask."""

    def __init__(self, app_name: str = "betting-tui") -> None:
        self._app_name = app_name
        self._notifier: object | None = None
        self._off = "" if _has_desktop() else "this session has no desktop to notify"

    @property
    def name(self) -> str:
        return "desktop"

    @property
    def status(self) -> str:
        """`ready`, or why there are no pop-ups."""
        return self._off or "ready"

    async def send(self, notice: Notice) -> bool:
        if self._off:
            return False
        try:
            async with asyncio.timeout(POPUP_TIMEOUT_SECONDS):
                await self._send(notice)
        except Exception as error:
            self._off = f"the desktop's notifier failed ({type(error).__name__}); toasts go on"
            _LOG.warning("desktop pop-ups are off: %s", self._off)
            return False
        return True

    async def _send(self, notice: Notice) -> None:
        # Slow to import, and only by the first pop-up: a thread keeps the keys answering meanwhile.
        await asyncio.to_thread(importlib.import_module, "desktop_notifier")
        from desktop_notifier import DesktopNotifier, Urgency

        logging.getLogger("desktop_notifier").setLevel(logging.ERROR)
        if self._notifier is None:
            notifier = DesktopNotifier(app_name=self._app_name)
            await notifier.get_capabilities()
            self._notifier = notifier
        assert isinstance(self._notifier, DesktopNotifier)
        await self._notifier.send(
            title=plain(notice.title),
            message=plain(notice.body),
            urgency=Urgency.Critical if notice.urgent else Urgency.Normal,
        )


def _has_desktop() -> bool:
    if sys.platform.startswith("linux"):
        return bool(os.environ.get("DBUS_SESSION_BUS_ADDRESS"))
    return True
