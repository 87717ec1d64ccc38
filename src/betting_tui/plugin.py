"""What a strategy, feed or broker written elsewhere may import. Everything here is stable; nothing else is.

A strategy looks at one line at a time and returns opportunities; it never places anything itself::

    from betting_tui.plugin import LineBook, Opportunity


    class Underdogs:
        name = "underdogs"

        def scan(self, book: LineBook, now: datetime) -> Sequence[Opportunity]: ...
"""

from __future__ import annotations

from betting_tui.engine.core.bet_views import NotPlaced, Placed
from betting_tui.engine.core.commands import Fill, Place
from betting_tui.engine.core.decoded import DecodedOdds, DecodedScores, EventQuotes, Rejection
from betting_tui.engine.core.devig import DevigMethod, devig, hold, logit_mean, overround
from betting_tui.engine.core.edge import cents, edge, effective_decimal
from betting_tui.engine.core.model import (
    Event,
    Evidence,
    Leg,
    LineKey,
    Opportunity,
    OutcomeSet,
    Phase,
    Quote,
    Selection,
    Side,
    Sport,
)
from betting_tui.engine.core.odds import OddsFormat, Price, parse_price
from betting_tui.engine.core.ports import (
    Answer,
    AnswerKind,
    Broker,
    Channel,
    Clock,
    CreditReading,
    LineBook,
    MarketView,
    Notice,
    NoticeKind,
    OddsRequest,
    Source,
    Strategy,
)
from betting_tui.engine.core.refusals import Refusal, RefusalCode
from betting_tui.engine.core.scores import Score

__all__ = [
    "Answer",
    "AnswerKind",
    "Broker",
    "Channel",
    "Clock",
    "CreditReading",
    "DecodedOdds",
    "DecodedScores",
    "DevigMethod",
    "Event",
    "EventQuotes",
    "Evidence",
    "Fill",
    "Leg",
    "LineBook",
    "LineKey",
    "MarketView",
    "NotPlaced",
    "Notice",
    "NoticeKind",
    "OddsFormat",
    "OddsRequest",
    "Opportunity",
    "OutcomeSet",
    "Phase",
    "Place",
    "Placed",
    "Price",
    "Quote",
    "Refusal",
    "RefusalCode",
    "Rejection",
    "Score",
    "Selection",
    "Side",
    "Source",
    "Sport",
    "Strategy",
    "cents",
    "devig",
    "edge",
    "effective_decimal",
    "hold",
    "logit_mean",
    "overround",
    "parse_price",
]
