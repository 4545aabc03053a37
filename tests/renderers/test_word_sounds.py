"""Lips for voices that say when words are heard: which sounds a word has, and when each of them is made."""

import numpy as np
import pytest

from visavis.core.frames import AudioChunk, Mark, SpeechAudio
from visavis.core.spec import VoiceSpec
from visavis.providers.tts.flite import Flite
from visavis.renderers.lips_from_sound import STEP_MS
from visavis.renderers.speech import SpeechTrack
from visavis.renderers.spelling import phones_of
from visavis.renderers.visemes import OPEN, PRESS, SHAPE_SIZE, targets_of_phone
from visavis.renderers.word_sounds import aligned, sounds_of_words


@pytest.fixture(scope="module")
def spoken() -> SpeechAudio:
    return Flite().synthesize("Maybe Bob may bring a big map of the public park.", VoiceSpec("flite", "slt"))


@pytest.mark.parametrize(
    ("word", "phones"),
    [
        ("Bob,", "b ao b"),
        ("maybe", "m ey b"),
        ("phone", "f ow n"),
        ("knight", "n ay t"),
        ("city", "s ih t iy"),
        ("comb", "k ao m"),
        ("supper.", "s ah p er"),
        ("Größe", "g r ao s"),
        ("don't", "d ao n t"),
        ("the", "th iy"),
    ],
)
def test_words_have_the_sounds_that_lips_show(word: str, phones: str) -> None:
    assert " ".join(phones_of(word)) == phones


@pytest.mark.parametrize("word", ["29", "привет", "", "—", "b2b", "東京"])
def test_what_has_no_latin_letters_is_left_to_the_ear(word: str) -> None:
    assert phones_of(word) == ()


def test_no_word_is_too_strange() -> None:
    random = np.random.default_rng(1)
    for size in (1, 2, 3, 5, 60):
        for _ in range(200):
            word = "".join(random.choice(list("abcdefghijklmnopqrstuvwxyz'éß"), size))
            assert all(targets_of_phone(phone) for phone in phones_of(word))


def test_sounds_are_found_where_they_are_heard() -> None:
    targets = [targets_of_phone(phone)[0] for phone in ("m", "aa", "b")]
    heard = np.stack([targets[index].shape for index in (0, 0, 1, 1, 1, 1, 2)])
    assert aligned(targets, heard).tolist() == [0, 2, 6, 7]
    assert aligned(targets, heard[1:4]).tolist() == [0, 1, 2, 3]


def test_every_moment_of_a_word_has_one_sound(spoken: SpeechAudio) -> None:
    heard = np.random.default_rng(1).random((40, SHAPE_SIZE), np.float32)
    words = [Mark("word", 0, 400, "mountain"), Mark("word", 400, 420, "crushed"), Mark("word", 500, 800, "42")]
    sounds = sounds_of_words(words, heard)
    for (_, end_ms, _), (start_ms, _, _) in zip(sounds, sounds[1:], strict=False):
        assert start_ms >= end_ms - STEP_MS / 2
    assert sounds[0][0] == 0
    assert sounds[-1][1] == 800


def test_times_of_words_make_better_lips_than_the_ear_alone(spoken: SpeechAudio) -> None:
    words = [mark for mark in spoken.marks if mark.kind == "word"]
    truth, by_words, by_ear = (_opening(spoken.audio, marks) for marks in (spoken.marks, words, ()))
    assert np.corrcoef(truth, by_words)[0, 1] > max(0.75, np.corrcoef(truth, by_ear)[0, 1])


def test_lips_meet_where_a_word_is_spelled_with_a_bilabial(spoken: SpeechAudio) -> None:
    track = SpeechTrack()
    track.speak(0.0, spoken.audio, [mark for mark in spoken.marks if mark.kind == "word"])
    bilabials = [mark for mark in spoken.marks if mark.kind == "phone" and mark.text in ("p", "b", "m")]
    shut = [
        any(track.shape(float(at_ms))[PRESS] > 0.6 for at_ms in np.arange(mark.start_ms - 40, mark.end_ms + 40, 10))
        for mark in bilabials
    ]
    assert sum(shut) >= 0.85 * len(bilabials)


def _opening(audio: AudioChunk, marks: object) -> np.ndarray:
    track = SpeechTrack()
    track.speak(0.0, audio, marks)  # type: ignore[arg-type]
    return np.array([track.shape(at_ms)[OPEN] for at_ms in np.arange(0, audio.duration_ms, 20)])
