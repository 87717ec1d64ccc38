"""Prices a person picks from the board, found by a strategy or not, in the form in which bets are placed."""

from __future__ import annotations

from datetime import datetime

import msgspec

from betting_tui.engine.board import Board
from betting_tui.engine.core.flags import SUSPICIOUS
from betting_tui.engine.core.model import Leg, Opportunity, Selection
from betting_tui.engine.core.opportunity_views import OpportunityRow, Picked, Why
from betting_tui.engine.detection import Detector
from betting_tui.engine.explain import as_opportunity
from betting_tui.engine.house import House
from betting_tui.engine.queries import LiveQueries
from betting_tui.engine.sizing import Sized
from betting_tui.engine.strategies.base import opportunity_id

_PICKED = "picked"
_MOST_PICKS = 256


class Picks:
    """`suspicious_edge`: more than that is not believed (0.25 = 25 %)."""

    def __init__(
        self, board: Board, detector: Detector, queries: LiveQueries, house: House, suspicious_edge: float
    ) -> None:
        self._board = board
        self._detector = detector
        self._queries = queries
        self._house = house
        self._suspicious_edge = suspicious_edge
        self._picked: dict[str, tuple[Selection, str]] = {}

    def pick(self, selection: Selection, bookmaker: str, account: str, now: datetime) -> Picked | None:
        """The price with what the account would stake on it; None when it is not on the board.

        What a strategy has found there is that opportunity.
        """
        why = self._queries.why_price(selection, bookmaker, account, now)
        if why is None:
            return None
        row = self._found_row(selection, bookmaker, account, now) or self._picked_row(why, account, now)
        return None if row is None else Picked(row, why)

    def opportunity(self, pick_id: str, account: str, now: datetime) -> OpportunityRow | None:
        """One that was picked before, as it is now."""
        known = self._picked.get(pick_id)
        why = None if known is None else self._queries.why_price(*known, account, now)
        return None if why is None else self._picked_row(why, account, now)

    def _found_row(self, selection: Selection, bookmaker: str, account: str, now: datetime) -> OpportunityRow | None:
        found = self._found(selection, bookmaker, now)
        row = None if found is None else self._queries.opportunity(found.id, account, now)
        if row is None or row.stake_minor:
            return row
        sized = self._sized(row.opportunity, account, now)
        usual = msgspec.structs.replace(row.opportunity, legs=sized.legs)
        no_stake = "" if sized.stake_minor else row.no_stake
        return msgspec.structs.replace(row, opportunity=usual, stake_minor=sized.stake_minor, no_stake=no_stake)

    def _found(self, selection: Selection, bookmaker: str, now: datetime) -> Opportunity | None:
        """Of a real edge and a price gap on the same price the edge."""
        there = [
            found
            for found in self._detector.found_on(selection.line)
            if len(found.legs) == 1 and not found.expired(now)
            and (found.legs[0].selection, found.legs[0].bookmaker) == (selection, bookmaker)
        ]  # fmt: skip
        return min(there, key=lambda found: found.difference_cents is not None, default=None)

    def _picked_row(self, why: Why, account: str, now: datetime) -> OpportunityRow | None:
        selection, bookmaker = why.judged.selection, why.judged.bookmaker
        quote = self._board.quote(selection, bookmaker)
        if quote is None:
            return None
        leg = Leg(
            selection, bookmaker, quote.price, quoted_at=quote.quoted_at, seen_at=quote.seen_at, source=quote.source
        )
        pick = msgspec.structs.replace(
            as_opportunity(why.judged, now),
            id=opportunity_id(_PICKED, (leg,)),
            legs=(leg,),
            flags=(SUSPICIOUS,) if (why.judged.edge or 0.0) > self._suspicious_edge else (),
        )
        self._remember(pick.id, selection, bookmaker)
        sized = self._sized(pick, account, now) if why.judged.takeable else Sized(pick.legs, 0, why.judged.reason)
        return OpportunityRow(
            opportunity=msgspec.structs.replace(pick, legs=sized.legs),
            stake_minor=sized.stake_minor,
            no_stake="" if sized.stake_minor else sized.reason,
            age_seconds=why.judged.age_seconds,
            taken=self._queries.holds(selection, bookmaker, account, now),
            no_close=why.no_close,
            picked=True,
        )

    def _sized(self, pick: Opportunity, account: str, now: datetime) -> Sized:
        """Without an edge what the account stakes on anything; a share of an edge is nothing then."""
        sized = self._house.size(pick, account, now)
        if sized.stake_minor or sized.refusal is not None:
            return sized
        plain = msgspec.structs.replace(pick, edge=None, edge_low=None, fair_probability=None, fair_odds=None)
        usual = self._house.size(plain, account, now)
        return usual if usual.stake_minor else sized

    def _remember(self, pick_id: str, selection: Selection, bookmaker: str) -> None:
        self._picked.pop(pick_id, None)
        self._picked[pick_id] = (selection, bookmaker)
        if len(self._picked) > _MOST_PICKS:
            del self._picked[next(iter(self._picked))]
