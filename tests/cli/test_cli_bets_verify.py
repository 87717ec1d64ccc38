"""`bets place` that asks the feed for its price first, and says when a bet would get no close."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from cli_kit import Cli, Ran
from feed_thread import serving
from odds_api_server import OddsApiServer, bad_weather
from odds_payloads import AWAY, HOME, Json, book, event, market, outcome

GAME = "e" * 32
NBA = "basketball_nba"


def game(fanduel: float) -> Json:
    now = datetime.now(UTC)
    quoted = (now - timedelta(seconds=5)).strftime("%Y-%m-%dT%H:%M:%SZ")
    starts = (now + timedelta(hours=6)).strftime("%Y-%m-%dT%H:%M:%SZ")
    prices = market("h2h", outcome(HOME, fanduel), outcome(AWAY, 1.6), last_update=quoted)
    return event(book("fanduel", prices, last_update=quoted), id=GAME, commence_time=starts)


@pytest.fixture
def feed(home: object, monkeypatch: pytest.MonkeyPatch) -> Iterator[OddsApiServer]:
    """A feed on this machine whose clock is right, and the settings that name it."""
    del home
    server = OddsApiServer(odds={NBA: [game(2.5)]}, event_odds={GAME: game(2.5)})
    server.date = format_datetime(datetime.now(UTC), usegmt=True)
    with serving(server) as address:
        for name, value in (
            ("DATA_SOURCES__THE_ODDS_API__BASE_URL", address),
            ("DATA_SOURCES__THE_ODDS_API__ODDS_FORMAT", "decimal"),
            ("DATA_SOURCES__PRIORITY_ORDER", '["the_odds_api"]'),
            ("RESULTS__ORDER", '["the_odds_api"]'),
            ("API_KEYS__THE_ODDS_API", server.key),
        ):
            monkeypatch.setenv(f"BETTING_TUI__{name}", value)
        yield server


def place(cli: Cli, *arguments: str, odds: str = "2.50") -> Ran:
    return cli(
        "bets", "place", "--event", GAME, "--home", HOME, "--away", AWAY, "--sport", NBA, "--market", "h2h",
        "--selection", HOME, "--bookmaker", "fanduel", "--odds", odds, "--stake", "100", *arguments,
        "--format", "json",
    )  # fmt: skip


def checks(feed: OddsApiServer) -> int:
    return sum(f"/events/{GAME}/odds" in asked.path for asked in feed.asked)


def look(cli: Cli) -> None:
    """After an answer it is known what the month's credits are."""
    assert cli("analyze", "--sport", NBA).code == 0


@pytest.mark.parametrize("flags", [(), ("--verify",)], ids=["by the settings", "by wish"])
def test_the_price_is_asked_for_and_the_bet_says_that_it_was_there(
    cli: Cli, feed: OddsApiServer, flags: tuple[str, ...]
) -> None:
    look(cli)
    bet = place(cli, "--note", "as told", "--strategy", "mine", *flags).json()
    assert (bet["evidence"], bet["origin"], bet["price_decimal"]) == ("fresh", "command", 2.5)
    assert (bet["note"], bet["strategy"], bet["no_close"]) == ("as told", "mine", None)
    assert checks(feed) == 1


def test_a_worse_price_is_refused_and_can_be_recorded_without_asking(cli: Cli, feed: OddsApiServer) -> None:
    look(cli)
    ran = place(cli, odds="2.80")
    assert ran.code == 1
    assert ran.json()["refused"] == "price_moved"
    assert "fanduel now" in ran.err
    assert "--no-verify takes it without asking" in ran.err
    bet = place(cli, "--no-verify", odds="2.80").json()
    assert (bet["evidence"], bet["origin"], bet["price_decimal"]) == ("none", "manual", 2.8)
    assert checks(feed) == 1


def test_what_the_feed_does_not_know_is_recorded_as_given_unless_asking_was_wished(
    cli: Cli, feed: OddsApiServer
) -> None:
    look(cli)
    feed.event_odds.clear()
    assert place(cli, "--verify").json()["refused"] == "unknown_event"
    ran = place(cli)
    assert ran.json()["evidence"] == "none"
    assert "Note: recorded as given" in ran.err


def test_a_feed_that_fails_does_not_keep_a_bet_out_of_the_books(cli: Cli, feed: OddsApiServer) -> None:
    look(cli)
    feed.weather.extend([bad_weather("INVALID_KEY")] * 2)
    refused = place(cli, "--verify")
    assert refused.json()["refused"] == "not_verified"
    ran = place(cli)
    assert ran.json()["evidence"] == "none"
    assert "could not be asked for again" in ran.err


def test_without_known_credits_nothing_is_spent(cli: Cli, feed: OddsApiServer) -> None:
    ran = place(cli)
    assert ran.json()["evidence"] == "none"
    assert "price not asked for again: 1 credit" in ran.err
    assert feed.asked == []


def test_a_bet_whose_close_cannot_be_paid_for_says_so_and_is_placed(cli: Cli, feed: OddsApiServer) -> None:
    feed.remaining = 4
    look(cli)
    start = (datetime.now(UTC) + timedelta(hours=6)).isoformat()
    ran = place(cli, "--no-verify", "--commence", start)
    assert ran.code == 0
    assert "would not be asked for" in ran.json()["no_close"]
    assert f"Note: {AWAY} @ {HOME}: its " in ran.err


def test_an_order_that_could_be_filled_now_is_asked_for_too(cli: Cli, feed: OddsApiServer) -> None:
    look(cli)
    start = (datetime.now(UTC) + timedelta(hours=5)).isoformat()
    filled = place(cli, "--work-until", start).json()
    assert filled["evidence"] == "fresh"
    waits = place(cli, "--work-until", start, "--no-verify", odds="9.00").json()
    assert (waits["state"], waits["no_close"]) == ("working", None)
    assert checks(feed) == 1


@pytest.mark.parametrize(
    ("flags", "said"),
    [(("--verify", "--at", "2026-01-02T03:04:05Z"), "leave --at or --verify out"), (("--verify",), "--sport")],
)
def test_a_wish_that_cannot_be_is_an_error(cli: Cli, flags: tuple[str, ...], said: str) -> None:
    ran = cli(
        "bets", "place", "--event", "x", "--market", "h2h", "--selection", "A", "--bookmaker", "b", "--odds", "2",
        "--stake", "1", *flags,
    )  # fmt: skip
    assert ran.code == 2
    assert said in ran.err


SECOND = "f" * 32


def place_legs(cli: Cli, *arguments: str, odds: str = "2.50") -> Ran:
    return cli(
        "bets", "place", "--leg", f"{GAME},h2h,{HOME},{odds}", "--game", f"{GAME},{HOME},{AWAY},{NBA}",
        "--leg", f"{SECOND},h2h,{AWAY},1.50", "--game", f"{SECOND},{HOME},{AWAY},{NBA}",
        "--bookmaker", "fanduel", "--stake", "100", *arguments, "--format", "json",
    )  # fmt: skip


@pytest.fixture
def two_games(feed: OddsApiServer) -> OddsApiServer:
    feed.event_odds[SECOND] = {**game(2.4), "id": SECOND}
    return feed


def test_the_prices_of_all_legs_are_asked_for_and_the_better_ones_taken(cli: Cli, two_games: OddsApiServer) -> None:
    look(cli)
    ran = place_legs(cli, "--key", "mine", "--note", "as told", "--strategy", "ideas")
    bet = ran.json()
    assert (bet["evidence"], bet["origin"], bet["note"], bet["strategy"]) == ("fresh", "command", "as told", "ideas")
    assert [leg["price"] for leg in bet["legs"]] == ["2.5", "1.6"]
    assert checks(two_games) == 1
    again = place_legs(cli, "--key", "mine")
    assert again.json()["id"] == bet["id"]
    assert "already recorded" in again.err
    assert place_legs(cli, "--key", "mine", odds="2.60").json()["refused"] == "duplicate"
    assert checks(two_games) == 1, "a key that was used is not paid for again"


def test_a_parlay_with_a_worse_leg_is_refused_whole(cli: Cli, two_games: OddsApiServer) -> None:
    look(cli)
    ran = place_legs(cli, odds="2.80")
    assert ran.code == 1
    assert ran.json()["refused"] == "price_moved"
    assert "--no-verify takes it without asking" in ran.err
    assert cli("bets", "list", "--format", "json").json() == []
    bet = place_legs(cli, "--no-verify", odds="2.80").json()
    assert (bet["evidence"], bet["origin"]) == ("none", "manual")


def test_a_leg_that_no_feed_knows_is_recorded_as_given_unless_asking_was_wished(
    cli: Cli, two_games: OddsApiServer
) -> None:
    look(cli)
    two_games.event_odds.clear()
    assert place_legs(cli, "--verify").json()["refused"] == "unknown_event"
    ran = place_legs(cli)
    assert ran.json()["evidence"] == "none"
    assert "Note: recorded as given" in ran.err


def test_what_is_no_parlay_is_not_paid_for(cli: Cli, two_games: OddsApiServer) -> None:
    look(cli)
    ran = place_legs(cli, "--verify", "--leg", f"{GAME},totals,Over,220.5,1.9")
    assert ran.json()["refused"] == "unsupported"
    assert not any("/odds" in asked.path and "/events/" in asked.path for asked in two_games.asked)
