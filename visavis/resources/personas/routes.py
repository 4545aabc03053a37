"""HTTP for personas."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import Request

from visavis.db import models
from visavis.http.addresses import Addresses, Addressing
from visavis.http.auth import Caller, Subject
from visavis.http.deps import Paging, Reading, Search, Writing
from visavis.http.routing import router
from visavis.http.wire import Message, PageOf, RowId, page_of
from visavis.resources.personas.schemas import Persona, PersonaSummary, PersonaWrite
from visavis.resources.personas.service import Personas, References
from visavis.resources.personas.widget import Widget, owner_of, widget_of
from visavis.resources.voices.schemas import Voice
from visavis.resources.voices.speakers import Speakers

routes = router(tag="Personas")


@dataclass(frozen=True, slots=True)
class _Desk:
    """What every answer of a request is written with."""

    personas: Personas
    addresses: Addresses
    speakers: Speakers

    async def answer(self, row: models.Persona, found: References, *, new: bool = False) -> Persona:
        attached = await self.personas.attached(row, found, new=new)
        [voice] = await self.voices([found.voice])
        return Persona.of(row, found.avatar, voice, attached, self.addresses)

    async def voices(self, rows: Sequence[models.Voice | None]) -> list[Voice | None]:
        cast = await self.speakers.of(self.personas.session, self.personas.organization_id, rows, to_show=True)
        return [Voice.of(row, self.addresses, cast) if row is not None else None for row in rows]


def _desk(request: Request, caller: Subject, transaction: Reading, addresses: Addresses) -> _Desk:
    return _Desk(Personas(transaction, caller.organization_id), addresses, request.app.state.speakers)


@routes.get("/personas")
async def list_personas(
    request: Request, caller: Caller, transaction: Reading, addresses: Addressing, page: Paging, search: Search = ""
) -> PageOf[PersonaSummary]:
    """Built-in personas and the organization's own, newest first; `search` looks at names."""
    desk = _desk(request, caller, transaction, addresses)
    found = await desk.personas.list(page, search)
    avatars, voices = await desk.personas.embeds(found.rows)
    spoken = await desk.voices([voices.get(row.voice_id or "") for row in found.rows])
    items = [
        PersonaSummary.of(row, avatars.get(row.avatar_id or ""), voice, addresses)
        for row, voice in zip(found.rows, spoken, strict=True)
    ]
    return page_of(items, found)


@routes.post("/personas", status_code=201)
async def create_persona(
    body: PersonaWrite, request: Request, caller: Caller, transaction: Writing, addresses: Addressing
) -> Persona:
    """A face, a voice and a mind under one id."""
    desk = _desk(request, caller, transaction, addresses)
    return await desk.answer(*await desk.personas.create(body), new=True)


@routes.get("/personas/{id}")
async def get_persona(
    persona_id: RowId, request: Request, caller: Caller, transaction: Reading, addresses: Addressing
) -> Persona:
    desk = _desk(request, caller, transaction, addresses)
    row = await desk.personas.get(persona_id)
    return await desk.answer(row, await desk.personas.references(row))


@routes.get("/personas/{id}/widget")
async def get_widget(persona_id: RowId, transaction: Reading, addresses: Addressing) -> Widget:
    """How the embedded widget looks; needs no key."""
    personas = Personas(transaction, await owner_of(transaction, persona_id))
    row = await personas.get(persona_id)
    return widget_of(row, (await personas.references(row)).avatar, addresses)


@routes.put("/personas/{id}")
async def update_persona(
    persona_id: RowId,
    body: PersonaWrite,
    request: Request,
    caller: Caller,
    transaction: Writing,
    addresses: Addressing,
) -> Persona:
    """Only what is sent changes. Another voice forgets the tuning of the last one."""
    desk = _desk(request, caller, transaction, addresses)
    return await desk.answer(*await desk.personas.update(persona_id, body))


@routes.delete("/personas/{id}")
async def delete_persona(persona_id: RowId, caller: Caller, transaction: Writing) -> Message:
    await Personas(transaction, caller.organization_id).remove(persona_id)
    return Message(message="Persona deleted")
