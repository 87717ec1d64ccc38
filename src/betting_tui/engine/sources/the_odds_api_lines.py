"""The heart of the decoder: one event's markets to quotes on lines."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from datetime import datetime

from betting_tui.engine.core.errors import InvalidOdds
from betting_tui.engine.core.model import DRAW, Event, LineKey, OutcomeSet, Phase, Quote, Selection, Side
from betting_tui.engine.core.odds import OddsFormat, Price, parse_price
from betting_tui.engine.core.sports import regulation_only
from betting_tui.engine.core.text import clean, clean_key
from betting_tui.engine.sources.the_odds_api_markets import MarketKind, Shape, double_chances, market_kind
from betting_tui.engine.sources.the_odds_api_payload import UNREADABLE, RawEvent, RawMarket, RawOutcome, Tally
from betting_tui.engine.sources.the_odds_api_times import MomentReader

MAX_POINT = 2000.0
_GRID_TOLERANCE = 1e-6
_OVER_UNDER = ("Over", "Under")
_YES_NO = ("Yes", "No")
_NAME_LIMIT = 120
_LINK = re.compile(r"https://[!-~]{1,2000}")


def on_quarter_grid(point: float) -> float | None:
    """The quarter it means (never -0.0); None when it lies between quarters or beyond any real line."""
    if not abs(point) <= MAX_POINT + _GRID_TOLERANCE:
        return None
    quarters = round(point * 4)
    return quarters / 4 + 0.0 if abs(point * 4 - quarters) <= _GRID_TOLERANCE else None


class PriceReader:
    """JSON numbers to prices as quoted. An answer holds a few hundred different ones, each is read once."""

    def __init__(self, odds_format: OddsFormat, tally: Tally) -> None:
        self._format = odds_format
        self._tally = tally
        self._known: dict[str, Price | None] = {}

    def read(self, value: int | float | None) -> Price | None:
        """None, counted, for no price (missing, 0, 1) and for what cannot be one."""
        price = None
        if value is not None and value is not UNREADABLE:
            text = str(value)
            if text not in self._known:
                self._known[text] = self._parse(text)
            price = self._known[text]
        if price is None and value is not UNREADABLE:
            self._count(value)
        return price

    def _parse(self, text: str) -> Price | None:
        try:
            return parse_price(text, self._format)
        except InvalidOdds:
            return None

    def _count(self, value: int | float | None) -> None:
        if value in (None, 0, 1):
            self._tally.add("no_price", "" if value is None else value)
        else:
            self._tally.add("bad_price", value)


class EventReader:
    """Turns events into quotes for one answer; remembers which market keys it has seen."""

    def __init__(
        self, source: str, seen_at: datetime, prices: PriceReader, moments: MomentReader, tally: Tally
    ) -> None:
        self.source = source
        self.seen_at = seen_at
        self.prices = prices
        self.moments = moments
        self.tally = tally
        self.market_keys: dict[str, None] = {}
        self._book_keys: dict[str, str] = {}

    def quotes(self, event: Event, raw: RawEvent) -> tuple[Quote, ...]:
        desk = _Desk(self, event, raw)
        for book in raw.bookmakers or ():
            key = self._book_key(book.key)
            if not key:
                self.tally.add("bad_bookmaker", book.key)
                continue
            book_time = self._moment(book.last_update)
            for market in _featured_first(book.markets):
                kind = market_kind(market.key)
                if kind is None:
                    self.tally.add("unsupported_market", market.key)
                    continue
                self.market_keys[market.key] = None
                desk.add(kind, key, market, self._moment(market.last_update) or book_time, book.link)
        return tuple(desk.quotes.values())

    def _book_key(self, raw: str) -> str:
        key = self._book_keys.get(raw)
        if key is None:
            key = self._book_keys[raw] = clean_key(raw)
        return key

    def _moment(self, value: str | float | None) -> datetime | None:
        moment = self.moments.read(value)
        if moment is None and value is not None and value != "":
            self.tally.add("bad_time", value)
        return moment


def _featured_first(markets: list[RawMarket]) -> Iterable[RawMarket]:
    """Alternates last: at a point that both list, the featured market's price is the one that stays."""
    if any("alternate" in market.key for market in markets):
        return sorted(markets, key=lambda market: "alternate" in market.key)
    return markets


class _Desk:
    """One event's lines and selections, each built once, and its quotes, one a selection, bookmaker and side."""

    def __init__(self, reader: EventReader, event: Event, raw: RawEvent) -> None:
        self._reader = reader
        self._tally = reader.tally
        self._event = event
        self._raw_home, self._raw_away = raw.home_team, raw.away_team
        self._started = event.commence_time <= reader.seen_at
        self._selections: dict[tuple[str, str, OutcomeSet, float | None, str | None, str], Selection] = {}
        self.quotes: dict[tuple[Selection, str, Side], Quote] = {}

    def add(
        self, kind: MarketKind, bookmaker: str, market: RawMarket, quoted_at: datetime | None, book_link: object
    ) -> None:
        inplay = self._started or (quoted_at is not None and self._event.commence_time <= quoted_at)
        phase = Phase.INPLAY if inplay else Phase.PREMATCH
        for outcome, selection in self._selected(kind, market):
            price = self._reader.prices.read(outcome.price)
            if price is None:
                continue
            limit = outcome.bet_limit
            quote = Quote(
                selection,
                bookmaker,
                price,
                self._reader.source,
                self._reader.seen_at,
                quoted_at,
                kind.side,
                phase,
                None,
                limit if limit is not None and 0 < limit < math.inf else None,
                _link(outcome.link) or _link(market.link) or _link(book_link),
                kind.alternate,
            )
            first = self.quotes.setdefault((selection, bookmaker, kind.side), quote)
            if first is not quote and first.price != price:
                self._tally.add("duplicate_price", f"{bookmaker} {selection.name}")

    def _selected(self, kind: MarketKind, market: RawMarket) -> Iterable[tuple[RawOutcome, Selection]]:
        match kind.shape:
            case Shape.WINNER | Shape.THREE_WAY | Shape.NO_DRAW:
                return self._winners(kind, market)
            case Shape.SPREAD:
                return self._spreads(kind, market)
            case Shape.TOTAL | Shape.TEAM_TOTAL | Shape.YES_NO | Shape.PROP:
                return self._two_ways(kind, market)
            case Shape.FIELD:
                return self._field(kind, market)
            case Shape.DOUBLE_CHANCE:
                return self._double_chances(kind, market)

    def _winners(self, kind: MarketKind, market: RawMarket) -> Iterable[tuple[RawOutcome, Selection]]:
        sides = [(outcome, self._side(outcome.name)) for outcome in market.outcomes]
        outcome_set = self._winner_set(kind, [side or clean(outcome.name, _NAME_LIMIT) for outcome, side in sides])
        if outcome_set is None:
            return
        for outcome, side in sides:
            if side is None or (side == DRAW and outcome_set is OutcomeSet.TWO_WAY):
                self._reject("unknown_side", outcome, outcome.name)
            else:
                yield outcome, self._selection(kind, outcome_set, None, None, side)

    def _winner_set(self, kind: MarketKind, names: list[str]) -> OutcomeSet | None:
        """Two-way or three-way by the set of names; None, counted, when the names do not tell."""
        distinct = set(names)
        if len(distinct) != len(names):
            self._tally.add("duplicate_outcome", " / ".join(names), len(names))
            return None
        if kind.shape is Shape.NO_DRAW:
            return OutcomeSet.TWO_WAY
        drawn = DRAW in distinct
        if len(names) > 3 or (len(names) == 3 and not drawn):
            self._tally.add("unclear_outcomes", " / ".join(names), len(names))
            return None
        # Where 90 minutes decide, a draw is always on offer: without it a three-way market has lost an outcome.
        if drawn or kind.shape is Shape.THREE_WAY or regulation_only(self._event.sport_key):
            return OutcomeSet.THREE_WAY
        if len(names) == 1:
            self._tally.add("unclear_outcomes", names[0])
            return None
        return OutcomeSet.TWO_WAY

    def _spreads(self, kind: MarketKind, market: RawMarket) -> Iterable[tuple[RawOutcome, Selection]]:
        for outcome in market.outcomes:
            side = self._side(outcome.name)
            if side is None or side == DRAW:
                self._reject("unknown_side", outcome, outcome.name)
                continue
            point = self._point(outcome)
            if point is None:
                continue
            home_point = point if side == self._event.home_team else 0.0 - point
            yield outcome, self._selection(kind, OutcomeSet.TWO_WAY, home_point, None, side, point)

    def _two_ways(self, kind: MarketKind, market: RawMarket) -> Iterable[tuple[RawOutcome, Selection]]:
        for outcome in market.outcomes:
            if not _fits(kind.shape, outcome.name):
                self._reject("unknown_side", outcome, outcome.name)
                continue
            participant = None
            if kind.shape in (Shape.TEAM_TOTAL, Shape.PROP):
                participant = self._participant(kind.shape, outcome)
                if participant is None:
                    continue
            point = None
            if outcome.name in _OVER_UNDER or (kind.shape is Shape.PROP and outcome.point is not None):
                point = self._point(outcome)
                if point is None:
                    continue
            yield outcome, self._selection(kind, OutcomeSet.TWO_WAY, point, participant, outcome.name, point)

    def _field(self, kind: MarketKind, market: RawMarket) -> Iterable[tuple[RawOutcome, Selection]]:
        for outcome in market.outcomes:
            name = clean(outcome.name, _NAME_LIMIT)
            if name:
                yield outcome, self._selection(kind, OutcomeSet.FIELD, None, None, name)
            else:
                self._reject("unknown_side", outcome, outcome.name)

    def _double_chances(self, kind: MarketKind, market: RawMarket) -> Iterable[tuple[RawOutcome, Selection]]:
        names = self._double_names()
        for outcome in market.outcomes:
            name = names.get(outcome.name) or names.get(clean(outcome.name, _NAME_LIMIT))
            if name is None:
                self._reject("unknown_side", outcome, outcome.name)
            else:
                yield outcome, self._selection(kind, OutcomeSet.TWO_WAY, None, name, "Yes")

    def _double_names(self) -> dict[str, str]:
        home, away = self._event.home_team, self._event.away_team
        return {} if home is None or away is None else double_chances(home, away)

    def _participant(self, shape: Shape, outcome: RawOutcome) -> str | None:
        described = outcome.description or ""
        if shape is Shape.TEAM_TOTAL:
            participant = self._side(described)
            participant = None if participant == DRAW else participant
        else:
            participant = clean(described, _NAME_LIMIT) or None
        if participant is None:
            self._reject("unknown_participant", outcome, described)
        return participant

    def _point(self, outcome: RawOutcome) -> float | None:
        point = None if outcome.point is None else on_quarter_grid(outcome.point)
        if point is None:
            self._reject("bad_point", outcome, "no point" if outcome.point is None else outcome.point)
        return point

    def _reject(self, reason: str, outcome: RawOutcome, example: object) -> None:
        """Count it, unless it was counted when it could not be read."""
        if outcome.price is not UNREADABLE:
            self._tally.add(reason, example)

    def _side(self, name: str) -> str | None:
        """Our name of the home or away team, or Draw; None for another name."""
        home, away = self._event.home_team, self._event.away_team
        if home is None or away is None:
            return None
        if name == self._raw_home:
            return home
        if name == self._raw_away:
            return away
        cleaned = clean(name, _NAME_LIMIT)
        return cleaned if cleaned in (home, away, DRAW) else None

    def _selection(
        self,
        kind: MarketKind,
        outcome_set: OutcomeSet,
        line_point: float | None,
        participant: str | None,
        name: str,
        point: float | None = None,
    ) -> Selection:
        known = (kind.market, kind.period, outcome_set, line_point, participant, name)
        selection = self._selections.get(known)
        if selection is None:
            line = LineKey(self._event.id, kind.market, outcome_set, kind.period, line_point, participant)
            selection = self._selections[known] = Selection(line, name, point)
        return selection


def _fits(shape: Shape, name: str) -> bool:
    if shape is Shape.PROP:
        return name in _OVER_UNDER or name in _YES_NO
    return name in (_YES_NO if shape is Shape.YES_NO else _OVER_UNDER)


def _link(value: object) -> str | None:
    """An address to show and to open; None for whatever else a feed may put there."""
    return value if isinstance(value, str) and _LINK.fullmatch(value) else None
