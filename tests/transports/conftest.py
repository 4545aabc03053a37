"""A line that plays encoded test media, and a client built with plain aiortc like the official Python SDK."""

import asyncio
import itertools
import re
from collections.abc import AsyncIterator, Callable, Sequence
from fractions import Fraction

import av
import numpy as np
import pytest
from aiortc import (
    RTCConfiguration,
    RTCDataChannel,
    RTCIceServer,
    RTCPeerConnection,
    RTCRtpReceiver,
    RTCSessionDescription,
)
from aiortc.codecs import get_capabilities
from aiortc.mediastreams import MediaStreamTrack
from aiortc.rtp import RtpPacket

from visavis.core.clock import MonotonicClock
from visavis.core.events import Command, LineMeasured
from visavis.core.frames import FRAME_MS, AudioChunk, EncodedVideo, VideoCodec
from visavis.transports.base import Peer
from visavis.transports.webrtc import Answer, WebRtcPeers

WIDTH_PX, HEIGHT_PX = 96, 64
PATIENCE_S = 20.0


def encode_tone(seconds: float) -> list[bytes]:
    """20 ms Opus packets of a 440 Hz tone."""
    encoder = av.CodecContext.create("libopus", "w")
    encoder.format, encoder.layout, encoder.sample_rate = "s16", "mono", 48_000
    encoder.time_base = Fraction(1, 48_000)
    samples = (8000 * np.sin(2 * np.pi * 440 * np.arange(int(seconds * 48_000)) / 48_000)).astype(np.int16)
    packets: list[bytes] = []
    for start in range(0, samples.size, 960):
        frame = av.AudioFrame.from_ndarray(samples[None, start : start + 960], format="s16", layout="mono")
        frame.sample_rate, frame.time_base = 48_000, encoder.time_base
        packets += [bytes(packet) for packet in encoder.encode(frame)]
    return packets


def encode_pictures(codec: VideoCodec, count: int) -> list[tuple[bytes, bool]]:
    """A grey that gets lighter; (data, keyframe), the first one a keyframe."""
    encoder = av.CodecContext.create("libx264" if codec == "h264" else "libvpx", "w")
    encoder.width, encoder.height, encoder.pix_fmt = WIDTH_PX, HEIGHT_PX, "yuv420p"
    encoder.time_base = Fraction(1, 90_000)
    encoder.thread_count = 1
    if codec == "h264":
        encoder.profile, encoder.options = "Baseline", {"preset": "ultrafast", "tune": "zerolatency"}
    else:
        encoder.options = {"deadline": "realtime", "cpu-used": "8", "lag-in-frames": "0"}
    pictures: list[tuple[bytes, bool]] = []
    for index in range(count):
        frame = av.VideoFrame.from_ndarray(
            np.full((HEIGHT_PX * 3 // 2, WIDTH_PX), 60 + index, np.uint8), format="yuv420p"
        )
        frame.pts, frame.time_base = index * 3600, encoder.time_base
        pictures += [(bytes(packet), packet.is_keyframe) for packet in encoder.encode(frame)]
    return pictures


TONE = encode_tone(1.0)
PICTURES: dict[VideoCodec, list[tuple[bytes, bool]]] = {
    "h264": encode_pictures("h264", 50),
    "vp8": encode_pictures("vp8", 50),
}


class TestLine:
    """The engine's side: a tone, a loop of pictures that starts anew for a keyframe, and a record of every call."""

    __test__ = False

    def __init__(self) -> None:
        self.expected: list[Peer] = []
        self.opened: list[Peer] = []
        self.lost: list[Peer] = []
        self.commands: list[Command] = []
        self.heard: list[AudioChunk] = []
        self.bitrates_bps: list[int] = []
        self.pictures: list[int] = []
        self.figures: list[LineMeasured] = []
        self.keyframes = 0
        self.pulled = 0
        self._picture = 0
        self._clock = MonotonicClock()
        self._changed = asyncio.Event()

    def peer_expected(self, peer: Peer) -> None:
        self._note(self.expected, peer)

    def peer_opened(self, peer: Peer) -> None:
        self._note(self.opened, peer)

    def peer_lost(self, peer: Peer) -> None:
        self._note(self.lost, peer)

    def next_audio(self) -> bytes:
        self.pulled += 1
        return TONE[self.pulled % len(TONE)]

    async def next_video(self) -> EncodedVideo:
        await self._clock.sleep_until(self._clock.now_ms() + FRAME_MS)
        pictures = PICTURES[self.expected[-1].video.codec]
        data, keyframe = pictures[self._picture % len(pictures)]
        self._picture += 1
        self._note(self.pictures, self._picture)
        return EncodedVideo(data, self._picture * 40, keyframe)

    def hear(self, audio: AudioChunk) -> None:
        self._note(self.heard, audio)

    def receive(self, command: Command) -> None:
        self._note(self.commands, command)

    def want_keyframe(self) -> None:
        self.keyframes += 1
        self._picture = 0
        self._changed.set()

    def set_bitrate(self, bitrate_bps: int) -> None:
        self._note(self.bitrates_bps, bitrate_bps)

    def measured(self, figures: LineMeasured) -> None:
        self._note(self.figures, figures)

    async def wait_until(self, condition: Callable[[], object]) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while not condition():
                self._changed.clear()
                await self._changed.wait()

    def _note(self, notes: list, value: object) -> None:
        notes.append(value)
        self._changed.set()


class Client:
    """What an SDK does: receives picture and sound, may send sound, and opens the data channel."""

    def __init__(
        self, audio: str = "sendrecv", audio_first: bool = False, ice_servers: Sequence[RTCIceServer] = ()
    ) -> None:
        self.connection = RTCPeerConnection(RTCConfiguration(iceServers=list(ice_servers)))
        self.tracks: dict[str, MediaStreamTrack] = {}
        self.messages: list[str | bytes] = []
        self.open = asyncio.Event()
        self._arrived = asyncio.Event()
        kinds = [("video", "recvonly"), ("audio", audio)]
        for kind, direction in reversed(kinds) if audio_first else kinds:
            self.connection.addTransceiver(kind, direction)
        self.channel: RTCDataChannel = self.connection.createDataChannel("session")
        self.channel.on("open", self.open.set)
        self.channel.on("message", self._on_message)
        self.connection.on("track", lambda track: self.tracks.__setitem__(track.kind, track))

    async def offer(self) -> str:
        await self.connection.setLocalDescription(await self.connection.createOffer())
        return self.connection.localDescription.sdp

    async def accept(self, answer: Answer) -> None:
        await self.connection.setRemoteDescription(RTCSessionDescription(answer.sdp, "answer"))

    async def message(self) -> str | bytes:
        async with asyncio.timeout(PATIENCE_S):
            while not self.messages:
                self._arrived.clear()
                await self._arrived.wait()
        return self.messages.pop(0)

    def offer_only(self, codec: str) -> None:
        video = next(t for t in self.connection.getTransceivers() if t.kind == "video")
        video.setCodecPreferences([c for c in get_capabilities("video").codecs if c.name == codec])

    @property
    def video_receiver(self) -> RTCRtpReceiver:
        return next(t.receiver for t in self.connection.getTransceivers() if t.kind == "video")

    def video_ssrc(self, answer_sdp: str) -> int:
        video = next(part for part in answer_sdp.split("m=") if part.startswith("video"))
        return int(re.findall(r"a=ssrc:(\d+)", video)[0])

    def vanish(self) -> None:
        """Fall silent without a word, as a machine does whose network is pulled."""
        for protocol in self.connection.getTransceivers()[0].receiver.transport.transport._connection._protocols:
            protocol.transport.abort()

    def lose_every(self, nth: int) -> list[int]:
        """Drop video packets on arrival, but none that is sent again; the numbers of those that were dropped."""
        receiver, lost, count = self.video_receiver, list[int](), itertools.count(1)
        handle = receiver._handle_rtp_packet

        async def handle_some(packet: RtpPacket, arrival_time_ms: int) -> None:
            again = receiver._RTCRtpReceiver__codecs[packet.payload_type].name == "rtx"  # type: ignore[attr-defined]
            if not again and next(count) % nth == 0:
                lost.append(packet.sequence_number)
            else:
                await handle(packet, arrival_time_ms)

        receiver._handle_rtp_packet = handle_some
        return lost

    async def close(self) -> None:
        await self.connection.close()

    def _on_message(self, message: str | bytes) -> None:
        self.messages.append(message)
        self._arrived.set()


async def connect(peers: WebRtcPeers, line: TestLine, client: Client) -> Answer:
    answer = await peers.answer(await client.offer(), line, None, WIDTH_PX, HEIGHT_PX)
    await client.accept(answer)
    await line.wait_until(lambda: line.opened)
    return answer


@pytest.fixture
def line() -> TestLine:
    return TestLine()


@pytest.fixture
def peers() -> WebRtcPeers:
    return WebRtcPeers("h264", MonotonicClock())


@pytest.fixture
async def client(request: pytest.FixtureRequest) -> AsyncIterator[Client]:
    client = Client(**getattr(request, "param", {}))
    yield client
    await client.close()


@pytest.fixture
async def connected(peers: WebRtcPeers, line: TestLine, client: Client) -> AsyncIterator[Answer]:
    """A peer whose data channel is open."""
    answer = await connect(peers, line, client)
    yield answer
    await answer.peer.close()
