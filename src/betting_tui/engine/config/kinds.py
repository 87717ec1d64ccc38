"""What a setting may hold, as types: the words shown when a value does not fit stand beside the rule."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from decimal import Decimal
from difflib import get_close_matches
from typing import Annotated
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from msgspec import Meta

from betting_tui.engine.core.closes import AGE_STEPS

Check = Callable[[str], str | None]
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
MAX_AMOUNT = 10**12
_CLOCK = r"(?:[01]\d|2[0-3]):[0-5]\d"


def _pattern(expression: str) -> dict[str, Check]:
    compiled = re.compile(expression)

    def check(text: str) -> str | None:
        return None if compiled.fullmatch(text) else ""

    return {"check": check}


def _amount(*, zero: bool) -> dict[str, Callable[[Decimal], str | None]]:
    def check(value: Decimal) -> str | None:
        return None if (value >= 0 if zero else value > 0) and value <= MAX_AMOUNT else ""

    return {"check": check}


def _time_zone(text: str) -> str | None:
    if text == "local":
        return None
    try:
        ZoneInfo(text)
    except (ValueError, OSError, KeyError):
        near = get_close_matches(text, sorted(available_timezones()), n=1, cutoff=0.6)
        return f"did you mean {near[0]}?" if near else ""
    return None


def _http_url(text: str) -> str | None:
    try:
        parts = urlsplit(text)
        fits = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        return ""
    if parts.username or parts.password:
        return "leave user name and password out"
    if fits and parts.scheme == "http" and parts.hostname not in _LOOPBACK:
        return "plain http shows everybody on the way what is asked: only this machine may be asked so"
    return None if fits and not parts.query and not parts.fragment and not re.search(r"\s", text) else ""


def _webhook_url(text: str) -> str | None:
    """Anything may stand behind the host: it is there that such addresses carry their secret."""
    if not text:
        return None
    try:
        parts = urlsplit(text)
        fits = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        return ""
    if not fits or parts.fragment or not re.fullmatch(r"[!-~]{1,2000}", text):
        return ""
    if parts.username or parts.password:
        return "leave user name and password out"
    if parts.scheme == "http" and not _is_near(parts.hostname or ""):
        return (
            "plain http shows everybody on the way what is told: only this machine and the local network may be told so"
        )
    return None


def _is_near(host: str) -> bool:
    """This machine or one of the local network, as far as the name tells."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return "." not in host or host.endswith((".local", ".lan", ".home.arpa", ".internal"))
    return address.is_private or address.is_loopback or address.is_link_local


def _clock_span(text: str) -> str | None:
    if not text:
        return None
    match = re.fullmatch(rf"({_CLOCK})\s*-\s*({_CLOCK})", text)
    if match is None:
        return ""
    return "it must not begin when it ends" if match[1] == match[2] else None


def _key_presses(text: str) -> str | None:
    return None if all(re.fullmatch(r"[!-+\--~]{1,40}", key.strip()) for key in text.split(",")) else ""


def _expression(text: str) -> str | None:
    from betting_tui.engine.core.filters import FilterError, compile_filter
    from betting_tui.engine.core.records import OPPORTUNITY_FIELDS

    try:
        compile_filter(text, OPPORTUNITY_FIELDS)
    except FilterError as error:
        return error.message
    return None


def _close_age(minutes: int) -> str | None:
    if minutes == 0 or minutes in AGE_STEPS:
        return None
    near = min(AGE_STEPS, key=lambda step: abs(step - minutes))
    return f"ages are counted in steps, the nearest is {near}"


Amount = Annotated[Decimal, Meta(description="an amount of 0 or more, as 250 or 250.50", extra=_amount(zero=True))]
PositiveAmount = Annotated[Decimal, Meta(description="an amount above 0, as 25 or 25.50", extra=_amount(zero=False))]
DecimalOdds = Annotated[float, Meta(gt=1, le=1000, description="decimal odds above 1 and at most 1000")]
Share = Annotated[float, Meta(gt=0, le=1, description="a share above 0 and at most 1 (0.05 = 5 %)")]
Threshold = Annotated[float, Meta(ge=0, le=1, description="a fraction from 0 to 1 (0.05 = 5 %)")]
CommissionRate = Annotated[float, Meta(ge=0, lt=1, description="a fraction from 0 to below 1 (0.02 = 2 %)")]
Cents = Annotated[float, Meta(ge=0, le=100_000, description="American cents, 0 or more")]
Deadline = Annotated[float, Meta(gt=0, le=20, description="seconds, above 0 and at most 20")]
Age = Annotated[float, Meta(gt=0, le=2_592_000, description="seconds, above 0 and at most 2592000 (30 days)")]
Minutes = Annotated[float, Meta(ge=0, le=1440, description="minutes, from 0 to 1440")]
PollMinutes = Annotated[float, Meta(ge=1, le=1440, description="minutes, from 1 to 1440")]
Count = Annotated[int, Meta(ge=0, le=1_000_000_000, description="a whole number, 0 or more (at most 1000000000)")]
WholeFrom1 = Annotated[int, Meta(ge=1, le=1_000_000_000, description="a whole number, 1 or more (at most 1000000000)")]
ResultDays = Annotated[int, Meta(ge=1, le=3, description="a whole number from 1 to 3 (the feed keeps results 3 days)")]
CloseAge = Annotated[
    int,
    Meta(
        description=f"minutes: 0 for no limit, or one of {', '.join(map(str, AGE_STEPS))}", extra={"check": _close_age}
    ),
]
CurrencyCode = Annotated[
    str, Meta(description="a currency code of three capital letters, as USD", extra=_pattern("[A-Z]{3}"))
]
ClockTime = Annotated[str, Meta(description="a time of day as HH:MM, in quotes", extra=_pattern(_CLOCK))]
ClockSpan = Annotated[
    str, Meta(description="two times of day as 22:00-07:00, in quotes, or nothing", extra={"check": _clock_span})
]
TimeZoneName = Annotated[
    str, Meta(description="local, or a time zone such as Europe/London", extra={"check": _time_zone})
]
HttpUrl = Annotated[
    str, Meta(description="an https address, or an http one of this machine", extra={"check": _http_url})
]
WebhookUrl = Annotated[
    str,
    Meta(
        description="an https address, or an http one of this machine or the local network, or nothing",
        extra={"check": _webhook_url},
    ),
]
KeyPresses = Annotated[
    str, Meta(description="keys with commas between, in quotes, as f6 or ctrl+t,t", extra={"check": _key_presses})
]
FeedKey = Annotated[
    str, Meta(description="a key as the feed writes it, as soccer_epl", extra=_pattern("[a-z0-9_]{1,80}"))
]
BookmakerKey = Annotated[
    str, Meta(description="a bookmaker's key, as williamhill_us", extra=_pattern("[a-z0-9_]{1,80}"))
]
SharpName = Annotated[
    str,
    Meta(description="bookmaker keys joined by /, as lowvig/betonlineag", extra=_pattern("[a-z0-9_]+(/[a-z0-9_]+)*")),
]
Expression = Annotated[str, Meta(description="a filter, as edge >= 0.03", extra={"check": _expression})]
