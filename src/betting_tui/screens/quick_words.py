"""The sums of a report in words, while its statistics are still being worked out."""

from __future__ import annotations

from betting_tui.engine.core.clv_words import clv_sentences
from betting_tui.engine.core.report_views import ReportGroup, ReportView
from betting_tui.engine.core.report_words import free_bets
from betting_tui.screens.show import Show, counted, percent

_NOTHING_PLACED = (
    "Nothing has been placed yet · {app.opportunities} shows opportunities, {opportunities.place} places one there"
)


def sentences(view: ReportView, show: Show, *, ever: bool = True) -> list[str]:
    """The totals in words: record, money, closing line, acceptance. Never a number that does not exist.

    `ever`: they are of all the account's bets, not of a stretch of time.
    """
    total = view.total
    if not total.bets:
        nothing = "No settled bets yet" if ever else "No bet was settled in this time"
        return [f"{nothing} · {counted(view.open_bets, 'bet')} open", _acceptance(view, show)]
    record = f"{total.wins} won, {total.losses} lost, {total.pushes} pushed or void"
    lines = [
        f"{counted(total.bets, 'settled bet')} · {record} · {view.open_bets} open",
        f"turnover {show.money(total.turnover_minor)} · profit {show.money(total.profit_minor, sign=True)} · "
        f"yield {percent(total.yield_fraction)}{_expected(total, show)}",
        free_bets(total, show.money) if total.free_bets else "",
        *clv_sentences(view),
        _acceptance(view, show),
    ]
    return [line for line in lines if line]


def _expected(total: ReportGroup, show: Show) -> str:
    if total.expected_profit_minor is None:
        return ""
    return f" · the edges at placement promised {show.money(total.expected_profit_minor, sign=True)}"


def _acceptance(view: ReportView, show: Show) -> str:
    asked = view.placed + view.refused
    if not asked:
        return show.say(_NOTHING_PLACED)
    return (
        f"accepted {percent(view.placed / asked, sign=False, places=0)} · {view.placed} placed, {view.refused} refused"
    )
