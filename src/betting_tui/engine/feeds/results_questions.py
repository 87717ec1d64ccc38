"""What to ask a results feed for: as many days as the open events need and the feed goes back, or single days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from math import ceil
from typing import Protocol, runtime_checkable

from msgspec import Struct

from betting_tui.engine.core.model import Event
from betting_tui.engine.core.ports import Answer, ResultsSource, Source
from betting_tui.engine.feeds.wiring import ResultsFeed
from betting_tui.engine.sources.guarded import Guarded

# The Odds API keeps finished games for three days, and asked for no days back it tells of none at all.
_BOUNDS = {"the_odds_api": (1, 3)}
_OTHER_BOUNDS = (0, 7)
# What football-data.co.uk's current file holds for certain; before it, the season's own file is asked for.
_ONE_FILE_DAYS = 120
_MOST_DAYS, _MOST_SEASONS = 4, 2
_NEW_SEASON_MONTH = 7


@runtime_checkable
class DaySource(Protocol):
    """A feed that can be asked for the day of a start, however long ago."""

    async def fetch_day(self, sport_key: str, start: datetime) -> Answer: ...


@runtime_checkable
class SeasonSource(Protocol):
    """A feed that keeps whole seasons, named by the year they began in."""

    async def fetch_season(self, sport_key: str, first_year: int) -> Answer: ...


class Days(Struct, frozen=True):
    """Today and so many days before."""

    back: int
    events: tuple[Event, ...]


class Day(Struct, frozen=True):
    start: datetime
    events: tuple[Event, ...]


class Season(Struct, frozen=True):
    first_year: int
    events: tuple[Event, ...]


Question = Days | Day | Season


def questions(feed: ResultsFeed, events: Sequence[Event], now: datetime, days_from: int) -> tuple[Question, ...]:
    """For started events of one sport, the most urgent first; none when the feed cannot know of any of them.

    What began up to `days_from` days ago is asked for together; single days and seasons only so many at a time.
    """
    source = _inner(feed)
    fewest, most = _BOUNDS.get(source.name, _OTHER_BOUNDS)
    if isinstance(source, SeasonSource):
        return _by_file(events, now)
    if not isinstance(source, DaySource):
        # A game that was put off is among the latest ones, however long ago it was to begin.
        back = max((_back(event, now) for event in events), default=0)
        return (Days(min(max(back, fewest), most), tuple(events)),) if events else ()
    near_days = min(max(days_from, fewest), most)
    near = [event for event in events if _back(event, now) <= near_days]
    asked: list[Question] = [Days(max(fewest, *(_back(each, now) for each in near)), tuple(near))] if near else []
    days: dict[date, list[Event]] = {}
    for event in events:
        if event not in near:
            days.setdefault(event.commence_time.date(), []).append(event)
    asked.extend(Day(same[0].commence_time, tuple(same)) for same in list(days.values())[:_MOST_DAYS])
    return tuple(asked)


async def ask(feed: ResultsFeed, sport_key: str, question: Question) -> Answer:
    """Raises SourceError."""
    inner = _inner(feed)
    match question:
        case Days(back=back):
            return await feed.source.fetch_scores(sport_key, back)
        case Day(start=start) if isinstance(inner, DaySource):
            return await feed.guard.run(lambda _: inner.fetch_day(sport_key, start))
        case Season(first_year=year) if isinstance(inner, SeasonSource):
            return await feed.guard.run(lambda _: inner.fetch_season(sport_key, year))
        case _:
            raise TypeError(f"{feed.source.name} cannot be asked for {type(question).__name__}")


def _inner(feed: ResultsFeed) -> Source | ResultsSource:
    """What is asked behind the guard that everybody's questions go through."""
    source = feed.source
    return source.inner if isinstance(source, Guarded) else source


def _by_file(events: Sequence[Event], now: datetime) -> tuple[Question, ...]:
    """One file holds a whole season, so its latest games cost nothing more than one of them."""
    near = [event for event in events if _back(event, now) <= _ONE_FILE_DAYS]
    asked: list[Question] = [Days(max(_back(each, now) for each in near), tuple(near))] if near else []
    seasons: dict[int, list[Event]] = {}
    for event in events:
        if event not in near:
            start = event.commence_time
            seasons.setdefault(start.year - (start.month < _NEW_SEASON_MONTH), []).append(event)
    asked.extend(Season(year, tuple(same)) for year, same in list(seasons.items())[:_MOST_SEASONS])
    return tuple(asked)


def _back(event: Event, now: datetime) -> int:
    """Days to go back for it; never too few, whatever clock the feed sorts its days by."""
    return max(0, ceil((now - event.commence_time) / timedelta(days=1)))
