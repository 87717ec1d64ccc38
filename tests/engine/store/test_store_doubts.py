"""Where a ledger could be talked into something wrong: another game's result, a start nobody knew, what has expired."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from msgspec import structs
from store_samples import (
    AFTER,
    GAME,
    NOW,
    START,
    bet_of,
    fill,
    h2h,
    leg,
    minutes,
    opened,
    opportunity,
    place,
    placed,
    quote,
    record,
    score,
)

from betting_tui.engine.core.bet_views import NotPlaced
from betting_tui.engine.core.commands import RecordBet
from betting_tui.engine.core.errors import UsageError
from betting_tui.engine.core.model import START_UNKNOWN, BetResult, BetState, Event, LineKey, OutcomeSet, Selection
from betting_tui.engine.core.refusals import RefusalCode
from betting_tui.engine.core.scores import Score
from betting_tui.engine.store import BetFilter, Ledger

CUBS = Event("mlb-2", "baseball_mlb", "MLB", START, "Chicago Cubs", "St. Louis Cardinals")


@pytest.fixture
async def ledger(tmp_path: Path) -> AsyncIterator[Ledger]:
    async with opened(tmp_path) as ledger:
        yield ledger


def over(points: float) -> Selection:
    return Selection(LineKey(GAME.id, "totals", OutcomeSet.TWO_WAY, point=points), "Over", points)


def result_of(event: Event, event_id: str, start: datetime, source: str = "feed", home: int = 5) -> Score:
    return structs.replace(
        score(home, 1, event=event, source=source, event_id=event_id), commence_time=start, includes_overtime=True
    )


def unknown_start(command: RecordBet) -> RecordBet:
    return structs.replace(command, event=structs.replace(command.event, commence_time=START_UNKNOWN))


class TestAnotherGamesResult:
    async def test_the_second_game_of_the_day_does_not_settle_the_first(self, ledger: Ledger) -> None:
        """The feed that named the event has another id for the other game, so names must not join them."""
        await ledger.place(
            place(leg(selection=h2h("Chicago Cubs", CUBS))),
            [fill(leg(selection=h2h("Chicago Cubs", CUBS)))],
            [CUBS],
            NOW,
        )
        near = result_of(CUBS, "mlb-1", START - timedelta(minutes=30))
        assert (await ledger.settle_scores([near], AFTER)).settled == ()

    async def test_nor_does_that_of_a_feed_which_never_named_the_event(self, ledger: Ledger) -> None:
        await ledger.record_bet(record(selection=h2h("Chicago Cubs", CUBS), event=CUBS), NOW)
        earlier = result_of(CUBS, "401", START - timedelta(hours=4), source="espn")
        assert (await ledger.settle_scores([earlier], AFTER)).settled == ()
        own = result_of(CUBS, "402", START + timedelta(minutes=10), source="espn", home=0)
        assert [bet.result for bet in (await ledger.settle_scores([own], AFTER)).settled] == [BetResult.LOSS]

    async def test_two_results_of_one_feed_never_correct_each_other(self, ledger: Ledger) -> None:
        await ledger.record_bet(record(), NOW)
        first = score(source="espn", event_id="401")
        second = structs.replace(
            score(90, 100, source="espn", event_id="402"), commence_time=START + timedelta(hours=1)
        )
        report = await ledger.settle_scores([first, second], AFTER)
        assert [each.reason for each in report.open] == ["several games of espn may be Celtics @ Lakers"]
        await ledger.settle_scores([first], AFTER)
        await ledger.settle_scores([first, second], AFTER)
        (bet,) = ledger.bets(BetFilter())
        assert bet.result is BetResult.WIN
        assert "correction" not in ledger.export_ledger("json").decode()

    async def test_names_do_not_match_where_no_start_is_known(self, ledger: Ledger) -> None:
        await ledger.record_bet(unknown_start(record()), NOW)
        dateless = structs.replace(score(source="espn", event_id="401"), commence_time=START_UNKNOWN)
        assert (await ledger.settle_scores([dateless], AFTER)).settled == ()

    async def test_a_total_is_not_settled_by_a_result_that_names_two_others(self, ledger: Ledger) -> None:
        bet = bet_of(await ledger.record_bet(record(selection=over(200.5)), NOW))
        stranger = structs.replace(score(), home_team="Heat", away_team="Bulls")
        report = await ledger.settle_scores([stranger], AFTER)
        assert report.settled == ()
        assert report.open[0].reason.startswith("the result is of Heat against Bulls, the bet is on")
        assert ledger.bet(bet.id).state is BetState.REVIEW
        assert [each.result for each in (await ledger.settle_scores([score()], AFTER)).settled] == [BetResult.WIN]

    async def test_home_and_away_may_be_swapped(self, ledger: Ledger) -> None:
        await ledger.record_bet(record(selection=h2h("Celtics")), NOW)
        swapped = structs.replace(
            score(), home_team=GAME.away_team, away_team=GAME.home_team, home_score=120, away_score=90
        )
        for told in (swapped, structs.replace(score(), home_score=90, away_score=120)):
            await ledger.settle_scores([told], AFTER)
        assert ledger.bets(BetFilter())[0].result is BetResult.WIN
        assert "correction" not in ledger.export_ledger("json").decode()


class TestAStartNobodyNamed:
    async def test_what_the_ledger_knows_of_the_start_counts(self, ledger: Ledger) -> None:
        await ledger.record_bet(record(), NOW)
        late = await ledger.record_bet(unknown_start(record(key="late")), START)
        assert isinstance(late, NotPlaced)
        assert late.refusal.code is RefusalCode.EVENT_STARTED

    async def test_no_bet_once_the_result_is_known(self, ledger: Ledger) -> None:
        await ledger.record_bet(unknown_start(record()), NOW)
        await ledger.settle_scores([score()], AFTER)
        late = await ledger.record_bet(unknown_start(record(key="late")), AFTER)
        assert isinstance(late, NotPlaced)
        assert late.refusal.message == "the result of Celtics @ Lakers is known"

    async def test_a_missing_close_says_that_the_start_is_unknown(self, ledger: Ledger) -> None:
        await ledger.record_bet(unknown_start(record()), NOW)
        unknown = structs.replace(GAME, commence_time=START_UNKNOWN)
        await ledger.note_quotes([quote("+140", minutes(5))], [unknown], minutes(5))
        await ledger.settle_scores([score()], AFTER)
        assert (
            ledger.bets(BetFilter())[0].closing_missing
            == "start unknown: nobody has named the start, so no price is the last before it"
        )

    async def test_no_bet_is_recorded_before_it_is_made(self, ledger: Ledger) -> None:
        with pytest.raises(UsageError, match="lies ahead"):
            await ledger.record_bet(record(placed_at=NOW + timedelta(minutes=1)), NOW)


class TestCloseWhenTheStartMoves:
    async def close(self, ledger: Ledger) -> tuple[str | None, float | None]:
        await ledger.settle_scores([score()], AFTER)
        (bet,) = ledger.bets(BetFilter())
        return (bet.closing_price.text if bet.closing_price else None), bet.closing_seconds_before_start

    async def test_it_is_the_last_price_before_a_start_that_was_earlier_than_told(self, ledger: Ledger) -> None:
        await ledger.record_bet(record(), NOW)
        for price, minute in (("+140", 300), ("+130", 340), ("+900", 355)):
            await ledger.note_quotes([quote(price, minutes(minute))], [GAME], minutes(minute))
        earlier = structs.replace(GAME, commence_time=minutes(350))
        await ledger.note_quotes([], [earlier], minutes(356))
        assert await self.close(ledger) == ("+130", 600.0)

    async def test_a_price_that_stood_over_the_start_counts_from_when_it_was_last_seen_before_it(
        self, ledger: Ledger
    ) -> None:
        await ledger.record_bet(record(), NOW)
        for minute in (300, 340, 355):
            await ledger.note_quotes([quote("+140", minutes(minute))], [GAME], minutes(minute))
        await ledger.note_quotes([], [structs.replace(GAME, commence_time=minutes(350))], minutes(356))
        assert await self.close(ledger) == ("+140", 600.0)

    async def test_a_later_start_takes_the_later_price(self, ledger: Ledger) -> None:
        await ledger.record_bet(record(), NOW)
        await ledger.note_quotes([quote("+140", minutes(355))], [GAME], minutes(355))
        later = structs.replace(GAME, commence_time=START + timedelta(hours=1))
        await ledger.note_quotes([quote("+120", minutes(400))], [later], minutes(400))
        assert await self.close(ledger) == ("+120", 1200.0)

    async def test_a_price_seen_exactly_at_the_start_is_no_close(self, ledger: Ledger) -> None:
        await ledger.record_bet(record(), NOW)
        await ledger.note_quotes([quote("+140", START)], [GAME], START)
        assert (await self.close(ledger))[0] is None


class TestWhatHasExpired:
    async def test_a_refusal_does_not_bring_it_back(self, ledger: Ledger) -> None:
        await ledger.note_opportunities([opportunity()], NOW)
        await ledger.expire_opportunities(["opp-1"], minutes(5))
        late = place(opportunity=opportunity())
        await ledger.place(late, [], [GAME], minutes(6))
        assert ledger.opportunities(active_only=True) == ()
        await placed(ledger, place(opportunity=opportunity(), key="k2"))
        assert ledger.opportunities(active_only=True) == ()

    async def test_its_life_is_the_sum_of_its_stretches(self, ledger: Ledger) -> None:
        for appears, goes in ((0, 5), (20, 22), (60, 61)):
            await ledger.note_opportunities([opportunity()], minutes(appears))
            await ledger.expire_opportunities(["opp-1"], minutes(goes))
        (kept,) = ledger.opportunities()
        assert (kept.stretches, kept.lived_seconds, kept.discovered_at) == (3, 8 * 60, NOW)

    async def test_what_a_run_left_open_ends_with_the_next(self, ledger: Ledger) -> None:
        short = structs.replace(opportunity(), expires_at=minutes(5))
        await ledger.note_opportunities([short, opportunity("opp-2")], NOW)
        await ledger.start_run("1", minutes(30))
        ends = [each.expired_at for each in ledger.opportunities()]
        assert ends == [minutes(30), minutes(5)]
