"""The archive gives back exactly what came in, keeps an unchanged body once, and stays within its size."""

from __future__ import annotations

import random
from datetime import timedelta
from pathlib import Path

import pytest
from store_samples import NOW, minutes, opportunity, place, record

from betting_tui.engine.core.commands import Arm, CancelBet, Command, Deposit, Pause, SettleBet, Withdraw
from betting_tui.engine.core.errors import LedgerError
from betting_tui.engine.core.model import BetResult
from betting_tui.engine.core.odds import OddsFormat
from betting_tui.engine.core.ports import Answer, AnswerKind, CreditReading
from betting_tui.engine.store import Archive, InboxEntry, TimerFired

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
