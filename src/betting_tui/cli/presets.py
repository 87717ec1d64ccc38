"""`--preset`: a filter of the settings by its name, beside the one that is typed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import Any, TypeVar

import click

from betting_tui.cli.session import Setup
from betting_tui.engine.config import Preset
from betting_tui.engine.core.errors import UsageError
from betting_tui.engine.core.filters import FieldKind, Filter, FilterError, compile_filter

F = TypeVar("F", bound=Callable[..., Any])


def preset_option(function: F) -> F:
    return click.option("--preset", help="Only what fits this filter of the settings, by its name under presets.")(
        function
    )


def and_preset(typed: Filter, name: str | None, setup: Setup, fields: Mapping[str, FieldKind]) -> Filter:
    """What fits both. UsageError for a name that the settings do not have, and for fields that are not known here."""
    if name is None:
        return typed
    presets = setup.settings.presets
    if name not in presets:
        raise UsageError(_unknown(name, presets, setup))
    where = presets[name].where
    try:
        return compile_filter(where, fields).also(typed)
    except FilterError as error:
        raise UsageError(f"preset {name} is {where}: {error.message}") from None


def _unknown(name: str, presets: Mapping[str, Preset], setup: Setup) -> str:
    told = f"there is no preset {name[:64]!r}"
    if not presets:
        path = setup.loaded.path
        return f"{told}, nor any other: write them under presets in {path}, as presets: {{big: {{where: edge >= 5%}}}}"
    near = get_close_matches(name, presets, n=1)
    hint = f"the nearest is {near[0]}" if near else f"there are {', '.join(presets)}"
    return f"{told} under presets in {setup.loaded.path}: {hint}"
