"""Everybody who is told what happens in a conversation: its record, its peer and its signalling socket."""

from collections import deque

from visavis.core.clock import Clock
from visavis.core.events import Event, SessionEnded, SessionReady, TalkInterrupted, Warned
from visavis.engine.notices import Restraint
from visavis.engine.records import Record
from visavis.transports.base import Listener, Peer

BACKLOG_MAX = 64


class Audience:
    """The newest peer and the newest socket count. What a socket must know waits for one while there is none."""

    def __init__(self, record: Record, clock: Clock) -> None:
        self.peer: Peer | None = None
        self.socket: Listener | None = None
        self._record, self._clock = record, clock
        self._backlog: deque[Event] = deque(maxlen=BACKLOG_MAX)
        self._restraint = Restraint()

    def attach(self, socket: Listener) -> None:
        self.socket = socket
        while self._backlog:
            socket.deliver(self._backlog.popleft())

    def deliver(self, event: Event) -> None:
        self._record.deliver(event)
        if self.peer is not None:
            self.peer.deliver(event)
        if self.socket is not None:
            self.socket.deliver(event)
        elif isinstance(event, SessionReady | Warned | TalkInterrupted | SessionEnded):
            self._backlog.append(event)

    def warn(self, text: str) -> None:
        """Somebody asked for what cannot be done; said once in a while."""
        now_ms = self._clock.now_ms()
        if self._restraint.allows(text, now_ms):
            self.deliver(Warned(now_ms, text))

    def fail(self, text: str) -> None:
        """Something went wrong here."""
        self.deliver(Warned(self._clock.now_ms(), text, failure=True))
