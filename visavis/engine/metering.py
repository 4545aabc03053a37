"""What the providers of one session did: a meter around each, which nobody in the conversation notices.

A call is told when it is over, however it ended: a reply that was thrown away has been paid for like any other.
"""

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from visavis.core.clock import Clock
from visavis.core.errors import ProviderError
from visavis.core.frames import AudioChunk, SpeechAudio
from visavis.core.spec import EarsSpec
from visavis.providers.base import (
    ActsCues,
    ChatMessage,
    LanguageModel,
    MindDelta,
    SpeechToText,
    TextToSpeech,
    TokensUsed,
    ToolSpec,
    Transcription,
)

Kind: TypeAlias = Literal["llm", "tts", "stt"]


@dataclass(frozen=True, slots=True)
class ProviderCall:
    """One call that is over.

    `latency_ms` is how long the first word of a mind took, the first sound of a voice, and after the last sound of an
    utterance its text; None where there was none. A voice was given `characters`, a recogniser heard `audio_ms`. Tokens
    are None where the provider does not tell them.
    """

    kind: Kind
    provider: str
    model: str = ""
    failed: bool = False
    latency_ms: float | None = None
    characters: int = 0
    audio_ms: float = 0.0
    tokens_read: int | None = None
    tokens_written: int | None = None


def _tell_nobody(call: ProviderCall) -> None: ...


class Meter:
    """Of one session. `tell` may not block."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.tell: Callable[[ProviderCall], None] = _tell_nobody

    def mind(self, mind: LanguageModel, provider: str, model: str = "") -> LanguageModel:
        return _Mind(mind, ProviderCall("llm", provider, model), self)

    def voice(self, voice: TextToSpeech, provider: str, model: str = "") -> TextToSpeech:
        return _Voice(voice, ProviderCall("tts", provider, model), self)

    def ears(self, ears: SpeechToText, provider: str) -> SpeechToText:
        return _Ears(ears, ProviderCall("stt", provider), self)


class _Running:
    """A call that is under way; leaving it tells it."""

    def __init__(self, call: ProviderCall, meter: Meter) -> None:
        self.call, self._meter = call, meter
        self._since_ms = meter.clock.now_ms()

    def __enter__(self) -> "_Running":
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        failed = kind is not None and issubclass(kind, ProviderError)
        self._meter.tell(replace(self.call, failed=failed))

    def arrived(self) -> None:
        """Something of the answer is here, perhaps not for the first time."""
        if self.call.latency_ms is None:
            self.call = replace(self.call, latency_ms=self._meter.clock.now_ms() - self._since_ms)


@dataclass(frozen=True, slots=True)
class _Mind:
    inner: LanguageModel
    call: ProviderCall
    meter: Meter

    async def reply(
        self, messages: Sequence[ChatMessage], tools: Sequence[ToolSpec] = ()
    ) -> AsyncGenerator[MindDelta, None]:
        with _Running(self.call, self.meter) as running:
            async with aclosing(self.inner.reply(messages, tools)) as deltas:
                async for delta in deltas:
                    if isinstance(delta, TokensUsed):
                        running.call = replace(running.call, tokens_read=delta.read, tokens_written=delta.written)
                        continue
                    running.arrived()
                    yield delta

    async def close(self) -> None:
        await self.inner.close()


@dataclass(frozen=True, slots=True)
class _Voice:
    inner: TextToSpeech
    call: ProviderCall
    meter: Meter

    @property
    def cue_tags(self) -> frozenset[str]:
        return self.inner.cue_tags if isinstance(self.inner, ActsCues) else frozenset()

    async def warm(self) -> None:
        await self.inner.warm()

    async def speak(self, text: str) -> AsyncGenerator[SpeechAudio, None]:
        with _Running(replace(self.call, characters=len(text)), self.meter) as running:
            async with aclosing(self.inner.speak(text)) as parts:
                async for part in parts:
                    if part.audio.pcm:
                        running.arrived()
                    yield part

    async def close(self) -> None:
        await self.inner.close()


@dataclass(frozen=True, slots=True)
class _Ears:
    inner: SpeechToText
    call: ProviderCall
    meter: Meter

    async def open(self, ears: EarsSpec) -> Transcription:
        try:
            return _Hearing(await self.inner.open(ears), self.call, self.meter)
        except ProviderError:
            self.meter.tell(replace(self.call, failed=True))
            raise

    async def close(self) -> None:
        await self.inner.close()


class _Hearing:
    """One utterance. It is over when its text was asked for, or when nobody wants it any more."""

    def __init__(self, inner: Transcription, call: ProviderCall, meter: Meter) -> None:
        self._inner, self._call, self._meter = inner, call, meter
        self._audio_ms = 0.0
        self._is_told = False

    @property
    def so_far(self) -> str:
        return self._inner.so_far

    async def feed(self, audio: AudioChunk) -> None:
        self._audio_ms += audio.duration_ms
        await self._inner.feed(audio)

    async def finish(self) -> str:
        self._is_told = True
        with _Running(replace(self._call, audio_ms=self._audio_ms), self._meter) as running:
            text = await self._inner.finish()
            running.arrived()
            return text

    async def cancel(self) -> None:
        if not self._is_told:
            self._is_told = True
            self._meter.tell(replace(self._call, audio_ms=self._audio_ms))
        await self._inner.cancel()
