"""Several legs, one stake, one bet: what is booked, what is refused, and what reads back."""

from __future__ import annotations

import json
from datetime import timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs
from store_samples import AFTER, GAME, NOW, OTHER, START, bet_of, fill, h2h, leg, opened, record, spread

from betting_tui.engine.core.bet_views import NotPlaced, Placed
from betting_tui.engine.core.commands import CancelBet, PlaceParlay, RecordParlay, SettleBet
from betting_tui.engine.core.errors import UsageError
from betting_tui.engine.core.model import (
    BetKind,
    BetResult,
    BetState,
    Event,
    Evidence,
    Funding,
    Leg,
    Origin,
    Selection,
    Side,
)
from betting_tui.engine.core.odds import MAX_DECIMAL, OddsFormat, parse_any
from betting_tui.engine.core.parlays import MOST_LEGS, product_price, why_no_parlay
from betting_tui.engine.core.refusals import RefusalCode
from betting_tui.engine.store import BetFilter, Ledger
from betting_tui.engine.store.shapes import ReportFilter

THIRD = Event("epl-1", "soccer_epl", "EPL", START + timedelta(hours=20), "Leeds", "Wolves")


def legs(*prices: str, bookmaker: str = "fanduel") -> tuple[Leg, ...]:
    picks = (h2h("Lakers"), h2h("Knicks", OTHER), spread("Leeds", 0.5, THIRD))
    return tuple(
        structs.replace(leg(price, selection=pick, bookmaker=bookmaker), stake_minor=None)
        for price, pick in zip(prices, picks, strict=False)
    )


def parlay(*wanted: Leg, stake: int = 10_000, key: str = "p1", funding: Funding = Funding.CASH) -> PlaceParlay:
    return PlaceParlay(
        "main", wanted or legs("+150", "-110", "2.5"), stake, key, Origin.APP, "test",
        events=(GAME, OTHER, THIRD), funding=funding,
    )  # fmt: skip


async def place(ledger: Ledger, command: PlaceParlay, **more: object) -> Placed | NotPlaced:
    fills = [
        fill(structs.replace(each, stake_minor=command.stake_minor), Evidence.LATER_SNAPSHOT) for each in command.legs
    ]
    return await ledger.place_parlay(command, fills, (), NOW, **more)  # type: ignore[arg-type]


async def test_a_parlay_is_one_bet_of_one_stake_at_the_exact_product_of_its_prices(ledger: Ledger) -> None:
    bet = bet_of(await place(ledger, parlay()))
    assert (bet.kind, bet.state, bet.stake_minor) == (BetKind.PARLAY, BetState.PENDING, 10_000)
    assert bet.price.exact == Fraction(5, 2) * Fraction(21, 11) * Fraction(5, 2)
    assert [each.event.name for each in bet.legs] == ["Celtics @ Lakers", "Nets @ Knicks", "Leeds v Wolves"]
    assert [each.price.text for each in bet.legs] == ["+150", "-110", "2.5"]
    assert [each.result for each in bet.legs] == [None, None, None]
    assert bet.closing_missing is None
    money = ledger.bankroll("main")
    assert (money.available_minor, money.exposure_minor, money.open_bets) == (990_000, 10_000, 1)
    assert (await ledger.verify()).ok


async def test_the_same_key_is_the_same_parlay(ledger: Ledger) -> None:
    first = await place(ledger, parlay())
    again = await place(ledger, parlay(stake=99_000))
    assert isinstance(first, Placed)
    assert isinstance(again, Placed)
    assert again.repeated
    assert again.bets == first.bets
    assert len(ledger.bets(BetFilter())) == 1


async def test_a_parlay_says_in_the_journal_what_it_is(ledger: Ledger) -> None:
    bet = bet_of(await place(ledger, parlay()))
    entry = ledger.bankroll("main").entries[0]
    assert (entry.bet_id, entry.amount_minor, entry.text) == (bet.id, -10_000, "3 legs 11.93 at fanduel")


async def test_it_is_found_by_each_of_its_events(ledger: Ledger) -> None:
    bet = bet_of(await place(ledger, parlay()))
    for event in (GAME, OTHER, THIRD):
        assert [each.id for each in ledger.bets(BetFilter(event_id=event.id))] == [bet.id]
    assert {event.id for event in ledger.watched_events()} == {GAME.id, OTHER.id, THIRD.id}


async def test_each_event_and_league_of_it_is_exposed_to_the_whole_stake_and_the_book_once(ledger: Ledger) -> None:
    await place(ledger, parlay())
    seen = ledger.look(
        "main",
        lambda standing: (
            [standing.exposure_of_event_minor(event.id) for event in (GAME, OTHER, THIRD)],
            [standing.exposure_of_league_minor(key) for key in ("basketball_nba", "soccer_epl")],
            standing.exposure_of_bookmaker_minor("fanduel"),
            standing.exposure_minor(),
            standing.open_bets(),
        ),
    )
    assert seen == ([10_000] * 3, [10_000] * 2, 10_000, 10_000, 1)


async def test_the_weakest_proof_of_a_leg_is_that_of_the_whole(ledger: Ledger) -> None:
    command = parlay()
    fills = [fill(structs.replace(each, stake_minor=10_000), Evidence.FRESH) for each in command.legs]
    fills[1] = structs.replace(fills[1], evidence=Evidence.SAME_SNAPSHOT)
    outcome = await ledger.place_parlay(command, fills, (), NOW)
    assert bet_of(outcome).evidence is Evidence.SAME_SNAPSHOT


async def test_a_leg_filled_at_a_better_price_pays_by_that(ledger: Ledger) -> None:
    command = parlay(*legs("+150", "+100"))
    fills = [fill(structs.replace(each, stake_minor=10_000)) for each in command.legs]
    fills[1] = structs.replace(fills[1], price=parse_any("+110"))
    bet = bet_of(await ledger.place_parlay(command, fills, (), NOW))
    assert bet.price.exact == Fraction(5, 2) * Fraction(21, 10)
    assert [each.price.text for each in bet.legs] == ["+150", "+110"]


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        (legs("+150"), "2 to 12 legs, not 1 leg"),
        ((leg(), leg("-110", selection=spread("Celtics", 3.5))), "two legs are on Celtics @ Lakers"),
        ((leg(), leg("-110", selection=h2h("Nets", OTHER), bookmaker="betmgm")), "not at betmgm and fanduel"),
        ((leg(), leg("-110", selection=h2h("Nets", OTHER), side=Side.LAY)), "backs all its legs"),
    ],
    ids=["one leg", "one event twice", "two books", "a lay"],
)
async def test_what_is_no_parlay_is_refused_in_words_and_the_refusal_is_kept(
    ledger: Ledger, wanted: tuple[Leg, ...], told: str
) -> None:
    outcome = await place(ledger, parlay(*wanted))
    assert isinstance(outcome, NotPlaced)
    assert outcome.refusal.code is RefusalCode.UNSUPPORTED
    assert told in outcome.refusal.message
    assert [(each.code, each.count) for each in ledger.refusals("main")] == [("unsupported", 1)]
    assert ledger.bankroll("main").available_minor == 1_000_000
    assert (await ledger.verify()).ok


def test_thirteen_legs_are_too_many_and_twelve_are_not() -> None:
    many = tuple(
        Leg(Selection(structs.replace(h2h().line, event_id=f"e{number}"), "Lakers"), "fanduel", parse_any("-110"))
        for number in range(MOST_LEGS + 1)
    )
    assert why_no_parlay(many[:-1], {}) is None
    refused = why_no_parlay(many, {})
    assert refused is not None
    assert "not 13 legs" in refused.message


async def test_a_parlay_beyond_any_price_is_refused_and_kept_without_one(ledger: Ledger) -> None:
    outcome = await place(ledger, parlay(*legs("+90000", "+90000")))
    assert isinstance(outcome, NotPlaced)
    assert outcome.refusal.code is RefusalCode.INVALID_ODDS
    assert "leave a leg out" in outcome.refusal.message
    assert (await ledger.verify()).ok


async def test_one_event_that_has_started_refuses_all_of_it(ledger: Ledger) -> None:
    early = structs.replace(OTHER, commence_time=NOW - timedelta(minutes=1))
    command = structs.replace(parlay(), events=(GAME, early, THIRD))
    outcome = await place(ledger, command)
    assert isinstance(outcome, NotPlaced)
    assert outcome.refusal.code is RefusalCode.EVENT_STARTED
    assert "Nets @ Knicks" in outcome.refusal.message
    assert ledger.bets(BetFilter()) == ()


async def test_the_stake_is_asked_of_the_wallet_once(ledger: Ledger) -> None:
    """A stake that three single bets could not be made with is enough for three legs."""
    assert isinstance(await place(ledger, parlay(stake=900_000)), Placed)
    over = await place(ledger, parlay(stake=200_000, key="p2"))
    assert isinstance(over, NotPlaced)
    assert over.refusal.code is RefusalCode.INSUFFICIENT_AVAILABLE
    assert (await ledger.verify()).ok


async def test_a_free_parlay_risks_nothing(ledger: Ledger) -> None:
    bet = bet_of(await place(ledger, parlay(funding=Funding.FREE)))
    assert bet.funding is Funding.FREE
    assert ledger.bankroll("main").available_minor == 1_000_000
    assert (await ledger.verify()).ok


async def test_one_made_by_hand_has_no_proof_and_may_lie_in_the_past(ledger: Ledger) -> None:
    command = RecordParlay(
        "main", legs("+150", "-110"), (GAME, OTHER), 5_000, "h1", Origin.MANUAL, "me",
        placed_at=NOW - timedelta(days=1), note="from the app of the book",
    )  # fmt: skip
    bet = bet_of(await ledger.record_parlay(command, NOW))
    assert (bet.evidence, bet.origin, bet.note) == (Evidence.NONE, Origin.MANUAL, "from the app of the book")
    assert bet.placed_at == NOW - timedelta(days=1)
    with pytest.raises(UsageError, match="lies ahead"):
        await ledger.record_parlay(structs.replace(command, key="h2", placed_at=AFTER), NOW)
    with pytest.raises(UsageError, match="nba-2"):
        await ledger.record_parlay(structs.replace(command, key="h3", events=(GAME,)), NOW)


async def test_a_parlay_can_be_taken_back_only_before_the_first_of_its_events(ledger: Ledger) -> None:
    bet = bet_of(await place(ledger, parlay()))
    taken = await ledger.cancel_bet(CancelBet(bet.id, "test"), START - timedelta(minutes=1))
    assert getattr(taken, "state", None) is BetState.CANCELLED
    assert ledger.bankroll("main").available_minor == 1_000_000
    other = bet_of(await place(ledger, parlay(key="p2")))
    refused = await ledger.cancel_bet(CancelBet(other.id, "test"), START + timedelta(minutes=1))
    assert getattr(refused, "code", None) is RefusalCode.EVENT_STARTED


async def test_settled_by_hand_it_pays_the_exact_product_rounded_once(ledger: Ledger) -> None:
    bet = bet_of(await place(ledger, parlay(*legs("-110", "-110"), stake=10_001)))
    settled = (await ledger.settle_bet(SettleBet(bet.id, BetResult.WIN, "me"), AFTER)).bet
    assert settled.return_minor == round(10_001 * Fraction(21, 11) ** 2)
    assert settled.closing_missing is not None
    assert "a parlay has no single closing price" in settled.closing_missing
    assert (await ledger.verify()).ok


async def test_bets_are_exported_with_their_legs(ledger: Ledger) -> None:
    await place(ledger, parlay())
    await ledger.record_bet(record(key="single"), NOW)
    whole, single = sorted(json.loads(ledger.export_bets("json", BetFilter())), key=lambda bet: not bet["legs"])
    assert single["legs"] == []
    assert whole["kind"] == "parlay"
    assert [each["selection"] for each in whole["legs"]] == ["Lakers", "Knicks", "Leeds"]
    assert whole["legs"][2]["point"] == 0.5
    assert b"Lakers +150 & Knicks -110 & Leeds +0.5 2.5" in ledger.export_bets("csv", BetFilter())


@given(st.lists(st.sampled_from(["+150", "-110", "-137", "1.909", "6/4", "+101", "2.05"]), min_size=2, max_size=12))
def test_the_price_of_a_parlay_is_exact(prices: list[str]) -> None:
    exact = Fraction(1)
    for text in prices:
        exact *= parse_any(text).exact
    if exact <= MAX_DECIMAL:
        whole = product_price(parse_any(text) for text in prices)
        assert whole.exact == exact
        assert whole.format is OddsFormat.FRACTIONAL


async def test_the_older_layout_keeps_a_parlay_and_reading_it_back_changes_nothing(
    ledger: Ledger, tmp_path: Path
) -> None:
    bet = bet_of(await place(ledger, parlay()))
    state = ledger.export_state("main")
    again = await ledger.import_file(state, "main", NOW, created_by="test")
    assert (again.added, again.unchanged, again.problems) == (0, 1, ())
    async with opened(tmp_path / "other") as other:
        report = await other.import_file(state, "main", NOW, created_by="test")
        assert (report.added, report.problems) == (1, ())
        (kept,) = other.bets(BetFilter())
        assert (kept.kind, kept.price.exact, kept.stake_minor) == (bet.kind, bet.price.exact, bet.stake_minor)
        assert [(each.selection, each.point, each.price) for each in kept.legs] == [
            (each.selection, each.point, each.price) for each in bet.legs
        ]
        assert (await other.verify()).ok


async def test_a_file_with_legs_that_are_none_says_which_one(ledger: Ledger) -> None:
    legs = [{"event": "Celtics @ Lakers", "selection": "Lakers", "odds": 150}, {"selection": "Nets"}]
    row = {
        "stake": 10,
        "placed_at": "2026-04-18T10:00:00Z",
        "status": "pending",
        "sportsbook": "fanduel",
        "legs": legs,
    }
    report = await ledger.import_file(json.dumps({"bets": [row]}).encode(), "main", NOW, created_by="test")
    assert report.added == 0
    assert "leg 2: it has no odds" in report.problems[0]


async def test_reports_count_a_parlay_under_its_own_name_not_under_its_first_leg(ledger: Ledger) -> None:
    bet = bet_of(await place(ledger, parlay()))
    await ledger.settle_bet(SettleBet(bet.id, BetResult.LOSS, "me"), AFTER)
    for by in ("sport", "market"):
        (group,) = ledger.report(ReportFilter("main", by)).groups
        assert (group.name, group.bets, group.profit_minor) == ("parlay", 1, -10_000)
    await ledger.note_quotes([], [structs.replace(GAME, sport_key="basketball_wnba")], NOW)
    assert (await ledger.verify()).problems == ()
