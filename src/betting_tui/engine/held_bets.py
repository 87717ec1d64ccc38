"""Open bets as they stand now: read when the ledger changes, held against the board each time they are asked for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from betting_tui.engine.board import Board
from betting_tui.engine.core.bet_views import BetRow, OpenBetRow
from betting_tui.engine.core.clv import clv_price
from betting_tui.engine.core.errors import InvalidOdds
from betting_tui.engine.core.model import BetResult, BetState, Quote, Selection, Side
from betting_tui.engine.core.odds import Price
from betting_tui.engine.core.parlays import product_price
from betting_tui.engine.core.payout import lay_return_minor, return_minor
from betting_tui.engine.core.places import at_best_minor
from betting_tui.engine.fair_now import FairNow
from betting_tui.engine.live_scores import LiveScores
from betting_tui.engine.store.placing import risk_minor
from betting_tui.engine.store.shapes import BetFilter
from betting_tui.engine.store.store import Ledger


class _Held(Struct, frozen=True, gc=False):
    """What of an open bet stays as it is: `starts` of its first event and its last."""

    bet: BetRow
    selection: Selection
    starts: tuple[datetime, datetime]
    return_minor: int


class HeldBets:
    """Keeps what it read of the account that was asked for last."""

    def __init__(self, board: Board, ledger: Ledger, fair_now: FairNow, live_scores: LiveScores) -> None:
        self._board = board
        self._ledger = ledger
        self._fair_now = fair_now
        self._live_scores = live_scores
        self._read: tuple[BetRow, ...] = ()
        self._held: tuple[_Held, ...] = ()

    def rows(self, account: str, now: datetime) -> tuple[OpenBetRow, ...]:
        """By start, those that begin together by their id."""
        read = self._ledger.bets_again(BetFilter(account=account, states=(BetState.PENDING, BetState.REVIEW)))
        if read is not self._read:
            self._read = read
            self._held = tuple(sorted(map(_held, read), key=lambda held: (held.starts[0], held.bet.id)))
        return tuple([self._parlay(held, now) if held.bet.legs else self._single(held, now) for held in self._held])

    def _single(self, held: _Held, now: datetime) -> OpenBetRow:
        bet = held.bet
        quote = self._board.quote(held.selection, bet.bookmaker, bet.side)
        starts_in = (held.starts[0] - now).total_seconds()
        waits = starts_in > 0
        price_clv = None
        if quote is not None and waits:
            taken, current = bet.price.exact, quote.price.exact
            price_clv = clv_price(*((taken, current) if bet.side is Side.BACK else (current, taken)))
        clock_text = "open" if waits else "in play"
        return OpenBetRow(
            clv_ev=self._fair_now.clv_ev(bet, now) if waits else None,
            clv_price=price_clv,
            bet=bet,
            potential_return_minor=held.return_minor,
            price_now=quote.price if quote and waits else None,
            price_now_age_seconds=quote.age_seconds(now) if quote and waits else None,
            starts_in_seconds=starts_in,
            state_text="review" if bet.state is BetState.REVIEW else clock_text,
            score=None if waits else self._live_scores.of(bet.event.id, now),
        )

    def _parlay(self, held: _Held, now: datetime) -> OpenBetRow:
        """Its price now is known before the first start alone, while each leg has one."""
        bet = held.bet
        quotes = [self._board.quote(Selection(leg.line, leg.selection, leg.point), bet.bookmaker) for leg in bet.legs]
        offered = [quote for quote in quotes if quote is not None]
        first, last = held.starts
        quoted = first > now and len(offered) == len(bet.legs)
        waiting = [event.commence_time for event in bet.events if event.commence_time > now]
        known = sum(leg.result is not None for leg in bet.legs)
        clock_text = "open" if first > now else f"{known} of {len(bet.legs)} in"
        return OpenBetRow(
            bet=bet,
            potential_return_minor=held.return_minor,
            price_now=_product(offered) if quoted else None,
            price_now_age_seconds=max(quote.age_seconds(now) for quote in offered) if quoted else None,
            starts_in_seconds=(min(waiting, default=last) - now).total_seconds(),
            state_text="review" if bet.state is BetState.REVIEW else clock_text,
        )


def _held(bet: BetRow) -> _Held:
    return _Held(bet, Selection(bet.line, bet.selection, bet.point), bet.starts, _return_if_won(bet))


def _product(quotes: Sequence[Quote]) -> Price | None:
    try:
        return product_price(quote.price for quote in quotes)
    except InvalidOdds:
        return None


def _return_if_won(bet: BetRow) -> int:
    if bet.each_way is not None:
        return at_best_minor(bet.stake_minor, bet.price.exact, bet.each_way)
    if bet.side is Side.LAY:
        return lay_return_minor(bet.stake_minor, risk_minor(bet.stake_minor, bet.price.exact, bet.side), BetResult.WIN)
    return return_minor(bet.stake_minor, bet.price.exact, BetResult.WIN, bet.funding)
