"""What the header says of feeds and credits, and what it keeps when the line is short."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
from kit import NARROW, WIDE, running
from msgspec.structs import replace
from scenes import full_scene
from stub_engine import NOW, Scene

from betting_tui.engine.config import Ui
from betting_tui.engine.core.feed_views import FeedStatus
from betting_tui.engine.core.times import iso
from betting_tui.screens.show import Show
from betting_tui.screens.status import header_cells

OK = ("the_odds_api", "espn", "football_data", "thesportsdb")


def status(name: str, state: str = "ok", left: int | None = None) -> FeedStatus:
    return FeedStatus(name, state, credits_remaining=left)


def scene(*feeds: FeedStatus, **changes: object) -> Scene:
    found = full_scene()
    found.overview = replace(found.overview, feeds=feeds, **changes)
    return found


def said(*feeds: FeedStatus, **changes: object) -> list[str]:
    """The texts of all cells before any has to leave."""
    return [cell.text for cell in header_cells(scene(*feeds, **changes).overview, Show(Ui(time_zone="UTC"), "USD"))]


async def header(found: Scene, size: tuple[int, int]) -> str:
    async with running(found, size) as run:
        return run.text().split("\n")[0]


def test_up_to_three_feeds_have_a_cell_each_under_their_own_names() -> None:
    cells = said(status("the_odds_api"), status("espn", "waiting"), status("football_data", "degraded"))
    assert cells[3:6] == ["● The Odds API", "◌ ESPN", "◐ football-data degraded"]


def test_more_than_three_feeds_that_work_are_one_cell() -> None:
    assert "● feeds 4 ok" in said(*map(status, OK))
    assert "● feeds 3 ok" in said(*map(status, OK[:3]), status("thesportsdb", "waiting"))


def test_feeds_of_which_none_was_asked_yet_wait() -> None:
    assert "◌ feeds 4 waiting" in said(*(status(name, "waiting") for name in OK))


def test_one_feed_in_trouble_is_one_cell_that_names_it() -> None:
    assert "◐ 1 of 4 degraded: The Odds API" in said(status(OK[0], "degraded"), *map(status, OK[1:]))


def test_a_feed_that_is_alone_keeps_its_name() -> None:
    assert "◌ simulated" in said(status("simulated", "waiting"))


def test_the_worst_of_several_in_trouble_is_named() -> None:
    cells = said(status(OK[0], "degraded"), status(OK[1], "failed"), *map(status, OK[2:]))
    assert "✗ 2 of 4 failed: ESPN +1" in cells


def test_a_feed_that_is_merely_not_set_up_is_not_shouted() -> None:
    cells = said(status("the_odds_api"), status("odds_scraping", "off"))
    assert not any("scrap" in text or "off" in text.replace("auto off", "") for text in cells)


def test_without_any_feed_the_line_says_so() -> None:
    assert "○ no feed" in said(status("the_odds_api", "off"), status("odds_scraping", "off"))


def test_a_feed_of_odds_and_results_is_one_cell_and_as_well_as_the_worse_of_the_two() -> None:
    cells = said(status("the_odds_api", "ok"), status("espn"), status("the_odds_api", "degraded"))
    assert cells[3:5] == ["◐ The Odds API degraded", "● ESPN"]


@pytest.mark.parametrize(
    ("what_for", "word"),
    [
        ("basketball_nba close of 2 games", "NBA close"),
        ("soccer_epl looking for value before 4 starts", "EPL looking for value"),
        ("icehockey_nhl start times, free", "NHL start times"),
        ("basketball_nba", "NBA"),
    ],
)
def test_credits_and_the_next_call_are_one_cell(what_for: str, word: str) -> None:
    feeds = (status("the_odds_api", left=412), status("the_odds_api", left=412))
    when = NOW.replace(hour=14, minute=5)
    assert said(*feeds, next_poll=when, next_poll_for=what_for)[-1] == f"credits 412 left · next 14:05 {word}"


def test_what_is_free_has_no_credits_to_tell_of() -> None:
    assert said(status("simulated"), next_poll=NOW, next_poll_for="basketball_nba")[-1] == "next 11:30 NBA"


def test_nothing_is_next_while_paused() -> None:
    assert said(status("the_odds_api", left=412), paused=True)[-1] == "credits 412 left"


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=str)
async def test_feeds_and_credits_are_in_the_line_at_every_width(size: tuple[int, int]) -> None:
    line = await header(scene(*(status(name, left=412 if name == OK[0] else None) for name in OK)), size)
    assert "● feeds 4 ok" in line
    assert "412" in line
    assert "next 12:00" in line


async def test_trouble_and_credits_stay_when_all_else_has_left() -> None:
    crowded = scene(
        status(OK[0], "degraded", 412), *map(status, OK[1:]),
        account="an account with a long name", armed=("value_betting",), read_only=True, lock_holder="pid 4711",
    )  # fmt: skip
    line = await header(crowded, NARROW)
    assert "◐ 1 of 4 feeds" in line
    assert "412 cr" in line
    assert len(line) == NARROW[0]


def test_since_when_another_holds_the_ledger_is_told_by_the_users_clock() -> None:
    seen = replace(scene().overview, read_only=True, lock_holder=f"app, since {iso(NOW)}")
    told = [cell.text for cell in header_cells(seen, Show(Ui(time_zone="Asia/Kathmandu"), "USD"))]
    assert f"held by app, since {NOW.astimezone(ZoneInfo('Asia/Kathmandu')):%H:%M}" in told
