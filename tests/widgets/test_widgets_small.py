from __future__ import annotations

from textual.app import App, ComposeResult

from betting_tui.widgets.header_bar import HeaderBar, StatusCell
from betting_tui.widgets.meter import Meter, draw_meters
from betting_tui.widgets.panel import Panel


def test_a_long_name_is_cut_so_that_no_bar_wraps() -> None:
    meters = (Meter("exposure at one of the bookmakers", "0 of 20", 0.5), Meter("loss", "0.00 of 500.00", 0.1))
    lines = draw_meters(meters, 44).plain.split("\n")
    assert all(len(line) <= 44 for line in lines)
    assert "0 of 20" in lines[0]
    assert "…" in lines[0]


def test_a_meter_is_empty_full_and_never_more() -> None:
    meters = (Meter("a", "0 %", -1.0), Meter("b", "50 %", 0.5), Meter("c", "200 %", 2.0))
    bars = [line.split("  ")[-1] for line in draw_meters(meters, 30).plain.split("\n")]
    assert [bar.count("█") for bar in bars] == [0, len(bars[0]) // 2, len(bars[0])]
    assert len({len(bar) for bar in bars}) == 1


class BarApp(App[None]):
    def compose(self) -> ComposeResult:
        yield HeaderBar(
            (
                StatusCell("main"),
                StatusCell("unimportant", "muted", priority=9),
                StatusCell("[/x] feed", priority=5),
                StatusCell("10.00", right=True),
            )
        )
        yield Panel("Team [A]", "3 of 4")


async def test_the_header_drops_what_matters_least_and_draws_text_literally() -> None:
    app = BarApp()
    async with app.run_test(size=(60, 5)):
        assert app.query_one(HeaderBar).render().plain.split() == ["main", "unimportant", "[/x]", "feed", "10.00"]
    app = BarApp()
    async with app.run_test(size=(26, 5)):
        assert app.query_one(HeaderBar).render().plain.split() == ["main", "[/x]", "feed", "10.00"]


async def test_a_panel_has_its_title_left_and_its_count_right_in_one_border_line() -> None:
    app = BarApp()
    async with app.run_test(size=(40, 8)) as pilot:
        panel = app.query_one(Panel)
        await pilot.pause()
        assert panel.title_line.startswith("Team [A] ──")
        assert panel.title_line.endswith(" 3 of 4")
        assert len(panel.title_line) == 34
        panel.set_title("x" * 100, "note")
        assert panel.title_line == "x" * 33 + "…"
