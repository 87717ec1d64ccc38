"""A field takes everything in the order in which it was typed."""

from __future__ import annotations

import pytest
from textual import events
from textual.app import App, ComposeResult
from textual.containers import Vertical
from textual.widgets import Input

from betting_tui.widgets.text_field import TextField


class FieldApp(App[None]):
    submitted = ""

    def compose(self) -> ComposeResult:
        with Vertical(), Vertical(), Vertical():
            yield TextField("100", select_on_focus=True)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        self.submitted = event.value


@pytest.mark.parametrize(
    ("keys", "stands"),
    [
        (("backspace", *"1250"), "1250"),
        ((*"12", "left", "0"), "102"),
        (("home", *"12"), "12100"),
        ((*"12", "home", "delete", *"34"), "342"),
        ((*"abc", "ctrl+u", *"de"), "de"),
    ],
)
async def test_keys_that_come_in_one_go_keep_their_order(keys: tuple[str, ...], stands: str) -> None:
    app = FieldApp()
    async with app.run_test() as pilot:
        for key in (*keys, "enter", "x"):
            app.post_message(events.Key(key, key if len(key) == 1 else None))
        await pilot.pause()
        assert app.submitted == stands
