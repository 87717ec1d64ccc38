"""docs/settings.md tells of every setting, with the default it has."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from types import ModuleType

import pytest
from msgspec import Struct

from betting_tui.engine.config.tree import Settings

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def make_settings() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_settings", ROOT / "docs" / "make_settings.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def leaves(part: Struct, prefix: str = "") -> Iterator[tuple[str, object]]:
    """Each key of the tree with its default, read from the tree itself."""
    for name in part.__struct_fields__:
        value = getattr(part, name)
        if isinstance(value, Struct):
            yield from leaves(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def told() -> dict[str, str]:
    """Each key of the page with the default it says."""
    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8").partition("## Every setting")[2]
    found: dict[str, str] = {}
    for part in page.split("\n### ")[1:]:
        section = part.splitlines()[0].strip("`")
        for name, default in re.findall(r"^\| `(\w+)` \| ([^|]*) \|", part, re.MULTILINE):
            found[name if name == section else f"{section}.{name}"] = default
    return found


def read_back(text: str, default: object) -> object:
    """What the page says, as the value it stands for."""
    plain = text.strip("`")
    match default:
        case None:
            return None if text == "not set" else plain
        case bool():
            return {"true": True, "false": False}[plain]
        case tuple():
            return () if text == "none" else tuple(plain.split(", "))
        case dict():
            return {} if text == "none" else plain
        case int() | float() | Decimal():
            return type(default)(plain)
        case _:
            return plain


def test_every_key_of_the_tree_is_on_the_page_with_its_default() -> None:
    page = told()
    defaults = dict(leaves(Settings()))
    assert page.keys() == defaults.keys()
    assert {key: read_back(page[key], value) for key, value in defaults.items()} == defaults


def test_the_page_is_as_its_maker_writes_it(make_settings: ModuleType) -> None:
    page = make_settings.PAGE.read_text(encoding="utf-8")
    assert make_settings.page_text(page) == page, "run python docs/make_settings.py"


def test_every_setting_says_what_it_is_for(make_settings: ModuleType) -> None:
    assert [each.key for each in make_settings.settings() if not each.about] == []
