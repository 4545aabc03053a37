"""Azure's protocol: messages with headers of their own on a WebSocket, one turn after the other."""

import json
import re
from typing import Any
from xml.etree import ElementTree

from tests.providers.fake_speech_server import KEY, FakeSpeechServer, Plan, Socket, Spoken, spoken

VISEMES = [12, 1, 14, 8]
TICKS_PER_MS = 10_000


class FakeAzure(FakeSpeechServer):
    def admits(self, headers: dict[str, str]) -> bool:
        return headers.get("ocp-apim-subscription-key") == KEY

    async def over_socket(self, path: str, query: dict[str, str], wire: Socket) -> None:
        assert path == "/cognitiveservices/websocket/v1"
        wanted: dict[str, Any] = {}
        while (message := await wire.next()) is not None:
            headers, body = parted(message)
            if headers["path"] == "synthesis.context":
                wanted = json.loads(body)["synthesis"]["audio"]
            if headers["path"] != "ssml":
                continue
            assert wanted["outputFormat"] == "raw-24khz-16bit-mono-pcm"
            self.requests.append(body.decode())
            self.is_asked()
            if not await self._speak(wire, headers["x-requestid"], text_of(body), wanted["metadataOptions"]):
                return

    async def _speak(self, wire: Socket, name: str, text: str, wanted: dict[str, Any]) -> bool:
        plan = self.next_plan()
        if plan.status != 200:
            await wire.close(1007)
            return False
        await wire.say(packet("turn.start", name, {"context": {"serviceTag": "1"}}))
        stream = {"context": {"serviceTag": "1"}, "audio": {"type": "inline", "streamId": "1"}}
        await wire.say(packet("response", name, stream))
        for piece in spoken(text)[: plan.pieces]:
            await wire.say(packet("audio.metadata", name, {"Metadata": metadata(piece, text, wanted)}))
            await wire.say(sound(name, piece.pcm))
        return await self._end(wire, name, plan)

    async def _end(self, wire: Socket, name: str, plan: Plan) -> bool:
        if plan.ending == "cut":
            await wire.close(1011)
            return False
        if plan.ending == "garbage":
            await wire.say("nothing of any use")
            return True
        if plan.ending == "hold":
            while await wire.next() is not None:
                pass
            self.stopped.set()
            return False
        await wire.say(sound(name, b""))
        await wire.say(packet("turn.end", name, {}))
        return True


def parted(message: str | bytes) -> tuple[dict[str, str], bytes]:
    if isinstance(message, str):
        head, _, body = message.encode().partition(b"\r\n\r\n")
    else:
        length = int.from_bytes(message[:2], "big")
        head, body = message[2 : 2 + length], message[2 + length :]
    lines = (line.partition(":") for line in head.decode().splitlines())
    return {name.strip().lower(): value.strip() for name, _, value in lines}, body


def packet(path: str, name: str, body: dict[str, Any]) -> str:
    head = f"X-RequestId:{name}\r\nPath:{path}\r\nContent-Type:application/json; charset=utf-8\r\n\r\n"
    return head + json.dumps(body)


def sound(name: str, pcm: bytes) -> bytes:
    kind = "Content-Type:audio/x-wav\r\n" if pcm else ""
    head = f"X-RequestId:{name}\r\n{kind}X-StreamId:1\r\nPath:audio\r\n".encode()
    return len(head).to_bytes(2, "big") + head + pcm


def metadata(piece: Spoken, text: str, wanted: dict[str, Any]) -> list[dict[str, Any]]:
    """Punctuation is no part of a word here."""
    length_ms = piece.end_ms - piece.start_ms
    found: list[dict[str, Any]] = []
    bare = re.sub(r"[^\w']", "", piece.word)
    if wanted["wordBoundaryEnabled"] and bare:
        told = {"Text": bare, "Length": len(bare), "BoundaryType": "WordBoundary"}
        data = {"Offset": piece.start_ms * TICKS_PER_MS, "Duration": length_ms * TICKS_PER_MS, "text": told}
        found.append({"Type": "WordBoundary", "Data": data})
    if wanted["visemeEnabled"]:
        for at, viseme in enumerate([*VISEMES, 0]):
            start_ms = piece.start_ms + at * length_ms / len(VISEMES)
            data = {"Offset": round(start_ms * TICKS_PER_MS), "VisemeId": viseme, "IsLastAnimation": True}
            found.append({"Type": "Viseme", "Data": data})
    return found


def text_of(ssml: bytes) -> str:
    return "".join(ElementTree.fromstring(ssml).itertext())
