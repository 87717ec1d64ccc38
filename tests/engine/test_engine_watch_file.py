"""The stars of a user, from run to run."""

from __future__ import annotations

import stat
from datetime import timedelta
from pathlib import Path

import pytest

from betting_tui.engine.core.model import Selection
from betting_tui.engine.core.odds import parse_any
from betting_tui.engine.core.opportunity_views import WatchedLeg, WatchMark
from betting_tui.engine.watch_file import WATCH_FILE, load_marks, save_marks
from market_samples import GAME, MONEYLINE, NOW, START

MARK = WatchMark("OPP-1", GAME, (WatchedLeg(Selection(MONEYLINE, "Home"), "fanduel", parse_any("+150")),))


def test_marks_come_back_as_they_were_and_only_their_owner_may_read_them(tmp_path: Path) -> None:
    path = tmp_path / WATCH_FILE
    assert load_marks(path, NOW) == ()
    save_marks(path, (MARK,))
    assert load_marks(path, NOW) == (MARK,)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_star_goes_when_its_event_is_long_over(tmp_path: Path) -> None:
    path = tmp_path / WATCH_FILE
    save_marks(path, (MARK,))
    assert load_marks(path, START + timedelta(hours=11)) == (MARK,)
    assert load_marks(path, START + timedelta(hours=13)) == ()


@pytest.mark.parametrize("content", [b"", b"{", b"[1, 2]", b'[{"opportunity_id": "x"}]', b"\xff\xfe"])
def test_a_file_that_cannot_be_read_costs_the_stars_and_nothing_else(
    tmp_path: Path, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / WATCH_FILE
    path.write_bytes(content)
    assert load_marks(path, NOW) == ()
    assert "begun anew" in caplog.text
