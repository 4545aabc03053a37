"""Who asks, and what they may: an API key turned into a `Subject`."""

import hashlib
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Query, Request
from pydantic import AfterValidator
from sqlalchemy import bindparam, select

from visavis.core.errors import Forbidden, Unauthorized
from visavis.db.models import ApiKey
from visavis.http import permissions
from visavis.http.deps import database
from visavis.http.strings import clean

# made once, since every request asks it
KEY = select(ApiKey.id, ApiKey.organization_id, ApiKey.permissions, ApiKey.revoked_at).where(
    ApiKey.key_hash == bindparam("key_hash")
)


@dataclass(frozen=True, slots=True)
class Subject:
    """`permissions` are those of the key; whoever holds a session token has none, and a guest never had a key."""

    organization_id: str
    api_key_id: str | None
    permissions: frozenset[str] = frozenset()

    def require(self, permission: str) -> None:
        """Raises `Forbidden`, naming what is missing."""
        if not permissions.allows(self.permissions, permission):
            raise Forbidden(
                f'This API key lacks the permission "{permission}"; '
                f"`visavis keys create --permission {permission}` makes one that has it"
            )


def hash_key(key: str) -> str:
    return hashlib.sha256(key.encode(errors="replace")).hexdigest()


def bearer(request: Request) -> str:
    """The credential of the Authorization header. Raises `Unauthorized`."""
    scheme, _, credential = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not credential.strip():
        raise Unauthorized('Send the header "Authorization: Bearer <API key>"')
    return credential.strip()


async def key_subject(request: Request, credential: str) -> Subject:
    """Whose key it is. Raises `Forbidden` where the key may not do what this route does."""
    key = await database(request).look(KEY, {"key_hash": hash_key(credential)})
    if key is None:
        raise Unauthorized("This API key is not valid here; `visavis keys create` makes one")
    if key.revoked_at is not None:
        raise Unauthorized("This API key was revoked; `visavis keys create` makes another")
    subject = Subject(key.organization_id, key.id, frozenset(key.permissions))
    subject.require(permissions.needed(request.method, request.scope["route"].path))
    return subject


async def credential(request: Request) -> str:
    return bearer(request)


async def offered(request: Request) -> str | None:
    """For a route that takes something else instead of an API key, where somebody has it."""
    return request.headers.get("authorization")


Credential = Annotated[str, Depends(credential)]
"""For a route that takes API keys and session tokens, and tells them apart by itself."""


async def caller(request: Request, given: Credential) -> Subject:
    """Asked for twice, as by a request that may be a repetition, it looks once."""
    known: Subject | None = getattr(request.state, "caller", None)
    if known is None:
        if is_token(given):
            raise Unauthorized("A session token only starts sessions; send an API key here")
        known = request.state.caller = await key_subject(request, given)
    return known


def is_token(given: str) -> bool:
    """Our keys have no dot, JSON Web Tokens have two."""
    return "." in given


Caller = Annotated[Subject, Depends(caller)]


async def _onlooker(
    asking: Caller,
    organizationId: Annotated[  # noqa: N803 - the contract's name
        str | None,
        Query(max_length=128, description="Another organization; needs the permission `admin:organizations`."),
        AfterValidator(lambda value: value if value is None else clean(value)),
    ] = None,
) -> Subject:
    if organizationId is None or organizationId == asking.organization_id:
        return asking
    asking.require(permissions.OTHER_ORGANIZATIONS)
    return Subject(organizationId, asking.api_key_id, asking.permissions)


Onlooker = Annotated[Subject, Depends(_onlooker)]
"""The caller, or the caller in the place of the organization that `organizationId` names. For reading only."""
