"""Speech that comes in pieces: words leave with their sound, in order and inside it, whatever a server claims."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visavis.core.frames import Mark
from visavis.providers.normalise import readable_text
from visavis.providers.phones import ARPABET, phone_of_ipa, viseme_of_azure
from visavis.providers.timing import Clause

RATE_HZ = 1_000  # a sample is a millisecond
NAMES = ["Hello", "dear", "world", "it", "costs", "29", "dollars", "x"]
SOURCE = "Hello — *dear* world, it costs $29!"


def clause(source: str = SOURCE) -> Clause:
    return Clause(source, readable_text(source), RATE_HZ)


def pcm(length_ms: int) -> bytes:
    return bytes(2 * length_ms)


def words(marks: object) -> list[str]:
    return [SOURCE[mark.start_char : mark.end_char] for mark in marks if isinstance(mark, Mark) and mark.kind == "word"]


def test_a_word_leaves_with_the_sound_that_completes_it() -> None:
    speech = clause()
    speech.word("Hello", 0, 100)
    assert words(speech.pcm(pcm(90)).marks) == []
    assert words(speech.pcm(pcm(20)).marks) == ["Hello — *"]


def test_what_never_sounded_comes_with_the_rest_and_within_the_sound() -> None:
    speech = clause()
    speech.pcm(pcm(100))
    speech.word("Hello", 50, 170)
    rest = speech.rest()
    assert rest is not None
    assert [(mark.start_ms, mark.end_ms) for mark in rest.marks] == [(50, 100)]
    assert speech.rest() is None


def test_words_that_a_server_writes_differently_are_found_all_the_same() -> None:
    speech = clause()
    for at, name in enumerate(["hello,", "nonsense", "WORLD", "29"]):
        speech.word(name, at * 10, at * 10 + 10)
    assert words(speech.pcm(pcm(100)).marks) == ["Hello — *", "world,", "$29!"]


def test_characters_make_words() -> None:
    speech = clause()
    text = readable_text(SOURCE).text
    for at, char in enumerate(text):
        speech.char(char, at * 10, at * 10 + 10)
    marks = list(speech.pcm(pcm(len(text) * 10)).marks)
    assert words(marks) == ["Hello — *", "dear*", "world,", "it", "costs", "$29!", "$29!"]
    assert marks[0].start_ms == 0


def test_samples_that_are_torn_apart_are_put_together() -> None:
    speech = clause()
    pieces = [speech.pcm(data).audio.pcm for data in (b"\1", b"\2\3", b"\4\5\6", b"\7\x08")]
    assert b"".join(pieces) == bytes(range(1, 9))
    assert speech.heard_ms == 4


def test_sounds_cover_a_piece_or_are_left_out_of_it() -> None:
    speech = clause()
    speech.sound("phone", "hh", 10, 60)
    speech.sound("phone", "ah", 60, 150)
    covered = speech.pcm(pcm(100)).marks
    assert [(mark.text, mark.start_ms, mark.end_ms) for mark in covered] == [
        ("pau", 0, 10),
        ("hh", 10, 60),
        ("ah", 60, 100),
    ]
    assert speech.pcm(pcm(400)).marks == ()  # most of it is not known: whoever draws listens instead


@given(
    st.lists(st.tuples(st.sampled_from(NAMES), st.floats(-50, 500))),
    st.lists(st.integers(0, 300), min_size=1),
)
def test_whatever_times_a_server_claims_they_are_in_order_and_within_the_sound(
    claims: list[tuple[str, float]], lengths: list[int]
) -> None:
    speech = clause()
    marks: list[Mark] = []
    for at, length in enumerate(lengths):
        for name, start_ms in claims[at :: len(lengths)]:
            speech.word(name, start_ms, start_ms + 40)
        marks += speech.pcm(pcm(length)).marks
    rest = speech.rest()
    marks += rest.marks if rest else ()
    times = [time for mark in marks for time in (mark.start_ms, mark.end_ms)]
    assert times == sorted(times)
    assert all(0 <= time <= speech.heard_ms for time in times)
    assert [mark.start_char for mark in marks] == sorted(mark.start_char for mark in marks)


@pytest.mark.parametrize(
    ("ipa", "phone"),
    [
        ("t͡ʃ", "ch"), ("ˈa", "aa"), ("aː", "aa"), ("ɑ̃", "aa"), ("ʁ", "hh"), ("y", "uw"), ("r", "dx"), ("ɲ", "n"),
        ("oʊ", "ow"), ("HH", "hh"), ("AH1", "ah"), ("", "pau"), (" ", "pau"), (",", "pau"), ("ɮ", "ax"), ("d̪", "d"),
    ],
)  # fmt: skip
def test_sounds_of_any_language_have_a_look(ipa: str, phone: str) -> None:
    assert phone_of_ipa(ipa) == phone


@given(st.text(max_size=4))
def test_every_name_is_a_phone_that_faces_know(name: str) -> None:
    assert phone_of_ipa(name) in ARPABET


def test_azures_visemes_are_ours() -> None:
    assert [viseme_of_azure(number) for number in (0, 21, 18, 2, 7, 99, -1)] == [
        "sil", "PP", "FF", "aa", "ou", "sil", "sil",
    ]  # fmt: skip
