"""Notices that are told together: one "7 new opportunities", not seven."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import assert_never

from msgspec import Struct, field

from betting_tui.engine.core.ports import Notice, NoticeKind

_NAMED = 3
_MOST_TO_NAME = 2


class Pile(Struct):
    """What waits to be told through one channel. However much it is, only the counts and the first few are kept."""

    first: list[Notice] = field(default_factory=list)
    counts: Counter[NoticeKind] = field(default_factory=Counter)
    summary: Notice | None = None
    urgent: bool = False

    def add(self, notice: Notice) -> None:
        if len(self.first) < _NAMED:
            self.first.append(notice)
        if notice.kind is NoticeKind.DAILY_SUMMARY:
            self.summary = notice
        self.counts[notice.kind] += 1
        self.urgent = self.urgent or notice.urgent

    def __len__(self) -> int:
        return self.counts.total()

    def together(self, *, away: bool = False) -> Notice:
        """All of it as one notice; a single one keeps its own words. `away`: it was held back in quiet hours."""
        if len(self) == 1:
            return self.first[0]
        groups = list(self._groups(self.counts))
        title = " and ".join(groups) if len(groups) <= _MOST_TO_NAME else f"{len(self)} notices"
        if away:
            title = f"{len(self)} while you were away"
        parts = self._parts(counted=away or len(groups) > _MOST_TO_NAME)
        return Notice(self.first[0].kind, f"together:{self.first[0].key}", title, " · ".join(parts), self.urgent)

    def _parts(self, *, counted: bool) -> Iterator[str]:
        """The newest summary of a day in full, of the rest how many of what there are, or the first few by name."""
        others = self.counts
        if self.summary is not None:
            yield f"{self.summary.title}: {self.summary.body}"
            others = others - Counter([self.summary.kind])
        if counted:
            yield from self._groups(others)
            return
        named = [notice.title for notice in self.first if notice is not self.summary]
        yield from named
        if others.total() > len(named):
            yield "…"

    @staticmethod
    def _groups(counts: Counter[NoticeKind]) -> Iterator[str]:
        """`4 new opportunities`, `1 settled bet`."""
        counted: Counter[tuple[str, str]] = Counter()
        for kind, count in counts.items():
            counted[_called(kind)] += count
        for (one, many), count in counted.items():
            yield f"{count} {one if count == 1 else many}"


def _called(kind: NoticeKind) -> tuple[str, str]:
    """One of them, and several."""
    match kind:
        case NoticeKind.HIGH_VALUE | NoticeKind.ARBITRAGE:
            return "new opportunity", "new opportunities"
        case NoticeKind.BET_PLACED:
            return "placed bet", "placed bets"
        case NoticeKind.BET_SETTLED:
            return "settled bet", "settled bets"
        case NoticeKind.REVIEW:
            return "bet to decide", "bets to decide"
        case NoticeKind.DAILY_SUMMARY:
            return "daily summary", "daily summaries"
        case NoticeKind.PROBLEM:
            return "problem", "problems"
        case _:
            assert_never(kind)


def plain(text: str) -> str:
    """Some desktops and chats read markup in what they are given."""
    return text.replace("&", "and").replace("<", "(").replace(">", ")")
