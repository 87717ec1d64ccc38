"""`dashboard`: the app."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from betting_tui.cli.options import Command, recovery_flags
from betting_tui.collector import put_off
from betting_tui.engine.core.errors import UsageError

if TYPE_CHECKING:
    from betting_tui.cli.session import Setup
    from betting_tui.engine.engine import Engine


@click.command("dashboard", cls=Command)
@recovery_flags
@click.pass_context
def command(context: click.Context) -> None:
    """Open the app (the same as no command)."""
    open_app(context)


def open_app(context: click.Context) -> None:
    """Settings come first: what is wrong with them is told before the screen is taken."""
    put_off()
    from betting_tui.cli.first_run import Desk
    from betting_tui.cli.logs import record_failure
    from betting_tui.cli.session import load, prepare
    from betting_tui.engine.config.settings_file import SettingsFile

    setup = prepare(context)
    if sys.stdin is None or sys.stdout is None or not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError("the app needs a terminal; without one use a command: betting-tui --help lists them")
    from betting_tui.app import BettingApp

    app = BettingApp(
        (lambda: _open_demo(context, setup)) if setup.demo else (lambda: _open_live(context, setup)),
        settings=setup.settings,
        open_demo=lambda: _open_demo(context, setup),
        open_live=lambda: _open_live(context, setup),
        desk=Desk(lambda: load(context, tell=False)),
        settings_file=SettingsFile(lambda: load(context, tell=False)),
        record_crash=record_failure,
    )
    app.run()
    if app.return_code:
        raise click.exceptions.Exit(app.return_code)


def demo_dir(setup: Setup) -> Path:
    from betting_tui.cli.session import DEMO_DIR

    return setup.data_dir if setup.demo else setup.data_dir / DEMO_DIR


async def _open_live(context: click.Context, setup: Setup) -> Engine:
    """Settings are read again: they may have been changed since. Also where the demo was asked for first."""
    from betting_tui.cli.session import base_dir, load

    loaded = load(context, tell=False)
    data_dir = base_dir(context, loaded) if setup.demo else setup.data_dir
    # An account named on the command line stays the one to open with.
    chosen = loaded.settings.accounts if setup.demo else setup.settings.accounts
    settings = msgspec.structs.replace(loaded.settings, accounts=chosen)
    live = msgspec.structs.replace(setup, loaded=loaded, settings=settings, demo=False, data_dir=data_dir)
    return await _open(live)


async def _open_demo(context: click.Context, setup: Setup) -> Engine:
    """With the settings as they are now, in the directory the demo was begun in."""
    from betting_tui.cli.session import load

    loaded = load(context, tell=False)
    settings = msgspec.structs.replace(loaded.settings, accounts=setup.settings.accounts)
    demo = msgspec.structs.replace(setup, loaded=loaded, settings=settings, demo=True, data_dir=demo_dir(setup))
    return await _open(demo)


async def _open(setup: Setup) -> Engine:
    from betting_tui.cli.session import build

    engine = await build(setup)
    engine.after_crash = setup.after_crash
    return engine
