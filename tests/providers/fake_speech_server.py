"""A real server on loopback that speaks as voices on the internet do, and fails in every way they can.

What is said is a beep for every word, so that words, characters and sounds have times that a test can know. Each
vendor's own wire lies in a file beside this one; this is what they share.
"""

import asyncio
import json
import math
import re
import socket
import struct
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from types import TracebackType
from typing import Any, ClassVar, Literal, Self, TypeAlias
from urllib.parse import parse_qsl

import uvicorn

KEY = "a-key-of-the-test"
RATE_HZ = 24_000
WORD_MS = 120
GAP_MS = 30

Scope: TypeAlias = dict[str, Any]
Ending: TypeAlias = Literal["finish", "cut", "hold", "garbage"]


@dataclass(frozen=True)
class Plan:
    """One answer: a status other than 200 refuses it; `ending` is what happens after `pieces` pieces (None: all)."""

    status: int = 200
    pieces: int | None = None
    ending: Ending = "finish"


@dataclass(frozen=True)
class Spoken:
    """One word with the sound up to the next one; times are those of the sentence."""

    word: str
    at_char: int
    start_ms: int
    end_ms: int
    pcm: bytes


def spoken(text: str) -> list[Spoken]:
    words = list(re.finditer(r"\S+", text))
    return [
        Spoken(match.group(), match.start(), at * (WORD_MS + GAP_MS), at * (WORD_MS + GAP_MS) + WORD_MS, beep())
        for at, match in enumerate(words)
    ]


@cache
def beep() -> bytes:
    loud = RATE_HZ * WORD_MS // 1000
    quiet = RATE_HZ * GAP_MS // 1000
    samples = [round(8000 * math.sin(2 * math.pi * 220 * at / RATE_HZ)) for at in range(loud)]
    return struct.pack(f"<{loud}h", *samples) + bytes(2 * quiet)


class FakeSpeechServer:
    """Answers sentence n with plan n, and the last plan again after that."""

    paths: ClassVar[tuple[str, ...]] = ()

    def __init__(self) -> None:
        self.plans = [Plan()]
        self.requests: list[Any] = []  # what was asked for, as the vendor's wire says it
        self.headers: list[dict[str, str]] = []
        self.targets: list[tuple[str, dict[str, str]]] = []  # path and query of each request or connection
        self.connections = 0
        self.asked = asyncio.Event()
        self.asked_s = self.sent_s = (
            0.0  # work of this thread until the last sentence was asked for, and until its first answer was sent
        )
        self.stopped = asyncio.Event()  # somebody was told to stop in the middle, or was left
        self.left = asyncio.Event()  # set while nobody is connected
        self._live = 0
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._server = uvicorn.Server(
            uvicorn.Config(self._app, interface="asgi3", log_config=None, lifespan="off", ws="websockets-sansio")
        )

    async def __aenter__(self) -> Self:
        self._serving = asyncio.create_task(self._server.serve([self._socket]))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.should_exit = self._server.force_exit = True
        await self._serving

    @property
    def open_connections(self) -> int:
        """Those that a client keeps, whether it asks for anything or not."""
        return len(self._server.server_state.connections)

    def answer_with(self, *plans: Plan) -> None:
        self.plans = list(plans)

    def is_asked(self) -> None:
        self.asked_s, self.sent_s = time.thread_time(), 0.0
        self.asked.set()

    def sends(self) -> None:
        self.sent_s = self.sent_s or time.thread_time()

    def next_plan(self) -> Plan:
        return self.plans.pop(0) if len(self.plans) > 1 else self.plans[0]

    # --- what a vendor has to say -------------------------------------------------------------------------------

    def admits(self, headers: dict[str, str]) -> bool:
        """Whether the key is where it belongs."""
        raise NotImplementedError

    async def over_http(
        self, path: str, query: dict[str, str], headers: dict[str, str], body: Any, wire: "Http"
    ) -> None:
        raise NotImplementedError

    async def over_socket(self, path: str, query: dict[str, str], wire: "Socket") -> None:
        raise NotImplementedError

    # --- ASGI ---------------------------------------------------------------------------------------------------

    async def _app(self, scope: Scope, receive: Any, send: Any) -> None:
        headers = {name.decode().lower(): value.decode() for name, value in scope["headers"]}
        query = dict(parse_qsl(scope["query_string"].decode()))
        self.headers.append(headers)
        self.targets.append((scope["path"], query))
        self._live += 1
        self.left.clear()
        try:
            if scope["type"] == "websocket":
                await self._socketed(scope, query, headers, Socket(self, receive, send))
            else:
                await self._asked(scope, query, headers, Http(self, receive, send))
        finally:
            self._live -= 1
            if not self._live:
                self.left.set()

    async def _asked(self, scope: Scope, query: dict[str, str], headers: dict[str, str], wire: "Http") -> None:
        content = await wire.body()
        if not self.admits(headers):
            await wire.refuse(401)
        elif scope["method"] == "GET":
            await wire.whole(200, b"[]")
        else:
            body = content if "msgpack" in headers.get("content-type", "") else json.loads(content)
            self.is_asked()
            await self.over_http(scope["path"], query, headers, body, wire)

    async def _socketed(self, scope: Scope, query: dict[str, str], headers: dict[str, str], wire: "Socket") -> None:
        assert (await wire.receive())["type"] == "websocket.connect"
        plan = self.plans[0]
        status = 401 if not self.admits(headers) else plan.status
        if status != 200:
            await wire.refuse(status)
            return
        self.connections += 1
        await wire.send({"type": "websocket.accept"})
        await self.over_socket(scope["path"], query, wire)


class Http:
    """One request, and an answer that may end badly."""

    def __init__(self, server: FakeSpeechServer, receive: Any, send: Any) -> None:
        self._server, self._receive, self._send = server, receive, send
        self._begun = False

    async def body(self) -> bytes:
        body = b""
        while (message := await self._receive())["type"] == "http.request":
            body += message["body"]
            if not message["more_body"]:
                break
        return body

    async def whole(self, status: int, body: bytes, kind: bytes = b"application/json") -> None:
        await self._start(status, kind)
        await self._send({"type": "http.response.body", "body": body})

    async def refuse(self, status: int) -> None:
        await self.whole(status, json.dumps({"detail": {"status": "no", "message": "No: secret text"}}).encode())

    async def play(self, plan: Plan, pieces: Iterator[bytes], garbage: bytes, kind: bytes) -> None:
        """The pieces as far as the plan lets them come, each in a message of its own."""
        if plan.status != 200:
            await self.refuse(plan.status)
            return
        for sent, piece in enumerate(pieces):
            if sent == plan.pieces:
                break
            await self._piece(piece, kind)
        if plan.ending == "cut":
            raise ConnectionAbortedError
        if plan.ending == "garbage":
            await self._piece(garbage, kind if self._begun else b"text/html")
        if plan.ending == "hold":
            await self._receive()  # nothing more comes from a client, so this is the end of the line
            self._server.stopped.set()
            return
        if not self._begun:
            await self._start(200, kind)
        await self._send({"type": "http.response.body", "body": b""})

    async def _piece(self, piece: bytes, kind: bytes) -> None:
        if not self._begun:
            await self._start(200, kind)
        self._server.sends()
        await self._send({"type": "http.response.body", "body": piece, "more_body": True})

    async def _start(self, status: int, kind: bytes) -> None:
        self._begun = True
        await self._send({"type": "http.response.start", "status": status, "headers": [(b"content-type", kind)]})


class Socket:
    """One connection, on which any number of sentences are asked for."""

    def __init__(self, server: FakeSpeechServer, receive: Any, send: Any) -> None:
        self.server, self.receive, self.send = server, receive, send

    async def refuse(self, status: int) -> None:
        await self.send({"type": "websocket.http.response.start", "status": status, "headers": []})
        await self.send({"type": "websocket.http.response.body", "body": b"No: secret text"})

    async def next(self) -> str | bytes | None:
        """None when the client has left."""
        message = await self.receive()
        if message["type"] == "websocket.disconnect":
            return None
        return message.get("text") if message.get("text") is not None else message.get("bytes")

    async def say(self, message: dict[str, Any] | str | bytes) -> None:
        self.server.sends()
        if isinstance(message, bytes):
            await self.send({"type": "websocket.send", "bytes": message})
            return
        text = message if isinstance(message, str) else json.dumps(message)
        await self.send({"type": "websocket.send", "text": text})

    async def close(self, code: int = 1000) -> None:
        await self.send({"type": "websocket.close", "code": code})
