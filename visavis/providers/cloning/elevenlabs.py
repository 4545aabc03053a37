"""ElevenLabs' instant voice cloning: one recording goes up, the id of a voice comes back.

The recording is sent to the provider and nowhere else. Errors carry what the provider says of the recording, never the
recording or the key.
"""

import asyncio
import json
from typing import Any, ClassVar, cast

import httpx
from pydantic import BaseModel, Field, SecretStr

from visavis.core.errors import Detail, ProviderError, Unprocessable
from visavis.core.material import ClonedVoice, VoiceSample
from visavis.providers.base import Traits
from visavis.providers.remote import failures

_REASON_CHARS_MAX = 300
_SUFFIXES = {"audio/mpeg": "mp3", "audio/mp4": "m4a"}
# the provider understood the request, and does not want this recording
_REFUSED = frozenset({400, 413, 415, 422})


class ElevenLabsCloning:
    """A `VoiceCloner`."""

    traits: ClassVar[Traits] = Traits(
        label="ElevenLabs instant voice cloning",
        note="Recordings are sent to ElevenLabs and kept there.",
        cost="Part of a subscription, which has room for so many voices.",
    )

    class Settings(BaseModel):
        api_key: SecretStr = Field(
            default=SecretStr(""), description="The key of your account; `VISAVIS_VOICE_CLONING_API_KEY`."
        )
        base_url: str = Field(
            default="https://api.elevenlabs.io", description="Where the server is; `VISAVIS_VOICE_CLONING_URL`."
        )
        model: str = Field(default="eleven_flash_v2_5", description="What a cloned voice speaks with.")
        timeout_s: float = Field(default=180.0, gt=0, description="For the upload and the cloning together.")

    def __init__(self, settings: Settings | None = None) -> None:
        self._settings = settings or self.Settings()
        self._client = httpx.AsyncClient(
            base_url=self._settings.base_url.rstrip("/"),
            headers={"xi-api-key": self._settings.api_key.get_secret_value()},
            timeout=self._settings.timeout_s,
        )

    async def clone(self, sample: VoiceSample) -> ClonedVoice:
        audio = await asyncio.to_thread(sample.recording.read_bytes)
        suffix = _SUFFIXES.get(sample.content_type, sample.content_type.rpartition("/")[2])
        fields = {
            "name": sample.name,
            "description": sample.description,
            "labels": json.dumps({"language": sample.language}),
            "remove_background_noise": "true" if sample.enhance else "false",
        }
        files = {"files": (f"recording.{suffix}", audio, sample.content_type)}
        answer = await self._ask("POST", "/v1/voices/add", data=fields, files=files)
        if answer.status_code in _REFUSED:
            reason = _reason(answer)
            raise Unprocessable(
                f"ElevenLabs cannot clone this recording: {reason}", [Detail("audio", reason, "refused")]
            )
        _check(answer)
        voice_id = _object(answer).get("voice_id")
        if not isinstance(voice_id, str) or not voice_id:
            raise ProviderError("ElevenLabs answered without the id of a voice.")
        return ClonedVoice("ELEVENLABS", voice_id, self._settings.model)

    async def forget(self, voice_id: str) -> None:
        answer = await self._ask("DELETE", f"/v1/voices/{voice_id}")
        # this is also how it calls a voice that it does not have any more
        if answer.status_code not in (400, 404):
            _check(answer)

    async def close(self) -> None:
        await self._client.aclose()

    async def _ask(self, method: str, path: str, **content: Any) -> httpx.Response:
        try:
            async with asyncio.timeout(self._settings.timeout_s):
                return await self._client.request(method, path, **content)
        except TimeoutError:
            raise failures.too_slow("ElevenLabs") from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise failures.unreachable("ElevenLabs", error) from None


def _check(answer: httpx.Response) -> None:
    if not answer.is_success:
        raise failures.refusal("ElevenLabs", answer.status_code)


def _object(answer: httpx.Response) -> dict[str, Any]:
    try:
        value = answer.json()
    except ValueError:
        return {}
    return cast(dict[str, Any], value) if isinstance(value, dict) else {}


def _reason(answer: httpx.Response) -> str:
    """What the provider says, in whichever of its shapes."""
    detail = _object(answer).get("detail")
    message = cast(dict[str, Any], detail).get("message") if isinstance(detail, dict) else detail
    return message[:_REASON_CHARS_MAX] if isinstance(message, str) else f"it answered {answer.status_code}"


PROVIDER = ElevenLabsCloning
