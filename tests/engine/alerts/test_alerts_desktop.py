"""Pop-ups of the desktop: off where there is none, and never waited for."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from betting_tui.engine.alerts import DesktopChannel
from betting_tui.engine.alerts import desktop as room
from betting_tui.engine.core.ports import Notice, NoticeKind

on_linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the session bus is Linux's")
NOTICE = Notice(NoticeKind.HIGH_VALUE, "k", "Value", "<b>Home</b> & Away")


@on_linux
@pytest.mark.parametrize("address", [None, ""])
async def test_without_a_session_bus_pop_ups_are_off_and_say_why(
    address: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    if address is not None:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
    channel = DesktopChannel()
    assert channel.status == "this session has no desktop to notify"
    assert await channel.send(NOTICE) is False


@on_linux
async def test_a_session_bus_that_is_not_there_switches_pop_ups_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path / 'bus'}")
    channel = DesktopChannel()
    assert channel.status == "ready"
    assert await channel.send(NOTICE) is False
    assert "failed" in channel.status


@asynccontextmanager
async def deaf_bus(path: Path) -> AsyncIterator[None]:
    """A socket that takes every connection and never says a word."""
    done = asyncio.Event()

    async def listen(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await done.wait()
        writer.close()

    server = await asyncio.start_unix_server(listen, path)
    try:
        yield
    finally:
        done.set()
        server.close()
        await server.wait_closed()
        await asyncio.sleep(0)


@on_linux
async def test_a_session_bus_that_never_answers_is_cut_off_at_the_bound(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path / 'bus'}")
    monkeypatch.setattr(room, "POPUP_TIMEOUT_SECONDS", 0.1)
    async with deaf_bus(tmp_path / "bus"), asyncio.timeout(10):
        channel = DesktopChannel()
        assert await channel.send(NOTICE) is False
    assert "TimeoutError" in channel.status
