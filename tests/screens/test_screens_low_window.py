"""A form in a low window: the fields are scrolled, what they would do and the keys stay."""

from __future__ import annotations

import pytest
from kit import NARROW, running
from scenes import full_scene


@pytest.mark.parametrize("size", [(60, 15), NARROW], ids=str)
async def test_the_keys_of_the_limits_stay_in_sight_in_a_low_window_too(size: tuple[int, int]) -> None:
    async with running(full_scene(), size) as run:
        await run.press("3", "l")
        assert "enter set" in run.text()
        assert "risk tolerance" in run.text()
        # From the first field back to the last one, which is scrolled into sight.
        await run.press("shift+tab")
        assert "automatic bets an hour" in run.text()
        assert "enter set" in run.text()
        await run.press("x")
        assert "enter set" in run.text()
        assert "write" in run.text()
