"""Which opportunities are listed, in which order, and what waits while the list is held still."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from enum import IntEnum
from operator import attrgetter

from msgspec import Struct

from betting_tui.engine.core.model import Opportunity
from betting_tui.engine.core.opportunity_views import OpportunityRow
from betting_tui.screens.attention import PutAside
from betting_tui.screens.opportunity_rows import searched, stamp_of
from betting_tui.screens.presets import Presets, RowOf
from betting_tui.screens.show import Show, counted
from betting_tui.widgets.lines import Lines

# Texts of rows that are gone are kept until there are so many more than there are rows.
_SPARE = 200
_Key = Callable[[Opportunity], float | str]


class Order(Struct, frozen=True):
    """An order of the list. `key` None is the engine's own, best first; `down`: the greatest first, to begin with."""

    name: str
    key: Callable[[RowOf], _Key] | None = None
    down: bool = False


def _by(key: _Key) -> Callable[[RowOf], _Key]:
    """An order that needs no more than the opportunity itself."""
    return lambda _: key


def _by_stake(row_of: RowOf) -> _Key:
    return lambda found: row_of(found).stake_minor


def _age(found: Opportunity) -> float:
    """Greater for what is older: the oldest price counts, and one without a time is as fresh as can be."""
    moments = [moment for leg in found.legs if (moment := leg.quoted_at or leg.seen_at) is not None]
    return -min(moments).timestamp() if moments else float("-inf")


def _league(found: Opportunity) -> str:
    return (found.event.sport_title or found.event.sport_key).casefold()


ORDERS = (
    Order("best first"),
    Order("edge", _by(lambda found: found.ev_per_unit or 0.0), down=True),
    Order("start", _by(lambda found: found.event.commence_time.timestamp())),
    Order("found", _by(lambda found: found.discovered_at.timestamp()), down=True),
    Order("price", _by(lambda found: found.legs[0].price.decimal), down=True),
    Order("stake", _by_stake, down=True),
    Order("age", _by(_age)),
    Order("league", _by(_league)),
)


class Edition:
    """The list as it stands until it is made anew: the row of each is made when it is first looked at, and kept."""

    def __init__(self, found: Sequence[Opportunity], row_of: RowOf) -> None:
        self.found = found
        self._row_of = row_of
        self._rows: dict[str, OpportunityRow] = {}

    def row(self, found: Opportunity) -> OpportunityRow:
        known = self._rows.get(found.id)
        if known is None:
            known = self._rows[found.id] = self._row_of(found)
        return known

    def lines(self) -> Lines[Opportunity, OpportunityRow]:
        """For the table."""
        return Lines(self.found, attrgetter("id"), stamp_of, self.row)


class OpportunityList:
    """`words` and one of `presets` filter it; `held` while it stands still. `aside` is what was dismissed."""

    def __init__(self, aside: PutAside) -> None:
        self.words = ""
        self.presets = Presets()
        self._aside = aside
        self._at = 0
        self._turned = False
        self._held: dict[str, Opportunity] | None = None
        self._waiting = 0
        self._kept = 0
        self._searched: dict[str, str] = {}
        self._chosen: Sequence[Opportunity] = ()
        self._ranked: Sequence[Opportunity] = ()

    @property
    def held(self) -> bool:
        return self._held is not None

    @property
    def kept(self) -> int:
        """How many there were before words and a preset chose among them."""
        return self._kept

    @property
    def order_text(self) -> str:
        """`edge ▼`: by what it is sorted, and whether the greatest is first."""
        order = ORDERS[self._at]
        return order.name if order.key is None else f"{order.name} {'▼' if order.down != self._turned else '▲'}"

    @property
    def can_turn(self) -> bool:
        return ORDERS[self._at].key is not None

    def next_order(self) -> None:
        self._at = (self._at + 1) % len(ORDERS)
        self._turned = False

    def turn(self) -> None:
        self._turned = not self._turned

    def chosen(self, found: Sequence[Opportunity], row_of: RowOf) -> Sequence[Opportunity]:
        """Those to show, in order; equal ones keep the engine's order, best first. `found` are all there are, in that
        order."""
        self._ranked = self._left(found)
        self._chosen = self._in_order(self._ranked, row_of)
        return self._chosen

    def _left(self, found: Sequence[Opportunity]) -> Sequence[Opportunity]:
        kept = self._aside.left(found)
        self._kept = len(kept)
        fitting = self.presets.left(kept)
        return self._matching(fitting) if self.words else fitting

    def _in_order(self, shown: Sequence[Opportunity], row_of: RowOf) -> Sequence[Opportunity]:
        order = ORDERS[self._at]
        if order.key is None:
            return shown
        return sorted(shown, key=order.key(row_of), reverse=order.down != self._turned)

    def _matching(self, found: Sequence[Opportunity]) -> list[Opportunity]:
        """Those with every word somewhere. Where words are looked for is the same as long as an opportunity is."""
        words = self.words.casefold().split()
        if len(self._searched) > 2 * len(found) + _SPARE:
            self._searched.clear()
        matching: list[Opportunity] = []
        for each in found:
            hay = self._searched.get(each.id)
            if hay is None:
                hay = self._searched[each.id] = searched(each)
            if all(word in hay for word in words):
                matching.append(each)
        return matching

    def hold(self, shown: Sequence[Opportunity]) -> None:
        """Let the list stand as it is; what comes, goes or changes from now on is counted."""
        self._held = {found.id: found for found in shown}
        self._waiting = 0

    def let_go(self) -> None:
        self._held = None

    def count_waiting(self, found: Sequence[Opportunity]) -> None:
        """How much would change if the list went on now."""
        if self._held is None:
            return
        now = {each.id: each for each in self._left(found)}
        changed = [
            was
            for row_id, was in self._held.items()
            if (each := now.get(row_id, was)) is not was and stamp_of(each) != stamp_of(was)
        ]
        self._waiting = len(now.keys() ^ self._held.keys()) + len(changed)

    def notes(self, shown: Sequence[Opportunity], total: int, show: Show) -> tuple[str, ...]:
        """For the border, the longest first: how many of all, by what, what is hidden and what waits."""
        count = f"{len(shown):,} of {total:,}" if len(shown) != total else f"{total:,}"
        edges = [f"{self._with_edge(shown):,} with an edge"] if shown else []
        words = [*([self.presets.mark] if self.presets.on else []), *([f"/{self.words}"] if self.words else [])]
        aside, brief_aside = [], []
        if len(self._aside):
            brief_aside = [f"{len(self._aside)} dismissed"]
            aside = [f"{len(self._aside)} dismissed, {show.key('opportunities.restore')} brings back"]
        still, brief_still = [], []
        if self.held:
            waits = f"{counted(self._waiting, 'change')} {'waits' if self._waiting == 1 else 'wait'}"
            still = [f"⏸ {waits}, {show.key('opportunities.hold')} goes on"]
            brief_still = [f"⏸ {self._waiting:,}"]
        parts = (
            [count, *edges, *words, self.order_text, *aside, *still],
            [count, *words, self.order_text, *brief_aside, *still],
            [count, *words, self.order_text, *brief_aside, *brief_still],
            [count, *brief_aside, *brief_still],
        )
        return tuple(" · ".join(each) for each in parts)

    def _with_edge(self, shown: Sequence[Opportunity]) -> int:
        """How many have a positive expectation that may be believed."""
        if shown is not self._chosen:
            return sum(found.has_edge for found in shown)
        return edges_among(self._ranked)


def edges_among(ranked: Sequence[Opportunity]) -> int:
    """How many of these, best first, have an edge: where the edges end is looked for, as thousands need no counting."""
    bets = bisect_right(ranked, _Part.EDGES, key=_part)
    gaps = bisect_right(ranked, _Part.GAPS_WITH_EDGE, key=_part) - bisect_left(ranked, _Part.GAPS_WITH_EDGE, key=_part)
    return bets + gaps


class _Part(IntEnum):
    """In which order the engine's list has them."""

    EDGES = 0
    WITHOUT = 1
    GAPS_WITH_EDGE = 2
    REST = 3


def _part(found: Opportunity) -> _Part:
    gap = found.difference_cents is not None
    if found.has_edge:
        return _Part.GAPS_WITH_EDGE if gap else _Part.EDGES
    return _Part.REST if gap or found.suspicious else _Part.WITHOUT
