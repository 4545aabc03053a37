"""A real HTTP server on loopback that streams chat completions as OpenAI does, and fails in every way it can."""

import asyncio
import json
import socket
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, TypeAlias

import uvicorn

Scope: TypeAlias = dict[str, Any]


class Cut:
    """Break the connection off here."""


@dataclass(frozen=True)
class Hold:
    """Send nothing until this is set or the client has gone."""

    until: asyncio.Event


Step: TypeAlias = bytes | Cut | Hold


@dataclass
class Plan:
    """One answer: its status, and the pieces of its body as they are written to the wire."""

    steps: list[Step] = field(default_factory=list[Step])
    status: int = 200


def chunk(delta: dict[str, Any], finish: str | None = None) -> bytes:
    body = {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": "test",
        "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
    }
    return b"data: " + json.dumps(body, ensure_ascii=False).encode() + b"\n\n"


DONE = b"data: [DONE]\n\n"


def text_plan(*texts: str) -> Plan:
    steps: list[Step] = [chunk({"role": "assistant", "content": ""})]
    steps += [chunk({"content": text}) for text in texts]
    return Plan([*steps, chunk({}, "stop"), DONE])


def calls_plan(*calls: tuple[str, dict[str, Any]], say: str = "") -> Plan:
    """Some words, and then tools by name with their arguments, all in one answer and torn apart as servers do."""
    steps: list[Step] = [chunk({"role": "assistant", "content": say})]
    for index, (name, arguments) in enumerate(calls):
        text = json.dumps(arguments)
        first = {"index": index, "id": f"call_{index}", "type": "function", "function": {"name": name, "arguments": ""}}
        steps.append(chunk({"tool_calls": [first]}))
        steps += [
            chunk({"tool_calls": [{"index": index, "function": {"arguments": piece}}]})
            for piece in (text[:5], text[5:])
        ]
    return Plan([*steps, chunk({}, "tool_calls"), DONE])


def bytewise(plan: Plan) -> Plan:
    """The same answer one byte at a time, so that every character and event is torn apart."""
    body = b"".join(step for step in plan.steps if isinstance(step, bytes))
    return Plan([body[at : at + 1] for at in range(len(body))], plan.status)


def refusal(status: int) -> Plan:
    return Plan([json.dumps({"error": {"message": "No: secret prompt", "type": "error"}}).encode()], status)


class FakeOpenAI:
    """Answers request n with plan n, and the last plan again after that. `requests` are the bodies it received."""

    def __init__(self) -> None:
        self.plans: deque[Plan] = deque()
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.targets: list[str] = []
        self.asked = asyncio.Event()
        self.abandoned = asyncio.Event()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.root = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self.url = f"{self.root}/v1"
        self._server = uvicorn.Server(uvicorn.Config(self._app, interface="asgi3", log_config=None, lifespan="off"))

    @property
    def open_connections(self) -> int:
        """Those that a client keeps, whether it asks for anything or not."""
        return len(self._server.server_state.connections)

    def answer_with(self, *plans: Plan) -> None:
        self.plans.extend(plans)

    async def __aenter__(self) -> "FakeOpenAI":
        self._serving = asyncio.create_task(self._server.serve([self._socket]))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.should_exit = self._server.force_exit = True
        await self._serving

    async def _app(self, scope: Scope, receive: Any, send: Any) -> None:
        body = b""
        while (message := await receive())["type"] == "http.request":
            body += message["body"]
            if not message["more_body"]:
                break
        self.requests.append(json.loads(body))
        self.headers.append({name.decode(): value.decode() for name, value in scope["headers"]})
        self.targets.append(f"{scope['path']}?{scope['query_string'].decode()}".rstrip("?"))
        plan = self.plans.popleft() if len(self.plans) > 1 else self.plans[0]
        self.asked.set()
        await self._play(plan, receive, send)

    async def _play(self, plan: Plan, receive: Any, send: Any) -> None:
        kind = b"text/event-stream" if plan.status == 200 else b"application/json"
        start = {"type": "http.response.start", "status": plan.status, "headers": [(b"content-type", kind)]}
        steps: Iterable[Step] = plan.steps
        if not isinstance(next(iter(steps), None), Hold):
            await send(start)
            start = {}
        for step in steps:
            if isinstance(step, Cut):
                raise ConnectionAbortedError
            if isinstance(step, Hold):
                if not await self._held(step, receive):
                    return
                continue
            if start:
                await send(start)
                start = {}
            await send({"type": "http.response.body", "body": step, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _held(self, hold: Hold, receive: Any) -> bool:
        """False when the client went away first."""
        waiting = {asyncio.create_task(hold.until.wait()), asyncio.create_task(receive())}
        done, pending = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        for task in pending:
            task.cancel()
        await asyncio.gather(*pending, return_exceptions=True)
        if hold.until.is_set():
            return True
        assert any(task.result() for task in done)
        self.abandoned.set()
        return False
