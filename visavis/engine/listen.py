"""From microphone sound to facts for the turn machine: voice that comes and goes, what it is, pauses, words.

Sound is queued by the peer and worked through by one task: voice activity decides when an utterance begins, a little
of what came before is kept so that its first sound is not lost, and everything from there on goes to the recogniser
while the user still speaks.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import replace

from visavis.core.errors import ProviderError
from visavis.core.frames import AudioChunk
from visavis.core.spec import EarsSpec
from visavis.core.tasks import TaskSet
from visavis.engine.overlap import OffLoop, OverlapJudge, Played
from visavis.engine.pauses import PauseJudge
from visavis.engine.turn_terms import (
    Fact,
    Heard,
    Muted,
    PauseJudged,
    SuspicionOver,
    Verdict,
    VoiceJudged,
    VoiceStarted,
    VoiceStopped,
    VoiceSuspected,
)
from visavis.engine.utterance import Utterance
from visavis.engine.voice_gate import START_AFTER_MS, STOP_AFTER_MS, Change, Loudness, MuteGate, VoiceGate
from visavis.providers.base import EndOfTurn, SpeechToText, VoiceActivity

PREROLL_MS = 400.0
QUEUE_MAX_MS = 3_000.0  # a busy machine loses the oldest sound rather than answering ever later
FINISH_WITHIN_S = 15.0
HEARD_AGAIN_MS = 450.0  # when a second opinion on the sound of a pause pays


class Listener:
    """The ears of one session. `tell(fact)` and `on_trouble(text)` never block.

    `played()` is what the user heard of the persona lately; a voice meanwhile may be its echo.
    """

    def __init__(
        self,
        activity: VoiceActivity,
        ears: SpeechToText | None,
        end_of_turn: EndOfTurn | None,
        spec: EarsSpec,
        played: Callable[[], Played | None],
        off_loop: OffLoop,
        tell: Callable[[Fact], None],
        on_trouble: Callable[[str], None],
    ) -> None:
        self._detector = activity.open()
        self._gate, self._mute, self._loudness = VoiceGate(activity.window_ms), MuteGate(), Loudness()
        self._ears, self._spec = ears, spec
        self._tell, self._on_trouble = tell, on_trouble
        self._queue: deque[AudioChunk] = deque()
        self._queued_ms = 0.0
        self._arrived = asyncio.Event()
        self._preroll: deque[AudioChunk] = deque()
        self._utterance: Utterance | None = None
        self._tasks = TaskSet()
        self._pauses = PauseJudge(end_of_turn) if end_of_turn is not None else None
        self._overlap = OverlapJudge(activity.window_ms, played, off_loop)
        self._window_ms = activity.window_ms
        self._quiet_ms: float | None = None
        self._words = ""
        self._done: float | None = None
        self._tasks.start(self._run(), "listen")

    def hear(self, audio: AudioChunk) -> None:
        self._queue.append(audio)
        self._queued_ms += audio.duration_ms
        while self._queued_ms > QUEUE_MAX_MS:
            self._queued_ms -= self._queue.popleft().duration_ms
        self._arrived.set()

    def floor_taken(self, turn_id: str) -> None:
        """A turn of the user's begins, or goes on under the same id."""
        if self._pauses is not None:
            self._pauses.floor_taken(turn_id)

    def close_utterance(self, turn_id: str) -> None:
        """The turn machine wants the words; they arrive as `Heard`, empty when there are none."""
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
        probabilities = await self._detector.push(audio)
        if self._utterance is not None:
            self._utterance.feed(audio)
        if self._pauses is not None:
            self._pauses.hear(audio)
        self._overlap.hear(audio, self._loudness.floor)
        self._keep_preroll(audio)
        if self._loudness.push(audio):
            self._changed(self._gate.suspect())
        for probability in probabilities:
            self._judge(probability)
        if self._mute.push(audio) and not self._gate.voice:
            self._tell(Muted())

    def _judge(self, probability: float) -> None:
        change = self._gate.push(probability)
        self._changed(change)
        if change is None:
            self._consider_pause()
        so_far = self._utterance.so_far if self._utterance is not None else ""
        if self._overlap.wants_judgement(so_far):
            self._tasks.start(self._judge_overlap(), "listen-overlap")

    def _changed(self, change: Change | None) -> None:
        match change:
            case "suspected":
                self._overlap.begin()
                self._tell(VoiceSuspected())
            case "dismissed":
                self._overlap.end()
                self._tell(SuspicionOver())
            case "started":
                if self._utterance is None:
                    self._utterance = self._open_utterance()
                self._quiet_ms = None
                self._mute.voice_started()
                self._tell(VoiceStarted())
            case "stopped":
                self._overlap.end()
                self._quiet_ms = STOP_AFTER_MS
                self._tell(VoiceStopped(STOP_AFTER_MS))
                self._begin_pause()
            case None:
                pass

    async def _judge_overlap(self) -> None:
        verdict: Verdict | None = await self._overlap.judge()
        if verdict is not None:
            self._tell(VoiceJudged(verdict))

    def _begin_pause(self) -> None:
        if self._pauses is None:
            return
        self._pauses.begin()
        self._done = None
        self._weigh_pause(self._pauses)
        self._tasks.start(self._hear_pause(self._pauses), "listen-pause")

    def _consider_pause(self) -> None:
        if self._pauses is None or self._quiet_ms is None:
            return
        before_ms, self._quiet_ms = self._quiet_ms, self._quiet_ms + self._window_ms
        if before_ms < HEARD_AGAIN_MS <= self._quiet_ms:
            self._tasks.start(self._hear_pause(self._pauses), "listen-pause")
        self._weigh_pause(self._pauses)

    async def _hear_pause(self, pauses: PauseJudge) -> None:
        try:
            await pauses.listen()
        except ProviderError as error:
            self._on_trouble(f"Pauses cannot be judged: {error.message}")
            return
        self._weigh_pause(pauses)

    def _weigh_pause(self, pauses: PauseJudge) -> None:
        """The last words become known while a pause lasts, so it is weighed again and again."""
        if self._quiet_ms is None:
            return
        if self._utterance is not None:
            self._words = self._utterance.so_far
        done = pauses.done(self._words, self._spec.language)
        if done is not None and done != self._done:
            self._done = done
            self._tell(PauseJudged(done))

    def _keep_preroll(self, audio: AudioChunk) -> None:
        self._preroll.append(audio)
        kept_ms = sum(chunk.duration_ms for chunk in self._preroll)
        while kept_ms > PREROLL_MS + START_AFTER_MS:
            kept_ms -= self._preroll.popleft().duration_ms

    def _open_utterance(self) -> Utterance | None:
        if self._ears is None:
            return None
        self._words = ""
        utterance = Utterance(self._ears, self._spec)
        for chunk in self._preroll:
            utterance.feed(chunk)
        self._tasks.start(utterance.run(), "listen-utterance")
        return utterance

    async def _finish(self, utterance: Utterance | None, turn_id: str) -> None:
        text = ""
        if utterance is not None:
            try:
                async with asyncio.timeout(FINISH_WITHIN_S):
                    text = await utterance.finish()
            except TimeoutError:
                self._on_trouble("The recogniser did not answer in time; this turn was not understood.")
            except ProviderError as error:
                self._on_trouble(f"The recogniser failed: {error.message}")
        self._tell(Heard(turn_id, text.strip()))
        if self._pauses is not None and self._utterance is None:
            self._words = text
            self._weigh_pause(self._pauses)
