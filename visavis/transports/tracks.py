"""Sound and picture as aiortc sends them: packets that are already encoded, on one media clock.

aiortc is transport only. A track hands it `av.Packet`s, which it cuts into RTP; its encoders never run, and neither
does its measurement of audio levels, which is a Python loop over every sample of a frame.
"""

from fractions import Fraction

from aiortc import MediaStreamTrack
from aiortc.mediastreams import MediaStreamError
from av import Packet

from visavis.core.frames import PLAYOUT_RATE_HZ
from visavis.transports.base import Line
from visavis.transports.media_clock import MediaClock

VIDEO_RATE_HZ = 90_000
_AUDIO_TIME_BASE = Fraction(1, PLAYOUT_RATE_HZ)
_VIDEO_TIME_BASE = Fraction(1, VIDEO_RATE_HZ)


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
