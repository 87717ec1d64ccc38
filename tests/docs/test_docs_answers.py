"""The pages name all there is: every refusal, reason, kind of evidence and notice, the rules, what a webhook gets."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from betting_tui.engine.alerts.webhook import WebhookChannel
from betting_tui.engine.clocks import VirtualClock
from betting_tui.engine.core.closes import REASONS
from betting_tui.engine.core.model import Evidence
from betting_tui.engine.core.ports import Notice, NoticeKind
from betting_tui.engine.core.refusals import RefusalCode
from betting_tui.engine.core.rule_sets import Retirement, in_force
from betting_tui.engine.core.times import parse_time

DOCS = Path(__file__).parents[2] / "docs"


def first_cells(page: str, heading: str) -> set[str]:
    """What stands in the first column of the tables of one section."""
    text = (DOCS / page).read_text(encoding="utf-8").partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    cells = re.findall(r"^\| ([^|]+) \|", text, re.MULTILINE)
    return {part.strip(" `") for cell in cells for part in cell.split(",")}


def test_every_refusal_is_explained() -> None:
    assert first_cells("faq.md", "Why was my bet refused?") - {"code"} == {each.value for each in RefusalCode}


def test_every_reason_for_a_missing_close_is_explained() -> None:
    told = first_cells("faq.md", "Why has my bet no CLV?")
    assert {words for words, _ in REASONS.values()} <= told


def test_every_kind_of_evidence_is_explained() -> None:
    assert {each.value for each in Evidence} <= first_cells("paper-bets.md", "Placing")


@pytest.mark.parametrize(
    ("book", "sport", "market", "enough", "hours"),
    [
        ("any", "basketball_nba", "h2h", 43, 24),
        ("any", "basketball_euroleague", "h2h", 35, 24),
        ("any", "americanfootball_nfl", "h2h", 55, 24),
        ("fanduel", "americanfootball_nfl", "h2h", 55, 168),
        ("any", "icehockey_nhl", "totals", 55, 24),
        ("any", "soccer_epl", "h2h", 90, 24),
        ("williamhill", "soccer_epl", "h2h", 90, 48),
        ("sportsbet", "soccer_epl", "h2h", 90, 12),
        ("any", "handball_germany_bundesliga", "h2h", 60, 24),
        ("any", "baseball_mlb", "h2h", 5, 24),
        ("any", "baseball_mlb", "totals", 9, 24),
        ("draftkings", "baseball_mlb", "totals", 9, 12),
        ("any", "tennis_atp_us_open", "h2h", None, 72),
        ("any", "mma_mixed_martial_arts", "h2h", None, 48),
        ("any", "cricket_ipl", "h2h", None, 48),
        ("any", "golf_masters_tournament_winner", "outrights", None, 24 * 365),
    ],
)
def test_rules_are_as_the_page_says(book: str, sport: str, market: str, enough: float | None, hours: int) -> None:
    rules = in_force(book, sport, market)
    assert (None if rules.official is None else rules.official.enough, rules.window.hours) == (enough, hours)
    assert rules.overtime is (sport.partition("_")[0] not in ("soccer", "handball"))


def test_when_a_retirement_counts_is_as_the_page_says() -> None:
    assert in_force("any", "tennis_atp_us_open", "h2h").retirement is Retirement.ONE_SET
    assert in_force("any", "tennis_atp_us_open", "totals").retirement is Retirement.WHOLE_MATCH
    assert in_force("any", "boxing_boxing", "h2h").retirement is Retirement.STARTED


async def test_the_message_shown_is_the_one_a_webhook_gets() -> None:
    text = (DOCS / "alerts.md").read_text(encoding="utf-8")
    shown = json.loads(text.partition("```json\n")[2].partition("```")[0])
    sent: list[bytes] = []

    async def post(body: bytes) -> int:
        sent.append(body)
        return 204

    channel = WebhookChannel(post, VirtualClock(parse_time(shown["at"])))
    kind = NoticeKind(shown["kind"])
    assert await channel.send(Notice(kind, shown["id"], shown["title"], shown["body"], shown["urgent"]))
    assert [json.loads(body) for body in sent] == [shown]


def test_every_kind_of_notice_is_told() -> None:
    text = (DOCS / "alerts.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE)) == {each.value for each in NoticeKind}
