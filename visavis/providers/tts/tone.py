"""A voice that beeps once for every word, with exact times: for tests, and where no voice is installed."""

import re
from collections.abc import AsyncGenerator
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, Field

from visavis.core.frames import SPEECH_RATE_HZ, AudioChunk, Mark, SpeechAudio
from visavis.core.spec import VoiceSpec
from visavis.providers.base import Traits

_RAMP_MS = 5.0  # fades that keep a beep from clicking
_PEAK = 8_000


class Tone:
    """A `TextToSpeech`: word n of a clause sounds from n * (beep + gap), and one chunk carries one word."""

    traits: ClassVar[Traits] = Traits(
        label="Tone",
        gives_word_times=True,
        rate_hz=SPEECH_RATE_HZ,
        zero_retention=True,
        note="Beeps, no words.",
        cost="Free.",
    )

    class Settings(BaseModel):
        beep_ms: float = Field(default=160.0, gt=0, description="How long a word sounds.")
        gap_ms: float = Field(default=40.0, ge=0, description="The silence after it.")
        pitch_hz: float = Field(default=220.0, gt=0, description="How high it sounds.")

    def __init__(self, spec: VoiceSpec, settings: Settings | None = None) -> None:
        settings = settings or self.Settings()
        self._beep_ms = settings.beep_ms / spec.speed
        gap_samples = round(settings.gap_ms / spec.speed * SPEECH_RATE_HZ / 1000)
        beep = _beep(self._beep_ms, settings.pitch_hz) * min(spec.volume, 32_767 / _PEAK)
        self._pcm = np.concatenate((beep, np.zeros(gap_samples))).astype("<i2").tobytes()

    async def warm(self) -> None:
        """Nothing to wait for."""

    async def speak(self, text: str) -> AsyncGenerator[SpeechAudio, None]:
        audio = AudioChunk(self._pcm, SPEECH_RATE_HZ)
        start_ms = 0.0
        for word in re.finditer(r"\S+", text):
            mark = Mark("word", start_ms, start_ms + self._beep_ms, word.group(), word.start(), word.end())
            yield SpeechAudio(audio, (mark,))
            start_ms += audio.duration_ms

    async def close(self) -> None:
        """Nothing is held."""


def _beep(length_ms: float, pitch_hz: float) -> NDArray[np.float64]:
    at_s = np.arange(round(length_ms * SPEECH_RATE_HZ / 1000)) / SPEECH_RATE_HZ
    fade = np.minimum(at_s, at_s[::-1]) * 1000 / _RAMP_MS if len(at_s) else at_s
    return _PEAK * np.sin(2 * np.pi * pitch_hz * at_s) * np.minimum(1.0, fade)


PROVIDER = Tone
