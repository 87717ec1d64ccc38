"""What README and docs/ show works: commands, settings and JSON are as they say, files and places named are there."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from cli_kit import Cli
from msgspec import Struct
from store_samples import NOW

from betting_tui.cli.root import root
from betting_tui.engine.config import load_settings
from betting_tui.engine.core.ports import Answer, AnswerKind
from betting_tui.engine.store import Archive

ROOT = Path(__file__).parents[2]
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
ANSWER = """[{"id": "401", "sport_key": "basketball_nba", "sport_title": "NBA", "commence_time": "2026-04-18T18:00:00Z",
"home_team": "Lakers", "away_team": "Celtics", "bookmakers": [{"key": "pinnacle", "title": "Pinnacle", "last_update":
"2026-04-18T12:00:00Z", "markets": [{"key": "h2h", "last_update": "2026-04-18T12:00:00Z", "outcomes":
[{"name": "Lakers", "price": -110}, {"name": "Celtics", "price": -110}]}]}, {"key": "fanduel", "title": "FanDuel",
"last_update": "2026-04-18T12:00:00Z", "markets": [{"key": "h2h", "last_update": "2026-04-18T12:00:00Z", "outcomes":
[{"name": "Lakers", "price": 120}, {"name": "Celtics", "price": -150}]}]}]}]"""
SCORES = """[{"id": "401", "sport_key": "basketball_nba", "sport_title": "NBA", "commence_time": "2026-04-18T18:00:00Z",
"completed": true, "home_team": "Lakers", "away_team": "Celtics", "last_update": "2026-04-18T21:00:00Z",
"scores": [{"name": "Celtics", "score": "99"}, {"name": "Lakers", "score": "104"}]}]"""
SEASON = "Div,Date,Time,HomeTeam,AwayTeam,FTHG,FTAG,FTR\nE0,17/04/2026,20:00,Arsenal,Fulham,2,1,H\n"
SCOREBOARD = """{"events": [{"id": "77", "date": "2026-04-18T18:00Z", "competitions": [{"date": "2026-04-18T18:00Z",
"status": {"period": 4, "type": {"name": "STATUS_FINAL", "state": "post", "completed": true}}, "competitors":
[{"homeAway": "away", "score": "99", "team": {"displayName": "Celtics"}},
{"homeAway": "home", "score": "104", "team": {"displayName": "Lakers"}}]}]}]}"""
BASKET = "event,market,selection,bookmaker,odds,stake\n403,h2h,Celtics,betmgm,+105,20\n"
STATE = """{"bankroll": 10000.0, "starting_bankroll": 10000.0, "bet_counter": 0, "bets": [],
"last_updated": "2026-04-18T12:00:00Z"}"""

FILES = {
    "odds.json": ANSWER,
    "scores.json": SCORES,
    "E0.csv": SEASON,
    "scoreboard.json": SCOREBOARD,
    "basket.csv": BASKET,
    "state.json": STATE,
}


BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
EXIT = re.compile(r"\s+# exit (\d+)$")
# What comes out of these depends on nothing but what is asked.
PURE = ("betting-tui calc", "betting-tui analyze")


class Command(Struct, frozen=True):
    """One line to type, the exit code it says, and the JSON shown right below it."""

    line: str
    code: int = 0
    shown: str | None = None


def blocks(page: Path, *languages: str) -> list[re.Match[str]]:
    return [each for each in BLOCK.finditer(page.read_text(encoding="utf-8")) if each[1] in languages]


def lines(page: Path) -> Iterator[str]:
    for block in blocks(page, "", "sh"):
        yield from (line.strip() for line in block[2].splitlines())


def commands(page: Path) -> list[Command]:
    """Every `betting-tui …` line in a code block that ends by itself."""
    text = page.read_text(encoding="utf-8")
    found: list[Command] = []
    for block in blocks(page, "", "sh"):
        told = [line.strip() for line in block[2].splitlines()]
        wanted = [line for line in told if line.startswith("betting-tui ") and "--demo" not in line]
        codes = [EXIT.search(line) for line in wanted]
        here = [
            Command(line.partition("  #")[0].strip(), 0 if code is None else int(code[1]))
            for line, code in zip(wanted, codes, strict=True)
        ]
        below = BLOCK.match(text, block.end() + 2)
        if here and below is not None and below[1] == "json":
            here[-1] = Command(here[-1].line, here[-1].code, below[2])
        found += here
    return found


def words(line: str) -> list[str]:
    """As a shell would give them to the program."""
    return [os.path.expanduser(word) for word in shlex.split(line.replace(" ID ", " 401 "))[1:]]


def receive(archive_file: Path) -> None:
    """One answer, as a run of the engine takes it in: what a recording is of."""

    async def append() -> None:
        answer = Answer("the_odds_api", AnswerKind.ODDS, "basketball_nba", ANSWER.encode(), NOW)
        archive = await Archive.open(archive_file)
        await archive.start_run("live", NOW)
        await archive.append(answer, NOW)
        await archive.close()

    asyncio.run(append())


def as_shown(shown: Any, came: Any, *, exact: bool) -> None:
    """The same members everywhere, of the same kinds; numbers and texts too where `exact`."""
    match shown, came:
        case dict(), dict():
            assert shown.keys() == came.keys()
            for name, value in shown.items():
                as_shown(value, came[name], exact=exact)
        case list(), list():
            assert len(shown) == len(came) or not exact
            for one, other in zip(shown, came, strict=False):
                as_shown(one, other, exact=exact)
        case (int() | float(), int() | float()) if exact and not isinstance(shown, bool):
            assert came == pytest.approx(shown, abs=5e-4)
        case _ if exact:
            assert came == shown
        case _:
            assert type(came) is type(shown)


def test_there_are_commands_to_try() -> None:
    assert sum(len(commands(page)) for page in PAGES) > 80
    assert sum(each.shown is not None for page in PAGES for each in commands(page)) >= 8


@pytest.mark.parametrize("page", [page for page in PAGES if commands(page)], ids=lambda page: page.name)
def test_every_command_shown_works(page: Path, cli: Cli, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(home)
    for name, text in FILES.items():
        Path(name).write_text(text, encoding="utf-8")
    cli("account", "deposit", "100")
    for command in commands(page):
        ran = cli(*words(command.line))
        if command.line.startswith("betting-tui record start "):
            receive(home / "share" / "betting-tui" / "odds.db")
        assert ran.code == command.code, f"{command.line}: {ran.err}"
        if command.shown is not None:
            as_shown(json.loads(command.shown), ran.json(), exact=command.line.startswith(PURE))


def test_every_command_there_is_has_its_place_in_the_page_on_scripts() -> None:
    page = (
        (ROOT / "docs" / "scripts.md").read_text(encoding="utf-8").partition("## The commands")[2].partition("\n## ")[0]
    )
    rows = [re.findall(r"`([^`]+)`", line.split("|")[1]) for line in page.splitlines() if line.startswith("| `")]
    told: set[str] = set()
    for row in rows:
        group = row[0].partition(" ")[0] if " " in row[0] else ""
        told |= {name if " " in name or not group else f"{group} {name}" for name in row}
    there: set[str] = set()
    with click.Context(root) as context:
        for name in root.list_commands(context):
            command = root.get_command(context, name)
            below = command.list_commands(context) if isinstance(command, click.Group) else []
            there |= {f"{name} {each}" for each in below} or {name}
    assert told == there


def test_json_has_the_members_the_page_on_scripts_names(cli: Cli, home: Path) -> None:
    del home
    cli("account", "create", "show", "--sample")
    cli("ledger", "backup")
    cli("record", "start", "night")
    page = (ROOT / "docs" / "scripts.md").read_text(encoding="utf-8").partition("## What the others give")[2]
    rows = re.findall(r"^\| `([\w ]+)` \| (each: )?(.+) \|$", page.partition("\n## ")[0], re.MULTILINE)
    assert len(rows) > 8
    for line, each, members in rows:
        found = cli(*line.split(), "--account", "show", "--format", "json").json()
        assert isinstance(found, list) is bool(each), line
        assert list(found[0] if each else found) == re.findall(r"`(\w+)`", members), line


@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page, "yaml")], ids=lambda page: page.name)
def test_every_sample_of_settings_loads(page: Path, tmp_path: Path) -> None:
    for block in blocks(page, "yaml"):
        path = tmp_path / "config.yaml"
        path.write_text(block[2], encoding="utf-8")
        loaded = load_settings(path, environment={})
        assert loaded.origins, "nothing of it counts"
        assert loaded.settings.api_keys.the_odds_api is None, "a placeholder is no key"


@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page, "json")], ids=lambda page: page.name)
def test_every_sample_of_json_is_json(page: Path) -> None:
    for block in blocks(page, "json"):
        json.loads(block[2])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_block_is_of_a_kind_that_is_tried(page: Path) -> None:
    assert {block[1] for block in BLOCK.finditer(page.read_text(encoding="utf-8"))} <= {"", "sh", "yaml", "json"}


def test_every_target_of_make_is_there() -> None:
    rules = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([\w-]+):", rules, re.MULTILINE))
    for page in PAGES:
        wanted = [line for line in lines(page) if line.startswith("make ")]
        wanted += re.findall(r"`(make [\w-]+)", page.read_text(encoding="utf-8"))
        for line in wanted:
            assert line.split()[1] in targets, f"{page.name}: {line}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_and_place_named_is_there(page: Path) -> None:
    for target in re.findall(r"\]\(([^)]+)\)", page.read_text(encoding="utf-8")):
        if "://" in target:
            continue
        name, _, place = target.partition("#")
        other = page.parent / name if name else page
        assert other.exists(), target
        if place:
            headings = re.findall(r"^#+ (.+)$", other.read_text(encoding="utf-8"), re.MULTILINE)
            assert place in {re.sub(r"[^\w -]", "", each.lower()).replace(" ", "-") for each in headings}, target


def test_every_page_can_be_found_from_the_readme() -> None:
    linked = set(re.findall(r"\]\(docs/([\w-]+\.md)\)", PAGES[0].read_text(encoding="utf-8")))
    assert linked == {page.name for page in PAGES[1:]}


def test_every_script_named_in_the_page_on_speed_is_there() -> None:
    page = (ROOT / "docs" / "performance.md").read_text(encoding="utf-8")
    named = {
        name for cell in re.findall(r"^\| (`[^|]+) \|", page, re.MULTILINE) for name in re.findall(r"\w+\.py", cell)
    }
    assert len(named) > 5
    assert {name for name in named if not (ROOT / "benchmarks" / name).exists()} == set()
