"""What the app needs to set itself up: the provider to ask about a key, and the settings file to write into."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from betting_tui.cli.logs import keep_secret
from betting_tui.engine.config import Change, Loaded, Settings, check_key, save_key, save_settings
from betting_tui.engine.config.write import KEY_SETTING
from betting_tui.engine.core.model import Sport
from betting_tui.screens.setup_draft import KeyAnswer

_TOLD = 2


class Desk:
    """Implements `SetupDesk`. `read` gives the settings from all layers as they are now."""

    def __init__(self, read: Callable[[], Loaded]) -> None:
        self._read = read

    async def check_key(self, key: str) -> KeyAnswer:
        """Raises UsageError for what is no key, SourceError for what the provider says or does not."""
        from betting_tui.screens.show import counted

        cleaned = check_key(key)
        keep_secret([cleaned])
        sports, left = await _ask(cleaned, self._read().settings)
        credit = "" if left is None else f", {left} credits left this month"
        return KeyAnswer(f"The key works: {counted(len(sports), 'sport')} in season{credit}", sports)

    def save_key(self, key: str) -> str:
        keep_secret([check_key(key)])
        loaded = self._read()
        save_key(loaded.path, key)
        return _stronger(loaded, [KEY_SETTING])

    async def sports(self) -> tuple[Sport, ...]:
        settings = self._read().settings
        return (await _ask(settings.api_keys.the_odds_api or "", settings))[0]

    def settings(self) -> Settings:
        return self._read().settings

    def save(self, changes: Sequence[Change]) -> str:
        loaded = self._read()
        if changes:
            save_settings(loaded.path, changes)
        return _stronger(loaded, [change.key for change in changes])


def _stronger(loaded: Loaded, keys: Sequence[str]) -> str:
    """Which of the keys are also written where it counts more than in the file, in a sentence; '' for none."""
    own = f"{loaded.path}, line "
    found = [(key, loaded.origins[key]) for key in keys if key in loaded.origins]
    told = [f"{key} comes from {origin}" for key, origin in found if not origin.startswith(own)]
    more = f" and {len(told) - _TOLD} more" if len(told) > _TOLD else ""
    return f"Saved, but {'; '.join(told[:_TOLD])}{more}, which counts more" if told else ""


async def _ask(key: str, settings: Settings) -> tuple[tuple[Sport, ...], int | None]:
    """The sports in season and the credits left, by a call that costs none."""
    from betting_tui.engine.clocks import SystemClock
    from betting_tui.engine.sources.http import HttpClient
    from betting_tui.engine.sources.the_odds_api import TheOddsApiSource

    chosen = settings.data_sources.the_odds_api
    source = TheOddsApiSource(key, chosen, HttpClient(deadline_seconds=chosen.timeout_seconds), SystemClock())
    try:
        sports = await source.sports()
        reading = source.credits
    finally:
        await source.aclose()
    return sports, None if reading is None else reading.remaining
