"""Sessions on the wire: what starts one, and what is remembered of it."""

from collections.abc import Sequence
from functools import partial
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AliasChoices, BeforeValidator, Field

from visavis.db import models
from visavis.http.wire import Answer, Body, Timestamp, example, small
from visavis.resources.personas.schemas import Id, Line, PersonaBody, Share
from visavis.resources.personas.widget import Widget
from visavis.resources.sessions.report_schemas import ToolCallDetail
from visavis.resources.tools.schemas import REDACTED, ToolBody

LIFETIMES_S = {
    "1h": 3600,
    "12h": 12 * 3600,
    "1d": 86_400,
    "2d": 2 * 86_400,
    "3d": 3 * 86_400,
    "1w": 7 * 86_400,
    "2w": 14 * 86_400,
}
# pydantic's own mark would warn ourselves, too, whenever we look at the value
OLD: dict[str, Any] = {"deprecated": True}


Metadata = Annotated[dict[str, Any], AfterValidator(partial(small, bytes_max=50_000))]


def _text_or_none(value: Any) -> Any:
    return value if isinstance(value, str) else None


class InlineTool(ToolBody):
    """A tool for this session only, or one as a persona's answer shows it."""

    tool_id: Annotated[str | None, BeforeValidator(_text_or_none)] = Field(
        default=None,
        alias="_toolId",
        description=f'The stored tool that it was read from; it knows the header values that read "{REDACTED}".',
    )


class PersonaConfig(PersonaBody):
    """A saved persona (`personaId`, everything else is then ignored) or one that lives for this session only."""

    persona_id: Id | None = None
    brain_type: Id | None = Field(default=None, description="Old name of llmId.", json_schema_extra=OLD)
    tools: Annotated[list[InlineTool], Field(max_length=100)] | None = None
    id: Any = Field(default=None, description="Old name of personaId; refused.", json_schema_extra=OLD)


class SessionReplay(Body):
    enable_session_replay: bool | None = Field(
        default=None, description="Left out, it is as the organization has it, which is off unless somebody changed it."
    )


class VoiceDetection(Body):
    """What a page may change about turn-taking when it starts the session."""

    end_of_speech_sensitivity: Share | None = None


class SessionOptions(Body):
    session_replay: SessionReplay | None = None
    video_quality: Literal["high", "auto"] | None = None
    video_width: int | None = None
    video_height: int | None = None
    show_ai_avatar_disclosure: bool | None = Field(
        default=None, validation_alias=AliasChoices("showAIAvatarDisclosure", "showAiAvatarDisclosure")
    )
    region: Annotated[str, Field(max_length=64)] | None = None
    region_policy: Literal["preferred", "strict"] | None = None
    voice_detection: VoiceDetection | None = None
    end_user_id: Annotated[
        str | None,
        Field(
            max_length=256, description="The application's own name for the person, told to webhook tools that sign."
        ),
    ] = None
    egress: dict[str, Any] | None = None


class Environment(Body):
    """Where other services would carry the session; all of these are refused by name so far."""

    livekit_url: Any = None
    livekit_token: Any = None
    agora_settings: Any = None
    eleven_labs_agent_settings: Any = None


class SessionRequest(Body):
    """Everything that decides what a session is."""

    client_label: Annotated[str, Field(max_length=255)] | None = None
    persona_config: PersonaConfig | None = None
    session_options: SessionOptions | None = None
    environment: Environment | None = None


class TokenRequest(SessionRequest):
    model_config = example({"personaConfig": {"personaId": "4314d606-bab4-5fc8-808b-878c43ae6a4c"}, "expiresIn": "1h"})

    expires_in: Literal["1h", "12h", "1d", "2d", "3d", "1w", "2w"] | None = None


Orientation = Literal["landscape", "portrait"]


class _GuestRequest(Body):
    orientation: Orientation | None = Field(
        default=None, description="`portrait` asks for an upright picture, which avatars with a portrait size have."
    )


class WidgetTokenRequest(_GuestRequest):
    agent_id: Annotated[Id, Field(description="The persona's id.")]


class ShareLinkTokenRequest(_GuestRequest):
    token: Annotated[str, Field(max_length=64)]


class Invitation(Widget):
    """What a guest sees of a share link before using it."""

    type: str
    portrait: Annotated[bool, Field(description="Whether an upright picture can be had.")]
    remove_watermark: bool
    expires_at: Timestamp | None
    uses_left: int | None
    reason: Annotated[
        Literal["disabled", "expired", "used_up"] | None, Field(description="Why it cannot be used; null when it can.")
    ]


class EngineRequest(SessionRequest):
    """With a session token only `clientMetadata` and the voice detection count; the token decides everything else."""

    model_config = example(
        {
            "personaConfig": {
                "name": "Cara",
                "avatarId": "071b0286-4cce-4808-bee2-e642f1062de3",
                "voiceId": "de23e340-1416-4dd8-977d-065a7ca11697",
                "llmId": "a7cf662c-2ace-4de1-a21e-ef0fbf144bb7",
                "systemPrompt": "You are Cara. You help people to find what they need.",
            },
            "clientLabel": "shop",
        }
    )
    client_metadata: Metadata | None = None
    voice_detection: VoiceDetection | None = None


class SessionToken(Answer):
    session_token: str


class ClientConfig(Answer):
    """Some values under two names, because official clients do not agree on one."""

    heartbeat_interval_seconds: int
    max_ws_reconnection_attempts: int
    expected_heartbeat_interval_secs: int
    max_ws_reconnect_attempts: int
    ice_servers: list[dict[str, Any]]
    ice_transport_policy: Literal["all", "relay"] = "all"


class EngineSession(Answer):
    session_id: str
    region: str
    engine_host: str
    engine_protocol: Literal["http", "https"]
    signalling_endpoint: str
    client_config: ClientConfig


class TalkRequest(Body):
    content: Line


class Session(Answer):
    """`status` says in a word what `endTime` says; the official MCP server shows it in its lists."""

    id: str
    persona_id: str | None
    client_label: str | None
    start_time: Timestamp
    end_time: Timestamp | None
    session_length_ms: int | None
    exit_status: str | None
    engine_host: str | None
    engine_protocol: str | None
    engine_version: str | None
    client_metadata: dict[str, Any]
    persona_config: dict[str, Any]
    api_key_id: str | None
    organization_id: str
    created_at: Timestamp
    updated_at: Timestamp | None
    status: Literal["active", "ended"]

    @classmethod
    def of(cls, row: models.Session) -> "Session":
        return cls(**_fields(row))


class SessionDetail(Session):
    tool_calls: list[ToolCallDetail]

    @classmethod
    def of(cls, row: models.Session, tool_calls: Sequence[ToolCallDetail] = ()) -> "SessionDetail":
        return cls(**_fields(row), tool_calls=list(tool_calls))


def _fields(row: models.Session) -> dict[str, Any]:
    length = row.end_time - row.start_time if row.end_time else None
    return {
        "id": row.id,
        "persona_id": row.persona_id,
        "client_label": row.client_label,
        "start_time": row.start_time,
        "end_time": row.end_time,
        "session_length_ms": round(length.total_seconds() * 1000) if length is not None else None,
        "exit_status": row.exit_status,
        "engine_host": row.engine_host,
        "engine_protocol": row.engine_protocol,
        "engine_version": row.engine_version,
        "client_metadata": row.client_metadata,
        "persona_config": row.persona_config,
        "api_key_id": row.api_key_id,
        "organization_id": row.organization_id,
        "created_at": row.created_at,
        "updated_at": row.updated_at,
        "status": "active" if row.end_time is None else "ended",
    }
