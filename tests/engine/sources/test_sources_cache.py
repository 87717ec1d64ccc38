"""Kept answers: they come back exactly or not at all, in little room, and hold no secret."""

from __future__ import annotations

import os
import stat
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from betting_tui.engine.core.odds import OddsFormat
from betting_tui.engine.core.ports import Answer, AnswerKind, CreditReading, OddsRequest
from betting_tui.engine.sources.cache import (
    Cache,
    Cached,
    FolderCache,
    MemoryCache,
    events_name,
    keep_answer,
    kept_answer,
    odds_name,
)

NOW = datetime(2026, 4, 18, 10, tzinfo=UTC)
KEPT = Cached(b"Div,Date\n", NOW, NOW, '"abc"', "Sat, 18 Apr 2026 09:00:00 GMT")
ANSWER = Answer(
    "the_odds_api",
    AnswerKind.ODDS,
    "basketball_nba",
    b"[]",
    NOW,
    NOW,
    CreditReading(3, 497, 3),
    ("h2h", "spreads"),
    OddsFormat.AMERICAN,
)


@pytest.fixture(params=["memory", "folder"])
def cache(request: pytest.FixtureRequest, tmp_path: Path) -> Cache:
    return MemoryCache() if request.param == "memory" else FolderCache(tmp_path / "data" / "cache")


def only_file(folder: Path) -> Path:
    (path,) = folder.iterdir()
    return path


def test_what_was_kept_comes_back_and_what_was_not_does_not(cache: Cache) -> None:
    assert cache.load("a") is None
    cache.store("a", KEPT)
    assert cache.load("a") == KEPT
    assert cache.load("b") is None


def test_the_newest_under_a_name_counts(cache: Cache) -> None:
    cache.store("a", KEPT)
    cache.store("a", structs.replace(KEPT, body=b"new"))
    assert cache.load("a") == structs.replace(KEPT, body=b"new")


@pytest.mark.parametrize(
    ("age", "fresh"), [(0, True), (299, True), (300, True), (301, False), (-1, False), (86_400 * 365, False)]
)
def test_it_is_fresh_within_its_time_to_live_and_never_from_the_future(age: int, fresh: bool) -> None:
    assert KEPT.fresh(NOW + timedelta(seconds=age), 300) is fresh


def test_a_confirmation_makes_it_fresh_again_and_keeps_when_it_came() -> None:
    later = NOW + timedelta(hours=2)
    confirmed = KEPT.confirmed(later)
    assert confirmed.fresh(later, 300)
    assert (confirmed.fetched_at, confirmed.body, confirmed.etag) == (NOW, KEPT.body, KEPT.etag)


def test_it_outlives_the_run(tmp_path: Path) -> None:
    FolderCache(tmp_path).store("a", KEPT)
    assert FolderCache(tmp_path).load("a") == KEPT


@pytest.mark.skipif(sys.platform == "win32", reason="permissions of POSIX")
def test_only_the_owner_may_read_it_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        FolderCache(tmp_path / "cache").store("a", KEPT)
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "cache").stat().st_mode) == 0o700
    assert stat.S_IMODE(only_file(tmp_path / "cache").stat().st_mode) == 0o600


def test_neither_names_nor_questions_are_on_the_disk_in_words(tmp_path: Path) -> None:
    FolderCache(tmp_path).store("the_odds_api|c4nary", KEPT)
    path = only_file(tmp_path)
    assert "c4nary" not in path.name
    assert b"c4nary" not in path.read_bytes()


@given(data=st.data())
def test_a_file_changed_in_any_byte_or_cut_anywhere_is_no_answer(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("cache")
    cache = FolderCache(folder)
    cache.store("a", KEPT)
    path = only_file(folder)
    whole = path.read_bytes()
    at = data.draw(st.integers(0, len(whole) - 1))
    path.write_bytes(whole[:at])
    assert cache.load("a") is None
    path.write_bytes(whole[:at] + bytes([whole[at] ^ data.draw(st.integers(1, 255))]) + whole[at + 1 :])
    assert cache.load("a") is None
    path.write_bytes(whole)
    assert cache.load("a") == KEPT


def test_a_body_that_would_unpack_beyond_the_limit_is_no_answer(tmp_path: Path) -> None:
    FolderCache(tmp_path, max_body_bytes=10_000_000).store("a", structs.replace(KEPT, body=b"0" * 5_000_000))
    assert FolderCache(tmp_path, max_body_bytes=1_000).load("a") is None


def test_a_body_beyond_the_limit_is_not_kept(tmp_path: Path) -> None:
    cache = FolderCache(tmp_path, max_body_bytes=1_000)
    cache.store("a", structs.replace(KEPT, body=b"0" * 1_001))
    assert cache.load("a") is None


def test_the_oldest_make_room(tmp_path: Path) -> None:
    cache = FolderCache(tmp_path, max_bytes=25_000)
    for name in "abcd":
        cache.store(name, structs.replace(KEPT, body=os.urandom(8_000)))
        # The order of writing, where the file system's clock is too coarse to tell.
        for path in tmp_path.iterdir():
            os.utime(path, (path.stat().st_atime - 10, path.stat().st_mtime - 10))
    assert [name for name in "abcd" if cache.load(name)] == ["b", "c", "d"]
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= 25_000


def test_other_files_in_the_folder_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "bets.db").write_bytes(b"x" * 50_000)
    FolderCache(tmp_path, max_bytes=1_000).store("a", KEPT)
    assert (tmp_path / "bets.db").exists()
    assert FolderCache(tmp_path).load("a") == KEPT


def test_memory_holds_a_bounded_number() -> None:
    cache = MemoryCache(limit=2)
    for name in ("a", "b", "a", "c"):
        cache.store(name, KEPT)
    assert [name for name in "abc" if cache.load(name)] == ["a", "c"]


def test_a_folder_that_cannot_be_written_is_an_empty_cache(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    cache = FolderCache(tmp_path / "cache")
    cache.store("a", KEPT)
    assert cache.load("a") is None


def test_a_link_in_the_place_of_an_answer_is_not_followed(tmp_path: Path) -> None:
    elsewhere, here = tmp_path / "elsewhere", tmp_path / "cache"
    FolderCache(elsewhere).store("a", KEPT)
    here.mkdir()
    path = only_file(elsewhere)
    (here / path.name).symlink_to(path)
    assert FolderCache(here).load("a") is None


def test_nothing_half_written_is_left(tmp_path: Path) -> None:
    FolderCache(tmp_path).store("a", KEPT)
    assert [path.suffix for path in tmp_path.iterdir()] == [".kept"]


# Whole answers


def test_an_answer_comes_back_as_received_but_tells_neither_credits_nor_clock_again(cache: Cache) -> None:
    keep_answer(cache, "a", ANSWER)
    found = kept_answer(cache, "a", NOW + timedelta(minutes=5), 300)
    assert found == structs.replace(ANSWER, credits=None, server_time=None)


def test_an_answer_older_than_its_time_to_live_is_not_used(cache: Cache) -> None:
    keep_answer(cache, "a", ANSWER)
    assert kept_answer(cache, "a", NOW + timedelta(seconds=301), 300) is None
    assert kept_answer(cache, "a", NOW - timedelta(seconds=1), 300) is None
    assert kept_answer(cache, "b", NOW, 300) is None


def test_what_is_no_answer_is_none(cache: Cache) -> None:
    cache.store("a", KEPT)
    assert kept_answer(cache, "a", NOW, 300) is None


def test_a_name_tells_every_question_apart_and_no_order_of_words() -> None:
    request = OddsRequest("basketball_nba", ("h2h", "totals"), ("pinnacle", "fanduel"), ())
    others = [
        OddsRequest("icehockey_nhl", request.markets, request.bookmakers),
        OddsRequest(request.sport_key, ("h2h",), request.bookmakers),
        OddsRequest(request.sport_key, request.markets, ("pinnacle",)),
        OddsRequest(request.sport_key, request.markets, (), ("us",)),
        OddsRequest(request.sport_key, request.markets, (), ()),
        structs.replace(request, event_ids=("e1",)),
        structs.replace(request, starts_from=NOW),
        structs.replace(request, bet_limits=True),
        structs.replace(request, links=True),
    ]
    names = {odds_name("the_odds_api", each) for each in (request, *others)}
    names |= {odds_name("another", request), events_name("the_odds_api", "basketball_nba")}
    names |= {events_name("the_odds_api", "icehockey_nhl")}
    assert len(names) == 13
    turned = OddsRequest(request.sport_key, request.markets[::-1], request.bookmakers[::-1])
    assert odds_name("the_odds_api", turned) == odds_name("the_odds_api", request)
