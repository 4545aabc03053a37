"""The real engine as a stage for measuring: what each packet was, and a loudspeaker that the microphone hears.

The clock is wound by hand and stands still while somebody computes, so figures count milliseconds of the conversation
and not how busy this machine is. Two things take time on a server whatever it does otherwise, and are given it here:
words are known `WORDS_LATE_MS` after they were said, and the last ones `FINAL_WORDS_MS` after they are asked for.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from bench.sounds import Sound, duration_ms, samples, silence
from visavis.core.clock import Clock
from visavis.core.events import Event, PersonaSaid
from visavis.core.frames import AUDIO_TICK_MS, AudioChunk, SpeechAudio
from visavis.core.spec import EarsSpec, SessionSpec, VoiceSpec
from visavis.engine.host import Parts
from visavis.engine.listen import Listener
from visavis.engine.turn_terms import Fact, VoiceStarted
from visavis.providers.base import BlockingVoice, SpeechToText, Transcription
from visavis.testing.rehearsal import StillFaces
from visavis.testing.script import Script
from visavis.testing.sounds import TICK_SAMPLES, to_chunk
from visavis.testing.staging import EARS, RehearsalStage, Studio, spec_of

WORDS_LATE_MS = 100.0
FINAL_WORDS_MS = 120.0


@dataclass(frozen=True, slots=True)
class Loudspeaker:
    """What is played comes back through `room` (an impulse response with the echo's level in it) after a while."""

    room: Sound
    delay_ms: float


class LateEars:
    """Ears whose words take the time that they take on a server."""

    def __init__(self, ears: SpeechToText, clock: Clock) -> None:
        self._ears, self._clock = ears, clock

    async def open(self, ears: EarsSpec) -> "_LateWords":
        return _LateWords(await self._ears.open(ears), self._clock)

    async def close(self) -> None:
        await self._ears.close()


class _LateWords:
    """A `Transcription`."""

    def __init__(self, words: Transcription, clock: Clock) -> None:
        self._words, self._clock = words, clock
        self._known: list[tuple[float, str]] = []

    @property
    def so_far(self) -> str:
        by_ms = self._clock.now_ms() - WORDS_LATE_MS
        return next((text for at_ms, text in reversed(self._known) if at_ms <= by_ms), "")

    async def feed(self, audio: AudioChunk) -> None:
        await self._words.feed(audio)
        self._known.append((self._clock.now_ms(), self._words.so_far))

    async def finish(self) -> str:
        text = await self._words.finish()
        await self._clock.sleep_until(self._clock.now_ms() + FINAL_WORDS_MS)
        return text

    async def cancel(self) -> None:
        await self._words.cancel()


class Remembered:
    """A voice that says what it has said before without making it again."""

    def __init__(self, voice: BlockingVoice) -> None:
        self._voice = voice
        self._said: dict[tuple[str, str], SpeechAudio] = {}

    def synthesize(self, text: str, voice: VoiceSpec) -> SpeechAudio:
        line = (text, repr(voice))
        if line not in self._said:
            self._said[line] = self._voice.synthesize(text, voice)
        return self._said[line]


class BenchStage(RehearsalStage):
    """`hear(sound)` plays a microphone. `packets` are what the persona sent, `cuts` the numbers of those it stopped at.

    `words` false leaves the recogniser out, which takes longest.
    """

    def __init__(
        self,
        script: Script,
        studio: Studio,
        loudspeaker: Loudspeaker | None = None,
        words: bool = True,
    ) -> None:
        super().__init__(script, studio)
        self.packets: list[bytes] = []
        self.events: list[Event] = []
        self._loudspeaker, self._words = loudspeaker, words
        reach_ms = 0.0 if loudspeaker is None else loudspeaker.delay_ms
        room_ms = 0.0 if loudspeaker is None else duration_ms(loudspeaker.room)
        self._played = silence(reach_ms + room_ms + 2 * AUDIO_TICK_MS)

    @property
    def silence(self) -> bytes:
        return self._silence

    @property
    def cuts(self) -> list[int]:
        """Which packets were the first of a silence that something made."""
        return [round(at_ms / AUDIO_TICK_MS) for at_ms in self._faces.cuts]

    @property
    def was_stopped(self) -> bool:
        """Whether somebody interrupted the persona so far."""
        return any(isinstance(event, PersonaSaid) and event.interrupted for event in self.events)

    async def hear(self, sound: Sound, *, stops: bool = False) -> None:
        """Whole ticks of it; a last one that is not whole is left out. `stops` when the persona was interrupted."""
        for start in range(0, sound.size - sound.size % TICK_SAMPLES, TICK_SAMPLES):
            if stops and self.was_stopped:
                return
            heard = sound[start : start + TICK_SAMPLES] + self._echo()
            played = await self.tick(to_chunk(heard))
            self._played = np.concatenate((self._played[TICK_SAMPLES:], played))

    async def until(self, holds: Callable[[], bool], sound: Callable[[], Sound], within_ms: float) -> bool:
        """Go on hearing `sound()` until something holds; false when it did not in time."""
        for _ in range(round(within_ms / AUDIO_TICK_MS)):
            if holds():
                return True
            await self.hear(sound())
        return holds()

    async def listen(self, sound: Sound) -> list[tuple[float, Fact]]:
        """What the ears alone tell of a microphone that nobody answers, and when, from the first sample."""
        facts: list[tuple[float, Fact]] = []
        began_ms = self.now_ms

        def tell(fact: Fact) -> None:
            facts.append((self.now_ms - began_ms, fact))
            if isinstance(fact, VoiceStarted):
                listener.floor_taken("turn")

        parts = self._furnish(spec_of(self._script))
        listener = Listener(
            parts.activity, parts.ears, parts.end_of_turn, EarsSpec(EARS, "en"), lambda: None, parts.off_loop, tell,
            on_trouble=print,
        )  # fmt: skip
        for start in range(0, sound.size - sound.size % TICK_SAMPLES, TICK_SAMPLES):
            listener.hear(to_chunk(sound[start : start + TICK_SAMPLES]))
            await self._clock.advance(AUDIO_TICK_MS)
        await listener.close()
        return facts

    def _echo(self) -> Sound:
        if self._loudspeaker is None:
            return silence(AUDIO_TICK_MS)
        room = self._loudspeaker.room
        end = self._played.size - samples(self._loudspeaker.delay_ms)
        source = self._played[max(0, end - TICK_SAMPLES - room.size + 1) : end]
        return np.convolve(source, room)[source.size - TICK_SAMPLES : source.size].astype(np.float32)

    def _decoded(self, packet: bytes) -> Sound:
        self.packets.append(packet)
        return super()._decoded(packet)

    def _see(self, event: Event) -> None:
        if not self._closing:
            self.events.append(event)
        super()._see(event)

    def _furnish(self, spec: SessionSpec) -> Parts:
        parts = super()._furnish(spec)
        assert isinstance(parts.faces, StillFaces)
        assert parts.ears is not None
        self._faces = parts.faces
        return replace(parts, ears=LateEars(parts.ears, self._clock) if self._words else None)
