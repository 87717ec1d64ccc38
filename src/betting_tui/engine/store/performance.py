"""A full report: sums, statistics, curve and risk of the settled bets of one account, or of all with its currency."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
from msgspec import structs

from betting_tui.engine.core.performance_views import (
    Acceptance,
    FullReport,
    GroupPerformance,
    Performance,
    Ruin,
)
from betting_tui.engine.core.report_views import ReportGroup
from betting_tui.engine.core.statistics.columns import columns
from betting_tui.engine.core.statistics.equity import curve
from betting_tui.engine.core.statistics.luck import luck
from betting_tui.engine.core.statistics.measures import measure
from betting_tui.engine.core.statistics.ruin import assumed_edge, ruin
from betting_tui.engine.core.statistics.tail import slip
from betting_tui.engine.core.statistics.words import tried_warnings
from betting_tui.engine.core.times import to_micros, zone_of
from betting_tui.engine.store import ledger, reports
from betting_tui.engine.store.database import Asker
from betting_tui.engine.store.performance_asked import asked_for
from betting_tui.engine.store.performance_ground import Ground, periods_of
from betting_tui.engine.store.performance_groups import GROUPINGS, Names
from betting_tui.engine.store.performance_rows import Bets, read_bets
from betting_tui.engine.store.performance_sums import sums_of
from betting_tui.engine.store.shapes import ReportFilter, Staking

CURVE_POINTS = 400
_HOUR_US = 3_600_000_000
# What part of the work is done when the bets are read, and when their total is measured.
_READ, _MEASURED = 0.5, 0.7

Told = Callable[[float], None]


def full_report(
    ask: Asker, ground: Ground, staking: Staking | None = None, told: Told = lambda share: None
) -> FullReport:
    """By account, all accounts are shown, and those with the currency of the one asked for make up the total. No risk
    of ruin without `staking`, nor of several accounts together.

    `told` hears which share is done; what it raises ends the work.
    """
    wanted, owner, view = ground.wanted, ground.owner, ground.view
    expected = max(view.total.bets, 1)
    bets = read_bets(
        ask, ground.stretch, wanted.by, ground.max_age, lambda count: told(_READ * min(count / expected, 1.0))
    )
    work = _Work(ask, ground, told)
    bankroll = work.bankroll_before(ground.books.accounts)
    foreign = work.foreign_accounts() if wanted.by == "account" else ()
    total = measure(bets.sample, bankroll_minor=bankroll, zone=work.zone)
    told(_MEASURED)
    groups = (*work.groups(bets, bankroll), *foreign)
    sums = _agreed(view.total, total)
    return FullReport(
        view=structs.replace(view, total=sums, groups=tuple(each.group for each in groups), grouped_by=wanted.by),
        since=wanted.since,
        until=wanted.until,
        total=GroupPerformance(sums, total, ground.asked.total),
        groups=groups,
        curve=curve(bets.sample, CURVE_POINTS),
        ruin=None if len(ground.books.accounts) > 1 else _ruin(bets, owner.currency, staking),
        tried=bets.trials,
        warnings=tried_warnings(bets.trials, _shares_of_luck(bets)),
    )


class _Work:
    """The groups of one report."""

    def __init__(self, ask: Asker, ground: Ground, told: Told) -> None:
        self._ask = ask
        self._ground = ground
        self._wanted = ground.wanted
        self._told = told
        self.zone = zone_of(ground.owner.time_zone)

    def groups(self, bets: Bets, bankroll: int | None) -> tuple[GroupPerformance, ...]:
        """Bands in their order, all others with most profit first."""
        made = []
        accounts = {row.name: (row.id,) for row in self._ask(ledger.accounts)}
        for number, name in enumerate(bets.names):
            chosen = bets.of_group(number)
            start = self.bankroll_before(accounts[name]) if self._wanted.by == "account" else bankroll
            made.append(self._group(chosen, name, "", start, self._ground.asked.groups.get(name, Acceptance())))
            self._told(_MEASURED + (1 - _MEASURED) * (number + 1) / len(bets.names))
        if GROUPINGS[self._wanted.by].ordered:
            names = Names(self._ask, self._wanted.by)
            return tuple(sorted(made, key=lambda each: names.place(each.group.name)))
        return tuple(sorted(made, key=lambda each: (-each.group.profit_minor, each.group.name)))

    def foreign_accounts(self) -> tuple[GroupPerformance, ...]:
        """Accounts with other currencies than this one's, each in its own."""
        made = []
        for row in self._ask(ledger.accounts):
            if row.currency == self._ground.owner.currency:
                continue
            periods = self._ask(partial(periods_of, row=row, number=self._wanted.period))
            books = reports.Books(row.name, row.currency, (row.id,), periods)
            stretch = reports.stretch_of(books, self._wanted)
            bets = read_bets(self._ask, stretch, "account", self._ground.max_age)
            if len(bets.sample.risk_minor):
                asked = asked_for(self._ask, stretch, "account")
                made.append(self._group(bets, row.name, row.currency, self.bankroll_before((row.id,)), asked.total))
        return tuple(made)

    def bankroll_before(self, accounts: Sequence[int]) -> int | None:
        """What these accounts had when the report begins; None when that was nothing."""
        had = sum(self._ask(partial(_bankroll_before, account=each, wanted=self._wanted)) for each in accounts)
        return had if had > 0 else None

    def _group(
        self, bets: Bets, name: str, currency: str, bankroll: int | None, acceptance: Acceptance
    ) -> GroupPerformance:
        measured = measure(bets.sample, bankroll_minor=bankroll, zone=self.zone)
        return GroupPerformance(
            _agreed(sums_of(bets, name, self._ground.max_age, currency), measured), measured, acceptance
        )


def _agreed(sums: ReportGroup, measured: Performance) -> ReportGroup:
    """Sums are kept of edges that a strategy told; a report counts those that follow from its probability too, and
    says one number."""
    return structs.replace(sums, expected_profit_minor=measured.expected_profit_minor)


def _bankroll_before(conn: sqlite3.Connection, account: int, wanted: ReportFilter) -> int:
    """What was there when the report begins, the account's starting bankroll where it had not begun."""
    which = {None: "ended_at IS NULL", 0: "1"}.get(wanted.period, f"number = {int(wanted.period or 0)}")
    periods = conn.execute(
        f"SELECT id, starting_minor, started_at FROM account_periods WHERE account_id = ? AND {which} ORDER BY number",
        (account,),
    ).fetchall()
    if not periods:
        return 0
    since = None if wanted.since is None else to_micros(wanted.since)
    begun = [row for row in periods if since is not None and row["started_at"] < since]
    if since is None or not begun:
        return int(periods[0]["starting_minor"])
    return _changed_before(conn, begun[-1]["id"], since)


def _changed_before(conn: sqlite3.Connection, period: int, moment: int) -> int:
    """What was booked in a period before a moment (microseconds), by kept hours and what is left of the last one."""
    hour = moment // _HOUR_US
    (whole,) = conn.execute(
        "SELECT ifnull(sum(change_minor), 0) FROM period_hours WHERE period_id = ? AND hour < ?", (period, hour)
    ).fetchone()
    # Few hours are cut: days begin in the middle of one in some zones alone, and seldom is anything booked in it.
    (part,) = conn.execute(
        "SELECT ifnull(-sum(p.amount_minor), 0) FROM journal_entries j JOIN postings p ON p.entry_id = j.id"
        " JOIN ledger_accounts la ON la.id = p.ledger_account_id"
        " WHERE ?2 > ?3 * ?4 AND EXISTS (SELECT 1 FROM period_hours WHERE period_id = ?1 AND hour = ?3)"
        " AND j.period_id = ?1 AND j.created_at >= ?3 * ?4 AND j.created_at < ?2"
        " AND la.kind IN ('house', 'external', 'bonus', 'fees')",
        (period, moment, hour, _HOUR_US),
    ).fetchone()
    return int(whole) + int(part)


def _shares_of_luck(bets: Bets) -> list[float | None]:
    """How often a bettor without an edge does as well, of each strategy of each account; nothing for one alone."""
    if bets.trials < 2:
        return []
    chosen = (np.flatnonzero(bets.trial == number) for number in range(bets.trials))
    return [luck(slip(columns(bets.only(each).sample)), None).no_edge_share for each in chosen]


def _ruin(bets: Bets, currency: str, staking: Staking | None) -> Ruin | None:
    if staking is None:
        return None
    return ruin(
        bets.sample,
        staking.rules,
        staking.bankroll_minor,
        currency,
        assumed_edge(bets.sample),
        random.Random(staking.seed),
    )
