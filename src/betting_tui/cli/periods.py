"""`--period`: which books of an account are read, where a reset has closed some."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])


class PeriodType(click.ParamType[int]):
    """`current` is None, `all` is 0, and a number counts an account's periods from 1."""

    name = "period"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        text = str(value).strip().lower()
        if text in ("current", "all"):
            return None if text == "current" else 0
        if not text.isdecimal() or not 0 < int(text) < 1_000_000:
            self.fail(f"{text[:20]!r} is no period: write current, all, or its number from 1", param, ctx)
        return int(text)


def period_option(function: F) -> F:
    """`--period current|all|N`, passed as `period`."""
    return _option("current (the default), all, or the number of an earlier one.")(function)


def export_period_option(function: F) -> F:
    """The same for exports, which are whole unless they cannot be."""
    return _option(
        "Of bets, ledger, refusals (default: all), report and state (default: current): current, all, or its number."
    )(function)


def _option(help_: str) -> Callable[[F], F]:
    return click.option("--period", type=PeriodType(), help=help_)
