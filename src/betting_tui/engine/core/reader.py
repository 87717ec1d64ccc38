"""The engine's sentences hold moments in UTC and decimal odds, the same for everyone; here a person gets their own."""

from __future__ import annotations

import re
from datetime import datetime, tzinfo

from betting_tui.engine.core.errors import InvalidOdds
from betting_tui.engine.core.odds import OddsFormat, format_price, price_from_decimal
from betting_tui.engine.core.times import clock_text, parse_time

_MOMENT = re.compile(r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z")
_ODDS = re.compile(r"\bodds (\d+(?:\.\d+)?)(?!\w|\.\w)(?: ([<>]) (\d+(?:\.\d+)?)(?!\w|\.\w))?")
# Not every format grows with the odds.
_BEYOND = {"<": "shorter than", ">": "longer than"}


def for_reader(text: str, zone: tzinfo | None, odds_format: OddsFormat, now: datetime | None = None) -> str:
    """A sentence of the engine with its moments by the clock of `zone` (None: this machine's) and its odds in the
    reader's format: `odds 1.4 < 1.5` becomes `odds -250 shorter than -200`. Moments of the day of `now` have no date.
    """
    return odds_for_reader(_MOMENT.sub(lambda found: _moment(found[0], zone, now), text), odds_format)


def odds_for_reader(text: str, odds_format: OddsFormat) -> str:
    return _ODDS.sub(lambda found: _odds(found, odds_format), text)


def _moment(text: str, zone: tzinfo | None, now: datetime | None) -> str:
    try:
        moment = parse_time(text)
    except ValueError:
        return text
    return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M") if now is None else clock_text(moment, now, zone)


def _odds(found: re.Match[str], odds_format: OddsFormat) -> str:
    try:
        told = f"odds {_price(found[1], odds_format)}"
        return told if found[2] is None else f"{told} {_BEYOND[found[2]]} {_price(found[3], odds_format)}"
    except InvalidOdds:
        return found[0]


def _price(decimal: str, odds_format: OddsFormat) -> str:
    if odds_format is OddsFormat.DECIMAL:
        return decimal
    return format_price(price_from_decimal(float(decimal)), odds_format)
