"""Bets that were settled and opened again, and games put off more than once: what was said last counts."""

from __future__ import annotations

from datetime import timedelta

from msgspec import structs
from store_samples import AFTER, GAME, NOW, START, h2h, minutes, quote, record, score

from betting_tui.engine.core.model import BetResult, BetState, Event
from betting_tui.engine.core.scores import Score, ScoreStatus
from betting_tui.engine.store import BetFilter, Ledger

HOUR = timedelta(hours=1)
NEXT_DAY = structs.replace(GAME, commence_time=START + 20 * HOUR)


def off(start_in: timedelta = timedelta()) -> Score:
    told = structs.replace(score(None, None, completed=False), status=ScoreStatus.POSTPONED)
    return structs.replace(told, commence_time=START + start_in)


def contradiction() -> Score:
    return structs.replace(score(90, 100), source="espn", event_id="e1")


class TestTheCloseOfABetThatWasOpenedAgain:
    async def settled_and_opened(self, ledger: Ledger, *prices: tuple[int, str]) -> None:
        ledger.close_max_age_minutes = None
        await ledger.record_bet(record("+150"), NOW)
        for minute, price in prices:
            await ledger.note_quotes([quote(price, minutes(minute))], [GAME], minutes(minute))
        await ledger.settle_scores([score()], AFTER)
        await ledger.settle_scores([contradiction()], AFTER)
        assert ledger.bet("1").state is BetState.REVIEW

    async def test_an_open_bet_has_none(self, ledger: Ledger) -> None:
        await self.settled_and_opened(ledger, (355, "+140"))
        bet = ledger.bet("1")
        assert (bet.close, bet.clv_price, bet.closing_missing) == (None, None, None)

    async def test_settled_again_it_has_the_same(self, ledger: Ledger) -> None:
        await self.settled_and_opened(ledger, (355, "+140"))
        await ledger.settle_scores([structs.replace(score(), source="espn", event_id="e1")], AFTER)
        bet = ledger.bet("1")
        assert bet.close is not None
        assert (bet.close.price.text, bet.close.seconds_before_start, bet.close.after) == ("+140", 300.0, None)

    async def test_what_turned_out_to_be_in_play_is_none(self, ledger: Ledger) -> None:
        await self.settled_and_opened(ledger, (300, "+140"), (355, "+900"))
        await ledger.note_starts([structs.replace(GAME, commence_time=minutes(340))], minutes(341))
        await ledger.settle_scores([structs.replace(score(), source="espn", event_id="e1")], AFTER)
        bet = ledger.bet("1")
        assert bet.close is not None
        assert (bet.close.price.text, bet.close.seconds_before_start) == ("+140", 2400.0)

    async def test_where_nothing_was_seen_before_the_true_start_the_reason_says_so(self, ledger: Ledger) -> None:
        await self.settled_and_opened(ledger, (355, "+900"))
        await ledger.note_starts([structs.replace(GAME, commence_time=minutes(340))], minutes(341))
        await ledger.settle_scores([structs.replace(score(), source="espn", event_id="e1")], AFTER)
        bet = ledger.bet("1")
        assert (bet.close, bet.clv_price) == (None, None)
        assert (bet.closing_missing or "").startswith("not polled: ")

    async def test_played_a_day_later_it_has_the_price_of_that_day(self, ledger: Ledger) -> None:
        ledger.close_max_age_minutes = None
        await ledger.record_bet(record("+150"), NOW)
        await ledger.note_quotes([quote("+140", minutes(355))], [GAME], minutes(355))
        await ledger.settle_scores([score()], AFTER)
        await ledger.settle_scores([off()], AFTER)
        at = NEXT_DAY.commence_time - timedelta(minutes=5)
        await ledger.note_quotes([quote("+110", at)], [NEXT_DAY], at)
        await ledger.settle_scores([score(event=NEXT_DAY)], NEXT_DAY.commence_time + 3 * HOUR)
        bet = ledger.bet("1")
        assert bet.close is not None
        assert (bet.state, bet.close.price.text) == (BetState.SETTLED, "+110")


class TestPutOffMoreThanOnce:
    async def test_a_new_date_within_the_window_is_waited_for(self, ledger: Ledger) -> None:
        await ledger.record_bet(record(), NOW)
        await ledger.settle_scores([off()], NOW)
        await ledger.settle_scores([off(23 * HOUR)], NOW + HOUR)
        assert ledger.next_due() == START + 47 * HOUR
        await ledger.settle_due(START + 25 * HOUR)
        assert ledger.bet("1").state is BetState.PENDING, "it is being played"
        late = structs.replace(score(), commence_time=START + 23 * HOUR)
        await ledger.settle_scores([late], START + 26 * HOUR)
        assert ledger.bet("1").result is BetResult.WIN

    async def test_a_new_date_beyond_the_window_is_void_at_once(self, ledger: Ledger) -> None:
        await ledger.record_bet(record(), NOW)
        await ledger.settle_scores([off()], NOW)
        await ledger.settle_scores([off(80 * HOUR)], NOW + HOUR)
        assert ledger.bet("1").result is BetResult.VOID

    async def test_the_same_date_again_changes_nothing(self, ledger: Ledger) -> None:
        await ledger.record_bet(record(), NOW)
        for _ in range(2):
            await ledger.settle_scores([off(5 * HOUR)], NOW)
        kept = ledger._database.read(lambda conn: conn.execute("SELECT count(*) FROM results").fetchone()[0])
        assert kept == 1


class TestABetRecordedLate:
    async def test_a_result_that_was_taken_back_before_anybody_bet_settles_nothing(self, ledger: Ledger) -> None:
        await ledger.settle_scores([score()], AFTER)
        await ledger.settle_scores([off()], AFTER + HOUR)
        await ledger.record_bet(structs.replace(record(), placed_at=NOW), AFTER + HOUR)
        await ledger.settle_stored(AFTER + HOUR)
        bet = ledger.bet("1")
        assert (bet.state, bet.note) == (BetState.PENDING, "postponed: it may still be played in time (the_odds_api)")

    async def test_nor_does_one_that_another_feed_denies(self, ledger: Ledger) -> None:
        await ledger.settle_scores([score()], AFTER)
        await ledger.settle_scores([structs.replace(off(), source="espn", event_id="e1")], AFTER)
        await ledger.record_bet(structs.replace(record(), placed_at=NOW), AFTER)
        await ledger.settle_stored(AFTER)
        assert ledger.bet("1").state is BetState.REVIEW


async def test_teams_of_one_mascot_on_one_evening_settle_their_own_bets(ledger: Ledger) -> None:
    games = [
        Event(f"ncaab-{number}", "basketball_ncaab", "NCAAB", START, home, away)
        for number, (home, away) in enumerate(
            (
                ("Auburn Tigers", "LSU Tigers"),
                ("Missouri Tigers", "Clemson Tigers"),
                ("Memphis Tigers", "Kentucky Wildcats"),
            )
        )
    ]
    for game in games:
        name = game.home_team or ""
        await ledger.record_bet(record("2.0", key=game.id, selection=h2h(name, game), event=game), NOW)
    scores = [score(70, 60, games[0]), score(60, 70, games[1]), score(80, 60, games[2])]
    told = [structs.replace(each, source="espn", event_id=f"40{number}") for number, each in enumerate(scores)]
    await ledger.settle_scores(told[::-1], AFTER)
    results = {each.event.id: each.result for each in ledger.bets(BetFilter())}
    assert results == {"ncaab-0": BetResult.WIN, "ncaab-1": BetResult.LOSS, "ncaab-2": BetResult.WIN}
