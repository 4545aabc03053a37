"""A person with no network in between: the terminal, a script, a test.

The peer pulls sound at the pace of its clock, as every peer does, since those pulls are what moves a conversation.
"""

import asyncio
from collections.abc import Callable

from visavis.core.clock import Clock
from visavis.core.events import Event
from visavis.core.frames import VideoFormat
from visavis.core.tasks import TaskSet
from visavis.transports.base import Line
from visavis.transports.media_clock import MediaClock

EVENTS_MAX = 10_000  # that nobody has read; with more, the oldest are forgotten


class LoopbackPeer:
    """Satisfies `Peer`. `events` holds what the conversation said; `on_sound` gets every Opus packet of 20 ms."""

    def __init__(
        self,
        line: Line,
        clock: Clock,
        video: VideoFormat | None = None,
        on_sound: Callable[[bytes], None] = lambda packet: None,
    ) -> None:
        self.video = video or VideoFormat("h264", 720, 480)
        self.events: asyncio.Queue[Event] = asyncio.Queue(EVENTS_MAX)
        self._line, self._media, self._on_sound = line, MediaClock(clock), on_sound
        self._tasks = TaskSet()

    def open(self) -> None:
        """Take the line: from here on sound flows. Nobody looks, so no picture is asked for, and none is drawn."""
        self._line.peer_expected(self)
        self._line.peer_opened(self)
        self._tasks.start(self._pull_sound(), "loopback-sound")

    def deliver(self, event: Event) -> None:
        if self.events.full():
            self.events.get_nowait()
        self.events.put_nowait(event)

    async def close(self) -> None:
        await self._tasks.close()

    async def _pull_sound(self) -> None:
        while True:
            await self._media.next_tick_ms()
            self._on_sound(self._line.next_audio())
