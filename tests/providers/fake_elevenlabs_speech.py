"""ElevenLabs' two ways of speaking: contexts on a WebSocket, and lines of JSON over HTTP."""

import base64
import json
from typing import Any

from tests.providers.fake_speech_server import KEY, FakeSpeechServer, Http, Socket, Spoken, spoken

ERRORS = {401: "invalid_api_key", 402: "quota_exceeded", 404: "voice_not_found", 429: "rate_limit_exceeded"}


class FakeElevenLabsSpeech(FakeSpeechServer):
    def admits(self, headers: dict[str, str]) -> bool:
        return headers.get("xi-api-key") == KEY

    async def over_http(self, path: str, query: dict[str, str], headers: dict[str, str], body: Any, wire: Http) -> None:
        assert path.endswith("/stream/with-timestamps")
        self.requests.append(body)
        lines = (json.dumps(timed_line(piece, body["text"])).encode() + b"\n" for piece in spoken(body["text"]))
        await wire.play(self.next_plan(), lines, b"<html>no\n", b"application/json")

    async def over_socket(self, path: str, query: dict[str, str], wire: Socket) -> None:
        """A context speaks when it is flushed, and ends when it is closed; `stream-input` has one and no name."""
        named = path.endswith("/multi-stream-input")
        assert named or path.endswith("/stream-input")
        texts: dict[str, str] = {}
        while (message := await wire.next()) is not None:
            asked = json.loads(message)
            self.requests.append(asked)
            name = asked.get("context_id") or ""
            if asked.get("close_socket"):
                return
            if asked.get("text"):
                texts[name] = texts.get(name, "") + asked["text"]
            is_over = asked.get("flush") or (not named and asked.get("text") == "")
            if is_over and texts.get(name, "").strip():
                self.is_asked()
                if not await self._speak(wire, name, texts.pop(name), named):
                    return

    async def _speak(self, wire: Socket, name: str, text: str, named: bool) -> bool:
        """False when the connection is over."""
        plan = self.next_plan()
        if plan.status != 200:
            await wire.say({"error": ERRORS.get(plan.status, "system_busy"), "message": "No: secret text"})
            await wire.close(1008)
            return False
        for piece in list(spoken(text.lstrip()))[: plan.pieces]:
            await wire.say({**timed_message(piece, text.lstrip()), **({"contextId": name} if named else {})})
        if plan.ending == "cut":
            await wire.close(1011)
            return False
        if plan.ending == "garbage":
            await wire.say("this is no JSON")
            return True
        if plan.ending == "hold":
            while await wire.next() is not None:
                pass
            self.stopped.set()
            return False
        await wire.say({"isFinal": True, **({"contextId": name} if named else {})})
        if not named:
            await wire.close()
        return named


def timed_message(piece: Spoken, text: str) -> dict[str, Any]:
    """Times count from the start of this piece."""
    chars, step_ms = chars_of(piece, text)
    alignment = {
        "chars": chars,
        "charStartTimesMs": [round(at * step_ms) for at in range(len(chars))],
        "charDurationsMs": [round(step_ms)] * len(chars),
    }
    return {"audio": base64.b64encode(piece.pcm).decode(), "alignment": alignment, "normalizedAlignment": alignment}


def timed_line(piece: Spoken, text: str) -> dict[str, Any]:
    """Times count from the start of the sentence."""
    chars, step_ms = chars_of(piece, text)
    starts = [(piece.start_ms + at * step_ms) / 1000 for at in range(len(chars))]
    alignment = {
        "characters": chars,
        "character_start_times_seconds": starts,
        "character_end_times_seconds": [start + step_ms / 1000 for start in starts],
    }
    audio = base64.b64encode(piece.pcm).decode()
    return {"audio_base64": audio, "alignment": alignment, "normalized_alignment": alignment}


def chars_of(piece: Spoken, text: str) -> tuple[list[str], float]:
    """A word with the white space before it, as the vendor has it."""
    start = piece.at_char
    while start and text[start - 1].isspace():
        start -= 1
    chars = list(text[start : piece.at_char + len(piece.word)])
    return chars, (piece.end_ms - piece.start_ms) / len(chars)
