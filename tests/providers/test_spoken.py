"""From given text to spoken words and back: what is read, what is dropped, and which characters each word covers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visavis.core.frames import Mark
from visavis.providers.spoken import SpokenWord, plain, word_marks


def marks(source: str) -> list[Mark]:
    """As if every token of the plain text were one spoken word."""
    text = plain(source)
    tokens = enumerate(token for token, _, _ in text.tokens())
    return word_marks(source, text, [SpokenWord(token, at, at * 10.0, at * 10.0 + 9) for at, token in tokens])


@pytest.mark.parametrize(
    ("source", "read"),
    [
        ("It’s “fine”…", 'It\'s "fine"...'),
        ("Café naïve Łódź", "Cafe naive Lodz"),
        ("wait — what", "wait, what"),
        ("wait—what", "wait, what"),
        ("2019–2021", "2019 to 2021"),
        ("€5 or £1,200.50", "5 euros or 1,200.50 pounds"),
        ("**bold** and `code`", "bold and code"),
        ("20°C & ½", "20 degrees C and 1/2"),
        ("hi 🙂 there\u200b\x00", "hi there"),
        ("日本語", ""),
    ],
)
def test_what_is_read(source: str, read: str) -> None:
    assert plain(source).text.split() == read.split()


def test_only_letters_and_digits_can_be_spoken() -> None:
    assert plain("Hi!").speakable
    assert not plain("… — 🙂 !?").speakable


def test_every_mark_is_a_piece_of_the_source() -> None:
    source = "Well… €5 — “now”! 🙂"
    assert [source[mark.start_char : mark.end_char] for mark in marks(source)] == ["Well…", "€5 —", "€5 —", "“now”! 🙂"]


def test_several_words_of_one_token_share_its_place() -> None:
    source = "  29 men "
    words = [SpokenWord("twenty", 0, 0, 1), SpokenWord("nine", 0, 1, 2), SpokenWord("men", 1, 2, 3)]
    found = word_marks(source, plain(source), words)
    assert [source[mark.start_char : mark.end_char] for mark in found] == ["29", "29", "men"]


def test_what_is_not_spoken_belongs_to_its_neighbours() -> None:
    source = "(*) one ** two ##"
    text = plain(source)
    at = {token: index for index, (token, _, _) in enumerate(text.tokens())}
    words = [SpokenWord(name, at[name], 0.0, 1.0) for name in ("one", "two")]
    assert [source[mark.start_char : mark.end_char] for mark in word_marks(source, text, words)] == [
        "(*) one **",
        "two ##",
    ]


@given(st.text(max_size=60))
def test_any_text_has_an_ascii_reading_with_a_way_back(source: str) -> None:
    text = plain(source)
    assert text.text.isascii()
    assert len(text.text) == len(text.origin)
    assert all(0 <= at < len(source) for at in text.origin)
    assert list(text.origin) == sorted(text.origin)


@given(st.text(alphabet=st.sampled_from("ab1 .,-—–€£🙂é“”*\n"), max_size=40))
def test_marks_cover_the_source_in_order(source: str) -> None:
    found = marks(source)
    starts, ends = [mark.start_char for mark in found], [mark.end_char for mark in found]
    assert starts == sorted(starts)
    assert ends == sorted(ends)
    covered = {at for mark in found for at in range(mark.start_char, mark.end_char)}
    assert not found or all(char.isspace() or at in covered for at, char in enumerate(source))
