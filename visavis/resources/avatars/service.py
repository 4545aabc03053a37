"""Which avatars there are, how one is made of a photo, and how it goes away again."""

from contextlib import suppress

from sqlalchemy import ColumnElement, or_
from sqlalchemy.ext.asyncio import AsyncSession

from visavis.core.errors import NotFound
from visavis.core.material import FaceBox, Photo
from visavis.core.spec import FaceSpec
from visavis.db.blobs import Blobs
from visavis.db.hiding import Parts
from visavis.db.models import Avatar, Persona, new_id
from visavis.db.repository import contains, tagged
from visavis.resources.avatars.stock import MODELS

DEFAULT_MODEL = "cara-3"
RENDERER = "portrait"
PHOTO_BYTES_MAX = 4_718_592  # 4.5 MB
# the photo as it is kept: larger than what was sent where that was packed tighter
KEPT_BYTES_MAX = 20_000_000


class Avatars(Parts[Avatar]):
    def __init__(self, session: AsyncSession, organization_id: str, *, also_hidden: bool = False) -> None:
        super().__init__(session, Avatar, organization_id, "avatar", Persona.avatar_id, also_hidden=also_hidden)

    async def make(self, name: str, photo: Photo, blob: str, model: str | None) -> Avatar:
        """An avatar of the photo that is kept as `blob`."""
        avatar_id = new_id()
        box = list(photo.face_box) if photo.face_box else None
        row = Avatar(
            id=avatar_id,
            display_name=name,
            variant_name="",
            description=None,
            display_tags=[],
            render_style="unknown",
            renderer=RENDERER,
            identity=avatar_id,
            available_versions=MODELS,
            active_version=model or DEFAULT_MODEL,
            picture=blob,
            face_box=box,
        )
        return await self.add(row)

    async def rename(self, avatar_id: str, name: str | None) -> Avatar:
        row = await self.own(avatar_id)
        row.display_name = name or row.display_name
        await self.session.flush()
        return row


def face_spec(row: Avatar, width_px: int, height_px: int, files: Blobs) -> FaceSpec:
    """How a renderer is told of an avatar. One whose photo is gone has a face nevertheless."""
    picture: str = ""
    box: FaceBox | None = None
    if row.picture:
        with suppress(NotFound):
            picture = str(files.path(row.picture))
        if row.face_box:
            left, top, width, height = row.face_box
            box = (left, top, width, height)
    return FaceSpec(row.renderer, row.identity, width_px, height_px, picture, box)


def matching(search: str, render_style: str, tags: str, only_one_shot: bool) -> list[ColumnElement[bool]]:
    """`tags` is comma separated and any of them will do; avatars made from one picture are the organization's own."""
    filters: list[ColumnElement[bool]] = []
    if search:
        filters.append(or_(contains(Avatar.display_name, search), contains(Avatar.description, search)))
    if render_style != "all":
        filters.append(Avatar.render_style == render_style)
    filters += tagged(Avatar.display_tags, tags)
    if only_one_shot:
        filters.append(Avatar.organization_id.is_not(None))
    return filters
