"""Of a panel with another title, the title is drawn and nothing else."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.geometry import Region
from textual.strip import Strip
from textual.widgets import Static

from betting_tui.widgets.panel import Panel


class Inside(Static):
    asked = 0

    def render_lines(self, crop: Region) -> list[Strip]:
        self.asked += 1
        return super().render_lines(crop)


class PanelApp(App[None]):
    def compose(self) -> ComposeResult:
        with Panel("Odds", "1 of 2"):
            yield Inside("what is in it")


def top(app: PanelApp) -> str:
    return app.screen._compositor.render_strips()[0].text


async def test_another_title_draws_its_own_line_alone() -> None:
    app = PanelApp()
    async with app.run_test(size=(40, 6)) as pilot:
        panel, inside = app.query_one(Panel), app.query_one(Inside)
        await pilot.pause()
        assert "Odds" in top(app)
        asked = inside.asked
        panel.set_title("Prices", "2 of 2")
        await pilot.pause()
        assert inside.asked == asked
        assert "─ Prices ─" in top(app)
        assert top(app).endswith("2 of 2 ─╮")
