"""What a conversation asks of whoever carries out its tools. The engine knows no HTTP and no database.

Client tools are carried out by the page and system tools by the conversation itself; everything else is handed to a
`ToolExecutor`, of which each session has its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from visavis.core.spec import ToolSpec


@dataclass(frozen=True, slots=True)
class ToolAnswer:
    """What a tool says, as it says it: nobody has looked at it yet. `documents` are those it read."""

    text: str = field(repr=False)
    documents: tuple[str, ...] = ()


class ToolFailed(Exception):
    """`message` is plain words for the mind and for reports, without secrets or anything that others wrote.

    `said` is what the other side wrote about it, if anything; like every answer it is only for the mind.
    """

    def __init__(self, message: str, said: str = "") -> None:
        self.message, self.said = message, said
        super().__init__(message)


class ToolExecutor(Protocol):
    """Carries out the tools of one session."""

    async def offered(self) -> Sequence[ToolSpec]:
        """Tools of other servers that the session may use beside its own; asked once, when the session begins.

        Raises `ToolFailed` where a server cannot be asked.
        """
        ...

    async def run(self, tool: ToolSpec, arguments: Mapping[str, Any]) -> ToolAnswer:
        """The arguments fit the tool's schema. Raises `ToolFailed`; being cancelled means that nobody waits any more.

        How long it may take is the caller's to limit.
        """
        ...

    async def close(self) -> None: ...
