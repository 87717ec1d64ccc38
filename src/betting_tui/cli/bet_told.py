"""How a command tells of one bet, or of why there is none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import click

from betting_tui.cli.output import Cell, Column, Style, emit, emit_json, emit_sheet, shown_cell
from betting_tui.cli.session import Setup
from betting_tui.cli.sheets import bet_objects, bet_sheet
from betting_tui.engine.core.bet_views import BetRow
from betting_tui.engine.core.odds import Price
from betting_tui.engine.core.refusals import Refusal
from betting_tui.engine.core.text import clean

FAILED = 1
_LONGEST_REASON = 500
# Of a parlay these are told of each leg.
_OF_ONE_LEG = frozenset(
    "event_id sport_key home_team away_team commence_time market period outcome_set selection point participant".split()
)


def print_bet(
    bet: BetRow,
    format_: str,
    setup: Setup,
    *,
    more: Mapping[str, object] = MappingProxyType({}),
    lines: Sequence[str] = (),
) -> None:
    """One bet: an object in JSON, with `more` in it, a line a field for people, with `lines` below."""
    sheet = bet_sheet([bet], bet.currency)
    if format_ == "json":
        emit_json({**bet_objects([bet], bet.currency)[0], **more})
        return
    if format_ == "csv":
        emit_sheet(sheet, format_, setup.style)
        return
    width = max(len(column.title) for column in sheet.columns)
    hidden = _OF_ONE_LEG if bet.legs else frozenset[str]()
    pairs = [
        (column, cell)
        for column, cell in zip(sheet.columns, sheet.rows[0], strict=True)
        if cell not in (None, "") and column.key not in hidden
    ]
    # A product of prices was quoted by nobody.
    shown = [
        (column.title, (shown_cell if bet.legs else _shown)(column, cell, sheet.currency, setup.style))
        for column, cell in pairs
    ]
    told = [line.partition("  ") for line in lines]
    shown += [(title, text) for title, _, text in told]
    emit("\n".join(f"{title:<{width}}  {text}" for title, text in shown))


def _shown(column: Column, cell: Cell, currency: str, style: Style) -> str:
    """A price in another format than it was quoted in shows both: the quoted one is what pays."""
    text = shown_cell(column, cell, currency, style)
    return f"{text} (quoted {cell.text})" if isinstance(cell, Price) and cell.format != style.odds_format else text


def reason_of(text: str) -> str:
    """A reason as it is kept: one visible line."""
    return clean(text, _LONGEST_REASON)


def print_refusal(refusal: Refusal, format_: str, style: Style) -> None:
    """Why nothing was done: the typed reason for scripts on stdout, the words for people on stderr."""
    if format_ == "json":
        emit_json({"refused": refusal.code.value, "message": refusal.message})
    click.echo(f"Refused ({refusal.code.value}): {style.told(refusal.message)}", err=True)
