"""How markets, picks, bookmakers and feeds are called on screen. Identity stays with the keys."""

from __future__ import annotations

import re

from betting_tui.engine.core.book_titles import title
from betting_tui.engine.core.model import Event, LineKey, Opportunity, OutcomeSet, Selection
from betting_tui.engine.core.point_words import point_with_halves, point_words

_MARKETS = {
    "h2h": "Moneyline",
    "h2h_lay": "Moneyline lay",
    "h2h_3_way": "Result",
    "spreads": "Spread",
    "totals": "Total",
    "outrights": "Winner",
    "team_totals": "Team total",
    "draw_no_bet": "Draw no bet",
    "btts": "Both score",
}
_FEEDS = {
    "espn": "ESPN",
    "football_data": "football-data",
    "odds_scraping": "scrapers",
    "simulated": "simulated",
    "the_odds_api": "The Odds API",
    "thesportsdb": "TheSportsDB",
}

_DETAILS = re.compile(" of | before |,")
_LEAGUES = frozenset("afl atp cfl epl fifa ipl kbo mlb mls mma nba ncaab ncaaf nfl nhl npb ufc uefa wnba wta".split())


def book(key: str) -> str:
    return title(key)


def feed(key: str) -> str:
    """Near enough to the key for the settings to be found by it."""
    return _FEEDS.get(key, key)


def market(line: LineKey) -> str:
    if line.market == "h2h" and line.outcome_set is OutcomeSet.THREE_WAY:
        name = "Result"
    else:
        name = _MARKETS.get(line.market) or line.market.replace("alternate_", "alt ").replace("_", " ").capitalize()
    return name if line.period == "full" else f"{name} {line.period}"


def point_text(line: LineKey, point: float | None) -> str:
    """`+3.5` for a handicap, `224.5` for a total, `+0.25 (0/+0.5)`; nothing where the market has no line."""
    return point_with_halves(line.market, point)


def pick_of(line: LineKey, name: str, point: float | None) -> str:
    who = f"{line.participant} " if line.participant else ""
    shown = point_text(line, point)
    return f"{who}{name} {shown}" if shown else f"{who}{name}"


def pick_parts(line: LineKey, name: str, point: float | None) -> tuple[str, str]:
    """The pick, and its points apart, without halves: `Brighton` and ` +0.25`, so that they survive a narrow column."""
    shown = point_words(line.market, point)
    return pick_of(line, name, None), f" {shown}" if shown else ""


def short_pick(line: LineKey, name: str, point: float | None) -> str:
    """One of several in a line, without halves."""
    return "".join(pick_parts(line, name, point))


def pick(selection: Selection) -> str:
    return pick_of(selection.line, selection.name, selection.point)


def picks(opportunity: Opportunity) -> str:
    if len(opportunity.legs) == 1:
        return pick(opportunity.legs[0].selection)
    legs = (leg.selection for leg in opportunity.legs)
    return f"{len(opportunity.legs)} legs: {' / '.join(short_pick(it.line, it.name, it.point) for it in legs)}"


def books(opportunity: Opportunity) -> str:
    return " + ".join(dict.fromkeys(book(leg.bookmaker) for leg in opportunity.legs))


def sport(key: str) -> str:
    """`NFL` of `americanfootball_nfl`: a feed's key as people call it, when no title is at hand."""
    _, family, league = key.partition("_")
    if not family:
        return key
    return " ".join(word.upper() if word in _LEAGUES else word.capitalize() for word in league.split("_"))


def purpose(text: str) -> str:
    """`NBA close` of `basketball_nba close of 2 games`: what a call is for, as short as a header needs it."""
    first, space, rest = text.partition(" ")
    brief = _DETAILS.split(rest, maxsplit=1)[0]
    return f"{sport(first)}{space}{brief}"


def joint(event: Event) -> str:
    """What stands between the two sides in `event.name`."""
    if event.home_team is None or event.away_team is None:
        return ""
    return " v " if event.name.startswith(f"{event.home_team} v ") else " @ "
