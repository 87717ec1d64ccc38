"""What is worth telling, once, through a toast and the outlets."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC
from zoneinfo import ZoneInfo

import msgspec
import pytest

from betting_tui.engine.alerts import AlertRules, Alerts, Outlet, QuietHours
from betting_tui.engine.alerts.words import placed_notice, settled_notice
from betting_tui.engine.clocks import VirtualClock
from betting_tui.engine.core.bet_views import BetRow, Placed
from betting_tui.engine.core.model import (
    BetKind,
    BetResult,
    BetState,
    Evidence,
    Funding,
    Leg,
    Opportunity,
    Origin,
    Selection,
    Side,
)
from betting_tui.engine.core.odds import OddsFormat, parse_any
from betting_tui.engine.core.ports import Notice, NoticeKind
from market_samples import GAME, MONEYLINE, NOW, START

LEG = Leg(Selection(MONEYLINE, "Home"), "fanduel", parse_any("+150"))
OTHER_LEG = Leg(Selection(MONEYLINE, "Away"), "betmgm", parse_any("-110"))


def value(number: int = 1, edge: float = 0.12, flags: tuple[str, ...] = ()) -> Opportunity:
    return Opportunity(f"OPP-{number}", "value_betting", GAME, MONEYLINE, (LEG,), NOW, START, edge=edge, flags=flags)


def arbitrage(number: int = 9) -> Opportunity:
    return Opportunity(f"OPP-{number}", "arbitrage", GAME, MONEYLINE, (OTHER_LEG, LEG), NOW, START, profit_margin=0.021)


def bet(result: BetResult | None = BetResult.WIN, number: int = 1) -> BetRow:
    return BetRow(
        id=f"BET-{number:06d}", account="main", currency="USD", state=BetState.SETTLED, kind=BetKind.SINGLE,
        funding=Funding.CASH, origin=Origin.APP, strategy="value_betting", opportunity_id=None, placement_id=7,
        stake_minor=10_000, placed_at=NOW, event=GAME, line=MONEYLINE, selection="Home", point=None,
        bookmaker="fanduel", side=Side.BACK, price=parse_any("+150"), evidence=Evidence.SAME_SNAPSHOT, source="feed",
        quoted_at=NOW, edge=0.12, fair_probability=None, result=result, profit_minor=15_000,
    )  # fmt: skip


class Screen:
    """A channel that keeps what it was sent."""

    name = "screen"
    status = "ready"

    def __init__(self) -> None:
        self.shown: list[Notice] = []

    async def send(self, notice: Notice) -> bool:
        self.shown.append(notice)
        return True


class Told:
    """The alerts room with a clock that stands still, and what came out of it."""

    def __init__(self, rules: AlertRules | None = None) -> None:
        self.toasts: list[Notice] = []
        self.clock = VirtualClock(NOW)
        self.keys: set[str] = set()
        self.screen = Screen()
        self.kinds: dict[str, str] = {}
        self.rules = rules or AlertRules()
        kinds = frozenset(NoticeKind) - {NoticeKind.BET_PLACED}
        self.start([Outlet(self.screen, self.clock, kinds, bound_seconds=3)])

    def start(self, outlets: Sequence[Outlet] = ()) -> None:
        """A run, or the next one: what was told stays in the books."""
        self.alerts = Alerts(self.rules, self.toasts.append, outlets, self.remember, self.forget)

    async def remember(self, key: str, kind: str) -> bool:
        first = key not in self.keys
        self.keys.add(key)
        self.kinds[key] = kind
        return first

    async def forget(self, kind: str, but: Sequence[str]) -> None:
        self.keys -= {key for key in self.keys if self.kinds[key] == kind and key not in but}

    @property
    def titles(self) -> list[str]:
        return [notice.title for notice in self.toasts]

    async def popups(self) -> list[str]:
        await self.alerts.close()
        return [notice.title for notice in self.screen.shown]


async def test_a_high_value_is_told_with_price_place_and_game() -> None:
    told = Told()
    await told.alerts.offer([value()], NOW)
    (toast,) = told.toasts
    assert (toast.kind, toast.title, toast.urgent) == (NoticeKind.HIGH_VALUE, "Value +12.0 %", False)
    assert toast.body == "Home +150 at FanDuel · Away @ Home"
    assert await told.popups() == ["Value +12.0 %"]


async def test_a_format_chosen_later_counts_from_then_on() -> None:
    told = Told()
    told.alerts.tell_as(OddsFormat.DECIMAL, UTC)
    await told.alerts.offer([value()], NOW)
    assert told.toasts[0].body == "Home 2.50 at FanDuel · Away @ Home"


MOVED = "the start moved to 2026-04-19T12:00:00Z"


async def test_a_zone_chosen_later_counts_for_times_and_quiet_hours_from_then_on() -> None:
    told = Told()
    night = QuietHours.of("22:00-07:00", UTC)
    told.start([Outlet(told.screen, told.clock, list(NoticeKind), bound_seconds=3, quiet=night)])
    told.clock.advance(11 * 3600)
    await told.alerts.to_decide([held(1, MOVED)])
    assert told.toasts[0].body.endswith("the start moved to 2026-04-19 12:00")
    assert await told.popups() == [], "23:00 in London"
    told.alerts.tell_as(OddsFormat.AMERICAN, ZoneInfo("America/Los_Angeles"))
    await told.alerts.to_decide([held(1, MOVED), held(2, MOVED)])
    assert told.toasts[1].body.endswith("the start moved to 2026-04-19 05:00")
    assert len(await told.popups()) == 1, "four in the afternoon there"


async def test_a_price_is_told_in_the_users_format() -> None:
    told = Told(AlertRules(odds_format=OddsFormat.DECIMAL))
    await told.alerts.offer([value()], NOW)
    assert "Home 2.50 at" in told.toasts[0].body


async def test_an_arbitrage_is_urgent_and_names_its_books() -> None:
    told = Told()
    await told.alerts.offer([arbitrage()], NOW)
    (toast,) = told.toasts
    assert (toast.kind, toast.title, toast.urgent) == (NoticeKind.ARBITRAGE, "Arbitrage +2.1 %", True)
    assert toast.body == "Away @ Home · BetMGM + FanDuel"


async def test_the_same_find_is_told_once_however_often_it_is_offered() -> None:
    told = Told()
    for _ in range(3):
        await told.alerts.offer([value(), value(2)], NOW)
    assert len(told.toasts) == 2


async def test_what_an_earlier_run_told_is_not_told_again() -> None:
    told = Told()
    told.keys.add("opportunity:OPP-1")
    await told.alerts.offer([value()], NOW)
    assert told.toasts == []


@pytest.mark.parametrize(("edge", "heard"), [(0.10, True), (0.0999999, False), (0.1 - 1e-15, True)])
async def test_a_value_is_told_from_the_threshold_on(edge: float, heard: bool) -> None:
    told = Told()
    await told.alerts.offer([value(edge=edge)], NOW)
    assert bool(told.toasts) == heard
    assert bool(told.keys) == heard, "what is not told may become worth telling"


@pytest.mark.parametrize("flag", ["suspicious", "price_jump", "no_quote_time", "rules_differ"])
async def test_what_is_doubtful_is_not_told(flag: str) -> None:
    told = Told()
    await told.alerts.offer([value(flags=(flag,)), value(2, flags=("floating_start",))], NOW)
    assert len(told.toasts) == 1


async def test_a_price_gap_is_not_told_and_what_has_expired_neither() -> None:
    told = Told()
    gap = msgspec.structs.replace(value(), difference_cents=50.0)
    await told.alerts.offer([gap, msgspec.structs.replace(value(), edge=None)], NOW)
    await told.alerts.offer([value()], START)
    assert told.toasts == []


async def test_each_kind_can_be_switched_off() -> None:
    silent = Told(AlertRules(enabled=False))
    await silent.alerts.offer([value(), arbitrage()], NOW)
    await silent.alerts.settled([bet()])
    assert silent.toasts == []
    some = Told(AlertRules(arbitrage_alerts=False, bet_settled=False))
    await some.alerts.offer([value(), arbitrage()], NOW)
    await some.alerts.settled([bet()])
    assert some.titles == ["Value +12.0 %"]


async def test_what_is_found_at_once_is_one_pop_up_and_a_toast_each() -> None:
    told = Told()
    await told.alerts.offer([value(number) for number in range(1, 8)], NOW)
    assert len(told.toasts) == 7
    assert await told.popups() == ["7 new opportunities"]


async def test_what_is_held_back_is_sent_when_it_may_be() -> None:
    told = Told()
    await told.alerts.offer([value(1)], NOW)
    await told.alerts.settled([bet()])
    told.alerts.flush()
    assert await told.popups() == ["Value +12.0 %"]
    told.clock.advance(5)
    told.alerts.flush()
    assert await told.popups() == ["Value +12.0 %", "BET-000001 won +150.00"]


async def test_a_settled_bet_is_told_with_what_it_won() -> None:
    told = Told()
    await told.alerts.settled([bet()])
    await told.alerts.settled([bet()])
    (toast,) = told.toasts
    assert (toast.title, toast.body) == ("BET-000001 won +150.00", "Home · Away @ Home")


@pytest.mark.parametrize("result", [*BetResult, None])
def test_every_result_has_a_word(result: BetResult | None) -> None:
    assert settled_notice(bet(result)).title.startswith("BET-000001 ")


def test_a_placement_is_told_with_its_bets_and_the_money() -> None:
    notice = placed_notice(Placed(7, (bet(None, 1), bet(None, 2))), OddsFormat.AMERICAN)
    assert notice.title.startswith("BET-000001, BET-000002 placed by ")
    assert notice.body.count("100.00") == 2
    assert notice.body.endswith("Away @ Home")


async def test_what_a_strategy_placed_is_a_toast_and_no_pop_up() -> None:
    told = Told()
    told.alerts.placed(Placed(7, (bet(None, 1),)))
    assert [title.partition(" by ")[0] for title in told.titles] == ["BET-000001 placed"]
    assert await told.popups() == []


async def test_without_a_channel_toasts_go_on() -> None:
    told = Told()
    told.start()
    await told.alerts.offer([value(1), value(2)], NOW)
    told.alerts.flush()
    await told.alerts.close()
    assert len(told.toasts) == 2


def held(number: int = 1, reason: str = "espn says 3-2, but x says 2-3") -> BetRow:
    return msgspec.structs.replace(bet(None, number), state=BetState.REVIEW, review_reason=reason)


async def test_a_bet_that_waits_for_a_person_is_told_once_with_its_reason() -> None:
    told = Told(AlertRules(enabled=False))
    await told.alerts.to_decide([held()])
    await told.alerts.to_decide([held(reason="something else")])
    assert [(notice.kind, notice.title) for notice in told.toasts] == [(NoticeKind.REVIEW, "BET-000001 waits for you")]
    assert "espn says 3-2" in told.toasts[0].body
    told.start()
    await told.alerts.to_decide([held()])
    assert len(told.toasts) == 1, "nor by the next run"


@pytest.mark.parametrize("restarts", [False, True], ids=["same run", "next run"])
async def test_one_that_waits_anew_after_it_did_not_is_told_again_and_no_other(restarts: bool) -> None:
    told = Told()
    await told.alerts.to_decide([held(1), held(2)])
    if restarts:
        told.start()
    await told.alerts.to_decide([held(2)])
    await told.alerts.to_decide([held(1), held(2)])
    assert told.titles == ["BET-000001 waits for you", "BET-000002 waits for you", "BET-000001 waits for you"]
