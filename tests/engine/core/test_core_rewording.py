"""A price said in another feed's words stays the same bet: right team, right handicap, right total."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from betting_tui.engine.core.decoded import EventQuotes
from betting_tui.engine.core.model import DRAW, Event, LineKey, OutcomeSet, Quote, Selection
from betting_tui.engine.core.odds import parse_any
from betting_tui.engine.core.rewording import reworded
from market_samples import NOW

OURS = Event("ours", "soccer_epl", "EPL", NOW, "Manchester United", "Fulham")
THEIRS = Event("theirs", "soccer_epl", "EPL", NOW, "Man United", "Fulham FC")
TURNED = Event("theirs", "soccer_epl", "EPL", NOW, "Fulham FC", "Man United")


def said(told: Event, selection: Selection, *, swapped: bool = False) -> Selection:
    quote = Quote(selection, "pinnacle", parse_any("1.9"), "feed", NOW)
    item = reworded(EventQuotes(told, (quote,)), OURS, swapped=swapped)
    assert item.event is OURS
    (now,) = item.quotes
    assert (now.bookmaker, now.price, now.source) == (quote.bookmaker, quote.price, quote.source)
    return now.selection


def on(event: Event, name: str, market: str = "h2h", point: float | None = None, own: float | None = None,
       participant: str | None = None) -> Selection:  # fmt: skip
    ways = OutcomeSet.THREE_WAY if market == "h2h" else OutcomeSet.TWO_WAY
    return Selection(LineKey(event.id, market, ways, "h1", point, participant, "extra"), name, own)


@pytest.mark.parametrize(
    ("theirs", "ours"), [("Man United", "Manchester United"), ("Fulham FC", "Fulham"), (DRAW, DRAW)]
)
def test_a_winner_is_named_as_we_name_it(theirs: str, ours: str) -> None:
    assert said(THEIRS, on(THEIRS, theirs)) == on(OURS, ours)
    assert said(TURNED, on(TURNED, theirs), swapped=True) == on(OURS, ours)


@given(point=st.integers(-40, 40).map(lambda quarters: quarters / 4), home=st.booleans())
def test_a_handicap_is_the_home_sides_after_the_sides_are_turned(point: float, home: bool) -> None:
    """The team keeps its own points; the line is that of our home side."""
    name, own = (TURNED.home_team, point) if home else (TURNED.away_team, 0.0 - point)
    now = said(TURNED, on(TURNED, name or "", "spreads", point, own), swapped=True)
    assert now == on(OURS, "Fulham" if home else "Manchester United", "spreads", 0.0 - point, own)
    assert str(now.line.point) != "-0.0"


def test_both_ways_round_a_handicap_is_one_line() -> None:
    straight = said(THEIRS, on(THEIRS, "Man United", "spreads", -1.5, -1.5))
    turned = said(TURNED, on(TURNED, "Man United", "spreads", 1.5, -1.5), swapped=True)
    assert straight == turned


@pytest.mark.parametrize("swapped", [False, True])
def test_totals_keep_their_points_and_sides(swapped: bool) -> None:
    told = TURNED if swapped else THEIRS
    for name in ("Over", "Under"):
        assert said(told, on(told, name, "totals", 2.5, 2.5), swapped=swapped) == on(OURS, name, "totals", 2.5, 2.5)


def test_a_teams_total_goes_to_that_team_and_a_players_stays_his() -> None:
    team = on(TURNED, "Over", "team_totals", 1.5, 1.5, "Man United")
    assert said(TURNED, team, swapped=True) == on(OURS, "Over", "team_totals", 1.5, 1.5, "Manchester United")
    player = on(TURNED, "Over", "player_shots", 1.5, 1.5, "B. Fernandes")
    assert said(TURNED, player, swapped=True) == on(OURS, "Over", "player_shots", 1.5, 1.5, "B. Fernandes")


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("Fulham FC or Draw", "Draw or Fulham"),
        ("Fulham FC or Man United", "Manchester United or Fulham"),
        ("Draw or Man United", "Manchester United or Draw"),
    ],
)
def test_a_double_chance_is_written_home_draw_away(theirs: str, ours: str) -> None:
    told = on(TURNED, "Yes", "double_chance", participant=theirs)
    assert said(TURNED, told, swapped=True) == on(OURS, "Yes", "double_chance", participant=ours)


def test_nothing_is_made_anew_where_the_words_are_the_same() -> None:
    item = EventQuotes(OURS, (Quote(on(OURS, "Fulham"), "pinnacle", parse_any("2"), "feed", NOW),))
    assert reworded(item, OURS).quotes is item.quotes
