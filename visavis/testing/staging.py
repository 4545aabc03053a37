"""The real engine as a stage, faster than real time: built-in voice, ears and voice detection, no picture, no network.

The clock is wound by hand, 20 ms at a time, and waits for whoever computes. Computing therefore takes no time here,
and a conversation is the same on every machine, however busy it is.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar
from uuid import uuid4

import av
import numpy as np
from av.audio.codeccontext import AudioCodecContext

from visavis.core.clock import HandWoundClock
from visavis.core.events import Command, Event
from visavis.core.frames import AUDIO_TICK_MS, AudioChunk, SpeechAudio, VideoFormat
from visavis.core.spec import (
    EarsSpec,
    FaceSpec,
    ListeningSpec,
    MindSpec,
    PersonaSpec,
    SessionSpec,
    ToolSpec,
    VoiceSpec,
)
from visavis.core.tools import ToolFailed
from visavis.engine.host import Host, Limits, Parts, SessionReport
from visavis.media.opus import OpusEncoders, OpusSession
from visavis.providers import catalog
from visavis.providers.base import (
    BlockingEars,
    BlockingUtterance,
    BlockingVoice,
    EndOfTurn,
    VoiceActivity,
    VoiceDetector,
)
from visavis.testing.errands import Errands
from visavis.testing.rehearsal import StillFaces
from visavis.testing.replies import Replies
from visavis.testing.script import Script, Tool
from visavis.testing.seen import EventEye, Seen
from visavis.testing.sounds import TICK_SAMPLES, VOICES, Sound, from_pcm
from visavis.transports.microphone import Decimator

EARS = "pocketsphinx"
VOICE_ACTIVITY = ("silero", "energy")
END_OF_TURN = "smart_turn"
Result = TypeVar("Result")


class Work:
    """What is being computed; the clock stands still until it is done."""

    def __init__(self) -> None:
        self._running = 0
        self._idle = asyncio.Event()

    @property
    def busy(self) -> bool:
        return self._running > 0

    async def of(self, computing: Awaitable[Result]) -> Result:
        self._running += 1
        self._idle.clear()
        try:
            return await computing
        finally:
            self._running -= 1
            if not self._running:
                self._idle.set()

    async def idle(self) -> None:
        await self._idle.wait()


class PatientClock(HandWoundClock):
    """A clock wound by hand that settles only when nobody computes any more."""

    def __init__(self, work: Work, start_ms: float) -> None:
        super().__init__(start_ms)
        self._work = work

    async def settle(self, rounds: int = 16) -> None:
        await super().settle(rounds)
        while self._work.busy:
            await self._work.idle()
            await super().settle(rounds)


class Studio:
    """The built-in providers, loaded once for any number of rehearsals. Raises `ProviderError` for what is missing."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="rehearsal")
        self.voice: BlockingVoice = catalog.load("tts", catalog.first_usable("tts", VOICES))()
        self.ears: BlockingEars = catalog.load("stt", EARS)()
        self.encoders = OpusEncoders()
        self.activity: VoiceActivity = catalog.load("vad", catalog.first_usable("vad", VOICE_ACTIVITY))()
        missing = catalog.missing("end_of_turn", END_OF_TURN)
        self.end_of_turn: EndOfTurn | None = None if missing else catalog.load("end_of_turn", END_OF_TURN)()

    async def compute(self, work: Callable[[], Result]) -> Result:
        """Off the loop; one after the other, since the providers are not thread-safe."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    async def close(self) -> None:
        await self.activity.close()
        if self.end_of_turn is not None:
            await self.end_of_turn.close()
        self.encoders.close()
        self._thread.shutdown()


class _Voice:
    """A `TextToSpeech`."""

    def __init__(self, studio: Studio, work: Work, spec: VoiceSpec) -> None:
        self._studio, self._work, self._spec = studio, work, spec

    async def warm(self) -> None:
        pass

    async def speak(self, text: str) -> AsyncGenerator[SpeechAudio, None]:
        yield await self._work.of(self._studio.compute(partial(self._studio.voice.synthesize, text, self._spec)))

    async def close(self) -> None:
        pass


class _Ears:
    """A `SpeechToText`."""

    def __init__(self, studio: Studio, work: Work) -> None:
        self._studio, self._work = studio, work

    async def open(self, ears: EarsSpec) -> "_Utterance":
        utterance = await self._work.of(self._studio.compute(partial(self._studio.ears.open, ears)))
        return _Utterance(self._studio, self._work, utterance)

    async def close(self) -> None:
        pass


class _Utterance:
    """A `Transcription`."""

    def __init__(self, studio: Studio, work: Work, utterance: BlockingUtterance) -> None:
        self._studio, self._work, self._utterance = studio, work, utterance
        self.so_far = ""

    async def feed(self, audio: AudioChunk) -> None:
        await self._work.of(self._studio.compute(partial(self._utterance.feed, audio.pcm)))
        self.so_far = await self._work.of(self._studio.compute(self._utterance.so_far))

    async def finish(self) -> str:
        return await self._work.of(self._studio.compute(self._utterance.finish))

    async def cancel(self) -> None:
        pass


class _Activity:
    """A `VoiceActivity`."""

    def __init__(self, activity: VoiceActivity, work: Work) -> None:
        self.window_ms = activity.window_ms
        self._activity, self._work = activity, work

    def open(self) -> "_Detector":
        return _Detector(self._activity.open(), self._work)

    async def close(self) -> None:
        pass


class _Detector:
    def __init__(self, detector: VoiceDetector, work: Work) -> None:
        self._detector, self._work = detector, work

    async def push(self, audio: AudioChunk) -> list[float]:
        return await self._work.of(self._detector.push(audio))

    def close(self) -> None:
        self._detector.close()


class _Encoders:
    """`SpeechEncoders`."""

    def __init__(self, encoders: OpusEncoders, work: Work) -> None:
        self.silence = encoders.silence
        self._encoders, self._work = encoders, work

    def open(self) -> "_Encoder":
        return _Encoder(self._encoders.open(), self._work)


class _Encoder:
    def __init__(self, encoder: OpusSession, work: Work) -> None:
        self._encoder, self._work = encoder, work

    async def encode(self, audio: AudioChunk, last: bool) -> list[bytes]:
        return await self._work.of(self._encoder.encode(audio, last))

    async def quieter(self, before: Sequence[bytes], packets: Sequence[bytes], *, fade: bool) -> list[bytes]:
        return await self._work.of(self._encoder.quieter(before, packets, fade=fade))

    def reset(self) -> None:
        self._encoder.reset()


class _EndOfTurn:
    """An `EndOfTurn`."""

    def __init__(self, judge: EndOfTurn, work: Work) -> None:
        self.heard_ms = judge.heard_ms
        self._judge, self._work = judge, work

    async def judge(self, audio: AudioChunk) -> float:
        return await self._work.of(self._judge.judge(audio))

    def sentence_over(self, words: Sequence[str], language: str) -> float | None:
        return self._judge.sentence_over(words, language)

    async def close(self) -> None:
        pass


class _Viewer:
    """A `Peer` that hands on what it is told."""

    video = VideoFormat("h264", 720, 480)

    def __init__(self, tell: Callable[[Event], None]) -> None:
        self._tell = tell

    def deliver(self, event: Event) -> None:
        self._tell(event)

    async def close(self) -> None:
        pass


class RehearsalStage:
    """A `Stage`: one session of a real host, with the persona that the script describes."""

    def __init__(self, script: Script, studio: Studio) -> None:
        self.seen: list[Seen] = []
        self._work, self._studio, self._script = Work(), studio, script
        self._clock = PatientClock(self._work, 1_000.0)
        self._eye = EventEye()
        self._closing = False
        self._silence = studio.encoders.silence
        self._decoder = av.CodecContext.create("libopus", "r")
        self._decimator = Decimator()
        self._host = Host(self._clock, Limits(sessions_max=1), self._furnish, self._ended)

    @property
    def now_ms(self) -> float:
        return self._clock.now_ms()

    async def open(self) -> None:
        self._line = self._host.open(spec_of(self._script))
        self._line.attach_signalling(_Deaf())
        viewer = _Viewer(self._see)
        self._line.peer_expected(viewer)
        self._line.peer_opened(viewer)
        await self._clock.settle()

    async def tick(self, microphone: AudioChunk) -> Sound:
        heard = self._decoded(self._line.next_audio())
        self._line.hear(microphone)
        await self._clock.advance(AUDIO_TICK_MS)
        return heard

    async def do(self, command: Command) -> None:
        self._line.receive(command)
        await self._clock.settle()

    async def close(self) -> None:
        """The end of the script is the end of the session; it is no part of what was seen."""
        self._closing = True
        await self._host.close()

    def _see(self, event: Event) -> None:
        if not self._closing and (seen := self._eye.see(event)) is not None:
            self.seen.append(seen)

    def _decoded(self, packet: bytes) -> Sound:
        if packet == self._silence:
            return np.zeros(TICK_SAMPLES, np.float32)
        assert isinstance(self._decoder, AudioCodecContext)
        frames = self._decoder.decode(av.Packet(packet))
        samples = np.concatenate([frame.to_ndarray().reshape(-1, len(frame.layout.channels))[:, 0] for frame in frames])
        return from_pcm(self._decimator.take(_as_int16(samples)).tobytes())

    def _furnish(self, spec: SessionSpec) -> Parts:
        persona = self._script.persona
        mind = catalog.load("llm", "responder")(spec.mind)
        if persona.mind is not None:
            mind = Replies(persona.mind)
        studio, work = self._studio, self._work
        voice = _Voice(studio, work, spec.voice or VoiceSpec("flite", persona.voice))
        tools = Errands(self._clock, {tool.name: _outcome(tool) for tool in persona.tools})
        return Parts(
            mind, voice, _Ears(studio, work), _Activity(studio.activity, work), StillFaces(),
            _Encoders(studio.encoders, work), tools=tools,
            end_of_turn=None if studio.end_of_turn is None else _EndOfTurn(studio.end_of_turn, work),
            off_loop=lambda compute: work.of(studio.compute(compute)),
        )  # fmt: skip

    async def _ended(self, report: SessionReport) -> None:
        del report


class _Deaf:
    """A signalling socket that nobody reads."""

    def deliver(self, event: Event) -> None:
        pass


def _outcome(tool: Tool) -> ToolFailed | str:
    return ToolFailed(tool.fails) if tool.fails is not None else tool.answers or ""


def _tool(tool: Tool) -> ToolSpec:
    return ToolSpec(
        tool.name,
        tool.description,
        "system" if tool.action else "webhook",
        tool.parameters,
        awaits_result=True,
        action=tool.action or "",
    )


def spec_of(script: Script) -> SessionSpec:
    persona, listening = script.persona, script.listening
    return SessionSpec(
        str(uuid4()),
        "rehearsal",
        PersonaSpec(
            persona.name,
            persona.prompt,
            persona.greeting,
            skip_greeting=persona.greeting is None,
            uninterruptible_greeting=persona.uninterruptible_greeting,
        ),
        FaceSpec("still", "nobody"),
        VoiceSpec("flite", persona.voice),
        MindSpec("responder", options={"persona_name": persona.name}),
        EarsSpec(EARS, "en"),
        ListeningSpec(
            end_of_speech_sensitivity=listening.sensitivity,
            skip_turn_after_ms=listening.nudge_after,
            end_session_after_ms=listening.hang_up_after,
        ),
        tools=tuple(_tool(tool) for tool in persona.tools),
    )


def _as_int16(samples: np.ndarray) -> np.ndarray:
    if samples.dtype == np.int16:
        return samples
    return (samples.clip(-1, 1) * 32_767).astype(np.int16)
