"""Whether a pause is the end of a turn: how it sounds and what was said, weighed together."""

import math
from collections import deque
from collections.abc import Callable

from visavis.core.frames import AudioChunk
from visavis.engine.phrases import completeness
from visavis.providers.base import EndOfTurn

LEAD_MS = 800.0  # how much before its first voice belongs to a turn
# logits that a surely open and a surely complete sentence are worth; nobody ends on "and", whatever it sounded like
OPEN_WEIGHS, COMPLETE_WEIGHS = 4.0, 1.5


class PauseJudge:
    """Keeps the sound of the user's turn, as much of it as the judge listens to."""

    def __init__(self, end_of_turn: EndOfTurn) -> None:
        self._end_of_turn = end_of_turn
        self._turn: deque[AudioChunk] = deque()
        self._turn_ms = 0.0
        self._turn_id = ""

    def floor_taken(self, turn_id: str) -> None:
        if turn_id != self._turn_id:
            self._turn_id = turn_id
            self._keep(LEAD_MS)

    def hear(self, audio: AudioChunk) -> None:
        self._turn.append(audio)
        self._turn_ms += audio.duration_ms
        self._keep(self._end_of_turn.heard_ms)

    async def judge(self, so_far: Callable[[], str]) -> float:
        """How likely it is that the user has finished. `so_far` is asked for the words as late as possible."""
        sound = AudioChunk(b"".join(chunk.pcm for chunk in self._turn), self._turn[-1].rate_hz)
        done = await self._end_of_turn.judge(sound)
        return weighed(done, completeness(so_far()))

    def _keep(self, kept_ms: float) -> None:
        while self._turn and self._turn_ms - self._turn[0].duration_ms >= kept_ms:
            self._turn_ms -= self._turn.popleft().duration_ms


def weighed(done: float, complete: float) -> float:
    """A probability from the sound, moved by how complete the words are (-1 to 1)."""
    done = min(max(done, 1e-4), 1 - 1e-4)
    logit = math.log(done / (1 - done)) + complete * (COMPLETE_WEIGHS if complete > 0 else OPEN_WEIGHS)
    return 1 / (1 + math.exp(-logit))
