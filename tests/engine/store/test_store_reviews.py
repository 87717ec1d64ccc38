"""Bets that wait for a person: what the store tells of them, and that asking changes nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec import structs
from store_samples import AFTER, GAME, NOW, OTHER, START, bet_of, fill, h2h, leg, place, placed, record, score, spread

from betting_tui.engine.core.bet_views import BetRow
from betting_tui.engine.core.commands import DeadHeat, PlaceParlay, SettleBet
from betting_tui.engine.core.errors import UsageError
from betting_tui.engine.core.model import BetResult, BetState, Origin
from betting_tui.engine.core.review_views import ReviewRow
from betting_tui.engine.store import Ledger

LATER = AFTER + timedelta(hours=1)


async def disputed(ledger: Ledger) -> ReviewRow:
    """A bet on the Lakers at +150 that two feeds contradict each other about."""
    await placed(ledger, place())
    await ledger.settle_scores([score(110, 100)], AFTER)
    await ledger.settle_scores([score(100, 110, source="espn")], LATER)
    (row,) = ledger.reviews("main", LATER)
    return row


async def parlay_of_two(ledger: Ledger) -> BetRow:
    """The Lakers at +150, and the Knicks at +100 on a line of one."""
    legs = tuple(
        structs.replace(leg(price, selection=pick), stake_minor=None)
        for price, pick in (("+150", h2h("Lakers")), ("+100", spread("Knicks", -1.0, OTHER)))
    )
    command = PlaceParlay("main", legs, 10_000, "p1", Origin.APP, "test", events=(GAME, OTHER))
    fills = [fill(structs.replace(each, stake_minor=10_000)) for each in legs]
    return bet_of(await ledger.place_parlay(command, fills, (), NOW))


def pays(row: ReviewRow, place: int = 0) -> dict[str, tuple[int, int]]:
    return {each.result.value: (each.return_minor, each.profit_minor) for each in row.legs[place].outcomes}


async def test_a_bet_feeds_contradict_each_other_about_comes_with_both_words_and_what_each_would_make_of_it(
    ledger: Ledger,
) -> None:
    row = await disputed(ledger)
    assert row.bet.state is BetState.REVIEW
    assert "espn says 100-110" in row.reason
    (asked,) = row.legs
    assert {(word.score.source, word.result) for word in asked.words} == {
        ("the_odds_api", BetResult.WIN), ("espn", BetResult.LOSS),
    }  # fmt: skip
    assert {word.received_at for word in asked.words} == {AFTER, LATER}
    assert asked.outcome(BetResult.WIN).against == ("espn",)
    assert asked.outcome(BetResult.LOSS).against == ("the_odds_api",)
    assert set(asked.outcome(BetResult.VOID).against) == {"espn", "the_odds_api"}


async def test_each_way_out_says_what_it_pays(ledger: Ledger) -> None:
    row = await disputed(ledger)
    assert pays(row) == {
        "win": (25_000, 15_000), "loss": (0, -10_000), "push": (10_000, 0), "void": (10_000, 0),
        "half_win": (17_500, 7_500), "half_loss": (5_000, -5_000),
    }  # fmt: skip


@pytest.mark.parametrize("result", list(BetResult))
async def test_and_pays_that_when_it_is_settled_so(ledger: Ledger, result: BetResult) -> None:
    row = await disputed(ledger)
    settled = (await ledger.settle_bet(SettleBet(row.bet.id, result, "me"), LATER)).bet
    assert (settled.return_minor, settled.profit_minor) == pays(row)[result.value]
    assert ledger.reviews("main", LATER) == ()
    assert ledger.count_reviews("main") == 0
    assert (await ledger.verify()).ok


async def test_the_rules_in_force_are_told_in_words(ledger: Ledger) -> None:
    row = await disputed(ledger)
    assert row.legs[0].rules_key
    assert "overtime counts in two-way bets" in row.legs[0].rules


async def test_what_a_person_decided_stands_and_can_be_corrected_by_another_word(ledger: Ledger) -> None:
    row = await disputed(ledger)
    await ledger.settle_bet(SettleBet(row.bet.id, BetResult.WIN, "me"), LATER)
    await ledger.settle_scores([score(100, 110)], LATER)
    assert ledger.bet(row.bet.id).result is BetResult.WIN
    again = ledger.inquiry(row.bet.id, LATER)
    assert again.bet.result is BetResult.WIN
    corrected = (await ledger.settle_bet(SettleBet(row.bet.id, BetResult.LOSS, "me"), LATER)).bet
    assert (corrected.result, corrected.profit_minor) == (BetResult.LOSS, -10_000)
    assert (await ledger.verify()).ok


async def test_a_game_no_feed_names_alike_is_offered_as_what_the_bet_may_be_about(ledger: Ledger) -> None:
    """Same-mascot teams and doubleheaders settle nothing by themselves: a person looks at them."""
    bet = bet_of(await ledger.record_bet(record(), NOW))
    near = structs.replace(GAME, id="x-9", home_team="Lakerz of L.A.", commence_time=START + timedelta(hours=20))
    await ledger.settle_scores([score(110, 100, event=near, source="thesportsdb")], AFTER)
    await ledger.mark_review(bet.id, "no result 24 hours after the start", "test", LATER)
    (row,) = ledger.reviews("main", LATER)
    (asked,) = row.legs
    assert asked.words == ()
    assert all(found.likeness < 1 for found in asked.candidates)
    far = structs.replace(near, id="x-10", home_team="Warriors", away_team="Suns")
    await ledger.settle_scores([score(90, 91, event=far, source="thesportsdb")], AFTER)
    (row,) = ledger.reviews("main", LATER)
    assert "Warriors" not in {found.score.home_team for found in row.legs[0].candidates}


async def test_the_queue_begins_with_what_began_first_and_is_of_one_account(ledger: Ledger) -> None:
    late = bet_of(await ledger.record_bet(record(key="late", event=OTHER, selection=h2h("Knicks", OTHER)), NOW))
    early_game = structs.replace(GAME, id="nba-0", commence_time=START - timedelta(hours=3))
    early = bet_of(await ledger.record_bet(record(key="early", event=early_game, selection=h2h(event=early_game)), NOW))
    for bet in (late, early):
        await ledger.mark_review(bet.id, "scores missing", "test", AFTER)
    assert [row.bet.id for row in ledger.reviews("main", AFTER)] == [early.id, late.id]
    assert ledger.count_reviews("main") == 2


async def test_a_parlay_shows_each_leg_with_what_is_known_and_pays_the_product_of_the_rest(ledger: Ledger) -> None:
    bet = await parlay_of_two(ledger)
    await ledger.settle_scores([score(110, 100)], AFTER)
    row = ledger.inquiry(bet.id, AFTER)
    assert [each.result for each in row.legs] == [BetResult.WIN, None]
    assert row.open_legs == (1,)
    assert pays(row, 1) == {
        "win": (50_000, 40_000), "loss": (0, -10_000), "push": (25_000, 15_000), "void": (25_000, 15_000),
        "half_win": (37_500, 27_500), "half_loss": (12_500, 2_500),
    }  # fmt: skip
    settled = (await ledger.settle_bet(SettleBet(bet.id, BetResult.HALF_LOSS, "me", leg=2), LATER)).bet
    assert (settled.return_minor, settled.profit_minor) == (12_500, 2_500)
    assert (await ledger.verify()).ok


@pytest.mark.parametrize(("result", "paid"), [(BetResult.WIN, 50_000), (BetResult.LOSS, 0), (BetResult.VOID, 10_000)])
async def test_a_parlay_pays_as_a_whole_what_was_told(ledger: Ledger, result: BetResult, paid: int) -> None:
    bet = await parlay_of_two(ledger)
    await ledger.settle_scores([score(110, 100)], AFTER)
    row = ledger.inquiry(bet.id, AFTER)
    assert {end.result: (end.return_minor, end.profit_minor) for end in row.whole}[result] == (paid, paid - 10_000)
    settled = (await ledger.settle_bet(SettleBet(bet.id, result, "me", seen=BetState.PENDING), LATER)).bet
    assert (settled.result, settled.return_minor) == (result, paid)
    assert (await ledger.verify()).ok


async def test_a_parlay_with_a_leg_won_is_void_against_that_feeds_word_and_with_one_lost_it_is_not_won(
    ledger: Ledger,
) -> None:
    bet = await parlay_of_two(ledger)
    await ledger.settle_scores([score(110, 100)], AFTER)
    against = {end.result: end.against for end in ledger.inquiry(bet.id, AFTER).whole}
    assert against == {BetResult.WIN: (), BetResult.LOSS: (), BetResult.VOID: ("the_odds_api",)}
    await ledger.settle_scores([score(90, 100)], LATER)
    assert {end.result for end in ledger.inquiry(bet.id, LATER).whole} == {BetResult.LOSS, BetResult.VOID}


async def test_a_leg_a_person_settled_as_a_dead_heat_counts_so_in_what_the_rest_pays(ledger: Ledger) -> None:
    bet = await parlay_of_two(ledger)
    await ledger.settle_bet(SettleBet(bet.id, BetResult.WIN, "me", dead_heat=DeadHeat(1, 2), leg=1), AFTER)
    row = ledger.inquiry(bet.id, AFTER)
    told = {end.result: end.return_minor for end in row.whole}[BetResult.WIN]
    assert told == pays(row, 1)["win"][0]
    settled = (await ledger.settle_bet(SettleBet(bet.id, BetResult.WIN, "me", leg=2), LATER)).bet
    assert settled.return_minor == told


async def test_a_word_on_a_bet_that_was_settled_since_it_was_looked_at_changes_nothing(ledger: Ledger) -> None:
    row = await disputed(ledger)
    await ledger.settle_scores([score(110, 100, source="espn")], LATER)
    assert ledger.bet(row.bet.id).result is BetResult.WIN
    with pytest.raises(UsageError, match=r"is settled \(win\) since you looked: look at it again"):
        await ledger.settle_bet(SettleBet(row.bet.id, BetResult.VOID, "me", seen=row.bet.state), LATER)
    assert ledger.bet(row.bet.id).result is BetResult.WIN
    corrected = SettleBet(row.bet.id, BetResult.VOID, "me", seen=BetState.SETTLED)
    assert (await ledger.settle_bet(corrected, LATER)).bet.result is BetResult.VOID


async def test_asking_about_a_bet_that_is_none_says_so(ledger: Ledger) -> None:
    with pytest.raises(UsageError, match="there is no bet"):
        ledger.inquiry("BET-9", NOW)


async def test_looking_changes_nothing(ledger: Ledger) -> None:
    row = await disputed(ledger)
    before = ledger.export_ledger("json")
    ledger.reviews("main", LATER)
    ledger.inquiry(row.bet.id, LATER)
    assert ledger.export_ledger("json") == before
