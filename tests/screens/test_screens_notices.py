"""Few short toasts, however much there is to tell."""

from __future__ import annotations

import pytest
from kit import NARROW, running
from scenes import full_scene
from textual.notifications import Notification

from betting_tui.engine.core.ports import Notice, NoticeKind
from betting_tui.screens.notices import QUIET_SECONDS, Notices, Toast, crowded_out, read_already


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


def test_thousands_are_told_as_everywhere() -> None:
    notices = Notices()
    for number in range(1_000):
        notices.add(Notice(NoticeKind.REVIEW, str(number), f"BET-{number:06d} waits for you", ""))
    (toast,) = notices.due(0.0)
    assert toast.text.startswith("1,000 bets to decide: BET-000000 waits for you · ")


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


def shown(*texts: str) -> list[Notification]:
    """Toasts; a text that begins with `!` is a warning's."""
    return [Notification(text, severity="warning" if text.startswith("!") else "information") for text in texts]


def test_a_third_toast_takes_the_place_of_the_oldest() -> None:
    first, second, third = shown("first", "second", "third")
    assert crowded_out([], first) == []
    assert crowded_out([first], second) == []
    assert crowded_out([first, second], third) == [first]


def test_news_makes_room_before_a_warning_does() -> None:
    refused, news, new = shown("! refused", "news", "new")
    assert crowded_out([refused, news], new) == [news]
    older, newer = shown("! older", "! newer")
    assert crowded_out([older, newer], new) == [older]


def test_a_toast_told_again_takes_its_own_place() -> None:
    news, refused, again = shown("news", "! refused", "! refused")
    assert crowded_out([news, refused], again) == [refused]


def test_what_tells_of_work_stays_until_the_work_is_over() -> None:
    working = Notification("asking for the price", timeout=60.0)
    news, new = shown("news", "new")
    assert crowded_out([working, news], new) == [news]
    assert crowded_out([working], new) == []
    assert read_already([working, news]) == []


def test_a_key_takes_away_all_toasts_but_the_newest() -> None:
    first, second = shown("! first", "second")
    assert read_already([first, second]) == [first]
    assert read_already([second]) == []
    assert read_already([]) == []


async def test_toasts_never_cover_more_than_two_lines_and_a_key_leaves_the_newest() -> None:
    async with running(full_scene(), NARROW) as run:
        for number in range(4):
            run.app.notify(f"news {number}")
            await run.pilot.pause()
        assert run.toasts == ["news 2", "news 3"]
        text = run.text()
        assert "news 1" not in text
        assert text.index("news 2") < text.index("news 3")
        await run.press("down")
        assert run.toasts == ["news 3"]
        assert "news 2" not in run.text()
        run.app.notify("news 4")
        await run.pilot.pause()
        for line, text in zip(run.text().split("\n")[1:], ("news 3", "news 4"), strict=False):
            assert text in line, "what went leaves no line behind"
        run.app.clear_notifications()
        run.app.notify("news 5")
        await run.pilot.pause()
        assert "news 5" in run.text().split("\n")[1]


async def test_a_toast_of_any_length_is_whole() -> None:
    async with running(full_scene(), NARROW) as run:
        for length in range(66, 80):
            run.app.clear_notifications()
            run.app.notify(f"Written {'x' * (length - 12)} end", markup=False)
            await run.pilot.pause()
            await run.pilot.pause()
            assert " end " in run.text(), length
