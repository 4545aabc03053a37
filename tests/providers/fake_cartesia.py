"""Cartesia's protocol: contexts on a WebSocket, with times of words and speech sounds in messages of their own."""

import base64
import json
from typing import Any

from tests.providers.fake_speech_server import KEY, FakeSpeechServer, Socket, spoken

PHONES = ["h", "ə", "l", "oʊ"]


class FakeCartesia(FakeSpeechServer):
    def admits(self, headers: dict[str, str]) -> bool:
        return headers.get("x-api-key") == KEY or headers.get("authorization") == f"Bearer {KEY}"

    async def over_socket(self, path: str, query: dict[str, str], wire: Socket) -> None:
        assert path == "/tts/websocket"
        while (message := await wire.next()) is not None:
            asked = json.loads(message)
            self.requests.append(asked)
            if asked.get("cancel"):
                self.stopped.set()
                continue
            self.is_asked()
            if not await self._speak(wire, asked):
                return

    async def _speak(self, wire: Socket, asked: dict[str, Any]) -> bool:
        plan = self.next_plan()
        head = {"context_id": asked["context_id"], "status_code": 206, "done": False}
        if plan.status != 200:
            told = {"title": "No", "message": "No: secret text", "error_code": "no", "request_id": "1"}
            await wire.say({**head, **told, "type": "error", "done": True, "status_code": plan.status})
            return True
        assert asked["output_format"]["encoding"] == "pcm_s16le"
        for piece in spoken(asked["transcript"])[: plan.pieces]:
            start_s, end_s = piece.start_ms / 1000, piece.end_ms / 1000
            step_s = (end_s - start_s) / len(PHONES)
            starts = [start_s + at * step_s for at in range(len(PHONES))]
            if asked.get("add_timestamps"):
                words = {"words": [piece.word], "start": [start_s], "end": [end_s]}
                await wire.say({**head, "type": "timestamps", "word_timestamps": words})
            if asked.get("add_phoneme_timestamps"):
                phones = {"phonemes": PHONES, "start": starts, "end": [start + step_s for start in starts]}
                await wire.say({**head, "type": "phoneme_timestamps", "phoneme_timestamps": phones})
            audio = base64.b64encode(piece.pcm).decode()
            await wire.say({**head, "type": "chunk", "data": audio, "step_time": 1.0})
        if plan.ending == "cut":
            await wire.close(1011)
            return False
        if plan.ending == "garbage":
            await wire.say("this is no JSON")
            return True
        if plan.ending == "hold":
            return True  # the next message is the cancel, or the end
        await wire.say({**head, "type": "done", "done": True, "status_code": 200})
        return True
