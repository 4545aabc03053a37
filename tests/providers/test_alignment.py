"""Which word a phone belongs to, and which token a word comes from, when the voice does not tell."""

import pytest

from visavis.providers.alignment import tokens_of_words, words_of_phones


def owners(heard: str, *alone: str) -> list[int]:
    return words_of_phones(heard.split(), [word.split() for word in alone])


def test_the_same_sounds_are_told_apart_by_their_order() -> None:
    assert owners("v eh r iy v eh r iy g uh d", "v eh r iy", "v eh r iy", "g uh d") == [0] * 4 + [1] * 4 + [2] * 3


def test_a_vowel_that_is_reduced_in_a_sentence_still_belongs_to_its_word() -> None:
    assert owners("dh iy eh n d", "dh ax", "eh n d") == [0, 0, 1, 1, 1]
    assert owners("ax k aw", "ey", "k aw") == [0, 1, 1]


def test_dropped_and_added_sounds_move_no_border() -> None:
    assert owners("l ae s n ay t", "l ae s t", "n ay t") == [0, 0, 0, 1, 1, 1]
    assert owners("s t aa p ax ih t", "s t aa p", "ih t")[:4] == [0, 0, 0, 0]
    assert owners("s t aa p ax ih t", "s t aa p", "ih t")[-2:] == [1, 1]


def test_a_word_without_sound_gets_none() -> None:
    assert owners("ay d ow", "ay", "", "d ow") == [0, 2, 2]
    assert owners("hh ay") == [0, 0]


EXPANSIONS = {"$29.50": 5, "3rd,": 1, "1999": 3, "Dr.": 1, "-": 0}


@pytest.mark.parametrize(
    ("words", "tokens", "expected"),
    [
        ("hello there", "Hello there!", [0, 1]),
        ("it 's isnt", "It's isn't", [0, 0, 1]),
        ("paid twenty nine dollars fifty cents on", "paid $29.50 on", [0, 1, 1, 1, 1, 1, 2]),
        ("may third nineteen ninety nine yes", "May 3rd, 1999 yes", [0, 1, 2, 2, 2, 3]),
        ("doctor no", "Dr. - no", [0, 2]),
        ("one two", "", [0, 0]),
    ],
)
def test_words_find_their_tokens(words: str, tokens: str, expected: list[int]) -> None:
    assert tokens_of_words(words.split(), tokens.split(), lambda token: EXPANSIONS.get(token, 1)) == expected
