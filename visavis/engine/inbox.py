"""Everything that happens to a conversation, in the order in which it happened.

Commands come from outside and are bounded; what the engine tells itself is never dropped.
"""

import asyncio
from dataclasses import dataclass
from typing import TypeAlias

from visavis.core.clock import Clock
from visavis.core.events import Command, EndReason, LineMeasured
from visavis.engine import turn
from visavis.engine.reply import Reply
from visavis.engine.system_tools import SystemCall
from visavis.transports.base import Listener, Peer

COMMANDS_MAX = 20_000
END_TEXTS: dict[EndReason, str] = {
    "client": "The client left the session",
    "never_connected": "Nobody connected in time",
    "connection_lost": "The connection was lost",
    "stopped": "The session was stopped",
    "max_length": "The session reached its maximum length",
    "user_silence": "The session ended because nobody spoke for a long time",
    "hung_up": "The persona ended the call",
    "failed": "The session failed",
}


@dataclass(frozen=True, slots=True)
class PeerExpected:
    peer: Peer


@dataclass(frozen=True, slots=True)
class PeerOpened:
    peer: Peer


@dataclass(frozen=True, slots=True)
class PeerLost:
    peer: Peer


@dataclass(frozen=True, slots=True)
class SocketLost:
    socket: Listener


@dataclass(frozen=True, slots=True)
class FaceReady:
    """The face can be drawn, or why it cannot."""

    error: str = ""


LineNews: TypeAlias = PeerExpected | PeerOpened | PeerLost | SocketLost | LineMeasured | FaceReady


@dataclass(frozen=True, slots=True)
class ReplyOver:
    """A reply has said everything, or why it could not."""

    reply: Reply
    error: str = ""


@dataclass(frozen=True, slots=True)
class Ending:
    """The conversation is to end now."""

    reason: EndReason
    text: str


Item: TypeAlias = Command | turn.Fact | LineNews | ReplyOver | SystemCall | Ending


def ending(reason: EndReason) -> Ending:
    return Ending(reason, END_TEXTS[reason])


class Inbox:
    """A queue that also wakes its reader when a time has come."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._items: asyncio.Queue[Item] = asyncio.Queue()

    def put(self, item: Item) -> None:
        self._items.put_nowait(item)

    def offer(self, command: Command) -> None:
        """A command from outside; dropped when there are absurdly many."""
        if self._items.qsize() < COMMANDS_MAX:
            self._items.put_nowait(command)

    async def next(self, wake_ms: float) -> Item:
        """What happened next, or a tick at `wake_ms` (infinity for never)."""
        if not self._items.empty():
            return self._items.get_nowait()
        arrival = asyncio.ensure_future(self._items.get())
        alarm = asyncio.ensure_future(self._clock.sleep_until(wake_ms)) if wake_ms < float("inf") else None
        try:
            await asyncio.wait({arrival, alarm} if alarm else {arrival}, return_when=asyncio.FIRST_COMPLETED)
            return arrival.result() if arrival.done() else turn.Tick()
        finally:
            arrival.cancel()
            if alarm is not None:
                alarm.cancel()
