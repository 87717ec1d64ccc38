"""The Odds API's refusals as typed errors: by `error_code` first, because spent credits are a 401 like a wrong key."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

import msgspec
from msgspec import Struct

from betting_tui.engine.core.errors import (
    BadAnswer,
    CreditsSpent,
    EventGone,
    KeyRejected,
    RateLimited,
    RequestRejected,
    SourceError,
    SourceUnreachable,
)
from betting_tui.engine.core.text import clean, redact
from betting_tui.engine.sources.http import HttpAnswer, http_time

_KEY_CODES = frozenset({"MISSING_KEY", "INVALID_KEY", "DEACTIVATED_KEY"})
_CODE = re.compile(r"[A-Z0-9_]{1,80}")
_MAX_WORDS = 4000
_SHOWN_WORDS = 200
_MAX_RETRY_AFTER = 86_400.0
_HOW_TO_SET_THE_KEY = "k in the app takes one; or set api_keys.the_odds_api, or THE_ODDS_API_KEY"


class _Said(Struct):
    message: str = ""
    error_code: str = ""


def missing_key() -> KeyRejected:
    return KeyRejected(f"The Odds API needs a key: {_HOW_TO_SET_THE_KEY}", code="MISSING_KEY")


def event_refusal(answer: HttpAnswer, secrets: Sequence[str], now: datetime) -> SourceError:
    """As `refusal`, for a question about one event: a 404 that does not speak of the sport means the event."""
    error = refusal(answer, secrets, now)
    if answer.status != 404 or not isinstance(error, RequestRejected) or "SPORT" in error.code:
        return error
    return EventGone(f"The Odds API has this event no more: {error.message}", code=error.code)


def refusal(answer: HttpAnswer, secrets: Sequence[str], now: datetime) -> SourceError:
    """What an answer other than 200 means, in words that hold none of the `secrets`."""
    said = _said(answer.body)
    code = "" if said is None else redact(said.error_code, secrets)
    code = code if _CODE.fullmatch(code) else ""
    words = _words(said, secrets)
    retry_after = _retry_after(answer, now)
    if code == "EXCEEDED_FREQ_LIMIT" or (answer.status == 429 and code not in _KEY_CODES):
        wait = "wait a little" if retry_after is None else f"wait {retry_after:g} s"
        return RateLimited(f"The Odds API gets too many requests: {wait}{words}", code=code, retry_after=retry_after)
    if code == "OUT_OF_USAGE_CREDITS" or (answer.status == 401 and not code and _speaks_of_quota(said)):
        return CreditsSpent(
            f"The Odds API's credits are spent: wait for next month or change the plan{words}",
            code=code or "OUT_OF_USAGE_CREDITS",
        )
    if code in _KEY_CODES or (answer.status == 401 and said is not None and not code):
        return KeyRejected(f"The Odds API does not accept the key: {_HOW_TO_SET_THE_KEY}{words}", code=code)
    if answer.status >= 500:
        return SourceUnreachable(
            f"The Odds API has a fault of its own ({answer.status}): it will be asked again{words}",
            code=code,
            retry_after=retry_after,
        )
    if code or answer.status in (400, 404, 422):
        return RequestRejected(f"The Odds API refuses the question ({answer.status}){words}", code=code)
    return BadAnswer(f"The Odds API answered {answer.status}, but not with its own data: is a proxy in between?{words}")


def _said(body: bytes) -> _Said | None:
    """The documented error object; None for HTML, an empty body or anything else."""
    try:
        return msgspec.json.decode(body, type=_Said)
    except (ValueError, RecursionError):
        return None


def _words(said: _Said | None, secrets: Sequence[str]) -> str:
    """The provider's own sentence. Cleaned first: invisible characters inside a secret would hide it from redaction."""
    message = "" if said is None else redact(clean(said.message, _MAX_WORDS), secrets)[:_SHOWN_WORDS]
    return f" - it says: {message}" if message else ""


def _speaks_of_quota(said: _Said | None) -> bool:
    return said is not None and "quota" in said.message.lower()


def _retry_after(answer: HttpAnswer, now: datetime) -> float | None:
    """Seconds to wait, from seconds or a date, at most a day; None when the header is missing or unreadable."""
    text = (answer.header("retry-after") or "").strip()
    if re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", text):
        return min(float(text), _MAX_RETRY_AFTER)
    moment = http_time(text)
    if moment is None:
        return None
    return min(max(0.0, (moment - (answer.server_time or now)).total_seconds()), _MAX_RETRY_AFTER)
