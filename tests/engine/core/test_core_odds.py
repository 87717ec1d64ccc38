"""Odds in, exact odds out: six formats, their domains, and no loss on the way."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from betting_tui.engine.core.errors import InvalidOdds
from betting_tui.engine.core.odds import (
    OddsFormat,
    american_exact,
    american_int,
    format_price,
    fractional,
    guess_format,
    hong_kong,
    indonesian,
    malay,
    parse_any,
    parse_price,
    price_from_decimal,
    to_decimal,
)
from golden import golden_cases
from hostile import HOSTILE

FORMAT_OF_KIND = {
    "american_in": OddsFormat.AMERICAN,
    "decimal_in": OddsFormat.DECIMAL,
    "fractional_in": OddsFormat.FRACTIONAL,
    "hongKong_in": OddsFormat.HONG_KONG,
    "malay_in": OddsFormat.MALAY,
    "indonesian_in": OddsFormat.INDONESIAN,
    "probability_in": OddsFormat.PROBABILITY,
}
americans = st.integers(100, 100_000) | st.integers(-100_000, -101)
decimals = st.integers(1_001, 1_000_000).map(lambda thousandths: Fraction(thousandths, 1000))


def test_golden_conversions(shared_data: Path) -> None:
    for case in golden_cases(shared_data, "odds_conversion"):
        odds_format = FORMAT_OF_KIND[case["kind"]]
        if not case["valid"]:
            with pytest.raises(InvalidOdds):
                parse_price(case["value"], odds_format)
            continue
        price = parse_price(case["value"], odds_format)
        if "exact_decimal" in case:
            assert price.exact == Fraction(*case["exact_decimal"]), case
            assert 1 / price.exact == Fraction(*case["exact_implied"]), case
        if "exact_american" in case:
            assert american_exact(price.exact) == Fraction(*case["exact_american"]), case
            assert price.american == case["american_half_away"], case
        peer = case["peers"].get("oddslib_js", {}).get("decimal")
        if peer is not None:
            assert price.decimal == pytest.approx(peer, rel=1e-9), case


@pytest.mark.parametrize("sign", [1, -1])
def test_american_integers_survive_the_way_through_decimal(sign: int) -> None:
    near = [*range(100, 3_000), *range(3_000, 100_000, 97), 99_998, 99_999, 100_000]
    for size in near:
        quoted = sign * size
        price = parse_price(quoted, OddsFormat.AMERICAN)
        assert price.american == (100 if quoted == -100 else quoted)
        assert american_int(Fraction(price.decimal)) == price.american


@given(americans)
def test_american_is_shown_as_it_was_quoted(quoted: int) -> None:
    price = parse_price(quoted, OddsFormat.AMERICAN)
    assert int(format_price(price, OddsFormat.AMERICAN)) == quoted


@given(decimals)
def test_every_format_leads_back_to_the_same_decimal(decimal: Fraction) -> None:
    assert to_decimal(f"{float(hong_kong(decimal)):.12f}", OddsFormat.HONG_KONG) == decimal
    assert float(to_decimal(repr(float(malay(decimal))), OddsFormat.MALAY)) == pytest.approx(float(decimal), rel=1e-12)
    assert float(to_decimal(repr(float(indonesian(decimal))), OddsFormat.INDONESIAN)) == pytest.approx(
        float(decimal), rel=1e-12
    )
    assert float(to_decimal(repr(float(american_exact(decimal))), OddsFormat.AMERICAN)) == pytest.approx(
        float(decimal), rel=1e-12
    )


@pytest.mark.parametrize("text", ["EVEN", "even", "EV", "evens", "pk", "+100", "-100", "100", " +100 "])
def test_even_money_has_many_spellings(text: str) -> None:
    price = parse_price(text, OddsFormat.AMERICAN)
    assert price.exact == 2
    assert price.american == 100
    assert format_price(price, OddsFormat.AMERICAN) == "+100"


@pytest.mark.parametrize(
    ("text", "odds_format"),
    [
        *[
            (text, OddsFormat.AMERICAN)
            for text in ("0", "99", "-99.9", "1.91", "+", "nan", "10000001", "-18446744073709551616", "1_50", "6/4")
        ],
        *[(text, OddsFormat.DECIMAL) for text in ("1", "1.0", "0.5", "-2", "inf", "NaN", "2,5", "3/2", "EVEN", "1e99")],
        *[(text, OddsFormat.FRACTIONAL) for text in ("0/1", "1/0", "-1/2", "abc", "1/", "1.5/2", "0")],
        *[(text, OddsFormat.HONG_KONG) for text in ("0", "-0.1")],
        *[(text, OddsFormat.MALAY) for text in ("0", "1.01", "-1.5")],
        *[(text, OddsFormat.INDONESIAN) for text in ("0.5", "-0.99", "0")],
        *[(text, OddsFormat.PROBABILITY) for text in ("0", "1", "1.2", "-0.1")],
    ],
)
def test_what_lies_outside_a_format_is_refused(text: str, odds_format: OddsFormat) -> None:
    with pytest.raises(InvalidOdds):
        parse_price(text, odds_format)


@pytest.mark.parametrize("odds_format", OddsFormat)
@pytest.mark.parametrize("text", [*HOSTILE, "１５０", "٣.٥", "1e999999999", "9" * 39 + "e9", "0x10"])
def test_hostile_text_is_no_price(text: str, odds_format: OddsFormat) -> None:
    with pytest.raises(InvalidOdds):
        parse_price(text, odds_format)


@given(st.text(max_size=60), st.sampled_from(OddsFormat))
def test_any_text_is_a_price_or_refused(text: str, odds_format: OddsFormat) -> None:
    try:
        price = parse_price(text, odds_format)
    except InvalidOdds:
        return
    assert price.exact > 1
    assert price.decimal == float(price.exact)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("+150", Fraction(5, 2)),
        ("-110", Fraction(21, 11)),
        ("\u2212110", Fraction(21, 11)),
        ("150", Fraction(5, 2)),
        ("2.5", Fraction(5, 2)),
        ("99", Fraction(99)),
        ("6/4", Fraction(5, 2)),
        ("evs", Fraction(2)),
        ("EVEN", Fraction(2)),
        (".5e1", Fraction(5)),
    ],
)
def test_a_typed_price_is_read_as_people_mean_it(text: str, expected: Fraction) -> None:
    assert parse_any(text).exact == expected


def test_guessing_never_stumbles_over_size() -> None:
    assert guess_format("9" * 10_000) is OddsFormat.AMERICAN
    assert guess_format("1e999999999") is OddsFormat.DECIMAL


@pytest.mark.parametrize(
    ("quoted", "odds_format", "shown"),
    [
        ("-110", OddsFormat.DECIMAL, "1.91"),
        ("-110", OddsFormat.FRACTIONAL, "10/11"),
        ("-110", OddsFormat.HONG_KONG, "0.91"),
        ("-110", OddsFormat.MALAY, "0.91"),
        ("-110", OddsFormat.INDONESIAN, "-1.10"),
        ("-110", OddsFormat.PROBABILITY, "52.4 %"),
        ("+150", OddsFormat.MALAY, "-0.67"),
        ("+150", OddsFormat.INDONESIAN, "1.50"),
        ("+150", OddsFormat.FRACTIONAL, "6/4"),
        ("-150", OddsFormat.FRACTIONAL, "4/6"),
        ("+100", OddsFormat.FRACTIONAL, "1/1"),
    ],
)
def test_prices_are_shown_in_the_format_people_like(quoted: str, odds_format: OddsFormat, shown: str) -> None:
    assert format_price(parse_price(quoted, OddsFormat.AMERICAN), odds_format) == shown


def test_a_price_is_shown_with_the_places_its_source_gave() -> None:
    assert format_price(parse_price("2.050", OddsFormat.DECIMAL), OddsFormat.DECIMAL) == "2.050"
    assert format_price(parse_price("2.5", OddsFormat.DECIMAL), OddsFormat.DECIMAL) == "2.50"
    assert format_price(parse_price("11/8", OddsFormat.FRACTIONAL), OddsFormat.FRACTIONAL) == "11/8"


@given(decimals)
def test_a_shown_fraction_is_close_to_the_price(decimal: Fraction) -> None:
    net = decimal - 1
    assert abs(fractional(decimal) - net) <= max(net / 200, Fraction(1, 100))


def test_american_ties_go_away_from_zero() -> None:
    assert american_int(1 + Fraction(2005, 2000)) == 100
    assert american_int(1 + Fraction(2011, 2000)) == 101
    assert american_int(1 + Fraction(100) / Fraction(221, 2)) == -111


def test_our_own_numbers_become_decimal_prices() -> None:
    assert price_from_decimal(2.375).text == "2.375"
    assert price_from_decimal(Fraction(7, 3)).decimal == pytest.approx(7 / 3)
    assert parse_price(Fraction(5, 2), OddsFormat.DECIMAL).exact == Fraction(5, 2)
