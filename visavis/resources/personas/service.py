"""The rules: what makes a persona valid, and what changing one part of it does to the others."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from visavis.core.errors import InvalidRequest
from visavis.db.models import Avatar, Llm, Owned, Persona, Tool, Voice, now
from visavis.db.repository import Page, Repository, Row, Slice, contains, find_each
from visavis.http.errors import under
from visavis.resources.personas.attachments import Attached, Attachments
from visavis.resources.personas.schemas import PersonaBody, PersonaWrite
from visavis.resources.voices.service import checked_options

UNNAMED = "Untitled persona"  # lists need something to click on
# what a persona is before anybody says otherwise; also for one that is never stored
BLANK: dict[str, Any] = {
    "name": "",
    "persona_preset": "",
    "voice_speed": 1.0,
    "skip_greeting": False,
    "uninterruptible_greeting": False,
    "zero_data_retention": False,
    "enable_audio_passthrough": False,
    "widget_config": {},
}
# null in a request clears these; for all others it means "not given"
CLEARABLE = {
    "description",
    "avatar_id",
    "avatar_model",
    "voice_id",
    "voice_speed",
    "fallback_voice_ids",
    "llm_id",
    "fallback_llm_ids",
    "system_prompt",
    "personality",
    "initial_message",
    "language_code",
    "max_session_length_seconds",
    "voice_detection_options",
    "voice_generation_options",
    "director_notes",
}
OPTION_OBJECTS = ("voice_detection_options", "director_notes")


@dataclass(frozen=True, slots=True)
class References:
    """What a persona points at; None where it points at nothing, or at something that is gone."""

    avatar: Avatar | None
    voice: Voice | None
    llm: Llm | None
    tools: Sequence[Tool] = ()
    fallback_voices: Sequence[Voice] = ()
    fallback_llms: Sequence[Llm] = ()


class Personas:
    """The personas of one organization, within one transaction."""

    def __init__(self, session: AsyncSession, organization_id: str) -> None:
        self.session, self.organization_id = session, organization_id
        self._rows = Repository(session, Persona, organization_id, "persona")
        self._avatars = Repository(session, Avatar, organization_id, "avatar")
        self._voices = Repository(session, Voice, organization_id, "voice")
        self._llms = Repository(session, Llm, organization_id, "LLM")
        self._attachments = Attachments(session, organization_id)

    async def get(self, persona_id: str) -> Persona:
        return await self._rows.get(persona_id)

    async def list(self, page: Page, search: str) -> Slice[Persona]:
        return await self._rows.list(page, *([contains(Persona.name, search)] if search else []))

    async def create(self, body: PersonaWrite) -> tuple[Persona, References]:
        row, found = await self.draft(body)
        row.name = row.name or UNNAMED
        row.widget_config = _merged({}, body)
        await self._rows.add(row)
        if found.tools:
            await self._attachments.replace(row.id, found.tools)
        return row, found

    async def draft(self, body: PersonaBody) -> tuple[Persona, References]:
        """A valid persona that is not stored."""
        row = Persona(**BLANK)
        _apply(row, body)
        return row, await self._validate(row, body)

    async def update(self, persona_id: str, body: PersonaWrite) -> tuple[Persona, References]:
        row = await self._rows.own(persona_id)
        old_avatar, old_voice = row.avatar_id, row.voice_id
        _apply(row, body)
        row.name = row.name or UNNAMED
        if row.voice_id != old_voice and body.voice_generation_options is None:
            row.voice_generation_options = None
        row.widget_config = _merged(row.widget_config, body)
        moved = row.avatar_id != old_avatar and body.avatar_model is None
        found = await self._validate(row, body, forget_model=moved, kept=(old_avatar, old_voice))
        if body.tool_ids is not None:
            row.updated_at = now()  # which also locks the row
        await self._rows.session.flush()
        if body.tool_ids is not None:
            await self._attachments.replace(row.id, found.tools)
        return row, found

    async def remove(self, persona_id: str) -> None:
        await self._rows.remove(persona_id)

    async def references(self, row: Persona, tool_ids: Sequence[str] | None = None) -> References:
        """`tool_ids` are those the persona shall have from now on, where somebody said so."""
        stored = await self._attachments.tools(row.id) if row.id and tool_ids is None else ()
        avatar, voice, llm = await find_each(
            (self._avatars, row.avatar_id), (self._voices, row.voice_id), (self._llms, row.llm_id)
        )
        tools = stored if tool_ids is None else await self._attachments.chosen(tool_ids)
        voices = await _in_order(self._voices, row.fallback_voice_ids)
        return References(avatar, voice, llm, tools, voices, await _in_order(self._llms, row.fallback_llm_ids))

    async def attached(self, row: Persona, found: References, *, new: bool = False) -> Attached:
        return await self._attachments.around(found.tools, None if new else row.id)

    async def llm(self, llm_id: str) -> Llm | None:
        return await self._llms.find(llm_id)

    async def embeds(self, rows: Sequence[Persona]) -> tuple[dict[str, Avatar], dict[str, Voice]]:
        """The avatars and voices of many personas in two queries."""
        return (
            await self._avatars.get_many({row.avatar_id for row in rows if row.avatar_id}),
            await self._voices.get_many({row.voice_id for row in rows if row.voice_id}),
        )

    async def _validate(
        self,
        row: Persona,
        body: PersonaBody,
        *,
        forget_model: bool = False,
        kept: Sequence[str | None] = (),
    ) -> References:
        """`kept` are the avatar and the voice that the persona had before."""
        found = await self.references(row, body.tool_ids)
        given = body.model_fields_set
        _require(_offered(found.avatar, kept), row.avatar_id, "avatarId", "avatar", "avatar_id" in given)
        _require(_offered(found.voice, kept), row.voice_id, "voiceId", "voice", "voice_id" in given)
        _require(found.llm, row.llm_id, "llmId", "LLM", "llm_id" in given)
        if "fallback_voice_ids" in given:
            offered = [voice for voice in found.fallback_voices if voice.deleted_at is None]
            _require_each(offered, row.fallback_voice_ids, "fallbackVoiceIds", "voice")
        if "fallback_llm_ids" in given:
            _require_each(found.fallback_llms, row.fallback_llm_ids, "fallbackLlmIds", "LLM")
        _check_model(row, found.avatar, forget_model)
        _check_retention(row, found)
        if row.voice_generation_options is not None and body.voice_generation_options is not None:
            provider, model = (found.voice.provider, found.voice.provider_model_id) if found.voice else (None, None)
            with under("voiceGenerationOptions"):
                row.voice_generation_options = checked_options(row.voice_generation_options, provider, model)
        return found


def _apply(row: Persona, body: PersonaBody) -> None:
    columns = Persona.__table__.columns.keys()
    for name in body.model_fields_set:
        value = getattr(body, name)
        if name in columns and name != "widget_config" and (value is not None or name in CLEARABLE):
            if name in OPTION_OBJECTS and value is not None:
                value = value.model_dump(by_alias=True, exclude_none=True)
            setattr(row, name, value)
    if body.brain is not None:
        row.system_prompt = row.system_prompt if body.system_prompt is not None else body.brain.system_prompt
        row.personality = row.personality if body.personality is not None else body.brain.personality


def _merged(config: dict[str, Any], body: PersonaWrite) -> dict[str, Any]:
    if body.widget_config is None:
        return config
    changes = body.widget_config.model_dump(by_alias=True, exclude_unset=True)
    return {name: value for name, value in {**config, **changes}.items() if value is not None}


def _offered(found: Avatar | Voice | None, kept: Sequence[str | None]) -> Avatar | Voice | None:
    """One that was deleted may stay with a persona that has it, and comes to no other."""
    return found if found is None or found.deleted_at is None or found.id in kept else None


def _require(found: Owned | None, row_id: str | None, field: str, noun: str, given: bool) -> None:
    """A reference must exist when it is set; one that was deleted later does not block other changes."""
    if row_id and found is None and given:
        message = f'there is no {noun} "{row_id}" in this organization; GET /v1/{noun.lower()}s lists them'
        raise InvalidRequest.field(field, message, "not_found")


def _require_each(found: Sequence[Owned], row_ids: Sequence[str] | None, field: str, noun: str) -> None:
    there = {row.id: row for row in found}
    for index, row_id in enumerate(row_ids or ()):
        _require(there.get(row_id), row_id, f"{field}.{index}", noun, given=True)


async def _in_order(rows: Repository[Row], wanted: Sequence[str] | None) -> Sequence[Row]:
    """Those that are still there, in the order of the persona."""
    found = await rows.get_many(set(wanted)) if wanted else {}
    return [found[row_id] for row_id in wanted or () if row_id in found]


def _check_model(row: Persona, avatar: Avatar | None, forget_model: bool) -> None:
    if avatar is None or row.avatar_model is None or row.avatar_model in avatar.available_versions:
        return
    if forget_model:
        row.avatar_model = None
        return
    offered = ", ".join(avatar.available_versions)
    raise InvalidRequest.field("avatarModel", f'this avatar offers {offered}, not "{row.avatar_model}"', "not_offered")


def _check_retention(row: Persona, found: References) -> None:
    if not row.zero_data_retention:
        return
    minds = [("LLM", llm) for llm in (found.llm, *found.fallback_llms)]
    for noun, part in (("voice", found.voice), *minds):
        if part is not None and not part.is_zdr:
            message = f'needs a {noun} without data retention; "{part.display_name}" is not marked isZdr'
            raise InvalidRequest.field("zeroDataRetention", message, "not_zero_retention")
