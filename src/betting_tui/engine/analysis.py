"""One look at recorded answers: decode, detect, size. No ledger, no network, no waiting."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec
from msgspec import Struct

from betting_tui.engine.board import Board
from betting_tui.engine.config import Settings
from betting_tui.engine.core.decoded import Rejection
from betting_tui.engine.core.model import Opportunity
from betting_tui.engine.core.money import to_minor
from betting_tui.engine.core.opportunity_views import Why
from betting_tui.engine.core.ports import Answer, Source
from betting_tui.engine.core.progress import Progress, silent, watched
from betting_tui.engine.detection import Detector
from betting_tui.engine.explain import Explainer, as_opportunity
from betting_tui.engine.sizing import Sizer, sizing_rules
from betting_tui.engine.strategies.registry import build_strategies, fair_policy


class SizedOpportunity(Struct, frozen=True):
    """An opportunity with its legs' stakes; `stake_reason` says what limits the stake, or why there is none."""

    opportunity: Opportunity
    stake_minor: int
    stake_reason: str


class Analysis(Struct, frozen=True):
    """Best first. `rejected` counts what the decoders left out."""

    now: datetime
    currency: str
    sources: tuple[str, ...]
    events: int
    quotes: int
    rejected: tuple[Rejection, ...]
    opportunities: tuple[SizedOpportunity, ...]


def analyze(
    settings: Settings,
    source: Source,
    answers: Sequence[Answer],
    now: datetime,
    strategies: tuple[str, ...] = (),
    progress: Progress = silent,
) -> Analysis:
    """Detect on these answers as of `now`; stakes are those of the configured starting bankroll.

    Raises BadAnswer when an answer cannot be read at all.
    """
    board = Board()
    detector = Detector(board, build_strategies(settings, strategies))
    rejected: list[Rejection] = []
    events: set[str] = set()
    for answer in watched(_in_order(answers), len(answers), progress, "Reading answers", every=1):
        decoded = source.decode_odds(answer)
        rejected.extend(decoded.rejected)
        change = board.apply(decoded, source.name)
        events.update(change.events)
    progress(0, 0, "Looking for opportunities")
    lines = [line for event in sorted(events) for line in board.lines(event)]
    detector.scan(lines, now)
    sizer, available = _sizer(settings), _available(settings)
    return Analysis(
        now=now,
        currency=settings.paper_trading.currency,
        sources=tuple(sorted({answer.source for answer in answers})),
        events=len(events),
        quotes=sum(len(board.quotes(line)) for line in lines),
        rejected=_together(rejected),
        opportunities=tuple(_sized(found, sizer, available) for found in detector.ranked(now)),
    )


def explain(
    settings: Settings,
    source: Source,
    answers: Sequence[Answer],
    now: datetime,
    wanted: str,
    progress: Progress = silent,
) -> tuple[Why, ...]:
    """The best price of each selection of an event in these answers, named by id or by part of its name: why it is an
    opportunity or not. Stakes as in `analyze`. Raises BadAnswer when an answer cannot be read at all."""
    board = Board()
    for answer in watched(_in_order(answers), len(answers), progress, "Reading answers", every=1):
        board.apply(source.decode_odds(answer), source.name)
    explainer = Explainer(board, build_strategies(settings), fair_policy(settings), settings.bookmakers.commission)
    sizer, available = _sizer(settings), _available(settings)
    found: list[Why] = []
    for judged in explainer.event(wanted, now):
        if judged.takeable:
            sized = sizer.size(as_opportunity(judged, now), available)
            found.append(Why(judged, None, sized.stake_minor, sized.reason))
        else:
            found.append(Why(judged, stake_reason=judged.reason))
    return tuple(found)


def _in_order(answers: Sequence[Answer]) -> list[Answer]:
    return sorted(answers, key=lambda answer: answer.received_at)


def _sizer(settings: Settings) -> Sizer:
    paper = settings.paper_trading
    return Sizer(sizing_rules(settings), paper.currency, settings.bookmakers.commission)


def _available(settings: Settings) -> int:
    paper = settings.paper_trading
    return to_minor(paper.starting_bankroll, paper.currency)


def _sized(found: Opportunity, sizer: Sizer, available: int) -> SizedOpportunity:
    sized = sizer.size(found, available)
    return SizedOpportunity(msgspec.structs.replace(found, legs=sized.legs), sized.stake_minor, sized.reason)


def _together(rejected: Sequence[Rejection]) -> tuple[Rejection, ...]:
    counts: dict[str, Rejection] = {}
    for rejection in rejected:
        known = counts.get(rejection.reason)
        counts[rejection.reason] = Rejection(
            rejection.reason, rejection.count + (known.count if known else 0), (known or rejection).example
        )
    return tuple(counts[reason] for reason in sorted(counts))
