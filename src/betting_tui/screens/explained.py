"""What the thing that has the focus is, and how to use it: for help."""

from __future__ import annotations

from msgspec import Struct
from textual.screen import Screen
from textual.widget import Widget

from betting_tui.widgets.panel import Panel


class Explained(Struct, frozen=True):
    title: str
    text: str


# By the class of the screen or dialog and the id of the widget; `{id}` stands for the user's key.
_BY_PLACE: dict[tuple[str, str], Explained] = {
    ("OpportunitiesScreen", "table"): Explained(
        "The list of opportunities",
        "One line for each price worth looking at, best first. The box below says why the line under the cursor is "
        "here. {opportunities.place} places what the line shows, {opportunities.edit} changes the stake first.",
    ),
    ("OpportunitiesScreen", "filter"): Explained(
        "The filter",
        "Words that a line must have, as lakers fanduel. Enter goes to the list, {opportunities.clear_filter} clears "
        "the filter.",
    ),
    ("BetsScreen", "open-table"): Explained(
        "Open bets", "One line for each bet that is not settled: its price now, and how long until its event starts."
    ),
    ("BetsScreen", "review-table"): Explained(
        "Bets for you to decide",
        "No feed could settle these, or two feeds say different things. {bets.decide} shows what is known and asks.",
    ),
    ("BankrollScreen", "ledger-table"): Explained(
        "The ledger",
        "Every movement of money, newest first. Nothing is ever changed in it: a mistake is put right by an entry of "
        "its own.",
    ),
    ("ReportsScreen", "groups-table"): Explained(
        "Groups", "The settled bets in groups, one line each. Small groups say little: look at how many bets they have."
    ),
    ("MarketsScreen", "markets-table"): Explained(
        "Every event",
        "The bookmakers are columns, yours first; {grid.left} and {grid.right} go from one to the next. The line with "
        "the event's name has each bookmaker's hold. An asterisk marks the best price, brackets one that is too old.",
    ),
    ("MarketsScreen", "filter"): Explained(
        "The filter",
        "Words an event must have, in its name, its league or its picks: nba lakers 224.5. Enter goes to the list, "
        "{markets.clear_filter} clears the filter.",
    ),
    ("SystemScreen", "feeds-table"): Explained("Feeds", "Where prices and results come from, and how each is doing."),
    ("SystemScreen", "plan-table"): Explained("Credits", "What will be asked next, what it costs, and what is not."),
    ("SystemScreen", "about-table"): Explained("About", "Versions, and where settings, data and log lie."),
    ("SystemScreen", "log-table"): Explained(
        "The log",
        "What happened, the newest line last. It follows what comes while the last line is marked; {system.follow} "
        "holds it still. {system.level} leaves out what is less than a warning or an error. Secrets are never in it.",
    ),
    ("SystemScreen", "log-search"): Explained(
        "The search",
        "Words that a line must have. Enter goes to the lines, {system.clear_search} clears the search.",
    ),
    ("SettingsScreen", "settings-table"): Explained(
        "All settings",
        "One line for each setting, with its value and where that comes from. {settings.edit} changes it, "
        "{settings.reset} gives it its default back. One that an environment variable or a flag sets is locked: the "
        "box below says which.",
    ),
    ("SettingsScreen", "settings-filter"): Explained(
        "The search", "Words of a setting's name, its value or what it is for. Enter goes to the list."
    ),
}
_LIST = Explained("A list", "The arrow keys move the line that is marked. A click marks a line, a second one opens it.")
_CHART = Explained("A chart", "The line is the value over time, the newest at the right.")
# By the class of the widget or one it is made from: charts are not imported for being named here.
_BY_KIND: dict[str, Explained] = {
    "LineTable": _LIST,
    "Input": Explained("A field", "Type here. Nothing counts before you agree: escape leaves everything as it was."),
    "TextArea": Explained("Several lines", "Type here, enter begins a new line. Nothing counts before it is saved."),
    "Choice": Explained("A choice", "One of a few words: the arrow keys or a click go from one to the next."),
    "Chart": _CHART,
    "PlotWidget": _CHART,
}
_BOX = Explained("A box", "Something to read. The arrow keys scroll it where it is longer than the box.")


_DIALOGS: dict[str, str] = {
    "ConfirmDialog": "One question. Nothing happens before it is answered.",
    "FinalDialog": "One question about what cannot be taken back. Enter leaves all as it is.",
    "TextDialog": "Something to read. What is selected with the mouse can be copied.",
    "ReportDialog": "Every measure of these bets. docs/statistics.md says what each of them means.",
    "ProblemDialog": "The program cannot go on as it is. Leaving this shows the screens without an engine.",
    "RecoveryDialog": "The last run did not end in order. Bets, orders and money are kept either way.",
    "PickAccountDialog": "Which account the screens show and bets are placed for.",
    "FormDialog": "A few fields; below them stands what they would do. Nothing happens before you agree.",
    "FormStep": "One step of setting up. Leaving it keeps what is in force.",
    "PickStep": "One step of setting up: tick what you want. Leaving it keeps what is in force.",
    "ReviewDialog": "A bet that no feed could settle, with all that is known of it. One key decides it; a wrong "
    "decision can be corrected later.",
    "SlipDialog": "What will be placed, at which price and stake. A price that has become worse is asked about first.",
    "ParlayDialog": "The legs of one bet: all of them must win.",
    "WelcomeDialog": "What to begin with: real odds with a key, football without one, or the simulated market.",
}


def about_dialog(dialog: Screen[object]) -> str:
    """What a dialog is for; '' where it says so itself."""
    return next((_DIALOGS[kind.__name__] for kind in type(dialog).__mro__ if kind.__name__ in _DIALOGS), "")


def explained(screen: Screen[object], focused: Widget | None) -> Explained | None:
    """Of the focused widget, by its place or by its kind; None where nothing has the focus."""
    if focused is None:
        return None
    for node in focused.ancestors_with_self:
        for kind in type(screen).__mro__:
            found = _BY_PLACE.get((kind.__name__, node.id or ""))
            if found is not None:
                return found
    kinds = (_BY_KIND.get(kind.__name__) for kind in type(focused).__mro__)
    return _titled(focused, next((kind for kind in kinds if kind is not None), _BOX))


def _titled(focused: Widget, kind: Explained) -> Explained:
    """Under the title of the box it stands in, where there is one."""
    panel = next((node for node in focused.ancestors_with_self if isinstance(node, Panel)), None)
    return Explained(panel.title, kind.text) if panel is not None and panel.title else kind
