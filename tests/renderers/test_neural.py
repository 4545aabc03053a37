"""A network's mouth in a photo: where it is, what it costs others, and what is said of a file that is no such network.

That it keeps what every renderer promises is shown in `test_conformance.py`.
"""

import asyncio
import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from onnx import TensorProto

from tests.renderers import tiny_mouths
from tests.renderers.conftest import hum
from visavis.core.clock import MonotonicClock
from visavis.core.errors import Unavailable
from visavis.core.frames import VideoFormat
from visavis.core.spec import FaceSpec
from visavis.media.render_pool import RenderPool
from visavis.renderers.likeness import networks
from visavis.renderers.mouth_network import MouthNetwork
from visavis.renderers.neural import Neural
from visavis.renderers.portrait import Portrait

sits = pytest.mark.skipif(bool(networks.missing()), reason=networks.missing())


class Counting(MouthNetwork):
    """Notes how many pictures were asked for at a time."""

    def __init__(self, file: Path, room: int) -> None:
        self.runs: list[int] = []
        super().__init__(file)
        self.runs.clear()
        self._room = room

    @property
    def batch(self) -> int:
        return self._room

    def run(self, mels: np.ndarray, faces: np.ndarray) -> np.ndarray:
        self.runs.append(len(mels))
        return super().run(mels, faces)


@pytest.fixture
def counted(mouth_model: Path, request: pytest.FixtureRequest) -> Iterator[Counting]:
    before, Neural._network = Neural._network, Counting(mouth_model, getattr(request, "param", 16))
    yield Neural._network
    Neural._network = before


def small(sitting: FaceSpec) -> FaceSpec:
    return replace(sitting, width_px=360, height_px=240)


# --- the picture ----------------------------------------------------------------------------------------------------


@sits
def test_the_mouth_is_the_networks_and_the_rest_the_portraits(sitting: FaceSpec, counted: Counting) -> None:
    face = replace(sitting, width_px=720, height_px=480)
    ours, theirs = Neural(face, 1), Portrait(face, 1)
    for renderer in (ours, theirs):
        renderer.speak(0.0, hum(1_000), ())
    changed = np.abs(ours.frame(400.0)[:480].astype(int) - theirs.frame(400.0)[:480]) > 8
    (x, y), width = ours.mouth_at
    rows, columns = np.nonzero(changed)
    assert changed[round(y), round(x)]
    assert np.abs(columns - x).max() < 2.2 * width
    assert rows.min() > y - 1.2 * width
    assert rows.max() < y + 1.8 * width


@sits
def test_its_edges_are_soft(sitting: FaceSpec, counted: Counting) -> None:
    lips = Neural(small(sitting), 1)._lips
    assert lips is not None
    for share in lips._share:
        border = np.concatenate([share[0], share[-1], share[:, 0], share[:, -1]])
        assert border.max() < 0.02
        assert share.max() == pytest.approx(1.0)
        assert max(np.abs(np.diff(share, axis=axis)).max() for axis in (0, 1)) < 0.35


@sits
def test_eyes_and_head_live_on(sitting: FaceSpec, counted: Counting) -> None:
    ours = Neural(small(sitting), 1)
    ours.speak(0.0, hum(5_000), ())
    uppers = [ours.frame(float(at_ms))[20:110].astype(int).copy() for at_ms in range(0, 5_000, 200)]
    assert max(np.abs(a - b).mean() for a, b in zip(uppers, uppers[1:], strict=False)) > 0.3


@sits
def test_without_a_face_the_photo_stands_still(sitting: FaceSpec, counted: Counting) -> None:
    ours = Neural(replace(small(sitting), picture=""), 1)
    ours.speak(0.0, hum(1_000), ())
    assert ours.frame(400.0).shape == (360, 360)
    assert counted.runs == []


# --- many sessions, one network -------------------------------------------------------------------------------------


@sits
def test_sessions_share_runs(sitting: FaceSpec, counted: Counting) -> None:
    together = [Neural(small(sitting), seed) for seed in range(4)]
    for renderer in together:
        renderer.speak(0.0, hum(2_000), ())
    for at_ms in range(0, 1_000, 40):
        for renderer in together:
            renderer.frame(float(at_ms))
    assert sum(counted.runs) < 1.2 * 4 * 25, "nothing is made twice"
    assert len(counted.runs) < 4 * 25 / 8, "one run makes many pictures"
    assert max(counted.runs) <= 16


@sits
@pytest.mark.parametrize("counted", [1], indirect=True)
def test_a_slow_network_makes_only_what_is_due(sitting: FaceSpec, counted: Counting) -> None:
    late, other = Neural(small(sitting), 1), Neural(small(sitting), 2)
    for renderer in (late, other):
        renderer.speak(0.0, hum(2_000), ())
    late.frame(400.0)
    assert counted.runs == [1], "whoever is due waits for nobody"


@sits
def test_sharing_changes_no_picture(sitting: FaceSpec, mouth_model: Path, counted: Counting) -> None:
    renderers = [Neural(small(sitting), 5), Neural(small(sitting), 6)]
    for renderer in renderers:
        renderer.speak(100.0, hum(1_000), ())
    for at_ms in range(0, 600, 40):
        shared = [renderer.frame(float(at_ms)).copy() for renderer in renderers]
    Neural._network = Counting(mouth_model, 1)
    alone = Neural(small(sitting), 5)
    alone.speak(100.0, hum(1_000), ())
    assert np.abs(alone.frame(560.0).astype(int) - shared[0]).max() <= 1


@sits
def test_silence_asks_nothing_of_the_network(sitting: FaceSpec, counted: Counting) -> None:
    ours = Neural(small(sitting), 1)
    ours.speak(1_000.0, hum(500), ())
    for at_ms in (0.0, 400.0, 800.0, 2_000.0):
        ours.frame(at_ms)
    assert counted.runs == []


@sits
def test_what_was_made_of_sound_that_is_another_now_is_made_anew(sitting: FaceSpec, counted: Counting) -> None:
    ours, straight = Neural(small(sitting), 1), Neural(small(sitting), 1)
    ours.speak(0.0, hum(1_000), ())
    ours.frame(400.0)
    ours.cut(420.0)
    ours.speak(420.0, hum(1_000, hertz=900.0), ())
    assert ours._lips is not None
    assert not ours._lips._made, "all of it was made of sound that goes on after the cut"
    straight.speak(0.0, hum(420), ())
    straight.speak(420.0, hum(1_000, hertz=900.0), ())
    straight.frame(400.0)
    assert np.abs(ours.frame(480.0).astype(int) - straight.frame(480.0)).max() <= 1


# --- the model ------------------------------------------------------------------------------------------------------


def test_the_names_of_inputs_do_not_matter_and_the_batch_may_be_fixed(tmp_path: Path) -> None:
    network = MouthNetwork(tiny_mouths.save(tmp_path / "one.onnx", batch=1, face=(6, 64, 64)))
    assert (network.signature.side_px, network.batch) == (64, 1)
    assert network.provider == "CPUExecutionProvider" or network.provider == "CUDAExecutionProvider"
    free = MouthNetwork(tiny_mouths.save(tmp_path / "free.onnx"))
    assert free.signature.side_px == 96
    assert 1 <= free.batch <= 16


def test_pictures_are_bgr_of_the_right_shape(mouth_model: Path) -> None:
    network = MouthNetwork(mouth_model)
    face = np.zeros((2, 6, 96, 96), np.float32)
    face[:, 3] = 0.5  # blue
    found = network.run(np.full((2, 80, 16), -4, np.float32), face)
    assert (found.shape, found.dtype) == ((2, 96, 96, 3), np.uint8)
    assert found[0, 50, 50].tolist() == [127, 0, 0]


WRONG = [
    ({"mel": (1, 40, 16)}, "mel_spectrogram tensor.float. .*1, 40, 16"),
    ({"face": (5, 96, 96), "first_channel": 2}, "video_frames .*5, 96, 96"),
    ({"face": (6, 96, 64)}, "faces of 64x96"),
    ({"face": (6, 1024, 1024)}, "faces of 1024x1024"),
    ({"batch": 4}, "takes 4 pictures at a time"),
    ({"kind": TensorProto.FLOAT16}, "tensor.float16."),
    ({"first_channel": 5}, r"gave \(1, 1, 96, 96\) where \(1, 3, 96, 96\) was expected"),
]


@pytest.mark.parametrize(("unlike", "said"), WRONG)
def test_a_model_of_another_kind_is_refused_by_name(tmp_path: Path, unlike: dict, said: str) -> None:
    file = tiny_mouths.save(tmp_path / "wrong.onnx", **unlike)
    with pytest.raises(Unavailable, match=f"^VISAVIS_MOUTH_MODEL: .*{said}.*expected a mel spectrogram"):
        MouthNetwork(file)


def test_a_file_that_is_no_model_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="VISAVIS_MOUTH_MODEL: there is no file"):
        MouthNetwork(tmp_path / "absent.onnx")
    (tmp_path / "text.onnx").write_text("hello")
    with pytest.raises(Unavailable, match="VISAVIS_MOUTH_MODEL: .*is no ONNX model.*expected a mel spectrogram"):
        MouthNetwork(tmp_path / "text.onnx")


# --- where a server uses it -------------------------------------------------------------------------------------------


@sits
async def test_a_photo_is_drawn_by_it_in_a_supervised_child(sitting: FaceSpec, mouth_model: Path) -> None:
    """The child is killed once; the next one loads the network again, and the face goes on."""
    clock = MonotonicClock()
    renderers = {"portrait": "visavis.renderers.neural:Neural", "still": "visavis.renderers.still:Still"}
    pool = RenderPool(2, renderers, clock, models={"portrait": mouth_model})
    await pool.start()
    try:
        video = VideoFormat("h264", 360, 240)
        stages = [await pool.open(sitting, video) for _ in range(2)]
        assert pool.sessions_by_worker == [0, 2]
        for stage in stages:
            stage.speak(0.0, hum(20_000), ())
            stage.start(clock.now_ms())
        async with asyncio.timeout(60):
            before = [await stage.next_frame() for stage in stages]
            os.kill(pool.pids[-1], signal.SIGKILL)
            for stage, picture in zip(stages, before, strict=True):
                while not (later := await stage.next_frame()).keyframe:
                    pass
                assert later.pts_ms > picture.pts_ms
        for stage in stages:
            await stage.close()
    finally:
        await pool.close()
