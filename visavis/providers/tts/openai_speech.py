"""OpenAI's speech endpoint, and everybody else's who has the same: text up, raw sound down, no times."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any, ClassVar

from pydantic import Field

from visavis.core.frames import SpeechAudio
from visavis.core.spec import VoiceSpec
from visavis.providers.base import Traits
from visavis.providers.normalise import readable_text
from visavis.providers.remote.http import HttpVoice
from visavis.providers.remote.options import RemoteVoiceOptions, address, keeps_nothing
from visavis.providers.timing import Clause

_RATE_HZ = 24_000
_SPEEDS = (0.25, 4.0)


class OpenAISpeech:
    """A `TextToSpeech`."""

    traits: ClassVar[Traits] = Traits(
        label="OpenAI speech",
        rate_hz=_RATE_HZ,
        needs_key=True,
        note="What is said is sent to OpenAI, or to the server at base_url that has the same endpoint.",
        cost="Billed by the character or by the token, depending on the model.",
    )

    class Settings(RemoteVoiceOptions):
        base_url: str = address("https://api.openai.com/v1")
        model: str = Field(default="gpt-4o-mini-tts", description="For voices that name none.")
        zero_retention: bool = keeps_nothing()

    def __init__(self, spec: VoiceSpec, settings: Settings | None = None) -> None:
        self._spec = spec
        settings = settings or self.Settings()
        self._model = spec.model or settings.model
        key = spec.secret or settings.api_key.get_secret_value()
        headers = {"authorization": f"Bearer {key}"}
        timeouts = settings.first_audio_timeout_s, settings.stall_timeout_s
        self._http = HttpVoice(self.traits.label, settings.base_url, headers, "models", *timeouts)

    async def warm(self) -> None:
        await self._http.warm()

    async def check(self) -> None:
        await self._http.check()

    async def speak(self, text: str) -> AsyncGenerator[SpeechAudio, None]:
        said = readable_text(text, self._spec.language or "en")
        if not said.speakable:
            return
        clause = Clause(text, said, _RATE_HZ)
        async with aclosing(self._http.stream("audio/speech", json=self._request(said.text))) as pieces:
            async for piece in pieces:
                yield clause.pcm(piece)

    async def close(self) -> None:
        await self._http.close()

    def _request(self, text: str) -> dict[str, Any]:
        spec = self._spec
        request: dict[str, Any] = {
            "model": self._model,
            "voice": spec.voice or "alloy",
            "input": text,
            "response_format": "pcm",
        }
        if spec.speed != 1.0:
            request["speed"] = min(max(spec.speed, _SPEEDS[0]), _SPEEDS[1])
        if instructions := spec.options.get("instructions"):
            request["instructions"] = instructions
        return request


PROVIDER = OpenAISpeech
