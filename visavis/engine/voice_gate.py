"""From probabilities to voice that comes and goes, and from samples to a microphone that is switched off: both pure."""

from typing import Literal

import numpy as np

from visavis.core.frames import AudioChunk

VOICE_ON = 0.5
VOICE_OFF = 0.35
START_AFTER_MS = 100.0
STOP_AFTER_MS = 100.0  # the turn machine waits longer; this only bridges the gaps inside words
MUTED_AFTER_MS = 200.0
ROOM_BEFORE_VOICE_MS = 160.0
MUTED_LEVEL = 2  # of 32768: what a codec makes of perfect silence; no room is as quiet as that

Change = Literal["suspected", "dismissed", "started", "stopped"]


class VoiceGate:
    """Hysteresis over speech probabilities; counts windows instead of looking at a clock.

    One window of voice is a suspicion; it is dismissed when it does not go on within `STOP_AFTER_MS`.
    """

    def __init__(self, window_ms: float) -> None:
        self._window_ms = window_ms
        self._run_ms = 0.0
        self._without_ms = 0.0
        self._suspects = False
        self.voice = False

    def push(self, probability: float) -> Change | None:
        """What has just become true, if anything has."""
        differs = probability < VOICE_OFF if self.voice else probability >= VOICE_ON
        self._run_ms = self._run_ms + self._window_ms if differs else 0.0
        if self._run_ms >= (STOP_AFTER_MS if self.voice else START_AFTER_MS):
            self.voice = not self.voice
            self._run_ms, self._suspects = 0.0, False
            return "started" if self.voice else "stopped"
        return None if self.voice else self._suspect(differs)

    def _suspect(self, sounds_like_voice: bool) -> Change | None:
        self._without_ms = 0.0 if sounds_like_voice else self._without_ms + self._window_ms
        if sounds_like_voice and not self._suspects:
            self._suspects = True
            return "suspected"
        if self._suspects and self._without_ms >= STOP_AFTER_MS:
            self._suspects = False
            return "dismissed"
        return None


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
