"""What a picture may cost, by what its receiver reports."""

import pytest

from visavis.transports.bandwidth import BITRATE_MIN_BPS, Bandwidth

LIMIT_BPS = 1_200_000


@pytest.fixture
def bandwidth() -> Bandwidth:
    return Bandwidth(LIMIT_BPS)


def test_begins_with_all_that_is_useful(bandwidth: Bandwidth) -> None:
    assert bandwidth.target_bps == LIMIT_BPS


def congest(bandwidth: Bandwidth, estimate_bps: float, at_ms: float = 0) -> None:
    """The receiver's estimate falls to 85 % of what reaches it, and stays there."""
    sent_bps = estimate_bps / 0.85
    bandwidth.on_estimate(1.5 * sent_bps, sent_bps, at_ms)
    for later_ms in (200, 700, 1200):
        bandwidth.on_estimate(estimate_bps, sent_bps, at_ms + later_ms)


def test_a_quiet_face_does_not_lower_its_own_limit(bandwidth: Bandwidth) -> None:
    """It sends 100 kb/s, so the estimate cannot exceed 150 kb/s, however good the network is."""
    bandwidth.on_estimate(150_000, sent_bps=100_000, now_ms=0)
    assert bandwidth.target_bps == LIMIT_BPS


def test_an_estimate_that_only_lags_behind_does_not(bandwidth: Bandwidth) -> None:
    """It begins at what a still face sent, and rises by 8 % a second while the face talks."""
    for second in range(12):
        bandwidth.on_estimate(70_000 * 1.08**second, sent_bps=350_000, now_ms=second * 1_000)
    assert bandwidth.target_bps == LIMIT_BPS


def test_nor_does_a_moment_in_which_the_machine_was_busy(bandwidth: Bandwidth) -> None:
    bandwidth.on_estimate(90_000, sent_bps=60_000, now_ms=0)
    bandwidth.on_estimate(51_000, sent_bps=60_000, now_ms=300)
    bandwidth.on_estimate(71_000, sent_bps=60_000, now_ms=1_300)
    bandwidth.on_estimate(85_000, sent_bps=300_000, now_ms=2_300)
    assert bandwidth.target_bps == LIMIT_BPS


def test_a_congested_network_lowers_it(bandwidth: Bandwidth) -> None:
    congest(bandwidth, 680_000)
    assert bandwidth.target_bps == 680_000


def test_a_quiet_face_that_was_limited_is_allowed_more_again(bandwidth: Bandwidth) -> None:
    """It needs 50 kb/s of the 200 that are left to it, and no estimate can be more than 85."""
    congest(bandwidth, 200_000, at_ms=-1_200)
    for second in range(1, 11):
        bandwidth.on_estimate(85_000, sent_bps=50_000, now_ms=second * 1_000)
    assert 400_000 < bandwidth.target_bps < 450_000
    congest(bandwidth, 210_000, at_ms=11_000)
    assert bandwidth.target_bps == 210_000


def test_it_rises_with_the_estimate_up_to_the_limit(bandwidth: Bandwidth) -> None:
    congest(bandwidth, 300_000, at_ms=-1_200)
    bandwidth.on_estimate(420_000, sent_bps=290_000, now_ms=0)
    assert bandwidth.target_bps == 420_000
    bandwidth.on_estimate(9_000_000, sent_bps=400_000, now_ms=0)
    assert bandwidth.target_bps == LIMIT_BPS


def test_never_below_what_shows_a_face(bandwidth: Bandwidth) -> None:
    congest(bandwidth, 10_000, at_ms=-1_200)
    for second in range(60):
        bandwidth.on_loss(0.9, second * 1000)
    assert bandwidth.target_bps == BITRATE_MIN_BPS


def test_heavy_loss_lowers_it_and_little_loss_does_not(bandwidth: Bandwidth) -> None:
    bandwidth.on_loss(0.05, 0)
    assert bandwidth.target_bps == LIMIT_BPS
    bandwidth.on_loss(0.20, 1000)
    assert bandwidth.target_bps == LIMIT_BPS * 0.9


def test_it_recovers_from_loss_within_a_few_seconds(bandwidth: Bandwidth) -> None:
    bandwidth.on_loss(0.5, 0)
    assert bandwidth.target_bps == 900_000
    targets: list[int] = []
    for second in range(1, 6):
        bandwidth.on_loss(0.0, second * 1000)
        targets.append(bandwidth.target_bps)
    assert targets == sorted(targets)
    assert targets[0] == 972_000
    assert targets[-1] == LIMIT_BPS
