"""Results, reports, exports and imports: a bet's way through the commands, from placing to the older layout."""

from __future__ import annotations

import csv
import io
import json
import os
import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cli_kit import Cli
from feed_thread import serving
from odds_api_server import OddsApiServer
from odds_payloads import Json, book, event, market, outcome

from betting_tui.engine.store.lock import EngineLock

KEY = "c0ffee00c0ffee00c0ffee00c0ffee00"
START = "2020-01-01T20:00:00Z"


def bet(cli: Cli, *arguments: str) -> None:
    ran = cli(
        "bets", "place", "--event", "g1", "--home", "Lakers", "--away", "Celtics", "--sport", "basketball_nba",
        "--commence", START, "--at", "2020-01-01T12:00:00Z", "--bookmaker", "fanduel", "--stake", "100", *arguments,
    )  # fmt: skip
    assert ran.code == 0, ran.err


def score(home: str = "110", away: str = "100", **more: object) -> Json:
    return {
        "id": "g1", "sport_key": "basketball_nba", "sport_title": "NBA", "commence_time": START, "completed": True,
        "home_team": "Lakers", "away_team": "Celtics", "last_update": "2020-01-01T23:00:00Z",
        "scores": [{"name": "Celtics", "score": away}, {"name": "Lakers", "score": home}],
    } | more  # fmt: skip


@pytest.fixture
def scores(home: Path) -> Path:
    path = home / "scores.json"
    path.write_text(json.dumps([score()]))
    return path


def three_bets(cli: Cli) -> None:
    bet(cli, "--market", "h2h", "--selection", "Lakers", "--odds", "+150")
    bet(cli, "--market", "spreads", "--selection", "Celtics", "--point", "9.5", "--odds", "-110")
    bet(cli, "--market", "totals", "--selection", "Over", "--point", "210", "--odds", "1.91")


def test_recorded_scores_settle_by_name_and_twice_changes_nothing(cli: Cli, scores: Path) -> None:
    three_bets(cli)
    report = cli("settle", "--from", str(scores), "--format", "json").json()
    assert {each["id"]: (each["result"], each["profit_minor"]) for each in report["settled"]} == {
        "BET-000001": ("win", 15000),
        "BET-000002": ("loss", -10000),
        "BET-000003": ("push", 0),
    }
    assert (report["open"], report["results_read"]) == ([], 1)
    again = cli("settle", "--from", str(scores), "--format", "json").json()
    assert again["settled"] == []
    assert cli("account", "list", "--format", "json").json()[0]["bankroll_minor"] == 1_005_000
    assert cli("ledger", "verify").code == 0


def test_a_bet_written_down_after_its_result_is_settled_at_once(cli: Cli, scores: Path) -> None:
    bet(cli, "--market", "h2h", "--selection", "Lakers", "--odds", "3.0", "--bookmaker", "betfair_ex_uk")
    cli("settle", "--from", str(scores))
    ran = cli(
        "bets", "place", "--event", "g1", "--at", "2020-01-01T12:00:00Z", "--bookmaker", "fanduel", "--stake", "100",
        "--market", "h2h", "--selection", "Celtics", "--odds", "2.0", "--format", "json",
    )  # fmt: skip
    assert (ran.json()["state"], ran.json()["profit_minor"]) == ("settled", -10_000)
    assert cli("ledger", "verify").code == 0


def test_open_bets_of_an_older_file_are_settled_by_results_kept_before(cli: Cli, home: Path, scores: Path) -> None:
    cli("settle", "--from", str(scores))
    row = {
        "id": "B1", "game_id": "g1", "sport": "basketball_nba", "team": "Lakers", "market": "h2h", "odds": 150,
        "home_team": "Lakers", "away_team": "Celtics", "commence_time": START,
        "stake": 100, "sportsbook": "fanduel", "status": "pending", "placed_at": "2020-01-01T12:00:00",
    }  # fmt: skip
    path = home / "old.json"
    path.write_text(json.dumps([row]))
    assert cli("import", str(path)).code == 0
    assert cli("bets", "show", "1", "--format", "json").json()["profit_minor"] == 15_000


def test_bets_whose_commission_is_shared_anew_are_named(cli: Cli, home: Path, scores: Path) -> None:
    for name, odds in (("Lakers", "3.0"), ("Celtics", "2.0")):
        bet(cli, "--market", "h2h", "--selection", name, "--odds", odds, "--bookmaker", "betfair_ex_uk")
    cli("bets", "settle", "1", "--result", "win")
    ran = cli("settle", "--from", str(scores))
    assert "BET-000001: profit 190.00 -> 195.00, its market's commission is shared anew" in ran.out


def test_what_cannot_be_settled_says_why(cli: Cli, scores: Path) -> None:
    bet(cli, "--market", "player_points", "--participant", "LeBron James", "--selection", "Over", "--point", "20.5",
        "--odds", "2.0")  # fmt: skip
    ran = cli("settle", "--from", str(scores))
    assert ran.code == 0
    assert "0 bets settled, 1 of their bets still open" in ran.out
    assert "by hand" in ran.out


@pytest.mark.parametrize(
    ("body", "code"), [("[", 2), ("[]", 0), (json.dumps([event(book("fanduel", market("h2h", outcome("A", 2))))]), 2)]
)
def test_a_file_of_something_else_settles_nothing(cli: Cli, scores: Path, body: str, code: int) -> None:
    three_bets(cli)
    scores.write_text(body)
    ran = cli("settle", "--from", str(scores), "--format", "json")
    assert ran.code == code
    bets = cli("bets", "list", "--format", "json").json()
    # Their game was long ago: who settles is told that a person has to look.
    assert [bet["state"] for bet in bets] == ["pending" if code else "review"] * 3


def test_the_report_in_words_and_numbers(cli: Cli, scores: Path) -> None:
    assert "No bet was settled in this time · 0 open bets" in cli("report").out
    three_bets(cli)
    cli("settle", "--from", str(scores))
    report = cli("report", "--by", "market", "--format", "json").json()
    assert (report["total"]["bets"], report["total"]["graded"]) == (3, 2)
    assert (report["total"]["turnover_minor"], report["total"]["profit_minor"]) == (20000, 5000)
    assert report["total"]["yield_fraction"] == pytest.approx(0.25)
    assert {group["name"] for group in report["groups"]} == {"h2h", "spreads", "totals"}
    said = cli("report").out
    assert "3 settled bets (1 won, 1 lost, 1 pushed or void) · turnover 200.00 · yield +25.0 % (95 %: " in said
    assert "profit +50.00" in said
    assert len(cli("report", "--by", "market", "--format", "csv").out.splitlines()) == 4
    assert cli("report", "--period", "week", "--format", "json").json()["total"]["bets"] == 3


def test_exports_on_stdout_and_in_a_private_file(cli: Cli, scores: Path, home: Path) -> None:
    three_bets(cli)
    cli("settle", "--from", str(scores))
    rows = list(csv.DictReader(io.StringIO(cli("export", "bets", "--format", "csv").out)))
    assert [row["profit"] for row in rows] == ["150.00", "-100.00", "0.00"]
    assert len(json.loads(cli("export", "bets").out)) >= 1
    assert cli("export", "ledger").out == cli("export", "ledger").out
    target = home / "out.json"
    assert cli("export", "state", "--output", str(target)).out == ""
    assert json.loads(target.read_text())["bankroll"] == 10050.0
    if os.name == "posix":
        assert stat.S_IMODE(target.stat().st_mode) == 0o600
    again = cli("export", "state", "--output", str(target))
    assert again.code == 2
    assert "exists already" in again.err
    assert cli("export", "state", "--format", "csv").code == 2
    assert cli("export", "nonsense").code == 2
    missing = cli("export", "bets", "--output", str(home / "no" / "where.json"))
    assert (missing.code, missing.out) == (1, "")


def test_the_older_example_comes_in_and_goes_out(cli: Cli, home: Path) -> None:
    """100.00 on Lakers at +150, closing +140, a win."""
    old = home / "paper_trader_state.json"
    old.write_text(
        json.dumps(
            {
                "bankroll": 10150.0, "starting_bankroll": 10000.0, "bet_counter": 1,
                "bets": [{
                    "id": "BET-000001", "game_id": "g1", "sport": "basketball_nba", "team": "Lakers", "market": "h2h",
                    "odds": 150, "stake": 100.0, "sportsbook": "fanduel", "status": "won", "profit": 150.0,
                    "closing_odds": 140, "placed_at": "2025-01-01T12:00:00", "settled_at": "2025-01-02T05:00:00",
                }],
                "last_updated": "2025-01-02T05:00:00",
            }
        )
    )  # fmt: skip
    first = cli("import", str(old), "--format", "json")
    assert (first.code, first.json()["added"]) == (0, 1), first.err
    second = cli("import", str(old), "--format", "json").json()
    assert (second["added"], second["unchanged"]) == (0, 1)
    imported = cli("bets", "show", "1", "--format", "json").json()
    assert imported["profit_minor"] == 15000
    assert imported["placed_at"] == "2025-01-01T12:00:00Z"
    assert imported["clv_net_odds"] == pytest.approx(0.0714, abs=1e-4)
    assert imported["clv_price"] == pytest.approx(0.0417, abs=1e-4)
    state = cli("export", "state").json()
    assert state["bets"][0]["odds"] == 150
    assert state["bets"][0]["profit"] == 150.0


@pytest.mark.parametrize("body", ["", "nonsense", "{}", "[1, 2]"])
def test_a_file_nobody_knows_is_refused(cli: Cli, home: Path, body: str) -> None:
    path = home / "odd.json"
    path.write_text(body)
    ran = cli("import", str(path))
    assert (ran.code, ran.out) == (2, "")
    assert cli("import", str(home / "none.json")).code == 2
    assert cli("import", str(path), "--tz", "Nowhere/Land").code == 2


def test_what_is_left_out_and_what_is_brought_in_with_a_difference_are_told_apart(cli: Cli, home: Path) -> None:
    row = {
        "id": "B1", "game_id": "g1", "sport": "basketball_nba", "team": "Lakers", "market": "h2h", "odds": 150,
        "stake": 100, "sportsbook": "fanduel", "status": "won", "profit": 160, "placed_at": "2025-01-01T12:00:00",
    }  # fmt: skip
    path = home / "old.json"
    path.write_text(json.dumps([row]))
    ran = cli("import", str(path))
    assert (ran.code, ran.out) == (0, "1 added, 0 known already, 0 left out.\n")
    assert ran.err == "Note: B1: profit 160.00 in the file, 150.00 by its odds and result: the latter is booked\n"
    path.write_text(json.dumps([row | {"id": "B2", "odds": None}]))
    ran = cli("import", str(path))
    assert (ran.code, ran.err) == (1, "Left out: B2: it has no odds\n")


@pytest.mark.parametrize("body", ["", "nonsense", "[{", '[{"id": 7}]', "Div,Date\nE0,\n"])
@pytest.mark.parametrize("command", ["settle", "analyze"])
def test_a_recorded_answer_that_cannot_be_read_is_wrong_usage(cli: Cli, home: Path, command: str, body: str) -> None:
    path = home / "odd.json"
    path.write_text(body)
    ran = cli(command, "--from", str(path))
    assert (ran.code, ran.out) == (2, "")
    assert str(path) in ran.err


# A feed


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, home: Path) -> Iterator[OddsApiServer]:
    del home
    now = datetime.now(UTC).replace(microsecond=0)
    quoted, start = (
        moment.isoformat().replace("+00:00", "Z") for moment in (now - timedelta(seconds=20), now + timedelta(hours=3))
    )
    sides = (outcome("Lakers", -110), outcome("Celtics", -110))
    odds = event(book("pinnacle", market("h2h", *sides, last_update=quoted)), commence_time=start)
    server = OddsApiServer(key=KEY, odds={"basketball_nba": [odds]}, scores={"basketball_nba": [score()]})
    with serving(server) as address:
        monkeypatch.setenv("BETTING_TUI__DATA_SOURCES__THE_ODDS_API__BASE_URL", address)
        monkeypatch.setenv("THE_ODDS_API_KEY", KEY)
        yield server


# The first question that costs credits is led in by a free one, which tells how many there are.
ONE_QUESTION = ["/v4/sports/basketball_nba/events", "/v4/sports/basketball_nba/scores"]


def asked_of(server: OddsApiServer) -> list[str]:
    return [asked.path for asked in server.asked]


def test_fetched_scores_settle(cli: Cli, server: OddsApiServer) -> None:
    three_bets(cli)
    ran = cli("settle", "--format", "json")
    assert ran.code == 0, ran.err
    assert len(ran.json()["settled"]) == 3
    assert asked_of(server) == ONE_QUESTION


def test_without_a_feed_settle_says_what_to_do(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BETTING_TUI__RESULTS__ORDER", '["the_odds_api"]')
    ran = cli("settle")
    assert (ran.code, ran.out) == (3, "")
    assert "key" in ran.err
    assert "--from FILE" in ran.err


def test_settle_tells_what_each_feed_gave_and_who_did_not_answer(
    cli: Cli, server: OddsApiServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody listens where ESPN should be: the next feed in the order settles all the same."""
    monkeypatch.setenv("BETTING_TUI__RESULTS__ORDER", '["espn", "the_odds_api"]')
    monkeypatch.setenv("BETTING_TUI__DATA_SOURCES__ESPN__BASE_URL", "http://127.0.0.1:9")
    three_bets(cli)
    ran = cli("settle")
    assert ran.code == 0, ran.err
    told = ran.out.splitlines()
    assert told[0] == "1 result read, 3 bets settled, 0 of their bets still open."
    assert told[1] == "  the_odds_api: 1 result read, 3 bets settled"
    assert told[2].startswith("  espn: no answer - ")
    assert asked_of(server) == ONE_QUESTION


def test_nobody_who_answers_is_a_failure(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BETTING_TUI__RESULTS__ORDER", '["espn"]')
    monkeypatch.setenv("BETTING_TUI__DATA_SOURCES__ESPN__BASE_URL", "http://127.0.0.1:9")
    three_bets(cli)
    ran = cli("settle")
    assert (ran.code, ran.out) == (3, "")


def test_files_of_other_feeds_settle_and_say_which_sport_they_are_of(cli: Cli, home: Path) -> None:
    bet(cli, "--market", "h2h", "--selection", "Lakers", "--odds", "+150")
    sides = [
        {"homeAway": side, "team": {"displayName": name}, "score": points}
        for side, name, points in (("home", "Los Angeles Lakers", "99"), ("away", "Boston Celtics", "98"))
    ]
    status = {"type": {"name": "STATUS_FINAL", "state": "post", "completed": True}, "period": 4}
    game = {"id": "401", "date": "2020-01-01T20:00Z", "competitions": [{"competitors": sides, "status": status}]}
    board = home / "board.json"
    board.write_text(json.dumps({"events": [game]}))
    assert "--sport" in cli("settle", "--from", str(board)).err
    assert cli("settle", "--from", str(board), "--sport", "chess").code == 2
    assert "go with --from" in cli("settle", "--sport", "basketball_nba").err
    ran = cli("settle", "--from", str(board), "--sport", "basketball_nba", "--format", "json")
    assert [each["result"] for each in ran.json()["settled"]] == ["win"]
    assert ran.json()["feeds"] == [{"feed": "espn", "results_read": 1, "settled": 1, "rejected": 0}]


def test_archived_odds_come_out_as_prices(cli: Cli, server: OddsApiServer) -> None:
    del server
    assert cli("export", "odds").out == "[]\n"
    assert cli("analyze", "--sport", "basketball_nba").code == 0
    prices = json.loads(cli("export", "odds").out)
    assert [(price["selection"], price["price"], price["bookmaker"]) for price in prices] == [
        ("Lakers", "-110", "pinnacle"),
        ("Celtics", "-110", "pinnacle"),
    ]
    assert len(cli("export", "odds", "--format", "csv").out.splitlines()) == 3


def test_sources_show_state_and_need(cli: Cli, server: OddsApiServer) -> None:
    del server
    told = cli("sources", "--format", "json").json()
    assert told["feeds"][0]["name"] == "the_odds_api"
    assert told["feeds"][0]["state"] != "off"
    assert told["credits"][0]["feed"] == "the_odds_api"


# Doctor


def test_the_doctor_changes_nothing_and_finds_nothing_broken(cli: Cli, home: Path) -> None:
    ran = cli("doctor")
    assert ran.code == 0, ran.out
    assert "Nothing is broken." in ran.out
    assert not list(home.rglob("*"))


def test_the_doctor_looks_into_the_ledger_and_says_who_uses_it(cli: Cli, home: Path) -> None:
    data = home / "data"
    three_bets(lambda *arguments: cli("--data-dir", str(data), *arguments))
    lock = EngineLock(data)
    assert lock.acquire("test", datetime(2026, 1, 1, tzinfo=UTC))
    try:
        findings = {row["check"]: row for row in cli("doctor", "--data-dir", str(data), "--format", "json").json()}
    finally:
        lock.release()
    assert "3 bets add up" in findings["ledger"]["found"]
    assert "running: test" in findings["engine"]["found"]


def test_a_broken_ledger_is_four(cli: Cli, home: Path) -> None:
    data = home / "data"
    data.mkdir(mode=0o700)
    (data / "ledger.db").write_bytes(b"this is no database, whatever its name says" * 100)
    ran = cli("doctor", "--data-dir", str(data), "--format", "json")
    assert ran.code == 4
    assert {row["check"]: row["state"] for row in ran.json()}["ledger"] == "broken"
    listed = cli("bets", "list", "--data-dir", str(data))
    assert (listed.code, listed.out) == (4, "")
    assert listed.err.startswith("Ledger ")


def test_broken_settings_do_not_stop_the_doctor(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BETTING_TUI__LOG__LEVEL", "loud")
    ran = cli("doctor", "--format", "json")
    assert ran.code == 2
    assert {row["check"]: row["state"] for row in ran.json()}["settings"] == "broken"
