"""Azure AI Speech: SSML up over a WebSocket, sound down, with the times of words and of visemes.

Their protocol has HTTP-like headers in every message. It knows no way to stop a turn, so cutting a sentence off closes
the connection, and another one is opened at once.
"""

import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from typing import Any, ClassVar, cast
from uuid import uuid4
from xml.sax.saxutils import escape, quoteattr

from pydantic import Field

from visavis.core.frames import SpeechAudio
from visavis.core.spec import VoiceSpec
from visavis.providers.base import Traits
from visavis.providers.normalise import readable_text
from visavis.providers.phones import viseme_of_azure
from visavis.providers.remote.azure_messages import AzureMessage, opened, packed
from visavis.providers.remote.http import HttpVoice
from visavis.providers.remote.options import RemoteVoiceOptions
from visavis.providers.remote.reading import an_object
from visavis.providers.remote.socket import Packet, SocketVoice
from visavis.providers.timing import Clause

_RATE_HZ = 24_000
_SPEEDS, _VOLUMES = (0.5, 2.0), (0.0, 2.0)
_TICKS_PER_MS = 10_000
_OF_USE = frozenset({"audio", "audio.metadata", "turn.end"})  # the others come before there is anything to hear
_NOBODY = "-"
_ROOT = (
    '<speak version="1.0" xmlns="http://www.w3.org/2001/10/synthesis" xmlns:mstts="https://www.w3.org/2001/mstts" '
    "xml:lang={language}>{voice}</speak>"
)
_SYNTHESIS = {
    "synthesis": {
        "audio": {
            "metadataOptions": {
                "bookmarkEnabled": False,
                "punctuationBoundaryEnabled": False,
                "sentenceBoundaryEnabled": False,
                "sessionEndEnabled": False,
                "visemeEnabled": True,
                "wordBoundaryEnabled": True,
            },
            "outputFormat": "raw-24khz-16bit-mono-pcm",
        },
        "language": {"autoDetection": False},
    }
}


class Azure:
    """A `TextToSpeech`."""

    traits: ClassVar[Traits] = Traits(
        label="Azure AI Speech",
        streams_input=True,
        gives_word_times=True,
        gives_viseme_times=True,
        rate_hz=_RATE_HZ,
        zero_retention=True,
        needs_key=True,
        note="What is said is sent to Azure, which does not keep it.",
        cost="Billed by the character.",
    )

    class Settings(RemoteVoiceOptions):
        region: str = Field(default="eastus", pattern="^[a-z0-9]+$", description="Where that resource lies.")
        base_url: str = Field(default="", description="Where the service is, if not at the region's usual address.")
        voice: str = Field(default="en-US-AvaMultilingualNeural", description="For voices that name none.")

    def __init__(self, spec: VoiceSpec, settings: Settings | None = None) -> None:
        self._spec = spec
        settings = settings or self.Settings()
        self._voice = spec.voice or settings.voice
        key = spec.secret or settings.api_key.get_secret_value()
        self._headers = {"Ocp-Apim-Subscription-Key": key}
        self._base = settings.base_url.rstrip("/") or f"https://{settings.region}.tts.speech.microsoft.com"
        timeouts = settings.first_audio_timeout_s, settings.stall_timeout_s
        label = self.traits.label
        self._http = HttpVoice(label, self._base, self._headers, "/cognitiveservices/voices/list", *timeouts)
        self._socket = SocketVoice(label, self._address, _read, *timeouts)

    async def warm(self) -> None:
        await self._socket.warm()

    async def check(self) -> None:
        await self._http.check()

    async def speak(self, text: str) -> AsyncGenerator[SpeechAudio, None]:
        said = readable_text(text, self._spec.language or "en")
        if not said.speakable:
            return
        clause = Clause(text, said, _RATE_HZ)
        shown: tuple[str, float] | None = None  # a viseme lasts until the next one begins
        async with aclosing(self._messages(self._ssml(said.text))) as messages:
            async for message in messages:
                if message.path == "audio.metadata":
                    shown = _note(clause, an_object(self.traits.label, message.body), shown)
                elif message.path == "audio" and message.body:
                    yield clause.pcm(message.body)
        if (rest := clause.rest()) is not None:
            yield rest

    async def close(self) -> None:
        await self._socket.close()
        await self._http.close()

    async def _messages(self, ssml: str) -> AsyncGenerator[AzureMessage, None]:
        name = uuid4().hex.upper()
        finished = False
        packets = (
            packed("synthesis.context", name, "application/json", json.dumps(_SYNTHESIS)),
            packed("ssml", name, "application/ssml+xml", ssml),
        )
        sentence = self._socket.sentence(name, *packets)
        try:
            async with aclosing(sentence):
                async for message in sentence:
                    yield message
                    if message.path == "turn.end":
                        finished = True
                        return
        finally:
            if not finished:
                self._socket.hang_up()

    def _ssml(self, text: str) -> str:
        spec = self._spec
        said = escape(text.strip())
        tuning: list[str] = []
        if spec.speed != 1.0:
            tuning.append(f'rate="{min(max(spec.speed, _SPEEDS[0]), _SPEEDS[1]) - 1:+.0%}"')
        if spec.volume != 1.0:
            tuning.append(f'volume="{min(max(spec.volume, _VOLUMES[0]), _VOLUMES[1]) - 1:+.0%}"')
        if tuning:
            said = f"<prosody {' '.join(tuning)}>{said}</prosody>"
        if style := spec.options.get("speakingStyle"):
            said = f"<mstts:express-as style={quoteattr(str(style))}>{said}</mstts:express-as>"
        voice = f"<voice name={quoteattr(self._voice)}>{said}</voice>"
        return _ROOT.format(language=quoteattr(spec.language or self._voice[:5]), voice=voice)

    def _address(self) -> tuple[str, Mapping[str, str]]:
        base = self._base.replace("http", "ws", 1)
        return f"{base}/cognitiveservices/websocket/v1", {**self._headers, "X-ConnectionId": uuid4().hex.upper()}


def _read(packet: Packet) -> tuple[str, AzureMessage]:
    message = opened(Azure.traits.label, packet)
    return message.request if message.path in _OF_USE else _NOBODY, message


def _note(clause: Clause, told: dict[str, Any], shown: tuple[str, float] | None) -> tuple[str, float] | None:
    """Put words and visemes where they belong; the answer is the viseme whose end is not known yet."""
    entries = told.get("Metadata")
    for entry in cast(list[Any], entries) if isinstance(entries, list) else []:
        kind, data = (entry.get("Type"), entry.get("Data")) if isinstance(entry, dict) else ("", None)
        if not isinstance(data, dict) or not isinstance(data.get("Offset"), int | float):
            continue
        start_ms = data["Offset"] / _TICKS_PER_MS
        if kind == "WordBoundary" and isinstance(data.get("text"), dict):
            length_ms = float(data.get("Duration") or 0) / _TICKS_PER_MS
            clause.word(str(data["text"].get("Text", "")), start_ms, start_ms + length_ms)
        elif kind == "Viseme" and isinstance(data.get("VisemeId"), int):
            if shown is not None:
                clause.sound("viseme", shown[0], shown[1], start_ms)
            shown = viseme_of_azure(data["VisemeId"]), start_ms
    return shown


PROVIDER = Azure
