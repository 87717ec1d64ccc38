"""Any order of placing, settling, correcting, moving money, resetting and restarting keeps the books right.

The machine keeps its own account of the money, in plain arithmetic, and compares every balance after each step.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from store_samples import AFTER, GAME, NOW, START, fill, leg, opportunity

from betting_tui.engine.core.accounts import AccountSettings, AccountStatus
from betting_tui.engine.core.bet_views import NotPlaced, Placed, Working
from betting_tui.engine.core.commands import (
    CancelBet,
    CancelOrder,
    Deposit,
    OpenAccount,
    Place,
    ResetAccount,
    SetAccountStatus,
    SettleBet,
    Transfer,
    Withdraw,
)
from betting_tui.engine.core.errors import UsageError
from betting_tui.engine.core.model import BetResult, BetState, Funding, Origin, Side
from betting_tui.engine.core.refusals import Refusal, RefusalCode
from betting_tui.engine.store import BetFilter, Ledger

# What comes back of a stake: so much of its winnings, and so much of itself.
NONE, HALF, ALL = Fraction(0), Fraction(1, 2), Fraction(1)
SHARES = {
    BetResult.WIN: (ALL, ALL),
    BetResult.HALF_WIN: (HALF, ALL),
    BetResult.PUSH: (NONE, ALL),
    BetResult.VOID: (NONE, ALL),
    BetResult.HALF_LOSS: (NONE, HALF),
    BetResult.LOSS: (NONE, NONE),
}
AMOUNTS = st.integers(1, 400_000)
PICK = st.integers(0, 10**6)
ACCOUNTS = st.sampled_from(["main", "quarter", "books"])
BOOKS = st.sampled_from(["fanduel", "betmgm"])
PLACES = st.sampled_from(["", "fanduel", "betmgm"])
# A share for every run; the faults' own run tries 500, the long one is for nights.
SHORT, LONG = 12, 10_000
STEPS = 50


@dataclass
class Wager:
    """A bet as the model knows it. `profit` None: still open."""

    account: str
    purse: str
    period: int
    stake: int
    exact: Fraction
    free: bool
    profit: int | None = None
    cancelled: bool = False
    result: BetResult | None = None

    @property
    def risk(self) -> int:
        return 0 if self.free else self.stake


@dataclass
class Book:
    """One account in plain numbers: what was moved into each wallet, apart from bets."""

    starting: int
    at_books: bool
    period: int = 1
    suspended: bool = False
    moved: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    taken: set[str] = field(default_factory=set)


class Books(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.folder = Path(tempfile.mkdtemp(dir="/dev/shm" if os.path.isdir("/dev/shm") else None))
        self.books: dict[str, Book] = {}
        self.wagers: dict[str, Wager] = {}
        self.orders: dict[str, tuple[str, str, int]] = {}
        self.keys = 0
        self.steps = 0

    @initialize()
    def begin(self) -> None:
        self.reopen()
        for name, starting, at_books in (("main", 1_000_000, False), ("quarter", 0, False), ("books", 300_000, True)):
            command = OpenAccount(name, "USD", starting, "UTC", "test", AccountSettings(book_balances=at_books))
            self.loop.run_until_complete(self.ledger.open_account(command, NOW))
            self.books[name] = Book(starting, at_books)
            self.books[name].moved[""] = starting

    def reopen(self) -> None:
        self.ledger = self.loop.run_until_complete(Ledger.open(self.folder / "ledger.db", now=NOW))

    def teardown(self) -> None:
        try:
            if self.books:
                self.fold()
        finally:
            if hasattr(self, "ledger"):
                self.loop.run_until_complete(self.ledger.close())
            self.loop.close()
            shutil.rmtree(self.folder)

    # The model

    def key(self) -> str:
        self.keys += 1
        return str(self.keys)

    def purse(self, account: str, bookmaker: str) -> str:
        return bookmaker if self.books[account].at_books else ""

    def of(self, account: str) -> list[Wager]:
        period = self.books[account].period
        return [each for each in self.wagers.values() if each.account == account and each.period == period]

    def wallet(self, account: str, purse: str) -> int:
        bets = [each for each in self.of(account) if each.purse == purse]
        held = sum(each.risk for each in bets if each.profit is None)
        waiting = sum(amount for owner, where, amount in self.orders.values() if (owner, where) == (account, purse))
        return self.books[account].moved[purse] + sum(each.profit or 0 for each in bets) - held - waiting

    def wallets(self, account: str) -> dict[str, int]:
        return {purse: self.wallet(account, purse) for purse in ("", "fanduel", "betmgm")}

    def open_bets(self, account: str | None = None) -> list[str]:
        return sorted(
            bet for bet, each in self.wagers.items() if each.profit is None and account in (None, each.account)
        )

    # What may happen

    @rule(
        account=ACCOUNTS,
        bookmaker=BOOKS,
        stakes=st.lists(AMOUNTS, min_size=1, max_size=3),
        price=st.sampled_from(["+150", "-110", "1.91", "6/4", "2.000"]),
        on=st.sampled_from([None, "opp-1", "opp-2"]),
        again=st.booleans(),
        funding=st.sampled_from([Funding.CASH, Funding.CASH, Funding.FREE]),
    )
    def place(
        self,
        account: str,
        bookmaker: str,
        stakes: list[int],
        price: str,
        on: str | None,
        again: bool,
        funding: Funding,
    ) -> None:
        legs = tuple(leg(price, stake, bookmaker=bookmaker) for stake in stakes)
        found = None if on is None else opportunity(on, *legs)
        command = Place(account, legs, self.key(), Origin.APP, "test", found, again=again, funding=funding)
        fills = [fill(each) for each in legs]
        book, purse = self.books[account], self.purse(account, bookmaker)
        needed = 0 if funding is Funding.FREE else sum(stakes)
        expected = None
        if needed > max(0, self.wallet(account, purse)):
            expected = RefusalCode.INSUFFICIENT_AVAILABLE
        if on in book.taken and not again:
            expected = RefusalCode.DUPLICATE
        if book.suspended:
            expected = RefusalCode.ACCOUNT_SUSPENDED
        outcome = self.loop.run_until_complete(self.ledger.place(command, fills, [GAME], NOW))
        if expected is not None:
            assert isinstance(outcome, NotPlaced)
            assert outcome.refusal.code is expected
            return
        assert isinstance(outcome, Placed), outcome
        if on is not None:
            book.taken.add(on)
        for bet in outcome.bets:
            self.wagers[bet.id] = Wager(
                account, purse, book.period, bet.stake_minor, bet.price.exact, funding is Funding.FREE
            )
        assert self.loop.run_until_complete(self.ledger.place(command, fills, [GAME], NOW)) == Placed(
            outcome.placement_id, outcome.bets, repeated=True
        )

    @rule(account=ACCOUNTS, bookmaker=BOOKS, stake=AMOUNTS)
    def wait(self, account: str, bookmaker: str, stake: int) -> None:
        wanted = leg("+150", stake, bookmaker=bookmaker)
        until = NOW + timedelta(hours=1)
        command = Place(account, (wanted,), self.key(), Origin.APP, "test", work_until=until)
        purse = self.purse(account, bookmaker)
        fits = stake <= self.wallet(account, purse) and not self.books[account].suspended
        outcome = self.loop.run_until_complete(self.ledger.accept_order(command, [GAME], NOW))
        assert isinstance(outcome, Working) == fits, outcome
        if isinstance(outcome, Working):
            self.orders[outcome.order.id] = (account, purse, stake)

    @precondition(lambda self: self.orders)
    @rule(number=PICK, how=st.sampled_from(["cancel", "fill", "better"]))
    def end_order(self, number: int, how: str) -> None:
        order = sorted(self.orders)[number % len(self.orders)]
        account, purse, stake = self.orders[order]
        if how == "cancel":
            self.loop.run_until_complete(self.ledger.cancel_order(CancelOrder(order, "test"), NOW))
            del self.orders[order]
            return
        (row,) = [each for each in self.ledger.working_orders(account) if each.id == order]
        had = fill(leg("+150" if how == "fill" else "+200", stake, bookmaker=row.leg.bookmaker))
        outcome = self.loop.run_until_complete(self.ledger.fill_order(order, had, NOW))
        if self.books[account].suspended:
            assert isinstance(outcome, Refusal)
            return
        assert isinstance(outcome, Placed)
        del self.orders[order]
        (bet,) = outcome.bets
        self.wagers[bet.id] = Wager(account, purse, self.books[account].period, stake, had.price.exact, free=False)

    @precondition(lambda self: self.wagers)
    @rule(number=PICK, result=st.sampled_from(BetResult))
    def settle_or_correct(self, number: int, result: BetResult) -> None:
        bet = sorted(self.wagers)[number % len(self.wagers)]
        wager = self.wagers[bet]
        closed = wager.period < self.books[wager.account].period and result is not wager.result
        command = SettleBet(bet, result, "test")
        if wager.cancelled or closed:
            with pytest.raises(UsageError):
                self.loop.run_until_complete(self.ledger.settle_bet(command, AFTER))
            return
        self.loop.run_until_complete(self.ledger.settle_bet(command, AFTER))
        won, kept = SHARES[result]
        winnings = won * (wager.exact - 1)
        wager.profit = round(wager.stake * (winnings if wager.free else winnings + kept)) - wager.risk
        wager.result = result
        assert self.loop.run_until_complete(self.ledger.settle_bet(command, AFTER)).repeated

    @precondition(lambda self: self.open_bets())
    @rule(number=PICK, late=st.booleans())
    def cancel(self, number: int, late: bool) -> None:
        waiting = self.open_bets()
        bet = waiting[number % len(waiting)]
        outcome = self.loop.run_until_complete(self.ledger.cancel_bet(CancelBet(bet, "test"), START if late else NOW))
        if late:
            assert isinstance(outcome, Refusal)
            return
        self.wagers[bet].profit, self.wagers[bet].cancelled = 0, True

    @precondition(lambda self: self.open_bets())
    @rule(number=PICK)
    def review(self, number: int) -> None:
        waiting = self.open_bets()
        self.loop.run_until_complete(self.ledger.mark_review(waiting[number % len(waiting)], "unclear", "test", AFTER))

    @rule(account=ACCOUNTS, place=PLACES, amount=AMOUNTS, bonus=st.booleans())
    def deposit(self, account: str, place: str, amount: int, bonus: bool) -> None:
        kind = "bonus" if bonus else "deposit"
        command = Deposit(account, amount, self.key(), "test", "", kind, place)  # type: ignore[arg-type]
        if place and not self.books[account].at_books:
            with pytest.raises(UsageError):
                self.loop.run_until_complete(self.ledger.deposit(command, NOW))
            return
        self.loop.run_until_complete(self.ledger.deposit(command, NOW))
        self.loop.run_until_complete(self.ledger.deposit(command, NOW))
        self.books[account].moved[place] += amount

    @rule(account=ACCOUNTS, place=PLACES, amount=AMOUNTS, fee=st.booleans())
    def withdraw(self, account: str, place: str, amount: int, fee: bool) -> None:
        kind = "fee" if fee else "withdrawal"
        command = Withdraw(account, amount, self.key(), "test", "", kind, place)  # type: ignore[arg-type]
        if place and not self.books[account].at_books:
            with pytest.raises(UsageError):
                self.loop.run_until_complete(self.ledger.withdraw(command, NOW))
            return
        outcome = self.loop.run_until_complete(self.ledger.withdraw(command, NOW))
        assert isinstance(outcome, Refusal) == (amount > self.wallet(account, place))
        if not isinstance(outcome, Refusal):
            self.books[account].moved[place] -= amount

    @rule(start=PLACES, end=PLACES, amount=AMOUNTS)
    def transfer(self, start: str, end: str, amount: int) -> None:
        command = Transfer("books", start, end, amount, self.key(), "test")
        if start == end:
            with pytest.raises(UsageError):
                self.loop.run_until_complete(self.ledger.transfer(command, NOW))
            return
        outcome = self.loop.run_until_complete(self.ledger.transfer(command, NOW))
        assert isinstance(outcome, Refusal) == (amount > self.wallet("books", start))
        if not isinstance(outcome, Refusal):
            self.books["books"].moved[start] -= amount
            self.books["books"].moved[end] += amount

    @rule(account=ACCOUNTS, suspended=st.booleans())
    def suspend(self, account: str, suspended: bool) -> None:
        status = AccountStatus.SUSPENDED if suspended else AccountStatus.ACTIVE
        self.loop.run_until_complete(self.ledger.set_status(SetAccountStatus(account, status, "test"), NOW))
        self.books[account].suspended = suspended

    @rule(account=ACCOUNTS, starting=st.sampled_from([None, 0, 250_000]), void=st.booleans())
    def reset(self, account: str, starting: int | None, void: bool) -> None:
        book = self.books[account]
        command = ResetAccount(account, self.key(), "test", starting, void)
        bets = self.open_bets(account)
        orders = [order for order, (owner, _, _) in self.orders.items() if owner == account]
        outcome = self.loop.run_until_complete(self.ledger.reset_account(command, AFTER))
        if (bets or orders) and not void:
            assert isinstance(outcome, Refusal)
            assert outcome.code is RefusalCode.OPEN_POSITIONS
            return
        assert not isinstance(outcome, Refusal)
        assert outcome.voided == len(bets) + len(orders)
        for bet in bets:
            self.wagers[bet].profit, self.wagers[bet].result = 0, BetResult.VOID
        for order in orders:
            del self.orders[order]
        book.period += 1
        book.starting = book.starting if starting is None else starting
        book.taken.clear()
        book.moved.clear()
        book.moved[""] = book.starting
        assert self.loop.run_until_complete(self.ledger.reset_account(command, AFTER)) == outcome

    @rule()
    def restart(self) -> None:
        self.loop.run_until_complete(self.ledger.close())
        self.reopen()

    # What must hold after each step

    @invariant()
    def every_balance_is_what_it_should_be(self) -> None:
        for account, book in self.books.items():
            wallets, mine = self.wallets(account), self.of(account)
            held = sum(each.risk for each in mine if each.profit is None)
            held += sum(amount for owner, _, amount in self.orders.values() if owner == account)
            money = self.ledger.balances(account)
            assert (money.available_minor, money.reserved_minor) == (sum(wallets.values()), held)
            assert money.bankroll_minor == money.available_minor + money.reserved_minor
            assert (self.ledger.account(account).period, self.ledger.account(account).starting_minor) == (
                book.period,
                book.starting,
            )
            if book.at_books:
                for purse, amount in wallets.items():
                    assert self.ledger.look(account, lambda state, at=purse: state.book_available_minor(at)) == amount  # type: ignore[misc]
            profit = self.ledger.look(account, lambda state: state.profit_since(NOW))
            assert profit == sum(each.profit or 0 for each in mine)

    @invariant()
    def the_sums_hold(self) -> None:
        if self.books:
            assert self.ledger.verify_quick().problems == ()

    @invariant()
    def an_independent_fold_agrees(self) -> None:
        """All of it costs more than a step: looked at every tenth, and at the end."""
        self.steps += 1
        if self.books and self.steps % 10 == 0:
            self.fold()

    def fold(self) -> None:
        report = self.loop.run_until_complete(self.ledger.verify())
        assert report.problems == ()
        assert report.bets == len(self.wagers)
        rows = self.ledger.bets(BetFilter(period=0))
        assert len(rows) == len(self.wagers)
        for bet in rows:
            wager = self.wagers[bet.id]
            assert (bet.profit_minor or 0) == (wager.profit or 0)
            assert (bet.state is BetState.CANCELLED) == wager.cancelled
            assert (bet.account, bet.side, bet.funding is Funding.FREE) == (wager.account, Side.BACK, wager.free)


def runs(count: int) -> settings:
    return settings(
        max_examples=count, stateful_step_count=STEPS, deadline=None, suppress_health_check=list(HealthCheck)
    )


class LongBooks(Books):
    """The same for a night."""


Books.TestCase.settings = runs(SHORT)
LongBooks.TestCase.settings = runs(LONG)
TestBooks = Books.TestCase
TestLongBooks = pytest.mark.long(LongBooks.TestCase)
