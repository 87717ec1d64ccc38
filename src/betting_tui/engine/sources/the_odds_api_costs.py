"""What a question to The Odds API costs in credits, and the cheaper of two ways to ask for the same bookmakers."""

from __future__ import annotations

import math
from itertools import combinations

from msgspec.structs import replace

from betting_tui.engine.core.ports import OddsRequest

BOOKS_PER_REGION = 10
HISTORICAL_FACTOR = 10
EVENT_MARKETS_COST = PARTICIPANTS_COST = HISTORICAL_EVENTS_COST = 1

# Which bookmakers a region's answer holds: those that a recorded answer of that region held, or whose own country says
# it. A bookmaker that is missing here is asked for by name.
REGION_BOOKS: dict[str, frozenset[str]] = {
    "us": frozenset(
        "betmgm betonlineag betrivers betus bovada draftkings fanatics fanduel lowvig mybookieag williamhill_us".split()
    ),
    "us2": frozenset("ballybet betanysports betparx espnbet fliff hardrockbet rebet".split()),
    "uk": frozenset(
        "betfair_ex_uk betfair_sb_uk betfred_uk betvictor betway boylesports casumo coral grosvenor ladbrokes_uk"
        " leovegas livescorebet paddypower skybet smarkets unibet virginbet williamhill".split()
    ),
    "eu": frozenset(
        "betclic_fr betfair_ex_eu betonlineag betsson codere_it coolbet everygame gtbets leovegas_se marathonbet"
        " matchbook mybookieag nordicbet onexbet pinnacle pmu_fr sport888 suprabets tipico_de unibet_fr unibet_nl"
        " unibet_se williamhill winamax_de winamax_fr".split()
    ),
    "au": frozenset(
        "betfair_ex_au betr_au betright dabble_au ladbrokes_au neds playup pointsbetau sportsbet tab tabtouch"
        " unibet".split()
    ),
}


def odds_cost(request: OddsRequest) -> int:
    """Credits an odds question takes at most: markets x regions, where each started ten of named books is a region.

    The list of all games costs that when anything comes back and nothing when it is empty; one event's odds cost it
    for the markets that come back.
    """
    return len(dict.fromkeys(request.markets)) * _regions(request)


def historical_cost(request: OddsRequest) -> int:
    """Credits a historical odds question takes, for all games or for one event: ten times a current one."""
    return HISTORICAL_FACTOR * odds_cost(request)


def scores_cost(days_from: int) -> int:
    """Credits a scores question takes: 1 for live and upcoming, 2 with finished games of the last days."""
    return 2 if days_from else 1


def cheaper(request: OddsRequest) -> OddsRequest:
    """The same bookmakers for fewer credits: by name, or by the fewest regions that hold them all.

    Names win a tie, for their answer is smaller and is what was asked. Without bookmakers the regions stay as they are,
    each once. A bookmaker of no known region is always asked for by name, and so are then all the others.
    """
    books = tuple(dict.fromkeys(request.bookmakers))
    if not books:
        return replace(request, regions=tuple(dict.fromkeys(request.regions)))
    by_name = replace(request, bookmakers=books, regions=())
    for count in range(1, math.ceil(len(books) / BOOKS_PER_REGION)):
        for regions in combinations(REGION_BOOKS, count):
            if set(books) <= frozenset().union(*(REGION_BOOKS[region] for region in regions)):
                return replace(request, bookmakers=(), regions=regions)
    return by_name


def _regions(request: OddsRequest) -> int:
    books = len(dict.fromkeys(request.bookmakers))
    return math.ceil(books / BOOKS_PER_REGION) if books else len(dict.fromkeys(request.regions))
