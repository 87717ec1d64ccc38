"""What the place key may do, rule by rule."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from scenes import ARBITRAGE, GAP, LAKERS, NBA, SUSPICIOUS, leg, rows

from betting_tui.engine.config import Ui
from betting_tui.engine.core.bet_views import NotPlaced
from betting_tui.engine.core.model import Side
from betting_tui.engine.core.odds import OddsFormat, parse_price
from betting_tui.engine.core.opportunity_views import OpportunityRow
from betting_tui.engine.core.refusals import Refusal, RefusalCode
from betting_tui.screens.placing import AskAgain, Decision, Decline, OpenSlip, PlaceNow, decide, not_placed_text
from betting_tui.screens.show import Show

SHOW = Show(Ui(time_zone="UTC"), "USD")
ROWS = {row.opportunity.id: row for row in rows()}


def press(
    drawn: OpportunityRow, current: OpportunityRow | None, *, under: float = 1.0, again: bool = False
) -> Decision:
    return decide(drawn, current, under_cursor=under, again=again, show=SHOW)


def at_price(row: OpportunityRow, price: str, side: Side = Side.BACK) -> OpportunityRow:
    changed = replace(row.opportunity.legs[0], price=parse_price(price, OddsFormat.AMERICAN), side=side)
    return replace(row, opportunity=replace(row.opportunity, legs=(changed,)))


def test_a_plain_row_that_has_been_looked_at_is_placed() -> None:
    assert press(ROWS[LAKERS], ROWS[LAKERS]) == PlaceNow()
    assert press(ROWS[LAKERS], ROWS[LAKERS], under=0.3) == PlaceNow()


def test_a_row_that_has_just_come_under_the_cursor_asks() -> None:
    assert isinstance(press(ROWS[LAKERS], ROWS[LAKERS], under=0.299), AskAgain)


def test_a_vanished_row_asks() -> None:
    assert press(ROWS[LAKERS], None) == AskAgain("it is no longer in the list")


def test_a_row_that_took_the_place_of_another_asks_however_long_it_has_been_there() -> None:
    row = ROWS[LAKERS]
    asked = decide(row, row, under_cursor=60.0, again=False, show=SHOW, displaced=True)
    assert asked == AskAgain("the row you were on is gone and this one came in its place")


@pytest.mark.parametrize(("now", "asks"), [("+140", True), ("+150", False), ("+160", False)])
def test_a_worse_price_asks_and_a_better_one_does_not(now: str, asks: bool) -> None:
    assert isinstance(press(ROWS[LAKERS], at_price(ROWS[LAKERS], now)), AskAgain) is asks


def test_for_a_lay_the_higher_price_is_the_worse_one() -> None:
    drawn = at_price(ROWS[LAKERS], "+150", Side.LAY)
    assert isinstance(press(drawn, at_price(ROWS[LAKERS], "+160", Side.LAY)), AskAgain)
    assert press(drawn, at_price(ROWS[LAKERS], "+140", Side.LAY)) == PlaceNow()


@pytest.mark.parametrize("row_id", [ARBITRAGE, SUSPICIOUS, GAP])
def test_several_legs_suspicious_or_no_positive_expectation_open_the_slip(row_id: str) -> None:
    assert isinstance(press(ROWS[row_id], ROWS[row_id]), OpenSlip)


def test_a_row_without_a_stake_opens_the_slip() -> None:
    drawn = replace(ROWS[LAKERS], stake_minor=0, no_stake="the bankroll is spent")
    assert press(drawn, drawn) == OpenSlip("the bankroll is spent")


def test_one_placement_an_opportunity_unless_again() -> None:
    taken = replace(ROWS[LAKERS], taken=True)
    assert isinstance(press(taken, taken), Decline)
    assert isinstance(press(ROWS[LAKERS], taken), Decline), "taken since it was drawn"
    assert press(taken, taken, again=True) == PlaceNow()


def test_a_moved_price_is_told_with_both_prices_and_the_key_that_takes_it() -> None:
    limit = leg(NBA, "h2h", "Lakers", "fanduel", "+150")
    refusal = Refusal(RefusalCode.PRICE_MOVED, "the price moved")
    answer = NotPlaced(refusal, parse_price("+140", OddsFormat.AMERICAN), limit)
    assert not_placed_text(answer, SHOW) == (
        "Not placed · odds moved: FanDuel now +140, your limit is +150 · e takes it or waits"
    )
    assert not_placed_text(NotPlaced(Refusal(RefusalCode.PAUSED, "paused")), SHOW) == "Not placed · paused"
