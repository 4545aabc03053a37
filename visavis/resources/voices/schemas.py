"""Voices on the wire, and the tuning that each kind of voice understands."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AliasChoices, BeforeValidator, Field, StringConstraints, WithJsonSchema

from visavis.db import models
from visavis.http.addresses import Addresses
from visavis.http.strings import clean
from visavis.http.wire import UUID, Answer, Body, ServedBy, Timestamp
from visavis.resources.voices.speakers import Cast

# the contract's four; whoever else speaks here goes by its name in the catalog
PROVIDERS = ("CARTESIA", "ELEVENLABS", "OPENAI_ADVANCED_VOICE", "FISH_AUDIO")
Gender = Literal["MALE", "FEMALE", "NEUTRAL"]

FOLDER = "/assets/voices"
UPLOAD_BYTES_MAX = 52_428_800


def _upper(value: Any) -> Any:
    """Official tools write these names in small letters."""
    return value.upper() if isinstance(value, str) else value


AnyCaseProvider = Annotated[
    str,
    BeforeValidator(_upper),
    Field(pattern="^[A-Z][A-Z0-9_]*$", max_length=32),
    WithJsonSchema(
        {
            "anyOf": [{"type": "string", "enum": list(PROVIDERS)}, {"type": "string", "pattern": "^[A-Z][A-Z0-9_]*$"}],
            "description": "One of these, or another that speaks on this server: AZURE, PIPER.",
        }
    ),
]
AnyCaseGender = Annotated[Gender, BeforeValidator(_upper)]
Country = Annotated[
    str, BeforeValidator(_upper), Field(pattern="^[A-Z]{2}$", description="Two letters, as in ISO 3166-1: US, GB.")
]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=255), AfterValidator(clean)]
ProviderId = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=255), AfterValidator(clean)
]
Description = Annotated[str, StringConstraints(max_length=10_000), AfterValidator(clean)]


class VoiceImport(Body):
    """A voice that a provider already has."""

    display_name: Name = Field(validation_alias=AliasChoices("displayName", "name"))
    provider: AnyCaseProvider
    provider_voice_id: ProviderId
    provider_model_id: ProviderId | None = None
    gender: AnyCaseGender | None = None
    country: Country | None = None
    description: Description | None = None


class VoiceCloneForm(Body):
    """A form with a recording of the voice."""

    name: Name = Field(validation_alias=AliasChoices("name", "displayName"))
    description: Description | None = None
    language: Annotated[str, Field(pattern="^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$", max_length=16)] = "en"
    enhance: Annotated[bool, Field(description="Whether background noise is taken out of the recording first.")] = True


class VoiceClone(VoiceCloneForm):
    """The same after an upload."""

    audio_key: Annotated[str, Field(pattern=f"^{UUID}$", description="As `presigned-upload` gave it.")]


class VoiceUpdate(Body):
    """Null removes what is not required."""

    display_name: Name | None = Field(default=None, validation_alias=AliasChoices("displayName", "name"))
    provider_model_id: ProviderId | None = None
    gender: AnyCaseGender | None = None
    country: Country | None = None
    description: Description | None = None


class UploadRequest(Body):
    filename: Annotated[str, StringConstraints(min_length=1, max_length=255), AfterValidator(clean)]
    content_type: Annotated[
        str,
        Field(
            pattern=r"^audio/[A-Za-z0-9.+_-]{1,60}(\s*;.{0,100})?$",
            description="Begins with `audio/`; the upload must have the same.",
        ),
    ]
    file_size: Annotated[int, Field(ge=1, le=UPLOAD_BYTES_MAX, description="In bytes.")]


class Upload(Answer):
    upload_url: str
    audio_key: str


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
    def of(cls, row: models.Voice, addresses: Addresses, cast: Cast) -> "Voice":
        speaker = cast.first(row)
        sample = addresses.of(f"{FOLDER}/{row.id}", row.organization_id)["sample.wav"]
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
            is_zdr=row.is_zdr and speaker.keeps_nothing,
            created_by_organization_id=row.organization_id,
            created_at=row.created_at,
            updated_at=row.updated_at,
            served_by=ServedBy(provider=speaker.provider, model=speaker.model or speaker.voice),
        )


Share = Annotated[float, Field(ge=0, le=1)]
Words = Annotated[str, StringConstraints(max_length=1000), AfterValidator(clean)]


class ElevenLabsV1Options(Body):
    stability: Share = 0.5
    similarity_boost: Share = 0.75
    speed: Annotated[float, Field(ge=0.7, le=1.2)] = 1.0


class ElevenLabsOptions(ElevenLabsV1Options):
    style: Share = 0.0
    use_speaker_boost: bool = True
    model: Annotated[str, Field(max_length=100)] = ""


class CartesiaOptions(Body):
    volume: Annotated[float, Field(ge=0.5, le=2)] = 1.0
    speed: Annotated[float, Field(ge=0.6, le=1.5)] = 1.0
    emotion: Literal["neutral", "calm", "angry", "content", "sad", "scared"] = "neutral"


class FishAudioOptions(Body):
    volume: Annotated[float, Field(ge=0.5, le=2)] = 1.0
    speed: Annotated[float, Field(ge=0.5, le=2)] = 1.0


class OpenAIOptions(Body):
    speed: Annotated[float, Field(ge=0.25, le=4)] = 1.0
    instructions: Annotated[Words, Field(description="How to speak, for models that take directions.")] = ""


class AzureOptions(Body):
    volume: Annotated[float, Field(ge=0, le=2)] = 1.0
    speed: Annotated[float, Field(ge=0.5, le=2)] = 1.0
    speaking_style: Annotated[Words, Field(description="One that the voice has, such as `cheerful`.")] = ""


class DeepgramOptions(Body):
    speed: Annotated[float, Field(ge=0.7, le=1.5)] = 1.0


class BuiltInOptions(Body):
    """For built-in voices that are nobody else's."""

    volume: Annotated[float, Field(ge=0, le=4)] = 1.0
    speed: Annotated[float, Field(ge=0.5, le=2)] = 1.0
    pitch: Annotated[float, Field(ge=0.7, le=1.4)] = 1.0
    tract: Annotated[float, Field(ge=0.85, le=1.15, description="A shorter or longer vocal tract.")] = 1.0


VARIANTS: dict[str, type[Body]] = {
    "ELEVENLABS": ElevenLabsOptions,
    "CARTESIA": CartesiaOptions,
    "FISH_AUDIO": FishAudioOptions,
    "OPENAI_ADVANCED_VOICE": OpenAIOptions,
    "AZURE": AzureOptions,
    "DEEPGRAM": DeepgramOptions,
    "BUILT_IN": BuiltInOptions,
}


def variant_of(provider: str | None, model: str | None) -> type[Body] | None:
    """The options of a voice; the first generation of ElevenLabs' models has fewer."""
    if provider == "ELEVENLABS" and (model or "").endswith("_v1"):
        return ElevenLabsV1Options
    return VARIANTS.get(provider or "")


OPTIONS_SCHEMA: dict[str, Any] = {
    "description": "Tuning of the voice; which options exist is decided by the voice's provider.",
    "anyOf": [variant.model_json_schema(by_alias=True) for variant in VARIANTS.values()] + [{"type": "null"}],
}
