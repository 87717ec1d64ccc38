"""Closing lines in the ledger: of the book and of the reference, where the line moved, how old, why missing."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing as closing_at_end
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs
from store_samples import AFTER, GAME, NOW, START, bet_of, h2h, leg, minutes, opportunity, quote, record, score, spread

from betting_tui.engine.core.bet_views import BetRow
from betting_tui.engine.core.closes import AGE_STEPS, FairClose
from betting_tui.engine.core.commands import SettleBet
from betting_tui.engine.core.model import START_UNKNOWN, BetResult, Phase, Selection, Side
from betting_tui.engine.core.times import from_micros
from betting_tui.engine.store import BetFilter, Ledger, ReportFilter, closing
from betting_tui.engine.store.schema import LEDGER, migrations
from betting_tui.engine.store.shapes import OpportunityFilter

LATE = 355


def fair(probability: float, seen_at: datetime, selection: Selection | None = None, *, main: bool = True) -> FairClose:
    books = ("pinnacle",)
    return FairClose(
        selection or h2h(), "fanduel", probability, main, "power devig · pinnacle", books, "feed", seen_at, seen_at
    )


async def seen(
    ledger: Ledger, minute: float, *prices: str, says: tuple[FairClose, ...] = (), selection: Selection | None = None
) -> None:
    at = minutes(minute)
    await ledger.note_quotes([quote(price, at, selection) for price in prices], [GAME], at, says)


async def settled(ledger: Ledger) -> BetRow:
    await ledger.settle_scores([score()], AFTER)
    return ledger.bet("1")


class TestTheReference:
    async def test_its_last_word_before_the_start_gives_the_headline(self, ledger: Ledger) -> None:
        await ledger.record_bet(record("+150"), NOW)
        await seen(ledger, 100, "+145", says=(fair(0.45, minutes(100)),))
        await seen(ledger, LATE, "+140", says=(fair(0.42, minutes(LATE)),))
        await ledger.note_quotes([quote("+300", minutes(361))], [GAME], minutes(361), (fair(0.9, minutes(361)),))
        bet = await settled(ledger)
        assert bet.clv_ev == pytest.approx(2.5 * 0.42 - 1)
        assert bet.reference is not None
        assert (bet.reference.method, bet.reference.books, bet.reference.seconds_before_start) == (
            "power devig · pinnacle",
            ("pinnacle",),
            300.0,
        )
        assert (bet.beat_close, bet.converted, bet.closing_missing, bet.fair_missing) == (True, False, None, None)
        assert bet.clv_points == pytest.approx(1 / 2.4 - 1 / 2.5)
        assert bet.clv_cents == pytest.approx(10)

    async def test_a_lay_bet_wants_the_price_to_fall(self, ledger: Ledger) -> None:
        await ledger.record_bet(record("2.0", side=Side.LAY), NOW)
        at = minutes(LATE)
        lay = structs.replace(quote("2.5", at), side=Side.LAY)
        await ledger.note_quotes([lay], [GAME], at, (fair(0.4, at),))
        bet = await settled(ledger)
        assert bet.clv_price == pytest.approx(0.25)
        assert bet.clv_ev == pytest.approx(0.6 * 2 - 1)

    async def test_without_one_the_price_still_counts_and_the_reason_is_told(self, ledger: Ledger) -> None:
        await ledger.record_bet(record(), NOW)
        await seen(ledger, LATE, "+140")
        bet = await settled(ledger)
        assert (bet.clv_ev, bet.closing_missing, bet.beat_close) == (None, None, True)
        assert (bet.fair_missing or "").startswith("no fair line: ")
        report = ledger.report(ReportFilter("main"))
        assert (report.missing_closes, report.missing_references) == ((), (("no fair line", 1),))


class TestALineThatMoved:
    async def test_the_close_at_the_new_point_is_converted_and_marked(self, ledger: Ledger) -> None:
        await ledger.record_bet(record("-110", selection=spread("Lakers", -2.5)), NOW)
        at = minutes(LATE)
        now = spread("Lakers", -3.5)
        await ledger.note_quotes([quote("-110", at, now)], [GAME], at, (fair(0.5, at, now),))
        bet = await settled(ledger)
        assert (bet.clv_line, bet.price_converted, bet.ev_converted, bet.beat_close) == (1.0, True, True, True)
        assert bet.clv_price is not None
        assert bet.clv_price > 0
        assert bet.close is not None
        assert (bet.close.point, bet.close.price.text) == (-3.5, "-110")
        assert bet.clv_points is not None
        assert bet.clv_points > 0
        assert ledger.report(ReportFilter("main")).total.converted == 1

    async def test_what_no_model_can_convert_is_missing_with_the_points_gained(self, ledger: Ledger) -> None:
        await ledger.record_bet(record("-110", selection=spread("Lakers", -2.5)), NOW)
        at = minutes(LATE)
        await ledger.note_quotes([quote("-110", at, spread("Lakers", -30.5))], [GAME], at)
        bet = await settled(ledger)
        assert (bet.clv_price, bet.clv_line) == (None, 28.0)
        assert (bet.closing_missing or "").startswith("line moved: ")

    async def test_an_alternate_at_the_point_taken_needs_no_converting(self, ledger: Ledger) -> None:
        await ledger.record_bet(record("-110", selection=spread("Lakers", -2.5)), NOW)
        at, now = minutes(LATE), spread("Lakers", -3.5)
        same = structs.replace(quote("-130", at, spread("Lakers", -2.5)), alternate=True)
        await ledger.note_quotes([same, quote("-110", at, now)], [GAME], at, (fair(0.5, at, now),))
        bet = await settled(ledger)
        assert (bet.price_converted, bet.ev_converted, bet.clv_line) == (False, True, 1.0)
        assert bet.close is not None
        assert bet.close.price.text == "-130"

    async def test_the_point_that_was_seen_last_counts(self, ledger: Ledger) -> None:
        await ledger.record_bet(record("-110", selection=spread("Lakers", -2.5)), NOW)
        await seen(ledger, 100, "-120", selection=spread("Lakers", -2.5))
        await seen(ledger, 200, "-110", selection=spread("Lakers", -4.5))
        await seen(ledger, LATE, "-105", selection=spread("Lakers", -2.5))
        bet = await settled(ledger)
        assert (bet.price_converted, bet.clv_line) == (False, 0.0)


class TestWhenTheStartMoves:
    async def test_prices_after_an_earlier_start_go_for_both(self, ledger: Ledger) -> None:
        await ledger.record_bet(record(), NOW)
        for minute, price, probability in ((300, "+140", 0.41), (LATE, "+900", 0.1)):
            await seen(ledger, minute, price, says=(fair(probability, minutes(minute)),))
        await ledger.note_quotes([], [structs.replace(GAME, commence_time=minutes(350))], minutes(356))
        bet = await settled(ledger)
        assert bet.close is not None
        assert bet.reference is not None
        assert (bet.close.price.text, bet.reference.probability) == ("+140", 0.41)
        assert ledger.bet("1").closing_missing is not None, "it is fifty minutes old"

    async def test_after_settlement_nothing_moves_it_any_more(self, ledger: Ledger) -> None:
        await ledger.record_bet(record(), NOW)
        await seen(ledger, LATE, "+140", says=(fair(0.42, minutes(LATE)),))
        before = await settled(ledger)
        await ledger.note_quotes([], [structs.replace(GAME, commence_time=minutes(300))], AFTER)
        await ledger.settle_bet(SettleBet("1", BetResult.LOSS, "test"), AFTER)
        after = ledger.bet("1")
        assert after.result is BetResult.LOSS
        assert (after.clv_ev, after.clv_price, after.close, after.reference) == (
            before.clv_ev,
            before.clv_price,
            before.close,
            before.reference,
        )

    async def test_prices_in_play_by_the_start_known_then_never_count(self, ledger: Ledger) -> None:
        await ledger.record_bet(record(), NOW)
        await seen(ledger, LATE, "+140")
        await seen(ledger, 365, "+500")
        inplay = structs.replace(quote("+600", minutes(358)), phase=Phase.INPLAY)
        await ledger.note_quotes([inplay], [GAME], minutes(358))
        await ledger.note_quotes([], [structs.replace(GAME, commence_time=START + timedelta(hours=2))], minutes(370))
        bet = await settled(ledger)
        assert bet.close is not None
        assert bet.close.price.text == "+140"


class TestWhyOneIsMissing:
    async def reason(self, ledger: Ledger) -> str:
        return ((await settled(ledger)).closing_missing or "").partition(":")[0]

    async def test_nobody_asked(self, ledger: Ledger) -> None:
        await ledger.record_bet(record(), NOW)
        assert await self.reason(ledger) == "not polled"

    async def test_asked_and_no_feed_answered(self, ledger: Ledger) -> None:
        await ledger.record_bet(record(), NOW)
        assert await ledger.note_unanswered("basketball_nba", minutes(LATE)) == 1
        assert await ledger.note_unanswered("icehockey_nhl", minutes(LATE)) == 0
        assert await self.reason(ledger) == "feed down"

    async def test_asked_and_the_book_had_none(self, ledger: Ledger) -> None:
        await ledger.record_bet(record(), NOW)
        await ledger.note_quotes([], [GAME], minutes(LATE))
        assert await self.reason(ledger) == "market gone"

    async def test_nobody_knows_the_start(self, ledger: Ledger) -> None:
        unknown = structs.replace(GAME, commence_time=START_UNKNOWN)
        await ledger.record_bet(record(event=unknown), NOW)
        await ledger.note_quotes([quote("+140", minutes(5))], [unknown], minutes(5), (fair(0.4, minutes(5)),))
        assert await self.reason(ledger) == "start unknown"

    @pytest.mark.parametrize(("then", "why"), [("nothing", "too old"), ("gone", "market gone"), ("down", "feed down")])
    async def test_an_old_one_says_what_came_after_it(self, ledger: Ledger, then: str, why: str) -> None:
        await ledger.record_bet(record(), NOW)
        await seen(ledger, 240, "+140")
        if then == "gone":
            await ledger.note_quotes([], [GAME], minutes(LATE))
        if then == "down":
            await ledger.note_unanswered("basketball_nba", minutes(LATE))
        assert await self.reason(ledger) == why
        assert ledger.report(ReportFilter("main")).missing_closes == ((why, 1),)
        assert ledger.report(ReportFilter("main", close_max_age_minutes=None)).missing_closes == ()


class TestTheAgeLimit:
    async def test_it_is_applied_when_read_and_rewrites_nothing(self, ledger: Ledger) -> None:
        bet = bet_of(await ledger.record_bet(record(), NOW))
        await seen(ledger, 320, "+140", says=(fair(0.42, minutes(320)),))
        await ledger.settle_scores([score()], AFTER)
        version = ledger._database.version()
        told = {}
        for limit in (15, 30, 45, 60, None):
            ledger.close_max_age_minutes = limit
            shown, total = ledger.bet(bet.id), ledger.report(ReportFilter("main")).total
            assert (shown.clv_price is None) == (total.clv_count == 0) == (shown.clv_ev is None)
            assert (shown.closing_missing is None) == (shown.clv_ev is not None)
            told[limit] = total.clv_ev_coverage
        assert told == {15: 0.0, 30: 0.0, 45: 1.0, 60: 1.0, None: 1.0}
        assert ledger._database.version() == version

    @pytest.mark.parametrize("minutes_before", [*AGE_STEPS, 2000])
    async def test_a_close_exactly_as_old_as_a_step_is_within_it(self, ledger: Ledger, minutes_before: int) -> None:
        placed = START - timedelta(days=3)
        await ledger.record_bet(record(placed_at=placed), NOW - timedelta(days=2, hours=12))
        at = START - timedelta(minutes=minutes_before)
        await ledger.note_quotes([quote("+140", at)], [GAME], at)
        await ledger.settle_scores([score()], AFTER)
        counts = [
            ledger.report(ReportFilter("main", close_max_age_minutes=limit)).total.clv_count for limit in AGE_STEPS
        ]
        assert counts == [int(limit >= minutes_before) for limit in AGE_STEPS]
        total = ledger.report(ReportFilter("main", close_max_age_minutes=None)).total
        assert total.median_close_minutes == (minutes_before if minutes_before in AGE_STEPS else 100_000)

    async def test_void_bets_are_left_out_and_sums_hold(self, ledger: Ledger) -> None:
        for key in ("a", "b", "c"):
            await ledger.record_bet(record(key=key, stake=10_000 if key == "a" else 30_000), NOW)
        await seen(ledger, LATE, "+140", says=(fair(0.42, minutes(LATE)),))
        await ledger.settle_scores([score()], AFTER)
        await ledger.settle_bet(SettleBet("3", BetResult.VOID, "test"), AFTER)
        total = ledger.report(ReportFilter("main")).total
        assert (total.clv_ev_count, total.clv_ev_coverage, total.beat_close) == (2, 1.0, 1.0)
        assert total.clv_ev == pytest.approx(0.05)
        assert total.clv_ev_weighted == pytest.approx(0.05)
        assert (await ledger.verify()).problems == ()

    async def test_a_report_counts_the_closes_of_its_days_wherever_it_begins_and_ends(self, ledger: Ledger) -> None:
        days = (0, 1, 28, 29, 30, 59, 60, 61, 95, 120)
        for day in days:
            await ledger.record_bet(record(key=str(day)), NOW)
        await seen(ledger, LATE, "+140", says=(fair(0.42, minutes(LATE)),))
        for number, day in enumerate(days, start=1):
            await ledger.settle_bet(SettleBet(str(number), BetResult.WIN, "test"), AFTER + timedelta(days=day))
        for first in range(-1, 122, 7):
            for last in range(first + 1, 124, 11):
                between = ReportFilter(
                    "main", since=AFTER + timedelta(days=first, hours=-1), until=AFTER + timedelta(days=last, hours=1)
                )
                assert ledger.report(between).total.clv_ev_count == sum(first <= day <= last for day in days)
        assert (await ledger.verify()).problems == ()


class TestOpportunities:
    async def test_what_was_shown_has_a_close_whether_taken_or_not(self, ledger: Ledger) -> None:
        await ledger.note_opportunities([opportunity("a", leg("+150"))], NOW)
        await seen(ledger, LATE, "+140", says=(fair(0.42, minutes(LATE)),))
        (kept,) = ledger.opportunities()
        (close,) = kept.closes
        assert close.clv_ev == pytest.approx(0.05)
        assert close.clv_price == pytest.approx(2.5 / 2.4 - 1)
        assert (close.price, close.seconds_before_start, close.missing) == ("+140", 300.0, None)

    async def test_pruning_keeps_their_close_and_nothing_else(self, ledger: Ledger) -> None:
        await ledger.note_opportunities([opportunity("a", leg("+150"))], NOW)
        await ledger.record_bet(record(), NOW)
        for minute in range(0, 360, 20):
            await seen(ledger, minute + 1, f"+{140 + minute % 40}", says=(fair(0.42, minutes(minute + 1)),))
        before = ledger.opportunities()[0].closes
        assert await ledger.prune_closings(AFTER + timedelta(days=4)) == 0, "a bet is open"
        await ledger.settle_scores([score()], AFTER)
        assert await ledger.prune_closings(AFTER + timedelta(hours=2)) == 0, "the start may still be corrected"
        assert await ledger.prune_closings(AFTER + timedelta(hours=6)) > 30
        assert ledger.opportunities()[0].closes == before

    async def test_a_price_that_moves_all_the_time_stays_bounded(self, ledger: Ledger) -> None:
        await ledger.record_bet(record(), NOW)
        for step in range(300):
            at = NOW + timedelta(seconds=10 + step * 60)
            await ledger.note_quotes([quote(f"+{110 + step % 7}", at)], [GAME], at, (fair(0.4 + step / 1000, at),))
        counts = ", ".join(
            f"(SELECT count(*) FROM {table})" for table in ("closing_lines", "reference_lines", "event_polls")
        )
        rows = ledger._database.read(lambda conn: tuple(conn.execute(f"SELECT {counts}").fetchone()))
        assert max(rows) <= 48
        assert (await settled(ledger)).close is not None

    async def test_an_old_close_and_one_still_to_come_say_so(self, ledger: Ledger) -> None:
        await ledger.note_opportunities([opportunity("a", leg("+150"))], NOW)
        await seen(ledger, 300, "+140")
        (close,) = ledger.opportunities()[0].closes
        assert (close.clv_price, (close.missing or "").partition(":")[0]) == (None, "too old")
        (waiting,) = ledger.find_opportunities(OpportunityFilter(now=minutes(301))).rows[0].closes
        assert (waiting.price, waiting.missing) == (None, None)


class TestEveryAnswerHasTheSameLimit:
    async def test_a_reference_too_old_leaves_the_reason_of_the_missing_price(self, ledger: Ledger) -> None:
        await ledger.record_bet(record(), NOW)
        await seen(ledger, 100, says=(fair(0.45, minutes(100)),))
        await seen(ledger, LATE)
        bet = await settled(ledger)
        assert (bet.clv_price, bet.clv_ev) == (None, None)
        assert (bet.closing_missing or "").startswith("market gone: ")

    async def test_settling_and_the_days_file_leave_out_what_lists_leave_out(self, ledger: Ledger) -> None:
        await ledger.record_bet(record(), NOW)
        await seen(ledger, 100, "+140")
        report = await ledger.settle_scores([score()], AFTER)
        by_hand = await ledger.settle_bet(SettleBet("1", BetResult.LOSS, "test"), AFTER)
        asked = ledger.inquiry("1", AFTER).bet
        assert [each.clv_price for each in (*report.settled, by_hand.bet, asked, ledger.bet("1"))] == [None] * 4
        day = ledger.export_day("main", NOW.date(), "00:00").trades_csv.decode()
        assert "too old: " in day
        assert day.splitlines()[1] == ledger.export_bets("csv", BetFilter()).decode().splitlines()[1]


HEARD = st.lists(
    st.tuples(st.integers(-60, 240), st.sampled_from(["+140", "+145"]), st.sampled_from(["feed", "other"])), max_size=12
)


@pytest.fixture(scope="module")
def tables() -> Iterator[sqlite3.Connection]:
    with closing_at_end(sqlite3.connect(":memory:", isolation_level=None)) as conn:
        conn.row_factory = sqlite3.Row
        for _, script in migrations(LEDGER):
            conn.executescript(script)
        yield conn


@given(steps=HEARD)
def test_a_price_is_kept_in_runs_of_some_minutes(tables: sqlite3.Connection, steps: list[tuple[int, str, str]]) -> None:
    """As a plain list would keep them: the newest row grows while the price stands, until it is five minutes old."""
    at = NOW + timedelta(hours=1)
    tables.execute("DELETE FROM closing_lines")
    rows: list[tuple[datetime, datetime, str, str]] = []
    for seconds, price, source in steps:
        at += timedelta(seconds=seconds)
        told = structs.replace(quote(price, at), source=source)
        kept = closing.keep(tables, closing.Closings((told,), (), (), ((GAME, at),)), at)
        first, last, before, _ = rows[-1] if rows else (None, None, None, None)
        assert kept == (last is None or last <= at)
        if first is not None and kept and (first >= at or (before == price and at - first < timedelta(minutes=5))):
            rows[-1] = (first, at, price, source)
        elif kept:
            rows.append((at, at, price, source))
    found = tables.execute(
        "SELECT c.first_seen_at, c.seen_at, p.text, w.text FROM closing_lines c JOIN prices p ON p.id = c.price_id"
        " JOIN words w ON w.id = c.source_id ORDER BY c.first_seen_at"
    )
    assert [(from_micros(first), from_micros(last), *rest) for first, last, *rest in found] == rows
