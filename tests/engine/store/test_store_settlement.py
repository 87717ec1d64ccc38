"""Results against open bets; closing lines and what they say about a price; totals of what was settled."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec import structs
from store_samples import (
    AFTER,
    GAME,
    NOW,
    OTHER,
    START,
    bet_of,
    h2h,
    minutes,
    opportunity,
    place,
    placed,
    quote,
    record,
    score,
    spread,
)

from betting_tui.engine.core.commands import CancelBet, SettleBet
from betting_tui.engine.core.model import (
    DRAW,
    START_UNKNOWN,
    BetResult,
    BetState,
    Event,
    LineKey,
    OutcomeSet,
    Phase,
    Selection,
    Side,
)
from betting_tui.engine.core.ports import CreditReading
from betting_tui.engine.store import BetFilter, Ledger, ReportFilter


class TestResults:
    async def test_a_final_score_settles_every_market_it_decides(self, ledger: Ledger) -> None:
        total = Selection(LineKey(GAME.id, "totals", OutcomeSet.TWO_WAY, point=210.0), "Over", 210.0)
        for key, selection in {"a": h2h(), "b": h2h("Celtics"), "c": spread("Celtics", 9.5), "d": total}.items():
            await ledger.record_bet(record("2.0", key=key, selection=selection), NOW)
        report = await ledger.settle_scores([score(110, 100)], AFTER)
        assert [(bet.id, bet.result) for bet in report.settled] == [
            ("BET-000001", BetResult.WIN),
            ("BET-000002", BetResult.LOSS),
            ("BET-000003", BetResult.LOSS),
            ("BET-000004", BetResult.PUSH),
        ]
        assert (report.open, report.results_read) == ((), 1)
        assert ledger.balances("main").bankroll_minor == 990_000
        assert (await ledger.verify()).problems == ()

    async def test_the_same_scores_twice_change_nothing(self, ledger: Ledger) -> None:
        await ledger.record_bet(record(), NOW)
        await ledger.settle_scores([score()], AFTER)
        before = (ledger.export_ledger("json"), ledger.export_bets("json", BetFilter()))
        report = await ledger.settle_scores([score(), score()], AFTER + timedelta(hours=1))
        assert report.settled == ()
        assert (ledger.export_ledger("json"), ledger.export_bets("json", BetFilter())) == before

    async def test_a_corrected_score_corrects_the_bets_it_had_settled(self, ledger: Ledger) -> None:
        await ledger.record_bet(record(), NOW)
        await ledger.settle_scores([score(110, 100)], AFTER)
        report = await ledger.settle_scores([score(100, 110)], AFTER)
        assert [bet.result for bet in report.settled] == [BetResult.LOSS]
        assert ledger.balances("main").bankroll_minor == 990_000
        assert (await ledger.verify()).problems == ()

    async def test_an_old_answer_read_again_takes_no_correction_back(self, ledger: Ledger) -> None:
        await ledger.record_bet(record(), NOW)
        corrected = structs.replace(score(100, 110), updated_at=AFTER + timedelta(hours=1))
        await ledger.settle_scores([score(110, 100), corrected], AFTER + timedelta(hours=2))
        report = await ledger.settle_scores([score(110, 100)], AFTER + timedelta(hours=3))
        assert report.settled == ()
        assert ledger.balances("main").bankroll_minor == 990_000
        untimed = structs.replace(score(110, 100), updated_at=None)
        assert len((await ledger.settle_scores([untimed], AFTER + timedelta(hours=4))).settled) == 1

    async def test_no_feed_overrules_a_person(self, ledger: Ledger) -> None:
        by_hand = bet_of(await ledger.record_bet(record(), NOW))
        await ledger.settle_bet(SettleBet(by_hand.id, BetResult.VOID, "test"), AFTER)
        for source, home in (("one", 110), ("two", 90)):
            assert (await ledger.settle_scores([score(home, 100, source=source)], AFTER)).settled == ()
        assert ledger.bet(by_hand.id).result is BetResult.VOID

    async def test_a_game_that_is_not_over_leaves_the_bet_pending(self, ledger: Ledger) -> None:
        bet = bet_of(await ledger.record_bet(record(), NOW))
        report = await ledger.settle_scores([score(50, 40, completed=False)], START + timedelta(hours=1))
        assert [(each.bet_id, each.reason) for each in report.open] == [(bet.id, "the game is not over")]
        assert ledger.bet(bet.id).state is BetState.PENDING

    async def test_what_a_final_score_cannot_decide_goes_to_review_with_its_reason(self, ledger: Ledger) -> None:
        three_way = Selection(LineKey(GAME.id, "h2h", OutcomeSet.THREE_WAY), DRAW)
        bet = bet_of(await ledger.record_bet(record(selection=three_way), NOW))
        report = await ledger.settle_scores([score()], AFTER)
        assert [each.bet_id for each in report.open] == [bet.id]
        assert "regulation time" in report.open[0].reason
        assert ledger.bet(bet.id).state is BetState.REVIEW
        assert ledger.bet(bet.id).note == report.open[0].reason
        assert ledger.balances("main").reserved_minor == 10_000

    async def test_a_started_event_without_result_is_named(self, ledger: Ledger) -> None:
        await ledger.record_bet(record(), NOW)
        assert (await ledger.settle_scores([], START - timedelta(hours=1))).open == ()
        waiting = (await ledger.settle_scores([], AFTER)).open
        assert [each.reason for each in waiting] == ["no final result of Celtics @ Lakers yet"]

    async def test_another_feeds_result_is_matched_by_names_and_day(self, ledger: Ledger) -> None:
        await ledger.record_bet(record(), NOW)
        stranger = structs.replace(score(source="espn", event_id="401"), home_team="CELTICS", away_team="lakers")
        report = await ledger.settle_scores([structs.replace(stranger, home_score=90, away_score=99)], AFTER)
        assert [bet.result for bet in report.settled] == [BetResult.WIN]

    async def test_names_alone_do_not_match_another_day(self, ledger: Ledger) -> None:
        await ledger.record_bet(record(), NOW)
        rematch = structs.replace(score(event_id="x"), commence_time=START + timedelta(days=2))
        assert (await ledger.settle_scores([rematch], AFTER)).settled == ()

    async def test_a_bet_recorded_after_its_result_is_settled_from_what_is_kept(self, ledger: Ledger) -> None:
        await ledger.settle_scores([score()], AFTER)
        await ledger.record_bet(record(placed_at=NOW), AFTER)
        report = await ledger.settle_stored(AFTER)
        assert [bet.result for bet in report.settled] == [BetResult.WIN]

    async def test_a_lay_bet_wins_when_its_selection_loses(self, ledger: Ledger) -> None:
        await ledger.record_bet(record("2.0", side=Side.LAY), NOW)
        assert (await ledger.settle_scores([score(90, 100)], AFTER)).settled[0].result is BetResult.WIN

    async def test_a_cancelled_bet_is_left_alone(self, ledger: Ledger) -> None:
        bet = bet_of(await ledger.record_bet(record(), NOW))
        await ledger.cancel_bet(CancelBet(bet.id, "test"), NOW)
        assert (await ledger.settle_scores([score()], AFTER)).settled == ()

    async def test_a_moved_start_is_taken_over(self, ledger: Ledger) -> None:
        await ledger.record_bet(record(), NOW)
        later = structs.replace(GAME, commence_time=START + timedelta(hours=1))
        await ledger.note_quotes([], [later], NOW)
        assert ledger.watched_events() == (later,)
        unknown = structs.replace(GAME, commence_time=START_UNKNOWN, home_team=None, away_team=None)
        await ledger.note_quotes([], [unknown], NOW)
        assert ledger.watched_events() == (later,)


class TestClosingLines:
    async def test_the_last_quote_before_the_start_is_the_close(self, ledger: Ledger) -> None:
        bet = bet_of(await ledger.record_bet(record("+150"), NOW))
        await ledger.note_quotes([quote("+145", minutes(60))], [GAME], minutes(60))
        await ledger.note_quotes([quote("+140", minutes(350))], [GAME], minutes(350))
        await ledger.note_quotes([quote("+300", minutes(361))], [GAME], minutes(361))
        await ledger.settle_scores([score()], AFTER)
        settled = ledger.bet(bet.id)
        assert settled.closing_price is not None
        assert (settled.closing_price.text, settled.closing_seconds_before_start) == ("+140", 600.0)
        assert settled.clv_price == pytest.approx(0.0416667, abs=1e-6)
        assert settled.clv_net_odds == pytest.approx(0.0714286, abs=1e-6)
        assert settled.closing_missing is None

    async def test_only_the_same_selection_book_and_side_count(self, ledger: Ledger) -> None:
        await ledger.record_bet(record("+150", selection=spread("Lakers", -2.5)), NOW)
        seen = minutes(100)
        others = [
            quote("+140", seen),
            structs.replace(quote("+140", seen, spread("Lakers", -3.5)), alternate=True),
            quote("+140", seen, spread("Lakers", -2.5), "draftkings"),
            structs.replace(quote("+140", seen, spread("Lakers", -2.5)), side=Side.LAY),
            structs.replace(quote("+140", seen, spread("Lakers", -2.5)), phase=Phase.INPLAY),
        ]
        assert await ledger.note_quotes(others, [GAME], seen) == 0
        await ledger.settle_scores([score()], AFTER)
        assert (ledger.bet("1").closing_missing or "").startswith("market gone: ")

    async def test_an_older_quote_does_not_replace_a_newer_one(self, ledger: Ledger) -> None:
        await ledger.record_bet(record("+150"), NOW)
        assert await ledger.note_quotes([quote("+140", minutes(20))], [GAME], minutes(20)) == 1
        assert await ledger.note_quotes([quote("+130", minutes(10))], [GAME], minutes(20)) == 0
        await ledger.settle_scores([score()], AFTER)
        close = ledger.bet("1").closing_price
        assert close is not None
        assert close.text == "+140"

    async def test_without_a_poll_the_reason_says_so(self, ledger: Ledger) -> None:
        await ledger.record_bet(record("+150"), NOW)
        await ledger.settle_scores([score()], AFTER)
        bet = ledger.bet("1")
        assert (bet.clv_price, bet.closing_missing) == (
            None,
            "not polled: odds were not fetched between placing and the start",
        )
        report = ledger.report(ReportFilter("main"))
        assert report.missing_closes == report.missing_references == (("not polled", 1),)

    async def test_a_close_before_the_bet_is_none(self, ledger: Ledger) -> None:
        await ledger.record_bet(record("+150", key="first"), NOW)
        await ledger.note_quotes([quote("+140", minutes(10))], [GAME], minutes(10))
        await ledger.record_bet(record("+145", key="second"), minutes(20))
        await ledger.settle_scores([score()], AFTER)
        assert [ledger.bet(number).closing_price is not None for number in "12"] == [True, False]

    async def test_an_answer_nobody_waits_for_writes_nothing(self, ledger: Ledger) -> None:
        assert await ledger.note_quotes([quote("+140", minutes(10))], [GAME], minutes(10)) == 0
        assert ledger.watched_events() == ()


class TestReports:
    async def settled(self, ledger: Ledger) -> None:
        await placed(ledger, place(opportunity=opportunity()))
        await ledger.record_bet(record("-110", 20_000, "b", h2h("Celtics")), NOW)
        push = Event("nba-3", "basketball_nba", "NBA", START, "Heat", "Magic")
        await ledger.record_bet(record("2.0", 5_000, "c", spread("Heat", -10.0, push), push), NOW)
        await ledger.record_bet(record("2.0", 7_000, "d", h2h("Knicks", OTHER), OTHER), NOW)
        await ledger.settle_scores([score(110, 100), score(100, 90, push)], AFTER)

    async def test_push_and_void_stay_out_of_turnover_and_yield(self, ledger: Ledger) -> None:
        await self.settled(ledger)
        report = ledger.report(ReportFilter("main"))
        total = report.total
        assert (total.bets, total.graded, total.wins, total.losses, total.pushes) == (3, 2, 1, 1, 1)
        assert (total.turnover_minor, total.profit_minor) == (30_000, -5_000)
        assert total.yield_fraction == pytest.approx(-1 / 6)
        assert (total.win_rate, report.open_bets, report.placed) == (0.5, 1, 4)
        assert [(group.name, group.profit_minor) for group in report.groups] == [
            ("value_betting", 15_000),
            ("by hand", -20_000),
        ]
        assert report.groups[0].expected_profit_minor == 500
        assert report.groups[1].expected_profit_minor is None

    @pytest.mark.parametrize(
        ("by", "names"),
        [("market", ["h2h", "spreads"]), ("bookmaker", ["fanduel"]), ("sport", ["NBA"]), ("none", ["all"])],
    )
    async def test_every_grouping_adds_up_to_the_total(self, ledger: Ledger, by: str, names: list[str]) -> None:
        await self.settled(ledger)
        report = ledger.report(ReportFilter("main", by))  # type: ignore[arg-type]
        assert sorted(group.name for group in report.groups) == names
        assert sum(group.profit_minor for group in report.groups) == report.total.profit_minor

    async def test_an_empty_ledger_reports_nothing_and_fails_nowhere(self, ledger: Ledger) -> None:
        total = ledger.report(ReportFilter("main")).total
        assert (total.bets, total.yield_fraction, total.win_rate, total.clv_price, total.clv_coverage) == (
            0,
            None,
            None,
            None,
            None,
        )

    async def test_the_period_is_of_settling(self, ledger: Ledger) -> None:
        await self.settled(ledger)
        assert ledger.report(ReportFilter("main", since=AFTER)).total.bets == 3
        assert ledger.report(ReportFilter("main", until=AFTER)).total.bets == 0

    async def test_bankroll_curve_and_drawdown(self, ledger: Ledger) -> None:
        await self.settled(ledger)
        view = ledger.bankroll("main", curve_points=2)
        assert (view.bankroll_minor, view.exposure_minor, view.open_bets) == (995_000, 7_000, 1)
        assert (view.profit_minor, view.max_drawdown_minor) == (-5_000, 20_000)
        assert (view.curve[0].bankroll_minor, view.curve[-1].bankroll_minor) == (1_000_000, 995_000)

    async def test_lists_are_paged_newest_first(self, ledger: Ledger) -> None:
        for number in range(5):
            await ledger.record_bet(record(key=str(number)), minutes(number))
        page = ledger.bets(BetFilter(account="main", states=(BetState.PENDING,), limit=2, offset=1))
        assert [bet.id for bet in page] == ["BET-000004", "BET-000003"]
        assert ledger.count_bets(BetFilter(since=minutes(1), until=minutes(3))) == 2
        assert ledger.bets(BetFilter(account="nobody")) == ()


class TestDiary:
    async def test_opportunities_live_and_expire(self, ledger: Ledger) -> None:
        await ledger.note_opportunities([opportunity("a", edge=0.08), opportunity("b")], NOW)
        await ledger.note_opportunities([opportunity("a", edge=0.03)], minutes(5))
        await ledger.expire_opportunities(["b", "unknown"], minutes(5))
        kept = {each.opportunity.id: each for each in ledger.opportunities()}
        assert (kept["a"].best_ev, kept["a"].opportunity.edge, kept["a"].updated_at) == (0.08, 0.03, minutes(5))
        assert (kept["a"].expired_at, kept["b"].expired_at) == (None, minutes(5))
        assert [each.opportunity.id for each in ledger.opportunities(active_only=True)] == ["a"]

    async def test_credits_are_summed_by_source_and_time(self, ledger: Ledger) -> None:
        await ledger.note_credits("feed", CreditReading(3, 497, 3), NOW)
        await ledger.note_credits("feed", CreditReading(5, 495, 2), minutes(10))
        await ledger.note_credits("feed", CreditReading(None, None, None), minutes(20))
        await ledger.note_credits("other", CreditReading(1, 9, 1), minutes(10))
        assert (ledger.credits_spent("feed", NOW), ledger.credits_spent("feed", minutes(5))) == (5, 2)
        assert ledger.last_credits("other") == CreditReading(1, 9, 1)
        assert ledger.last_credits("nobody") is None

    async def test_a_notice_is_told_once(self, ledger: Ledger) -> None:
        assert [await ledger.mark_notice("k", "arbitrage", NOW) for _ in range(2)] == [True, False]

    async def test_a_run_that_did_not_end_is_seen_by_the_next(self, ledger: Ledger) -> None:
        assert ledger.last_run() is None
        run = await ledger.start_run("0.1.0", NOW)
        await ledger.touch_run(run, minutes(1))
        left = ledger.last_run()
        assert left is not None
        assert (left.seen_at, left.ended_at) == (minutes(1), None)
        await ledger.end_run(run, minutes(2))
        ended = ledger.last_run()
        assert ended is not None
        assert ended.ended_at == minutes(2)
