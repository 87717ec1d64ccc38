"""Words of few kinds that nearly every row has: kept as numbers, and read by their names from the same tables."""

from __future__ import annotations

from betting_tui.engine.core.model import BetKind, Evidence, Funding, OrderType, Side

# The numbers the tables know them by.
_TYPES = (OrderType.MARKET, OrderType.LIMIT, OrderType.STOP, OrderType.STOP_LIMIT)
_EVIDENCE = (
    Evidence.NONE,
    Evidence.FRESH,
    Evidence.LATER_SNAPSHOT,
    Evidence.SAME_SNAPSHOT,
    Evidence.MODELLED,
)

# Columns of orders, in the order of `order_numbers`.
ORDER_NUMBERS = "parlay, laid, free, type_number"


def order_numbers(kind: BetKind, side: Side, funding: Funding, type_: OrderType) -> tuple[int, int, int, int]:
    return int(kind is BetKind.PARLAY), int(side is Side.LAY), int(funding is Funding.FREE), _TYPES.index(type_)


def evidence_number(evidence: Evidence) -> int:
    return _EVIDENCE.index(evidence)
