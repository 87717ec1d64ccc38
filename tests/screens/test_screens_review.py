"""Deciding what no feed could settle: all of it on one screen, one key a result, the next one after it."""

from __future__ import annotations

import pytest
from kit import NARROW, WIDE, Running, running
from msgspec.structs import replace
from review_scenes import deciding_scene
from scenes import full_scene
from test_screens_snapshots import SIZES, SnapCompare, looks_right

from betting_tui.engine.core.commands import SettleBet
from betting_tui.engine.core.errors import UsageError
from betting_tui.engine.core.model import BetResult
from betting_tui.engine.core.refusals import Refusal, RefusalCode


def settled(run: Running) -> list[tuple[str, BetResult, int | None]]:
    return [(each.bet_id, each.result, each.leg) for each in run.engine.commands if isinstance(each, SettleBet)]


async def test_what_waits_for_a_person_has_a_list_of_its_own_with_its_reason_and_a_cell_in_every_header() -> None:
    async with running(deciding_scene()) as run:
        assert "! 3 to decide" in run.text(), "on the first screen too"
        await run.press("2")
        text = run.text()
        assert "For you to decide" in text
        assert "3 bets · 71.00 at stake" in text
        assert "espn says 3-2, but the_odds_api" in text


async def test_without_any_there_is_neither_list_nor_cell() -> None:
    scene = full_scene()
    scene.open_bets = scene.open_bets[:2]
    async with running(scene) as run:
        await run.press("2")
        assert "to decide" not in run.text().lower()


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_everything_needed_to_decide_is_on_one_screen(size: tuple[int, int]) -> None:
    async with running(deciding_scene(), size) as run:
        await run.press("2", "shift+tab", "d")
        assert run.dialog == "ReviewDialog"
        text = run.text()
        for part in (
            "1 of 3 to decide", "espn says 3-2, but the_odds_api says 2-3", "Moneyline · Wild -104 at BetRivers",
            "50.00 USD", "Stars @ Wild", "ESPN", "(2-2 in regulation)", "(1-0 1-1 0-1", "won · 3-2", "lost · 2-3",
            "n leave open, next", "esc leave it open", "overtime counts in two-way bets", "a game must be finished",
            "w won", "98.08", "+48.08", "l lost", "-50.00", "p push", "v void", "h half won", "j half lost",
        ):  # fmt: skip
            assert part in text, part


@pytest.mark.parametrize(
    ("key", "result"),
    [
        ("w", BetResult.WIN), ("l", BetResult.LOSS), ("p", BetResult.PUSH), ("v", BetResult.VOID),
        ("h", BetResult.HALF_WIN), ("j", BetResult.HALF_LOSS),
    ],
)  # fmt: skip
async def test_one_key_settles_where_no_feed_says_otherwise_and_the_next_comes_up(key: str, result: BetResult) -> None:
    scene = deciding_scene()
    scene.reviews = scene.reviews[1:]
    async with running(scene) as run:
        await run.press("2", "shift+tab", "down", "d")
        assert "BET-000038 · 1 of 2" in run.text()
        await run.press(key)
        assert settled(run) == [("BET-000038", result, None)]
        assert "BET-000037 · 1 of 1" in run.text()


async def test_where_a_feed_says_otherwise_the_key_is_asked_for_once_more_and_another_key_asks_anew() -> None:
    async with running(deciding_scene()) as run:
        await run.press("2", "shift+tab", "d", "w")
        assert settled(run) == []
        assert "The Odds API says 2-3: lost. w again settles it as won all the same" in " ".join(run.text().split())
        await run.press("l")
        assert settled(run) == [], "another result is another question"
        assert "ESPN says 3-2" in run.text()
        await run.press("l")
        assert settled(run) == [("BET-000040", BetResult.LOSS, None)]
        assert run.toasts == ["BET-000040 lost · -50.00"]


@pytest.mark.parametrize("key", ["x", "1", "b", "enter", "y", "u", "W", "space"])
async def test_a_wrong_key_settles_nothing(key: str) -> None:
    async with running(deciding_scene()) as run:
        await run.press("2", "shift+tab", "d", key)
        assert settled(run) == []
        assert run.dialog == "ReviewDialog"


async def test_one_can_be_left_open_for_later_and_escape_leaves_all_of_them() -> None:
    async with running(deciding_scene()) as run:
        await run.press("2", "shift+tab", "d", "n")
        assert "BET-000038 · 2 of 3" in run.text()
        await run.press("n")
        assert "BET-000037 · 3 of 3" in run.text()
        await run.press("n")
        assert run.dialog == "ReviewDialog", "the last one has no next: the key does nothing"
        await run.press("escape")
        assert run.dialog == ""
        assert settled(run) == []
        await run.press("d")
        assert "BET-000040 · 1 of 3" in run.text(), "the queue begins anew"


async def test_a_result_that_may_be_about_it_is_shown() -> None:
    async with running(deciding_scene(), NARROW) as run:
        await run.press("2", "shift+tab", "down", "d")
        text = run.text()
        assert "no feed has said anything of it" in text
        assert "NY Knickerbockers 112-108 Heat" in text
        assert "82 % alike" in text


async def test_a_parlay_is_decided_leg_by_leg() -> None:
    async with running(deciding_scene()) as run:
        await run.press("2", "shift+tab", "down", "down", "d")
        text = run.text()
        assert "▌ leg 2" in text
        assert "Lakers +150 · won" in text
        assert "with every other open leg won" in text
        await run.press("tab")
        assert "▌ leg 3" in run.text()
        await run.press("v")
        assert settled(run) == [("BET-000037", BetResult.VOID, 3)]


async def test_d_on_a_settled_bet_corrects_it() -> None:
    scene = deciding_scene()
    done = scene.done_bets[0]
    scene.reviews = (*scene.reviews, replace(scene.reviews[1], bet=done, reason=""))
    async with running(scene) as run:
        await run.press("2", "shift+tab")
        run.app.screen.query_one("#settled-table").focus()
        await run.press("d", "l")
        assert settled(run) == [(done.id, BetResult.LOSS, None)]


async def test_a_refusal_and_a_failure_are_told_and_the_bet_waits_on() -> None:
    async with running(deciding_scene()) as run:
        run.engine.answer = Refusal(RefusalCode.READ_ONLY, "the file is gone")
        await run.press("2", "shift+tab", "down", "d", "w")
        assert run.toasts == ["Not done · the file is gone"]
        run.engine.answer = UsageError("BET-000038 was cancelled: a cancelled bet is not settled")
        await run.press("d", "w")
        assert run.toasts[-1].startswith("Not done: BET-000038 was cancelled")
        assert run.dialog == ""


async def test_a_viewer_decides_nothing() -> None:
    scene = deciding_scene()
    scene.overview = replace(scene.overview, read_only=True, lock_holder="pid 7")
    async with running(scene) as run:
        await run.press("2", "shift+tab", "d")
        assert run.dialog == ""
        assert "pid 7" in run.toasts[0]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    "keys",
    [("2",), ("2", "shift+tab", "d"), ("2", "shift+tab", "d", "w"), ("2", "shift+tab", "down", "down", "d")],
    ids=["list", "dialog", "contradicted", "parlay"],
)
def test_review(snap_compare: SnapCompare, keys: tuple[str, ...], size: str) -> None:
    assert looks_right(snap_compare, deciding_scene(), SIZES[size], *keys)
