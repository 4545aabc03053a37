"""One microphone on its way to the ears: what the persona's echo leaves of it, and for the recogniser less noise.

The detector of voice hears it all. It was trained on noise, and a canceller that is sure of an echo also takes out a
part of who speaks over it; what is left says that somebody does, and what they say.
"""

import math
from collections.abc import Callable

import numpy as np

from visavis.core.frames import AUDIO_TICK_MS, SPEECH_RATE_HZ, AudioChunk
from visavis.providers.base import Cleaning
from visavis.transports.base import SpeechEncoders

BYTES_PER_MS = 2 * SPEECH_RATE_HZ // 1000
SPARE_MAX_MS = 2 * AUDIO_TICK_MS
WAITING_MAX_MS = 1_000
LOOK_EVERY_MS = 1_000.0
ECHO_LATE_MAX_MS = 500.0
GONE_AFTER_MS = 4_000.0  # of the persona's talk
QUIET_DB, NOISY_DB = -50.0, -42.0
SOMEBODY_PART = 0.1
STILL_THERE_TIMES = 1.6  # 2 dB


class Played:
    """What left for the user, waiting for the microphone's sound of the same time.

    Both come 20 ms at a time, the microphone unevenly, so the first waits for the first. What waits all the time is no
    jitter: a part of the microphone's sound was lost, or its clock is slow. It would hide what has come back already.
    """

    def __init__(self) -> None:
        self._waiting = bytearray()
        self._spare_ms = float(WAITING_MAX_MS)
        self._looked_ms = 0.0

    def add(self, audio: AudioChunk) -> None:
        self._waiting += audio.pcm
        del self._waiting[: -WAITING_MAX_MS * BYTES_PER_MS]

    def take(self, heard: AudioChunk) -> AudioChunk:
        """What was played meanwhile; silence where the microphone is ahead."""
        pcm = bytes(self._waiting[: len(heard.pcm)])
        del self._waiting[: len(pcm)]
        self._look(heard.duration_ms)
        return AudioChunk(pcm.ljust(len(heard.pcm), b"\0"), heard.rate_hz)

    def _look(self, duration_ms: float) -> None:
        self._spare_ms = min(self._spare_ms, len(self._waiting) / BYTES_PER_MS)
        self._looked_ms += duration_ms
        if self._looked_ms < LOOK_EVERY_MS:
            return
        if self._spare_ms >= SPARE_MAX_MS:
            del self._waiting[: (int(self._spare_ms) - AUDIO_TICK_MS) * BYTES_PER_MS]
        self._spare_ms, self._looked_ms = float(WAITING_MAX_MS), 0.0


class Echo:
    """Whether an echo that was found is still there: by how much quieter the microphone becomes without it."""

    def __init__(self) -> None:
        self._looked_ms = self._since_played_ms = self._heard = self._left = 0.0

    @property
    def may_be_heard(self) -> bool:
        return self._since_played_ms <= ECHO_LATE_MAX_MS

    def is_gone(self, heard: AudioChunk, left: AudioChunk, played: AudioChunk) -> bool:
        self._since_played_ms = 0.0 if any(played.pcm) else self._since_played_ms + heard.duration_ms
        if not self.may_be_heard:
            return False
        self._heard, self._left = self._heard + _energy(heard), self._left + _energy(left)
        self._looked_ms += heard.duration_ms
        if self._looked_ms < GONE_AFTER_MS:
            return False
        gone = self._heard < STILL_THERE_TIMES * self._left
        self._looked_ms = self._heard = self._left = 0.0
        return gone


def beside(heard: AudioChunk, left: AudioChunk) -> AudioChunk:
    """What is somebody's in what an echo leaves: where little is left of what was heard, it is the echo's rest."""
    mostly = _energy(left) >= SOMEBODY_PART * _energy(heard)
    return left if mostly else AudioChunk(bytes(len(left.pcm)), left.rate_hz)


def _energy(sound: AudioChunk) -> float:
    samples = np.frombuffer(sound.pcm, "<i2").astype(np.float32)
    return float(np.dot(samples, samples))


class CleanMicrophone:
    """As it is where nobody cleans. `level()` is how much of its noise the recogniser is spared, 0 to 1."""

    def __init__(self, cleaning: Cleaning | None, encoders: SpeechEncoders, level: Callable[[], float]) -> None:
        self._level = level
        self._cleaner = cleaning.open() if cleaning is not None else None
        self._decoder, self._played = encoders.decoder(), Played()
        self._echo: Echo | None = None

    def played(self, packet: bytes) -> None:
        """Told of every packet when it leaves."""
        if self._cleaner is not None:
            self._played.add(self._decoder.decode(packet))

    def echo_found(self) -> bool:
        """Take it away from now on; whether that is news."""
        news = self._cleaner is not None and self._echo is None
        if news:
            self._echo = Echo()
        return news

    @property
    def cancels(self) -> bool:
        """Whether an echo is taken out of what is heard now."""
        return self._echo is not None and self._echo.may_be_heard

    def without_echo(self, heard: AudioChunk) -> AudioChunk:
        if self._cleaner is None:
            return heard
        played = self._played.take(heard)
        clean = self._cleaner.cancel_echo(heard, played)
        if self._echo is None:
            return heard
        if self._echo.is_gone(heard, clean, played):
            self._echo = None
        return clean

    def without_noise(self, sound: AudioChunk, room: float) -> AudioChunk:
        """`room` is the power of the room between sounds: in a quiet one, cleaning would only harm the voice."""
        level = self._level()
        if self._cleaner is None or not level:
            return sound
        room_db = 10 * math.log10(room + 1e-12)
        noisy = min(1.0, max(0.0, (room_db - QUIET_DB) / (NOISY_DB - QUIET_DB)))
        clean = self._cleaner.suppress_noise(sound, level * noisy)
        return clean if noisy else sound
