"""A peer in memory drives a line as one behind a network does."""

from visavis.core.clock import HandWoundClock
from visavis.core.events import Warned
from visavis.transports.loopback import EVENTS_MAX, LoopbackPeer

from .conftest import TestLine


async def test_opens_the_line_and_pulls_sound_at_the_pace_of_its_clock(line: TestLine) -> None:
    clock, sounds = HandWoundClock(), list[bytes]()
    peer = LoopbackPeer(line, clock, on_sound=sounds.append)
    peer.open()
    await clock.advance(100)
    await peer.close()
    await clock.advance(100)
    assert line.expected == line.opened == [peer]
    assert line.pulled == len(sounds) == 6
    assert line.pictures == []


async def test_keeps_the_newest_events(line: TestLine) -> None:
    peer = LoopbackPeer(line, HandWoundClock())
    for number in range(EVENTS_MAX + 1):
        peer.deliver(Warned(float(number), "x"))
    assert peer.events.get_nowait().at_ms == 1.0
    assert peer.events.qsize() == EVENTS_MAX - 1
