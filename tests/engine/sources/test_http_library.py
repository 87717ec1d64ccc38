"""The library that speaks HTTP is loaded when something is first asked, and no more of it than is used."""

from __future__ import annotations

import subprocess
import sys

_ASK = """
import asyncio, sys
from betting_tui.engine.core.errors import SourceUnreachable
from betting_tui.engine.sources.http import HttpClient

async def ask():
    client = HttpClient()
    assert "httpx" not in sys.modules
    try:
        await client.get("http://127.0.0.1:1/", {})
    except SourceUnreachable:
        assert "httpx" in sys.modules
        print(*[name for name in ("pygments", "rich", "httpx._main") if name in sys.modules])
    finally:
        await client.aclose()

asyncio.run(ask())
"""


def test_asking_does_not_load_the_library_s_command_line() -> None:
    ran = subprocess.run([sys.executable, "-c", _ASK], capture_output=True, text=True, timeout=60, check=False)
    assert (ran.stdout, ran.stderr) == ("\n", "")
