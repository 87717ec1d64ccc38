"""How the welcome and the steps of setting up look at the two sizes that matter most."""

from __future__ import annotations

import pytest
from kit import NARROW, WIDE
from setup_stub import GOOD_KEY, NO_KEY, Opened
from test_screens_snapshots import SnapCompare
from textual.pilot import Pilot

from betting_tui.engine.core.errors import SourceUnreachable

SIZES = {"80x24": NARROW, "120x40": WIDE}
# Drawn small, a step shows the same and has less room for it.
LARGER = ("120x40",)
TYPED = ("k", *GOOD_KEY, "enter")
LOOKS = [
    ("welcome", "80x24", ()),
    ("welcome", "120x40", ()),
    ("wrong_key", "80x24", ("k", *"bad", "enter")),
    ("no_network", "80x24", TYPED),
    ("sports", "80x24", TYPED),
    ("sports", "120x40", TYPED),
    ("leagues_filtered", "80x24", ("f", "slash", *"eng", "enter", "down", "space")),
    ("bookmakers", "80x24", (*TYPED, "enter", "a")),
    ("bankroll", "80x24", (*TYPED, "enter", "enter")),
    ("bet_size", "80x24", (*TYPED, "enter", "enter", "enter", "right")),
    ("bet_size", "120x40", (*TYPED, "enter", "enter", "enter", "right")),
    ("odds_format", "80x24", (*TYPED, "enter", "enter", "enter", "enter", "right")),
]


@pytest.mark.parametrize(
    ("name", "size", "keys"),
    [
        pytest.param(name, size, keys, id=f"{name}-{size}", marks=[pytest.mark.long] if size in LARGER else [])
        for name, size, keys in LOOKS
    ],
)
def test_step(snap_compare: SnapCompare, name: str, size: str, keys: tuple[str, ...]) -> None:
    opened = Opened(NO_KEY)
    if name == "no_network":
        opened.desk.problem = SourceUnreachable("The Odds API cannot be reached: check the network")

    async def prepare(pilot: Pilot[None]) -> None:
        run = await opened.begun(pilot)
        await run.press(*keys)

    assert snap_compare(opened.app, terminal_size=SIZES[size], run_before=prepare)
