"""What a conversation asks of whoever carries out its tools. The engine knows no HTTP and no database.

Client tools are carried out by the page and system tools by the conversation itself; everything else is handed to a
`ToolExecutor`, of which each session has its own.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from visavis.core.spec import ToolSpec
from visavis.core.tools import ToolAnswer


class ToolExecutor(Protocol):
    """Carries out the tools of one session."""

    async def offered(self, on_trouble: Callable[[str], None]) -> Sequence[ToolSpec]:
        """Tools of other servers that the session may use beside its own; asked once, when the session begins.

        What cannot be asked is told in plain words, and left out.
        """
        ...

    async def run(self, tool: ToolSpec, arguments: Mapping[str, Any]) -> ToolAnswer:
        """The arguments fit the tool's schema. Raises `ToolFailed`; being cancelled means that nobody waits any more.

        How long it may take is the caller's to limit.
        """
        ...

    async def close(self) -> None: ...
