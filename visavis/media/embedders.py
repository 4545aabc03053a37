"""A model that turns texts into vectors, in a child process that yields to everything with a deadline."""

import asyncio
import json
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from visavis.core.errors import ProviderError
from visavis.media.channel import Message
from visavis.media.supervisor import Supervisor

_NICE = 5
# Whoever asks waits for one slice of the others, so slices are small.
_SLICE_TEXTS = 4
SLICE_WITHIN_S = 30.0

Rows = NDArray[np.float32]


class EmbeddingWorker:
    """`dotted` names a class, "package.module:Class", that is loaded in the child only; `model` is what it runs."""

    def __init__(self, dotted: str, model: str, slice_within_s: float = SLICE_WITHIN_S) -> None:
        self.model = model
        self._slice_within_s = slice_within_s
        self._requests = 0
        self._answer: asyncio.Future[Rows] | None = None
        self._turns = asyncio.Lock()  # first come, first served
        self._supervisor = Supervisor(
            "visavis.media.embedding_child", {"dotted": dotted}, self._receive, on_down=self._lost, nice=_NICE
        )

    @property
    def healthy(self) -> bool:
        return self._supervisor.healthy

    async def start(self) -> None:
        await self._supervisor.start()

    async def close(self) -> None:
        await self._supervisor.stop()

    async def embed(self, texts: Sequence[str]) -> list[Rows]:
        """One vector of unit length for each text. Raises `ProviderError`."""
        vectors: list[Rows] = []
        for first in range(0, len(texts), _SLICE_TEXTS):
            async with self._turns:
                vectors += await self._slice(texts[first : first + _SLICE_TEXTS])
        return vectors

    async def _slice(self, texts: Sequence[str]) -> list[Rows]:
        if not self._supervisor.up:
            raise ProviderError(f"{self.model} is not running")
        self._requests += 1
        self._answer = asyncio.get_running_loop().create_future()
        self._supervisor.send("embed", json.dumps(list(texts)).encode(), request=self._requests)
        try:
            async with asyncio.timeout(self._slice_within_s):
                return list(await self._answer)
        except TimeoutError:
            self._supervisor.kill()
            raise ProviderError(f"{self.model} takes too long") from None
        finally:
            self._answer = None

    def _receive(self, message: Message) -> None:
        # an answer to somebody who has gone is nobody's
        if self._answer is None or self._answer.done() or message.fields["request"] != self._requests:
            return
        if message.kind == "failed":
            self._answer.set_exception(ProviderError(f"{self.model} failed: {message.fields['text']}"))
        else:
            self._answer.set_result(np.frombuffer(message.payload, "<f4").reshape(-1, message.fields["size"]))

    def _lost(self) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(ProviderError(f"{self.model} ended"))
