"""What happens to every request, in plain ASGI: proxies, paths, size, CORS, and one log line without contents."""

import ipaddress
import re
import time
import uuid
from collections.abc import Mapping, Sequence
from typing import NamedTuple, TypeAlias

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from visavis.core.errors import PayloadTooLarge
from visavis.http.errors import error_response

log = structlog.get_logger()
Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network

REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
ALIASED = re.compile(r"/[^/]+(/engine/session|/auth/session-token)")
SLASHES = re.compile(r"//+")
PREFLIGHT_HEADERS = {
    "access-control-allow-methods": "GET, POST, PUT, DELETE, OPTIONS",
    "access-control-allow-headers": "authorization, content-type, idempotency-key, if-none-match, x-anam-target-url, "
    "x-request-id, x-upload-token",
    "access-control-max-age": "86400",
}
EXPOSED = (
    "content-disposition",
    "etag",
    "idempotent-replayed",
    "ratelimit-limit",
    "ratelimit-remaining",
    "ratelimit-reset",
    "retry-after",
    "x-ratelimit-org-hour-limit",
    "x-ratelimit-org-hour-remaining",
    "x-ratelimit-org-hour-reset",
    "x-request-id",
)
CORS_HEADERS = {"access-control-allow-origin": "*", "access-control-expose-headers": ", ".join(EXPOSED)}


class Proxies:
    """Believes X-Forwarded-Proto and -Host, but only from the proxies the operator trusts."""

    def __init__(self, app: ASGIApp, trusted: Sequence[Network]) -> None:
        self._app, self._trusted = app, trusted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket") and self._trusts(scope.get("client")):
            scope = _forwarded(scope)
        await self._app(scope, receive, send)

    def _trusts(self, client: tuple[str, int] | None) -> bool:
        if client is None or not self._trusted:
            return False
        try:
            address = ipaddress.ip_address(client[0])
        except ValueError:
            return False
        return any(address in network for network in self._trusted)


def _forwarded(scope: Scope) -> Scope:
    headers = Headers(scope=scope)
    changed = MutableHeaders(raw=list(scope["headers"]))
    scheme = _first(headers.get("x-forwarded-proto")).lower()
    secure = scheme in ("https", "wss") if scheme else scope["scheme"] in ("https", "wss")
    names = ("http", "https") if scope["type"] == "http" else ("ws", "wss")
    if host := _first(headers.get("x-forwarded-host")):
        changed["host"] = host
    return {**scope, "scheme": names[secure], "headers": changed.raw}


def _first(value: str | None) -> str:
    return (value or "").split(",")[0].strip()


class Requests:
    """Gives every request an id, which the response and every log line carry."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        offered = Headers(scope=scope).get("x-request-id", "")
        request_id = offered if REQUEST_ID.fullmatch(offered) else uuid.uuid4().hex
        structlog.contextvars.bind_contextvars(request_id=request_id)
        status, started_s = 500, time.perf_counter()

        async def stamp(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["x-request-id"] = request_id
            await send(message)

        try:
            await self._app(scope, receive, stamp)
        finally:
            duration_ms = round((time.perf_counter() - started_s) * 1000, 1)
            log.info("request", method=scope["method"], route=_route(scope), status=status, duration_ms=duration_ms)
            structlog.contextvars.unbind_contextvars("request_id")


def _route(scope: Scope) -> str:
    """The pattern, never the path: a session's id is its secret."""
    return getattr(scope.get("route"), "path", "-")


class Cors:
    """Lets pages of any origin call us and read our errors; nothing here depends on cookies."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        if scope["method"] == "OPTIONS":
            return await Response(None, 204, {**CORS_HEADERS, **PREFLIGHT_HEADERS})(scope, receive, send)

        async def open_up(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(CORS_HEADERS)
            await send(message)

        await self._app(scope, receive, open_up)


class Paths:
    """Accepts the addresses that clients build by mistake: surplus slashes, and `None` for the version."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket"):
            path = SLASHES.sub("/", scope["path"]).rstrip("/") or "/"
            if alias := ALIASED.fullmatch(path):
                path = f"/v1{alias[1]}"
            if path != scope["path"]:
                # in place: the log line outside this middleware looks at what the router finds
                scope.update(path=path, raw_path=path.encode())
        await self._app(scope, receive, send)


class Room(NamedTuple):
    """How large a body of that kind may be: by default forms with files, which are streamed, never JSON."""

    bytes_max: int
    content_type: str = "multipart/"


class BodyLimit:
    """Refuses a body beyond `limit_bytes`: at once when its length is announced, otherwise where it passes them.

    `uploads` says which routes may get more, such as "PUT /v1/uploads/{id}".
    """

    def __init__(self, app: ASGIApp, limit_bytes: int, uploads: Mapping[str, Room] | None = None) -> None:
        self._app, self._limit_bytes = app, limit_bytes
        self._uploads = [(_pattern(route), room) for route, room in (uploads or {}).items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        headers = Headers(scope=scope)
        limit_bytes = self._limit_for(f"{scope['method']} {scope['path']}", headers.get("content-type", "").lower())
        announced = headers.get("content-length", "0")
        if announced.isdecimal() and int(announced) > limit_bytes:
            return await error_response(self._too_large(limit_bytes))(scope, receive, send)
        read_bytes = 0

        async def count() -> Message:
            nonlocal read_bytes
            message = await receive()
            read_bytes += len(message.get("body", b""))
            if read_bytes > limit_bytes:
                raise self._too_large(limit_bytes)
            return message

        await self._app(scope, count, send)

    def _limit_for(self, request: str, content_type: str) -> int:
        for pattern, room in self._uploads:
            if pattern.fullmatch(request) and content_type.startswith(room.content_type):
                return max(self._limit_bytes, room.bytes_max)
        return self._limit_bytes

    def _too_large(self, limit_bytes: int) -> PayloadTooLarge:
        setting = " (VISAVIS_BODY_LIMIT_BYTES)" if limit_bytes == self._limit_bytes else ""
        return PayloadTooLarge(f"A request body may have {limit_bytes} bytes{setting}")


def _pattern(route: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(route)))
