"""What is known of bookmakers, as data: who belongs together, who takes commission, whose opinion counts as sharp.

Keys are those of The Odds API; titles are renamed and not unique, so nothing here looks at them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from betting_tui.engine.core.errors import UsageError

EXCHANGE_MIDPOINT = "exchange_midpoint"

# Groups follow who sets the prices and holds the accounts, not the listed company above them.
_GROUPS = {
    "betfair_ex": ("betfair",),
    "flutter_uk": ("betfair_sb_uk", "paddypower", "skybet"),
    "entain_uk": ("ladbrokes_uk", "coral", "bwin"),
    "entain_au": ("ladbrokes_au", "neds"),
    "betonline": ("betonlineag", "lowvig"),
    "evoke": ("williamhill", "sport888"),
    "betsson": ("betsson", "nordicbet", "betsafe"),
    "livescore": ("livescorebet", "livescorebet_eu", "virginbet"),
    "rush_street": ("betrivers", "sugarhouse"),
    "penn": ("espnbet", "barstool"),
    "leovegas": ("betuk",),
    "betr_au": ("betr_au", "bluebet"),
}
# One operator under several keys, by state or country: the key itself or the key and an ending.
_FAMILIES = ("unibet", "hardrockbet", "betfair_ex", "leovegas", "winamax", "betsson", "betclic", "tipico", "codere")

_GROUP_OF = {book: group for group, books in _GROUPS.items() for book in books}

_COMMISSION = {"betfair": 0.05, "smarkets": 0.02, "matchbook": 0.02}


@lru_cache(maxsize=4_096)
def ownership_group(bookmaker: str) -> str:
    """The operator behind a key: two keys of one group are one opinion, and no two legs of an arbitrage."""
    group = _GROUP_OF.get(bookmaker)
    if group is not None:
        return group
    for family in _FAMILIES:
        if bookmaker == family or bookmaker.startswith(f"{family}_"):
            return family
    return bookmaker


def is_exchange(bookmaker: str) -> bool:
    """Whether its prices are other bettors' offers, to back and to lay, with commission on winnings."""
    return _exchange(bookmaker) in _COMMISSION


def commission(bookmaker: str, overrides: Mapping[str, float]) -> float:
    """Share of net winnings the bookmaker keeps (0.05 = 5 %), 0 for a sportsbook.

    `overrides` may name one key (`betfair_ex_uk`) or, for all of Betfair's exchanges, `betfair`.
    """
    name = _exchange(bookmaker)
    for key in (bookmaker, name):
        if key in overrides:
            return overrides[key]
    return _COMMISSION.get(name, 0.0)


def parse_sharp(entries: Iterable[str]) -> tuple[tuple[str, ...], ...]:
    """The sharp list in order, `lowvig/betonlineag` as one place with two books of one opinion.

    The exchanges' midpoint is a place of its own, `(EXCHANGE_MIDPOINT,)`. Raises UsageError for an empty name.
    """
    return tuple(_sharp_place(entry) for entry in entries)


def _sharp_place(entry: str) -> tuple[str, ...]:
    books = tuple(part.strip() for part in entry.split("/"))
    if not all(books) or (EXCHANGE_MIDPOINT in books and len(books) > 1):
        raise UsageError(
            f"{entry!r} is no place in the sharp list: write a bookmaker key, several joined by /, "
            f"or {EXCHANGE_MIDPOINT}"
        )
    return books


def _exchange(bookmaker: str) -> str:
    return "betfair" if bookmaker == "betfair" or bookmaker.startswith("betfair_ex") else bookmaker
