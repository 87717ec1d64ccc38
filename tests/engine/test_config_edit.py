"""Putting values into a settings file: comments, order and style of everything else stay."""

from __future__ import annotations

import os
import stat
from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from betting_tui.engine.config import Change, InvalidSettings, init_file, load_settings, save_settings
from betting_tui.engine.config.edit import put
from betting_tui.engine.core.errors import ConfigError

SPORTS = "data_sources.the_odds_api.sports"


@pytest.mark.parametrize(
    ("before", "change", "after"),
    [
        ("a: 1 # x\n", Change("ui.odds_format", "decimal"), 'a: 1 # x\nui:\n  odds_format: "decimal"\n'),
        ("ui: {}\n", Change("ui.odds_format", "decimal"), 'ui: {odds_format: "decimal"}\n'),
        ("ui: # how\n", Change("ui.theme", "dark"), 'ui:\n  theme: "dark" # how\n'),
        ("a: {b: , c: 1}\n", Change("a.b.d", True), "a: {b: {d: true} , c: 1}\n"),
        (
            "data_sources:\n    cache: {enabled: true}  # keep\n",
            Change(SPORTS, ("soccer_epl",)),
            "data_sources:\n    the_odds_api:\n      sports: [soccer_epl]\n    cache: {enabled: true}  # keep\n",
        ),
        ("a:\n  b:\n", Change("a.b.c", 0.25), "a:\n  b:\n    c: 0.25\n"),
        ("a: {b: [x, y]} # two\n", Change("a.b", ("z",)), "a: {b: [z]} # two\n"),
        (
            "a:\n  - x # one\n  # about y\n  - y # two\n# end\nb: 1\n",
            Change("a", ("z", "x")),
            "a:\n  - z\n  - x # one\n  # about y\n# end\nb: 1\n",
        ),
        ("a:\n- x\n- y # two", Change("a", ("y",)), "a:\n- y # two"),
        ("a: # list\n- x # one\nb: 1\n", Change("a", ()), "# list\n# one\na: []\nb: 1\n"),
        ("a: [x, # one\n    y] # two\n", Change("a", ("y",)), "# one\na: [y] # two\n"),
        ("a: 100 # what\n", Change("a", Decimal("12.50")), "a: 12.50 # what\n"),
        ("a: 'o' # it\n", Change("a", "it's"), 'a: "it\'s" # it\n'),
        ("a:\r\n  b: 1\r\n", Change("a.c", 2), "a:\r\n  c: 2\r\n  b: 1\r\n"),
        ("a: [x]\n", Change("a", ("no", "null", "x y")), 'a: ["no", "null", "x y"]\n'),
    ],
)  # fmt: skip
def test_only_the_value_changes(before: str, change: Change, after: str) -> None:
    assert put(before, change, "config.yaml") == after


@pytest.mark.parametrize("text", ["- 1\n", "a: &x 1\nb: *x\n", "a: [\n", "a: {b: 1}\na: {b: 2}\n", "just text\n"])
def test_what_only_a_person_can_edit_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match=r"config\.yaml"):
        put(text, Change("b" if "*x" in text else "a.c", 1), "config.yaml")


_WORDS = st.text("abcxyz_", min_size=1, max_size=5)
_LEAVES = st.one_of(st.integers(-9, 99), st.booleans(), _WORDS, st.lists(_WORDS, max_size=3))
_TREES = st.dictionaries(_WORDS, st.one_of(_LEAVES, st.dictionaries(_WORDS, _LEAVES, max_size=3)), max_size=4)


@given(tree=_TREES, flow=st.sampled_from([None, True, False]), value=st.one_of(st.lists(_WORDS, max_size=3), _WORDS))
def test_a_value_reads_back_whatever_the_file_looked_like(
    tree: dict[str, object], flow: bool | None, value: list[str] | str
) -> None:
    text = yaml.safe_dump(tree, default_flow_style=flow)
    edited = put(text, Change("some.where", tuple(value) if isinstance(value, list) else value), "config.yaml")
    assert yaml.safe_load(edited) == {**tree, "some": {"where": value}}
    for name in tree:
        again = put(text, Change(name, tuple(value) if isinstance(value, list) else value), "config.yaml")
        assert yaml.safe_load(again) == {**tree, name: value}


def test_the_first_file_takes_every_choice_and_keeps_its_comments(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    init_file(path)
    comments = [line for line in path.read_text().splitlines() if "#" in line]
    save_settings(
        path,
        (
            Change("data_sources.priority_order", ("football_data", "the_odds_api")),
            Change("data_sources.football_data.sports", ("soccer_epl",)),
            Change(SPORTS, ("basketball_nba",)),
            Change("bookmakers.mine", ("pinnacle", "bet365")),
            Change("paper_trading.starting_bankroll", Decimal("2500.50")),
            Change("paper_trading.currency", "EUR"),
            Change("ui.odds_format", "decimal"),
        ),
    )
    settings = load_settings(path, environment={}).settings
    assert settings.data_sources.priority_order == ("football_data", "the_odds_api")
    assert settings.data_sources.football_data.sports == ("soccer_epl",)
    assert settings.data_sources.the_odds_api.sports == ("basketball_nba",)
    assert settings.bookmakers.mine == ("pinnacle", "bet365")
    assert (settings.paper_trading.starting_bankroll, settings.paper_trading.currency) == (Decimal("2500.50"), "EUR")
    assert settings.ui.odds_format == "decimal"
    assert [line for line in path.read_text().splitlines() if "#" in line] == comments
    assert os.name != "posix" or stat.S_IMODE(path.stat().st_mode) == 0o600


def test_nonsense_is_not_written_and_of_several_none(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text("risk: {max_bet_size: 250.50}\n")
    with pytest.raises(InvalidSettings, match=r"risk\.max_bet_size"):
        save_settings(path, (Change("ui.odds_format", "decimal"), Change("paper_trading.currency", "JPY")))
    with pytest.raises(InvalidSettings, match="odds_format"):
        save_settings(path, (Change("ui.odds_format", "roman"),))
    assert path.read_text() == "risk: {max_bet_size: 250.50}\n"
