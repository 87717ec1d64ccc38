"""What can be asked of the engine: each command is recorded in the inbox and replays to the same ledger."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Literal

from msgspec import Struct, structs

from betting_tui.engine.core.accounts import AccountSettings, AccountStatus, BreakerName
from betting_tui.engine.core.model import (
    BetResult,
    BetState,
    Event,
    Evidence,
    Funding,
    Leg,
    Opportunity,
    Origin,
    Selection,
    Side,
)
from betting_tui.engine.core.odds import Price
from betting_tui.engine.core.places import EachWay


class Place(Struct, frozen=True, tag="place"):
    """Stake on what was drawn: selection, price and stake travel with the key press.

    `legs` carry `stake_minor`; their price is the worst one accepted unless `take_worse`. `again` allows a second
    placement on the same opportunity. `key` makes the request count once, however often it is sent. A `free` bet
    stakes a bookmaker's money: it risks none and its stake does not come back. With `work_until` an order that cannot
    be filled now waits for its price until then, its money reserved; one leg only. `event` is what the caller knows
    of it, for one that neither the board nor the ledger has. `asked_at`: the price was asked for again from then on;
    what has been seen since is fresh. `strategy` is whose idea a bet without an opportunity is, `edge` and
    `fair_probability` what the fair line said of it; `note` is kept with the bets.
    """

    account: str
    legs: tuple[Leg, ...]
    key: str
    origin: Origin
    created_by: str
    opportunity: Opportunity | None = None
    take_worse: bool = False
    again: bool = False
    funding: Funding = Funding.CASH
    work_until: datetime | None = None
    event: Event | None = None
    asked_at: datetime | None = None
    strategy: str | None = None
    note: str = ""
    edge: float | None = None
    fair_probability: float | None = None

    @property
    def expected_edge(self) -> float | None:
        """Expected profit per unit staked, by the fair line when it was asked for."""
        return self.edge if self.opportunity is None else self.opportunity.edge

    @property
    def chance(self) -> float | None:
        """The fair probability when it was asked for."""
        return self.fair_probability if self.opportunity is None else self.opportunity.fair_probability


class RecordBet(Struct, frozen=True, tag="record_bet"):
    """A bet made by hand or by a script, at any price: checked for sense and money, not against the board.

    The event is stored as given when the ledger does not know it. `placed_at` may lie in the past. `each_way`: its
    terms (`1/4,4`), and the stake is then on each of both parts; '' for a bet to win.
    """

    account: str
    event: Event
    selection: Selection
    bookmaker: str
    price: Price
    stake_minor: int
    key: str
    origin: Origin
    created_by: str
    side: Side = Side.BACK
    placed_at: datetime | None = None
    strategy: str | None = None
    note: str = ""
    funding: Funding = Funding.CASH
    each_way: str = ""


class PlaceParlay(Struct, frozen=True, tag="place_parlay"):
    """Several selections in one bet at one bookmaker: all of them must win, and their prices multiply.

    Each leg's price is the worst one accepted unless `take_worse`; `stake_minor` is staked once, on the whole. All legs
    are accepted or none. `events` are what the caller knows of those that neither the board nor the ledger has. The
    rest as in Place.
    """

    account: str
    legs: tuple[Leg, ...]
    stake_minor: int
    key: str
    origin: Origin
    created_by: str
    events: tuple[Event, ...] = ()
    take_worse: bool = False
    funding: Funding = Funding.CASH
    asked_at: datetime | None = None
    strategy: str | None = None
    note: str = ""

    def as_place(self) -> Place:
        """Its legs as single bets of the whole stake: what each is looked at as, one by one."""
        return Place(
            account=self.account,
            legs=tuple(structs.replace(leg, stake_minor=self.stake_minor) for leg in self.legs),
            key=self.key,
            origin=self.origin,
            created_by=self.created_by,
            take_worse=self.take_worse,
            funding=self.funding,
            asked_at=self.asked_at,
            strategy=self.strategy,
            note=self.note,
        )


class RecordParlay(Struct, frozen=True, tag="record_parlay"):
    """A parlay made by hand or by a script, at any price: checked as RecordBet is. `events` are those of its legs."""

    account: str
    legs: tuple[Leg, ...]
    events: tuple[Event, ...]
    stake_minor: int
    key: str
    origin: Origin
    created_by: str
    placed_at: datetime | None = None
    strategy: str | None = None
    note: str = ""
    funding: Funding = Funding.CASH


class CancelBet(Struct, frozen=True, tag="cancel_bet"):
    """Take back a bet whose event has not started: the stake is released, the bet stays in the books."""

    bet_id: str
    created_by: str
    reason: str = ""


class DeadHeat(Struct, frozen=True):
    """So many places left for so many that tied for them: `1/2` for two that share the win."""

    places: int
    tied: int


class SettleBet(Struct, frozen=True, tag="settle_bet"):
    """Settle one bet by hand, or one leg of a parlay (`leg`, counted from 1).

    `result` is the bet's own. `deduction` is the share of winnings that withdrawn runners cost (0.25). `seen`: the
    bet's state as it was shown to whoever decided; in another one by now, it is left as it is. `place`: where the
    runner of an each way bet came in, `tied` in all, 0 for one that did not start; `result` (None) follows from it.
    """

    bet_id: str
    result: BetResult | None
    created_by: str
    reason: str = ""
    dead_heat: DeadHeat | None = None
    deduction: Decimal = Decimal(0)
    leg: int | None = None
    seen: BetState | None = None
    place: int | None = None
    tied: int = 1


class CancelOrder(Struct, frozen=True, tag="cancel_order"):
    """Take back a working order: its money is released."""

    order_id: str
    created_by: str
    reason: str = ""


class Deposit(Struct, frozen=True, tag="deposit"):
    """Money in: a deposit, or a bookmaker's bonus. `bookmaker` '' is the account's own wallet."""

    account: str
    amount_minor: int
    key: str
    created_by: str
    reason: str = ""
    kind: Literal["deposit", "bonus"] = "deposit"
    bookmaker: str = ""


class Withdraw(Struct, frozen=True, tag="withdraw"):
    """Money out: a withdrawal, or a fee."""

    account: str
    amount_minor: int
    key: str
    created_by: str
    reason: str = ""
    kind: Literal["withdrawal", "fee"] = "withdrawal"
    bookmaker: str = ""


class Transfer(Struct, frozen=True, tag="transfer"):
    """Move money between the wallet ('') and a bookmaker, or two bookmakers, of one account."""

    account: str
    source: str
    target: str
    amount_minor: int
    key: str
    created_by: str
    reason: str = ""


class OpenAccount(Struct, frozen=True, tag="open_account"):
    """A new paper account. With `sample` it comes with a season of made-up settled bets to look at."""

    name: str
    currency: str
    starting_minor: int
    time_zone: str
    created_by: str
    settings: AccountSettings = AccountSettings()
    sample: bool = False


class ChangeAccount(Struct, frozen=True, tag="change_account"):
    """Give an account other settings of its own: these replace the ones it had."""

    account: str
    settings: AccountSettings
    created_by: str


class SetAccountStatus(Struct, frozen=True, tag="set_account_status"):
    """Suspended: it places nothing; open bets settle as before."""

    account: str
    status: AccountStatus
    created_by: str
    reason: str = ""


class ResetAccount(Struct, frozen=True, tag="reset_account"):
    """Close the books and start a new period with `starting_minor` (None: as the last one began).

    Refused with open bets or working orders unless `void_open` voids and cancels them first.
    """

    account: str
    key: str
    created_by: str
    starting_minor: int | None = None
    void_open: bool = False
    reason: str = ""


class UseAccount(Struct, frozen=True, tag="use_account"):
    """Make an account the current one; remembered for the next start."""

    account: str
    created_by: str


class ReleaseBreakers(Struct, frozen=True, tag="release_breakers"):
    """Let an account that a breaker stopped place again. `name` None: all of them."""

    account: str
    created_by: str
    name: BreakerName | None = None


class Arm(Struct, frozen=True, tag="arm"):
    """Let a strategy place by itself until the engine stops, or stop it doing so."""

    strategy: str
    on: bool
    created_by: str


class Pause(Struct, frozen=True, tag="pause"):
    """Stop or resume polling and automatic placing."""

    on: bool
    created_by: str


AccountCommand = OpenAccount | ChangeAccount | SetAccountStatus | ResetAccount | UseAccount | ReleaseBreakers
MoneyCommand = Deposit | Withdraw | Transfer
BetCommand = Place | RecordBet | PlaceParlay | RecordParlay
Command = BetCommand | CancelBet | CancelOrder | SettleBet | MoneyCommand | AccountCommand | Arm | Pause


class Fill(Struct, frozen=True):
    """What a broker gave: stake and price had, and the proof of it. `each_way`: the stake is on each of both parts."""

    leg: Leg
    price: Price
    stake_minor: int
    evidence: Evidence
    source: str
    quoted_at: datetime | None
    seen_at: datetime | None
    each_way: EachWay | None = None
