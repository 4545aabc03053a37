"""Several voices in the place of one: where one fails before it was heard, the next says the same."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

from visavis.core.frames import SpeechAudio
from visavis.engine.chain import Chain
from visavis.providers.base import TextToSpeech


class VoiceChain(Chain[TextToSpeech]):
    """A `TextToSpeech`. A person shall not change voices back and forth."""

    def __init__(self, voices: Sequence[TextToSpeech]) -> None:
        super().__init__(voices, "Another voice speaks from now on.")

    async def warm(self) -> None:
        await self.current.warm()

    async def speak(self, text: str) -> AsyncGenerator[SpeechAudio, None]:
        async with aclosing(self.pieces(lambda voice: voice.speak(text), lambda part: bool(part.audio.pcm))) as parts:
            async for part in parts:
                yield part
