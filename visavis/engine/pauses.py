"""Whether a pause is the end of a turn: how it sounds and what was said, weighed together as long as it lasts.

Words count most. The melody of a pause is judged by a network that was trained on people, and tips the scale; it has
more to say where no words are known.
"""

import math
from collections import deque

from visavis.core.frames import AudioChunk
from visavis.engine.phrases import completeness, mark_at_end, words_of
from visavis.providers.base import EndOfTurn

LEAD_MS = 800.0  # how much before its first voice belongs to a turn
SOUND_WEIGHS, SOUND_ALONE_WEIGHS = 0.2, 0.6  # of its log-odds
SOUND_MOST = 4.0
# log-odds that a surely open and a surely complete sentence are worth, and a mark that the recogniser puts at the end
OPEN_WEIGHS, COMPLETE_WEIGHS, MARK_WEIGHS = 4.0, 1.5, 1.5
# in running text one place in six is the end of a sentence where a pause may be taken for one
USUAL, WORDS_WEIGH, WORDS_MOST = 0.167, 2.0, 2.5


class PauseJudge:
    """Keeps the sound of the user's turn, as much of it as the judge listens to."""

    def __init__(self, end_of_turn: EndOfTurn) -> None:
        self._end_of_turn = end_of_turn
        self._turn: deque[AudioChunk] = deque()
        self._turn_ms = 0.0
        self._turn_id = ""
        self._pauses = 0
        self._sound: float | None = None

    def floor_taken(self, turn_id: str) -> None:
        if turn_id != self._turn_id:
            self._turn_id = turn_id
            self._keep(LEAD_MS)

    def hear(self, audio: AudioChunk) -> None:
        self._turn.append(audio)
        self._turn_ms += audio.duration_ms
        self._keep(self._end_of_turn.heard_ms)

    def begin(self) -> None:
        """There is a new pause."""
        self._pauses += 1
        self._sound = None

    async def listen(self) -> None:
        """Judge the sound of this pause as it is by now."""
        pause = self._pauses
        sound = AudioChunk(b"".join(chunk.pcm for chunk in self._turn), self._turn[-1].rate_hz)
        done = await self._end_of_turn.judge(sound)
        if pause == self._pauses:
            self._sound = done

    def done(self, text: str, language: str) -> float | None:
        """How likely the user has finished, by all that is known; None while nothing is."""
        words = self._by_words(text, language)
        return None if words is None and self._sound is None else weighed(self._sound, words)

    def _by_words(self, text: str, language: str) -> float | None:
        """Log-odds; None where no words are known."""
        words = words_of(text)
        if not words:
            return None
        over = self._end_of_turn.sentence_over(words, language)
        if over is None:
            complete = completeness(text)
            return complete * (COMPLETE_WEIGHS if complete > 0 else OPEN_WEIGHS)
        log_odds = WORDS_WEIGH * math.log(max(over, 1e-6) / USUAL)
        return min(max(log_odds, -OPEN_WEIGHS), WORDS_MOST) + MARK_WEIGHS * mark_at_end(text)

    def _keep(self, kept_ms: float) -> None:
        while self._turn and self._turn_ms - self._turn[0].duration_ms >= kept_ms:
            self._turn_ms -= self._turn.popleft().duration_ms


def weighed(sound: float | None, words: float | None) -> float:
    """A probability from that of the sound and from the log-odds of the words."""
    log_odds = 0.0 if words is None else words
    if sound is not None:
        sound = min(max(sound, 1e-6), 1 - 1e-6)
        by_sound = min(max(math.log(sound / (1 - sound)), -SOUND_MOST), SOUND_MOST)
        log_odds += by_sound * (SOUND_ALONE_WEIGHS if words is None else SOUND_WEIGHS)
    return 1 / (1 + math.exp(-log_odds))
