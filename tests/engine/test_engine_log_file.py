"""The log is read from its end, then on from where it was read: nothing twice, nothing left out, nothing half."""

from __future__ import annotations

from pathlib import Path

import pytest

from betting_tui.engine import log_file
from betting_tui.engine.core.log_views import LogLevel
from betting_tui.engine.log_file import read_log
from hostile import HOSTILE

START = "2026-04-18 11:29:58,123 INFO betting_tui.engine: started\n"
TROUBLE = (
    "2026-04-18 11:30:00,001 ERROR betting_tui.feeds: no answer\n"
    "Traceback (most recent call last):\n"
    '  File "x.py", line 1\n'
    "OSError: [Errno 5]\n"
)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "betting-tui.log"
    path.write_text(START)
    return path


def add(path: Path, text: str) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(text)


def test_a_line_has_its_time_its_level_and_its_text(log: Path) -> None:
    (line,) = read_log(log).lines
    assert (line.stamp, line.level, line.text) == (
        "2026-04-18 11:29:58,123",
        LogLevel.INFO,
        "betting_tui.engine: started",
    )


def test_a_traceback_has_the_level_of_its_entry_and_keeps_its_indentation(log: Path) -> None:
    add(log, TROUBLE)
    lines = read_log(log).lines[1:]
    assert [line.level for line in lines] == [LogLevel.ERROR] * 4
    assert [bool(line.stamp) for line in lines] == [True, False, False, False]
    assert lines[2].text == '  File "x.py", line 1'


def test_only_what_was_added_is_read_again(log: Path) -> None:
    first = read_log(log)
    assert read_log(log, first.mark).lines == ()
    add(log, TROUBLE)
    second = read_log(log, first.mark)
    assert len(second.lines) == 4
    assert read_log(log, second.mark).lines == ()


def test_a_traceback_that_comes_later_belongs_to_the_entry_read_before(log: Path) -> None:
    head, rest = TROUBLE.split("\n", 1)
    add(log, head + "\n")
    first = read_log(log)
    add(log, rest)
    assert {line.level for line in read_log(log, first.mark).lines} == {LogLevel.ERROR}


def test_half_a_line_is_read_when_it_is_whole(log: Path) -> None:
    first = read_log(log)
    add(log, "2026-04-18 11:30:00,001 WARN")
    second = read_log(log, first.mark)
    assert second.lines == ()
    add(log, "ING betting_tui: late\n")
    (line,) = read_log(log, second.mark).lines
    assert (line.level, line.text) == (LogLevel.WARNING, "betting_tui: late")


def test_what_was_written_before_a_new_file_was_begun_is_not_lost(log: Path) -> None:
    first = read_log(log)
    add(log, TROUBLE)
    log.rename(log.with_name("betting-tui.log.1"))
    log.write_text("2026-04-18 11:31:00,000 INFO betting_tui: new file\n")
    part = read_log(log, first.mark)
    assert [line.text for line in part.lines][-2:] == ["OSError: [Errno 5]", "betting_tui: new file"]
    assert len(part.lines) == 5
    assert read_log(log, part.mark).lines == ()


def test_a_file_that_was_emptied_is_read_from_its_beginning(log: Path) -> None:
    add(log, TROUBLE)
    first = read_log(log)
    log.write_text(START)
    assert len(read_log(log, first.mark).lines) == 1


def test_a_log_that_is_gone_for_a_moment_does_not_end_the_reading(log: Path) -> None:
    first = read_log(log)
    log.rename(log.with_name("elsewhere"))
    gone = read_log(log, first.mark)
    assert gone.lines == ()
    log.with_name("elsewhere").rename(log)
    assert read_log(log, gone.mark).lines == ()


def test_without_a_log_there_is_nothing(tmp_path: Path) -> None:
    part = read_log(tmp_path / "none.log")
    assert (part.lines, part.mark, part.skipped) == ((), None, False)


def test_of_a_large_log_the_end_is_read_and_that_is_said(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_file, "MOST_BYTES", 200)
    for number in range(100):
        add(log, f"2026-04-18 11:30:00,001 INFO betting_tui: line {number}\n")
    part = read_log(log)
    assert part.skipped
    assert [line.text for line in part.lines] == [f"betting_tui: line {number}" for number in (97, 98, 99)]
    assert read_log(log, part.mark).lines == ()


def test_no_more_lines_are_read_than_are_kept(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_file, "MOST_LINES", 2)
    add(log, TROUBLE)
    part = read_log(log)
    assert part.skipped
    assert [line.text for line in part.lines] == ['  File "x.py", line 1', "OSError: [Errno 5]"]


def test_hostile_lines_are_one_visible_line_each(log: Path) -> None:
    for text in HOSTILE:
        with log.open("ab") as file:
            file.write(text.replace("\n", " ").encode(errors="replace") + b"\n")
    lines = read_log(log).lines
    assert len(lines) == 1 + len(HOSTILE)
    assert all(line.text.isprintable() and len(line.text) <= 1_000 for line in lines)
