"""The app on the real engine, its real ledger and the simulated market: place, be refused, settle, read on."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from stub_engine import NEVER, FakeClock
from textual.pilot import Pilot

from betting_tui.app import BettingApp
from betting_tui.engine.clocks import VirtualClock
from betting_tui.engine.config import Notifications, Settings, Ui
from betting_tui.engine.core.commands import Deposit
from betting_tui.engine.core.model import BetState
from betting_tui.engine.core.money import format_minor
from betting_tui.engine.core.opportunity_views import OpportunityRow
from betting_tui.engine.engine import Engine
from betting_tui.engine.launch import simulated_equipment
from betting_tui.engine.sources.simulated import demo_settings
from betting_tui.engine.store.lock import EngineLock
from betting_tui.engine.store.shapes import BetFilter
from betting_tui.screens.opportunities import OpportunitiesScreen
from betting_tui.screens.placing import slip_reason
from betting_tui.widgets.banner import Banner

START = datetime(2030, 1, 5, 12, 0, tzinfo=UTC)
SEED = 20_260
SETTINGS = Settings(
    ui=Ui(time_zone="UTC"),
    notifications=Notifications(enabled=False, desktop=False),
)


class SteppedEngine(Engine):
    """The engine without its loops: a test says when a feed is asked, so that every run is the same."""

    async def start(self, *, polling: bool = False) -> None:
        await super().start(polling=polling)


class Run:
    def __init__(
        self, app: BettingApp, engine: Engine, clock: VirtualClock, keys: FakeClock, pilot: Pilot[None]
    ) -> None:
        self.app = app
        self.engine = engine
        self.clock = clock
        self.keys = keys
        self.pilot = pilot

    @property
    def screen(self) -> OpportunitiesScreen:
        screen = self.app.screen
        assert isinstance(screen, OpportunitiesScreen)
        return screen

    @property
    def toasts(self) -> list[str]:
        return [notification.message for notification in self.app._notifications]

    def text(self) -> str:
        return "\n".join(strip.text for strip in self.app.screen._compositor.render_strips())

    async def settle(self) -> None:
        await self.pilot.pause()
        await self.app.workers.wait_for_complete(
            [worker for worker in self.app.workers if worker.group in ("commands", "engine")]
        )
        await self.pilot.pause()

    async def press(self, *pressed: str) -> None:
        for key in pressed:
            self.keys.pass_(1.0)
            await self.pilot.press(key)
            await self.settle()

    async def later(self, seconds: float) -> None:
        """Time passes, the feed is asked again, the screen is drawn anew."""
        self.clock.advance(seconds)
        await self.engine.fetch_odds(())
        self.app._draw_news()
        await self.settle()

    async def find(self, wanted: Callable[[OpportunityRow], bool]) -> OpportunityRow:
        """Go on in time until such an opportunity is there, and put the cursor on it."""
        for _ in range(60):
            row = next((row for row in self.engine.opportunities().rows if wanted(row)), None)
            if row is not None:
                self.screen.redraw()
                assert self.screen.table.move_cursor_to(row.opportunity.id)
                await self.settle()
                return row
            await self.later(60)
        raise AssertionError("the simulated market never offered it")


def simple(row: OpportunityRow) -> bool:
    return slip_reason(row) is None and row.stake_minor > 0 and not row.taken


@asynccontextmanager
async def running(data_dir: Path, opener: type[Engine] = SteppedEngine) -> AsyncIterator[Run]:
    clock, keys = VirtualClock(START), FakeClock()
    engine = opener(SETTINGS, "demo", data_dir, simulated_equipment(SEED, START, demo_settings(), clock))

    async def opened() -> Engine:
        return engine

    numbers = iter(range(1_000))
    app = BettingApp(
        opened, settings=SETTINGS, clock=keys, new_key=lambda: f"press-{next(numbers)}", repaint_seconds=NEVER
    )
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        run = Run(app, engine, clock, keys, pilot)
        while app.session.engine is None and not app.session.problem:
            await pilot.pause(0.01)
        if not engine.read_only:
            await run.later(0)
        yield run


async def test_a_bet_is_placed_with_one_key_settled_from_its_result_and_moves_the_bankroll(tmp_path: Path) -> None:
    async with running(tmp_path) as run:
        row = await run.find(simple)
        leg = row.opportunity.legs[0]
        await run.press("b")
        [bet] = run.engine.open_bets()
        assert run.toasts[-1].startswith("BET-000001 accepted")
        assert (bet.bet.selection, bet.bet.price, bet.bet.stake_minor) == (
            leg.selection.name, leg.price, row.stake_minor
        )  # fmt: skip
        await run.press("b")
        assert run.toasts[-1] == "You already hold this one · B places it again"
        await run.press("2")
        assert "BET-000001" in run.text()
        await run.press("1")
        run.clock.set(row.opportunity.event.commence_time + timedelta(hours=3))
        await run.engine.fetch_results()
        [settled] = run.engine.ledger.bets(BetFilter(states=(BetState.SETTLED,)))
        assert run.engine.open_bets() == ()
        assert settled.profit_minor is not None
        await run.press("2")
        assert "BET-000001" in run.text()
        await run.press("3")
        assert format_minor(1_000_000 + settled.profit_minor, "USD") in run.text()
        await run.press("4")
        assert "1 settled bet" in run.text()


async def test_a_price_that_moved_is_refused_and_can_be_taken_from_the_slip(tmp_path: Path) -> None:
    async with running(tmp_path) as run:
        for _ in range(30):
            row = await run.find(simple)
            await run.press("space")
            drawn = row.opportunity.legs[0].price
            run.clock.advance(240)
            await run.engine.fetch_odds(())
            quoted = _price_now(run.engine, row)
            if quoted is not None and quoted < drawn.decimal:
                break
            await run.press("space")
            await run.later(300)
        else:
            raise AssertionError("no price got worse")
        await run.press("b")
        assert run.app.screen.is_modal
        await run.press("enter")
        assert run.engine.open_bets() == ()
        assert "Not placed · odds moved" in run.toasts[-1]
        assert run.toasts[-1].endswith("e takes it or waits")
        await run.press("e", "enter")
        [bet] = run.engine.open_bets()
        assert bet.bet.price.decimal == quoted


async def test_a_bet_can_be_cancelled_and_settled_by_hand(tmp_path: Path) -> None:
    async with running(tmp_path) as run:
        await run.find(simple)
        await run.press("b", "2", "c", "y")
        assert "cancelled" in run.toasts[-1]
        assert run.engine.overview().available_minor == 1_000_000
        await run.press("1")
        await run.find(simple)
        await run.press("b", "2", "w", "y")
        [bet] = run.engine.ledger.bets(BetFilter(states=(BetState.SETTLED,)))
        assert bet.profit_minor is not None
        assert run.engine.overview().bankroll_minor == 1_000_000 + bet.profit_minor
        assert bet.profit_minor > 0


async def test_an_arbitrage_is_placed_from_its_slip_in_one_go(tmp_path: Path) -> None:
    async with running(tmp_path) as run:
        row = await run.find(lambda row: len(row.opportunity.legs) == 2 and not row.opportunity.suspicious)
        await run.press("b")
        assert run.app.screen.is_modal
        await run.press("enter")
        bets = run.engine.open_bets()
        assert len(bets) == 2
        assert sum(bet.bet.stake_minor for bet in bets) == row.stake_minor
        assert len({bet.bet.placement_id for bet in bets}) == 1


async def test_every_screen_shows_the_real_thing_and_quitting_loses_nothing(tmp_path: Path) -> None:
    async with running(tmp_path) as run:
        await run.find(simple)
        await run.press("b")
        for mode in "123456":
            await run.press(mode)
        await run.press("1", "a", "enter")
        assert run.engine.overview().armed
        await run.press("p")
        assert run.engine.overview().paused
        await run.pilot.press("q")
    async with running(tmp_path) as run:
        assert [bet.bet.id for bet in run.engine.open_bets()] == ["BET-000001"]
        assert run.engine.overview().armed == ()


async def test_another_account_is_opened_used_limited_and_paid_into_and_stays_the_one_in_use(tmp_path: Path) -> None:
    async with running(tmp_path) as run:
        await run.press("3", "n", *"half", "enter")
        assert run.toasts[-1] == "half is open · A switches to it"
        await run.press("A", "down", "enter", "d", *"250", "enter")
        assert run.engine.overview().account == "half"
        assert "10,250.00" in run.text()
        await run.press("l", "down", *"50", "enter")
        limits = next(view for view in run.engine.accounts() if view.current).settings.limits
        assert limits.max_bet_size_minor == 5_000
        await run.press("w", *"10250", "full_stop", "0", "1", "enter")
        assert "only 10,250.00 is free" in run.text()
        await run.pilot.press("escape", "q")
    async with running(tmp_path) as run:
        assert run.engine.overview().account == "half"


async def test_a_suspended_account_is_told_when_it_places_and_resumes_with_r(tmp_path: Path) -> None:
    async with running(tmp_path) as run:
        await run.find(simple)
        await run.press("3", "s", "enter", "1")
        assert "main is suspended" in run.text()
        await run.press("b")
        assert "Not placed · main is suspended · r resumes it" in run.toasts
        assert not run.app.screen.is_modal
        assert run.engine.open_bets() == ()
        await run.press("r", "y")
        assert not run.engine.overview().suspended
        assert run.app.screen.query_one(Banner).text == ""


async def test_an_order_waits_with_its_money_and_is_taken_back(tmp_path: Path) -> None:
    async with running(tmp_path) as run:
        row = await run.find(simple)
        free = run.engine.overview().available_minor
        await run.press("e", "w", "enter")
        orders = run.engine.working_orders()
        assert len(orders) + len(run.engine.open_bets()) == 1
        if orders:
            assert run.engine.overview().available_minor == free - row.stake_minor
            await run.press("2", "tab", "c", "y")
            assert run.engine.working_orders() == ()
            assert run.engine.overview().available_minor == free


async def test_a_second_app_looks_and_says_who_holds_the_ledger(tmp_path: Path) -> None:
    async with running(tmp_path) as first:
        await first.engine.deposit(Deposit("main", 100, "gift", "test"))
    lock = EngineLock(tmp_path)
    assert lock.acquire("demo", START)
    try:
        async with running(tmp_path, Engine) as run:
            assert "read-only" in run.text().split("\n")[0]
            assert "10,001.00 free" in run.text().split("\n")[0]
            await run.press("p")
            assert "Read-only" in run.toasts[-1]
    finally:
        lock.release()


def _price_now(engine: Engine, row: OpportunityRow) -> float | None:
    leg = row.opportunity.legs[0]
    points = engine.history(leg.selection, leg.bookmaker)
    current = engine.opportunity(row.opportunity.id)
    if current is not None:
        return current.opportunity.legs[0].price.decimal
    return points[-1].decimal if points else None
