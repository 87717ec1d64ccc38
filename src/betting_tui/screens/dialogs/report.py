"""Every measure of one group of settled bets, by its kind."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from betting_tui.screens.dialogs.dialog import TextDialog
from betting_tui.screens.report_text import PROBABILITIES, ReportText
from betting_tui.widgets.facts import Fact, Facts
from betting_tui.widgets.text import plain, width_of


class ReportDialog(TextDialog):
    """Labels beside their numbers, however narrow the window; copied as plain text."""

    def __init__(self, title: str, text: ReportText) -> None:
        super().__init__(title, text.whole)
        self._text = text

    def compose_content(self) -> ComposeResult:
        with VerticalScroll(id="scroll", can_focus=False):
            yield Static(self._text.first)
            width = 2 + max(width_of(fact.label) for section in self._text.sections for fact in section.facts)
            for section in self._text.sections:
                yield Static(plain(section.title, "bold $primary"), classes="report-section")
                yield Facts([Fact(fact.label, fact.text) for fact in section.facts], name_width=width)
                if section.title == PROBABILITIES and self._text.calibration.plain:
                    yield Static(self._text.calibration, classes="report-calibration")
