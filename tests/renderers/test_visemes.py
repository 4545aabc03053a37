"""Sounds, the mouths they make, and how one mouth becomes the next."""

import numpy as np
import pytest

from tests.renderers.conftest import hum, phones
from visavis.core.frames import FRAME_MS, Mark
from visavis.renderers.sound import loudness
from visavis.renderers.speech import SpeechTrack
from visavis.renderers.visemes import (
    ARPABET,
    JAW,
    LOWER_TEETH,
    OPEN,
    PRESS,
    ROUND,
    SHAPE_SIZE,
    TONGUE_OUT,
    TUCK,
    UPPER_TEETH,
    VISEMES,
    WIDE,
    shape_of,
    targets_of_phone,
    targets_of_viseme,
)

FLITE_PHONES = (
    "pau aa ae ah ao aw ax axr ay b ch d dh eh er ey f g hh ih iy jh k l m n ng ow oy p r s sh t th uh uw v w y z zh"
)
LARGEST_STEP = np.full(SHAPE_SIZE, 0.65)  # from one frame to the next, of a whole range
LARGEST_STEP[JAW] = 0.58  # a jaw is heavy
LARGEST_STEP[[PRESS, TUCK]] = 0.8  # lips that meet, meet at once


def spoken(text: str, each_ms: float = 100.0) -> SpeechTrack:
    marks = phones(text, each_ms)
    track = SpeechTrack()
    track.speak(0.0, hum(marks[-1].end_ms), marks)
    return track


def path_of(track: SpeechTrack, until_ms: float, step_ms: float = FRAME_MS) -> np.ndarray:
    return np.stack([track.shape(at_ms) for at_ms in np.arange(-200, until_ms, step_ms)])


@pytest.mark.parametrize("phone", FLITE_PHONES.split())
def test_every_phone_of_the_voice_has_a_mouth(phone: str) -> None:
    assert phone in ARPABET
    assert {target.viseme for target in targets_of_phone(phone)} <= set(VISEMES)


def test_every_viseme_is_some_phone() -> None:
    assert {target.viseme for phone in ARPABET for target in targets_of_phone(phone)} == set(VISEMES)


def test_case_and_stress_do_not_matter() -> None:
    assert targets_of_phone("AA1") is targets_of_phone("aa")
    assert targets_of_viseme("pp") is targets_of_viseme("PP")


def test_an_unknown_sound_opens_a_little() -> None:
    for target in (*targets_of_phone("xyzzy"), *targets_of_viseme("?")):
        assert 0.1 < target.shape[OPEN] < 0.4


def test_diphthongs_have_two_mouths() -> None:
    first, second = targets_of_phone("ow")
    assert (first.viseme, second.viseme) == ("oh", "ou")


@pytest.mark.parametrize("each_ms", [45.0, 70.0, 100.0, 160.0])
@pytest.mark.parametrize("phone", ["p", "b", "m"])
def test_lips_meet_at_the_centre_of_a_bilabial(phone: str, each_ms: float) -> None:
    shape = spoken(f"aa {phone} aa", each_ms).shape(1.5 * each_ms)
    assert shape[OPEN] < 0.03
    assert shape[PRESS] > 0.9


@pytest.mark.parametrize("offset_ms", range(0, 40, 5))
def test_a_bilabial_is_seen_whatever_frames_it_falls_between(offset_ms: int) -> None:
    track = spoken("aa p aa", 60.0)
    times_ms = np.arange(offset_ms - 200.0, 300.0, FRAME_MS)
    assert min(track.shape(at_ms)[OPEN] for at_ms in times_ms if 40 < at_ms < 140) < 0.06


def test_vowels_open_in_their_order() -> None:
    height = {phone: spoken(f"hh {phone} t", 140.0).shape(210.0) for phone in ("aa", "eh", "ih", "uw")}
    assert height["aa"][OPEN] > height["eh"][OPEN] > height["ih"][OPEN]
    assert height["aa"][JAW] > height["ih"][JAW] + 0.3
    assert height["uw"][ROUND] > 0.7 > 0.2 > height["ih"][ROUND]
    assert height["ih"][WIDE] > height["aa"][WIDE]


def test_consonants_show_what_makes_them() -> None:
    seen = {phone: spoken(f"aa {phone} aa", 110.0).shape(165.0) for phone in ("s", "sh", "f", "th")}
    assert seen["s"][UPPER_TEETH] > 0.8
    assert seen["s"][LOWER_TEETH] > 0.5
    assert seen["sh"][ROUND] > 0.3
    assert seen["f"][TUCK] > 0.9
    assert seen["th"][TONGUE_OUT] > 0.5


def test_neighbours_colour_a_sound() -> None:
    before_ou, before_ih = spoken("t uw", 90.0).shape(45.0), spoken("t iy", 90.0).shape(45.0)
    assert before_ou[ROUND] > before_ih[ROUND] + 0.1


def test_the_mouth_prepares_before_it_is_heard() -> None:
    track = spoken("aa aa", 150.0)
    assert track.shape(-120.0)[OPEN] < 0.02
    assert 0.05 < track.shape(-40.0)[OPEN] < 0.6


def test_nothing_jumps() -> None:
    text = "pau hh ax l ow pau ay m v eh r iy hh ae p iy t ax m iy t y uw pau p aa p iy s uw sh aa f th aw b oy"
    for each_ms in (55.0, 80.0, 130.0):
        track = spoken(text, each_ms)
        path = path_of(track, len(text.split()) * each_ms + 300)
        assert (np.abs(np.diff(path, axis=0)).max(axis=0) < LARGEST_STEP).all()
        assert np.isfinite(path).all()
        assert path.min() >= -1.0
        assert path.max() <= 1.01


def test_pieces_join_without_a_seam() -> None:
    whole, parts = spoken("aa eh ow aa"), SpeechTrack()
    parts.speak(0.0, hum(200), phones("aa eh"))
    parts.speak(200.0, hum(200), phones("ow aa"))
    for at_ms in range(-100, 600, 20):
        assert np.allclose(whole.shape(at_ms), parts.shape(at_ms), atol=2e-3)


def test_silence_is_rest() -> None:
    rest = shape_of("sil")
    assert np.allclose(SpeechTrack().shape(0.0), rest, atol=1e-4)
    track = spoken("aa pau pau pau pau aa")
    assert np.allclose(track.shape(300.0), rest, atol=0.02)
    assert np.allclose(track.shape(1500.0), rest, atol=1e-4)


def test_a_cut_in_the_past_closes_from_now_on() -> None:
    track = spoken("aa aa aa aa aa aa")
    track.advance(300.0)
    open_ = track.shape(300.0)[OPEN]
    track.cut(200.0)
    assert track.shape(340.0)[OPEN] > 0.2 * open_
    assert track.shape(380.0)[OPEN] < 0.01


def test_viseme_marks_are_followed() -> None:
    track = SpeechTrack()
    track.speak(0.0, hum(300), [Mark("viseme", 0, 300, "aa"), Mark("word", 0, 300, "ah")])
    assert track.shape(150.0)[OPEN] > 0.9


def test_loudness_follows_the_sound_and_forgets_what_was_cut() -> None:
    track = SpeechTrack()
    track.speak(0.0, hum(400), ())
    track.speak(400.0, hum(400, amplitude=0.0), ())
    assert track.loudness(-10.0, 40.0) == 0.0
    assert track.loudness(300.0, 40.0) > 0.7
    assert track.loudness(790.0, 40.0) < 0.01
    track.cut(100.0)
    assert track.loudness(90.0, 40.0) > 0.1
    assert track.loudness(500.0, 40.0) < 0.01


def test_loudness_is_measured_in_steps_of_twenty_milliseconds() -> None:
    assert len(loudness(hum(210))) == 11
    assert len(loudness(hum(0))) == 0
