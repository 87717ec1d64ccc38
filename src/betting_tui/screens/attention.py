"""What a user put aside and what they gave a star: rows that are hidden, prices that are told of when they change."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from betting_tui.engine.core.model import Opportunity
from betting_tui.engine.core.opportunity_views import WatchedLeg, WatchMark
from betting_tui.screens.names import book, pick
from betting_tui.screens.show import Show

if TYPE_CHECKING:
    from betting_tui.screens.face import EngineFace

# What makes something put aside worth another look: so much more expected per unit, or cents over the other books.
_MORE_EDGE, _MORE_CENTS = 0.01, 5.0
# Between two tellings, so that a lively market is a line now and then.
_QUIET_SECONDS = 5.0
_NAMED = 2


class _PutAside(Struct, frozen=True):
    edge: float
    cents: float
    flags: tuple[str, ...]


class PutAside:
    """Dismissed opportunities, until they end or are worth markedly more, or other warnings go with them."""

    def __init__(self) -> None:
        self._known: dict[str, _PutAside] = {}

    def __len__(self) -> int:
        return len(self._known)

    def add(self, opportunity: Opportunity) -> None:
        self._known[opportunity.id] = _worth(opportunity)

    def clear(self) -> None:
        self._known.clear()

    def left(self, found: Sequence[Opportunity]) -> Sequence[Opportunity]:
        """Those that are not put aside; `found` are all there are."""
        if not self._known:
            return found
        there = {each.id for each in found}
        for gone in self._known.keys() - there:
            del self._known[gone]
        return [each for each in found if not self._hides(each)]

    def _hides(self, opportunity: Opportunity) -> bool:
        before = self._known.get(opportunity.id)
        if before is None:
            return False
        now = _worth(opportunity)
        better = now.edge >= before.edge + _MORE_EDGE or now.cents >= before.cents + _MORE_CENTS
        if better or now.flags != before.flags:
            del self._known[opportunity.id]
            return False
        return True


def _worth(opportunity: Opportunity) -> _PutAside:
    return _PutAside(opportunity.ev_per_unit or 0.0, opportunity.difference_cents or 0.0, opportunity.flags)


class WatchList:
    """Opportunities with a star, by id. Their prices are looked at on the board, also while they are none."""

    def __init__(self) -> None:
        self._marks: dict[str, WatchMark] = {}
        self._told_at = float("-inf")

    @property
    def marks(self) -> tuple[WatchMark, ...]:
        return tuple(self._marks.values())

    @property
    def ids(self) -> Collection[str]:
        return self._marks.keys()

    def begin(self, marks: Sequence[WatchMark]) -> None:
        """With the stars of another run, instead of all there were."""
        self._marks = {mark.opportunity_id: mark for mark in marks}

    def toggle(self, opportunity: Opportunity) -> bool:
        """Whether it has a star now."""
        if self._marks.pop(opportunity.id, None) is not None:
            return False
        legs = tuple(WatchedLeg(leg.selection, leg.bookmaker, leg.price) for leg in opportunity.legs)
        self._marks[opportunity.id] = WatchMark(opportunity.id, opportunity.event, legs)
        return True

    def news(self, engine: EngineFace, show: Show, now: float) -> str:
        """One line on the prices that changed since the last one; empty while nothing did or the last is fresh.

        `now` in seconds that only grow. A price that is off the board for a while is told of when it is back.
        """
        if not self._marks or now - self._told_at < _QUIET_SECONDS:
            return ""
        changes: list[str] = []
        for mark in self.marks:
            legs = tuple(_as_of_now(leg, engine) for leg in mark.legs)
            if legs != mark.legs:
                self._marks[mark.opportunity_id] = replace(mark, legs=legs)
                moved = zip(mark.legs, legs, strict=True)
                changes += [_change(old, new, show) for old, new in moved if old != new]
        changes = list(dict.fromkeys(changes))
        if not changes:
            return ""
        self._told_at = now
        more = "" if len(changes) <= _NAMED else f" · and {len(changes) - _NAMED} more"
        return f"★ {' · '.join(changes[:_NAMED])}{more}"


def _as_of_now(leg: WatchedLeg, engine: EngineFace) -> WatchedLeg:
    price = engine.price_now(leg.selection, leg.bookmaker)
    return leg if price is None or price == leg.price else replace(leg, price=price)


def _change(old: WatchedLeg, new: WatchedLeg, show: Show) -> str:
    """With a word beside the prices: which of two numbers is better is not plain in every format."""
    before, after = old.price, new.price
    better = before is not None and after is not None and after.decimal > before.decimal
    word = "" if before is None or after is None else " better" if better else " worse"
    return f"{pick(new.selection)} at {book(new.bookmaker)} {show.price(before)} → {show.price(after)}{word}"
