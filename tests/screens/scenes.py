"""Fixed scenes for the screens: an empty account, a busy afternoon, and one where every name is hostile."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import cycle

from feed_scenes import hostile_sources, keyless_sources, working_sources
from market_scenes import afternoon, hostile_board
from msgspec.structs import replace
from stub_engine import NOW, Scene

from betting_tui.engine.core.accounts import AccountSettings, AccountStatus, Breaker, BreakerName, SizingChoice
from betting_tui.engine.core.bet_views import BetRow, OpenBetRow, OrderRow
from betting_tui.engine.core.feed_views import FeedStatus
from betting_tui.engine.core.log_views import LogLevel, LogLine
from betting_tui.engine.core.model import (
    DRAW,
    BetKind,
    BetResult,
    BetState,
    EntryKind,
    Event,
    Evidence,
    Funding,
    Leg,
    LineKey,
    Opportunity,
    Origin,
    OutcomeSet,
    Selection,
    Side,
)
from betting_tui.engine.core.money_views import (
    AccountView,
    BalancePoint,
    BankrollView,
    BookBalance,
    LedgerRow,
    LimitUse,
)
from betting_tui.engine.core.odds import OddsFormat, parse_price
from betting_tui.engine.core.opportunity_views import BookShare, JudgedPrice, OpportunityRow, Verdict, Why
from betting_tui.engine.core.report_views import ReportGroup, ReportView
from betting_tui.engine.core.status_views import Overview, Recovery, SystemView
from hostile import HOSTILE

LAKERS = "value-lakers"
OVER = "value-over"
ARBITRAGE = "arbitrage-stars"
BRIGHTON = "value-brighton"
SUSPICIOUS = "value-leeds"
GAP = "gap-knicks"


def event(name: str, sport: str, title: str, minutes: float) -> Event:
    """`Away @ Home` or `Home v Away`, as the sport writes it."""
    away, at, home = name.partition(" @ ")
    if not at:
        home, _, away = name.partition(" v ")
    return Event(f"ev-{name}", sport, title, NOW + timedelta(minutes=minutes), home, away)


NBA = event("Celtics @ Lakers", "basketball_nba", "NBA", 42)
KNICKS = event("Heat @ Knicks", "basketball_nba", "NBA", 75)
NHL = event("Stars @ Wild", "icehockey_nhl", "NHL", 130)
EPL = event("Brighton v Spurs", "soccer_epl", "EPL", 330)
LEEDS = event("Leeds v Wolves", "soccer_epl", "EPL", 330)


def selection(of: Event, market: str, name: str, point: float | None = None) -> Selection:
    three = market == "h2h" and of.sport_key.startswith("soccer")
    outcomes = OutcomeSet.THREE_WAY if three else OutcomeSet.TWO_WAY
    home_point = -point if point is not None and market == "spreads" and name == of.away_team else point
    return Selection(LineKey(of.id, market, outcomes, point=home_point), name, point)


def leg(of: Event, market: str, name: str, book: str, price: str, point: float | None = None) -> Leg:
    form = OddsFormat.AMERICAN if price[0] in "+-" else OddsFormat.DECIMAL
    quoted = NOW - timedelta(seconds=12)
    return Leg(
        selection(of, market, name, point), book, parse_price(price, form),
        quoted_at=quoted, seen_at=NOW, source="the_odds_api",
    )  # fmt: skip


def value(
    row_id: str, of: Event, pick: Leg, *, edge: float | None, fair: float | None, stake: int,
    flags: tuple[str, ...] = (), age: float = 12.0, taken: bool = False, cents: float | None = None,
) -> OpportunityRow:  # fmt: skip
    strategy = "line_shopping" if cents is not None else "value_betting"
    opportunity = Opportunity(
        row_id, strategy, of, pick.selection.line, (pick,), NOW - timedelta(minutes=2), NOW + timedelta(minutes=3),
        edge=edge, edge_low=None if edge is None else edge * 0.7, difference_cents=cents,
        fair_probability=None if fair is None else 1 / fair, fair_odds=fair, method="power devig · pinnacle",
        books=("pinnacle",), confidence="high", flags=flags,
    )  # fmt: skip
    return OpportunityRow(opportunity, stake, "" if stake else "price gap alone", age, taken)


def rows() -> tuple[OpportunityRow, ...]:
    stars = leg(NHL, "h2h", "Stars", "draftkings", "+110")
    wild = leg(NHL, "h2h", "Wild", "williamhill_us", "-104")
    arbitrage = Opportunity(
        ARBITRAGE, "arbitrage", NHL, stars.selection.line,
        (replace(stars, stake_minor=9_700), replace(wild, stake_minor=10_300)),
        NOW - timedelta(minutes=1), NOW + timedelta(minutes=4), profit_margin=0.014,
    )  # fmt: skip
    return (
        value(LAKERS, NBA, leg(NBA, "h2h", "Lakers", "fanduel", "+150"), edge=0.05, fair=2.38, stake=2_500),
        value(OVER, NBA, leg(NBA, "totals", "Over", "betmgm", "-104", 224.5), edge=0.032, fair=1.901, stake=1_800),
        OpportunityRow(arbitrage, 20_000, "", 31.0, False),
        value(
            BRIGHTON, EPL, leg(EPL, "spreads", "Brighton", "pinnacle", "2.050", 0.25),
            edge=0.041, fair=1.969, stake=2_200, age=58, taken=True,
        ),
        value(GAP, KNICKS, leg(KNICKS, "h2h", "Knicks", "betrivers", "-120"), edge=None, fair=None, stake=0, cents=14),
        value(
            SUSPICIOUS, LEEDS, leg(LEEDS, "h2h", DRAW, "betsson", "6.400"),
            edge=0.823, fair=3.51, stake=0, flags=("suspicious",), age=250,
        ),
    )  # fmt: skip


def why_of(row: OpportunityRow) -> Why:
    found = row.opportunity
    books = tuple(
        BookShare(name, parse_price(price, OddsFormat.AMERICAN), fair, weight, age, note)
        for name, price, fair, weight, age, note in (
            ("pinnacle", "+136", 0.420, 1.0, 9.0, "sharp"),
            ("betmgm", "+135", 0.417, 0.0, 11.0, ""),
            ("draftkings", "+130", 0.419, 0.0, 40.0, ""),
            ("fanduel", "+150", None, 0.0, 12.0, "a side is missing"),
        )
    )
    leg = found.legs[0]
    strategy = Verdict(found.strategy, "")
    others = (Verdict("line_shopping", "Pinnacle pays more"),) if found.strategy != "line_shopping" else ()
    judged = JudgedPrice(
        found.event, leg.selection, leg.bookmaker, leg.price, row.age_seconds, books, (strategy, *others),
        takeable=True, method="power devig · pinnacle" if found.fair_probability else None,
        fair_probability=found.fair_probability, low_probability=found.fair_probability and 0.413,
        high_probability=found.fair_probability and 0.426, edge=found.edge, edge_low=found.edge_low,
        confidence=found.confidence,
        no_fair_line="" if found.fair_probability else "2 independent books with fresh prices on every side, 3 needed",
    )  # fmt: skip
    return Why(
        judged, found, row.stake_minor, "quarter Kelly 84.00 → max bet 0.25 % of available", found.flags
    )  # fmt: skip


def why_not(of: Event, pick: Leg) -> Why:
    """Of a price nobody has found."""
    books = (
        BookShare("pinnacle", parse_price("+136", OddsFormat.AMERICAN), 0.42, 1.0, 9.0),
        BookShare(pick.bookmaker, pick.price, 0.419, 0.0, 40.0),
    )
    stopped = "edge -3.36 % is below 5 %"
    judged = JudgedPrice(
        of, pick.selection, pick.bookmaker, pick.price, 40.0, books,
        (Verdict("value_betting", stopped), Verdict("line_shopping", "FanDuel pays more")), takeable=True,
        method="power devig · pinnacle", fair_probability=0.42, low_probability=0.413, high_probability=0.426,
        edge=-0.0336, edge_low=-0.05, confidence="high",
    )  # fmt: skip
    return Why(judged, None, 0, "no edge at this price")


def bet(number: int, pick: Leg, of: Event, state: BetState, stake: int) -> BetRow:
    return BetRow(
        id=f"BET-{number:06d}", account="main", currency="USD", state=state, kind=BetKind.SINGLE, funding=Funding.CASH,
        origin=Origin.APP, strategy="value_betting", opportunity_id=f"opp-{number}", placement_id=number,
        stake_minor=stake, placed_at=NOW - timedelta(hours=number), event=of, line=pick.selection.line,
        selection=pick.selection.name, point=pick.selection.point, bookmaker=pick.bookmaker, side=Side.BACK,
        price=pick.price, evidence=Evidence.LATER_SNAPSHOT, source="the_odds_api", quoted_at=pick.quoted_at, edge=0.05,
        fair_probability=0.42,
    )  # fmt: skip


def _open_bets() -> tuple[OpenBetRow, ...]:
    lakers = bet(42, leg(NBA, "h2h", "Lakers", "fanduel", "+150"), NBA, BetState.PENDING, 2_500)
    brighton = bet(41, leg(EPL, "spreads", "Brighton", "pinnacle", "2.050", 0.25), EPL, BetState.PENDING, 2_200)
    wild = bet(40, leg(NHL, "h2h", "Wild", "betrivers", "-104"), NHL, BetState.REVIEW, 5_000)
    shorter, longer = parse_price("+140", OddsFormat.AMERICAN), parse_price("2.100", OddsFormat.DECIMAL)
    return (
        OpenBetRow(lakers, 6_250, shorter, 12.0, 42 * 60.0, "open", 0.021, 0.042),
        OpenBetRow(brighton, 4_510, longer, 58.0, 330 * 60.0, "open"),
        OpenBetRow(wild, 9_808, None, None, -1_800.0, "review"),
    )


def _done_bets() -> tuple[BetRow, ...]:
    over = bet(31, leg(NHL, "totals", "Over", "betmgm", "-110", 6.5), NHL, BetState.SETTLED, 2_494)
    heat = bet(30, leg(KNICKS, "h2h", "Heat", "caesars", "+180"), KNICKS, BetState.SETTLED, 2_000)
    return (
        replace(
            over, result=BetResult.WIN, return_minor=4_761, profit_minor=2_267, settled_at=NOW - timedelta(minutes=20),
            closing_price=parse_price("-118", OddsFormat.AMERICAN), clv_price=0.033, clv_net_odds=0.073,
        ),
        replace(
            heat, result=BetResult.LOSS, return_minor=0, profit_minor=-2_000, settled_at=NOW - timedelta(days=1),
            closing_missing="not polled",
        ),
    )  # fmt: skip


def _entries() -> tuple[LedgerRow, ...]:
    at = NOW - timedelta(minutes=5)
    return (
        LedgerRow(3, at, EntryKind.BET_PLACED, "BET-000042", "Lakers +150 FanDuel", -2_500, 998_735),
        LedgerRow(2, NOW - timedelta(minutes=20), EntryKind.BET_PAYOUT, "BET-000031", "Over 6.5 win", 4_761, 1_001_235),
        LedgerRow(1, NOW - timedelta(days=30), EntryKind.DEPOSIT, None, "starting bankroll", 1_000_000, 1_000_000),
    )


def _curve() -> tuple[BalancePoint, ...]:
    steps = (0, 0, 120, 260, 180, 90, 240, 420, 610, 560, 480, 412)
    first = NOW - timedelta(days=len(steps))
    return tuple(BalancePoint(first + timedelta(days=at), 1_000_000 + step * 100) for at, step in enumerate(steps))


def _group(name: str, bets: int, profit: int, clv: float | None) -> ReportGroup:
    return ReportGroup(
        name, bets, bets - 4, bets // 2, bets - 4 - bets // 2, 4, bets * 2_400, profit, profit / (bets * 2_400),
        (bets // 2) / (bets - 4), bets * 70, clv, None if clv is None else 0.91, 0 if clv is None else int(bets * 0.91),
        clv_ev=None if clv is None else clv - 0.003, clv_ev_coverage=None if clv is None else 0.84,
        clv_ev_count=0 if clv is None else int(bets * 0.84), beat_close=None if clv is None else 0.56,
        median_close_minutes=None if clv is None else 5,
    )  # fmt: skip


FEEDS = tuple(row.status for row in working_sources().feeds)


def _overview() -> Overview:
    return Overview(
        "live", "main", "USD", NOW, 1_041_235, 998_735, 3, FEEDS,
        next_poll=NOW + timedelta(minutes=30), next_poll_for="basketball_nba close of 2 games",
    )  # fmt: skip


def _system(feeds: tuple[FeedStatus, ...]) -> SystemView:
    return SystemView(
        "0.1.0", "3.11.9", "3.45.1", "8.2.8", "wal", "/home/me/.local/share/betting-tui",
        "/home/me/.config/betting-tui/config.yaml", "/home/me/.local/share/betting-tui/logs/betting-tui.log", "live",
        feeds, "toasts only: no desktop session", 151_552, 20_480_000, "Linux 6.8",
        webhook="it answers 500; 1 message not delivered", quiet_hours="22:00-07:00", memory_bytes=58_300_000,
        verified_at=NOW - timedelta(minutes=28),
    )  # fmt: skip


def log_line(seconds: float, level: LogLevel, text: str) -> LogLine:
    """Written so long before the scene's time, by whatever zone the machine has."""
    at = (NOW - timedelta(seconds=seconds)).astimezone()
    return LogLine(at.strftime("%Y-%m-%d %H:%M:%S") + f",{at.microsecond // 1000:03d}", level, text)


def log_lines() -> list[LogLine]:
    return [
        log_line(93_600, LogLevel.INFO, "betting_tui.engine: started, mode live"),
        log_line(300, LogLevel.DEBUG, "betting_tui.engine.feeds: asks for NBA, h2h"),
        log_line(61, LogLevel.INFO, "betting_tui.engine.feeds: NBA answered, 12 events"),
        log_line(60, LogLevel.ERROR, "betting_tui.engine.feeds: espn: an answer could not be read"),
        LogLine("", LogLevel.ERROR, "Traceback (most recent call last):"),
        LogLine("", LogLevel.ERROR, '  File "espn.py", line 7, in scores'),
        LogLine("", LogLevel.ERROR, "KeyError: 'competitions'"),
        log_line(1, LogLevel.WARNING, "betting_tui.engine.feeds: espn: HTTP 503, asked again in 4 min"),
    ]


def account(name: str, *, profit: int = 0, current: bool = False, books: bool = False) -> AccountView:
    return AccountView(
        name=name, status=AccountStatus.ACTIVE, currency="USD", time_zone="UTC", period=1, starting_minor=1_000_000,
        bankroll_minor=1_000_000 + profit, available_minor=957_500 + profit, exposure_minor=42_500, open_bets=3,
        settled_bets=412, profit_minor=profit, yield_fraction=0.019, sizing="flat 100.00",
        strategies=("value_betting", "line_shopping"), current=current, breakers=(),
        settings=AccountSettings(book_balances=books), created_at=NOW - timedelta(days=30),
    )  # fmt: skip


def accounts() -> tuple[AccountView, ...]:
    quarter = replace(
        account("quarter Kelly", profit=22_010), settled_bets=120, open_bets=0, exposure_minor=0, yield_fraction=0.031,
        sizing="quarter Kelly", strategies=("value_betting",),
        settings=AccountSettings(
            sizing=SizingChoice(method="kelly", kelly_fraction=0.25), strategies=("value_betting",)
        ),
    )  # fmt: skip
    euros = replace(
        account("euro value", profit=-50_400, books=True), currency="EUR", status=AccountStatus.SUSPENDED,
        yield_fraction=-0.04,
    )  # fmt: skip
    return (account("main", profit=41_235, current=True), quarter, euros)


def limits() -> tuple[LimitUse, ...]:
    return (
        LimitUse("daily stake", 31_200, 50_000, "money"),
        LimitUse("daily loss", 4_100, 25_000, "money"),
        LimitUse("open bets", 3, 30, "count"),
        LimitUse("in total", 0.042, 0.25, "share"),
        LimitUse("drawdown", 0.018, 0.15, "share"),
    )


def daily_loss(*, until_hours: float | None = 18.5) -> Breaker:
    until = None if until_hours is None else NOW + timedelta(hours=until_hours)
    reason = "lost 520.00 today, limit 500.00"
    return Breaker(7, "main", BreakerName.DAILY_LOSS, reason, NOW - timedelta(minutes=9), until)


def working_orders() -> tuple[OrderRow, ...]:
    pick = replace(leg(NBA, "h2h", "Lakers", "fanduel", "+160"), stake_minor=2_500)
    late = replace(leg(EPL, "spreads", "Brighton", "pinnacle", "2.150", 0.25), stake_minor=4_000)
    shorter = parse_price("+150", OddsFormat.AMERICAN)
    made = NOW - timedelta(minutes=20)
    return (
        OrderRow("ORD-000003", "main", "USD", NBA, pick, 2_500, 2_500, 0, made, NBA.commence_time, shorter),
        OrderRow("ORD-000002", "main", "USD", EPL, late, 4_000, 4_000, 0, made, EPL.commence_time, None),
    )


def recovery() -> Recovery:
    return Recovery(
        NOW - timedelta(hours=8, minutes=5), NOW, "main", "USD", 3, 42_500, 2,
        ("Celtics @ Lakers", "Stars @ Wild"), 1, 1,
    )  # fmt: skip


def long_ledger(entries: int = 1_240) -> tuple[LedgerRow, ...]:
    """Newest first, a payout an hour."""
    return tuple(
        LedgerRow(
            number, NOW - timedelta(hours=entries - number), EntryKind.BET_PAYOUT, f"BET-{number:06d}",
            f"Over {number} win", 4_761, 1_000_000 + number,
        )
        for number in range(entries, 0, -1)
    )  # fmt: skip


def split_scene() -> Scene:
    """The account in use keeps its money by bookmaker, its placing is stopped, and its ledger is long."""
    scene = full_scene()
    kept = (BookBalance("", 500_000), BookBalance("fanduel", 300_000), BookBalance("pinnacle", 198_735))
    scene.bankroll = replace(scene.bankroll, books=kept)
    own = replace(account("main", profit=41_235, current=True, books=True), breakers=(daily_loss(),))
    scene.accounts = (own, *accounts()[1:])
    scene.overview = replace(scene.overview, breakers=(daily_loss(),))
    scene.entries = long_ledger()
    scene.working_orders = working_orders()
    return scene


def full_scene() -> Scene:
    found = rows()
    return Scene(
        overview=_overview(),
        bankroll=BankrollView(
            "main", "USD", 1_000_000, 1_041_235, 998_735, 42_500, 3, 41_235, 19_800, _curve(), _entries()
        ),
        report=ReportView(
            "main", "USD", _group("all", 412, 30_600, 0.019),
            (_group("value_betting", 300, 41_200, 0.024), _group("line_shopping", 112, -10_600, None)),
            "strategy", 3, 62, 415, (("not polled", 22), ("market gone", 16)),
            (("not polled", 22), ("no fair line", 28), ("market gone", 16)),
        ),
        system=_system(FEEDS),
        log=log_lines(),
        rows=found,
        whys=tuple(why_of(row) for row in found),
        open_bets=_open_bets(),
        done_bets=_done_bets(),
        newest_age=12.0,
        board=afternoon(NOW),
        prices=(2.38, 2.38, 2.40, 2.42, 2.40, 2.44, 2.50, 2.50, 2.50),
        fair=(0.421, 0.424, None, 0.422, 0.420, 0.4202),
        accounts=accounts(),
        limits=limits(),
        sources=working_sources(),
    )  # fmt: skip


def empty_scene() -> Scene:
    nothing = ReportGroup("all", 0, 0, 0, 0, 0, 0, 0, None, None, None, None, None, 0)
    feeds = (FeedStatus("the_odds_api", "off", "needs a key: press k, or set THE_ODDS_API_KEY"),)
    return Scene(
        overview=Overview("live", "main", "USD", NOW, 1_000_000, 1_000_000, 0, feeds),
        bankroll=BankrollView("main", "USD", 1_000_000, 1_000_000, 1_000_000, 0, 0, 0, 0, (), ()),
        report=ReportView("main", "USD", nothing, (), "strategy", 0, 0, 0),
        system=replace(_system(feeds), webhook="", quiet_hours="", verified_at=None),
        accounts=(replace(account("main", current=True), available_minor=1_000_000, exposure_minor=0, open_bets=0,
                          settled_bets=0, yield_fraction=None),),
        sources=keyless_sources(),
    )  # fmt: skip


def hostile_scene(texts: Sequence[str] = HOSTILE) -> Scene:
    """The full scene with every name from outside replaced; ids stay apart, so that rows can be told apart."""
    scene = full_scene()
    names = cycle(texts)
    found = []
    for number, text in enumerate(texts):
        of = Event(f"h{number}", text, text, NOW + timedelta(minutes=number), text, next(names))
        where = Selection(LineKey(of.id, text, OutcomeSet.TWO_WAY, participant=text), text, 1.5)
        pick = replace(leg(NBA, "h2h", "x", text, "+150"), selection=where, source=text)
        found.append(value(f"hostile-{number}", of, pick, edge=0.05, fair=2.38, stake=100, flags=(text,)))
    scene.rows = tuple(found)
    scene.whys = tuple(
        replace(
            why_of(row),
            stake_reason=texts[number],
            notes=(texts[number],),
            judged=replace(
                why_of(row).judged,
                method=texts[number],
                confidence=texts[number],
                verdicts=(Verdict(texts[number], texts[-1]),),
                books=(replace(why_of(row).judged.books[0], bookmaker=texts[number], note=texts[-1]),),
            ),
        )
        for number, row in enumerate(found)
    )
    hostile_bets = [
        replace(
            bet(number, row.opportunity.legs[0], row.opportunity.event, BetState.PENDING, 100),
            note=texts[number], source=texts[number], strategy=texts[number],
        )
        for number, row in enumerate(found)
    ]  # fmt: skip
    scene.open_bets = tuple(OpenBetRow(it, 250, None, None, 60.0, texts[at]) for at, it in enumerate(hostile_bets))
    done = {"state": BetState.SETTLED, "result": BetResult.LOSS, "profit_minor": -100}
    scene.done_bets = tuple(replace(it, id=f"D{it.id}", **done) for it in hostile_bets)
    scene.board = hostile_board(NOW, texts)
    feeds = tuple(FeedStatus(f"{at}{text}", "degraded", text) for at, text in enumerate(texts))
    scene.overview = replace(scene.overview, feeds=feeds, warning=texts[0], next_poll_for=texts[-1], account=texts[-1])
    scene.system = replace(_system(feeds), notifier=texts[0], webhook=texts[-1], verified=texts[-2])
    scene.log = [log_line(1, LogLevel.ERROR, text) for text in texts]
    scene.sources = hostile_sources(texts)
    entries = tuple(LedgerRow(at, NOW, EntryKind.FEE, text, text, -1, 1) for at, text in enumerate(texts))
    scene.bankroll = replace(scene.bankroll, account=texts[-1], entries=entries)
    scene.accounts = tuple(
        replace(account(f"{at} {text}", current=not at), sizing=text, strategies=(text,))
        for at, text in enumerate(texts)
    )
    scene.limits = tuple(LimitUse(text, 1, 2, "count") for text in texts)
    scene.overview = replace(scene.overview, breakers=(replace(daily_loss(), reason=texts[0]),))
    groups = tuple(replace(_group("x", 10, 1, 0.1), name=f"{at} {text}") for at, text in enumerate(texts))
    scene.report = replace(scene.report, groups=groups, missing_closes=tuple((text, 1) for text in texts))
    return scene
