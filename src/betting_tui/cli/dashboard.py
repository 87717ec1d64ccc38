"""`dashboard`: the app."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from betting_tui.cli.options import Command, recovery_flags
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
    from betting_tui.cli.logs import record_failure
    from betting_tui.cli.session import prepare

    setup = prepare(context)
    if sys.stdin is None or sys.stdout is None or not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError("the app needs a terminal; without one use a command: betting-tui --help lists them")
    from betting_tui.app import BettingApp

    demo_setup = msgspec.structs.replace(setup, demo=True, data_dir=demo_dir(setup))
    app = BettingApp(
        (lambda: _open(demo_setup)) if setup.demo else (lambda: _open_live(context, setup)),
        settings=setup.settings,
        open_demo=lambda: _open(demo_setup),
        check_key=lambda key: _check_key(setup, key),
        save_key=lambda key: _save_key(setup, key),
        record_crash=record_failure,
    )
    app.run()
    if app.return_code:
        raise click.exceptions.Exit(app.return_code)


def demo_dir(setup: Setup) -> Path:
    from betting_tui.cli.session import DEMO_DIR

    return setup.data_dir if setup.demo else setup.data_dir / DEMO_DIR


async def _open_live(context: click.Context, setup: Setup) -> Engine:
    """Settings are read again: a key may have been saved since."""
    from betting_tui.cli.session import load

    return await _open(msgspec.structs.replace(setup, settings=load(context).settings))


async def _open(setup: Setup) -> Engine:
    from betting_tui.cli.session import build

    engine = await build(setup)
    engine.after_crash = setup.after_crash
    return engine


async def _check_key(setup: Setup, key: str) -> str:
    """Ask the provider with a call that costs nothing. Raises BettingError."""
    from betting_tui.cli.logs import keep_secret
    from betting_tui.engine.clocks import SystemClock
    from betting_tui.engine.config import check_key
    from betting_tui.engine.sources.http import HttpClient
    from betting_tui.engine.sources.the_odds_api import TheOddsApiSource
    from betting_tui.screens.show import counted

    cleaned = check_key(key)
    keep_secret([cleaned])
    chosen = setup.settings.data_sources.the_odds_api
    source = TheOddsApiSource(cleaned, chosen, HttpClient(deadline_seconds=chosen.timeout_seconds), SystemClock())
    try:
        sports = await source.sports()
        reading = source.credits
    finally:
        await source.aclose()
    left = f", {reading.remaining} credits left this month" if reading and reading.remaining is not None else ""
    return f"The key works: {counted(len(sports), 'sport')} in season{left}"


def _save_key(setup: Setup, key: str) -> None:
    from betting_tui.engine.config import save_key

    save_key(setup.loaded.path, key)
