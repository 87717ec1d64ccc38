"""The test server of The Odds API beside a command that runs its own event loop."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from odds_api_server import OddsApiServer


@contextmanager
def serving(server: OddsApiServer) -> Iterator[str]:
    """Serve from a thread; gives the address."""
    started, done = threading.Event(), threading.Event()
    address: list[str] = []

    async def serve() -> None:
        async with server:
            address.append(server.base_url)
            started.set()
            await asyncio.to_thread(done.wait)

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    try:
        assert started.wait(10)
        yield address[0]
    finally:
        done.set()
        thread.join()
