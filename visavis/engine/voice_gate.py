"""From probabilities to voice that comes and goes, and from samples to a microphone that is switched off: both pure."""

from collections import deque
from typing import Literal

import numpy as np

from visavis.core.frames import AudioChunk

VOICE_ON = 0.5
VOICE_OFF = 0.35
SUSPECT_ON = 0.3
START_AFTER_MS = 100.0
DISMISS_AFTER_MS = 200.0  # a sharp "s" is no voice, and the vowel behind it comes as late as this
STOP_AFTER_MS = 100.0  # the turn machine waits longer; this only bridges the gaps inside words
MUTED_AFTER_MS = 200.0
ROOM_BEFORE_VOICE_MS = 160.0
LOUDNESS_PAST = 100  # pieces, 2 s
SUDDEN_TIMES = 5.0  # 7 dB
SUDDEN_FOR = 3  # a click is over by then
QUIETEST = 1e-6
MUTED_LEVEL = 2  # of 32768: what a codec makes of perfect silence; no room is as quiet as that

Change = Literal["suspected", "dismissed", "started", "stopped"]


class VoiceGate:
    """Hysteresis over speech probabilities; counts windows instead of looking at a clock.

    A window that is a little like voice is a suspicion, and so is a sudden sound (`suspect`). It is dismissed when
    nothing like it follows within `DISMISS_AFTER_MS`. Voice starts where windows of it outweigh the others between.
    """

    def __init__(self, window_ms: float) -> None:
        self._window_ms = window_ms
        self._run_ms = 0.0
        self._without_ms = 0.0
        self._suspects = False
        self.voice = False

    def push(self, probability: float) -> Change | None:
        """What has just become true, if anything has."""
        if self.voice:
            self._run_ms = self._run_ms + self._window_ms if probability < VOICE_OFF else 0.0
            return self._turn("stopped") if self._run_ms >= STOP_AFTER_MS else None
        self._run_ms = max(0.0, self._run_ms + (self._window_ms if probability >= VOICE_ON else -self._window_ms))
        if self._run_ms >= START_AFTER_MS:
            return self._turn("started")
        if probability >= SUSPECT_ON:
            return self.suspect()
        self._without_ms += self._window_ms
        if self._suspects and self._without_ms >= DISMISS_AFTER_MS:
            self._suspects = False
            return "dismissed"
        return None

    def suspect(self) -> Change | None:
        """Something is heard that may be the beginning of voice."""
        self._without_ms = 0.0
        if self.voice or self._suspects:
            return None
        self._suspects = True
        return "suspected"

    def _turn(self, change: Change) -> Change:
        self.voice = not self.voice
        self._run_ms, self._without_ms, self._suspects = 0.0, 0.0, False
        return change


class Loudness:
    """Tells sudden sounds from those that go on: an echo, a fan or a street are as loud as they have been."""

    def __init__(self) -> None:
        self._past: deque[float] = deque(maxlen=LOUDNESS_PAST)
        self._sudden = 0

    @property
    def floor(self) -> float:
        """The power (of full scale) of the room between sounds, lately."""
        return sorted(self._past)[len(self._past) // 10] if self._past else 0.0

    def push(self, audio: AudioChunk) -> bool:
        """Whether something louder than all of the last seconds has been there for `SUDDEN_FOR` pieces by now."""
        samples = np.frombuffer(audio.pcm, np.int16).astype(np.float32) * np.float32(1 / 32_768)
        power = float(np.mean(samples**2)) if samples.size else 0.0
        before = [*self._past][: len(self._past) - self._sudden]
        self._sudden = self._sudden + 1 if before and power > SUDDEN_TIMES * max(*before, QUIETEST, QUIETEST) else 0
        self._past.append(power)
        return self._sudden == SUDDEN_FOR


class MuteGate:
    """Tells, once each time, that a microphone which hears its room has begun to send perfect silence.

    Some send it between words as well. Those have no room around a voice, and are never taken for switched off.
    """

    def __init__(self) -> None:
        self._silent_ms = 0.0
        self._sounding_ms = 0.0
        self._hears_room = False

    def push(self, audio: AudioChunk) -> bool:
        samples = np.frombuffer(audio.pcm, np.int16)
        if samples.size and int(np.abs(samples.astype(np.int32)).max()) > MUTED_LEVEL:
            self._silent_ms = 0.0
            self._sounding_ms += audio.duration_ms
            return False
        before_ms = self._silent_ms
        self._silent_ms += audio.duration_ms
        self._sounding_ms = 0.0
        return self._hears_room and before_ms < MUTED_AFTER_MS <= self._silent_ms

    def voice_started(self) -> None:
        """Voice has been there for `START_AFTER_MS`; whatever sounded before it was the room."""
        self._hears_room = self._sounding_ms >= START_AFTER_MS + ROOM_BEFORE_VOICE_MS
