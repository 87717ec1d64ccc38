"""The settings screen: everything in the file, changed one at a time, told where it comes from and when it counts."""

from __future__ import annotations

from pathlib import Path

import pytest
from kit import NARROW, WIDE
from settings_kit import BASIS, edited
from textual.events import Key
from textual.widgets import TextArea

from betting_tui.widgets.choice import Choice


@pytest.mark.parametrize("size", [NARROW, WIDE, (200, 60)])
async def test_its_key_opens_it_and_escape_goes_back(tmp_path: Path, size: tuple[int, int]) -> None:
    async with edited(tmp_path, size=size) as run:
        await run.press("3", "comma")
        assert run.app.current_mode == "settings"
        text = run.text()
        assert all(each in text for each in ("paper_trading", "starting_bankroll", "10000", "default", "search"))
        await run.press("escape")
        assert run.app.current_mode == "bankroll"


async def test_a_terminal_of_fifteen_lines_still_lists_settings(tmp_path: Path) -> None:
    async with edited(tmp_path, size=(60, 15)) as run:
        await run.press("comma")
        assert "the_odds_api" in run.text().replace("api_keys.the_odds_api", "")


async def test_a_number_is_changed_in_the_file_and_its_comments_stay(tmp_path: Path) -> None:
    text = f"# mine\n{BASIS}paper_trading:\n  flat_bet_size: 50  # at most\n"
    async with edited(tmp_path, text) as run:
        await run.show("paper_trading.flat_bet_size")
        assert "50 · from" in run.text()
        await run.press("enter")
        assert run.dialog == "SettingDialog"
        await run.type_over("25")
        await run.press("enter")
        assert run.dialog == ""
        assert run.written == text.replace("50", "25")
        assert "Saved. It counts when the engine starts again: R starts it" in run.toasts


async def test_what_is_wrong_is_told_and_nothing_is_written(tmp_path: Path) -> None:
    async with edited(tmp_path) as run:
        before = run.written
        await run.show("paper_trading.flat_bet_size")
        await run.press("enter")
        await run.type_over("much")
        await run.press("enter")
        assert run.dialog == "SettingDialog"
        assert "expected an amount above 0" in run.text()
        await run.press("escape")
        assert run.dialog == ""
        assert run.written == before


async def test_what_is_left_as_it_was_is_not_written(tmp_path: Path) -> None:
    async with edited(tmp_path) as run:
        before = run.written
        await run.show("paper_trading.bet_sizing_method")
        await run.press("enter", "enter")
        assert (run.dialog, run.written, run.toasts) == ("", before, [])


async def test_one_of_a_few_words_is_chosen_with_the_arrows(tmp_path: Path) -> None:
    async with edited(tmp_path) as run:
        await run.show("risk.risk_tolerance")
        await run.press("enter")
        assert run.app.screen.query_one(Choice).word == "not set"
        await run.press("right", "enter")
        assert 'risk_tolerance: "low"' in run.written


async def test_another_odds_format_counts_in_what_the_engine_tells_too(tmp_path: Path) -> None:
    async with edited(tmp_path) as run:
        await run.show("ui.odds_format")
        await run.press("enter", "right", "enter")
        assert run.engine.ui.odds_format == "decimal"


async def test_a_choice_made_right_before_saving_counts(tmp_path: Path) -> None:
    async with edited(tmp_path) as run:
        await run.show("ui.odds_format")
        await run.press("enter")
        for key in ("right", "enter"):
            run.app.post_message(Key(key, None))
        await run.settle()
        assert run.dialog == ""
        assert 'odds_format: "decimal"' in run.written


async def test_space_switches_what_is_on_or_off(tmp_path: Path) -> None:
    async with edited(tmp_path) as run:
        await run.show("strategies.line_shopping.enabled")
        await run.press("space")
        assert "enabled: false" in run.written
        await run.press("space")
        assert "enabled: true" in run.written


async def test_a_default_is_given_back_and_counts_as_default(tmp_path: Path) -> None:
    key = "api_keys: {the_odds_api: not-a-real-key-1}\n"
    async with edited(tmp_path, f"{key}ui: {{time_zone: UTC, odds_format: decimal}}\n") as run:
        await run.show("ui.odds_format")
        assert "decimal" in run.text()
        await run.press("d")
        assert run.written == f"{key}ui: {{time_zone: UTC}}\n"
        assert "american · the default" in run.text()
        assert "ui.odds_format is american now" in run.toasts


async def test_lists_and_mappings_are_edited_as_lines(tmp_path: Path) -> None:
    async with edited(tmp_path) as run:
        await run.show("bookmakers.mine")
        await run.press("enter")
        area = run.app.screen.query_one(TextArea)
        assert area.text.startswith("- pinnacle\n- fanduel\n")
        area.text = "- pinnacle\n- Not One\n"
        await run.press("f4")
        assert "expected a bookmaker's key" in run.text()
        area.text = "- pinnacle\n- lowvig\n"
        await run.press("f4")
        assert "mine: [pinnacle, lowvig]" in run.written


async def test_odds_and_colours_count_at_once(tmp_path: Path) -> None:
    async with edited(tmp_path) as run:
        assert "+150" in run.text()
        await run.show("ui.odds_format")
        await run.press("enter", "right", "enter", "escape")
        assert 'odds_format: "decimal"' in run.written
        assert "+150" not in run.text()
        assert "2.50" in run.text()
        assert run.starts == 1


async def test_a_theme_is_one_of_those_there_are(tmp_path: Path) -> None:
    async with edited(tmp_path) as run:
        await run.show("ui.theme")
        await run.press("enter")
        words = run.app.screen.query_one(Choice)
        before = run.app.theme
        assert words.word == before
        await run.press("right", "enter")
        assert run.app.theme != before
        assert run.app.theme in run.written


async def test_the_engine_starts_again_with_what_it_needs(tmp_path: Path) -> None:
    async with edited(tmp_path) as run:
        await run.press("comma", "R")
        assert run.starts == 1
        await run.show("risk.max_open_bets")
        await run.press("enter")
        await run.type_over("4")
        await run.press("enter")
        assert "1 change waits for the engine" in run.text()
        await run.press("R")
        assert run.starts == 2
        assert run.opened[-1].settings.risk.max_open_bets == 4
        assert "1 change waits" not in run.text()


async def test_what_only_the_next_start_can_use_says_so(tmp_path: Path) -> None:
    async with edited(tmp_path) as run:
        await run.show("storage.data_dir")
        await run.press("enter")
        await run.type_over("/somewhere else")
        await run.press("enter")
        assert "Saved. It counts when betting-tui is started again" in run.toasts


async def test_what_the_environment_sets_is_locked_and_says_why(tmp_path: Path) -> None:
    async with edited(tmp_path, environment={"BETTING_TUI__RISK__MAX_ODDS": "9"}) as run:
        before = run.written
        await run.show("risk.max_odds")
        text = run.text()
        assert "env, locked" in text
        assert "BETTING_TUI__RISK__MAX_ODDS" in "".join(text.split())
        for key in ("enter", "d"):
            run.app.clear_notifications()
            await run.press(key)
            assert run.dialog == ""
            (told,) = run.toasts
            assert told.startswith("Locked: the variable BETTING_TUI__RISK__MAX_ODDS")
        assert run.written == before


async def test_a_secret_is_neither_shown_nor_lost(tmp_path: Path) -> None:
    async with edited(tmp_path) as run:
        await run.show("api_keys.the_odds_api")
        assert "set (hidden)" in run.text()
        await run.press("enter")
        assert run.input("#setting-value").value == ""
        assert run.input("#setting-value").password
        assert "not-a-real-key-1" not in run.text()
        await run.press("escape")
        assert "not-a-real-key-1" in run.written


async def test_the_search_finds_names_values_and_what_they_are_for(tmp_path: Path) -> None:
    async with edited(tmp_path) as run:
        await run.press("comma", "slash", *"margin", "enter")
        text = run.text()
        assert "min_profit_margin" in text
        assert "suspicious_margin" in text
        assert "starting_bankroll" not in text
        await run.press("escape")
        assert "starting_bankroll" in run.text()
        await run.press("slash", *"zzzz", "enter")
        assert "Nothing fits: esc shows all settings" in run.text()


async def test_only_what_is_not_the_default_can_be_shown(tmp_path: Path) -> None:
    async with edited(tmp_path) as run:
        await run.press("comma", "m")
        text = run.text()
        assert "time_zone" in text
        assert "starting_bankroll" not in text
        await run.press("m")
        assert "starting_bankroll" in run.text()


async def test_changed_keys_count_at_once(tmp_path: Path) -> None:
    async with edited(tmp_path) as run:
        await run.show("ui.keys")
        await run.press("enter")
        run.app.screen.query_one(TextArea).text = 'settings.leave: "f8"\n'
        await run.press("f4")
        assert run.dialog == ""
        await run.press("f8")
        assert run.app.current_mode == "opportunities"


async def test_a_file_somebody_broke_meanwhile_is_told(tmp_path: Path) -> None:
    async with edited(tmp_path) as run:
        await run.press("comma", "1")
        run.path.write_text("risk: {max_odds: [}\n", encoding="utf-8")
        await run.press("comma")
        assert "YAML" in run.text()
        assert "The settings cannot be shown" in run.text()


async def test_a_click_opens_a_setting_too(tmp_path: Path) -> None:
    async with edited(tmp_path) as run:
        await run.press("comma")
        await run.pilot.click("#settings-table", offset=(10, 3), times=2)
        await run.settle()
        assert run.dialog == "SettingDialog"
