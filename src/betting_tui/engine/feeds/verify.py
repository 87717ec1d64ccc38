"""Before a placement: whether its price is asked for again, what that may cost, and what follows when it cannot be.

Only what a person or a script places is asked for again. An armed strategy places while the answer it acts on is being
handled: a question in between would wait for itself.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Final, Literal

import msgspec
from msgspec import Struct

from betting_tui.engine.core.bet_views import NotPlaced, Placed, Working
from betting_tui.engine.core.commands import Place
from betting_tui.engine.core.errors import EventGone, SourceError
from betting_tui.engine.core.model import Event, Leg, Origin
from betting_tui.engine.core.ports import Clock
from betting_tui.engine.core.refusals import Refusal, RefusalCode

Setting = Literal["auto", "ask", "never"]


class Ask(Struct, frozen=True):
    """Ask for the price again, for that many credits."""

    cost: int


class Leave(Struct, frozen=True):
    """Place on what is known; `note` tells what was wanted and not done, empty when nothing was."""

    note: str = ""


class Decline(Struct, frozen=True):
    """Do not place: `reason` is why a price that was to be asked for cannot be."""

    reason: str


class Asker(Struct, frozen=True):
    """What is needed of the feeds. `cost` None: nobody can be asked; `why_not` tells why so many credits may not go
    into it, as goes after `takes 2 credits,`, and nothing when they may; `ask` raises SourceError.

    The events are what the caller knows of those that are not on the board.
    """

    cost: Callable[[Sequence[Leg], Sequence[Event]], int | None]
    why_not: Callable[[int], str]
    ask: Callable[[Sequence[Leg], Sequence[Event]], Awaitable[None]]


async def _ask_nobody(_legs: Sequence[Leg], _events: Sequence[Event]) -> None:
    raise SourceError("no feed can be asked for this price")


# While no feed can be asked for single prices.
NOBODY: Final = Asker(lambda _legs, _events: None, lambda _cost: "and nobody can be asked", _ask_nobody)


class Ready(Struct, frozen=True):
    """The command as it goes into the inbox; `note` is worth telling with what becomes of it."""

    command: Place
    note: str = ""

    def told(self, outcome: Placed | Working | NotPlaced) -> Placed | Working | NotPlaced:
        """The outcome with the note, where a bet came of it."""
        if not self.note or isinstance(outcome, NotPlaced) or outcome.repeated:
            return outcome
        return msgspec.structs.replace(outcome, note=self.note)


def wants(
    command: Place, setting: Setting, verify: bool | None, cost: int | None, why_not: Callable[[int], str]
) -> Ask | Leave | Decline:
    """What `execution.verify` and the wish for this one bet come to. `cost` in credits; None: nobody can be asked.

    A wish, `verify`, goes before the setting. Only what is free beside the reserved credits is spent, whoever asks.
    """
    wished = verify if verify is not None else setting == "auto"
    if not wished or command.origin is Origin.AUTO:
        return Leave()
    if cost is None:
        return Decline("no feed can be asked for this price again") if verify else Leave()
    why = why_not(cost)
    if not why:
        return Ask(cost)
    price = "1 credit" if cost == 1 else f"{cost} credits"
    if verify:
        return Decline(f"asking for the price again takes {price}, {why}")
    return Leave(f"price not asked for again: {price}, {why}")


class Verifier:
    """Gets commands ready for the inbox.

    `worth_asking`: whether a newer price could decide what becomes of it; no credit is spent on a bet that is refused
    anyway or was accepted before.
    """

    def __init__(self, setting: Setting, asker: Asker, clock: Clock, worth_asking: Callable[[Place], bool]) -> None:
        self._setting = setting
        self._asker = asker
        self._clock = clock
        self._worth_asking = worth_asking

    def decided(
        self, command: Place, *, verify: bool | None = None, events: Sequence[Event] = ()
    ) -> Ask | Leave | Decline:
        """`wants` with what the feeds say of it. `events` beside the command's own, of one with several legs."""
        cost = self.cost(command.legs, _told(command, events))
        return wants(command, self._setting, verify, cost, self._asker.why_not)

    def cost(self, legs: Sequence[Leg], events: Sequence[Event] = ()) -> int | None:
        """Credits that asking for these prices again would take; None where nobody can be asked."""
        return self._asker.cost(legs, events)

    async def ready(
        self,
        command: Place,
        *,
        verify: bool | None = None,
        worth_asking: Callable[[Place], bool] | None = None,
        events: Sequence[Event] = (),
    ) -> Ready | NotPlaced:
        """The command ready for the inbox, after the answers have gone there; NotPlaced when it was to be verified by
        wish and cannot be. All legs are asked for in one go. `worth_asking` for a command that is no bet by itself,
        `events` for those of its legs that are not on the board.
        """
        match self.decided(command, verify=verify, events=events):
            case Leave(note):
                return Ready(command, note)
            case Decline(reason):
                return NotPlaced(Refusal(RefusalCode.NOT_VERIFIED, reason))
            case Ask():
                pass
        if not (worth_asking or self._worth_asking)(command):
            return Ready(command)
        # Taken before the question is sent: whatever is seen from here on was on offer after the key was pressed.
        asked_at = self._clock.now()
        try:
            await self._asker.ask(command.legs, _told(command, events))
        except EventGone:
            # An answer too: what is on the board of it is no longer on offer, and the broker says so.
            return Ready(msgspec.structs.replace(command, asked_at=asked_at))
        except SourceError as error:
            if verify:
                reason = f"the price could not be asked for again: {error.message}"
                return NotPlaced(Refusal(RefusalCode.NOT_VERIFIED, reason))
            return Ready(command, f"price not asked for again: {error.title.lower()}")
        return Ready(msgspec.structs.replace(command, asked_at=asked_at))


def _told(command: Place, events: Sequence[Event]) -> tuple[Event, ...]:
    return (*events, *(() if command.event is None else (command.event,)))
