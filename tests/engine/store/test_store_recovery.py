"""What a run that was cut off left behind: found once, ended once, and never mistaken for one that ended in order."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
from store_samples import AFTER, GAME, MAIN, NOW, OTHER, START, h2h, minutes, opened, opportunity, record

from betting_tui.engine.core.commands import SettleBet
from betting_tui.engine.core.model import BetResult
from betting_tui.engine.core.status_views import Recovery
from betting_tui.engine.store import Ledger


async def broke_off(ledger: Ledger, seen: datetime = NOW) -> None:
    """A run that was last seen then."""
    run = await ledger.start_run("1", NOW)
    assert await ledger.touch_run(run, seen) is not None


def found(ledger: Ledger, now: datetime, starts_at: str = "06:00") -> Recovery:
    left = ledger.left_behind("main", now, starts_at)
    assert left is not None
    return left


async def test_nothing_is_left_where_no_run_was_or_the_last_one_ended(ledger: Ledger) -> None:
    assert ledger.left_behind("main", AFTER, "06:00") is None
    assert not await ledger.recover(AFTER)
    run = await ledger.start_run("1", NOW)
    await ledger.end_run(run, minutes(5))
    assert ledger.left_behind("main", AFTER, "06:00") is None
    assert not ledger.broke_off()
    assert not await ledger.recover(AFTER)


async def test_what_is_open_and_what_may_have_been_missed(ledger: Ledger) -> None:
    late = msgspec.structs.replace(OTHER, commence_time=START + timedelta(days=3))
    await ledger.record_bet(record(key="a", stake=10_000), NOW)
    await ledger.record_bet(record(key="b", stake=5_000, selection=h2h("Celtics")), NOW)
    await ledger.record_bet(record(key="c", stake=2_500, event=late, selection=h2h("Knicks", late)), NOW)
    settled = await ledger.record_bet(record(key="d", stake=1_000), NOW)
    await ledger.settle_bet(SettleBet(settled.bets[0].id, BetResult.WIN, "test"), NOW)  # type: ignore[union-attr]
    await broke_off(ledger, minutes(30))
    left = found(ledger, AFTER)
    assert (left.stopped_at, left.found_at) == (minutes(30), AFTER)
    assert left.away_seconds == 8.5 * 3600
    assert (left.open_bets, left.exposure_minor, left.working_orders) == (3, 17_500, 0)
    assert left.missed_closes == (GAME.name,)
    assert left.awaited_results == 2
    assert left.limit_resets == 0


async def test_a_run_stopped_no_earlier_than_what_it_kept_last(ledger: Ledger) -> None:
    await broke_off(ledger, minutes(10))
    await ledger.record_bet(record(), minutes(25))
    left = found(ledger, minutes(40))
    assert (left.stopped_at, left.away_seconds) == (minutes(25), 15 * 60)


async def test_an_event_that_had_started_before_the_stop_lost_no_close(ledger: Ledger) -> None:
    await ledger.record_bet(record(), NOW)
    await broke_off(ledger, START + timedelta(minutes=1))
    left = found(ledger, AFTER)
    assert (left.missed_closes, left.awaited_results) == ((), 1)


async def test_other_accounts_bets_are_not_this_ones(ledger: Ledger) -> None:
    await ledger.ensure_account(msgspec.structs.replace(MAIN, name="other"), NOW)
    await ledger.record_bet(record(account="other"), NOW)
    await broke_off(ledger)
    assert (found(ledger, AFTER).open_bets, found(ledger, AFTER).missed_closes) == (0, ())


async def test_betting_days_begin_by_the_accounts_own_zone_and_once_each_when_clocks_change(tmp_path: Path) -> None:
    # New York went from 02:00 to 03:00 on 8 March 2026, and back from 02:00 to 01:00 on 1 November 2026.
    account = msgspec.structs.replace(MAIN, time_zone="America/New_York")
    before_spring = datetime(2026, 3, 8, 6, 30, tzinfo=UTC)
    async with opened(tmp_path, account=account) as ledger:
        run = await ledger.start_run("1", before_spring)
        assert await ledger.touch_run(run, before_spring) is not None
        for hours, days in ((0, 0), (0.9, 0), (1, 1), (12, 1), (24, 2), (24 * 7, 8)):
            assert found(ledger, before_spring + timedelta(hours=hours), "02:30").limit_resets == days, hours
    autumn = datetime(2026, 11, 1, 5, 20, tzinfo=UTC)
    async with opened(tmp_path / "autumn", account=account) as ledger:
        run = await ledger.start_run("1", autumn)
        assert await ledger.touch_run(run, autumn) is not None
        for minute, days in ((0, 0), (9, 0), (10, 1), (30, 1), (69, 1), (70, 1), (100, 1), (24 * 60, 1), (1510, 2)):
            assert found(ledger, autumn + timedelta(minutes=minute), "01:30").limit_resets == days, minute


async def test_a_clock_set_back_gives_no_negative_time_away(ledger: Ledger) -> None:
    await ledger.record_bet(record(), NOW)
    await broke_off(ledger, minutes(90))
    left = found(ledger, minutes(-2_000))
    assert (left.away_seconds, left.limit_resets, left.missed_closes) == (0, 0, ())
    assert await ledger.recover(minutes(-2_000))
    recovered = ledger.last_run()
    assert recovered is not None
    assert recovered.recovered_at == minutes(90)


async def test_recovering_twice_changes_no_row_the_second_time(ledger: Ledger) -> None:
    await broke_off(ledger, minutes(30))
    await ledger.note_opportunities([opportunity()], minutes(10))
    assert ledger.broke_off()
    assert await ledger.recover(AFTER)
    assert not ledger.broke_off()
    assert ledger.left_behind("main", AFTER, "06:00") is None
    changed = await ledger._database.write(total_changes)
    assert not await ledger.recover(AFTER)
    assert await ledger._database.write(total_changes) == changed
    ended = ledger.opportunities()[0].expired_at
    assert ended == minutes(30), "nobody saw it after the run had stopped"


async def test_a_run_after_the_recovered_one_can_break_off_as_well(ledger: Ledger) -> None:
    await broke_off(ledger)
    await ledger.recover(minutes(10))
    await ledger.start_run("1", minutes(20))
    assert found(ledger, minutes(30)).stopped_at == minutes(20)


async def test_a_file_that_is_not_the_one_the_run_began_in_is_told_by_the_run(ledger: Ledger) -> None:
    run = await ledger.start_run("1", NOW)
    kept = await ledger.touch_run(run, minutes(1))
    assert kept is not None
    assert kept.seen_at == minutes(1)
    # An older copy of the same file has the run as it was.
    assert await ledger.touch_run(run, minutes(2)) is None
    other = msgspec.structs.replace(kept, started_at=minutes(-3))
    assert await ledger.touch_run(other, minutes(2)) is None
    again = await ledger.touch_run(kept, minutes(-5))
    assert again is not None
    assert again.seen_at == minutes(1), "what was seen stays seen when the clock is set back"


async def test_the_newest_moment_is_that_of_whatever_happened_last(ledger: Ledger) -> None:
    assert ledger.newest_moment() == NOW
    await ledger.start_run("1", minutes(1))
    assert ledger.newest_moment() == minutes(1)
    await ledger.record_bet(record(), minutes(3))
    assert ledger.newest_moment() == minutes(3)
    await ledger.note_opportunities([opportunity()], minutes(4))
    assert ledger.newest_moment() == minutes(4)


async def test_a_probe_leaves_nothing(ledger: Ledger) -> None:
    await ledger.probe()
    await ledger.probe()
    rows = ledger._database.read(lambda conn: conn.execute("SELECT count(*) FROM meta WHERE key = 'probe'").fetchone())
    assert rows[0] == 0
    assert (await ledger.verify()).ok


def total_changes(connection: sqlite3.Connection) -> int:
    return connection.total_changes
