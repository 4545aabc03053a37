"""From which pages something may be used: an origin is scheme, host and port, and nothing else of an address."""

from collections.abc import Iterable
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request
from pydantic import AfterValidator, Field

PORTS = {"http": 80, "https": 443}


def _with_scheme(origin: str) -> str:
    return origin if "://" in origin else f"https://{origin}"


AllowedOrigin = Annotated[
    str,
    Field(min_length=1, max_length=300, description="`https://example.com`; a bare domain is taken for https."),
    AfterValidator(_with_scheme),
]


async def _sent(request: Request) -> str:
    return request.headers.get("origin", "")


Origin = Annotated[str, Depends(_sent)]
"""What a browser says about the page that asks; empty where no browser asks."""


def among(origin: str, allowed: Iterable[str]) -> bool:
    """Whether the page's origin is one of those that are allowed, however each is written."""
    asked = _parts(origin)
    return asked is not None and any(asked == _parts(entry) for entry in allowed)


def _parts(origin: str) -> tuple[str, str, int | None] | None:
    """None for what is no origin, as the "null" of a sandboxed page."""
    try:
        parsed = urlsplit(origin)
        port = parsed.port or PORTS.get(parsed.scheme)
    except ValueError:
        return None
    return (parsed.scheme, parsed.hostname, port) if parsed.hostname else None
