"""Session tokens: signed, readable by clients, and saying nothing that a browser may not know.

What a token allows is kept on the server under the token's `jti`; prompts never travel in it.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

import jwt

from visavis.core.errors import Unauthorized

ALGORITHM = "HS256"
# clients decode the payload with `atob`, which knows neither - nor _; in ASCII only these characters can become one
AWKWARD = {">": "\\u003e", "?": "\\u003f", "~": "\\u007e", "\x7f": "\\u007f"}
TokenKind = Literal["ephemeral", "stateful"]


class _AtobEncoder(json.JSONEncoder):
    def encode(self, o: Any) -> str:
        text = super().encode(o)
        for character, escaped in AWKWARD.items():
            text = text.replace(character, escaped)
        return text


class TokenSigner:
    """The first key signs, every key verifies."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._keys = keys

    def sign(
        self,
        *,
        grant_id: str,
        organization_id: str,
        kind: TokenKind,
        persona_id: str | None,
        widget: dict[str, Any] | None = None,
        issued_at: datetime,
        expires_at: datetime,
    ) -> str:
        """`widget` is what an embedded page shows before its session starts."""
        claims = {
            "type": kind,
            "accountId": organization_id,
            "jti": grant_id,
            "iat": int(issued_at.timestamp()),
            "exp": int(expires_at.timestamp()),
            **({"personaId": persona_id} if persona_id else {}),
            **({"widgetConfig": widget} if widget else {}),
        }
        return jwt.encode(claims, self._keys[0], ALGORITHM, {"typ": "JWT"}, json_encoder=_AtobEncoder)

    def grant_of(self, token: str) -> str:
        """The grant's id. Raises `Unauthorized` for a token that is not ours, altered or expired."""
        for key in self._keys:
            try:
                return jwt.decode(token, key, [ALGORITHM], options={"require": ["exp", "jti"]})["jti"]
            except jwt.ExpiredSignatureError:
                raise Unauthorized("The session token has expired; ask for a new one") from None
            except jwt.InvalidTokenError:
                continue
        raise Unauthorized("The session token is not valid here")
