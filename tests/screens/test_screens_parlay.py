"""A parlay from the list of opportunities: legs picked one by one, a slip with the price of them together, one bet."""

from __future__ import annotations

import pytest
from kit import NARROW, Running, running
from msgspec.structs import replace
from review_scenes import parlay_bet
from scenes import BRIGHTON, LAKERS, OVER, full_scene
from stub_engine import Scene
from test_screens_snapshots import SIZES, SnapCompare, looks_right

from betting_tui.engine.core.bet_views import NotPlaced, Placed
from betting_tui.engine.core.commands import PlaceParlay
from betting_tui.engine.core.model import BetState, Funding, Side
from betting_tui.engine.core.odds import OddsFormat, parse_price
from betting_tui.engine.core.opportunity_views import OpportunityRow
from betting_tui.engine.core.parlays import MOST_LEGS
from betting_tui.engine.core.refusals import Refusal, RefusalCode

BETMGM = parse_price("+140", OddsFormat.AMERICAN)


def at_book(row: OpportunityRow, bookmaker: str) -> OpportunityRow:
    legs = tuple(replace(each, bookmaker=bookmaker) for each in row.opportunity.legs)
    return replace(row, opportunity=replace(row.opportunity, legs=legs))


def one_book() -> Scene:
    """Lakers and Brighton at FanDuel, two events; the total of the Lakers' game there too."""
    scene = full_scene()
    rows = {row.opportunity.id: at_book(row, "fanduel") for row in scene.rows}
    scene.rows = tuple(rows[name] for name in (LAKERS, BRIGHTON, OVER))
    return scene


def slips(run: Running) -> list[PlaceParlay]:
    return [each for each in run.engine.commands if isinstance(each, PlaceParlay)]


async def test_legs_are_picked_with_a_key_and_the_slip_shows_the_price_of_them_together() -> None:
    async with running(one_book()) as run:
        assert "l add leg" in run.text()
        assert "L parlay" not in run.text(), "there is no slip yet"
        await run.press("l")
        assert "is on the slip · 1 leg at FanDuel · L shows it" in run.toasts[-1]
        await run.press("down", "l")
        assert "2 legs at FanDuel · +413 together" in run.toasts[-1]
        assert "parlay 2 legs" in run.text()
        await run.press("L")
        assert run.dialog == "ParlayDialog"
        text = run.text()
        for part in ("▌ leg 1  Moneyline · Lakers +150", "Brighton +0.25", "2 legs +413 together at FanDuel", "to win"):
            assert part in text, part


async def test_enter_places_one_bet_on_what_was_shown() -> None:
    async with running(one_book()) as run:
        await run.press("l", "down", "l", "L", "1", "0", "enter")
        (command,) = slips(run)
        assert [leg.price.text for leg in command.legs] == ["+150", "2.050"]
        assert all(leg.stake_minor is None for leg in command.legs)
        assert (command.stake_minor, command.key, command.account) == (1_000, "key-1", "main")
        assert [event.name for event in command.events] == ["Celtics @ Lakers", "Brighton v Spurs"]
        assert run.toasts[-1].startswith("Not placed")
        assert "parlay 2 legs" in run.text(), "a refused slip is kept"


async def test_a_placed_parlay_is_told_and_leaves_the_slip_empty() -> None:
    async with running(one_book()) as run:
        run.engine.answer = Placed(50, (parlay_bet(50, BetState.PENDING),))
        await run.press("l", "down", "l", "L", "1", "0", "enter")
        assert run.toasts[-1] == "BET-000050 accepted · 3 legs +1643 at FanDuel · 10.00 to win 164.25"
        assert "L parlay" not in run.text()
        assert not run.app.session.parlay.picked


async def test_a_leg_whose_price_moved_is_named_and_the_slip_then_shows_that_price() -> None:
    async with running(one_book()) as run:
        leg = run.engine.scene.rows[0].opportunity.legs[0]
        run.engine.answer = NotPlaced(Refusal(RefusalCode.PRICE_MOVED, "odds moved"), BETMGM, leg)
        await run.press("l", "down", "l", "L", "5", "enter")
        assert "Lakers now +140, your limit is +150 · L shows the slip at that price" in run.toasts[-1]
        run.engine.scene.rows = run.engine.scene.rows[1:]
        await run.press("L")
        assert "Lakers +140 (was +150)" in run.text()


async def test_the_slip_shows_the_prices_of_now_before_anything_is_placed() -> None:
    async with running(one_book()) as run:
        await run.press("l", "down", "l")
        first = run.engine.scene.rows[0]
        worse = replace(first.opportunity.legs[0], price=BETMGM)
        moved = replace(first, opportunity=replace(first.opportunity, legs=(worse,)))
        run.engine.scene.rows = (moved, *run.engine.scene.rows[1:])
        await run.press("L")
        assert "Lakers +140 (was +150)" in run.text()
        await run.press("5", "enter")
        assert slips(run)[0].legs[0].price == BETMGM


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        (("l", "l"), "on the slip already"),
        (("l", "down", "down", "l"), "two legs are on Celtics @ Lakers"),
    ],
    ids=["twice", "same event"],
)
async def test_what_cannot_be_a_leg_is_said(keys: tuple[str, ...], told: str) -> None:
    async with running(one_book()) as run:
        await run.press(*keys)
        assert told in run.toasts[-1]
        assert len(run.app.session.parlay.picked) == 1


async def test_another_book_an_arbitrage_and_a_lay_are_no_legs() -> None:
    scene = full_scene()
    lay = replace(scene.rows[0].opportunity.legs[0], side=Side.LAY)
    laid = replace(scene.rows[0], opportunity=replace(scene.rows[0].opportunity, id="lay", legs=(lay,)))
    scene.rows = (*scene.rows, laid)
    async with running(scene) as run:
        await run.press("l", "down", "l")
        assert "the slip is at FanDuel: a parlay is one bet at one bookmaker" in run.toasts[-1]
        await run.press("down", "l")
        assert "2 legs belong together here" in run.toasts[-1]
        for _ in range(len(scene.rows)):
            await run.press("down")
        await run.press("l")
        assert "backs all its legs" in run.toasts[-1]


async def test_one_leg_is_no_parlay_and_an_unreadable_stake_is_none() -> None:
    async with running(one_book()) as run:
        await run.press("l", "L", "5", "enter")
        assert run.dialog == "ParlayDialog"
        assert "at least 2 legs" in run.text()
        await run.press("escape", "down", "l", "L", "backspace", "enter")
        assert "type a stake" in run.text()
        await run.press("0", "enter")
        assert "a stake is more than nothing" in run.text()
        assert slips(run) == []


async def test_a_leg_is_taken_off_and_the_slip_is_kept_or_cleared() -> None:
    async with running(one_book()) as run:
        await run.press("l", "down", "l", "L", "down", "x")
        assert "Brighton" not in "\n".join(line for line in run.text().split("\n") if "▌ " in line and "Spread" in line)
        assert [each.opportunity_id for each in run.app.session.parlay.picked] == [LAKERS]
        await run.press("escape")
        assert len(run.app.session.parlay.picked) == 1
        await run.press("L", "c")
        assert run.dialog == ""
        assert not run.app.session.parlay.picked
        await run.press("L")
        assert run.dialog == "", "without legs there is no slip"


async def test_a_free_bet_is_staked_once_on_all_of_it() -> None:
    async with running(one_book()) as run:
        await run.press("l", "down", "l", "L", "1", "0", "f")
        assert "free bet 10.00 · a win pays 41.25" in run.text()
        await run.press("enter")
        assert slips(run)[0].funding is Funding.FREE


async def test_a_wrong_key_on_the_slip_places_nothing() -> None:
    async with running(one_book()) as run:
        await run.press("l", "down", "l", "L")
        for key in ("b", "v", "w", "y", "1", "space", "e"):
            await run.press(key)
            assert run.dialog == "ParlayDialog", key
            assert run.engine.commands == [], key


async def test_a_viewer_places_no_parlay() -> None:
    scene = one_book()
    scene.overview = replace(scene.overview, read_only=True, lock_holder="pid 7")
    async with running(scene) as run:
        await run.press("l", "down", "l", "L")
        assert run.dialog == ""
        assert "pid 7" in run.toasts[-1]


async def test_a_parlay_among_the_open_bets_is_one_row_with_its_legs_behind_it() -> None:
    scene = full_scene()
    held = parlay_bet(50, BetState.PENDING)
    scene.open_bets = (replace(scene.open_bets[0], bet=held, state_text="1 of 3 in"),)
    async with running(scene, (170, 40)) as run:
        await run.press("2")
        assert "Celtics @ Lakers + 2 more" in run.text()
        assert "3 legs: Lakers / Brighton +0.25 / Draw" in run.text()
        assert "1 of 3 in" in run.text()
        await run.press("enter")
        for part in ("3 legs +1643 at FanDuel", "leg 1", "Lakers +150", "won", "leg 3", "Leeds v Wolves"):
            assert part in run.text(), part


def many_legs(name: str = "") -> Scene:
    """As many events at one book as a parlay may have, and one more."""
    scene = one_book()
    first = scene.rows[0]
    rows = []
    for number in range(MOST_LEGS + 1):
        event = replace(first.opportunity.event, id=f"e{number}", home_team=name or f"Home {number}")
        leg = first.opportunity.legs[0]
        line = replace(leg.selection.line, event_id=event.id)
        picked = replace(leg, selection=replace(leg.selection, line=line, name=event.home_team))
        found = replace(first.opportunity, id=f"o{number}", event=event, legs=(picked,), line=line)
        rows.append(replace(first, opportunity=found))
    scene.rows = tuple(rows)
    return scene


@pytest.mark.parametrize(
    "name", [pytest.param("", marks=pytest.mark.long, id="short names"), pytest.param("[b]東京" * 40, id="long names")]
)
async def test_the_longest_slip_keeps_stake_and_keys_on_the_screen_and_shows_the_leg_one_is_on(name: str) -> None:
    async with running(many_legs(name), NARROW) as run:
        for _ in range(MOST_LEGS):
            await run.press("l", "down")
        await run.press("L")
        for step in range(MOST_LEGS):
            text = run.text()
            for part in (f"▌ leg {step + 1} ", f"{MOST_LEGS} legs", "enter place", "esc keep it"):
                assert part in text, part
            assert run.input("#parlay-stake").region.bottom <= NARROW[1]
            await run.press("down")


@pytest.mark.parametrize("size", SIZES)
def test_slip(snap_compare: SnapCompare, size: str) -> None:
    assert looks_right(snap_compare, one_book(), SIZES[size], "l", "down", "l", "L", "1", "0")
