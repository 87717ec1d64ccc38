"""What the engine did, for the log: a line for each bet, result, order and command, and for each answer of a feed."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from betting_tui.engine.alerts.words import placed_notice, settled_notice
from betting_tui.engine.core.bet_views import BetRow, NotPlaced, OrderRow, Placed, SettledBet, SettlementReport, Working
from betting_tui.engine.core.book_titles import title
from betting_tui.engine.core.commands import (
    Arm,
    CancelBet,
    CancelOrder,
    ChangeAccount,
    Deposit,
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
from betting_tui.engine.core.model import BetState, Leg
from betting_tui.engine.core.money import format_minor
from betting_tui.engine.core.odds import OddsFormat, format_price
from betting_tui.engine.core.ports import SIMULATED, Answer
from betting_tui.engine.core.refusals import Refusal
from betting_tui.engine.feeds.taken import OddsTaken
from betting_tui.engine.store.shapes import InboxEntry, TimerFired

_LOG = logging.getLogger(__name__)
# Of more at once only the number is told: an import or a weekend settles thousands.
_MOST_AT_ONCE = 20


class EventLog:
    """Writes while it is `on`: what is lived through again in a replay is not done again."""

    def __init__(self, *, on: bool, odds_format: OddsFormat) -> None:
        self._on = on
        self._odds_format = odds_format

    def note(self, entry: InboxEntry, outcome: object) -> None:
        """What became of an entry of the inbox, after it was committed."""
        if not self._on:
            return
        match entry:
            case Answer():
                self._answer(entry, outcome)
            case Place() | PlaceParlay() | RecordParlay():
                self.placed(outcome, entry.account, entry.legs)
            case RecordBet():
                self.placed(outcome, entry.account, (Leg(entry.selection, entry.bookmaker, entry.price),))
            case CancelBet() | SettleBet():
                self._decided(entry.bet_id, outcome)
            case CancelOrder():
                self._order(outcome)
            case Deposit() | Withdraw():
                _done(f"{entry.kind} for {entry.account}", outcome)
            case Transfer():
                moved = f"from {entry.source or 'the wallet'} to {entry.target or 'the wallet'}"
                _done(f"transfer of {entry.account} {moved}", outcome)
            case OpenAccount():
                _LOG.info("account %s opened", entry.name)
            case ChangeAccount():
                _LOG.info("account %s has other settings", entry.account)
            case SetAccountStatus():
                _LOG.info("account %s is %s", entry.account, entry.status.value)
            case ResetAccount():
                _done(f"reset of {entry.account}", outcome)
            case UseAccount():
                _LOG.info("account %s is the current one", entry.account)
            case ReleaseBreakers():
                _LOG.info("account %s may place again", entry.account)
            case Arm():
                _LOG.info("automatic bets of %s are %s", entry.strategy, "on" if entry.on else "off")
            case Pause():
                _LOG.info("paused" if entry.on else "resumed")
            case TimerFired():
                if isinstance(outcome, SettlementReport):
                    self._report(outcome)

    def placed(self, outcome: object, account: str, wanted: Sequence[Leg]) -> None:
        """What became of a placement of these legs, whoever wanted it; one that repeats another is none."""
        if not self._on:
            return
        match outcome:
            case Placed(repeated=False):
                told = placed_notice(outcome, self._odds_format)
                _LOG.info("%s for %s: %s", told.title, account, told.body)
            case Working(repeated=False, order=order):
                self._order(order)
            case NotPlaced(refusal=refusal):
                picks = " + ".join(f"{leg.selection.name} at {title(leg.bookmaker)}" for leg in wanted)
                _LOG.info("not placed for %s: %s: %s", account, picks, refusal.message)
            case _:
                pass

    def _answer(self, answer: Answer, outcome: object) -> None:
        match outcome:
            case OddsTaken():
                # The simulated market is asked all the time, and costs nothing.
                level = logging.DEBUG if answer.source == SIMULATED and not outcome.rejected else logging.INFO
                _LOG.log(
                    level, "%s, %s: %d events, %d prices, %d rejected; %d lines changed, %d opportunities are new",
                    answer.source, answer.sport_key, outcome.events, outcome.quotes, outcome.rejected,
                    outcome.changed_lines, len(outcome.new),
                )  # fmt: skip
            case SettlementReport():
                self._report(outcome)
            case _:
                pass

    def _report(self, report: SettlementReport) -> None:
        if report.rejected:
            _LOG.warning("%s: %d results could not be read", report.source, report.rejected)
        self._settled(report.settled)
        for bet in report.reopened[:_MOST_AT_ONCE]:
            _LOG.warning("%s is open again: %s", bet.id, bet.review_reason or "its result was taken back")

    def _settled(self, bets: Sequence[BetRow]) -> None:
        for bet in bets if len(bets) <= _MOST_AT_ONCE else ():
            told = settled_notice(bet)
            _LOG.info("%s: %s", told.title, told.body)
        if len(bets) > _MOST_AT_ONCE:
            _LOG.info("%d bets settled", len(bets))

    def _decided(self, bet_id: str, outcome: object) -> None:
        """A bet that a person cancelled or settled."""
        match outcome:
            case SettledBet(repeated=False, bet=bet) if bet.state is BetState.SETTLED:
                self._settled((bet,))
            case SettledBet(repeated=False):
                _LOG.info("%s cancelled", bet_id)
            case Refusal(message=message):
                _LOG.info("%s was left as it is: %s", bet_id, message)
            case _:
                pass

    def _order(self, outcome: object) -> None:
        if isinstance(outcome, OrderRow):
            price = format_price(outcome.leg.price, self._odds_format)
            stake = format_minor(outcome.stake_minor, outcome.currency)
            where = f"{outcome.leg.selection.name} {price} at {title(outcome.leg.bookmaker)} for {stake}"
            _LOG.info("%s of %s is %s: %s", outcome.id, outcome.account, outcome.state.value, where)


def _done(what: str, outcome: object) -> None:
    if isinstance(outcome, Refusal):
        _LOG.info("no %s: %s", what, outcome.message)
    else:
        _LOG.info("%s", what)
