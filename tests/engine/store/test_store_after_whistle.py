"""Life of a bet after the whistle: put off, called off, given up, never told of. By the rules it was placed under."""

from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from msgspec import structs
from store_samples import AFTER, GAME, NOW, OTHER, START, bet_of, h2h, record, score, spread

from betting_tui.engine.core.bet_views import BetRow
from betting_tui.engine.core.commands import DeadHeat, RecordBet, SettleBet
from betting_tui.engine.core.errors import UsageError
from betting_tui.engine.core.model import BetResult, BetState, Event, LineKey, OutcomeSet, Selection, Side
from betting_tui.engine.core.scores import PeriodScore, Score, ScoreStatus
from betting_tui.engine.store import BetFilter, Ledger
from betting_tui.engine.store.results import history

MLB = Event("mlb-1", "baseball_mlb", "MLB", START, "Chicago Cubs", "St. Louis Cardinals")
ATP = Event("atp-1", "tennis_atp_rome", "ATP", START, "Sinner", "Alcaraz")
DERBY = Event("derby-1", "horse_racing", "Derby", START, None, None)
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


def off(status: ScoreStatus, event: Event = GAME, source: str = "espn", **more: object) -> Score:
    told = structs.replace(score(None, None, event, source, f"{source}-{event.id}", completed=False), status=status)
    return structs.replace(told, **more)


def at(bookmaker: str, command: RecordBet) -> RecordBet:
    return structs.replace(command, bookmaker=bookmaker)


def period_line(period: str) -> Selection:
    return Selection(LineKey(GAME.id, "h2h", OutcomeSet.TWO_WAY, period), "Lakers")


async def bet_on(ledger: Ledger, event: Event = GAME, selection: Selection | None = None, **more: Any) -> BetRow:
    wanted = record("2.0", event=event, selection=selection or h2h(event.home_team or "", event), **more)
    return bet_of(await ledger.record_bet(wanted, NOW))


async def sound(ledger: Ledger) -> None:
    assert (await ledger.verify()).problems == ()


def stored(ledger: Ledger, query: str) -> list[tuple[object, ...]]:
    def work(conn: sqlite3.Connection) -> list[tuple[object, ...]]:
        return [tuple(row) for row in conn.execute(query)]

    return ledger._database.read(work)


def rules_of_bets(ledger: Ledger) -> list[object]:
    query = "SELECT w.text FROM bets b JOIN words w ON w.id = b.rule_set_id ORDER BY b.id"
    return [row[0] for row in stored(ledger, query)]


class TestTheTermsOfPlacing:
    async def test_the_rules_in_force_are_kept_with_the_bet(self, ledger: Ledger) -> None:
        await ledger.record_bet(record(), NOW)
        cubs = record(key="b", event=MLB, selection=h2h("Chicago Cubs", MLB))
        await ledger.record_bet(at("draftkings", cubs), NOW)
        assert rules_of_bets(ledger) == ["standard/basketball_nba/1", "draftkings/baseball/winner/1"]

    async def test_only_a_start_that_had_moved_by_then_is_kept_with_the_bet(self, ledger: Ledger) -> None:
        await ledger.record_bet(record(), NOW)
        later = structs.replace(GAME, commence_time=START + HOUR)
        await ledger.note_starts([later], NOW)
        await ledger.record_bet(record(key="b", event=later), NOW)
        starts = [row[0] for row in stored(ledger, "SELECT announced_at FROM legs ORDER BY order_id")]
        assert starts == [None, int((START + HOUR).timestamp()) * 1_000_000]

    async def test_rules_that_are_not_known_any_more_give_way_to_the_standard_and_say_so(self, ledger: Ledger) -> None:
        bet = await bet_on(ledger)

        def forget(conn: sqlite3.Connection) -> None:
            conn.execute("UPDATE words SET text = 'oldbook/any/7' WHERE text = 'standard/basketball_nba/1'")

        await ledger._database.write(forget)
        report = await ledger.settle_scores([off(ScoreStatus.ABANDONED)], AFTER)
        assert "oldbook/any/7" in report.open[0].reason
        assert ledger.bet(bet.id).state is BetState.REVIEW
        assert (await ledger.settle_scores([score()], AFTER)).settled == ()
        assert (await ledger.settle_scores([off(ScoreStatus.IN_PLAY)], AFTER)).settled != ()


class TestCalledOff:
    async def test_a_cancelled_game_gives_the_stake_back(self, ledger: Ledger) -> None:
        bet = await bet_on(ledger)
        report = await ledger.settle_scores([off(ScoreStatus.CANCELLED)], AFTER)
        assert [(each.id, each.result, each.profit_minor) for each in report.settled] == [(bet.id, BetResult.VOID, 0)]
        assert "the game was cancelled (espn)" in ledger.export_ledger("json").decode()
        await sound(ledger)

    async def test_a_postponed_game_waits_and_is_void_when_its_window_is_over(self, ledger: Ledger) -> None:
        bet = await bet_on(ledger)
        (waiting,) = (await ledger.settle_scores([off(ScoreStatus.POSTPONED)], AFTER)).open
        assert (waiting.until, ledger.next_due()) == (START + DAY, START + DAY)
        assert (await ledger.settle_due(START + DAY - HOUR)).settled == ()
        report = await ledger.settle_due(START + DAY)
        assert [each.result for each in report.settled] == [BetResult.VOID]
        assert ledger.next_due() is None
        assert ledger.bet(bet.id).return_minor == 10_000
        await sound(ledger)

    async def test_it_is_settled_when_it_was_played_in_time(self, ledger: Ledger) -> None:
        await bet_on(ledger)
        await ledger.settle_scores([off(ScoreStatus.POSTPONED)], AFTER)
        played = score(source="espn", event_id="401", completed=True)
        report = await ledger.settle_scores(
            [structs.replace(played, commence_time=START + 10 * HOUR)], START + 20 * HOUR
        )
        assert [each.result for each in report.settled] == [BetResult.WIN]

    async def test_played_too_late_after_a_postponement_it_is_void(self, ledger: Ledger) -> None:
        await bet_on(ledger)
        await ledger.settle_scores([off(ScoreStatus.POSTPONED)], AFTER)
        moved = structs.replace(GAME, commence_time=START + 3 * DAY)
        await ledger.note_starts([moved], AFTER)
        played = structs.replace(score(event=moved), source="espn", event_id="espn-nba-1")
        report = await ledger.settle_scores([played], START + 4 * DAY)
        assert [each.result for each in report.settled] == [BetResult.VOID]
        assert "postponed to" in ledger.export_ledger("json").decode()

    async def test_a_start_that_merely_moved_far_is_for_a_person(self, ledger: Ledger) -> None:
        await bet_on(ledger)
        moved = structs.replace(GAME, commence_time=START + 3 * DAY)
        await ledger.note_starts([moved], NOW)
        report = await ledger.settle_scores([score(event=moved)], START + 4 * DAY)
        assert report.settled == ()
        assert report.open[0].reason.startswith("the start moved from")
        assert ledger.bet("1").state is BetState.REVIEW

    async def test_a_bet_placed_after_the_start_moved_is_settled(self, ledger: Ledger) -> None:
        await bet_on(ledger)
        moved = structs.replace(GAME, commence_time=START + 3 * DAY)
        await ledger.note_starts([moved], NOW)
        late = bet_of(await ledger.record_bet(record("2.0", key="late", event=moved), NOW))
        report = await ledger.settle_scores([score(event=moved)], START + 4 * DAY)
        assert [each.id for each in report.settled] == [late.id]

    async def test_the_window_is_that_of_the_bookmaker(self, ledger: Ledger) -> None:
        """Twelve hours at one bookmaker, until the local day ends by the standard."""
        cubs = record("2.0", event=MLB, selection=h2h("Chicago Cubs", MLB))
        await ledger.record_bet(at("draftkings", cubs), NOW)
        await ledger.record_bet(at("pinnacle", structs.replace(cubs, key="b")), NOW)
        report = await ledger.settle_scores([off(ScoreStatus.POSTPONED, MLB)], AFTER)
        assert [each.until for each in report.open] == [START + 12 * HOUR, datetime.fromisoformat("2026-04-19T12:00Z")]

    async def test_a_suspended_game_waits_and_goes_on(self, ledger: Ledger) -> None:
        await bet_on(ledger)
        (waiting,) = (await ledger.settle_scores([off(ScoreStatus.SUSPENDED)], AFTER)).open
        assert waiting.until == START + DAY
        assert "may go on" in waiting.reason
        own = structs.replace(score(), source="espn", event_id="espn-nba-1")
        assert [each.result for each in (await ledger.settle_scores([own], AFTER)).settled] == [BetResult.WIN]

    async def test_suspended_for_good_after_enough_of_it_the_score_counts(self, ledger: Ledger) -> None:
        await bet_on(ledger)
        told = off(ScoreStatus.SUSPENDED, home_score=90, away_score=80, played=44.0)
        assert (await ledger.settle_scores([told], AFTER)).settled == ()
        assert [each.result for each in (await ledger.settle_due(START + DAY)).settled] == [BetResult.WIN]

    @pytest.mark.parametrize(("played", "result"), [(44.0, BetResult.WIN), (20.0, BetResult.VOID)])
    async def test_an_abandoned_game_counts_from_the_rules_minute_on(
        self, ledger: Ledger, played: float, result: BetResult
    ) -> None:
        await bet_on(ledger)
        told = off(ScoreStatus.ABANDONED, home_score=90, away_score=80, played=played)
        assert [each.result for each in (await ledger.settle_scores([told], AFTER)).settled] == [result]

    async def test_called_off_after_it_was_settled_the_bet_is_opened_and_voided(self, ledger: Ledger) -> None:
        await bet_on(ledger)
        own = structs.replace(score(), source="espn", event_id="espn-nba-1")
        await ledger.settle_scores([own], AFTER)
        report = await ledger.settle_scores([off(ScoreStatus.CANCELLED)], AFTER)
        assert [each.result for each in report.settled] == [BetResult.VOID]
        assert ledger.balances("main").bankroll_minor == 1_000_000
        await sound(ledger)


class TestGivenUp:
    @pytest.mark.parametrize(
        ("periods", "result"),
        [(((6, 4), (2, 1)), BetResult.WIN), (((3, 1),), BetResult.VOID)],
    )
    async def test_a_retirement_counts_after_a_full_set(
        self, ledger: Ledger, periods: tuple[tuple[int, int], ...], result: BetResult
    ) -> None:
        await bet_on(ledger, ATP)
        sets = tuple(PeriodScore(*each) for each in periods)
        told = off(ScoreStatus.RETIRED, ATP, periods=sets, winner="Sinner", home_score=1, away_score=0)
        assert [each.result for each in (await ledger.settle_scores([told], AFTER)).settled] == [result]
        await sound(ledger)

    async def test_a_walkover_is_void(self, ledger: Ledger) -> None:
        await bet_on(ledger, ATP)
        report = await ledger.settle_scores([off(ScoreStatus.WALKOVER, ATP, winner="Alcaraz")], AFTER)
        assert [each.result for each in report.settled] == [BetResult.VOID]

    async def test_a_game_that_looks_over_and_was_given_up_is_not_graded_as_played(self, ledger: Ledger) -> None:
        await bet_on(ledger, ATP)
        told = off(ScoreStatus.RETIRED, ATP, home_score=1, away_score=0, completed=True, winner="Sinner")
        (waiting,) = (await ledger.settle_scores([told], AFTER)).open
        assert "whether a set was completed is not known" in waiting.reason

    async def test_feeds_that_name_different_winners_contradict_each_other(self, ledger: Ledger) -> None:
        bet = await bet_on(ledger, ATP)
        told = [
            off(ScoreStatus.RETIRED, ATP, source, winner=winner, periods=(PeriodScore(6, 4), PeriodScore(1, 2)))
            for source, winner in (("espn", "Sinner"), ("thesportsdb", "Alcaraz"))
        ]
        await ledger.settle_scores(told, AFTER)
        assert ledger.bet(bet.id).state is BetState.REVIEW


class TestNoResult:
    async def test_a_day_after_the_start_it_raises_its_hand(self, ledger: Ledger) -> None:
        bet = await bet_on(ledger)
        assert ledger.next_due() == START + DAY
        assert (await ledger.settle_due(START + DAY - HOUR)).open[0].until == START + DAY
        (waiting,) = (await ledger.settle_due(START + DAY)).open
        assert (waiting.reason, waiting.until) == ("no final result 24 hours after the start", None)
        assert ledger.bet(bet.id).state is BetState.REVIEW
        assert ledger.next_due() is None

    async def test_a_result_that_comes_later_settles_it_all_the_same(self, ledger: Ledger) -> None:
        await bet_on(ledger)
        await ledger.settle_due(START + 3 * DAY)
        assert [each.result for each in (await ledger.settle_scores([score()], START + 4 * DAY)).settled] == [
            BetResult.WIN
        ]

    async def test_but_never_one_whose_feeds_contradict_each_other(self, ledger: Ledger) -> None:
        bet = await bet_on(ledger)
        await ledger.settle_scores([score(), off(ScoreStatus.CANCELLED)], AFTER)
        for moment in (START + 3 * DAY, START + 9 * DAY):
            await ledger.settle_due(moment)
            await ledger.settle_scores([score()], moment)
        assert ledger.bet(bet.id).state is BetState.REVIEW

    async def test_a_game_that_begins_later_is_waited_for_longer(self, ledger: Ledger) -> None:
        await bet_on(ledger)
        await ledger.note_starts([structs.replace(GAME, commence_time=START + 6 * HOUR)], NOW)
        assert ledger.next_due() == START + DAY + 6 * HOUR

    async def test_any_batch_of_results_notices_what_is_due(self, ledger: Ledger) -> None:
        bet = await bet_on(ledger)
        await ledger.settle_scores([score(event=OTHER)], START + 2 * DAY)
        assert ledger.bet(bet.id).state is BetState.REVIEW

    async def test_nothing_waits_for_a_start_nobody_named(self, ledger: Ledger) -> None:
        from betting_tui.engine.core.model import START_UNKNOWN

        await bet_on(ledger, structs.replace(GAME, commence_time=START_UNKNOWN))
        assert ledger.next_due() is None
        assert (await ledger.settle_due(START + 9 * DAY)).open == ()


class TestPeriods:
    async def test_a_half_is_settled_from_the_periods_told(self, ledger: Ledger) -> None:
        await bet_on(ledger, selection=period_line("h1"))
        quarters = tuple(PeriodScore(*each) for each in ((30, 20), (20, 29), (25, 31), (20, 20)))
        told = structs.replace(score(95, 100), periods=quarters)
        assert [each.result for each in (await ledger.settle_scores([told], AFTER)).settled] == [BetResult.WIN]
        await sound(ledger)

    async def test_without_them_it_is_for_a_person(self, ledger: Ledger) -> None:
        bet = await bet_on(ledger, selection=period_line("h1"))
        await ledger.settle_scores([score()], AFTER)
        assert ledger.bet(bet.id).state is BetState.REVIEW

    async def test_the_second_feed_brings_them(self, ledger: Ledger) -> None:
        await bet_on(ledger, selection=period_line("q1"))
        await ledger.settle_scores([score(95, 100)], AFTER)
        quarters = tuple(PeriodScore(*each) for each in ((20, 30), (30, 19), (25, 31), (20, 20)))
        told = structs.replace(score(95, 100, source="espn", event_id="401"), periods=quarters)
        assert [each.result for each in (await ledger.settle_scores([told], AFTER)).settled] == [BetResult.LOSS]

    async def test_they_are_of_the_right_sides_where_a_feed_swaps_them(self, ledger: Ledger) -> None:
        await bet_on(ledger, selection=period_line("q1"))
        quarters = tuple(PeriodScore(*each) for each in ((30, 20), (19, 30), (31, 25), (20, 20)))
        told = structs.replace(
            score(100, 95, source="espn", event_id="401"), periods=quarters, winner="Celtics",
            home_team="Celtics", away_team="Lakers",
        )  # fmt: skip
        assert [each.result for each in (await ledger.settle_scores([told], AFTER)).settled] == [BetResult.LOSS]
        (kept,) = ledger._database.read(lambda conn: history(conn, 1)).newest
        assert (kept.score.winner, kept.score.home_team) == ("Celtics", "Lakers")

    async def test_what_was_told_reads_back_as_it_was(self, ledger: Ledger) -> None:
        await bet_on(ledger, MLB)
        innings = (*(PeriodScore(0, 1) for _ in range(8)), PeriodScore(None, 0))
        told = structs.replace(
            score(0, 8, MLB, "espn", "401"), periods=innings, played=8.5, winner="St. Louis Cardinals"
        )
        await ledger.settle_scores([told], AFTER)
        (kept,) = ledger._database.read(lambda conn: history(conn, 1)).newest
        assert (kept.score.periods, kept.score.played, kept.score.winner) == (innings, 8.5, "St. Louis Cardinals")


class TestByHand:
    async def test_a_dead_heat_divides_the_stake(self, ledger: Ledger) -> None:
        """60 at 6.0, three tie for first: 120."""
        winner = Selection(LineKey(DERBY.id, "outrights", OutcomeSet.FIELD), "Red Rum")
        bet = bet_of(await ledger.record_bet(record("6.0", 6_000, event=DERBY, selection=winner), NOW))
        tied = SettleBet(bet.id, BetResult.WIN, "me", dead_heat=DeadHeat(1, 3))
        assert (await ledger.settle_bet(tied, AFTER)).bet.return_minor == 12_000
        assert (await ledger.settle_bet(tied, AFTER)).repeated
        await sound(ledger)
        whole = await ledger.settle_bet(SettleBet(bet.id, BetResult.WIN, "me"), AFTER)
        assert whole.bet.return_minor == 36_000
        await sound(ledger)

    async def test_withdrawn_runners_cost_a_share_of_winnings(self, ledger: Ledger) -> None:
        bet = bet_of(await ledger.record_bet(record("5.0"), NOW))
        done = await ledger.settle_bet(SettleBet(bet.id, BetResult.WIN, "me", deduction=Decimal("0.25")), AFTER)
        assert done.bet.profit_minor == 30_000
        await sound(ledger)

    async def test_a_dead_heat_of_a_laid_selection(self, ledger: Ledger) -> None:
        """Laid 100 at 6.0, two tie for the win: profit 100 - 100 * 6 / 2."""
        bet = bet_of(await ledger.record_bet(record("6.0", side=Side.LAY), NOW))
        tied = SettleBet(bet.id, BetResult.LOSS, "me", dead_heat=DeadHeat(1, 2))
        assert (await ledger.settle_bet(tied, AFTER)).bet.profit_minor == -20_000
        await sound(ledger)

    @pytest.mark.parametrize(
        ("command", "told"),
        [
            (SettleBet("1", BetResult.LOSS, "me", dead_heat=DeadHeat(1, 2)), "reduces a win"),
            (SettleBet("1", BetResult.WIN, "me", dead_heat=DeadHeat(0, 2)), "no dead heat"),
            (SettleBet("1", BetResult.WIN, "me", deduction=Decimal(1)), "share of winnings"),
            (SettleBet("1", BetResult.WIN, "me", leg=1), "no parlay"),
        ],
    )
    async def test_terms_a_bet_cannot_have_are_refused(self, ledger: Ledger, command: SettleBet, told: str) -> None:
        await bet_on(ledger)
        with pytest.raises(UsageError, match=told):
            await ledger.settle_bet(command, AFTER)
        assert ledger.bet("1").state is BetState.PENDING

    async def test_it_stands_whatever_feeds_and_time_say(self, ledger: Ledger) -> None:
        bet = await bet_on(ledger)
        await ledger.settle_scores([off(ScoreStatus.POSTPONED)], AFTER)
        await ledger.settle_bet(SettleBet(bet.id, BetResult.WIN, "me"), AFTER)
        await ledger.settle_due(START + 5 * DAY)
        await ledger.settle_scores([off(ScoreStatus.CANCELLED)], START + 5 * DAY)
        assert ledger.bet(bet.id).result is BetResult.WIN


class TestTrapsOfOthers:
    async def test_a_shuffled_order_of_outcomes_never_swaps_home_and_away(self, ledger: Ledger) -> None:
        for key, name in (("a", "Celtics"), ("b", "Lakers")):
            await ledger.record_bet(record("2.0", key=key, selection=h2h(name)), NOW)
        await ledger.record_bet(record("2.0", key="c", selection=spread("Celtics", 3.5)), NOW)
        report = await ledger.settle_scores([score(100, 110)], AFTER)
        assert [each.result for each in report.settled] == [BetResult.WIN, BetResult.LOSS, BetResult.WIN]

    async def test_both_games_of_a_double_header_settle_their_own_bets(self, ledger: Ledger) -> None:
        second = structs.replace(MLB, id="mlb-2", commence_time=START + 4 * HOUR)
        await bet_on(ledger, MLB, key="first")
        await bet_on(ledger, second, key="second")
        await ledger.settle_scores([score(1, 5, second, "espn", "402")], AFTER)
        assert [each.state for each in ledger.bets(BetFilter())] == [BetState.SETTLED, BetState.PENDING]
        await ledger.settle_scores([score(5, 1, MLB, "espn", "401")], AFTER)
        results = {each.event.id: each.result for each in ledger.bets(BetFilter())}
        assert results == {"mlb-1": BetResult.WIN, "mlb-2": BetResult.LOSS}

    async def test_one_postponed_game_of_a_double_header_keeps_the_others_result(self, ledger: Ledger) -> None:
        second = structs.replace(MLB, id="mlb-2", commence_time=START + 4 * HOUR)
        await bet_on(ledger, MLB, key="first")
        await bet_on(ledger, second, key="second")
        away = off(ScoreStatus.POSTPONED, MLB, event_id="401")
        await ledger.settle_scores([away, score(1, 5, second, "espn", "402")], AFTER)
        states = {each.event.id: each.state for each in ledger.bets(BetFilter())}
        assert states == {"mlb-1": BetState.PENDING, "mlb-2": BetState.SETTLED}

    async def test_a_missing_score_never_becomes_a_loss(self, ledger: Ledger) -> None:
        bet = await bet_on(ledger)
        for told in (score(None, None), score(110, None)):
            await ledger.settle_scores([told], AFTER)
            assert ledger.bet(bet.id).result is None
            assert ledger.balances("main").reserved_minor == 10_000

    async def test_one_bad_bet_takes_no_other_with_it(self, ledger: Ledger) -> None:
        for key in "abc":
            await bet_on(ledger, key=key)

        def break_second(conn: sqlite3.Connection) -> None:
            conn.execute("UPDATE bets SET risk_minor = 9999 WHERE id = 2")
            conn.execute(
                "CREATE TRIGGER bad BEFORE UPDATE OF result ON bets WHEN NEW.id = 2"
                " BEGIN SELECT RAISE(ABORT, 'this one is bad'); END"
            )
            conn.execute("UPDATE bets SET risk_minor = 10000 WHERE id = 2")

        await ledger._database.write(break_second)
        report = await ledger.settle_scores([score()], AFTER)
        assert [each.id for each in report.settled] == ["BET-000001", "BET-000003"]
        assert "this one is bad" in report.open[0].reason
        assert ledger.bet("2").state is BetState.PENDING
        await sound(ledger)

    async def test_available_is_balance_less_what_open_bets_hold(self, ledger: Ledger) -> None:
        await bet_on(ledger)
        await ledger.settle_scores([off(ScoreStatus.POSTPONED)], AFTER)
        money = ledger.balances("main")
        assert (money.bankroll_minor, money.available_minor, money.reserved_minor) == (1_000_000, 990_000, 10_000)

    async def test_every_view_and_file_shows_the_same_profit(self, ledger: Ledger) -> None:
        for number in range(6):
            await bet_on(ledger, key=str(number), selection=h2h("Lakers" if number % 2 else "Celtics"), stake=333)
        await ledger.settle_scores([score()], AFTER)
        bets = sum(each.profit_minor or 0 for each in ledger.bets(BetFilter()))
        assert bets == ledger.bankroll("main").profit_minor == ledger.balances("main").bankroll_minor - 1_000_000
        await sound(ledger)
