"""How good the line is, by the reports of both ends; times are wound by hand."""

import pytest
from aiortc.rtp import RtcpReceiverInfo, RtcpSenderInfo

from visavis.core.clock import HandWoundClock
from visavis.core.events import LineMeasured
from visavis.transports.line_meter import TELL_EVERY_MS, LineMeter, Sent

SOUND, PICTURE = 1, 2


class Line:
    """Both ends. Our reports carry the time at which they leave, and the client's say how long ago they came."""

    def __init__(self) -> None:
        self.clock = HandWoundClock(10_000.0)
        self.meter = LineMeter(self.clock)
        self.sound, self.picture = self.meter.add(SOUND, is_sound=True), self.meter.add(PICTURE, is_sound=False)
        self.told: list[LineMeasured] = []

    async def pass_time(self, ms: float) -> None:
        await self.clock.advance(ms)

    def send(self, stream: Sent, packets: int, octets: int) -> int:
        """The stamp of the report."""
        stamp = round(self.clock.now_ms())
        self.meter.on_sent(stream, RtcpSenderInfo(stamp << 16, 0, packets, octets))
        return stamp

    def hear(self, stream: Sent, stamp: int = 0, held_ms: float = 0, lost: int = 0, jitter: int = 0) -> None:
        report = RtcpReceiverInfo(stream.ssrc, 0, lost, 0, jitter, stamp, round(held_ms * 65.536))
        if (told := self.meter.on_report(stream, report)) is not None:
            self.told.append(told)


@pytest.fixture
def line() -> Line:
    return Line()


async def test_what_happened_since_the_last_time_is_told(line: Line) -> None:
    line.send(line.sound, 50, 4_000)
    line.send(line.picture, 100, 90_000)
    await line.pass_time(TELL_EVERY_MS)
    line.send(line.sound, 150, 12_000)
    line.send(line.picture, 300, 290_000)
    line.picture.lost = 6
    line.hear(line.sound, lost=3)
    (told,) = line.told
    assert (told.span_ms, told.packets_sent, told.packets_lost, told.bytes_sent) == (TELL_EVERY_MS, 300, 9, 208_000)
    await line.pass_time(TELL_EVERY_MS)
    line.send(line.sound, 250, 20_000)
    line.hear(line.sound, lost=4)
    assert (line.told[1].packets_sent, line.told[1].packets_lost, line.told[1].bytes_sent) == (100, 1, 8_000)


async def test_a_round_trip_leaves_out_what_the_client_waited(line: Line) -> None:
    for round_trip_ms in (30, 500, 40):
        stamp = line.send(line.sound, round_trip_ms, 100)
        await line.pass_time(700 + round_trip_ms)
        line.hear(line.sound, stamp, held_ms=700, jitter=240)
    (told,) = line.told
    assert told.round_trip_ms == pytest.approx(40, abs=0.1)  # the middle one
    assert told.jitter_ms == pytest.approx(5)


async def test_an_answer_to_a_report_that_is_not_known_measures_nothing(line: Line) -> None:
    line.send(line.sound, 10, 100)
    await line.pass_time(TELL_EVERY_MS)
    line.send(line.sound, 20, 200)
    line.hear(line.picture, stamp=77)
    line.hear(line.sound)  # the client has seen none yet
    (told,) = line.told
    assert (told.round_trip_ms, told.jitter_ms) == (None, None)


async def test_counters_may_begin_again_from_zero(line: Line) -> None:
    line.send(line.picture, 10, (1 << 32) - 1_000)
    await line.pass_time(TELL_EVERY_MS)
    line.send(line.picture, 30, 500)
    line.hear(line.picture)
    assert line.told[0].bytes_sent == 1_500


async def test_a_client_that_reports_before_anything_left_is_told_of_nothing(line: Line) -> None:
    line.hear(line.sound)
    await line.pass_time(TELL_EVERY_MS)
    line.send(line.sound, 0, 0)
    await line.pass_time(TELL_EVERY_MS)
    line.hear(line.sound)
    assert line.told == []
