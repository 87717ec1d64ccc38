"""The ledger as everybody else sees it: async use cases on one writer thread, synchronous queries."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from sqlite3 import Connection
from typing import Any, Literal, TypeVar

from msgspec import UnsetType, structs

from betting_tui.engine.core.bet_views import BetRow, SettledBet, SettlementReport
from betting_tui.engine.core.closes import FairClose, WantedClose
from betting_tui.engine.core.commands import CancelBet, SettleBet
from betting_tui.engine.core.history_views import HistoryRow
from betting_tui.engine.core.model import Event, EventAlias, Quote
from betting_tui.engine.core.money_views import BalancePoint, BankrollView, LedgerPage
from betting_tui.engine.core.progress import Progress, silent
from betting_tui.engine.core.refusals import Refusal
from betting_tui.engine.core.report_views import ReportView
from betting_tui.engine.core.review_views import ReviewRow
from betting_tui.engine.core.scores import Score
from betting_tui.engine.core.times import to_micros
from betting_tui.engine.store import (
    batches,
    bet_exports,
    bet_history,
    by_hand,
    closing,
    collector,
    diary,
    event_names,
    imports,
    journal_exports,
    journal_pages,
    ledger,
    quick_check,
    read_models,
    reports,
    reviews,
    settlement,
    settling,
    terms,
)
from betting_tui.engine.store.closing_values import as_read
from betting_tui.engine.store.database import Database
from betting_tui.engine.store.event_names import NamedEvents
from betting_tui.engine.store.opportunity_cases import OpportunityCases
from betting_tui.engine.store.placing_cases import PlacingCases
from betting_tui.engine.store.report_cases import ReportCases
from betting_tui.engine.store.shapes import BetFilter, ImportReport, Mode, RefusalCount, ReportFilter
from betting_tui.engine.store.upkeep_cases import UpkeepCases

T = TypeVar("T")
# Lists of at most so many bets are kept until somebody writes.
_SHORT = 50


class Ledger(PlacingCases, OpportunityCases, UpkeepCases, ReportCases):
    """`ledger.db`: money, bets, orders, refusals, opportunities, closing lines, results, credits, audit.

    Every async method is one transaction and returns after COMMIT. Times are arguments: the store has no clock.
    Errors: LedgerError (LedgerReadOnly when this is a viewer), UsageError for something that does not exist.
    Queries run on the thread that opened the ledger.
    """

    def __init__(self, database: Database, mode: Mode) -> None:
        super().__init__(database, mode)
        # Long answers, and the state of the file they hold for.
        self._answers: dict[Hashable, Any] = {}
        self._answers_of = 0

    # Bets

    async def cancel_bet(self, command: CancelBet, now: datetime) -> BetRow | Refusal:
        """Refusal(EVENT_STARTED) once it has started or its result is known; cancelling twice changes nothing.

        UsageError if settled; LedgerError, and nothing is cancelled, when the account's money would not add up.
        """

        def work(conn: Connection) -> BetRow | Refusal:
            refusal = settling.cancel(conn, command, now)
            row = settling.bet_row(conn, command.bet_id)
            quick_check.confirm(conn, (row["account_id"],))
            return refusal or read_models.bet(conn, row["id"])

        return await self._database.write(work)

    async def settle_bet(self, command: SettleBet, now: datetime) -> SettledBet:
        """By hand. Same result again: `repeated`. Another result: corrected by reversing entries."""

        def work(conn: Connection) -> SettledBet:
            changed = by_hand.settle_by_hand(conn, command, now)
            bet = self._as_read(read_models.bet(conn, settling.bet_row(conn, command.bet_id)["id"]))
            quick_check.confirm_settled(conn, (bet,))
            return SettledBet(bet, repeated=not changed)

        return await self._database.write(work)

    async def mark_review(self, bet_id: str, reason: str, created_by: str, now: datetime) -> BetRow:
        """A pending bet that a person must look at. Its stake stays reserved."""

        def work(conn: Connection) -> BetRow:
            row = settling.bet_row(conn, bet_id)
            if settling.review(conn, row, reason, now):
                diary.audit(conn, now, created_by, "review", f"BET-{row['id']:06d}", reason)
            return read_models.bet(conn, row["id"])

        return await self._database.write(work)

    # Results and closing lines

    async def settle_scores(self, scores: Sequence[Score], now: datetime) -> SettlementReport:
        """Keep what the scores say and settle the open bets it decides; the rest stays open with its reason.

        The same scores again change nothing; a corrected score corrects the bets it had settled. Where feeds contradict
        each other, bets go to review, settled ones too: unless by hand. LedgerError, and nothing is settled, when the
        money of an account would not add up afterwards.
        """
        return await self._settle(lambda conn: settlement.settle_scores(conn, scores, now))

    async def settle_stored(self, now: datetime) -> SettlementReport:
        """Settle open bets from results already kept: after a bet that was recorded late."""
        return await self._settle(lambda conn: settlement.settle_stored(conn, now))

    async def settle_due(self, now: datetime) -> SettlementReport:
        """What time alone decides: a postponed game's window is over (void), no result has come for a day (review)."""
        return await self._settle(lambda conn: settlement.settle_due(conn, now))

    def next_due(self) -> datetime | None:
        """When `settle_due` has something to do; cheap enough to ask every second."""
        return self._unchanged("next due", settlement.next_due)

    async def note_charges(self, commissions: Mapping[str, float]) -> None:
        """What exchanges charge by the settings (0.05 = 5 %), for the bets placed from now on."""
        if self._database.read(terms.charges) != dict(commissions):
            await self._database.write(lambda conn: terms.note_charges(conn, commissions))

    async def _settle(self, settle: Callable[[Connection], SettlementReport]) -> SettlementReport:
        def work(conn: Connection) -> SettlementReport:
            with collector.paused():
                with batches.in_one_batch(conn):
                    report = settle(conn)
                moved = (each.bet for each in report.charged_anew)
                quick_check.confirm_settled(conn, (*report.settled, *report.reopened, *moved))
                return structs.replace(report, settled=tuple(map(self._as_read, report.settled)))

        return await self._database.write(work)

    async def note_quotes(
        self,
        quotes: Sequence[Quote],
        events: Sequence[Event],
        now: datetime,
        fair: Sequence[FairClose] = (),
        wanted: Sequence[WantedClose] | None = None,
    ) -> int:
        """Keep the newest pre-start quote for each (selection, bookmaker, side) that an open bet or a shown opportunity
        has, and what the reference says of it (`fair`); how many quotes were kept.

        `events` are those of the feed's answer: a moved start is taken over for every event the ledger knows. `wanted`
        is what `wanted_closes` said of them, where somebody has asked.
        Quotes in play, at or after the start, or older than the kept one are passed over. Cheap when none match.
        """
        found = self._database.read(lambda conn: closing.closings_in(conn, quotes, events, now, fair, wanted))
        if found.empty:
            return 0
        return await self._database.write(lambda conn: closing.keep(conn, found, now))

    async def note_starts(self, events: Sequence[Event], now: datetime) -> int:
        """Take over moved starts of events the ledger knows, from a list of fixtures; how many were moved. That nobody
        saw a price of them stays as it was. Cheap when none moved."""
        moved = self._database.read(lambda conn: closing.moved_in(conn, events, now))
        if not moved:
            return 0
        return await self._database.write(lambda conn: closing.move(conn, moved, now))

    def wanted_closes(self, event_ids: Iterable[str], now: datetime) -> tuple[WantedClose, ...]:
        """Whose closing prices are waited for, of these events: open bets, and opportunities that were shown."""
        return self._database.read(lambda conn: closing.wanted_closes(conn, event_ids, now))

    async def note_unanswered(self, sport_key: str, now: datetime) -> int:
        """No feed answered about this sport: why a close may be missing. How many events that matters for."""
        return await self._database.write(lambda conn: closing.note_unanswered(conn, sport_key, now))

    async def prune_closings(self, now: datetime) -> int:
        """Forget prices before starts that no open bet and no opportunity needs; how many rows went."""
        return await self._database.write(lambda conn: closing.prune(conn, now))

    async def note_names(self, names: Sequence[EventAlias], now: datetime) -> frozenset[EventAlias]:
        """Keep what feeds call events the ledger knows; those that are kept by now. What a feed's id was said to mean
        before stays. Cheap when all are kept."""
        lost, kept = self._database.read(lambda conn: event_names.unkept(conn, names))
        if not lost:
            return kept
        return kept | await self._database.write(lambda conn: event_names.keep(conn, lost, now))

    def events_near(self, source: str, events: Sequence[Event]) -> NamedEvents:
        """The events of the ledger that these of a feed's may be, by their ids, sports and starts."""
        return self._database.read(lambda conn: event_names.near(conn, source, events))

    def names_of(self, event_id: str) -> tuple[EventAlias, ...]:
        """What feeds call one of our events, the latest name first."""
        return self._database.read(lambda conn: event_names.names_of(conn, event_id))

    def watched_events(self) -> tuple[Event, ...]:
        """Events with open bets, by start: whose closing prices and results are waited for."""
        return self._database.read(closing.watched_events)

    def newest_bets(self) -> dict[str, datetime]:
        """When the newest open bet on each event was placed, by the event's id."""
        return self._database.read(closing.newest_bets)

    # Queries

    def bets(self, wanted: BetFilter) -> tuple[BetRow, ...]:
        if wanted.limit is not None and wanted.limit <= _SHORT and not wanted.offset:
            return self.bets_again(wanted)
        return self._bets(self._database.read(lambda conn: read_models.bets(conn, wanted)))

    def bets_again(self, wanted: BetFilter) -> tuple[BetRow, ...]:
        """The same for who asks each second: the very same rows as long as nobody has written to the file."""
        question = "bets", wanted, self.close_max_age_minutes
        return self._unchanged(question, lambda conn: self._bets(read_models.bets(conn, wanted)))

    def _bets(self, rows: Sequence[BetRow]) -> tuple[BetRow, ...]:
        return tuple(map(self._as_read, rows))

    def count_bets(self, wanted: BetFilter) -> int:
        """How many there are, limit and offset aside."""
        return self._database.read(lambda conn: read_models.count_bets(conn, wanted))

    def bet(self, bet_id: str) -> BetRow:
        """UsageError when there is none. `BET-000007`, `bet-7` and `7` name the same bet."""
        return self._as_read(
            self._database.read(lambda conn: read_models.bet(conn, settling.bet_row(conn, bet_id)["id"]))
        )

    def _as_read(self, bet: BetRow) -> BetRow:
        return as_read(bet, self.close_max_age_minutes)

    def reviews(self, account: str, now: datetime) -> tuple[ReviewRow, ...]:
        """The bets that wait for a person, with everything known of them; those that began first first."""
        return self._database.read(lambda conn: reviews.reviews(conn, ledger.account(conn, account).id, now))

    def inquiry(self, bet_id: str, now: datetime) -> ReviewRow:
        """The same of any one bet. UsageError when there is none."""
        found = self._database.read(lambda conn: reviews.inquiry(conn, settling.bet_row(conn, bet_id)["id"], now))
        return structs.replace(found, bet=self._as_read(found.bet))

    def history(self, bet_id: str) -> tuple[HistoryRow, ...]:
        """What became of a bet, step by step. UsageError when there is none."""
        return self._database.read(lambda conn: bet_history.history(conn, settling.bet_row(conn, bet_id)["id"]))

    def count_reviews(self, account: str) -> int:
        return self._database.read(lambda conn: reviews.count_reviews(conn, ledger.account(conn, account).id))

    def bankroll(self, account: str, *, entries: int = 200, curve_points: int = 500) -> BankrollView:
        """`entries` newest first."""
        return self._unchanged(
            ("bankroll", account, entries, curve_points),
            lambda conn: journal_pages.bankroll(conn, ledger.account(conn, account), entries, curve_points),
        )

    def balance_curve(self, account: str, since: datetime, points: int = 500) -> tuple[BalancePoint, ...]:
        """The current period's bankroll from `since` on, finer than that of all of it; begins with what there was."""
        start = to_micros(since)
        return self._unchanged(
            ("curve", account, start, points),
            lambda conn: journal_pages.balance_curve(conn, ledger.account(conn, account), start, points),
        )

    def ledger_page(self, account: str, limit: int, offset: int = 0) -> LedgerPage:
        """Journal entries of the current period, newest first."""
        return self._database.read(
            lambda conn: journal_pages.ledger_page(conn, ledger.account(conn, account), limit, offset)
        )

    def report(self, wanted: ReportFilter) -> ReportView:
        limit = wanted.close_max_age_minutes
        max_age = self.close_max_age_minutes if isinstance(limit, UnsetType) else limit
        return self._unchanged(
            ("report", wanted, max_age),
            lambda conn: reports.report(conn, ledger.account(conn, wanted.account), wanted, max_age),
        )

    def refusals(self, account: str, since: datetime | None = None) -> tuple[RefusalCount, ...]:
        """Refused placements by code, most first."""
        start = -(2**62) if since is None else to_micros(since)
        return self._database.read(lambda conn: reports.refusals(conn, ledger.account(conn, account).id, start))

    def _unchanged(self, question: Hashable, work: Callable[[Connection], T]) -> T:
        """The answer given before, as long as nobody has written to the file since."""
        version = self._database.version()
        if self._answers_of != version:
            self._answers.clear()
            self._answers_of = version
        if question not in self._answers:
            self._answers[question] = self._database.read(work)
        answer: T = self._answers[question]
        return answer

    # In and out

    def export_bets(self, format_: Literal["json", "csv"], wanted: BetFilter, progress: Progress = silent) -> bytes:
        """UTF-8. Same ledger, same bytes; oldest first."""
        found = self._database.read(lambda conn: read_models.bets(conn, wanted, progress))
        return bet_exports.bets_as(format_, tuple(map(self._as_read, found))[::-1], progress)

    def export_ledger(
        self,
        format_: Literal["json", "csv"],
        account: str | None = None,
        *,
        period: int | None = 0,
        progress: Progress = silent,
    ) -> bytes:
        """Every journal entry with its postings; of one period when named, None the current one. Same ledger, same
        bytes."""

        def work(conn: Connection) -> bytes:
            owner = None if account is None else ledger.account(conn, account)
            entries = journal_exports.journal(conn, owner, period, progress)
            return journal_exports.journal_as(format_, entries, progress)

        return self._database.read(work)

    def export_state(self, account: str, *, period: int | None = None, progress: Progress = silent) -> bytes:
        """The older JSON layout: bankroll, starting_bankroll, bet_counter, bets[], last_updated; of one period."""
        return self._database.read(
            lambda conn: imports.export_state(conn, ledger.account(conn, account), period, progress)
        )

    async def import_file(
        self,
        data: bytes,
        account: str,
        now: datetime,
        *,
        created_by: str,
        zone: tzinfo | None = None,
        progress: Progress | None = None,
    ) -> ImportReport:
        """The older state, bets and results files (JSON), or a CSV of bets: which one is told by its content.

        Importing twice changes nothing. Times without a zone are in `zone`, else UTC. A state file's starting
        bankroll is booked as a deposit where the account was empty. What results already kept decide is settled at
        once. UsageError when it is none of these. Cancelled, nothing of it is kept, unless all of it was by then.
        """

        def work(conn: Connection, told: Progress) -> ImportReport:
            owner = ledger.account(conn, account)
            report = imports.import_file(conn, data, imports.Source(owner, now, created_by, zone or UTC, told))
            told(0, 0, "Settling by results already kept")
            with batches.in_one_batch(conn):
                settlement.settle_stored(conn, now)
            quick_check.confirm(conn, (owner.id,))
            told(1, 1, "Settling by results already kept")
            return report

        return await self._database.write_long(work, progress)
