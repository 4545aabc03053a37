"""Fish Audio: text up, raw sound down, no times. A voice is the id of a model in their library."""

import math
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
_SPEEDS, _VOLUMES = (0.5, 2.0), (0.5, 2.0)


class FishAudio:
    """A `TextToSpeech`."""

    traits: ClassVar[Traits] = Traits(
        label="Fish Audio",
        rate_hz=_RATE_HZ,
        needs_key=True,
        note="What is said is sent to Fish Audio.",
        cost="Billed by the byte of text.",
    )

    class Settings(RemoteVoiceOptions):
        base_url: str = address("https://api.fish.audio")
        model: str = Field(default="s1", description="For voices that name none.")
        zero_retention: bool = keeps_nothing()

    def __init__(self, spec: VoiceSpec, settings: Settings | None = None) -> None:
        self._spec = spec
        settings = settings or self.Settings()
        key = spec.secret or settings.api_key.get_secret_value()
        headers = {"authorization": f"Bearer {key}", "model": spec.model or settings.model}
        timeouts = settings.first_audio_timeout_s, settings.stall_timeout_s
        self._http = HttpVoice(self.traits.label, settings.base_url, headers, "/model?page_size=1", *timeouts)

    async def warm(self) -> None:
        await self._http.warm()

    async def check(self) -> None:
        await self._http.check()

    async def speak(self, text: str) -> AsyncGenerator[SpeechAudio, None]:
        said = readable_text(text, self._spec.language or "en")
        if not said.speakable:
            return
        clause = Clause(text, said, _RATE_HZ)
        async with aclosing(self._http.stream("/v1/tts", json=self._request(said.text))) as pieces:
            async for piece in pieces:
                yield clause.pcm(piece)

    async def close(self) -> None:
        await self._http.close()

    def _request(self, text: str) -> dict[str, Any]:
        spec = self._spec
        request: dict[str, Any] = {
            "text": text,
            "format": "pcm",
            "sample_rate": _RATE_HZ,
            "latency": "balanced",
            "chunk_length": 100,
        }
        if spec.voice:
            request["reference_id"] = spec.voice
        if spec.speed != 1.0 or spec.volume != 1.0:
            volume = min(max(spec.volume, _VOLUMES[0]), _VOLUMES[1])
            speed = min(max(spec.speed, _SPEEDS[0]), _SPEEDS[1])
            request["prosody"] = {"speed": speed, "volume": round(20 * math.log10(volume), 2)}  # in decibels
        return request


PROVIDER = FishAudio
