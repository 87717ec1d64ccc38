"""What setting up decides: a draft of the choices, what of it is new, and what there is to choose from."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Literal, Protocol

from msgspec import Struct

from betting_tui.engine.config import Change, OddsFormatName, Settings, SettingValue
from betting_tui.engine.core.model import Sport
from betting_tui.screens.names import book
from betting_tui.screens.names import sport as sport_name

Feed = Literal["the_odds_api", "football_data"]
ODDS_API: Feed = "the_odds_api"
FOOTBALL: Feed = "football_data"
BOOKS_A_REGION = 10
Method = Literal["flat", "percent", "kelly"]

# In season or not, these are offered when the provider cannot be asked; the first ones suit most people.
USUAL_SPORTS = {
    "American Football": ("americanfootball_nfl", "americanfootball_ncaaf"),
    "Baseball": ("baseball_mlb",),
    "Basketball": ("basketball_nba", "basketball_ncaab", "basketball_wnba", "basketball_euroleague"),
    "Ice Hockey": ("icehockey_nhl",),
    "Mixed Martial Arts": ("mma_mixed_martial_arts",),
    "Soccer": (
        "soccer_epl", "soccer_spain_la_liga", "soccer_italy_serie_a", "soccer_germany_bundesliga",
        "soccer_france_ligue_one", "soccer_uefa_champs_league", "soccer_usa_mls",
    ),
}  # fmt: skip
# Whose prices the site's files of the last seasons hold.
FOOTBALL_BOOKS = (
    "bet365", "pinnacle", "betfair_ex_uk", "betfred_uk", "betmgm_uk", "betvictor", "bwin", "coral", "ladbrokes_uk",
)  # fmt: skip
_BOOKS = {
    "US": (
        "fanduel", "draftkings", "betmgm", "williamhill_us", "betrivers", "fanatics", "espnbet", "hardrockbet",
        "betonlineag", "lowvig", "bovada", "betus", "mybookieag", "ballybet", "betparx", "fliff", "rebet",
    ),
    "UK": (
        "betfair_ex_uk", "betfair_sb_uk", "betfred_uk", "betvictor", "betway", "boylesports", "casumo", "coral",
        "grosvenor", "ladbrokes_uk", "leovegas", "livescorebet", "paddypower", "skybet", "smarkets", "unibet",
        "virginbet", "williamhill",
    ),
    "Europe": (
        "pinnacle", "betfair_ex_eu", "matchbook", "betclic_fr", "betsson", "codere_it", "coolbet", "everygame",
        "gtbets", "leovegas_se", "marathonbet", "nordicbet", "onexbet", "pmu_fr", "sport888", "suprabets", "tipico_de",
        "unibet_fr", "unibet_nl", "unibet_se", "winamax_de", "winamax_fr",
    ),
    "Australia": (
        "betfair_ex_au", "betr_au", "betright", "dabble_au", "ladbrokes_au", "neds", "playup", "pointsbetau",
        "sportsbet", "tab", "tabtouch",
    ),
}  # fmt: skip


class KeyAnswer(Struct, frozen=True):
    """What the provider said to a key that works."""

    message: str
    sports: tuple[Sport, ...]


class SetupDesk(Protocol):
    """What setting up needs of the program around the screens. Everything raises BettingError with what to do."""

    async def check_key(self, key: str) -> KeyAnswer:
        """Ask the provider with a call that costs nothing."""

    def save_key(self, key: str) -> str:
        """Write it into the settings file. Answers with what keeps it from counting, '' for nothing."""

    async def sports(self) -> tuple[Sport, ...]:
        """Those in season, asked with the key in force; free."""

    def settings(self) -> Settings:
        """As they are now, read again."""

    def save(self, changes: Sequence[Change]) -> str:
        """Write them all or none. Answers with what keeps some of them from counting, '' for nothing."""


class Draft(Struct, frozen=True):
    """The choices as they stand. `agreed_money`: bankroll and currency were confirmed, not passed over.

    `bankroll` and `flat` in major units; `percent` and `kelly` as fractions (0.01 = 1 %).
    """

    feed: Feed
    order: tuple[str, ...]
    sports: tuple[str, ...]
    mine: tuple[str, ...]
    bankroll: Decimal
    currency: str
    method: Method
    flat: Decimal
    percent: float
    kelly: float
    odds_format: OddsFormatName
    agreed_money: bool = False


class Option(Struct, frozen=True):
    """Something to tick in a list."""

    key: str
    name: str
    group: str
    note: str = ""


def draft_of(settings: Settings, feed: Feed) -> Draft:
    """What is in force, with that feed asked first."""
    sources, paper = settings.data_sources, settings.paper_trading
    order = sources.priority_order
    return Draft(
        feed,
        order if order[:1] == (feed,) else (feed, *(name for name in order if name != feed)),
        sources.the_odds_api.sports if feed == ODDS_API else sources.football_data.sports,
        settings.bookmakers.mine,
        paper.starting_bankroll,
        paper.currency,
        paper.bet_sizing_method,
        paper.flat_bet_size,
        paper.percent_bet_size,
        paper.kelly_fraction,
        settings.ui.odds_format,
    )


def changes_of(settings: Settings, draft: Draft) -> tuple[Change, ...]:
    """What differs from the settings in force: what was passed over is not written."""
    before = draft_of(settings, draft.feed)
    pairs: list[tuple[str, SettingValue, SettingValue]] = [
        ("data_sources.priority_order", settings.data_sources.priority_order, draft.order),
        (f"data_sources.{draft.feed}.sports", before.sports, draft.sports),
        ("bookmakers.mine", before.mine, draft.mine),
        ("paper_trading.starting_bankroll", before.bankroll, draft.bankroll),
        ("paper_trading.currency", before.currency, draft.currency),
        ("paper_trading.bet_sizing_method", before.method, draft.method),
        ("paper_trading.flat_bet_size", before.flat, draft.flat),
        ("paper_trading.percent_bet_size", before.percent, draft.percent),
        ("paper_trading.kelly_fraction", before.kelly, draft.kelly),
        ("ui.odds_format", before.odds_format, draft.odds_format),
    ]
    return tuple(Change(key, new) for key, old, new in pairs if old != new)


def needs_set_up(settings: Settings) -> bool:
    """Nothing was chosen yet: there is no key, and football without one is not what is asked first."""
    return settings.api_keys.the_odds_api is None and settings.data_sources.priority_order[:1] != (FOOTBALL,)


def sport_options(in_season: Sequence[Sport], chosen: Iterable[str]) -> tuple[Option, ...]:
    """Games only, no outrights. What is chosen already comes first, in season or not, then what most people watch."""
    known = {it.key: Option(it.key, it.title, it.group) for it in in_season if it.active and not it.has_outrights}
    chosen = tuple(chosen)
    first = [known.get(key) or Option(key, sport_name(key), "", "not in season" if known else "") for key in chosen]
    if not known:
        known = {key: Option(key, sport_name(key), group) for group, keys in USUAL_SPORTS.items() for key in keys}
        first = [known.get(option.key, option) for option in first]
    rest = [option for key, option in known.items() if key not in chosen]
    usual = {key for keys in USUAL_SPORTS.values() for key in keys}
    return (*first, *sorted(rest, key=lambda it: (it.key not in usual, it.group, it.name)))


def league_options() -> tuple[Option, ...]:
    """The leagues football-data.co.uk has prices of, the best first."""
    from betting_tui.engine.sources.football_data_leagues import LEAGUES

    named = [(it.sport_key, *it.title.split(" - ", 1)) for it in LEAGUES if not it.country_file]
    return tuple(Option(key, name, country) for key, name, country in named)


def book_options(feed: Feed, chosen: Iterable[str]) -> tuple[Option, ...]:
    """The chosen ones first, then those that feed has prices of."""
    groups = {"": FOOTBALL_BOOKS} if feed == FOOTBALL else _BOOKS
    known = {key: Option(key, book(key), group) for group, keys in groups.items() for key in keys}
    chosen = tuple(chosen)
    first = [known.get(key) or Option(key, book(key), "") for key in chosen]
    return (*first, *(option for key, option in known.items() if key not in chosen))


def regions_of(books: int) -> int:
    """How many regions so many named bookmakers are charged as: ten are one."""
    return max(1, math.ceil(books / BOOKS_A_REGION))
