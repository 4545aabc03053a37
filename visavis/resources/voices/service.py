"""What a voice can be told, who speaks for it, and how voices come and go."""

from typing import Any

from pydantic import ValidationError
from sqlalchemy import ColumnElement
from sqlalchemy.ext.asyncio import AsyncSession

from visavis.core.errors import Detail, InvalidRequest
from visavis.core.material import ClonedVoice
from visavis.db.hiding import Parts
from visavis.db.models import Persona, Voice
from visavis.db.repository import contains, tagged
from visavis.http.errors import invalid_request
from visavis.http.wire import Body
from visavis.resources.voices.schemas import (
    PROVIDERS,
    VARIANTS,
    VoiceCloneForm,
    VoiceImport,
    VoiceUpdate,
    variant_of,
)
from visavis.resources.voices.speakers import Speakers
from visavis.resources.voices.stock import SPOKEN_BY, country_of

# what providers speak with where nobody says
MODELS = {"ELEVENLABS": "eleven_flash_v2_5", "CARTESIA": "sonic-3"}
# who speaks for voices that nothing here can speak for: by gender, then by country
STAND_INS: dict[tuple[str, str], str] = {("MALE", "GB"): "awb"}
STAND_IN_BY_GENDER = {"MALE": "rms", "FEMALE": "slt", "NEUTRAL": "slt"}
CLEARABLE = {"gender", "country", "description"}


def checked_options(options: dict[str, Any], provider: str | None, model: str | None = None) -> dict[str, Any]:
    """The options that exist, each in range. Nothing in a request says for which provider options were written.

    The voice's own provider decides where it knows an option; an option that only another provider knows is checked
    against that one and kept, so that a persona may change its voice and back. Raises `InvalidRequest`.
    """
    own = variant_of(provider, model)
    variants = [variant for variant in (own, *VARIANTS.values()) if variant is not None]
    known: dict[str, Any] = {}
    details: list[Detail] = []
    for name, value in options.items():
        variant = next((variant for variant in variants if name in _aliases(variant)), None)
        if variant is None or value is None:
            continue
        try:
            variant.model_validate({name: value})
            known[name] = value
        except ValidationError as error:
            details += invalid_request(error.errors()).details
    if details:
        raise InvalidRequest(details=details)
    return known


def _aliases(variant: type[Body]) -> set[str]:
    return {field.alias or name for name, field in variant.model_fields.items()}


def check_provider(name: str, speakers: Speakers) -> None:
    """Raises `InvalidRequest` for a provider that neither the contract nor this server knows."""
    known = {*PROVIDERS, *(provider.upper() for provider in speakers.providers)}
    if name not in known:
        message = f'there is no provider "{name}" here; these are: {", ".join(sorted(known))}'
        raise InvalidRequest.field("provider", message, "unknown_provider")


class Voices(Parts[Voice]):
    def __init__(self, session: AsyncSession, organization_id: str, *, also_hidden: bool = False) -> None:
        super().__init__(session, Voice, organization_id, "voice", Persona.voice_id, also_hidden=also_hidden)

    async def take_in(self, body: VoiceImport, speakers: Speakers) -> Voice:
        """A provider's voice. Without a key for it a built-in voice speaks instead; `servedBy` says who does."""
        check_provider(body.provider, speakers)
        row = _row(body.display_name, body.gender, body.country, body.description)
        row.provider, row.provider_voice_id = body.provider, body.provider_voice_id
        row.provider_model_id = body.provider_model_id or MODELS.get(body.provider, "")
        row.is_zdr = speakers.keep_nothing(row)
        return await self.add(row)

    async def keep_clone(self, body: VoiceCloneForm, cloned: ClonedVoice, cloned_by: str) -> Voice:
        row = _row(body.name, None, None, body.description)
        row.provider, row.provider_voice_id = cloned.provider, cloned.voice_id
        row.provider_model_id, row.cloned_by = cloned.model_id, cloned_by
        row.language, row.display_tags = body.language, ["cloned"]
        return await self.add(row)

    async def change(self, voice_id: str, body: VoiceUpdate) -> Voice:
        row = await self.own(voice_id)
        for name in body.model_fields_set:
            value = getattr(body, name)
            if value is not None or name in CLEARABLE:
                setattr(row, name, value)
        await self.session.flush()
        return row


def _row(name: str, gender: str | None, country: str | None, description: str | None) -> Voice:
    """Spoken by a built-in voice. What nobody said of it is said of that voice: some clients need it."""
    gender = gender or "NEUTRAL"
    speaker = STAND_INS.get((gender, country or "")) or STAND_IN_BY_GENDER[gender]
    return Voice(
        display_name=name,
        served_by=SPOKEN_BY,
        served_voice=speaker,
        gender=gender,
        country=country or country_of(speaker),
        description=description,
        display_tags=[],
        is_zdr=False,
        cloned_by="",
    )


def matching(
    search: str, provider: str | None, gender: str | None, country: str | None, tags: str
) -> list[ColumnElement[bool]]:
    """`tags` is comma separated and any of them will do."""
    filters: list[ColumnElement[bool]] = [contains(Voice.display_name, search)] if search else []
    for column, value in ((Voice.provider, provider), (Voice.gender, gender), (Voice.country, country)):
        if value is not None:
            filters.append(column == value)
    return filters + tagged(Voice.display_tags, tags)
