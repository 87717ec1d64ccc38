"""`calc`: the core's calculators. No settings, no ledger, no network."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any, TypeVar

import click

from betting_tui.cli.options import (
    NUMBER,
    PRICE,
    PROBABILITY,
    SHARE,
    Group,
    NumbersCommand,
    format_option,
    price_in,
    refuse_options,
)
from betting_tui.cli.output import (
    Cell,
    Column,
    Kind,
    Sheet,
    Style,
    csv_text,
    emit,
    emit_json,
    json_rows,
    shown_cell,
    table_text,
)
from betting_tui.engine.core.errors import UsageError
from betting_tui.engine.core.money import round_half_even, to_minor
from betting_tui.engine.core.odds import OddsFormat, Price, format_price, hong_kong, indonesian, malay

F = TypeVar("F", bound=Callable[..., Any])
# Decimal odds with four places have such fractions; longer ones are nobody's price.
_LONGEST_DENOMINATOR = 10_000


@click.group("calc", cls=Group)
def command() -> None:
    """Calculators: odds, margin, value, stakes, arbitrage, settlement, closing line."""


def _currency_option(function: F) -> F:
    return click.option("--currency", default="USD", show_default=True, help="Decides how many decimals amounts have.")(
        function
    )


def _print(pairs: Sequence[tuple[Column, Cell]], format_: str, currency: str = "USD") -> None:
    """One result: an object in JSON, one line of CSV, a line a value for people."""
    sheet = Sheet(tuple(column for column, _ in pairs), (tuple(cell for _, cell in pairs),), currency)
    if format_ == "json":
        emit_json(json_rows(sheet)[0])
    elif format_ == "csv":
        emit(csv_text(sheet))
    else:
        width = max(len(column.title) for column, _ in pairs)
        lines = [f"{column.title:<{width}}  {shown_cell(column, cell, currency, Style())}" for column, cell in pairs]
        emit("\n".join(lines))


def _print_rows(sheet: Sheet, rest: Sequence[tuple[Column, Cell]], format_: str, extra: dict[str, object]) -> None:
    """One result with a row for each price: the rows are arrays in JSON."""
    if format_ == "json":
        emit_json(extra)
    elif format_ == "csv":
        emit(csv_text(sheet))
    else:
        emit(table_text(sheet, Style()))
        emit("")
        _print(rest, "table", sheet.currency)


@command.command("convert", cls=NumbersCommand)
@click.argument("odds")
@click.option(
    "--from", "from_", type=click.Choice([each.value for each in OddsFormat]), help="The format, if it is not obvious."
)
@format_option
def convert(odds: str, from_: str | None, format_: str) -> None:
    """One price in every format, with its implied probability."""
    refuse_options(odds)
    price = price_in(odds, from_)
    exact = price.exact
    _print(
        [
            (Column("american", "American", Kind.SIGNED), price.american),
            (Column("decimal", "Decimal", Kind.NUMBER), price.decimal),
            (Column("fractional", "Fractional"), _fraction_of(price)),
            (Column("hong_kong", "Hong Kong", Kind.NUMBER), float(hong_kong(exact))),
            (Column("malay", "Malay", Kind.NUMBER), float(malay(exact))),
            (Column("indonesian", "Indonesian", Kind.NUMBER), float(indonesian(exact))),
            (Column("implied_probability", "Implied probability", Kind.SHARE), float(1 / exact)),
            (Column("exact", "Exact decimal"), f"{exact.numerator}/{exact.denominator}"),
        ],
        format_,
    )


def _fraction_of(price: Price) -> str:
    """Exact, written as boards write it where they have such a fraction; the nearest one for what has no short form."""
    net, usual = price.exact - 1, format_price(price, OddsFormat.FRACTIONAL)
    if Fraction(usual) == net or net.denominator > _LONGEST_DENOMINATOR:
        return usual
    return f"{net.numerator}/{net.denominator}"


@command.command("devig", cls=NumbersCommand)
@click.argument("odds", type=PRICE, nargs=-1, required=True)
@click.option("--method", type=click.Choice(["power", "multiplicative"]), default="power", show_default=True)
@format_option
def devig(odds: tuple[Price, ...], method: str, format_: str) -> None:
    """Fair probabilities behind one book's prices on every outcome of one market."""
    from betting_tui.engine.core import devig as core

    decimals = [price.decimal for price in odds]
    fair = core.devig(decimals, core.DevigMethod(method))
    columns = (
        Column("price", "Price", Kind.PRICE),
        Column("probability", "Fair", Kind.SHARE),
        Column("fair_odds", "Fair odds", Kind.NUMBER),
    )
    rows = tuple((price, p, 1 / p) for price, p in zip(odds, fair, strict=True))
    margin, held = core.overround(decimals), core.hold(decimals)
    summary: list[tuple[Column, Cell]] = [
        (Column("overround", "Overround", Kind.SHARE), margin),
        (Column("hold", "Hold", Kind.SHARE), held),
        (Column("method", "Method"), method),
    ]
    result = {
        "prices": [price.text for price in odds],
        "probabilities": list(fair),
        "fair_odds": [1 / p for p in fair],
        "overround": margin,
        "hold": held,
        "method": method,
    }
    _print_rows(Sheet(columns, rows, "USD"), summary, format_, result)


@command.command("ev", cls=NumbersCommand)
@click.option("--odds", type=PRICE, required=True)
@click.option("--probability", "-p", type=PROBABILITY, required=True, help="Of winning: 0.55 or 55%.")
@click.option("--stake", default=None, help="Amount at stake.")
@click.option("--commission", type=SHARE, default="0", help="An exchange's share of winnings: 0.02 or 2%.")
@_currency_option
@format_option
def ev(
    odds: Price, probability: Fraction, stake: str | None, commission: Fraction, currency: str, format_: str
) -> None:
    """What a price is worth: expected profit per unit staked, and in money."""
    from betting_tui.engine.core.edge import effective_exact

    edge = probability * effective_exact(odds.exact, commission) - 1
    _print(
        [
            (Column("edge", "Edge (EV per unit)", Kind.GAIN), float(edge)),
            (Column("ev", "Expected profit", Kind.MONEY), _share_of(stake, edge, currency)),
            (Column("fair_odds", "Fair odds", Kind.NUMBER), float(1 / probability)),
            (Column("implied_probability", "Implied probability", Kind.SHARE), float(1 / odds.exact)),
        ],
        format_,
        currency,
    )


@command.command("kelly", cls=NumbersCommand)
@click.option("--odds", type=PRICE, required=True)
@click.option("--probability", "-p", type=PROBABILITY, required=True, help="Of winning: 0.55 or 55%.")
@click.option("--push", type=SHARE, default="0", help="Probability that the stake comes back.")
@click.option("--fraction", type=SHARE, default="0.25", show_default=True, help="Share of full Kelly to stake.")
@click.option("--bankroll", default=None, help="Amount available.")
@click.option("--unit", default="1", show_default=True, help="Stakes are rounded down to this.")
@_currency_option
@format_option
def kelly(
    odds: Price,
    probability: Fraction,
    push: Fraction,
    fraction: Fraction,
    bankroll: str | None,
    unit: str,
    currency: str,
    format_: str,
) -> None:
    """The share of the bankroll that grows it fastest, and the part of it to stake."""
    from betting_tui.engine.core.staking import kelly_with_push

    lose = 1 - probability - push
    if lose < 0:
        raise UsageError("winning and push together have a probability above 1")
    full = kelly_with_push(float(probability), float(lose), odds.decimal)
    _print(
        [
            (Column("kelly_fraction", "Full Kelly", Kind.SHARE), full),
            (Column("fraction", "Share of Kelly", Kind.NUMBER), float(fraction)),
            (Column("stake_fraction", "Stake, of bankroll", Kind.SHARE), full * float(fraction)),
            (Column("stake", "Stake", Kind.MONEY), _kelly_stake(bankroll, full, fraction, unit, currency)),
        ],
        format_,
        currency,
    )


@command.command("arb", cls=NumbersCommand)
@click.argument("odds", type=PRICE, nargs=-1, required=True)
@click.option("--stake", required=True, help="Most to stake on all outcomes together.")
@click.option("--unit", default="1", show_default=True, help="Stakes are whole multiples of this.")
@_currency_option
@format_option
def arb(odds: tuple[Price, ...], stake: str, unit: str, currency: str, format_: str) -> None:
    """Whether the best prices of all outcomes are an arbitrage, and the stakes that win whatever happens."""
    from betting_tui.engine.core.arbitrage import margin_on_turnover, split_stakes
    from betting_tui.engine.core.devig import booksum

    decimals = [price.decimal for price in odds]
    gain, total = margin_on_turnover(decimals), booksum(decimals)
    split = split_stakes(
        [price.exact for price in odds], _amount(stake, currency, "--stake"), _amount(unit, currency, "--unit")
    )
    stakes = split.stakes_minor if split else ()
    columns = (
        Column("price", "Price", Kind.PRICE),
        Column("stake", "Stake", Kind.MONEY),
        Column("return", "Return", Kind.MONEY),
    )
    # Exact, so that prices which sum to 1 are no arbitrage however their floats round.
    total_exact = sum((1 / price.exact for price in odds), Fraction(0))
    rows = tuple(
        (price, part, None if part is None else round_half_even(part * price.exact))
        for price, part in zip(odds, stakes or (None,) * len(odds), strict=True)
    )
    summary: list[tuple[Column, Cell]] = [
        (Column("note", "Arbitrage", limit=120), _arb_note(total_exact, found=split is not None)),
        (Column("return_on_turnover", "Return on turnover", Kind.GAIN), gain),
        (Column("profit", "Profit, at least", Kind.MONEY), split.worst_profit_minor if split else None),
    ]
    result = {
        "arbitrage": total_exact < 1,
        "margin": 1 - total,
        "return_on_turnover": gain,
        "booksum": total,
        "stakes_minor": list(stakes),
        "total_minor": split.total_minor if split else 0,
        "profit_minor": split.worst_profit_minor if split else None,
        "best_profit_minor": split.best_profit_minor if split else None,
        "currency": currency,
    }
    _print_rows(Sheet(columns, rows, currency), summary, format_, result)


@command.command("clv", cls=NumbersCommand)
@click.option("--taken", type=PRICE, required=True, help="The price of the bet.")
@click.option("--close", "close_", type=PRICE, required=True, help="The last price before the start.")
@format_option
def clv(taken: Price, close_: Price, format_: str) -> None:
    """Closing line value in its four measures; positive means that the bet beat the close."""
    from betting_tui.engine.core import clv as core

    ours, theirs = taken.exact, close_.exact
    _print(
        [
            (Column("clv_price", "Price (headline)", Kind.GAIN), core.clv_price(ours, theirs)),
            (Column("clv_points", "Probability points", Kind.GAIN), core.clv_points(ours, theirs)),
            (Column("clv_cents", "American cents", Kind.SIGNED), core.clv_cents(ours, theirs)),
            (Column("clv_net_odds", "Net odds", Kind.GAIN), core.clv_net_odds(ours, theirs)),
        ],
        format_,
    )


@command.command("settle", cls=NumbersCommand)
@click.option("--market", type=click.Choice(["h2h", "spreads", "totals"]), required=True)
@click.option("--line", type=NUMBER, help="The selection's own line: -0.25, +3.5, 224.5.")
@click.option("--result", type=int, required=True, help="Own score minus opponent's; for totals the total.")
@click.option("--selection", type=click.Choice(["own", "draw", "over", "under"]), default=None)
@click.option("--three-way", is_flag=True, help="h2h with a draw on offer: a draw loses instead of a push.")
@click.option("--odds", type=PRICE, required=True)
@click.option("--stake", required=True)
@_currency_option
@format_option
def settle(
    market: str,
    line: Fraction | None,
    result: int,
    selection: str | None,
    three_way: bool,
    odds: Price,
    stake: str,
    currency: str,
    format_: str,
) -> None:
    """What a bet comes to, quarter lines with their half results among them."""
    from betting_tui.cli.calc_settle import outcome_of
    from betting_tui.engine.core.grading import return_minor

    outcome = outcome_of(market, line, result, selection, three_way=three_way)
    staked = _amount(stake, currency, "--stake")
    returned = return_minor(staked, odds.exact, outcome)
    _print(
        [
            (Column("outcome", "Outcome"), outcome.value),
            (Column("return", "Return", Kind.MONEY), returned),
            (Column("profit", "Profit", Kind.MONEY), returned - staked),
        ],
        format_,
        currency,
    )


def _amount(text: str, currency: str, flag: str) -> int:
    minor = to_minor(text, currency)
    if minor <= 0:
        raise UsageError(f"{flag} must be above 0")
    return minor


def _share_of(stake: str | None, edge: Fraction, currency: str) -> int | None:
    return None if stake is None else round_half_even(_amount(stake, currency, "--stake") * edge)


def _kelly_stake(bankroll: str | None, full: float, fraction: Fraction, unit: str, currency: str) -> int | None:
    if bankroll is None:
        return None
    wanted = _amount(bankroll, currency, "--bankroll") * Fraction(f"{full:.12g}") * fraction
    step = _amount(unit, currency, "--unit")
    return int(wanted // step) * step


def _arb_note(total: Fraction, *, found: bool) -> str:
    """`total` is the exact sum of the implied probabilities."""
    if total >= 1:
        return "no: together the prices leave the books a margin" if total > 1 else "no: the prices are exactly fair"
    return "yes" if found else "not at this size: try a larger --stake or a smaller --unit"
