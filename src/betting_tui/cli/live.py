"""`live`: the engine without a screen. What is worth telling goes to stdout, a line each."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from typing import TYPE_CHECKING

import click
import msgspec

from betting_tui.cli.options import SPORT, Command, recovery_flags
from betting_tui.cli.output import ReaderGone, Style, emit
from betting_tui.cli.session import ME, Setup, build, need_feed, prepare, recovery_line
from betting_tui.engine.config import Settings
from betting_tui.engine.core.commands import Arm
from betting_tui.engine.core.errors import LedgerError, LedgerReadOnly
from betting_tui.engine.core.events import EngineEvent, Noticed, StatusChanged
from betting_tui.engine.core.ports import Notice
from betting_tui.engine.core.text import clean
from betting_tui.engine.core.times import iso

if TYPE_CHECKING:
    from betting_tui.engine.engine import Engine

STRATEGIES = ("value_betting", "line_shopping", "arbitrage")


@click.command("live", cls=Command)
@click.option(
    "--sport", "sports", multiple=True, type=SPORT, help="Poll this sport; may be repeated. Default: the settings'."
)
@click.option("--auto", multiple=True, type=click.Choice(STRATEGIES), help="Let this strategy place by itself.")
@click.option(
    "--format", "format_", type=click.Choice(["table", "json"]), default="table", help="json: one object a line."
)
@recovery_flags
@click.pass_context
def command(context: click.Context, sports: tuple[str, ...], auto: tuple[str, ...], format_: str) -> None:
    """Run the engine without a screen, until stopped."""
    setup = prepare(context, warnings_on_stderr=True)
    asyncio.run(_run(setup, _with_sports(setup.settings, sports), auto, format_))


async def _run(setup: Setup, settings: Settings, auto: tuple[str, ...], format_: str) -> None:
    engine = await build(setup, settings)
    stop = asyncio.Event()
    gone: list[ReaderGone | LedgerError] = []
    loop = asyncio.get_running_loop()
    with contextlib.suppress(NotImplementedError):
        loop.add_signal_handler(signal.SIGTERM, stop.set)

    def hear(event: EngineEvent) -> None:
        if isinstance(event, Noticed) and not gone:
            try:
                _tell(engine, event.notice, format_, setup.style)
            except ReaderGone as left:
                gone.append(left)
                stop.set()
        elif isinstance(event, StatusChanged) and engine.lost and not gone:
            # Nobody is there to see a banner: a service manager sees the exit code, and starts it again.
            gone.append(LedgerError(f"{setup.data_dir}: {engine.lost}"))
            stop.set()

    forget = engine.listen(hear)
    try:
        await engine.start(polling=True)
        await _check(engine)
        await _go_on(engine, setup)
        for strategy in auto:
            await engine.arm(Arm(strategy, True, ME))
        _greet(engine, auto)
        await stop.wait()
    finally:
        forget()
        await engine.stop()
    if gone:
        raise gone[0]
    click.echo("Stopped.", err=True)


async def _check(engine: Engine) -> None:
    """A second engine would only look on, and one without a feed would only wait: say so instead."""
    seen = engine.overview()
    if engine.read_only:
        holder = seen.lock_holder or "another process"
        raise LedgerReadOnly(f"{holder} runs the engine on this ledger: stop it first")
    need_feed(engine.odds_feeds(), "run on the simulated market with --demo")


async def _go_on(engine: Engine, setup: Setup) -> None:
    """After a run that broke off: say so, and go on as the flags say."""
    found = engine.recovery
    if found is None:
        if setup.after_crash == "fresh":
            click.echo("The last run ended in order: nothing to start fresh from.", err=True)
        return
    click.echo(recovery_line(found, setup.style.zone), err=True)
    if setup.after_crash == "fresh":
        click.echo(f"Going on in the new account {(await engine.start_fresh()).name}.", err=True)
    else:
        await engine.resume()


def _greet(engine: Engine, auto: tuple[str, ...]) -> None:
    seen = engine.overview()
    armed = f", placing by itself: {', '.join(auto)}" if auto else ""
    feeds = ", ".join(feed.name for feed in seen.feeds if feed.state != "off")
    click.echo(f"Running on {feeds} for account {seen.account}{armed}. Ctrl-C stops.", err=True)


def _tell(engine: Engine, notice: Notice, format_: str, style: Style) -> None:
    at = engine.clock.now().replace(microsecond=0)
    title, body = clean(notice.title, 200), clean(notice.body, 400)
    if format_ == "json":
        line = {"at": iso(at), "kind": notice.kind.value, "title": title, "body": body}
        emit(msgspec.json.encode(line).decode())
    else:
        emit(f"{at.astimezone(style.zone):%Y-%m-%d %H:%M:%S}  {title} · {style.told(body)}")


def _with_sports(settings: Settings, sports: tuple[str, ...]) -> Settings:
    if not sports:
        return settings
    replace = msgspec.structs.replace
    feed = replace(settings.data_sources.the_odds_api, sports=sports)
    return replace(settings, data_sources=replace(settings.data_sources, the_odds_api=feed))
