"""The feeds of a running engine together: desks for odds and results, the budget, and what is shown of them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from betting_tui.engine.clocks import SystemClock
from betting_tui.engine.config import Settings
from betting_tui.engine.core.errors import SourceError
from betting_tui.engine.core.feed_views import FeedRow, FeedStatus, SourcesView
from betting_tui.engine.core.model import Event
from betting_tui.engine.core.ports import Clock, MarketView, ResultsSource, Source
from betting_tui.engine.core.times import day_start, zone_of
from betting_tui.engine.feeds.again import CalledBy, by_our_id
from betting_tui.engine.feeds.budget import Budget, CreditBook
from betting_tui.engine.feeds.fixtures import Fixtures
from betting_tui.engine.feeds.kept import KeptAnswers
from betting_tui.engine.feeds.odds_desk import OddsDesk
from betting_tui.engine.feeds.results_desk import ResultsDesk
from betting_tui.engine.feeds.verify import Asker
from betting_tui.engine.feeds.wiring import Feed, FeedHooks, ResultsFeed
from betting_tui.engine.sources.cache import Cache

_LOG = logging.getLogger(__name__)


class FeedSet(Struct, frozen=True):
    """The feeds an engine was given: `odds` and `results` that can be asked, in order; `unusable` with what they need.

    Without `results`, those of the odds feeds are asked; a round of them every `results_seconds`. `cache` keeps odds
    answers for `cache_seconds`.
    """

    odds: tuple[Feed, ...] = ()
    results: tuple[ResultsFeed, ...] = ()
    unusable: tuple[FeedStatus, ...] = ()
    odds_order: tuple[str, ...] = ()
    results_order: tuple[str, ...] = ()
    results_seconds: float = 0.0
    cache: Cache | None = None
    cache_seconds: float = 0.0


class FeedOffice:
    """What the engine asks of its feeds, and tells of them."""

    def __init__(
        self,
        given: FeedSet,
        settings: Settings,
        clock: Clock,
        book: CreditBook,
        board: MarketView,
        fixtures: Fixtures,
        hooks: FeedHooks,
        called_by: CalledBy = by_our_id,
    ) -> None:
        self._given = given
        self._order = given.odds_order or tuple(feed.source.name for feed in given.odds)
        needs = {status.name: status.detail for status in given.unusable}
        self.budget = _budget(given.odds, settings, clock, book, fixtures)
        self.odds = OddsDesk(
            given.odds,
            clock,
            hooks,
            order=self._order,
            needs={name: text for name, text in needs.items() if name in self._order},
            budget=self.budget,
            board=board,
            called_by=called_by,
            kept=None if given.cache is None else KeptAnswers(given.cache, clock, given.cache_seconds),
        )
        self._results_feeds = given.results
        if not given.results_order:
            self._results_feeds = given.results or tuple(_results_of(feed) for feed in given.odds)
        self.results = ResultsDesk(
            self._results_feeds,
            clock,
            replace(hooks, deliver=self.odds.deliver),
            waiting=book.watched_events,
            due=self._scores_due,
            can_pay=self._can_pay,
            refused=self._refused,
            first=self._hear_total,
            every_seconds=given.results_seconds
            or min((feed.plan.results_seconds for feed in given.odds), default=3600.0),
            days_from=settings.results.days_from,
            game_length=min((feed.plan.game_length for feed in given.odds), default=1.0),
        )
        self.asker = Asker(self.odds.verify_cost, self.odds.why_not_verify, self.odds.verify)

    # What is shown

    def statuses(self) -> tuple[FeedStatus, ...]:
        """Of every feed once, those for odds first."""
        return tuple(row.status for row in self._rows())

    @property
    def next_call(self) -> tuple[datetime, str] | None:
        return self.odds.next_call

    def view(self, now: datetime) -> SourcesView:
        return SourcesView(
            feeds=self._rows(),
            credits=() if self.budget is None else (self.budget.view(now, self.odds.wait_for),),
            odds_order=self._order,
            results_order=self._given.results_order or tuple(feed.source.name for feed in self._results_feeds),
        )

    def why_no_close(self, event: Event) -> str:
        """Why neither close nor result of a bet on this event would be asked for; empty when they would."""
        return "" if self.budget is None else self.budget.why_no_close(event)

    # What is done

    def loops(self) -> tuple[tuple[str, Callable[[], Awaitable[None]]], ...]:
        """Those there is something to ask for; none without feeds."""
        odds = (("odds", self.odds.loop),) if self._given.odds else ()
        return (*odds, *((("results", self.results.loop),) if self._results_feeds else ()))

    async def recall(self) -> None:
        """For who asks nobody: start times that others heard of a while ago."""
        await self.odds.recall()

    def replan(self) -> None:
        """Bets, starts or the day are others than before."""
        self.odds.replan()

    def skip(self, seconds: float) -> None:
        """Time has passed that the clock did not count; none: it was set back."""
        # Before the desks, which look at how long feeds rest; once each, for some guards stand before both.
        guards = {feed.guard for feed in self._given.odds} | {feed.guard for feed in self._results_feeds}
        for guard in guards:
            guard.breaker.skip(seconds)
        self.odds.skip(seconds)
        self.results.skip(seconds)

    async def aclose(self) -> None:
        if self.budget is not None:
            self.budget.close()
        sources: dict[int, Source | ResultsSource] = {id(feed.source): feed.source for feed in self._given.odds}
        sources.update((id(feed.source), feed.source) for feed in self._results_feeds)
        for source in sources.values():
            await source.aclose()

    # Inside

    def _rows(self) -> tuple[FeedRow, ...]:
        rows = {row.status.name: row for row in self.odds.rows()}
        feeds = {feed.source.name: feed for feed in self._results_feeds}
        for status in self.results.statuses():
            row = rows.get(status.name) or _results_row(status, feeds[status.name])
            rows[status.name] = replace(row, roles=(*row.roles, "results"))
        for status in self._given.unusable:
            row = rows.get(status.name) or FeedRow(status, (), needs=status.detail)
            also = ("results",) if status.name in self._given.results_order else ()
            rows[status.name] = replace(row, roles=(*row.roles, *also))
        order = dict.fromkeys((*self._order, *self._given.results_order, *rows))
        return tuple(rows[name] for name in order if name in rows)

    def _can_pay(self, cost: int) -> bool:
        return self.budget is None or self.budget.can_pay(cost)

    def _refused(self, feed: ResultsFeed, error: SourceError) -> None:
        """What a refusal tells of the credits, the plan hears whoever asked."""
        metered = next((each.metered for each in self._given.odds if each.metered is not None), None)
        if self.budget is None or metered is None or feed.source.name != self.budget.feed:
            return
        self.budget.told(metered.credits)
        self.budget.refused(error, feed.scores_cost)
        self.odds.wake()

    async def _hear_total(self, feed: ResultsFeed, sport_key: str) -> None:
        if feed.scores_cost:
            await self.odds.hear_total(sport_key)

    def _scores_due(self, sport_key: str) -> bool:
        return self.budget is None or self.budget.scores_due(sport_key)


def _results_row(status: FeedStatus, feed: ResultsFeed) -> FeedRow:
    asked, until = feed.guard.asked, feed.guard.breaker.asked_again_at
    return FeedRow(status, (), requests=asked.requests, retries=asked.retries, resting_until=until)


def _results_of(feed: Feed) -> ResultsFeed:
    return ResultsFeed(feed.source, feed.guard, feed.serves, feed.plan.scores_cost)


def _budget(
    feeds: Sequence[Feed], settings: Settings, clock: Clock, book: CreditBook, fixtures: Fixtures
) -> Budget | None:
    """That of the first feed that costs credits."""
    metered = next((feed for feed in feeds if feed.metered is not None), None)
    if metered is None:
        return None
    guard, ui = metered.guard, settings.ui
    return Budget(
        metered.source.name,
        metered.plan,
        clock,
        book,
        fixtures,
        day_start=lambda: day_start(clock.now(), ui.day_starts_at, zone_of(ui.time_zone)),
        unsure=lambda: guard.asked.unsure_credits,
        wall=SystemClock(),
    )


async def rearm(name: str, loop: Callable[[], Awaitable[None]], pause: Callable[[], Awaitable[None]]) -> None:
    """Run a loop again whenever it ends or breaks; only cancelling stops it."""
    while True:
        try:
            await loop()
        except asyncio.CancelledError:
            raise
        except Exception:
            _LOG.exception("the loop %s broke and is started again", name)
        await pause()
