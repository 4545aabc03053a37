"""What is particular to the built-in recogniser: it is reused, and forgets."""

from typing import Any

import pytest

from visavis.core.errors import NotSupported
from visavis.core.spec import EarsSpec, VoiceSpec

EARS = EarsSpec("pocketsphinx", "en")


def sound(flite: Any, text: str) -> bytes:
    return flite.synthesize(text, VoiceSpec("flite", "rms")).audio.pcm


def heard(pocketsphinx: Any, pcm: bytes) -> str:
    utterance = pocketsphinx.open(EARS)
    utterance.feed(pcm)
    return utterance.finish()


def test_an_abandoned_utterance_leaves_nothing_behind(pocketsphinx: Any, flite: Any) -> None:
    abandoned = pocketsphinx.open(EARS)
    abandoned.feed(sound(flite, "What can you do?"))
    del abandoned
    assert heard(pocketsphinx, sound(flite, "Tell me a joke.")) == "tell me a joke"


def test_two_people_may_speak_at_a_time(pocketsphinx: Any, flite: Any) -> None:
    texts = ("what can you do", "tell me a joke")
    utterances = [pocketsphinx.open(EARS) for _ in texts]
    for utterance, text in zip(utterances, texts, strict=True):
        utterance.feed(sound(flite, text))
    assert [utterance.finish() for utterance in utterances] == list(texts)


def test_after_the_end_nothing_is_heard(pocketsphinx: Any, flite: Any) -> None:
    utterance = pocketsphinx.open(EARS)
    utterance.finish()
    utterance.feed(sound(flite, "Tell me a joke."))
    assert utterance.finish() == ""


def test_odd_bytes_do_no_harm(pocketsphinx: Any) -> None:
    utterance = pocketsphinx.open(EARS)
    for pcm in (b"", b"\x01", b"\x01\x02\x03"):
        utterance.feed(pcm)
    assert utterance.finish() == ""


@pytest.mark.parametrize("language", ["", "en", "en-GB", "EN"])
def test_english_has_many_names(pocketsphinx: Any, language: str) -> None:
    assert pocketsphinx.open(EarsSpec("pocketsphinx", language)).finish() == ""


def test_other_languages_are_refused_in_words(pocketsphinx: Any) -> None:
    with pytest.raises(NotSupported, match='English only, not "de"'):
        pocketsphinx.open(EarsSpec("pocketsphinx", "de"))
