"""The archive gives back exactly what came in, keeps an unchanged body once, and stays within its size."""

from __future__ import annotations

import random
import sqlite3
import zlib
from datetime import datetime, timedelta
from pathlib import Path
from typing import get_args

import msgspec
import pytest
from store_samples import NOW, minutes, opportunity, place, record

from betting_tui.engine.core.commands import Arm, CancelBet, Command, Deposit, Pause, SettleBet, Withdraw
from betting_tui.engine.core.errors import LedgerError
from betting_tui.engine.core.model import BetResult
from betting_tui.engine.core.odds import OddsFormat
from betting_tui.engine.core.ports import Answer, AnswerKind, CreditReading
from betting_tui.engine.store import Archive, InboxEntry, TimerFired, archive_entries
from betting_tui.engine.store.archive_entries import Part
from betting_tui.engine.store.schema import ARCHIVE, migrations

COMMANDS: tuple[Command, ...] = (
    place(opportunity=opportunity()),
    record(placed_at=NOW),
    CancelBet("BET-000001", "test"),
    SettleBet("BET-000001", BetResult.HALF_WIN, "test", "by hand"),
    Deposit("main", 5, "k", "test"),
    Withdraw("main", 5, "k", "test"),
    Arm("value_betting", True, "test"),
    Pause(False, "test"),
)


def answer(body: bytes, at_minute: float = 0, **changes: object) -> Answer:
    facts: dict[str, object] = {
        "source": "the_odds_api",
        "kind": AnswerKind.ODDS,
        "sport_key": "basketball_nba",
        "body": body,
        "received_at": minutes(at_minute),
        "server_time": minutes(at_minute) - timedelta(seconds=2),
        "credits": CreditReading(10, 490, 3),
        "markets": ("h2h", "spreads"),
        "odds_format": OddsFormat.AMERICAN,
    }
    return Answer(**(facts | changes))  # type: ignore[arg-type]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "odds.db"


async def test_every_kind_of_entry_comes_back_as_it_was(path: Path) -> None:
    entries: list[InboxEntry] = [
        answer(b'[{"id": "\xc3\xa9"}]\r\n'),
        answer(b"", credits=None, server_time=None, markets=(), odds_format=None),
        answer(bytes(range(256)), credits=CreditReading(None, None, None), kind=AnswerKind.SCORES),
        TimerFired("daily"),
        *COMMANDS,
    ]
    archive = await Archive.open(path)
    run = await archive.start_run("demo", NOW, seed=7, parameters='{"speed": 60}')
    futures = [archive.append(entry, minutes(number)) for number, entry in enumerate(entries)]
    assert [await future for future in futures] == list(range(1, len(entries) + 1))
    await archive.close()

    again = await Archive.open(path, read_only=True)
    records = list(again.read())
    assert [each.entry for each in records] == entries
    assert [each.at for each in records] == [minutes(number) for number in range(len(entries))]
    assert {each.run_id for each in records} == {run.id}
    assert again.runs() == (run,)
    assert [each.seq for each in again.read(from_seq=5)] == list(range(5, len(entries) + 1))
    assert list(again.read(run_id=run.id + 1)) == []
    await again.close()


def filled(kind: object, number: int) -> object:
    """Some value of a type that is no field's default."""
    made: dict[object, object] = {
        str: f"text {number}",
        bytes: b"body",
        int: number,
        datetime: minutes(number),
        AnswerKind: AnswerKind.SCORES,
        OddsFormat: OddsFormat.DECIMAL,
        CreditReading: CreditReading(1, 2, 3),
        tuple[str, ...]: ("one", "two"),
        bool: True,
        float: 1.5,
    }
    return made[kind] if kind in made else made[next(each for each in get_args(kind) if each in made)]


async def test_every_field_of_an_answer_comes_back_also_those_without_a_column(path: Path) -> None:
    fields = enumerate(msgspec.structs.fields(Answer), start=1)
    said = Answer(**{field.name: filled(field.type, number) for number, field in fields})  # type: ignore[arg-type]
    assert all(getattr(said, field.name) != field.default for field in msgspec.structs.fields(Answer))
    archive = await Archive.open(path)
    await archive.start_run("live", NOW)
    await archive.append(said, NOW)
    assert [each.entry for each in archive.read()] == [said]
    await archive.close()


class LaterAnswer(Answer, frozen=True):
    """An answer as a later version may have it."""

    asked_for: tuple[str, ...] = ()
    complete: bool | None = None


async def test_what_a_later_version_says_of_an_answer_is_kept_and_an_earlier_one_leaves_it_out(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = LaterAnswer("x", AnswerKind.ODDS, "nba", b"[]", NOW, asked_for=("pinnacle", "a,b"), complete=False)
    archive = await Archive.open(path)
    await archive.start_run("live", NOW)
    with monkeypatch.context() as later:
        later.setattr(archive_entries, "Answer", LaterAnswer)
        archive_entries.extra_fields.cache_clear()
        await archive.append(said, NOW)
        assert [each.entry for each in archive.read()] == [said]
    archive_entries.extra_fields.cache_clear()
    assert [each.entry for each in archive.read()] == [Answer("x", AnswerKind.ODDS, "nba", b"[]", NOW)]
    await archive.close()


async def test_a_part_is_read_by_kind_sport_and_time(path: Path) -> None:
    archive = await Archive.open(path)
    await archive.start_run("live", NOW)
    await archive.append(TimerFired("x"), NOW)
    for number, sport in enumerate(["nba", "nhl", "upcoming", "nba", "nba"], start=1):
        await archive.append(answer(b"[%d]" % number, number, sport_key=sport), minutes(number))
    await archive.append(answer(b"[]", 6, kind=AnswerKind.SCORES, sport_key="nba"), minutes(6))

    def seqs(part: Part) -> list[int]:
        return [each.seq for each in archive.read_part(part)]

    assert seqs(Part(kind=AnswerKind.ODDS)) == [2, 3, 4, 5, 6]
    assert seqs(Part(kind=AnswerKind.ODDS, sport_key="nba")) == [2, 4, 5, 6]
    assert seqs(Part(kind=AnswerKind.ODDS, received_from=minutes(2), received_to=minutes(4))) == [3, 4]
    assert seqs(Part(first_seq=3, last_seq=4)) == [3, 4]
    await archive.close()


def first_version(path: Path) -> None:
    """An archive as the first version made it, with one answer and one recording."""
    older = sqlite3.connect(path, isolation_level=None)
    older.executescript(migrations(ARCHIVE)[0][1])
    older.execute("INSERT INTO runs (mode, started_at) VALUES ('live', 0)")
    older.execute("INSERT INTO bodies (digest, compressed) VALUES (x'00', ?)", (zlib.compress(b"[1]"),))
    older.execute(
        "INSERT INTO inbox (run_id, at, kind, source, answer_kind, sport_key, markets, received_at, body_id)"
        " VALUES (1, 5, 'answer', 'the_odds_api', 'odds', 'nba', 'h2h,totals', 5, 1)"
    )
    older.execute("INSERT INTO recordings (name, run_id, first_seq, started_at) VALUES ('old', 1, 1, 0)")
    older.execute(f"PRAGMA application_id = {ARCHIVE.application_id}")
    older.execute("PRAGMA user_version = 1")
    older.close()


async def test_a_file_of_the_first_version_is_read_as_before(path: Path) -> None:
    first_version(path)
    with pytest.raises(LedgerError, match="older version"):
        await Archive.open(path, read_only=True)
    archive = await Archive.for_reading(path)
    (entry,) = (each.entry for each in archive.read())
    assert isinstance(entry, Answer)
    assert (entry.body, entry.markets) == (b"[1]", ("h2h", "totals"))
    assert [row.recording.name for row in archive.recordings()] == ["old"]
    await archive.close()
    assert list(path.parent.glob("*before*")) == [], "a cache is not worth a copy of itself"


async def test_an_unchanged_body_is_kept_once_with_its_times(path: Path) -> None:
    archive = await Archive.open(path)
    await archive.start_run("live", NOW)
    body = random.Random(1).randbytes(50_000)
    for number in range(20):
        await archive.append(answer(body, number), minutes(number))
    assert [each.at for each in archive.read()] == [minutes(number) for number in range(20)]
    assert archive.size_bytes < 150_000
    await archive.close()


async def test_beyond_its_size_the_oldest_go_first(path: Path) -> None:
    noise = random.Random(2)
    archive = await Archive.open(path, max_mb=1)
    await archive.start_run("live", NOW)
    for number in range(400):
        await archive.append(answer(noise.randbytes(10_000), number), minutes(number))
    await archive.trim(minutes(400))
    left = [each.seq for each in archive.read()]
    assert left == list(range(left[0], 401))
    assert 1 < left[0] <= 330
    assert archive.size_bytes <= 1_100_000
    assert await archive.append(TimerFired("x"), NOW) == 401
    await archive.close()


async def test_runs_are_told_apart(path: Path) -> None:
    archive = await Archive.open(path)
    with pytest.raises(LedgerError, match="no run yet"):
        archive.append(TimerFired("early"), NOW)
    first = await archive.start_run("demo", NOW, seed=1)
    await archive.append(TimerFired("a"), NOW)
    second = await archive.start_run("demo", NOW, seed=2)
    await archive.append(TimerFired("b"), NOW)
    assert [each.entry for each in archive.read(run_id=second.id)] == [TimerFired("b")]
    assert [run.seed for run in archive.runs()] == [1, 2]
    assert first.id != second.id
    await archive.close()


async def test_reading_goes_on_while_it_grows(path: Path) -> None:
    archive = await Archive.open(path)
    await archive.start_run("live", NOW)
    for number in range(450):
        await archive.append(TimerFired(str(number)), NOW)
    reader = archive.read()
    assert next(reader).seq == 1
    await archive.append(TimerFired("last"), NOW)
    assert len(list(reader)) == 450
    await archive.close()
