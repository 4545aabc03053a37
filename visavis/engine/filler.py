"""What the persona says while a slow tool works, so that nobody thinks that the line is dead."""

import itertools
import re
from collections.abc import AsyncIterator, Callable

from visavis.core.errors import ProviderError
from visavis.core.spec import ToolSpec

MS_PER_CHAR_SAID = 60.0  # a rough pace of speech: what was said before the call is heard first
FILLER_CHARS_MAX = 160
_SENTENCE = re.compile(r"\s*(.+?[.!?…。！？])(?=\s|$)", re.DOTALL)


def due_ms(tool: ToolSpec, said_before: str, now_ms: float) -> float | None:
    """When the wait becomes long enough to be bridged; None for tools during which the persona is quiet.

    A page may wait for its user, who then has the floor: its tools have fillers only where somebody wrote some.
    """
    if tool.kind == "system" or tool.fillers == () or (tool.kind == "client" and not tool.fillers):
        return None
    return now_ms + tool.filler_after_ms + len(said_before) * MS_PER_CHAR_SAID


class Fillers:
    """Which words come next; written ones are not repeated as long as there are others."""

    def __init__(self) -> None:
        self._count = itertools.count()

    async def words(self, tool: ToolSpec, composed: Callable[[], AsyncIterator[str]]) -> str:
        """One short sentence, written or `composed`; "" where there is none, since a wait is not worth a failure."""
        if tool.fillers:
            return tool.fillers[next(self._count) % len(tool.fillers)]
        text = ""
        try:
            async for piece in composed():
                text += piece
                if len(text) > FILLER_CHARS_MAX or _SENTENCE.match(text):
                    break
        except ProviderError:
            return ""
        sentence = _SENTENCE.match(text)
        return sentence.group(1) if sentence else text.strip()[:FILLER_CHARS_MAX]
