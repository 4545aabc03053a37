"""Signatures by the Standard Webhooks convention, which libraries of many languages verify."""

import base64
import hmac
import secrets
from collections.abc import Sequence

SECRET_PREFIX = "whsec_"
SECRET_BYTES = 32


def new_secret() -> str:
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def headers(keys: Sequence[str], message_id: str, timestamp_s: int, body: bytes) -> dict[str, str]:
    """One signature for each secret, so that a receiver may know the old one or the new one."""
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp_s),
        "webhook-signature": " ".join(_signature(key, message_id, timestamp_s, body) for key in keys),
    }


def _signature(secret: str, message_id: str, timestamp_s: int, body: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(SECRET_PREFIX))
    digest = hmac.digest(key, f"{message_id}.{timestamp_s}.".encode() + body, "sha256")
    return f"v1,{base64.b64encode(digest).decode()}"
