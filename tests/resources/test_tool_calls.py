"""Tools of real sessions: attached or brought along, carried out by real servers, and what is kept of each call."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.net.servers import Server, answers, serving
from tests.resources import contract
from tests.resources.sessions.talking import PATIENCE_S, start, stop, talk
from tests.rest import Rest
from visavis.core.events import CalledTool, UserText
from visavis.core.fences import unfenced
from visavis.core.spec import MindSpec, ToolKind
from visavis.engine.records import ReportedToolCall
from visavis.providers.base import ToolCall
from visavis.providers.llm.script import Script
from visavis.resources.sessions.called import called
from visavis.resources.sessions.measured import WallTime

SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
WALL = WallTime(datetime(2026, 1, 1, tzinfo=UTC), 0.0)
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@pytest.fixture
def server(rest: Rest) -> Iterator[Server]:
    async def start() -> tuple[AsyncExitStack, Server]:
        stack = AsyncExitStack()
        return stack, await stack.enter_async_context(serving())

    stack, running = rest.run(start())
    yield running
    rest.run(stack.aclose())


def weather(server: Server, **config: object) -> dict[str, Any]:
    config = {"url": f"{server.url}/weather", "method": "POST", "parameters": SCHEMA, **config}
    return {"name": "weather", "description": "Tells the weather.", "type": "SERVER_WEBHOOK", "config": config}


def script(rest: Rest, *calls: tuple[str, str], then: str = "There you are.") -> Script:
    mind = Script(MindSpec("script"), turns=[[ToolCall(f"c{n}", *one) for n, one in enumerate(calls)], [then]])
    rest.media.minds.append(mind)
    return mind


def test_a_webhook_tool_is_asked_and_its_call_is_kept(rest: Rest, server: Server) -> None:
    server.answers["/weather"] = answers(200, b'{"sky": "blue", "apiToken": "t-1"}', content_type="application/json")
    tool = rest.create("/v1/tools", **weather(server, headers={"Authorization": "Bearer k-1"}, signingSecret=SECRET))
    assert tool["config"]["signingSecret"] == "[REDACTED]"
    mind = script(rest, ("weather", '{"city": "Bern"}'))
    session_id = start(rest, {"sessionOptions": {"endUserId": "user-7"}}, toolIds=[tool["id"]])

    talk(rest, session_id, UserText("What is the weather?"))
    (kept,) = stop(rest, session_id)["toolCalls"]

    head, body = server.requests[0]
    assert json.loads(body) == {"city": "Bern"}
    assert "Authorization: Bearer k-1" in head
    assert '"endUserId": "user-7"' in head
    assert "webhook-signature: v1," in head
    assert unfenced(mind.heard[1][-1].text) == '{"sky": "blue", "apiToken": "t-1"}'
    assert (kept["toolName"], kept["toolType"], kept["toolSubtype"], kept["status"]) == (
        "weather", "server", "webhook", "completed",
    )  # fmt: skip
    assert kept["arguments"] == {"city": "Bern"}
    assert json.loads(kept["result"]) == {"sky": "blue", "apiToken": "[REDACTED]"}
    assert (kept["turnIndex"], kept["errorMessage"], kept["documentsAccessed"]) == (0, None, None)
    for moment in (kept["startedAt"], kept["completedAt"]):
        contract.check(moment, contract.TIME)
    analytics = rest.ask("GET", f"/v1/sessions/{session_id}/analytics").json()
    assert analytics["summary"]["toolCalls"] == {"total": 1, "succeeded": 1, "failed": 0, "byName": {"weather": 1}}
    assert [call["toolType"] for call in analytics["turns"][0]["toolCalls"]] == ["SERVER_WEBHOOK"]


def test_a_webhook_tool_is_tried_without_a_conversation(rest: Rest, server: Server) -> None:
    server.answers["/weather"] = answers(200, b'{"sky": "blue"}', content_type="application/json")
    tool = rest.create("/v1/tools", **weather(server, headers={"Authorization": "Bearer k-1"}))
    address = f"/v1/tools/{tool['id']}/test"

    tried = rest.ask("POST", address, {"arguments": {"city": "Bern"}}).json()
    assert (tried["ok"], tried["result"]) == (True, '{"sky": "blue"}')
    assert tried["latencyMs"] >= 0
    [(head, body)] = server.requests
    assert "authorization: bearer k-1" in head.lower()
    assert json.loads(body) == {"city": "Bern"}

    server.answers["/weather"] = answers(404, b"no such city", content_type="text/plain")
    tried = rest.ask("POST", address, {"arguments": {"city": "Atlantis"}}).json()
    assert tried == {"ok": False, "latencyMs": None, "result": "no such city", "message": "It answered 404."}


def test_a_tool_of_another_type_cannot_be_tried(rest: Rest) -> None:
    tool = rest.create("/v1/tools", name="open_page", description="Opens a page.", type="CLIENT")
    answer = rest.ask("POST", f"/v1/tools/{tool['id']}/test", {})
    assert answer.status_code == 400
    assert answer.json()["details"][0]["path"] == "type"


def test_a_failure_is_told_to_event_webhooks(rest: Rest, server: Server) -> None:
    server.answers["/weather"] = answers(500, b"secret trace", content_type="text/plain")
    rest.create("/v1/webhooks", url=f"{server.url}/events", events=["tool.failed"])
    script(rest, ("weather", '{"city": "Bern"}'))
    session_id = start(rest, tools=[{**weather(server), "type": "server", "subtype": "webhook"}])

    talk(rest, session_id, UserText("Weather?"))
    (kept,) = stop(rest, session_id)["toolCalls"]

    assert (kept["status"], kept["errorMessage"], kept["result"]) == ("failed", "It answered 500.", None)
    (hook,) = rest.ask("GET", "/v1/webhooks").json()["data"]
    (delivery,) = rest.ask("GET", f"/v1/webhooks/{hook['id']}/deliveries").json()["data"]
    told = rest.ask("GET", f"/v1/webhooks/{hook['id']}/deliveries/{delivery['id']}").json()["payload"]["data"]
    assert (told["sessionId"], told["toolName"], told["errorMessage"]) == (session_id, "weather", "It answered 500.")
    assert "Bern" not in json.dumps(told)


def test_without_retention_nothing_that_was_said_is_kept(rest: Rest, server: Server) -> None:
    server.answers["/weather"] = answers(200, b"blue", content_type="text/plain")
    tool = rest.create("/v1/tools", **weather(server))
    script(rest, ("weather", '{"city": "Bern"}'))
    session_id = start(rest, toolIds=[tool["id"]], zeroDataRetention=True)

    talk(rest, session_id, UserText("Weather?"))
    (kept,) = stop(rest, session_id)["toolCalls"]

    assert kept["status"] == "completed"
    assert (kept["arguments"], kept["result"], kept["documentsAccessed"]) == (None, None, None)


def test_without_retention_event_webhooks_are_told_no_words(rest: Rest, server: Server) -> None:
    """What a page says when it fails may quote who talks to it."""
    every = ["session.started", "session.ended", "transcript.ready", "recording.ready", "tool.failed"]
    rest.create("/v1/webhooks", url=f"{server.url}/events", events=every)
    asking = {"type": "client", "name": "ask", "description": "Asks.", "parameters": SCHEMA, "awaitResult": True}
    script(rest, ("ask", '{"city": "Periwinkle"}'))
    session_id = start(rest, tools=[asking], zeroDataRetention=True)

    talk(rest, session_id, UserText("My secret is periwinkle."), tools_fail="no city called Periwinkle")
    (kept,) = stop(rest, session_id)["toolCalls"]

    assert (kept["status"], kept["errorMessage"]) == ("failed", "It failed.")
    (hook,) = rest.ask("GET", "/v1/webhooks").json()["data"]
    deliveries = rest.ask("GET", f"/v1/webhooks/{hook['id']}/deliveries").json()["data"]
    told = [rest.ask("GET", f"/v1/webhooks/{hook['id']}/deliveries/{one['id']}").json() for one in deliveries]
    assert {one["payload"]["type"] for one in told} == {"session.started", "session.ended", "tool.failed"}
    assert "periwinkle" not in json.dumps(told).lower()


def wait_until_read(rest: Rest, document_id: str) -> None:
    async def wait() -> None:
        async with asyncio.timeout(PATIENCE_S):
            while (await rest.send("GET", f"/v1/knowledge/documents/{document_id}")).json()["status"] != "READY":
                pass

    rest.run(wait())


@pytest.mark.parametrize(("client", "twice"), [("js-sdk", True), ("python-sdk", True), ("kmp-sdk", False)])
def test_clients_that_take_the_older_form_for_an_error_are_spared_it(rest: Rest, client: str, twice: bool) -> None:
    session_id = start(rest, {"clientMetadata": {"client": client, "version": "1"}})
    assert rest.media.specs[session_id].tells_client_tools_twice is twice
    stop(rest, session_id)


def test_knowledge_is_looked_up_in_the_groups_of_the_tool(rest: Rest) -> None:
    group = rest.create("/v1/knowledge/groups", name="Menus")["id"]
    made = rest.ask(
        "POST",
        f"/v1/knowledge/groups/{group}/documents",
        {"name": "hours.txt", "content": "The garden opens at nine.", "contentType": "text/plain"},
    )
    assert made.status_code == 201, made.text
    wait_until_read(rest, made.json()["id"])
    mind = script(rest, ("handbook", '{"query": "when does the garden open"}'), ("handbook", '{"query": "zebra"}'))
    tool = {"type": "server", "subtype": "knowledge", "name": "handbook", "documentFolderIds": [group]}
    session_id = start(rest, tools=[{**tool, "description": "Looks it up."}])

    talk(rest, session_id, UserText("When do you open?"))
    kept = {call["arguments"]["query"]: call for call in stop(rest, session_id)["toolCalls"]}

    first, second = [unfenced(message.text) for message in mind.heard[1][-2:]]
    assert first.startswith('[Source 1 from "hours.txt", Relevance: ')
    assert first.endswith("%]\nThe garden opens at nine.")
    assert second == "Nothing about this was found."
    assert kept["when does the garden open"]["documentsAccessed"] == ["hours.txt"]
    assert kept["zebra"]["documentsAccessed"] is None
    assert {call["toolSubtype"] for call in kept.values()} == {"rag"}


def test_an_mcp_server_lends_its_tools_to_a_session(rest: Rest, server: Server) -> None:
    results = {
        "initialize": {},
        "tools/list": {"tools": [{"name": "buy", "description": "Buys.", "inputSchema": SCHEMA}]},
        "tools/call": {"content": [{"type": "text", "text": "Bought in Bern."}]},
    }

    async def speak(writer: asyncio.StreamWriter) -> None:
        asked = json.loads(server.requests[-1][1] or b"{}")
        if "id" not in asked:
            await answers(202)(writer)
            return
        body = {"jsonrpc": "2.0", "id": asked["id"], "result": results[asked["method"]]}
        await answers(200, json.dumps(body).encode(), content_type="application/json")(writer)

    server.answers["/mcp"] = speak
    config = {"url": f"{server.url}/mcp", "headers": {"Authorization": "Bearer k-1"}}
    tool = rest.create("/v1/tools", name="shop", description="A shop.", type="SERVER_MCP", config=config)
    assert tool["config"]["headers"] == {"Authorization": "[REDACTED]"}
    mind = script(rest, ("shop_buy", '{"city": "Bern"}'))
    session_id = start(rest, toolIds=[tool["id"]])
    rest.run(rest.app.state.desk.host.get(session_id)._tools._listing.settle())
    talk(rest, session_id, UserText("Buy it."))
    (kept,) = stop(rest, session_id)["toolCalls"]

    assert (kept["toolName"], kept["toolSubtype"], kept["result"]) == ("shop_buy", "mcp", "Bought in Bern.")
    assert unfenced(mind.heard[1][-1].text) == "Bought in Bern."
    assert all("Authorization: Bearer k-1" in head for head, _ in server.requests)


@pytest.mark.parametrize(
    ("kind", "shown"),
    [("client", ("client", None)), ("system", ("system", None)), ("mcp", ("server", "mcp"))],
)
def test_kinds_have_the_names_of_the_api(kind: ToolKind, shown: tuple[str, str | None]) -> None:
    call = CalledTool("fc_1", "s", "t", "x", kind, {"password": "p", "deep": [{"Api-Key": 1}], "nul\0": "\ud800"}, 0, 0)
    kept = called(ReportedToolCall(call, "completed", 250.0, "Bearer abcdefghijkl"), WALL, keeps_words=True)
    assert (kept["toolType"], kept["toolSubtype"]) == shown
    assert kept["durationSeconds"] == 0.25
    assert kept["arguments"] == {
        "password": "[REDACTED]", "deep": [{"Api-Key": "[REDACTED]"}], "nul\ufffd": "\ufffd",
    }  # fmt: skip
    assert kept["result"] == "[REDACTED]"
