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
from betting_tui.engine.core.model import BetResult, BetState
from betting_tui.engine.core.refusals import Refusal, RefusalCode


def inside(run: Running) -> str:
    """The text of the dialog as one line, however it wraps."""
    box = run.app.screen.query_one("#box").region
    strips = run.app.screen._compositor.render_strips()[box.y : box.bottom]
    return " ".join(" ".join(strip.crop(box.x + 1, box.right - 1).text for strip in strips).split())


def settled(run: Running) -> list[tuple[str, BetResult | None, int | None]]:
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
        await run.press("2", "d")
        assert run.dialog == "ReviewDialog"
        text = inside(run)
        for part in (
            "1 of 3 to decide", "espn says 3-2, but the_odds_api says 2-3", "Moneyline · Wild -104 at BetRivers",
            "50.00 USD", "Stars @ Wild", "ESPN", "(2-2 in regulation)", "(1-0 1-1 0-1", "won · 3-2", "lost · 2-3",
            "n leave open, next", "esc leave it open", "overtime counts in two-way bets", "a game must be finished",
            "w won", "98.08", "+48.08", "l lost", "-50.00", "p push", "v void", "h half won", "j half lost",
        ):  # fmt: skip
            assert part in text, part


@pytest.mark.parametrize(("key", "result"), [("w", BetResult.WIN), ("l", BetResult.LOSS), ("v", BetResult.VOID)])
async def test_one_key_settles_where_no_feed_says_otherwise_and_the_next_comes_up(key: str, result: BetResult) -> None:
    scene = deciding_scene()
    scene.reviews = scene.reviews[1:]
    async with running(scene) as run:
        await run.press("2", "down", "d")
        assert "BET-000038 · 1 of 2" in run.text()
        await run.press(key)
        assert settled(run) == [("BET-000038", result, None)]
        assert "BET-000037 · 1 of 1" in run.text()


@pytest.mark.parametrize(
    ("key", "result", "word"),
    [
        ("p", BetResult.PUSH, "push"), ("h", BetResult.HALF_WIN, "half won"), ("j", BetResult.HALF_LOSS, "half lost"),
    ],
)  # fmt: skip
async def test_a_slip_of_the_finger_does_not_settle_a_bet_as_it_cannot_end(
    key: str, result: BetResult, word: str
) -> None:
    async with running(deciding_scene()) as run:
        await run.press("2", "down", "d", key)
        assert settled(run) == []
        assert f"Total Over 221.5 cannot end {word}. {key} again settles it as {word} all the same" in inside(run)
        await run.press(key)
        assert settled(run) == [("BET-000038", result, None)]


async def test_where_a_feed_says_otherwise_the_key_is_asked_for_once_more_and_another_key_asks_anew() -> None:
    async with running(deciding_scene()) as run:
        await run.press("2", "d", "w")
        assert settled(run) == []
        assert "The Odds API says 2-3: lost. w again settles it as won all the same" in inside(run)
        await run.press("l")
        assert settled(run) == [], "another result is another question"
        assert ": won. l again settles it as lost all the same" in inside(run)
        await run.press("l")
        assert settled(run) == [("BET-000040", BetResult.LOSS, None)]
        assert run.toasts == ["BET-000040 lost · -50.00"]


async def test_a_wrong_key_settles_nothing() -> None:
    async with running(deciding_scene()) as run:
        await run.press("2", "d")
        for key in ("x", "1", "b", "enter", "y", "u", "W", "space"):
            await run.press(key)
            assert settled(run) == [], key
            assert run.dialog == "ReviewDialog", key


async def test_one_can_be_left_open_for_later_and_escape_leaves_all_of_them() -> None:
    async with running(deciding_scene()) as run:
        await run.press("2", "d", "n")
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
        await run.press("2", "down", "d")
        text = inside(run)
        assert "no feed has said anything of it" in text
        assert "NY Knickerbockers 112-108 Heat" in text
        assert "82 % alike" in text


async def test_a_parlay_is_decided_leg_by_leg() -> None:
    async with running(deciding_scene()) as run:
        await run.press("2", "down", "down", "d")
        text = run.text()
        assert "▌ leg 2" in text
        assert "Lakers +150 · won" in text
        assert "with every other open leg won" in text
        await run.press("tab")
        assert "▌ leg 3" in run.text()
        await run.press("v")
        assert settled(run) == [("BET-000037", BetResult.VOID, 3)]


@pytest.mark.parametrize(
    ("key", "result"),
    [
        ("w", BetResult.WIN),
        pytest.param("l", BetResult.LOSS, marks=pytest.mark.long),
        pytest.param("v", BetResult.VOID, marks=pytest.mark.long),
    ],
)
async def test_a_parlay_is_decided_as_a_whole_past_its_last_leg(key: str, result: BetResult) -> None:
    async with running(deciding_scene()) as run:
        await run.press("2", "down", "down", "d", "tab", "tab")
        text = inside(run)
        assert "▌ whole all legs by one word" in text
        assert "for the whole, whatever becomes of its legs" in text
        assert "half won" not in text, "a parlay ends so by its legs alone"
        await run.press("p", "h", "j")
        assert settled(run) == []
        await run.press(key)
        assert settled(run) == [("BET-000037", result, None)]


async def test_the_whole_is_asked_for_once_more_where_a_feed_has_settled_a_leg_otherwise() -> None:
    scene = deciding_scene()
    first, parlay = scene.reviews[0], scene.reviews[2]
    scene.reviews = (replace(parlay, legs=(replace(parlay.legs[0], words=first.legs[0].words), *parlay.legs[1:])),)
    async with running(scene) as run:
        await run.press("2", "down", "down", "d", "shift+tab", "shift+tab", "v")
        assert settled(run) == []
        assert "The Odds API says 2-3: lost of Lakers. v again settles it as void all the same" in inside(run)
        await run.press("v")
        assert settled(run) == [("BET-000037", BetResult.VOID, None)]


async def test_what_feeds_do_while_one_looks_is_shown_and_a_key_meant_for_what_stood_before_does_nothing() -> None:
    scene = deciding_scene()
    scene.reviews = scene.reviews[1:]
    async with running(scene) as run:
        await run.press("2", "down", "d")
        waiting = scene.reviews[0]
        done = replace(
            waiting.bet, state=BetState.SETTLED, result=BetResult.LOSS, profit_minor=-1_100, review_reason=""
        )
        scene.reviews = (replace(waiting, bet=done, reason=""), *scene.reviews[1:])
        await run.news()
        assert "settled since you looked" in inside(run)
        assert "lost -11.00" in inside(run)
        await run.press("v")
        assert settled(run) == []
        assert "settled since you looked. v again settles it as void all the same" in inside(run)
        await run.press("v")
        assert [each.seen for each in run.engine.commands if isinstance(each, SettleBet)] == [BetState.SETTLED]


async def test_a_key_pressed_twice_in_a_hurry_does_not_settle_the_next_bet_unseen() -> None:
    async with running(deciding_scene()) as run:
        await run.press("2", "down", "d", "v")
        assert "BET-000040 · 1 of 2" in inside(run)
        run.clock.pass_(0.1)
        await run.pilot.press("n")
        await run.pilot.press("v")
        await run.settle()
        assert settled(run) == [("BET-000038", BetResult.VOID, None)]
        assert "it came up only just now. v again settles it as void all the same" in inside(run)


async def test_news_of_other_bets_ask_for_no_second_key() -> None:
    async with running(deciding_scene()) as run:
        await run.press("2", "down", "d")
        await run.news()
        await run.press("v")
        assert [each.seen for each in run.engine.commands if isinstance(each, SettleBet)] == [BetState.REVIEW]


async def test_the_screen_opens_on_what_is_to_decide_and_leaves_the_cursor_where_it_is_put_later() -> None:
    async with running(deciding_scene()) as run:
        await run.press("2", "tab")
        assert run.app.focused is not None
        assert run.app.focused.id == "open-table"
        await run.news()
        await run.press("1", "2")
        assert run.app.focused.id == "open-table"


@pytest.mark.parametrize("size", [NARROW, pytest.param(WIDE, marks=pytest.mark.long)])
async def test_a_dialog_made_smaller_and_larger_again_keeps_its_question(size: tuple[int, int]) -> None:
    async with running(deciding_scene(), size) as run:
        await run.press("2", "d", "w")
        for width, height in ((52, 24), (200, 60), size):
            await run.pilot.resize_terminal(width, height)
            await run.settle()
            assert "w won" in inside(run)
            assert "j half lost" in inside(run), "each on its line"
        assert "w again settles it as won all the same" in inside(run)
        await run.press("w")
        assert settled(run) == [("BET-000040", BetResult.WIN, None)]


async def test_hostile_names_are_drawn_as_they_are_written_and_leave_room_for_what_decides() -> None:
    scene = deciding_scene()
    evil = "[bold red]FC[/] \u202eשלום \x1b[2J" + "東京" * 150
    row = scene.reviews[1]
    leg = row.legs[0]
    named = replace(leg, event=replace(leg.event, home_team=evil, away_team=evil), selection=evil)
    scene.reviews = (replace(row, legs=(named,)),)
    async with running(scene, NARROW) as run:
        await run.press("2", "down", "d")
        text = inside(run)
        for part in ("[bold red]FC[/]", "no feed has said", "overtime counts", "w won", "j half lost", "esc"):
            assert part in text, part
        assert not {"\x1b", "\u202e"} & set(text)


async def test_d_on_a_settled_bet_corrects_it() -> None:
    scene = deciding_scene()
    done = scene.done_bets[0]
    scene.reviews = (*scene.reviews, replace(scene.reviews[1], bet=done, reason=""))
    async with running(scene) as run:
        await run.press("2")
        run.app.screen.query_one("#settled-table").focus()
        await run.press("d", "l")
        assert settled(run) == [(done.id, BetResult.LOSS, None)]


async def test_a_refusal_and_a_failure_are_told_and_the_bet_waits_on() -> None:
    async with running(deciding_scene()) as run:
        run.engine.answer = Refusal(RefusalCode.READ_ONLY, "the file is gone")
        await run.press("2", "down", "d", "w")
        assert run.toasts == ["Not done · the file is gone"]
        run.engine.answer = UsageError("BET-000038 was cancelled: a cancelled bet is not settled")
        await run.press("d", "w")
        assert run.toasts[-1].startswith("Not done: BET-000038 was cancelled")
        assert run.dialog == ""


async def test_a_viewer_decides_nothing() -> None:
    scene = deciding_scene()
    scene.overview = replace(scene.overview, read_only=True, lock_holder="pid 7")
    async with running(scene) as run:
        await run.press("2", "d")
        assert run.dialog == ""
        assert "pid 7" in run.toasts[0]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    "keys",
    [("2",), ("2", "d"), ("2", "d", "w"), ("2", "down", "down", "d")],
    ids=["list", "dialog", "contradicted", "parlay"],
)
def test_review(snap_compare: SnapCompare, keys: tuple[str, ...], size: str) -> None:
    assert looks_right(snap_compare, deciding_scene(), SIZES[size], *keys)
