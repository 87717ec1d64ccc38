"""When an edition of the program has other rules, bets placed before are settled by those they were placed under."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import timedelta

import pytest
from msgspec import structs
from store_samples import AFTER, NOW, START, h2h, record, score

from betting_tui.engine.core import rule_table
from betting_tui.engine.core.model import BetResult, Event
from betting_tui.engine.core.rule_sets import MarketGroup, Retirement, RuleSet, Window, in_force
from betting_tui.engine.core.scores import PeriodScore, Score, ScoreStatus
from betting_tui.engine.store import BetFilter, Ledger

ATP = Event("atp-1", "tennis_atp_us_open", "ATP", START, "Sinner", "Alcaraz")
OTHER = RuleSet(
    "standard/tennis/winner/2", window=Window(1), retirement=Retirement.STARTED, walkover_stands=True, source="another"
)
_PLACE = ("standard", "tennis", MarketGroup.WINNER)


@pytest.fixture
def next_edition(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The table as a later edition may have it: another row in force, the former one still known by its key."""
    in_force.cache_clear()
    monkeypatch.setitem(rule_table._ROWS, _PLACE, OTHER)
    monkeypatch.setitem(rule_table.BY_KEY, OTHER.key, OTHER)
    yield
    in_force.cache_clear()


def off(status: ScoreStatus, *periods: tuple[int, int]) -> Score:
    sets = tuple(PeriodScore(*each) for each in periods)
    told = structs.replace(score(None, None, ATP, "espn", "e1", completed=False), status=status, periods=sets)
    return structs.replace(told, winner="Sinner")


async def bet(ledger: Ledger, key: str) -> None:
    await ledger.record_bet(record("2.0", key=key, selection=h2h("Sinner", ATP), event=ATP), NOW)


def results(ledger: Ledger) -> list[BetResult | None]:
    return [each.result for each in ledger.bets(BetFilter())][::-1]


@pytest.mark.parametrize(
    ("told", "old", "new"),
    [
        (off(ScoreStatus.RETIRED, (3, 1)), BetResult.VOID, BetResult.WIN),
        (off(ScoreStatus.WALKOVER), BetResult.VOID, BetResult.WIN),
        (off(ScoreStatus.RETIRED, (6, 1), (0, 1)), BetResult.WIN, BetResult.WIN),
    ],
    ids=["retired in the first set", "walkover", "retired in the second set"],
)
async def test_a_bet_keeps_the_rules_it_was_placed_under(
    ledger: Ledger, request: pytest.FixtureRequest, told: Score, old: BetResult, new: BetResult
) -> None:
    await bet(ledger, "old")
    request.getfixturevalue("next_edition")
    await bet(ledger, "new")
    await ledger.settle_scores([told], AFTER)
    assert results(ledger) == [old, new]
    assert (await ledger.verify()).problems == ()


async def test_and_the_window_it_waits_in(ledger: Ledger, request: pytest.FixtureRequest) -> None:
    await bet(ledger, "old")
    request.getfixturevalue("next_edition")
    await bet(ledger, "new")
    await ledger.settle_scores([off(ScoreStatus.POSTPONED)], NOW)
    await ledger.settle_due(START + timedelta(hours=2))
    assert results(ledger) == [None, BetResult.VOID]


async def test_rules_that_nobody_knows_are_named_where_a_final_settles_by_the_standard_ones(ledger: Ledger) -> None:
    """As in a file of a later edition of the program."""
    for key in "ab":
        await ledger.record_bet(record("2.0", key=key), NOW)

    def rename(conn: sqlite3.Connection) -> None:
        conn.execute("INSERT INTO words (text) VALUES ('fanduel/basketball/winner/9')")
        conn.execute("UPDATE bets SET rule_set_id = last_insert_rowid() WHERE id = 2")

    await ledger._database.write(rename)
    report = await ledger.settle_scores([score()], AFTER)
    told = "its rules 'fanduel/basketball/winner/9' of fanduel are not known here, the standard ones were taken"
    assert [bet.result for bet in report.settled] == [BetResult.WIN] * 2
    assert report.doubts == (f"BET-000002: {told}",)
    assert [ledger.history(bet)[-1].text for bet in "12"] == ["win, 110-100", f"win, 110-100; {told}"]
    assert told in ledger.inquiry("2", AFTER).legs[0].rules
