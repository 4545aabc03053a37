"""Traces as a collector gets them: a real receiver on this machine, a real conversation."""

import asyncio
import socket
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from tests.net.servers import Server, answers, serving
from tests.resources.sessions.talking import start, stop, talk
from tests.rest import Rest
from visavis.core.events import UserText
from visavis.core.spec import MindSpec
from visavis.providers.base import ToolCall
from visavis.providers.llm.script import Script
from visavis.settings import Settings

PATIENCE_S = 30.0


def spans_of(receiver: Server) -> list[Span]:
    bodies = [ExportTraceServiceRequest.FromString(body) for _, body in receiver.requests]
    scopes = [scope for body in bodies for resource in body.resource_spans for scope in resource.scope_spans]
    return [span for scope in scopes for span in scope.spans]


def attributes(span: Span) -> dict[str, Any]:
    kinds = {one.key: one.value.WhichOneof("value") for one in span.attributes}
    return {one.key: getattr(one.value, str(kinds[one.key])) for one in span.attributes}


async def until_told(receiver: Server, name: str) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not any(span.name == name for span in spans_of(receiver)):
            receiver.asked.clear()
            await receiver.asked.wait()


def test_a_conversation_is_traced(tmp_path: Path) -> None:
    listener, stack = socket.create_server(("127.0.0.1", 0)), AsyncExitStack()
    url = f"http://127.0.0.1:{listener.getsockname()[1]}/v1/traces"
    with Rest("", tmp_path, traces_url=url) as rest:
        receiver = rest.run(stack.enter_async_context(serving(listener=listener)))
        receiver.answers["/v1/traces"] = answers(200)
        session_id = start(rest, {"clientLabel": "a-label"}, name="Somebody", systemPrompt="A secret prompt")
        talk(rest, session_id, UserText("A secret question"))
        stop(rest, session_id)
        rest.run(until_told(receiver, "invoke_agent"))
        spans = spans_of(receiver)
        rest.run(stack.aclose())
    by_name = {span.name: span for span in spans}
    session, turn, chat = by_name["invoke_agent"], by_name["turn"], by_name["chat built-in"]
    assert turn.parent_span_id == session.span_id
    assert {span.name for span in spans if span.parent_span_id == turn.span_id} >= {"mind", "voice", "packet", "reply"}
    assert attributes(chat)["gen_ai.operation.name"] == "chat"
    assert attributes(chat)["gen_ai.request.model"] == "built-in"
    assert chat.parent_span_id == turn.span_id
    assert attributes(session)["gen_ai.conversation.id"] == session_id
    assert attributes(session)["visavis.turns"] == 1
    assert all(span.start_time_unix_nano <= span.end_time_unix_nano for span in spans)
    sent = b"".join(body for _, body in receiver.requests)
    for private in (b"secret", b"Somebody", b"a-label", b"nothing more"):
        assert private not in sent


def test_a_call_of_a_tool_is_traced_without_its_name(tmp_path: Path) -> None:
    listener, stack = socket.create_server(("127.0.0.1", 0)), AsyncExitStack()
    url = f"http://127.0.0.1:{listener.getsockname()[1]}/v1/traces"
    with Rest("", tmp_path, traces_url=url) as rest:
        receiver = rest.run(stack.enter_async_context(serving(listener=listener)))
        receiver.answers["/v1/traces"] = answers(200)
        call = ToolCall("c1", "open_secret_page", '{"page": "secret"}')
        rest.media.minds.append(Script(MindSpec("script"), turns=[[call], ["There it is."]]))
        session_id = start(rest, tools=[{"type": "client", "name": "open_secret_page", "description": "Opens it."}])
        talk(rest, session_id, UserText("Open it"))
        stop(rest, session_id)
        rest.run(until_told(receiver, "invoke_agent"))
        by_name = {span.name: span for span in spans_of(receiver)}
        rest.run(stack.aclose())
    tool, session = by_name["execute_tool client"], by_name["invoke_agent"]
    assert tool.parent_span_id == session.span_id
    assert attributes(tool)["gen_ai.operation.name"] == "execute_tool"
    assert attributes(tool)["visavis.tool.outcome"] == "completed"
    assert b"secret" not in b"".join(body for _, body in receiver.requests)


def test_a_collector_that_is_not_there_disturbs_nobody(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/v1/traces"
    with Rest("", tmp_path, traces_url=url) as rest:
        session_id = start(rest)
        talk(rest, session_id, UserText("Hello"))
        assert stop(rest, session_id)["exitStatus"]
    assert "secret" not in caplog.text


def test_an_address_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="begin with"):
        Settings(traces_url="collector:4318")
