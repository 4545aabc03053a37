"""Cutting a text into overlapping pieces: between paragraphs, rows or lines if possible, between words otherwise.

A piece is a slice of the text. Together they cover every character of it but blanks; none is longer than asked, and
none begins or ends inside a word, unless a single word is longer than a piece may be.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from visavis.core.passages import Piece

Unit = Literal["paragraph", "line"]

_PARAGRAPH = re.compile(r"\n[^\S\n]*\n\s*")
_LINE = re.compile(r"\n\s*")
_SENTENCE = re.compile(r"(?<=[.!?。！？])\s+")
_BLANK = re.compile(r"\s+")
# Best first, with the share of a piece before which a break would leave too little, such as a heading alone.
_BREAKS: Mapping[Unit, Sequence[tuple[re.Pattern[str], float]]] = {
    "paragraph": ((_PARAGRAPH, 0.25), (_LINE, 0.5), (_SENTENCE, 0.5), (_BLANK, 0.0)),
    "line": ((_LINE, 0.0), (_SENTENCE, 0.5), (_BLANK, 0.0)),
}
_BEGINNINGS: Mapping[Unit, re.Pattern[str]] = {
    "paragraph": re.compile(r"(?<!\S)\S"),
    "line": re.compile(r"(?<=\n)\S"),
}


@dataclass(frozen=True, slots=True)
class Text:
    """`marks` are places, such as pages or rows, each with the offset at which it begins; `mark_name` names them."""

    content: str = field(repr=False)
    unit: Unit = "paragraph"
    mark_name: str = ""
    marks: Sequence[int] = ()

    def place(self, offset: int) -> Mapping[str, int]:
        return {self.mark_name: bisect_right(self.marks, offset)} if self.mark_name else {}


def cut(text: Text, size: int, overlap: int) -> Iterator[Piece]:
    for start, end in spans(text, size, overlap):
        yield Piece(text.content[start:end].rstrip(), text.place(start))


def spans(text: Text, size: int, overlap: int) -> Iterator[tuple[int, int]]:
    """Pieces of at most `size` characters, each beginning at most `overlap` (less than `size`) before the last end."""
    content = text.content
    start = fresh = _skip_blanks(content, 0)
    covered = 0
    while fresh < len(content):
        end = _end(text, start, max(start, covered), start + size, whole_unit=start < fresh)
        if not end and start < fresh:
            start = fresh  # together with the overlap not even one word more would fit
            continue
        covered = end or start + size
        yield start, covered
        fresh = _skip_blanks(content, covered)
        start = _resume(text, max(covered - overlap, start + 1), covered) or fresh


def _skip_blanks(content: str, offset: int) -> int:
    blank = _BLANK.match(content, offset)
    return blank.end() if blank else offset


def _end(text: Text, start: int, covered: int, limit: int, whole_unit: bool) -> int:
    """The best place after `covered` and up to `limit` to end a piece, 0 where there is none."""
    if len(text.content) <= limit:
        return len(text.content)
    choices = _BREAKS[text.unit]
    if whole_unit and text.unit == "line":
        choices = choices[:1]  # better no overlap than a row that is cut for its sake
    for pattern, share in choices:
        earliest = max(covered, start + int((limit - start) * share))
        # one character more: a blank exactly at the limit ends a piece of full size
        breaks = [found.start() for found in pattern.finditer(text.content, earliest + 1, limit + 1)]
        if breaks:
            return breaks[-1]
    return 0


def _resume(text: Text, earliest: int, end: int) -> int:
    """The first word (or line) that begins from `earliest` on, 0 for none."""
    found = _BEGINNINGS[text.unit].search(text.content, earliest, end) if earliest < end else None
    return found.start() if found else 0
