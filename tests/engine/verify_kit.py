"""An engine on a local server of The Odds API that has asked once, and what a second look at the game shows."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from msgspec.structs import replace
from odds_api_server import Asked, OddsApiServer, Weather
from odds_payloads import AWAY, HOME, Json, book, event, market, outcome

from betting_tui.engine.clocks import VirtualClock
from betting_tui.engine.config import (
    ApiKeys,
    DataSources,
    Execution,
    Notifications,
    Results,
    Settings,
    TheOddsApi,
    Ui,
)
from betting_tui.engine.core.bet_views import NotPlaced, Placed, Working
from betting_tui.engine.core.commands import Place
from betting_tui.engine.core.model import Origin
from betting_tui.engine.core.opportunity_views import OpportunityRow
from betting_tui.engine.engine import Engine
from betting_tui.engine.launch import live_engine

# The server's own clock stands there too.
NOW = datetime(2026, 4, 18, 10, 0, tzinfo=UTC)
NBA = "basketball_nba"
GAME = "e" * 32
WORSE, DRAWN, BETTER = 2.3, 2.4, 2.5


def game(fanduel: float | None = DRAWN) -> Json:
    """Even money at the sharp book, more at the other one, where it has a price at all."""
    sharp = book("pinnacle", market("h2h", outcome(HOME, 2.0), outcome(AWAY, 1.95)))
    soft = () if fanduel is None else (book("fanduel", market("h2h", outcome(HOME, fanduel), outcome(AWAY, 1.6))),)
    return event(sharp, *soft, id=GAME)


def settings_for(server: OddsApiServer, verify: str = "auto", daily_credits: int = 25) -> Settings:
    chosen = TheOddsApi(
        base_url=server.base_url,
        sports=(NBA,),
        markets=("h2h",),
        odds_format="decimal",
        daily_credits=daily_credits,
    )
    return Settings(
        api_keys=ApiKeys(the_odds_api=server.key),
        data_sources=DataSources(priority_order=("the_odds_api",), the_odds_api=chosen),
        results=Results(order=("the_odds_api",)),
        execution=Execution(verify=verify),  # type: ignore[arg-type]
        notifications=Notifications(enabled=False, desktop=False),
        ui=Ui(time_zone="UTC"),
    )


class GatedServer(OddsApiServer):
    """Answers while its gate is open."""

    gate: asyncio.Event

    async def _send(self, writer: asyncio.StreamWriter, weather: Weather, asked: Asked) -> bool:
        await self.gate.wait()
        return await super()._send(writer, weather, asked)


class Run:
    """An engine that has asked once, and a bet it offers."""

    def __init__(self, engine: Engine, server: GatedServer, clock: VirtualClock, settings: Settings) -> None:
        self.engine, self.server, self.clock, self.settings = engine, server, clock, settings

    @property
    def row(self) -> OpportunityRow:
        return next(row for row in self.engine.opportunities().rows if row.opportunity.strategy == "value_betting")

    @property
    def pick(self) -> str:
        return self.row.opportunity.legs[0].selection.name

    @property
    def checks(self) -> int:
        """How often a single event was asked for."""
        return sum(f"/events/{GAME}/odds" in asked.path for asked in self.server.asked)

    def bet(self, key: str = "one") -> Place:
        row = self.row
        legs = (replace(row.opportunity.legs[0], stake_minor=10_000),)
        return Place("main", legs, key, Origin.APP, "test", row.opportunity)

    async def place(self, command: Place | None = None, *, verify: bool | None = None) -> Placed | Working | NotPlaced:
        """Half a minute after the row was drawn."""
        wanted = command or self.bet()
        self.clock.advance(30)
        return await self.engine.place(wanted, verify=verify)


@asynccontextmanager
async def running(
    tmp_path: Path, *, there: Json | None = None, verify: str = "auto", remaining: int = 500, daily_credits: int = 25
) -> AsyncIterator[Run]:
    """`there` is what a second look at the game shows; nothing: the game is over for the feed."""
    known = {} if there is None else {GAME: there}
    gated = GatedServer(odds={NBA: [game()]}, event_odds=known, remaining=remaining)
    gated.gate = asyncio.Event()
    gated.gate.set()
    async with gated as server:
        settings, clock = settings_for(server, verify, daily_credits), VirtualClock(NOW)
        engine = live_engine(settings, tmp_path / "live", clock=clock)
        await engine.start(polling=False)
        try:
            await engine.fetch_odds((NBA,))
            yield Run(engine, server, clock, settings)
        finally:
            await engine.stop()
