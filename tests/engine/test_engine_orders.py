"""Waiting orders in a running engine: filled by answers that come, over with their event, the same in a replay."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import msgspec

from betting_tui.engine.clocks import VirtualClock
from betting_tui.engine.config import Settings
from betting_tui.engine.config.tree import Risk
from betting_tui.engine.core.bet_views import NotPlaced, Working
from betting_tui.engine.core.commands import CancelOrder, Place
from betting_tui.engine.core.model import BetState, EntryKind, Event, Evidence, Leg, Origin, Quote
from betting_tui.engine.core.odds import parse_any
from betting_tui.engine.core.ports import Answer, OddsRequest
from betting_tui.engine.core.refusals import RefusalCode
from betting_tui.engine.engine import Engine
from betting_tui.engine.launch import simulated_equipment
from betting_tui.engine.replay import replay
from betting_tui.engine.rooms import ARCHIVE_FILE, LEDGER_FILE
from betting_tui.engine.sources.simulated import demo_settings
from betting_tui.engine.store import Ledger
from betting_tui.engine.store.shapes import BetFilter
from betting_tui.engine.strategies.base import leg_of

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
LONG = timedelta(days=30)
# An order for every event at once is more than an account with limits makes.
NO_LIMITS = Settings(risk=Risk(risk_tolerance="none"))


class Session:
    """An engine on the simulated market, moved by hand."""

    def __init__(self, data_dir: Path, clock: VirtualClock, settings: Settings) -> None:
        self.clock = clock
        equipment = simulated_equipment(11, START, demo_settings(), clock)
        self.source = equipment.feeds[0].source
        self.sports = equipment.feeds[0].plan.sports
        self.engine = Engine(settings, "demo", data_dir, equipment)

    async def answers(self) -> list[Answer]:
        return [await self.source.fetch_odds(OddsRequest(sport)) for sport in self.sports]

    async def poll(self) -> None:
        for answer in await self.answers():
            await self.engine.take_odds(answer)

    def quotes(self) -> list[tuple[Event, Quote]]:
        """One price of each event that has not started, of a fixed book where it has one."""
        board, now = self.engine.board, self.clock.now()
        upcoming = sorted((event for event in board.events() if not event.started(now)), key=lambda event: event.id)
        found: list[tuple[Event, Quote]] = []
        for event in upcoming:
            quotes = [quote for line in board.lines(event.id) for quote in board.quotes(line) if line.market == "h2h"]
            found.extend((event, quote) for quote in quotes[:1])
        return found

    async def wait_for_any_price(self, quote: Quote, event: Event, key: str = "any") -> None:
        """An order that the next price of this selection fills, made as another program would."""
        place = order(quote, "1.01", key, self.clock.now() + LONG)
        assert isinstance(await self.engine.ledger.accept_order(place, [event], self.clock.now()), Working)


def order(quote: Quote, limit: str, key: str, until: datetime) -> Place:
    leg: Leg = msgspec.structs.replace(leg_of(quote), price=parse_any(limit), stake_minor=1_000)
    return Place("main", (leg,), key, Origin.APP, "me", work_until=until)


@asynccontextmanager
async def running(
    data_dir: Path, clock: VirtualClock | None = None, settings: Settings = NO_LIMITS
) -> AsyncIterator[Session]:
    session = Session(data_dir, clock or VirtualClock(START), settings)
    await session.engine.start(polling=False)
    try:
        yield session
    finally:
        await session.engine.stop()


async def exported(data_dir: Path, mode: str) -> bytes:
    ledger = await Ledger.open(data_dir / LEDGER_FILE, now=START, mode=mode)  # type: ignore[arg-type]
    try:
        assert (await ledger.verify()).problems == ()
        return ledger.export_ledger("json") + ledger.export_bets("csv", BetFilter())
    finally:
        await ledger.close()


async def test_orders_wait_are_filled_at_their_limit_or_better_and_replay_to_the_same_bytes(tmp_path: Path) -> None:
    limits: dict[int, Fraction] = {}
    async with running(tmp_path / "demo") as session:
        engine, clock = session.engine, session.clock
        await session.poll()
        for number, (_, quote) in enumerate(session.quotes()):
            wanted = f"{quote.price.decimal * 1.02:.3f}"
            until = clock.now() + (LONG if number % 3 else timedelta(minutes=30))
            outcome = await engine.place(order(quote, wanted, f"order-{number}", until))
            assert isinstance(outcome, Working), outcome
            limits[outcome.placement_id] = parse_any(wanted).exact
        first = await engine.place(order(session.quotes()[0][1], "90", "taken-back", clock.now() + LONG))
        assert isinstance(first, Working)
        await engine.cancel_order(CancelOrder(first.order.id, "me", "too much to ask"))
        made = clock.now()
        for _ in range(12):
            clock.advance(900)
            await session.poll()
        bets = engine.ledger.bets(BetFilter())
        assert bets, "some price moved by two percent in three hours"
        for bet in bets:
            assert (bet.state, bet.evidence, bet.stake_minor) == (BetState.PENDING, Evidence.LATER_SNAPSHOT, 1_000)
            assert bet.price.exact >= limits[bet.placement_id]
            assert made < bet.placed_at < bet.event.commence_time
        kinds = [entry.kind for entry in engine.bankroll().entries]
        assert kinds.count(EntryKind.RESERVE) == len(limits) + 1
        assert kinds.count(EntryKind.BET_PLACED) == len(bets)
        ended = kinds.count(EntryKind.RELEASE)
        assert ended > 1, "some ran out of time"
        still = engine.working_orders()
        assert len(bets) + ended + len(still) == len(limits) + 1
        assert engine.overview().working_orders == len(still)
    original = await exported(tmp_path / "demo", "demo")
    await replay(NO_LIMITS, tmp_path / "demo" / ARCHIVE_FILE, tmp_path / "again")
    assert await exported(tmp_path / "again", "replay") == original


async def test_an_order_is_filled_by_the_next_answer_at_the_price_it_shows(tmp_path: Path) -> None:
    async with running(tmp_path) as session:
        await session.poll()
        event, quote = session.quotes()[0]
        await session.wait_for_any_price(quote, event)
        session.clock.advance(60)
        await session.poll()
        (bet,) = session.engine.ledger.bets(BetFilter())
        there = session.engine.board.quote(quote.selection, quote.bookmaker)
        assert there is not None
        assert (bet.price, bet.quoted_at, bet.placed_at) == (there.price, there.quoted_at, session.clock.now())
        assert session.engine.working_orders() == ()


async def test_the_answer_an_order_was_made_from_does_not_fill_it(tmp_path: Path) -> None:
    async with running(tmp_path) as session:
        await session.poll()
        event, quote = session.quotes()[0]
        await session.wait_for_any_price(quote, event)
        await session.poll()
        assert len(session.engine.working_orders()) == 1


async def test_prices_from_while_the_app_was_away_fill_nothing(tmp_path: Path) -> None:
    clock = VirtualClock(START)
    async with running(tmp_path, clock) as session:
        await session.poll()
        event, quote = session.quotes()[0]
        await session.wait_for_any_price(quote, event)
        clock.advance(30)
        missed = await session.answers()
    clock.advance(30)
    async with running(tmp_path, clock) as session:
        for answer in missed:
            await session.engine.take_odds(answer)
        there = session.engine.board.quote(quote.selection, quote.bookmaker)
        assert there is not None
        assert there.age_seconds(clock.now()) < 300, "good enough for a key press, had it been seen now"
        assert len(session.engine.working_orders()) == 1
        clock.advance(1)
        await session.poll()
        assert session.engine.working_orders() == ()
        assert len(session.engine.ledger.bets(BetFilter())) == 1


async def test_an_order_is_over_with_its_event_and_its_money_comes_back(tmp_path: Path) -> None:
    async with running(tmp_path) as session:
        engine, clock = session.engine, session.clock
        await session.poll()
        event, quote = min(session.quotes(), key=lambda each: each[0].commence_time)
        before = engine.bankroll().available_minor
        outcome = await engine.ledger.accept_order(order(quote, "900", "never", clock.now() + LONG), [event], START)
        assert isinstance(outcome, Working)
        assert outcome.order.expires_at == event.commence_time
        assert engine.bankroll().available_minor == before - 1_000
        clock.set(event.commence_time)
        await session.poll()
        assert engine.working_orders() == ()
        assert engine.bankroll().available_minor == before
        assert engine.bankroll().entries[0].kind is EntryKind.RELEASE


async def test_with_a_clock_that_is_off_nothing_is_filled(tmp_path: Path) -> None:
    async with running(tmp_path) as session:
        engine, clock = session.engine, session.clock
        await session.poll()
        event, quote = session.quotes()[0]
        await session.wait_for_any_price(quote, event)
        clock.advance(60)
        for answer in await session.answers():
            await engine.take_odds(msgspec.structs.replace(answer, server_time=clock.now() + timedelta(minutes=5)))
        assert len(engine.working_orders()) == 1
        for answer in await session.answers():
            await engine.take_odds(msgspec.structs.replace(answer, server_time=clock.now()))
        assert engine.working_orders() == ()


async def test_the_prices_of_what_is_waited_for_are_remembered(tmp_path: Path) -> None:
    async with running(tmp_path) as session:
        engine, clock = session.engine, session.clock
        await session.poll()
        event, quote = session.quotes()[0]
        outcome = await engine.ledger.accept_order(order(quote, "900", "never", clock.now() + LONG), [event], START)
        assert isinstance(outcome, Working)
        for _ in range(2):
            clock.advance(60)
            await session.poll()
        assert engine.history(quote.selection, quote.bookmaker)


async def test_orders_that_wait_count_against_the_limits_of_the_account(tmp_path: Path) -> None:
    async with running(tmp_path, settings=Settings(risk=Risk(max_open_bets=2))) as session:
        await session.poll()
        for number, (_, quote) in enumerate(session.quotes()[:3]):
            outcome = await session.engine.place(order(quote, "900", f"order-{number}", session.clock.now() + LONG))
            if number < 2:
                assert isinstance(outcome, Working), outcome
            else:
                assert isinstance(outcome, NotPlaced)
                assert outcome.refusal.code is RefusalCode.OPEN_BETS
        assert len(session.engine.working_orders()) == 2
