"""When each word and sound of a clause is heard, for voices that send their speech in pieces.

Servers tell times of characters, words or sounds beside the sound, sooner or later than the sound they belong to. A
`Clause` puts both together: words leave with the sound that completes them, in order and inside it, and say where they
stand in the text that was asked for, not in the text that the server was given.
"""

import re
from dataclasses import replace

from visavis.core.frames import AudioChunk, Mark, MarkKind, SpeechAudio
from visavis.providers.phones import SILENCE
from visavis.providers.spoken import PlainText, SpokenWord, word_marks

_LOOK_AHEAD_TOKENS = 6
_LOOK_AHEAD_CHARS = 24
_COVERED_WITHIN_MS = 80.0  # sounds that end this long before their piece does are complete
_LETTERS = re.compile(r"[\W_]+")


class Clause:
    """`source` is what was asked for, `text` what the server reads."""

    def __init__(self, source: str, text: PlainText, rate_hz: int) -> None:
        self._text = text
        self._rate_hz = rate_hz
        spans = [match.span() for match in re.finditer(r"\S+", text.text)]
        said = [(span, text.text[slice(*span)]) for span in spans]
        tokens = [(index, span, token) for index, (span, token) in enumerate(said) if any(map(str.isalnum, token))]
        self._tokens = [token for _, _, token in tokens]
        self._spans = [span for _, span, _ in tokens]
        words = [SpokenWord(token, index, 0.0, 0.0) for index, _, token in tokens]
        self._places = word_marks(source, text, words)
        self._next_token = 0
        self._next_char = 0
        self._char_times: dict[int, tuple[float, float]] = {}
        self._words: list[Mark] = []
        self._sounds: list[Mark] = []
        self._said_until_ms = 0.0
        self._samples = 0
        self._odd = b""

    @property
    def heard_ms(self) -> float:
        """How much sound has come so far."""
        return self._samples * 1000 / self._rate_hz

    def word(self, name: str, start_ms: float, end_ms: float) -> None:
        """The server says when this word is heard; one that is not in the text is not a word of it."""
        wanted = _letters(name)
        ahead = range(self._next_token, min(len(self._tokens), self._next_token + _LOOK_AHEAD_TOKENS))
        for index in ahead:
            if wanted and (_letters(self._tokens[index]) == wanted):
                self._word_is(index, start_ms, end_ms)
                return
        # a server may split what is one word in writing: its parts belong to the next token
        if wanted and ahead and _letters(self._tokens[ahead[0]]).startswith(wanted):
            self._word_is(ahead[0], start_ms, end_ms)

    def char(self, char: str, start_ms: float, end_ms: float) -> None:
        """The same for one character; a word is known with its last one."""
        text = self._text.text
        at = text.find(char, self._next_char, self._next_char + _LOOK_AHEAD_CHARS)
        if at < 0:
            return
        self._next_char = at + 1
        self._char_times[at] = (start_ms, end_ms)
        while self._next_token < len(self._tokens) and self._next_char >= self._spans[self._next_token][1]:
            self._word_of_chars(self._next_token)

    def sound(self, kind: MarkKind, name: str, start_ms: float, end_ms: float) -> None:
        """A speech sound, in the order in which they are heard."""
        before_ms = self._sounds[-1].end_ms if self._sounds else 0.0
        start_ms = max(start_ms, before_ms)
        if end_ms > start_ms:
            self._sounds.append(Mark(kind, start_ms, end_ms, name))

    def pcm(self, data: bytes) -> SpeechAudio:
        """The next piece of sound with what is known of it; pieces may end in the middle of a sample."""
        data = self._odd + data
        whole = len(data) // 2 * 2
        self._odd = data[whole:]
        from_ms = self.heard_ms
        self._samples += whole // 2
        words = [mark for mark in self._words if mark.end_ms <= self.heard_ms]
        self._words = self._words[len(words) :]
        return SpeechAudio(AudioChunk(data[:whole], self._rate_hz), (*self._sounds_until(from_ms), *words))

    def rest(self) -> SpeechAudio | None:
        """What was never completed by sound, cut to what there was; None where nothing is left."""
        while self._next_token < len(self._tokens) and self._char_times:
            before = self._next_token
            self._word_of_chars(before)
        end_ms = self.heard_ms
        words = [replace(m, start_ms=min(m.start_ms, end_ms), end_ms=min(m.end_ms, end_ms)) for m in self._words]
        self._words = []
        return SpeechAudio(AudioChunk(b"", self._rate_hz), words) if words else None

    def _word_is(self, token: int, start_ms: float, end_ms: float) -> None:
        place = self._places[token]
        start_ms = max(start_ms, self._said_until_ms)
        self._said_until_ms = max(end_ms, start_ms)
        self._words.append(replace(place, start_ms=start_ms, end_ms=self._said_until_ms))
        self._next_token = token + 1

    def _word_of_chars(self, token: int) -> None:
        first, end = self._spans[token]
        times = [self._char_times.pop(at) for at in range(first, end) if at in self._char_times]
        if times:
            self._word_is(token, times[0][0], times[-1][1])
        else:
            self._next_token = token + 1

    def _sounds_until(self, from_ms: float) -> list[Mark]:
        """Sounds that cover the piece that ends now, without a gap; none where they are not all known yet."""
        until_ms = self.heard_ms
        if not self._sounds or self._sounds[-1].end_ms < until_ms - _COVERED_WITHIN_MS or until_ms <= from_ms:
            self._sounds = [mark for mark in self._sounds if mark.end_ms > until_ms]
            return []
        kind = self._sounds[0].kind
        silence = SILENCE if kind == "phone" else "sil"
        covering: list[Mark] = []
        at_ms = from_ms
        for mark in self._sounds:
            start_ms, end_ms = max(mark.start_ms, from_ms), min(mark.end_ms, until_ms)
            if end_ms <= start_ms:
                continue
            if start_ms > at_ms:
                covering.append(Mark(kind, at_ms, start_ms, silence))
            covering.append(replace(mark, start_ms=start_ms, end_ms=end_ms))
            at_ms = end_ms
        if at_ms < until_ms:
            covering.append(Mark(kind, at_ms, until_ms, silence))
        self._sounds = [mark for mark in self._sounds if mark.end_ms > until_ms]
        return covering


def _letters(text: str) -> str:
    return _LETTERS.sub("", text.casefold())
