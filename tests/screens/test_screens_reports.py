"""The reports screen: what is said at once, what is worked out, and every key that changes it."""

from __future__ import annotations

import asyncio
import csv
from datetime import date, timedelta
from pathlib import Path

from kit import NARROW, Running, running
from msgspec.structs import replace
from report_scenes import NAMES, WARNINGS, group, hostile_report_scene, report_scene, year_of
from scenes import empty_scene
from stub_engine import NOW, Scene, StubEngine

from betting_tui.engine.core.errors import LedgerError
from betting_tui.screens.report_wish import GROUPINGS, grouping_name
from hostile import HOSTILE

HIGH = (200, 60)


def line_with(run: Running, text: str) -> str:
    return next((line for line in run.text().split("\n") if text in line), "")


def slow(scene: Scene) -> StubEngine:
    """Its reports are worked out until a test lets them be done."""
    engine = StubEngine(scene)
    engine.working = asyncio.Event()
    return engine


async def test_the_first_lines_say_what_luck_has_to_do_with_it() -> None:
    async with running(report_scene(), HIGH) as run:
        await run.press("4")
        assert "yield +3.1 % (95 %: -6.6 … +12.8)" in line_with(run, "412 settled bets")
        assert "does this well 26 times in 100" in line_with(run, "a bettor with no edge")
        assert "about 3,700 more bets to know" in line_with(run, "a bettor with no edge")
        assert "38 without a close: 22 not polled, 16 market gone" in line_with(run, "CLV +1.9 %")
        assert "slippage -0.6 %" in line_with(run, "accepted 87 %")
        assert WARNINGS[0] in line_with(run, "⚠")


async def test_three_curves_and_the_deepest_fall_stand_in_one_chart() -> None:
    async with running(report_scene()) as run:
        await run.press("4")
        legend = line_with(run, "━━ actual")
        assert "━━ actual +306.00   ╍╍ expected +288.40   ┈┈ at the close" in legend
        assert "▼ deepest fall -" in legend


async def test_sums_are_there_before_the_statistics_are() -> None:
    engine = slow(report_scene())
    async with running(engine.scene, engine=engine) as run:
        await run.press("4")
        assert "412 settled bets" in run.text()
        assert "working it out, 50 % · esc stops" in run.text()
        assert "26 times in 100" not in run.text()
        assert engine.working is not None
        engine.working.set()
        await run.settle()
        assert "26 times in 100" in run.text()
        assert "working it out" not in run.text()


async def test_escape_stops_the_work_and_u_goes_on_with_it() -> None:
    engine = slow(report_scene())
    async with running(engine.scene, engine=engine) as run:
        await run.press("4", "escape")
        assert "stopped · u works out what is missing" in run.text()
        await run.news()
        assert len(engine.reports) == 1
        assert engine.working is not None
        engine.working.set()
        await run.press("u")
        assert len(engine.reports) == 2
        assert "26 times in 100" in run.text()


async def test_nothing_is_worked_out_again_while_no_bet_settles() -> None:
    async with running(report_scene()) as run:
        await run.press("4")
        await run.news()
        await run.press("3", "4")
        assert len(run.engine.reports) == 1
        run.engine.scene.report = replace(run.engine.scene.report, total=group("total", 413, 30_600))
        await run.news()
        assert len(run.engine.reports) == 2


async def test_bets_that_settle_meanwhile_are_worked_out_once_it_is_done() -> None:
    engine = slow(report_scene())
    async with running(engine.scene, engine=engine) as run:
        await run.press("4")
        for bets in (413, 414):
            engine.scene.report = replace(engine.scene.report, total=group("total", bets, 30_600))
            await run.news()
        assert len(engine.reports) == 1
        assert engine.working is not None
        engine.working.set()
        await run.settle()
        assert len(engine.reports) == 2


async def test_work_that_fails_is_told_and_not_tried_at_every_piece_of_news() -> None:
    engine = StubEngine(report_scene())
    engine.answer = LedgerError("the file is damaged: run betting-tui ledger verify")
    async with running(engine.scene, engine=engine) as run:
        await run.press("4")
        assert "the file is damaged" in run.toasts[-1]
        await run.news()
        assert len(engine.reports) == 1


async def test_periods_are_counted_in_betting_days() -> None:
    async with running(report_scene(), NARROW) as run:
        await run.press("4")
        for key, days in (("t", 0), ("w", 6), ("d", 29), ("m", 17), ("s", 291), ("y", 364)):
            await run.press(key)
            assert run.engine.reports[-1].since == NOW.replace(hour=6, minute=0) - timedelta(days=days)
        await run.press("a")
        assert run.engine.reports[-1].since is None


async def test_days_of_ones_own_are_asked_for_and_checked() -> None:
    async with running(report_scene()) as run:
        await run.press("4", "c")
        assert "Write the first day" in run.text()
        run.input("#field-from").value = "2026-13-01"
        await run.press("enter")
        assert "is no day" in run.text()
        run.input("#field-from").value = "2026-04-10"
        run.input("#field-to").value = "2026-04-01"
        await run.press("enter")
        assert "no day lies between them" in run.text()
        run.input("#field-to").value = "2026-04-12"
        await run.press("enter")
        assert "from 2026-04-10 to 2026-04-12" in run.text()
        wanted = run.engine.reports[-1]
        assert wanted.since is not None
        assert wanted.until is not None
        assert (wanted.since.date(), wanted.until.date()) == (date(2026, 4, 10), date(2026, 4, 13))
        await run.press("c", "escape")
        assert "from 2026-04-10" in run.text()


async def test_g_walks_through_the_groupings_and_shift_g_back() -> None:
    async with running(report_scene()) as run:
        await run.press("4")
        seen = []
        for by in GROUPINGS:
            seen.append(run.engine.reports[-1].by)
            assert f"By {grouping_name(by)}" in run.text()
            assert NAMES[by][0] in run.text()
            await run.press("g")
        assert tuple(seen) == GROUPINGS
        await run.press("G")
        assert run.engine.reports[-1].by == "account"


async def test_enter_shows_every_measure_of_the_group_under_the_cursor() -> None:
    async with running(report_scene(), (100, 70)) as run:
        await run.press("4", "down", "enter")
        assert run.dialog == "ReportDialog"
        text = run.text()
        for said in (
            "line_shopping", "deepest fall", "-412.00 (4.1 %)", "made good", "longest losing run", "Sharpe, a year",
            "Sortino, a year", "profit factor", "Brier score", "log loss", "luck so far", "to know", "50 – 60 %",
        ):  # fmt: skip
            assert said in text
        assert "few" in line_with(run, "80 – 90 %")
        assert "few" not in line_with(run, "50 – 60 %")


async def test_o_shows_all_bets_together_with_ruin_warnings_and_missing_closes() -> None:
    async with running(report_scene(), (100, 70)) as run:
        await run.press("4", "o")
        text = run.text()
        for said in (
            "3 strategies were compared",
            "no fair close",
            "market gone",
            "falls to a half within",
        ):
            assert said in text
        await run.press("escape")
        assert run.dialog == ""


async def test_two_leagues_of_one_name_are_two_lines() -> None:
    scene = report_scene()
    scene.full_report = year_of(("Serie A", "Serie A"))
    async with running(scene, NARROW) as run:
        await run.press("4", "down")
        assert run.text().count("Serie A") == 2
        await run.press("enter")
        assert "137 settled bets" in run.text()


async def test_what_is_not_worked_out_yet_is_not_opened() -> None:
    engine = slow(report_scene())
    async with running(engine.scene, engine=engine) as run:
        await run.press("4", "enter")
        assert "still being worked out" in run.toasts[-1]
        await run.press("escape", "o")
        assert "u works out what is missing" in run.toasts[-1]
        assert run.dialog == ""


async def test_x_writes_the_groups_as_a_sheet_and_tells_where(tmp_path: Path) -> None:
    scene = report_scene()
    scene.system = replace(scene.system, data_dir=str(tmp_path))
    scene.full_report = year_of(("=cmd()", "b"))
    async with running(scene) as run:
        await run.press("4", "x")
        [path] = (tmp_path / "reports").iterdir()
        assert str(path) in run.toasts[-1]
        rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
        assert [row["name"] for row in rows] == ["'=cmd()", "b", "total"]
        assert (rows[-1]["bets"], rows[-1]["profit"], rows[-1]["more_bets"]) == ("412", "306.00", "3612")
        assert None not in rows[-1]


async def test_h_writes_all_of_it_as_a_page_and_tells_where(tmp_path: Path) -> None:
    scene = hostile_report_scene(("<script>alert(1)</script>", "b"))
    scene.system = replace(scene.system, data_dir=str(tmp_path))
    async with running(scene) as run:
        await run.press("4", "h")
        [path] = (tmp_path / "reports").iterdir()
        assert str(path) in run.toasts[-1]
        page = path.read_text(encoding="utf-8")
        assert page.startswith("<!DOCTYPE html>")
        assert "<script>" not in page
        assert "the current books" in page


async def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    scene = report_scene()
    (tmp_path / "reports").write_text("in the way")
    scene.system = replace(scene.system, data_dir=str(tmp_path))
    async with running(scene) as run:
        await run.press("4", "E")
        said = run.text()
        assert "Not written" in said, "too long for a toast: a dialog has room for the whole path"
        assert str(tmp_path) in "".join(line.strip(" │") for line in said.split("\n"))


async def test_a_small_window_shows_groups_or_curves() -> None:
    async with running(report_scene(), NARROW) as run:
        await run.press("4")
        assert "By strategy" in run.text()
        assert "━━ actual" not in run.text()
        await run.press("v")
        assert "By strategy" not in run.text()
        assert "━━ actual" in run.text()
        await run.press("v")
        assert "By strategy" in run.text()


async def test_an_empty_account_says_which_keys_fill_it_and_works_nothing_out() -> None:
    async with running(empty_scene()) as run:
        await run.press("4")
        assert "1 shows opportunities, b places one there" in run.text()
        assert "Nothing settled yet. 2 shows open bets, 1 what could be placed" in run.text()
        await run.press("t")
        assert "Nothing was settled in this time. a shows all of it, c asks for other days" in run.text()
        await run.press("enter")
        assert "Nothing was settled in this time" in run.toasts[-1]
        assert run.engine.reports == []


async def test_names_from_outside_are_drawn_as_they_are_written() -> None:
    async with running(hostile_report_scene(HOSTILE)) as run:
        await run.press("4", "enter")
        assert run.dialog == "ReportDialog"
        await run.press("escape", "x")


async def test_every_key_is_written_on_the_screen() -> None:
    async with running(report_scene(), (160, 40)) as run:
        await run.press("4")
        bar = "\n".join(run.text().split("\n")[-2:])
        for hint in (
            "g group by", "enter all of a group", "o overall", "t today", "w 7 d", "d 30 d", "m month", "s season",
            "y year", "c days", "h html", "x export",
        ):  # fmt: skip
            assert hint in bar
