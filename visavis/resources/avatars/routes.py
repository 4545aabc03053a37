"""HTTP for avatars, and the pictures and films their addresses point at."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import FileResponse

from visavis.core.errors import InvalidRequest
from visavis.core.material import Photo
from visavis.http.addresses import Addressing, owner_by
from visavis.http.auth import Caller
from visavis.http.deps import Files, Outgoing, Paging, Reading, Search, Writing, database
from visavis.http.errors import blaming
from visavis.http.forms import Form, described, sent
from visavis.http.middleware import Room
from visavis.http.routing import router
from visavis.http.signed import Signed
from visavis.http.wire import Message, PageOf, UuidId, page_of
from visavis.net.guard import Guard
from visavis.resources.avatars import service
from visavis.resources.avatars.assets import AvatarFile, Pictures, PictureShelf
from visavis.resources.avatars.schemas import (
    FOLDER,
    Avatar,
    AvatarCreate,
    AvatarForm,
    AvatarUpdate,
    NewAvatar,
    RenderStyle,
)
from visavis.resources.avatars.service import PHOTO_BYTES_MAX, Avatars

FETCH_TIMEOUT_S = 20.0
# more than a photo may have, so that one that is too large is named as such
UPLOADS = {"POST /v1/avatars": Room(10 << 20)}
FORM = described(AvatarForm, [AvatarCreate], "imageFile", "JPEG, PNG or WebP, up to 4.5 MB: one person who faces us.")
DELETED = Message(message="Avatar deleted successfully")

routes = router(tag="Avatars")
files = APIRouter(prefix=FOLDER, include_in_schema=False)


@routes.get("/avatars")
async def list_avatars(
    caller: Caller,
    transaction: Reading,
    addresses: Addressing,
    page: Paging,
    search: Search = "",
    renderStyle: RenderStyle | Literal["all"] = "all",  # noqa: N803 - the contract's name
    tags: Annotated[str, Query(max_length=500)] = "",
    onlyOneShot: bool = False,  # noqa: N803
) -> PageOf[Avatar]:
    """Built-in avatars and the organization's own, newest first."""
    avatars = Avatars(transaction, caller.organization_id)
    found = await avatars.list(page, *service.matching(search, renderStyle, tags, onlyOneShot))
    return page_of([Avatar.of(row, addresses) for row in found.rows], found)


@routes.post("/avatars", status_code=201, openapi_extra=FORM)
async def create_avatar(
    request: Request, caller: Caller, blobs: Files, outgoing: Outgoing, addresses: Addressing
) -> NewAvatar:
    """An avatar from one photo of one person. It is looked at before anything is kept, and 422 says what is wrong.

    `warnings` says what could be better: a face narrower than 200 pixels looks soft.
    """
    async with sent(request) as form:
        body = form.read_as(AvatarForm if form.is_form else AvatarCreate)
        photo = await _photo(form, body.image_url, outgoing, request.app.state.inspector)
    blob = await blobs.put(caller.organization_id, photo.jpeg, ".jpg", service.KEPT_BYTES_MAX)
    # looking takes its time, and meanwhile nobody else could have written
    async with database(request).writing() as transaction:
        avatars = Avatars(transaction, caller.organization_id)
        row = await avatars.make(body.display_name, photo, blob, body.avatar_model)
    return NewAvatar.made(row, photo, addresses)


async def _photo(form: Form, url: str | None, outgoing: Guard, inspector: Pictures) -> Photo:
    """The photo of a request, whichever way it came. Errors name that way."""
    content = await form.file("imageFile", PHOTO_BYTES_MAX)
    if (content is None) == (url is None):
        raise InvalidRequest.field("imageFile", "send exactly one of imageFile and imageUrl", "one_photo")
    with blaming("imageFile" if url is None else "imageUrl"):
        if url is not None:
            fetched = await outgoing.fetch(url, max_bytes=PHOTO_BYTES_MAX, timeout_s=FETCH_TIMEOUT_S)
            content = fetched.content
        return await inspector.look_at_photo(content or b"")


@routes.get("/avatars/{id}")
async def get_avatar(avatar_id: UuidId, caller: Caller, transaction: Reading, addresses: Addressing) -> Avatar:
    return Avatar.of(await Avatars(transaction, caller.organization_id).get(avatar_id), addresses)


@routes.put("/avatars/{id}")
async def update_avatar(
    avatar_id: UuidId, body: AvatarUpdate, caller: Caller, transaction: Writing, addresses: Addressing
) -> Avatar:
    """Another name."""
    row = await Avatars(transaction, caller.organization_id).rename(avatar_id, body.display_name)
    return Avatar.of(row, addresses)


@routes.delete("/avatars/{id}")
async def delete_avatar(
    avatar_id: UuidId,
    request: Request,
    caller: Caller,
    blobs: Files,
    hard: Annotated[bool, Query(description="Erase the photo and all that was made of it, for good.")] = False,
) -> Message:
    """Hide an avatar, which personas that use it do not notice. `hard=true` is refused with 409 while some do.

    What is erased is gone before the answer says so. When something fails half-way, the same request finishes it.
    """
    if not hard:
        async with database(request).writing() as transaction:
            await Avatars(transaction, caller.organization_id).hide(avatar_id)
        return DELETED
    async with database(request).writing() as transaction:
        row = await Avatars(transaction, caller.organization_id, also_hidden=True).condemn(avatar_id)
    shelf: PictureShelf = request.app.state.pictures
    await blobs.remove(row.picture)
    await shelf.forget(row)
    async with database(request).writing() as transaction:
        await Avatars(transaction, caller.organization_id, also_hidden=True).remove(avatar_id)
    return DELETED


@files.get("/{id}/{file}")
async def get_avatar_file(
    avatar_id: UuidId,
    file: AvatarFile,
    request: Request,
    signer: Signed,
    token: Annotated[str, Query(max_length=4000)] = "",
) -> FileResponse:
    """Pictures of built-in avatars need no credential, those of an organization's own a signed address."""
    owner = owner_by(signer, f"{FOLDER}/{avatar_id}", token)
    async with database(request).reading() as transaction:  # and no longer: drawing takes its time
        avatar = await Avatars(transaction, owner, also_hidden=True).get(avatar_id)
    shelf: PictureShelf = request.app.state.pictures
    path = await shelf.get(avatar, file)
    visibility = "public" if avatar.organization_id is None else "private"
    return FileResponse(path, headers={"cache-control": f"{visibility}, max-age=3600"})
