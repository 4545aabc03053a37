"""From microphone sound to 'voice started', 'voice stopped' and words.

Sound is queued by the peer and worked through by one task: voice activity decides when an utterance begins, a little
of what came before is kept so that its first sound is not lost, and everything from there on goes to the recogniser
while the user still speaks.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from visavis.core.errors import ProviderError
from visavis.core.frames import AudioChunk
from visavis.core.spec import EarsSpec
from visavis.core.tasks import TaskSet
from visavis.providers.base import SpeechToText, Transcription, VoiceActivity

VOICE_ON = 0.5
VOICE_OFF = 0.35
START_AFTER_MS = 100.0
STOP_AFTER_MS = 100.0  # the turn machine waits longer; this only bridges the gaps inside words
PREROLL_MS = 400.0
QUEUE_MAX_MS = 3_000.0  # a busy machine loses the oldest sound rather than answering ever later
FINISH_WITHIN_S = 15.0


class VoiceGate:
    """Hysteresis over speech probabilities: pure, counts windows instead of looking at a clock."""

    def __init__(self, window_ms: float) -> None:
        self._window_ms = window_ms
        self._run_ms = 0.0
        self.voice = False

    def push(self, probability: float) -> bool | None:
        """True when voice has just started, False when it has just stopped, None otherwise."""
        differs = probability < VOICE_OFF if self.voice else probability >= VOICE_ON
        self._run_ms = self._run_ms + self._window_ms if differs else 0.0
        if self._run_ms < (STOP_AFTER_MS if self.voice else START_AFTER_MS):
            return None
        self.voice = not self.voice
        self._run_ms = 0.0
        return self.voice


class Listener:
    """The ears of one session. `on_voice(started)`, `on_words(turn_id, text)` and `on_trouble(text)` never block."""

    def __init__(
        self,
        activity: VoiceActivity,
        ears: SpeechToText | None,
        spec: EarsSpec,
        on_voice: Callable[[bool], None],
        on_words: Callable[[str, str], None],
        on_trouble: Callable[[str], None],
    ) -> None:
        self._detector = activity.open()
        self._gate = VoiceGate(activity.window_ms)
        self._ears = ears
        self._spec = spec
        self._on_voice, self._on_words, self._on_trouble = on_voice, on_words, on_trouble
        self._queue: deque[AudioChunk] = deque()
        self._queued_ms = 0.0
        self._arrived = asyncio.Event()
        self._preroll: deque[AudioChunk] = deque()
        self._utterance: _Utterance | None = None
        self._tasks = TaskSet()
        self._tasks.start(self._run(), "listen")

    def hear(self, audio: AudioChunk) -> None:
        self._queue.append(audio)
        self._queued_ms += audio.duration_ms
        while self._queued_ms > QUEUE_MAX_MS:
            self._queued_ms -= self._queue.popleft().duration_ms
        self._arrived.set()

    def close_utterance(self, turn_id: str) -> None:
        """The turn machine wants the words; they arrive through `on_words`, empty when there are none."""
        utterance, self._utterance = self._utterance, None
        if self._gate.voice:  # cut off by the limit: the voice goes on into a new utterance
            self._utterance = self._open_utterance()
        self._tasks.start(self._finish(utterance, turn_id), "listen-finish")

    def drop_utterance(self) -> None:
        utterance, self._utterance = self._utterance, None
        if utterance is not None:
            self._tasks.start(utterance.cancel(), "listen-drop")

    def change_language(self, language: str) -> None:
        """From the next utterance on."""
        self._spec = replace(self._spec, language=language)

    async def close(self) -> None:
        utterance, self._utterance = self._utterance, None
        await self._tasks.close()
        self._detector.close()
        if utterance is not None:
            await utterance.cancel()

    async def _run(self) -> None:
        while True:
            await self._arrived.wait()
            self._arrived.clear()
            while self._queue:
                audio = self._queue.popleft()
                self._queued_ms -= audio.duration_ms
                await self._take(audio)

    async def _take(self, audio: AudioChunk) -> None:
        changes = [change for p in await self._detector.push(audio) if (change := self._gate.push(p)) is not None]
        if self._utterance is not None:
            self._utterance.feed(audio)
        self._keep_preroll(audio)
        for started in changes:
            if started and self._utterance is None:
                self._utterance = self._open_utterance()
            self._on_voice(started)

    def _keep_preroll(self, audio: AudioChunk) -> None:
        self._preroll.append(audio)
        kept_ms = sum(chunk.duration_ms for chunk in self._preroll)
        while kept_ms > PREROLL_MS + START_AFTER_MS:
            kept_ms -= self._preroll.popleft().duration_ms

    def _open_utterance(self) -> "_Utterance | None":
        if self._ears is None:
            return None
        utterance = _Utterance(self._ears, self._spec)
        for chunk in self._preroll:
            utterance.feed(chunk)
        self._tasks.start(utterance.run(), "listen-utterance")
        return utterance

    async def _finish(self, utterance: "_Utterance | None", turn_id: str) -> None:
        text = ""
        if utterance is not None:
            try:
                async with asyncio.timeout(FINISH_WITHIN_S):
                    text = await utterance.finish()
            except TimeoutError:
                self._on_trouble("The recogniser did not answer in time; this turn was not understood.")
            except ProviderError as error:
                self._on_trouble(f"The recogniser failed: {error.message}")
        self._on_words(turn_id, text.strip())


class _Utterance:
    """One utterance on its way to the recogniser: sound is queued, so that opening it may take its time."""

    def __init__(self, ears: SpeechToText, spec: EarsSpec) -> None:
        self._ears, self._spec = ears, spec
        self._queue: asyncio.Queue[AudioChunk | None] = asyncio.Queue()  # bounded by the turn machine's limit
        self._text: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._transcription: Transcription | None = None
        self._cancelled = False

    def feed(self, audio: AudioChunk) -> None:
        self._queue.put_nowait(audio)

    async def run(self) -> None:
        try:
            self._transcription = await self._ears.open(self._spec)
            while not self._cancelled and (audio := await self._queue.get()) is not None:
                await self._transcription.feed(audio)
            if not self._cancelled:
                self._settle(await self._transcription.finish())
        except ProviderError as error:
            if not self._text.done() and not self._cancelled:
                self._text.set_exception(error)
                self._text.exception()  # whoever asks for the words gets it; if nobody does, it is no news
        finally:
            if self._transcription is not None and not (self._text.done() and not self._cancelled):
                with suppress(ProviderError):
                    await self._transcription.cancel()
            self._settle("")

    async def finish(self) -> str:
        self._queue.put_nowait(None)
        return await asyncio.shield(self._text)

    async def cancel(self) -> None:
        self._cancelled = True
        self._queue.put_nowait(None)
        await asyncio.wait([self._text])

    def _settle(self, text: str) -> None:
        if not self._text.done():
            self._text.set_result(text)
