"""A damaged ledger is found before anything is written to it, stays as it is, and the newest good backup is named."""

from __future__ import annotations

import random
import sqlite3
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from fault_table import Amount, Figures, seeded
from filled import fill_ledger
from msgspec import Struct
from store_samples import NOW

from betting_tui.engine.core.errors import LedgerDamaged, LedgerError
from betting_tui.engine.store import Ledger

pytestmark = pytest.mark.faults
BETS = 80
HEADER_BYTES = 100
PAGE_BYTES = 4096
Harm = Callable[[bytearray, random.Random], str]


def zero_a_page(data: bytearray, chance: random.Random) -> str:
    page = chance.randrange(len(data) // PAGE_BYTES)
    data[page * PAGE_BYTES : (page + 1) * PAGE_BYTES] = bytes(PAGE_BYTES)
    return f"page {page + 1} zeroed"


def truncate(data: bytearray, chance: random.Random) -> str:
    kept = chance.randrange(1, len(data))
    del data[kept:]
    return f"cut to {kept} bytes"


def spoil_the_header(data: bytearray, chance: random.Random) -> str:
    """A stretch that holds more than the bytes nobody reads (72 to 91)."""
    start = chance.randint(0, 60)
    end = chance.randint(start + 32, HEADER_BYTES)
    data[start:end] = chance.randbytes(end - start)
    return f"noise in the header from {start} to {end}"


def flip_a_bit(data: bytearray, chance: random.Random) -> str:
    byte, bit = chance.randrange(len(data)), chance.randrange(8)
    data[byte] ^= 1 << bit
    return f"bit {bit} of byte {byte} flipped"


class Whole(Struct, frozen=True):
    """A good ledger, its bytes, a good backup beside it, and a newer one that is none."""

    path: Path
    data: bytes

    def spoil(self, harm: Harm, chance: random.Random) -> str:
        """Write it with that harm; what was done."""
        spoiled = bytearray(self.data)
        what = harm(spoiled, chance)
        self.path.write_bytes(spoiled)
        return what


@pytest.fixture
async def whole(tmp_path: Path) -> Whole:
    path = tmp_path / "ledger.db"
    await fill_ledger(path, BETS)
    ledger = await Ledger.open(path, now=NOW)
    good = await ledger.backup_day(date(2026, 4, 17))
    await ledger.close()
    assert good is not None
    bad = good.with_name("ledger-2026-04-18.db")
    bad.write_bytes(good.read_bytes()[:-PAGE_BYTES])
    with closing(sqlite3.connect(path)) as direct:
        assert direct.execute("PRAGMA freelist_count").fetchone()[0] == 0, "damage to an unused page is none"
    return Whole(path, path.read_bytes())


def beside(path: Path) -> dict[str, bytes]:
    return {each.name: each.read_bytes() for each in path.parent.rglob("*") if each.is_file()}


async def opened(path: Path) -> str:
    """What opening it for writing came to: `refused`, `found by the check`, `unseen`."""
    before = beside(path)
    outcome = await refusal_or_ledger(path)
    if isinstance(outcome, Ledger):
        return await checked(outcome)
    assert beside(path) == before, f"touched before the damage was seen: {outcome.message}"
    if isinstance(outcome, LedgerDamaged):
        assert "ledger-2026-04-17.db" in outcome.message, "the newest good backup is not offered"
    return "refused"


async def refusal_or_ledger(path: Path) -> Ledger | LedgerError:
    try:
        return await Ledger.open(path, now=NOW)
    except LedgerError as error:
        return error


async def checked(ledger: Ledger) -> str:
    try:
        return "unseen" if (await ledger.verify()).ok else "found by the check"
    except LedgerError:
        return "found by the check"
    finally:
        await ledger.close()


@pytest.mark.parametrize("harm", [zero_a_page, truncate, spoil_the_header], ids=lambda harm: harm.__name__)
async def test_damage_is_found_before_the_first_write(
    whole: Whole, amount: Amount, figure: Figures, harm: Harm
) -> None:
    chance = seeded(harm.__name__, 1)
    missed = []
    files = amount(10, 100, 1_000)
    for _ in range(files):
        what = whole.spoil(harm, chance)
        if await opened(whole.path) != "refused":
            missed.append(what)
    figure(
        f"damaged ledgers: {harm.__name__.replace('_', ' ')}",
        "all found before the first write, untouched, backup offered",
        f"{files - len(missed)} of {files}",
    )
    assert missed == []


async def test_a_flipped_bit_crashes_nothing(whole: Whole, amount: Amount, figure: Figures) -> None:
    """A bit in an unused byte or in a plain value can look right: what is seen, and how, is measured."""
    chance = seeded("flipped bits", 1)
    outcomes: Counter[str] = Counter()
    for _ in range(amount(10, 100, 1_000)):
        whole.spoil(flip_a_bit, chance)
        outcomes[await opened(whole.path)] += 1
    figure(
        "damaged ledgers: one bit flipped",
        "opened or refused in words; refused ones untouched",
        ", ".join(f"{count} {outcome}" for outcome, count in outcomes.most_common()),
    )
    assert outcomes.total() == amount(10, 100, 1_000)
