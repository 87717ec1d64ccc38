"""What each step of setting up asks, and what it says an answer means."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

from betting_tui.engine.config import OddsFormatName
from betting_tui.engine.core.errors import UsageError
from betting_tui.engine.core.model import Sport
from betting_tui.engine.core.money import format_minor, to_minor
from betting_tui.engine.core.odds import OddsFormat, format_price, price_from_decimal
from betting_tui.screens.dialogs.dialog import Dialog
from betting_tui.screens.dialogs.form import Agreed, Field, Filled
from betting_tui.screens.dialogs.setup_step import FormStep, PickStep, Place, Step
from betting_tui.screens.setup_draft import (
    BOOKS_A_REGION,
    FOOTBALL,
    FOOTBALL_BOOKS,
    Draft,
    Method,
    book_options,
    league_options,
    regions_of,
    sport_options,
)
from betting_tui.screens.show import counted

_METHODS: tuple[Method, ...] = ("flat", "percent", "kelly")
_METHOD_WORDS = ("the same amount", "percent of the bankroll", "share of full Kelly")
_FORMATS: tuple[OddsFormatName, ...] = ("american", "decimal", "fractional", "hong_kong")
_MONTH_CREDITS = 500


class Around(Struct, frozen=True):
    """What the steps are told besides the draft: the provider's sports, what a round asks for, and a word to begin."""

    sports: tuple[Sport, ...] = ()
    markets: int = 3
    daily_credits: int = 25
    said: str = ""


MakeStep = Callable[[Draft, Around, str, Place], Dialog[Step]]


def sports_step(draft: Draft, around: Around, title: str, place: Place) -> Dialog[Step]:
    if draft.feed == FOOTBALL:
        return _leagues(draft, around, f"{title}leagues", place)

    def check(ticked: tuple[str, ...]) -> Agreed[Step]:
        if not ticked:
            raise UsageError("Tick at least one sport, or skip this step")
        return Agreed(replace(draft, sports=ticked), _cost(len(ticked), len(draft.mine), around))

    options = sport_options(around.sports, draft.sports)
    return PickStep(f"{title}sports", options, draft.sports, check, place=place, about=around.said)


def _leagues(draft: Draft, around: Around, title: str, place: Place) -> Dialog[Step]:
    options = league_options()
    every = tuple(option.key for option in options)

    def check(ticked: tuple[str, ...]) -> Agreed[Step]:
        if not ticked:
            raise UsageError("Tick at least one league, or skip this step")
        # None named means all, also those the site may add.
        sports = () if ticked == every else ticked
        text = f"{counted(len(ticked), 'league')} · free, new prices on Tuesdays and Fridays"
        return Agreed(replace(draft, sports=sports), text)

    return PickStep(title, options, draft.sports or every, check, place=place, about=around.said)


def books_step(draft: Draft, around: Around, title: str, place: Place) -> Dialog[Step]:
    free = draft.feed == FOOTBALL

    def check(ticked: tuple[str, ...]) -> Agreed[Step]:
        if not ticked:
            raise UsageError("Tick at least one bookmaker, or skip this step")
        taken = replace(draft, mine=ticked)
        if free:
            return Agreed(taken, f"{counted(len(ticked), 'bookmaker')} · all that the site names are compared")
        text = _cost(len(draft.sports), len(ticked), around)
        if len(ticked) > BOOKS_A_REGION:
            over = f"{len(ticked)} bookmakers count as {regions_of(len(ticked))} regions; {BOOKS_A_REGION} would be one"
            text = f"{over}\n{text}"
        return Agreed(taken, text)

    ticked = tuple(key for key in draft.mine if key in FOOTBALL_BOOKS) if free else draft.mine
    if free and len(ticked) < 2:
        ticked = FOOTBALL_BOOKS
    about = "Yours: bets are placed at these" + ("" if free else "; up to ten cost as much as one")
    return PickStep(f"{title}bookmakers", book_options(draft.feed, ticked), ticked, check, place=place, about=about)


def _cost(sports: int, books: int, around: Around) -> str:
    """`4 sports × 3 markets = 12 credits a round`, and how many rounds a day's credits are."""
    regions = regions_of(books)
    cost = sports * around.markets * regions
    times = f" × {regions} regions" if regions > 1 else ""
    asked = f"{counted(sports, 'sport')} × {counted(around.markets, 'market')}{times}"
    told = f"{asked} = {counted(cost, 'credit')} a round"
    if not around.daily_credits:
        return told
    rounds = around.daily_credits // cost
    enough = counted(rounds, "round") if rounds else "no full round"
    return f"{told}\n{around.daily_credits} credits a day pay for {enough}; a free key has {_MONTH_CREDITS} a month"


def bankroll_step(draft: Draft, around: Around, title: str, place: Place) -> Dialog[Step]:
    del around

    def check(filled: Filled) -> Agreed[Step]:
        currency = filled.text("currency").upper()
        if len(currency) != 3 or not (currency.isascii() and currency.isalpha()):
            raise UsageError("write the currency as three letters, like USD or EUR")
        amount = _amount(filled.text("bankroll"), currency)
        taken = replace(draft, bankroll=amount, currency=currency, agreed_money=True)
        return Agreed(taken, f"You begin with {_money(amount, currency)} {currency}, on paper.")

    fields = (
        Field("bankroll", "bankroll", _money(draft.bankroll, draft.currency, grouping=False), "10000"),
        Field("currency", "currency", draft.currency, "USD"),
    )
    about = "A fresh account begins with this; one with bets keeps its money."
    return FormStep(f"{title}bankroll", fields, check, place=place, about=about)


def size_step(draft: Draft, around: Around, title: str, place: Place) -> Dialog[Step]:
    del around

    def check(filled: Filled) -> Agreed[Step]:
        method = _METHODS[filled.chosen("method")]
        taken = replace(
            draft,
            method=method,
            flat=_amount(filled.text("flat"), draft.currency),
            percent=_share(filled.text("percent"), "percent of the bankroll"),
            kelly=_share(filled.text("kelly"), "percent of full Kelly"),
        )
        return Agreed(taken, _stake(taken))

    fields = (
        Field("method", "each bet stakes", words=_METHOD_WORDS, chosen=_METHODS.index(draft.method)),
        Field("flat", "amount", _money(draft.flat, draft.currency, grouping=False)),
        Field("percent", "% of the bankroll", f"{draft.percent * 100:.6g}"),
        Field("kelly", "% of full Kelly", f"{draft.kelly * 100:.6g}"),
    )
    return FormStep(f"{title}bet size", fields, check, place=place)


def _stake(draft: Draft) -> str:
    match draft.method:
        case "flat":
            return f"Each bet stakes {_money(draft.flat, draft.currency)} {draft.currency}."
        case "percent":
            stake = draft.bankroll * Decimal(repr(draft.percent))
            first = f"at first {stake:,.2f} {draft.currency}"
            return f"Each bet stakes {draft.percent * 100:.6g} % of what is free: {first}."
        case "kelly":
            return f"The larger the edge the larger the bet: {draft.kelly * 100:.6g} % of what full Kelly would stake."


def format_step(draft: Draft, around: Around, title: str, place: Place) -> Dialog[Step]:
    del around
    price = price_from_decimal(1.8)
    words = tuple(f"{name.replace('_', ' ')}  {format_price(price, OddsFormat(name))}" for name in _FORMATS)

    def check(filled: Filled) -> Agreed[Step]:
        name = _FORMATS[filled.chosen("format")]
        short, long = (format_price(it, OddsFormat(name)) for it in (price, price_from_decimal(3.5)))
        taken = replace(draft, odds_format=name)
        return Agreed(taken, f"A favourite's price looks like {short}, an outsider's like {long}.")

    fields = (Field("format", "odds are written", words=words, chosen=_FORMATS.index(draft.odds_format)),)
    return FormStep(f"{title}odds format", fields, check, place=place)


STEPS: Sequence[MakeStep] = (sports_step, books_step, bankroll_step, size_step, format_step)


def _amount(typed: str, currency: str) -> Decimal:
    """Raises UsageError with what to write instead."""
    minor = to_minor(typed, currency)
    if minor <= 0:
        raise UsageError("write an amount above 0, as 250 or 250.50")
    return Decimal(typed.strip().replace(",", ""))


def _money(amount: Decimal, currency: str, *, grouping: bool = True) -> str:
    try:
        return format_minor(to_minor(amount, currency), currency, grouping=grouping)
    except UsageError:
        # Written for a currency with other decimals: the field says what is wrong with it.
        return f"{amount:f}"


def _share(typed: str, what: str) -> float:
    text = typed.removesuffix("%").strip()
    try:
        percent = Decimal(text)
    except ArithmeticError:
        raise UsageError(f"{what}: write a number, as 1 or 2.5") from None
    if not (percent.is_finite() and 0 < percent <= 100):
        raise UsageError(f"{what}: write more than 0 and at most 100")
    return float(percent / 100)
