"""The built-in voices for languages other than English: espeak-ng, robotic and clear, in a process of its own.

A voice is a language as espeak-ng names it, perhaps with a variant: "es", "fr-female", "pt-br-male".
"""

from typing import Any, ClassVar

import numpy as np
from pydantic import BaseModel

from visavis.core.frames import SpeechAudio
from visavis.core.spec import VoiceSpec
from visavis.providers import espeak_process
from visavis.providers.base import Traits
from visavis.providers.espeak_process import EspeakProcess
from visavis.providers.flite_speech import (
    SILENCE,
    SPEED_RANGE,
    VOLUME_RANGE,
    Manner,
    Phone,
    RawSpeech,
    finish,
    number_of,
)
from visavis.providers.normalise import readable_text
from visavis.providers.phones import phone_of_ipa
from visavis.providers.spoken import PlainText

_RATE_HZ = 22_050
_WORDS_PER_MINUTE = 160
_PITCH = 50
_VOLUME = 100
_GAIN = 1.1
_VARIANTS = {"female": "f2", "male": "m3"}
_DEFAULT = "en"


class Espeak:
    """A `BlockingVoice`."""

    traits: ClassVar[Traits] = Traits(
        label="espeak-ng (built-in)",
        languages=(
            "af", "ar", "bg", "bn", "ca", "cs", "cy", "da", "de", "el", "en", "eo", "es", "et", "eu", "fa", "fi", "fr",
            "ga", "gu", "he", "hi", "hr", "hu", "hy", "id", "is", "it", "ja", "ka", "kk", "kn", "ko", "la", "lt", "lv",
            "mk", "ml", "mr", "ms", "mt", "ne", "nl", "no", "pa", "pl", "pt", "ro", "ru", "sk", "sl", "sq", "sr", "sv",
            "sw", "ta", "te", "th", "tr", "uk", "ur", "vi", "zh",
        ),
        runs_in_worker=True,
        gives_word_times=True,
        gives_phone_times=True,
        rate_hz=_RATE_HZ,
        zero_retention=True,
        note="Robotic, in many languages, without a key or a download. Under the GPL, so it runs in a process of its "
        "own.",
        cost="Free.",
    )  # fmt: skip

    class Settings(BaseModel):
        """Nothing to set: the voice comes with each request."""

    @staticmethod
    def missing() -> str:
        return espeak_process.missing()

    def __init__(self) -> None:
        self._process = EspeakProcess()

    def synthesize(self, text: str, voice: VoiceSpec) -> SpeechAudio:
        name = voice_of(voice)
        plain_text = readable_text(text, name[:2])
        speed = float(np.clip(voice.speed, *SPEED_RANGE))
        gain = _GAIN * float(np.clip(voice.volume, *VOLUME_RANGE))
        manner = Manner(name, stretch=1.0, pitch_hz=0.0, tract=1.0, gain=gain, speed=speed)
        said = plain_text if plain_text.speakable else PlainText("", ())
        raw = self._raw(said, manner, number_of(voice, "pitch", (0.5, 1.5)))
        return finish(raw, text, said, manner, _RATE_HZ)

    def _raw(self, plain_text: PlainText, manner: Manner, pitch: float) -> RawSpeech:
        if not plain_text.text:
            return RawSpeech(np.zeros(0, np.float32), _RATE_HZ, [], [])
        asked: dict[str, Any] = {
            "text": plain_text.text,
            "voice": manner.base,
            "rate_wpm": _WORDS_PER_MINUTE * manner.speed,
            "pitch": _PITCH * pitch,
            "volume": _VOLUME,
        }
        head, pcm = self._process.ask(asked)
        samples = np.frombuffer(pcm, "<i2").astype(np.float32) * np.float32(1 / 32_768)
        phones, words = _read(head["events"], plain_text, len(samples) / head["rate_hz"])
        return RawSpeech(samples, head["rate_hz"], phones, words)


def voice_of(spec: VoiceSpec) -> str:
    """espeak-ng's own name for a voice: "fr-female" is "fr+f2"."""
    base, _, variant = spec.voice.rpartition("-")
    if variant in _VARIANTS:
        return f"{base}+{_VARIANTS[variant]}"
    return spec.voice or spec.language or _DEFAULT


def _read(
    events: list[tuple[str, int, int, str]], plain_text: PlainText, length_s: float
) -> tuple[list[Phone], list[tuple[str, int]]]:
    """Each event lasts until the next one; a sound belongs to the word that began before it."""
    tokens = _token_starts(plain_text)
    words: list[tuple[str, int]] = []
    begun: list[tuple[float, str, int]] = []
    for kind, at_ms, position, name in events:
        if kind == "word":
            token = max((index for index, (start, _) in enumerate(tokens) if start < position), default=0)
            words.append((tokens[token][1], token))
        else:
            phone = phone_of_ipa(name)
            begun.append((at_ms / 1000, phone, len(words) - 1 if phone != SILENCE else -1))
    ends = [at_s for at_s, _, _ in begun[1:]] + [length_s]
    phones = [Phone(name, end_s, word) for (_, name, word), end_s in zip(begun, ends, strict=True)]
    if begun and begun[0][0] > 0:
        phones.insert(0, Phone(SILENCE, begun[0][0], -1))
    return phones, words


def _token_starts(plain_text: PlainText) -> list[tuple[int, str]]:
    starts: list[tuple[int, str]] = []
    at = 0
    for token, _, _ in plain_text.tokens():
        at = plain_text.text.index(token, at)
        starts.append((at, token))
        at += len(token)
    return starts


PROVIDER = Espeak
