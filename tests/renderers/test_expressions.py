"""Styles and cues: that each is seen, how strongly, and for how long."""

from dataclasses import replace

import numpy as np
import pytest

from visavis.core.events import CUE_TAGS
from visavis.core.spec import FaceSpec
from visavis.renderers.character import Character
from visavis.renderers.expressions import CUES, STYLES, Mood, expression_of, felt_mouth
from visavis.renderers.motion import REST
from visavis.renderers.visemes import OPEN, shape_of

SHUT = shape_of("sil")


def head_of(picture: np.ndarray) -> np.ndarray:
    height, width = picture.shape[0] * 2 // 3, picture.shape[1]
    return picture[height // 10 : height * 8 // 10, width * 3 // 10 : width * 7 // 10].astype(int)


def test_the_face_plays_every_cue_that_clients_may_send() -> None:
    assert set(CUES) == CUE_TAGS
    assert set(STYLES) < set(CUES)


def test_every_feeling_is_seen_and_unlike_the_others(face: FaceSpec) -> None:
    character = Character(face, 1)
    shown = [head_of(character.draw(replace(REST, felt=expression_of(name)), SHUT)) for name in CUES]
    shown.append(head_of(character.draw(REST, SHUT)))
    for i, one in enumerate(shown):
        for other in shown[:i]:
            assert np.abs(one - other).mean() > 0.1


def test_a_cue_comes_stays_and_goes_without_a_jump() -> None:
    mood = Mood("", 0.5)
    mood.cue("surprised", 1000.0)
    felt = np.stack([mood.at(at_ms) for at_ms in np.arange(0, 6000, 40.0)])
    assert not felt[:25].any()
    assert (felt[60] == expression_of("surprised")).all()
    assert not felt[-20:].any()
    assert np.abs(np.diff(felt, axis=0)).max() < 0.25


def test_a_cue_covers_the_style_and_gives_way_to_the_next() -> None:
    mood = Mood("sad", 0.5)
    mood.cue("happy", 0.0)
    mood.cue("angry", 1000.0)
    assert mood.at(900.0) == pytest.approx(expression_of("happy"))
    assert mood.at(2000.0) == pytest.approx(expression_of("angry"))
    assert mood.at(9000.0) == pytest.approx(expression_of("sad"))


def test_expressivity_is_how_much_is_shown() -> None:
    sizes = [float(np.abs(Mood("happy", share).at(0.0)).sum()) for share in (0.0, 0.5, 1.0)]
    assert sizes[0] < 0.15 * sizes[1]
    assert sizes[2] > 1.3 * sizes[1]


def test_no_style_and_a_strange_one_are_no_feeling() -> None:
    assert not Mood("", 1.0).at(0.0).any()
    assert not Mood("bored", 1.0).at(0.0).any()


def test_many_cues_are_no_burden() -> None:
    mood = Mood("", 0.5)
    for index in range(1000):
        mood.cue("warm", index * 10.0)
    assert len(mood._cues) <= 8


def test_lips_meet_even_in_laughter() -> None:
    laughing = expression_of("laughter")
    assert felt_mouth(shape_of("PP"), laughing)[OPEN] < 0.03
    assert felt_mouth(SHUT, laughing)[OPEN] > 0.4
    assert felt_mouth(shape_of("aa"), laughing)[OPEN] <= 1.0


def test_a_style_in_the_spec_is_played(face: FaceSpec) -> None:
    plain, sad = Character(face, 1), Character(replace(face, style="sad"), 1)
    assert np.abs(head_of(plain.frame(0.0)) - head_of(sad.frame(0.0))).mean() > 0.2
