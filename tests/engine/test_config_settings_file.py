"""Editing one setting at a time: checked before it is written, comments kept, what is stronger than the file told."""

from __future__ import annotations

from pathlib import Path

import pytest

from betting_tui.engine.config import InvalidSettings, all_keys, load_settings
from betting_tui.engine.config.catalogue import Effect, Form, Setting, Source, catalogue
from betting_tui.engine.config.load import Override
from betting_tui.engine.config.settings_file import SettingsFile
from betting_tui.engine.config.words import SETTING_WORDS
from betting_tui.engine.core.errors import ConfigError

TEXT = """\
# mine
paper_trading:
  flat_bet_size: 50   # what I can lose
  kelly_fraction: 0.3
risk: {max_bet_size: 5, max_odds: 4.5}  # both
bookmakers:
  mine:
    - pinnacle   # sharp
    - fanduel
  commission:
    betfair_ex_uk: 0.05   # this year
    smarkets: 0.02
"""


class Edited:
    def __init__(self, folder: Path, text: str | None = TEXT, **environment: str) -> None:
        self.path = folder / "config.yaml"
        if text is not None:
            self.path.write_text(text, encoding="utf-8")
        else:
            self.path.write_text("", encoding="utf-8")
        self.environment = environment
        self.flags: list[Override] = []
        self.file = SettingsFile(
            lambda: load_settings(self.path, environment=self.environment, flags=self.flags),
        )

    def of(self, key: str) -> Setting:
        return next(each for each in self.file.catalogue() if each.key == key)

    def change(self, key: str, text: str) -> Setting:
        self.file.change(self.of(key), text)
        return self.of(key)

    @property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")


def test_every_setting_is_there_with_what_it_is_for(tmp_path: Path) -> None:
    settings = Edited(tmp_path, None).file.catalogue()
    assert [each.key for each in settings] == list(all_keys())
    assert {each.key for each in settings if not each.about} == set()
    assert set(SETTING_WORDS) <= set(all_keys())
    assert all(each.holds for each in settings)
    assert {each.source for each in settings} == {Source.DEFAULT}


def test_a_value_is_put_into_its_line_and_its_comment_stays(tmp_path: Path) -> None:
    edited = Edited(tmp_path)
    now = edited.change("paper_trading.flat_bet_size", "25.5")
    assert "  flat_bet_size: 25.5   # what I can lose\n" in edited.text
    assert (now.value, now.source, now.origin) == ("25.5", Source.FILE, f"{edited.path}, line 3")


@pytest.mark.parametrize(
    ("key", "typed", "shown"),
    [
        ("strategies.value_betting.enabled", "false", "false"),
        ("risk.risk_tolerance", "low", "low"),
        ("risk.max_open_bets", "4", "4"),
        ("storage.data_dir", "/a place", "/a place"),
        ("bookmakers.mine", "- lowvig\n- pinnacle\n", "lowvig, pinnacle"),
        ("bookmakers.mine", "lowvig, pinnacle", "lowvig, pinnacle"),
        ("bookmakers.mine", "[lowvig, pinnacle]", "lowvig, pinnacle"),
        ("data_sources.football_data.sports", "", "none"),
        ("bookmakers.commission", "matchbook: 0.01\nbetfair_ex_uk: 0.06", "matchbook: 0.01, betfair_ex_uk: 0.06"),
        ("presets", "big:\n  where: edge > 0.1\n", "big: where edge > 0.1"),
        ("ui.keys", 'app.help: "f1, f12"', "app.help: f1, f12"),
        ("ui.time_zone", "Europe/London", "Europe/London"),
    ],
)
def test_every_form_of_setting_can_be_written(tmp_path: Path, key: str, typed: str, shown: str) -> None:
    edited = Edited(tmp_path)
    assert edited.change(key, typed).value == shown
    assert all(comment in edited.text for comment in ("# mine", "# what I can lose", "# both"))


def test_settings_of_each_form_in_each_section_can_be_written_as_they_are_and_taken_out_again(tmp_path: Path) -> None:
    edited = Edited(tmp_path)
    before = {each.key: each.value for each in edited.file.catalogue()}
    some = {(each.section, each.form): each for each in edited.file.catalogue() if each.form is not Form.SECRET}
    for setting in some.values():
        if setting.written:
            edited.file.change(setting, setting.written)
    assert {each.key: each.value for each in edited.file.catalogue()} == before
    for setting in edited.file.catalogue():
        if setting.changed:
            edited.file.reset(setting)
    assert {each.source for each in edited.file.catalogue()} == {Source.DEFAULT}
    comments = ("# mine", "# what I can lose", "# both", "# sharp", "# this year")
    assert [comment for comment in comments if comment not in edited.text] == []


@pytest.mark.parametrize(
    ("key", "typed", "told"),
    [
        ("paper_trading.flat_bet_size", "abc", "expected an amount above 0"),
        ("paper_trading.flat_bet_size", "0", "expected an amount above 0"),
        ("paper_trading.currency", "dollars", "expected a currency code"),
        ("risk.min_odds", "9", "expected more than risk.min_odds"),
        ("ui.keys", "app.hlp: h", "the nearest are app.help"),
        ("presets", "a: [", "not valid YAML"),
        ("presets", "a: {where: 'edge >'}", "expected a filter"),
        ("bookmakers.commission", "[1]", "expected lines such as name: value"),
        ("bookmakers.mine", "a: b", "expected one entry a line"),
        ("bookmakers.mine", "- Not A Key", "expected a bookmaker's key"),
    ],
)
def test_what_a_setting_may_not_hold_is_refused_and_nothing_is_written(
    tmp_path: Path, key: str, typed: str, told: str
) -> None:
    edited = Edited(tmp_path)
    with pytest.raises(InvalidSettings, match=told):
        edited.change(key, typed)
    assert edited.text == TEXT


def test_what_makes_no_sense_beside_the_environment_is_not_left_in_the_file(tmp_path: Path) -> None:
    edited = Edited(tmp_path, TEXT, BETTING_TUI__RISK__MIN_ODDS="3")
    with pytest.raises(InvalidSettings):
        edited.change("risk.max_odds", "2")
    assert edited.text == TEXT


def test_nothing_typed_resets_what_may_be_left_unset(tmp_path: Path) -> None:
    edited = Edited(tmp_path)
    now = edited.change("risk.max_odds", " ")
    assert (now.value, now.source) == ("not set", Source.DEFAULT)
    assert "risk: {max_bet_size: 5}  # both" in edited.text


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (Source.ENVIRONMENT, "the variable BETTING_TUI__LOG__LEVEL sets it"),
        (Source.FLAG, "--log-level sets it for this run"),
    ],
)
def test_what_is_stronger_than_the_file_locks_the_setting(tmp_path: Path, source: Source, words: str) -> None:
    edited = Edited(tmp_path)
    if source is Source.ENVIRONMENT:
        edited.environment["BETTING_TUI__LOG__LEVEL"] = "debug"
    else:
        edited.flags.append(Override("log.level", "debug", "--log-level"))
    setting = edited.of("log.level")
    assert (setting.value, setting.source) == ("debug", source)
    assert words in setting.lock
    with pytest.raises(ConfigError, match="stays"):
        edited.file.change(setting, "info")
    with pytest.raises(ConfigError, match="stays"):
        edited.file.reset(setting)
    assert edited.text == TEXT


def test_a_dotenv_file_locks_the_setting_and_is_named(tmp_path: Path) -> None:
    path, dotenv = tmp_path / "config.yaml", tmp_path / ".env"
    path.write_text("", encoding="utf-8")
    dotenv.write_text("BETTING_TUI__UI__THEME=nord\n", encoding="utf-8")
    loaded = load_settings(path, environment={}, dotenvs=[dotenv])
    theme = next(each for each in catalogue(loaded) if each.key == "ui.theme")
    assert theme.source is Source.DOTENV
    assert theme.lock.startswith(f"{dotenv}, line 1 sets it")


def test_a_secret_is_never_shown_and_can_be_replaced(tmp_path: Path) -> None:
    edited = Edited(tmp_path, 'api_keys: {the_odds_api: "first-secret-1"}\n')
    setting = edited.of("api_keys.the_odds_api")
    assert "first-secret-1" not in repr(setting)
    assert edited.change("api_keys.the_odds_api", "second-secret-2").value == "set (hidden)"
    assert "second-secret-2" in edited.text
    with pytest.raises(InvalidSettings) as raised:
        edited.change("api_keys.the_odds_api", "third secret 3")
    assert "third" not in str(raised.value)


def test_it_is_told_when_a_change_counts(tmp_path: Path) -> None:
    edited = Edited(tmp_path)
    effects = {key: edited.of(key).effect for key in ("ui.theme", "risk.max_odds", "storage.data_dir")}
    assert list(effects.values()) == [Effect.AT_ONCE, Effect.ENGINE, Effect.NEXT_START]


def test_a_layout_nobody_can_edit_safely_is_left_alone(tmp_path: Path) -> None:
    text = "paper_trading: &a {flat_bet_size: 5}\nrisk: {max_bet_size: 5}\n"
    edited = Edited(tmp_path, text)
    edited.change("risk.max_bet_size", "6")
    assert edited.text == text.replace("max_bet_size: 5", "max_bet_size: 6")
