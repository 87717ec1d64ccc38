"""The page of a report: well-formed, complete in itself, safe with any name, and honest about what is not known."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec import structs

from betting_tui.engine.core.money import format_minor
from betting_tui.engine.core.performance_views import (
    Acceptance,
    CalibrationBin,
    CurvePoint,
    Drawdown,
    FullReport,
    GroupPerformance,
    Luck,
    Performance,
    Range,
    Ruin,
)
from betting_tui.engine.core.report_facts import Hand, sections
from betting_tui.engine.core.report_page import PageHead, report_page
from betting_tui.engine.core.report_page.axes import covering, date_ticks, round_ticks
from betting_tui.engine.core.report_page.charts import Ink, curve_chart, drawdown_chart
from betting_tui.engine.core.report_views import ReportGroup, ReportView

NOW = datetime(2026, 4, 18, 12, 0, tzinfo=UTC)
HEAD = PageHead("this season", "2026-04-18 12:00 UTC", "betting-tui 0.1.0", UTC)
HAND = Hand(
    lambda minor: format_minor(minor, "USD"),
    lambda minor: format_minor(minor, "USD", sign=True),
    lambda decimal: f"{decimal:.2f}",
    lambda moment: moment.strftime("%d %b"),
)
INK = Ink(lambda minor: f"{minor}", UTC)
NO_BREAK = "\N{NO-BREAK SPACE}"
VOID = frozenset({"meta", "br", "hr", "img", "link", "input"})
HOSTILE = "<script>alert(1)</script>\"'&\u202e\x07=cmd|' /C calc'!A0" + "x" * 300


def group(name: str = "value_betting", bets: int = 412) -> ReportGroup:
    return ReportGroup(
        name, bets, bets, 200, bets - 200, 0, 987_000, 30_600, 0.031, 0.485, 41_000, 0.02, 0.8, 300,
        clv_ev=0.019, clv_ev_coverage=0.91,
    )  # fmt: skip


def measured(**changes: object) -> Performance:
    bands = tuple(
        CalibrationBin(low / 10, (low + 1) / 10, low / 10 + 0.05, low / 10 + 0.06, bets, Range(0.0, 1.0), bets < 10)
        for low, bets in ((3, 4), (4, 60), (5, 80))
    )
    whole = Performance(
        yield_range=Range(-0.065, 0.127),
        luck=Luck(0.26, 0.08, 0.046, 3_600),
        drawdown=Drawdown(41_200, 0.041, NOW - timedelta(days=9), NOW - timedelta(days=4), None),
        expected_profit_minor=41_000,
        expected_bets=400,
        calibration=bands,
        probability_bets=144,
        brier=0.24,
        log_loss=0.67,
    )
    return structs.replace(whole, **changes)


def curve(*profits: int) -> tuple[CurvePoint, ...]:
    return tuple(
        CurvePoint(NOW + timedelta(days=day), profit, 100 * day, 50 * day) for day, profit in enumerate(profits)
    )


def report(name: str = "value_betting", points: Sequence[CurvePoint] = curve(300, -200, 900)) -> FullReport:
    total = GroupPerformance(group("total"), measured(), Acceptance(500, 450, 100, 87, 450, 288, -0.006))
    found = GroupPerformance(group(name), measured(), Acceptance())
    view = ReportView(
        name if name == HOSTILE else "main", "USD", total.group, (found.group,), "strategy", 3, 50, 450,
        (("not polled", 22),), (("market gone", 16),),
    )  # fmt: skip
    ruin = Ruin(1_000, 0.12, 0.01, 0.019, "mean edge by the fair closes", "quarter Kelly, cap 5 %")
    return FullReport(view, None, None, total, (found,), tuple(points), ruin, 1, ())


def nothing() -> FullReport:
    empty = ReportGroup("total", 0, 0, 0, 0, 0, 0, 0, None, None, None, None, None, 0)
    view = ReportView("main", "USD", empty, (), "strategy", 0, 0, 0)
    return FullReport(view, None, None, GroupPerformance(empty, Performance(), Acceptance()), (), (), None, 0, ())


class Reader(HTMLParser):
    """Every element closed where it must be, and what it says."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not self.open or self.open[-1] != "style":
            self.text += f"{data.replace(NO_BREAK, ' ')}\n"


def test_it_says_what_the_sentences_say_and_shows_three_charts() -> None:
    read = Reader(report_page(report(), HEAD, HAND))
    for told in (
        "Report of main",
        "412 settled bets · turnover 9,870.00 · yield +3.1 % (95 %: -6.5 … +12.7)",
        "a bettor with no edge does this well 26 times in 100",
        "this season",
        "expected at placement",
        "expected at the close",
        "quarter Kelly",
        "value_betting",
    ):
        assert told in read.text, told
    assert read.tags.count("h2") == 5
    assert [value for name, value in read.attributes if name == "role"] == ["img"] * 3


def test_no_line_begins_with_the_sign_of_a_percentage() -> None:
    page = report_page(report(), HEAD, HAND)
    words = re.search(r'<div class="words">(.*?)</div>', page)
    assert words is not None
    assert "+3.1&nbsp;% (95&nbsp;%: -6.5 … +12.7)" in words[1]
    assert " %" not in words[1]


def test_it_needs_nothing_from_elsewhere_and_runs_nothing() -> None:
    page = report_page(report(), HEAD, HAND)
    read = Reader(page)
    assert not {"script", "link", "img", "iframe", "object", "base"} & set(read.tags)
    assert not any(name in ("src", "href", "style") or name.startswith("on") for name, _ in read.attributes)
    assert re.search(r"https?:|url\(|@import", page) is None
    assert "default-src 'none'" in dict(read.attributes).values() or "default-src" in page


def test_it_follows_the_readers_colours_and_is_light_on_a4() -> None:
    page = report_page(report(), HEAD, HAND)
    assert "prefers-color-scheme: dark" in page
    print_ = page[page.index("@media print") :]
    assert "--paper: #ffffff" in print_
    assert "size: A4" in page


@pytest.mark.parametrize("name", [HOSTILE, "</title></style>", "", "&lt;b&gt;", "ÖÄ 𝒻 中文"])
def test_a_hostile_name_is_text_and_nothing_else(name: str) -> None:
    page = report_page(report(name), HEAD, HAND)
    read = Reader(page)
    assert "script" not in read.tags
    assert read.tags.count("style") == 1
    assert "\u202e" not in page
    assert "\x07" not in page
    assert name[:8].strip() in read.text


@given(st.text(max_size=60))
def test_any_name_at_all_leaves_the_page_whole(name: str) -> None:
    assert Reader(report_page(report(name), HEAD, HAND)).tags == Reader(report_page(report("n"), HEAD, HAND)).tags


def test_without_bets_there_are_words_and_no_charts() -> None:
    read = Reader(report_page(nothing(), HEAD, HAND))
    assert "No bet was settled in this time" in read.text
    assert "svg" not in read.tags
    assert "nan" not in read.text.lower()


def test_warnings_stand_above_the_charts() -> None:
    warned = structs.replace(report(), warnings=("5 strategies were compared.",))
    page = report_page(warned, HEAD, HAND)
    assert page.index("5 strategies were compared.") < page.index("<svg")


def test_a_group_with_money_of_its_own_says_so() -> None:
    found = GroupPerformance(structs.replace(group("yen"), currency="JPY"), measured(), Acceptance())
    read = Reader(report_page(structs.replace(report(), groups=(found,)), HEAD, HAND))
    assert "yen (JPY)" in read.text
    assert "987,000" in read.text


def test_every_measure_of_a_group_stands_in_one_of_three_tables() -> None:
    """Three, because paper is narrow: what does not fit is cut off there."""
    performance = measured(
        average_odds=2.15, edge_at_placement=0.021, close_profit_minor=-19_000, longest_losing_run=7, sharpe=1.25,
        sortino=2.5, profit_factor=1.07,
    )  # fmt: skip
    found = GroupPerformance(group(), performance, Acceptance(500, 450, 100, 87, 450, 288, -0.006))
    page = report_page(structs.replace(report(), groups=(found,)), HEAD, HAND)
    heads = [re.findall(r"<th[^>]*>(.*?)</th>", each) for each in re.findall(r"<thead>(.*?)</thead>", page)]
    rows = [re.findall(r"<td>(.*?)</td>", each) for each in re.findall(r"<tr><td>value_betting</td>.*?</tr>", page)]
    told = {name: cell for head, row in zip(heads, rows, strict=True) for name, cell in zip(head, row, strict=True)}
    assert [len(head) <= 10 for head in heads] == [True] * 3
    assert told == {
        "Strategy": "value_betting", "Bets": "412", "Turnover": "9,870.00", "Profit": "+306.00", "Yield": "+3.1 %",
        "95 %": "-6.5 … +12.7", "No edge": "26 of 100", "CLV": "+1.9 %", "of bets": "80 %", "Won": "48 %",
        "Odds": "2.15", "Edge": "+2.1 %", "Expected": "+410.00", "At the close": "-190.00", "CLV, book": "+2.0 %",
        "Accepted": "87 %", "Slippage": "-0.6 %", "Deepest fall": "-412.00", "of peak": "4.1 %", "Losing run": "7",
        "Sharpe": "1.25", "Sortino": "2.50", "Profit factor": "1.07", "Brier": "0.240", "Log loss": "0.670",
    }  # fmt: skip


class TestCharts:
    def test_no_axis_has_a_step_smaller_than_money_has(self) -> None:
        drawn = ElementTree.fromstring(f"<p>{drawdown_chart(curve(0, 0), INK)}</p>")
        amounts = [each.text for each in drawn.iter("text") if each.get("class") == "tick end"]
        assert amounts == ["-1", "0", "1"]

    def test_bets_of_one_day_have_its_date_below_them(self) -> None:
        later = tuple(
            structs.replace(point, at=NOW + timedelta(hours=hour)) for hour, point in enumerate(curve(300, 200))
        )
        drawn = ElementTree.fromstring(f"<p>{curve_chart(later, INK)}</p>")
        assert "18 Apr" in [each.text for each in drawn.iter("text")]

    def test_they_are_well_formed_with_a_zero_line_dates_and_each_curve(self) -> None:
        drawn = ElementTree.fromstring(f"<p>{curve_chart(curve(300, -200, 900), INK)}</p>")
        kinds = [each.get("class") for each in drawn.iter()]
        assert kinds.count("zero") == 1
        assert {"curve actual", "curve expected", "curve close"} <= set(kinds)
        texts = [each.text for each in drawn.iter("text")]
        assert "19 Apr" in texts
        assert "0" in texts

    def test_a_curve_nothing_is_known_of_is_left_out(self) -> None:
        flat = tuple(structs.replace(point, expected_minor=0, close_minor=0) for point in curve(300, 200))
        assert "expected" not in curve_chart(flat, INK)

    def test_falls_are_below_the_zero_line_and_count_from_the_beginning(self) -> None:
        drawn = drawdown_chart(curve(-400, 500, 100), INK)
        line = re.search(r'd="M([^"Z]+)" class="curve fall"', drawn)
        assert line is not None
        heights = [float(point.split(",")[1]) for point in line[1].split("L")]
        zero = heights[0]
        assert heights[2] == zero
        assert heights[1] == heights[3] > zero

    @pytest.mark.parametrize("profits", [(0,), (5,), (-5,), (7, 7)])
    def test_one_moment_or_no_difference_is_drawn_all_the_same(self, profits: tuple[int, ...]) -> None:
        ElementTree.fromstring(f"<p>{curve_chart(curve(*profits), INK)}</p>")
        same = tuple(structs.replace(point, at=NOW) for point in curve(*profits))
        ElementTree.fromstring(f"<p>{curve_chart(same, INK)}</p>")


@given(st.lists(st.floats(-1e12, 1e12), max_size=5))
@example([5e-324])
def test_an_axis_covers_its_values_with_few_even_steps(values: list[float]) -> None:
    low, high = covering(values)
    ticks = round_ticks(low, high)
    slack = (high - low) * 1e-6
    assert ticks[0] <= low + slack
    assert ticks[-1] >= high - slack
    assert 2 <= len(ticks) <= 9


@given(st.integers(0, 4_000), st.sampled_from(["UTC", "America/New_York", "Australia/Lord_Howe"]))
def test_dates_are_few_in_order_and_inside(days: int, zone: str) -> None:
    last = NOW + timedelta(days=days)
    ticks = date_ticks(NOW, last, ZoneInfo(zone))
    assert len(ticks) <= 8
    assert [tick.value for tick in ticks] == sorted({tick.value for tick in ticks})
    assert all(NOW.timestamp() <= tick.value <= last.timestamp() for tick in ticks)
    assert len(ticks) > 0 or days < 2


def test_facts_never_show_a_number_that_does_not_exist() -> None:
    empty = nothing()
    told = [fact.text for section in sections(empty.total, empty, HAND) for fact in section.facts]
    assert not any("nan" in text.lower() or "None" in text for text in told)


def test_a_fall_says_when_and_whether_it_was_made_good() -> None:
    facts = {fact.label: fact.text for section in sections(report().total, report(), HAND) for fact in section.facts}
    assert facts["deepest fall"] == "-412.00 (4.1 %), 09 Apr to 14 Apr, not made good yet"
