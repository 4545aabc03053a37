"""HTTP for personas."""

from visavis.db import models
from visavis.http.auth import Caller
from visavis.http.deps import Paging, PublicUrl, Reading, Search, Writing
from visavis.http.routing import router
from visavis.http.wire import Message, PageOf, RowId, page_of
from visavis.resources.personas.schemas import Persona, PersonaSummary, PersonaWrite
from visavis.resources.personas.service import Personas, References

routes = router(tag="Personas")


async def _answer(personas: Personas, row: models.Persona, found: References, public_url: str) -> Persona:
    return Persona.of(row, found.avatar, found.voice, await personas.attached(row, found), public_url)


@routes.get("/personas")
async def list_personas(
    caller: Caller, transaction: Reading, public_url: PublicUrl, page: Paging, search: Search = ""
) -> PageOf[PersonaSummary]:
    """Built-in personas and the organization's own, newest first; `search` looks at names."""
    personas = Personas(transaction, caller.organization_id)
    found = await personas.list(page, search)
    avatars, voices = await personas.embeds(found.rows)
    items = [
        PersonaSummary.of(row, avatars.get(row.avatar_id or ""), voices.get(row.voice_id or ""), public_url)
        for row in found.rows
    ]
    return page_of(items, found)


@routes.post("/personas", status_code=201)
async def create_persona(body: PersonaWrite, caller: Caller, transaction: Writing, public_url: PublicUrl) -> Persona:
    """A face, a voice and a mind under one id."""
    personas = Personas(transaction, caller.organization_id)
    row, found = await personas.create(body)
    return Persona.of(row, found.avatar, found.voice, await personas.attached(row, found, new=True), public_url)


@routes.get("/personas/{id}")
async def get_persona(persona_id: RowId, caller: Caller, transaction: Reading, public_url: PublicUrl) -> Persona:
    personas = Personas(transaction, caller.organization_id)
    row = await personas.get(persona_id)
    return await _answer(personas, row, await personas.references(row), public_url)


@routes.put("/personas/{id}")
async def update_persona(
    persona_id: RowId, body: PersonaWrite, caller: Caller, transaction: Writing, public_url: PublicUrl
) -> Persona:
    """Only what is sent changes. Another voice forgets the tuning of the last one."""
    personas = Personas(transaction, caller.organization_id)
    row, found = await personas.update(persona_id, body)
    return await _answer(personas, row, found, public_url)


@routes.delete("/personas/{id}")
async def delete_persona(persona_id: RowId, caller: Caller, transaction: Writing) -> Message:
    await Personas(transaction, caller.organization_id).remove(persona_id)
    return Message(message="Persona deleted")
