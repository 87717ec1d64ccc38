"""What is nobody's bet, until when an event can be bet on, and what one bad bet may not do to the others."""

from __future__ import annotations

import json
import sqlite3
from datetime import datetime, timedelta

import pytest
from msgspec import structs
from store_samples import (
    AFTER,
    GAME,
    NOW,
    OTHER,
    START,
    bet_of,
    fill,
    h2h,
    leg,
    minutes,
    opportunity,
    place,
    placed,
    quote,
    record,
    score,
)

from betting_tui.engine.core.accounts import AccountSettings
from betting_tui.engine.core.bet_views import NotPlaced, Placed, Working
from betting_tui.engine.core.commands import CancelBet, ChangeAccount, Place, SettleBet
from betting_tui.engine.core.errors import LedgerError
from betting_tui.engine.core.model import START_UNKNOWN, BetResult, BetState, Event, Funding, Side
from betting_tui.engine.core.money import MAX_MINOR
from betting_tui.engine.core.odds import parse_any
from betting_tui.engine.core.refusals import Refusal, RefusalCode
from betting_tui.engine.store import BetFilter, Ledger

EARLIER, LATER = minutes(60), START + timedelta(hours=5)


def free(command: Place) -> Place:
    return structs.replace(command, funding=Funding.FREE)


def waits(command: Place) -> Place:
    return structs.replace(command, work_until=START)


def moved(start: datetime, event: Event = GAME) -> Event:
    return structs.replace(event, commence_time=start)


async def attempt(ledger: Ledger, command: Place, now: datetime = NOW, *events: Event) -> Placed | NotPlaced:
    return await ledger.place(command, [fill(each) for each in command.legs], events or [GAME, OTHER], now)


IMPOSSIBLE = [
    (place(leg("100000.5", MAX_MINOR // 100)), RefusalCode.BET_SIZE, "more than this program keeps"),
    (free(place(leg("100000.5", MAX_MINOR))), RefusalCode.BET_SIZE, "more than this program keeps"),
    (place(leg("2.0", MAX_MINOR, side=Side.LAY)), RefusalCode.BET_SIZE, "more than this program keeps"),
    (place(leg("2.0", 10**30)), RefusalCode.BET_SIZE, "more than this program keeps"),
    (place(leg("1.01", 49, side=Side.LAY)), RefusalCode.BELOW_MINIMUM, "laying 0.49 USD at 1.01 risks less than"),
    (free(place(leg("1.5", side=Side.LAY))), RefusalCode.UNSUPPORTED, "a free bet cannot lay"),
    (place(leg(stake=0)), RefusalCode.BELOW_MINIMUM, "a stake must be above zero"),
]


class TestImpossible:
    @pytest.mark.parametrize(("command", "code", "words"), IMPOSSIBLE)
    async def test_it_is_refused_with_words_placed_or_waiting(
        self, ledger: Ledger, command: Place, code: RefusalCode, words: str
    ) -> None:
        waiting = structs.replace(waits(command), key="w")
        for outcome in (await attempt(ledger, command), await ledger.accept_order(waiting, [GAME], NOW)):
            assert isinstance(outcome, NotPlaced)
            assert outcome.refusal.code is code
            assert words in outcome.refusal.message
        assert [(each.code, each.count) for each in ledger.refusals("main")] == [(code.value, 2)]

    @pytest.mark.parametrize(("command", "code", "words"), IMPOSSIBLE)
    async def test_nor_is_it_recorded(self, ledger: Ledger, command: Place, code: RefusalCode, words: str) -> None:
        wanted = command.legs[0]
        told = record(wanted.price.text, wanted.stake_minor or 0, side=wanted.side)
        outcome = await ledger.record_bet(structs.replace(told, funding=command.funding), NOW)
        assert isinstance(outcome, NotPlaced)
        assert outcome.refusal.code is code

    async def test_nor_imported(self, ledger: Ledger) -> None:
        rows = [
            {"stake": 9_999_999_999, "odds": 100_000.5, "odds_format": "decimal"},
            {"stake": 0.49, "odds": 1.01, "odds_format": "decimal", "side": "lay"},
            {"stake": 10, "odds": 1.5, "odds_format": "decimal", "side": "lay", "funding": "free"},
        ]
        game = {"home_team": "Lakers", "away_team": "Celtics", "game_id": "nba-1", "selection": "Lakers"}
        bets = [{"id": f"b{n}", "timestamp": NOW.isoformat(), **game, **row} for n, row in enumerate(rows)]
        data = json.dumps({"bets": bets}).encode()
        report = await ledger.import_file(data, "main", NOW, created_by="test")
        assert report.added == 0
        for problem, words in zip(report.problems, ("could pay", "risks less than", "cannot lay"), strict=True):
            assert words in problem

    async def test_what_pays_all_that_is_kept_is_a_bet_and_is_settled(self, ledger: Ledger) -> None:
        await attempt(ledger, free(place(leg("3.0", MAX_MINOR // 2))))
        settled = await ledger.settle_bet(SettleBet("1", BetResult.WIN, "me"), AFTER)
        assert settled.bet.profit_minor == MAX_MINOR
        assert (await ledger.verify()).problems == ()

    @pytest.mark.parametrize(
        ("command", "better", "code"),
        [
            (place(leg("1.02", 49, side=Side.LAY)), "1.001", RefusalCode.BELOW_MINIMUM),
            (free(place(leg("50.0", 10**13))), "1001.0", RefusalCode.BET_SIZE),
        ],
    )
    async def test_a_better_price_fills_no_order_into_what_is_no_bet(
        self, ledger: Ledger, command: Place, better: str, code: RefusalCode
    ) -> None:
        assert isinstance(await ledger.accept_order(waits(command), [GAME], NOW), Working)
        offered = fill(structs.replace(command.legs[0], price=parse_any(better)))
        outcome = await ledger.fill_order("ORD-1", offered, minutes(1))
        assert isinstance(outcome, Refusal)
        assert outcome.code is code
        assert len(ledger.working_orders()) == 1


class TestOneBadBet:
    @pytest.fixture(autouse=True)
    async def bets(self, ledger: Ledger) -> None:
        """One on each of two games, and two on the first."""
        await placed(ledger, place())
        await placed(ledger, place(leg(selection=h2h("Celtics")), key="k2"))
        await placed(ledger, place(leg(selection=h2h("Nets", OTHER)), key="k3"))

    async def harm(self, ledger: Ledger, what: str) -> None:
        await ledger._database.write(
            lambda conn: conn.execute(
                f"CREATE TRIGGER harm BEFORE UPDATE ON bets WHEN NEW.id = 1 AND NEW.state = 'settled' BEGIN {what}; END"
            )
        )

    @pytest.mark.parametrize("stored", [False, True], ids=["as they come", "from those kept"])
    async def test_the_others_are_paid_and_it_says_why(self, ledger: Ledger, stored: bool) -> None:
        await self.harm(ledger, "SELECT RAISE(ABORT, 'it is broken')")
        report = await ledger.settle_scores([score(), score(event=OTHER)], AFTER)
        settled = {bet.id for bet in report.settled}
        assert settled == {"BET-000002", "BET-000003"}
        if stored:
            report = await ledger.settle_stored(AFTER)
        (left,) = report.open
        assert (left.bet_id, left.reason) == (
            "BET-000001",
            "it could not be settled (it is broken): settle it by hand",
        )
        assert ledger.bet("1").state is BetState.PENDING
        assert (await ledger.verify()).problems == ()

    async def test_a_price_that_cannot_be_read_harms_its_own_bet_alone(self, ledger: Ledger) -> None:
        await placed(ledger, place(leg("+333", selection=h2h("Knicks", OTHER)), key="k4"))
        await ledger._database.write(lambda conn: conn.execute("UPDATE prices SET text = 'so' WHERE text = '+333'"))
        report = await ledger.settle_scores([score(), score(event=OTHER)], AFTER)
        assert len(report.settled) == 3
        assert [each.bet_id for each in report.open] == ["BET-000004"]

    async def test_a_file_that_cannot_be_written_is_no_matter_of_one_bet(self, ledger: Ledger) -> None:
        await self.harm(ledger, "SELECT no_such_function()")
        with pytest.raises((LedgerError, sqlite3.Error)):
            await ledger.settle_scores([score(), score(event=OTHER)], AFTER)
        assert {bet.state for bet in ledger.bets(BetFilter())} == {BetState.PENDING}


class TestManyBets:
    """More than are written by one statement, of games whose results come in another order than the bets did."""

    async def placed(self, ledger: Ledger) -> None:
        for number in range(60):
            event, team = (GAME, "Lakers") if number % 2 else (OTHER, "Nets")
            bet = record(selection=h2h(team, event), event=event, key=f"m{number}", stake=1_000 + number)
            assert isinstance(await ledger.record_bet(bet, NOW), Placed)

    async def test_the_kept_sums_are_those_of_the_entries_in_their_order(self, ledger: Ledger) -> None:
        await self.placed(ledger)
        report = await ledger.settle_scores([score(event=OTHER), score()], AFTER)
        assert len(report.settled) == 60
        assert {bet.result for bet in report.settled} == {BetResult.WIN, BetResult.LOSS}
        assert (await ledger.verify()).problems == ()

    async def test_a_bad_one_among_them_harms_no_other(self, ledger: Ledger) -> None:
        await self.placed(ledger)
        await ledger._database.write(
            lambda conn: conn.execute(
                "CREATE TRIGGER harm BEFORE UPDATE ON bets WHEN NEW.id = 33 AND NEW.state = 'settled'"
                " BEGIN SELECT RAISE(ABORT, 'it is broken'); END"
            )
        )
        report = await ledger.settle_scores([score(event=OTHER), score()], AFTER)
        assert (len(report.settled), [each.bet_id for each in report.open]) == (59, ["BET-000033"])
        assert (await ledger.verify()).problems == ()


def start_kept(ledger: Ledger) -> datetime:
    (event,) = ledger.watched_events()
    return event.commence_time


class TestStart:
    async def test_who_knows_a_later_start_places_nothing_after_the_one_the_ledger_knows(self, ledger: Ledger) -> None:
        await placed(ledger, place())
        await ledger.note_quotes([quote("+150", minutes(5))], [moved(EARLIER)], minutes(5))
        late = place(key="k2", opportunity=opportunity())
        outcomes = (
            await attempt(ledger, late, minutes(90), GAME),
            await ledger.accept_order(structs.replace(waits(late), key="k3"), [GAME], minutes(90)),
            await ledger.record_bet(record(), minutes(90)),
        )
        for outcome in outcomes:
            assert isinstance(outcome, NotPlaced)
            assert outcome.refusal.code is RefusalCode.EVENT_STARTED
            assert outcome.refusal.message == "Celtics @ Lakers started at 2026-04-18T13:00:00Z"
        assert start_kept(ledger) == EARLIER

    async def test_nor_does_one_who_knows_that_it_has_started(self, ledger: Ledger) -> None:
        await placed(ledger, place())
        outcome = await attempt(ledger, place(key="k2"), minutes(90), moved(EARLIER))
        assert isinstance(outcome, NotPlaced)
        assert start_kept(ledger) == START

    @pytest.mark.parametrize("start", [EARLIER, LATER])
    async def test_no_placement_moves_a_start(self, ledger: Ledger, start: datetime) -> None:
        """Neither a bet, an order, a refusal nor an opportunity."""
        await placed(ledger, place())
        event = moved(start)
        found = structs.replace(opportunity("opp-2"), event=event)
        assert isinstance(await attempt(ledger, place(key="k2"), NOW, event), Placed)
        order = await ledger.accept_order(structs.replace(waits(place(key="k3")), work_until=LATER), [event], NOW)
        assert isinstance(order, Working)
        assert order.order.expires_at == min(start, START)
        assert isinstance(await attempt(ledger, place(leg(stake=10**9), key="k4", opportunity=found)), NotPlaced)
        assert isinstance(await ledger.record_bet(record(event=event), NOW), Placed)
        await ledger.note_opportunities([found], NOW)
        assert start_kept(ledger) == START

    async def test_a_start_nobody_knew_is_learnt_from_anybody(self, ledger: Ledger) -> None:
        assert isinstance(await attempt(ledger, place(), NOW, moved(START_UNKNOWN)), Placed)
        assert isinstance(await attempt(ledger, place(key="k2"), NOW, GAME), Placed)
        assert start_kept(ledger) == START

    @pytest.mark.parametrize("known", ["bet", "opportunity", "order"])
    async def test_an_answer_that_tells_of_a_postponement_opens_it_again(self, ledger: Ledger, known: str) -> None:
        match known:
            case "bet":
                await placed(ledger, place())
            case "opportunity":
                await ledger.note_opportunities([opportunity()], NOW)
            case _:
                await ledger.accept_order(waits(place()), [GAME], NOW)
        late = START + timedelta(hours=1)
        assert isinstance(await attempt(ledger, place(key="k2"), late, moved(LATER)), NotPlaced)
        await ledger.note_quotes([], [moved(LATER), OTHER], START - timedelta(minutes=1))
        assert isinstance(await attempt(ledger, place(key="k3"), late, moved(LATER)), Placed)

    async def test_an_answer_about_events_the_ledger_does_not_know_writes_nothing(self, ledger: Ledger) -> None:
        await ledger.note_opportunities([opportunity()], NOW)
        version = ledger._database.version()
        assert await ledger.note_quotes([], [moved(LATER, OTHER)], NOW) == 0
        assert ledger._database.version() == version


class TestCancel:
    async def test_not_once_the_result_is_known(self, ledger: Ledger) -> None:
        bet = bet_of(await attempt(ledger, place()))
        level = structs.replace(score(100, 100), includes_overtime=False)
        assert (await ledger.settle_scores([level], minutes(30))).settled == ()
        outcome = await ledger.cancel_bet(CancelBet(bet.id, "me"), minutes(31))
        assert isinstance(outcome, Refusal)
        assert outcome.code is RefusalCode.EVENT_STARTED
        assert outcome.message == "the result of Celtics @ Lakers is known: the bet stands"
        assert ledger.balances("main").reserved_minor == 10_000

    async def test_the_accounts_money_is_looked_over(self, ledger: Ledger) -> None:
        bet = bet_of(await attempt(ledger, place()))
        await ledger._database.write(
            lambda conn: conn.execute("UPDATE ledger_accounts SET balance_minor = balance_minor + 1 WHERE id = 1")
        )
        with pytest.raises(LedgerError, match="nothing was written"):
            await ledger.cancel_bet(CancelBet(bet.id, "me"), minutes(1))
        assert ledger.bet(bet.id).state is BetState.PENDING


async def test_a_corrected_free_bet_stays_in_the_wallet_its_winnings_went_to(ledger: Ledger) -> None:
    await attempt(ledger, free(place()))
    await ledger.settle_bet(SettleBet("1", BetResult.WIN, "me"), AFTER)
    await ledger.change_account(ChangeAccount("main", AccountSettings(book_balances=True), "me"), AFTER)
    await ledger.settle_bet(SettleBet("1", BetResult.HALF_WIN, "me"), AFTER + timedelta(minutes=1))
    assert ledger.look("main", lambda state: state.book_available_minor("")) == 1_007_500
    assert ledger.look("main", lambda state: state.book_available_minor("fanduel")) == 0
    assert (await ledger.verify()).problems == ()
