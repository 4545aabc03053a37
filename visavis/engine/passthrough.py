"""Ready-made speech from an application: any rate, one or two channels, faster than real time.

A sequence is one persona turn without words. Its pieces are numbered from 0, and `agentaudioinputend` completes it.
Applications send as fast as they can and cannot be slowed down, because a socket that is not read answers no pings:
so everything is taken in at once, within a limit, and resampled, encoded and handed to the face only shortly before
it is heard.
"""

import asyncio
from collections import deque
from dataclasses import dataclass, field

import numpy as np

from visavis.core.clock import Clock
from visavis.core.events import AgentAudio
from visavis.core.frames import AudioChunk, SpeechAudio
from visavis.engine.show import Show

WAITING_MAX_BYTES = 64 << 20  # eleven minutes at 48 kHz and one channel
SEQUENCES_WAITING_MAX = 64
AHEAD_MAX_MS = 2_000
PIECE_MS = 400.0
HEAD_START_MS = 100.0  # collected before sound begins, so that an uneven stream does not stutter
DRY_BEFORE_MS = 40.0  # how long before the last sound an utterance is ended properly
IDLE_AFTER_MS = 1_000.0  # an open sequence without sound is no longer speech
OVERTAKES_WITHIN_MS = 250.0


@dataclass(slots=True)
class _Run:
    """Sound of one format, as it came."""

    rate_hz: int
    channels: int
    pcm: bytearray = field(default_factory=bytearray, repr=False)

    def take(self, duration_ms: float) -> AudioChunk:
        """The next whole samples of at most this length, mixed down to one channel."""
        frame_bytes = 2 * self.channels
        frames = min(len(self.pcm) // frame_bytes, max(1, int(self.rate_hz * duration_ms / 1000)))
        pcm = bytes(self.pcm[: frames * frame_bytes])
        del self.pcm[: frames * frame_bytes]
        if self.channels > 1:
            pcm = np.frombuffer(pcm, np.int16).reshape(-1, self.channels).mean(axis=1).astype(np.int16).tobytes()
        return AudioChunk(pcm, self.rate_hz)


class AgentSpeech:
    """One sequence. `resting` while nobody plays it; `follows_end_ms` is when the one before it was completed."""

    def __init__(self, follows_end_ms: float | None = None) -> None:
        self.resting = True
        self.complete = False
        self.waiting_bytes = 0
        self._follows_end_ms = follows_end_ms
        self._runs: deque[_Run] = deque()
        self._changed = asyncio.Event()

    def overtook(self, now_ms: float) -> bool:
        """Whether it was meant to come after an interrupt that arrives only now, on the slower of two roads."""
        return self._follows_end_ms is not None and now_ms - self._follows_end_ms <= OVERTAKES_WITHIN_MS

    def write(self, audio: AgentAudio) -> None:
        if not self._runs or (self._runs[-1].rate_hz, self._runs[-1].channels) != (audio.rate_hz, audio.channels):
            self._runs.append(_Run(audio.rate_hz, audio.channels))
        self._runs[-1].pcm += audio.pcm  # half a sample waits for its other half
        self.waiting_bytes += len(audio.pcm)
        self._changed.set()

    def end(self) -> None:
        self.complete = True
        self._changed.set()

    def discard(self) -> None:
        """Nobody will hear it."""
        self._runs.clear()
        self.waiting_bytes = 0
        self.end()

    async def play(self, show: Show, epoch: int, owner: str, clock: Clock) -> None:
        """Feed the show until the sequence is complete, or until nothing has come for so long that it is no speech.

        Where sound comes too slowly the utterance is ended and begun again, so that the silence between is clean.
        """
        self.resting = False
        try:
            while await self._more(clock, IDLE_AFTER_MS):
                await self._head_start(clock)
                while piece := self._take():
                    await show.playout.room(AHEAD_MAX_MS)
                    await show.put(epoch, owner, SpeechAudio(piece), (), last=False)
                    if not self._waiting_ms:
                        await self._more(clock, show.playout.ahead_ms - DRY_BEFORE_MS)
                await show.put(epoch, owner, SpeechAudio(AudioChunk(b"", 48_000)), (), last=True)
        finally:
            self.resting = True

    def _take(self) -> AudioChunk | None:
        while self._runs:
            run = self._runs[0]
            before = len(run.pcm)
            piece = run.take(PIECE_MS)
            self.waiting_bytes -= before - len(run.pcm)
            if piece.pcm:
                return piece
            if len(self._runs) == 1 and not self.complete:
                return None  # less than a sample, whose rest may come
            self.waiting_bytes -= len(run.pcm)
            self._runs.popleft()
        return None

    async def _head_start(self, clock: Clock) -> None:
        until_ms = clock.now_ms() + HEAD_START_MS
        while not self.complete and self._waiting_ms < HEAD_START_MS and (left_ms := until_ms - clock.now_ms()) > 0:
            await self._change(clock, left_ms)

    async def _more(self, clock: Clock, within_ms: float) -> bool:
        """Wait for sound, but not when there is some or none will come. Whether there is."""
        until_ms = clock.now_ms() + within_ms
        while not self._waiting_ms and not self.complete and (left_ms := until_ms - clock.now_ms()) > 0:
            await self._change(clock, left_ms)
        return self._waiting_ms > 0

    async def _change(self, clock: Clock, within_ms: float) -> None:
        self._changed.clear()
        arrival = asyncio.ensure_future(self._changed.wait())
        alarm = asyncio.ensure_future(clock.sleep_until(clock.now_ms() + within_ms))
        try:
            await asyncio.wait({arrival, alarm}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            arrival.cancel()
            alarm.cancel()

    @property
    def _waiting_ms(self) -> float:
        return sum(len(run.pcm) // (2 * run.channels) * 1000 / run.rate_hz for run in self._runs)


class Passthrough:
    """All sequences of a session. Problems are told as plain sentences that become a session warning."""

    def __init__(self) -> None:
        self._current: AgentSpeech | None = None
        self._sequences: list[AgentSpeech] = []
        self._last_number = -1
        self._ended_ms: float | None = None
        self._dropped_ms: float | None = None  # since when the rest of an interrupted sequence may still come

    def accept(self, audio: AgentAudio, now_ms: float) -> tuple[AgentSpeech | None, str | None]:
        """Take a piece. Returns a sequence that wants to be played from now on, and what is wrong, if anything is."""
        number = audio.number
        if number == 0 and (self._last_number > 0 or self._dropped_ms is not None):
            self.end(now_ms)  # numbers that begin again are a new sequence
        if self._dropped_ms is not None and number is not None:
            return None, self._too_late(now_ms)
        if number is not None and 0 < number <= self._last_number:
            return None, f"Agent audio was ignored: number {number} of its sequence has been there already."
        if self._is_too_much(audio):
            return None, f"Agent audio was dropped: more than {WAITING_MAX_BYTES >> 20} MiB are waiting to be heard."
        problem = None
        if number is not None:
            missing, self._last_number = number - self._last_number - 1, number
            if missing > 0:
                problem = f"Agent audio is missing: {missing} pieces before number {number} did not arrive."
        return self._write(audio), problem

    def end(self, now_ms: float) -> None:
        """The sequence is complete. There need not be one."""
        if self._current is not None:
            self._current.end()
        self._current = self._dropped_ms = None
        self._ended_ms, self._last_number = now_ms, -1

    def drop(self, speech: AgentSpeech, now_ms: float) -> None:
        """It was interrupted: nobody will hear it, nor the rest of it that may still come."""
        speech.discard()
        if speech is self._current:
            self._current, self._last_number, self._dropped_ms = None, -1, now_ms

    def drop_resting(self, now_ms: float) -> None:
        """The same for a sequence that is open and silent."""
        if self._current is not None and self._current.resting and not self._current.overtook(now_ms):
            self.drop(self._current, now_ms)

    def _too_late(self, now_ms: float) -> str | None:
        """No fault of an application that has just interrupted: the two travel on different roads."""
        if self._dropped_ms is not None and now_ms - self._dropped_ms <= OVERTAKES_WITHIN_MS:
            return None
        return "Agent audio was ignored: its sequence was interrupted. Send agentaudioinputend, then begin again at 0."

    def _is_too_much(self, audio: AgentAudio) -> bool:
        self._sequences = [one for one in self._sequences if one is self._current or one.waiting_bytes]
        waiting_bytes = sum(one.waiting_bytes for one in self._sequences)
        one_more = self._current is None and len(self._sequences) >= SEQUENCES_WAITING_MAX
        return waiting_bytes + len(audio.pcm) > WAITING_MAX_BYTES or one_more

    def _write(self, audio: AgentAudio) -> AgentSpeech | None:
        if not audio.pcm:
            return None
        speech = self._current
        if speech is None:
            speech = self._current = AgentSpeech(self._ended_ms)
            self._sequences.append(speech)
        speech.write(audio)
        if not speech.resting:
            return None
        speech.resting = False  # whoever plays it comes in due time
        return speech
