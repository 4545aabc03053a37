"""Azure AI Speech: sound up over a WebSocket while somebody speaks, words down as they are understood."""

import json
import struct
from collections.abc import Callable
from typing import ClassVar
from urllib.parse import urlencode
from uuid import uuid4

from pydantic import Field

from visavis.core.frames import SPEECH_RATE_HZ
from visavis.core.spec import EarsSpec
from visavis.providers.base import Traits
from visavis.providers.remote.azure_messages import opened, packed, packed_bytes
from visavis.providers.remote.failures import refused
from visavis.providers.remote.hearing import SocketUtterance, Words
from visavis.providers.remote.options import RemoteEarsOptions
from visavis.providers.remote.reading import an_object
from visavis.providers.remote.socket import Packet, open_socket

_PATH = "/speech/recognition/conversation/cognitiveservices/v1"
_CONFIG = json.dumps({"context": {"system": {"name": "visavis", "version": "1"}}})
_LOCALES = {
    "ar": "ar-EG", "cs": "cs-CZ", "da": "da-DK", "de": "de-DE", "el": "el-GR", "en": "en-US", "es": "es-ES",
    "fi": "fi-FI", "fr": "fr-FR", "he": "he-IL", "hi": "hi-IN", "hu": "hu-HU", "id": "id-ID", "it": "it-IT",
    "ja": "ja-JP", "ko": "ko-KR", "nl": "nl-NL", "no": "nb-NO", "pl": "pl-PL", "pt": "pt-BR", "ro": "ro-RO",
    "ru": "ru-RU", "sv": "sv-SE", "th": "th-TH", "tr": "tr-TR", "uk": "uk-UA", "vi": "vi-VN", "zh": "zh-CN",
}  # fmt: skip


class Azure:
    """A `SpeechToText`. It hears one language at a time, so `Settings.language` is for personas of any."""

    traits: ClassVar[Traits] = Traits(
        label="Azure AI Speech",
        languages=tuple(sorted(_LOCALES)),
        rate_hz=SPEECH_RATE_HZ,
        needs_key=True,
        zero_retention=True,
        note="What users say is sent to Azure, which does not keep it.",
        cost="Billed by the second of speech.",
    )

    class Settings(RemoteEarsOptions):
        region: str = Field(default="eastus", pattern="^[a-z0-9]+$", description="Where that resource lies.")
        base_url: str = Field(default="", description="Where the service is, if not at the region's usual address.")
        language: str = Field(default="en-US", description="For personas that have no language.")

    def __init__(self, settings: Settings | None = None) -> None:
        self._settings = settings or self.Settings()
        self._headers = {"Ocp-Apim-Subscription-Key": self._settings.api_key.get_secret_value()}
        self._base = self._settings.base_url.rstrip("/") or f"https://{self._settings.region}.stt.speech.microsoft.com"

    async def open(self, ears: EarsSpec) -> SocketUtterance:
        locale = _LOCALES.get(ears.language, ears.language) or self._settings.language
        url = f"{self._base.replace('http', 'ws', 1)}{_PATH}?{urlencode({'language': locale, 'format': 'simple'})}"
        name = uuid4().hex.upper()
        label = self.traits.label
        opening = (
            packed("speech.config", name, "application/json", _CONFIG),
            packed_bytes("audio", name, "audio/x-wav", _endless_wav()),
        )
        headers = {**self._headers, "X-ConnectionId": uuid4().hex.upper()}
        socket = await open_socket(label, url, headers, *opening)
        ending = (packed_bytes("audio", name, "audio/x-wav", b""),)
        return SocketUtterance(label, socket, _packer(name), ending, _read, self._settings.finish_timeout_s)

    async def close(self) -> None:
        """Nothing is held between utterances."""


def _packer(name: str) -> Callable[[bytes], bytes]:
    return lambda pcm: packed_bytes("audio", name, "audio/x-wav", pcm)


def _endless_wav() -> bytes:
    """A header that names no length, because nobody knows yet how long somebody will speak."""
    form = struct.pack("<HHIIHH", 1, 1, SPEECH_RATE_HZ, SPEECH_RATE_HZ * 2, 2, 16)
    return b"RIFF" + bytes(4) + b"WAVEfmt " + struct.pack("<I", len(form)) + form + b"data" + bytes(4)


def _read(packet: Packet, words: Words) -> None:
    label = Azure.traits.label
    message = opened(label, packet)
    match message.path:
        case "speech.hypothesis":
            words.guess = str(an_object(label, message.body).get("Text", ""))
        case "speech.phrase":
            phrase = an_object(label, message.body)
            if phrase.get("RecognitionStatus") == "Error":
                raise refused(label)
            words.settle(str(phrase.get("DisplayText") or ""))
        case "turn.end":
            words.complete = True
        case _:
            pass


PROVIDER = Azure
