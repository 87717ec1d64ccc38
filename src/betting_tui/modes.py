"""The app's screens by mode: the first is imported with the app, the others when they are first visited."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from textual.app import App
from textual.screen import Screen

from betting_tui.screens.opportunities import OpportunitiesScreen
from betting_tui.screens.session import Session
from betting_tui.stylesheet import styled

if TYPE_CHECKING:
    from betting_tui.screens.settings import SettingsHost

Opener = Callable[[], Screen[None]]


class Modes:
    """Opens each mode's screen with its styles; `host` is what changed settings are given to."""

    def __init__(self, app: App[Any], session: Session, host: SettingsHost) -> None:
        self._app = app
        self._session = session
        self._host = host

    def openers(self) -> dict[str, Opener]:
        openers: dict[str, Opener] = {
            "opportunities": lambda: OpportunitiesScreen(self._session),
            "bets": self._bets,
            "bankroll": self._bankroll,
            "reports": self._reports,
            "markets": self._markets,
            "system": self._system,
            "settings": self._settings,
        }
        return {mode: partial(self._open, opener) for mode, opener in openers.items()}

    def _open(self, opener: Opener) -> Screen[None]:
        return styled(opener(), self._app)

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
