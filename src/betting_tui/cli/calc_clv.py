"""`calc clv`: what a bet's price was worth against the close."""

from __future__ import annotations

from fractions import Fraction

import click

from betting_tui.cli.calc_kit import print_pairs
from betting_tui.cli.options import NUMBER, PRICE, PROBABILITY, NumbersCommand, format_option
from betting_tui.cli.output import Cell, Column, Kind
from betting_tui.engine.core.clv import Close, ClosingValue, Taken, closing_value
from betting_tui.engine.core.devig import DevigMethod, devig
from betting_tui.engine.core.errors import UsageError
from betting_tui.engine.core.model import Side
from betting_tui.engine.core.odds import Price

_MOVED = ("spreads", "totals", "team_totals")


@click.command("clv", cls=NumbersCommand)
@click.option("--taken", type=PRICE, required=True, help="The price of the bet.")
@click.option("--closing", "--close", "closing", type=PRICE, required=True, help="The last price before the start.")
@click.option("--other", type=PRICE, multiple=True, help="The closing price of each other outcome, for the fair close.")
@click.option("--method", type=click.Choice(["power", "multiplicative"]), default="power", show_default=True)
@click.option("--fair", type=PROBABILITY, help="The fair closing probability, in place of --other.")
@click.option("--market", type=click.Choice(["h2h", *_MOVED]), default="h2h", show_default=True)
@click.option("--selection", type=click.Choice(["own", "over", "under"]), default="own", show_default=True)
@click.option("--line", type=NUMBER, help="The bet's own line: -3, 44.5.")
@click.option("--closing-line", type=NUMBER, help="The same selection's line at the close.")
@click.option("--sport", default="", help="Converts a close at another line: americanfootball_nfl, soccer_epl…")
@click.option("--side", type=click.Choice(["back", "lay"]), default="back", show_default=True)
@format_option
def command(
    taken: Price,
    closing: Price,
    other: tuple[Price, ...],
    method: str,
    fair: Fraction | None,
    market: str,
    selection: str,
    line: Fraction | None,
    closing_line: Fraction | None,
    sport: str,
    side: str,
    format_: str,
) -> None:
    """Closing line value in each of its measures; positive means that the bet beat the close."""
    _check(market, selection, line, closing_line)
    point = None if line is None else float(line)
    close_point = point if closing_line is None else float(closing_line)
    probability = _fair(closing, other, method, fair)
    bet = Taken(taken.exact, market, selection, point, Side(side), sport)
    value = closing_value(bet, Close(closing.exact, close_point, probability))
    pairs: list[tuple[Column, Cell]] = [
        (Column("clv_price", "Price", Kind.GAIN), value.clv_price),
        (Column("clv_points", "Probability points", Kind.GAIN), value.clv_points),
        (Column("clv_cents", "American cents", Kind.SIGNED), value.clv_cents),
        (Column("clv_net_odds", "Net odds", Kind.GAIN), value.clv_net_odds),
    ]
    if probability is not None:
        pairs.append((Column("clv_ev", "Against the fair close (headline)", Kind.GAIN), value.clv_ev))
    if line is not None:
        pairs.append((Column("clv_line", "Line, in points", Kind.SIGNED), value.clv_line))
        pairs.append((Column("converted", "Converted to the line taken"), value.price_converted))
        pairs.append((Column("missing", "Why a measure is missing", limit=120), _why_missing(value, probability)))
    print_pairs(pairs, format_)


def _check(market: str, selection: str, line: Fraction | None, closing_line: Fraction | None) -> None:
    if market == "h2h" and not (line is None and closing_line is None and selection == "own"):
        raise UsageError("h2h has no --line and no --selection: use --market spreads or totals")
    if market != "h2h" and line is None:
        raise UsageError(f"{market} need --line, the line of the bet; --closing-line where it moved")
    if (selection == "own") != (market in ("h2h", "spreads")):
        wants = "own" if market == "spreads" else "over or under"
        raise UsageError(f"{market} need --selection {wants}")
    for flag, each in (("--line", line), ("--closing-line", closing_line)):
        if each is not None and (each * 4).denominator != 1:
            raise UsageError(f"{flag} {float(each):g} is not on a line's grid: steps of a quarter")


def _fair(closing: Price, other: tuple[Price, ...], method: str, fair: Fraction | None) -> float | None:
    """The fair probability at the close: as given, or the closing market's without its margin."""
    if fair is not None and other:
        raise UsageError("--fair and --other exclude each other: the fair close is given once")
    if fair is not None:
        return float(fair)
    if not other:
        return None
    return devig([closing.decimal, *(price.decimal for price in other)], DevigMethod(method))[0]


def _why_missing(value: ClosingValue, probability: float | None) -> str | None:
    """Nobody asked for the fair close where none was given."""
    return None if value.clv_price is not None and probability is None else value.missing or None
