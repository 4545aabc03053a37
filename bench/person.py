"""A client that measures: the official clients' protocol on plain aiortc, with times taken when packets arrive.

A real client adds its own jitter buffer to what is measured here; that is the client's choice, not the server's.
"""

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator
from typing import Any

import av
import httpx
import numpy as np
import websockets
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.rtcrtpreceiver import RTCRtpReceiver

LOUD = 200  # of 32768; digital silence decodes to far less
CONNECT_WITHIN_S = 20.0


class Person:
    """One session seen from its client. Times are seconds of the machine's monotonic clock."""

    def __init__(self, url: str, key: str, persona: dict[str, Any]) -> None:
        self._persona = persona
        self.session_id = ""
        self.started_s = 0.0
        self.first_picture_s = 0.0
        self.picture_times_s: list[float] = []
        self.loud_times_s: list[float] = []
        self.ready = asyncio.Event()
        self._changed = asyncio.Condition()
        self._opus = av.CodecContext.create("opus", "r")
        self._last_picture = -1
        self._decodes = False
        self._decoded = asyncio.Event()
        self._peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self._channel = self._peer.createDataChannel("session")
        self._socket: Any = None
        self._http = httpx.AsyncClient(base_url=url, headers={"Authorization": f"Bearer {key}"})

    async def connect(self, decode_first_picture: bool = False) -> None:
        self._decodes = decode_first_picture
        self._peer.on("track", self._on_track)
        video = self._peer.addTransceiver("video", direction="recvonly")
        audio = self._peer.addTransceiver("audio", direction="sendrecv")
        self._watch(video.receiver, self._picture_packet)
        self._watch(audio.receiver, self._sound_packet)
        self.started_s = time.monotonic()
        answer = await self._http.post("/v1/engine/session", json={"personaConfig": self._persona})
        answer.raise_for_status()
        session = answer.json()
        self.session_id = session["sessionId"]
        address = f"ws://{session['engineHost'].split('/')[0]}{session['signallingEndpoint']}"
        self._socket = await websockets.connect(f"{address}?session_id={self.session_id}")
        await self._peer.setLocalDescription(await self._peer.createOffer())
        description = {"type": "offer", "sdp": self._peer.localDescription.sdp}
        await self._say("offer", {"connectionDescription": description, "userUid": self.session_id})
        self._reading = asyncio.create_task(self._read())
        if decode_first_picture:
            await asyncio.wait_for(self._decoded.wait(), CONNECT_WITHIN_S)
        await asyncio.wait_for(self.ready.wait(), CONNECT_WITHIN_S)

    async def talk(self, text: str) -> float:
        """When the command was sent."""
        sent_s = time.monotonic()
        answer = await self._http.post(f"/talk?session_id={self.session_id}", json={"content": text})
        answer.raise_for_status()
        return sent_s

    def interrupt(self) -> float:
        self._channel.send(json.dumps({"message_type": "interrupt", "session_id": self.session_id}))
        return time.monotonic()

    async def loud_after(self, at_s: float, within_s: float = 10.0) -> float:
        """When the first audible sound after `at_s` arrived."""
        async with asyncio.timeout(within_s), self._changed:
            await self._changed.wait_for(lambda: bool(self.loud_times_s) and self.loud_times_s[-1] > at_s)
            return next(time_s for time_s in self.loud_times_s if time_s > at_s)

    async def quiet_for(self, span_s: float, within_s: float = 60.0) -> float:
        """When the last audible sound arrived, once there was none for `span_s`."""
        deadline_s = time.monotonic() + within_s
        while time.monotonic() < deadline_s:
            last_s = self.loud_times_s[-1] if self.loud_times_s else 0.0
            if time.monotonic() - last_s > span_s:
                return last_s
            await asyncio.sleep(0.02)
        raise TimeoutError("the persona did not fall silent")

    async def close(self) -> None:
        with contextlib.suppress(Exception):
            await self._say("endsession", {})
        if self._socket is not None:
            await self._socket.close()
            await self._reading
        await self._peer.close()
        await self._http.aclose()

    async def _read(self) -> None:
        with contextlib.suppress(websockets.ConnectionClosed):
            async for text in self._socket:
                message = json.loads(text)
                if message["actionType"] == "answer":
                    await self._peer.setRemoteDescription(RTCSessionDescription(**message["payload"]))
                elif message["actionType"] == "sessionready":
                    self.ready.set()

    async def _say(self, action: str, payload: object) -> None:
        await self._socket.send(json.dumps({"actionType": action, "sessionId": self.session_id, "payload": payload}))

    def _on_track(self, track: Any) -> None:
        if track.kind == "video" and self._decodes:
            self._decoding = asyncio.create_task(self._decode_one(track))

    async def _decode_one(self, track: Any) -> None:
        await track.recv()
        self.first_picture_s = time.monotonic()
        self._decoded.set()

    def _watch(self, receiver: RTCRtpReceiver, tell: Any) -> None:
        """Look at packets as they arrive, before the client's own jitter buffer keeps them back."""
        handle = receiver._handle_rtp_packet

        async def watched(packet: Any, arrival_time_ms: int) -> None:
            tell(packet)
            if self._decodes:  # otherwise the client's decoder would take the time that is to be measured
                await handle(packet, arrival_time_ms)

        receiver._handle_rtp_packet = watched  # type: ignore[method-assign]

    def _picture_packet(self, packet: Any) -> None:
        if packet.marker and packet.timestamp != self._last_picture:
            self._last_picture = packet.timestamp
            self.picture_times_s.append(time.monotonic())

    def _sound_packet(self, packet: Any) -> None:
        frames = self._opus.decode(av.Packet(packet.payload))
        if any(np.abs(frame.to_ndarray()).max() > LOUD / 32_768 for frame in frames):
            self.loud_times_s.append(time.monotonic())
            self._heard = asyncio.ensure_future(self._tell())

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()


@contextlib.asynccontextmanager
async def person(url: str, key: str, persona: dict[str, Any], decode: bool = False) -> AsyncIterator[Person]:
    made = Person(url, key, persona)
    try:
        await made.connect(decode)
        yield made
    finally:
        await made.close()
