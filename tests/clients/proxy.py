"""A proxy on loopback that stands between a client and the server and breaks what a test wants broken."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator

HEAD_END = b"\r\n\r\n"
PIECE_BYTES = 65_536
LARGEST_HEAD_BYTES = 65_536


class Proxy:
    """Passes bytes on. Closes or refuses WebSockets, and loses or makes up answers of the server, when told to."""

    def __init__(self, server_port: int) -> None:
        self.port = 0
        self.requests: list[str] = []
        self.refuse_websockets = False
        self._server_port = server_port
        self._losing: set[str] = set()
        self._answers: dict[str, list[bytes]] = {}
        self._sockets: list[_Socket] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def websockets(self) -> int:
        """How many WebSockets were asked for so far."""
        return sum(request.startswith("GET /ws") for request in self.requests)

    def answer_next(self, path: str, status: int, body: object) -> None:
        """Answer the next request to `path` in the server's place."""
        self._answers.setdefault(path, []).append(_response(status, body))

    def lose_next(self, path: str) -> None:
        """Pass on the next request to `path` and let its client wait for the answer for ever."""
        self._losing.add(path)

    async def close_websockets(self, code: int) -> None:
        """End every open WebSocket as a server would that closes with `code`."""
        for socket in self._sockets:
            # a server's frames are not masked: opcode 8, two bytes of code
            socket.client.write(b"\x88\x02" + code.to_bytes(2, "big"))
            socket.client.close()
            socket.server.close()
        self._sockets.clear()

    async def serve_one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async with _closing(writer):
            head = await reader.readuntil(HEAD_END)
            request = head.split(b"\r\n", 1)[0].decode()
            self.requests.append(request)
            method, path = request.split(" ")[0], request.split(" ")[1].split("?")[0]
            upgrade = b"upgrade: websocket" in head.lower()
            if upgrade and self.refuse_websockets:
                writer.write(_response(503, {"error": "Service unavailable", "message": "refused by the test"}))
            elif method != "OPTIONS" and self._answers.get(path):
                writer.write(self._answers[path].pop(0))
            elif method != "OPTIONS" and path in self._losing:
                self._losing.remove(path)
                await self._pass_on_in_vain(head, reader)
            else:
                await self._pass_on(head, reader, writer, upgrade)

    async def _pass_on_in_vain(self, head: bytes, reader: asyncio.StreamReader) -> None:
        server_reader, server_writer = await asyncio.open_connection("127.0.0.1", self._server_port)
        async with _closing(server_writer):
            server_writer.write(_for_one_request(head))
            await asyncio.gather(_copy(reader, server_writer), server_reader.read())

    async def _pass_on(
        self, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, upgrade: bool
    ) -> None:
        server_reader, server_writer = await asyncio.open_connection("127.0.0.1", self._server_port)
        async with _closing(server_writer):
            # one request a connection, so that every one of them is seen and can be answered here
            server_writer.write(head if upgrade else _for_one_request(head))
            if upgrade:
                self._sockets.append(_Socket(writer, server_writer))
            await asyncio.gather(_copy(reader, server_writer), _copy(server_reader, writer))


class _Socket:
    def __init__(self, client: asyncio.StreamWriter, server: asyncio.StreamWriter) -> None:
        self.client = client
        self.server = server


@contextlib.asynccontextmanager
async def proxy(server_port: int) -> AsyncIterator[Proxy]:
    made = Proxy(server_port)
    connections: set[asyncio.Task[None]] = set()

    def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(made.serve_one(reader, writer))
        connections.add(task)
        task.add_done_callback(connections.discard)

    listening = await asyncio.start_server(connected, "127.0.0.1", 0, limit=LARGEST_HEAD_BYTES)
    made.port = listening.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        listening.close()
        for task in connections:
            task.cancel()
        await asyncio.gather(*connections, return_exceptions=True)


@contextlib.asynccontextmanager
async def _closing(writer: asyncio.StreamWriter) -> AsyncIterator[None]:
    """Close the connection whatever happens; that the other side is gone already is no error here."""
    try:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            yield
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


def _for_one_request(head: bytes) -> bytes:
    lines = [line for line in head[: -len(HEAD_END)].split(b"\r\n") if not line.lower().startswith(b"connection:")]
    return b"\r\n".join([*lines, b"Connection: close"]) + HEAD_END


def _response(status: int, body: object) -> bytes:
    content = json.dumps(body).encode()
    lines = [
        f"HTTP/1.1 {status} Answer",
        "Content-Type: application/json",
        "Access-Control-Allow-Origin: *",
        f"Content-Length: {len(content)}",
        "Connection: close",
    ]
    return "\r\n".join(lines).encode() + HEAD_END + content


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while piece := await reader.read(PIECE_BYTES):
            writer.write(piece)
            await writer.drain()
    with contextlib.suppress(OSError):
        writer.close()
