"""An executor of tools that does as it is told, for conversations on stage."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from visavis.core.clock import Clock
from visavis.core.spec import ToolSpec
from visavis.core.tools import ToolAnswer, ToolFailed

Outcome: TypeAlias = ToolAnswer | ToolFailed | str


class Errands:
    """Answers each tool with what it was given for it, after `delays_ms` on the stage's clock.

    `run_with` keeps what was asked, `given_up` what nobody waited for. `others` are tools of another server.
    """

    def __init__(self, clock: Clock, outcomes: Mapping[str, Outcome], others: Sequence[ToolSpec] = ()) -> None:
        self.delays_ms: dict[str, float] = {}
        self.run_with: list[tuple[str, dict[str, Any]]] = []
        self.given_up: list[str] = []
        self.closed = False
        self._clock, self._outcomes, self._others = clock, outcomes, others

    async def offered(self, on_trouble: Callable[[str], None]) -> Sequence[ToolSpec]:
        return self._others

    async def run(self, tool: ToolSpec, arguments: Mapping[str, Any]) -> ToolAnswer:
        self.run_with.append((tool.name, dict(arguments)))
        try:
            await self._clock.sleep_until(self._clock.now_ms() + self.delays_ms.get(tool.name, 0.0))
        except asyncio.CancelledError:
            self.given_up.append(tool.name)
            raise
        outcome = self._outcomes[tool.name]
        if isinstance(outcome, ToolFailed):
            raise outcome
        return ToolAnswer(outcome) if isinstance(outcome, str) else outcome

    async def close(self) -> None:
        self.closed = True
