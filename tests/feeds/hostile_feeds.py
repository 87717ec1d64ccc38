"""The hostile answers of each feed: its good row, its bait, and everything that can be wrong with the bait.

All of them tell of one evening: `NOW` is four hours before the start of both games.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from hostile_payloads import (
    DEEP,
    NESTED,
    NO_ID,
    NO_PRICE,
    NO_SCORE,
    NO_START,
    NO_TEAM,
    NO_TEXT,
    Row,
    Spoilt,
    text,
    whole,
    with_field,
    wrong,
)
from odds_payloads import book, event, market, outcome

NBA = "basketball_nba"
NOW = datetime(2026, 4, 18, 19, 0, tzinfo=UTC)
OVER = datetime(2026, 4, 19, 3, 0, tzinfo=UTC)
START = "2026-04-18T23:00:00Z"
QUOTED = "2026-04-18T18:59:30Z"
GOOD, BAIT = ("Utah Jazz", "Miami Heat"), ("Boston Celtics", "Los Angeles Lakers")
_FAIR = ("pinnacle", "betmgm", "draftkings", "betrivers", "lowvig")


def joined(rows: list[bytes]) -> bytes:
    return b"[" + b",".join(rows) + b"]"


def priced(key: str, teams: tuple[str, str], home: object = -110, away: object = -110) -> Row:
    return book(
        key,
        market("h2h", outcome(teams[0], home), outcome(teams[1], away), last_update=QUOTED),
        last_update=QUOTED,
    )


def game(id_: str, teams: tuple[str, str], *more: Row, **changed: object) -> Row:
    fair = [priced(key, teams) for key in _FAIR]
    return event(*more, *fair, id=id_, home_team=teams[0], away_team=teams[1], commence_time=START) | changed


GOOD_GAME = game("good", GOOD)
# One bookmaker of ours pays 12 % more than is fair: an armed strategy bets on it.
BAIT_GAME = game("bait", BAIT, priced("fanduel", BAIT, 124))


def odds() -> Iterator[Spoilt]:
    """The Odds API's prices."""
    good = text(GOOD_GAME)
    yield from whole(joined([good]))
    for row in ("null", "[]", "{}", "5", '"x"', NESTED, '{"id":"x"}', '{"id":NaN,"commence_time":Infinity}'):
        yield Spoilt(f"a row {row[:30]}", joined([good, row.encode()]))
    yield Spoilt("a row too deep", joined([good, b'{"id":"x","bookmakers":' + NESTED.encode() + b"}"]))
    yield from wrong("id", NO_ID, good, joined, with_field(BAIT_GAME, "id"))
    yield from wrong("commence_time", NO_START, good, joined, with_field(BAIT_GAME, "commence_time"))
    yield from wrong("home_team", NO_TEAM, good, joined, with_field(BAIT_GAME, "home_team"))
    yield from wrong(
        "away_team", {"as home": BAIT[0], "Draw": "Draw"}, good, joined, with_field(BAIT_GAME, "away_team")
    )
    yield from wrong("sport_key", {**NO_TEXT, "path": "../x", "5": 5}, good, joined, with_field(BAIT_GAME, "sport_key"))
    no_books = {**NO_TEXT, "a text": "many", "5": 5, "[null]": [None], "[[]]": [[]]}
    yield from wrong("bookmakers", no_books, good, joined, with_field(BAIT_GAME, "bookmakers"))
    fat = ("bookmakers", 0)
    no_key = {**NO_TEXT, "nothing": None, "empty": "", "a space": "a b", "bidi": "fan\u202eduel"}
    yield from wrong("book", no_key, good, joined, with_field(BAIT_GAME, *fat, "key"))
    yield from wrong("markets", {**NO_TEXT, "h2h": "h2h"}, good, joined, with_field(BAIT_GAME, *fat, "markets"))
    yield from wrong(
        "market", {**NO_TEXT, "?": "h2h_q9"}, good, joined, with_field(BAIT_GAME, *fat, "markets", 0, "key")
    )
    first = (*fat, "markets", 0, "outcomes", 0)
    yield from wrong("price", NO_PRICE, good, joined, with_field(BAIT_GAME, *first, "price"))
    no_name = {**NO_TEXT, "nothing": None, "5": 5, "another": "Someone else", "empty": ""}
    yield from wrong("outcome", no_name, good, joined, with_field(BAIT_GAME, *first, "name"))


def twice(field: str, first: str, then: str) -> bytes:
    """The bait with a key that is there twice."""
    return text(BAIT_GAME).replace(f'"{field}":{first}'.encode(), f'"{field}":{first},"{field}":{then}'.encode(), 1)


def doubtful_odds() -> Iterator[Spoilt]:
    """Readable, and still nothing to bet on: too good to be true, too old, of the future, stated twice."""
    values: Mapping[str, object] = {"too good": 900, "far too good": 100_000, "more still": 999_999_999}
    good = text(GOOD_GAME)
    first = ("bookmakers", 0, "markets", 0, "outcomes", 0)
    yield from wrong("price", values, good, joined, with_field(BAIT_GAME, *first, "price"))
    old = {"of 2001": "2001-01-01T00:00:00Z", "an hour old": "2026-04-18T18:00:00Z"}
    yield from wrong("quoted", old, good, joined, with_field(BAIT_GAME, "bookmakers", 0, "markets", 0, "last_update"))
    begun = {"begun": "2026-04-18T18:30:00Z", "over": "2026-04-01T18:30:00Z"}
    yield from wrong("start", begun, good, joined, with_field(BAIT_GAME, "commence_time"))
    yield Spoilt("two prices of one outcome", joined([good, twice("price", "124", "NaN")]))
    yield Spoilt("two ids of one game", joined([good, twice("id", '"bait"', "null")]))


def fixtures() -> Iterator[Spoilt]:
    """The Odds API's start times."""
    bare = {name: value for name, value in BAIT_GAME.items() if name != "bookmakers"}
    good = text({name: value for name, value in GOOD_GAME.items() if name != "bookmakers"})
    yield from whole(joined([good]))
    yield from wrong("id", NO_ID, good, joined, with_field(bare, "id"))
    yield from wrong("commence_time", NO_START, good, joined, with_field(bare, "commence_time"))
    yield from wrong("home_team", NO_TEAM, good, joined, with_field(bare, "home_team"), quietly=NO_TEAM)
    yield from wrong("sport_key", {**NO_TEXT, "a path": "../x", "5": 5}, good, joined, with_field(bare, "sport_key"))
    yield from wrong("away_team", {"as home": BAIT[0], "Draw": "Draw"}, good, joined, with_field(bare, "away_team"))


def final(id_: str, teams: tuple[str, str]) -> Row:
    return {
        "id": id_,
        "sport_key": NBA,
        "sport_title": "NBA",
        "commence_time": START,
        "completed": True,
        "home_team": teams[0],
        "away_team": teams[1],
        "scores": [{"name": teams[0], "score": "101"}, {"name": teams[1], "score": "99"}],
        "last_update": "2026-04-19T02:00:00Z",
    }


def scores() -> Iterator[Spoilt]:
    """The Odds API's results."""
    bait, good = final("bait", BAIT), text(final("good", GOOD))
    yield from whole(joined([good]))
    yield from wrong("id", NO_ID, good, joined, with_field(bait, "id"))
    yield from wrong("commence_time", NO_START, good, joined, with_field(bait, "commence_time"))
    not_said = {**NO_TEXT, "nothing": None, "a text": "true", "1": 1, "no": False}
    del not_said["true"]
    yield from wrong("completed", not_said, good, joined, with_field(bait, "completed"), quietly=("no",))
    yield from wrong("score", NO_SCORE, good, joined, with_field(bait, "scores", 0, "score"),
                     quietly=("nothing",))  # fmt: skip
    others = {"of others": "Someone else", "both of one": BAIT[1], **NO_TEXT}
    yield from wrong("side", others, good, joined, with_field(bait, "scores", 0, "name"))
    yield from wrong(
        "scores",
        {**NO_TEXT, "none": None, "empty": [], "[null]": [None]},
        good,
        joined,
        with_field(bait, "scores"),
        quietly=("none", "empty"),
    )
    yield from wrong("home_team", NO_TEAM, good, joined, with_field(bait, "home_team"))


def espn_game(id_: str, teams: tuple[str, str]) -> Row:
    status: Row = {"period": 4, "type": {"name": "STATUS_FINAL", "state": "post", "completed": True}}
    sides = [
        {"homeAway": place, "team": {"displayName": name}, "score": score, "winner": place == "home"}
        for place, name, score in (("home", teams[0], "101"), ("away", teams[1], "99"))
    ]
    return {
        "id": id_,
        "date": "2026-04-18T23:00Z",
        "season": {"type": 2, "slug": "regular-season"},
        "status": status,
        "competitions": [{"competitors": sides, "status": status}],
    }


def listed(rows: list[bytes]) -> bytes:
    return b'{"leagues":[],"events":' + joined(rows) + b"}"


def espn() -> Iterator[Spoilt]:
    bait, good = espn_game("402", BAIT), text(espn_game("401", GOOD))
    yield from whole(listed([good]))
    yield from documents()
    yield from wrong("id", {**NO_ID, "5": 5}, good, listed, with_field(bait, "id"))
    yield from wrong("date", {**NO_START, "5": 5}, good, listed, with_field(bait, "date"))
    yield from wrong("competitions", {**NO_TEXT, "none": [], "[null]": [None], "nothing": None}, good, listed,
                     with_field(bait, "competitions"))  # fmt: skip
    first = ("competitions", 0)
    yield from wrong("status", {**NO_TEXT, "5": 5}, good, listed, with_field(bait, *first, "status"))
    half = {**NO_TEXT, "nothing": None, "1": 1, "no": False}
    del half["true"]
    yield from wrong("completed", half, good, listed, with_field(bait, *first, "status", "type", "completed"),
                     quietly=("no",))  # fmt: skip
    unknown = {**NO_TEXT, "?": "STATUS_Q", "empty": ""}
    named = with_field(bait, *first, "status", "type", "name")
    yield from wrong("status name", unknown, good, listed, named, quietly=("half a character", "?", "empty"))
    yield from wrong("competitors", {**NO_TEXT, "none": [], "[null]": [None]}, good, listed,
                     with_field(bait, *first, "competitors"))  # fmt: skip
    home = (*first, "competitors", 0)
    yield from wrong("score", NO_SCORE, good, listed, with_field(bait, *home, "score"))
    yield from wrong("team", {**NO_TEAM, "nothing": None}, good, listed, with_field(bait, *home, "team", "displayName"),
                     quietly=("half a character",))  # fmt: skip
    yield from wrong("place", {**NO_TEXT, "away": "away", "?": "up"}, good, listed, with_field(bait, *home, "homeAway"))


def documents() -> Iterator[Spoilt]:
    """What is JSON with a list of games, or nearly, and none that can be read."""
    for name, body in {
        "games: null in it": '{"events":[null]}',
        "games: a text": '{"events":"none"}',
        "games: a number": '{"events":5}',
        "games: an object": '{"events":{"a":1}}',
        "games: too deep": '{"events":' + DEEP + "}",
        "games: 20,000 numbers": '{"events":[' + "1," * 20_000 + "1]}",
        "games: elsewhere": '{"data":{"events":[]}}',
    }.items():
        yield Spoilt(name, body.encode(), whole=True)


def sports_db_game(id_: str, teams: tuple[str, str]) -> Row:
    return {
        "idEvent": id_,
        "idLeague": "4387",
        "strHomeTeam": teams[0],
        "strAwayTeam": teams[1],
        "intHomeScore": "101",
        "intAwayScore": "99",
        "strTimestamp": "2026-04-18T23:00:00",
        "dateEvent": "2026-04-18",
        "strTime": "23:00:00",
        "strStatus": "FT",
        "strPostponed": "no",
    }


def sports_db() -> Iterator[Spoilt]:
    bait, good = sports_db_game("1002", BAIT), text(sports_db_game("1001", GOOD))
    yield from whole(listed([good]))
    yield from documents()
    yield from wrong("idEvent", NO_ID, good, listed, with_field(bait, "idEvent"))
    no_start = {**NO_TEXT, "a number": 5}
    yield from wrong("strTimestamp", no_start, good, listed, with_field(bait, "strTimestamp"),
                     quietly=("half a character",))  # fmt: skip
    yield from wrong("strHomeTeam", {**NO_TEAM, "nothing": None, "as away": BAIT[1]}, good, listed,
                     with_field(bait, "strHomeTeam"), quietly=("half a character",))  # fmt: skip
    yield from wrong("intHomeScore", NO_SCORE, good, listed, with_field(bait, "intHomeScore"))
    yield from wrong("strStatus", {**NO_TEXT, "?": "WON", "5": 5, "markup": "[b]FT[/b]"}, good, listed,
                     with_field(bait, "strStatus"))  # fmt: skip
    yield from wrong("idLeague", {**NO_TEXT, "another": "1"}, good, listed, with_field(bait, "idLeague"))
    yield from wrong("strPostponed", {**NO_TEXT, "yes": "yes"}, good, listed, with_field(bait, "strPostponed"),
                     quietly=("half a character",))  # fmt: skip


ODDS_HEAD = "Div,Date,Time,HomeTeam,AwayTeam,B365H,B365D,B365A,PSH,PSD,PSA"
SEASON_HEAD = "Div,Date,Time,HomeTeam,AwayTeam,FTHG,FTAG,FTR,HS,AS,B365H,B365D,B365A"
_ODDS_CELLS = {"Div": "E0", "Date": "18/04/2026", "Time": "23:30", "HomeTeam": "Arsenal", "AwayTeam": "Fulham",
               "B365H": "1.6", "B365D": "4.2", "B365A": "5.25", "PSH": "1.62", "PSD": "4.1", "PSA": "5.4"}  # fmt: skip
_SEASON_CELLS = {"Div": "E0", "Date": "17/04/2026", "Time": "20:00", "HomeTeam": "Arsenal", "AwayTeam": "Fulham",
                 "FTHG": "2", "FTAG": "1", "FTR": "H", "HS": "9", "AS": "8",
                 "B365H": "1.6", "B365D": "4.2", "B365A": "5.25"}  # fmt: skip
NO_CELL = {
    "empty": "",
    "NUL": "\0",
    "invisible": "\u202e\u200b",
    "an open quote": '"',
    "a closed quote": '""',
    "twenty thousand letters": "x" * 20_000,
    "five thousand quotes": '"' * 5_000,
}
NO_DATE = {**NO_CELL, "a word": "soon", "year 0": "01/01/0000", "year 9999": "31/12/9999", "30 February": "30/02/2026",
           "ISO": "2026-04-18", "month 13": "01/13/2026", "a formula": "=TODAY()", "digits": "9" * 5_000}  # fmt: skip
NO_DIVISION = {**NO_CELL, "another": "ZZ", "a path": "../E0", "markup": "[b]E0[/b]"}
NO_GOALS = {**NO_CELL, "negative": "-2", "half": "2.5", "a word": "two", "1e308": "1e308", "NaN": "nan",
            "full-width": "\uff12", "four digits": "2000"}  # fmt: skip
NO_CSV_PRICE = {
    "NUL": "\0", "a word": "evens", "fraction": "8/13", "negative": "-1.6", "1.0": "1.0", "0": "0", "1e308": "1e308",
    "1e999": "1e999", "NaN": "nan", "inf": "inf", "comma": '"1,6"', "digits": "9" * 5_000, "hex": "0x1p3",
    "full-width": "\uff11.6", "underscore": "1_0", "an open quote": '"1.6',
}  # fmt: skip


def sheet(head: str, *rows: Mapping[str, str] | str, ends: str = "\r\n") -> bytes:
    names = head.split(",")
    lines = [each if isinstance(each, str) else ",".join(each.get(name, "") for name in names) for each in rows]
    return ends.join((head, *lines, "")).encode("utf-8", "surrogatepass")


def csv_whole(head: str, good: Mapping[str, str]) -> Iterator[Spoilt]:
    """What is no file of this site."""
    one = sheet(head, good)
    for spoilt in whole(b'[{"id": 1}]'):
        if len(spoilt.body) < 2_500_000:
            yield spoilt
    for name, body in {
        "no columns for teams": b"Div,Date\r\nE0,18/04/2026\r\n",
        "semicolons": one.replace(b",", b";"),
        "tabs": one.replace(b",", b"\t"),
        "a hundred thousand columns": (head + ",x" * 100_000).encode() + b"\r\n",
        "a header of four megabytes": b"x" * 4_000_000,
        "only commas": b"," * 100_000,
        "packed": gzip.compress(one),
    }.items():
        yield Spoilt(f"file: {name}", body, whole=True)


def csv_rows(head: str, cells: Mapping[str, str], fields: Mapping[str, Mapping[str, str]]) -> Iterator[Spoilt]:
    good = {**cells, "HomeTeam": "Everton", "AwayTeam": "Chelsea"}
    for field, values in fields.items():
        for name, value in values.items():
            # Quotes around nothing, or around the rest of the line, are a name like any other.
            quiet = "quote" in name and field.endswith("Team")
            yield Spoilt(f"{field}: {name}", sheet(head, good, {**cells, field: value}), counted=not quiet)
    for name, line in {
        "one cell": "x",
        "a quote for ever": '"' + "x" * 1_000,
        "a hundred thousand cells": "," * 100_000 + "x",
        "a page": "<html><body>503</body></html>",
        "noise": "\x01\x02\x1b[31m\x07",
    }.items():
        yield Spoilt(f"a line of {name}", sheet(head, good, line))


def football_odds() -> Iterator[Spoilt]:
    yield from csv_whole(ODDS_HEAD, _ODDS_CELLS)
    yield from csv_rows(
        ODDS_HEAD,
        _ODDS_CELLS,
        {
            "Div": NO_DIVISION, "Date": NO_DATE, "HomeTeam": NO_CELL, "AwayTeam": {**NO_CELL, "as home": "Arsenal"},
            "B365H": NO_CSV_PRICE,
        },
    )  # fmt: skip


def football_season() -> Iterator[Spoilt]:
    yield from csv_whole(SEASON_HEAD, _SEASON_CELLS)
    fields = {"Div": NO_DIVISION, "Date": NO_DATE, "HomeTeam": NO_CELL, "FTHG": {**NO_GOALS, "another winner": "0"},
              "FTAG": {**NO_GOALS, "another winner": "3"}}  # fmt: skip
    yield from csv_rows(SEASON_HEAD, _SEASON_CELLS, fields)


def good_file() -> bytes:
    return sheet(ODDS_HEAD, {**_ODDS_CELLS, "HomeTeam": "Everton", "AwayTeam": "Chelsea"})


def tolerated(one: bytes) -> Mapping[str, bytes]:
    """Odd, and still a file whose good row can be read."""
    return {
        "a mark before it": b"\xef\xbb\xbf" + one,
        "CR only": one.replace(b"\r\n", b"\r"),
        "LF only": one.replace(b"\r\n", b"\n"),
        "all kinds of ends": one.replace(b"\r\n", b"\r\n\n\r", 1),
        "empty lines": one.replace(b"\r\n", b"\r\n,,,,\r\n\r\n"),
        "no end": one.rstrip(),
        "one byte a character": one.replace(b"Everton", b"Ev\xe9rton"),
    }
