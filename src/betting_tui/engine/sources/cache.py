"""Answers kept between two runs, so that a restart within their time to live asks nobody and costs nothing.

A cache is never needed: a missing, damaged or unwritable one is an empty one. What is kept holds no secret; names are
made of what was asked, without the key, and only their digest reaches the disk.
"""

from __future__ import annotations

import contextlib
import logging
import os
import tempfile
import zlib
from collections.abc import Iterable
from datetime import datetime
from hashlib import blake2b
from pathlib import Path
from typing import Protocol

import msgspec
from msgspec import Struct, structs

from betting_tui.engine.config.folders import make_private_folder
from betting_tui.engine.core.ports import Answer, OddsRequest

_LOG = logging.getLogger(__name__)
MAX_BODY_BYTES = 16 * 1024 * 1024
MAX_CACHE_BYTES = 64 * 1024 * 1024
_MAGIC = b"betting-tui cache 1\n"
_DIGEST = 16
_ENDING = ".kept"
_PART = ".part"
_HEADROOM = 64 * 1024
_LEVEL = 6


class Cached(Struct, frozen=True):
    """One kept answer. `checked_at` is when the provider last said that it still holds: when it was fetched, or a 304.

    `etag` and `last_modified` are the provider's own words, to be sent back when asking whether it still holds.
    """

    body: bytes
    fetched_at: datetime
    checked_at: datetime
    etag: str = ""
    last_modified: str = ""

    def fresh(self, now: datetime, ttl_seconds: float) -> bool:
        """Whether it may be used without asking. One from the future is not: a clock was wrong."""
        return 0 <= (now - self.checked_at).total_seconds() <= ttl_seconds

    def confirmed(self, now: datetime) -> Cached:
        """The same after the provider has answered that nothing changed."""
        return structs.replace(self, checked_at=now)


class Cache(Protocol):
    """Keeps answers by name. Both calls may touch the disk and never raise: use them off the event loop."""

    def load(self, name: str) -> Cached | None: ...

    def store(self, name: str, kept: Cached) -> None: ...


class MemoryCache:
    """Implements `Cache` for one run: the newest `limit` answers."""

    def __init__(self, limit: int = 64) -> None:
        self._limit = limit
        self._kept: dict[str, Cached] = {}

    def load(self, name: str) -> Cached | None:
        return self._kept.get(name)

    def store(self, name: str, kept: Cached) -> None:
        self._kept.pop(name, None)
        self._kept[name] = kept
        while len(self._kept) > self._limit:
            del self._kept[next(iter(self._kept))]


class FolderCache:
    """Implements `Cache` in a folder of its own: a file (0600) an answer, the oldest go when `max_bytes` is passed."""

    def __init__(self, folder: Path, *, max_bytes: int = MAX_CACHE_BYTES, max_body_bytes: int = MAX_BODY_BYTES) -> None:
        self._folder = folder
        self._max_bytes = max_bytes
        self._max_body = max_body_bytes

    def load(self, name: str) -> Cached | None:
        """None for what was never kept, and for a file that is not exactly what was written."""
        path = self._path(name)
        try:
            if not path.is_file() or path.is_symlink():
                return None
            with path.open("rb") as file:
                content = file.read(self._max_body + _HEADROOM + 1)
            return _unpacked(content, self._max_body + _HEADROOM)
        except (OSError, ValueError, zlib.error, MemoryError):
            return None

    def store(self, name: str, kept: Cached) -> None:
        """Whole or not at all; what cannot be written is not kept."""
        if len(kept.body) > self._max_body:
            return
        try:
            self._write(self._path(name), _packed(kept))
            self._make_room()
        except OSError as error:
            _LOG.info("an answer could not be kept: %s", error.strerror or type(error).__name__)

    def _path(self, name: str) -> Path:
        return self._folder / (blake2b(name.encode("utf-8", "replace"), digest_size=20).hexdigest() + _ENDING)

    def _write(self, path: Path, content: bytes) -> None:
        make_private_folder(self._folder)
        # Created 0600 under a name of its own: two processes may keep the same answer at once.
        descriptor, part = tempfile.mkstemp(dir=self._folder, suffix=_PART)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
            os.replace(part, path)
        except OSError:
            with contextlib.suppress(OSError):
                os.unlink(part)
            raise

    def _make_room(self) -> None:
        """Oldest first; what a killed run left half written counts and goes with the rest."""
        found = sorted(_sizes(self._folder.iterdir()), reverse=True)
        total = 0
        for _, size, path in found:
            total += size
            if total > self._max_bytes:
                with contextlib.suppress(OSError):
                    path.unlink()


def odds_name(source: str, request: OddsRequest) -> str:
    """The name under which the answer to an odds request is kept: all that was asked, nothing of who asked."""
    asked = structs.replace(
        request,
        markets=_sorted(request.markets),
        bookmakers=_sorted(request.bookmakers),
        regions=_sorted(request.regions),
        event_ids=_sorted(request.event_ids),
    )
    return f"{source}|odds|{msgspec.json.encode(asked).decode()}"


def events_name(source: str, sport_key: str) -> str:
    return f"{source}|events|{sport_key}"


def keep_answer(cache: Cache, name: str, answer: Answer) -> None:
    """Keep a whole answer of a feed that has no way to ask whether it still holds. Touches the disk."""
    # The readings were true once: told again after a restart they would move the clock and the credits back.
    bare = structs.replace(answer, server_time=None, credits=None)
    cache.store(name, Cached(msgspec.msgpack.encode(bare), answer.received_at, answer.received_at))


def kept_answer(cache: Cache, name: str, now: datetime, ttl_seconds: float) -> Answer | None:
    """The answer kept under that name as it was received then, unless it is older than `ttl_seconds`.

    Without credits and server time, as it costs nothing and says nothing of now. Touches the disk.
    """
    kept = cache.load(name)
    if kept is None or not kept.fresh(now, ttl_seconds):
        return None
    try:
        return msgspec.msgpack.decode(kept.body, type=Answer)
    except (msgspec.DecodeError, ValueError):
        return None


def _sorted(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(words)))


def _packed(kept: Cached) -> bytes:
    payload = zlib.compress(msgspec.msgpack.encode(kept), _LEVEL)
    return _MAGIC + blake2b(payload, digest_size=_DIGEST).digest() + payload


def _unpacked(content: bytes, limit: int) -> Cached | None:
    """None unless every byte is as written; unpacks to at most `limit` bytes."""
    start = len(_MAGIC) + _DIGEST
    payload = content[start:]
    if not content.startswith(_MAGIC) or blake2b(payload, digest_size=_DIGEST).digest() != content[len(_MAGIC) : start]:
        return None
    unpacker = zlib.decompressobj()
    plain = unpacker.decompress(payload, limit)
    return msgspec.msgpack.decode(plain, type=Cached) if unpacker.eof else None


def _sizes(paths: Iterable[Path]) -> Iterable[tuple[float, int, Path]]:
    for path in paths:
        with contextlib.suppress(OSError):
            if path.suffix in (_ENDING, _PART) and not path.is_symlink():
                state = path.stat()
                yield state.st_mtime, state.st_size, path
