"""`ui.keys`: which keys do what, checked against the table of everything a key can do."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import cache

from betting_tui.engine.config.key_names import shown, split_keys, taken_outside, typed, why_not
from betting_tui.engine.config.key_table import KEY_TABLE, SCREENS, KeyEntry
from betting_tui.engine.config.problems import Problem

SETTING = "ui.keys"
_NEAREST = 3
_PLACEHOLDER = re.compile(r"\{([a-z_]+\.[a-z_]+)\}")
# Textual's own, on every screen.
_OWN = {"tab": "goes to the next list", "shift+tab": "goes to the list before"}


@cache
def key_entries() -> Mapping[str, KeyEntry]:
    """Everything a key can do, by its id."""
    return {entry.id: entry for entry in KEY_TABLE}


class Keys:
    """The keys in force: the defaults with those of the settings in their place."""

    def __init__(self, chosen: Mapping[str, str] | None = None) -> None:
        self.chosen = {name: split_keys(text) for name, text in (chosen or {}).items() if name in key_entries()}

    def of(self, binding_id: str) -> tuple[str, ...]:
        """All keys that do it, the first one first. Raises KeyError for an id nobody has."""
        return self.chosen.get(binding_id) or split_keys(key_entries()[binding_id].keys)

    def key(self, binding_id: str) -> str:
        """The first of them as it stands in a sentence."""
        return shown(self.of(binding_id)[0])

    def say(self, text: str) -> str:
        """The sentence with the key in the place of each `{id}`. Only for our own words: never for what feeds say."""
        return _PLACEHOLDER.sub(lambda found: self.key(found[1]), text)


def key_problems(chosen: Mapping[str, str], origins: Mapping[str, str]) -> Iterator[Problem]:
    """What is wrong with `ui.keys`: ids nobody has, keys nobody can press, keys that would do two things at once."""
    faults = {name: fault for name, text in chosen.items() if (fault := _fault(name, text)) is not None}
    sound = {name: split_keys(text) for name, text in chosen.items() if name not in faults}
    for name in chosen:
        problem = faults.get(name) or _clash(name, sound)
        if problem is not None:
            where = origins.get(f"{SETTING}.{name}") or origins.get(SETTING, "default")
            yield Problem(where, f"{SETTING}.{name}", problem)


def _fault(name: str, text: str) -> str | None:
    """What is wrong with one of them by itself."""
    if name not in key_entries():
        return _unknown_id(name)
    keys = split_keys(text)
    problem = next((why for why in map(why_not, keys) if why is not None), None) or _twice(keys)
    return problem or (_swallowed(name, keys) if key_entries()[name].priority else None)


def key_warnings(chosen: Mapping[str, str]) -> list[str]:
    """Keys that may never arrive, as another program around this one keeps them."""
    return [
        f"{SETTING}.{name}: {key} is also kept by {taken}: it may not arrive here"
        for name, text in chosen.items()
        for key in split_keys(text)
        if (taken := taken_outside(key)) is not None
    ]


def _unknown_id(name: str) -> str:
    near = get_close_matches(name, key_entries(), n=_NEAREST, cutoff=0.5)
    place = name.partition(".")[0]
    near = near or [each for each in key_entries() if each.startswith(f"{place}.")][:_NEAREST]
    told = f"the nearest are {', '.join(near)}" if near else "docs/keys.md lists them all"
    return f"no such id; {told}"


def _twice(keys: tuple[str, ...]) -> str | None:
    return next((f"names {shown(key)} twice" for at, key in enumerate(keys) if key in keys[:at]), None)


def _swallowed(name: str, keys: tuple[str, ...]) -> str | None:
    """Such a key comes before the field that has the focus, where its letter could not be typed any more."""
    default = split_keys(key_entries()[name].keys)
    key = next((key for key in keys if typed(key) and key not in default), None)
    return f"{shown(key)} could not be typed into a field any more: take a key such as f4 or ctrl+g" if key else None


def _clash(name: str, sound: Mapping[str, tuple[str, ...]]) -> str | None:
    """What else one of its keys does where it works. What the defaults share already is no clash."""
    mine = key_entries()[name]
    default = split_keys(mine.keys)
    for key in sound[name]:
        if key in _OWN and key not in default and not set(SCREENS).isdisjoint(mine.places):
            return f"{shown(key)} {_OWN[key]}"
        for other in KEY_TABLE:
            shared = [place for place in mine.places if place in other.places]
            if other.id == name or not shared or key not in (sound.get(other.id) or split_keys(other.keys)):
                continue
            if key in default and key in split_keys(other.keys):
                continue
            return f"{shown(key)} does {other.id} already ({other.text}) in {shared[0]}: give that another key too"
    return None
