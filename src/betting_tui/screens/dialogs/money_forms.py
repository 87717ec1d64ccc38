"""Forms that move money of one account, or close its books: they say what will happen before it does."""

from __future__ import annotations

from collections.abc import Sequence

from betting_tui.engine.core.accounts import WALLET
from betting_tui.engine.core.commands import Deposit, ResetAccount, Transfer, Withdraw
from betting_tui.engine.core.errors import UsageError
from betting_tui.engine.core.money import format_minor, to_minor
from betting_tui.engine.core.money_views import AccountView, BookBalance
from betting_tui.screens.dialogs.form import Agreed, Field, Filled, FormDialog
from betting_tui.screens.names import book
from betting_tui.screens.session import ME
from betting_tui.screens.show import counted
from betting_tui.widgets.text import visible

_MONEY_IN, _MONEY_OUT = ("deposit", "bonus"), ("withdrawal", "fee")
_AMOUNT = "amount"
_REASON = Field("reason", "reason", hint="optional, kept in the ledger")


def deposit_form(view: AccountView, books: Sequence[BookBalance], key: str) -> FormDialog[Deposit]:
    """`books` are where the account may keep money, the wallet first."""

    def check(filled: Filled) -> Agreed[Deposit]:
        amount = typed_amount(filled.text(_AMOUNT), view.currency)
        where = books[filled.chosen("where")]
        bonus = filled.chosen("kind") == 1
        command = Deposit(
            view.name, amount, key, ME, filled.text("reason"), "bonus" if bonus else "deposit", where.bookmaker
        )
        what = f"{_money(amount, view)} {view.currency} come in as a {_MONEY_IN[int(bonus)]}"
        return Agreed(command, f"{what}{_place(where, 'to')} {_free(view.available_minor + amount, view)}")

    fields = (
        Field(_AMOUNT, f"amount, {view.currency}", hint="250 or 250.50"),
        Field("kind", "as", words=_MONEY_IN),
        *_where("where", "to", books),
        _REASON,
    )
    return FormDialog(f"Deposit · {view.name}", fields, check, yes="deposit")


def withdraw_form(view: AccountView, books: Sequence[BookBalance], key: str) -> FormDialog[Withdraw]:
    def check(filled: Filled) -> Agreed[Withdraw]:
        amount = typed_amount(filled.text(_AMOUNT), view.currency)
        where = books[filled.chosen("where")]
        if amount > where.available_minor:
            raise UsageError(_too_much(where, view))
        fee = filled.chosen("kind") == 1
        command = Withdraw(
            view.name, amount, key, ME, filled.text("reason"), "fee" if fee else "withdrawal", where.bookmaker
        )
        what = f"{_money(amount, view)} {view.currency} go out as a {_MONEY_OUT[int(fee)]}"
        return Agreed(command, f"{what}{_place(where, 'from')} {_free(view.available_minor - amount, view)}")

    fields = (
        Field(_AMOUNT, f"amount, {view.currency}", hint=f"at most {_money(books[0].available_minor, view)}"),
        Field("kind", "as", words=_MONEY_OUT),
        *_where("where", "from", books),
        _REASON,
    )
    return FormDialog(f"Withdraw · {view.name}", fields, check, yes="withdraw")


def transfer_form(view: AccountView, books: Sequence[BookBalance], key: str) -> FormDialog[Transfer]:
    def check(filled: Filled) -> Agreed[Transfer]:
        source, target = books[filled.chosen("from")], books[filled.chosen("to")]
        if source.bookmaker == target.bookmaker:
            raise UsageError("choose two different places: ← → change one")
        amount = typed_amount(filled.text(_AMOUNT), view.currency)
        if amount > source.available_minor:
            raise UsageError(_too_much(source, view))
        command = Transfer(view.name, source.bookmaker, target.bookmaker, amount, key, ME, filled.text("reason"))
        left = f"{_name(source)} then has {_money(source.available_minor - amount, view)}"
        there = f"{_name(target)} {_money(target.available_minor + amount, view)}"
        return Agreed(command, f"{_money(amount, view)} move from {_name(source)} to {_name(target)}. {left}, {there}.")

    words = _words(books, view)
    fields = (
        Field(_AMOUNT, f"amount, {view.currency}", hint="250 or 250.50"),
        Field("from", "from", words=words),
        Field("to", "to", words=words, chosen=1),
        _REASON,
    )
    return FormDialog(f"Transfer · {view.name}", fields, check, yes="transfer")


def reset_form(view: AccountView, working: int, key: str) -> FormDialog[ResetAccount]:
    """`working` orders wait for their price in this account."""
    held = _held(view, working)

    def check(filled: Filled) -> Agreed[ResetAccount]:
        typed = filled.text("start")
        start = typed_amount(typed, view.currency, nothing="type what the new period starts with")
        void = filled.chosen("void") == 1
        if held and not void:
            raise UsageError(f"{held} would still count: choose to void them, or settle them first")
        if filled.text("confirm") != visible(view.name).strip():
            raise UsageError(f"type {view.name} into the last field to confirm")
        command = ResetAccount(view.name, key, ME, start, void, "reset in the app")
        gone = f"{held} are voided, their stakes given back. " if held else ""
        return Agreed(
            command,
            f"{gone}Period {view.period} is closed at {_money(view.bankroll_minor, view)}, "
            f"period {view.period + 1} starts with {_money(start, view)} {view.currency}.",
        )

    fields = [Field("start", f"start with, {view.currency}", _plain_money(view.starting_minor, view.currency))]
    if held:
        fields.append(Field("void", held, words=("keep: no reset", "void them")))
    fields.append(Field("confirm", "name of the account", hint=f"type {view.name} to confirm"))
    about = (
        "The books of this period are closed and a new one begins. Nothing is deleted: old bets and entries stay "
        "readable. Balance, limits and reports count anew."
    )
    return FormDialog(f"Reset · {view.name}", fields, check, yes="reset", about=about)


def places(view: AccountView, kept: Sequence[BookBalance], mine: Sequence[str]) -> tuple[BookBalance, ...]:
    """Where this account's money may be: the wallet first, then bookmakers when it keeps a balance at each."""
    if not view.settings.book_balances:
        return (BookBalance("", view.available_minor),)
    known = {balance.bookmaker: balance for balance in kept}
    names = dict.fromkeys(("", *(balance.bookmaker for balance in kept), *mine))
    return tuple(known.get(name, BookBalance(name, 0)) for name in names)


def typed_amount(text: str, currency: str, *, nothing: str = "type an amount") -> int:
    """Minor units. Raises UsageError for nothing, for no amount and for an amount that is not above zero."""
    if not text:
        raise UsageError(nothing)
    minor = to_minor(text, currency)
    if minor <= 0:
        raise UsageError("an amount is more than nothing")
    return minor


def _held(view: AccountView, working: int) -> str:
    parts = [counted(view.open_bets, "open bet")] if view.open_bets else []
    if working:
        parts.append(counted(working, "waiting order"))
    return " and ".join(parts)


def _where(key: str, label: str, books: Sequence[BookBalance]) -> tuple[Field, ...]:
    return () if len(books) == 1 else (Field(key, label, words=tuple(_name(it) for it in books)),)


def _words(books: Sequence[BookBalance], view: AccountView) -> tuple[str, ...]:
    return tuple(f"{_name(it)} · {_money(it.available_minor, view)}" for it in books)


def _name(balance: BookBalance) -> str:
    return book(balance.bookmaker) if balance.bookmaker else WALLET


def _place(balance: BookBalance, word: str) -> str:
    return f" {word} {_name(balance)}." if balance.bookmaker else "."


def _too_much(balance: BookBalance, view: AccountView) -> str:
    where = f"at {_name(balance)}" if balance.bookmaker else f"in {view.name}"
    return f"only {_money(balance.available_minor, view)} is free {where}: stakes of open bets stay where they are"


def _free(minor: int, view: AccountView) -> str:
    return f"{_money(minor, view)} are free then."


def _money(minor: int, view: AccountView) -> str:
    return format_minor(minor, view.currency)


def _plain_money(minor: int, currency: str) -> str:
    return format_minor(minor, currency, grouping=False)
