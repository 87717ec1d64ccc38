"""A bug report tells what went wrong, and nothing of whom: no secret, no home, no name, no address behind its host."""

from __future__ import annotations

import asyncio
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec.structs import replace

from betting_tui.cli.logs import log_path
from betting_tui.engine import bug_report
from betting_tui.engine.bug_report import MOST_CHARACTERS, Private, Surroundings, report_text, scrubbed, write_report
from betting_tui.engine.config import ApiKeys, Notifications, Settings
from betting_tui.engine.core.feed_views import CreditsView, FeedRow, FeedStatus, SourcesView
from betting_tui.engine.core.log_views import LogLevel, LogLine
from betting_tui.engine.core.status_views import SystemView
from betting_tui.engine.launch import live_engine
from betting_tui.engine.rooms import Files

AROUND = Surroundings("120 × 40, truecolor", 3_700.0)
VIEW = SystemView(
    "0.1.0", "3.11.9", "3.45.1", "8.2.8", "wal", "/home/greta/data", "/home/greta/config.yaml", "/home/greta/log",
    "live", (), "ready", 1_500_000, 0, "Linux 6.8", verified_at=datetime(2026, 4, 18, 11, 2, tzinfo=UTC),
)  # fmt: skip
SOURCES = SourcesView(
    (FeedRow(FeedStatus("espn", "degraded", "HTTP 503 of https://espn.test/a?b=x"), ("results",), requests=9),),
    (), (), (),
)  # fmt: skip
CANARY = "0123456789abcdef0123456789abcdef"
HOOK = "https://hooks.example.test/services/T0AAAA/B0BBBB/canary"
PRIVATE = Private((CANARY, HOOK), ("greta", "gretas-laptop"), "/srv/people/greta")


def line(text: str, level: LogLevel = LogLevel.INFO) -> LogLine:
    return LogLine("2026-04-18 11:29:58,123", level, text)


def test_it_says_what_runs_how_long_how_large_and_how_each_feed_is() -> None:
    text = report_text(VIEW, SOURCES, [], AROUND, Private())
    assert "betting-tui 0.1.0, mode live, up 1 h 1 min" in text
    assert "ledger 1.5 MB, archive 0.0 MB, journal wal" in text
    assert "books checked 2026-04-18 11:02 UTC" in text
    closed = report_text(replace(VIEW, archive_bytes=None), SOURCES, [], AROUND, Private())
    assert "ledger 1.5 MB, archive not open, journal wal" in closed
    assert "espn: degraded, HTTP 503 of https://espn.test/***, asked 9 times" in text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f"asked with {CANARY}", "asked with ***"),
        (f"posting to {HOOK} failed", "posting to *** failed"),
        ("https://ntfy.example.test/my-topic?auth=1", "https://ntfy.example.test/***"),
        ("https://greta:pw@feed.example.test", "https://feed.example.test"),
        ("no file at /srv/people/greta/x", "no file at ~/x"),
        ("no file at /home/jonas/x", "no file at /home/somebody/x"),
        ("no file at /Users/jonas/x", "no file at /Users/somebody/x"),
        (r"no file at C:\Users\jonas\x", r"no file at C:\Users\somebody\x"),
        ("held by live, process 7 on Gretas-Laptop", "held by live, process 7 on ***"),
        ("Greta said so, gretas did not", "*** said so, gretas did not"),
        ("an old key f00dbabe11223344556677 was refused", "an old key *** was refused"),
        ("write to a.b@mail.example.test", "write to ***"),
        ("BET-000042 accepted at 2.07", "BET-000042 accepted at 2.07"),
    ],
)
def test_what_says_who_this_is_goes_and_the_rest_stays(before: str, after: str) -> None:
    assert scrubbed(before, PRIVATE) == after


def test_a_short_name_is_no_reason_to_tear_words_apart() -> None:
    assert scrubbed("me and some men", Private(names=("me",))) == "me and some men"


def test_troubles_of_long_ago_are_told_beside_the_newest_lines() -> None:
    log = [line("a trouble", LogLevel.ERROR), line("quiet"), *(line(f"line {number}") for number in range(60))]
    text = report_text(VIEW, SOURCES, log, AROUND, Private())
    assert "ERROR a trouble" in text
    assert "quiet" not in text
    assert "line 59" in text


def test_of_a_long_log_the_newest_lines_are_kept() -> None:
    log = [line(f"{number} " + "long " * 100, LogLevel.ERROR) for number in range(1_000)]
    text = report_text(VIEW, SOURCES, log, AROUND, Private())
    assert len(text) <= MOST_CHARACTERS
    assert "ERROR 999 " in text


def test_the_file_is_for_its_owner_alone_even_where_another_one_was(tmp_path: Path) -> None:
    (tmp_path / bug_report.REPORT_FILE).write_text("old")
    path = Path(write_report(tmp_path, "new"))
    assert path.read_text() == "new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_folder_that_cannot_be_written_leaves_the_text(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert write_report(tmp_path / "file", "text") == ""


async def test_a_running_engine_reports_its_log_without_its_secrets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("USER", "canaryperson")
    log = log_path(tmp_path)
    log.parent.mkdir()
    # As an older run, which did not know them as secrets, would have left them.
    log.write_text(
        f"2026-04-18 11:29:58,123 ERROR betting_tui: {CANARY} and {HOOK} of canaryperson in {Path.home()}/x\n"
        "Traceback (most recent call last):\n"
    )
    settings = Settings(
        api_keys=ApiKeys(the_odds_api=CANARY), notifications=Notifications(webhook_url=HOOK, desktop=False)
    )
    engine = live_engine(settings, tmp_path, files=Files(log=str(log)))
    await engine.start(polling=False)
    report = await engine.bug_report(AROUND)
    await engine.stop()
    assert await asyncio.to_thread(Path(report.path).read_text) == report.text
    assert report.path == str(log.parent / bug_report.REPORT_FILE)
    assert "ERROR betting_tui: *** and *** of *** in ~/x" in report.text
    for canary in (CANARY, "hooks.example", "canary", "canaryperson"):
        assert canary not in report.text


def test_credits_that_no_feed_told_are_unknown() -> None:
    resets_at = datetime(2026, 5, 1, tzinfo=UTC)
    untold = CreditsView("the_odds_api", None, None, 0, 0, 0, None, 0, 0, resets_at, (), None, (), None)
    text = report_text(VIEW, SourcesView((), (untold,), (), ()), [], AROUND, Private())
    assert "the_odds_api: unknown credits used, unknown left, 0 reserved" in text
