"""The season an account may be opened with: made up, whole, and the same each time."""

from __future__ import annotations

from datetime import timedelta

import pytest
from store_samples import NOW

from betting_tui.engine.core.accounts import AccountSettings
from betting_tui.engine.core.commands import OpenAccount
from betting_tui.engine.core.errors import UsageError
from betting_tui.engine.core.model import BetResult, BetState
from betting_tui.engine.store import BetFilter, Ledger
from betting_tui.engine.store.shapes import ReportFilter


def sample(name: str = "show", starting: int = 1_000_000, **more: object) -> OpenAccount:
    return OpenAccount(name, "EUR", starting, "UTC", "test", sample=True, **more)  # type: ignore[arg-type]


async def test_two_months_of_every_kind_of_bet_and_the_books_agree(ledger: Ledger) -> None:
    await ledger.open_account(sample(), NOW)
    bets = ledger.bets(BetFilter(account="show"))
    settled = [bet for bet in bets if bet.state is BetState.SETTLED]
    assert 140 <= len(settled) <= 160
    assert 1 <= len(bets) - len(settled) <= 6
    assert {bet.result for bet in settled} == set(BetResult)
    assert {bet.strategy for bet in bets} == {"value_betting", "line_shopping", "arbitrage", None}
    assert len({bet.bookmaker for bet in bets}) >= 4
    assert min(bet.placed_at for bet in bets) >= NOW - timedelta(days=60)
    assert all(bet.settled_at is not None and bet.settled_at < NOW for bet in settled)
    assert (await ledger.verify()).problems == ()


async def test_it_is_plainly_made_up_and_leaves_other_accounts_alone(ledger: Ledger) -> None:
    before = ledger.export_bets("json", BetFilter(account="main")), ledger.balances("main")
    await ledger.open_account(sample(), NOW)
    assert (ledger.export_bets("json", BetFilter(account="main")), ledger.balances("main")) == before
    for bet in ledger.bets(BetFilter(account="show")):
        assert bet.source == "sample"
        assert bet.event.sport_key.endswith("_sample")
        assert bet.note.startswith("made up")
    assert b'"created_by": "sample"' in ledger.export_ledger("json", "show")


async def test_no_feed_is_ever_asked_for_a_made_up_result(ledger: Ledger) -> None:
    await ledger.open_account(sample(), NOW)
    assert all(not event.start_known for event in ledger.watched_events())


async def test_the_same_season_for_everybody_in_their_own_measure(ledger: Ledger) -> None:
    for name, starting in (("one", 1_000_000), ("two", 1_000_000), ("small", 10_000)):
        await ledger.open_account(sample(name, starting), NOW)
    one, two, small = (ledger.report(ReportFilter(name)).total for name in ("one", "two", "small"))
    assert one == two
    assert small.turnover_minor * 100 == one.turnover_minor
    assert one.profit_minor > 0
    assert one.clv_price is not None
    assert one.clv_price > 0


async def test_money_kept_at_bookmakers_is_there_for_the_bets(ledger: Ledger) -> None:
    await ledger.open_account(sample(settings=AccountSettings(book_balances=True)), NOW)
    view = ledger.bankroll("show")
    assert view.books
    assert all(book.available_minor >= 0 for book in view.books)
    assert (await ledger.verify()).problems == ()


async def test_nothing_to_stake_from_is_said_and_opens_nothing(ledger: Ledger) -> None:
    with pytest.raises(UsageError, match="starting bankroll"):
        await ledger.open_account(sample(starting=0), NOW)
    assert [row.name for row in ledger.accounts()] == ["main"]


@pytest.mark.parametrize("fine", [4_000, 10])
async def test_its_curve_begins_with_the_bankroll_before_the_first_bet(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch, fine: int
) -> None:
    monkeypatch.setattr("betting_tui.engine.store.curves._FINE", fine)
    await ledger.open_account(sample(), NOW)
    curve = ledger.bankroll("show", curve_points=100_000).curve
    assert curve[0].bankroll_minor == 1_000_000
    assert curve[0].at <= min(bet.placed_at for bet in ledger.bets(BetFilter(account="show")))
    assert [point.at for point in curve] == sorted(point.at for point in curve)
    assert all(point.bankroll_minor > 500_000 for point in curve)
    since = NOW - timedelta(days=30)
    held, *rest = ledger.balance_curve("show", since, points=100_000)
    assert (held.at, held.bankroll_minor) == (since, [point for point in curve if point.at < since][-1].bankroll_minor)
    assert [point.bankroll_minor for point in rest if point.at < NOW][-1] == curve[-1].bankroll_minor
