"""HTTP for avatars, and the pictures and films their addresses point at."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import FileResponse

from visavis.db import models
from visavis.db.repository import Repository
from visavis.http.auth import Caller
from visavis.http.deps import Paging, PublicUrl, Reading, Search
from visavis.http.routing import router
from visavis.http.wire import PageOf, UuidId, page_of
from visavis.resources.avatars import service
from visavis.resources.avatars.assets import AvatarFile, PictureShelf
from visavis.resources.avatars.schemas import Avatar, RenderStyle

routes = router(tag="Avatars")
files = APIRouter(prefix="/assets/avatars", include_in_schema=False)


@routes.get("/avatars")
async def list_avatars(
    caller: Caller,
    transaction: Reading,
    public_url: PublicUrl,
    page: Paging,
    search: Search = "",
    renderStyle: RenderStyle | Literal["all"] = "all",  # noqa: N803 - the contract's name
    tags: Annotated[str, Query(max_length=500)] = "",
    onlyOneShot: bool = False,  # noqa: N803
) -> PageOf[Avatar]:
    """Built-in avatars and the organization's own, newest first."""
    repository = Repository(transaction, models.Avatar, caller.organization_id, "avatar")
    found = await repository.list(page, *service.matching(search, renderStyle, tags, onlyOneShot))
    return page_of([Avatar.of(row, public_url) for row in found.rows], found)


@routes.get("/avatars/{id}")
async def get_avatar(avatar_id: UuidId, caller: Caller, transaction: Reading, public_url: PublicUrl) -> Avatar:
    repository = Repository(transaction, models.Avatar, caller.organization_id, "avatar")
    return Avatar.of(await repository.get(avatar_id), public_url)


@files.get("/{id}/{file}")
async def get_avatar_file(avatar_id: UuidId, file: AvatarFile, transaction: Reading, request: Request) -> FileResponse:
    """Built-in avatars only: these addresses carry no credential."""
    avatar = await Repository(transaction, models.Avatar, "", "avatar").get(avatar_id)
    shelf: PictureShelf = request.app.state.pictures
    path = await shelf.get(avatar, file)
    return FileResponse(path, headers={"cache-control": "public, max-age=3600"})
