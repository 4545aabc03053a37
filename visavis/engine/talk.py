"""Talk streams: text that an application writes while the persona speaks it, one after the other.

A stream is known by its correlation id. It is `open` until its end arrives, it is interrupted, or nothing was written
to it for a while; what comes later under the same id is refused, so that the tail of an interrupted thought is never
heard. Several streams may wait; they are spoken in the order in which they began.
"""

import asyncio
from collections import OrderedDict, deque
from collections.abc import AsyncIterator

from visavis.core.events import TalkChunk
from visavis.engine.think import Piece

STREAMS_WAITING_MAX = 32
CHARS_WAITING_MAX = 100_000
FINISHED_REMEMBERED = 256


class TalkStream:
    """One stream: chunks go in at one end and are spoken from the other."""

    def __init__(self, correlation_id: str, now_ms: float) -> None:
        self.correlation_id = correlation_id
        self.written_ms = now_ms
        self.is_open = True
        self._chars_waiting = 0
        self._pieces: deque[Piece] = deque()
        self._changed = asyncio.Event()

    def write(self, text: str, utterance_id: str, now_ms: float) -> bool:
        """False when too much text is waiting to be spoken. Empty text does not count as a sign of life."""
        if not text:
            return True
        if self._chars_waiting + len(text) > CHARS_WAITING_MAX:
            return False
        self.written_ms = now_ms
        self._chars_waiting += len(text)
        self._pieces.append(Piece(text, utterance_id))
        self._changed.set()
        return True

    def end(self) -> None:
        self.is_open = False
        self._changed.set()

    async def read(self) -> AsyncIterator[Piece]:
        while True:
            while self._pieces:
                piece = self._pieces.popleft()
                self._chars_waiting -= len(piece.text)
                yield piece
            if not self.is_open:
                return
            self._changed.clear()
            await self._changed.wait()


class TalkStreams:
    """All streams of a session. Problems are told as plain sentences that become a session warning."""

    def __init__(self, idle_ms: float) -> None:
        self._idle_ms = idle_ms
        self._streams: OrderedDict[str, TalkStream] = OrderedDict()
        self._finished: OrderedDict[str, None] = OrderedDict()

    def accept(self, chunk: TalkChunk, now_ms: float) -> str | None:
        """Take a chunk. Returns what is wrong, if anything is."""
        if chunk.correlation_id in self._finished:
            if not chunk.text:  # an application may well close what it has just been told is over
                return None
            return "A talk stream chunk was ignored: its stream has ended. Start a new stream with a new id."
        stream = self._streams.get(chunk.correlation_id)
        if stream is None:
            if len(self._streams) >= STREAMS_WAITING_MAX:
                return f"A talk stream was refused: {STREAMS_WAITING_MAX} are waiting already."
            stream = TalkStream(chunk.correlation_id, now_ms)
            self._streams[chunk.correlation_id] = stream
        if not stream.is_open:
            return "A talk stream chunk was ignored: its stream has been completed."
        if not stream.write(chunk.text, chunk.utterance_id, now_ms):
            return f"A talk stream chunk was dropped: more than {CHARS_WAITING_MAX} characters are waiting."
        if chunk.end:
            stream.end()
        return None

    def get(self, correlation_id: str) -> TalkStream | None:
        return self._streams.get(correlation_id)

    def finish(self, correlation_id: str) -> None:
        """Spoken completely, or given up: later chunks of this id are refused."""
        if (stream := self._streams.pop(correlation_id, None)) is not None:
            stream.end()
        self._finished[correlation_id] = None
        while len(self._finished) > FINISHED_REMEMBERED:
            self._finished.popitem(last=False)

    def close_idle(self, now_ms: float) -> list[str]:
        """End the streams that nobody has written to for too long; what they hold is still spoken."""
        closed: list[str] = []
        for stream in self._streams.values():
            if stream.is_open and now_ms >= stream.written_ms + self._idle_ms:
                stream.end()
                closed.append(stream.correlation_id)
        return closed

    @property
    def wake_ms(self) -> float | None:
        return min((s.written_ms + self._idle_ms for s in self._streams.values() if s.is_open), default=None)
