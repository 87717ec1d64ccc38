"""A betting day in words: a page to keep, and a notice of one line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from betting_tui.engine.alerts.words import RESULT_WORDS
from betting_tui.engine.core.day_views import DayReview
from betting_tui.engine.core.model import BetResult
from betting_tui.engine.core.money import format_minor
from betting_tui.engine.core.ports import Notice, NoticeKind
from betting_tui.engine.core.report_views import ReportGroup
from betting_tui.engine.core.text import clean
from betting_tui.engine.core.times import day_text, parse_time, zone_of

_LATE = "nothing ran here when the day ended"
_SOBER = "One day says nothing of skill or luck: `betting-tui report` says what there is to say."


def summary_text(review: DayReview, written_late: datetime | None) -> str:
    """The page, ending in a line break. `written_late`: when, if that was long after the day had ended."""
    day, zone = review.summary, zone_of(review.summary.time_zone)
    begins, ends = (parse_time(each).astimezone(zone) for each in (day.begins, day.ends))
    lines = [
        f"{clean(day.account)} · {begins:%A} {begins.day} {begins:%B %Y}",
        f"{begins:%d %b %H:%M} to {ends:%d %b %H:%M} ({clean(day.time_zone)}), amounts in {day.currency}",
        "",
        *(f"{name:<14}{value}" for name, value in _rows(review)),
        "",
        _SOBER,
    ]
    if written_late is not None:
        lines.append(f"Written on {written_late.astimezone(zone):%d %b %Y at %H:%M}: {_LATE}.")
    return "\n".join(lines) + "\n"


def summary_notice(reviews: Sequence[DayReview], *, late: bool, name_account: bool) -> Notice:
    """Of one account: one day, or those that were missed, the oldest first."""
    newest = reviews[-1].summary
    whose = f"{clean(newest.account)}, " if name_account else ""
    key = summary_key(newest.account, newest.day)
    if len(reviews) == 1:
        parts = list(_parts(reviews[0])) + ([f"told late: {_LATE}"] if late else [])
        title = f"{whose}{_day(newest.day)}: {_outcome(reviews[0])}"
        return Notice(NoticeKind.DAILY_SUMMARY, key, title, " · ".join(parts))
    title = f"{whose}{len(reviews)} days ended while nothing ran here"
    body = " · ".join(f"{_day(each.summary.day)}: {_outcome(each)}" for each in reviews)
    return Notice(NoticeKind.DAILY_SUMMARY, key, title, body)


def summary_key(account: str | int, day: str) -> str:
    return f"summary:{account}:{day}"


def _rows(review: DayReview) -> Iterator[tuple[str, str]]:
    day, sums, currency = review.summary, review.sums, review.summary.currency
    stake = format_minor(day.placed.stake_minor, currency)
    yield "Placed", f"{_count(day.placed.bets, 'bet')} for {stake}" if day.placed.bets else "nothing"
    results = ", ".join(f"{count} {RESULT_WORDS[BetResult(result)]}" for result, count in day.results.items())
    yield "Settled", f"{_count(day.settled.bets, 'bet')}: {results}" if day.settled.bets else "nothing"
    if day.settled.bets:
        turnover = format_minor(sums.turnover_minor, currency)
        yield "Profit", f"{format_minor(day.profit_minor, currency, sign=True)} on a turnover of {turnover}"
        yield "Yield", _percent(sums.yield_fraction)
        yield "CLV", _clv(sums)
    start, end = (format_minor(each, currency) for each in (day.bankroll_at_start_minor, day.bankroll_at_end_minor))
    # Nothing at the beginning: the account was opened that day.
    yield "Bankroll", f"{end}, at the beginning {start}" if day.bankroll_at_start_minor else end
    yield "Refused", _refused(review)
    for breaker in day.breakers:
        yield "Stopped", clean(breaker.reason, 200)
    yield "Credits", _credits(review)
    yield "To decide", f"{_count(day.in_review, 'bet')} by now" if day.in_review else "nothing"


def _parts(review: DayReview) -> Iterator[str]:
    day, sums = review.summary, review.sums
    yield f"{_count(day.placed.bets, 'bet')} placed"
    if day.settled.bets:
        yield f"{day.settled.bets} settled"
        yield f"yield {_percent(sums.yield_fraction)}"
        yield f"CLV {_clv(sums)}"
    if day.refusals:
        yield f"{sum(day.refusals.values())} refused"
    yield from (f"{left.remaining} credits left at {clean(left.source)}" for left in review.credits_left)
    if day.in_review:
        yield f"{day.in_review} to decide"


def _outcome(review: DayReview) -> str:
    day = review.summary
    if not day.settled.bets:
        return "nothing settled"
    return f"{format_minor(day.profit_minor, day.currency, sign=True)} {day.currency}"


def _clv(sums: ReportGroup) -> str:
    """By the fair close where one is known, else by the same book's, and of how many bets that is known."""
    if sums.clv_ev is not None:
        return f"{_percent(sums.clv_ev)} against the fair close ({_count(sums.clv_ev_count, 'bet')} of {sums.bets})"
    if sums.clv_price is not None:
        return f"{_percent(sums.clv_price)} against the book's close ({_count(sums.clv_count, 'bet')} of {sums.bets})"
    return f"unknown: no close of {_count(sums.bets, 'bet')}"


def _refused(review: DayReview) -> str:
    refusals = review.summary.refusals
    named = ", ".join(f"{count} {clean(code).replace('_', ' ')}" for code, count in refusals.items())
    return f"{sum(refusals.values())}: {named}" if refusals else "nothing"


def _credits(review: DayReview) -> str:
    spent = review.summary.credits
    left = {each.source: each.remaining for each in review.credits_left}
    names = sorted(spent.keys() | left.keys())
    return (
        "; ".join(
            f"{clean(name)} {spent.get(name, 0)} used" + (f", {left[name]} left" if name in left else "")
            for name in names
        )
        or "none used"
    )


def _percent(fraction: float | None) -> str:
    return "unknown" if fraction is None else f"{fraction * 100:+.1f} %"


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _day(text: str) -> str:
    return day_text(date.fromisoformat(text))
