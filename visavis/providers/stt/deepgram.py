"""Deepgram: sound up over a WebSocket while somebody speaks, words down as they are understood."""

import json
from typing import Any, ClassVar, cast
from urllib.parse import urlencode

from pydantic import Field

from visavis.core.frames import SPEECH_RATE_HZ
from visavis.core.spec import EarsSpec
from visavis.providers.base import Traits
from visavis.providers.remote.hearing import SocketUtterance, Words
from visavis.providers.remote.options import RemoteEarsOptions, address, keeps_nothing
from visavis.providers.remote.reading import an_object
from visavis.providers.remote.socket import Packet, open_socket

_ANY_LANGUAGE = "multi"
_CLOSE = json.dumps({"type": "CloseStream"})


class Deepgram:
    """A `SpeechToText`."""

    traits: ClassVar[Traits] = Traits(
        label="Deepgram",
        rate_hz=SPEECH_RATE_HZ,
        needs_key=True,
        note="What users say is sent to Deepgram.",
        cost="Billed by the second of speech.",
    )

    class Settings(RemoteEarsOptions):
        base_url: str = address("https://api.deepgram.com")
        model: str = Field(default="nova-3", description="Who listens.")
        zero_retention: bool = keeps_nothing("Opts out of their model improvement program")

    def __init__(self, settings: Settings | None = None) -> None:
        self._settings = settings or self.Settings()
        self._headers = {"authorization": f"Token {self._settings.api_key.get_secret_value()}"}

    async def open(self, ears: EarsSpec) -> SocketUtterance:
        query = {
            "model": self._settings.model,
            "language": ears.language or _ANY_LANGUAGE,
            "encoding": "linear16",
            "sample_rate": str(SPEECH_RATE_HZ),
            "channels": "1",
            "interim_results": "true",
            "smart_format": "true",
        }
        if self._settings.zero_retention:
            query["mip_opt_out"] = "true"
        base = self._settings.base_url.rstrip("/").replace("http", "ws", 1)
        label = self.traits.label
        socket = await open_socket(label, f"{base}/v1/listen?{urlencode(query)}", self._headers)
        return SocketUtterance(label, socket, bytes, (_CLOSE,), _read, self._settings.finish_timeout_s)

    async def close(self) -> None:
        """Nothing is held between utterances."""


def _read(packet: Packet, words: Words) -> None:
    message = an_object(Deepgram.traits.label, packet)
    if message.get("type") == "Metadata":  # the last thing they say
        words.complete = True
    elif message.get("type") == "Results":
        text = _transcript(message)
        if message.get("is_final"):
            words.settle(text)
        else:
            words.guess = text


def _transcript(message: dict[str, Any]) -> str:
    channel = message.get("channel")
    found = cast(dict[str, Any], channel).get("alternatives") if isinstance(channel, dict) else None
    first = cast(list[Any], found)[0] if isinstance(found, list) and found else {}
    return str(first.get("transcript", "")) if isinstance(first, dict) else ""


PROVIDER = Deepgram
