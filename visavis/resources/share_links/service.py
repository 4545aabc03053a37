"""Addresses for guests: making them, and using one exactly as often as it says."""

import secrets
import string
from datetime import timedelta
from typing import Literal

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from visavis.core.errors import LinkNotUsable, NotFound, OriginNotAllowed
from visavis.db.models import Persona, ShareLink, now
from visavis.db.repository import Page, Repository, Slice, contains
from visavis.http.origins import among
from visavis.resources.share_links.schemas import (
    LIFETIME_HOURS,
    USAGE_LIMIT,
    ShareLinkBody,
    ShareLinkCreate,
)

ALPHABET = string.ascii_letters + string.digits
TOKEN_CHARACTERS = 21  # 125 bits: nobody guesses one
Obstacle = Literal["disabled", "expired", "used_up"]
OBSTACLES: dict[Obstacle, str] = {
    "disabled": "is switched off",
    "expired": "has expired",
    "used_up": "was used as often as it may be",
}
NULLABLE = {"usage_limit"}
NOT_COLUMNS = {"expires_in_hours", "expires_at", "persona_id", "is_primary"}


class ShareLinks:
    """The links of one organization, within one transaction."""

    def __init__(self, session: AsyncSession, organization_id: str) -> None:
        self.rows = Repository(session, ShareLink, organization_id, "share link")
        self._personas = Repository(session, Persona, organization_id, "persona")

    async def list(self, page: Page, search: str, persona_id: str | None) -> Slice[ShareLink]:
        filters: list[ColumnElement[bool]] = []
        if search:
            columns = (ShareLink.name, ShareLink.persona_name, ShareLink.token, ShareLink.id)
            filters.append(or_(*(contains(column, search) for column in columns)))
        if persona_id is not None:
            filters.append(ShareLink.persona_id == persona_id)
        return await self.rows.list(page, *filters)

    async def create(self, body: ShareLinkCreate) -> ShareLink:
        persona = await self._personas.get(body.persona_id)
        row = ShareLink(
            persona_id=persona.id,
            persona_name=persona.name,
            token="sh_" + "".join(secrets.choice(ALPHABET) for _ in range(TOKEN_CHARACTERS)),
            usage_limit=USAGE_LIMIT,
            usage_count=0,
            expires_at=now() + timedelta(hours=LIFETIME_HOURS),
        )
        await self.rows.add(row)
        return await self._change(row, body)

    async def update(self, link_id: str, body: ShareLinkBody) -> ShareLink:
        return await self._change(await self.rows.own(link_id), body)

    async def _change(self, row: ShareLink, body: ShareLinkBody) -> ShareLink:
        for name in body.model_fields_set - NOT_COLUMNS:
            value = getattr(body, name)
            if value is not None or name in NULLABLE:
                setattr(row, name, value)
        if body.model_fields_set & {"expires_in_hours", "expires_at"}:
            row.expires_at = body.ends(now())
        if body.is_primary is not None:
            await self._choose(row, body.is_primary)
        await self.rows.session.flush()
        return row

    async def _choose(self, row: ShareLink, primary: bool) -> None:
        """Make it the persona's one primary link, or not; two choices at once take turns at the persona."""
        if primary:
            lock = select(Persona.id).where(Persona.id == row.persona_id).with_for_update(key_share=True)
            await self.rows.session.execute(lock)
            others = (
                ShareLink.organization_id == row.organization_id,
                ShareLink.persona_id == row.persona_id,
                ShareLink.id != row.id,
            )
            await self.rows.session.execute(update(ShareLink).where(*others).values(is_primary=False))
        row.is_primary = primary


async def find(session: AsyncSession, token: str) -> ShareLink:
    """The link of anybody. Nobody has shown a key yet: the token is all there is. Raises `NotFound`."""
    row = await session.scalar(select(ShareLink).where(ShareLink.token == token))
    if row is None:
        raise NotFound("There is no such share link; ask whoever sent it for a new one")
    return row


def obstacle(row: ShareLink) -> Obstacle | None:
    """Why a link cannot be used, as far as can be said without using it."""
    if not row.enabled:
        return "disabled"
    if row.expires_at is not None and row.expires_at <= now():
        return "expired"
    used_up = row.usage_limit is not None and row.usage_count >= row.usage_limit
    return "used_up" if used_up else None


async def frames(session: AsyncSession, token: str) -> list[str] | None:
    """The origins whose pages may hold a link's page in a frame; None is any. Who has no link learns nothing there."""
    row = await session.scalar(select(ShareLink).where(ShareLink.token == token))
    return None if row is None or row.allow_all_origins else list(row.allowed_origins)


async def use(session: AsyncSession, token: str, origin: str, own_origin: str) -> ShareLink:
    """Count one use of a link by a page of `origin`.

    Pages of our own need no permission, and who sends no origin is no page. Raises what to tell the guest.
    """
    row = await find(session, token)
    if origin and not row.allow_all_origins and not among(origin, [own_origin, *row.allowed_origins]):
        raise OriginNotAllowed(f"This share link may not be used on {origin[:300]}; its owner can allow that")
    reason = obstacle(row)
    if reason is not None:
        raise _unusable(reason)
    # one statement decides and counts, so that the last use cannot be had twice
    left = or_(ShareLink.usage_limit.is_(None), ShareLink.usage_count < ShareLink.usage_limit)
    counted = update(ShareLink).where(ShareLink.id == row.id, ShareLink.enabled, left)
    used = await session.scalar(
        counted.values(usage_count=ShareLink.usage_count + 1).returning(ShareLink.usage_count),
        execution_options={"synchronize_session": False},
    )
    if used is None:
        raise _unusable("used_up")
    return row


def _unusable(reason: Obstacle) -> LinkNotUsable:
    words = OBSTACLES[reason]
    return LinkNotUsable(f"This share link {words}; ask whoever sent it for a new one", extra={"reason": reason})
