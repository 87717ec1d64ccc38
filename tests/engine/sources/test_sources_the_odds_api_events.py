"""The questions beside the featured odds: single events, what is on offer, participants, history; and their costs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from odds_api_server import OddsApiServer, Weather, error_body
from odds_payloads import AWAY, HOME, book, event, market, outcome

from betting_tui.engine.clocks import VirtualClock
from betting_tui.engine.config import TheOddsApi
from betting_tui.engine.config.tree import DEFAULT_MINE
from betting_tui.engine.core.errors import BadAnswer, CreditsSpent, EventGone, RequestRejected
from betting_tui.engine.core.ports import AnswerKind, OddsRequest
from betting_tui.engine.sources.http import HttpClient
from betting_tui.engine.sources.the_odds_api import TheOddsApiSource
from betting_tui.engine.sources.the_odds_api_costs import (
    REGION_BOOKS,
    cheaper,
    historical_cost,
    odds_cost,
)
from betting_tui.engine.sources.the_odds_api_decode import OfferedMarkets, Participant

KEY = "a-key-for-tests"
NOW = datetime(2026, 4, 18, 10, 0, tzinfo=UTC)
THEN = datetime(2026, 4, 1, 12, 0, 30, 999, tzinfo=UTC)
NBA = "basketball_nba"
H2H = market("h2h", outcome(HOME, 150), outcome(AWAY, -170))
PROP = market(
    "player_points",
    outcome("Over", -110, 24.5, description="A. Player"),
    outcome("Under", -110, 24.5, description="A. Player"),
)
GAME = event(book("pinnacle", H2H, PROP))
BARE = {name: value for name, value in event().items() if name != "bookmakers"}


def envelope(data: object, **more: object) -> dict[str, object]:
    return {
        "timestamp": "2026-04-01T12:00:00Z",
        "previous_timestamp": "2026-04-01T11:55:00Z",
        "next_timestamp": "2026-04-01T12:05:00Z",
        "data": data,
    } | more


@asynccontextmanager
async def talking(remaining: int = 500) -> AsyncIterator[tuple[OddsApiServer, TheOddsApiSource]]:
    async with OddsApiServer(
        key=KEY,
        odds={NBA: [GAME]},
        events={NBA: [BARE]},
        event_odds={"e1": GAME},
        event_markets={
            "e1": event(
                {"key": "pinnacle", "markets": [{"key": "h2h"}, {"key": "totals_q1"}, {"key": "h2h"}, {"key": "No!"}]},
                {"key": "broken"},
                {"key": "bad key", "markets": []},
                {"key": "fanduel", "title": "FanDuel", "markets": []},
            )
        },
        participants={NBA: [{"id": "par_1", "full_name": "Lakers"}, {"id": "x\n", "full_name": "Y"}, {"id": 5}]},
        historical={
            f"{NBA}/odds": envelope([GAME]),
            f"{NBA}/events": envelope([BARE]),
            f"{NBA}/events/e1/odds": envelope(GAME),
        },
        remaining=remaining,
    ) as server:
        source = TheOddsApiSource(KEY, TheOddsApi(base_url=server.base_url), HttpClient(), VirtualClock(NOW))
        try:
            yield server, source
        finally:
            await source.aclose()


async def test_one_events_odds_cost_the_markets_that_come_back() -> None:
    request = OddsRequest(NBA, ("h2h", "player_points", "btts"), ("pinnacle",))
    async with talking() as (server, source):
        answer = await source.fetch_event_odds("e1", request)
        decoded = source.decode_odds(answer)
    assert server.asked[0].path == "/v4/sports/basketball_nba/events/e1/odds"
    assert (answer.kind, answer.markets) == (AnswerKind.ODDS, request.markets)
    assert {quote.selection.line.market for quote in decoded.events[0].quotes} == {"h2h", "player_points"}
    assert answer.credits is not None
    assert answer.credits.last_cost == 2
    assert source.cost(request) == 3


async def test_limits_links_and_ids_are_asked_for_when_wished() -> None:
    wished = OddsRequest(
        NBA,
        bookmakers=("pinnacle",),
        event_ids=("e1", "e2", "e1"),
        starts_from=THEN,
        starts_to=THEN.astimezone(timezone(timedelta(hours=2))) + timedelta(days=1),
        bet_limits=True,
        links=True,
        sids=True,
    )
    async with talking() as (server, source):
        await source.fetch_odds(wished)
        await source.fetch_event_odds("e1", wished)
        await source.fetch_odds(OddsRequest(NBA, bookmakers=("pinnacle",)))
        queries = [asked.query for asked in server.asked]
    for query in queries[:2]:
        assert {name: query[name] for name in query if name.startswith(("include", "event", "commence"))} == {
            "includeBetLimits": "true",
            "includeLinks": "true",
            "includeSids": "true",
            "eventIds": "e1,e2",
            "commenceTimeFrom": "2026-04-01T12:00:30Z",
            "commenceTimeTo": "2026-04-02T12:00:30Z",
        }
    assert not any(name.startswith(("include", "event", "commence")) for name in queries[2])


async def test_start_times_are_refreshed_for_nothing() -> None:
    async with talking(remaining=0) as (server, source):
        answer = await source.fetch_events(NBA, starts_from=NOW)
        assert server.asked[0].query["commenceTimeFrom"] == "2026-04-18T10:00:00Z"
    assert (answer.kind, answer.received_at) == (AnswerKind.EVENTS, NOW)
    assert answer.credits is not None
    assert answer.credits.last_cost == 0
    assert [(e.id, e.commence_time) for e in source.decode_events(answer)] == [
        ("e1", datetime(2026, 4, 18, 23, tzinfo=UTC))
    ]


async def test_what_is_on_offer_for_an_event_costs_one_credit() -> None:
    async with talking() as (server, source):
        offers = await source.event_markets("e1", OddsRequest(NBA, regions=("us",)))
        assert server.asked[0].path.endswith("/events/e1/markets")
        assert server.used == 1
    assert offers == (OfferedMarkets("pinnacle", ("h2h", "totals_q1")), OfferedMarkets("fanduel", ()))


async def test_participants_cost_one_credit_and_bad_rows_are_left_out() -> None:
    async with talking() as (server, source):
        assert await source.participants(NBA) == (Participant("par_1", "Lakers"),)
        assert server.used == 1
        server.participants[NBA] = [{"id": 5}]
        with pytest.raises(BadAnswer, match="participant"):
            await source.participants(NBA)


async def test_sports_out_of_season_are_asked_for_when_wished() -> None:
    async with talking() as (server, source):
        await source.sports()
        await source.sports(out_of_season=True)
        assert ["all" in asked.query for asked in server.asked] == [False, True]


async def test_history_is_dated_as_of_then_and_costs_ten_times() -> None:
    request = OddsRequest(NBA, ("h2h", "player_points"), regions=("us",))
    async with talking() as (server, source):
        odds = await source.historical_odds(request, THEN)
        one = await source.historical_event_odds("e1", request, THEN)
        fixtures = await source.historical_events(NBA, THEN)
        asked = server.asked
        assert server.used == 2 * historical_cost(request) + 1 == 41
    assert [(each.path, each.query["date"]) for each in asked] == [
        ("/v4/historical/sports/basketball_nba/odds", "2026-04-01T12:00:30Z"),
        ("/v4/historical/sports/basketball_nba/events/e1/odds", "2026-04-01T12:00:30Z"),
        ("/v4/historical/sports/basketball_nba/events", "2026-04-01T12:00:30Z"),
    ]
    at = datetime(2026, 4, 1, 12, tzinfo=UTC)
    for snapshot in (odds, one, fixtures):
        assert snapshot.at == snapshot.answer.received_at == at
        assert snapshot.previous_at == at - timedelta(minutes=5)
        assert snapshot.next_at == at + timedelta(minutes=5)
    for snapshot in (odds, one):
        assert {quote.seen_at for quote in source.decode_odds(snapshot.answer).events[0].quotes} == {at}
    assert [found.id for found in source.decode_events(fixtures.answer)] == ["e1"]


@pytest.mark.parametrize("timestamp", ["", "then", None, [1]])
async def test_history_without_its_moment_is_not_read(timestamp: object) -> None:
    async with talking() as (server, source):
        server.historical[f"{NBA}/events"] = envelope([BARE], timestamp=timestamp)
        with pytest.raises(BadAnswer, match="does not say of when"):
            await source.historical_events(NBA, THEN)


async def test_history_on_a_free_plan_is_a_refused_question_not_a_wrong_key() -> None:
    async with talking() as (server, source):
        server.historical.clear()
        with pytest.raises(RequestRejected) as refused:
            await source.historical_odds(OddsRequest(NBA, regions=("us",)), THEN)
    assert refused.value.code == "HISTORICAL_UNAVAILABLE_ON_FREE_USAGE_PLAN"


async def test_an_event_that_is_over_is_gone_and_an_unknown_sport_is_not() -> None:
    request = OddsRequest(NBA, regions=("us",))
    async with talking() as (server, source):
        for asking in (source.fetch_event_odds("e9", request), source.event_markets("e9", request)):
            with pytest.raises(EventGone, match="Event not found"):
                await asking
        server.weather.append(Weather(status=404, body=error_body("UNKNOWN_SPORT")))
        with pytest.raises(RequestRejected) as refused:
            await source.fetch_event_odds("e1", request)
        assert type(refused.value) is RequestRejected


@pytest.mark.parametrize("event_id", ["", "../scores", "e1/odds", "e1?x=1", "a b", "x" * 65, "é"])
async def test_an_event_id_that_would_change_the_address_is_refused(event_id: str) -> None:
    request = OddsRequest(NBA, regions=("us",))
    async with talking() as (server, source):
        for asking in (
            source.fetch_event_odds(event_id, request),
            source.event_markets(event_id, request),
            source.historical_event_odds(event_id, request, THEN),
            source.fetch_odds(OddsRequest(NBA, regions=("us",), event_ids=(event_id,))),
        ):
            with pytest.raises(RequestRejected):
                await asking
        assert server.asked == []


async def test_a_call_that_costs_more_than_what_is_left_is_spent_credits() -> None:
    async with talking(remaining=2) as (_, source):
        with pytest.raises(CreditsSpent):
            await source.fetch_odds(OddsRequest(NBA, bookmakers=("pinnacle",)))
        assert source.credits is not None
        assert source.credits.remaining == 2
        assert (await source.fetch_odds(OddsRequest(NBA, ("h2h",), ("pinnacle",)))).body


def wanted(*books: str) -> OddsRequest:
    return OddsRequest(NBA, ("h2h",), books)


US, EU = sorted(REGION_BOOKS["us"]), sorted(REGION_BOOKS["eu"] - REGION_BOOKS["us"])


def test_ten_named_books_of_any_regions_cost_one_and_stay_named() -> None:
    assert cheaper(wanted(*DEFAULT_MINE)) == wanted(*DEFAULT_MINE)
    assert odds_cost(wanted(*DEFAULT_MINE)) == 1
    assert cheaper(wanted("pinnacle", "pinnacle")).bookmakers == ("pinnacle",)


def test_eleven_books_of_one_region_are_asked_for_by_region() -> None:
    chosen = cheaper(wanted(*US))
    assert len(US) == 11
    assert (chosen.bookmakers, chosen.regions, odds_cost(chosen)) == ((), ("us",), 1)


def test_a_book_of_no_known_region_keeps_all_the_names() -> None:
    assert cheaper(wanted(*US, "a_new_book")).bookmakers == (*US, "a_new_book")


def test_a_tie_between_names_and_regions_goes_to_the_names() -> None:
    both = cheaper(wanted(*US[:8], *EU[:8]))
    assert (both.bookmakers, odds_cost(both)) == ((*US[:8], *EU[:8]), 2)
    many = cheaper(wanted(*US, *EU))
    assert (set(many.regions), odds_cost(many)) == ({"us", "eu"}, 2)


def test_regions_asked_for_without_books_stay() -> None:
    assert cheaper(OddsRequest(NBA, ("h2h",), regions=("us", "uk", "us"))).regions == ("us", "uk")


@given(st.lists(st.sampled_from([*sorted(frozenset().union(*REGION_BOOKS.values())), "new_1", "new_2"]), max_size=60))
def test_the_cheaper_way_is_never_dearer_and_holds_every_book(books: list[str]) -> None:
    request = OddsRequest(NBA, ("h2h", "totals"), tuple(books), ("us",))
    chosen = cheaper(request)
    assert odds_cost(chosen) <= odds_cost(request)
    held = set(chosen.bookmakers) | frozenset().union(*(REGION_BOOKS[region] for region in chosen.regions))
    assert set(books) <= held
    assert odds_cost(chosen) == odds_cost(cheaper(chosen))
