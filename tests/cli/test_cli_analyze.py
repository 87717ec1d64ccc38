"""`analyze` on recorded answers made by hand, and on a server that speaks The Odds API."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cli_kit import Cli
from feed_thread import serving
from football_data_files import FootballDataServer, row, sheet
from odds_api_server import OddsApiServer, bad_weather
from odds_payloads import QUOTED, Json, book, event, market, outcome

from betting_tui.engine.core.records import OPPORTUNITY_FIELDS

KEY = "c0ffee00c0ffee00c0ffee00c0ffee00"
LEG = {"selection", "point", "bookmaker", "side", "price_american", "price_decimal", "quoted_at", "stake_minor"}


def value(quoted: str = QUOTED, **more: object) -> Json:
    """Fair is even money by the sharp book; FanDuel offers +120 on the home team."""
    even = (outcome("Lakers", -110), outcome("Celtics", -110))
    high = (outcome("Lakers", 120), outcome("Celtics", -150))
    books = [("pinnacle", even), ("draftkings", even), ("betmgm", even), ("fanduel", high)]
    return event(*(book(key, market("h2h", *sides, last_update=quoted)) for key, sides in books), **more)


def arbitrage() -> Json:
    return event(
        book("fanduel", market("totals", outcome("Over", 110, 220.5), outcome("Under", -140, 220.5))),
        book("betmgm", market("totals", outcome("Over", -140, 220.5), outcome("Under", 110, 220.5))),
        id="e2",
        home_team="Heat",
        away_team="Bulls",
    )


@pytest.fixture
def answer(home: Path) -> Path:
    path = home / "answer.json"
    path.write_text(json.dumps([value(), arbitrage()]))
    return path


def test_the_json_is_the_documented_one(cli: Cli, answer: Path) -> None:
    look = cli("analyze", "--from", str(answer), "--format", "json").json()
    assert {"now", "sources", "rejected", "opportunities"} <= set(look)
    assert look["now"] == QUOTED
    assert look["sources"][0]["file"] == str(answer)
    best = next(found for found in look["opportunities"] if found["strategy"] == "value_betting")
    assert best["edge"] == pytest.approx(0.10)
    assert best["fair_probability"] == pytest.approx(0.5)
    assert best["event_id"] == "e1"
    assert (best["profit_margin"], best["participant"]) == (None, None)
    assert best["recommended_stake_minor"] == 10000
    assert set(best["legs"][0]) == LEG
    assert best["legs"][0]["price_american"] == 120
    arb = next(found for found in look["opportunities"] if found["strategy"] == "arbitrage")
    assert arb["profit_margin"] == pytest.approx(0.05)
    assert sum(leg["stake_minor"] for leg in arb["legs"]) == arb["recommended_stake_minor"]


def test_nothing_is_written_and_no_key_is_needed(cli: Cli, answer: Path, home: Path) -> None:
    cli("analyze", "--from", str(answer), "--data-dir", str(home / "data"))
    assert not list(home.rglob("*.db"))


def test_best_first_for_people_and_spreadsheets(cli: Cli, answer: Path) -> None:
    table = cli("analyze", "--from", str(answer)).out.splitlines()
    assert table[0].startswith("Strategy")
    assert table[1].startswith("value_betting")
    rows = cli("analyze", "--from", str(answer), "--format", "csv").out.splitlines()
    assert rows[0].startswith("id,strategy,sport_key")
    assert len(rows) == len(table)


def test_strategies_sports_and_filters_narrow_it(cli: Cli, answer: Path) -> None:
    asked = ("analyze", "--from", str(answer), "--format", "json")

    def strategies(*more: str) -> set[str]:
        return {found["strategy"] for found in cli(*asked, *more).json()["opportunities"]}

    assert strategies("--strategy", "arbitrage") == {"arbitrage"}
    assert strategies("--sport", "soccer_epl") == set()
    assert strategies("--where", "edge >= 10% and difference_cents == null") == {"value_betting"}
    assert strategies("--where", "'fanduel' in bookmaker and profit_margin > 0") == {"arbitrage"}
    assert "Nothing fits the filter." in cli("analyze", "--from", str(answer), "--where", "edge > 50%").out


def test_a_preset_is_a_filter_by_its_name_and_goes_with_the_typed_one(cli: Cli, answer: Path, home: Path) -> None:
    config = home / "presets.yaml"
    config.write_text("presets:\n  big: {where: 'edge >= 10%'}\n  sure: {where: profit_margin > 0}\n  any: {}\n")
    asked = ("analyze", "--from", str(answer), "--config", str(config))

    def strategies(*more: str) -> set[str]:
        return {found["strategy"] for found in cli(*asked, "--format", "json", *more).json()["opportunities"]}

    assert strategies("--preset", "big", "--where", "difference_cents == null") == {"value_betting"}
    assert strategies("--preset", "sure") == {"arbitrage"}
    assert strategies("--preset", "any") == strategies()
    assert strategies("--preset", "sure", "--where", "profit_margin > 50% or books == 1") == set()
    assert "Nothing fits the filter." in cli(*asked, "--preset", "sure", "--where", "edge > 50%").out
    unknown = cli(*asked, "--preset", "bog")
    assert unknown.code == 2
    assert f"there is no preset 'bog' under presets in {config}: the nearest is big" in unknown.err
    assert "there are big, sure, any" in cli(*asked, "--preset", "zzz").err
    assert cli(*asked, "--preset", "big", "--explain", "Knicks").code == 2
    without = cli("analyze", "--from", str(answer), "--preset", "big")
    assert (without.code, "write them under presets" in without.err) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--where", "edg > 3"), "nearest is edge"),
        (("--where", "__import__('os')"), "no field"),
        (("--strategy", "hunch"), "hunch"),
        (("--now", "yesterday"), "is not a time"),
        (("--explain", "Knicks"), "no event named 'Knicks'"),
        (("--sport", "basketball_nba,soccer_epl"), "for several write them one after the other"),
    ],
)
def test_wrong_questions_are_answered(cli: Cli, answer: Path, arguments: tuple[str, ...], said: str) -> None:
    ran = cli("analyze", "--from", str(answer), *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err


def test_now_decides_what_is_stale(cli: Cli, answer: Path) -> None:
    late = cli("analyze", "--from", str(answer), "--now", "2026-04-18T12:00:00Z", "--format", "json").json()
    assert late["opportunities"] == []
    assert late["now"] == "2026-04-18T12:00:00Z"


def test_explain_names_each_price_and_why_not(cli: Cli, answer: Path) -> None:
    prices = cli("analyze", "--from", str(answer), "--explain", "lakers", "--format", "json").json()
    by_name = {price["selection"]: price for price in prices}
    assert by_name["Lakers"]["edge"] == pytest.approx(0.10)
    assert by_name["Lakers"]["reason"] == ""
    assert "below 5 %" in by_name["Celtics"]["reason"] or "sharp reference" in by_name["Celtics"]["reason"]
    stale = cli("analyze", "--from", str(answer), "--explain", "e1", "--now", "2026-04-18T12:00:00Z").out
    assert "s old, older than 300 s" in stale
    started = cli("analyze", "--from", str(answer), "--explain", "e1", "--now", "2026-04-19T12:00:00Z").out
    assert "the event has started" in started


def test_explain_has_every_book_s_price_and_says_what_each_strategy_did(cli: Cli, answer: Path) -> None:
    prices = cli("analyze", "--from", str(answer), "--explain", "lakers", "--format", "json").json()
    lakers = next(price for price in prices if price["selection"] == "Lakers")
    assert lakers["books"] == len(lakers["prices"])
    assert {price["bookmaker"] for price in lakers["prices"]} >= {"pinnacle", lakers["bookmaker"]}
    assert sum(price["weight"] or 0 for price in lakers["prices"]) == pytest.approx(1)
    assert "value_betting" in lakers["found_by"]
    assert set(lakers["found_by"]).isdisjoint(lakers["stopped_by"])
    assert lakers["recommended_stake_minor"] > 0
    rows = cli("analyze", "--from", str(answer), "--explain", "lakers", "--format", "csv").out.splitlines()
    assert len(rows) == 1 + sum(price["books"] for price in prices)


def test_several_files_are_one_look(cli: Cli, home: Path) -> None:
    first, second = home / "a.json", home / "b.json"
    first.write_text(json.dumps([value()]))
    second.write_text(json.dumps([arbitrage()]))
    look = cli("analyze", "--from", str(first), "--from", str(second), "--format", "json").json()
    assert len(look["sources"]) == 2
    assert {found["event_id"] for found in look["opportunities"]} == {"e1", "e2"}


@pytest.mark.parametrize(
    ("body", "code", "said"),
    [
        ("[", 2, "answer.json"),
        ('{"message": "no", "error_code": "INVALID_KEY"}', 2, "answer.json"),
        ('[{"key": "a", "group": "b", "title": "c", "has_outrights": false}]', 2, "list of sports"),
        ("\x00", 2, "answer.json"),
    ],
)
def test_a_file_that_is_no_odds_answer_is_named(cli: Cli, answer: Path, body: str, code: int, said: str) -> None:
    answer.write_text(body)
    ran = cli("analyze", "--from", str(answer))
    assert (ran.code, ran.out) == (code, "")
    assert said in ran.err


def test_quotes_without_a_time_need_now(cli: Cli, answer: Path) -> None:
    timeless = value(quoted="")
    for offered in timeless["bookmakers"]:  # type: ignore[attr-defined]
        offered["last_update"] = ""
    answer.write_text(json.dumps([timeless]))
    ran = cli("analyze", "--from", str(answer))
    assert ran.code == 2
    assert "--now" in ran.err
    assert cli("analyze", "--from", str(answer), "--now", QUOTED).code == 0


def test_a_missing_file_is_said(cli: Cli, home: Path) -> None:
    assert cli("analyze", "--from", str(home / "none.json")).code == 2


def test_what_the_decoder_left_out_is_said(cli: Cli, answer: Path) -> None:
    answer.write_text(json.dumps([value(), event(book("fanduel", market("h2h", outcome("Nobody", 120))), id="e3")]))
    assert "Left out: " in cli("analyze", "--from", str(answer)).err
    assert cli("analyze", "--from", str(answer), "--format", "json").json()["rejected"][0]["count"] >= 1


# Fetching


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, home: Path) -> Iterator[OddsApiServer]:
    del home
    now = datetime.now(UTC).replace(microsecond=0)
    quoted = (now - timedelta(seconds=20)).isoformat().replace("+00:00", "Z")
    start = (now + timedelta(hours=3)).isoformat().replace("+00:00", "Z")
    server = OddsApiServer(key=KEY, odds={"basketball_nba": [value(quoted, commence_time=start)]}, remaining=100)
    with serving(server) as address:
        monkeypatch.setenv("BETTING_TUI__DATA_SOURCES__THE_ODDS_API__BASE_URL", address)
        monkeypatch.setenv("THE_ODDS_API_KEY", KEY)
        yield server


def test_one_look_at_the_feed(cli: Cli, server: OddsApiServer) -> None:
    ran = cli("analyze", "--sport", "basketball_nba", "--format", "json")
    assert ran.code == 0, ran.err
    look = ran.json()
    assert "value_betting" in {found["strategy"] for found in look["opportunities"]}
    assert look["sources"][0]["credits_remaining"] == 97
    about_it = "/v4/sports/basketball_nba"
    assert sorted(asked.path for asked in server.asked) == [f"{about_it}/events", f"{about_it}/odds"]


@pytest.mark.parametrize("code", ["INVALID_KEY", "OUT_OF_USAGE_CREDITS", "INVALID_MARKET", "EXCEEDED_FREQ_LIMIT"])
def test_a_feed_that_refuses_is_three_and_never_shows_the_key(
    cli: Cli, server: OddsApiServer, code: str, home: Path
) -> None:
    server.weather.extend([bad_weather(code)] * 5)
    ran = cli("analyze", "--sport", "basketball_nba", "--log-level", "debug")
    assert (ran.code, ran.out) == (3, "")
    logged = "".join(path.read_text() for path in home.rglob("*.log"))
    assert KEY not in ran.err + logged


def test_what_is_no_sport_key_asks_nobody(cli: Cli, server: OddsApiServer) -> None:
    ran = cli("analyze", "--sport", "basketball_nba,soccer_epl")
    assert (ran.code, ran.out) == (2, "")
    assert "'basketball_nba,soccer_epl' is no sport key" in ran.err
    assert server.asked == []


def test_a_sport_that_nobody_gives_is_told_and_takes_no_other_along(cli: Cli, server: OddsApiServer) -> None:
    ran = cli("analyze", "--sport", "golf", "basketball_nba", "--format", "json")
    assert ran.code == 0
    assert {found["sport_key"] for found in ran.json()["opportunities"]} == {"basketball_nba"}
    assert [each["sport_key"] for each in ran.json()["unanswered"]] == ["golf"]
    assert "Note: golf: request rejected: The Odds API refuses the question (404)" in ran.err


def test_a_feed_that_failed_is_told_where_another_answered(
    cli: Cli, server: OddsApiServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.sky = bad_weather("INVALID_KEY")
    with serving(FootballDataServer({"fixtures.csv": sheet(row(Div="D1"))})) as address:
        monkeypatch.setenv("BETTING_TUI__DATA_SOURCES__FOOTBALL_DATA__BASE_URL", address)
        ran = cli("analyze", "--sport", "soccer_epl")
    assert (ran.code, ran.out) == (0, "Nothing found.\n")
    assert "Note: the_odds_api: The Odds API does not accept the key" in ran.err
    assert "Note: the feeds gave no prices" in ran.err


def test_prices_that_are_all_too_old_are_told(cli: Cli, server: OddsApiServer) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    old, start = ((now + shift).isoformat() for shift in (timedelta(minutes=-10), timedelta(hours=3)))
    server.odds["basketball_nba"] = [value(old, commence_time=start)]
    ran = cli("analyze", "--sport", "basketball_nba")
    assert (ran.code, ran.out) == (0, "Nothing found.\n")
    assert "all prices are older than strategies.max_quote_age_seconds, 300 s" in ran.err


@pytest.mark.parametrize(
    ("name", "said"),
    [("PRIORITY_ORDER", "the settings name none"), ("THE_ODDS_API__SPORTS", "no sports are set to ask for")],
)
def test_nothing_to_ask_is_no_market_without_chances(
    cli: Cli, server: OddsApiServer, monkeypatch: pytest.MonkeyPatch, name: str, said: str
) -> None:
    monkeypatch.setenv(f"BETTING_TUI__DATA_SOURCES__{name}", "[]")
    ran = cli("analyze")
    assert (ran.code, ran.out) == (3, "")
    assert said in ran.err
    assert server.asked == []


def test_the_simulated_market_needs_nothing(cli: Cli) -> None:
    look = cli("--demo", "analyze", "--format", "json").json()
    assert look["opportunities"]
    assert look["sources"][0]["name"] == "simulated"


def test_now_belongs_to_recorded_answers(cli: Cli) -> None:
    assert cli("analyze", "--now", QUOTED).code == 2


@pytest.mark.parametrize("asked", [(), ("--explain", "e1")])
def test_without_a_key_it_says_what_to_do(cli: Cli, asked: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BETTING_TUI__DATA_SOURCES__PRIORITY_ORDER", "the_odds_api")
    ran = cli("analyze", *asked)
    assert (ran.code, ran.out) == (3, "")
    for way in ("THE_ODDS_API_KEY", "--from", "--demo"):
        assert way in ran.err


def test_files_and_strategies_may_be_listed(cli: Cli, home: Path) -> None:
    first, second = home / "a.json", home / "b.json"
    first.write_text(json.dumps([value()]))
    second.write_text(json.dumps([arbitrage()]))
    both = ("--from", str(first), str(second), "--strategy", "value_betting", "arbitrage", "--format", "json")
    look = cli("analyze", *both).json()
    assert [source["file"] for source in look["sources"]] == [str(first), str(second)]
    assert {found["strategy"] for found in look["opportunities"]} == {"value_betting", "arbitrage"}


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--now", "2026-04-18T12:00:00Z"), "are older than 300 s"),
        (("--now", "2026-04-17T12:00:00Z"), "count as made at that moment"),
        (("--sport", "soccer_epl"), "nothing of soccer_epl"),
    ],
)
def test_why_a_file_gives_nothing_is_said_beside_the_result(
    cli: Cli, answer: Path, more: tuple[str, ...], said: str
) -> None:
    ran = cli("analyze", "--from", str(answer), *more, "--format", "json")
    assert ran.code == 0
    assert said in ran.err
    assert said not in ran.out
    assert cli("analyze", "--from", str(answer)).err == ""


def test_what_is_fetched_can_be_explained_too(cli: Cli) -> None:
    event_id = cli("analyze", "--demo", "--format", "json").json()["opportunities"][0]["event_id"]
    prices = cli("analyze", "--demo", "--explain", event_id, "--format", "json").json()
    assert {price["event_id"] for price in prices} == {event_id}
    assert cli("analyze", "--demo", "--explain", event_id, "--where", "edge > 0").code == 2


def test_help_names_every_field_of_a_filter(cli: Cli) -> None:
    said = cli("analyze", "--help").out
    for field in OPPORTUNITY_FIELDS:
        assert field in said
