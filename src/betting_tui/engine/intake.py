"""What an answer does: odds move the board and are looked at for opportunities; scores settle bets."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol, runtime_checkable

from msgspec import Struct, structs

from betting_tui.engine.board import Board
from betting_tui.engine.closes import FairCloses
from betting_tui.engine.core.bet_views import SettlementReport
from betting_tui.engine.core.closes import FairClose
from betting_tui.engine.core.decoded import DecodedOdds
from betting_tui.engine.core.errors import BadAnswer
from betting_tui.engine.core.fair import FairPolicy
from betting_tui.engine.core.model import Event, LineKey, Opportunity, Quote
from betting_tui.engine.core.ports import Answer, Clock, ResultsSource, Source
from betting_tui.engine.detection import Detector, Found
from betting_tui.engine.feeds.fixtures import Fixtures
from betting_tui.engine.feeds.results_decoders import decode_known_scores
from betting_tui.engine.feeds.taken import EventsTaken, OddsTaken
from betting_tui.engine.identity import Identities
from betting_tui.engine.live_scores import LiveScores
from betting_tui.engine.store.shapes import GoneOpportunity, OpportunityChanges, Passed
from betting_tui.engine.store.store import Ledger

# Work on the event loop is given back at least this often, so that a key press never waits for a slate.
SLICE_SECONDS = 0.002
# A key goes through several hands, one turn each, before anything is drawn. A turn that is over sooner than this was
# nobody's, and after so many the answer has its turn again.
_NOBODY_SECONDS, _MOST_TURNS = 0.000_06, 12
# A multi-day event is over by then; an outright's start is the competition's end or is still to come.
LONG_OVER = timedelta(days=2)
# An opportunity that is still there is written again when what is kept of it would soon say that it is over.
_RENEW_BEFORE = timedelta(seconds=60)

Reasons = Callable[[Opportunity], tuple[Passed, ...]]


@runtime_checkable
class _KnowsOdds(Protocol):
    def decode_odds(self, answer: Answer) -> DecodedOdds: ...


@runtime_checkable
class _KnowsFixtures(Protocol):
    def decode_events(self, answer: Answer) -> tuple[Event, ...]: ...


class Intake:
    """Takes answers over, in order, one at a time. `fixtures` remembers the starts they tell, `identities` which of
    our events they are about; `policy` says who the reference is that closes are compared with."""

    def __init__(
        self,
        board: Board,
        detector: Detector,
        ledger: Ledger,
        sources: Mapping[str, Source | ResultsSource],
        wall: Clock,
        why_passed: Callable[[datetime], Reasons] | None = None,
        fixtures: Fixtures | None = None,
        identities: Identities | None = None,
        policy: FairPolicy | None = None,
        live_scores: LiveScores | None = None,
    ) -> None:
        self._board = board
        self._closes = FairCloses(board, policy or FairPolicy(()))
        self._detector = detector
        self._ledger = ledger
        self._sources = sources
        self._wall = wall
        self._why_passed = why_passed
        self._fixtures = fixtures if fixtures is not None else Fixtures()
        self._identities = identities if identities is not None else Identities(ledger)
        self._live_scores = live_scores if live_scores is not None else LiveScores()
        self._kept = _KeptWatch()
        self._left_over = True

    async def take_odds(self, answer: Answer, now: datetime) -> OddsTaken:
        """Raises BadAnswer when nothing in it can be read; bad parts of a good answer are counted."""
        source = self._source(answer)
        if not isinstance(source, _KnowsOdds):
            raise BadAnswer(f"an answer of {answer.source!r} with prices, which that feed does not give")
        decoded = await asyncio.to_thread(source.decode_odds, answer)
        decoded = await self._identities.of_odds(answer.source, decoded, now)
        changed, seen = await self._apply(decoded, answer.source)
        await self._note_closes(decoded, now)
        self._fixtures.merge(answer.source, [item.event for item in decoded.events], now)
        found = await self._scan({**changed, **seen}, now)
        return OddsTaken(
            source=answer.source,
            events=len(decoded.events),
            quotes=sum(len(item.quotes) for item in decoded.events),
            rejected=sum(rejection.count for rejection in decoded.rejected),
            changed_lines=len(changed),
            found=found.now,
            new=found.new,
            gone=found.gone,
        )

    async def take_events(self, answer: Answer, now: datetime) -> EventsTaken:
        """Start times: those of known events are moved, here and in the ledger. Raises BadAnswer when nothing in it
        can be read."""
        source = self._source(answer)
        if not isinstance(source, _KnowsFixtures):
            raise BadAnswer(f"an answer of {answer.source!r} with fixtures, which that feed does not give")
        told = await asyncio.to_thread(source.decode_events, answer)
        events = await self._identities.of_events(answer.source, told, now)
        self._fixtures.replace(answer.source, answer.sport_key, events)
        moved = sum([self._board.move(event) for event in events])
        await self._ledger.note_starts(events, now)
        return EventsTaken(answer.source, len(events), moved)

    async def take_scores(self, answer: Answer, now: datetime) -> SettlementReport:
        """Settle what the scores decide; names are compared on the ledger's own thread. Raises BadAnswer when nothing
        in it can be read."""
        source = self._sources.get(answer.source)
        decode = decode_known_scores if source is None else source.decode_scores
        decoded = await asyncio.to_thread(decode, answer)
        report = await self._ledger.settle_scores(decoded.scores, now)
        self._live_scores.note(report.playing, now)
        over = [self._identities.ours(score.source, score.event_id) for score in decoded.scores if score.completed]
        for bet in report.settled:
            # A parlay is lost by its first lost leg: the others may not have begun.
            over += [leg.event.id for leg in bet.legs if leg.result is not None] if bet.legs else [bet.event.id]
        for event_id in dict.fromkeys(over):
            self._board.forget(event_id)
        return structs.replace(
            report,
            source=answer.source,
            results_read=len(decoded.scores),
            rejected=sum(rejection.count for rejection in decoded.rejected),
        )

    def _source(self, answer: Answer) -> Source | ResultsSource:
        source = self._sources.get(answer.source)
        if source is None:
            raise BadAnswer(
                f"an answer of {answer.source!r}, a feed this engine was not started with: use one of its own"
            )
        return source

    async def _apply(self, decoded: DecodedOdds, source: str) -> tuple[dict[LineKey, None], dict[LineKey, None]]:
        changed: dict[LineKey, None] = {}
        seen: dict[LineKey, None] = {}
        turn = _Turn(self._wall)
        for item in decoded.events:
            self._board.apply_event(item, source, decoded, changed, seen)
            await turn.give_back()
        return changed, seen

    async def expire(self, now: datetime) -> tuple[str, ...]:
        """Drop opportunities whose prices have grown too old, and events that are long over."""
        for event in self._board.events():
            if now - event.commence_time > LONG_OVER:
                self._board.forget(event.id)
        self._identities.forget_over(now)
        gone = self._detector.expire(now)
        await self._note_kept((), gone, now)
        return gone

    async def _scan(self, lines: dict[LineKey, None], now: datetime) -> Found:
        current: list[Opportunity] = []
        new: list[Opportunity] = []
        # By the answer's time, not a timer's: what expired since is new again when it comes back, in a replay too.
        gone = list(self._detector.expire(now))
        turn = _Turn(self._wall)
        for line in lines:
            found = self._detector.scan((line,), now)
            current.extend(found.now)
            new.extend(found.new)
            gone.extend(found.gone)
            await turn.give_back()
        for opportunity in new:
            self._board.watch(opportunity.line)
        if self._left_over:
            self._left_over = False
            await self._ledger.expire_left_over(now)
        await self._note_kept(current, gone, now)
        return Found(tuple(current), tuple(new), tuple(gone))

    async def _note_kept(self, current: Sequence[Opportunity], gone: Sequence[str], now: datetime) -> None:
        """Write what changed, in one transaction, with the accounts' reasons for what is over."""
        turn = _Turn(self._wall)
        reasons: Reasons | None = self._why_passed(now) if gone and self._why_passed is not None else None
        ended: list[GoneOpportunity] = []
        for each in dict.fromkeys(gone):
            known = self._kept.forget(each)
            ended.append(GoneOpportunity(each, reasons(known) if reasons is not None and known is not None else ()))
            await turn.give_back()
        found, still_there = self._kept.sort_out(current, now)
        await self._ledger.note_changes(OpportunityChanges(tuple(ended), found, still_there), now)

    async def _note_closes(self, decoded: DecodedOdds, now: datetime) -> None:
        """The last quote before the start is the close: every quote of an event with an open bet or a shown opportunity
        is told the ledger, and what the reference says of what is waited for.

        So is every event: its start may have moved, and the ledger takes no bet after the one it knows.
        """
        wanted = self._ledger.wanted_closes([item.event.id for item in decoded.events], now)
        waiting = {each.selection.line.event_id for each in wanted}
        items = [item for item in decoded.events if item.event.id in waiting]
        quotes: list[Quote] = [quote for item in items for quote in self._board.standing(item.quotes)]
        fair: list[FairClose] = []
        turn = _Turn(self._wall)
        for found in self._closes.of(wanted, quotes):
            fair.extend(found)
            await turn.give_back()
        await self._ledger.note_quotes(quotes, [item.event for item in decoded.events], now, fair, wanted)


class _Noted(Struct):
    """What the ledger knows of an opportunity that is there: the last version written and its best return."""

    opportunity: Opportunity
    best: float | None
    kept_until: datetime


class _KeptWatch:
    """Tells what is worth writing of the opportunities of an answer: what is new, better than ever, differs in its
    legs, or would soon count as over. Most answers change little, and a write is a wait for the disk."""

    def __init__(self) -> None:
        self._noted: dict[str, _Noted] = {}

    def forget(self, opportunity_id: str) -> Opportunity | None:
        """The last version written of one that is over."""
        noted = self._noted.pop(opportunity_id, None)
        return None if noted is None else noted.opportunity

    def sort_out(
        self, current: Sequence[Opportunity], now: datetime
    ) -> tuple[tuple[Opportunity, ...], tuple[Opportunity, ...]]:
        """Those that are news, and those that only have to be kept alive."""
        found: list[Opportunity] = []
        still_there: list[Opportunity] = []
        for opportunity in current:
            noted = self._noted.get(opportunity.id)
            if noted is None or _is_news(opportunity, noted):
                found.append(opportunity)
                best = _better(noted.best if noted is not None else None, opportunity.ev_per_unit)
                self._noted[opportunity.id] = _Noted(opportunity, best, opportunity.expires_at)
            elif noted.kept_until < min(opportunity.expires_at, now + _RENEW_BEFORE):
                still_there.append(opportunity)
                noted.kept_until = opportunity.expires_at
        return tuple(found), tuple(still_there)


def _is_news(found: Opportunity, noted: _Noted) -> bool:
    if _offer_of(found) != _offer_of(noted.opportunity):
        return True
    value = found.ev_per_unit
    return value is not None and (noted.best is None or value > noted.best)


def _offer_of(found: Opportunity) -> tuple[tuple[tuple[str, str, str], ...], tuple[str, ...]]:
    return tuple((leg.selection.name, leg.bookmaker, leg.price.text) for leg in found.legs), found.flags


def _better(before: float | None, value: float | None) -> float | None:
    return value if before is None else before if value is None else max(before, value)


class _Turn:
    """Gives others their turns when this task has held the loop for a slice, until nobody wants one."""

    def __init__(self, wall: Clock) -> None:
        self._wall = wall
        self._since = wall.monotonic()

    async def give_back(self) -> None:
        now = self._wall.monotonic()
        if now - self._since < SLICE_SECONDS:
            return
        for _ in range(_MOST_TURNS):
            await asyncio.sleep(0)
            before, now = now, self._wall.monotonic()
            if now - before < _NOBODY_SECONDS:
                break
        self._since = now
