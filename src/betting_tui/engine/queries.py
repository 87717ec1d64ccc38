"""Answers from the board and the ledger together, for screens and commands. Nothing here changes anything."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

import msgspec
from msgspec import Struct

from betting_tui.engine.board import Board, PricePoint
from betting_tui.engine.core.bet_views import OpenBetRow
from betting_tui.engine.core.fair import FairPolicy
from betting_tui.engine.core.flags import flag_words
from betting_tui.engine.core.model import BetState, Event, Opportunity, Selection
from betting_tui.engine.core.opportunity_views import FairPoint, JudgedPrice, OpportunityPage, OpportunityRow, Why
from betting_tui.engine.detection import Detector, rank
from betting_tui.engine.explain import Explainer, as_opportunity
from betting_tui.engine.fair_history import FairHistory
from betting_tui.engine.fair_now import FairNow
from betting_tui.engine.headroom import Headroom
from betting_tui.engine.held_bets import HeldBets
from betting_tui.engine.house import House
from betting_tui.engine.live_scores import LiveScores
from betting_tui.engine.sizing import Sized
from betting_tui.engine.store.shapes import BetFilter
from betting_tui.engine.store.store import Ledger

# Rows of what is over are kept until there are so many more than there are opportunities.
_SPARE_ROWS = 200


class _Kept(Struct, frozen=True, gc=False):
    """The row of an opportunity but for what time changes: `oldest` is since when its oldest price counts."""

    found: Opportunity
    room: Headroom
    opportunity: Opportunity
    sized: Sized
    oldest: datetime | None
    taken: bool


class _Holdings(Struct):
    """What an account has: opportunities it took, selections it holds open bets on and where.

    `rows` by opportunity serve as long as neither it nor `room`, what limits leave, has changed.
    """

    taken: frozenset[str]
    held: frozenset[tuple[Selection, str]]
    room: Headroom
    rows: dict[str, _Kept]


class LiveQueries:
    """Queries that join what is on the board with what one account holds."""

    def __init__(
        self,
        board: Board,
        detector: Detector,
        ledger: Ledger,
        house: House,
        policy: FairPolicy,
        commissions: Mapping[str, float],
        why_no_close: Callable[[Event], str] = lambda _event: "",
        live_scores: LiveScores | None = None,
    ) -> None:
        """`why_no_close`: why neither close nor result of a bet on this event would be asked for; empty when they
        would. It is asked for each row that is drawn, and so has to know its answers."""
        self._board = board
        self._detector = detector
        self._ledger = ledger
        self._house = house
        self._policy = policy
        self._commissions = commissions
        self._why_no_close = why_no_close
        self._holdings: dict[str, _Holdings] = {}
        scores = LiveScores() if live_scores is None else live_scores
        self._held_bets = HeldBets(board, ledger, FairNow(board, policy), scores)
        self._fair_history = FairHistory(board, policy)
        self._explainer = Explainer(board, detector.strategies, policy, commissions)

    def forget_holdings(self) -> None:
        """The ledger changed, here or elsewhere: what accounts hold and may stake is read again when next asked for."""
        self._holdings.clear()
        self._house.forget()

    def opportunities(self, account: str, now: datetime, limit: int | None) -> OpportunityPage:
        """Best first. A price gap on what is a value bet already is the same bet, and listed once."""
        listed = self.listed(now)
        holdings = self._holdings_of(account, now)
        # Each row is asked for, though events have several.
        no_close = {
            event.id: self._why_no_close(event) for event in {found.event.id: found.event for found in listed}.values()
        }
        rows = tuple([self._row(found, account, holdings, now, no_close[found.event.id]) for found in listed[:limit]])
        return OpportunityPage(rows, len(listed))

    def listed(self, now: datetime) -> tuple[Opportunity, ...]:
        """What has rows, without making them: thousands are listed twice a second, and few of them are in sight."""
        listed = self._detector.listed(now)
        for holdings in self._holdings.values():
            if len(holdings.rows) > 2 * len(listed) + _SPARE_ROWS:
                holdings.rows.clear()
        return listed

    def row(self, found: Opportunity, account: str, now: datetime) -> OpportunityRow:
        """What the account would stake on it now, whether it is still there or not."""
        return self._row(found, account, self._holdings_of(account, now), now, self._why_no_close(found.event))

    def opportunity(self, opportunity_id: str, account: str, now: datetime) -> OpportunityRow | None:
        """One opportunity as it is now; None when it is gone."""
        found = self._detector.get(opportunity_id)
        if found is None or found.expired(now):
            return None
        return self.row(found, account, now)

    def why(self, opportunity_id: str, account: str, now: datetime) -> Why | None:
        """Of an opportunity's price, or the price of its first leg; None when it is gone."""
        row = self.opportunity(opportunity_id, account, now)
        leg = None if row is None else row.opportunity.legs[0]
        judged = None if leg is None else self._explainer.price(leg.selection, leg.bookmaker, now)
        return None if row is None or judged is None else self._why(judged, row.opportunity, account, now)

    def why_price(self, selection: Selection, bookmaker: str, account: str, now: datetime) -> Why | None:
        """Of any price on the board, whether a strategy has found it or not; None when it is gone."""
        judged = self._explainer.price(selection, bookmaker, now)
        return None if judged is None else self._why(judged, self._found_at(judged, now), account, now)

    def explain(self, wanted: str, account: str, now: datetime) -> tuple[Why, ...]:
        """The best price of each selection of an event, named by id or by part of its name."""
        return tuple(
            self._why(judged, self._found_at(judged, now), account, now)
            for judged in self._explainer.event(wanted, now)
        )

    def _found_at(self, judged: JudgedPrice, now: datetime) -> Opportunity | None:
        """The best opportunity this price is a leg of."""
        return min(
            (
                found
                for found in self._detector.found_on(judged.selection.line)
                if not found.expired(now)
                and any((leg.selection, leg.bookmaker) == (judged.selection, judged.bookmaker) for leg in found.legs)
            ),
            key=rank,
            default=None,
        )

    def _why(self, judged: JudgedPrice, found: Opportunity | None, account: str, now: datetime) -> Why:
        no_close = self._why_no_close(judged.event)
        if found is None and not judged.takeable:
            return Why(judged, stake_reason=judged.reason, no_close=no_close)
        sized = self._house.size(found or as_opportunity(judged, now), account, now)
        return Why(
            judged=judged,
            opportunity=found and msgspec.structs.replace(found, legs=sized.legs),
            stake_minor=sized.stake_minor,
            stake_reason=sized.reason,
            notes=tuple(map(flag_words, found.flags)) if found else (),
            no_close=no_close,
        )

    def holds(self, selection: Selection, bookmaker: str, account: str, now: datetime) -> bool:
        """Whether the account has an open bet on it there."""
        return (selection, bookmaker) in self._holdings_of(account, now).held

    def why_no_close(self, event: Event) -> str:
        """Why neither close nor result of a bet on it would be asked for; empty when they would."""
        return self._why_no_close(event)

    def open_bets(self, account: str, now: datetime) -> tuple[OpenBetRow, ...]:
        return self._held_bets.rows(account, now)

    def newest_age(self, now: datetime) -> float | None:
        """Seconds since the newest price of an event that has not started; None without any."""
        newest = self._board.newest(now)
        return None if newest is None else max(0.0, (now - newest).total_seconds())

    def history(self, selection: Selection, bookmaker: str) -> tuple[PricePoint, ...]:
        self._board.glance(selection.line)
        return tuple(self._board.history(selection, bookmaker))

    def fair_history(self, selection: Selection, bookmaker: str) -> tuple[FairPoint, ...]:
        return self._fair_history.of(selection, bookmaker)

    def _holdings_of(self, account: str, now: datetime) -> _Holdings:
        room = self._house.headroom(account, now)
        known = self._holdings.get(account)
        if known is None:
            open_bets = self._ledger.bets(BetFilter(account=account, states=(BetState.PENDING, BetState.REVIEW)))
            held = frozenset(
                (Selection(bet.line, bet.selection, bet.point), bet.bookmaker) for bet in open_bets if not bet.legs
            )
            known = self._holdings[account] = _Holdings(self._ledger.taken(account), held, room, {})
        elif known.room is not room and (known.room.position != room.position or known.room.limits != room.limits):
            # Read again now and then, it mostly leaves what it left before: then the rows stand.
            known.room = room
        return known

    def _row(
        self, found: Opportunity, account: str, holdings: _Holdings, now: datetime, no_close: str
    ) -> OpportunityRow:
        known = holdings.rows.get(found.id)
        if known is None or known.found is not found or known.room is not holdings.room:
            known = holdings.rows[found.id] = self._kept(found, account, holdings, now)
        stake = known.sized.stake_minor
        return OpportunityRow(
            known.opportunity,
            stake,
            "" if stake else known.sized.reason,
            0.0 if known.oldest is None else max(0.0, (now - known.oldest).total_seconds()),
            known.taken,
            no_close,
        )

    def _kept(self, found: Opportunity, account: str, holdings: _Holdings, now: datetime) -> _Kept:
        sized = self._house.size(found, account, now)
        moments = [moment for leg in found.legs if (moment := leg.quoted_at or leg.seen_at) is not None]
        return _Kept(
            found=found,
            room=holdings.room,
            opportunity=msgspec.structs.replace(found, legs=sized.legs),
            sized=sized,
            oldest=min(moments, default=None),
            taken=found.id in holdings.taken
            or any((leg.selection, leg.bookmaker) in holdings.held for leg in found.legs),
        )
