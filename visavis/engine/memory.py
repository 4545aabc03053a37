"""What a conversation must know to go on in another process: taken when something was said, given to a new one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from visavis.engine.lifecycle import Lifecycle, Limits
from visavis.engine.records import Record
from visavis.providers.base import ChatMessage


@dataclass(frozen=True, slots=True)
class Memory:
    """Times are ages, for another process may have another clock.

    `joined_ms` is how long ago somebody came first, None where nobody has; `ready` says that the greeting is over.
    `line` is what the transport wrote down to know the client's end of the line again.
    """

    created_ms: float = 0.0
    joined_ms: float | None = None
    ready: bool = False
    said: tuple[ChatMessage, ...] = field(default=(), repr=False)
    warnings: int = 0
    failures: int = 0
    line: str = field(default="", repr=False)

    def aged(self, by_ms: float) -> "Memory":
        """The same, looked at later."""
        joined_ms = None if self.joined_ms is None else self.joined_ms + by_ms
        return replace(self, created_ms=self.created_ms + by_ms, joined_ms=joined_ms)

    def shorter(self) -> "Memory":
        """Without the older half of what was said, where all of it is too much to keep."""
        return replace(self, said=self.said[(len(self.said) + 1) // 2 :])


class Past:
    """What a conversation begins with, and what of it is worth remembering so far. `on_change` never blocks."""

    def __init__(self, memory: Memory, now_ms: float, on_change: Callable[[], None]) -> None:
        self.memory = memory
        self.started_ms = now_ms - memory.created_ms
        self._now_ms = now_ms
        self._on_change = on_change
        self._changes = 0

    def lifecycle(self, limits: Limits, max_length_ms: float | None) -> Lifecycle:
        joined_ms = None if self.memory.joined_ms is None else self._now_ms - self.memory.joined_ms
        return Lifecycle.regained(limits, max_length_ms, self.started_ms, joined_ms, self._now_ms)

    def look(self, changes: int) -> None:
        """`changes` counts what was said, by anybody."""
        if changes != self._changes:
            self._changes = changes
            self._on_change()

    def remember(
        self, said: Sequence[ChatMessage], record: Record, life: Lifecycle, ready: bool, now_ms: float
    ) -> Memory:
        joined_ms = None if life.connected_ms is None else now_ms - life.connected_ms
        return Memory(
            now_ms - self.started_ms,
            joined_ms,
            ready or self.memory.ready,
            tuple(said),
            record.warnings,
            record.failures,
            self.memory.line,
        )
