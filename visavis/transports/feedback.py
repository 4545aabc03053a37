"""What the client's RTCP asks for and tells, and what ours says: keyframes, bitrate, how good the line is, and one time
base for sound and picture.

aiortc acts on feedback inside its encoders, which are never used here, so its senders are hooked at three methods.
"""

import struct

from aiortc import RTCRtpSender
from aiortc import clock as wall_clock
from aiortc.rtp import (
    RTCP_PSFB_APP,
    AnyRtcpPacket,
    RtcpPsfbPacket,
    RtcpRrPacket,
    RtcpSenderInfo,
    RtcpSrPacket,
    unpack_remb_fci,
)
from aiortc.utils import uint32_add

from visavis.core.clock import Clock
from visavis.core.frames import VideoFormat
from visavis.transports.bandwidth import Bandwidth
from visavis.transports.base import Line
from visavis.transports.line_meter import LineMeter
from visavis.transports.media_clock import MediaClock
from visavis.transports.tracks import AudioTrack, VideoTrack

KEYFRAME_EVERY_MS = 300.0  # a receiver repeats its request until the picture comes; one is enough
BITRATE_STEP = 0.05  # a smaller change is not worth an encoder's while
MEASURE_OVER_MS = 1_000.0  # as the receiver measures what it gets


class VideoFeedback:
    """Passes picture loss and what the network bears on from one video sender to the line."""

    def __init__(self, sender: RTCRtpSender, track: VideoTrack, line: Line, video: VideoFormat, clock: Clock) -> None:
        self._track, self._line, self._clock = track, line, clock
        self._ssrc = sender._ssrc
        self._keyframe_ms = float("-inf")
        self._bandwidth = Bandwidth(video.bitrate_bps)
        self._told_bps = video.bitrate_bps
        self._measured = (clock.now_ms(), 0)
        self._sent_bps = 0.0
        self._handle = sender._handle_rtcp_packet
        sender._send_keyframe = self._on_picture_loss
        sender._handle_rtcp_packet = self._on_rtcp

    def _on_picture_loss(self) -> None:
        now_ms = self._clock.now_ms()
        if now_ms - self._keyframe_ms >= KEYFRAME_EVERY_MS:
            self._keyframe_ms = now_ms
            self._line.want_keyframe()

    async def _on_rtcp(self, packet: AnyRtcpPacket) -> None:
        if isinstance(packet, RtcpPsfbPacket) and packet.fmt == RTCP_PSFB_APP:
            self._on_estimate(packet)
            return
        if isinstance(packet, RtcpRrPacket | RtcpSrPacket):
            for report in packet.reports:
                if report.ssrc == self._ssrc:
                    self._bandwidth.on_loss(report.fraction_lost / 256, self._clock.now_ms())
                    self._tell()
        await self._handle(packet)

    def _on_estimate(self, packet: RtcpPsfbPacket) -> None:
        try:
            estimate_bps, ssrcs = unpack_remb_fci(packet.fci)
        except (ValueError, IndexError, struct.error):
            return
        if self._ssrc in ssrcs:
            self._bandwidth.on_estimate(estimate_bps, self._measure_bps(), self._clock.now_ms())
            self._tell()

    def _measure_bps(self) -> float:
        now_ms, sent_bytes = self._clock.now_ms(), self._track.sent_bytes
        before_ms, before_bytes = self._measured
        if now_ms - before_ms >= MEASURE_OVER_MS:
            self._sent_bps = (sent_bytes - before_bytes) * 8000 / (now_ms - before_ms)
            self._measured = (now_ms, sent_bytes)
        return self._sent_bps

    def _tell(self) -> None:
        target_bps = self._bandwidth.target_bps
        if abs(target_bps - self._told_bps) > BITRATE_STEP * self._told_bps:
            self._told_bps = target_bps
            self._line.set_bitrate(target_bps)


def measure_line(sender: RTCRtpSender, meter: LineMeter, line: Line, *, is_sound: bool) -> None:
    """Let the meter see the reports of one sender and of its receiver, and tell the line what comes of them.

    To be called before `report_media_time`, which keeps some reports from leaving.
    """
    stream = meter.add(sender._ssrc, is_sound=is_sound)
    handle, send = sender._handle_rtcp_packet, sender._send_rtcp

    async def handle_measured(packet: AnyRtcpPacket) -> None:
        if isinstance(packet, RtcpRrPacket | RtcpSrPacket):
            for report in packet.reports:
                if report.ssrc == stream.ssrc and (measured := meter.on_report(stream, report)) is not None:
                    line.measured(measured)
        await handle(packet)

    async def send_measured(packets: list[AnyRtcpPacket]) -> None:
        for packet in packets:
            if isinstance(packet, RtcpSrPacket):
                meter.on_sent(stream, packet.sender_info)
        await send(packets)

    sender._handle_rtcp_packet, sender._send_rtcp = handle_measured, send_measured


def report_media_time(sender: RTCRtpSender, track: AudioTrack | VideoTrack, media: MediaClock) -> None:
    """Make the sender's reports say when its media belongs on the clock that sound and picture share.

    aiortc pairs the last RTP timestamp with the moment its packet left, so every late picture would move the picture
    against the sound at the receiver.
    """
    send = sender._send_rtcp

    async def send_corrected(packets: list[AnyRtcpPacket]) -> None:
        reports = [packet.sender_info for packet in packets if isinstance(packet, RtcpSrPacket)]
        if all(_put_on(media, report, track) for report in reports):
            await send(packets)

    sender._send_rtcp = send_corrected


def _put_on(media: MediaClock, report: RtcpSenderInfo, track: AudioTrack | VideoTrack) -> bool:
    """Move the RTP timestamp to what is due at the report's time; false when there is nothing to report yet."""
    if not report.ntp_timestamp:
        return False
    ago_ms = (wall_clock.current_ntp_time() - report.ntp_timestamp) * 1000 / (1 << 32)
    due_ms = media.elapsed_ms(ago_ms)
    if due_ms is None:
        return False
    report.rtp_timestamp = uint32_add(report.rtp_timestamp, round((due_ms - track.sent_ms) * track.rate_hz / 1000))
    return True
