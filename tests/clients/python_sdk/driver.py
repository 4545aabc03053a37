"""Drives the official Python client from outside: one JSON command a line on stdin, one JSON event a line on stdout.

Runs in the client's own environment, so it imports nothing of this project. Commands are
`{"do": NAME, "id": N, ...arguments}` and are answered by `{"event": "done" | "failed", "id": N, ...}`; what the client
tells its user arrives as `{"event": NAME, ...}` in between. Every event carries `at_s`, the time on this machine's
monotonic clock.
"""

import asyncio
import contextlib
import dataclasses
import json
import logging
import sys
import time
import wave
from collections.abc import AsyncIterator
from typing import Any

import numpy as np
from anam import AnamClient, AnamEvent, ClientOptions
from anam.errors import AnamError
from anam.types import AgentAudioInputConfig, PersonaConfig

PICTURE_STEP = 8  # every eighth pixel is enough to see whether a picture moved
CLOSE_WITHIN_S = 5.0
TONE_LOUDNESS = 10_000
TONE_PIECE_BYTES = 4_800
PAYLOAD_SHOWN_MAX = 200


class Driver:
    def __init__(self) -> None:
        self._client: Any = None
        self._session: Any = None
        self._peer: Any = None
        self._streams: dict[str, Any] = {}
        self._consumers: list[asyncio.Task[None]] = []
        self.pictures = Pictures()
        self.sound = Sound()

    async def connect(
        self, base_url: str, key: str = "", token: str = "", persona: "dict[str, Any] | None" = None
    ) -> "dict[str, Any]":
        options = ClientOptions(api_base_url=base_url)
        if token:
            self._client = AnamClient(session_token=token, options=options)
        else:
            self._client = AnamClient(api_key=key, persona_config=PersonaConfig(**(persona or {})), options=options)
        for event in AnamEvent:
            self._client.add_listener(event, self._listener(event))
        started_s = time.monotonic()
        self._session = await self._client.connect_async()
        streaming = self._client._streaming_client
        self._peer = streaming._peer_connection
        tell_what_is_sent(streaming._signalling_client._ws)
        say("connected", session_id=self._session.session_id, took_s=time.monotonic() - started_s)
        self._consume()
        # an older client knows of no regions
        return {"session_id": self._session.session_id, "region": getattr(self._client, "region", None)}

    def _listener(self, event: AnamEvent) -> Any:
        async def heard(*arguments: Any) -> None:
            say(event.value, arguments=[plain(argument) for argument in arguments])

        return heard

    def _consume(self) -> None:
        for task in self._consumers:
            task.cancel()
        self._consumers = [
            asyncio.create_task(self.pictures.follow(self._session.video_frames())),
            asyncio.create_task(self.sound.follow(self._session.audio_frames())),
        ]

    async def reconnected(self) -> None:
        """Wait for the peer connection that the client makes by itself after its socket broke."""
        streaming, before = self._client._streaming_client, self._peer
        # the client says nothing when it is through, so there is nothing to wait for but its state
        while (peer := streaming._peer_connection) is before or peer.connectionState != "connected":  # noqa: ASYNC110
            await asyncio.sleep(0.05)
        self._peer = peer
        self._consume()

    async def send_message(self, text: str) -> None:
        await self._session.send_message(text)

    async def talk(self, text: str) -> None:
        await self._session.talk(text)

    async def open_stream(self, name: str, correlation_id: "str | None" = None) -> "dict[str, Any]":
        stream = self._streams[name] = self._session.create_talk_stream(correlation_id)
        return {"correlation_id": stream.correlation_id}

    async def stream(self, name: str, text: str, end: bool = False, utterance_id: "str | None" = None) -> None:
        named = {"utterance_id": utterance_id} if utterance_id else {}  # which an older client does not know
        await self._streams[name].send(text, end_of_speech=end, **named)

    async def end_stream(self, name: str) -> None:
        await self._streams[name].end()

    async def stream_state(self, name: str) -> "dict[str, Any]":
        return {"state": self._streams[name].state.value}

    async def interrupt(self) -> None:
        await self._session.interrupt()

    async def interrupt_and_stream(self, name: str, text: str) -> None:
        """Stop and speak again at once, as an application with its own mind does."""
        await self._session.interrupt()
        self._streams[name] = self._session.create_talk_stream()
        await self._streams[name].send(text, end_of_speech=True)

    async def send_tone(
        self, hertz: float, duration_ms: int, rate_hz: int, channels: int = 1, piece_bytes: int = TONE_PIECE_BYTES
    ) -> None:
        """Ready-made speech, as fast as it can be sent: a tone instead of words."""
        config = AgentAudioInputConfig(encoding="pcm_s16le", sample_rate=rate_hz, channels=channels)
        stream = self._session.create_agent_audio_input_stream(config)
        times = np.arange(rate_hz * duration_ms // 1000) / rate_hz
        samples = (TONE_LOUDNESS * np.sin(2 * np.pi * hertz * times)).astype("<i2")
        pcm = np.repeat(samples, channels).tobytes()
        for start in range(0, len(pcm), piece_bytes):
            await stream.send_audio_chunk(pcm[start : start + piece_bytes])
        await stream.end_sequence()

    async def cue(self, tag: str, **when: float) -> None:
        await self._session.send_director_note_cue(tag, **when)

    async def speak(self, path: str) -> None:
        """Send a recording as the user's microphone, in real time."""
        with wave.open(path) as recording:
            rate, channels = recording.getframerate(), recording.getnchannels()
            per_piece = rate // 50
            due_s = time.monotonic()
            while piece := recording.readframes(per_piece):
                self._session.send_user_audio(piece, rate, channels)
                due_s += 0.02
                await asyncio.sleep(max(0.0, due_s - time.monotonic()))

    async def measured(self) -> "dict[str, Any]":
        return {"pictures": self.pictures.measured(), "sound": self.sound.measured()}

    async def save_sound(self, path: str) -> None:
        self.sound.save(path)

    async def forget(self) -> None:
        """Start measuring anew."""
        self.pictures.forget()
        self.sound.forget()

    async def state(self) -> "dict[str, Any]":
        return {"active": self._session.is_active, "history": plain(self._client.get_message_history())}

    async def close(self) -> None:
        # after send_user_audio this client's own close may wait for ever, so it is given a limit
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._session.close(), CLOSE_WITHIN_S)
        for task in self._consumers:
            task.cancel()


class Pictures:
    """What arrived as video: sizes, times, and how much one picture differs from the one before."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        self._times_s: list[float] = []
        self._stamps_ms: list[float] = []
        self._differences: list[float] = []
        self._size = (0, 0)
        self._last: np.ndarray[Any, Any] | None = None

    async def follow(self, frames: AsyncIterator[Any]) -> None:
        async for frame in frames:
            if not self._times_s:
                say("first_picture", width=frame.width, height=frame.height)
            self._times_s.append(time.monotonic())
            self._stamps_ms.append(float(frame.pts * frame.time_base) * 1000)
            self._size = (frame.width, frame.height)
            luma = frame.to_ndarray(format="gray")[::PICTURE_STEP, ::PICTURE_STEP].astype(np.int16)
            if self._last is not None and self._last.shape == luma.shape:
                self._differences.append(float(np.abs(luma - self._last).mean()))
            self._last = luma

    def measured(self) -> "dict[str, Any]":
        spans_s = np.diff(self._times_s)
        lasted_s = self._times_s[-1] - self._times_s[0] if len(self._times_s) > 1 else 0.0
        return {
            "count": len(self._times_s),
            "frames_per_second": (len(self._times_s) - 1) / lasted_s if lasted_s else 0.0,
            "longest_gap_ms": float(spans_s.max()) * 1000 if len(spans_s) else 0.0,
            "gaps_over_80_ms": int((spans_s > 0.08).sum()),
            # how far apart the server says its pictures are; unlike arrival times, a busy machine cannot change it
            "step_ms": float(np.median(np.diff(self._stamps_ms))) if len(self._stamps_ms) > 1 else 0.0,
            "size": self._size,
            "moving": float(np.mean(np.asarray(self._differences) > 0)) if self._differences else 0.0,
            "mean_difference": float(np.mean(self._differences)) if self._differences else 0.0,
        }


class Sound:
    """What arrived as audio, kept whole as 48 kHz mono, and when each frame came."""

    LOUD = 200  # of 32768; digital silence decodes to less than 20

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        self._frames: list[np.ndarray[Any, Any]] = []
        self._times_s: list[float] = []
        self._format = {"rate_hz": 0, "channels": 0, "samples": 0}
        self._loud = False

    async def follow(self, frames: AsyncIterator[Any]) -> None:
        async for frame in frames:
            channels = frame.layout.nb_channels
            self._format = {"rate_hz": frame.sample_rate, "channels": channels, "samples": frame.samples}
            mono = frame.to_ndarray().reshape(-1, channels)[:, 0].copy()
            self._frames.append(mono)
            self._times_s.append(time.monotonic())
            self._tell(int(np.abs(mono.astype(np.int32)).max()))

    def _tell(self, peak: int) -> None:
        loud = peak > self.LOUD
        if loud != self._loud:
            self._loud = loud
            say("sound_started" if loud else "sound_paused")

    def measured(self) -> "dict[str, Any]":
        peaks = [int(np.abs(frame.astype(np.int32)).max()) for frame in self._frames]
        loud_s = [at_s for at_s, peak in zip(self._times_s, peaks, strict=True) if peak > self.LOUD]
        return {
            **self._format,
            "count": len(peaks),
            "peak": max(peaks, default=0),
            "loud_count": len(loud_s),
            "hertz": self._hertz(),
            "first_loud_s": loud_s[0] if loud_s else None,
            "last_loud_s": loud_s[-1] if loud_s else None,
            "quiet_peak": max((peak for peak in peaks if peak <= self.LOUD), default=0),
        }

    def _hertz(self) -> float:
        """The strongest pitch of everything from the first loud frame to the last."""
        loud = [at for at, frame in enumerate(self._frames) if int(np.abs(frame.astype(np.int32)).max()) > self.LOUD]
        if not loud:
            return 0.0
        samples = np.concatenate(self._frames[loud[0] : loud[-1] + 1]).astype(float)
        power = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
        return float(np.fft.rfftfreq(len(samples), 1 / self._format["rate_hz"])[int(power.argmax())])

    def save(self, path: str) -> None:
        with wave.open(path, "wb") as recording:
            recording.setnchannels(1)
            recording.setsampwidth(2)
            recording.setframerate(self._format["rate_hz"] or 48_000)
            recording.writeframes(b"".join(frame.astype("<i2").tobytes() for frame in self._frames))


class Told(logging.Handler):
    """Where this client tells its user something in its log only."""

    def emit(self, record: logging.LogRecord) -> None:
        say("logged", text=record.getMessage())


def tell_what_is_sent(socket: Any) -> None:
    """Every message on the signalling socket from now on; long payloads are left out."""
    send = socket.send

    async def telling(text: str) -> None:
        message = json.loads(text)
        payload = message["payload"] if len(text) < PAYLOAD_SHOWN_MAX else None
        say("sent", action=message["actionType"], payload=payload)
        await send(text)

    socket.send = telling


def plain(value: Any) -> Any:
    """The client's own objects as JSON."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {key: plain(part) for key, part in dataclasses.asdict(value).items()}
    if isinstance(value, list):
        return [plain(part) for part in value]
    return getattr(value, "value", value)


def say(event: str, **facts: Any) -> None:
    print(json.dumps({"event": event, "at_s": time.monotonic(), **facts}), flush=True)


async def carry_out(driver: Driver, command: "dict[str, Any]") -> None:
    number, name = command.pop("id"), command.pop("do")
    try:
        answer = await getattr(driver, name)(**command)
        say("done", id=number, **(answer or {}))
    except AnamError as error:
        details = {"code": error.code.value, "status": error.status_code, "message": error.message}
        say("failed", id=number, error=type(error).__name__, **details)
    except Exception as error:  # whatever the client raises is what the test wants to see
        say("failed", id=number, error=type(error).__name__, message=str(error))


async def main() -> None:
    logging.getLogger("anam").addHandler(Told(logging.WARNING))
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    driver = Driver()
    running: set[asyncio.Task[None]] = set()
    while line := await reader.readline():
        task = asyncio.create_task(carry_out(driver, json.loads(line)))
        running.add(task)
        task.add_done_callback(running.discard)


if __name__ == "__main__":
    asyncio.run(main())
