"""Text from outside is one visible line of bounded length; secrets never leave."""

from __future__ import annotations

import unicodedata
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from betting_tui.engine.core.text import clean, clean_key, redact
from hostile import HOSTILE

any_text = st.text(alphabet=st.characters(codec=None, exclude_categories=[]), max_size=300)
hostile = pytest.mark.parametrize("text", HOSTILE)


def assert_safe(text: str, limit: int) -> None:
    assert len(text) <= limit
    marks = 0
    for char in text:
        kind = unicodedata.category(char)
        assert kind not in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
        marks = marks + 1 if kind.startswith("M") else 0
        assert marks <= 4
    assert text == " ".join(text.split())
    text.encode()


@hostile
def test_hostile_text_becomes_one_safe_line(text: str) -> None:
    cleaned = clean(text)
    assert_safe(cleaned, 120)
    assert clean(cleaned) == cleaned


@given(any_text, st.integers(1, 200))
def test_any_text_becomes_one_safe_line(text: str, limit: int) -> None:
    cleaned = clean(text, limit)
    assert_safe(cleaned, limit)
    assert clean(cleaned, limit) == cleaned


@given(st.text(alphabet="e\u0301\u0323\u20dd a", max_size=80))
def test_marks_are_kept_up_to_four_in_a_row(text: str) -> None:
    assert_safe(clean(text), 120)


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("Los Angeles Lakers", "Los Angeles Lakers"),
        ("Atlético Madrid", "Atlético Madrid"),
        ("日本代表 対 대한민국", "日本代表 対 대한민국"),
        ("İstanbul Başakşehir", "İstanbul Başakşehir"),
        ("  two\t lines\r\nhere ", "two lines here"),
        ("a\u2028b\u3000c\u00a0d\x85e", "a b c d e"),
        ("\x1b[31mred\x1b[0m", "[31mred[0m"),
        ("\u202emoor edit\u202c", "moor edit"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("e" + "\u0301" * 9 + "x", "e" + "\u0301" * 4 + "x"),
        ("e\u0301\u0301\u0301\u200d\u0301\u0301", "e\u0301\u0301\u0301\u0301"),
        ("\ud800lone", "lone"),
        ("[bold]kept[/]", "[bold]kept[/]"),
        ("", ""),
    ],
)
def test_what_is_kept_and_what_goes(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


def test_long_text_ends_in_an_ellipsis() -> None:
    assert clean("Brighton and Hove Albion", 10) == "Brighton…"
    assert clean("Wolves", 6) == "Wolves"
    assert clean("A" * 10_000) == "A" * 119 + "…"
    assert clean("ab", 1) == "…"


@hostile
def test_a_machine_key_is_taken_as_it_is_or_not_at_all(text: str) -> None:
    key = clean_key(text)
    assert key in ("", text)
    assert key.isascii()
    assert len(key) <= 64


def test_machine_keys() -> None:
    assert clean_key("soccer_usa_mls") == "soccer_usa_mls"
    assert clean_key("1.180305278:x-Y") == "1.180305278:x-Y"
    assert clean_key("new\n") == clean_key("a b") == clean_key("ключ") == clean_key("") == ""
    assert clean_key("x" * 65) == ""
    assert clean_key("x" * 65, limit=65) == "x" * 65


@given(st.text(min_size=4, max_size=40), st.text(max_size=40), st.text(max_size=40))
def test_a_secret_never_leaves(secret: str, before: str, after: str) -> None:
    masked = redact(f"{before}{secret}{after}", [secret])
    assert secret not in masked or secret in f"{before}***{after}"


def test_keys_in_urls_are_masked_even_when_unknown() -> None:
    url = "GET https://api.example.com/v4/sports?apiKey=0123456789abcdef&regions=us failed"
    assert redact(url, []) == "GET https://api.example.com/v4/sports?apiKey=***&regions=us failed"
    assert redact("api_key=abc", []) == "api_key=***"
    assert redact("next=%2Fv4%3FapiKey%3Dabcdef", []) == "next=%2Fv4%3FapiKey%3D***"
    assert redact('{"url": "x?APIKEY=abc"}', []) == '{"url": "x?APIKEY=***"}'


def test_secrets_are_masked_longest_first_and_as_urls_write_them() -> None:
    assert redact("topsecret-more topsecret", ["topsecret", "topsecret-more"]) == "*** ***"
    assert redact(f"q={quote('pass word/1', safe='')}", ["pass word/1"]) == "q=***"


@hostile
def test_hostile_secrets_do_not_stop_the_redaction(text: str) -> None:
    assert redact("before topsecret after", [text, "topsecret"]).startswith("before ***")


def test_nothing_to_hide_changes_nothing() -> None:
    assert redact("a quiet line", ["", "li", "topsecret"]) == "a quiet line"
