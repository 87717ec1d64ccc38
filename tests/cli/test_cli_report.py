"""`report`: words, tables, JSON, CSV and a page of the same numbers; and where it is written."""

from __future__ import annotations

import csv
import io
import json
import os
import stat
from datetime import date, timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest
from cli_kit import Cli

STATE = {"starting_bankroll": 10_000.0, "last_updated": "2025-01-02T05:00:00"}


@pytest.fixture
def sample(cli: Cli) -> str:
    """An account with a made-up season."""
    assert cli("account", "create", "sample", "--sample").code == 0
    return "sample"


def test_the_first_lines_are_words(cli: Cli, sample: str) -> None:
    lines = cli("report", "--account", sample).out.splitlines()
    assert lines[0].startswith("153 settled bets (73 won, 74 lost, 6 pushed or void) · turnover 19,200.00 · yield +3.8")
    assert "(95 %: " in lines[0]
    assert lines[1].startswith("a bettor with no edge does this well ")
    assert lines[2].startswith("CLV +1.2 % (price) on 87 % of bets")
    assert any(line.startswith("Warning: 4 strategies were compared") for line in lines)
    assert any(line.startswith("Strategy") for line in lines)


def test_every_measure_is_in_the_words_too(cli: Cli, sample: str) -> None:
    said = cli("report", "--account", sample).out
    told = cli("report", "--account", sample, "--format", "json").json()["performance"]
    run, sharpe, sortino = told["longest_losing_run"], told["sharpe"], told["sortino"]
    for text in (
        "average odds +105",
        "edge at placement –",
        f"deepest fall -{told['drawdown']['depth_minor'] / 100:,.2f} ",
        f"longest losing run {run} bets · Sharpe, a year {sharpe:.2f} · Sortino, a year {sortino:.2f}",
        f"profit factor {told['profit_factor']:.2f}",
        "probabilities no bet had one of its own",
    ):
        assert text in said, text
    assert "longest losing run" not in cli("report", "--account", sample, "--to", "2000-01-01").out


def test_json_keeps_its_sums_and_adds_what_they_are_worth(cli: Cli, sample: str) -> None:
    told = cli("report", "--account", sample, "--format", "json").json()
    assert {"account", "currency", "since", "grouped_by", "total", "groups", "open_bets", "missing_closes"} <= set(told)
    assert told["total"]["profit_minor"] == sum(group["profit_minor"] for group in told["groups"])
    assert told["performance"] == told["total"]["performance"]
    assert told["performance"]["yield_range"]["low"] < told["total"]["yield_fraction"]
    assert told["performance"]["brier"] is None
    assert told["groups"][0]["performance"]["luck"]["no_edge_share"] < 0.5
    assert told["curve"][-1]["actual_minor"] == told["total"]["profit_minor"]
    assert told["ruin"]["sizing"] == "flat 100.00"
    assert told["tried"] == 4


def test_an_account_without_bets_gives_nulls(cli: Cli) -> None:
    said = cli("report", "--format", "json").out
    told = json.loads(said)
    assert told["performance"]["yield_range"] is None
    assert (told["curve"], told["ruin"], told["warnings"]) == ([], None, [])
    assert "NaN" not in said
    assert "No bet was settled" in cli("report").out
    assert len(cli("report", "--format", "csv").out.splitlines()) == 2


def test_every_grouping_adds_up_in_csv(cli: Cli, sample: str) -> None:
    for by in ("bookmaker", "sport", "league", "market", "odds_band", "edge_band", "time_to_start", "evidence", "none"):
        rows = list(csv.DictReader(io.StringIO(cli("report", "--account", sample, "--by", by, "--format", "csv").out)))
        assert sum(int(row["bets"]) for row in rows) == 153, by
        assert round(sum(float(row["profit"]) for row in rows), 2) == 722.94, by
        assert {row["currency"] for row in rows} == {"USD"}


def test_by_account_money_of_other_currencies_is_told_apart(cli: Cli, sample: str) -> None:
    assert cli("account", "create", "yen", "--currency", "JPY", "--starting", "1000000", "--sample").code == 0
    told = cli("report", "--account", sample, "--by", "account", "--format", "json").json()
    assert [(group["name"], group["currency"]) for group in told["groups"]] == [("sample", "USD"), ("yen", "JPY")]
    assert told["total"]["profit_minor"] == told["groups"][0]["profit_minor"]
    rows = list(csv.DictReader(io.StringIO(cli("report", "--by", "account", "--format", "csv").out)))
    assert [("." in row["turnover"], row["currency"]) for row in rows] == [(True, "USD"), (False, "JPY")]
    assert "Currency" in cli("report", "--by", "account").out
    assert cli("report", "--all-accounts", "--format", "json").json()["account"] == "all accounts in USD"


def test_days_of_ones_own_narrow_it_down(cli: Cli, sample: str) -> None:
    whole = cli("report", "--account", sample, "--format", "json").json()
    last = whole["curve"][-1]["at"][:10]
    first = (date.fromisoformat(last) - timedelta(days=5)).isoformat()
    part = cli("report", "--account", sample, "--from", first, "--to", last, "--format", "json").json()
    assert 0 < part["total"]["bets"] < 153
    assert part["since"] < part["until"]
    assert cli("report", "--account", sample, "--to", "2000-01-01", "--format", "json").json()["total"]["bets"] == 0
    season = cli("report", "--account", sample, "--period", "season", "--format", "json").json()
    assert season["since"][5:7] in ("06", "07")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--period", "fortnight"), "is none of today"),
        (("--period", "custom"), "needs its days"),
        (("--period", "7d", "--from", "2026-01-01"), "leave --period 7d out"),
        (("--from", "yesterday"), "is not a day"),
        (("--from", "2026-02-01", "--to", "2026-01-01"), "--to is before --from"),
        (("--all-accounts", "--account", "main"), "exclude each other"),
        (("--period", "9"), "has no period 9"),
        (("--by", "colour"), "colour"),
    ],
)
def test_what_makes_no_sense_is_refused(cli: Cli, arguments: tuple[str, ...], said: str) -> None:
    ran = cli("report", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err


class Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)


def test_a_page_is_one_private_file_and_never_goes_over_another(cli: Cli, sample: str, home: Path) -> None:
    target = home / "report.html"
    ran = cli("report", "--account", sample, "--format", "html", "--output", str(target))
    assert (ran.code, ran.out) == (0, "")
    text = target.read_text(encoding="utf-8")
    tags = Page(text).tags
    assert tags.count("svg") >= 2
    assert "script" not in tags
    assert "153 settled bets" in text
    if os.name == "posix":
        assert stat.S_IMODE(target.stat().st_mode) == 0o600
    again = cli("report", "--account", sample, "--format", "html", "--output", str(target))
    assert again.code == 2
    assert "exists already" in again.err
    assert target.read_text(encoding="utf-8") == text
    assert [path.name for path in home.iterdir() if path.name.endswith(".part")] == []


def test_any_format_goes_into_a_file_and_what_is_no_place_is_told(cli: Cli, sample: str, home: Path) -> None:
    target = home / "report.csv"
    assert cli("report", "--account", sample, "--format", "csv", "--output", str(target)).code == 0
    assert target.read_text(encoding="utf-8").startswith("name,bets,")
    missing = cli("report", "--output", str(home / "no" / "where.txt"))
    assert (missing.code, missing.out) == (1, "")
    assert "cannot be written" in missing.err


def test_names_from_feeds_are_no_formulas_and_no_markup(cli: Cli, home: Path) -> None:
    bet = {
        "id": "BET-000001", "game_id": "g1", "sport": "=cmd|' /C calc'!A0", "team": "Lakers", "market": "h2h",
        "odds": 150, "stake": 100.0, "sportsbook": "fanduel", "status": "won", "profit": 150.0,
        "placed_at": "2025-01-01T12:00:00", "settled_at": "2025-01-02T05:00:00",
    }  # fmt: skip
    hostile = {**bet, "id": "BET-000002", "game_id": "g2", "sport": "<script>alert(1)</script>"}
    old = home / "state.json"
    old.write_text(json.dumps({**STATE, "bankroll": 10_300.0, "bet_counter": 2, "bets": [bet, hostile]}))
    assert cli("import", str(old)).code == 0
    rows = list(csv.DictReader(io.StringIO(cli("report", "--by", "league", "--format", "csv").out)))
    assert {row["name"][:1] for row in rows} == {"'", "<"}
    page = cli("report", "--by", "league", "--format", "html").out
    assert "script" not in Page(page).tags
    assert "alert(1)" in page
