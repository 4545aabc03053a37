"""People without a key: what a share link or a widget shows them, and the token that it gets them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import HTTPConnection

from visavis.core.errors import OriginNotAllowed
from visavis.db.models import Persona
from visavis.http.addresses import Addresses
from visavis.http.auth import Subject
from visavis.http.deps import database
from visavis.http.origins import among
from visavis.resources.personas.service import Personas, References
from visavis.resources.personas.widget import Widget, owner_of, widget_of
from visavis.resources.sessions.grants import issue_token
from visavis.resources.sessions.resolve import portrait_size
from visavis.resources.sessions.schemas import Invitation, Orientation, TokenRequest
from visavis.resources.sessions.service import Desk
from visavis.resources.share_links import service as share_links


async def admit_by_link(
    desk: Desk, session: AsyncSession, token: str, orientation: Orientation | None, origin: str, public_url: str
) -> str:
    """A token for a guest with a share link. What fails after this in the same transaction has not used the link."""
    link = await share_links.use(session, token, origin, public_url)
    owner = link.organization_id or ""
    row, found = await _persona(session, owner, link.persona_id)
    return await issue_token(desk, session, Subject(owner, None), _request(row, found, "share-link", orientation))


async def admit_by_widget(
    desk: Desk,
    session: AsyncSession,
    persona_id: str,
    orientation: Orientation | None,
    origin: str,
    addresses: Addresses,
) -> str:
    """A token for a guest on a page that embeds the persona. Raises `NotFound`, or `OriginNotAllowed`."""
    owner = await owner_of(session, persona_id)
    row, found = await _persona(session, owner, persona_id)
    config = row.widget_config
    if not config.get("allowEverywhere") and not among(origin, config.get("allowedOrigins", ())):
        raise OriginNotAllowed("This page may not show this persona; its owner can add the page to allowedOrigins")
    shown = widget_of(row, found.avatar, addresses).persona
    claim: dict[str, Any] = {
        "personaName": shown.name,
        "avatarImageUrl": shown.avatar_image_url,
        "avatarVideoUrl": shown.avatar_video_url,
        "removeWatermark": bool(config.get("removeWatermark")),
    }
    request = _request(row, found, "widget", orientation or config.get("orientation"))
    return await issue_token(desk, session, Subject(owner, None), request, claim)


async def look_at_link(session: AsyncSession, token: str, addresses: Addresses) -> Invitation:
    """Who waits behind a share link, and whether a guest can come in. Looking uses nothing. Raises `NotFound`."""
    link = await share_links.find(session, token)
    row, found = await _persona(session, link.organization_id or "", link.persona_id)
    shown: Widget = widget_of(row, found.avatar, addresses)
    left = None if link.usage_limit is None else max(0, link.usage_limit - link.usage_count)
    return Invitation(
        type=link.type,
        persona=shown.persona,
        widget_config=shown.widget_config,
        portrait=portrait_size(row, found) is not None,
        remove_watermark=link.remove_watermark,
        expires_at=link.expires_at,
        uses_left=left,
        reason=share_links.obstacle(link),
    )


async def frames(connection: HTTPConnection, token: str) -> Sequence[str] | None:
    """The origins whose pages may hold the page of a share link in a frame; None is any."""
    async with database(connection).reading() as session:
        return await share_links.frames(session, token)


async def _persona(session: AsyncSession, owner: str, persona_id: str) -> tuple[Persona, References]:
    personas = Personas(session, owner)
    row = await personas.get(persona_id)
    return row, await personas.references(row)


def _request(row: Persona, found: References, label: str, orientation: Orientation | None) -> TokenRequest:
    """An upright picture is a wish: a face that has none is shown as it is."""
    wanted: dict[str, Any] = {"personaConfig": {"personaId": row.id}, "clientLabel": label}
    size = portrait_size(row, found) if orientation == "portrait" else None
    if size is not None:
        wanted["sessionOptions"] = {"videoWidth": size[0], "videoHeight": size[1]}
    return TokenRequest.model_validate(wanted)
