"""Three servers that take text by POST and answer with raw sound: OpenAI, Deepgram and Fish Audio."""

from collections.abc import Iterator
from typing import Any

from tests.providers.fake_speech_server import KEY, FakeSpeechServer, Http, spoken
from tests.providers.msgpack import unpacked

_TORN_BYTES = 1001  # pieces of a body end in the middle of a sample as often as not


def torn(text: str) -> Iterator[bytes]:
    sound = b"".join(piece.pcm for piece in spoken(text))
    for at in range(0, len(sound), _TORN_BYTES):
        yield sound[at : at + _TORN_BYTES]


class FakeOpenAISpeech(FakeSpeechServer):
    def admits(self, headers: dict[str, str]) -> bool:
        return headers.get("authorization") == f"Bearer {KEY}"

    async def over_http(self, path: str, query: dict[str, str], headers: dict[str, str], body: Any, wire: Http) -> None:
        assert path == "/v1/audio/speech"
        assert body["response_format"] == "pcm"
        self.requests.append(body)
        await wire.play(self.next_plan(), torn(body["input"]), b"<html>", b"audio/pcm")


class FakeDeepgram(FakeSpeechServer):
    def admits(self, headers: dict[str, str]) -> bool:
        return headers.get("authorization") == f"Token {KEY}"

    async def over_http(self, path: str, query: dict[str, str], headers: dict[str, str], body: Any, wire: Http) -> None:
        assert path == "/v1/speak"
        assert query["encoding"] == "linear16"
        assert list(body) == ["text"]
        self.requests.append({**body, **query})
        await wire.play(self.next_plan(), torn(body["text"]), b"<html>", b"audio/l16")


class FakeFishAudio(FakeSpeechServer):
    def admits(self, headers: dict[str, str]) -> bool:
        return headers.get("authorization") == f"Bearer {KEY}"

    async def over_http(self, path: str, query: dict[str, str], headers: dict[str, str], body: Any, wire: Http) -> None:
        assert path == "/v1/tts"
        body = unpacked(body) if isinstance(body, bytes) else body
        assert body["format"] == "pcm"
        self.requests.append({**body, "model": headers["model"]})
        await wire.play(self.next_plan(), torn(body["text"]), b"<html>", b"audio/pcm")
