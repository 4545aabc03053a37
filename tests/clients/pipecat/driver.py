"""Drives the official Pipecat plugin from outside: one JSON command a line on stdin, one JSON event a line on stdout.

Runs in the plugin's own environment, so it imports nothing of this project. A pipeline of the official video service
and a sink that measures is fed with frames as a speech service makes them; commands and events are as those of the
Python client's driver beside this one.
"""

import asyncio
import json
import sys
import time
from typing import Any

import numpy as np
from anam import PersonaConfig
from loguru import logger
from pipecat.frames.frames import (
    EndFrame,
    ErrorFrame,
    Frame,
    InterruptionFrame,
    OutputImageRawFrame,
    OutputTransportReadyFrame,
    SpeechOutputAudioRawFrame,
    TTSAudioRawFrame,
    TTSStartedFrame,
    TTSStoppedFrame,
)
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.runner import PipelineRunner
from pipecat.pipeline.task import PipelineParams, PipelineTask
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat_anam import AnamVideoService

LOUD = 200  # of 32768
CHUNK_MS = 40  # as speech services cut what they say
LOUDNESS = 10_000
OVER_AFTER_MS = 700  # a shorter silence may be a packet that is late
WINDOW_MS = 20


class Sink(FrameProcessor):
    """Where a transport would be: remembers the sound and counts the pictures."""

    def __init__(self, rate_hz: int) -> None:
        super().__init__()
        self.rate_hz = rate_hz
        self.forget()

    def forget(self) -> None:
        self.sound: list[np.ndarray[Any, Any]] = []
        self.pictures = 0
        self.size = (0, 0)
        self._loud = False
        self._more = asyncio.Event()

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if isinstance(frame, SpeechOutputAudioRawFrame):
            self._hear(np.frombuffer(frame.audio, "<i2"))
        elif isinstance(frame, OutputImageRawFrame):
            self.pictures += 1
            self.size = frame.size
        elif isinstance(frame, ErrorFrame):
            say("error", message=frame.error, fatal=frame.fatal)
        await self.push_frame(frame, direction)

    def _hear(self, samples: "np.ndarray[Any, Any]") -> None:
        self.sound.append(samples.copy())
        self._more.set()
        loud = bool(np.abs(samples.astype(np.int32)).max(initial=0) > LOUD)
        if loud != self._loud:
            self._loud = loud
            say("sound_started" if loud else "sound_paused")

    async def idle_peak(self) -> int:
        """How loud the next half second is."""
        first = len(self.sound)
        while sum(map(len, self.sound[first:])) < self.rate_hz // 2:
            self._more.clear()
            await self._more.wait()
        return max(int(np.abs(piece.astype(np.int32)).max(initial=0)) for piece in self.sound[first:])

    async def heard_out(self, hertz: float) -> "dict[str, Any]":
        """How long a tone was heard since the last `forget`, once it has been and nothing is any more."""
        while not self._is_over(hertz):
            self._more.clear()
            await self._more.wait()
        tone_ms = WINDOW_MS * int(sum(self._windows_of(hertz)))
        return {"pictures": self.pictures, "size": self.size, "tone_ms": tone_ms}

    def _is_over(self, hertz: float) -> bool:
        of_tone = self._windows_of(hertz)
        return bool(of_tone.any()) and not self._loudness()[-OVER_AFTER_MS // WINDOW_MS :].any()

    def _windows(self) -> "np.ndarray[Any, Any]":
        length = self.rate_hz * WINDOW_MS // 1000
        samples = np.concatenate([np.zeros(0, np.int16), *self.sound])
        return samples[: len(samples) // length * length].reshape(-1, length).astype(np.int32)

    def _loudness(self) -> "np.ndarray[Any, Any]":
        return np.abs(self._windows()).max(axis=1, initial=0) > LOUD

    def _windows_of(self, hertz: float) -> "np.ndarray[Any, Any]":
        """Which windows are loud and cross zero as often as a tone of that pitch does."""
        windows = self._windows()
        crossings = np.count_nonzero(np.diff(np.signbit(windows), axis=1), axis=1)
        expected = 2 * hertz * WINDOW_MS / 1000
        return (np.abs(crossings - expected) <= 2) & self._loudness()


def tone(hertz: float, duration_ms: int, rate_hz: int) -> bytes:
    times = np.arange(rate_hz * duration_ms // 1000) / rate_hz
    return (LOUDNESS * np.sin(2 * np.pi * hertz * times)).astype("<i2").tobytes()


class Driver:
    def __init__(self) -> None:
        self._task: Any = None
        self._sink: Any = None
        self._running: asyncio.Task[None] | None = None
        self._rate_hz = 24_000
        self._contexts = 0

    async def start(
        self,
        base_url: str,
        key: str,
        persona: "dict[str, Any]",
        rate_hz: int = 24_000,
        api_version: "str | None" = None,
    ) -> None:
        """Run the pipeline. The service's own defaults are used wherever they have one."""
        self._rate_hz = rate_hz
        service = AnamVideoService(
            api_key=key, persona_config=PersonaConfig(**persona), api_base_url=base_url, api_version=api_version
        )
        self._sink = Sink(rate_hz)
        params = PipelineParams(audio_out_sample_rate=rate_hz)
        self._task = PipelineTask(Pipeline([service, self._sink]), params=params)
        self._running = asyncio.create_task(self._run())
        await self._task.queue_frame(OutputTransportReadyFrame())

    async def _run(self) -> None:
        await PipelineRunner(handle_sigint=False).run(self._task)
        say("pipeline_ended")

    async def speak(self, hertz: float, duration_ms: int, stop: bool = True) -> None:
        """One sentence of a speech service, as fast as it can be sent: a tone instead of words."""
        self._contexts += 1
        context = f"sentence-{self._contexts}"
        await self._task.queue_frame(TTSStartedFrame(context_id=context))
        pcm = tone(hertz, duration_ms, self._rate_hz)
        step = 2 * self._rate_hz * CHUNK_MS // 1000
        for start in range(0, len(pcm), step):
            frame = TTSAudioRawFrame(pcm[start : start + step], self._rate_hz, 1, context_id=context)
            await self._task.queue_frame(frame)
        if stop:
            await self._task.queue_frame(TTSStoppedFrame(context_id=context))

    async def interrupt(self) -> None:
        await self._task.queue_frame(InterruptionFrame())

    async def interrupt_and_speak(self, hertz: float, duration_ms: int) -> None:
        """As when a user speaks and is answered at once."""
        await self.interrupt()
        await self.speak(hertz, duration_ms)

    async def forget(self) -> None:
        self._sink.forget()

    async def heard_out(self, hertz: float) -> "dict[str, Any]":
        return await self._sink.heard_out(hertz)

    async def idle(self) -> "dict[str, Any]":
        return {"peak": await self._sink.idle_peak()}

    async def stop(self) -> None:
        await self._task.queue_frame(EndFrame())
        if self._running is not None:
            await self._running


def say(event: str, **facts: Any) -> None:
    print(json.dumps({"event": event, "at_s": time.monotonic(), **facts}), flush=True)


async def carry_out(driver: Driver, command: "dict[str, Any]") -> None:
    number, name = command.pop("id"), command.pop("do")
    try:
        answer = await getattr(driver, name)(**command)
        say("done", id=number, **(answer or {}))
    except Exception as error:  # whatever the plugin raises is what the test wants to see
        say("failed", id=number, error=type(error).__name__, message=str(error))


async def main() -> None:
    logger.remove()
    logger.add(lambda line: say("logged", text=str(line).strip()), level="INFO", format="{message}")
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
