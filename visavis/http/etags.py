"""JSON that a client already has is not sent again: ETag, If-None-Match, 304."""

import hashlib

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HASHED_BYTES_MAX = 1_000_000
# a copy may be kept by whoever asked, and is shown only after asking again
CACHE_CONTROL = "private, no-cache"


class ETags:
    """Saves the way, not the work: the answer is made all the same, and it is compared by its hash."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET":
            return await self._app(scope, receive, send)
        known = Headers(scope=scope).get("if-none-match", "")
        start: Message | None = None

        async def compare(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start" and _comparable(message):
                start = message
                return
            if start is None:
                return await send(message)
            held, start = start, None
            body = message.get("body", b"")
            if message.get("more_body") or len(body) > HASHED_BYTES_MAX:
                await send(held)
                return await send(message)
            tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
            headers = MutableHeaders(scope=held)
            headers["etag"] = tag
            headers.setdefault("cache-control", CACHE_CONTROL)
            if _matches(known, tag):
                held["status"], body = 304, b""
                del headers["content-length"], headers["content-type"]
            await send(held)
            await send({**message, "body": body})

        await self._app(scope, receive, compare)


def _comparable(message: Message) -> bool:
    headers = Headers(raw=message["headers"])
    return message["status"] == 200 and headers.get("content-type") == "application/json" and "etag" not in headers


def _matches(known: str, tag: str) -> bool:
    return known.strip() == "*" or tag in [given.strip().removeprefix("W/") for given in known.split(",")]
