"""Working orders: money waits with them, becomes a bet at the price that comes, and goes back when none does."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import tempfile
from datetime import datetime, timedelta
from fractions import Fraction
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from store_samples import (
    AFTER,
    GAME,
    MAIN,
    NOW,
    OTHER,
    START,
    fill,
    h2h,
    leg,
    minutes,
    opportunity,
    place,
    score,
)
from store_samples import placed as placed_at_once

from betting_tui.engine.core.accounts import AccountSettings, AccountStatus, BreakerName
from betting_tui.engine.core.bet_views import NotPlaced, OrderRow, Placed, Working
from betting_tui.engine.core.commands import (
    CancelOrder,
    ChangeAccount,
    Fill,
    Place,
    ResetAccount,
    SetAccountStatus,
    SettleBet,
    Transfer,
)
from betting_tui.engine.core.errors import UsageError
from betting_tui.engine.core.model import (
    START_UNKNOWN,
    BetResult,
    BetState,
    EntryKind,
    Evidence,
    Funding,
    Leg,
    Opportunity,
    OrderState,
    Side,
)
from betting_tui.engine.core.money_views import LedgerRow
from betting_tui.engine.core.odds import parse_any
from betting_tui.engine.core.refusals import Refusal, RefusalCode
from betting_tui.engine.store import BetFilter, Ledger

SOON = minutes(5)
LATER = minutes(10)


def order(
    price: str = "+160",
    stake: int = 10_000,
    *,
    key: str = "k1",
    side: Side = Side.BACK,
    until: datetime = START + timedelta(days=1),
    funding: Funding = Funding.CASH,
    found: Opportunity | None = None,
    again: bool = False,
) -> Place:
    wanted = place(leg(price, stake, side=side), key=key, opportunity=found, again=again)
    return msgspec.structs.replace(wanted, work_until=until, funding=funding)


def seen(price: str = "+160", stake: int = 10_000, *, side: Side = Side.BACK) -> Fill:
    """What a later answer offered."""
    return fill(leg(price, stake, side=side), Evidence.LATER_SNAPSHOT)


async def waiting(ledger: Ledger, command: Place) -> OrderRow:
    outcome = await ledger.accept_order(command, [GAME, OTHER], NOW)
    assert isinstance(outcome, Working), outcome
    return outcome.order


async def refused(ledger: Ledger, command: Place, now: datetime = NOW) -> Refusal:
    outcome = await ledger.accept_order(command, [GAME, OTHER], now)
    assert isinstance(outcome, NotPlaced), outcome
    return outcome.refusal


async def cancel(ledger: Ledger, order_id: str = "ORD-000001", reason: str = "") -> OrderRow:
    return await ledger.cancel_order(CancelOrder(order_id, "me", reason), SOON)


def entries(ledger: Ledger) -> list[LedgerRow]:
    """All but the starting bankroll, oldest first."""
    return list(ledger.bankroll("main").entries[::-1][1:])


async def test_its_money_is_reserved_and_is_no_longer_available(ledger: Ledger) -> None:
    row = await waiting(ledger, order())
    money = ledger.balances("main")
    assert (money.bankroll_minor, money.available_minor, money.reserved_minor) == (1_000_000, 990_000, 10_000)
    assert money.open_bets == 0
    (entry,) = entries(ledger)
    assert (entry.kind, entry.amount_minor, entry.bet_id) == (EntryKind.RESERVE, -10_000, None)
    assert entry.text == "ORD-000001 waits for Lakers +160 at fanduel"
    assert ledger.working_orders() == ledger.working_orders("main") == (row,)
    assert (row.id, row.account, row.event, row.stake_minor) == ("ORD-000001", "main", GAME, 10_000)
    assert (row.leg.selection, row.leg.bookmaker, row.leg.price.text) == (h2h(), "fanduel", "+160")
    assert (row.reserved_minor, row.filled_minor, row.state) == (10_000, 0, OrderState.WORKING)


async def test_a_lay_order_reserves_its_liability_and_a_free_one_nothing(ledger: Ledger) -> None:
    lay = await waiting(ledger, order("3.50", side=Side.LAY))
    assert (lay.reserved_minor, ledger.balances("main").available_minor) == (25_000, 975_000)
    free = await waiting(ledger, order(key="k2", funding=Funding.FREE))
    assert (free.reserved_minor, free.funding) == (0, Funding.FREE)
    assert ledger.balances("main").available_minor == 975_000


@pytest.mark.parametrize(
    ("until", "start", "expires"),
    [(LATER, START, LATER), (AFTER, START, START), (AFTER, START_UNKNOWN, AFTER)],
    ids=["its own time", "the start", "no start is known"],
)
async def test_it_waits_until_its_time_or_the_start(
    ledger: Ledger, until: datetime, start: datetime, expires: datetime
) -> None:
    event = msgspec.structs.replace(GAME, commence_time=start)
    outcome = await ledger.accept_order(order(until=until), [event], NOW)
    assert isinstance(outcome, Working)
    assert outcome.order.expires_at == expires


async def test_the_same_key_gives_the_same_order_whatever_became_of_it(ledger: Ledger) -> None:
    row = await waiting(ledger, order())
    again = await ledger.accept_order(order(stake=77), [GAME], SOON)
    assert again == Working(1, row, repeated=True) == ledger.placement("main", "k1")
    await ledger.fill_order(row.id, seen(), SOON)
    filled = await ledger.accept_order(order(), [GAME], SOON)
    assert isinstance(filled, Placed)
    assert (filled.repeated, [bet.id for bet in filled.bets]) == (True, ["BET-000001"])
    assert filled == ledger.placement("main", "k1")
    await waiting(ledger, order(key="k2"))
    await cancel(ledger, "ORD-2")
    ended = await ledger.accept_order(order(key="k2"), [GAME], SOON)
    assert isinstance(ended, Working)
    assert (ended.repeated, ended.order.state) == (True, OrderState.CANCELLED)
    assert ledger.balances("main").reserved_minor == 10_000


def second_leg() -> Place:
    return msgspec.structs.replace(order(), legs=(leg(), leg(selection=h2h("Celtics"))))


def any_price() -> Place:
    return msgspec.structs.replace(order(), take_worse=True)


@pytest.mark.parametrize(
    ("command", "at", "code"),
    [
        (second_leg(), NOW, RefusalCode.UNSUPPORTED),
        (any_price(), NOW, RefusalCode.UNSUPPORTED),
        (order(until=NOW), NOW, RefusalCode.EXPIRED),
        (order(), START, RefusalCode.EVENT_STARTED),
        (order(stake=0), NOW, RefusalCode.BELOW_MINIMUM),
        (order(stake=1_000_001), NOW, RefusalCode.INSUFFICIENT_AVAILABLE),
        (order("3.51", 400_000, side=Side.LAY), NOW, RefusalCode.INSUFFICIENT_AVAILABLE),
    ],
)
async def test_what_no_placement_may_do_an_order_may_not(
    ledger: Ledger, command: Place, at: datetime, code: RefusalCode
) -> None:
    assert (await refused(ledger, command, at)).code is code
    assert [(count.code, count.count) for count in ledger.refusals("main")] == [(code.value, 1)]
    assert entries(ledger) == []
    assert ledger.working_orders() == ()


async def suspend(ledger: Ledger) -> None:
    await ledger.set_status(SetAccountStatus("main", AccountStatus.SUSPENDED, "me"), NOW)


async def test_a_suspended_account_makes_no_order(ledger: Ledger) -> None:
    await suspend(ledger)
    assert (await refused(ledger, order())).code is RefusalCode.ACCOUNT_SUSPENDED


async def test_an_unknown_event_is_refused(ledger: Ledger) -> None:
    outcome = await ledger.accept_order(order(), [], NOW)
    assert isinstance(outcome, NotPlaced)
    assert outcome.refusal.code is RefusalCode.UNKNOWN_EVENT


async def test_one_opportunity_has_one_order_or_bet_unless_asked_again(ledger: Ledger) -> None:
    found = opportunity()
    await waiting(ledger, order(found=found))
    assert ledger.taken("main") == {found.id}
    assert (await refused(ledger, order(key="k2", found=found))).code is RefusalCode.DUPLICATE
    await waiting(ledger, order(key="k3", found=found, again=True))
    other = opportunity("opp-2")
    await placed_at_once(ledger, place(key="k4", opportunity=other))
    assert (await refused(ledger, order(key="k5", found=other))).code is RefusalCode.DUPLICATE


async def test_an_order_taken_back_leaves_its_opportunity_to_another(ledger: Ledger) -> None:
    found = opportunity()
    row = await waiting(ledger, order(found=found))
    await cancel(ledger, row.id)
    assert (await waiting(ledger, order(key="k2", found=found))).state is OrderState.WORKING


async def test_a_fill_makes_a_bet_at_the_price_that_came(ledger: Ledger) -> None:
    row = await waiting(ledger, order(found=opportunity()))
    outcome = await ledger.fill_order(row.id, seen("+175"), LATER)
    assert isinstance(outcome, Placed)
    (bet,) = outcome.bets
    assert (bet.price.text, bet.stake_minor, bet.state) == ("+175", 10_000, BetState.PENDING)
    assert (bet.evidence, bet.placed_at, bet.placement_id) == (Evidence.LATER_SNAPSHOT, LATER, 1)
    assert (bet.strategy, bet.opportunity_id, bet.edge, bet.fair_probability) == ("value_betting", "opp-1", 0.05, 0.42)
    money = ledger.balances("main")
    assert (money.available_minor, money.reserved_minor, money.open_bets) == (990_000, 10_000, 1)
    assert [(entry.kind, entry.amount_minor, entry.bet_id) for entry in entries(ledger)] == [
        (EntryKind.RESERVE, -10_000, None),
        (EntryKind.BET_PLACED, 0, "BET-000001"),
    ]
    assert ledger.working_orders() == ()
    settled = await ledger.settle_bet(SettleBet("BET-1", BetResult.WIN, "me"), AFTER)
    assert settled.bet.profit_minor == 17_500
    assert (await ledger.verify()).problems == ()


async def test_what_a_better_lay_price_does_not_need_is_released(ledger: Ledger) -> None:
    row = await waiting(ledger, order("3.50", side=Side.LAY))
    await ledger.fill_order(row.id, seen("3.205", side=Side.LAY), LATER)
    assert [(entry.kind, entry.amount_minor) for entry in entries(ledger)] == [
        (EntryKind.RESERVE, -25_000),
        (EntryKind.BET_PLACED, 0),
        (EntryKind.RELEASE, 2_950),
    ]
    money = ledger.balances("main")
    assert (money.available_minor, money.reserved_minor) == (977_950, 22_050)
    assert (await ledger.verify()).problems == ()


async def test_a_smaller_fill_gives_the_rest_back(ledger: Ledger) -> None:
    row = await waiting(ledger, order())
    outcome = await ledger.fill_order(row.id, seen(stake=4_000), LATER)
    assert isinstance(outcome, Placed)
    assert outcome.bets[0].stake_minor == 4_000
    assert ledger.balances("main").available_minor == 996_000
    assert (await ledger.verify()).problems == ()


async def test_filling_twice_makes_one_bet(ledger: Ledger) -> None:
    row = await waiting(ledger, order())
    first = await ledger.fill_order(row.id, seen(), LATER)
    second = await ledger.fill_order(row.id, seen("+180"), LATER)
    assert isinstance(first, Placed)
    assert second == msgspec.structs.replace(first, repeated=True)
    assert len(entries(ledger)) == 2


async def test_a_suspended_account_fills_nothing_and_nothing_changes(ledger: Ledger) -> None:
    row = await waiting(ledger, order())
    await suspend(ledger)
    before = ledger.export_ledger("json")
    outcome = await ledger.fill_order(row.id, seen(), LATER)
    assert isinstance(outcome, Refusal)
    assert outcome.code is RefusalCode.ACCOUNT_SUSPENDED
    assert ledger.export_ledger("json") == before
    assert ledger.working_orders() == (row,)


async def test_an_account_that_a_breaker_stopped_fills_nothing(ledger: Ledger) -> None:
    row = await waiting(ledger, order())
    await ledger.trip_breaker("main", BreakerName.DRAWDOWN, "20 % below", None, SOON)
    outcome = await ledger.fill_order(row.id, seen(), LATER)
    assert outcome == Refusal(RefusalCode.DRAWDOWN, "20 % below")
    assert ledger.working_orders() == (row,)


@pytest.mark.parametrize(
    ("until", "at", "code"),
    [(AFTER, START, RefusalCode.EXPIRED), (LATER, LATER, RefusalCode.EXPIRED)],
    ids=["from the start on", "from its end on"],
)
async def test_an_order_that_is_over_is_not_filled(
    ledger: Ledger, until: datetime, at: datetime, code: RefusalCode
) -> None:
    row = await waiting(ledger, order(until=until))
    outcome = await ledger.fill_order(row.id, seen(), at)
    assert isinstance(outcome, Refusal)
    assert outcome.code is code
    assert ledger.working_orders() == (row,), "its money goes back when it is expired, not before"


async def test_once_the_result_is_known_nothing_is_filled(ledger: Ledger) -> None:
    row = await waiting(ledger, order())
    await ledger.settle_scores([score()], SOON)
    outcome = await ledger.fill_order(row.id, seen(), LATER)
    assert isinstance(outcome, Refusal)
    assert outcome.code is RefusalCode.EVENT_STARTED
    assert [each.state for each in await ledger.expire_orders(LATER)] == [OrderState.EXPIRED]


@pytest.mark.parametrize(
    "offered",
    [
        seen("+159"),
        seen("1.909", side=Side.LAY),
        seen(stake=10_001),
        seen(stake=0),
        fill(leg("+160", selection=h2h("Celtics"))),
        fill(leg("+160", bookmaker="betmgm")),
    ],
    ids=["worse", "other side", "more", "none", "other selection", "other book"],
)
async def test_a_fill_that_is_not_the_orders_is_a_mistake(ledger: Ledger, offered: Fill) -> None:
    row = await waiting(ledger, order())
    with pytest.raises(UsageError, match=row.id):
        await ledger.fill_order(row.id, offered, LATER)
    assert ledger.working_orders() == (row,)


async def test_cancelling_gives_the_money_back_once_and_says_who_and_why(ledger: Ledger, tmp_path: Path) -> None:
    row = await waiting(ledger, order())
    ended = await cancel(ledger, "ord-1", "changed my mind")
    assert (ended.id, ended.state) == (row.id, OrderState.CANCELLED)
    assert await cancel(ledger, "1", "again") == ended
    assert ledger.balances("main").available_minor == 1_000_000
    release = entries(ledger)[-1]
    assert (release.kind, release.amount_minor, release.at) == (EntryKind.RELEASE, 10_000, SOON)
    assert release.text == "ORD-000001 cancelled: changed my mind"
    assert len(entries(ledger)) == 2
    connection = sqlite3.connect(tmp_path / "ledger.db")
    told = connection.execute(
        "SELECT created_by, action, target, detail FROM audit WHERE target LIKE 'ORD-%'"
    ).fetchall()
    connection.close()
    assert told == [("me", "order cancelled", "ORD-000001", "changed my mind")]
    assert isinstance(await ledger.fill_order(row.id, seen(), LATER), Refusal)


async def test_only_an_order_that_waits_can_be_cancelled(ledger: Ledger) -> None:
    row = await waiting(ledger, order())
    await ledger.fill_order(row.id, seen(), LATER)
    await placed_at_once(ledger, place(key="k2"))
    for order_id in (row.id, "ORD-2"):
        with pytest.raises(UsageError, match="is filled"):
            await cancel(ledger, order_id)
    for order_id in ("ORD-3", "seven"):
        with pytest.raises(UsageError, match="no order"):
            await cancel(ledger, order_id)


async def test_orders_expire_at_their_time_and_only_once(ledger: Ledger) -> None:
    first = await waiting(ledger, order(until=LATER))
    second = await waiting(ledger, order(key="k2", until=AFTER))
    assert await ledger.expire_orders(SOON) == ()
    (over,) = await ledger.expire_orders(LATER)
    assert (over.id, over.state) == (first.id, OrderState.EXPIRED)
    assert await ledger.expire_orders(LATER) == ()
    assert entries(ledger)[-1].text == "ORD-000001 expired: its time was over at 2026-04-18T12:10:00Z"
    assert [each.id for each in await ledger.expire_orders(START)] == [second.id]
    assert entries(ledger)[-1].text == "ORD-000002 expired: Celtics @ Lakers started at 2026-04-18T18:00:00Z"
    assert ledger.balances("main").available_minor == 1_000_000
    assert (await cancel(ledger, first.id)).state is OrderState.EXPIRED
    assert (await ledger.verify()).problems == ()


async def test_a_start_the_feed_moved_forward_ends_it(ledger: Ledger) -> None:
    await waiting(ledger, order())
    moved = msgspec.structs.replace(GAME, commence_time=SOON)
    assert await ledger.expire_orders(LATER) == ()
    assert len(await ledger.expire_orders(LATER, [moved])) == 1


async def test_an_expired_event_nobody_has_an_order_on_is_not_added(ledger: Ledger) -> None:
    assert await ledger.expire_orders(AFTER, [GAME]) == ()
    assert ledger.watched_events() == ()


async def test_working_orders_come_by_time_of_expiry(ledger: Ledger) -> None:
    for key, until in (("k1", AFTER), ("k2", SOON), ("k3", LATER)):
        await waiting(ledger, order(key=key, until=until))
    assert [row.id for row in ledger.working_orders()] == ["ORD-000002", "ORD-000003", "ORD-000001"]


async def test_the_guard_has_the_last_word_and_is_stored(ledger: Ledger) -> None:
    no = Refusal(RefusalCode.DAILY_STAKE, "daily stake 480.00 + 100.00 > 500.00")
    outcome = await ledger.accept_order(order(), [GAME], NOW, lambda _: no)
    assert isinstance(outcome, NotPlaced)
    assert outcome.refusal == no
    assert [count.code for count in ledger.refusals("main")] == ["daily_stake"]


async def keep_at_books(ledger: Ledger, amount: int = 50_000) -> None:
    """From now on a bet needs money at its bookmaker: that much is at fanduel."""
    await ledger.change_account(ChangeAccount("main", AccountSettings(book_balances=True), "me"), NOW)
    moved = await ledger.transfer(Transfer("main", "", "fanduel", amount, "t1", "me"), NOW)
    assert isinstance(moved, LedgerRow)


def wallets(folder: Path) -> dict[str, int]:
    connection = sqlite3.connect(folder / "ledger.db")
    rows = connection.execute("SELECT bookmaker, balance_minor FROM ledger_accounts WHERE kind = 'wallet'").fetchall()
    connection.close()
    return dict(rows)


async def test_where_money_lies_at_bookmakers_an_order_takes_it_from_its_own(ledger: Ledger, tmp_path: Path) -> None:
    await keep_at_books(ledger)
    assert (await refused(ledger, order(stake=50_001))).code is RefusalCode.INSUFFICIENT_AVAILABLE
    back = await waiting(ledger, order(stake=20_000))
    lay = await waiting(ledger, order("3.50", 10_000, key="k2", side=Side.LAY))
    assert wallets(tmp_path) == {"": 950_000, "fanduel": 5_000}
    await cancel(ledger, back.id)
    assert wallets(tmp_path) == {"": 950_000, "fanduel": 25_000}
    await ledger.fill_order(lay.id, seen("3.00", side=Side.LAY), LATER)
    assert wallets(tmp_path) == {"": 950_000, "fanduel": 30_000}
    await ledger.settle_bet(SettleBet("BET-1", BetResult.WIN, "me"), AFTER)
    assert wallets(tmp_path) == {"": 950_000, "fanduel": 60_000}
    assert (await ledger.verify()).problems == ()


async def test_money_goes_back_to_the_wallet_it_came_from(ledger: Ledger, tmp_path: Path) -> None:
    first = await waiting(ledger, order())
    second = await waiting(ledger, order(key="k2"))
    await keep_at_books(ledger)
    await cancel(ledger, first.id)
    await ledger.fill_order(second.id, seen(), LATER)
    await ledger.settle_bet(SettleBet("BET-1", BetResult.WIN, "me"), AFTER)
    assert wallets(tmp_path) == {"": 1_000_000 - 50_000 + 16_000, "fanduel": 50_000}


async def test_a_reset_gives_waiting_money_back_first(ledger: Ledger) -> None:
    row = await waiting(ledger, order())
    assert isinstance(await ledger.reset_account(ResetAccount("main", "reset", "me"), SOON), Refusal)
    await ledger.reset_account(ResetAccount("main", "reset", "me", void_open=True), SOON)
    assert ledger.working_orders() == ()
    assert isinstance(await ledger.fill_order(row.id, seen(), LATER), Refusal)
    assert ledger.balances("main").available_minor == 1_000_000
    assert (await ledger.verify()).problems == ()


PRICES = ("+150", "-110", "1.91", "6/4", "2.000", "3.333")
PICK = st.integers(0, 10**6)


class Waiting(RuleBasedStateMachine):
    """Any order of making, filling, cancelling and expiring orders; the machine adds the money up by itself."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.folder = Path(tempfile.mkdtemp())
        self.now = NOW
        self.working: dict[str, tuple[Leg, int, datetime, Funding]] = {}
        self.bets: dict[str, int] = {}
        self.made = 0

    @initialize()
    def open(self) -> None:
        self.ledger = self.loop.run_until_complete(Ledger.open(self.folder / "ledger.db", now=NOW))
        self.loop.run_until_complete(self.ledger.ensure_account(MAIN, NOW))

    def teardown(self) -> None:
        self.loop.run_until_complete(self.ledger.close())
        self.loop.close()
        shutil.rmtree(self.folder)

    @property
    def reserved(self) -> int:
        return sum(reserve for _, reserve, _, _ in self.working.values())

    @property
    def available(self) -> int:
        return MAIN.starting_minor - self.reserved - sum(self.bets.values())

    def risk(self, stake: int, price: str, side: Side, funding: Funding) -> int:
        if funding is Funding.FREE:
            return 0
        return stake if side is Side.BACK else round(stake * (parse_any(price).exact - 1))

    @rule(
        stake=st.integers(1, 400_000),
        price=st.sampled_from(PRICES),
        side=st.sampled_from(Side),
        funding=st.sampled_from((Funding.CASH, Funding.CASH, Funding.FREE)),
        lasts=st.integers(1, 600),
    )
    def make(self, stake: int, price: str, side: Side, funding: Funding, lasts: int) -> None:
        self.made += 1
        until = self.now + timedelta(minutes=lasts)
        command = order(price, stake, key=str(self.made), side=side, until=until, funding=funding)
        needed = self.risk(stake, price, side, funding)
        outcome = self.loop.run_until_complete(self.ledger.accept_order(command, [GAME], self.now))
        no_bet = funding is Funding.FREE and side is Side.LAY
        if self.now >= START or needed > self.available or no_bet:
            assert isinstance(outcome, NotPlaced), outcome
            return
        assert isinstance(outcome, Working), outcome
        assert outcome.order.reserved_minor == needed
        self.working[outcome.order.id] = (command.legs[0], needed, min(until, START), funding)
        again = self.loop.run_until_complete(self.ledger.accept_order(command, [GAME], self.now))
        assert again == msgspec.structs.replace(outcome, repeated=True)

    @precondition(lambda self: self.working)
    @rule(number=PICK, price=st.sampled_from(PRICES), share=st.sampled_from((Fraction(1), Fraction(1), Fraction(1, 3))))
    def fill(self, number: int, price: str, share: Fraction) -> None:
        order_id = sorted(self.working)[number % len(self.working)]
        wanted, _, until, funding = self.working[order_id]
        limit, offered = wanted.price.exact, parse_any(price)
        if offered.exact < limit if wanted.side is Side.BACK else offered.exact > limit:
            offered = wanted.price
        stake = max(1, int((wanted.stake_minor or 0) * share))
        got = Fill(wanted, offered, stake, Evidence.LATER_SNAPSHOT, "feed", None, self.now)
        outcome = self.loop.run_until_complete(self.ledger.fill_order(order_id, got, self.now))
        if self.now >= until:
            assert isinstance(outcome, Refusal)
            return
        assert isinstance(outcome, Placed)
        del self.working[order_id]
        (bet,) = outcome.bets
        self.bets[bet.id] = self.risk(stake, offered.text, wanted.side, funding)
        assert bet.funding is funding

    @precondition(lambda self: self.working)
    @rule(number=PICK)
    def cancel(self, number: int) -> None:
        order_id = sorted(self.working)[number % len(self.working)]
        for _ in range(2):
            self.loop.run_until_complete(self.ledger.cancel_order(CancelOrder(order_id, "test"), self.now))
        del self.working[order_id]

    @rule()
    def expire(self) -> None:
        over = {order_id for order_id, (_, _, until, _) in self.working.items() if until <= self.now}
        released = self.loop.run_until_complete(self.ledger.expire_orders(self.now))
        assert {row.id for row in released} == over
        assert self.loop.run_until_complete(self.ledger.expire_orders(self.now)) == ()
        for order_id in over:
            del self.working[order_id]

    @rule(passed=st.integers(1, 120))
    def wait(self, passed: int) -> None:
        self.now += timedelta(minutes=passed)

    @invariant()
    def the_money_is_where_it_should_be(self) -> None:
        if not hasattr(self, "ledger"):
            return
        assert self.ledger.balances("main").available_minor == self.available
        kept = self.balances()
        assert sum(kept.values()) == 0
        assert kept.get("working_orders", 0) == self.reserved
        assert kept.get("open_bets", 0) == sum(self.bets.values())
        assert {row.id: row.reserved_minor for row in self.ledger.working_orders()} == {
            order_id: reserve for order_id, (_, reserve, _, _) in self.working.items()
        }
        assert {bet.id for bet in self.ledger.bets(BetFilter())} == self.bets.keys()

    @invariant()
    def the_check_finds_nothing(self) -> None:
        if hasattr(self, "ledger"):
            assert self.loop.run_until_complete(self.ledger.verify()).problems == ()

    def balances(self) -> dict[str, int]:
        connection = sqlite3.connect(self.folder / "ledger.db")
        rows = connection.execute(
            "SELECT la.kind, sum(p.amount_minor) FROM postings p JOIN ledger_accounts la ON la.id = p.ledger_account_id"
            " GROUP BY la.kind"
        ).fetchall()
        connection.close()
        return dict(rows)


def runs(count: int) -> settings:
    return settings(max_examples=count, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck))


class LongWaiting(Waiting):
    """The same for longer."""


Waiting.TestCase.settings = runs(6)
LongWaiting.TestCase.settings = runs(50)
TestWaiting = Waiting.TestCase
TestLongWaiting = pytest.mark.long(LongWaiting.TestCase)
