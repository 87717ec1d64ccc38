"""Hand-made files in the schema of football-data.co.uk, and a server on 127.0.0.1 that serves them with validators.

async with FootballDataServer({"fixtures.csv": sheet(row(Div="E0", ...))}) as server:
    source = FootballDataSource(HttpClient(), clock, base_url=server.base_url)
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from hashlib import blake2b

from msgspec import structs
from odds_api_server import Asked, OddsApiServer, Weather

BASE = {"Div": "E0", "Date": "16/08/2024", "Time": "20:00", "HomeTeam": "Man United", "AwayTeam": "Fulham"}
RESULT = {"FTHG": "1", "FTAG": "0", "FTR": "H"}
PRICES = {"B365H": "1.6", "B365D": "4.2", "B365A": "5.25"}


def row(**cells: str) -> dict[str, str]:
    """A game of E0 with those cells besides its date and teams. Names that are no Python names: `game`."""
    return {**BASE, **cells}


def game(cells: Mapping[str, str], **more: str) -> dict[str, str]:
    return {**BASE, **cells, **more}


def sheet(*rows: Mapping[str, str], ends: str = "\r\n", encoding: str = "utf-8-sig") -> bytes:
    """A file with every column any row has, in the order first seen."""
    columns = list(dict.fromkeys(name for each in rows for name in each))
    lines = [",".join(columns), *(",".join(each.get(name, "") for name in columns) for each in rows)]
    return (ends.join(lines) + ends).encode(encoding)


class FootballDataServer(OddsApiServer):
    """Files by path, each with an ETag and, where given, a `Last-Modified`; answers 304 to the tag it gave."""

    def __init__(self, files: Mapping[str, bytes], *, modified: str = "") -> None:
        super().__init__()
        self.files = dict(files)
        self.modified = modified

    @property
    def paths(self) -> list[str]:
        return [each.path.strip("/") for each in self.asked]

    async def _send(self, writer: asyncio.StreamWriter, weather: Weather, asked: Asked) -> bool:
        if weather.body is None and weather.status == 200:
            body = self.files.get(asked.path.strip("/"))
            if body is None:
                weather = structs.replace(weather, status=404, body=b"<html>Not Found</html>")
            else:
                tag = f'"{blake2b(body, digest_size=8).hexdigest()}"'
                same = asked.headers.get("if-none-match") == tag
                headers = {"etag": tag, "last-modified": self.modified, "content-type": "text/csv"} | weather.headers
                status = 304 if same else 200
                weather = structs.replace(weather, status=status, body=b"" if same else body, headers=headers)
        return await super()._send(writer, weather, asked)
