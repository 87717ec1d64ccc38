"""Every figure of `report` worked out again from what `export bets` wrote: money to the last unit, shares to 1e-9."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import math
import re
import shutil
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from cli_kit import Cli
from report_season import BEGIN, EUROS, MAIN, SECOND, Row, fill_season, measures, moment, no_edge_share, settled, sums

from betting_tui.engine.store import Ledger

WHOLE = None
# The last is a betting day of 23 hours: it ends with the morning on which clocks go forward.
DAYS: tuple[tuple[date | None, date | None] | None, ...] = (
    WHOLE,
    (date(2025, 3, 20), None),
    (date(2025, 3, 8), date(2025, 3, 8)),
)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("season")

    async def fill() -> None:
        ledger = await Ledger.open(folder / "ledger.db", now=BEGIN)
        try:
            await fill_season(ledger, 5, 110)
        finally:
            await ledger.close()

    asyncio.run(fill())
    return folder


@pytest.fixture
def season(cli: Cli, filled: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(filled, tmp_path / "kept"))


Ask = Callable[..., Any]


@pytest.fixture(scope="module")
def answers() -> dict[tuple[str, ...], Any]:
    """What was answered before: no test here changes the ledger."""
    return {}


@pytest.fixture
def ask(cli: Cli, season: Path, answers: dict[tuple[str, ...], Any]) -> Ask:
    def asked(*words: str, account: str = MAIN) -> Any:
        if (account, *words) not in answers:
            answers[account, *words] = run(*words, account=account)
        return answers[account, *words]

    def run(*words: str, account: str) -> Any:
        ran = cli(*words, "--format", "json", "--account", account, "--data-dir", str(season))
        assert ran.code == 0, ran.err
        assert not re.search(r"\b(NaN|Infinity|inf|nan)\b", ran.out)
        return ran.json()

    return asked


def check(found: Row, rows: Sequence[Row], bankroll: int | None, where: object) -> None:
    """One group of a report against its bets."""
    performance = found["performance"]
    told = {**performance, **{name: (performance["drawdown"] or {}).get(name) for name in ("depth_minor", "share")}}
    wanted = [(found, sums(rows)), (told, measures(rows, bankroll))] if rows else []
    for ours, theirs in wanted:
        for name, value in theirs.items():
            said = ours[name]
            if value is None or said is None or isinstance(value, int):
                assert said == value, (where, name)
            else:
                assert said == pytest.approx(value, rel=1e-9, abs=1e-12), (where, name)
    share = None if any(row["each_way"] for row in rows) else no_edge_share(rows)
    if share is not None:
        assert performance["luck"]["no_edge_share"] == pytest.approx(share, rel=1e-6), where
    if performance["yield_range"] is not None:
        assert performance["yield_range"]["low"] <= performance["yield_range"]["high"], where


def days_of(days: tuple[date | None, date | None] | None) -> list[str]:
    if days is None:
        return []
    flags = (("--from", days[0]), ("--to", days[1]))
    return [word for flag, day in flags if day is not None for word in (flag, day.isoformat())]


BANDS = (
    (1.5, "below 1.50"),
    (2.0, "1.50 to 2.00"),
    (2.5, "2.00 to 2.50"),
    (3.5, "2.50 to 3.50"),
    (6.0, "3.50 to 6.00"),
)
NAMED: dict[str, Callable[[Row], object]] = {
    "strategy": lambda row: row["strategy"] or "by hand",
    "bookmaker": lambda row: row["bookmaker"],
    "market": lambda row: "parlay" if row["kind"] == "parlay" else row["market"],
    "evidence": lambda row: row["evidence"].replace("_", " "),
    "account": lambda row: row["account"],
    "odds_band": lambda row: next((name for end, name in BANDS if row["price_decimal"] < end), "6.00 and more"),
    "edge_band": lambda row: {None: "unknown", -0.01: "below 0 %", 0.01: "0 to 2 %", 0.03: "2 to 4 %",
                              0.2: "10 % and more"}[row["edge"]],
    "time_to_start": lambda row: "1 to 6 h",
    "league": lambda row: "parlay" if row["kind"] == "parlay" else row["sport_key"],
    "sport": lambda row: "parlay" if row["kind"] == "parlay" else row["sport_key"].partition("_")[0],
    "none": lambda row: "all",
}  # fmt: skip
TITLES = {"NBA": "basketball_nba", "EPL": "soccer_epl"}


@pytest.mark.parametrize("by", NAMED)
def test_every_group_is_what_its_bets_add_up_to(ask: Ask, by: str) -> None:
    """In the books since the reset, over days on which clocks go forward, and of all accounts."""
    everything = [row for name in (MAIN, SECOND, EUROS) for row in ask("export", "bets", account=name)]
    reset = min(moment(row["placed_at"]) for row in ask("export", "bets", "--period", "2"))
    assert len(settled(everything, date(2025, 3, 8), date(2025, 3, 8))) > 2
    for days in DAYS:
        told = ask("report", "--by", by, *days_of(days))
        accounts = (MAIN, SECOND) if by == "account" else (MAIN,)
        rows = [
            row
            for row in settled(everything, *(days or ()))
            if row["account"] != MAIN or moment(row["placed_at"]) >= reset
        ]
        own = [row for row in rows if row["account"] in accounts]
        whole = days is None
        start = (500_000 if by != "account" else 1_500_000) if whole else None
        if whole:
            check(told["total"], own, start, (by, days))
            assert told["curve"][-1]["actual_minor"] == told["total"]["profit_minor"]
        groups: dict[object, list[Row]] = defaultdict(list)
        for row in rows if by == "account" else own:
            groups[NAMED[by](row)].append(row)
        assert {TITLES.get(each["name"], each["name"]) for each in told["groups"]} == set(groups), (by, days)
        for each in told["groups"]:
            name = TITLES.get(each["name"], each["name"])
            if whole:
                check(each, groups[name], (500_000 if name == MAIN else 1_000_000) if by == "account" else start, name)
            else:
                assert {key: each[key] for key in ("bets", "profit_minor", "turnover_minor")} == {
                    key: sums(groups[name])[key] for key in ("bets", "profit_minor", "turnover_minor")
                }, (by, days, name)
        assert told["total"]["profit_minor"] == sum(row["profit_minor"] for row in own)


def test_earlier_books_and_all_of_them_are_recomputed_too(ask: Ask) -> None:
    for period, books in (("1", ("--period", "1")), ("2", ("--period", "2")), ("ever", ("--period", "all"))):
        rows = settled(ask("export", "bets", *books))
        check(ask("report", "--period", period)["total"], rows, 1_000_000 if period != "2" else 500_000, period)


def test_money_of_another_currency_is_in_no_total(ask: Ask) -> None:
    told = ask("report", "--by", "account")
    own = [each for each in told["groups"] if each["name"] != EUROS]
    (euros,) = [each for each in told["groups"] if each["name"] == EUROS]
    assert euros["currency"] == "EUR"
    assert told["currency"] == "USD"
    assert told["total"]["profit_minor"] == sum(each["profit_minor"] for each in own)
    assert told["total"]["bets"] == sum(each["bets"] for each in own)


def test_the_sheet_and_the_page_say_what_the_json_says(cli: Cli, season: Path, ask: Ask) -> None:
    words = ("report", "--by", "bookmaker", "--account", MAIN, "--data-dir", str(season))
    told = ask("report", "--by", "bookmaker")
    rows = {row["name"]: row for row in csv.DictReader(io.StringIO(cli(*words, "--format", "csv").out))}
    page = cli(*words, "--format", "html").out
    for each in told["groups"]:
        row = rows[each["name"]]
        for name in ("turnover", "profit", "free_profit"):
            assert round(float(row[name]) * 100) == each[f"{name}_minor"]
        for name in ("yield_fraction", "clv_ev", "clv_ev_coverage", "win_rate"):
            assert (float(row[name]) if row[name] else None) == each[name]
        luck = each["performance"]["luck"]["no_edge_share"]
        assert (float(row["no_edge_share"]) if row["no_edge_share"] else None) == luck
        cells = re.search(rf"<tr><td>{each['name']}</td>(.*?)</tr>", page)
        assert cells is not None
        shown = re.findall(r"<td>(.*?)</td>", cells.group(1))
        assert shown[0] == str(each["bets"])
        assert shown[1].replace(",", "") == f"{each['turnover_minor'] / 100:.2f}"
        assert shown[2].replace(",", "") == f"{each['profit_minor'] / 100:+.2f}"
        assert shown[3] == f"{each['yield_fraction'] * 100:+.1f} %"


def test_nothing_is_infinite_or_no_number(ask: Ask) -> None:
    def floats(value: object) -> Iterator[float]:
        if isinstance(value, dict):
            for each in value.values():
                yield from floats(each)
        elif isinstance(value, list):
            for each in value:
                yield from floats(each)
        elif isinstance(value, float):
            yield value

    assert all(math.isfinite(each) for each in floats(json.loads(json.dumps(ask("report", "--by", "evidence")))))
