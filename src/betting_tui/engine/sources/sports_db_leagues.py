"""TheSportsDB's numbers of leagues, as data. Sport keys are those of The Odds API."""

from __future__ import annotations

_NUMBERS = {
    "americanfootball_cfl": 4405,
    "americanfootball_ncaaf": 4479,
    "americanfootball_nfl": 4391,
    "aussierules_afl": 4456,
    "baseball_mlb": 4424,
    "basketball_nba": 4387,
    "basketball_ncaab": 4607,
    "basketball_wnba": 4516,
    "icehockey_nhl": 4380,
    "soccer_efl_champ": 4329,
    "soccer_england_efl_cup": 4570,
    "soccer_england_league1": 4396,
    "soccer_england_league2": 4397,
    "soccer_epl": 4328,
    "soccer_fa_cup": 4482,
    "soccer_fifa_world_cup": 4429,
    "soccer_france_ligue_one": 4334,
    "soccer_germany_bundesliga": 4331,
    "soccer_italy_serie_a": 4332,
    "soccer_mexico_ligamx": 4350,
    "soccer_netherlands_eredivisie": 4337,
    "soccer_portugal_primeira_liga": 4344,
    "soccer_spain_la_liga": 4335,
    "soccer_spl": 4330,
    "soccer_uefa_champs_league": 4480,
    "soccer_uefa_europa_league": 4481,
    "soccer_usa_mls": 4346,
}


def number_of(sport_key: str) -> int | None:
    """The league's number; None where none is known here."""
    return _NUMBERS.get(sport_key)


def covered() -> tuple[str, ...]:
    """Every sport key TheSportsDB can be asked for, sorted."""
    return tuple(sorted(_NUMBERS))
