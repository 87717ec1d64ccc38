"""A betting day in words: what is not known is said to be unknown, and one day is never called skill."""

from __future__ import annotations

from datetime import UTC, datetime

from msgspec.structs import replace

from betting_tui.engine.alerts.summary import summary_notice, summary_text
from betting_tui.engine.core.day_views import BetCount, CreditsLeft, DayBreaker, DayReview, DaySummary
from betting_tui.engine.core.report_views import ReportGroup

SUMS = ReportGroup(
    name="total", bets=4, graded=3, wins=2, losses=1, pushes=1, turnover_minor=300_00, profit_minor=45_50,
    yield_fraction=0.15167, win_rate=2 / 3, expected_profit_minor=None, clv_price=0.011, clv_coverage=1.0, clv_count=4,
    clv_ev=0.018, clv_ev_coverage=0.75, clv_ev_count=3,
)  # fmt: skip
DAY = DaySummary(
    day="2026-03-28", account="main", currency="USD", time_zone="Europe/London", begins="2026-03-28T06:00:00Z",
    ends="2026-03-29T05:00:00Z", bankroll_at_start_minor=10_000_00, bankroll_at_end_minor=10_045_50,
    profit_minor=45_50, placed=BetCount(3, 300_00), settled=BetCount(4, 400_00, 45_50),
    results={"loss": 1, "push": 1, "win": 2}, refusals={"price_moved": 2, "stale_quote": 1},
    breakers=(DayBreaker("daily_loss", "lost 510.00 of 500.00 today", "2026-03-28T20:00:00Z", None, None),),
    credits={"the_odds_api": 12}, in_review=1,
)  # fmt: skip
REVIEW = DayReview(DAY, SUMS, (CreditsLeft("the_odds_api", 488, "2026-03-28T22:00:00Z"),))
NOTHING = DayReview(
    replace(DAY, placed=BetCount(0, 0), settled=BetCount(0, 0, 0), results={}, refusals={}, breakers=(), credits={},
            in_review=0, profit_minor=0, bankroll_at_end_minor=10_000_00),
    replace(SUMS, bets=0, turnover_minor=0, profit_minor=0, yield_fraction=None, clv_ev=None, clv_price=None),
    (),
)  # fmt: skip


def test_the_page_of_a_day() -> None:
    assert summary_text(REVIEW, None) == (
        "main · Saturday 28 March 2026\n"
        "28 Mar 06:00 to 29 Mar 06:00 (Europe/London), amounts in USD\n"
        "\n"
        "Placed        3 bets for 300.00\n"
        "Settled       4 bets: 1 lost, 1 push, 2 won\n"
        "Profit        +45.50 on a turnover of 300.00\n"
        "Yield         +15.2 %\n"
        "CLV           +1.8 % against the fair close (3 bets of 4)\n"
        "Bankroll      10,045.50, at the beginning 10,000.00\n"
        "Refused       3: 2 price moved, 1 stale quote\n"
        "Stopped       lost 510.00 of 500.00 today\n"
        "Credits       the_odds_api 12 used, 488 left\n"
        "To decide     1 bet by now\n"
        "\n"
        "One day says nothing of skill or luck: `betting-tui report` says what there is to say.\n"
    )


def test_the_page_of_a_day_without_any_event_has_no_numbers_that_mean_nothing() -> None:
    text = summary_text(NOTHING, None)
    assert [line for line in text.splitlines() if "nothing" in line][:-1] == [
        "Placed        nothing", "Settled       nothing", "Refused       nothing", "To decide     nothing",
    ]  # fmt: skip
    assert "Yield" not in text
    assert "CLV" not in text
    assert not NOTHING.summary.eventful


def test_the_day_an_account_was_opened_began_with_nothing() -> None:
    opened = replace(REVIEW, summary=replace(DAY, bankroll_at_start_minor=0))
    assert "Bankroll      10,045.50\n" in summary_text(opened, None)


def test_a_page_written_late_says_when() -> None:
    text = summary_text(REVIEW, datetime(2026, 3, 31, 7, 5, tzinfo=UTC))
    assert text.endswith("Written on 31 Mar 2026 at 08:05: nothing ran here when the day ended.\n")


def test_closes_that_are_missing_are_said_to_be() -> None:
    by_book = replace(REVIEW, sums=replace(SUMS, clv_ev=None))
    assert "CLV           +1.1 % against the book's close (4 bets of 4)\n" in summary_text(by_book, None)
    unknown = replace(REVIEW, sums=replace(SUMS, clv_ev=None, clv_price=None, yield_fraction=None))
    assert "CLV           unknown: no close of 4 bets\n" in summary_text(unknown, None)
    assert "Yield         unknown\n" in summary_text(unknown, None)


def test_the_notice_of_a_day() -> None:
    notice = summary_notice([REVIEW], late=False, name_account=False)
    assert notice.title == "28 Mar: +45.50 USD"
    assert notice.body == (
        "3 bets placed · 4 settled · yield +15.2 % · CLV +1.8 % against the fair close (3 bets of 4) · 3 refused"
        " · 488 credits left at the_odds_api · 1 to decide"
    )


def test_a_name_somebody_gave_an_account_stays_on_its_line() -> None:
    named = replace(REVIEW, summary=replace(DAY, account="a\nb\x1b[2J"))
    assert summary_text(named, None).startswith("a b[2J · Saturday")
    assert summary_notice([named], late=False, name_account=True).title == "a b[2J, 28 Mar: +45.50 USD"
