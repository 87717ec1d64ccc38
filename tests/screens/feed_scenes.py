"""Feeds and credits for the screens: a working month, one without any, and one where every text is hostile."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from stub_engine import NOW

from betting_tui.engine.core.feed_views import CreditsView, FeedRow, FeedStatus, NotPolledRow, PlannedRow, SourcesView

RESET = datetime(2026, 5, 1, tzinfo=NOW.tzinfo)


def planned(minutes: float, sport: str, endpoint: str, cost: int, text: str) -> PlannedRow:
    return PlannedRow(NOW + timedelta(minutes=minutes), "the_odds_api", sport, endpoint, cost, text)


NBA_CLOSE = planned(30, "basketball_nba", "odds", 3, "close of 2 games")
TODAY = (
    NBA_CLOSE,
    planned(60, "icehockey_nhl", "events", 0, "start times, free"),
    planned(118, "icehockey_nhl", "odds", 3, "close of 1 game"),
    planned(318, "soccer_epl", "odds", 3, "looking for value before 4 starts"),
    planned(520, "basketball_nba", "scores", 2, "result of 2 games"),
)
NOT_POLLED = (
    NotPolledRow("americanfootball_nfl", "value", 3, "credits are kept for the days until 1 May"),
    NotPolledRow(
        "soccer_epl", "close", 1, "its sport is not among the subscribed ones: add it to the feed's sports", True
    ),
)


def month(*, runs_out: date | None = None) -> CreditsView:
    return CreditsView(
        feed="the_odds_api", used=88, left=412, reserved=64, planned=231, spent_today=12, day_cap=25, free_today=9,
        unsure=0, resets_at=RESET, today=TODAY, next_call=NBA_CLOSE, not_polled=NOT_POLLED, runs_out=runs_out,
    )  # fmt: skip


def untold_month() -> CreditsView:
    return CreditsView(
        feed="the_odds_api", used=None, left=None, reserved=0, planned=0, spent_today=0, day_cap=25, free_today=0,
        unsure=0, resets_at=RESET, today=(), next_call=None, not_polled=(), runs_out=None,
    )  # fmt: skip


def feed_rows() -> tuple[FeedRow, ...]:
    ago = NOW - timedelta(minutes=12)
    return (
        FeedRow(
            FeedStatus("the_odds_api", "ok", "", ago, NOW + timedelta(minutes=30), 88, 412, rejected=3),
            ("odds", "results"), sports=("basketball_nba", "icehockey_nhl", "soccer_epl"), requests=41, retries=2,
        ),
        FeedRow(FeedStatus("football_data", "waiting", "stands by: The Odds API answers"), ("odds", "results")),
        FeedRow(FeedStatus("odds_scraping", "off"), ("odds",), needs="its scrapers come in a later version"),
        FeedRow(
            FeedStatus("espn", "degraded", "ESPN answered with an error (HTTP 503)", NOW - timedelta(hours=26)),
            ("results",), sports=("basketball_nba",), requests=9, retries=6, resting_until=NOW + timedelta(minutes=4),
        ),
        FeedRow(FeedStatus("thesportsdb", "waiting", "not asked yet"), ("results",)),
    )  # fmt: skip


ODDS_ORDER = ("the_odds_api", "football_data", "odds_scraping")
RESULTS_ORDER = ("espn", "the_odds_api", "football_data", "thesportsdb")


def working_sources() -> SourcesView:
    return SourcesView(feed_rows(), (month(),), ODDS_ORDER, RESULTS_ORDER)


def keyless_sources() -> SourcesView:
    """No feed of odds can be asked."""
    need = "needs a key: k in the app, or api_keys.the_odds_api, or THE_ODDS_API_KEY"
    return SourcesView(
        (
            FeedRow(FeedStatus("the_odds_api", "off", need), ("odds", "results"), needs=need),
            FeedRow(FeedStatus("espn", "waiting", "not asked yet"), ("results",)),
        ),
        (), ("the_odds_api",), ("espn", "the_odds_api"),
    )  # fmt: skip


def hostile_sources(texts: Sequence[str]) -> SourcesView:
    feeds = tuple(
        FeedRow(FeedStatus(f"{at}{text}", "degraded", text), (text,), sports=(text,)) for at, text in enumerate(texts)
    )
    calls = tuple(PlannedRow(NOW, text, text, text, 3, text) for text in texts)
    left_out = tuple(NotPolledRow(text, text, 1, text, True) for text in texts)
    spent = CreditsView(
        feed=texts[0], used=1, left=2, reserved=9, planned=9, spent_today=3, day_cap=None, free_today=0, unsure=2,
        resets_at=RESET, today=calls, next_call=calls[-1], not_polled=left_out, runs_out=date(2026, 4, 20),
    )  # fmt: skip
    return SourcesView(feeds, (spent,), (texts[0],), (texts[0],))
