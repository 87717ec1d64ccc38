"""Writing settings: the key goes in and everything else stays as the user wrote it."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from betting_tui.engine.config import Settings, init_file, load_settings, save_key
from betting_tui.engine.core.errors import ConfigError, UsageError

KEY = "0123456789abcdef0123456789abcdef"


def saved(tmp_path: Path, text: str) -> str:
    path = tmp_path / "config.yaml"
    path.write_bytes(text.encode())
    save_key(path, KEY)
    assert load_settings(path, environment={}).settings.api_keys.the_odds_api == KEY
    return path.read_bytes().decode()


def test_a_missing_file_is_made_with_the_key(tmp_path: Path) -> None:
    path = tmp_path / "new" / "config.yaml"
    assert save_key(path, f"  {KEY}\n") == path
    assert load_settings(path, environment={}).settings.api_keys.the_odds_api == KEY


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('api_keys: {the_odds_api: "YOUR_KEY_HERE"}  # mine\n', 'api_keys: {the_odds_api: "KEY"}  # mine\n'),
        ("api_keys:\n  the_odds_api: old # why\nlog: {}\n", 'api_keys:\n  the_odds_api: "KEY" # why\nlog: {}\n'),
        ("api_keys:\n  the_odds_api: # none yet\n", 'api_keys:\n  the_odds_api: "KEY" # none yet\n'),
        ("api_keys:\n  the_odds_api:\n", 'api_keys:\n  the_odds_api: "KEY"\n'),
        ("api_keys: {}\n", 'api_keys: {the_odds_api: "KEY"}\n'),
        ("api_keys:\nlog: {}\n", 'api_keys:\n  the_odds_api: "KEY"\nlog: {}\n'),
        ("# only a comment\n", '# only a comment\napi_keys:\n  the_odds_api: "KEY"\n'),
        ("", 'api_keys:\n  the_odds_api: "KEY"\n'),
        ("# top\nlog: {level: info}  # end", '# top\nlog: {level: info}  # end\napi_keys:\n  the_odds_api: "KEY"\n'),
        ("log: {level: info}\r\n", 'log: {level: info}\r\napi_keys:\r\n  the_odds_api: "KEY"\r\n'),
        ("{log: {level: info}}\n", '{api_keys: {the_odds_api: "KEY"}, log: {level: info}}\n'),
        ("{}\n", '{api_keys: {the_odds_api: "KEY"}}\n'),
        ("api_keys:\n  the_odds_api: |\n    old\nlog: {}\n", 'api_keys:\n  the_odds_api: "KEY"\nlog: {}\n'),
    ],
)
def test_only_the_key_changes(tmp_path: Path, before: str, after: str) -> None:
    assert saved(tmp_path, before) == after.replace("KEY", KEY)


def test_what_cannot_be_edited_safely_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    for text in ("ui: {theme: &t dark}\napi_keys: {the_odds_api: *t}\n", "- 1\n", "log: {level: info"):
        path.write_text(text)
        with pytest.raises(ConfigError):
            save_key(path, KEY)
        assert path.read_text() == text


@pytest.mark.parametrize("key", ["", "  ", "YOUR_KEY_HERE", "two words", "tab\tinside", "clé", "x" * 201 + "y"])
def test_what_is_no_key_is_refused_and_not_repeated(tmp_path: Path, key: str) -> None:
    with pytest.raises(UsageError) as caught:
        save_key(tmp_path / "config.yaml", key)
    assert not key.strip() or key not in caught.value.message
    assert not (tmp_path / "config.yaml").exists()


def test_a_key_with_quotes_in_it_is_written_so_that_it_reads_back(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    odd = 'a"b\\c#d:{e}'
    save_key(path, odd)
    assert load_settings(path, environment={}).settings.api_keys.the_odds_api == odd


@pytest.mark.skipif(os.name != "posix", reason="file modes are a POSIX matter")
def test_the_file_is_for_its_owner_alone_and_a_link_stays_a_link(tmp_path: Path) -> None:
    path = tmp_path / "private" / "config.yaml"
    save_key(path, KEY)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    link = tmp_path / "link.yaml"
    link.symlink_to(path)
    save_key(link, "another-key")
    assert link.is_symlink()
    assert "another-key" in path.read_text()
    assert [entry.name for entry in path.parent.iterdir()] == ["config.yaml"]


def test_the_first_file_is_commented_valid_and_never_overwrites(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    init_file(path)
    assert "#" in path.read_text()
    assert load_settings(path, environment={}).settings == Settings()
    with pytest.raises(ConfigError, match="exists already"):
        init_file(path)


def test_what_is_commented_out_in_the_first_file_is_valid_too(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    init_file(path)
    lines = path.read_text().splitlines()
    opened = [line.replace("# ", "", 1) if _is_setting(line) else line for line in lines]
    path.write_text("\n".join(opened))
    settings = load_settings(path, environment={}).settings
    assert settings.bookmakers.commission == {"betfair_ex_uk": 0.05}
    assert settings.ui.day_starts_at == "06:00"


def _is_setting(line: str) -> bool:
    words = line.strip().split()
    return len(words) > 1 and words[0] == "#" and words[1].endswith(":") and words[1][:-1].replace("_", "").islower()
