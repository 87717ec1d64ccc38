"""Bets in the older JSON layout, which is written in one way.

A bet is written as

    id, game_id, event, sport, home_team, away_team, commence_time, market, outcome_set, period, participant,
    team, selection, point, odds (American integer), odds_text and odds_format (as quoted), side, stake, funding
    (cash, free), sportsbook, status (pending, won, lost, push, void, half_won, half_lost), profit, placed_at,
    settled_at, closing_odds, closing_text, closing_format, clv (percent on net odds), clv_price (percent), strategy,
    notes

and a parlay with `type` parlay and `legs`, each with what a bet is on, its own odds and `result`; amounts in major
units and times in ISO 8601 UTC.
"""

from __future__ import annotations

from betting_tui.engine.core.bet_views import BetLeg, BetRow
from betting_tui.engine.core.model import BetState
from betting_tui.engine.core.money import format_minor
from betting_tui.engine.core.times import iso
from betting_tui.engine.store.older_layout import STATUS_OF


def as_older(bet: BetRow) -> dict[str, object]:
    """The bet in the older layout, ready for JSON."""
    result = bet.result if bet.state is BetState.SETTLED else None
    status = STATUS_OF[result] if result else "pending"
    closing = bet.closing_price
    parlay: dict[str, object] = {"type": "parlay", "legs": [_older_leg(leg) for leg in bet.legs]} if bet.legs else {}
    return {
        "id": bet.id,
        "game_id": bet.event.id,
        "event": bet.event.name,
        "sport": bet.event.sport_key,
        "home_team": bet.event.home_team,
        "away_team": bet.event.away_team,
        "commence_time": iso(bet.event.commence_time) if bet.event.start_known else None,
        "market": bet.line.market,
        "outcome_set": bet.line.outcome_set.value,
        "period": bet.line.period,
        "participant": bet.line.participant,
        "team": bet.selection,
        "selection": bet.selection,
        "point": bet.point,
        "odds": bet.price.american,
        "odds_text": bet.price.text,
        "odds_format": bet.price.format.value,
        "side": bet.side.value,
        "stake": major(bet.stake_minor, bet.currency),
        "funding": bet.funding.value,
        "sportsbook": bet.bookmaker,
        "status": "void" if bet.state is BetState.CANCELLED else status,
        "profit": None if bet.profit_minor is None else major(bet.profit_minor, bet.currency),
        "placed_at": iso(bet.placed_at),
        "settled_at": iso(bet.settled_at) if bet.settled_at else None,
        "closing_odds": closing.american if closing else None,
        "closing_text": closing.text if closing else None,
        "closing_format": closing.format.value if closing else None,
        "clv": _percent(bet.clv_net_odds),
        "clv_price": _percent(bet.clv_price),
        "strategy": bet.strategy,
        "notes": bet.note,
        **parlay,
        **_each_way(bet),
    }


def _each_way(bet: BetRow) -> dict[str, object]:
    if bet.each_way is None:
        return {}
    finish = {"place": bet.finish.place, "tied": bet.finish.tied} if bet.finish else {}
    return {"each_way": bet.each_way.text, **finish}


def _older_leg(leg: BetLeg) -> dict[str, object]:
    return {
        "game_id": leg.event.id,
        "event": leg.event.name,
        "sport": leg.event.sport_key,
        "home_team": leg.event.home_team,
        "away_team": leg.event.away_team,
        "commence_time": iso(leg.event.commence_time) if leg.event.start_known else None,
        "market": leg.line.market,
        "outcome_set": leg.line.outcome_set.value,
        "period": leg.line.period,
        "participant": leg.line.participant,
        "selection": leg.selection,
        "point": leg.point,
        "odds": leg.price.american,
        "odds_text": leg.price.text,
        "odds_format": leg.price.format.value,
        "result": STATUS_OF[leg.result] if leg.result else None,
    }


def major(minor: int, currency: str) -> float:
    """An amount in major units for JSON; exact through its decimal text."""
    return float(format_minor(minor, currency, grouping=False))


def _percent(fraction: float | None) -> float | None:
    return None if fraction is None else round(fraction * 100, 2)
