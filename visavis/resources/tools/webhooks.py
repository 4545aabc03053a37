"""Asks other servers on behalf of webhook tools: through the guard, with limits, again only where that is safe."""

import asyncio
import time
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import httpx

from visavis.core.spec import ToolSpec, WebhookSpec
from visavis.core.tools import ToolAnswer, ToolFailed
from visavis.net.guard import Guard, Refused
from visavis.resources.tools.mcp import McpServer
from visavis.resources.tools.requests import Asking, Prepared, prepared
from visavis.resources.tools.templates import Unfit

TIMEOUT_S = 60.0
REDIRECTS_MAX = 3
RESPONSE_BYTES_MAX = 256 * 1024
SAID_CHARS_MAX = 2_000  # of what a server writes about its failure
ATTEMPTS_MAX = 2
PAUSE_BETWEEN_S = 0.25
IDEMPOTENT = ("GET", "PUT", "DELETE")
TEXT_TYPES = ("json", "xml", "javascript", "x-www-form-urlencoded", "yaml", "csv")


class Webhooks:
    """For all sessions of a process, which share the connections."""

    def __init__(self, guard: Guard, version: str) -> None:
        self._client = guard.client(timeout_s=TIMEOUT_S)
        # following is for requests that change nothing
        self._reader = guard.client(timeout_s=TIMEOUT_S, redirects_max=REDIRECTS_MAX)
        self._headers = {"user-agent": f"Visavis/{version}", "accept-encoding": "identity"}
        self._version = version

    async def close(self) -> None:
        await self._client.aclose()
        await self._reader.aclose()

    def mcp(self, spec: ToolSpec) -> McpServer:
        """A server of tools, for one session."""
        return McpServer(spec, self._client, self._version)

    async def call(self, webhook: WebhookSpec, arguments: Mapping[str, Any], asking: Asking) -> ToolAnswer:
        """Raises `ToolFailed`."""
        try:
            request = prepared(webhook, arguments, asking, f"msg_{uuid4()}", int(time.time()))
        except Unfit as problem:
            raise ToolFailed(f"The request could not be made: {problem}.") from None
        for attempt in range(1, ATTEMPTS_MAX + 1):
            try:
                return await self._ask(request)
            except Refused as error:
                raise ToolFailed(f"Its address is refused: {error}.") from None
            except httpx.TimeoutException as error:
                if isinstance(error, httpx.ConnectTimeout) and attempt < ATTEMPTS_MAX:
                    continue
                raise ToolFailed("It did not answer in time.") from None
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                if attempt == ATTEMPTS_MAX or not _may_repeat(request, error):
                    raise ToolFailed("It cannot be reached.") from None
            await asyncio.sleep(PAUSE_BETWEEN_S)
        raise AssertionError("the last attempt returns or raises")

    async def _ask(self, request: Prepared) -> ToolAnswer:
        client = self._reader if request.method == "GET" else self._client
        headers = {**self._headers, **request.headers}
        async with client.stream(request.method, request.url, headers=headers, content=request.body) as response:
            try:
                text = await _text_of(response)
            except httpx.HTTPError:  # it has begun to answer: whatever it did is done
                raise ToolFailed("It broke off in the middle of its answer.") from None
        if not response.is_success:
            raise ToolFailed(f"It answered {response.status_code}.", text[:SAID_CHARS_MAX])
        return ToolAnswer(text)


def _may_repeat(request: Prepared, error: Exception) -> bool:
    """A request that never left did nothing; one that may have arrived must be of a kind that can arrive twice."""
    if isinstance(error, httpx.ConnectError):
        return True
    return isinstance(error, httpx.TransportError) and request.method in IDEMPOTENT


async def _text_of(response: httpx.Response) -> str:
    """Raises `ToolFailed` for what is too long or no text."""
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind and not kind.startswith("text/") and not kind.endswith(TEXT_TYPES):
        if not response.is_success:
            return ""
        raise ToolFailed("It answered with something that is no text.")
    if response.headers.get("content-encoding", "identity") != "identity":
        raise ToolFailed("It answered compressed, which was not asked for.")  # and could unpack to any size
    content = bytearray()
    async for piece in response.aiter_raw():
        content += piece
        if len(content) > RESPONSE_BYTES_MAX:
            raise ToolFailed(f"It answered with more than {RESPONSE_BYTES_MAX // 1024} KiB.")
    try:
        return content.decode(response.charset_encoding or "utf-8", "replace")
    except LookupError:  # an encoding that nobody knows
        return content.decode("utf-8", "replace")
