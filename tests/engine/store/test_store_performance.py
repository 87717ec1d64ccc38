"""Full reports against a plain walk over the bets: sums, groups, acceptance, closes, periods and currencies."""

from __future__ import annotations

import asyncio
import math
import random
import tempfile
from collections import defaultdict
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs
from store_samples import AFTER, GAME, NOW, START, fill, h2h, leg, opened, opportunity, place, quote, record

from betting_tui.engine.core.bet_views import BetRow, NotPlaced, Placed
from betting_tui.engine.core.closes import FairClose
from betting_tui.engine.core.commands import ResetAccount, SettleBet
from betting_tui.engine.core.errors import UsageError
from betting_tui.engine.core.model import (
    BetResult,
    BetState,
    Event,
    Evidence,
    Funding,
    Leg,
    LineKey,
    OutcomeSet,
    Selection,
    Side,
)
from betting_tui.engine.core.odds import parse_any
from betting_tui.engine.core.performance_views import FullReport, Performance
from betting_tui.engine.core.refusals import Refusal, RefusalCode
from betting_tui.engine.core.report_views import ReportGroup, ReportView
from betting_tui.engine.core.report_words import record as record_line
from betting_tui.engine.core.staking import SizingRules
from betting_tui.engine.store import BetFilter, Ledger, NewAccount, ReportFilter
from betting_tui.engine.store.shapes import GroupBy, Staking

BYS: tuple[GroupBy, ...] = get_args(GroupBy)
KEPT: tuple[GroupBy, ...] = ("strategy", "bookmaker", "league", "market", "none")
GAMES = (
    GAME,
    Event("epl-1", "soccer_epl", "EPL", START, "Leeds", "Wolves"),
    Event("wnba-1", "basketball_wnba", "WNBA", START + timedelta(days=2), "Aces", "Sky"),
    Event("darts-1", "", "Darts", START, "Left", "Right"),
)
PRICES = ("+150", "-110", "1.25", "2.40", "8.5")
STAKING = Staking(SizingRules(), 1_000_000, 7)
WAGERS = st.lists(
    st.tuples(
        st.integers(0, len(GAMES) - 1),
        st.sampled_from(PRICES),
        st.sampled_from([None, -0.02, 0.01, 0.03, 0.2]),
        st.sampled_from(list(Evidence)),
        st.sampled_from([None, *BetResult]),
        st.sampled_from([Side.BACK, Side.BACK, Side.LAY]),
        st.sampled_from([None, 1, 40]),
        st.integers(0, 30),
    ),
    max_size=12,
)
Wager = tuple[int, str, float | None, Evidence, BetResult | None, Side, int | None, int]


@pytest.fixture
async def ledger(tmp_path: Path) -> AsyncIterator[Ledger]:
    async with opened(tmp_path) as ledger:
        yield ledger


async def bet(ledger: Ledger, number: int, wager: Wager) -> None:
    """Placed at once, its price seen again some minutes before the start, settled some hours after it."""
    game, price, edge, evidence, result, side, close_age, hours = wager
    event = GAMES[game]
    wanted = leg(price, 1_000, h2h(event.home_team or "", event), bookmaker=f"book{number % 3}", side=side)
    found = None if edge is None else structs.replace(opportunity(f"o{number}", wanted, edge=edge), event=event)
    command = place(wanted, key=f"k{number}", opportunity=found)
    outcome = await ledger.place(command, [fill(wanted, evidence)], [event], NOW)
    assert isinstance(outcome, Placed)
    if close_age is not None:
        at = event.commence_time - timedelta(minutes=close_age)
        seen = structs.replace(quote("2.0", at, wanted.selection, wanted.bookmaker), side=side)
        said = FairClose(wanted.selection, wanted.bookmaker, 0.48, True, "power", ("pinnacle",), "feed", at, at)
        await ledger.note_quotes([seen], [event], at, (said,))
    if result is not None:
        await ledger.settle_bet(SettleBet(outcome.bets[0].id, result, "test"), AFTER + timedelta(hours=60 + hours))


async def refuse(ledger: Ledger, key: str, wanted: Leg, code: RefusalCode, edge: float | None = None) -> None:
    found = None if edge is None else opportunity(f"r{key}", wanted, edge=edge)
    refused = NotPlaced(Refusal(code, "no"), leg=wanted)
    await ledger.record_refusal(place(wanted, key=key, opportunity=found), refused, [GAME], NOW)


def folded(groups: tuple[ReportGroup, ...]) -> tuple[int, ...]:
    names = ("bets", "graded", "wins", "losses", "pushes", "turnover_minor", "profit_minor", "clv_count")
    return tuple(sum(getattr(group, name) for group in groups) for name in (*names, "clv_ev_count"))


def near(group: ReportGroup, other: ReportGroup) -> None:
    """The same group, but for the last digit of what is no whole number."""
    for name in group.__struct_fields__:
        ours, theirs = getattr(group, name), getattr(other, name)
        if name == "expected_profit_minor" and None not in (ours, theirs):
            assert abs(ours - theirs) <= 1
        elif isinstance(ours, float) and isinstance(theirs, float):
            assert ours == pytest.approx(theirs), name
        elif name not in ("name", "currency"):
            assert ours == theirs, name


def name_of(bet: BetRow, by: GroupBy) -> str | None:
    """Of what is simple to say of a bet again."""
    match by:
        case "strategy":
            return bet.strategy or "by hand"
        case "bookmaker":
            return bet.bookmaker
        case "sport":
            return bet.event.sport_key.partition("_")[0] or "Darts"
        case "evidence":
            return bet.evidence.value.replace("_", " ")
        case "edge_band":
            names = {None: "unknown", -0.02: "below 0 %", 0.01: "0 to 2 %", 0.03: "2 to 4 %", 0.2: "10 % and more"}
            return names[bet.edge]
        case "time_to_start":
            return "6 to 24 h" if bet.event.commence_time == START else "1 to 3 days"
        case "account":
            return bet.account
        case _:
            return None


def check_numbers(report: FullReport) -> None:
    """Nothing is NaN or infinite, wherever it stands."""

    def walk(value: object) -> None:
        if isinstance(value, float):
            assert math.isfinite(value)
        elif isinstance(value, tuple):
            for each in value:
                walk(each)
        elif hasattr(value, "__struct_fields__"):
            for name in value.__struct_fields__:
                walk(getattr(value, name))

    walk(report)


async def check(wagers: list[Wager], days: tuple[int, int]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with opened(Path(folder)) as ledger:
            for number, wager in enumerate(wagers):
                await bet(ledger, number, wager)
            rows = ledger.bets(BetFilter(account="main", states=(BetState.SETTLED,)))
            since, until = (AFTER + timedelta(hours=60 + hours, minutes=1) for hours in sorted(days))
            for bounds in ((None, None), (since, until)):
                inside = [
                    row for row in rows if row.settled_at and (not bounds[0] or bounds[0] <= row.settled_at < until)
                ]
                for by in BYS:
                    wanted = ReportFilter("main", by, *bounds)
                    report = await ledger.full_report(wanted)
                    check_numbers(report)
                    assert folded(tuple(each.group for each in report.groups)) == folded((report.view.total,))
                    assert report.view.total == ledger.report(structs.replace(wanted, by="none")).total
                    if by in KEPT:
                        kept: ReportView = ledger.report(wanted)
                        assert [each.name for each in report.view.groups] == [each.name for each in kept.groups]
                        for ours, theirs in zip(report.view.groups, kept.groups, strict=True):
                            near(ours, theirs)
                    plain: dict[str | None, int] = defaultdict(int)
                    for row in inside:
                        plain[name_of(row, by)] += row.profit_minor or 0
                    if None not in plain:
                        assert {each.name: each.profit_minor for each in report.view.groups} == plain
                    for part in ("asked", "accepted", "fills", "fills_with_evidence"):
                        if by != "account" and bounds[0] is None and all(row[4] for row in wagers):
                            parts = [getattr(each.acceptance, part) for each in report.groups]
                            assert sum(parts) == getattr(report.total.acceptance, part)


@settings(max_examples=6, deadline=None)
@given(WAGERS, st.tuples(st.integers(0, 30), st.integers(0, 30)))
def test_every_grouping_is_what_a_walk_over_the_bets_adds_up_to(wagers: list[Wager], days: tuple[int, int]) -> None:
    asyncio.run(check(wagers, days))


async def season(ledger: Ledger, count: int = 40, seed: int = 3) -> None:
    dice = random.Random(seed)
    for number in range(count):
        result = dice.choice((BetResult.WIN, BetResult.LOSS))
        await bet(ledger, number, (0, dice.choice(PRICES), 0.03, Evidence.FRESH, result, Side.BACK, 1, number))


class TestAccounts:
    async def test_an_account_without_bets_has_no_numbers(self, ledger: Ledger) -> None:
        report = await ledger.full_report(ReportFilter("main"), STAKING)
        assert report.total.performance == Performance()
        assert (report.groups, report.curve, report.ruin, report.warnings) == ((), (), None, ())

    @pytest.mark.parametrize("result", [BetResult.PUSH, BetResult.VOID])
    async def test_one_that_only_pushed_has_none_either(self, ledger: Ledger, result: BetResult) -> None:
        for number in range(3):
            await bet(ledger, number, (0, "+150", 0.03, Evidence.FRESH, result, Side.BACK, 1, number))
        report = await ledger.full_report(ReportFilter("main"), STAKING)
        total = report.total.performance
        assert (report.view.total.bets, report.view.total.yield_fraction) == (3, None)
        assert (total.yield_range, total.luck.no_edge_share, total.brier, total.sharpe) == (None, None, None, None)
        check_numbers(report)

    async def test_one_bet_has_a_yield_and_nothing_that_needs_more(self, ledger: Ledger) -> None:
        await bet(ledger, 0, (0, "+150", 0.03, Evidence.FRESH, BetResult.WIN, Side.BACK, 1, 0))
        report = await ledger.full_report(ReportFilter("main"), STAKING)
        assert report.view.total.yield_fraction == pytest.approx(1.5)
        assert (report.total.performance.yield_range, report.total.performance.luck.more_bets) == (None, None)
        check_numbers(report)

    async def test_a_lay_is_worth_what_its_liability_may_win(self, ledger: Ledger) -> None:
        await bet(ledger, 0, (0, "+150", None, Evidence.FRESH, BetResult.WIN, Side.LAY, None, 0))
        performance = (await ledger.full_report(ReportFilter("main"))).total.performance
        assert performance.average_odds == pytest.approx(1 + 1 / 1.5)

    async def test_by_account_each_has_its_own_currency_and_the_total_is_of_one(self, ledger: Ledger) -> None:
        await ledger.ensure_account(NewAccount("second", "USD", 500_000, "test"), NOW)
        await ledger.ensure_account(NewAccount("euros", "EUR", 500_000, "test"), NOW)
        for number, name in enumerate(("main", "second", "euros")):
            outcome = await ledger.record_bet(record(key=f"{number}", account=name, stake=1_000 * (number + 1)), NOW)
            assert isinstance(outcome, Placed)
            await ledger.settle_bet(SettleBet(outcome.bets[0].id, BetResult.WIN, "test"), AFTER)
        report = await ledger.full_report(ReportFilter("main", "account"))
        groups = [(each.name, each.currency, each.profit_minor) for each in report.view.groups]
        assert groups == [("second", "", 3_000), ("main", "", 1_500), ("euros", "EUR", 4_500)]
        assert (report.view.account, report.view.total.profit_minor) == ("all accounts in USD", 4_500)
        assert report.tried == 2
        together = await ledger.full_report(ReportFilter("euros", "strategy", all_accounts=True))
        assert (together.view.currency, together.view.total.profit_minor) == ("EUR", 4_500)

    async def test_books_that_were_closed_count_when_asked_for(self, ledger: Ledger) -> None:
        await season(ledger, 4)
        await ledger.reset_account(ResetAccount("main", "k", "test"), AFTER + timedelta(days=30))
        counts = [(await ledger.full_report(ReportFilter("main", period=p))).view.total.bets for p in (None, 0, 1)]
        assert counts == [0, 4, 4]
        with pytest.raises(UsageError, match="has no period 9"):
            await ledger.full_report(ReportFilter("main", period=9))
        with pytest.raises(UsageError, match="no account in USD has a period 9"):
            await ledger.full_report(ReportFilter("main", period=9, all_accounts=True))
        with pytest.raises(UsageError, match="no account 'nobody'"):
            await ledger.full_report(ReportFilter("nobody"))

    async def test_the_deepest_fall_is_a_share_of_what_was_there_when_the_report_begins(self, ledger: Ledger) -> None:
        for number, result in enumerate((BetResult.LOSS, BetResult.LOSS, BetResult.WIN)):
            await bet(ledger, number, (0, "+150", None, Evidence.NONE, result, Side.BACK, None, number))
        whole = (await ledger.full_report(ReportFilter("main"))).total.performance.drawdown
        assert whole is not None
        assert whole.depth_minor == 2_000
        assert whole.share == pytest.approx(2_000 / 1_000_000)
        begin = AFTER + timedelta(hours=61)
        later = (await ledger.full_report(ReportFilter("main", since=begin))).total.performance.drawdown
        assert later is not None
        assert later.depth_minor == 1_000
        assert later.share == pytest.approx(1_000 / 999_000)

    async def test_a_day_that_begins_within_an_hour_has_what_was_booked_until_then(self, ledger: Ledger) -> None:
        """As at six in Kolkata, half past midnight in UTC."""
        for number in range(3):
            await bet(ledger, number, (0, "+150", None, Evidence.NONE, BetResult.LOSS, Side.BACK, None, number))
        begin = AFTER + timedelta(hours=61, minutes=30)
        fall = (await ledger.full_report(ReportFilter("main", since=begin))).total.performance.drawdown
        assert fall is not None
        assert fall.depth_minor == 1_000
        assert fall.share == pytest.approx(1_000 / 998_000)

    async def test_a_bankroll_that_was_gone_is_not_taken_for_the_first_one(self, tmp_path: Path) -> None:
        async with opened(tmp_path / "poor", account=NewAccount("poor", "USD", 1_000, "test")) as ledger:
            for number, result in enumerate((BetResult.LOSS, BetResult.LOSS)):
                outcome = await ledger.record_bet(record(key=str(number), stake=500, account="poor"), NOW)
                assert isinstance(outcome, Placed)
                await ledger.settle_bet(SettleBet(outcome.bets[0].id, result, "test"), AFTER + timedelta(hours=number))
            free = structs.replace(record(key="f", stake=500, account="poor"), funding=Funding.FREE)
            outcome = await ledger.record_bet(free, NOW)
            assert isinstance(outcome, Placed)
            await ledger.settle_bet(SettleBet(outcome.bets[0].id, BetResult.WIN, "test"), AFTER + timedelta(hours=30))
            later = ReportFilter("poor", since=AFTER + timedelta(hours=20))
            measured = (await ledger.full_report(later)).total.performance
            assert measured.drawdown is not None
            assert measured.drawdown.share is None


class TestAcceptance:
    async def test_the_headline_counts_what_there_is_evidence_of(self, ledger: Ledger) -> None:
        await bet(ledger, 0, (0, "+150", 0.03, Evidence.FRESH, None, Side.BACK, None, 0))
        await bet(ledger, 1, (0, "+150", 0.03, Evidence.SAME_SNAPSHOT, None, Side.BACK, None, 0))
        outcome = await ledger.record_bet(record(), NOW)
        assert isinstance(outcome, Placed)
        await refuse(ledger, "a", leg(), RefusalCode.PRICE_MOVED)
        await refuse(ledger, "b", leg(), RefusalCode.STALE_QUOTE)
        await refuse(ledger, "c", leg(), RefusalCode.DAILY_STAKE)
        acceptance = (await ledger.full_report(ReportFilter("main"))).total.acceptance
        assert (acceptance.asked, acceptance.accepted) == (5, 2)
        assert (acceptance.with_evidence_asked, acceptance.with_evidence_accepted) == (2, 1)
        assert (acceptance.fills, acceptance.fills_with_evidence, acceptance.slippage) == (2, 1, 0.0)

    async def test_slippage_is_negative_when_the_price_was_worse_and_a_lay_turns_it_round(self, ledger: Ledger) -> None:
        for key, side, filled in (("a", Side.BACK, "2.25"), ("b", Side.LAY, "2.5")):
            wanted = leg("2.50" if side is Side.BACK else "2.25", 1_000, side=side)
            given_ = structs.replace(fill(wanted, Evidence.FRESH), price=parse_any(filled))
            await ledger.place(place(wanted, key=key), [given_], [GAME], NOW)
        acceptance = (await ledger.full_report(ReportFilter("main"))).total.acceptance
        assert acceptance.slippage == pytest.approx(-0.1)

    async def test_a_refusal_counts_with_the_edge_it_was_asked_for(self, ledger: Ledger) -> None:
        await bet(ledger, 0, (0, "+150", 0.03, Evidence.FRESH, BetResult.WIN, Side.BACK, None, 0))
        await refuse(ledger, "a", leg(), RefusalCode.LINE_GONE, edge=0.03)
        report = await ledger.full_report(ReportFilter("main", "edge_band"))
        assert [(each.group.name, each.acceptance.asked, each.acceptance.accepted) for each in report.groups] == [
            ("2 to 4 %", 2, 1)
        ]


class TestGroups:
    async def test_bands_stand_in_their_own_order(self, ledger: Ledger) -> None:
        for number, price in enumerate(("8.5", "1.25", "+150")):
            await bet(ledger, number, (0, price, None, Evidence.NONE, BetResult.WIN, Side.BACK, None, 0))
        report = await ledger.full_report(ReportFilter("main", "odds_band"))
        assert [group.name for group in report.view.groups] == ["below 1.50", "2.50 to 3.50", "6.00 and more"]

    async def test_a_start_that_nobody_named_is_unknown(self, ledger: Ledger) -> None:
        from betting_tui.engine.core.model import START_UNKNOWN

        event = structs.replace(GAME, id="someday", commence_time=START_UNKNOWN)
        outcome = await ledger.record_bet(record(event=event), NOW)
        assert isinstance(outcome, Placed)
        await ledger.settle_bet(SettleBet(outcome.bets[0].id, BetResult.WIN, "test"), AFTER)
        report = await ledger.full_report(ReportFilter("main", "time_to_start"))
        assert [group.name for group in report.view.groups] == ["unknown"]

    async def test_several_ways_of_betting_are_warned_of(self, ledger: Ledger) -> None:
        await season(ledger, 6)
        assert (await ledger.full_report(ReportFilter("main"))).warnings == ()
        await bet(ledger, 90, (0, "+150", None, Evidence.NONE, BetResult.WIN, Side.BACK, None, 3))
        report = await ledger.full_report(ReportFilter("main", "none"))
        assert report.tried == 2
        assert report.warnings[0].startswith("2 strategies were compared")


class TestAsking:
    async def test_progress_rises_to_the_end(self, ledger: Ledger) -> None:
        await season(ledger, 4)
        shares: list[float] = []
        await ledger.full_report(ReportFilter("main"), None, lambda done, total, _: shares.append(done / total))
        await asyncio.sleep(0)
        assert shares == sorted(shares)
        assert (shares[0], shares[-1]) == (0.0, 1.0)

    async def test_a_report_nobody_waits_for_ends(self, ledger: Ledger) -> None:
        await season(ledger, 2)
        task = asyncio.create_task(ledger.full_report(ReportFilter("main")))
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert (await ledger.full_report(ReportFilter("main"))).view.total.bets == 2

    async def test_risk_of_ruin_is_the_same_each_time_and_of_one_account_alone(self, ledger: Ledger) -> None:
        await season(ledger)
        first, second = [await ledger.full_report(ReportFilter("main"), STAKING) for _ in range(2)]
        assert first.ruin is not None
        assert first == second
        await ledger.ensure_account(NewAccount("second", "USD", 500_000, "test"), NOW)
        assert (await ledger.full_report(ReportFilter("main", all_accounts=True), STAKING)).ruin is None

    async def test_what_somebody_books_meanwhile_is_in_it_whole_or_not_at_all(self, ledger: Ledger) -> None:
        """Each query of a report lets writers go on; one that has committed makes it begin anew."""
        await season(ledger, 3)
        started = asyncio.get_running_loop()
        booked: list[asyncio.Future[object]] = []

        def interrupt(done: int, _total: int, _what: str) -> None:
            if done == 0 and not booked:
                booked.append(asyncio.ensure_future(season_more(ledger), loop=started))

        report = await ledger.full_report(ReportFilter("main", "bookmaker"), None, interrupt)
        await asyncio.gather(*booked)
        assert report.view.total.bets in (3, 4)
        assert folded(tuple(each.group for each in report.groups)) == folded((report.view.total,))


async def season_more(ledger: Ledger) -> None:
    await bet(ledger, 50, (0, "+150", None, Evidence.NONE, BetResult.WIN, Side.BACK, None, 3))


async def test_more_bets_than_one_piece_holds_are_all_read(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    from betting_tui.engine.store import pieces

    await season(ledger, 11)
    whole = await ledger.full_report(ReportFilter("main", "odds_band"))
    for size in (0, 1, 3, 10, 11):
        monkeypatch.setattr(pieces, "_BETS", size)
        assert await ledger.full_report(ReportFilter("main", "odds_band")) == whole


async def test_closes_beyond_the_age_limit_are_no_expectation(ledger: Ledger) -> None:
    await bet(ledger, 0, (0, "+150", None, Evidence.NONE, BetResult.WIN, Side.BACK, 40, 0))
    limited = await ledger.full_report(ReportFilter("main", close_max_age_minutes=15))
    assert (limited.total.performance.close_bets, limited.total.group.clv_ev) == (0, None)
    unlimited = await ledger.full_report(ReportFilter("main", close_max_age_minutes=None))
    assert unlimited.total.performance.close_profit_minor == round(1_000 * (2.5 * 0.48 - 1))


async def test_the_hold_is_what_the_book_keeps_of_a_stake_at_its_own_close(ledger: Ledger) -> None:
    for number in range(3):
        await bet(ledger, number, (number, "+150", None, Evidence.NONE, BetResult.WIN, Side.BACK, 1, number))
    luck = (await ledger.full_report(ReportFilter("main"))).total.performance.luck
    assert luck.hold == pytest.approx(1 - 2.0 * 0.48)
    assert luck.at_hold_share is not None
    assert luck.no_edge_share is not None
    assert luck.at_hold_share < luck.no_edge_share


class TestFreeBets:
    async def give(self, ledger: Ledger, key: str, result: BetResult, price: str = "+400") -> None:
        wanted = structs.replace(record(price, 5_000, key), funding=Funding.FREE)
        outcome = await ledger.record_bet(wanted, NOW)
        assert isinstance(outcome, Placed)
        await ledger.settle_bet(SettleBet(outcome.bets[0].id, result, "test"), AFTER + timedelta(hours=70))

    async def test_what_they_brought_is_in_the_profit_and_in_no_yield(self, ledger: Ledger) -> None:
        for number, result in enumerate((BetResult.WIN, BetResult.LOSS, BetResult.LOSS)):
            await bet(ledger, number, (number, "+150", 0.03, Evidence.FRESH, result, Side.BACK, 1, number))
        for key, result in (("a", BetResult.WIN), ("b", BetResult.LOSS), ("c", BetResult.PUSH), ("d", BetResult.VOID)):
            await self.give(ledger, key, result)
        for by in BYS:
            report = await ledger.full_report(ReportFilter("main", by))
            total = report.view.total
            assert (total.bets, total.free_bets, total.free_profit_minor) == (7, 2, 20_000)
            assert (total.turnover_minor, total.profit_minor) == (3_000, -500 + 20_000)
            assert total.yield_fraction == pytest.approx(-500 / 3_000)
            assert sum(each.free_bets for each in report.view.groups) == 2
            assert sum(each.free_profit_minor for each in report.view.groups) == 20_000
            if by in KEPT:
                kept = ledger.report(ReportFilter("main", by))
                assert kept.total == total
                for ours, theirs in zip(report.view.groups, kept.groups, strict=True):
                    near(ours, theirs)
        whole = (await ledger.full_report(ReportFilter("main"))).total.performance
        span = whole.yield_range
        assert span is not None
        assert span.low <= -500 / 3_000 <= span.high
        assert whole.profit_factor == pytest.approx(1_500 / 2_000)

    async def test_the_accounts_beside_each_other_leave_them_out_too(self, ledger: Ledger) -> None:
        await bet(ledger, 0, (0, "+150", 0.03, Evidence.FRESH, BetResult.LOSS, Side.BACK, 1, 0))
        await self.give(ledger, "a", BetResult.WIN)
        (summary,) = ledger.account_summaries(NOW)
        assert (summary.profit_minor, summary.free_profit_minor) == (19_000, 20_000)

    async def test_an_account_of_free_bets_alone_has_no_yield(self, ledger: Ledger) -> None:
        await self.give(ledger, "a", BetResult.WIN)
        report = await ledger.full_report(ReportFilter("main"), STAKING)
        assert (report.view.total.yield_fraction, report.view.total.profit_minor) == (None, 20_000)
        assert record_line(report.view.total, report.total.performance, str).endswith(
            "no yield: no money of its own was at risk"
            " · 1 free bet brought 20000, which is in the profit and not in the yield"
        )
        check_numbers(report)


class TestTheSameOutcome:
    async def test_several_fills_of_one_order_and_several_strategies_are_one_piece_of_luck(
        self, ledger: Ledger
    ) -> None:
        for number in range(6):
            await bet(ledger, number, (number % 2, "+150", 0.03, Evidence.FRESH, BetResult.WIN, Side.BACK, 1, number))
        luck = (await ledger.full_report(ReportFilter("main"))).total.performance.luck
        assert luck.no_edge_share == pytest.approx(0.4**2)

    async def test_backing_and_laying_it_are_two(self, ledger: Ledger) -> None:
        await bet(ledger, 0, (0, "2.0", None, Evidence.FRESH, BetResult.WIN, Side.BACK, None, 0))
        await bet(ledger, 1, (0, "2.0", None, Evidence.FRESH, BetResult.LOSS, Side.LAY, None, 0))
        assert (await ledger.full_report(ReportFilter("main"))).total.performance.luck.no_edge_share is not None

    async def test_an_each_way_bet_is_judged_by_the_odds_of_both_parts(self, ledger: Ledger) -> None:
        race = Event("race-1", "golf_masters", "Masters", START, None, None)
        for number, place_taken in enumerate((3, 9)):
            runner = Selection(LineKey(race.id, "outrights", OutcomeSet.FIELD), f"Runner {number}")
            wanted = structs.replace(record("17.0", 2_000, f"{number}", runner, race), each_way="1/4,4")
            outcome = await ledger.record_bet(wanted, NOW)
            assert isinstance(outcome, Placed)
            await ledger.settle_bet(SettleBet(outcome.bets[0].id, None, "test", place=place_taken), AFTER)
        performance = (await ledger.full_report(ReportFilter("main"))).total.performance
        assert performance.average_odds == pytest.approx((17 + 5) / 2)
        # Of two, at least one has to come in: each does with a chance of 1 in 5.
        assert performance.luck.no_edge_share == pytest.approx(1 - 0.8**2, abs=0.02)
