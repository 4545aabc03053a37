"""OpenAI's transcription over a WebSocket: words come while somebody speaks."""

import base64
import json
from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np
import soxr
from pydantic import Field

from visavis.core.frames import SPEECH_RATE_HZ
from visavis.core.spec import EarsSpec
from visavis.providers.base import Traits
from visavis.providers.remote.failures import refused
from visavis.providers.remote.hearing import SocketUtterance, Words
from visavis.providers.remote.options import RemoteEarsOptions, address, keeps_nothing
from visavis.providers.remote.reading import an_object
from visavis.providers.remote.socket import Packet, open_socket

_RATE_HZ = 24_000
_COMMIT = json.dumps({"type": "input_audio_buffer.commit"})
_HEARD = "conversation.item.input_audio_transcription"
_NOTHING_SAID = "input_audio_buffer_commit_empty"


class OpenAIRealtime:
    """A `SpeechToText`."""

    traits: ClassVar[Traits] = Traits(
        label="OpenAI realtime transcription",
        rate_hz=_RATE_HZ,
        needs_key=True,
        note="What users say is sent to OpenAI.",
        cost="Billed by the second of speech.",
    )

    class Settings(RemoteEarsOptions):
        base_url: str = address("https://api.openai.com/v1")
        model: str = Field(default="gpt-4o-transcribe", description="Who listens.")
        zero_retention: bool = keeps_nothing()

    def __init__(self, settings: Settings | None = None) -> None:
        self._settings = settings or self.Settings()
        self._headers = {"authorization": f"Bearer {self._settings.api_key.get_secret_value()}"}

    async def open(self, ears: EarsSpec) -> SocketUtterance:
        base = self._settings.base_url.rstrip("/").replace("http", "ws", 1)
        url = f"{base}/realtime?intent=transcription"
        socket = await open_socket(self.traits.label, url, self._headers, self._opening(ears.language))
        return SocketUtterance(self.traits.label, socket, _packer(), (_COMMIT,), _read, self._settings.finish_timeout_s)

    def _opening(self, language: str) -> str:
        transcription: dict[str, Any] = {"model": self._settings.model}
        if language:
            transcription["language"] = language
        sound: dict[str, Any] = {
            "format": {"type": "audio/pcm", "rate": _RATE_HZ},
            "transcription": transcription,
            "turn_detection": None,  # whose turn it is, is decided here
        }
        session = {"type": "transcription", "audio": {"input": sound}}
        return json.dumps({"type": "session.update", "session": session})

    async def close(self) -> None:
        """Nothing is held between utterances."""


def _packer() -> Callable[[bytes], str]:
    """Their rate is half as much again as ours; the resampler keeps what it needs of the piece before."""
    stream = soxr.ResampleStream(SPEECH_RATE_HZ, _RATE_HZ, 1, dtype="int16", quality="MQ")

    def pack(pcm: bytes) -> str:
        sound = stream.resample_chunk(np.frombuffer(pcm, "<i2")).astype("<i2").tobytes()
        return json.dumps({"type": "input_audio_buffer.append", "audio": base64.b64encode(sound).decode()})

    return pack


def _read(packet: Packet, words: Words) -> None:
    message = an_object(OpenAIRealtime.traits.label, packet)
    match message.get("type"):
        case kind if kind == f"{_HEARD}.delta":
            words.guess += str(message.get("delta", ""))
        case kind if kind == f"{_HEARD}.completed":
            words.settle(str(message.get("transcript", "")))
            words.complete = True
        case kind if kind == f"{_HEARD}.failed":
            raise refused(OpenAIRealtime.traits.label)
        case "error":
            error = message.get("error")
            if isinstance(error, dict) and error.get("code") == _NOTHING_SAID:
                words.complete = True
            else:
                raise refused(OpenAIRealtime.traits.label)
        case _:
            pass


PROVIDER = OpenAIRealtime
