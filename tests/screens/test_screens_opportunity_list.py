"""How many of a list have an edge, and when what stands beside it is drawn."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kit import running
from msgspec.structs import replace
from scenes import full_scene

from betting_tui.engine.detection import rank
from betting_tui.screens.opportunity_detail import OpportunityDetail
from betting_tui.screens.opportunity_list import edges_among
from betting_tui.widgets.panel import Panel

_ONE = full_scene().rows[0].opportunity
_VALUES = st.none() | st.sampled_from([-0.02, 0.0, 0.01, 0.03])
_GAPS = st.none() | st.sampled_from([5.0, 12.0])
_FLAGS = st.sampled_from([(), ("suspicious",), ("stale",)])


@given(st.lists(st.tuples(_VALUES, _VALUES, _GAPS, _FLAGS), max_size=12))
def test_edges_are_counted_in_any_list_that_has_the_best_first(
    each: list[tuple[float | None, float | None, float | None, tuple[str, ...]]],
) -> None:
    found = [
        replace(_ONE, id=f"OPP-{at}", edge=edge, profit_margin=margin, difference_cents=gap, flags=flags)
        for at, (edge, margin, gap, flags) in enumerate(each)
    ]
    ranked = sorted(found, key=rank)
    assert edges_among(ranked) == len([one for one in found if one.has_edge])


async def test_what_stands_beside_the_list_waits_for_the_last_of_many_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    async with running(full_scene()) as run:
        why = run.app.screen.query_one("#why", Panel)
        first = why.border_title
        monkeypatch.setattr(OpportunityDetail, "after", 60.0)
        await run.press("down", "down")
        run.app.screen.redraw()  # type: ignore[attr-defined]
        assert why.border_title == first, "a redraw meanwhile leaves it alone, too"
        monkeypatch.setattr(OpportunityDetail, "after", 0.0)
        await run.press("up")
        assert why.border_title != first
