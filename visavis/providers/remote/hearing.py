"""One utterance heard by a server, over a WebSocket of its own: sound up while somebody speaks, words down.

The connection is opened when somebody begins to speak. That takes a moment, during which the engine keeps the sound.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import websockets
from websockets.asyncio.client import ClientConnection

from visavis.core.errors import ProviderError
from visavis.core.frames import AudioChunk
from visavis.core.tasks import TaskSet
from visavis.providers.remote.failures import broke_off, too_slow
from visavis.providers.remote.socket import Packet

_SEND_S = 5.0
_WORDS_CHARS_MAX = 100_000


@dataclass(slots=True)
class Words:
    """What was understood: parts that will not change any more, and a guess at what comes after them."""

    settled: list[str] = field(default_factory=list[str], repr=False)
    guess: str = field(default="", repr=False)
    complete: bool = False

    @property
    def text(self) -> str:
        return " ".join(part.strip() for part in (*self.settled, self.guess) if part.strip())

    def settle(self, text: str) -> None:
        self.guess = ""
        if text.strip():
            self.settled.append(text)


Read: TypeAlias = Callable[[Packet, Words], None]


class SocketUtterance:
    """A `Transcription`. `pack` makes messages of sound, `ending` asks for what is missing, `read` notes what comes.

    `read` may raise `ProviderError`. A server that has sent everything says so (`Words.complete`) or hangs up.
    """

    def __init__(
        self,
        label: str,
        socket: ClientConnection,
        pack: Callable[[bytes], Packet],
        ending: Sequence[Packet],
        read: Read,
        finish_s: float,
    ) -> None:
        self._label, self._socket = label, socket
        self._pack, self._ending, self._read, self._finish_s = pack, ending, read, finish_s
        self._words = Words()
        self._over = asyncio.Event()
        self._problem: ProviderError | None = None
        self._finishing = False
        self._tasks = TaskSet()
        self._tasks.start(self._listen(), "ears-listen")

    @property
    def so_far(self) -> str:
        return self._words.text

    async def feed(self, audio: AudioChunk) -> None:
        if self._problem is not None:
            raise self._problem
        await self._send(self._pack(audio.pcm))

    async def finish(self) -> str:
        try:
            self._finishing = True
            for message in self._ending:
                if not self._over.is_set():
                    await self._send(message)
            async with asyncio.timeout(self._finish_s):
                await self._over.wait()
        except TimeoutError:
            raise too_slow(self._label) from None
        finally:
            await self.cancel()
        if self._problem is not None:
            raise self._problem
        return self._words.text

    async def cancel(self) -> None:
        self._socket.transport.abort()
        await self._tasks.close()

    async def _send(self, message: Packet) -> None:
        try:
            async with asyncio.timeout(_SEND_S):
                await self._socket.send(message)
        except TimeoutError:
            raise too_slow(self._label) from None
        except websockets.ConnectionClosed:
            await self._over.wait()  # the listener knows why, or that all has been said
            if self._problem is not None:
                raise self._problem from None

    async def _listen(self) -> None:
        try:
            async for message in self._socket:
                self._read(message, self._words)
                if len(self._words.text) > _WORDS_CHARS_MAX:
                    raise broke_off(self._label)
                if self._words.complete:
                    break
            else:
                self._check_finished()
        except websockets.ConnectionClosed:
            self._problem = broke_off(self._label)
        except ProviderError as error:
            self._problem = error
        finally:
            self._over.set()

    def _check_finished(self) -> None:
        """Somebody who hangs up politely in the middle of a sentence has not heard it."""
        if not self._finishing:
            raise broke_off(self._label)
