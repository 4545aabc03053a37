"""When the next 20 ms of sound are due. A peer's pulls are its session's media clock, so this is where it ticks."""

import math

from visavis.core.clock import Clock
from visavis.core.frames import AUDIO_TICK_MS

LATE_MAX_MS = 200.0  # what is later than this is not caught up with: a burst would only be thrown away


class MediaClock:
    """How far a session's sound has come, and when its zero was on the machine's clock.

    The engine counts pulls, so this counts them too, over all peers that the session has had: picture times come from
    the engine and mean the same count. When pulls stop for a while, the zero moves and the count goes on.

    All sessions of a machine tick at the same moments: waking once for ten of them costs half of what ten times costs.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._position_ms = 0
        self._zero_ms: float | None = None

    async def next_tick_ms(self) -> int:
        """Wait until the next 20 ms of sound are due; their place on the media clock."""
        now_ms = self._clock.now_ms()
        if self._zero_ms is None or now_ms - self._zero_ms - self._position_ms > LATE_MAX_MS:
            self._zero_ms = _next_tick(now_ms) - self._position_ms
        if (due_ms := self._zero_ms + self._position_ms) > now_ms:
            await self._clock.sleep_until(due_ms)
        tick_ms = self._position_ms
        self._position_ms += AUDIO_TICK_MS
        return tick_ms

    def elapsed_ms(self, ago_ms: float) -> float | None:
        """The media clock as it was this long ago; None before the first sound."""
        return None if self._zero_ms is None else self._clock.now_ms() - ago_ms - self._zero_ms


def _next_tick(now_ms: float) -> float:
    return math.ceil(now_ms / AUDIO_TICK_MS) * AUDIO_TICK_MS
