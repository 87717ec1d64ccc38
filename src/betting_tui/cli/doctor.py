"""`doctor`: what works here, and what to do about what does not."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import tzinfo
from pathlib import Path
from typing import TYPE_CHECKING

import click

from betting_tui.cli.options import Command, common_of, format_option
from betting_tui.cli.output import Column, Sheet, Style, emit, emit_sheet
from betting_tui.cli.session import DEMO_DIR, base_dir, load
from betting_tui.engine.config import Loaded, Settings, default_config_path
from betting_tui.engine.core.errors import BettingError
from betting_tui.engine.core.text import clean
from betting_tui.engine.core.times import iso, zone_of

if TYPE_CHECKING:
    from betting_tui.cli.checks import Finding


@click.command("doctor", cls=Command)
@click.option("--check", is_flag=True, help="Also ask each feed one free question, and compare clocks.")
@format_option
@click.pass_context
def command(context: click.Context, check: bool, format_: str) -> None:
    """What works here, and what to do about what does not. Changes nothing."""
    from betting_tui.cli import checks, feed_checks

    findings = [checks.python(), *checks.packages(), checks.terminal(), checks.memory()]
    loaded, finding = _settings(context)
    findings.append(finding)
    settings = loaded.settings if loaded else Settings()
    data_dir = base_dir(context, loaded) if loaded else (common_of(context).data_dir or _default_dir())
    if common_of(context).demo:
        data_dir /= DEMO_DIR
    findings += [
        checks.folder(data_dir),
        checks.disk(data_dir),
        *asyncio.run(checks.ledger(data_dir, "demo" if common_of(context).demo else "live")),
        _backups(data_dir),
        asyncio.run(checks.archive(data_dir)),
        *checks.older_files(settings),
        feed_checks.cache(data_dir),
        *_feeds(context, settings, data_dir, check),
        checks.notifier(settings),
    ]
    columns = (
        Column("check", "Check"),
        Column("state", "State"),
        Column("found", "Found", limit=120),
        Column("advice", "What to do", limit=160),
    )
    rows = tuple((each.check, each.state.value, each.found, each.advice) for each in findings)
    worst = checks.exit_code(findings)
    if format_ == "table":
        emit("\n".join(_lines(findings, zone_of(settings.ui.time_zone))))
        emit("")
        emit("Nothing is broken." if worst == 0 else "Something does not work: see above.")
    else:
        emit_sheet(Sheet(columns, rows, settings.paper_trading.currency), format_, Style())
    context.exit(worst)


def _feeds(context: click.Context, settings: Settings, data_dir: Path, check: bool) -> list[Finding]:
    """Each feed and the clock; the demo asks nobody."""
    from betting_tui.cli import feed_checks
    from betting_tui.engine.clocks import SystemClock
    from betting_tui.engine.feeds.checking import check_feeds, simulated_check

    if common_of(context).demo:
        return feed_checks.asked((simulated_check(),))
    if not check:
        known = asyncio.run(feed_checks.readings(data_dir, "live", settings))
        return [*feed_checks.feeds(settings, known), feed_checks.clock(settings, None)]
    told = asyncio.run(check_feeds(settings, SystemClock()))
    return [*feed_checks.asked(told), feed_checks.clock(settings, told)]


def _lines(findings: Sequence[Finding], zone: tzinfo) -> list[str]:
    """A line for each finding, and one below it for what to do."""
    named = max(len(each.check) for each in findings)
    stated = max(len(each.state.value) for each in findings)
    style, lines = Style(zone=zone), []
    for each in findings:
        lines.append(f"{each.check:<{named}}  {each.state.value:<{stated}}  {clean(style.told(each.found), 400)}")
        if each.advice:
            lines.append(f"{'':<{named + stated + 4}}→ {clean(style.told(each.advice), 400)}")
    return lines


def _settings(context: click.Context) -> tuple[Loaded | None, Finding]:
    from betting_tui.cli.checks import Finding, State

    try:
        loaded = load(context)
    except BettingError as error:
        path = common_of(context).config or default_config_path()
        return None, Finding("settings", State.BAD, error.message, f"mend {path}", error.exit_code)
    found = f"{loaded.path}" if loaded.file_read else f"no file at {loaded.path}: the defaults are in force"
    advice = "; ".join(loaded.warnings)
    return loaded, Finding("settings", State.WARN if advice else State.OK, found, advice)


def _backups(data_dir: Path) -> Finding:
    """The newest copy that could take the ledger's place; looked at without a trace."""
    from betting_tui.cli.checks import Finding, State
    from betting_tui.engine.rooms import LEDGER_FILE
    from betting_tui.engine.store.backups import list_backups, newest_good

    ledger = data_dir / LEDGER_FILE
    copies = len(list_backups(ledger))
    if not ledger.exists() and not copies:
        return Finding("backups", State.OK, "none yet: the app makes one a day")
    good = newest_good(ledger)
    if good is None:
        found = f"{copies} copies, none of them good" if copies else "none yet: the app makes one a day"
        return Finding("backups", State.WARN, found, "betting-tui ledger backup")
    return Finding("backups", State.OK, f"{copies}, the newest good one of {iso(good.made_at.replace(microsecond=0))}")


def _default_dir() -> Path:
    from betting_tui.engine.config import default_data_dir

    return default_data_dir()
