"""A key that could be recognised anywhere: it is in the settings and on the way to its feed, and nowhere else."""

from __future__ import annotations

import json
import logging
import traceback
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest
from cli_kit import Cli
from feed_thread import serving
from odds_api_server import OddsApiServer, Weather, error_body
from stub_engine import NEVER, FakeClock
from weather_kit import EPL, NBA, SKIES, Station

from betting_tui.app import BettingApp
from betting_tui.engine.core.errors import BettingError
from betting_tui.engine.engine import Engine

CANARY = "CANARY+k3y/with=odd&chars"
NEEDLES = tuple(dict.fromkeys((CANARY, quote(CANARY, safe=""), quote_plus(CANARY), "CANARY", "k3y/with", "k3y%2Fwith")))
ECHO = f"bad key {CANARY} in https://x.test/?apiKey={quote(CANARY, safe='')}&y=1 or CANARY+k3y/\u200bwith=odd&chars"
# What says the key back: in words, in an error code, in data, in headers.
ECHOES = {
    "in the message": Weather(status=401, body=error_body("INVALID_KEY", ECHO)),
    "in a page": Weather(status=502, body=f"<html>{ECHO}</html>".encode()),
    "as data": Weather(body=f'"{CANARY}"'.encode()),
    "as the code": Weather(status=422, body=json.dumps({"message": "no", "error_code": CANARY}).encode()),
    "in a header": Weather(status=500, headers={"x-asked": CANARY, "retry-after": CANARY}),
    "as an address": Weather(status=302, body=b"", headers={"location": f"/v4/sports?apiKey={CANARY}&again=1"}),
    "as credits": Weather(headers={"x-requests-remaining": CANARY, "x-requests-used": CANARY, "date": CANARY}),
}


def seen_in(text: str) -> list[str]:
    return [needle for needle in NEEDLES if needle in text]


def files_with_it(folder: Path, *allowed: str) -> list[str]:
    wanted = [needle.encode() for needle in NEEDLES]
    return [
        str(path.relative_to(folder))
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in allowed and any(needle in path.read_bytes() for needle in wanted)
    ]


async def told(engine: Engine, sport: str) -> str:
    """Whatever asking for a sport throws, as a crash report would print it."""
    try:
        await engine.fetch_odds([sport])
    except BettingError as error:
        return "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
    return ""


@pytest.mark.long
async def test_the_key_is_in_no_log_file_exception_or_screen(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    async with Station(tmp_path, key=CANARY) as station:
        await station.engine.start(polling=False)

        async def opened() -> Engine:
            return station.engine

        app = BettingApp(opened, settings=station.settings(), clock=FakeClock(), repaint_seconds=NEVER)
        async with app.run_test(size=(140, 45), notifications=True) as pilot:
            while app.session.engine is None:
                await pilot.pause(0.01)
            # Spent credits come last: nothing is asked of that feed any more before the month is over.
            spent = SKIES["401 credits"]
            await pilot.press("6")
            skies = {**SKIES, "401 credits": None, "redirect": None, **ECHOES, "spent": spent}
            del skies["401 credits"]
            for name, sky in skies.items():
                if sky is None:
                    station.set_sky(name)
                else:
                    station.odds.sky = sky
                for sport in (EPL, NBA):
                    assert not seen_in(await told(station.engine, sport)), name
                app._draw_news()
                await pilot.pause()
                shown = "\n".join(strip.text for strip in app.screen._compositor.render_strips())
                assert not seen_in(shown), name
                assert not seen_in(repr(station.engine.overview()) + repr(station.engine.sources())), name
                # Past any rest, so that the next weather is met as well.
                await station.clock.sleep(4000)
            for key in "123456":
                await pilot.press(key)
                await pilot.pause()
                assert not seen_in(app.export_screenshot())
        assert CANARY in {asked.query.get("apiKey") for asked in station.odds.asked}
        assert len(station.odds.asked) > len(skies)
        assert not seen_in(repr(station.settings()) + repr(station.engine.settings))
    assert len(caplog.records) >= 5
    assert not seen_in(caplog.text)
    said = capfd.readouterr()
    assert not seen_in(said.out + said.err)
    assert files_with_it(tmp_path) == []
    assert (tmp_path / "ledger.db").stat().st_size > 0
    assert (tmp_path / "odds.db").stat().st_size > 0


COMMANDS = (
    ("analyze",),
    ("analyze", "--format", "json"),
    ("sources",),
    ("sources", "--format", "json"),
    ("doctor",),
    ("doctor", "--check"),
    ("config", "show"),
    ("config", "show", "--format", "json"),
    ("config", "check"),
    ("settle",),
    ("report",),
    ("opportunities",),
    ("ledger", "verify"),
    ("account", "list"),
)
EXPORTS = ("bets", "ledger", "opportunities", "state", "day", "odds")


@pytest.mark.parametrize(
    "given", ["config.yaml", *(pytest.param(each, marks=pytest.mark.long) for each in ("environment", ".env"))]
)
def test_the_key_is_in_nothing_that_commands_print_or_write(
    cli: Cli, home: Path, monkeypatch: pytest.MonkeyPatch, given: str
) -> None:
    server = OddsApiServer(key=CANARY, odds={NBA: []}, events={NBA: []}, scores={NBA: []})
    with serving(server) as address:
        monkeypatch.setenv("BETTING_TUI__DATA_SOURCES__THE_ODDS_API__BASE_URL", address)
        settings: dict[str, object] = {
            "data_sources": {
                "priority_order": ["the_odds_api"],
                "the_odds_api": {"sports": [NBA], "timeout_seconds": 1},
            },
            "results": {"order": ["the_odds_api"]},
            "log": {"level": "debug"},
        }
        match given:
            case "config.yaml":
                settings["api_keys"] = {"the_odds_api": CANARY}
            case "environment":
                monkeypatch.setenv("THE_ODDS_API_KEY", CANARY)
            case _:
                (home / ".env").write_text(f'THE_ODDS_API_KEY="{CANARY}"\n')
                monkeypatch.chdir(home)
        (home / "config.yaml").write_text(json.dumps(settings))
        flags = ("--config", str(home / "config.yaml"), "--data-dir", str(home / "data"), "--log-level", "debug")
        for name, sky in {"fair": None, "500": SKIES["500"], **ECHOES}.items():
            server.sky = sky
            # The echoes change only what asks; the rest is the same in every weather.
            for command in COMMANDS if name == "fair" else (*COMMANDS[:6:2], ("doctor", "--check")):
                ran = cli(*flags, *command)
                assert not seen_in(ran.out + ran.err), (name, command)
        for what in EXPORTS:
            cli(*flags, "export", what, "--output", str(home / f"export-{what}"))
    assert any(asked.query.get("apiKey") == CANARY for asked in server.asked)
    assert (home / "data" / "logs").is_dir()
    assert files_with_it(home, "config.yaml" if given == "config.yaml" else ".env") == []
