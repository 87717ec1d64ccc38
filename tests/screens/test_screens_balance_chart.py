"""The curve of the bankroll: its stretches, and a fall told only where bets made it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from kit import running
from msgspec.structs import replace
from scenes import empty_scene, full_scene
from stub_engine import NOW

from betting_tui.engine.core.money_views import BalancePoint
from betting_tui.screens.balance_chart import Stretch, deepest_fall


def points(*minor: int) -> list[BalancePoint]:
    return [BalancePoint(NOW + timedelta(hours=at), each) for at, each in enumerate(minor)]


@pytest.mark.parametrize(
    ("balances", "depth"), [((), 0), ((5,), 0), ((1, 2, 2, 3), 0), ((5, 9, 4, 12, 8), 5), ((9, 1, 20, 15), 8)]
)
def test_the_deepest_fall_is_from_the_highest_before_it(balances: tuple[int, ...], depth: int) -> None:
    fall = deepest_fall(points(*balances))
    assert (0 if fall is None else fall.depth_minor) == depth


def test_stretches_follow_each_other_and_begin_on_the_minute() -> None:
    assert Stretch.ALL.following is Stretch.DAY
    assert Stretch.DAY.since(NOW + timedelta(seconds=59)) == Stretch.DAY.since(NOW) == NOW - timedelta(days=1)
    assert Stretch.ALL.since(NOW) is None


async def test_keys_choose_how_far_back_the_curve_goes() -> None:
    async with running(full_scene()) as run:
        await run.press("3")
        assert "all of it · D W M Y E" in run.text()
        assert "── start 10,000.00" in run.text()
        assert "▼ deepest fall -198.00 (1.9 %), 14 to 17 Apr" in run.text()
        for key, words in (("D", "last day"), ("W", "last week"), ("M", "last month"), ("Y", "last year")):
            await run.press(key)
            assert f"{words} · D W M Y E" in run.text()
        await run.press("W")
        assert "── before 10,180.00" in run.text()
        await run.press("E")
        assert "── start 10,000.00" in run.text()
        await run.press("c")
        assert "last day" in run.text()


async def test_money_taken_out_is_not_told_as_a_fall() -> None:
    scene = full_scene()
    curve = (*scene.bankroll.curve, BalancePoint(NOW - timedelta(minutes=1), 500_000))
    scene.bankroll = replace(scene.bankroll, curve=curve)
    async with running(scene) as run:
        await run.press("3")
        assert "deepest fall" not in run.text()
        assert "▼" not in next(line for line in run.text().split("\n") if "start 10,000" in line)


async def test_a_curve_of_nothing_says_where_bets_come_from() -> None:
    async with running(empty_scene()) as run:
        await run.press("3")
        assert "No bet has been settled yet. 1 shows what could be placed" in run.text()
