"""Ears of the Whisper kind, with a model that is made here: the library's real loading, hearing and telling."""

import asyncio
import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from visavis.core.errors import NotSupported, ProviderError
from visavis.core.frames import SPEECH_RATE_HZ, AudioChunk
from visavis.core.spec import EarsSpec
from visavis.media.speech_pool import SpeechPool
from visavis.providers import catalog
from visavis.providers.stt import whisper as module

pytest.importorskip("faster_whisper", reason="`make whisper` installs it")
from tests.providers.tiny_whisper import make_whisper

TICK = SPEECH_RATE_HZ // 50
LINE = "hello there friend"
Whisper = module.Whisper


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_whisper(tmp_path_factory.mktemp("whisper"), LINE)


@pytest.fixture(scope="module")
def ears(folder: Path) -> Any:
    return Whisper(Whisper.Settings(model=folder, device="cpu", precision="float32"), now_s=lambda: 0.0)


def babble(length_s: float) -> bytes:
    sound = np.random.default_rng(7).normal(0, 3000, int(length_s * SPEECH_RATE_HZ))
    return sound.astype("<i2").tobytes()


def ticks(pcm: bytes) -> Iterator[bytes]:
    for at in range(0, len(pcm), 2 * TICK):
        yield pcm[at : at + 2 * TICK]


def feed(utterance: Any, pcm: bytes) -> list[str]:
    """What was told meanwhile, asked as often as a child process asks."""
    told: list[str] = []
    for count, tick in enumerate(ticks(pcm)):
        utterance.feed(tick)
        if count % 10 == 9:
            told.append(utterance.so_far())
    return told


def test_words_are_told_when_two_hearings_agree_and_stay(ears: Any) -> None:
    utterance = ears.open(EarsSpec("whisper", "en"))
    told = feed(utterance, babble(2.4))
    assert told[0] == ""
    assert told[-1] == LINE
    assert told == sorted(told), "nothing that was told is taken back"
    assert utterance.finish() == LINE


def test_a_short_utterance_is_heard_at_its_end(ears: Any) -> None:
    utterance = ears.open(EarsSpec("whisper"))
    assert feed(utterance, babble(0.4)) == ["", ""]
    assert utterance.finish() == LINE


def test_silence_has_no_words(ears: Any) -> None:
    utterance = ears.open(EarsSpec("whisper"))
    assert set(feed(utterance, bytes(3 * SPEECH_RATE_HZ * 2))) == {""}
    assert utterance.finish() == ""
    assert ears.open(EarsSpec("whisper")).finish() == ""


def test_the_language_is_found_once_and_then_kept(ears: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str | None] = []
    transcribe = ears._model.transcribe

    def noted(sound: Any, language: str | None, **options: Any) -> Any:
        asked.append(language)
        return transcribe(sound, language=language, **options)

    monkeypatch.setattr(ears._model, "transcribe", noted)
    utterance = ears.open(EarsSpec("whisper"))
    feed(utterance, babble(2.0))
    utterance.finish()
    assert asked[:2] == [None, "de"]
    asked.clear()
    ears.open(EarsSpec("whisper", "fr-CA")).feed(b"")
    utterance = ears.open(EarsSpec("whisper", "fr-CA"))
    utterance.feed(babble(0.5))
    utterance.finish()
    assert asked == ["fr"]


def test_a_language_nobody_taught_it_is_refused(ears: Any) -> None:
    with pytest.raises(NotSupported, match="xx"):
        ears.open(EarsSpec("whisper", "xx"))


def test_a_model_of_english_refuses_others(tmp_path: Path) -> None:
    english = Whisper(Whisper.Settings(model=make_whisper(tmp_path, english_only=True), device="cpu"))
    with pytest.raises(NotSupported, match='English only, not "de"'):
        english.open(EarsSpec("whisper", "de"))
    utterance = english.open(EarsSpec("whisper", "en"))
    utterance.feed(babble(0.5))
    assert utterance.finish() == LINE


def test_who_is_slow_hears_again_less_often(folder: Path) -> None:
    clock_s = iter(range(0, 1000, 2))  # each hearing takes two seconds
    ears = Whisper(Whisper.Settings(model=folder, device="cpu"), now_s=lambda: float(next(clock_s)))
    utterance = ears.open(EarsSpec("whisper", "en"))
    feed(utterance, babble(6.0))
    # at 0.8 s, and then only after 3 s more of sound
    assert next(clock_s) == 8


def test_sound_of_settled_words_is_forgotten(tmp_path: Path) -> None:
    folder = make_whisper(tmp_path, "hello there", "friend")
    ears = Whisper(Whisper.Settings(model=folder, device="cpu", precision="float32"), now_s=lambda: 0.0)
    utterance = ears.open(EarsSpec("whisper", "en"))
    feed(utterance, babble(19.0))
    assert utterance._words.kept == "hello there"
    assert len(utterance._pcm) == 18 * SPEECH_RATE_HZ * 2, "the first piece ended after a second"
    assert utterance.so_far() == LINE


def test_one_long_piece_is_settled_before_the_network_hears_no_more(ears: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ears, "hear", lambda *_: module._Hearing(((" and so on", 29.0),), "en"))
    utterance = ears.open(EarsSpec("whisper", "en"))
    feed(utterance, babble(27.0))
    assert utterance._words.kept == ""
    feed(utterance, babble(2.0))
    assert utterance._words.kept == "and so on"
    assert len(utterance._pcm) < 2 * SPEECH_RATE_HZ * 2
    feed(utterance, babble(1.0))
    assert utterance.finish() == "and so on and so on"


def test_the_languages_are_those_of_the_library() -> None:
    from faster_whisper.tokenizer import _LANGUAGE_CODES

    assert set(module.LANGUAGES) == set(_LANGUAGE_CODES)


def test_a_folder_without_a_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"config\.json, model\.bin, tokenizer\.json.*visavis models get"):
        Whisper.Settings(model=tmp_path)
    for name in ("config.json", "model.bin", "tokenizer.json"):
        (tmp_path / name).write_text("{}")
    with pytest.raises(ProviderError, match="not a Whisper model"):
        Whisper(Whisper.Settings(model=tmp_path, device="cpu"))


async def opened(ears: Any, language: str) -> Any:
    """On a busy machine a child needs longer to start than a person is asked to wait."""
    while True:
        with contextlib.suppress(ProviderError):
            return await ears.open(EarsSpec("whisper", language))


async def test_it_listens_in_a_child_process(folder: Path) -> None:
    dotted = catalog.dotted("stt", "whisper")
    pool = SpeechPool({dotted: {"model": str(folder), "device": "cpu", "precision": "float32"}})
    try:
        async with asyncio.timeout(60):
            transcription = await opened(pool.ears(dotted), "en")
            for tick in ticks(babble(2.4)):
                await transcription.feed(AudioChunk(tick, SPEECH_RATE_HZ))
            assert await transcription.finish() == LINE
            unknown = await opened(pool.ears(dotted), "xx")
            with pytest.raises(ProviderError, match="does not understand"):
                await unknown.finish()
    finally:
        await pool.close()
