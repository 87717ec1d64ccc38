"""Who belongs together, who takes commission, whose opinion counts."""

from __future__ import annotations

import pytest

from betting_tui.engine.core.books import EXCHANGE_MIDPOINT, commission, is_exchange, ownership_group, parse_sharp
from betting_tui.engine.core.errors import UsageError


@pytest.mark.parametrize(
    "keys",
    [
        ("unibet", "unibet_fr", "unibet_nl", "unibet_se", "unibet_us"),
        ("hardrockbet", "hardrockbet_az", "hardrockbet_fl", "hardrockbet_oh"),
        ("betfair", "betfair_ex_uk", "betfair_ex_eu", "betfair_ex_au"),
        ("betonlineag", "lowvig"),
        ("leovegas", "leovegas_se"),
        ("winamax_de", "winamax_fr"),
        ("ladbrokes_uk", "coral", "bwin"),
        ("ladbrokes_au", "neds"),
        ("paddypower", "betfair_sb_uk"),
        ("livescorebet", "virginbet"),
    ],
)
def test_keys_of_one_operator_are_one_group(keys: tuple[str, ...]) -> None:
    assert len({ownership_group(key) for key in keys}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("williamhill", "williamhill_us"),
        ("betfair_ex_uk", "betfair_sb_uk"),
        ("tab", "tabtouch"),
        ("ladbrokes_uk", "ladbrokes_au"),
        ("betmgm", "coral"),
        ("unibet", "unibetter"),
        ("fanduel", "draftkings"),
    ],
)
def test_likeness_of_names_alone_is_no_group(one: str, other: str) -> None:
    assert ownership_group(one) != ownership_group(other)


def test_a_book_nobody_knows_stands_alone() -> None:
    assert ownership_group("brand_new") == "brand_new"
    assert commission("brand_new", {}) == 0
    assert not is_exchange("brand_new")


@pytest.mark.parametrize(
    ("bookmaker", "rate"),
    [
        ("betfair", 0.05),
        ("betfair_ex_uk", 0.05),
        ("betfair_ex_au", 0.05),
        ("smarkets", 0.02),
        ("matchbook", 0.02),
        ("betfair_sb_uk", 0.0),
        ("pinnacle", 0.0),
    ],
)
def test_commission_of_the_table(bookmaker: str, rate: float) -> None:
    assert commission(bookmaker, {}) == rate
    assert is_exchange(bookmaker) is (rate > 0)


def test_commission_can_be_overridden_for_one_key_or_all_of_betfair() -> None:
    assert commission("betfair_ex_uk", {"betfair": 0.02}) == 0.02
    assert commission("betfair_ex_uk", {"betfair": 0.02, "betfair_ex_uk": 0.03}) == 0.03
    assert commission("betfair_ex_eu", {"betfair_ex_uk": 0.03}) == 0.05
    assert commission("smarkets", {"smarkets": 0.0}) == 0.0
    assert commission("pinnacle", {"pinnacle": 0.01}) == 0.01


def test_the_sharp_list_keeps_its_order_and_joins_one_opinion() -> None:
    assert parse_sharp(("pinnacle", "exchange_midpoint", " lowvig / betonlineag ")) == (
        ("pinnacle",),
        (EXCHANGE_MIDPOINT,),
        ("lowvig", "betonlineag"),
    )
    assert parse_sharp(()) == ()


@pytest.mark.parametrize("entry", ["", "/", "pinnacle/", "pinnacle/exchange_midpoint"])
def test_a_sharp_place_needs_a_name(entry: str) -> None:
    with pytest.raises(UsageError, match="sharp list"):
        parse_sharp((entry,))
