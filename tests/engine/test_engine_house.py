"""Accounts at work on a real ledger: limits inside the transaction, breakers, sizing by what is left, views."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
from test_engine_replay import Session

from betting_tui.engine.board import Board
from betting_tui.engine.config import PaperTrading, Risk, Settings
from betting_tui.engine.core.accounts import (
    AccountSettings,
    AccountStatus,
    BreakerName,
    Limits,
    SizingChoice,
)
from betting_tui.engine.core.bet_views import NotPlaced, Placed, Working
from betting_tui.engine.core.commands import (
    Arm,
    ChangeAccount,
    OpenAccount,
    Place,
    RecordBet,
    ReleaseBreakers,
    ResetAccount,
    SetAccountStatus,
    SettleBet,
    Transfer,
)
from betting_tui.engine.core.model import (
    BetResult,
    BetState,
    Event,
    Funding,
    Leg,
    LineKey,
    Opportunity,
    Origin,
    OutcomeSet,
    Selection,
)
from betting_tui.engine.core.odds import parse_any
from betting_tui.engine.core.refusals import RefusalCode
from betting_tui.engine.desk import Desk
from betting_tui.engine.execution.paper import AcceptanceRules, PaperBroker
from betting_tui.engine.house import House
from betting_tui.engine.rooms import LEDGER_FILE
from betting_tui.engine.store.shapes import BetFilter, NewAccount
from betting_tui.engine.store.store import Ledger
from market_samples import NOW, START, decoded, prices, quote

EVENTS = tuple(Event(f"nba-{n}", "basketball_nba", "NBA", START, "Home", "Away") for n in range(12))
LINES = tuple(LineKey(event.id, "h2h", OutcomeSet.TWO_WAY) for event in EVENTS)


class Shop:
    """Ledger, board and desk as an engine wires them; prices of 2.10 on a dozen games."""

    def __init__(self, ledger: Ledger, settings: Settings) -> None:
        self.ledger = ledger
        self.house = House(ledger, settings)
        self.board = Board()
        broker = PaperBroker(self.board, AcceptanceRules())
        self.desk = Desk(
            ledger, self.board, broker, self.house, settings, lambda: 0.0, lambda: NOW, self.board.watch
        )  # fmt: skip
        for event, line in zip(EVENTS, LINES, strict=True):
            self.board.apply(decoded(*prices({"fanduel": ("2.10", "2.10")}, line), event=event), "feed")

    async def place(self, number: int, stake: int = 10_000, account: str = "main", **more: Any) -> str:
        """The code of the refusal, or `placed`."""
        outcome = await self.desk.place(bet(number, stake, account, **more), NOW)
        self.house.forget()
        if isinstance(outcome, NotPlaced):
            return outcome.refusal.code.value
        return "working" if isinstance(outcome, Working) else "placed"

    async def settle(self, result: BetResult, at: datetime = NOW) -> None:
        """The oldest open bet."""
        oldest = self.ledger.bets(BetFilter(states=(BetState.PENDING,)))[-1]
        await self.ledger.settle_bet(SettleBet(oldest.id, result, "test"), at)
        self.house.forget()


def find(number: int, probability: float | None = 0.5, **more: Any) -> Opportunity:
    line = LINES[number]
    leg = Leg(Selection(line, "Home"), "fanduel", parse_any("2.10"), seen_at=NOW, source="feed")
    edge = None if probability is None else probability * 2.1 - 1
    found = Opportunity(f"OPP-{number}", "value_betting", EVENTS[number], line, (leg,), NOW, START, edge=edge)
    return msgspec.structs.replace(found, fair_probability=probability, **more)


def bet(number: int, stake: int, account: str = "main", **more: Any) -> Place:
    found = find(number)
    legs = (msgspec.structs.replace(found.legs[0], stake_minor=stake, **more.pop("leg", {})),)
    return Place(account, legs, f"key {number}", Origin.APP, "test", found, **more)


@asynccontextmanager
async def shop(folder: Path, **risk: Any) -> AsyncIterator[Shop]:
    paper = risk.pop("paper", PaperTrading())
    ledger = await Ledger.open(folder / "ledger.db", now=NOW)
    try:
        await ledger.ensure_account(NewAccount("main", "USD", 1_000_000, "test"), NOW)
        yield Shop(ledger, Settings(risk=Risk(**risk), paper_trading=paper))
    finally:
        await ledger.close()


def account(name: str, **settings: Any) -> OpenAccount:
    return OpenAccount(name, "USD", 1_000_000, "UTC", "test", AccountSettings(**settings))


async def test_the_eighth_bet_is_the_last_and_every_refusal_is_kept(tmp_path: Path) -> None:
    async with shop(tmp_path) as open_shop:
        outcomes = [await open_shop.place(number) for number in range(10)]
        assert outcomes == ["placed"] * 8 + ["open_bets"] * 2
        (kept,) = open_shop.ledger.refusals("main")
        assert (kept.code, kept.count) == (RefusalCode.OPEN_BETS, 2)


async def test_a_daily_limit_holds_for_bets_placed_and_recorded_a_preset_only_for_placed_ones(tmp_path: Path) -> None:
    async with shop(tmp_path, daily_bet_limit=Decimal(500)) as open_shop:
        assert [await open_shop.place(number, 24_000) for number in range(3)] == ["placed", "placed", "daily_stake"]
        recorded = record(3, 2_001)
        outcome = await open_shop.desk.record_bet(recorded, NOW)
        assert isinstance(outcome, NotPlaced)
        assert outcome.refusal.message == "daily stake 480.00 + 20.01 > 500.00"
    (tmp_path / "other").mkdir()
    async with shop(tmp_path / "other") as open_shop:
        assert await open_shop.place(0, 60_000) == "bet_size"
        assert isinstance(await open_shop.desk.record_bet(record(1, 60_000), NOW), Placed), "nobody chose medium"


def record(number: int, stake: int) -> RecordBet:
    selection = Selection(LINES[number], "Home")
    event, key = EVENTS[number], f"by hand {number}"
    return RecordBet("main", event, selection, "fanduel", parse_any("2.1"), stake, key, Origin.MANUAL, "test")


async def test_the_limits_asked_are_those_the_account_has_in_the_transaction(tmp_path: Path) -> None:
    """Another program changed them, and this one has not heard of it yet."""
    async with shop(tmp_path) as open_shop:
        assert open_shop.house.member("main").limits.max_open_bets == 8
        changed = AccountSettings(limits=Limits(max_bet_size_minor=5_000))
        await open_shop.ledger.change_account(ChangeAccount("main", changed, "elsewhere"), NOW)
        outcome = await open_shop.desk.place(bet(0, 5_001), NOW)
        assert isinstance(outcome, NotPlaced)
        assert outcome.refusal.message == "stake 50.01 > 50.00 (max bet size)"
        open_shop.house.forget()
        assert open_shop.house.member("main").limits.max_bet_size_minor == 5_000


async def test_free_bets_need_no_money_and_books_need_their_own(tmp_path: Path) -> None:
    async with shop(tmp_path, daily_bet_limit=Decimal(1)) as open_shop:
        assert await open_shop.place(0, 20_000, funding=Funding.FREE) == "placed"
        assert await open_shop.place(1, 20_000) == "daily_stake"
    (tmp_path / "books").mkdir()
    async with shop(tmp_path / "books") as open_shop:
        await open_shop.ledger.open_account(account("books", book_balances=True), NOW)
        assert await open_shop.place(0, 100, "books") == "insufficient_available"
        await open_shop.ledger.transfer(Transfer("books", "", "fanduel", 5_000, "t", "test"), NOW)
        open_shop.house.forget()
        sized = open_shop.house.size(find(1), "books", NOW)
        assert (sized.stake_minor, sized.reason) == (5_000, "flat 100.00 → money at fanduel")
        assert await open_shop.place(1, 5_000, "books") == "placed"
        assert await open_shop.place(2, 100, "books") == "insufficient_available"


async def test_a_price_that_is_not_there_is_waited_for_and_counts_against_the_limits(tmp_path: Path) -> None:
    async with shop(tmp_path, max_open_bets=1) as open_shop:
        higher = {"price": parse_any("2.30")}
        assert await open_shop.place(0, leg=higher) == "price_moved"
        later = NOW + timedelta(hours=1)
        assert await open_shop.place(1, leg=higher, work_until=later) == "working"
        assert await open_shop.place(2, leg=higher, work_until=later) == "open_bets"
        assert await open_shop.place(3) == "open_bets"


async def test_a_bookmakers_limit_is_used_up_by_each_account_for_itself(tmp_path: Path) -> None:
    async with shop(tmp_path) as open_shop:
        await open_shop.ledger.open_account(account("second"), NOW)
        stated = msgspec.structs.replace(quote("Home", "fanduel", "2.10", LINES[0]), bet_limit=150.0)
        open_shop.board.apply(decoded(stated, quote("Away", "fanduel", "2.10", LINES[0]), event=EVENTS[0]), "feed")
        assert await open_shop.place(0, 15_100) == "bet_size"
        assert await open_shop.place(0, 10_000) == "placed"
        again = msgspec.structs.replace(bet(0, 5_001), key="again", again=True)
        outcome = await open_shop.desk.place(again, NOW)
        assert isinstance(outcome, NotPlaced)
        assert "100.00 + 50.01 > 150.00" in outcome.refusal.message
        assert await open_shop.place(0, 15_000, "second") == "placed"


async def test_a_days_loss_stops_until_the_next_betting_day_or_a_person(tmp_path: Path) -> None:
    async with shop(tmp_path, max_daily_loss=Decimal(200)) as open_shop:
        for number in range(2):
            await open_shop.place(number)
        await open_shop.settle(BetResult.LOSS)
        assert await open_shop.house.look_for_breakers(NOW) == ()
        await open_shop.settle(BetResult.LOSS)
        (stop,) = await open_shop.house.look_for_breakers(NOW)
        assert (stop.name, stop.reason) == (BreakerName.DAILY_LOSS, "daily loss 200.00 ≥ 200.00")
        assert stop.until is not None
        assert stop.until.isoformat() == "2026-04-19T06:00:00+00:00"
        assert await open_shop.house.look_for_breakers(NOW) == (), "it stops the account already"
        assert await open_shop.place(3) == "daily_loss"
        assert open_shop.house.placing("value_betting", NOW) == ()
        assert open_shop.house.betting("value_betting") == ("main",)
        assert open_shop.house.placing("value_betting", stop.until) == ("main",)
        await open_shop.ledger.release_breakers(ReleaseBreakers("main", "me"), NOW + timedelta(seconds=1))
        open_shop.house.forget()
        assert open_shop.house.placing("value_betting", NOW) == ("main",)
        assert await open_shop.house.look_for_breakers(NOW + timedelta(seconds=2)) == (), "a person let it pass"
        assert await open_shop.place(4) == "placed"


async def test_losses_in_a_row_and_a_fall_stop_as_well(tmp_path: Path) -> None:
    limits = {"cool_down_losses": 2, "cool_down_minutes": 30.0, "max_drawdown": 0.03}
    async with shop(tmp_path, risk_tolerance="none", **limits) as open_shop:
        for number in range(3):
            await open_shop.place(number)
        await open_shop.settle(BetResult.LOSS)
        await open_shop.settle(BetResult.LOSS)
        (stop,) = await open_shop.house.look_for_breakers(NOW)
        assert (stop.name, stop.until) == (BreakerName.COOL_DOWN, NOW + timedelta(minutes=30))
        await open_shop.settle(BetResult.LOSS)
        (fall,) = await open_shop.house.look_for_breakers(NOW)
        assert (fall.name, fall.until) == (BreakerName.DRAWDOWN, None)
        assert await open_shop.place(5) == "cool_down"
        await open_shop.ledger.release_breakers(ReleaseBreakers("main", "me"), NOW + timedelta(seconds=1))
        assert await open_shop.place(5) == "placed", "both were let go by a person"


async def test_a_refused_find_is_kept_once_and_one_without_a_stake_says_which_limit(tmp_path: Path) -> None:
    async with shop(tmp_path, risk_tolerance="none", max_open_bets=1) as open_shop:
        first = await open_shop.desk.place_automatically(find(0), "main", NOW)
        assert isinstance(first, Placed)
        open_shop.house.forget()
        refused = await open_shop.desk.place_automatically(find(1), "main", NOW)
        assert isinstance(refused, NotPlaced)
        assert refused.refusal.message == "open bets 1 + 1 > 1"
        assert await open_shop.desk.place_automatically(find(1), "main", NOW, again=True) is None
        (kept,) = open_shop.ledger.refusals("main")
        assert kept.count == 1


async def test_a_new_period_takes_what_an_earlier_one_took_automatically(tmp_path: Path) -> None:
    async with shop(tmp_path) as open_shop:
        assert isinstance(await open_shop.desk.place_automatically(find(0), "main", NOW), Placed)
        await open_shop.ledger.reset_account(ResetAccount("main", "r", "me", void_open=True), NOW)
        open_shop.house.forget()
        again = await open_shop.desk.place_automatically(find(0), "main", NOW)
        assert isinstance(again, Placed)
        assert not again.repeated


async def test_the_stake_is_what_limits_leave_and_names_the_one_that_says_so(tmp_path: Path) -> None:
    kelly = PaperTrading(bet_sizing_method="kelly", kelly_fraction=1.0)
    async with shop(tmp_path, paper=kelly, daily_bet_limit=Decimal(600)) as open_shop:
        first = open_shop.house.size(find(0), "main", NOW)
        assert (first.stake_minor, first.reason) == (45_400, "full Kelly 454.54")
        assert await open_shop.place(0, 40_050) == "placed"
        second = open_shop.house.size(find(1), "main", NOW)
        assert second.stake_minor == 19_900
        assert second.reason.endswith("→ daily stake")
        assert await open_shop.place(1, second.stake_minor) == "placed"
        third = open_shop.house.size(find(2), "main", NOW)
        assert third.stake_minor == 0
        assert third.refusal is not None
        assert third.refusal.code is RefusalCode.DAILY_STAKE


async def test_accounts_have_their_own_sizing_strategies_and_status(tmp_path: Path) -> None:
    async with shop(tmp_path) as open_shop:
        ledger, house = open_shop.ledger, open_shop.house
        own = SizingChoice(method="kelly", kelly_fraction=0.5)
        await ledger.open_account(account("kelly", sizing=own, strategies=("value_betting",)), NOW)
        house.forget()
        assert house.betting("value_betting") == ("main", "kelly")
        assert house.betting("arbitrage") == ("main",)
        main, kelly = house.views("kelly", NOW)
        assert (main.sizing, kelly.sizing) == ("flat 100.00", "half Kelly, cap 5 %")
        assert (main.strategies, kelly.strategies) == (
            ("value_betting", "line_shopping", "arbitrage"),
            ("value_betting",),
        )
        assert (main.current, kelly.current, kelly.yield_fraction) == (False, True, None)
        assert house.size(find(0), "kelly", NOW).stake_minor == 22_700
        await ledger.set_status(SetAccountStatus("main", AccountStatus.SUSPENDED, "test"), NOW)
        house.forget()
        assert house.betting("value_betting") == ("kelly",)
        assert house.size(find(0), "main", NOW).reason == "account main is suspended"


async def test_a_limit_of_which_nothing_is_used_is_shown_as_well(tmp_path: Path) -> None:
    shares = {"max_event_exposure": 0.1, "max_league_exposure": 0.3, "max_bookmaker_exposure": 0.4}
    async with shop(tmp_path, **shares) as open_shop:
        uses = {use.name: (use.used, use.allowed) for use in open_shop.house.limits_in_use("main", NOW)}
        assert uses["exposure on one event"] == (0, 100_000)
        assert uses["exposure in one league"] == (0, 300_000)
        assert uses["exposure at one bookmaker"] == (0, 400_000)


async def test_every_limit_that_fills_up_is_shown_with_how_far_it_has(tmp_path: Path) -> None:
    limits: dict[str, Any] = {
        "daily_bet_limit": Decimal(500),
        "monthly_bet_limit": Decimal(1000),
        "max_total_exposure": 0.2,
        "max_event_exposure": 0.1,
        "max_league_exposure": 0.3,
        "max_bookmaker_exposure": 0.4,
        "max_drawdown": 0.25,
        "cool_down_losses": 5,
        "max_bets_per_hour": 10,
    }
    async with shop(tmp_path, **limits) as open_shop:
        await open_shop.place(0)
        await open_shop.place(1)
        await open_shop.settle(BetResult.LOSS)
        uses = {use.name: (use.used, use.allowed, use.unit) for use in open_shop.house.limits_in_use("main", NOW)}
        assert uses["daily stake"] == (20_000, 50_000, "money")
        assert uses["monthly stake"] == (20_000, 100_000, "money")
        assert uses["daily loss"] == (10_000, 50_000, "money")
        assert uses["open bets"] == (1, 8, "count")
        assert uses["exposure in total"] == (10_000, 198_000, "money")
        assert uses["exposure on one event"] == (10_000, 99_000, "money")
        assert uses["exposure in basketball_nba"] == (10_000, 297_000, "money")
        assert uses["exposure at fanduel"] == (10_000, 396_000, "money")
        assert uses["bets an hour"] == (2, 10, "count")
        assert uses["losses in a row"] == (1, 5, "count")
        assert uses["drawdown"] == (0.01, 0.25, "share")
        assert open_shop.house.limits_in_use("main", NOW) is open_shop.house.limits_in_use("main", NOW)


async def test_an_armed_strategy_bets_for_every_account_that_may_and_a_stopped_one_is_passed_over(
    tmp_path: Path,
) -> None:
    session = Session(tmp_path / "demo")
    engine = session.engine
    await engine.start(polling=False)
    own = SizingChoice(method="kelly")
    await engine.open_account(account("kelly", sizing=own, tolerance="none"))
    await engine.open_account(account("few", limits=Limits(max_open_bets=2)))
    await engine.open_account(account("other", strategies=("arbitrage",)))
    await engine.open_account(account("stopped"))
    await engine.ledger.trip_breaker("stopped", BreakerName.DRAWDOWN, "fell", None, engine.clock.now())
    await engine.arm(Arm("value_betting", on=True, created_by="me"))
    for _ in range(12):
        await session.poll()
        session.clock.advance(300)
    names = ("main", "kelly", "few", "other", "stopped")
    by_account = {name: engine.ledger.bets(BetFilter(account=name)) for name in names}
    assert len(by_account["few"]) == 2, "no more than its limits allow"
    assert len(by_account["kelly"]) > 2
    assert len(by_account["main"]) > 2
    assert {bet.stake_minor for bet in by_account["main"]} == {10_000}
    assert {bet.stake_minor for bet in by_account["kelly"]} != {10_000}
    assert (by_account["other"], by_account["stopped"]) == ((), ())
    assert engine.ledger.refusals("stopped") == (), "passed over, not refused again and again"
    (full,) = (count for count in engine.ledger.refusals("few") if count.code == RefusalCode.OPEN_BETS)
    with closing(sqlite3.connect(tmp_path / "demo" / LEDGER_FILE)) as file:
        kept, finds = file.execute(
            "SELECT count(*), count(DISTINCT opportunity_id) FROM placements p JOIN accounts a ON a.id = p.account_id"
            " WHERE a.name = 'few' AND p.state = 'refused'"
        ).fetchone()
    assert full.count == kept == finds > 0, "one a find, however often its price changes"
    await engine.stop()


async def test_what_another_program_changes_is_seen_after_the_next_look(tmp_path: Path) -> None:
    session = Session(tmp_path / "demo")
    engine = session.engine
    await engine.start(polling=False)
    await session.poll()
    assert engine.accounts()[0].status is AccountStatus.ACTIVE
    other = await Ledger.open(tmp_path / "demo" / LEDGER_FILE, now=engine.clock.now(), mode="demo")
    await other.set_status(SetAccountStatus("main", AccountStatus.SUSPENDED, "elsewhere"), engine.clock.now())
    await other.close()
    await engine.keep_house()
    assert engine.accounts()[0].status is AccountStatus.SUSPENDED
    rows = [row for row in engine.opportunities().rows if (row.opportunity.edge or 0) > 0]
    assert {row.no_stake for row in rows} == {"account main is suspended"}
    await engine.stop()
