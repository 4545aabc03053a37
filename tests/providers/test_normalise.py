"""What a voice is given to read: words for signs in each language, and nothing of what is only for eyes."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visavis.providers.normalise import WORDS, readable_text


@pytest.mark.parametrize(
    ("source", "language", "read"),
    [
        ("**Hello**, _you_ and `code`!", "en", "Hello, you and code!"),
        ("# Title\n- one\n- two_three\n> four", "en", "Title one two three four"),
        ("```python\nx\n```", "en", "x"),
        ("see [the docs](https://a.io/x) now", "en", "see the docs now"),
        ("![A cat](cat.png) sleeps", "en", "A cat sleeps"),
        ("go to https://www.example.com/a-b?c=d.", "en", "go to example dot com slash a dash b."),
        ("example.com/x and me@example.com", "en", "example dot com slash x and me at example dot com"),
        ("https://example.de", "de", "example Punkt de"),
        ("It costs $29.50 or €1,000.", "en", "It costs 29 dollars 50 or 1000 euros."),
        ("Es kostet 1.234,50 €.", "de", "Es kostet 1234 Euro 50."),
        ("5 £ et 1\u202f234\u202f567", "fr", "5 livres et 1234567"),
        ("1,234,567 of 1.5", "en", "1234567 of 1.5"),
        ("v1.2.3 on 12.05.2024 at 192.168.1.10", "en", "v1.2.3 on 12.05.2024 at 192.168.1.10"),
        ("50 % & 20 °C", "es", "50 por ciento y 20 grados C"),
        ("1 + 1 = 2", "it", "1 più 1 uguale a 2"),
        ("2019–2021 — ja", "nl", "2019 tot 2021, ja"),
        ("hi 🙂👍🏽 there\u200b\x00 ✓", "en", "hi there"),
        ("日本語 is 1️⃣", "en", "日本語 is 1"),
        ("| a | b |\n|---|---|\n| c | d |", "en", ", a , b , , c , d ,"),
        ("It’s “fine”…", "en", "It's “fine”..."),
        ("unknown & language", "xx", "unknown and language"),
    ],
)
def test_what_is_read(source: str, language: str, read: str) -> None:
    assert readable_text(source, language).text.split() == read.split()


def test_directions_are_for_voices_that_understand_them() -> None:
    assert readable_text("[laughs] Hi [1]").text.split() == ["Hi", "1"]
    assert readable_text("[laughs] Hi", tags="keep").text.split() == ["[laughs]", "Hi"]


def test_every_language_has_all_words() -> None:
    for language, words in WORDS.items():
        assert all(getattr(words, name) for name in words.__slots__), language
        assert words.decimal in ".,"


@given(st.text(max_size=80), st.sampled_from([*WORDS, ""]))
def test_any_text_has_a_reading_with_a_way_back(source: str, language: str) -> None:
    text = readable_text(source, language)
    assert len(text.text) == len(text.origin)
    assert all(0 <= at < len(source) for at in text.origin)
    assert list(text.origin) == sorted(text.origin)
    assert not re.search(r"[*`#<>{}\\^]", text.text)


@given(st.text(alphabet=st.sampled_from("ab19.,$€-–—*_`[]()/:@ \n#|"), max_size=60))
def test_markup_in_any_mixture_is_read_in_order(source: str) -> None:
    text = readable_text(source)
    assert list(text.origin) == sorted(text.origin)
