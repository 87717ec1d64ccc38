"""`opportunities`: what was kept, page by page, and why it was or was not taken."""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cli_kit import Cli, Ran
from msgspec.structs import replace
from store_samples import GAME, OTHER, fill, h2h, leg, opportunity, place

from betting_tui.engine.core.bet_views import Placed
from betting_tui.engine.store import Ledger, NewAccount
from betting_tui.engine.store.shapes import GoneOpportunity, OpportunityChanges, Passed

NOW = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
SOON = NOW + timedelta(hours=6)
Kept = Callable[..., Ran]


async def _fill(path: Path) -> None:
    """Three of one strategy (taken, missed, there) and a suspicious one of another."""
    ledger = await Ledger.open(path, now=NOW)
    await ledger.ensure_account(NewAccount("main", "USD", 1_000_000, "test"), NOW)
    game, other = replace(GAME, commence_time=SOON), replace(OTHER, commence_time=SOON)
    edges = {"taken": 0.05, "missed": 0.07, "there": 0.06}
    found = [
        replace(opportunity(name, edge=edge), event=game, discovered_at=NOW, expires_at=SOON)
        for name, edge in edges.items()
    ]
    odd = opportunity("odd", leg("-110", 100, h2h("Nets", OTHER), "betmgm"), edge=0.4)
    odd = replace(odd, event=other, discovered_at=NOW, expires_at=SOON, flags=("suspicious",), strategy="line_shopping")
    await ledger.note_changes(OpportunityChanges(found=(*found, odd)), NOW)
    wish = place(opportunity=found[0])
    assert isinstance(await ledger.place(wish, [fill(each) for each in wish.legs], [game], NOW), Placed)
    gone = tuple(GoneOpportunity(name, (Passed("main", "not placed"),)) for name in ("taken", "missed"))
    await ledger.note_changes(OpportunityChanges(gone=gone), NOW + timedelta(minutes=5))
    await ledger.close()


@pytest.fixture
def kept(cli: Cli, home: Path) -> Kept:
    data = home / "data"
    data.mkdir(mode=0o700)
    asyncio.run(_fill(data / "ledger.db"))

    def run(*arguments: str) -> Ran:
        return cli("opportunities", *arguments, "--data-dir", str(data))

    return run


def ids(ran: Ran) -> list[str]:
    assert ran.code == 0, ran.err
    return [each["id"] for each in ran.json()["opportunities"]]


def test_newest_first_with_what_became_of_each(kept: Kept) -> None:
    answer = kept("list", "--format", "json").json()
    assert (answer["total"], answer["page"]) == (4, 1)
    rows = {row["id"]: row for row in answer["opportunities"]}
    assert list(rows) == ["odd", "there", "missed", "taken"]
    assert (rows["taken"]["taken_by"], rows["taken"]["decisions"]) == (["main"], [])
    assert rows["missed"]["decisions"][0]["reason"] == "not placed"
    assert rows["missed"]["lived_seconds"] == 300
    assert rows["there"]["expired_at"] is None


def test_a_table_says_it_in_words(kept: Kept) -> None:
    said = kept("list").out
    assert "not placed" in said
    assert "4 opportunities, page 1 of 1." in said
    assert "Celtics @ Lakers" in said
    assert "None on this page." in kept("list", "--page", "9").out
    assert "Nothing found." in kept("search", "zebra").out


def test_pages_do_not_overlap_and_add_up(kept: Kept) -> None:
    pages = [ids(kept("list", "--limit", "3", "--page", str(page), "--format", "json")) for page in (1, 2, 3)]
    assert pages == [["odd", "there", "missed"], ["taken"], []]


def test_the_best_and_the_longest_first(kept: Kept) -> None:
    assert ids(kept("top", "--format", "json")) == ["missed", "there", "taken", "odd"], "suspicious ones come last"
    assert ids(kept("top", "--by", "life", "--limit", "2", "--format", "json")) == ["missed", "taken"]


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        (("list", "--active"), ["odd", "there"]),
        (("list", "--taken"), ["taken"]),
        (("list", "--missed"), ["missed"]),
        (("list", "--strategy", "line_shopping"), ["odd"]),
        (("list", "--sport", "basketball"), ["odd", "there", "missed", "taken"]),
        (("list", "--sport", "soccer"), []),
        (("list", "--since", "2999-01-01T00:00:00Z"), []),
        (("list", "--where", "best_ev > 6.5% and not 'suspicious' in flags"), ["missed"]),
        (("search", "nets"), ["odd"]),
        (("search", "lakers", "--taken"), ["taken"]),
        (("search", "BetMGM knicks"), ["odd"]),
    ],
)
def test_narrowed_down(kept: Kept, arguments: tuple[str, ...], found: list[str]) -> None:
    assert ids(kept(*arguments, "--format", "json")) == found


def test_a_preset_chooses_among_what_was_kept_as_well(kept: Kept, home: Path) -> None:
    config = home / "presets.yaml"
    config.write_text("presets:\n  clean: {where: \"not 'suspicious' in flags\"}\n  fresh: {where: age_seconds < 9}\n")
    named = ("--config", str(config), "--format", "json", "--preset")
    assert ids(kept("list", *named, "clean")) == ["there", "missed", "taken"]
    assert ids(kept("search", "lakers", *named, "clean", "--taken")) == ["taken"]
    assert ids(kept("top", *named, "clean", "--where", "best_ev > 6.5%")) == ["missed"]
    moment = kept("list", *named, "fresh")
    assert (moment.code, "preset fresh is age_seconds < 9: there is no field 'age_seconds'" in moment.err) == (2, True)
    assert "the nearest is clean" in kept("list", *named, "cleen").err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("list", "--taken", "--missed"), "contradict"),
        (("list", "--where", "edge > lots"), "lots"),
        (("list", "--where", "age_seconds > 5"), "age_seconds"),
        (("list", "--limit", "0"), "--limit"),
        (("list", "--strategy", "luck"), "luck"),
        (("search", " "), "empty"),
        (("search",), "TEXT"),
    ],
)
def test_what_cannot_be_asked_is_wrong_usage(kept: Kept, arguments: tuple[str, ...], said: str) -> None:
    ran = kept(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err


def test_csv_and_export(kept: Kept, cli: Cli, home: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(kept("list", "--format", "csv").out)))
    assert [(row["id"], row["state"], row["why_not"]) for row in rows][2:] == [
        ("missed", "over", "not placed"),
        ("taken", "over", ""),
    ]
    data = str(home / "data")
    assert len(cli("export", "opportunities", "--data-dir", data).json()) == 4
    assert len(cli("export", "opportunities", "--format", "csv", "--data-dir", data).out.splitlines()) == 5
