"""What the strategies found, kept line by line: found once, ranked, dropped when a price expires."""

from __future__ import annotations

import logging
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import msgspec
from msgspec import Struct

from betting_tui.engine.core.flags import PRICE_JUMP
from betting_tui.engine.core.model import LineKey, Opportunity
from betting_tui.engine.core.ports import LineBook, MarketView, Strategy
from betting_tui.engine.core.sports import floating_start

_LOG = logging.getLogger(__name__)
# A price that moved by more than this share of its net odds at one go, where starts float, may already be in play.
PRICE_JUMP_SHARE = 0.20
PRICE_JUMP_MEMORY = timedelta(minutes=30)


class Found(Struct, frozen=True):
    """What one scan gave: all there is on these lines now; `new` were not there before, `gone` are no longer."""

    now: tuple[Opportunity, ...] = ()
    new: tuple[Opportunity, ...] = ()
    gone: tuple[str, ...] = ()


_Rank = tuple[int, float, datetime, str]


class Detector:
    """Runs the strategies over changed lines. A strategy that fails is logged once; the others go on."""

    def __init__(self, market: MarketView, strategies: Sequence[Strategy]) -> None:
        self._market = market
        self._strategies = tuple(strategies)
        self._found: dict[LineKey, tuple[Opportunity, ...]] = {}
        self._by_id: dict[str, Opportunity] = {}
        self._failed: set[str] = set()
        # All but price gaps on what is an opportunity of its own; the same by rank, and the ranks.
        self._listed: dict[str, Opportunity] = {}
        self._order: list[Opportunity] = []
        self._ranks: list[_Rank] = []
        self._in_order: tuple[Opportunity, ...] | None = ()
        # Not after the first end of what is kept, though what ended then may be gone.
        self._earliest_end: datetime | None = None

    @property
    def strategy_names(self) -> tuple[str, ...]:
        return tuple(strategy.name for strategy in self._strategies)

    @property
    def strategies(self) -> tuple[Strategy, ...]:
        return self._strategies

    def found_on(self, line: LineKey) -> tuple[Opportunity, ...]:
        """What was found on one line when it was last looked at."""
        return self._found.get(line, ())

    def get(self, opportunity_id: str) -> Opportunity | None:
        return self._by_id.get(opportunity_id)

    def ranked(self, now: datetime) -> tuple[Opportunity, ...]:
        """Best first, as of now: certain profit and real edges, then price gaps, then what is too good to be true."""
        return tuple(sorted((found for found in self._by_id.values() if not found.expired(now)), key=rank))

    def listed(self, now: datetime) -> tuple[Opportunity, ...]:
        """The same with each price once: a gap on what is an opportunity of its own is left out.

        The very same tuple as long as nothing came, went or expired.
        """
        if self._in_order is None:
            self._in_order = tuple(self._order)
        if not self._may_be_over(now):
            return self._in_order
        over = [found for found in self._in_order if found.expired(now)]
        if not over:
            return self._in_order
        left = [found for found in self._in_order if not found.expired(now)]
        for line in dict.fromkeys(found.line for found in over):
            there = [found for found in self._found[line] if not found.expired(now)]
            left += [found for found in _without_twins(there) if found.id not in self._listed]
        return tuple(sorted(left, key=rank))

    def scan(self, lines: Iterable[LineKey], now: datetime) -> Found:
        """Look at these lines again."""
        current: list[Opportunity] = []
        new: list[Opportunity] = []
        gone: list[str] = []
        for line in lines:
            before = {opportunity.id: opportunity for opportunity in self._found.get(line, ())}
            after = tuple(self._carry_over(opportunity, before, now) for opportunity in self._scan_line(line, now))
            self._replace(line, after)
            ids = {opportunity.id for opportunity in after}
            current.extend(after)
            new.extend(opportunity for opportunity in after if opportunity.id not in before)
            gone.extend(found for found in before if found not in ids)
        return Found(tuple(current), tuple(new), tuple(gone))

    def due(self, now: datetime) -> bool:
        """Whether something has expired that is still kept."""
        return self._may_be_over(now) and any(found.expired(now) for found in self._by_id.values())

    def expire(self, now: datetime) -> tuple[str, ...]:
        """Drop what is too old by now, or has started. Returns the ids."""
        if not self._may_be_over(now):
            return ()
        late = dict.fromkeys(found.line for found in self._by_id.values() if found.expired(now))
        gone: list[str] = []
        for line in late:
            kept = tuple(found for found in self._found[line] if not found.expired(now))
            gone.extend(found.id for found in self._found[line] if found.expired(now))
            self._replace(line, kept)
        self._earliest_end = min(map(_end, self._by_id.values()), default=None)
        return tuple(gone)

    def _may_be_over(self, now: datetime) -> bool:
        """False while nothing can have expired: with every answer thousands would be looked at for nothing."""
        return self._earliest_end is not None and now >= self._earliest_end

    def _replace(self, line: LineKey, after: tuple[Opportunity, ...]) -> None:
        before = self._found.pop(line, ())
        stays = {id(opportunity) for opportunity in after}
        known = {id(opportunity) for opportunity in before}
        for opportunity in before:
            if id(opportunity) not in stays:
                self._by_id.pop(opportunity.id, None)
        if after:
            self._found[line] = after
        for opportunity in after:
            if id(opportunity) not in known:
                self._by_id[opportunity.id] = opportunity
                end = _end(opportunity)
                if self._earliest_end is None or end < self._earliest_end:
                    self._earliest_end = end
        self._list(before, _without_twins(after))

    def _list(self, before: Sequence[Opportunity], after: Sequence[Opportunity]) -> None:
        """List these of a line, instead of those of `before` that were.

        Each takes its place among the others at once: to sort thousands whenever somebody looks would hold up a key.
        """
        stays = {opportunity.id: opportunity for opportunity in after}
        for opportunity in before:
            now = stays.get(opportunity.id)
            if now is opportunity or self._listed.get(opportunity.id) is not opportunity:
                continue
            its_rank = rank(opportunity)
            at = bisect_left(self._ranks, its_rank)
            self._in_order = None
            if now is not None and rank(now) == its_rank:
                # Seen again as it was, which is what most answers say: it stays where it is.
                self._listed[now.id] = self._order[at] = now
                continue
            del self._listed[opportunity.id], self._ranks[at], self._order[at]
        for opportunity in after:
            if self._listed.get(opportunity.id) is not opportunity:
                self._listed[opportunity.id] = opportunity
                its_rank = rank(opportunity)
                at = bisect_left(self._ranks, its_rank)
                self._ranks.insert(at, its_rank)
                self._order.insert(at, opportunity)
                self._in_order = None

    def _carry_over(self, found: Opportunity, before: dict[str, Opportunity], now: datetime) -> Opportunity:
        known = before.get(found.id)
        discovered_at = known.discovered_at if known is not None else now
        flags = found.flags
        if floating_start(found.event.sport_key) and any(
            self._jumped(found, index, now) for index in range(len(found.legs))
        ):
            flags = (*flags, PRICE_JUMP)
        return msgspec.structs.replace(found, discovered_at=discovered_at, flags=flags)

    def _jumped(self, found: Opportunity, index: int, now: datetime) -> bool:
        leg = found.legs[index]
        previous = self._market.previous(leg.selection, leg.bookmaker, leg.side)
        if previous is None or now - previous.seen_at > PRICE_JUMP_MEMORY:
            return False
        return abs(leg.price.decimal - previous.price.decimal) > PRICE_JUMP_SHARE * (previous.price.decimal - 1)

    def _scan_line(self, line: LineKey, now: datetime) -> list[Opportunity]:
        event = self._market.event(line.event_id)
        quotes = tuple(self._market.quotes(line))
        if event is None or not quotes or event.started(now):
            return []
        book = LineBook(event, line, quotes)
        found: list[Opportunity] = []
        for strategy in self._strategies:
            try:
                found.extend(opportunity for opportunity in strategy.scan(book, now) if not opportunity.expired(now))
            except Exception:
                self._note_fault(strategy.name)
        return found

    def _note_fault(self, name: str) -> None:
        if name not in self._failed:
            self._failed.add(name)
            _LOG.exception("strategy %s failed; the others go on", name)


def _without_twins(there: Sequence[Opportunity]) -> Sequence[Opportunity]:
    """Of one line, without the price gaps of prices that are opportunities of their own."""
    if len(there) == 1:
        return there
    own = {
        (found.legs[0].selection, found.legs[0].bookmaker)
        for found in there
        if found.difference_cents is None and len(found.legs) == 1
    }
    return [
        found
        for found in there
        if found.difference_cents is None or (found.legs[0].selection, found.legs[0].bookmaker) not in own
    ]


def _end(found: Opportunity) -> datetime:
    """Nothing has expired before."""
    return min(found.expires_at, found.event.commence_time)


def rank(opportunity: Opportunity) -> _Rank:
    """Sort key, best first and never a tie: class, expected return or price gap, start, id.

    The classes: certain profit and real edges; gaps with an expectation above zero, then with none known, then with a
    poor one; last what is too good to be true.
    """
    gap, value = opportunity.difference_cents, opportunity.ev_per_unit
    if opportunity.suspicious:
        group, score = 4, value or 0.0
    elif gap is None:
        group, score = 0, value or 0.0
    elif value is None:
        group, score = 2, gap
    elif value > 0:
        group, score = 1, value
    else:
        group, score = 3, gap
    return (group, -score, opportunity.event.commence_time, opportunity.id)
