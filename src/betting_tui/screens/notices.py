"""What the engine tells, as few short toasts: one line each, a burst of one kind as one line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct
from textual.notifications import Notification

from betting_tui.engine.core.ports import Notice, NoticeKind

QUIET_SECONDS = 5.0
# One over a list's headings, one over its first row: more of the list is never covered.
MOST_TOASTS = 2
# What is shown longer than any toast tells of work that goes on, and is taken away when that is over.
LONGEST_TOAST = 30.0
_NAMED = 3


class Toast(Struct, frozen=True):
    """One line for the user."""

    text: str
    urgent: bool


class Notices:
    """Collects notices until they are drawn. After one of a kind that kind stays quiet for `QUIET_SECONDS`."""

    def __init__(self) -> None:
        self._waiting: dict[NoticeKind, list[Notice]] = {}
        self._last: dict[NoticeKind, float] = {}

    def add(self, notice: Notice) -> None:
        self._waiting.setdefault(notice.kind, []).append(notice)

    def due(self, now: float) -> list[Toast]:
        """What may be told at `now` (seconds that only grow); what stays is told together later."""
        ready = [kind for kind in self._waiting if now - self._last.get(kind, float("-inf")) >= QUIET_SECONDS]
        for kind in ready:
            self._last[kind] = now
        return [_toast(kind, self._waiting.pop(kind)) for kind in ready]


def crowded_out(shown: Iterable[Notification], new: Notification) -> list[Notification]:
    """Of the toasts `shown`, oldest first, those that make room for `new`: its like, then news, then warnings."""
    there = list(shown)
    again = [it for it in there if it.message == new.message]
    passing = [it for it in there if it not in again and it.timeout <= LONGEST_TOAST]
    passing.sort(key=lambda it: it.severity != "information")
    return again + passing[: max(0, len(there) - len(again) + 1 - MOST_TOASTS)]


def read_already(shown: Iterable[Notification]) -> list[Notification]:
    """Of the toasts `shown`, oldest first, those a key press takes away: all that end by themselves but the newest."""
    return [it for it in shown if it.timeout <= LONGEST_TOAST][:-1]


def _toast(kind: NoticeKind, notices: Sequence[Notice]) -> Toast:
    urgent = any(notice.urgent for notice in notices)
    if len(notices) == 1:
        return Toast(" · ".join(part for part in (notices[0].title, notices[0].body) if part), urgent)
    named = _without_common_word([notice.title for notice in notices])[:_NAMED]
    if len(notices) > _NAMED:
        named.append("…")
    return Toast(f"{_many(kind, len(notices))}: {' · '.join(named)}", urgent)


def _without_common_word(titles: Sequence[str]) -> list[str]:
    """`+1.5 %` of `Arbitrage +1.5 %` when all titles begin with that word."""
    firsts = {title.partition(" ")[0] for title in titles}
    return [title.partition(" ")[2] or title for title in titles] if len(firsts) == 1 else list(titles)


def _many(kind: NoticeKind, count: int) -> str:
    match kind:
        case NoticeKind.HIGH_VALUE:
            return f"{count:,} new value bets"
        case NoticeKind.ARBITRAGE:
            return f"{count:,} new arbitrages"
        case NoticeKind.BET_PLACED:
            return f"{count:,} bets placed"
        case NoticeKind.BET_SETTLED:
            return f"{count:,} bets settled"
        case NoticeKind.REVIEW:
            return f"{count:,} bets to decide"
        case NoticeKind.DAILY_SUMMARY:
            return f"{count:,} summaries"
        case NoticeKind.PROBLEM:
            return f"{count:,} problems"
