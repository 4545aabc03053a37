"""Signs of life, as numbers."""

import numpy as np

from visavis.renderers.motion import Life, Loudness, Motion

QUIET = Loudness(0.0, 0.0)
FRAME_MS = 40


def life(seed: int, seconds: float, loud: Loudness = QUIET) -> list[Life]:
    motion = Motion(seed)
    return [motion.at(float(at_ms), loud) for at_ms in range(0, int(seconds * 1000), FRAME_MS)]


def blinks(lids: list[float]) -> int:
    shut = np.array(lids) > 0.5
    return int((shut[1:] & ~shut[:-1]).sum())


def test_people_blink_ten_to_thirty_times_a_minute() -> None:
    for seed in range(5):
        assert 10 <= blinks([moment.blink for moment in life(seed, 60)]) <= 30


def test_a_blink_is_short_and_complete() -> None:
    motion = Motion(3)
    lids = np.array([motion.at(float(at_ms), QUIET).blink for at_ms in range(0, 30_000, 10)])
    assert lids.max() > 0.98
    longest = max(len(run) for run in "".join("x" if lid > 0.05 else " " for lid in lids).split())
    assert longest * 10 < 450


def test_gaze_rests_on_the_viewer_and_wanders_now_and_then() -> None:
    gaze = np.array([abs(moment.gaze_x) for moment in life(1, 60)])
    assert (gaze < 0.25).mean() > 0.6
    assert gaze.max() > 0.3
    assert gaze.max() <= 1.0


def test_heads_move_slowly_and_a_little() -> None:
    moments = life(2, 60, Loudness(0.7, 0.6))
    turn = np.array([(moment.yaw, moment.pitch, moment.roll) for moment in moments])
    assert np.abs(turn).max() < 0.16
    assert np.abs(np.diff(turn, axis=0)).max() < 0.03
    assert turn.std(axis=0).min() > 0.004


def test_stress_raises_the_brows_and_nods() -> None:
    calm, stressed = Motion(5).at(1000.0, Loudness(0.3, 0.3)), Motion(5).at(1000.0, Loudness(0.9, 0.3))
    assert stressed.brow > calm.brow + 0.2
    assert stressed.pitch > calm.pitch


def test_people_at_rest_keep_smiling_and_breathe() -> None:
    moments = life(4, 20)
    assert min(moment.smile for moment in moments) > -0.25  # of what the person's own mouth smiles
    breath = np.array([moment.breath for moment in moments])
    assert breath.min() < 0.05
    assert breath.max() > 0.95


def test_a_long_life_remembers_little() -> None:
    motion = Motion(6)
    for at_ms in range(0, 3_600_000, 1000):
        motion.at(float(at_ms), QUIET)
    assert len(motion._blinks._known) < 20
    assert len(motion._glances._known) < 30
    assert len(motion._postures._known) < 10


def test_no_half_minute_is_like_another() -> None:
    turns = np.array([(moment.yaw, moment.roll) for moment in life(8, 240)])
    windows = turns.reshape(8, -1, 2)
    windows = windows - windows.mean(axis=1, keepdims=True)
    flat = windows.reshape(8, -1) / np.linalg.norm(windows.reshape(8, -1), axis=1, keepdims=True)
    alike = flat @ flat.T - np.eye(8)
    assert np.abs(alike).max() < 0.8


def test_the_end_of_a_phrase_brings_the_head_down() -> None:
    going, ending = Motion(5).at(1000.0, Loudness(0.6, 0.6)), Motion(5).at(1000.0, Loudness(0.1, 0.6))
    assert ending.pitch > going.pitch + 0.01
