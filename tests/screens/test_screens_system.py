"""The system screen: feeds, credits, what is asked next and what is not, at every size."""

from __future__ import annotations

import re
from datetime import date

import pytest
from feed_scenes import feed_rows, keyless_sources, month, untold_month
from kit import NARROW, WIDE, running
from msgspec.structs import replace
from scenes import empty_scene, full_scene
from stub_engine import Scene

from betting_tui.engine.core.feed_views import CreditsView
from betting_tui.widgets.panel import Panel

LARGE = (200, 60)


def spending(view: CreditsView) -> Scene:
    scene = full_scene()
    scene.sources = replace(scene.sources, credits=(view,))
    return scene


async def shown(scene: Scene, size: tuple[int, int] = WIDE) -> str:
    async with running(scene, size) as run:
        await run.press("6")
        return run.text()


@pytest.mark.parametrize("size", [NARROW, WIDE, LARGE], ids=str)
async def test_used_left_reserved_and_the_next_call_are_in_sight_at_once(size: tuple[int, int]) -> None:
    text = await shown(full_scene(), size)
    assert "412 of 500 left · 88 used · new ones on 1 May" in text
    assert "64 reserved for open bets · 348 free · 231 planned until 1 May" in text
    assert "today 12 of 25 spent, 9 to go · they last at this rate" in text
    assert "next 12:00" in text
    assert "close of 2 games" in text
    assert re.findall(r"not polled +(EPL|NFL) ", text) == ["EPL", "NFL"]


async def test_a_window_that_only_looks_plans_nothing_and_says_who_asks() -> None:
    scene = full_scene()
    scene.overview = replace(scene.overview, read_only=True, lock_holder="live, process 7 on vm")
    text = await shown(scene)
    assert "asked by the ledger's holder" in text
    assert "not asked yet" not in text
    assert "What is asked next is planned by the ledger's holder" in text
    assert "412 of 500 left" in text
    assert not re.search("next 12:00|not polled", text)


async def test_that_the_holder_has_ended_shows_without_any_news_from_the_engine() -> None:
    scene = full_scene()
    scene.overview = replace(scene.overview, read_only=True, lock_holder="live, process 7 on vm")
    async with running(scene) as run:
        await run.press("6")
        scene.overview = replace(scene.overview, lock_holder="")
        run.clock.pass_(5.0)
        run.app._draw_news()
        await run.settle()
        assert "its holder has ended: start again" in run.text()


@pytest.mark.parametrize("size", [NARROW, WIDE, LARGE], ids=str)
async def test_boxes_never_overlap(size: tuple[int, int]) -> None:
    async with running(full_scene(), size) as run:
        await run.press("6")
        boxes = [panel.region for panel in run.app.screen.query(Panel)]
        assert len(boxes) == 4
        for at, box in enumerate(boxes):
            assert not any(box.overlaps(other) for other in boxes[:at])


async def test_events_of_open_bets_come_first_among_what_is_not_asked() -> None:
    lines = [line for line in (await shown(full_scene())).split("\n") if re.search("not polled +[EN]", line)]
    assert "1 game with an open bet: its sport" in lines[0]
    assert "3 starts: credits are kept" in lines[1]


async def test_what_the_list_has_no_room_for_is_counted_in_its_border() -> None:
    assert "The Odds API · 5 calls · 2 not polled" in await shown(full_scene(), NARROW)


async def test_the_day_the_credits_end_is_a_warning() -> None:
    assert "they end on 20 Apr at this rate" in await shown(spending(month(runs_out=date(2026, 4, 20))))


async def test_credits_that_lost_answers_may_have_taken_are_told() -> None:
    assert "3 credits of lost answers may have been taken" in await shown(spending(replace(month(), unsure=3)))


async def test_credits_nobody_has_told_of_are_not_zero() -> None:
    text = await shown(spending(untold_month()))
    assert "The Odds API has not told yet how many credits are left" in text
    assert "0 left" not in text


async def test_a_next_call_of_another_day_stands_above_an_empty_day() -> None:
    later = replace(month().today[0], at=month().today[0].at.replace(day=19))
    text = await shown(spending(replace(month(), today=(), next_call=later)))
    assert "next 19 Apr 12:00" in text


async def test_without_a_paid_feed_the_key_that_brings_one_is_named() -> None:
    text = await shown(empty_scene(), NARROW)
    assert "needs a key" in text
    assert "No feed here costs credits. k takes a key for The Odds API" in text


async def test_enter_gives_the_whole_text_of_the_line_under_the_cursor() -> None:
    async with running(full_scene(), NARROW) as run:
        await run.press("6", "end", "up", "enter")
        assert "rests until 11:34: ESPN answered with an error (HTTP 503)" in run.text()
        assert "9 requests since the start, 6 of them again" in run.text()
        await run.press("escape", "tab", "end", "up", "enter")
        assert "add it to the feed's sports" in " ".join(run.text().replace("│", " ").split())


async def test_every_list_is_reached_with_tab_and_its_box_scrolls_into_view() -> None:
    async with running(full_scene(), NARROW) as run:
        await run.press("6", "tab", "tab", "tab")
        assert "Newest first" in run.text()
        assert "polled NBA" in run.text()
        await run.press("tab")
        assert "Feeds" in run.text()


async def test_a_feed_that_rests_is_next_asked_when_its_rest_ends() -> None:
    scene = full_scene()
    resting = feed_rows()[3]
    soon = replace(resting.status, next_poll=scene.overview.now)
    scene.sources = replace(keyless_sources(), feeds=(replace(resting, status=soon),))
    line = next(line for line in (await shown(scene)).split("\n") if "ESPN " in line and "rests" in line)
    assert line.split().count("11:34:") == 1
    assert "11:34 " in line
