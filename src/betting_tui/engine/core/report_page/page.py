"""The page itself: title, words, charts, every measure, the groups."""

from __future__ import annotations

from datetime import tzinfo

from msgspec import Struct

from betting_tui.engine.core.money import exponent, format_minor
from betting_tui.engine.core.performance_views import FullReport
from betting_tui.engine.core.report_facts import Hand, Section, sections
from betting_tui.engine.core.report_page.charts import Ink, calibration_chart, curve_chart, drawdown_chart
from betting_tui.engine.core.report_page.groups import group_tables
from betting_tui.engine.core.report_page.marks import element, safe, sentence
from betting_tui.engine.core.report_page.style import STYLE
from betting_tui.engine.core.report_words import few_bets, headlines

# Nothing may be fetched or run, even if a name in it could ever smuggle markup past the escapes.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


class PageHead(Struct, frozen=True):
    """What stands at the top and bottom: which time it is of, when and by what it was made; the zone of its dates."""

    period: str
    made_at: str
    made_by: str
    zone: tzinfo


def report_page(report: FullReport, head: PageHead, hand: Hand) -> str:
    """HTML5 of one self-contained file, to be written as UTF-8."""
    view = report.view
    title = f"{view.account} · {view.currency} · {head.period}"
    body = [
        element("h1", safe(f"Report of {view.account}")),
        element("p", safe(f"{view.currency} · {head.period} · made {head.made_at}"), class_="about"),
        element("div", "".join(element("p", sentence(each)) for each in _words(report, hand)), class_="words"),
        *(element("p", sentence(each), class_="warning") for each in _warnings(report)),
        *_charts(report, head),
        _section(
            "All measures", element("div", "".join(map(_facts, sections(report.total, report, hand))), class_="facts")
        ),
        _groups(report, hand),
        element("footer", safe(f"{head.made_by} · paper bets · what each number means: docs/statistics.md")),
    ]
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        f"<title>{safe(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        + "\n".join(filter(None, body))
        + "\n"
        "</body>\n</html>\n"
    )


def _words(report: FullReport, hand: Hand) -> list[str]:
    return headlines(report, hand.money, hand.gain)


def _warnings(report: FullReport) -> list[str]:
    return [text for text in (few_bets(report.total.group), *report.warnings) if text]


def _charts(report: FullReport, head: PageHead) -> list[str]:
    ink = Ink(lambda minor: _axis_amount(minor, report.view.currency), head.zone)
    charts = (
        ("Profit and what was expected", curve_chart(report.curve, ink)),
        ("Falls from the peak", drawdown_chart(report.curve, ink)),
        ("Chances told and what came", calibration_chart(report.total.performance.calibration)),
    )
    return [_section(title, chart) for title, chart in charts if chart]


def _axis_amount(minor: int, currency: str) -> str:
    """Whole amounts where they are whole: an axis has round numbers."""
    unit = 10 ** exponent(currency)
    return f"{minor // unit:,}" if minor % unit == 0 else format_minor(minor, currency)


def _section(title: str, content: str, kind: str = "") -> str:
    inside = element("h2", safe(title)) + content
    return element("section", inside, class_=kind) if kind else element("section", inside)


def _facts(section: Section) -> str:
    pairs = "".join(element("dt", safe(fact.label)) + element("dd", sentence(fact.text)) for fact in section.facts)
    return element("div", element("h3", safe(section.title)) + element("dl", pairs))


def _groups(report: FullReport, hand: Hand) -> str:
    tables = group_tables(report, hand)
    return _section(f"By {report.view.grouped_by.replace('_', ' ')}", tables, "long") if tables else ""
