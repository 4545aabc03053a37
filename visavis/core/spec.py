"""The one value that crosses from the control plane into the engine: everything a conversation needs, frozen."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

Options: TypeAlias = Mapping[str, str | int | float | bool | None]
Reach: TypeAlias = Literal["anywhere", "public", "public_and_private"]
ToolKind: TypeAlias = Literal["client", "webhook", "knowledge", "mcp", "system"]


@dataclass(frozen=True, slots=True)
class FaceSpec:
    """Which renderer draws the face, of whom, and how large. `identity` is the renderer's own name for the person.

    `picture` is the file of a photo, for renderers that show one, and `face_box` where the face is in it: left, top,
    width and height as shares of the picture.
    `style` is a preset of director's notes, empty for none; `expressivity` (0 to 1) is how strongly feelings show.
    A face that takes no direction plays no cues either.
    The pictures of a `disclosed` face carry a mark that says it is an AI's.
    """

    renderer: str
    identity: str
    width_px: int = 720
    height_px: int = 480
    picture: str = ""
    face_box: tuple[float, float, float, float] | None = None
    style: str = ""
    expressivity: float = 0.5
    takes_direction: bool = True
    disclosed: bool = False


@dataclass(frozen=True, slots=True)
class VoiceSpec:
    """Which voice speaks. `speed` and `volume` are multipliers, 1.0 is the voice's own.

    `language` is the ISO 639-1 code of what it is given, empty where nobody said.
    """

    provider: str
    voice: str
    model: str = ""
    language: str = ""
    speed: float = 1.0
    volume: float = 1.0
    options: Options = field(default_factory=dict[str, str | int | float | bool | None])
    secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class MindSpec:
    """Which language model thinks. Several `urls` are tried in order.

    `reach` says where they may lie: "anywhere" is for those of the operator, the others for what API users send.
    """

    provider: str
    model: str = ""
    urls: tuple[str, ...] = ()
    temperature: float | None = None
    max_tokens: int | None = None
    options: Options = field(default_factory=dict[str, str | int | float | bool | None])
    secret: str = field(default="", repr=False)
    reach: Reach = "anywhere"


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
class WebhookSpec:
    """The request that a tool makes. `query_parameters` is a JSON Schema of its own, which fills the query."""

    url: str
    method: str
    headers: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    body_template: str = ""
    query_parameters: Mapping[str, Any] | None = None
    signing_secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """Something the mind may ask for; `parameters` is the JSON Schema of what it has to say.

    A `client` tool is carried out by the page, a `webhook` by another server, `knowledge` looks things up in
    `folder_ids`, and `system` does `action` to the conversation itself. `mcp` is a server that offers tools of its own,
    which are listed when a session starts; `remote_name` is what such a server calls one of them. Without
    `awaits_result` a tool is told and forgotten.
    `fillers` are what the persona says while it waits for longer than `filler_after_ms`; None lets it find words.
    """

    name: str
    description: str
    kind: ToolKind
    parameters: Mapping[str, Any]
    awaits_result: bool = False
    timeout_ms: float = 10_000
    disable_interruptions: bool = False
    webhook: WebhookSpec | None = None
    folder_ids: tuple[str, ...] = ()
    action: str = ""
    remote_name: str = ""
    fillers: tuple[str, ...] | None = None
    filler_after_ms: float = 1_500.0


@dataclass(frozen=True, slots=True)
class Adjustable:
    """The settings that may change while a session lives, in the contract's own words.

    `voice_provider` and `voice_speed` are what options of the voice are understood and multiplied with.
    """

    voice_detection: Mapping[str, Any] = field(default_factory=dict[str, Any])
    voice_generation: Mapping[str, Any] = field(default_factory=dict[str, Any])
    voice_provider: str = ""
    voice_speed: float | None = None


@dataclass(frozen=True, slots=True)
class SessionSpec:
    """One conversation. A `mind` of None never speaks by itself; a `voice` of None never speaks at all.

    `end_user_id` is the application's name for the person. Some clients take the older form of a client tool's call for
    an error; theirs is not told twice.

    `fallback_voices` speak and `fallback_minds` think, in this order, where the one before fails.
    With `zero_data_retention` nothing of what is said may reach a disk.
    """

    session_id: str
    organization_id: str
    persona: PersonaSpec
    face: FaceSpec
    voice: VoiceSpec | None
    mind: MindSpec | None
    ears: EarsSpec | None
    listening: ListeningSpec = ListeningSpec()
    tools: tuple[ToolSpec, ...] = ()
    end_user_id: str = ""
    tells_client_tools_twice: bool = True
    echo_typed_text: bool = False
    may_be_recorded: bool = False
    zero_data_retention: bool = False
    max_length_ms: float | None = None
    video_quality: Literal["high", "auto"] = "auto"
    fallback_voices: tuple[VoiceSpec, ...] = ()
    fallback_minds: tuple[MindSpec, ...] = ()
    adjustable: Adjustable = Adjustable()
