"""The feeds of an engine together: one that both desks ask is one feed, and sleeps once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from betting_tui.engine.board import Board
from betting_tui.engine.clocks import VirtualClock
from betting_tui.engine.config import Settings
from betting_tui.engine.core.errors import SourceUnreachable
from betting_tui.engine.core.ports import Answer
from betting_tui.engine.feeds.fixtures import Fixtures
from betting_tui.engine.feeds.office import FeedOffice, FeedSet
from betting_tui.engine.feeds.wiring import Feed, FeedHooks, PollPlan, ResultsFeed, guarded
from betting_tui.engine.sources.resilience import Guard
from betting_tui.engine.sources.simulated.market import SimulatedMarket
from betting_tui.engine.sources.simulated.settings import demo_settings
from betting_tui.engine.store.store import Ledger
from market_samples import NOW

PLAN = PollPlan(("basketball_nba",), ("h2h",), (), seconds=60, results_seconds=3600)


@pytest.fixture
async def ledger(tmp_path: Path) -> AsyncIterator[Ledger]:
    ledger = await Ledger.open(tmp_path / "ledger.db", now=NOW)
    yield ledger
    await ledger.close()


def market(clock: VirtualClock) -> SimulatedMarket:
    return SimulatedMarket(1, NOW, demo_settings(), clock)


def office_of(ledger: Ledger, clock: VirtualClock, odds: Feed, *results: ResultsFeed) -> FeedOffice:
    async def deliver(_: Answer) -> None:
        raise AssertionError("nobody is asked here")

    hooks = FeedHooks(deliver, lambda: False, lambda: None)
    return FeedOffice(FeedSet((odds,), results), Settings(), clock, ledger, Board(), Fixtures(), hooks)


def rest(guard: Guard, seconds: float) -> None:
    guard.breaker.fail(SourceUnreachable("down", retry_after=seconds))


async def test_a_night_shortens_the_rest_of_a_feed_of_both_kinds_once(ledger: Ledger) -> None:
    clock = VirtualClock(NOW)
    feed = guarded(market(clock), PLAN, clock)
    office = office_of(ledger, clock, feed)
    rest(feed.guard, 3600)
    office.skip(600)
    assert feed.guard.breaker.rest_seconds == 3000


async def test_a_night_shortens_the_rest_of_a_feed_of_results_alone(ledger: Ledger) -> None:
    clock = VirtualClock(NOW)
    feed, guard = guarded(market(clock), PLAN, clock), Guard("results", clock)
    office = office_of(ledger, clock, feed, ResultsFeed(market(clock), guard, lambda _: True))
    rest(guard, 3600)
    office.skip(600)
    assert (guard.breaker.rest_seconds, feed.guard.breaker.rest_seconds) == (3000, 0)


async def test_a_feed_that_fails_for_odds_is_left_alone_for_results(ledger: Ledger) -> None:
    clock = VirtualClock(NOW)
    feed = guarded(market(clock), PLAN, clock)
    office = office_of(ledger, clock, feed)
    rest(feed.guard, 3600)
    (results,) = office.results.statuses()
    assert results.next_poll == feed.guard.breaker.asked_again_at
