"""After a run that did not end in order: go on with its account, or in a new one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from textual.app import App

from betting_tui.engine.core.errors import BettingError
from betting_tui.engine.core.status_views import Recovery
from betting_tui.screens.dialogs.recovery import RecoveryDialog
from betting_tui.screens.face import EngineFace
from betting_tui.screens.show import Show
from betting_tui.widgets.text import visible


def ask_recovery(app: App[Any], engine: EngineFace, found: Recovery, show: Show, recovered: Callable[[], None]) -> None:
    """Ask the user, do what they say, tell it; then call `recovered`."""

    def answered(resume: bool | None) -> None:
        work = _recover(app, engine, show, recovered, fresh=resume is False)
        app.run_worker(work, group="commands", exit_on_error=False)

    app.push_screen(RecoveryDialog(found, show), answered)


async def _recover(
    app: App[Any], engine: EngineFace, show: Show, recovered: Callable[[], None], *, fresh: bool
) -> None:
    try:
        if fresh:
            account = await engine.start_fresh()
            message = f"{account.name} is the account now · {show.key('app.account')} switches back"
        else:
            await engine.resume()
            message = "Resumed: open bets and orders are as they were"
    except BettingError as error:
        app.notify(visible(f"{error.title}: {error.message}"), severity="warning", markup=False)
    else:
        app.notify(visible(message), markup=False)
    recovered()
