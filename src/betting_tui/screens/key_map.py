"""The user's keys as Textual takes them."""

from __future__ import annotations

from betting_tui.engine.config.keys import Keys

MODES = ("app.opportunities", "app.bets", "app.bankroll", "app.reports", "app.markets", "app.system")


def key_map(keys: Keys) -> dict[str, str]:
    """Keys by id, for those that are not the default. One screen's key changed names all six: they are no row then."""
    changed = dict(keys.chosen)
    if any(mode in changed for mode in MODES):
        changed |= {mode: keys.of(mode) for mode in MODES}
    return {name: ",".join(each) for name, each in changed.items()}
