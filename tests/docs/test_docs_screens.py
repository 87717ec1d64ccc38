"""docs/screens.md tells of every column and every key of each screen and dialog."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from betting_tui.engine.config.key_names import shown
from betting_tui.engine.config.key_table import KEY_TABLE
from betting_tui.screens import (
    account_rows,
    bet_rows,
    feed_rows,
    ledger_table,
    log_box,
    market_rows,
    opportunity_rows,
    report_rows,
    settings,
)
from betting_tui.widgets.columns import Column

PAGE = Path(__file__).parents[2] / "docs" / "screens.md"
COLUMNS: dict[str, tuple[Sequence[Column], ...]] = {
    "1 Opportunities": (opportunity_rows.COLUMNS,),
    "2 Open bets": (
        bet_rows.OPEN_COLUMNS,
        bet_rows.SETTLED_COLUMNS,
        bet_rows.ORDER_COLUMNS,
        bet_rows.REVIEW_COLUMNS,
    ),
    "3 Bankroll": (ledger_table.COLUMNS, account_rows.ACCOUNT_COLUMNS),
    "4 Reports": (report_rows.COLUMNS,),
    "5 Markets": (market_rows.fixed_columns(200), market_rows.fixed_columns(80)),
    "6 System": (feed_rows.FEED_COLUMNS, feed_rows.PLAN_COLUMNS, log_box.COLUMNS),
    "Settings": (settings.COLUMNS,),
}
SECTION_OF = {
    "app": "Everywhere",
    "table": "Everywhere",
    "opportunities": "1 Opportunities",
    "bets": "2 Open bets",
    "review": "2 Open bets",
    "bankroll": "3 Bankroll",
    "ledger": "3 Bankroll",
    "reports": "4 Reports",
    "markets": "5 Markets",
    "grid": "5 Markets",
    "system": "6 System",
    "settings": "Settings",
    "setting": "Settings",
}
# Arrow keys of lists are told in words.
TOLD_IN_WORDS = {("Everywhere", key) for key in ("up", "down", "2", "3", "4", "5")} | {
    ("Dialogs", key) for key in ("?", "f1")
}


def sections() -> dict[str, str]:
    parts = PAGE.read_text(encoding="utf-8").split("\n## ")[1:]
    return {part.splitlines()[0]: part for part in parts}


@pytest.mark.parametrize("title", COLUMNS)
def test_every_column_is_told(title: str) -> None:
    cells = re.findall(r"^\| ([^|]+) \| [^|]+ \|$", sections()[title], re.MULTILINE)
    wanted = {column.title for columns in COLUMNS[title] for column in columns}
    told = {each for each in wanted for cell in cells if re.search(rf"(^|, ){re.escape(each)}($|, )", cell)}
    assert wanted == told


@pytest.mark.parametrize("group", sorted({entry.id.partition(".")[0] for entry in KEY_TABLE}))
def test_every_key_is_told(group: str) -> None:
    title = SECTION_OF.get(group, "Dialogs")
    told = set(re.findall(r"`([^`]+)`", sections()[title]))
    wanted = {shown(key) for entry in KEY_TABLE if entry.id.startswith(f"{group}.") for key in entry.keys.split(",")}
    assert {key for key in wanted if key not in told and (title, key) not in TOLD_IN_WORDS} == set()
