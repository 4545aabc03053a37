"""What a voice sounds like: a sentence, spoken when first asked for. And whoever listens to recordings."""

from pathlib import Path
from typing import Protocol

from visavis.core.material import Recording
from visavis.core.spec import VoiceSpec
from visavis.http.files import FileCache

SENTENCE = "Hello! This is how I sound. It is a pleasure to meet you."


class Speaker(Protocol):
    """Whoever can speak outside a conversation, and listen to a recording of somebody."""

    async def write_wav(self, voice: VoiceSpec, text: str, path: Path) -> None:
        """Raises `Unavailable` or `ProviderError`."""
        ...

    async def listen_to(self, recording: Path) -> Recording:
        """Raises `InvalidRequest` for a recording that cannot become a voice, and `Unavailable`."""
        ...


class SampleShelf:
    def __init__(self, speaker: Speaker, cache: FileCache) -> None:
        self._speaker, self._cache = speaker, cache

    async def get(self, voice: VoiceSpec) -> Path:
        name = f"{voice.provider}-{voice.voice}.wav"
        return await self._cache.get(name, lambda path: self._speaker.write_wav(voice, SENTENCE, path))
