"""What is peculiar to a sport, as data: floating starts, overtime, and what a score's numbers mean.

Keys are those of The Odds API. What is not known here is None or the cautious answer, never a guess.
"""

from __future__ import annotations

_FLOATING_STARTS = frozenset({"tennis", "mma", "boxing"})
_NO_OVERTIME = frozenset({"tennis", "mma", "boxing", "golf"})
_REGULATION_ONLY = frozenset({"soccer", "handball"})
# Their totals and handicaps are in games, rounds or runs of one innings, their scores in something else.
_LINES_COUNT_OTHER_THINGS = frozenset({"tennis", "mma", "boxing", "cricket"})
_SCORE_NAMES_NO_WINNER = frozenset({"golf", "politics"})
_SCORE_NAMES_NO_WINNER_KEYS = frozenset({"cricket_test_match"})

_SCORE_WITH_OVERTIME = frozenset(
    "americanfootball_nfl americanfootball_nfl_preseason americanfootball_ncaaf basketball_nba "
    "basketball_nba_preseason basketball_nba_summer_league basketball_wnba basketball_ncaab basketball_wncaab "
    "basketball_euroleague baseball_mlb baseball_mlb_preseason icehockey_nhl icehockey_nhl_preseason".split()
)
# Leagues end after 90 minutes. A competition that is missing may have extra time, so its score is doubtful; so are
# leagues whose play-offs bear the same key: of the USA, Mexico, Australia, Argentina, Austria, Denmark, Finland, Japan,
# Norway, Poland and Sweden.
_SOCCER_LEAGUES = frozenset(
    "soccer_belgium_first_div soccer_brazil_campeonato soccer_brazil_serie_b soccer_chile_campeonato "
    "soccer_china_superleague soccer_efl_champ soccer_england_league1 soccer_england_league2 soccer_epl "
    "soccer_france_ligue_one soccer_france_ligue_two soccer_germany_bundesliga soccer_germany_bundesliga2 "
    "soccer_germany_bundesliga_women soccer_germany_liga3 soccer_greece_super_league soccer_italy_serie_a "
    "soccer_italy_serie_b soccer_korea_kleague1 soccer_league_of_ireland soccer_netherlands_eredivisie "
    "soccer_portugal_primeira_liga soccer_russia_premier_league soccer_saudi_arabia_pro_league soccer_spain_la_liga "
    "soccer_spain_segunda_division soccer_spl soccer_sweden_superettan soccer_switzerland_superleague "
    "soccer_turkey_super_league".split()
)


def floating_start(sport_key: str) -> bool:
    """Whether the stated start is only "not before": a match begins when the one before it is over."""
    return _group(sport_key) in _FLOATING_STARTS


def score_includes_overtime(sport_key: str) -> bool | None:
    """Whether The Odds API's final score of this competition counts overtime; None when nobody knows."""
    if sport_key in _SCORE_WITH_OVERTIME:
        return True
    if sport_key in _SOCCER_LEAGUES:
        return False
    return None


def can_have_overtime(sport_key: str) -> bool:
    """Whether a game may be longer than regulation; true unless it certainly may not."""
    return _group(sport_key) not in _NO_OVERTIME and sport_key not in _SOCCER_LEAGUES


def regulation_only(sport_key: str) -> bool:
    """Whether bookmakers settle every market of this sport on regulation time (90 minutes in soccer)."""
    return _group(sport_key) in _REGULATION_ONLY


def higher_score_wins(sport_key: str) -> bool:
    """Whether the side with the higher final score has won."""
    return sport_key not in _SCORE_NAMES_NO_WINNER_KEYS and _group(sport_key) not in _SCORE_NAMES_NO_WINNER


def lines_count_score(sport_key: str) -> bool:
    """Whether spreads and totals count what the final score counts."""
    return _group(sport_key) not in _LINES_COUNT_OTHER_THINGS


def _group(sport_key: str) -> str:
    return sport_key.partition("_")[0]
