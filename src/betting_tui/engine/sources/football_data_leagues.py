"""What football-data.co.uk covers, as data: which file holds which competition, and whose prices a column holds.

Sport keys are those of The Odds API; a competition it does not offer has a key of ours in the same style.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

UK = ZoneInfo("Europe/London")
FIXTURES_PATH = "fixtures.csv"
_NEW_SEASON_MONTH = 7
_EARLY_MONTHS = 2


class League(Struct, frozen=True):
    """One competition. `code` is the table's division, or the country of a file that holds all of its seasons.

    `knockouts`: some of its games may go to extra time, and the scores of those files then include it (seen in the
    play-offs of the USA: Los Angeles against Philadelphia, 5 Nov 2022, is 3-3 there and was 2-2 after 90 minutes).
    """

    code: str
    sport_key: str
    title: str
    country_file: bool = False
    knockouts: bool = False


_DIVISIONS = """
E0  soccer_epl                      Premier League - England
E1  soccer_efl_champ                Championship - England
E2  soccer_england_league1          League 1 - England
E3  soccer_england_league2          League 2 - England
EC  soccer_england_national_league  National League - England
SC0 soccer_spl                      Premiership - Scotland
SC1 soccer_scotland_championship    Championship - Scotland
SC2 soccer_scotland_league1         League 1 - Scotland
SC3 soccer_scotland_league2         League 2 - Scotland
D1  soccer_germany_bundesliga       Bundesliga - Germany
D2  soccer_germany_bundesliga2      Bundesliga 2 - Germany
I1  soccer_italy_serie_a            Serie A - Italy
I2  soccer_italy_serie_b            Serie B - Italy
SP1 soccer_spain_la_liga            La Liga - Spain
SP2 soccer_spain_segunda_division   La Liga 2 - Spain
F1  soccer_france_ligue_one         Ligue 1 - France
F2  soccer_france_ligue_two         Ligue 2 - France
N1  soccer_netherlands_eredivisie   Eredivisie - Netherlands
B1  soccer_belgium_first_div        First Division - Belgium
P1  soccer_portugal_primeira_liga   Primeira Liga - Portugal
T1  soccer_turkey_super_league      Super League - Turkey
G1  soccer_greece_super_league      Super League - Greece
"""
_COUNTRIES = """
ARG knockouts soccer_argentina_primera_division Primera Division - Argentina
AUT knockouts soccer_austria_bundesliga         Bundesliga - Austria
BRA league    soccer_brazil_campeonato          Serie A - Brazil
CHN league    soccer_china_superleague          Super League - China
DNK knockouts soccer_denmark_superliga          Superliga - Denmark
FIN knockouts soccer_finland_veikkausliiga      Veikkausliiga - Finland
IRL league    soccer_league_of_ireland          Premier Division - Ireland
JPN knockouts soccer_japan_j_league             J League - Japan
MEX knockouts soccer_mexico_ligamx              Liga MX - Mexico
NOR league    soccer_norway_eliteserien         Eliteserien - Norway
POL league    soccer_poland_ekstraklasa         Ekstraklasa - Poland
ROU knockouts soccer_romania_liga1              Liga 1 - Romania
RUS league    soccer_russia_premier_league      Premier League - Russia
SWE league    soccer_sweden_allsvenskan         Allsvenskan - Sweden
SWZ league    soccer_switzerland_superleague    Super League - Switzerland
USA knockouts soccer_usa_mls                    MLS - USA
"""


def _read_table() -> Iterator[League]:
    for line in _DIVISIONS.strip().splitlines():
        code, sport_key, title = line.split(maxsplit=2)
        yield League(code, sport_key, title)
    for line in _COUNTRIES.strip().splitlines():
        code, kind, sport_key, title = line.split(maxsplit=3)
        yield League(code, sport_key, title, country_file=True, knockouts=kind == "knockouts")


LEAGUES = tuple(_read_table())
BY_CODE = {league.code: league for league in LEAGUES}
BY_SPORT = {league.sport_key: league for league in LEAGUES}

# Codes of the columns. Keys are those of The Odds API; a book that is missing there has a key of ours.
# `BMGM` is the British BetMGM: its prices are not those of `betmgm`, the American one.
BOOKMAKERS = {
    "B365": "bet365",
    "BW": "bwin",
    "IW": "interwetten",
    "PS": "pinnacle",
    "P": "pinnacle",
    "WH": "williamhill",
    "VC": "betvictor",
    "BV": "betvictor",
    "BF": "betfair_sb_uk",
    "BFE": "betfair_ex_uk",
    "BFD": "betfred_uk",
    "BMGM": "betmgm_uk",
    "1XB": "onexbet",
    "CL": "coral",
    "LB": "ladbrokes_uk",
    "BS": "blue_square",
    "GB": "gamebookers",
    "SB": "sportingbet",
    "SJ": "stan_james",
    "SO": "sporting_odds",
    "SY": "stanleybet",
}
# The best and the mean of many books: figures about the market, no bookmaker's price.
MARKET_FIGURES = frozenset({"Max", "Avg", "BbMx", "BbAv"})
HEADER_TYPOS = {"B36CA": "B365CA"}


def season_code(year: int) -> str:
    """`2425` for the season that starts in that year, as the folders are called."""
    return f"{year % 100:02d}{(year + 1) % 100:02d}"


def result_paths(league: League, now: datetime) -> tuple[str, ...]:
    """The files that may hold the latest results, the first that exists counts.

    A season's file appears with its first results, in July to September; until then the last season's is the newest.
    """
    if league.country_file:
        return (f"new/{league.code}.csv",)
    today = now.astimezone(UK).date()
    year = today.year if today.month >= _NEW_SEASON_MONTH else today.year - 1
    young = _NEW_SEASON_MONTH <= today.month <= _NEW_SEASON_MONTH + _EARLY_MONTHS
    years = (year, year - 1) if young else (year,)
    return tuple(f"mmz4281/{season_code(each)}/{league.code}.csv" for each in years)


def gathered_before(moment: datetime) -> datetime:
    """When the prices that were on the site at that moment were gathered at the latest, by the site's own custom.

    On Tuesdays by 13:00 and on Fridays by 17:00 UK time; strictly before `moment`.
    """
    local = moment.astimezone(UK)
    for back in range(8):
        day = local - timedelta(days=back)
        hour = {1: 13, 4: 17}.get(day.weekday())
        gathered = day.replace(hour=hour, minute=0, second=0, microsecond=0) if hour is not None else local
        if gathered < local:
            return gathered.astimezone(moment.tzinfo)
    raise AssertionError("a week has a Tuesday")
