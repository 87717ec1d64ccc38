"""A line to type in that keeps the order of fast typing."""

from __future__ import annotations

from textual import events
from textual.widgets import Input


class TextField(Input):
    """An input whose editing keys work in the order in which they were typed.

    Textual runs a field's binding when its key has climbed to the app: letters that came in the same moment overtake
    it, and a backspace typed before an amount would take the amount's last digit.
    """

    async def on_key(self, event: events.Key) -> None:
        for binding in self._bindings.key_to_bindings.get(event.key, ()):
            if await self.app.run_action(binding.action, self):
                event.stop()
                event.prevent_default()
                return
