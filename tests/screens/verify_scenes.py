"""Scenes and engines about prices that are asked for again, and bets whose close cannot be paid for."""

from __future__ import annotations

from typing import Literal

from feed_scenes import month
from msgspec.structs import replace
from scenes import LAKERS, full_scene
from stub_engine import Scene, StubEngine

from betting_tui.engine.config import ApiKeys, Execution, Settings, Ui

REASON = "its close would not be asked for: the day's 25 credits are used up"


def paid_scene(free: int = 5, cost: int = 1) -> Scene:
    """A scene whose prices come from a feed that takes credits."""
    scene = full_scene()
    scene.verify_costs = {row.opportunity.id: cost for row in scene.rows}
    scene.sources = replace(scene.sources, credits=(replace(month(), free_today=free),))
    return scene


def unpaid_close() -> Scene:
    """The first row's close cannot be paid for."""
    scene = paid_scene()
    scene.rows = (replace(scene.rows[0], no_close=REASON), *scene.rows[1:])
    scene.whys = tuple(
        replace(why, no_close=REASON) if why.opportunity and why.opportunity.id == LAKERS else why
        for why in scene.whys
    )  # fmt: skip
    return scene


def verifying(scene: Scene, verify: Literal["auto", "ask", "never"] = "auto") -> StubEngine:
    """An engine with that `execution.verify`."""
    execution = Execution(verify=verify)
    return StubEngine(
        scene, Settings(api_keys=ApiKeys(the_odds_api="a-key"), ui=Ui(time_zone="UTC"), execution=execution)
    )
