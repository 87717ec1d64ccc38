"""Which ESPN scoreboard shows which sport, as data. Sport keys are those of The Odds API."""

from __future__ import annotations

from msgspec import Struct

_PRESEASON = "_preseason"
_ALL_STARS = "basketball_nba_all_stars"


class League(Struct, frozen=True):
    """One scoreboard. `periods` are those of regulation time where the feed does not say; `group` picks a division.

    `preseason` tells that pre-season games are on the same scoreboard but are a sport key of their own.
    """

    path: str
    periods: int
    group: str = ""
    daily: bool = False
    preseason: bool = False


# Colleges play up to a hundred games a day: their days are asked for one by one, so that no answer is too large.
_LEAGUES = {
    "americanfootball_cfl": League("football/cfl", 4),
    "americanfootball_ncaaf": League("football/college-football", 4, group="80", daily=True),
    "americanfootball_nfl": League("football/nfl", 4, preseason=True),
    "americanfootball_ufl": League("football/ufl", 4),
    "aussierules_afl": League("australian-football/afl", 4),
    "baseball_mlb": League("baseball/mlb", 9, preseason=True),
    "baseball_ncaa": League("baseball/college-baseball", 9, daily=True),
    "basketball_nba": League("basketball/nba", 4, preseason=True),
    "basketball_nbl": League("basketball/nbl", 4),
    "basketball_ncaab": League("basketball/mens-college-basketball", 2, group="50", daily=True),
    "basketball_wnba": League("basketball/wnba", 4),
    "basketball_wncaab": League("basketball/womens-college-basketball", 4, group="50", daily=True),
    "icehockey_nhl": League("hockey/nhl", 3, preseason=True),
}

_SOCCER = """
soccer_africa_cup_of_nations caf.nations
soccer_argentina_primera_division arg.1
soccer_australia_aleague aus.1
soccer_austria_bundesliga aut.1
soccer_belgium_first_div bel.1
soccer_brazil_campeonato bra.1
soccer_brazil_serie_b bra.2
soccer_chile_campeonato chi.1
soccer_china_superleague chn.1
soccer_concacaf_gold_cup concacaf.gold
soccer_concacaf_leagues_cup concacaf.leagues.cup
soccer_conmebol_copa_america conmebol.america
soccer_conmebol_copa_libertadores conmebol.libertadores
soccer_conmebol_copa_sudamericana conmebol.sudamericana
soccer_denmark_superliga den.1
soccer_efl_champ eng.2
soccer_england_efl_cup eng.league_cup
soccer_england_league1 eng.3
soccer_england_league2 eng.4
soccer_epl eng.1
soccer_fa_cup eng.fa
soccer_fifa_club_world_cup fifa.cwc
soccer_fifa_world_cup fifa.world
soccer_fifa_world_cup_qualifiers_europe fifa.worldq.uefa
soccer_fifa_world_cup_qualifiers_south_america fifa.worldq.conmebol
soccer_fifa_world_cup_womens fifa.wwc
soccer_france_coupe_de_france fra.coupe_de_france
soccer_france_ligue_one fra.1
soccer_france_ligue_two fra.2
soccer_germany_bundesliga ger.1
soccer_germany_bundesliga2 ger.2
soccer_germany_dfb_pokal ger.dfb_pokal
soccer_greece_super_league gre.1
soccer_italy_coppa_italia ita.coppa_italia
soccer_italy_serie_a ita.1
soccer_italy_serie_b ita.2
soccer_japan_j_league jpn.1
soccer_league_of_ireland irl.1
soccer_mexico_ligamx mex.1
soccer_netherlands_eredivisie ned.1
soccer_norway_eliteserien nor.1
soccer_portugal_primeira_liga por.1
soccer_russia_premier_league rus.1
soccer_saudi_arabia_pro_league ksa.1
soccer_spain_copa_del_rey esp.copa_del_rey
soccer_spain_la_liga esp.1
soccer_spain_segunda_division esp.2
soccer_spl sco.1
soccer_sweden_allsvenskan swe.1
soccer_turkey_super_league tur.1
soccer_uefa_champs_league uefa.champions
soccer_uefa_champs_league_qualification uefa.champions_qual
soccer_uefa_champs_league_women uefa.wchampions
soccer_uefa_euro_qualification uefa.euroq
soccer_uefa_europa_conference_league uefa.europa.conf
soccer_uefa_europa_league uefa.europa
soccer_uefa_european_championship uefa.euro
soccer_uefa_nations_league uefa.nations
soccer_usa_mls usa.1
"""

_LEAGUES |= {key: League(f"soccer/{slug}", 2) for key, slug in (line.split() for line in _SOCCER.split("\n") if line)}


def league_of(sport_key: str) -> League | None:
    """The scoreboard of a sport; None where ESPN has none that is known here."""
    known = _LEAGUES.get(sport_key.removesuffix(_PRESEASON))
    if sport_key == _ALL_STARS:
        return _LEAGUES["basketball_nba"]
    return known if known is not None and (known.preseason or not sport_key.endswith(_PRESEASON)) else None


def covered() -> tuple[str, ...]:
    """Every sport key ESPN can be asked for, sorted."""
    early = (key + _PRESEASON for key, league in _LEAGUES.items() if league.preseason)
    return tuple(sorted((*_LEAGUES, *early, _ALL_STARS)))


def sport_of_game(asked: str, preseason: bool, exhibition: bool) -> str:
    """The sport key a game of the scoreboard of `asked` belongs to; empty where there is none for it."""
    base = "basketball_nba" if asked == _ALL_STARS else asked.removesuffix(_PRESEASON)
    if exhibition:
        return _ALL_STARS if base == "basketball_nba" else ""
    return base + _PRESEASON if preseason and _LEAGUES[base].preseason else base
