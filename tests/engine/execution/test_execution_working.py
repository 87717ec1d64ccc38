"""A waiting order is filled by a price that came after it, at that price or better, before the start; else it waits."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from betting_tui.engine.board import Board
from betting_tui.engine.core.bet_views import OrderRow
from betting_tui.engine.core.commands import Fill
from betting_tui.engine.core.model import Event, Evidence, Funding, LineKey, OutcomeSet, Phase, Quote, Selection, Side
from betting_tui.engine.core.odds import parse_any
from betting_tui.engine.execution.paper import AcceptanceRules, PaperBroker
from betting_tui.engine.execution.working import fill_of, is_over
from betting_tui.engine.strategies.base import leg_of
from market_samples import GAME, MATCH, MONEYLINE, NOW, START, TENNIS, ago, decoded, quote

MADE = ago(600)
STARTED = ago(3600)
LIMIT = quote("Home", "fanduel", "+150")


def order(wanted: Quote = LIMIT, *, event: Event = GAME, made: datetime = MADE, expires: datetime = START) -> OrderRow:
    drawn = msgspec.structs.replace(leg_of(wanted), quoted_at=None, seen_at=None, source="", stake_minor=10_000)
    return OrderRow(
        id="ORD-000001",
        account="main",
        currency="USD",
        event=event,
        leg=drawn,
        stake_minor=10_000,
        reserved_minor=10_000,
        filled_minor=0,
        created_at=made,
        expires_at=expires,
    )


def board_of(*quotes: Quote, event: Event = GAME) -> Board:
    board = Board()
    board.apply(decoded(*quotes, event=event), "feed")
    return board


def filled(
    waiting: OrderRow, board: Board, *, since: datetime = STARTED, now: datetime = NOW, max_age: float = 300.0
) -> Fill | None:
    return fill_of(waiting, board, PaperBroker(board, AcceptanceRules(max_age_seconds=max_age)), since, now)


@pytest.mark.parametrize(
    ("side", "limit", "quoted", "gets"),
    [
        (Side.BACK, "+150", "+150", "+150"),
        (Side.BACK, "+150", "+165", "+165"),
        (Side.BACK, "+150", "+149", None),
        (Side.BACK, "-110", "1.90909090909090909", None),
        (Side.LAY, "2.04", "2.04", "2.04"),
        (Side.LAY, "2.04", "1.98", "1.98"),
        (Side.LAY, "2.04", "2.06", None),
    ],
)
def test_it_gets_its_limit_or_the_better_price_that_is_quoted(
    side: Side, limit: str, quoted: str, gets: str | None
) -> None:
    waiting = order(quote("Home", "smarkets", limit, side=side))
    fill = filled(waiting, board_of(quote("Home", "smarkets", quoted, side=side)))
    assert (fill.price.text if fill else None) == gets


def test_the_fill_carries_the_quote_that_proves_it() -> None:
    there = quote("Home", "fanduel", "+165", age=20)
    fill = filled(order(), board_of(there))
    assert fill is not None
    assert (fill.evidence, fill.stake_minor, fill.source) == (Evidence.LATER_SNAPSHOT, 10_000, "feed")
    assert (fill.quoted_at, fill.seen_at) == (there.quoted_at, there.seen_at)
    assert fill.leg == order().leg


@pytest.mark.parametrize(
    ("made", "since", "fills"),
    [
        (ago(1), ago(3600), True),
        (NOW, ago(3600), False),
        (ago(3600), ago(1), True),
        (ago(3600), NOW, False),
        (ago(3600), NOW + timedelta(seconds=1), False),
    ],
    ids=["made before", "made as it was seen", "started before", "started as it was seen", "seen while away"],
)
def test_only_a_price_seen_after_the_order_and_the_start_of_the_engine_counts(
    made: datetime, since: datetime, fills: bool
) -> None:
    at = NOW + timedelta(seconds=5)
    assert (filled(order(made=made), board_of(LIMIT), since=since, now=at) is not None) == fills


def test_the_drawn_price_itself_never_fills_it() -> None:
    """An order made at what the board shows waits for the next answer, which may show it no more."""
    board = board_of(LIMIT)
    waiting = order(made=NOW)
    assert filled(waiting, board) is None
    later = NOW + timedelta(seconds=60)
    board.apply(decoded(quote("Home", "fanduel", "+150", seen=later)), "feed")
    assert filled(waiting, board, now=later) is not None


@pytest.mark.parametrize(("event", "line", "limit"), [(GAME, MONEYLINE, 300), (MATCH, TENNIS, 120)])
def test_an_old_price_does_not_fill_it(event: Event, line: LineKey, limit: int) -> None:
    for age, fills in ((limit, True), (limit + 1, False)):
        old = quote("Home", "fanduel", "+150", line, age=age)
        assert (filled(order(old, event=event), board_of(old, event=event)) is not None) == fills


def test_a_price_in_play_never_fills_it() -> None:
    assert filled(order(), board_of(quote("Home", "fanduel", "+900", phase=Phase.INPLAY))) is None


def test_nothing_fills_it_from_the_start_on_whatever_the_order_knows_of_the_start() -> None:
    there = quote("Home", "fanduel", "+150", seen=START)
    assert filled(order(), board_of(there), now=START) is None
    early = msgspec.structs.replace(GAME, commence_time=NOW)
    assert filled(order(), board_of(LIMIT, event=early)) is None


@pytest.mark.parametrize(
    "there",
    [
        quote("Away", "fanduel", "+150"),
        quote("Home", "betmgm", "+150"),
        quote("Home", "fanduel", "+150", side=Side.LAY),
        quote("Home", "fanduel", "+150", LineKey(GAME.id, "h2h", OutcomeSet.THREE_WAY)),
        quote("Home", "fanduel", "+150", LineKey(GAME.id, "h2h", OutcomeSet.TWO_WAY, period="1h")),
    ],
    ids=["other selection", "other book", "other side", "draw no longer void", "other period"],
)
def test_another_price_does_not_fill_it(there: Quote) -> None:
    assert filled(order(), board_of(there)) is None


def test_another_point_does_not_fill_it() -> None:
    line = LineKey(GAME.id, "spreads", OutcomeSet.TWO_WAY, point=-3.5)
    wanted = msgspec.structs.replace(quote("Home", "fanduel", "+100", line), selection=Selection(line, "Home", -3.5))
    moved = LineKey(GAME.id, "spreads", OutcomeSet.TWO_WAY, point=-4.5)
    elsewhere = msgspec.structs.replace(wanted, selection=Selection(moved, "Home", -4.5))
    assert filled(order(wanted), board_of(elsewhere)) is None
    askew = msgspec.structs.replace(wanted, selection=Selection(line, "Home", 3.5))
    assert filled(order(wanted), board_of(askew)) is None
    assert filled(order(wanted), board_of(wanted)) is not None


def test_a_price_off_the_board_does_not_fill_it() -> None:
    board = board_of(LIMIT)
    board.apply(decoded(quote("Away", "fanduel", "-160")), "feed")
    assert filled(order(), board) is None
    assert filled(order(), Board()) is None


def test_a_free_order_is_filled_like_any_other() -> None:
    assert filled(msgspec.structs.replace(order(), funding=Funding.FREE), board_of(LIMIT)) is not None


@pytest.mark.parametrize(
    ("expires", "known", "on_board", "over"),
    [
        (NOW, START, START, True),
        (NOW + timedelta(microseconds=1), START, START, False),
        (START, NOW, START, True),
        (START, START, NOW, True),
        (START, START, None, False),
    ],
    ids=["its time", "a moment before", "the ledger's start", "the board's start", "off the board"],
)
def test_it_is_over_at_its_time_or_the_start(
    expires: datetime, known: datetime, on_board: datetime | None, over: bool
) -> None:
    waiting = order(event=msgspec.structs.replace(GAME, commence_time=known), expires=expires)
    board = Board()
    if on_board is not None:
        board = board_of(LIMIT, event=msgspec.structs.replace(GAME, commence_time=on_board))
    assert is_over(waiting, board, NOW) == over


DECIMALS = st.integers(101, 2000).map(lambda cents: f"{cents / 100:.2f}")


@given(limit=DECIMALS, quoted=DECIMALS, side=st.sampled_from(Side), made=st.integers(-5, 5), began=st.integers(-5, 5))
def test_no_fill_is_worse_than_the_limit_or_older_than_order_and_engine(
    limit: str, quoted: str, side: Side, made: int, began: int
) -> None:
    waiting = order(quote("Home", "smarkets", limit, side=side), made=NOW + timedelta(seconds=made))
    there = quote("Home", "smarkets", quoted, side=side)
    fill = filled(waiting, board_of(there), since=NOW + timedelta(seconds=began))
    better = parse_any(quoted).exact - parse_any(limit).exact
    good = better >= 0 if side is Side.BACK else better <= 0
    assert (fill is not None) == (good and made < 0 and began < 0)
    if fill is not None:
        assert fill.price == there.price
