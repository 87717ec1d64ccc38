"""Parlays and commission after the whistle, and the one property all of it must have: the end depends on nothing but
what was said, and by when."""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs
from store_samples import AFTER, GAME, NOW, OTHER, START, bet_of, fill, h2h, leg, opened, record, score

from betting_tui.engine.core.bet_views import BetRow
from betting_tui.engine.core.commands import DeadHeat, PlaceParlay, RecordBet, SettleBet
from betting_tui.engine.core.errors import UsageError
from betting_tui.engine.core.model import BetResult, BetState, Event, Evidence, Funding, Leg, Origin, Selection, Side
from betting_tui.engine.core.scores import Score, ScoreStatus
from betting_tui.engine.store import BetFilter, Ledger, ReportFilter

DAY = timedelta(days=1)
THIRD = Event("nba-3", "basketball_nba", "NBA", START + DAY, "Heat", "Bulls")
GAMES = (GAME, OTHER, THIRD)


def legs(*prices: str) -> tuple[Leg, ...]:
    picks = (h2h("Lakers"), h2h("Knicks", OTHER), h2h("Heat", THIRD))
    return tuple(
        structs.replace(leg(price, selection=pick), stake_minor=None)
        for price, pick in zip(prices, picks, strict=False)
    )


async def parlay(
    ledger: Ledger, *prices: str, funding: Funding = Funding.CASH, stake: int = 10_000, key: str = "p"
) -> BetRow:
    command = PlaceParlay(
        "main", legs(*(prices or ("2.0", "3.0", "1.5"))), stake, key, Origin.APP, "test", events=GAMES, funding=funding
    )
    fills = [fill(structs.replace(each, stake_minor=stake), Evidence.LATER_SNAPSHOT) for each in command.legs]
    return bet_of(await ledger.place_parlay(command, fills, (), NOW))


def off(status: ScoreStatus, event: Event) -> Score:
    return structs.replace(score(None, None, event, "espn", f"espn-{event.id}", completed=False), status=status)


async def told(ledger: Ledger, *scores: Score) -> BetRow:
    await ledger.settle_scores(scores, AFTER + DAY)
    assert (await ledger.verify()).problems == ()
    return ledger.bet("1")


class TestParlays:
    async def test_it_is_won_when_all_its_legs_are(self, ledger: Ledger) -> None:
        await parlay(ledger)
        assert (await told(ledger, score(), score(event=OTHER))).state is BetState.PENDING
        won = await told(ledger, score(event=THIRD))
        assert (won.result, won.return_minor, won.profit_minor) == (BetResult.WIN, 90_000, 80_000)
        assert [each.result for each in won.legs] == [BetResult.WIN] * 3

    async def test_one_lost_leg_loses_it_at_once(self, ledger: Ledger) -> None:
        await parlay(ledger)
        lost = await told(ledger, score(90, 100, OTHER))
        assert (lost.result, lost.return_minor) == (BetResult.LOSS, 0)
        assert [each.result for each in lost.legs] == [None, BetResult.LOSS, None]
        again = await told(ledger, score(), score(event=THIRD))
        assert [each.result for each in again.legs] == [BetResult.WIN, BetResult.LOSS, BetResult.WIN]

    async def test_a_void_leg_drops_out(self, ledger: Ledger) -> None:
        await parlay(ledger)
        won = await told(ledger, score(), off(ScoreStatus.CANCELLED, OTHER), score(event=THIRD))
        assert (won.result, won.return_minor) == (BetResult.WIN, 30_000)

    async def test_when_all_its_legs_are_void_the_stake_comes_back(self, ledger: Ledger) -> None:
        await parlay(ledger)
        void = await told(ledger, *(off(ScoreStatus.CANCELLED, game) for game in GAMES))
        assert (void.result, void.profit_minor) == (BetResult.VOID, 0)

    async def test_a_corrected_leg_opens_it_again(self, ledger: Ledger) -> None:
        await parlay(ledger)
        for home, away in ((90, 100), (100, 90)):
            await ledger.settle_scores([score(home, away, OTHER)], AFTER)
        reopened = ledger.bet("1")
        assert (reopened.state, reopened.result) == (BetState.PENDING, None)
        assert ledger.balances("main").reserved_minor == 10_000
        won = await told(ledger, score(), score(event=THIRD))
        assert won.return_minor == 90_000

    async def test_a_leg_nobody_can_settle_puts_it_in_review(self, ledger: Ledger) -> None:
        bet = await parlay(ledger)
        both = score(event=OTHER), structs.replace(score(90, 100, OTHER), source="espn", event_id="e2")
        waiting = await told(ledger, score(), *both)
        assert waiting.state is BetState.REVIEW
        assert waiting.note.startswith("leg 2, Knicks: espn says")
        done = await ledger.settle_bet(SettleBet(bet.id, BetResult.PUSH, "me", leg=2), AFTER + DAY)
        assert (done.bet.state, ledger.next_due()) == (BetState.PENDING, START + 2 * DAY)
        won = await told(ledger, score(event=THIRD))
        assert (won.result, won.return_minor) == (BetResult.WIN, 30_000)

    async def test_a_leg_without_result_raises_its_hand(self, ledger: Ledger) -> None:
        bet = await parlay(ledger)
        await ledger.settle_scores([score()], AFTER)
        assert ledger.next_due() == START + DAY
        await ledger.settle_due(START + DAY)
        assert (ledger.bet(bet.id).state, ledger.bet(bet.id).note) == (
            BetState.REVIEW,
            "leg 2, Knicks: no final result 24 hours after the start",
        )

    async def test_a_leg_by_hand_stands(self, ledger: Ledger) -> None:
        bet = await parlay(ledger)
        await ledger.settle_bet(SettleBet(bet.id, BetResult.WIN, "me", leg=1, dead_heat=DeadHeat(1, 2)), NOW)
        won = await told(ledger, score(90, 100), score(event=OTHER), score(event=THIRD))
        assert (won.result, won.return_minor) == (BetResult.WIN, 45_000)

    async def test_by_hand_as_a_whole(self, ledger: Ledger) -> None:
        bet = await parlay(ledger)
        assert (await ledger.settle_bet(SettleBet(bet.id, BetResult.LOSS, "me"), AFTER)).bet.return_minor == 0
        assert (await ledger.settle_bet(SettleBet(bet.id, BetResult.VOID, "me"), AFTER)).bet.return_minor == 10_000
        assert (await ledger.settle_bet(SettleBet(bet.id, BetResult.WIN, "me"), AFTER)).bet.return_minor == 90_000
        assert (await told(ledger, score(90, 100))).result is BetResult.WIN
        with pytest.raises(UsageError, match="leg by leg"):
            await ledger.settle_bet(SettleBet(bet.id, BetResult.HALF_WIN, "me"), AFTER)

    async def test_a_free_one_returns_its_winnings_alone(self, ledger: Ledger) -> None:
        await parlay(ledger, funding=Funding.FREE)
        won = await told(ledger, *(score(event=game) for game in GAMES))
        assert (won.return_minor, won.profit_minor) == (80_000, 80_000)

    async def test_its_product_is_exact_and_rounded_once(self, ledger: Ledger) -> None:
        await parlay(ledger, "-110", "-110", "-110", stake=10_001)
        won = await told(ledger, *(score(event=game) for game in GAMES))
        assert won.return_minor == round(10_001 * 21**3 / 11**3)


def at_exchange(command: RecordBet) -> RecordBet:
    return structs.replace(command, bookmaker="betfair_ex_uk")


def commissions(ledger: Ledger) -> list[int]:
    rows = ledger._database.read(lambda conn: conn.execute("SELECT commission_minor FROM bets ORDER BY id").fetchall())
    return [row[0] for row in rows]


class TestCommission:
    async def test_it_is_an_entry_of_its_own(self, ledger: Ledger) -> None:
        await ledger.record_bet(at_exchange(record("3.0")), NOW)
        won = await told(ledger, score())
        assert (won.return_minor, won.profit_minor, commissions(ledger)) == (30_000, 19_000, [1_000])
        kinds = [each.kind.value for each in ledger.bankroll("main").entries]
        assert kinds[:2] == ["commission", "bet_payout"]
        assert ledger.report(ReportFilter("main")).total.profit_minor == 19_000

    async def test_a_loss_pays_none(self, ledger: Ledger) -> None:
        await ledger.record_bet(at_exchange(record("3.0")), NOW)
        await told(ledger, score(90, 100))
        assert commissions(ledger) == [0]

    async def test_of_a_lay_bet(self, ledger: Ledger) -> None:
        await ledger.record_bet(at_exchange(record("3.0", side=Side.LAY)), NOW)
        assert (await told(ledger, score(90, 100))).profit_minor == 9_500

    @pytest.mark.parametrize("backwards", [False, True])
    async def test_it_is_charged_once_on_what_the_market_won(self, ledger: Ledger, backwards: bool) -> None:
        """Backed at 3.0 for 100, laid at 2.5 for 80: 200 - 120 = 80 won, 5 % of it."""
        wanted = [record("3.0"), record("2.5", 8_000, key="lay", side=Side.LAY)]
        for each in reversed(wanted) if backwards else wanted:
            await ledger.record_bet(at_exchange(each), NOW)
        await told(ledger, score())
        assert sum(commissions(ledger)) == 400
        assert ledger.balances("main").bankroll_minor == 1_000_000 + 8_000 - 400

    async def test_a_bet_settled_later_changes_the_share_of_the_first(self, ledger: Ledger) -> None:
        for key, price, side in (("a", "3.0", Side.BACK), ("b", "2.5", Side.LAY)):
            await ledger.record_bet(at_exchange(record(price, key=key, side=side)), NOW)
        await ledger.settle_bet(SettleBet("1", BetResult.WIN, "me"), AFTER)
        assert commissions(ledger) == [1_000, 0]
        await ledger.settle_bet(SettleBet("2", BetResult.LOSS, "me"), AFTER)
        assert commissions(ledger) == [250, 0]
        assert (await ledger.verify()).problems == ()
        await ledger.settle_bet(SettleBet("2", BetResult.WIN, "me"), AFTER)
        assert commissions(ledger) == [1_000, 500]
        assert (await ledger.verify()).problems == ()

    async def test_other_markets_and_books_are_charged_apart(self, ledger: Ledger) -> None:
        await ledger.record_bet(at_exchange(record("3.0")), NOW)
        await ledger.record_bet(record("3.0", key="b", selection=h2h("Celtics")), NOW)
        await ledger.record_bet(at_exchange(record("3.0", key="c", event=OTHER, selection=h2h("Nets", OTHER))), NOW)
        await told(ledger, score(), score(event=OTHER))
        assert commissions(ledger) == [1_000, 0, 0]

    async def test_the_rate_is_that_of_the_settings_at_placing(self, ledger: Ledger) -> None:
        await ledger.note_charges({"betfair": 0.02})
        await ledger.record_bet(at_exchange(record("3.0")), NOW)
        await ledger.note_charges({})
        await told(ledger, score())
        assert commissions(ledger) == [400]

    async def test_a_bet_recorded_late_shares_what_was_charged_before(self, ledger: Ledger) -> None:
        await ledger.record_bet(at_exchange(record("3.0")), NOW)
        await ledger.settle_scores([score()], AFTER)
        late = structs.replace(record("2.5", key="late", side=Side.LAY), placed_at=NOW)
        await ledger.record_bet(at_exchange(late), AFTER)
        report = await ledger.settle_stored(AFTER)
        assert commissions(ledger) == [250, 0]
        assert [bet.id for bet in report.settled] == ["BET-000002"]
        (moved,) = report.charged_anew
        assert (moved.bet.id, moved.profit_before_minor, moved.bet.profit_minor) == ("BET-000001", 19_000, 19_750)
        assert (await ledger.settle_scores([score(111, 100)], AFTER)).charged_anew == ()

    @pytest.mark.parametrize("bad", [1, 2])
    async def test_one_that_cannot_be_corrected_counts_as_it_stands(self, ledger: Ledger, bad: int) -> None:
        """Backed and laid at one price: whichever way it goes, one of the two wins what the other loses."""
        for key, side in (("a", Side.BACK), ("b", Side.LAY), ("c", Side.BACK)):
            await ledger.record_bet(at_exchange(record("3.0", key=key, side=side)), NOW)
        await told(ledger, score())
        assert commissions(ledger) == [500, 0, 500]

        def break_one(conn: sqlite3.Connection) -> None:
            conn.execute(
                f"CREATE TRIGGER bad BEFORE UPDATE OF result ON bets WHEN NEW.id = {bad} AND NEW.result <> OLD.result"
                " BEGIN SELECT RAISE(ABORT, 'this one is bad'); END"
            )

        await ledger._database.write(break_one)
        report = await ledger.settle_scores([score(90, 100)], AFTER)
        assert [each.reason for each in report.open] == ["it could not be settled (this one is bad): settle it by hand"]
        ends = [ledger.bet(str(number)).result for number in (1, 2, 3)]
        assert ends[bad - 1] is (BetResult.WIN if bad == 1 else BetResult.LOSS)
        assert (await ledger.verify()).problems == ()

    async def test_taken_back_with_the_result(self, ledger: Ledger) -> None:
        await ledger.record_bet(at_exchange(record("3.0")), NOW)
        await told(ledger, score())
        other = structs.replace(score(90, 100), source="espn", event_id="e1")
        assert (await told(ledger, other)).state is BetState.REVIEW
        assert (commissions(ledger), ledger.balances("main").bankroll_minor) == ([0], 1_000_000)


PICKS: tuple[tuple[str, str, Selection, Event, Side], ...] = (
    ("fanduel", "2.0", h2h(), GAME, Side.BACK),
    ("betfair_ex_uk", "2.5", h2h(), GAME, Side.BACK),
    ("betfair_ex_uk", "2.2", h2h("Celtics"), GAME, Side.BACK),
    ("betfair_ex_uk", "2.4", h2h(), GAME, Side.LAY),
    ("fanduel", "1.91", h2h("Nets", OTHER), OTHER, Side.BACK),
)
_SCORES = st.builds(
    score, st.integers(90, 92), st.integers(90, 92), st.sampled_from((GAME, OTHER)), st.just("the_odds_api")
)
_OFF = st.builds(
    off, st.sampled_from([each for each in ScoreStatus if each is not ScoreStatus.FINAL]), st.sampled_from(GAMES[:2])
)
_BY_HAND = st.builds(SettleBet, st.sampled_from("16"), st.sampled_from((BetResult.LOSS, BetResult.VOID)), st.just("me"))
_STEPS = st.lists(st.one_of(_SCORES, _OFF, _BY_HAND, st.integers(1, 40)), max_size=8)


async def _end(folder: Path, story: list[Score | SettleBet | int], *, timers: bool) -> tuple[object, ...]:
    """`timers`: fire one after every word, as an engine that runs does; else once at the end, as after an absence."""
    async with opened(folder) as ledger:
        for number, (book, price, selection, event, side) in enumerate(PICKS):
            wanted = record(price, key=str(number), selection=selection, event=event, side=side)
            await ledger.record_bet(structs.replace(wanted, bookmaker=book), NOW)
        await parlay(ledger)
        now = START
        for step in story:
            if isinstance(step, int):
                now += timedelta(hours=step)
            elif isinstance(step, Score):
                await ledger.settle_scores([step], now)
            else:
                await ledger.settle_bet(step, now)
            if timers:
                await ledger.settle_due(now)
        await ledger.settle_due(now + 9 * DAY)
        assert (await ledger.verify()).problems == ()
        assert ledger.verify_quick().ok
        assert ledger.next_due() is None
        bets = [
            (each.id, each.state, each.result, each.return_minor, each.profit_minor, each.note)
            for each in ledger.bets(BetFilter())
        ]
        return (*bets, ledger.balances("main"), *commissions(ledger))


@settings(max_examples=12, deadline=None)
@given(_STEPS)
async def test_the_end_depends_only_on_what_was_said_and_by_when(story: list[Score | SettleBet | int]) -> None:
    ends = []
    for timers in (False, True):
        with TemporaryDirectory() as folder:
            ends.append(await _end(Path(folder), story, timers=timers))
    assert ends[0] == ends[1]
