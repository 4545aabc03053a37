"""What every renderer promises, whoever draws."""

import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.renderers.conftest import hum, phones
from visavis.core.errors import InvalidRequest
from visavis.core.frames import FRAME_MS
from visavis.core.spec import FaceSpec
from visavis.renderers.base import I420, Renderer
from visavis.renderers.character import Character
from visavis.renderers.likeness import networks
from visavis.renderers.neural import Neural
from visavis.renderers.people import NAMES
from visavis.renderers.portrait import Portrait
from visavis.renderers.still import Still

Build = Callable[[FaceSpec, int], Renderer]

SPEECH = phones("aa ae aa ow aa ae aa ow aa ae")
SPEECH_MS = 1000.0


@pytest.fixture(params=[Character, Still, Portrait, Neural], ids=["character", "still", "portrait", "neural"])
def build(request: pytest.FixtureRequest, sitting: FaceSpec, mouth_model: Path) -> Build:
    if not issubclass(request.param, Portrait):
        return request.param
    if networks.missing():
        pytest.skip(networks.missing())
    if request.param is Neural:
        Neural.use_model(mouth_model)

    class OfAPhoto(request.param):
        def __init__(self, face: FaceSpec, seed: int) -> None:
            super().__init__(replace(face, picture=sitting.picture, face_box=sitting.face_box), seed)

    return OfAPhoto


def frames(renderer: Renderer, *times_ms: float) -> list[I420]:
    return [renderer.frame(at_ms).copy() for at_ms in times_ms]


def mouth_of(picture: I420) -> np.ndarray:
    """The part of the luma plane where both renderers show that they speak."""
    height, width = picture.shape[0] * 2 // 3, picture.shape[1]
    return picture[height * 40 // 100 : height * 75 // 100, width * 40 // 100 : width * 60 // 100].astype(int)


def differs(a: I420, b: I420) -> float:
    return float(np.abs(mouth_of(a) - mouth_of(b)).mean())


@pytest.mark.parametrize(("width", "height"), [(180, 120), (120, 180), (96, 96), (202, 146)])
def test_pictures_are_i420_of_the_size_asked_for(build: Build, width: int, height: int) -> None:
    picture = build(FaceSpec("any", "cara", width, height), 1).frame(0.0)
    assert picture.shape == (height * 3 // 2, width)
    assert picture.dtype == np.uint8
    assert picture.flags.c_contiguous


def test_traits_say_what_it_can_do(build: Build) -> None:
    traits = build.traits  # type: ignore[attr-defined]
    assert {(720, 480), (1152, 768), (768, 1152)} <= set(traits.sizes_px)
    assert all(width % 2 == 0 and height % 2 == 0 for width, height in traits.sizes_px)
    assert traits.label
    assert traits.identities == (NAMES if build is Character else ())


def test_odd_sizes_are_refused(build: Build) -> None:
    with pytest.raises(InvalidRequest):
        build(FaceSpec("any", "cara", 181, 120), 1)


def test_the_same_buffer_serves_every_picture(build: Build, face: FaceSpec) -> None:
    renderer = build(face, 1)
    first = renderer.frame(0.0)
    assert renderer.frame(40.0) is first


def test_a_picture_scribbled_on_does_not_spoil_the_next(face: FaceSpec) -> None:
    scribbled, clean = Character(face, 1), Character(face, 1)
    scribbled.frame(0.0)[:] = 0
    clean.frame(0.0)
    assert (scribbled.frame(40.0) == clean.frame(40.0)).all()


def test_skipped_pictures_change_nothing(build: Build, face: FaceSpec) -> None:
    every, few = build(face, 7), build(face, 7)
    for renderer in (every, few):
        renderer.speak(100.0, hum(SPEECH_MS), SPEECH)
    shown = {
        at_ms: picture for at_ms, picture in zip(range(0, 1400, 40), frames(every, *range(0, 1400, 40)), strict=True)
    }
    for at_ms in (40, 400, 440, 960, 1320):
        assert (few.frame(float(at_ms)) == shown[at_ms]).all()


def test_the_same_seed_and_calls_give_the_same_bytes(build: Build, face: FaceSpec) -> None:
    pictures = []
    for _ in range(2):
        renderer = build(face, 42)
        renderer.speak(80.0, hum(SPEECH_MS), SPEECH)
        before = frames(renderer, 0, 120, 240)
        renderer.cut(250.0)
        pictures.append([*before, *frames(renderer, 280, 5000)])
    for a, b in zip(*pictures, strict=True):
        assert (a == b).all()


def test_other_seeds_live_other_lives(build: Build, face: FaceSpec) -> None:
    a, b = (frames(build(face, seed), *range(0, 4000, 400)) for seed in (1, 2))
    assert any((one != other).any() for one, other in zip(a, b, strict=True))


def test_speech_is_seen(build: Build, face: FaceSpec) -> None:
    silent, talking = build(face, 1), build(face, 1)
    talking.speak(0.0, hum(SPEECH_MS), SPEECH)
    assert differs(silent.frame(400.0), talking.frame(400.0)) > 1.0


def test_speech_without_marks_is_seen(build: Build, face: FaceSpec) -> None:
    silent, talking = build(face, 1), build(face, 1)
    talking.speak(0.0, hum(SPEECH_MS, hertz=700.0), ())
    assert differs(silent.frame(400.0), talking.frame(400.0)) > 1.0


def test_nothing_is_seen_of_speech_far_ahead(build: Build, face: FaceSpec) -> None:
    silent, waiting = build(face, 1), build(face, 1)
    waiting.speak(10_000.0, hum(SPEECH_MS), SPEECH)
    assert (silent.frame(400.0) == waiting.frame(400.0)).all()


def test_silence_closes_the_mouth(build: Build, face: FaceSpec) -> None:
    silent, spoken = build(face, 1), build(face, 1)
    spoken.speak(0.0, hum(SPEECH_MS), SPEECH)
    assert differs(silent.frame(SPEECH_MS + 5000), spoken.frame(SPEECH_MS + 5000)) < 0.05


@pytest.mark.parametrize("at_ms", [400.0, 410.0, 439.0])
def test_a_cut_closes_the_mouth_within_two_frames(build: Build, face: FaceSpec, at_ms: float) -> None:
    """The head still carries the energy of what was said, so the bar is set by a mouth that talks on."""
    silent, talking, cut = (build(face, 1) for _ in range(3))
    for renderer in (talking, cut):
        renderer.speak(0.0, hum(SPEECH_MS), SPEECH)
        renderer.frame(400.0)
    cut.cut(at_ms)
    closed = silent.frame(at_ms + 2 * FRAME_MS)
    assert differs(closed, cut.frame(at_ms + 2 * FRAME_MS)) < 0.4 * differs(closed, talking.frame(at_ms + 2 * FRAME_MS))


def test_a_cut_is_seen_in_the_next_picture(build: Build, face: FaceSpec) -> None:
    talking, cut = build(face, 1), build(face, 1)
    for renderer in (talking, cut):
        renderer.speak(0.0, hum(SPEECH_MS), SPEECH)
        renderer.frame(400.0)
    cut.cut(401.0)
    assert differs(talking.frame(440.0), cut.frame(440.0)) > 0.3


def test_speech_after_a_cut_is_seen(build: Build, face: FaceSpec) -> None:
    silent, again = build(face, 1), build(face, 1)
    again.speak(0.0, hum(SPEECH_MS), SPEECH)
    again.frame(200.0)
    again.cut(200.0)
    again.speak(600.0, hum(SPEECH_MS), SPEECH)
    assert differs(silent.frame(1000.0), again.frame(1000.0)) > 1.0


def test_a_cut_spares_what_is_heard_before_it(build: Build, face: FaceSpec) -> None:
    whole, cut = build(face, 1), build(face, 1)
    for renderer in (whole, cut):
        renderer.speak(0.0, hum(SPEECH_MS), SPEECH)
        renderer.frame(40.0)
    cut.cut(900.0)
    assert (whole.frame(400.0) == cut.frame(400.0)).all()


def test_old_speech_is_forgotten(build: Build, face: FaceSpec) -> None:
    renderer = build(face, 1)
    for second in range(60):
        renderer.speak(second * 1000.0, hum(900), phones("aa m aa"))
        renderer.frame(second * 1000.0)
    kept = renderer._speech  # type: ignore[attr-defined]
    assert len(kept) < 6


def test_an_hour_of_talk_takes_no_more_memory_than_a_minute(build: Build, face: FaceSpec) -> None:
    renderer = build(face, 1)

    def live(first_s: int, last_s: int) -> None:
        for second in range(first_s, last_s):
            at_ms = second * 4000.0
            renderer.speak(at_ms, hum(900), phones("aa m aa") if second % 2 else ())
            renderer.listen(at_ms + 1000, hum(900))
            renderer.cue("happy", at_ms)
            renderer.frame(at_ms)

    live(0, 60)
    tracemalloc.start()
    live(60, 70)
    before, _ = tracemalloc.get_traced_memory()
    live(70, 140)
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert after - before < 100_000


def test_a_picture_is_drawn_into_memory_that_is_there_already(build: Build) -> None:
    if build.traits.needs_gpu:  # type: ignore[attr-defined]
        pytest.skip("what a network answers is new memory every time")
    renderer = build(FaceSpec("any", "cara", 720, 480), 1)
    renderer.speak(0.0, hum(SPEECH_MS), SPEECH)
    for at_ms in range(0, 400, 40):
        renderer.frame(float(at_ms))
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    for at_ms in range(400, 800, 40):
        renderer.frame(float(at_ms))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most - before < 720 * 480 * 1.5 / 8


def test_a_feeling_is_seen_by_style_and_by_cue(build: Build) -> None:
    if build is Still:
        pytest.skip("a still picture feels nothing")
    face = FaceSpec("any", "cara", 360, 240)
    plain, styled, cued = build(face, 1), build(replace(face, style="happy", expressivity=1.0), 1), build(face, 1)
    cued.cue("surprised", 0.0)
    pictures = [renderer.frame(1000.0)[:240].astype(int) for renderer in (plain, styled, cued)]
    for other in pictures[1:]:
        assert np.abs(other - pictures[0]).mean() > 0.15


def test_silence_and_empty_pieces_are_no_trouble(build: Build, face: FaceSpec) -> None:
    renderer = build(face, 1)
    renderer.cut(0.0)
    renderer.speak(0.0, hum(0), ())
    renderer.speak(40.0, hum(0), phones("aa"))
    renderer.speak(80.0, hum(500, amplitude=0.0), phones("pau pau"))
    renderer.frame(100.0)
    renderer.cut(2000.0)
    renderer.cut(0.0)
    assert renderer.frame(200.0).shape == (180, 180)


def test_somebody_who_listens_looks_it(face: FaceSpec) -> None:
    alone, listening = Character(face, 1), Character(face, 1)
    listening.listen(0.0, hum(1500))
    listening.listen(1500.0, hum(1000, amplitude=0.0))
    assert any(
        (a != b).any() for a, b in zip(*(frames(one, 1900, 2000, 2100) for one in (alone, listening)), strict=True)
    )


def test_listening_does_not_depend_on_frames_in_between(build: Build, face: FaceSpec) -> None:
    every, few = build(face, 7), build(face, 7)
    for renderer in (every, few):
        renderer.listen(0.0, hum(1500))
        renderer.listen(1500.0, hum(1000, amplitude=0.0))
    for at_ms in range(0, 2000, 40):
        every.frame(float(at_ms))
    assert (every.frame(2000.0) == few.frame(2000.0)).all()


def test_cues_are_taken_by_everybody(build: Build, face: FaceSpec) -> None:
    renderer = build(face, 1)
    renderer.cue("laughter", 0.0)
    renderer.cue("no such thing", 0.0)
    assert renderer.frame(1000.0).shape == (180, 180)


def test_a_stranger_is_refused_by_name() -> None:
    with pytest.raises(InvalidRequest, match="'nobody'.*cara"):
        Character(FaceSpec("character", "nobody"), 1)


def test_every_identity_can_be_drawn_and_looks_different() -> None:
    wanted = "cara liv mia gabriel anne bella finn sophie hunter julia kevin layla richard william"
    assert set(wanted.split()) == set(NAMES)
    pictures = [Character(FaceSpec("character", name, 144, 96), 1).frame(0.0).tobytes() for name in NAMES]
    assert len(set(pictures)) == len(pictures)
