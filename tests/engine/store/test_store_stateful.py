"""Any order of placing, settling, correcting, cancelling and moving money keeps the books right.

The machine keeps its own account of the money, in plain arithmetic, and compares after each step.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from fractions import Fraction
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from store_samples import AFTER, GAME, MAIN, NOW, START, fill, leg, opportunity, place

from betting_tui.engine.core.commands import CancelBet, Deposit, SettleBet, Withdraw
from betting_tui.engine.core.errors import UsageError
from betting_tui.engine.core.model import BetResult, BetState, Refusal, RefusalCode, Side
from betting_tui.engine.core.views import NotPlaced, Placed
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


class Books(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.folder = Path(tempfile.mkdtemp())
        self.moved = MAIN.starting_minor
        self.stakes: dict[str, int] = {}
        self.prices: dict[str, Fraction] = {}
        self.profits: dict[str, int | None] = {}
        self.cancelled: set[str] = set()
        self.keys = 0

    @initialize()
    def open(self) -> None:
        self.ledger = self.loop.run_until_complete(Ledger.open(self.folder / "ledger.db", now=NOW))
        self.loop.run_until_complete(self.ledger.ensure_account(MAIN, NOW))

    def teardown(self) -> None:
        self.loop.run_until_complete(self.ledger.close())
        self.loop.close()
        shutil.rmtree(self.folder)

    @property
    def open_stakes(self) -> int:
        return sum(self.stakes[bet] for bet, profit in self.profits.items() if profit is None)

    @property
    def available(self) -> int:
        return self.moved + sum(profit or 0 for profit in self.profits.values()) - self.open_stakes

    def pick(self, number: int) -> str:
        return sorted(self.stakes)[number % len(self.stakes)]

    @rule(
        stakes=st.lists(AMOUNTS, min_size=1, max_size=3),
        price=st.sampled_from(["+150", "-110", "1.91", "6/4", "2.000"]),
        on=st.sampled_from([None, "opp-1", "opp-2"]),
        again=st.booleans(),
    )
    def place(self, stakes: list[int], price: str, on: str | None, again: bool) -> None:
        self.keys += 1
        legs = tuple(leg(price, stake) for stake in stakes)
        found = None if on is None else opportunity(on, *legs)
        taken = on is not None and on in self.ledger.taken("main")
        command = place(*legs, key=str(self.keys), opportunity=found, again=again)
        fills = [fill(each) for each in legs]
        outcome = self.loop.run_until_complete(self.ledger.place(command, fills, [GAME], NOW))
        if taken and not again:
            assert isinstance(outcome, NotPlaced)
            assert outcome.refusal.code is RefusalCode.DUPLICATE
            return
        if sum(stakes) > self.available:
            assert isinstance(outcome, NotPlaced)
            assert outcome.refusal.code is RefusalCode.INSUFFICIENT_AVAILABLE
            return
        assert isinstance(outcome, Placed)
        for bet in outcome.bets:
            self.stakes[bet.id], self.prices[bet.id] = bet.stake_minor, bet.price.exact
            self.profits[bet.id] = None
        assert self.loop.run_until_complete(self.ledger.place(command, fills, [GAME], NOW)) == Placed(
            outcome.placement_id, outcome.bets, repeated=True
        )

    @precondition(lambda self: self.stakes)
    @rule(number=PICK, result=st.sampled_from(BetResult))
    def settle(self, number: int, result: BetResult) -> None:
        bet = self.pick(number)
        command = SettleBet(bet, result, "test")
        if bet in self.cancelled:
            try:
                self.loop.run_until_complete(self.ledger.settle_bet(command, AFTER))
            except UsageError:
                return
            raise AssertionError("a cancelled bet was settled")
        self.loop.run_until_complete(self.ledger.settle_bet(command, AFTER))
        stake = self.stakes[bet]
        won, kept = SHARES[result]
        self.profits[bet] = round(stake * (won * (self.prices[bet] - 1) + kept)) - stake
        assert self.loop.run_until_complete(self.ledger.settle_bet(command, AFTER)).repeated

    @precondition(lambda self: any(profit is None for profit in self.profits.values()))
    @rule(number=PICK, late=st.booleans())
    def cancel(self, number: int, late: bool) -> None:
        waiting = sorted(bet for bet, profit in self.profits.items() if profit is None)
        bet = waiting[number % len(waiting)]
        command = CancelBet(bet, "test")
        outcome = self.loop.run_until_complete(self.ledger.cancel_bet(command, START if late else NOW))
        if late:
            assert isinstance(outcome, Refusal)
            return
        self.profits[bet] = 0
        self.cancelled.add(bet)

    @precondition(lambda self: any(profit is None for profit in self.profits.values()))
    @rule(number=PICK)
    def review(self, number: int) -> None:
        waiting = sorted(bet for bet, profit in self.profits.items() if profit is None)
        self.loop.run_until_complete(self.ledger.mark_review(waiting[number % len(waiting)], "unclear", "test", AFTER))

    @rule(amount=AMOUNTS)
    def deposit(self, amount: int) -> None:
        self.keys += 1
        self.loop.run_until_complete(self.ledger.deposit(Deposit("main", amount, str(self.keys), "test"), NOW))
        self.moved += amount

    @rule(amount=AMOUNTS)
    def withdraw(self, amount: int) -> None:
        self.keys += 1
        command = Withdraw("main", amount, str(self.keys), "test")
        outcome = self.loop.run_until_complete(self.ledger.withdraw(command, NOW))
        assert isinstance(outcome, Refusal) == (amount > self.available)
        if not isinstance(outcome, Refusal):
            self.moved -= amount

    @rule()
    def restart(self) -> None:
        self.loop.run_until_complete(self.ledger.close())
        self.open()

    @invariant()
    def the_money_is_what_it_should_be(self) -> None:
        if not hasattr(self, "ledger"):
            return
        money = self.ledger.balances("main")
        assert money.available_minor == self.available
        assert money.reserved_minor == self.open_stakes
        assert money.bankroll_minor == money.available_minor + money.reserved_minor

    @invariant()
    def an_independent_fold_agrees(self) -> None:
        if not hasattr(self, "ledger"):
            return
        report = self.loop.run_until_complete(self.ledger.verify())
        assert report.problems == ()
        assert report.bets == len(self.stakes)
        for bet in self.ledger.bets(BetFilter()):
            expected = 0 if bet.id in self.cancelled else self.profits[bet.id]
            assert (bet.profit_minor or 0) == (expected or 0)
            assert (bet.state is BetState.CANCELLED) == (bet.id in self.cancelled)
            assert bet.side is Side.BACK


Books.TestCase.settings = settings(
    max_examples=25, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
)
TestBooks = Books.TestCase
