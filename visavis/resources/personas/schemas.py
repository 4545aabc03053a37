"""Personas on the wire: what may be sent, what comes back, and in which order."""

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, WithJsonSchema, model_validator

from visavis.db import models
from visavis.http.addresses import Addresses
from visavis.http.origins import AllowedOrigin
from visavis.http.wire import Answer, Body, Timestamp, example
from visavis.resources.avatars.schemas import Avatar, AvatarModel
from visavis.resources.personas.attachments import Attached
from visavis.resources.share_links.schemas import ShareLink
from visavis.resources.tools.runtime import runtime_form
from visavis.resources.voices.schemas import OPTIONS_SCHEMA, Voice

INHERIT = "inherit"  # how lists say that no language was chosen
LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")

Id = Annotated[str, Field(max_length=128)]
Name = Annotated[str, Field(max_length=255)]
Description = Annotated[str, Field(max_length=10_000)]
Prompt = Annotated[str, Field(max_length=200_000)]
Line = Annotated[str, Field(max_length=5_000)]
Share = Annotated[float, Field(ge=0, le=1)]


def language(code: str) -> str | None:
    if code in ("", INHERIT):
        return None
    if not LANGUAGE.fullmatch(code) or len(code) > 16:
        raise ValueError('give an ISO 639-1 code such as "en"')
    return code


class VoiceDetectionOptions(Body):
    """Turn-taking. For the three silences, 0 means never."""

    end_of_speech_sensitivity: Share | None = None
    silence_before_skip_turn_seconds: Annotated[float, Field(ge=0, le=900)] | None = None
    silence_before_session_end_seconds: Annotated[float, Field(ge=0, le=7200)] | None = None
    silence_before_auto_end_turn_seconds: Annotated[float, Field(ge=0.5, le=10)] | None = None
    speech_enhancement_level: (
        Annotated[float, Field(ge=0, le=1, description="Not supported: it is kept and changes nothing.")] | None
    ) = None
    stt_provider: Annotated[str, Field(max_length=64)] | None = None


class DirectorNotes(Body):
    """How the face should play; either a preset or words of one's own."""

    preset_style: Literal["happy", "warm", "playful", "supportive", "sad", "angry", "distressed"] | None = None
    custom_style_prompt: Annotated[str, Field(max_length=2000)] | None = None
    expressivity: Share | None = None

    @model_validator(mode="after")
    def one_style(self) -> "DirectorNotes":
        if self.preset_style is not None and self.custom_style_prompt is not None:
            raise ValueError("give presetStyle or customStylePrompt, not both")
        return self


class WidgetConfig(Body):
    """How the embedded widget looks. In an update each key given is merged, null removes one."""

    call_to_action: Annotated[str, Field(max_length=200)] | None = None
    allowed_origins: Annotated[list[AllowedOrigin], Field(max_length=100)] | None = None
    allow_everywhere: bool | None = None
    layout: Literal["inline", "floating"] | None = None
    initial_state: Literal["minimized", "expanded"] | None = None
    position: Annotated[str, Field(max_length=100)] | None = None
    orientation: Literal["landscape", "portrait"] | None = None
    show_text_input: bool | None = None
    show_mute_button: bool | None = None
    show_transcript: bool | None = None
    show_captions: bool | None = None
    remove_watermark: bool | None = None


class LegacyBrain(Body):
    """Where old clients put what is now `systemPrompt` and `personality`."""

    system_prompt: Prompt | None = None
    personality: Prompt | None = None


class PersonaBody(Body):
    """What a persona can be told. Everything is optional; references must exist in the organization."""

    name: Name | None = None
    description: Description | None = None
    avatar_id: Id | None = None
    avatar_model: AvatarModel | None = None
    voice_id: Id | None = None
    voice_speed: Annotated[float, Field(ge=0, le=5, description="A multiplier; 0 is the voice's own.")] | None = None
    fallback_voice_ids: (
        Annotated[list[Id], Field(max_length=3, description="Who speaks when the voice fails, in this order.")] | None
    ) = None
    llm_id: Annotated[Id, Field(description='"CUSTOMER_CLIENT_V1" switches the mind off.')] | None = None
    fallback_llm_ids: (
        Annotated[list[Id], Field(max_length=3, description="Which LLM answers when the one before fails.")] | None
    ) = None
    system_prompt: Prompt | None = None
    personality: Prompt | None = None
    initial_message: Line | None = None
    skip_greeting: bool | None = None
    uninterruptible_greeting: bool | None = None
    zero_data_retention: bool | None = None
    enable_audio_passthrough: bool | None = None
    voice_detection_options: VoiceDetectionOptions | None = None
    language_code: Annotated[str, AfterValidator(language)] | None = None
    voice_generation_options: Annotated[dict[str, Any], WithJsonSchema(OPTIONS_SCHEMA)] | None = None
    director_notes: DirectorNotes | None = None
    max_session_length_seconds: Annotated[float, Field(ge=1, le=1_000_000)] | None = None
    tool_ids: (
        Annotated[list[Id], Field(max_length=100, description="All the tools it may use; replaces the ones before.")]
        | None
    ) = None
    persona_preset: Name | None = None
    brain: LegacyBrain | None = None


class PersonaWrite(PersonaBody):
    model_config = example(
        {
            "name": "Cara",
            "description": "Shows people around the shop.",
            "avatarId": "071b0286-4cce-4808-bee2-e642f1062de3",
            "voiceId": "de23e340-1416-4dd8-977d-065a7ca11697",
            "llmId": "a7cf662c-2ace-4de1-a21e-ef0fbf144bb7",
            "systemPrompt": "You are Cara. You help people to find what they need, in one or two sentences.",
            "initialMessage": "Hello! What are you looking for?",
            "languageCode": "en",
        }
    )

    widget_config: WidgetConfig | None = None


class Brain(Answer):
    personality: str | None
    system_prompt: str | None


class ReachedGroup(Answer):
    """A knowledge group that one of the persona's tools searches."""

    id: str
    name: str
    description: str | None


class PrimaryShareLink(Answer):
    token: str
    enabled: bool


class Persona(Answer):
    id: str
    name: str
    description: str | None
    persona_preset: str
    avatar: Avatar | None
    avatar_model: str | None
    voice: Voice | None
    voice_speed: float | None
    llm_id: str | None
    brain: Brain
    tools: list[dict[str, Any]]
    knowledge: list[ReachedGroup]
    share_links: list[ShareLink] | None
    primary_share_link: PrimaryShareLink | None
    enable_audio_passthrough: bool
    skip_greeting: bool
    zero_data_retention: bool
    voice_detection_options: dict[str, Any] | None
    voice_generation_options: dict[str, Any] | None
    widget_config: dict[str, Any]
    created_at: Timestamp
    updated_at: Timestamp
    initial_message: str | None
    uninterruptible_greeting: bool
    language_code: str | None
    director_notes: dict[str, Any] | None
    max_session_length_seconds: float | None
    tool_ids: list[str]
    fallback_voice_ids: list[str]
    fallback_llm_ids: list[str]

    @classmethod
    def of(
        cls,
        row: models.Persona,
        avatar: models.Avatar | None,
        voice: Voice | None,
        attached: Attached,
        addresses: Addresses,
    ) -> "Persona":
        primary = next((link for link in attached.links if link.is_primary), None)
        return cls(
            id=row.id,
            name=row.name,
            description=row.description,
            persona_preset=row.persona_preset,
            avatar=Avatar.of(avatar, addresses) if avatar else None,
            avatar_model=row.avatar_model or (avatar.active_version if avatar else None),
            voice=voice,
            voice_speed=row.voice_speed,
            llm_id=row.llm_id,
            brain=Brain(personality=row.personality, system_prompt=row.system_prompt),
            tools=[runtime_form(tool) for tool in attached.tools],
            knowledge=[ReachedGroup(id=it.id, name=it.name, description=it.description) for it in attached.groups],
            # null where there is none, as clients know it
            share_links=[ShareLink.of(link, addresses.public_url) for link in attached.links] or None,
            primary_share_link=PrimaryShareLink(token=primary.token, enabled=primary.enabled) if primary else None,
            enable_audio_passthrough=row.enable_audio_passthrough,
            skip_greeting=row.skip_greeting,
            zero_data_retention=row.zero_data_retention,
            voice_detection_options=row.voice_detection_options,
            voice_generation_options=row.voice_generation_options,
            widget_config=row.widget_config,
            created_at=row.created_at,
            updated_at=row.updated_at,
            initial_message=row.initial_message,
            uninterruptible_greeting=row.uninterruptible_greeting,
            language_code=row.language_code,
            director_notes=row.director_notes,
            max_session_length_seconds=row.max_session_length_seconds,
            tool_ids=[tool.id for tool in attached.tools],
            fallback_voice_ids=row.fallback_voice_ids or [],
            fallback_llm_ids=row.fallback_llm_ids or [],
        )


class PersonaSummary(Answer):
    id: str
    name: str
    description: str
    persona_preset: str
    avatar: Avatar | None
    voice: Voice | None
    voice_speed: float | None
    is_default_persona: bool
    language_code: str
    created_at: Timestamp
    updated_at: Timestamp

    @classmethod
    def of(
        cls, row: models.Persona, avatar: models.Avatar | None, voice: Voice | None, addresses: Addresses
    ) -> "PersonaSummary":
        return cls(
            id=row.id,
            name=row.name,
            description=row.description or "",
            persona_preset=row.persona_preset,
            avatar=Avatar.of(avatar, addresses) if avatar else None,
            voice=voice,
            voice_speed=row.voice_speed,
            is_default_persona=row.organization_id is None,
            language_code=row.language_code or INHERIT,
            created_at=row.created_at,
            updated_at=row.updated_at,
        )
