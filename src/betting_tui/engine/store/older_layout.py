"""The older JSON layout of bets and results, read in every spelling it is known in."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from decimal import Decimal
from fractions import Fraction

from msgspec import Struct

from betting_tui.engine.core import sports
from betting_tui.engine.core.errors import BettingError, InvalidOdds, UsageError
from betting_tui.engine.core.model import (
    DRAW,
    FULL_GAME,
    START_UNKNOWN,
    BetResult,
    Event,
    Funding,
    LineKey,
    OutcomeSet,
    Selection,
    Side,
)
from betting_tui.engine.core.money import format_minor
from betting_tui.engine.core.odds import OddsFormat, Price, parse_any, parse_price
from betting_tui.engine.core.parlays import product_price
from betting_tui.engine.core.places import EachWay, Finish, each_way_of
from betting_tui.engine.core.scores import Score
from betting_tui.engine.core.times import iso
from betting_tui.engine.store.older_fields import Fields

IMPORTED = "import"

_RESULTS = {
    BetResult.WIN: "won won win w winner",
    BetResult.LOSS: "lost lost loss lose l",
    BetResult.PUSH: "push push tie draw p",
    BetResult.VOID: "void void cancelled canceled refunded no_action",
    BetResult.HALF_WIN: "half_won half_won half_win won_half",
    BetResult.HALF_LOSS: "half_lost half_lost half_loss lost_half",
}
STATUS_OF = {result: words.split()[0] for result, words in _RESULTS.items()}
_RESULT_OF = {word: result for result, words in _RESULTS.items() for word in words.split()}
_OPEN_WORDS = frozenset(("", "pending", "open", "active", "placed", "review", "unsettled"))
_MARKETS = {
    "moneyline": "h2h",
    "ml": "h2h",
    "money_line": "h2h",
    "spread": "spreads",
    "handicap": "spreads",
    "total": "totals",
    "over_under": "totals",
    "outright": "outrights",
}


class OlderLeg(Struct, frozen=True):
    """One leg of a parlay as an older file tells it; `result` None where it says nothing of it."""

    event: Event
    selection: Selection
    price: Price
    result: BetResult | None = None


class OlderBet(Struct, frozen=True):
    """A bet as an older file tells it. `result` None: still open. `label` names it in messages. `legs` are those of a
    parlay, whose price is their product."""

    label: str
    event: Event
    selection: Selection
    bookmaker: str
    side: Side
    price: Price
    stake_minor: int
    placed_at: datetime
    result: BetResult | None
    settled_at: datetime
    closing: Price | None
    profit_minor: int | None
    strategy: str | None
    note: str
    funding: Funding = Funding.CASH
    legs: tuple[OlderLeg, ...] = ()
    each_way: EachWay | None = None
    finish: Finish | None = None


def read_bet(row: Mapping[str, object], label: str, currency: str, zone: tzinfo) -> OlderBet:
    """UsageError says what is wrong with the row."""
    fields = Fields(row, zone)
    label = fields.text("id", "bet_id", limit=40) or label
    stake = fields.minor(currency, "stake", "amount", "wager", "bet_amount", "risk")
    if stake is None or stake == 0:
        raise UsageError("it has no stake")
    if stake < 0:
        raise UsageError(f"its stake {format_minor(stake, currency)} is below 0")
    placed_at = fields.moment("placed_at", "timestamp", "created_at", "placed", "date", "time")
    if placed_at is None:
        raise UsageError("it has no time of placing")
    legs = _legs(fields, zone)
    event = legs[0].event if legs else _event(fields)
    result = _result(fields)
    settled_at = fields.moment("settled_at", "graded_at", "result_time", "updated_at")
    return OlderBet(
        label=label,
        event=event,
        selection=legs[0].selection if legs else _selection(fields, event),
        bookmaker=fields.text("sportsbook", "bookmaker", "book", "platform", limit=64) or "unknown",
        side=Side.LAY if fields.text("side").lower() == "lay" else Side.BACK,
        price=product_price(leg.price for leg in legs) if legs else _price(fields),
        stake_minor=stake,
        placed_at=placed_at,
        result=result,
        settled_at=settled_at or placed_at,
        closing=_closing(fields),
        profit_minor=fields.minor(currency, "profit", "pnl", "profit_loss", "net"),
        strategy=fields.text("strategy", "model", limit=64) or None,
        note=fields.text("notes", "note", "comment", limit=500),
        funding=Funding.FREE if fields.text("funding").lower() == "free" else Funding.CASH,
        legs=legs,
        each_way=each_way_of(fields.text("each_way")) if fields.text("each_way") else None,
        finish=_finish(fields),
    )


def _finish(fields: Fields) -> Finish | None:
    """Where the runner of an each way bet came in; None where the file does not say."""
    place, tied = fields.number("place"), fields.number("tied")
    if place is None or not fields.text("each_way"):
        return None
    if place != int(place) or place < 0 or (tied is not None and (tied != int(tied) or tied < 1)):
        raise UsageError("its place is no whole number")
    return Finish(int(place), 1 if tied is None else int(tied))


def _legs(fields: Fields, zone: tzinfo) -> tuple[OlderLeg, ...]:
    """The legs of a parlay; empty for a single. UsageError for what is no parlay."""
    listed = fields.raw("legs")
    if not listed:
        return ()
    if not isinstance(listed, list) or not all(isinstance(each, dict) for each in listed):
        raise UsageError("its legs are not a list of objects")
    legs: list[OlderLeg] = []
    for number, each in enumerate(listed, start=1):
        inner = Fields(each, zone)
        try:
            event = _event(inner)
            legs.append(OlderLeg(event, _selection(inner, event), _price(inner), _result(inner)))
        except BettingError as error:
            raise UsageError(f"leg {number}: {error.message}") from None
    return tuple(legs)


def read_result(row: Mapping[str, object], label: str, zone: tzinfo, known: Event | None) -> Score:
    """A final score. Names and start come from `known`, the event of that id, where the file leaves them out."""
    fields = Fields(row, zone)
    home = fields.text("home_team", "home") or (known.home_team if known else None)
    away = fields.text("away_team", "away") or (known.away_team if known else None)
    sport = fields.text("sport_key", "sport", "league") or (known.sport_key if known else "")
    scores = _scores_by_name(fields.raw("scores"))
    home_score, away_score = fields.number("home_score", "home_points"), fields.number("away_score", "away_points")
    if home_score is None or away_score is None:
        home_score, away_score = scores.get((home or "").casefold()), scores.get((away or "").casefold())
    if home_score is None or away_score is None:
        raise UsageError("it has no score for both teams")
    if home_score != int(home_score) or away_score != int(away_score):
        raise UsageError("its score is not a whole number")
    overtime = fields.raw("includes_overtime")
    start = fields.game_time("commence_time", "game_time", "start_time", "date")
    start = start or (known.commence_time if known else START_UNKNOWN)
    return Score(
        event_id=result_id(row) or _told_id(sport, home or label, away or "", start),
        source=IMPORTED,
        sport_key=sport,
        commence_time=start,
        completed=_completed(fields),
        home_team=home,
        away_team=away,
        home_score=int(home_score),
        away_score=int(away_score),
        includes_overtime=overtime if isinstance(overtime, bool) else sports.score_includes_overtime(sport),
        updated_at=fields.moment("last_update", "updated_at"),
    )


def result_id(row: Mapping[str, object]) -> str:
    return Fields(row, UTC).text("game_id", "event_id", "id", limit=200)


def _told_id(sport: str, home: str, away: str, start: datetime, name: str = "") -> str:
    """For what a file gives no id: the same game has the same one in every file, and no other game has it."""
    told = "|".join((sport, home, away, name, iso(start)))
    return f"{IMPORTED}:{hashlib.sha256(told.encode()).hexdigest()[:16]}"


def _event(fields: Fields) -> Event:
    home, away = fields.text("home_team", "home"), fields.text("away_team", "away")
    name = fields.text("event", "game", "matchup", "match", "event_name")
    if not (home and away):
        home, away = _teams(name)
    sport = fields.text("sport_key", "sport", "league", limit=64)
    start = fields.moment("commence_time", "game_time", "start_time", "event_time") or START_UNKNOWN
    event_id = fields.text("game_id", "event_id", "match_id", limit=200)
    if not event_id:
        event_id = _told_id(sport, home, away, start, name)
    title = fields.text("sport_title") or (sport if home else name or sport)
    return Event(event_id, sport, title, start, home or None, away or None)


def _teams(name: str) -> tuple[str, str]:
    """Home and away from `Celtics @ Lakers` or `Lakers vs Celtics`; empty when it is neither."""
    for mark, away_first in ((" @ ", True), (" at ", True), (" vs. ", False), (" vs ", False), (" v ", False)):
        first, found, second = name.partition(mark)
        if found:
            return (second, first) if away_first else (first, second)
    return "", ""


def _selection(fields: Fields, event: Event) -> Selection:
    name = fields.text("selection", "team", "pick", "outcome", "side_name")
    if not name:
        raise UsageError("it does not say what was bet on")
    told = fields.text("market", "bet_type", "type", "market_type", limit=64).lower().replace(" ", "_")
    market = _MARKETS.get(told, told) or "h2h"
    number = fields.number("point", "line", "spread", "handicap", "total")
    point = None if number is None or market == "h2h" else float(number)
    if point is not None and point * 4 != round(point * 4):
        raise UsageError(f"its line {point:g} is not in steps of a quarter")
    own_line = point is not None and market.endswith("spreads") and name != event.home_team
    return Selection(
        LineKey(
            event_id=event.id,
            market=market,
            outcome_set=_outcome_set(fields, market, name, event),
            period=fields.text("period", limit=32) or FULL_GAME,
            # A line is told from the home side, and 0 has no sign.
            point=(-point or 0.0) if own_line and point is not None else point,
            participant=fields.text("participant", "player") or None,
        ),
        name,
        point,
    )


def _outcome_set(fields: Fields, market: str, name: str, event: Event) -> OutcomeSet:
    told = fields.text("outcome_set")
    if told in tuple(OutcomeSet):
        return OutcomeSet(told)
    if market == "outrights":
        return OutcomeSet.FIELD
    three_way = market == "h2h" and (name == DRAW or sports.regulation_only(event.sport_key))
    return OutcomeSet.THREE_WAY if three_way else OutcomeSet.TWO_WAY


def _price(fields: Fields) -> Price:
    price = _quoted(fields, "odds_text", "odds_format") or _number_price(fields.raw("odds", "american_odds", "price"))
    if price is None:
        decimal = fields.raw("decimal_odds", "odds_decimal")
        price = None if decimal is None else parse_price(str(decimal), OddsFormat.DECIMAL)
    if price is None:
        raise InvalidOdds("it has no odds")
    return price


def _closing(fields: Fields) -> Price | None:
    return _quoted(fields, "closing_text", "closing_format") or _number_price(
        fields.raw("closing_odds", "closing_line", "closing_price")
    )


def _quoted(fields: Fields, text: str, format_: str) -> Price | None:
    told = fields.text(format_)
    if not fields.text(text) or told not in tuple(OddsFormat):
        return None
    return parse_price(fields.text(text), OddsFormat(told))


def _number_price(value: object) -> Price | None:
    """American for whole numbers of 100 and more either way, else decimal; text as people write it."""
    if value is None:
        return None
    if isinstance(value, str):
        return parse_any(value)
    number = Fraction(str(value))
    if abs(number) >= 100 and number.denominator == 1:
        return parse_price(f"{int(number):+d}", OddsFormat.AMERICAN)
    return parse_price(str(value), OddsFormat.DECIMAL)


def _result(fields: Fields) -> BetResult | None:
    told = fields.text("status", "result", "outcome_status").lower().replace(" ", "_").replace("-", "_")
    if told in ("settled", "completed", "graded"):
        told = fields.text("result").lower().replace(" ", "_")
    if told in _OPEN_WORDS:
        return None
    if told not in _RESULT_OF:
        raise UsageError(f"its status {told!r} is not known")
    return _RESULT_OF[told]


def _completed(fields: Fields) -> bool:
    told = fields.raw("completed", "final")
    if told is not None:
        return str(told).lower() in ("true", "1", "yes")
    return fields.text("status").lower() in ("", "final", "completed", "complete", "finished", "closed", "ft")


def _scores_by_name(listed: object) -> dict[str, Decimal]:
    """`[{"name": ..., "score": "49"}]`, as the score feed writes it."""
    found = {}
    for item in listed if isinstance(listed, list) else ():
        if isinstance(item, dict):
            fields = Fields(item, UTC)
            number = fields.number("score")
            if number is not None:
                found[fields.text("name").casefold()] = number
    return found
