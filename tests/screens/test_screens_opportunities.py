"""The opportunities screen, key by key."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from feed_scenes import working_sources
from kit import NARROW, Running, running
from msgspec.structs import replace
from scenes import BRIGHTON, LAKERS, NBA, OVER, bet, daily_loss, full_scene, leg, why_not, working_orders
from stub_engine import NOW, Scene

from betting_tui.engine.config import Ui
from betting_tui.engine.core.bet_views import NotPlaced, Placed, Working
from betting_tui.engine.core.commands import Arm, Pause, Place
from betting_tui.engine.core.errors import LedgerError
from betting_tui.engine.core.model import BetState, Funding, Origin
from betting_tui.engine.core.odds import OddsFormat, parse_price
from betting_tui.engine.core.opportunity_views import OpportunityRow
from betting_tui.engine.core.refusals import Refusal, RefusalCode
from betting_tui.screens.opportunities import OpportunitiesScreen
from betting_tui.screens.opportunity_detail import OpportunityDetail
from betting_tui.screens.opportunity_list import ORDERS
from betting_tui.screens.show import Show
from betting_tui.screens.why_text import full_why, why_title
from betting_tui.widgets.chart import Chart
from betting_tui.widgets.line_table import LineTable
from betting_tui.widgets.panel import Panel


def accepted() -> Placed:
    pick = leg(NBA, "h2h", "Lakers", "fanduel", "+150")
    return Placed(42, (bet(42, pick, NBA, BetState.PENDING, 2_500),))


def table(run: Running) -> LineTable[OpportunityRow]:
    screen = run.app.screen
    assert isinstance(screen, OpportunitiesScreen)
    return screen.table


def ids(run: Running) -> list[str]:
    return [row.id for row in table(run).rows]


def table_title(run: Running) -> str:
    return run.app.screen.query_one("#list", Panel).note


def has_lines(run: Running) -> bool:
    """Whether a chart is drawn."""
    return any("\u2800" < each <= "\u28ff" for each in run.text())


def lakers_worth(scene: Scene, *, edge: float) -> None:
    first = scene.rows[0]
    scene.rows = (replace(first, opportunity=replace(first.opportunity, edge=edge)), *scene.rows[1:])


def lakers_now_at(scene: Scene, price: str) -> None:
    first = scene.rows[0]
    moved = replace(first.opportunity.legs[0], price=parse_price(price, OddsFormat.AMERICAN))
    scene.rows = (replace(first, opportunity=replace(first.opportunity, legs=(moved,))), *scene.rows[1:])


async def test_b_places_what_was_drawn_and_says_what_can_be_won() -> None:
    async with running(full_scene()) as run:
        run.engine.answer = accepted()
        await run.press("b")
        [command] = run.engine.commands
        assert isinstance(command, Place)
        assert command.account == "main"
        assert command.key == "key-1"
        assert command.origin is Origin.APP
        assert not command.again
        assert not command.take_worse
        [placed] = command.legs
        assert (placed.selection.name, placed.price.text, placed.stake_minor) == ("Lakers", "+150", 2_500)
        assert command.opportunity is not None
        assert command.opportunity.id == LAKERS
        assert run.toasts == ["BET-000042 accepted · Lakers +150 at FanDuel · 25.00 to win 37.50"]


async def test_a_price_that_got_worse_since_it_was_drawn_asks_and_then_sends_the_drawn_price() -> None:
    scene = full_scene()
    async with running(scene) as run:
        lakers_now_at(scene, "+140")
        run.engine.answer = accepted()
        await run.press("b")
        assert run.dialog == "ConfirmDialog"
        assert "the price is now +140" in run.text()
        assert run.engine.commands == []
        await run.press("enter")
        [command] = run.engine.commands
        assert isinstance(command, Place)
        assert command.legs[0].price.text == "+150"


async def test_a_vanished_row_asks_and_escape_leaves_it() -> None:
    scene = full_scene()
    async with running(scene) as run:
        scene.rows = scene.rows[1:]
        await run.press("b")
        assert run.dialog == "ConfirmDialog"
        await run.press("escape")
        assert run.dialog == ""
        assert run.engine.commands == []


async def test_a_row_that_has_just_come_under_the_cursor_asks() -> None:
    async with running(full_scene()) as run:
        await run.press("down")
        await run.pilot.press("b")
        await run.settle()
        assert run.dialog == "ConfirmDialog"
        assert "only just come under the cursor" in run.text()


async def test_where_the_row_went_the_one_in_its_place_asks_until_the_cursor_is_moved() -> None:
    scene = full_scene()
    async with running(scene) as run:
        await run.press("down", "up")
        scene.rows = scene.rows[1:]
        await run.news()
        assert run.toasts == ["Lakers at FanDuel is gone: the cursor is on the next row"]
        await run.press("b")
        assert "the row you were on is gone" in run.text()
        await run.press("escape", "down", "up", "b")
        assert [type(command) for command in run.engine.commands] == [Place]


async def test_a_row_that_was_dismissed_or_filtered_away_is_not_missed() -> None:
    async with running(full_scene()) as run:
        await run.press("down", "x", "slash", "b", "r", "i", "g", "enter")
        assert not any("gone" in told for told in run.toasts)
        assert not table(run).displaced


async def test_a_held_key_places_once() -> None:
    async with running(full_scene()) as run:
        run.clock.pass_(1.0)
        for _ in range(10):
            await run.pilot.press("b")
            run.clock.pass_(0.03)
        await run.settle()
        assert len(run.engine.commands) == 1


async def test_several_legs_open_the_slip_and_enter_places_them_with_their_stakes() -> None:
    async with running(full_scene()) as run:
        await run.press("down", "down", "b")
        assert run.dialog == "SlipDialog"
        assert "worst outcome +2.04" in run.text()
        await run.press("tab")
        run.input("#stake-1").value = "100"
        await run.settle()
        await run.press("enter")
        [command] = run.engine.commands
        assert isinstance(command, Place)
        assert [it.stake_minor for it in command.legs] == [9_700, 10_000]


async def test_the_slip_takes_only_stakes_that_are_money() -> None:
    async with running(full_scene()) as run:
        await run.press("e")
        for typed, said in (
            ("", "type a stake"),
            ("abc", "not an amount"),
            ("0", "more than nothing"),
            ("1.234", "decimals"),
        ):
            run.input().value = typed
            await run.settle()
            await run.press("enter")
            assert run.dialog == "SlipDialog"
            assert said in run.text()
        run.input().value = "40.50"
        await run.settle()
        assert "to win 60.75" in run.text()
        await run.press("enter")
        [command] = run.engine.commands
        assert isinstance(command, Place)
        assert command.legs[0].stake_minor == 4_050


async def test_suspicious_and_gap_rows_open_the_slip_with_the_reason() -> None:
    async with running(full_scene()) as run:
        await run.press("end", "b")
        assert run.dialog == "SlipDialog"
        assert "too good" in run.text()
        await run.press("escape", "up", "b")
        assert "no positive expectation" in run.text()


@pytest.mark.parametrize("key", ["b", "e"])
async def test_an_account_that_places_nothing_opens_no_slip(key: str) -> None:
    scene = full_scene()
    scene.rows = tuple(replace(row, stake_minor=0, no_stake="main is suspended") for row in scene.rows)
    scene.overview = replace(scene.overview, suspended=True)
    async with running(scene) as run:
        await run.press(key)
        assert run.dialog == ""
        assert run.toasts == ["Not placed · main is suspended · r resumes it"]
    scene.overview = replace(scene.overview, suspended=False, breakers=(daily_loss(),))
    async with running(scene) as run:
        await run.press(key)
        assert run.dialog == ""
        assert run.toasts == ["Not placed · placing stopped: lost 520.00 today, limit 500.00 · r resumes"]


async def test_an_empty_list_says_what_keeps_it_empty() -> None:
    scene = full_scene()
    scene.rows = ()
    scene.overview = replace(scene.overview, warning="the ledger's file was deleted: placing has stopped; restart")
    async with running(scene) as run:
        assert "No opportunity is shown while this lasts:" in run.text()
        assert "next look" not in run.text()


async def test_an_empty_list_does_not_say_that_all_is_well_while_a_feed_of_odds_is_in_trouble() -> None:
    scene = full_scene()
    scene.rows = ()
    failed, *others = working_sources().feeds
    scene.sources = replace(working_sources(), feeds=(failed, *others))
    async with running(scene) as run:
        assert "No price looks wrong right now" in run.text(), "ESPN is asked for results only"
        failed = replace(failed, status=replace(failed.status, state="failed"))
        scene.sources = replace(working_sources(), feeds=(failed, *others))
        await run.news()
        assert "No price looks wrong in what has come" in run.text()
        assert "6 says what is wrong with The Odds API" in run.text()


async def test_before_the_first_prices_none_is_called_right_and_no_board_is_promised() -> None:
    scene = full_scene()
    scene.rows = ()
    scene.newest_age = None
    async with running(scene, NARROW) as run:
        assert "No prices have come yet. The next look is at" in run.text()
        assert "shows every price" not in run.text()
        scene.newest_age = 20.0
        await run.news()
        assert "No price looks wrong right now" in run.text(), "nobody waits for the next time all ages are looked up"


async def test_prices_too_old_to_act_on_are_not_called_right() -> None:
    """As the free football files always are."""
    scene = full_scene()
    scene.rows = ()
    scene.newest_age = 56_880.0
    async with running(scene, NARROW) as run:
        assert "No price is fresh: the newest is 15 h 48 min old, the limit is 5 min" in run.text()
        assert "looks wrong" not in run.text()
        scene.newest_age = 20.0
        run.clock.pass_(5.0)
        await run.news()
        assert "No price looks wrong right now" in run.text()


async def test_help_names_each_screen_with_its_own_key() -> None:
    async with running(full_scene(), (120, 80)) as run:
        await run.press("question_mark")
        assert re.search(r" 1 +opportunities", run.text())
        assert re.search(r" 2 +open bets", run.text())


async def test_a_taken_row_is_placed_again_only_with_capital_b() -> None:
    async with running(full_scene()) as run:
        await run.press("down", "down", "down", "b")
        assert run.toasts == ["You already hold this one · B places it again"]
        assert run.engine.commands == []
        await run.press("B")
        [command] = run.engine.commands
        assert isinstance(command, Place)
        assert command.again
        assert command.opportunity is not None
        assert command.opportunity.id == BRIGHTON


async def test_after_moved_odds_e_offers_the_price_that_can_be_had() -> None:
    scene = full_scene()
    async with running(scene) as run:
        now = parse_price("+140", OddsFormat.AMERICAN)
        run.engine.answer = NotPlaced(
            Refusal(RefusalCode.PRICE_MOVED, "the price moved"), now, scene.rows[0].opportunity.legs[0]
        )
        await run.press("b")
        assert run.toasts == ["Not placed · odds moved: FanDuel now +140, your limit is +150 · e takes it or waits"]
        run.engine.answer = accepted()
        await run.press("e", "enter")
        command = run.engine.commands[-1]
        assert isinstance(command, Place)
        assert command.legs[0].price == now


async def test_a_failing_command_is_told_and_the_key_works_again() -> None:
    async with running(full_scene()) as run:
        run.engine.answer = LedgerError("the disk is full: free some space")
        await run.press("b")
        assert run.toasts == ["Ledger problem: the disk is full: free some space"]
        run.engine.answer = accepted()
        await run.press("b")
        assert len(run.engine.commands) == 2


async def test_a_viewer_is_told_who_holds_the_ledger() -> None:
    scene = full_scene()
    scene.overview = replace(scene.overview, read_only=True, lock_holder="pid 4711 on desk")
    async with running(scene) as run:
        assert "pid 4711 on desk" in run.text().split("\n")[0]
        for key in ("b", "e", "a", "p"):
            run.app.clear_notifications()
            await run.press(key)
            (told,) = run.toasts
            assert "pid 4711 on desk" in told
        assert run.engine.commands == []


async def test_x_puts_a_row_aside_until_it_is_worth_markedly_more() -> None:
    scene = full_scene()
    async with running(scene) as run:
        await run.press("x")
        assert LAKERS not in ids(run)
        assert "1 dismissed, X brings back" in run.text()
        lakers_worth(scene, edge=0.055)
        await run.news()
        assert LAKERS not in ids(run), "half a percent more is nothing to look at again"
        lakers_worth(scene, edge=0.061)
        await run.news()
        assert LAKERS in ids(run)
        assert "dismissed" not in table_title(run)


async def test_what_was_put_aside_counts_anew_when_it_has_ended_and_comes_again() -> None:
    scene = full_scene()
    everything = scene.rows
    async with running(scene) as run:
        await run.press("x")
        scene.rows = everything[1:]
        await run.news()
        assert "dismissed" not in table_title(run)
        scene.rows = everything
        await run.news()
        assert LAKERS in ids(run)


async def test_capital_x_brings_all_back_and_an_empty_list_names_it() -> None:
    async with running(full_scene(), NARROW) as run:
        await run.press("X")
        assert run.toasts == []
        await run.press(*"xxxxxx")
        assert "All 6 are dismissed. X brings them back" in run.text()
        await run.press("X")
        assert len(ids(run)) == 6
        assert run.toasts == ["6 rows are back"]


async def test_w_gives_a_star_and_tells_of_the_price_on_any_screen() -> None:
    scene = full_scene()
    async with running(scene) as run:
        await run.press("w")
        assert run.toasts == ["★ Lakers: you are told when its price changes"]
        assert [mark.opportunity_id for mark in scene.watch_marks] == [LAKERS], "kept for later runs"
        [line] = [text for text in run.text().split("\n") if "Lakers" in text and "+150" in text and "▌" in text]
        assert line.index("★") < line.index("00:42")
        await run.press("3")
        lakers_now_at(scene, "+155")
        run.clock.pass_(5.0)
        await run.news()
        assert run.toasts[-1] == "★ Lakers at FanDuel +150 → +155 better"
        lakers_now_at(scene, "+140")
        await run.news()
        assert len(run.toasts) == 2, "the last telling is fresh"
        run.clock.pass_(5.0)
        await run.news()
        assert run.toasts[-1] == "★ Lakers at FanDuel +155 → +140 worse"
        await run.press("1", "w")
        assert scene.watch_marks == ()
        assert run.toasts[-1] == "Lakers is no longer watched"


async def test_a_star_of_an_earlier_run_is_there_and_tells_what_changed_meanwhile() -> None:
    scene = full_scene()
    async with running(scene) as run:
        await run.press("w")
    lakers_now_at(scene, "+165")
    async with running(scene) as run:
        await run.news()
        assert run.toasts == ["★ Lakers at FanDuel +150 → +165 better"]


async def test_a_price_that_is_off_the_board_for_a_while_is_told_of_when_it_is_back() -> None:
    scene = full_scene()
    everything = scene.rows
    async with running(scene) as run:
        await run.press("w")
        scene.rows = everything[1:]
        run.clock.pass_(6.0)
        await run.news()
        assert len(run.toasts) == 1
        scene.rows = everything
        lakers_now_at(scene, "+145")
        run.clock.pass_(6.0)
        await run.news()
        assert run.toasts[-1] == "★ Lakers at FanDuel +150 → +145 worse"


async def test_the_filter_finds_in_every_column_and_escape_clears_it() -> None:
    async with running(full_scene()) as run:
        await run.press("slash", *"caesars")
        assert [row.payload.opportunity.strategy for row in table(run).rows] == ["arbitrage"]
        run.input("#filter").value = "nba over"
        await run.settle()
        assert [row.id for row in table(run).rows] == [OVER]
        run.input("#filter").value = "zzz"
        await run.settle()
        assert "Nothing matches “zzz”. esc clears the filter" in run.text()
        await run.press("escape")
        assert len(table(run).rows) == 6
        assert table(run).has_focus


def oldest_price(row: OpportunityRow) -> float:
    return max((NOW - (leg.quoted_at or NOW)).total_seconds() for leg in row.opportunity.legs)


async def test_s_walks_through_the_columns_and_the_cursor_stays_on_its_row() -> None:
    scene = full_scene()
    first = scene.rows[0]
    old = replace(first.opportunity.legs[0], quoted_at=NOW - timedelta(seconds=90))
    scene.rows = (replace(first, opportunity=replace(first.opportunity, legs=(old,))), *scene.rows[1:])
    async with running(scene) as run:
        best = ids(run)
        await run.press("down", "up")
        seen: dict[str, list[str]] = {}
        for _ in ORDERS:
            await run.press("s")
            name = next(order.name for order in ORDERS if f" · {order.name}" in table_title(run))
            seen[name] = ids(run)
            under = table(run).cursor_row
            assert under is not None
            assert under.id == LAKERS
        assert list(seen) == [order.name for order in (*ORDERS[1:], ORDERS[0])]
        assert seen["best first"] == best
        rows = {row.opportunity.id: row for row in run.engine.scene.rows}
        assert seen["edge"] == sorted(best, key=lambda it: -(rows[it].opportunity.ev_per_unit or 0))
        assert seen["start"] == sorted(best, key=lambda it: rows[it].opportunity.event.commence_time)
        assert seen["age"] == sorted(best, key=lambda it: oldest_price(rows[it]))
        assert seen["age"][-1] == LAKERS
        assert seen["stake"] == sorted(best, key=lambda it: -rows[it].stake_minor)


async def test_capital_s_turns_the_order_round_and_the_title_says_which_way() -> None:
    async with running(full_scene()) as run:
        await run.press("S")
        assert "best first" in table_title(run), "nobody wants the worst first"
        await run.press("s")
        assert "edge ▼" in table_title(run)
        down = ids(run)
        await run.press("S")
        assert "edge ▲" in table_title(run)
        assert ids(run)[-1] == down[0]
        await run.press("s")
        assert "start ▲" in table_title(run)


async def test_space_holds_the_table_still_and_counts_what_waits() -> None:
    scene = full_scene()
    async with running(scene) as run:
        await run.press("space")
        assert "⏸ 0 changes wait, space goes on" in table_title(run)
        scene.rows = scene.rows[::-1]
        await run.news()
        assert table(run).rows[0].id == LAKERS
        scene.rows = scene.rows[::-1]
        lakers_now_at(scene, "+155")
        scene.rows = scene.rows[:-1]
        await run.news()
        assert "⏸ 2 changes wait" in table_title(run), "a price and one that is gone"
        assert table_title(run).startswith("6 · "), "as many as are shown"
        assert "+150" in run.text()
        await run.press("space")
        assert "⏸" not in table_title(run)
        assert len(ids(run)) == 5


async def test_a_list_held_still_can_be_sorted_and_stands_still_again() -> None:
    scene = full_scene()
    async with running(scene) as run:
        await run.press("space", "s", "x")
        assert "edge ▼" in table_title(run)
        assert "1 dismissed" in table_title(run)
        assert "⏸" in table_title(run)
        shown = ids(run)
        scene.rows = scene.rows[:1]
        await run.news()
        assert ids(run) == shown


async def test_enter_says_why_in_full_even_where_the_panel_is_folded() -> None:
    async with running(full_scene(), NARROW) as run:
        assert "fair +138 (+135 to +142) power devig · pinnacle" in run.text()
        assert "Pinnacle          +136" not in run.text()
        await run.press("enter")
        assert run.dialog == "TextDialog"
        for said in (
            "Pinnacle          +136   42.0   1.00    9s",
            "▸ FanDuel           +150      –      –   10s  a side is missing",
            "band 41.3 – 42.6 %",
            "low +3.5 %",
            "quarter Kelly 84.00 → max bet 0.25 % of available",
            "✓ value_betting   found it",
        ):
            assert said in run.text()
        await run.press("enter")
        assert run.dialog == ""


async def test_the_panel_says_why_and_the_chart_has_the_price_and_the_fair_line() -> None:
    async with running(full_scene()) as run:
        await run.press("enter")
        assert "✗ line_shopping   Pinnacle pays more" in run.text()
        await run.press("enter")
        assert "Why Lakers +150 at FanDuel" in run.text()
        assert "found  by value_betting" in run.text()
        assert "Price at FanDuel" in run.text()
        price, fair = run.app.screen.query_one("#price-chart", Chart).data.lines
        assert (price.name, price.note, fair.name, fair.note) == ("FanDuel", "+150", "fair", "+138")
        assert price.points[-1][1] == pytest.approx(0.4)
        assert [round(value, 3) for _, value in fair.points] == [0.421, 0.424, 0.422, 0.42, 0.42, 0.42]


async def test_no_line_of_the_row_before_stands_under_the_name_of_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    scene = full_scene()
    async with running(scene) as run:
        assert has_lines(run)
        monkeypatch.setattr(OpportunityDetail, "after", 60.0)
        monkeypatch.setattr(OpportunityDetail, "chart_after", 60.0)
        _, *others = scene.rows
        scene.rows = tuple(others)
        await run.news()
        assert "Price at BetMGM" in run.text()
        assert not has_lines(run)
        monkeypatch.setattr(OpportunityDetail, "after", 0.0)
        await run.press("down", "up")
        assert "Price at BetMGM" in run.text()
        assert has_lines(run)


def test_a_price_nobody_has_found_says_which_check_stopped_it() -> None:
    show = Show(Ui(time_zone="UTC"), "USD")
    why = why_not(NBA, leg(NBA, "h2h", "Lakers", "draftkings", "+130"))
    assert why_title(why, show) == "Why not Lakers +130 at DraftKings"
    said = full_why(why, show).plain
    assert "not    edge -3.36 % is below 5 %" in said
    assert "stake  none · no edge at this price" in said
    assert "✗ line_shopping   FanDuel pays more" in said


async def test_a_arms_after_a_confirmation_and_disarms_at_once() -> None:
    async with running(full_scene()) as run:
        await run.press("a")
        assert run.dialog == "ConfirmDialog"
        await run.press("enter")
        assert run.engine.commands == [Arm("value_betting", True, "app")]
        assert "auto value_betting" in run.text().split("\n")[0]
        await run.press("a")
        assert run.engine.commands[-1] == Arm("value_betting", False, "app")
        assert "auto off" in run.text().split("\n")[0]


async def test_p_pauses_and_resumes_on_every_screen() -> None:
    async with running(full_scene()) as run:
        for number, key in enumerate("123456"):
            await run.press(key, "p")
            assert run.engine.commands[-1] == Pause(number % 2 == 0, "app")


async def test_a_changed_price_is_marked_and_keeps_the_cursor() -> None:
    scene = full_scene()
    async with running(scene) as run:
        await run.press("down")
        lakers_now_at(scene, "+155")
        scene.rows = scene.rows[::-1]
        await run.news()
        under = table(run).cursor_row
        assert under is not None
        assert under.id == OVER
        [line] = [text for text in run.text().split("\n") if "+155" in text]
        assert "•" in line


async def test_a_moved_price_may_be_waited_for_until_the_start() -> None:
    scene = full_scene()
    async with running(scene) as run:
        wanted = scene.rows[0].opportunity.legs[0]
        now = parse_price("+140", OddsFormat.AMERICAN)
        run.engine.answer = NotPlaced(Refusal(RefusalCode.PRICE_MOVED, "the price moved"), now, wanted)
        await run.press("b")
        order = replace(working_orders()[0], leg=wanted)
        run.engine.answer = Working(1, order)
        await run.press("e", "w")
        assert "waits for +150 or better until 12:12" in run.text()
        await run.press("enter")
        command = run.engine.commands[-1]
        assert isinstance(command, Place)
        assert command.legs[0].price == wanted.price
        assert command.work_until == scene.rows[0].opportunity.event.commence_time
        assert run.toasts[-1].startswith("ORD-000003 waits · Lakers +150 or better at FanDuel · 25.00 reserved until")


async def test_a_free_bet_says_that_it_risks_nothing() -> None:
    async with running(full_scene()) as run:
        run.engine.answer = accepted()
        await run.press("e", "f")
        assert "a win pays 37.50, the stake not returned" in run.text()
        await run.press("enter")
        command = run.engine.commands[-1]
        assert isinstance(command, Place)
        assert command.funding is Funding.FREE
        assert command.work_until is None


async def test_legs_that_belong_together_do_not_wait() -> None:
    async with running(full_scene()) as run:
        await run.press("down", "down", "e")
        assert "free bet" in run.text()
        assert "wait until" not in run.text()


async def test_arming_names_the_accounts_it_bets_for() -> None:
    async with running(full_scene()) as run:
        await run.press("a")
        assert "It bets for main and quarter Kelly." in run.text()
        assert "euro value" not in run.text()
