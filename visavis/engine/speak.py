"""From a piece of text to speech with its captions: every word of the text becomes due when it is heard."""

from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing

from visavis.core.frames import AudioChunk, Mark, SpeechAudio
from visavis.engine.cues import MarkedText
from visavis.engine.playout import TimedText
from visavis.engine.show import Show
from visavis.engine.think import Piece
from visavis.providers.base import ActsCues, TextToSpeech

SPEECH_AHEAD_MAX_MS = 8_000
GUESSED_CHARS_PER_S = 15.0  # for a voice that gives no word times, until its clause is complete


async def speak(
    voice: TextToSpeech, show: Show, may_be_heard: Callable[[], Awaitable[int]], owner: str, piece: Piece, lead: str
) -> None:
    """Say one piece. `lead` goes before its first word in the captions (a space between utterances).

    The voice begins at once; each part of its sound waits for `may_be_heard`, which gives the epoch it belongs to.
    """
    await show.playout.room(SPEECH_AHEAD_MAX_MS)
    text = MarkedText(piece.text, piece.cues, voice.cue_tags if isinstance(voice, ActsCues) else frozenset())
    slicer = _WordSlicer(piece, lead, text.unmarked)
    # closed at once when the reply is cut, not when somebody collects the rubbish: a server would go on speaking
    async with aclosing(voice.speak(text.text)) as parts, aclosing(_with_last(parts)) as marked:
        async for speech, last in marked:
            words = slicer.take(speech, last)
            epoch = await may_be_heard()
            await show.put(epoch, owner, _relative(speech, slicer.part_start_ms), words, last=last)


async def _with_last(parts: AsyncIterator[SpeechAudio]) -> AsyncGenerator[tuple[SpeechAudio, bool], None]:
    """Each part, and whether it is the final one; a voice that made no sound gives one silent part."""
    held: SpeechAudio | None = None
    async for part in parts:
        if held is not None:
            yield held, False
        held = part
    yield held or SpeechAudio(AudioChunk(b"", 48_000)), True


def _relative(speech: SpeechAudio, part_start_ms: float) -> SpeechAudio:
    """Marks count from the clause's first sample; the face wants them from the part's."""
    if not part_start_ms:
        return speech
    shifted = [
        Mark(m.kind, m.start_ms - part_start_ms, m.end_ms - part_start_ms, m.text, m.start_char, m.end_char)
        for m in speech.marks
    ]
    return SpeechAudio(speech.audio, shifted)


class _WordSlicer:
    """Cuts a piece's text into one slice for each spoken word, so that the slices concatenate to exactly the text."""

    def __init__(self, piece: Piece, lead: str, place: Callable[[int], int] = int) -> None:
        self._piece = piece
        self._lead = lead
        self._place = place  # of a character of the text that the voice got
        self._cues = deque(piece.cues)
        self._taken = 0
        self._clause_ms = 0.0
        self.part_start_ms = 0.0

    def take(self, speech: SpeechAudio, last: bool) -> list[TimedText]:
        """The slices that become due during this part, their times counted from its start."""
        self.part_start_ms = self._clause_ms
        self._clause_ms += speech.audio.duration_ms
        words = [self._unmarked(mark) for mark in speech.marks if mark.kind == "word"]
        words = words or self._guess(speech.audio.duration_ms, last)
        slices: list[TimedText] = []
        for index, word in enumerate(words):
            self._cue(word.end_char, word.start_ms - self.part_start_ms, slices)
            end = words[index + 1].start_char if index + 1 < len(words) else self._end_after(word, last)
            self._cut(end, (word.start_ms + word.end_ms) / 2 - self.part_start_ms, slices)
        if last:
            self._cut(len(self._piece.text), speech.audio.duration_ms, slices)
            self._cue(len(self._piece.text) + 1, speech.audio.duration_ms, slices)
        return slices

    def _unmarked(self, word: Mark) -> Mark:
        start_char, end_char = self._place(word.start_char), self._place(word.end_char)
        return Mark(word.kind, word.start_ms, word.end_ms, word.text, start_char, end_char)

    def _cue(self, before_char: int, due_ms: float, slices: list[TimedText]) -> None:
        """The cues that stand in front of a word are due when it begins."""
        while self._cues and self._cues[0].at_char < before_char:
            cue = self._cues.popleft()
            slices.append(TimedText("", due_ms, self._piece.utterance_id, cue.tag))

    def _cut(self, end: int, due_ms: float, slices: list[TimedText]) -> None:
        text = self._piece.text[self._taken : end]
        if not text:
            return
        slices.append(TimedText(self._lead + text, due_ms, self._piece.utterance_id))
        self._lead, self._taken = "", end

    def _end_after(self, word: Mark, last: bool) -> int:
        """The last word known so far takes the space behind it, or everything that is left."""
        if last:
            return len(self._piece.text)
        space = self._piece.text.find(" ", word.end_char)
        return space + 1 if space >= 0 else word.end_char

    def _guess(self, duration_ms: float, last: bool) -> list[Mark]:
        """Without times, every character takes as long as any other."""
        text = self._piece.text
        left = len(text) - self._taken
        chars = left if last else min(left, round(duration_ms / 1000 * GUESSED_CHARS_PER_S))
        per_char_ms = duration_ms / max(1, chars)
        marks: list[Mark] = []
        position = self._taken
        for token in text[self._taken : self._taken + chars].split():
            start = text.index(token, position)
            position = start + len(token)
            from_ms = self.part_start_ms + (start - self._taken) * per_char_ms
            marks.append(Mark("word", from_ms, from_ms + len(token) * per_char_ms, token, start, position))
        return marks
