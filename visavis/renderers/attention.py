"""Listening that can be seen: what the other person's voice does to a face.

While somebody speaks, the face attends: eyes stay on them, the head comes a little nearer. Where they pause after
having said something, it nods, now and then with raised brows; never twice in the same way, never in the middle of a
word, and never while it speaks itself. Everything is decided when sound arrives, so that frames may be skipped.
"""

import math
from collections import deque
from dataclasses import dataclass

import numpy as np

from visavis.core.frames import AudioChunk
from visavis.renderers.sound import STEP_MS, loudness

_VOICE = 0.25  # louder than this is voice
_SAID_MS = 650.0  # so much must have been said before a pause means anything
_PAUSE_MS = 240.0
_GAP_MS = 2100.0  # between two nods
_LONG_TALK_MS = 5500.0  # who talks on and on gets a nod without a pause
_ATTEND_MS, _LEAVE_MS = 500.0, 2600.0  # how fast attention comes and goes
_KEPT_MS = 4000.0


@dataclass(frozen=True, slots=True)
class Heed:
    """What listening does now: attention 0 to 1, a nod (radians, down), brows up, a smile, the head to the side."""

    attention: float = 0.0
    nod: float = 0.0
    brow: float = 0.0
    smile: float = 0.0
    tilt: float = 0.0


NOTHING_HEARD = Heed()


@dataclass(frozen=True, slots=True)
class _Nod:
    start_ms: float
    depth: float  # radians
    times: int
    beat_ms: float
    brow: float
    smile: float

    def at(self, at_ms: float) -> tuple[float, float]:
        """How far the head is down, and the envelope of what goes with it."""
        since_ms, long_ms = at_ms - self.start_ms, self.times * self.beat_ms
        if not 0 < since_ms < long_ms + 400:
            return 0.0, 0.0
        envelope = math.sin(math.pi * min(1.0, since_ms / (long_ms + 400)))
        if since_ms > long_ms:
            return 0.0, envelope
        beat = since_ms / self.beat_ms
        return self.depth * 0.72 ** int(beat) * math.sin(math.pi * (beat % 1.0)) ** 2, envelope


class Attention:
    """The ears of one face. Times are milliseconds on the session's media clock."""

    def __init__(self, seed: int) -> None:
        self._rng = np.random.default_rng([seed & 0xFFFFFFFF, 3])
        self._nods: deque[_Nod] = deque(maxlen=4)
        self._levels: deque[tuple[float, float]] = deque([(float("-inf"), 0.0)])  # from when on, how attentive
        self._voice_ms = self._quiet_ms = self._since_nod_ms = 0.0
        self._own_until_ms = float("-inf")
        self._tilt = float(self._rng.uniform(-0.03, 0.03))

    def speak(self, start_ms: float, end_ms: float) -> None:
        """The face itself speaks in this time."""
        self._own_until_ms = max(self._own_until_ms, end_ms)

    def cut(self, at_ms: float) -> None:
        """The face was cut short."""
        self._own_until_ms = min(self._own_until_ms, at_ms)

    def listen(self, start_ms: float, audio: AudioChunk) -> None:
        """The other person was heard; pieces come in order, about when they are heard."""
        at_ms = start_ms
        for level in loudness(audio).tolist():
            at_ms += STEP_MS
            self._step(at_ms, level > _VOICE)

    def _step(self, at_ms: float, voice: bool) -> None:
        self._since_nod_ms += STEP_MS
        if voice:
            self._voice_ms += STEP_MS
            self._quiet_ms = 0.0
        else:
            self._quiet_ms += STEP_MS
        before = self._levels[-1][1]
        after = min(1.0, before + STEP_MS / _ATTEND_MS) if voice else max(0.0, before - STEP_MS / _LEAVE_MS)
        if after != before:
            self._levels.append((at_ms, after))
        while len(self._levels) > 2 and self._levels[1][0] < at_ms - _KEPT_MS:
            self._levels.popleft()
        if at_ms < self._own_until_ms or self._since_nod_ms < _GAP_MS:
            return
        paused = self._quiet_ms >= _PAUSE_MS and self._voice_ms >= _SAID_MS
        if paused or self._voice_ms >= _LONG_TALK_MS:
            self._nod(at_ms)
        if self._quiet_ms > 1500:
            self._voice_ms = 0.0

    def _nod(self, at_ms: float) -> None:
        rng = self._rng
        self._voice_ms, self._since_nod_ms = 0.0, float(rng.uniform(-900, 500))
        self._tilt = float(rng.uniform(-0.045, 0.045))
        self._nods.append(
            _Nod(
                start_ms=at_ms + float(rng.uniform(0, 120)),
                depth=float(rng.uniform(0.05, 0.095)),
                times=int(rng.choice((1, 2, 2, 3))),
                beat_ms=float(rng.uniform(330, 460)),
                brow=float(rng.uniform(0.0, 0.55)),
                smile=float(rng.uniform(0.0, 0.25)),
            )
        )

    def at(self, at_ms: float) -> Heed:
        """What is seen of it now."""
        attention = self._attention(at_ms)
        nod = brow = smile = 0.0
        for one in self._nods:
            down, envelope = one.at(at_ms)
            nod, brow, smile = nod + down, brow + envelope * one.brow, smile + envelope * one.smile
        if attention == nod == brow == 0.0:
            return NOTHING_HEARD
        return Heed(attention, nod, brow + 0.10 * attention, smile, self._tilt * attention)

    def _attention(self, at_ms: float) -> float:
        known = [level for since_ms, level in self._levels if since_ms <= at_ms]
        since_ms = max((since_ms for since_ms, _ in self._levels if since_ms <= at_ms), default=at_ms)
        if not known:
            return 0.0
        silent_ms = max(0.0, at_ms - since_ms - 1000.0)  # nothing more arrived: a muted microphone, or silence
        level = max(0.0, known[-1] - silent_ms / _LEAVE_MS)
        return level * level * (3 - 2 * level)
