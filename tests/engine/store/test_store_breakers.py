"""What stops an account, until when, and who lets it go on."""

from __future__ import annotations

from datetime import datetime

from store_samples import AFTER, NOW, START, bet_of, minutes, record

from betting_tui.engine.core.accounts import Breaker, BreakerName, Fall
from betting_tui.engine.core.commands import OpenAccount, ReleaseBreakers, SettleBet
from betting_tui.engine.core.model import BetResult
from betting_tui.engine.store import Ledger


async def trip(ledger: Ledger, name: BreakerName, until: datetime | None = None, now: datetime = NOW) -> Breaker | None:
    return await ledger.trip_breaker("main", name, f"{name} says no", until, now)


async def lose(ledger: Ledger, key: str, at: datetime, stake: int = 10_000) -> None:
    bet = bet_of(await ledger.record_bet(record(stake=stake, key=key), NOW))
    await ledger.settle_bet(SettleBet(bet.id, BetResult.LOSS, "test"), at)


async def release(ledger: Ledger, name: BreakerName | None = None, now: datetime = NOW) -> int:
    return await ledger.release_breakers(ReleaseBreakers("main", "test", name), now)


async def test_one_stops_its_account_and_no_other(ledger: Ledger) -> None:
    await ledger.open_account(OpenAccount("other", "USD", 1, "UTC", "test"), NOW)
    tripped = await trip(ledger, BreakerName.DRAWDOWN)
    assert ledger.breakers("main", START) == (tripped,)
    assert ledger.breakers("other", START) == ()


async def test_the_same_one_is_not_tripped_twice(ledger: Ledger) -> None:
    assert await trip(ledger, BreakerName.COOL_DOWN, minutes(30)) is not None
    assert await trip(ledger, BreakerName.COOL_DOWN, minutes(40)) is None
    assert await trip(ledger, BreakerName.DAILY_LOSS, START) is not None


async def test_it_ends_at_its_time_and_may_trip_again(ledger: Ledger) -> None:
    await trip(ledger, BreakerName.COOL_DOWN, minutes(30))
    assert len(ledger.breakers("main", minutes(29))) == 1
    assert ledger.breakers("main", minutes(30)) == ()
    assert await trip(ledger, BreakerName.COOL_DOWN, minutes(60), minutes(31)) is not None


async def test_one_that_would_be_over_stops_nothing(ledger: Ledger) -> None:
    assert await trip(ledger, BreakerName.COOL_DOWN, NOW) is None


async def test_a_person_lets_go_of_one_or_all(ledger: Ledger) -> None:
    for name in BreakerName:
        await trip(ledger, name)
    assert await release(ledger, BreakerName.COOL_DOWN) == 1
    assert await release(ledger, BreakerName.COOL_DOWN) == 0
    assert await release(ledger) == 2
    assert ledger.breakers("main", NOW) == ()


async def test_what_a_person_let_pass_does_not_trip_again_by_itself(ledger: Ledger) -> None:
    await lose(ledger, "a", minutes(1))
    await trip(ledger, BreakerName.DAILY_LOSS, START, minutes(2))
    await release(ledger, now=minutes(3))
    assert await trip(ledger, BreakerName.DAILY_LOSS, START, minutes(4)) is None
    assert await trip(ledger, BreakerName.COOL_DOWN, START, minutes(4)) is not None
    await lose(ledger, "b", minutes(5))
    assert await trip(ledger, BreakerName.DAILY_LOSS, START, minutes(6)) is not None


async def test_a_fall_is_counted_from_the_peak_and_anew_after_a_release(ledger: Ledger) -> None:
    won = bet_of(await ledger.record_bet(record(), NOW))
    await ledger.settle_bet(SettleBet(won.id, BetResult.WIN, "test"), minutes(1))
    await lose(ledger, "a", minutes(2), 100_000)
    assert ledger.look("main", lambda state: state.fall()) == Fall(1_015_000, 915_000)
    await trip(ledger, BreakerName.DRAWDOWN, None, minutes(3))
    await release(ledger, now=minutes(4))
    assert ledger.look("main", lambda state: state.fall()) == Fall(915_000, 915_000)
    await lose(ledger, "b", AFTER, 15_000)
    assert ledger.look("main", lambda state: state.fall()) == Fall(915_000, 900_000)
