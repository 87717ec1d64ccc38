"""Every event by market: which lines there are is worked out when the board's shape changes, prices when asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from msgspec import Struct

from betting_tui.engine.board import Board
from betting_tui.engine.core.books import commission
from betting_tui.engine.core.devig import hold
from betting_tui.engine.core.edge import effective_decimal
from betting_tui.engine.core.errors import PricingError
from betting_tui.engine.core.fair import FairPolicy
from betting_tui.engine.core.market_views import (
    BookHold,
    BookPrice,
    LinePrices,
    MarketCount,
    MarketLine,
    MarketPage,
    MarketWish,
    SelectionPrices,
)
from betting_tui.engine.core.model import DRAW, FULL_GAME, Event, LineKey, OutcomeSet, Quote, Selection, Side

_SIDES = {OutcomeSet.TWO_WAY: 2, OutcomeSet.THREE_WAY: 3}
# What has started leaves when its prices grow old, which nothing tells.
_LOOK_AGAIN = timedelta(seconds=15)
_FOREVER = datetime.max.replace(tzinfo=UTC)
_MOST_LINES = 20_000


class _Kept(Struct, frozen=True):
    revision: int
    good_until: datetime
    prices: LinePrices


class _Page(Struct, frozen=True):
    wish: MarketWish
    shape: int
    good_until: datetime
    page: MarketPage


class Markets:
    """The board line by line. `mine` are the bookmakers that come first; commissions by bookmaker, 0.05 = 5 %."""

    def __init__(self, board: Board, policy: FairPolicy, commissions: Mapping[str, float], mine: Sequence[str]) -> None:
        self._board = board
        self._policy = policy
        self._commissions = commissions
        self._mine = {bookmaker: place for place, bookmaker in enumerate(mine)}
        self._rates: dict[str, float] = {}
        self._kept: dict[LineKey, _Kept] = {}
        self._page: _Page | None = None

    def page(self, wish: MarketWish, now: datetime) -> MarketPage:
        """The very same page as long as nothing came, went or started."""
        known = self._page
        if known is None or known.wish != wish or known.shape != self._board.shape or now >= known.good_until:
            known = self._page = self._made(wish, now)
        elif wish.sort == "hold":
            page = known.page
            lines = self._ordered(page.lines, wish, now)
            if lines != page.lines:
                page = MarketPage(lines, page.books, page.markets, page.market, page.events, page.total)
                known = self._page = _Page(wish, known.shape, known.good_until, page)
        return known.page

    def prices(self, line: LineKey, now: datetime) -> LinePrices:
        """The very same ones as long as nothing was heard and none grew old; empty for a line that is gone."""
        revision, known = self._board.revision(line), self._kept.get(line)
        if known is not None and known.revision == revision and now < known.good_until:
            return known.prices
        if len(self._kept) >= _MOST_LINES:
            self._kept.clear()
        fresh = self._priced(line, None if known is None else known.prices, now)
        self._kept[line] = _Kept(revision, self._good_until(fresh), fresh)
        return fresh

    # The page

    def _made(self, wish: MarketWish, now: datetime) -> _Page:
        by_market: dict[str, list[_Lines]] = {}
        for event in self._board.events():
            for key, lines in self._by_market(event, now).items():
                by_market.setdefault(key, []).append(_Lines(event, lines))
        markets = _counted(by_market)
        market = wish.market if wish.market in by_market else (markets[0].key if markets else "")
        groups = by_market.get(market, [])
        chosen: list[MarketLine] = []
        for group in groups:
            chosen += self._chosen(group, wish, now)
        page = MarketPage(
            lines=self._ordered(chosen, wish, now),
            books=self._books(each.line for each in chosen),
            markets=markets,
            market=market,
            events=len({each.event.id for each in chosen}),
            total=len(groups),
        )
        return _Page(wish, self._board.shape, self._next_change(now), page)

    def _by_market(self, event: Event, now: datetime) -> dict[str, list[LineKey]]:
        """The event's lines by market, without what started and is not quoted any more."""
        found: dict[str, list[LineKey]] = {}
        started = event.started(now)
        for line in self._board.lines(event.id):
            if not started or self._still_quoted(line, now):
                found.setdefault(market_key(line), []).append(line)
        return found

    def _still_quoted(self, line: LineKey, now: datetime) -> bool:
        limit = self._policy.max_age_seconds
        return any(quote.age_seconds(now) <= limit for quote in self._board.quotes(line))

    def _chosen(self, group: _Lines, wish: MarketWish, now: datetime) -> list[MarketLine]:
        lines = group.lines if wish.every_point else self._main_lines(group.lines)
        if wish.every_point:
            lines = sorted(lines, key=lambda line: (line.participant or "", line.point or 0.0, line.text))
        started = group.event.started(now)
        made = (MarketLine(group.event, line, self._selections(group.event, line), started) for line in lines)
        words = wish.words.casefold().split()
        return [each for each in made if each.selections and (not words or _matches(each, words))]

    def _main_lines(self, lines: Sequence[LineKey]) -> list[LineKey]:
        """Of each participant the line most books quote; among several the one with the evenest prices."""
        by_owner: dict[str | None, list[LineKey]] = {}
        for line in lines:
            by_owner.setdefault(line.participant, []).append(line)
        return [of[0] if len(of) == 1 else self._main(of) for of in by_owner.values()]

    def _main(self, lines: Sequence[LineKey]) -> LineKey:
        books = [len(self._board.bookmakers(line)) for line in lines]
        most = [line for line, count in zip(lines, books, strict=True) if count == max(books)]
        return most[0] if len(most) == 1 else min(most, key=lambda line: (self._unevenness(line), line.text))

    def _unevenness(self, line: LineKey) -> float:
        """How far its longest price is from its shortest, as a ratio."""
        prices = [quote.price.decimal for quote in self._board.quotes(line) if quote.side is Side.BACK]
        return max(prices) / min(prices) if prices else float("inf")

    def _selections(self, event: Event, line: LineKey) -> tuple[Selection, ...]:
        found = self._board.selections(line)
        if line.outcome_set is OutcomeSet.FIELD:
            shortest: dict[str, float] = {}
            for quote in self._board.quotes(line):
                known = shortest.get(quote.selection.name, quote.price.decimal)
                shortest[quote.selection.name] = min(known, quote.price.decimal)
            return tuple(sorted(found, key=lambda each: (shortest[each.name], each.name)))
        return tuple(sorted(found, key=lambda each: (_place(event, each.name), each.name)))

    def _books(self, lines: Iterable[LineKey]) -> tuple[str, ...]:
        """The user's own in their order, then those that quote most."""
        counts: dict[str, int] = {}
        for line in lines:
            for bookmaker in self._board.bookmakers(line):
                counts[bookmaker] = counts.get(bookmaker, 0) + 1
        others = len(self._mine)
        return tuple(sorted(counts, key=lambda book: (self._mine.get(book, others), -counts[book], book)))

    def _ordered(self, lines: Sequence[MarketLine], wish: MarketWish, now: datetime) -> tuple[MarketLine, ...]:
        def by_start(each: MarketLine) -> tuple[bool, datetime, str]:
            return (each.started, each.event.commence_time, each.event.id)

        match wish.sort:
            case "start":
                return tuple(sorted(lines, key=by_start))
            case "league":
                return tuple(sorted(lines, key=lambda each: (each.started, _league(each.event), *by_start(each))))
            case "books":
                books = {each.line: len(self._board.bookmakers(each.line)) for each in lines}
                return tuple(sorted(lines, key=lambda each: (each.started, -books[each.line], *by_start(each))))
            case "hold":
                holds = {each.line: self.prices(each.line, now).hold for each in lines}
                return tuple(sorted(lines, key=lambda each: (each.started, _least(holds[each.line]), *by_start(each))))

    def _next_change(self, now: datetime) -> datetime:
        """When the next event starts; soon where one has."""
        starts = [event.commence_time for event in self._board.events()]
        coming = min((start for start in starts if start > now), default=_FOREVER)
        return min(coming, now + _LOOK_AGAIN) if any(start <= now for start in starts) else coming

    # Prices

    def _priced(self, line: LineKey, before: LinePrices | None, now: datetime) -> LinePrices:
        backs = [quote for quote in self._board.quotes(line) if quote.side is Side.BACK]
        event = self._board.event(line.event_id)
        if event is None or not backs:
            return LinePrices(line)
        limit = self._policy.age_limit(event.sport_key)
        by_name: dict[str, list[Quote]] = {}
        for quote in backs:
            by_name.setdefault(quote.selection.name, []).append(quote)
        found = tuple(
            self._selection(quotes, None if before is None else before.of(name), limit, now)
            for name, quotes in by_name.items()
        )
        sides = _SIDES.get(line.outcome_set)
        whole = sides == len(found)
        best = [each.best.price.decimal for each in found if each.best is not None]
        return LinePrices(
            line=line,
            selections=found,
            holds=_holds(backs, len(found)) if whole else (),
            hold=_hold(best) if whole and len(best) == sides else None,
            newest=max(quote.dated for quote in backs),
        )

    def _selection(
        self, quotes: Sequence[Quote], before: SelectionPrices | None, limit: float, now: datetime
    ) -> SelectionPrices:
        """The best is looked for among what is fresh, where anything is."""
        oldest = now - timedelta(seconds=limit)
        fresh = [quote.dated >= oldest for quote in quotes]
        worth = [self._effective(quote) for quote in quotes]
        most = max((value for value, is_fresh in zip(worth, fresh, strict=True) if is_fresh), default=None)
        if most is None:
            most, fresh_counts = max(worth), False
        else:
            fresh_counts = True
        known = {} if before is None else {price.bookmaker: price for price in before.prices}
        prices = tuple(
            _book_price(
                quote, known.get(quote.bookmaker), now,
                fresh=is_fresh, best=value == most and (is_fresh or not fresh_counts),
            )
            for quote, value, is_fresh in zip(quotes, worth, fresh, strict=True)
        )  # fmt: skip
        others = len(self._mine)
        best = min(
            (price for price in prices if price.best),
            key=lambda price: (self._mine.get(price.bookmaker, others), price.bookmaker),
        )
        return SelectionPrices(quotes[0].selection, prices, best)

    def _effective(self, quote: Quote) -> float:
        rate = self._rates.get(quote.bookmaker)
        if rate is None:
            rate = self._rates[quote.bookmaker] = commission(quote.bookmaker, self._commissions)
        return effective_decimal(quote.price.decimal, rate) if rate else quote.price.decimal

    def _good_until(self, prices: LinePrices) -> datetime:
        """When the first of them grows old."""
        event = self._board.event(prices.line.event_id)
        limit = timedelta(seconds=0.0 if event is None else self._policy.age_limit(event.sport_key))
        fresh = (price.dated for each in prices.selections for price in each.prices if price.fresh)
        oldest = min(fresh, default=None)
        return _FOREVER if oldest is None else oldest + limit + timedelta(microseconds=1)


class _Lines(Struct, frozen=True):
    """One event's lines of one market."""

    event: Event
    lines: list[LineKey]


def market_key(line: LineKey) -> str:
    """`h2h`, `totals h1`: lines with one key stand in one table."""
    return line.market if line.period == FULL_GAME else f"{line.market} {line.period}"


def _counted(by_market: Mapping[str, Sequence[_Lines]]) -> tuple[MarketCount, ...]:
    """Those most events have first."""
    counts = [MarketCount(key, groups[0].lines[0], len(groups)) for key, groups in by_market.items()]
    return tuple(sorted(counts, key=lambda count: (-count.events, _RANK.get(count.key, len(_RANK)), count.key)))


_RANK = {"h2h": 0, "spreads": 1, "totals": 2}


def _matches(each: MarketLine, words: Sequence[str]) -> bool:
    event = each.event
    points = " ".join(
        f"{pick.name} {pick.point:g} {pick.point:+g}" if pick.point is not None else pick.name
        for pick in each.selections
    )
    hay = f"{event.name} {event.sport_title} {event.sport_key} {each.line.participant or ''} {points}".casefold()
    return all(word in hay for word in words)


def _place(event: Event, name: str) -> int:
    """As the event's name has them, a draw between two sides; Over before Under, Yes before No."""
    if name in (event.home_team, event.away_team):
        home_first = event.name.startswith(f"{event.home_team} v ")
        return 0 if (name == event.home_team) == home_first else 2
    return {"Over": 0, "Yes": 0, DRAW: 1}.get(name, 3)


def _league(event: Event) -> str:
    return (event.sport_title or event.sport_key).casefold()


def _least(of: float | None) -> float:
    return float("inf") if of is None else of


def _book_price(
    quote: Quote, before: BookPrice | None, now: datetime, *, fresh: bool, best: bool
) -> BookPrice:  # fmt: skip
    moved, moved_at = (0, None) if before is None else (before.moved, before.moved_at)
    if before is not None and before.price != quote.price:
        moved, moved_at = (1 if quote.price.decimal > before.price.decimal else -1), now
    return BookPrice(quote.bookmaker, quote.price, quote.dated, fresh, best, moved, moved_at)


def _holds(backs: Sequence[Quote], sides: int) -> tuple[BookHold, ...]:
    """Of the books that quote every side."""
    by_book: dict[str, list[float]] = {}
    for quote in backs:
        by_book.setdefault(quote.bookmaker, []).append(quote.price.decimal)
    found = ((book, _hold(prices)) for book, prices in by_book.items() if len(prices) == sides)
    return tuple(BookHold(book, share) for book, share in found if share is not None)


def _hold(prices: Sequence[float]) -> float | None:
    try:
        return hold(prices)
    except PricingError:
        return None
