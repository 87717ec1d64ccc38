"""What the place key may do, decided from what was drawn and what is there now. No widget is touched here."""

from __future__ import annotations

import msgspec
from msgspec import Struct

from betting_tui.engine.core.bet_views import NotPlaced, Placed, Working
from betting_tui.engine.core.commands import Place
from betting_tui.engine.core.model import Funding, Leg, Origin, Side
from betting_tui.engine.core.odds import Price
from betting_tui.engine.core.opportunity_views import OpportunityRow
from betting_tui.engine.core.refusals import RefusalCode
from betting_tui.screens.names import book, pick, pick_of
from betting_tui.screens.session import ME
from betting_tui.screens.show import Show, counted, to_win

SETTLE_SECONDS = 0.3
REPEAT_SECONDS = 0.4
# A bet on it would get no closing price or no result.
NO_CLOSE_MARK = "∅"


class PlaceNow(Struct, frozen=True):
    """The key may act on what was drawn."""


class AskAgain(Struct, frozen=True):
    """Something changed under the key: `reason` is asked back."""

    reason: str


class OpenSlip(Struct, frozen=True):
    """More than one key press is needed: `reason` is shown on the slip."""

    reason: str


class Decline(Struct, frozen=True):
    """Nothing can be placed from this row: `reason` says why and which key helps."""

    reason: str


Decision = PlaceNow | AskAgain | OpenSlip | Decline


class Asking(Struct, frozen=True):
    """Whether a row's price can be asked for again before placing: by which setting, for how many credits of how many
    that are free today. `cost` None: nobody can be asked; `free` None: nobody has told how many are left."""

    setting: str = "never"
    cost: int | None = None
    free: int | None = 0

    @property
    def affordable(self) -> bool:
        return self.cost is not None and (self.cost == 0 or self.cost <= (self.free or 0))

    @property
    def by_key(self) -> bool:
        """Whether a key is offered for it."""
        return self.setting == "ask" and self.cost is not None

    def under_way(self, *, wished: bool) -> bool:
        """Whether placing asks first, as far as can be told from here, and long enough to be worth a word."""
        return (wished or self.setting == "auto") and self.affordable and self.cost != 0

    @property
    def text(self) -> str:
        """For the slip: what placing does about the price, `{id}` for a key; empty where there is nothing to say."""
        if not self.cost or self.setting == "never":
            return ""
        price = counted(self.cost, "credit")
        if self.free is None:
            return "verify: the price is not asked for again while it is not known how many credits are left"
        if not self.affordable:
            return f"verify: the price is not asked for again, {price} is more than is free today"
        if self.setting == "auto":
            return f"verify: the price is asked for again first, {price}"
        return f"verify: {{slip.verify}} asks for the price again first, {price}"


def decide(
    drawn: OpportunityRow,
    current: OpportunityRow | None,
    *,
    under_cursor: float,
    again: bool,
    show: Show,
    displaced: bool = False,
) -> Decision:
    """What pressing the place key on `drawn` does; `current` is the same opportunity now, None when it vanished.

    `under_cursor` is for how many seconds the row has been under the cursor, `displaced` that it came there by itself.
    """
    taken = drawn.taken or (current is not None and current.taken)
    if taken and not again:
        return Decline(f"You already hold this one · {show.key('opportunities.place_again')} places it again")
    if (slip := slip_reason(drawn)) is not None:
        return OpenSlip(slip)
    if drawn.stake_minor <= 0:
        return OpenSlip(show.reason(drawn.no_stake) or "no stake is suggested: type one")
    if current is None:
        return AskAgain("it is no longer in the list")
    if (worse := _worse(drawn, current)) is not None:
        return AskAgain(f"the price is now {show.price(worse)}")
    if displaced:
        return AskAgain("the row you were on is gone and this one came in its place")
    if under_cursor < SETTLE_SECONDS:
        return AskAgain("this row has only just come under the cursor")
    return PlaceNow()


def slip_reason(row: OpportunityRow) -> str | None:
    """Why one key press is not enough for this row."""
    opportunity = row.opportunity
    if len(opportunity.legs) != 1:
        return f"{len(opportunity.legs)} legs belong together: check each of them"
    if opportunity.suspicious:
        return "this looks too good: check that the price is real"
    if row.picked and opportunity.ev_per_unit is None:
        return "there is no fair line to judge it by"
    if opportunity.ev_per_unit is None or opportunity.ev_per_unit <= 0:
        return "the fair line gives this no positive expectation"
    return None


def _worse(drawn: OpportunityRow, current: OpportunityRow) -> Price | None:
    before = drawn.opportunity.legs[0]
    now = current.opportunity.legs[0].price
    lost = before.price.decimal - now.decimal
    if before.side is Side.LAY:
        lost = -lost
    return now if lost > 1e-12 else None


def legs_as_drawn(row: OpportunityRow) -> tuple[Leg, ...]:
    """The legs with the stakes that were on screen."""
    legs = row.opportunity.legs
    if len(legs) == 1:
        return (msgspec.structs.replace(legs[0], stake_minor=row.stake_minor),)
    return legs


def place_command(
    row: OpportunityRow,
    legs: tuple[Leg, ...],
    *,
    account: str,
    key: str,
    again: bool,
    take_worse: bool = False,
    funding: Funding = Funding.CASH,
    wait: bool = False,
) -> Place:
    """With `wait` the order may wait for its price until the event starts."""
    return Place(
        account=account,
        legs=legs,
        key=key,
        origin=Origin.APP,
        created_by=ME,
        opportunity=None if row.picked else row.opportunity,
        edge=row.opportunity.edge if row.picked else None,
        fair_probability=row.opportunity.fair_probability if row.picked else None,
        take_worse=take_worse,
        again=again,
        funding=funding,
        work_until=row.opportunity.event.commence_time if wait else None,
    )


def no_close_text(reason: str) -> str:
    """`∅ its close would not be asked for: the day's 25 credits are used up`"""
    return f"{NO_CLOSE_MARK} {reason}" if reason else ""


def leg_text(leg: Leg, show: Show) -> str:
    side = "lay " if leg.side is Side.LAY else ""
    return f"{side}{pick(leg.selection)} {show.price(leg.price)} at {book(leg.bookmaker)}"


def placed_text(answer: Placed, show: Show) -> str:
    """`BET-000042 accepted · Lakers +150 at FanDuel · 25.00 to win 37.50`, a line a bet."""
    lines = []
    for bet in answer.bets:
        picked = f"{len(bet.legs)} legs" if bet.legs else pick_of(bet.line, bet.selection, bet.point)
        what = f"{picked} {show.price(bet.price)} at {book(bet.bookmaker)}"
        money = f"{show.money(bet.stake_minor)} to win {show.money(to_win(bet.stake_minor, bet.price))}"
        lines.append(f"{bet.id} accepted · {what} · {money}")
    return _with_note("\n".join(lines), answer.note)


def asking_text(legs: tuple[Leg, ...]) -> str:
    """`asking FanDuel's price again…`"""
    if len(legs) != 1:
        return f"asking for {len(legs)} prices again…"
    return f"asking {book(legs[0].bookmaker)}'s price again…"


def working_text(answer: Working, show: Show) -> str:
    """`ORD-000003 waits · Lakers +160 or better at FanDuel · 25.00 reserved until 12:12 · 2 shows it`."""
    order = answer.order
    price = f"{pick(order.leg.selection)} {show.price(order.leg.price)} or better at {book(order.leg.bookmaker)}"
    until = show.clock(order.expires_at)
    money = f"{show.money(order.reserved_minor)} reserved until {until}" if order.reserved_minor else f"until {until}"
    return _with_note(f"{order.id} waits · {price} · {money} · {show.key('app.bets')} shows it", answer.note)


def _with_note(text: str, note: str) -> str:
    return f"{text} · {note}" if note else text


def not_placed_text(answer: NotPlaced, show: Show) -> str:
    """`Not placed · odds moved: FanDuel now +140, your limit is +150 · e takes it or waits`."""
    if answer.refusal.code is RefusalCode.PRICE_MOVED and answer.price_now is not None and answer.leg is not None:
        now, limit = show.price(answer.price_now), show.price(answer.leg.price)
        moved = f"{book(answer.leg.bookmaker)} now {now}, your limit is {limit}"
        return f"Not placed · odds moved: {moved} · {show.key('opportunities.edit')} takes it or waits"
    if answer.refusal.code is RefusalCode.NOT_VERIFIED:
        return f"Not placed · {answer.refusal.message} · {show.key('opportunities.place')} places without asking"
    return f"Not placed · {_called(answer)}"


def _called(answer: NotPlaced) -> str:
    """Why, with the bookmaker's name where the engine writes its key."""
    reason = answer.refusal.message
    return reason if answer.leg is None else reason.replace(answer.leg.bookmaker, book(answer.leg.bookmaker), 1)
