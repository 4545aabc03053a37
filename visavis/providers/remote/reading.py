"""Reading what a server sent: JSON of whatever shape becomes typed pieces, or an error that says nothing of it."""

import base64
import binascii
import json
from typing import Any, cast

from visavis.providers.remote.failures import nonsense


def an_object(label: str, message: str | bytes) -> dict[str, Any]:
    """Raises `ProviderError` where the message is not a JSON object."""
    try:
        value = json.loads(message)
    except ValueError:
        raise nonsense(label) from None
    if not isinstance(value, dict):
        raise nonsense(label)
    return cast(dict[str, Any], value)


def sound(label: str, encoded: Any) -> bytes:
    """Raises `ProviderError` for what is not base64."""
    try:
        return base64.b64decode(encoded or "", validate=True)
    except (binascii.Error, TypeError, ValueError):
        raise nonsense(label) from None


def numbers(values: Any) -> list[float]:
    """Those that are numbers, up to the first that is none."""
    found: list[float] = []
    for value in cast(list[Any], values) if isinstance(values, list) else []:
        if isinstance(value, bool) or not isinstance(value, int | float):
            break
        found.append(float(value))
    return found


def texts(values: Any) -> list[str]:
    found: list[str] = []
    for value in cast(list[Any], values) if isinstance(values, list) else []:
        if not isinstance(value, str):
            break
        found.append(value)
    return found
