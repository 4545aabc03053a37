"""ElevenLabs: speech over a WebSocket with the time of every character, or over HTTP for models without one.

The three generations of models take different options, and only the third understands directions such as [laughs]:
for the others those are left out of what is read.
"""

import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from typing import Any, ClassVar
from urllib.parse import quote, urlencode
from uuid import uuid4

from pydantic import Field

from visavis.core.frames import SpeechAudio
from visavis.core.spec import VoiceSpec
from visavis.providers.base import Traits
from visavis.providers.normalise import readable_text
from visavis.providers.remote.failures import refusal, refused
from visavis.providers.remote.http import HttpVoice
from visavis.providers.remote.options import RemoteVoiceOptions, address, keeps_nothing
from visavis.providers.remote.reading import an_object, numbers, sound, texts
from visavis.providers.remote.socket import Packet, SocketVoice
from visavis.providers.timing import Clause

_RATE_HZ = 24_000
_SPEEDS = (0.7, 1.2)
_IDLE_S = 180  # the longest the server allows
_STATUS_BY_ERROR = {
    "invalid_api_key": 401,
    "missing_permissions": 403,
    "quota_exceeded": 402,
    "voice_not_found": 404,
    "voice_id_does_not_exist": 404,
    "model_not_found": 404,
    "rate_limit_exceeded": 429,
    "too_many_concurrent_requests": 429,
    "system_busy": 503,
}


class ElevenLabs:
    """A `TextToSpeech`."""

    traits: ClassVar[Traits] = Traits(
        label="ElevenLabs",
        streams_input=True,
        gives_word_times=True,
        rate_hz=_RATE_HZ,
        needs_key=True,
        note="What is said is sent to ElevenLabs. Directions such as [laughs] are understood by eleven_v3.",
        cost="Billed by the character.",
    )

    class Settings(RemoteVoiceOptions):
        base_url: str = address("https://api.elevenlabs.io")
        model: str = Field(default="eleven_flash_v2_5", description="For voices that name none.")
        zero_retention: bool = keeps_nothing("Your account has zero retention mode, which is asked for")

    def __init__(self, spec: VoiceSpec, settings: Settings | None = None) -> None:
        self._spec = spec
        self._settings = settings = settings or self.Settings()
        self._model = str(spec.options.get("model") or spec.model or settings.model)
        self._tuning = _tuning(spec, self._model)
        key = spec.secret or settings.api_key.get_secret_value()
        self._headers = {"xi-api-key": key}
        label, first_s, stall_s = self.traits.label, settings.first_audio_timeout_s, settings.stall_timeout_s
        self._http = HttpVoice(label, settings.base_url, self._headers, "/v1/models", first_s, stall_s)
        self._socket = SocketVoice(label, self._address, _read, first_s, stall_s)

    async def warm(self) -> None:
        await (self._http if _generation(self._model) == 3 else self._socket).warm()

    async def check(self) -> None:
        await self._http.check()

    async def speak(self, text: str) -> AsyncGenerator[SpeechAudio, None]:
        generation = _generation(self._model)
        said = readable_text(text, self._spec.language or "en", "keep" if generation == 3 else "drop")
        if not said.speakable:
            return
        clause = Clause(text, said, _RATE_HZ)
        pieces = self._over_http(said.text) if generation == 3 else self._over_socket(said.text)
        async with aclosing(pieces):
            async for piece in pieces:
                for char, start_ms, end_ms in _times(piece, clause.heard_ms):
                    clause.char(char, start_ms, end_ms)
                if data := sound(self.traits.label, piece.get("audio") or piece.get("audio_base64")):
                    yield clause.pcm(data)
        if (rest := clause.rest()) is not None:
            yield rest

    async def close(self) -> None:
        await self._socket.close()
        await self._http.close()

    async def _over_socket(self, text: str) -> AsyncGenerator[dict[str, Any], None]:
        name = uuid4().hex
        first: dict[str, Any] = {"text": " ", "context_id": name}
        if self._tuning:
            first["voice_settings"] = self._tuning
        messages = (first, {"text": f"{text} ", "context_id": name, "flush": True}, _end_of(name))
        finished = False
        sentence = self._socket.sentence(name, *(_json(message) for message in messages))
        try:
            async with aclosing(sentence):
                async for piece in sentence:
                    yield piece
                    if piece.get("isFinal"):
                        finished = True
                        return
        finally:
            if not finished:
                self._socket.hang_up()  # a context that was told to end finishes its text first

    async def _over_http(self, text: str) -> AsyncGenerator[dict[str, Any], None]:
        body: dict[str, Any] = {"text": text, "model_id": self._model}
        if self._tuning:
            body["voice_settings"] = self._tuning
        if code := self._language:
            body["language_code"] = code
        path = f"/v1/text-to-speech/{quote(self._spec.voice, safe='')}/stream/with-timestamps"
        async with aclosing(self._http.lines(path, json=body, params=self._query)) as lines:
            async for line in lines:
                yield an_object(self.traits.label, line)

    def _address(self) -> tuple[str, Mapping[str, str]]:
        base = self._settings.base_url.rstrip("/").replace("http", "ws", 1)
        query = {"model_id": self._model, **self._query, "auto_mode": "true", "inactivity_timeout": str(_IDLE_S)}
        if code := self._language:
            query["language_code"] = code
        voice = quote(self._spec.voice, safe="")
        return f"{base}/v1/text-to-speech/{voice}/multi-stream-input?{urlencode(query)}", self._headers

    @property
    def _query(self) -> dict[str, str]:
        query = {"output_format": f"pcm_{_RATE_HZ}"}
        return {**query, "enable_logging": "false"} if self._settings.zero_retention else query

    @property
    def _language(self) -> str:
        """Only these models take one; others answer an error."""
        return self._spec.language if self._model.endswith("_v2_5") or _generation(self._model) == 3 else ""


def _generation(model: str) -> int:
    if "_v3" in model:
        return 3
    return 1 if model.endswith("_v1") else 2


def _tuning(spec: VoiceSpec, model: str) -> dict[str, Any]:
    """Only what was asked for: the voice has settings of its own."""
    options, generation = spec.options, _generation(model)
    names = {"stability": "stability", "similarityBoost": "similarity_boost"}
    if generation == 2:
        names |= {"style": "style", "useSpeakerBoost": "use_speaker_boost"}
    tuning: dict[str, Any] = {theirs: options[ours] for ours, theirs in names.items() if options.get(ours) is not None}
    if generation == 3:
        tuning.pop("similarity_boost", None)
        if "stability" in tuning:
            tuning["stability"] = round(tuning["stability"] * 2) / 2  # it knows three steps
    elif spec.speed != 1.0:
        tuning["speed"] = min(max(spec.speed, _SPEEDS[0]), _SPEEDS[1])
    return tuning


def _json(message: dict[str, Any]) -> str:
    return json.dumps(message, ensure_ascii=False)


def _end_of(name: str) -> dict[str, Any]:
    return {"context_id": name, "close_context": True}


def _read(message: Packet) -> tuple[str, Any]:
    label = ElevenLabs.traits.label
    piece = an_object(label, message)
    name = str(piece.get("contextId") or piece.get("context_id") or "")
    if (error := piece.get("error")) is not None and not piece.get("audio"):
        status = _STATUS_BY_ERROR.get(str(error))
        return name, refusal(label, status) if status else refused(label)
    return name, piece


def _times(piece: dict[str, Any], heard_ms: float) -> list[tuple[str, float, float]]:
    """Characters with start and end since the beginning of the sentence."""
    alignment = piece.get("alignment")
    if not isinstance(alignment, dict):
        return []
    if "chars" in alignment:  # on the socket: counted from the start of this piece
        starts, lengths = numbers(alignment.get("charStartTimesMs")), numbers(alignment.get("charDurationsMs"))
        timed = zip(texts(alignment.get("chars")), starts, lengths, strict=False)
        return [(char, heard_ms + start, heard_ms + start + length) for char, start, length in timed]
    starts = numbers(alignment.get("character_start_times_seconds"))
    ends = numbers(alignment.get("character_end_times_seconds"))
    timed = zip(texts(alignment.get("characters")), starts, ends, strict=False)
    return [(char, start * 1000, end * 1000) for char, start, end in timed]


PROVIDER = ElevenLabs
