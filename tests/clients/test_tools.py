"""Tools in conversations with the official clients, a mind of one's own, and real servers behind the tools."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.clients.browser import NO_MICROPHONE, JsClient, js_client
from tests.clients.personas import DOCUMENTED, ended_session, new_persona, session_token
from tests.clients.python_client import PythonClient
from tests.clients.server import API_KEY, Server
from tests.net import servers
from tests.net.servers import answers, serving
from tests.providers.fake_openai import FakeOpenAI, calls_plan, text_plan

pytestmark = pytest.mark.clients

PAGE = {"type": "object", "properties": {"page": {"type": "string"}}, "required": ["page"]}
CITY = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
KIND: dict[str, Any] = {
    "name": "ask_visitor",
    "description": "Asks on the page.",
    "type": "client",
    "parameters": PAGE,
    "awaitResult": True,
}
FIELDS = {
    "event_uid", "session_id", "tool_call_id", "tool_name", "tool_type", "arguments", "timestamp",
    "timestamp_user_action", "user_action_correlation_id", "used_outside_engine",
}  # fmt: skip


@pytest.fixture
async def mind() -> AsyncIterator[FakeOpenAI]:
    async with FakeOpenAI() as running:
        yield running


@pytest.fixture
async def shop() -> AsyncIterator[servers.Server]:
    async with serving() as running:
        yield running


async def asked(server: Server, method: str, path: str, body: object) -> Any:
    answer = await asyncio.to_thread(server.ask, method, path, body)
    assert answer.status in (200, 201), answer.body
    return answer.json()


async def own_mind(server: Server, mind: FakeOpenAI) -> str:
    made = {"displayName": "Mine", "llmFormat": "openai", "modelName": "test", "url": mind.url, "secret": "key"}
    return str((await asked(server, "POST", "/v1/llms", made))["id"])


async def token(server: Server, mind: FakeOpenAI, *tools: dict[str, Any], **changes: object) -> str:
    """For a persona of this session only, which brings its tools along."""
    persona = {**DOCUMENTED, "name": "Cara", "systemPrompt": "You are Cara.", "skipGreeting": True, **changes}
    quiet = {"silenceBeforeSkipTurnSeconds": 0, "silenceBeforeSessionEndSeconds": 0}
    persona |= {"llmId": await own_mind(server, mind), "tools": list(tools), "voiceDetectionOptions": quiet}
    return await asyncio.to_thread(lambda: session_token(server, **persona))


async def ready(client: JsClient, server: Server, session_token: str) -> str:
    return await client.ready(baseUrl=server.url, token=session_token, options=NO_MICROPHONE)


async def register(client: JsClient, tool: str, handler: str) -> None:
    # the client answers with a function that takes the handler back, and the browser's driver would call it
    await client.run(f"void client.registerToolCallHandler('{tool}', {handler})")


def webhook(shop: servers.Server, name: str, **changes: object) -> dict[str, Any]:
    tool = {"name": name, "description": name, "type": "server", "subtype": "webhook", "parameters": CITY}
    # on a busy machine every tool is slow
    return {**tool, "url": f"{shop.url}/{name}", "method": "POST", "fillerPhrases": [], **changes}


def told(mind: FakeOpenAI, request: int = -1) -> list[str]:
    """What the mind read of its tools, without the fences."""
    messages = [message["content"] for message in mind.requests[request]["messages"] if message["role"] == "tool"]
    return [re.sub(r"^<data [^\n]*>\n|\n</data \w+>$", "", text) for text in messages]


async def channel(client: JsClient, message_type: str) -> "list[dict[str, Any]]":
    found: list[dict[str, Any]] = await client.run(
        "(type) => watched.told.filter(({ messageType }) => messageType === type).map(({ data }) => data)", message_type
    )
    return found


@pytest.mark.browser
async def test_a_mind_a_page_a_webhook_and_knowledge_in_one_conversation(
    sqlite_server: Server, page_url: str, mind: FakeOpenAI, shop: servers.Server
) -> None:
    server = sqlite_server
    shop.answers["/weather"] = answers(200, b'{"sky": "blue"}', content_type="application/json")
    group = (await asked(server, "POST", "/v1/knowledge/groups", {"name": "Handbook"}))["id"]
    text = {"name": "hours.txt", "content": "The garden opens at nine o'clock.", "contentType": "text/plain"}
    document = (await asked(server, "POST", f"/v1/knowledge/groups/{group}/documents", text))["id"]
    await asyncio.to_thread(
        server.wait_until, f"/v1/knowledge/documents/{document}", lambda found: found["status"] == "READY"
    )
    looking_up = {"documentFolderIds": [group], "fillerPhrases": []}
    stored = {"name": "handbook", "description": "Looks it up.", "type": "SERVER_RAG", "config": looking_up}
    handbook = (await asked(server, "POST", "/v1/tools", stored))["id"]
    mind.answer_with(
        calls_plan(
            ("ask_visitor", {"page": "colours"}),
            ("weather", {"city": "Bern"}),
            ("handbook", {"query": "when does the garden open"}),
            say="Let me see.",
        ),
        text_plan("You chose green, ", "the sky is blue, and we open at nine."),
    )
    start = await token(server, mind, KIND, webhook(shop, "weather"), toolIds=[handbook])
    async with js_client(page_url) as client:
        session_id = await ready(client, server, start)
        await register(client, "ask_visitor", "{ onStart: async () => 'green' }")
        await client.run("client.sendUserMessage('Tell me everything.')")
        message = await client.message("persona", 1)
        assert message["content"] == "Let me see. You chose green, the sky is blue, and we open at nine."
        completed = {data["tool_name"]: data for data in await channel(client, "toolCallCompleted")}
    assert json.loads(shop.requests[0][1]) == {"city": "Bern"}
    page, sky, hours = told(mind)
    assert (page, sky) == ("green", '{"sky": "blue"}')
    assert hours.startswith('[Source 1 from "hours.txt", Relevance: ')
    assert set(completed) == {"weather", "handbook"}
    assert completed["handbook"]["documents_accessed"] == ["hours.txt"]
    record = await asyncio.to_thread(ended_session, server, session_id)
    assert {call["toolName"]: call["status"] for call in record["toolCalls"]} == {
        "ask_visitor": "completed", "weather": "completed", "handbook": "completed",
    }  # fmt: skip


@pytest.mark.browser
async def test_a_page_carries_out_its_tools(sqlite_server: Server, page_url: str, mind: FakeOpenAI) -> None:
    """D10 and D11, D13, and D15 to D17: a handler answers or fails, and nothing is told twice."""
    mind.answer_with(
        calls_plan(("ask_visitor", {"page": "colours"})), text_plan("Green it is."),
        calls_plan(("fail", {"page": "x"})), text_plan("That did not work."),
    )  # fmt: skip
    failing = {**KIND, "name": "fail"}
    async with js_client(page_url) as client:
        session_id = await ready(client, sqlite_server, await token(sqlite_server, mind, KIND, failing))
        await client.run(
            """() => {
              window.notes = [];
              const note = (what) => (payload) => notes.push([what, payload.toolCallId]);
              const rest = { onComplete: note('completed'), onFail: note('failed') };
              client.registerToolCallHandler('ask_visitor', { onStart: async () => 'green', ...rest });
              client.registerToolCallHandler('fail', { onStart: () => { throw new Error('no form'); }, ...rest });
            }"""
        )
        await client.run("client.sendUserMessage('Which colour?')")
        assert (await client.message("persona", 1))["content"] == "Green it is."
        assert told(mind) == ["green"]
        (started,) = await channel(client, "toolCallStarted")
        assert set(started) == FIELDS
        assert (started["session_id"], started["tool_type"]) == (session_id, "client")
        assert started["arguments"] == {"page": "colours"}
        (older,) = await client.wait_for("CLIENT_TOOL_EVENT_RECEIVED")
        assert (older["eventName"], older["eventData"]) == ("ask_visitor", {"page": "colours"})
        result = await client.run("watched.channel.find((sent) => sent.message_type === 'tool_result')")
        assert (result["tool_call_id"], result["result"]) == (started["tool_call_id"], "green")

        await client.run("client.sendUserMessage('And now?')")
        assert (await client.message("persona", 2))["content"] == "That did not work."
        assert "Error in handler: no form" in told(mind)[-1]
        ids = [data["tool_call_id"] for data in await channel(client, "toolCallStarted")]
        assert await client.run("notes") == [["completed", ids[0]], ["failed", ids[1]]]
        assert await client.run("named('TOOL_CALL_COMPLETED').length") == 1
        assert await client.run("named('TOOL_CALL_FAILED').length") == 1
        assert not await channel(client, "toolCallCompleted")
        assert not await channel(client, "toolCallFailed")


@pytest.mark.browser
async def test_a_page_that_says_nothing_is_not_waited_for_too_long(
    sqlite_server: Server, page_url: str, mind: FakeOpenAI
) -> None:
    """D12, and the page hears that nobody waits any more."""
    mind.answer_with(calls_plan(("ask_visitor", {"page": "x"})), text_plan("Then let us go on."))
    patient = {**KIND, "toolTimeoutSeconds": 1}
    async with js_client(page_url) as client:
        await ready(client, sqlite_server, await token(sqlite_server, mind, patient))
        await client.run("client.sendUserMessage('Which colour?')")
        assert (await client.message("persona", 1))["content"] == "Then let us go on."
        failed = (await client.wait_for("TOOL_CALL_FAILED"))[0]
        assert "did not answer" in failed["errorMessage"]
        assert await client.run("named('TOOL_CALL_STARTED').length") == 1


@pytest.mark.browser
async def test_a_webhook_that_fails_is_told_with_how_long_it_took(
    sqlite_server: Server, page_url: str, mind: FakeOpenAI, shop: servers.Server
) -> None:
    """D14."""
    answer = asyncio.Event()

    async def slowly(writer: asyncio.StreamWriter) -> None:
        await answer.wait()
        await answers(500)(writer)

    shop.answers["/weather"] = slowly
    mind.answer_with(calls_plan(("weather", {"city": "Bern"})), text_plan("I do not know."))
    async with js_client(page_url) as client:
        await ready(client, sqlite_server, await token(sqlite_server, mind, webhook(shop, "weather")))
        on_fail = "{ onFail: (payload) => { window.failed = payload; } }"
        await register(client, "weather", on_fail)
        await client.run("client.sendUserMessage('How is the weather?')")
        started = (await client.wait_for("TOOL_CALL_STARTED"))[0]
        answer.set()
        failed = (await client.wait_for("TOOL_CALL_FAILED"))[0]
        assert (await client.message("persona", 1))["content"] == "I do not know."
        assert (failed["toolCallId"], failed["errorMessage"]) == (started["toolCallId"], "It answered 500.")
        (begun,), (over,) = await channel(client, "toolCallStarted"), await channel(client, "toolCallFailed")
        assert set(over) == {*FIELDS, "tool_subtype", "error_message"}
        took_ms = await client.run("([a, b]) => new Date(b) - new Date(a)", [begun["timestamp"], over["timestamp"]])
        assert (await client.run("failed.executionTime")) == took_ms
        assert not await client.run("named('CLIENT_TOOL_EVENT_RECEIVED').length")


@pytest.mark.browser
async def test_the_built_in_tools(sqlite_server: Server, page_url: str, mind: FakeOpenAI) -> None:
    """A persona that hangs up says goodbye first."""
    mind.answer_with(calls_plan(("end_call", {})), text_plan("Goodbye then."))
    async with js_client(page_url) as client:
        hanging_up = {"type": "system", "name": "end_call"}
        await ready(client, sqlite_server, await token(sqlite_server, mind, hanging_up))
        await client.run("client.sendUserMessage('Bye.')")
        assert (await client.message("persona", 1))["content"] == "Goodbye then."
        closed = await client.wait_for("CONNECTION_CLOSED")
        assert closed[0] == "CONNECTION_CLOSED_CODE_SERVER_CLOSED_CONNECTION"
        assert closed[1] == "The persona ended the call"


@pytest.mark.browser
async def test_without_a_language_model_a_page_can_be_opened_and_a_call_ended(
    sqlite_server: Server, page_url: str
) -> None:
    pages = {"type": "object", "properties": {"page": {"enum": ["offers", "help"]}}, "required": ["page"]}
    opening = {"name": "open_page", "description": "Opens a page.", "type": "client", "parameters": pages}
    persona = {**DOCUMENTED, "name": "Cara", "systemPrompt": "You are Cara.", "skipGreeting": True}
    tools = [{**opening, "awaitResult": True}, {"type": "system", "name": "end_call"}]
    start = await asyncio.to_thread(lambda: session_token(sqlite_server, **persona, tools=tools))
    async with js_client(page_url) as client:
        await ready(client, sqlite_server, start)
        await register(client, "open_page", "{ onStart: async (call) => { window.opened = call.arguments.page; } }")
        await client.run("client.sendUserMessage('Could you open the offers page, please?')")
        assert await client.wait_until("window.opened") == "offers"
        assert (await client.message("persona", 1))["content"].strip()
        await client.run("client.sendUserMessage('Thank you, goodbye!')")
        assert (await client.message("persona", 2))["content"].startswith("Goodbye")
        assert (await client.wait_for("CONNECTION_CLOSED"))[1] == "The persona ended the call"


async def test_a_python_client_that_knows_no_tools_talks_on(
    sqlite_server: Server, any_python_sdk: PythonClient, mind: FakeOpenAI, shop: servers.Server
) -> None:
    """D12: nobody answers for the page, and the talk goes on; tools of servers work as they do for everybody."""
    shop.answers["/weather"] = answers(200, b"blue", content_type="text/plain")
    mind.answer_with(
        calls_plan(("ask_visitor", {"page": "x"}), ("weather", {"city": "Bern"})), text_plan("The sky is blue.")
    )
    patient = {**KIND, "toolTimeoutSeconds": 1}
    tools = [patient, webhook(shop, "weather")]
    ids = [(await asked(sqlite_server, "POST", "/v1/tools", tool))["id"] for tool in tools]
    llm = await own_mind(sqlite_server, mind)
    persona = await asyncio.to_thread(lambda: new_persona(sqlite_server, skipGreeting=True, llmId=llm, toolIds=ids))
    await any_python_sdk.do("connect", base_url=sqlite_server.url, key=API_KEY, persona={"persona_id": persona})
    await any_python_sdk.wait_for("session_ready")
    await any_python_sdk.do("send_message", text="How is the sky?")
    await any_python_sdk.wait_for(
        lambda event: event["event"] == "message_received" and event["arguments"][0]["content"] == "The sky is blue."
    )
    timed_out, sky = told(mind)
    assert "did not answer within" in timed_out
    assert sky == "blue"
    await any_python_sdk.do("close")
