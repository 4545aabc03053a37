"""HTTP for personas."""

from visavis.db import models
from visavis.http.addresses import Addresses, Addressing
from visavis.http.auth import Caller
from visavis.http.deps import Paging, Reading, Search, Writing
from visavis.http.routing import router
from visavis.http.wire import Message, PageOf, RowId, page_of
from visavis.resources.personas.schemas import Persona, PersonaSummary, PersonaWrite
from visavis.resources.personas.service import Personas, References
from visavis.resources.personas.widget import Widget, owner_of, widget_of

routes = router(tag="Personas")


async def _answer(personas: Personas, row: models.Persona, found: References, addresses: Addresses) -> Persona:
    return Persona.of(row, found.avatar, found.voice, await personas.attached(row, found), addresses)


@routes.get("/personas")
async def list_personas(
    caller: Caller, transaction: Reading, addresses: Addressing, page: Paging, search: Search = ""
) -> PageOf[PersonaSummary]:
    """Built-in personas and the organization's own, newest first; `search` looks at names."""
    personas = Personas(transaction, caller.organization_id)
    found = await personas.list(page, search)
    avatars, voices = await personas.embeds(found.rows)
    items = [
        PersonaSummary.of(row, avatars.get(row.avatar_id or ""), voices.get(row.voice_id or ""), addresses)
        for row in found.rows
    ]
    return page_of(items, found)


@routes.post("/personas", status_code=201)
async def create_persona(body: PersonaWrite, caller: Caller, transaction: Writing, addresses: Addressing) -> Persona:
    """A face, a voice and a mind under one id."""
    personas = Personas(transaction, caller.organization_id)
    row, found = await personas.create(body)
    return Persona.of(row, found.avatar, found.voice, await personas.attached(row, found, new=True), addresses)


@routes.get("/personas/{id}")
async def get_persona(persona_id: RowId, caller: Caller, transaction: Reading, addresses: Addressing) -> Persona:
    personas = Personas(transaction, caller.organization_id)
    row = await personas.get(persona_id)
    return await _answer(personas, row, await personas.references(row), addresses)


@routes.get("/personas/{id}/widget")
async def get_widget(persona_id: RowId, transaction: Reading, addresses: Addressing) -> Widget:
    """How the embedded widget looks; needs no key."""
    personas = Personas(transaction, await owner_of(transaction, persona_id))
    row = await personas.get(persona_id)
    return widget_of(row, (await personas.references(row)).avatar, addresses)


@routes.put("/personas/{id}")
async def update_persona(
    persona_id: RowId, body: PersonaWrite, caller: Caller, transaction: Writing, addresses: Addressing
) -> Persona:
    """Only what is sent changes. Another voice forgets the tuning of the last one."""
    personas = Personas(transaction, caller.organization_id)
    row, found = await personas.update(persona_id, body)
    return await _answer(personas, row, found, addresses)


@routes.delete("/personas/{id}")
async def delete_persona(persona_id: RowId, caller: Caller, transaction: Writing) -> Message:
    await Personas(transaction, caller.organization_id).remove(persona_id)
    return Message(message="Persona deleted")
