"""The STUN and TURN servers a client is told about, with credentials that expire."""

import base64
import hmac
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

CREDENTIALS_LAST_S = 24 * 3600  # longer than any conversation, since a connection may be refreshed at its end


@dataclass(frozen=True, slots=True)
class IceServers:
    """`turn_secret` is shared with the TURN server, which checks the credentials without asking us."""

    stun_urls: Sequence[str] = ()
    turn_urls: Sequence[str] = ()
    turn_secret: str = field(default="", repr=False)

    def for_client(self) -> list[dict[str, Any]]:
        """`urls` is always a list and `credentialType` always there: one client insists on both."""
        servers: list[dict[str, Any]] = []
        if self.stun_urls:
            servers.append({"urls": list(self.stun_urls), "credentialType": "password"})
        if self.turn_urls:
            servers.append({"urls": list(self.turn_urls), **self._credentials(), "credentialType": "password"})
        return servers

    def _credentials(self) -> dict[str, str]:
        # the scheme of coturn's use-auth-secret, which prescribes SHA-1
        username = f"{int(time.time()) + CREDENTIALS_LAST_S}:{secrets.token_hex(8)}"
        digest = hmac.digest(self.turn_secret.encode(), username.encode(), "sha1")
        return {"username": username, "credential": base64.b64encode(digest).decode()}
