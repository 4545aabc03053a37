"""From the conversation so far to speakable pieces: history in, clauses out, as soon as each can be said."""

import re
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field

from visavis.core.spec import PersonaSpec
from visavis.providers.base import ChatMessage, LanguageModel, ReasoningDelta, TextDelta

HISTORY_MESSAGES_MAX = 200
FIRST_CLAUSE_MIN_CHARS = 12  # a first clause may end at a comma, so that the voice can start early
CLAUSE_MAX_CHARS = 240

_SENTENCE_END = re.compile(r"[.!?…]+[\"'”’)\]]*(?=\s)|[。！？]+[」』”]*|\n+")
_CLAUSE_END = re.compile(r"[,;:–—](?=\s)|[，、；：]")
_ABBREVIATION = re.compile(r"(?:^|[\s(])(?:[A-Z]|Mr|Mrs|Ms|Dr|Prof|St|Jr|Sr|vs|etc|e\.g|i\.e|No|approx)\.$")

SPOKEN_STYLE = (
    "Everything you write is spoken aloud by a voice, face to face. Answer in short, natural sentences, "
    "without markdown, lists, links or emoji."
)
GREETING_REQUEST = "The user has just joined the call. Greet them briefly, in character."
NUDGE_REQUEST = "The user has been silent for a while. Say one short, friendly sentence to see if they are there."


@dataclass(frozen=True, slots=True)
class Piece:
    """Text that is spoken in one go. The pieces of a reply concatenate to exactly its text."""

    text: str = field(repr=False)
    utterance_id: str = ""


class ClauseCutter:
    """Cuts streamed text where a speaker could pause; the first cut comes early, later ones at sentence ends."""

    def __init__(self) -> None:
        self._pending = ""
        self._cut_before = False

    def push(self, text: str) -> list[str]:
        self._pending += text
        clauses: list[str] = []
        while (end := self._next_end()) is not None:
            clauses.append(self._pending[:end])
            self._pending = self._pending[end:]
            self._cut_before = True
        return [clause for clause in clauses if clause]

    def rest(self) -> str:
        """What is left when no more text comes; the next text starts afresh."""
        rest, self._pending, self._cut_before = self._pending, "", False
        return rest

    def _next_end(self) -> int | None:
        ends = [end for end in (self._sentence_end(), self._clause_end()) if end is not None]
        if ends:
            return self._with_space(min(ends))
        if len(self._pending) > CLAUSE_MAX_CHARS:
            space = self._pending.rfind(" ", 0, CLAUSE_MAX_CHARS)
            return space + 1 if space > 0 else CLAUSE_MAX_CHARS
        return None

    def _sentence_end(self) -> int | None:
        for match in _SENTENCE_END.finditer(self._pending):
            if not _ABBREVIATION.search(self._pending[: match.end()].rstrip()):
                return match.end()
        return None

    def _clause_end(self) -> int | None:
        if self._cut_before:
            return None
        matches = _CLAUSE_END.finditer(self._pending, FIRST_CLAUSE_MIN_CHARS)
        return next((match.end() for match in matches), None)

    def _with_space(self, end: int) -> int:
        while end < len(self._pending) and self._pending[end].isspace():
            end += 1
        return end


class History:
    """What was said, as the mind is told: only words that were really heard, and quiet context from the application."""

    def __init__(self, persona: PersonaSpec) -> None:
        self._system = [ChatMessage("system", persona.system_prompt), ChatMessage("system", SPOKEN_STYLE)]
        self._said: list[ChatMessage] = []

    def add(self, message: ChatMessage) -> None:
        if message.text.strip():
            self._said.append(message)
            del self._said[:-HISTORY_MESSAGES_MAX]

    def messages(self, request: str = "") -> list[ChatMessage]:
        """Everything so far, and optionally a request from the engine that is not kept."""
        asked = [ChatMessage("system", request)] if request else []
        return [*self._system, *self._said, *asked]


async def think(
    mind: LanguageModel, messages: Sequence[ChatMessage], on_reasoning: Callable[[str], None]
) -> AsyncIterator[str]:
    """The mind's text as it comes."""
    async for delta in mind.reply(messages):
        match delta:
            case TextDelta(text):
                yield text
            case ReasoningDelta(text):
                on_reasoning(text)
            case _:
                continue  # no tools were offered


async def in_pieces(texts: AsyncIterator[Piece]) -> AsyncIterator[Piece]:
    """Fragments at arbitrary boundaries → clauses. A new utterance never shares a clause with the one before."""
    cutter = ClauseCutter()
    current = ""
    async for fragment in texts:
        if fragment.utterance_id and fragment.utterance_id != current:
            if rest := cutter.rest():
                yield Piece(rest, current)
            current = fragment.utterance_id
        for clause in cutter.push(fragment.text):
            yield Piece(clause, current)
    if rest := cutter.rest():
        yield Piece(rest, current)


async def whole(text: str, utterance_id: str = "") -> AsyncIterator[Piece]:
    yield Piece(text, utterance_id)


async def tagged(texts: AsyncIterator[str]) -> AsyncIterator[Piece]:
    async for text in texts:
        yield Piece(text)
