"""What closing lines say of settled bets, in sentences: never without how many bets they are of."""

from __future__ import annotations

from collections.abc import Sequence

from betting_tui.engine.core.report_views import ReportView


def clv_sentences(view: ReportView) -> list[str]:
    """The headline against the fair close, then against the same book; each with its coverage and what is missing."""
    total = view.total
    age = close_age(view.close_max_age_minutes)
    half = "" if total.median_close_minutes is None else f", half within {_minutes(total.median_close_minutes)}"
    fair_gap, book_gap = _gap(view.missing_references), _gap(view.missing_closes)
    if total.clv_ev is None and total.clv_price is None:
        return [f"CLV unknown: no closing line ({age}){book_gap or fair_gap}"]
    beat = "" if total.beat_close is None else f" · {total.beat_close:.0%} beat the close".replace("%", " %")
    lines = []
    if total.clv_ev is not None:
        on = _share(total.clv_ev_coverage)
        lines.append(f"CLV {_gain(total.clv_ev)} (no-vig) on {on} of bets{fair_gap}{beat} · {age}{half}")
    if total.clv_price is not None:
        tail = "" if lines else f"{beat} · {age}{half}"
        name = "same book's price" if lines else "price"
        lines.append(f"CLV {_gain(total.clv_price)} ({name}) on {_share(total.clv_coverage)} of bets{book_gap}{tail}")
    return lines


def close_age(limit_minutes: int | None) -> str:
    """How old a price may be before the start to be a close."""
    return "closes of any age" if limit_minutes is None else f"closes at most {limit_minutes} min old"


def _gap(missing: Sequence[tuple[str, int]]) -> str:
    reasons = ", ".join(f"{count:,} {reason}" for reason, count in missing)
    return f" ({sum(count for _, count in missing):,} without a close: {reasons})" if missing else ""


def _gain(value: float) -> str:
    return f"{value * 100:+.1f} %"


def _share(value: float | None) -> str:
    return f"{(value or 0) * 100:.0f} %"


def _minutes(minutes: int) -> str:
    return "a day or more" if minutes > 1440 else f"{minutes} min"
