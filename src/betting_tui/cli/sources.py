"""`sources`: what each feed is doing or needs, what credits are for, and, when asked, whether they answer."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import click

from betting_tui.cli.options import Command, format_option
from betting_tui.cli.output import emit, emit_json, emit_sheet
from betting_tui.cli.session import Setup, prepare, with_engine
from betting_tui.engine.core.errors import SourceError
from betting_tui.engine.core.feed_views import SourcesView

if TYPE_CHECKING:
    from betting_tui.engine.engine import Engine
    from betting_tui.engine.feeds.checking import FeedCheck


@click.command("sources", cls=Command)
@click.option("--check", is_flag=True, help="Ask each feed one question that costs nothing; 3 when no odds come.")
@format_option
@click.pass_context
def command(context: click.Context, check: bool, format_: str) -> None:
    """Each feed: its state, what it needs, its credits and what they are for.

    Also today's plan, the next call, and what is not polled and why.
    """
    setup = prepare(context)
    if check:
        _check(setup, format_)
    else:
        _show(setup, format_)


def _show(setup: Setup, format_: str) -> None:
    from betting_tui.cli import feeds_told as told

    async def work(engine: Engine) -> tuple[SourcesView, datetime]:
        await engine.recall_starts()
        return engine.sources(), engine.clock.now()

    view, now = with_engine(setup, work)
    currency = setup.settings.paper_trading.currency
    if format_ == "json":
        emit_json(told.sources_told(view, now))
    elif format_ == "csv":
        emit_sheet(told.feed_sheet(view, currency, for_people=False), format_, setup.style)
    else:
        emit(told.sources_text(view, setup.style))
        _say_whose_states(setup, view)


def _say_whose_states(setup: Setup, view: SourcesView) -> None:
    """This run asks nobody, so a feed that waits here may be hard at work elsewhere."""
    from betting_tui.engine.store.lock import EngineLock

    holder = EngineLock(setup.data_dir).holder()
    if holder:
        whose = setup.style.told(holder)
        click.echo(f"Note: {whose} runs with states and a plan of its own: the app shows them on screen 6", err=True)
    elif view.feeds and not setup.demo:
        click.echo("Note: nothing runs here, so no feed was asked; --check asks each a free question", err=True)
    if any(each.today and all(call.cost == 0 for call in each.today) for each in view.credits):
        click.echo(
            "Note: start times are not known here; they are asked for first, for nothing, then planned", err=True
        )


def _check(setup: Setup, format_: str) -> None:
    from betting_tui.cli.feeds_told import check_sheet
    from betting_tui.engine.clocks import SystemClock
    from betting_tui.engine.feeds.checking import check_feeds, simulated_check

    checks: Sequence[FeedCheck]
    checks = (simulated_check(),) if setup.demo else asyncio.run(check_feeds(setup.settings, SystemClock()))
    sheet = check_sheet(checks, setup.settings.paper_trading.currency, for_people=format_ == "table")
    emit_sheet(sheet, format_, setup.style, empty="No feeds.")
    if not any(check.state == "answers" and "odds" in check.roles for check in checks):
        raise SourceError("no feed of odds answers: the table says why for each")
