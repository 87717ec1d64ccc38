"""`ui.keys`: what may be a key, what may not, and what would do two things at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from betting_tui.engine.config import InvalidSettings, Loaded, load_settings
from betting_tui.engine.config.key_names import shown, split_keys, typed, why_not
from betting_tui.engine.config.key_table import DIALOGS, KEY_TABLE, SCREENS
from betting_tui.engine.config.keys import Keys


def load(folder: Path, **keys: str) -> Loaded:
    """The ids have two underscores for their dot."""
    lines = [f'    {name.replace("__", ".")}: "{text}"\n' for name, text in keys.items()]
    path = folder / "config.yaml"
    path.write_text("ui:\n  keys:\n" + "".join(lines), encoding="utf-8")
    return load_settings(path, environment={})


def problems(folder: Path, **keys: str) -> list[str]:
    with pytest.raises(InvalidSettings) as raised:
        load(folder, **keys)
    assert all(str(folder) in problem.where for problem in raised.value.problems)
    return [f"{problem.where.rpartition(' ')[2]} {problem.key}: {problem.text}" for problem in raised.value.problems]


def test_a_key_is_replaced_by_all_that_are_named(tmp_path: Path) -> None:
    keys = Keys(load(tmp_path, opportunities__place="f5, !").settings.ui.keys)
    assert keys.of("opportunities.place") == ("f5", "exclamation_mark")
    assert keys.of("opportunities.edit") == ("e",)
    assert keys.say("{opportunities.place} places, {app.bets} shows") == "f5 places, 2 shows"


def test_an_id_nobody_has_is_named_with_the_nearest_ones(tmp_path: Path) -> None:
    (told,) = problems(tmp_path, oportunities__place="f5")
    assert told.startswith("3 ui.keys.oportunities.place: no such id; the nearest are opportunities.place")


@pytest.mark.parametrize(
    ("key", "why"),
    [
        ("ctrl+enter", "few terminals can send it"),
        ("alt+enter", "few terminals can send it"),
        ("ctrl+m", "terminals send it for enter"),
        ("ctrl+i", "terminals send it for tab"),
        ("ctrl+h", "terminals send it for backspace"),
        ("ctrl+j", "terminals send it for a new line"),
        ("ctrl+c", "it copies what is selected"),
        ("ctrl+z", "the shell stops the program with it"),
        ("ctrl+5", "few terminals can send it"),
        ("shift+b", "write B"),
        ("f25", "'f25' is no key"),
        ("hello", "'hello' is no key"),
        ("x, x", "names x twice"),
    ],
)
def test_a_key_nobody_can_press_is_refused_with_its_reason(tmp_path: Path, key: str, why: str) -> None:
    (told,) = problems(tmp_path, opportunities__hold=key)
    assert why in told


def test_a_key_that_would_do_two_things_in_one_place_is_refused(tmp_path: Path) -> None:
    (told,) = problems(tmp_path, opportunities__hold="x")
    assert "x does opportunities.dismiss already" in told
    (told,) = problems(tmp_path, opportunities__hold="q")
    assert "q does app.quit already" in told
    (told,) = problems(tmp_path, app__theme="b")
    assert "b does markets.place already" in told
    (told,) = problems(tmp_path, opportunities__hold="down")
    assert "down does table.down already" in told
    (told,) = problems(tmp_path, opportunities__hold="tab")
    assert "tab goes to the next list" in told


def test_two_keys_may_change_places_and_screens_do_not_disturb_each_other(tmp_path: Path) -> None:
    swapped = load(tmp_path, opportunities__hold="x", opportunities__dismiss="space").settings.ui.keys
    assert swapped == {"opportunities.hold": "x", "opportunities.dismiss": "space"}
    load(tmp_path, bankroll__view="b", review__win="1")


def test_two_changed_keys_that_meet_are_both_named(tmp_path: Path) -> None:
    told = problems(tmp_path, opportunities__hold="f6", opportunities__sort="f6")
    assert [line.split(":")[0] for line in told] == ["3 ui.keys.opportunities.hold", "4 ui.keys.opportunities.sort"]


def test_a_key_that_comes_before_a_field_is_none_that_is_typed_there(tmp_path: Path) -> None:
    (told,) = problems(tmp_path, form__agree="y")
    assert "y could not be typed into a field any more" in told
    load(tmp_path, form__agree="f4")


def test_keys_that_multiplexers_keep_are_warned_of(tmp_path: Path) -> None:
    loaded = load(tmp_path, opportunities__hold="ctrl+b", opportunities__sort="ctrl+a")
    told = ("ui.keys.opportunities.hold: ctrl+b is also kept by tmux", "ui.keys.opportunities.sort: ctrl+a is also")
    assert all(warning.startswith(told) for warning in loaded.warnings)
    assert len(loaded.warnings) == 2


def test_no_two_default_keys_of_one_screen_are_the_same() -> None:
    for screen in SCREENS:
        taken: dict[str, str] = {}
        for entry in KEY_TABLE:
            # A list's keys come before those of its screen, which know that.
            if screen in entry.places and entry.id.partition(".")[0] not in ("table", "ledger"):
                for key in split_keys(entry.keys):
                    assert taken.setdefault(key, entry.id) == entry.id, f"{key} on {screen}"


def test_every_default_key_is_one_that_can_be_pressed() -> None:
    for entry in KEY_TABLE:
        assert entry.text
        assert set(entry.places) <= {*SCREENS, *DIALOGS}
        assert [why_not(key) for key in split_keys(entry.keys)] == [None] * len(split_keys(entry.keys)), entry.id


@given(st.text(max_size=12))
def test_any_text_is_a_key_or_has_a_reason(text: str) -> None:
    for key in split_keys(text):
        reason = why_not(key)
        assert reason is None or reason
        assert shown(key) == shown(key).strip() or not typed(key)


def test_a_sentence_only_takes_ids_and_leaves_other_braces_alone() -> None:
    assert Keys().say("{not an id} {} {a}") == "{not an id} {} {a}"
