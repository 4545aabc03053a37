"""Whether a pause is the end of a turn: how it sounds and what was said, weighed together as long as it lasts.

All are log-odds. Words count most. The melody of the voice says whether it has come to its end or hangs in the air, and
a network that was trained on people hears who hesitates, and has more to say where no model of the language helps.
"""

import math
from collections import deque
from collections.abc import Sequence

from visavis.core.frames import AudioChunk
from visavis.engine.melody import Melody
from visavis.engine.phrases import completeness, is_answer, only_opens, words_of
from visavis.providers.base import EndOfTurn

LEAD_MS = 800.0  # how much before its first voice belongs to a turn
SOUND_WEIGHS, SOUND_ALONE_WEIGHS = 0.2, 0.6  # of what the network says, beside a model of the language and without
SOUND_MOST = 5.0
# what a semitone above the lowest of a voice is worth, where it tells nothing, and from where on nothing more
SEMITONE_WEIGHS, USUAL_SEMITONES, SEMITONES_MOST = 1.5, 0.7, 3.0
# what a surely open and a surely complete sentence are worth, alone and beside a model of the language
OPEN_ALONE_WEIGHS, COMPLETE_ALONE_WEIGHS = 4.0, 1.5
OPEN_WEIGHS, COMPLETE_WEIGHS, ONLY_OPENS_WEIGHS = 2.0, 1.6, 1.6
# in running text one place in six is the end of a sentence where a pause may be taken for one
USUAL, MODEL_WEIGHS, MODEL_LEAST = 0.167, 2.0, -4.0
WORD_WEIGHS, USUAL_WORDS, WORDS_MOST = 0.4, 4, 6  # longer sentences are more often whole
LEAST, MOST = -5.0, 2.5  # of all that words can say


class PauseJudge:
    """Keeps the sound of the user's turn, as much of it as the judge listens to."""

    def __init__(self, end_of_turn: EndOfTurn) -> None:
        self._end_of_turn = end_of_turn
        self._turn: deque[AudioChunk] = deque()
        self._turn_ms = 0.0
        self._turn_id = ""
        self._pauses = 0
        self._sound: float | None = None
        self._melody = Melody()

    def floor_taken(self, turn_id: str) -> None:
        if turn_id != self._turn_id:
            self._turn_id = turn_id
            self._keep(LEAD_MS)
            self._melody = Melody()

    def hear(self, audio: AudioChunk) -> None:
        self._turn.append(audio)
        self._melody.push(audio)
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
        words = words_of(text)
        if not words and self._sound is None:
            return None
        over = self._end_of_turn.sentence_over(words, language) if words else None
        by_words = _by_list(text) if over is None else _by_model(text, words, over)
        sound_weighs = SOUND_ALONE_WEIGHS if over is None else SOUND_WEIGHS
        log_odds = by_words + sound_weighs * _by_sound(self._sound) + _by_melody(self._melody.above_low())
        return 1 / (1 + math.exp(-log_odds))

    def _keep(self, kept_ms: float) -> None:
        while self._turn and self._turn_ms - self._turn[0].duration_ms >= kept_ms:
            self._turn_ms -= self._turn.popleft().duration_ms


# --- log-odds of each ---------------------------------------------------------------------------------------------


def _by_list(text: str) -> float:
    complete = completeness(text)
    return complete * (COMPLETE_ALONE_WEIGHS if complete > 0 else OPEN_ALONE_WEIGHS)


def _by_model(text: str, words: Sequence[str], over: float) -> float:
    complete = completeness(text)
    log_odds = MODEL_WEIGHS * max(math.log(max(over, 1e-6) / USUAL), MODEL_LEAST)
    log_odds += complete * (COMPLETE_WEIGHS if complete > 0 else OPEN_WEIGHS) + _by_length(words)
    return min(max(log_odds, LEAST), MOST)


def _by_length(words: Sequence[str]) -> float:
    if is_answer(words):
        return 0.0
    return WORD_WEIGHS * (min(len(words), WORDS_MOST) - USUAL_WORDS) - ONLY_OPENS_WEIGHS * only_opens(words)


def _by_sound(done: float | None) -> float:
    if done is None:
        return 0.0
    done = min(max(done, 1e-6), 1 - 1e-6)
    return min(max(math.log(done / (1 - done)), -SOUND_MOST), SOUND_MOST)


def _by_melody(above_low: float | None) -> float:
    if above_low is None:
        return 0.0
    return SEMITONE_WEIGHS * (USUAL_SEMITONES - min(max(above_low, 0.0), SEMITONES_MOST))
