"""Reading documents in child processes of their own, with limits on time and memory."""

import asyncio
import json
from collections.abc import AsyncGenerator
from pathlib import Path

from visavis.core.errors import Unavailable, Unprocessable
from visavis.core.passages import Piece
from visavis.core.tasks import cancel_and_wait
from visavis.media.channel import Message
from visavis.media.supervisor import Child, ChildFailed

_NICE = 10


class DocumentParser:
    """`memory_bytes` and `processor_s` are what one document may cost; the clock on the wall may show twice that."""

    def __init__(self, memory_bytes: int = 1536 << 20, processor_s: int = 60) -> None:
        self._memory_bytes, self._processor_s = memory_bytes, processor_s

    async def pieces(self, path: Path, kind: str, size: int, overlap: int) -> AsyncGenerator[list[Piece]]:
        """The document in pieces, some at a time; its process waits while nobody asks for more.

        Raises `Unprocessable` in words for people when it cannot be read, `Unavailable` when no process would start.
        """
        reading = _Reading()
        try:
            await reading.start(
                path=str(path),
                kind=kind,
                size=size,
                overlap=overlap,
                memory_bytes=self._memory_bytes,
                processor_s=self._processor_s,
            )
            more = True
            while more:
                message = await reading.answer(self._processor_s * 2)
                more = bool(message.fields["more"])
                yield [Piece(text, place) for text, place in json.loads(message.payload)]
                if more:
                    reading.ask()
        finally:
            await reading.stop()


class _Reading:
    """One document and its process."""

    def __init__(self) -> None:
        self._answers: asyncio.Queue[Message] = asyncio.Queue()
        self._child = Child("visavis.media.parse_child", self._answers.put_nowait, _NICE)

    async def start(self, **task: str | int) -> None:
        try:
            await self._child.start(task)
        except ChildFailed as error:
            raise Unavailable("Documents cannot be read at the moment") from error

    def ask(self) -> None:
        self._child.send("more")

    async def answer(self, within_s: float) -> Message:
        next_one = asyncio.create_task(self._answers.get())
        lost = asyncio.create_task(self._child.wait_lost())
        try:
            await asyncio.wait((next_one, lost), timeout=within_s, return_when=asyncio.FIRST_COMPLETED)
            if next_one.done():
                return _checked(next_one.result())
            if lost.done():
                raise Unprocessable("Reading this file needs more memory or time than one document may have")
            raise Unprocessable("Reading this file takes longer than one document may take")
        finally:
            await cancel_and_wait(next_one, lost)

    async def stop(self) -> None:
        self._child.kill()
        await self._child.stop()


def _checked(message: Message) -> Message:
    if message.kind == "failed":
        raise Unprocessable(message.fields["text"])
    if message.kind == "too_large":
        raise Unprocessable("Reading this file needs more memory than one document may have")
    return message
