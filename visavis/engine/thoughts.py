"""Reasoning that a model writes into its answer, between `<think>` and `</think>`, told apart from what it says."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field

from visavis.providers.base import MindDelta, ReasoningDelta, TextDelta

_NAMES = ("think", "thinking", "thought", "reasoning")
_OPENING = tuple(f"<{name}>" for name in _NAMES)
_CLOSING = tuple(f"</{name}>" for name in _NAMES)


async def told_apart(deltas: AsyncGenerator[MindDelta, None]) -> AsyncGenerator[MindDelta, None]:
    """The same deltas, with what stands in such tags as reasoning; closing it closes them."""
    splitter = ThoughtSplitter()
    async with aclosing(deltas):
        async for delta in deltas:
            if not isinstance(delta, TextDelta):
                yield delta
                continue
            for text, is_thought in splitter.push(delta.text):
                yield ReasoningDelta(text) if is_thought else TextDelta(text)
    for text, is_thought in splitter.rest():
        yield ReasoningDelta(text) if is_thought else TextDelta(text)


@dataclass(slots=True)
class ThoughtSplitter:
    """Streamed text goes in at any boundaries; pieces come out as (text, whether it is a thought).

    Models that reason do so first: a tag counts only where nothing has been said yet, so that a persona may talk about
    tags.
    """

    _held: str = field(default="", repr=False)
    _thinking: bool = False
    _speaking: bool = False

    def push(self, text: str) -> list[tuple[str, bool]]:
        if self._speaking:
            return [(text, False)] if text else []
        self._held += text
        return self._taken()

    def rest(self) -> list[tuple[str, bool]]:
        """What is left when no more text comes."""
        held, self._held = self._held, ""
        return [(held, self._thinking)] if held else []

    def _taken(self) -> list[tuple[str, bool]]:
        pieces: list[tuple[str, bool]] = []
        while self._held:
            more = self._take_thought(pieces) if self._thinking else self._take_speech(pieces)
            if not more:
                break
        return pieces

    def _take_thought(self, pieces: list[tuple[str, bool]]) -> bool:
        """Everything up to the closing tag, or as much as cannot be the beginning of one."""
        end, tag = _first(self._held, _CLOSING)
        thought = self._held[:end] if tag else self._held[: len(self._held) - _begun(self._held, _CLOSING)]
        if thought:
            pieces.append((thought, True))
        self._held = self._held[len(thought) + len(tag) :]
        self._thinking = not tag
        return bool(tag)

    def _take_speech(self, pieces: list[tuple[str, bool]]) -> bool:
        """An opening tag at the very beginning, or the first words."""
        start = self._held.lstrip()
        if tag := next((tag for tag in _OPENING if start.lower().startswith(tag)), ""):
            self._held, self._thinking = start[len(tag) :], True
            return True
        if any(tag.startswith(start.lower()) for tag in _OPENING):
            return False  # white space, or what may become a tag
        self._speaking = True
        pieces.append((start, False))
        self._held = ""
        return False


def _first(text: str, tags: tuple[str, ...]) -> tuple[int, str]:
    """Where the first of these tags is, and which; the text's length and none where there is none."""
    lower = text.lower()
    found = [(at, tag) for tag in tags if (at := lower.find(tag)) >= 0]
    return min(found, default=(len(text), ""))


def _begun(text: str, tags: tuple[str, ...]) -> int:
    """How many characters at the end may be the beginning of a tag."""
    lower = text.lower()
    for length in range(min(len(text), max(map(len, tags))), 0, -1):
        if any(tag.startswith(lower[-length:]) for tag in tags):
            return length
    return 0
