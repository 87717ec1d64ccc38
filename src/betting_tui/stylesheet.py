"""Styles that are parsed once, and screens that come with theirs."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from textual.app import App
from textual.cache import LRUCache
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet
from textual.screen import Screen

# One a widget's class and one a file: Textual keeps 64, and would parse all of them anew for each one more.
_KEPT_SOURCES = 512
# Dark and light, and one that is tried.
_KEPT_COLOURS = 3


@lru_cache(maxsize=_KEPT_COLOURS)
def _parsed(colours: frozenset[tuple[str, str]]) -> LRUCache[tuple[Any, ...], list[RuleSet]]:
    """What has been parsed with these variables."""
    del colours
    return LRUCache(_KEPT_SOURCES)


class KeptStylesheet(Stylesheet):
    """Textual's stylesheet, which would parse everything anew for every screen that is first shown, and whenever
    colours are changed back."""

    def __init__(self, *, variables: dict[str, str] | None = None) -> None:
        super().__init__(variables=variables)
        self._parse_cache = _parsed(frozenset(self._variables.items()))

    def set_variables(self, variables: dict[str, str]) -> None:
        """Only other colours make what is parsed already wrong."""
        if variables != self._variables:
            # Textual empties the one it has.
            self._parse_cache = LRUCache(1)
            super().set_variables(variables)
            self._parse_cache = _parsed(frozenset(variables.items()))

    def reparse(self) -> None:
        self.parse()


def styled(screen: Screen[None], app: App[Any]) -> Screen[None]:
    """`screen`, new, with its styles read and the classes of its size: neither it nor what is shown already need be
    styled anew.

    Raises StylesheetError or StylesheetParseError for styles that cannot be read.
    """
    for path in screen.css_path:
        if not app.stylesheet.has_source(str(path), ""):
            app.stylesheet.read(path)
    for length, steps in (
        (app.size.width, app.HORIZONTAL_BREAKPOINTS or []),
        (app.size.height, app.VERTICAL_BREAKPOINTS or []),
    ):
        reached = [step for step in steps if length >= step[0]]
        if reached:
            screen.add_class(max(reached)[1])
    # A new screen is styled as it is mounted, whatever other colours there were before.
    screen._css_update_count = app._css_update_count
    return screen
