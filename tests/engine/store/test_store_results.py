"""What several feeds say of one game: agreed, contradicted, taken back, confirmed by hand. Money adds up throughout."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs
from store_samples import AFTER, GAME, NOW, OTHER, START, bet_of, h2h, opened, record, score

from betting_tui.engine.core.bet_views import BetRow, SettlementReport
from betting_tui.engine.core.commands import ResetAccount, SettleBet
from betting_tui.engine.core.model import DRAW, BetResult, BetState, Event, LineKey, OutcomeSet, Selection, Side
from betting_tui.engine.core.money_views import ResetDone
from betting_tui.engine.core.scores import Score, ScoreStatus
from betting_tui.engine.store import Ledger
from betting_tui.engine.store import ledger as accounts
from betting_tui.engine.store.standing import standing

LATER = AFTER + timedelta(hours=1)
CONTRADICTION = "espn says 110-100, but the_odds_api says 100-110: settle it by hand"


def espn(home: int | None = 110, away: int | None = 100, event: Event = GAME, **more: object) -> Score:
    """ESPN calls teams and games by names of its own."""
    told = structs.replace(
        score(home, away, event, "espn", f"4{event.id[-1]}"), home_team="LAKERS", away_team="CELTICS"
    )
    if event is not GAME:
        told = structs.replace(told, home_team=event.home_team, away_team=event.away_team)
    return structs.replace(told, **more)


def off(status: ScoreStatus, source: str = "espn", event: Event = GAME) -> Score:
    told = espn(None, None, event, completed=False, status=status)
    return structs.replace(told, source=source, event_id=f"{source}-{event.id}")


def three_way(name: str, event: Event = GAME) -> Selection:
    return Selection(LineKey(event.id, "h2h", OutcomeSet.THREE_WAY), name)


async def one_bet(ledger: Ledger) -> BetRow:
    return bet_of(await ledger.record_bet(record("2.0"), NOW))


def reasons(report: SettlementReport) -> list[str]:
    return [each.reason for each in report.open]


def profit_since(ledger: Ledger, since: datetime) -> int:
    return ledger._database.read(lambda conn: standing(conn, accounts.account(conn, "main")).profit_since(since))


class TestTwoFeeds:
    async def test_a_second_feed_that_says_the_same_changes_nothing(self, ledger: Ledger) -> None:
        await one_bet(ledger)
        await ledger.settle_scores([espn()], AFTER)
        before = ledger.export_ledger("json")
        report = await ledger.settle_scores([score()], LATER)
        assert (report.settled, report.reopened, report.open) == ((), (), ())
        assert ledger.export_ledger("json") == before

    @pytest.mark.parametrize("first", [0, 1])
    async def test_feeds_that_contradict_each_other_put_the_bet_in_review(self, ledger: Ledger, first: int) -> None:
        bet = await one_bet(ledger)
        told = [espn(), score(100, 110)]
        await ledger.settle_scores([told[first]], AFTER)
        assert ledger.bet(bet.id).state is BetState.SETTLED
        report = await ledger.settle_scores([told[1 - first]], LATER)
        assert [each.id for each in report.reopened] == [bet.id]
        assert reasons(report) == [CONTRADICTION]
        again = ledger.bet(bet.id)
        assert (again.state, again.note, again.result, again.settled_at) == (BetState.REVIEW, CONTRADICTION, None, None)
        balances = ledger.balances("main")
        assert (balances.available_minor, balances.reserved_minor) == (990_000, 10_000)
        assert (await ledger.verify()).problems == ()

    async def test_the_contradiction_said_again_changes_nothing(self, ledger: Ledger) -> None:
        await one_bet(ledger)
        for each in (espn(), score(100, 110)):
            await ledger.settle_scores([each], AFTER)
        before = ledger.export_ledger("json"), ledger.bet("1")
        for each in (espn(), score(100, 110)):
            report = await ledger.settle_scores([each], LATER)
            assert (report.reopened, reasons(report)) == ((), [CONTRADICTION])
        assert (ledger.export_ledger("json"), ledger.bet("1")) == before

    async def test_it_is_settled_when_the_wrong_one_is_put_right(self, ledger: Ledger) -> None:
        await one_bet(ledger)
        for each in (espn(), score(100, 110)):
            await ledger.settle_scores([each], AFTER)
        report = await ledger.settle_scores([espn(100, 110)], LATER)
        assert [bet.result for bet in report.settled] == [BetResult.LOSS]
        assert ledger.balances("main").bankroll_minor == 990_000
        assert (await ledger.verify()).problems == ()

    async def test_a_person_ends_the_review_and_no_feed_opens_it_again(self, ledger: Ledger) -> None:
        bet = await one_bet(ledger)
        for each in (espn(), score(100, 110)):
            await ledger.settle_scores([each], AFTER)
        await ledger.settle_bet(SettleBet(bet.id, BetResult.WIN, "me"), LATER)
        for each in (espn(), score(100, 110), score(0, 1), off(ScoreStatus.POSTPONED)):
            report = await ledger.settle_scores([each], LATER)
            assert (report.settled, report.reopened) == ((), ())
        assert ledger.bet(bet.id).result is BetResult.WIN

    async def test_a_person_who_says_what_the_feed_said_is_not_contradicted_later(self, ledger: Ledger) -> None:
        bet = await one_bet(ledger)
        await ledger.settle_scores([espn()], AFTER)
        assert (await ledger.settle_bet(SettleBet(bet.id, BetResult.WIN, "me"), AFTER)).repeated
        assert (await ledger.settle_scores([score(100, 110)], LATER)).reopened == ()
        assert ledger.bet(bet.id).result is BetResult.WIN

    async def test_a_bet_of_closed_books_stays_settled_and_the_report_says_why(self, ledger: Ledger) -> None:
        bet = await one_bet(ledger)
        await ledger.settle_scores([espn()], AFTER)
        assert isinstance(await ledger.reset_account(ResetAccount("main", "r", "test"), AFTER), ResetDone)
        report = await ledger.settle_scores([score(100, 110)], LATER)
        assert report.reopened == ()
        told = f"{CONTRADICTION}; BET-000001 belongs to period 1, whose books are closed: it stays a win"
        assert reasons(report) == [told]
        assert ledger.bet(bet.id).result is BetResult.WIN
        assert (await ledger.verify()).problems == ()

    async def test_what_was_won_and_taken_back_today_counts_as_nothing(self, ledger: Ledger) -> None:
        await one_bet(ledger)
        await ledger.settle_scores([espn()], AFTER)
        await ledger.settle_scores([score(100, 110)], LATER)
        assert [profit_since(ledger, since) for since in (NOW, LATER)] == [0, -10_000]

    async def test_a_lay_bet_holds_its_liability_again(self, ledger: Ledger) -> None:
        await ledger.record_bet(record("3.0", side=Side.LAY), NOW)
        for each in (espn(), score(100, 110)):
            await ledger.settle_scores([each], AFTER)
        assert ledger.balances("main").reserved_minor == 20_000
        assert (await ledger.verify()).problems == ()


class TestGamesThatAreNotPlayed:
    async def test_a_postponed_game_keeps_its_bets_open_and_says_so(self, ledger: Ledger) -> None:
        bet = await one_bet(ledger)
        for _ in range(2):
            report = await ledger.settle_scores([off(ScoreStatus.POSTPONED)], AFTER)
            assert reasons(report) == ["postponed: it may still be played in time (espn)"]
            assert report.open[0].until == START + timedelta(hours=24)
        kept = ledger.bet(bet.id)
        assert (kept.state, kept.note) == (BetState.PENDING, "postponed: it may still be played in time (espn)")

    async def test_what_cannot_be_told_of_an_abandoned_game_wants_a_person(self, ledger: Ledger) -> None:
        bet = await one_bet(ledger)
        report = await ledger.settle_scores([off(ScoreStatus.ABANDONED, "football_data")], AFTER)
        assert reasons(report) == ["the game was abandoned, and how much of it was played is not known (football_data)"]
        assert ledger.bet(bet.id).state is BetState.REVIEW

    async def test_it_can_still_be_bet_on(self, ledger: Ledger) -> None:
        await one_bet(ledger)
        await ledger.settle_scores([off(ScoreStatus.POSTPONED)], NOW)
        assert bet_of(await ledger.record_bet(record(key="late"), NOW)).state is BetState.PENDING

    async def test_it_is_settled_once_it_is_played(self, ledger: Ledger) -> None:
        await one_bet(ledger)
        told = off(ScoreStatus.POSTPONED)
        await ledger.settle_scores([told], AFTER)
        played = espn(event_id=told.event_id)
        assert [bet.result for bet in (await ledger.settle_scores([played], LATER)).settled] == [BetResult.WIN]

    async def test_it_may_be_played_under_another_id_of_the_feeds(self, ledger: Ledger) -> None:
        await one_bet(ledger)
        await ledger.settle_scores([off(ScoreStatus.POSTPONED)], AFTER)
        tomorrow = START + timedelta(days=1)
        await ledger.note_quotes([], [structs.replace(GAME, commence_time=tomorrow)], AFTER)
        played = espn(event_id="402", commence_time=tomorrow)
        report = await ledger.settle_scores([off(ScoreStatus.POSTPONED), played], tomorrow + timedelta(hours=3))
        assert [bet.result for bet in report.settled] == [BetResult.WIN]

    async def test_a_game_that_is_on_again_no_longer_contradicts_another_feed(self, ledger: Ledger) -> None:
        await one_bet(ledger)
        told = off(ScoreStatus.SUSPENDED)
        await ledger.settle_scores([told], AFTER)
        await ledger.settle_scores([structs.replace(told, status=ScoreStatus.IN_PLAY)], AFTER)
        assert ledger.bet("1").note == ""
        assert [bet.result for bet in (await ledger.settle_scores([score()], LATER)).settled] == [BetResult.WIN]

    async def test_a_result_taken_back_opens_the_bet_again(self, ledger: Ledger) -> None:
        await one_bet(ledger)
        final = espn(event_id="espn-nba-1")
        await ledger.settle_scores([final], AFTER)
        report = await ledger.settle_scores([off(ScoreStatus.ABANDONED)], LATER)
        assert [bet.state for bet in report.reopened] == [BetState.REVIEW]
        assert (await ledger.verify()).problems == ()


class TestWhichGameIsMeant:
    async def test_another_feeds_names_and_sides_are_understood(self, ledger: Ledger) -> None:
        game = Event("epl-1", "soccer_epl", "EPL", START, "Manchester United", "Brighton and Hove Albion")
        await ledger.record_bet(record(selection=three_way("Manchester United", game), event=game), NOW)
        told = structs.replace(
            score(3, 1, game, "football_data", "fd-1"),
            home_team="Man United",
            away_team="Brighton",
            includes_overtime=False,
        )
        assert [bet.result for bet in (await ledger.settle_scores([told], AFTER)).settled] == [BetResult.WIN]

    async def test_two_games_that_could_be_meant_settle_nothing_and_the_report_says_so(self, ledger: Ledger) -> None:
        twin = structs.replace(GAME, id="nba-9", commence_time=START + timedelta(hours=1))
        for event in (GAME, twin):
            await ledger.record_bet(record(key=event.id, selection=h2h(event=event), event=event), NOW)
        report = await ledger.settle_scores([espn()], AFTER)
        assert report.settled == ()
        assert reasons(report) == ["LAKERS against CELTICS (espn) may be any of 2 games, such as Celtics @ Lakers"] * 2

    async def test_the_same_teams_on_another_day_are_another_game(self, ledger: Ledger) -> None:
        await one_bet(ledger)
        report = await ledger.settle_scores([espn(commence_time=START + timedelta(days=2))], AFTER)
        assert (report.settled, reasons(report)) == ((), ["no final result of Celtics @ Lakers yet"])

    async def test_regulation_scores_are_kept_for_the_bets_that_count_them(self, ledger: Ledger) -> None:
        game = Event("nhl-1", "icehockey_nhl", "NHL", START, "Boston Bruins", "New York Rangers")
        for name in ("Boston Bruins", DRAW):
            await ledger.record_bet(record(key=name, selection=three_way(name, game), event=game), NOW)
        await ledger.record_bet(record(key="two", selection=h2h("Boston Bruins", game), event=game), NOW)
        told = structs.replace(score(3, 2, game, "espn", "401"), home_regulation=2, away_regulation=2)
        report = await ledger.settle_scores([told], AFTER)
        assert [bet.result for bet in report.settled] == [BetResult.LOSS, BetResult.WIN, BetResult.WIN]


STATUSES = [ScoreStatus.POSTPONED, ScoreStatus.ABANDONED, ScoreStatus.SUSPENDED]
FEEDS = ["espn", "the_odds_api", "football_data"]
finals = st.builds(
    lambda source, numbers: score(numbers[0], numbers[1], source=source),
    st.sampled_from(FEEDS),
    st.sampled_from([(110, 100), (110, 100), (100, 110), (105, 105)]),
)
stopped = st.builds(lambda source, status: off(status, source), st.sampled_from(FEEDS), st.sampled_from(STATUSES))
running = st.builds(
    lambda source: structs.replace(off(ScoreStatus.IN_PLAY, source), home_score=9, away_score=8), st.sampled_from(FEEDS)
)
by_hand = st.builds(
    lambda number, result: SettleBet(str(number), result, "me"), st.integers(1, 3), st.sampled_from(BetResult)
)


def last_words(story: Sequence[Score | SettleBet]) -> list[Score]:
    """The last word of each feed, as it counts: that a game is under way takes nothing back but that it was off."""
    kept: dict[str, Score] = {}
    for each in story:
        if isinstance(each, SettleBet):
            continue
        before = kept.get(each.source)
        if each.completed or each.status in STATUSES or (before is not None and not before.completed):
            kept[each.source] = each
    return [kept[source] for source in sorted(kept)]


def about(told: Score, event: Event) -> Score:
    source = told.source
    return structs.replace(told, event_id=f"{source}-{event.id}", home_team=event.home_team, away_team=event.away_team)


def outcome(bet: BetRow) -> tuple[object, ...]:
    return bet.state, bet.result, bet.return_minor, bet.profit_minor, bet.note


@settings(max_examples=40, deadline=None)
@given(st.lists(st.one_of(finals, finals, stopped, running, by_hand), max_size=10))
async def test_the_end_depends_only_on_what_was_said(story: list[Score | SettleBet]) -> None:
    """The same bets on two games: one hears the whole story, the other the last words alone."""
    selections = {GAME: "Lakers", OTHER: "Knicks"}
    with TemporaryDirectory() as folder:
        async with opened(Path(folder)) as ledger:
            for event, home in selections.items():
                over = Selection(LineKey(event.id, "totals", OutcomeSet.TWO_WAY, point=210.0), "Over", 210.0)
                for number, selection in enumerate((h2h(home, event), over, three_way(DRAW, event))):
                    key, side = f"{event.id}-{number}", Side.LAY if number == 1 else Side.BACK
                    await ledger.record_bet(record("2.5", 10_000, key, selection, event, side=side), NOW)
            hands: dict[int, BetResult | None] = {}
            for step, each in enumerate(story):
                at = AFTER + timedelta(minutes=step)
                if isinstance(each, SettleBet):
                    await ledger.settle_bet(each, at)
                    hands[int(each.bet_id)] = each.result
                else:
                    await ledger.settle_scores([about(each, GAME)], at)
            for each in last_words(story):
                await ledger.settle_scores([about(each, OTHER)], AFTER)
            for number, result in hands.items():
                await ledger.settle_bet(SettleBet(str(number + 3), result, "me"), AFTER)
            assert (await ledger.verify()).problems == ()
            for number in (1, 2, 3):
                assert outcome(ledger.bet(str(number))) == outcome(ledger.bet(str(number + 3)))
