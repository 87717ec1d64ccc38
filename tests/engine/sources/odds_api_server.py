"""A small HTTP server on 127.0.0.1 that speaks The Odds API from payloads given to it, in any weather.

    async with OddsApiServer(odds={"basketball_nba": [...]}) as server:
        settings = TheOddsApi(base_url=server.base_url)
        server.weather.append(Weather(status=503))   # the next request only
        server.sky = Weather(status=503)             # every request, until it is another

Payloads are plain lists in the provider's schema, or bytes to be sent as they are.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import socket
import struct
from collections import deque
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs, urlsplit

from msgspec import Struct, field

Payload = Sequence[object] | bytes

ERRORS = {
    "MISSING_KEY": (401, "API key is missing."),
    "INVALID_KEY": (401, "API key is not valid."),
    "DEACTIVATED_KEY": (401, "API key has been deactivated."),
    "OUT_OF_USAGE_CREDITS": (401, "Usage quota has been reached."),
    "HISTORICAL_UNAVAILABLE_ON_FREE_USAGE_PLAN": (401, "Historical odds are only available on paid usage plans."),
    "INVALID_MARKET": (422, "Invalid markets: not_a_market"),
    "INVALID_REGION": (422, "Invalid region."),
    "UNKNOWN_SPORT": (404, "Unknown sport."),
    "EXCEEDED_FREQ_LIMIT": (429, "Requests are too frequent."),
}


def error_body(code: str, message: str | None = None) -> bytes:
    said = message if message is not None else ERRORS[code][1]
    return json.dumps({"message": said, "error_code": code, "details_url": "https://example.test/errors"}).encode()


class Weather(Struct):
    """What happens to a request. Without `body` the proper answer is sent, whatever else the weather does."""

    status: int = 200
    body: bytes | None = None
    headers: dict[str, str] = field(default_factory=dict)
    gzipped: bool = False
    drip_seconds: float | None = None
    silent: bool = False
    cut_after: int | None = None
    reset: bool = False


class Asked(Struct, frozen=True):
    """One request as it came in."""

    path: str
    query: dict[str, str]
    headers: dict[str, str]


def bad_weather(code: str, **headers: str) -> Weather:
    """The provider's documented refusal with that error code."""
    return Weather(
        status=ERRORS[code][0], body=error_body(code), headers={k.replace("_", "-"): v for k, v in headers.items()}
    )


class OddsApiServer:
    def __init__(
        self,
        *,
        key: str = "a-key-for-tests",
        sports: Payload = b"[]",
        odds: Mapping[str, Payload] | None = None,
        scores: Mapping[str, Payload] | None = None,
        events: Mapping[str, Payload] | None = None,
        event_odds: Mapping[str, object] | None = None,
        event_markets: Mapping[str, object] | None = None,
        participants: Mapping[str, Payload] | None = None,
        historical: Mapping[str, object] | None = None,
        remaining: int = 500,
    ) -> None:
        self.key = key
        self.sports = sports
        self.odds = dict(odds or {})
        self.scores = dict(scores or {})
        self.events = dict(events or {})
        self.event_odds = dict(event_odds or {})
        self.event_markets = dict(event_markets or {})
        self.participants = dict(participants or {})
        self.historical = dict(historical or {})
        self.remaining = remaining
        self.used = 0
        self.weather: deque[Weather] = deque()
        self.sky: Weather | None = None
        self.date = "Sat, 18 Apr 2026 10:00:00 GMT"
        self.asked: list[Asked] = []
        self.host = "127.0.0.1"
        self._port = 0
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def open(self) -> None:
        """Listen; after `close` on the same port again."""
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", self._port)
        self._port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Refuse connections from now on, and hang up on those that are there."""
        assert self._server is not None
        self._server.close()
        await self.hang_up()
        await self._server.wait_closed()

    async def hang_up(self) -> None:
        """Close the connections that are there."""
        for task in list(self._open):
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    @property
    def base_url(self) -> str:
        assert self._port
        return f"http://{self.host}:{self._port}"

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        try:
            while await self._serve_one(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self._open.discard(task)
            writer.transport.abort()

    async def _serve_one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        parts = urlsplit(head[0].split(" ")[1])
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
        asked = Asked(parts.path, {name: values[0] for name, values in parse_qs(parts.query).items()}, headers)
        self.asked.append(asked)
        weather = self.weather.popleft() if self.weather else self.sky or Weather()
        if weather.silent:
            await asyncio.Event().wait()
        if weather.reset:
            # Closing at once with nothing lingering is what makes the system send a reset.
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            return False
        return await self._send(writer, weather, asked)

    async def _send(self, writer: asyncio.StreamWriter, weather: Weather, asked: Asked) -> bool:
        status, body, cost = (weather.status, weather.body, 0) if weather.body is not None else self._answer(asked)
        if weather.body is None and weather.status != 200:
            status, body = weather.status, b""
        assert body is not None
        self.used, self.remaining = self.used + cost, self.remaining - cost
        headers = {
            "content-type": "application/json",
            "date": self.date,
            "x-requests-used": str(self.used),
            "x-requests-remaining": str(self.remaining),
            "x-requests-last": str(cost),
        } | weather.headers
        if weather.gzipped:
            body, headers["content-encoding"] = gzip.compress(body), "gzip"
        headers["content-length"] = str(len(body))
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items() if value)
        writer.write(f"HTTP/1.1 {status} Weather\r\n{lines}\r\n".encode("latin-1"))
        if weather.drip_seconds is not None:
            for byte in body:
                writer.write(bytes([byte]))
                await writer.drain()
                await asyncio.sleep(weather.drip_seconds)
        else:
            writer.write(body if weather.cut_after is None else body[: weather.cut_after])
        await writer.drain()
        return weather.cut_after is None

    def _answer(self, asked: Asked) -> tuple[int, bytes, int]:
        """Status, body and cost, as documented."""
        if "apiKey" not in asked.query:
            return self._refuse("MISSING_KEY")
        if asked.query["apiKey"] != self.key:
            return self._refuse("INVALID_KEY")
        match asked.path.strip("/").split("/"):
            case ["v4", "sports"]:
                return 200, _packed(self.sports), 0
            case ["v4", "sports", sport, "events"] if sport in self.events:
                return 200, _packed(self.events[sport]), 0
            case ["v4", "sports", sport, "scores"] if sport in self.scores:
                return self._charged(_packed(self.scores[sport]), 2 if "daysFrom" in asked.query else 1)
            case ["v4", "sports", sport, "odds"] if sport in self.odds:
                return self._charged(_packed(self.odds[sport]), _odds_cost(asked.query))
            case ["v4", "sports", sport, "participants"] if sport in self.participants:
                return self._charged(_packed(self.participants[sport]), 1)
            case ["v4", "sports", _, "events", event, ("odds" | "markets") as what]:
                return self._answer_event(event, what, asked.query)
            case ["v4", "historical", "sports", *rest] if "/".join(rest) in self.historical:
                cost = 1 if rest[-1] == "events" else 10 * _odds_cost(asked.query)
                return self._charged(json.dumps(self.historical["/".join(rest)]).encode(), cost)
            case ["v4", "historical", *_]:
                return self._refuse("HISTORICAL_UNAVAILABLE_ON_FREE_USAGE_PLAN")
            case _:
                return self._refuse("UNKNOWN_SPORT")

    def _answer_event(self, event: str, what: str, query: Mapping[str, str]) -> tuple[int, bytes, int]:
        """One object, not a list; its odds are charged by the markets that come back."""
        known = self.event_odds if what == "odds" else self.event_markets
        if event not in known:
            return 404, b'{"message": "Event not found."}', 0
        body = json.dumps(known[event]).encode()
        if what == "markets":
            return self._charged(body, 1)
        returned = sum(f'"key": "{market}"'.encode() in body for market in query["markets"].split(","))
        return self._charged(body, returned * _odds_cost({**query, "markets": "one"}))

    def _charged(self, body: bytes, cost: int) -> tuple[int, bytes, int]:
        """An empty list is free; a call that costs more than what remains is refused."""
        if body == b"[]":
            return 200, body, 0
        return self._refuse("OUT_OF_USAGE_CREDITS") if cost > self.remaining else (200, body, cost)

    def _refuse(self, code: str) -> tuple[int, bytes, int]:
        return ERRORS[code][0], error_body(code), 0


def _packed(payload: Payload) -> bytes:
    return payload if isinstance(payload, bytes) else json.dumps(list(payload)).encode()


def _odds_cost(query: Mapping[str, str]) -> int:
    markets = len(query.get("markets", "h2h").split(","))
    if "bookmakers" in query:
        return markets * -(-len(query["bookmakers"].split(",")) // 10)
    return markets * len(query.get("regions", "us").split(","))
