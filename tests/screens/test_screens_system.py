"""The system screen: feeds, credits, what is asked next and what is not, at every size."""

from __future__ import annotations

import re
from datetime import date
from time import perf_counter

import pytest
from feed_scenes import feed_rows, keyless_sources, month, untold_month
from kit import NARROW, WIDE, Running, running
from msgspec.structs import replace
from scenes import empty_scene, full_scene, log_line, log_lines
from stub_engine import Scene
from textual.widgets import Static

from betting_tui.engine.bug_report import BugReport
from betting_tui.engine.core.errors import LedgerError
from betting_tui.engine.core.feed_views import CreditsView
from betting_tui.engine.core.log_views import LogLevel, LogPart
from betting_tui.screens.log_box import LogBox
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
        assert "Newest last" in run.text()
        assert "espn: HTTP 503" in run.text()
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


# The log


def log_of(run: Running) -> LogBox:
    return run.app.screen.query_one(LogBox)


def shown_lines(run: Running) -> list[str]:
    return [row.payload.text.removeprefix("betting_tui.engine.") for row in log_of(run).table.rows]


async def look_again(run: Running) -> None:
    """A second later the app looks what there is to draw."""
    run.clock.pass_(1.0)
    run.app._draw_news()
    await run.settle()


async def test_the_log_has_times_levels_and_whole_tracebacks_and_stands_at_its_end() -> None:
    text = await shown(full_scene())
    assert re.search(r"17 Apr 09:30:00 +info +engine: started, mode live", text)
    assert re.search(r"11:29:00 +error +feeds: espn: an answer could not be read", text)
    assert re.search(r"▌ +11:29:59 +warning +feeds: espn: HTTP 503", text)
    assert "8 lines · following" in text


async def test_what_happened_to_bets_stands_in_the_log_without_the_part_that_says_it() -> None:
    scene = full_scene()
    told = "BET-000001 placed by hand for main: Lakers +150 at FanDuel for 25.00"
    scene.log.append(log_line(0, LogLevel.INFO, f"betting_tui.engine.event_log: {told}"))
    async with running(scene, NARROW) as run:
        await run.press("6", "z")
        assert f"info    {told[:40]}" in run.text()


async def test_what_is_logged_meanwhile_comes_below_and_is_followed() -> None:
    scene = full_scene()
    async with running(scene) as run:
        await run.press("6")
        scene.log.append(log_line(0, LogLevel.INFO, "betting_tui.engine.feeds: NHL answered"))
        await look_again(run)
        assert shown_lines(run)[-1] == "feeds: NHL answered"
        assert log_of(run).table.cursor_index == 8


async def test_going_up_holds_the_log_still_and_end_follows_it_again() -> None:
    scene = full_scene()
    async with running(scene) as run:
        await run.press("6", "tab", "tab", "tab", "up")
        assert "8 lines · held still" in run.text()
        scene.log.append(log_line(0, LogLevel.INFO, "news"))
        await look_again(run)
        assert log_of(run).table.cursor_index == 6
        await run.press("end")
        assert log_of(run).table.cursor_index == 8
        assert "9 lines · following" in run.text()


async def test_space_holds_the_log_at_its_end_and_lets_it_go_on() -> None:
    scene = full_scene()
    async with running(scene) as run:
        await run.press("6")
        assert "space hold" in run.text()
        await run.press("space")
        assert "space follow" in run.text()
        scene.log.append(log_line(0, LogLevel.INFO, "news"))
        await look_again(run)
        assert log_of(run).table.cursor_index == 7
        await run.press("space")
        assert log_of(run).table.cursor_index == 8


async def test_levels_leave_out_what_is_less_and_keep_the_tracebacks_of_what_is_not() -> None:
    async with running(full_scene()) as run:
        await run.press("6")
        counts = []
        for _ in range(4):
            await run.press("l")
            counts.append(len(shown_lines(run)))
            if len(counts) == 3:
                assert shown_lines(run)[-1] == "KeyError: 'competitions'"
                assert "4 of 8 lines · error and worse" in run.text()
        assert counts == [7, 5, 4, 8]


async def test_search_keeps_the_lines_with_all_the_words_and_escape_brings_the_others_back() -> None:
    scene = full_scene()
    async with running(scene) as run:
        await run.press("6", "slash", *"ESPN", "space", *"503")
        assert shown_lines(run) == ["feeds: espn: HTTP 503, asked again in 4 min"]
        assert "1 of 8 lines · /espn 503" in run.text()
        scene.log.append(log_line(0, LogLevel.WARNING, "espn: again 503"))
        scene.log.append(log_line(0, LogLevel.WARNING, "another matter"))
        await look_again(run)
        assert len(shown_lines(run)) == 2
        await run.press("enter")
        assert log_of(run).table.has_focus
        await run.press("escape")
        assert len(shown_lines(run)) == 10
        assert not log_of(run).field.display


async def test_a_search_without_words_leaves_no_empty_field_behind() -> None:
    async with running(full_scene()) as run:
        await run.press("6", "slash", "enter")
        assert not log_of(run).field.display
        assert "escape clear search" not in run.text()


async def test_no_line_like_that_is_said() -> None:
    async with running(full_scene()) as run:
        await run.press("6", "slash", *"nowhere")
        assert "No line is like that" in run.text()


async def test_z_gives_the_log_the_whole_screen_and_back() -> None:
    async with running(full_scene(), NARROW) as run:
        await run.press("6", "z")
        assert log_of(run).size.height > 15
        assert "Credits" not in run.text()
        await run.press("z")
        assert log_of(run).size.height < 10


async def test_enter_on_a_line_of_a_traceback_shows_all_of_its_entry() -> None:
    async with running(full_scene()) as run:
        await run.press("6", "z", "up", "enter")
        text = run.text()
        assert run.dialog == "TextDialog"
        assert "ERROR betting_tui.engine.feeds: espn: an answer" in text
        assert "KeyError: 'competitions'" in text
        assert "asked again" not in str(run.app.screen.query_one("#scroll Static", Static).content)


async def test_a_hundred_thousand_lines_are_searched_scrolled_and_added_to_at_once() -> None:
    scene = full_scene()
    scene.log = [log_lines()[number % 8] for number in range(100_000)]
    async with running(scene) as run:
        await run.press("6")
        box = log_of(run)
        assert len(box.table.rows) == 100_000

        def seconds(work: object) -> float:
            assert callable(work)
            begun = perf_counter()
            work()
            return perf_counter() - begun

        part = LogPart(tuple(log_lines()), None)
        added = seconds(lambda: box.add(part))
        moved = seconds(lambda: box.table.action_edge(0))
        assert len(box.table.rows) <= 100_000
        assert box.table.rows[-1].payload == log_lines()[-1]
        assert moved < 0.1
        assert added < 1.0


async def test_the_log_of_an_engine_that_took_the_place_of_another_begins_anew() -> None:
    scene = full_scene()
    async with running(scene) as run:
        await run.press("6")
        scene.system = replace(scene.system, log_file="/elsewhere/betting-tui.log")
        scene.log = [log_line(1, LogLevel.INFO, "the other one")]
        await run.news()
        assert shown_lines(run) == ["the other one"]


async def test_of_a_log_that_is_too_long_the_beginning_is_said_to_be_missing() -> None:
    scene = full_scene()
    scene.log_skipped = True
    assert "8 lines · older ones in the file · following" in await shown(scene)


# What a bug report needs


async def test_c_copies_a_report_and_says_where_it_lies_too() -> None:
    async with running(full_scene(), NARROW) as run:
        await run.press("6", "c")
        assert run.app.clipboard == "betting-tui 0.1.0, mode live\n"
        (toast,) = run.toasts
        assert "kept in /home/me/logs/bug-report.txt" in toast
        assert "read it before you send it" in toast
        (around,) = run.engine.reported
        assert around.terminal.startswith("80 × 24")
        assert around.uptime_seconds > 0


async def test_where_no_file_can_be_written_the_report_is_copied_all_the_same() -> None:
    scene = full_scene()
    scene.bug_report = BugReport("text", "")
    async with running(scene) as run:
        await run.press("6", "c")
        assert run.app.clipboard == "text"
        assert "no file could be written" in run.toasts[0]


async def test_a_report_that_fails_is_told() -> None:
    async with running(full_scene()) as run:
        run.engine.answer = LedgerError("the ledger is gone")
        await run.press("6", "c")
        assert run.app.clipboard == ""
        assert "the ledger is gone" in run.toasts[0]


# About


async def test_an_archive_that_is_not_open_is_not_called_empty() -> None:
    scene = full_scene()
    scene.system = replace(scene.system, archive_bytes=None)
    assert re.search(r"ledger +151.6 kB · archive not open here", await shown(scene, LARGE))


async def test_state_of_books_pop_ups_and_webhook_and_what_it_takes_now() -> None:
    text = await shown(full_scene(), LARGE)
    assert re.search(r"memory +58.3 MB now", text)
    assert re.search(r"ledger +151.6 kB · archive 20.5 MB", text)
    assert re.search(r"checked +adds up, 11:02", text)
    assert re.search(r"sqlite +3.45.1 · journal wal", text)
    assert re.search(r"pop-ups +toasts only: no desktop session · quiet 22:00-07:00", text)
    assert re.search(r"webhook +it answers 500; 1 message not delivered", text)


async def test_books_that_do_not_add_up_are_said_to() -> None:
    scene = full_scene()
    scene.system = replace(scene.system, verified="the sum of all is 5")
    assert re.search(r"checked +does not add up: the sum of all is 5", await shown(scene, LARGE))
