"""The flat form of an opportunity: the documented names, and null where a strategy gives no meaning."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec

from betting_tui.engine.core.filters import compile_filter
from betting_tui.engine.core.model import Event, Leg, LineKey, Opportunity, OutcomeSet, Selection
from betting_tui.engine.core.odds import parse_any
from betting_tui.engine.core.records import OPPORTUNITY_FIELDS, flat_opportunity

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
EVENT = Event("e1", "basketball_nba", "NBA", NOW + timedelta(hours=2), "Lakers", "Celtics")
LINE = LineKey("e1", "spreads", OutcomeSet.TWO_WAY, point=-3.5)


def found(**changes: object) -> Opportunity:
    leg = Leg(Selection(LINE, "Lakers", -3.5), "fanduel", parse_any("+150"), quoted_at=NOW - timedelta(seconds=30))
    basic = Opportunity(
        id="o1", strategy="value_betting", event=EVENT, line=LINE, legs=(leg,), discovered_at=NOW,
        expires_at=NOW + timedelta(minutes=5), edge=0.05, books=("pinnacle",), method="power",
    )  # fmt: skip
    return msgspec.structs.replace(basic, **changes)


def test_the_names_are_the_documented_ones() -> None:
    documented = (
        "id strategy event_id sport_key home_team away_team commence_time market period participant edge edge_low "
        "ev_per_unit profit_margin difference_cents fair_probability fair_odds method books confidence kelly_fraction "
        "recommended_stake_minor age_seconds discovered_at expires_at flags legs"
    ).split()
    record = msgspec.to_builtins(flat_opportunity(found(), NOW))
    assert set(documented) | {"book_keys"} == set(record)
    leg = "selection point bookmaker side price_american price_decimal quoted_at stake_minor".split()
    assert list(record["legs"][0]) == leg


def test_values_are_plain_and_times_end_in_z() -> None:
    record = flat_opportunity(found(), NOW, stake_minor=2500)
    assert record.commence_time == "2026-03-01T14:00:00Z"
    assert record.age_seconds == 30
    assert (record.books, record.book_keys) == (1, ("pinnacle",))
    assert (record.legs[0].price_american, record.legs[0].price_decimal) == (150, 2.5)
    assert record.ev_per_unit == 0.05
    assert record.profit_margin is None
    assert record.recommended_stake_minor == 2500


def test_every_field_can_be_filtered_by() -> None:
    record = flat_opportunity(found(), NOW)
    for name in OPPORTUNITY_FIELDS:
        assert hasattr(record, name)
    assert compile_filter("bookmaker == 'fanduel' and selection ~ 'lak' and edge >= 5%", OPPORTUNITY_FIELDS).matches(
        record
    )


def test_without_any_time_there_is_no_age() -> None:
    bare = msgspec.structs.replace(found().legs[0], quoted_at=None)
    assert flat_opportunity(found(legs=(bare,), books=()), NOW).age_seconds is None
    assert flat_opportunity(found(legs=(bare,), books=()), NOW).books is None
