"""What the engine is given: time, prices, feeds, notices. Rooms meet through these, never through each other."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable

from msgspec import Struct

from betting_tui.engine.core.bet_views import NotPlaced
from betting_tui.engine.core.commands import Fill, Place
from betting_tui.engine.core.decoded import DecodedOdds, DecodedScores
from betting_tui.engine.core.model import Event, LineKey, Opportunity, PastPrice, Quote, Selection, Side, Sport
from betting_tui.engine.core.odds import OddsFormat


class Clock(Protocol):
    """The only way to know or to wait for time."""

    def now(self) -> datetime:
        """Aware UTC."""

    def monotonic(self) -> float:
        """Seconds on a clock that never goes back, for durations."""

    async def sleep(self, seconds: float) -> None:
        """Wait that many of this clock's seconds."""


# The feed that is made on this machine: it costs nothing, and its seed remakes what it says.
SIMULATED = "simulated"


class AnswerKind(StrEnum):
    SPORTS = "sports"
    EVENTS = "events"
    ODDS = "odds"
    SCORES = "scores"


class CreditReading(Struct, frozen=True):
    """What a provider says of the month's credits; None where a header was missing."""

    used: int | None
    remaining: int | None
    last_cost: int | None


class Answer(Struct, frozen=True):
    """One accepted answer of a feed, as received. This is what the archive keeps and replays decode.

    `odds_format` is how its prices were asked for; None where the decoder has to tell from the prices.
    """

    source: str
    kind: AnswerKind
    sport_key: str
    body: bytes
    received_at: datetime
    server_time: datetime | None = None
    credits: CreditReading | None = None
    markets: tuple[str, ...] = ()
    odds_format: OddsFormat | None = None


class OddsRequest(Struct, frozen=True):
    """What to ask a feed of odds. `bookmakers` win over `regions`; `event_ids` and starts narrow the answer down."""

    sport_key: str
    markets: tuple[str, ...] = ("h2h", "spreads", "totals")
    bookmakers: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    event_ids: tuple[str, ...] = ()
    starts_from: datetime | None = None
    starts_to: datetime | None = None
    bet_limits: bool = False
    links: bool = False
    sids: bool = False


class Source(Protocol):
    """A feed. Fetching touches the network or a file; decoding is pure, so a replay decodes the same bytes."""

    @property
    def name(self) -> str: ...

    async def sports(self) -> tuple[Sport, ...]:
        """What can be asked for; free of credits. Raises SourceError."""

    async def fetch_odds(self, request: OddsRequest) -> Answer:
        """Raises SourceError."""

    async def fetch_scores(self, sport_key: str, days_from: int) -> Answer:
        """Raises SourceError."""

    def decode_odds(self, answer: Answer) -> DecodedOdds:
        """Bad events and prices are counted in `rejected`; BadAnswer only when nothing can be read."""

    def decode_scores(self, answer: Answer) -> DecodedScores: ...

    async def aclose(self) -> None: ...


class ResultsSource(Protocol):
    """A feed of results only. Like `Source`, it fetches with effects and decodes without."""

    @property
    def name(self) -> str: ...

    def covers(self, sport_key: str) -> bool:
        """Whether this sport can be asked for at all; fetching another raises RequestRejected."""

    async def fetch_scores(self, sport_key: str, days_from: int) -> Answer:
        """Results of today and the `days_from` days before. Raises SourceError."""

    def decode_scores(self, answer: Answer) -> DecodedScores:
        """Bad games are counted in `rejected`; BadAnswer only when nothing can be read."""

    async def aclose(self) -> None: ...


class MarketView(Protocol):
    """The current prices, read-only: what strategies, brokers and queries may see of the board."""

    def event(self, event_id: str) -> Event | None: ...

    def events(self) -> Sequence[Event]: ...

    def lines(self, event_id: str) -> Sequence[LineKey]: ...

    def quotes(self, line: LineKey) -> Sequence[Quote]:
        """All sides, all books, in a fixed order (selection name, then bookmaker)."""

    def quote(self, selection: Selection, bookmaker: str, side: Side = Side.BACK) -> Quote | None: ...

    def previous(self, selection: Selection, bookmaker: str, side: Side = Side.BACK) -> PastPrice | None:
        """The quote before the last change of price, if one was seen."""


class Broker(Protocol):
    """Turns a placement into fills. The only one shipped works on paper."""

    def decide(self, command: Place, now: datetime) -> tuple[Fill, ...] | NotPlaced:
        """One fill a leg, or the reason why nothing was accepted."""


class NoticeKind(StrEnum):
    HIGH_VALUE = "high_value"
    ARBITRAGE = "arbitrage"
    BET_PLACED = "bet_placed"
    BET_SETTLED = "bet_settled"
    REVIEW = "review"
    DAILY_SUMMARY = "daily_summary"
    PROBLEM = "problem"


class Notice(Struct, frozen=True):
    """Something worth telling, once. Texts are plain: no markup, no control characters."""

    kind: NoticeKind
    key: str
    title: str
    body: str
    urgent: bool = False


class Channel(Protocol):
    """A way to tell the user. Must return within its own bound and never raise."""

    @property
    def name(self) -> str: ...

    @property
    def status(self) -> str:
        """`ready`, or why nothing is shown through it."""

    async def send(self, notice: Notice) -> bool:
        """True when the channel believes it was shown."""


class LineBook(Struct, frozen=True):
    """All quotes of one line at one moment: what a strategy looks at."""

    event: Event
    line: LineKey
    quotes: tuple[Quote, ...]


class Strategy(Protocol):
    """Finds opportunities on one line. Pure: same line and time, same answer."""

    @property
    def name(self) -> str: ...

    def scan(self, book: LineBook, now: datetime) -> Sequence[Opportunity]: ...


@runtime_checkable
class ExplainsItself(Protocol):
    """A strategy that can say why it left a price alone."""

    def stopped_by(self, book: LineBook, quote: Quote, now: datetime) -> str:
        """The first of its checks that this price did not pass, in words with its numbers; empty when it found it."""
