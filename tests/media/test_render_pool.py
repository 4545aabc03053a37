import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import av
import numpy as np
import pytest

from tests.media.fake_faces import OPEN, SHUT
from tests.media.waiting import eventually
from visavis.core.clock import MonotonicClock
from visavis.core.errors import NotSupported, Unavailable
from visavis.core.frames import AudioChunk, EncodedVideo, VideoFormat
from visavis.core.spec import FaceSpec
from visavis.media.render_pool import RenderPool
from visavis.media.render_stage import FRAMES_WAITING_MAX, RenderStage

CLOCK = MonotonicClock()
FACE = FaceSpec("bar", "anybody", 64, 48)
VIDEO = VideoFormat("h264", 64, 48, 300_000)
ONE_SECOND = AudioChunk(b"\0" * 32_000, 16_000)


@asynccontextmanager
async def started(workers: int) -> AsyncIterator[RenderPool]:
    pool = RenderPool(workers, {"bar": "tests.media.fake_faces:BarFace", "absent": "no_such_module:Face"}, CLOCK)
    await pool.start()
    try:
        yield pool
    finally:
        await pool.close()


@pytest.fixture
async def pool() -> AsyncIterator[RenderPool]:
    async with started(workers=1) as pool:
        yield pool


class Watcher:
    """Decodes what a stage sends, as a browser would."""

    def __init__(self, stage: RenderStage) -> None:
        self._stage = stage
        self._decoder = av.CodecContext.create("h264", "r")
        self._decoder.thread_count = 1

    async def frame(self) -> tuple[EncodedVideo, float]:
        """The next picture and its mean brightness."""
        async with asyncio.timeout(10):
            encoded = await self._stage.next_frame()
        return encoded, self.brightness(encoded)

    def brightness(self, encoded: EncodedVideo) -> float:
        (picture,) = self._decoder.decode(av.Packet(encoded.data))
        return float(np.mean(picture.to_ndarray(format="yuv420p")[: FACE.height_px]))

    async def until(self, pts_ms: int) -> list[tuple[EncodedVideo, float]]:
        frames = [await self.frame()]
        while frames[-1][0].pts_ms < pts_ms:
            frames.append(await self.frame())
        return frames


def near(brightness: float, wanted: int) -> bool:
    return abs(brightness - wanted) < 12


async def test_pictures_come_on_the_grid_and_begin_with_a_keyframe(pool: RenderPool) -> None:
    stage = await pool.open(FACE, VIDEO)
    stage.start(CLOCK.now_ms())
    frames = await Watcher(stage).until(400)
    times = [encoded.pts_ms for encoded, _ in frames]
    assert [encoded.keyframe for encoded, _ in frames] == [True] + [False] * (len(frames) - 1)
    assert times == sorted(set(times))
    assert all(time % 40 == 0 for time in times)
    assert stage.figures.frames >= len(frames)
    await stage.close()


async def test_speech_and_cut_arrive_at_their_times(pool: RenderPool) -> None:
    stage = await pool.open(FACE, VIDEO)
    stage.speak(200, ONE_SECOND, ())
    stage.cut(600, 1)
    stage.speak(800, ONE_SECOND, ())
    stage.start(CLOCK.now_ms())
    for encoded, brightness in await Watcher(stage).until(1000):
        heard = 200 <= encoded.pts_ms < 600 or encoded.pts_ms >= 800
        assert near(brightness, OPEN if heard else SHUT), encoded.pts_ms
    await stage.close()


async def test_what_is_heard_and_felt_arrives_too(pool: RenderPool) -> None:
    """This face lights up for both."""
    stage = await pool.open(FACE, VIDEO)
    stage.cue("happy", 600)
    stage.start(CLOCK.now_ms())
    stage.listen(200, AudioChunk(bytes(3_200), 16_000))
    for encoded, brightness in await Watcher(stage).until(1000):
        lit = 200 <= encoded.pts_ms < 300 or 600 <= encoded.pts_ms < 800
        assert near(brightness, OPEN if lit else SHUT), encoded.pts_ms
    await stage.close()


async def test_keyframes_come_on_demand(pool: RenderPool) -> None:
    stage = await pool.open(FACE, VIDEO)
    stage.start(CLOCK.now_ms())
    watcher = Watcher(stage)
    await watcher.frame()
    stage.want_keyframe()
    stage.want_keyframe()
    frames = await watcher.until(800)
    assert sum(encoded.keyframe for encoded, _ in frames) == 1
    await stage.close()


async def test_a_killed_child_is_replaced_and_the_picture_goes_on(pool: RenderPool) -> None:
    stage = await pool.open(FACE, VIDEO)
    stage.speak(0, AudioChunk(b"\0" * 1_920_000, 16_000), ())
    stage.start(CLOCK.now_ms())
    before = await Watcher(stage).until(200)
    victims = pool.pids
    for pid in victims:
        os.kill(pid, signal.SIGKILL)
    watcher = Watcher(stage)
    while not (frame := await stage.next_frame()).keyframe:
        pass
    assert frame.pts_ms > before[-1][0].pts_ms
    assert near(watcher.brightness(frame), OPEN)
    assert all(near(brightness, OPEN) for _, brightness in await watcher.until(frame.pts_ms + 200))
    assert not set(victims) & set(pool.pids)
    assert pool.healthy
    await stage.close()


async def test_a_reader_that_comes_back_gets_the_present_beginning_with_a_keyframe(pool: RenderPool) -> None:
    stage = await pool.open(FACE, VIDEO)
    stage.start(CLOCK.now_ms())
    last, _ = await Watcher(stage).frame()
    await eventually(lambda: stage.figures.dropped > FRAMES_WAITING_MAX)
    encoded, _ = await Watcher(stage).frame()
    assert encoded.keyframe
    assert encoded.pts_ms > last.pts_ms + FRAMES_WAITING_MAX * 40
    await stage.close()


async def test_sessions_are_spread_over_the_children() -> None:
    async with started(workers=2) as pool:
        stages = [await pool.open(FACE, VIDEO) for _ in range(4)]
        assert len(set(pool.pids)) == 2
        assert pool.sessions_by_worker == [2, 2]
        for stage in stages:
            stage.start(CLOCK.now_ms())
        await asyncio.gather(*(Watcher(stage).until(200) for stage in stages))
        for stage in stages:
            await stage.close()
        assert pool.stages == []


async def test_faces_of_a_network_share_the_one_child_that_has_it(tmp_path: Path) -> None:
    file = tmp_path / "model"
    file.write_text("97")
    renderers = {"bar": "tests.media.fake_faces:BarFace", "net": "tests.media.fake_faces:NetFace"}
    pool = RenderPool(2, renderers, CLOCK, models={"net": file})
    await pool.start()
    try:
        stages = [await pool.open(FaceSpec("net", "anybody", 64, 48), VIDEO) for _ in range(3)]
        others = [await pool.open(FACE, VIDEO) for _ in range(2)]
        assert pool.sessions_by_worker == [2, 3]
        for stage in stages:
            stage.start(CLOCK.now_ms())
        for _, brightness in [await Watcher(stage).frame() for stage in stages]:
            assert near(brightness, 97)
        for stage in stages + others:
            await stage.close()
    finally:
        await pool.close()


async def test_a_network_that_cannot_be_loaded_leaves_the_other_faces_alone(tmp_path: Path) -> None:
    renderers = {"bar": "tests.media.fake_faces:BarFace", "net": "tests.media.fake_faces:NetFace"}
    pool = RenderPool(1, renderers, CLOCK, models={"net": tmp_path / "absent"})
    await pool.start()
    try:
        with pytest.raises(Unavailable):
            await pool.open(FaceSpec("net", "anybody", 64, 48), VIDEO)
        stage = await pool.open(FACE, VIDEO)
        await stage.close()
    finally:
        await pool.close()


async def test_a_narrow_network_gets_a_smaller_picture(pool: RenderPool) -> None:
    stage = await pool.open(FaceSpec("bar", "anybody", 360, 240), VideoFormat("h264", 360, 240, 300_000))
    stage.start(CLOCK.now_ms())
    await stage.next_frame()
    stage.set_bitrate(40_000)
    decoder = av.CodecContext.create("h264", "r")
    decoder.thread_count = 1
    async with asyncio.timeout(10):
        while True:
            encoded = await stage.next_frame()
            if encoded.keyframe:
                break
    (picture,) = decoder.decode(av.Packet(encoded.data))
    assert (picture.width, picture.height) == (240, 160)
    await stage.close()


async def test_a_face_that_cannot_be_set_up_is_refused(pool: RenderPool) -> None:
    with pytest.raises(Unavailable, match="ValueError"):
        await pool.open(FaceSpec("bar", "broken", 64, 48), VIDEO)
    with pytest.raises(Unavailable):
        await pool.open(FaceSpec("absent", "anybody", 64, 48), VIDEO)
    with pytest.raises(NotSupported):
        await pool.open(FaceSpec("unknown", "anybody", 64, 48), VIDEO)
    assert pool.stages == []


async def test_one_failing_face_leaves_the_others_alone(pool: RenderPool) -> None:
    pids = pool.pids
    stages = [await pool.open(FaceSpec("bar", name, 64, 48), VIDEO) for name in ("crash", "a", "b")]
    for stage in stages:
        stage.start(CLOCK.now_ms())
    await asyncio.gather(*(Watcher(stage).until(400) for stage in stages[1:]))
    assert pool.pids == pids
    for stage in stages:
        await stage.close()


async def test_a_face_that_kills_the_child_is_refused_and_the_others_go_on(pool: RenderPool) -> None:
    stage = await pool.open(FACE, VIDEO)
    stage.start(CLOCK.now_ms())
    await Watcher(stage).frame()
    with pytest.raises(Unavailable):
        await pool.open(FaceSpec("bar", "deadly", 64, 48), VIDEO)
    while not (await stage.next_frame()).keyframe:
        pass
    assert pool.stages == [stage]
    await stage.close()


async def test_a_child_that_is_stuck_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("visavis.media.render_pool.STUCK_AFTER_S", 2.0)
    async with started(workers=1) as pool:
        stage = await pool.open(FaceSpec("bar", "stuck", 64, 48), VIDEO)
        pids = pool.pids
        stage.start(CLOCK.now_ms())
        await Watcher(stage).frame()
        await eventually(lambda: bool(pool.pids) and pool.pids != pids)
        await stage.close()
