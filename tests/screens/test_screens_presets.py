"""The filters that the settings name, on the opportunities screen: the key, the border, what an empty list says."""

from __future__ import annotations

from datetime import timedelta

from kit import Running, running
from msgspec.structs import replace
from scenes import full_scene
from stub_engine import NOW

from betting_tui.engine.config import Preset
from betting_tui.engine.core.model import Opportunity
from betting_tui.engine.core.opportunity_views import OpportunityRow
from betting_tui.screens.opportunities import OpportunitiesScreen
from betting_tui.screens.presets import Presets
from betting_tui.widgets.panel import Panel

PRESETS = {
    "sure": Preset('strategy == "arbitrage"'),
    "value": Preset("edge >= 3%"),
    "none of all": Preset("edge > 5000%"),
}


def screen(run: Running) -> OpportunitiesScreen:
    assert isinstance(run.app.screen, OpportunitiesScreen)
    return run.app.screen


def shown(run: Running) -> list[str]:
    return [row.id for row in screen(run).table.rows]


def border(run: Running) -> str:
    return run.app.screen.query_one("#list", Panel).note


async def test_f_goes_through_the_presets_in_their_order_and_escape_shows_all() -> None:
    async with running(full_scene()) as run:
        run.engine.settings = replace(run.engine.settings, presets=PRESETS)
        await run.news()
        screen(run).redraw()
        every = shown(run)
        await run.press("f")
        assert [row.payload.opportunity.strategy for row in screen(run).table.rows] == ["arbitrage"]
        assert "≡ sure" in border(run)
        assert f"1 of {len(every)}" in border(run)
        await run.press("f")
        assert "≡ value" in border(run)
        assert 1 < len(shown(run)) < len(every)
        await run.press("slash", *"zzz", "enter")
        assert "Nothing matches “zzz”" in run.text()
        await run.press("escape")
        assert "≡ value" in border(run)
        await run.press("f")
        assert shown(run) == []
        said = f"≡ none of all hides {len(every)} rows. esc shows all, f is the next preset"
        assert said in run.text()
        await run.press("escape")
        assert (shown(run), "≡" in border(run)) == (every, False)
        await run.press("f", "f", "f", "f")
        assert (shown(run), "≡" in border(run)) == (every, False)
        assert run.toasts == []


async def test_a_row_that_no_longer_fits_is_told_of_and_one_taken_off_by_the_key_is_not() -> None:
    scene = full_scene()
    async with running(scene) as run:
        run.engine.settings = replace(run.engine.settings, presets={"value": Preset("edge >= 3%")})
        screen(run).redraw()
        await run.press("f", "down", "up")
        under = screen(run).table.cursor_row
        assert under is not None
        at = next(place for place, row in enumerate(scene.rows) if row.opportunity.id == under.id)
        less = replace(scene.rows[at].opportunity, edge=0.001)
        scene.rows = (*scene.rows[:at], replace(scene.rows[at], opportunity=less), *scene.rows[at + 1 :])
        assert run.toasts == []
        await run.news()
        assert "no longer fits ≡ value: the cursor is on the next row" in run.toasts[-1]
        assert screen(run).table.displaced
        told = len(run.toasts)
        await run.press("f", "f")
        assert len(run.toasts) == told


async def test_without_presets_the_key_is_not_offered_and_says_where_they_are_written() -> None:
    async with running(full_scene()) as run:
        assert "f preset" not in run.text()
        await run.press("f")
        assert run.toasts == ["No preset yet: , opens the settings, where presets keeps filters by name"]
        run.engine.settings = replace(run.engine.settings, presets=PRESETS)
        screen(run).redraw()
        assert screen(run).describe_key("opportunities.preset") is None


def test_a_row_is_tested_once_while_it_is_the_same_and_each_time_where_its_age_or_stake_counts() -> None:
    rows = {row.opportunity.id: row for row in full_scene().rows}
    found = [row.opportunity for row in rows.values()]
    asked: list[str] = []

    def row_of(opportunity: Opportunity) -> OpportunityRow:
        asked.append(opportunity.id)
        return rows[opportunity.id]

    presets = Presets()
    settings = {
        "edge": Preset("edge > 1%"),
        "young": Preset("age_seconds < 600"),
        "paid": Preset("recommended_stake_minor > 0"),
    }
    presets.use(settings, row_of, NOW)
    presets.next()
    first = presets.left(found)
    presets.use(settings, row_of, NOW + timedelta(hours=1))
    assert presets.left(found) == first == [each for each in found if (each.edge or 0) > 0.01]
    presets.next()
    presets.use(settings, row_of, NOW)
    young = presets.left(found)
    assert young
    presets.use(settings, row_of, NOW + timedelta(hours=1))
    assert presets.left(found) == []
    assert presets.dropped(young[0].id)
    assert asked == []
    presets.next()
    assert presets.left(found) == [row.opportunity for row in rows.values() if row.stake_minor > 0]
    presets.use({"edge": settings["edge"]}, row_of, NOW)
    assert (presets.on, presets.left(found)) == (False, found)
