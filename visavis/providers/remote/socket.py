"""Speech over a WebSocket that is opened before the first sentence and kept; each sentence on it has a name of its own.

Cutting a sentence off sends the server's own message for that and keeps the connection, so that the next sentence need
not wait for a new one. Whatever still arrives for a sentence nobody wants is dropped.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from typing import Any, TypeAlias

import websockets
from websockets.asyncio.client import ClientConnection, connect

from visavis.core.errors import ProviderError
from visavis.core.tasks import TaskSet
from visavis.providers.remote.failures import broke_off, refusal, too_slow, unreachable
from visavis.providers.remote.http import certificates

_CONNECT_S = 5.0
_SEND_S = 1.0
_CLOSE_S = 1.0
_MESSAGE_BYTES_MAX = 4 << 20
_PIECES_MAX = 2048  # of one sentence, received and not yet asked for
_LIVED_S = 5.0  # a connection that ended sooner is not opened again until somebody speaks

Packet: TypeAlias = str | bytes
Address: TypeAlias = Callable[[], tuple[str, Mapping[str, str]]]
Name: TypeAlias = Callable[[Packet], tuple[str, Any]]


class SocketVoice:
    """`address` gives URL and headers of a connection. `read` says of a message which sentence it is for ("" for
    all) and what it is: a piece of that sentence, or the `ProviderError` that ends it. It may raise one that ends all.
    """

    def __init__(self, label: str, address: Address, read: Name, first_s: float, stall_s: float) -> None:
        self.label = label
        self._address, self._read = address, read
        self._first_s, self._stall_s = first_s, stall_s
        self._socket: ClientConnection | None = None
        self._opening = asyncio.Lock()
        self._sentences: dict[str, asyncio.Queue[Any]] = {}
        self._tasks = TaskSet()
        self._closed = False

    async def warm(self) -> None:
        """Connect before the first sentence needs it; trouble is that sentence's to report."""
        try:
            await self._connected()
        except ProviderError:
            return

    def quietly(self, message: Packet) -> None:
        """Send it if there is a connection at all, without waiting."""
        if self._socket is not None:
            self._tasks.start(self._try_to_send(self._socket, message), "voice-send")

    def hang_up(self) -> None:
        """For servers that can only be stopped by leaving; the next connection is opened at once."""
        socket, self._socket = self._socket, None
        if socket is not None:
            socket.transport.abort()
            self._tasks.start(self.warm(), "voice-connect-again")

    async def sentence(self, name: str, *messages: Packet) -> AsyncGenerator[Any, None]:
        """Everything the server says to these messages, until the caller has enough. Raises `ProviderError`."""
        queue = self._sentences[name] = asyncio.Queue[Any](_PIECES_MAX)
        begun = False
        try:
            await self._send_all(messages)
            while True:
                try:
                    async with asyncio.timeout(self._stall_s if begun else self._first_s):
                        piece = await queue.get()
                except TimeoutError:
                    raise (broke_off if begun else too_slow)(self.label) from None
                if isinstance(piece, ProviderError):
                    raise piece
                begun = True
                yield piece
        finally:
            del self._sentences[name]

    async def close(self) -> None:
        self._closed = True
        socket, self._socket = self._socket, None
        await self._tasks.close()
        if socket is not None:
            await socket.close()

    async def _send_all(self, messages: Sequence[Packet]) -> None:
        """Raises `ProviderError`. A connection that turns out to have ended is replaced once, for all of them."""
        for _ in range(2):
            for message in messages:
                if not await self._sent(message):
                    break
            else:
                return
        raise broke_off(self.label)

    async def _sent(self, message: Packet) -> bool:
        socket = await self._connected()
        try:
            async with asyncio.timeout(_SEND_S):
                await socket.send(message)
        except TimeoutError:
            raise too_slow(self.label) from None
        except websockets.ConnectionClosed:
            if self._socket is socket:
                self._socket = None
            return False
        return True

    async def _connected(self) -> ClientConnection:
        async with self._opening:
            if self._socket is None:
                if self._closed:
                    raise ProviderError(f"The voice of {self.label} was closed.")
                self._socket = await open_socket(self.label, *self._address())
                self._tasks.start(self._listen(self._socket), "voice-listen")
            return self._socket

    async def _listen(self, socket: ClientConnection) -> None:
        began_s = asyncio.get_running_loop().time()
        try:
            async for message in socket:
                self._deliver(message)
        except websockets.ConnectionClosed:
            pass
        finally:
            if self._socket is socket:  # and not one that was hung up on
                self._socket = None
                self._fail_all(broke_off(self.label))
        if not self._closed and asyncio.get_running_loop().time() - began_s > _LIVED_S:
            self._tasks.start(self.warm(), "voice-connect-again")

    def _deliver(self, message: Packet) -> None:
        try:
            name, piece = self._read(message)
        except ProviderError as error:
            self._fail_all(error)
            return
        for sentence in [name] if name else list(self._sentences):
            queue = self._sentences.get(sentence)
            if queue is None:
                continue
            if queue.full():
                self._replace(queue, broke_off(self.label))
            else:
                queue.put_nowait(piece)

    def _fail_all(self, error: ProviderError) -> None:
        for queue in self._sentences.values():
            self._replace(queue, error)

    @staticmethod
    def _replace(queue: "asyncio.Queue[Any]", error: ProviderError) -> None:
        """An error comes after what was received before it, and needs no room."""
        if queue.full():
            queue.get_nowait()
        queue.put_nowait(error)

    async def _try_to_send(self, socket: ClientConnection, message: Packet) -> None:
        try:
            async with asyncio.timeout(_SEND_S):
                await socket.send(message)
        except (TimeoutError, websockets.ConnectionClosed):
            return


async def open_socket(label: str, url: str, headers: Mapping[str, str], *opening: Packet) -> ClientConnection:
    """A connection on which the opening messages were sent. Raises `ProviderError`, which calls the server `label`."""
    secure = certificates() if url.startswith("wss:") else None
    try:
        socket = await connect(
            url,
            additional_headers=dict(headers),
            ssl=secure,
            proxy=None,
            open_timeout=_CONNECT_S,
            close_timeout=_CLOSE_S,
            max_size=_MESSAGE_BYTES_MAX,
            compression=None,
            user_agent_header="visavis",
        )
        for message in opening:
            await socket.send(message)
        return socket
    except websockets.InvalidStatus as error:
        raise refusal(label, error.response.status_code) from None
    except TimeoutError:
        raise too_slow(label) from None
    except (OSError, websockets.WebSocketException, ValueError) as error:
        raise unreachable(label, error) from None
