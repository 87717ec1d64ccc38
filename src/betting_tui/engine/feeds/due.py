"""What is to be asked next of which feed: the plan's calls of one that costs credits, rounds of those that are free."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from betting_tui.engine.core.ports import Clock
from betting_tui.engine.feeds.seat import Seat
from betting_tui.engine.planning import Endpoint


class Ask(Struct, frozen=True):
    """One question, `wait` seconds from now; `text` says what for, its sport first."""

    wait: float
    seat: Seat
    sport_key: str
    endpoint: Endpoint
    text: str

    @property
    def what(self) -> str:
        """Its name among the questions to its feed."""
        return what_of(self.endpoint, self.sport_key)


class Due:
    """Looks through the feeds, the preferred first. `named` sports are asked for because somebody said so; `next` is
    the next question: when, on the clock that never goes back, and what for."""

    def __init__(self, seats: Sequence[Seat], clock: Clock) -> None:
        self._seats = tuple(seats)
        self._clock = clock
        self.named: set[str] = set()
        self.next: tuple[float, str] | None = None

    def next_ask(self) -> Ask | None:
        """The first thing to ask. Also notes for each feed when it is asked next."""
        now = self._clock.monotonic()
        first: Ask | None = None
        for seat in self._seats:
            asks = self._round_asks(seat) if seat.feed.metered is None else self._planned_asks(seat)
            soonest = min(asks, key=lambda ask: ask.wait, default=None)
            seat.next_at = None if soonest is None else now + soonest.wait
            if soonest is not None and (first is None or soonest.wait < first.wait):
                first = soonest
        self.next = None if first is None else (now + first.wait, first.text)
        return first

    def first_for(self, sport_key: str) -> Seat | None:
        """The first feed that has the sport and can answer; while none can, the one that is asked again first."""
        having = [seat for seat in self._seats if self.has(seat, sport_key)]
        able = next((seat for seat in having if seat.can_answer), None)
        resting = (seat for seat in having if not seat.unable())
        return able or min(resting, key=lambda seat: seat.rest_seconds, default=None)

    def has(self, seat: Seat, sport_key: str) -> bool:
        """Whether the feed is asked for this sport: its own, those named by somebody, those of open bets."""
        if not seat.feed.serves(sport_key):
            return False
        return sport_key in seat.plan.sports or sport_key in self.named or sport_key in seat.held_sports

    def stands_by_for(self, seat: Seat) -> Seat | None:
        """The better feed that answers, where none of the sports is this one's to ask for."""
        if seat.feed.metered is not None:
            return None
        first = [self.first_for(sport) for sport in seat.plan.sports]
        better = next((each for each in first if each is not None and each is not seat), None)
        return None if seat in first else better

    def skip(self, seconds: float) -> None:
        """Time has passed that the clock did not count."""
        for seat in self._seats:
            seat.skip(seconds)
        if self.next is not None:
            self.next = (self.next[0] - seconds, self.next[1])

    def _planned_asks(self, seat: Seat) -> Iterator[Ask]:
        """What the plan says; after failures first a free question, to see whether the feed is back."""
        if seat.budget is None:
            return
        if seat.probing:
            # A sport whose question is wrong by itself would keep the whole feed waiting.
            waits = [(seat.wait_for(what_of(Endpoint.EVENTS, sport)), sport) for sport in seat.plan.sports]
            for wait, sport in sorted(waits, key=lambda each: each[0])[:1]:
                yield Ask(wait, seat, sport, Endpoint.EVENTS, f"{sport} start times, free")
            return
        now, calls = self._clock.now(), seat.budget.plan().calls
        sports = {call.sport_key for call in calls}
        priced_here = {sport for sport in sports if self.first_for(sport) is seat}
        for call in calls:
            asked = call.endpoint is Endpoint.ODDS and call.sport_key in priced_here
            if asked or call.endpoint is Endpoint.EVENTS:
                until = max((call.at - now).total_seconds(), seat.wait_for(what_of(call.endpoint, call.sport_key)))
                yield Ask(max(0.0, until), seat, call.sport_key, call.endpoint, f"{call.sport_key} {call.text}")

    def _round_asks(self, seat: Seat) -> Iterator[Ask]:
        """A free feed's own pace, for the sports that no better feed can be asked for."""
        own = tuple(sport for sport in seat.plan.sports if self.first_for(sport) is seat)
        stands_in = tuple(sport for sport in own if seat.plan.at_once or self._better(sport, seat))
        for sport in stands_in:
            yield Ask(seat.wait_for_round(sport), seat, sport, Endpoint.ODDS, sport)
        in_turn = tuple(sport for sport in own if sport not in stands_in)
        if in_turn:
            sport = seat.turn(in_turn)
            yield Ask(seat.wait_for_step(sport), seat, sport, Endpoint.ODDS, sport)

    def _better(self, sport_key: str, seat: Seat) -> bool:
        return any(self.has(each, sport_key) for each in self._seats[: self._seats.index(seat)])


def what_of(endpoint: Endpoint, sport_key: str) -> str:
    """A question's name among those to one feed."""
    return sport_key if endpoint is Endpoint.ODDS else f"{endpoint.value} {sport_key}"
