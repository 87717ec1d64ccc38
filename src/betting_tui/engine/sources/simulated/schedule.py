"""The rolling fixture list: every event follows from the seed and its slot, so it has no beginning and no end."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from betting_tui.engine.sources.simulated.draws import Draws
from betting_tui.engine.sources.simulated.settings import SimulationSettings
from betting_tui.engine.sources.simulated.sports import SPORT_BY_KEY, SportModel

_SLOT_OFFSET = 1 << 62
_MASK = (1 << 64) - 1


class Fixture(Struct, frozen=True):
    """One event's names and times, in whole seconds since 1970 UTC."""

    slot: int
    id: str
    sport: SportModel
    home: str
    away: str
    listed_at: int
    first_start: int
    announced_at: int
    start: int
    finish: int
    published_at: int

    def commence(self, at: int) -> int:
        """The start as it is announced at that moment."""
        return self.start if at >= self.announced_at else self.first_start


class Schedule:
    """Which events exist. `base` is the moment of slot 0 in seconds since 1970, on the start grid."""

    def __init__(self, seed: int, base: int, settings: SimulationSettings) -> None:
        self._seed = seed
        self._base = base
        self._settings = settings
        self._draws = Draws(seed, "schedule")
        self._id_key = self._draws.number("event-id")
        self._sports = tuple(SPORT_BY_KEY[key] for key in settings.sports)
        self._slack = settings.start_jitter + settings.start_grid + settings.move_at_most
        self._known: dict[int, Fixture] = {}

    def upcoming(self, at: int, sport_key: str | None = None) -> list[Fixture]:
        """Listed and not started, by slot."""
        fixtures = self._between(at, at + self._settings.horizon, sport_key)
        return [fixture for fixture in fixtures if fixture.listed_at <= at < fixture.start]

    def started(self, at: int, since: int, sport_key: str | None = None) -> list[Fixture]:
        """Started by now, in play or over, with a start not before `since`."""
        return [fixture for fixture in self._between(since, at, sport_key) if since <= fixture.start <= at]

    def by_id(self, event_id: str) -> Fixture | None:
        """The event an id stands for; None when it is not one of this market's."""
        try:
            slot = (int(event_id[16:], 16) ^ self._id_key) - _SLOT_OFFSET
        except ValueError:
            return None
        if len(event_id) != 32 or abs(slot) > 1 << 48:
            return None
        fixture = self.fixture(slot)
        return fixture if fixture.id == event_id else None

    def _between(self, first: int, last: int, sport_key: str | None) -> Iterator[Fixture]:
        spacing, count = self._settings.start_spacing, len(self._sports)
        lowest = (first - self._slack - self._base) // spacing
        highest = (last + self._slack - self._base) // spacing + 1
        for slot in range(lowest, highest + 1):
            if sport_key is None or self._sports[slot % count].key == sport_key:
                yield self.fixture(slot)

    def fixture(self, slot: int) -> Fixture:
        known = self._known.get(slot)
        if known is None:
            if len(self._known) > 4096:
                self._known.clear()
            known = self._known[slot] = self._make(slot)
        return known

    def _make(self, slot: int) -> Fixture:
        settings, draws = self._settings, self._draws
        sport = self._sports[slot % len(self._sports)]
        home, away = self._pairing(sport, slot // len(self._sports))
        grid = settings.start_grid
        jitter = round(settings.start_jitter * draws.between(-1.0, 1.0, "jitter", slot)) if settings.start_jitter else 0
        first_start = (self._base + slot * settings.start_spacing + jitter) // grid * grid
        moved = self._move(slot)
        lead = round(settings.move_at_most * draws.between(1.5, 4.0, "lead", slot))
        start = first_start + moved
        minutes = round(sport.minutes * settings.duration_scale * draws.between(0.95, 1.05, "length", slot))
        finish = start + 60 * max(1, minutes)
        return Fixture(
            slot=slot,
            id=f"{draws.number('event', slot):016x}{((slot + _SLOT_OFFSET) ^ self._id_key) & _MASK:016x}",
            sport=sport,
            home=home,
            away=away,
            listed_at=first_start - settings.horizon,
            first_start=first_start,
            announced_at=min(first_start, start) - lead,
            start=start,
            finish=finish,
            published_at=finish + 60 * draws.whole(1, 4, "published", slot),
        )

    def _move(self, slot: int) -> int:
        """Seconds the start is moved by. Never two neighbouring slots, so that the list has no hole."""
        settings, draws = self._settings, self._draws
        if slot % 2 == 0 or draws.uniform("moved", slot) >= 2 * settings.moved_share:
            return 0
        minutes = settings.move_at_most // 60
        return 60 * draws.whole(-minutes, minutes, "move", slot) if minutes else 0

    def _pairing(self, sport: SportModel, game: int) -> tuple[str, str]:
        """Home and away of a sport's n-th game.

        The circle method of a round robin: a team's place moves by at most one pair from round to round, so it is
        not on the list twice.
        """
        teams = sport.teams
        pairs = len(teams) // 2
        round_number, pair = divmod(game, pairs)
        turning = len(teams) - 1
        first = teams[0] if pair == 0 else teams[1 + (pair - round_number) % turning]
        second = teams[1 + (turning - pair - round_number) % turning]
        if self._draws.number("home", sport.key, game) % 2:
            return second, first
        return first, second
