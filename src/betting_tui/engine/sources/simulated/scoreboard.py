"""Results over time: nothing before the start, a growing score in play, the final score some minutes after the end."""

from __future__ import annotations

from betting_tui.engine.sources.simulated.draws import Draws
from betting_tui.engine.sources.simulated.schedule import Fixture
from betting_tui.engine.sources.simulated.scoring import FinalScore
from betting_tui.engine.sources.simulated.sports import ScoreKind
from betting_tui.engine.sources.simulated.wire import ScoreEventOut, ScoreOut, stamp

_FIRST_SCORE_AFTER = 120
_COUNTED_ONE_BY_ONE = 30


def score_out(fixture: Fixture, final: FinalScore, at: int, draws: Draws) -> ScoreEventOut:
    """One event as the results feed states it at a moment; `draws` belong to the event."""
    completed = at >= fixture.published_at
    shown: FinalScore | None = None
    updated: int | None = None
    if completed:
        shown, updated = final, fixture.published_at
    elif at >= fixture.start:
        updated = at // 60 * 60
        if at >= fixture.start + _FIRST_SCORE_AFTER:
            shown = partial_score(fixture, final, updated, draws)
    sides = [] if shown is None else [(fixture.home, shown.home), (fixture.away, shown.away)]
    if draws.number("score-order") % 2:
        sides.reverse()
    return ScoreEventOut(
        id=fixture.id,
        sport_key=fixture.sport.key,
        sport_title=fixture.sport.title,
        commence_time=stamp(fixture.commence(at)),
        completed=completed,
        home_team=fixture.home,
        away_team=fixture.away,
        scores=[ScoreOut(name, str(points)) for name, points in sides] or None,
        last_update=None if updated is None else stamp(updated),
    )


def partial_score(fixture: Fixture, final: FinalScore, at: int, draws: Draws) -> FinalScore:
    """The score so far: never shrinks, and reaches the final one at the end of the game."""
    played = min(1.0, max(0.0, (at - fixture.start) / (fixture.finish - fixture.start)))
    if fixture.sport.kind is ScoreKind.SETS:
        return _sets(final, played)
    return FinalScore(
        _so_far(final.home, played, draws, fixture.home), _so_far(final.away, played, draws, fixture.away)
    )


def _sets(final: FinalScore, played: float) -> FinalScore:
    """The winner takes the last set; a lost one is the first."""
    over = int(played * final.total + 1e-9)
    low, high = min(final.home, final.away), max(final.home, final.away)
    lost = min(low, over)
    won = min(high, over - lost)
    return FinalScore(won, lost) if final.home > final.away else FinalScore(lost, won)


def _so_far(final: int, played: float, draws: Draws, team: str) -> int:
    if final > _COUNTED_ONE_BY_ONE:
        return int(final * played)
    return sum(draws.uniform("scored", team, index) <= played for index in range(final))
