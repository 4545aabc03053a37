"""A server that offers tools by the Model Context Protocol (streamable HTTP), as one session sees it.

Only what a persona needs: what tools there are, and calling them. Whoever made the persona chose the server, so nothing
it sends is trusted: its answers and its list have limits, and its schemas are compiled, never carried out.
"""

import json
import re
from collections.abc import AsyncIterator, Mapping
from itertools import count
from typing import Any, cast

import httpx

from visavis.core.spec import ToolSpec
from visavis.core.tools import ToolAnswer, ToolFailed
from visavis.net.guard import Refused

PROTOCOL = "2025-06-18"
TOOLS_MAX = 64
PAGES_MAX = 10
RESPONSE_BYTES_MAX = 512 * 1024
SCHEMA_CHARS_MAX = 10_000
SAID_CHARS_MAX = 500
NAME_CHARS_MAX = 64
DESCRIPTION_CHARS_MAX = 1_024
SESSION = "mcp-session-id"
_NOT_A_NAME = re.compile(r"[^A-Za-z0-9_-]")


class McpServer:
    """`spec` is the tool that stands for the server: its address and headers, and what counts for all of its tools."""

    def __init__(self, spec: ToolSpec, client: httpx.AsyncClient, version: str) -> None:
        assert spec.webhook is not None  # tools of this kind have an address
        self._spec, self._webhook, self._client = spec, spec.webhook, client
        self._version = version
        self._session_id = ""
        self._ids = count(1)

    async def tools(self) -> list[ToolSpec]:
        """Raises `ToolFailed`."""
        await self._greet()
        found: list[ToolSpec] = []
        cursor: Any = None
        for _ in range(PAGES_MAX):
            page = await self._ask("tools/list", {"cursor": cursor} if cursor else {})
            listed = page.get("tools")
            found += [tool for one in _list(listed) if (tool := self._tool(one)) is not None]
            cursor = page.get("nextCursor")
            if not isinstance(cursor, str) or len(found) >= TOOLS_MAX:
                break
        return found[:TOOLS_MAX]

    async def call(self, name: str, arguments: Mapping[str, Any]) -> ToolAnswer:
        """Raises `ToolFailed`."""
        params = {"name": name, "arguments": dict(arguments)}
        try:
            result = await self._ask("tools/call", params)
        except _SessionOver:  # it has forgotten us: once more, from the beginning
            await self._greet()
            result = await self._ask("tools/call", params)
        text = _text_of(result)
        if result.get("isError") is True:
            raise ToolFailed("It answered that it could not do this.", text)
        return ToolAnswer(text)

    async def close(self) -> None:
        """Tell the server, if it cares."""
        if not self._session_id:
            return
        try:
            await self._client.delete(self._webhook.url, headers=self._headers())
        except httpx.HTTPError:  # it need not know
            return

    def _tool(self, listed: Any) -> ToolSpec | None:
        """None for what cannot be offered to a mind."""
        tool = cast(dict[str, Any], listed) if isinstance(listed, dict) else {}
        name, schema = tool.get("name"), tool.get("inputSchema", {"type": "object"})
        if not isinstance(name, str) or not isinstance(schema, dict) or len(json.dumps(schema)) > SCHEMA_CHARS_MAX:
            return None
        described = tool.get("description") or tool.get("title") or name
        return ToolSpec(
            name=_NOT_A_NAME.sub("_", f"{self._spec.name}_{name}")[:NAME_CHARS_MAX],
            description=str(described)[:DESCRIPTION_CHARS_MAX],
            kind="mcp",
            parameters=cast(dict[str, Any], schema),
            awaits_result=True,
            timeout_ms=self._spec.timeout_ms,
            disable_interruptions=self._spec.disable_interruptions,
            remote_name=name,
            fillers=self._spec.fillers,
            filler_after_ms=self._spec.filler_after_ms,
        )

    async def _greet(self) -> None:
        self._session_id = ""
        about = {"name": "visavis", "version": self._version}
        await self._ask("initialize", {"protocolVersion": PROTOCOL, "capabilities": {}, "clientInfo": about})
        async for _ in self._post({"jsonrpc": "2.0", "method": "notifications/initialized"}):
            break  # nothing is answered to a notification

    async def _ask(self, method: str, params: Mapping[str, Any]) -> dict[str, Any]:
        """The result of one request. Raises `ToolFailed`."""
        request_id = next(self._ids)
        async for message in self._post({"jsonrpc": "2.0", "id": request_id, "method": method, "params": params}):
            if message.get("id") != request_id:
                continue  # news and questions of the server's
            if isinstance(result := message.get("result"), dict):
                return cast(dict[str, Any], result)
            error = message.get("error")
            said = cast(dict[str, Any], error).get("message") if isinstance(error, dict) else ""
            raise ToolFailed("It refused the request.", str(said)[:SAID_CHARS_MAX])
        raise ToolFailed("It did not answer the request.")

    async def _post(self, message: Mapping[str, Any]) -> AsyncIterator[dict[str, Any]]:
        """The messages that the server sends back. Raises `ToolFailed`."""
        try:
            async with self._client.stream(
                "POST", self._webhook.url, headers=self._headers(), content=json.dumps(message)
            ) as response:
                if response.status_code == 404 and self._session_id:
                    raise _SessionOver
                if not response.is_success:
                    raise ToolFailed(f"It answered {response.status_code}.")
                self._session_id = response.headers.get(SESSION, self._session_id)
                is_stream = response.headers.get("content-type", "").startswith("text/event-stream")
                async for text in _events(response) if is_stream else _whole(response):
                    if isinstance(parsed := _parsed(text), dict):
                        yield cast(dict[str, Any], parsed)
        except Refused as error:
            raise ToolFailed(f"Its address is refused: {error}.") from None
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError):
            raise ToolFailed("It cannot be reached.") from None

    def _headers(self) -> dict[str, str]:
        ours = {
            "content-type": "application/json",
            "accept": "application/json, text/event-stream",
            "accept-encoding": "identity",
            "user-agent": f"Visavis/{self._version}",
            "mcp-protocol-version": PROTOCOL,
        }
        return {**self._webhook.headers, **ours, **({SESSION: self._session_id} if self._session_id else {})}


class _SessionOver(ToolFailed):
    def __init__(self) -> None:
        super().__init__("It has forgotten the session.")


async def _whole(response: httpx.Response) -> AsyncIterator[str]:
    content = bytearray()
    async for piece in _limited(response):
        content += piece
    if content.strip():
        yield content.decode()


async def _events(response: httpx.Response) -> AsyncIterator[str]:
    """The data of each server-sent event."""
    pending, data = b"", list[str]()
    async for piece in _limited(response):
        *lines, pending = (pending + piece).replace(b"\r\n", b"\n").split(b"\n")
        for line in lines:
            if line.startswith(b"data:"):
                data.append(line[5:].removeprefix(b" ").decode())
            elif not line and data:
                yield "\n".join(data)
                data = []


async def _limited(response: httpx.Response) -> AsyncIterator[bytes]:
    if response.headers.get("content-encoding", "identity") != "identity":
        raise ToolFailed("It answered compressed, which was not asked for.")  # and could unpack to any size
    size = 0
    async for piece in response.aiter_raw():
        size += len(piece)
        if size > RESPONSE_BYTES_MAX:
            raise ToolFailed(f"It answered with more than {RESPONSE_BYTES_MAX // 1024} KiB.")
        yield piece


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _text_of(result: Mapping[str, Any]) -> str:
    """What a mind can read of a result: texts, or structured data where there are none."""
    texts: list[str] = []
    for one in _list(result.get("content")):
        block = cast(dict[str, Any], one) if isinstance(one, dict) else {}
        inner = block.get("resource")
        text = cast(dict[str, Any], inner).get("text") if isinstance(inner, dict) else block.get("text")
        texts.append(text if isinstance(text, str) else f"[{str(block.get('type'))[:32]}]")
    if not texts and result.get("structuredContent") is not None:
        return json.dumps(result["structuredContent"])
    return "\n".join(texts)


def _list(value: Any) -> list[Any]:
    return cast(list[Any], value) if isinstance(value, list) else []
