"""The root of the command line: names and one-line helps are here, everything else loads when it is run."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from importlib import import_module
from typing import Any

import click

from betting_tui.cli.options import Group, recovery_flags

# Name: (module in this package, one-line help as the command itself has it).
COMMANDS: dict[str, tuple[str, str]] = {
    "dashboard": ("dashboard", "Open the app (the same as no command)."),
    "analyze": ("analyze", "One look: fetch or read odds, detect, print, best first."),
    "live": ("live", "Run the engine without a screen, until stopped."),
    "bets": ("bets", "List, show, place, cancel and settle bets."),
    "settle": ("settle", "Ask all feeds for results, or read them from files, and settle what they decide."),
    "report": ("report", "Results of settled bets, with how much of them may be luck."),
    "export": ("export", "Write any table, a day, the older state layout or archived odds."),
    "record": ("record", "Name a stretch of what is received, to replay and export it later."),
    "import": ("import_", "Read older state, bets and results files, or a CSV of bets."),
    "account": ("account", "Open, compare, fund, limit, suspend and reset accounts."),
    "opportunities": ("opportunities", "What was found, how long it lived, taken or why not."),
    "ledger": ("ledger", "Verify the ledger, copy it, put a copy in its place."),
    "calc": ("calc", "Calculators: odds, margin, value, stakes, arbitrage, settlement, closing line."),
    "sources": ("sources", "Each feed: its state, what it needs, its credits and what they are for."),
    "doctor": ("doctor", "What works here, and what to do about what does not."),
    "config": ("config", "Where the settings are, what is in force, what is wrong."),
}


class LazyGroup(Group):
    """Lists its commands without importing them."""

    def __init__(self, *arguments: Any, lazy: Mapping[str, tuple[str, str]], **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self.lazy = lazy

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(self.lazy)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in self.lazy:
            return None
        command = import_module(f"betting_tui.cli.{self.lazy[cmd_name][0]}").command
        if not isinstance(command, click.Command):
            raise TypeError(f"{cmd_name} is no command")
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in self.lazy and not args[0].startswith("-"):
            near = get_close_matches(args[0], self.lazy, n=1)
            hint = f"did you mean {near[0]}?" if near else "betting-tui --help lists them"
            ctx.fail(f"There is no command {args[0]!r}: {hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in self.lazy.items()])


@click.group(
    cls=LazyGroup,
    lazy=COMMANDS,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@recovery_flags
@click.pass_context
def root(context: click.Context) -> None:
    """Find out whether you have an edge at sports betting, on paper, in your terminal.

    Without a command the app opens; with --demo on a simulated market. Common flags may stand before or after the
    command. Results go to stdout, everything else to stderr.
    """
    if context.invoked_subcommand is None:
        from betting_tui.cli.dashboard import open_app

        open_app(context)
