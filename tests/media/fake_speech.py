"""Tiny voices and ears that tests have loaded in real child processes; no numpy, so that those start fast."""

import os
import time

from visavis.core.errors import ProviderError
from visavis.core.frames import AudioChunk, Mark, SpeechAudio
from visavis.core.spec import EarsSpec, VoiceSpec


class ToneVoice:
    """As many milliseconds of sound as the text asks for; some texts misbehave."""

    def synthesize(self, text: str, voice: VoiceSpec) -> SpeechAudio:
        if text == "die":
            os._exit(3)
        if text == "refuse":
            raise ProviderError("no such voice", retryable=False)
        if text == "fail":
            raise ValueError("private words")
        if text.startswith("slow"):
            time.sleep(0.4)
        pcm = len(text).to_bytes(2, "little") * 1600
        return SpeechAudio(AudioChunk(pcm, 16_000), (Mark("word", 0.0, 100.0, text, 0, len(text)),))


class _Counting:
    def __init__(self) -> None:
        self._bytes = 0

    def feed(self, pcm: bytes) -> None:
        if pcm == b"die!":
            os._exit(3)
        if pcm == b"hang":
            time.sleep(3_600)
        self._bytes += len(pcm)

    def so_far(self) -> str:
        return f"{self._bytes} bytes and counting"

    def finish(self) -> str:
        return f"{self._bytes} bytes"


class CountingEars:
    def open(self, ears: EarsSpec) -> _Counting:
        return _Counting()
