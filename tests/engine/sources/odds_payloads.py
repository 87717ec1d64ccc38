"""Small hand-made payloads in The Odds API's schema, and the quotes of a decoded answer in comparable form."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from betting_tui.engine.core.decoded import DecodedOdds, DecodedScores
from betting_tui.engine.core.model import Quote
from betting_tui.engine.core.odds import OddsFormat
from betting_tui.engine.core.ports import Answer, AnswerKind
from betting_tui.engine.sources.the_odds_api_decode import decode_odds

Json = dict[str, object]

SEEN = datetime(2026, 4, 18, 10, 0, tzinfo=UTC)
QUOTED = "2026-04-18T09:59:30Z"
HOME, AWAY = "Lakers", "Celtics"


def outcome(name: str, price: object, point: object = None, **more: object) -> Json:
    return {"name": name, "price": price} | ({} if point is None else {"point": point}) | more


def market(key: str, *outcomes: object, **more: object) -> Json:
    return {"key": key, "last_update": QUOTED, "outcomes": list(outcomes)} | more


def book(key: str, *markets: object, **more: object) -> Json:
    return {"key": key, "title": key.title(), "last_update": QUOTED, "markets": list(markets)} | more


def event(*books: object, **more: object) -> Json:
    return {
        "id": "e1",
        "sport_key": "basketball_nba",
        "sport_title": "NBA",
        "commence_time": "2026-04-18T23:00:00Z",
        "home_team": HOME,
        "away_team": AWAY,
        "bookmakers": list(books),
    } | more


def answer(
    body: object,
    kind: AnswerKind = AnswerKind.ODDS,
    *,
    sport_key: str = "",
    markets: tuple[str, ...] = (),
    odds_format: OddsFormat | None = None,
) -> Answer:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Answer("test", kind, sport_key, raw, SEEN, markets=markets, odds_format=odds_format)


def decoded(
    body: object, odds_format: OddsFormat | None = None, *, sport_key: str = "", markets: tuple[str, ...] = ()
) -> DecodedOdds:
    return decode_odds(answer(body, sport_key=sport_key, markets=markets), odds_format)


def quotes(body: object, odds_format: OddsFormat | None = None) -> list[Quote]:
    return [quote for found in decoded(body, odds_format).events for quote in found.quotes]


def counts(result: DecodedOdds | DecodedScores) -> dict[str, int]:
    return {rejection.reason: rejection.count for rejection in result.rejected}


def one_market(key: str, *outcomes: object, sport: str = "basketball_nba") -> Json:
    return event(book("pinnacle", market(key, *outcomes)), sport_key=sport)
