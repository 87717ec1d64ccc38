"""Screen 5: the grid, its cursor, its keys, and what may be placed from it."""

from __future__ import annotations

import pytest
from kit import NARROW, WIDE, Running, running
from market_scenes import crowd, line_of, match, put, quoted
from msgspec.structs import replace
from scenes import empty_scene, full_scene
from stub_engine import NOW

from betting_tui.engine.core.bet_views import NotPlaced
from betting_tui.engine.core.commands import Place, RecordBet
from betting_tui.engine.core.model import Funding, Origin
from betting_tui.engine.core.refusals import Refusal, RefusalCode
from betting_tui.screens.market_rows import GridRow
from betting_tui.screens.markets import MarketsScreen
from betting_tui.widgets.grid_table import GridTable
from betting_tui.widgets.panel import Panel

LAKERS, CELTICS = "Lakers", "Celtics"


def table(run: Running) -> GridTable[GridRow]:
    screen = run.app.screen_stack[0]
    assert isinstance(screen, MarketsScreen)
    return screen.table


def under_cursor(run: Running) -> tuple[str, str]:
    """The pick under the cursor and the column; '' is the column that stays."""
    row = table(run).cursor_row
    assert row is not None
    assert row.payload.pick is not None
    return row.payload.pick.name, table(run).column_key


def note(run: Running) -> str:
    return run.app.screen_stack[0].query_one("#markets", Panel).title_line


def moved(run: Running, price: str, book: str = "fanduel", name: str = LAKERS) -> None:
    """The feed says another price, and nothing is drawn yet."""
    event = match(NOW, "basketball_nba", "NBA", "Celtics @ Lakers", 42)
    line = line_of(event, "h2h")
    kept = [
        quote
        for each in run.engine.scene.board.lines(event.id)
        for quote in run.engine.scene.board.quotes(each)
        if (quote.selection.line, quote.bookmaker, quote.selection.name) != (line, book, name)
    ]
    put(run.engine.scene.board, event, [*kept, *quoted(line, book, ((name, None, price),), NOW, 1)])


class TestTheGrid:
    async def test_prices_and_arrows_change_without_any_row_being_built_anew(self) -> None:
        async with running(full_scene(), (200, 60)) as run:
            await run.press("5")
            assert table(run).shown == (
                "pinnacle", "fanduel", "draftkings", "betmgm", "betrivers", "lowvig", "bet365", "betsson",
            )  # fmt: skip
            before = table(run).rows
            moved(run, "+165")
            await run.news()
            assert table(run).rows is before
            assert "▼+165*" in run.text()
            moved(run, "+172")
            await run.news()
            assert "▲+172*" in run.text()

    async def test_a_new_event_comes_in_and_the_cursor_stays_on_its_row(self) -> None:
        async with running(full_scene(), WIDE) as run:
            await run.press("5", "down", "right")
            assert under_cursor(run) == (LAKERS, "pinnacle")
            early = match(NOW, "basketball_nba", "NBA", "Bulls @ Nets", 5)
            prices = (("Bulls", None, "-110"), ("Nets", None, "-110"))
            put(run.engine.scene.board, early, quoted(line_of(early, "h2h"), "fanduel", prices, NOW))
            await run.news()
            assert "Bulls @ Nets" in run.text()
            assert under_cursor(run) == (LAKERS, "pinnacle")


class TestTheCursor:
    async def test_it_passes_over_the_lines_of_events_and_columns_scroll_past_the_first_ones(self) -> None:
        async with running(full_scene(), NARROW) as run:
            await run.press("5")
            assert under_cursor(run) == (CELTICS, "")
            await run.press("down", "down")
            assert under_cursor(run) == ("Heat", "")
            await run.press("up", "up", "up")
            assert under_cursor(run) == (CELTICS, "")
            await run.press("end")
            assert under_cursor(run)[0] == "Wild"
            await run.press("home")
            assert "of 8" in note(run)
            await run.press(*["right"] * 9)
            assert under_cursor(run) == (CELTICS, "betsson")
            assert table(run).hidden == (8 - len(table(run).shown), 0)
            assert "Starts" in run.text()
            assert "Best" in run.text()
            await run.press(*["left"] * 9)
            assert under_cursor(run) == (CELTICS, "")
            assert table(run).hidden[0] == 0

    async def test_a_click_puts_it_on_a_cell(self) -> None:
        async with running(full_scene(), (200, 60)) as run:
            await run.press("5")
            lines = run.text().splitlines()
            y = next(at for at, line in enumerate(lines) if "+145" in line)
            x = lines[y].index("+145") + 1
            await run.pilot.click(None, offset=(x, y))
            await run.settle()
            assert under_cursor(run) == (LAKERS, "draftkings")


class TestLooking:
    async def test_markets_points_and_sorts_have_a_key_each(self) -> None:
        async with running(full_scene(), WIDE) as run:
            await run.press("5")
            assert "Moneyline" in note(run)
            await run.press("m")
            assert "Total" in note(run)
            assert "Over 224.5" in run.text()
            assert "Over 225 " not in run.text()
            await run.press("o")
            assert "Over 225 " in run.text()
            await run.press("o", "M")
            assert "Moneyline" in note(run)
            for said in ("by league", "least hold first", "most books first", "by start"):
                await run.press("s")
                assert said in note(run)

    async def test_the_filter_takes_what_is_typed_right_after_its_key(self) -> None:
        async with running(full_scene(), WIDE) as run:
            await run.press("5")
            await run.pilot.press("slash", "n", "b", "a")
            await run.settle()
            assert run.dialog == ""
            assert run.input("#filter").value == "nba"
            assert "Celtics @ Lakers" in run.text()
            assert "Brighton v Spurs" not in run.text()
            await run.press("z")
            assert "Nothing matches “nbaz”. esc clears the filter" in run.text()
            await run.press("escape")
            assert "Brighton v Spurs" in run.text()

    async def test_every_price_is_explained_and_enter_explains_all_of_the_event(self) -> None:
        async with running(full_scene(), WIDE) as run:
            await run.press("5")
            assert "value_betting: edge -" in run.text()
            await run.press(*["right"] * 5)
            assert "BetRivers does not quote this one" in run.text()
            await run.press("b", "enter")
            assert run.dialog == "EventDialog"
            for text in ("Lakers", "Over 224.5", "Under 225", "value_betting"):
                assert text in run.text()
            await run.press("down", "escape")
            assert run.dialog == ""
            assert run.engine.commands == []

    async def test_an_empty_board_names_the_keys_in_force_that_fill_it(self) -> None:
        async with running(empty_scene(), NARROW) as run:
            await run.press("5")
            assert "No prices yet" in run.text()
            assert "n records a bet made anywhere" in run.text()
            assert "resumes" not in run.text()
            run.app.use_ui(replace(run.engine.settings.ui, keys={"markets.record": "f8"}))
            await run.settle()
            assert "f8 records a bet" in run.text()

    async def test_while_paused_an_empty_board_names_the_key_that_resumes(self) -> None:
        scene = empty_scene()
        scene.overview = replace(scene.overview, paused=True)
        async with running(scene, NARROW) as run:
            await run.press("5")
            assert "nothing is polled while paused: p resumes" in run.text()


def placed_on(run: Running) -> Place:
    (command,) = run.engine.commands
    assert isinstance(command, Place)
    return command


class TestPlacing:
    async def test_b_places_what_the_cell_shows_when_it_has_an_edge(self) -> None:
        async with running(full_scene(), WIDE) as run:
            await run.press("5", "down", "right", "right")
            assert under_cursor(run) == (LAKERS, "fanduel")
            await run.press("b")
            command = placed_on(run)
            (leg,) = command.legs
            assert (leg.selection.name, leg.bookmaker, leg.price.text) == (LAKERS, "fanduel", "+170")
            assert leg.stake_minor == 10_000
            assert command.opportunity is None
            assert command.edge is not None
            assert command.edge > 0.05
            assert command.fair_probability is not None

    async def test_without_an_edge_the_slip_opens_with_the_usual_stake(self) -> None:
        async with running(full_scene(), WIDE) as run:
            await run.press("5", "right", "b")
            assert run.dialog == "SlipDialog"
            assert run.input().value == "100.00"
            assert "no positive expectation" in run.text()
            await run.press("enter")
            assert placed_on(run).legs[0].bookmaker == "pinnacle"

    async def test_without_a_fair_line_the_slip_says_so(self) -> None:
        scene = full_scene()
        event = match(NOW, "basketball_nba", "NBA", "Bulls @ Nets", 5)
        put(scene.board, event, quoted(line_of(event, "h2h"), "fanduel", (("Bulls", None, "-110"),), NOW))
        async with running(scene, WIDE) as run:
            await run.press("5", "e")
            assert run.dialog == "SlipDialog"
            assert "there is no fair line" in run.text()

    async def test_a_price_that_got_worse_since_it_was_drawn_asks_again(self) -> None:
        async with running(full_scene(), WIDE) as run:
            await run.press("5", "down", "right", "right")
            moved(run, "+160")
            await run.press("b")
            assert run.dialog == "ConfirmDialog"
            assert "the price is now +160" in run.text()
            assert run.engine.commands == []

    async def test_a_cell_that_only_just_came_under_the_cursor_asks_again(self) -> None:
        async with running(full_scene(), WIDE) as run:
            await run.press("5", "right", "right")
            await run.pilot.press("down", "b")
            await run.settle()
            assert run.dialog == "ConfirmDialog"
            assert "Lakers +170 at FanDuel" in run.text()

    async def test_what_is_held_is_placed_again_by_another_key_alone(self) -> None:
        async with running(full_scene(), WIDE) as run:
            await run.press("5", "down")
            row = table(run).cursor_row
            assert row is not None
            assert row.payload.pick is not None
            run.engine.held.add(row.payload.pick)
            await run.press("b")
            assert run.engine.commands == []
            assert any("already hold" in toast for toast in run.toasts)
            await run.press("B")
            assert placed_on(run).again

    async def test_a_window_that_only_looks_does_neither(self) -> None:
        scene = full_scene()
        scene.overview = replace(scene.overview, read_only=True, lock_holder="another window")
        async with running(scene, WIDE) as run:
            await run.press("5", "down", "b")
            assert run.engine.commands == []
            await run.press("n")
            assert run.dialog == ""
            assert " n record" not in run.text().splitlines()[-1]


async def typed(run: Running, field: str, text: str) -> None:
    """Put this into a field, and let the form look at it."""
    box = run.input(f"#field-{field}")
    box.value = text
    await run.settle()


def recorded(run: Running) -> RecordBet:
    (command,) = run.engine.commands
    assert isinstance(command, RecordBet)
    return command


class TestRecording:
    async def test_it_begins_with_what_is_under_the_cursor_and_takes_any_price(self) -> None:
        async with running(full_scene(), WIDE) as run:
            await run.press("5", "down", "right", "right", "n")
            assert run.dialog == "FormDialog"
            await typed(run, "odds", "0.9")
            await run.press("enter")
            assert "decimal odds must be above 1" in run.text()
            assert run.engine.commands == []
            await typed(run, "odds", "3.5")
            await run.press("tab", "tab", "tab", "right")
            assert "the stake not returned" in run.text()
            run.engine.answer = NotPlaced(Refusal(RefusalCode.BELOW_MINIMUM, "the account has 3.00"))
            await run.press("enter")
            command = recorded(run)
            assert (command.selection.name, command.bookmaker, command.price.text) == (LAKERS, "fanduel", "3.5")
            assert (command.origin, command.funding) == (Origin.MANUAL, Funding.FREE)
            assert any("Not recorded · the account has 3.00" in toast for toast in run.toasts)

    async def test_on_an_empty_board_everything_is_typed_and_leaving_records_nothing(self) -> None:
        async with running(empty_scene(), WIDE) as run:
            await run.press("5", "n")
            for field, text in (("odds", "2"), ("stake", "20"), ("bookmaker", "a"), ("pick", "Reds"),
                                ("market", "h2h"), ("home", "Reds"), ("away", "Blues")):  # fmt: skip
                await typed(run, field, text)
            assert "not on the board" in run.text()
            await run.press("escape")
            assert run.engine.commands == []


@pytest.mark.long
async def test_a_thousand_events_at_forty_bookmakers_are_all_there() -> None:
    scene = full_scene()
    scene.board = crowd(NOW, 1_000, 40)
    async with running(scene, WIDE) as run:
        await run.press("5")
        assert "1,000 events" in note(run) or "of 40" in note(run)
        assert len(table(run).rows) == 3_000
        await run.press("end", *["right"] * 3, "pageup")
        assert table(run).cursor_row is not None
