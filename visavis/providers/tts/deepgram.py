"""Deepgram Aura: text up, raw sound down, no times. A voice and its language are one name: aura-2-thalia-en."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import ClassVar

from pydantic import Field

from visavis.core.frames import SpeechAudio
from visavis.core.spec import VoiceSpec
from visavis.providers.base import Traits
from visavis.providers.normalise import readable_text
from visavis.providers.remote.http import HttpVoice
from visavis.providers.remote.options import RemoteVoiceOptions, address, keeps_nothing
from visavis.providers.timing import Clause

_RATE_HZ = 24_000
_SPEEDS = (0.7, 1.5)


class Deepgram:
    """A `TextToSpeech`."""

    traits: ClassVar[Traits] = Traits(
        label="Deepgram Aura",
        languages=("en", "es", "de", "fr", "nl", "it", "ja"),
        rate_hz=_RATE_HZ,
        needs_key=True,
        note="What is said is sent to Deepgram.",
        cost="Billed by the character.",
    )

    class Settings(RemoteVoiceOptions):
        base_url: str = address("https://api.deepgram.com")
        model: str = Field(default="aura-2-thalia-en", description="For voices that name none.")
        zero_retention: bool = keeps_nothing("Opts out of their model improvement program")

    def __init__(self, spec: VoiceSpec, settings: Settings | None = None) -> None:
        self._spec = spec
        settings = settings or self.Settings()
        key = spec.secret or settings.api_key.get_secret_value()
        self._query = {
            "model": spec.voice or spec.model or settings.model,
            "encoding": "linear16",
            "sample_rate": str(_RATE_HZ),
            "container": "none",
        }
        if settings.zero_retention:
            self._query["mip_opt_out"] = "true"
        if spec.speed != 1.0:
            self._query["speed"] = f"{min(max(spec.speed, _SPEEDS[0]), _SPEEDS[1]):g}"
        headers = {"authorization": f"Token {key}"}
        timeouts = settings.first_audio_timeout_s, settings.stall_timeout_s
        self._http = HttpVoice(self.traits.label, settings.base_url, headers, "/v1/projects", *timeouts)

    async def warm(self) -> None:
        await self._http.warm()

    async def check(self) -> None:
        await self._http.check()

    async def speak(self, text: str) -> AsyncGenerator[SpeechAudio, None]:
        said = readable_text(text, self._spec.language or "en")
        if not said.speakable:
            return
        clause = Clause(text, said, _RATE_HZ)
        body = {"text": said.text.strip()}
        async with aclosing(self._http.stream("/v1/speak", json=body, params=self._query)) as pieces:
            async for piece in pieces:
                yield clause.pcm(piece)

    async def close(self) -> None:
        await self._http.close()


PROVIDER = Deepgram
