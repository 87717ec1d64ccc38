"""`.env` files: below the environment, above the settings file, never somebody else's business."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from betting_tui.engine.config import (
    InvalidSettings,
    Loaded,
    dotenv_files,
    load_settings,
    read_dotenv,
    settings_entries,
)

KEY, OTHER = "0123456789abcdef0123456789abcdef", "fedcba9876543210fedcba9876543210"


class Place:
    """A directory to stand in and one with settings, each with a `.env` when it was given one."""

    def __init__(self, root: Path) -> None:
        self.here, self.beside = root / "here" / ".env", root / "config" / ".env"
        self.config = root / "config" / "config.yaml"
        for folder in (self.here.parent, self.beside.parent):
            folder.mkdir()
        self.config.write_text("log: {level: info}\n")
        self.config.chmod(0o600)

    def put(self, path: Path, text: str) -> None:
        path.write_text(text)
        path.chmod(0o600)

    def load(self, environment: dict[str, str] | None = None) -> Loaded:
        return load_settings(self.config, environment=environment or {}, dotenvs=(self.here, self.beside))


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_the_environment_counts_most_then_here_then_beside_then_the_file(place: Place) -> None:
    place.put(place.config, "ui: {odds_format: decimal}\nlog: {level: error}\n")
    place.put(place.beside, f"THE_ODDS_API_KEY={KEY}\nBETTING_TUI__UI__ODDS_FORMAT=fractional\n")
    loaded = place.load()
    assert loaded.settings.api_keys.the_odds_api == KEY
    assert loaded.settings.ui.odds_format == "fractional"
    assert loaded.settings.log.level == "error"
    place.put(place.here, f"# mine\nexport THE_ODDS_API_KEY='{OTHER}'\n")
    loaded = place.load({"BETTING_TUI__UI__ODDS_FORMAT": "hong_kong"})
    assert loaded.settings.api_keys.the_odds_api == OTHER
    assert loaded.settings.ui.odds_format == "hong_kong"
    assert place.load({"THE_ODDS_API_KEY": "k" * 32}).settings.api_keys.the_odds_api == "k" * 32
    assert not loaded.warnings


def test_the_origin_names_file_and_line_and_the_key_is_hidden(place: Place) -> None:
    place.put(place.here, f"\n\nTHE_ODDS_API_KEY={KEY}\n")
    entry = next(it for it in settings_entries(place.load()) if it.key == "api_keys.the_odds_api")
    assert (entry.value, entry.origin) == ("set (hidden)", f"{place.here}, line 3")


def test_another_programs_file_is_passed_over_in_silence(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME_OF_SECRETS", "from outside")
    key = f"${{HOME_OF_SECRETS}}{KEY}"
    place.put(place.here, f"DATABASE_URL=postgres://u:p@db/x\nTRADING_MODE=live\nno line\nTHE_ODDS_API_KEY={key}\n")
    before = dict(os.environ)
    loaded = place.load()
    assert loaded.settings.execution.mode == "paper"
    assert loaded.settings.api_keys.the_odds_api == key, "nothing is put in from elsewhere"
    assert loaded.warnings == ()
    assert dict(os.environ) == before


@pytest.mark.parametrize("text", ["THE_ODDS_API_KEY=\n", "THE_ODDS_API_KEY\n", "THE_ODDS_API_KEY=your_key_here\n", ""])
def test_a_placeholder_there_does_not_hide_the_key_of_the_file(place: Place, text: str) -> None:
    place.put(place.config, f"api_keys: {{the_odds_api: {KEY}}}\n")
    place.put(place.here, text)
    assert place.load().settings.api_keys.the_odds_api == KEY


def test_a_line_no_one_can_read_is_told_by_its_number_and_never_repeated(place: Place) -> None:
    place.put(place.here, f"A=1\nTHE_ODDS_API_KEY='{KEY}\n")
    place.put(place.beside, "what is this\nBETTING_TUI__LOG__LEVEL=debug\n")
    loaded = place.load()
    assert loaded.warnings == (
        f"{place.here}, line 2 cannot be read and is left out: write NAME=value",
        f"{place.beside}, line 1 cannot be read and is left out: write NAME=value",
    )
    assert loaded.settings.log.level == "debug"
    assert loaded.settings.api_keys.the_odds_api is None


def test_a_wrong_value_is_a_mistake_with_its_line(place: Place) -> None:
    place.put(place.here, "BETTING_TUI__LOG__LEVEL=loud\nBETTING_TUI__LOG=x\n")
    with pytest.raises(InvalidSettings) as caught:
        place.load()
    assert f"{place.here}, line 1: log.level: expected one of debug" in caught.value.message
    assert f"{place.here}, line 2: expected BETTING_TUI__SECTION__KEY=value" in caught.value.message


def test_an_address_counts_beside_the_settings_only_as_the_key_would_go_there(place: Place) -> None:
    name = "BETTING_TUI__DATA_SOURCES__THE_ODDS_API__BASE_URL"
    place.put(place.here, f"{name}=https://elsewhere.example\n")
    loaded = place.load()
    assert loaded.settings.data_sources.the_odds_api.base_url == "https://api.the-odds-api.com"
    assert "base_url is left out" in loaded.warnings[0]
    assert "elsewhere" not in loaded.warnings[0]
    place.put(place.beside, f"{name}=http://127.0.0.1:8080\n")
    assert place.load().settings.data_sources.the_odds_api.base_url == "http://127.0.0.1:8080"


def test_what_can_be_no_text_file_is_left_out_with_a_word(place: Place) -> None:
    place.here.mkdir()
    assert place.load().warnings == (), "a virtual environment may be called so"
    place.here.rmdir()
    place.here.write_bytes(b"A=" + b"x" * 300_000)
    assert "larger than 256 KiB" in place.load().warnings[0]
    place.here.write_bytes("THE_ODDS_API_KEY=é".encode("latin-1"))
    assert "is not UTF-8 text" in place.load().warnings[0]
    place.here.write_bytes(b"\xef\xbb\xbfTHE_ODDS_API_KEY=" + KEY.encode() + b"\r\n")
    assert place.load().settings.api_keys.the_odds_api == KEY


@pytest.mark.skipif(os.name != "posix", reason="devices, pipes and modes are a POSIX matter")
def test_a_device_and_a_pipe_are_not_read(place: Place) -> None:
    place.here.symlink_to("/dev/zero")
    assert "no ordinary file" in place.load().warnings[0]
    place.here.unlink()
    os.mkfifo(place.here)
    assert "no ordinary file" in place.load().warnings[0]
    place.here.unlink()
    place.here.symlink_to(place.here)
    assert "cannot be read" in place.load().warnings[0]


@pytest.mark.skipif(os.name != "posix", reason="file modes are a POSIX matter")
def test_a_key_that_others_can_read_is_told(place: Place) -> None:
    place.put(place.here, f"THE_ODDS_API_KEY={KEY}\n")
    place.here.chmod(0o644)
    (warning,) = place.load().warnings
    assert warning == f"{place.here} holds your key and others on this machine can read it: run chmod 600 {place.here}"
    place.put(place.here, "SOMETHING=else\n")
    place.here.chmod(0o644)
    assert place.load().warnings == ()


def test_here_comes_first_and_the_same_file_is_read_once(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(place.here.parent)
    assert dotenv_files(place.config) == (place.here, place.beside)
    monkeypatch.chdir(place.beside.parent)
    assert dotenv_files(place.config) == (place.beside,)
    assert dotenv_files(Path("config.yaml")) == (place.beside,)
    assert read_dotenv(place.here).entries == ()
