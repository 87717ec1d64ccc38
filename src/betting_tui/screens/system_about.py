"""What runs here, how long, how large, and where everything lies, one line each."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from typing import Any

from msgspec import Struct
from textual.app import App

from betting_tui.engine.core.status_views import SystemView
from betting_tui.engine.core.times import span_text
from betting_tui.screens.show import Show, size

_TERMINAL = ("TERM", "COLORTERM", "TERM_PROGRAM", "NO_COLOR")


class About(Struct, frozen=True):
    """`kind` is how it is drawn, as of a cell."""

    name: str
    text: str
    kind: str = ""


def about_rows(view: SystemView, show: Show, now: datetime, uptime_seconds: float) -> tuple[About, ...]:
    return (
        About("version", f"{view.version} · {view.mode} · up {span_text(uptime_seconds)}"),
        About("memory", "not known on this system" if view.memory_bytes is None else f"{size(view.memory_bytes)} now"),
        About("ledger", f"{size(view.ledger_bytes)} · archive {_archive(view)}"),
        _verified(view, show, now),
        About("sqlite", f"{view.sqlite} · journal {view.journal_mode}"),
        About("python", f"{view.python} · textual {view.textual} · {view.platform}".removesuffix(" · ")),
        About("pop-ups", view.notifier + _quiet(view), "" if view.notifier in ("ready", "off") else "warn"),
        About("webhook", view.webhook or "not set", "warn" if view.webhook not in ("", "ready") else ""),
        About("data", short_path(view.data_dir)),
        About("settings", short_path(view.config_file) or "no file: the defaults are in force"),
        About("log", short_path(view.log_file) or "none is written"),
    )


def terminal_text(app: App[Any]) -> str:
    """What the app draws on, as a bug report needs it."""
    told = [f"{name}={value}" for name in _TERMINAL if (value := os.environ.get(name))]
    colours = app.console.color_system or "no colour"
    return f"{app.size.width} × {app.size.height}, {colours}, theme {app.theme}, {' '.join(told) or 'TERM not set'}"


def short_path(path: str) -> str:
    """With `~` for the user's home."""
    home = str(Path.home())
    return f"~{path[len(home) :]}" if path.startswith(home + os.sep) else path


def _archive(view: SystemView) -> str:
    return "not open here" if view.archive_bytes is None else size(view.archive_bytes)


def _verified(view: SystemView, show: Show, now: datetime) -> About:
    if view.verified:
        return About("checked", f"does not add up: {view.verified}", "loss")
    if view.verified_at is None:
        return About("checked", "not by this window", "muted")
    return About("checked", f"adds up, {show.near(view.verified_at, now)}")


def _quiet(view: SystemView) -> str:
    if not view.quiet_hours:
        return ""
    return f" · quiet {view.quiet_hours}{', now' if view.quiet_now else ''}"
