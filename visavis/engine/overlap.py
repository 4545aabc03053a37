"""What a voice is that is heard while the persona speaks: its own echo, a listener's "mm-hm", a noise, or somebody
who wants the floor.

Judged again and again while it lasts, off the event loop, from the sound since its first sign, from what was played
meanwhile, and from the words that are understood already.
"""

import math
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from visavis.core.frames import SPEECH_RATE_HZ, AudioChunk
from visavis.engine.echo import DELAY_MAX_MS, echo_shares
from visavis.engine.phrases import interrupts, is_backchannel
from visavis.engine.timbre import timbre
from visavis.engine.turn_terms import Verdict

Samples = NDArray[np.float32]
OffLoop: TypeAlias = Callable[[Callable[[], Verdict]], Awaitable[Verdict]]

FIRST_AFTER_MS = 150.0  # less sound tells nothing
AGAIN_AFTER_MS = 60.0
HEARD_MAX_MS = 640.0
LEAD_MS = 60.0  # the voice was there a little before it was noticed
RECENT = SPEECH_RATE_HZ * 32 // 100  # who speaks over an echo is not judged by what was there before
ECHO_SHARE = 0.4
ECHO_PART = 0.1  # of a weak echo, which is otherwise as loud as the room
AS_THE_ROOM_DB = 8.0
MORE_THAN_ECHO_DB = 12.0
TAIL_PART = 0.15  # what a room and a codec make of an echo, beside the echo
FLOOR_MIN = 1e-6  # some microphones send perfect silence between sounds
VOICED_MIN = 0.25  # of coughs, knocks and breath, less is voiced
HUMMED_DB = -25.0  # an "mm-hm" is darker, because the lips are closed


@dataclass(frozen=True, slots=True)
class Played:
    """What the user heard of the persona lately: pieces of sound and their places on the media clock, in ms."""

    now_ms: float
    pieces: Sequence[tuple[float, AudioChunk]]

    def last(self, duration_ms: float) -> Samples:
        """The last milliseconds before `now_ms` at `SPEECH_RATE_HZ`, silence where nothing was played."""
        from_ms = self.now_ms - duration_ms
        sound = np.zeros(round(duration_ms * SPEECH_RATE_HZ / 1000), np.float32)
        for start_ms, audio in self.pieces:
            _lay(sound, start_ms - from_ms, _cut(audio, from_ms - start_ms, self.now_ms - start_ms))
        return sound


def _cut(audio: AudioChunk, from_ms: float, to_ms: float) -> tuple[float, Samples]:
    """The part of a piece between two times, and how late it begins in the piece."""
    first = max(0, int(from_ms * audio.rate_hz / 1000))
    last = max(first, min(audio.samples, int(to_ms * audio.rate_hz / 1000)))
    samples = np.frombuffer(audio.pcm, np.int16)[first:last].astype(np.float32) * np.float32(1 / 32_768)
    return first * 1000 / audio.rate_hz, _at_speech_rate(samples, audio.rate_hz)


def _at_speech_rate(samples: Samples, rate_hz: int) -> Samples:
    """Good enough below 4 kHz, which is all that is looked at."""
    step = rate_hz / SPEECH_RATE_HZ
    if step == 1.0 or not samples.size:
        return samples
    if step > 1.0:
        samples = np.convolve(samples, np.full(round(step), 1 / round(step), np.float32), "same")
    places = np.arange(0, samples.size, step)
    return np.interp(places, np.arange(samples.size), samples).astype(np.float32)


def _lay(sound: Samples, offset_ms: float, part: tuple[float, Samples]) -> None:
    late_ms, samples = part
    at = max(0, round((offset_ms + late_ms) * SPEECH_RATE_HZ / 1000))
    size = max(0, min(samples.size, sound.size - at))
    sound[at : at + size] = samples[:size]


class OverlapJudge:
    """Follows one microphone. `begin` and `end` frame a voice; in between it says when it wants to `judge`."""

    def __init__(self, window_ms: float, played: Callable[[], Played | None], off_loop: OffLoop) -> None:
        self._window_ms, self._played, self._off_loop = window_ms, played, off_loop
        self._sound: deque[AudioChunk] = deque()
        self._sound_ms = 0.0
        self._floor = 0.0
        self._lasts_ms: float | None = None
        self._judge_at_ms = FIRST_AFTER_MS
        self._so_far = ""
        self._verdict: Verdict | None = None

    def hear(self, audio: AudioChunk, floor: float) -> None:
        """`floor` is the power of the room between sounds."""
        self._floor = floor
        self._sound.append(audio)
        self._sound_ms += audio.duration_ms
        while self._sound_ms - self._sound[0].duration_ms >= HEARD_MAX_MS + LEAD_MS:
            self._sound_ms -= self._sound.popleft().duration_ms

    def begin(self) -> None:
        self._lasts_ms, self._judge_at_ms, self._verdict = 0.0, FIRST_AFTER_MS, None

    def end(self) -> None:
        self._lasts_ms = None

    def wants_judgement(self, so_far: str) -> bool:
        """Told after each window; true when it is time to judge."""
        if self._lasts_ms is None:
            return False
        self._lasts_ms += self._window_ms
        self._so_far = so_far
        due = self._lasts_ms >= self._judge_at_ms
        if due:
            self._judge_at_ms = self._lasts_ms + AGAIN_AFTER_MS
        return due

    async def judge(self) -> Verdict | None:
        """The verdict, where it is news; None where the persona was not heard or nothing has changed."""
        lasts_ms, played = self._lasts_ms, self._played()
        if lasts_ms is None or played is None:
            return None
        evidence = Evidence(
            b"".join(chunk.pcm for chunk in self._sound), min(lasts_ms, HEARD_MAX_MS) + LEAD_MS, played,
            self._floor, self._so_far,
        )  # fmt: skip
        verdict = await self._off_loop(evidence.verdict)
        if self._lasts_ms is None or self._lasts_ms < lasts_ms or verdict == self._verdict:
            return None  # that voice is over
        self._verdict = verdict
        return verdict


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that is known of a voice that speaks over the persona."""

    pcm: bytes
    lasts_ms: float
    played: Played
    floor: float
    so_far: str

    def verdict(self) -> Verdict:
        sound = np.frombuffer(self.pcm, np.int16)[-round(self.lasts_ms * SPEECH_RATE_HZ / 1000) :]
        microphone = sound.astype(np.float32) * np.float32(1 / 32_768)
        if self._is_echo(microphone):
            return "echo"
        if interrupts(self.so_far):
            return "interruption"
        if is_backchannel(self.so_far):
            return "backchannel"
        voiced, bright_db = timbre(microphone)
        if voiced < VOICED_MIN:
            return "noise"
        return "hum" if bright_db < HUMMED_DB else "unsure"

    def _is_echo(self, microphone: Samples) -> bool:
        """By how much of it follows what was played, and how loud the rest is beside the room."""
        duration_ms = microphone.size * 1000 / SPEECH_RATE_HZ
        played = self.played.last(duration_ms + DELAY_MAX_MS)
        share, share_lately = echo_shares(microphone, played, RECENT)
        recent = microphone[-RECENT:]
        rest = float(np.mean(recent**2)) * (1 - min(1.0, share_lately))
        rest_db = 10 * math.log10((rest + FLOOR_MIN) / max(self.floor, FLOOR_MIN))
        is_tail = rest_db < MORE_THAN_ECHO_DB or rest < TAIL_PART * float(np.mean(microphone**2))
        if share_lately >= ECHO_SHARE or (share >= ECHO_SHARE and is_tail):
            return True
        return max(share, share_lately) >= ECHO_PART and rest_db < AS_THE_ROOM_DB
