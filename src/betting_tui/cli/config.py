"""`config`: where the settings are, what is in force and why, what is wrong, a first file."""

from __future__ import annotations

import click

from betting_tui.cli.options import Group, common_of, format_option
from betting_tui.cli.output import Column, Sheet, Style, emit, emit_sheet, terminal_width
from betting_tui.cli.session import base_dir, load
from betting_tui.cli.sheets import counted
from betting_tui.engine.config import (
    Loaded,
    default_config_path,
    dotenv_files,
    init_file,
    read_dotenv,
    settings_entries,
)
from betting_tui.engine.core.errors import ConfigError, UsageError


@click.group("config", cls=Group)
def command() -> None:
    """Where the settings are, what is in force, what is wrong."""


@command.command("path")
@click.pass_context
def path(context: click.Context) -> None:
    """The settings file that is read, whether or not it exists, and each .env file with settings in it."""
    chosen = common_of(context).config or default_config_path()
    emit(str(chosen))
    for dotenv in dotenv_files(chosen):
        if read_dotenv(dotenv).entries:
            emit(str(dotenv))


@command.command("show")
@format_option
@click.pass_context
def show(context: click.Context, format_: str) -> None:
    """Every setting in force and where it comes from; secrets are hidden."""
    loaded = load(context)
    columns = (Column("key", "Key", limit=80), Column("value", "Value", limit=200), Column("origin", "From", limit=200))
    rows = tuple((entry.key, entry.value, entry.origin) for entry in settings_entries(loaded))
    emit_sheet(Sheet(columns, rows, loaded.settings.paper_trading.currency), format_, Style(width=terminal_width()))


@command.command("check")
@click.pass_context
def check(context: click.Context) -> None:
    """Say everything that is wrong with the settings, or that nothing is."""
    loaded = load(context)
    _check_leagues(loaded)
    read = f"{loaded.path} is fine" if loaded.file_read else f"No file at {loaded.path}: the defaults are in force"
    given = f"{counted(len(loaded.origins), 'setting')} given, defaults for the rest"
    emit(f"{read}. {given}. Data: {base_dir(context, loaded)}")


def _check_leagues(loaded: Loaded) -> None:
    """What only the feed itself knows, and what every other command would stop at."""
    from betting_tui.engine.feeds.supply import FOOTBALL_SPORTS, football_leagues

    try:
        football_leagues(loaded.settings)
    except UsageError as error:
        raise ConfigError(f"{loaded.origins[FOOTBALL_SPORTS]}: {error.message}") from None


@command.command("init")
@click.pass_context
def init(context: click.Context) -> None:
    """Write a first, commented settings file; never over an existing one."""
    emit(f"Wrote {init_file(common_of(context).config)}")
