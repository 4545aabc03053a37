"""HTTP for voices, and the samples their addresses point at."""

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse

from visavis.db import models
from visavis.db.repository import Repository, contains
from visavis.http.auth import Caller
from visavis.http.deps import Paging, PublicUrl, Reading, Search
from visavis.http.routing import router
from visavis.http.wire import PageOf, UuidId, page_of
from visavis.resources.voices import service
from visavis.resources.voices.assets import SampleShelf
from visavis.resources.voices.schemas import Voice

routes = router(tag="Voices")
files = APIRouter(prefix="/assets/voices", include_in_schema=False)


@routes.get("/voices")
async def list_voices(
    caller: Caller, transaction: Reading, public_url: PublicUrl, page: Paging, search: Search = ""
) -> PageOf[Voice]:
    """Built-in voices and the organization's own, newest first."""
    repository = Repository(transaction, models.Voice, caller.organization_id, "voice")
    filters = [contains(models.Voice.display_name, search)] if search else []
    found = await repository.list(page, *filters)
    return page_of([Voice.of(row, public_url) for row in found.rows], found)


@routes.get("/voices/{id}")
async def get_voice(voice_id: UuidId, caller: Caller, transaction: Reading, public_url: PublicUrl) -> Voice:
    repository = Repository(transaction, models.Voice, caller.organization_id, "voice")
    return Voice.of(await repository.get(voice_id), public_url)


@files.get("/{id}/sample.wav")
async def get_voice_sample(voice_id: UuidId, transaction: Reading, request: Request) -> FileResponse:
    """Built-in voices only: these addresses carry no credential."""
    row = await Repository(transaction, models.Voice, "", "voice").get(voice_id)
    shelf: SampleShelf = request.app.state.samples
    path = await shelf.get(service.voice_spec(row, {}, None))
    return FileResponse(path, media_type="audio/wav", headers={"cache-control": "public, max-age=3600"})
