"""Placing, refusing, cancelling and settling: what happens to bets and to money."""

from __future__ import annotations

import sqlite3

import pytest
from store_samples import (
    AFTER,
    GAME,
    NOW,
    OTHER,
    START,
    bet_of,
    fill,
    leg,
    minutes,
    opportunity,
    place,
    placed,
    record,
    spread,
)

from betting_tui.engine.core.bet_views import NotPlaced, Placed
from betting_tui.engine.core.commands import CancelBet, Deposit, SettleBet, Withdraw
from betting_tui.engine.core.errors import UsageError
from betting_tui.engine.core.model import BetResult, BetState, EntryKind, Evidence, Origin, Side
from betting_tui.engine.core.refusals import Refusal, RefusalCode
from betting_tui.engine.store import BetFilter, Ledger, NewAccount, ReportFilter


async def available(ledger: Ledger) -> int:
    return ledger.balances("main").available_minor


class TestPlacing:
    async def test_a_bet_reserves_its_stake_and_keeps_its_evidence(self, ledger: Ledger) -> None:
        bet = bet_of(await placed(ledger, place()))
        money = ledger.balances("main")
        assert (money.bankroll_minor, money.available_minor, money.reserved_minor) == (1_000_000, 990_000, 10_000)
        assert (bet.id, bet.state, bet.price.text, bet.evidence) == (
            "BET-000001",
            BetState.PENDING,
            "+150",
            Evidence.SAME_SNAPSHOT,
        )
        assert (bet.source, bet.event, bet.selection, bet.quoted_at) == ("feed", GAME, "Lakers", leg().quoted_at)

    async def test_one_placement_of_several_legs_is_booked_whole(self, ledger: Ledger) -> None:
        legs = (leg("+150"), leg("-110", 5_000, spread("Celtics", 4.5), "draftkings"))
        outcome = await placed(ledger, place(*legs))
        assert [bet.stake_minor for bet in outcome.bets] == [10_000, 5_000]
        assert {bet.placement_id for bet in outcome.bets} == {outcome.placement_id}
        away = outcome.bets[1]
        assert (away.point, away.line.point) == (4.5, -4.5)

    async def test_the_same_key_gives_the_same_bets(self, ledger: Ledger) -> None:
        first = await placed(ledger, place())
        again = await placed(ledger, place())
        assert again.repeated
        assert again.bets == first.bets
        assert ledger.placement("main", "k1") == again
        assert ledger.placement("main", "other") is None
        assert await available(ledger) == 990_000

    async def test_one_placement_an_opportunity_unless_again(self, ledger: Ledger) -> None:
        found = opportunity()
        await placed(ledger, place(opportunity=found))
        second = place(key="k2", opportunity=found)
        refused = await ledger.place(second, [fill(leg())], [], NOW)
        assert isinstance(refused, NotPlaced)
        assert refused.refusal.code is RefusalCode.DUPLICATE
        once_more = await placed(ledger, place(key="k3", opportunity=found, again=True))
        assert not once_more.repeated
        assert ledger.taken("main") == {"opp-1"}

    async def test_nothing_is_booked_when_the_money_does_not_suffice_for_all_legs(self, ledger: Ledger) -> None:
        legs = (leg(stake=600_000), leg(stake=600_000, bookmaker="draftkings"))
        outcome = await ledger.place(place(*legs), [fill(each) for each in legs], [GAME], NOW)
        assert isinstance(outcome, NotPlaced)
        assert outcome.refusal == Refusal(
            RefusalCode.INSUFFICIENT_AVAILABLE, "12,000.00 USD wanted, 10,000.00 available"
        )
        assert ledger.bets(BetFilter()) == ()
        assert [(each.code, each.count) for each in ledger.refusals("main")] == [("insufficient_available", 1)]

    async def test_a_refused_request_may_be_asked_again(self, ledger: Ledger) -> None:
        wanted = place(leg(stake=2_000_000))
        assert isinstance(await ledger.place(wanted, [fill(wanted.legs[0])], [GAME], NOW), NotPlaced)
        await ledger.deposit(Deposit("main", 2_000_000, "d", "test"), NOW)
        assert not (await placed(ledger, wanted)).repeated

    async def test_no_bet_on_a_started_or_unknown_event(self, ledger: Ledger) -> None:
        unknown = await ledger.place(place(), [fill(leg())], [], NOW)
        started = await ledger.place(place(), [fill(leg())], [GAME], START)
        assert isinstance(started, NotPlaced)
        assert isinstance(unknown, NotPlaced)
        assert (started.refusal.code, unknown.refusal.code) == (
            RefusalCode.EVENT_STARTED,
            RefusalCode.UNKNOWN_EVENT,
        )

    async def test_a_refusal_of_the_broker_is_kept(self, ledger: Ledger) -> None:
        refused = NotPlaced(Refusal(RefusalCode.PRICE_MOVED, "+150 is now +140"))
        await ledger.record_refusal(place(opportunity=opportunity()), refused, [GAME], NOW)
        await ledger.record_refusal(place(), refused, [GAME], NOW)
        assert [(each.code, each.count) for each in ledger.refusals("main")] == [("price_moved", 2)]
        assert ledger.report(ReportFilter("main")).refused == 2
        assert ledger.taken("main") == frozenset()

    async def test_a_bet_from_an_opportunity_carries_its_edge_and_link(self, ledger: Ledger) -> None:
        bet = bet_of(await placed(ledger, place(opportunity=opportunity())))
        assert (bet.strategy, bet.opportunity_id, bet.edge, bet.fair_probability) == (
            "value_betting",
            "opp-1",
            0.05,
            0.42,
        )
        kept = ledger.opportunities()[0]
        assert kept.opportunity == opportunity()
        assert kept.taken_by == ("main",)


class TestByHand:
    async def test_a_bet_by_hand_proves_nothing_of_its_price(self, ledger: Ledger) -> None:
        outcome = await ledger.record_bet(record(placed_at=minutes(-90)), NOW)
        bet = bet_of(outcome)
        assert (bet.evidence, bet.origin, bet.placed_at) == (Evidence.NONE, Origin.MANUAL, minutes(-90))

    async def test_the_same_request_counts_once(self, ledger: Ledger) -> None:
        await ledger.record_bet(record(), NOW)
        again = await ledger.record_bet(record(), NOW)
        assert isinstance(again, Placed)
        assert again.repeated
        assert ledger.count_bets(BetFilter()) == 1

    async def test_it_is_refused_from_the_start_on_unless_made_before(self, ledger: Ledger) -> None:
        late = await ledger.record_bet(record(key="late"), START)
        assert isinstance(late, NotPlaced)
        assert late.refusal.code is RefusalCode.EVENT_STARTED
        early = await ledger.record_bet(record(key="early", placed_at=minutes(5)), AFTER)
        assert isinstance(early, Placed)

    async def test_event_and_line_must_agree(self, ledger: Ledger) -> None:
        with pytest.raises(UsageError, match="belongs to event"):
            await ledger.record_bet(record(selection=spread("Lakers", -2.5, OTHER)), NOW)

    async def test_an_unknown_account_is_named_with_those_there_are(self, ledger: Ledger) -> None:
        with pytest.raises(UsageError, match="the accounts are main"):
            await ledger.record_bet(record(account="nobody"), NOW)


class TestSettling:
    @pytest.mark.parametrize(
        ("price", "result", "profit"),
        [
            ("+150", BetResult.WIN, 15_000),
            ("-110", BetResult.WIN, 9_091),
            ("1.91", BetResult.HALF_WIN, 4_550),
            ("+150", BetResult.PUSH, 0),
            ("+150", BetResult.VOID, 0),
            ("+150", BetResult.HALF_LOSS, -5_000),
            ("+150", BetResult.LOSS, -10_000),
        ],
    )
    async def test_every_result_pays_what_it_should(
        self, ledger: Ledger, price: str, result: BetResult, profit: int
    ) -> None:
        bet = bet_of(await ledger.record_bet(record(price), NOW))
        settled = await ledger.settle_bet(SettleBet(bet.id, result, "test"), AFTER)
        assert (settled.bet.state, settled.bet.result, settled.bet.profit_minor) == (
            BetState.SETTLED,
            result,
            profit,
        )
        money = ledger.balances("main")
        assert (money.bankroll_minor, money.reserved_minor) == (1_000_000 + profit, 0)
        assert (await ledger.verify()).problems == ()

    @pytest.mark.parametrize(
        ("result", "profit"),
        [
            (BetResult.WIN, 10_000),
            (BetResult.LOSS, -15_000),
            (BetResult.PUSH, 0),
            (BetResult.HALF_WIN, 5_000),
            (BetResult.HALF_LOSS, -7_500),
        ],
    )
    async def test_a_lay_bet_reserves_its_liability(self, ledger: Ledger, result: BetResult, profit: int) -> None:
        bet = bet_of(await ledger.record_bet(record("2.5", side=Side.LAY), NOW))
        assert ledger.balances("main").reserved_minor == 15_000
        settled = await ledger.settle_bet(SettleBet(bet.id, result, "test"), AFTER)
        assert settled.bet.profit_minor == profit
        assert (await ledger.verify()).problems == ()

    async def test_settling_twice_changes_nothing(self, ledger: Ledger) -> None:
        bet = bet_of(await ledger.record_bet(record(), NOW))
        first = await ledger.settle_bet(SettleBet(bet.id, BetResult.WIN, "test"), AFTER)
        before = ledger.export_ledger("json")
        second = await ledger.settle_bet(SettleBet(bet.id, BetResult.WIN, "test"), AFTER)
        assert (first.repeated, second.repeated) == (False, True)
        assert ledger.export_ledger("json") == before

    async def test_another_result_reverses_and_books_anew(self, ledger: Ledger) -> None:
        bet = bet_of(await ledger.record_bet(record(), NOW))
        await ledger.settle_bet(SettleBet(bet.id, BetResult.WIN, "test"), AFTER)
        await ledger.settle_bet(SettleBet(bet.id, BetResult.LOSS, "test", "feed was wrong"), AFTER)
        view = ledger.bankroll("main")
        assert [row.kind for row in view.entries] == [
            EntryKind.BET_PAYOUT,
            EntryKind.CORRECTION,
            EntryKind.BET_PAYOUT,
            EntryKind.BET_PLACED,
            EntryKind.DEPOSIT,
        ]
        assert [row.amount_minor for row in view.entries] == [0, -25_000, 25_000, -10_000, 1_000_000]
        assert [row.available_minor for row in view.entries] == [990_000, 990_000, 1_015_000, 990_000, 1_000_000]
        assert (view.bankroll_minor, view.profit_minor) == (990_000, -10_000)
        assert (await ledger.verify()).problems == ()

    async def test_a_cancelled_bet_gives_its_stake_back_and_stays_in_the_books(self, ledger: Ledger) -> None:
        bet = bet_of(await ledger.record_bet(record(), NOW))
        for _ in range(2):
            cancelled = await ledger.cancel_bet(CancelBet(bet.id, "test"), NOW)
            assert not isinstance(cancelled, Refusal)
            assert cancelled.state is BetState.CANCELLED
            assert await available(ledger) == 1_000_000
        with pytest.raises(UsageError, match="was cancelled"):
            await ledger.settle_bet(SettleBet(bet.id, BetResult.WIN, "test"), AFTER)

    async def test_no_cancelling_from_the_start_on(self, ledger: Ledger) -> None:
        bet = bet_of(await ledger.record_bet(record(), NOW))
        refused = await ledger.cancel_bet(CancelBet(bet.id, "test"), START)
        assert isinstance(refused, Refusal)
        assert refused.code is RefusalCode.EVENT_STARTED

    async def test_a_bet_under_review_keeps_its_money_and_can_be_settled(self, ledger: Ledger) -> None:
        bet = bet_of(await ledger.record_bet(record(), NOW))
        seen = await ledger.mark_review(bet.id, "no result for two days", "test", AFTER)
        assert (seen.state, seen.note) == (BetState.REVIEW, "no result for two days")
        assert ledger.balances("main").reserved_minor == 10_000
        await ledger.settle_bet(SettleBet("1", BetResult.WIN, "test"), AFTER)
        assert ledger.bet("bet-1").state is BetState.SETTLED

    @pytest.mark.parametrize("name", ["BET-000009", "nine", "", "BET-", "9" * 40])
    async def test_a_bet_that_is_not_there_is_said_so(self, ledger: Ledger, name: str) -> None:
        with pytest.raises(UsageError, match="there is no bet"):
            ledger.bet(name)


class TestMoney:
    async def test_deposits_and_withdrawals_count_once(self, ledger: Ledger) -> None:
        for _ in range(2):
            row = await ledger.deposit(Deposit("main", 5_000, "pay", "test", "payday"), NOW)
            assert (row.amount_minor, row.available_minor, row.text) == (5_000, 1_005_000, "payday")
        for _ in range(2):
            taken = await ledger.withdraw(Withdraw("main", 7_000, "pay", "test"), NOW)
            assert not isinstance(taken, Refusal)
            assert (taken.amount_minor, taken.available_minor) == (-7_000, 998_000)

    async def test_what_is_reserved_cannot_be_withdrawn(self, ledger: Ledger) -> None:
        await ledger.record_bet(record(stake=400_000), NOW)
        refused = await ledger.withdraw(Withdraw("main", 600_001, "w", "test"), NOW)
        assert refused == Refusal(RefusalCode.INSUFFICIENT_AVAILABLE, "6,000.01 USD wanted, 6,000.00 available")
        assert not isinstance(await ledger.withdraw(Withdraw("main", 600_000, "w", "test"), NOW), Refusal)

    @pytest.mark.parametrize("amount", [0, -1, 10**15 + 1])
    async def test_only_amounts_above_zero_move(self, ledger: Ledger, amount: int) -> None:
        with pytest.raises(UsageError, match="above zero"):
            await ledger.deposit(Deposit("main", amount, "d", "test"), NOW)

    async def test_accounts_are_kept_apart(self, ledger: Ledger) -> None:
        await ledger.ensure_account(NewAccount("Second", "EUR", 500, "test", "Europe/Berlin"), NOW)
        same = await ledger.ensure_account(NewAccount("second", "USD", 9, "test"), NOW)
        assert (same.currency, same.starting_minor) == ("EUR", 500)
        await ledger.record_bet(record(), NOW)
        assert ledger.balances("second").bankroll_minor == 500
        assert [row.name for row in ledger.accounts()] == ["main", "Second"]

    async def test_the_books_cannot_be_rewritten(self, ledger: Ledger) -> None:
        direct = sqlite3.connect(ledger.path)
        for change in ("UPDATE postings SET amount_minor = 1", "DELETE FROM journal_entries", "DELETE FROM postings"):
            with pytest.raises(sqlite3.IntegrityError, match="book a correction"):
                direct.execute(change)
        direct.close()
