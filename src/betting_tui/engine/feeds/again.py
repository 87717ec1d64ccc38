"""Which questions ask for the prices of some legs again, of the feeds they came from, and what that costs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from betting_tui.engine.core.model import FULL_GAME, Event, Leg
from betting_tui.engine.core.ports import MarketView, OddsRequest
from betting_tui.engine.feeds.wiring import Feed

# What a feed calls one of our events; None when it has not told of it.
CalledBy = Callable[[str, str], str | None]


def by_our_id(feed: str, event_id: str) -> str | None:
    """Where every feed uses our ids."""
    del feed
    return event_id


class Question(Struct, frozen=True):
    """One question: about an event where `event_id` is set, which is the feed's own id, else about its whole sport.

    `cost` in credits, at most. `about` is that event as it is on the board, where it is.
    """

    feed: str
    event_id: str
    request: OddsRequest
    cost: int
    about: Event | None = None


def questions(
    legs: Sequence[Leg],
    events: Sequence[Event],
    board: MarketView,
    feeds: Mapping[str, Feed],
    called_by: CalledBy = by_our_id,
) -> tuple[Question, ...] | None:
    """One for each event, or for each sport of a free feed. None where a leg's feed cannot be asked for single prices.

    `events` are what the caller knows of those that are not on the board; a leg of no feed is asked for at the first
    that tells of single events.
    """
    told = {event.id: event for event in events}
    wanted: dict[tuple[str, str, str], set[str]] = {}
    shown: dict[tuple[str, str], Event | None] = {}
    for leg in legs:
        event_id = leg.selection.line.event_id
        known = board.event(event_id) or told.get(event_id)
        quote = board.quote(leg.selection, leg.bookmaker, leg.side)
        source = leg.source or (quote.source if quote else "")
        feed = feeds.get(source) if source or known is None else _of_single_events(known, feeds)
        # What comes in one file a few times a week is as old when it is asked for again.
        if known is None or feed is None or feed.plan.at_once:
            return None
        about = called_by(feed.source.name, event_id) if feed.metered is not None else ""
        if about is None:
            return None
        key = _market_key(leg, alternate=quote is not None and quote.alternate)
        shown[feed.source.name, about] = board.event(event_id)
        wanted.setdefault((feed.source.name, known.sport_key, about), set()).add(key)
    return tuple(
        _question(feeds[name], sport, about, sorted(keys), shown.get((name, about)))
        for (name, sport, about), keys in wanted.items()
    )


def _of_single_events(event: Event, feeds: Mapping[str, Feed]) -> Feed | None:
    """Whom to ask for a price that nobody here has shown yet."""
    return next((feed for feed in feeds.values() if feed.metered is not None and feed.serves(event.sport_key)), None)


def _question(feed: Feed, sport_key: str, event_id: str, keys: Sequence[str], shown: Event | None) -> Question:
    asked = feed.plan.question(sport_key)
    if not event_id:
        return Question(feed.source.name, "", asked, 0)
    a_market = feed.plan.odds_cost // max(1, len(feed.plan.markets))
    return Question(feed.source.name, event_id, replace(asked, markets=tuple(keys)), len(keys) * a_market, shown)


def _market_key(leg: Leg, *, alternate: bool) -> str:
    """The feed's name of the market, period and all; lay prices come with those to back."""
    line = leg.selection.line
    period = "" if line.period == FULL_GAME else f"_{line.period}"
    return f"{'alternate_' if alternate else ''}{line.market}{period}"
