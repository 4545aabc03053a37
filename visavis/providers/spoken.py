"""From the text that was given to a voice to the words it really speaks, and back.

Voices read "29" as two words and drop a dash; captions and history need to know which characters of the given text
have been heard. `PlainText` is what a simple English voice can read, with the way back to the source kept for every
character.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from visavis.core.frames import Mark

_READ_AS = {
    "\u2018": "'", "\u2019": "'", "\u201a": "'", "\u2032": "'",
    "\u201c": '"', "\u201d": '"', "\u201e": '"', "\u00ab": '"', "\u00bb": '"',
    "\u2010": "-", "\u2011": "-", "\u2212": " minus ", "\u2026": "...",
    "\u00df": "ss", "\u00e6": "ae", "\u00c6": "Ae", "\u0153": "oe", "\u0152": "Oe",
    "\u00f8": "o", "\u00d8": "O", "\u0142": "l", "\u0141": "L", "\u0111": "d",
    "\u0131": "i", "\u00fe": "th", "\u00f0": "th",
    "&": " and ", "\u00b0": " degrees ", "\u00d7": " times ", "\u00f7": " divided by ", "\u00b1": " plus or minus ",
    "\u00bd": " 1/2 ", "\u00bc": " 1/4 ", "\u00be": " 3/4 ", "\u2044": "/",
}  # fmt: skip
_DASHES = "\u2013\u2014\u2015"
_UNREAD = frozenset("*_`#~^|<>\\{}[]")  # markup that language models write and nobody pronounces
_MONEY = re.compile(r"([\u20ac\u00a3\u00a5])\s?(\d+(?:[.,]\d+)*)")
_CURRENCY = {"\u20ac": "euros", "\u00a3": "pounds", "\u00a5": "yen"}


@dataclass(frozen=True, slots=True)
class PlainText:
    """ASCII a simple voice can read. `origin[i]` is the index in the source of the character that became `text[i]`."""

    text: str
    origin: tuple[int, ...]

    @property
    def speakable(self) -> bool:
        return any(char.isalnum() for char in self.text)

    def tokens(self) -> list[tuple[str, int, int]]:
        """Everything between white space, with its range in the source."""
        found = re.finditer(r"\S+", self.text)
        return [(m.group(), self.origin[m.start()], self.origin[m.end() - 1] + 1) for m in found]


@dataclass(frozen=True, slots=True)
class SpokenWord:
    """A word as the voice says it; `token` counts the tokens of the `PlainText` it belongs to."""

    text: str
    token: int
    start_ms: float
    end_ms: float


class Writer:
    """Plain text being written, each character beside the index it comes from."""

    def __init__(self) -> None:
        self.chars: list[str] = []
        self.origin: list[int] = []

    def put(self, text: str, at: int) -> None:
        self.chars.extend(text)
        self.origin.extend([at] * len(text))

    def text(self) -> PlainText:
        return PlainText("".join(self.chars), tuple(self.origin))

    def drop_spaces(self) -> None:
        while self.chars and self.chars[-1] == " ":
            self.chars.pop()
            self.origin.pop()

    def put_money(self, money: re.Match[str]) -> None:
        """The sign comes first in writing and last in speech."""
        for offset, digit in enumerate(money.group(2)):
            self.put(digit, money.start(2) + offset if offset else money.start())
        self.put(f" {_CURRENCY[money.group(1)]}", money.start())

    def put_dash(self, at: int, is_range: bool) -> None:
        if not is_range:
            self.drop_spaces()
        self.put(" to " if is_range else ", ", at)

    def put_char(self, char: str, at: int) -> None:
        if char in _READ_AS:
            self.put(_READ_AS[char], at)
        elif char in _UNREAD or not char.isprintable():
            self.put(" ", at)
        elif char.isascii():
            self.put(char, at)
        else:
            bare = unicodedata.normalize("NFKD", char).encode("ascii", "ignore").decode()
            self.put(bare if bare or unicodedata.combining(char) else " ", at)


def plain(source: str) -> PlainText:
    """What a voice that knows only ASCII should be given for `source`."""
    writer = Writer()
    at = 0
    while at < len(source):
        char = source[at]
        if money := _MONEY.match(source, at):
            writer.put_money(money)
            at = money.end()
            continue
        if char in _DASHES:
            writer.put_dash(at, is_range=source[at - 1 : at].isdigit() and source[at + 1 : at + 2].isdigit())
        else:
            writer.put_char(char, at)
        at += 1
    return writer.text()


def word_marks(source: str, plain_text: PlainText, words: Sequence[SpokenWord]) -> list[Mark]:
    """Marks whose ranges together cover everything in `source` that is not white space.

    What is not pronounced (a dash, an emoji, a bracket) belongs to the word before it, at the very beginning to the
    word after it. Words that come from the same token share its range.
    """
    tokens = plain_text.tokens()
    starts = [tokens[word.token][1] for word in words]
    if not starts:
        return []
    first = len(source) - len(source.lstrip())
    starts = [first if start == starts[0] else start for start in starts]
    ends = [0] * len(words)
    following = len(source)
    for index in reversed(range(len(words))):
        if index + 1 < len(words) and starts[index + 1] != starts[index]:
            following = starts[index + 1]
        ends[index] = len(source[:following].rstrip())
    return [
        Mark("word", word.start_ms, word.end_ms, word.text, start, max(start, end))
        for word, start, end in zip(words, starts, ends, strict=True)
    ]
