"""Faults of other programs that this one must not have, each through the engine as it runs."""

from __future__ import annotations

import socket
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec import structs
from odds_payloads import AWAY, HOME, book, event, market, outcome
from odds_payloads import decoded as answered
from test_engine_house import EVENTS, LINES, shop
from test_engine_orders import NO_LIMITS, running

from betting_tui.engine.core.bet_views import NotPlaced, Placed
from betting_tui.engine.core.commands import Place
from betting_tui.engine.core.model import Origin, Phase, Quote
from betting_tui.engine.core.ports import LineBook
from betting_tui.engine.core.refusals import RefusalCode
from betting_tui.engine.store.shapes import BetFilter
from betting_tui.engine.strategies.base import leg_of
from betting_tui.engine.strategies.registry import build_strategies
from market_samples import NOW, decoded, line_book, prices

STEP = 600


async def test_closes_are_what_the_running_engine_saw_last_before_each_start(tmp_path: Path) -> None:
    """Not rows made by hand: placed, polled and settled as in every day's use, against what stood on the board."""
    settings = structs.replace(NO_LIMITS, reports=structs.replace(NO_LIMITS.reports, close_max_age_minutes=0))
    async with running(tmp_path, settings=settings) as session:
        engine, clock = session.engine, session.clock
        await session.poll()
        found = [pair for pair in session.quotes() if pair[1].phase is Phase.PREMATCH]
        found = [pair for pair in found if pair[0].commence_time < clock.now() + timedelta(hours=8)][:6]
        wanted: dict[str, tuple[Quote, Quote | None]] = {}
        for game, quote in found:
            leg = structs.replace(leg_of(quote), stake_minor=1_000)
            placed = await engine.place(Place("main", (leg,), game.id, Origin.APP, "me"))
            assert isinstance(placed, Placed)
            wanted[game.id] = (quote, None)
        while any(game.commence_time >= clock.now() for game, _ in found):
            clock.advance(STEP)
            await session.poll()
            for game, _ in found:
                quote, _ = wanted[game.id]
                stands = engine.board.quote(quote.selection, quote.bookmaker, quote.side)
                known = engine.board.event(game.id)
                if known is not None and stands is not None and quote.seen_at < stands.seen_at < known.commence_time:
                    wanted[game.id] = (quote, stands)
        for _ in range(4):
            clock.advance(7_200)
            for sport in session.sports:
                await engine.take_scores(await session.source.fetch_scores(sport, 3))
        bets = {bet.event.id: bet for bet in engine.ledger.bets(BetFilter(limit=None))}
        settled = [bet for bet in bets.values() if bet.result is not None and bet.result.value != "void"]
        assert len(settled) >= 3
        for bet in settled:
            taken, last = wanted[bet.event.id]
            if last is None:
                assert bet.closing_missing
                continue
            assert bet.close is not None
            assert (bet.close.price, bet.close.seen_at) == (last.price, last.seen_at)
            assert bet.clv_price == pytest.approx(float(taken.price.exact / last.price.exact) - 1)


async def test_ten_identical_bets_share_what_the_bookmaker_says_it_takes(tmp_path: Path) -> None:
    """It takes 55.00 at this price: five times 10.00, not ten times."""
    async with shop(tmp_path) as open_shop:
        limited = [structs.replace(each, bet_limit=55.0) for each in prices({"fanduel": ("2.10", "2.10")}, LINES[1])]
        open_shop.board.apply(decoded(*limited, event=EVENTS[1]), "feed")
        leg = structs.replace(leg_of(limited[0]), stake_minor=1_000)
        outcomes = []
        for number in range(10):
            outcomes.append(await open_shop.desk.place(Place("main", (leg,), str(number), Origin.APP, "me"), NOW))
            open_shop.house.forget()
        assert [isinstance(each, Placed) for each in outcomes] == [True] * 5 + [False] * 5
        assert {each.refusal.code for each in outcomes if isinstance(each, NotPlaced)} == {RefusalCode.BET_SIZE}
        assert open_shop.ledger.balances("main").reserved_minor == 5_000


def test_sides_of_other_points_are_no_pair_however_good_they_look() -> None:
    """Over 45.5 with Under 44.5 loses both ways in the middle; -1.5 with +2.5 is no one line either."""
    body = event(
        book("a", market("totals", outcome("Over", 150, 45.5)), market("spreads", outcome(HOME, 150, -1.5))),
        book("b", market("totals", outcome("Under", 150, 44.5)), market("spreads", outcome(AWAY, 150, 2.5))),
        book("c", market("totals", outcome("Over", 150, 45.5), outcome("Under", 150, 44.5))),
        book("d", market("spreads", outcome(HOME, 150, -1.5), outcome(AWAY, 150, 2.5))),
    )
    answer_ = answered([body]).events[0]
    (arbitrage,) = build_strategies(NO_LIMITS, ("arbitrage",))
    for line in {quote.selection.line for quote in answer_.quotes}:
        mine = tuple(quote for quote in answer_.quotes if quote.selection.line == line)
        now = max(quote.seen_at for quote in mine)
        assert arbitrage.scan(LineBook(answer_.event, line, mine), now) == ()


@pytest.mark.parametrize(("price", "too_good"), [("2.19", False), ("2.21", True)])
def test_an_arbitrage_above_ten_percent_is_flagged(price: str, too_good: bool) -> None:
    """2.20 on both sides is exactly 10 %."""
    (arbitrage,) = build_strategies(NO_LIMITS, ("arbitrage",))
    (found,) = arbitrage.scan(line_book(prices({"fanduel": (price, "1.5"), "betmgm": ("1.5", price)})), NOW)
    assert found.suspicious == too_good


async def test_a_run_without_a_network_bets_and_asks_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Paper money needs no connection: whatever is placed, no address is ever called."""
    called: list[object] = []

    def refuse(self: socket.socket, address: object) -> None:
        called.append(address)
        raise OSError("no network here")

    for name in ("connect", "connect_ex"):
        monkeypatch.setattr(socket.socket, name, refuse)
    async with running(tmp_path) as session:
        await session.poll()
        for number, (_, quote) in enumerate(session.quotes()[:5]):
            leg = structs.replace(leg_of(quote), stake_minor=1_000)
            placed = await session.engine.place(Place("main", (leg,), str(number), Origin.APP, "me"))
            assert isinstance(placed, Placed)
    assert called == []
