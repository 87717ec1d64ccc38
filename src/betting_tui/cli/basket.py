"""A basket of bets as CSV: columns named like the flags of `bets place`, one bet a row."""

from __future__ import annotations

import csv
import hashlib
import io
from datetime import datetime
from pathlib import Path

import msgspec
from msgspec import Struct

from betting_tui.engine.core.errors import BettingError, UsageError
from betting_tui.engine.core.model import Funding
from betting_tui.engine.core.odds import Price, parse_any
from betting_tui.engine.core.places import each_way_of
from betting_tui.engine.core.times import parse_time


class Wanted(Struct, frozen=True):
    """One bet as asked for. `stake` is in major units as written."""

    event: str
    market: str
    selection: str
    bookmaker: str
    odds: Price
    stake: str
    point: float | None = None
    participant: str | None = None
    home: str | None = None
    away: str | None = None
    commence: datetime | None = None
    sport: str | None = None
    at: datetime | None = None
    strategy: str | None = None
    key: str | None = None
    note: str = ""
    funding: Funding = Funding.CASH
    each_way: str | None = None


COLUMNS = tuple(field for field in Wanted.__struct_fields__)
_REQUIRED = ("event", "market", "selection", "bookmaker", "odds", "stake")
_MAX_BYTES = 10_000_000


class BasketRow(Struct, frozen=True):
    """`line` counts from 2, as spreadsheets do. `bet` is a text saying what is wrong when the row cannot be read."""

    line: int
    bet: Wanted | str


def read_basket(path: Path) -> tuple[BasketRow, ...]:
    """Every row. Raises UsageError when the file as a whole is no basket."""
    rows = csv.reader(io.StringIO(_text(path)), strict=True)
    try:
        header = [cell.strip().lower().lstrip("-").replace("-", "_") for cell in next(rows, [])]
        _check_header(path, header)
        return tuple(BasketRow(rows.line_num, _bet(header, cells)) for cells in rows if any(cells))
    except csv.Error as error:
        raise UsageError(f"{path}, line {rows.line_num}: {error}") from None


def row_key(bet: Wanted, seen: dict[str, int]) -> str:
    """The same row sent again is the same bet; equal rows of one basket are counted apart."""
    told = msgspec.to_builtins(bet)
    if bet.funding is Funding.CASH:
        # A basket from before there were free bets, or each way ones, keeps its keys.
        del told["funding"]
    if bet.each_way is None:
        del told["each_way"]
    digest = hashlib.sha256(msgspec.json.encode(told)).hexdigest()[:32]
    seen[digest] = seen.get(digest, 0) + 1
    return f"basket:{digest}:{seen[digest]}"


def _text(path: Path) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror or error}") from None
    if len(data) > _MAX_BYTES:
        raise UsageError(f"{path} is larger than {_MAX_BYTES // 1_000_000} MB: split it")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError(f"{path} is not UTF-8 text") from None


def _check_header(path: Path, header: list[str]) -> None:
    missing = [name for name in _REQUIRED if name not in header]
    unknown = [name for name in header if name not in COLUMNS]
    if missing or unknown or len(set(header)) != len(header):
        what = f"misses {', '.join(missing)}" if missing else f"has columns nobody knows: {', '.join(unknown)[:80]}"
        if not missing and not unknown:
            what = "names a column twice"
        raise UsageError(f"{path}: the first line {what}; columns are {', '.join(COLUMNS)}")


def _bet(header: list[str], cells: list[str]) -> Wanted | str:
    if len(cells) != len(header):
        return f"{len(cells)} values where the first line names {len(header)} columns"
    given = {name: cell.strip() for name, cell in zip(header, cells, strict=True) if cell.strip()}
    missing = [name for name in _REQUIRED if name not in given]
    if missing:
        return f"{', '.join(missing)} empty"
    try:
        return Wanted(
            event=given["event"],
            market=given["market"],
            selection=given["selection"],
            bookmaker=given["bookmaker"],
            odds=parse_any(given["odds"]),
            stake=given["stake"],
            point=_point(given["point"]) if "point" in given else None,
            participant=given.get("participant"),
            home=given.get("home"),
            away=given.get("away"),
            commence=_moment("commence", given["commence"]) if "commence" in given else None,
            sport=given.get("sport"),
            at=_moment("at", given["at"]) if "at" in given else None,
            strategy=given.get("strategy"),
            key=given.get("key"),
            note=given.get("note", ""),
            funding=_funding(given.get("funding", Funding.CASH.value)),
            each_way=each_way_of(given["each_way"]).text if "each_way" in given else None,
        )
    except BettingError as error:
        return error.message


def _point(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise UsageError(f"point {text[:40]!r} is not a number") from None


def _funding(text: str) -> Funding:
    if text.lower() not in tuple(Funding):
        raise UsageError(f"funding {text[:40]!r} is neither cash nor free")
    return Funding(text.lower())


def _moment(name: str, text: str) -> datetime:
    try:
        return parse_time(text)
    except (ValueError, OverflowError):
        raise UsageError(f"{name} {text[:40]!r} is not a time: write for example 2026-04-18T11:30:00Z") from None
