"""Serves the built pages, all of which talk to this server as any client would.

`/` is the Lab and `/docs` the API's own page; `/share` and `/frame` are for guests with a share link, the latter inside
other people's pages; `/widget.js` puts a persona on a page, and `/demo` shows how.

The files are read and compressed once, when the router is made: there are few of them, they never change while the
server runs, and nothing in a request can then name a file that is not one of them.
"""

import gzip
import hashlib
import mimetypes
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias
from urllib.parse import urlsplit

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

DIST = Path(__file__).parent / "dist"

IMMUTABLE = "public, max-age=31536000, immutable"
"""For names that carry a hash of their content."""
REVALIDATED = "no-cache"
"""For everything else: kept by the browser, asked for again by ETag."""

COMPRESS_FROM_BYTES = 1024
HOST = re.compile(r"[A-Za-z0-9.\-\[\]:]{1,255}")
ORIGIN = re.compile(r"https?://[A-Za-z0-9.\-\[\]:]{1,255}")
WIDGET = ("widget.js", "widget.mjs", "widget-room.js")
"""What pages of others load; the names are a promise to them."""
COMMON_HEADERS = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}


Frames: TypeAlias = Callable[[Request, str], Awaitable[Sequence[str] | None]]
"""The origins whose pages may hold the page of a share link's token in a frame; None is any."""


async def no_frames(request: Request, token: str) -> Sequence[str]:
    return ()


@dataclass(frozen=True, slots=True)
class File:
    body: bytes
    gzipped: bytes | None
    media_type: str
    etag: str
    cache: str


def lab_router(dist: Path = DIST, urls: Sequence[str] = (), frames: Frames = no_frames) -> APIRouter:
    """Routes for the pages and the files beside them.

    `dist` holds the output of the Lab's build; where it is missing, every page says how to make it. `urls` are further
    addresses of this server ("https://personas.example"): those of pictures, samples and sessions may begin with them.
    """
    origins = [f"{parts.scheme}://{parts.netloc}" for parts in map(urlsplit, urls)]
    router = APIRouter(include_in_schema=False)
    files = _read(dist)
    pages = {name: files.pop(f"{name}.html", None) for name in ("index", "docs", "guest", "demo")}

    def page(request: Request, name: str, ancestors: str = "'none'", frame: str = "'none'") -> Response:
        file = pages[name]
        if file is None:
            return HTMLResponse(UNBUILT, headers=COMMON_HEADERS | UNBUILT_HEADERS)
        response = _respond(request, file)
        policy = _policy(request.headers.get("host", ""), origins, ancestors, frame)
        response.headers["Content-Security-Policy"] = policy
        response.headers["Permissions-Policy"] = "microphone=(self), camera=(self), geolocation=()"
        return response

    @router.api_route("/", methods=["GET", "HEAD"])
    async def index(request: Request) -> Response:
        return page(request, "index")

    @router.api_route("/docs", methods=["GET", "HEAD"])
    async def api(request: Request) -> Response:
        return page(request, "docs")

    @router.api_route("/demo", methods=["GET", "HEAD"])
    async def demo(request: Request) -> Response:
        return page(request, "demo", frame="'self'")

    @router.api_route("/share/{token}", methods=["GET", "HEAD"])
    async def share(request: Request, token: str) -> Response:
        return page(request, "guest")

    @router.api_route("/frame/{token}", methods=["GET", "HEAD"])
    async def frame(request: Request, token: str) -> Response:
        return page(request, "guest", _ancestors(await frames(request, token)))

    _add_files(router, files)
    return router


def _add_files(router: APIRouter, files: dict[str, "File"]) -> None:
    @router.api_route("/lab/{name}", methods=["GET", "HEAD"])
    async def asset(request: Request, name: str) -> Response:
        return _found(request, files.get(f"lab/{name}"))

    @router.api_route("/favicon.svg", methods=["GET", "HEAD"])
    @router.api_route("/favicon.ico", methods=["GET", "HEAD"])
    async def icon(request: Request) -> Response:
        # Some integrators ask for the icon to see whether a server lives.
        return _found(request, files["favicon.svg"]) if files else Response(status_code=204)

    @router.api_route("/licenses.md", methods=["GET", "HEAD"])
    async def licenses(request: Request) -> Response:
        return _found(request, files.get("licenses.md"))

    def offer(name: str) -> None:
        @router.api_route(f"/{name}", methods=["GET", "HEAD"])
        async def script(request: Request) -> Response:
            return _found(request, files.get(name))

    for name in WIDGET:
        offer(name)


def _read(dist: Path) -> dict[str, File]:
    if not (dist / "index.html").is_file():
        return {}
    return {path.relative_to(dist).as_posix(): _file(path, dist) for path in dist.rglob("*") if path.is_file()}


def _file(path: Path, dist: Path) -> File:
    body = path.read_bytes()
    guessed = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    textual = guessed.startswith("text/") or guessed in ("application/javascript", "image/svg+xml")
    return File(
        body=body,
        gzipped=gzip.compress(body, 6, mtime=0) if textual and len(body) >= COMPRESS_FROM_BYTES else None,
        media_type=f"{guessed}; charset=utf-8" if textual else guessed,
        etag=f'"{hashlib.sha256(body).hexdigest()[:32]}"',
        cache=IMMUTABLE if path.parent == dist / "lab" else REVALIDATED,
    )


def _found(request: Request, file: File | None) -> Response:
    if file is None:
        raise HTTPException(404)
    return _respond(request, file)


def _respond(request: Request, file: File) -> Response:
    headers = COMMON_HEADERS | {"Cache-Control": file.cache, "ETag": file.etag, "Vary": "Accept-Encoding"}
    if file.etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    if file.gzipped is not None and "gzip" in request.headers.get("accept-encoding", ""):
        return Response(file.gzipped, headers=headers | {"Content-Encoding": "gzip"}, media_type=file.media_type)
    return Response(file.body, headers=headers, media_type=file.media_type)


def _ancestors(origins: Sequence[str] | None) -> str:
    """What is no origin is left out: it came from outside, and a policy is a list of words."""
    if origins is None:
        return "*"
    return " ".join(["'self'", *(found for origin in origins if ORIGIN.fullmatch(found := origin.rstrip("/")))])


def _policy(host: str, origins: Sequence[str], ancestors: str, frame: str) -> str:
    """Only our own scripts run, and what they send goes only to this server.

    Some browsers do not take 'self' to include WebSockets; the host that the browser asked for is therefore named.
    """
    sockets = f"ws://{host} wss://{host}" if HOST.fullmatch(host) else ""
    ours = " ".join(["'self'", *origins])
    websockets = " ".join("ws" + origin.removeprefix("http") for origin in origins if origin.startswith("http"))
    rules = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": f"{ours} data:",
        "media-src": ours,
        "connect-src": f"{ours} {sockets} {websockets}",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": ancestors,
        "frame-src": frame,
    }
    return "; ".join(f"{name} {' '.join(value.split())}" for name, value in rules.items())


UNBUILT_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
}

UNBUILT = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Visavis</title>
<style>
  body { max-width: 34rem; margin: 18vh auto; padding: 0 1.5rem; font: 16px/1.6 system-ui, sans-serif }
  h1 { font-size: 1.5rem; line-height: 1.25 }
  code { font: 0.9em ui-monospace, monospace }
</style>
<h1>The API is running. The Lab has not been built.</h1>
<p>The Lab is a web page made from TypeScript, and building it needs Node.js 20.19 or newer, which was not found when
this server was set up. Install Node.js, then run <code>make setup</code> and start the server again.</p>
<p>Nothing else depends on it: every route under <code>/v1</code> and the client SDKs work now.</p>
</html>
"""
