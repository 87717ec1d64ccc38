"""Feeds, credits and plans in words, tables and JSON."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from betting_tui.cli.output import Column, Kind, Sheet, Style, table_text
from betting_tui.cli.sheets import counted
from betting_tui.engine.core.feed_views import CreditsView, FeedRow, SourcesView
from betting_tui.engine.core.times import day_text, iso
from betting_tui.engine.feeds.checking import FeedCheck

NEXT, THEN = "next", "then"
_FEED_COLUMNS = (
    Column("name", "Feed", firm=True),
    Column("roles", "For", spare=3),
    Column("state", "State", firm=True),
    Column("last_success_at", "Last answer", Kind.TIME, spare=2),
    Column("next_poll_at", "Next", Kind.TIME, spare=1),
    Column("resting_until_at", "Rests until", Kind.TIME, spare=6),
    Column("requests", "Asked", Kind.NUMBER, spare=4),
    Column("retries", "Again", Kind.NUMBER, wide=True),
    Column("rejected", "Rejected", Kind.NUMBER, spare=5),
    Column("credits_used", "Used", Kind.NUMBER, wide=True),
    Column("credits_remaining", "Left", Kind.NUMBER, wide=True),
    Column("sports", "Sports", wide=True, limit=1000),
    Column("needs", "Needs", wide=True, limit=200),
    Column("detail", "Why, or what it needs", limit=200, whole=True),
)
_PLAN_COLUMNS = (
    Column("which", ""),
    Column("at", "When", Kind.TIME),
    Column("feed", "Feed", spare=1),
    Column("sport_key", "Sport", firm=True),
    Column("endpoint", "What", firm=True),
    Column("cost", "Cost", Kind.NUMBER),
    Column("text", "For", limit=120, whole=True),
)
_LEFT_OUT_COLUMNS = (
    Column("sport_key", "Sport", firm=True),
    Column("purpose", "What", firm=True),
    Column("events", "Events", Kind.NUMBER),
    Column("open_bets", "Open bets"),
    Column("text", "Why", limit=200, whole=True),
)
_CHECK_COLUMNS = (
    Column("name", "Feed", firm=True),
    Column("roles", "For", spare=2),
    Column("state", "State", firm=True),
    Column("clock_seconds", "Clock", Kind.SIGNED, spare=1),
    Column("credits_used", "Used", Kind.NUMBER, wide=True),
    Column("credits_remaining", "Left", Kind.NUMBER, wide=True),
    Column("text", "What came", limit=300, whole=True),
)


class FeedTold(Struct, frozen=True):
    """One feed in JSON; `detail` and `needs` are empty where there is nothing to say."""

    name: str
    roles: tuple[str, ...]
    state: str
    detail: str
    needs: str
    sports: tuple[str, ...]
    last_success_at: str | None
    next_poll_at: str | None
    resting_until_at: str | None
    requests: int
    retries: int
    rejected: int
    credits_used: int | None
    credits_remaining: int | None


class SourcesTold(Struct, frozen=True):
    """What `sources --format json` gives."""

    now: str
    odds_order: tuple[str, ...]
    results_order: tuple[str, ...]
    feeds: tuple[FeedTold, ...]
    credits: tuple[CreditsView, ...]


def sources_told(view: SourcesView, now: datetime) -> SourcesTold:
    return SourcesTold(
        iso(now),
        view.odds_order,
        view.results_order,
        tuple(_feed_told(row) for row in view.feeds),
        view.credits,
    )


def feed_sheet(view: SourcesView, currency: str, *, for_people: bool) -> Sheet:
    """A row a feed; for people, what it needs stands where others say why."""
    rows = tuple(
        (
            row.status.name,
            ", ".join(row.roles) if for_people else " ".join(row.roles),
            row.status.state,
            row.status.last_success,
            row.status.next_poll,
            row.resting_until,
            row.requests or None if for_people else row.requests,
            row.retries,
            row.status.rejected or None if for_people else row.status.rejected,
            row.status.credits_used,
            row.status.credits_remaining,
            " ".join(row.sports),
            row.needs,
            (row.needs or row.status.detail) if for_people else row.status.detail,
        )
        for row in view.feeds
    )
    return Sheet(_FEED_COLUMNS, rows, currency)


def check_sheet(checks: Sequence[FeedCheck], currency: str, *, for_people: bool) -> Sheet:
    joint = ", " if for_people else " "
    rows = tuple(
        (
            check.name,
            joint.join(check.roles),
            check.state,
            None if check.clock_seconds is None else round(check.clock_seconds),
            check.credits_used,
            check.credits_remaining,
            check.text,
        )
        for check in checks
    )
    return Sheet(_CHECK_COLUMNS, rows, currency)


def sources_text(view: SourcesView, style: Style) -> str:
    """All of it for people: the feeds, then per feed that costs credits its month, its day and what is left out."""
    parts = [table_text(feed_sheet(view, "", for_people=True), style) if view.feeds else "No feeds."]
    orders = [
        f"{what} are asked of {', then '.join(order)}."
        for what, order in (("Odds", view.odds_order), ("Results", view.results_order))
        if order
    ]
    parts.append("\n".join(orders))
    for each in view.credits:
        parts.append(_month_text(each))
        parts.append(_plan_text(each, style))
        parts.append(_left_out_text(each, style))
    return "\n\n".join(part for part in parts if part)


def _month_text(view: CreditsView) -> str:
    reset = day_text(view.resets_at)
    if view.left is None:
        return f"Credits of {view.feed}: not known yet, the first answer tells. New ones on {reset}."
    reserved = min(view.reserved, view.left)
    total = "" if view.used is None else f" of {view.used + view.left:,}"
    cap = "" if view.day_cap is None else f" of {view.day_cap:,}"
    end = "they last at this rate" if view.runs_out is None else f"they end on {day_text(view.runs_out)} at this rate"
    facts = [
        *([] if view.used is None else [("used", f"{view.used:,}{total}")]),
        ("left", f"{view.left:,}: {end}"),
        ("reserved", f"{reserved:,} for closes and results of open bets"),
        ("free", f"{view.left - reserved:,}"),
        ("planned", f"{view.planned:,} in all until {reset}"),
        ("today", f"{view.spent_today:,}{cap} spent, {view.free_today:,} to go"),
    ]
    if view.unsure:
        facts.append(("unsure", f"{counted(view.unsure, 'credit')} of lost answers may have been taken too"))
    lines = [f"Credits of {view.feed}, new ones on {reset}", *(f"  {name:<9} {text}" for name, text in facts)]
    return "\n".join(lines)


def _plan_text(view: CreditsView, style: Style) -> str:
    following = view.next_call
    ahead = () if following is None or following in view.today else (following,)
    if not ahead and not view.today:
        return "Nothing more is planned today."
    rows = tuple(
        (NEXT if call == following else THEN, call.at, call.feed, call.sport_key, call.endpoint, call.cost, call.text)
        for call in (*ahead, *view.today)
    )
    return f"Planned\n{table_text(Sheet(_PLAN_COLUMNS, rows, ''), style)}"


def _left_out_text(view: CreditsView, style: Style) -> str:
    if not view.not_polled:
        return ""
    rows = tuple(
        (row.sport_key, row.purpose, row.events, "yes" if row.open_bets else "", row.text)
        for row in sorted(view.not_polled, key=lambda row: not row.open_bets)
    )
    return f"Not polled\n{table_text(Sheet(_LEFT_OUT_COLUMNS, rows, ''), style)}"


def _feed_told(row: FeedRow) -> FeedTold:
    status = row.status
    return FeedTold(
        name=status.name,
        roles=row.roles,
        state=status.state,
        detail=status.detail,
        needs=row.needs,
        sports=row.sports,
        last_success_at=_iso(status.last_success),
        next_poll_at=_iso(status.next_poll),
        resting_until_at=_iso(row.resting_until),
        requests=row.requests,
        retries=row.retries,
        rejected=status.rejected,
        credits_used=status.credits_used,
        credits_remaining=status.credits_remaining,
    )


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else iso(moment)
