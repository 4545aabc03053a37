"""Director's cues: feelings that the face plays for a moment, asked for by a client or written into the text.

In text a cue stands in brackets in front of the word that it belongs to, as in "[warm] Good to see you." It is taken
out of what is said and shown, and played when that word begins. A client's cue is due now, after a while, or so long
after the persona began to speak.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from visavis.core.clock import Clock
from visavis.core.events import CUE_TAGS, CueApplied, DirectorCue, Event
from visavis.core.frames import AUDIO_TICK_MS
from visavis.engine.playout import Pulled
from visavis.engine.show import Show

WAITING_MAX = 100
LATE_MAX_MS = 1_000.0  # a cue that comes later than this after its moment is not played any more

_IN_TEXT = re.compile(r"\[(" + "|".join(sorted(CUE_TAGS)) + r")\]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class TextCue:
    """A cue in front of a character of a text."""

    at_char: int
    tag: str


def without_cues(text: str) -> tuple[str, tuple[TextCue, ...]]:
    """The text as it is said, and its cues. A space that stood on both sides of a cue is there once."""
    said, cues, position = "", list[TextCue](), 0
    for match in _IN_TEXT.finditer(text):
        said += text[position : match.start()]
        position = match.end()
        cues.append(TextCue(len(said), match[1].lower()))
        if (not said or said[-1].isspace()) and text[position : position + 1].isspace():
            position += 1
    return said + text[position:], tuple(cues)


class MarkedText:
    """A text for a voice that plays some of the cues itself: those are put back, in front of their words."""

    def __init__(self, text: str, cues: tuple[TextCue, ...], played_by_voice: frozenset[str]) -> None:
        self.text = ""
        self._inserted: list[tuple[int, int]] = []  # where in the marked text, and how many characters
        position = 0
        for cue in cues:
            if cue.tag in played_by_voice:
                mark = f"[{cue.tag}] "
                self.text += text[position : cue.at_char]
                self._inserted.append((len(self.text), len(mark)))
                self.text += mark
                position = cue.at_char
        self.text += text[position:]

    def unmarked(self, at_char: int) -> int:
        """The same place in the text without marks."""
        return at_char - sum(min(length, at_char - start) for start, length in self._inserted if start < at_char)


@dataclass(frozen=True, slots=True)
class _Asked:
    tag: str
    acted_ms: float
    due_ms: float  # on the media clock
    of_speech: bool = False


class Cues:
    """The cues of one session, each until its moment has come."""

    def __init__(self, session_id: str, show: Show, clock: Clock, deliver: Callable[[Event], None]) -> None:
        self._session_id, self._show, self._clock, self._deliver = session_id, show, clock, deliver
        self._asked: list[_Asked] = []
        self._for_next_speech: list[DirectorCue] = []
        self._speech_began_ms: float | None = None

    def ask(self, cue: DirectorCue) -> str | None:
        """Take a client's cue. Returns what is wrong, if anything is. A face that takes no direction ignores it."""
        if not self._show.takes_direction:
            return None
        if len(self._asked) + len(self._for_next_speech) >= WAITING_MAX:
            return f"A cue was dropped: {WAITING_MAX} are waiting already."
        now_ms = self._show.playout.position_ms
        if cue.at_ms is None:
            self._asked.append(_Asked(cue.tag, self._clock.now_ms(), now_ms + (cue.in_ms or 0.0)))
        elif self._speech_began_ms is None:
            self._for_next_speech.append(cue)
        elif self._speech_began_ms + cue.at_ms < now_ms - LATE_MAX_MS:
            return f"A cue was dropped: the persona has spoken for longer than {cue.at_ms / 1000:g} seconds already."
        else:
            self._ask_of_speech(cue, self._speech_began_ms)
        return None

    def heard(self, pulled: Pulled, turn_id: str) -> None:
        """What is due with the packet that leaves now."""
        now_ms = self._show.playout.position_ms - AUDIO_TICK_MS
        if pulled.began:
            self._speech_began_ms = now_ms
            for cue in self._for_next_speech:
                self._ask_of_speech(cue, now_ms)
            self._for_next_speech.clear()
        if not self._asked:
            return
        due = sorted((asked for asked in self._asked if asked.due_ms <= now_ms), key=lambda asked: asked.due_ms)
        self._asked = [asked for asked in self._asked if asked.due_ms > now_ms]
        for asked in due:
            self.play(asked.tag, turn_id, asked.acted_ms)

    def speech_over(self) -> None:
        """What was to be played later in this speech never will be."""
        self._speech_began_ms = None
        self._asked = [asked for asked in self._asked if not asked.of_speech]

    def play(self, tag: str, turn_id: str, acted_ms: float) -> None:
        """Now. `acted_ms` is when the user or the application did what it comes from."""
        self._show.cue(tag)
        self._deliver(CueApplied(self._clock.now_ms(), self._session_id, turn_id, tag, acted_ms))

    def _ask_of_speech(self, cue: DirectorCue, began_ms: float) -> None:
        asked = _Asked(cue.tag, self._clock.now_ms(), began_ms + (cue.at_ms or 0.0), of_speech=True)
        self._asked.append(asked)
