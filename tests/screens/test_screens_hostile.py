"""Names nobody should send, drawn raw on every screen: no crash, nothing interpreted, nothing a terminal obeys."""

from __future__ import annotations

import pytest
from kit import NARROW, WIDE, Running, running
from msgspec.structs import replace
from scenes import hostile_scene

from hostile import HOSTILE

_OBEYED = {chr(code) for code in (*range(32), *range(0x7F, 0xA0))} - {"\n"}
_DIRECTION = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def check(run: Running) -> None:
    text = run.text()
    assert not set(text) & _OBEYED
    assert not set(text) & _DIRECTION
    for strip in run.app.screen._compositor.render_strips():
        for segment in strip:
            meta = segment.style.meta if segment.style else {}
            assert "@click" not in meta
            assert segment.style is None or segment.style.link is None


@pytest.mark.parametrize(
    "size", [pytest.param(NARROW, id="80x24"), pytest.param(WIDE, marks=pytest.mark.long, id="120x40")]
)
async def test_every_screen_draws_hostile_names_literally(size: tuple[int, int]) -> None:
    async with running(hostile_scene(), size) as run:
        for mode in "123456":
            await run.press(mode)
            check(run)
            for key in ("end", "pageup", "home"):
                await run.press(key)
                check(run)
        assert run.engine.commands == []


async def test_every_dialog_draws_hostile_names_literally() -> None:
    # Whole texts by the dozen in one name: a dialog wraps, so all of it is drawn.
    short = [text for text in HOSTILE if len(text) < 100]
    together = ["".join(short[at::3]) for at in range(3)]
    scene = hostile_scene(together)
    # What a stopped account does instead of opening a slip is another test's.
    scene.overview = replace(scene.overview, breakers=(), suspended=False)
    async with running(scene, WIDE) as run:
        for _ in together:
            for key in ("enter", "e", "a"):
                await run.press(key)
                assert run.dialog
                check(run)
                await run.press("escape")
            await run.press("down")
        await run.press("2")
        for key in ("enter", "w", "c"):
            await run.press(key)
            assert run.dialog
            check(run)
            await run.press("escape")


async def test_every_dialog_about_accounts_draws_hostile_names_literally() -> None:
    short = [text for text in HOSTILE if len(text) < 100]
    together = ["".join(short[at::3]) for at in range(3)]
    async with running(hostile_scene(together), WIDE) as run:
        for keys in ("d", "w", "x", "l", "z", "n", "s", "r", "A"):
            await run.press("3", keys)
            assert run.dialog
            check(run)
            await run.press("escape")
        assert run.engine.commands == []


async def test_brackets_are_drawn_as_brackets() -> None:
    async with running(hostile_scene(["[/x]", "[@click=app.quit]x[/]", "Team [A]"]), (200, 60)) as run:
        text = run.text()
        for name in ("[/x]", "[@click=app.quit]", "Team [A]"):
            assert name in text
