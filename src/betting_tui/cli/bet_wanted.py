"""What the flags of a bet mean: its stake, its bookmaker and the event it is on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from betting_tui.cli.basket import Wanted
from betting_tui.engine.core.errors import UsageError
from betting_tui.engine.core.model import START_UNKNOWN, Event
from betting_tui.engine.core.money import to_minor
from betting_tui.engine.core.text import clean, clean_key

if TYPE_CHECKING:
    from betting_tui.engine.engine import Engine

# Of an event nobody has named one for.
UNKNOWN_SPORT = "unknown"


def stake_of(wanted: Wanted, currency: str) -> int:
    """Minor units. Raises UsageError."""
    stake = to_minor(wanted.stake, currency)
    if stake <= 0:
        raise UsageError(f"--stake must be above 0, not {wanted.stake}")
    return stake


def bookmaker_of(wanted: Wanted) -> str:
    """Raises UsageError for what is no key."""
    bookmaker = clean_key(wanted.bookmaker.lower())
    if not bookmaker:
        raise UsageError("--bookmaker is a key of letters, digits and _, as williamhill_us")
    return bookmaker


def event_of(engine: Engine, wanted: Wanted) -> Event:
    """As given; what is not given is taken from a bet or order the ledger has on the same event."""
    event_id = clean_key(wanted.event)
    if not event_id:
        raise UsageError("--event is an id of letters, digits and _ . : -, at most 64 of them")
    if (wanted.home is None) != (wanted.away is None):
        raise UsageError("give --home and --away together")
    if wanted.home and wanted.away and clean(wanted.home).casefold() == clean(wanted.away).casefold():
        raise UsageError("--home and --away name the same team")
    known = _known(engine, event_id)
    if known is not None and wanted.home and wanted.away:
        _check_teams(known, clean(wanted.home), clean(wanted.away))
    sport = clean_key((wanted.sport or "").lower()) or (known.sport_key if known else UNKNOWN_SPORT)
    return Event(
        id=event_id,
        sport_key=sport,
        sport_title=known.sport_title if known else "",
        commence_time=wanted.commence or (known.commence_time if known else START_UNKNOWN),
        home_team=clean(wanted.home) if wanted.home else (known.home_team if known else None),
        away_team=clean(wanted.away) if wanted.away else (known.away_team if known else None),
    )


def _known(engine: Engine, event_id: str) -> Event | None:
    """Of a parlay the event of the leg that is on it, which need not be the first."""
    from betting_tui.engine.store.shapes import BetFilter

    earlier = engine.ledger.bets(BetFilter(event_id=event_id, limit=1, period=0))
    told = [event for bet in earlier for event in (bet.event, *(leg.event for leg in bet.legs))]
    told += [order.event for order in engine.ledger.working_orders()]
    return next((event for event in told if event.id == event_id), None)


def _check_teams(known: Event, home: str, away: str) -> None:
    """An id is one event: other teams under it are a mistake, and would be graded by the wrong names."""
    teams = [(team or "").casefold() for team in (known.home_team, known.away_team)]
    if known.home_team and teams != [home.casefold(), away.casefold()]:
        raise UsageError(
            f"the ledger has event {known.id} as {known.name}: leave --home and --away out, or mend --event"
        )
