"""Where on the media clock the persona's speech was put, and what becomes of it when she falls silent for a moment.

What was played is what an echo is recognised by; what was not is told to the face again when she carries on.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace

from visavis.core.frames import AudioChunk, SpeechAudio
from visavis.engine.overlap import Played

KEPT_MS = 2_400.0  # an echo may come as late as this after its original, and be as long
BACK_MAX_MS = 400.0  # a longer word is not begun again


@dataclass(frozen=True, slots=True)
class Placed:
    start_ms: float
    speech: SpeechAudio

    @property
    def end_ms(self) -> float:
        return self.start_ms + self.speech.audio.duration_ms

    def before(self, at_ms: float) -> "Placed":
        audio = self.speech.audio
        return replace(self, speech=replace(self.speech, audio=_part(audio, 0.0, at_ms - self.start_ms)))

    def after(self, at_ms: float) -> "Placed":
        """Only what comes from that moment on, with its marks."""
        cut_ms = max(0.0, at_ms - self.start_ms)
        audio = _part(self.speech.audio, cut_ms, self.speech.audio.duration_ms)
        marks = tuple(
            replace(mark, start_ms=max(0.0, mark.start_ms - cut_ms), end_ms=mark.end_ms - cut_ms)
            for mark in self.speech.marks
            if mark.end_ms > cut_ms
        )
        return Placed(self.start_ms + cut_ms, SpeechAudio(audio, marks))


class PlacedSpeech:
    """All times are of the media clock. Between `hold` and `carry_on` nothing is played."""

    def __init__(self) -> None:
        self._played: deque[Placed] = deque()
        self._held: list[Placed] | None = None
        self._held_at_ms = 0.0

    @property
    def held(self) -> bool:
        return self._held is not None

    def add(self, start_ms: float, speech: SpeechAudio, now_ms: float) -> bool:
        """Whether it will be played when it says; if not, `carry_on` tells when."""
        if self._held is not None:
            self._held.append(Placed(start_ms - (now_ms - self._held_at_ms), speech))
            return False
        self._forget(now_ms)
        self._played.append(Placed(start_ms, speech))
        return True

    def cut(self, at_ms: float) -> None:
        """Nothing after this will be heard."""
        self._played = deque(one.before(at_ms) for one in self._played if one.start_ms < at_ms)
        self._held = None

    def word_began_ms(self, at_ms: float) -> float:
        """When the word began that is being said; now, between words and where it is not known."""
        for one in self._played:
            for mark in one.speech.marks:
                began_ms, ended_ms = one.start_ms + mark.start_ms, one.start_ms + mark.end_ms
                if mark.kind == "word" and began_ms < at_ms < ended_ms and at_ms - began_ms <= BACK_MAX_MS:
                    return began_ms
        return at_ms

    def hold(self, at_ms: float, from_ms: float) -> None:
        """Silence from `at_ms` on; she will carry on with what was said from `from_ms` on."""
        self._held = [one.after(from_ms) for one in self._played if one.end_ms > from_ms]
        self._held_at_ms = from_ms
        self._played = deque(one.before(at_ms) for one in self._played if one.start_ms < at_ms)

    def carry_on(self, at_ms: float) -> Sequence[Placed]:
        """What is played from now on."""
        held, self._held = self._held or [], None
        moved = [replace(one, start_ms=one.start_ms + at_ms - self._held_at_ms) for one in held]
        self._played.extend(moved)
        return moved

    def heard_until(self, now_ms: float) -> Played | None:
        """What the viewer heard lately; None when that was nothing."""
        self._forget(now_ms)
        pieces = tuple((one.start_ms, one.speech.audio) for one in self._played if one.start_ms < now_ms)
        return Played(now_ms, pieces) if pieces else None

    def _forget(self, now_ms: float) -> None:
        while self._played and self._played[0].end_ms < now_ms - KEPT_MS:
            self._played.popleft()


def _part(audio: AudioChunk, from_ms: float, to_ms: float) -> AudioChunk:
    first, last = (2 * int(ms * audio.rate_hz / 1000) for ms in (from_ms, to_ms))
    return AudioChunk(audio.pcm[first:last], audio.rate_hz)
