"""Cartesia Sonic: speech over a WebSocket, with the times of words and of speech sounds.

Each sentence is a context of its own on one connection; cancelling it stops the server and keeps the connection.
"""

import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from typing import Any, ClassVar, cast
from uuid import uuid4

from pydantic import Field

from visavis.core.frames import SpeechAudio
from visavis.core.spec import VoiceSpec
from visavis.providers.base import Traits
from visavis.providers.normalise import readable_text
from visavis.providers.phones import phone_of_ipa
from visavis.providers.remote.failures import nonsense, refusal
from visavis.providers.remote.http import HttpVoice
from visavis.providers.remote.options import RemoteVoiceOptions, address, keeps_nothing
from visavis.providers.remote.reading import an_object, numbers, sound, texts
from visavis.providers.remote.socket import Packet, SocketVoice
from visavis.providers.timing import Clause

_RATE_HZ = 24_000
_VERSION = "2025-04-16"
_SPEEDS, _VOLUMES = (0.6, 1.5), (0.5, 2.0)


class Cartesia:
    """A `TextToSpeech`."""

    traits: ClassVar[Traits] = Traits(
        label="Cartesia",
        streams_input=True,
        gives_word_times=True,
        gives_phone_times=True,
        rate_hz=_RATE_HZ,
        needs_key=True,
        note="What is said is sent to Cartesia. sonic-3 laughs at [laughter], and takes speed, volume and emotion.",
        cost="Billed by the character.",
    )

    class Settings(RemoteVoiceOptions):
        base_url: str = address("https://api.cartesia.ai")
        model: str = Field(default="sonic-3", description="For voices that name none.")
        zero_retention: bool = keeps_nothing()

    def __init__(self, spec: VoiceSpec, settings: Settings | None = None) -> None:
        self._spec = spec
        self._settings = settings = settings or self.Settings()
        self._model = spec.model or settings.model
        key = spec.secret or settings.api_key.get_secret_value()
        self._headers = {"X-API-Key": key, "Cartesia-Version": _VERSION}
        label, first_s, stall_s = self.traits.label, settings.first_audio_timeout_s, settings.stall_timeout_s
        self._http = HttpVoice(label, settings.base_url, self._headers, "/voices?limit=1", first_s, stall_s)
        self._socket = SocketVoice(label, self._address, _read, first_s, stall_s)

    async def warm(self) -> None:
        await self._socket.warm()

    async def check(self) -> None:
        await self._http.check()

    async def speak(self, text: str) -> AsyncGenerator[SpeechAudio, None]:
        expressive = not self._model.startswith(("sonic-2", "sonic-turbo", "sonic-english", "sonic-multilingual"))
        said = readable_text(text, self._spec.language or "en", "keep" if expressive else "drop")
        if not said.speakable:
            return
        clause = Clause(text, said, _RATE_HZ)
        async with aclosing(self._pieces(said.text, expressive)) as pieces:
            async for piece in pieces:
                for word, start_ms, end_ms in _times(piece.get("word_timestamps"), "words"):
                    clause.word(word, start_ms, end_ms)
                for phone, start_ms, end_ms in _times(piece.get("phoneme_timestamps"), "phonemes"):
                    clause.sound("phone", phone_of_ipa(phone), start_ms, end_ms)
                if piece.get("type") == "chunk" and (data := sound(self.traits.label, piece.get("data"))):
                    yield clause.pcm(data)
        if (rest := clause.rest()) is not None:
            yield rest

    async def close(self) -> None:
        await self._socket.close()
        await self._http.close()

    async def _pieces(self, text: str, expressive: bool) -> AsyncGenerator[dict[str, Any], None]:
        name = uuid4().hex
        finished = False
        sentence = self._socket.sentence(name, json.dumps(self._request(name, text, expressive), ensure_ascii=False))
        try:
            async with aclosing(sentence):
                async for piece in sentence:
                    yield piece
                    if piece.get("type") == "done":
                        finished = True
                        return
        finally:
            if not finished:
                self._socket.quietly(json.dumps({"context_id": name, "cancel": True}))

    def _request(self, name: str, text: str, expressive: bool) -> dict[str, Any]:
        request: dict[str, Any] = {
            "context_id": name,
            "model_id": self._model,
            "transcript": text,
            "voice": {"mode": "id", "id": self._spec.voice},
            "output_format": {"container": "raw", "encoding": "pcm_s16le", "sample_rate": _RATE_HZ},
            "add_timestamps": True,
            "add_phoneme_timestamps": True,
            "continue": False,
        }
        if self._spec.language:
            request["language"] = self._spec.language
        if expressive and (tuning := self._tuning()):
            request["generation_config"] = tuning
        return request

    def _tuning(self) -> dict[str, Any]:
        """Only what was asked for: the voice has settings of its own."""
        spec = self._spec
        tuning: dict[str, Any] = {}
        if spec.speed != 1.0:
            tuning["speed"] = min(max(spec.speed, _SPEEDS[0]), _SPEEDS[1])
        if spec.volume != 1.0:
            tuning["volume"] = min(max(spec.volume, _VOLUMES[0]), _VOLUMES[1])
        if emotion := spec.options.get("emotion"):
            tuning["emotion"] = emotion
        return tuning

    def _address(self) -> tuple[str, Mapping[str, str]]:
        base = self._settings.base_url.rstrip("/").replace("http", "ws", 1)
        return f"{base}/tts/websocket?cartesia_version={_VERSION}", self._headers


def _read(message: Packet) -> tuple[str, Any]:
    """An error belongs to the sentence it names; one that names none is everybody's."""
    label = Cartesia.traits.label
    piece = an_object(label, message)
    name = str(piece.get("context_id") or "")
    if piece.get("type") == "error":
        status = piece.get("status_code")
        return name, refusal(label, status) if isinstance(status, int) else nonsense(label)
    return name, piece


def _times(table: Any, column: str) -> list[tuple[str, float, float]]:
    if not isinstance(table, dict):
        return []
    columns = cast(dict[str, Any], table)
    timed = zip(texts(columns.get(column)), numbers(columns.get("start")), numbers(columns.get("end")), strict=False)
    return [(name, start_s * 1000, end_s * 1000) for name, start_s, end_s in timed]


PROVIDER = Cartesia
