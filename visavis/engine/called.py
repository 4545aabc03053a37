"""Tells everybody what became of a call: begun, then completed or failed, once."""

from collections.abc import Callable
from uuid import uuid4

from visavis.core.clock import Clock
from visavis.core.events import (
    CalledTool,
    ClientToolCalled,
    Event,
    ToolCallCompleted,
    ToolCallFailed,
    ToolCallStarted,
)
from visavis.core.spec import SessionSpec


class Told:
    """The voice of one session's tools."""

    def __init__(self, spec: SessionSpec, clock: Clock, deliver: Callable[[Event], None]) -> None:
        self._twice = spec.tells_client_tools_twice
        self._clock, self._deliver = clock, deliver

    def started(self, call: CalledTool) -> None:
        now_ms, event_id = self._clock.now_ms(), str(uuid4())
        self._deliver(ToolCallStarted(now_ms, event_id, call))
        if call.kind == "client" and self._twice:
            self._deliver(ClientToolCalled(now_ms, event_id, call))

    def completed(self, call: CalledTool, result: str, documents: tuple[str, ...] = ()) -> None:
        """A page closes its own calls, or was never asked for an answer."""
        shown = call.kind != "client"
        self._deliver(ToolCallCompleted(self._clock.now_ms(), str(uuid4()), call, result, documents, shown))

    def failed(self, call: CalledTool, error: str, *, shown: bool = True) -> None:
        self._deliver(ToolCallFailed(self._clock.now_ms(), str(uuid4()), call, error, shown))
