"""After a run that did not end in order: what is said, and the two ways on."""

from __future__ import annotations

import pytest
from kit import NARROW, running
from msgspec.structs import replace
from scenes import full_scene, recovery

from betting_tui.screens.dialogs.recovery import away


async def test_it_says_when_how_long_what_is_open_and_what_was_missed() -> None:
    scene = full_scene()
    scene.recovery = recovery()
    async with running(scene, NARROW) as run:
        text = run.text()
        for part in (
            "18 Apr 03:25 · 8 h 05 min ago",
            "3 bets open in main · 425.00 USD at risk",
            "2 orders still waiting",
            "closing prices of Celtics @ Lakers, Stars @ Wild",
            "results of 1 bet",
            "1 betting day began",
        ):
            assert part in text


@pytest.mark.parametrize(
    ("key", "asked"), [("r", "resume"), ("enter", "resume"), ("escape", "resume"), ("n", "start fresh")]
)
async def test_two_ways_on_and_escape_resumes(key: str, asked: str) -> None:
    scene = full_scene()
    scene.recovery = recovery()
    async with running(scene) as run:
        assert run.dialog == "RecoveryDialog"
        await run.press(key)
        assert run.engine.recovered == [asked]
        assert run.dialog == ""
        assert len(run.toasts) == 1


async def test_nothing_is_asked_after_a_run_that_ended_in_order() -> None:
    async with running(full_scene()) as run:
        assert run.dialog == ""


async def test_a_window_that_only_looks_does_not_recover() -> None:
    scene = full_scene()
    scene.recovery = recovery()
    scene.overview = replace(scene.overview, read_only=True)
    async with running(scene) as run:
        assert run.dialog == ""
        assert run.engine.recovered == []


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 s"), (99, "99 s"), (100, "1 min"), (3_599, "59 min"), (29_100, "8 h 05 min"), (259_200, "3 days")],
)
def test_time_away_is_said_in_words(seconds: float, text: str) -> None:
    assert away(seconds) == text
