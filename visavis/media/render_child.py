"""The child process that draws: renders and encodes the faces of the sessions pinned to it.

One thread does all drawing, on an absolute schedule: frame k of a stage is for `zero_ms + k * 40 ms`, the earliest
due first, and a stage that is late jumps to its current frame instead of queueing. Setting up a face can take longer
than a frame, so a second thread does that.

Messages in:  open, start, speak, cut, listen, cue, keyframe, bitrate, pause, close; all carry `stage`.
Messages out: opened, failed, frame.
"""

import faulthandler
import logging
import sys
import time
import traceback
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import cv2

from visavis.core.frames import FRAME_MS, AudioChunk, Mark, VideoFormat
from visavis.media.channel import Message, ParentLink
from visavis.media.child import face_from, load_class, run
from visavis.media.quality import QualityLadder
from visavis.media.video_encoder import VideoEncoder

_log = logging.getLogger("visavis.media.render_child")

# Where in its slot a stage may be drawn to keep out of the others' way; early means less is known of the speech.
_OFFSETS_MS = (0, 5, 10, -5, 15, -10, 20, -15)
# A browser goes on asking until a keyframe has arrived, and each is a burst of ten times the usual size.
_KEYFRAME_EVERY_MS = 400
_SETUP_POLL_S = 0.005
_PROOF_OF_LIFE_EVERY_S = 1.0
# Set-up runs beside drawing; with the usual 5 ms every call that lets go of the interpreter lock could cost that long.
_SWITCH_INTERVAL_S = 0.0005


def _now_ms() -> float:
    return time.monotonic_ns() / 1e6


class _Stage:
    """One face being drawn. `zero_ms` is None until its clock runs."""

    def __init__(self, renderer: Any, video: VideoFormat, disclosed: bool, epoch: int) -> None:
        self._renderer = renderer
        self._epoch = epoch
        self._drawn_pts_ms = -1
        self._encoder = VideoEncoder(video, disclosed)
        self._ladder = QualityLadder(video)
        self._wants_keyframe = True
        self._keyframe_from_ms = 0
        self._next_frame = 0
        self._offset_ms = 0.0
        self.zero_ms: float | None = None
        self.paused = False

    @property
    def due_ms(self) -> float:
        """Machine time at which the next picture is to be drawn; infinite while none is wanted."""
        if self.zero_ms is None or self.paused:
            return float("inf")
        return self.zero_ms + self._next_frame * FRAME_MS + self._offset_ms

    @property
    def phase_ms(self) -> float | None:
        return None if self.zero_ms is None else (self.zero_ms + self._offset_ms) % FRAME_MS

    def start(self, zero_ms: float, others_phases_ms: list[float]) -> None:
        self._offset_ms = _staggered(zero_ms, others_phases_ms)
        self.zero_ms = zero_ms
        # A stage that comes from a child that died is long past its beginning.
        current_frame = int((_now_ms() - zero_ms - self._offset_ms) // FRAME_MS)
        # The zero may be moved while pictures flow; their times still only grow.
        self._next_frame = max(self._next_frame, current_frame)

    def apply(self, message: Message) -> None:
        fields = message.fields
        match message.kind:
            case "speak":
                marks = [Mark(*mark) for mark in fields["marks"]]
                self._renderer.speak(fields["start_ms"], AudioChunk(message.payload, fields["rate_hz"]), marks)
            case "cut":
                self._cut(fields["at_ms"], fields["epoch"], fields["shown_pts_ms"])
            case "listen":
                self._renderer.listen(fields["start_ms"], AudioChunk(message.payload, fields["rate_hz"]))
            case "cue":
                self._renderer.cue(fields["tag"], fields["at_ms"])
            case "keyframe":
                self._wants_keyframe = True
            case "bitrate":
                self._ladder.allow(fields["bps"])
            case "pause":
                self.paused = fields["paused"]
                self._wants_keyframe = True
                self._keyframe_from_ms = 0

    def _cut(self, at_ms: float, epoch: int, shown_pts_ms: int) -> None:
        self._renderer.cut(at_ms)
        self._epoch = epoch
        if self._drawn_pts_ms > shown_pts_ms:  # it will be dropped on its way, and what follows may not depend on it
            self._wants_keyframe = True
            self._keyframe_from_ms = 0

    def draw(self, now_ms: float) -> tuple[bytes, dict[str, Any]]:
        """The current picture, encoded, and what is to be said about it."""
        late_ms = now_ms - self.due_ms
        skipped = max(0, int(late_ms // FRAME_MS))
        pts_ms = (self._next_frame + skipped) * FRAME_MS
        quality = self._ladder.at(now_ms)
        self._next_frame += skipped + quality.every
        self._drawn_pts_ms = pts_ms
        self._encoder.set_quality(quality)
        picture = self._renderer.frame(float(pts_ms))
        rendered_ms = _now_ms()
        encoded = self._encoder.encode(picture, pts_ms, self._wants_keyframe and pts_ms >= self._keyframe_from_ms)
        if encoded.keyframe:
            self._wants_keyframe = False
            self._keyframe_from_ms = pts_ms + _KEYFRAME_EVERY_MS
        figures = {
            "skipped": skipped,
            "late_ms": late_ms - skipped * FRAME_MS,
            "render_ms": rendered_ms - now_ms,
            "encode_ms": _now_ms() - rendered_ms,
        }
        return encoded.data, {"pts_ms": pts_ms, "keyframe": encoded.keyframe, "epoch": self._epoch, **figures}


def _staggered(zero_ms: float, others_phases_ms: list[float]) -> float:
    """The shift, within a frame, that keeps this stage's drawing as far as possible from the others'."""

    def room_ms(offset_ms: float) -> float:
        phase_ms = (zero_ms + offset_ms) % FRAME_MS
        gaps_ms = [abs(phase_ms - other_ms) for other_ms in others_phases_ms]
        return min((min(gap_ms, FRAME_MS - gap_ms) for gap_ms in gaps_ms), default=FRAME_MS)

    # Ties go to the first offset, so a stage that is alone is drawn exactly when it is due.
    return max(_OFFSETS_MS, key=lambda offset_ms: (room_ms(offset_ms) // 5, -abs(offset_ms)))


class _Drawing:
    """The loop and its stages. A stage being set up keeps its messages until it is ready."""

    def __init__(self, parent: ParentLink, classes: dict[str, type[Any]], stuck_after_s: float) -> None:
        self._parent = parent
        self._stuck_after_s = stuck_after_s
        self._classes = classes
        self._stages: dict[int, _Stage] = {}
        self._opening: dict[int, tuple[Future[_Stage], list[Message]]] = {}
        self._proof_s = 0.0
        self._setup = ThreadPoolExecutor(1, thread_name_prefix="setup")

    def run(self) -> None:
        while True:
            self._prove_life()
            for message in self._parent.receive(self._wait_s()):
                self._take(message)
            self._adopt_ready()
            now_ms = _now_ms()
            stage_id = min(self._stages, key=lambda stage_id: self._stages[stage_id].due_ms, default=None)
            if stage_id is not None and self._stages[stage_id].due_ms <= now_ms:
                self._draw(stage_id, now_ms)

    def _prove_life(self) -> None:
        now_s = time.monotonic()
        if now_s - self._proof_s >= _PROOF_OF_LIFE_EVERY_S:
            self._proof_s = now_s
            # Not renewed in time, it writes where every thread is and ends the process.
            faulthandler.dump_traceback_later(self._stuck_after_s, exit=True)

    def _wait_s(self) -> float:
        due_ms = min((stage.due_ms for stage in self._stages.values()), default=float("inf"))
        wait_s = max(0.0, (due_ms - _now_ms()) / 1000)
        return min(wait_s, _SETUP_POLL_S if self._opening else _PROOF_OF_LIFE_EVERY_S)

    def _take(self, message: Message) -> None:
        stage_id = message.fields["stage"]
        if message.kind == "open":
            self._opening[stage_id] = (self._setup.submit(self._set_up, message), [])
        elif message.kind == "close":
            self._stages.pop(stage_id, None)
            future, _ = self._opening.pop(stage_id, (None, None))
            if future is not None:
                future.cancel()
        elif stage_id in self._opening:
            self._opening[stage_id][1].append(message)
        elif stage_id in self._stages:
            self._apply(stage_id, message)

    def _set_up(self, message: Message) -> _Stage:
        fields = message.fields
        face, video = face_from(fields["face"]), VideoFormat(**fields["video"])
        renderer = self._classes[face.renderer](face, fields["seed"])
        # A first picture costs more than others; better now than when somebody is watching.
        renderer.frame(0.0)
        return _Stage(renderer, video, face.disclosed, fields["epoch"])

    def _adopt_ready(self) -> None:
        for stage_id in [stage_id for stage_id, (future, _) in self._opening.items() if future.done()]:
            future, messages = self._opening.pop(stage_id)
            if (error := future.exception()) is not None:
                self._fail(stage_id, error)
                continue
            self._stages[stage_id] = future.result()
            self._parent.send("opened", stage=stage_id)
            for message in messages:
                self._apply(stage_id, message)

    def _apply(self, stage_id: int, message: Message) -> None:
        stage = self._stages.get(stage_id)
        if stage is None:
            return
        try:
            if message.kind == "start":
                others = [other.phase_ms for other in self._stages.values() if other is not stage]
                stage.start(message.fields["zero_ms"], [phase for phase in others if phase is not None])
            else:
                stage.apply(message)
        except Exception as error:
            self._fail(stage_id, error)

    def _draw(self, stage_id: int, now_ms: float) -> None:
        try:
            data, fields = self._stages[stage_id].draw(now_ms)
        except Exception as error:
            self._fail(stage_id, error)
            return
        self._parent.send("frame", data, stage=stage_id, **fields)

    def _fail(self, stage_id: int, error: BaseException) -> None:
        """One face that cannot be drawn must not take the others with it; the parent decides what follows."""
        _log.error("a face failed: %s", "".join(traceback.format_exception(error)))
        self._stages.pop(stage_id, None)
        self._parent.send("failed", stage=stage_id, error=type(error).__name__)


def _load_renderers(dotted_names: dict[str, str], folder: str | None, models: dict[str, str]) -> dict[str, type[Any]]:
    """The classes that can be loaded; one that cannot (a missing extra) is left out and opening it fails."""
    classes: dict[str, type[Any]] = {}
    for name, dotted in dotted_names.items():
        try:
            loaded = load_class(dotted)
            if folder is not None and hasattr(loaded, "keep_in"):
                loaded.keep_in(Path(folder))
            if name in models:
                loaded.use_model(Path(models[name]))
            classes[name] = loaded
        except Exception as error:
            _log.error("the renderer %s cannot be loaded: %r", name, error)
    return classes


def _work(parent: ParentLink, configuration: dict[str, Any]) -> None:
    cv2.setNumThreads(1)
    sys.setswitchinterval(_SWITCH_INTERVAL_S)
    classes = _load_renderers(configuration["renderers"], configuration["folder"], configuration["models"])
    parent.send("ready")
    _Drawing(parent, classes, configuration["stuck_after_s"]).run()


if __name__ == "__main__":
    run(_work)
