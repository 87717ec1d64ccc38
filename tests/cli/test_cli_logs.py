"""The log file: for its owner alone, bounded, and without the key however it gets there."""

from __future__ import annotations

import logging
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from betting_tui.cli import logs

SECRET = "c0ffee00c0ffee00c0ffee00c0ffee00"


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Path]:
    path = logs.open_log(tmp_path / "data", "info")
    assert path is not None
    yield path
    root = logging.getLogger()
    for handler in list(root.handlers):
        if getattr(handler, "of_betting_tui", False):
            root.removeHandler(handler)
            handler.close()


def test_keys_never_reach_the_file(log: Path) -> None:
    logs.keep_secret([SECRET, None])
    logger = logging.getLogger("betting_tui.test")
    logger.info("asking %s", f"https://host/v4/sports?apiKey={SECRET}&x=1")
    logger.info("apiKey=another-secret&regions=us")
    try:
        raise ValueError(f"refused {SECRET}")
    except ValueError:
        logger.exception("it broke with %r", SECRET)
    text = log.read_text()
    assert SECRET not in text
    assert "another-secret" not in text
    assert "it broke" in text
    assert "regions=us" in text
    assert "ValueError" in text


@pytest.mark.skipif(os.name != "posix", reason="file modes are a POSIX matter")
def test_only_the_owner_reads_it(log: Path) -> None:
    logging.getLogger("betting_tui.test").info("hello")
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    assert stat.S_IMODE(log.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(log.parent.parent.stat().st_mode) == 0o700


def test_the_level_is_kept(log: Path) -> None:
    logging.getLogger("betting_tui.test").debug("whisper")
    assert log.read_text() == ""


def test_opening_again_does_not_write_everything_twice(log: Path) -> None:
    logs.open_log(log.parents[1], "info")
    logging.getLogger("betting_tui.test").info("once")
    assert log.read_text().count("once") == 1


def test_a_folder_that_cannot_be_made_costs_the_log_and_nothing_else(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    assert logs.open_log(blocked, "info") is None
    logging.getLogger("betting_tui.test").info("goes nowhere")


def test_an_unexpected_error_is_kept_with_its_traceback(log: Path) -> None:
    assert str(log) in logs.record_failure(RuntimeError("boom"))
    assert "RuntimeError: boom" in log.read_text()


def test_a_person_reads_one_line_a_fault_and_once(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    logs.open_log(log.parents[1], "info", warnings_on_stderr=True)
    for _ in range(3):
        try:
            raise ValueError(f"the ledger was moved\nand {SECRET}")
        except ValueError:
            logging.getLogger("betting_tui.test").exception("polling failed")
    logging.getLogger("betting_tui.test").info("nobody needs this")
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 1
    assert said[0].endswith("polling failed: the ledger was moved")
    assert log.read_text().count("Traceback") == 3
