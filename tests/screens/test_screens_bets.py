"""The open bets screen, key by key."""

from __future__ import annotations

import re

import pytest
from kit import NARROW, WIDE, Running, running
from msgspec.structs import replace
from scenes import full_scene, working_orders
from stub_engine import NOW

from betting_tui.engine.core.bet_views import OpenBetRow
from betting_tui.engine.core.commands import CancelBet, CancelOrder, SettleBet
from betting_tui.engine.core.model import START_UNKNOWN, BetResult
from betting_tui.engine.core.refusals import Refusal, RefusalCode
from betting_tui.engine.core.scores import PlayingScore


def line_with(run: Running, text: str) -> str:
    return next(line for line in run.text().split("\n") if text in line)


async def test_open_bets_show_whether_the_price_taken_was_better_than_the_one_now() -> None:
    async with running(full_scene()) as run:
        await run.press("2")
        assert "▲+140" in line_with(run, "BET-000042")
        assert "▼+110" in line_with(run, "BET-000041")
        assert "for you to decide" in run.text().lower()
        assert "BET-000040" in run.text()
        assert "62.50" in line_with(run, "BET-000042")


async def test_a_start_nobody_knows_is_not_counted_down_to() -> None:
    scene = full_scene()
    lakers, *others = scene.open_bets
    event = replace(lakers.bet.event, commence_time=START_UNKNOWN)
    wait = (START_UNKNOWN - NOW).total_seconds()
    waiting = replace(lakers, bet=replace(lakers.bet, event=event), starts_in_seconds=wait)
    scene.open_bets = (waiting, *others)
    async with running(scene) as run:
        await run.press("2")
        assert re.search(r"BET-000042 +– ", run.text())
        await run.press("tab", "enter")
        assert "start not known" in run.text()


async def test_settled_bets_carry_word_and_sign() -> None:
    async with running(full_scene()) as run:
        await run.press("2")
        assert "won" in line_with(run, "BET-000031")
        assert "+22.67" in line_with(run, "BET-000031")
        assert "lost" in line_with(run, "BET-000030")
        assert "-20.00" in line_with(run, "BET-000030")


@pytest.mark.parametrize(
    ("key", "result"),
    [
        ("w", BetResult.WIN),
        pytest.param("l", BetResult.LOSS, marks=pytest.mark.long),
        pytest.param("v", BetResult.VOID, marks=pytest.mark.long),
        ("u", BetResult.PUSH),
    ],
)
async def test_settling_by_hand_asks_first(key: str, result: BetResult) -> None:
    async with running(full_scene()) as run:
        await run.press("2", "tab", key)
        assert run.dialog == "FinalDialog"
        assert run.engine.commands == []
        await run.press("escape", key, "enter")
        assert run.engine.commands == [], "enter is pressed without reading"
        await run.press(key, "y")
        [command] = run.engine.commands
        assert isinstance(command, SettleBet)
        assert (command.bet_id, command.result) == ("BET-000042", result)
        assert run.toasts[-1].startswith("BET-000042")


async def test_cancelling_asks_first_and_a_refusal_is_told() -> None:
    async with running(full_scene()) as run:
        await run.press("2", "tab", "c", "n")
        assert run.engine.commands == []
        run.engine.answer = Refusal(RefusalCode.EVENT_STARTED, "Celtics @ Lakers has started")
        await run.press("c", "y")
        assert run.engine.commands == [CancelBet("BET-000042", "app")]
        assert run.toasts == ["Not done · Celtics @ Lakers has started"]
        run.engine.answer = None
        await run.press("c", "y")
        assert run.toasts[-1] == "BET-000042 cancelled, its stake is free again"


async def test_a_settled_bet_is_only_looked_at() -> None:
    async with running(full_scene()) as run:
        await run.press("2", "tab", "tab", "w")
        assert run.dialog == ""
        assert run.engine.commands == []
        assert "w won" not in run.text(), "a key that does nothing here is not offered"
        await run.press("enter")
        assert run.dialog == "TextDialog"
        assert "BET-000031" in run.text()
        assert "+3.3 % price" in run.text()
        await run.press("escape", "tab", "tab")
        assert "w won" in run.text()


async def test_the_detail_of_an_open_bet_names_its_proof() -> None:
    async with running(full_scene()) as run:
        await run.press("2", "tab", "enter")
        assert "later snapshot · the_odds_api · quoted 18 Apr 11:29" in run.text()


async def test_without_bets_the_screen_names_the_keys_that_fill_it() -> None:
    scene = full_scene()
    scene.open_bets, scene.done_bets = (), ()
    async with running(scene) as run:
        await run.press("2")
        assert "1 shows opportunities, b places one there" in run.text()
        await run.press("c", "w")
        assert run.engine.commands == []


async def test_a_viewer_settles_nothing() -> None:
    scene = full_scene()
    scene.overview = replace(scene.overview, read_only=True, lock_holder="pid 7")
    async with running(scene) as run:
        await run.press("2", "tab")
        for key in ("w", "c"):
            run.app.clear_notifications()
            await run.press(key)
            assert run.dialog == ""
            (told,) = run.toasts
            assert "pid 7" in told


async def test_waiting_orders_have_their_own_list_and_the_same_key_takes_one_back() -> None:
    scene = full_scene()
    scene.working_orders = working_orders()
    async with running(scene) as run:
        await run.press("2", "tab")
        assert "2 orders · 65.00 reserved" in run.text()
        assert "+160" in line_with(run, "ORD-000003")
        await run.press("tab", "c")
        assert "Cancel ORD-000003" in run.text()
        assert run.engine.commands == []
        await run.press("enter")
        assert (run.dialog, run.engine.commands) == ("", [])
        await run.press("c", "y")
        assert run.engine.commands == [CancelOrder("ORD-000003", "app")]
        assert run.toasts == ["ORD-000003 cancelled, its money is free again"]


async def test_an_order_has_a_detail_and_no_result_by_hand() -> None:
    scene = full_scene()
    scene.working_orders = working_orders()
    async with running(scene) as run:
        await run.press("2", "tab", "tab")
        assert "w won" not in run.text()
        await run.press("enter")
        assert "Lakers +160 or better at FanDuel" in run.text()


async def test_without_a_waiting_order_there_is_no_list_of_them() -> None:
    async with running(full_scene()) as run:
        await run.press("2")
        assert "Waiting orders" not in run.text()


@pytest.mark.parametrize(
    ("size", "told"),
    [(WIDE, "2 bets · +2.67 · CLV on 50 % of them, closes at most 15 min old"), (NARROW, "CLV on 50 %")],
)
async def test_beside_what_settled_stands_on_how_many_of_them_the_clv_is(size: tuple[int, int], told: str) -> None:
    async with running(full_scene(), size) as run:
        await run.press("2")
        assert told in run.text()


@pytest.mark.parametrize(
    ("size", "told"),
    [
        (WIDE, "2 bets · 47.00 at stake · returns up to 107.60 · CLV so far +2.1 % on 1 of 2"),
        (NARROW, "2 bets · 47.00 at stake · CLV so far +2.1 % on 1 of 2"),
    ],
)
async def test_the_clv_so_far_never_stands_without_how_many_bets_it_is_of(size: tuple[int, int], told: str) -> None:
    scene = full_scene()
    async with running(scene, size) as run:
        await run.press("2")
        assert told in run.text()
        scene.open_bets = tuple(replace(row, clv_ev=None, clv_price=None) for row in scene.open_bets)
        await run.news()
        assert "CLV so far not known yet" in run.text() or "returns up to 107.60" in run.text()
        assert "+2.1 %" not in run.text().split("Settled lately")[0]


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_in_play_the_score_stands_where_the_price_was(size: tuple[int, int]) -> None:
    scene = full_scene()
    lakers, brighton, *others = scene.open_bets
    live = {"price_now": None, "starts_in_seconds": -1_800.0, "state_text": "in play", "clv_ev": None}
    scene.open_bets = (
        replace(lakers, score=PlayingScore(lakers.bet.event.id, 54, 48), **live),
        replace(brighton, score=PlayingScore(brighton.bet.event.id, 2, 1, played=67.0), **live),
        *others,
    )
    async with running(scene, size) as run:
        await run.press("2", "tab")
        assert "48–54" in line_with(run, "Celtics @ Lakers"), "in the order of the names"
        assert "2–1" in line_with(run, "Brighton v Spurs")
        await run.press("down", "enter")
        assert "2–1 after 67 minutes, as a feed last said" in run.text()


async def test_a_screen_is_drawn_once_each_time_it_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    async with running(full_scene()) as run:
        asked: list[str] = []
        answer = run.engine.open_bets

        def counted() -> tuple[OpenBetRow, ...]:
            asked.append("open bets")
            return answer()

        monkeypatch.setattr(run.engine, "open_bets", counted)
        await run.press("2")
        assert len(asked) == 1
        await run.press("1", "2")
        assert len(asked) == 2
