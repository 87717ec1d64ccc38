"""What is worth telling, once, and through which channel.

A toast is always shown; a desktop pop-up where the desktop can, at most one in five seconds. An opportunity is told
once, by this run or an earlier one; nothing suspicious or stale is told at all.
"""

from __future__ import annotations

import asyncio
import importlib
import logging
import os
import sys
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import datetime

from msgspec import Struct

from betting_tui.engine.core.accounts import Breaker
from betting_tui.engine.core.bet_views import BetRow, Placed
from betting_tui.engine.core.book_titles import title
from betting_tui.engine.core.model import BetResult, Opportunity
from betting_tui.engine.core.money import format_minor
from betting_tui.engine.core.odds import OddsFormat, format_price
from betting_tui.engine.core.ports import Channel, Clock, Notice, NoticeKind

_LOG = logging.getLogger(__name__)
POPUP_INTERVAL_SECONDS = 5.0
POPUP_TIMEOUT_SECONDS = 3.0
_UNTOLD_FLAGS = ("suspicious", "price_jump", "no_quote_time", "rules_differ")

Remember = Callable[[str, str], Awaitable[bool]]
Forget = Callable[[str, Sequence[str]], Awaitable[None]]


class AlertRules(Struct, frozen=True):
    """`high_value_threshold` is an edge as a fraction."""

    enabled: bool = True
    high_value_threshold: float = 0.10
    arbitrage_alerts: bool = True
    bet_settled: bool = True
    odds_format: OddsFormat = OddsFormat.AMERICAN


class DesktopChannel:
    """Pop-ups of the desktop. Imported late, bounded in time, off where there is no desktop to ask."""

    def __init__(self, app_name: str = "betting-tui") -> None:
        self._app_name = app_name
        self._notifier: object | None = None
        self._off = "" if _has_desktop() else "this session has no desktop to notify"

    @property
    def name(self) -> str:
        return "desktop"

    @property
    def status(self) -> str:
        """`ready`, or why there are no pop-ups."""
        return self._off or "ready"

    async def send(self, notice: Notice) -> bool:
        if self._off:
            return False
        try:
            async with asyncio.timeout(POPUP_TIMEOUT_SECONDS):
                await self._send(notice)
        except Exception as error:
            self._off = f"the desktop's notifier failed ({type(error).__name__}); toasts go on"
            _LOG.warning("desktop pop-ups are off: %s", self._off)
            return False
        return True

    async def _send(self, notice: Notice) -> None:
        # Slow to import, and only by the first pop-up: a thread keeps the keys answering meanwhile.
        await asyncio.to_thread(importlib.import_module, "desktop_notifier")
        from desktop_notifier import DesktopNotifier, Urgency

        logging.getLogger("desktop_notifier").setLevel(logging.ERROR)
        if self._notifier is None:
            notifier = DesktopNotifier(app_name=self._app_name)
            await notifier.get_capabilities()
            self._notifier = notifier
        assert isinstance(self._notifier, DesktopNotifier)
        await self._notifier.send(
            title=_plain(notice.title),
            message=_plain(notice.body),
            urgency=Urgency.Critical if notice.urgent else Urgency.Normal,
        )


class Alerts:
    """Decides what to tell. `remember` says whether a key is told for the first time, and keeps it; `forget` drops what
    was told of a kind but for these keys."""

    def __init__(
        self,
        rules: AlertRules,
        clock: Clock,
        toast: Callable[[Notice], None],
        popups: Sequence[Channel],
        remember: Remember,
        forget: Forget,
    ) -> None:
        self._rules = rules
        self._clock = clock
        self._toast = toast
        self._popups = tuple(popups)
        self._remember = remember
        self._forget = forget
        # None until this run has looked: what waited in an earlier one may not wait any more.
        self._deciding: frozenset[str] | None = None
        self._last_popup: float | None = None
        self._held: list[Notice] = []
        self._told: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def offer(self, found: Iterable[Opportunity], now: datetime) -> None:
        """Tell of new opportunities that deserve it."""
        if not self._rules.enabled:
            return
        for opportunity in found:
            notice = self._worth_telling(opportunity, now)
            if notice is None or notice.key in self._told:
                continue
            self._told.add(notice.key)
            if await self._remember(notice.key, notice.kind.value):
                self._tell(notice)

    async def settled(self, bets: Iterable[BetRow]) -> None:
        if not (self._rules.enabled and self._rules.bet_settled):
            return
        for bet in bets:
            notice = settled_notice(bet)
            if await self._remember(notice.key, notice.kind.value):
                self._tell(notice)

    async def to_decide(self, bets: Iterable[BetRow]) -> None:
        """All bets that wait for a person: each is told once, also where other notices are off, and once more when it
        waits anew after it did not."""
        notices = {notice.key: notice for notice in map(review_notice, bets)}
        before, self._deciding = self._deciding, frozenset(notices)
        if before is None or not before <= self._deciding:
            await self._forget(NoticeKind.REVIEW.value, tuple(notices))
        for key, notice in notices.items():
            if key not in (before or ()) and await self._remember(key, notice.kind.value):
                self._tell(notice)

    async def stopped(self, breaker: Breaker) -> None:
        """Placing for an account has stopped: told once."""
        notice = Notice(
            kind=NoticeKind.PROBLEM,
            key=f"breaker:{breaker.id}",
            title=f"Placing stopped for {breaker.account}",
            body=breaker.reason,
            urgent=True,
        )
        if await self._remember(notice.key, notice.kind.value):
            self._tell(notice)

    def placed(self, placed: Placed) -> None:
        """A toast, without a pop-up: what a strategy placed by itself."""
        self._toast(placed_notice(placed, self._rules.odds_format))

    def flush(self) -> None:
        """Send what was held back, as one pop-up, when five seconds have passed since the last."""
        if self._held and self._may_pop():
            held, self._held = self._held, []
            notice = held[0] if len(held) == 1 else _together(held)
            self._pop(notice)

    async def close(self) -> None:
        """Wait for pop-ups under way; each is bounded."""
        if self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def _worth_telling(self, opportunity: Opportunity, now: datetime) -> Notice | None:
        if opportunity.expired(now) or any(flag in _UNTOLD_FLAGS for flag in opportunity.flags):
            return None
        if opportunity.profit_margin is not None:
            return arbitrage_notice(opportunity) if self._rules.arbitrage_alerts else None
        if opportunity.difference_cents is not None or opportunity.edge is None:
            return None
        if opportunity.edge + 1e-12 < self._rules.high_value_threshold:
            return None
        return value_notice(opportunity, self._rules.odds_format)

    def _tell(self, notice: Notice) -> None:
        self._toast(notice)
        if not self._popups:
            return
        if self._may_pop() and not self._held:
            self._pop(notice)
        else:
            self._held.append(notice)

    def _may_pop(self) -> bool:
        last = self._last_popup
        return last is None or self._clock.monotonic() - last >= POPUP_INTERVAL_SECONDS

    def _pop(self, notice: Notice) -> None:
        self._last_popup = self._clock.monotonic()
        task = asyncio.get_running_loop().create_task(self._send(notice), name="popup")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _send(self, notice: Notice) -> None:
        for channel in self._popups:
            try:
                async with asyncio.timeout(POPUP_TIMEOUT_SECONDS):
                    await channel.send(notice)
            except Exception:
                _LOG.exception("pop-ups through %s failed; toasts go on", channel.name)


def value_notice(opportunity: Opportunity, odds_format: OddsFormat) -> Notice:
    leg = opportunity.legs[0]
    price = format_price(leg.price, odds_format)
    return Notice(
        NoticeKind.HIGH_VALUE,
        f"opportunity:{opportunity.id}",
        f"Value {(opportunity.edge or 0) * 100:+.1f} %",
        f"{leg.selection.name} {price} at {title(leg.bookmaker)} · {opportunity.event.name}",
    )


def arbitrage_notice(opportunity: Opportunity) -> Notice:
    books = " + ".join(title(leg.bookmaker) for leg in opportunity.legs)
    return Notice(
        NoticeKind.ARBITRAGE,
        f"opportunity:{opportunity.id}",
        f"Arbitrage {(opportunity.profit_margin or 0) * 100:+.1f} %",
        f"{opportunity.event.name} · {books}",
        urgent=True,
    )


def placed_notice(placed: Placed, odds_format: OddsFormat) -> Notice:
    """What an automatic placement is called in a toast."""
    first = placed.bets[0]
    return Notice(
        NoticeKind.BET_PLACED,
        f"placed:{first.account}:{placed.placement_id}",
        f"{', '.join(bet.id for bet in placed.bets)} placed by {first.strategy or first.origin.value}",
        " + ".join(_taken(bet, odds_format) for bet in placed.bets) + f" · {first.event.name}",
    )


def review_notice(bet: BetRow) -> Notice:
    return Notice(
        NoticeKind.REVIEW,
        f"review:{bet.account}:{bet.id}",
        f"{bet.id} waits for you",
        f"{_about(bet)} · {bet.review_reason}",
    )


def _about(bet: BetRow) -> str:
    """`Lakers · Celtics @ Lakers`, `3 legs · Celtics @ Lakers + …`."""
    what = f"{len(bet.legs)} legs" if bet.legs else bet.selection
    return f"{what} · {' + '.join(event.name for event in bet.events)}"


def _taken(bet: BetRow, odds_format: OddsFormat) -> str:
    point = "" if bet.point is None else f" {bet.point:+g}" if bet.line.market == "spreads" else f" {bet.point:g}"
    price = format_price(bet.price, odds_format)
    book = title(bet.bookmaker)
    if bet.legs:
        return f"{len(bet.legs)} legs {price} at {book} for {format_minor(bet.stake_minor, bet.currency)}"
    way = f", {bet.each_way.words}" if bet.each_way else ""
    return f"{bet.selection}{point} {price} at {book} for {format_minor(bet.staked_minor, bet.currency)}{way}"


def settled_notice(bet: BetRow) -> Notice:
    words = {
        BetResult.WIN: "won",
        BetResult.LOSS: "lost",
        BetResult.PUSH: "push",
        BetResult.VOID: "void",
        BetResult.HALF_WIN: "half won",
        BetResult.HALF_LOSS: "half lost",
    }
    result = words[bet.result] if bet.result is not None else "settled"
    amount = format_minor(bet.profit_minor or 0, bet.currency, sign=True)
    return Notice(
        NoticeKind.BET_SETTLED,
        f"settled:{bet.account}:{bet.id}:{bet.result}",
        f"{bet.id} {result} {amount}",
        _about(bet),
    )


def _together(held: Sequence[Notice]) -> Notice:
    kinds = {notice.kind for notice in held}
    what = "settled bets" if kinds == {NoticeKind.BET_SETTLED} else "new opportunities and results"
    if kinds == {NoticeKind.REVIEW}:
        what = "bets to decide"
    if kinds <= {NoticeKind.HIGH_VALUE, NoticeKind.ARBITRAGE}:
        what = "new opportunities"
    body = " · ".join(notice.title for notice in held[:3]) + (" …" if len(held) > 3 else "")
    return Notice(held[0].kind, "together", f"{len(held)} {what}", body, urgent=any(n.urgent for n in held))


def _has_desktop() -> bool:
    if sys.platform.startswith("linux"):
        return bool(os.environ.get("DBUS_SESSION_BUS_ADDRESS"))
    return True


def _plain(text: str) -> str:
    """Some desktops read the body as markup."""
    return text.replace("&", "and").replace("<", "(").replace(">", ")")
