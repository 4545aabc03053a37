"""The other end of the line: a client of a living server, as an SDK is one, for talking to a persona from a program.

It offers sound both ways, receives pictures without looking at them, and says what it is told.
"""

import asyncio
import json
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import numpy as np
from aiortc import MediaStreamTrack, RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError
from av import AudioFrame
from numpy.typing import NDArray
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from visavis.core.clock import Clock
from visavis.core.errors import ProviderError
from visavis.core.events import AddContext, Command, DirectorCue, End, Interrupt, TalkChunk, UserText
from visavis.core.frames import AUDIO_TICK_MS, SPEECH_RATE_HZ, AudioChunk
from visavis.core.tasks import TaskSet
from visavis.transports.microphone import Decimator
from visavis.transports.wire import SIGNALLING_BYTES_MAX, envelope

CONNECT_WITHIN_S = 30.0
SOUND_WAITING_MAX = 500  # packets that nobody has taken: 10 s
_TICK_SAMPLES = SPEECH_RATE_HZ * AUDIO_TICK_MS // 1000

Told = Callable[[Mapping[str, Any]], None]


class Client:
    """One session. `told_data` and `told_signal` get each message; `hear` and `say` move 20 ms of sound."""

    def __init__(self, clock: Clock, session_id: str, address: str, told_data: Told, told_signal: Told) -> None:
        self._clock, self._session_id, self._address = clock, session_id, address
        self._told_data, self._told_signal = told_data, told_signal
        self._connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self._microphone = _Microphone(clock)
        self._heard: asyncio.Queue[NDArray[np.int16]] = asyncio.Queue(SOUND_WAITING_MAX)
        self._decimator = Decimator()
        self._open = asyncio.Event()
        self._ready = asyncio.Event()
        self._socket: ClientConnection | None = None
        self._tasks = TaskSet()
        self.lost = False  # whether the network gave up

    async def open(self) -> None:
        """Returns when the persona takes input. Raises `ProviderError` when that does not come about."""
        try:
            async with asyncio.timeout(CONNECT_WITHIN_S):
                await self._negotiate()
                await self._open.wait()
                await self._ready.wait()
        except TimeoutError:
            raise ProviderError(f"The session did not begin within {CONNECT_WITHIN_S:.0f} s.") from None
        except (OSError, WebSocketException) as error:
            raise ProviderError(f"The server's socket cannot be used: {type(error).__name__}.") from None

    async def _negotiate(self) -> None:
        self._socket = await connect(self._address, max_size=SIGNALLING_BYTES_MAX, proxy=None)
        connection = self._connection
        connection.addTransceiver("video", "recvonly")
        connection.addTrack(self._microphone)
        self._channel = connection.createDataChannel("session")
        self._channel.on("open", self._open.set)
        self._channel.on("message", lambda raw: self._told_data(_object(raw)))
        connection.on("track", self._on_track)
        connection.on("connectionstatechange", self._on_state)
        await connection.setLocalDescription(await connection.createOffer())
        description = {"type": "offer", "sdp": connection.localDescription.sdp}
        await self._signal("offer", {"connectionDescription": description})
        self._tasks.start(self._read(self._socket), "client-read")

    def _on_track(self, track: MediaStreamTrack) -> None:
        if track.kind == "audio":
            self._tasks.start(self._listen(track), "client-listen")
            return
        for transceiver in self._connection.getTransceivers():
            if transceiver.receiver.track is track:
                _look_away(transceiver.receiver)

    def _on_state(self) -> None:
        self.lost = self.lost or self._connection.connectionState in ("failed", "closed")

    async def _read(self, socket: ClientConnection) -> None:
        try:
            async for raw in socket:
                message = _object(raw)
                match message.get("actionType"):
                    case "answer":
                        sdp = str(message["payload"]["sdp"])
                        await self._connection.setRemoteDescription(RTCSessionDescription(sdp, "answer"))
                    case "sessionready":
                        self._ready.set()
                    case _:
                        self._told_signal(message)
        except WebSocketException:
            return  # the session's end was told before, or nothing follows

    async def _listen(self, track: MediaStreamTrack) -> None:
        while True:
            try:
                frame = await track.recv()
            except MediaStreamError:
                return
            assert isinstance(frame, AudioFrame)
            first = frame.to_ndarray().reshape(-1, len(frame.layout.channels))[:, 0].astype(np.int16)
            if self._heard.full():
                self._heard.get_nowait()
            self._heard.put_nowait(self._decimator.take(first))

    def say(self, audio: AudioChunk) -> None:
        """The next sound of the microphone."""
        self._microphone.put(audio)

    def heard(self) -> NDArray[np.int16]:
        """What has been heard since this was asked last, at `SPEECH_RATE_HZ`."""
        pieces = [np.zeros(0, np.int16)]
        while not self._heard.empty():
            pieces.append(self._heard.get_nowait())
        return np.concatenate(pieces)

    async def do(self, command: Command) -> None:
        """What an application asks for. Raises `ProviderError` for what does not travel from here."""
        match command:
            case UserText(text):
                self._data({"message_type": "speech", "content": text})
            case Interrupt():
                self._data({"message_type": "interrupt"})
            case AddContext(text):
                self._data({"message_type": "context", "content": text})
            case DirectorCue(tag):
                self._data({"message_type": "director_note_cue", "cue": {"tag": tag}})
            case TalkChunk():
                await self._signal("talkstream", _talk(command))
            case End():
                await self._signal("endsession", "")
            case _:
                raise ProviderError(f"This client does not send {type(command).__name__}.")

    def _data(self, message: dict[str, Any]) -> None:
        self._channel.send(json.dumps({**message, "session_id": self._session_id}))

    async def _signal(self, action: str, payload: dict[str, Any] | str) -> None:
        if self._socket is not None:
            await self._socket.send(envelope(action, self._session_id, payload))

    async def close(self) -> None:
        await self._tasks.close()
        if self._socket is not None:
            await self._socket.close()
        await self._connection.close()


class _Microphone(MediaStreamTrack):
    """Sends what it is given, and silence when it is given nothing."""

    kind = "audio"

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock
        self._zero_ms: float | None = None
        self._ticks = 0
        self._to_say: asyncio.Queue[AudioChunk] = asyncio.Queue()

    def put(self, audio: AudioChunk) -> None:
        self._to_say.put_nowait(audio)

    async def recv(self) -> AudioFrame:
        now_ms = self._clock.now_ms()
        if self._zero_ms is None:
            self._zero_ms = now_ms
        await self._clock.sleep_until(self._zero_ms + self._ticks * AUDIO_TICK_MS)
        pcm = self._to_say.get_nowait().pcm if not self._to_say.empty() else bytes(_TICK_SAMPLES * 2)
        frame = AudioFrame.from_ndarray(np.frombuffer(pcm, np.int16)[None], format="s16", layout="mono")
        frame.sample_rate, frame.time_base = SPEECH_RATE_HZ, Fraction(1, SPEECH_RATE_HZ)
        frame.pts = self._ticks * _TICK_SAMPLES
        self._ticks += 1
        return frame


def _look_away(receiver: Any) -> None:
    """Pictures arrive and are acknowledged; to decode them would cost more than all the rest."""
    receiver._RTCRtpReceiver__jitter_buffer = _Blind()


class _Blind:
    def add(self, packet: object) -> tuple[bool, None]:
        del packet
        return False, None


def _talk(chunk: TalkChunk) -> dict[str, Any]:
    return {
        "content": chunk.text,
        "startOfSpeech": chunk.start,
        "endOfSpeech": chunk.end,
        "correlationId": chunk.correlation_id,
    }


def _object(raw: str | bytes) -> Mapping[str, Any]:
    try:
        message = json.loads(raw)
    except ValueError:
        return {}
    return message if isinstance(message, dict) else {}
