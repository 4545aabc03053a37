"""One utterance on its way to the recogniser: sound is queued, so that opening it may take its time."""

import asyncio
from contextlib import suppress

from visavis.core.errors import ProviderError
from visavis.core.frames import AudioChunk
from visavis.core.spec import EarsSpec
from visavis.providers.base import SpeechToText, Transcription


class Utterance:
    """`run` is the task that feeds the recogniser; it ends with `finish` or `cancel`."""

    def __init__(self, ears: SpeechToText, spec: EarsSpec) -> None:
        self._ears, self._spec = ears, spec
        self._queue: asyncio.Queue[AudioChunk | None] = asyncio.Queue()  # bounded by the turn machine's limit
        self._text: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._transcription: Transcription | None = None
        self._cancelled = False

    @property
    def so_far(self) -> str:
        """The words as they are understood up to now."""
        return self._transcription.so_far if self._transcription is not None else ""

    def feed(self, audio: AudioChunk) -> None:
        self._queue.put_nowait(audio)

    async def run(self) -> None:
        try:
            self._transcription = await self._ears.open(self._spec)
            while not self._cancelled and (audio := await self._queue.get()) is not None:
                await self._transcription.feed(audio)
            if not self._cancelled:
                self._settle(await self._transcription.finish())
        except ProviderError as error:
            if not self._text.done() and not self._cancelled:
                self._text.set_exception(error)
                self._text.exception()  # whoever asks for the words gets it; if nobody does, it is no news
        finally:
            if self._transcription is not None and not (self._text.done() and not self._cancelled):
                with suppress(ProviderError):
                    await self._transcription.cancel()
            self._settle("")

    async def finish(self) -> str:
        self._queue.put_nowait(None)
        return await asyncio.shield(self._text)

    async def cancel(self) -> None:
        self._cancelled = True
        self._queue.put_nowait(None)
        await asyncio.wait([self._text])

    def _settle(self, text: str) -> None:
        if not self._text.done():
            self._text.set_result(text)
