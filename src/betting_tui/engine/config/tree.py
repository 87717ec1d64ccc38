"""The settings tree: every key with its default and what it may hold. No file is needed."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Literal

from msgspec import Struct, field

from betting_tui.engine.config.kinds import (
    Age,
    Amount,
    BookmakerKey,
    Cents,
    ClockSpan,
    ClockTime,
    CloseAge,
    CommissionRate,
    Count,
    CurrencyCode,
    Deadline,
    DecimalOdds,
    Expression,
    FeedKey,
    HttpUrl,
    KeyPresses,
    Minutes,
    PollMinutes,
    PositiveAmount,
    ResultDays,
    Share,
    SharpName,
    Threshold,
    TimeZoneName,
    WebhookUrl,
    WholeFrom1,
)
from betting_tui.engine.core.closes import DEFAULT_MAX_AGE_MINUTES

DEFAULT_MINE = (
    "pinnacle", "fanduel", "draftkings", "betmgm", "williamhill_us", "betrivers", "fanatics", "espnbet",
    "betonlineag", "lowvig",
)  # fmt: skip
DEFAULT_SPORTS = ("basketball_nba", "icehockey_nhl", "americanfootball_nfl", "soccer_epl")
OddsFormatName = Literal["american", "decimal", "fractional", "hong_kong"]
OddsSourceName = Literal["the_odds_api", "football_data", "odds_scraping"]
ResultsSourceName = Literal["espn", "the_odds_api", "football_data", "thesportsdb"]
NoticeKindName = Literal[
    "high_value", "arbitrage", "bet_placed", "bet_settled", "review", "daily_summary", "problem"
]  # fmt: skip


class ApiKeys(Struct, frozen=True, forbid_unknown_fields=True):
    """Secrets: never shown, whoever prints the settings."""

    the_odds_api: str | None = None
    thesportsdb: str | None = None

    def __repr__(self) -> str:
        return f"ApiKeys({', '.join(f'{name}={shown}' for name, shown in self.__rich_repr__())})"

    def __rich_repr__(self) -> Iterator[tuple[str, str | None]]:  # type: ignore[override]
        yield "the_odds_api", "<hidden>" if self.the_odds_api else None
        yield "thesportsdb", "<hidden>" if self.thesportsdb else None


class Accounts(Struct, frozen=True, forbid_unknown_fields=True):
    """`current` None: the one last used, at first `main`."""

    current: str | None = None


class PaperTrading(Struct, frozen=True, forbid_unknown_fields=True):
    """Amounts in major units. Shares and fractions: 0.05 = 5 %."""

    starting_bankroll: Amount = Decimal(10_000)
    currency: CurrencyCode = "USD"
    bet_sizing_method: Literal["flat", "percent", "kelly"] = "flat"
    auto_kelly_sizing: bool = False
    flat_bet_size: PositiveAmount = Decimal(100)
    percent_bet_size: Share = 0.01
    kelly_fraction: Share = 0.25
    max_bet_share: Share = 0.05
    stake_unit: PositiveAmount = Decimal(1)
    min_stake: Amount = Decimal(1)


class ValueBetting(Struct, frozen=True, forbid_unknown_fields=True):
    enabled: bool = True
    min_edge: Threshold = 0.05
    devig: Literal["power", "multiplicative"] = "power"
    min_books: WholeFrom1 = 3


class LineShopping(Struct, frozen=True, forbid_unknown_fields=True):
    enabled: bool = True
    min_difference: Cents = 5.0
    min_books: WholeFrom1 = 3


class Arbitrage(Struct, frozen=True, forbid_unknown_fields=True):
    enabled: bool = True
    min_profit_margin: Threshold = 0.01


class Strategies(Struct, frozen=True, forbid_unknown_fields=True):
    value_betting: ValueBetting = ValueBetting()
    line_shopping: LineShopping = LineShopping()
    arbitrage: Arbitrage = Arbitrage()
    max_quote_age_seconds: Age = 300.0
    floating_start_max_age_seconds: Age = 120.0
    suspicious_edge: Share = 0.25
    suspicious_margin: Share = 0.10


class Cache(Struct, frozen=True, forbid_unknown_fields=True):
    enabled: bool = True
    ttl_minutes: Minutes = 5.0


class TheOddsApi(Struct, frozen=True, forbid_unknown_fields=True):
    base_url: HttpUrl = "https://api.the-odds-api.com"
    sports: tuple[FeedKey, ...] = DEFAULT_SPORTS
    markets: tuple[FeedKey, ...] = ("h2h", "spreads", "totals")
    odds_format: Literal["american", "decimal"] = "american"
    daily_credits: Count = 25
    timeout_seconds: Deadline = 20.0
    bet_limits: bool = False
    links: bool = False


class FootballData(Struct, frozen=True, forbid_unknown_fields=True):
    """football-data.co.uk: free, no key. `sports` empty: all of its leagues."""

    base_url: HttpUrl = "https://www.football-data.co.uk"
    sports: tuple[FeedKey, ...] = ()


class Espn(Struct, frozen=True, forbid_unknown_fields=True):
    base_url: HttpUrl = "https://site.api.espn.com"


class TheSportsDb(Struct, frozen=True, forbid_unknown_fields=True):
    base_url: HttpUrl = "https://www.thesportsdb.com"


class DataSources(Struct, frozen=True, forbid_unknown_fields=True):
    """Odds are asked of the first source of `priority_order` that has the sport and can answer."""

    priority_order: tuple[OddsSourceName, ...] = ("the_odds_api", "football_data", "odds_scraping")
    cache: Cache = Cache()
    the_odds_api: TheOddsApi = TheOddsApi()
    football_data: FootballData = FootballData()
    espn: Espn = Espn()
    thesportsdb: TheSportsDb = TheSportsDb()


class Results(Struct, frozen=True, forbid_unknown_fields=True):
    """`order`: whom to ask for results, one after the other, for what the ones before have left open."""

    order: tuple[ResultsSourceName, ...] = ("espn", "the_odds_api", "football_data", "thesportsdb")
    days_from: ResultDays = 3
    poll_minutes: PollMinutes = 60.0


class Bookmakers(Struct, frozen=True, forbid_unknown_fields=True):
    """`sharp` is walked in order; a place may hold several books of one opinion. `commission` overrides the table."""

    mine: tuple[BookmakerKey, ...] = DEFAULT_MINE
    sharp: tuple[SharpName, ...] = ("pinnacle", "exchange_midpoint", "lowvig/betonlineag")
    commission: dict[str, CommissionRate] = field(default_factory=dict)


class Risk(Struct, frozen=True, forbid_unknown_fields=True):
    """What an account may place unless it has limits of its own. Amounts in major units; exposures, the daily loss and
    the drawdown are shares of the bankroll. `risk_tolerance` fills in what is not set; without one: medium.
    """

    risk_tolerance: Literal["low", "medium", "high", "none"] | None = None
    max_bet_size: PositiveAmount | None = None
    max_bet_share: Share | None = None
    daily_bet_limit: PositiveAmount | None = None
    monthly_bet_limit: PositiveAmount | None = None
    max_daily_loss: PositiveAmount | None = None
    max_daily_loss_share: Share | None = None
    max_open_bets: WholeFrom1 | None = None
    max_event_exposure: Share | None = None
    max_league_exposure: Share | None = None
    max_bookmaker_exposure: Share | None = None
    max_total_exposure: Share | None = None
    max_kelly_fraction: Share | None = None
    min_odds: DecimalOdds | None = None
    max_odds: DecimalOdds | None = None
    min_edge: Threshold | None = None
    cool_down_losses: WholeFrom1 | None = None
    cool_down_minutes: Minutes = 60.0
    max_drawdown: Share | None = None
    max_bets_per_hour: WholeFrom1 | None = None
    max_auto_bets_per_hour: Count = 20


class Execution(Struct, frozen=True, forbid_unknown_fields=True):
    """`verify`: whether a price is asked for again right before a bet on it: `auto` while the day's free credits pay
    for it, `ask` when the person says so for that bet, `never`."""

    mode: Literal["paper"] = "paper"
    verify: Literal["auto", "ask", "never"] = "auto"
    warn_clock_skew_seconds: Age = 30.0
    max_clock_skew_seconds: Age = 120.0


class Notifications(Struct, frozen=True, forbid_unknown_fields=True):
    """`quiet_hours` (`22:00-07:00`, in `ui.time_zone`) hold back pop-ups and the webhook, toasts never.

    `webhook_url` is a secret: whoever has it can write in the user's name. `webhook_kinds` go to it.
    """

    enabled: bool = True
    desktop: bool = True
    high_value_threshold: Threshold = 0.10
    arbitrage_alerts: bool = True
    bet_settled: bool = True
    daily_summary: bool = True
    quiet_hours: ClockSpan | None = None
    webhook_url: WebhookUrl | None = None
    webhook_kinds: tuple[NoticeKindName, ...] = (
        "high_value", "arbitrage", "bet_settled", "review", "daily_summary", "problem",
    )  # fmt: skip

    def __repr__(self) -> str:
        return f"Notifications({', '.join(f'{name}={shown!r}' for name, shown in self.__rich_repr__())})"

    def __rich_repr__(self) -> Iterator[tuple[str, object]]:  # type: ignore[override]
        for name in self.__struct_fields__:
            value = getattr(self, name)
            yield name, "<hidden>" if name == "webhook_url" and value else value


class Preset(Struct, frozen=True, forbid_unknown_fields=True):
    """A saved filter."""

    where: Expression = ""


class Storage(Struct, frozen=True, forbid_unknown_fields=True):
    """The `*_file` names are the older JSON layout: offered for import, never written."""

    bets_file: str | None = None
    results_file: str | None = None
    state_file: str | None = None
    data_dir: str | None = None
    daily_files: bool = False
    archive_max_mb: WholeFrom1 = 500
    archive_days: WholeFrom1 = 90


class Reports(Struct, frozen=True, forbid_unknown_fields=True):
    """`close_max_age_minutes`: a price older than that before the start is no closing line; 0 for no limit."""

    close_max_age_minutes: CloseAge = DEFAULT_MAX_AGE_MINUTES

    @property
    def close_max_age(self) -> int | None:
        """In minutes; None for no limit."""
        return self.close_max_age_minutes or None


class Ui(Struct, frozen=True, forbid_unknown_fields=True):
    """`keys`: other keys for an action, by the action's id."""

    odds_format: OddsFormatName = "american"
    time_zone: TimeZoneName = "local"
    day_starts_at: ClockTime = "06:00"
    theme: str = "betting-dark"
    keys: dict[str, KeyPresses] = field(default_factory=dict)


class Log(Struct, frozen=True, forbid_unknown_fields=True):
    level: Literal["debug", "info", "warning", "error"] = "info"


class Settings(Struct, frozen=True, forbid_unknown_fields=True):
    api_keys: ApiKeys = ApiKeys()
    accounts: Accounts = Accounts()
    paper_trading: PaperTrading = PaperTrading()
    strategies: Strategies = Strategies()
    data_sources: DataSources = DataSources()
    results: Results = Results()
    bookmakers: Bookmakers = field(default_factory=Bookmakers)
    risk: Risk = Risk()
    execution: Execution = Execution()
    notifications: Notifications = Notifications()
    presets: dict[str, Preset] = field(default_factory=dict)
    storage: Storage = Storage()
    reports: Reports = Reports()
    ui: Ui = field(default_factory=Ui)
    log: Log = Log()
