"""The one value that crosses from the control plane into the engine: everything a conversation needs, frozen."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

Options: TypeAlias = Mapping[str, str | int | float | bool | None]


@dataclass(frozen=True, slots=True)
class FaceSpec:
    """Which renderer draws the face, of whom, and how large. `identity` is the renderer's own name for the person."""

    renderer: str
    identity: str
    width_px: int = 720
    height_px: int = 480


@dataclass(frozen=True, slots=True)
class VoiceSpec:
    """Which voice speaks. `speed` and `volume` are multipliers, 1.0 is the voice's own."""

    provider: str
    voice: str
    model: str = ""
    speed: float = 1.0
    volume: float = 1.0
    options: Options = field(default_factory=dict[str, str | int | float | bool | None])
    secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class MindSpec:
    """Which language model thinks. Several `urls` are tried in order."""

    provider: str
    model: str = ""
    urls: tuple[str, ...] = ()
    temperature: float | None = None
    max_tokens: int | None = None
    options: Options = field(default_factory=dict[str, str | int | float | bool | None])
    secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class EarsSpec:
    """Which recogniser listens, and in which language (ISO 639-1, empty for any)."""

    provider: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class ListeningSpec:
    """Turn-taking, in the contract's own units turned to milliseconds; 0 switches a timer off."""

    end_of_speech_sensitivity: float = 0.5
    skip_turn_after_ms: float = 15_000
    end_session_after_ms: float = 60_000
    auto_end_turn_after_ms: float = 5_000
    speech_enhancement_level: float = 0.8


@dataclass(frozen=True, slots=True)
class PersonaSpec:
    """Who is talking. An `opening_line` of None lets the mind find its own greeting."""

    name: str
    system_prompt: str
    opening_line: str | None = None
    skip_greeting: bool = False
    uninterruptible_greeting: bool = False
    audio_passthrough: bool = False


@dataclass(frozen=True, slots=True)
class SessionSpec:
    """One conversation. A `mind` of None never speaks by itself; a `voice` of None never speaks at all."""

    session_id: str
    organization_id: str
    persona: PersonaSpec
    face: FaceSpec
    voice: VoiceSpec | None
    mind: MindSpec | None
    ears: EarsSpec | None
    listening: ListeningSpec = ListeningSpec()
    echo_typed_text: bool = False
    max_length_ms: float | None = None
    video_quality: Literal["high", "auto"] = "auto"
