"""What the app is set up with: a key tried at the provider and kept, choices written into the settings file."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from odds_api_server import OddsApiServer, Weather

from betting_tui.cli.first_run import Desk
from betting_tui.cli.logs import redacted
from betting_tui.engine.config import Change, Loaded, load_settings
from betting_tui.engine.core.errors import ConfigError, KeyRejected, SourceError, SourceUnreachable, UsageError

KEY = "c0ffee00c0ffee00c0ffee00c0ffee00"
NBA = {"key": "basketball_nba", "group": "Basketball", "title": "NBA", "active": True, "has_outrights": False}
COMMENTED = """\
# mine
api_keys: {the_odds_api: "YOUR_KEY_HERE"}  # later
ui:
  odds_format: fractional   # as at home
"""


class Place:
    """A settings file, and a desk that reads it with this environment."""

    def __init__(self, folder: Path, address: str = "http://127.0.0.1:9", **environment: str) -> None:
        self.path = folder / "config.yaml"
        self.path.write_text(COMMENTED)
        self.environment = {"BETTING_TUI__DATA_SOURCES__THE_ODDS_API__BASE_URL": address, **environment}
        self.desk = Desk(self.load)

    def load(self) -> Loaded:
        return load_settings(self.path, environment=self.environment)


async def test_a_key_is_tried_with_a_call_that_costs_nothing(home: Path) -> None:
    async with OddsApiServer(key=KEY, sports=[NBA], remaining=412) as server:
        answer = await Place(home, server.base_url).desk.check_key(f" {KEY} ")
        assert answer.message == "The key works: 1 sport in season, 412 credits left this month"
        assert [sport.key for sport in answer.sports] == ["basketball_nba"]
        assert [asked.path for asked in server.asked] == ["/v4/sports"]


async def test_a_wrong_key_is_refused_in_words_without_the_key(home: Path) -> None:
    async with OddsApiServer(key=KEY) as server:
        desk = Place(home, server.base_url).desk
        with pytest.raises(KeyRejected) as caught:
            await desk.check_key("another-key-altogether")
        assert "another-key" not in caught.value.message
        with pytest.raises(UsageError):
            await desk.check_key("YOUR_KEY_HERE")
        server.weather.append(Weather(status=500, body=f"broken {KEY}".encode()))
        with pytest.raises(SourceError) as broken:
            await desk.check_key(KEY)
        assert KEY not in broken.value.message
    with pytest.raises(SourceUnreachable):
        await Place(home).desk.check_key(KEY)


async def test_a_kept_key_asks_for_the_sports_and_is_masked_from_then_on(home: Path) -> None:
    secret = "5eed5eed5eed5eed5eed5eed5eed5eed"
    async with OddsApiServer(key=secret, sports=[NBA]) as server:
        place = Place(home, server.base_url)
        assert place.desk.save_key(secret) == ""
        assert [sport.title for sport in await place.desk.sports()] == ["NBA"]
        assert secret not in redacted(f"x {secret} y")
    assert place.path.read_text() == COMMENTED.replace("YOUR_KEY_HERE", secret)
    assert os.name != "posix" or stat.S_IMODE(place.path.stat().st_mode) == 0o600


def test_choices_are_written_with_their_comments_kept(home: Path) -> None:
    place = Place(home)
    assert place.desk.save((Change("ui.odds_format", "decimal"), Change("bookmakers.mine", ("bet365",)))) == ""
    assert place.path.read_text() == (
        COMMENTED.replace("fractional   #", '"decimal"   #') + "bookmakers:\n  mine: [bet365]\n"
    )
    assert place.desk.settings().bookmakers.mine == ("bet365",)
    before = place.path.read_bytes()
    assert place.desk.save(()) == ""
    with pytest.raises(ConfigError, match="odds_format"):
        place.desk.save((Change("ui.odds_format", "roman"),))
    assert place.path.read_bytes() == before


def test_what_counts_more_than_the_file_is_said(home: Path) -> None:
    place = Place(home, THE_ODDS_API_KEY=KEY, BETTING_TUI__UI__ODDS_FORMAT="hong_kong")
    assert place.desk.save_key(KEY) == "Saved, but api_keys.the_odds_api comes from THE_ODDS_API_KEY, which counts more"
    said = place.desk.save((Change("ui.odds_format", "decimal"), Change("paper_trading.currency", "EUR")))
    assert said == "Saved, but ui.odds_format comes from BETTING_TUI__UI__ODDS_FORMAT, which counts more"
