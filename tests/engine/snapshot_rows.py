"""Turns the recorded line movements (one row a game and pull) back into answers of The Odds API."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import groupby
from pathlib import Path

from betting_tui.engine.core.odds import OddsFormat
from betting_tui.engine.core.ports import Answer, AnswerKind
from betting_tui.engine.core.times import parse_time

SPORTS = {"NHL": "icehockey_nhl", "WNBA": "basketball_wnba"}
PRICES = ("ml_home", "ml_away", "spread_home_odds", "spread_away_odds", "total_over_odds", "total_under_odds")
Row = dict[str, str]


def read_rows(path: Path) -> list[Row]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def pulls(rows: Iterable[Row]) -> Iterator[tuple[datetime, list[Row]]]:
    """Rows by the moment they were pulled, oldest first."""
    ordered = sorted(rows, key=lambda row: row["snapshot_taken_at_utc"])
    for moment, together in groupby(ordered, key=lambda row: row["snapshot_taken_at_utc"]):
        yield parse_time(moment), list(together)


def answer_of(rows: list[Row], received_at: datetime) -> Answer:
    sport = SPORTS[rows[0]["sport"]]
    games: dict[str, list[Row]] = {}
    for row in rows:
        games.setdefault(row["game_id"], []).append(row)
    body = json.dumps([_event(game, sport) for game in games.values()]).encode()
    return Answer(
        "recorded", AnswerKind.ODDS, sport, body, received_at, odds_format=OddsFormat.AMERICAN,
        markets=("h2h", "spreads", "totals"),
    )  # fmt: skip


def _event(rows: list[Row], sport: str) -> object:
    row = rows[0]
    return {
        "id": row["game_id"],
        "sport_key": sport,
        "sport_title": row["sport"],
        "commence_time": row["commence_time"],
        "home_team": row["home_team"],
        "away_team": row["away_team"],
        "bookmakers": [_bookmaker(each) for each in rows],
    }


def _bookmaker(row: Row) -> object:
    home, away = row["home_team"], row["away_team"]
    sides = {
        "h2h": [(home, row["ml_home"], ""), (away, row["ml_away"], "")],
        "spreads": [
            (home, row["spread_home_odds"], row["spread_home"]),
            (away, row["spread_away_odds"], row["spread_away"]),
        ],
        "totals": [
            ("Over", row["total_over_odds"], row["total_line"]),
            ("Under", row["total_under_odds"], row["total_line"]),
        ],
    }
    markets = [
        {"key": key, "last_update": row["bookmaker_last_update_utc"], "outcomes": _outcomes(offered)}
        for key, offered in sides.items()
    ]
    return {
        "key": row["bookmaker"],
        "title": row["bookmaker"],
        "last_update": row["bookmaker_last_update_utc"],
        "markets": [market for market in markets if market["outcomes"]],
    }


def _outcomes(offered: list[tuple[str, str, str]]) -> list[object]:
    return [
        {"name": name, "price": int(float(price))} | ({"point": float(point)} if point else {})
        for name, price, point in offered
        if price
    ]
