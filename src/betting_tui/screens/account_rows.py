"""Accounts beside each other as table rows, and their limits as bars."""

from __future__ import annotations

from collections.abc import Sequence

from betting_tui.engine.config.keys import Keys
from betting_tui.engine.core.accounts import WALLET, AccountStatus
from betting_tui.engine.core.money import format_minor
from betting_tui.engine.core.money_views import AccountView, BookBalance, LimitUse
from betting_tui.screens.names import book
from betting_tui.screens.show import NOTHING, Show, percent
from betting_tui.widgets.columns import Column
from betting_tui.widgets.meter import Meter
from betting_tui.widgets.row import Cell, Look

CURRENT_MARK = "●"
_STOPPED = "stopped"
_NOBODY = "No active account lets it bet: {app.bankroll} shows the accounts, {bankroll.stakes} there changes that."
ACCOUNT_COLUMNS = (
    Column("name", "Account", 13, flexible=True, max_width=40),
    Column("percent", "Profit", 8, "right"),
    Column("profit", "Money", 11, "right", priority=4),
    Column("drawdown", "Deepest fall", 12, "right", priority=5),
    Column("yield", "Yield", 8, "right", priority=3),
    Column("settled", "Settled", 7, "right", priority=6),
    Column("open", "Open", 4, "right", priority=7),
    Column("risk", "At risk", 9, "right", priority=8),
    Column("bankroll", "Bankroll", 11, "right", priority=1),
    Column("status", "Status", 9, priority=2),
    Column("sizing", "Stakes", 14, priority=9, max_width=30),
    Column("strategies", "Strategies", 16, priority=10, max_width=44),
)


def account_look(view: AccountView, currency: str) -> Look:
    """Money of another currency than `currency` says which one it is."""
    profit = view.profit_minor
    kind = "" if not profit else ("gain" if profit > 0 else "loss")
    status, status_kind = status_of(view)
    cells = (
        Cell(view.name, "strong" if view.current else ""),
        Cell(growth(view), kind),
        Cell(format_minor(profit, view.currency, sign=True), kind),
        Cell(format_minor(-view.max_drawdown_minor, view.currency) if view.max_drawdown_minor else NOTHING),
        Cell(percent(view.yield_fraction), kind),
        Cell(f"{view.settled_bets:,}"),
        Cell(f"{view.open_bets:,}"),
        Cell(format_minor(view.exposure_minor, view.currency)),
        Cell(money(view.bankroll_minor, view.currency, currency)),
        Cell(status, status_kind),
        Cell(view.sizing, "muted"),
        Cell(", ".join(name.replace("_", " ") for name in view.strategies) or "none", "muted"),
    )
    return Look(cells, CURRENT_MARK if view.current else "")


def growth(view: AccountView) -> str:
    """`▲ +4.1 %`: profit on what the period began with, a sign and an arrow before the colour."""
    if view.starting_minor <= 0:
        return NOTHING
    share = view.profit_minor / view.starting_minor
    arrow = "▲ " if view.profit_minor > 0 else "▼ " if view.profit_minor < 0 else ""
    return f"{arrow}{percent(share)}"


def status_of(view: AccountView) -> tuple[str, str]:
    """A word and how it is drawn. Stopped: a breaker holds its placing."""
    if view.status is AccountStatus.SUSPENDED:
        return view.status.value, "warn"
    return (_STOPPED, "loss") if view.breakers else (view.status.value, "muted")


def bets_for(strategy: str, views: Sequence[AccountView], keys: Keys) -> str:
    """`It bets for main and value (placing stopped).`: the active accounts an armed strategy places for."""
    names = [
        f"{view.name} (placing stopped)" if view.breakers else view.name
        for view in views
        if view.status is AccountStatus.ACTIVE and strategy in view.strategies
    ]
    if not names:
        return keys.say(_NOBODY)
    listed = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    return f"It bets for {listed}."


def money(minor: int, currency: str, usual: str) -> str:
    text = format_minor(minor, currency)
    return text if currency == usual else f"{text} {currency}"


def limit_meters(uses: Sequence[LimitUse], show: Show, room: int) -> tuple[Meter, ...]:
    """Bars for as many limits as have `room`, in their own order; the least used leave first."""
    kept = sorted(range(len(uses)), key=lambda at: -uses[at].share)[: max(0, room)]
    return tuple(_limit_meter(uses[at], show) for at in sorted(kept))


def nearest_limit(uses: Sequence[LimitUse]) -> str:
    """The limit that would bite first, in words."""
    if not uses:
        return ""
    most = max(uses, key=lambda use: use.share)
    if most.share >= 1:
        return f"reached: {limit_name(most)}"
    return f"nearest: {limit_name(most)} {percent(most.share, sign=False, places=0)}"


def limit_name(use: LimitUse) -> str:
    return use.name.removeprefix("max_").removesuffix("_minor").removesuffix("_share").replace("_", " ")


def _limit_meter(use: LimitUse, show: Show) -> Meter:
    return Meter(limit_name(use), _limit_text(use, show), use.share)


def _limit_text(use: LimitUse, show: Show) -> str:
    match use.unit:
        case "money":
            return f"{show.money(round(use.used))} of {show.money(round(use.allowed))}"
        case "count":
            return f"{use.used:,.0f} of {use.allowed:,.0f}"
        case "share":
            return f"{use.used * 100:.1f} of {use.allowed * 100:g} %"


def book_meters(books: Sequence[BookBalance], show: Show, room: int) -> tuple[Meter, ...]:
    """Where the free money is: the wallet first, then bookmakers with money."""
    total = sum(balance.available_minor for balance in books)
    kept = [balance for balance in books if balance.available_minor or not balance.bookmaker][: max(0, room)]
    return tuple(
        Meter(
            book(it.bookmaker) if it.bookmaker else WALLET,
            show.money(it.available_minor),
            it.available_minor / total if total > 0 else 0.0,
            warns=False,
        )
        for it in kept
    )
