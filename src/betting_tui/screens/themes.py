"""The program's own two themes. Styles elsewhere name theme variables only, never colours."""

from __future__ import annotations

from textual.theme import Theme

DARK = Theme(
    name="betting-dark",
    primary="#6cb6ff",
    secondary="#4b7bab",
    accent="#e8b75a",
    success="#57c785",
    warning="#e8b75a",
    error="#f47067",
    foreground="#d7dde5",
    background="#0f1318",
    surface="#141a21",
    panel="#1d252f",
    dark=True,
    variables={
        "border": "#6cb6ff",
        "border-blurred": "#3a4654",
        "text-muted": "#8b98a8",
        "scrollbar": "#3a4654",
        "scrollbar-hover": "#4b7bab",
        "scrollbar-active": "#6cb6ff",
        "scrollbar-background": "#141a21",
        "scrollbar-background-hover": "#141a21",
        "scrollbar-background-active": "#141a21",
        "scrollbar-corner-color": "#141a21",
    },
)
LIGHT = Theme(
    name="betting-light",
    primary="#0b5cad",
    secondary="#4b7bab",
    accent="#8a5a00",
    success="#17692f",
    warning="#8a5a00",
    error="#b42318",
    foreground="#1c232b",
    background="#eef1f4",
    surface="#fbfcfd",
    panel="#dfe5eb",
    dark=False,
    variables={
        "border": "#0b5cad",
        "border-blurred": "#a9b4c0",
        "text-muted": "#5a6673",
        "scrollbar": "#a9b4c0",
        "scrollbar-hover": "#4b7bab",
        "scrollbar-active": "#0b5cad",
        "scrollbar-background": "#fbfcfd",
        "scrollbar-background-hover": "#fbfcfd",
        "scrollbar-background-active": "#fbfcfd",
        "scrollbar-corner-color": "#fbfcfd",
    },
)
OURS = (DARK, LIGHT)
