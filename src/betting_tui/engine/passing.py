"""Why an account has no bet on an opportunity that is over: the first thing that stood in the way."""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from datetime import datetime

from msgspec import Struct

from betting_tui.engine.core.accounts import AccountStatus
from betting_tui.engine.core.model import Opportunity
from betting_tui.engine.house import House
from betting_tui.engine.store.shapes import AccountRow, Passed
from betting_tui.engine.store.store import Ledger


class _Facts(Struct, frozen=True):
    """An account at one moment: what keeps all its bets back (empty: nothing), and which strategies bet for it."""

    account: str
    in_the_way: str
    strategies: frozenset[str]


class Passing:
    """Tells for each account what stood in the way. `armed` are the strategies that place by themselves."""

    def __init__(self, ledger: Ledger, house: House, armed: Container[str], strategies: Sequence[str]) -> None:
        self._ledger = ledger
        self._house = house
        self._armed = armed
        self._strategies = strategies

    def at(self, now: datetime) -> Callable[[Opportunity], tuple[Passed, ...]]:
        """The accounts as they are now, read once for all that ends at this moment."""
        everybody = tuple(self._facts(row, now) for row in self._ledger.accounts())
        return lambda found: tuple(Passed(facts.account, self._reason(found, facts, now)) for facts in everybody)

    def _facts(self, row: AccountRow, now: datetime) -> _Facts:
        stopped = self._ledger.breakers(row.name, now)
        in_the_way = f"placing was stopped: {stopped[0].reason}" if stopped else ""
        if row.status is AccountStatus.SUSPENDED:
            in_the_way = "the account was suspended"
        used = frozenset(each for each in self._strategies if row.name in self._house.betting(each))
        return _Facts(row.name, in_the_way, used)

    def _reason(self, found: Opportunity, facts: _Facts, now: datetime) -> str:
        if facts.in_the_way:
            return facts.in_the_way
        if found.strategy not in facts.strategies:
            return f"{found.strategy} does not bet for this account"
        sized = self._house.size(found, facts.account, now)
        if sized.stake_minor == 0:
            return f"no stake: {sized.reason}"
        return "not placed" if found.strategy in self._armed else "not placed; automatic placing was off"
