"""`bets place` with its price asked for first: refused at a worse one, else placed with fresh evidence."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import click

from betting_tui.cli.basket import Wanted
from betting_tui.cli.bet_wanted import UNKNOWN_SPORT, bookmaker_of, event_of, stake_of
from betting_tui.cli.session import ME
from betting_tui.engine.core.bet_views import NotPlaced, Placed, Working
from betting_tui.engine.core.commands import Place, PlaceParlay
from betting_tui.engine.core.errors import UsageError
from betting_tui.engine.core.model import Event, Leg, Origin
from betting_tui.engine.core.refusals import Refusal, RefusalCode
from betting_tui.engine.core.text import clean

if TYPE_CHECKING:
    from betting_tui.engine.engine import Engine

INSTEAD = "--no-verify takes it without asking"
# The feed knows nothing of the bet, or nothing new: it may still be recorded as it was given.
_KNOWS_NOTHING = frozenset(
    {RefusalCode.NOT_VERIFIED, RefusalCode.UNKNOWN_EVENT, RefusalCode.LINE_GONE, RefusalCode.STALE_QUOTE}
)
_LONGEST_NOTE = 500


def placement(engine: Engine, wanted: Wanted, key: str, *, event: Event, until: datetime | None = None) -> Place:
    """The bet as an order at its price or better. Raises UsageError for what cannot be one."""
    from betting_tui.engine.selections import selection_of

    seen = engine.overview()
    market = wanted.market.strip().lower()
    selection, side = selection_of(event, market, wanted.selection, wanted.point, wanted.participant)
    stake = stake_of(wanted, seen.currency)
    return Place(
        account=seen.account,
        legs=(Leg(selection, bookmaker_of(wanted), wanted.odds, side, stake_minor=stake),),
        key=key,
        origin=Origin.COMMAND,
        created_by=ME,
        funding=wanted.funding,
        work_until=until,
        event=event,
        strategy=wanted.strategy,
        note=clean(wanted.note, _LONGEST_NOTE),
    )


def tell_no_close(engine: Engine, event: Event) -> str:
    """Say on stderr why a bet on this event would get no close or no result; empty when it would get both."""
    reason = engine.why_no_close(event)
    if reason:
        click.echo(f"Note: {event.name}: {reason}", err=True)
    return reason


async def place_checked(engine: Engine, wanted: Wanted, key: str, verify: bool | None) -> Placed | NotPlaced | None:
    """Place after asking for the price. None where it is not to be asked for, or, unless that was wished, where nobody
    knows it: the bet may then be recorded as it was given. What was wanted and not done is told on stderr.
    """
    if wanted.each_way is not None:
        return None
    if wanted.at is not None:
        if verify:
            raise UsageError("--verify asks for the price of now: leave --at or --verify out")
        return None
    event = event_of(engine, wanted)
    if event.sport_key == UNKNOWN_SPORT:
        if verify:
            raise UsageError("--verify needs --sport: feeds are asked by sport")
        return None
    return await placed_as_asked(engine, placement(engine, wanted, key, event=event), verify)


async def placed_as_asked(
    engine: Engine, command: Place | PlaceParlay, verify: bool | None
) -> Placed | NotPlaced | None:
    """The same of a command, a single bet's or a parlay's."""
    from betting_tui.engine.feeds.verify import Decline, Leave

    decision = engine.asks(command, verify=verify)
    if isinstance(decision, Decline):
        return NotPlaced(Refusal(RefusalCode.NOT_VERIFIED, f"{decision.reason}; {INSTEAD}"))
    if isinstance(decision, Leave):
        if decision.note:
            click.echo(f"Note: {decision.note}", err=True)
        return None
    if isinstance(command, PlaceParlay):
        outcome: Placed | Working | NotPlaced = await engine.place_parlay(command, verify=True)
    else:
        outcome = await engine.place(command, verify=True)
    if isinstance(outcome, Placed):
        return outcome
    if not isinstance(outcome, NotPlaced):
        raise UsageError("this key belongs to an order that waits: give the bet a key of its own")
    refusal = outcome.refusal
    if verify is None and refusal.code in _KNOWS_NOTHING:
        click.echo(f"Note: recorded as given: {refusal.message}", err=True)
        return None
    return NotPlaced(Refusal(refusal.code, f"{refusal.message}; {INSTEAD}"), outcome.price_now, outcome.leg)
