"""The app on the real engine and a local server of The Odds API: the place key asks for the price again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from odds_api_server import Weather
from odds_payloads import Json
from stub_engine import NEVER, FakeClock
from textual.pilot import Pilot
from verify_kit import WORSE, Run, game
from verify_kit import running as engine_running

from betting_tui.app import BettingApp
from betting_tui.engine.core.model import Evidence
from betting_tui.engine.engine import Engine
from betting_tui.screens.opportunities import OpportunitiesScreen


class Pressed:
    """The app with its engine, a key press at a time."""

    def __init__(self, app: BettingApp, run: Run, keys: FakeClock, pilot: Pilot[None]) -> None:
        self.app, self.run, self.keys, self.pilot = app, run, keys, pilot

    @property
    def toasts(self) -> list[str]:
        return [notification.message for notification in self.app._notifications]

    def evidence(self) -> list[Evidence]:
        return [row.bet.evidence for row in self.run.engine.open_bets()]

    async def press(self, *pressed: str) -> None:
        """Each key a second after the one before, answered and drawn before the next."""
        for key in pressed:
            self.keys.pass_(1.0)
            await self.pilot.press(key)
            await self.settle()

    async def settle(self) -> None:
        await self.pilot.pause()
        at_work = [worker for worker in self.app.workers if worker.group in ("commands", "engine")]
        await self.app.workers.wait_for_complete(at_work)
        await self.pilot.pause()

    async def begin(self) -> None:
        """The engine is attached, and the cursor on the bet."""
        while self.app.session.engine is None and not self.app.session.problem:
            await self.pilot.pause(0.01)
        screen = self.app.screen
        assert isinstance(screen, OpportunitiesScreen)
        assert screen.table.move_cursor_to(self.run.row.opportunity.id)
        await self.settle()


@asynccontextmanager
async def app_on(tmp_path: Path, there: Json, *, verify: str = "auto", remaining: int = 500) -> AsyncIterator[Pressed]:
    async with engine_running(tmp_path, there=there, verify=verify, remaining=remaining) as run:

        async def opened() -> Engine:
            return run.engine

        keys, numbers = FakeClock(), iter(range(1_000))
        app = BettingApp(
            opened, settings=run.settings, clock=keys, new_key=lambda: f"press-{next(numbers)}", repaint_seconds=NEVER
        )
        async with app.run_test(size=(120, 40), notifications=True) as pilot:
            pressed = Pressed(app, run, keys, pilot)
            await pressed.begin()
            yield pressed


async def test_one_key_asks_again_and_places_with_fresh_evidence(tmp_path: Path) -> None:
    async with app_on(tmp_path, game()) as app:
        await app.press("b")
        [placed] = app.toasts
        assert placed.startswith("BET-000001 accepted")
        assert app.evidence() == [Evidence.FRESH]
        assert app.run.checks == 1


async def test_a_price_that_moved_meanwhile_is_told_with_both(tmp_path: Path) -> None:
    async with app_on(tmp_path, game(WORSE)) as app:
        await app.press("b")
        assert "Not placed · odds moved: FanDuel now" in app.toasts[-1]
        assert app.evidence() == []
        assert app.run.checks == 1


async def test_a_line_that_is_gone_is_told(tmp_path: Path) -> None:
    async with app_on(tmp_path, game(None)) as app:
        pick = app.run.pick
        await app.press("b")
        assert app.toasts[-1] == f"Not placed · FanDuel no longer offers {pick}"
        assert app.evidence() == []


async def test_while_a_slow_feed_is_asked_keys_are_answered_and_a_second_press_does_nothing(tmp_path: Path) -> None:
    async with app_on(tmp_path, game()) as app:
        app.run.server.gate.clear()
        app.keys.pass_(1.0)
        await app.pilot.press("b")
        await app.pilot.pause()
        assert app.toasts == ["asking FanDuel's price again…"]
        app.keys.pass_(1.0)
        await app.pilot.press("b", "5")
        await app.pilot.pause()
        assert app.evidence() == [], "the answer is still on its way"
        assert app.app.current_mode == "markets"
        app.run.server.gate.set()
        await app.settle()
        assert app.evidence() == [Evidence.FRESH]
        assert app.run.checks == 1


async def test_with_credits_short_it_is_placed_as_before_and_the_toast_says_so(tmp_path: Path) -> None:
    async with app_on(tmp_path, game(), remaining=2) as app:
        await app.press("b")
        [toast] = app.toasts
        assert toast.startswith("BET-000001 accepted")
        assert "price not asked for again: 1 credit, more than is free today: credits are kept for the days" in toast
        assert app.evidence() == [Evidence.SAME_SNAPSHOT]


async def test_a_feed_that_fails_is_told_with_the_bet(tmp_path: Path) -> None:
    async with app_on(tmp_path, game()) as app:
        app.run.server.weather.append(Weather(status=422, body=b"{}"))
        await app.press("b")
        assert app.toasts[-1].endswith("price not asked for again: request rejected")
        assert app.evidence() == [Evidence.SAME_SNAPSHOT]


async def test_on_ask_only_v_asks(tmp_path: Path) -> None:
    async with app_on(tmp_path, game(), verify="ask") as app:
        await app.press("v")
        assert app.evidence() == [Evidence.FRESH]
        assert app.run.checks == 1
    async with app_on(tmp_path / "other", game(), verify="ask") as app:
        await app.press("b")
        assert app.evidence() == [Evidence.SAME_SNAPSHOT]
        assert app.run.checks == 0


async def test_a_bet_whose_close_cannot_be_paid_for_is_marked(tmp_path: Path) -> None:
    async with app_on(tmp_path, game(), remaining=2) as app:
        text = "\n".join(strip.text for strip in app.app.screen._compositor.render_strips())
        assert "∅ its result would not be asked for" in text
        assert "∅13:00" in text
