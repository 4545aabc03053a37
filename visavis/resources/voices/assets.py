"""What a voice sounds like: a sentence, spoken when first asked for. And whoever listens to recordings."""

import hashlib
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Protocol

from visavis.core.errors import ProviderError, Unavailable, VisavisError
from visavis.core.material import Recording
from visavis.core.spec import VoiceSpec
from visavis.http.files import FileCache

SENTENCES = {
    "en": "Hello! This is how I sound. It is a pleasure to meet you.",
    "es": "¡Hola! Así sueno yo. Es un placer conocerte.",
    "fr": "Bonjour ! Voilà ma voix. Enchanté de faire votre connaissance.",
    "de": "Hallo! So klinge ich. Schön, dich kennenzulernen.",
    "pt": "Olá! É assim que eu soo. É um prazer conhecer você.",
    "it": "Ciao! Ecco la mia voce. È un piacere conoscerti.",
    "nl": "Hallo! Zo klink ik. Leuk je te ontmoeten.",
    "pl": "Cześć! Tak brzmię. Miło cię poznać.",
}


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

    async def get(self, chain: Sequence[VoiceSpec]) -> Path:
        """A file for each of the chain: when its first can speak again, the one that stood in is not what is heard."""
        failure: VisavisError = Unavailable("This server has no voice at all")
        for voice in chain:
            sentence = SENTENCES.get(voice.language, SENTENCES["en"])
            # ids of providers may have any characters, and the same id may be of two models
            told = "|".join((voice.provider, voice.voice, voice.model, voice.language))
            name = f"{voice.provider}-{hashlib.sha256(told.encode()).hexdigest()[:16]}.wav"
            try:
                return await self._cache.get(name, partial(self._speaker.write_wav, voice, sentence))
            except (ProviderError, Unavailable) as error:
                failure = error
        raise failure
