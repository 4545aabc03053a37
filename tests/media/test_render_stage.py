"""The main process's side alone: what a drawer is told, and what becomes of its pictures."""

import asyncio
from typing import Any

import pytest

from visavis.core.clock import HandWoundClock
from visavis.core.frames import AudioChunk, Mark, VideoFormat
from visavis.core.spec import FaceSpec
from visavis.media.channel import Message
from visavis.media.render_stage import FRAMES_WAITING_MAX, RenderStage

SECOND = AudioChunk(b"\0" * 32_000, 16_000)


class Told:
    """A drawer that only writes down what it is told."""

    def __init__(self) -> None:
        self.messages: list[tuple[str, dict[str, Any]]] = []

    def send(self, kind: str, payload: bytes = b"", /, **fields: Any) -> None:
        assert fields.pop("stage") == 7
        self.messages.append((kind, fields))

    @property
    def kinds(self) -> list[str]:
        return [kind for kind, _ in self.messages]


def frame(index: int, keyframe: bool = False, epoch: int = 0) -> Message:
    figures = {"skipped": 0, "late_ms": 0.5, "render_ms": 2.0, "encode_ms": 1.0}
    return Message(
        "frame", {"stage": 7, "pts_ms": index * 40, "keyframe": keyframe, "epoch": epoch, **figures}, b"picture"
    )


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def clock() -> HandWoundClock:
    return HandWoundClock()


@pytest.fixture
async def stage(told: Told, clock: HandWoundClock) -> RenderStage:
    face, video = FaceSpec("bar", "anybody", 720, 480), VideoFormat("vp8", 64, 48, 500_000)
    return RenderStage(7, face, video, told, clock, lambda stage: None)


async def test_pictures_pass_in_order_and_are_counted(stage: RenderStage) -> None:
    for index in range(FRAMES_WAITING_MAX):
        stage.receive(frame(index, index == 0))
    assert [(await stage.next_frame()).pts_ms for _ in range(FRAMES_WAITING_MAX)] == [0, 40, 80]
    assert (stage.figures.frames, stage.figures.dropped, stage.figures.bytes_encoded) == (3, 0, 21)
    assert list(stage.figures.render_ms) == [2.0] * 3


async def test_nothing_is_drawn_while_nobody_looks(stage: RenderStage, told: Told) -> None:
    for index in range(FRAMES_WAITING_MAX + 2):
        stage.receive(frame(index, index == 0))
    assert told.messages == [("pause", {"paused": True})]
    assert stage.figures.dropped == FRAMES_WAITING_MAX + 2
    waiting = asyncio.create_task(stage.next_frame())
    await asyncio.sleep(0)
    assert told.messages[1:] == [("pause", {"paused": False})]
    stage.receive(frame(9, keyframe=True))
    assert (await waiting).pts_ms == 360


async def test_a_reader_that_waits_survives_a_burst(stage: RenderStage, told: Told) -> None:
    waiting = asyncio.create_task(stage.next_frame())
    await asyncio.sleep(0)
    for index in range(FRAMES_WAITING_MAX + 1):
        stage.receive(frame(index))
    await asyncio.sleep(0)
    assert told.kinds == ["pause", "pause"]
    stage.receive(frame(9, keyframe=True))
    assert (await waiting).pts_ms == 360


async def test_pictures_of_the_past_are_not_shown(stage: RenderStage) -> None:
    stage.receive(frame(3))
    await stage.next_frame()
    stage.receive(frame(2))
    stage.receive(frame(4))
    assert (await stage.next_frame()).pts_ms == 160


async def test_pictures_of_an_old_epoch_are_not_shown(stage: RenderStage, told: Told) -> None:
    stage.receive(frame(0, keyframe=True))
    assert (await stage.next_frame()).pts_ms == 0
    stage.receive(frame(1))
    stage.cut(50.0, 1)
    assert told.messages[-1] == ("cut", {"at_ms": 50.0, "epoch": 1, "shown_pts_ms": 0})
    stage.receive(frame(2))
    stage.receive(frame(3, keyframe=True, epoch=1))
    assert (await stage.next_frame()).pts_ms == 120
    assert stage.figures.dropped == 2
    stage.open_at_drawer()
    assert next(fields["epoch"] for kind, fields in told.messages if kind == "open") == 1


async def test_a_new_drawer_is_told_what_still_matters(stage: RenderStage, told: Told, clock: HandWoundClock) -> None:
    stage.start(0.0)
    stage.speak(0.0, SECOND, ())
    stage.speak(1_000.0, SECOND, (Mark("word", 0.0, 500.0, "later"),))
    stage.cut(1_500.0, 1)
    stage.listen(1_400.0, SECOND)
    stage.cue("warm", 1_600.0)
    stage.set_bitrate(300_000)
    told.messages.clear()
    await clock.advance(4_500)
    stage.open_at_drawer()
    assert told.kinds == ["open", "bitrate", "speak", "cut", "cue", "start"], "the first second is long over"
    opened, spoken = told.messages[0][1], told.messages[2][1]
    assert opened["video"]["bitrate_bps"] == 500_000
    assert (opened["face"]["width_px"], opened["face"]["height_px"]) == (64, 48), "drawn in the size that is encoded"
    assert spoken["start_ms"] == 1_000.0
    assert spoken["marks"] == [("word", 0.0, 500.0, "later", 0, 0)]


async def test_closing_tells_the_drawer_once(stage: RenderStage, told: Told) -> None:
    await stage.close()
    await stage.close()
    assert told.kinds == ["close"]
