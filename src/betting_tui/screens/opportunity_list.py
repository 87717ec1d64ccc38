"""Which opportunities are listed, in which order, and what waits while the list is held still."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import Struct

from betting_tui.engine.core.opportunity_views import OpportunityRow
from betting_tui.screens.attention import PutAside
from betting_tui.screens.opportunity_rows import has_edge, searched, stamp_of
from betting_tui.screens.show import Show, counted

# Texts of rows that are gone are kept until there are so many more than there are rows.
_SPARE = 200
_Key = Callable[[OpportunityRow], float | str]


class Order(Struct, frozen=True):
    """An order of the list. `key` None is the engine's own, best first; `down`: the greatest first, to begin with."""

    name: str
    key: _Key | None = None
    down: bool = False


ORDERS = (
    Order("best first"),
    Order("edge", lambda row: row.opportunity.ev_per_unit or 0.0, down=True),
    Order("start", lambda row: row.opportunity.event.commence_time.timestamp()),
    Order("found", lambda row: row.opportunity.discovered_at.timestamp(), down=True),
    Order("price", lambda row: row.opportunity.legs[0].price.decimal, down=True),
    Order("stake", lambda row: row.stake_minor, down=True),
    Order("age", lambda row: row.age_seconds),
    Order("league", lambda row: (row.opportunity.event.sport_title or row.opportunity.event.sport_key).casefold()),
)


class OpportunityList:
    """`words` filter it; `held` while it stands still. `aside` is what was dismissed."""

    def __init__(self, aside: PutAside) -> None:
        self.words = ""
        self._aside = aside
        self._at = 0
        self._turned = False
        self._held: dict[str, str] | None = None
        self._waiting = 0
        self._kept = 0
        self._searched: dict[str, str] = {}

    @property
    def held(self) -> bool:
        return self._held is not None

    @property
    def kept(self) -> int:
        """How many there were before words chose among them."""
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

    def chosen(self, rows: Sequence[OpportunityRow]) -> list[OpportunityRow]:
        """Those to show, in order; equal ones keep the engine's order, best first. `rows` are all there are."""
        kept = self._aside.left(rows)
        self._kept = len(kept)
        shown = self._matching(kept) if self.words else kept
        order = ORDERS[self._at]
        if order.key is None:
            return shown
        return sorted(shown, key=order.key, reverse=order.down != self._turned)

    def _matching(self, rows: Sequence[OpportunityRow]) -> list[OpportunityRow]:
        """Those with every word somewhere. Where words are looked for is the same as long as an opportunity is."""
        words = self.words.casefold().split()
        if len(self._searched) > 2 * len(rows) + _SPARE:
            self._searched.clear()
        found: list[OpportunityRow] = []
        for row in rows:
            hay = self._searched.get(row.opportunity.id)
            if hay is None:
                hay = self._searched[row.opportunity.id] = searched(row)
            if all(word in hay for word in words):
                found.append(row)
        return found

    def hold(self, shown: Sequence[OpportunityRow]) -> None:
        """Let the list stand as it is; what comes, goes or changes from now on is counted."""
        self._held = {row.opportunity.id: stamp_of(row) for row in shown}
        self._waiting = 0

    def let_go(self) -> None:
        self._held = None

    def count_waiting(self, rows: Sequence[OpportunityRow]) -> None:
        """How much would change if the list went on now."""
        if self._held is None:
            return
        now = {row.opportunity.id: stamp_of(row) for row in self.chosen(rows)}
        changed = sum(now.get(row_id, stamp) != stamp for row_id, stamp in self._held.items())
        self._waiting = len(now.keys() ^ self._held.keys()) + changed

    def notes(self, shown: Sequence[OpportunityRow], total: int, show: Show) -> tuple[str, ...]:
        """For the border, the longest first: how many of all, by what, what is hidden and what waits."""
        count = f"{len(shown):,} of {total:,}" if len(shown) != total else f"{total:,}"
        edges = [f"{sum(has_edge(row.opportunity) for row in shown):,} with an edge"] if shown else []
        words = [f"/{self.words}"] if self.words else []
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
