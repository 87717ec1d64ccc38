"""The part of the stub that answers from a board: the real queries on hand-made prices, a flat stake for each."""

from __future__ import annotations

from datetime import datetime

from market_scenes import MINE
from msgspec.structs import replace

from betting_tui.engine.board import Board
from betting_tui.engine.config import Settings
from betting_tui.engine.core.market_views import LinePrices, MarketPage, MarketWish
from betting_tui.engine.core.model import Event, Leg, LineKey, Selection
from betting_tui.engine.core.opportunity_views import JudgedPrice, OpportunityRow, Picked, Why
from betting_tui.engine.explain import Explainer, as_opportunity
from betting_tui.engine.markets import Markets
from betting_tui.engine.strategies.registry import build_strategies, fair_policy

FLAT_MINOR = 10_000


class BoardStub:
    """Stakes 100.00 on anything; `held` are the selections with an open bet on them, whoever took it."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.held: set[Selection] = set()
        self._board: Board | None = None
        self._picked: dict[str, tuple[Selection, str]] = {}
        self.use_board(Board())

    def use_board(self, board: Board) -> None:
        settings = Settings()
        policy = fair_policy(settings)
        self._board = board
        self._markets = Markets(board, policy, {}, MINE)
        self._explainer = Explainer(board, build_strategies(settings), policy, {})

    def market_page(self, wish: MarketWish) -> MarketPage:
        return self._markets.page(wish, self.now)

    def market_prices(self, line: LineKey) -> LinePrices:
        return self._markets.prices(line, self.now)

    def events(self) -> tuple[Event, ...]:
        assert self._board is not None
        return tuple(self._board.events())

    def why_on_board(self, selection: Selection, bookmaker: str) -> Why | None:
        judged = self._explainer.price(selection, bookmaker, self.now)
        return None if judged is None else self._why(judged)

    def explain(self, wanted: str) -> tuple[Why, ...]:
        return tuple(self._why(judged) for judged in self._explainer.event(wanted, self.now))

    def _why(self, judged: JudgedPrice) -> Why:
        return Why(judged, None, FLAT_MINOR if judged.takeable else 0, "flat 100.00" if judged.takeable else "too old")

    def pick(self, selection: Selection, bookmaker: str) -> Picked | None:
        row, why = self._pick_row(selection, bookmaker), self.why_on_board(selection, bookmaker)
        return None if row is None or why is None else Picked(row, why)

    def _pick_row(self, selection: Selection, bookmaker: str) -> OpportunityRow | None:
        judged = self._explainer.price(selection, bookmaker, self.now)
        if judged is None or self._board is None:
            return None
        quote = self._board.quote(selection, bookmaker)
        assert quote is not None
        stake = FLAT_MINOR if judged.takeable else 0
        pick_id = f"pick {selection.line.text}>{selection.name}@{bookmaker}"
        self._picked[pick_id] = (selection, bookmaker)
        leg = Leg(selection, bookmaker, judged.price, seen_at=quote.seen_at, source=quote.source, stake_minor=stake)
        found = replace(as_opportunity(judged, self.now), id=pick_id, legs=(leg,))
        return OpportunityRow(
            found, stake, "" if stake else judged.reason, judged.age_seconds, selection in self.held, picked=True
        )

    def picked(self, pick_id: str) -> OpportunityRow | None:
        """As `pick` of what it named, now."""
        known = self._picked.get(pick_id)
        return None if known is None else self._pick_row(*known)
