"""The app's screens by mode: the first comes with the app, the others when they are first visited, or are made before
that, one by one, while nobody presses a key."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from textual.app import App
from textual.screen import Screen
from textual.timer import Timer

from betting_tui.screens.opportunities import OpportunitiesScreen
from betting_tui.screens.session import Session
from betting_tui.stylesheet import read_styles, styled

if TYPE_CHECKING:
    from betting_tui.screens.settings import SettingsHost

Opener = Callable[[], Screen[None]]
# The longest takes some 30 ms of the processor.
_BETWEEN_SECONDS = 0.3


class Modes:
    """Opens each mode's screen with its styles; `host` is what changed settings are given to."""

    def __init__(self, app: App[Any], session: Session, host: SettingsHost) -> None:
        self._app = app
        self._session = session
        self._host = host
        self._made: dict[str, Screen[None]] = {}
        self._visited: set[str] = set()
        self._timer: Timer | None = None
        self._openers: dict[str, Opener] = {
            "opportunities": lambda: OpportunitiesScreen(session),
            "bets": self._bets,
            "bankroll": self._bankroll,
            "reports": self._reports,
            "markets": self._markets,
            "system": self._system,
            "settings": self._settings,
        }

    def openers(self) -> dict[str, Opener]:
        return {mode: partial(self._open, mode) for mode in self._openers}

    def make_ahead(self) -> None:
        """Make the screens that have not been visited yet, one every moment, so that no key waits for all of them."""
        if self._timer is None:
            self._timer = self._app.set_interval(_BETWEEN_SECONDS, self._make_next)

    def _make_next(self) -> None:
        left = [mode for mode in self._openers if mode not in self._visited and mode not in self._made]
        if left:
            self._made[left[0]] = self._openers[left[0]]()
            read_styles(self._made[left[0]], self._app)
        elif self._timer is not None:
            self._timer.stop()

    def _open(self, mode: str) -> Screen[None]:
        self._visited.add(mode)
        made = self._made.pop(mode, None)
        return styled(self._openers[mode]() if made is None else made, self._app)

    def _bets(self) -> Screen[None]:
        from betting_tui.screens.bets import BetsScreen

        return BetsScreen(self._session)

    def _bankroll(self) -> Screen[None]:
        from betting_tui.screens.bankroll import BankrollScreen

        return BankrollScreen(self._session)

    def _reports(self) -> Screen[None]:
        from betting_tui.screens.reports import ReportsScreen

        return ReportsScreen(self._session)

    def _markets(self) -> Screen[None]:
        from betting_tui.screens.markets import MarketsScreen

        return MarketsScreen(self._session)

    def _system(self) -> Screen[None]:
        from betting_tui.screens.system import SystemScreen

        return SystemScreen(self._session)

    def _settings(self) -> Screen[None]:
        from betting_tui.screens.settings import SettingsScreen

        return SettingsScreen(self._session, self._host)
