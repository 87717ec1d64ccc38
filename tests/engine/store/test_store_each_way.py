"""Each way bets in the ledger: two stakes in one, settled by the place the runner came in at."""

from __future__ import annotations

import asyncio
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs
from store_samples import AFTER, NOW, START, bet_of, opened, record

from betting_tui.engine.core.bet_views import BetRow, NotPlaced
from betting_tui.engine.core.commands import RecordBet, SettleBet
from betting_tui.engine.core.errors import UsageError
from betting_tui.engine.core.model import BetResult, BetState, Event, Funding, LineKey, OutcomeSet, Selection, Side
from betting_tui.engine.core.odds import parse_any
from betting_tui.engine.core.places import EachWay, Finish
from betting_tui.engine.core.scores import Score
from betting_tui.engine.store import Ledger
from golden import golden_cases

RACE = Event("race-1", "golf_masters_tournament_winner", "Masters", START, None, None)
WINNER = Selection(LineKey(RACE.id, "outrights", OutcomeSet.FIELD), "Red Rum")


def each_way(terms: str = "1/4,4", price: str = "17.0", stake: int = 2_000, key: str = "e") -> RecordBet:
    return structs.replace(record(price, stake, key, WINNER, RACE), each_way=terms)


async def finished(ledger: Ledger, place: int, tied: int = 1, bet: str = "1") -> BetRow:
    done = await ledger.settle_bet(SettleBet(bet, None, "me", place=place, tied=tied), AFTER)
    assert (await ledger.verify()).problems == ()
    return done.bet


async def test_ten_each_way_costs_twenty(ledger: Ledger) -> None:
    bet = bet_of(await ledger.record_bet(each_way(stake=1_000), NOW))
    assert (bet.stake_minor, bet.staked_minor, bet.each_way) == (1_000, 2_000, EachWay(4, Fraction(1, 4)))
    assert ledger.balances("main").reserved_minor == 2_000
    assert (await ledger.verify()).problems == ()


@pytest.mark.parametrize(
    ("place", "tied", "result", "returned"),
    [
        (1, 1, BetResult.WIN, 34_000 + 10_000),
        (1, 2, BetResult.WIN, 17_000 + 10_000),
        (3, 1, BetResult.HALF_WIN, 10_000),
        (4, 2, BetResult.HALF_WIN, 5_000),
        (5, 1, BetResult.LOSS, 0),
        (0, 1, BetResult.VOID, 4_000),
    ],
)
async def test_it_is_settled_by_its_place(
    ledger: Ledger, place: int, tied: int, result: BetResult, returned: int
) -> None:
    await ledger.record_bet(each_way(), NOW)
    bet = await finished(ledger, place, tied)
    assert (bet.result, bet.return_minor, bet.profit_minor) == (result, returned, returned - 4_000)
    assert bet.finish == Finish(place, tied)
    assert ledger.balances("main").bankroll_minor == 1_000_000 + returned - 4_000


@pytest.mark.parametrize(("price", "result"), [("5.0", BetResult.PUSH), ("4.0", BetResult.HALF_LOSS)])
async def test_a_place_alone_may_pay_less_than_both_stakes(ledger: Ledger, price: str, result: BetResult) -> None:
    await ledger.record_bet(each_way(price=price), NOW)
    assert (await finished(ledger, 2)).result is result


async def test_a_correction_is_booked_and_the_same_again_changes_nothing(ledger: Ledger) -> None:
    await ledger.record_bet(each_way(), NOW)
    assert (await finished(ledger, 3)).return_minor == 10_000
    entries = len(ledger.bankroll("main").entries)
    await finished(ledger, 3)
    assert len(ledger.bankroll("main").entries) == entries
    corrected = await finished(ledger, 1, 2)
    assert (corrected.return_minor, corrected.finish) == (27_000, Finish(1, 2))
    assert ledger.bankroll("main").entries[1].kind.value == "correction"
    # The same money for another place is another word all the same.
    await finished(ledger, 4)
    assert (await finished(ledger, 3)).finish == Finish(3)


@pytest.mark.parametrize(
    ("said", "place"),
    [(BetResult.WIN, 1), (BetResult.HALF_WIN, 2), (BetResult.LOSS, 5), (BetResult.VOID, 0)],
)
async def test_one_word_is_the_place_it_must_mean(ledger: Ledger, said: BetResult, place: int) -> None:
    await ledger.record_bet(each_way(), NOW)
    done = (await ledger.settle_bet(SettleBet("1", said, "me"), AFTER)).bet
    assert (done.result, done.finish) == (said, Finish(place))
    assert (await ledger.verify()).problems == ()


@pytest.mark.parametrize("said", [BetResult.PUSH, BetResult.HALF_LOSS])
async def test_a_word_that_the_place_alone_does_not_come_to_is_refused(ledger: Ledger, said: BetResult) -> None:
    await ledger.record_bet(each_way(), NOW)
    with pytest.raises(UsageError, match="comes to a half_win"):
        await ledger.settle_bet(SettleBet("1", said, "me"), AFTER)


async def test_who_decides_is_told_what_first_placed_and_neither_pay(ledger: Ledger) -> None:
    await ledger.record_bet(each_way(), NOW)
    (leg,) = ledger.inquiry("1", AFTER).legs
    assert [(each.result, each.label, each.return_minor) for each in leg.outcomes] == [
        (BetResult.WIN, "", 44_000),
        (BetResult.HALF_WIN, "placed", 10_000),
        (BetResult.LOSS, "", 0),
        (BetResult.VOID, "", 4_000),
    ]


async def test_no_score_of_a_feed_settles_it(ledger: Ledger) -> None:
    await ledger.record_bet(each_way(), NOW)
    told = Score(RACE.id, "the_odds_api", RACE.sport_key, START, True, "Red Rum", "Arkle", 1, 0, True, AFTER)
    await ledger.settle_scores([told], AFTER)
    assert (ledger.bet("1").state, ledger.bet("1").result) == (BetState.REVIEW, None)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"side": Side.LAY}, "cannot be laid"),
        ({"funding": Funding.FREE}, "cannot be a free bet"),
        ({"selection": Selection(LineKey(RACE.id, "h2h", OutcomeSet.TWO_WAY), "Red Rum")}, "one of a field"),
    ],
)
async def test_what_cannot_be_each_way_is_refused(ledger: Ledger, change: dict[str, object], told: str) -> None:
    outcome = await ledger.record_bet(structs.replace(each_way(), **change), NOW)
    assert isinstance(outcome, NotPlaced)
    assert told in outcome.refusal.message


@pytest.mark.parametrize("terms", ["1/4", "1/4,1", "5/4,3", "0/4,3", "a quarter"])
async def test_terms_nobody_offers_are_refused(ledger: Ledger, terms: str) -> None:
    with pytest.raises(UsageError, match="as 1/4,4"):
        await ledger.record_bet(each_way(terms), NOW)


async def test_at_an_exchange_both_parts_share_one_commission(ledger: Ledger) -> None:
    """Won 400, of which the exchange takes 5 %."""
    await ledger.record_bet(structs.replace(each_way(), bookmaker="betfair_ex_uk"), NOW)
    assert (await finished(ledger, 1)).profit_minor == 38_000


async def test_export_and_import_bring_it_back(ledger: Ledger, tmp_path: Path) -> None:
    for number, place in enumerate((1, 3, 5), start=1):
        await ledger.record_bet(each_way(price=f"{number}7.0", key=str(number)), NOW)
        await finished(ledger, place, 2, str(number))
    await ledger.record_bet(each_way(price="9.0", key="open"), NOW)
    (tmp_path / "copy").mkdir()
    async with opened(tmp_path / "copy") as copy:
        for unchanged in (0, 4):
            report = await copy.import_file(ledger.export_state("main"), "main", AFTER, created_by="test")
            assert (report.unchanged, report.problems, report.notes) == (unchanged, (), ())
        for bet_id in "1234":
            there, here = ledger.bet(bet_id), copy.bet(bet_id)
            assert here.each_way is not None
            assert (here.each_way, here.finish, here.result, here.profit_minor) == (
                there.each_way, there.finish, there.result, there.profit_minor,
            )  # fmt: skip
        assert (await copy.verify()).problems == ()


async def test_operators_own_examples_to_the_cent(ledger: Ledger, shared_data: Path) -> None:
    count = 0
    for case in golden_cases(shared_data, "operator_examples"):
        if case["rule"] != "each_way":
            continue
        count += 1
        placed, tied = case["finish"] == "placed", case.get("tied", 1)
        left = case.get("places_left", 1)
        # So many places pay that a runner in the last but `left` has as many of them left.
        place, places = (2, 1 + left) if placed else (1, 2)
        price = parse_any(case["fractional"])
        wanted = each_way(f"{case['place_fraction']},{max(places, 2)}", "2.0", case["unit_stake"] * 100, f"g{count}")
        await ledger.record_bet(structs.replace(wanted, price=price), NOW)
        bet = await finished(ledger, place, tied, str(count))
        # Operators truncate or round halves up; ours go to the even cent.
        assert bet.return_minor == pytest.approx(case["total_return"] * 100, abs=1), case
    assert count > 0


@settings(max_examples=25, deadline=None)
@given(
    st.integers(2, 6), st.sampled_from(["1/4", "1/5", "1/3", "1/1"]), st.integers(101, 5000), st.integers(1, 10**6),
    st.integers(0, 8), st.integers(1, 4),
)  # fmt: skip
def test_what_is_booked_is_what_both_parts_pay(
    places: int, fraction: str, price: int, stake: int, place: int, tied: int
) -> None:
    async def run() -> None:
        with TemporaryDirectory() as folder:
            async with opened(Path(folder)) as ledger:
                wanted = each_way(f"{fraction},{places}", f"{price / 100:.2f}", min(stake, 400_000))
                await ledger.record_bet(wanted, NOW)
                await finished(ledger, place, tied)

    asyncio.run(run())
