"""Other keys than the default: they work, the default ones do not, and everything on screen names them."""

from __future__ import annotations

import importlib.util
import re
import string
from pathlib import Path
from types import ModuleType

from kit import NARROW, Running
from scenes import empty_scene, full_scene
from settings_kit import edited

import betting_tui
from betting_tui.engine.config.key_names import split_keys
from betting_tui.engine.config.key_table import DIALOGS, KEY_TABLE, SCREENS
from betting_tui.engine.config.keys import key_entries
from betting_tui.widgets.key_bar import KeyBar

ROOT = Path(__file__).parents[2]
KEYS = """\
api_keys: {the_odds_api: not-a-real-key-1}
ui:
  time_zone: UTC
  keys:
    opportunities.place: "f5"
    app.opportunities: "f11"
    app.help: "f12"
    app.pause: "ctrl+g"
"""


def make_keys() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_keys", ROOT / "docs" / "make_keys.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_table_of_keys_and_its_page_say_what_the_bindings_say() -> None:
    made = make_keys()
    assert made.TABLE.read_text(encoding="utf-8") == made.table_text(), "run python docs/make_keys.py"
    assert made.PAGE.read_text(encoding="utf-8") == made.page_text(), "run python docs/make_keys.py"


def test_every_id_stands_in_the_page_about_keys_with_its_keys() -> None:
    page = (ROOT / "docs" / "keys.md").read_text(encoding="utf-8")
    assert [entry.id for entry in KEY_TABLE if f"| `{entry.id}` | `" not in page] == []


def test_every_key_a_sentence_names_is_there() -> None:
    for path in Path(betting_tui.__file__).parent.joinpath("screens").rglob("*.py"):
        places = re.findall(r"(?<!\{)\{\{?([a-z_]+\.[a-z_]+)\}\}?", path.read_text(encoding="utf-8"))
        groups = {entry.id.partition(".")[0] for entry in KEY_TABLE}
        named = {place for place in places if place.partition(".")[0] in groups - {"account"}}
        unknown = {place for place in named if place not in key_entries() and not hasattr(str, place.split(".")[1])}
        own = {place for place in unknown if place.split(".")[0] in ("app", *SCREENS)}
        assert own == set(), path.name


def help_of(run: Running) -> str:
    """All that help says, in sight or not."""
    return str(run.app.screen.query_one("#scroll > Static").render())


async def test_the_new_key_works_and_the_old_one_does_not(tmp_path: Path) -> None:
    async with edited(tmp_path, KEYS) as run:
        await run.press("b")
        assert run.engine.commands == []
        await run.press("f5")
        assert len(run.engine.commands) == 1
        await run.press("3", "1")
        assert run.app.current_mode == "bankroll"
        await run.press("f11")
        assert run.app.current_mode == "opportunities"


async def test_the_key_line_help_and_the_palette_name_the_new_key(tmp_path: Path) -> None:
    async with edited(tmp_path, KEYS, size=(160, 60)) as run:
        line = run.text().splitlines()[-1]
        assert line.split()[:2] == ["f5", "place"]
        assert "1-6" not in line
        assert "f12 help" in line
        await run.press("f12")
        assert re.search(r"f5 +place what the row shows", help_of(run))
        assert re.search(r"f11 +opportunities", help_of(run))
        await run.press("escape", "ctrl+p")
        assert "Place what the row shows  f5" in run.text()


async def test_empty_lists_and_toasts_name_the_new_key(tmp_path: Path) -> None:
    async with edited(tmp_path, KEYS, scene=empty_scene()) as run:
        await run.press("2")
        assert "No bet is open. f11 shows opportunities, f5 places one there" in run.text()
        await run.press("ctrl+g")
        assert run.toasts == ["Paused: no polling, no automatic bets · ctrl+g resumes"]


def _other_keys() -> dict[str, str]:
    """For every id a key that is nobody's default where it works."""
    pool = [f"f{number}" for number in range(1, 25)] + [
        f"ctrl+{it}" for it in string.ascii_lowercase if it not in "chijmz"
    ]
    pool += list("0789CDEFGHIJKMNOPQSTUVWXYZ")
    taken: dict[str, set[str]] = {place: set() for place in (*SCREENS, *DIALOGS)}
    for entry in KEY_TABLE:
        for place in entry.places:
            taken[place] |= set(split_keys(entry.keys))
    chosen: dict[str, str] = {}
    for entry in KEY_TABLE:
        key = next(key for key in pool if all(key not in taken[place] for place in entry.places))
        chosen[entry.id] = key
        for place in entry.places:
            taken[place].add(key)
    return chosen


async def test_every_key_of_every_screen_can_be_another_one(tmp_path: Path) -> None:
    other = _other_keys()
    lines = "".join(f'    {name}: "{key}"\n' for name, key in other.items())
    async with edited(tmp_path, f"ui:\n  time_zone: UTC\n  keys:\n{lines}", scene=full_scene()) as run:
        for screen in SCREENS:
            await run.app.action_mode(screen)
            await run.settle()
            active = {b.binding.id: key for key, b in run.app.screen.active_bindings.items() if b.binding.id}
            assert active
            for name, key in active.items():
                assert key == other[name], f"{name} on {screen}"


async def test_help_explains_what_has_the_focus_on_every_screen_and_scrolls(tmp_path: Path) -> None:
    async with edited(tmp_path, size=NARROW) as run:
        for mode in SCREENS:
            await run.app.action_mode(mode)
            await run.settle()
            await run.press("f1")
            assert run.dialog == "HelpDialog"
            scroll = run.app.screen.query_one("#scroll")
            box, keys = run.app.screen.query_one("#box"), run.app.screen.query_one(KeyBar)
            assert keys.region.bottom == box.content_region.bottom, "no taller than what stands in it"
            whole = help_of(run)
            assert "↓" in whole
            assert "The screen: " in whole
            assert "Everywhere" in whole
            assert "settings: everything in config.yaml" in whole
            assert "{" not in whole
            await run.press("pagedown")
            assert scroll.scroll_y > 0
            await run.press("f1")
            assert run.dialog == ""


async def test_help_leaves_out_keys_that_would_do_nothing(tmp_path: Path) -> None:
    async with edited(tmp_path, size=(120, 40)) as run:
        for screen in "123456":
            await run.press(screen, "f1")
            assert not re.search("scroll (left|right)|page (left|right)", help_of(run), re.IGNORECASE)
            await run.press("escape")


async def test_the_enter_key_is_written_the_same_way_on_every_screen(tmp_path: Path) -> None:
    async with edited(tmp_path, size=(120, 40)) as run:
        for screen, line in {"1": "enter why", "2": "enter detail", "4": "enter all of a group"}.items():
            await run.press(screen)
            assert line in run.text()


async def test_help_explains_a_field_and_lists_its_keys(tmp_path: Path) -> None:
    async with edited(tmp_path) as run:
        await run.press("slash", "f1")
        whole = help_of(run)
        assert whole.startswith("The filter")
        assert "esc clears the filter" in whole
        assert "cursor" in whole
        await run.press("question_mark")
        assert run.dialog == ""


async def test_help_explains_a_dialog(tmp_path: Path) -> None:
    async with edited(tmp_path) as run:
        await run.press("e", "f1")
        whole = help_of(run)
        assert "A field" in whole
        assert "This dialog" in whole
        assert "What will be placed" in whole
        assert "Everywhere" not in whole
        await run.press("escape")
        assert run.dialog == "SlipDialog"


async def test_a_long_text_can_be_copied(tmp_path: Path) -> None:
    async with edited(tmp_path) as run:
        await run.press("f1", "c")
        assert "place what the row shows" in run.app.clipboard
        assert run.toasts == ["Copied, if this terminal lets programs copy"]


async def test_a_letter_goes_to_a_list(tmp_path: Path) -> None:
    async with edited(tmp_path) as run:
        await run.press("6")
        before = run.app.screen.focused
        await run.press("apostrophe")
        text = run.text()
        assert all(name in text for name in ("a Feeds", "s Credits", "d About", "f Log"))
        await run.press("f")
        assert run.app.screen.focused is not before
        assert run.app.screen.focused is not None
        assert run.app.screen.focused.id == "log-table"
        await run.press("apostrophe", "escape")
        assert run.app.screen.focused.id == "log-table"
        await run.press("apostrophe", "1")
        assert run.app.screen.focused.id == "log-table"


async def test_a_click_on_a_letter_goes_there_too_and_it_follows_a_new_size(tmp_path: Path) -> None:
    async with edited(tmp_path) as run:
        await run.press("6", "apostrophe")
        await run.pilot.resize_terminal(80, 24)
        await run.settle()
        await run.pilot.click("#jump-d")
        await run.settle()
        assert run.app.screen.focused is not None
        assert run.app.screen.focused.id == "about-table"


async def test_the_palette_reaches_other_screens_colours_and_settings(tmp_path: Path) -> None:
    async with edited(tmp_path) as run:
        await run.press("ctrl+p")
        for character in "bankroll view":
            await run.pilot.press("space" if character == " " else character)
        await run.settle()
        assert "Bankroll: ledger, accounts side by side, limits  v" in run.text()
        await run.press("escape")


async def test_the_palette_finds_a_command_by_the_word_on_the_key_line(tmp_path: Path) -> None:
    async with edited(tmp_path) as run:
        await run.press("ctrl+p", *"deposit")
        assert "Bankroll: put money in  d" in run.text()


async def test_the_palette_names_the_first_key_as_the_key_line_does(tmp_path: Path) -> None:
    async with edited(tmp_path) as run:
        await run.press("ctrl+p", *"quit")
        assert "Quit; nothing is lost  q" in run.text()


async def test_a_command_of_another_screen_goes_there_and_does_it(tmp_path: Path) -> None:
    from betting_tui.screens.palette import KeyCommands

    async with edited(tmp_path) as run:
        provider = KeyCommands(run.app.screen)
        commands = {command.text: command for command in (*provider._elsewhere(), *provider._settings())}
        deposit = commands["Bankroll: put money in"].run
        await deposit()
        await run.settle()
        assert (run.app.current_mode, run.dialog) == ("bankroll", "FormDialog")
        await run.press("escape")
        await commands["Setting: risk.max_odds"].run()
        await run.settle()
        assert "No price above these decimal odds" in run.text()
        commands["Colours: nord"].run()
        assert run.app.theme == "nord"
