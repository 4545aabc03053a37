"""When sound is pulled, and that reports put sound and picture on one time base."""

import asyncio
from typing import Any

import pytest
from aiortc import clock as wall_clock
from aiortc.mediastreams import MediaStreamError
from aiortc.rtp import RTCP_PSFB_APP, RtcpPsfbPacket, RtcpReceiverInfo, RtcpRrPacket, RtcpSenderInfo, RtcpSrPacket

from visavis.core.clock import HandWoundClock
from visavis.core.frames import VideoFormat
from visavis.transports.feedback import KEYFRAME_EVERY_MS, VideoFeedback, report_media_time
from visavis.transports.media_clock import MediaClock
from visavis.transports.tracks import AudioTrack, VideoTrack

from .conftest import TestLine


async def pull(track: AudioTrack, clock: HandWoundClock, advance_ms: float) -> list[int]:
    """The places of all packets that are pulled while time moves on, in ms."""
    places: list[int] = []

    async def keep_pulling() -> None:
        while True:
            packet = await track.recv()
            assert packet.pts is not None
            places.append(packet.pts // 48)

    pulling = asyncio.create_task(keep_pulling())
    await clock.advance(advance_ms)
    pulling.cancel()
    await asyncio.wait({pulling})
    return places


@pytest.fixture
def clock() -> HandWoundClock:
    return HandWoundClock(start_ms=5000.0)


async def test_one_packet_every_20_ms_from_the_first_pull_on(clock: HandWoundClock, line: TestLine) -> None:
    track = AudioTrack(line, MediaClock(clock))
    assert await pull(track, clock, 100) == [0, 20, 40, 60, 80, 100]


async def test_sessions_that_began_at_different_moments_tick_at_the_same(clock: HandWoundClock) -> None:
    ticked_ms: list[float] = []

    async def tick_twice(media: MediaClock) -> None:
        for _ in range(2):
            await media.next_tick_ms()
            ticked_ms.append(clock.now_ms())

    sessions = []
    for begins_after_ms in (3, 6, 4):
        await clock.advance(begins_after_ms)
        sessions.append(asyncio.create_task(tick_twice(MediaClock(clock))))
    await clock.advance(60)
    await asyncio.gather(*sessions)
    assert ticked_ms == [5020] * 3 + [5040] * 3


async def test_a_little_late_is_caught_up_with(clock: HandWoundClock, line: TestLine) -> None:
    track = AudioTrack(line, MediaClock(clock))
    await track.recv()
    await clock.advance(150)
    assert await pull(track, clock, 20) == [20, 40, 60, 80, 100, 120, 140, 160]


async def test_very_late_moves_the_zero_and_skips_nothing(clock: HandWoundClock, line: TestLine) -> None:
    media = MediaClock(clock)
    track = AudioTrack(line, media)
    await track.recv()
    await clock.advance(5000)
    assert await pull(track, clock, 40) == [20, 40, 60]
    assert media.elapsed_ms(0) == 60


async def test_the_next_peer_goes_on_where_the_last_one_stopped(clock: HandWoundClock, line: TestLine) -> None:
    """Picture times come from the engine, which counts pulls over all peers."""
    media = MediaClock(clock)
    await pull(AudioTrack(line, media), clock, 100)
    await clock.advance(10_000)
    assert await pull(AudioTrack(line, media), clock, 20) == [120, 140]


async def test_a_stopped_track_ends(clock: HandWoundClock, line: TestLine) -> None:
    track = AudioTrack(line, MediaClock(clock))
    track.stop()
    with pytest.raises(MediaStreamError):
        await track.recv()


class RecordingSender:
    """The three methods of aiortc's sender that are hooked."""

    def __init__(self) -> None:
        self._ssrc = 1234
        self.sent: list[Any] = []
        self.handled: list[Any] = []

    async def _send_rtcp(self, packets: list[Any]) -> None:
        self.sent += packets

    async def _handle_rtcp_packet(self, packet: Any) -> None:
        self.handled.append(packet)

    def _send_keyframe(self) -> None: ...


def report(rtp_timestamp: int, ago_ms: float = 0.0) -> RtcpSrPacket:
    ntp = wall_clock.current_ntp_time() - int(ago_ms * (1 << 32) / 1000)
    return RtcpSrPacket(
        ssrc=1234,
        sender_info=RtcpSenderInfo(ntp_timestamp=ntp, rtp_timestamp=rtp_timestamp, packet_count=1, octet_count=1),
    )


async def test_reports_of_sound_and_picture_share_one_zero(clock: HandWoundClock, line: TestLine) -> None:
    """A picture that left 70 ms late is still reported at its own place on the media clock."""
    media = MediaClock(clock)
    audio, video = AudioTrack(line, media), VideoTrack(line)
    await pull(audio, clock, 1000)
    await clock.advance(30)
    video.sent_ms = 960
    for track, origin in ((audio, 4_000_000_000), (video, 77)):
        sender: Any = RecordingSender()
        report_media_time(sender, track, media)
        sent_rtp = (origin + track.sent_ms * track.rate_hz // 1000) % (1 << 32)
        await sender._send_rtcp([report(sent_rtp)])
        corrected_ms = (sender.sent[0].sender_info.rtp_timestamp - origin) % (1 << 32) * 1000 / track.rate_hz
        assert corrected_ms == pytest.approx(1030, abs=3)


async def test_nothing_is_reported_before_anything_was_sent(clock: HandWoundClock, line: TestLine) -> None:
    sender: Any = RecordingSender()
    media = MediaClock(clock)
    track = AudioTrack(line, media)
    report_media_time(sender, track, media)
    await sender._send_rtcp([report(5)])
    await track.recv()
    never = report(5)
    never.sender_info.ntp_timestamp = 0
    await sender._send_rtcp([never])
    assert sender.sent == []


async def test_one_keyframe_for_a_burst_of_requests(clock: HandWoundClock, line: TestLine) -> None:
    sender: Any = RecordingSender()
    VideoFeedback(sender, VideoTrack(line), line, VideoFormat("h264", 96, 64), clock)
    for _ in range(5):
        sender._send_keyframe()
    assert line.keyframes == 1
    await clock.advance(KEYFRAME_EVERY_MS)
    sender._send_keyframe()
    assert line.keyframes == 2


@pytest.mark.parametrize("fci", [b"", b"REMB", b"XXXX\x01\x00\x00\x00"])
async def test_estimates_that_cannot_be_read_are_ignored(fci: bytes, clock: HandWoundClock, line: TestLine) -> None:
    sender: Any = RecordingSender()
    VideoFeedback(sender, VideoTrack(line), line, VideoFormat("h264", 96, 64), clock)
    await sender._handle_rtcp_packet(RtcpPsfbPacket(fmt=RTCP_PSFB_APP, ssrc=1, media_ssrc=0, fci=fci))
    assert line.bitrates_bps == []


async def test_loss_lowers_the_bitrate_and_still_reaches_the_sender(clock: HandWoundClock, line: TestLine) -> None:
    sender: Any = RecordingSender()
    VideoFeedback(sender, VideoTrack(line), line, VideoFormat("h264", 96, 64, 1_000_000), clock)
    lost = RtcpReceiverInfo(1234, fraction_lost=128, packets_lost=9, highest_sequence=9, jitter=0, lsr=0, dlsr=0)
    await sender._handle_rtcp_packet(RtcpRrPacket(ssrc=1, reports=[lost]))
    assert line.bitrates_bps == [750_000]
    assert len(sender.handled) == 1
