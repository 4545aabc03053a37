"""Organizations and their API keys. There is no HTTP route for either: keys are made on the server's command line."""

import secrets

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from visavis.db.models import ApiKey, Organization
from visavis.http.auth import hash_key

DEFAULT_ORGANIZATION = "default"
ENVIRONMENT = "environment"
PREFIX_LENGTH = 8


async def ensure_organization(session: AsyncSession, name: str) -> Organization:
    organization = await session.scalar(select(Organization).where(Organization.name == name))
    if organization is None:
        organization = Organization(name=name)
        session.add(organization)
        await session.flush()
    return organization


async def create_key(session: AsyncSession, organization: str, label: str) -> str:
    """A new key in plain text; this is the only moment it can be seen."""
    owner = await ensure_organization(session, organization)
    # clients take a key with a dot for a session token; these characters have none
    key = f"vv_{secrets.token_urlsafe(32)}"
    session.add(_row(key, owner, label, "created"))
    await session.flush()
    return key


async def first_key(session: AsyncSession) -> str | None:
    """A key for the default organization where the server has none at all yet."""
    if await session.scalar(select(ApiKey.id).limit(1)) is not None:
        return None
    return await create_key(session, DEFAULT_ORGANIZATION, "first start")


async def honour_environment_key(session: AsyncSession, key: str) -> None:
    """Make the operator's own key valid for the default organization; one it replaces loses its tokens too."""
    same = await session.scalar(select(ApiKey).where(ApiKey.key_hash == hash_key(key))) if key else None
    replaced = await session.scalars(select(ApiKey).where(ApiKey.source == ENVIRONMENT))
    for row in replaced:
        if row is not same:
            await session.delete(row)
    if key and same is None:
        owner = await ensure_organization(session, DEFAULT_ORGANIZATION)
        session.add(_row(key, owner, "VISAVIS_API_KEY", ENVIRONMENT))
    await session.flush()


def _row(key: str, owner: Organization, label: str, source: str) -> ApiKey:
    return ApiKey(
        organization_id=owner.id,
        label=label,
        # an operator's key may be short: none of it is kept
        prefix=key[:PREFIX_LENGTH] if source == "created" else "",
        key_hash=hash_key(key),
        source=source,
    )
