"""Messages to an address of the user's choice, as JSON."""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable

import msgspec
from msgspec import Struct

from betting_tui.engine.alerts.pile import plain
from betting_tui.engine.core.errors import SourceError
from betting_tui.engine.core.ports import Clock, Notice
from betting_tui.engine.core.text import clean
from betting_tui.engine.core.times import iso

_LOG = logging.getLogger(__name__)
# A message to a person has waited long enough after that.
PAUSES_SECONDS = (2.0, 10.0)
ANSWER_SECONDS = 10.0
BOUND_SECONDS = (len(PAUSES_SECONDS) + 1) * ANSWER_SECONDS + sum(PAUSES_SECONDS) + 5.0
_WORTH_ANOTHER_TRY = frozenset({408, 425, 429})
# What fits into one message of the usual chats, with room for the rest.
_LONGEST_TITLE, _LONGEST_BODY = 200, 1500

Post = Callable[[bytes], Awaitable[int]]


class Message(Struct, frozen=True):
    """What is posted. `text` and `content` hold title and body together, as chats want them; `at` is ISO 8601 UTC.

    `id` is the same when a message is sent again because no answer came.
    """

    app: str
    id: str
    kind: str
    title: str
    body: str
    urgent: bool
    at: str
    text: str
    content: str


class WebhookChannel:
    """Posts each notice, and again where that may help. `post` gives the status of the answer, or raises SourceError;
    nothing it says may hold the address."""

    def __init__(self, post: Post, clock: Clock) -> None:
        self._post = post
        self._clock = clock
        self._failing = ""
        self._lost = 0

    @property
    def name(self) -> str:
        return "webhook"

    @property
    def status(self) -> str:
        """`ready`, or why messages do not get through."""
        if not self._failing:
            return "ready"
        return f"{self._failing}; {self._lost} {'message' if self._lost == 1 else 'messages'} not delivered"

    async def send(self, notice: Notice) -> bool:
        body = msgspec.json.encode(_message(notice, iso(self._clock.now())))
        # Who did not answer the last message gets one try for this one.
        failing, again = "", True
        for pause in (0.0, *(() if self._failing else PAUSES_SECONDS)):
            if pause:
                await self._clock.sleep(pause)
            failing, again = await self._try(body)
            if not again:
                break
        self._note(failing)
        return not failing

    async def _try(self, body: bytes) -> tuple[str, bool]:
        """Why it did not get through, empty when it did, and whether another try may help."""
        try:
            status = await self._post(body)
        except SourceError as error:
            return error.message, True
        if 200 <= status < 300:
            return "", False
        if 300 <= status < 400:
            return (
                f"it points to another address ({status}), which is not followed: check notifications.webhook_url",
                False,
            )
        if status >= 500 or status in _WORTH_ANOTHER_TRY:
            return f"it answers {status}", True
        return f"it refuses messages ({status}): check notifications.webhook_url", False

    def _note(self, failing: str) -> None:
        if failing and not self._failing:
            _LOG.warning("the webhook does not take messages: %s", failing)
        if self._failing and not failing:
            _LOG.info("the webhook takes messages again")
        self._lost = self._lost + 1 if failing else 0
        self._failing = failing


def _message(notice: Notice, at: str) -> Message:
    title, body = _safe(notice.title, _LONGEST_TITLE), _safe(notice.body, _LONGEST_BODY)
    text = f"{title}: {body}" if body else title
    return Message("betting-tui", notice.key, notice.kind.value, title, body, notice.urgent, at, text, text)


def _safe(text: str, longest: int) -> str:
    """A name that a feed gave must neither be markup nor call everybody in a chat."""
    return re.sub(r"@(?=\S)", "@\u200b", plain(clean(text, longest)))
