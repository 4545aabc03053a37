"""A conversation on stage with nobody in the audience: the real engine, a clock wound by hand, and fake parts.

    async with Rehearsal(mind=Lines("Hello there.")) as rehearsal:
        await rehearsal.connect()
        await rehearsal.say_typed("Hi")
        await rehearsal.pass_time(2_000)
        assert rehearsal.persona_text() == "Hello there."

`pass_time` plays the peer: it winds the clock in steps of 20 ms and pulls one packet at each. Microphone sound is a
script of voice and silence, and each spoken stretch becomes the next of `heard`.
"""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from types import MappingProxyType
from typing import TypeVar
from uuid import uuid4

from visavis.core.clock import HandWoundClock
from visavis.core.errors import ProviderError
from visavis.core.events import Command, Event, PersonaSaid, UserText
from visavis.core.frames import AUDIO_TICK_MS, SPEECH_RATE_HZ, AudioChunk, EncodedVideo, Mark, SpeechAudio, VideoFormat
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
from visavis.engine.adjust import Adjuster, nothing_changes
from visavis.engine.conversation import Conversation
from visavis.engine.host import Host, Limits, Parts, SessionReport
from visavis.engine.parts import no_speaker
from visavis.engine.records import Entry
from visavis.engine.turn_terms import Verdict
from visavis.providers import base
from visavis.providers.base import ChatMessage, LanguageModel, MindDelta, TextDelta, TextToSpeech
from visavis.testing.errands import Errands, Outcome

MS_PER_CHAR = 50.0  # the pace of the fake voice
SILENCE = b"silence"
SPEECH, QUIET_SPEECH = b"speech", b"quiet speech"
VOICE, ROOM, NOTHING = b"\1\1", b"\0\1", b"\0\0"  # a sample of each; even a quiet room makes some noise
EventT = TypeVar("EventT", bound=Event)


class Lines:
    """A mind that says its lines in order, one word at a time. A line may be an error to raise."""

    def __init__(self, *lines: str | Exception) -> None:
        self.lines = deque(lines)
        self.asked: list[list[ChatMessage]] = []
        self.pause = asyncio.Event()  # cleared: the mind hesitates before its next line
        self.pause.set()

    async def reply(
        self, messages: Sequence[ChatMessage], tools: Sequence[base.ToolSpec] = ()
    ) -> AsyncGenerator[MindDelta, None]:
        self.asked.append(list(messages))
        await self.pause.wait()
        line = self.lines.popleft() if self.lines else "I have nothing more to say."
        if isinstance(line, Exception):
            raise line
        for word in line.split(" "):
            yield TextDelta(word if line.startswith(word) else " " + word)
            await asyncio.sleep(0)

    async def close(self) -> None:
        pass


class PacedVoice:
    """Fifty milliseconds of sound for every character, and exact word times."""

    def __init__(self) -> None:
        self.spoken: list[str] = []

    async def warm(self) -> None:
        pass

    async def speak(self, text: str) -> AsyncGenerator[SpeechAudio, None]:
        self.spoken.append(text)
        await asyncio.sleep(0)
        marks: list[Mark] = []
        position = 0
        for word in text.split():
            start = text.index(word, position)
            position = start + len(word)
            marks.append(Mark("word", start * MS_PER_CHAR, position * MS_PER_CHAR, word, start, position))
        samples = round(len(text) * MS_PER_CHAR * SPEECH_RATE_HZ / 1000)
        yield SpeechAudio(AudioChunk(b"\1\0" * samples, SPEECH_RATE_HZ), marks)

    async def close(self) -> None:
        pass


class CountedPackets:
    """An encoder whose packets say what they are, one for each 20 ms begun."""

    silence = SILENCE

    def open(self) -> "CountedPackets":
        return CountedPackets()

    def __init__(self) -> None:
        self._left_ms = 0.0

    async def encode(self, audio: AudioChunk, last: bool) -> list[bytes]:
        self._left_ms += audio.duration_ms
        count, self._left_ms = divmod(self._left_ms, AUDIO_TICK_MS)
        if last and self._left_ms:
            count, self._left_ms = count + 1, 0.0
        return [SPEECH] * int(count)

    async def quieter(self, before: Sequence[bytes], packets: Sequence[bytes], *, fade: bool) -> list[bytes]:
        return [QUIET_SPEECH] * len(packets)

    def reset(self) -> None:
        self._left_ms = 0.0


class StillFaces:
    """A face that draws nothing and remembers what it was told."""

    def __init__(self) -> None:
        self.spoken: list[tuple[float, float]] = []
        self.cuts: list[float] = []
        self.listened: list[tuple[float, float]] = []
        self.cues: list[tuple[str, float]] = []
        self.opened: list[VideoFormat] = []
        self.bitrates_bps: list[int] = []
        self.pts_ms = 0  # of the next picture that somebody asks for

    async def open(self, face: FaceSpec, video: VideoFormat) -> "StillFaces":
        self.opened.append(video)
        return self

    def start(self, zero_ms: float) -> None:
        pass

    def speak(self, start_ms: float, audio: AudioChunk, marks: Sequence[Mark]) -> None:
        self.spoken.append((start_ms, audio.duration_ms))

    def cut(self, at_ms: float, epoch: int) -> None:
        self.cuts.append(at_ms)

    def listen(self, start_ms: float, audio: AudioChunk) -> None:
        self.listened.append((start_ms, audio.duration_ms))

    def cue(self, tag: str, at_ms: float) -> None:
        self.cues.append((tag, at_ms))

    def want_keyframe(self) -> None:
        pass

    def set_bitrate(self, bitrate_bps: int) -> None:
        self.bitrates_bps.append(bitrate_bps)

    async def next_frame(self) -> EncodedVideo:
        return EncodedVideo(b"picture", self.pts_ms, keyframe=True)

    async def close(self) -> None:
        pass


class LoudOrQuiet:
    """Voice activity of scripted sound: a chunk whose first byte is 1 is voice."""

    window_ms = float(AUDIO_TICK_MS)

    def open(self) -> "LoudOrQuietDetector":
        return LoudOrQuietDetector()

    async def close(self) -> None:
        pass


class LoudOrQuietDetector:
    async def push(self, audio: AudioChunk) -> list[float]:
        return [1.0 if audio.pcm[:1] == b"\1" else 0.0]

    def close(self) -> None:
        pass


class Hears:
    """A recogniser that understands the next of its sentences whatever it is told; `so_far` is set by the test."""

    def __init__(self, *texts: str | ProviderError) -> None:
        self.texts = deque(texts)
        self.fed_ms = 0.0
        self.languages: list[str] = []
        self.so_far = ""

    async def open(self, ears: EarsSpec) -> "Hears":
        self.languages.append(ears.language)
        return self

    async def feed(self, audio: AudioChunk) -> None:
        self.fed_ms += audio.duration_ms

    async def finish(self) -> str:
        text = self.texts.popleft() if self.texts else ""
        if isinstance(text, ProviderError):
            raise text
        return text

    async def cancel(self) -> None:
        pass

    async def close(self) -> None:
        pass


class Thinks:
    """A judge of pauses that thinks so of each: how likely it is the end of the turn.

    `over` is how likely no word follows after the one that it names.
    """

    heard_ms = 8_000.0

    def __init__(self, *done: float, over: Mapping[str, float] = MappingProxyType({})) -> None:
        self.done, self._over = deque(done), over
        self.judged_ms: list[float] = []

    async def judge(self, audio: AudioChunk) -> float:
        self.judged_ms.append(audio.duration_ms)
        return self.done.popleft() if self.done else 1.0

    def sentence_over(self, words: Sequence[str], language: str) -> float | None:
        return self._over.get(words[-1])

    async def close(self) -> None:
        pass


class Seat:
    """A peer that keeps every event; also used as the signalling socket."""

    video = VideoFormat("h264", 720, 480)

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.closed = False

    def deliver(self, event: Event) -> None:
        self.events.append(event)

    async def close(self) -> None:
        self.closed = True


async def _nobody_can_tell(judge: Callable[[], Verdict]) -> Verdict:
    """Scripted voice sounds like nothing at all, so what it is taken for is not left to acoustics."""
    del judge
    return "unsure"


class Rehearsal:
    """One session of a real host. Arguments left out get a persona without greeting that answers nothing.

    `outcomes` are what tools answer that neither the page nor the engine carries out, `others` those of other servers.
    """

    def __init__(
        self,
        mind: LanguageModel | None = None,
        heard: Hears | None = None,
        persona: PersonaSpec | None = None,
        listening: ListeningSpec | None = None,
        limits: Limits | None = None,
        max_length_ms: float | None = None,
        tools: Sequence[ToolSpec] = (),
        outcomes: Mapping[str, Outcome] | None = None,
        others: Sequence[ToolSpec] = (),
        face: FaceSpec | None = None,
        thinks: Thinks | None = None,
    ) -> None:
        self.thinks = thinks
        self.clock = HandWoundClock(1_000.0)
        self.errands = Errands(self.clock, outcomes or {}, others)
        self.mind, self.heard = mind, heard or Hears()
        self.voice, self.face = PacedVoice(), StillFaces()
        self.adjust: Adjuster = nothing_changes
        self.speaker: Callable[[SessionSpec], TextToSpeech | None] = no_speaker
        self.peer, self.socket = Seat(), Seat()
        self.packets: list[bytes] = []
        self.reports: list[SessionReport] = []
        self.entries: list[Entry] = []
        self.changes: list[Conversation] = []
        self.spec = SessionSpec(
            str(uuid4()), "org", persona or PersonaSpec("Cara", "You are Cara.", skip_greeting=True),
            face or FaceSpec("still", "nobody"), VoiceSpec("paced", "any"), MindSpec("lines") if mind else None,
            EarsSpec("hears"), listening or ListeningSpec(skip_turn_after_ms=0, end_session_after_ms=0),
            tools=tuple(tools), max_length_ms=max_length_ms,
        )  # fmt: skip
        self._limits = limits or Limits(sessions_max=1)

    async def __aenter__(self) -> "Rehearsal":
        self.host = Host(self.clock, self._limits, self._furnish, self._ended, self._remember, self.changes.append)
        self.line = self.host.open(self.spec)
        await self.clock.settle()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.host.close()

    async def connect(self) -> None:
        self.line.attach_signalling(self.socket)
        self.line.peer_expected(self.peer)
        self.line.peer_opened(self.peer)
        await self.clock.settle()

    async def do(self, *commands: Command) -> None:
        for command in commands:
            self.line.receive(command)
        await self.clock.settle()

    async def say_typed(self, text: str) -> None:
        await self.do(UserText(text))

    async def pass_time(self, duration_ms: float) -> None:
        """Time goes by with the microphone silent."""
        await self._play(duration_ms, ROOM)

    async def user_speaks(self, duration_ms: float) -> None:
        await self._play(duration_ms, VOICE)

    async def muted(self, duration_ms: float) -> None:
        """The microphone is switched off: what it sends is perfect silence."""
        await self._play(duration_ms, NOTHING)

    async def _play(self, duration_ms: float, sample: bytes) -> None:
        for _ in range(round(duration_ms / AUDIO_TICK_MS)):
            self.packets.append(self.line.next_audio())
            self.line.hear(AudioChunk(sample * (SPEECH_RATE_HZ * AUDIO_TICK_MS // 1000), SPEECH_RATE_HZ))
            await self.clock.advance(AUDIO_TICK_MS)

    def all(self, kind: type[EventT]) -> list[EventT]:
        """Every event of one kind that the peer was told, oldest first."""
        return [event for event in self.peer.events if isinstance(event, kind)]

    def persona_text(self) -> str:
        return "".join(event.text for event in self.all(PersonaSaid))

    @property
    def speech_ms(self) -> int:
        """How much speech has left so far."""
        return sum(packet in (SPEECH, QUIET_SPEECH) for packet in self.packets) * AUDIO_TICK_MS

    @property
    def is_quiet(self) -> bool:
        """Whether the persona speaks with a lowered voice."""
        return self.packets[-1] == QUIET_SPEECH

    @property
    def is_silent(self) -> bool:
        return self.packets[-1] == SILENCE

    def _furnish(self, spec: SessionSpec) -> Parts:
        parts = self.mind, self.voice, self.heard, LoudOrQuiet(), self.face, CountedPackets(), self.thinks
        return Parts(*parts, _nobody_can_tell, tools=self.errands, adjust=self.adjust, speaker=self.speaker)

    def _remember(self, session_id: str, entry: Entry) -> None:
        self.entries.append(entry)

    async def _ended(self, report: SessionReport) -> None:
        self.reports.append(report)
