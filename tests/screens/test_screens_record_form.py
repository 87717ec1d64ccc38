"""What is typed into the form that records a bet, and what becomes of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import pytest
from kit import NARROW, running
from market_scenes import line_of, match
from scenes import full_scene
from stub_engine import NOW

from betting_tui.engine.config import Ui
from betting_tui.engine.core.commands import RecordBet
from betting_tui.engine.core.errors import UsageError
from betting_tui.engine.core.model import DRAW, Event, Funding, OutcomeSet, Selection, Side
from betting_tui.engine.core.odds import parse_any
from betting_tui.engine.core.times import parse_time
from betting_tui.screens.dialogs.form import Entry, Filled
from betting_tui.screens.dialogs.record_form import Known, read_bet, record_fields
from betting_tui.screens.show import Show

NBA = match(NOW, "basketball_nba", "NBA", "Celtics @ Lakers", 42)
EPL = match(NOW, "soccer_epl", "EPL", "Brighton v Spurs", 330)
LAKERS = Selection(line_of(NBA, "h2h"), "Lakers")
NOTHING: Mapping[str, str] = {}
SHOW = Show(Ui(time_zone="UTC"), "USD")
NOTHING_KNOWN = Known("main", "USD", NOW, (NBA, EPL))
AT_THE_LAKERS = Known("main", "USD", NOW, (NBA, EPL), NBA, LAKERS, "fanduel", parse_any("+170"), 10_000)


def read(
    known: Known, changed: Mapping[str, str] = NOTHING, *, show: Show = SHOW, paid: int = 0, **more: str
) -> RecordBet:
    """With these fields changed, the others as the form begins with them."""
    typed = dict(changed) | more
    entries = [Entry(field.key, typed.get(field.key, field.value)) for field in record_fields(known, show)]
    entries.append(Entry("paid", "", paid))
    return read_bet(Filled(entries), known, show, "key-1")


FULL = {
    "odds": "+200", "stake": "20", "bookmaker": "corner shop", "pick": "Reds", "market": "h2h", "home": "Reds",
    "away": "Blues",
}  # fmt: skip


class TestBegun:
    def test_untouched_it_is_what_was_under_the_cursor(self) -> None:
        bet = read(AT_THE_LAKERS)
        assert (bet.event, bet.selection, bet.side) == (NBA, LAKERS, Side.BACK)
        assert (bet.bookmaker, bet.price.text, bet.stake_minor) == ("fanduel", "+170", 10_000)
        assert bet.placed_at is None

    def test_an_away_spread_stays_on_its_line(self) -> None:
        away = Selection(line_of(NBA, "spreads", 1.5), "Celtics", -1.5)
        known = Known("main", "USD", NOW, (NBA,), NBA, away, "betmgm", parse_any("-110"), 100)
        assert read(known).selection == away
        assert read(known, point="-2.5").selection.line.point == 2.5

    def test_another_pick_of_the_same_event(self) -> None:
        assert read(AT_THE_LAKERS, pick="celtics").selection == Selection(line_of(NBA, "h2h"), "Celtics")

    def test_a_price_shown_with_fewer_digits_stays_what_the_bookmaker_wrote(self) -> None:
        known = Known("main", "USD", NOW, (NBA,), NBA, LAKERS, "fanduel", parse_any("-300"), 100)
        decimal = Show(Ui(odds_format="decimal"), "USD")
        assert read(known, show=decimal).price == parse_any("-300")
        assert read(known, show=decimal, odds="1.34").price == parse_any("1.34")

    def test_a_name_longer_than_a_field_is_still_the_same_event(self) -> None:
        long = Event("long", "basketball_nba", "NBA", NOW + timedelta(hours=1), "H" * 90, "A" * 90)
        pick = Selection(line_of(long, "h2h"), "H" * 90)
        known = Known("main", "USD", NOW, (long,), long, pick, "fanduel", parse_any("2"), 100)
        assert read(known, home="H" * 60, away="A" * 60, pick="H" * 60).selection == pick

    def test_an_outright_needs_no_sides(self) -> None:
        cup = Event("cup", "golf_masters", "Masters", NOW + timedelta(days=3))
        pick = Selection(line_of(cup, "outrights"), "A Player")
        known = Known("main", "USD", NOW, (cup,), cup, pick, "fanduel", parse_any("21"), 100)
        assert read(known).event == cup


class TestTyped:
    def test_any_price_in_any_format(self) -> None:
        assert [read(AT_THE_LAKERS, odds=odds).price.decimal for odds in ("3.5", "+250", "5/2", "EVEN")] == [
            3.5, 3.5, 3.5, 2.0,
        ]  # fmt: skip

    def test_a_bookmaker_by_name_by_key_or_any_other(self) -> None:
        books = [read(AT_THE_LAKERS, bookmaker=name).bookmaker for name in ("Caesars", "BETMGM", "corner shop")]
        assert books == ["williamhill_us", "betmgm", "corner_shop"]

    def test_a_bonus_bet_is_a_free_one(self) -> None:
        assert read(AT_THE_LAKERS, paid=1).funding is Funding.FREE
        assert read(AT_THE_LAKERS).funding is Funding.CASH

    def test_sides_the_board_has_are_its_event_whichever_way_round(self) -> None:
        assert read(NOTHING_KNOWN, FULL | {"home": "celtics", "away": "LAKERS", "pick": "Lakers"}).event == NBA

    def test_of_another_sport_they_are_another_event(self) -> None:
        other = FULL | {"home": "Lakers", "away": "Celtics", "pick": "Lakers", "sport": "lacrosse_pll"}
        assert read(NOTHING_KNOWN, other).event.id != NBA.id

    def test_sides_on_no_board_are_an_event_of_their_own_the_same_each_time(self) -> None:
        first, second = (read(NOTHING_KNOWN, FULL).event for _ in range(2))
        assert first == second
        assert not first.start_known
        assert read(NOTHING_KNOWN, FULL | {"away": "Greens"}).event.id != first.id

    def test_a_draw_makes_the_line_a_three_way_one(self) -> None:
        assert read(NOTHING_KNOWN, FULL | {"pick": DRAW}).selection.line.outcome_set is OutcomeSet.THREE_WAY

    def test_times_are_the_users(self) -> None:
        typed = FULL | {"starts": "2026-04-19 15:00", "made": "2026-04-18 10:00"}
        bet = read(NOTHING_KNOWN, typed, show=Show(Ui(time_zone="Europe/Berlin"), "USD"))
        assert bet.event.commence_time == parse_time("2026-04-19T13:00")
        assert bet.placed_at == parse_time("2026-04-18T08:00")

    def test_a_lay_market_is_laid(self) -> None:
        assert read(AT_THE_LAKERS, market="h2h_lay").side is Side.LAY

    def test_a_prop_is_somebodys(self) -> None:
        typed = {"market": "player_points", "pick": "Over", "point": "22.5", "whose": "A Player"}
        bet = read(AT_THE_LAKERS, typed)
        assert (bet.selection.line.participant, bet.selection.point) == ("A Player", 22.5)

    def test_the_note_is_kept(self) -> None:
        assert read(AT_THE_LAKERS, note="odds boost").note == "odds boost"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"odds": ""}, "type the odds"),
        ({"odds": "0.9"}, "decimal odds must be above 1"),
        ({"odds": "soon"}, "soon"),
        ({"stake": ""}, "type the stake"),
        ({"stake": "0"}, "more than nothing"),
        ({"stake": "ten"}, "ten"),
        ({"bookmaker": ""}, "type the bookmaker"),
        ({"bookmaker": "b@d!"}, "is no bookmaker"),
        ({"pick": "Bulls"}, "does not play in"),
        ({"pick": ""}, "type the pick"),
        ({"point": "1.3"}, "the points 1.3 is not on a line's grid"),
        ({"point": "many"}, "are no points"),
        ({"point": "1e999"}, "are no points"),
        ({"market": ""}, "type the market"),
        ({"market": "no such !"}, "is no market this program keeps"),
        ({"market": "spreads"}, "spreads need the points"),
        ({"market": "player_points", "pick": "Over", "point": "20.5"}, "needs whose it is"),
        ({"home": ""}, "type both sides"),
        ({"home": "Celtics"}, "the same team"),
        ({"sport": "b@sket"}, "is no sport key"),
        ({"starts": "tomorrow"}, "is no time"),
        ({"made": "2027-01-01 10:00"}, "lies ahead"),
    ],
)
def test_what_makes_no_bet_is_said(typed: dict[str, str], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        read(AT_THE_LAKERS, typed)


async def test_each_way_to_pay_is_said_in_full_on_a_narrow_terminal() -> None:
    async with running(full_scene(), NARROW) as run:
        await run.press("5", "n", "tab", "tab", "tab", "right")
        assert "◂ free or bonus bet: no stake back ▸" in run.text()
