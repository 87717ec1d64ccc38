"""The kept sums against what the rows add up to, through whatever happens to an account."""

from __future__ import annotations

import asyncio
import sqlite3
import tempfile
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from store_samples import AFTER, GAME, MAIN, NOW, h2h, leg, minutes, opened, opportunity, place, placed, record, score

from betting_tui.engine.core.bet_views import Placed
from betting_tui.engine.core.commands import CancelBet, Deposit, ResetAccount, SettleBet
from betting_tui.engine.core.errors import UsageError
from betting_tui.engine.core.model import BetResult, BetState, Event, Side
from betting_tui.engine.core.report_views import ReportView
from betting_tui.engine.core.times import to_micros
from betting_tui.engine.store import BetFilter, Ledger, NewAccount, ReportFilter
from betting_tui.engine.store.summaries import summaries_differ

GAMES = tuple(
    Event(f"game-{number}", sport, title, NOW + timedelta(days=9), "Home", "Away")
    for number, (sport, title) in enumerate((("basketball_nba", "NBA"), ("", "Darts"), ("soccer_epl", "")))
)
# Within days, and so far apart that sums of days are given up for those of 30 days.
HOURS = st.integers(0, 400) | st.integers(0, 4_000)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ["bet", "bet", "bet", "settle", "settle", "settle", "cancel", "deposit", "reset", "learn", "peak"]
        ),
        st.integers(0, 9),
        st.sampled_from(list(BetResult)),
        HOURS,
    ),
    max_size=20,
)


async def differences(ledger: Ledger) -> list[str]:
    return await ledger._database.read_in_thread(summaries_differ)


async def bet(ledger: Ledger, number: int, at: datetime, price: str = "+150") -> str:
    game = GAMES[number % len(GAMES)]
    command = record(key=f"{number}", event=game, selection=h2h("Home", game), placed_at=at, price=price, stake=1_000)
    outcome = await ledger.record_bet(command, NOW)
    assert isinstance(outcome, Placed)
    return outcome.bets[0].id


class History:
    """A made-up life of one account: what cannot be done is passed over."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.bets: list[str] = []

    async def step(self, kind: str, number: int, result: BetResult, hours: int) -> None:
        ledger, now = self.ledger, AFTER + timedelta(hours=hours)
        match kind:
            case "bet":
                prices = ("+150", "-110", "2.75")
                self.bets.append(await bet(ledger, len(self.bets), NOW - timedelta(hours=hours), prices[number % 3]))
            case "settle" | "cancel" if self.bets:
                which = self.bets[number % len(self.bets)]
                state = ledger.bet(which).state
                if kind == "settle" and state is not BetState.CANCELLED:
                    # The books of a closed period stay closed.
                    with suppress(UsageError):
                        await ledger.settle_bet(SettleBet(which, result, "test"), now)
                elif kind == "cancel" and state is BetState.PENDING:
                    await ledger.cancel_bet(CancelBet(which, "test"), now)
            case "deposit":
                await ledger.deposit(Deposit("main", 500, f"{kind}{number}{hours}", "test"), now)
            case "reset":
                await ledger.reset_account(ResetAccount("main", f"{number}{hours}", "test", void_open=True), now)
            case "learn":
                await ledger._database.write(
                    lambda conn: conn.execute("UPDATE events SET sport_key = 'darts' WHERE sport_key = ''")
                )
            case "peak":
                await ledger._database.write(
                    lambda conn: conn.execute("UPDATE account_periods SET peak_from = 1 WHERE ended_at IS NULL")
                )
            case _:
                assert not self.bets


def slow_report(conn: sqlite3.Connection, since: int, until: int) -> list[tuple[object, ...]]:
    """By one walk over all settled bets."""
    rows = conn.execute(
        """
        SELECT l.market AS name, count(*), sum(b.result IN ('win', 'half_win')),
            sum(b.result IN ('loss', 'half_loss')),
            ifnull(sum(b.risk_minor) FILTER (WHERE b.result NOT IN ('push', 'void')), 0), sum(b.profit_minor)
        FROM bets b JOIN legs g ON g.order_id = b.order_id AND g.ordinal = 0
        JOIN selections s ON s.id = g.selection_id JOIN lines l ON l.id = s.line_id
        JOIN account_periods p ON p.id = b.period_id
        WHERE p.ended_at IS NULL AND b.state = 'settled' AND b.settled_at >= ? AND b.settled_at < ?
        GROUP BY 1 ORDER BY sum(b.profit_minor) DESC, 1
        """,
        (since, until),
    )
    return [tuple(row) for row in rows]


def told(report: ReportView) -> list[tuple[object, ...]]:
    return [(g.name, g.bets, g.wins, g.losses, g.turnover_minor, g.profit_minor) for g in report.groups]


async def check_history(steps: list[tuple[str, int, BetResult, int]], span: tuple[int, int]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with opened(Path(folder)) as ledger:
            history = History(ledger)
            for step in steps:
                await history.step(*step)
            assert await differences(ledger) == []
            since, until = (AFTER + timedelta(hours=hours, minutes=7) for hours in sorted(span))
            for bounds in ((None, None), (since, until), (since, None), (None, until)):
                low = -(2**62) if bounds[0] is None else to_micros(bounds[0])
                high = 2**62 if bounds[1] is None else to_micros(bounds[1])
                expected = ledger._database.read(partial(slow_report, since=low, until=high))
                assert told(ledger.report(ReportFilter("main", "market", *bounds))) == expected
            for states in ((), (BetState.SETTLED,), (BetState.CANCELLED, BetState.PENDING)):
                for period in (None, 0):
                    wanted = BetFilter(account="main", states=states, period=period)
                    assert ledger.count_bets(wanted) == len(ledger.bets(wanted))


@settings(max_examples=20, deadline=None)
@given(STEPS, st.tuples(HOURS, HOURS))
def test_kept_sums_are_what_the_rows_add_up_to(
    steps: list[tuple[str, int, BetResult, int]], span: tuple[int, int]
) -> None:
    asyncio.run(check_history(steps, span))


async def settled(ledger: Ledger, *results: str) -> None:
    """Bets at +150 for 10.00, each settled a minute after the one before."""
    for number, result in enumerate(results):
        which = await bet(ledger, number, NOW)
        await ledger.settle_bet(SettleBet(which, BetResult(result), "test"), AFTER + timedelta(minutes=number))


class TestCourse:
    async def test_the_deepest_fall_is_from_the_highest_before_it(self, ledger: Ledger) -> None:
        await settled(ledger, "win", "loss", "loss", "win", "loss")
        view = ledger.bankroll("main")
        assert (view.profit_minor, view.max_drawdown_minor) == (0, 2_000)

    async def test_a_correction_counts_where_it_happens_and_as_one_move(self, ledger: Ledger) -> None:
        await settled(ledger, "loss", "win")
        await ledger.settle_bet(SettleBet("2", BetResult.HALF_WIN, "test"), AFTER + timedelta(hours=1))
        view = ledger.bankroll("main")
        assert (view.profit_minor, view.max_drawdown_minor) == (-250, 1_000)

    async def test_the_watched_peak_begins_anew_when_a_person_lets_go_on(self, ledger: Ledger) -> None:
        await settled(ledger, "win", "loss")
        await History(ledger).step("peak", 0, BetResult.WIN, 0)
        row = ledger._database.read(lambda conn: conn.execute("SELECT * FROM period_sums").fetchone())
        assert (row["result_minor"], row["peak_minor"], row["watched_peak_minor"]) == (500, 1_500, 500)

    async def test_a_new_period_begins_with_nothing(self, ledger: Ledger) -> None:
        await settled(ledger, "win", "loss")
        await ledger.reset_account(ResetAccount("main", "k", "test"), AFTER + timedelta(days=1))
        view = ledger.bankroll("main")
        assert (view.period, view.profit_minor, view.max_drawdown_minor) == (2, 0, 0)
        assert ledger.report(ReportFilter("main")).total.bets == 0
        assert ledger.report(ReportFilter("main", period=1)).total.bets == 2
        assert ledger.report(ReportFilter("main", period=0)).total.profit_minor == 500


def settled_between(conn: sqlite3.Connection, since: datetime, until: datetime) -> int:
    between = (to_micros(since), to_micros(until))
    return int(
        conn.execute("SELECT count(*) FROM bets WHERE settled_at >= ? AND settled_at < ?", between).fetchone()[0]
    )


class TestDays:
    @pytest.mark.parametrize("order", [(0, 45, 90, 300), (300, 0, 90, 45), (90, 300, 45, 0)])
    async def test_whatever_was_settled_first_sums_hold_and_old_days_take_no_room(
        self, ledger: Ledger, order: tuple[int, ...]
    ) -> None:
        for number, day in enumerate(order, start=1):
            await ledger.record_bet(record(key=str(number)), NOW)
            at = AFTER + timedelta(days=day)
            await ledger.settle_bet(SettleBet(str(number), BetResult.WIN, "test"), at)
            assert await differences(ledger) == []
        await ledger.settle_bet(
            SettleBet(str(1 + order.index(45)), BetResult.LOSS, "test"), AFTER + timedelta(days=400)
        )
        await ledger.settle_bet(
            SettleBet(str(1 + order.index(300)), BetResult.VOID, "test"), AFTER + timedelta(days=401)
        )
        assert await differences(ledger) == []
        kept = ledger._database.read(
            lambda conn: conn.execute("SELECT min(day), max(day) FROM settled_sums WHERE bets > 0").fetchone()
        )
        assert 0 <= kept[1] - kept[0] < 60
        for day in (0, 45, 90, 300, 400, 401):
            since, until = AFTER + timedelta(days=day, hours=-20), AFTER + timedelta(days=day + 9)
            view = ledger.report(ReportFilter("main", since=since, until=until))
            settled = ledger._database.read(partial(settled_between, since=since, until=until))
            assert view.total.bets == settled


class TestDifferences:
    @pytest.mark.parametrize(
        ("harm", "said"),
        [
            ("UPDATE settled_sums SET profit_minor = profit_minor + 1 WHERE kind = 'sport'", "sport"),
            ("DELETE FROM settled_sums WHERE kind = 'all'", "is missing"),
            ("UPDATE settled_spans SET turnover_minor = 0 WHERE kind = 'all'", "settled bets of 30 days 1/all"),
            ("DELETE FROM settled_spans WHERE kind = 'market'", "of 30 days 1/market"),
            ("UPDATE close_spans SET bets = bets + 1 WHERE kind = 'all'", "closes of 30 days 1/"),
            ("UPDATE close_sums SET value = value + 1 WHERE kind = 'all'", "kept sum of closes 1/"),
            ("UPDATE period_sums SET drawdown_minor = 5", "course of period"),
            ("UPDATE period_hours SET entries = entries + 1", "kept hour"),
        ],
    )
    async def test_a_sum_that_does_not_hold_is_named(self, ledger: Ledger, harm: str, said: str) -> None:
        await settled(ledger, "win")
        await ledger._database.write(lambda conn: conn.execute(harm))
        assert said in (await differences(ledger))[0]

    async def test_refusals_and_placements_are_counted(self, ledger: Ledger) -> None:
        await placed(ledger, place(leg(side=Side.LAY), opportunity=opportunity()))
        await ledger.place(place(leg(stake=10**9), key="k2"), [], [GAME], NOW)
        assert await differences(ledger) == []
        report = ledger.report(ReportFilter("main", since=minutes(0), until=minutes(60)))
        assert (report.placed, report.refused, report.open_bets) == (1, 1, 1)


async def test_a_sport_is_shown_by_its_title_and_by_what_is_known_without(ledger: Ledger) -> None:
    await settled(ledger, "win", "win", "win")
    groups = ledger.report(ReportFilter("main", "sport")).groups
    assert {group.name for group in groups} == {"NBA", "Darts", "soccer_epl"}


async def test_accounts_do_not_mix(ledger: Ledger) -> None:
    await ledger.ensure_account(NewAccount("other", "USD", 5_000, "test"), NOW)
    await settled(ledger, "win")
    await ledger.settle_scores([score()], AFTER)
    assert ledger.report(ReportFilter("other")).total.bets == 0
    assert [point.bankroll_minor for point in ledger.bankroll("other").curve] == [5_000]
    assert ledger.bankroll("main").bankroll_minor == MAIN.starting_minor + 1_500
