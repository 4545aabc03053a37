"""Several voices in the place of one: where one fails before it was heard, the next says the same."""

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing

from visavis.core.errors import ProviderError
from visavis.core.frames import SpeechAudio
from visavis.providers.base import TextToSpeech


def _tell_nobody(text: str) -> None: ...


class VoiceChain:
    """A `TextToSpeech`. Whoever failed is not asked again in this session: a person shall not change voices back and
    forth. `tell` is told in plain words when another voice takes over.
    """

    def __init__(self, voices: Sequence[TextToSpeech]) -> None:
        self._voices = tuple(voices)
        self._at = 0
        self.tell: Callable[[str], None] = _tell_nobody

    async def warm(self) -> None:
        await self._voices[self._at].warm()

    async def speak(self, text: str) -> AsyncGenerator[SpeechAudio, None]:
        """Raises `ProviderError` where the last one fails, or one whose sound has begun."""
        while True:
            begun = False
            try:
                async with aclosing(self._voices[self._at].speak(text)) as parts:
                    async for part in parts:
                        begun = begun or bool(part.audio.pcm)
                        yield part
                return
            except ProviderError as error:
                if begun or self._at + 1 == len(self._voices):
                    raise
                self._at += 1
                self.tell(f"{error.message} Another voice speaks from now on.")

    async def close(self) -> None:
        for voice in self._voices:
            await voice.close()
