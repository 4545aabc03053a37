"""Permission that travels in an address: signed by this server, good for one path and for a limited time."""

import time
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import jwt
from fastapi import Depends
from starlette.requests import HTTPConnection

from visavis.core.errors import Unauthorized

ALGORITHM = "HS256"
EXPIRES_S = 3600  # what the contract promises for signed addresses


class Signer:
    """The first key signs, every key verifies, so that keys can be rotated."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._keys = keys

    def sign(self, path: str, claims: Mapping[str, str | int], expires_s: int = EXPIRES_S) -> str:
        """A token for `path` alone. Whoever holds it can read `claims`, and cannot change them."""
        payload = {**claims, "aud": path, "exp": int(time.time()) + expires_s}
        return jwt.encode(payload, self._keys[0], ALGORITHM)

    def verify(self, path: str, token: str) -> dict[str, Any]:
        """The claims. Raises `Unauthorized` for a token that is not ours, altered, expired or for another path."""
        if not token:
            raise Unauthorized("This address needs the token it was given with")
        for key in self._keys:
            try:
                return jwt.decode(token, key, [ALGORITHM], audience=path, options={"require": ["exp", "aud"]})
            except jwt.ExpiredSignatureError:
                raise Unauthorized("This address has expired; ask for a new one") from None
            except jwt.InvalidTokenError:
                continue
        raise Unauthorized("This address was not signed by this server")


async def signer(connection: HTTPConnection) -> Signer:
    return connection.app.state.signer


Signed = Annotated[Signer, Depends(signer)]
