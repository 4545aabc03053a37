"""The small movements of somebody who is alive: blinks, glances, breath, a head that is never quite still.

All of it is a function of time, seed and how loud the speech is; what happens at random is drawn from one generator in
the order of time, so that two faces with the same seed live the same life whatever frames they were asked for.
"""

import math
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from visavis.renderers.attention import NOTHING_HEARD, Heed
from visavis.renderers.expressions import GAZE_Y, LAUGH, LIVELY, NOD, SIZE, TILT, Expression, laughing

_BLINK_MEAN_S, _BLINK_SPREAD = 3.6, 0.45  # gaps between blinks are log-normal
_DOUBLE_BLINK = 0.12
_CLOSE_MS, _HOLD_MS, _OPEN_MS = 80.0, 30.0, 170.0
_BLINK_MS = _CLOSE_MS + _HOLD_MS + _OPEN_MS
_SACCADE_MS = 55.0
_LOOK_AWAY = 0.28  # share of glances that leave the viewer's eyes for a moment
_BREATH_S = 4.1
_EYES_HOLD = 2.0
_PAST_MS = 2500.0


@dataclass(frozen=True, slots=True)
class Life:
    """Where everything is at one moment. Angles in radians; gaze in -1..1 of what an eye can do; `felt` is an
    expression (expressions.SIZE) of which only what moves brows, lids, cheeks and mouth is still to be drawn."""

    yaw: float
    pitch: float
    roll: float
    lean: float
    hair_lag: float
    breath: float
    blink: float
    gaze_x: float
    gaze_y: float
    brow: float
    brow_tilt: float
    smile: float
    felt: Expression


NO_FEELING: Expression = np.zeros(SIZE, np.float32)
REST = Life(0, 0, 0, 0, 0, 0, blink=0, gaze_x=0, gaze_y=0, brow=0.12, brow_tilt=0, smile=0.0, felt=NO_FEELING)
"""Looking at the viewer, at ease."""


@dataclass(frozen=True, slots=True)
class Loudness:
    """How loud speech is around a moment: the syllable, and the phrase (both 0 to 1)."""

    syllable: float
    phrase: float


class Motion:
    """The movements of one session's face. `smile` is added to how much the person smiles at rest."""

    def __init__(self, seed: int) -> None:
        seed &= 0xFFFFFFFF
        rng = np.random.default_rng(seed)
        self._phases = rng.uniform(0, 2 * math.pi, 12)
        self._blinks = _Upcoming(_blink_times(np.random.default_rng([seed, 1])))
        self._glances = _Upcoming(_glances(np.random.default_rng([seed, 2])))
        self._postures = _Upcoming(_postures(np.random.default_rng([seed, 4])))

    def at(self, at_ms: float, loud: Loudness, felt: Expression = NO_FEELING, heed: Heed = NOTHING_HEARD) -> Life:
        """Ask with growing times (milliseconds)."""
        t = at_ms / 1000
        wander = 1 - 0.85 * heed.attention
        gaze_x, gaze_y = self._gaze(at_ms, wander)
        followed_x, followed_y = self._gaze(at_ms - 160, wander)
        lively = max(0.3, 1 + float(felt[LIVELY]))
        accent = max(0.0, loud.syllable - loud.phrase) * lively
        ending = max(0.0, loud.phrase - loud.syllable)  # a phrase fades: the head comes to rest with a small nod
        talk = loud.phrase * lively
        turn_x, turn_y, turn_z = self._posture(at_ms)
        yaw = self._yaw(t, talk) + turn_x + 0.035 * followed_x
        shake = laughing(float(felt[LAUGH]), at_ms)
        return Life(
            yaw=yaw,
            pitch=self._wave(t, 7, (0.11, 0.006), (0.29, 0.006)) + turn_y + 0.034 * accent + 0.030 * ending
            + talk * self._wave(t, 9, (0.61, 0.013)) + 0.020 * followed_y + heed.nod + 0.012 * heed.attention
            + float(felt[NOD]) + 0.016 * shake,
            roll=self._wave(t, 3, (0.067, 0.010), (0.19, 0.006)) + turn_z
            + talk * self._wave(t, 10, (0.43, 0.012)) + heed.tilt + float(felt[TILT]),
            lean=0.5 * talk + 0.9 * heed.attention + self._wave(t, 8, (0.05, 0.25)),
            hair_lag=self._yaw(t - 0.14, talk) - self._yaw(t, talk),
            breath=_breath(t / _BREATH_S + self._phases[11] + 0.25 * math.sin(0.31 * t)) + 0.35 * shake,
            blink=self._blink(at_ms),
            gaze_x=gaze_x - _EYES_HOLD * yaw,  # eyes stay on the viewer while the head turns
            gaze_y=gaze_y + float(felt[GAZE_Y]) - 2.2 * heed.nod,
            brow=min(1.3, 0.12 + self._wave(t, 2, (0.07, 0.08)) + 1.6 * accent + 0.10 * talk + heed.brow),
            brow_tilt=self._wave(t, 4, (0.05, 0.15)),
            smile=self._wave(t, 6, (0.04, 0.10), (0.013, 0.06)) - 0.30 * min(1.0, talk) + heed.smile,
            felt=felt,
        )  # fmt: skip

    def _yaw(self, t: float, talk: float) -> float:
        still = self._wave(t, 0, (0.083, 0.014), (0.21, 0.011))
        return still + talk * self._wave(t, 1, (0.37, 0.024), (0.83, 0.012))

    def _wave(self, t: float, phase: int, *parts: tuple[float, float]) -> float:
        """A sum of sines (hertz, amplitude), started where the seed says."""
        return sum(
            amplitude * math.sin(2 * math.pi * hz * t + self._phases[(phase + 5 * i) % 12])
            for i, (hz, amplitude) in enumerate(parts)
        )

    def _blink(self, at_ms: float) -> float:
        return max((_lid(at_ms - start_ms) for start_ms, *_ in self._blinks.around(at_ms)), default=0.0)

    def _gaze(self, at_ms: float, wander: float) -> tuple[float, float]:
        x = y = 0.0
        for start_ms, to_x, to_y in self._glances.around(at_ms):
            done = _ease((at_ms - start_ms) / _SACCADE_MS)
            x, y = x + (to_x * wander - x) * done, y + (to_y * wander - y) * done
        return x, y

    def _posture(self, at_ms: float) -> tuple[float, float, float]:
        """How the head is held at the moment: yaw, pitch, roll."""
        yaw = pitch = roll = 0.0
        for start_ms, long_ms, to_yaw, to_pitch, to_roll in self._postures.around(at_ms):
            done = _ease((at_ms - start_ms) / long_ms)
            yaw, pitch, roll = (
                yaw + (to_yaw - yaw) * done,
                pitch + (to_pitch - pitch) * done,
                roll + (to_roll - roll) * done,
            )
        return yaw, pitch, roll


class _Upcoming:
    """A window over an endless, time-ordered stream of things that happen; the past is forgotten."""

    def __init__(self, stream: Iterator[tuple[float, ...]]) -> None:
        self._stream = stream
        self._known: deque[tuple[float, ...]] = deque([next(stream)])

    def around(self, at_ms: float) -> list[tuple[float, ...]]:
        while self._known[-1][0] <= at_ms:
            self._known.append(next(self._stream))
        while len(self._known) > 3 and self._known[2][0] < at_ms - _PAST_MS:
            self._known.popleft()
        return [thing for thing in self._known if thing[0] <= at_ms]


def _blink_times(rng: np.random.Generator) -> Iterator[tuple[float, ...]]:
    at_ms = 600.0
    while True:
        at_ms += 1000 * max(0.7, _BLINK_MEAN_S * float(rng.lognormal(-(_BLINK_SPREAD**2) / 2, _BLINK_SPREAD)))
        yield (at_ms,)
        if rng.random() < _DOUBLE_BLINK:
            at_ms += _BLINK_MS + float(rng.uniform(40, 120))
            yield (at_ms,)


def _glances(rng: np.random.Generator) -> Iterator[tuple[float, ...]]:
    """(start_ms, x, y): mostly tiny corrections on the viewer's eyes, now and then a thought somewhere else."""
    at_ms = 0.0
    yield at_ms, 0.0, 0.0
    while True:
        at_ms += 1000 * float(rng.uniform(0.5, 2.2))
        if rng.random() < _LOOK_AWAY:
            yield at_ms, float(rng.choice((-1, 1)) * rng.uniform(0.35, 0.8)), float(rng.uniform(-0.35, 0.3))
            at_ms += 1000 * float(rng.uniform(0.35, 1.1))
        yield at_ms, float(rng.normal(0, 0.05)), float(rng.normal(0, 0.035))


def _postures(rng: np.random.Generator) -> Iterator[tuple[float, ...]]:
    """(start_ms, length_ms, yaw, pitch, roll): people change how they hold their head every few seconds."""
    at_ms = 0.0
    yield at_ms, 1.0, 0.0, 0.0, 0.0
    while True:
        at_ms += 1000 * float(rng.uniform(2.5, 7.5))
        yield at_ms, float(rng.uniform(800, 1500)), *(rng.normal(0, (0.030, 0.012, 0.020)).clip(-0.05, 0.05)).tolist()


def _lid(since_ms: float) -> float:
    """How far the lid is down, from the blink's beginning: fast down, a short rest, slower up."""
    if since_ms < 0 or since_ms > _BLINK_MS:
        return 0.0
    if since_ms < _CLOSE_MS:
        return _ease(since_ms / _CLOSE_MS)
    return 1.0 - _ease((since_ms - _CLOSE_MS - _HOLD_MS) / _OPEN_MS)


def _breath(cycles: float) -> float:
    """0 empty, 1 full; breathing in takes two fifths of the time."""
    part = cycles % 1.0
    return _ease(part / 0.4) if part < 0.4 else 1.0 - _ease((part - 0.4) / 0.6)


def _ease(x: float) -> float:
    x = min(1.0, max(0.0, x))
    return x * x * (3 - 2 * x)
