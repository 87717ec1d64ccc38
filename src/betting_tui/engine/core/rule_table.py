"""The rule sets themselves.

The standard rows follow the rules that US operators publish alike (BetMGM's sports wagering rules: baseball five
innings, four and a half with the home side ahead; football 55 minutes, NBA 43, other basketball 35, hockey 55, soccer
90) and, for what they leave to the operator, the more cautious choice. A bookmaker has rows of its own only where its
published rules were read. A changed row gets a new key: bets already placed keep the old one.
"""

from __future__ import annotations

from msgspec.structs import replace

from betting_tui.engine.core.books import ownership_group
from betting_tui.engine.core.rule_sets import (
    STANDARD_BOOK,
    MarketGroup,
    OfficialGame,
    Retirement,
    RuleSet,
    Unit,
    Window,
)

WINNER, LINES, PROPS, OUTRIGHT = MarketGroup.WINNER, MarketGroup.LINES, MarketGroup.PROPS, MarketGroup.OUTRIGHT
TATTERSALLS = "tattersalls"


def _minutes(minutes: float) -> OfficialGame:
    return OfficialGame(Unit.MINUTES, minutes, minutes)


_FIVE_INNINGS = OfficialGame(Unit.INNINGS, 5, 4.5)
_NINE_INNINGS = OfficialGame(Unit.INNINGS, 9, 8.5)
# A game of the western coast that starts late is still of the same day.
_US_DAY = Window(24, "America/Los_Angeles")
_JAPAN_DAY = Window(24, "Asia/Tokyo")
_KOREA_DAY = Window(24, "Asia/Seoul")
_HELP = "US operators' house rules: minimum length of play"
_BETMGM = "BetMGM, sports wagering rules: minimum length of play"
_DRAFTKINGS = "DraftKings, sport rules: baseball"

_PLAIN = RuleSet("standard/any/1", source=_HELP)
_BASEBALL = RuleSet(
    "standard/baseball/winner/1", official=_FIVE_INNINGS, window=_US_DAY, resume=Window(36), source=_HELP
)
_BASEBALL_LINES = replace(_BASEBALL, key="standard/baseball/lines/1", official=_NINE_INNINGS)
_FOOTBALL = RuleSet("standard/americanfootball/1", official=_minutes(55), source=_HELP)
_BASKETBALL = RuleSet("standard/basketball/1", official=_minutes(35), source=_HELP)
_NBA = replace(_BASKETBALL, key="standard/basketball_nba/1", official=_minutes(43))
_HOCKEY = RuleSet("standard/icehockey/1", official=_minutes(55), source=_HELP)
_SOCCER = RuleSet("standard/soccer/1", overtime=False, second_half_overtime=False, official=_minutes(90), source=_HELP)
_HANDBALL = RuleSet(
    "standard/handball/1", overtime=False, second_half_overtime=False, official=_minutes(60), source=_HELP
)
# Players wait out rain for days, and a match keeps its place in the draw.
_TENNIS = RuleSet(
    "standard/tennis/winner/1", window=Window(72), resume=Window(168), retirement=Retirement.ONE_SET, source=_HELP
)
_TENNIS_LINES = replace(_TENNIS, key="standard/tennis/lines/1", retirement=Retirement.WHOLE_MATCH)
_FIGHT = RuleSet("standard/fight/1", window=Window(48), retirement=Retirement.STARTED, source=_BETMGM)
_CRICKET = RuleSet("standard/cricket/1", window=Window(48), resume=Window(168), source=_HELP)
_PROPS = RuleSet("standard/props/1", source=_HELP)
_OUTRIGHT = RuleSet("standard/outright/1", window=Window(24 * 365), deductions=TATTERSALLS, source=_HELP)

Row = tuple[str, str, MarketGroup | None, RuleSet]

_STANDARD: tuple[Row, ...] = (
    (STANDARD_BOOK, "", None, _PLAIN),
    (STANDARD_BOOK, "", PROPS, _PROPS),
    (STANDARD_BOOK, "", OUTRIGHT, _OUTRIGHT),
    (STANDARD_BOOK, "baseball", WINNER, _BASEBALL),
    (STANDARD_BOOK, "baseball", LINES, _BASEBALL_LINES),
    (
        STANDARD_BOOK,
        "baseball_npb",
        WINNER,
        replace(_BASEBALL, key="standard/baseball_npb/winner/1", window=_JAPAN_DAY),
    ),
    (
        STANDARD_BOOK,
        "baseball_npb",
        LINES,
        replace(_BASEBALL_LINES, key="standard/baseball_npb/lines/1", window=_JAPAN_DAY),
    ),
    (
        STANDARD_BOOK,
        "baseball_kbo",
        WINNER,
        replace(_BASEBALL, key="standard/baseball_kbo/winner/1", window=_KOREA_DAY),
    ),
    (
        STANDARD_BOOK,
        "baseball_kbo",
        LINES,
        replace(_BASEBALL_LINES, key="standard/baseball_kbo/lines/1", window=_KOREA_DAY),
    ),
    (STANDARD_BOOK, "americanfootball", None, _FOOTBALL),
    (STANDARD_BOOK, "basketball", None, _BASKETBALL),
    (STANDARD_BOOK, "basketball_nba", None, _NBA),
    # Of forty minutes, as everywhere but in the NBA's season.
    (STANDARD_BOOK, "basketball_nba_summer_league", None, _BASKETBALL),
    (STANDARD_BOOK, "icehockey", None, _HOCKEY),
    (STANDARD_BOOK, "soccer", None, _SOCCER),
    (STANDARD_BOOK, "handball", None, _HANDBALL),
    (STANDARD_BOOK, "tennis", WINNER, _TENNIS),
    (STANDARD_BOOK, "tennis", LINES, _TENNIS_LINES),
    (STANDARD_BOOK, "mma", None, _FIGHT),
    (STANDARD_BOOK, "boxing", None, _FIGHT),
    (STANDARD_BOOK, "cricket", None, _CRICKET),
)

# Games must start in the same week of the league's schedule; a week is what these operators are told to give.
_NFL_WEEK = Window(24 * 7)
_NFL_WEEK_SOURCE = "operators' house rules as compared by OddsJam, game postponement"

_BOOKS: tuple[Row, ...] = (
    ("betmgm", "baseball", WINNER, replace(_BASEBALL, key="betmgm/baseball/winner/1", source=_BETMGM)),
    ("betmgm", "baseball", LINES, replace(_BASEBALL_LINES, key="betmgm/baseball/lines/1", source=_BETMGM)),
    (
        "draftkings",
        "baseball",
        WINNER,
        replace(
            _BASEBALL, key="draftkings/baseball/winner/1", window=Window(12), resume=Window(12), source=_DRAFTKINGS
        ),
    ),
    (
        "draftkings",
        "baseball",
        LINES,
        replace(
            _BASEBALL_LINES,
            key="draftkings/baseball/lines/1",
            window=Window(12),
            resume=Window(12),
            decided_stand=True,
            source=_DRAFTKINGS,
        ),
    ),
    *(
        (
            book,
            "americanfootball_nfl",
            None,
            replace(
                _FOOTBALL,
                key=f"{book}/americanfootball_nfl/1",
                window=_NFL_WEEK,
                resume=_NFL_WEEK,
                source=_NFL_WEEK_SOURCE,
            ),
        )
        for book in ("draftkings", "fanduel", "betmgm", "williamhill_us")
    ),
    (
        "williamhill",
        "soccer",
        None,
        replace(
            _SOCCER,
            key="williamhill/soccer/1",
            window=Window(48),
            resume=Window(48),
            source="William Hill, football rules: postponed matches",
        ),
    ),
    (
        "sportsbet",
        "soccer",
        None,
        replace(
            _SOCCER,
            key="sportsbet/soccer/1",
            # Until midnight where it is played: half a day, since the place is not known.
            window=Window(12),
            resume=Window(12),
            decided_stand=True,
            source="Sportsbet, abandoned or postponed soccer match",
        ),
    ),
    (
        "pinnacle",
        "tennis",
        WINNER,
        replace(_TENNIS, key="pinnacle/tennis/winner/1", source="Pinnacle, tennis rules: head to head matchups"),
    ),
    (
        "pinnacle",
        "tennis",
        LINES,
        replace(_TENNIS_LINES, key="pinnacle/tennis/lines/1", source="Pinnacle, tennis rules: handicap and totals"),
    ),
    (
        "betfair_ex",
        "tennis",
        WINNER,
        replace(_TENNIS, key="betfair_ex/tennis/winner/1", source="Betfair Exchange, rules: tennis"),
    ),
    (
        "betfair_ex",
        "tennis",
        LINES,
        replace(
            _TENNIS_LINES,
            key="betfair_ex/tennis/lines/1",
            decided_stand=True,
            source="Betfair Exchange, rules: tennis",
        ),
    ),
)

# What changed rows said before, under their old keys: bets placed then are settled by them.
_FORMER: tuple[RuleSet, ...] = ()

_ROWS = {(book, sport, group): rules for book, sport, group, rules in (*_STANDARD, *_BOOKS)}
BY_KEY = {rules.key: rules for rules in (*_FORMER, *_ROWS.values())}


def find(bookmaker: str, sport_key: str, group: MarketGroup) -> RuleSet:
    """The nearest row: the bookmaker's own before its operator's and the standard; a league's before its sport's.

    Standard rules for outrights and props are the same in every sport, so they come before a sport's.
    """
    for book in (bookmaker, ownership_group(bookmaker), STANDARD_BOOK):
        for sport in _from_league_to_sport(sport_key):
            for kind in (group, None) if group in (WINNER, LINES) else (group,):
                rules = _ROWS.get((book, sport, kind))
                if rules is not None:
                    return rules
    return _PLAIN


def _from_league_to_sport(sport_key: str) -> tuple[str, ...]:
    """`baseball_mlb_preseason`, `baseball_mlb`, `baseball` and, last, every sport."""
    words = sport_key.split("_")
    return (*("_".join(words[:count]) for count in range(len(words), 0, -1)), "")
