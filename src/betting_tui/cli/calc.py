"""`calc`: the core's calculators. No settings, no ledger, no network."""

from __future__ import annotations

from fractions import Fraction

import click

from betting_tui.cli import calc_clv, calc_settle
from betting_tui.cli.calc_kit import amount, currency_option, print_pairs, print_rows
from betting_tui.cli.options import (
    PRICE,
    PROBABILITY,
    SHARE,
    Group,
    NumbersCommand,
    format_option,
    price_in,
    refuse_options,
)
from betting_tui.cli.output import Cell, Column, Kind, Sheet
from betting_tui.engine.core.errors import UsageError
from betting_tui.engine.core.money import round_half_even
from betting_tui.engine.core.odds import OddsFormat, Price, format_price, hong_kong, indonesian, malay

# Decimal odds with four places have such fractions; longer ones are nobody's price.
_LONGEST_DENOMINATOR = 10_000


@click.group("calc", cls=Group)
def command() -> None:
    """Calculators: odds, margin, value, stakes, arbitrage, settlement, closing line."""


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
    print_pairs(
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
    print_rows(Sheet(columns, rows, "USD"), summary, format_, result)


@command.command("ev", cls=NumbersCommand)
@click.option("--odds", type=PRICE, required=True)
@click.option("--probability", "-p", type=PROBABILITY, required=True, help="Of winning: 0.55 or 55%.")
@click.option("--stake", default=None, help="Amount at stake.")
@click.option("--commission", type=SHARE, default="0", help="An exchange's share of winnings: 0.02 or 2%.")
@currency_option
@format_option
def ev(
    odds: Price, probability: Fraction, stake: str | None, commission: Fraction, currency: str, format_: str
) -> None:
    """What a price is worth: expected profit per unit staked, and in money."""
    from betting_tui.engine.core.edge import effective_exact

    edge = probability * effective_exact(odds.exact, commission) - 1
    print_pairs(
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
@currency_option
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
    print_pairs(
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
@currency_option
@format_option
def arb(odds: tuple[Price, ...], stake: str, unit: str, currency: str, format_: str) -> None:
    """Whether the best prices of all outcomes are an arbitrage, and the stakes that win whatever happens."""
    from betting_tui.engine.core.arbitrage import margin_on_turnover, split_stakes
    from betting_tui.engine.core.devig import booksum

    decimals = [price.decimal for price in odds]
    gain, total = margin_on_turnover(decimals), booksum(decimals)
    split = split_stakes(
        [price.exact for price in odds], amount(stake, currency, "--stake"), amount(unit, currency, "--unit")
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
    print_rows(Sheet(columns, rows, currency), summary, format_, result)


def _share_of(stake: str | None, edge: Fraction, currency: str) -> int | None:
    return None if stake is None else round_half_even(amount(stake, currency, "--stake") * edge)


def _kelly_stake(bankroll: str | None, full: float, fraction: Fraction, unit: str, currency: str) -> int | None:
    if bankroll is None:
        return None
    wanted = amount(bankroll, currency, "--bankroll") * Fraction(f"{full:.12g}") * fraction
    step = amount(unit, currency, "--unit")
    return int(wanted // step) * step


def _arb_note(total: Fraction, *, found: bool) -> str:
    """`total` is the exact sum of the implied probabilities."""
    if total >= 1:
        return "no: together the prices leave the books a margin" if total > 1 else "no: the prices are exactly fair"
    return "yes" if found else "not at this size: try a larger --stake or a smaller --unit"


command.add_command(calc_clv.command)
command.add_command(calc_settle.command)
