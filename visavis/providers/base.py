"""The seam for ears, minds, mouths and meetings. Every provider is one class in one file, found by the catalog.

A class states what it can do as data (`Traits`), carries an inner pydantic `Settings` for what an operator may set,
and satisfies one of the protocols below. Where `Traits.runs_in_worker` is true, the class does its work by blocking
calls (`BlockingVoice`, `BlockingEars`); the program runs it in a supervised child process and puts the asynchronous
protocol in front. Cancelling the task that iterates is how any of them is stopped.

What makes voices from recordings satisfies `VoiceCloner` of `core/material.py`, which the control plane knows as well.
"""

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol, TypeAlias, runtime_checkable

from visavis.core.frames import AudioChunk, SpeechAudio
from visavis.core.spec import EarsSpec, VoiceSpec

Role = Literal["system", "user", "assistant", "tool"]
# what a mind is asked for while a tool that it called takes its time
WAIT_REQUEST = (
    "You are looking something up for the person, and it takes a moment. Say one very short sentence, in character and "
    "in their language, to let them know. Do not answer yet."
)


@dataclass(frozen=True, slots=True)
class Traits:
    """What a provider can do. `languages` are ISO 639-1 codes, ("*",) for any.

    `streams_input` says that several sentences share one open connection, `needs_key` that it works only with a key of
    an account, and `cost` what adding it costs, in words: prices are the operator's to set.
    """

    label: str
    languages: tuple[str, ...] = ("*",)
    runs_in_worker: bool = False
    gives_word_times: bool = False
    gives_phone_times: bool = False
    gives_viseme_times: bool = False
    streams_input: bool = False
    needs_key: bool = False
    rate_hz: int = 0
    zero_retention: bool = False
    note: str = ""
    cost: str = ""


@dataclass(frozen=True, slots=True)
class HubFiles:
    """Files of a repository of models: those in `folder` whose names fit one of these patterns."""

    repository: str
    names: tuple[str, ...]
    folder: str = ""
    optional: tuple[str, ...] = ()
    to: str = ""


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """A model that `visavis models` can download: what it is, its files, and the folder they are put into.

    `options` are the provider's options that it answers, each with a path inside that folder, "" for the folder itself.
    A provider that has some lists them as `model_names` and describes each by a static `model_files(name)`.
    """

    note: str
    parts: tuple[HubFiles, ...]
    folder: str
    options: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ToolCall:
    """The mind wants a tool; `arguments` is a JSON object as text."""

    call_id: str
    name: str
    arguments: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ChatMessage:
    role: Role
    text: str = field(repr=False)
    tool_calls: tuple[ToolCall, ...] = ()
    tool_call_id: str = ""


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """A tool as the mind sees it; `parameters` is JSON Schema."""

    name: str
    description: str
    parameters: dict[str, object]


@dataclass(frozen=True, slots=True)
class TextDelta:
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ReasoningDelta:
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class TokensUsed:
    """What a reply amounts to, where the provider tells it: all tokens that were read, and all that were written."""

    read: int
    written: int


MindDelta: TypeAlias = TextDelta | ReasoningDelta | ToolCall | TokensUsed


class LanguageModel(Protocol):
    """Raises `ProviderError`. Built as `Class(spec: MindSpec, settings: Settings)`."""

    def reply(self, messages: Sequence[ChatMessage], tools: Sequence[ToolSpec] = ()) -> AsyncGenerator[MindDelta, None]:
        """An asynchronous generator: closing it, or cancelling who iterates, stops the mind at once."""
        ...

    async def close(self) -> None: ...


class TextToSpeech(Protocol):
    """Speaks one clause at a time; mark times count from the first sample of the clause.

    One that asks a server may also have `async check()`, which makes one cheap call and raises `ProviderError` in plain
    words; `visavis doctor providers` asks it.
    """

    async def warm(self) -> None:
        """Do what would keep the first sentence waiting, such as connecting. Never raises `ProviderError`."""
        ...

    def speak(self, text: str) -> AsyncGenerator[SpeechAudio, None]:
        """An asynchronous generator: closing it, or cancelling who iterates, stops the voice at once."""
        ...

    async def close(self) -> None: ...


@runtime_checkable
class ActsCues(Protocol):
    """A voice that plays feelings itself: it gets `[warm] ` in its text, in front of the word, for these tags."""

    @property
    def cue_tags(self) -> frozenset[str]: ...


class Transcription(Protocol):
    """One utterance being heard."""

    @property
    def so_far(self) -> str:
        """The words as they are understood up to now, "" while there are none; more sound may change them."""
        ...

    async def feed(self, audio: AudioChunk) -> None: ...

    async def finish(self) -> str:
        """The final text, "" when nothing was understood; the transcription is over afterwards."""
        ...

    async def cancel(self) -> None: ...


class SpeechToText(Protocol):
    async def open(self, ears: EarsSpec) -> Transcription: ...

    async def close(self) -> None: ...


class VoiceDetector(Protocol):
    """Voice activity of one microphone."""

    async def push(self, audio: AudioChunk) -> list[float]:
        """Speech probability (0 to 1) of each whole window that the new sound completes, oldest first."""
        ...

    def close(self) -> None: ...


class VoiceActivity(Protocol):
    """One detector for all sessions of the process. `window_ms` is how much sound one probability covers."""

    window_ms: float

    def open(self) -> VoiceDetector: ...

    async def close(self) -> None: ...


class EndOfTurn(Protocol):
    """One judge of pauses for all sessions of the process. `heard_ms` is how much of a turn it listens to."""

    heard_ms: float

    async def judge(self, audio: AudioChunk) -> float:
        """How likely (0 to 1) it is that the user has finished: the turn up to now, with its pause at the end."""
        ...

    def sentence_over(self, words: Sequence[str], language: str) -> float | None:
        """How likely (0 to 1) no word follows after these, at once; None for a language that it does not know."""
        ...

    async def close(self) -> None: ...


class BlockingVoice(Protocol):
    """A voice that computes; built in a worker as `Class()`, or `Class(settings)` where the operator set something."""

    def synthesize(self, text: str, voice: VoiceSpec) -> SpeechAudio: ...


class BlockingUtterance(Protocol):
    def feed(self, pcm: bytes) -> None: ...

    def so_far(self) -> str: ...

    def finish(self) -> str: ...


class BlockingEars(Protocol):
    """A recogniser that computes; built as `Class()` in a worker, fed s16le mono at `SPEECH_RATE_HZ`."""

    def open(self, ears: EarsSpec) -> BlockingUtterance: ...


# --- meetings ---------------------------------------------------------------------------------------------------

InviteStatus = Literal["pending", "active", "cancelled", "ended", "failed"]


@dataclass(frozen=True, slots=True)
class MeetingBot:
    """A persona that shall come to a meeting: it talks through a session of this server, opened with the token."""

    invite_id: str
    platform: str
    meeting_url: str
    display_name: str
    join_at: str | None
    group_call: bool
    region: str | None
    region_is_required: bool
    client_label: str | None
    api_url: str
    session_token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class MeetingState:
    """How a persona fares in a meeting; `ref` is the service's own name for it."""

    ref: str
    status: InviteStatus = "pending"
    join_state: str | None = None
    status_reason: str | None = None
    session_id: str | None = None
    region: str | None = None


class MeetingService(Protocol):
    """Raises `Unprocessable` for a meeting it will not join, `Unavailable` when it is full, else `ProviderError`."""

    async def invite(self, bot: MeetingBot) -> MeetingState: ...

    async def state(self, ref: str) -> MeetingState: ...

    async def cancel(self, ref: str) -> None: ...

    async def close(self) -> None: ...
