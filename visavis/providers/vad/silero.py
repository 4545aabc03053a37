"""Voice activity by the Silero v6 network: one session and one thread for everybody who speaks in this process.

The thread takes all windows that wait at that moment and runs them as one batch, so many microphones cost little
more than one. The network's file is found inside the installed `silero_vad` package without importing the package,
which would import torch.
"""

import asyncio
import queue
import threading
from dataclasses import dataclass, field
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel

from visavis.core.errors import ProviderError
from visavis.core.frames import SPEECH_RATE_HZ, AudioChunk
from visavis.providers.base import Traits
from visavis.providers.windows import Windows

Samples = NDArray[np.float32]

WINDOW_SAMPLES = 512
CONTEXT_SAMPLES = 64  # the network also sees the end of the window before
BATCH_MAX = 64
_NETWORK = "silero_vad_16k_op15.onnx"
_RATE = np.array(SPEECH_RATE_HZ, np.int64)


@dataclass(slots=True)
class _Memory:
    """What the network remembers of one microphone; touched by the thread alone."""

    state: Samples = field(default_factory=lambda: np.zeros((2, 1, 128), np.float32))
    context: Samples = field(default_factory=lambda: np.zeros(CONTEXT_SAMPLES, np.float32))


@dataclass(slots=True)
class _Job:
    """The windows of one push, [n, WINDOW_SAMPLES], and who waits for their probabilities."""

    memory: _Memory
    windows: Samples
    answer: "asyncio.Future[list[float]]"
    loop: asyncio.AbstractEventLoop
    probabilities: list[float] = field(default_factory=list[float])


class _Detector:
    """A `VoiceDetector`. Pushes of one microphone wait for each other, so its windows stay in order."""

    def __init__(self, activity: "Silero") -> None:
        self._activity = activity
        self._memory = _Memory()
        self._windows = Windows(WINDOW_SAMPLES)
        self._turn = asyncio.Lock()
        self._closed = False

    async def push(self, audio: AudioChunk) -> list[float]:
        async with self._turn:
            windows = self._windows.push(audio)
            if self._closed or not len(windows):
                return []
            return await self._activity.judge(self._memory, windows)

    def close(self) -> None:
        self._closed = True


class Silero:
    """`VoiceActivity` of the whole process."""

    traits: ClassVar[Traits] = Traits(
        label="Silero voice activity (built-in)", rate_hz=SPEECH_RATE_HZ, zero_retention=True, cost="Free."
    )

    class Settings(BaseModel):
        """Nothing to set."""

    window_ms = WINDOW_SAMPLES * 1000 / SPEECH_RATE_HZ

    @staticmethod
    def missing() -> str:
        if _network_file() is None:
            return "Silero voice activity needs its network: pip install --no-deps silero-vad"
        return ""

    def __init__(self, settings: Settings | None = None) -> None:
        del settings
        self._session = _load()
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="voice-activity", daemon=True)
        self._thread.start()

    def open(self) -> _Detector:
        return _Detector(self)

    async def judge(self, memory: _Memory, windows: Samples) -> list[float]:
        """The probability of each window; none once the program is closing."""
        if self._closed:
            return []
        loop = asyncio.get_running_loop()
        job = _Job(memory, windows, loop.create_future(), loop)
        self._jobs.put(job)
        return await job.answer

    async def close(self) -> None:
        """Whoever waits is still answered."""
        self._closed = True
        self._jobs.put(None)
        await asyncio.to_thread(self._thread.join)

    def _run(self) -> None:
        while (jobs := self._waiting_jobs()) is not None:
            try:
                self._judge(jobs)
            except Exception as error:
                for job in jobs:
                    _answer(job, ProviderError(f"Voice activity failed: {type(error).__name__}"))
            else:
                for job in jobs:
                    _answer(job, None)

    def _waiting_jobs(self) -> list[_Job] | None:
        """At least one job, and whatever else is there; None when it is time to go."""
        jobs: list[_Job] = []
        try:
            while len(jobs) < BATCH_MAX:
                job = self._jobs.get(block=not jobs)
                if job is None:
                    self._jobs.put(None)
                    return jobs or None
                jobs.append(job)
        except queue.Empty:
            pass
        return jobs

    def _judge(self, jobs: list[_Job]) -> None:
        """Window after window, all microphones side by side."""
        for step in range(max(len(job.windows) for job in jobs)):
            active = [job for job in jobs if step < len(job.windows)]
            sound = np.stack([np.concatenate((job.memory.context, job.windows[step])) for job in active])
            state = np.concatenate([job.memory.state for job in active], axis=1)
            probabilities, state = self._session.run(None, {"input": sound, "state": state, "sr": _RATE})
            for index, job in enumerate(active):
                job.memory.state = state[:, index : index + 1]
                job.memory.context = job.windows[step, -CONTEXT_SAMPLES:]
                job.probabilities.append(float(probabilities[index, 0]))


def _answer(job: _Job, error: ProviderError | None) -> None:
    def deliver() -> None:
        if job.answer.done():
            return
        if error is None:
            job.answer.set_result(job.probabilities)
        else:
            job.answer.set_exception(error)

    try:
        job.loop.call_soon_threadsafe(deliver)
    except RuntimeError:
        return  # the loop was closed while we were computing: nobody waits any more


@cache
def _network_file() -> Path | None:
    package = find_spec("silero_vad")
    folders = package.submodule_search_locations if package else None
    files = [Path(folder, "data", _NETWORK) for folder in folders or ()]
    return next((file for file in files if file.is_file()), None)


def _load() -> Any:
    import onnxruntime

    file = _network_file()
    if file is None:
        raise ProviderError(Silero.missing(), retryable=False)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])


PROVIDER = Silero
