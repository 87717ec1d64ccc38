"""What a bookmaker's rules say where they differ: overtime, how long a game must have been, what a stop means.

A rule set is data, has a key that never means anything else, and is stored by that key with each bet. Sports are keys
of The Odds API. The rows are in `rule_table`.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

from msgspec import Struct

from betting_tui.engine.core.model import START_UNKNOWN


class MarketGroup(StrEnum):
    """Markets that bookmakers have one rule for."""

    WINNER = "winner"
    LINES = "lines"
    PROPS = "props"
    OUTRIGHT = "outright"


class Retirement(StrEnum):
    """What a bet needs, to stand when a player gives up."""

    WHOLE_MATCH = "whole_match"
    ONE_SET = "one_set"
    STARTED = "started"


class Unit(StrEnum):
    MINUTES = "minutes"
    INNINGS = "innings"


class OfficialGame(Struct, frozen=True):
    """How much play makes a game count although it was not finished; less is enough where the home side leads."""

    unit: Unit
    enough: float
    home_ahead: float

    def reached(self, played: float, home_lead: int) -> bool:
        return played >= (self.home_ahead if home_lead > 0 else self.enough)


class Window(Struct, frozen=True):
    """How long a bet waits for a game that was put off.

    Hours after the announced start; or, where `day_zone` is named, until that local day ends: a sports day, which lasts
    until five in the morning.
    """

    hours: int
    day_zone: str = ""

    def end(self, start: datetime) -> datetime:
        """START_UNKNOWN when the start is."""
        if start > _LAST_START:
            return START_UNKNOWN
        if not self.day_zone:
            return start + timedelta(hours=self.hours)
        zone = ZoneInfo(self.day_zone)
        local = start.astimezone(zone)
        day = local.date() if local.time() < _DAY_ENDS else local.date() + timedelta(days=1)
        return datetime.combine(day, _DAY_ENDS, zone).astimezone(start.tzinfo)


class RuleSet(Struct, frozen=True):
    """One row of rules.

    `overtime`: two-way full-game bets count it. `second_half_overtime`, `last_period_overtime`: so do those periods.
    `official`: None where a game must be played to its end. `resume`: how long one that was stopped may take to go on.
    `decided_stand`: in a game that ends early, what no further play could change is settled. `retirement`: None where
    the sides are teams. `walkover_stands`: the one who advances without playing has won. `listed_pitchers`: a bet is
    void when another pitcher starts. `tied_places_reduce`: a dead heat divides the stake; otherwise it gives it back.
    `deductions`: the table for runners that were withdrawn, empty for none. `source` is where the rules were read.
    """

    key: str
    overtime: bool = True
    second_half_overtime: bool = True
    last_period_overtime: bool = False
    official: OfficialGame | None = None
    window: Window = Window(24)
    resume: Window = Window(24)
    decided_stand: bool = False
    retirement: Retirement | None = None
    walkover_stands: bool = False
    listed_pitchers: bool = False
    tied_places_reduce: bool = True
    deductions: str = ""
    source: str = ""


STANDARD_BOOK = "standard"
_DAY_ENDS = time(5)
# Beyond it, no window could be added any more.
_LAST_START = START_UNKNOWN - timedelta(days=1_000)
_WINNERS = frozenset({"h2h", "h2h_3_way", "draw_no_bet", "double_chance"})
_LINES = frozenset("spreads alternate_spreads totals alternate_totals team_totals alternate_team_totals btts".split())


def group_of(market: str) -> MarketGroup:
    if market in _WINNERS:
        return MarketGroup.WINNER
    if market in _LINES:
        return MarketGroup.LINES
    return MarketGroup.OUTRIGHT if market == "outrights" else MarketGroup.PROPS


@lru_cache(maxsize=4_096)
def in_force(bookmaker: str, sport_key: str, market: str) -> RuleSet:
    """The rules this bookmaker settles such a bet by today: its own where known, else the standard ones. Total."""
    from betting_tui.engine.core import rule_table

    return rule_table.find(bookmaker, sport_key, group_of(market))


def by_key(key: str) -> RuleSet | None:
    """The rules stored with a bet; None for a key that no edition of the table has had."""
    from betting_tui.engine.core import rule_table

    return rule_table.BY_KEY.get(key)
