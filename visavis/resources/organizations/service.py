"""Organizations and their API keys. The first key is made on the server's command line; a key can make others."""

import secrets
from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from visavis.core.errors import Conflict, InvalidRequest, NotFound
from visavis.db.models import ApiKey, Organization, now
from visavis.http import permissions
from visavis.http.auth import Subject, hash_key

DEFAULT_ORGANIZATION = "default"
ENVIRONMENT = "environment"
LINK = "link"
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
    _check_known(granted)
    owner = await ensure_organization(session, organization)
    _, key = await _add_key(session, owner.id, label, granted)
    return key


async def grant_key(session: AsyncSession, asking: Subject, label: str, granted: Sequence[str]) -> tuple[ApiKey, str]:
    """A key of the same organization, and its plain text. Raises `Forbidden` for more than the asking key may do."""
    _check_known(granted)
    for permission in granted:
        asking.require(permission)
    return await _add_key(session, asking.organization_id, label, granted)


async def keys_of(session: AsyncSession, organization_id: str) -> Sequence[ApiKey]:
    """Newest first."""
    query = select(ApiKey).where(ApiKey.organization_id == organization_id).order_by(ApiKey.created_at.desc())
    return (await session.scalars(query)).all()


async def revoke_other_key(session: AsyncSession, key_id: str, asking: Subject) -> ApiKey:
    """Raises `NotFound` for a key of others, and `Conflict` for the asking one: that would lock its holder out."""
    found = await session.get(ApiKey, key_id)
    if found is None or found.organization_id != asking.organization_id:
        raise NotFound(f'There is no key "{key_id}"; GET /v1/keys lists them')
    if key_id == asking.api_key_id:
        raise Conflict("This is the key you are asking with; use another one to revoke it")
    return await revoke_key(session, key_id)


def _check_known(granted: Sequence[str]) -> None:
    for index, permission in enumerate(granted):
        if permission not in permissions.PERMISSIONS:
            message = f'"{permission}" is not a permission; there are {", ".join(permissions.PERMISSIONS)}'
            raise InvalidRequest.field(f"permissions.{index}", message, "unknown_permission")


async def _add_key(session: AsyncSession, owner_id: str, label: str, granted: Sequence[str]) -> tuple[ApiKey, str]:
    # clients take a key with a dot for a session token; these characters have none
    key = f"vv_{secrets.token_urlsafe(32)}"
    row = _row(key, owner_id, label, "created", granted)
    session.add(row)
    await session.flush()
    return row, key


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


async def link_key(session: AsyncSession) -> str | None:
    """A key for the link that a start prints, in place of the one that the start before printed.

    None where the server has no key yet: the first one is printed anyway.
    """
    if await session.scalar(select(ApiKey.id).limit(1)) is None:
        return None
    for row in await session.scalars(select(ApiKey).where(ApiKey.source == LINK)):
        await session.delete(row)
    owner = await ensure_organization(session, DEFAULT_ORGANIZATION)
    row, key = await _add_key(session, owner.id, "link to the Lab", [permissions.EVERYTHING])
    row.source = LINK
    return key


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
        session.add(_row(key, owner.id, "VISAVIS_API_KEY", ENVIRONMENT, [permissions.EVERYTHING]))
    await session.flush()


def _row(key: str, owner_id: str, label: str, source: str, granted: Sequence[str]) -> ApiKey:
    return ApiKey(
        organization_id=owner_id,
        label=label,
        # an operator's key may be short: none of it is kept
        prefix=key[:PREFIX_LENGTH] if source == "created" else "",
        key_hash=hash_key(key),
        source=source,
        permissions=sorted(set(granted)),
    )
