"""Few short toasts, however much there is to tell."""

from __future__ import annotations

import pytest

from betting_tui.engine.core.ports import Notice, NoticeKind
from betting_tui.screens.notices import QUIET_SECONDS, Notices, Toast


def value(title: str, body: str = "Lakers +150 at FanDuel") -> Notice:
    return Notice(NoticeKind.HIGH_VALUE, title, title, body)


def test_one_notice_is_one_line() -> None:
    notices = Notices()
    notices.add(value("Value +5.0 %"))
    assert notices.due(0.0) == [Toast("Value +5.0 % · Lakers +150 at FanDuel", urgent=False)]
    assert notices.due(0.0) == []


def test_a_burst_of_one_kind_is_one_line_and_an_urgent_one_makes_it_urgent() -> None:
    notices = Notices()
    for percent in (5, 6, 7, 8):
        notices.add(value(f"Value +{percent}.0 %"))
    notices.add(Notice(NoticeKind.BET_SETTLED, "a", "BET-000001 won +10.00", "Lakers"))
    notices.add(Notice(NoticeKind.BET_SETTLED, "b", "BET-000002 lost -5.00", "Wild", urgent=True))
    assert notices.due(0.0) == [
        Toast("4 new value bets: +5.0 % · +6.0 % · +7.0 % · …", urgent=False),
        Toast("2 bets settled: BET-000001 won +10.00 · BET-000002 lost -5.00", urgent=True),
    ]


def test_a_kind_that_has_just_spoken_waits_and_the_others_do_not() -> None:
    notices = Notices()
    notices.add(value("Value +5.0 %"))
    assert len(notices.due(0.0)) == 1
    notices.add(value("Value +6.0 %"))
    notices.add(value("Value +7.0 %"))
    notices.add(Notice(NoticeKind.PROBLEM, "p", "Disk full", ""))
    assert notices.due(QUIET_SECONDS - 0.1) == [Toast("Disk full", urgent=False)]
    assert notices.due(QUIET_SECONDS) == [Toast("2 new value bets: +6.0 % · +7.0 %", urgent=False)]


@pytest.mark.parametrize("kind", NoticeKind)
def test_every_kind_has_words_for_many(kind: NoticeKind) -> None:
    notices = Notices()
    notices.add(Notice(kind, "a", "one", ""))
    notices.add(Notice(kind, "b", "two", ""))
    (toast,) = notices.due(0.0)
    assert toast.text.startswith("2 ")
    assert toast.text.endswith(": one · two")
