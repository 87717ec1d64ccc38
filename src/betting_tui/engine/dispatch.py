"""What becomes of each entry of the inbox: the one place where commands and answers meet the rooms."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from msgspec import structs

from betting_tui.engine.core.bet_views import NotPlaced, Placed, SettlementReport, Working
from betting_tui.engine.core.commands import (
    AccountCommand,
    Arm,
    BetCommand,
    CancelBet,
    CancelOrder,
    ChangeAccount,
    Deposit,
    MoneyCommand,
    OpenAccount,
    Pause,
    Place,
    PlaceParlay,
    RecordBet,
    RecordParlay,
    ReleaseBreakers,
    ResetAccount,
    SetAccountStatus,
    SettleBet,
    Transfer,
    UseAccount,
    Withdraw,
)
from betting_tui.engine.core.errors import UsageError
from betting_tui.engine.core.events import BoardChanged, EngineEvent, LedgerChanged, StatusChanged
from betting_tui.engine.core.model import BetState, Opportunity
from betting_tui.engine.core.ports import Answer, AnswerKind
from betting_tui.engine.core.refusals import Refusal, RefusalCode
from betting_tui.engine.detection import rank
from betting_tui.engine.event_log import EventLog
from betting_tui.engine.feeds.taken import EventsTaken, OddsTaken
from betting_tui.engine.rooms import Rooms, Shared
from betting_tui.engine.store.shapes import BetFilter, InboxEntry, TimerFired

_REFUSALS_REMEMBERED = 10_000


class Dispatcher:
    """Handles entries one after the other; every change is published after it is committed."""

    def __init__(self, rooms: Rooms, shared: Shared, publish: Callable[[EngineEvent], None], log: EventLog) -> None:
        self._rooms = rooms
        self._shared = shared
        self._publish = publish
        self._log = log
        self._tried: dict[str, Opportunity] = {}
        self._refused: dict[str, set[str]] = {}

    async def handle(self, entry: InboxEntry, at: datetime) -> object:
        outcome = await self._handle(entry, at)
        self._log.note(entry, outcome)
        return outcome

    async def _handle(self, entry: InboxEntry, at: datetime) -> object:
        match entry:
            case Answer():
                return await self._answer(entry, at)
            case Place() | RecordBet() | PlaceParlay() | RecordParlay():
                return await self._bet(entry, at)
            case CancelBet() | CancelOrder() | SettleBet() | Deposit() | Withdraw() | Transfer():
                return await self._book(entry, at)
            case (
                OpenAccount() | ChangeAccount() | SetAccountStatus() | ResetAccount() | UseAccount() | ReleaseBreakers()
            ):
                return await self._account(entry, at)
            case Arm():
                self._arm(entry, at)
                return None
            case Pause():
                self._shared.paused = entry.on
                self._publish(StatusChanged(at))
                return None
            case TimerFired(name="orders"):
                await self._fill_working(at)
                self._publish(LedgerChanged(at))
                return None
            case TimerFired(name="results"):
                return await self._settled(await self._rooms.ledger.settle_due(at), at)
            case TimerFired(name="day_end"):
                await self._rooms.day_end.tell(at)
                return None
            case TimerFired():
                gone = await self._rooms.intake.expire(at)
                self._forget(gone)
                if gone:
                    self._publish(BoardChanged(at))
                return None

    async def _account(self, command: AccountCommand, at: datetime) -> object:
        ledger = self._rooms.ledger
        outcome: object
        match command:
            case OpenAccount():
                outcome = await ledger.open_account(command, at)
            case ChangeAccount():
                outcome = await ledger.change_account(command, at)
            case SetAccountStatus():
                outcome = await ledger.set_status(command, at)
            case ResetAccount():
                outcome = await ledger.reset_account(command, at)
            case UseAccount():
                used = await ledger.use_account(command, at)
                self._shared.account = used.name
                outcome = used
            case ReleaseBreakers():
                outcome = await ledger.release_breakers(command, at)
        self._rooms.house.forget()
        self._publish(StatusChanged(at))
        self._publish(LedgerChanged(at))
        return outcome

    async def _bet(self, command: BetCommand, at: datetime) -> Placed | Working | NotPlaced:
        if self._shared.problem:
            return NotPlaced(Refusal(RefusalCode.READ_ONLY, self._shared.problem))
        desk = self._rooms.desk
        placed: Placed | Working | NotPlaced
        match command:
            case Place():
                placed = await desk.place(command, at)
            case RecordBet():
                placed = await desk.record_bet(command, at)
            case PlaceParlay():
                placed = await desk.place_parlay(command, at)
            case RecordParlay():
                placed = await desk.record_parlay(command, at)
        if isinstance(placed, Placed):
            if isinstance(command, (RecordBet, RecordParlay)):
                placed = await self._settle_late(placed, at)
            for bet in placed.bets:
                for line in [leg.line for leg in bet.legs] or [bet.line]:
                    self._rooms.board.watch(line)
        self._publish(LedgerChanged(at))
        return placed

    async def _settle_late(self, placed: Placed, at: datetime) -> Placed:
        """A bet that was made in time and is written down after its game: its result may be known already."""
        if placed.repeated or all(bet.starts[0] > at for bet in placed.bets):
            return placed
        ledger = self._rooms.ledger
        await self._settled(await ledger.settle_stored(at), at)
        return structs.replace(placed, bets=tuple(ledger.bet(bet.id) for bet in placed.bets))

    async def _book(self, command: CancelBet | CancelOrder | SettleBet | MoneyCommand, at: datetime) -> object:
        desk = self._rooms.desk
        outcome: object
        match command:
            case CancelBet():
                outcome = await desk.cancel_bet(command, at)
            case SettleBet():
                settled = await desk.settle_bet(command, at)
                if not settled.repeated:
                    await self._rooms.alerts.settled((settled.bet,))
                outcome = settled
                await self._breakers(at)
            case CancelOrder():
                outcome = await desk.cancel_order(command, at)
            case Transfer():
                outcome = await desk.transfer(command, at)
            case Deposit():
                outcome = await desk.deposit(command, at)
            case Withdraw():
                outcome = await desk.withdraw(command, at)
        self._publish(LedgerChanged(at))
        return outcome

    def _arm(self, command: Arm, at: datetime) -> None:
        names = self._rooms.detector.strategy_names
        if command.strategy not in names:
            raise UsageError(f"no strategy {command.strategy!r} runs here: choose from {', '.join(names)}")
        if command.on:
            self._shared.armed[command.strategy] = None
        else:
            self._shared.armed.pop(command.strategy, None)
        self._publish(StatusChanged(at))

    async def _answer(self, answer: Answer, at: datetime) -> SettlementReport | OddsTaken | EventsTaken:
        if answer.server_time is not None:
            self._shared.skews[answer.source] = (answer.received_at - answer.server_time).total_seconds()
        if answer.credits is not None:
            await self._rooms.ledger.note_credits(answer.source, answer.credits, at)
        if answer.kind is AnswerKind.SCORES:
            return await self._scores(answer, at)
        if answer.kind is AnswerKind.EVENTS:
            return await self._events(answer, at)
        taken = await self._rooms.intake.take_odds(answer, at)
        self._forget(taken.gone)
        await self._rooms.alerts.offer(taken.found, at)
        await self._fill_working(at)
        await self._place_armed(taken.found, at)
        self._publish(BoardChanged(at))
        return taken

    async def _events(self, answer: Answer, at: datetime) -> EventsTaken:
        taken = await self._rooms.intake.take_events(answer, at)
        if taken.moved:
            self._publish(BoardChanged(at))
        return taken

    async def _fill_working(self, at: datetime) -> None:
        if self._shared.problem:
            return
        for placed in await self._rooms.desk.fill_working(at):
            self._log.placed(placed, placed.bets[0].account, ())
            self._rooms.alerts.placed(placed)
            self._publish(LedgerChanged(at))

    async def _breakers(self, at: datetime) -> None:
        """After a settlement: an account that lost too much stops placing, and says so."""
        for breaker in await self._rooms.house.look_for_breakers(at):
            await self._rooms.alerts.stopped(breaker)
            self._publish(StatusChanged(at))

    async def _scores(self, answer: Answer, at: datetime) -> SettlementReport:
        return await self._settled(await self._rooms.intake.take_scores(answer, at), at)

    async def _settled(self, report: SettlementReport, at: datetime) -> SettlementReport:
        if report.settled:
            await self._rooms.alerts.settled(report.settled)
            await self._breakers(at)
        if report.settled or report.open or report.reopened:
            await self._rooms.alerts.to_decide(self._rooms.ledger.bets(BetFilter(states=(BetState.REVIEW,))))
            self._publish(LedgerChanged(at))
        return report

    async def _place_armed(self, found: Sequence[Opportunity], at: datetime) -> None:
        shared = self._shared
        if shared.paused or shared.problem:
            return
        for opportunity in sorted(found, key=rank):
            if opportunity.strategy not in shared.armed or not self._worth_trying(opportunity):
                continue
            for account in self._rooms.house.placing(opportunity.strategy, at):
                await self._place_for(opportunity, account, at)

    async def _place_for(self, opportunity: Opportunity, account: str, at: datetime) -> None:
        """For one account. That it was refused is kept once, also for one that goes and comes again."""
        again = account in self._refused.get(opportunity.id, ())
        outcome = await self._rooms.desk.place_automatically(opportunity, account, at, again=again)
        if isinstance(outcome, NotPlaced):
            self._refused.setdefault(opportunity.id, set()).add(account)
            if len(self._refused) > _REFUSALS_REMEMBERED:
                del self._refused[next(iter(self._refused))]
        if isinstance(outcome, Placed) and not outcome.repeated:
            self._rooms.alerts.placed(outcome)
        if outcome is not None:
            if not (again and isinstance(outcome, NotPlaced)):
                self._log.placed(outcome, account, opportunity.legs)
            self._publish(LedgerChanged(at))

    def _forget(self, gone: Sequence[str]) -> None:
        for opportunity_id in gone:
            self._tried.pop(opportunity_id, None)

    def _worth_trying(self, opportunity: Opportunity) -> bool:
        """Once at each price: a refused opportunity is tried again when it changes, not at every poll."""
        before = self._tried.get(opportunity.id)
        if before is not None and _offer_of(before) == _offer_of(opportunity):
            return False
        self._tried[opportunity.id] = opportunity
        return True


def _offer_of(opportunity: Opportunity) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return tuple(leg.price.text for leg in opportunity.legs), opportunity.flags
