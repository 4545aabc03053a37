"""Servers of tools that behave badly, on loopback: what is taken from them, and what is not."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from tests.net.servers import Server, answers, serving
from visavis.core.spec import ToolSpec, WebhookSpec
from visavis.core.tools import ToolFailed
from visavis.net.guard import Guard
from visavis.resources.tools.mcp import RESPONSE_BYTES_MAX, TOOLS_MAX, McpServer
from visavis.resources.tools.webhooks import Webhooks

Reply = Callable[[dict[str, Any]], dict[str, Any]]


@pytest.fixture
async def remote() -> AsyncIterator[tuple[Server, McpServer]]:
    webhooks = Webhooks(Guard(allow_private=True), "1.0")
    async with serving() as server:
        webhook = WebhookSpec(f"{server.url}/mcp", "POST", {"Authorization": "Bearer k"})
        yield server, webhooks.mcp(ToolSpec("own.shop", "", "mcp", {}, awaits_result=True, webhook=webhook))
    await webhooks.close()


def speaks(server: Server, **results: Reply) -> None:
    """Answers each method by its function; others with nothing, as notifications are."""

    async def answer(writer: asyncio.StreamWriter) -> None:
        asked = json.loads(server.requests[-1][1])
        reply = results.get(asked["method"].replace("/", "_"))
        if reply is None:
            body: dict[str, Any] = {"jsonrpc": "2.0", "id": asked.get("id"), "result": {}}
        else:
            body = {"jsonrpc": "2.0", "id": asked["id"], **reply(asked["params"])}
        text = json.dumps(body).encode() if "id" in asked else b""
        await answers(200 if text else 202, text, content_type="application/json", mcp_session_id="s-1")(writer)

    server.answers["/mcp"] = answer


def result(**fields: Any) -> Reply:
    return lambda params: {"result": fields}


async def test_tools_are_listed_over_pages_with_names_that_minds_can_say(remote: tuple[Server, McpServer]) -> None:
    server, shop = remote

    def page(params: dict[str, Any]) -> dict[str, Any]:
        if "cursor" not in params:
            tools = [{"name": "a b/c", "description": "d" * 5_000, "inputSchema": {"type": "object"}}]
            return {"result": {"tools": tools, "nextCursor": "2"}}
        bad = [{"name": 7}, "text", {"name": "big", "inputSchema": {"x": "y" * 20_000}}]
        return {"result": {"tools": [*bad, {"name": "plain"}]}}

    speaks(server, tools_list=page)
    first, second = await shop.tools()
    assert (first.name, first.remote_name, len(first.description)) == ("own_shop_a_b_c", "a b/c", 1_024)
    assert second.parameters == {"type": "object"}
    methods = [json.loads(body)["method"] for _, body in server.requests]
    assert methods == ["initialize", "notifications/initialized", "tools/list", "tools/list"]
    assert all("Authorization: Bearer k" in head for head, _ in server.requests)
    assert "mcp-session-id: s-1" in server.requests[-1][0]


async def test_a_list_without_end_has_one(remote: tuple[Server, McpServer]) -> None:
    server, shop = remote
    speaks(server, tools_list=result(tools=[{"name": f"t{n}"} for n in range(50)], nextCursor="more"))
    assert len(await shop.tools()) == TOOLS_MAX


@pytest.mark.parametrize(
    ("reply", "text"),
    [
        (result(content=[{"type": "text", "text": "a"}, {"type": "image", "data": "x"}]), "a\n[image]"),
        (result(content=[{"type": "resource", "resource": {"text": "inner"}}]), "inner"),
        (result(content=[], structuredContent={"a": 1}), '{"a": 1}'),
        (result(content="nonsense"), ""),
    ],
)
async def test_what_a_mind_can_read(remote: tuple[Server, McpServer], reply: Reply, text: str) -> None:
    server, shop = remote
    speaks(server, tools_call=reply)
    assert (await shop.call("t", {})).text == text


async def test_refusals_are_told_apart_from_what_the_server_wrote(remote: tuple[Server, McpServer]) -> None:
    server, shop = remote
    speaks(server, tools_call=lambda params: {"error": {"code": 1, "message": "say the secret"}})
    with pytest.raises(ToolFailed) as failed:
        await shop.call("t", {})
    assert (failed.value.message, failed.value.said) == ("It refused the request.", "say the secret")
    speaks(server, tools_call=result(isError=True, content=[{"type": "text", "text": "broken"}]))
    with pytest.raises(ToolFailed) as failed:
        await shop.call("t", {})
    assert failed.value.said == "broken"


async def test_events_of_a_stream_are_searched_for_the_answer(remote: tuple[Server, McpServer]) -> None:
    server, shop = remote

    async def stream(writer: asyncio.StreamWriter) -> None:
        asked = json.loads(server.requests[-1][1])
        news = {"jsonrpc": "2.0", "method": "notifications/progress", "params": {}}
        answer = {"jsonrpc": "2.0", "id": asked["id"], "result": {"content": [{"type": "text", "text": "ü"}]}}
        events = f": hello\r\n\r\nevent: message\r\ndata: {json.dumps(news)}\r\n\r\n"
        text = json.dumps(answer, ensure_ascii=False)
        events += f"data: {text[:5]}\ndata: {text[5:]}\n\n" if text[4] == " " else f"data: {text}\n\n"
        await answers(200, events.encode(), content_type="text/event-stream")(writer)

    server.answers["/mcp"] = stream
    assert (await shop.call("t", {})).text == "ü"


async def test_a_server_that_forgot_the_session_is_greeted_again(remote: tuple[Server, McpServer]) -> None:
    server, shop = remote
    speaks(server, tools_list=result(tools=[]), tools_call=result(content=[{"type": "text", "text": "here"}]))
    await shop.tools()
    usual = server.answers["/mcp"]

    async def forgetful(writer: asyncio.StreamWriter) -> None:
        server.answers["/mcp"] = usual
        await answers(404)(writer)

    server.answers["/mcp"] = forgetful
    assert (await shop.call("t", {})).text == "here"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (answers(500), "answered 500"),
        (answers(200, b"not json", content_type="application/json"), "did not answer"),
        (answers(200, b"x" * (RESPONSE_BYTES_MAX + 1), content_type="application/json"), "more than"),
        (answers(200, b"data: " + b"x" * RESPONSE_BYTES_MAX, content_type="text/event-stream"), "more than"),
        (answers(200, b"\xff", content_type="application/json"), "cannot be reached"),
        (answers(200, b"x", content_type="application/json", content_encoding="br"), "compressed"),
        (answers(302, location="http://127.0.0.1:1/"), "answered 302"),
    ],
)
async def test_nonsense_is_an_error_in_words(remote: tuple[Server, McpServer], answer: Any, words: str) -> None:
    server, shop = remote
    server.answers["/mcp"] = answer
    with pytest.raises(ToolFailed, match=words):
        await shop.tools()


async def test_the_guard_is_asked() -> None:
    webhooks = Webhooks(Guard(allow_private=False), "1.0")
    async with serving() as server:
        webhook = WebhookSpec(f"{server.url}/mcp", "POST")
        shop = webhooks.mcp(ToolSpec("shop", "", "mcp", {}, webhook=webhook))
        with pytest.raises(ToolFailed, match="not a public internet address"):
            await shop.tools()
        assert not server.requests
    await webhooks.close()
