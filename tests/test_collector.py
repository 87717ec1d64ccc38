"""Memory that was freed goes back to the system."""

from __future__ import annotations

import platform

import pytest

from betting_tui.collector import give_back
from betting_tui.engine.versions import memory_now

_BLOCK = 64 * 1024
_BLOCKS = 1000


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc hoards what was freed")
def test_what_lies_free_below_something_kept_is_given_back() -> None:
    blocks = [b"x" * (_BLOCK + number) for number in range(_BLOCKS)]
    kept = blocks[::100]
    del blocks
    before = memory_now()
    give_back()
    after = memory_now()
    assert before is not None
    assert after is not None
    assert before - after > _BLOCK * _BLOCKS / 2
    assert all(part[-1:] == b"x" for part in kept)
