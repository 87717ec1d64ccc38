"""Choosing a word with the arrow keys, the line for problems, and a key bar of two lines."""

from __future__ import annotations

from typing import ClassVar

import pytest
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType

from betting_tui.widgets.banner import Banner
from betting_tui.widgets.choice import Choice
from betting_tui.widgets.key_bar import KeyBar


class Words(App[None]):
    def __init__(self) -> None:
        super().__init__()
        self.changes: list[str] = []

    def compose(self) -> ComposeResult:
        yield Banner()
        yield Choice(("low", "medium", "high"), 1)

    def on_choice_changed(self, event: Choice.Changed) -> None:
        self.changes.append(event.choice.word)


async def test_arrows_go_round_the_words() -> None:
    app = Words()
    async with app.run_test() as pilot:
        choice = app.query_one(Choice)
        choice.focus()
        await pilot.press("right", "right", "left")
        assert app.changes == ["high", "low", "high"]
        assert (choice.word, choice.chosen) == ("high", 2)


def test_a_choice_needs_words() -> None:
    with pytest.raises(ValueError, match="something to choose"):
        Choice(())


async def test_a_banner_is_there_only_while_it_says_something() -> None:
    app = Words()
    async with app.run_test() as pilot:
        banner = app.query_one(Banner)
        assert not banner.display
        banner.say("placing [stopped]\x1b")
        await pilot.pause()
        assert banner.display
        assert banner.text == "placing [stopped]"
        assert banner.size.height == 1
        banner.say("")
        assert not banner.display


class Keys(App[None]):
    CSS = "KeyBar { height: 2; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(letter, "bell", f"action {letter}", id=f"key.{letter}") for letter in "abcdefgh"
    ]

    def compose(self) -> ComposeResult:
        yield KeyBar(always=frozenset({"key.a"}))


async def test_keys_that_do_not_fit_go_to_the_next_line() -> None:
    app = Keys()
    async with app.run_test(size=(60, 10)):
        first, second = app.query_one(KeyBar).render().plain.split("\n")
        assert first.split("  ")[:4] == ["b action b", "c action c", "d action d", "e action e"]
        assert second.strip().endswith("a action a")
