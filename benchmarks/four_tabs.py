"""The yardstick for starting: a Textual app of four tabs with a line of text in each.

Run: python benchmarks/four_tabs.py
"""

from __future__ import annotations

from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.widgets import Footer, Header, Static, TabbedContent, TabPane

TABS = ("Opportunities", "Bets", "Bankroll", "Reports")


class FourTabs(App[None]):
    TITLE = "four tabs"
    BINDINGS: ClassVar[list[BindingType]] = [("q", "quit", "quit")]

    def compose(self) -> ComposeResult:
        yield Header()
        with TabbedContent():
            for name in TABS:
                with TabPane(name):
                    yield Static("nothing yet")
        yield Footer()


if __name__ == "__main__":
    FourTabs().run()
