"""All that is known of one group of settled bets, to be read in a dialog."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from textual.content import Content

from betting_tui.engine.core.money import format_minor
from betting_tui.engine.core.performance_views import CalibrationBin, FullReport, GroupPerformance
from betting_tui.engine.core.report_facts import Hand, Section, percent, sections
from betting_tui.engine.core.report_words import few_bets, record
from betting_tui.screens.show import Show
from betting_tui.widgets.text import fit, plain

PROBABILITIES = "Probabilities"
_WARNING = "⚠ "
_COLUMNS = (("said", 13), ("on average", 12), ("came", 9), ("95 %", 15), ("bets", 8))


def hand_of(currency: str, show: Show) -> Hand:
    """How this user wants things written."""
    return Hand(
        money=lambda minor: format_minor(minor, currency),
        gain=lambda minor: format_minor(minor, currency, sign=True),
        odds=show.decimal,
        when=lambda moment: moment.astimezone(show.zone).strftime("%d %b %Y").lstrip("0"),
    )


def group_text(found: GroupPerformance, report: FullReport, show: Show, *, whole: bool = False) -> ReportText:
    """Every measure of one group, or of the `whole` report with what holds for all bets together alone."""
    hand = hand_of(found.group.currency or report.view.currency, show)
    lines = [plain(record(found.group, found.performance, hand.money), "bold")]
    warnings = [text for text in (few_bets(found.group), *(report.warnings if whole else ())) if text]
    lines += [plain(f"{_WARNING}{text}", "$text-warning") for text in warnings]
    return ReportText(
        Content("\n").join(lines),
        sections(found, report, hand, whole=whole),
        Content("\n").join(_calibration(found.performance.calibration)),
    )


class ReportText(Struct, frozen=True):
    """What stands first, every measure by its kind, and how probabilities came true."""

    first: Content
    sections: tuple[Section, ...]
    calibration: Content

    @property
    def whole(self) -> Content:
        """All of it as one text."""
        lines = [self.first]
        for section in self.sections:
            lines += [plain(""), plain(section.title), *(plain(f"{it.label}: {it.text}") for it in section.facts)]
            if section.title == PROBABILITIES and self.calibration.plain:
                lines.append(self.calibration)
        return Content("\n").join(lines)


def _calibration(bins: Sequence[CalibrationBin]) -> list[Content]:
    """What was said against what came; bands of a few bets step back and say so."""
    if not bins:
        return []
    lines = [plain(_columns([title for title, _ in _COLUMNS]), "bold $text-muted")]
    for each in bins:
        span = f"{each.observed_range.low * 100:.0f} … {each.observed_range.high * 100:.0f}"
        band = f"{each.low * 100:.0f} – {each.high * 100:.0f} %"
        text = _columns([band, percent(each.predicted), percent(each.observed), span, f"{each.bets:,}"])
        lines.append(plain(f"{text}  few" if each.few else text, "$text-muted" if each.few else ""))
    return lines


def _columns(cells: Sequence[str]) -> str:
    justified = enumerate(zip(cells, _COLUMNS, strict=True))
    return "".join(fit(cell, width, "right" if at else "left") for at, (cell, (_, width)) in justified)
