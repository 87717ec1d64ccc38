"""A result that may be about several events, or about none of ours: it settles nothing and is not lost."""

from __future__ import annotations

from datetime import timedelta

from msgspec import structs
from store_samples import AFTER, GAME, NOW, START, bet_of, h2h, record, score

from betting_tui.engine.core.model import BetResult, BetState
from betting_tui.engine.store import BetFilter, Ledger

# The second game of a doubleheader.
AGAIN = structs.replace(GAME, id="nba-9", commence_time=START + timedelta(hours=3))
LATER = AFTER + timedelta(hours=4)
TOLD = structs.replace(GAME, id="espn-1", commence_time=START + timedelta(hours=1, minutes=30))


async def both(ledger: Ledger) -> tuple[str, str]:
    first = bet_of(await ledger.record_bet(record(key="a"), NOW))
    second = bet_of(await ledger.record_bet(record(key="b", event=AGAIN, selection=h2h(event=AGAIN)), NOW))
    return first.id, second.id


async def test_a_result_between_two_games_of_a_day_puts_both_bets_in_review_and_shows_it_to_whoever_decides(
    ledger: Ledger,
) -> None:
    names = await both(ledger)
    report = await ledger.settle_scores([score(110, 100, event=TOLD, source="espn")], LATER)
    assert report.settled == ()
    rows = ledger.reviews("main", LATER)
    assert sorted(row.bet.id for row in rows) == sorted(names)
    for row in rows:
        (found,) = row.legs[0].candidates
        assert (found.score.source, found.score.home_score, found.likeness) == ("espn", 110, 1.0)
        assert row.reason


async def test_a_result_beyond_doubt_settles_them_all_the_same(ledger: Ledger) -> None:
    first, second = await both(ledger)
    await ledger.settle_scores([score(110, 100, event=TOLD, source="espn")], LATER)
    await ledger.settle_scores([score(110, 100), score(90, 100, event=AGAIN)], LATER)
    assert ledger.bet(first).result is BetResult.WIN
    assert ledger.bet(second).result is BetResult.LOSS
    assert ledger.reviews("main", LATER) == ()
    assert (await ledger.verify()).ok


async def test_the_same_again_changes_nothing(ledger: Ledger) -> None:
    await both(ledger)
    await ledger.settle_scores([score(110, 100, event=TOLD, source="espn")], LATER)
    before = ledger.reviews("main", LATER)
    await ledger.settle_scores([score(110, 100, event=TOLD, source="espn")], LATER + timedelta(minutes=5))
    await ledger.settle_stored(LATER + timedelta(minutes=6))
    assert ledger.reviews("main", LATER) == before


async def test_what_has_not_begun_is_not_put_in_review_by_a_result_of_another_game(ledger: Ledger) -> None:
    await both(ledger)
    await ledger.settle_scores([score(110, 100, event=TOLD, source="espn")], START + timedelta(hours=2))
    states = {bet.event.id: bet.state for bet in ledger.bets(BetFilter())}
    assert states[AGAIN.id] is BetState.PENDING
