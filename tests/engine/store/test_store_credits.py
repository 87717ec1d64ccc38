"""The quota book: what a feed has charged, to the last credit, also for answers that never came."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as with_settings
from hypothesis import strategies as st

from betting_tui.engine.core.ports import CreditReading
from betting_tui.engine.store import Ledger

APRIL = datetime(2026, 4, 18, 12, tzinfo=UTC)
MAY = datetime(2026, 5, 1, 0, 1, tzinfo=UTC)


def reading(used: int, cost: int | None = 3) -> CreditReading:
    return CreditReading(used, 500 - used, cost)


async def spent(ledger: Ledger, *readings: CreditReading, at: datetime = APRIL) -> int:
    for number, each in enumerate(readings):
        await ledger.note_credits("feed", each, at + timedelta(seconds=number))
    return ledger.credits_spent("feed", at)


async def test_the_first_answer_is_booked_at_its_own_cost_whatever_was_used_before(ledger: Ledger) -> None:
    assert await spent(ledger, reading(120)) == 3


async def test_an_answer_that_was_lost_is_booked_with_the_next(ledger: Ledger) -> None:
    assert await spent(ledger, reading(3), reading(9)) == 9


async def test_a_free_answer_tells_what_a_lost_one_took(ledger: Ledger) -> None:
    assert await spent(ledger, reading(3), reading(6, 0)) == 6


async def test_an_answer_that_was_overtaken_is_booked_once(ledger: Ledger) -> None:
    assert await spent(ledger, reading(3), reading(9), reading(6), reading(12)) == 12
    left = ledger.last_credits("feed")
    assert left is not None
    assert left.remaining == 488


async def test_answers_without_a_total_count_with_their_cost_until_there_is_one(ledger: Ledger) -> None:
    silent = CreditReading(None, None, 3)
    assert await spent(ledger, reading(3), silent, silent) == 9
    assert await spent(ledger, reading(12), at=APRIL + timedelta(minutes=1)) == 3


@pytest.mark.parametrize("before", [5, 498])
async def test_a_new_month_begins_at_nothing(ledger: Ledger, before: int) -> None:
    await spent(ledger, reading(before))
    assert await spent(ledger, reading(0, 0), reading(3), at=MAY) == 3
    assert ledger.last_credits("feed", MAY - timedelta(minutes=1)) == CreditReading(3, 497, 3)


async def test_a_month_that_has_told_nothing_yet_has_no_reading(ledger: Ledger) -> None:
    await spent(ledger, reading(498))
    assert ledger.last_credits("feed", MAY - timedelta(minutes=1)) is None


@with_settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.tuples(st.integers(0, 6), st.booleans()), min_size=1, max_size=12))
async def test_the_book_says_what_the_feed_charged_once_it_has_told(
    ledger: Ledger, charged: list[tuple[int, bool]]
) -> None:
    feed = f"feed {charged}"
    await ledger.note_credits(feed, CreditReading(0, 500, 0), APRIL)
    used = 0
    for cost, lost in charged:
        used += cost
        if not lost:
            await ledger.note_credits(feed, CreditReading(used, 500 - used, cost), APRIL)
    await ledger.note_credits(feed, CreditReading(used, 500 - used, 0), APRIL)
    assert ledger.credits_spent(feed, APRIL) == used
