"""Accounts: opening, changing, suspending, resetting; money at bookmakers; what a corrupt sum stops."""

from __future__ import annotations

import sqlite3
from datetime import timedelta

import pytest
from store_samples import AFTER, GAME, NOW, OTHER, START, bet_of, fill, leg, opportunity, place, placed, record, score

from betting_tui.engine.core.accounts import AccountSettings, AccountStatus, BreakerName, Limits, SizingChoice
from betting_tui.engine.core.bet_views import NotPlaced, Placed, Working
from betting_tui.engine.core.commands import (
    CancelBet,
    ChangeAccount,
    Deposit,
    OpenAccount,
    Place,
    RecordBet,
    ResetAccount,
    SetAccountStatus,
    SettleBet,
    Transfer,
    UseAccount,
    Withdraw,
)
from betting_tui.engine.core.errors import LedgerError, UsageError
from betting_tui.engine.core.model import BetResult, BetState, EntryKind, Funding
from betting_tui.engine.core.money_views import ResetDone
from betting_tui.engine.core.refusals import Refusal, RefusalCode
from betting_tui.engine.store import Ledger
from betting_tui.engine.store.shapes import BetFilter

PLAIN = AccountSettings()
AT_BOOKS = AccountSettings(book_balances=True)


def new(name: str = "quarter", starting: int = 200_000, settings: AccountSettings = PLAIN) -> OpenAccount:
    return OpenAccount(name, "eur", starting, "Europe/Berlin", "test", settings)


def free(bet: RecordBet) -> RecordBet:
    return RecordBet(**{**{name: getattr(bet, name) for name in bet.__struct_fields__}, "funding": Funding.FREE})


def waiting(key: str = "w1", stake: int = 10_000, account: str = "main") -> Place:
    made = place(leg("+150", stake), key=key, account=account)
    return Place(made.account, made.legs, key, made.origin, "test", work_until=NOW + timedelta(hours=1))


async def move(ledger: Ledger, source: str, target: str, amount: int, key: str = "t") -> Refusal | None:
    outcome = await ledger.transfer(Transfer("books", source, target, amount, key, "test"), NOW)
    return outcome if isinstance(outcome, Refusal) else None


def purses(ledger: Ledger, account: str = "books") -> dict[str, int]:
    """Wallets as the file holds them."""
    direct = sqlite3.connect(ledger.path)
    rows = direct.execute(
        "SELECT bookmaker, balance_minor FROM ledger_accounts la JOIN accounts a ON a.id = la.account_id"
        " WHERE a.name = ? AND kind = 'wallet'",
        (account,),
    ).fetchall()
    direct.close()
    return dict(rows)


def audited(ledger: Ledger) -> list[str]:
    direct = sqlite3.connect(ledger.path)
    rows = direct.execute("SELECT action FROM audit ORDER BY id").fetchall()
    direct.close()
    return [row[0] for row in rows]


class TestOpening:
    async def test_an_account_begins_with_its_bankroll_and_settings(self, ledger: Ledger) -> None:
        settings = AccountSettings(SizingChoice(percent=0.02), Limits(max_open_bets=3), "low", ("arbitrage",), True)
        opened = await ledger.open_account(new(settings=settings), NOW)
        assert (opened.currency, opened.time_zone, opened.period, opened.settings) == (
            "EUR",
            "Europe/Berlin",
            1,
            settings,
        )
        assert ledger.balances("quarter").available_minor == 200_000
        assert ledger.account("QUARTER") == opened
        assert audited(ledger)[-1] == "account opened"
        assert (await ledger.verify()).problems == ()

    @pytest.mark.parametrize(
        ("command", "said"),
        [
            (new("Main"), "there is an account 'main' already: choose another name"),
            (new(""), "1 to 64 characters"),
            (new("a\nb"), "printable"),
            (new(starting=-1), "below zero"),
            (OpenAccount("x", "euro", 1, "UTC", "test"), "three letters"),
            (OpenAccount("x", "EUR", 1, "Mars/Olympus", "test"), "unknown time zone"),
            (new(settings=AccountSettings(limits=Limits(max_bet_share=5.0))), "max_bet_share cannot be 5"),
            (new(settings=AccountSettings(limits=Limits(max_open_bets=-1))), "0 or more"),
            (new(settings=AccountSettings(limits=Limits(min_odds=3.0, max_odds=2.0))), "nothing could be placed"),
            (new(settings=AccountSettings(sizing=SizingChoice(kelly_fraction=0.0))), "above 0"),
        ],
    )
    async def test_what_cannot_be_is_said_with_advice(self, ledger: Ledger, command: OpenAccount, said: str) -> None:
        with pytest.raises(UsageError, match=said):
            await ledger.open_account(command, NOW)
        assert len(ledger.accounts()) == 1

    async def test_a_sample_comes_with_bets_and_books_that_hold(self, ledger: Ledger) -> None:
        await ledger.open_account(OpenAccount("demo", "USD", 1_000_000, "UTC", "test", AT_BOOKS, sample=True), NOW)
        summary = ledger.account_summaries(NOW)[1]
        assert summary.settled_bets > 50
        assert (await ledger.verify()).problems == ()


class TestChanging:
    async def test_settings_are_replaced_whole(self, ledger: Ledger) -> None:
        await ledger.change_account(ChangeAccount("main", AccountSettings(tolerance="low"), "test"), NOW)
        changed = await ledger.change_account(ChangeAccount("MAIN", AccountSettings(strategies=()), "test"), NOW)
        assert changed.settings == AccountSettings(strategies=())
        assert audited(ledger)[-2:] == ["account changed", "account changed"]

    async def test_a_suspended_account_places_nothing_and_still_settles(self, ledger: Ledger) -> None:
        bet = bet_of(await ledger.record_bet(record(), NOW))
        for _ in range(2):
            row = await ledger.set_status(SetAccountStatus("main", AccountStatus.SUSPENDED, "test", "pause"), NOW)
            assert row.status is AccountStatus.SUSPENDED
        refused = await ledger.record_bet(record(key="r2"), NOW)
        assert isinstance(refused, NotPlaced)
        assert refused.refusal.code is RefusalCode.ACCOUNT_SUSPENDED
        assert (await ledger.settle_bet(SettleBet(bet.id, BetResult.WIN, "test"), AFTER)).bet.state is BetState.SETTLED
        assert audited(ledger).count("account suspended") == 1

    async def test_the_account_used_last_is_remembered_by_its_own_name(self, ledger: Ledger) -> None:
        assert ledger.current_account() is None
        await ledger.open_account(new("Quarter"), NOW)
        await ledger.use_account(UseAccount("quarter", "test"), NOW)
        assert ledger.current_account() == "Quarter"
        with pytest.raises(UsageError, match="there is no account 'half'"):
            await ledger.use_account(UseAccount("half", "test"), NOW)

    async def test_summaries_have_the_sums_of_the_current_period(self, ledger: Ledger) -> None:
        won, pushed = [bet_of(await ledger.record_bet(record(key=key), NOW)) for key in ("a", "b")]
        await ledger.settle_bet(SettleBet(won.id, BetResult.WIN, "test"), AFTER)
        await ledger.settle_bet(SettleBet(pushed.id, BetResult.PUSH, "test"), AFTER)
        await ledger.trip_breaker("main", BreakerName.COOL_DOWN, "3 losses", None, AFTER)
        (summary,) = ledger.account_summaries(AFTER)
        assert (summary.settled_bets, summary.turnover_minor, summary.profit_minor) == (2, 10_000, 15_000)
        assert [breaker.name for breaker in summary.breakers] == [BreakerName.COOL_DOWN]
        await ledger.reset_account(ResetAccount("main", "r", "test"), AFTER)
        (summary,) = ledger.account_summaries(AFTER)
        assert (summary.account.period, summary.settled_bets, summary.profit_minor, summary.breakers) == (2, 0, 0, ())


class TestReset:
    async def test_the_books_are_closed_and_a_new_period_begins(self, ledger: Ledger) -> None:
        bet = bet_of(await ledger.record_bet(record(), NOW))
        await ledger.settle_bet(SettleBet(bet.id, BetResult.LOSS, "test"), AFTER)
        done = await ledger.reset_account(ResetAccount("main", "r1", "test", 500_000), AFTER)
        assert done == ResetDone("main", 2, 500_000, 0)
        assert ledger.balances("main").bankroll_minor == 500_000
        assert (ledger.account("main").period, ledger.account("main").starting_minor) == (2, 500_000)
        assert ledger.bet(bet.id).result is BetResult.LOSS
        assert await ledger.reset_account(ResetAccount("main", "r1", "test", 9), AFTER) == done
        assert (await ledger.verify()).problems == ()

    async def test_it_starts_as_the_last_period_began(self, ledger: Ledger) -> None:
        await ledger.deposit(Deposit("main", 5, "d", "test"), NOW)
        done = await ledger.reset_account(ResetAccount("main", "r1", "test"), NOW)
        assert done == ResetDone("main", 2, 1_000_000, 0)

    async def test_what_is_open_stands_in_the_way_unless_it_may_be_voided(self, ledger: Ledger) -> None:
        for key in ("a", "b", "c"):
            await ledger.record_bet(record(key=key), NOW)
        assert isinstance(await ledger.accept_order(waiting(), [GAME], NOW), Working)
        refused = await ledger.reset_account(ResetAccount("main", "r", "test"), NOW)
        assert refused == Refusal(
            RefusalCode.OPEN_POSITIONS, "3 open bets, 1 working order: settle them or void them first"
        )
        done = await ledger.reset_account(ResetAccount("main", "r", "test", void_open=True), NOW)
        assert done == ResetDone("main", 2, 1_000_000, 4)
        assert {bet.result for bet in ledger.bets(BetFilter(period=1))} == {BetResult.VOID}
        assert ledger.working_orders("main") == ()
        assert (await ledger.verify()).problems == ()

    async def test_closed_books_stay_closed(self, ledger: Ledger) -> None:
        bet = bet_of(await ledger.record_bet(record(), NOW))
        await ledger.settle_scores([score()], AFTER)
        await ledger.reset_account(ResetAccount("main", "r", "test"), AFTER)
        with pytest.raises(UsageError, match="period 1, whose books are closed"):
            await ledger.settle_bet(SettleBet(bet.id, BetResult.LOSS, "test"), AFTER)
        report = await ledger.settle_scores([score(home=90)], AFTER)
        assert report.settled == ()
        assert (ledger.bet(bet.id).result, ledger.balances("main").bankroll_minor) == (BetResult.WIN, 1_000_000)

    async def test_an_opportunity_may_be_taken_again(self, ledger: Ledger) -> None:
        await placed(ledger, place(opportunity=opportunity()))
        assert ledger.taken("main") == {"opp-1"}
        await ledger.reset_account(ResetAccount("main", "r", "test", void_open=True), NOW)
        assert ledger.taken("main") == frozenset()
        again = await placed(ledger, place(opportunity=opportunity(), key="k2"))
        assert not again.repeated
        third = await ledger.place(place(opportunity=opportunity(), key="k3"), [fill(leg())], [GAME], NOW)
        assert isinstance(third, NotPlaced)
        assert third.refusal.code is RefusalCode.DUPLICATE

    async def test_a_key_counts_once_in_an_account_for_ever(self, ledger: Ledger) -> None:
        first = await placed(ledger, place())
        await ledger.reset_account(ResetAccount("main", "r", "test", void_open=True), NOW)
        assert (await placed(ledger, place())).placement_id == first.placement_id

    async def test_money_at_bookmakers_is_withdrawn_too(self, ledger: Ledger) -> None:
        await ledger.open_account(new("books", settings=AT_BOOKS), NOW)
        await move(ledger, "", "fanduel", 80_000)
        await ledger.reset_account(ResetAccount("books", "r", "test"), NOW)
        assert purses(ledger) == {"": 200_000, "fanduel": 0}
        assert (await ledger.verify()).problems == ()


class TestBookmakers:
    @pytest.fixture(autouse=True)
    async def books(self, ledger: Ledger) -> None:
        """An account that keeps 50.00 at fanduel and the rest of its 2,000.00 in its wallet."""
        await ledger.open_account(new("books", settings=AT_BOOKS), NOW)
        assert await move(ledger, "", "fanduel", 5_000, "first") is None

    async def test_a_transfer_counts_once_and_changes_no_bankroll(self, ledger: Ledger) -> None:
        for _ in range(2):
            row = await ledger.transfer(Transfer("books", "", "betmgm", 1_000, "t", "test"), NOW)
            assert not isinstance(row, Refusal)
            assert (row.kind, row.amount_minor, row.text) == (
                EntryKind.TRANSFER, 0, "10.00 EUR from wallet to betmgm",
            )  # fmt: skip
        assert purses(ledger) == {"": 194_000, "fanduel": 5_000, "betmgm": 1_000}
        assert ledger.balances("books").available_minor == 200_000

    @pytest.mark.parametrize(
        "other",
        [Transfer("books", "", "betmgm", 999, "t", "test"), Transfer("books", "betmgm", "", 1_000, "t", "test")],
    )
    async def test_a_key_moves_only_what_it_moved_first(self, ledger: Ledger, other: Transfer) -> None:
        first = await ledger.transfer(Transfer("books", "", "betmgm", 1_000, "t", "test", "for tonight"), NOW)
        assert not isinstance(first, Refusal)
        assert first.text == "10.00 EUR from wallet to betmgm (for tonight)"
        with pytest.raises(UsageError, match=r"'t' has already booked a transfer of 10.00 EUR from wallet to betmgm"):
            await ledger.transfer(other, NOW)
        assert purses(ledger) == {"": 194_000, "fanduel": 5_000, "betmgm": 1_000}

    async def test_a_key_deposits_and_withdraws_only_what_it_did_first(self, ledger: Ledger) -> None:
        await ledger.deposit(Deposit("books", 700, "k", "test"), NOW)
        await ledger.withdraw(Withdraw("books", 700, "k", "test", bookmaker="fanduel"), NOW)
        for other in (Deposit("books", 701, "k", "test"), Deposit("books", 700, "k", "test", kind="bonus")):
            with pytest.raises(UsageError, match=r"already booked a deposit of \+7.00 EUR \(entry"):
                await ledger.deposit(other, NOW)
        with pytest.raises(UsageError, match=r"already booked a withdrawal of -7.00 EUR at fanduel"):
            await ledger.withdraw(Withdraw("books", 700, "k", "test"), NOW)

    async def test_a_transfer_needs_the_money_and_two_places(self, ledger: Ledger) -> None:
        assert await move(ledger, "fanduel", "", 5_001) == Refusal(
            RefusalCode.INSUFFICIENT_AVAILABLE,
            "50.01 EUR wanted, 50.00 available at fanduel: transfer money there first",
        )
        with pytest.raises(UsageError, match="two different"):
            await move(ledger, "fanduel", "fanduel", 1)
        with pytest.raises(UsageError, match="one wallet for all"):
            await ledger.transfer(Transfer("main", "", "fanduel", 1, "t", "test"), NOW)

    async def test_a_bet_needs_money_at_its_bookmaker(self, ledger: Ledger) -> None:
        legs = (leg("+150", 3_000), leg("-110", 3_000))
        refused = await ledger.place(place(*legs, account="books"), [fill(each) for each in legs], [GAME], NOW)
        assert isinstance(refused, NotPlaced)
        assert refused.refusal.message == "60.00 EUR wanted, 50.00 available at fanduel: transfer money there first"
        assert ledger.refusals("books")[0].code == "insufficient_available"
        one = leg("+150", 3_000)
        assert isinstance(await ledger.place(place(one, account="books"), [fill(one)], [GAME], NOW), Placed)
        assert purses(ledger)["fanduel"] == 2_000

    @pytest.mark.parametrize("end", ["win", "void", "cancel", "corrected"])
    async def test_money_goes_back_where_it_came_from(self, ledger: Ledger, end: str) -> None:
        bet = bet_of(await ledger.record_bet(record(stake=4_000, account="books"), NOW))
        match end:
            case "cancel":
                await ledger.cancel_bet(CancelBet(bet.id, "test"), NOW)
            case "corrected":
                await ledger.settle_bet(SettleBet(bet.id, BetResult.LOSS, "test"), AFTER)
                await ledger.settle_bet(SettleBet(bet.id, BetResult.WIN, "test"), AFTER)
            case _:
                await ledger.settle_bet(SettleBet(bet.id, BetResult(end), "test"), AFTER)
        assert purses(ledger) == {"": 195_000, "fanduel": 11_000 if end in ("win", "corrected") else 5_000}
        assert (await ledger.verify()).problems == ()

    async def test_a_bonus_and_a_fee_have_accounts_of_their_own(self, ledger: Ledger) -> None:
        bonus = await ledger.deposit(Deposit("books", 700, "b", "test", kind="bonus", bookmaker="fanduel"), NOW)
        fee = await ledger.withdraw(Withdraw("books", 300, "f", "test", kind="fee", bookmaker="fanduel"), NOW)
        assert not isinstance(fee, Refusal)
        assert (bonus.kind, fee.kind, fee.amount_minor) == (EntryKind.BONUS, EntryKind.FEE, -300)
        assert purses(ledger)["fanduel"] == 5_400
        with pytest.raises(UsageError, match="leave fanduel out"):
            await ledger.deposit(Deposit("main", 1, "d", "test", bookmaker="fanduel"), NOW)
        assert (await ledger.verify()).problems == ()

    async def test_balances_per_bookmaker_end_only_when_the_money_is_home(self, ledger: Ledger) -> None:
        off = ChangeAccount("books", AccountSettings(), "test")
        with pytest.raises(UsageError, match="money at fanduel: transfer it to the wallet first"):
            await ledger.change_account(off, NOW)
        await ledger.record_bet(record(stake=5_000, account="books"), NOW)
        with pytest.raises(UsageError, match="let them settle first"):
            await ledger.change_account(off, NOW)
        await ledger.settle_bet(SettleBet("1", BetResult.VOID, "test"), AFTER)
        await move(ledger, "fanduel", "", 5_000, "home")
        assert not (await ledger.change_account(off, AFTER)).settings.book_balances


class TestFreeBets:
    @pytest.mark.parametrize(
        ("result", "profit"),
        [(BetResult.WIN, 15_000), (BetResult.HALF_WIN, 7_500), (BetResult.LOSS, 0), (BetResult.PUSH, 0)],
    )
    async def test_it_risks_nothing_and_its_stake_does_not_come_back(
        self, ledger: Ledger, result: BetResult, profit: int
    ) -> None:
        bet = bet_of(await ledger.record_bet(free(record("+150")), NOW))
        assert (bet.funding, ledger.balances("main").available_minor) == (Funding.FREE, 1_000_000)
        settled = await ledger.settle_bet(SettleBet(bet.id, result, "test"), AFTER)
        assert settled.bet.profit_minor == profit
        assert ledger.balances("main").bankroll_minor == 1_000_000 + profit
        assert (await ledger.verify()).problems == ()

    async def test_its_entry_says_who_placed_it_though_no_money_moves(self, ledger: Ledger) -> None:
        await ledger.record_bet(free(record()), NOW)
        entry = ledger.bankroll("main").entries[0]
        assert (entry.kind, entry.amount_minor, entry.bet_id) == (EntryKind.BET_PLACED, 0, "BET-000001")

    async def test_an_empty_wallet_is_enough(self, ledger: Ledger) -> None:
        await ledger.withdraw(Withdraw("main", 1_000_000, "w", "test"), NOW)
        assert isinstance(await ledger.record_bet(free(record()), NOW), Placed)

    async def test_its_winnings_arise_at_its_bookmaker(self, ledger: Ledger) -> None:
        await ledger.open_account(new("books", settings=AT_BOOKS), NOW)
        bet = bet_of(await ledger.record_bet(free(record(account="books")), NOW))
        await ledger.settle_bet(SettleBet(bet.id, BetResult.WIN, "test"), AFTER)
        assert purses(ledger) == {"": 200_000, "fanduel": 15_000}


class TestKeys:
    async def test_a_key_given_to_an_order_gives_no_bet_beside_it(self, ledger: Ledger) -> None:
        assert isinstance(await ledger.accept_order(waiting("k"), [GAME], NOW), Working)
        refused = await ledger.record_bet(record(key="k"), NOW)
        assert isinstance(refused, NotPlaced)
        assert refused.refusal.code is RefusalCode.DUPLICATE
        assert "still waits" in refused.refusal.message

    async def test_one_key_counts_once_by_hand_and_from_the_board(self, ledger: Ledger) -> None:
        by_hand = await ledger.record_bet(record(key="k1"), NOW)
        assert isinstance(by_hand, Placed)
        from_board = await placed(ledger, place(key="k1"))
        assert (from_board.repeated, from_board.bets) == (True, by_hand.bets)


class TestGuard:
    async def test_a_guards_refusal_is_kept_with_its_order_and_reason(self, ledger: Ledger) -> None:
        no = Refusal(RefusalCode.DAILY_STAKE, "daily stake 480.00 + 50.00 > 500.00")
        refused = await ledger.place(place(), [fill(leg())], [GAME], NOW, guard=lambda _: no)
        assert refused == NotPlaced(no)
        direct = sqlite3.connect(ledger.path)
        kept = direct.execute("SELECT state, refusal_code, refusal_message FROM orders").fetchall()
        direct.close()
        assert kept == [("refused", "daily_stake", no.message)]
        assert ledger.balances("main").available_minor == 1_000_000

    async def test_it_is_not_asked_about_what_is_refused_anyway_or_was_accepted_before(self, ledger: Ledger) -> None:
        asked: list[str] = []
        await ledger.place(place(), [fill(leg())], [GAME], NOW, guard=lambda state: asked.append(state.name))
        await ledger.place(place(), [fill(leg())], [GAME], NOW, guard=lambda state: asked.append(state.name))
        await ledger.place(place(key="late"), [fill(leg())], [GAME], START, guard=lambda state: asked.append("late"))
        assert asked == ["main"]


class TestAfterEachSettlement:
    @pytest.fixture
    async def spoilt(self, ledger: Ledger) -> Ledger:
        """A ledger whose settled bets add a cent to the wallet that nobody has paid."""
        await ledger.record_bet(record(), NOW)
        direct = sqlite3.connect(ledger.path)
        direct.execute(
            "CREATE TRIGGER spoil AFTER INSERT ON settlements BEGIN"
            " UPDATE ledger_accounts SET balance_minor = balance_minor + 1 WHERE kind = 'wallet'; END"
        )
        direct.commit()
        direct.close()
        return ledger

    async def test_by_hand_nothing_is_written(self, spoilt: Ledger) -> None:
        with pytest.raises(LedgerError, match="the sum of all balances is 1, should be 0: nothing was written"):
            await spoilt.settle_bet(SettleBet("1", BetResult.WIN, "test"), AFTER)
        assert (spoilt.bet("1").state, spoilt.balances("main").available_minor) == (BetState.PENDING, 990_000)
        assert spoilt.verify_quick().ok

    async def test_by_a_score_nothing_is_written(self, spoilt: Ledger) -> None:
        with pytest.raises(LedgerError, match="nothing was written"):
            await spoilt.settle_scores([score()], AFTER)
        assert spoilt.bet("1").state is BetState.PENDING


class TestQuickCheck:
    @pytest.mark.parametrize(
        ("damage", "found"),
        [
            ("UPDATE ledger_accounts SET balance_minor = 7 WHERE kind = 'open_bets'", "the sum of all balances"),
            ("UPDATE bets SET risk_minor = 1 WHERE id = 2", "money held for open bets"),
            ("UPDATE period_sums SET result_minor = result_minor + 5", "profit by the postings"),
            ("INSERT INTO postings VALUES (1, 3, 5)", "the sum of entry 1"),
        ],
    )
    async def test_it_names_what_does_not_add_up(self, ledger: Ledger, damage: str, found: str) -> None:
        won = bet_of(await ledger.record_bet(record(), NOW))
        await ledger.record_bet(record(key="open", event=OTHER), NOW)
        await ledger.settle_bet(SettleBet(won.id, BetResult.WIN, "test"), AFTER)
        assert ledger.verify_quick().problems == ()
        assert ledger.verify_quick("main").bets == 1
        direct = sqlite3.connect(ledger.path)
        direct.execute(damage)
        direct.commit()
        direct.close()
        assert any(found in problem for problem in ledger.verify_quick().problems)
        assert (await ledger.verify()).problems != ()
