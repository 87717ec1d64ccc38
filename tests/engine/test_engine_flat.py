"""Hours of changing prices leave nothing behind: what is kept grows with what is there, not with what has been."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from datetime import timedelta

from betting_tui.engine.board import Board
from betting_tui.engine.config import Settings
from betting_tui.engine.core.model import LineKey, OutcomeSet, Quote
from betting_tui.engine.detection import Detector
from betting_tui.engine.strategies.registry import build_strategies
from market_samples import GAME, NOW, decoded, quote

_LINES = [LineKey(GAME.id, "totals", OutcomeSet.TWO_WAY, point=200.5 + number) for number in range(30)]
_BOOKS = ("pinnacle", "fanduel", "betmgm", "draftkings")
_WARM, _ROUNDS = 40, 160


def moved(dice: random.Random, seconds: float) -> Iterable[Quote]:
    now = NOW + timedelta(seconds=seconds)
    for line in _LINES:
        for book in _BOOKS:
            # Now and then a price is far from the others, which is an opportunity, and now and then it is gone.
            high = 2.3 if book != "pinnacle" and dice.random() < 0.2 else 1.95
            if dice.random() < 0.95:
                for side in ("Over", "Under"):
                    yield quote(side, book, f"{dice.uniform(1.85, high):.2f}", line, seen=now, age=0)


def kept(holder: object) -> int:
    """Things in all collections it holds, and in those within."""
    return sum(_things(part) for part in vars(holder).values())


def _things(part: object) -> int:
    if isinstance(part, Mapping):
        return len(part) + sum(_things(each) for each in part.values())
    return len(part) if isinstance(part, list | tuple | set | frozenset) else 0


def test_a_board_and_what_is_found_on_it_stay_as_large_as_they_were() -> None:
    dice, board = random.Random(4), Board()
    detector = Detector(board, build_strategies(Settings()))
    sizes: list[int] = []
    found = 0
    for number in range(_WARM + _ROUNDS):
        now = NOW + timedelta(seconds=number)
        change = board.apply(decoded(*moved(dice, number)), "feed")
        detector.expire(now)
        found += len(detector.scan(change.changed, now).new)
        assert len(detector.listed(now)) <= len(detector.ranked(now))
        sizes.append(kept(board) + kept(detector))
    assert found > 1_000
    assert max(sizes[_WARM:]) <= 1.2 * max(sizes[:_WARM])
