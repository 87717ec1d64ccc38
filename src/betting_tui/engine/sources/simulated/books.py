"""The simulated bookmakers: real keys, invented habits."""

from __future__ import annotations

from msgspec import Struct


class Bookmaker(Struct, frozen=True):
    """How one bookmaker prices. Margins are overrounds of a two-way market (0.045 = 4.5 points); times in seconds.

    `lean` is the share of the margin put on all selections alike, which makes longshots dearer than favourites.
    `opinion` is its own error per event, in standard deviations of the final margin; books of one `house` share it.
    `ladder` is the smallest price step in American cents. `boosts`: outsiders are now and then made attractive.
    """

    key: str
    title: str
    region: str
    margin: float
    lean: float
    lag: int
    reprice: int
    opinion: float
    ladder: int
    house: str
    boosts: bool = True


BOOKS = (
    Bookmaker("pinnacle", "Pinnacle", "eu", 0.024, 0.35, 10, 60, 0.005, 1, "pinnacle", boosts=False),
    Bookmaker("lowvig", "LowVig.ag", "us", 0.026, 0.40, 20, 90, 0.010, 1, "betonlineag", boosts=False),
    Bookmaker("betonlineag", "BetOnline.ag", "us", 0.032, 0.40, 25, 90, 0.010, 1, "betonlineag", boosts=False),
    Bookmaker("fanduel", "FanDuel", "us", 0.044, 0.60, 60, 120, 0.024, 2, "fanduel"),
    Bookmaker("draftkings", "DraftKings", "us", 0.045, 0.60, 75, 150, 0.024, 5, "draftkings"),
    Bookmaker("betmgm", "BetMGM", "us", 0.050, 0.70, 180, 240, 0.030, 5, "betmgm"),
    Bookmaker("williamhill_us", "Caesars", "us", 0.049, 0.65, 150, 210, 0.030, 5, "williamhill_us"),
    Bookmaker("betrivers", "BetRivers", "us", 0.054, 0.70, 300, 270, 0.034, 5, "betrivers"),
    Bookmaker("fanatics", "Fanatics", "us", 0.047, 0.60, 420, 240, 0.036, 5, "fanatics"),
    Bookmaker("espnbet", "theScore Bet", "us2", 0.055, 0.75, 600, 300, 0.040, 5, "espnbet"),
)
BOOK_BY_KEY = {book.key: book for book in BOOKS}
SHARP_KEYS = frozenset({"pinnacle", "lowvig", "betonlineag"})
