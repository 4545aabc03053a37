"""What remains of the network of a session, and of how its pictures went with the sound."""

from pathlib import Path

import pytest

from tests.resources.sessions.talking import start, stop
from tests.rest import Rest
from visavis.core.events import LineMeasured
from visavis.resources.sessions.line_quality import SAMPLES_MAX, LineQuality, av_skew, network
from visavis.resources.sessions.report_schemas import Spread


def line(trip_ms: float | None = 20.0, lost: int = 0) -> LineMeasured:
    return LineMeasured(0.0, 2_000.0, trip_ms, 1.0, 100, lost, 50_000)


def measured(*lines: LineMeasured) -> LineQuality:
    quality = LineQuality()
    for one in lines:
        quality.add(one)
    return quality


@pytest.mark.parametrize("keeps_nothing", [False, True])
def test_a_session_tells_how_its_line_was_whatever_else_it_keeps(tmp_path: Path, keeps_nothing: bool) -> None:
    with Rest("", tmp_path) as rest:
        session_id = start(rest, zeroDataRetention=keeps_nothing)

        async def measure() -> None:
            rest.app.state.desk.host.get(session_id).measured(line(lost=3))

        rest.run(measure())
        stop(rest, session_id)
        found = rest.ask("GET", f"/v1/sessions/{session_id}/analytics").json()
    assert found["network"] == {
        "roundTripMs": {"p50": 20.0, "p95": 20.0, "max": 20.0},
        "jitterMs": {"p50": 1.0, "p95": 1.0, "max": 1.0},
        "packetsSent": 100, "packetsLost": 3, "packetLossRate": 0.03, "sentBitsPerSecond": 200_000,
    }  # fmt: skip
    assert found["avSkew"] is None


def test_a_session_that_goes_on_after_a_crash_goes_on_counting() -> None:
    before = measured(line(10.0, lost=1))
    after = LineQuality(before.stored)
    after.add(line(30.0, lost=1))
    found = network(after.stored)
    assert found is not None
    assert (found.packets_sent, found.packets_lost, found.sent_bits_per_second) == (200, 2, 200_000)
    assert found.round_trip_ms == Spread(p50=20.0, p95=29.0, max=30.0)
    assert before.stored["packetsSent"] == 100


def test_a_client_that_tells_nothing_leaves_what_the_server_knows() -> None:
    found = network(measured(line(None)).stored)
    assert found is not None
    assert (found.round_trip_ms, found.packets_sent) == (None, 100)
    assert network({}) is None


def test_what_is_kept_is_bounded() -> None:
    stored = measured(*(line(float(at)) for at in range(2 * SAMPLES_MAX))).stored
    assert (len(stored["roundTripsMs"]), stored["roundTripsMs"][-1]) == (SAMPLES_MAX, 2 * SAMPLES_MAX - 1)


def test_the_skew_of_a_session_is_that_of_its_turns() -> None:
    turns = [
        {"avSkewMs": 4.0, "avSkewWorstMs": -41.5},
        {"avSkewMs": None},
        {"avSkewMs": 6.0, "avSkewWorstMs": 12.0},
        {},
    ]
    found = av_skew(turns)
    assert found is not None
    assert (found.mean_ms, found.worst_ms) == (5.0, -41.5)
    assert av_skew([{}]) is None
