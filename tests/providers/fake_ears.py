"""Servers on loopback that hear as ears on the internet do: whatever the sound is, they understand `line`."""

import base64
import json
import re
from typing import Any

from tests.providers.fake_azure import packet, parted
from tests.providers.fake_speech_server import KEY, FakeSpeechServer, Http, Plan, Socket

WAV_HEADER_BYTES = 44


class FakeEars(FakeSpeechServer):
    """`pcm` is the sound of the last utterance, at `rate_hz`; `languages` are those that were asked for.

    A plan with `pieces=0` says nothing before the end.
    """

    rate_hz = 16_000

    def __init__(self) -> None:
        super().__init__()
        self.line = "Hello there."
        self.pcm = bytearray()
        self.languages: list[str | None] = []

    async def hear(self, wire: Socket, sound: bytes, plan: Plan) -> bool:
        """Take a piece of sound; the first one is answered with a guess, or with trouble. False ends it."""
        first = not self.pcm
        self.pcm += sound
        if first and sound:
            self.asked.set()
            if plan.ending == "cut":
                await wire.close(1011)
                return False
            if plan.ending == "garbage":
                await wire.say("nothing of any use")
            elif plan.pieces != 0 and self.line:
                await self.guess(wire, self.line.split()[0])
        return True

    async def guess(self, wire: Socket, text: str) -> None:
        raise NotImplementedError

    async def wait_until_left(self, wire: Socket) -> None:
        while await wire.next() is not None:
            pass
        self.stopped.set()


class FakeDeepgramEars(FakeEars):
    def admits(self, headers: dict[str, str]) -> bool:
        return headers.get("authorization") == f"Token {KEY}"

    async def over_socket(self, path: str, query: dict[str, str], wire: Socket) -> None:
        assert path == "/v1/listen"
        assert (query["encoding"], query["sample_rate"], query["channels"]) == ("linear16", "16000", "1")
        self.languages.append(query.get("language"))
        self.pcm.clear()
        plan = self.next_plan()
        while (message := await wire.next()) is not None:
            if isinstance(message, bytes):
                if not await self.hear(wire, message, plan):
                    return
            elif json.loads(message)["type"] == "CloseStream":
                if plan.ending == "hold":
                    await self.wait_until_left(wire)
                    return
                await wire.say(results(self.line, final=True))
                await wire.say({"type": "Metadata", "duration": len(self.pcm) / 32_000})
                await wire.close()
                return
        self.stopped.set()

    async def guess(self, wire: Socket, text: str) -> None:
        await wire.say(results(text, final=False))


def results(text: str, final: bool) -> dict[str, Any]:
    channel = {"alternatives": [{"transcript": text, "confidence": 0.9, "words": []}]}
    return {"type": "Results", "is_final": final, "speech_final": final, "channel": channel}


class FakeOpenAIEars(FakeEars):
    rate_hz = 24_000

    def admits(self, headers: dict[str, str]) -> bool:
        return headers.get("authorization") == f"Bearer {KEY}"

    async def over_socket(self, path: str, query: dict[str, str], wire: Socket) -> None:
        assert path == "/v1/realtime"
        assert query == {"intent": "transcription"}
        self.pcm.clear()
        plan = self.next_plan()
        await wire.say({"type": "session.created"})
        while (message := await wire.next()) is not None:
            command = json.loads(message)
            if command["type"] == "session.update":
                sound = command["session"]["audio"]["input"]
                assert sound["format"] == {"type": "audio/pcm", "rate": self.rate_hz}
                self.languages.append(sound["transcription"].get("language"))
            elif command["type"] == "input_audio_buffer.append":
                if not await self.hear(wire, base64.b64decode(command["audio"]), plan):
                    return
            elif command["type"] == "input_audio_buffer.commit":
                await self._end(wire, plan)
        self.stopped.set()

    async def _end(self, wire: Socket, plan: Plan) -> None:
        if plan.ending == "hold":
            return
        if not self.pcm:
            await wire.say({"type": "error", "error": {"code": "input_audio_buffer_commit_empty"}})
            return
        await wire.say({"type": "input_audio_buffer.committed", "item_id": "i1"})
        kind = "conversation.item.input_audio_transcription.completed"
        await wire.say({"type": kind, "item_id": "i1", "content_index": 0, "transcript": self.line})

    async def guess(self, wire: Socket, text: str) -> None:
        kind = "conversation.item.input_audio_transcription.delta"
        await wire.say({"type": kind, "item_id": "i1", "content_index": 0, "delta": text})


class FakeAzureEars(FakeEars):
    """`programs` are the names by which its clients introduce themselves."""

    def __init__(self) -> None:
        super().__init__()
        self.programs: list[str] = []

    def admits(self, headers: dict[str, str]) -> bool:
        return headers.get("ocp-apim-subscription-key") == KEY

    async def over_socket(self, path: str, query: dict[str, str], wire: Socket) -> None:
        assert path == "/speech/recognition/conversation/cognitiveservices/v1"
        self.languages.append(query.get("language"))
        self.pcm.clear()
        plan = self.next_plan()
        self._name, begun = "", False
        while (message := await wire.next()) is not None:
            headers, body = parted(message)
            if headers["path"] == "speech.config":
                self.programs.append(json.loads(body)["context"]["system"]["name"])
            if headers["path"] != "audio":
                continue  # how somebody wants to be heard, and how fast our messages came: nothing here depends on it
            self._name = headers["x-requestid"]
            if not begun:
                assert body[:4] == b"RIFF"
                assert body[8:16] == b"WAVEfmt "
                begun = True
                await wire.say(packet("turn.start", self._name, {"context": {"serviceTag": "1"}}))
            elif not body:
                if plan.ending != "hold":
                    phrase = {"RecognitionStatus": "Success", "DisplayText": self.line, "Offset": 0, "Duration": 1}
                    await wire.say(packet("speech.phrase", self._name, phrase))
                    await wire.say(packet("turn.end", self._name, {}))
            elif not await self.hear(wire, body, plan):
                return
        self.stopped.set()

    async def guess(self, wire: Socket, text: str) -> None:
        await wire.say(packet("speech.hypothesis", self._name, {"Text": text.lower(), "Offset": 0, "Duration": 1}))


class FakeTranscriptions(FakeEars):
    """`POST /v1/audio/transcriptions`, with the sound as a WAV file in a form."""

    def admits(self, headers: dict[str, str]) -> bool:
        return headers.get("authorization") == f"Bearer {KEY}"

    async def _asked(self, scope: Any, query: dict[str, str], headers: dict[str, str], wire: Http) -> None:
        content = await wire.body()
        if not self.admits(headers):
            await wire.refuse(401)
            return
        if scope["method"] == "GET":
            await wire.whole(200, b"{}")
            return
        assert scope["path"] == "/v1/audio/transcriptions"
        boundary = headers["content-type"].partition("boundary=")[2].encode()
        fields = dict(part for piece in content.split(b"--" + boundary)[1:-1] if (part := form_field(piece)))
        assert fields["model"] == b"whisper-1"
        self.languages.append(fields["language"].decode() if "language" in fields else None)
        self.pcm[:] = fields["file"][WAV_HEADER_BYTES:]
        self.asked.set()
        plan = self.next_plan()
        body = json.dumps({"text": self.line}).encode()
        pieces = {"hold": [], "cut": [body[:5]]}.get(plan.ending, [body])
        await wire.play(plan, iter(pieces), b"", b"application/json")


def form_field(piece: bytes) -> tuple[str, bytes]:
    head, _, value = piece.partition(b"\r\n\r\n")
    name = re.search(rb'name="([^"]+)"', head)
    assert name is not None
    return name.group(1).decode(), value.removesuffix(b"\r\n")
