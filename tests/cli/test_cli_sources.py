"""`sources`: feeds, credits and plan for people and for scripts, and whether feeds answer at all."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date

import msgspec
import pytest
from cli_kit import Cli
from feed_scenes import keyless_sources, month, untold_month, working_sources
from feed_thread import serving
from msgspec.structs import replace
from odds_api_server import OddsApiServer, Weather

from betting_tui.cli.feeds_told import feed_sheet, sources_text, sources_told
from betting_tui.cli.output import Style, csv_text
from betting_tui.engine.core.feed_views import CreditsView, SourcesView

KEY = "canary0123456789"
NOW = month().today[0].at


def text(view: SourcesView, width: int | None = None) -> str:
    return sources_text(view, Style(width=width))


def spending(view: CreditsView) -> SourcesView:
    return replace(working_sources(), credits=(view,))


def test_feeds_stand_with_their_state_and_what_they_need() -> None:
    rows = text(working_sources()).split("\n\n")[0].split("\n")
    assert [row.split()[0] for row in rows[1:]] == [
        "the_odds_api", "football_data", "odds_scraping", "espn", "thesportsdb",
    ]  # fmt: skip
    assert rows[3].endswith("its scrapers come in a later version")
    assert "needs a key: k in the app, or api_keys.the_odds_api" in text(keyless_sources())


def test_the_order_of_asking_is_said() -> None:
    assert "Results are asked of espn, then the_odds_api, then football_data" in text(working_sources())


def test_the_month_is_told_in_numbers_and_words() -> None:
    said = text(working_sources())
    for line in (
        "Credits of the_odds_api, new ones on 1 May",
        "used      88 of 500",
        "left      412: they last at this rate",
        "reserved  64 for closes and results of open bets",
        "free      348",
        "planned   231 in all until 1 May",
        "today     12 of 25 spent, 9 to go",
    ):
        assert line in said
    assert "they end on 20 Apr at this rate" in text(spending(month(runs_out=date(2026, 4, 20))))
    assert "unsure    3 credits" in text(spending(replace(month(), unsure=3)))


def test_the_next_call_is_marked_by_a_word() -> None:
    planned = text(working_sources()).split("Planned\n")[1].split("\n\n")[0].split("\n")[1:]
    assert [row.split()[0] for row in planned] == ["next", "then", "then", "then", "then"]
    assert "close of 2 games" in planned[0]


def test_what_is_not_polled_says_why_and_open_bets_come_first() -> None:
    left_out = text(working_sources()).split("Not polled\n")[1].split("\n")[1:]
    assert left_out[0].startswith("soccer_epl")
    assert "yes" in left_out[0]
    assert left_out[1].endswith("credits are kept for the days until 1 May")


def test_credits_nobody_has_told_of_are_not_zero() -> None:
    assert "Credits of the_odds_api: not known yet, the first answer tells" in text(spending(untold_month()))


def test_a_narrow_terminal_keeps_feed_state_and_reason() -> None:
    rows = text(working_sources(), 80).split("\n\n")[0].split("\n")
    assert "espn" in rows[4]
    assert "degraded" in rows[4]
    assert rows[4].endswith("ESPN answered with an error (HTTP 503)")


def test_json_has_everything_with_utc_times() -> None:
    told = msgspec.json.decode(msgspec.json.encode(sources_told(working_sources(), NOW)))
    assert told["now"] == "2026-04-18T12:00:00Z"
    feed = {row["name"]: row for row in told["feeds"]}["espn"]
    assert feed["resting_until_at"] == "2026-04-18T11:34:00Z"
    assert (feed["state"], feed["roles"], feed["requests"], feed["retries"]) == ("degraded", ["results"], 9, 6)
    spent = told["credits"][0]
    assert (spent["used"], spent["left"], spent["reserved"], spent["free_today"]) == (88, 412, 64, 9)
    assert spent["next_call"] == spent["today"][0]
    assert spent["next_call"]["at"] == "2026-04-18T12:00:00Z"
    assert spent["not_polled"][1]["open_bets"] is True
    assert (spent["resets_at"], spent["runs_out"]) == ("2026-05-01T00:00:00Z", None)


def test_csv_has_a_row_a_feed() -> None:
    rows = list(csv.DictReader(io.StringIO(csv_text(feed_sheet(working_sources(), "USD", for_people=False)))))
    assert [row["name"] for row in rows][:2] == ["the_odds_api", "football_data"]
    assert rows[0]["last_success_at"] == "2026-04-18T11:18:00Z"
    assert rows[0]["roles"] == "odds results"
    assert rows[2]["needs"] == "its scrapers come in a later version"


# --check


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, home: object) -> Iterator[OddsApiServer]:
    """The Odds API alone: the other feeds are off in the settings, and nobody else is asked."""
    del home
    monkeypatch.setenv("BETTING_TUI__DATA_SOURCES__PRIORITY_ORDER", '["the_odds_api"]')
    monkeypatch.setenv("BETTING_TUI__RESULTS__ORDER", '["the_odds_api"]')
    server = OddsApiServer(key=KEY)
    with serving(server) as address:
        monkeypatch.setenv("BETTING_TUI__DATA_SOURCES__THE_ODDS_API__BASE_URL", address)
        monkeypatch.setenv("THE_ODDS_API_KEY", KEY)
        yield server


def test_a_check_that_brings_odds_is_zero_and_says_what_came(cli: Cli, server: OddsApiServer) -> None:
    ran = cli("sources", "--check")
    assert ran.code == 0, ran.err
    assert "answers" in ran.out
    assert "500 credits left" in ran.out
    assert [asked.path for asked in server.asked] == ["/v4/sports"]


def test_a_check_without_odds_is_three_and_says_why(cli: Cli, server: OddsApiServer) -> None:
    server.weather.append(Weather(status=503))
    ran = cli("sources", "--check", "--format", "json")
    assert ran.code == 3
    assert ran.json()[0]["state"] == "fails"
    assert "no feed of odds answers" in ran.err
    assert KEY not in ran.out + ran.err


def test_a_check_of_the_demo_asks_nobody(cli: Cli) -> None:
    ran = cli("--demo", "sources", "--check")
    assert ran.code == 0
    assert "simulated" in ran.out
