"""Small real web servers on 127.0.0.1, for tests of what goes out."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

Answer = Callable[[asyncio.StreamWriter], Awaitable[None]]


class Server:
    """Answers each path by its own function and remembers the requests, head and body as they came."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.requests: list[tuple[str, bytes]] = []
        self.asked = asyncio.Event()
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            lengths = [line.split(":")[1] for line in head.splitlines() if line.lower().startswith("content-length:")]
            body = await reader.readexactly(int(lengths[0]) if lengths else 0)
            self.requests.append((head, body))
            self.asked.set()
            await self.answers.get(head.split(" ")[1], answers(404))(writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the other side has had enough, or never asked
        finally:
            writer.close()


def answers(status: int, body: bytes = b"", **headers: str) -> Answer:
    async def answer(writer: asyncio.StreamWriter) -> None:
        lines = [f"HTTP/1.1 {status} Said", f"content-length: {len(body)}", "connection: close"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        writer.write("\r\n".join([*lines, "", ""]).encode() + body)
        await writer.drain()

    return answer


@asynccontextmanager
async def serving(tls: ssl.SSLContext | None = None, listener: socket.socket | None = None) -> AsyncIterator[Server]:
    """`listener` is a socket whose address somebody had to know before."""
    server = Server()
    listening = await asyncio.start_server(
        server.handle, sock=listener or socket.create_server(("127.0.0.1", 0)), ssl=tls
    )
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listening.close()
        await listening.wait_closed()
