"""How an account stands: what limits and sizing ask, open bets and waiting orders alike."""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from store_samples import (
    AFTER,
    GAME,
    NOW,
    OTHER,
    bet_of,
    fill,
    h2h,
    leg,
    minutes,
    opened,
    opportunity,
    place,
    placed,
    record,
)

from betting_tui.engine.core.accounts import (
    AccountSettings,
    AccountStatus,
    AtStake,
    BreakerName,
    Fall,
    HeldBet,
    Standing,
    Streak,
)
from betting_tui.engine.core.bet_views import Placed, Working
from betting_tui.engine.core.commands import (
    CancelBet,
    CancelOrder,
    Deposit,
    OpenAccount,
    Place,
    ReleaseBreakers,
    ResetAccount,
    SetAccountStatus,
    SettleBet,
    Transfer,
)
from betting_tui.engine.core.model import BetResult, Event, Leg, Origin, Side
from betting_tui.engine.store import Ledger

T = TypeVar("T")
SOCCER = Event("epl-1", "soccer_epl", "EPL", GAME.commence_time, "Spurs", "Brighton")


def ask(ledger: Ledger, question: Callable[[Standing], T]) -> T:
    return ledger.look("main", question)


async def waits(ledger: Ledger, wanted: Leg, key: str = "w", origin: Origin = Origin.APP) -> Working:
    command = Place("main", (wanted,), key, origin, "test", work_until=NOW + timedelta(hours=1))
    outcome = await ledger.accept_order(command, [GAME, OTHER, SOCCER], NOW)
    assert isinstance(outcome, Working)
    return outcome


async def settled(ledger: Ledger, key: str, result: BetResult, at: datetime = AFTER, stake: int = 10_000) -> str:
    bet = bet_of(await ledger.record_bet(record(stake=stake, key=key), NOW))
    await ledger.settle_bet(SettleBet(bet.id, result, "test"), at)
    return bet.id


class TestMoney:
    async def test_available_is_without_open_bets_and_waiting_orders(self, ledger: Ledger) -> None:
        await ledger.record_bet(record(stake=10_000), NOW)
        await waits(ledger, leg("+150", 5_000))
        assert ask(ledger, lambda state: (state.bankroll_minor(), state.available_minor(), state.exposure_minor())) == (
            1_000_000,
            985_000,
            15_000,
        )

    async def test_money_at_a_bookmaker_is_named_only_where_it_is_kept_there(self, ledger: Ledger) -> None:
        assert ask(ledger, lambda state: state.book_available_minor("fanduel")) is None
        settings = AccountSettings(book_balances=True)
        await ledger.open_account(OpenAccount("books", "EUR", 500, "UTC", "test", settings), NOW)
        await ledger.transfer(Transfer("books", "", "fanduel", 200, "t", "test"), NOW)
        assert ledger.look("books", lambda state: state.book_available_minor("fanduel")) == 200
        assert ledger.look("books", lambda state: state.book_available_minor("betmgm")) == 0
        assert ledger.look("books", lambda state: state.available_minor()) == 500

    async def test_it_says_who_it_is(self, ledger: Ledger) -> None:
        await ledger.set_status(SetAccountStatus("main", AccountStatus.SUSPENDED, "test"), NOW)
        assert ask(ledger, lambda state: (state.name, state.currency, state.suspended, state.settings)) == (
            "main",
            "USD",
            True,
            AccountSettings(),
        )


class TestStakes:
    async def test_a_waiting_order_counts_like_an_open_bet(self, ledger: Ledger) -> None:
        await ledger.record_bet(record(stake=10_000), NOW)
        order = (await waits(ledger, leg("+150", 5_000))).order
        assert ask(ledger, lambda state: (state.open_bets(), state.staked_since(NOW))) == (2, 15_000)
        await ledger.cancel_order(CancelOrder(order.id, "test"), NOW)
        assert ask(ledger, lambda state: (state.open_bets(), state.staked_since(NOW))) == (1, 10_000)

    async def test_a_stake_counts_when_settled_and_not_when_cancelled(self, ledger: Ledger) -> None:
        await settled(ledger, "a", BetResult.WIN)
        cancelled = bet_of(await ledger.record_bet(record(stake=7_000, key="b"), NOW))
        await ledger.cancel_bet(CancelBet(cancelled.id, "test"), NOW)
        assert ask(ledger, lambda state: state.staked_since(NOW)) == 10_000

    async def test_since_is_when_it_was_placed_and_counts_that_moment(self, ledger: Ledger) -> None:
        await ledger.record_bet(record(placed_at=minutes(-10)), NOW)
        assert ask(ledger, lambda state: (state.staked_since(minutes(-10)), state.staked_since(minutes(-9)))) == (
            10_000,
            0,
        )

    async def test_what_waits_counts_whenever_it_was_made_so_that_its_fill_adds_nothing(self, ledger: Ledger) -> None:
        order = (await waits(ledger, leg("+150", 5_000))).order
        day = minutes(30)
        assert ask(ledger, lambda state: state.staked_since(day)) == 5_000
        filled = await ledger.fill_order(order.id, fill(leg("+150", 5_000)), minutes(40))
        assert isinstance(filled, Placed)
        assert ask(ledger, lambda state: state.staked_since(day)) == 5_000

    async def test_a_lay_bet_stakes_its_liability(self, ledger: Ledger) -> None:
        await ledger.record_bet(record("2.5", side=Side.LAY), NOW)
        assert ask(ledger, lambda state: (state.staked_since(NOW), state.exposure_minor())) == (15_000, 15_000)

    async def test_a_placement_of_several_legs_is_one(self, ledger: Ledger) -> None:
        await placed(ledger, place(leg("+150"), leg("-110")))
        await ledger.place(Place("main", (leg(),), "auto", Origin.AUTO, "value"), [fill(leg())], [GAME], NOW)
        await waits(ledger, leg("+150"), origin=Origin.AUTO)
        assert ask(ledger, lambda state: state.placements_since(NOW, automatic_only=False)) == 3
        assert ask(ledger, lambda state: state.placements_since(NOW, automatic_only=True)) == 2
        assert ask(ledger, lambda state: state.placements_since(minutes(1), automatic_only=False)) == 0

    async def test_an_order_that_waited_counts_when_it_was_made_and_not_again_when_filled(self, ledger: Ledger) -> None:
        order = (await waits(ledger, leg("+150"))).order

        def placements(since: datetime) -> int:
            return ask(ledger, lambda state: state.placements_since(since, automatic_only=False))

        assert (placements(NOW), placements(minutes(1))) == (1, 0)
        assert isinstance(await ledger.fill_order(order.id, fill(leg("+150")), minutes(40)), Placed)
        assert (placements(NOW), placements(minutes(1))) == (1, 0)

    async def test_what_is_at_stake_is_named_once_open_or_waiting(self, ledger: Ledger) -> None:
        assert ask(ledger, lambda state: state.at_stake()) == AtStake()
        await waits(ledger, leg("+150"))
        waiting = AtStake((GAME.id,), (GAME.sport_key,), ("fanduel",))
        assert ask(ledger, lambda state: state.at_stake()) == waiting
        await placed(ledger, place(leg("+150"), leg("-110")))
        assert ask(ledger, lambda state: state.at_stake()) == waiting


class TestExposure:
    @pytest.fixture(autouse=True)
    async def positions(self, ledger: Ledger) -> None:
        """100.00 and 20.00 on one event at two books, 7.00 waiting on another league, one settled bet."""
        legs = (leg("+150", 10_000), leg("+150", 2_000, bookmaker="betmgm"))
        await placed(ledger, place(*legs))
        await waits(ledger, leg("+150", 700, h2h("Spurs", SOCCER)))
        await settled(ledger, "over", BetResult.WIN)

    async def test_by_event(self, ledger: Ledger) -> None:
        events = (GAME, SOCCER, OTHER)
        assert ask(ledger, lambda state: [state.exposure_of_event_minor(event.id) for event in events]) == [
            12_000,
            700,
            0,
        ]

    async def test_by_league(self, ledger: Ledger) -> None:
        assert ask(ledger, lambda state: state.exposure_of_league_minor("basketball_nba")) == 12_000
        assert ask(ledger, lambda state: state.exposure_of_league_minor("soccer_epl")) == 700

    async def test_by_bookmaker(self, ledger: Ledger) -> None:
        assert ask(ledger, lambda state: state.exposure_of_bookmaker_minor("fanduel")) == 10_700
        assert ask(ledger, lambda state: state.exposure_of_bookmaker_minor("betmgm")) == 2_000
        assert ask(ledger, lambda state: state.exposure_of_bookmaker_minor("nobody")) == 0

    async def test_of_another_account_is_not_ours(self, ledger: Ledger) -> None:
        await ledger.open_account(OpenAccount("other", "USD", 50_000, "UTC", "test"), NOW)
        await ledger.record_bet(record(account="other", stake=40_000), NOW)
        assert ask(ledger, lambda state: state.exposure_of_event_minor(GAME.id)) == 12_000
        assert ledger.look("other", lambda state: state.exposure_of_bookmaker_minor("fanduel")) == 40_000


class TestResults:
    async def test_profit_is_of_bets_settled_since(self, ledger: Ledger) -> None:
        await settled(ledger, "a", BetResult.WIN, minutes(1))
        await settled(ledger, "b", BetResult.LOSS, minutes(2))
        assert ask(ledger, lambda state: [state.profit_since(minutes(at)) for at in (1, 2, 3)]) == [
            5_000,
            -10_000,
            0,
        ]

    async def test_a_correction_counts_on_its_day_by_all_that_it_changes(self, ledger: Ledger) -> None:
        bet = await settled(ledger, "a", BetResult.WIN, minutes(1))
        await ledger.settle_bet(SettleBet(bet, BetResult.PUSH, "test"), minutes(2))
        await ledger.settle_bet(SettleBet(bet, BetResult.LOSS, "test"), minutes(3))
        assert ask(ledger, lambda state: [state.profit_since(minutes(at)) for at in (1, 2, 3, 4)]) == [
            -10_000,
            -25_000,
            -10_000,
            0,
        ]

    async def test_a_win_that_was_none_has_made_no_peak(self, ledger: Ledger) -> None:
        wrong = await settled(ledger, "a", BetResult.WIN, minutes(1), stake=100_000)
        await settled(ledger, "b", BetResult.LOSS, minutes(2))
        assert ask(ledger, lambda state: state.fall()) == Fall(1_150_000, 1_140_000)
        await ledger.settle_bet(SettleBet(wrong, BetResult.LOSS, "test"), minutes(3))
        assert ask(ledger, lambda state: state.fall()) == Fall(1_000_000, 890_000)

    async def test_nor_has_a_loss_that_was_none_hidden_one(self, ledger: Ledger) -> None:
        wrong = await settled(ledger, "a", BetResult.LOSS, minutes(1), stake=100_000)
        await settled(ledger, "b", BetResult.LOSS, minutes(2))
        await ledger.settle_bet(SettleBet(wrong, BetResult.WIN, "test"), minutes(3))
        assert ask(ledger, lambda state: state.fall()) == Fall(1_150_000, 1_140_000)

    async def test_pushes_and_voids_neither_count_nor_end_a_streak(self, ledger: Ledger) -> None:
        results = ("win", "loss", "push", "half_loss", "void")
        for at, result in enumerate(results):
            await settled(ledger, str(at), BetResult(result), minutes(at))
        assert ask(ledger, lambda state: state.streak()) == Streak(2, minutes(3))
        await settled(ledger, "end", BetResult.HALF_WIN, AFTER)
        assert ask(ledger, lambda state: state.streak()) == Streak(0, None)

    async def test_a_fall_leaves_deposits_aside(self, ledger: Ledger) -> None:
        await settled(ledger, "a", BetResult.LOSS, stake=100_000)
        await ledger.deposit(Deposit("main", 100_000, "d", "test"), NOW)
        assert ask(ledger, lambda state: state.fall()) == Fall(1_100_000, 1_000_000)

    async def test_a_reset_begins_all_of_it_anew(self, ledger: Ledger) -> None:
        for key in ("a", "b"):
            await settled(ledger, key, BetResult.LOSS)
        await ledger.reset_account(ResetAccount("main", "r", "test"), AFTER)
        assert ask(
            ledger,
            lambda state: (
                state.staked_since(NOW),
                state.profit_since(NOW),
                state.placements_since(NOW, automatic_only=False),
                state.streak(),
                state.fall(),
            ),
        ) == (0, 0, 0, Streak(0, None), Fall(1_000_000, 1_000_000))


class Course:
    """A made-up course of settlements and releases, and the same in plain numbers."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.result: dict[str, int] = {}
        self.watched: set[str] = set()

    async def step(self, at: int, which: int, result: BetResult | None) -> None:
        """None: a person lets placing go on after a fall."""
        if result is None:
            await self.ledger.trip_breaker("main", BreakerName.DRAWDOWN, "fell", None, minutes(at))
            await self.ledger.release_breakers(ReleaseBreakers("main", "me"), minutes(at))
            self.watched = set(self.result)
            return
        bet = await self.ledger.settle_bet(SettleBet(str(which), result, "test"), minutes(at))
        assert bet.bet.profit_minor is not None
        # A dict keeps the place where a bet was first settled.
        self.result[bet.bet.id] = bet.bet.profit_minor

    def fall(self) -> Fall:
        bankroll = peak = 1_000_000 + sum(self.result[bet] for bet in self.watched)
        for bet, profit in self.result.items():
            if bet not in self.watched:
                bankroll += profit
                peak = max(peak, bankroll)
        return Fall(peak, bankroll)

    def moved_since(self, at: datetime) -> int:
        """By what went to the house and came from it."""
        # The stake of a loss stays with the house, a win is paid by it.
        entries = json.loads(self.ledger.export_ledger("json"))
        moved = 0
        for entry in entries:
            if datetime.fromisoformat(entry["at"]) >= at:
                moved -= sum(each["amount_minor"] for each in entry["postings"] if each["ledger_account"] == "house")
        return moved


COURSES = st.lists(
    st.tuples(st.integers(1, 5), st.sampled_from([*BetResult, *BetResult, None])), min_size=1, max_size=12
)


async def follow(steps: list[tuple[int, BetResult | None]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with opened(Path(folder)) as ledger:
            for number in range(5):
                await ledger.record_bet(record(stake=10_000 * (number + 1), key=str(number)), NOW)
            course = Course(ledger)
            for at, (which, result) in enumerate(steps, start=1):
                await course.step(at, which, result)
                assert ask(ledger, lambda state: state.fall()) == course.fall()
            for at in range(len(steps) + 2):
                since = minutes(at)
                assert ask(ledger, lambda state, since=since: state.profit_since(since)) == course.moved_since(since)  # type: ignore[misc]


@settings(max_examples=20, deadline=None)
@given(COURSES)
def test_falls_and_days_are_what_a_walk_over_the_right_results_says(steps: list[tuple[int, BetResult | None]]) -> None:
    asyncio.run(follow(steps))


async def test_held_bets_are_what_is_open(ledger: Ledger) -> None:
    await placed(ledger, place(opportunity=opportunity()))
    await settled(ledger, "over", BetResult.WIN)
    assert ask(ledger, lambda state: state.held()) == (
        HeldBet(GAME.id, h2h().line, "Lakers", "fanduel", 10_000, 2.5, 0.42),
    )
