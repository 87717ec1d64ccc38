"""What commands share: the common flags before or after the command, and the kinds of values people type."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from difflib import get_close_matches
from fractions import Fraction
from itertools import takewhile
from pathlib import Path
from typing import Any, Literal, TypeVar

import click
from msgspec import Struct

from betting_tui import __version__
from betting_tui.engine.core.errors import BettingError, UsageError
from betting_tui.engine.core.odds import OddsFormat, Price, guess_format, parse_any, parse_price
from betting_tui.engine.core.times import parse_time

FORMATS = ("table", "json", "csv")
_LONGEST_HELP = 400
F = TypeVar("F", bound=Callable[..., Any])


AfterCrash = Literal["resume", "fresh"]


class Common(Struct):
    """The common flags as given so far; the one nearest the command wins."""

    data_dir: Path | None = None
    config: Path | None = None
    log_level: str | None = None
    demo: bool = False
    account: str | None = None
    after_crash: AfterCrash | None = None
    # How a sentence of the engine is told to this reader, once their settings are known.
    told: Callable[[str], str] = str


def common_of(context: click.Context) -> Common:
    root = context.find_root()
    if not isinstance(root.obj, Common):
        root.obj = Common()
    return root.obj


def _keep(context: click.Context, parameter: click.Parameter, value: object) -> None:
    if value is not None and value is not False and parameter.name is not None:
        setattr(common_of(context), parameter.name, value)


def _show_version(context: click.Context, parameter: click.Parameter, value: bool) -> None:
    del parameter
    if value and not context.resilient_parsing:
        click.echo(f"betting-tui {__version__}")
        context.exit()


class PathType(click.Path):
    """A path; an empty one, as an unset shell variable gives, is a mistake and not the current directory."""

    def convert(
        self, value: str | os.PathLike[str], param: click.Parameter | None, ctx: click.Context | None
    ) -> str | bytes | os.PathLike[str]:
        if str(value) == "":
            self.fail("the path is empty", param, ctx)
        return super().convert(value, param, ctx)


def common_flags() -> list[click.Parameter]:
    path = PathType(path_type=Path)
    return [
        click.Option(
            ["--data-dir"], type=path, expose_value=False, callback=_keep, help="Where ledger and archive live."
        ),
        click.Option(["--config"], type=path, expose_value=False, callback=_keep, help="Another settings file."),
        click.Option(
            ["--log-level"],
            type=click.Choice(["debug", "info", "warning", "error"]),
            expose_value=False,
            callback=_keep,
            help="How much the log file keeps.",
        ),
        click.Option(
            ["--demo"],
            is_flag=True,
            expose_value=False,
            callback=_keep,
            help="On the simulated market: no key, no network.",
        ),
        click.Option(
            ["--account"], expose_value=False, callback=_keep, help="Work on this account. Default: the current one."
        ),
        click.Option(
            ["--version"], is_flag=True, is_eager=True, expose_value=False, callback=_show_version, help="The version."
        ),
    ]


def recovery_flags(function: F) -> F:
    """`--resume` and `--fresh`, for what runs an engine: how to go on after a run that did not end in order."""
    for name, help_ in (
        ("fresh", "After a run that broke off: start fresh in a new account, beside the old one."),
        ("resume", "After a run that broke off: go on with it and do not ask."),
    ):
        flag = click.option(f"--{name}", is_flag=True, expose_value=False, callback=_keep_after_crash, help=help_)
        function = flag(function)
    return function


def _keep_after_crash(context: click.Context, parameter: click.Parameter, value: bool) -> None:
    if not value:
        return
    chosen: AfterCrash = "fresh" if parameter.name == "fresh" else "resume"
    common = common_of(context)
    if common.after_crash not in (None, chosen):
        raise click.UsageError("--resume and --fresh exclude each other", context)
    common.after_crash = chosen


class Command(click.Command):
    """A command that takes the common flags. What may be repeated may also be listed: `--from a.json b.json`."""

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self.params.extend(common_flags())

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not any(isinstance(param, click.Argument) for param in self.params):
            args = _repeated(args, {name for param in self.params if param.multiple for name in param.opts})
        return super().parse_args(ctx, args)


class NumbersCommand(Command):
    """A command whose positional arguments may be `-110`: what click would take for an option is left to them."""

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        settings.setdefault("context_settings", {})["ignore_unknown_options"] = True
        super().__init__(*arguments, **settings)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """A mistyped long option is said to be one, with what it is near to."""
        known = [name for param in self.get_params(ctx) for name in param.opts if name.startswith("--")]
        for name in (argument.partition("=")[0] for argument in takewhile(lambda each: each != "--", args)):
            if name.startswith("--") and name not in known:
                raise click.NoSuchOption(name, possibilities=get_close_matches(name, known), ctx=ctx)
        return super().parse_args(ctx, args)


def _repeated(args: Sequence[str], multiple: Collection[str]) -> list[str]:
    """The same arguments with the name of an option that takes many before each value."""
    spread: list[str] = []
    current, values = "", 0
    for argument in args:
        if argument.startswith("-") and len(argument) > 1:
            current, values = (argument, 0) if argument in multiple else ("", 0)
        elif current:
            spread += [current] if values else []
            values += 1
        spread.append(argument)
    return spread


class Group(click.Group):
    """A group of commands that takes the common flags itself, and gives them to its commands; lists them as declared,
    with the whole first sentence of each."""

    command_class = Command

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self.params.extend(common_flags())

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(self.commands)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, each.get_short_help_str(_LONGEST_HELP)) for name, each in self.commands.items()])


def format_option(function: F) -> F:
    """`--format table|json|csv`, passed as `format_`."""
    option = click.option(
        "--format", "format_", type=click.Choice(FORMATS), default="table", show_default=True, help="How to print."
    )
    return option(function)


def refuse_options(text: str) -> None:
    """A mistyped option must not pass for a price, where options unknown to click are left to the arguments."""
    if re.match(r"--|-[A-Za-z]", text):
        raise click.NoSuchOption(text)


class PriceType(click.ParamType[Price]):
    """Odds as people write them: +150, -110, 2.5, 6/4, EVEN."""

    name = "odds"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Price:
        if isinstance(value, Price):
            return value
        text = str(value)
        refuse_options(text)
        try:
            return _any_price(text)
        except BettingError as error:
            self.fail(error.message, param, ctx)


class NumberType(click.ParamType[Fraction]):
    """A number kept exact: `0.35`, `55%`, `-0.25`, within bounds when given."""

    name = "number"

    def __init__(self, least: Fraction | None = None, most: Fraction | None = None, *, open_: bool = False) -> None:
        self.least, self.most, self.open = least, most, open_

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Fraction:
        if isinstance(value, Fraction):
            return value
        number = self.read(str(value).strip())
        if number is None:
            self.fail(f"{str(value)[:40]!r} is not a number", param, ctx)
        if not self._inside(number):
            kind = "between" if self.open else "from"
            joiner = "and" if self.open else "to"
            self.fail(f"{value} is not {kind} {self.least} {joiner} {self.most}", param, ctx)
        return number

    @staticmethod
    def read(text: str) -> Fraction | None:
        """The number, a percentage as a fraction; None for what is none."""
        if len(text) > 40 or not re.fullmatch(r"[-+]?(\d+(\.\d*)?|\.\d+)%?", text):
            return None
        number = Fraction(text.removesuffix("%"))
        return number / 100 if text.endswith("%") else number

    def _inside(self, number: Fraction) -> bool:
        if self.least is None or self.most is None:
            return True
        return self.least < number < self.most if self.open else self.least <= number <= self.most


class TimeType(click.ParamType[datetime]):
    """An ISO 8601 moment; without a zone it is UTC."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        if isinstance(value, datetime):
            return value
        try:
            return parse_time(str(value))
        except (ValueError, OverflowError):
            self.fail(f"{str(value)[:40]!r} is not a time: write for example 2026-04-18T11:30:00Z", param, ctx)


class SportType(click.ParamType[str]):
    """One sport as the feeds write it."""

    name = "key"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        text = str(value)
        refuse_options(text)
        if re.fullmatch(r"[a-z0-9_]{1,64}", text) is None:
            self.fail(
                f"{text[:40]!r} is no sport key: write one as the feed does, such as basketball_nba; for several write"
                " them one after the other, with spaces",
                param,
                ctx,
            )
        return text


PRICE = PriceType()
NUMBER = NumberType()
PROBABILITY = NumberType(Fraction(0), Fraction(1), open_=True)
SHARE = NumberType(Fraction(0), Fraction(1))
TIME = TimeType()
SPORT = SportType()


def price_in(text: str, odds_format: str | None) -> Price:
    """A price in the format named, or as it looks, `55%` being a probability. Raises click.BadParameter."""
    share = NumberType.read(text) if text.endswith("%") else None
    try:
        if share is not None and odds_format in (None, OddsFormat.PROBABILITY.value):
            return parse_price(str(float(share)), OddsFormat.PROBABILITY)
        return parse_price(text, OddsFormat(odds_format)) if odds_format else _any_price(text)
    except BettingError as error:
        raise click.BadParameter(error.message) from None


def _any_price(text: str) -> Price:
    """A price as it looks. Raises BettingError that says how prices are written."""
    if not re.fullmatch(r"[-+\u2212]?[\d./]+(e\d+)?", text.strip()) and guess_format(text) is OddsFormat.DECIMAL:
        raise UsageError(f"{text[:40]!r} is no price: write it as +150, -110, 2.5, 6/4 or EVEN")
    return parse_any(text)
