"""A row of a file in the older layout, its fields in every spelling they are known in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from betting_tui.engine.core.errors import UsageError
from betting_tui.engine.core.money import MAX_MINOR, exponent, round_half_even
from betting_tui.engine.core.text import clean

_DAY = re.compile(r"[0-9]{4}-?[0-9]{2}-?[0-9]{2}")


class Fields:
    """A row of a file, its keys in any case and spelling. Raises UsageError that names the field."""

    def __init__(self, row: Mapping[str, object], zone: tzinfo) -> None:
        self._row = {str(key).strip().lower().replace(" ", "_"): value for key, value in row.items()}
        self._zone = zone

    def raw(self, *names: str) -> object:
        """The first of these fields that is there and not empty."""
        for name in names:
            value = self._row.get(name)
            if value is not None and value != "":
                return value
        return None

    def text(self, *names: str, limit: int = 120) -> str:
        value = self.raw(*names)
        return "" if value is None or isinstance(value, (dict, list)) else clean(str(value), limit)

    def number(self, *names: str) -> Decimal | None:
        value = self.raw(*names)
        if value is None:
            return None
        try:
            number = Decimal(str(value).replace(",", "").replace("$", "").strip())
        except InvalidOperation:
            number = Decimal("nan")
        if not number.is_finite() or abs(number) > MAX_MINOR:
            raise UsageError(f"{names[0]} {clean(str(value), 30)!r} is not a number")
        return number

    def minor(self, currency: str, *names: str) -> int | None:
        """An amount in major units; finer than the currency has, it is rounded, half to even."""
        number = self.number(*names)
        return None if number is None else round_half_even(Fraction(number) * 10 ** exponent(currency))

    def moment(self, *names: str) -> datetime | None:
        value = self.raw(*names)
        if value is None:
            return None
        try:
            moment = datetime.fromisoformat(str(value).strip())
        except ValueError:
            raise UsageError(
                f"{names[0]} {clean(str(value), 30)!r} is not a time: write 2026-04-18T11:30:00Z"
            ) from None
        return (moment if moment.tzinfo else moment.replace(tzinfo=self._zone)).astimezone(UTC)

    def game_time(self, *names: str) -> datetime | None:
        """When a game was; where only its day is told, the middle of that day, so that names find it."""
        moment = self.moment(*names)
        only_day = moment is not None and _DAY.fullmatch(str(self.raw(*names)).strip())
        return moment + timedelta(hours=12) if moment is not None and only_day else moment
