"""What is worth telling, and that it is told once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import UTC, datetime, tzinfo

from msgspec import Struct, structs

from betting_tui.engine.alerts.outlet import Outlet
from betting_tui.engine.alerts.words import (
    arbitrage_notice,
    placed_notice,
    review_notice,
    settled_notice,
    value_notice,
)
from betting_tui.engine.core.accounts import Breaker
from betting_tui.engine.core.bet_views import BetRow, Placed
from betting_tui.engine.core.flags import DOUBTFUL
from betting_tui.engine.core.model import Opportunity
from betting_tui.engine.core.odds import OddsFormat
from betting_tui.engine.core.ports import Notice, NoticeKind
from betting_tui.engine.core.reader import for_reader

Remember = Callable[[str, str], Awaitable[bool]]
Forget = Callable[[str, Sequence[str]], Awaitable[None]]


class AlertRules(Struct, frozen=True):
    """`high_value_threshold` is an edge as a fraction; `zone` is the one whose times are told."""

    enabled: bool = True
    high_value_threshold: float = 0.10
    arbitrage_alerts: bool = True
    bet_settled: bool = True
    odds_format: OddsFormat = OddsFormat.AMERICAN
    zone: tzinfo = UTC


class Alerts:
    """Decides what to tell: a toast always, and through each outlet what is its kind.

    `remember` says whether a key is told for the first time, and keeps it; `forget` drops what was told of a kind but
    for these keys.
    """

    def __init__(
        self,
        rules: AlertRules,
        toast: Callable[[Notice], None],
        outlets: Sequence[Outlet],
        remember: Remember,
        forget: Forget,
    ) -> None:
        self._rules = rules
        self._toast = toast
        self._outlets = tuple(outlets)
        self._remember = remember
        self._forget = forget
        # None until this run has looked: what waited in an earlier one may not wait any more.
        self._deciding: frozenset[str] | None = None
        self._told: set[str] = set()

    def tell_as(self, odds_format: OddsFormat, zone: tzinfo) -> None:
        """Prices and times in what is told from now on, and the clock by which quiet hours are kept."""
        self._rules = structs.replace(self._rules, odds_format=odds_format, zone=zone)
        for outlet in self._outlets:
            outlet.keep_time(zone)

    async def offer(self, found: Iterable[Opportunity], now: datetime) -> None:
        """Tell of new opportunities that deserve it."""
        if not self._rules.enabled:
            return
        worthy = (self._worth_telling(opportunity, now) for opportunity in found)
        new = [notice for notice in worthy if notice is not None and notice.key not in self._told]
        self._told.update(notice.key for notice in new)
        await self._tell_once(new)

    async def settled(self, bets: Iterable[BetRow]) -> None:
        if self._rules.enabled and self._rules.bet_settled:
            await self._tell_once([settled_notice(bet) for bet in bets])

    async def to_decide(self, bets: Iterable[BetRow]) -> None:
        """All bets that wait for a person: each is told once, also where other notices are off, and once more when it
        waits anew after it did not."""
        notices = {notice.key: notice for notice in map(review_notice, bets)}
        before, self._deciding = self._deciding, frozenset(notices)
        if before is None or not before <= self._deciding:
            await self._forget(NoticeKind.REVIEW.value, tuple(notices))
        await self._tell_once([notice for key, notice in notices.items() if key not in (before or ())])

    async def stopped(self, breaker: Breaker) -> None:
        """Placing for an account has stopped: told once."""
        notice = Notice(
            kind=NoticeKind.PROBLEM,
            key=f"breaker:{breaker.id}",
            title=f"Placing stopped for {breaker.account}",
            body=breaker.reason,
            urgent=True,
        )
        await self._tell_once([notice])

    def placed(self, placed: Placed) -> None:
        """What a strategy placed by itself."""
        self._tell([placed_notice(placed, self._rules.odds_format)])

    def day_ended(self, notice: Notice) -> None:
        """The summary of a day; that it is told once is the caller's matter."""
        if self._rules.enabled:
            self._tell([notice])

    def flush(self) -> None:
        """Send what was held back and may be sent by now."""
        for outlet in self._outlets:
            outlet.flush()

    async def close(self) -> None:
        """Wait for messages under way; each is bounded."""
        for outlet in self._outlets:
            await outlet.close()

    def _worth_telling(self, opportunity: Opportunity, now: datetime) -> Notice | None:
        if opportunity.expired(now) or any(flag in DOUBTFUL for flag in opportunity.flags):
            return None
        if opportunity.profit_margin is not None:
            return arbitrage_notice(opportunity) if self._rules.arbitrage_alerts else None
        if opportunity.difference_cents is not None or opportunity.edge is None:
            return None
        if opportunity.edge + 1e-12 < self._rules.high_value_threshold:
            return None
        return value_notice(opportunity, self._rules.odds_format)

    async def _tell_once(self, notices: Iterable[Notice]) -> None:
        self._tell([notice for notice in notices if await self._remember(notice.key, notice.kind.value)])

    def _tell(self, notices: Sequence[Notice]) -> None:
        notices = [structs.replace(each, body=self._for_reader(each.body)) for each in notices]
        for notice in notices:
            self._toast(notice)
        for outlet in self._outlets:
            outlet.offer(notices)

    def _for_reader(self, body: str) -> str:
        return for_reader(body, self._rules.zone, self._rules.odds_format)
