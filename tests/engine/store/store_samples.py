"""Hand-made events, lines, quotes and commands for the store's tests."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from betting_tui.engine.core.bet_views import BetRow, NotPlaced, Placed
from betting_tui.engine.core.commands import Fill, Place, RecordBet
from betting_tui.engine.core.model import (
    Event,
    Evidence,
    Leg,
    LineKey,
    Opportunity,
    Origin,
    OutcomeSet,
    Quote,
    Selection,
    Side,
)
from betting_tui.engine.core.odds import parse_any
from betting_tui.engine.core.scores import Score
from betting_tui.engine.store import Ledger, NewAccount

NOW = datetime(2026, 4, 18, 12, 0, tzinfo=UTC)
START = NOW + timedelta(hours=6)
AFTER = NOW + timedelta(hours=9)
GAME = Event("nba-1", "basketball_nba", "NBA", START, "Lakers", "Celtics")
OTHER = Event("nba-2", "basketball_nba", "NBA", START, "Knicks", "Nets")
MAIN = NewAccount("main", "USD", 1_000_000, "test")


def minutes(count: float) -> datetime:
    return NOW + timedelta(minutes=count)


def h2h(name: str = "Lakers", event: Event = GAME) -> Selection:
    return Selection(LineKey(event.id, "h2h", OutcomeSet.TWO_WAY), name)


def spread(name: str, point: float, event: Event = GAME) -> Selection:
    home_point = point if name == event.home_team else -point
    return Selection(LineKey(event.id, "spreads", OutcomeSet.TWO_WAY, point=home_point), name, point)


def leg(
    price: str = "+150",
    stake: int = 10_000,
    selection: Selection | None = None,
    bookmaker: str = "fanduel",
    side: Side = Side.BACK,
) -> Leg:
    return Leg(selection or h2h(), bookmaker, parse_any(price), side, NOW - timedelta(seconds=30), NOW, "feed", stake)


def fill(wanted: Leg, evidence: Evidence = Evidence.SAME_SNAPSHOT) -> Fill:
    return Fill(
        wanted, wanted.price, wanted.stake_minor or 0, evidence, wanted.source, wanted.quoted_at, wanted.seen_at
    )


def place(
    *legs: Leg, key: str = "k1", account: str = "main", opportunity: Opportunity | None = None, again: bool = False
) -> Place:
    return Place(account, legs or (leg(),), key, Origin.APP, "test", opportunity, again=again)


def record(
    price: str = "+150",
    stake: int = 10_000,
    key: str = "r1",
    selection: Selection | None = None,
    event: Event = GAME,
    placed_at: datetime | None = None,
    account: str = "main",
    side: Side = Side.BACK,
) -> RecordBet:
    return RecordBet(
        account=account,
        event=event,
        selection=selection or h2h(event=event),
        bookmaker="fanduel",
        price=parse_any(price),
        stake_minor=stake,
        key=key,
        origin=Origin.MANUAL,
        created_by="test",
        side=side,
        placed_at=placed_at,
    )


def opportunity(opportunity_id: str = "opp-1", *legs: Leg, edge: float | None = 0.05) -> Opportunity:
    wanted = legs or (leg(),)
    return Opportunity(
        id=opportunity_id,
        strategy="value_betting",
        event=GAME,
        line=wanted[0].selection.line,
        legs=wanted,
        discovered_at=NOW,
        expires_at=START,
        edge=edge,
        fair_probability=0.42,
        fair_odds=1 / 0.42,
        method="power",
        books=("pinnacle", "lowvig"),
        flags=("stale_reference",),
    )


def quote(price: str, seen_at: datetime, selection: Selection | None = None, bookmaker: str = "fanduel") -> Quote:
    return Quote(selection or h2h(), bookmaker, parse_any(price), "feed", seen_at, quoted_at=seen_at)


def score(
    home: int | None = 110,
    away: int | None = 100,
    event: Event = GAME,
    source: str = "the_odds_api",
    event_id: str | None = None,
    completed: bool = True,
) -> Score:
    return Score(
        event_id=event_id or event.id,
        source=source,
        sport_key=event.sport_key,
        commence_time=event.commence_time,
        completed=completed,
        home_team=event.home_team,
        away_team=event.away_team,
        home_score=home,
        away_score=away,
        includes_overtime=True,
        updated_at=AFTER,
    )


async def placed(ledger: Ledger, command: Place) -> Placed:
    """Place with every leg filled as asked."""
    outcome = await ledger.place(command, [fill(each) for each in command.legs], [GAME, OTHER], NOW)
    assert isinstance(outcome, Placed)
    return outcome


def bet_of(outcome: Placed | NotPlaced) -> BetRow:
    assert isinstance(outcome, Placed)
    return outcome.bets[0]


@asynccontextmanager
async def opened(folder: Path, *, account: NewAccount = MAIN) -> AsyncIterator[Ledger]:
    """A ledger with one account, closed at the end."""
    ledger = await Ledger.open(folder / "ledger.db", now=NOW)
    try:
        await ledger.ensure_account(account, NOW)
        yield ledger
    finally:
        await ledger.close()
