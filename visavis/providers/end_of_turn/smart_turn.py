"""Whether somebody has finished or only pauses, by the smart-turn v3.2 network: intonation and pace, in many languages.

For words there is a language model, of English.

One session and one thread serve all sessions of the process; a judgement takes about 50 ms of one core. The network's
file is found inside the installed `pipecat` package without importing the package, which needs far more than we do.
"""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from pydantic import BaseModel

from visavis.core.errors import ProviderError
from visavis.core.frames import SPEECH_RATE_HZ, AudioChunk
from visavis.providers.base import Traits
from visavis.providers.log_mel import log_mel
from visavis.providers.sentence_ends import SentenceEnds

_NETWORK = "smart-turn-v3.2-cpu.onnx"
_HEARD_SAMPLES = 8 * SPEECH_RATE_HZ  # what the network looks at; shorter sound is preceded by silence


class SmartTurn:
    """`EndOfTurn` of the whole process."""

    traits: ClassVar[Traits] = Traits(
        label="smart-turn (built-in)", rate_hz=SPEECH_RATE_HZ, zero_retention=True,
        note="Listens to how a pause sounds, and in English to its last words.",
        cost="Free; about 50 ms of processor time for each pause.",
    )  # fmt: skip

    class Settings(BaseModel):
        """Nothing to set."""

    heard_ms = _HEARD_SAMPLES * 1000 / SPEECH_RATE_HZ

    @staticmethod
    def missing() -> str:
        if _network_file() is None:
            return "The end-of-turn model is not installed: pip install --no-deps pipecat-ai"
        return ""

    def __init__(self, settings: Settings | None = None) -> None:
        del settings
        self._session = _load()
        self._sentences = SentenceEnds()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="end-of-turn")
        self._thread.submit(self._judge, AudioChunk(b"", SPEECH_RATE_HZ))  # the first time takes longest

    async def judge(self, audio: AudioChunk) -> float:
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._judge, audio)

    def sentence_over(self, words: Sequence[str], language: str) -> float | None:
        return self._sentences.over(words, language)

    async def close(self) -> None:
        await asyncio.to_thread(self._thread.shutdown, wait=True, cancel_futures=True)

    def _judge(self, audio: AudioChunk) -> float:
        if audio.rate_hz != SPEECH_RATE_HZ:
            raise ValueError(f"the end of a turn is judged at {SPEECH_RATE_HZ} Hz, not {audio.rate_hz}")
        sound = np.frombuffer(audio.pcm, "<i2").astype(np.float32)[-_HEARD_SAMPLES:] * np.float32(1 / 32_768)
        columns = log_mel(np.pad(sound, (_HEARD_SAMPLES - sound.size, 0)))
        (probability,) = self._session.run(None, {"input_features": columns[None]})
        return float(probability.ravel()[0])


@cache
def _network_file() -> Path | None:
    package = find_spec("pipecat")
    folders = package.submodule_search_locations if package else None
    files = [Path(folder, "audio", "turn", "smart_turn", "data", _NETWORK) for folder in folders or ()]
    return next((file for file in files if file.is_file()), None)


def _load() -> Any:
    import onnxruntime

    file = _network_file()
    if file is None:
        raise ProviderError(SmartTurn.missing(), retryable=False)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])


PROVIDER = SmartTurn
