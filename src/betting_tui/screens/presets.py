"""The filters that the settings name, one of which may choose what is listed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from betting_tui.engine.core.model import Opportunity
from betting_tui.engine.core.opportunity_views import OpportunityRow
from betting_tui.engine.core.times import EPOCH
from betting_tui.widgets.text import fit, visible

if TYPE_CHECKING:
    # Imported when a preset is there: the first paint does not wait for them.
    from betting_tui.engine.config import Preset
    from betting_tui.engine.core.filters import Filter
    from betting_tui.engine.core.records import FlatOpportunity

_LONGEST_NAME = 24
# What was found out of rows that are gone is kept until there are so many more than there are rows.
_SPARE = 200
RowOf = Callable[[Opportunity], OpportunityRow]


class _Tested(Struct, frozen=True):
    """`record` is kept where the filter asks for what changes with time."""

    opportunity: Opportunity
    fits: bool
    record: FlatOpportunity | None


class Presets:
    """The names in the file's order, and the one in force, if any. An opportunity is tested once, unless its preset
    asks for its age or its stake, which change while it stays the same."""

    def __init__(self) -> None:
        self._settings: Mapping[str, Preset] | None = None
        self._filters: dict[str, Filter] = {}
        self._name: str | None = None
        self._row_of: RowOf | None = None
        self._now = EPOCH
        self._tested: dict[str, _Tested] = {}
        self._dropped: set[str] = set()

    def __len__(self) -> int:
        return len(self._filters)

    @property
    def on(self) -> bool:
        return self._name is not None

    @property
    def mark(self) -> str:
        """`≡ name` of the one in force; empty without one."""
        return "" if self._name is None else f"≡ {fit(visible(self._name), _LONGEST_NAME).rstrip()}"

    def use(self, settings: Mapping[str, Preset], row_of: RowOf, now: datetime) -> None:
        """What the settings name, and the moment at which it is asked. One that is no longer named ends."""
        self._row_of, self._now = row_of, now
        if settings is self._settings:
            return
        self._settings = settings
        if settings or self._filters:
            from betting_tui.engine.core.filters import compile_filter
            from betting_tui.engine.core.records import OPPORTUNITY_FIELDS

            self._filters = {name: compile_filter(each.where, OPPORTUNITY_FIELDS) for name, each in settings.items()}
            self._turn_to(self._name if self._name in settings else None)

    def next(self) -> None:
        """All, each by its turn, all again."""
        names = [None, *self._filters]
        self._turn_to(names[(names.index(self._name) + 1) % len(names)])

    def clear(self) -> None:
        self._turn_to(None)

    def _turn_to(self, name: str | None) -> None:
        self._name = name
        self._tested.clear()
        self._dropped.clear()

    def left(self, found: Sequence[Opportunity]) -> Sequence[Opportunity]:
        """Those that fit the one in force; all without one."""
        if self._name is None:
            return found
        self._dropped.clear()
        if len(self._tested) > 2 * len(found) + _SPARE:
            self._tested.clear()
        wanted = self._filters[self._name]
        fresh = wanted.fields & {"age_seconds", "recommended_stake_minor"}
        return [each for each in found if self._fits(each, wanted, fresh)]

    def dropped(self, opportunity_id: str) -> bool:
        """Whether it fitted the preset in force until now, and no longer does."""
        return opportunity_id in self._dropped

    def _fits(self, found: Opportunity, wanted: Filter, fresh: frozenset[str]) -> bool:
        known = self._tested.get(found.id)
        same = known is not None and known.opportunity is found
        if known is not None and same and not fresh:
            return known.fits
        record = known.record if known is not None and same else None
        record = self._record(found, record, wanted.fields)
        fits = wanted.matches(record)
        self._tested[found.id] = _Tested(found, fits, record if fresh else None)
        if known is not None and known.fits and not fits:
            self._dropped.add(found.id)
        return fits

    def _record(self, found: Opportunity, record: FlatOpportunity | None, named: frozenset[str]) -> FlatOpportunity:
        """With what a filter of these fields reads."""
        from betting_tui.engine.core.records import age_seconds, flat_opportunity

        stake = None
        if "recommended_stake_minor" in named and self._row_of is not None:
            stake = self._row_of(found).stake_minor
        if record is None:
            legs = None if named & {"bookmaker", "selection"} else ()
            return flat_opportunity(found, self._now, stake_minor=stake, legs=legs)
        return replace(record, age_seconds=age_seconds(found, self._now), recommended_stake_minor=stake)
