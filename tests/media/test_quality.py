"""What is encoded under which bitrate, by a clock that the tests wind."""

import pytest

from visavis.core.frames import VideoFormat
from visavis.media.quality import FALL_EVERY_MS, RISE_AFTER_MS, Quality, QualityLadder

BEST_BPS = 1_200_000
SMALL = VideoFormat("h264", 720, 480, BEST_BPS)
FULL, TWO_THIRDS, HALF = (720, 480), (480, 320), (360, 240)


def size(quality: Quality) -> tuple[int, int]:
    return quality.width_px, quality.height_px


@pytest.fixture
def ladder() -> QualityLadder:
    return QualityLadder(SMALL)


def test_begins_with_the_best(ladder: QualityLadder) -> None:
    assert ladder.at(0) == Quality(BEST_BPS, 720, 480)


def test_first_the_bitrate_then_the_size_then_the_pace() -> None:
    seen: list[tuple[tuple[int, int], int]] = []
    for bitrate_bps in (1_200_000, 600_000, 200_000, 150_000, 100_000, 70_000, 50_000, 40_000):
        ladder = QualityLadder(SMALL)
        ladder.allow(bitrate_bps)
        quality = ladder.at(0)
        assert quality.bitrate_bps == bitrate_bps
        seen.append((size(quality), quality.every))
    assert seen == [(FULL, 1)] * 3 + [(TWO_THIRDS, 1)] * 2 + [(HALF, 1)] * 2 + [(HALF, 2)]
    assert quality.frames_per_second == 12.5


@pytest.mark.parametrize("full", [(720, 480), (1152, 768), (768, 1152)])
def test_sizes_keep_their_shape_and_are_even(full: tuple[int, int]) -> None:
    for bitrate_bps in (400_000, 150_000, 60_000, 40_000):
        ladder = QualityLadder(VideoFormat("h264", *full, 3_100_000))
        ladder.allow(bitrate_bps)
        width, height = size(ladder.at(0))
        assert width * full[1] == height * full[0]
        assert width % 2 == height % 2 == 0


def test_a_larger_picture_needs_more() -> None:
    ladder = QualityLadder(VideoFormat("h264", 1152, 768, 3_100_000))
    ladder.allow(300_000)
    assert size(ladder.at(0)) == (768, 512)


def test_a_fall_is_not_followed_by_another_within_a_second(ladder: QualityLadder) -> None:
    ladder.allow(150_000)
    assert size(ladder.at(0)) == TWO_THIRDS
    ladder.allow(50_000)
    assert size(ladder.at(FALL_EVERY_MS - 1)) == TWO_THIRDS
    assert size(ladder.at(FALL_EVERY_MS)) == HALF


def test_the_bitrate_of_h264_follows_at_once(ladder: QualityLadder) -> None:
    ladder.allow(900_000)
    assert ladder.at(0).bitrate_bps == 900_000
    ladder.allow(910_000)
    assert ladder.at(40).bitrate_bps == 910_000
    ladder.allow(9_000_000)
    assert ladder.at(80).bitrate_bps == BEST_BPS


def test_it_comes_back_one_step_at_a_time_and_not_at_once(ladder: QualityLadder) -> None:
    ladder.allow(60_000)
    assert size(ladder.at(0)) == HALF
    ladder.allow(BEST_BPS)
    assert size(ladder.at(1_000)) == HALF
    assert size(ladder.at(1_000 + RISE_AFTER_MS - 1)) == HALF
    assert size(ladder.at(1_000 + RISE_AFTER_MS)) == TWO_THIRDS
    assert size(ladder.at(1_000 + 2 * RISE_AFTER_MS - 1)) == TWO_THIRDS
    assert size(ladder.at(1_000 + 2 * RISE_AFTER_MS)) == FULL


def test_a_bitrate_near_the_threshold_does_not_make_it_flap(ladder: QualityLadder) -> None:
    ladder.allow(165_000)
    assert size(ladder.at(0)) == TWO_THIRDS
    for second in range(1, 120):
        ladder.allow(200_000 if second % 2 else 180_000)
        assert size(ladder.at(second * 1_000)) == TWO_THIRDS


def test_room_that_goes_away_again_does_not_count(ladder: QualityLadder) -> None:
    ladder.allow(150_000)
    ladder.at(0)
    for start_ms in range(1_000, 60_000, 5_000):
        ladder.allow(BEST_BPS)
        ladder.at(start_ms)
        assert size(ladder.at(start_ms + 4_000)) == TWO_THIRDS
        ladder.allow(190_000)
        assert size(ladder.at(start_ms + 4_500)) == TWO_THIRDS


def test_vp8_follows_large_changes_only_and_grows_slowly() -> None:
    """A change of its bitrate is a keyframe."""
    ladder = QualityLadder(VideoFormat("vp8", 720, 480, BEST_BPS))
    ladder.allow(1_100_000)
    assert ladder.at(0).bitrate_bps == BEST_BPS
    ladder.allow(600_000)
    assert ladder.at(40).bitrate_bps == 600_000
    ladder.allow(300_000)
    assert ladder.at(80).bitrate_bps == 600_000
    assert ladder.at(1_040).bitrate_bps == 300_000
    ladder.allow(900_000)
    assert ladder.at(4_000).bitrate_bps == 300_000
    assert ladder.at(5_040).bitrate_bps == 900_000
    ladder.allow(150_000)
    quality = ladder.at(5_080)
    assert (size(quality), quality.bitrate_bps) == (TWO_THIRDS, 150_000)
