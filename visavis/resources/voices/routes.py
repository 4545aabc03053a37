"""HTTP for voices, and the samples their addresses point at."""

from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import FileResponse

from visavis.core.errors import InvalidRequest, NotFound
from visavis.db import models
from visavis.db.blobs import Blobs
from visavis.db.models import new_id
from visavis.http.addresses import Addressing, owner_by
from visavis.http.auth import Caller, Subject
from visavis.http.deps import Files, Paging, PublicUrl, Reading, Search, Writing, database
from visavis.http.forms import Form, described, sent
from visavis.http.middleware import Room
from visavis.http.routing import router
from visavis.http.signed import Signed
from visavis.http.uploads import upload_url
from visavis.http.wire import Message, PageOf, UuidId, page_of
from visavis.resources.voices import service
from visavis.resources.voices.assets import SampleShelf
from visavis.resources.voices.cloning import Studio
from visavis.resources.voices.schemas import (
    FOLDER,
    UPLOAD_BYTES_MAX,
    AnyCaseGender,
    AnyCaseProvider,
    Country,
    Upload,
    UploadRequest,
    Voice,
    VoiceClone,
    VoiceCloneForm,
    VoiceImport,
    VoiceUpdate,
)
from visavis.resources.voices.service import Voices
from visavis.resources.voices.speakers import Cast, Speakers

# a larger recording is uploaded first
FORM_AUDIO_BYTES_MAX = 4_718_592
UPLOADS = {"POST /v1/voices": Room(10 << 20)}
FORM = described(
    VoiceCloneForm,
    [VoiceImport, VoiceClone],
    "audioFile",
    "A recording of the voice, up to 4.5 MB: WAV, MP3, FLAC, OGG, M4A or WebM, five seconds or more.",
)


async def _cast(request: Request, transaction: Reading, caller: Subject, *rows: models.Voice) -> Cast:
    """Who speaks for these voices of the organization that asks."""
    speakers: Speakers = request.app.state.speakers
    return await speakers.of(transaction, caller.organization_id, rows, to_show=True)


DELETED = Message(message="Voice deleted successfully")

routes = router(tag="Voices")
files = APIRouter(prefix=FOLDER, include_in_schema=False)


@routes.get("/voices")
async def list_voices(
    request: Request,
    caller: Caller,
    transaction: Reading,
    addresses: Addressing,
    page: Paging,
    search: Search = "",
    provider: AnyCaseProvider | None = None,
    gender: AnyCaseGender | None = None,
    country: Country | None = None,
    tags: Annotated[str, Query(max_length=500, description="Comma separated; any of them will do.")] = "",
) -> PageOf[Voice]:
    """Built-in voices and the organization's own, newest first."""
    if provider is not None:
        service.check_provider(provider, request.app.state.speakers)
    filters = service.matching(search, provider, gender, country, tags)
    found = await Voices(transaction, caller.organization_id).list(page, *filters)
    cast = await _cast(request, transaction, caller, *found.rows)
    return page_of([Voice.of(row, addresses, cast) for row in found.rows], found)


@routes.post("/voices", status_code=201, openapi_extra=FORM)
async def create_voice(request: Request, caller: Caller, blobs: Files, addresses: Addressing) -> Voice:
    """Import a voice that a provider has, or clone one from a recording: sent as a form, or uploaded before.

    Cloning needs a provider that does it; 403 says how to set one up. `servedBy` says who really speaks.
    """
    async with sent(request) as form:
        if not form.is_form and "audioKey" not in form.fields:
            body = form.read_as(VoiceImport)
            async with database(request).writing() as transaction:
                row = await Voices(transaction, caller.organization_id).take_in(body, request.app.state.speakers)
        else:
            row = await _cloned(request.app.state.studio, form, request, caller.organization_id, blobs)
    async with database(request).reading() as transaction:
        return Voice.of(row, addresses, await _cast(request, transaction, caller, row))


async def _cloned(studio: Studio, form: Form, request: Request, owner: str, blobs: Blobs) -> models.Voice:
    """The recording is kept only until the voice is made of it."""
    studio.require()
    if form.is_form:
        body, key, field = form.read_as(VoiceCloneForm), "", "audioFile"
        content = await form.file(field, FORM_AUDIO_BYTES_MAX)
        if content is None:
            raise InvalidRequest.field(field, "is required: a recording of the voice", "missing")
        recording = await blobs.put(owner, content, ".recording", FORM_AUDIO_BYTES_MAX)
        path = blobs.path(recording)
    else:
        body, field = form.read_as(VoiceClone), "audioKey"
        key, recording = body.audio_key, ""
        path = _uploaded(blobs, owner, key)
    try:
        cloned = await studio.clone(body, path, field)
    finally:
        await blobs.remove(recording)
    async with database(request).writing() as transaction:
        row = await Voices(transaction, owner).keep_clone(body, cloned, studio.name)
    if key:
        recording, _ = await blobs.adopt_upload(owner, key, ".recording")
        await blobs.remove(recording)
    return row


def _uploaded(blobs: Blobs, owner: str, key: str) -> Path:
    try:
        return blobs.uploaded(owner, key)
    except NotFound:
        message = "nothing was uploaded under this key; PUT the recording to the uploadUrl first"
        raise InvalidRequest.field("audioKey", message, "not_found") from None


# before the routes with an id, which would take it for one
@routes.post("/voices/presigned-upload")
async def create_voice_upload(
    body: UploadRequest, request: Request, caller: Caller, signer: Signed, public_url: PublicUrl
) -> Upload:
    """Where to PUT a large recording, for an hour, and the key to clone it with afterwards."""
    studio: Studio = request.app.state.studio
    studio.require()
    key = new_id()
    url = upload_url(
        signer,
        public_url,
        key,
        organization_id=caller.organization_id,
        content_type=body.content_type,
        max_bytes=UPLOAD_BYTES_MAX,
    )
    return Upload(upload_url=url, audio_key=key)


@routes.get("/voices/{id}")
async def get_voice(
    voice_id: UuidId, request: Request, caller: Caller, transaction: Reading, addresses: Addressing
) -> Voice:
    row = await Voices(transaction, caller.organization_id).get(voice_id)
    return Voice.of(row, addresses, await _cast(request, transaction, caller, row))


@routes.put("/voices/{id}")
async def update_voice(
    voice_id: UuidId,
    body: VoiceUpdate,
    request: Request,
    caller: Caller,
    transaction: Writing,
    addresses: Addressing,
) -> Voice:
    """Only what is sent changes."""
    row = await Voices(transaction, caller.organization_id).change(voice_id, body)
    return Voice.of(row, addresses, await _cast(request, transaction, caller, row))


@routes.delete("/voices/{id}")
async def delete_voice(
    voice_id: UuidId,
    request: Request,
    caller: Caller,
    hard: Annotated[bool, Query(description="Erase it for good, also where it was cloned.")] = False,
) -> Message:
    """Hide a voice, which personas that use it do not notice. `hard=true` is refused with 409 while some do."""
    if not hard:
        async with database(request).writing() as transaction:
            await Voices(transaction, caller.organization_id).hide(voice_id)
        return DELETED
    async with database(request).writing() as transaction:
        row = await Voices(transaction, caller.organization_id, also_hidden=True).condemn(voice_id)
    studio: Studio = request.app.state.studio
    await studio.forget(row.cloned_by, row.provider_voice_id)
    async with database(request).writing() as transaction:
        await Voices(transaction, caller.organization_id, also_hidden=True).remove(voice_id)
    return DELETED


@files.get("/{id}/sample.wav")
async def get_voice_sample(
    voice_id: UuidId,
    request: Request,
    signer: Signed,
    token: Annotated[str, Query(max_length=4000)] = "",
) -> FileResponse:
    """Samples of built-in voices need no credential, those of an organization's own a signed address."""
    owner = owner_by(signer, f"{FOLDER}/{voice_id}", token)
    speakers: Speakers = request.app.state.speakers
    async with database(request).reading() as transaction:  # and no longer: speaking takes its time
        row = await Voices(transaction, owner, also_hidden=True).get(voice_id)
        cast = await speakers.of(transaction, owner, [row])
    shelf: SampleShelf = request.app.state.samples
    path = await shelf.get(cast.specs(row, {}, None, ""))
    visibility = "public" if row.organization_id is None else "private"
    return FileResponse(path, media_type="audio/wav", headers={"cache-control": f"{visibility}, max-age=3600"})
