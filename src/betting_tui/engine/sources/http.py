"""The network seam: the only file that speaks HTTP. Requests end in time, answers have a size, secrets no text."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import logging
import sys
import zlib
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING

from msgspec import Struct

from betting_tui import __version__
from betting_tui.engine.core.errors import BadAnswer, SourceError, SourceUnreachable

if TYPE_CHECKING:
    import ssl

    import httpx

DEADLINE_SECONDS = 20.0
MAX_BODY_BYTES = 8 * 1024 * 1024
_MAX_REDIRECTS = 3
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
_GZIP_OR_ZLIB = 47
_LIBRARY_LOGGERS = ("httpx", "httpcore", *(f"httpcore.{part}" for part in ("connection", "http11", "proxy", "socks")))


class NotConnected(SourceUnreachable):
    """No connection came about, so nothing was asked and nothing can have been charged."""


class Misdirected(SourceUnreachable):
    """The address leads elsewhere or nowhere: asking again would lead there again."""


class Secret:
    """A text that must not be shown: it has no readable `repr` or `str`, so no traceback or log can print it."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return "Secret(hidden)"

    __str__ = __repr__

    def __bool__(self) -> bool:
        return bool(self._text)

    def reveal(self) -> str:
        return self._text


class HttpAnswer(Struct, frozen=True):
    """Any answer a server gave, whatever its status. `headers` names are in lower case."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    server_time: datetime | None = None

    def __repr__(self) -> str:
        """Without headers and body: a server that says the key back must not bring it into a crash report."""
        return f"HttpAnswer({self.status}, {len(self.body)} bytes)"

    def header(self, name: str) -> str | None:
        wanted = name.lower()
        return next((value for key, value in self.headers if key == wanted), None)


class HttpClient:
    """Requests with a bound on time and size. The query never appears in an error, a log or an exception chain."""

    def __init__(self, *, deadline_seconds: float = DEADLINE_SECONDS, max_body_bytes: int = MAX_BODY_BYTES) -> None:
        self._deadline = deadline_seconds
        self._max_body = max_body_bytes
        self._client: httpx.AsyncClient | None = None
        self._opening = asyncio.Lock()

    async def get(
        self,
        url: str,
        query: Mapping[str, str | Secret],
        headers: Mapping[str, str] | None = None,
        *,
        deadline_seconds: float | None = None,
    ) -> HttpAnswer:
        """One request and its answer, of any status. Same-host redirects are followed, others refused.

        `headers` go with it, instead of the client's own of that name; `deadline_seconds` may only shorten the client's
        own. Raises SourceUnreachable (network, time) and BadAnswer (too large, not decodable).
        """
        deadline = self._deadline if deadline_seconds is None else min(self._deadline, max(0.0, deadline_seconds))
        outcome = await self._outcome(url, query, headers or {}, deadline)
        if isinstance(outcome, SourceError):
            raise outcome
        return outcome

    async def post(self, url: Secret, body: bytes) -> int:
        """The status of the answer to some JSON. The answer's body is not read, a redirect is an answer like others.

        Raises SourceUnreachable in words that hold nothing of the address.
        """
        outcome = await self._posted(url, body)
        if isinstance(outcome, SourceError):
            raise outcome
        return outcome

    async def aclose(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    async def _outcome(
        self, url: str, query: Mapping[str, str | Secret], headers: Mapping[str, str], deadline: float
    ) -> HttpAnswer | SourceError:
        """The failure as a value: raised from here it would carry the library's exception, which holds the URL."""
        host = _host(url)
        try:
            async with asyncio.timeout(deadline):
                client = await self._open()
                return await self._follow(client, url, query, headers)
        except SourceError as refused:
            return type(refused)(refused.message)
        except TimeoutError:
            return SourceUnreachable(
                f"{host} did not finish its answer within {deadline:.3g} s: it will be asked again"
            )
        except Exception as failure:  # whatever the library throws here, the request has failed
            kind, reason = _network_reason(failure)
            return kind(f"{host} {reason}")

    async def _posted(self, url: Secret, body: bytes) -> int | SourceUnreachable:
        """The failure as a value: raised from here it would carry the library's exception, which holds the address."""
        try:
            async with asyncio.timeout(self._deadline):
                client = await self._open()
                headers = {"Content-Type": "application/json", "Connection": "close"}
                request = client.build_request("POST", url.reveal(), content=body, headers=headers)
                response = await client.send(request, stream=True)
                await response.aclose()
                return response.status_code
        except TimeoutError:
            return SourceUnreachable(f"it gives no answer within {self._deadline:.3g} s")
        except Exception as failure:  # whatever the library throws here, the request has failed
            kind, _ = _network_reason(failure)
            return kind("it cannot be reached" if kind is NotConnected else "it breaks off the connection")

    async def _open(self) -> httpx.AsyncClient:
        async with self._opening:
            if self._client is None:
                # Importing the library and loading certificates takes about a tenth of a second: off the loop.
                self._client = await asyncio.to_thread(_new_client)
            return self._client

    async def _follow(
        self, client: httpx.AsyncClient, url: str, query: Mapping[str, str | Secret], headers: Mapping[str, str]
    ) -> HttpAnswer:
        params = {name: value.reveal() if isinstance(value, Secret) else value for name, value in query.items()}
        request = client.build_request("GET", url, params=params, headers=dict(headers))
        origin = _origin(request.url)
        for _ in range(_MAX_REDIRECTS + 1):
            answer, location = await self._exchange(client, request)
            if location is None:
                return answer
            target = request.url.join(location)
            if _origin(target) != origin:
                raise Misdirected(
                    f"{_host(url)} sends requests on to another host: not followed, because the key would go with it; "
                    "check the base_url of this feed"
                )
            target = target if target.query else target.copy_merge_params(params)
            request = client.build_request("GET", target, headers=dict(headers))
        raise Misdirected(f"{_host(url)} redirects in a circle")

    async def _exchange(self, client: httpx.AsyncClient, request: httpx.Request) -> tuple[HttpAnswer, str | None]:
        response = await client.send(request, stream=True)
        try:
            location = response.headers.get("location") if response.status_code in _REDIRECTS else None
            body = b"" if location else await self._read(response)
            headers = tuple((name.lower(), value) for name, value in response.headers.items())
            when = http_time(response.headers.get("date", ""))
            return HttpAnswer(response.status_code, headers, body, when), location
        finally:
            await response.aclose()

    async def _read(self, response: httpx.Response) -> bytes:
        encoding = response.headers.get("content-encoding", "").strip().lower()
        chunks = response.aiter_raw()
        if encoding in ("", "identity"):
            return await _read_plain(chunks, self._max_body)
        if encoding in ("gzip", "x-gzip", "deflate"):
            return await _read_packed(chunks, self._max_body)
        raise BadAnswer("the answer is packed in a way that was not asked for: nothing was read")


async def post_once(url: Secret, body: bytes, *, deadline_seconds: float) -> int:
    """One message through a connection of its own; see `HttpClient.post`."""
    http = HttpClient(deadline_seconds=deadline_seconds)
    try:
        return await http.post(url, body)
    finally:
        await http.aclose()


async def _read_plain(chunks: AsyncIterator[bytes], limit: int) -> bytes:
    body = bytearray()
    async for chunk in chunks:
        body += chunk
        if len(body) > limit:
            raise _too_large(limit)
    return bytes(body)


async def _read_packed(chunks: AsyncIterator[bytes], limit: int) -> bytes:
    """Unpack piece by piece: a small body that unpacks to gigabytes is cut at the limit, not after it."""
    unpacker = zlib.decompressobj(wbits=_GZIP_OR_ZLIB)
    body = bytearray()
    async for chunk in chunks:
        try:
            body += unpacker.decompress(chunk, limit + 1 - len(body))
        except zlib.error:
            raise BadAnswer("the packed answer is damaged: nothing was read") from None
        if len(body) > limit:
            raise _too_large(limit)
    if not unpacker.eof:
        raise SourceUnreachable("the answer ends in the middle: it will be asked for again")
    return bytes(body)


def _too_large(limit: int) -> BadAnswer:
    return BadAnswer(f"the answer is larger than {limit / 1024 / 1024:g} MB: nothing was read")


def _import_httpx() -> None:
    """Without the library's own command line, which would load a highlighter and tables: 3 MB that nobody uses."""
    command_line = "httpx._main"
    if "httpx" in sys.modules:
        return
    # The library does without what cannot be imported, and None says just that.
    sys.modules[command_line] = None  # type: ignore[assignment]
    try:
        importlib.import_module("httpx")
    finally:
        del sys.modules[command_line]


def _new_client() -> httpx.AsyncClient:
    _import_httpx()
    import httpx

    # Else the first request would load it, while the event loop waits.
    with contextlib.suppress(ImportError):
        importlib.import_module("anyio._backends._asyncio")
    _quiet_library_logs()
    return httpx.AsyncClient(
        headers={"User-Agent": f"betting-tui/{__version__}", "Accept": "application/json", "Accept-Encoding": "gzip"},
        follow_redirects=False,
        # The library's timers restart at each byte, so they bound nothing: the total deadline does.
        timeout=httpx.Timeout(None),
        verify=_certificates(),
        mounts={f"all://{host}": None for host in _LOOPBACK},
    )


@cache
def _certificates() -> ssl.SSLContext:
    """Whom every feed's client trusts: reading it takes 40 ms and a megabyte, for each that has its own."""
    import httpx

    return httpx.create_ssl_context()


def _quiet_library_logs() -> None:
    """The library writes each URL, query and all, at INFO, and a redirect's new address at DEBUG."""
    for name in _LIBRARY_LOGGERS:
        logger = logging.getLogger(name)
        logger.setLevel(logging.WARNING)
        if _warnings_only not in logger.filters:
            logger.addFilter(_warnings_only)


def _warnings_only(record: logging.LogRecord) -> bool:
    """Holds even when somebody turns every logger up to DEBUG."""
    return record.levelno >= logging.WARNING


def _network_reason(failure: Exception) -> tuple[type[SourceUnreachable], str]:
    import httpx

    match failure:
        case httpx.ConnectError():
            return NotConnected, "cannot be reached: check the network and the name of the host"
        case httpx.RemoteProtocolError():
            return SourceUnreachable, "broke off its answer or does not speak HTTP: it will be asked again"
        case httpx.ReadError() | httpx.WriteError() | httpx.CloseError():
            return SourceUnreachable, "broke off the connection: it will be asked again"
        case httpx.ProxyError():
            return NotConnected, "cannot be reached through the proxy: check HTTPS_PROXY"
        case httpx.InvalidURL() | httpx.UnsupportedProtocol():
            return Misdirected, "is no address of a feed: check the base_url of this feed"
        case _:
            return SourceUnreachable, f"cannot be asked ({type(failure).__name__})"


def _host(url: str) -> str:
    """Host and port for people; nothing of the path, the query or a password."""
    rest = url.partition("://")[2] or url
    host = rest.partition("/")[0].partition("?")[0].rpartition("@")[2]
    return host[:100] or "the feed"


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


def http_time(text: str) -> datetime | None:
    """A `Date` or `Retry-After` moment as UTC; None when it is not one."""
    from email.utils import parsedate_to_datetime

    try:
        moment = parsedate_to_datetime(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
