"""One event under one id: which feed's event is which of ours, who names its start, and what the ledger remembers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from store_samples import opened

from betting_tui.engine.core.bet_views import Placed
from betting_tui.engine.core.commands import RecordBet
from betting_tui.engine.core.decoded import DecodedOdds, EventQuotes
from betting_tui.engine.core.model import (
    START_UNKNOWN,
    Event,
    EventAlias,
    LineKey,
    Origin,
    OutcomeSet,
    Quote,
    Selection,
)
from betting_tui.engine.core.odds import parse_any
from betting_tui.engine.identity import Identities
from betting_tui.engine.store.store import Ledger
from market_samples import NOW

PAID, FREE, THIRD = "the_odds_api", "football_data", "third"
EPL, NBA, MLB, WNBA = "soccer_epl", "basketball_nba", "baseball_mlb", "basketball_wnba"
START = NOW + timedelta(hours=8)


@pytest.fixture
async def book(tmp_path: Path) -> AsyncIterator[Ledger]:
    async with opened(tmp_path) as ledger:
        yield ledger


@pytest.fixture
def ids(book: Ledger) -> Identities:
    return restarted(book)


def restarted(book: Ledger) -> Identities:
    return Identities(book, (PAID, FREE))


def event(key: str, home: str, away: str, sport: str = EPL, start: datetime = START) -> Event:
    return Event(key, sport, sport, start, home, away)


A = event("a" * 32, "Manchester United", "Nottingham Forest")
F = event("fd-E0-1", "Man United", "Nott'm Forest")
OTHER = event("b" * 32, "Manchester City", "Everton")


async def told(ids: Identities, source: str, *events: Event) -> list[Event]:
    return list(await ids.of_events(source, events, NOW))


async def names(ids: Identities, source: str, *events: Event) -> list[str]:
    return [each.id for each in await told(ids, source, *events)]


async def bet_on(book: Ledger, on: Event, key: str = "k") -> None:
    selection = Selection(LineKey(on.id, "h2h", OutcomeSet.THREE_WAY), on.home_team or "")
    placed = await book.record_bet(
        RecordBet("main", on, selection, "bet365", parse_any("2"), 1_000, key, Origin.COMMAND, "me"), NOW
    )
    assert isinstance(placed, Placed)


@pytest.mark.parametrize(("first", "then"), [((PAID, A), (FREE, F)), ((FREE, F), (PAID, A))])
async def test_the_id_known_first_stays(ids: Identities, first: tuple[str, Event], then: tuple[str, Event]) -> None:
    await told(ids, first[0], first[1], OTHER)
    for _ in range(2):
        (now,) = await told(ids, *then)
        assert (now.id, now.home_team, now.away_team) == (first[1].id, first[1].home_team, first[1].away_team)
        assert await names(ids, *first) == [first[1].id]
    assert ids.ours(then[0], then[1].id) == first[1].id
    assert [ids.called_by(source, first[1].id) for source in (PAID, FREE)] == [A.id, F.id]


async def test_a_list_of_fixtures_is_enough_to_know_an_event_by(ids: Identities) -> None:
    assert await names(ids, PAID, A, OTHER) == [A.id, OTHER.id]
    assert await names(ids, FREE, event("fd-2", "Man City", "Everton"), F) == [OTHER.id, A.id]


@pytest.mark.parametrize(
    ("known", "other"),
    [
        (event("1", "Arsenal", "Chelsea"), event("2", "Arsenal", "Chelsea", start=START + timedelta(hours=13))),
        (event("1", "Arsenal", "Chelsea"), event("2", "Arsenal U21", "Chelsea U21")),
        (event("1", "Arsenal", "Chelsea"), event("2", "Arsenal Women", "Chelsea Women")),
        (event("1", "Arsenal", "Chelsea"), event("2", "Arsenal", "Liverpool")),
        (event("1", "Arsenal", "Chelsea"), event("2", "Arsenal", "Chelsea", "soccer_fa_cup")),
        (event("1", "Texas Tigers", "Ohio Bears", "x"), event("2", "Iowa Tigers", "Utah Bears", "x")),
        (event("1", "Chicago Sky", "New York Liberty", WNBA), event("2", "Chicago Bulls", "New York Knicks", WNBA)),
        (
            event("1", "New York Yankees", "Boston Red Sox", MLB),
            event("2", "New York Yankees", "Boston Red Sox", MLB, START + timedelta(hours=4)),
        ),
    ],
)
async def test_what_is_not_surely_the_same_game_stays_two(ids: Identities, known: Event, other: Event) -> None:
    await told(ids, PAID, known)
    for _ in range(2):
        assert await names(ids, THIRD, other) == [other.id]
    assert await names(ids, PAID, known) == [known.id]


async def test_each_game_of_a_double_header_finds_its_own(ids: Identities) -> None:
    later = START + timedelta(hours=4)
    teams = ("New York Yankees", "Boston Red Sox", MLB)
    await told(ids, PAID, event("one", *teams), event("two", *teams, later))
    assert await names(ids, THIRD, event("y", *teams, later), event("x", *teams)) == ["two", "one"]


async def test_two_games_of_an_answer_are_never_one(ids: Identities) -> None:
    await told(ids, PAID, A)
    twin = event("fd-E0-2", "Manchester United", "Nottingham Forest")
    assert await names(ids, FREE, F, twin) == [F.id, twin.id]
    assert await names(ids, FREE, F) == [F.id], "it is an event of its own by now"


async def test_a_second_id_of_a_feed_for_a_game_it_has_told_of_is_another_game(ids: Identities) -> None:
    await told(ids, PAID, A)
    await told(ids, FREE, F)
    twin = event("fd-E0-2", "Manchester United", "Nottingham Forest")
    assert await names(ids, FREE, twin, F) == [twin.id, A.id]


async def test_events_of_one_feed_alone_are_never_compared(ids: Identities) -> None:
    twin = event("c" * 32, "Manchester United", "Nottingham Forest")
    assert await names(ids, PAID, A) == [A.id]
    assert await names(ids, PAID, twin) == [twin.id]


async def test_an_outright_is_its_own(ids: Identities) -> None:
    winner = Event("w", EPL, "EPL winner", START)
    await told(ids, PAID, winner)
    assert await told(ids, FREE, Event("x", EPL, "EPL winner", START)) == [Event("x", EPL, "EPL winner", START)]


async def test_a_feed_that_gives_an_id_to_other_teams_is_not_followed(ids: Identities) -> None:
    await told(ids, PAID, A)
    await told(ids, FREE, F)
    other = event(F.id, "Leeds", "Burnley")
    assert await told(ids, FREE, other) == [other]
    assert ids.called_by(FREE, A.id) is None


# Starts


async def test_a_stand_in_moves_no_start_that_the_preferred_feed_named(ids: Identities) -> None:
    hour = timedelta(hours=1)
    await told(ids, PAID, A)
    (now,) = await told(ids, FREE, event(F.id, "Man United", "Nott'm Forest", start=START + hour))
    assert now.commence_time == START
    (now,) = await told(ids, PAID, event(A.id, "Manchester United", "Nottingham Forest", start=START - hour))
    assert now.commence_time == START - hour
    (now,) = await told(ids, FREE, F)
    assert now.commence_time == START - hour


async def test_the_preferred_feed_moves_the_start_a_stand_in_named(ids: Identities) -> None:
    await told(ids, FREE, event(F.id, "Man United", "Nott'm Forest", start=START + timedelta(hours=2)))
    (now,) = await told(ids, PAID, A)
    assert (now.id, now.commence_time) == (F.id, START)
    (now,) = await told(ids, FREE, event(F.id, "Man United", "Nott'm Forest", start=START + timedelta(hours=2)))
    assert now.commence_time == START


async def test_a_feed_moves_its_own_starts_and_forgets_none(ids: Identities) -> None:
    await told(ids, FREE, F)
    moved = event(F.id, "Man United", "Nott'm Forest", start=START + timedelta(days=3))
    assert await told(ids, FREE, moved) == [moved]
    (now,) = await told(ids, FREE, event(F.id, "Man United", "Nott'm Forest", start=START_UNKNOWN))
    assert now.commence_time == moved.commence_time


# Sides


async def test_sides_told_the_other_way_round_are_turned(ids: Identities) -> None:
    await told(ids, PAID, A)
    turned = event("fd-9", "Nott'm Forest", "Man United")
    line = LineKey(turned.id, "spreads", OutcomeSet.TWO_WAY, point=1.5)
    quote = Quote(Selection(line, "Nott'm Forest", 1.5), "bet365", parse_any("1.9"), FREE, NOW)
    for _ in range(2):
        decoded = await ids.of_odds(FREE, DecodedOdds((EventQuotes(turned, (quote,)),)), NOW)
        (item,) = decoded.events
        assert item.event == A
        ours = LineKey(A.id, "spreads", OutcomeSet.TWO_WAY, point=-1.5)
        assert item.quotes[0].selection == Selection(ours, "Nottingham Forest", 1.5)
    # The feed whose id it is exchanges the sides, as on neutral ground: the other one is then the right way round.
    await told(ids, PAID, event(A.id, "Nottingham Forest", "Manchester United"))
    decoded = await ids.of_odds(FREE, DecodedOdds((EventQuotes(turned, (quote,)),)), NOW)
    assert decoded.events[0].quotes[0].selection.line.point == 1.5


async def test_an_answer_of_events_of_its_own_is_left_as_it_is(ids: Identities) -> None:
    decoded = DecodedOdds((EventQuotes(A, ()), EventQuotes(OTHER, ())))
    assert await ids.of_odds(PAID, decoded, NOW) is decoded
    assert await ids.of_odds(PAID, decoded, NOW) is decoded


# The ledger


@pytest.mark.parametrize(("first", "then"), [((PAID, A), (FREE, F)), ((FREE, F), (PAID, A))])
async def test_after_a_restart_the_bet_keeps_its_event(
    book: Ledger, ids: Identities, first: tuple[str, Event], then: tuple[str, Event]
) -> None:
    await told(ids, *first)
    await bet_on(book, first[1])
    await told(ids, *then)
    ours = first[1].id
    assert set(book.names_of(ours)) == {EventAlias(PAID, A.id, ours), EventAlias(FREE, F.id, ours)}
    again = restarted(book)
    assert again.called_by(PAID, ours) == A.id
    assert await names(again, *then) == [ours]
    assert await names(again, *first) == [ours]


async def test_a_name_that_is_kept_finds_its_event_whenever_it_starts(book: Ledger, ids: Identities) -> None:
    await told(ids, PAID, A)
    await bet_on(book, A)
    await told(ids, FREE, F)
    put_off = event(F.id, "Man United", "Nott'm Forest", start=START + timedelta(days=2))
    assert await names(restarted(book), FREE, put_off) == [A.id]


async def test_two_ids_of_one_answer_are_never_one_event_whatever_is_kept(book: Ledger) -> None:
    await bet_on(book, A)
    twin = event("fd-E0-2", "Man United", "Nott'm Forest")
    await book.note_names([EventAlias(FREE, each.id, A.id) for each in (F, twin)], NOW)
    ids = restarted(book)
    assert await names(ids, FREE, F) == [A.id]
    assert await names(ids, FREE, F, twin) == [A.id, twin.id]


async def test_after_a_restart_a_bet_is_found_by_its_teams(book: Ledger) -> None:
    await bet_on(book, A)
    assert await names(restarted(book), FREE, F) == [A.id]
    assert book.names_of(A.id) == (EventAlias(FREE, F.id, A.id),)


async def test_after_a_restart_a_stand_in_still_moves_no_start(book: Ledger, ids: Identities) -> None:
    await told(ids, FREE, F)
    await bet_on(book, F)
    (now,) = await told(
        ids, PAID, event(A.id, "Manchester United", "Nottingham Forest", start=START - timedelta(hours=1))
    )
    await book.note_starts([now], NOW)
    (again,) = await told(restarted(book), FREE, F)
    assert again.commence_time == START - timedelta(hours=1)


async def test_a_name_is_kept_once_there_is_a_bet(book: Ledger, ids: Identities) -> None:
    await told(ids, PAID, A)
    await told(ids, FREE, F)
    assert book.names_of(A.id) == ()
    await bet_on(book, A)
    await told(ids, FREE, F)
    assert EventAlias(FREE, F.id, A.id) in book.names_of(A.id)


async def test_two_events_with_bets_from_before_stay_two(book: Ledger) -> None:
    await bet_on(book, A, "one")
    await bet_on(book, F, "two")
    ids = restarted(book)
    for _ in range(2):
        assert await names(ids, PAID, A) == [A.id]
        assert await names(ids, FREE, F) == [F.id]


async def test_over_and_told_of_no_more_it_is_forgotten(ids: Identities) -> None:
    await told(ids, PAID, A)
    await told(ids, FREE, F)
    ids.forget_over(START + timedelta(hours=47))
    assert ids.ours(FREE, F.id) == A.id
    ids.forget_over(START + timedelta(hours=49))
    assert ids.ours(FREE, F.id) == F.id
    assert await names(ids, FREE, F) == [F.id]


def answers(order: Sequence[str]) -> list[tuple[str, Event]]:
    return [(source, A if source == PAID else F) for source in order]


@pytest.mark.parametrize("order", [(PAID, FREE, PAID, FREE), (FREE, FREE, PAID, FREE)])
async def test_the_same_answers_give_the_same_events(book: Ledger, order: Sequence[str]) -> None:
    one, two = restarted(book), restarted(book)
    first = [await told(one, source, each, OTHER) for source, each in answers(order)]
    assert [await told(two, source, each, OTHER) for source, each in answers(order)] == first
