"""How alike two names of teams are: the same, near enough to ask about, or another team. Pure and remembered."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from enum import StrEnum
from functools import lru_cache

from msgspec import Struct

from betting_tui.engine.core.team_names import (
    CLUB_FORMS,
    DIVIDING,
    FIRST_TEAMS,
    RESERVES,
    TEAMS,
    WHOLE_NAMES,
    WOMEN,
    YOUTH,
)

CLOSE_FROM = 80.0
"""From which WRatio (0 to 100) names without contradicting words are near enough."""

_SPELLING_FROM = 85.0
_LONGEST_NAME = 120
_MOST_REMEMBERED = 50_000
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "’": "'"})
_WORD = re.compile(r"[^\W_]+")
_AGE = re.compile(r"(?:u|sub)(1[5-9]|2[0-3])s?")
_AGE_IN_TWO = re.compile(r"\b(u|under|sub)[\s-]+(1[5-9]|2[0-3])s?\b")
_EXPANDED = {"utd": "united", "ny": "new york", "saint": "st", "sainte": "st"}
_SILENT = frozenset({"and", "the", "of"})
_PERSONS = ("tennis", "mma", "boxing", "golf", "darts", "snooker")


class Likeness(StrEnum):
    """`same` also by an alias or as the only team such a short name can mean; `unclear` when it can mean several."""

    SAME = "same"
    CLOSE = "close"
    UNCLEAR = "unclear"
    OTHER = "other"


class Name(Struct, frozen=True):
    """A name made comparable: its words, and which side of the club it is (women, youth, reserves)."""

    words: tuple[str, ...]
    side: frozenset[str]

    @property
    def text(self) -> str:
        return " ".join(self.words)


class Compared(Struct, frozen=True):
    likeness: Likeness
    ratio: float = 0.0


class TeamNames:
    """The table of teams of `team_names`, with more spellings where given: (sport key, team, other name)."""

    def __init__(self, more: Iterable[tuple[str, str, str]] = (), teams: dict[str, str] | None = None) -> None:
        self._teams: dict[str, dict[Name, Name]] = {}
        for section, rows in (TEAMS if teams is None else teams).items():
            spellings = self._teams[section] = {}
            for row in re.split(r"[;\n]", rows):
                names = [read_name(name, section) for name in row.split("|") if name.strip()]
                spellings |= dict.fromkeys(names, names[0]) if names else {}
        for sport_key, known, other in more:
            spellings = self._teams.setdefault(self.section(sport_key) or sport_key, {})
            first = read_name(known, sport_key)
            spellings[read_name(other, sport_key)] = spellings.setdefault(first, first)
        self._initials = {
            section: [(_letters(name), name, team) for name, team in spellings.items()]
            for section, spellings in self._teams.items()
        }
        self._compared: dict[tuple[str, str, str], Compared] = {}
        self._shortened: dict[tuple[Name, str], frozenset[Name]] = {}

    def section(self, sport_key: str) -> str:
        """The longest section the sport key begins with; empty where there is none."""
        return max((name for name in self._teams if sport_key.startswith(name)), key=len, default="")

    def compare(self, first: str, second: str, sport_key: str) -> Compared:
        """How alike two names are in this sport. Symmetric."""
        if (second, first) < (first, second):
            first, second = second, first
        key = (first, second, sport_key)
        if key not in self._compared:
            if len(self._compared) > _MOST_REMEMBERED:
                self._compared.clear()
            self._compared[key] = self._compare(read_name(first, sport_key), read_name(second, sport_key), sport_key)
        return self._compared[key]

    def meaning(self, text: str, sport_key: str) -> Name:
        """The team a name surely means, by the table, else its own words: names that are `same` mean the same."""
        name, section = read_name(text, sport_key), self.section(sport_key)
        team = self._teams.get(section, {}).get(_club(name))
        if team is None and name.words:
            meant = self._meant(_club(name), section)
            team = next(iter(meant)) if len(meant) == 1 else None
        return name if team is None else Name(team.words, name.side)

    def _meant(self, short: Name, section: str) -> frozenset[Name]:
        """The teams of the table that a shorter name may stand for."""
        key = (short, section)
        if key not in self._shortened:
            if len(self._shortened) > _MOST_REMEMBERED:
                self._shortened.clear()
            letters = _letters(short)
            self._shortened[key] = frozenset(
                team
                for initials, name, team in self._initials.get(section, ())
                if letters <= initials and _shortens(short, name)
            )
        return self._shortened[key]

    def _compare(self, first: Name, second: Name, sport_key: str) -> Compared:
        if not first.words or not second.words or first.side != second.side:
            return Compared(Likeness.OTHER)
        spellings = self._teams.get(self.section(sport_key), {})
        one, two = spellings.get(_club(first)), spellings.get(_club(second))
        if first == second or (one is not None and one == two):
            return Compared(Likeness.SAME, 100.0)
        if one is not None and two is not None:
            return Compared(Likeness.OTHER)
        ratio = _ratio(first, second, sport_key.startswith(_PERSONS))
        if one is None and two is None:
            return Compared(Likeness.CLOSE if ratio else Likeness.OTHER, ratio)
        known, short = (one, second) if one is not None else (two, first)
        meant = self._meant(_club(short), self.section(sport_key))
        if meant == {known}:
            return Compared(Likeness.SAME, 95.0)
        if known in meant:
            return Compared(Likeness.UNCLEAR, ratio)
        return Compared(Likeness.CLOSE if ratio and not meant else Likeness.OTHER, ratio)


@lru_cache(maxsize=20_000)
def read_name(text: str, sport_key: str) -> Name:
    """The words of a name without accents, case, club letters and marks of a side. In women's sports the mark of
    women says nothing, because feeds of one competition leave it out."""
    folded = unicodedata.normalize("NFKD", text[:_LONGEST_NAME].casefold().translate(_LETTERS))
    plain = "".join(char for char in folded if not unicodedata.combining(char))
    plain = _AGE_IN_TWO.sub(r"u\2", plain.replace("'", "").replace(".", "").replace("&", " "))
    words = [part for word in _WORD.findall(plain) for part in _EXPANDED.get(word, word).split()]
    words = [word for word in words if word not in _SILENT] or words
    if sport_key.startswith(_PERSONS):
        return Name(tuple(sorted(words)), frozenset())
    side = frozenset() if " ".join(words).startswith(FIRST_TEAMS) else _side(words)
    if side:
        words = [word for place, word in enumerate(words) if not _mark(words, place)] or words
    if "women" in sport_key or sport_key.startswith(("basketball_w",)):
        side -= {"women"}
    if sport_key.startswith("soccer") and " ".join(words) not in WHOLE_NAMES:
        words = [word for word in words if word not in CLUB_FORMS] or words
    return Name(tuple(words), side)


def _side(words: list[str]) -> frozenset[str]:
    return frozenset(mark for place in range(len(words)) if (mark := _mark(words, place)))


def _mark(words: list[str], place: int) -> str:
    """Which side of a club the word at this place names; empty for any other word."""
    word, last = words[place], place == len(words) - 1 and place > 0
    if word in WOMEN or (last and word == "w"):
        return "women"
    age = _AGE.fullmatch(word)
    if age is not None:
        return f"u{age[1]}"
    if word in YOUTH:
        return "youth"
    return "reserves" if word in RESERVES or (last and word == "b") else ""


def _club(name: Name) -> Name:
    """The same club's first team, as the table lists it."""
    return Name(name.words, frozenset()) if name.side else name


def _letters(name: Name) -> frozenset[str]:
    """The first letters of its words: a word only stands for one that begins as it does."""
    return frozenset(word[0] for word in name.words)


def _shortens(short: Name, full: Name) -> bool:
    """Whether each word of the shorter name stands for one of the full name: Phoenix, Man Utd, Nott'm Forest."""
    left, _ = _leftovers(short, full, initials=False)
    return not left and len(short.words) <= len(full.words)


def _ratio(first: Name, second: Name, persons: bool) -> float:
    """WRatio where no word contradicts, else 0: Lakers and Clippers are 84 alike and two teams."""
    left, right = _leftovers(first, second, initials=persons)
    if (left and right) or any(word in DIVIDING for word in (*left, *right)):
        return 0.0
    if persons and not set(first.words) & set(second.words):
        return 0.0
    from rapidfuzz import fuzz  # loaded with the first names that have to be compared

    ratio = fuzz.WRatio(first.text, second.text)
    return ratio if ratio >= CLOSE_FROM or persons else 0.0


def _leftovers(first: Name, second: Name, *, initials: bool) -> tuple[list[str], list[str]]:
    """The words of each name that stand for none of the other's; equal words are taken first."""
    left, right = list(first.words), list(second.words)
    for same in (True, False):
        for word in list(left):
            found = next((it for it in right if (word == it if same else _stands_for(word, it, initials))), None)
            if found is not None:
                left.remove(word)
                right.remove(found)
    return left, right


def _stands_for(one: str, two: str, initials: bool) -> bool:
    """Whether a word is another one cut, squeezed or spelled differently."""
    short, full = sorted((one, two), key=len)
    if short[0] != full[0]:
        return False
    if len(short) == 1:
        return initials
    if full.startswith(short) and (len(short) >= 3 or full == "state"):
        return True
    rest = iter(full)
    if len(short) >= 4 and all(char in rest for char in short):
        return True
    if len(short) < 5:
        return False
    from rapidfuzz import fuzz

    return fuzz.ratio(short, full) >= _SPELLING_FROM
