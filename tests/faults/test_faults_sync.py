"""No acknowledgement before the disk has it: the system calls of an engine at work, in their order."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from fault_table import Amount, Figures
from test_faults_kill import CHILD

pytestmark = pytest.mark.faults
STRACE = shutil.which("strace")
SAID = re.compile(r'write\(1<[^>]*>, "(will|place|state) ')
SYNC_BEGUN = re.compile(r"^(\d+) +(?:fsync|fdatasync)\(\d+<[^>]*/(ledger\.db[^>/]*)>")
SYNC_ENDED = re.compile(r"^(\d+) +<\.\.\. (?:fsync|fdatasync) resumed>.*= 0$")


def syncs_before_each_word(trace: str) -> list[int]:
    """How often the ledger or its journal was synced between asking and each acknowledgement."""
    counts: list[int] = []
    waiting: set[str] = set()
    since_asked = 0
    for line in trace.splitlines():
        if begun := SYNC_BEGUN.match(line):
            if line.endswith("= 0"):
                since_asked += 1
            else:
                waiting.add(begun[1])
        elif ended := SYNC_ENDED.match(line):
            since_asked += ended[1] in waiting
            waiting.discard(ended[1])
        elif said := SAID.search(line):
            if said[1] == "will":
                since_asked = 0
            else:
                counts.append(since_asked)
    return counts


def test_the_count_tells_a_sync_of_the_ledger_from_others() -> None:
    said = '7 write(1<pipe:[1]>, "{} 0:1"..., 9) = 9'
    assert syncs_before_each_word(
        "\n".join(
            [
                said.format("will"),
                "8 fdatasync(9</x/odds.db>) = 0",
                said.format("place"),
                said.format("will"),
                "8 fdatasync(9</x/ledger.db-journal> <unfinished ...>",
                "8 <... fdatasync resumed>)          = 0",
                "8 fdatasync(7</x/ledger.db>) = -1 EIO (Input/output error)",
                said.format("state"),
                said.format("will"),
                # Numbers of processes are padded.
                "97    fsync(7</x/ledger.db>) = 0",
                said.format("state"),
            ]
        )
    ) == [0, 1, 1]


@pytest.mark.skipif(STRACE is None, reason="strace is not on the PATH: nobody counted the syncs")
def test_each_acknowledgement_follows_a_sync(tmp_path: Path, amount: Amount, figure: Figures) -> None:
    trace = tmp_path / "trace"
    tracer = [str(STRACE), "-f", "-y", "-s", "12", "-e", "trace=fsync,fdatasync,write", "-e", "signal=none"]
    child = [sys.executable, str(CHILD), str(tmp_path / "data"), "0", str(amount(30, 300))]
    ran = subprocess.run([*tracer, "-o", str(trace), *child], capture_output=True, text=True)
    if "ptrace" in ran.stderr.lower():
        pytest.skip(f"strace may not trace here: {ran.stderr.splitlines()[0]}")
    assert (ran.returncode, ran.stderr) == (0, "")
    counts = syncs_before_each_word(trace.read_text(encoding="utf-8"))
    figure(
        "fsync or fdatasync of the ledger before each acknowledgement",
        "at least 1",
        f"{len(counts)} acknowledgements, {min(counts)} to {max(counts)} syncs each",
    )
    assert len(counts) >= amount(30, 300)
    assert min(counts) >= 1
