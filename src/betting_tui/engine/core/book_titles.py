"""What people call bookmakers, for texts alone: identity stays with the keys."""

from __future__ import annotations

_TITLES = {
    "ballybet": "Bally Bet",
    "bet365": "bet365",
    "betanysports": "BetAnySports",
    "betfair_ex_eu": "Betfair EU",
    "betfair_ex_uk": "Betfair UK",
    "betfair_ex_au": "Betfair AU",
    "betfred_uk": "Betfred",
    "betmgm": "BetMGM",
    "betmgm_uk": "BetMGM UK",
    "betonlineag": "BetOnline",
    "betparx": "betPARX",
    "betrivers": "BetRivers",
    "betsson": "Betsson",
    "betus": "BetUS",
    "betvictor": "BetVictor",
    "bovada": "Bovada",
    "bwin": "bwin",
    "coral": "Coral",
    "draftkings": "DraftKings",
    "espnbet": "ESPN BET",
    "fanatics": "Fanatics",
    "fanduel": "FanDuel",
    "hardrockbet": "Hard Rock",
    "ladbrokes_uk": "Ladbrokes",
    "lowvig": "LowVig",
    "marathonbet": "Marathon",
    "matchbook": "Matchbook",
    "mybookieag": "MyBookie",
    "pinnacle": "Pinnacle",
    "pointsbetus": "PointsBet",
    "sport888": "888sport",
    "smarkets": "Smarkets",
    "superbook": "SuperBook",
    "unibet_eu": "Unibet EU",
    "unibet_us": "Unibet",
    "williamhill": "William Hill",
    "williamhill_us": "Caesars",
}


_KEYS = {name.casefold(): key for key, name in _TITLES.items()}


def key_of(name: str) -> str:
    """`williamhill_us` for `Caesars`, in any case; empty where no bookmaker is called that."""
    return _KEYS.get(name.strip().casefold(), "")


def title(key: str) -> str:
    """`Caesars` for `williamhill_us`; the key itself where no name is known."""
    return _TITLES.get(key, key)
