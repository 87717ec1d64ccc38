"""Answers from the board and the ledger together, for screens and commands. Nothing here changes anything."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

import msgspec
from msgspec import Struct

from betting_tui.engine.board import Board, PricePoint
from betting_tui.engine.core.bet_views import BetRow, OpenBetRow
from betting_tui.engine.core.books import commission, ownership_group
from betting_tui.engine.core.clv import clv_price
from betting_tui.engine.core.devig import hold
from betting_tui.engine.core.edge import effective_decimal
from betting_tui.engine.core.errors import InvalidOdds, PricingError
from betting_tui.engine.core.fair import FairLine, FairPolicy, LinePricer
from betting_tui.engine.core.market_views import MarketRow, PriceCell
from betting_tui.engine.core.model import (
    BetResult,
    BetState,
    Event,
    LineKey,
    Opportunity,
    OutcomeSet,
    Quote,
    Selection,
    Side,
)
from betting_tui.engine.core.odds import Price
from betting_tui.engine.core.opportunity_views import BookShare, OpportunityPage, OpportunityRow, Why
from betting_tui.engine.core.parlays import product_price
from betting_tui.engine.core.payout import lay_return_minor, return_minor
from betting_tui.engine.core.places import at_best_minor
from betting_tui.engine.core.ports import LineBook
from betting_tui.engine.detection import Detector
from betting_tui.engine.fair_now import FairNow
from betting_tui.engine.headroom import Headroom
from betting_tui.engine.house import House
from betting_tui.engine.sizing import Sized
from betting_tui.engine.store.placing import risk_minor
from betting_tui.engine.store.shapes import BetFilter
from betting_tui.engine.store.store import Ledger

_FULL_SETS = {OutcomeSet.TWO_WAY: 2, OutcomeSet.THREE_WAY: 3}


class _Holdings(Struct, frozen=True):
    """What an account has: opportunities it took, selections it holds open bets on and where.

    `sized` keeps stakes by opportunity as long as neither it nor what limits leave has changed.
    """

    taken: frozenset[str]
    held: frozenset[tuple[Selection, str]]
    sized: dict[int, _Kept]


class _Kept(Struct, frozen=True):
    opportunity: Opportunity
    room: Headroom
    sized: Sized


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
        self._fair_now = FairNow(board, policy)

    def forget_holdings(self) -> None:
        """The ledger changed, here or elsewhere: what accounts hold and may stake is read again when next asked for."""
        self._holdings.clear()
        self._house.forget()

    def opportunities(self, account: str, now: datetime, limit: int | None) -> OpportunityPage:
        """Best first. A price gap on what is a value bet already is the same bet, and listed once."""
        ranked = _without_twins(self._detector.ranked(now))
        holdings = self._holdings_of(account)
        rows = tuple(self._row(found, account, holdings, now) for found in ranked[:limit])
        return OpportunityPage(rows, len(ranked))

    def opportunity(self, opportunity_id: str, account: str, now: datetime) -> OpportunityRow | None:
        """One opportunity as it is now; None when it is gone."""
        found = self._detector.get(opportunity_id)
        if found is None or found.expired(now):
            return None
        return self._row(found, account, self._holdings_of(account), now)

    def why(self, opportunity_id: str, account: str, now: datetime) -> Why | None:
        row = self.opportunity(opportunity_id, account, now)
        if row is None:
            return None
        found = row.opportunity
        leg = found.legs[0]
        pricer = self._pricer(found, now)
        fair = pricer.fair_for(leg.bookmaker)
        known = fair if isinstance(fair, FairLine) else None
        return Why(
            opportunity=found,
            method=known.method if known else "no fair line",
            fair_probability=known.probability(leg.selection.name) if known else None,
            low_probability=known.low_probability(leg.selection.name) if known else None,
            books=self._shares(pricer, leg.selection.name, known, now),
            stake_minor=row.stake_minor,
            stake_reason=self._house.size(found, account, now).reason,
            notes=tuple(found.flags) if known else (*found.flags, getattr(fair, "reason", "")),
            no_close=row.no_close,
        )

    def why_no_close(self, event: Event) -> str:
        """Why neither close nor result of a bet on it would be asked for; empty when they would."""
        return self._why_no_close(event)

    def open_bets(self, account: str, now: datetime) -> tuple[OpenBetRow, ...]:
        wanted = BetFilter(account=account, states=(BetState.PENDING, BetState.REVIEW))
        rows = [self._open_row(bet, now) for bet in self._ledger.bets(wanted)]
        return tuple(sorted(rows, key=lambda row: (row.bet.starts[0], row.bet.id)))

    def markets(self, now: datetime) -> tuple[MarketRow, ...]:
        rows: list[MarketRow] = []
        for event in sorted(self._board.events(), key=lambda event: (event.commence_time, event.id)):
            for line in self._board.lines(event.id):
                quotes = [quote for quote in self._board.quotes(line) if quote.side is Side.BACK]
                newest = min((quote.age_seconds(now) for quote in quotes), default=None)
                if newest is None or (event.started(now) and newest > self._policy.max_age_seconds):
                    continue
                best = self._best_cells(quotes)
                rows.append(MarketRow(event, line, best, _hold(line, best), newest, event.started(now)))
        return tuple(rows)

    def history(self, selection: Selection, bookmaker: str) -> tuple[PricePoint, ...]:
        self._board.watch(selection.line)
        return tuple(self._board.history(selection, bookmaker))

    def _holdings_of(self, account: str) -> _Holdings:
        known = self._holdings.get(account)
        if known is None:
            open_bets = self._ledger.bets(BetFilter(account=account, states=(BetState.PENDING, BetState.REVIEW)))
            known = self._holdings[account] = _Holdings(
                self._ledger.taken(account),
                frozenset(
                    (Selection(bet.line, bet.selection, bet.point), bet.bookmaker) for bet in open_bets if not bet.legs
                ),
                {},
            )
        return known

    def _best_cells(self, quotes: list[Quote]) -> tuple[PriceCell, ...]:
        """The best price of each selection, ranked after commission and shown as quoted."""
        by_name: dict[str, list[Quote]] = {}
        for quote in quotes:
            by_name.setdefault(quote.selection.name, []).append(quote)
        cells: list[PriceCell] = []
        for name, offered in by_name.items():
            best = min(offered, key=lambda quote: (-self._effective(quote), quote.bookmaker))
            cells.append(PriceCell(name, best.selection.point, best.bookmaker, best.price, len(offered)))
        return tuple(cells)

    def _effective(self, quote: Quote) -> float:
        return effective_decimal(quote.price.decimal, commission(quote.bookmaker, self._commissions))

    def _sized(self, found: Opportunity, account: str, holdings: _Holdings, now: datetime) -> Sized:
        room = self._house.headroom(account, now)
        known = holdings.sized.get(id(found))
        if known is None or known.opportunity is not found or known.room is not room:
            known = holdings.sized[id(found)] = _Kept(found, room, self._house.size(found, account, now))
        return known.sized

    def _row(self, found: Opportunity, account: str, holdings: _Holdings, now: datetime) -> OpportunityRow:
        sized = self._sized(found, account, holdings, now)
        opportunity = msgspec.structs.replace(found, legs=sized.legs)
        moments = [leg.quoted_at or leg.seen_at for leg in found.legs]
        ages = [(now - moment).total_seconds() for moment in moments if moment is not None]
        return OpportunityRow(
            opportunity=opportunity,
            stake_minor=sized.stake_minor,
            no_stake="" if sized.stake_minor else sized.reason,
            age_seconds=max(0.0, *ages) if ages else 0.0,
            taken=found.id in holdings.taken
            or any((leg.selection, leg.bookmaker) in holdings.held for leg in found.legs),
            no_close=self._why_no_close(found.event),
        )

    def _pricer(self, found: Opportunity, now: datetime) -> LinePricer:
        return LinePricer(LineBook(found.event, found.line, tuple(self._board.quotes(found.line))), now, self._policy)

    def _shares(self, pricer: LinePricer, name: str, fair: FairLine | None, now: datetime) -> tuple[BookShare, ...]:
        """Every book's price of the selection; its weight is its part in the fair line."""
        used = {line.bookmaker for line in fair.books} if fair else set()
        groups = {ownership_group(bookmaker) for bookmaker in used}
        devigged = {line.bookmaker: line for line in pricer.books}
        shares: list[BookShare] = []
        for quote in pricer.fresh_backs:
            if quote.selection.name != name:
                continue
            line = devigged.get(quote.bookmaker)
            siblings = sum(ownership_group(book) == ownership_group(quote.bookmaker) for book in used)
            shares.append(
                BookShare(
                    bookmaker=quote.bookmaker,
                    price=quote.price,
                    fair_probability=line.opinions[0][pricer.names.index(name)] if line else None,
                    weight=1 / (len(groups) * siblings) if quote.bookmaker in used else 0.0,
                    age_seconds=quote.age_seconds(now),
                    note="" if line else "a side is missing",
                )
            )
        return tuple(sorted(shares, key=lambda share: (-share.weight, -share.price.decimal, share.bookmaker)))

    def _open_row(self, bet: BetRow, now: datetime) -> OpenBetRow:
        if bet.legs:
            return self._open_parlay(bet, now)
        quote = self._board.quote(Selection(bet.line, bet.selection, bet.point), bet.bookmaker, bet.side)
        starts_in = (bet.event.commence_time - now).total_seconds()
        clock_text = "open" if starts_in > 0 else "in play"
        state = "review" if bet.state is BetState.REVIEW else clock_text
        price_clv = None
        if quote is not None and starts_in > 0:
            taken, current = bet.price.exact, quote.price.exact
            price_clv = clv_price(*((taken, current) if bet.side is Side.BACK else (current, taken)))
        return OpenBetRow(
            clv_ev=self._fair_now.clv_ev(bet, now) if starts_in > 0 else None,
            clv_price=price_clv,
            bet=bet,
            potential_return_minor=_return_if_won(bet),
            price_now=quote.price if quote and starts_in > 0 else None,
            price_now_age_seconds=quote.age_seconds(now) if quote and starts_in > 0 else None,
            starts_in_seconds=starts_in,
            state_text=state,
        )

    def _open_parlay(self, bet: BetRow, now: datetime) -> OpenBetRow:
        """Its price now is known before the first start alone, while each leg has one."""
        quotes = [self._board.quote(Selection(leg.line, leg.selection, leg.point), bet.bookmaker) for leg in bet.legs]
        offered = [quote for quote in quotes if quote is not None]
        first, last = bet.starts
        quoted = first > now and len(offered) == len(bet.legs)
        waiting = [event.commence_time for event in bet.events if event.commence_time > now]
        known = sum(leg.result is not None for leg in bet.legs)
        clock_text = "open" if first > now else f"{known} of {len(bet.legs)} in"
        return OpenBetRow(
            bet=bet,
            potential_return_minor=_return_if_won(bet),
            price_now=_product(offered) if quoted else None,
            price_now_age_seconds=max(quote.age_seconds(now) for quote in offered) if quoted else None,
            starts_in_seconds=(min(waiting, default=last) - now).total_seconds(),
            state_text="review" if bet.state is BetState.REVIEW else clock_text,
        )


def _product(quotes: Sequence[Quote]) -> Price | None:
    try:
        return product_price(quote.price for quote in quotes)
    except InvalidOdds:
        return None


def _without_twins(ranked: tuple[Opportunity, ...]) -> tuple[Opportunity, ...]:
    value = {
        (found.legs[0].selection, found.legs[0].bookmaker)
        for found in ranked
        if len(found.legs) == 1 and found.difference_cents is None
    }
    return tuple(
        found
        for found in ranked
        if found.difference_cents is None or (found.legs[0].selection, found.legs[0].bookmaker) not in value
    )


def _return_if_won(bet: BetRow) -> int:
    if bet.each_way is not None:
        return at_best_minor(bet.stake_minor, bet.price.exact, bet.each_way)
    if bet.side is Side.LAY:
        return lay_return_minor(bet.stake_minor, risk_minor(bet.stake_minor, bet.price.exact, bet.side), BetResult.WIN)
    return return_minor(bet.stake_minor, bet.price.exact, BetResult.WIN, bet.funding)


def _hold(line: LineKey, best: tuple[PriceCell, ...]) -> float | None:
    if _FULL_SETS.get(line.outcome_set) != len(best):
        return None
    try:
        return hold([cell.price.decimal for cell in best])
    except PricingError:
        return None
