"""`record` and `export odds`: name a stretch, see what is in it, replay it beside the ledger, take its prices out."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from cli_kit import Cli, Ran
from odds_payloads import book, event, market, outcome
from store_samples import NOW, minutes
from test_engine_replay import Session
from test_store_archive import first_version

from betting_tui.engine.core.ports import Answer, AnswerKind
from betting_tui.engine.core.times import iso
from betting_tui.engine.store import Archive

FIXTURES = "Div,Date,Time,HomeTeam,AwayTeam,B365H,B365D,B365A\nE0,25/04/2026,15:00,Arsenal,Chelsea,1.85,3.6,4.2\n"


def body(price: int, *, team: str = "Lakers", link: str | None = None) -> bytes:
    sides = (outcome(team, price), outcome("Celtics", -110))
    if link is not None:
        sides[0]["link"] = link
    quoted = iso(NOW - timedelta(minutes=1))
    game = event(
        book("pinnacle", market("h2h", *sides, last_update=quoted)),
        commence_time=iso(NOW + timedelta(hours=6)), home_team=team,
    )  # fmt: skip
    return json.dumps([game]).encode()


def answer(content: bytes, minute: int, sport: str = "basketball_nba", source: str = "the_odds_api") -> Answer:
    return Answer(source, AnswerKind.ODDS, sport, content, minutes(minute))


def receive(data: Path, *answers: Answer) -> None:
    """As a run of the engine does it."""

    async def append() -> None:
        archive = await Archive.open(data / "odds.db")
        await archive.start_run("live", answers[0].received_at)
        for each in answers:
            await archive.append(each, each.received_at)
        await archive.close()

    asyncio.run(append())


@pytest.fixture
def data(home: Path) -> Path:
    return home / "data"


@pytest.fixture
def run(cli: Cli, data: Path) -> Cli:
    def ran(*arguments: str) -> Ran:
        return cli("--data-dir", str(data), *arguments)

    return ran


# Recordings


def test_a_stretch_is_named_listed_and_forgotten(run: Cli, data: Path) -> None:
    assert run("record", "list").out == "No recordings yet: `record start NAME` begins one.\n"
    receive(data, answer(body(-110), 0))
    assert run("record", "start", "playoffs").code == 0
    receive(data, answer(body(-120), 1), answer(FIXTURES.encode(), 2, "soccer_epl", "football_data"))
    (running,) = run("record", "list", "--format", "json").json()
    assert (running["state"], running["ended_at"]) == ("running", None)
    assert run("record", "stop").out.startswith("Recording 'playoffs' has ended")
    receive(data, answer(body(-130), 3))
    (row,) = run("record", "list", "--format", "json").json()
    assert {name: row[name] for name in ("name", "state", "entries", "answers", "lost", "sports", "feeds")} == {
        "name": "playoffs", "state": "ended", "entries": 2, "answers": 2, "lost": 0,
        "sports": ["basketball_nba", "soccer_epl"], "feeds": ["football_data", "the_odds_api"],
    }  # fmt: skip
    assert row["first_entry_at"] == iso(minutes(1))
    assert "forgotten" in run("record", "delete", "Playoffs").out
    assert run("record", "list", "--format", "json").json() == []


def test_what_is_wrong_with_a_name_is_said_and_what_to_do(run: Cli) -> None:
    assert "nothing has been recorded" in run("record", "stop").err
    assert run("record", "start", "two\nlines").code == 2
    assert run("record", "start", "one").code == 0
    again = run("record", "start", "ONE")
    assert (again.code, "stop it with `record stop`" in again.err) == (2, True)
    missing = run("record", "stop", "two")
    assert (missing.code, "there are one" in missing.err) == (2, True)


def test_a_recording_replays_beside_the_ledger_and_can_be_looked_at(run: Cli, cli: Cli, data: Path) -> None:
    run("record", "start", "night")
    receive(data, answer(body(-110), 0), answer(body(+140), 1))
    run("record", "stop")
    before = sorted(each.name for each in data.iterdir())
    into = data.parent / "again"
    done = run("record", "replay", "night", str(into), "--format", "json").json()
    assert [(row["answers"], row["left_out"], row["bets"]) for row in done] == [(2, 0, 0)]
    assert sorted(each.name for each in data.iterdir()) == before
    assert run("record", "replay", "night", str(into)).code == 2
    looked = cli("--data-dir", str(into), "bets", "list")
    assert (looked.code, looked.err) == (0, "")
    assert cli("--data-dir", str(into), "ledger", "verify").code == 0
    assert cli("--data-dir", str(into), "--account", "main", "report").code == 0
    assert "add up" in cli("--data-dir", str(into), "doctor").out


def test_an_archive_of_the_first_version_is_brought_up_to_date_by_whoever_works_with_it(run: Cli, data: Path) -> None:
    data.mkdir(mode=0o700)
    first_version(data / "odds.db")
    findings = {row["check"]: row for row in run("doctor", "--format", "json").json()}
    assert (findings["archive"]["state"], findings["archive"]["found"][:21]) == ("ok", "from an older version")
    assert [row["name"] for row in run("record", "list", "--format", "json").json()] == ["old"]
    assert "MB" in {row["check"]: row for row in run("doctor", "--format", "json").json()}["archive"]["found"]


# Prices


def test_every_price_comes_out_by_the_decoder_of_its_feed(run: Cli, data: Path) -> None:
    receive(data, answer(body(-110), 0), answer(FIXTURES.encode(), 1, "soccer_epl", "football_data"))
    rows = json.loads(run("export", "odds").out)
    assert [(row["source"], row["selection"], row["price"], row["outcome_set"]) for row in rows] == [
        ("the_odds_api", "Lakers", "-110", "two_way"),
        ("the_odds_api", "Celtics", "-110", "two_way"),
        ("football_data", "Arsenal", "1.85", "three_way"),
        ("football_data", "Draw", "3.6", "three_way"),
        ("football_data", "Chelsea", "4.2", "three_way"),
    ]
    first = rows[0]
    assert (first["seen_at"], first["quoted_at"]) == (iso(NOW), iso(minutes(-1)))
    assert (first["price_decimal"], first["side"], first["phase"]) == (
        pytest.approx(1.909, abs=1e-3),
        "back",
        "prematch",
    )


def test_prices_are_narrowed_by_recording_sport_and_time(run: Cli, data: Path) -> None:
    receive(data, answer(body(-101), 0))
    run("record", "start", "some")
    receive(data, answer(body(-102), 1), answer(FIXTURES.encode(), 2, "soccer_epl", "football_data"))
    run("record", "stop")
    receive(data, answer(body(-103), 3))

    def prices(*flags: str) -> list[str]:
        rows = csv.DictReader(io.StringIO(run("export", "odds", "--format", "csv", *flags).out))
        return [row["price"] for row in rows if row["selection"] in ("Lakers", "Arsenal")]

    assert prices() == ["-101", "-102", "1.85", "-103"]
    assert prices("--recording", "some") == ["-102", "1.85"]
    assert prices("--sport", "basketball_nba") == ["-101", "-102", "-103"]
    assert prices("--sport", "basketball_nba", "--sport", "soccer_epl", "--recording", "some") == ["-102", "1.85"]
    assert prices("--from", iso(minutes(1)), "--to", iso(minutes(3))) == ["-102", "1.85"]
    assert prices("--sport", "cricket_ipl") == []
    assert run("export", "odds", "--recording", "none").code == 2
    assert run("export", "odds", "--from", iso(minutes(1)), "--to", iso(minutes(1))).code == 2
    assert run("export", "bets", "--recording", "some").code == 2


def test_a_name_that_a_spreadsheet_would_run_is_defused(run: Cli, data: Path) -> None:
    receive(data, answer(body(-110, team="=HYPERLINK(A1)", link="https://book.example/=1"), 0))
    (row, _) = csv.DictReader(io.StringIO(run("export", "odds", "--format", "csv").out))
    assert row["selection"] == row["home_team"] == "'=HYPERLINK(A1)"
    assert row["link"] == "https://book.example/=1"


def test_an_answer_that_cannot_be_read_is_left_out_and_told(run: Cli, data: Path) -> None:
    receive(data, answer(b"<html>", 0), answer(body(-110), 1), answer(b"[]", 2, source="a feed of tomorrow"))
    ran = run("export", "odds")
    assert len(json.loads(ran.out)) == 2
    assert "2 answers could not be read" in ran.err


def test_the_simulated_market_is_exported_though_it_is_kept_as_its_seed(cli: Cli, home: Path) -> None:
    async def poll(folder: Path) -> None:
        session = Session(folder)
        await session.engine.start(polling=False)
        await session.poll()
        await session.engine.stop()

    asyncio.run(poll(home / "played" / "demo"))
    ran = cli("--demo", "--data-dir", str(home / "played"), "export", "odds", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(ran.out)))
    assert len(rows) > 500
    assert {row["source"] for row in rows} == {"simulated"}


# Parquet


def test_parquet_holds_the_same_rows_with_their_types(run: Cli, data: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    receive(data, answer(body(-110, team="=Lakers"), 0), answer(FIXTURES.encode(), 1, "soccer_epl", "football_data"))
    path = data / "odds.parquet"
    assert run("export", "odds", "--format", "parquet", "--output", str(path)).code == 0
    rows = parquet.read_table(path).to_pylist()
    assert [row["selection"] for row in rows] == ["=Lakers", "Celtics", "Arsenal", "Draw", "Chelsea"]
    assert (rows[0]["seen_at"], rows[0]["price"], rows[0]["point"]) == (NOW, "-110", None)
    assert rows[2]["price_decimal"] == 1.85
    assert path.stat().st_mode & 0o077 == 0


def test_parquet_without_pyarrow_says_how_to_get_it(run: Cli, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    receive(data, answer(body(-110), 0))
    path = data / "odds.parquet"
    ran = run("export", "odds", "--format", "parquet", "--output", str(path))
    assert (ran.code, "pipx inject betting-tui pyarrow" in ran.err) == (2, True)
    assert not path.exists()
    assert run("export", "bets", "--format", "parquet").code == 2
