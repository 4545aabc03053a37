"""Who asks, and what they may: an API key turned into a `Subject`."""

import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, FastAPI, Query, Request
from pydantic import AfterValidator
from sqlalchemy import bindparam, select

from visavis.core.errors import Forbidden, Unauthorized
from visavis.db.models import ApiKey
from visavis.db.session import Database
from visavis.http import permissions
from visavis.http.deps import database
from visavis.http.strings import clean

# how long a key that was found valid is not looked up again; `visavis keys revoke` waits for as long
KEY_TRUSTED_S = 1.0
KEYS_MAX = 10_000
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


class KnownKeys:
    """Keys that were found valid a moment ago, by their hash. Only those: a new key is valid at once."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._found: OrderedDict[str, tuple[Subject, float]] = OrderedDict()

    def get(self, key_hash: str) -> Subject | None:
        subject, until_s = self._found.get(key_hash, (None, 0.0))
        return subject if self._clock() < until_s else None

    def keep(self, key_hash: str, subject: Subject) -> None:
        self._found.pop(key_hash, None)
        self._found[key_hash] = (subject, self._clock() + KEY_TRUSTED_S)
        if len(self._found) > KEYS_MAX:
            self._found.popitem(last=False)


def install(app: FastAPI) -> None:
    app.state.known_keys = KnownKeys()


async def key_subject(request: Request, credential: str) -> Subject:
    """Whose key it is. Raises `Forbidden` where the key may not do what this route does."""
    known: KnownKeys = request.app.state.known_keys
    key_hash = hash_key(credential)
    subject = known.get(key_hash)
    if subject is None:
        subject = await _look_up(database(request), key_hash)
        known.keep(key_hash, subject)
    subject.require(permissions.needed(request.method, request.scope["route"].path))
    return subject


async def _look_up(database: Database, key_hash: str) -> Subject:
    key = await database.look(KEY, {"key_hash": key_hash})
    if key is None:
        raise Unauthorized("This API key is not valid here; `visavis keys create` makes one")
    if key.revoked_at is not None:
        raise Unauthorized("This API key was revoked; `visavis keys create` makes another")
    return Subject(key.organization_id, key.id, frozenset(key.permissions))


async def credential(request: Request) -> str:
    return bearer(request)


async def offered(request: Request) -> str | None:
    """For a route that takes something else instead of an API key, where somebody has it."""
    return request.headers.get("authorization")


Credential = Annotated[str, Depends(credential)]
"""For a route that takes API keys and session tokens, and tells them apart by itself."""


async def caller(request: Request) -> Subject:
    """Asked for twice, as by a request that may be a repetition, it looks once."""
    known: Subject | None = getattr(request.state, "caller", None)
    if known is None:
        given = bearer(request)
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
