"""Several sources for the same question: the preferred one first, the next where it cannot answer.

What to ask in which order is decided by `walk`, without asking anybody; `Failover` then does the asking. A source in
trouble is one status that changes when its state does, however often it fails.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from betting_tui.engine.config import Settings
from betting_tui.engine.core.errors import CreditsSpent, KeyRejected, RequestRejected, SourceError, SourceUnreachable
from betting_tui.engine.core.feed_views import FeedStatus
from betting_tui.engine.core.ports import Answer, Clock, OddsRequest, Source
from betting_tui.engine.sources.resilience import Guard, Resting

_KEYLESS = frozenset({"football_data", "espn", "thesportsdb"})
_NEEDS_KEY = "needs a key: k in the app, or api_keys.the_odds_api, or THE_ODDS_API_KEY"
_LATER = {"odds_scraping": "its scrapers come in a later version"}


def missing_need(name: str, settings: Settings) -> str | None:
    """What a source needs before it can be asked; an empty text when nothing. None for a name nobody knows."""
    if name == "the_odds_api":
        return "" if settings.api_keys.the_odds_api else _NEEDS_KEY
    return "" if name in _KEYLESS else _LATER.get(name)


class Why(StrEnum):
    """Why a source did not give the answer."""

    NEEDS = "needs"
    UNKNOWN = "unknown"
    NOT_SERVED = "not_served"
    RESTS = "rests"
    FAILED = "failed"


class PassedOver(Struct, frozen=True):
    name: str
    why: Why
    detail: str = ""


class Standing(Struct, frozen=True):
    """One source as a question finds it: what it still needs, whether it has the sport, how long it is left alone."""

    name: str
    needs: str = ""
    serves: bool = True
    rests_seconds: float = 0.0
    trouble: str = ""


class Walk(Struct, frozen=True):
    """Whom to ask, in order, and who is not asked at all."""

    ask: tuple[str, ...]
    passed: tuple[PassedOver, ...]


def walk(order: Sequence[str], standings: Mapping[str, Standing]) -> Walk:
    """The sources of `order`, each once, that can be asked now; the rest with the reason."""
    ask: list[str] = []
    passed: list[PassedOver] = []
    for name in dict.fromkeys(order):
        standing = standings.get(name)
        if standing is None:
            passed.append(PassedOver(name, Why.UNKNOWN, "is no feed of this program"))
        elif standing.needs:
            passed.append(PassedOver(name, Why.NEEDS, standing.needs))
        elif not standing.serves:
            passed.append(PassedOver(name, Why.NOT_SERVED, "does not have this sport"))
        elif standing.rests_seconds > 0:
            passed.append(PassedOver(name, Why.RESTS, standing.trouble))
        else:
            ask.append(name)
    return Walk(tuple(ask), tuple(passed))


def after_answer(status: FeedStatus, answer: Answer) -> FeedStatus:
    """The status of a source that has just answered."""
    reading = answer.credits
    return replace(
        status,
        state="ok",
        detail="",
        last_success=answer.received_at,
        credits_used=reading.used if reading else status.credits_used,
        credits_remaining=reading.remaining if reading else status.credits_remaining,
    )


def after_failure(status: FeedStatus, error: SourceError) -> FeedStatus:
    """The status of a source that has just failed: what only the user can mend is `failed`, the rest `degraded`.

    A rest adds nothing to the trouble that led to it, and a refused question leaves a working feed as it was.
    """
    if isinstance(error, Resting) or (isinstance(error, RequestRejected) and status.state == "ok"):
        return status
    state = "failed" if isinstance(error, KeyRejected | CreditsSpent) else "degraded"
    return replace(status, state=state, detail=error.message)


class NoSourceAnswers(SourceUnreachable):
    """Every source that could have been asked failed or rests."""

    title = "No feed answers"


class Served(Struct, frozen=True):
    """An answer, the source that gave it, and the preferred ones that did not."""

    answer: Answer
    source: Source
    passed: tuple[PassedOver, ...] = ()


def _every_sport(_: str) -> bool:
    return True


def _able() -> str:
    return ""


class Member(Struct, frozen=True):
    """One source of the walk. `guard` is the one that its questions run through; `serves` tells by sport key, and
    `unable` why it cannot be asked for anything now, empty when it can."""

    source: Source
    guard: Guard
    serves: Callable[[str], bool] = _every_sport
    unable: Callable[[], str] = _able


class Failover:
    """Asks the sources of `order` for odds and scores, sport by sport.

    `needs` names the sources that cannot be asked and what they lack. `changed` is told of a source whose state is
    another one than before, and of nothing else.
    """

    def __init__(
        self,
        order: Sequence[str],
        members: Sequence[Member],
        clock: Clock,
        *,
        needs: Mapping[str, str] | None = None,
        changed: Callable[[FeedStatus], None] | None = None,
    ) -> None:
        self._order = tuple(dict.fromkeys(order))
        self._members = {member.source.name: member for member in members}
        self._needs = dict(needs or {})
        self._clock = clock
        self._changed = changed
        self._statuses = {name: self._first_status(name) for name in self._order}

    def statuses(self) -> tuple[FeedStatus, ...]:
        """Every source of the order, in that order; `next_poll` is when one that rests is tried again."""
        return tuple(self._with_rest(self._statuses[name]) for name in self._order)

    def plan(self, sport_key: str) -> Walk:
        """Whom a question about this sport would go to now."""
        return walk(self._order, {name: self._standing(name, sport_key) for name in self._known()})

    async def odds(
        self,
        request: OddsRequest,
        accept: Callable[[Served], Awaitable[None]] | None = None,
        *,
        skip: Collection[str] = (),
    ) -> Served:
        """The odds of the first source that has them; those of `skip` are not asked. Raises SourceError when none has.

        `accept` takes the answer over and may raise SourceError when it cannot be used: the next source is asked then.
        """
        return await self._ask(request.sport_key, lambda source: source.fetch_odds(request), accept, skip)

    async def scores(
        self, sport_key: str, days_from: int, accept: Callable[[Served], Awaitable[None]] | None = None
    ) -> Served:
        """The scores of the first source that has them; as `odds`."""
        return await self._ask(sport_key, lambda source: source.fetch_scores(sport_key, days_from), accept)

    def heard(self, name: str, answer: Answer) -> None:
        """A source has answered a question that went to it alone."""
        self._set(after_answer(self._statuses[name], answer))

    def failed(self, name: str, error: SourceError) -> None:
        """A source has failed at a question that went to it alone."""
        self._set(after_failure(self._statuses[name], error))

    async def aclose(self) -> None:
        for member in self._members.values():
            await member.source.aclose()

    async def _ask(
        self,
        sport_key: str,
        question: Callable[[Source], Awaitable[Answer]],
        accept: Callable[[Served], Awaitable[None]] | None,
        skip: Collection[str] = (),
    ) -> Served:
        plan = self.plan(sport_key)
        passed = list(plan.passed)
        errors: list[SourceError] = []
        for name in (each for each in plan.ask if each not in skip):
            member = self._members[name]
            try:
                answer = await question(member.source)
                served = Served(answer, member.source, tuple(passed))
                if accept is not None:
                    await self._accepted(member, accept, served)
            except SourceError as error:
                errors.append(error)
                passed.append(PassedOver(name, Why.RESTS if isinstance(error, Resting) else Why.FAILED, error.message))
                self._set(after_failure(self._statuses[name], error))
                continue
            self._set(after_answer(self._statuses[name], answer))
            return served
        raise self._nobody(sport_key, passed, errors)

    async def _accepted(self, member: Member, accept: Callable[[Served], Awaitable[None]], served: Served) -> None:
        """An answer that came but is of no use counts against its source like none at all."""
        try:
            await accept(served)
        except SourceError as error:
            member.guard.breaker.disappoint(error)
            raise
        member.guard.breaker.satisfy()

    def _nobody(self, sport_key: str, passed: Sequence[PassedOver], errors: Sequence[SourceError]) -> SourceError:
        """The one failure itself where there is one, else a summary; both say when asking again makes sense."""
        if len(errors) == 1 and not any(each.why is Why.RESTS for each in passed):
            return errors[0]
        rests = [m.guard.breaker.rest_seconds for m in self._members.values() if m.guard.breaker.rest_seconds > 0]
        reasons = "; ".join(f"{each.name}: {each.detail}" for each in passed) or "no feed is set"
        message = f"no feed answers for {sport_key[:80]} now - {reasons}"
        return NoSourceAnswers(message, retry_after=min(rests, default=None))

    def _known(self) -> tuple[str, ...]:
        return tuple(name for name in self._order if name in self._members or name in self._needs)

    def _standing(self, name: str, sport_key: str) -> Standing:
        member = self._members.get(name)
        if member is None or self._needs.get(name):
            return Standing(name, needs=self._needs.get(name) or "is not set up")
        breaker = member.guard.breaker
        trouble = breaker.error.message if breaker.error else ""
        return Standing(name, member.unable(), member.serves(sport_key), breaker.rest_seconds, trouble)

    def _first_status(self, name: str) -> FeedStatus:
        if self._needs.get(name):
            return FeedStatus(name, "off", self._needs[name])
        if name not in self._members:
            return FeedStatus(name, "off", "is no feed of this program")
        return FeedStatus(name, "waiting", "not asked yet")

    def _with_rest(self, status: FeedStatus) -> FeedStatus:
        member = self._members.get(status.name)
        until = member.guard.breaker.asked_again_at if member else None
        return status if until is None else replace(status, next_poll=until)

    def _set(self, status: FeedStatus) -> None:
        before = self._statuses[status.name]
        self._statuses[status.name] = status
        if self._changed is not None and status.state != before.state:
            self._changed(self._with_rest(status))
