"""Organizations and their API keys. There is no HTTP route for either: keys are made on the server's command line."""

import secrets
from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from visavis.core.errors import Conflict, InvalidRequest, NotFound
from visavis.db.models import ApiKey, Organization, now
from visavis.http import permissions
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


async def list_organizations(session: AsyncSession) -> list[Organization]:
    return list(await session.scalars(select(Organization).order_by(Organization.name)))


async def film_sessions(session: AsyncSession, name: str, films: bool) -> None:
    """Raises `NotFound`."""
    found = await session.scalar(select(Organization).where(Organization.name == name))
    if found is None:
        raise NotFound(f'There is no organization "{name}"; `visavis organizations list` shows them')
    found.films_sessions = films


async def create_key(
    session: AsyncSession, organization: str, label: str, granted: Sequence[str] = (permissions.EVERYTHING,)
) -> str:
    """A new key in plain text; this is the only moment it can be seen."""
    if unknown := sorted(set(granted) - set(permissions.PERMISSIONS)):
        raise InvalidRequest(f'"{unknown[0]}" is not a permission; there are {", ".join(permissions.PERMISSIONS)}')
    owner = await ensure_organization(session, organization)
    # clients take a key with a dot for a session token; these characters have none
    key = f"vv_{secrets.token_urlsafe(32)}"
    session.add(_row(key, owner, label, "created", granted))
    await session.flush()
    return key


async def list_keys(session: AsyncSession, organization: str | None) -> list[tuple[ApiKey, Organization]]:
    """Oldest first: of one organization, or all of them."""
    query = select(ApiKey, Organization).join(Organization, Organization.id == ApiKey.organization_id)
    if organization is not None:
        query = query.where(Organization.name == organization)
    found = await session.execute(query.order_by(Organization.name, ApiKey.created_at))
    return [(row[0], row[1]) for row in found]


async def revoke_key(session: AsyncSession, id_or_prefix: str) -> ApiKey:
    """From now on neither the key nor a session token it asked for is valid."""
    prefix = ApiKey.prefix.startswith(id_or_prefix, autoescape=True) & (ApiKey.prefix != "")
    found = list(await session.scalars(select(ApiKey).where(or_(ApiKey.id == id_or_prefix, prefix))))
    if not found or not id_or_prefix:
        raise NotFound(f'There is no key "{id_or_prefix}"; `visavis keys list` shows ids and prefixes')
    if len(found) > 1:
        raise Conflict(f'{len(found)} keys begin with "{id_or_prefix}"; give one id: {", ".join(k.id for k in found)}')
    if found[0].source == ENVIRONMENT:
        raise Conflict(
            "This key is the one in VISAVIS_API_KEY; change or remove the setting and start the server again"
        )
    found[0].revoked_at = found[0].revoked_at or now()
    await session.flush()
    return found[0]


async def first_key(session: AsyncSession) -> str | None:
    """A key for the default organization where the server has none at all yet."""
    if await session.scalar(select(ApiKey.id).limit(1)) is not None:
        return None
    return await create_key(session, DEFAULT_ORGANIZATION, "first start")


async def honour_environment_key(session: AsyncSession, key: str) -> None:
    """Make the operator's own key valid for the default organization; one it replaces loses its tokens too.

    A key that was made here and revoked stays so.
    """
    same = await session.scalar(select(ApiKey).where(ApiKey.key_hash == hash_key(key))) if key else None
    replaced = await session.scalars(select(ApiKey).where(ApiKey.source == ENVIRONMENT))
    for row in replaced:
        if row is not same:
            await session.delete(row)
    if key and same is None:
        owner = await ensure_organization(session, DEFAULT_ORGANIZATION)
        session.add(_row(key, owner, "VISAVIS_API_KEY", ENVIRONMENT, [permissions.EVERYTHING]))
    await session.flush()


def _row(key: str, owner: Organization, label: str, source: str, granted: Sequence[str]) -> ApiKey:
    return ApiKey(
        organization_id=owner.id,
        label=label,
        # an operator's key may be short: none of it is kept
        prefix=key[:PREFIX_LENGTH] if source == "created" else "",
        key_hash=hash_key(key),
        source=source,
        permissions=sorted(set(granted)),
    )
