"""What archived quotes take on disk, and that writing them leaves the event loop alone: the benchmark's own limits."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARK = Path(__file__).parents[3] / "benchmarks" / "archive_size.py"


@pytest.mark.long
def test_a_hundred_thousand_quotes_stay_within_their_share_and_nothing_waits_for_them() -> None:
    ran = subprocess.run([sys.executable, str(BENCHMARK), "100000"], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "bytes a quote" in ran.stdout
