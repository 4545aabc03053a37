"""Who asks: an API key turned into a `Subject`."""

import hashlib
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy import select

from visavis.core.errors import Unauthorized
from visavis.db.models import ApiKey
from visavis.http.deps import database


@dataclass(frozen=True, slots=True)
class Subject:
    organization_id: str
    api_key_id: str


def hash_key(key: str) -> str:
    return hashlib.sha256(key.encode(errors="replace")).hexdigest()


def bearer(request: Request) -> str:
    """The credential of the Authorization header. Raises `Unauthorized`."""
    scheme, _, credential = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not credential.strip():
        raise Unauthorized('Send the header "Authorization: Bearer <API key>"')
    return credential.strip()


async def key_subject(request: Request, credential: str) -> Subject:
    async with database(request).reading() as session:
        key = await session.scalar(select(ApiKey).where(ApiKey.key_hash == hash_key(credential)))
    if key is None:
        raise Unauthorized("This API key is not valid here; `visavis keys create` makes one")
    return Subject(key.organization_id, key.id)


# the scheme is there for the OpenAPI description; the dependency below does the work and words the errors
_scheme = HTTPBearer(auto_error=False, description="An API key of this server.")


async def _caller(
    request: Request, _: Annotated[HTTPAuthorizationCredentials | None, Depends(_scheme)] = None
) -> Subject:
    credential = bearer(request)
    if "." in credential:  # our keys have none, JSON Web Tokens have two
        raise Unauthorized("A session token only starts sessions; send an API key here")
    return await key_subject(request, credential)


Caller = Annotated[Subject, Depends(_caller)]
