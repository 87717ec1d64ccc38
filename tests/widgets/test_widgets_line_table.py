from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from betting_tui.widgets.columns import Column
from betting_tui.widgets.line_painter import CURSOR_MARK
from betting_tui.widgets.line_table import CHANGED_MARK, NEW_MARK, LineTable
from betting_tui.widgets.lines import Lines
from betting_tui.widgets.row import Cell, Look, Row
from betting_tui.widgets.tail_table import TailTable

COLUMNS = (Column("name", "Name", 10, flexible=True), Column("price", "Price", 6, "right"))


class Clock:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def look(payload: str) -> Look:
    name, _, price = payload.rpartition(" ")
    return Look((Cell(name), Cell(price, "gain")))


class TableApp(App[None]):
    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock()
        self.table: LineTable[str] = LineTable(COLUMNS, self._look, empty="nothing here: press n", clock=self.clock)
        self.highlighted: list[str | None] = []
        self.looked = 0
        self.selected: list[str] = []

    def _look(self, payload: str) -> Look:
        self.looked += 1
        return look(payload)

    def compose(self) -> ComposeResult:
        yield self.table

    def on_line_table_row_highlighted(self, event: LineTable.RowHighlighted) -> None:
        self.highlighted.append(event.row_id)

    def on_line_table_row_selected(self, event: LineTable.RowSelected) -> None:
        self.selected.append(event.row_id)


def row(name: str, price: str = "+100") -> Row[str]:
    return Row(name, f"{name} {price}", price)


def rows(names: Sequence[str]) -> list[Row[str]]:
    return [row(name) for name in names]


def line(table: LineTable[str], y: int) -> str:
    return "".join(segment.text for segment in table.render_line(y))


def lines(table: LineTable[str]) -> list[str]:
    return [line(table, y) for y in range(table.size.height)]


async def settle(pilot: Pilot[None]) -> None:
    await pilot.pause()


async def test_rows_are_drawn_under_a_header_and_an_empty_table_says_what_to_press() -> None:
    app = TableApp()
    async with app.run_test(size=(40, 8)) as pilot:
        assert "nothing here: press n" in line(app.table, 2)
        app.table.set_rows(rows("ab"))
        await settle(pilot)
        assert line(app.table, 0).split() == ["Name", "Price"]
        assert line(app.table, 1).startswith(CURSOR_MARK)
        assert line(app.table, 1).rstrip().endswith("+100")
        assert "nothing here" not in "".join(lines(app.table))


async def test_the_cursor_stays_on_its_row_when_rows_change_places() -> None:
    app = TableApp()
    async with app.run_test(size=(40, 8)) as pilot:
        app.table.set_rows(rows("abcd"))
        await pilot.press("down")
        assert app.table.cursor_row is not None
        assert app.table.cursor_row.id == "b"
        app.clock.seconds = 5
        app.table.set_rows(rows("dcxba"))
        await settle(pilot)
        assert app.table.cursor_row.id == "b"
        assert app.table.cursor_index == 3
        assert app.table.cursor_since == 0
        assert CURSOR_MARK in line(app.table, 4)


async def test_until_it_is_used_the_cursor_rests_on_the_first_row() -> None:
    app = TableApp()
    async with app.run_test(size=(40, 8)) as pilot:
        app.table.focus()
        app.table.set_rows(rows("abc"))
        app.clock.seconds = 3
        app.table.set_rows(rows("xabc"))
        assert app.table.cursor_row is not None
        assert app.table.cursor_row.id == "x"
        assert app.table.cursor_since == 3
        assert not app.table.displaced, "nobody had put it on a row"
        await pilot.press("z", "down", "up")
        app.table.set_rows(rows("yxabc"))
        assert app.table.cursor_row.id == "x"
        await pilot.press("home")
        app.table.set_rows(rows("zyxabc"))
        assert app.table.cursor_row.id == "z", "home brings it back to rest"


async def test_the_view_goes_with_the_cursor_unless_it_was_scrolled_away() -> None:
    app = TableApp()
    async with app.run_test(size=(40, 8)) as pilot:
        names = [f"r{number:03}" for number in range(50)]
        app.table.set_rows(rows(names))
        await pilot.press("down")
        app.table.set_rows(rows([*names[2:], *names[:2]]))
        await settle(pilot)
        assert any(CURSOR_MARK in shown for shown in lines(app.table))
        assert app.table.drawn_row is not None
        app.table.scroll_to(y=0, animate=False, force=True)
        await settle(pilot)
        assert app.table.drawn_row is None, "what is out of sight is not acted upon"
        app.table.set_rows(rows([*names[3:], *names[:3]]))
        await settle(pilot)
        assert app.table.scroll_offset.y == 0
        app.table.show_cursor()
        await settle(pilot)
        assert app.table.drawn_row.id == "r001"


async def test_columns_make_room_for_what_is_seen_and_points_are_never_cut() -> None:
    app = TableApp()
    async with app.run_test(size=(30, 8)) as pilot:
        app.table.set_rows([row("Saltmarsh Flamingos of the North")])
        await settle(pilot)
        assert "Saltmarsh Flamingo…  +100" in line(app.table, 1)
    assert Cell("Ironbridge Falls", tail=" -1.5").drawn(14) == "Ironbrid… -1.5"
    assert Cell("Ironbridge Falls", tail=" -1.5").natural_width == 21
    sides = Cell("", parts=(Cell("+150 Lakers", tail=" · FanDuel"), Cell("-160 Celtics", tail=" · BetMGM")))
    assert sides.natural_width == 2 * 21 + 2


async def test_a_vanished_row_gives_the_cursor_to_the_one_in_its_place_and_the_time_starts_again() -> None:
    app = TableApp()
    async with app.run_test(size=(40, 8)) as pilot:
        app.table.set_rows(rows("abc"))
        await pilot.press("down")
        app.clock.seconds = 7
        app.table.set_rows(rows("ac"))
        assert app.table.cursor_row is not None
        assert app.table.cursor_row.id == "c"
        assert app.table.cursor_since == 7
        assert app.table.displaced
        assert app.table.drawn_row is not None
        assert app.table.drawn_row.id == "b", "until it is painted anew, the user still sees the old row"
        await settle(pilot)
        assert app.table.drawn_row.id == "c"
        app.table.set_rows(())
        await settle(pilot)
        assert app.table.cursor_row is None
        assert app.table.drawn_row is None
        assert app.highlighted[-1] is None


async def test_what_was_drawn_stays_what_it_was_until_the_next_paint() -> None:
    app = TableApp()
    async with app.run_test(size=(40, 8)) as pilot:
        app.table.set_rows([row("a", "+150")])
        await settle(pilot)
        app.table.set_rows([row("a", "+140")])
        assert app.table.drawn_row is not None
        assert app.table.drawn_row.stamp == "+150"
        await settle(pilot)
        assert app.table.drawn_row.stamp == "+140"


async def test_news_is_marked_with_a_character_for_a_moment() -> None:
    app = TableApp()
    async with app.run_test(size=(40, 8)) as pilot:
        app.table.set_rows(rows("ab"))
        await settle(pilot)
        assert NEW_MARK not in line(app.table, 1)[:4], "the first rows are no news"
        app.table.set_rows([row("a", "+120"), row("b"), row("c")])
        await settle(pilot)
        assert [line(app.table, y)[2] for y in (1, 2, 3)] == [CHANGED_MARK, " ", NEW_MARK]
        app.clock.seconds = 10
        app.table.set_rows([row("a", "+120"), row("b"), row("c")])
        await settle(pilot)
        assert [line(app.table, y)[2] for y in (1, 2, 3)] == [" ", " ", " "]


async def test_keys_move_page_and_jump() -> None:
    app = TableApp()
    async with app.run_test(size=(40, 11)) as pilot:
        app.table.set_rows(rows([f"r{number:03}" for number in range(100)]))
        for key, expected in (("down", 1), ("pagedown", 10), ("end", 99), ("pageup", 90), ("home", 0), ("up", 0)):
            await pilot.press(key)
            assert app.table.cursor_index == expected, key
            await settle(pilot)
            assert any(CURSOR_MARK in shown for shown in lines(app.table)), key


async def test_the_mouse_moves_the_cursor_and_a_double_click_opens_a_row() -> None:
    app = TableApp()
    async with app.run_test(size=(40, 8)) as pilot:
        app.table.set_rows(rows("abc"))
        await settle(pilot)
        await pilot.click(LineTable, offset=(5, 3))
        assert app.table.cursor_index == 2
        await pilot.click(LineTable, offset=(5, 0))
        assert app.table.cursor_index == 2, "the header is no row"
        await pilot.click(LineTable, offset=(5, 2), times=2)
        await settle(pilot)
        assert app.selected == ["b"]


async def test_a_change_under_the_cursor_is_told() -> None:
    app = TableApp()
    async with app.run_test(size=(40, 8)) as pilot:
        app.table.set_rows(rows("ab"))
        await settle(pilot)
        told = len(app.highlighted)
        app.table.set_rows([row("a"), row("b", "+120")])
        await settle(pilot)
        assert len(app.highlighted) == told
        app.table.set_rows([row("a", "+130"), row("b", "+120")])
        await settle(pilot)
        assert app.highlighted[told:] == ["a"]


async def test_two_rows_with_one_id_are_refused() -> None:
    app = TableApp()
    async with app.run_test():
        with pytest.raises(ValueError, match="share an id"):
            app.table.set_rows(rows("aa"))


async def test_ten_thousand_rows_are_held_and_only_the_visible_ones_are_drawn() -> None:
    app = TableApp()
    async with app.run_test(size=(60, 20)) as pilot:
        app.looked = 0
        app.table.set_rows(rows([f"row {number}" for number in range(10_000)]))
        await pilot.press("end")
        await settle(pilot)
        assert app.table.cursor_index == 9_999
        assert "row 9999" in "".join(lines(app.table))
        assert app.looked < 500


@settings(max_examples=20, deadline=None)
@given(orders=st.lists(st.lists(st.sampled_from("abcdefgh"), unique=True), min_size=1, max_size=6), steps=st.data())
async def test_the_cursor_is_on_a_row_that_exists_and_keeps_its_id_while_it_does(
    orders: list[list[str]], steps: st.DataObject
) -> None:
    app = TableApp()
    async with app.run_test(size=(30, 6)):
        for order in orders:
            before = app.table.cursor_row
            app.table.set_rows(rows(order))
            after = app.table.cursor_row
            if before is not None and before.id in order:
                assert after is not None
                assert after.id == before.id
            assert (after is None) == (not order)
            if order:
                app.table.move_cursor_to(steps.draw(st.sampled_from(order)))


class Sparing:
    """Rows for a table that remember which of them were made."""

    def __init__(self, prices: dict[str, str]) -> None:
        self.prices = prices
        self.made: list[str] = []
        self.names = list(prices)

    def lines(self, before: Sequence[Version] = ()) -> Lines[Version, str]:
        """Versions as `before` where the price is the same."""
        known = {str(each): each for each in before}
        fresh = [Version(f"{name} {price}") for name, price in self.prices.items()]
        versions = [known.get(str(each), each) for each in fresh]
        return Lines(versions, _name, lambda version: version.rpartition(" ")[2], self._payload)

    def _payload(self, version: Version) -> str:
        self.made.append(_name(version))
        return str(version)


def _name(version: Version) -> str:
    return version.rpartition(" ")[0]


class Version(str):
    """A text that is the same as another only where it is the very same object."""

    __slots__ = ()
    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        return self is other


async def test_of_a_long_list_only_what_is_in_sight_is_made() -> None:
    app = TableApp()
    async with app.run_test(size=(40, 8)) as pilot:
        source = Sparing({f"r{number}": "+100" for number in range(5_000)})
        app.table.set_rows(source.lines())
        await settle(pilot)
        assert set(source.made) <= {f"r{number}" for number in range(10)}
        await pilot.press("end")
        assert app.table.cursor_row == Row("r4999", "r4999 +100", "+100")
        assert len(set(source.made)) < 20
        assert app.table.rows[-1] == app.table.rows[4_999]
        assert [each.id for each in app.table.rows[2:4]] == ["r2", "r3"]


async def test_a_long_list_marks_what_changed_and_what_is_new_wherever_it_went() -> None:
    app = TableApp()
    async with app.run_test(size=(40, 8)) as pilot:
        first = Sparing({"a": "+100", "b": "+100", "c": "+100"}).lines()
        app.table.set_rows(first)
        await settle(pilot)
        app.table.set_rows(Sparing({"d": "+100", "c": "+120", "a": "+100", "b": "+100"}).lines(first.versions))
        await settle(pilot)
        marks = [
            "".join(sign for sign in (NEW_MARK, CHANGED_MARK) if sign in line(app.table, y)[:3]) for y in range(1, 5)
        ]
        assert marks == [NEW_MARK, CHANGED_MARK, "", ""]
        with pytest.raises(ValueError, match="share an id"):
            app.table.set_rows(Lines(["x", "y"], lambda _: "a", lambda _: "", str))


async def test_news_is_marked_where_the_view_goes_with_the_cursor() -> None:
    app = TableApp()
    async with app.run_test(size=(40, 8)) as pilot:
        names = [f"r{number:03}" for number in range(50)]
        app.table.set_rows(rows(names))
        await pilot.press("down")
        others = [row(name, "+120" if name in ("r001", "r030", "r049") else "+100") for name in [*names[2:], "new"]]
        app.table.set_rows([*others, row("r000"), row("r001", "+120")])
        await settle(pilot)
        shown = [text for text in lines(app.table) if text.strip()]
        marked = {text[3:].split()[0]: text[2] for text in shown[1:]}
        assert marked["r001"] == marked["r049"] == CHANGED_MARK
        assert marked["new"] == NEW_MARK
        assert marked["r000"] == " "


async def test_a_table_that_got_smaller_makes_room_for_what_stays_in_view_alone() -> None:
    app = TableApp()
    app.table = TailTable((Column("name", "N", 3, max_width=30), *COLUMNS[1:]), look, clock=app.clock)
    async with app.run_test(size=(60, 12)) as pilot:
        app.table.set_rows(rows(["a very long first line", *"bcdefghij"]))
        await settle(pilot)
        assert line(app.table, 0).index("Price") > 20
        await pilot.resize_terminal(60, 6)
        await settle(pilot)
        assert [text[3:].split()[0] for text in lines(app.table)[1:]] == list("fghij")
        assert line(app.table, 0).index("Price") < 15
