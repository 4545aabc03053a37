"""Voices on the wire, and the tuning that each kind of voice understands."""

from typing import Annotated, Any, Literal

from pydantic import Field

from visavis.db import models
from visavis.http.wire import Answer, Body, ServedBy, Timestamp


class Voice(Answer):
    id: str
    display_name: str
    provider: str
    provider_voice_id: str
    provider_model_id: str
    sample_url: str | None
    preview_sample_url: str | None
    gender: str | None
    country: str | None
    description: str | None
    display_tags: list[str]
    is_zdr: bool
    created_by_organization_id: str | None
    created_at: Timestamp
    updated_at: Timestamp
    served_by: ServedBy

    @classmethod
    def of(cls, row: models.Voice, public_url: str) -> "Voice":
        sample = f"{public_url}/assets/voices/{row.id}/sample.wav"
        return cls(
            id=row.id,
            display_name=row.display_name,
            provider=row.provider,
            provider_voice_id=row.provider_voice_id,
            provider_model_id=row.provider_model_id,
            sample_url=sample,
            preview_sample_url=sample,
            gender=row.gender,
            country=row.country,
            description=row.description,
            display_tags=row.display_tags,
            is_zdr=row.is_zdr,
            created_by_organization_id=row.organization_id,
            created_at=row.created_at,
            updated_at=row.updated_at,
            served_by=ServedBy(provider=row.served_by, model=row.served_voice),
        )


Share = Annotated[float, Field(ge=0, le=1)]


class ElevenLabsOptions(Body):
    stability: Share = 0.5
    similarity_boost: Share = 0.75
    style: Share = 0.0
    use_speaker_boost: bool = True
    speed: Annotated[float, Field(ge=0.7, le=1.2)] = 1.0
    model: Annotated[str, Field(max_length=100)] = ""


class CartesiaOptions(Body):
    volume: Annotated[float, Field(ge=0.5, le=2)] = 1.0
    speed: Annotated[float, Field(ge=0.6, le=1.5)] = 1.0
    emotion: Literal["neutral", "calm", "angry", "content", "sad", "scared"] = "neutral"


class FishAudioOptions(Body):
    volume: Annotated[float, Field(ge=0.5, le=2)] = 1.0
    speed: Annotated[float, Field(ge=0.5, le=2)] = 1.0


VARIANTS: dict[str, type[Body]] = {
    "ELEVENLABS": ElevenLabsOptions,
    "CARTESIA": CartesiaOptions,
    "FISH_AUDIO": FishAudioOptions,
}
OPTIONS_SCHEMA: dict[str, Any] = {
    "description": "Tuning of the voice; which options exist is decided by the voice's provider.",
    "anyOf": [variant.model_json_schema(by_alias=True) for variant in VARIANTS.values()] + [{"type": "null"}],
}
