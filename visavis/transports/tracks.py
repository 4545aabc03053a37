"""Sound and picture as aiortc sends them: packets that are already encoded, on one media clock.

aiortc is transport only. A track hands it `av.Packet`s, which it cuts into RTP; its encoders never run, and neither
does its measurement of audio levels, which is a Python loop over every sample of a frame.
"""

from fractions import Fraction

from aiortc import MediaStreamTrack
from aiortc.mediastreams import MediaStreamError
from av import Packet

from visavis.core.clock import Clock
from visavis.core.frames import AUDIO_TICK_MS, PLAYOUT_RATE_HZ
from visavis.transports.base import Line

LATE_MAX_MS = 200.0  # what is later than this is not caught up with: a burst would only be thrown away
VIDEO_RATE_HZ = 90_000
_AUDIO_TIME_BASE = Fraction(1, PLAYOUT_RATE_HZ)
_VIDEO_TIME_BASE = Fraction(1, VIDEO_RATE_HZ)


class MediaClock:
    """How far a session's sound has come, and when its zero was on the machine's clock.

    The engine counts pulls, so this counts them too, over all peers that the session has had: picture times come from
    the engine and mean the same count. When pulls stop for a while, the zero moves and the count goes on.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._position_ms = 0
        self._zero_ms: float | None = None

    async def next_tick_ms(self) -> int:
        """Wait until the next 20 ms of sound are due; their place on the media clock."""
        now_ms = self._clock.now_ms()
        if self._zero_ms is None or now_ms - self._zero_ms - self._position_ms > LATE_MAX_MS:
            self._zero_ms = now_ms - self._position_ms
        elif (due_ms := self._zero_ms + self._position_ms) > now_ms:
            await self._clock.sleep_until(due_ms)
        tick_ms = self._position_ms
        self._position_ms += AUDIO_TICK_MS
        return tick_ms

    def elapsed_ms(self, ago_ms: float) -> float | None:
        """The media clock as it was this long ago; None before the first sound."""
        return None if self._zero_ms is None else self._clock.now_ms() - ago_ms - self._zero_ms


class AudioTrack(MediaStreamTrack):
    """Pulls 20 ms of speech or silence when they are due."""

    kind = "audio"
    rate_hz = PLAYOUT_RATE_HZ

    def __init__(self, line: Line, media: MediaClock) -> None:
        super().__init__()
        self._line, self._media = line, media
        self.sent_ms = 0

    async def recv(self) -> Packet:
        tick_ms = await self._media.next_tick_ms()
        if self.readyState != "live":
            raise MediaStreamError
        self.sent_ms = tick_ms
        return _packet(self._line.next_audio(), tick_ms * PLAYOUT_RATE_HZ // 1000, _AUDIO_TIME_BASE)


class VideoTrack(MediaStreamTrack):
    """Passes pictures on as they come; the engine paces them."""

    kind = "video"
    rate_hz = VIDEO_RATE_HZ

    def __init__(self, line: Line) -> None:
        super().__init__()
        self._line = line
        self.sent_ms = 0
        self.sent_bytes = 0

    async def recv(self) -> Packet:
        picture = await self._line.next_video()
        if self.readyState != "live":
            raise MediaStreamError
        self.sent_ms = picture.pts_ms
        self.sent_bytes += len(picture.data)
        return _packet(picture.data, picture.pts_ms * VIDEO_RATE_HZ // 1000, _VIDEO_TIME_BASE)


def _packet(data: bytes, pts: int, time_base: Fraction) -> Packet:
    packet = Packet(data)
    packet.pts, packet.time_base = pts, time_base
    return packet
