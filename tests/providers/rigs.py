"""Minds, voices and ears of the catalog, all asked in one way; most beside the server here that speaks their protocol.

A rig is a provider that can be built. What it tells comes in pieces: texts of a mind, sounds of a voice, and of ears
the first guess and the words.
"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from tests.providers.fake_openai import Cut, FakeOpenAI, Hold, refusal
from tests.providers.fake_openai import Plan as MindPlan
from tests.providers.fake_speech_server import FakeSpeechServer, Plan, beep
from tests.providers.vendors import EARS, MINDS, VENDORS, EarsVendor, Vendor
from visavis.core.frames import SPEECH_RATE_HZ, AudioChunk, SpeechAudio
from visavis.core.spec import EarsSpec, MindSpec, VoiceSpec
from visavis.providers import catalog
from visavis.providers.base import ChatMessage, TextDelta, Transcription
from visavis.providers.catalog import Kind

# what a server does with a request: answer it whole, begin and stop, say nothing, break off after the beginning
Course = Literal["whole", "begins", "nothing", "breaks"]
MIND_SAYS = ("Well, ", "yes ", "indeed.")
VOICE_SAYS = "one two three"
HELLO = (ChatMessage("system", "You are kind."), ChatMessage("user", "Hello there, how are you?"))
TICK = SPEECH_RATE_HZ // 50
HASTY_S = 0.2


def hum(duration_ms: int = 400) -> np.ndarray[Any, Any]:
    at_s = np.arange(SPEECH_RATE_HZ * duration_ms // 1000) / SPEECH_RATE_HZ
    return (8000 * np.sin(2 * np.pi * 300 * at_s)).astype("<i2")


async def feed(transcription: Transcription, sound: np.ndarray[Any, Any]) -> None:
    for at in range(0, len(sound), TICK):
        await transcription.feed(AudioChunk(sound[at : at + TICK].tobytes(), SPEECH_RATE_HZ))


class Server(ABC):
    """`asked` is set when a request has come, and `left` when its client has gone before the end."""

    url: str
    asked: asyncio.Event
    left: asyncio.Event

    @abstractmethod
    def answer_with(self, *courses: Course | int) -> None:
        """One for each request, the last one again after that. A number is a status that refuses it."""

    @property
    @abstractmethod
    def open_connections(self) -> int: ...


@dataclass(frozen=True)
class Rig(ABC):
    """`name` is the catalog's. `tells` are the pieces of a whole answer, as `readable` puts them."""

    kind: Kind
    name: str
    variant: str = ""

    @property
    def id(self) -> str:
        return " ".join(part for part in (self.kind, self.variant or self.name) if part)

    @abstractmethod
    def build(self, url: str = "", hasty: bool = False) -> Any:
        """The provider; a hasty one waits for nobody longer than `HASTY_S`."""

    @abstractmethod
    def pieces(self, provider: Any, course: Course | int = "whole") -> AsyncGenerator[Any, None]:
        """One answer, as it comes from a server on this course. Closing it says that nobody wants it any more."""

    @abstractmethod
    def check_whole(self, pieces: Sequence[Any]) -> None: ...


class _Minds(Rig):
    def build(self, url: str = "", hasty: bool = False) -> Any:
        provider = catalog.load("llm", self.name)
        spec = MindSpec(self.name, "test", (url,) if url else (), secret="a-key-of-the-test")
        return provider(spec, provider.Settings(**self.settings(hasty)))

    def settings(self, hasty: bool) -> dict[str, Any]:
        return {"turns": ["".join(MIND_SAYS)] * 3} if self.name == "script" else {}

    async def pieces(self, provider: Any, course: Course | int = "whole") -> AsyncGenerator[str, None]:
        async with aclosing(provider.reply(HELLO)) as deltas:
            async for delta in deltas:
                if isinstance(delta, TextDelta):
                    yield delta.text

    def check_whole(self, pieces: Sequence[Any]) -> None:
        assert pieces
        assert all(pieces)


class RemoteMind(_Minds):
    label = "The language model at 127.0.0.1"

    def settings(self, hasty: bool) -> dict[str, Any]:
        waits = {"first_token_timeout_s": HASTY_S, "stall_timeout_s": HASTY_S, "rounds": 1} if hasty else {}
        return {"pause_between_rounds_s": 0.0, **waits}

    def check_whole(self, pieces: Sequence[Any]) -> None:
        assert tuple(pieces) == MIND_SAYS

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[Server]:
        async with FakeOpenAI() as server:
            yield _MindServer(server, self.name)


class _MindServer(Server):
    def __init__(self, fake: FakeOpenAI, name: str) -> None:
        self._fake, self._says = fake, MINDS[name]
        self.url, self.asked, self.left = fake.url, fake.asked, fake.abandoned

    def answer_with(self, *courses: Course | int) -> None:
        self._fake.plans.clear()
        self._fake.answer_with(*(self._plan(course) for course in courses))

    def _plan(self, course: Course | int) -> MindPlan:
        if isinstance(course, int):
            return refusal(course)
        if course == "nothing":
            return MindPlan([Hold(asyncio.Event())])
        whole = self._says(*MIND_SAYS)
        if course == "whole":
            return whole
        first = next(at for at, step in enumerate(whole.steps) if isinstance(step, bytes) and b"Well, " in step)
        return MindPlan([*whole.steps[: first + 1], Cut() if course == "breaks" else Hold(asyncio.Event())])

    @property
    def open_connections(self) -> int:
        return self._fake.open_connections


class _Voices(Rig):
    def build(self, url: str = "", hasty: bool = False) -> Any:
        return catalog.load("tts", self.name)(VoiceSpec(self.name, ""))

    async def pieces(self, provider: Any, course: Course | int = "whole") -> AsyncGenerator[SpeechAudio, None]:
        async with aclosing(provider.speak(VOICE_SAYS)) as pieces:
            async for piece in pieces:
                yield piece

    def check_whole(self, pieces: Sequence[Any]) -> None:
        assert sum(piece.audio.duration_ms for piece in pieces) > 100
        assert {piece.audio.rate_hz for piece in pieces} == {catalog.traits("tts", self.name).rate_hz}


class RemoteVoice(_Voices):
    @property
    def vendor(self) -> Vendor:
        return VENDORS[self.variant or self.name]

    @property
    def label(self) -> str:
        return catalog.traits("tts", self.name).label

    def build(self, url: str = "", hasty: bool = False) -> Any:
        provider = catalog.load("tts", self.name)
        waits = {"first_audio_timeout_s": HASTY_S, "stall_timeout_s": HASTY_S} if hasty else {}
        settings = provider.Settings(api_key="a-key-of-the-test", base_url=url + self.vendor.suffix, **waits)
        return provider(VoiceSpec(self.name, self.vendor.voice, self.vendor.model), settings)

    def check_whole(self, pieces: Sequence[Any]) -> None:
        super().check_whole(pieces)
        assert b"".join(piece.audio.pcm for piece in pieces) == beep() * len(VOICE_SAYS.split())

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[Server]:
        async with self.vendor.server() as server:
            yield _SpeechServer(server)


class _SpeechServer(Server):
    def __init__(self, fake: FakeSpeechServer) -> None:
        self._fake = fake
        self.url, self.asked, self.left = fake.url, fake.asked, fake.stopped

    def answer_with(self, *courses: Course | int) -> None:
        self._fake.answer_with(*(self._plan(course) for course in courses))

    def _plan(self, course: Course | int) -> Plan:
        if isinstance(course, int):
            return Plan(status=course)
        beginning = {"whole": None, "begins": 1, "nothing": 0, "breaks": 1}[course]
        ending: Any = {"whole": "finish", "begins": "hold", "nothing": "hold", "breaks": "cut"}[course]
        return Plan(pieces=beginning, ending=ending)

    @property
    def open_connections(self) -> int:
        return self._fake.open_connections


class _Ears(Rig):
    streams = False

    def build(self, url: str = "", hasty: bool = False) -> Any:
        provider = catalog.load("stt", self.name)
        return provider(provider.Settings(lines=["Hello there."] * 3))

    async def pieces(self, provider: Any, course: Course | int = "whole") -> AsyncGenerator[str, None]:
        transcription: Transcription = await provider.open(EarsSpec(self.name, "en"))
        try:
            await feed(transcription, hum())
            if self.streams and course != "nothing":
                while not transcription.so_far:
                    await feed(transcription, hum(20))
                    await asyncio.sleep(0.02)
                yield transcription.so_far
            yield await transcription.finish()
        finally:
            await transcription.cancel()

    def check_whole(self, pieces: Sequence[Any]) -> None:
        assert pieces[-1] == "Hello there."


class RemoteEars(_Ears):
    @property
    def vendor(self) -> EarsVendor:
        return EARS[self.name]

    @property
    def label(self) -> str:
        return catalog.traits("stt", self.name).label

    @property
    def streams(self) -> bool:
        return self.vendor.streams

    def build(self, url: str = "", hasty: bool = False) -> Any:
        provider = catalog.load("stt", self.name)
        waits = {"finish_timeout_s": HASTY_S} if hasty else {}
        return provider(provider.Settings(api_key="a-key-of-the-test", base_url=url + self.vendor.suffix, **waits))

    def check_whole(self, pieces: Sequence[Any]) -> None:
        assert [piece.lower().strip(".") for piece in pieces] == ["hello", "hello there"][-len(pieces) :]
        assert len(pieces) == 1 + self.streams

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[Server]:
        async with self.vendor.server() as server:
            yield _SpeechServer(server)


REMOTE: list[RemoteMind | RemoteVoice | RemoteEars] = [
    *(RemoteMind("llm", name) for name in MINDS),
    *(RemoteVoice("tts", vendor.name, variant) for variant, vendor in VENDORS.items()),
    *(RemoteEars("stt", name) for name in EARS),
]
# built in, and at work in the process that asks
HERE: list[Rig] = [
    *(_Minds("llm", name) for name in ("echo", "responder", "script")),
    _Voices("tts", "tone"),
    _Ears("stt", "scripted"),
]
