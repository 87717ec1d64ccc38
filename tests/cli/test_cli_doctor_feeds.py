"""What the doctor says of feeds, credits, the cache and the clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from cli_kit import Cli
from feed_thread import serving
from odds_api_server import OddsApiServer, Weather

from betting_tui.engine.core.ports import CreditReading
from betting_tui.engine.store import Ledger

KEY = "canary0123456789"
Doctor = Callable[..., dict[str, dict[str, str]]]


@pytest.fixture
def doctor(cli: Cli) -> Doctor:
    """Findings by what was checked."""

    def run(*arguments: str) -> dict[str, dict[str, str]]:
        return {row["check"]: row for row in cli(*arguments, "doctor", "--format", "json").json()}

    return run


@pytest.fixture
def only_the_odds_api(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    del home
    monkeypatch.setenv("BETTING_TUI__DATA_SOURCES__PRIORITY_ORDER", '["the_odds_api"]')
    monkeypatch.setenv("BETTING_TUI__RESULTS__ORDER", '["the_odds_api"]')


def test_a_feed_that_is_merely_not_set_up_is_no_trouble_while_another_gives_odds(doctor: Doctor) -> None:
    found = doctor()
    assert found["feed the_odds_api"]["state"] == "ok"
    assert "needs a key" in found["feed the_odds_api"]["found"]
    assert "the-odds-api.com" in found["feed the_odds_api"]["advice"]
    assert found["feed football_data"]["found"] == "odds and results, needs no key"
    assert "feeds" not in found


@pytest.mark.usefixtures("only_the_odds_api")
def test_without_any_feed_of_odds_there_is_a_warning(doctor: Doctor) -> None:
    found = doctor()
    assert found["feed the_odds_api"]["state"] == "warning"
    assert found["feeds"]["found"] == "none can be asked for odds"


def test_the_key_is_named_and_never_shown(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THE_ODDS_API_KEY", KEY)
    ran = cli("doctor")
    assert "its key is set (hidden)" in ran.out
    assert KEY not in ran.out + ran.err


async def _told(data: Path) -> None:
    now = datetime.now(UTC)
    ledger = await Ledger.open(data / "ledger.db", now=now)
    await ledger.note_credits("the_odds_api", CreditReading(88, 412, 3), now)
    await ledger.close()


async def test_what_was_left_is_known_from_the_ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from betting_tui.cli import feed_checks
    from betting_tui.engine.config import ApiKeys, Settings

    settings = Settings(api_keys=ApiKeys(the_odds_api=KEY))
    assert await feed_checks.readings(tmp_path, "live", settings) == {}
    await _told(tmp_path)
    known = await feed_checks.readings(tmp_path, "live", settings)
    found = {each.check: each.found for each in feed_checks.feeds(settings, known)}
    assert "412 credits left when it last told" in found["feed the_odds_api"]


def test_the_cache_is_measured(doctor: Doctor, home: Path) -> None:
    folder = home / "data" / "cache"
    folder.mkdir(parents=True, mode=0o700)
    (folder / "one.kept").write_bytes(b"x" * 2_500_000)
    assert doctor("--data-dir", str(home / "data"))["cache"]["found"].startswith("2.5 MB of answers in ")


# --check


@pytest.mark.usefixtures("only_the_odds_api")
def test_a_check_asks_each_feed_and_compares_clocks(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THE_ODDS_API_KEY", KEY)
    server = OddsApiServer(key=KEY)
    behind = datetime.now(UTC) - timedelta(seconds=60)
    server.weather.append(Weather(headers={"date": format_datetime(behind, usegmt=True)}))
    with serving(server) as address:
        monkeypatch.setenv("BETTING_TUI__DATA_SOURCES__THE_ODDS_API__BASE_URL", address)
        ran = cli("doctor", "--check", "--format", "json")
    found = {row["check"]: row for row in ran.json()}
    assert ran.code == 0
    assert found["feed the_odds_api"]["found"].startswith("answers: ")
    assert found["clock"]["state"] == "warning"
    assert "beyond 120 s nothing is placed" in found["clock"]["advice"]


@pytest.mark.usefixtures("only_the_odds_api")
def test_a_check_that_brings_no_odds_is_three(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THE_ODDS_API_KEY", KEY)
    server = OddsApiServer(key=KEY)
    server.weather.append(Weather(status=503))
    with serving(server) as address:
        monkeypatch.setenv("BETTING_TUI__DATA_SOURCES__THE_ODDS_API__BASE_URL", address)
        ran = cli("doctor", "--check")
    assert ran.code == 3
    assert "none answers with odds" in ran.out


def test_the_demo_asks_nobody(cli: Cli) -> None:
    assert "made on this machine" in cli("--demo", "doctor", "--check").out
