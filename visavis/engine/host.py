"""How many conversations live here: opening, finding, ending and draining them."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial

from visavis.core.clock import Clock
from visavis.core.errors import NotFound, SessionLimitReached, Unavailable
from visavis.core.events import EndReason, Event
from visavis.core.spec import SessionSpec
from visavis.core.tasks import TaskSet
from visavis.engine.conversation import Conversation
from visavis.engine.lifecycle import Limits
from visavis.engine.memory import Memory, Past
from visavis.engine.parts import Parts
from visavis.engine.records import Entry, Record, SessionReport
from visavis.engine.watching import Watcher

__all__ = ["Host", "Limits", "Parts", "SessionReport"]

DRAINING = "This server is about to stop and starts no new sessions; please try again in a moment."
ENDS_SOON = "The server is about to stop; this conversation ends in {:.0f} seconds at the latest."


def _keep_nothing(session_id: str, entry: Entry) -> None: ...
def _notice_nothing(conversation: Conversation) -> None: ...


class Host:
    """All living conversations of this process. Admission is one check and one insert with no wait between.

    `on_entry` is told what a session leaves behind, as soon as it is known, and `on_change` that a conversation has
    something new to remember; neither may block. `watchers` are told everything, also who could not be admitted.
    """

    def __init__(
        self,
        clock: Clock,
        limits: Limits,
        furnish: Callable[[SessionSpec], Parts],
        on_end: Callable[[SessionReport], Awaitable[None]],
        on_entry: Callable[[str, Entry], None] = _keep_nothing,
        on_change: Callable[[Conversation], None] = _notice_nothing,
        watchers: Sequence[Watcher] = (),
    ) -> None:
        self._clock, self._limits = clock, limits
        self._furnish, self._on_end, self._on_entry, self._on_change = furnish, on_end, on_entry, on_change
        self._watchers = tuple(watchers)
        self._conversations: dict[str, Conversation] = {}
        self._tasks = TaskSet()
        self._draining = False

    @property
    def live(self) -> int:
        return len(self._conversations)

    @property
    def sessions_max(self) -> int:
        return self._limits.sessions_max

    @property
    def draining(self) -> bool:
        """Whether nobody is admitted any more."""
        return self._draining

    def open(self, spec: SessionSpec) -> Conversation:
        """Start a conversation that waits for its client. Raises `SessionLimitReached`, `Unavailable` when draining."""
        if self._draining:
            raise Unavailable(DRAINING, headers={"Retry-After": "5"})
        if self.live >= self._limits.sessions_max:
            for watcher in self._watchers:
                watcher.refused()
            raise SessionLimitReached(
                f"{self.live} of {self._limits.sessions_max} sessions are live; end one or raise VISAVIS_SESSIONS_MAX"
            )
        return self._start(spec, Memory())

    def resume(self, spec: SessionSpec, memory: Memory) -> Conversation:
        """Go on with one that was admitted by a process that died; its client is expected to come back."""
        return self._start(spec, memory)

    def _start(self, spec: SessionSpec, memory: Memory) -> Conversation:
        on_entry, on_event = partial(self._on_entry, spec.session_id), partial(self._happened, spec)
        record = Record(on_entry, on_event, memory.warnings, memory.failures)
        past = Past(memory, self._clock.now_ms(), lambda: self._on_change(conversation))
        conversation = Conversation(spec, self._furnish(spec), self._clock, self._limits, record, past)
        for watcher in self._watchers:
            watcher.admitted(spec)
        self._conversations[spec.session_id] = conversation
        conversation.start()
        self._tasks.start(self._watch(conversation), "host-watch")
        return conversation

    def _happened(self, spec: SessionSpec, event: Event) -> None:
        for watcher in self._watchers:
            watcher.happened(spec, event)

    def get(self, session_id: str) -> Conversation:
        conversation = self._conversations.get(session_id)
        if conversation is None:
            raise NotFound("No live session has this id")
        return conversation

    async def stop(self, session_id: str, reason: EndReason, text: str = "") -> None:
        """End a session and wait until its client has been told."""
        conversation = self.get(session_id)
        conversation.end(reason, text)
        await conversation.wait_ended()

    async def drain(self, within_ms: float) -> None:
        """Admit nobody any more, warn those who talk, and return when they have left, or after `within_ms`."""
        self._draining = True
        for conversation in self._conversations.values():
            if conversation.remember().joined_ms is not None:
                conversation.announce(ENDS_SOON.format(within_ms / 1000))
            else:
                conversation.end("stopped", "The server is shutting down")
        alarm = asyncio.ensure_future(self._clock.sleep_until(self._clock.now_ms() + within_ms))
        ends = asyncio.gather(*(conversation.wait_ended() for conversation in self._conversations.values()))
        try:
            await asyncio.wait((alarm, ends), return_when=asyncio.FIRST_COMPLETED)
        finally:
            alarm.cancel()
            ends.cancel()

    async def close(self) -> None:
        """End everything that lives."""
        self._draining = True
        ending = [self.stop(session_id, "stopped", "The server is shutting down") for session_id in self._conversations]
        await asyncio.gather(*ending, return_exceptions=True)
        await self._tasks.settle()

    async def _watch(self, conversation: Conversation) -> None:
        try:
            report = await conversation.wait_ended()
        finally:
            self._conversations.pop(conversation.spec.session_id, None)
        await self._on_end(report)
