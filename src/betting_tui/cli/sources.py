"""`sources`: what each feed is doing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from betting_tui.cli.options import Command, format_option
from betting_tui.cli.output import emit_sheet
from betting_tui.cli.session import prepare, with_engine
from betting_tui.cli.sheets import feed_sheet
from betting_tui.engine.core.views import FeedStatus

if TYPE_CHECKING:
    from betting_tui.engine.engine import Engine


@click.command("sources", cls=Command)
@format_option
@click.pass_context
def command(context: click.Context, format_: str) -> None:
    """Each feed: its state, last success and credits."""
    setup = prepare(context)

    async def work(engine: Engine) -> tuple[FeedStatus, ...]:
        return engine.overview().feeds

    feeds = with_engine(setup, work)
    emit_sheet(feed_sheet(feeds, setup.settings.paper_trading.currency), format_, setup.style, empty="No feeds.")
