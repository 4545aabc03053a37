"""What an embedded page may know of a persona; nobody has shown a key."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from visavis.core.errors import NotFound
from visavis.db import models
from visavis.http.addresses import Addresses
from visavis.http.wire import Answer
from visavis.resources.avatars.schemas import Avatar

# what concerns the owner and not the page
PRIVATE = {"allowedOrigins", "allowEverywhere"}


class WidgetPersona(Answer):
    name: str
    avatar_image_url: str | None
    avatar_video_url: str | None


class Widget(Answer):
    persona: WidgetPersona
    widget_config: dict[str, Any]


async def owner_of(session: AsyncSession, persona_id: str) -> str:
    """The organization that the guest of a persona is a guest of. Built-in personas have none: a copy can be embedded.

    This is the one look-up that begins with a persona and not with who asks. Raises `NotFound`.
    """
    owner = await session.scalar(select(models.Persona.organization_id).where(models.Persona.id == persona_id))
    if owner is None:
        raise NotFound("There is no such persona to embed")
    return owner


def widget_of(row: models.Persona, avatar: models.Avatar | None, addresses: Addresses) -> Widget:
    face = Avatar.of(avatar, addresses) if avatar else None
    return Widget(
        persona=WidgetPersona(
            name=row.name,
            avatar_image_url=face.image_url if face else None,
            avatar_video_url=face.video_url if face else None,
        ),
        widget_config={name: value for name, value in row.widget_config.items() if name not in PRIVATE},
    )
