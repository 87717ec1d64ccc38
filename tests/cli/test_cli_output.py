"""Tables, CSV and JSON of one sheet: aligned, defused, and never interpreted by a terminal or a spreadsheet."""

from __future__ import annotations

import csv
import io
import json
import unicodedata
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from betting_tui.cli.output import Cell, Column, Kind, Sheet, Style, csv_text, json_rows, table_text, text_width
from betting_tui.engine.core.odds import OddsFormat, parse_any
from betting_tui.engine.core.text import clean, defused
from hostile import HOSTILE

COLUMNS = (
    Column("name", "Name"),
    Column("stake", "Stake", Kind.MONEY),
    Column("price", "Price", Kind.PRICE),
    Column("edge", "Edge", Kind.GAIN),
    Column("at", "At", Kind.TIME),
    Column("extra", "Extra", wide=True),
)
AT = datetime(2026, 4, 18, 11, 30, tzinfo=UTC)


def sheet(*rows: tuple[Cell, ...]) -> Sheet:
    return Sheet(COLUMNS, rows, "USD")


def test_a_table_is_aligned_numbers_to_the_right() -> None:
    text = table_text(
        sheet(("Lakers", 123456, parse_any("+150"), 0.05, AT, "x"), ("Boston", -5, parse_any("1.5"), -0.1, None, "y")),
        Style(OddsFormat.AMERICAN, ZoneInfo("Europe/Berlin")),
    )
    assert text.splitlines() == [
        "Name       Stake  Price      Edge  At",
        "Lakers  1,234.56   +150   +5.00 %  2026-04-18 13:30",
        "Boston     -0.05   -200  -10.00 %  –",
    ]


def test_wide_characters_do_not_push_columns() -> None:
    lines = table_text(
        sheet(("日本代表", 100, None, None, None, ""), ("ab", 100, None, None, None, "")), Style()
    ).splitlines()
    cells = [sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in line) for line in lines[1:]]
    assert cells[0] == cells[1]


def test_json_has_minor_units_prices_as_quoted_and_iso_times() -> None:
    assert json_rows(sheet(("a", 150, parse_any("-110"), 0.05, AT, None))) == [
        {
            "name": "a",
            "stake_minor": 150,
            "price": "-110",
            "price_format": "american",
            "price_american": -110,
            "price_decimal": 21 / 11,
            "edge": 0.05,
            "at": "2026-04-18T11:30:00Z",
            "extra": None,
            "currency": "USD",
        }
    ]


def test_csv_has_decimals_and_every_column() -> None:
    rows = list(csv.reader(io.StringIO(csv_text(sheet(("a", 123456, parse_any("-110"), 0.05, AT, None))))))
    assert rows == [
        ["name", "stake", "price", "edge", "at", "extra"],
        ["a", "1234.56", "-110", "0.05", "2026-04-18T11:30:00Z", ""],
    ]


def test_money_follows_its_currency() -> None:
    yen = Sheet((Column("stake", "Stake", Kind.MONEY),), ((1500,),), "JPY")
    assert csv_text(yen) == "stake\n1500\n"
    assert json_rows(yen) == [{"stake_minor": 1500, "currency": "JPY"}]


def test_text_that_a_spreadsheet_would_run_is_defused() -> None:
    for text in ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"):
        assert defused(text) == f"'{text}"
    assert defused("Lakers -3.5") == "Lakers -3.5"


def test_hostile_text_reaches_neither_terminal_nor_spreadsheet() -> None:
    for text in HOSTILE:
        hostile = sheet((text, 1, None, None, None, text))
        line = table_text(hostile, Style()).splitlines()[1:]
        assert len(line) == 1
        assert not [char for char in line[0] if unicodedata.category(char) in ("Cc", "Cf", "Cs")]
        safe = text.encode("utf-8", "replace").decode()
        for row in csv.reader(io.StringIO(csv_text(sheet((safe, 1, None, None, None, ""))), newline="")):
            assert not row[0].startswith(("=", "+", "-", "@", "\t", "\r"))


NARROW = (
    Column("id", "Id"),
    Column("event", "Event", limit=60),
    Column("empty", "Empty"),
    Column("stake", "Stake", Kind.MONEY, spare=1),
    Column("at", "At", Kind.TIME, spare=2),
    Column("why", "Why", limit=60, whole=True),
)


def test_a_narrow_terminal_loses_what_can_be_spared_first() -> None:
    row = ("BET-000001", "Washington Commanders @ 日本代表 Seahawks", None, 10000, AT, "a reason that is told in full")
    narrow = Sheet(NARROW, (row,), "USD")
    assert "Empty" in table_text(narrow, Style()).splitlines()[0]
    for width, heads in ((100, "Id Event Stake At Why"), (60, "Id Event Stake Why"), (45, "Id Event Why")):
        head, line = table_text(narrow, Style(width=width)).splitlines()
        assert head.split() == heads.split()
        assert line.endswith("told in full")
        assert ("…" in line) is (width < 100)


@given(st.integers(30, 200), st.lists(st.text(min_size=1, max_size=60), min_size=1, max_size=5))
def test_lines_fit_the_terminal_and_stay_aligned(width: int, names: list[str]) -> None:
    columns = (Column("a", "A", limit=60), Column("b", "B", limit=60, spare=1), Column("n", "N", Kind.NUMBER))
    text = table_text(Sheet(columns, tuple((name, name, 7) for name in names), "USD"), Style(width=width))
    assert {text_width(line) for line in text.split("\n")} == {text_width(text.split("\n")[0])}
    assert text_width(text.split("\n")[0]) <= width


@given(st.text(max_size=40))
def test_csv_is_one_line_a_row_and_json_keeps_the_text(text: str) -> None:
    lines = csv_text(sheet((text, 1, None, None, None, ""))).splitlines()
    assert len(lines) == 2
    shown = next(csv.reader([lines[1]]))[0]
    assert shown in (clean(text), f"'{clean(text)}")
    if text.isprintable():
        assert json.loads(msgspec.json.encode(json_rows(sheet((text, 1, None, None, None, "")))))[0]["name"] == text
