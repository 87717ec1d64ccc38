"""Numbers, times and keys as this user knows them: odds format, currency, zone and keys come from the settings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo
from fractions import Fraction
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from betting_tui.engine.config import Ui
from betting_tui.engine.config.keys import Keys
from betting_tui.engine.core.errors import InvalidOdds
from betting_tui.engine.core.model import Event
from betting_tui.engine.core.money import format_minor, round_half_even
from betting_tui.engine.core.odds import OddsFormat, Price, format_price, price_from_decimal
from betting_tui.engine.core.reader import for_reader, odds_for_reader

NOTHING = "–"


class Show:
    """One per engine: screens ask it for every number and every time they draw."""

    def __init__(self, ui: Ui, currency: str) -> None:
        self.currency = currency
        self.odds_format = OddsFormat(ui.odds_format)
        self.keys = Keys(ui.keys)
        self._zone = _zone(ui.time_zone)

    @property
    def zone(self) -> tzinfo | None:
        """The user's; None is the machine's own."""
        return self._zone

    def say(self, text: str) -> str:
        """One of our own sentences, with the user's key in the place of each `{id}`."""
        return self.keys.say(text)

    def key(self, binding_id: str) -> str:
        """The user's key for it, as it stands in a sentence."""
        return self.keys.key(binding_id)

    def told(self, text: str, now: datetime | None = None) -> str:
        """A sentence of the engine, by the user's clock and in the user's odds; moments of the day of `now` have no
        date."""
        return for_reader(text, self._zone, self.odds_format, now)

    def reason(self, text: str) -> str:
        """One that tells no time."""
        return odds_for_reader(text, self.odds_format)

    def price(self, price: Price | None) -> str:
        return NOTHING if price is None else format_price(price, self.odds_format)

    def decimal(self, odds: float | None) -> str:
        """Our own decimal odds in the user's format; nothing where they are no price."""
        if odds is None:
            return NOTHING
        try:
            return self.price(price_from_decimal(odds))
        except InvalidOdds:
            return NOTHING

    def money(self, minor: int | None, *, sign: bool = False) -> str:
        return NOTHING if minor is None else format_minor(minor, self.currency, sign=sign)

    def clock(self, moment: datetime) -> str:
        return moment.astimezone(self._zone).strftime("%H:%M")

    def day_clock(self, moment: datetime) -> str:
        return moment.astimezone(self._zone).strftime("%d %b %H:%M")

    def start(self, event: Event) -> str:
        return self.day_clock(event.commence_time) if event.start_known else "start not known"

    def to_second(self, moment: datetime, now: datetime) -> str:
        """`14:05:09` today, `17 Apr 14:05:09` on any other day."""
        here = moment.astimezone(self._zone)
        return here.strftime("%H:%M:%S" if here.date() == now.astimezone(self._zone).date() else "%d %b %H:%M:%S")

    def near(self, moment: datetime, now: datetime) -> str:
        """`14:05` today, `17 Apr 14:05` on any other day."""
        same_day = moment.astimezone(self._zone).date() == now.astimezone(self._zone).date()
        return self.clock(moment) if same_day else self.day_clock(moment)


def _zone(name: str) -> tzinfo | None:
    """None means the machine's own zone, which `astimezone` looks up itself."""
    if name in ("", "local"):
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return UTC


def percent(fraction: float | None, *, sign: bool = True, places: int = 1) -> str:
    """`+5.0 %` of 0.05."""
    if fraction is None:
        return NOTHING
    return f"{fraction * 100:{'+' if sign else ''}.{places}f} %"


def age(seconds: float | None) -> str:
    """`15s`, `4m10`, `2h05`, `3d`: in steps, for numbers that run every second draw the eye away from prices."""
    if seconds is None:
        return NOTHING
    whole = int(max(0.0, seconds))
    if whole < 100:
        return f"{whole if whole < 10 else whole // 5 * 5}s"
    if whole < 3_600:
        return f"{whole // 60}m{whole % 60 // 10}0"
    if whole < 86_400:
        return f"{whole // 3_600}h{whole % 3_600 // 60:02d}"
    return f"{whole // 86_400}d"


def countdown(seconds: float) -> str:
    """Hours and minutes to a start (`00:42`), days beyond two (`5d02h`), `in play` after it."""
    if seconds <= 0:
        return "in play"
    minutes = int(seconds // 60)
    if minutes >= 48 * 60:
        return f"{minutes // 1_440}d{minutes % 1_440 // 60:02d}h"
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def to_win(stake_minor: int, price: Price) -> int:
    """Profit of a winning stake, in minor units."""
    return total_return(stake_minor, price) - stake_minor


def total_return(stake_minor: int, price: Price) -> int:
    """Stake and profit of a winning bet, rounded once, half to even."""
    return round_half_even(Fraction(stake_minor) * price.exact)


def counted(number: int, one: str, many: str = "") -> str:
    """`1 bet`, `2 bets`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def in_words(names: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


def size(count: int) -> str:
    """Bytes for people."""
    amount = float(count)
    for unit in ("B", "kB", "MB"):
        if amount < 1_000:
            return f"{amount:.0f} {unit}" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= 1_000
    return f"{amount:.1f} GB"
