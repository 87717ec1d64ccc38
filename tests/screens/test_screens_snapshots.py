"""How every screen looks, empty and full, at the two sizes that matter most; a few dialogs; hostile names.

`pytest --snapshot-update` accepts a new look, after it has been looked at.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol

import pytest
from kit import NARROW, WIDE, Running, started
from scenes import empty_scene, full_scene, hostile_scene, recovery, split_scene
from stub_engine import FakeClock, Scene, StubEngine, stub_app
from textual.app import App
from textual.pilot import Pilot
from verify_scenes import unpaid_close, verifying

SIZES = {"80x24": NARROW, "120x40": WIDE}
MODES = ("opportunities", "bets", "bankroll", "reports", "markets", "system")
SCENES: dict[str, Callable[[], Scene]] = {"full": full_scene, "empty": empty_scene}


class SnapCompare(Protocol):
    def __call__(
        self,
        app: App[None],
        *,
        terminal_size: tuple[int, int],
        run_before: Callable[[Pilot[None]], Awaitable[None]],
    ) -> bool: ...


def looks_right(snap_compare: SnapCompare, scene: Scene | StubEngine, size: tuple[int, int], *keys: str) -> bool:
    engine, clock = scene if isinstance(scene, StubEngine) else StubEngine(scene), FakeClock()
    app = stub_app(engine, clock)

    async def prepare(pilot: Pilot[None]) -> None:
        run = Running(app, engine, clock, pilot)
        await started(run)
        await run.press(*keys)

    return snap_compare(app, terminal_size=size, run_before=prepare)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("content", SCENES)
@pytest.mark.parametrize("mode", MODES)
def test_screen(snap_compare: SnapCompare, mode: str, content: str, size: str) -> None:
    key = str(MODES.index(mode) + 1)
    assert looks_right(snap_compare, SCENES[content](), SIZES[size], key)


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("slip", ("e",)),
        ("slip_of_two_legs", ("down", "down", "e")),
        ("confirm_arming", ("a",)),
        ("why", ("enter",)),
        ("help", ("question_mark",)),
        ("welcome", ("k",)),
        ("filter", ("slash", "n", "b", "a")),
        ("settle_by_hand", ("2", "tab", "w")),
        ("bet_detail", ("2", "tab", "enter")),
        ("light_theme", ("f3",)),
        ("free_bet", ("e", "f")),
        ("deposit", ("3", "d", "5", "0")),
        ("reset", ("3", "x")),
        ("limits", ("3", "l")),
        ("new_account", ("3", "n")),
        ("use_account", ("A",)),
    ],
)
def test_dialog(snap_compare: SnapCompare, name: str, keys: tuple[str, ...]) -> None:
    assert looks_right(snap_compare, full_scene(), NARROW, *keys), name


@pytest.mark.parametrize("size", ["80x24", pytest.param("120x40", marks=pytest.mark.long)])
@pytest.mark.parametrize(
    "keys", [("2",), ("3",), ("3", "v"), ("3", "r")], ids=["bets", "ledger", "accounts", "release"]
)
def test_stopped_account_with_much_in_it(snap_compare: SnapCompare, keys: tuple[str, ...], size: str) -> None:
    assert looks_right(snap_compare, split_scene(), SIZES[size], *keys)


def test_recovery(snap_compare: SnapCompare) -> None:
    """Without a chart behind it: one that is loaded meanwhile is laid out when the dialog goes."""
    scene = full_scene()
    scene.recovery = recovery()
    assert looks_right(snap_compare, scene, NARROW)


@pytest.mark.parametrize("mode", MODES)
def test_hostile_names(snap_compare: SnapCompare, mode: str) -> None:
    names = ("[/x]", "[@click=app.quit]x[/]", "\x1b[31mred", "日本代表 対 대한민국", "A" * 500)
    assert looks_right(snap_compare, hostile_scene(names), WIDE, str(MODES.index(mode) + 1))


def test_large_terminal(snap_compare: SnapCompare) -> None:
    assert looks_right(snap_compare, full_scene(), (200, 60))


def test_large_bankroll(snap_compare: SnapCompare) -> None:
    assert looks_right(snap_compare, split_scene(), (200, 60), "3")


@pytest.mark.parametrize("size", SIZES)
def test_no_close(snap_compare: SnapCompare, size: str) -> None:
    assert looks_right(snap_compare, unpaid_close(), SIZES[size])


@pytest.mark.parametrize("keys", [(), ("e",), ("down", "down", "e")], ids=["list", "slip", "slip_of_two_legs"])
def test_verify_on_ask(snap_compare: SnapCompare, keys: tuple[str, ...]) -> None:
    assert looks_right(snap_compare, verifying(unpaid_close(), "ask"), NARROW, *keys)
