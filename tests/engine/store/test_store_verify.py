"""The full check names what is wrong, whatever was done to the file behind the program's back."""

from __future__ import annotations

import sqlite3
from datetime import timedelta

import msgspec
import pytest
from store_samples import AFTER, GAME, NOW, bet_of, leg, place, record

from betting_tui.engine.core.accounts import AccountSettings
from betting_tui.engine.core.bet_views import Working
from betting_tui.engine.core.commands import OpenAccount, ResetAccount, SettleBet, Transfer
from betting_tui.engine.core.model import BetResult, Funding
from betting_tui.engine.store import Ledger


@pytest.fixture
async def lived(ledger: Ledger) -> Ledger:
    """Period 1 closed with a won bet; in period 2 an open bet, a free one and a waiting order; one bet at fanduel."""
    won = bet_of(await ledger.record_bet(record(), NOW))
    await ledger.settle_bet(SettleBet(won.id, BetResult.WIN, "test"), AFTER)
    await ledger.reset_account(ResetAccount("main", "r", "test"), AFTER)
    await ledger.record_bet(record(key="open"), NOW)
    await ledger.record_bet(msgspec.structs.replace(record(key="free"), funding=Funding.FREE), NOW)
    waiting = msgspec.structs.replace(place(leg("+150", 5_000), key="w"), work_until=NOW + timedelta(hours=1))
    assert isinstance(await ledger.accept_order(waiting, [GAME], NOW), Working)
    settings = AccountSettings(book_balances=True)
    await ledger.open_account(OpenAccount("books", "USD", 50_000, "UTC", "test", settings), NOW)
    await ledger.transfer(Transfer("books", "", "fanduel", 20_000, "t", "test"), NOW)
    await ledger.record_bet(record(key="books", account="books"), NOW)
    return ledger


def damage(ledger: Ledger, *statements: str) -> None:
    """What another program, or a person with an editor, could do to the file."""
    direct = sqlite3.connect(ledger.path)
    for name in ("postings_keep", "journal_entries_keep"):
        direct.execute(f"DROP TRIGGER {name}")
    for statement in statements:
        direct.execute(statement)
    direct.commit()
    direct.close()


async def test_what_has_lived_without_damage_holds(lived: Ledger) -> None:
    assert lived.verify_quick().problems == ()
    assert (await lived.verify()).problems == ()


@pytest.mark.parametrize(
    ("statement", "first"),
    [
        (
            "UPDATE orders SET reserved_minor = 1 WHERE state = 'working'",
            "ORD-000004: money held for it is 5000, should be 1",
        ),
        (
            "UPDATE orders SET state = 'expired' WHERE state = 'working'",
            "ORD-000004: money held for it is 5000, should be 0",
        ),
        (
            "UPDATE orders SET free = 0 WHERE free = 1",
            "BET-000003: what it may lose is 0, should be 10000",
        ),
        (
            "UPDATE account_periods SET ended_at = 1 WHERE number = 2",
            "period 2 of main, which is closed: its open bets is 2, should be 0",
        ),
        (
            "UPDATE bets SET period_id = 2 WHERE id = 1",
            "the period of entry 2 is 1, should be 2",
        ),
        (
            "UPDATE journal_entries SET period_id = 2 WHERE id = 1",
            "period 1 of main, which is closed: money left in wallet is -1000000, should be 0",
        ),
        (
            "UPDATE journal_entries SET account_id = 2 WHERE id = 2",
            "the account of a posting of entry 2 is 1, should be 2",
        ),
        (
            "UPDATE postings SET ledger_account_id = (SELECT id FROM ledger_accounts WHERE bookmaker = '' AND kind ="
            " 'wallet' AND account_id = 2) WHERE entry_id ="
            " (SELECT id FROM journal_entries WHERE kind = 'bet_placed' AND account_id = 2) AND amount_minor < 0",
            "the balance kept of wallet of books",
        ),
    ],
)
async def test_the_first_difference_is_named(lived: Ledger, statement: str, first: str) -> None:
    damage(lived, statement)
    problems = (await lived.verify()).problems
    assert problems[0].startswith(first), problems


async def test_money_that_went_through_a_strange_wallet_is_found(lived: Ledger) -> None:
    damage(lived, "UPDATE ledger_accounts SET bookmaker = 'elsewhere' WHERE bookmaker = 'fanduel'")
    assert (await lived.verify()).problems == (
        "BET-000004: wallets its money went through is ['elsewhere'], should be its own or its bookmaker's",
    )


async def test_a_kept_sum_that_is_wrong_is_found(lived: Ledger) -> None:
    damage(lived, "UPDATE settled_sums SET profit_minor = profit_minor + 1 WHERE kind = 'all'")
    assert len((await lived.verify()).problems) == 1
