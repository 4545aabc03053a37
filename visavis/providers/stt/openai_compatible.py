"""Any server with OpenAI's `/audio/transcriptions`: Groq, Speaches, vLLM, LocalAI and others. Words come at the end."""

import io
import wave
from typing import ClassVar

import httpx
from pydantic import Field, SecretStr

from visavis.core.frames import SPEECH_RATE_HZ, AudioChunk
from visavis.core.spec import EarsSpec
from visavis.providers.base import Traits
from visavis.providers.remote.failures import broke_off, nonsense, refusal, too_slow, unreachable
from visavis.providers.remote.http import certificates
from visavis.providers.remote.options import RemoteEarsOptions, address, keeps_nothing
from visavis.providers.remote.reading import an_object

_CONNECT_S = 5.0
_KEPT_S = 120.0  # how long an idle connection stays open; the library's 5 s are shorter than a pause in a conversation
_MUSIC = ("[BLANK_AUDIO]", "[silence]", "(silence)")  # what whisper.cpp and others write for no words


class OpenAICompatible:
    """A `SpeechToText`. One client for all sessions, whose connections are kept."""

    traits: ClassVar[Traits] = Traits(
        label="OpenAI-compatible transcription",
        rate_hz=SPEECH_RATE_HZ,
        note="Any server with an /audio/transcriptions address. What users say is sent there.",
        cost="Nothing on a server of your own; elsewhere billed by the minute.",
    )

    class Settings(RemoteEarsOptions):
        api_key: SecretStr = Field(default=SecretStr(""), description="The key, where the server wants one.")
        base_url: str = address("https://api.openai.com/v1")
        model: str = Field(default="whisper-1", description="Who listens.")
        zero_retention: bool = keeps_nothing("It keeps nothing")
        finish_timeout_s: float = Field(default=10.0, gt=0, description="Longest wait for the words.")

    def __init__(self, settings: Settings | None = None) -> None:
        self._settings = settings or self.Settings()
        key = self._settings.api_key.get_secret_value()
        self._client = httpx.AsyncClient(
            base_url=self._settings.base_url.rstrip("/"),
            headers={"authorization": f"Bearer {key}"} if key else {},
            timeout=httpx.Timeout(self._settings.finish_timeout_s, connect=_CONNECT_S),
            limits=httpx.Limits(max_connections=16, max_keepalive_connections=4, keepalive_expiry=_KEPT_S),
            verify=certificates(),
            trust_env=False,
        )

    async def open(self, ears: EarsSpec) -> "_Utterance":
        return _Utterance(self, ears.language)

    async def transcribe(self, pcm: bytes, language: str) -> str:
        """Raises `ProviderError`."""
        fields = {
            "model": self._settings.model,
            "response_format": "json",
            **({"language": language} if language else {}),
        }
        try:
            answer = await self._client.post(
                "/audio/transcriptions", data=fields, files={"file": ("speech.wav", _wav(pcm), "audio/wav")}
            )
        except httpx.TimeoutException:
            raise too_slow(self.traits.label) from None
        except (httpx.ReadError, httpx.RemoteProtocolError):
            raise broke_off(self.traits.label) from None
        except httpx.HTTPError as error:
            raise unreachable(self.traits.label, error) from None
        if not answer.is_success:
            raise refusal(self.traits.label, answer.status_code)
        text = an_object(self.traits.label, answer.content).get("text")
        if not isinstance(text, str):
            raise nonsense(self.traits.label)
        return "" if text.strip() in _MUSIC else text.strip()

    async def close(self) -> None:
        await self._client.aclose()


class _Utterance:
    """A `Transcription` that collects; the engine limits how long somebody may speak."""

    so_far = ""

    def __init__(self, ears: OpenAICompatible, language: str) -> None:
        self._ears, self._language = ears, language
        self._pcm = bytearray()

    async def feed(self, audio: AudioChunk) -> None:
        self._pcm += audio.pcm

    async def finish(self) -> str:
        pcm = bytes(self._pcm)
        self._pcm.clear()
        return await self._ears.transcribe(pcm, self._language) if pcm else ""

    async def cancel(self) -> None:
        self._pcm.clear()


def _wav(pcm: bytes) -> bytes:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SPEECH_RATE_HZ)
        file.writeframes(pcm)
    return buffer.getvalue()


PROVIDER = OpenAICompatible
