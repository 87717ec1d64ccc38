"""Asking for a price again before placing, and bets whose close cannot be paid for, as the screens show them."""

from __future__ import annotations

import asyncio

import pytest
from kit import NARROW, WIDE, running
from scenes import ARBITRAGE, NBA, bet, leg
from stub_engine import StubEngine
from verify_scenes import paid_scene, unpaid_close, verifying

from betting_tui.engine.config.keys import Keys
from betting_tui.engine.core.bet_views import NotPlaced, Placed
from betting_tui.engine.core.commands import Pause
from betting_tui.engine.core.model import BetState
from betting_tui.engine.core.refusals import Refusal, RefusalCode
from betting_tui.engine.feeds.verify import Setting
from betting_tui.screens.placing import NO_CLOSE_MARK, Asking


def accepted(note: str = "") -> Placed:
    pick = leg(NBA, "h2h", "Lakers", "fanduel", "+150")
    return Placed(42, (bet(42, pick, NBA, BetState.PENDING, 2_500),), note=note)


async def test_the_key_answers_at_once_while_the_price_is_asked_for_and_another_press_does_nothing() -> None:
    scene = paid_scene()
    engine = verifying(scene)
    engine.asked, engine.answer = asyncio.Event(), accepted()
    async with running(scene, engine=engine) as run:
        run.clock.pass_(1.0)
        await run.pilot.press("b")
        await run.pilot.pause()
        assert run.toasts == ["asking FanDuel's price again…"]
        assert [told.timeout for told in run.app._notifications] == [60.0], "for as long as a feed may take"
        run.clock.pass_(1.0)
        await run.pilot.press("b", "e")
        await run.pilot.pause()
        assert run.dialog == ""
        await run.pilot.press("5", "1", "p")
        await run.pilot.pause()
        assert any(isinstance(command, Pause) for command in engine.commands), "the rest of the app goes on"
        run.clock.pass_(1.0)
        await run.pilot.press("b")
        engine.asked.set()
        await run.settle()
        assert engine.verify_wishes == [None]
        [toast] = run.toasts
        assert toast.startswith("BET-000042 accepted"), "the question is no longer told when its answer is"


async def test_with_too_few_credits_it_is_placed_as_before_and_the_toast_says_so() -> None:
    scene = paid_scene(free=0)
    engine = verifying(scene)
    engine.answer = accepted("price not asked for again: 1 credit, more than is free today")
    async with running(scene, engine=engine) as run:
        await run.press("b")
        [toast] = run.toasts
        assert toast.startswith("BET-000042 accepted")
        assert toast.endswith(" · price not asked for again: 1 credit, more than is free today")


async def test_on_ask_the_place_key_never_asks_and_v_does() -> None:
    scene = paid_scene()
    engine = verifying(scene, "ask")
    engine.answer = accepted()
    async with running(scene, WIDE, engine) as run:
        assert "v verify" in run.text()
        await run.press("b")
        assert engine.verify_wishes == [None]
        assert not any("again…" in toast for toast in run.toasts)
        engine.asked = asyncio.Event()
        run.clock.pass_(1.0)
        await run.pilot.press("v")
        await run.pilot.pause()
        assert "asking FanDuel's price again…" in run.toasts
        engine.asked.set()
        await run.settle()
        assert engine.verify_wishes == [None, True]


@pytest.mark.parametrize(("verify", "cost"), [("auto", 1), ("never", 1), ("ask", None)])
async def test_v_is_offered_only_where_it_does_something(verify: Setting, cost: int | None) -> None:
    scene = paid_scene()
    scene.verify_costs = {} if cost is None else scene.verify_costs
    engine = verifying(scene, verify)
    async with running(scene, WIDE, engine) as run:
        assert "v verify" not in run.text()
        await run.press("v")
        assert engine.commands == []
        await run.press("e")
        assert run.dialog == "SlipDialog"
        assert "v verify" not in run.text()


async def test_the_slip_places_with_verification_by_key_and_without_by_enter() -> None:
    scene = paid_scene()
    engine = verifying(scene, "ask")
    engine.answer = accepted()
    async with running(scene, NARROW, engine) as run:
        await run.press("e")
        assert "v asks for the price again first, 1 credit" in run.text()
        await run.press("v")
        await run.press("e", "enter")
        assert engine.verify_wishes == [True, None]


@pytest.mark.parametrize(
    ("asking", "text"),
    [
        (Asking("auto", 1, 5), "verify: the price is asked for again first, 1 credit"),
        (
            Asking("auto", 3, None),
            "verify: the price is not asked for again while it is not known how many credits are left",
        ),
        (Asking("auto", 3, 2), "verify: the price is not asked for again, 3 credits is more than is free today"),
        (Asking("ask", 1, 0), "verify: the price is not asked for again, 1 credit is more than is free today"),
        (Asking("ask", 2, 2), "verify: v asks for the price again first, 2 credits"),
        (Asking("auto", 0, 0), ""),
        (Asking("auto", None, 9), ""),
        (Asking("never", 1, 9), ""),
    ],
)
def test_the_slip_says_what_placing_does_about_the_price(asking: Asking, text: str) -> None:
    assert Keys().say(asking.text) == text


async def test_several_legs_are_asked_for_in_one_go() -> None:
    scene = paid_scene(cost=2)
    engine = verifying(scene)
    engine.answer = accepted()
    async with running(scene, engine=engine) as run:
        await run.press("down", "down", "b", "enter")
        assert run.toasts[0] == "asking for 2 prices again…"
        assert scene.rows[2].opportunity.id == ARBITRAGE


async def test_a_free_feed_is_asked_without_a_word() -> None:
    scene = paid_scene(cost=0)
    engine = verifying(scene)
    engine.answer = accepted()
    async with running(scene, engine=engine) as run:
        await run.press("b")
        assert [toast[:10] for toast in run.toasts] == ["BET-000042"]


async def test_a_price_that_could_not_be_asked_for_names_the_key_that_places_all_the_same() -> None:
    scene = paid_scene(free=0)
    engine = verifying(scene, "ask")
    reason = "asking for the price again takes 1 credit, more than is free today"
    engine.answer = NotPlaced(Refusal(RefusalCode.NOT_VERIFIED, reason))
    async with running(scene, engine=engine) as run:
        await run.press("v")
        assert run.toasts == [f"Not placed · {reason} · b places without asking"]


@pytest.mark.parametrize("size", [WIDE, NARROW])
async def test_a_row_whose_close_cannot_be_paid_for_is_marked_and_says_why(size: tuple[int, int]) -> None:
    scene = unpaid_close()
    engine = StubEngine(scene)
    engine.answer = accepted()
    async with running(scene, size, engine) as run:
        [marked] = [line for line in run.text().split("\n") if f"{NO_CLOSE_MARK}00:42" in line]
        assert "Lakers" in marked
        await run.press("enter")
        assert "∅ its close would not be asked for" in run.text()
        await run.press("escape", "e")
        assert "∅ its close would not be asked for" in run.text()
        await run.press("enter")
        assert run.toasts[-1].startswith("BET-000042 accepted"), "a bet may still be placed"
