"""How good the line is, from the reports that both ends exchange anyway (RTCP). Pure but for its clock.

What left is counted by our own reports; what arrived, how evenly and how long ago by those of the client. A report of
ours is recognised in the answer by its time stamp, which is how the way there and back is measured.
"""

from collections import deque
from dataclasses import dataclass, field
from statistics import median

from aiortc.rtp import RtcpReceiverInfo, RtcpSenderInfo

from visavis.core.clock import Clock
from visavis.core.events import LineMeasured
from visavis.core.frames import PLAYOUT_RATE_HZ

TELL_EVERY_MS = 2_000.0
REPORTS_KEPT = 8  # of ours, in which an answer finds the one it means
ROUND_TRIPS_KEPT = 64
STAMPS_PER_MS = 65.536  # what the client's delays are counted in
_COUNTS = 1 << 32  # reports count in 32 bits, which a few hours of pictures fill


@dataclass(slots=True)
class Sent:
    """One stream, sound or picture: what left since our first report and what was lost, by the latest of either end."""

    ssrc: int
    is_sound: bool
    first: tuple[int, int] = (0, 0)
    packets: int = 0
    octets: int = 0
    lost: int = 0
    stamps: deque[tuple[int, float]] = field(default_factory=lambda: deque[tuple[int, float]](maxlen=REPORTS_KEPT))


class LineMeter:
    """Of one peer. `streams` are added as they begin to send; `due` is asked after each report of the client."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._streams: list[Sent] = []
        self._round_trips_ms: deque[float] = deque(maxlen=ROUND_TRIPS_KEPT)
        self._jitter_ms: float | None = None
        self._told: tuple[float, int, int, int] | None = None

    def add(self, ssrc: int, *, is_sound: bool) -> Sent:
        stream = Sent(ssrc, is_sound)
        self._streams.append(stream)
        return stream

    def on_sent(self, stream: Sent, report: RtcpSenderInfo) -> None:
        """One of our own reports leaves."""
        now_ms = self._clock.now_ms()
        if not stream.stamps:
            stream.first = report.packet_count, report.octet_count
        packets, octets = stream.first
        stream.packets += (report.packet_count - packets - stream.packets) % _COUNTS
        stream.octets += (report.octet_count - octets - stream.octets) % _COUNTS
        stream.stamps.append(((report.ntp_timestamp >> 16) & 0xFFFFFFFF, now_ms))
        if self._told is None:
            self._told = now_ms, *self._totals()

    def on_report(self, stream: Sent, report: RtcpReceiverInfo) -> LineMeasured | None:
        """What the client says of a stream; now and then there is something to tell."""
        now_ms = self._clock.now_ms()
        stream.lost = max(stream.lost, report.packets_lost)
        if stream.is_sound:
            self._jitter_ms = report.jitter * 1000 / PLAYOUT_RATE_HZ
        sent_ms = next((at_ms for stamp, at_ms in reversed(stream.stamps) if stamp == report.lsr), None)
        if sent_ms is not None and (trip_ms := now_ms - sent_ms - report.dlsr / STAMPS_PER_MS) >= 0:
            self._round_trips_ms.append(trip_ms)
        return self._measured(now_ms)

    def _measured(self, now_ms: float) -> LineMeasured | None:
        if self._told is None:
            return None
        before_ms, packets, lost, octets = self._told
        now_packets, now_lost, now_octets = self._totals()
        if now_packets == packets or now_ms - before_ms < TELL_EVERY_MS:
            return None
        self._told = now_ms, now_packets, now_lost, now_octets
        round_trip_ms = median(self._round_trips_ms) if self._round_trips_ms else None
        self._round_trips_ms.clear()
        return LineMeasured(
            now_ms, now_ms - before_ms, round_trip_ms, self._jitter_ms,
            now_packets - packets, now_lost - lost, now_octets - octets,
        )  # fmt: skip

    def _totals(self) -> tuple[int, int, int]:
        streams = self._streams
        return sum(it.packets for it in streams), sum(it.lost for it in streams), sum(it.octets for it in streams)
