"""The accounts of one ledger as the engine works with them: each with its own limits, sizing and strategies."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from msgspec import Struct

from betting_tui.engine.config import Settings
from betting_tui.engine.core.accounts import AccountStatus, Breaker, BreakerName, Limits, Standing
from betting_tui.engine.core.model import Opportunity
from betting_tui.engine.core.money_views import AccountView, LimitUse
from betting_tui.engine.core.refusals import Refusal
from betting_tui.engine.headroom import Headroom
from betting_tui.engine.limits import Spans, cooling_until, lost_today, resolve_limits, spans, use_of
from betting_tui.engine.risk import Terms, Wish, fallen_too_far, refusal_of
from betting_tui.engine.sizing import Sized, Sizer, sizing_rules
from betting_tui.engine.store.shapes import AccountRow, AccountSummary
from betting_tui.engine.store.standing import Guard
from betting_tui.engine.store.store import Ledger
from betting_tui.engine.strategies.registry import build_strategies

T = TypeVar("T")

# Limits that count hours let go by themselves: what was read before is not believed for longer.
_FRESH_SECONDS = 10.0


class Member(Struct, frozen=True):
    """One account with what is in force for it.

    `limits` hold for what is placed here; `set_limits` are those somebody set in so many words, and hold for bets
    recorded by hand as well. `strategies` None: all of them bet for it.
    """

    row: AccountRow
    limits: Limits
    set_limits: Limits
    sizer: Sizer
    strategies: tuple[str, ...] | None


class _Uses(Struct, frozen=True):
    at: Spans
    limits: tuple[LimitUse, ...]


class House:
    """Settings and limits of every account, worked out once and again when they change."""

    def __init__(self, ledger: Ledger, settings: Settings) -> None:
        self._ledger = ledger
        self._settings = settings
        self._built_in = tuple(strategy.name for strategy in build_strategies(settings))
        self._rows: tuple[AccountRow, ...] | None = None
        self._members: dict[str, Member] = {}
        self._before: dict[str, Member] = {}
        self._rooms: dict[str, Headroom] = {}
        self._uses: dict[str, _Uses] = {}
        self._summaries: tuple[AccountSummary, ...] | None = None

    def member(self, account: str) -> Member:
        """UsageError when there is no such account."""
        known = self._members.get(account)
        if known is None:
            row, before = self._ledger.account(account), self._before.get(account)
            known = before if before is not None and before.row == row else self._made(row)
            self._members[account] = known
        return known

    def betting(self, strategy: str) -> tuple[str, ...]:
        """The active accounts this strategy bets for, in the order they were opened."""
        if self._rows is None:
            self._rows = self._ledger.accounts()
        active = (row.name for row in self._rows if row.status is AccountStatus.ACTIVE)
        return tuple(name for name in active if _bets_for(self.member(name), strategy))

    def placing(self, strategy: str, now: datetime) -> tuple[str, ...]:
        """Those of them that no breaker stops now."""
        return tuple(name for name in self.betting(strategy) if not self._ledger.breakers(name, now))

    def forget(self) -> None:
        """Accounts, their bets or their money may have changed, here or elsewhere."""
        self._rows = self._summaries = None
        self._rooms.clear()
        self._uses.clear()
        self._before.update(self._members)
        self._members.clear()

    def headroom(self, account: str, now: datetime) -> Headroom:
        """What limits leave this account, as of a few seconds ago at most."""
        known = self._rooms.get(account)
        if known is None or not known.fresh(now, _FRESH_SECONDS):
            member = self.member(account)
            look = _Looking(self._ledger, account)
            known = self._rooms[account] = Headroom(look, member.limits, self._spans(member, now), member.row.currency)
        return known

    def size(self, found: Opportunity, account: str, now: datetime) -> Sized:
        """What the account would stake on it, within what its limits leave."""
        room = self.headroom(account, now)
        return self.member(account).sizer.size(found, room.position.available_minor, room)

    def guard(self, wish: Wish, account: str, now: datetime, *, recorded: bool = False) -> Guard:
        """All limits as one question to the account inside a transaction; its settings are those it has there.

        For a bet that was made elsewhere (`recorded`) only limits hold that somebody set.
        """
        at = self._spans(self.member(account), now)

        def ask(standing: Standing) -> Refusal | None:
            limits, set_limits = resolve_limits(self._settings, standing)
            return refusal_of(wish, standing, Terms(set_limits if recorded else limits, at, recorded))

        return ask

    def views(self, current: str, now: datetime) -> tuple[AccountView, ...]:
        """All accounts beside each other, in the order they were opened."""
        if self._summaries is None:
            self._summaries = self._ledger.account_summaries(now)
        return tuple(self._view(summary, current, now) for summary in self._summaries)

    def limits_in_use(self, account: str, now: datetime) -> tuple[LimitUse, ...]:
        """How much of each limit that has one is used up."""
        known = self._uses.get(account)
        if known is None or not 0 <= (now - known.at.now).total_seconds() < _FRESH_SECONDS or now >= known.at.next_day:
            member = self.member(account)
            at = self._spans(member, now)
            uses = self._ledger.look(account, lambda standing: use_of(member.limits, at, standing))
            known = self._uses[account] = _Uses(at, uses)
        return known.limits

    async def look_for_breakers(self, now: datetime) -> tuple[Breaker, ...]:
        """Stop the accounts whose losses or fall say so; the breakers that are new."""
        self.forget()
        new: list[Breaker] = []
        for row in self._ledger.accounts():
            for cause in self._causes(row.name, now):
                tripped = await self._ledger.trip_breaker(row.name, cause.name, cause.reason, cause.until, now)
                if tripped is not None:
                    new.append(tripped)
        if new:
            self.forget()
        return tuple(new)

    def _causes(self, account: str, now: datetime) -> tuple[_Cause, ...]:
        member = self.member(account)
        at = self._spans(member, now)
        return self._ledger.look(account, lambda standing: _causes(member.limits, at, standing))

    def _made(self, row: AccountRow) -> Member:
        limits, set_limits = resolve_limits(self._settings, row)
        rules = sizing_rules(self._settings, row.settings.sizing, row.currency)
        sizer = Sizer(rules, row.currency, self._settings.bookmakers.commission)
        return Member(row, limits, set_limits, sizer, row.settings.strategies)

    def _spans(self, member: Member, now: datetime) -> Spans:
        return spans(now, self._settings.ui.day_starts_at, member.row.time_zone)

    def _view(self, summary: AccountSummary, current: str, now: datetime) -> AccountView:
        row, balances = summary.account, summary.balances
        member = self.member(row.name)
        turnover = summary.turnover_minor
        return AccountView(
            name=row.name,
            status=row.status,
            currency=row.currency,
            time_zone=row.time_zone,
            period=row.period,
            starting_minor=row.starting_minor,
            bankroll_minor=balances.bankroll_minor,
            available_minor=balances.available_minor,
            exposure_minor=balances.reserved_minor,
            open_bets=balances.open_bets,
            settled_bets=summary.settled_bets,
            profit_minor=summary.profit_minor,
            yield_fraction=(summary.profit_minor - summary.free_profit_minor) / turnover if turnover else None,
            sizing=member.sizer.words,
            strategies=self._built_in if member.strategies is None else member.strategies,
            current=row.name == current,
            breakers=tuple(each for each in summary.breakers if each.until is None or each.until > now),
            settings=row.settings,
            created_at=row.created_at,
            limits=member.limits,
            max_drawdown_minor=summary.drawdown_minor,
        )


class _Cause(Struct, frozen=True):
    """Why an account is to be stopped, and until when."""

    name: BreakerName
    reason: str
    until: datetime | None


class _Looking:
    """Asks one account, again at each question."""

    def __init__(self, ledger: Ledger, account: str) -> None:
        self._ledger = ledger
        self._account = account

    def __call__(self, work: Callable[[Standing], T]) -> T:
        return self._ledger.look(self._account, work)


def _bets_for(member: Member, strategy: str) -> bool:
    return member.strategies is None or strategy in member.strategies


def _causes(limits: Limits, at: Spans, standing: Standing) -> tuple[_Cause, ...]:
    causes: list[_Cause] = []
    lost = lost_today(limits, at, standing)
    if lost is not None and lost.reached:
        causes.append(_Cause(BreakerName.DAILY_LOSS, lost.full(standing.currency), at.next_day))
    cooling = cooling_until(limits, standing)
    if cooling is not None and cooling[1] > at.now:
        losses, until = cooling
        causes.append(_Cause(BreakerName.COOL_DOWN, f"{losses} losses in a row", until))
    fallen = fallen_too_far(limits, standing)
    if fallen is not None:
        causes.append(_Cause(BreakerName.DRAWDOWN, fallen, None))
    return tuple(causes)
