"""From flags to settings, data directory and a running engine: what every command with data begins with."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import tzinfo
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click
import msgspec
from msgspec import Struct

from betting_tui.cli.logs import keep_secret, log_path, open_log
from betting_tui.cli.options import AfterCrash, Common, common_of
from betting_tui.cli.output import Style, terminal_width
from betting_tui.engine.config import (
    SECRET_KEYS,
    Loaded,
    Override,
    Settings,
    default_config_path,
    default_data_dir,
    dotenv_files,
    environment_name,
    load_settings,
    read_dotenv,
    secrets_of,
)
from betting_tui.engine.config.folders import make_private_folder
from betting_tui.engine.core.errors import BadAnswer, LedgerError, SourceError, UsageError
from betting_tui.engine.core.feed_views import FeedStatus
from betting_tui.engine.core.odds import OddsFormat
from betting_tui.engine.core.status_views import Recovery
from betting_tui.engine.core.times import span_text, zone_of

if TYPE_CHECKING:
    from betting_tui.cli.progress import ProgressLine
    from betting_tui.engine.engine import Engine
    from betting_tui.engine.store.shapes import Mode

T = TypeVar("T")
ME = "command line"
DEMO_DIR = "demo"


class Setup(Struct, frozen=True):
    """What one command works with. `data_dir` is the mode's own."""

    loaded: Loaded
    settings: Settings
    data_dir: Path
    demo: bool
    after_crash: AfterCrash | None = None

    @property
    def style(self) -> Style:
        ui = self.settings.ui
        return Style(OddsFormat(ui.odds_format), zone_of(ui.time_zone), terminal_width())


def load(context: click.Context, *, tell: bool = True) -> Loaded:
    """Settings from all layers, with warnings told unless a screen is drawn there. Raises ConfigError."""
    common = common_of(context)
    dotenvs = dotenv_files(common.config or default_config_path())
    keep_secret(_secrets_around(dotenvs))
    loaded = load_settings(common.config, environment=os.environ, flags=_overrides(common), dotenvs=dotenvs)
    keep_secret(secrets_of(loaded.settings))
    for warning in loaded.warnings if tell else ():
        click.echo(f"Warning: {warning}", err=True)
    return loaded


def prepare(context: click.Context, *, warnings_on_stderr: bool = False) -> Setup:
    """Settings, the data directory and the log file."""
    loaded = load(context)
    demo = common_of(context).demo
    base = base_dir(context, loaded)
    data_dir = base / DEMO_DIR if demo else base
    open_log(data_dir, loaded.settings.log.level, warnings_on_stderr=warnings_on_stderr)
    setup = Setup(loaded, loaded.settings, data_dir, demo, common_of(context).after_crash)
    common_of(context).told = setup.style.told
    chosen = common_of(context).account
    return setup if chosen is None else for_account(setup, chosen)


def for_account(setup: Setup, chosen: str) -> Setup:
    """The same with that account as the current one. Raises UsageError, naming those there are: a mistyped name must
    not open an account."""
    from betting_tui.cli.account_names import account_names, named

    settings = setup.settings
    heed_backups(setup)
    names = account_names(setup.data_dir, settings, mode_of(setup))
    known = named(chosen, names)
    if known is None:
        raise UsageError(f"there is no account {chosen[:64]!r}: the accounts are {', '.join(names)}")
    replace = msgspec.structs.replace
    return replace(setup, settings=replace(settings, accounts=replace(settings.accounts, current=known)))


def base_dir(context: click.Context, loaded: Loaded) -> Path:
    """The flag, else the setting, else the platform's own; always absolute."""
    flag, setting = common_of(context).data_dir, loaded.settings.storage.data_dir
    chosen = flag or (Path(setting) if setting else default_data_dir())
    return chosen.expanduser().absolute()


async def build(setup: Setup, settings: Settings | None = None) -> Engine:
    """The engine of this mode, not yet started."""
    from betting_tui.engine.launch import demo_engine, live_engine
    from betting_tui.engine.rooms import Files

    chosen = settings or setup.settings
    heed_backups(setup)
    _make(setup.data_dir)
    files = Files(config=str(setup.loaded.path), log=str(log_path(setup.data_dir)))
    match mode_of(setup):
        case "demo":
            return await demo_engine(chosen, setup.data_dir, files=files)
        case "replay":
            from betting_tui.engine.replay import replayed_engine

            return replayed_engine(chosen, setup.data_dir, files=files)
        case _:
            return live_engine(chosen, setup.data_dir, files=files)


def mode_of(setup: Setup) -> Mode:
    """What the ledger there is for: that of a replay is looked at, and asks no feed."""
    from betting_tui.engine.rooms import LEDGER_FILE
    from betting_tui.engine.store.ledger_file import is_replay

    if setup.demo:
        return "demo"
    return "replay" if is_replay(setup.data_dir / LEDGER_FILE) else "live"


def heed_backups(setup: Setup) -> None:
    """Where copies are but no ledger, say so before a new one is begun."""
    from betting_tui.engine.rooms import LEDGER_FILE
    from betting_tui.engine.store.backups import advice, list_backups

    ledger = setup.data_dir / LEDGER_FILE
    if ledger.exists() or not list_backups(ledger):
        return
    told = advice(ledger, "demo" if setup.demo else "live")
    click.echo(f"Note: there is no ledger at {ledger}, a new one is begun; {told}", err=True)


def _make(data_dir: Path) -> None:
    """Raise LedgerError saying what to do where the data directory cannot be."""
    try:
        make_private_folder(data_dir.parent)
        data_dir.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        why = "a file of that name is in the way" if isinstance(error, FileExistsError) else error.strerror or error
        raise LedgerError(f"{data_dir} cannot be made ({why}): choose another place with --data-dir") from None


def with_engine(setup: Setup, work: Callable[[Engine], Awaitable[T]], *, line: ProgressLine | None = None) -> T:
    """Run one piece of work on the ledger, with no loop beside it; other programs may use the ledger meanwhile.

    `line` shows how far the work is: what is told on stderr keeps clear of it.
    """
    tell = partial(click.echo, err=True) if line is None else line.aside

    async def run() -> T:
        engine = await build(setup, quiet(setup.settings))
        try:
            await engine.start(polling=False)
            if engine.note:
                tell(f"Note: {engine.note}")
            found = await engine.recover()
            if found is not None:
                tell(recovery_line(found, setup.style.zone))
            return await work(engine)
        finally:
            await engine.stop()

    return asyncio.run(run())


def recovery_line(found: Recovery, zone: tzinfo | None) -> str:
    """`The last run stopped at 14:03 without ending, 2 h 10 min ago: 3 open bets kept, 1 close may be missing.`"""
    here = found.stopped_at.astimezone(zone)
    today = here.date() == found.found_at.astimezone(zone).date()
    left = [f"{_number(found.open_bets, 'open bet')} kept"]
    if found.working_orders:
        left.append(f"{_number(found.working_orders, 'order')} still waiting")
    if found.missed_closes:
        left.append(f"{_number(len(found.missed_closes), 'close')} may be missing")
    if found.awaited_results:
        left.append(f"{_number(found.awaited_results, 'result')} awaited")
    at, ago = here.strftime("%H:%M" if today else "%Y-%m-%d %H:%M"), span_text(found.away_seconds)
    return f"The last run stopped at {at} without ending, {ago} ago: {', '.join(left)}."


def _number(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def quiet(settings: Settings) -> Settings:
    """A command prints what it did: no pop-up and no message besides."""
    silent = msgspec.structs.replace(settings.notifications, desktop=False, webhook_url=None)
    return msgspec.structs.replace(settings, notifications=silent)


@contextmanager
def reading_files() -> Iterator[None]:
    """A file that cannot be read is a mistake in the command: no feed has failed."""
    try:
        yield
    except BadAnswer as bad:
        raise UsageError(bad.message) from None


def need_feed(feeds: Sequence[FeedStatus], instead: str) -> None:
    """Raise SourceError, saying what each feed needs and what works without one, when none can be asked."""
    if all(feed.state == "off" for feed in feeds):
        nobody = "the settings name none, and the ledger of a replay has none"
        needs = "; ".join(f"{feed.name}: {feed.detail}" for feed in feeds) or nobody
        raise SourceError(f"no feed can be asked ({needs}). Without one, {instead}")


def _overrides(common: Common) -> list[Override]:
    return [Override("log.level", common.log_level, "--log-level")] if common.log_level else []


def _secrets_around(dotenvs: Sequence[Path]) -> list[str | None]:
    """Known before the settings are: an error in them must not repeat a key."""
    names = ("THE_ODDS_API_KEY", *map(environment_name, SECRET_KEYS))
    found = [os.environ.get(name) for name in names]
    return found + [it.text for path in dotenvs for it in read_dotenv(path).entries if it.name in names]
