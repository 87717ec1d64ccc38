"""The real feeds, made from the settings: which can be asked, in which order, and what the others lack."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from betting_tui.engine.config import Settings
from betting_tui.engine.core.errors import UsageError
from betting_tui.engine.core.feed_views import FeedStatus
from betting_tui.engine.core.ports import Clock, OddsRequest, ResultsSource
from betting_tui.engine.feeds.office import FeedSet
from betting_tui.engine.feeds.wiring import Feed, PollPlan, ResultsFeed
from betting_tui.engine.sources import espn, football_data, sports_db, the_odds_api
from betting_tui.engine.sources.cache import Cache, FolderCache
from betting_tui.engine.sources.failover import missing_need
from betting_tui.engine.sources.football_data_leagues import BY_SPORT, LEAGUES
from betting_tui.engine.sources.guarded import GuardedResults, GuardedSource
from betting_tui.engine.sources.http import HttpClient
from betting_tui.engine.sources.resilience import Guard, Policy
from betting_tui.engine.sources.the_odds_api_costs import cheaper

CACHE_FOLDER = "cache"
FOOTBALL_SPORTS = "data_sources.football_data.sports"
_ODDS_FEEDS = (the_odds_api.NAME, football_data.NAME, "odds_scraping")
_RESULTS_FEEDS = (espn.NAME, the_odds_api.NAME, football_data.NAME, sports_db.NAME)
# Sites that are free are asked gently.
_POLITE = Policy(requests=2, per_seconds=1.0)


def live_feeds(settings: Settings, data_dir: Path, clock: Clock) -> FeedSet:
    """Those the settings name, in their orders. Nothing is asked yet. Raises UsageError for a name that is no feed."""
    chosen = settings.data_sources
    odds_order: tuple[str, ...] = chosen.priority_order
    results_order: tuple[str, ...] = settings.results.order
    _check_names("data_sources.priority_order", odds_order, _ODDS_FEEDS)
    _check_names("results.order", results_order, _RESULTS_FEEDS)
    names: dict[str, None] = dict.fromkeys((*odds_order, *results_order))
    needs = {name: missing_need(name, settings) or "" for name in names}
    cache = FolderCache(data_dir / CACHE_FOLDER)
    usable = [name for name in names if not needs[name]]
    odds = {name: _odds_feed(name, settings, cache, clock) for name in usable if name in _ODDS_FEEDS}
    results = {name: _results_feed(name, settings, odds, clock) for name in usable if name in _RESULTS_FEEDS}
    return FeedSet(
        odds=tuple(odds[name] for name in dict.fromkeys(odds_order) if name in odds),
        unusable=tuple(FeedStatus(name, "off", text) for name, text in needs.items() if text),
        results=tuple(results[name] for name in dict.fromkeys(results_order) if name in results),
        odds_order=odds_order,
        results_order=results_order,
        results_seconds=settings.results.poll_minutes * 60,
        cache=cache if chosen.cache.enabled else None,
        cache_seconds=chosen.cache.ttl_minutes * 60,
    )


def the_odds_api_feed(settings: Settings, clock: Clock) -> Feed:
    """The Odds API with the configured key, sports, markets and share of the month's credits."""
    chosen = settings.data_sources.the_odds_api
    guard = Guard(the_odds_api.NAME, clock, Policy(deadline_seconds=chosen.timeout_seconds))
    source = the_odds_api.TheOddsApiSource(settings.api_keys.the_odds_api, chosen, _http(settings), clock, guard=guard)
    question = cheaper(OddsRequest("", chosen.markets, settings.bookmakers.mine))
    plan = PollPlan(
        sports=chosen.sports,
        markets=chosen.markets,
        bookmakers=question.bookmakers,
        regions=question.regions,
        seconds=max(60.0, settings.data_sources.cache.ttl_minutes * 60) * max(1, len(chosen.sports)),
        results_seconds=settings.results.poll_minutes * 60,
        days_from=settings.results.days_from,
        daily_credits=chosen.daily_credits,
        odds_cost=source.cost(question),
        scores_cost=source.scores_cost(settings.results.days_from),
        bet_limits=chosen.bet_limits,
        links=chosen.links,
    )
    return Feed(source, plan, guard, metered=source)


def football_data_feed(settings: Settings, cache: Cache, clock: Clock) -> Feed:
    """football-data.co.uk: all its leagues with prices, or those of the settings. Raises UsageError for others."""
    chosen = settings.data_sources.football_data
    guard = Guard(football_data.NAME, clock, _POLITE)
    source = football_data.FootballDataSource(_http(settings), clock, cache, base_url=chosen.base_url)
    plan = PollPlan(
        sports=football_leagues(settings),
        markets=(),
        bookmakers=(),
        seconds=football_data.TTL_SECONDS,
        results_seconds=settings.results.poll_minutes * 60,
        days_from=settings.results.days_from,
        at_once=True,
    )
    return Feed(GuardedSource(source, guard), plan, guard, serves=frozenset(plan.sports).__contains__)


def football_leagues(settings: Settings) -> tuple[str, ...]:
    """The leagues whose prices are asked of football-data.co.uk. Raises UsageError for one that it has no prices of."""
    priced = tuple(league.sport_key for league in LEAGUES if not league.country_file)
    chosen = settings.data_sources.football_data.sports
    unknown = [sport for sport in chosen if sport not in priced]
    if unknown:
        raise UsageError(
            f"{FOOTBALL_SPORTS} names {unknown[0][:64]!r}, of which it has no prices: choose from {', '.join(priced)}"
        )
    return tuple(chosen) or priced


def _odds_feed(name: str, settings: Settings, cache: Cache, clock: Clock) -> Feed:
    if name == the_odds_api.NAME:
        return the_odds_api_feed(settings, clock)
    return football_data_feed(settings, cache, clock)


def _results_feed(name: str, settings: Settings, odds: dict[str, Feed], clock: Clock) -> ResultsFeed:
    """A feed that also has odds is the same one here, behind the same guard."""
    feed = odds.get(name)
    if feed is not None:
        covers = BY_SPORT.__contains__ if name == football_data.NAME else feed.serves
        return ResultsFeed(feed.source, feed.guard, covers, feed.plan.scores_cost)
    guard = Guard(name, clock, _POLITE)
    chosen = settings.data_sources
    source: ResultsSource = (
        espn.EspnSource(_http(settings), clock, chosen.espn.base_url)
        if name == espn.NAME
        else sports_db.SportsDbSource(
            settings.api_keys.thesportsdb, _http(settings), clock, chosen.thesportsdb.base_url
        )
    )
    return ResultsFeed(GuardedResults(source, guard), guard, source.covers)


def _http(settings: Settings) -> HttpClient:
    """One each: a feed that hangs holds up no other's connections."""
    return HttpClient(deadline_seconds=settings.data_sources.the_odds_api.timeout_seconds)


def _check_names(setting: str, names: Iterable[str], known: tuple[str, ...]) -> None:
    for name in names:
        if name not in known:
            raise UsageError(
                f"{setting} names {name[:64]!r}, which is no feed for that: choose from {', '.join(known)}"
            )
