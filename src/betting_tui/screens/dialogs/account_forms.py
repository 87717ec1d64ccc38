"""Forms for what an account is: a new one, its limits, how it stakes and which strategies bet for it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal, get_args

import msgspec
from msgspec import Struct

from betting_tui.engine.core.accounts import AccountSettings, Limits, RiskTolerance
from betting_tui.engine.core.commands import ChangeAccount, OpenAccount
from betting_tui.engine.core.errors import UsageError
from betting_tui.engine.core.money import format_minor
from betting_tui.engine.core.money_views import AccountView
from betting_tui.engine.core.staking import SizingMethod
from betting_tui.engine.core.times import zone_of
from betting_tui.screens.dialogs.form import Agreed, Field, Filled, FormDialog
from betting_tui.screens.dialogs.money_forms import typed_amount
from betting_tui.screens.session import ME
from betting_tui.screens.show import counted

Kind = Literal["money", "share", "count", "minutes", "odds", "fraction"]
_CONFIGURED = "as configured"
_TOLERANCES: tuple[RiskTolerance, ...] = get_args(RiskTolerance)
_METHODS: tuple[SizingMethod, ...] = get_args(SizingMethod)
_NUMBER = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,6})?|\.[0-9]{1,6}")
_LONGEST_NAME = 40


class LimitField(Struct, frozen=True):
    """One limit as it is typed: shares in percent, amounts in major units."""

    key: str
    label: str
    kind: Kind


LIMIT_FIELDS = (
    LimitField("max_bet_size_minor", "a bet", "money"),
    LimitField("max_bet_share", "a bet, % of bankroll", "share"),
    LimitField("daily_bet_limit_minor", "stakes a day", "money"),
    LimitField("monthly_bet_limit_minor", "stakes a month", "money"),
    LimitField("max_daily_loss_minor", "loss a day", "money"),
    LimitField("max_daily_loss_share", "loss a day, %", "share"),
    LimitField("max_open_bets", "open bets", "count"),
    LimitField("max_event_exposure", "at risk an event, %", "share"),
    LimitField("max_league_exposure", "at risk a league, %", "share"),
    LimitField("max_bookmaker_exposure", "at risk a bookmaker, %", "share"),
    LimitField("max_total_exposure", "at risk in all, %", "share"),
    LimitField("max_kelly_fraction", "share of full Kelly", "fraction"),
    LimitField("min_odds", "lowest decimal odds", "odds"),
    LimitField("max_odds", "highest decimal odds", "odds"),
    LimitField("min_edge", "least edge, %", "share"),
    LimitField("cool_down_losses", "rest after losses in a row", "count"),
    LimitField("cool_down_minutes", "rest, minutes", "minutes"),
    LimitField("max_drawdown", "fall from the peak, %", "share"),
    LimitField("max_bets_per_hour", "bets an hour", "count"),
    LimitField("max_auto_bets_per_hour", "automatic bets an hour", "count"),
)


def limits_form(view: AccountView) -> FormDialog[ChangeAccount]:
    """The limits an account has of its own; an empty field is as configured, and says what that is."""
    own = view.settings.limits

    def check(filled: Filled) -> Agreed[ChangeAccount]:
        limits = read_limits(filled, view.currency)
        chosen = filled.chosen("tolerance")
        tolerance = None if chosen == 0 else _TOLERANCES[chosen - 1]
        settings = msgspec.structs.replace(view.settings, limits=limits, tolerance=tolerance)
        number = len(msgspec.to_builtins(limits))
        if number:
            text = f"{counted(number, 'limit')} of its own hold at once; the rest is as configured."
        else:
            text = "No limit of its own: all are as configured."
        return Agreed(ChangeAccount(view.name, settings, ME), text)

    tolerance = view.settings.tolerance
    chosen = 0 if tolerance is None else _TOLERANCES.index(tolerance) + 1
    fields = [Field("tolerance", "risk tolerance", words=(_CONFIGURED, *_TOLERANCES), chosen=chosen)]
    fields += [
        Field(it.key, it.label, _limit_text(getattr(own, it.key), it.kind, view.currency), _limit_hint(it, view))
        for it in LIMIT_FIELDS
    ]
    return FormDialog(f"Limits · {view.name} · {view.currency}", fields, check, yes="set")


def stakes_form(view: AccountView, strategies: Sequence[str]) -> FormDialog[ChangeAccount]:
    """How an account stakes, and which of the `strategies` bet for it."""

    def check(filled: Filled) -> Agreed[ChangeAccount]:
        settings = _read_stakes(filled, view.settings, view.currency, strategies)
        return Agreed(ChangeAccount(view.name, settings, ME), _stakes_text(settings))

    fields = _stake_fields(view.settings, view.currency, strategies)
    return FormDialog(f"Stakes and strategies · {view.name}", fields, check, yes="set")


def new_account_form(
    taken: Sequence[str], currency: str, starting_minor: int, time_zone: str, strategies: Sequence[str]
) -> FormDialog[OpenAccount]:
    """`taken` are the names there are; the rest is what the form begins with."""

    def check(filled: Filled) -> Agreed[OpenAccount]:
        name = _name(filled.text("name"), taken)
        money = filled.text("currency").upper()
        if not re.fullmatch(r"[A-Z]{3}", money):
            raise UsageError("a currency is three letters, like USD or EUR")
        start = typed_amount(filled.text("start"), money, nothing="type what it starts with")
        zone = filled.text("zone")
        zone_of(zone)
        settings = _read_stakes(filled, AccountSettings(), money, strategies)
        settings = msgspec.structs.replace(settings, book_balances=filled.chosen("books") == 1)
        sample = filled.chosen("sample") == 1
        command = OpenAccount(name, money, start, zone, ME, settings, sample)
        text = f"{name} opens with {format_minor(start, money)} {money}. {_stakes_text(settings)}"
        return Agreed(command, text + (" It comes with made-up bets." if sample else ""))

    start = format_minor(starting_minor, currency, grouping=False)
    fields = (
        Field("name", "name", hint="value only, quarter Kelly, …"),
        Field("currency", "currency", currency),
        Field("start", "starts with", start),
        Field("zone", "time zone", time_zone),
        *_stake_fields(AccountSettings(), currency, strategies),
        Field("books", "money by bookmaker", words=("one purse for all", "a balance at each")),
        Field("sample", "made-up bets to look at", words=("no", "yes")),
    )
    return FormDialog("New account", fields, check, yes="open it")


def read_limits(filled: Filled, currency: str) -> Limits:
    """Raises UsageError naming the field that makes no sense."""
    found: dict[str, int | float] = {}
    for it in LIMIT_FIELDS:
        typed = filled.text(it.key)
        if typed:
            try:
                found[it.key] = _limit_value(typed, it.kind, currency)
            except UsageError as error:
                raise UsageError(f"{it.label}: {error.message}") from None
    low, high = found.get("min_odds"), found.get("max_odds")
    if low is not None and high is not None and low > high:
        raise UsageError("the lowest odds are above the highest")
    return msgspec.convert(found, Limits)


def _limit_value(typed: str, kind: Kind, currency: str) -> int | float:
    match kind:
        case "money":
            return typed_amount(typed, currency)
        case "share":
            return _between(_number(typed.removesuffix("%").strip()) / 100, 0.0, 1.0, "more than 0 and at most 100 %")
        case "fraction":
            return _between(_number(typed), 0.0, 1.0, "more than 0 and at most 1, like 0.25")
        case "odds":
            return _between(_number(typed), 1.0, 1_000.0, "decimal odds above 1, like 1.80")
        case "minutes":
            return _between(_number(typed), 0.0, 525_600.0, "more than 0 minutes and at most a year")
        case "count":
            number = _number(typed)
            if number != int(number) or not 1 <= number <= 1_000_000:
                raise UsageError("write a whole number, 1 or more")
            return int(number)


def _number(typed: str) -> float:
    if not _NUMBER.fullmatch(typed):
        raise UsageError(f"{typed[:20]!r} is not a number: write for example 5 or 2.5")
    return float(typed)


def _between(value: float, above: float, most: float, expected: str) -> float:
    if not above < value <= most:
        raise UsageError(f"write {expected}")
    return value


def _limit_hint(field: LimitField, view: AccountView) -> str:
    """What holds while the field is empty, as far as it is known: under a limit of its own it is not."""
    if getattr(view.settings.limits, field.key) is not None:
        return _CONFIGURED
    in_force = getattr(view.limits, field.key)
    return f"{_limit_text(in_force, field.kind, view.currency) or 'no limit'} · {_CONFIGURED}"


def _limit_text(value: float | int | None, kind: Kind, currency: str) -> str:
    if value is None:
        return ""
    match kind:
        case "money":
            return format_minor(int(value), currency, grouping=False)
        case "share":
            return f"{value * 100:.6g}"
        case "count" | "minutes" | "odds" | "fraction":
            return f"{value:g}"


def _stake_fields(own: AccountSettings, currency: str, strategies: Sequence[str]) -> list[Field]:
    sizing = own.sizing
    chosen = 0 if sizing.method is None else _METHODS.index(sizing.method) + 1
    flat = "" if sizing.flat_minor is None else format_minor(sizing.flat_minor, currency, grouping=False)
    fields = [
        Field("method", "stakes", words=(_CONFIGURED, *_METHODS), chosen=chosen),
        Field("flat", "flat stake", flat, _CONFIGURED),
        Field("percent", "percent of bankroll, %", _limit_text(sizing.percent, "share", currency), _CONFIGURED),
        Field("kelly", "share of full Kelly", _limit_text(sizing.kelly_fraction, "fraction", currency), _CONFIGURED),
    ]
    for at, strategy in enumerate(strategies):
        bets = own.strategies is None or strategy in own.strategies
        fields.append(
            Field(f"strategy-{at}", strategy.replace("_", " "), words=("bets for it", "does not bet"), chosen=not bets)
        )
    return fields


def _read_stakes(filled: Filled, before: AccountSettings, currency: str, strategies: Sequence[str]) -> AccountSettings:
    chosen = filled.chosen("method")
    flat, percent, kelly = filled.text("flat"), filled.text("percent"), filled.text("kelly")
    sizing = msgspec.structs.replace(
        before.sizing,
        method=None if chosen == 0 else _METHODS[chosen - 1],
        flat_minor=typed_amount(flat, currency) if flat else None,
        percent=_limit_value(percent, "share", currency) if percent else None,
        kelly_fraction=_limit_value(kelly, "fraction", currency) if kelly else None,
    )
    betting = tuple(name for at, name in enumerate(strategies) if filled.chosen(f"strategy-{at}") == 0)
    return msgspec.structs.replace(
        before, sizing=sizing, strategies=None if len(betting) == len(strategies) else betting
    )


def _stakes_text(settings: AccountSettings) -> str:
    method = settings.sizing.method or "as configured"
    if settings.strategies is None:
        return f"Stakes: {method}; every strategy bets for it."
    named = ", ".join(name.replace("_", " ") for name in settings.strategies)
    return f"Stakes: {method}; " + (f"only {named} bets for it." if named else "no strategy bets for it by itself.")


def _name(typed: str, taken: Sequence[str]) -> str:
    if not typed:
        raise UsageError("type a name")
    if len(typed) > _LONGEST_NAME:
        raise UsageError(f"a name has at most {_LONGEST_NAME} characters")
    if typed.casefold() in {name.casefold() for name in taken}:
        raise UsageError(f"there is an account {typed} already")
    return typed
