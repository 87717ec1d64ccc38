"""A betting day: when it begins, whatever the clocks do; and what happened in it, as files."""

from __future__ import annotations

import csv
import io
import json
import stat
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from store_samples import GAME, MAIN, NOW, leg, minutes, opened, place, record

from betting_tui.engine.core.bet_views import NotPlaced, Placed
from betting_tui.engine.core.commands import CancelBet, Deposit, SettleBet
from betting_tui.engine.core.model import BetResult
from betting_tui.engine.core.ports import CreditReading
from betting_tui.engine.core.refusals import Refusal, RefusalCode
from betting_tui.engine.core.times import betting_day, clock_off_text, day_begins, day_start, span_text, zone_of
from betting_tui.engine.store import Ledger
from betting_tui.engine.store.days import day_stem, write_day
from betting_tui.engine.store.files import replace_private_file

ZONES = ("UTC", "America/New_York", "Europe/London", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Kathmandu")
DAY = date(2026, 4, 18)


@given(
    st.sampled_from(ZONES),
    st.sampled_from(("00:00", "01:30", "02:30", "06:00", "23:59")),
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)),  # noqa: DTZ001
    st.integers(0, 3 * 86_400),
)
def test_betting_days_follow_each_other_without_gap_or_return(zone: str, at: str, start: datetime, later: int) -> None:
    place, now = ZoneInfo(zone), start.replace(tzinfo=UTC)
    then = now + timedelta(seconds=later)
    assert day_start(now, at, place) <= now < day_begins(betting_day(now, at, place) + timedelta(days=1), at, place)
    assert betting_day(now, at, place) <= betting_day(then, at, place)
    assert day_start(now, at, place) <= day_start(then, at, place)


@pytest.fixture
def new_york(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine that stands there."""
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("new_york")
@pytest.mark.parametrize("around", [datetime(2026, 3, 7, 12, tzinfo=UTC), datetime(2026, 10, 31, 12, tzinfo=UTC)])
def test_the_machines_own_zone_knows_both_changes_of_its_clocks(around: datetime) -> None:
    own, named = zone_of("local"), ZoneInfo("America/New_York")
    for step in range(2 * 24 * 6):
        now = around + timedelta(minutes=10 * step)
        here, there = now.astimezone(own), now.astimezone(named)
        assert (here.isoformat(), here.fold) == (there.isoformat(), there.fold)
        assert here.astimezone(UTC) == now
        for at in ("00:00", "01:30", "02:30", "06:00"):
            assert day_start(now, at, own) == day_start(now, at, named)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(-3, "0 s"), (0, "0 s"), (59.4, "59 s"), (60, "1 min"), (3_599, "59 min"), (3_600, "1 h"), (7_800, "2 h 10 min"),
     (28_800, "8 h"), (86_400, "1 d"), (90_061, "1 d 1 h"), (864_000, "10 d")],
)  # fmt: skip
def test_a_span_is_told_in_its_two_largest_units(seconds: float, text: str) -> None:
    assert span_text(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(45.4, "45 s fast"), (-121.0, "121 s slow"), (7_260.0, "2 h 1 min fast"), (-18_740_716.0, "216 d 21 h slow")],
)
def test_a_clock_that_is_off_is_told_in_words(seconds: float, text: str) -> None:
    assert clock_off_text(seconds) == text


async def a_day(ledger: Ledger) -> None:
    """Three bets, one of them taken back, one settled; a deposit; a refusal; credits."""
    won = await ledger.record_bet(record(key="a", stake=10_000), minutes(1))
    await ledger.record_bet(record(key="b", stake=5_000), minutes(2))
    back = await ledger.record_bet(record(key="c", stake=2_500), minutes(3))
    assert isinstance(won, Placed)
    assert isinstance(back, Placed)
    await ledger.cancel_bet(CancelBet(back.bets[0].id, "test"), minutes(4))
    await ledger.settle_bet(SettleBet(won.bets[0].id, BetResult.WIN, "test"), minutes(5))
    await ledger.deposit(Deposit("main", 50_000, "in", "test"), minutes(6))
    refused = NotPlaced(Refusal(RefusalCode.STALE_QUOTE, "too old"))
    await ledger.record_refusal(place(leg(), key="no"), refused, [GAME], minutes(7))
    await ledger.note_credits("feed", CreditReading(3, 497, 3), minutes(8))
    await ledger.note_credits("feed", CreditReading(6, 494, 3), minutes(9))


async def test_the_files_tell_what_the_day_brought(ledger: Ledger) -> None:
    await a_day(ledger)
    files = ledger.export_day("main", DAY, "06:00")
    summary = json.loads(files.json_bytes)
    assert (summary["begins"], summary["ends"]) == ("2026-04-18T06:00:00Z", "2026-04-19T06:00:00Z")
    assert (summary["bankroll_at_start_minor"], summary["bankroll_at_end_minor"]) == (0, 1_065_000)
    assert summary["bankroll_at_end_minor"] == ledger.balances("main").bankroll_minor
    assert summary["profit_minor"] == 15_000
    assert summary["placed"] == {"bets": 2, "stake_minor": 15_000}
    assert summary["settled"] == {"bets": 1, "stake_minor": 10_000, "profit_minor": 15_000}
    assert (summary["results"], summary["refusals"]) == ({"win": 1}, {"stale_quote": 1})
    assert (summary["breakers"], summary["credits"]) == ([], {"feed": 6})
    trades = list(csv.DictReader(io.StringIO(files.trades_csv.decode())))
    assert [row["state"] for row in trades] == ["settled", "pending", "cancelled"]
    assert ledger.export_day("main", DAY, "06:00") == files, "the same ledger gives the same bytes"


async def test_what_happened_in_another_day_is_not_this_ones(ledger: Ledger) -> None:
    await a_day(ledger)
    for other, bankroll in ((DAY - timedelta(days=1), 0), (DAY + timedelta(days=1), 1_065_000)):
        files = ledger.export_day("main", other, "06:00")
        summary = json.loads(files.json_bytes)
        assert summary["bankroll_at_end_minor"] == bankroll
        assert (summary["placed"]["bets"], summary["profit_minor"], summary["credits"]) == (0, 0, {})
        assert len(files.trades_csv.splitlines()) == 1


async def test_a_bet_settled_a_day_later_is_in_both_tables(ledger: Ledger) -> None:
    placed = await ledger.record_bet(record(), NOW)
    assert isinstance(placed, Placed)
    await ledger.settle_bet(SettleBet(placed.bets[0].id, BetResult.LOSS, "test"), NOW + timedelta(days=1))
    rows = [len(ledger.export_day("main", DAY + timedelta(days=n), "06:00").trades_csv.splitlines()) for n in range(3)]
    assert rows == [2, 2, 1]


async def test_the_day_is_the_accounts_own(tmp_path: Path) -> None:
    async with opened(tmp_path, account=msgspec.structs.replace(MAIN, time_zone="Pacific/Auckland")) as ledger:
        summary = json.loads(ledger.export_day("main", DAY, "06:00").json_bytes)
        assert summary["begins"] == "2026-04-17T18:00:00Z"
        await ledger.record_bet(record(), NOW)
        assert json.loads(ledger.export_day("main", DAY, "06:00").json_bytes)["placed"]["bets"] == 1


async def test_days_files_are_private_and_replaced_whole(ledger: Ledger, tmp_path: Path) -> None:
    files = ledger.export_day("main", DAY, "06:00")
    folder = tmp_path / "days"
    for _ in range(2):
        write_day(folder, "2026-04-18", files)
    assert {path.name for path in folder.iterdir()} == {"2026-04-18.json", "2026-04-18-trades.csv"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    (folder / "gone").mkdir()
    with pytest.raises(OSError, match="directory"):
        replace_private_file(folder / "gone", b"x")
    assert not list(folder.glob(".*"))


async def test_other_accounts_files_are_told_apart_whatever_their_names(ledger: Ledger) -> None:
    names = ("Quarter Kelly", "../../etc", "…", "con:nul*")
    owners = [await ledger.ensure_account(msgspec.structs.replace(MAIN, name=name), NOW) for name in names]
    main = ledger.account("main")
    stems = [day_stem(owner, DAY, "main") for owner in (main, *owners)]
    assert stems == ["2026-04-18", "2026-04-18-2-quarter-kelly", "2026-04-18-3-etc", "2026-04-18-4",
                     "2026-04-18-5-con-nul"]  # fmt: skip
