"""How the ledger reads to its owner: each entry in the words of the bet it belongs to."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from datetime import timedelta

import pytest
from store_samples import AFTER, GAME, MAIN, NOW, START, bet_of, h2h, opportunity, place, placed, record, spread

from betting_tui.engine.core.commands import ResetAccount, SettleBet
from betting_tui.engine.core.errors import UsageError
from betting_tui.engine.core.model import BetResult, BetState, LineKey, OutcomeSet, Selection
from betting_tui.engine.core.odds import parse_any
from betting_tui.engine.store import BetFilter, Ledger, NewAccount, ReportFilter
from betting_tui.engine.store.shapes import OpportunityFilter

OVER = Selection(LineKey(GAME.id, "totals", OutcomeSet.TWO_WAY, point=224.5), "Over", 224.5)


@pytest.mark.parametrize(
    ("selection", "price", "text"),
    [
        (h2h(), "+150", "Lakers +150 at fanduel"),
        (spread("Celtics", 3.5), "-110", "Celtics +3.5 -110 at fanduel"),
        (OVER, "+102", "Over 224.5 +102 at fanduel"),
    ],
    ids=["moneyline", "a side's line has a sign", "a total has none"],
)
async def test_an_entry_names_its_bet_as_a_bettor_would(
    ledger: Ledger, selection: Selection, price: str, text: str
) -> None:
    bet_of(await ledger.record_bet(record(selection=selection, price=price), NOW))
    newest = ledger.bankroll("main").entries[0]
    assert newest.text == text
    assert f"{newest.pick} {price} at {newest.bookmaker}" == text
    assert newest.price == parse_any(price)


# What grows with the years; a walk through one of these is what a screen must never wait for.
# The index of open bets is no big one: it holds those alone.
_BIG = re.compile(
    r"SCAN (?:bets|b|journal_entries|j|postings|p|placements|pl|orders|o|w|fills|f|legs|g|settlements|closes"
    r"|opportunities)\b(?! USING (?:COVERING )?INDEX bets_open)"
)
SETTLED = (BetState.SETTLED, BetState.CANCELLED)
QUESTIONS: dict[str, Callable[[Ledger], object]] = {
    "bankroll": lambda ledger: ledger.bankroll("main"),
    "report": lambda ledger: ledger.report(ReportFilter("main")),
    "report by sport": lambda ledger: ledger.report(ReportFilter("main", "sport")),
    "report of some days": lambda ledger: ledger.report(ReportFilter("main", "market", NOW, START)),
    "report of all periods": lambda ledger: ledger.report(ReportFilter("main", period=0)),
    "account summaries": lambda ledger: ledger.account_summaries(NOW),
    "balances": lambda ledger: ledger.balances("main"),
    "newest bets": lambda ledger: ledger.bets(BetFilter(account="main", limit=50)),
    "bets of all accounts and periods": lambda ledger: ledger.bets(BetFilter(period=0, limit=50)),
    "settled bets": lambda ledger: ledger.bets(BetFilter(account="main", states=SETTLED, limit=50)),
    "open bets": lambda ledger: ledger.bets(BetFilter(account="main", states=(BetState.PENDING, BetState.REVIEW))),
    "bets since": lambda ledger: ledger.bets(BetFilter(account="main", since=NOW)),
    "bets of an opportunity": lambda ledger: ledger.bets(BetFilter(opportunity_id="opp-1")),
    "bets of an event": lambda ledger: ledger.bets(BetFilter(event_id=GAME.id, limit=1)),
    "count of bets": lambda ledger: ledger.count_bets(BetFilter(account="main")),
    "ledger page": lambda ledger: ledger.ledger_page("main", 50, 10),
    "watched events": lambda ledger: ledger.watched_events(),
    "opportunities since": lambda ledger: ledger.find_opportunities(OpportunityFilter(now=NOW, since=NOW)),
    "active opportunities": lambda ledger: ledger.opportunities(active_only=True, limit=50),
}


@pytest.mark.parametrize("name", QUESTIONS)
async def test_no_question_of_a_screen_walks_through_a_big_table(ledger: Ledger, name: str) -> None:
    await placed(ledger, place(opportunity=opportunity()))
    asked: list[str] = []
    reader = ledger._database._reader
    assert reader is not None
    reader.set_trace_callback(asked.append)
    QUESTIONS[name](ledger)
    reader.set_trace_callback(None)
    plans = [(query, step) for query in asked if "SELECT" in query for step in _plan(reader, query)]
    assert plans
    assert [(query, step) for query, step in plans if _BIG.search(step)] == []


def _plan(conn: sqlite3.Connection, query: str) -> list[str]:
    return [str(row["detail"]) for row in conn.execute(f"EXPLAIN QUERY PLAN {query}")]


class TestLedgerPage:
    async def test_pages_go_on_where_the_one_before_ended(self, ledger: Ledger) -> None:
        for number in range(7):
            await ledger.record_bet(record(key=str(number), stake=100 * (number + 1)), NOW)
        whole = ledger.bankroll("main").entries
        pages = [ledger.ledger_page("main", 3, offset) for offset in (0, 3, 6)]
        assert tuple(row for page in pages for row in page.rows) == whole
        assert {page.total for page in pages} == {len(whole)} == {8}
        assert whole[-1].available_minor == MAIN.starting_minor

    async def test_a_new_period_has_a_ledger_of_its_own(self, ledger: Ledger) -> None:
        await ledger.record_bet(record(), NOW)
        await ledger.reset_account(ResetAccount("main", "k", "test", starting_minor=500, void_open=True), NOW)
        page = ledger.ledger_page("main", 10)
        assert [(row.amount_minor, row.available_minor) for row in page.rows] == [(500, 500)]
        assert page.total == 1


class TestPeriods:
    async def test_bets_of_the_current_period_unless_another_is_asked_for(self, ledger: Ledger) -> None:
        first = bet_of(await ledger.record_bet(record(), NOW))
        await ledger.reset_account(ResetAccount("main", "k", "test", void_open=True), NOW)
        second = bet_of(await ledger.record_bet(record(key="r2"), NOW))
        await ledger.ensure_account(NewAccount("other", "USD", 100_000, "test"), NOW)
        third = bet_of(await ledger.record_bet(record(key="r3", account="other"), NOW))
        listed = {
            period: [bet.id for bet in ledger.bets(BetFilter(account="main", period=period))] for period in (None, 0, 1)
        }
        assert listed == {None: [second.id], 0: [second.id, first.id], 1: [first.id]}
        assert [bet.id for bet in ledger.bets(BetFilter(limit=1, offset=1))] == [second.id]
        assert [bet.id for bet in ledger.bets(BetFilter(period=0, limit=2))] == [third.id, second.id]
        assert ledger.bets(BetFilter(account="nobody")) == ()
        with pytest.raises(UsageError, match="no period 9"):
            ledger.report(ReportFilter("main", period=9))


class TestCurve:
    async def test_a_long_history_has_one_point_for_each_stretch_and_ends_where_the_account_is(
        self, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for number in range(30):
            which = bet_of(await ledger.record_bet(record(key=str(number), stake=100), NOW)).id
            await ledger.settle_bet(SettleBet(which, BetResult.WIN, "test"), AFTER + timedelta(hours=number))
        fine = ledger.bankroll("main", curve_points=500).curve
        monkeypatch.setattr("betting_tui.engine.store.curves._FINE", 10)
        coarse = ledger.bankroll("main", curve_points=8).curve
        assert len(coarse) <= 8 < len(fine)
        assert (coarse[0], coarse[-1]) == (fine[0], fine[-1])
        assert set(coarse) <= set(fine)

    @pytest.mark.parametrize("fine", [4_000, 10])
    async def test_a_stretch_begins_with_what_there_was_and_has_what_came_then(
        self, ledger: Ledger, monkeypatch: pytest.MonkeyPatch, fine: int
    ) -> None:
        monkeypatch.setattr("betting_tui.engine.store.curves._FINE", fine)
        for number in range(30):
            which = bet_of(await ledger.record_bet(record(key=str(number), stake=100), NOW)).id
            await ledger.settle_bet(SettleBet(which, BetResult.LOSS, "test"), AFTER + timedelta(hours=number))
        whole = ledger.bankroll("main").curve
        since = AFTER + timedelta(hours=19, minutes=30)
        first, *rest = ledger.balance_curve("main", since)
        assert (first.at, first.bankroll_minor) == (since, 1_000_000 - 20 * 100)
        assert [point.bankroll_minor for point in rest] == [1_000_000 - 100 * lost for lost in range(21, 31)]
        assert ledger.balance_curve("main", NOW - timedelta(days=400)) == whole
        [held] = ledger.balance_curve("main", AFTER + timedelta(days=9))
        assert held.bankroll_minor == 1_000_000 - 30 * 100


class TestViews:
    async def test_the_header_and_the_statistics_are_what_the_account_has(self, ledger: Ledger) -> None:
        which = bet_of(await ledger.record_bet(record(stake=2_000), NOW)).id
        await ledger.record_bet(record(key="r2", stake=3_000), NOW)
        await ledger.settle_bet(SettleBet(which, BetResult.LOSS, "test"), AFTER)
        header, numbers = (_row(ledger, view) for view in ("dashboard_summary", "account_statistics"))
        assert (header["bankroll_minor"], header["available_minor"]) == (998_000, 995_000)
        assert (header["reserved_minor"], header["open_bets"]) == (3_000, 1)
        assert (numbers["settled_bets"], numbers["turnover_minor"], numbers["profit_minor"]) == (1, 2_000, -2_000)

    async def test_an_opportunity_is_active_until_it_expires(self, ledger: Ledger) -> None:
        await ledger.note_opportunities([opportunity()], NOW)
        row = _row(ledger, "active_opportunities")
        assert (row["public_id"], row["strategy"], row["market"]) == ("opp-1", "value_betting", "h2h")
        await ledger.expire_opportunities(["opp-1"], NOW)
        assert _row(ledger, "active_opportunities") is None


def _row(ledger: Ledger, view: str) -> sqlite3.Row:
    row: sqlite3.Row = ledger._database.read(lambda conn: conn.execute(f"SELECT * FROM {view}").fetchone())
    return row
